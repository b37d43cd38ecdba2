#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/rules/cut.h"
#include "tests/support/shop_world.h"

/* Cuts as they are gathered: ase owns a namespace, school is accredited by it and withdrawn; heir comes after
 * ase. */

static struct store_world world;
static struct world_author ase, school, heir;
static struct trust trust;
static struct hash heads[4]; /* of the school's blocks, before it rewinds */

enum { EARLY = 1000, LATE = 2000, LATER = 3000, BLOCKS = 4 };

static void accredit_for(struct store_txn *txn, struct world_author *by, const char *text)
{
    struct bytes pattern = bytes_of_string(text);
    const struct accreditation record = {
        .delegate = school.actor.id, .patterns = {.items = &pattern, .count = 1}, .from = 30000};
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_ACCREDITATION, &record);
    world_publish(&world, txn, by, &draft, EARLY);
}

static void accredit(struct store_txn *txn, struct world_author *by)
{
    accredit_for(txn, by, "ase/*");
}

static int setup(void **state)
{
    struct trust_owner owner = {.name_space = "ase"};
    struct subject subject = world_subject(7);
    struct store_txn *txn;

    (void)state;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, EARLY);
    world_begin_log(&world, txn, &school, 2, EARLY);
    world_begin_log(&world, txn, &heir, 3, EARLY);
    accredit(txn, &ase);
    heads[0] = school.state.head;
    for (size_t i = 1; i < BLOCKS; i++) {
        world_attest(&world, txn, &school, &subject, 1, "ase/A5", i == 1 ? EARLY : LATE);
        heads[i] = school.state.head;
    }
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
    owner.actor = ase.actor.id;
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

static void withdraw(struct world_author *by, uint64_t seq, const struct hash *head)
{
    const struct withdrawal record = {
        .delegate = school.actor.id, .has_cut = true, .cut_seq = seq, .cut_head = *head};
    struct store_txn *txn = world_write(&world);
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_WITHDRAWAL, &record);
    world_publish(&world, txn, by, &draft, EARLY);
    world_commit(txn);
}

static void hand_over(uint64_t cut_seq, const struct hash *cut_head)
{
    struct indexed_signature signature = {.key_index = 0};
    struct succession record = {.name_space = bytes_of_string("ase"),
                                .successor = heir.actor.id,
                                .cut_seq = cut_seq,
                                .cut_head = *cut_head};
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
    world_publish(&world, txn, &ase, &draft, EARLY);
    world_commit(txn);
}

static struct dossier gather(uint64_t known_by_s)
{
    const struct subject subject = world_subject(7);
    struct store_txn *txn = world_read(&world);
    struct dossier dossier;

    assert_int_equal(store_dossier(txn, &world.network, &trust, &subject,
                                   (struct dossier_reach){.known_by_s = known_by_s}, &dossier, &world.arena),
                     STORE_OK);
    store_end(txn);
    return dossier;
}

static struct dossier_cut only_cut(uint64_t known_by_s)
{
    struct dossier dossier = gather(known_by_s);

    assert_int_equal(dossier.withdrawal_count, 1);
    return dossier.withdrawals[0].cut;
}

/* The school rewinds to its block 1 and rotates there. */
static void rewind_school(void)
{
    struct store_txn *txn = world_write(&world);
    struct actor_id id = school.actor.id;

    assert_int_equal(store_unwind_to(txn, &world.network, &id, 1, LATER), STORE_OK);
    assert_int_equal(store_log_state(txn, &id, &school.state), STORE_OK);
    world_rotate(&world, txn, &school, LATER);
    world_commit(txn);
}

static void a_cut_on_the_chain_is_found_there(void **state)
{
    struct dossier_cut cut;

    (void)state;
    withdraw(&ase, 2, &heads[2]);
    cut = only_cut(UINT64_MAX);
    assert_int_equal(cut.found, CUT_ON_CHAIN);
    assert_int_equal(cut.seq, 2);
    assert_true(hash_equal(&cut.head, &heads[2]));
}

static void a_cut_that_had_not_arrived_by_then_is_not_held(void **state)
{
    (void)state;
    withdraw(&ase, 2, &heads[2]);
    assert_int_equal(only_cut(EARLY).found, CUT_NOT_HELD);
    assert_int_equal(only_cut(LATE).found, CUT_ON_CHAIN);
}

static void a_cut_at_another_block_of_that_number_is_not_held(void **state)
{
    (void)state;
    withdraw(&ase, 2, &heads[1]);
    assert_int_equal(only_cut(UINT64_MAX).found, CUT_NOT_HELD);
}

static void a_cut_ahead_of_what_is_held_is_not_held(void **state)
{
    (void)state;
    withdraw(&ase, 9, &heads[1]);
    assert_int_equal(only_cut(UINT64_MAX).found, CUT_NOT_HELD);
}

static void a_cut_on_a_branch_that_was_left_is_found_with_its_way_down(void **state)
{
    struct dossier_cut cut;

    (void)state;
    withdraw(&ase, 3, &heads[3]);
    rewind_school();
    cut = only_cut(UINT64_MAX);
    assert_int_equal(cut.found, CUT_ON_SIDE);
    assert_int_equal(cut.chain_seq, 1);
    assert_int_equal(cut.side_count, 2);
    assert_true(hash_equal(&cut.side[0], &heads[2]));
    assert_true(hash_equal(&cut.side[1], &heads[3]));
}

static void a_branch_that_had_not_arrived_by_then_is_not_held(void **state)
{
    (void)state;
    withdraw(&ase, 3, &heads[3]);
    rewind_school();
    assert_int_equal(only_cut(EARLY).found, CUT_NOT_HELD);
}

static void an_owner_s_cut_is_found_again_in_a_kept_base(void **state)
{
    struct hash left;
    uint64_t seq;

    (void)state;
    seq = ase.state.seq;
    left = ase.state.head;
    hand_over(seq, &left);
    for (int i = 0; i < 2; i++) {
        struct dossier dossier = gather(UINT64_MAX);

        assert_int_equal(dossier.succession_count, 1);
        assert_int_equal(dossier.successions[0].cut.found, CUT_ON_CHAIN);
        assert_int_equal(dossier.successions[0].cut.seq, seq);
    }
}

/* The owner handed on at a block that it then rewound. The second time the base lies elsewhere, and what lay
 * there before is overwritten. */
static void an_owner_s_branch_moves_with_a_kept_base(void **state)
{
    struct actor_id id = ase.actor.id;
    struct subject subject = world_subject(8);
    struct store_txn *txn = world_write(&world);
    struct hash left;
    size_t mark;

    (void)state;
    world_attest(&world, txn, &ase, &subject, 1, "ase/A5", EARLY);
    left = ase.state.head;
    assert_int_equal(store_unwind_to(txn, &world.network, &id, ase.state.seq - 1, EARLY), STORE_OK);
    assert_int_equal(store_log_state(txn, &id, &ase.state), STORE_OK);
    world_rotate(&world, txn, &ase, EARLY);
    world_commit(txn);
    hand_over(2, &left);
    mark = arena_mark(&world.arena);
    for (size_t i = 0; i < 2; i++) {
        struct dossier dossier;
        size_t size = 4096 * i;
        uint8_t *shift = arena_take(&world.arena, size);

        memset(shift, 0xff, size);
        dossier = gather(UINT64_MAX);
        assert_int_equal(dossier.successions[0].cut.found, CUT_ON_SIDE);
        assert_int_equal(dossier.successions[0].cut.side_count, 1);
        assert_true(hash_equal(&dossier.successions[0].cut.side[0], &left));
        arena_rewind(&world.arena, mark);
    }
}

/* Content comes without a new generation: what was gathered before is copied. */
static void a_cut_that_comes_later_is_found_where_the_succession_was_gathered_before(void **state)
{
    const struct subject subject = world_subject(7);
    struct log_state before = ase.state;
    struct store_txn *txn = world_write(&world);
    struct attestation attestation = build_attestation(&school.actor.id, "ase/A5", 40000, 42000);
    struct bytes encoded;
    struct block left;

    (void)state;
    attestation.subject = subject;
    encoded = world_sign_one(&world, txn, &ase, CLASS_CONTENT, ENTRY_ATTESTATION, &attestation, EARLY);
    store_end(txn);
    assert_int_equal(block_decode(&left, &world.network, encoded, &world.arena), REASON_NONE);
    ase.state = before;
    hand_over(left.header.seq, &left.hash);
    assert_int_equal(gather(UINT64_MAX).successions[0].cut.found, CUT_NOT_HELD);
    txn = world_write(&world);
    assert_int_equal(store_put_side_block(txn, &world.network, &left, LATE), STORE_OK);
    world_commit(txn);
    assert_int_equal(gather(UINT64_MAX).successions[0].cut.found, CUT_ON_SIDE);
    assert_int_equal(gather(EARLY).successions[0].cut.found, CUT_NOT_HELD);
    assert_int_equal(gather(UINT64_MAX).successions[0].cut.found, CUT_ON_SIDE);
}

static void what_an_heir_withdraws_without_having_accredited_is_gathered(void **state)
{
    struct dossier dossier;
    struct hash left = ase.state.head;

    (void)state;
    hand_over(ase.state.seq, &left);
    withdraw(&heir, 0, &heads[0]);
    dossier = gather(UINT64_MAX);
    assert_int_equal(dossier.withdrawal_count, 1);
    assert_int_equal(dossier.withdrawals[0].cut.found, CUT_ON_CHAIN);
}

static void what_an_heir_that_accredits_withdraws_is_gathered_once(void **state)
{
    struct dossier dossier;
    struct store_txn *txn;
    struct hash left = ase.state.head;

    (void)state;
    hand_over(ase.state.seq, &left);
    txn = world_write(&world);
    accredit(txn, &heir);
    world_commit(txn);
    withdraw(&heir, 0, &heads[0]);
    dossier = gather(UINT64_MAX);
    assert_int_equal(dossier.withdrawal_count, 1);
}

/* Of whom so much is said it is heard in more than one go. */
static void accredit_often(struct world_author *by, size_t often)
{
    struct store_txn *txn = world_write(&world);

    for (size_t i = 0; i < often; i++) {
        accredit(txn, by);
    }
    world_commit(txn);
}

static void what_an_heir_withdraws_is_gathered_once_however_much_is_said(void **state)
{
    static const struct {
        const char *sentence;
        size_t often, heirs;
    } cases[] = {{"little is said", 1, 1}, {"much is said", 20, 1}, {"the heir is named twice", 1, 2}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        setup(state);
        accredit_often(&ase, cases[i].often);
        for (size_t k = 0; k < cases[i].heirs; k++) {
            const struct hash left = ase.state.head;

            hand_over(ase.state.seq, &left);
        }
        withdraw(&heir, 0, &heads[0]);
        if (gather(UINT64_MAX).withdrawal_count != 1) {
            fail_msg("%s", cases[i].sentence);
        }
        teardown(state);
    }
}

/* Who may accredit nobody is put off; when it is heard in the end, nobody else is heard again. */
static void what_is_heard_is_not_heard_again_for_the_rest(void **state)
{
    static const size_t often[] = {1, 20};

    for (size_t i = 0; i < sizeof often / sizeof often[0]; i++) {
        struct store_txn *txn;

        setup(state);
        accredit_often(&ase, often[i]);
        txn = world_write(&world);
        accredit_for(txn, &heir, "ase/Z9");
        world_commit(txn);
        assert_int_equal(gather(UINT64_MAX).accreditation_count, 1 + often[i] + 1);
        teardown(state);
    }
}

/* ---- what a cut covers ---- */

static const struct hash branch[] = {{{2}}, {{1}}};

static const struct {
    const char *sentence;
    struct dossier_cut cut;
    struct dossier_place place;
    enum answer covered;
} rows[] = {
    {"a block above it is no ancestor", {.found = CUT_ON_CHAIN, .seq = 5}, {.seq = 6}, ANSWER_NO},
    {"nor where it is not held", {.found = CUT_NOT_HELD, .seq = 5}, {.seq = 6}, ANSWER_NO},
    {"the block itself",
     {.found = CUT_NOT_HELD, .seq = 5, .head = {{1}}},
     {.seq = 5, .block_hash = {{1}}},
     ANSWER_YES},
    {"another block of its number",
     {.found = CUT_NOT_HELD, .seq = 5, .head = {{1}}},
     {.seq = 5, .block_hash = {{3}}},
     ANSWER_NO},
    {"a block below it, which is not held",
     {.found = CUT_NOT_HELD, .seq = 5, .head = {{1}}},
     {.seq = 4, .block_hash = {{2}}},
     ANSWER_UNKNOWN},
    {"a block below it on the chain", {.found = CUT_ON_CHAIN, .seq = 5}, {.seq = 4}, ANSWER_YES},
    {"a block of its number whose hash nobody asked for",
     {.found = CUT_ON_CHAIN, .seq = 5, .head = {{1}}},
     {.seq = 5},
     ANSWER_YES},
    {"a side block below it", {.found = CUT_ON_CHAIN, .seq = 5}, {.seq = 4, .block.side = true}, ANSWER_NO},
    {"the chain below the branch that it is on",
     {.found = CUT_ON_SIDE, .seq = 5, .chain_seq = 3, .side_count = 2, .side = branch},
     {.seq = 3},
     ANSWER_YES},
    {"the chain above where that left it",
     {.found = CUT_ON_SIDE, .seq = 5, .chain_seq = 3, .side_count = 2, .side = branch},
     {.seq = 4, .block_hash = {{3}}},
     ANSWER_NO},
    {"a side block on that branch",
     {.found = CUT_ON_SIDE, .seq = 5, .chain_seq = 3, .side_count = 2, .side = branch},
     {.seq = 4, .block_hash = {{2}}, .block.side = true},
     ANSWER_YES},
    {"a side block on another",
     {.found = CUT_ON_SIDE, .seq = 5, .chain_seq = 3, .side_count = 2, .side = branch},
     {.seq = 4, .block_hash = {{3}}, .block.side = true},
     ANSWER_NO},
    {"a branch longer than is looked at", {.found = CUT_TOO_LONG, .seq = 5}, {.seq = 4}, ANSWER_UNKNOWN},
};

static void each_block_is_covered_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum answer covered = cut_covers(&rows[i].cut, &rows[i].place);

        if (covered != rows[i].covered) {
            fail_msg("%s: %d", rows[i].sentence, covered);
        }
    }
}

int main(void)
{
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_block_is_covered_or_not),
        IN_WORLD(a_cut_on_the_chain_is_found_there),
        IN_WORLD(a_cut_that_had_not_arrived_by_then_is_not_held),
        IN_WORLD(a_cut_at_another_block_of_that_number_is_not_held),
        IN_WORLD(a_cut_ahead_of_what_is_held_is_not_held),
        IN_WORLD(a_cut_on_a_branch_that_was_left_is_found_with_its_way_down),
        IN_WORLD(a_branch_that_had_not_arrived_by_then_is_not_held),
        IN_WORLD(an_owner_s_cut_is_found_again_in_a_kept_base),
        IN_WORLD(an_owner_s_branch_moves_with_a_kept_base),
        IN_WORLD(a_cut_that_comes_later_is_found_where_the_succession_was_gathered_before),
        IN_WORLD(what_an_heir_withdraws_without_having_accredited_is_gathered),
        IN_WORLD(what_an_heir_that_accredits_withdraws_is_gathered_once),
        cmocka_unit_test(what_an_heir_withdraws_is_gathered_once_however_much_is_said),
        cmocka_unit_test(what_is_heard_is_not_heard_again_for_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
