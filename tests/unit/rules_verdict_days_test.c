#include "protocol/rules/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/support/verdict_case.h"

enum {
    NEVER = -1, /* in rows: DAY_NONE */
    NOTHING = -1,
    EVENTS_MAX = 4,
};

static struct verdict_case given;

struct said {
    enum status_action action;
    uint32_t day;
    uint64_t seq;
    bool voided;
};

#define SAID(action, day, seq)                                                                               \
    {                                                                                                        \
        STATUS_##action, day, seq, false                                                                     \
    }
#define VOIDED(action, day, seq)                                                                             \
    {                                                                                                        \
        STATUS_##action, day, seq, true                                                                      \
    }
#define HOLDS(since, until) ANSWER_YES, REASON_NONE, since, until, NEVER, NOTHING
#define HOLDS_OVERRULING(since, until, event) ANSWER_YES, REASON_NONE, since, until, NEVER, event
#define HOLDS_UNDER_APPEAL(since, until) ANSWER_YES, REASON_UNDER_APPEAL, since, until, NEVER, NOTHING
#define NOT(reason, effective_day) ANSWER_NO, REASON_##reason, NEVER, NEVER, effective_day, NOTHING
#define PERHAPS(reason, effective_day) ANSWER_UNKNOWN, REASON_##reason, NEVER, NEVER, effective_day, NOTHING

static const struct {
    const char *why;
    struct said said[EVENTS_MAX];
    uint32_t at_day;
    enum answer answer;
    enum reason reason;
    int since, until;
    int effective_day;
    int overruled;
} status_rows[] = {
    {"a certificate holds", {{0}}, 1500, HOLDS(CASE_FIRST, CASE_LAST)},
    {"on its first day", {{0}}, CASE_FIRST, HOLDS(CASE_FIRST, CASE_LAST)},
    {"not on the day before", {{0}}, CASE_FIRST - 1, NOT(NOT_YET_VALID, CASE_FIRST)},
    {"on its last day", {{0}}, CASE_LAST, HOLDS(CASE_FIRST, CASE_LAST)},
    {"not on the day after", {{0}}, CASE_LAST + 1, NOT(EXPIRED, CASE_LAST)},
    {"revoked, on its day", {SAID(REVOKED, 1500, 20)}, 1500, NOT(REVOKED, 1500)},
    {"revoked, the day before", {SAID(REVOKED, 1500, 20)}, 1499, HOLDS(CASE_FIRST, 1499)},
    {"revoked, long after it would have expired", {SAID(REVOKED, 1500, 20)}, 3000, NOT(REVOKED, 1500)},
    {"revoked from before its first day", {SAID(REVOKED, 900, 20)}, 950, NOT(REVOKED, 900)},
    {"revoked from its first day never held",
     {SAID(REVOKED, CASE_FIRST, 20)},
     CASE_FIRST - 1,
     NOT(NOT_YET_VALID, CASE_FIRST)},
    {"suspended", {SAID(SUSPENDED, 1400, 20)}, 1500, NOT(SUSPENDED, 1400)},
    {"suspended, and then expired", {SAID(SUSPENDED, 1400, 20)}, 2500, NOT(EXPIRED, CASE_LAST)},
    {"reinstated, during the suspension",
     {SAID(SUSPENDED, 1400, 20), SAID(REINSTATED, 1600, 21)},
     1500,
     NOT(SUSPENDED, 1400)},
    {"reinstated, before the suspension",
     {SAID(SUSPENDED, 1400, 20), SAID(REINSTATED, 1600, 21)},
     1399,
     HOLDS(CASE_FIRST, 1399)},
    {"reinstated, after the suspension",
     {SAID(SUSPENDED, 1400, 20), SAID(REINSTATED, 1600, 21)},
     1600,
     HOLDS_OVERRULING(1600, CASE_LAST, 0)},
    {"reinstated from its beginning, what was said shows",
     {SAID(REVOKED, 1400, 20), SAID(REINSTATED, 1400, 21)},
     1500,
     HOLDS_OVERRULING(CASE_FIRST, CASE_LAST, 0)},
    {"replaced", {SAID(REPLACED, 1400, 20)}, 1500, NOT(REPLACED, 1400)},
    {"under appeal it holds, and says so",
     {SAID(APPEALED, 1400, 20)},
     1500,
     HOLDS_UNDER_APPEAL(CASE_FIRST, CASE_LAST)},
    {"a revocation under appeal stands",
     {SAID(REVOKED, 1400, 20), SAID(APPEALED, 1450, 21)},
     1500,
     NOT(REVOKED, 1400)},
    {"a voided revocation is neither yes nor no", {VOIDED(REVOKED, 1400, 20)}, 1500, PERHAPS(VOIDED, 1400)},
    {"the days before it hold", {VOIDED(REVOKED, 1400, 20)}, 1399, HOLDS(CASE_FIRST, 1399)},
    {"a voided revocation does not keep it from expiring",
     {VOIDED(REVOKED, 1400, 20)},
     2500,
     NOT(EXPIRED, CASE_LAST)},
    {"said again by a good block it counts",
     {VOIDED(REVOKED, 1400, 20), SAID(REVOKED, 1400, 30)},
     1500,
     NOT(REVOKED, 1400)},
    {"a voided reinstatement is nothing",
     {SAID(REVOKED, 1400, 20), VOIDED(REINSTATED, 1450, 21)},
     1500,
     NOT(REVOKED, 1400)},
};

static int day_in_row(uint32_t day)
{
    return day == DAY_NONE ? NEVER : (int)day;
}

static int first_overruled(const struct credential_verdict *found, size_t event_count)
{
    for (size_t i = 0; i < event_count; i++) {
        if (found->said[i] == SAID_OVERRULED) {
            return (int)i;
        }
    }
    return NOTHING;
}

static void status_follows_what_was_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof status_rows / sizeof status_rows[0]; i++) {
        verdict_case_begin(&given);
        for (size_t j = 0; j < EVENTS_MAX && status_rows[i].said[j].action != 0; j++) {
            const struct said *said = &status_rows[i].said[j];
            build_event(&given.built, given.certificate, said->action, said->day, said->seq, said->voided);
        }
        given.question.at_day = status_rows[i].at_day;
        const struct verdict verdict = verdict_case_decide(&given);
        const struct credential_verdict *found = &verdict.credentials[0];
        struct axis_answer status = found->axes[AXIS_STATUS];
        int effective_day = day_in_row(found->effective_day);
        int overruled = first_overruled(found, given.certificate->place.event_count);
        if (status.answer != status_rows[i].answer || status.reason != status_rows[i].reason) {
            fail_msg("%s: %d %s", status_rows[i].why, (int)status.answer, reason_word(status.reason));
        }
        if (day_in_row(found->since_day) != status_rows[i].since ||
            day_in_row(found->until_day) != status_rows[i].until ||
            effective_day != status_rows[i].effective_day || overruled != status_rows[i].overruled) {
            fail_msg("%s: since %u until %u, effective %u, overruled %d", status_rows[i].why,
                     found->since_day, found->until_day, found->effective_day, overruled);
        }
    }
}

/* ---- what became of each statement ---- */

/* Of each event: s stands, o overruled, v void, d disputed, l for days to come, n had not arrived by then. */
static void each_statement_says_how_it_stands(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct said said[EVENTS_MAX];
        uint32_t at_day;
        uint64_t fork_seq, known_by_seq; /* 0: none; all */
        const char *standings;
    } rows[] = {
        {"revoked", {SAID(REVOKED, 1400, 20)}, 1500, 0, 0, "s"},
        {"revoked from a later day on", {SAID(REVOKED, 1600, 20)}, 1500, 0, 0, "l"},
        {"revoked and reinstated", {SAID(REVOKED, 1400, 20), SAID(REINSTATED, 1450, 21)}, 1500, 0, 0, "os"},
        {"before that day it stands",
         {SAID(REVOKED, 1400, 20), SAID(REINSTATED, 1450, 21)},
         1420,
         0,
         0,
         "sl"},
        {"reinstated from before it was stated: not yet",
         {SAID(REVOKED, 1400, 20), SAID(REINSTATED, 1410, 21)},
         1420,
         0,
         0,
         "sl"},
        {"all that was ended",
         {SAID(SUSPENDED, 1300, 20), SAID(REVOKED, 1400, 21), SAID(REINSTATED, 1450, 22)},
         1500,
         0,
         0,
         "oos"},
        {"in a void block", {VOIDED(REVOKED, 1400, 20), SAID(REINSTATED, 1450, 21)}, 1500, 0, 0, "vs"},
        {"in a disputed block", {SAID(SUSPENDED, 1400, 20), SAID(REINSTATED, 1450, 60)}, 1500, 60, 0, "sd"},
        {"later than known", {SAID(SUSPENDED, 1400, 20), SAID(REINSTATED, 1450, 60)}, 1500, 0, 59, "sn"},
    };
    static const char letters[] = {
        [SAID_STANDS] = 's',   [SAID_OVERRULED] = 'o', [SAID_VOIDED] = 'v',
        [SAID_DISPUTED] = 'd', [SAID_TO_COME] = 'l',   [SAID_NOT_BY_THEN] = 'n',
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        verdict_case_begin(&given);
        for (size_t j = 0; j < EVENTS_MAX && rows[i].said[j].action != 0; j++) {
            const struct said *said = &rows[i].said[j];
            build_event(&given.built, given.certificate, said->action, said->day, said->seq, said->voided);
        }
        given.built.events[0][0].stated_day = 1430;
        if (rows[i].fork_seq > 0) {
            verdict_case_fork(&given, CASE_ASE, rows[i].fork_seq);
        }
        if (rows[i].known_by_seq > 0) {
            given.built.logs[CASE_ASE].known_by_seq = rows[i].known_by_seq;
        }
        given.question.at_day = rows[i].at_day;
        const struct verdict verdict = verdict_case_decide(&given);
        for (size_t j = 0; j < given.certificate->place.event_count; j++) {
            char found = letters[verdict.credentials[0].said[j]];
            if (found != rows[i].standings[j]) {
                fail_msg("%s: statement %zu is %c", rows[i].why, j, found);
            }
        }
    }
}

/* ---- properties ---- */

static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

enum { DAYS = 50 };

static void build_random(uint64_t *seed)
{
    verdict_case_begin(&given);
    given.certificate->attestation.valid_from = next_random(seed) % DAYS;
    given.certificate->attestation.earned_on = given.certificate->attestation.valid_from;
    given.certificate->attestation.has_last_day = next_random(seed) % 4 != 0;
    given.certificate->attestation.last_day =
        given.certificate->attestation.valid_from + next_random(seed) % DAYS;
    if (next_random(seed) % 4 == 0) {
        verdict_case_fork(&given, CASE_ASE, 5 + next_random(seed) % 20);
    }
    size_t count = next_random(seed) % 8;
    for (size_t i = 0; i < count; i++) {
        enum status_action action = (enum status_action)(1 + next_random(seed) % STATUS_HELD_BY);
        build_event(&given.built, given.certificate, action, next_random(seed) % DAYS, 15 + i,
                    next_random(seed) % 5 == 0);
    }
}

static bool holds_on(uint32_t day, uint32_t *since, uint32_t *until)
{
    given.question.at_day = day;
    const struct verdict verdict = verdict_case_decide(&given);
    *since = verdict.credentials[0].since_day;
    *until = verdict.credentials[0].until_day;
    return verdict.credentials[0].axes[AXIS_STATUS].answer == ANSWER_YES;
}

/* A certificate that holds on a day holds on the whole run of days told, and on no day next to it. */
static void runs_of_days_are_whole(void **state)
{
    (void)state;
    enum { ROUNDS = 1500 };
    uint64_t seed = 7;
    size_t held = 0;
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t last_since = DAY_NONE;
        uint32_t last_until = 0;
        bool held_before = false;
        build_random(&seed);
        for (uint32_t day = 0; day < 2 * DAYS + 2; day++) {
            uint32_t since;
            uint32_t until;
            bool holds = holds_on(day, &since, &until);
            held += holds;
            assert_int_equal(holds, since != DAY_NONE);
            assert_true(!holds || (since <= day && day <= until));
            if (holds && held_before) {
                assert_int_equal(since, last_since);
                assert_int_equal(until, last_until);
            } else if (holds) {
                assert_int_equal(since, day);
            } else if (held_before) {
                assert_int_equal(last_until, day - 1);
            }
            last_since = since;
            last_until = until;
            held_before = holds;
        }
        assert_true(!held_before || last_until == DAY_NONE);
    }
    assert_true(held > ROUNDS);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_follows_what_was_said),
        cmocka_unit_test(each_statement_says_how_it_stands),
        cmocka_unit_test(runs_of_days_are_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
