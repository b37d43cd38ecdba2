#include "protocol/rules/credential.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/dossier_builder.h"

/* A manufacturer's certificate, good while its holder works in a shop of the network. */
enum { SUBJECT, FORD, SHOP, OTHER_SHOP, SCHOOL, ACTORS };
enum {
    FIRST = 1000, /* of the certificate's days */
    LAST = 5000,
    JOINED = 1200,
    LEFT = 2000,
    RETURNED = 2500,
    ARENA_SIZE = 256 * 1024,
    NEVER = -1, /* in rows: DAY_NONE */
};

static struct dossier_builder built;
static struct dossier_credential *certificate;
static struct question question;
static uint8_t memory[ARENA_SIZE];
static struct credentials found;

static void begin(void)
{
    dossier_builder_init(&built, ACTORS);
    build_owner(&built, "ford", FORD);
    struct dossier_pack *pack = build_pack(&built, FORD, 1, "ford", 1, 0);
    build_pack_code(&built, pack, "fact-brakes", 60);
    build_pack_code(&built, pack, "network-shop", 0);
    certificate = build_credential(&built, FORD, 10, "ford/fact-brakes", FIRST, LAST);
    certificate->attestation.has_network = true;
    certificate->attestation.network_code = bytes_of_string("ford/network-shop");
    question = (struct question){
        .network = &built.network,
        .at_day = JOINED,
        .now_s = BUILT_TIME_S + 40,
        .known_by_s = UINT64_MAX,
        .budget = FRESHNESS_DEFAULT,
    };
}

static const struct credential_verdict *decide_on(uint32_t day)
{
    struct arena arena;
    arena_init(&arena, memory, sizeof memory);
    question.at_day = day;
    assert_true(credentials_decide(&found, &built.dossier, &built.trust, &question, &arena));
    assert_int_equal(found.count, built.dossier.credential_count);
    return &found.verdicts[0];
}

static int day_in_row(uint32_t day)
{
    return day == DAY_NONE ? NEVER : (int)day;
}

/* ---- the network ---- */

static void in_the_network(void)
{
    build_membership(&built, FORD, 20, SHOP, "ford/network-shop", 0, DAY_NONE);
}

static void joined(void)
{
    in_the_network();
    build_joined(&built, SHOP, 10, SUBJECT, JOINED);
}

static void left(void)
{
    joined();
    build_left(&built, SHOP, 20, &built.affiliations[0], LEFT);
}

static void returned(void)
{
    left();
    build_joined(&built, SHOP, 30, SUBJECT, RETURNED);
}

static void joined_before_it_was_earned(void)
{
    in_the_network();
    build_joined(&built, SHOP, 10, SUBJECT, FIRST - 500);
}

static void left_before_it_was_earned(void)
{
    joined_before_it_was_earned();
    build_left(&built, SHOP, 20, &built.affiliations[0], FIRST - 100);
}

static void shop_is_no_member(void)
{
    build_joined(&built, SHOP, 10, SUBJECT, JOINED);
}

static void shop_is_member_until(void)
{
    joined();
    built.credentials[1].attestation.has_last_day = true;
    built.credentials[1].attestation.last_day = LEFT - 1;
}

static void shop_is_member_from(void)
{
    joined();
    built.credentials[1].attestation.valid_from = RETURNED;
}

static void shop_is_revoked(void)
{
    joined();
    build_event(&built, &built.credentials[1], STATUS_REVOKED, LEFT, 30, false);
}

static void shop_is_suspended_for_a_while(void)
{
    joined();
    build_event(&built, &built.credentials[1], STATUS_SUSPENDED, LEFT, 30, false);
    build_event(&built, &built.credentials[1], STATUS_REINSTATED, RETURNED, 31, false);
}

static void shop_is_perhaps_revoked(void)
{
    joined();
    build_event(&built, &built.credentials[1], STATUS_REVOKED, LEFT, 30, true);
}

static void shop_says_so_itself(void)
{
    shop_is_no_member();
    build_membership(&built, SHOP, 20, SHOP, "ford/network-shop", 0, DAY_NONE);
}

static void a_school_says_so(void)
{
    shop_is_no_member();
    build_membership(&built, SCHOOL, 20, SHOP, "ford/network-shop", 0, DAY_NONE);
}

static void a_delegate_says_so(void)
{
    a_school_says_so();
    build_accreditation(&built, FORD, 5, SCHOOL, "ford/network-shop", 0);
}

static void shop_is_in_another_network(void)
{
    shop_is_no_member();
    build_pack_code(&built, &built.packs[0], "truck-shop", 0);
    build_membership(&built, FORD, 20, SHOP, "ford/truck-shop", 0, DAY_NONE);
}

static void shop_is_not_the_one(void)
{
    shop_is_no_member();
    build_membership(&built, FORD, 20, OTHER_SHOP, "ford/network-shop", 0, DAY_NONE);
}

static void membership_has_a_condition(void)
{
    joined();
    built.credentials[1].attestation.has_network = true;
    built.credentials[1].attestation.network_code = bytes_of_string("ford/network-shop");
}

static void membership_documents_experience(void)
{
    joined();
    built.credentials[1].attestation.basis = BASIS_EXPERIENCE;
}

static void membership_came_to_the_shop(void)
{
    joined();
    const struct actor_id shop = built_actor_of(SHOP);
    build_event(&built, &built.credentials[1], STATUS_HELD_BY, 0, 30, false);
    built.credentials[1].attestation.subject.kind = SUBJECT_CLAIM;
    built.credentials[1].has_holder = true;
    built.credentials[1].holder = subject_of_actor(&shop);
}

static void membership_went_to_another(void)
{
    joined();
    const struct actor_id shop = built_actor_of(OTHER_SHOP);
    build_event(&built, &built.credentials[1], STATUS_HELD_BY, 0, 30, false);
    built.credentials[1].has_holder = true;
    built.credentials[1].holder = subject_of_actor(&shop);
}

static void membership_is_stale(void)
{
    joined();
    built.credentials[1].place.log = SCHOOL;
    build_accreditation(&built, FORD, 5, SCHOOL, "ford/*", 0);
    built.logs[SCHOOL].has_checkpoint = false;
}

static void someone_else_joined(void)
{
    in_the_network();
    build_joined(&built, SHOP, 10, SCHOOL, JOINED);
}

static void two_shops_that_overlap(void)
{
    left();
    build_membership(&built, FORD, 21, OTHER_SHOP, "ford/network-shop", 0, DAY_NONE);
    build_joined(&built, OTHER_SHOP, 10, SUBJECT, LEFT - 100);
}

static void two_shops_with_a_gap(void)
{
    left();
    build_membership(&built, FORD, 21, OTHER_SHOP, "ford/network-shop", 0, DAY_NONE);
    build_joined(&built, OTHER_SHOP, 10, SUBJECT, RETURNED);
}

static void her_keys_are_not_here(void)
{
    joined();
    built.affiliations[0].signature = REASON_UNKNOWN_ISSUER;
}

static void left_in_a_void_block(void)
{
    left();
    built.leaves[0].place.voided = true;
    built.leaves[0].place.void_seq = 50;
}

static void revoked_itself(void)
{
    joined();
    build_event(&built, certificate, STATUS_REVOKED, LEFT, 30, false);
}

static void revoked_after_she_left(void)
{
    left();
    build_event(&built, certificate, STATUS_REVOKED, RETURNED, 30, false);
}

static void disputed_and_outside(void)
{
    shop_is_no_member();
    built.logs[FORD].forked = true;
    built.logs[FORD].fork_seq = 10;
}

#define HOLDS(since, until) ANSWER_YES, REASON_NONE, since, until, NEVER
#define SILENT(since) ANSWER_NO, REASON_OUTSIDE_NETWORK, NEVER, NEVER, since
#define PERHAPS ANSWER_UNKNOWN, REASON_CONDITION, NEVER, NEVER, NEVER
#define NOT(reason, effective_day) ANSWER_NO, REASON_##reason, NEVER, NEVER, effective_day

static void it_holds_while_its_holder_is_in_the_network(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        void (*say)(void);
        uint32_t at_day;
        enum answer answer;
        enum reason reason;
        int since, until;
        int effective_day;
    } rows[] = {
        {"the day before she joins", joined, JOINED - 1, SILENT(NEVER)},
        {"the day she joins", joined, JOINED, HOLDS(JOINED, LAST)},
        {"its last day", joined, LAST, HOLDS(JOINED, LAST)},
        {"it expires all the same", joined, LAST + 1, NOT(EXPIRED, LAST)},
        {"before its first day it is not yet valid", joined_before_it_was_earned, FIRST - 1,
         NOT(NOT_YET_VALID, FIRST)},
        {"she was there before: from its first day", joined_before_it_was_earned, FIRST, HOLDS(FIRST, LAST)},
        {"the day before she leaves", left, LEFT - 1, HOLDS(JOINED, LEFT - 1)},
        {"the day she leaves", left, LEFT, SILENT(LEFT)},
        {"the day after", left, LEFT + 1, SILENT(LEFT)},
        {"in its last days", left, LAST, SILENT(LEFT)},
        {"she left before she earned it", left_before_it_was_earned, FIRST, SILENT(FIRST - 100)},
        {"the day before she returns", returned, RETURNED - 1, SILENT(LEFT)},
        {"the day she returns it speaks again", returned, RETURNED, HOLDS(RETURNED, LAST)},
        {"as it did before", returned, LEFT - 1, HOLDS(JOINED, LEFT - 1)},
        {"a shop that is no member", shop_is_no_member, JOINED, SILENT(NEVER)},
        {"the shop's last day as a member", shop_is_member_until, LEFT - 1, HOLDS(JOINED, LEFT - 1)},
        {"the day after, though she stays", shop_is_member_until, LEFT, SILENT(LEFT)},
        {"the day before the shop becomes one", shop_is_member_from, RETURNED - 1, SILENT(NEVER)},
        {"the day that it does", shop_is_member_from, RETURNED, HOLDS(RETURNED, LAST)},
        {"the day before the shop's revocation", shop_is_revoked, LEFT - 1, HOLDS(JOINED, LEFT - 1)},
        {"the day of it", shop_is_revoked, LEFT, SILENT(LEFT)},
        {"the shop is suspended", shop_is_suspended_for_a_while, RETURNED - 1, SILENT(LEFT)},
        {"and reinstated", shop_is_suspended_for_a_while, RETURNED, HOLDS(RETURNED, LAST)},
        {"nobody knows whether the shop is revoked", shop_is_perhaps_revoked, LEFT, PERHAPS},
        {"it was a member before", shop_is_perhaps_revoked, LEFT - 1, HOLDS(JOINED, LEFT - 1)},
        {"a shop that declares itself part of the brand", shop_says_so_itself, JOINED, SILENT(NEVER)},
        {"so declared by a school", a_school_says_so, JOINED, SILENT(NEVER)},
        {"by whom the brand accredits for it", a_delegate_says_so, JOINED, HOLDS(JOINED, LAST)},
        {"member of another network", shop_is_in_another_network, JOINED, SILENT(NEVER)},
        {"another shop is a member", shop_is_not_the_one, JOINED, SILENT(NEVER)},
        {"a membership that itself has a condition is not followed", membership_has_a_condition, JOINED,
         PERHAPS},
        {"documented work is no membership", membership_documents_experience, JOINED, SILENT(NEVER)},
        {"a membership by claim that the shop now holds", membership_came_to_the_shop, JOINED,
         HOLDS(JOINED, LAST)},
        {"a membership that another shop now holds", membership_went_to_another, JOINED, SILENT(NEVER)},
        {"old evidence of the shop's membership", membership_is_stale, JOINED, PERHAPS},
        {"but none that she was there", membership_is_stale, JOINED - 1, SILENT(NEVER)},
        {"someone else's affiliation", someone_else_joined, JOINED, SILENT(NEVER)},
        {"two shops: the first one's last day is in between", two_shops_that_overlap, LEFT - 1,
         HOLDS(JOINED, LAST)},
        {"two shops: on without a break", two_shops_that_overlap, LEFT, HOLDS(JOINED, LAST)},
        {"two shops with a gap: in it", two_shops_with_a_gap, RETURNED - 1, SILENT(LEFT)},
        {"two shops with a gap: after it", two_shops_with_a_gap, RETURNED, HOLDS(RETURNED, LAST)},
        {"her consent cannot be checked", her_keys_are_not_here, JOINED, PERHAPS},
        {"she had not joined in any case", her_keys_are_not_here, JOINED - 1, SILENT(NEVER)},
        {"nobody knows whether she left", left_in_a_void_block, LEFT, PERHAPS},
        {"she was there until then", left_in_a_void_block, LEFT - 1, HOLDS(JOINED, LEFT - 1)},
        {"revoked goes before silent", revoked_after_she_left, RETURNED, NOT(REVOKED, RETURNED)},
        {"silent until then", revoked_after_she_left, RETURNED - 1, SILENT(LEFT)},
        {"it holds until it is revoked", revoked_itself, LEFT - 1, HOLDS(JOINED, LEFT - 1)},
        {"a certain silence goes before a doubt", disputed_and_outside, JOINED, SILENT(NEVER)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin();
        rows[i].say();
        const struct credential_verdict *verdict = decide_on(rows[i].at_day);
        struct axis_answer status = verdict->axes[AXIS_STATUS];
        if (status.answer != rows[i].answer || status.reason != rows[i].reason) {
            fail_msg("%s: %d %s", rows[i].why, (int)status.answer, reason_word(status.reason));
        }
        if (day_in_row(verdict->since_day) != rows[i].since ||
            day_in_row(verdict->until_day) != rows[i].until ||
            day_in_row(verdict->effective_day) != rows[i].effective_day) {
            fail_msg("%s: since %d until %d, effective %d", rows[i].why, day_in_row(verdict->since_day),
                     day_in_row(verdict->until_day), day_in_row(verdict->effective_day));
        }
        static const enum overall overall[] = {[ANSWER_YES] = OVERALL_VALID,
                                               [ANSWER_NO] = OVERALL_INVALID,
                                               [ANSWER_UNKNOWN] = OVERALL_UNDETERMINED};
        if (verdict->overall != overall[rows[i].answer] ||
            day_truth_on(&verdict->days, rows[i].at_day) != rows[i].answer) {
            fail_msg("%s: overall %d", rows[i].why, (int)verdict->overall);
        }
    }
}

static void someone_without_keys_is_in_no_network(void **state)
{
    (void)state;
    begin();
    joined();
    built.dossier.subject.kind = SUBJECT_CLAIM;
    assert_int_equal(decide_on(JOINED)->axes[AXIS_STATUS].reason, REASON_OUTSIDE_NETWORK);
}

/* ---- days ---- */

static void no_condition(void)
{
    certificate->attestation.has_network = false;
}

static void experience(void)
{
    no_condition();
    certificate->attestation.basis = BASIS_EXPERIENCE;
}

static void experience_revoked(void)
{
    experience();
    build_event(&built, certificate, STATUS_REVOKED, LAST + 10, 30, false);
}

static void untrusted(void)
{
    no_condition();
    certificate->place.log = SCHOOL;
}

static void mismatch(void)
{
    no_condition();
    certificate->source = SOURCE_MISMATCH;
}

static void unwitnessed(void)
{
    no_condition();
    certificate->source = SOURCE_UNWITNESSED;
}

static void no_pack(void)
{
    no_condition();
    built.dossier.pack_count = 0;
}

static void stale(void)
{
    no_condition();
    question.now_s = BUILT_TIME_S + FRESHNESS_DEFAULT.issuer_s + 1;
}

static void suspended_for_a_while(void)
{
    no_condition();
    build_event(&built, certificate, STATUS_SUSPENDED, LEFT, 30, false);
    build_event(&built, certificate, STATUS_REINSTATED, RETURNED, 31, false);
}

static void suspended_in_a_void_block(void)
{
    no_condition();
    build_event(&built, certificate, STATUS_SUSPENDED, LEFT, 30, true);
    build_event(&built, certificate, STATUS_REINSTATED, RETURNED, 31, false);
}

static void reinstated_at_once(void)
{
    no_condition();
    build_event(&built, certificate, STATUS_SUSPENDED, LEFT, 30, false);
    build_event(&built, certificate, STATUS_REINSTATED, LEFT, 31, false);
}

static void replaced(void)
{
    no_condition();
    build_event(&built, certificate, STATUS_REPLACED, LEFT, 30, false);
}

static void erased(void)
{
    no_condition();
    certificate->place.erased = true;
}

static void erased_and_revoked(void)
{
    erased();
    build_event(&built, certificate, STATUS_REVOKED, LEFT, 30, false);
}

static void voided(void)
{
    no_condition();
    certificate->place.voided = true;
    certificate->place.void_seq = 50;
}

static void voided_by_a_disputed_word(void)
{
    voided();
    built.logs[FORD].forked = true;
    built.logs[FORD].fork_seq = 50;
}

static void disputed(void)
{
    no_condition();
    built.logs[FORD].forked = true;
    built.logs[FORD].fork_seq = 10;
}

static void for_life(void)
{
    no_condition();
    certificate->attestation.has_last_day = false;
}

static void a_credential_says_on_which_days_it_holds(void **state)
{
    (void)state;
    static const uint32_t asked[] = {FIRST - 1, FIRST, LEFT - 1, LEFT,      RETURNED - 1,
                                     RETURNED,  LAST,  LAST + 1, LAST + 10, DAY_MAX};
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
        {"in a network that she joins, leaves and joins again", returned, "nnynnyynnn"},
        {"in a network of which she may have left", left_in_a_void_block, "nny????nnn"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char days[ASKED + 1] = "";
        begin();
        rows[i].say();
        const struct credential_verdict *verdict = decide_on(LEFT);
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
    begin();
    returned();
    question.now_s = BUILT_TIME_S + FRESHNESS_DEFAULT.issuer_s + 1;
    built.logs[SCHOOL].checkpoint_time_s = question.now_s;
    built.credentials[1].place.log = SCHOOL;
    build_accreditation(&built, FORD, 5, SCHOOL, "ford/*", 0);
    const struct credential_verdict *verdict = decide_on(JOINED);
    assert_int_equal(verdict->overall, OVERALL_UNDETERMINED);
    assert_int_equal(verdict->axes[AXIS_STATUS].answer, ANSWER_YES);
    assert_int_equal(verdict->since_day, JOINED);
    assert_int_equal(verdict->until_day, LEFT - 1);
}

static void documented_work_stands_without_end(void **state)
{
    (void)state;
    begin();
    experience();
    const struct credential_verdict *verdict = decide_on(LAST + 1000);
    assert_int_equal(verdict->overall, OVERALL_VALID);
    assert_int_equal(verdict->since_day, FIRST);
    assert_int_equal(verdict->until_day, DAY_NONE);
}

static void an_appeal_says_since_when(void **state)
{
    (void)state;
    begin();
    no_condition();
    build_event(&built, certificate, STATUS_REVOKED, LEFT, 30, false);
    build_event(&built, certificate, STATUS_APPEALED, LEFT + 5, 31, false);
    build_event(&built, certificate, STATUS_APPEALED, LEFT + 9, 32, false);
    assert_int_equal(decide_on(LEFT + 4)->appeal_day, DAY_NONE);
    assert_int_equal(decide_on(LEFT + 5)->appeal_day, LEFT + 5);
    assert_int_equal(decide_on(LEFT + 9)->appeal_day, LEFT + 5);
    assert_int_equal(decide_on(LEFT + 9)->axes[AXIS_STATUS].reason, REASON_REVOKED);
    build_event(&built, certificate, STATUS_APPEAL_DECIDED, RETURNED, 33, false);
    assert_int_equal(decide_on(RETURNED - 1)->appeal_day, LEFT + 5);
    assert_int_equal(decide_on(RETURNED)->appeal_day, DAY_NONE);
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
        build_event(&built, credential, action, next_random(seed) % DAYS, 15 + i, next_random(seed) % 5 == 0);
    }
}

static void void_at_random(struct dossier_place *place, uint64_t *seed)
{
    place->voided = next_random(seed) % 12 == 0;
    place->void_seq = 20 + next_random(seed) % 20;
}

static void build_random(uint64_t *seed)
{
    begin();
    certificate->attestation.has_network = next_random(seed) % 4 != 0;
    certificate->attestation.valid_from = next_random(seed) % DAYS;
    certificate->attestation.last_day = certificate->attestation.valid_from + next_random(seed) % DAYS;
    certificate->attestation.has_last_day = next_random(seed) % 4 != 0;
    certificate->attestation.basis = next_random(seed) % 6 == 0 ? BASIS_EXPERIENCE : BASIS_EXAM;
    certificate->place.erased = next_random(seed) % 12 == 0;
    certificate->source = next_random(seed) % 12 == 0 ? SOURCE_UNWITNESSED : SOURCE_REPLAYED;
    void_at_random(&certificate->place, seed);
    say_at_random(certificate, seed);
    for (size_t shop = SHOP; shop <= OTHER_SHOP; shop++) {
        uint32_t first = next_random(seed) % DAYS;
        struct dossier_credential *member = build_membership(
            &built, FORD, 11 + shop, shop, "ford/network-shop", first, first + next_random(seed) % DAYS);
        say_at_random(member, seed);
        struct dossier_affiliation *said =
            build_joined(&built, shop, 10 + next_random(seed) % 10, SUBJECT, next_random(seed) % DAYS);
        void_at_random(&said->place, seed);
        if (next_random(seed) % 2 == 0) {
            void_at_random(&build_left(&built, next_random(seed) % 2 == 0 ? shop : (size_t)SUBJECT,
                                       10 + next_random(seed) % 10, said, next_random(seed) % DAYS)
                                ->place,
                           seed);
        }
    }
    for (size_t actor = 0; actor < ACTORS; actor++) {
        built.logs[actor].forked = next_random(seed) % 8 == 0;
        built.logs[actor].fork_seq = 5 + next_random(seed) % 30;
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
            const struct credential_verdict *verdict = decide_on(day);
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
    begin();
    two_shops_with_a_gap();
    question.at_day = RETURNED;
    size_t needed = 0;
    for (bool fits = false; !fits; needed++) {
        struct arena arena;
        arena_init(&arena, memory, needed);
        fits = credentials_decide(&found, &built.dossier, &built.trust, &question, &arena);
    }
    assert_int_equal(found.verdicts[0].overall, OVERALL_VALID);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_holds_while_its_holder_is_in_the_network),
        cmocka_unit_test(someone_without_keys_is_in_no_network),
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
