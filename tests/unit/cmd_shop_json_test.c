#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "cmd/shop_json.h"

enum { ARENA_SIZE = 1024 * 1024, TODAY = 46346 };

static uint8_t memory[ARENA_SIZE];
static struct arena arena;

static bool parse(struct shop *shop, struct json_input_error *error, const char *text)
{
    arena_init(&arena, memory, sizeof(memory));
    return shop_json_parse(shop, error, bytes_of_string(text), TODAY, &arena);
}

#define SHOP(members) "{\"name\": \"Garage\", \"place\": \"Austin\", " members "}"
#define REST ", \"state\": \"TX\", \"technicians\": 8"

/* ---- what is taken ---- */

static void a_profile_is_read_whole(void **state)
{
    (void)state;
    struct json_input_error error;
    struct shop shop;
    uint32_t from;
    assert_true(
        parse(&shop, &error, SHOP("\"areas\": [\"electrical\", \"brakes\"], \"from\": \"2026-11-01\"" REST)));
    assert_true(bytes_equal_string(shop.name, "Garage"));
    assert_true(bytes_equal_string(shop.place, "Austin"));
    assert_true(bytes_equal_string(shop.state, "TX"));
    assert_int_equal(shop.technicians, 8);
    assert_true(day_from_text(&from, bytes_of_string("2026-11-01")));
    assert_int_equal(shop.from, from);
    const struct bytes *areas = shop.areas.items;
    assert_int_equal(shop.areas.count, 2);
    assert_true(bytes_equal_string(areas[0], "brakes"));
    assert_true(bytes_equal_string(areas[1], "electrical"));
}

static void it_holds_from_today_on_unless_told(void **state)
{
    (void)state;
    struct json_input_error error;
    struct shop shop;
    assert_true(parse(&shop, &error, SHOP("\"areas\": [\"brakes\"]" REST)));
    assert_int_equal(shop.from, TODAY);
}

static void as_many_areas_as_fit_are_taken(void **state)
{
    (void)state;
    char text[4096] = SHOP("\"areas\": [\"a\"");
    struct json_input_error error;
    struct shop shop;
    char area[16];
    text[strlen(text) - 1] = '\0';
    for (int i = 1; i < AREAS_MAX; i++) {
        snprintf(area, sizeof(area), ", \"b%d\"", i);
        strcat(text, area);
    }
    size_t end = strlen(text);
    strcat(text, "]" REST "}");
    assert_true(parse(&shop, &error, text));
    assert_int_equal(shop.areas.count, AREAS_MAX);
    text[end] = '\0';
    strcat(text, ", \"c\"]" REST "}");
    assert_false(parse(&shop, &error, text));
    assert_string_equal(error.where, "areas");
}

/* ---- what is refused ---- */

static const struct refusal_row {
    const char *sentence;
    const char *text;
    const char *where;
    const char *says;
} refusal_rows[] = {
    {"nothing", "", "line 1", "stops making sense"},
    {"half a file", "{\"name\": \"Garage\"", "line 1", "stops making sense"},
    {"a list", "[]", "the file", "not an object"},
    {"a member twice", SHOP("\"name\": \"G\""), "line 1", "stops making sense"},
    {"a member that there is none of", SHOP("\"areas\": [\"a\"], \"owner\": \"me\"" REST), "owner",
     "not a member"},
    {"no name", "{\"place\": \"Austin\"}", "name", "missing"},
    {"no place", "{\"name\": \"Garage\"}", "place", "missing"},
    {"no state", SHOP("\"technicians\": 1, \"areas\": [\"a\"]"), "state", "missing"},
    {"no areas", SHOP("\"technicians\": 1, \"state\": \"TX\""), "areas", "missing"},
    {"no headcount", SHOP("\"areas\": [\"a\"], \"state\": \"TX\""), "technicians", "missing"},
    {"an empty name", "{\"name\": \"\"}", "name", "has 0 bytes"},
    {"a name that is a number", "{\"name\": 7}", "name", "not a text"},
    {"a name with a bell in it", "{\"name\": \"a\\u0007\"}", "name", "cannot be shown"},
    {"a state in small letters", SHOP("\"state\": \"tx\""), "state", "two capitals"},
    {"a state spelt out", SHOP("\"state\": \"Texas\""), "state", "two capitals"},
    {"areas that are a text", SHOP("\"areas\": \"brakes\"" REST), "areas", "not a list"},
    {"no area in the list", SHOP("\"areas\": []" REST), "areas", "at least one"},
    {"an area that is a number", SHOP("\"areas\": [\"a\", 7]" REST), "areas[1]", "not a text"},
    {"an empty area", SHOP("\"areas\": [\"\"]" REST), "areas[0]", "has 0 bytes"},
    {"an area of 33 letters", SHOP("\"areas\": [\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"]" REST), "areas[0]",
     "has 33 bytes"},
    {"an area twice", SHOP("\"areas\": [\"a\", \"b\", \"a\"]" REST), "areas", "has \"a\" twice"},
    {"a headcount below nothing", SHOP("\"areas\": [\"a\"], \"state\": \"TX\", \"technicians\": -1"),
     "technicians", "whole number"},
    {"a headcount above the limit", SHOP("\"areas\": [\"a\"], \"state\": \"TX\", \"technicians\": 10001"),
     "technicians", "whole number"},
    {"half a technician", SHOP("\"areas\": [\"a\"], \"state\": \"TX\", \"technicians\": 1.5"), "technicians",
     "whole number"},
    {"a day that there was none of", SHOP("\"areas\": [\"a\"], \"from\": \"2026-02-29\"" REST), "from",
     "day of the calendar"},
};

static void what_is_wrong_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(refusal_rows) / sizeof(refusal_rows[0]); i++) {
        const struct refusal_row *row = &refusal_rows[i];
        struct json_input_error error;
        struct shop shop;
        if (parse(&shop, &error, row->text)) {
            fail_msg("%s: was taken", row->sentence);
        }
        if (strncmp(error.where, row->where, strlen(row->where)) != 0 ||
            strstr(error.what, row->says) == NULL) {
            fail_msg("%s: %s %s", row->sentence, error.where, error.what);
        }
    }
}

static void a_file_has_a_largest_size(void **state)
{
    (void)state;
    static char text[SHOP_JSON_SIZE_MAX + 2];
    struct json_input_error error;
    struct shop shop;
    memset(text, ' ', SHOP_JSON_SIZE_MAX + 1);
    assert_false(parse(&shop, &error, text));
    assert_string_equal(error.where, "the file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_profile_is_read_whole),
        cmocka_unit_test(it_holds_from_today_on_unless_told),
        cmocka_unit_test(as_many_areas_as_fit_are_taken),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(a_file_has_a_largest_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
