#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "protocol/rules/expression_text.h"
#include "protocol/rules/pack_rules.h"

enum { RULES_PER_ROW = 5, ARENA_SIZE = 4 * 1024 * 1024 };

/* A rule as it is written. NULL where a row has no more. */
struct written_rule {
    enum pack_rule_kind kind;
    const char *name, *when;
};

static uint8_t memory[ARENA_SIZE], check_memory[PACK_CHECK_ARENA_SIZE];
static struct arena arena;
static struct pack_code codes[PACK_CODES_MAX];
static struct pack_rule rules[PACK_RULES_MAX];

static struct bytes encode(const struct written_rule *rule)
{
    struct expression tree;
    struct expression_error error;
    struct bytes encoded;
    uint8_t *room;
    if (!expression_parse(&tree, &error, expression_scope_of(rule->kind), bytes_of_string(rule->when),
                          bytes_of_string("x"), &arena)) {
        fail_msg("%s: fault %d at %zu", rule->when, (int)error.fault, error.offset);
    }
    room = arena_take(&arena, 512);
    assert_non_null(room);
    assert_true(expression_encode(&tree, room, 512, &encoded));
    return encoded;
}

/* The pack x with codes A1 to A5, B1, X1, X2 and the rules given, which stand in the wire's order. */
static struct rule_pack pack_of(const struct written_rule *written, size_t count)
{
    static const char *const names[] = {"A1", "A2", "A3", "A4", "A5", "B1", "X1", "X2"};
    size_t code_count = sizeof names / sizeof names[0], rule_count = 0;
    arena_init(&arena, memory, sizeof memory);
    for (size_t i = 0; i < code_count; i++) {
        codes[i] = (struct pack_code){.code = bytes_of_string(names[i]), .title = bytes_of_string("t")};
    }
    for (; rule_count < count && written[rule_count].when != NULL; rule_count++) {
        rules[rule_count] = (struct pack_rule){.kind = written[rule_count].kind,
                                               .name = bytes_of_string(written[rule_count].name),
                                               .expression = encode(&written[rule_count])};
    }
    return (struct rule_pack){.name_space = bytes_of_string("x"),
                              .version = 1,
                              .codes = {codes, code_count},
                              .rules = {rules, rule_count}};
}

static enum pack_fault check(const struct rule_pack *pack, size_t *at, struct bytes *what)
{
    struct arena check_arena;
    arena_init(&check_arena, check_memory, sizeof check_memory);
    enum pack_fault fault = pack_rules_check(pack, at, what, &check_arena);
    assert_int_equal(check_arena.used, 0);
    return fault;
}

/* ---- what may be published ---- */

#define TITLE PACK_RULE_TITLE
#define PREREQUISITE PACK_RULE_PREREQUISITE
#define EXPERIENCE PACK_RULE_EXPERIENCE
#define RENEWAL PACK_RULE_RENEWAL
#define RECOGNITION PACK_RULE_RECOGNITION
#define CONDITION PACK_RULE_CONDITION

static const struct {
    const char *sentence;
    struct written_rule rules[RULES_PER_ROW];
    enum pack_fault fault;
    size_t at;
    const char *what;
} rows[] = {
    {"no rules", {{0}}, PACK_FINE, 0, ""},
    {"one of each kind",
     {{TITLE, "Master", "A1 and A2"},
      {PREREQUISITE, "A*", "B1"},
      {EXPERIENCE, "A1", "experience 2 years in X1"},
      {RENEWAL, "*", "basis recertification or in time"},
      {RECOGNITION, "Award", "share 75 % (A*) and areas (brakes: A5) and B1"}},
     PACK_FINE,
     0,
     ""},
    /* references */
    {"a code that the pack does not have", {{TITLE, "T", "A1 and A9"}}, PACK_UNKNOWN_CODE, 0, "x/A9"},
    {"a pattern that matches nothing", {{TITLE, "T", "A* and C*"}}, PACK_UNKNOWN_CODE, 0, "x/C*"},
    {"a pattern of all", {{TITLE, "T", "*"}}, PACK_FINE, 0, ""},
    {"tested, trained and experience refer too", {{TITLE, "T", "tested A9"}}, PACK_UNKNOWN_CODE, 0, "x/A9"},
    {"so does training", {{TITLE, "T", "trained A9"}}, PACK_UNKNOWN_CODE, 0, "x/A9"},
    {"so does experience", {{TITLE, "T", "experience 1 day in A9*"}}, PACK_UNKNOWN_CODE, 0, "x/A9*"},
    {"so does a network", {{CONDITION, "A1", "in network shop"}}, PACK_UNKNOWN_CODE, 0, "x/shop"},
    {"so does what is asked of technicians",
     {{RECOGNITION, "Award", "technicians 2 (A1 or A9)"}},
     PACK_UNKNOWN_CODE,
     0,
     "x/A9"},
    {"codes of other namespaces can't be checked",
     {{TITLE, "T", "A1 and y/A9 and in network y/shop and y/*"}},
     PACK_FINE,
     0,
     ""},
    {"the second rule is at fault", {{TITLE, "T", "A1"}, {TITLE, "U", "A9"}}, PACK_UNKNOWN_CODE, 1, "x/A9"},
    {"a title of the pack", {{TITLE, "T", "A1"}, {TITLE, "U", "\"T\""}}, PACK_FINE, 0, ""},
    {"a title that the pack does not have", {{TITLE, "T", "\"Mastr\""}}, PACK_UNKNOWN_TITLE, 0, "Mastr"},
    {"an award is no title",
     {{TITLE, "T", "\"Award\""}, {RECOGNITION, "Award", "A1"}},
     PACK_UNKNOWN_TITLE,
     0,
     "Award"},
    {"titles of other namespaces, or of any, can't be checked",
     {{TITLE, "T", "y:\"U\" and *:\"V\""}},
     PACK_FINE,
     0,
     ""},
    /* names */
    {"a rule for a code that there is none of",
     {{PREREQUISITE, "A9", "A1"}},
     PACK_UNKNOWN_CODE_RULE,
     0,
     "A9"},
    {"a rule for a pattern that matches nothing",
     {{CONDITION, "C*", "in state TX"}},
     PACK_UNKNOWN_CODE_RULE,
     0,
     "C*"},
    {"a rule for a code with its namespace", {{RENEWAL, "x/A1", "in time"}}, PACK_BAD_RULE_NAME, 0, "x/A1"},
    {"a rule for another namespace", {{RENEWAL, "y/A1", "in time"}}, PACK_BAD_RULE_NAME, 0, "y/A1"},
    {"a rule for a star in the middle", {{RENEWAL, "A*1", "in time"}}, PACK_BAD_RULE_NAME, 0, "A*1"},
    {"a rule for a name that is too long",
     {{RENEWAL, "A12345678901234567890123456789012345678901234567", "in time"}},
     PACK_BAD_RULE_NAME,
     0,
     "A12345678901234567890123456789012345678901234567"},
    {"titles may be called anything", {{TITLE, "x/A* ö", "A1"}}, PACK_FINE, 0, ""},
    /* cycles of titles */
    {"a title that asks for itself", {{TITLE, "T", "A1 or \"T\""}}, PACK_TITLE_CYCLE, 0, "T"},
    {"also by not having it", {{TITLE, "T", "not \"T\""}}, PACK_TITLE_CYCLE, 0, "T"},
    {"also as that of any namespace", {{TITLE, "T", "*:\"T\""}}, PACK_TITLE_CYCLE, 0, "T"},
    {"that of another namespace is another", {{TITLE, "T", "y:\"T\""}}, PACK_FINE, 0, ""},
    {"two titles that ask for each other",
     {{TITLE, "S", "A1"}, {TITLE, "T", "\"S\" and \"U\""}, {TITLE, "U", "A2 or for life (\"T\")"}},
     PACK_TITLE_CYCLE,
     1,
     "T"},
    {"three titles in a ring",
     {{TITLE, "S", "\"T\""}, {TITLE, "T", "\"U\""}, {TITLE, "U", "\"S\""}},
     PACK_TITLE_CYCLE,
     0,
     "S"},
    {"a title that leads into a ring is not in it",
     {{TITLE, "A", "\"T\""}, {TITLE, "T", "\"U\""}, {TITLE, "U", "\"T\""}},
     PACK_TITLE_CYCLE,
     1,
     "T"},
    {"two titles that ask for a third",
     {{TITLE, "S", "A1"}, {TITLE, "T", "\"S\""}, {TITLE, "U", "\"S\" and \"T\""}},
     PACK_FINE,
     0,
     ""},
    {"a title and the code that it needs",
     {{TITLE, "T", "A1"}, {PREREQUISITE, "A1", "\"T\""}},
     PACK_TITLE_CYCLE,
     0,
     "T"},
    {"a title that is needed for another code",
     {{TITLE, "T", "A1"}, {PREREQUISITE, "A2", "\"T\""}},
     PACK_FINE,
     0,
     ""},
    /* cycles of codes */
    {"a code that needs itself", {{PREREQUISITE, "A1", "A1"}}, PACK_CODE_CYCLE, 0, "A1"},
    {"as tested too", {{PREREQUISITE, "A1", "tested A1"}}, PACK_CODE_CYCLE, 0, "A1"},
    {"as trained too", {{PREREQUISITE, "A1", "trained A1"}}, PACK_CODE_CYCLE, 0, "A1"},
    {"by its experience too", {{PREREQUISITE, "A1", "experience 1 day in A1"}}, PACK_CODE_CYCLE, 0, "A1"},
    {"two codes that need each other",
     {{PREREQUISITE, "A1", "A2"}, {PREREQUISITE, "A2", "A1"}},
     PACK_CODE_CYCLE,
     0,
     "A1"},
    {"three codes in a ring, by three kinds",
     {{PREREQUISITE, "A1", "A2"}, {EXPERIENCE, "A2", "tested A3"}, {CONDITION, "A3", "A1"}},
     PACK_CODE_CYCLE,
     0,
     "A1"},
    {"codes that need each other as far as tested have no experience to wait for",
     {{PREREQUISITE, "A1", "tested A2"}, {EXPERIENCE, "A2", "A1"}},
     PACK_FINE,
     0,
     ""},
    {"experience may ask for its own test", {{EXPERIENCE, "A1", "tested A1"}}, PACK_FINE, 0, ""},
    {"but not for its own certificate", {{EXPERIENCE, "A1", "A1"}}, PACK_CODE_CYCLE, 0, "A1"},
    {"a renewal that asks for the code itself", {{RENEWAL, "A1", "A1"}}, PACK_CODE_CYCLE, 0, "A1"},
    {"a renewal in time asks for no other", {{RENEWAL, "A1", "in time"}}, PACK_FINE, 0, ""},
    {"a condition that asks for the code itself", {{CONDITION, "A1", "A1"}}, PACK_CODE_CYCLE, 0, "A1"},
    {"a pattern that holds the code", {{PREREQUISITE, "A1", "any 2 of (A*, B1)"}}, PACK_CODE_CYCLE, 0, "A1"},
    {"a rule for all that needs one of them", {{PREREQUISITE, "A*", "A3 or B1"}}, PACK_CODE_CYCLE, 0, "A3"},
    {"unless that one has a rule of its own",
     {{PREREQUISITE, "A*", "A3 or B1"}, {PREREQUISITE, "A3", "B1"}},
     PACK_FINE,
     0,
     ""},
    {"experience asks for codes of experience, which it is for as well",
     {{EXPERIENCE, "*", "experience 2 years in X*"}},
     PACK_FINE,
     0,
     ""},
    {"unless those rest on it",
     {{PREREQUISITE, "X1", "A1"}, {EXPERIENCE, "*", "experience 2 years in X*"}},
     PACK_CODE_CYCLE,
     1,
     "A1"},
    {"a membership is the shop's", {{CONDITION, "*", "in network B1"}}, PACK_FINE, 0, ""},
    {"awards rest on codes, and no code on them",
     {{RECOGNITION, "A1", "A1 and share 75 % (A1)"}},
     PACK_FINE,
     0,
     ""},
};

static void packs_are_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rule_pack pack = pack_of(rows[i].rules, RULES_PER_ROW);
        struct bytes what;
        size_t at;
        enum pack_fault fault = check(&pack, &at, &what);
        if (fault != rows[i].fault || at != rows[i].at || !bytes_equal_string(what, rows[i].what)) {
            fail_msg("%s: fault %d at %zu: %.*s", rows[i].sentence, (int)fault, at, (int)what.size,
                     (const char *)what.data);
        }
    }
}

static void rows_stand_in_the_order_of_the_wire(void **state)
{
    static uint8_t encoded_memory[RULE_PACK_SIZE_MAX];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rule_pack pack = pack_of(rows[i].rules, RULES_PER_ROW), decoded;
        struct bytes encoded;
        assert_true(schema_encode(&rule_pack_schema, &pack, encoded_memory, sizeof encoded_memory, &encoded));
        if (schema_decode(&rule_pack_schema, &decoded, encoded, &arena) != REASON_NONE) {
            fail_msg("%s: no record", rows[i].sentence);
        }
    }
}

static void expressions_that_are_none_are_not_published(void **state)
{
    static const struct {
        const char *sentence, *bytes;
        size_t size;
    } bad[] = {
        {"no msgpack", "\xc1", 1},
        {"an operator that this version does not know", "\x91\x14", 2},
        {"one within another", "\x92\x04\x91\x14", 4},
        {"one that is out of scope", "\x92\x0e\x00", 3},
        {"cut short", "\x92\x05", 2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct written_rule written[] = {{TITLE, "A", "A1"}, {TITLE, "B", "A2"}};
        struct rule_pack pack = pack_of(written, 2);
        struct bytes what;
        size_t at;
        rules[1].expression = bytes_of(bad[i].bytes, bad[i].size);
        if (check(&pack, &at, &what) != PACK_BAD_EXPRESSION || at != 1 || !bytes_equal_string(what, "B")) {
            fail_msg("%s", bad[i].sentence);
        }
    }
}

/* ---- reading ---- */

static void a_rule_that_is_not_understood_is_unknown_alone(void **state)
{
    const struct written_rule written[] = {{TITLE, "A", "A1"}, {TITLE, "B", "A2"}, {TITLE, "C", "A3"}};
    struct rule_pack pack = pack_of(written, 3);
    struct pack_rules read;
    (void)state;
    rules[0].expression = bytes_of("\xc1", 1);
    rules[1].expression = bytes_of("\x92\x04\x91\x14", 4);
    assert_true(pack_rules_read(&read, &pack, &arena));
    assert_int_equal(read.count, 3);
    assert_ptr_equal(read.pack, &pack);
    assert_int_equal(read.rules[0].expression.op, EXPRESSION_UNKNOWN);
    assert_int_equal(read.rules[1].expression.op, EXPRESSION_NOT);
    assert_int_equal(read.rules[1].expression.children[0].op, EXPRESSION_UNKNOWN);
    assert_int_equal(read.rules[2].expression.op, EXPRESSION_CERTIFIED);
    assert_true(bytes_equal_string(read.rules[2].name, "C"));
}

static void a_full_arena_is_said(void **state)
{
    const struct written_rule written[] = {{TITLE, "A", "A1 and A2"}, {TITLE, "B", "any 2 of (A2, A3, A4)"}};
    struct rule_pack pack = pack_of(written, 2);
    struct pack_rules read;
    struct arena small;
    struct bytes what;
    size_t at, used;
    (void)state;
    arena_init(&small, check_memory, sizeof check_memory);
    assert_true(pack_rules_read(&read, &pack, &small));
    used = small.used;
    for (size_t capacity = 0; capacity < used; capacity += 40) {
        arena_init(&small, check_memory, capacity);
        assert_false(pack_rules_read(&read, &pack, &small));
        arena_init(&small, check_memory, capacity);
        assert_int_equal(pack_rules_check(&pack, &at, &what, &small), PACK_TOO_LARGE);
    }
}

/* The largest pack that there is fits in the memory that checking asks for. */
static void the_largest_pack_can_be_checked(void **state)
{
    static uint8_t leaves[RULE_EXPRESSION_SIZE_MAX];
    static char names[PACK_CODES_MAX][8];
    /* all of 8 lists of 62 operators of the smallest size: too many bytes in 256 rules for one pack */
    size_t size = 0;
    struct rule_pack pack;
    struct bytes what;
    size_t at;
    (void)state;
    memcpy(leaves, "\x92\x01\x98", 3);
    size = 3;
    for (size_t i = 0; i < 8; i++) {
        memcpy(leaves + size, "\x92\x01\xdc\x00\x3e", 5);
        size += 5;
        for (size_t j = 0; j < 62; j++) {
            memcpy(leaves + size, "\x91\x14", 2);
            size += 2;
        }
    }
    for (size_t i = 0; i < PACK_CODES_MAX; i++) {
        snprintf(names[i], sizeof names[i], "%03zu", i);
        codes[i] = (struct pack_code){.code = bytes_of(names[i], 3), .title = bytes_of("t", 1)};
    }
    for (size_t i = 0; i < PACK_RULES_MAX; i++) {
        rules[i] = (struct pack_rule){.kind = TITLE, .name = bytes_of(names[i], 3)};
        rules[i].expression =
            i < RULE_PACK_SIZE_MAX / size ? bytes_of(leaves, size) : bytes_of("\x91\x14", 2);
    }
    pack = (struct rule_pack){.name_space = bytes_of_string("x"),
                              .codes = {codes, PACK_CODES_MAX},
                              .rules = {rules, PACK_RULES_MAX}};
    assert_int_equal(check(&pack, &at, &what), PACK_BAD_EXPRESSION);
    for (size_t i = 0; i < PACK_RULES_MAX; i++) {
        rules[i].expression = bytes_of("\x92\x05\xa3x/*", 6);
    }
    assert_int_equal(check(&pack, &at, &what), PACK_FINE);
}

/* ---- looking up ---- */

static void the_rule_for_the_code_itself_speaks_else_the_longest_pattern(void **state)
{
    const struct written_rule written[] = {
        {TITLE, "A*", "A1"},          {TITLE, "A1", "A1"},          {PREREQUISITE, "*", "A1"},
        {PREREQUISITE, "A*", "A2"},   {PREREQUISITE, "A1", "A3"},   {PREREQUISITE, "A1*", "A4"},
        {RENEWAL, "A1.5", "in time"}, {RECOGNITION, "Award", "A1"},
    };
    static const struct {
        const char *sentence;
        enum pack_rule_kind kind;
        const char *name;
        int expected; /* index of the rule; -1: none */
    } finds[] = {
        {"the code itself", PREREQUISITE, "A1", 4},
        {"the longest pattern", PREREQUISITE, "A15", 5},
        {"a shorter one", PREREQUISITE, "A2", 3},
        {"that of all", PREREQUISITE, "B1", 2},
        {"a rule of another kind says nothing", RENEWAL, "A1", -1},
        {"there is none of that kind", EXPERIENCE, "A1", -1},
        {"none of the last kind", CONDITION, "A1", -1},
        {"a title by its name", TITLE, "A1", 1},
        {"a title is no pattern", TITLE, "A2", -1},
        {"even if it looks like one", TITLE, "A*", 0},
        {"an award by its name", RECOGNITION, "Award", 7},
        {"an award of another name", RECOGNITION, "Awards", -1},
    };
    struct rule_pack pack = pack_of(written, sizeof written / sizeof written[0]);
    struct pack_rules read;
    (void)state;
    assert_true(pack_rules_read(&read, &pack, &arena));
    for (size_t i = 0; i < sizeof finds / sizeof finds[0]; i++) {
        const struct compiled_rule *rule =
            pack_rules_find(&read, finds[i].kind, bytes_of_string(finds[i].name));
        if (rule != (finds[i].expected < 0 ? NULL : &read.rules[finds[i].expected])) {
            fail_msg("%s: rule %td", finds[i].sentence, rule == NULL ? -1 : rule - read.rules);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packs_are_checked),
        cmocka_unit_test(rows_stand_in_the_order_of_the_wire),
        cmocka_unit_test(expressions_that_are_none_are_not_published),
        cmocka_unit_test(a_rule_that_is_not_understood_is_unknown_alone),
        cmocka_unit_test(a_full_arena_is_said),
        cmocka_unit_test(the_largest_pack_can_be_checked),
        cmocka_unit_test(the_rule_for_the_code_itself_speaks_else_the_longest_pattern),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
