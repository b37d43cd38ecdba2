#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/writer.h"
#include "protocol/rules/expression_table.h"
#include "tests/support/random_expression.h"

enum { ARENA_SIZE = 2 * EXPRESSION_ARENA_SIZE, RANDOM_TREES = 4000, RANDOM_NODES = 60 };

static uint8_t memory[ARENA_SIZE];
static struct arena arena;

static enum reason decode(struct expression *out, enum expression_scope scope, struct bytes encoded)
{
    arena_init(&arena, memory, sizeof memory);
    return expression_decode(out, scope, encoded, &arena);
}

/* ---- properties ---- */

static const enum expression_scope scopes[] = {SCOPE_REQUIREMENT, SCOPE_SUBJECT, SCOPE_ATTESTATION,
                                               SCOPE_SHOP};

/* Call check with random trees of every scope that fit in an expression's bytes, encoded. */
static void each_random(void (*check)(const struct expression *tree, enum expression_scope scope,
                                      struct bytes encoded))
{
    static uint8_t tree_memory[ARENA_SIZE], encoded_memory[RULE_EXPRESSION_SIZE_MAX];
    uint64_t seed = 1;
    for (size_t i = 0; i < RANDOM_TREES; i++) {
        enum expression_scope scope = scopes[i % 4];
        struct expression tree;
        struct arena trees;
        struct bytes encoded;
        arena_init(&trees, tree_memory, sizeof tree_memory);
        random_expression(&tree, scope, 1 + (uint32_t)(i / 4) % EXPRESSION_DEPTH_MAX, RANDOM_NODES, &seed,
                          &trees);
        if (expression_encode(&tree, encoded_memory, sizeof encoded_memory, &encoded)) {
            check(&tree, scope, encoded);
        }
    }
}

static void check_alike(const struct expression *tree, enum expression_scope scope, struct bytes encoded)
{
    uint8_t again_memory[RULE_EXPRESSION_SIZE_MAX];
    struct expression decoded;
    struct bytes again;
    assert_int_equal(decode(&decoded, scope, encoded), REASON_NONE);
    assert_true(expression_equal(tree, &decoded));
    assert_true(expression_encode(&decoded, again_memory, sizeof again_memory, &again));
    assert_true(bytes_equal(encoded, again));
}

static void what_is_written_reads_alike(void **state)
{
    (void)state;
    each_random(check_alike);
}

static void check_prefixes(const struct expression *tree, enum expression_scope scope, struct bytes encoded)
{
    struct expression decoded;
    (void)tree;
    for (size_t size = 0; size < encoded.size; size++) {
        /* In memory of its own size, so that a sanitizer sees any read beyond it. */
        uint8_t *prefix = malloc(size > 0 ? size : 1);
        assert_non_null(prefix);
        memcpy(prefix, encoded.data, size);
        enum reason reason = decode(&decoded, scope, bytes_of(prefix, size));
        free(prefix);
        assert_int_not_equal(reason, REASON_NONE);
    }
}

static void every_prefix_fails(void **state)
{
    (void)state;
    each_random(check_prefixes);
}

static void check_trailing(const struct expression *tree, enum expression_scope scope, struct bytes encoded)
{
    uint8_t longer[RULE_EXPRESSION_SIZE_MAX + 1];
    struct expression decoded;
    (void)tree;
    if (encoded.size == RULE_EXPRESSION_SIZE_MAX) {
        return;
    }
    memcpy(longer, encoded.data, encoded.size);
    longer[encoded.size] = 0;
    assert_int_equal(decode(&decoded, scope, bytes_of(longer, encoded.size + 1)), REASON_TRAILING);
}

static void nothing_may_follow(void **state)
{
    (void)state;
    each_random(check_trailing);
}

static bool has_unknown(void *context, const struct expression *node)
{
    (void)context;
    return node->op != EXPRESSION_UNKNOWN;
}

/* Whether bytes that were changed are read or refused, what is read is one form of one tree. */
static void check_changed(const struct expression *tree, enum expression_scope scope, struct bytes encoded)
{
    uint8_t changed[RULE_EXPRESSION_SIZE_MAX], again_memory[RULE_EXPRESSION_SIZE_MAX];
    uint64_t seed = encoded.size;
    (void)tree;
    for (size_t i = 0; i < 16; i++) {
        struct expression decoded;
        struct bytes again;
        memcpy(changed, encoded.data, encoded.size);
        changed[random_below(&seed, encoded.size)] ^= (uint8_t)(1 << random_below(&seed, 8));
        if (decode(&decoded, scope, bytes_of(changed, encoded.size)) != REASON_NONE ||
            !expression_each(&decoded, has_unknown, NULL)) {
            continue;
        }
        assert_true(expression_encode(&decoded, again_memory, sizeof again_memory, &again));
        assert_true(bytes_equal(bytes_of(changed, encoded.size), again));
    }
}

static void what_is_accepted_writes_alike(void **state)
{
    (void)state;
    each_random(check_changed);
}

static void check_small_arenas(const struct expression *tree, enum expression_scope scope,
                               struct bytes encoded)
{
    struct expression decoded;
    size_t used = 0;
    (void)tree;
    assert_int_equal(decode(&decoded, scope, encoded), REASON_NONE);
    used = arena.used;
    for (size_t capacity = 0; capacity < used; capacity += 1 + used / 7) {
        arena_init(&arena, memory, capacity);
        assert_int_equal(expression_decode(&decoded, scope, encoded, &arena), REASON_TOO_LARGE);
        assert_int_equal(decoded.op, EXPRESSION_UNKNOWN);
    }
}

static void a_full_arena_is_said(void **state)
{
    (void)state;
    each_random(check_small_arenas);
}

static void check_small_output(const struct expression *tree, enum expression_scope scope,
                               struct bytes encoded)
{
    uint8_t again_memory[RULE_EXPRESSION_SIZE_MAX];
    struct bytes again;
    (void)scope;
    assert_false(expression_encode(tree, again_memory, encoded.size - 1, &again));
    assert_int_equal(again.size, 0);
    assert_true(expression_encode(tree, again_memory, encoded.size, &again));
}

static void no_room_to_write_is_said(void **state)
{
    (void)state;
    each_random(check_small_output);
}

/* ---- what is refused ---- */

/* A literal with its size, which may hold NULs. */
#define BYTES(literal) (literal), sizeof(literal) - 1
#define A5                                                                                                   \
    "\xa6"                                                                                                   \
    "ase/A5"
#define CERTIFIED_A5 "\x92\x05" A5

static const struct {
    const char *sentence, *input;
    size_t size;
    enum expression_scope scope;
    enum reason expected;
} rows[] = {
    {"a code", BYTES(CERTIFIED_A5), SCOPE_REQUIREMENT, REASON_NONE},
    {"nothing", BYTES(""), SCOPE_REQUIREMENT, REASON_TRUNCATED},
    {"no array", BYTES("\x05"), SCOPE_REQUIREMENT, REASON_WRONG_TYPE},
    {"an array of nothing", BYTES("\x90"), SCOPE_REQUIREMENT, REASON_OUT_OF_RANGE},
    {"an operator in words",
     BYTES("\x92\xa3"
           "all" A5),
     SCOPE_REQUIREMENT, REASON_WRONG_TYPE},
    {"operator 0", BYTES("\x92\x00" A5), SCOPE_REQUIREMENT, REASON_OUT_OF_RANGE},
    {"an operator above all that there will be", BYTES("\x91\xce\x00\x01\x00\x00"), SCOPE_REQUIREMENT,
     REASON_OUT_OF_RANGE},
    {"an operator not in its shortest form", BYTES("\x92\xcc\x05" A5), SCOPE_REQUIREMENT,
     REASON_NOT_CANONICAL},
    {"an argument too few", BYTES("\x91\x05"), SCOPE_REQUIREMENT, REASON_OUT_OF_RANGE},
    {"an argument too many", BYTES("\x93\x05" A5 A5), SCOPE_REQUIREMENT, REASON_OUT_OF_RANGE},
    {"a code without its namespace",
     BYTES("\x92\x05\xa2"
           "A5"),
     SCOPE_REQUIREMENT, REASON_BAD_TEXT},
    {"a star in the middle",
     BYTES("\x92\x05\xa6"
           "ase/*5"),
     SCOPE_REQUIREMENT, REASON_BAD_TEXT},
    {"an empty code", BYTES("\x92\x05\xa0"), SCOPE_REQUIREMENT, REASON_OUT_OF_RANGE},
    {"a code of 49 bytes",
     BYTES("\x92\x05\xd9\x31"
           "a/12345678901234567890123456789012345678901234567"),
     SCOPE_REQUIREMENT, REASON_OUT_OF_RANGE},
    {"a code that is longer than all there is",
     BYTES("\x92\x05\xda\xb8\x05"
           "ase/A5"),
     SCOPE_REQUIREMENT, REASON_TRUNCATED},
    {"a network by pattern",
     BYTES("\x92\x0b\xa5"
           "ase/*"),
     SCOPE_REQUIREMENT, REASON_BAD_TEXT},
    {"a title of any namespace", BYTES("\x93\x08\xa0\xa1T"), SCOPE_REQUIREMENT, REASON_NONE},
    {"a title of a namespace in capitals",
     BYTES("\x93\x08\xa1"
           "A"
           "\xa1T"),
     SCOPE_REQUIREMENT, REASON_BAD_TEXT},
    {"a title without a name", BYTES("\x93\x08\xa0\xa0"), SCOPE_REQUIREMENT, REASON_OUT_OF_RANGE},
    {"a title that turns the text around", BYTES("\x93\x08\xa0\xa3\xe2\x80\xae"), SCOPE_REQUIREMENT,
     REASON_BAD_TEXT},
    {"all of nothing", BYTES("\x92\x01\x90"), SCOPE_REQUIREMENT, REASON_OUT_OF_RANGE},
    {"all of one", BYTES("\x92\x01\x91" CERTIFIED_A5), SCOPE_REQUIREMENT, REASON_NONE},
    {"children that are not there", BYTES("\x92\x01\xdc\xff\xff"), SCOPE_REQUIREMENT, REASON_TOO_MANY},
    {"at least none", BYTES("\x93\x03\x00\x91" CERTIFIED_A5), SCOPE_REQUIREMENT, REASON_OUT_OF_RANGE},
    {"at least all", BYTES("\x93\x03\x01\x91" CERTIFIED_A5), SCOPE_REQUIREMENT, REASON_NONE},
    {"at least more than there are", BYTES("\x93\x03\x02\x91" CERTIFIED_A5), SCOPE_REQUIREMENT,
     REASON_OUT_OF_RANGE},
    {"a century of experience", BYTES("\x93\x09" A5 "\xcd\x8e\x94"), SCOPE_SUBJECT, REASON_NONE},
    {"a day more", BYTES("\x93\x09" A5 "\xcd\x8e\x95"), SCOPE_SUBJECT, REASON_OUT_OF_RANGE},
    {"no experience", BYTES("\x93\x09" A5 "\x00"), SCOPE_SUBJECT, REASON_OUT_OF_RANGE},
    {"no states", BYTES("\x92\x0c\x90"), SCOPE_SUBJECT, REASON_OUT_OF_RANGE},
    {"states in order", BYTES("\x92\x0c\x92\xa2OH\xa2TX"), SCOPE_SUBJECT, REASON_NONE},
    {"states out of order", BYTES("\x92\x0c\x92\xa2TX\xa2OH"), SCOPE_SUBJECT, REASON_NOT_SORTED},
    {"a state twice", BYTES("\x92\x0c\x92\xa2OH\xa2OH"), SCOPE_SUBJECT, REASON_NOT_SORTED},
    {"a state in small letters", BYTES("\x92\x0c\x91\xa2oh"), SCOPE_SUBJECT, REASON_BAD_TEXT},
    {"all bases", BYTES("\x92\x0d\xcd\x03\xfe"), SCOPE_ATTESTATION, REASON_NONE},
    {"a basis that there is none of", BYTES("\x92\x0d\xcd\x04\x02"), SCOPE_ATTESTATION, REASON_OUT_OF_RANGE},
    {"basis number zero", BYTES("\x92\x0d\x03"), SCOPE_ATTESTATION, REASON_OUT_OF_RANGE},
    {"no bases", BYTES("\x92\x0d\x00"), SCOPE_ATTESTATION, REASON_OUT_OF_RANGE},
    {"ten years of grace", BYTES("\x92\x0e\xcd\x0e\x4c"), SCOPE_ATTESTATION, REASON_NONE},
    {"a day more of grace", BYTES("\x92\x0e\xcd\x0e\x4d"), SCOPE_ATTESTATION, REASON_OUT_OF_RANGE},
    {"twelve months apart", BYTES("\x94\x0f\x08\x0c\x00"), SCOPE_ATTESTATION, REASON_NONE},
    {"no time apart", BYTES("\x94\x0f\x08\x00\x00"), SCOPE_ATTESTATION, REASON_OUT_OF_RANGE},
    {"nothing added", BYTES("\x92\x10\x00"), SCOPE_ATTESTATION, REASON_OUT_OF_RANGE},
    {"all of the technicians", BYTES("\x93\x11\x64" CERTIFIED_A5), SCOPE_SHOP, REASON_NONE},
    {"more than all", BYTES("\x93\x11\x65" CERTIFIED_A5), SCOPE_SHOP, REASON_OUT_OF_RANGE},
    {"10 000 technicians", BYTES("\x93\x12\xcd\x27\x10" CERTIFIED_A5), SCOPE_SHOP, REASON_NONE},
    {"10 001 technicians", BYTES("\x93\x12\xcd\x27\x11" CERTIFIED_A5), SCOPE_SHOP, REASON_OUT_OF_RANGE},
    {"an area and its child", BYTES("\x93\x13\x91\xa1z\x91" CERTIFIED_A5), SCOPE_SHOP, REASON_NONE},
    {"two areas and one child", BYTES("\x93\x13\x92\xa1y\xa1z\x91" CERTIFIED_A5), SCOPE_SHOP,
     REASON_OUT_OF_RANGE},
    {"areas out of order", BYTES("\x93\x13\x92\xa1z\xa1y\x92" CERTIFIED_A5 CERTIFIED_A5), SCOPE_SHOP,
     REASON_NOT_SORTED},
    {"an area without a name", BYTES("\x93\x13\x91\xa0\x91" CERTIFIED_A5), SCOPE_SHOP, REASON_OUT_OF_RANGE},
};

static void bytes_are_taken_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct expression out;
        enum reason reason = decode(&out, rows[i].scope, bytes_of(rows[i].input, rows[i].size));
        if (reason != rows[i].expected) {
            fail_msg("%s: %s", rows[i].sentence, reason_word(reason));
        }
        if (reason == REASON_NONE && out.op == EXPRESSION_UNKNOWN) {
            fail_msg("%s: unknown", rows[i].sentence);
        }
    }
}

/* ---- limits ---- */

/* count times not, around a code. */
static struct bytes nested(uint8_t out[RULE_EXPRESSION_SIZE_MAX], size_t count)
{
    struct writer writer;
    struct bytes encoded;
    writer_init(&writer, out, RULE_EXPRESSION_SIZE_MAX);
    for (size_t i = 0; i < count; i++) {
        writer_array(&writer, 2);
        writer_uint(&writer, EXPRESSION_NOT);
    }
    writer_raw(&writer, BYTES(CERTIFIED_A5));
    assert_true(writer_end(&writer, &encoded));
    return encoded;
}

static void depth_is_bounded(void **state)
{
    uint8_t encoded[RULE_EXPRESSION_SIZE_MAX];
    struct expression out;
    (void)state;
    assert_int_equal(decode(&out, SCOPE_SUBJECT, nested(encoded, EXPRESSION_DEPTH_MAX - 1)), REASON_NONE);
    assert_int_equal(decode(&out, SCOPE_SUBJECT, nested(encoded, EXPRESSION_DEPTH_MAX)), REASON_TOO_DEEP);
    assert_int_equal(decode(&out, SCOPE_SUBJECT, nested(encoded, 2000)), REASON_TOO_DEEP);
}

/* groups times any of size operators that take nothing but their number. */
static struct bytes wide(uint8_t out[RULE_EXPRESSION_SIZE_MAX], uint32_t groups, uint32_t size)
{
    struct writer writer;
    struct bytes encoded;
    writer_init(&writer, out, RULE_EXPRESSION_SIZE_MAX);
    writer_array(&writer, 2);
    writer_uint(&writer, EXPRESSION_ALL);
    writer_array(&writer, groups);
    for (uint32_t i = 0; i < groups; i++) {
        writer_array(&writer, 2);
        writer_uint(&writer, EXPRESSION_ANY);
        writer_array(&writer, size);
        for (uint32_t j = 0; j < size; j++) {
            writer_array(&writer, 2);
            writer_uint(&writer, EXPRESSION_IN_TIME);
            writer_uint(&writer, 0);
        }
    }
    assert_true(writer_end(&writer, &encoded));
    return encoded;
}

static void nodes_and_children_are_bounded(void **state)
{
    uint8_t encoded[RULE_EXPRESSION_SIZE_MAX];
    struct expression out;
    (void)state;
    /* 1 + 7 + 7 * 64 nodes, and a child too many */
    assert_int_equal(decode(&out, SCOPE_ATTESTATION, wide(encoded, 7, 64)), REASON_NONE);
    assert_int_equal(decode(&out, SCOPE_ATTESTATION, wide(encoded, 7, 65)), REASON_TOO_MANY);
    /* 1 + 8 + 8 * 62 nodes are 505, 1 + 8 + 8 * 63 are 513 */
    assert_int_equal(decode(&out, SCOPE_ATTESTATION, wide(encoded, 8, 62)), REASON_NONE);
    assert_int_equal(decode(&out, SCOPE_ATTESTATION, wide(encoded, 8, 63)), REASON_TOO_MANY);
    /* 1 + 7 + 7 * 72 would be 512, but 72 children are too many. 1 + 14 + 14 * 35.5 = 512: 1 + 73 * 7 = 512
     */
    assert_int_equal(decode(&out, SCOPE_ATTESTATION, wide(encoded, 64, 6)), REASON_NONE);
    assert_int_equal(decode(&out, SCOPE_ATTESTATION, wide(encoded, 64, 7)), REASON_TOO_MANY);
}

static void more_bytes_than_a_rule_has_are_refused(void **state)
{
    static uint8_t encoded[RULE_EXPRESSION_SIZE_MAX + 1];
    struct expression out;
    (void)state;
    assert_int_equal(decode(&out, SCOPE_SUBJECT, bytes_of(encoded, sizeof encoded)), REASON_OUT_OF_RANGE);
}

/* ---- unknown operators ---- */

static void an_unknown_operator_is_one_node(void **state)
{
    static const struct {
        const char *sentence, *input;
        size_t size;
    } unknown[] = {
        {"the next number", BYTES("\x91\x14")},
        {"the last number", BYTES("\x91\xcd\xff\xff")},
        {"with arguments of each kind", BYTES("\x97\x14\x05\xa1"
                                              "a"
                                              "\xc4\x01\x00\xc0\xc3\x92\x05" A5)},
        {"with arguments that nest", BYTES("\x92\x14\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x90")},
        {"about attestations", BYTES("\x92\x0e\x00")},
        {"about shops", BYTES("\x93\x11\x64" CERTIFIED_A5)},
        {"about shops, with arguments that it does not have", BYTES("\x93\x11\xc0\xc0")},
    };
    (void)state;
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        struct expression out;
        enum reason reason = decode(&out, SCOPE_SUBJECT, bytes_of(unknown[i].input, unknown[i].size));
        if (reason != REASON_NONE || out.op != EXPRESSION_UNKNOWN || out.child_count != 0) {
            fail_msg("%s: %s", unknown[i].sentence, reason_word(reason));
        }
    }
}

static void what_stands_beside_an_unknown_operator_is_known(void **state)
{
    struct expression out;
    (void)state;
    assert_int_equal(
        decode(&out, SCOPE_SUBJECT, bytes_of(BYTES("\x92\x01\x92\x93\x14\x05\xa0" CERTIFIED_A5))),
        REASON_NONE);
    assert_int_equal(out.op, EXPRESSION_ALL);
    assert_int_equal(out.child_count, 2);
    assert_int_equal(out.children[0].op, EXPRESSION_UNKNOWN);
    assert_int_equal(out.children[1].op, EXPRESSION_CERTIFIED);
    assert_true(bytes_equal_string(out.children[1].pattern, "ase/A5"));
}

static void what_an_unknown_operator_holds_is_canonical_all_the_same(void **state)
{
    static const struct {
        const char *sentence, *input;
        size_t size;
        enum reason expected;
    } unknown[] = {
        {"a map", BYTES("\x92\x14\x80"), REASON_WRONG_TYPE},
        {"a float", BYTES("\x92\x14\xcb\x00\x00\x00\x00\x00\x00\x00\x00"), REASON_WRONG_TYPE},
        {"a number not in its shortest form", BYTES("\x92\x14\xcc\x01"), REASON_NOT_CANONICAL},
        {"an argument that is missing", BYTES("\x93\x14\x01"), REASON_TRUNCATED},
        {"a text that goes on behind the end",
         BYTES("\x92\x14\xa2"
               "a"),
         REASON_TRUNCATED},
        {"a text that can't be shown", BYTES("\x92\x14\xa1\x07"), REASON_BAD_TEXT},
        {"arrays that nest too deep",
         BYTES("\x92\x14\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x90"),
         REASON_TOO_DEEP},
    };
    (void)state;
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        struct expression out;
        enum reason reason = decode(&out, SCOPE_SUBJECT, bytes_of(unknown[i].input, unknown[i].size));
        if (reason != unknown[i].expected) {
            fail_msg("%s: %s", unknown[i].sentence, reason_word(reason));
        }
    }
}

/* ---- scopes ---- */

static void each_operator_has_its_scopes(void **state)
{
    (void)state;
    for (uint64_t op = 1; op <= EXPRESSION_COVERED; op++) {
        bool of_attestations = op >= EXPRESSION_BASIS && op <= EXPRESSION_ADDS;
        bool of_shops = op >= EXPRESSION_SHARE;
        bool everywhere = !of_attestations && !of_shops;
        assert_non_null(expression_operator_of(op));
        assert_int_equal(expression_op_in_scope((enum expression_op)op, SCOPE_REQUIREMENT), everywhere);
        assert_int_equal(expression_op_in_scope((enum expression_op)op, SCOPE_SUBJECT), everywhere);
        assert_int_equal(expression_op_in_scope((enum expression_op)op, SCOPE_ATTESTATION),
                         everywhere || of_attestations);
        assert_int_equal(expression_op_in_scope((enum expression_op)op, SCOPE_SHOP), everywhere || of_shops);
    }
    assert_null(expression_operator_of(EXPRESSION_UNKNOWN));
    assert_null(expression_operator_of(EXPRESSION_COVERED + 1));
}

static void a_share_of_shares_is_unknown(void **state)
{
    struct expression out;
    (void)state;
    assert_int_equal(decode(&out, SCOPE_SHOP, bytes_of(BYTES("\x93\x11\x64\x93\x11\x64" CERTIFIED_A5))),
                     REASON_NONE);
    assert_int_equal(out.op, EXPRESSION_SHARE);
    assert_int_equal(out.children[0].op, EXPRESSION_UNKNOWN);
}

static void kinds_of_rules_have_their_scope(void **state)
{
    (void)state;
    assert_int_equal(expression_scope_of(PACK_RULE_TITLE), SCOPE_SUBJECT);
    assert_int_equal(expression_scope_of(PACK_RULE_EXPERIENCE), SCOPE_SUBJECT);
    assert_int_equal(expression_scope_of(PACK_RULE_CONDITION), SCOPE_SUBJECT);
    assert_int_equal(expression_scope_of(PACK_RULE_PREREQUISITE), SCOPE_ATTESTATION);
    assert_int_equal(expression_scope_of(PACK_RULE_RENEWAL), SCOPE_ATTESTATION);
    assert_int_equal(expression_scope_of(PACK_RULE_RECOGNITION), SCOPE_SHOP);
}

/* ---- trees ---- */

static bool note(void *context, const struct expression *node)
{
    enum expression_op **next = context;
    *(*next)++ = node->op;
    return node->op != EXPRESSION_TITLE;
}

static void a_walk_sees_parents_first_and_stops_when_told(void **state)
{
    enum expression_op seen[8] = {EXPRESSION_UNKNOWN}, *next = seen;
    struct expression out;
    (void)state;
    /* all of (not A5, title T, A5) */
    assert_int_equal(
        decode(&out, SCOPE_SUBJECT,
               bytes_of(BYTES("\x92\x01\x93\x92\x04" CERTIFIED_A5 "\x93\x08\xa0\xa1T" CERTIFIED_A5))),
        REASON_NONE);
    assert_false(expression_each(&out, note, &next));
    assert_int_equal(next - seen, 4);
    assert_int_equal(seen[0], EXPRESSION_ALL);
    assert_int_equal(seen[1], EXPRESSION_NOT);
    assert_int_equal(seen[2], EXPRESSION_CERTIFIED);
    assert_int_equal(seen[3], EXPRESSION_TITLE);
}

static void what_differs_anywhere_is_not_equal(void **state)
{
    uint8_t encoded[RULE_EXPRESSION_SIZE_MAX], other[RULE_EXPRESSION_SIZE_MAX];
    struct expression a, b;
    (void)state;
    assert_int_equal(decode(&a, SCOPE_SUBJECT, nested(encoded, 3)), REASON_NONE);
    assert_int_equal(expression_decode(&b, SCOPE_SUBJECT, nested(other, 2), &arena), REASON_NONE);
    assert_false(expression_equal(&a, &b));
    assert_true(expression_equal(&a.children[0], &b));
    assert_false(expression_equal(&(struct expression){.op = EXPRESSION_SHARE, .count = 1},
                                  &(struct expression){.op = EXPRESSION_SHARE, .count = 2}));
    assert_false(expression_equal(&(struct expression){.op = EXPRESSION_BASIS, .bases = 2},
                                  &(struct expression){.op = EXPRESSION_BASIS, .bases = 4}));
    assert_false(expression_equal(&(struct expression){.op = EXPRESSION_TITLE, .name = bytes_of("a", 1)},
                                  &(struct expression){.op = EXPRESSION_TITLE, .name = bytes_of("b", 1)}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_reads_alike),
        cmocka_unit_test(every_prefix_fails),
        cmocka_unit_test(nothing_may_follow),
        cmocka_unit_test(what_is_accepted_writes_alike),
        cmocka_unit_test(a_full_arena_is_said),
        cmocka_unit_test(no_room_to_write_is_said),
        cmocka_unit_test(bytes_are_taken_or_refused),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(nodes_and_children_are_bounded),
        cmocka_unit_test(more_bytes_than_a_rule_has_are_refused),
        cmocka_unit_test(an_unknown_operator_is_one_node),
        cmocka_unit_test(what_stands_beside_an_unknown_operator_is_known),
        cmocka_unit_test(what_an_unknown_operator_holds_is_canonical_all_the_same),
        cmocka_unit_test(each_operator_has_its_scopes),
        cmocka_unit_test(a_share_of_shares_is_unknown),
        cmocka_unit_test(kinds_of_rules_have_their_scope),
        cmocka_unit_test(a_walk_sees_parents_first_and_stops_when_told),
        cmocka_unit_test(what_differs_anywhere_is_not_equal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
