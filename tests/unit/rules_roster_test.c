#include "protocol/rules/roster.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/roster_builder.h"

enum {
    AT = 5000,
    LONG_AGO = 1000,
    FAR_AWAY = 9000,
    NEVER = -1,
    DAY_S = 86400,
};

static struct roster_builder built;
static struct roster_verdict verdict;

/* One who works in the shop, and is certified. */
static void begin(void)
{
    roster_builder_init(&built, AT);
    struct dossier_pack *pack = build_ase_pack(&built, 1, 1, 0);
    build_rule(&built, pack, PACK_RULE_RECOGNITION, "Seal", "share 75 % (A*)");
    build_certified(&built, 0, "ase/A5", LONG_AGO, FAR_AWAY);
    build_profile(&built, 1, 0, 0, "brakes");
}

enum change { AS_IT_IS, WITHOUT_HER, HIRED, BOTH };

static void apply(enum change change, const struct actor_id *id)
{
    built.change.without = id;
    built.change.hire = id;
    built.change.without_count = change == WITHOUT_HER || change == BOTH;
    built.change.hire_count = change == HIRED || change == BOTH;
}

static void a_technician_counts_while_she_is_on_this_roster_alone(void **state)
{
    static const struct {
        const char *sentence;
        int joined, left; /* NEVER */
        bool other_work;  /* performs no repairs */
        enum reason signature;
        int elsewhere, elsewhere_left;
        enum reason elsewhere_signature;
        enum change change;
        bool listed;
        enum answer on_roster;
        enum reason doubt;
        uint32_t since;
        uint64_t counted;
    } rows[] = {
        {"there for years", LONG_AGO, NEVER, false, 0, NEVER, NEVER, 0, AS_IT_IS, true, ANSWER_YES, 0,
         LONG_AGO, 1},
        {"joins on the day", AT, NEVER, false, 0, NEVER, NEVER, 0, AS_IT_IS, true, ANSWER_YES, 0, AT, 1},
        {"joins tomorrow", AT + 1, NEVER, false, 0, NEVER, NEVER, 0, AS_IT_IS, false, 0, 0, 0, 0},
        {"leaves tomorrow", LONG_AGO, AT + 1, false, 0, NEVER, NEVER, 0, AS_IT_IS, true, ANSWER_YES, 0,
         LONG_AGO, 1},
        {"the day is the first one no longer", LONG_AGO, AT, false, 0, NEVER, NEVER, 0, AS_IT_IS, false, 0, 0,
         0, 0},
        {"works at the desk", LONG_AGO, NEVER, true, 0, NEVER, NEVER, 0, AS_IT_IS, true, ANSWER_YES, 0,
         LONG_AGO, 0},
        {"her keys are not held here", LONG_AGO, NEVER, false, REASON_UNKNOWN_ISSUER, NEVER, NEVER, 0,
         AS_IT_IS, true, ANSWER_UNKNOWN, REASON_UNKNOWN_ISSUER, LONG_AGO, 0},
        {"she never consented", LONG_AGO, NEVER, false, REASON_BAD_SIGNATURE, NEVER, NEVER, 0, AS_IT_IS,
         false, 0, 0, 0, 0},
        {"on another roster too", LONG_AGO, NEVER, false, 0, 2000, NEVER, 0, AS_IT_IS, true, ANSWER_NO,
         REASON_TWO_ROSTERS, LONG_AGO, 0},
        {"on another roster from the day on", LONG_AGO, NEVER, false, 0, AT, NEVER, 0, AS_IT_IS, true,
         ANSWER_NO, REASON_TWO_ROSTERS, LONG_AGO, 0},
        {"on another roster from tomorrow on", LONG_AGO, NEVER, false, 0, AT + 1, NEVER, 0, AS_IT_IS, true,
         ANSWER_YES, 0, LONG_AGO, 1},
        {"has left the other one on the day", LONG_AGO, NEVER, false, 0, 2000, AT, 0, AS_IT_IS, true,
         ANSWER_YES, 0, LONG_AGO, 1},
        {"leaves the other one tomorrow", LONG_AGO, NEVER, false, 0, 2000, AT + 1, 0, AS_IT_IS, true,
         ANSWER_NO, REASON_TWO_ROSTERS, LONG_AGO, 0},
        {"perhaps on another roster", LONG_AGO, NEVER, false, 0, 2000, NEVER, REASON_UNKNOWN_ISSUER, AS_IT_IS,
         true, ANSWER_UNKNOWN, REASON_TWO_ROSTERS, LONG_AGO, 0},
        {"another shop invents her", LONG_AGO, NEVER, false, 0, 2000, NEVER, REASON_BAD_SIGNATURE, AS_IT_IS,
         true, ANSWER_YES, 0, LONG_AGO, 1},
        {"another shop has her by a key that nobody knows for hers", LONG_AGO, NEVER, false, 0, 2000, NEVER,
         REASON_CONSENT_KEY, AS_IT_IS, true, ANSWER_YES, 0, LONG_AGO, 1},
        {"and this one does", LONG_AGO, NEVER, false, REASON_CONSENT_KEY, NEVER, NEVER, 0, AS_IT_IS, true,
         ANSWER_UNKNOWN, REASON_CONSENT_KEY, LONG_AGO, 0},
        {"what if she goes", LONG_AGO, NEVER, false, 0, NEVER, NEVER, 0, WITHOUT_HER, false, 0, 0, 0, 0},
        {"what if she is hired", NEVER, NEVER, false, 0, NEVER, NEVER, 0, HIRED, true, ANSWER_YES, 0, AT, 1},
        {"hired from another shop that she has left", NEVER, NEVER, false, 0, 2000, 3000, 0, HIRED, true,
         ANSWER_YES, 0, AT, 1},
        {"hired from another shop where she still is", NEVER, NEVER, false, 0, 2000, NEVER, 0, HIRED, true,
         ANSWER_NO, REASON_TWO_ROSTERS, AT, 0},
        {"hired from the desk to the lift", LONG_AGO, NEVER, true, 0, NEVER, NEVER, 0, HIRED, true,
         ANSWER_YES, 0, LONG_AGO, 1},
        {"hired though she is there", LONG_AGO, NEVER, false, 0, NEVER, NEVER, 0, HIRED, true, ANSWER_YES, 0,
         LONG_AGO, 1},
        {"let go and hired again", LONG_AGO, NEVER, false, 0, NEVER, NEVER, 0, BOTH, true, ANSWER_YES, 0,
         LONG_AGO, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct actor_id id = built_technician_id(0);
        begin();
        if (rows[i].joined != NEVER) {
            struct dossier_affiliation *member = build_member(&built, 0, (uint32_t)rows[i].joined);
            member->affiliation.consent.performs_repairs = !rows[i].other_work;
            member->signature = rows[i].signature;
            build_consent_id(&built.shop, member);
            if (rows[i].left != NEVER) {
                build_member_left(&built, member, (uint32_t)rows[i].left);
            }
        }
        if (rows[i].elsewhere != NEVER) {
            build_elsewhere(&built, 0, (uint32_t)rows[i].elsewhere,
                            rows[i].elsewhere_left == NEVER ? DAY_NONE : (uint32_t)rows[i].elsewhere_left)
                ->elsewhere_signature = rows[i].elsewhere_signature;
        }
        apply(rows[i].change, &id);
        verdict = roster_builder_decide(&built);
        print_message("%s\n", rows[i].sentence);
        assert_int_equal(verdict.member_count, rows[i].listed);
        assert_int_equal(verdict.counted_technicians, rows[i].counted);
        if (rows[i].listed) {
            const struct roster_member *member = &verdict.members[0];
            assert_true(actor_id_equal(&member->technician, &id));
            assert_int_equal(member->on_roster, rows[i].on_roster);
            assert_int_equal(member->doubt, rows[i].doubt);
            assert_int_equal(member->since_day, rows[i].since);
            assert_int_equal(member->performs_repairs, !rows[i].other_work || rows[i].change == HIRED);
            assert_int_equal(member->certified, ANSWER_YES);
        }
    }
}

/* A shop that erased who worked there, or used a consent that had expired, takes nobody off another's roster.
 */
static void who_worked_elsewhere_is_not_said_once_it_is_erased_or_late(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        begin();
        build_member(&built, 0, LONG_AGO);
        struct built_technician *technician = build_elsewhere(&built, 0, 2000, DAY_NONE);
        technician->elsewhere_erased = i == 1;
        technician->elsewhere_late = i == 2;
        verdict = roster_builder_decide(&built);
        assert_int_equal(verdict.counted_technicians, i > 0);
    }
}

static void whoever_is_there_by_the_shops_own_word_is_told(void **state)
{
    static const struct {
        const char *sentence;
        bool first, second, own_word;
    } rows[] = {
        {"shown by two consents", false, false, false},
        {"shown by one of them", true, false, false},
        {"by the other", false, true, false},
        {"by none", true, true, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const bool own_word[] = {rows[i].first, rows[i].second};
        begin();
        for (uint32_t j = 0; j < 2; j++) {
            struct dossier_affiliation *member = build_member(&built, 0, LONG_AGO + j);
            build_used_late(&built.shop, member);
            member->place.below_s = 0;
            member->place.arrived_s = own_word[j] ? member->place.arrived_s : 0;
        }
        verdict = roster_builder_decide(&built);
        print_message("%s\n", rows[i].sentence);
        assert_int_equal(verdict.member_count, 1);
        assert_int_equal(verdict.members[0].own_word, rows[i].own_word);
    }
}

static void several_memberships_unite(void **state)
{
    static const struct {
        const char *sentence;
        uint32_t at;
        bool listed, performs;
        uint32_t since;
        uint64_t counted;
    } rows[] = {
        {"at the lift", 1500, true, true, 1000, 1},
        {"away for a while", 2500, false, false, 0, 0},
        {"back at the desk", 3500, true, false, 3000, 0},
        {"at the lift beside it", 4500, true, true, 3000, 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin();
        built.question.at_day = rows[i].at;
        build_member_left(&built, build_member(&built, 0, 1000), 2000);
        struct dossier_affiliation *desk = build_member(&built, 0, 3000);
        desk->affiliation.consent.performs_repairs = false;
        build_consent_id(&built.shop, desk);
        build_member(&built, 0, 4000);
        verdict = roster_builder_decide(&built);
        print_message("%s\n", rows[i].sentence);
        assert_int_equal(verdict.member_count, rows[i].listed);
        assert_int_equal(verdict.counted_technicians, rows[i].counted);
        if (rows[i].listed) {
            assert_int_equal(verdict.members[0].performs_repairs, rows[i].performs);
            assert_int_equal(verdict.members[0].since_day, rows[i].since);
        }
    }
}

static void what_her_own_dossier_knows_of_a_membership_counts(void **state)
{
    (void)state;
    for (uint32_t left = AT - 1; left <= AT + 1; left++) {
        begin();
        build_member(&built, 0, LONG_AGO);
        built.technicians[0].has_own_left = true;
        built.technicians[0].own_left = left;
        verdict = roster_builder_decide(&built);
        assert_int_equal(verdict.member_count, left > AT);
        assert_int_equal(verdict.counted_technicians, left > AT);
    }
}

static void a_shop_whose_log_may_have_gone_on_is_not_sure(void **state)
{
    static const struct {
        const char *sentence;
        uint64_t age_s;
        bool checkpoint;
        uint64_t checkpoint_seq;
        enum answer answer;
        enum reason doubt;
    } rows[] = {
        {"fresh", 40, true, BUILT_HEAD_SEQ, ANSWER_YES, REASON_NONE},
        {"as old as it may be", UINT64_C(14) * DAY_S, true, BUILT_HEAD_SEQ, ANSWER_YES, REASON_NONE},
        {"a second older", UINT64_C(14) * DAY_S + 1, true, BUILT_HEAD_SEQ, ANSWER_UNKNOWN, REASON_STALE},
        {"no checkpoint", 40, false, BUILT_HEAD_SEQ, ANSWER_UNKNOWN, REASON_NO_CHECKPOINT},
        {"blocks up to its head are missing", 40, true, BUILT_HEAD_SEQ + 1, ANSWER_UNKNOWN,
         REASON_INCOMPLETE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin();
        build_member(&built, 0, LONG_AGO);
        struct dossier_log *log = &built.shop.logs[ROSTER_SHOP];
        log->has_checkpoint = rows[i].checkpoint;
        log->checkpoint_seq = rows[i].checkpoint_seq;
        log->checkpoint_time_s = built.question.now_s - rows[i].age_s;
        verdict = roster_builder_decide(&built);
        print_message("%s\n", rows[i].sentence);
        assert_int_equal(verdict.members[0].on_roster, rows[i].answer);
        assert_int_equal(verdict.members[0].doubt, rows[i].doubt);
        assert_int_equal(verdict.awards[0].answer, rows[i].answer);
    }
    begin();
    build_member(&built, 0, LONG_AGO);
    built.shop.logs[ROSTER_SHOP].checkpoint_time_s = built.question.now_s + CHECKPOINT_AHEAD_S + 1;
    verdict = roster_builder_decide(&built);
    assert_int_equal(verdict.members[0].doubt, REASON_CLOCK);
}

/* ---- profiles and reviews ---- */

enum trouble {
    FINE,
    VOID,
    DISPUTED,
    NOT_ARRIVED,
    REVOKED,
    OF_ANOTHER,
    LEFT,       /* void on a dropped branch that a void names */
    REINSTATED, /* so, and reinstated since */
    REINSTATED_TOMORROW,
};

static void leave_void(const struct dossier_place *place, size_t log)
{
    struct dossier_void *voids =
        build_side_void(&built.shop, log, BUILT_HEAD_SEQ, place->seq, place->seq, place->seq);
    voids->place.block.dropped_s = 1;
    voids->place.voided = true;
    voids->place.void_seq = BUILT_HEAD_SEQ;
}

static void trouble_place(struct dossier_place *place, enum trouble trouble, size_t log)
{
    static const struct history_event revoked = {
        .action = STATUS_REVOKED, .effective_day = AT, .setter_seq = BUILT_HEAD_SEQ};
    static const struct history_event reinstated = {
        .action = STATUS_REINSTATED, .effective_day = LONG_AGO, .setter_seq = BUILT_HEAD_SEQ};
    static const struct history_event tomorrow = {
        .action = STATUS_REINSTATED, .effective_day = AT + 1, .setter_seq = BUILT_HEAD_SEQ};
    static const struct dossier_block later = {.epoch = 1};
    static const bool not_voided = false;
    switch (trouble) {
    case FINE:
    case OF_ANOTHER:
        break;
    case VOID:
        place->voided = true;
        place->void_seq = BUILT_HEAD_SEQ;
        break;
    case DISPUTED:
        built.shop.logs[log].forked = true;
        built.shop.logs[log].fork_seq = place->seq;
        break;
    case NOT_ARRIVED:
        built.shop.logs[log].known_by_seq = place->seq - 1;
        built.shop.logs[log].checkpoint_seq = place->seq - 1;
        break;
    case REVOKED:
        place->events = &revoked;
        place->event_voided = &not_voided;
        place->event_count = 1;
        break;
    case LEFT:
        leave_void(place, log);
        break;
    case REINSTATED:
    case REINSTATED_TOMORROW:
        leave_void(place, log);
        place->events = trouble == REINSTATED ? &reinstated : &tomorrow;
        place->event_voided = &not_voided;
        place->event_blocks = &later;
        place->event_count = 1;
        break;
    }
}

static void the_profile_said_last_is_in_force(void **state)
{
    static const struct {
        const char *sentence;
        struct {
            uint64_t seq;
            uint32_t from;
            enum trouble trouble;
        } said[2];    /* seq 0: not said */
        int declared; /* 10 by the first, 20 by the second; NEVER: there is none */
        enum answer answer;
    } rows[] = {
        {"one", {{10, LONG_AGO, FINE}}, 10, ANSWER_YES},
        {"one from the day on", {{10, AT, FINE}}, 10, ANSWER_YES},
        {"one from tomorrow on", {{10, AT + 1, FINE}}, NEVER, ANSWER_NO},
        {"none", {{0}}, NEVER, ANSWER_NO},
        {"the later one for later days", {{10, 1000, FINE}, {20, 2000, FINE}}, 20, ANSWER_YES},
        {"the later one for days to come", {{10, 1000, FINE}, {20, AT + 1, FINE}}, 10, ANSWER_YES},
        {"the later one reaches further back", {{10, 2000, FINE}, {20, 1000, FINE}}, 20, ANSWER_YES},
        {"in any order in the dossier", {{20, 1000, FINE}, {10, 2000, FINE}}, 10, ANSWER_YES},
        {"a void one is nothing", {{10, 1000, FINE}, {20, 2000, VOID}}, 10, ANSWER_YES},
        {"the only one is void", {{10, 1000, VOID}}, NEVER, ANSWER_NO},
        {"not arrived yet", {{10, 1000, FINE}, {20, 2000, NOT_ARRIVED}}, 10, ANSWER_YES},
        {"a disputed one makes it unknown", {{10, 1000, FINE}, {20, 2000, DISPUTED}}, 20, ANSWER_UNKNOWN},
        {"revoked from the day on", {{10, 1000, FINE}, {20, 2000, REVOKED}}, 10, ANSWER_YES},
        {"void on a branch that was left", {{10, 1000, FINE}, {20, 2000, LEFT}}, 20, ANSWER_UNKNOWN},
        {"and reinstated since", {{10, 1000, FINE}, {20, 2000, REINSTATED}}, 20, ANSWER_YES},
        {"said by another", {{10, 1000, FINE}, {20, 2000, OF_ANOTHER}}, 10, ANSWER_YES},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin();
        built.shop.dossier.profile_count = 0;
        for (size_t k = 0; k < 2 && rows[i].said[k].seq > 0; k++) {
            struct dossier_profile *profile =
                build_profile(&built, rows[i].said[k].seq, rows[i].said[k].from, 10 * (k + 1), "");
            trouble_place(&profile->place, rows[i].said[k].trouble, ROSTER_SHOP);
            if (rows[i].said[k].trouble == OF_ANOTHER) {
                profile->place.log = ROSTER_STRANGER;
            }
        }
        for (size_t k = 0; k < 20; k++) {
            build_member(&built, k, LONG_AGO);
            build_certified(&built, k, "ase/A5", LONG_AGO, FAR_AWAY);
        }
        verdict = roster_builder_decide(&built);
        print_message("%s\n", rows[i].sentence);
        assert_int_equal(verdict.profile != NULL, rows[i].declared != NEVER);
        assert_int_equal(verdict.declared_technicians, rows[i].declared == NEVER ? 0 : rows[i].declared);
        assert_int_equal(verdict.awards[0].answer, rows[i].answer);
    }
}

static void the_last_review_by_the_day_counts_when_its_author_may_say_so(void **state)
{
    static const struct {
        const char *sentence;
        struct {
            uint64_t seq;
            uint32_t day;
            enum trouble trouble;
        } said[2];
        int recorded;       /* 1 technician by the first, 4 by the second; NEVER: no review */
        enum answer answer; /* of 3 certified of 3 */
    } rows[] = {
        {"none", {{0}}, NEVER, ANSWER_YES},
        {"one", {{10, 1000, FINE}}, 1, ANSWER_YES},
        {"the second one finds four", {{10, 1000, FINE}, {20, 2000, FINE}}, 4, ANSWER_NO},
        {"the second one is on the day", {{10, 1000, FINE}, {20, AT, FINE}}, 4, ANSWER_NO},
        {"the second one is tomorrow", {{10, 1000, FINE}, {20, AT + 1, FINE}}, 1, ANSWER_YES},
        {"by their days, not as they were said", {{10, 2000, FINE}, {20, 1000, FINE}}, 1, ANSWER_YES},
        {"void", {{10, 1000, FINE}, {20, 2000, VOID}}, 1, ANSWER_YES},
        {"not arrived yet", {{10, 1000, FINE}, {20, 2000, NOT_ARRIVED}}, 1, ANSWER_UNKNOWN},
        {"disputed", {{10, 1000, FINE}, {20, 2000, DISPUTED}}, 4, ANSWER_UNKNOWN},
        {"revoked from the day on", {{10, 1000, FINE}, {20, 2000, REVOKED}}, 1, ANSWER_YES},
        {"void on a branch that was left", {{10, 1000, FINE}, {20, 2000, LEFT}}, 4, ANSWER_UNKNOWN},
        {"and reinstated since", {{10, 1000, FINE}, {20, 2000, REINSTATED}}, 4, ANSWER_NO},
        {"from tomorrow on", {{10, 1000, FINE}, {20, 2000, REINSTATED_TOMORROW}}, 4, ANSWER_UNKNOWN},
        {"by a stranger", {{10, 1000, FINE}, {20, 2000, OF_ANOTHER}}, 1, ANSWER_YES},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin();
        build_rule(&built, &built.shop.packs[0], PACK_RULE_RECOGNITION, "Zeal", "share 80 % (A*)");
        for (size_t k = 0; k < 2 && rows[i].said[k].seq > 0; k++) {
            struct dossier_review *review =
                build_review(&built, rows[i].said[k].seq, rows[i].said[k].day, k == 0 ? 1 : 4, "");
            trouble_place(&review->place, rows[i].said[k].trouble, ROSTER_ASE);
            if (rows[i].said[k].trouble == OF_ANOTHER) {
                review->place.log = ROSTER_STRANGER;
            }
        }
        for (size_t k = 0; k < 3; k++) {
            build_member(&built, k, LONG_AGO);
            build_certified(&built, k, "ase/A5", LONG_AGO, FAR_AWAY);
        }
        verdict = roster_builder_decide(&built);
        print_message("%s\n", rows[i].sentence);
        assert_int_equal(verdict.review != NULL, rows[i].recorded != NEVER);
        assert_int_equal(verdict.review != NULL ? (int)verdict.review->technicians : NEVER, rows[i].recorded);
        assert_int_equal(built_award(&verdict, "Zeal")->answer, rows[i].answer);
    }
}

/* A body that ase accredited, and withdrew as of block 40 of its log, reviewed twice before; this is what it
 * says of the second review since. */
static void who_was_withdrawn_says_nothing_of_its_reviews(void **state)
{
    enum { CUT = 40, BODY = ROSTER_OTHER_SHOP };
    static const struct {
        const char *sentence;
        uint64_t revoked, reinstated, voided; /* 0: not said */
        bool closed;
        int recorded;
        enum answer answer;
    } rows[] = {
        {"nothing", 0, 0, 0, false, 4, ANSWER_NO},
        {"what it revokes within the cut is revoked", 30, 0, 0, false, 1, ANSWER_YES},
        {"it reinstates nothing beyond", 30, 50, 0, false, 1, ANSWER_YES},
        {"where that is closed neither", 30, 50, 0, true, 1, ANSWER_YES},
        {"what it revokes there is in doubt", 50, 0, 0, false, 4, ANSWER_UNKNOWN},
        {"but not where that is closed", 50, 0, 0, true, 4, ANSWER_NO},
        {"so is what it voids there", 0, 0, 50, false, 4, ANSWER_UNKNOWN},
        {"but not where that is closed", 0, 0, 50, true, 4, ANSWER_NO},
        {"what it voids within is void", 0, 0, 30, true, 1, ANSWER_YES},
    };
    static const bool not_voided[2] = {false};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin();
        build_rule(&built, &built.shop.packs[0], PACK_RULE_RECOGNITION, "Zeal", "share 80 % (A*)");
        build_accreditation(&built.shop, ROSTER_ASE, 5, BODY, "ase/*", 0);
        build_withdrawal(&built.shop, ROSTER_ASE, 60, BODY, CUT)->withdrawal.closed = rows[i].closed;
        build_review(&built, 10, 1000, 1, "")->place.log = BODY;
        struct dossier_place *place = &build_review(&built, 20, 2000, 4, "")->place;
        const struct history_event events[] = {
            {.action = STATUS_REVOKED, .effective_day = AT, .setter_seq = rows[i].revoked},
            {.action = STATUS_REINSTATED, .effective_day = AT, .setter_seq = rows[i].reinstated}};
        place->log = BODY;
        place->events = events;
        place->event_voided = not_voided;
        place->event_count = (size_t)(rows[i].revoked != 0) + (rows[i].reinstated != 0);
        place->voided = rows[i].voided != 0;
        place->void_seq = rows[i].voided;
        for (size_t k = 0; k < 3; k++) {
            build_member(&built, k, LONG_AGO);
            build_certified(&built, k, "ase/A5", LONG_AGO, FAR_AWAY);
        }
        verdict = roster_builder_decide(&built);
        print_message("%s\n", rows[i].sentence);
        assert_int_equal(verdict.review->technicians, rows[i].recorded);
        assert_int_equal(built_award(&verdict, "Zeal")->answer, rows[i].answer);
    }
}

/* A body whose accreditation ended may not review as of a day before. */
static void a_review_signed_long_after_the_end_is_in_doubt(void **state)
{
    enum { BODY = ROSTER_OTHER_SHOP, LATE_DAYS = 200 };
    begin();
    const uint64_t late_s = built.question.now_s + (uint64_t)LATE_DAYS * DAY_S;
    (void)state;
    for (size_t late = 0; late < 2; late++) {
        begin();
        build_rule(&built, &built.shop.packs[0], PACK_RULE_RECOGNITION, "Zeal", "share 80 % (A*)");
        struct accreditation *own =
            &build_accreditation(&built.shop, ROSTER_ASE, 5, BODY, "ase/*", 0)->accreditation;
        own->has_until = true;
        own->until = day_of_time(built.question.now_s);
        struct dossier_place *place = &build_review(&built, 20, 2000, 1, "")->place;
        place->log = BODY;
        place->arrived_s = late != 0 ? late_s : built.question.now_s;
        place->below_s = late != 0 ? late_s : 0;
        build_member(&built, 0, LONG_AGO);
        build_certified(&built, 0, "ase/A5", LONG_AGO, FAR_AWAY);
        verdict = roster_builder_decide(&built);
        assert_int_equal(verdict.review->technicians, 1);
        assert_int_equal(built_award(&verdict, "Zeal")->answer, late != 0 ? ANSWER_UNKNOWN : ANSWER_YES);
    }
}

static void a_review_of_another_shop_is_nothing(void **state)
{
    (void)state;
    begin();
    build_review(&built, 10, LONG_AGO, 100, "")->review.shop = built_actor_of(ROSTER_OTHER_SHOP);
    verdict = roster_builder_decide(&built);
    assert_null(verdict.review);
}

static void areas_are_those_declared_and_those_recorded(void **state)
{
    static const struct {
        const char *name;
        bool declared, at_review;
    } expected[] = {
        {"brakes", true, false}, {"engine", true, true}, {"exhaust", false, true}, {"paint", true, false}};
    (void)state;
    begin();
    build_profile(&built, 10, LONG_AGO, 0, "brakes engine paint");
    build_review(&built, 10, LONG_AGO, 0, "engine exhaust");
    verdict = roster_builder_decide(&built);
    assert_int_equal(verdict.area_count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < verdict.area_count; i++) {
        assert_true(bytes_equal_string(verdict.areas[i].name, expected[i].name));
        assert_int_equal(verdict.areas[i].declared, expected[i].declared);
        assert_int_equal(verdict.areas[i].at_review, expected[i].at_review);
        assert_int_equal(verdict.areas[i].covered, ANSWER_UNKNOWN);
    }
}

/* ---- size ---- */

static void members_are_sorted_and_each_there_once(void **state)
{
    const struct actor_id hired[] = {built_technician_id(7), built_technician_id(3), built_technician_id(7)};
    static const size_t expected[] = {2, 3, 5, 7};
    (void)state;
    begin();
    build_member(&built, 5, LONG_AGO);
    build_member(&built, 2, LONG_AGO);
    build_member(&built, 5, 3000);
    build_member(&built, 3, AT + 1);
    build_member(&built, 9, LONG_AGO)->signature = REASON_BAD_SIGNATURE;
    built.change.hire = hired;
    built.change.hire_count = sizeof hired / sizeof hired[0];
    verdict = roster_builder_decide(&built);
    assert_int_equal(verdict.member_count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < verdict.member_count; i++) {
        const struct actor_id id = built_technician_id(expected[i]);
        assert_true(actor_id_equal(&verdict.members[i].technician, &id));
    }
}

static void ten_thousand_technicians_fit(void **state)
{
    (void)state;
    begin();
    build_rule(&built, &built.shop.packs[0], PACK_RULE_RECOGNITION, "Whole",
               "share 75 % (A*) and areas (brakes: A5, engine: A1)");
    build_profile(&built, 10, LONG_AGO, 0, "brakes engine");
    built.technicians[0].certificate_count = 0;
    for (size_t i = 0; i < BUILT_TECHNICIANS_MAX; i++) {
        build_member(&built, i, LONG_AGO + (uint32_t)(i % 3000));
        if (i % 4 != 0) {
            build_certified(&built, i, "ase/A5", LONG_AGO, FAR_AWAY - (uint32_t)(i % 1000));
            build_certified(&built, i, "ase/A1", LONG_AGO, FAR_AWAY);
        }
    }
    verdict = roster_builder_decide(&built);
    const struct award_verdict *award = built_award(&verdict, "Whole");
    assert_int_equal(verdict.member_count, BUILT_TECHNICIANS_MAX);
    assert_int_equal(award->answer, ANSWER_YES);
    assert_int_equal(award->certified, 7500);
    assert_int_equal(award->technicians, 10000);
    assert_int_equal(verdict.areas[0].by_count, 7500);
    built.question.at_day = FAR_AWAY;
    verdict = roster_builder_decide(&built);
    assert_int_equal(built_award(&verdict, "Whole")->certified, 7500);
}

static void a_full_arena_is_told(void **state)
{
    (void)state;
    begin();
    build_rule(&built, &built.shop.packs[0], PACK_RULE_RECOGNITION, "Whole",
               "any of (share 75 % (A*), technicians 1 (A5)) and areas (brakes: A5) and blue-seal");
    build_blue_seal(&built, LONG_AGO, FAR_AWAY);
    build_review(&built, 10, LONG_AGO, 1, "brakes");
    build_member(&built, 0, LONG_AGO);
    verdict = roster_builder_decide(&built);
    size_t enough = built.roster.used;
    for (size_t size = 0; size < enough; size += 16) {
        built.roster.capacity = size;
        bool fits = roster_builder_conclude(&built, &verdict);
        built.roster.capacity = sizeof built.roster_memory;
        assert_true(!fits || built_award(&verdict, "Whole")->answer == ANSWER_YES);
    }
    verdict = roster_builder_decide(&built);
    assert_int_equal(built_award(&verdict, "Whole")->answer, ANSWER_YES);
}

/* Where it is today already. */
static void who_left_on_a_day_that_has_begun_anywhere_has_left(void **state)
{
    (void)state;
    for (int own = 0; own < 2; own++) {
        for (int begun = 0; begun < 2; begun++) {
            begin();
            const struct dossier_affiliation *member = build_member(&built, 0, LONG_AGO);
            if (own) {
                built.technicians[0].has_own_left = true;
                built.technicians[0].own_left = AT + 1;
            } else {
                build_member_left(&built, member, AT + 1);
            }
            built.question.begun_day = begun ? AT + 1 : 0;
            verdict = roster_builder_decide(&built);
            if (verdict.counted_technicians != (begun ? 0 : 1)) {
                fail_msg("left %s: %zu counted", own ? "in her own log" : "in the shop's",
                         (size_t)verdict.counted_technicians);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_technician_counts_while_she_is_on_this_roster_alone),
        cmocka_unit_test(who_left_on_a_day_that_has_begun_anywhere_has_left),
        cmocka_unit_test(who_worked_elsewhere_is_not_said_once_it_is_erased_or_late),
        cmocka_unit_test(whoever_is_there_by_the_shops_own_word_is_told),
        cmocka_unit_test(several_memberships_unite),
        cmocka_unit_test(what_her_own_dossier_knows_of_a_membership_counts),
        cmocka_unit_test(a_shop_whose_log_may_have_gone_on_is_not_sure),
        cmocka_unit_test(the_profile_said_last_is_in_force),
        cmocka_unit_test(the_last_review_by_the_day_counts_when_its_author_may_say_so),
        cmocka_unit_test(who_was_withdrawn_says_nothing_of_its_reviews),
        cmocka_unit_test(a_review_signed_long_after_the_end_is_in_doubt),
        cmocka_unit_test(a_review_of_another_shop_is_nothing),
        cmocka_unit_test(areas_are_those_declared_and_those_recorded),
        cmocka_unit_test(members_are_sorted_and_each_there_once),
        cmocka_unit_test(ten_thousand_technicians_fit),
        cmocka_unit_test(a_full_arena_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
