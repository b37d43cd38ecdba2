#include "node/ingest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/log/checkpoint.h"
#include "protocol/log/fork.h"
#include "tests/support/node_bench.h"

/* What becomes of one block, checkpoint or fork proof; node_ingest_order_test asks what a whole family of
 * blocks comes to. */

static void test_a_chain_grows(void **state)
{
    (void)state;
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_NONE);
    assert_int_equal(node->result.outcome, INGEST_EXTENDED);
    say_content(OWNER, 2);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    assert_int_equal(node->result.outcome, INGEST_EXTENDED);
    assert_int_equal(node->result.seq, 1);
    assert_int_equal(node->result.epoch, 0);
    assert_true(actor_id_equal(&node->result.author, &node->actors[OWNER].id));
    assert_memory_equal(&node->result.hash, &node->logs[OWNER].state.head, sizeof(struct hash));
    assert_false(node->result.fork_found);
    assert_int_equal(node_offer_seq(OWNER, 1), REASON_KNOWN);
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_KNOWN);
}

static void test_a_block_waits_for_the_one_before(void **state)
{
    (void)state;
    say_content(OWNER, 1);
    assert_int_equal(node_write(OWNER), REASON_ORPHAN);
    say_content(OWNER, 1);
    assert_int_equal(node_write(OWNER), REASON_ORPHAN);
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_NONE);
    assert_int_equal(node_offer_seq(OWNER, 2), REASON_ORPHAN);
    assert_int_equal(node_offer_seq(OWNER, 1), REASON_NONE);
    assert_int_equal(node_offer_seq(OWNER, 2), REASON_NONE);
}

static void test_garbage_is_refused(void **state)
{
    struct dice dice = {.state = 5};
    struct bytes honest = {0};
    uint8_t bytes[2048];

    (void)state;
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_NONE);
    say_content(OWNER, 3);
    honest = log_builder_forge(&node->builder, &node->logs[OWNER], NULL);
    assert_true(honest.size <= sizeof bytes);
    for (size_t size = 0; size < honest.size; size++) {
        assert_int_not_equal(node_offer(bytes_of(honest.data, size)), REASON_NONE);
    }
    for (size_t i = 0; i < honest.size; i++) {
        memcpy(bytes, honest.data, honest.size);
        bytes[i] ^= (uint8_t)(1 + dice_roll(&dice, 255));
        assert_int_not_equal(node_offer(bytes_of(bytes, honest.size)), REASON_NONE);
    }
    for (size_t i = 0; i < 2000; i++) {
        size_t size = dice_roll(&dice, sizeof bytes);

        for (size_t j = 0; j < size; j++) {
            bytes[j] = (uint8_t)dice_roll(&dice, 256);
        }
        assert_int_not_equal(node_offer(bytes_of(bytes, size)), REASON_NONE);
    }
    assert_int_equal(node_offer(honest), REASON_NONE);
    assert_int_equal(node->result.outcome, INGEST_EXTENDED);
}

static void test_an_unsigned_block_leaves_no_trace(void **state)
{
    uint64_t blocks = 0, bytes = 0;

    (void)state;
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_NONE);
    say_content(OWNER, 1);
    assert_int_equal(node_offer(log_builder_forge(&node->builder, &node->logs[OWNER], break_signature)),
                     REASON_BAD_SIGNATURE);
    assert_int_equal(store_log_size(node->txn, &node->actors[OWNER].id, &blocks, &bytes), STORE_OK);
    assert_int_equal(blocks, 1);
}

/* Its header is signed, so it contradicts what its author signs in its place. */
static void test_a_refused_block_counts_against_its_author(void **state)
{
    struct bytes proof;

    (void)state;
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_NONE);
    say_content(OWNER, 1);
    assert_int_equal(node_offer(log_builder_forge(&node->builder, &node->logs[OWNER], change_state_root)),
                     REASON_STATE_ROOT);
    assert_false(node->result.fork_found);
    say_content(OWNER, 1);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    assert_int_equal(node->result.outcome, INGEST_EXTENDED);
    assert_true(node->result.fork_found);
    assert_int_equal(store_fork_proof(node->txn, &node->actors[OWNER].id, 0, FORK_PROOF_LOWEST, &proof,
                                      &node->builder.arena),
                     STORE_OK);
    say_content(OWNER, 1);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    assert_int_equal(node->result.outcome, INGEST_EXTENDED);
    assert_false(node->result.fork_found);
}

static void test_a_second_inception_is_none(void **state)
{
    struct bytes encoded = memory_log_block(&node->logs[OWNER], 0);
    uint8_t bytes[KEYS_SIZE_MAX];

    (void)state;
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_NONE);
    assert_true(encoded.size <= sizeof bytes);
    for (size_t i = 0; i < encoded.size; i++) {
        memcpy(bytes, encoded.data, encoded.size);
        bytes[i] ^= 1;
        assert_int_not_equal(node_offer(bytes_of(bytes, encoded.size)), REASON_NONE);
    }
}

/* ---- branches ---- */

/* Two blocks after the owner's head, the one with the lower hash first; nothing is appended. */
static void draw_pair(struct bytes pair[2])
{
    struct block blocks[2];

    for (size_t i = 0; i < 2; i++) {
        say_content(OWNER, 1);
        pair[i] = log_builder_forge(&node->builder, &node->logs[OWNER], NULL);
        assert_int_equal(block_decode(&blocks[i], &node->network, pair[i], &node->builder.arena),
                         REASON_NONE);
    }
    if (hash_compare(&blocks[0].hash, &blocks[1].hash) > 0) {
        struct bytes higher = pair[0];

        pair[0] = pair[1];
        pair[1] = higher;
    }
}

static void test_the_lower_branch_is_followed(void **state)
{
    struct bytes pair[2];

    (void)state;
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_NONE);
    draw_pair(pair);
    assert_int_equal(node_offer(pair[1]), REASON_NONE);
    assert_int_equal(node->result.outcome, INGEST_EXTENDED);
    assert_int_equal(node_offer(pair[0]), REASON_NONE);
    assert_int_equal(node->result.outcome, INGEST_SWITCHED);
    assert_true(node->result.fork_found);
    assert_int_equal(node_offer(pair[1]), REASON_KNOWN);
}

static void test_the_higher_branch_is_kept_aside(void **state)
{
    struct bytes pair[2];

    (void)state;
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_NONE);
    draw_pair(pair);
    assert_int_equal(node_offer(pair[0]), REASON_NONE);
    assert_int_equal(node_offer(pair[1]), REASON_NONE);
    assert_int_equal(node->result.outcome, INGEST_ASIDE);
    assert_true(node->result.fork_found);
    assert_int_equal(node_offer(pair[1]), REASON_KNOWN);
}

static void test_a_rotation_takes_the_log_to_its_branch(void **state)
{
    struct memory_log *log = &node->logs[OWNER];
    struct bytes pair[2];

    (void)state;
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_NONE);
    draw_pair(pair);
    assert_int_equal(node_offer(pair[0]), REASON_NONE);
    assert_int_equal(node_offer(pair[1]), REASON_NONE);
    assert_int_equal(memory_log_accept(log, pair[1]), REASON_NONE);
    say_rotation(OWNER, 1);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    assert_int_equal(node->result.outcome, INGEST_SWITCHED);
    say_content(OWNER, 1);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    assert_int_equal(node->result.outcome, INGEST_EXTENDED);
}

static void test_two_rotations_freeze(void **state)
{
    struct memory_log *log = &node->logs[OWNER];
    struct bytes first, second;
    bool frozen = false;

    (void)state;
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_NONE);
    say_rotation(OWNER, 1);
    first = log_builder_forge(&node->builder, log, NULL);
    say_rotation(OWNER, 2);
    second = log_builder_forge(&node->builder, log, NULL);
    assert_int_equal(node_offer(first), REASON_NONE);
    assert_int_equal(node_offer(second), REASON_NONE);
    assert_true(node->result.fork_found);
    assert_int_equal(store_is_frozen(node->txn, &node->actors[OWNER].id, &frozen), STORE_OK);
    assert_true(frozen);
    /* What follows either is kept, and never followed. */
    assert_int_equal(memory_log_accept(log, first), REASON_NONE);
    say_content(OWNER, 1);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    assert_int_equal(node->result.outcome, INGEST_ASIDE);
}

/* A rotation with `what` after a block that the node never gets. */
static struct bytes orphan_rotation(uint64_t what, void (*change)(struct forgery *forgery))
{
    struct memory_log unheld;
    struct bytes encoded;

    memory_log_copy(&unheld, &node->logs[OWNER]);
    say_content(OWNER, 1);
    log_builder_append(&node->builder, &unheld);
    say_rotation(OWNER, what);
    encoded = log_builder_forge(&node->builder, &unheld, change);
    memory_log_deinit(&unheld);
    return encoded;
}

static bool is_owner_frozen(void)
{
    bool frozen = false;

    assert_int_equal(store_is_frozen(node->txn, &node->actors[OWNER].id, &frozen), STORE_OK);
    return frozen;
}

/* Nothing but its signatures counts, and its own alone. */
static void test_a_rotation_that_waits_freezes_beside_another(void **state)
{
    struct memory_log *log = &node->logs[OWNER];
    struct bytes forged, rival, held;

    (void)state;
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_NONE);
    forged = orphan_rotation(1, break_signature);
    rival = orphan_rotation(2, NULL);
    say_rotation(OWNER, 3);
    held = log_builder_forge(&node->builder, log, NULL);
    assert_int_equal(node_offer(rival), REASON_ORPHAN);
    assert_int_equal(node_offer(rival), REASON_ORPHAN);
    assert_int_equal(node_offer(forged), REASON_ORPHAN);
    assert_false(is_owner_frozen());
    assert_int_equal(node_offer(held), REASON_NONE);
    assert_int_equal(node->result.outcome, INGEST_EXTENDED);
    assert_true(is_owner_frozen());
    assert_int_equal(node_offer(rival), REASON_ORPHAN);
    assert_true(node->result.fork_found); /* others hear of both */
    assert_int_equal(node_offer(rival), REASON_ORPHAN);
    assert_false(node->result.fork_found);
}

static void test_a_forged_rotation_freezes_nobody(void **state)
{
    struct bytes forged, held;

    (void)state;
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_NONE);
    forged = orphan_rotation(1, break_signature);
    say_rotation(OWNER, 2);
    held = log_builder_forge(&node->builder, &node->logs[OWNER], NULL);
    assert_int_equal(node_offer(held), REASON_NONE);
    assert_int_equal(node_offer(forged), REASON_ORPHAN);
    assert_false(node->result.fork_found);
    assert_false(is_owner_frozen());
}

static void test_rotations_that_wait_are_bounded(void **state)
{
    enum { RIVALS = 40 };
    struct known_rotation rotation;
    const struct hash *after = NULL;
    struct hash last;
    size_t known = 0;

    (void)state;
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_NONE);
    for (uint64_t i = 0; i < RIVALS; i++) {
        assert_int_equal(node_offer(orphan_rotation(i, NULL)), REASON_ORPHAN);
    }
    while (store_next_rotation(node->txn, &node->actors[OWNER].id, 1, after, &rotation) == STORE_OK) {
        assert_false(rotation.held);
        known++;
        last = rotation.hash;
        after = &last;
    }
    assert_int_equal(known, STORE_ROTATIONS_MAX);
    assert_true(is_owner_frozen());
}

/* ---- one's own blocks ---- */

static void own(enum who who)
{
    node->ingest.self = node->actors[who].id;
    node->ingest.has_self = true;
}

static void test_own_blocks_extend_the_head(void **state)
{
    struct memory_log *log = &node->logs[STRANGER];
    struct memory_log earlier;

    (void)state;
    own(STRANGER);
    memory_log_copy(&earlier, log);
    assert_int_equal(node_offer_from(INGEST_LOCAL, memory_log_block(log, 0)), REASON_NONE);
    say_content(OWNER, 1);
    log_builder_append(&node->builder, log);
    assert_int_equal(node_offer_from(INGEST_LOCAL, memory_log_block(log, 1)), REASON_NONE);
    say_content(OWNER, 2);
    assert_int_equal(node_offer_from(INGEST_LOCAL, log_builder_forge(&node->builder, &earlier, NULL)),
                     REASON_WRONG_PREVIOUS);
    memory_log_deinit(&earlier);
}

static void test_a_refused_own_block_is_not_kept(void **state)
{
    struct memory_log *log = &node->logs[STRANGER];
    uint64_t blocks = 0, bytes = 0;

    (void)state;
    own(STRANGER);
    assert_int_equal(node_offer_from(INGEST_LOCAL, memory_log_block(log, 0)), REASON_NONE);
    say_content(OWNER, 1);
    assert_int_equal(node_offer_from(INGEST_LOCAL, log_builder_forge(&node->builder, log, change_state_root)),
                     REASON_STATE_ROOT);
    assert_int_equal(store_log_size(node->txn, &node->actors[STRANGER].id, &blocks, &bytes), STORE_OK);
    assert_int_equal(blocks, 1);
}

/* A thief's block came in from a peer: an own one beside it would be a fork, a rotation ends it. */
static void test_own_blocks_never_fork(void **state)
{
    struct memory_log *log = &node->logs[STRANGER];

    (void)state;
    own(STRANGER);
    assert_int_equal(node_offer_from(INGEST_LOCAL, memory_log_block(log, 0)), REASON_NONE);
    say_content(OWNER, 1);
    assert_int_equal(node_offer(log_builder_forge(&node->builder, log, change_state_root)),
                     REASON_STATE_ROOT);
    say_content(OWNER, 1);
    assert_int_equal(node_offer_from(INGEST_LOCAL, log_builder_forge(&node->builder, log, NULL)),
                     REASON_FORK);
    say_rotation(STRANGER, 1);
    log_builder_append(&node->builder, log);
    assert_int_equal(node_offer_from(INGEST_LOCAL, memory_log_block(log, 1)), REASON_NONE);
    assert_int_equal(node->result.outcome, INGEST_EXTENDED);
}

static void test_a_frozen_actor_writes_no_more(void **state)
{
    struct memory_log *log = &node->logs[STRANGER];
    struct bytes rotations[2];

    (void)state;
    own(STRANGER);
    assert_int_equal(node_offer_from(INGEST_LOCAL, memory_log_block(log, 0)), REASON_NONE);
    for (uint64_t i = 0; i < 2; i++) {
        say_rotation(STRANGER, i);
        rotations[i] = log_builder_forge(&node->builder, log, NULL);
    }
    assert_int_equal(node_offer_from(INGEST_LOCAL, rotations[0]), REASON_NONE);
    assert_int_equal(node_offer_from(INGEST_LOCAL, rotations[1]), REASON_WRONG_PREVIOUS);
    assert_int_equal(node_offer(rotations[1]), REASON_NONE);
    for (size_t i = 0; i < 2; i++) {
        struct memory_log after;
        enum reason reason = REASON_NONE;

        memory_log_copy(&after, log);
        assert_int_equal(memory_log_accept(&after, rotations[i]), REASON_NONE);
        say_content(OWNER, 1);
        reason = node_offer_from(INGEST_LOCAL, log_builder_forge(&node->builder, &after, NULL));
        /* One of the two is the head. */
        assert_true(reason == REASON_FROZEN || reason == REASON_WRONG_PREVIOUS);
        memory_log_deinit(&after);
    }
}

/* ---- evidence ---- */

static uint64_t clock_s = 1000000; /* the node's, for checkpoints */

static enum reason offer_checkpoint(struct bytes encoded)
{
    struct actor_id author;
    enum store_error error = STORE_OK;
    enum reason reason = ingest_checkpoint(&node->ingest, node->txn, encoded, clock_s, &author, &error);

    assert_int_equal(error, STORE_OK);
    return reason;
}

static uint64_t kept_time(enum who who)
{
    struct signed_checkpoint kept;
    struct bytes held;

    assert_int_equal(store_checkpoint(node->txn, &node->actors[who].id, &held, &node->builder.arena),
                     STORE_OK);
    assert_int_equal(schema_decode(&signed_checkpoint_schema, &kept, held, &node->builder.arena),
                     REASON_NONE);
    return kept.checkpoint.time_s;
}

static void test_a_checkpoint_of_the_future_waits_and_hinders_none(void **state)
{
    uint8_t memory[WAITING_SIZE_MAX];
    struct bytes encoded;

    (void)state;
    node_take_in_owner();
    clock_s = 500;
    assert_int_equal(offer_checkpoint(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, 1, 9000)),
                     REASON_CHECKPOINT_AHEAD);
    assert_int_equal(offer_checkpoint(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, 1, 560)),
                     REASON_NONE);
    assert_int_equal(offer_checkpoint(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, 2, 561)),
                     REASON_CHECKPOINT_AHEAD);
    assert_int_equal(kept_time(OWNER), 560);
    assert_false(waiting_take_due(node->ingest.waiting, 500, memory, &encoded));
    clock_s = 501;
    assert_true(waiting_take_due(node->ingest.waiting, clock_s, memory, &encoded));
    assert_int_equal(offer_checkpoint(encoded), REASON_NONE);
    assert_int_equal(kept_time(OWNER), 561);
    clock_s = 1000000;
}

static void test_a_clock_once_ahead_blocks_nobody(void **state)
{
    (void)state;
    node_take_in_owner();
    clock_s = 9000; /* this machine's, until it is set right */
    assert_int_equal(offer_checkpoint(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, 2, 9000)),
                     REASON_NONE);
    clock_s = 500;
    assert_int_equal(offer_checkpoint(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, 1, 500)),
                     REASON_STALE_CHECKPOINT);
    assert_int_equal(offer_checkpoint(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, 2, 500)),
                     REASON_NONE);
    assert_int_equal(kept_time(OWNER), 500);
    assert_int_equal(offer_checkpoint(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, 2, 499)),
                     REASON_STALE_CHECKPOINT);
    clock_s = 1000000;
}

/* Let in what waits and is due, as the daemon does. Returns: how many. */
static size_t let_in_due(void)
{
    uint8_t memory[WAITING_SIZE_MAX];
    struct bytes encoded;
    size_t count = 0;

    while (waiting_take_due(node->ingest.waiting, clock_s, memory, &encoded)) {
        assert_int_equal(offer_checkpoint(encoded), REASON_NONE);
        count++;
    }
    return count;
}

/* The owner, its delegate, and whom that one accredits. */
static void take_in_branch(void)
{
    node_take_in_owner();
    assert_int_equal(node_offer_seq(DELEGATE, 0), REASON_NONE);
    log_builder_begin(&node->builder, CLASS_GOVERN);
    say_accreditation(STRANGER, 0);
    assert_int_equal(node_write(DELEGATE), REASON_NONE);
    assert_int_equal(node_offer_seq(STRANGER, 0), REASON_NONE);
    clock_s = 500;
}

static void those_below_one_delegate_do_not_set_the_time(void **state)
{
    (void)state;
    take_in_branch();
    assert_int_equal(offer_checkpoint(sign_checkpoint(DELEGATE, &node->logs[DELEGATE].state.keys, 1, 900000)),
                     REASON_CHECKPOINT_AHEAD);
    assert_int_equal(offer_checkpoint(sign_checkpoint(STRANGER, &node->logs[STRANGER].state.keys, 0, 900000)),
                     REASON_CHECKPOINT_AHEAD);
    assert_int_equal(let_in_due(), 0);
    assert_int_equal(offer_checkpoint(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, 2, 800000)),
                     REASON_CHECKPOINT_AHEAD);
    /* The owner and whom it accredited itself are two. */
    assert_int_equal(waiting_evidence_time_s(node->ingest.waiting, clock_s), 800000);
    clock_s = 1000000;
}

/* Whoever has keys of two that are trusted sets the time; the others' next ones come in all the same. */
static void what_a_thief_dated_far_ahead_hinders_no_later_one(void **state)
{
    (void)state;
    take_in_branch();
    assert_int_equal(offer_checkpoint(sign_checkpoint(DELEGATE, &node->logs[DELEGATE].state.keys, 1, 900000)),
                     REASON_CHECKPOINT_AHEAD);
    assert_int_equal(offer_checkpoint(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, 2, 900000)),
                     REASON_CHECKPOINT_AHEAD);
    assert_int_equal(let_in_due(), 2);
    assert_int_equal(kept_time(OWNER), 900000);
    assert_int_equal(offer_checkpoint(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, 2, 900000)),
                     REASON_KNOWN);
    assert_int_equal(offer_checkpoint(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, 1, 510)),
                     REASON_STALE_CHECKPOINT);
    assert_int_equal(offer_checkpoint(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, 2, 510)),
                     REASON_NONE);
    assert_int_equal(kept_time(OWNER), 510);
    /* It doesn't come back: two that say it to each other would never come to rest. */
    assert_int_equal(offer_checkpoint(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, 2, 900000)),
                     REASON_CHECKPOINT_AHEAD);
    assert_int_equal(let_in_due(), 0);
    assert_int_equal(offer_checkpoint(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, 2, 520)),
                     REASON_NONE);
    assert_int_equal(offer_checkpoint(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, 2, 510)),
                     REASON_STALE_CHECKPOINT);
    assert_int_equal(kept_time(OWNER), 520);
    clock_s = 899940;
    assert_int_equal(let_in_due(), 1);
    assert_int_equal(kept_time(OWNER), 900000);
    clock_s = 1000000;
}

static void test_checkpoints_are_kept_when_their_block_is_held(void **state)
{
    struct bytes held, later;

    (void)state;
    node_take_in_owner();
    assert_int_equal(offer_checkpoint(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, 1, 500)),
                     REASON_NONE);
    assert_int_equal(offer_checkpoint(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, 1, 500)),
                     REASON_KNOWN);
    assert_int_equal(offer_checkpoint(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, 2, 501)),
                     REASON_NONE);
    assert_int_equal(offer_checkpoint(sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, 1, 502)),
                     REASON_STALE_CHECKPOINT);
    assert_int_equal(offer_checkpoint(sign_checkpoint(STRANGER, &node->logs[STRANGER].state.keys, 0, 502)),
                     REASON_ORPHAN);
    assert_int_equal(offer_checkpoint(bytes_of("x", 1)), REASON_WRONG_TYPE);
    say_content(OWNER, 1);
    log_builder_append(&node->builder, &node->logs[OWNER]);
    later = sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, 3, 503);
    assert_int_equal(offer_checkpoint(later), REASON_ORPHAN);
    assert_int_equal(node_offer_seq(OWNER, 3), REASON_NONE);
    assert_int_equal(offer_checkpoint(later), REASON_NONE);
    assert_int_equal(store_checkpoint(node->txn, &node->actors[OWNER].id, &held, &node->builder.arena),
                     STORE_OK);
    assert_true(bytes_equal(held, later));
}

static struct bytes prove(struct bytes a, struct bytes b)
{
    struct block blocks[2];
    struct fork_proof proof;

    assert_int_equal(block_decode(&blocks[0], &node->network, a, &node->builder.arena), REASON_NONE);
    assert_int_equal(block_decode(&blocks[1], &node->network, b, &node->builder.arena), REASON_NONE);
    assert_true(fork_proof_of(&proof, &blocks[0], &blocks[1], &node->builder.arena));
    return build_record(&fork_proof_schema, &proof, &node->builder.arena);
}

static enum reason offer_proof(struct bytes encoded)
{
    struct actor_id author;
    enum store_error error = STORE_OK;
    enum reason reason = ingest_fork_proof(&node->ingest, node->txn, encoded, 1000, &author, &error);

    assert_int_equal(error, STORE_OK);
    return reason;
}

static void test_a_fork_is_proved_without_its_blocks(void **state)
{
    struct bytes pair[2];
    struct bytes proof;

    (void)state;
    draw_pair(pair);
    proof = prove(pair[0], pair[1]);
    assert_int_equal(offer_proof(proof), REASON_ORPHAN);
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_NONE);
    assert_int_equal(offer_proof(bytes_of("x", 1)), REASON_WRONG_TYPE);
    assert_int_equal(offer_proof(proof), REASON_NONE);
    assert_int_equal(offer_proof(proof), REASON_KNOWN);
    assert_int_equal(node_offer(pair[0]), REASON_NONE);
    assert_int_equal(node_offer(pair[1]), REASON_NONE);
    assert_false(node->result.fork_found);
}

/* A proof of two that don't come, whose headers are in pair. */
static void offer_proof_of_two(struct block pair[2])
{
    struct bytes encoded[2];

    for (size_t i = 0; i < 2; i++) {
        say_content(OWNER, 1);
        encoded[i] = log_builder_forge(&node->builder, &node->logs[OWNER], NULL);
        assert_int_equal(block_decode(&pair[i], &node->network, encoded[i], &node->builder.arena),
                         REASON_NONE);
    }
    assert_int_equal(offer_proof(prove(encoded[0], encoded[1])), REASON_NONE);
}

/* A third one that is lower than one of them. */
static struct bytes draw_lower(const struct block pair[2], void (*change)(struct forgery *forgery))
{
    struct block block;
    struct bytes encoded;

    do {
        say_content(OWNER, 1);
        encoded = log_builder_forge(&node->builder, &node->logs[OWNER], change);
        assert_int_equal(block_decode(&block, &node->network, encoded, &node->builder.arena), REASON_NONE);
    } while (bytes_compare(block.header_bytes, pair[0].header_bytes) > 0 &&
             bytes_compare(block.header_bytes, pair[1].header_bytes) > 0);
    return encoded;
}

/* A header whose block never came is one more sibling of each block that comes, also of one that acceptance
 * refuses. */
static void test_a_block_is_held_against_the_headers_of_a_proof(void **state)
{
    struct block pair[2];

    (void)state;
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_NONE);
    offer_proof_of_two(pair);
    assert_int_equal(node_offer(draw_lower(pair, change_state_root)), REASON_STATE_ROOT);
    assert_true(node->result.fork_found);
    say_rotation(OWNER, 7);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    offer_proof_of_two(pair);
    assert_int_equal(node_offer(draw_lower(pair, NULL)), REASON_NONE);
    assert_int_equal(node->result.outcome, INGEST_EXTENDED);
    assert_true(node->result.fork_found);
}

/* Whichever of three the chain follows: the closed epoch's keys are below each. */
static void test_rotations_are_proved_beside_a_third(void **state)
{
    struct memory_log *log = &node->logs[OWNER];
    struct bytes rotations[3];
    bool frozen = false;

    (void)state;
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_NONE);
    for (uint64_t i = 0; i < 3; i++) {
        say_rotation(OWNER, i);
        rotations[i] = log_builder_forge(&node->builder, log, NULL);
        say_content(OWNER, 1);
        assert_int_equal(node_write(OWNER), REASON_NONE);
    }
    say_rotation(OWNER, 3);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    say_content(OWNER, 1);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    assert_int_equal(offer_proof(prove(rotations[1], rotations[2])), REASON_NONE);
    assert_int_equal(store_is_frozen(node->txn, &node->actors[OWNER].id, &frozen), STORE_OK);
    assert_true(frozen);
    /* A proof alone names no branch to end at. */
    say_content(OWNER, 1);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    assert_int_equal(node->result.outcome, INGEST_EXTENDED);
}

/* A fork lower in the epoch that two rotations close does not hide that they froze it. */
static void test_two_rotations_are_told_before_an_older_fork(void **state)
{
    struct memory_log *log = &node->logs[OWNER];
    struct bytes pair[2], rotations[2];
    bool frozen = false;

    (void)state;
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_NONE);
    draw_pair(pair);
    assert_int_equal(memory_log_accept(log, pair[0]), REASON_NONE);
    for (uint64_t i = 0; i < 2; i++) {
        say_rotation(OWNER, i);
        rotations[i] = log_builder_forge(&node->builder, log, NULL);
    }
    assert_int_equal(offer_proof(prove(pair[0], pair[1])), REASON_NONE);
    assert_int_equal(offer_proof(prove(rotations[0], rotations[1])), REASON_NONE);
    assert_int_equal(store_is_frozen(node->txn, &node->actors[OWNER].id, &frozen), STORE_OK);
    assert_true(frozen);
    assert_int_equal(offer_proof(prove(pair[0], pair[1])), REASON_KNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_NODE(test_a_chain_grows),
        WITH_NODE(test_a_block_waits_for_the_one_before),
        WITH_NODE(test_garbage_is_refused),
        WITH_NODE(test_an_unsigned_block_leaves_no_trace),
        WITH_NODE(test_a_refused_block_counts_against_its_author),
        WITH_NODE(test_a_second_inception_is_none),
        WITH_NODE(test_the_lower_branch_is_followed),
        WITH_NODE(test_the_higher_branch_is_kept_aside),
        WITH_NODE(test_a_rotation_takes_the_log_to_its_branch),
        WITH_NODE(test_two_rotations_freeze),
        WITH_NODE(test_a_rotation_that_waits_freezes_beside_another),
        WITH_NODE(test_a_forged_rotation_freezes_nobody),
        WITH_NODE(test_rotations_that_wait_are_bounded),
        WITH_NODE(test_own_blocks_extend_the_head),
        WITH_NODE(test_a_refused_own_block_is_not_kept),
        WITH_NODE(test_own_blocks_never_fork),
        WITH_NODE(test_a_frozen_actor_writes_no_more),
        WITH_NODE(test_checkpoints_are_kept_when_their_block_is_held),
        WITH_NODE(test_a_checkpoint_of_the_future_waits_and_hinders_none),
        WITH_NODE(test_a_clock_once_ahead_blocks_nobody),
        WITH_NODE(those_below_one_delegate_do_not_set_the_time),
        WITH_NODE(what_a_thief_dated_far_ahead_hinders_no_later_one),
        WITH_NODE(test_a_fork_is_proved_without_its_blocks),
        WITH_NODE(test_a_block_is_held_against_the_headers_of_a_proof),
        WITH_NODE(test_rotations_are_proved_beside_a_third),
        WITH_NODE(test_two_rotations_are_told_before_an_older_fork),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
