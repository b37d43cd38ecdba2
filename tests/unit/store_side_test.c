#include "store/side.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/store_world.h"

/* A log of three blocks (attest, attest, revoke) and a branch of two that leaves it after block 1. */

enum { NOON = 1750000000, FOUND_MAX = 16 };

static struct store_world world;
static struct world_author ase;
static struct block chain[4], side[4]; /* by seq */

static struct block block_of(struct bytes encoded)
{
    struct block block;
    assert_int_equal(block_decode(&block, &world.network, encoded, &world.arena), REASON_NONE);
    return block;
}

static struct block publish(struct store_txn *txn, const struct draft *draft)
{
    struct bytes encoded = world_sign(&world, txn, &ase, draft, NOON);
    assert_int_equal(world_accept(&world, txn, &ase, encoded, NOON), REASON_NONE);
    return block_of(encoded);
}

static void draft_attest(struct draft *draft, uint64_t subject)
{
    const struct actor_id nobody = {0};
    struct attestation attestation = build_attestation(&nobody, "ase/A5", 40000, 42000);
    attestation.subject = world_subject(subject);
    world_draft(&world, draft, CLASS_CONTENT);
    world_add(draft, ENTRY_ATTESTATION, &attestation);
}

static struct block attest(struct store_txn *txn, uint64_t subject)
{
    struct draft draft;
    draft_attest(&draft, subject);
    return publish(txn, &draft);
}

static struct block say(struct store_txn *txn, enum status_action action, uint64_t seq)
{
    const struct index_range range = {0, 0};
    struct status status = {.seq = seq, .action = action, .effective_day = 40000};
    struct draft draft;
    status.entries = (struct list){.items = &range, .count = 1};
    status.has_holder = action == STATUS_HELD_BY;
    status.holder = world_subject(7);
    world_draft(&world, &draft, CLASS_STATUS);
    world_add(&draft, ENTRY_STATUS, &status);
    return publish(txn, &draft);
}

static int setup(void **context)
{
    struct log_state head;
    struct store_txn *txn;
    (void)context;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, NOON);
    chain[1] = attest(txn, 1);
    world_commit(txn);
    head = ase.state;
    txn = world_write(&world);
    side[2] = attest(txn, 2);
    side[3] = say(txn, STATUS_HELD_BY, 2);
    store_end(txn);
    ase.state = head;
    txn = world_write(&world);
    chain[2] = attest(txn, 3);
    chain[3] = say(txn, STATUS_REVOKED, 1);
    world_commit(txn);
    return 0;
}

static int teardown(void **context)
{
    (void)context;
    world_deinit(&world);
    return 0;
}

static uint32_t number_of_ase(struct store_txn *txn)
{
    uint32_t number;
    assert_int_equal(store_author_number(txn, &ase.actor.id, &number), STORE_OK);
    return number;
}

static size_t find(struct store_txn *txn, struct key key, struct side_at found[FOUND_MAX])
{
    struct side_at *rows;
    size_t count;
    bool cut;
    assert_int_equal(side_find(txn, &key, FOUND_MAX, &rows, &count, &cut, &world.arena), STORE_OK);
    assert_false(cut);
    for (size_t i = 0; i < count; i++) {
        found[i] = rows[i];
    }
    return count;
}

static struct key key_of_subject(enum grant_kind kind, uint64_t n)
{
    const struct subject subject = world_subject(n);
    return grant_key_of_affiliation(kind, &subject.id);
}

static void keep_side(struct store_txn *txn)
{
    assert_int_equal(store_put_side_block(txn, &world.network, &side[2], NOON), STORE_OK);
    assert_int_equal(store_put_side_block(txn, &world.network, &side[3], NOON), STORE_OK);
}

static void an_author_without_side_blocks_has_no_rows(void **context)
{
    struct store_txn *txn = world_read(&world);
    bool any = true;
    (void)context;
    assert_int_equal(side_any(txn, number_of_ase(txn), &any), STORE_OK);
    assert_false(any);
    store_end(txn);
}

static void a_side_block_is_found_by_what_it_is_about(void **context)
{
    struct store_txn *txn = world_write(&world);
    uint32_t number = number_of_ase(txn);
    struct side_at found[FOUND_MAX];
    bool any = false;
    (void)context;
    keep_side(txn);
    assert_int_equal(side_any(txn, number, &any), STORE_OK);
    assert_true(any);
    assert_int_equal(find(txn, key_of_subject(GRANT_ATTESTED, 2), found), 1);
    assert_int_equal(found[0].author, number);
    assert_int_equal(found[0].seq, 2);
    assert_int_equal(found[0].index, 0);
    assert_true(hash_equal(&found[0].hash, &side[2].hash));
    assert_int_equal(find(txn, key_of_subject(GRANT_ATTESTED, 3), found), 0);
    world_commit(txn);
}

static void what_side_blocks_say_comes_with_the_entry(void **context)
{
    static const struct trust nobody;
    const struct subject subject = world_subject(2);
    struct dossier dossier;
    struct store_txn *txn = world_write(&world);
    (void)context;
    keep_side(txn);
    world_commit(txn);
    txn = world_read(&world);
    assert_int_equal(
        store_dossier(txn, &world.network, &nobody, &subject, DOSSIER_REACH_ALL, &dossier, &world.arena),
        STORE_OK);
    assert_int_equal(dossier.credential_count, 1);
    assert_int_equal(dossier.credentials[0].place.event_count, 1);
    store_end(txn);
}

static void a_status_says_which_of_two_blocks_it_is_about(void **context)
{
    struct store_txn *txn = world_write(&world);
    struct side_at found[FOUND_MAX];
    (void)context;
    keep_side(txn);
    assert_int_equal(find(txn, grant_key_of_number(GRANT_STATUS, number_of_ase(txn), 2), found), 1);
    assert_true(hash_equal(&found[0].target, &side[2].hash));
    assert_false(hash_equal(&found[0].target, &chain[2].hash));
    assert_int_equal(find(txn, key_of_subject(GRANT_HELD_BY, 7), found), 1);
    assert_true(hash_equal(&found[0].target, &side[2].hash));
    world_commit(txn);
}

static void a_status_below_the_fork_is_about_the_chain(void **context)
{
    struct log_state head = ase.state;
    struct store_txn *txn = world_write(&world);
    struct block revoked = say(txn, STATUS_SUSPENDED, 1);
    struct side_at found[FOUND_MAX];
    (void)context;
    store_end(txn);
    ase.state = head;
    txn = world_write(&world);
    (void)attest(txn, 5);
    assert_int_equal(store_put_side_block(txn, &world.network, &revoked, NOON), STORE_OK);
    assert_int_equal(find(txn, grant_key_of_number(GRANT_STATUS, number_of_ase(txn), 1), found), 1);
    assert_true(hash_equal(&found[0].target, &chain[1].hash));
    assert_true(hash_equal(&found[0].hash, &revoked.hash));
    world_commit(txn);
}

static void what_is_deleted_is_found_no_more(void **context)
{
    struct store_txn *txn = world_write(&world);
    uint32_t number = number_of_ase(txn);
    struct side_at found[FOUND_MAX];
    bool any = true;
    (void)context;
    keep_side(txn);
    assert_int_equal(side_put(txn, &world.network, number, &side[3]), STORE_OK);
    assert_int_equal(side_delete(txn, &world.network, number, &side[3]), STORE_OK);
    assert_int_equal(find(txn, grant_key_of_number(GRANT_STATUS, number, 2), found), 0);
    assert_int_equal(find(txn, key_of_subject(GRANT_HELD_BY, 7), found), 0);
    assert_int_equal(find(txn, key_of_subject(GRANT_ATTESTED, 2), found), 1);
    assert_int_equal(side_delete(txn, &world.network, number, &side[2]), STORE_OK);
    assert_int_equal(side_delete(txn, &world.network, number, &side[2]), STORE_OK);
    assert_int_equal(side_any(txn, number, &any), STORE_OK);
    assert_false(any);
    world_commit(txn);
}

static void a_search_that_is_cut_off_says_so(void **context)
{
    struct store_txn *txn = world_write(&world);
    const struct key key = key_of_subject(GRANT_ATTESTED, 2);
    struct side_at *rows;
    size_t count;
    bool cut = false;
    (void)context;
    keep_side(txn);
    assert_int_equal(side_find(txn, &key, 0, &rows, &count, &cut, &world.arena), STORE_OK);
    assert_int_equal(count, 0);
    assert_true(cut);
    world_commit(txn);
}

static void a_line_leads_down_to_the_chain(void **context)
{
    struct store_txn *txn = world_write(&world);
    struct side_line line;
    (void)context;
    keep_side(txn);
    assert_int_equal(
        side_line_of(txn, &world.network, number_of_ase(txn), 3, &side[3].hash, &line, &world.arena),
        STORE_OK);
    assert_true(line.known);
    assert_int_equal(line.base_seq, 1);
    assert_int_equal(line.size, 2);
    assert_true(hash_equal(side_line_at(&line, 3), &side[3].hash));
    assert_true(hash_equal(side_line_at(&line, 2), &side[2].hash));
    assert_null(side_line_at(&line, 1));
    assert_null(side_line_at(&line, 4));
    world_commit(txn);
}

static void a_line_with_a_gap_is_not_known(void **context)
{
    struct store_txn *txn = world_write(&world);
    struct side_line line;
    (void)context;
    assert_int_equal(
        side_line_of(txn, &world.network, number_of_ase(txn), 3, &side[3].hash, &line, &world.arena),
        STORE_OK);
    assert_false(line.known);
    assert_null(side_line_at(&line, 3));
    world_commit(txn);
}

static void what_the_chain_left_is_indexed_and_what_it_takes_up_is_not(void **context)
{
    struct store_txn *txn = world_write(&world);
    uint32_t number = number_of_ase(txn);
    struct side_at found[FOUND_MAX];
    (void)context;
    keep_side(txn);
    assert_int_equal(store_unwind_to(txn, &world.network, &ase.actor.id, 1, NOON), STORE_OK);
    assert_int_equal(find(txn, key_of_subject(GRANT_ATTESTED, 3), found), 1);
    assert_int_equal(find(txn, grant_key_of_number(GRANT_STATUS, number, 1), found), 1);
    assert_true(hash_equal(&found[0].target, &chain[1].hash));
    assert_int_equal(store_log_state(txn, &ase.actor.id, &ase.state), STORE_OK);
    assert_int_equal(world_accept(&world, txn, &ase, side[2].encoded, NOON), REASON_NONE);
    assert_int_equal(find(txn, key_of_subject(GRANT_ATTESTED, 1), found), 0);
    assert_int_equal(find(txn, key_of_subject(GRANT_ATTESTED, 2), found), 0);
    assert_int_equal(find(txn, key_of_subject(GRANT_ATTESTED, 3), found), 1);
    world_commit(txn);
}

/* ---- first arrivals ---- */

static uint64_t arrival_of(struct store_txn *txn, const struct block *block)
{
    struct stored_block stored;
    uint64_t first_s = 0;

    assert_int_equal(stored_block_read(txn, number_of_ase(txn), block->header.seq, &block->hash, &stored),
                     STORE_OK);
    assert_int_equal(store_first_arrival(txn, &ase.actor.id, block->header.seq, &block->hash, &first_s),
                     STORE_OK);
    assert_int_equal(first_s, stored.arrived_s);
    return first_s;
}

/* Known by its header, or refused for want of room, and taken in at last. */
static void a_block_that_was_met_before_it_is_held_keeps_that_day(void **context)
{
    struct store_txn *txn = world_write(&world);
    struct bytes encoded;
    struct draft draft;
    struct block next;
    bool added;

    (void)context;
    assert_int_equal(store_note_arrival(txn, &ase.actor.id, &side[2].hash, 0, NOON, true, &added), STORE_OK);
    assert_true(added);
    assert_int_equal(store_put_side_block(txn, &world.network, &side[2], NOON + 100), STORE_OK);
    assert_int_equal(arrival_of(txn, &side[2]), NOON);
    assert_int_equal(store_put_side_block(txn, &world.network, &side[3], NOON + 100), STORE_OK);
    assert_int_equal(arrival_of(txn, &side[3]), NOON + 100);
    world_draft(&world, &draft, CLASS_CONTENT);
    draft_attest(&draft, 9);
    encoded = world_sign(&world, txn, &ase, &draft, NOON);
    next = block_of(encoded);
    assert_int_equal(store_note_arrival(txn, &ase.actor.id, &next.hash, 0, NOON + 50, false, &added),
                     STORE_OK);
    assert_int_equal(world_accept(&world, txn, &ase, encoded, NOON + 100), REASON_NONE);
    assert_int_equal(arrival_of(txn, &next), NOON + 50);
    store_end(txn);
}

/* A rotation behind block 1, made of the log as it was then. */
static struct block rotation_behind_1(void)
{
    struct store_txn *txn = world_write(&world);
    struct log_state head = ase.state;
    struct bytes encoded;
    struct block rotation;

    assert_int_equal(store_unwind_to(txn, &world.network, &ase.actor.id, 1, NOON), STORE_OK);
    assert_int_equal(store_log_state(txn, &ase.actor.id, &ase.state), STORE_OK);
    world_rotate(&world, txn, &ase, NOON);
    assert_int_equal(store_block_bytes(txn, &ase.actor.id, 2, &encoded, &world.arena), STORE_OK);
    rotation = block_of(encoded);
    store_end(txn);
    ase.state = head;
    return rotation;
}

/* The switch to its branch waits; what a thief said is followed meanwhile. */
static void what_is_followed_after_the_rotation_came_is_not_counted(void **context)
{
    const struct block rotation = rotation_behind_1();
    struct store_txn *txn = world_write(&world);
    uint64_t from_s = 0, until_s = 0;

    (void)context;
    assert_int_equal(store_put_side_block(txn, &world.network, &rotation, NOON + 82800), STORE_OK);
    assert_int_equal(store_unwind_to(txn, &world.network, &ase.actor.id, 1, NOON + 90000), STORE_OK);
    assert_int_equal(store_followed(txn, &ase.actor.id, 3, &chain[3].hash, &from_s, &until_s), STORE_OK);
    assert_int_equal(until_s - from_s, 82800);
    store_end(txn);
}

static void what_came_before_a_rotation_by_a_clock_since_set_back_stays_before_it(void **context)
{
    enum { AHEAD = NOON + 1000 * 86400, BACK = NOON + 86400 };
    const struct block rotation = rotation_behind_1();
    const struct hash unheld = {{1}}, of_another_epoch = {{2}};
    struct store_txn *txn = world_write(&world);
    uint64_t first_s = 0;
    bool added;

    (void)context;
    assert_int_equal(store_put_side_block(txn, &world.network, &side[2], NOON), STORE_OK);
    assert_int_equal(store_put_side_block(txn, &world.network, &side[3], AHEAD), STORE_OK);
    assert_int_equal(store_note_arrival(txn, &ase.actor.id, &unheld, 0, AHEAD, false, &added), STORE_OK);
    assert_int_equal(store_note_arrival(txn, &ase.actor.id, &of_another_epoch, 1, AHEAD, false, &added),
                     STORE_OK);
    assert_int_equal(store_put_side_block(txn, &world.network, &rotation, BACK), STORE_OK);
    assert_int_equal(arrival_of(txn, &side[2]), NOON);
    assert_int_equal(arrival_of(txn, &side[3]), BACK);
    assert_int_equal(arrival_of(txn, &rotation), BACK);
    assert_int_equal(store_first_arrival(txn, &ase.actor.id, 4, &unheld, &first_s), STORE_OK);
    assert_int_equal(first_s, BACK);
    assert_int_equal(store_first_arrival(txn, &ase.actor.id, 4, &of_another_epoch, &first_s), STORE_OK);
    assert_int_equal(first_s, AHEAD);
    store_end(txn);
}

/* The chain is left only once the clock is there again: nobody can say for how long it had been followed. */
static void what_was_followed_by_a_clock_since_set_back_is_not_taken_for_late(void **context)
{
    const struct block rotation = rotation_behind_1();
    struct store_txn *txn = world_write(&world);
    uint64_t from_s = 1, until_s = 0;

    (void)context;
    assert_int_equal(store_put_side_block(txn, &world.network, &rotation, NOON - 86400), STORE_OK);
    assert_int_equal(store_unwind_to(txn, &world.network, &ase.actor.id, 1, NOON + 86400), STORE_OK);
    for (size_t seq = 2; seq <= 3; seq++) {
        assert_int_equal(store_followed(txn, &ase.actor.id, seq, &chain[seq].hash, &from_s, &until_s),
                         STORE_OK);
        assert_int_equal(from_s, 0);
        assert_true(until_s == FOLLOWED_EVER);
    }
    store_end(txn);
}

/* Noted first by its header, which a proof showed, it takes no block with it when it is placed. */
static void what_came_after_a_rotation_stays_after_it(void **context)
{
    enum { AHEAD = NOON + 1000 * 86400, BACK = NOON + 86400 };
    const struct block rotation = rotation_behind_1();
    struct store_txn *txn = world_write(&world);
    bool added;

    (void)context;
    assert_int_equal(store_note_arrival(txn, &ase.actor.id, &rotation.hash, 0, NOON, false, &added),
                     STORE_OK);
    assert_int_equal(store_put_side_block(txn, &world.network, &side[2], AHEAD), STORE_OK);
    assert_int_equal(store_put_side_block(txn, &world.network, &rotation, BACK), STORE_OK);
    assert_int_equal(arrival_of(txn, &rotation), NOON);
    assert_int_equal(arrival_of(txn, &side[2]), BACK);
    store_end(txn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_author_without_side_blocks_has_no_rows, setup, teardown),
        cmocka_unit_test_setup_teardown(a_side_block_is_found_by_what_it_is_about, setup, teardown),
        cmocka_unit_test_setup_teardown(what_side_blocks_say_comes_with_the_entry, setup, teardown),
        cmocka_unit_test_setup_teardown(a_status_says_which_of_two_blocks_it_is_about, setup, teardown),
        cmocka_unit_test_setup_teardown(a_status_below_the_fork_is_about_the_chain, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_deleted_is_found_no_more, setup, teardown),
        cmocka_unit_test_setup_teardown(a_search_that_is_cut_off_says_so, setup, teardown),
        cmocka_unit_test_setup_teardown(a_block_that_was_met_before_it_is_held_keeps_that_day, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_followed_after_the_rotation_came_is_not_counted, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_came_before_a_rotation_by_a_clock_since_set_back_stays_before_it,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(what_came_after_a_rotation_stays_after_it, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_followed_by_a_clock_since_set_back_is_not_taken_for_late,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_line_leads_down_to_the_chain, setup, teardown),
        cmocka_unit_test_setup_teardown(a_line_with_a_gap_is_not_known, setup, teardown),
        cmocka_unit_test_setup_teardown(what_the_chain_left_is_indexed_and_what_it_takes_up_is_not, setup,
                                        teardown),
    };

    return cmocka_run_group_tests_name("store side", tests, NULL, NULL);
}
