#include "protocol/rules/begun_days.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/network_case.h"
#include "tests/support/verdict_case.h"

/* The asker's today is a day behind where clocks are furthest ahead. */

enum { TODAY = (CASE_FIRST + CASE_LAST) / 2, BEGUN = TODAY + 1, SAID_IN = 20 };

static struct verdict_case given;
static struct network_case affiliated;

static void said(enum status_action action, uint32_t from)
{
    build_event(&given.built, given.certificate, action, from, SAID_IN, false);
}

static void valid_from(uint32_t day)
{
    given.certificate->attestation.earned_on = day;
    given.certificate->attestation.valid_from = day;
}

static void nothing(void) {}

static void revoked_from_a_day_that_has_begun(void)
{
    said(STATUS_REVOKED, BEGUN);
}

static void suspended_from_a_day_that_has_begun(void)
{
    said(STATUS_SUSPENDED, BEGUN);
}

static void revoked_and_reinstated_from_a_day_that_has_begun(void)
{
    said(STATUS_REVOKED, TODAY - 5);
    said(STATUS_REINSTATED, BEGUN);
}

static void revoked_from_a_day_that_has_not(void)
{
    said(STATUS_REVOKED, BEGUN + 1);
}

static void revoked_from_that_day_and_another_day_is_asked_about(void)
{
    revoked_from_a_day_that_has_begun();
    given.question.begun_day = 0;
}

static void valid_from_a_day_that_has_begun(void)
{
    valid_from(BEGUN);
}

static void valid_from_a_day_that_has_not(void)
{
    valid_from(BEGUN + 1);
}

static void valid_from_that_day_and_another_day_is_asked_about(void)
{
    valid_from_a_day_that_has_begun();
    given.question.begun_day = 0;
}

static void valid_until_today(void)
{
    given.certificate->attestation.last_day = TODAY;
}

static const struct row {
    const char *sentence;
    void (*arrange)(void);
    enum overall overall;
    enum reason status;
    enum answer required; /* where ase/A5 is */
    enum said_standing standing;
} rows[] = {
    {"nothing said", nothing, OVERALL_VALID, REASON_NONE, ANSWER_YES, SAID_STANDS},
    {"a revocation is never silent until midnight comes here", revoked_from_a_day_that_has_begun,
     OVERALL_INVALID, REASON_REVOKED, ANSWER_NO, SAID_STANDS},
    {"nor is a suspension", suspended_from_a_day_that_has_begun, OVERALL_INVALID, REASON_SUSPENDED, ANSWER_NO,
     SAID_STANDS},
    {"and what ends them speaks as early", revoked_and_reinstated_from_a_day_that_has_begun, OVERALL_VALID,
     REASON_NONE, ANSWER_YES, SAID_OVERRULED},
    {"a revocation that names a later day waits for it", revoked_from_a_day_that_has_not, OVERALL_VALID,
     REASON_NONE, ANSWER_YES, SAID_TO_COME},
    {"days that aren't today are the calendar's", revoked_from_that_day_and_another_day_is_asked_about,
     OVERALL_VALID, REASON_NONE, ANSWER_YES, SAID_TO_COME},
    {"what was issued today holds, wherever it is today already", valid_from_a_day_that_has_begun,
     OVERALL_VALID, REASON_NONE, ANSWER_YES, SAID_STANDS},
    {"and not before it is anywhere", valid_from_a_day_that_has_not, OVERALL_INVALID, REASON_NOT_YET_VALID,
     ANSWER_NO, SAID_STANDS},
    {"nor where another day is asked about", valid_from_that_day_and_another_day_is_asked_about,
     OVERALL_INVALID, REASON_NOT_YET_VALID, ANSWER_NO, SAID_STANDS},
    {"the last day ends by the asker's calendar", valid_until_today, OVERALL_VALID, REASON_NONE, ANSWER_YES,
     SAID_STANDS},
};

static void a_day_that_has_begun_anywhere_has_begun(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        verdict_case_begin(&given);
        assert_int_equal(given.question.at_day, TODAY);
        given.question.begun_day = BEGUN;
        rows[i].arrange();
        const struct verdict verdict = verdict_case_decide(&given);
        const struct credential_verdict *found = &verdict.credentials[0];
        if (verdict.overall != rows[i].overall || found->axes[AXIS_STATUS].reason != rows[i].status ||
            (found->said != NULL && found->said[0] != rows[i].standing)) {
            fail_msg("%s: overall %d, status %s", rows[i].sentence, (int)verdict.overall,
                     reason_word(found->axes[AXIS_STATUS].reason));
        }
        if (verdict_case_ask(&given, "ase/A5") != rows[i].required) {
            fail_msg("%s: not so where it is required", rows[i].sentence);
        }
    }
}

/* It begins earlier here, and ends where it ended. */
static void a_validity_is_not_moved(void **state)
{
    (void)state;
    verdict_case_begin(&given);
    given.question.begun_day = BEGUN;
    valid_from_a_day_that_has_begun();
    given.certificate->attestation.has_last_day = false;
    const uint32_t limited = verdict_case_decide(&given).credentials[0].limited_to;
    given.question.begun_day = 0;
    assert_int_equal(limited, verdict_case_decide(&given).credentials[0].limited_to);
    assert_int_not_equal(limited, DAY_NONE);
}

static void who_left_on_a_day_that_has_begun_has_left(void **state)
{
    struct arena arena;
    static uint8_t memory[CASE_ARENA_SIZE];
    const struct dossier *gathered = &affiliated.built.dossier;
    (void)state;
    network_case_begin(&affiliated);
    network_case_member(&affiliated);
    network_case_joined(&affiliated);
    network_case_left(&affiliated);
    assert_int_equal(network_case_decide(&affiliated, NETWORK_LEFT - 1)->overall, OVERALL_VALID);
    affiliated.question.begun_day = NETWORK_LEFT;
    arena_init(&arena, memory, sizeof memory);
    const struct dossier *begun = dossier_of_begun_days(gathered, &affiliated.question, &arena);
    assert_ptr_not_equal(begun, gathered);
    assert_int_equal(begun->leaves[0].day, NETWORK_LEFT - 1);
    assert_int_equal(gathered->leaves[0].day, NETWORK_LEFT);
}

static void asked_again_it_changes_nothing_and_what_was_gathered_stays(void **state)
{
    struct arena arena;
    static uint8_t memory[CASE_ARENA_SIZE];
    (void)state;
    verdict_case_begin(&given);
    given.question.begun_day = BEGUN;
    arena_init(&arena, memory, sizeof memory);
    const struct dossier *gathered = &given.built.dossier;
    assert_ptr_equal(dossier_of_begun_days(gathered, &given.question, &arena), gathered);
    assert_int_equal(arena.used, 0);
    revoked_from_a_day_that_has_begun();
    const struct dossier *begun = dossier_of_begun_days(gathered, &given.question, &arena);
    assert_ptr_not_equal(begun, gathered);
    assert_int_equal(begun->credentials[0].place.events[0].effective_day, TODAY);
    assert_int_equal(gathered->credentials[0].place.events[0].effective_day, BEGUN);
    assert_ptr_equal(dossier_of_begun_days(begun, &given.question, &arena), begun);
}

static void where_memory_is_out_there_is_no_dossier(void **state)
{
    struct arena arena;
    static uint8_t memory[CASE_ARENA_SIZE];
    size_t fits = 0;
    (void)state;
    verdict_case_begin(&given);
    given.question.begun_day = BEGUN;
    revoked_from_a_day_that_has_begun();
    for (size_t size = 0; size < sizeof memory; size += 16) {
        arena_init(&arena, memory, size);
        fits += dossier_of_begun_days(&given.built.dossier, &given.question, &arena) != NULL;
    }
    assert_in_range(fits, 1, sizeof memory / 16 - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_that_has_begun_anywhere_has_begun),
        cmocka_unit_test(a_validity_is_not_moved),
        cmocka_unit_test(who_left_on_a_day_that_has_begun_has_left),
        cmocka_unit_test(asked_again_it_changes_nothing_and_what_was_gathered_stays),
        cmocka_unit_test(where_memory_is_out_there_is_no_dossier),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
