#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "store/generation.h"
#include "store/grants.h"
#include "store/tables.h"
#include "tests/support/store_world.h"

/* Whether a cut head is missed: what opens a closed epoch again is the word of who may cut, and nobody
 * else's, whose word is not hidden by what others say. ase owns a namespace and accredited the school; the
 * stranger's log came first. */

static struct store_world world;
static struct world_author stranger, ase, school, heir;
static struct trust trust;

enum { NOW_S = 1000, CUT_SEQ = 5, JUNK = 300 };

static bool beside; /* whether what is published stands beside the chain */

static void publish(struct store_txn *txn, struct world_author *by, const struct draft *draft)
{
    struct bytes encoded;
    struct block block;

    if (!beside) {
        world_publish(&world, txn, by, draft, NOW_S);
        return;
    }
    encoded = world_sign(&world, txn, by, draft, NOW_S);
    assert_int_equal(block_decode(&block, &world.network, encoded, &world.arena), REASON_NONE);
    assert_int_equal(store_put_side_block(txn, &world.network, &block, NOW_S), STORE_OK);
}

static void accredit(struct world_author *by, const struct world_author *delegate)
{
    struct bytes pattern = bytes_of_string("ase/*");
    const struct accreditation record = {.delegate = delegate->actor.id,
                                         .patterns = {.items = &pattern, .count = 1},
                                         .depth = 1,
                                         .from = 30000};
    struct store_txn *txn = world_write(&world);
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_ACCREDITATION, &record);
    publish(txn, by, &draft);
    world_commit(txn);
}

static int setup(void **state)
{
    struct trust_owner owner = {.name_space = "ase"};
    struct store_txn *txn;

    (void)state;
    beside = false;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &stranger, 1, NOW_S);
    world_begin_log(&world, txn, &ase, 2, NOW_S);
    world_begin_log(&world, txn, &school, 3, NOW_S);
    world_begin_log(&world, txn, &heir, 4, NOW_S);
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
    owner.actor = ase.actor.id;
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
    accredit(&ase, &school);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

/* In heads that it names. */
static uint8_t speaker_byte(const struct world_author *by)
{
    return by->actor.id.hash.bytes[0];
}

/* count withdrawals from the school, the nth of which names a head of its own, or (count 0) one that is held.
 */
static void withdraw(struct world_author *by, size_t count)
{
    struct store_txn *txn = world_write(&world);
    size_t said = 0;

    do {
        struct draft draft;

        world_draft(&world, &draft, CLASS_GOVERN);
        for (size_t i = 0; i < 32 && (i == 0 || said < count); i++, said++) {
            struct withdrawal record = {.delegate = school.actor.id, .has_cut = true, .cut_seq = CUT_SEQ};

            memcpy(record.cut_head.bytes, &said, sizeof said);
            record.cut_head.bytes[30] = speaker_byte(by);
            record.cut_head.bytes[31] = 1;
            if (count == 0) {
                record.cut_seq = 0;
                record.cut_head = school.state.head;
            }
            world_add(&draft, ENTRY_WITHDRAWAL, &record);
        }
        publish(txn, by, &draft);
    } while (said < count);
    world_commit(txn);
}

static void hand_over(struct world_author *by, const char *name_space)
{
    struct indexed_signature signature = {.key_index = 0};
    struct succession record = {.name_space = bytes_of_string(name_space),
                                .successor = heir.actor.id,
                                .cut_seq = CUT_SEQ,
                                .cut_head = {{9}}};
    uint8_t memory[ENTRY_SIZE_MAX];
    struct store_txn *txn = world_write(&world);
    struct bytes terms;
    struct draft draft;
    struct hash hash;

    assert_true(schema_encode(&succession_schema, &record, memory, sizeof memory, &terms));
    hash_bytes(&hash, label_domain(&world.network, LABEL_SUCCESSION), terms.data, terms.size);
    sign_hash(&signature.signature, &heir.actor.built[0].secret, &hash);
    record.signatures = (struct list){.items = &signature, .count = 1};
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_SUCCESSION, &record);
    publish(txn, by, &draft);
    world_commit(txn);
}

static bool misses(const struct world_author *author, uint64_t seq)
{
    struct store_txn *txn = world_read(&world);
    bool missed = false;

    assert_int_equal(store_misses_cut_head(txn, &trust, &author->actor.id, seq, &missed), STORE_OK);
    store_end(txn);
    return missed;
}

static void a_cut_of_its_accreditor_is_missed_up_to_its_block(void **state)
{
    (void)state;
    assert_false(misses(&school, 1));
    withdraw(&ase, 1);
    assert_true(misses(&school, 1));
    assert_true(misses(&school, CUT_SEQ));
    assert_false(misses(&school, CUT_SEQ + 1));
}

static void a_stranger_opens_nothing(void **state)
{
    (void)state;
    withdraw(&stranger, 1);
    assert_false(misses(&school, 1));
    accredit(&stranger, &school); /* nobody asked it to */
    assert_false(misses(&school, 1));
}

static void another_delegate_opens_nothing(void **state)
{
    (void)state;
    accredit(&ase, &heir);
    withdraw(&heir, 1);
    assert_false(misses(&school, 1));
    accredit(&heir, &school);
    assert_true(misses(&school, 1));
}

static void the_owner_of_another_namespace_opens_nothing(void **state)
{
    struct trust_owner owner = {.name_space = "other", .actor = stranger.actor.id};

    (void)state;
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
    withdraw(&stranger, 1);
    assert_false(misses(&school, 1));
}

static void a_stranger_hides_nothing(void **state)
{
    (void)state;
    withdraw(&stranger, JUNK);
    assert_false(misses(&school, 1));
    withdraw(&ase, 1);
    assert_true(misses(&school, 1));
}

static void the_newest_withdrawals_of_one_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < JUNK; i++) {
        withdraw(&ase, 0);
    }
    assert_false(misses(&school, 0));
    withdraw(&ase, 1);
    assert_true(misses(&school, 1));
}

static void whoever_hands_a_namespace_on_cuts_its_own_log(void **state)
{
    (void)state;
    hand_over(&ase, "nobodys");
    assert_false(misses(&ase, 1));
    hand_over(&ase, "ase");
    assert_true(misses(&ase, 1));
    assert_false(misses(&ase, CUT_SEQ + 1));
    assert_false(misses(&heir, 1));
}

/* Neither does a delegate hand on what it does not have. */
static void only_who_has_a_namespace_hands_it_on(void **state)
{
    (void)state;
    hand_over(&school, "ase");
    assert_false(misses(&school, 1));
    hand_over(&stranger, "ase");
    hand_over(&heir, "ase");
    assert_false(misses(&stranger, 1));
    assert_false(misses(&heir, 1));
    hand_over(&ase, "ase");
    assert_true(misses(&heir, 1));
}

/* Though it never accredited the delegate itself. */
static void who_comes_after_an_accreditor_cuts_too(void **state)
{
    (void)state;
    withdraw(&heir, 1);
    assert_false(misses(&school, 1));
    hand_over(&stranger, "ase");
    assert_false(misses(&school, 1));
    hand_over(&ase, "ase");
    assert_true(misses(&school, 1));
}

/* ---- crowds ---- */

enum { CROWD = 17, SPEAKERS = 5000, UNKNOWN_NUMBER = 1 << 20 };

/* Others who hand to the heir what is not theirs, as far as the index knows. */
static void crowd_above_the_heir(void)
{
    static struct world_author one;
    const struct key key = grant_key_of_actor(GRANT_SUCCESSOR, &heir.actor.id);
    struct store_txn *txn = world_write(&world);

    for (uint64_t i = 0; i < CROWD; i++) {
        uint32_t number = 0;

        world_begin_log(&world, txn, &one, 1000 + i, NOW_S);
        assert_int_equal(store_author_number(txn, &one.actor.id, &number), STORE_OK);
        assert_int_equal(grant_put(txn, &key, &(struct entry_at){.author = number}), STORE_OK);
    }
    world_commit(txn);
}

/* Another owner, who accredited the school too, names the heir its successor. */
static void an_heir_cuts_whoever_named_it_was_met_first(void **state)
{
    static struct world_author late;

    for (int late_first = 0; late_first < 2; late_first++) {
        struct trust_owner owner = {.name_space = "late"};
        struct store_txn *txn;

        assert_int_equal(setup(state), 0);
        if (!late_first) {
            crowd_above_the_heir();
        }
        txn = world_write(&world);
        world_begin_log(&world, txn, &late, 60, NOW_S);
        world_commit(txn);
        if (late_first) {
            crowd_above_the_heir();
        }
        owner.actor = late.actor.id;
        assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
        accredit(&late, &school);
        hand_over(&late, "late");
        withdraw(&heir, 1);
        assert_true(misses(&school, 1));
        teardown(state);
    }
}

/* So many others withdraw from the school, as far as the index knows; whoever is met now has a higher number.
 */
static void crowd_withdraws(void)
{
    const struct key key = grant_key_of_actor(GRANT_WITHDRAWAL, &school.actor.id);
    const struct key last = author_key(UNKNOWN_NUMBER);
    struct store_txn *txn = world_write(&world);

    for (uint32_t i = 1; i <= SPEAKERS; i++) {
        const struct entry_at grant = {.author = UNKNOWN_NUMBER - i, .seq = 1};

        assert_int_equal(grant_put(txn, &key, &grant), STORE_OK);
    }
    assert_int_equal(table_put(txn, TABLE_NAMES, &last, &stranger.actor.id, sizeof stranger.actor.id),
                     STORE_OK);
    world_commit(txn);
}

static void a_delegate_cuts_whether_or_not_a_crowd_was_met_first(void **state)
{
    static struct world_author late;

    for (int late_first = 0; late_first < 2; late_first++) {
        struct store_txn *txn;

        assert_int_equal(setup(state), 0);
        if (!late_first) {
            crowd_withdraws();
        }
        txn = world_write(&world);
        world_begin_log(&world, txn, &late, 60, NOW_S);
        world_commit(txn);
        if (late_first) {
            crowd_withdraws();
        }
        accredit(&ase, &late);
        accredit(&late, &school);
        withdraw(&late, 1);
        assert_true(misses(&school, 1));
        teardown(state);
    }
}

/* Whoever has a lower number than all others here is none of them either. */
static void of_more_who_withdraw_than_are_named_nobody_is_heard(void **state)
{
    const struct key key = grant_key_of_actor(GRANT_WITHDRAWAL, &school.actor.id);
    struct store_txn *txn;

    (void)state;
    withdraw(&ase, 1);
    assert_true(misses(&school, 1));
    txn = world_write(&world);
    for (uint32_t i = 0; i < ACCREDITORS_NAMED_MAX; i++) {
        const struct entry_at grant = {.author = UNKNOWN_NUMBER + i, .seq = 1};

        assert_int_equal(grant_put(txn, &key, &grant), STORE_OK);
    }
    world_commit(txn);
    accredit(&ase, &stranger); /* what was found is kept until somebody says something */
    assert_false(misses(&school, 1));
}

/* ---- what is asked for ---- */

static struct cut_lacks lacks_of(const struct actor_id *author, uint64_t draw)
{
    struct store_txn *txn = world_read(&world);
    struct cut_lacks lacks;
    bool has = false;

    assert_int_equal(store_cut_lacks(txn, &trust, author, draw, &lacks), STORE_OK);
    assert_int_equal(store_has_cut_lacks(txn, &trust, author, &has), STORE_OK);
    assert_int_equal(has, lacks.head_count + lacks.gap_count > 0);
    store_end(txn);
    return lacks;
}

static void heads_that_are_missed_are_asked_for(void **state)
{
    struct cut_lacks lacks;

    (void)state;
    assert_int_equal(lacks_of(&school.actor.id, 1).head_count, 0);
    withdraw(&ase, 0);
    withdraw(&stranger, 1);
    assert_int_equal(lacks_of(&school.actor.id, 1).head_count, 0);
    withdraw(&ase, 1);
    withdraw(&ase, 1); /* again the same */
    lacks = lacks_of(&school.actor.id, 1);
    assert_int_equal(lacks.head_count, 1);
    assert_int_equal(lacks.heads[0].seq, CUT_SEQ);
    assert_int_equal(lacks.heads[0].hash.bytes[30], speaker_byte(&ase));
    assert_int_equal(lacks.gap_count, 0);
    hand_over(&ase, "ase");
    assert_int_equal(lacks_of(&ase.actor.id, 1).head_count, 1);
}

/* Its blocks come first, or nobody could place what a cut keeps. */
static void none_is_asked_for_of_whom_nothing_is_held(void **state)
{
    const struct actor_id absent = {{{9}}};
    struct withdrawal record = {.delegate = absent, .has_cut = true, .cut_seq = CUT_SEQ, .cut_head = {{7}}};
    struct store_txn *txn = world_write(&world);
    struct draft draft;

    (void)state;
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_WITHDRAWAL, &record);
    publish(txn, &ase, &draft);
    world_commit(txn);
    assert_int_equal(lacks_of(&absent, 1).head_count, 0);
}

/* Each is in some question, and the one of another accreditor in many. */
static void who_names_many_heads_hides_none(void **state)
{
    enum { DRAWS = 400, MANY = 64 };
    size_t asked[MANY] = {0}, of_heir = 0;

    (void)state;
    accredit(&ase, &heir);
    accredit(&heir, &school);
    withdraw(&heir, 1);
    withdraw(&ase, MANY);
    for (uint64_t draw = 0; draw < DRAWS; draw++) {
        const struct cut_lacks lacks = lacks_of(&school.actor.id, draw);

        assert_int_equal(lacks.head_count, WANT_BRANCHES_MAX);
        for (size_t i = 0; i < lacks.head_count; i++) {
            const struct hash *hash = &lacks.heads[i].hash;

            assert_true(i == 0 || hash_compare(&lacks.heads[i - 1].hash, hash) < 0);
            if (hash->bytes[30] == speaker_byte(&heir)) {
                of_heir++;
            } else {
                asked[hash->bytes[0]]++;
            }
        }
    }
    assert_in_range(of_heir, DRAWS * 3 / 4, DRAWS);
    for (size_t i = 0; i < MANY; i++) {
        assert_true(asked[i] > 0);
    }
}

/* ---- beside the chain ---- */

static void rotate(struct world_author *author)
{
    struct store_txn *txn = world_write(&world);

    world_rotate(&world, txn, author, NOW_S);
    world_commit(txn);
}

/* Until its author leaves the branch. */
static void a_cut_beside_the_chain_is_missed_too(void **state)
{
    (void)state;
    beside = true;
    withdraw(&stranger, 1);
    assert_false(misses(&school, 1));
    withdraw(&ase, 1);
    assert_true(misses(&school, 1));
    assert_true(misses(&school, CUT_SEQ));
    assert_false(misses(&school, CUT_SEQ + 1));
    hand_over(&ase, "nobodys");
    assert_false(misses(&ase, 1));
    hand_over(&ase, "ase");
    assert_true(misses(&ase, 1));
    assert_false(misses(&ase, CUT_SEQ + 1));
    assert_false(misses(&heir, 1));
    rotate(&ase);
    assert_false(misses(&school, 1));
    assert_false(misses(&ase, 1));
}

static void whoever_accredited_it_beside_the_chain_cuts_too(void **state)
{
    (void)state;
    accredit(&ase, &heir);
    withdraw(&heir, 1);
    assert_false(misses(&school, 1));
    beside = true;
    accredit(&heir, &school);
    assert_true(misses(&school, 1));
}

/* ---- what is kept between readers ---- */

/* How many heads are kept of the school; SIZE_MAX: nothing is known. */
static size_t kept_heads(void)
{
    struct store_txn *txn = world_read(&world);
    struct kept_cuts cuts;
    uint64_t generation = 0;
    size_t count = SIZE_MAX;
    bool kept = false;

    assert_int_equal(generation_read(txn, &generation, &kept), STORE_OK);
    if (kept_cuts_find(txn->store, generation, &trust, &school.actor.id, &cuts)) {
        count = cuts.count;
    }
    store_end(txn);
    return count;
}

static void which_heads_count_is_found_out_once(void **state)
{
    (void)state;
    withdraw(&stranger, 1);
    withdraw(&ase, 1);
    withdraw(&ase, 2);
    assert_int_equal(kept_heads(), SIZE_MAX);
    assert_true(misses(&school, 1));
    assert_int_equal(kept_heads(), 2);
    assert_true(misses(&school, 1));
    withdraw(&ase, 0);
    assert_int_equal(kept_heads(), SIZE_MAX);
    assert_true(misses(&school, 1));
    assert_int_equal(kept_heads(), 3);
}

static void more_heads_than_are_kept_are_found_all_the_same(void **state)
{
    (void)state;
    withdraw(&ase, 0);
    withdraw(&ase, KEPT_CUTS_MAX + 1);
    for (int i = 0; i < 2; i++) {
        assert_true(misses(&school, CUT_SEQ));
        assert_true(kept_heads() > KEPT_CUTS_MAX);
    }
}

/* The newest cuts name blocks that are here, and the oldest one that is not. */
static void what_is_missed_behind_more_heads_than_are_kept_is_found_too(void **state)
{
    enum { HELD = KEPT_CUTS_MAX + 1 };
    const struct rhythm rhythm = {.days = 30};
    struct withdrawal records[HELD];
    struct store_txn *txn;
    struct draft draft;

    (void)state;
    withdraw(&ase, 1);
    txn = world_write(&world);
    for (size_t i = 0; i < HELD; i++) {
        world_draft(&world, &draft, CLASS_GOVERN);
        world_add(&draft, ENTRY_RHYTHM, &rhythm);
        publish(txn, &school, &draft);
        records[i] = (struct withdrawal){.delegate = school.actor.id,
                                         .has_cut = true,
                                         .cut_seq = school.state.seq,
                                         .cut_head = school.state.head};
    }
    world_draft(&world, &draft, CLASS_GOVERN);
    for (size_t i = 0; i < HELD; i++) {
        world_add(&draft, ENTRY_WITHDRAWAL, &records[i]);
    }
    publish(txn, &ase, &draft);
    world_commit(txn);
    for (int i = 0; i < 2; i++) {
        assert_true(misses(&school, 1));
    }
}

/* A transaction that is dropped leaves no cuts to the one that comes in its place. */
static void what_was_dropped_cuts_nothing(void **state)
{
    struct withdrawal record = {
        .delegate = school.actor.id, .has_cut = true, .cut_seq = CUT_SEQ, .cut_head = {{1}}};
    const struct world_author before = ase;
    struct store_txn *txn = world_write(&world);
    struct draft draft;
    bool missed = false;

    (void)state;
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_WITHDRAWAL, &record);
    publish(txn, &ase, &draft);
    assert_int_equal(store_misses_cut_head(txn, &trust, &school.actor.id, 1, &missed), STORE_OK);
    assert_true(missed);
    store_end(txn);
    ase = before;
    accredit(&ase, &heir);
    assert_false(misses(&school, 1));
}

/* Whose ids begin alike have one place. */
static void what_is_kept_of_one_author_is_no_other_s(void **state)
{
    const struct kept_cuts cuts = {.count = 1};
    struct kept_cuts found;
    struct store_txn *txn = world_read(&world);
    struct actor_id other = school.actor.id;

    (void)state;
    other.hash.bytes[HASH_SIZE - 1] ^= 1;
    kept_cuts_add(txn->store, 1, &trust, &school.actor.id, &cuts);
    assert_true(kept_cuts_find(txn->store, 1, &trust, &school.actor.id, &found));
    assert_false(kept_cuts_find(txn->store, 1, &trust, &other, &found));
    assert_false(kept_cuts_find(txn->store, 2, &trust, &school.actor.id, &found));
    kept_cuts_add(txn->store, 1, &trust, &other, &cuts);
    assert_false(kept_cuts_find(txn->store, 1, &trust, &school.actor.id, &found));
    store_end(txn);
}

static void another_trust_file_has_other_cuts(void **state)
{
    const struct trust before = trust;

    (void)state;
    withdraw(&ase, 1);
    assert_true(misses(&school, 1));
    memset(&trust, 0, sizeof trust);
    assert_false(misses(&school, 1));
    trust = before;
    assert_true(misses(&school, 1));
}

static void a_head_that_came_is_missed_no_more(void **state)
{
    const struct rhythm rhythm = {.days = 30};
    struct store_txn *txn = world_write(&world);
    struct withdrawal record = {.delegate = school.actor.id, .has_cut = true};
    struct bytes encoded;
    struct block block;
    struct draft draft;

    (void)state;
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_RHYTHM, &rhythm);
    encoded = world_sign(&world, txn, &school, &draft, NOW_S);
    assert_int_equal(block_decode(&block, &world.network, encoded, &world.arena), REASON_NONE);
    record.cut_seq = block.header.seq;
    record.cut_head = block.hash;
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_WITHDRAWAL, &record);
    publish(txn, &ase, &draft);
    world_commit(txn);
    assert_true(misses(&school, 1));
    txn = world_write(&world);
    assert_int_equal(store_put_side_block(txn, &world.network, &block, NOW_S), STORE_OK);
    world_commit(txn);
    assert_false(misses(&school, 1));
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(a_cut_of_its_accreditor_is_missed_up_to_its_block),
        WITH_WORLD(a_stranger_opens_nothing),
        WITH_WORLD(another_delegate_opens_nothing),
        WITH_WORLD(the_owner_of_another_namespace_opens_nothing),
        WITH_WORLD(a_stranger_hides_nothing),
        WITH_WORLD(the_newest_withdrawals_of_one_are_read),
        WITH_WORLD(whoever_hands_a_namespace_on_cuts_its_own_log),
        WITH_WORLD(only_who_has_a_namespace_hands_it_on),
        WITH_WORLD(who_comes_after_an_accreditor_cuts_too),
        WITH_WORLD(heads_that_are_missed_are_asked_for),
        WITH_WORLD(none_is_asked_for_of_whom_nothing_is_held),
        WITH_WORLD(who_names_many_heads_hides_none),
        WITH_WORLD(a_cut_beside_the_chain_is_missed_too),
        WITH_WORLD(whoever_accredited_it_beside_the_chain_cuts_too),
        WITH_WORLD(which_heads_count_is_found_out_once),
        WITH_WORLD(more_heads_than_are_kept_are_found_all_the_same),
        WITH_WORLD(what_is_missed_behind_more_heads_than_are_kept_is_found_too),
        WITH_WORLD(what_was_dropped_cuts_nothing),
        WITH_WORLD(what_is_kept_of_one_author_is_no_other_s),
        WITH_WORLD(another_trust_file_has_other_cuts),
        WITH_WORLD(a_head_that_came_is_missed_no_more),
        cmocka_unit_test(an_heir_cuts_whoever_named_it_was_met_first),
        cmocka_unit_test(a_delegate_cuts_whether_or_not_a_crowd_was_met_first),
        WITH_WORLD(of_more_who_withdraw_than_are_named_nobody_is_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
