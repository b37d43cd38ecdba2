#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/days.h"
#include "protocol/wire/records.h"
#include "tests/support/schemas.h"

/* Properties that hold for every schema, the nested ones too, over many random records. */

enum { SEEDS = 200, FLIP_SEEDS = 6, RANDOM_ARENA_SIZE = 64 * 1024, ENCODED_SIZE_MAX = 640 * 1024 };

/* Room to make one record, encode it, and decode and encode it again. */
struct bench {
    uint8_t random_memory[RANDOM_ARENA_SIZE];
    uint8_t decoded_memory[RECORD_ARENA_SIZE];
    uint8_t encoded[ENCODED_SIZE_MAX];
    uint8_t again[ENCODED_SIZE_MAX];
    struct arena arena;
    _Alignas(max_align_t) uint8_t record[4096];
};

static struct bench *bench;

static int make_bench(void **state)
{
    (void)state;
    bench = malloc(sizeof *bench);
    return bench ? 0 : -1;
}

static int drop_bench(void **state)
{
    (void)state;
    free(bench);
    return 0;
}

static struct bytes encode_random(const struct schema *schema, uint64_t seed)
{
    struct arena arena;
    struct bytes encoded;

    assert_true(schema->size <= sizeof bench->record);
    arena_init(&arena, bench->random_memory, sizeof bench->random_memory);
    schema_random(schema, bench->record, &seed, &arena);
    assert_true(schema_encode(schema, bench->record, bench->encoded, sizeof bench->encoded, &encoded));
    return encoded;
}

static enum reason decode(const struct schema *schema, struct bytes input)
{
    arena_init(&bench->arena, bench->decoded_memory, sizeof bench->decoded_memory);
    return schema_decode(schema, bench->record, input, &bench->arena);
}

/* Whether what was decoded last encodes to input. */
static bool encodes_to(const struct schema *schema, struct bytes input)
{
    struct bytes again;

    return schema_encode(schema, bench->record, bench->again, sizeof bench->again, &again) &&
           bytes_equal(again, input);
}

/* Fails the test unless input is refused for that reason. */
static void expect(const struct schema *schema, const char *field, const char *what, struct bytes input,
                   enum reason expected)
{
    enum reason reason = decode(schema, input);

    if (reason != expected) {
        fail_msg("%s.%s, %s: %s instead of %s", schema->name, field, what, reason_word(reason),
                 reason_word(expected));
    }
}

static void test_tables_agree_with_their_structs(void **state)
{
    static const size_t sizes[] = {
        [FIELD_TYPE_UINT] = sizeof(uint64_t),    [FIELD_TYPE_ENUM] = sizeof(uint32_t),
        [FIELD_TYPE_BOOL] = sizeof(bool),        [FIELD_TYPE_DAY] = sizeof(uint32_t),
        [FIELD_TYPE_BIN] = sizeof(struct bytes), [FIELD_TYPE_TEXT] = sizeof(struct bytes),
        [FIELD_TYPE_LIST] = sizeof(struct list),
    };
    struct schema_set set = schemas_all();

    (void)state;
    for (size_t i = 0; i < set.count; i++) {
        for (size_t j = 0; j < set.schemas[i]->field_count; j++) {
            const struct field *field = &set.schemas[i]->fields[j];
            size_t size = sizes[field->type];

            if (field->type == FIELD_TYPE_FIXED) {
                size = field->min;
            }
            if (field->type == FIELD_TYPE_RECORD) {
                size = field->nested->size;
            }
            if (field->size != size || field->offset + size > set.schemas[i]->size ||
                field->min > field->max) {
                fail_msg("%s.%s: its row and its member differ", set.schemas[i]->name, field->name);
            }
            if (!field->meaning || field->text_min > field->text_max) {
                fail_msg("%s.%s: no meaning, or no range of texts", set.schemas[i]->name, field->name);
            }
        }
    }
}

/* The most that the lists of one record take in an arena. */
static size_t arena_needed(const struct schema *schema)
{
    size_t needed = schema->extensible ? EXTENSIONS_MAX * sizeof(struct extension) + alignof(max_align_t) : 0;

    for (size_t i = 0; i < schema->field_count; i++) {
        const struct field *field = &schema->fields[i];
        size_t nested = field->nested ? arena_needed(field->nested) : 0;

        if (field->type == FIELD_TYPE_RECORD) {
            needed += nested;
        }
        if (field->type == FIELD_TYPE_LIST) {
            needed += field->max * ((field->nested ? field->nested->size : sizeof(struct bytes)) + nested) +
                      alignof(max_align_t);
        }
    }
    return needed;
}

static void test_the_record_arena_holds_any_record(void **state)
{
    (void)state;
    for (size_t i = 0; i < SCHEMA_COUNT; i++) {
        if (arena_needed(schemas[i]) > RECORD_ARENA_SIZE) {
            fail_msg("%s may need %zu bytes", schemas[i]->name, arena_needed(schemas[i]));
        }
    }
}

static void test_what_is_encoded_decodes_to_the_same(void **state)
{
    struct schema_set set = schemas_all();

    (void)state;
    for (size_t i = 0; i < set.count; i++) {
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            struct bytes encoded = encode_random(set.schemas[i], seed);

            expect(set.schemas[i], "", "random record", encoded, REASON_NONE);
            assert_true(encodes_to(set.schemas[i], encoded));
        }
    }
}

static void test_every_prefix_is_refused(void **state)
{
    struct schema_set set = schemas_all();

    (void)state;
    for (size_t i = 0; i < set.count; i++) {
        for (uint64_t seed = 0; seed < FLIP_SEEDS; seed++) {
            struct bytes encoded = encode_random(set.schemas[i], seed);

            for (size_t size = 0; size < encoded.size; size++) {
                assert_int_not_equal(decode(set.schemas[i], bytes_of(encoded.data, size)), REASON_NONE);
            }
        }
    }
}

static void test_a_trailing_byte_is_refused(void **state)
{
    struct schema_set set = schemas_all();

    (void)state;
    for (size_t i = 0; i < set.count; i++) {
        struct bytes encoded = encode_random(set.schemas[i], 1);

        bench->encoded[encoded.size] = 0;
        expect(set.schemas[i], "", "one byte more", bytes_of(encoded.data, encoded.size + 1),
               REASON_TRAILING);
    }
}

static void test_a_flipped_bit_is_refused_or_means_itself(void **state)
{
    struct schema_set set = schemas_all();

    (void)state;
    for (size_t i = 0; i < set.count; i++) {
        for (uint64_t seed = 0; seed < FLIP_SEEDS; seed++) {
            struct bytes encoded = encode_random(set.schemas[i], seed);

            for (size_t bit = 0; bit < encoded.size * 8; bit++) {
                bench->encoded[bit / 8] ^= (uint8_t)(1 << bit % 8);
                if (decode(set.schemas[i], encoded) == REASON_NONE) {
                    assert_true(encodes_to(set.schemas[i], encoded));
                }
                bench->encoded[bit / 8] ^= (uint8_t)(1 << bit % 8);
            }
        }
    }
}

static void test_a_full_arena_refuses(void **state)
{
    struct schema_set set = schemas_all();
    uint8_t memory[1];

    (void)state;
    for (size_t i = 0; i < set.count; i++) {
        struct bytes encoded = encode_random(set.schemas[i], 2);
        enum reason reason = decode(set.schemas[i], encoded);
        struct arena arena;

        assert_int_equal(reason, REASON_NONE);
        if (bench->arena.used == 0) {
            continue;
        }
        arena_init(&arena, memory, sizeof memory);
        assert_int_equal(schema_decode(set.schemas[i], bench->record, encoded, &arena), REASON_TOO_LARGE);
    }
}

/* ---- one field replaced ---- */

/* The bytes of field number index of encoded, an array. */
static struct bytes element_of(struct bytes encoded, size_t index)
{
    struct bytes element = {NULL, 0};
    struct reader reader;

    reader_init(&reader, encoded);
    reader_array(&reader, 1, UINT32_MAX);
    for (size_t i = 0; i <= index; i++) {
        element = reader_skip(&reader, 16);
    }
    assert_int_equal(reader.error, REASON_NONE);
    return element;
}

/* encoded with that field replaced, in bench->again. */
static struct bytes replaced(struct bytes encoded, size_t index, struct bytes replacement)
{
    struct bytes old = element_of(encoded, index);
    size_t before = (size_t)(old.data - encoded.data), after = encoded.size - before - old.size;

    memcpy(bench->again, encoded.data, before);
    memcpy(bench->again + before, replacement.data, replacement.size);
    memcpy(bench->again + before + replacement.size, old.data + old.size, after);
    return bytes_of(bench->again, before + replacement.size + after);
}

struct splice {
    const struct schema *schema;
    const struct field *field;
    size_t index;
    struct bytes encoded;
    struct writer writer; /* takes the replacement */
    uint8_t memory[80 * 1024];
};

static struct writer *replacement(struct splice *splice)
{
    writer_init(&splice->writer, splice->memory, sizeof splice->memory);
    return &splice->writer;
}

/* Bytes that were decoded before are bounded as others are: of their texts alone the characters are taken on
 * trust. */
static void expect_known(const struct splice *splice, const char *what, struct bytes input,
                         enum reason expected)
{
    const enum reason wanted = expected == REASON_BAD_TEXT ? REASON_NONE : expected;
    enum reason reason;

    arena_init(&bench->arena, bench->decoded_memory, sizeof bench->decoded_memory);
    reason = schema_decode_known(splice->schema, bench->record, input, &bench->arena);
    if (reason != wanted) {
        fail_msg("%s.%s, %s and known: %s instead of %s", splice->schema->name, splice->field->name, what,
                 reason_word(reason), reason_word(wanted));
    }
}

static void expect_splice(struct splice *splice, const char *what, enum reason expected)
{
    struct bytes element, input;

    assert_true(writer_end(&splice->writer, &element));
    input = replaced(splice->encoded, splice->index, element);
    expect(splice->schema, splice->field->name, what, input, expected);
    expect_known(splice, what, input, expected);
}

static void try_numbers(struct splice *splice)
{
    if (splice->field->min > 0) {
        writer_uint(replacement(splice), splice->field->min - 1);
        expect_splice(splice, "below its range", REASON_OUT_OF_RANGE);
    }
    if (splice->field->max < UINT64_MAX) {
        writer_uint(replacement(splice), splice->field->max + 1);
        expect_splice(splice, "above its range", REASON_OUT_OF_RANGE);
    }
}

static void try_sizes(struct splice *splice,
                      void (*write)(struct writer *writer, const uint8_t *data, size_t size))
{
    static const uint8_t zeros[RULE_PACK_SIZE_MAX + 1];

    assert_true(splice->field->max < sizeof zeros);
    if (splice->field->min > 0) {
        write(replacement(splice), zeros, splice->field->min - 1);
        expect_splice(splice, "shorter than its range", REASON_OUT_OF_RANGE);
    }
    write(replacement(splice), zeros, splice->field->max + 1);
    expect_splice(splice, "longer than its range", REASON_TOO_LARGE);
}

static void write_bin(struct writer *writer, const uint8_t *data, size_t size)
{
    writer_bin(writer, data, size);
}

static void write_str(struct writer *writer, const uint8_t *data, size_t size)
{
    writer_text(writer, bytes_of(data, size));
}

static void try_text(struct splice *splice)
{
    static const uint8_t control[NAME_SIZE_MAX] = {7};

    try_sizes(splice, write_str);
    writer_text(replacement(splice), bytes_of(control, splice->field->min > 0 ? splice->field->min : 1));
    expect_splice(splice, "with a control character", REASON_BAD_TEXT);
}

static void try_counts(struct splice *splice)
{
    static const uint8_t nils[8192] = {0};

    writer_array(replacement(splice), (uint32_t)splice->field->max + 1);
    writer_raw(&splice->writer, nils, splice->field->max + 1);
    expect_splice(splice, "with one element too many", REASON_TOO_MANY);
    if (splice->field->min > 0) {
        writer_array(replacement(splice), (uint32_t)splice->field->min - 1);
        expect_splice(splice, "with one element too few", REASON_OUT_OF_RANGE);
    }
}

/* A count that is allowed but can't be true, at the end of the input. */
static void try_count_beyond_input(struct splice *splice)
{
    struct bytes old = element_of(splice->encoded, splice->index);
    size_t before = (size_t)(old.data - splice->encoded.data);
    struct writer writer;

    memcpy(bench->again, splice->encoded.data, before);
    writer_init(&writer, bench->again + before, 8);
    writer_array(&writer, (uint32_t)splice->field->max);
    expect(splice->schema, splice->field->name, "count beyond the input",
           bytes_of(bench->again, before + writer.size), REASON_TRUNCATED);
}

static void try_nil(struct splice *splice)
{
    enum reason reason = REASON_NONE;
    struct bytes element, input;

    writer_nil(replacement(splice));
    if (splice->field->present_offset == FIELD_REQUIRED) {
        expect_splice(splice, "nil", REASON_WRONG_TYPE);
        return;
    }
    assert_true(writer_end(&splice->writer, &element));
    input = replaced(splice->encoded, splice->index, element);
    reason = decode(splice->schema, input);
    assert_true(reason == REASON_NONE || reason == REASON_INCONSISTENT);
}

static void try_field(struct splice *splice)
{
    static const uint8_t map = 0x80, minus_one = 0xff, wide_zero[] = {0xcc, 0};

    writer_raw(replacement(splice), &map, 1);
    expect_splice(splice, "a map", REASON_WRONG_TYPE);
    writer_raw(replacement(splice), &minus_one, 1);
    expect_splice(splice, "a negative number", REASON_WRONG_TYPE);
    try_nil(splice);
    switch (splice->field->type) {
    case FIELD_TYPE_UINT:
    case FIELD_TYPE_ENUM:
    case FIELD_TYPE_DAY:
        writer_raw(replacement(splice), wide_zero, sizeof wide_zero);
        expect_splice(splice, "zero in two bytes", REASON_NOT_CANONICAL);
        try_numbers(splice);
        break;
    case FIELD_TYPE_FIXED:
    case FIELD_TYPE_BIN:
        try_sizes(splice, write_bin);
        break;
    case FIELD_TYPE_TEXT:
        try_text(splice);
        break;
    case FIELD_TYPE_LIST:
        try_counts(splice);
        try_count_beyond_input(splice);
        break;
    case FIELD_TYPE_BOOL:
    case FIELD_TYPE_RECORD:
        break;
    }
}

/* A random record that has the field. It stays in bench->encoded, which splicing only reads. */
static struct bytes encode_random_with(const struct schema *schema, const struct field *field)
{
    struct bytes encoded;
    uint64_t seed = 0;

    do {
        encoded = encode_random(schema, seed++);
    } while (field->present_offset != FIELD_REQUIRED && !bench->record[field->present_offset]);
    return encoded;
}

static void test_every_field_is_held_to_its_row(void **state)
{
    struct splice *splice = malloc(sizeof *splice);
    struct schema_set set = schemas_all();

    (void)state;
    assert_non_null(splice);
    for (size_t i = 0; i < set.count; i++) {
        splice->schema = set.schemas[i];
        for (size_t j = 0; j < splice->schema->field_count; j++) {
            splice->field = &splice->schema->fields[j];
            splice->index = j;
            splice->encoded = encode_random_with(splice->schema, splice->field);
            try_field(splice);
        }
    }
    free(splice);
}

static void test_an_array_of_another_length_is_refused(void **state)
{
    struct schema_set set = schemas_all();

    (void)state;
    for (size_t i = 0; i < set.count; i++) {
        struct bytes encoded = encode_random(set.schemas[i], 3);

        if (set.schemas[i]->field_count + 1 >= 15) {
            continue;
        }
        bench->encoded[0]++;
        bench->encoded[encoded.size] = 0;
        expect(set.schemas[i], "", "one field more", bytes_of(encoded.data, encoded.size + 1),
               REASON_TOO_MANY);
        bench->encoded[0] = (uint8_t)(bench->encoded[0] - 2);
        expect(set.schemas[i], "", "one field fewer", encoded, REASON_OUT_OF_RANGE);
    }
}

/* ---- extensions ---- */

struct extension_row {
    const char *what;
    uint64_t numbers[EXTENSIONS_MAX + 1];
    uint32_t count;
    size_t value_size;
    enum reason expected;
};

static struct bytes want_with(const struct extension_row *row)
{
    static uint8_t memory[8192];
    static const uint8_t zeros[EXTENSION_SIZE_MAX + 1];
    struct writer writer;

    writer_init(&writer, memory, sizeof memory);
    writer_array(&writer, 5);
    writer_bin(&writer, zeros, HASH_SIZE);
    writer_array(&writer, 0);
    writer_array(&writer, 0);
    writer_array(&writer, 0);
    writer_array(&writer, row->count);
    for (uint32_t i = 0; i < row->count; i++) {
        writer_array(&writer, 2);
        writer_uint(&writer, row->numbers[i]);
        writer_bin(&writer, zeros, row->value_size);
    }
    return bytes_of(memory, writer.size);
}

static void test_extensions_are_kept_in_order_and_bounded(void **state)
{
    static const struct extension_row rows[] = {
        {"none is what there is today", {0}, 0, 0, REASON_NONE},
        {"unknown ones are kept", {1, 2, UINT64_MAX}, 3, 5, REASON_NONE},
        {"as many and as large as may be", {1, 2, 3, 4, 5, 6, 7, 8}, 8, EXTENSION_SIZE_MAX, REASON_NONE},
        {"one too many", {1, 2, 3, 4, 5, 6, 7, 8, 9}, 9, 0, REASON_TOO_MANY},
        {"one too large", {1}, 1, EXTENSION_SIZE_MAX + 1, REASON_TOO_LARGE},
        {"a number twice", {4, 4}, 2, 0, REASON_NOT_SORTED},
        {"numbers descending", {5, 4}, 2, 0, REASON_NOT_SORTED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes input = want_with(&rows[i]);

        expect(&want_schema, "extensions", rows[i].what, input, rows[i].expected);
        if (rows[i].expected == REASON_NONE) {
            assert_true(encodes_to(&want_schema, input));
        }
    }
}

/* ---- print ---- */

static void test_a_record_prints_its_fields(void **state)
{
    struct bytes areas[] = {bytes_of_string("Brakes"), bytes_of_string("say \"hi\"")};
    struct shop shop = {
        .name = bytes_of_string("Müller's"),
        .place = bytes_of_string("Austin"),
        .state = bytes_of_string("TX"),
        .areas = {areas, 2},
        .technicians = 12,
        .from = 41000,
    };
    const char *expected = "{\"name\": \"Müller's\", \"place\": \"Austin\", \"state\": \"TX\", "
                           "\"areas\": [\"Brakes\", \"say \\\"hi\\\"\"], \"technicians\": 12, "
                           "\"from\": \"2012-04-03\", \"extensions\": []}";
    char text[256];

    (void)state;
    assert_int_equal(schema_print(&shop_schema, &shop, text, sizeof text), strlen(expected));
    assert_string_equal(text, expected);
}

static void test_print_is_cut_at_capacity_and_tells_the_length(void **state)
{
    struct schema_set set = schemas_all();
    static char whole[ENCODED_SIZE_MAX];
    char cut[16];

    (void)state;
    for (size_t i = 0; i < set.count; i++) {
        size_t length = 0;

        encode_random(set.schemas[i], 4);
        length = schema_print(set.schemas[i], bench->record, whole, sizeof whole);
        assert_true(length < sizeof whole);
        assert_int_equal(strlen(whole), length);
        assert_int_equal(schema_print(set.schemas[i], bench->record, cut, sizeof cut), length);
        assert_int_equal(strlen(cut), length < sizeof cut ? length : sizeof cut - 1);
        assert_int_equal(strncmp(cut, whole, strlen(cut)), 0);
        assert_int_equal(schema_print(set.schemas[i], bench->record, NULL, 0), length);
    }
}

/* ---- random ---- */

static void test_random_records_follow_from_their_seed(void **state)
{
    struct schema_set set = schemas_all();

    (void)state;
    for (size_t i = 0; i < set.count; i++) {
        struct bytes first = encode_random(set.schemas[i], 5);

        memcpy(bench->again, first.data, first.size);
        assert_true(bytes_equal(bytes_of(bench->again, first.size), encode_random(set.schemas[i], 5)));
    }
}

static void test_random_records_have_and_lack_every_optional_field(void **state)
{
    struct schema_set set = schemas_all();

    (void)state;
    for (size_t i = 0; i < set.count; i++) {
        for (size_t j = 0; j < set.schemas[i]->field_count; j++) {
            const struct field *field = &set.schemas[i]->fields[j];
            size_t present = 0;

            if (field->present_offset == FIELD_REQUIRED) {
                continue;
            }
            for (uint64_t seed = 0; seed < SEEDS; seed++) {
                encode_random(set.schemas[i], seed);
                present += bench->record[field->present_offset];
            }
            assert_in_range(present, 1, SEEDS - 1);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_agree_with_their_structs),
        cmocka_unit_test(test_the_record_arena_holds_any_record),
        cmocka_unit_test(test_what_is_encoded_decodes_to_the_same),
        cmocka_unit_test(test_every_prefix_is_refused),
        cmocka_unit_test(test_a_trailing_byte_is_refused),
        cmocka_unit_test(test_a_flipped_bit_is_refused_or_means_itself),
        cmocka_unit_test(test_a_full_arena_refuses),
        cmocka_unit_test(test_every_field_is_held_to_its_row),
        cmocka_unit_test(test_an_array_of_another_length_is_refused),
        cmocka_unit_test(test_extensions_are_kept_in_order_and_bounded),
        cmocka_unit_test(test_a_record_prints_its_fields),
        cmocka_unit_test(test_print_is_cut_at_capacity_and_tells_the_length),
        cmocka_unit_test(test_random_records_follow_from_their_seed),
        cmocka_unit_test(test_random_records_have_and_lack_every_optional_field),
    };

    return cmocka_run_group_tests(tests, make_bench, drop_bench);
}
