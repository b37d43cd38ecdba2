#include "protocol/rules/credential.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/network_case.h"

enum { NEVER = -1 }; /* in rows: DAY_NONE */

static struct network_case given;

static int day_in_row(uint32_t day)
{
    return day == DAY_NONE ? NEVER : (int)day;
}

static void no_condition(void)
{
    given.certificate->attestation.has_network = false;
}

static void experience(void)
{
    no_condition();
    given.certificate->attestation.basis = BASIS_EXPERIENCE;
}

static void experience_revoked(void)
{
    experience();
    build_event(&given.built, given.certificate, STATUS_REVOKED, NETWORK_LAST + 10, 30, false);
}

static void untrusted(void)
{
    no_condition();
    given.certificate->place.log = NETWORK_SCHOOL;
}

static void mismatch(void)
{
    no_condition();
    given.certificate->source = SOURCE_MISMATCH;
}

static void unwitnessed(void)
{
    no_condition();
    given.certificate->source = SOURCE_UNWITNESSED;
}

static void no_pack(void)
{
    no_condition();
    given.built.dossier.pack_count = 0;
}

static void stale(void)
{
    no_condition();
    given.question.now_s = BUILT_TIME_S + FRESHNESS_DEFAULT.issuer_s + 1;
}

static void suspended_for_a_while(void)
{
    no_condition();
    build_event(&given.built, given.certificate, STATUS_SUSPENDED, NETWORK_LEFT, 30, false);
    build_event(&given.built, given.certificate, STATUS_REINSTATED, NETWORK_RETURNED, 31, false);
}

static void suspended_in_a_void_block(void)
{
    no_condition();
    build_event(&given.built, given.certificate, STATUS_SUSPENDED, NETWORK_LEFT, 30, true);
    build_event(&given.built, given.certificate, STATUS_REINSTATED, NETWORK_RETURNED, 31, false);
}

static void reinstated_at_once(void)
{
    no_condition();
    build_event(&given.built, given.certificate, STATUS_SUSPENDED, NETWORK_LEFT, 30, false);
    build_event(&given.built, given.certificate, STATUS_REINSTATED, NETWORK_LEFT, 31, false);
}

static void replaced(void)
{
    no_condition();
    build_event(&given.built, given.certificate, STATUS_REPLACED, NETWORK_LEFT, 30, false);
}

static void erased(void)
{
    no_condition();
    given.certificate->place.erased = true;
}

static void erased_and_revoked(void)
{
    erased();
    build_event(&given.built, given.certificate, STATUS_REVOKED, NETWORK_LEFT, 30, false);
}

static void voided(void)
{
    no_condition();
    given.certificate->place.voided = true;
    given.certificate->place.void_seq = 50;
}

static void voided_by_a_disputed_word(void)
{
    voided();
    given.built.logs[NETWORK_FORD].forked = true;
    given.built.logs[NETWORK_FORD].fork_seq = 50;
}

static void disputed(void)
{
    no_condition();
    given.built.logs[NETWORK_FORD].forked = true;
    given.built.logs[NETWORK_FORD].fork_seq = 10;
}

static void for_life(void)
{
    no_condition();
    given.certificate->attestation.has_last_day = false;
}

static void in_and_out_of_the_network(void)
{
    network_case_returned(&given);
}

static void perhaps_left_the_network(void)
{
    network_case_left(&given);
    given.built.leaves[0].place.voided = true;
    given.built.leaves[0].place.void_seq = 50;
}

static void a_credential_says_on_which_days_it_holds(void **state)
{
    (void)state;
    static const uint32_t asked[] = {
        NETWORK_FIRST - 1, NETWORK_FIRST, NETWORK_LEFT - 1, NETWORK_LEFT,      NETWORK_RETURNED - 1,
        NETWORK_RETURNED,  NETWORK_LAST,  NETWORK_LAST + 1, NETWORK_LAST + 10, DAY_MAX};
    enum { ASKED = sizeof asked / sizeof asked[0] };
    static const char letters[] = {[ANSWER_YES] = 'y', [ANSWER_NO] = 'n', [ANSWER_UNKNOWN] = '?'};
    static const struct {
        const char *why;
        void (*say)(void);
        const char *days;
    } rows[] = {
        {"its validity", no_condition, "nyyyyyynnn"},
        {"for life", for_life, "nyyyyyyyyy"},
        {"suspended for a while", suspended_for_a_while, "nyynnyynnn"},
        {"suspended in a void block", suspended_in_a_void_block, "nyy??yynnn"},
        {"suspended and reinstated from the same day", reinstated_at_once, "nyyyyyynnn"},
        {"replaced", replaced, "nyynnnnnnn"},
        {"erased", erased, "??????????"},
        {"erased and revoked", erased_and_revoked, "???nnnnnnn"},
        {"in a void block", voided, "nnnnnnnnnn"},
        {"void by a disputed word", voided_by_a_disputed_word, "n??????nnn"},
        {"in a disputed block", disputed, "n??????nnn"},
        {"documented work does not expire", experience, "nyyyyyyyyy"},
        {"it stands until it is revoked", experience_revoked, "nyyyyyyynn"},
        {"not what its issuer signed", mismatch, "nnnnnnnnnn"},
        {"from a head that nobody known replayed", unwitnessed, "n??????nnn"},
        {"from someone who may not say so", untrusted, "nnnnnnnnnn"},
        {"under no rule pack", no_pack, "n??????nnn"},
        {"on old evidence", stale, "n??????nnn"},
        {"in a network that she joins, leaves and joins again", in_and_out_of_the_network, "nnynnyynnn"},
        {"in a network of which she may have left", perhaps_left_the_network, "nny????nnn"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char days[ASKED + 1] = "";
        network_case_begin(&given);
        rows[i].say();
        const struct credential_verdict *verdict = network_case_decide(&given, NETWORK_LEFT);
        for (size_t j = 0; j < ASKED; j++) {
            days[j] = letters[day_truth_on(&verdict->days, asked[j])];
        }
        if (strcmp(days, rows[i].days) != 0) {
            fail_msg("%s: %s", rows[i].why, days);
        }
    }
}

static void old_evidence_says_until_when(void **state)
{
    (void)state;
    network_case_begin(&given);
    network_case_returned(&given);
    given.question.now_s = BUILT_TIME_S + FRESHNESS_DEFAULT.issuer_s + 1;
    given.built.logs[NETWORK_SCHOOL].checkpoint_time_s = given.question.now_s;
    given.built.credentials[1].place.log = NETWORK_SCHOOL;
    build_accreditation(&given.built, NETWORK_FORD, 5, NETWORK_SCHOOL, "ford/*", 0);
    const struct credential_verdict *verdict = network_case_decide(&given, NETWORK_JOINED);
    assert_int_equal(verdict->overall, OVERALL_UNDETERMINED);
    assert_int_equal(verdict->axes[AXIS_STATUS].answer, ANSWER_YES);
    assert_int_equal(verdict->since_day, NETWORK_JOINED);
    assert_int_equal(verdict->until_day, NETWORK_LEFT - 1);
}

static void documented_work_stands_without_end(void **state)
{
    (void)state;
    network_case_begin(&given);
    experience();
    const struct credential_verdict *verdict = network_case_decide(&given, NETWORK_LAST + 1000);
    assert_int_equal(verdict->overall, OVERALL_VALID);
    assert_int_equal(verdict->since_day, NETWORK_FIRST);
    assert_int_equal(verdict->until_day, DAY_NONE);
}

static void an_appeal_says_since_when(void **state)
{
    (void)state;
    network_case_begin(&given);
    no_condition();
    build_event(&given.built, given.certificate, STATUS_REVOKED, NETWORK_LEFT, 30, false);
    build_event(&given.built, given.certificate, STATUS_APPEALED, NETWORK_LEFT + 5, 31, false);
    build_event(&given.built, given.certificate, STATUS_APPEALED, NETWORK_LEFT + 9, 32, false);
    assert_int_equal(network_case_decide(&given, NETWORK_LEFT + 4)->appeal_day, DAY_NONE);
    assert_int_equal(network_case_decide(&given, NETWORK_LEFT + 5)->appeal_day, NETWORK_LEFT + 5);
    assert_int_equal(network_case_decide(&given, NETWORK_LEFT + 9)->appeal_day, NETWORK_LEFT + 5);
    assert_int_equal(network_case_decide(&given, NETWORK_LEFT + 9)->axes[AXIS_STATUS].reason, REASON_REVOKED);
    build_event(&given.built, given.certificate, STATUS_APPEAL_DECIDED, NETWORK_RETURNED, 33, false);
    assert_int_equal(network_case_decide(&given, NETWORK_RETURNED - 1)->appeal_day, NETWORK_LEFT + 5);
    assert_int_equal(network_case_decide(&given, NETWORK_RETURNED)->appeal_day, DAY_NONE);
}

/* ---- narrowing ---- */

static void a_condition_narrows(void **state)
{
    (void)state;
    static const struct day_interval some[] = {{100, 199}, {300, 399}};
    static const struct day_interval perhaps[] = {{100, 250}, {300, 399}};
    static const struct day_truth condition = {.surely = {2, some}, .possibly = {2, perhaps}};
    static const struct {
        const char *why;
        enum answer before;
        uint32_t at_day;
        enum answer after;
        bool told; /* with the condition's reason */
        int since, until, effective_day;
    } rows[] = {
        {"both hold: the days that they share", ANSWER_YES, 350, ANSWER_YES, false, 320, 399, NEVER},
        {"the condition says no", ANSWER_YES, 420, ANSWER_NO, true, NEVER, NEVER, 400},
        {"it never said yes before", ANSWER_YES, 99, ANSWER_NO, true, NEVER, NEVER, NEVER},
        {"its silence began after a doubt", ANSWER_YES, 260, ANSWER_NO, true, NEVER, NEVER, 251},
        {"the condition is unknown", ANSWER_YES, 220, ANSWER_UNKNOWN, true, NEVER, NEVER, NEVER},
        {"no stays no when it holds", ANSWER_NO, 350, ANSWER_NO, false, 320, 500, NEVER},
        {"no stays what it was", ANSWER_NO, 420, ANSWER_NO, false, 320, 500, NEVER},
        {"unknown stays when it holds", ANSWER_UNKNOWN, 350, ANSWER_UNKNOWN, false, 320, 500, NEVER},
        {"of two doubts the first is told", ANSWER_UNKNOWN, 220, ANSWER_UNKNOWN, false, 320, 500, NEVER},
        {"a certain no goes before a doubt", ANSWER_UNKNOWN, 420, ANSWER_NO, true, NEVER, NEVER, 400},
    };
    static const enum overall overall[] = {
        [ANSWER_YES] = OVERALL_VALID, [ANSWER_NO] = OVERALL_INVALID, [ANSWER_UNKNOWN] = OVERALL_UNDETERMINED};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct credential_verdict verdict = {
            .axes = {[AXIS_STATUS] = {rows[i].before, REASON_VOIDED}},
            .overall = overall[rows[i].before],
            .since_day = 320,
            .until_day = 500,
            .effective_day = DAY_NONE,
        };
        credential_narrow(&verdict, &condition, REASON_OTHER_STATE, rows[i].at_day);
        struct axis_answer status = verdict.axes[AXIS_STATUS];
        if (status.answer != rows[i].after ||
            status.reason != (rows[i].told ? REASON_OTHER_STATE : REASON_VOIDED) ||
            verdict.overall != overall[rows[i].after] || day_in_row(verdict.since_day) != rows[i].since ||
            day_in_row(verdict.until_day) != rows[i].until ||
            day_in_row(verdict.effective_day) != rows[i].effective_day) {
            fail_msg("%s: %d %s since %u until %u, effective %u", rows[i].why, (int)status.answer,
                     reason_word(status.reason), verdict.since_day, verdict.until_day, verdict.effective_day);
        }
    }
}

/* ---- properties ---- */

static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

enum { DAYS = 40 };

static void say_at_random(struct dossier_credential *credential, uint64_t *seed)
{
    size_t count = next_random(seed) % 5;
    for (size_t i = 0; i < count; i++) {
        enum status_action action = (enum status_action)(1 + next_random(seed) % STATUS_HELD_BY);
        build_event(&given.built, credential, action, next_random(seed) % DAYS, 15 + i,
                    next_random(seed) % 5 == 0);
    }
}

static void void_at_random(struct dossier_place *place, uint64_t *seed)
{
    place->voided = next_random(seed) % 12 == 0;
    place->void_seq = 20 + next_random(seed) % 20;
}

static void build_random(uint64_t *seed)
{
    network_case_begin(&given);
    given.certificate->attestation.has_network = next_random(seed) % 4 != 0;
    given.certificate->attestation.valid_from = next_random(seed) % DAYS;
    given.certificate->attestation.last_day =
        given.certificate->attestation.valid_from + next_random(seed) % DAYS;
    given.certificate->attestation.has_last_day = next_random(seed) % 4 != 0;
    given.certificate->attestation.basis = next_random(seed) % 6 == 0 ? BASIS_EXPERIENCE : BASIS_EXAM;
    given.certificate->place.erased = next_random(seed) % 12 == 0;
    given.certificate->source = next_random(seed) % 12 == 0 ? SOURCE_UNWITNESSED : SOURCE_REPLAYED;
    void_at_random(&given.certificate->place, seed);
    say_at_random(given.certificate, seed);
    for (size_t shop = NETWORK_SHOP; shop <= NETWORK_OTHER_SHOP; shop++) {
        uint32_t first = next_random(seed) % DAYS;
        struct dossier_credential *member =
            build_membership(&given.built, NETWORK_FORD, 11 + shop, shop, "ford/network-shop", first,
                             first + next_random(seed) % DAYS);
        say_at_random(member, seed);
        struct dossier_affiliation *said = build_joined(&given.built, shop, 10 + next_random(seed) % 10,
                                                        NETWORK_SUBJECT, next_random(seed) % DAYS);
        void_at_random(&said->place, seed);
        if (next_random(seed) % 2 == 0) {
            void_at_random(&build_left(&given.built,
                                       next_random(seed) % 2 == 0 ? shop : (size_t)NETWORK_SUBJECT,
                                       10 + next_random(seed) % 10, said, next_random(seed) % DAYS)
                                ->place,
                           seed);
        }
    }
    for (size_t actor = 0; actor < NETWORK_ACTORS; actor++) {
        given.built.logs[actor].forked = next_random(seed) % 8 == 0;
        given.built.logs[actor].fork_seq = 5 + next_random(seed) % 30;
    }
    if (next_random(seed) % 12 == 0) {
        stale();
    }
}

/* What a credential answers when asked about a day is what its days say of that day, and since and until are
 * the ends of that run. */
static void days_are_what_each_day_answers(void **state)
{
    (void)state;
    enum { ROUNDS = 1500 };
    static const enum overall overall[] = {
        [ANSWER_YES] = OVERALL_VALID, [ANSWER_NO] = OVERALL_INVALID, [ANSWER_UNKNOWN] = OVERALL_UNDETERMINED};
    uint64_t seed = 11;
    size_t seen[3] = {0};
    for (int round = 0; round < ROUNDS; round++) {
        build_random(&seed);
        for (uint32_t day = 0; day < 2 * DAYS + 2; day++) {
            const struct credential_verdict *verdict = network_case_decide(&given, day);
            enum answer answer = day_truth_on(&verdict->days, day);
            seen[answer]++;
            assert_int_equal(verdict->overall, overall[answer]);
            assert_int_equal(verdict->axes[AXIS_STATUS].answer == ANSWER_YES, verdict->since_day != DAY_NONE);
            if (answer == ANSWER_YES) {
                const struct day_interval *run = day_set_run(verdict->days.surely, day);
                assert_non_null(run);
                assert_int_equal(verdict->since_day, run->first);
                assert_int_equal(verdict->until_day, run->last);
            }
        }
    }
    assert_true(seen[ANSWER_YES] > ROUNDS && seen[ANSWER_NO] > ROUNDS && seen[ANSWER_UNKNOWN] > ROUNDS);
}

static void a_full_arena_is_told(void **state)
{
    (void)state;
    network_case_begin(&given);
    network_case_returned(&given);
    given.question.at_day = NETWORK_RETURNED;
    size_t needed = 0;
    for (bool fits = false; !fits; needed++) {
        struct arena arena;
        arena_init(&arena, given.memory, needed);
        fits = credentials_decide(&given.found, &given.built.dossier, &given.built.trust, &given.question,
                                  &arena);
    }
    assert_int_equal(given.found.verdicts[0].overall, OVERALL_VALID);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_credential_says_on_which_days_it_holds),
        cmocka_unit_test(old_evidence_says_until_when),
        cmocka_unit_test(documented_work_stands_without_end),
        cmocka_unit_test(an_appeal_says_since_when),
        cmocka_unit_test(a_condition_narrows),
        cmocka_unit_test(days_are_what_each_day_answers),
        cmocka_unit_test(a_full_arena_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
