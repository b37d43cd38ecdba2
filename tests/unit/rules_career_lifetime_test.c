#include "protocol/rules/career.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/support/career_builder.h"

/* How long a certificate lasts by the rules of its code, whatever it says of itself. */

static struct career_case given;

static uint32_t day_of(const char *text)
{
    uint32_t day = DAY_NONE;
    assert_true(text == NULL || day_from_text(&day, bytes_of_string(text)));
    return day;
}

enum { EARNED_MAX = 4, PACKS_MAX = 3 };

struct earned_on {
    enum basis basis;
    const char *day, *last; /* NULL: for life */
};

/* A version in force from a day. */
struct version {
    const char *from, *codes, *rules;
};

#define BY_REFUSAL UINT64_MAX
#define ENDS(until) until, 0
#define LIMITED(until, months) until, months
#define REFUSED NULL, BY_REFUSAL

static const struct row {
    const char *why;
    struct version packs[PACKS_MAX];
    struct earned_on earned[EARNED_MAX];
    const char *until; /* last day of the one earned last; NULL: for life, or it does not hold at all */
    uint64_t limited;  /* by so many months; 0: it is not; BY_REFUSAL: it does not count */
} rows[] = {
    {"valid until 2099 for a code of 24 months",
     {{"2000-01-01", "A1/24", ""}},
     {{BASIS_EXAM, "2024-11-22", "2099-12-31"}},
     LIMITED("2026-11-22", 24)},
    {"for life",
     {{"2000-01-01", "A1/24", ""}},
     {{BASIS_EXAM, "2024-11-22", NULL}},
     LIMITED("2026-11-22", 24)},
    {"from 29 February to the 28th",
     {{"2000-01-01", "A1/24", ""}},
     {{BASIS_EXAM, "2024-02-29", NULL}},
     LIMITED("2026-02-28", 24)},
    {"its own last day is the lifetime's",
     {{"2000-01-01", "A1/24", ""}},
     {{BASIS_EXAM, "2024-11-22", "2026-11-22"}},
     ENDS("2026-11-22")},
    {"its own last day is the day before",
     {{"2000-01-01", "A1/24", ""}},
     {{BASIS_EXAM, "2024-11-22", "2026-11-21"}},
     ENDS("2026-11-21")},
    {"its own last day is the day after",
     {{"2000-01-01", "A1/24", ""}},
     {{BASIS_EXAM, "2024-11-22", "2026-11-23"}},
     LIMITED("2026-11-22", 24)},
    {"a code without a lifetime",
     {{"2000-01-01", "A1", ""}},
     {{BASIS_EXAM, "2024-11-22", "2099-12-31"}},
     ENDS("2099-12-31")},
    {"a licence too",
     {{"2000-01-01", "A1/24", ""}},
     {{BASIS_LICENCE, "2024-11-22", NULL}},
     LIMITED("2026-11-22", 24)},
    {"training too",
     {{"2000-01-01", "A1/24", ""}},
     {{BASIS_TRAINING, "2024-11-22", NULL}},
     LIMITED("2026-11-22", 24)},
    {"a recognition too",
     {{"2000-01-01", "A1/24", ""}},
     {{BASIS_RECOGNITION, "2024-11-22", NULL}},
     LIMITED("2026-11-22", 24)},
    {"but not who somebody is",
     {{"2000-01-01", "A1/24", ""}},
     {{BASIS_IDENTITY, "2024-11-22", NULL}},
     ENDS(NULL)},
    {"nor what documents work",
     {{"2000-01-01", "A1/24", ""}},
     {{BASIS_EXPERIENCE, "2024-11-22", "2099-12-31"}},
     ENDS(NULL)},
    {"nor a membership",
     {{"2000-01-01", "A1/24", ""}},
     {{BASIS_MEMBERSHIP, "2024-11-22", "2099-12-31"}},
     ENDS("2099-12-31")},
    {"a later version shortens nothing",
     {{"2000-01-01", "A1/60", ""}, {"2025-01-01", "A1/24", ""}},
     {{BASIS_EXAM, "2024-11-22", "2099-12-31"}},
     LIMITED("2029-11-22", 60)},
    {"a later version lengthens it",
     {{"2000-01-01", "A1/24", ""}, {"2025-01-01", "A1/60", ""}},
     {{BASIS_EXAM, "2024-11-22", "2099-12-31"}},
     LIMITED("2029-11-22", 60)},
    {"to what it says itself",
     {{"2000-01-01", "A1/24", ""}, {"2025-01-01", "A1/60", ""}},
     {{BASIS_EXAM, "2024-11-22", "2028-01-01"}},
     ENDS("2028-01-01")},
    {"on its last day a version still lengthens it",
     {{"2000-01-01", "A1/24", ""}, {"2026-11-22", "A1/60", ""}},
     {{BASIS_EXAM, "2024-11-22", NULL}},
     LIMITED("2029-11-22", 60)},
    {"the day after it brings nothing back",
     {{"2000-01-01", "A1/24", ""}, {"2026-11-23", "A1/60", ""}},
     {{BASIS_EXAM, "2024-11-22", NULL}},
     LIMITED("2026-11-22", 24)},
    {"two versions lengthen it one after the other",
     {{"2000-01-01", "A1/24", ""}, {"2026-11-01", "A1/30", ""}, {"2027-01-01", "A1", ""}},
     {{BASIS_EXAM, "2024-11-22", NULL}},
     ENDS(NULL)},
    {"a version that has the code no more says nothing of it",
     {{"2000-01-01", "A1/24", ""}, {"2025-01-01", "A2/60", ""}},
     {{BASIS_EXAM, "2024-11-22", NULL}},
     LIMITED("2026-11-22", 24)},
    {"recertified early: from where it ended",
     {{"2000-01-01", "A1/24", ""}},
     {{BASIS_EXAM, "2024-11-22", NULL}, {BASIS_RECERTIFICATION, "2026-10-01", "2099-12-31"}},
     LIMITED("2028-11-22", 24)},
    {"recertified late: from its own first day",
     {{"2000-01-01", "A1/24", ""}},
     {{BASIS_EXAM, "2024-11-22", NULL}, {BASIS_RECERTIFICATION, "2027-02-01", "2099-12-31"}},
     LIMITED("2029-02-01", 24)},
    {"many in advance: no more than one is saved up",
     {{"2000-01-01", "A1/24", ""}},
     {{BASIS_EXAM, "2024-11-22", NULL},
      {BASIS_RECERTIFICATION, "2024-11-23", NULL},
      {BASIS_RECERTIFICATION, "2024-11-24", NULL},
      {BASIS_RECERTIFICATION, "2024-11-25", NULL}},
     LIMITED("2028-11-25", 24)},
    {"renewed by what its rule adds",
     {{"2000-01-01", "A1/24", "renewal A1: adds at most 12 months"}},
     {{BASIS_EXAM, "2024-11-22", NULL}, {BASIS_RENEWAL, "2026-10-01", "2027-11-22"}},
     ENDS("2027-11-22")},
    {"renewed by more than its rule adds",
     {{"2000-01-01", "A1/24", "renewal A1: adds at most 12 months"}},
     {{BASIS_EXAM, "2024-11-22", "2099-12-31"}, {BASIS_RENEWAL, "2026-10-01", "2027-11-23"}},
     REFUSED},
    {"renewed by more than the lifetime, as its rule says",
     {{"2000-01-01", "A1/24", "renewal A1: adds at most 36 months"}},
     {{BASIS_EXAM, "2024-11-22", NULL}, {BASIS_RENEWAL, "2026-10-01", "2029-11-22"}},
     ENDS("2029-11-22")},
    {"renewed where the rule says nothing of how long",
     {{"2000-01-01", "A1/24", "renewal A1: in time"}},
     {{BASIS_EXAM, "2024-11-22", NULL}, {BASIS_RENEWAL, "2026-10-01", "2099-12-31"}},
     LIMITED("2028-11-22", 24)},
    {"what has outlasted its lifetime is not renewed in time",
     {{"2000-01-01", "A1/24", "renewal A1: in time"}},
     {{BASIS_EXAM, "2024-11-22", "2099-12-31"}, {BASIS_RENEWAL, "2027-10-01", "2029-01-01"}},
     REFUSED},
};

static size_t build(const struct row *row)
{
    size_t count = 0;
    career_case_begin(&given);
    for (size_t i = 0; i < PACKS_MAX && row->packs[i].from != NULL; i++) {
        career_case_pack(&given, "ase", i + 1, day_of(row->packs[i].from), row->packs[i].codes,
                         row->packs[i].rules);
    }
    for (; count < EARNED_MAX && row->earned[count].day != NULL; count++) {
        const struct earned_on *said = &row->earned[count];
        const struct earned earned[] = {
            {"ase/A1", said->basis, day_of(said->day), day_of(said->day), day_of(said->last)}, {0}};
        career_case_earn(&given, earned);
    }
    return count - 1;
}

static void check_on(const struct row *row, size_t newest, uint32_t day, enum answer answer)
{
    career_case_settle(&given, day);
    const struct credential_verdict *verdict = &given.credentials.verdicts[newest];
    if (verdict->axes[AXIS_STATUS].answer != answer) {
        fail_msg("%s: on %u %s", row->why, day, reason_word(verdict->axes[AXIS_STATUS].reason));
    }
    if (answer == ANSWER_NO) {
        assert_int_equal(verdict->axes[AXIS_STATUS].reason, REASON_EXPIRED);
        assert_int_equal(verdict->effective_day, day - 1);
        assert_int_equal(verdict->overall, OVERALL_INVALID);
    }
}

static void a_lifetime_binds_whoever_attests(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        size_t newest = build(row);
        uint32_t until = day_of(row->until);
        career_case_settle(&given, day_of(row->earned[newest].day));
        const struct credential_verdict *verdict = &given.credentials.verdicts[newest];
        bool is_refused = row->limited == BY_REFUSAL;
        if ((verdict->axes[AXIS_AUTHORITY].answer == ANSWER_NO) != is_refused ||
            (!is_refused && verdict->until_day != until)) {
            fail_msg("%s: until %u, not %u", row->why, verdict->until_day, until);
        }
        if (is_refused) {
            continue;
        }
        if (verdict->limited_to != (row->limited == 0 ? DAY_NONE : until) ||
            verdict->lifetime_months != row->limited) {
            fail_msg("%s: limited to %u by %u months", row->why, verdict->limited_to,
                     (unsigned)verdict->lifetime_months);
        }
        if (until != DAY_NONE) {
            check_on(row, newest, until, ANSWER_YES);
            check_on(row, newest, until + 1, ANSWER_NO);
        }
    }
}

/* What a disputed version would add may be so. */
static void a_disputed_version_may_lengthen(void **state)
{
    (void)state;
    static const struct row row = {"",
                                   {{"2000-01-01", "A1/24", ""}, {"2026-01-01", "A1/60", ""}},
                                   {{BASIS_EXAM, "2024-11-22", NULL}},
                                   NULL,
                                   0};
    build(&row);
    given.built.packs[1].place.seq = 99;
    given.built.logs[CAREER_ASE].forked = true;
    given.built.logs[CAREER_ASE].fork_seq = 99;
    check_on(&row, 0, day_of("2025-12-31"), ANSWER_YES);
    check_on(&row, 0, day_of("2026-11-22"), ANSWER_UNKNOWN); /* it might set a condition */
    check_on(&row, 0, day_of("2026-11-23"), ANSWER_UNKNOWN);
    check_on(&row, 0, day_of("2029-11-22"), ANSWER_UNKNOWN);
    check_on(&row, 0, day_of("2029-11-23"), ANSWER_NO);
}

/* The version of the day earned is void by a block that is disputed: a late one, which it may be up to, still
 * gives a lifetime, and nobody knows whether another one is longer. */
static void a_disputed_version_takes_no_lifetime_away(void **state)
{
    static const struct {
        const char *sentence;
        const char *disputed, *late;
        bool is_limited;
    } cases[] = {
        {"that of a late one stands", "A1", "A1/24", true},
        {"also where the disputed one gives less", "A1/12", "A1/24", true},
        {"one that gives none for sure gives none", "A1/12", "A1", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct row row = {cases[i].sentence,
                                {{"2000-01-01", cases[i].disputed, ""}, {"2000-01-01", cases[i].late, ""}},
                                {{BASIS_EXAM, "2024-11-22", "2099-12-31"}},
                                NULL,
                                0};
        build(&row);
        given.built.packs[0].place.voided = true;
        given.built.packs[0].place.void_seq = 99;
        given.built.logs[CAREER_ASE].forked = true;
        given.built.logs[CAREER_ASE].fork_seq = 99;
        given.built.packs[1].place.below_s = time_of_day(day_of("2025-06-01"));
        given.built.packs[1].place.arrived_s = time_of_day(day_of("2025-06-01"));
        check_on(&row, 0, day_of("2026-11-22"), ANSWER_YES);
        check_on(&row, 0, day_of("2026-11-23"), cases[i].is_limited ? ANSWER_UNKNOWN : ANSWER_YES);
        check_on(&row, 0, day_of("2099-12-31"), cases[i].is_limited ? ANSWER_UNKNOWN : ANSWER_YES);
        check_on(&row, 0, day_of("2100-01-01"), ANSWER_NO);
    }
}

/* What was certified for life by an earlier version is renewed under one that gives a lifetime, and then it
 * is in doubt whether it ended after all. Up to the lifetime's end the renewal holds either way; where what
 * it renews ended, it may have run from any later day, but of no more than one lifetime. */
static void a_doubt_whether_it_was_for_life_shortens_and_lengthens_nothing(void **state)
{
    static const struct {
        const char *sentence;
        enum basis basis, renewed_by; /* of what may be for life, of what goes on with it */
        const char *codes;            /* of the version in force when that was earned */
        bool is_void;                 /* what ends it is in a block that is void; else in another branch */
        bool is_sure;                 /* nothing is in doubt: it is revoked */
        enum answer behind;           /* the end of the fresh lifetime */
    } cases[] = {
        {"revoked in another branch", BASIS_EXAM, BASIS_RENEWAL, "A1", false, false, ANSWER_UNKNOWN},
        {"revoked in a block that is void", BASIS_EXAM, BASIS_RECERTIFICATION, "A1", true, false,
         ANSWER_UNKNOWN},
        {"what documents work has no lifetime under any version", BASIS_EXPERIENCE, BASIS_RECERTIFICATION,
         "A1/12", false, false, ANSWER_UNKNOWN},
        {"revoked for sure: from that day", BASIS_EXAM, BASIS_RECERTIFICATION, "A1", false, true, ANSWER_YES},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct row row = {
            cases[i].sentence,
            {{"2000-01-01", cases[i].codes, "renewal A1: basis renewal"},
             {"2023-01-01", "A1/12", "renewal A1: basis renewal, recertification"}},
            {{cases[i].basis, "2020-01-01", NULL}, {cases[i].renewed_by, "2024-01-01", "2099-12-31"}},
            NULL,
            0};
        size_t newest = build(&row);
        struct dossier_credential *first = &given.built.credentials[0];
        build_event(&given.built, first, STATUS_REVOKED, day_of("2024-07-01"), 90, cases[i].is_void);
        if (!cases[i].is_void && !cases[i].is_sure) {
            build_event_block(&given.built, first, BUILT_SIDE);
        }
        check_on(&row, newest, day_of("2025-01-01"), ANSWER_YES);
        check_on(&row, newest, day_of("2025-01-02"), cases[i].behind);
        check_on(&row, newest, day_of("2025-06-30"), cases[i].behind);
        if (!cases[i].is_sure) {
            check_on(&row, newest, day_of("2026-01-01"), ANSWER_UNKNOWN);
            check_on(&row, newest, day_of("2026-01-02"), ANSWER_NO);
        } else {
            check_on(&row, newest, day_of("2025-07-01"), ANSWER_NO);
        }
    }
}

/* ---- a first day that is later than the day earned ---- */

enum { LATE_MAX = 4 };

static const struct late {
    const char *why;
    const char *rules;
    struct late_earned {
        const char *code;
        enum basis basis;
        const char *day, *from, *last;
    } earned[LATE_MAX]; /* the last one is asked about */
    const char *until;  /* its last day; NULL: it has none */
} lates[] = {
    {"one exam certifies no further than one lifetime",
     "",
     {{"ase/A1", BASIS_EXAM, "2024-11-22", "2026-11-22", "2028-11-22"}},
     "2026-11-22"},
    {"a later first day delays the begin and not the end",
     "",
     {{"ase/A1", BASIS_EXAM, "2024-11-22", "2025-06-01", "2027-06-01"}},
     "2026-11-22"},
    {"beyond the end there is nothing",
     "",
     {{"ase/A1", BASIS_EXAM, "2024-11-22", "2040-11-22", "2042-11-22"}},
     NULL},
    {"an earlier first day counts as it did",
     "",
     {{"ase/A1", BASIS_EXAM, "2024-11-22", "2024-01-01", NULL}},
     "2026-01-01"},
    {"experience that comes later begins it, and its lifetime",
     "experience A1: experience 30 days in work",
     {{"ase/work", BASIS_EXPERIENCE, "2025-07-31", "2025-07-01", "2025-07-31"},
      {"ase/A1", BASIS_EXAM, "2024-11-22", "2025-08-01", NULL}},
     "2027-07-30"},
    {"not a day that was written down later still",
     "experience A1: experience 30 days in work",
     {{"ase/work", BASIS_EXPERIENCE, "2025-07-31", "2025-07-01", "2025-07-31"},
      {"ase/A1", BASIS_EXAM, "2024-11-22", "2026-08-01", "2028-08-01"}},
     "2027-07-30"},
    {"as long as it has not come nothing has begun",
     "experience A1: experience 30 days in work",
     {{"ase/A1", BASIS_EXAM, "2024-11-22", "2025-08-01", NULL}},
     "2027-08-01"},
    {"a prerequisite that comes later too",
     "prerequisite A1: tested A8",
     {{"ase/A8", BASIS_EXAM, "2025-03-01", "2025-03-01", NULL},
      {"ase/A1", BASIS_EXAM, "2024-11-22", "2026-08-01", NULL}},
     "2027-03-01"},
    {"one that was there when it was earned",
     "prerequisite A1: tested A8",
     {{"ase/A8", BASIS_EXAM, "2024-03-01", "2024-03-01", NULL},
      {"ase/A1", BASIS_EXAM, "2024-11-22", "2026-08-01", NULL}},
     "2026-11-22"},
    {"a renewal runs from its own day or from what is held",
     "",
     {{"ase/A1", BASIS_EXAM, "2024-11-22", "2024-11-22", NULL},
      {"ase/A1", BASIS_RECERTIFICATION, "2026-10-01", "2026-11-23", NULL}},
     "2028-11-22"},
    {"two that say the same day give one lifetime",
     "",
     {{"ase/A1", BASIS_EXAM, "2024-11-22", "2024-11-22", NULL},
      {"ase/A1", BASIS_RECERTIFICATION, "2026-10-01", "2026-10-01", NULL},
      {"ase/A1", BASIS_RECERTIFICATION, "2026-10-01", "2028-11-22", "2030-11-22"}},
     "2028-11-22"},
    {"a late one from the day on which it was earned",
     "",
     {{"ase/A1", BASIS_EXAM, "2024-11-22", "2024-11-22", NULL},
      {"ase/A1", BASIS_RECERTIFICATION, "2027-02-01", "2028-02-01", NULL}},
     "2029-02-01"},
};

static enum answer answer_on(size_t credential, uint32_t day)
{
    career_case_settle(&given, day);
    return given.credentials.verdicts[credential].axes[AXIS_STATUS].answer;
}

static void a_later_first_day_never_moves_the_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lates / sizeof lates[0]; i++) {
        const struct late *late = &lates[i];
        size_t count = 0;
        career_case_begin(&given);
        career_case_pack(&given, "ase", 1, day_of("2000-01-01"), "A1/24 A8/24 work", late->rules);
        for (; count < LATE_MAX && late->earned[count].day != NULL; count++) {
            const struct late_earned *said = &late->earned[count];
            const struct earned earned[] = {
                {said->code, said->basis, day_of(said->day), day_of(said->from), day_of(said->last)}, {0}};
            career_case_earn(&given, earned);
        }
        if (late->until == NULL) {
            assert_int_equal(answer_on(count - 1, day_of(late->earned[count - 1].from)), ANSWER_NO);
            continue;
        }
        if (answer_on(count - 1, day_of(late->until)) != ANSWER_YES ||
            answer_on(count - 1, day_of(late->until) + 1) != ANSWER_NO) {
            fail_msg("%s: until %u", late->why, given.credentials.verdicts[count - 1].limited_to);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lifetime_binds_whoever_attests),
        cmocka_unit_test(a_later_first_day_never_moves_the_end),
        cmocka_unit_test(a_disputed_version_may_lengthen),
        cmocka_unit_test(a_disputed_version_takes_no_lifetime_away),
        cmocka_unit_test(a_doubt_whether_it_was_for_life_shortens_and_lengthens_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
