#include "protocol/rules/career.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/career_rows.h"

static struct career_case given;

/* ---- codes ---- */

static const struct career_row code_rows[] = {
    ROW("a test is held on its first day", "", "A1", 1000, YES, EXAM("A1", 1000, 2000)),
    ROW("not on the day before", "", "A1", 999, NO, EXAM("A1", 1000, 2000)),
    ROW("on its last day", "", "A1", 2000, YES, EXAM("A1", 1000, 2000)),
    ROW("not on the day after", "", "A1", 2001, NO, EXAM("A1", 1000, 2000)),
    ROW("for life, long after", "", "A1", 90000, YES, EXAM("A1", 1000, EVER)),
    ROW("another code is not", "", "A2", 1000, NO, EXAM("A1", 1000, 2000)),
    ROW("a pattern holds by any of its codes", "", "A*", 1500, YES, EXAM("A1", 1000, 2000)),
    ROW("a pattern of other codes does not", "", "A*", 1500, NO, EXAM("B1", 1000, 2000)),
    ROW("two runs of one code join", "", "A1", 1401, YES, EXAM("A1", 1000, 1400),
        RECERTIFIED("A1", 1401, 2000)),
    ROW("and leave the gap between them", "", "A1", 1401, NO, EXAM("A1", 1000, 1400),
        RECERTIFIED("A1", 1402, 2000)),
    ROW("a code that begins with another's name is another", "", "A", 1500, NO, EXAM("A1", 1000, 2000)),
    ROW("what documents work is no test", "", "tested work", 1500, NO, WORKED(1000, 2000)),
    ROW("training is, and is called so", "", "trained school", 1500, YES, TRAINED("school", 1000, 2000)),
    ROW("an exam is no training", "", "trained school", 1500, NO, EXAM("school", 1000, 2000)),
    ROW("trained is asked of that code's training days alone", "", "trained school", 1201, NO,
        EXAM("school", 1000, 2000), TRAINED("school", 1000, 1200)),
    ROW("a namespace without packs leaves its codes open", "", "epa/609", 1500, UNKNOWN,
        {"epa/609", BASIS_EXAM, 1000, 1000, EVER}),
    ROW("nothing was earned", "", "A1", 1000, NO, NOTHING),
};

static void codes_are_held_on_the_days_of_their_credentials(void **state)
{
    (void)state;
    CHECK_ROWS(&given, code_rows);
}

/* ---- operators ---- */

static const struct career_row operator_rows[] = {
    ROW("all, on the first day of the second", "", "A1 and A2", 1000, YES, EXAM("A1", 200, 9000),
        EXAM("A2", 1000, 2000)),
    ROW("not: on the last day of what is excluded", "", "not A1", 2000, NO, EXAM("A1", 1000, 2000)),
    ROW("not: on the day after", "", "not A1", 2001, YES, EXAM("A1", 1000, 2000)),
    ROW("any, with one", "", "A1 or A2", 1000, YES, EXAM("A2", 1000, 2000)),
    ROW("any, with none", "", "A1 or A2", 1000, NO, EXAM("A3", 1000, 2000)),
    ROW("any 2 of 3, with one", "", "any 2 of (A1, A2, A3)", 1500, NO, EXAM("A1", 1000, 2000)),
    ROW("any 2 of 3, with two", "", "any 2 of (A1, A2, A3)", 1500, YES, EXAM("A1", 1000, 2000),
        EXAM("A3", 1500, 2500)),
    ROW("any 2 of 3, on the day after the first ended", "", "any 2 of (A1, A2, A3)", 2001, NO,
        EXAM("A1", 1000, 2000), EXAM("A3", 1500, 2500)),
    ROW("for life, the day before both were there", "", "for life (A1 and A2)", 1499, NO,
        EXAM("A1", 1000, 2000), EXAM("A2", 1500, 2500)),
    ROW("for life, long after both are gone", "", "for life (A1 and A2)", 9000, YES, EXAM("A1", 1000, 2000),
        EXAM("A2", 1500, 2500)),
    ROW("for life, when they never met", "", "for life (A1 and A2)", 9000, NO, EXAM("A1", 1000, 1499),
        EXAM("A2", 1500, 2500)),
    ROW("in a state, not said which", "", "in state TX", 1500, UNKNOWN, NOTHING),
    ROW("in a network, known to have worked nowhere", "", "in network ase/seal", 1500, UNKNOWN, NOTHING),
    ROW("what is not known does not spoil an any", "", "A1 or in state TX", 1500, YES,
        EXAM("A1", 1000, 2000)),
    ROW("nor save an all", "", "A1 and in state TX", 1500, NO, NOTHING),
    ROW("an all with it is not known", "", "A1 and in state TX", 1500, UNKNOWN, EXAM("A1", 1000, 2000)),
};

static void operators_are_kleene_s(void **state)
{
    (void)state;
    CHECK_ROWS(&given, operator_rows);
}

/* ---- experience ---- */

#define TWO_WAYS                                                                                             \
    "experience A*: experience 100 days in work or (experience 50 days in work and trained school)"

static const struct career_row experience_rows[] = {
    ROW("tested is not certified", TWO_WAYS, "A1", 1500, NO, EXAM("A1", 1000, 2000)),
    ROW("but tested", TWO_WAYS, "tested A1", 1500, YES, EXAM("A1", 1000, 2000)),
    ROW("the day before the last one asked for", TWO_WAYS, "A1", 1199, NO, EXAM("A1", 1000, 2000),
        WORKED(1101, 1300)),
    ROW("the last one asked for", TWO_WAYS, "A1", 1200, YES, EXAM("A1", 1000, 2000), WORKED(1101, 1300)),
    ROW("work without a test is nothing", TWO_WAYS, "A1", 1300, NO, WORKED(1101, 1300)),
    ROW("a school takes the place of half", TWO_WAYS, "A1", 1150, YES, EXAM("A1", 1000, 2000),
        WORKED(1101, 1300), TRAINED("school", 500, EVER)),
    ROW("not on the day before", TWO_WAYS, "A1", 1149, NO, EXAM("A1", 1000, 2000), WORKED(1101, 1300),
        TRAINED("school", 500, EVER)),
    ROW("days said twice count once", TWO_WAYS, "A1", 1500, NO, EXAM("A1", 1000, 2000), WORKED(1101, 1150),
        WORKED(1101, 1150)),
    ROW("two times of work add up", TWO_WAYS, "A1", 1250, YES, EXAM("A1", 1000, 2000), WORKED(1101, 1150),
        WORKED(1201, 1300)),
    ROW("another code's rule is not asked", TWO_WAYS, "B1", 1500, YES, EXAM("B1", 1000, 2000)),
    ROW("work that goes on counts up to the day asked about", TWO_WAYS, "A1", 1200, YES,
        EXAM("A1", 1000, 2000), WORKED(1101, EVER)),
    ROW("and not on the day before", TWO_WAYS, "A1", 1199, NO, EXAM("A1", 1000, 2000), WORKED(1101, EVER)),
    ROW("asked for as such", "", "experience 100 days in work", 1200, YES, WORKED(1101, 1300)),
    ROW("under another code there is none", "", "experience 1 day in school", 1200, NO, WORKED(1101, 1300)),
};

static void experience_makes_certified_of_tested(void **state)
{
    (void)state;
    CHECK_ROWS(&given, experience_rows);
}

static void work_that_is_doubted_counts_as_perhaps(void **state)
{
    (void)state;
    career_rows_build(&given, TWO_WAYS, NULL,
                      (const struct earned[]){EXAM("A1", 1000, 2000), WORKED(1101, 1300), {0}});
    build_event(&given.built, &given.built.credentials[1], STATUS_REVOKED, 1250, 90, true);
    struct day_truth days = career_case_days(&given, "A1", 1500);
    assert_int_equal(day_truth_on(&days, 1249), ANSWER_YES);
    assert_int_equal(day_truth_on(&days, 1250), ANSWER_UNKNOWN);
}

/* ---- titles ---- */

#define MASTER "title Master: A1 and A2"

static const struct career_row title_rows[] = {
    ROW("with all", MASTER, "\"Master\"", 1100, YES, EXAM("A1", 1000, 2000), EXAM("A2", 1100, 1900)),
    ROW("the day before the last came", MASTER, "\"Master\"", 1099, NO, EXAM("A1", 1000, 2000),
        EXAM("A2", 1100, 1900)),
    ROW("on the day on which the first lapses", MASTER, "\"Master\"", 1900, YES, EXAM("A1", 1000, 2000),
        EXAM("A2", 1100, 1900)),
    ROW("the day after", MASTER, "\"Master\"", 1901, NO, EXAM("A1", 1000, 2000), EXAM("A2", 1100, 1900)),
    ROW("of its namespace", MASTER, "ase:\"Master\"", 1500, YES, EXAM("A1", 1000, 2000),
        EXAM("A2", 1100, 1900)),
    ROW("of another namespace", MASTER, "epa:\"Master\"", 1500, NO, EXAM("A1", 1000, 2000),
        EXAM("A2", 1100, 1900)),
    ROW("of a name that no pack has", MASTER, "\"Mister\"", 1500, NO, EXAM("A1", 1000, 2000)),
    ROW("a title that rests on one", MASTER "\ntitle Grand: \"Master\" and A3", "\"Grand\"", 1300, YES,
        EXAM("A1", 1000, 2000), EXAM("A2", 1100, 1900), EXAM("A3", 1200, 1300)),
    ROW("a title that rests on itself", "title Master: \"Master\" or A1", "\"Master\"", 1500, UNKNOWN,
        EXAM("A2", 1000, 2000)),
    ROW("an operator of later times", "title Master: ?", "\"Master\"", 1500, UNKNOWN, NOTHING),
    ROW("before any pack there is no title", MASTER, "\"Master\"", ROWS_PACK_FROM - 1, NO,
        EXAM("A1", 10, 2000), EXAM("A2", 10, 1900)),
};

static void titles_hold_when_their_expressions_do(void **state)
{
    (void)state;
    CHECK_ROWS(&given, title_rows);
}

/* ---- whose credentials count ---- */

static void a_shop_holds_memberships_and_a_technician_does_not(void **state)
{
    (void)state;
    static const struct earned earned[] = {{"ase/guild", BASIS_MEMBERSHIP, 1000, 1000, 2000},
                                           {"ase/seal", BASIS_RECOGNITION, 1000, 1000, 2000},
                                           {0}};
    career_rows_build(&given, "", NULL, earned);
    struct day_truth days = career_case_days(&given, "guild", 1500);
    assert_int_equal(day_truth_on(&days, 1500), ANSWER_NO);
    given.built.dossier.review_count = 1;
    days = career_case_days(&given, "guild and seal", 1500);
    assert_int_equal(day_truth_on(&days, 1500), ANSWER_YES);
}

static void what_shops_hold_is_not_the_technician_s(void **state)
{
    (void)state;
    career_rows_build(&given, "", NULL, (const struct earned[]){EXAM("A1", 1000, 2000), {0}});
    given.built.credentials[0].about = ABOUT_SHOP;
    struct day_truth days = career_case_days(&given, "A1", 1500);
    assert_int_equal(day_truth_on(&days, 1500), ANSWER_NO);
    given.built.credentials[0].about = ABOUT_BESIDE;
    days = career_case_days(&given, "A1", 1500);
    assert_int_equal(day_truth_on(&days, 1500), ANSWER_YES);
}

static void a_full_arena_is_no_answer(void **state)
{
    (void)state;
    static uint8_t memory[CAREER_ARENA_SIZE]; /* apart from the requirement's */
    career_rows_build(
        &given, MASTER "\nprerequisite L1: A8\n" TWO_WAYS, MASTER,
        (const struct earned[]){EXAM("A1", 1000, 2000), EXAM("L1", 1000, 2000), WORKED(1100, 1200), {0}});
    struct verdict whole = career_case_conclude(&given, "A1 or any 2 of (A1, L1)", 1500);
    assert_int_equal(whole.title_count, 1);
    size_t needed = given.arena.used - given.mark;
    for (size_t room = 0; room < needed; room += 64) {
        struct arena arena;
        arena_init(&arena, memory, room);
        struct verdict verdict;
        struct credentials credentials;
        if (!credentials_decide(&credentials, &given.built.dossier, &given.built.trust, &given.question,
                                &arena)) {
            continue;
        }
        struct career *career =
            career_begin(&given.built.dossier, &given.built.trust, &given.question, &credentials, &arena);
        bool done = career != NULL && career_settle(career) && career_conclude(&verdict, career);
        if (done) {
            assert_int_equal(verdict.title_count, whole.title_count);
            assert_int_equal(verdict.titles[0].answer, whole.titles[0].answer);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_held_on_the_days_of_their_credentials),
        cmocka_unit_test(operators_are_kleene_s),
        cmocka_unit_test(experience_makes_certified_of_tested),
        cmocka_unit_test(work_that_is_doubted_counts_as_perhaps),
        cmocka_unit_test(titles_hold_when_their_expressions_do),
        cmocka_unit_test(a_shop_holds_memberships_and_a_technician_does_not),
        cmocka_unit_test(what_shops_hold_is_not_the_technician_s),
        cmocka_unit_test(a_full_arena_is_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
