#include "protocol/rules/career.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/career_builder.h"

enum { AT = 1500, ROWS_EARNED_MAX = 8 };
#define CODES "A1 A2 A3 A4 A5 B1 B2 L1 school work"

static struct career_case given;

#define EXAM(code, last)                                                                                     \
    {                                                                                                        \
        "ase/" code, BASIS_EXAM, 1000, 1000, last                                                            \
    }
#define WORKED(days)                                                                                         \
    {                                                                                                        \
        "ase/work", BASIS_EXPERIENCE, 1100, 1100, 1100 + (days)-1                                            \
    }
#define SCHOOL                                                                                               \
    {                                                                                                        \
        "ase/school", BASIS_TRAINING, 1000, 1000, DAY_NONE                                                   \
    }

#define NOTHING                                                                                              \
    {                                                                                                        \
        0                                                                                                    \
    }
#define ROW(why, rules, asked, missing, part_count, ...)                                                     \
    {                                                                                                        \
        why, rules, {__VA_ARGS__}, asked, missing, part_count                                                \
    }
#define TITLE_ROW(why, rules, answer, since, until, missing, part_count, lapse_day, lapse_code, ...)         \
    {                                                                                                        \
        why, rules, {__VA_ARGS__}, ANSWER_##answer, since, until, missing, part_count, lapse_day, lapse_code \
    }

static void build(const char *rules, const struct earned *earned)
{
    career_case_begin(&given);
    career_case_pack(&given, "ase", 1, 100, CODES, rules);
    career_case_earn(&given, earned);
}

/* ---- the least that is missing ---- */

#define ONE_WAY "experience *: experience 100 days in work"
#define TWO_WAYS                                                                                             \
    "experience *: experience 100 days in work or (experience 50 days in work and trained school)"

static const struct {
    const char *why;
    const char *rules;
    struct earned earned[ROWS_EARNED_MAX];
    const char *asked;
    const char *missing;
    size_t part_count;
} missing_rows[] = {
    ROW("what is held misses nothing", "", "A1", "", 1, EXAM("A1", 2000)),
    ROW("a code", "", "A1", "A1", 1, NOTHING),
    ROW("a code that has lapsed", "", "A1", "A1", 1, EXAM("A1", AT - 1)),
    ROW("the last day is still held", "", "A1", "", 1, EXAM("A1", AT)),
    ROW("a pattern", "", "A*", "A*", 1, NOTHING),
    ROW("two of three", "", "A1 and A2 and A3", "A1, A3", 3, EXAM("A2", 2000)),
    ROW("an any that holds", "", "A1 or A2", "", 1, EXAM("A2", 2000)),
    ROW("an any names the first, and how many would do as well", "", "A1 or A2 or A3", "A1 (2 more)", 1,
        NOTHING),
    ROW("the child that misses least", "", "(A1 and A2) or (A3 and A4)", "A4", 2, EXAM("A3", 2000)),
    ROW("one alone goes before two together", "", "(A1 and A2) or A3", "A3", 1, NOTHING),
    ROW("of ways of two parts no other is counted", "", "(A1 and A2) or (A3 and A4)", "A1, A2", 2, NOTHING),
    ROW("any 2 of 4, with one", "", "any 2 of (A1, A2, A3, A4)", "A1 (2 more)", 2, EXAM("A2", 2000)),
    ROW("any 2 of 4, with none", "", "any 2 of (A1, A2, A3, A4)", "A1 (2 more), A2 (2 more)", 2, NOTHING),
    ROW("any 3 of 4, with all", "", "any 3 of (A1, A2, A3, A4)", "", 3, EXAM("A1", 2000), EXAM("A2", 2000),
        EXAM("A3", 2000), EXAM("A4", 2000)),
    ROW("what is excluded and there", "", "not A1", "not A1", 1, EXAM("A1", 2000)),
    ROW("of what is excluded the part that is there", "", "not (A1 or A2)", "not A2", 1, EXAM("A2", 2000)),
    ROW("what is excluded and not there", "", "not A1", "", 1, NOTHING),
    ROW("a test", "", "tested A1", "A1", 1, NOTHING),
    ROW("training", "", "trained school", "training school", 1, EXAM("school", 2000)),
    ROW("a title", "title Master: A1 and A2", "\"Master\"", "\"Master\"", 1, EXAM("A1", 2000)),
    ROW("a network", "", "in network epa/net", "network epa/net?", 1, NOTHING),
    ROW("a state that was not said", "", "in state TX", "state?", 1, NOTHING),
    ROW("a rule of later times", "title Master: ?", "\"Master\"", "\"Master\"?", 1, NOTHING),
    ROW("once reached for life", "", "for life (A1)", "", 1, EXAM("A1", 1200)),
    ROW("for life, not reached", "", "for life (A1 and A2)", "A2", 2, EXAM("A1", 2000)),
    ROW("of a namespace without packs", "", "epa/609", "epa/609?", 1,
        {"epa/609", BASIS_EXAM, 1000, 1000, DAY_NONE}),
    ROW("what may be held already goes before what is not", "", "A1 or epa/609", "epa/609? (1 more)", 1,
        {"epa/609", BASIS_EXAM, 1000, 1000, DAY_NONE}),
    ROW("experience for what is tested", ONE_WAY, "A1", "100 days for A1", 1, EXAM("A1", 2000)),
    ROW("what is left of it", ONE_WAY, "A1", "30 days for A1", 1, EXAM("A1", 2000), WORKED(70)),
    ROW("its last day", ONE_WAY, "A1", "1 days for A1", 1, EXAM("A1", 2000), WORKED(99)),
    ROW("nothing of it", ONE_WAY, "A1", "", 1, EXAM("A1", 2000), WORKED(100)),
    ROW("without a test it is the test", ONE_WAY, "A1", "A1", 1, WORKED(70)),
    ROW("of two ways the longer, while the school is missing", TWO_WAYS, "A1", "70 days for A1", 1,
        EXAM("A1", 2000), WORKED(30)),
    ROW("the same where only the school is missing to the other", TWO_WAYS, "A1", "40 days for A1", 1,
        EXAM("A1", 2000), WORKED(60)),
    ROW("of two ways the shorter, with the school", TWO_WAYS, "tested A1 and A1", "20 days for A1", 2,
        EXAM("A1", 2000), WORKED(30), SCHOOL),
    ROW("a pattern names the code that is tested", ONE_WAY, "A*", "100 days for A2", 1, EXAM("A2", 2000)),
    ROW("experience asked for as such", "", "experience 100 days in work", "30 days for work", 1, WORKED(70)),
    ROW("several that are tested", ONE_WAY, "A1 and A2 and A3", "100 days for A1, 100 days for A2, A3", 3,
        EXAM("A1", 2000), EXAM("A2", 2000)),
    ROW("the same code asked for again", ONE_WAY, "A1 and (A1 or A2) and A1",
        "100 days for A1, 100 days for A1 (1 more), 100 days for A1", 3, EXAM("A1", 2000), EXAM("A2", 2000)),
    ROW("an experience rule that asks for a code", "experience A*: tested B1", "A1", "B1", 1,
        EXAM("A1", 2000)),
    ROW("one that asks for more than work", "experience A*: experience 10 days in work and trained school",
        "A1", "10 days for A1, training school", 1, EXAM("A1", 2000)),
    ROW("what has to come first", "prerequisite A1: A2", "A1", "A2", 1, EXAM("A1", 2000)),
    ROW("what has to come first, and experience", "prerequisite A1: A2 and B1\n" ONE_WAY, "A1",
        "A2, B1, 100 days for A1", 1, EXAM("A1", 2000)),
    ROW("what has to come first, and is there", "prerequisite A1: tested A2\n" ONE_WAY, "A1",
        "100 days for A1", 1, EXAM("A1", 2000), EXAM("A2", 2000)),
    ROW("the cheapest way to it", "prerequisite A1: any 2 of (A2, A3, B1) or \"Nothing\"", "A1",
        "\"Nothing\"", 1, EXAM("A1", 2000)),
    ROW("beside what the attestation shows itself",
        "prerequisite A1: A2 and basis exam and 30 days apart from "
        "exam",
        "A1", "A2", 1, EXAM("A1", 2000)),
    ROW("one that is not understood", "experience A*: ?", "A1", "rule?", 1, EXAM("A1", 2000)),
};

static void the_least_is_missing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof missing_rows / sizeof missing_rows[0]; i++) {
        size_t part_count;
        build(missing_rows[i].rules, missing_rows[i].earned);
        const char *missing = career_case_missing(&given, missing_rows[i].asked, AT, &part_count);
        if (strcmp(missing, missing_rows[i].missing) != 0 || part_count != missing_rows[i].part_count) {
            fail_msg("%s: \"%s\" of %zu", missing_rows[i].why, missing, part_count);
        }
    }
}

static void nothing_is_missing_exactly_where_it_holds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof missing_rows / sizeof missing_rows[0]; i++) {
        for (uint32_t day = 995; day < 2010; day += 5) {
            size_t part_count;
            build(missing_rows[i].rules, missing_rows[i].earned);
            struct day_truth days = career_case_days(&given, missing_rows[i].asked, day);
            bool holds = day_truth_on(&days, day) == ANSWER_YES;
            const char *missing = career_case_missing(&given, missing_rows[i].asked, day, &part_count);
            if (holds != (missing[0] == '\0')) {
                fail_msg("%s on %u: \"%s\"", missing_rows[i].why, day, missing);
            }
        }
    }
}

static void what_is_only_stale_is_not_said_to_be_missing(void **state)
{
    (void)state;
    size_t part_count;
    build("", (const struct earned[]){EXAM("A1", 2000), EXAM("A2", 1400), {0}});
    given.question.now_s = BUILT_TIME_S + 90000;
    assert_string_equal(career_case_missing(&given, "A1 and A2", AT, &part_count), "A1?, A2?");
}

/* What was found for one day is not told of another. */
static void each_day_misses_what_it_does(void **state)
{
    const struct expression a1 = {.op = EXPRESSION_CERTIFIED, .pattern = bytes_of_string("ase/A1")};
    const struct missing_part *early, *late;
    size_t early_count, late_count, part_count;
    (void)state;
    build(ONE_WAY, (const struct earned[]){EXAM("A1", 2000), WORKED(70), {0}});
    struct career *career = career_case_settle(&given, AT);
    assert_true(career_missing(&late, &late_count, &part_count, career, &a1, AT));
    assert_true(career_missing(&early, &early_count, &part_count, career, &a1, 1109));
    assert_int_equal(late_count, 1);
    assert_int_equal(late[0].days, 30);
    assert_int_equal(early_count, 1);
    assert_int_equal(early[0].days, 90);
}

/* ---- titles ---- */

#define MASTER "title Master: A1 and A2"
#define EITHER "title Master: (A1 or B1) and A2"

static const struct {
    const char *why;
    const char *rules;
    struct earned earned[ROWS_EARNED_MAX];
    enum answer answer;
    uint32_t since, until;
    const char *missing;
    size_t part_count;
    uint32_t lapse_day;
    const char *lapse_code;
} title_rows[] = {
    TITLE_ROW("held until the first of its codes lapses", MASTER, YES, 1000, 1800, "", 2, 1800, "ase/A2",
              EXAM("A1", 2000), EXAM("A2", 1800)),
    TITLE_ROW("held for life", MASTER, YES, 1000, DAY_NONE, "", 2, DAY_NONE, "", EXAM("A1", DAY_NONE),
              EXAM("A2", DAY_NONE)),
    TITLE_ROW("an alternative lapses and ends nothing", EITHER, YES, 1000, 1900, "", 2, 1900, "ase/B1",
              EXAM("A1", 1700), EXAM("B1", 1900), EXAM("A2", 2000)),
    TITLE_ROW("not held: what is, and lapses first", "title Master: A1 and A2 and A3", NO, DAY_NONE, DAY_NONE,
              "A3", 3, 1800, "ase/A2", EXAM("A1", 2000), EXAM("A2", 1800)),
    TITLE_ROW("not held, and nothing that could lapse", MASTER, NO, DAY_NONE, DAY_NONE, "A2", 2, DAY_NONE, "",
              EXAM("A1", DAY_NONE)),
    TITLE_ROW("one that rests on another ends with it", "title Master: \"Lower\" and A2\ntitle Lower: A1",
              YES, 1000, 1800, "", 2, 1800, "ase/A1", EXAM("A1", 1800), EXAM("A2", 2000)),
    TITLE_ROW("once for life it ends with nothing", "title Master: for life (A1 and A2)", YES, 1000, DAY_NONE,
              "", 2, DAY_NONE, "", EXAM("A1", 1200), EXAM("A2", 1400)),
    TITLE_ROW("what is excluded ends nothing by lapsing", "title Master: A1 and not A2", NO, DAY_NONE,
              DAY_NONE, "not A2", 2, 1900, "ase/A1", EXAM("A1", 1900), EXAM("A2", 1800)),
    TITLE_ROW("of two that lapse together the first", MASTER, YES, 1000, 1800, "", 2, 1800, "ase/A1",
              EXAM("A1", 1800), EXAM("A2", 1800)),
    TITLE_ROW("an operator of later times", "title Master: ?", UNKNOWN, DAY_NONE, DAY_NONE, "rule?", 1,
              DAY_NONE, "", EXAM("A1", 1800)),
};

static const struct title_verdict *title_of(const struct verdict *verdict, const char *name)
{
    for (size_t i = 0; i < verdict->title_count; i++) {
        if (bytes_equal_string(verdict->titles[i].name, name)) {
            return &verdict->titles[i];
        }
    }
    static const struct title_verdict none = {.name = {0}};
    fail_msg("no title %s", name);
    return &none;
}

static void titles_say_since_until_and_what_lapses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof title_rows / sizeof title_rows[0]; i++) {
        char missing[CAREER_TEXT_SIZE];
        build(title_rows[i].rules, title_rows[i].earned);
        struct verdict verdict = career_case_conclude(&given, NULL, AT);
        const struct title_verdict *title = title_of(&verdict, "Master");
        missing_to_text(missing, title->missing, title->missing_count);
        if (title->answer != title_rows[i].answer || title->since_day != title_rows[i].since ||
            title->until_day != title_rows[i].until) {
            fail_msg("%s: %d from %u to %u", title_rows[i].why, (int)title->answer, title->since_day,
                     title->until_day);
        }
        if (strcmp(missing, title_rows[i].missing) != 0 || title->part_count != title_rows[i].part_count) {
            fail_msg("%s: \"%s\" of %zu", title_rows[i].why, missing, title->part_count);
        }
        if (title->lapse_day != title_rows[i].lapse_day ||
            !bytes_equal_string(title->lapse_code, title_rows[i].lapse_code)) {
            fail_msg("%s: %.*s on %u", title_rows[i].why, (int)title->lapse_code.size,
                     (const char *)title->lapse_code.data, title->lapse_day);
        }
    }
}

static void titles_come_from_the_packs_of_the_day(void **state)
{
    (void)state;
    career_case_begin(&given);
    career_case_pack(&given, "ase", 1, 100, CODES, "title Old: A1");
    career_case_pack(&given, "ase", 2, AT, CODES, "title New: A1\ntitle Another: A2");
    career_case_pack(&given, "epa", 1, 100, "609", "title Cool: 609");
    struct verdict verdict = career_case_conclude(&given, NULL, AT - 1);
    assert_int_equal(verdict.title_count, 2);
    assert_true(bytes_equal_string(verdict.titles[0].name, "Old"));
    assert_true(bytes_equal_string(verdict.titles[1].name, "Cool"));
    verdict = career_case_conclude(&given, NULL, AT);
    assert_int_equal(verdict.title_count, 3);
    assert_true(bytes_equal_string(verdict.titles[0].name, "Another"));
    assert_true(bytes_equal_string(verdict.titles[1].name, "New"));
    assert_int_equal(verdict.titles[1].pack->pack.version, 2);
    verdict = career_case_conclude(&given, NULL, 99);
    assert_int_equal(verdict.title_count, 0);
}

static void titles_of_a_disputed_pack_are_open(void **state)
{
    (void)state;
    char missing[CAREER_TEXT_SIZE];
    build(MASTER, (const struct earned[]){EXAM("A1", 2000), {0}});
    given.built.packs[0].place.seq = 99;
    given.built.logs[CAREER_ASE].forked = true;
    given.built.logs[CAREER_ASE].fork_seq = 99;
    struct verdict verdict = career_case_conclude(&given, NULL, AT);
    assert_int_equal(verdict.title_count, 1);
    assert_int_equal(verdict.titles[0].answer, ANSWER_UNKNOWN);
    missing_to_text(missing, verdict.titles[0].missing, verdict.titles[0].missing_count);
    assert_string_equal(missing, "rule?");
}

/* ---- codes ---- */

static void codes_are_listed_as_they_stand(void **state)
{
    (void)state;
    static const struct earned earned[] = {
        EXAM("B1", 1700),
        {"ase/A1", BASIS_EXAM, 1000, 1000, 1400},
        {"ase/A1", BASIS_RECERTIFICATION, 1300, 1300, 2000},
        {"ase/A1", BASIS_EXAM, 1350, 1350, 2000},
        {"ase/work", BASIS_EXPERIENCE, 1100, 1100, 1139},
        {"ase/L1", BASIS_IDENTITY, 1000, 1000, 2000},
        {0},
    };
    char missing[CAREER_TEXT_SIZE];
    build("experience B*: experience 100 days in work", earned);
    struct verdict verdict = career_case_conclude(&given, NULL, AT);
    assert_int_equal(verdict.code_count, 2);
    const struct code_verdict *a1 = &verdict.codes[0];
    assert_true(bytes_equal_string(a1->code, "ase/A1"));
    assert_int_equal(a1->certified, ANSWER_YES);
    assert_int_equal(a1->since_day, 1000);
    assert_int_equal(a1->until_day, 2000);
    assert_int_equal(a1->credential, 2); /* of two that last as long the first */
    assert_true(bytes_equal_string(a1->pack_code->code, "A1"));
    assert_int_equal(a1->missing_count, 0);
    const struct code_verdict *b1 = &verdict.codes[1];
    assert_int_equal(b1->tested, ANSWER_YES);
    assert_int_equal(b1->certified, ANSWER_NO);
    assert_int_equal(b1->since_day, DAY_NONE);
    assert_int_equal(b1->until_day, DAY_NONE);
    missing_to_text(missing, b1->missing, b1->missing_count);
    assert_string_equal(missing, "60 days for B1");
    assert_int_equal(verdict.next_lapse_day, 2000);
    assert_true(bytes_equal_string(verdict.next_lapse, "ase/A1"));
}

static void a_code_beside_has_no_credential_that_is_listed(void **state)
{
    (void)state;
    build("", (const struct earned[]){EXAM("A1", 2000), {0}});
    given.built.credentials[0].about = ABOUT_BESIDE;
    struct verdict verdict = career_case_conclude(&given, "A1", AT);
    assert_int_equal(verdict.code_count, 1);
    assert_true(verdict.codes[0].credential == SIZE_MAX);
    assert_true(verdict.parts[0].credential == SIZE_MAX);
    assert_int_equal(verdict.requirement, ANSWER_YES);
}

static void without_a_day_that_ends_nothing_lapses_next(void **state)
{
    (void)state;
    build("", (const struct earned[]){EXAM("A1", DAY_NONE), EXAM("A2", 1400), {0}});
    struct verdict verdict = career_case_conclude(&given, NULL, AT);
    assert_int_equal(verdict.next_lapse_day, DAY_NONE);
    assert_int_equal(verdict.next_lapse.size, 0);
}

/* ---- requirements ---- */

static void requirements_are_answered_part_by_part(void **state)
{
    (void)state;
    char missing[CAREER_TEXT_SIZE];
    build("", (const struct earned[]){EXAM("A1", 2000), EXAM("A2", 1800), {0}});
    struct verdict verdict = career_case_conclude(&given, "A1 and (A3 or A2) and A4", AT);
    assert_int_equal(verdict.requirement, ANSWER_NO);
    assert_int_equal(verdict.requirement_since, DAY_NONE);
    assert_int_equal(verdict.part_count, 3);
    assert_int_equal(verdict.parts[0].answer, ANSWER_YES);
    assert_int_equal(verdict.parts[0].since_day, 1000);
    assert_int_equal(verdict.parts[0].until_day, 2000);
    assert_int_equal(verdict.parts[0].credential, 0);
    assert_int_equal(verdict.parts[1].answer, ANSWER_YES);
    assert_int_equal(verdict.parts[1].until_day, 1800);
    assert_true(verdict.parts[1].credential == SIZE_MAX);
    assert_int_equal(verdict.parts[2].answer, ANSWER_NO);
    missing_to_text(missing, verdict.parts[2].missing, verdict.parts[2].missing_count);
    assert_string_equal(missing, "A4");
}

static void a_requirement_that_is_no_all_is_one_part(void **state)
{
    (void)state;
    build("", (const struct earned[]){EXAM("A1", 2000), EXAM("A2", 1800), {0}});
    struct verdict verdict = career_case_conclude(&given, "A3 or A2", AT);
    assert_int_equal(verdict.requirement, ANSWER_YES);
    assert_int_equal(verdict.requirement_since, 1000);
    assert_int_equal(verdict.requirement_until, 1800);
    assert_int_equal(verdict.part_count, 1);
    assert_ptr_equal(verdict.parts[0].expression, given.question.requirement);
}

static void nothing_required_is_met(void **state)
{
    (void)state;
    build("", (const struct earned[]){{0}});
    struct verdict verdict = career_case_conclude(&given, NULL, AT);
    assert_int_equal(verdict.requirement, ANSWER_YES);
    assert_int_equal(verdict.requirement_since, DAY_NONE);
    assert_int_equal(verdict.part_count, 0);
    assert_int_equal(verdict.code_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_is_missing),
        cmocka_unit_test(nothing_is_missing_exactly_where_it_holds),
        cmocka_unit_test(what_is_only_stale_is_not_said_to_be_missing),
        cmocka_unit_test(each_day_misses_what_it_does),
        cmocka_unit_test(titles_say_since_until_and_what_lapses),
        cmocka_unit_test(titles_come_from_the_packs_of_the_day),
        cmocka_unit_test(titles_of_a_disputed_pack_are_open),
        cmocka_unit_test(codes_are_listed_as_they_stand),
        cmocka_unit_test(a_code_beside_has_no_credential_that_is_listed),
        cmocka_unit_test(without_a_day_that_ends_nothing_lapses_next),
        cmocka_unit_test(requirements_are_answered_part_by_part),
        cmocka_unit_test(a_requirement_that_is_no_all_is_one_part),
        cmocka_unit_test(nothing_required_is_met),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
