#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "protocol/base/reader.h"
#include "tests/support/schemas.h"

/* Lists that a table calls sorted: every one is refused with two elements swapped, and with one twice. */

/* The bytes of an array's elements. */
static size_t split(struct bytes array, struct bytes elements[], size_t max)
{
    struct reader reader;
    size_t count = 0;

    reader_init(&reader, array);
    count = reader_array(&reader, 0, UINT32_MAX);
    assert_true(count <= max);
    for (size_t i = 0; i < count; i++) {
        elements[i] = reader_skip(&reader, 16);
    }
    assert_int_equal(reader_end(&reader), REASON_NONE);
    return count;
}

static void write_all(struct writer *writer, const struct bytes elements[], size_t count)
{
    writer_array(writer, (uint32_t)count);
    for (size_t i = 0; i < count; i++) {
        writer_raw(writer, elements[i].data, elements[i].size);
    }
}

/* The record encoded with one of its lists replaced by these elements. */
static enum reason decode_with_list(const struct schema *schema, struct bytes fields[], size_t field_count,
                                    size_t index, const struct bytes items[], size_t item_count)
{
    static uint8_t memory[64 * 1024], list_memory[64 * 1024], arena_memory[RECORD_ARENA_SIZE];
    _Alignas(max_align_t) static uint8_t record[4096];
    struct bytes list, whole, kept = fields[index];
    struct writer writer;
    struct arena arena;

    writer_init(&writer, list_memory, sizeof list_memory);
    write_all(&writer, items, item_count);
    assert_true(writer_end(&writer, &list));
    fields[index] = list;
    writer_init(&writer, memory, sizeof memory);
    write_all(&writer, fields, field_count);
    assert_true(writer_end(&writer, &whole));
    fields[index] = kept;
    arena_init(&arena, arena_memory, sizeof arena_memory);
    return schema_decode(schema, record, whole, &arena);
}

/* Swap the first two elements, then have one twice. Returns: whether there were two. */
static bool try_order(const struct schema *schema, size_t index, struct bytes encoded)
{
    struct bytes fields[32], items[64];
    size_t field_count = split(encoded, fields, 32);
    size_t item_count = split(fields[index], items, 64);
    struct bytes first = items[0];

    if (item_count < 2) {
        return false;
    }
    items[0] = items[1];
    assert_int_equal(decode_with_list(schema, fields, field_count, index, items, item_count),
                     REASON_NOT_SORTED);
    items[1] = first;
    assert_int_equal(decode_with_list(schema, fields, field_count, index, items, item_count),
                     REASON_NOT_SORTED);
    return true;
}

static void test_sorted_lists_are_sorted_and_without_doubles(void **state)
{
    struct schema_set set = schemas_all();
    static uint8_t memory[64 * 1024], encoded_memory[64 * 1024];
    _Alignas(max_align_t) static uint8_t record[4096];
    size_t lists = 0, tried = 0;

    (void)state;
    for (size_t i = 0; i < set.count; i++) {
        for (size_t j = 0; j < set.schemas[i]->field_count; j++) {
            bool done = false;

            lists += set.schemas[i]->fields[j].order != NULL;
            for (uint64_t seed = 0; seed < 50 && !done && set.schemas[i]->fields[j].order; seed++) {
                uint64_t drawn = seed;
                struct bytes encoded;
                struct arena arena;

                arena_init(&arena, memory, sizeof memory);
                schema_random(set.schemas[i], record, &drawn, &arena);
                assert_true(
                    schema_encode(set.schemas[i], record, encoded_memory, sizeof encoded_memory, &encoded));
                done = try_order(set.schemas[i], j, encoded);
            }
            tried += done;
        }
    }
    assert_int_equal(tried, lists);
    assert_true(lists >= 17);
}

static void test_ranges_may_touch_but_not_overlap(void **state)
{
    static const struct {
        const char *sentence;
        struct index_range ranges[2];
        enum reason expected;
    } rows[] = {
        {"apart", {{0, 3}, {5, 9}}, REASON_NONE},
        {"side by side", {{0, 3}, {4, 4}}, REASON_NONE},
        {"one entry in both", {{0, 3}, {3, 4}}, REASON_NOT_SORTED},
        {"one inside the other", {{0, 9}, {3, 4}}, REASON_NOT_SORTED},
        {"the later one first", {{5, 9}, {0, 3}}, REASON_NOT_SORTED},
        {"the last below the first", {{3, 2}, {5, 9}}, REASON_INCONSISTENT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t memory[64], arena_memory[256];
        struct writer writer;
        struct arena arena;
        struct erase erase;

        writer_init(&writer, memory, sizeof memory);
        writer_array(&writer, 3);
        writer_uint(&writer, 1);
        writer_array(&writer, 2);
        for (size_t j = 0; j < 2; j++) {
            writer_array(&writer, 2);
            writer_uint(&writer, rows[i].ranges[j].first);
            writer_uint(&writer, rows[i].ranges[j].last);
        }
        writer_array(&writer, 0);
        arena_init(&arena, arena_memory, sizeof arena_memory);
        if (schema_decode(&erase_schema, &erase, bytes_of(memory, writer.size), &arena) != rows[i].expected) {
            fail_msg("%s", rows[i].sentence);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sorted_lists_are_sorted_and_without_doubles),
        cmocka_unit_test(test_ranges_may_touch_but_not_overlap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
