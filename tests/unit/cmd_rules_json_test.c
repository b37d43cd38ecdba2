#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/rules_json.h"
#include "protocol/rules/expression_text.h"

enum { ARENA_SIZE = 4 * 1024 * 1024, TEXT_SIZE = RULES_JSON_SIZE_MAX + 64 };

static uint8_t memory[ARENA_SIZE];
static struct arena arena;
static char text[TEXT_SIZE];

static bool parse(struct rule_pack *pack, struct json_input_error *error, const char *data, size_t size)
{
    arena_init(&arena, memory, sizeof memory);
    return rules_json_parse(pack, error, bytes_of(data, size), &arena);
}

/* ---- packs that ship ---- */

static size_t read_shipped(const char *name)
{
    char path[512];
    FILE *file;
    size_t size;

    snprintf(path, sizeof path, "%s/cmd/rules/%s.json", SOURCE_ROOT, name);
    file = fopen(path, "rb");
    assert_non_null(file);
    size = fread(text, 1, sizeof text, file);
    fclose(file);
    return size;
}

static void shipped_packs_parse(void **state)
{
    static const struct {
        const char *file, *name_space;
        uint64_t version;
        size_t code_count, rule_count;
    } packs[] = {
        {"ase", "ase", 1, 65, 34},   {"ase-2025", "ase", 2, 65, 33}, {"ase-other-readings", "ase", 3, 66, 35},
        {"bmw", "bmw", 1, 2, 1},     {"epa", "epa", 1, 1, 1},        {"ford", "ford", 1, 10, 1},
        {"gm", "gm", 1, 2, 1},       {"honda", "honda", 1, 2, 1},    {"mercedes", "mercedes", 1, 2, 1},
        {"mopar", "mopar", 1, 2, 1}, {"ohio", "ohio", 1, 1, 1},      {"toyota", "toyota", 1, 2, 1},
        {"tx", "tx", 1, 2, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof packs / sizeof packs[0]; i++) {
        struct json_input_error error;
        struct rule_pack pack;
        size_t size = read_shipped(packs[i].file);
        bool good = parse(&pack, &error, text, size);

        if (!good) {
            fail_msg("%s: %s %s", packs[i].file, error.where, error.what);
        }
        if (!bytes_equal_string(pack.name_space, packs[i].name_space) || pack.version != packs[i].version ||
            pack.codes.count != packs[i].code_count || pack.rules.count != packs[i].rule_count) {
            fail_msg("%s: version %u, %zu codes, %zu rules", packs[i].file, (unsigned)pack.version,
                     pack.codes.count, pack.rules.count);
        }
    }
}

static const struct pack_code *code_named(const struct rule_pack *pack, const char *name)
{
    const struct pack_code *codes = pack->codes.items;

    size_t at = 0;

    while (at < pack->codes.count && !bytes_equal_string(codes[at].code, name)) {
        at++;
    }
    assert_int_not_equal(at, pack->codes.count);
    return &codes[at];
}

static void ase_says_what_the_domain_says(void **state)
{
    struct json_input_error error;
    struct rule_pack pack;

    (void)state;
    assert_true(parse(&pack, &error, text, read_shipped("ase")));
    assert_int_equal(code_named(&pack, "A5")->lifetime_months, 60);
    assert_true(bytes_equal_string(code_named(&pack, "A5")->title, "Brakes"));
    assert_int_equal(code_named(&pack, "MIL1")->lifetime_months, 0);
    assert_int_equal(code_named(&pack, "MIL2")->lifetime_months, 60);
    assert_true(code_named(&pack, "M1")->has_last_day);
    assert_false(code_named(&pack, "A1")->has_last_day);
}

static void a_pack_is_a_valid_record(void **state)
{
    static uint8_t first[RULE_PACK_SIZE_MAX];
    struct bytes encoded;
    struct json_input_error error;
    struct rule_pack pack, again;

    (void)state;
    assert_true(parse(&pack, &error, text, read_shipped("ase")));
    assert_true(schema_encode(&rule_pack_schema, &pack, first, sizeof first, &encoded));
    assert_int_equal(schema_decode(&rule_pack_schema, &again, encoded, &arena), REASON_NONE);
    assert_int_equal(again.codes.count, pack.codes.count);
    assert_int_equal(again.rules.count, pack.rules.count);
}

/* ---- rules ---- */

#define RULE(kind, name, when) "{\"kind\":\"" kind "\",\"name\":\"" name "\",\"when\":" when "}"
#define TITLE(name, when) RULE("title", name, when)

/* Parse the pack x with the codes A1 and A2 and the rules given, up to a NULL. */
static bool parse_rules(struct rule_pack *pack, struct json_input_error *error, const char *const *written,
                        size_t count)
{
    size_t at =
        (size_t)snprintf(text, sizeof text,
                         "{\"namespace\":\"x\",\"version\":1,\"in_force_from\":\"2000-01-01\",\"codes\":["
                         "{\"code\":\"A1\",\"title\":\"t\",\"lifetime_months\":1},"
                         "{\"code\":\"A2\",\"title\":\"t\",\"lifetime_months\":1}],\"rules\":[");

    for (size_t i = 0; i < count && written[i] != NULL; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%s", i > 0 ? "," : "", written[i]);
    }
    at += (size_t)snprintf(text + at, sizeof text - at, "]}");
    return parse(pack, error, text, at);
}

static void parse_good_rules(struct rule_pack *pack, const char *const *written, size_t count)
{
    struct json_input_error error;

    if (!parse_rules(pack, &error, written, count)) {
        fail_msg("%s %s", error.where, error.what);
    }
    assert_int_equal(pack->rules.count, count);
}

/* What a rule says, printed as in its pack. */
static void check_rule(const struct rule_pack *pack, size_t at, enum pack_rule_kind kind, const char *name,
                       const char *when)
{
    const struct pack_rule *rule = (const struct pack_rule *)pack->rules.items + at;
    struct expression expression;
    char printed[256];

    assert_true(at < pack->rules.count);
    assert_int_equal(rule->kind, kind);
    assert_true(bytes_equal_string(rule->name, name));
    assert_int_equal(expression_decode(&expression, expression_scope_of(kind), rule->expression, &arena),
                     REASON_NONE);
    assert_true(expression_print(printed, sizeof printed, &expression, pack->name_space));
    assert_string_equal(printed, when);
}

static void rules_are_read_and_sorted(void **state)
{
    static const char *const written[] = {
        RULE("condition", "*", "\"in state (TX, OH)\""),
        RULE("recognition", "Award", "\"technicians 1 (A*)\""),
        RULE("renewal", "A1", "\"basis recertification or in time\""),
        RULE("experience", "A*", "\"experience 730 days in y/work\""),
        RULE("prerequisite", "A2", "\"tested A1\""),
        TITLE("Second", "\"'First' and A2\""),
        TITLE("First", "\"A1 or x/A2\""),
    };
    struct rule_pack pack;

    (void)state;
    parse_good_rules(&pack, written, sizeof written / sizeof written[0]);
    check_rule(&pack, 0, PACK_RULE_TITLE, "First", "A1 or A2");
    check_rule(&pack, 1, PACK_RULE_TITLE, "Second", "\"First\" and A2");
    check_rule(&pack, 2, PACK_RULE_PREREQUISITE, "A2", "tested A1");
    check_rule(&pack, 3, PACK_RULE_EXPERIENCE, "A*", "experience 2 years in y/work");
    check_rule(&pack, 4, PACK_RULE_RENEWAL, "A1", "basis recertification or in time");
    check_rule(&pack, 5, PACK_RULE_RECOGNITION, "Award", "technicians 1 (A*)");
    check_rule(&pack, 6, PACK_RULE_CONDITION, "*", "in state (OH, TX)");
}

static void a_long_rule_may_be_lines(void **state)
{
    static const char *const written[] = {
        TITLE("T", "[\"A1 # the first\",\"and (A2\",\"  or x/A1)\"]"),
        TITLE("U", "\"A1\\n and A2\""),
    };
    struct rule_pack pack;

    (void)state;
    parse_good_rules(&pack, written, sizeof written / sizeof written[0]);
    check_rule(&pack, 0, PACK_RULE_TITLE, "T", "A1 and (A2 or A1)");
    check_rule(&pack, 1, PACK_RULE_TITLE, "U", "A1 and A2");
}

enum { RULES_PER_ROW = 3 };

static const struct {
    const char *sentence, *rules[RULES_PER_ROW], *where, *what;
} refused_rules[] = {
    {"a rule that is no object", {"1"}, "rules[0]", "is not an object in braces"},
    {"a member too many",
     {"{\"kind\":\"title\",\"name\":\"T\",\"when\":\"A1\",\"why\":\"\"}"},
     "rules[0].why",
     "is not a member that there is here"},
    {"no kind", {"{\"name\":\"T\",\"when\":\"A1\"}"}, "rules[0].kind", "is missing"},
    {"an unknown kind",
     {RULE("titel", "T", "\"A1\"")},
     "rules[0].kind",
     "is none of title, prerequisite, experience, renewal, recognition, condition"},
    {"no name", {"{\"kind\":\"title\",\"when\":\"A1\"}"}, "rules[0].name", "is missing"},
    {"an empty name", {TITLE("", "\"A1\"")}, "rules[0].name", "has 0 bytes; 1 to 128 are allowed"},
    {"no expression", {"{\"kind\":\"title\",\"name\":\"T\"}"}, "rules[0].when", "is missing"},
    {"an expression that is a number",
     {TITLE("T", "7")},
     "rules[0].when",
     "is not a text in quotes, nor a list of them"},
    {"an expression of no lines", {TITLE("T", "[]")}, "rules[0].when", "has 0 lines; 1 to 512 are allowed"},
    {"a line that is a list",
     {TITLE("T", "[\"A1\",[\"and A2\"]]")},
     "rules[0].when[1]",
     "is not a text in quotes"},
    {"an empty expression",
     {TITLE("T", "\"\"")},
     "rules[0].when",
     "at its end: expected a code, a title in quotes or \"(\""},
    {"an expression that ends too soon",
     {TITLE("T", "\"A1 and \"")},
     "rules[0].when",
     "at its end: expected a code, a title in quotes or \"(\""},
    {"an expression that makes no sense",
     {TITLE("T", "\"A1 and ) A2\"")},
     "rules[0].when",
     "at \") A2\" (character 8): expected a code, a title in quotes or \"(\""},
    {"in the second rule",
     {TITLE("T", "\"A1\""), TITLE("U", "\"A1 AND A2\"")},
     "rules[1].when",
     "at \"AND A2\" (character 4): expected \"and\", \"or\", a comma, or nothing more"},
    {"in the third line",
     {TITLE("T", "[\"A1\",\"and A2\",\"  AND A1\"]")},
     "rules[0].when[2]",
     "at \"AND A1\" (character 3): expected \"and\", \"or\", a comma, or nothing more"},
    {"at the end of the last line",
     {TITLE("T", "[\"A1\",\"and (A2\"]")},
     "rules[0].when[1]",
     "at its end: expected \")\""},
    {"an operator that titles have no use for",
     {TITLE("T", "\"in time\"")},
     "rules[0].when",
     "at \"in time\" (character 1): this can only be asked about attestations (in prerequisites and "
     "renewals) "
     "or about shops (in recognitions)"},
    {"a code that is none",
     {TITLE("T", "\"A1 and A_2\"")},
     "rules[0].when",
     "at \"_2\" (character 9): that character may not stand here"},
    {"a title twice",
     {TITLE("T", "\"A1\""), TITLE("U", "\"A1\""), TITLE("T", "\"A2\"")},
     "rules[2]",
     "is of the kind and name of rules[0]; join the two with \"and\" or \"or\""},
    {"a code of the pack that there is none of",
     {TITLE("T", "\"A1\""), TITLE("B", "\"A1 and A3\"")},
     "rules[1].when",
     "refers to x/A3, which is no code of this pack; add the code or correct the rule"},
    {"a title that there is none of",
     {TITLE("T", "\"'Mäster'\"")},
     "rules[0].when",
     "refers to the title \"Mäster\", which no rule gives; add one or correct the name"},
    {"titles that rest on each other",
     {TITLE("U", "\"'T'\""), TITLE("T", "\"'U'\"")},
     "rules[1].when",
     "leads back to its own title \"T\"; take that reference out"},
    {"a code that rests on itself",
     {RULE("prerequisite", "*", "\"A1\"")},
     "rules[0].when",
     "leads back to A1, which the rule is for; take that reference out, or give A1 a rule of its own"},
    {"a rule for a code of another namespace",
     {RULE("renewal", "y/A1", "\"in time\"")},
     "rules[0].name",
     "\"y/A1\" is neither a code nor a pattern; write it without its namespace"},
    {"a rule for a code that there is none of",
     {RULE("renewal", "B*", "\"in time\"")},
     "rules[0].name",
     "\"B*\" matches no code of this pack; add the code or correct the name"},
};

static void bad_rules_are_refused_with_their_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused_rules / sizeof refused_rules[0]; i++) {
        struct json_input_error error;
        struct rule_pack pack;

        if (parse_rules(&pack, &error, refused_rules[i].rules, RULES_PER_ROW)) {
            fail_msg("%s: taken", refused_rules[i].sentence);
        }
        if (strcmp(error.where, refused_rules[i].where) != 0 ||
            strcmp(error.what, refused_rules[i].what) != 0) {
            fail_msg("%s: \"%s %s\"", refused_rules[i].sentence, error.where, error.what);
        }
    }
}

/* ---- packs that are refused ---- */

#define PACK(codes)                                                                                          \
    "{\"namespace\":\"x\",\"version\":1,\"in_force_from\":\"2000-01-01\",\"codes\":[" codes "],\"rules\":[]" \
    "}"
#define CODE(members) PACK("{\"code\":\"1\",\"title\":\"t\",\"lifetime_months\":12" members "}")
#define GOOD "{\"code\":\"1\",\"title\":\"t\",\"lifetime_months\":12}"

static const struct {
    const char *sentence, *json, *where, *what;
} refused[] = {
    {"nothing at all", "", "line ", "JSON"},
    {"no JSON", "rules", "line 1", "JSON"},
    {"a list instead of an object", "[]", "the file", "object"},
    {"cut short", "{\"namespace\":\"x\"", "line 1", "JSON"},
    {"something behind the end", PACK(GOOD) " {}", "line 1", "JSON"},
    {"a member twice", "{\"namespace\":\"x\",\"namespace\":\"y\"}", "line 1", "JSON"},
    {"a member that there is none of", "{\"namespace\":\"x\",\"vesion\":1}", "vesion", "not a member"},
    {"an unknown member of a code", CODE(",\"lifetime\":1"), "codes[0].lifetime", "not a member"},
    {"no namespace", "{\"version\":1}", "namespace", "missing"},
    {"a namespace in capitals",
     "{\"namespace\":\"ASE\",\"version\":1,\"in_force_from\":\"2000-01-01\",\"codes\":[],\"rules\":[]}",
     "namespace", "lower case"},
    {"a namespace that is too long", "{\"namespace\":\"abcdefghijklmnopq\"}", "namespace", "17 bytes"},
    {"a namespace that is a number", "{\"namespace\":7}", "namespace", "text in quotes"},
    {"version 0", "{\"namespace\":\"x\",\"version\":0}", "version", "whole number"},
    {"a version in quotes", "{\"namespace\":\"x\",\"version\":\"1\"}", "version", "whole number"},
    {"a version over 32 bits", "{\"namespace\":\"x\",\"version\":4294967296}", "version", "whole number"},
    {"a number that no machine holds", "{\"namespace\":\"x\",\"version\":99999999999999999999}", "line 1",
     "JSON"},
    {"a day that is not in the calendar",
     "{\"namespace\":\"x\",\"version\":1,\"in_force_from\":\"2023-02-29\"}", "in_force_from", "day"},
    {"a day in another order", "{\"namespace\":\"x\",\"version\":1,\"in_force_from\":\"01/31/2026\"}",
     "in_force_from", "day"},
    {"a day as a number", "{\"namespace\":\"x\",\"version\":1,\"in_force_from\":20260131}", "in_force_from",
     "day"},
    {"a day with a NUL behind it",
     "{\"namespace\":\"x\",\"version\":1,\"in_force_from\":\"2026-01-31\\u0000\"}", "line 1", "JSON"},
    {"codes that are an object",
     "{\"namespace\":\"x\",\"version\":1,\"in_force_from\":\"2000-01-01\",\"codes\":{},\"rules\":[]}",
     "codes", "list"},
    {"no codes", PACK(""), "codes", "empty"},
    {"a code that is no object", PACK("1"), "codes[0]", "object"},
    {"a code twice", PACK(GOOD "," GOOD), "codes", "\"1\" twice"},
    {"a code without a title", PACK("{\"code\":\"1\",\"lifetime_months\":1}"), "codes[0].title", "missing"},
    {"an empty title", PACK("{\"code\":\"1\",\"title\":\"\",\"lifetime_months\":1}"), "codes[0].title",
     "0 bytes"},
    {"a title with a line end", PACK("{\"code\":\"1\",\"title\":\"a\\nb\",\"lifetime_months\":1}"),
     "codes[0].title", "cannot be shown"},
    {"a title that turns the text around",
     PACK("{\"code\":\"1\",\"title\":\"a\\u202eb\",\"lifetime_months\":1}"), "codes[0].title",
     "cannot be shown"},
    {"a title of null", PACK("{\"code\":\"1\",\"title\":null,\"lifetime_months\":1}"), "codes[0].title",
     "text in quotes"},
    {"a code with its namespace", PACK("{\"code\":\"x/1\",\"title\":\"t\",\"lifetime_months\":1}"),
     "codes[0].code", "not part of it"},
    {"a pattern for a code", PACK("{\"code\":\"A*\",\"title\":\"t\",\"lifetime_months\":1}"), "codes[0].code",
     "letters, digits"},
    {"an empty code", PACK("{\"code\":\"\",\"title\":\"t\",\"lifetime_months\":1}"), "codes[0].code",
     "0 bytes"},
    {"a code that is too long",
     PACK("{\"code\":\"12345678901234567890123456789012345678901234567\",\"title\":\"t\","
          "\"lifetime_months\":1}"),
     "codes[0].code", "too long"},
    {"a lifetime below zero", PACK("{\"code\":\"1\",\"title\":\"t\",\"lifetime_months\":-1}"),
     "codes[0].lifetime_months", "0 to 1200"},
    {"a lifetime of centuries", PACK("{\"code\":\"1\",\"title\":\"t\",\"lifetime_months\":1201}"),
     "codes[0].lifetime_months", "0 to 1200"},
    {"half a month", PACK("{\"code\":\"1\",\"title\":\"t\",\"lifetime_months\":0.5}"),
     "codes[0].lifetime_months", "whole number"},
    {"a whole number written as a fraction",
     PACK("{\"code\":\"1\",\"title\":\"t\",\"lifetime_months\":60.0}"), "codes[0].lifetime_months",
     "whole number"},
    {"a lifetime of NaN", PACK("{\"code\":\"1\",\"title\":\"t\",\"lifetime_months\":NaN}"), "line 1", "JSON"},
    {"a lifetime of infinity", PACK("{\"code\":\"1\",\"title\":\"t\",\"lifetime_months\":1e999}"), "line 1",
     "JSON"},
    {"a lifetime of true", PACK("{\"code\":\"1\",\"title\":\"t\",\"lifetime_months\":true}"),
     "codes[0].lifetime_months", "whole number"},
    {"an empty first day", CODE(",\"first_day\":\"\""), "codes[0].first_day", "day"},
    {"a first day of null", CODE(",\"first_day\":null"), "codes[0].first_day", "day"},
    {"a last day before the first", CODE(",\"first_day\":\"2020-01-02\",\"last_day\":\"2020-01-01\""),
     "codes[0].last_day", "before"},
    {"the second of two is bad", PACK(GOOD ",{\"code\":\"2\",\"title\":\"t\"}"), "codes[1].lifetime_months",
     "missing"},
    {"no rules member",
     "{\"namespace\":\"x\",\"version\":1,\"in_force_from\":\"2000-01-01\",\"codes\":[" GOOD "]}", "rules",
     "missing"},
    {"bytes that are no UTF-8", "{\"namespace\":\"\xff\"}", "line 1", "JSON"},
};

static void bad_packs_are_refused_with_a_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct json_input_error error;
        struct rule_pack pack;

        if (parse(&pack, &error, refused[i].json, strlen(refused[i].json))) {
            fail_msg("%s: taken", refused[i].sentence);
        }
        if (!strstr(error.where, refused[i].where) || !strstr(error.what, refused[i].what)) {
            fail_msg("%s: \"%s %s\"", refused[i].sentence, error.where, error.what);
        }
    }
}

static void the_rows_above_start_from_a_good_pack(void **state)
{
    struct json_input_error error;
    struct rule_pack pack;

    (void)state;
    assert_true(parse(&pack, &error, PACK(GOOD), strlen(PACK(GOOD))));
    assert_true(parse(&pack, &error, CODE(",\"first_day\":\"2020-01-01\",\"last_day\":\"2020-01-01\""),
                      strlen(CODE(",\"first_day\":\"2020-01-01\",\"last_day\":\"2020-01-01\""))));
}

/* ---- sizes ---- */

static size_t write_codes(size_t count, size_t title_size)
{
    size_t at = (size_t)snprintf(text, sizeof text,
                                 "{\"namespace\":\"x\",\"version\":1,\"in_force_from\":"
                                 "\"2000-01-01\",\"rules\":[],\"codes\":[");

    for (size_t i = 0; i < count; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at,
                               "%s{\"code\":\"%zu\",\"title\":\"%0*d\",\"lifetime_months\":1}",
                               i > 0 ? "," : "", i, (int)title_size, 0);
    }
    at += (size_t)snprintf(text + at, sizeof text - at, "]}");
    return at;
}

static void counts_and_sizes_are_bounded(void **state)
{
    struct json_input_error error;
    struct rule_pack pack;

    (void)state;
    assert_true(parse(&pack, &error, text, write_codes(PACK_CODES_MAX, 1)));
    assert_int_equal(pack.codes.count, PACK_CODES_MAX);
    assert_false(parse(&pack, &error, text, write_codes(PACK_CODES_MAX + 1, 1)));
    assert_string_equal(error.where, "codes");
    assert_false(parse(&pack, &error, text, write_codes(1, NAME_SIZE_MAX + 1)));
    assert_string_equal(error.where, "codes[0].title");
    assert_false(parse(&pack, &error, text, write_codes(PACK_CODES_MAX, NAME_SIZE_MAX)));
    assert_string_equal(error.where, "the file");
    memset(text, ' ', sizeof text);
    assert_false(parse(&pack, &error, text, RULES_JSON_SIZE_MAX + 1));
    assert_string_equal(error.where, "the file");
}

static size_t write_rules(size_t count, size_t when_size)
{
    size_t at = (size_t)snprintf(text, sizeof text,
                                 "{\"namespace\":\"x\",\"version\":1,\"in_force_from\":\"2000-01-01\","
                                 "\"codes\":[" GOOD "],\"rules\":[");

    for (size_t i = 0; i < count; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at,
                               "%s{\"kind\":\"title\",\"name\":\"%zu\",\"when\":\"1 #%0*d\"}",
                               i > 0 ? "," : "", i, (int)when_size - 3, 0);
    }
    at += (size_t)snprintf(text + at, sizeof text - at, "]}");
    return at;
}

static void rules_and_their_texts_are_bounded(void **state)
{
    struct json_input_error error;
    struct rule_pack pack;

    (void)state;
    assert_true(parse(&pack, &error, text, write_rules(PACK_RULES_MAX, 100)));
    assert_int_equal(pack.rules.count, PACK_RULES_MAX);
    assert_false(parse(&pack, &error, text, write_rules(PACK_RULES_MAX + 1, 100)));
    assert_string_equal(error.where, "rules");
    assert_true(parse(&pack, &error, text, write_rules(1, 4000)));
    assert_false(parse(&pack, &error, text, write_rules(1, 16 * 1024)));
    assert_string_equal(error.where, "rules[0].when");
    assert_string_equal(error.what, "has more than 16383 bytes");
}

static void nesting_ends_somewhere(void **state)
{
    struct json_input_error error;
    struct rule_pack pack;

    (void)state;
    memset(text, '[', RULES_JSON_SIZE_MAX);
    assert_false(parse(&pack, &error, text, RULES_JSON_SIZE_MAX));
    for (size_t i = 0; i + 5 <= RULES_JSON_SIZE_MAX; i += 5) {
        memcpy(text + i, "{\"a\":", 5);
    }
    assert_false(parse(&pack, &error, text, RULES_JSON_SIZE_MAX - 1));
}

static void a_full_arena_is_said(void **state)
{
    struct json_input_error error;
    struct rule_pack pack;
    size_t size = read_shipped("ase");

    (void)state;
    for (size_t capacity = 0; capacity < 2048; capacity += 64) {
        arena_init(&arena, memory, capacity);
        assert_false(rules_json_parse(&pack, &error, bytes_of(text, size), &arena));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_packs_parse),
        cmocka_unit_test(ase_says_what_the_domain_says),
        cmocka_unit_test(a_pack_is_a_valid_record),
        cmocka_unit_test(rules_are_read_and_sorted),
        cmocka_unit_test(a_long_rule_may_be_lines),
        cmocka_unit_test(bad_rules_are_refused_with_their_place),
        cmocka_unit_test(rules_and_their_texts_are_bounded),
        cmocka_unit_test(the_rows_above_start_from_a_good_pack),
        cmocka_unit_test(bad_packs_are_refused_with_a_place),
        cmocka_unit_test(counts_and_sizes_are_bounded),
        cmocka_unit_test(nesting_ends_somewhere),
        cmocka_unit_test(a_full_arena_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
