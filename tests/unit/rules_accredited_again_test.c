#include "protocol/rules/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "protocol/rules/weight.h"
#include "tests/support/verdict_case.h"

/* What a school says that was closed and accredited again, or says that it was: the day on which it says it
 * is its own word. */

static struct verdict_case given;

static void school_issues(void)
{
    given.certificate->place.log = CASE_SCHOOL;
}

static struct dossier_withdrawal *school_withdrawn_after(bool closed)
{
    school_issues();
    build_accreditation(&given.built, CASE_ASE, 5, CASE_SCHOOL, "ase/*", 0);
    struct dossier_withdrawal *found = build_withdrawal(&given.built, CASE_ASE, 30, CASE_SCHOOL, 20);
    found->withdrawal.closed = closed;
    return found;
}

static void nothing(void) {}

/* ---- accredited again, and withdrawn again ---- */

static void closed_accredited_again_and_revoked(void)
{
    school_withdrawn_after(true);
    build_accreditation(&given.built, CASE_ASE, 40, CASE_SCHOOL, "ase/*", 0)->accreditation.from =
        CASE_FIRST + 100;
    build_event(&given.built, given.certificate, STATUS_REVOKED, CASE_FIRST + 200, 50, false);
}

static void and_withdrawn_again_before_that(void)
{
    closed_accredited_again_and_revoked();
    build_withdrawal(&given.built, CASE_ASE, 60, CASE_SCHOOL, 45);
}

static void by_another_accreditor(bool withdrawn)
{
    school_withdrawn_after(true);
    build_accreditation(&given.built, CASE_ASE, 6, CASE_OTHER, "ase/*", 1);
    build_accreditation(&given.built, CASE_OTHER, 5, CASE_SCHOOL, "ase/*", 0)->accreditation.from =
        CASE_FIRST + 100;
    build_event(&given.built, given.certificate, STATUS_REVOKED, CASE_FIRST + 200, 50, false);
    if (withdrawn) {
        build_withdrawal(&given.built, CASE_OTHER, 60, CASE_SCHOOL, 45);
    }
}

static void another_s_and_revoked(void)
{
    by_another_accreditor(false);
}

static void another_s_withdrawn_too(void)
{
    by_another_accreditor(true);
}

static void and_back_in_doubt(void)
{
    closed_accredited_again_and_revoked();
    verdict_case_fork(&given, CASE_ASE, 40);
}

static void from_a_day_on(uint32_t from, uint32_t stated_day, enum status_action action)
{
    school_withdrawn_after(true);
    build_accreditation(&given.built, CASE_ASE, 40, CASE_SCHOOL, "ase/*", 0)->accreditation.from = from;
    build_event(&given.built, given.certificate, action, CASE_FIRST + 10, 25, false);
    given.built.events[0][given.certificate->place.event_count - 1].stated_day = stated_day;
}

static uint32_t today(void)
{
    return day_of_time(given.question.now_s);
}

static void revoked_today(void)
{
    from_a_day_on(today(), today(), STATUS_REVOKED);
}

static void revoked_on_a_day_to_come(void)
{
    from_a_day_on(today() + 1, today() + 1, STATUS_REVOKED);
}

static void revoked_within_the_tolerance_of_midnight(void)
{
    given.question.now_s = (today() + UINT64_C(1)) * 86400 - CHECKPOINT_AHEAD_S;
    from_a_day_on(today() + 1, today() + 1, STATUS_REVOKED);
}

static void reinstated_on_a_day_to_come(void)
{
    build_event(&given.built, given.certificate, STATUS_REVOKED, CASE_FIRST + 10, 15, false);
    from_a_day_on(today() + 1, today() + 1, STATUS_REINSTATED);
}

/* ---- backdated into an accreditation that was over ---- */

static struct dossier_signing shown_late[2];

/* ase let the school issue, and closes it; other let it issue long before, until day 500. */
static void over_long_before(uint32_t stated_day)
{
    school_withdrawn_after(true);
    build_accreditation(&given.built, CASE_ASE, 4, CASE_OTHER, "ase/*", 1);
    struct dossier_accreditation *old =
        build_accreditation(&given.built, CASE_OTHER, 5, CASE_SCHOOL, "ase/*", 0);
    old->accreditation.has_until = true;
    old->accreditation.until = 500;
    build_event(&given.built, given.certificate, STATUS_REVOKED, CASE_FIRST + 10, 25, false);
    given.built.events[0][0].stated_day = stated_day;
}

static void revoked_beyond_the_closed_cut(void)
{
    over_long_before(CASE_FIRST + 10);
}

static void revoked_there_and_backdated(void)
{
    over_long_before(400);
}

static void revoked_there_backdated_and_shown_so(void)
{
    over_long_before(400);
    shown_late[0] = (struct dossier_signing){.time_s = 400 * UINT64_C(86400),
                                             .arrived_s = (CASE_FIRST + 300) * UINT64_C(86400),
                                             .below_s = (CASE_FIRST + 290) * UINT64_C(86400)};
    given.certificate->place.event_signings = shown_late;
}

static void reinstated_there_and_backdated(void)
{
    over_long_before(400);
    given.built.events[0][0].stated_day = CASE_FIRST + 10;
    given.built.events[0][0].setter_seq = 15;
    build_event(&given.built, given.certificate, STATUS_REINSTATED, CASE_FIRST + 20, 25, false);
    given.built.events[0][1].stated_day = 400;
}

/* ---- taken from her holder beyond a closed cut ---- */

static void given_away_there_and_backdated(void)
{
    school_withdrawn_after(true);
    build_accreditation(&given.built, CASE_ASE, 4, CASE_OTHER, "ase/*", 1);
    struct dossier_accreditation *old =
        build_accreditation(&given.built, CASE_OTHER, 5, CASE_SCHOOL, "ase/*", 0);
    old->accreditation.has_until = true;
    old->accreditation.until = 500;
    build_held_by(&given.built, given.certificate, CASE_OTHER, CASE_FIRST + 10, 25);
    given.built.events[0][0].stated_day = 400;
    given.certificate->has_holder = false;
}

#define NOT(what) (what), true

static const struct row {
    const char *sentence;
    void (*make)(void);
    enum overall overall;
    bool others; /* it is enough that it is not that */
} rows[] = {
    {"a certificate is valid", nothing, OVERALL_VALID, false},
    {"who is accredited again revokes", closed_accredited_again_and_revoked, OVERALL_INVALID, false},
    {"withdrawn again, unclosed, what it revoked beyond that is in doubt, not nothing",
     and_withdrawn_again_before_that, OVERALL_UNDETERMINED, false},
    {"who is accredited by another, nobody knows since when, revokes perhaps", another_s_and_revoked,
     OVERALL_UNDETERMINED, false},
    {"and where that one withdraws it, unclosed, too", another_s_withdrawn_too, OVERALL_UNDETERMINED, false},
    {"accredited again in doubt, its revocation is one", and_back_in_doubt, OVERALL_UNDETERMINED, false},
    {"from the first day on", revoked_today, OVERALL_INVALID, false},
    {"signed on a day that has not come it is in doubt until then", revoked_on_a_day_to_come,
     OVERALL_UNDETERMINED, false},
    {"what this clock may be off by apart", revoked_within_the_tolerance_of_midnight, OVERALL_INVALID, false},
    {"nor does it reinstate on such a day", reinstated_on_a_day_to_come, NOT(OVERALL_VALID)},
    {"beyond a closed cut a revocation is nothing", revoked_beyond_the_closed_cut, OVERALL_VALID, false},
    {"backdated into an accreditation that was over it is no certain one", revoked_there_and_backdated,
     NOT(OVERALL_INVALID)},
    {"least of all where it is shown to be backdated", revoked_there_backdated_and_shown_so,
     NOT(OVERALL_INVALID)},
    {"and a backdated reinstatement is none", reinstated_there_and_backdated, NOT(OVERALL_VALID)},
    {"nor is it given away by a day of its issuer's own word", given_away_there_and_backdated,
     NOT(OVERALL_INVALID)},
};

static void it_is_so(void **state)
{
    size_t failed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        verdict_case_begin(&given);
        rows[i].make();
        const struct verdict found = verdict_case_decide(&given);
        const struct credential_verdict *one = &found.credentials[0];
        if ((one->overall == rows[i].overall) == rows[i].others) {
            static const char *const words[] = {"VALID", "INVALID", "UNDETERMINED"};
            print_error("%s: %s%s, is %s (authority %s, status %s, fresh %s)\n", rows[i].sentence,
                        rows[i].others ? "not " : "", words[rows[i].overall], words[one->overall],
                        reason_word(one->axes[AXIS_AUTHORITY].reason),
                        reason_word(one->axes[AXIS_STATUS].reason),
                        reason_word(one->axes[AXIS_FRESHNESS].reason));
            failed++;
        }
    }
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_is_so)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
