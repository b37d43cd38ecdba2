#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/rules_json.h"

enum { ARENA_SIZE = 4 * 1024 * 1024, TEXT_SIZE = RULES_JSON_SIZE_MAX + 64 };

static uint8_t memory[ARENA_SIZE];
static struct arena arena;
static char text[TEXT_SIZE];

static bool parse(struct rule_pack *pack, struct rules_json_error *error, const char *data, size_t size)
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
        const char *name;
        size_t code_count;
    } packs[] = {{"ase", 62}, {"epa", 1}, {"ford", 10}, {"ohio", 1}, {"tx", 2}};

    (void)state;
    for (size_t i = 0; i < sizeof packs / sizeof packs[0]; i++) {
        struct rules_json_error error;
        struct rule_pack pack;
        size_t size = read_shipped(packs[i].name);
        bool good = parse(&pack, &error, text, size);

        if (!good) {
            fail_msg("%s: %s %s", packs[i].name, error.where, error.what);
        }
        assert_true(bytes_equal_string(pack.name_space, packs[i].name));
        assert_int_equal(pack.codes.count, packs[i].code_count);
        assert_int_equal(pack.version, 1);
    }
}

static const struct pack_code *code_named(const struct rule_pack *pack, const char *name)
{
    const struct pack_code *codes = pack->codes.items;

    for (size_t i = 0; i < pack->codes.count; i++) {
        if (bytes_equal_string(codes[i].code, name)) {
            return &codes[i];
        }
    }
    fail_msg("no code %s", name);
    return NULL;
}

static void ase_says_what_the_domain_says(void **state)
{
    struct rules_json_error error;
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
    struct rules_json_error error;
    struct rule_pack pack, again;

    (void)state;
    assert_true(parse(&pack, &error, text, read_shipped("ase")));
    assert_true(schema_encode(&rule_pack_schema, &pack, first, sizeof first, &encoded));
    assert_int_equal(schema_decode(&rule_pack_schema, &again, encoded, &arena), REASON_NONE);
    assert_int_equal(again.codes.count, pack.codes.count);
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
    {"rules that this version does not know",
     "{\"namespace\":\"x\",\"version\":1,\"in_force_from\":\"2000-01-01\",\"codes\":[" GOOD
     "],\"rules\":[1]}",
     "rules", "not empty"},
    {"bytes that are no UTF-8", "{\"namespace\":\"\xff\"}", "line 1", "JSON"},
};

static void bad_packs_are_refused_with_a_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct rules_json_error error;
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
    struct rules_json_error error;
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
    struct rules_json_error error;
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

static void nesting_ends_somewhere(void **state)
{
    struct rules_json_error error;
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
    struct rules_json_error error;
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
        cmocka_unit_test(the_rows_above_start_from_a_good_pack),
        cmocka_unit_test(bad_packs_are_refused_with_a_place),
        cmocka_unit_test(counts_and_sizes_are_bounded),
        cmocka_unit_test(nesting_ends_somewhere),
        cmocka_unit_test(a_full_arena_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
