#include "protocol/rules/career.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/career_rows.h"

static struct career_case given;

#define FIRST_A8 "prerequisite L1: A8"
#define MASTER "title Master: A1 and A2"
#define NINETY_DAYS "experience A*: experience 90 days in work"

/* ---- packs follow each other ---- */

#define WITH_L1 "title Master: A1 and L1"
#define WITHOUT_L1 "title Master: A1"
#define FOR_LIFE_WITH_L1 "title Master: for life (A1 and L1)"

static const struct career_row version_rows[] = {
    ROW_OF_TWO("more is asked for: the day before", WITHOUT_L1, WITH_L1, "\"Master\"", ROWS_LATER_FROM - 1,
               YES, EXAM("A1", 1000, 2000)),
    ROW_OF_TWO("more is asked for: from that day", WITHOUT_L1, WITH_L1, "\"Master\"", ROWS_LATER_FROM, NO,
               EXAM("A1", 1000, 2000)),
    ROW_OF_TWO("less is asked for: the day before", WITH_L1, WITHOUT_L1, "\"Master\"", ROWS_LATER_FROM - 1,
               NO, EXAM("A1", 1000, 2000)),
    ROW_OF_TWO("less is asked for: from that day", WITH_L1, WITHOUT_L1, "\"Master\"", ROWS_LATER_FROM, YES,
               EXAM("A1", 1000, 2000)),
    ROW_OF_TWO("a title is gone: the day before", WITHOUT_L1, "", "\"Master\"", ROWS_LATER_FROM - 1, YES,
               EXAM("A1", 1000, 2000)),
    ROW_OF_TWO("a title is gone: from that day", WITHOUT_L1, "", "\"Master\"", ROWS_LATER_FROM, NO,
               EXAM("A1", 1000, 2000)),
    ROW_OF_TWO("once reached by the pack of its day it is for life", "title Master: for life (A1)",
               FOR_LIFE_WITH_L1, "\"Master\"", 3000, YES, EXAM("A1", 1000, 1200)),
    ROW_OF_TWO("also where that pack did not say so", WITHOUT_L1, FOR_LIFE_WITH_L1, "\"Master\"", 3000, YES,
               EXAM("A1", 1000, 1200)),
    ROW_OF_TWO("but it lapsed until then", WITHOUT_L1, FOR_LIFE_WITH_L1, "\"Master\"", ROWS_LATER_FROM - 1,
               NO, EXAM("A1", 1000, 1200)),
    ROW_OF_TWO("it is no longer for life", "title Master: for life (A1)", WITHOUT_L1, "\"Master\"",
               ROWS_LATER_FROM, NO, EXAM("A1", 1000, 1200)),
    ROW_OF_TWO("never reached it is not for life", "title Master: for life (A1)", FOR_LIFE_WITH_L1,
               "\"Master\"", 3000, NO, EXAM("A2", 1000, 1200)),
    ROW_OF_TWO("a prerequisite that is no longer asked for: the day before", FIRST_A8, "", "L1",
               ROWS_LATER_FROM - 1, NO, EXAM("L1", 1000, 2000)),
    ROW_OF_TWO("a prerequisite that is no longer asked for: from that day", FIRST_A8, "", "L1",
               ROWS_LATER_FROM, YES, EXAM("L1", 1000, 2000)),
    ROW_OF_TWO("one earned on the day of the change", FIRST_A8, "", "L1", 1800, YES,
               EXAM("L1", ROWS_LATER_FROM, 2000)),
    ROW_OF_TWO("one that is asked for later takes nothing away", "", FIRST_A8, "L1", 1800, YES,
               EXAM("L1", ROWS_LATER_FROM - 1, 2000)),
    ROW_OF_TWO("also where that day is not", "", FIRST_A8, "L1", 1800, YES, EXAM("L1", 1000, 2000)),
    ROW_OF_TWO("but what had not begun begins by the pack of its own day", FIRST_A8,
               "prerequisite L1: A8 and A9", "L1", 1800, NO, EXAM("L1", 1000, 2000), EXAM("A8", 1600, 2000)),
    ROW_OF_TWO("a kind of attestation that is asked for later", "", "prerequisite L1: basis exam",
               "tested L1", 1800, YES, TRAINED("L1", ROWS_LATER_FROM - 1, 2000)),
    ROW_OF_TWO("of one earned later", "", "prerequisite L1: basis exam", "tested L1", 1800, NO,
               TRAINED("L1", ROWS_LATER_FROM, 2000)),
    ROW_OF_TWO("experience that is asked for later takes nothing away", "", NINETY_DAYS, "A1",
               ROWS_LATER_FROM, YES, EXAM("A1", 1000, 2000)),
    ROW_OF_TWO("of one earned later it is asked for", "", NINETY_DAYS, "A1", 1800, NO,
               EXAM("A1", ROWS_LATER_FROM, 2000)),
    ROW_OF_TWO("experience is no longer asked for: before", NINETY_DAYS, "", "A1", ROWS_LATER_FROM - 1, NO,
               EXAM("A1", 1000, 2000)),
    ROW_OF_TWO("experience is no longer asked for: from then on", NINETY_DAYS, "", "A1", ROWS_LATER_FROM, YES,
               EXAM("A1", 1000, 2000)),
    ROW_OF_TWO("a condition is that of each day: before", "", "condition A1: A2", "A1", ROWS_LATER_FROM - 1,
               YES, EXAM("A1", 1000, 2000)),
    ROW_OF_TWO("a condition is that of each day: from then on", "", "condition A1: A2", "A1", ROWS_LATER_FROM,
               NO, EXAM("A1", 1000, 2000)),
    ROW_OF_TWO("one rule for both packs", NINETY_DAYS, NINETY_DAYS, "A1", ROWS_LATER_FROM, YES,
               EXAM("A1", 1000, 2000), WORKED(1101, 1300)),
};

static void what_has_begun_stays_and_all_else_is_judged_each_day(void **state)
{
    (void)state;
    CHECK_ROWS(&given, version_rows);
}

static void what_a_disputed_pack_says_is_not_known(void **state)
{
    (void)state;
    career_rows_build(&given, MASTER, MASTER,
                      (const struct earned[]){EXAM("A1", 1000, 2000), EXAM("A2", 1000, 2000), {0}});
    given.built.packs[1].place.seq = 99;
    given.built.logs[CAREER_ASE].forked = true;
    given.built.logs[CAREER_ASE].fork_seq = 99;
    struct day_truth days = career_case_days(&given, "\"Master\"", 1600);
    assert_int_equal(day_truth_on(&days, ROWS_LATER_FROM - 1), ANSWER_YES);
    assert_int_equal(day_truth_on(&days, ROWS_LATER_FROM), ANSWER_UNKNOWN);
    days = career_case_days(&given, "tested A1", 1600);
    assert_int_equal(day_truth_on(&days, ROWS_LATER_FROM), ANSWER_UNKNOWN);
    assert_int_equal(day_truth_on(&days, 2001), ANSWER_NO);
}

static void stale_evidence_leaves_all_open_and_refuses_nothing(void **state)
{
    (void)state;
    career_rows_build(&given, MASTER, NULL,
                      (const struct earned[]){EXAM("A1", 1000, 2000), EXAM("A2", 1000, 2000), {0}});
    given.question.now_s = BUILT_TIME_S + 90000;
    struct day_truth days = career_case_days(&given, "\"Master\"", 1500);
    assert_int_equal(day_truth_on(&days, 1500), ANSWER_UNKNOWN);
    assert_int_equal(day_truth_on(&days, 2001), ANSWER_UNKNOWN);
}

static void segments_follow_each_other(void **state)
{
    (void)state;
    size_t count;
    career_rows_build(&given, "", "", (const struct earned[]){{0}});
    struct career *career = career_case_settle(&given, 1500);
    struct career_space *ase = career_space(career, bytes_of_string("ase"));
    const struct pack_segment *segments, *segment;
    assert_true(career_packs(&segments, &count, career, ase, PACK_RULE_TITLE));
    assert_int_equal(count, 2);
    assert_int_equal(segments[0].first_day, ROWS_PACK_FROM);
    assert_int_equal(segments[0].last_day, ROWS_LATER_FROM - 1);
    assert_int_equal(segments[1].first_day, ROWS_LATER_FROM);
    assert_int_equal(segments[1].last_day, DAY_NONE);
    assert_true(career_pack_on(&segment, career, ase, PACK_RULE_TITLE, ROWS_PACK_FROM - 1));
    assert_null(segment);
    assert_true(career_pack_on(&segment, career, ase, PACK_RULE_TITLE, ROWS_LATER_FROM));
    assert_ptr_equal(segment, &segments[1]);
    assert_null(career_space(career, bytes_of_string("nobody")));
    struct career_space *epa = career_space(career, bytes_of_string("epa"));
    assert_true(career_packs(&segments, &count, career, epa, PACK_RULE_TITLE));
    assert_int_equal(count, 0);
}

static void a_pack_overruled_by_an_older_one_s_version_has_no_segment(void **state)
{
    (void)state;
    size_t count;
    career_case_begin(&given);
    career_case_pack(&given, "ase", 5, ROWS_PACK_FROM, ROWS_CODES, MASTER);
    career_case_pack(&given, "ase", 2, ROWS_LATER_FROM, ROWS_CODES, "");
    struct career *career = career_case_settle(&given, 1500);
    struct career_space *ase = career_space(career, bytes_of_string("ase"));
    const struct pack_segment *segments;
    assert_true(career_packs(&segments, &count, career, ase, PACK_RULE_TITLE));
    assert_int_equal(count, 1);
    assert_int_equal(segments[0].pack->pack.version, 5);
    assert_int_equal(segments[0].last_day, DAY_NONE);
    assert_int_equal(segments[0].rules.count, 1);
    assert_int_equal(segments[0].rules.rules[0].expression.op, EXPRESSION_ALL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_begun_stays_and_all_else_is_judged_each_day),
        cmocka_unit_test(what_a_disputed_pack_says_is_not_known),
        cmocka_unit_test(stale_evidence_leaves_all_open_and_refuses_nothing),
        cmocka_unit_test(segments_follow_each_other),
        cmocka_unit_test(a_pack_overruled_by_an_older_one_s_version_has_no_segment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
