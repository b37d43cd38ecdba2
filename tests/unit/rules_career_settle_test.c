#include "protocol/rules/career.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/career_rows.h"

static struct career_case given;

/* ---- conditions ---- */

static void a_state_is_answered_where_it_is_said(void **state)
{
    (void)state;
    career_rows_build(&given, "condition A1: in state (OH, TX)", NULL,
                      (const struct earned[]){EXAM("A1", 1000, 2000), {0}});
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
    bool works_elsewhere; /* in a shop that is in no network */
    enum answer answer;
    enum reason reason;
} condition_rows[] = {
    {"outside of the network", "in network ase/seal", true, ANSWER_NO, REASON_OUTSIDE_NETWORK},
    {"known to have worked nowhere", "in network ase/seal", false, ANSWER_UNKNOWN, REASON_CONDITION},
    {"an operator of later times", "?", true, ANSWER_UNKNOWN, REASON_RULE_UNKNOWN},
    {"another code that is not there", "A2", true, ANSWER_NO, REASON_CONDITION},
    {"of two one is to blame", "in network ase/seal and A1", true, ANSWER_NO, REASON_OUTSIDE_NETWORK},
    {"of two both are", "in network ase/seal and A2", true, ANSWER_NO, REASON_CONDITION},
};

static void conditions_say_what_is_to_blame(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof condition_rows / sizeof condition_rows[0]; i++) {
        char rules[128];
        snprintf(rules, sizeof rules, "condition B1: %s", condition_rows[i].condition);
        career_rows_build(&given, rules, NULL,
                          (const struct earned[]){EXAM("A1", 1000, 2000), EXAM("B1", 1000, 2000), {0}});
        if (condition_rows[i].works_elsewhere) {
            build_joined(&given.built, CAREER_SHOP, given.next_seq++, CAREER_SUBJECT, 1000);
        }
        career_case_settle(&given, 1500);
        struct axis_answer status = given.credentials.verdicts[1].axes[AXIS_STATUS];
        if (status.answer != condition_rows[i].answer || status.reason != condition_rows[i].reason) {
            fail_msg("%s: %d %s", condition_rows[i].why, (int)status.answer, reason_word(status.reason));
        }
    }
}

/* ---- prerequisites ---- */

#define FIRST_A8 "prerequisite L1: A8"
#define NINETY_DAYS "experience L1: experience 90 days in work"

static const struct career_row prerequisite_rows[] = {
    ROW("what must come first is there on that day", FIRST_A8, "L1", 1500, YES, EXAM("A8", 1000, 1200),
        EXAM("L1", 1200, 2000)),
    ROW("it lapsed the day before", FIRST_A8, "L1", 1500, NO, EXAM("A8", 1000, 1199), EXAM("L1", 1200, 2000)),
    ROW("a test that was passed is tested all the same", FIRST_A8, "tested L1", 1500, YES,
        EXAM("L1", 1200, 2000)),
    ROW("it came later: the day before", FIRST_A8, "L1", 1300, NO, EXAM("A8", 1301, 2000),
        EXAM("L1", 1200, 2000)),
    ROW("it came later: from that day", FIRST_A8, "L1", 1301, YES, EXAM("A8", 1301, 2000),
        EXAM("L1", 1200, 2000)),
    ROW("what has begun stays when it lapses", FIRST_A8, "L1", 1401, YES, EXAM("A8", 1301, 1400),
        EXAM("L1", 1200, 2000)),
    ROW("it came when the test had lapsed", FIRST_A8, "L1", 1500, NO, EXAM("A8", 1401, 2000),
        EXAM("L1", 1200, 1400)),
    ROW("it came on the same day", FIRST_A8, "L1", 1500, YES, EXAM("L1", 1200, 2000), EXAM("A8", 1200, 2000)),
    ROW("it was never there", FIRST_A8, "L1", 1500, NO, EXAM("L1", 1200, 2000)),
    ROW("it is certified only with its own: before", FIRST_A8 "\nprerequisite A8: A1", "L1", 1349, NO,
        EXAM("A8", 1000, 2000), EXAM("L1", 1200, 2000), EXAM("A1", 1350, 2000)),
    ROW("it is certified only with its own: from then on", FIRST_A8 "\nprerequisite A8: A1", "L1", 1350, YES,
        EXAM("A8", 1000, 2000), EXAM("L1", 1200, 2000), EXAM("A1", 1350, 2000)),
    ROW("recertification goes on with what began", FIRST_A8, "L1", 1700, YES, EXAM("A8", 1000, 1250),
        EXAM("L1", 1200, 1500), RECERTIFIED("L1", 1450, 2000)),
    ROW("also where that lapsed before", FIRST_A8, "L1", 1700, YES, EXAM("A8", 1000, 1250),
        EXAM("L1", 1200, 1300), RECERTIFIED("L1", 1450, 2000)),
    ROW("recertification of what never began asks for it", FIRST_A8, "L1", 1700, NO, EXAM("L1", 1200, 1500),
        RECERTIFIED("L1", 1450, 2000)),
    ROW("and begins when it is there", FIRST_A8, "L1", 1700, YES, EXAM("L1", 1200, 1500),
        RECERTIFIED("L1", 1450, 2000), EXAM("A8", 1600, 1650)),
    ROW("so does recertification of what nothing is known of", FIRST_A8, "L1", 1500, NO,
        RECERTIFIED("L1", 1200, 2000)),
    ROW("a second exam begins anew", FIRST_A8, "L1", 1700, NO, EXAM("A8", 1000, 1250), EXAM("L1", 1200, 1500),
        EXAM("L1", 1450, 2000)),
    ROW("nothing goes on with what came on the same day", FIRST_A8, "L1", 1700, NO, EXAM("A8", 1000, 1250),
        RECERTIFIED("L1", 1450, 2000), EXAM("L1", 1450, 1500)),
    ROW("nothing begins before it was earned", FIRST_A8, "L1", 1150, NO, EXAM("A8", 1000, 1200),
        {"ase/L1", BASIS_EXAM, 1180, 1100, 2000}),
    ROW("but on the day on which it was", FIRST_A8, "L1", 1180, YES, EXAM("A8", 1000, 1200),
        {"ase/L1", BASIS_EXAM, 1180, 1100, 2000}),
    ROW("a choice between a kind of attestation and a code: the code is not there",
        "prerequisite L1: basis licence or A8", "L1", 1500, NO, EXAM("L1", 1200, 2000)),
    ROW("a choice between a kind of attestation and a code: it is of that kind",
        "prerequisite L1: basis licence or A8", "L1", 1500, YES, EARNED("L1", BASIS_LICENCE, 1200, 2000)),
    ROW("a kind of attestation that it is not", "prerequisite L1: A8 and basis exam", "tested L1", 1500, NO,
        EXAM("A8", 1000, 2000), TRAINED("L1", 1200, 2000)),
    ROW("what must not be there delays it, too", "prerequisite L1: not A8", "L1", 1300, NO,
        EXAM("A8", 1000, 1300), EXAM("L1", 1200, 2000)),
    ROW("until it is gone", "prerequisite L1: not A8", "L1", 1301, YES, EXAM("A8", 1000, 1300),
        EXAM("L1", 1200, 2000)),
    ROW("it and experience on one day", FIRST_A8 "\n" NINETY_DAYS, "L1", 1500, YES, EXAM("A8", 1000, 1300),
        EXAM("L1", 1200, 2000), WORKED(1201, 1290)),
    ROW("it lapsed before there was experience", FIRST_A8 "\n" NINETY_DAYS, "L1", 1500, NO,
        EXAM("A8", 1000, 1300), EXAM("L1", 1200, 2000), WORKED(1212, 1301)),
    ROW("another code's prerequisite is none", FIRST_A8, "A1", 1500, YES, EXAM("A1", 1200, 2000)),
    ROW("the rule for the code goes before a pattern", "prerequisite *: A8\nprerequisite L1: A1", "L1", 1500,
        NO, EXAM("A8", 1000, 2000), EXAM("L1", 1200, 2000)),
    ROW("one that is not understood leaves it open", "prerequisite L1: ?", "L1", 1500, UNKNOWN,
        EXAM("L1", 1200, 2000)),
    ROW("but not on days on which there is nothing", "prerequisite L1: ?", "L1", 2001, NO,
        EXAM("L1", 1200, 2000)),
    ROW("a chain of them holds", "prerequisite L1: A8\nprerequisite A8: A1", "L1", 1500, YES,
        EXAM("A1", 1000, 2000), EXAM("A8", 1000, 2000), EXAM("L1", 1200, 2000)),
    ROW("a chain of them breaks", "prerequisite L1: A8\nprerequisite A8: A1", "L1", 1500, NO,
        EXAM("A8", 1000, 2000), EXAM("L1", 1200, 2000)),
    ROW("a code that asks for itself is not known", "prerequisite A1: A1", "A1", 1500, UNKNOWN,
        EXAM("A1", 1200, 2000)),
    ROW("nor are two that ask for each other", "prerequisite A1: A2\nprerequisite A2: A1", "A1", 1500,
        UNKNOWN, EXAM("A1", 1200, 2000), EXAM("A2", 1200, 2000)),
    ROW("nor is the other", "prerequisite A1: A2\nprerequisite A2: A1", "A2", 1500, UNKNOWN,
        EXAM("A1", 1200, 2000), EXAM("A2", 1200, 2000)),
    ROW("a retake on the 30th day after", "prerequisite *: 30 days apart from (exam, recertification)", "A1",
        1500, YES, EXAM("A1", 1000, 1010), EXAM("A1", 1030, 2000)),
    ROW("a retake on the day before", "prerequisite *: 30 days apart from (exam, recertification)", "A1",
        1500, NO, EXAM("A1", 1000, 1010), EXAM("A1", 1029, 2000)),
    ROW("two on one day are no retake", "prerequisite *: 30 days apart from exam", "A1", 1500, YES,
        EXAM("A1", 1000, 1010), EXAM("A1", 1000, 2000)),
    ROW("of another code it is no retake", "prerequisite *: 30 days apart from exam", "A2", 1500, YES,
        EXAM("A1", 1000, 1010), EXAM("A2", 1001, 2000)),
    ROW("a retake that did not count is as if it had not been", "prerequisite *: 30 days apart from exam",
        "A1", 1500, YES, EXAM("A1", 1000, 1010), EXAM("A1", 1020, 1100), EXAM("A1", 1040, 2000)),
};

static void certification_begins_with_what_is_asked_beforehand(void **state)
{
    (void)state;
    CHECK_ROWS(&given, prerequisite_rows);
}

/* ---- corrections ---- */

enum { CORRECTED_ON = 1300, NOT_HERE = 9 };

/* How what is said of a correction stands. */
enum correction { CORRECTED, DISPUTED, VOIDED, VOIDED_LATER, DISPUTED_LATER };

/* An exam, and which one takes its place, as is said long after both were earned. */
struct corrected {
    uint32_t earned_on;
    size_t by; /* which row; 0: none, the first one is nobody's correction */
    enum correction how;
};

static const struct {
    const char *why;
    struct corrected exams[4];
    enum answer answer; /* for the last of them */
} corrected_rows[] = {
    {"a later day corrects an earlier one", {{1000, 1, CORRECTED}, {1010, 0, CORRECTED}}, ANSWER_YES},
    {"another exam before it is one all the same",
     {{1000, 2, CORRECTED}, {1035, 0, CORRECTED}, {1040, 0, CORRECTED}},
     ANSWER_NO},
    {"what corrects a correction replaces both",
     {{1000, 1, CORRECTED}, {1010, 2, CORRECTED}, {1020, 0, CORRECTED}},
     ANSWER_YES},
    {"what another one replaced counts as an exam",
     {{1000, 1, CORRECTED}, {1040, 0, CORRECTED}, {1020, 0, CORRECTED}},
     ANSWER_NO},
    {"a correction in dispute leaves it open", {{1000, 1, DISPUTED}, {1010, 0, CORRECTED}}, ANSWER_UNKNOWN},
    {"so does one of a chain",
     {{1000, 1, DISPUTED}, {1010, 2, CORRECTED}, {1020, 0, CORRECTED}},
     ANSWER_UNKNOWN},
    {"so does one by what is not here, which may lead there",
     {{1000, NOT_HERE, CORRECTED}, {1010, 0, CORRECTED}},
     ANSWER_UNKNOWN},
    {"so do those that replace each other for ever",
     {{1000, 1, CORRECTED}, {1005, 2, CORRECTED}, {1010, 1, CORRECTED}, {1020, 0, CORRECTED}},
     ANSWER_UNKNOWN},
    {"one that was taken back corrects nothing", {{1000, 1, VOIDED}, {1010, 0, CORRECTED}}, ANSWER_NO},
    {"nor does it hide the one before it", {{1000, 1, VOIDED_LATER}, {1010, 0, CORRECTED}}, ANSWER_YES},
    {"a later one in dispute, by another, takes back no certain one",
     {{1000, 2, DISPUTED_LATER}, {900, 0, CORRECTED}, {1010, 0, CORRECTED}},
     ANSWER_UNKNOWN},
};

static void correct(size_t exam, const struct corrected *corrected)
{
    struct dossier_credential *credentials = given.built.credentials;
    struct dossier_credential by = credentials[corrected->by == NOT_HERE ? exam : corrected->by];
    by.place.index += corrected->by == NOT_HERE ? 1 : 0;
    build_replaced(&given.built, &credentials[exam], &by, CORRECTED_ON, given.next_seq++,
                   corrected->how == VOIDED);
    if (corrected->how == DISPUTED) {
        build_event_block(&given.built, &credentials[exam], BUILT_SIDE);
    }
    if (corrected->how == DISPUTED_LATER) {
        build_replaced(&given.built, &credentials[exam], &credentials[1], CORRECTED_ON, given.next_seq++,
                       false);
        build_event_block(&given.built, &credentials[exam], BUILT_SIDE);
    }
    if (corrected->how == VOIDED_LATER) {
        build_replaced(&given.built, &credentials[exam], &credentials[exam], CORRECTED_ON, given.next_seq++,
                       true);
    }
}

static void build_corrected(const struct corrected *exams)
{
    size_t count = 0;
    career_rows_build(&given, "prerequisite *: 30 days apart from exam", NULL, (const struct earned[]){{0}});
    for (; count < 4 && exams[count].earned_on != 0; count++) {
        career_case_earn(&given, (const struct earned[]){EXAM("A1", exams[count].earned_on, 2000), {0}});
    }
    for (size_t i = 0; i < count; i++) {
        if (exams[i].by != 0) {
            correct(i, &exams[i]);
        }
    }
}

static void what_an_exam_corrects_was_none_before_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof corrected_rows / sizeof corrected_rows[0]; i++) {
        size_t last = 0;
        build_corrected(corrected_rows[i].exams);
        career_case_settle(&given, 1500);
        while (last < 3 && corrected_rows[i].exams[last + 1].earned_on != 0) {
            last++;
        }
        enum answer answer = day_truth_on(&given.credentials.verdicts[last].days, 1500);
        if (answer != corrected_rows[i].answer) {
            fail_msg("%s: %d", corrected_rows[i].why, (int)answer);
        }
    }
}

/* Whether it is asked about before or after the correction: one exam was taken. */
static void what_an_exam_corrects_was_none_on_earlier_days_either(void **state)
{
    (void)state;
    build_corrected(corrected_rows[0].exams);
    struct day_truth days = career_case_days(&given, "A1", CORRECTED_ON - 1);
    assert_int_equal(day_truth_on(&days, CORRECTED_ON - 1), ANSWER_YES);
    assert_int_equal(given.credentials.verdicts[1].overall, OVERALL_VALID);
}

static void refused_credentials_say_why(void **state)
{
    (void)state;
    career_rows_build(
        &given, "prerequisite L1: A8 and basis training\nprerequisite A1: ?", NULL,
        (const struct earned[]){EXAM("L1", 1200, 2000), RENEWED("A8", 1200, 2000), EXAM("A1", 1, EVER), {0}});
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
    struct earned earned[12] = {{0}};
    char names[12][16];
    assert_true(count <= 11);
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(rules);
        if (i + 1 < count) {
            snprintf(rules + used, sizeof rules - used, "prerequisite %s: %s\n", codes[i], codes[i + 1]);
        }
        snprintf(names[i], sizeof names[i], "ase/%s", codes[i]);
        earned[i] = (struct earned){names[i], BASIS_EXAM, 1000, 1000, 2000};
    }
    career_rows_build(&given, rules, NULL, earned);
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

static const struct career_row renewal_rows[] = {
    ROW("recertification needs no rule", "", "A1", 1500, YES, RECERTIFIED("A1", 1200, 2000)),
    ROW("renewal needs one", "", "A1", 1500, NO, EXAM("A1", 1000, 1400), RENEWED("A1", 1200, 2000)),
    ROW("renewal by its rule", BY_APP, "A1", 1500, YES, EXAM("A1", 1000, 1400), RENEWED("A1", 1200, 1700)),
    ROW("renewal of a code that the rule is not for", BY_APP, "B1", 1500, NO, EXAM("B1", 1000, 1400),
        RENEWED("B1", 1200, 1700)),
    ROW("in time on the last day", BY_APP, "A1", 1500, YES, EXAM("A1", 1000, 1400),
        RENEWED("A1", 1400, 1700)),
    ROW("too late on the day after", BY_APP, "A1", 1500, NO, EXAM("A1", 1000, 1400),
        RENEWED("A1", 1401, 1700)),
    ROW("within the days of grace", "renewal A*: in time within 30 days", "A1", 1500, YES,
        EXAM("A1", 1000, 1400), RENEWED("A1", 1430, 1700)),
    ROW("a day after them", "renewal A*: in time within 30 days", "A1", 1500, NO, EXAM("A1", 1000, 1400),
        RENEWED("A1", 1431, 1700)),
    ROW("what was earned later does not help", "renewal A*: in time", "A1", 1500, NO,
        RENEWED("A1", 1200, 1700), EXAM("A1", 1201, 1400)),
    ROW("nor what was earned on the same day, said first", "renewal A*: in time", "A1", 1500, NO,
        EXAM("A1", 1200, 1400), RENEWED("A1", 1200, 1700)),
    ROW("or said after it", "renewal A*: in time", "A1", 1500, NO, RENEWED("A1", 1200, 1700),
        EXAM("A1", 1200, 1400)),
    ROW("nor for adding to it", "renewal A*: adds at most 12 months", "A1", 1500, NO, EXAM("A1", 1200, 1400),
        RENEWED("A1", 1200, 1700)),
    ROW("a renewal renews a renewal", "renewal A*: in time", "A1", 1500, YES, EXAM("A1", 1000, 1100),
        RENEWED("A1", 1100, 1300), RENEWED("A1", 1300, 1700)),
    ROW("but not one that does not count", "renewal A*: in time", "A1", 1500, NO, EXAM("A1", 1000, 1100),
        RENEWED("A1", 1101, 1300), RENEWED("A1", 1300, 1700)),
    ROW("adding exactly a year", BY_APP, "A1", 1500, YES, EXAM("A1", 1000, 1400), RENEWED("A1", 1200, 1766)),
    ROW("adding a year and a day", BY_APP, "A1", 1500, NO, EXAM("A1", 1000, 1400), RENEWED("A1", 1200, 1767)),
    ROW("adding for life", BY_APP, "A1", 1500, NO, EXAM("A1", 1000, 1400), RENEWED("A1", 1200, EVER)),
    ROW("adding to what is for life", BY_APP, "A1", 1500, YES, EXAM("A1", 1000, EVER),
        RENEWED("A1", 1200, 1300)),
    ROW("renewed twice within a year", "renewal A*: 12 months apart from renewal", "A1", 1500, NO,
        EXAM("A1", 1000, 1100), RENEWED("A1", 1050, 1200), RENEWED("A1", 1100, 2000)),
    ROW("renewed twice a year apart", "renewal A*: 12 months apart from renewal", "A1", 1500, YES,
        EXAM("A1", 1000, 1100), RENEWED("A1", 1050, 1200), RENEWED("A1", 1415, 2000)),
    ROW("a rule that is not understood", "renewal A*: ?", "A1", 1500, UNKNOWN, RENEWED("A1", 1200, 1700)),
};

static void renewals_rest_on_what_was_held_before(void **state)
{
    (void)state;
    CHECK_ROWS(&given, renewal_rows);
}

/* An exam of 1000 to 1400, and a renewal earned on 1200 that adds a year. */
static const struct {
    const char *why;
    enum status_action action;
    bool is_of_renewal; /* that is said of the renewal too */
    uint32_t from;      /* it is said of the exam */
    uint32_t day;
    enum answer answer; /* of the renewal */
} suspended_rows[] = {
    {"both suspended after it was renewed: the day before", STATUS_SUSPENDED, true, 1300, 1299, ANSWER_YES},
    {"from that day on it is", STATUS_SUSPENDED, true, 1300, 1300, ANSWER_NO},
    {"the exam alone, before it", STATUS_SUSPENDED, false, 1300, 1299, ANSWER_YES},
    {"and after it: what was renewed was held then", STATUS_SUSPENDED, false, 1300, 1500, ANSWER_YES},
    {"revoked after it was renewed", STATUS_REVOKED, false, 1201, 1500, ANSWER_YES},
    {"on the day on which it was renewed", STATUS_SUSPENDED, false, 1200, 1500, ANSWER_NO},
};

/* An exam that was written down wrongly, as good until 1400: it was good until 1300, as was said after it had
 * been renewed. */
static void a_renewal_adds_to_the_end_as_it_was_corrected(void **state)
{
    struct dossier_credential *credentials = given.built.credentials;
    (void)state;
    career_rows_build(&given, BY_APP, NULL,
                      (const struct earned[]){
                          EXAM("A1", 1000, 1400), EXAM("A1", 1000, 1300), RENEWED("A1", 1200, 1765), {0}});
    build_replaced(&given.built, &credentials[0], &credentials[1], 1250, given.next_seq++, false);
    career_case_settle(&given, 1700);
    assert_int_not_equal(day_truth_on(&given.credentials.verdicts[2].days, 1700), ANSWER_YES);
}

static void what_was_held_on_the_day_is_renewed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof suspended_rows / sizeof suspended_rows[0]; i++) {
        struct dossier_credential *credentials = given.built.credentials;
        career_rows_build(&given, BY_APP, NULL,
                          (const struct earned[]){EXAM("A1", 1000, 1400), RENEWED("A1", 1200, 1765), {0}});
        for (size_t k = 0; k <= (suspended_rows[i].is_of_renewal ? 1 : 0); k++) {
            build_event(&given.built, &credentials[k], suspended_rows[i].action, suspended_rows[i].from,
                        given.next_seq++, false);
        }
        career_case_settle(&given, suspended_rows[i].day);
        enum answer answer = day_truth_on(&given.credentials.verdicts[1].days, suspended_rows[i].day);
        if (answer != suspended_rows[i].answer) {
            fail_msg("%s: %d", suspended_rows[i].why, (int)answer);
        }
    }
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
            EXAM("A1", 20000, lapses), RENEWED("A1", lapses, day_of(anniversary_rows[i].renewed_to)), {0}};
        career_rows_build(&given, BY_APP, NULL, earned);
        struct day_truth days = career_case_days(&given, "A1", lapses);
        if (day_truth_on(&days, lapses + 1) != anniversary_rows[i].answer) {
            fail_msg("%s", anniversary_rows[i].why);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_state_is_answered_where_it_is_said),
        cmocka_unit_test(conditions_say_what_is_to_blame),
        cmocka_unit_test(certification_begins_with_what_is_asked_beforehand),
        cmocka_unit_test(what_an_exam_corrects_was_none_before_it),
        cmocka_unit_test(what_an_exam_corrects_was_none_on_earlier_days_either),
        cmocka_unit_test(refused_credentials_say_why),
        cmocka_unit_test(references_are_followed_so_far_and_no_further),
        cmocka_unit_test(renewals_rest_on_what_was_held_before),
        cmocka_unit_test(what_was_held_on_the_day_is_renewed),
        cmocka_unit_test(a_renewal_adds_to_the_end_as_it_was_corrected),
        cmocka_unit_test(a_year_ends_on_the_anniversary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
