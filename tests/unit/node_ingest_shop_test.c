#include "node/ingest_shop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/grants.h"
#include "store/index.h"
#include "store/layout.h"
#include "store/shop_admission.h"
#include "store/tables.h"
#include "tests/support/log_random.h"
#include "tests/support/shop_world.h"

/* Which shops' logs a node takes in, and how much of each: ase owns a namespace, school, branch and stall
 * hang below it, maria and tom are technicians. What shops write, they write elsewhere. */

enum { NOW_S = 1000000, DAY_S = 86400, SHOPS_MAX = 6, ENCODED_SIZE_MAX = 16 * 1024 };
/* The last two are begun by the tests that need them: LOW has the lower id. */
enum who { ASE, SCHOOL, BRANCH, STALL, STRANGER, LOW, HIGH, WHO_COUNT };

static struct store_world here, away;
static struct world_author authors[WHO_COUNT], maria, tom, shops[SHOPS_MAX];
static struct trust trust;
static struct ingest ingest;
static struct followed followed;

static int setup(void **state)
{
    struct trust_owner owner = {.name_space = "ase"};
    struct store_txn *txn;

    (void)state;
    world_init(&here);
    world_init(&away);
    txn = world_write(&here);
    for (enum who who = ASE; who < LOW; who++) {
        world_begin_log(&here, txn, &authors[who], 1 + who, NOW_S);
    }
    world_commit(txn);
    txn = world_write(&away);
    world_begin_log(&away, txn, &maria, 20, NOW_S);
    world_begin_log(&away, txn, &tom, 21, NOW_S);
    for (size_t i = 0; i < SHOPS_MAX; i++) {
        world_begin_log(&away, txn, &shops[i], 30 + i, NOW_S);
    }
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
    memset(&followed, 0, sizeof followed);
    owner.actor = authors[ASE].actor.id;
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
    assert_true(ingest_init(&ingest, here.store, &here.network, &trust, NULL));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ingest_deinit(&ingest);
    world_deinit(&here);
    world_deinit(&away);
    return 0;
}

/* ---- what is said ---- */

static uint64_t say(struct store_world *world, struct world_author *author, enum block_class block_class,
                    enum entry_kind kind, const void *record)
{
    struct store_txn *txn = world_write(world);

    world_publish_one(world, txn, author, block_class, kind, record, NOW_S);
    world_commit(txn);
    return author->state.seq;
}

static uint64_t accredit_for(enum who by, enum who delegate, uint64_t depth, const char *text)
{
    const struct bytes pattern = bytes_of_string(text);
    const struct accreditation record = {
        .delegate = authors[delegate].actor.id, .patterns = {.items = &pattern, .count = 1}, .depth = depth};

    return say(&here, &authors[by], CLASS_GOVERN, ENTRY_ACCREDITATION, &record);
}

static void accredit(enum who by, enum who delegate, uint64_t depth)
{
    (void)accredit_for(by, delegate, depth, "ase/*");
}

static uint64_t attest(enum who by, const struct world_author *technician, enum basis basis)
{
    struct attestation record = build_attestation(&technician->actor.id, "ase/A5", 40000, 40010);

    record.basis = basis;
    return say(&here, &authors[by], CLASS_CONTENT, ENTRY_ATTESTATION, &record);
}

static void state_of(enum who by, uint64_t seq, enum status_action action)
{
    struct index_range range = {0};
    const struct status status = build_status(seq, &range, 0, 0, action, 40001);

    (void)say(&here, &authors[by], CLASS_STATUS, ENTRY_STATUS, &status);
}

static void withdraw_at(enum who by, enum who delegate, uint64_t cut_seq, const struct hash *cut_head)
{
    const struct withdrawal record = {
        .delegate = authors[delegate].actor.id, .has_cut = true, .cut_seq = cut_seq, .cut_head = *cut_head};

    (void)say(&here, &authors[by], CLASS_GOVERN, ENTRY_WITHDRAWAL, &record);
}

static struct affiliation consent_of(const struct world_author *technician, size_t shop, uint64_t n)
{
    return world_joined(&here, &technician->actor.id, &shops[shop].actor.id, n,
                        &technician->actor.built[WORLD_PRESENT_KEY]);
}

/* ---- introductions ---- */

static struct signed_consent introduction_of(const struct affiliation *joined,
                                             const struct world_author *technician)
{
    return (struct signed_consent){.consent = joined->consent,
                                   .signature = joined->signature,
                                   .technician_keys = technician->actor.keys_record};
}

static enum reason offer(const struct signed_consent *introduction)
{
    struct store_txn *txn = world_write(&here);
    uint8_t memory[ENCODED_SIZE_MAX];
    struct bytes encoded;
    struct actor_id shop;
    enum store_error error = STORE_OK;
    enum reason reason;

    assert_true(schema_encode(&signed_consent_schema, introduction, memory, sizeof memory, &encoded));
    reason = ingest_introduction(&ingest, txn, encoded, &shop, &error);
    assert_int_equal(error, STORE_OK);
    world_commit(txn);
    return reason;
}

static enum reason introduce(const struct world_author *technician, size_t shop, uint64_t n)
{
    const struct affiliation joined = consent_of(technician, shop, n);
    const struct signed_consent introduction = introduction_of(&joined, technician);

    return offer(&introduction);
}

static enum admission admission_from(const struct actor_id *actor, bool dialled)
{
    struct store_txn *txn = world_read(&here);
    enum admission admission = ADMISSION_NONE;

    assert_int_equal(ingest_admission(&ingest, txn, actor, dialled, &admission), STORE_OK);
    store_end(txn);
    return admission;
}

static enum admission admission_of(const struct actor_id *actor)
{
    return admission_from(actor, true);
}

/* Offer here all that author wrote away, until something is refused. */
static enum reason give_from(const struct world_author *author, enum ingest_origin origin, uint64_t now_s)
{
    struct ingest_result result = {.outcome = INGEST_EXTENDED};

    for (uint64_t seq = 0; seq <= author->state.seq; seq++) {
        struct store_txn *from = world_read(&away), *txn = world_write(&here);
        size_t mark = arena_mark(&away.arena);
        struct bytes encoded;

        assert_int_equal(store_block_bytes(from, &author->actor.id, seq, &encoded, &away.arena), STORE_OK);
        ingest_block(&ingest, txn, origin, encoded, now_s, &result);
        assert_int_not_equal(result.outcome, INGEST_FAILED);
        world_commit(txn);
        store_end(from);
        arena_rewind(&away.arena, mark);
        if (result.outcome == INGEST_REFUSED && result.reason != REASON_KNOWN) {
            return result.reason;
        }
    }
    return REASON_NONE;
}

static enum reason give(const struct world_author *author)
{
    return give_from(author, INGEST_PEER, NOW_S);
}

/* ---- who introduces ---- */

static void by_the_owner(void)
{
    (void)attest(ASE, &maria, BASIS_EXAM);
}
static void of_her_identity(void)
{
    (void)attest(ASE, &maria, BASIS_IDENTITY);
}
static void of_experience(void)
{
    (void)attest(ASE, &maria, BASIS_EXPERIENCE);
}

static void of_experience_and_more(void)
{
    of_experience();
    (void)attest(ASE, &maria, BASIS_TRAINING);
}

static void by_a_stranger(void)
{
    (void)attest(STRANGER, &maria, BASIS_EXAM);
}
static void of_someone_else(void)
{
    (void)attest(ASE, &tom, BASIS_EXAM);
}

static void by_a_delegate(void)
{
    accredit(ASE, SCHOOL, 0);
    (void)attest(SCHOOL, &maria, BASIS_EXAM);
}

static void by_a_delegate_for_other_codes(void)
{
    (void)accredit_for(ASE, SCHOOL, 0, "ase/L*");
    (void)attest(SCHOOL, &maria, BASIS_EXAM);
}

static void two_steps_below(void)
{
    accredit(ASE, SCHOOL, 1);
    accredit(SCHOOL, BRANCH, 0);
    (void)attest(BRANCH, &maria, BASIS_EXAM);
}

static void two_steps_below_without_depth(void)
{
    accredit(ASE, SCHOOL, 0);
    accredit(SCHOOL, BRANCH, 0);
    (void)attest(BRANCH, &maria, BASIS_EXAM);
}

static void three_steps_below(void)
{
    accredit(ASE, SCHOOL, 8);
    accredit(SCHOOL, BRANCH, 8);
    accredit(BRANCH, STALL, 8);
    (void)attest(STALL, &maria, BASIS_EXAM);
}

static void by_one_who_accredits_itself(void)
{
    accredit(STRANGER, STRANGER, 8);
    (void)attest(STRANGER, &maria, BASIS_EXAM);
}

static void revoked_again(void)
{
    state_of(ASE, attest(ASE, &maria, BASIS_EXAM), STATUS_REVOKED);
}

static void revoked_and_reinstated(void)
{
    uint64_t seq = attest(ASE, &maria, BASIS_EXAM);

    state_of(ASE, seq, STATUS_REVOKED);
    state_of(ASE, seq, STATUS_REINSTATED);
}

static void in_a_void_block(void)
{
    uint64_t seq = attest(ASE, &maria, BASIS_EXAM);
    const struct void_record record = {.has_range = true, .range = {seq, seq}};

    (void)say(&here, &authors[ASE], CLASS_GOVERN, ENTRY_VOID, &record);
}

static void below_the_cut(void)
{
    uint64_t seq;

    accredit(ASE, SCHOOL, 0);
    seq = attest(SCHOOL, &maria, BASIS_EXAM);
    withdraw_at(ASE, SCHOOL, seq, &authors[SCHOOL].state.head);
}

static void beyond_the_cut(void)
{
    const struct hash head = authors[SCHOOL].state.head;

    accredit(ASE, SCHOOL, 0);
    withdraw_at(ASE, SCHOOL, 0, &head);
    (void)attest(SCHOOL, &maria, BASIS_EXAM);
}

/* A certificate of somebody else is said to be held by her. */
static void hold(uint64_t seq, const struct world_author *holder)
{
    struct index_range range = {0};
    struct status status = build_status(seq, &range, 0, 0, STATUS_HELD_BY, 40001);

    status.has_holder = true;
    status.holder = subject_of_actor(&holder->actor.id);
    (void)say(&here, &authors[ASE], CLASS_STATUS, ENTRY_STATUS, &status);
}

static void claimed_by_her(void)
{
    struct attestation record = build_attestation(&maria.actor.id, "ase/A5", 40000, 40010);

    record.subject = (struct subject){.kind = SUBJECT_BLINDED, .id = {{9}}};
    hold(say(&here, &authors[ASE], CLASS_CONTENT, ENTRY_ATTESTATION, &record), &maria);
}

static void hers_by_mistake(void)
{
    hold(attest(ASE, &maria, BASIS_EXAM), &tom);
}

static void beside_the_cut(void)
{
    const struct hash other = authors[ASE].state.head;

    accredit(ASE, SCHOOL, 0);
    withdraw_at(ASE, SCHOOL, attest(SCHOOL, &maria, BASIS_EXAM), &other);
}

static void by_an_accreditation_that_ended(void)
{
    uint64_t seq = accredit_for(ASE, SCHOOL, 0, "ase/*");
    const struct withdrawal record = {
        .delegate = authors[SCHOOL].actor.id, .has_accreditation = true, .accreditation = {.seq = seq}};

    (void)attest(SCHOOL, &maria, BASIS_EXAM);
    (void)say(&here, &authors[ASE], CLASS_GOVERN, ENTRY_WITHDRAWAL, &record);
}

static void hand_over(enum who by, enum who to)
{
    const struct indexed_signature signature = {.key_index = 0};
    const struct succession record = {.name_space = bytes_of_string("ase"),
                                      .successor = authors[to].actor.id,
                                      .signatures = {.items = &signature, .count = 1}};

    (void)say(&here, &authors[by], CLASS_GOVERN, ENTRY_SUCCESSION, &record);
}

/* The owner names the school as its heir by mistake, and takes it back in its next epoch. */
static void hand_over_and_take_back(void)
{
    struct void_record record = {.has_range = true};
    struct store_txn *txn;

    hand_over(ASE, SCHOOL);
    record.range = (struct seq_range){authors[ASE].state.seq, authors[ASE].state.seq};
    txn = world_write(&here);
    world_rotate(&here, txn, &authors[ASE], NOW_S);
    world_commit(txn);
    (void)say(&here, &authors[ASE], CLASS_GOVERN, ENTRY_VOID, &record);
}

static void by_an_heir(void)
{
    hand_over(ASE, SCHOOL);
    (void)attest(SCHOOL, &maria, BASIS_EXAM);
}

static void by_an_heir_no_longer(void)
{
    hand_over_and_take_back();
    (void)attest(SCHOOL, &maria, BASIS_EXAM);
}

static void by_the_heir_named_after_that(void)
{
    hand_over_and_take_back();
    hand_over(ASE, BRANCH);
    (void)attest(BRANCH, &maria, BASIS_EXAM);
}

static void by_the_second_of_two_heirs(void)
{
    hand_over(ASE, SCHOOL);
    hand_over(ASE, BRANCH);
    (void)attest(BRANCH, &maria, BASIS_EXAM);
}

static void by_the_heir_of_what_came_back(void)
{
    hand_over(ASE, SCHOOL);
    hand_over(SCHOOL, ASE);
    hand_over(ASE, BRANCH);
    (void)attest(BRANCH, &maria, BASIS_EXAM);
}

static void by_the_heir_of_what_was_kept(void)
{
    hand_over(ASE, ASE);
    hand_over(ASE, SCHOOL);
    (void)attest(SCHOOL, &maria, BASIS_EXAM);
}

static void whoever_is_attested_near_the_trust_file_introduces(void **state)
{
    static const struct {
        const char *sentence;
        void (*attested)(void);
        bool introduces;
    } rows[] = {
        {"attested by the owner of a namespace", by_the_owner, true},
        {"who checked nothing but her identity", of_her_identity, true},
        {"a sybil whom her employers alone attest", of_experience, false},
        {"one with more than experience", of_experience_and_more, true},
        {"one whom a stranger attested", by_a_stranger, false},
        {"one whom nobody attested", of_someone_else, false},
        {"attested by the owner's delegate", by_a_delegate, true},
        {"by a delegate for other codes", by_a_delegate_for_other_codes, false},
        {"by the delegate's delegate", two_steps_below, true},
        {"by one whom the delegate could not name", two_steps_below_without_depth, false},
        {"by one three steps below", three_steps_below, false},
        {"by one that accredits itself", by_one_who_accredits_itself, false},
        {"whose certificate was revoked", revoked_again, false},
        {"and reinstated", revoked_and_reinstated, true},
        {"whose certificate a thief wrote", in_a_void_block, false},
        {"by a delegate before it was withdrawn", below_the_cut, true},
        {"by a delegate that is withdrawn", beyond_the_cut, false},
        {"on another branch than the withdrawal names", beside_the_cut, false},
        {"by a delegate whose accreditation ended whole", by_an_accreditation_that_ended, false},
        {"who claimed what was issued to a claim key", claimed_by_her, true},
        {"whose certificate turned out to be another's", hers_by_mistake, false},
        {"by the owner's heir", by_an_heir, true},
        {"by an heir whose succession is void", by_an_heir_no_longer, false},
        {"by the heir that was named after a void succession", by_the_heir_named_after_that, true},
        {"by the second of two heirs", by_the_second_of_two_heirs, false},
        {"by the second one where the first gave it back", by_the_heir_of_what_came_back, true},
        {"by the heir of an owner that kept it before", by_the_heir_of_what_was_kept, true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum reason reason;

        setup(state);
        rows[i].attested();
        reason = introduce(&maria, 0, 0);
        if (reason != (rows[i].introduces ? REASON_NONE : REASON_NOT_ADMITTED)) {
            fail_msg("%s: %s", rows[i].sentence, reason_word(reason));
        }
        if (admission_of(&shops[0].actor.id) != (rows[i].introduces ? ADMISSION_SHOP : ADMISSION_NONE)) {
            fail_msg("%s: admitted or not", rows[i].sentence);
        }
        teardown(state);
    }
}

/* ---- by what ---- */

static void only_her_consent_introduces_and_only_its_shop(void **state)
{
    const struct affiliation joined = consent_of(&maria, 0, 0);
    struct signed_consent introduction = introduction_of(&joined, &maria);

    (void)state;
    by_the_owner();
    introduction.consent.shop = shops[1].actor.id;
    assert_int_equal(offer(&introduction), REASON_BAD_SIGNATURE);
    introduction.consent = joined.consent;
    introduction.signature.signature.bytes[0] ^= 1;
    assert_int_equal(offer(&introduction), REASON_BAD_SIGNATURE);
    introduction.signature = joined.signature;
    introduction.signature.key = maria.actor.built[0].key.key; /* a governing key */
    assert_int_equal(offer(&introduction), REASON_BAD_SIGNATURE);
    introduction.signature = joined.signature;
    introduction.technician_keys = tom.actor.keys_record;
    assert_int_equal(offer(&introduction), REASON_CONSENT_OTHER_TECHNICIAN);
    assert_int_equal(admission_of(&shops[0].actor.id), ADMISSION_NONE);
    assert_int_equal(admission_of(&shops[1].actor.id), ADMISSION_NONE);
    introduction.technician_keys = maria.actor.keys_record;
    assert_int_equal(offer(&introduction), REASON_NONE);
    assert_int_equal(offer(&introduction), REASON_NONE);
    assert_int_equal(admission_of(&shops[0].actor.id), ADMISSION_SHOP);
    assert_int_equal(admission_of(&shops[1].actor.id), ADMISSION_NONE);
}

/* Consents of hers to all shops, in the order of their ids. */
static void sort_by_id(struct affiliation consents[SHOPS_MAX])
{
    for (size_t i = 0; i < SHOPS_MAX; i++) {
        struct affiliation next = consent_of(&maria, i, 0);
        size_t at = i;

        while (at > 0 && hash_compare(&consents[at - 1].id, &next.id) > 0) {
            consents[at] = consents[at - 1];
            at--;
        }
        consents[at] = next;
    }
}

static void she_introduces_the_four_lowest_in_whatever_order_they_come(void **state)
{
    static const size_t orders[][SHOPS_MAX] = {
        {0, 1, 2, 3, 4, 5}, {5, 4, 3, 2, 1, 0}, {3, 5, 0, 4, 1, 2}, {4, 2, 5, 1, 0, 3}};

    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        struct affiliation consents[SHOPS_MAX];

        setup(state);
        by_the_owner();
        sort_by_id(consents);
        for (size_t j = 0; j < SHOPS_MAX; j++) {
            const struct signed_consent one = introduction_of(&consents[orders[i][j]], &maria);
            enum reason reason = offer(&one);

            assert_true(reason == REASON_NONE || reason == REASON_QUOTA);
        }
        for (size_t j = 0; j < SHOPS_MAX; j++) {
            assert_int_equal(admission_of(&consents[j].consent.shop),
                             j < INTRODUCED_SHOPS_MAX ? ADMISSION_SHOP : ADMISSION_NONE);
        }
        teardown(state);
    }
}

static void her_leaving_ends_it_and_lets_the_next_one_in(void **state)
{
    struct affiliation consents[SHOPS_MAX], left;

    (void)state;
    by_the_owner();
    sort_by_id(consents);
    for (size_t i = 0; i < SHOPS_MAX; i++) {
        const struct signed_consent one = introduction_of(&consents[i], &maria);

        (void)offer(&one);
    }
    left = world_left(&consents[1], 40005);
    (void)say(&away, &tom, CLASS_CONTENT, ENTRY_AFFILIATION, &left);
    (void)attest(ASE, &tom, BASIS_EXAM);
    assert_int_equal(give(&tom), REASON_NONE);
    assert_int_equal(admission_of(&consents[1].consent.shop), ADMISSION_SHOP); /* his word is not hers */
    (void)say(&away, &maria, CLASS_CONTENT, ENTRY_AFFILIATION, &left);
    assert_int_equal(give(&maria), REASON_NONE);
    assert_int_equal(admission_of(&consents[1].consent.shop), ADMISSION_NONE);
    assert_int_equal(admission_of(&consents[4].consent.shop), ADMISSION_SHOP);
    assert_int_equal(admission_of(&consents[5].consent.shop), ADMISSION_NONE);
    const struct signed_consent again = introduction_of(&consents[1], &maria);
    assert_int_equal(offer(&again), REASON_LEFT);
}

static void a_void_word_that_she_left_ends_nothing(void **state)
{
    const struct affiliation joined = consent_of(&maria, 0, 0), left = world_left(&joined, 40005);
    struct void_record voids = {.has_range = true};
    struct store_txn *txn = world_write(&here);

    (void)state;
    world_begin_log(&here, txn, &maria, 20, NOW_S);
    world_commit(txn);
    by_the_owner();
    assert_int_equal(introduce(&maria, 0, 0), REASON_NONE);
    voids.range.first = voids.range.last = say(&here, &maria, CLASS_CONTENT, ENTRY_AFFILIATION, &left);
    (void)say(&here, &maria, CLASS_GOVERN, ENTRY_VOID, &voids);
    assert_int_equal(admission_of(&shops[0].actor.id), ADMISSION_SHOP);
    (void)say(&here, &maria, CLASS_CONTENT, ENTRY_AFFILIATION, &left);
    assert_int_equal(admission_of(&shops[0].actor.id), ADMISSION_NONE);
}

/* As many consents of tom's to a shop as are remembered of it. */
static void crowd(const struct actor_id *shop)
{
    for (uint64_t n = 0; n < INTRODUCTIONS_OF_SHOP_MAX; n++) {
        const struct affiliation joined =
            world_joined(&here, &tom.actor.id, shop, n, &tom.actor.built[WORLD_PRESENT_KEY]);
        const struct signed_consent one = introduction_of(&joined, &tom);

        assert_int_equal(offer(&one), REASON_NONE);
    }
}

static void a_shop_keeps_what_introduces_it(void **state)
{
    struct affiliation consents[SHOPS_MAX];
    struct signed_consent fifth;

    (void)state;
    by_the_owner();
    (void)attest(ASE, &tom, BASIS_EXAM);
    sort_by_id(consents);
    crowd(&consents[4].consent.shop);
    for (size_t i = 0; i < INTRODUCED_SHOPS_MAX; i++) {
        const struct signed_consent one = introduction_of(&consents[i], &maria);

        assert_int_equal(offer(&one), REASON_NONE);
    }
    fifth = introduction_of(&consents[4], &maria);
    assert_int_equal(offer(&fifth), REASON_QUOTA);
    assert_int_equal(admission_of(&consents[4].consent.shop), ADMISSION_SHOP);
}

static void a_ninth_changes_nothing_while_eight_introduce_a_shop(void **state)
{
    struct shop_payer payer;
    struct store_txn *txn;

    (void)state;
    by_a_delegate();
    (void)attest(ASE, &tom, BASIS_EXAM);
    crowd(&shops[0].actor.id);
    assert_int_equal(introduce(&maria, 0, 0), REASON_NONE);
    txn = world_read(&here);
    assert_int_equal(store_shop_payer(txn, &trust, &shops[0].actor.id, NOW_S, &payer), STORE_OK);
    store_end(txn);
    assert_true(actor_id_equal(&payer.actor, &authors[ASE].actor.id));
}

static void what_holds_takes_the_place_of_what_does_not(void **state)
{
    uint64_t seq = attest(ASE, &tom, BASIS_EXAM);

    (void)state;
    by_the_owner();
    crowd(&shops[0].actor.id);
    state_of(ASE, seq, STATUS_REVOKED);
    assert_int_equal(admission_of(&shops[0].actor.id), ADMISSION_NONE);
    assert_int_equal(introduce(&maria, 0, 0), REASON_NONE);
    assert_int_equal(admission_of(&shops[0].actor.id), ADMISSION_SHOP);
    state_of(ASE, seq, STATUS_REINSTATED);
    crowd(&shops[0].actor.id);
    assert_int_equal(admission_of(&shops[0].actor.id), ADMISSION_SHOP);
}

/* How many introductions by the technician are remembered. */
static size_t count_remembered(const struct world_author *technician)
{
    struct key by_shop = {0};
    struct store_txn *txn = world_read(&here);
    struct walk walk;
    size_t count = 0;
    enum store_error error;

    key_add_number(&by_shop, 2, 1); /* store/shop_admission.c: BY_SHOP */
    assert_int_equal(walk_open(&walk, txn, TABLE_INTRODUCTIONS), STORE_OK);
    for (error = walk_seek(&walk, &by_shop); error == STORE_OK; error = walk_next(&walk)) {
        struct disk_introducer row;

        if (walk.value.size == sizeof row) {
            memcpy(&row, walk.value.data, sizeof row);
            count += actor_id_equal(&row.technician, &technician->actor.id);
        }
    }
    walk_close(&walk);
    store_end(txn);
    return count;
}

/* ase itself pays for tom, the school for maria, the branch for the third. Which id is the lowest hangs on
 * their numbers. */
static void of_more_introductions_than_are_remembered_one_gives_way(void **state)
{
    enum { TOM, MARIA, THIRD, TECHNICIANS, NUMBERS = 8 };
    static const struct world_author *const technicians[TECHNICIANS] = {&tom, &maria, &shops[5]};
    static const struct {
        const char *sentence;
        size_t offered[TECHNICIANS]; /* those of one after those of the other */
        bool toms_revoked;           /* once his are there */
        size_t toms;                 /* that are remembered */
    } rows[] = {
        {"all are one payer's", {INTRODUCTIONS_OF_SHOP_MAX + 3, 0, 0}, false, INTRODUCTIONS_OF_SHOP_MAX},
        {"another payer keeps one", {INTRODUCTIONS_OF_SHOP_MAX, 1, 0}, false, INTRODUCTIONS_OF_SHOP_MAX - 1},
        {"that was there first", {1, INTRODUCTIONS_OF_SHOP_MAX + 3, 0}, false, 1},
        {"payers keep as many as each other", {INTRODUCTIONS_OF_SHOP_MAX, 6, 0}, false, 4},
        {"what does not hold goes before what does", {6, INTRODUCTIONS_OF_SHOP_MAX, 0}, true, 0},
        {"a delegate's goes before as many of the owner's", {3, 3, 3}, false, 3},
    };

    for (size_t i = 0; i < NUMBERS * (sizeof rows / sizeof rows[0]); i++) {
        const size_t row = i / NUMBERS, first = i % NUMBERS * 16;
        size_t all = 0;

        setup(state);
        const uint64_t seq = attest(ASE, &tom, BASIS_EXAM);
        by_a_delegate();
        accredit(ASE, BRANCH, 0);
        (void)attest(BRANCH, &shops[5], BASIS_EXAM);
        for (size_t who = TOM; who < TECHNICIANS; who++) {
            for (size_t n = 0; n < rows[row].offered[who]; n++) {
                assert_int_equal(introduce(technicians[who], 0, first + n), REASON_NONE);
            }
            if (who == TOM && rows[row].toms_revoked) {
                state_of(ASE, seq, STATUS_REVOKED);
            }
        }
        for (size_t who = TOM; who < TECHNICIANS; who++) {
            all += count_remembered(technicians[who]);
        }
        if (count_remembered(&tom) != rows[row].toms || all != INTRODUCTIONS_OF_SHOP_MAX) {
            fail_msg("%s: %zu of %zu", rows[row].sentence, count_remembered(&tom), all);
        }
        teardown(state);
    }
}

static void what_attested_her_has_to_stand(void **state)
{
    uint64_t seq = attest(ASE, &maria, BASIS_EXAM);

    (void)state;
    assert_int_equal(introduce(&maria, 0, 0), REASON_NONE);
    state_of(ASE, seq, STATUS_REVOKED);
    assert_int_equal(admission_of(&shops[0].actor.id), ADMISSION_NONE);
    state_of(ASE, seq, STATUS_REINSTATED);
    assert_int_equal(admission_of(&shops[0].actor.id), ADMISSION_SHOP);
    trust.owner_count = 0;
    assert_int_equal(admission_of(&shops[0].actor.id), ADMISSION_NONE);
}

/* ---- what is taken in ---- */

static void join(size_t shop, const struct world_author *technician)
{
    const struct affiliation joined = consent_of(technician, shop, 0);

    (void)say(&away, &shops[shop], CLASS_CONTENT, ENTRY_AFFILIATION, &joined);
}

static void a_shop_and_its_people_come_in(void **state)
{
    const struct shop profile = world_profile("Lone Star Garage");

    (void)state;
    by_the_owner();
    (void)say(&away, &shops[0], CLASS_CONTENT, ENTRY_SHOP, &profile);
    join(0, &tom);
    assert_int_equal(give(&shops[0]), REASON_NOT_ADMITTED);
    assert_int_equal(admission_of(&tom.actor.id), ADMISSION_NONE);
    assert_int_equal(introduce(&maria, 0, 0), REASON_NONE);
    assert_int_equal(give(&shops[0]), REASON_NONE);
    assert_int_equal(admission_of(&tom.actor.id), ADMISSION_NAMED);
    assert_int_equal(give(&tom), REASON_NONE);
}

static void fill(size_t shop, size_t blocks)
{
    static struct draft draft;
    struct store_txn *txn = world_write(&away);
    char letters[STATEMENT_SIZE_MAX];
    const struct statement statement = {.about = {.author = shops[shop].actor.id},
                                        .text = bytes_of(letters, sizeof letters)};

    memset(letters, 'x', sizeof letters);
    for (size_t i = 0; i < blocks; i++) {
        world_draft(&away, &draft, CLASS_CONTENT);
        for (size_t j = 0; j < 400; j++) {
            world_add(&draft, ENTRY_STATEMENT, &statement);
        }
        world_publish(&away, txn, &shops[shop], &draft, NOW_S);
    }
    world_commit(txn);
}

static uint64_t bytes_of_shop(size_t shop)
{
    struct store_txn *txn = world_read(&here);
    uint64_t blocks = 0, bytes = 0;

    assert_int_equal(store_log_size(txn, &shops[shop].actor.id, &blocks, &bytes), STORE_OK);
    store_end(txn);
    return bytes;
}

static void a_flood_is_cut_harms_nobody_and_goes_on_the_next_day(void **state)
{
    struct store_txn *txn;
    enum admission admission = ADMISSION_SHOP;
    uint64_t first, then;
    bool may = true;

    (void)state;
    by_the_owner();
    (void)attest(ASE, &tom, BASIS_EXAM);
    fill(0, 16); /* of 430 KB */
    fill(1, 1);
    assert_int_equal(introduce(&maria, 0, 0), REASON_NONE);
    assert_int_equal(introduce(&tom, 1, 0), REASON_NONE);
    assert_int_equal(give(&shops[0]), REASON_QUOTA);
    first = bytes_of_shop(0);
    assert_in_range(first, SHOP_BYTES_FIRST - 500 * 1024, SHOP_BYTES_FIRST);
    txn = world_read(&here);
    assert_int_equal(ingest_may_grow(&ingest, txn, &shops[0].actor.id, admission, NOW_S + 60, &may),
                     STORE_OK);
    assert_false(may);
    store_end(txn);
    assert_int_equal(give(&shops[1]), REASON_NONE);
    assert_int_equal(give_from(&shops[0], INGEST_PEER, NOW_S + 60), REASON_QUOTA);
    assert_int_equal(bytes_of_shop(0), first);

    txn = world_read(&here);
    assert_int_equal(ingest_may_grow(&ingest, txn, &shops[0].actor.id, admission, NOW_S + DAY_S, &may),
                     STORE_OK);
    assert_true(may);
    store_end(txn);
    assert_int_equal(give_from(&shops[0], INGEST_PEER, NOW_S + DAY_S), REASON_QUOTA);
    then = bytes_of_shop(0);
    assert_in_range(then - first, 1, SHOP_BYTES_A_DAY + 500 * 1024);
    /* Nothing is saved up. */
    assert_int_equal(give_from(&shops[0], INGEST_PEER, NOW_S + 11 * DAY_S), REASON_QUOTA);
    assert_in_range(bytes_of_shop(0) - then, 1, SHOP_BYTES_A_DAY);
}

/* Nobody is kept from taking new keys, nor a technician whom a body names from saying that she left, by what
 * a shop sends. */
static void a_full_account_stops_neither_keys_nor_leaving(void **state)
{
    const struct shop_payer payer = {.is_owner = true};
    const struct affiliation joined = consent_of(&maria, 0, 0), left = world_left(&joined, 40005);
    struct store_txn *txn;

    (void)state;
    followed.actors[followed.count++] = shops[0].actor.id;
    ingest.followed = &followed;
    join(0, &maria);
    join(0, &tom);
    assert_int_equal(give(&shops[0]), REASON_NONE);
    txn = world_write(&here);
    assert_int_equal(store_charge_shop(txn, &shops[0].actor.id, &payer, SHOP_BYTES_FIRST, NOW_S), STORE_OK);
    world_commit(txn);
    assert_int_equal(give(&tom), REASON_QUOTA);
    by_the_owner();
    (void)say(&away, &maria, CLASS_CONTENT, ENTRY_AFFILIATION, &left);
    assert_int_equal(give(&maria), REASON_NONE);
    txn = world_write(&away);
    world_rotate(&away, txn, &shops[0], NOW_S);
    world_commit(txn);
    assert_int_equal(give(&shops[0]), REASON_NONE);
}

/* ---- accounts ---- */

static void accounts_fill_by_the_day(void **state)
{
    static const struct {
        const char *sentence;
        bool is_owner;
        uint64_t spent, after_s, room; /* the room of a shop that took nothing yet is 4 MiB at most */
    } rows[] = {
        {"a fresh node begins with what is saved up", false, 0, 0, SHOP_BYTES_FIRST},
        {"what is spent is spent", false, PAYER_BYTES_MAX, 0, 0},
        {"what goes beyond is forgiven", false, 2 * PAYER_BYTES_MAX, 0, 0},
        {"a delegate's fills with 64 MiB a day", false, PAYER_BYTES_MAX, 675, DELEGATE_BYTES_A_DAY / 128},
        {"an owner's with 1 GiB", true, PAYER_BYTES_MAX, 27, OWNER_BYTES_A_DAY / 3200},
        {"up to what it began with", true, 1, 400 * DAY_S, SHOP_BYTES_FIRST},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct shop_payer payer = {.actor = authors[ASE].actor.id, .is_owner = rows[i].is_owner};
        struct store_txn *txn;
        uint64_t room = 0;

        setup(state);
        txn = world_write(&here);
        assert_int_equal(store_charge_shop(txn, &shops[0].actor.id, &payer, rows[i].spent, NOW_S), STORE_OK);
        assert_int_equal(store_shop_room(txn, &shops[1].actor.id, &payer, NOW_S + rows[i].after_s, &room),
                         STORE_OK);
        if (room != rows[i].room) {
            fail_msg("%s: %llu", rows[i].sentence, (unsigned long long)room);
        }
        store_end(txn);
        teardown(state);
    }
}

static uint64_t room_at(struct store_txn *txn, size_t shop, const struct shop_payer *payer, uint64_t now_s)
{
    uint64_t room = 0;

    assert_int_equal(store_shop_room(txn, &shops[shop].actor.id, payer, now_s, &room), STORE_OK);
    return room;
}

/* By itself it fills nothing; from then on the days count anew. */
static void a_clock_that_was_ahead_once_starves_no_shop(void **state)
{
    static const uint64_t ahead_s[] = {1, 2 * DAY_S, 3650 * DAY_S};

    for (size_t i = 0; i < sizeof ahead_s / sizeof ahead_s[0]; i++) {
        const struct shop_payer payer = {.actor = authors[ASE].actor.id};
        struct store_txn *txn;

        setup(state);
        txn = world_write(&here);
        assert_int_equal(
            store_charge_shop(txn, &shops[0].actor.id, &payer, PAYER_BYTES_MAX, NOW_S + ahead_s[i]),
            STORE_OK);
        assert_int_equal(room_at(txn, 0, &payer, NOW_S), 0);
        assert_int_equal(store_charge_shop(txn, &shops[0].actor.id, &payer, 1, NOW_S), STORE_OK);
        assert_int_equal(room_at(txn, 0, &payer, NOW_S), 0);
        assert_int_equal(room_at(txn, 0, &payer, NOW_S + 30 * DAY_S), SHOP_BYTES_A_DAY);
        store_end(txn);
        teardown(state);
    }
}

/* Else each delegate's delegate would bring as much as a fresh node takes in at once, for years. */
static void a_clock_that_was_ahead_once_makes_no_node_fresh_for_longer(void **state)
{
    const struct shop_payer first = {.actor = authors[ASE].actor.id, .is_owner = true};
    const struct shop_payer later = {.actor = authors[SCHOOL].actor.id};
    struct store_txn *txn = world_write(&here);

    (void)state;
    assert_int_equal(store_charge_shop(txn, &shops[0].actor.id, &first, 1, NOW_S + 3650 * DAY_S), STORE_OK);
    assert_int_equal(store_charge_shop(txn, &shops[0].actor.id, &first, 1, NOW_S), STORE_OK);
    assert_int_equal(
        store_charge_shop(txn, &shops[1].actor.id, &later, DELEGATE_BYTES_A_DAY, NOW_S + 7 * DAY_S),
        STORE_OK);
    assert_int_equal(room_at(txn, 2, &later, NOW_S + 7 * DAY_S), 0);
    store_end(txn);
}

/* A shop on a school's account can't spend what another school's shops may take. */
static void each_payer_pays_for_its_own(void **state)
{
    const struct shop_payer school = {.actor = authors[SCHOOL].actor.id};
    const struct shop_payer branch = {.actor = authors[BRANCH].actor.id};
    struct store_txn *txn = world_write(&here);
    uint64_t room = 0;

    (void)state;
    assert_int_equal(store_charge_shop(txn, &shops[0].actor.id, &school, PAYER_BYTES_MAX, NOW_S), STORE_OK);
    assert_int_equal(store_shop_room(txn, &shops[1].actor.id, &school, NOW_S, &room), STORE_OK);
    assert_int_equal(room, 0);
    assert_int_equal(store_shop_room(txn, &shops[1].actor.id, &branch, NOW_S, &room), STORE_OK);
    assert_int_equal(room, SHOP_BYTES_FIRST);
    store_end(txn);
}

/* A delegate that accredits others brings with each a day, not what a fresh node begins with. */
static void a_payer_that_is_met_later_begins_with_a_day(void **state)
{
    static const struct {
        const char *sentence;
        bool is_owner;
        uint64_t after_s, spent, room;
    } rows[] = {
        {"met while the node is fresh", false, 7 * DAY_S - 1, DELEGATE_BYTES_A_DAY, SHOP_BYTES_FIRST},
        {"a delegate met later", false, 7 * DAY_S, 0, SHOP_BYTES_FIRST},
        {"who spent its day", false, 7 * DAY_S, DELEGATE_BYTES_A_DAY, 0},
        {"an owner met later", true, 7 * DAY_S, DELEGATE_BYTES_A_DAY, SHOP_BYTES_FIRST},
        {"who spent its day", true, 7 * DAY_S, OWNER_BYTES_A_DAY, 0},
    };
    const struct shop_payer first = {.actor = authors[ASE].actor.id, .is_owner = true};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct shop_payer payer = {.actor = authors[SCHOOL].actor.id, .is_owner = rows[i].is_owner};
        const uint64_t now_s = NOW_S + rows[i].after_s;
        struct store_txn *txn;
        uint64_t room = 0;

        setup(state);
        txn = world_write(&here);
        assert_int_equal(store_charge_shop(txn, &shops[0].actor.id, &first, 1, NOW_S), STORE_OK);
        assert_int_equal(store_charge_shop(txn, &shops[1].actor.id, &payer, rows[i].spent, now_s), STORE_OK);
        assert_int_equal(store_shop_room(txn, &shops[2].actor.id, &payer, now_s, &room), STORE_OK);
        if (room != rows[i].room) {
            fail_msg("%s: %llu", rows[i].sentence, (unsigned long long)room);
        }
        store_end(txn);
        teardown(state);
    }
}

static void who_attested_her_pays(void **state)
{
    struct store_txn *txn;
    struct shop_payer payer;

    (void)state;
    by_a_delegate();
    (void)attest(ASE, &tom, BASIS_EXAM);
    assert_int_equal(introduce(&maria, 0, 0), REASON_NONE);
    assert_int_equal(introduce(&tom, 1, 0), REASON_NONE);
    txn = world_read(&here);
    assert_int_equal(store_shop_payer(txn, &trust, &shops[0].actor.id, NOW_S, &payer), STORE_OK);
    assert_true(actor_id_equal(&payer.actor, &authors[SCHOOL].actor.id));
    assert_false(payer.is_owner);
    assert_int_equal(store_shop_payer(txn, &trust, &shops[1].actor.id, NOW_S, &payer), STORE_OK);
    assert_true(actor_id_equal(&payer.actor, &authors[ASE].actor.id));
    assert_true(payer.is_owner);
    assert_int_equal(store_shop_payer(txn, &trust, &shops[2].actor.id, NOW_S, &payer), STORE_NOT_FOUND);
    store_end(txn);
}

/* ---- followed ---- */

static void what_is_followed_comes_from_whom_we_dial(void **state)
{
    const struct review review = {.shop = shops[1].actor.id, .code = bytes_of_string("ase/seal")};

    (void)state;
    followed.actors[followed.count++] = shops[0].actor.id;
    ingest.followed = &followed;
    join(0, &maria);
    assert_int_equal(admission_of(&shops[0].actor.id), ADMISSION_FOLLOWED);
    assert_int_equal(give_from(&shops[0], INGEST_INBOUND, NOW_S), REASON_NOT_ADMITTED);
    assert_int_equal(give(&shops[0]), REASON_NONE);
    assert_int_equal(admission_of(&maria.actor.id), ADMISSION_NAMED);
    /* A review is no secret. */
    (void)say(&here, &authors[ASE], CLASS_CONTENT, ENTRY_REVIEW, &review);
    assert_int_equal(admission_of(&shops[1].actor.id), ADMISSION_NONE);
    ingest.self = authors[ASE].actor.id;
    ingest.has_self = true;
    assert_int_equal(admission_of(&shops[1].actor.id), ADMISSION_SHOP);
    assert_int_equal(give_from(&shops[1], INGEST_INBOUND, NOW_S), REASON_NONE);
    assert_int_equal(admission_of(&shops[2].actor.id), ADMISSION_NONE);
}

static void who_is_named_is_so_for_everybody_though_she_is_followed(void **state)
{
    (void)state;
    by_the_owner();
    assert_int_equal(admission_of(&maria.actor.id), ADMISSION_NAMED);
    followed.actors[followed.count++] = maria.actor.id;
    ingest.followed = &followed;
    assert_int_equal(admission_of(&maria.actor.id), ADMISSION_FOLLOWED);
    assert_int_equal(admission_from(&maria.actor.id, false), ADMISSION_NAMED);
    assert_int_equal(give_from(&maria, INGEST_INBOUND, NOW_S), REASON_NONE);
}

static void whoever_claimed_her_certificate_is_named(void **state)
{
    (void)state;
    assert_int_equal(admission_of(&maria.actor.id), ADMISSION_NONE);
    claimed_by_her();
    assert_int_equal(admission_of(&maria.actor.id), ADMISSION_NAMED);
}

static void what_is_held_because_it_is_followed_is_asked_for_of_whom_we_dial_alone(void **state)
{
    (void)state;
    followed.actors[followed.count++] = shops[0].actor.id;
    ingest.followed = &followed;
    assert_int_equal(give(&shops[0]), REASON_NONE);
    assert_int_equal(admission_of(&shops[0].actor.id), ADMISSION_FOLLOWED);
    assert_int_equal(admission_from(&shops[0].actor.id, false), ADMISSION_NONE);
}

/* ---- telling others ---- */

static void what_is_told_introduces_again(void **state)
{
    struct introduction told[4];
    struct store_txn *txn;
    struct affiliation left;
    size_t count = 0;

    (void)state;
    by_the_owner();
    join(0, &tom);
    join(0, &maria);
    followed.actors[followed.count++] = shops[0].actor.id;
    ingest.followed = &followed;
    assert_int_equal(give(&shops[0]), REASON_NONE);
    assert_int_equal(give(&maria), REASON_NONE);
    txn = world_read(&here);
    assert_int_equal(store_introductions(txn, &trust, &shops[0].actor.id, 7, told, 4, &count, &here.arena),
                     STORE_OK);
    assert_int_equal(count, 1); /* tom's keys are not held */
    store_end(txn);
    assert_int_equal(give(&tom), REASON_NONE);
    txn = world_read(&here);
    for (uint64_t draw = 0; draw < 3; draw++) {
        assert_int_equal(
            store_introductions(txn, &trust, &shops[0].actor.id, draw, told, 4, &count, &here.arena),
            STORE_OK);
        assert_int_equal(count, 2); /* whom this node would believe comes first */
        assert_true(actor_id_equal(&told[0].consent.consent.technician, &maria.actor.id));
        assert_true(actor_id_equal(&told[1].consent.consent.technician, &tom.actor.id));
        assert_int_equal(
            store_introductions(txn, &trust, &shops[0].actor.id, draw, told, 1, &count, &here.arena),
            STORE_OK);
        assert_int_equal(count, 1);
        assert_true(actor_id_equal(&told[0].consent.consent.technician, &maria.actor.id));
    }
    store_end(txn);
    assert_int_equal(offer(&told[0].consent), REASON_NONE);
    left = consent_of(&maria, 0, 0);
    left = world_left(&left, 40005);
    (void)say(&away, &maria, CLASS_CONTENT, ENTRY_AFFILIATION, &left);
    assert_int_equal(give(&maria), REASON_NONE);
    txn = world_read(&here);
    assert_int_equal(store_introductions(txn, &trust, &shops[0].actor.id, 0, told, 4, &count, &here.arena),
                     STORE_OK);
    assert_int_equal(count, 1);
    assert_true(actor_id_equal(&told[0].consent.consent.technician, &tom.actor.id));
    store_end(txn);
}

/* Maria takes a new present key, and consents by it. */
static struct affiliation joined_by_new_keys(size_t shop)
{
    struct built_key present;
    struct signing_key keys[3];
    const struct keys_update update = world_new_present_key(&maria.actor, 77, &present, keys);

    (void)say(&away, &maria, CLASS_KEYS, ENTRY_KEYS_UPDATE, &update);
    return world_joined(&here, &maria.actor.id, &shops[shop].actor.id, 0, &present);
}

static void follow_shop(size_t shop)
{
    followed.actors[followed.count++] = shops[shop].actor.id;
    ingest.followed = &followed;
}

/* Keys that she took later sign as well: what leads to them is told too. */
static void new_keys_are_carried_along(void **state)
{
    const struct affiliation joined = joined_by_new_keys(0);
    struct signed_consent bare;
    struct introduction told[4];
    struct store_txn *txn;
    size_t count = 0;

    (void)state;
    by_the_owner();
    (void)say(&away, &shops[0], CLASS_CONTENT, ENTRY_AFFILIATION, &joined);
    follow_shop(0);
    assert_int_equal(give(&shops[0]), REASON_NONE);
    bare = introduction_of(&joined, &maria);
    assert_int_equal(offer(&bare), REASON_BAD_SIGNATURE); /* her keys are not here */
    assert_int_equal(give(&maria), REASON_NONE);
    txn = world_read(&here);
    assert_int_equal(store_introductions(txn, &trust, &shops[0].actor.id, 0, told, 4, &count, &here.arena),
                     STORE_OK);
    store_end(txn);
    assert_int_equal(count, 1);
    assert_int_equal(told[0].consent.technician_blocks.count, 1);
    assert_int_equal(offer(&told[0].consent), REASON_NONE);
    assert_int_equal(offer(&bare), REASON_NONE); /* now they are */
}

/* She left her last shop, took new keys, and works for the next one: what leads to her keys can't be told. */
static void whoever_left_a_shop_before_she_took_new_keys_introduces_the_next_one(void **state)
{
    const struct affiliation before = consent_of(&maria, 1, 0), left = world_left(&before, 40005);
    struct affiliation joined;
    struct introduction told[4];
    struct store_txn *txn;
    size_t count = 0;

    (void)state;
    by_the_owner();
    (void)say(&away, &maria, CLASS_CONTENT, ENTRY_AFFILIATION, &left);
    joined = joined_by_new_keys(0);
    (void)say(&away, &shops[0], CLASS_CONTENT, ENTRY_AFFILIATION, &joined);
    follow_shop(0);
    assert_int_equal(give(&shops[0]), REASON_NONE);
    assert_int_equal(give(&maria), REASON_NONE);
    txn = world_read(&here);
    assert_int_equal(store_introductions(txn, &trust, &shops[0].actor.id, 0, told, 4, &count, &here.arena),
                     STORE_OK);
    store_end(txn);
    assert_int_equal(count, 1);
    assert_int_equal(told[0].consent.technician_blocks.count, 0);
    assert_int_equal(offer(&told[0].consent), REASON_NONE);
    followed.count = 0;
    assert_int_equal(admission_of(&shops[0].actor.id), ADMISSION_SHOP);
}

/* Of a long roster one was attested, before and after many others came. */
static void one_among_many_hires_introduces_the_shop(void **state)
{
    enum { HIRES = 256, WHERE = 2 };
    static struct world_author sybil;
    static struct draft draft;

    for (size_t where = 0; where < WHERE; where++) {
        struct introduction told[4];
        struct store_txn *txn;
        size_t count = 0;

        setup(state);
        by_the_owner();
        if (where == 0) {
            join(0, &maria);
        }
        txn = world_write(&away);
        world_draft(&away, &draft, CLASS_CONTENT);
        for (uint64_t n = 0; n < HIRES; n++) {
            struct affiliation joined;

            build_actor(&sybil.actor, &away.network, 1000 + n % 200, 1, 1);
            joined = world_joined(&here, n < 56 ? &tom.actor.id : &sybil.actor.id, &shops[0].actor.id, n,
                                  &(n < 56 ? &tom : &sybil)->actor.built[WORLD_PRESENT_KEY]);
            world_add(&draft, ENTRY_AFFILIATION, &joined);
        }
        world_publish(&away, txn, &shops[0], &draft, NOW_S);
        world_commit(txn);
        if (where == 1) {
            join(0, &maria);
        }
        follow_shop(0);
        assert_int_equal(give(&shops[0]), REASON_NONE);
        assert_int_equal(give(&maria), REASON_NONE);
        assert_int_equal(give(&tom), REASON_NONE);
        txn = world_read(&here);
        for (uint64_t draw = 0; draw < HIRES; draw += 51) {
            size_t mark = arena_mark(&here.arena);

            assert_int_equal(
                store_introductions(txn, &trust, &shops[0].actor.id, draw, told, 4, &count, &here.arena),
                STORE_OK);
            assert_in_range(count, 1, 4);
            assert_true(actor_id_equal(&told[0].consent.consent.technician, &maria.actor.id));
            arena_rewind(&here.arena, mark);
        }
        store_end(txn);
        teardown(state);
    }
}

/* ---- who pays ---- */

/* What another shop of the school's took, by a consent that nobody asked shop 0 for. */
static void spend(enum who who)
{
    const struct shop_payer payer = {.actor = authors[who].actor.id, .is_owner = who == ASE};
    struct store_txn *txn = world_write(&here);

    assert_int_equal(store_charge_shop(txn, &shops[5].actor.id, &payer, PAYER_BYTES_MAX, NOW_S), STORE_OK);
    world_commit(txn);
}

/* The school's account is spent; what follows keeps nobody out whom another lets in. */
static void a_spent_account_stops_no_shop_that_another_pays_for(void **state)
{
    static const struct {
        const char *sentence;
        size_t toms, marias; /* introductions by ase's own technician, and by the school's */
        bool toms_first;
        enum who spent;
    } rows[] = {
        {"ase's technician came first", 1, 1, true, SCHOOL},
        {"the school's did", 1, 1, false, SCHOOL},
        {"a crowd of consents by the school's did", 1, INTRODUCTIONS_OF_SHOP_MAX, false, SCHOOL},
        {"that crowd came after her", 1, INTRODUCTIONS_OF_SHOP_MAX, true, SCHOOL},
        {"ase's account is spent, and its technician came first", 1, 1, true, ASE},
        {"a crowd of ase's technician's", INTRODUCTIONS_OF_SHOP_MAX, 1, true, ASE},
        {"and the other way round", INTRODUCTIONS_OF_SHOP_MAX, 1, false, ASE},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum reason reason;

        setup(state);
        by_a_delegate();
        (void)attest(ASE, &tom, BASIS_EXAM);
        join(0, &tom);
        for (size_t turn = 0; turn < 2; turn++) {
            const bool toms = (turn == 0) == rows[i].toms_first;

            for (size_t n = 0; n < (toms ? rows[i].toms : rows[i].marias); n++) {
                assert_int_equal(introduce(toms ? &tom : &maria, 0, n), REASON_NONE);
            }
        }
        spend(rows[i].spent);
        reason = give(&shops[0]);
        if (reason != REASON_NONE) {
            fail_msg("%s: %s", rows[i].sentence, reason_word(reason));
        }
        teardown(state);
    }
}

static void a_spent_delegate_stops_no_shop_that_is_followed(void **state)
{
    (void)state;
    by_a_delegate();
    follow_shop(0);
    join(0, &tom);
    assert_int_equal(introduce(&maria, 0, 0), REASON_NONE);
    spend(SCHOOL);
    assert_int_equal(give(&shops[0]), REASON_NONE);
}

/* Nor on which of them has the lower id. */
static void who_pays_does_not_hang_on_which_attestation_came_first(void **state)
{
    for (size_t i = 0; i < 2 * (LOW - SCHOOL); i++) {
        const enum who delegate = (enum who)(SCHOOL + i / 2);
        const bool owner_first = i % 2 != 0;
        struct shop_payer payer;
        struct store_txn *txn;

        setup(state);
        accredit(ASE, delegate, 0);
        (void)attest(owner_first ? ASE : delegate, &maria, BASIS_EXAM);
        assert_int_equal(introduce(&maria, 0, 0), REASON_NONE);
        (void)attest(owner_first ? delegate : ASE, &maria, BASIS_EXAM);
        txn = world_read(&here);
        assert_int_equal(store_shop_payer(txn, &trust, &shops[0].actor.id, NOW_S, &payer), STORE_OK);
        store_end(txn);
        assert_true(payer.is_owner);
        assert_true(actor_id_equal(&payer.actor, &authors[ASE].actor.id));
        teardown(state);
    }
}

/* A delegate that accredits others takes no more room by that: it pays for what they bring. */
static void whom_a_delegate_accredits_brings_it_no_more_room(void **state)
{
    static const struct world_author *const introducers[] = {&maria, &tom};

    (void)state;
    accredit(ASE, SCHOOL, 1);
    accredit(SCHOOL, BRANCH, 0);
    accredit(SCHOOL, STALL, 0);
    (void)attest(BRANCH, &maria, BASIS_EXAM);
    (void)attest(STALL, &tom, BASIS_EXAM);
    for (size_t i = 0; i < 2; i++) {
        struct shop_payer payer;
        struct store_txn *txn;

        assert_int_equal(introduce(introducers[i], i, 0), REASON_NONE);
        txn = world_read(&here);
        assert_int_equal(store_shop_payer(txn, &trust, &shops[i].actor.id, NOW_S, &payer), STORE_OK);
        store_end(txn);
        assert_false(payer.is_owner);
        assert_true(actor_id_equal(&payer.actor, &authors[SCHOOL].actor.id));
    }
}

/* Another shop says that he is on its roster, and has spent what it may: his word to the shop that he works
 * for comes in all the same, whichever log was there first. */
static void another_shops_account_stops_nobody_from_leaving(void **state)
{
    for (size_t first = 0; first < 2; first++) {
        const struct shop_payer payer = {.actor = authors[ASE].actor.id, .is_owner = true};
        struct affiliation left;
        struct store_txn *txn;
        enum reason reason;

        setup(state);
        by_the_owner();
        join(0, &tom);
        join(1, &tom);
        assert_int_equal(introduce(&maria, 0, 0), REASON_NONE);
        assert_int_equal(introduce(&maria, 1, 0), REASON_NONE);
        assert_int_equal(give(&shops[first]), REASON_NONE);
        assert_int_equal(give(&shops[1 - first]), REASON_NONE);
        txn = world_write(&here);
        assert_int_equal(store_charge_shop(txn, &shops[1].actor.id, &payer, SHOP_BYTES_FIRST, NOW_S),
                         STORE_OK);
        world_commit(txn);
        left = consent_of(&tom, 0, 0);
        left = world_left(&left, 40005);
        (void)say(&away, &tom, CLASS_CONTENT, ENTRY_AFFILIATION, &left);
        reason = give(&tom);
        if (reason != REASON_NONE) {
            fail_msg("shop %zu first: %s", first, reason_word(reason));
        }
        teardown(state);
    }
}

/* ---- crowds ---- */

enum { OFTEN = 60 };

/* Shops that nobody introduced and that were here first, by consents that nobody can check. */
static void crowd_rosters_of_tom(void)
{
    struct store_txn *txn = world_write(&here);

    for (uint64_t i = 0; i < 20; i++) {
        struct world_author shop;
        struct affiliation joined;

        world_begin_log(&here, txn, &shop, 300 + i, NOW_S);
        joined = world_joined(&here, &tom.actor.id, &shop.actor.id, 0, &shop.actor.built[WORLD_PRESENT_KEY]);
        world_publish_one(&here, txn, &shop, CLASS_CONTENT, ENTRY_AFFILIATION, &joined, NOW_S);
    }
    world_commit(txn);
}

static void a_crowd_that_names_somebody_keeps_nobody_out_for_ever(void **state)
{
    bool named = false;

    (void)state;
    by_the_owner();
    crowd_rosters_of_tom();
    join(0, &tom);
    assert_int_equal(introduce(&maria, 0, 0), REASON_NONE);
    assert_int_equal(give(&shops[0]), REASON_NONE);
    for (size_t i = 0; i < OFTEN && !named; i++) {
        named = admission_of(&tom.actor.id) == ADMISSION_NAMED;
    }
    assert_true(named);
}

/* His first keys are not those that signed: the blocks behind may bring these. */
static void whoever_signed_by_a_later_key_brings_it(void **state)
{
    struct built_key present;
    struct signing_key keys[3];
    const struct keys_update update = world_new_present_key(&tom.actor, 77, &present, keys);
    const struct affiliation joined = world_joined(&here, &tom.actor.id, &shops[0].actor.id, 0, &present);

    (void)state;
    by_the_owner();
    (void)say(&away, &tom, CLASS_KEYS, ENTRY_KEYS_UPDATE, &update);
    (void)say(&away, &shops[0], CLASS_CONTENT, ENTRY_AFFILIATION, &joined);
    assert_int_equal(introduce(&maria, 0, 0), REASON_NONE);
    assert_int_equal(give(&shops[0]), REASON_NONE);
    assert_int_equal(give(&tom), REASON_NONE);
}

/* Delegates' delegates below those that may introduce anybody say much of each other and of her. */
static void say_much_far_below(void)
{
    accredit(ASE, SCHOOL, 8);
    accredit(SCHOOL, BRANCH, 8);
    for (size_t n = 0; n < OFTEN; n++) {
        accredit(BRANCH, STALL, 8);
        (void)attest(STALL, &maria, BASIS_EXAM);
        (void)attest(BRANCH, &maria, BASIS_EXPERIENCE);
    }
}

/* A delegate that may let nobody speak accredits one that attests her: to see that costs all that is read. */
static void say_much_below_a_delegate(void)
{
    for (size_t n = 0; n < OFTEN; n++) {
        accredit(ASE, SCHOOL, 0);
        accredit(SCHOOL, STALL, 0);
    }
    (void)attest(STALL, &maria, BASIS_EXAM);
}

/* The same of one that the owner accredited often, and took all of that back in the end. */
static void say_much_by_a_delegate(void)
{
    const struct hash head = authors[BRANCH].state.head;
    const struct withdrawal nothing = {.delegate = authors[BRANCH].actor.id,
                                       .has_accreditation = true,
                                       .accreditation = {.seq = authors[ASE].state.seq, .index = 9}};

    for (size_t n = 0; n < OFTEN; n++) {
        accredit(ASE, BRANCH, 0);
        (void)say(&here, &authors[ASE], CLASS_GOVERN, ENTRY_WITHDRAWAL, &nothing);
    }
    withdraw_at(ASE, BRANCH, 0, &head);
    (void)attest(BRANCH, &maria, BASIS_EXAM);
}

static void by_the_owners_delegate(void)
{
    accredit(ASE, STRANGER, 0);
    (void)attest(STRANGER, &maria, BASIS_EXAM);
}

static void by_the_owners_heir(void)
{
    hand_over(ASE, STRANGER);
    (void)attest(STRANGER, &maria, BASIS_EXAM);
}

static void below_another_delegate(void)
{
    accredit(ASE, SCHOOL, 1);
    accredit(SCHOOL, STRANGER, 0);
    (void)attest(STRANGER, &maria, BASIS_EXAM);
}

static void whom_an_owner_attested_introduces_whatever_a_crowd_says_of_her(void **state)
{
    static const struct {
        const char *sentence;
        void (*crowd)(void);
        void (*attest_her)(void);
    } rows[] = {
        {"the owner attested her", say_much_far_below, by_the_owner},
        {"the owner's delegate did", say_much_far_below, by_the_owners_delegate},
        {"that came here behind one below another", say_much_below_a_delegate, by_the_owners_delegate},
        {"the owner's heir did, behind a delegate", say_much_by_a_delegate, by_the_owners_heir},
        {"one below a delegate did, behind another", say_much_by_a_delegate, below_another_delegate},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        setup(state);
        rows[i].crowd();
        rows[i].attest_her();
        if (introduce(&maria, 0, 0) != REASON_NONE || admission_of(&shops[0].actor.id) != ADMISSION_SHOP) {
            fail_msg("%s", rows[i].sentence);
        }
        teardown(state);
    }
}

/* ---- crowds above ---- */

enum { CROWD = 300, SAID_OFTEN = 40, SAYERS = 30 };

/* Authors who accredit BRANCH, as far as the index knows. */
static void crowd_above_the_branch(void)
{
    static struct world_author one;
    struct store_txn *txn = world_write(&here);

    for (uint64_t i = 0; i < CROWD; i++) {
        struct key key = grant_key_of_actor(GRANT_ACCREDITATION, &authors[BRANCH].actor.id);
        uint32_t number = 0;

        world_begin_log(&here, txn, &one, 1000 + i, NOW_S);
        assert_int_equal(store_author_number(txn, &one.actor.id, &number), STORE_OK);
        assert_int_equal(grant_put(txn, &key, &(struct entry_at){.author = number, .seq = 1}), STORE_OK);
    }
    world_commit(txn);
}

static void begin(enum who who, uint64_t seed)
{
    struct store_txn *txn = world_write(&here);

    world_begin_log(&here, txn, &authors[who], seed, NOW_S);
    world_commit(txn);
}

/* Two authors, LOW here before HIGH or after it. */
static void begin_two(bool low_first)
{
    static const uint64_t seeds[] = {60, 61};
    size_t low;

    for (size_t i = 0; i < 2; i++) {
        build_actor(&authors[LOW + i].actor, &here.network, seeds[i], 1, 1);
    }
    low = hash_compare(&authors[LOW].actor.id.hash, &authors[HIGH].actor.id.hash) < 0 ? 0 : 1;
    begin(low_first ? LOW : HIGH, seeds[low_first ? low : 1 - low]);
    begin(low_first ? HIGH : LOW, seeds[low_first ? 1 - low : low]);
}

/* An owner's delegate accredits one that attests her, and so does whoever is here. */
static void below_one_in_a_crowd(bool first)
{
    if (!first) {
        crowd_above_the_branch();
    }
    begin(LOW, 60);
    if (first) {
        crowd_above_the_branch();
    }
    accredit(ASE, LOW, 1);
    accredit(LOW, BRANCH, 0);
    (void)attest(BRANCH, &maria, BASIS_EXAM);
}

/* To see that a delegate may let nobody speak costs all that is read. */
static void let_nobody_speak_often(enum who delegate, enum who below)
{
    for (size_t n = 0; n < OFTEN; n++) {
        accredit(ASE, delegate, 0);
        accredit(delegate, below, 0);
    }
}

static void below_two_delegates(bool first)
{
    begin_two(first);
    let_nobody_speak_often(HIGH, BRANCH);
    accredit(ASE, LOW, 1);
    accredit(LOW, BRANCH, 0);
    (void)attest(BRANCH, &maria, BASIS_EXAM);
}

static void by_two_below_delegates(bool first)
{
    begin_two(first);
    let_nobody_speak_often(STALL, HIGH);
    accredit(ASE, SCHOOL, 1);
    accredit(SCHOOL, LOW, 0);
    (void)attest(HIGH, &maria, BASIS_EXAM);
    (void)attest(LOW, &maria, BASIS_EXAM);
}

/* Many say much of her whom nobody accredited that an owner did. */
static void by_one_among_many_far_away(bool first)
{
    static struct world_author one;
    const struct subject her = subject_of_actor(&maria.actor.id);
    struct subject subjects[SAID_OFTEN];

    for (size_t i = 0; i < SAID_OFTEN; i++) {
        subjects[i] = her;
    }
    if (first) {
        begin(LOW, 60);
    }
    for (uint64_t i = 0; i < SAYERS; i++) {
        struct store_txn *txn = world_write(&here);

        world_begin_log(&here, txn, &one, 1000 + i, NOW_S);
        world_attest(&here, txn, &one, subjects, SAID_OFTEN, "ase/A5", NOW_S);
        world_commit(txn);
    }
    if (!first) {
        begin(LOW, 60);
    }
    accredit(ASE, SCHOOL, 1);
    accredit(SCHOOL, LOW, 0);
    for (size_t i = 0; i < SAID_OFTEN; i++) {
        (void)attest(LOW, &maria, BASIS_EXPERIENCE);
    }
    (void)attest(LOW, &maria, BASIS_EXAM);
}

/* Strangers say more of her than is found of anybody, as far as the index knows. */
static void by_one_among_more_than_are_found(bool first)
{
    enum { SPEAKERS = POSTINGS_FOUND_MAX / POSTINGS_EACH_MAX };
    const struct subject her = subject_of_actor(&maria.actor.id);
    struct store_txn *txn;

    if (first) {
        begin(LOW, 60);
    }
    txn = world_write(&here);
    for (uint64_t i = 0; i < SPEAKERS; i++) {
        const struct actor_id stranger = {world_subject(i).id};
        struct disk_author row;

        assert_int_equal(author_intern(txn, &stranger, &row), STORE_OK);
        for (uint64_t n = 0; n < POSTINGS_EACH_MAX; n++) {
            assert_int_equal(index_add(txn, &her, place_of(row.number, 1 + n, 0)), STORE_OK);
        }
    }
    world_commit(txn);
    if (!first) {
        begin(LOW, 60);
    }
    accredit(ASE, LOW, 0);
    (void)attest(LOW, &maria, BASIS_EXAM);
}

/* Numbers that authors have here follow the order in which they are met: nothing hangs on it. */
static void who_introduces_is_the_same_at_every_node(void **state)
{
    static const struct {
        const char *sentence;
        void (*attest_her)(bool first);
    } rows[] = {
        {"a delegate accredited her attester, and so did a crowd", below_one_in_a_crowd},
        {"a delegate of a higher id says much of her attester", below_two_delegates},
        {"much is said of another attester of a higher id", by_two_below_delegates},
        {"others further away say much of her", by_one_among_many_far_away},
        {"strangers say more of her than is found", by_one_among_more_than_are_found},
    };

    for (size_t i = 0; i < 2 * sizeof rows / sizeof rows[0]; i++) {
        const bool first = i % 2 == 0;

        setup(state);
        rows[i / 2].attest_her(first);
        if (introduce(&maria, 0, 0) != REASON_NONE || admission_of(&shops[0].actor.id) != ADMISSION_SHOP) {
            fail_msg("%s, met %s", rows[i / 2].sentence, first ? "first" : "last");
        }
        teardown(state);
    }
}

/* Whoever has a lower number than all others here is none of them either. */
static void below_more_accreditors_than_are_named_nobody_introduces(void **state)
{
    enum { UNKNOWN_NUMBER = 1 << 20 };
    const struct key key = grant_key_of_actor(GRANT_ACCREDITATION, &authors[BRANCH].actor.id);
    const struct actor_id *stranger = &authors[STRANGER].actor.id;
    struct store_txn *txn;

    (void)state;
    two_steps_below();
    txn = world_write(&here);
    for (uint32_t i = 0; i < ACCREDITORS_NAMED_MAX; i++) {
        const struct entry_at grant = {.author = UNKNOWN_NUMBER + i, .seq = 1};
        const struct key name = author_key(grant.author);

        assert_int_equal(table_put(txn, TABLE_NAMES, &name, stranger, sizeof *stranger), STORE_OK);
        assert_int_equal(grant_put(txn, &key, &grant), STORE_OK);
    }
    world_commit(txn);
    (void)introduce(&maria, 0, 0);
    assert_int_not_equal(admission_of(&shops[0].actor.id), ADMISSION_SHOP);
}

/* She replaced her key, which this node knows. Whoever has the old one makes consents of low ids with it. */
static void a_key_that_was_replaced_introduces_nobody_in_her_shops_place(void **state)
{
    struct affiliation joined;
    struct signed_consent hers;

    (void)state;
    by_the_owner();
    joined = joined_by_new_keys(0);
    hers = introduction_of(&joined, &maria);
    assert_int_equal(give(&maria), REASON_NONE);
    assert_int_equal(offer(&hers), REASON_NONE);
    for (size_t shop = 1; shop < 5; shop++) {
        uint64_t n = 0;
        struct affiliation stolen = consent_of(&maria, shop, n);

        while (hash_compare(&stolen.id, &joined.id) > 0) {
            stolen = consent_of(&maria, shop, ++n);
        }
        (void)introduce(&maria, shop, n);
    }
    assert_int_equal(admission_of(&shops[0].actor.id), ADMISSION_SHOP);
}

#define WITH_WORLDS(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_is_attested_near_the_trust_file_introduces),
        WITH_WORLDS(only_her_consent_introduces_and_only_its_shop),
        cmocka_unit_test(she_introduces_the_four_lowest_in_whatever_order_they_come),
        WITH_WORLDS(her_leaving_ends_it_and_lets_the_next_one_in),
        WITH_WORLDS(a_void_word_that_she_left_ends_nothing),
        WITH_WORLDS(a_shop_keeps_what_introduces_it),
        WITH_WORLDS(a_ninth_changes_nothing_while_eight_introduce_a_shop),
        WITH_WORLDS(what_holds_takes_the_place_of_what_does_not),
        cmocka_unit_test(of_more_introductions_than_are_remembered_one_gives_way),
        WITH_WORLDS(what_attested_her_has_to_stand),
        WITH_WORLDS(a_shop_and_its_people_come_in),
        WITH_WORLDS(a_flood_is_cut_harms_nobody_and_goes_on_the_next_day),
        WITH_WORLDS(a_full_account_stops_neither_keys_nor_leaving),
        cmocka_unit_test(accounts_fill_by_the_day),
        cmocka_unit_test(a_clock_that_was_ahead_once_starves_no_shop),
        WITH_WORLDS(a_clock_that_was_ahead_once_makes_no_node_fresh_for_longer),
        WITH_WORLDS(each_payer_pays_for_its_own),
        cmocka_unit_test(a_payer_that_is_met_later_begins_with_a_day),
        WITH_WORLDS(who_attested_her_pays),
        WITH_WORLDS(what_is_followed_comes_from_whom_we_dial),
        WITH_WORLDS(who_is_named_is_so_for_everybody_though_she_is_followed),
        WITH_WORLDS(what_is_held_because_it_is_followed_is_asked_for_of_whom_we_dial_alone),
        WITH_WORLDS(what_is_told_introduces_again),
        WITH_WORLDS(new_keys_are_carried_along),
        WITH_WORLDS(whoever_claimed_her_certificate_is_named),
        WITH_WORLDS(whoever_left_a_shop_before_she_took_new_keys_introduces_the_next_one),
        cmocka_unit_test(one_among_many_hires_introduces_the_shop),
        cmocka_unit_test(a_spent_account_stops_no_shop_that_another_pays_for),
        WITH_WORLDS(a_spent_delegate_stops_no_shop_that_is_followed),
        cmocka_unit_test(who_pays_does_not_hang_on_which_attestation_came_first),
        WITH_WORLDS(whom_a_delegate_accredits_brings_it_no_more_room),
        cmocka_unit_test(another_shops_account_stops_nobody_from_leaving),
        WITH_WORLDS(a_crowd_that_names_somebody_keeps_nobody_out_for_ever),
        WITH_WORLDS(whoever_signed_by_a_later_key_brings_it),
        cmocka_unit_test(whom_an_owner_attested_introduces_whatever_a_crowd_says_of_her),
        WITH_WORLDS(a_key_that_was_replaced_introduces_nobody_in_her_shops_place),
        cmocka_unit_test(who_introduces_is_the_same_at_every_node),
        WITH_WORLDS(below_more_accreditors_than_are_named_nobody_introduces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
