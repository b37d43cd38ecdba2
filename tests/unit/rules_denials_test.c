#include "protocol/rules/denials.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/rules/expression_text.h"
#include "tests/support/career_builder.h"

/* Which codes are denied by a requirement and by the rules of packs: "*" where all are. */

enum { TEXT_SIZE = 4096 };

static struct career_case given;
static uint8_t memory[1024 * 1024];
static struct denials denials;

static void write_patterns(char text[TEXT_SIZE])
{
    size_t at = (size_t)snprintf(text, TEXT_SIZE, "%s", denials.all ? "*" : "");
    for (size_t i = 0; i < denials.count && !denials.all; i++) {
        at += (size_t)snprintf(text + at, TEXT_SIZE - at, "%s%.*s", i > 0 ? " " : "",
                               (int)denials.patterns[i].size, (const char *)denials.patterns[i].data);
    }
}

static const char *denied_by(const char *required)
{
    static char text[TEXT_SIZE];
    struct arena arena;
    struct expression expression;
    struct expression_error error;
    arena_init(&arena, memory, sizeof memory);
    if (required != NULL) {
        assert_true(expression_parse(&expression, &error, SCOPE_REQUIREMENT, bytes_of_string(required),
                                     bytes_of(NULL, 0), &arena));
    }
    size_t mark = arena_mark(&arena);
    assert_true(denials_of(&denials, required != NULL ? &expression : NULL, &given.built.dossier, &arena));
    assert_int_equal(arena_mark(&arena), mark);
    write_patterns(text);
    return text;
}

static const struct {
    const char *sentence, *rules, *required, *denied;
} rows[] = {
    {"nothing is where nothing is asked", "", NULL, ""},
    {"what is asked for is not", "", "ase/A5 and tested ase/A6", ""},
    {"what stands under `not` is", "", "ase/A5 and not (ase/A6 or trained ase/B*)", "ase/A6 ase/B*"},
    {"under two it is not", "", "not not ase/A6", ""},
    {"but under three", "", "not (not not ase/A6)", "ase/A6"},
    {"so is experience", "", "not experience 1 year in ase/work", "ase/work"},
    {"and a network", "", "not in network ford/shop", "ford/shop"},
    {"what another one covers is named once", "", "not ase/A* and not ase/A6", "ase/A*"},
    {"what rules deny is, whatever is asked", "title Clean: A5 and not tested A6", NULL, "ase/A6"},
    {"what they ask for is not", "title Both: A5 and A6", NULL, ""},
    {"rules of codes deny, too", "condition A5: not tested A8", NULL, "ase/A8"},
    {"what a denied code rests on is denied", "prerequisite A6: A5 and epa/609", "not ase/A6",
     "ase/A6 ase/A5 epa/609"},
    {"as it is under a `not` there", "prerequisite A6: not A5", "not ase/A6", "ase/A6 ase/A5"},
    {"and what that rests on", "prerequisite A5: A8\nprerequisite A6: A5", "not ase/A6",
     "ase/A6 ase/A5 ase/A8"},
    {"by rules for many codes", "prerequisite A*: B1", "not ase/A6", "ase/A6 ase/B1"},
    {"not what other codes rest on", "prerequisite A5: A8", "not ase/A6", "ase/A6"},
    {"what a denied title rests on is denied", "title Both: A5 and A6", "not ase:\"Both\"", "ase/A5 ase/A6"},
    {"whoever's it may be", "title Both: A5 and A6", "not \"Both\"", "ase/A5 ase/A6"},
    {"not what other titles rest on", "title Both: A5 and A6", "not ase:\"Other\"", ""},
    {"nor those of others by the name", "title Both: A5 and A6", "not epa:\"Both\"", ""},
    {"titles of titles are followed", "title Both: A5\ntitle More: ase:\"Both\" and A8", "not ase:\"More\"",
     "ase/A8 ase/A5"},
    {"also in a circle", "title Both: ase:\"More\"\ntitle More: ase:\"Both\" or A8", "not ase:\"More\"",
     "ase/A8"},
    {"and what a title rests on that rests on codes", "title Both: A5\nprerequisite A5: B1",
     "not ase:\"Both\"", "ase/A5 ase/B1"},
};

static void each_row_is_as_it_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        career_case_begin(&given);
        career_case_pack(&given, "ase", 1, 100, "A5 A6 A8 B1", rows[i].rules);
        print_message("%s\n", rows[i].sentence);
        assert_string_equal(denied_by(rows[i].required), rows[i].denied);
    }
}

static void more_than_there_is_room_for_are_all(void **state)
{
    char text[TEXT_SIZE] = "";
    size_t at = 0;
    (void)state;
    career_case_begin(&given);
    for (size_t i = 0; i <= DENIALS_MAX; i++) {
        const char *before = i == 0 ? "not any 1 of (" : i % 8 == 0 ? "), not any 1 of (" : ", ";
        at += (size_t)snprintf(text + at, sizeof text - at, "%sase/X%zu", before, i);
    }
    (void)snprintf(text + at, sizeof text - at, ")");
    assert_string_equal(denied_by(text), "*");
}

static void titles_that_are_too_deep_within_titles_deny_all(void **state)
{
    char rules[TEXT_SIZE];
    (void)state;
    for (size_t count = 31; count <= 32; count++) {
        size_t at = (size_t)snprintf(rules, sizeof rules, "title T00: A5");
        char title[32];
        for (size_t i = 1; i <= count; i++) { /* the deeper it lies the earlier it is read */
            at += (size_t)snprintf(rules + at, sizeof rules - at, "\ntitle T%02zu: ase:\"T%02zu\"", i, i - 1);
        }
        (void)snprintf(title, sizeof title, "not ase:\"T%02zu\"", count);
        career_case_begin(&given);
        career_case_pack(&given, "ase", 1, 100, "A5 A6", rules);
        assert_string_equal(denied_by(title), count == 31 ? "ase/A5" : "*");
    }
}

static void certificates_bring_their_networks(void **state)
{
    static const struct earned rows_of[] = {{"ase/A5", BASIS_EXAM, 900, 900, DAY_NONE},
                                            {NULL, BASIS_EXAM, 0, 0, 0}};
    (void)state;
    career_case_begin(&given);
    career_case_earn(&given, rows_of);
    given.built.dossier.credentials[0].attestation.has_network = true;
    given.built.dossier.credentials[0].attestation.network_code = bytes_of_string("ford/shop");
    assert_string_equal(denied_by("ase/A5"), "");
    assert_string_equal(denied_by("not ase/A5"), "ase/A5 ford/shop");
}

static void a_pack_denies_what_any_of_its_rules_does(void **state)
{
    static const struct {
        const char *rules;
        bool denies;
    } packs[] = {
        {"title Both: A5 and A6", false},
        {"title Both: A5\ntitle Clean: not A6", true},
        {"title Both: any 1 of (A5, A6 and not A8)", true},
        {"condition A5: not tested A8", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof packs / sizeof packs[0]; i++) {
        struct arena arena;
        bool denies;
        arena_init(&arena, memory, sizeof memory);
        career_case_begin(&given);
        career_case_pack(&given, "ase", 1, 100, "A5 A6 A8 B1", packs[i].rules);
        assert_true(denials_in_pack(&denies, &given.built.dossier.packs[0].pack, &arena));
        assert_int_equal(denies, packs[i].denies);
        assert_int_equal(arena_mark(&arena), 0);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_is_as_it_says),
        cmocka_unit_test(more_than_there_is_room_for_are_all),
        cmocka_unit_test(titles_that_are_too_deep_within_titles_deny_all),
        cmocka_unit_test(certificates_bring_their_networks),
        cmocka_unit_test(a_pack_denies_what_any_of_its_rules_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
