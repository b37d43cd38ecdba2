#include "protocol/rules/affiliation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/dossier_builder.h"

enum { TECHNICIAN, SHOP, OTHER_SHOP, STRANGER, ACTORS };
enum {
    JOINED = 100,
    MIDDLE = 150,
    LEFT = 200,
    JOINED_IN = 10, /* block of the shop's log */
    LEFT_IN = 20,
    SAID_S = 5000, /* time of the joined's block */
    ARENA_SIZE = 64 * 1024,
};

static const uint32_t days_asked[] = {JOINED - 1, JOINED, MIDDLE - 1, MIDDLE, LEFT - 1, LEFT, LEFT + 1};
enum { DAYS_ASKED = sizeof days_asked / sizeof days_asked[0] };

static struct dossier_builder built;
static struct dossier_affiliation *joined;
static uint8_t memory[ARENA_SIZE];
static struct membership *memberships;
static size_t count;

static void begin(void)
{
    dossier_builder_init(&built, ACTORS);
    joined = build_joined(&built, SHOP, JOINED_IN, TECHNICIAN, JOINED);
    joined->place.time_s = SAID_S;
}

static void decide(void)
{
    struct arena arena;
    arena_init(&arena, memory, sizeof memory);
    assert_true(memberships_of(&memberships, &count, &built.dossier, &built.network, &arena));
}

/* ---- what can count ---- */

static void fits(void) {}

static void left_it(void)
{
    joined->affiliation.has_consent = false;
    joined->affiliation.event = AFFILIATION_LEFT;
}

static void id_of_another_consent(void)
{
    joined->affiliation.consent.nonce[15] = 1;
}

static void id_is_looked_at_first(void)
{
    id_of_another_consent();
    joined->place.log = OTHER_SHOP;
}

static void by_another_shop(void)
{
    joined->place.log = OTHER_SHOP;
}

static void by_the_technician(void)
{
    joined->place.log = TECHNICIAN;
}

static void joined_before_the_first_day(void)
{
    joined->affiliation.day = JOINED - 1;
}

static void joined_later(void)
{
    joined->affiliation.day = JOINED + 1;
}

static void expires_at(uint64_t time_s)
{
    joined->affiliation.consent.expires_s = time_s;
    build_consent_id(&built, joined);
}

static void said_as_it_expires(void)
{
    expires_at(SAID_S);
}

static void said_after_it_expired(void)
{
    expires_at(SAID_S - 1);
}

static void early_and_expired(void)
{
    expires_at(SAID_S - 1);
    joined_before_the_first_day();
}

static void a_consent_says_what_can_count(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        void (*say)(void);
        enum reason reason;
    } rows[] = {
        {"a consent for this shop", fits, REASON_NONE},
        {"leaving needs none, but is no joining", left_it, REASON_NO_CONSENT},
        {"the id is another consent's", id_of_another_consent, REASON_INCONSISTENT},
        {"that goes before whose consent it is", id_is_looked_at_first, REASON_INCONSISTENT},
        {"replayed by another shop", by_another_shop, REASON_CONSENT_OTHER_SHOP},
        {"technicians don't take themselves on", by_the_technician, REASON_CONSENT_OTHER_SHOP},
        {"on a day before it begins", joined_before_the_first_day, REASON_CONSENT_NOT_YET},
        {"on a later day than it begins", joined_later, REASON_NONE},
        {"in its last second", said_as_it_expires, REASON_NONE},
        {"a second later", said_after_it_expired, REASON_CONSENT_EXPIRED},
        {"a day too early goes before", early_and_expired, REASON_CONSENT_NOT_YET},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin();
        rows[i].say();
        const struct actor_id author = built_actor_of(joined->place.log);
        enum reason found =
            affiliation_check(&joined->affiliation, &built.network, &author, joined->place.time_s);
        if (found != rows[i].reason) {
            fail_msg("%s: %s", rows[i].why, reason_word(found));
        }
    }
}

static void an_id_is_the_consents_alone(void **state)
{
    (void)state;
    struct network other;
    struct hash id;
    begin();
    struct consent consent = joined->affiliation.consent;
    assert_true(network_init(&other, "other"));
    consent_id(&id, &other, &consent);
    assert_false(hash_equal(&id, &joined->affiliation.id));
    consent.performs_repairs = false;
    consent_id(&id, &built.network, &consent);
    assert_false(hash_equal(&id, &joined->affiliation.id));
    consent.performs_repairs = true;
    consent_id(&id, &built.network, &consent);
    assert_true(hash_equal(&id, &joined->affiliation.id));
}

/* ---- on which days ---- */

static void known_up_to(size_t actor, uint64_t seq)
{
    built.logs[actor].known_by_seq = seq;
}

static void fork_at(size_t actor, uint64_t seq)
{
    built.logs[actor].forked = true;
    built.logs[actor].fork_seq = seq;
}

static void void_in(struct dossier_place *place, uint64_t seq)
{
    place->voided = true;
    place->void_seq = seq;
}

static struct dossier_affiliation *joined_again(uint64_t seq, uint32_t day)
{
    struct dossier_affiliation *again = build_joined(&built, SHOP, seq, TECHNICIAN, day);
    again->affiliation = joined->affiliation;
    again->affiliation.day = day;
    return again;
}

static void left_by_the_shop(void)
{
    build_left(&built, SHOP, LEFT_IN, joined, LEFT);
}

static void left_by_the_technician(void)
{
    build_left(&built, TECHNICIAN, LEFT_IN, joined, LEFT);
}

static void left_by_both(void)
{
    left_by_the_technician();
    build_left(&built, SHOP, LEFT_IN, joined, MIDDLE);
}

static void left_twice(void)
{
    build_left(&built, SHOP, LEFT_IN, joined, MIDDLE);
    build_left(&built, SHOP, LEFT_IN + 1, joined, LEFT);
}

static void left_by_a_stranger(void)
{
    build_left(&built, STRANGER, LEFT_IN, joined, MIDDLE);
    build_left(&built, OTHER_SHOP, LEFT_IN, joined, MIDDLE);
}

static void left_another_affiliation(void)
{
    struct dossier_affiliation other = *joined;
    other.affiliation.id.bytes[0] ^= 1;
    build_left(&built, SHOP, LEFT_IN, &other, MIDDLE);
}

static void left_said_before_joined(void)
{
    build_left(&built, SHOP, JOINED_IN - 5, joined, LEFT);
}

static void left_the_day_she_joined(void)
{
    build_left(&built, SHOP, LEFT_IN, joined, JOINED);
}

static void left_the_day_before(void)
{
    build_left(&built, SHOP, LEFT_IN, joined, JOINED - 1);
}

static void left_on_the_first_day_of_all(void)
{
    build_left(&built, SHOP, LEFT_IN, joined, 0);
}

static void said_twice(void)
{
    joined_again(JOINED_IN + 1, MIDDLE);
}

static void said_again_after_she_left(void)
{
    build_left(&built, SHOP, LEFT_IN, joined, MIDDLE);
    joined_again(LEFT_IN + 1, LEFT);
}

static void not_arrived(void)
{
    known_up_to(SHOP, JOINED_IN - 1);
}

static void first_word_erased(void)
{
    said_twice();
    joined->place.erased = true;
}

static void erased(void)
{
    joined->place.erased = true;
}

static void erased_and_left(void)
{
    erased();
    left_by_the_shop();
}

static void erased_in_a_void_block(void)
{
    erased();
    void_in(&joined->place, 50);
}

static void erased_later_than_known(void)
{
    erased();
    known_up_to(SHOP, JOINED_IN - 1);
}

static void unread_by_the_shop(void)
{
    built.logs[SHOP].has_unread = true;
    built.logs[SHOP].unread_seq = JOINED_IN + 5;
}

static void unread_and_left(void)
{
    unread_by_the_shop();
    left_by_the_shop();
}

static void unread_and_said_again(void)
{
    unread_by_the_shop();
    joined_again(JOINED_IN + 6, JOINED);
}

static void unread_before_that(void)
{
    unread_by_the_shop();
    built.logs[SHOP].unread_seq = JOINED_IN;
}

static void unread_by_the_technician(void)
{
    built.logs[TECHNICIAN].has_unread = true;
}

static void voided(void)
{
    void_in(&joined->place, 50);
}

static void voided_later_than_known(void)
{
    voided();
    known_up_to(SHOP, 49);
}

static void voided_by_a_disputed_word(void)
{
    voided();
    fork_at(SHOP, 50);
}

static void voided_and_said_again(void)
{
    voided();
    joined_again(60, JOINED);
}

static void voided_and_said_again_later(void)
{
    voided();
    joined_again(60, MIDDLE);
}

static void disputed(void)
{
    fork_at(SHOP, JOINED_IN);
}

static void below_a_fork(void)
{
    fork_at(SHOP, JOINED_IN + 1);
}

static void disputed_and_left_below_the_fork(void)
{
    disputed();
    build_left(&built, SHOP, JOINED_IN - 1, joined, LEFT);
}

enum { DAY_S = 86400, EXPIRY_DAY = 5 };

/* Its consent expires on a day; it arrived here, and a checkpoint without it is dated, so many days later. */
static void used_by(uint64_t arrived_after, uint64_t below_after)
{
    joined->affiliation.consent.expires_s = EXPIRY_DAY * DAY_S;
    build_consent_id(&built, joined);
    joined->place.arrived_s = (EXPIRY_DAY + arrived_after) * DAY_S;
    joined->place.below_s = below_after == 0 ? 0 : (EXPIRY_DAY + below_after) * DAY_S;
}

static void arrived_the_day_after(void)
{
    used_by(1, 400);
}

static void arrived_long_after(void)
{
    used_by(1000, 0);
}

static void was_not_there_the_day_after(void)
{
    used_by(1000, 1);
}

static void was_not_there_two_days_after(void)
{
    used_by(1000, 2);
}

static void was_not_there_and_left(void)
{
    was_not_there_two_days_after();
    left_by_the_shop();
}

static void was_not_there_and_is_erased(void)
{
    was_not_there_two_days_after();
    erased();
}

static void by_another_shop_and_erased(void)
{
    by_another_shop();
    erased();
}

static void shop_not_understood(void)
{
    built.logs[SHOP].upgrade_needed = true;
    built.logs[SHOP].upgrade_seq = 90;
}

static void shop_understood_as_far_as_known(void)
{
    shop_not_understood();
    known_up_to(SHOP, 89);
}

static void keys_not_held(void)
{
    joined->signature = REASON_UNKNOWN_ISSUER;
}

static void keys_not_held_and_left(void)
{
    keys_not_held();
    left_by_the_shop();
}

static void signed_by_another(void)
{
    joined->signature = REASON_BAD_SIGNATURE;
}

static void signed_by_unknown_key(void)
{
    joined->signature = REASON_CONSENT_KEY;
}

static void signed_by_another_first(void)
{
    signed_by_another();
    joined_again(JOINED_IN + 1, JOINED);
}

static void id_stolen_by_a_stranger(void)
{
    struct dossier_affiliation *stolen = build_joined(&built, STRANGER, 5, STRANGER, 0);
    stolen->affiliation.id = joined->affiliation.id;
}

static void replayed_beside_the_true_one(void)
{
    struct dossier_affiliation *replayed = build_joined(&built, OTHER_SHOP, 5, TECHNICIAN, JOINED);
    replayed->affiliation = joined->affiliation;
}

static void replayed_and_erased(void)
{
    replayed_beside_the_true_one();
    built.affiliations[1].place.erased = true;
}

static void void_left(void)
{
    left_by_the_shop();
    void_in(&built.leaves[0].place, 50);
}

static void void_left_said_again(void)
{
    void_left();
    build_left(&built, TECHNICIAN, 60, joined, LEFT);
}

static void void_left_and_an_earlier_one(void)
{
    void_left();
    build_left(&built, TECHNICIAN, 60, joined, MIDDLE);
}

static void void_left_and_a_later_one(void)
{
    void_left();
    built.leaves[0].day = MIDDLE;
    build_left(&built, TECHNICIAN, 60, joined, LEFT);
}

static void disputed_left(void)
{
    left_by_the_technician();
    fork_at(TECHNICIAN, LEFT_IN);
}

static void left_not_arrived(void)
{
    left_by_the_technician();
    known_up_to(TECHNICIAN, LEFT_IN - 1);
}

static void left_erased(void)
{
    left_by_the_technician();
    built.leaves[0].place.erased = true;
}

static void joined_is_for_another_technician(void)
{
    joined->affiliation.consent.technician = built_actor_of(STRANGER);
}

static void days_follow_what_was_said(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        void (*say)(void);
        const char *days; /* y, n, ? for each of days_asked; empty: no membership is told of */
        enum reason doubt;
        uint32_t left_day;
    } rows[] = {
        {"joined, and still there", fits, "nyyyyyy", REASON_NONE, DAY_NONE},
        {"the shop says she left", left_by_the_shop, "nyyyynn", REASON_NONE, LEFT},
        {"she says so", left_by_the_technician, "nyyyynn", REASON_NONE, LEFT},
        {"both do: the earlier day counts", left_by_both, "nyynnnn", REASON_NONE, MIDDLE},
        {"one does twice: the same", left_twice, "nyynnnn", REASON_NONE, MIDDLE},
        {"others have no say", left_by_a_stranger, "nyyyyyy", REASON_NONE, DAY_NONE},
        {"another affiliation's end is not its own", left_another_affiliation, "nyyyyyy", REASON_NONE,
         DAY_NONE},
        {"left in a block before joined: the order does not matter", left_said_before_joined, "nyyyynn",
         REASON_NONE, LEFT},
        {"left the day she joined: not a day", left_the_day_she_joined, "nnnnnnn", REASON_NONE, JOINED},
        {"left before she joined: not a day", left_the_day_before, "nnnnnnn", REASON_NONE, JOINED - 1},
        {"nor on the first day of all", left_on_the_first_day_of_all, "nnnnnnn", REASON_NONE, 0},
        {"joined said twice is said once", said_twice, "nyyyyyy", REASON_NONE, DAY_NONE},
        {"a consent is used once: she does not return by it", said_again_after_she_left, "nyynnnn",
         REASON_NONE, MIDDLE},
        {"said in a block that had not arrived", not_arrived, "", REASON_NONE, DAY_NONE},
        {"erased: nobody knows since when, or whether", erased, "???????", REASON_AFFILIATION_ERASED,
         DAY_NONE},
        {"erased, and left for certain", erased_and_left, "?????nn", REASON_AFFILIATION_ERASED, LEFT},
        {"erased in a void block", erased_in_a_void_block, "", REASON_NONE, DAY_NONE},
        {"erased before it had arrived", erased_later_than_known, "", REASON_NONE, DAY_NONE},
        {"what was said later stands in", first_word_erased, "???yyyy", REASON_AFFILIATION_ERASED, DAY_NONE},
        {"the shop erased what nobody here read: her end may be among it", unread_by_the_shop, "n??????",
         REASON_AFFILIATION_ERASED, DAY_NONE},
        {"that, and she left for certain", unread_and_left, "n????nn", REASON_AFFILIATION_ERASED, LEFT},
        {"that, and she is said to be there after it", unread_and_said_again, "nyyyyyy", REASON_NONE,
         DAY_NONE},
        {"that, before she joined", unread_before_that, "nyyyyyy", REASON_NONE, DAY_NONE},
        {"she erased what nobody here read", unread_by_the_technician, "n??????", REASON_AFFILIATION_ERASED,
         DAY_NONE},
        {"in a void block", voided, "", REASON_NONE, DAY_NONE},
        {"void later than known", voided_later_than_known, "nyyyyyy", REASON_NONE, DAY_NONE},
        {"void by a disputed word", voided_by_a_disputed_word, "n??????", REASON_DISPUTED, DAY_NONE},
        {"void and said again", voided_and_said_again, "nyyyyyy", REASON_NONE, DAY_NONE},
        {"from the day said again", voided_and_said_again_later, "nnnyyyy", REASON_NONE, DAY_NONE},
        {"in a disputed block", disputed, "n??????", REASON_DISPUTED, DAY_NONE},
        {"below a fork", below_a_fork, "nyyyyyy", REASON_NONE, DAY_NONE},
        {"disputed, but left for certain", disputed_and_left_below_the_fork, "n????nn", REASON_DISPUTED,
         LEFT},
        {"the shop says what is not understood", shop_not_understood, "n??????", REASON_UPGRADE, DAY_NONE},
        {"understood as far as known", shop_understood_as_far_as_known, "nyyyyyy", REASON_NONE, DAY_NONE},
        {"her keys are not here", keys_not_held, "n??????", REASON_UNKNOWN_ISSUER, DAY_NONE},
        {"her keys are not here, and she left", keys_not_held_and_left, "n????nn", REASON_UNKNOWN_ISSUER,
         LEFT},
        {"someone else signed", signed_by_another, "nnnnnnn", REASON_BAD_SIGNATURE, DAY_NONE},
        {"a key signed that nobody knows for hers", signed_by_unknown_key, "n??????", REASON_CONSENT_KEY,
         DAY_NONE},
        {"then said again with her own signature", signed_by_another_first, "nyyyyyy", REASON_NONE, DAY_NONE},
        {"no consent", left_it, "nnnnnnn", REASON_NO_CONSENT, DAY_NONE},
        {"the id is another consent's", id_of_another_consent, "", REASON_NONE, DAY_NONE},
        {"the consent is another technician's", joined_is_for_another_technician, "", REASON_NONE, DAY_NONE},
        {"the consent is for another shop", by_another_shop, "", REASON_NONE, DAY_NONE},
        {"that, and erased", by_another_shop_and_erased, "", REASON_NONE, DAY_NONE},
        {"said before the consent begins", joined_before_the_first_day, "nnnnnnn", REASON_CONSENT_NOT_YET,
         DAY_NONE},
        {"said after the consent has expired", said_after_it_expired, "nnnnnnn", REASON_CONSENT_EXPIRED,
         DAY_NONE},
        {"said as it expires", said_as_it_expires, "nyyyyyy", REASON_NONE, DAY_NONE},
        {"it came here long after the consent's time: its claim stands", arrived_long_after, "nyyyyyy",
         REASON_NONE, DAY_NONE},
        {"the shop's own checkpoint shows it was not there when that was over", was_not_there_two_days_after,
         "n??????", REASON_CONSENT_EXPIRED, DAY_NONE},
        {"a checkpoint of the day after: clocks differ", was_not_there_the_day_after, "nyyyyyy", REASON_NONE,
         DAY_NONE},
        {"it came here by then, whatever a checkpoint says", arrived_the_day_after, "nyyyyyy", REASON_NONE,
         DAY_NONE},
        {"used too late, and she left", was_not_there_and_left, "n????nn", REASON_CONSENT_EXPIRED, LEFT},
        {"used too late, and erased", was_not_there_and_is_erased, "???????", REASON_AFFILIATION_ERASED,
         DAY_NONE},
        {"a stranger who takes the id changes nothing", id_stolen_by_a_stranger, "nyyyyyy", REASON_NONE,
         DAY_NONE},
        {"nor does a shop that replays the consent", replayed_beside_the_true_one, "nyyyyyy", REASON_NONE,
         DAY_NONE},
        {"nor does one that replays it and erases that", replayed_and_erased, "nyyyyyy", REASON_NONE,
         DAY_NONE},
        {"left in a void block", void_left, "nyyyy??", REASON_VOIDED, DAY_NONE},
        {"left in a void block, said again", void_left_said_again, "nyyyynn", REASON_NONE, LEFT},
        {"left for certain before that", void_left_and_an_earlier_one, "nyynnnn", REASON_NONE, MIDDLE},
        {"left for certain after that", void_left_and_a_later_one, "nyy??nn", REASON_VOIDED, LEFT},
        {"left in a disputed block", disputed_left, "nyyyy??", REASON_DISPUTED, DAY_NONE},
        {"left in a block that had not arrived", left_not_arrived, "nyyyyyy", REASON_NONE, DAY_NONE},
        {"left, its bytes gone", left_erased, "nyyyyyy", REASON_NONE, DAY_NONE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char days[DAYS_ASKED + 1] = "";
        begin();
        rows[i].say();
        decide();
        if (count != (rows[i].days[0] == '\0' ? 0 : 1)) {
            fail_msg("%s: %zu memberships", rows[i].why, count);
        }
        for (size_t j = 0; j < DAYS_ASKED && count == 1; j++) {
            static const char letters[] = {[ANSWER_YES] = 'y', [ANSWER_NO] = 'n', [ANSWER_UNKNOWN] = '?'};
            days[j] = letters[day_truth_on(&memberships[0].days, days_asked[j])];
        }
        if (strcmp(days, rows[i].days) != 0) {
            fail_msg("%s: %s", rows[i].why, days);
        }
        if (count == 1 && (memberships[0].doubt != rows[i].doubt ||
                           memberships[0].has_left != (rows[i].left_day != DAY_NONE) ||
                           memberships[0].left_day != rows[i].left_day)) {
            fail_msg("%s: %s, left %u", rows[i].why, reason_word(memberships[0].doubt),
                     memberships[0].left_day);
        }
    }
}

/* ---- which ones ---- */

static void a_membership_says_whose_it_is(void **state)
{
    (void)state;
    begin();
    build_joined(&built, SHOP, JOINED_IN + 1, STRANGER, JOINED)->affiliation.consent.performs_repairs = false;
    build_consent_id(&built, &built.affiliations[1]);
    decide();
    assert_int_equal(count, 2);
    const struct actor_id technician = built_actor_of(TECHNICIAN);
    const struct actor_id shop = built_actor_of(SHOP);
    assert_true(hash_equal(&memberships[0].id, &joined->affiliation.id));
    assert_true(actor_id_equal(&memberships[0].technician, &technician));
    assert_true(actor_id_equal(&memberships[0].shop, &shop));
    assert_true(memberships[0].performs_repairs);
    assert_false(memberships[1].performs_repairs);
    assert_int_equal(memberships[1].affiliation, 1);
}

static void the_first_that_counts_is_named(void **state)
{
    (void)state;
    begin();
    joined_again(JOINED_IN + 1, MIDDLE);
    joined_again(JOINED_IN + 2, LEFT);
    signed_by_another();
    decide();
    assert_int_equal(count, 1);
    assert_int_equal(memberships[0].affiliation, 1);
    built.affiliations[1].signature = built.affiliations[2].signature = REASON_BAD_SIGNATURE;
    decide();
    assert_int_equal(memberships[0].affiliation, 0);
}

static void it_is_told_where_nothing_but_the_shop_says_that_a_consent_was_used_in_time(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        void (*say)(void);
        bool own_word;
    } rows[] = {
        {"it came here by then", arrived_the_day_after, false},
        {"it came here long after that", arrived_long_after, true},
        {"a checkpoint shows that it was not there", was_not_there_two_days_after, false},
        {"erased: nobody knows when its time was over", was_not_there_and_is_erased, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin();
        rows[i].say();
        decide();
        if (memberships[0].own_word != rows[i].own_word) {
            fail_msg("%s", rows[i].why);
        }
    }
}

/* An adviser counts for no share of technicians, whatever another shop copied of her consent. */
static void another_shops_erased_copy_makes_no_adviser_a_technician(void **state)
{
    (void)state;
    begin();
    joined->affiliation.consent.performs_repairs = false;
    build_consent_id(&built, joined);
    replayed_and_erased();
    decide();
    assert_int_equal(count, 1);
    assert_false(memberships[0].performs_repairs);
}

/* Whose log comes first does not decide whose technician she is. */
static void another_shops_erased_copy_takes_nobody_from_a_roster(void **state)
{
    (void)state;
    const struct actor_id shop = built_actor_of(SHOP);
    for (size_t i = 0; i < 2; i++) {
        begin();
        keys_not_held();
        replayed_and_erased();
        if (i == 1) {
            struct dossier_affiliation first = built.affiliations[0];
            built.affiliations[0] = built.affiliations[1];
            built.affiliations[1] = first;
        }
        decide();
        assert_int_equal(count, 1);
        assert_true(actor_id_equal(&memberships[0].shop, &shop));
    }
}

/* What an erased word of a shop's own roster had for an id nobody knows any more. */
static void an_erased_word_under_another_shops_id_is_about_its_own_roster_alone(void **state)
{
    (void)state;
    begin();
    struct dossier_affiliation *other = build_joined(&built, OTHER_SHOP, 5, TECHNICIAN, JOINED);
    other->affiliation.id = joined->affiliation.id;
    other->place.erased = true;
    left_by_the_shop();
    decide();
    assert_int_equal(count, 2);
    for (size_t i = 0; i < count; i++) {
        const struct actor_id shop = built_actor_of(SHOP);
        bool there = actor_id_equal(&memberships[i].shop, &shop);
        assert_int_equal(memberships[i].erased, !there);
        assert_int_equal(memberships[i].has_left, there);
        assert_int_equal(day_truth_on(&memberships[i].days, JOINED), there ? ANSWER_YES : ANSWER_UNKNOWN);
    }
}

static void they_are_sorted_by_people_and_first_day(void **state)
{
    (void)state;
    static const struct {
        size_t technician, shop;
        uint32_t day;
    } sorted[] = {
        {TECHNICIAN, SHOP, 100}, {TECHNICIAN, SHOP, 300}, {TECHNICIAN, OTHER_SHOP, 50},
        {STRANGER, SHOP, 20},    {STRANGER, SHOP, 200},   {STRANGER, OTHER_SHOP, 10},
    };
    enum { SORTED = sizeof sorted / sizeof sorted[0] };
    begin();
    built.dossier.affiliation_count = 0;
    for (size_t i = 0; i < SORTED; i++) {
        size_t at = (i * 5 + 2) % SORTED;
        build_joined(&built, sorted[at].shop, JOINED_IN + i, sorted[at].technician, sorted[at].day);
    }
    decide();
    assert_int_equal(count, SORTED);
    for (size_t i = 0; i < SORTED; i++) {
        const struct actor_id technician = built_actor_of(sorted[i].technician);
        const struct actor_id shop = built_actor_of(sorted[i].shop);
        assert_true(actor_id_equal(&memberships[i].technician, &technician));
        assert_true(actor_id_equal(&memberships[i].shop, &shop));
        assert_int_equal(memberships[i].days.surely.intervals[0].first, sorted[i].day);
    }
}

static void she_returns_by_a_new_consent(void **state)
{
    (void)state;
    begin();
    left_by_the_shop();
    build_joined(&built, SHOP, LEFT_IN + 1, TECHNICIAN, LEFT + 10);
    decide();
    assert_int_equal(count, 2);
    assert_int_equal(memberships[0].left_day, LEFT);
    assert_false(memberships[1].has_left);
    assert_int_equal(day_truth_on(&memberships[1].days, LEFT + 9), ANSWER_NO);
    assert_int_equal(day_truth_on(&memberships[1].days, LEFT + 10), ANSWER_YES);
}

static void a_full_arena_is_told(void **state)
{
    (void)state;
    begin();
    left_by_the_shop();
    size_t needed = 0;
    for (bool fit = false; !fit; needed++) {
        struct arena arena;
        arena_init(&arena, memory, needed);
        fit = memberships_of(&memberships, &count, &built.dossier, &built.network, &arena);
    }
    assert_true(needed > sizeof(struct membership));
    assert_int_equal(count, 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_consent_says_what_can_count),
        cmocka_unit_test(an_id_is_the_consents_alone),
        cmocka_unit_test(days_follow_what_was_said),
        cmocka_unit_test(a_membership_says_whose_it_is),
        cmocka_unit_test(the_first_that_counts_is_named),
        cmocka_unit_test(it_is_told_where_nothing_but_the_shop_says_that_a_consent_was_used_in_time),
        cmocka_unit_test(another_shops_erased_copy_makes_no_adviser_a_technician),
        cmocka_unit_test(another_shops_erased_copy_takes_nobody_from_a_roster),
        cmocka_unit_test(an_erased_word_under_another_shops_id_is_about_its_own_roster_alone),
        cmocka_unit_test(they_are_sorted_by_people_and_first_day),
        cmocka_unit_test(she_returns_by_a_new_consent),
        cmocka_unit_test(a_full_arena_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
