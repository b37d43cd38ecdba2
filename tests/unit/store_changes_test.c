#include "store/changes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/log/checkpoint.h"
#include "store/rows.h"
#include "tests/support/store_world.h"

/* What has a number, which rows stay, and how another history shows. */

enum { ARRIVED_S = 1000, CHANGES_MAX = 16 };

static struct store_world world;
static struct world_author ase, prog;

static int setup(void **state)
{
    struct store_txn *txn;

    (void)state;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, ARRIVED_S);
    world_begin_log(&world, txn, &prog, 2, ARRIVED_S);
    world_commit(txn);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

static void attest(struct store_txn *txn, struct world_author *by)
{
    const struct subject subject = world_subject(7);

    world_attest(&world, txn, by, &subject, 1, "ase/A5", ARRIVED_S);
}

/* ---- reading ---- */

static struct store_point now_of(void)
{
    struct store_txn *txn = world_read(&world);
    struct store_point now;

    assert_int_equal(store_changes_now(txn, &now), STORE_OK);
    store_end(txn);
    return now;
}

struct changes {
    size_t count, wanted;
    struct stored_change items[CHANGES_MAX];
};

static bool add_change(void *context, const struct stored_change *change)
{
    struct changes *changes = context;

    changes->items[changes->count++] = *change;
    return changes->count < changes->wanted;
}

static struct changes changes_after(uint64_t number)
{
    struct changes changes = {.wanted = CHANGES_MAX};
    struct store_txn *txn = world_read(&world);

    assert_int_equal(store_each_change(txn, number, add_change, &changes), STORE_OK);
    store_end(txn);
    return changes;
}

static enum store_error digest_of(uint64_t number, uint8_t out[CHANGE_DIGEST_SIZE])
{
    struct store_txn *txn = world_read(&world);
    enum store_error error = store_change_digest(txn, number, out);

    store_end(txn);
    return error;
}

/* ---- numbers ---- */

static void a_transaction_gives_each_author_one_number(void **state)
{
    struct store_txn *txn = world_write(&world);
    const struct store_point before = now_of();
    struct changes changes;

    (void)state;
    assert_int_equal(before.number, 2);
    for (size_t i = 0; i < 10; i++) {
        attest(txn, &ase);
        attest(txn, &prog);
    }
    world_commit(txn);
    assert_int_equal(now_of().number, 4);
    assert_memory_equal(now_of().store, before.store, sizeof before.store);
    changes = changes_after(0); /* each stands where it changed last */
    assert_int_equal(changes.count, 2);
    assert_int_equal(changes.items[0].number, 3);
    assert_memory_equal(&changes.items[0].author, &ase.actor.id, sizeof ase.actor.id);
    assert_int_equal(changes.items[1].number, 4);
    assert_memory_equal(changes.items[1].digest, now_of().digest, CHANGE_DIGEST_SIZE);
    assert_int_equal(changes_after(3).count, 1);
    assert_int_equal(changes_after(4).count, 0);
    assert_int_equal(changes_after(UINT64_MAX).count, 0);
}

static void a_visit_ends_where_it_is_told_to(void **state)
{
    struct changes changes = {.wanted = 1};
    struct store_txn *txn = world_read(&world);

    (void)state;
    assert_int_equal(store_each_change(txn, 0, add_change, &changes), STORE_OK);
    assert_int_equal(changes.count, 1);
    store_end(txn);
}

/* A row that was written as it was, or that was put back. */
static void what_did_not_change_has_no_number(void **state)
{
    struct store_txn *txn = world_write(&world);
    struct disk_author row;

    (void)state;
    assert_int_equal(author_read(txn, &ase.actor.id, &row), STORE_OK);
    assert_int_equal(author_write(txn, &ase.actor.id, &row), STORE_OK);
    row.bytes++;
    assert_int_equal(author_write(txn, &ase.actor.id, &row), STORE_OK);
    row.bytes--;
    assert_int_equal(author_write(txn, &ase.actor.id, &row), STORE_OK);
    world_commit(txn);
    assert_int_equal(now_of().number, 2);
}

static void a_transaction_that_is_dropped_leaves_none(void **state)
{
    struct store_txn *txn = world_write(&world);
    const struct store_point before = now_of();
    struct store_point after;

    (void)state;
    attest(txn, &ase);
    store_end(txn);
    after = now_of();
    assert_memory_equal(&before, &after, sizeof after);
}

/* ---- parts ---- */

static void checkpoint(const struct world_author *by, uint64_t time_s)
{
    const struct checkpoint record = {
        .author = by->actor.id, .seq = by->state.seq, .head = by->state.head, .time_s = time_s};
    const size_t key = 2; /* one key a role, in order of the roles */
    struct store_txn *txn = world_write(&world);
    struct signed_checkpoint signed_record;
    uint8_t memory[1024];
    struct bytes encoded;

    checkpoint_sign(&signed_record, &record, &world.network, key, &by->actor.built[key].secret);
    assert_true(schema_encode(&signed_checkpoint_schema, &signed_record, memory, sizeof memory, &encoded));
    assert_int_equal(store_put_checkpoint(txn, &by->actor.id, encoded), STORE_OK);
    world_commit(txn);
}

static void put_proof(const char *bytes)
{
    struct store_txn *txn = world_write(&world);

    assert_int_equal(store_put_fork_proof(txn, &ase.actor.id, 1, FORK_PROOF_LOWEST, bytes_of_string(bytes)),
                     STORE_OK);
    world_commit(txn);
}

static void a_change_says_which_part_changed_when(void **state)
{
    struct store_txn *txn;
    struct changes changes;

    (void)state;
    checkpoint(&ase, 5000); /* 3 */
    put_proof("one");       /* 4 */
    put_proof("one");       /* the same */
    txn = world_write(&world);
    attest(txn, &ase); /* 5 */
    world_commit(txn);
    checkpoint(&ase, 6000); /* 6: nothing of 3 stands */
    changes = changes_after(2);
    assert_int_equal(changes.count, 3); /* of 3 nothing is left but its digest */
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(changes.items[i].number, 4 + i);
        assert_memory_equal(&changes.items[i].author, &ase.actor.id, sizeof ase.actor.id);
        assert_int_equal(changes.items[i].proofs, i == 0);
        assert_int_equal(changes.items[i].head, i == 1);
        assert_int_equal(changes.items[i].checkpoint, i == 2);
    }
}

/* What left one number together is one number again, what stays behind stays where it was. */
static void parts_that_change_together_stand_together(void **state)
{
    struct store_txn *txn;
    struct changes changes;

    (void)state;
    for (size_t round = 0; round < 2; round++) {
        txn = world_write(&world);
        attest(txn, &ase);
        assert_int_equal(store_put_fork_proof(txn, &ase.actor.id, 1, FORK_PROOF_LOWEST,
                                              bytes_of_string(round == 0 ? "one" : "another")),
                         STORE_OK);
        world_commit(txn);
        changes = changes_after(2);
        assert_int_equal(changes.count, 1);
        assert_int_equal(changes.items[0].number, 3 + round);
        assert_true(changes.items[0].head && changes.items[0].proofs && !changes.items[0].checkpoint);
    }
    txn = world_write(&world);
    attest(txn, &ase); /* 5 */
    world_commit(txn);
    changes = changes_after(2);
    assert_int_equal(changes.count, 2);
    assert_true(changes.items[0].number == 4 && changes.items[0].proofs && !changes.items[0].head);
    assert_true(changes.items[1].number == 5 && changes.items[1].head && !changes.items[1].proofs);
}

/* ---- digests ---- */

static void the_digest_of_a_number_stays_when_its_author_goes_on(void **state)
{
    uint8_t before[CHANGE_DIGEST_SIZE], after[CHANGE_DIGEST_SIZE];
    struct store_txn *txn = world_write(&world);

    (void)state;
    assert_int_equal(digest_of(1, before), STORE_OK);
    attest(txn, &ase);
    world_commit(txn);
    assert_int_equal(digest_of(1, after), STORE_OK);
    assert_memory_equal(before, after, sizeof before);
    assert_int_equal(digest_of(4, after), STORE_NOT_FOUND);
    assert_int_equal(digest_of(UINT64_MAX, after), STORE_NOT_FOUND);
    assert_int_equal(digest_of(0, after), STORE_OK);
    assert_true(sodium_is_zero(after, sizeof after));
}

/* Move the rows of count authors so many times, each time in one transaction. */
static void churn(size_t rounds, uint64_t first, uint64_t count)
{
    for (size_t i = 0; i < rounds; i++) {
        struct store_txn *txn = world_write(&world);

        for (uint64_t k = 0; k < count; k++) {
            const struct actor_id author = {world_subject(first + k).id};
            struct disk_author row;

            assert_int_equal(author_intern(txn, &author, &row), STORE_OK);
            row.bytes++;
            assert_int_equal(author_write(txn, &author, &row), STORE_OK);
        }
        world_commit(txn);
    }
}

static void publish(struct world_author *by)
{
    struct store_txn *txn = world_write(&world);

    attest(txn, by);
    world_commit(txn);
}

/* Two stores that were one, the last change of which is the same. */
static void another_history_has_other_digests(void **state)
{
    uint8_t one[CHANGE_DIGEST_SIZE], other[CHANGE_DIGEST_SIZE];
    struct store_txn *txn;

    (void)state;
    publish(&ase);
    publish(&prog);
    assert_int_equal(digest_of(4, one), STORE_OK);
    world_empty(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, ARRIVED_S);
    world_begin_log(&world, txn, &prog, 2, ARRIVED_S);
    world_commit(txn);
    churn(1, 100, 1);
    publish(&prog);
    assert_int_equal(digest_of(4, other), STORE_OK);
    assert_memory_not_equal(one, other, sizeof one);
}

static void a_store_that_is_made_anew_is_another_one(void **state)
{
    const struct store_point before = now_of();

    (void)state;
    world_empty(&world);
    assert_memory_not_equal(now_of().store, before.store, sizeof before.store);
    assert_int_equal(now_of().number, 0);
}

/* ---- bounds ---- */

static size_t count_rows(void)
{
    struct store_txn *txn = world_read(&world);
    MDB_stat figures;

    assert_int_equal(mdb_stat(txn->mdb, txn->store->tables[TABLE_CHANGES], &figures), MDB_SUCCESS);
    store_end(txn);
    return figures.ms_entries;
}

static void rows_that_were_left_are_bounded(void **state)
{
    enum { MANY = 4096 };
    uint8_t digest[CHANGE_DIGEST_SIZE];

    (void)state;
    churn(1, 100, 1); /* 3: goes on only much later */
    churn(STORE_CHANGES_LEFT_MAX / MANY, 1000, MANY);
    assert_int_equal(digest_of(4, digest), STORE_OK);
    churn(1, 1000, MANY);
    assert_int_equal(digest_of(4, digest), STORE_NOT_FOUND);
    assert_int_equal(digest_of(now_of().number - STORE_CHANGES_LEFT_MAX + 1, digest), STORE_OK);
    assert_true(count_rows() <= STORE_CHANGES_LEFT_MAX + 3);
    assert_int_equal(digest_of(3, digest), STORE_OK); /* a row that an author stands in is no such row */
    churn(1, 100, 1);
    assert_int_equal(digest_of(3, digest), STORE_NOT_FOUND);
    assert_true(count_rows() <= STORE_CHANGES_LEFT_MAX + 3);
}

/* A head of which nobody is told would be an answer, too. */
static void a_row_that_is_lost_is_damage(void **state)
{
    struct changes changes = {.wanted = CHANGES_MAX};
    struct store_txn *txn = world_write(&world);
    uint8_t number[8] = {0, 0, 0, 0, 0, 0, 0, 1};
    const struct key key = key_of(number, sizeof number);

    (void)state;
    assert_int_equal(table_delete(txn, TABLE_CHANGES, &key), STORE_OK);
    world_commit(txn);
    txn = world_read(&world);
    assert_int_equal(store_each_change(txn, 0, add_change, &changes), STORE_DAMAGED);
    assert_int_equal(changes.count, 0);
    store_end(txn);
}

/* ---- what was heard ---- */

static struct node_id node_of(uint64_t n)
{
    return (struct node_id){world_subject(n).id};
}

static void what_was_heard_is_kept_of_each_node_and_trust(void **state)
{
    const struct node_id one = node_of(1), other = node_of(2);
    const struct hash trust = {{1}}, changed = {{2}};
    struct stored_node met = {.heard = {.store = {7}, .number = 8, .digest = {9}}, .delivers = true}, out;
    struct store_txn *txn = world_write(&world);

    (void)state;
    assert_int_equal(store_put_node_met(txn, &one, &trust, &met, 5), STORE_OK);
    assert_int_equal(store_node_met(txn, &one, &trust, &out), STORE_OK);
    assert_memory_equal(&out.heard, &met.heard, sizeof out.heard);
    assert_true(out.delivers);
    assert_false(out.dialled);
    assert_int_equal(store_node_met(txn, &one, &changed, &out), STORE_OK);
    assert_int_equal(out.heard.number, 0);
    assert_true(out.delivers); /* under whatever trust */
    assert_int_equal(store_node_met(txn, &other, &trust, &out), STORE_NOT_FOUND);
    assert_false(out.delivers);
    met.delivers = false;
    assert_int_equal(store_put_node_met(txn, &one, &trust, &met, 6), STORE_OK);
    assert_int_equal(store_node_met(txn, &one, &trust, &out), STORE_OK);
    assert_false(out.delivers); /* any more */
    world_commit(txn);
    assert_int_equal(now_of().number, 2); /* nobody is told */
}

enum company { STRANGE, DELIVERS, DIALLED };

static void meet(struct store_txn *txn, uint64_t n, enum company company, uint64_t now_s)
{
    const struct stored_node met = {
        .heard = {.number = 1}, .dialled = company == DIALLED, .delivers = company == DELIVERS};
    const struct hash trust = {{1}};
    const struct node_id node = node_of(n);

    assert_int_equal(store_put_node_met(txn, &node, &trust, &met, now_s), STORE_OK);
}

static bool was_met(struct store_txn *txn, uint64_t n)
{
    const struct node_id node = node_of(n);
    const struct hash trust = {{1}};
    struct stored_node met;
    const enum store_error error = store_node_met(txn, &node, &trust, &met);

    assert_true(error == STORE_OK || error == STORE_NOT_FOUND);
    return error == STORE_OK;
}

static void of_many_nodes_the_one_not_met_for_longest_is_forgotten(void **state)
{
    struct store_txn *txn = world_write(&world);

    (void)state;
    for (uint64_t i = 0; i < STORE_NODES_MET_MAX; i++) {
        meet(txn, i, STRANGE, 100 + i);
    }
    meet(txn, 0, STRANGE, 5000);
    meet(txn, STORE_NODES_MET_MAX, STRANGE, 5000);
    assert_true(was_met(txn, 0));
    assert_false(was_met(txn, 1));
    assert_true(was_met(txn, STORE_NODES_MET_MAX));
    world_commit(txn);
}

/* However many keys a stranger makes. */
static void strangers_push_out_strangers_alone(void **state)
{
    struct store_txn *txn = world_write(&world);

    (void)state;
    meet(txn, 0, DIALLED, 1);
    meet(txn, 0, STRANGE, 2); /* it dials this node as well */
    meet(txn, 1, DELIVERS, 3);
    for (uint64_t i = 2; i < STORE_NODES_MET_MAX + 50; i++) {
        meet(txn, i, STRANGE, 100 + i);
    }
    assert_true(was_met(txn, 0));
    assert_true(was_met(txn, 1));
    assert_false(was_met(txn, 51));
    assert_true(was_met(txn, 52));
    /* One that delivers pushes out strangers, then its like; one that was dialled those too. */
    for (uint64_t i = 1; i < STORE_NODES_MET_MAX; i++) {
        meet(txn, 10 * STORE_NODES_MET_MAX + i, DELIVERS, 100 + i);
    }
    assert_true(was_met(txn, 0));
    assert_false(was_met(txn, 1));
    meet(txn, 52, STRANGE, UINT32_MAX); /* it finds no place… */
    assert_false(was_met(txn, 52));
    meet(txn, 52, DIALLED, UINT32_MAX); /* …until it is dialled */
    assert_true(was_met(txn, 52));
    assert_true(was_met(txn, 0));
    world_commit(txn);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(a_transaction_gives_each_author_one_number),
        IN_WORLD(a_visit_ends_where_it_is_told_to),
        IN_WORLD(what_did_not_change_has_no_number),
        IN_WORLD(a_transaction_that_is_dropped_leaves_none),
        IN_WORLD(a_change_says_which_part_changed_when),
        IN_WORLD(parts_that_change_together_stand_together),
        IN_WORLD(the_digest_of_a_number_stays_when_its_author_goes_on),
        IN_WORLD(another_history_has_other_digests),
        IN_WORLD(a_store_that_is_made_anew_is_another_one),
        IN_WORLD(rows_that_were_left_are_bounded),
        IN_WORLD(a_row_that_is_lost_is_damage),
        IN_WORLD(what_was_heard_is_kept_of_each_node_and_trust),
        IN_WORLD(of_many_nodes_the_one_not_met_for_longest_is_forgotten),
        IN_WORLD(strangers_push_out_strangers_alone),
    };

    return cmocka_run_group_tests_name("store changes", tests, NULL, NULL);
}
