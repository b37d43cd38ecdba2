#include "protocol/rules/career.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/career_builder.h"

enum {
    PACK_FROM = 100,
    LATER_FROM = 1500, /* of the second pack */
    ROWS_EARNED_MAX = 7,
};
#define CODES "A1 A2 A3 A4 A5 A6 A7 A8 A9 B1 B2 L1 guild school seal work"
#define EVER DAY_NONE

static struct career_case given;

/* Earned on its first day. */
#define EXAM(code, first, last)                                                                              \
    {                                                                                                        \
        "ase/" code, BASIS_EXAM, first, first, last                                                          \
    }
#define RECERTIFIED(code, first, last)                                                                       \
    {                                                                                                        \
        "ase/" code, BASIS_RECERTIFICATION, first, first, last                                               \
    }
#define RENEWED(code, first, last)                                                                           \
    {                                                                                                        \
        "ase/" code, BASIS_RENEWAL, first, first, last                                                       \
    }
#define TRAINED(code, first, last)                                                                           \
    {                                                                                                        \
        "ase/" code, BASIS_TRAINING, first, first, last                                                      \
    }
#define WORKED(first, last)                                                                                  \
    {                                                                                                        \
        "ase/work", BASIS_EXPERIENCE, first, first, last                                                     \
    }

struct row {
    const char *why;
    const char *rules;
    const char *later; /* of the second pack; NULL: there is none */
    struct earned earned[ROWS_EARNED_MAX];
    const char *asked;
    uint32_t day;
    enum answer answer;
};

static void build(const char *rules, const char *later, const struct earned *earned)
{
    career_case_begin(&given);
    career_case_pack(&given, "ase", 1, PACK_FROM, CODES, rules);
    if (later != NULL) {
        career_case_pack(&given, "ase", 2, LATER_FROM, CODES, later);
    }
    career_case_earn(&given, earned);
}

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        build(rows[i].rules, rows[i].later, rows[i].earned);
        struct day_truth days = career_case_days(&given, rows[i].asked, rows[i].day);
        enum answer answer = day_truth_on(&days, rows[i].day);
        if (answer != rows[i].answer) {
            fail_msg("%s: %d, not %d", rows[i].why, (int)answer, (int)rows[i].answer);
        }
    }
}
#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof(rows)[0])

/* ---- codes ---- */

static const struct row code_rows[] = {
    {"a test is held on its first day", "", NULL, {EXAM("A1", 1000, 2000)}, "A1", 1000, ANSWER_YES},
    {"not on the day before", "", NULL, {EXAM("A1", 1000, 2000)}, "A1", 999, ANSWER_NO},
    {"on its last day", "", NULL, {EXAM("A1", 1000, 2000)}, "A1", 2000, ANSWER_YES},
    {"not on the day after", "", NULL, {EXAM("A1", 1000, 2000)}, "A1", 2001, ANSWER_NO},
    {"for life, long after", "", NULL, {EXAM("A1", 1000, EVER)}, "A1", 90000, ANSWER_YES},
    {"another code is not", "", NULL, {EXAM("A1", 1000, 2000)}, "A2", 1000, ANSWER_NO},
    {"a pattern holds by any of its codes", "", NULL, {EXAM("A1", 1000, 2000)}, "A*", 1500, ANSWER_YES},
    {"a pattern of other codes does not", "", NULL, {EXAM("B1", 1000, 2000)}, "A*", 1500, ANSWER_NO},
    {"two runs of one code join",
     "",
     NULL,
     {EXAM("A1", 1000, 1400), RECERTIFIED("A1", 1401, 2000)},
     "A1",
     1401,
     ANSWER_YES},
    {"and leave the gap between them",
     "",
     NULL,
     {EXAM("A1", 1000, 1400), RECERTIFIED("A1", 1402, 2000)},
     "A1",
     1401,
     ANSWER_NO},
    {"a code that begins with another's name is another",
     "",
     NULL,
     {EXAM("A1", 1000, 2000)},
     "A",
     1500,
     ANSWER_NO},
    {"what documents work is no test", "", NULL, {WORKED(1000, 2000)}, "tested work", 1500, ANSWER_NO},
    {"training is, and is called so",
     "",
     NULL,
     {TRAINED("school", 1000, 2000)},
     "trained school",
     1500,
     ANSWER_YES},
    {"an exam is no training", "", NULL, {EXAM("school", 1000, 2000)}, "trained school", 1500, ANSWER_NO},
    {"trained is asked of that code's training days alone",
     "",
     NULL,
     {EXAM("school", 1000, 2000), TRAINED("school", 1000, 1200)},
     "trained school",
     1201,
     ANSWER_NO},
    {"a namespace without packs leaves its codes open",
     "",
     NULL,
     {{"epa/609", BASIS_EXAM, 1000, 1000, EVER}},
     "epa/609",
     1500,
     ANSWER_UNKNOWN},
    {"nothing was earned", "", NULL, {{NULL}}, "A1", 1000, ANSWER_NO},
};

static void codes_are_held_on_the_days_of_their_credentials(void **state)
{
    (void)state;
    CHECK_ROWS(code_rows);
}

/* ---- operators ---- */

static const struct row operator_rows[] = {
    {"all, on the first day of the second",
     "",
     NULL,
     {EXAM("A1", 200, 9000), EXAM("A2", 1000, 2000)},
     "A1 and A2",
     1000,
     ANSWER_YES},
    {"not: on the last day of what is excluded",
     "",
     NULL,
     {EXAM("A1", 1000, 2000)},
     "not A1",
     2000,
     ANSWER_NO},
    {"not: on the day after", "", NULL, {EXAM("A1", 1000, 2000)}, "not A1", 2001, ANSWER_YES},
    {"any, with one", "", NULL, {EXAM("A2", 1000, 2000)}, "A1 or A2", 1000, ANSWER_YES},
    {"any, with none", "", NULL, {EXAM("A3", 1000, 2000)}, "A1 or A2", 1000, ANSWER_NO},
    {"any 2 of 3, with one", "", NULL, {EXAM("A1", 1000, 2000)}, "any 2 of (A1, A2, A3)", 1500, ANSWER_NO},
    {"any 2 of 3, with two",
     "",
     NULL,
     {EXAM("A1", 1000, 2000), EXAM("A3", 1500, 2500)},
     "any 2 of (A1, A2, A3)",
     1500,
     ANSWER_YES},
    {"any 2 of 3, on the day after the first ended",
     "",
     NULL,
     {EXAM("A1", 1000, 2000), EXAM("A3", 1500, 2500)},
     "any 2 of (A1, A2, A3)",
     2001,
     ANSWER_NO},
    {"for life, the day before both were there",
     "",
     NULL,
     {EXAM("A1", 1000, 2000), EXAM("A2", 1500, 2500)},
     "for life (A1 and A2)",
     1499,
     ANSWER_NO},
    {"for life, long after both are gone",
     "",
     NULL,
     {EXAM("A1", 1000, 2000), EXAM("A2", 1500, 2500)},
     "for life (A1 and A2)",
     9000,
     ANSWER_YES},
    {"for life, when they never met",
     "",
     NULL,
     {EXAM("A1", 1000, 1499), EXAM("A2", 1500, 2500)},
     "for life (A1 and A2)",
     9000,
     ANSWER_NO},
    {"in a state, not said which", "", NULL, {{NULL}}, "in state TX", 1500, ANSWER_UNKNOWN},
    {"in a network, affiliated with nobody", "", NULL, {{NULL}}, "in network ase/seal", 1500, ANSWER_NO},
    {"what is not known does not spoil an any",
     "",
     NULL,
     {EXAM("A1", 1000, 2000)},
     "A1 or in state TX",
     1500,
     ANSWER_YES},
    {"nor save an all", "", NULL, {{NULL}}, "A1 and in state TX", 1500, ANSWER_NO},
    {"an all with it is not known",
     "",
     NULL,
     {EXAM("A1", 1000, 2000)},
     "A1 and in state TX",
     1500,
     ANSWER_UNKNOWN},
};

static void operators_are_kleene_s(void **state)
{
    (void)state;
    CHECK_ROWS(operator_rows);
}

static void a_state_is_answered_where_it_is_said(void **state)
{
    (void)state;
    build("condition A1: in state (OH, TX)", NULL, (const struct earned[]){EXAM("A1", 1000, 2000), {NULL}});
    given.question.state = bytes_of_string("TX");
    assert_int_equal(career_case_conclude(&given, "A1", 1500).requirement, ANSWER_YES);
    assert_int_equal(given.credentials.verdicts[0].axes[AXIS_STATUS].answer, ANSWER_YES);
    given.question.state = bytes_of_string("NY");
    assert_int_equal(career_case_conclude(&given, "A1", 1500).requirement, ANSWER_NO);
    assert_int_equal(given.credentials.verdicts[0].axes[AXIS_STATUS].answer, ANSWER_NO);
    assert_int_equal(given.credentials.verdicts[0].axes[AXIS_STATUS].reason, REASON_OTHER_STATE);
    given.question.state = bytes_of(NULL, 0);
    assert_int_equal(career_case_conclude(&given, "A1", 1500).requirement, ANSWER_UNKNOWN);
    assert_int_equal(given.credentials.verdicts[0].axes[AXIS_STATUS].answer, ANSWER_UNKNOWN);
    assert_int_equal(given.credentials.verdicts[0].axes[AXIS_STATUS].reason, REASON_OTHER_STATE);
    assert_int_equal(given.credentials.verdicts[0].overall, OVERALL_UNDETERMINED);
}

static const struct {
    const char *why;
    const char *condition;
    enum answer answer;
    enum reason reason;
} condition_rows[] = {
    {"outside of the network", "in network ase/seal", ANSWER_NO, REASON_OUTSIDE_NETWORK},
    {"an operator of later times", "?", ANSWER_UNKNOWN, REASON_RULE_UNKNOWN},
    {"another code that is not there", "A2", ANSWER_NO, REASON_CONDITION},
    {"of two one is to blame", "in network ase/seal and A1", ANSWER_NO, REASON_OUTSIDE_NETWORK},
    {"of two both are", "in network ase/seal and A2", ANSWER_NO, REASON_CONDITION},
};

static void conditions_say_what_is_to_blame(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof condition_rows / sizeof condition_rows[0]; i++) {
        char rules[128];
        snprintf(rules, sizeof rules, "condition B1: %s", condition_rows[i].condition);
        build(rules, NULL, (const struct earned[]){EXAM("A1", 1000, 2000), EXAM("B1", 1000, 2000), {NULL}});
        career_case_settle(&given, 1500);
        struct axis_answer status = given.credentials.verdicts[1].axes[AXIS_STATUS];
        if (status.answer != condition_rows[i].answer || status.reason != condition_rows[i].reason) {
            fail_msg("%s: %d %s", condition_rows[i].why, (int)status.answer, reason_word(status.reason));
        }
    }
}

/* ---- prerequisites ---- */

#define FIRST_A8 "prerequisite L1: A8"

static const struct row prerequisite_rows[] = {
    {"what must come first is there on that day",
     FIRST_A8,
     NULL,
     {EXAM("A8", 1000, 1200), EXAM("L1", 1200, 2000)},
     "L1",
     1500,
     ANSWER_YES},
    {"it lapsed the day before",
     FIRST_A8,
     NULL,
     {EXAM("A8", 1000, 1199), EXAM("L1", 1200, 2000)},
     "L1",
     1500,
     ANSWER_NO},
    {"it came a day later",
     FIRST_A8,
     NULL,
     {EXAM("A8", 1201, 2000), EXAM("L1", 1200, 2000)},
     "L1",
     1500,
     ANSWER_NO},
    {"it came on the same day",
     FIRST_A8,
     NULL,
     {EXAM("L1", 1200, 2000), EXAM("A8", 1200, 2000)},
     "L1",
     1500,
     ANSWER_YES},
    {"it was never there", FIRST_A8, NULL, {EXAM("L1", 1200, 2000)}, "L1", 1500, ANSWER_NO},
    {"recertification does not ask for it",
     FIRST_A8,
     NULL,
     {RECERTIFIED("L1", 1200, 2000)},
     "L1",
     1500,
     ANSWER_YES},
    {"another code's prerequisite is none", FIRST_A8, NULL, {EXAM("A1", 1200, 2000)}, "A1", 1500, ANSWER_YES},
    {"the rule for the code goes before a pattern",
     "prerequisite *: A8\nprerequisite L1: A1",
     NULL,
     {EXAM("L1", 1200, 2000)},
     "L1",
     1500,
     ANSWER_NO},
    {"one that is not understood leaves it open",
     "prerequisite L1: ?",
     NULL,
     {EXAM("L1", 1200, 2000)},
     "L1",
     1500,
     ANSWER_UNKNOWN},
    {"but not on days on which there is nothing",
     "prerequisite L1: ?",
     NULL,
     {EXAM("L1", 1200, 2000)},
     "L1",
     2001,
     ANSWER_NO},
    {"a chain of them holds",
     "prerequisite L1: A8\nprerequisite A8: A1",
     NULL,
     {EXAM("A1", 1000, 2000), EXAM("A8", 1000, 2000), EXAM("L1", 1200, 2000)},
     "L1",
     1500,
     ANSWER_YES},
    {"a chain of them breaks",
     "prerequisite L1: A8\nprerequisite A8: A1",
     NULL,
     {EXAM("A8", 1000, 2000), EXAM("L1", 1200, 2000)},
     "L1",
     1500,
     ANSWER_NO},
    {"a code that asks for itself is not known",
     "prerequisite A1: A1",
     NULL,
     {EXAM("A1", 1200, 2000)},
     "A1",
     1500,
     ANSWER_UNKNOWN},
    {"nor are two that ask for each other",
     "prerequisite A1: A2\nprerequisite A2: A1",
     NULL,
     {EXAM("A1", 1200, 2000), EXAM("A2", 1200, 2000)},
     "A1",
     1500,
     ANSWER_UNKNOWN},
    {"nor is the other",
     "prerequisite A1: A2\nprerequisite A2: A1",
     NULL,
     {EXAM("A1", 1200, 2000), EXAM("A2", 1200, 2000)},
     "A2",
     1500,
     ANSWER_UNKNOWN},
    {"a retake on the 30th day after",
     "prerequisite *: 30 days apart from (exam, recertification)",
     NULL,
     {EXAM("A1", 1000, 1010), EXAM("A1", 1030, 2000)},
     "A1",
     1500,
     ANSWER_YES},
    {"a retake on the day before",
     "prerequisite *: 30 days apart from (exam, recertification)",
     NULL,
     {EXAM("A1", 1000, 1010), EXAM("A1", 1029, 2000)},
     "A1",
     1500,
     ANSWER_NO},
    {"two on one day are no retake",
     "prerequisite *: 30 days apart from exam",
     NULL,
     {EXAM("A1", 1000, 1010), EXAM("A1", 1000, 2000)},
     "A1",
     1500,
     ANSWER_YES},
    {"of another code it is no retake",
     "prerequisite *: 30 days apart from exam",
     NULL,
     {EXAM("A1", 1000, 1010), EXAM("A2", 1001, 2000)},
     "A2",
     1500,
     ANSWER_YES},
    {"a retake that did not count is as if it had not been",
     "prerequisite *: 30 days apart from exam",
     NULL,
     {EXAM("A1", 1000, 1010), EXAM("A1", 1020, 1100), EXAM("A1", 1040, 2000)},
     "A1",
     1500,
     ANSWER_YES},
};

static void prerequisites_are_asked_on_the_day_earned(void **state)
{
    (void)state;
    CHECK_ROWS(prerequisite_rows);
}

static void refused_credentials_say_why(void **state)
{
    (void)state;
    build(FIRST_A8 "\nprerequisite A1: ?", NULL,
          (const struct earned[]){
              EXAM("L1", 1200, 2000), RENEWED("A8", 1200, 2000), EXAM("A1", 1, EVER), {NULL}});
    career_case_settle(&given, 1500);
    const struct credential_verdict *verdicts = given.credentials.verdicts;
    assert_int_equal(verdicts[0].axes[AXIS_AUTHORITY].answer, ANSWER_NO);
    assert_int_equal(verdicts[0].axes[AXIS_AUTHORITY].reason, REASON_PREREQUISITE);
    assert_int_equal(verdicts[0].overall, OVERALL_INVALID);
    assert_int_equal(verdicts[1].axes[AXIS_AUTHORITY].answer, ANSWER_NO);
    assert_int_equal(verdicts[1].axes[AXIS_AUTHORITY].reason, REASON_RENEWAL);
}

/* Each rests on the next, up to a code that is simply held. */
static void check_chain(const char *const *codes, size_t count, enum answer answer)
{
    char rules[1024] = "";
    struct earned earned[12] = {{NULL}};
    char names[12][16];
    assert_true(count <= 11);
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(rules);
        if (i + 1 < count) {
            snprintf(rules + used, sizeof rules - used, "prerequisite %s: tested %s\n", codes[i],
                     codes[i + 1]);
        }
        snprintf(names[i], sizeof names[i], "ase/%s", codes[i]);
        earned[i] = (struct earned){names[i], BASIS_EXAM, 1000, 1000, 2000};
    }
    build(rules, NULL, earned);
    struct day_truth days = career_case_days(&given, codes[0], 1500);
    assert_int_equal(day_truth_on(&days, 1500), answer);
}

static void references_are_followed_so_far_and_no_further(void **state)
{
    (void)state;
    static const char *const codes[] = {"A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "B1", "B2"};
    check_chain(codes, EXPRESSION_DEPTH_MAX + 1, ANSWER_YES);
    check_chain(codes, EXPRESSION_DEPTH_MAX + 2, ANSWER_UNKNOWN);
}

/* ---- renewals ---- */

#define BY_APP "renewal A*: basis recertification or (in time and adds at most 12 months)"

static const struct row renewal_rows[] = {
    {"recertification needs no rule", "", NULL, {RECERTIFIED("A1", 1200, 2000)}, "A1", 1500, ANSWER_YES},
    {"renewal needs one",
     "",
     NULL,
     {EXAM("A1", 1000, 1400), RENEWED("A1", 1200, 2000)},
     "A1",
     1500,
     ANSWER_NO},
    {"renewal by its rule",
     BY_APP,
     NULL,
     {EXAM("A1", 1000, 1400), RENEWED("A1", 1200, 1700)},
     "A1",
     1500,
     ANSWER_YES},
    {"renewal of a code that the rule is not for",
     BY_APP,
     NULL,
     {EXAM("B1", 1000, 1400), RENEWED("B1", 1200, 1700)},
     "B1",
     1500,
     ANSWER_NO},
    {"in time on the last day",
     BY_APP,
     NULL,
     {EXAM("A1", 1000, 1400), RENEWED("A1", 1400, 1700)},
     "A1",
     1500,
     ANSWER_YES},
    {"too late on the day after",
     BY_APP,
     NULL,
     {EXAM("A1", 1000, 1400), RENEWED("A1", 1401, 1700)},
     "A1",
     1500,
     ANSWER_NO},
    {"within the days of grace",
     "renewal A*: in time within 30 days",
     NULL,
     {EXAM("A1", 1000, 1400), RENEWED("A1", 1430, 1700)},
     "A1",
     1500,
     ANSWER_YES},
    {"a day after them",
     "renewal A*: in time within 30 days",
     NULL,
     {EXAM("A1", 1000, 1400), RENEWED("A1", 1431, 1700)},
     "A1",
     1500,
     ANSWER_NO},
    {"what was earned later does not help",
     "renewal A*: in time",
     NULL,
     {RENEWED("A1", 1200, 1700), EXAM("A1", 1201, 1400)},
     "A1",
     1500,
     ANSWER_NO},
    {"on the same day what was said first helps",
     "renewal A*: in time",
     NULL,
     {EXAM("A1", 1200, 1400), RENEWED("A1", 1200, 1700)},
     "A1",
     1500,
     ANSWER_YES},
    {"what was said after it does not",
     "renewal A*: in time",
     NULL,
     {RENEWED("A1", 1200, 1700), EXAM("A1", 1200, 1400)},
     "A1",
     1500,
     ANSWER_NO},
    {"a renewal renews a renewal",
     "renewal A*: in time",
     NULL,
     {EXAM("A1", 1000, 1100), RENEWED("A1", 1100, 1300), RENEWED("A1", 1300, 1700)},
     "A1",
     1500,
     ANSWER_YES},
    {"but not one that does not count",
     "renewal A*: in time",
     NULL,
     {EXAM("A1", 1000, 1100), RENEWED("A1", 1101, 1300), RENEWED("A1", 1300, 1700)},
     "A1",
     1500,
     ANSWER_NO},
    {"adding exactly a year",
     BY_APP,
     NULL,
     {EXAM("A1", 1000, 1400), RENEWED("A1", 1200, 1766)},
     "A1",
     1500,
     ANSWER_YES},
    {"adding a year and a day",
     BY_APP,
     NULL,
     {EXAM("A1", 1000, 1400), RENEWED("A1", 1200, 1767)},
     "A1",
     1500,
     ANSWER_NO},
    {"adding for life",
     BY_APP,
     NULL,
     {EXAM("A1", 1000, 1400), RENEWED("A1", 1200, EVER)},
     "A1",
     1500,
     ANSWER_NO},
    {"adding to what is for life",
     BY_APP,
     NULL,
     {EXAM("A1", 1000, EVER), RENEWED("A1", 1200, 1300)},
     "A1",
     1500,
     ANSWER_YES},
    {"renewed twice within a year",
     "renewal A*: 12 months apart from renewal",
     NULL,
     {EXAM("A1", 1000, 1100), RENEWED("A1", 1050, 1200), RENEWED("A1", 1100, 2000)},
     "A1",
     1500,
     ANSWER_NO},
    {"renewed twice a year apart",
     "renewal A*: 12 months apart from renewal",
     NULL,
     {EXAM("A1", 1000, 1100), RENEWED("A1", 1050, 1200), RENEWED("A1", 1415, 2000)},
     "A1",
     1500,
     ANSWER_YES},
    {"a rule that is not understood",
     "renewal A*: ?",
     NULL,
     {RENEWED("A1", 1200, 1700)},
     "A1",
     1500,
     ANSWER_UNKNOWN},
};

static void renewals_rest_on_what_was_held_before(void **state)
{
    (void)state;
    CHECK_ROWS(renewal_rows);
}

static uint32_t day_of(const char *text)
{
    uint32_t day = DAY_NONE;
    assert_true(day_from_text(&day, bytes_of_string(text)));
    return day;
}

static const struct {
    const char *why;
    const char *lapses, *renewed_to;
    enum answer answer;
} anniversary_rows[] = {
    {"a year from 29 February ends on the 28th", "2024-02-29", "2025-02-28", ANSWER_YES},
    {"and not on 1 March", "2024-02-29", "2025-03-01", ANSWER_NO},
    {"a year into a leap year ends on the same day", "2023-02-28", "2024-02-28", ANSWER_YES},
    {"and not on the 29th", "2023-02-28", "2024-02-29", ANSWER_NO},
    {"a year from its last day", "2024-12-31", "2025-12-31", ANSWER_YES},
    {"and not into the next", "2024-12-31", "2026-01-01", ANSWER_NO},
};

static void a_year_ends_on_the_anniversary(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof anniversary_rows / sizeof anniversary_rows[0]; i++) {
        uint32_t lapses = day_of(anniversary_rows[i].lapses);
        const struct earned earned[] = {
            EXAM("A1", 20000, lapses), RENEWED("A1", lapses, day_of(anniversary_rows[i].renewed_to)), {NULL}};
        build(BY_APP, NULL, earned);
        struct day_truth days = career_case_days(&given, "A1", lapses);
        if (day_truth_on(&days, lapses + 1) != anniversary_rows[i].answer) {
            fail_msg("%s", anniversary_rows[i].why);
        }
    }
}

/* ---- experience ---- */

#define TWO_WAYS                                                                                             \
    "experience A*: experience 100 days in work or (experience 50 days in work and trained school)"

static const struct row experience_rows[] = {
    {"tested is not certified", TWO_WAYS, NULL, {EXAM("A1", 1000, 2000)}, "A1", 1500, ANSWER_NO},
    {"but tested", TWO_WAYS, NULL, {EXAM("A1", 1000, 2000)}, "tested A1", 1500, ANSWER_YES},
    {"the day before the last one asked for",
     TWO_WAYS,
     NULL,
     {EXAM("A1", 1000, 2000), WORKED(1101, 1300)},
     "A1",
     1199,
     ANSWER_NO},
    {"the last one asked for",
     TWO_WAYS,
     NULL,
     {EXAM("A1", 1000, 2000), WORKED(1101, 1300)},
     "A1",
     1200,
     ANSWER_YES},
    {"work without a test is nothing", TWO_WAYS, NULL, {WORKED(1101, 1300)}, "A1", 1300, ANSWER_NO},
    {"a school takes the place of half",
     TWO_WAYS,
     NULL,
     {EXAM("A1", 1000, 2000), WORKED(1101, 1300), TRAINED("school", 500, EVER)},
     "A1",
     1150,
     ANSWER_YES},
    {"not on the day before",
     TWO_WAYS,
     NULL,
     {EXAM("A1", 1000, 2000), WORKED(1101, 1300), TRAINED("school", 500, EVER)},
     "A1",
     1149,
     ANSWER_NO},
    {"days said twice count once",
     TWO_WAYS,
     NULL,
     {EXAM("A1", 1000, 2000), WORKED(1101, 1150), WORKED(1101, 1150)},
     "A1",
     1500,
     ANSWER_NO},
    {"two times of work add up",
     TWO_WAYS,
     NULL,
     {EXAM("A1", 1000, 2000), WORKED(1101, 1150), WORKED(1201, 1300)},
     "A1",
     1250,
     ANSWER_YES},
    {"another code's rule is not asked", TWO_WAYS, NULL, {EXAM("B1", 1000, 2000)}, "B1", 1500, ANSWER_YES},
    {"work that goes on counts up to the day asked about",
     TWO_WAYS,
     NULL,
     {EXAM("A1", 1000, 2000), WORKED(1101, EVER)},
     "A1",
     1200,
     ANSWER_YES},
    {"and not on the day before",
     TWO_WAYS,
     NULL,
     {EXAM("A1", 1000, 2000), WORKED(1101, EVER)},
     "A1",
     1199,
     ANSWER_NO},
    {"asked for as such", "", NULL, {WORKED(1101, 1300)}, "experience 100 days in work", 1200, ANSWER_YES},
    {"under another code there is none",
     "",
     NULL,
     {WORKED(1101, 1300)},
     "experience 1 day in school",
     1200,
     ANSWER_NO},
};

static void experience_makes_certified_of_tested(void **state)
{
    (void)state;
    CHECK_ROWS(experience_rows);
}

static void work_that_is_doubted_counts_as_perhaps(void **state)
{
    (void)state;
    build(TWO_WAYS, NULL, (const struct earned[]){EXAM("A1", 1000, 2000), WORKED(1101, 1300), {NULL}});
    build_event(&given.built, &given.built.credentials[1], STATUS_REVOKED, 1250, 90, true);
    struct day_truth days = career_case_days(&given, "A1", 1500);
    assert_int_equal(day_truth_on(&days, 1249), ANSWER_YES);
    assert_int_equal(day_truth_on(&days, 1250), ANSWER_UNKNOWN);
}

/* ---- titles ---- */

#define MASTER "title Master: A1 and A2"

static const struct row title_rows[] = {
    {"with all",
     MASTER,
     NULL,
     {EXAM("A1", 1000, 2000), EXAM("A2", 1100, 1900)},
     "\"Master\"",
     1100,
     ANSWER_YES},
    {"the day before the last came",
     MASTER,
     NULL,
     {EXAM("A1", 1000, 2000), EXAM("A2", 1100, 1900)},
     "\"Master\"",
     1099,
     ANSWER_NO},
    {"on the day on which the first lapses",
     MASTER,
     NULL,
     {EXAM("A1", 1000, 2000), EXAM("A2", 1100, 1900)},
     "\"Master\"",
     1900,
     ANSWER_YES},
    {"the day after",
     MASTER,
     NULL,
     {EXAM("A1", 1000, 2000), EXAM("A2", 1100, 1900)},
     "\"Master\"",
     1901,
     ANSWER_NO},
    {"of its namespace",
     MASTER,
     NULL,
     {EXAM("A1", 1000, 2000), EXAM("A2", 1100, 1900)},
     "ase:\"Master\"",
     1500,
     ANSWER_YES},
    {"of another namespace",
     MASTER,
     NULL,
     {EXAM("A1", 1000, 2000), EXAM("A2", 1100, 1900)},
     "epa:\"Master\"",
     1500,
     ANSWER_NO},
    {"of a name that no pack has", MASTER, NULL, {EXAM("A1", 1000, 2000)}, "\"Mister\"", 1500, ANSWER_NO},
    {"a title that rests on one",
     MASTER "\ntitle Grand: \"Master\" and A3",
     NULL,
     {EXAM("A1", 1000, 2000), EXAM("A2", 1100, 1900), EXAM("A3", 1200, 1300)},
     "\"Grand\"",
     1300,
     ANSWER_YES},
    {"a title that rests on itself",
     "title Master: \"Master\" or A1",
     NULL,
     {EXAM("A2", 1000, 2000)},
     "\"Master\"",
     1500,
     ANSWER_UNKNOWN},
    {"an operator of later times", "title Master: ?", NULL, {{NULL}}, "\"Master\"", 1500, ANSWER_UNKNOWN},
    {"before any pack there is no title",
     MASTER,
     NULL,
     {EXAM("A1", 10, 2000), EXAM("A2", 10, 1900)},
     "\"Master\"",
     PACK_FROM - 1,
     ANSWER_NO},
};

static void titles_hold_when_their_expressions_do(void **state)
{
    (void)state;
    CHECK_ROWS(title_rows);
}

/* ---- packs follow each other ---- */

#define WITH_L1 "title Master: A1 and L1"
#define WITHOUT_L1 "title Master: A1"
#define FOR_LIFE_WITH_L1 "title Master: for life (A1 and L1)"

static const struct row version_rows[] = {
    {"more is asked for: the day before",
     WITHOUT_L1,
     WITH_L1,
     {EXAM("A1", 1000, 2000)},
     "\"Master\"",
     LATER_FROM - 1,
     ANSWER_YES},
    {"more is asked for: from that day",
     WITHOUT_L1,
     WITH_L1,
     {EXAM("A1", 1000, 2000)},
     "\"Master\"",
     LATER_FROM,
     ANSWER_NO},
    {"less is asked for: the day before",
     WITH_L1,
     WITHOUT_L1,
     {EXAM("A1", 1000, 2000)},
     "\"Master\"",
     LATER_FROM - 1,
     ANSWER_NO},
    {"less is asked for: from that day",
     WITH_L1,
     WITHOUT_L1,
     {EXAM("A1", 1000, 2000)},
     "\"Master\"",
     LATER_FROM,
     ANSWER_YES},
    {"a title is gone: the day before",
     WITHOUT_L1,
     "",
     {EXAM("A1", 1000, 2000)},
     "\"Master\"",
     LATER_FROM - 1,
     ANSWER_YES},
    {"a title is gone: from that day",
     WITHOUT_L1,
     "",
     {EXAM("A1", 1000, 2000)},
     "\"Master\"",
     LATER_FROM,
     ANSWER_NO},
    {"once reached by the pack of its day it is for life",
     "title Master: for life (A1)",
     FOR_LIFE_WITH_L1,
     {EXAM("A1", 1000, 1200)},
     "\"Master\"",
     3000,
     ANSWER_YES},
    {"also where that pack did not say so",
     WITHOUT_L1,
     FOR_LIFE_WITH_L1,
     {EXAM("A1", 1000, 1200)},
     "\"Master\"",
     3000,
     ANSWER_YES},
    {"but it lapsed until then",
     WITHOUT_L1,
     FOR_LIFE_WITH_L1,
     {EXAM("A1", 1000, 1200)},
     "\"Master\"",
     LATER_FROM - 1,
     ANSWER_NO},
    {"it is no longer for life",
     "title Master: for life (A1)",
     WITHOUT_L1,
     {EXAM("A1", 1000, 1200)},
     "\"Master\"",
     LATER_FROM,
     ANSWER_NO},
    {"never reached it is not for life",
     "title Master: for life (A1)",
     FOR_LIFE_WITH_L1,
     {EXAM("A2", 1000, 1200)},
     "\"Master\"",
     3000,
     ANSWER_NO},
    {"a prerequisite is that of the day earned",
     FIRST_A8,
     "",
     {EXAM("L1", LATER_FROM - 1, 2000)},
     "L1",
     1800,
     ANSWER_NO},
    {"one earned on the day of the change",
     FIRST_A8,
     "",
     {EXAM("L1", LATER_FROM, 2000)},
     "L1",
     1800,
     ANSWER_YES},
    {"one that is asked for later", "", FIRST_A8, {EXAM("L1", LATER_FROM - 1, 2000)}, "L1", 1800, ANSWER_YES},
    {"experience is that of each day: before",
     "",
     TWO_WAYS,
     {EXAM("A1", 1000, 2000)},
     "A1",
     LATER_FROM - 1,
     ANSWER_YES},
    {"experience is that of each day: from then on",
     "",
     TWO_WAYS,
     {EXAM("A1", 1000, 2000)},
     "A1",
     LATER_FROM,
     ANSWER_NO},
    {"experience is no longer asked for",
     TWO_WAYS,
     "",
     {EXAM("A1", 1000, 2000)},
     "A1",
     LATER_FROM,
     ANSWER_YES},
    {"a condition is that of each day: before",
     "",
     "condition A1: A2",
     {EXAM("A1", 1000, 2000)},
     "A1",
     LATER_FROM - 1,
     ANSWER_YES},
    {"a condition is that of each day: from then on",
     "",
     "condition A1: A2",
     {EXAM("A1", 1000, 2000)},
     "A1",
     LATER_FROM,
     ANSWER_NO},
    {"one rule for both packs",
     TWO_WAYS,
     TWO_WAYS,
     {EXAM("A1", 1000, 2000), WORKED(1101, 1300)},
     "A1",
     LATER_FROM,
     ANSWER_YES},
};

static void each_day_is_judged_by_its_pack(void **state)
{
    (void)state;
    CHECK_ROWS(version_rows);
}

static void what_a_disputed_pack_says_is_not_known(void **state)
{
    (void)state;
    build(MASTER, MASTER, (const struct earned[]){EXAM("A1", 1000, 2000), EXAM("A2", 1000, 2000), {NULL}});
    given.built.packs[1].place.seq = 99;
    given.built.logs[CAREER_ASE].forked = true;
    given.built.logs[CAREER_ASE].fork_seq = 99;
    struct day_truth days = career_case_days(&given, "\"Master\"", 1600);
    assert_int_equal(day_truth_on(&days, LATER_FROM - 1), ANSWER_YES);
    assert_int_equal(day_truth_on(&days, LATER_FROM), ANSWER_UNKNOWN);
    days = career_case_days(&given, "tested A1", 1600);
    assert_int_equal(day_truth_on(&days, LATER_FROM), ANSWER_UNKNOWN);
    assert_int_equal(day_truth_on(&days, 2001), ANSWER_NO);
}

static void stale_evidence_leaves_all_open_and_refuses_nothing(void **state)
{
    (void)state;
    build(MASTER, NULL, (const struct earned[]){EXAM("A1", 1000, 2000), EXAM("A2", 1000, 2000), {NULL}});
    given.question.now_s = BUILT_TIME_S + 90000;
    struct day_truth days = career_case_days(&given, "\"Master\"", 1500);
    assert_int_equal(day_truth_on(&days, 1500), ANSWER_UNKNOWN);
    assert_int_equal(day_truth_on(&days, 2001), ANSWER_NO);
}

static void segments_follow_each_other(void **state)
{
    (void)state;
    size_t count;
    build("", "", (const struct earned[]){{NULL}});
    struct career *career = career_case_settle(&given, 1500);
    const struct pack_segment *segments = career_packs(career, bytes_of_string("ase"), &count);
    assert_int_equal(count, 2);
    assert_int_equal(segments[0].first_day, PACK_FROM);
    assert_int_equal(segments[0].last_day, LATER_FROM - 1);
    assert_int_equal(segments[1].first_day, LATER_FROM);
    assert_int_equal(segments[1].last_day, DAY_NONE);
    assert_null(career_pack_on(career, bytes_of_string("ase"), PACK_FROM - 1));
    assert_ptr_equal(career_pack_on(career, bytes_of_string("ase"), LATER_FROM), &segments[1]);
    assert_null(career_pack_on(career, bytes_of_string("nobody"), 1500));
    career_packs(career, bytes_of_string("epa"), &count);
    assert_int_equal(count, 0);
}

static void a_pack_overruled_by_an_older_one_s_version_has_no_segment(void **state)
{
    (void)state;
    size_t count;
    career_case_begin(&given);
    career_case_pack(&given, "ase", 5, PACK_FROM, CODES, MASTER);
    career_case_pack(&given, "ase", 2, LATER_FROM, CODES, "");
    struct career *career = career_case_settle(&given, 1500);
    const struct pack_segment *segments = career_packs(career, bytes_of_string("ase"), &count);
    assert_int_equal(count, 1);
    assert_int_equal(segments[0].pack->pack.version, 5);
    assert_int_equal(segments[0].last_day, DAY_NONE);
    assert_int_equal(segments[0].rules.count, 1);
    assert_int_equal(segments[0].rules.rules[0].expression.op, EXPRESSION_ALL);
}

/* ---- whose credentials count ---- */

static void a_shop_holds_memberships_and_a_technician_does_not(void **state)
{
    (void)state;
    static const struct earned earned[] = {{"ase/guild", BASIS_MEMBERSHIP, 1000, 1000, 2000},
                                           {"ase/seal", BASIS_RECOGNITION, 1000, 1000, 2000},
                                           {NULL}};
    build("", NULL, earned);
    struct day_truth days = career_case_days(&given, "guild", 1500);
    assert_int_equal(day_truth_on(&days, 1500), ANSWER_NO);
    given.built.dossier.review_count = 1;
    days = career_case_days(&given, "guild and seal", 1500);
    assert_int_equal(day_truth_on(&days, 1500), ANSWER_YES);
}

static void what_shops_hold_is_not_the_technician_s(void **state)
{
    (void)state;
    build("", NULL, (const struct earned[]){EXAM("A1", 1000, 2000), {NULL}});
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
    build(
        MASTER "\n" FIRST_A8 "\n" TWO_WAYS, MASTER,
        (const struct earned[]){EXAM("A1", 1000, 2000), EXAM("L1", 1000, 2000), WORKED(1100, 1200), {NULL}});
    struct verdict whole = career_case_conclude(&given, "A1 or any 2 of (A1, L1)", 1500);
    assert_int_equal(whole.title_count, 1);
    size_t needed = given.arena.used;
    for (size_t room = given.mark; room < needed; room += 64) {
        struct arena arena = {.memory = given.memory, .capacity = room, .used = given.mark};
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
        cmocka_unit_test(a_state_is_answered_where_it_is_said),
        cmocka_unit_test(conditions_say_what_is_to_blame),
        cmocka_unit_test(prerequisites_are_asked_on_the_day_earned),
        cmocka_unit_test(refused_credentials_say_why),
        cmocka_unit_test(references_are_followed_so_far_and_no_further),
        cmocka_unit_test(renewals_rest_on_what_was_held_before),
        cmocka_unit_test(a_year_ends_on_the_anniversary),
        cmocka_unit_test(experience_makes_certified_of_tested),
        cmocka_unit_test(work_that_is_doubted_counts_as_perhaps),
        cmocka_unit_test(titles_hold_when_their_expressions_do),
        cmocka_unit_test(each_day_is_judged_by_its_pack),
        cmocka_unit_test(what_a_disputed_pack_says_is_not_known),
        cmocka_unit_test(stale_evidence_leaves_all_open_and_refuses_nothing),
        cmocka_unit_test(segments_follow_each_other),
        cmocka_unit_test(a_pack_overruled_by_an_older_one_s_version_has_no_segment),
        cmocka_unit_test(a_shop_holds_memberships_and_a_technician_does_not),
        cmocka_unit_test(what_shops_hold_is_not_the_technician_s),
        cmocka_unit_test(a_full_arena_is_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
