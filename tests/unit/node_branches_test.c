#include "node/ingest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/follow.h"
#include "node/side_push.h"
#include "protocol/log/fork.h"
#include "tests/support/node_bench.h"

/* Blocks beside an author's chain: how many are kept and until when, what is remembered of those that are
 * not, how long what was followed was, and that two nodes come to know the same. */

enum { SIBLINGS = 100, ENCODED_SIZE = 64 * 1024, DAY_S = 86400, TURNS_MAX = 100 };

struct sibling {
    struct bytes encoded;
    struct hash hash;
    uint8_t memory[ENCODED_SIZE];
};

static struct sibling siblings[SIBLINGS];
static struct memory_log fork_log; /* the owner's log up to the fork */

/* ---- writing ---- */

/* Sign the draft on top of log, and keep it apart from the builder's arena. */
static void sign_sibling(struct sibling *out, const struct memory_log *log)
{
    size_t mark = arena_mark(&node->builder.arena);
    struct bytes encoded;
    struct block block;

    assert_int_equal(log_builder_sign(&encoded, &node->builder, log), REASON_NONE);
    assert_true(encoded.size <= sizeof out->memory);
    memcpy(out->memory, encoded.data, encoded.size);
    out->encoded = bytes_of(out->memory, encoded.size);
    assert_int_equal(block_decode(&block, &node->network, out->encoded, &node->builder.arena), REASON_NONE);
    out->hash = block.hash;
    arena_rewind(&node->builder.arena, mark);
}

static int order_siblings(const void *a, const void *b)
{
    const struct sibling *left = *(const struct sibling *const *)a;
    const struct sibling *right = *(const struct sibling *const *)b;

    return hash_compare(&left->hash, &right->hash);
}

/* Siblings of the fork in order of their hashes. */
static void sort_siblings(const struct sibling *sorted[SIBLINGS], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &siblings[i];
    }
    qsort(sorted, count, sizeof sorted[0], order_siblings);
}

static void offer_at(struct bytes encoded, uint64_t now_s)
{
    ingest_block(&node->ingest, node->txn, INGEST_PEER, encoded, now_s, &node->result);
    assert_int_not_equal(node->result.outcome, INGEST_FAILED);
}

/* The owner's log has a content block and goes on with another; siblings of that are content blocks. */
static void fork_owner(size_t count)
{
    node_take_in_owner();
    say_content(NAMED, 2);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    memory_log_copy(&fork_log, &node->logs[OWNER]);
    for (size_t i = 0; i < count; i++) {
        say_content(NAMED, 1);
        sign_sibling(&siblings[i], &fork_log);
    }
}

static uint64_t fork_seq(void)
{
    return fork_log.state.seq + 1;
}

static const struct actor_id *owner(void)
{
    return &node->actors[OWNER].id;
}

static void say_revoked(uint32_t day)
{
    const struct index_range range = {0, 0};
    const struct status status = {.seq = fork_log.state.seq,
                                  .entries = {.items = &range, .count = 1},
                                  .action = STATUS_REVOKED,
                                  .effective_day = day};

    log_builder_begin(&node->builder, CLASS_STATUS);
    log_builder_add(&node->builder, ENTRY_STATUS, &status);
}

static void assert_head(const struct hash *hash)
{
    struct log_state state;

    assert_int_equal(store_log_state(node->txn, owner(), &state), STORE_OK);
    assert_memory_equal(&state.head, hash, sizeof *hash);
}

static bool is_held(const struct sibling *sibling)
{
    size_t mark = arena_mark(&node->builder.arena);
    struct bytes encoded;
    enum store_error error =
        store_block_by_hash(node->txn, owner(), fork_seq(), &sibling->hash, &encoded, &node->builder.arena);

    arena_rewind(&node->builder.arena, mark);
    return error == STORE_OK;
}

static struct epoch_sides sides_of(uint64_t epoch)
{
    struct epoch_sides sides;

    assert_int_equal(store_epoch_sides(node->txn, owner(), epoch, &sides), STORE_OK);
    return sides;
}

static uint64_t first_arrival(const struct sibling *sibling)
{
    uint64_t first_s = 0;
    enum store_error error = store_first_arrival(node->txn, owner(), fork_seq(), &sibling->hash, &first_s);

    return error == STORE_OK ? first_s : 0;
}

/* The owner's log as a question about the named actor finds it. */
static struct dossier_log log_in_dossier(void)
{
    const struct subject subject = subject_of_actor(&node->actors[NAMED].id);
    void *memory = malloc(DOSSIER_ARENA_SIZE);
    struct dossier_log out = {.known = false};
    struct dossier dossier;
    struct arena arena;

    assert_non_null(memory);
    arena_init(&arena, memory, DOSSIER_ARENA_SIZE);
    assert_int_equal(
        store_dossier(node->txn, &node->network, &node->trust, &subject, DOSSIER_REACH_ALL, &dossier, &arena),
        STORE_OK);
    for (size_t i = 0; i < dossier.log_count; i++) {
        if (actor_id_equal(&dossier.logs[i].author, owner())) {
            out = dossier.logs[i];
        }
    }
    free(memory);
    assert_true(out.known);
    return out;
}

/* ---- room ---- */

static void branches_of_an_epoch_are_bounded_and_statuses_have_a_reserve(void **state)
{
    size_t content = 0, status = 0;

    (void)state;
    fork_owner(80);
    for (size_t i = 0; i < 80; i++) {
        offer_at(siblings[i].encoded, NODE_NOW_S + i);
        content += is_held(&siblings[i]);
        assert_int_equal(first_arrival(&siblings[i]), NODE_NOW_S + i);
    }
    assert_int_equal(content, 65); /* one is no fork yet */
    assert_int_equal(node->result.reason, REASON_BRANCHES_FULL);
    assert_true(sides_of(0).cut);
    assert_true(log_in_dossier().branches_cut);
    for (size_t i = 80; i < SIBLINGS; i++) {
        say_revoked(45000 + (uint32_t)i);
        sign_sibling(&siblings[i], &fork_log);
        offer_at(siblings[i].encoded, NODE_NOW_S + i);
        status += is_held(&siblings[i]);
        assert_int_equal(first_arrival(&siblings[i]), NODE_NOW_S + i);
    }
    assert_int_equal(status, 16);
}

/* Sign the draft with a state root that does not fit, on top of the owner's log. */
static void sign_refused(struct sibling *out)
{
    const struct bytes encoded = log_builder_forge(&node->builder, &node->logs[OWNER], change_state_root);
    struct block block;

    assert_true(encoded.size <= sizeof out->memory);
    memcpy(out->memory, encoded.data, encoded.size);
    out->encoded = bytes_of(out->memory, encoded.size);
    assert_int_equal(block_decode(&block, &node->network, out->encoded, &node->builder.arena), REASON_NONE);
    out->hash = block.hash;
}

static void a_block_that_was_refused_takes_room_as_others_do(void **state)
{
    struct epoch_sides full = {.bytes = 8 * 1024 * 1024, .branches = 64};

    (void)state;
    fork_owner(1);
    say_content(NAMED, 1);
    sign_refused(&siblings[1]);
    offer_at(siblings[1].encoded, NODE_NOW_S);
    assert_int_equal(node->result.outcome, INGEST_REFUSED);
    assert_true(is_held(&siblings[1]));
    assert_int_equal(sides_of(0).bytes, siblings[1].encoded.size);
    store_end(node->txn);
    assert_int_equal(store_write_begin(&node->txn, node->store), STORE_OK);
    for (uint64_t seq = 0; seq < fork_seq(); seq++) {
        offer_at(memory_log_block(&node->logs[OWNER], seq), NODE_NOW_S);
    }
    assert_int_equal(store_set_epoch_sides(node->txn, owner(), 0, &full), STORE_OK);
    offer_at(siblings[1].encoded, NODE_NOW_S);
    assert_int_equal(node->result.outcome, INGEST_REFUSED);
    assert_false(is_held(&siblings[1]));
    assert_true(sides_of(0).cut);
    assert_int_equal(first_arrival(&siblings[1]), NODE_NOW_S);
}

static void the_reserve_has_no_more_than_its_bytes(void **state)
{
    enum { MIB = 1024 * 1024 };
    struct epoch_sides full = {.bytes = 8 * MIB, .branches = 64, .reserve_bytes = 2 * MIB};

    (void)state;
    fork_owner(1);
    offer_at(siblings[0].encoded, NODE_NOW_S);
    say_revoked(45000);
    sign_sibling(&siblings[1], &fork_log);
    assert_int_equal(store_set_epoch_sides(node->txn, owner(), 0, &full), STORE_OK);
    offer_at(siblings[1].encoded, NODE_NOW_S);
    assert_int_equal(node->result.reason, REASON_BRANCHES_FULL);
    assert_false(is_held(&siblings[1]));
    full.reserve_bytes -= siblings[1].encoded.size;
    assert_int_equal(store_set_epoch_sides(node->txn, owner(), 0, &full), STORE_OK);
    offer_at(siblings[1].encoded, NODE_NOW_S);
    assert_true(is_held(&siblings[1]));
}

static void a_block_that_extends_the_chain_takes_no_room(void **state)
{
    (void)state;
    fork_owner(1);
    say_content(NAMED, 1);
    sign_refused(&siblings[1]);
    offer_at(siblings[1].encoded, NODE_NOW_S);
    offer_at(siblings[0].encoded, NODE_NOW_S);
    assert_int_equal(node->result.outcome, INGEST_EXTENDED);
    assert_head(&siblings[0].hash);
    assert_int_equal(sides_of(0).bytes, siblings[1].encoded.size);
    assert_int_equal(sides_of(0).branches, 0);
}

/* Rotations on top of the owner's log, by their hashes. */
static void sign_rotations(const struct sibling **sorted, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        node->logs[STRANGER].state = fork_log.state;
        say_rotation(STRANGER, 20 + i);
        sign_sibling(&siblings[i], &fork_log);
    }
    sort_siblings(sorted, count);
}

static size_t count_rotations(void)
{
    struct known_rotation rotation;
    struct hash last;
    size_t count = 0;
    enum store_error error = store_next_rotation(node->txn, owner(), 1, NULL, &rotation);

    for (; error == STORE_OK; count++) {
        last = rotation.hash;
        error = store_next_rotation(node->txn, owner(), 1, &last, &rotation);
    }
    return count;
}

static void of_many_rotations_the_lowest_stay_known(void **state)
{
    enum { ROTATIONS = 12 };
    const struct sibling *sorted[SIBLINGS];

    (void)state;
    fork_owner(1);
    sign_rotations(sorted, ROTATIONS);
    for (size_t i = 0; i < ROTATIONS; i++) {
        offer_at(sorted[i]->encoded, NODE_NOW_S);
        assert_int_equal(is_held(sorted[i]), i < STORE_ROTATIONS_MAX);
    }
    assert_int_equal(node->result.reason, REASON_BRANCHES_FULL);
    assert_int_equal(count_rotations(), STORE_ROTATIONS_MAX);
    store_end(node->txn);
    assert_int_equal(store_write_begin(&node->txn, node->store), STORE_OK);
    for (uint64_t seq = 0; seq < fork_seq(); seq++) {
        offer_at(memory_log_block(&node->logs[OWNER], seq), NODE_NOW_S);
    }
    for (size_t i = ROTATIONS; i-- > 0;) {
        offer_at(sorted[i]->encoded, NODE_NOW_S);
        assert_true(is_held(sorted[i]));
        assert_true(count_rotations() <= STORE_ROTATIONS_MAX + 1);
    }
    assert_head(&sorted[0]->hash);
    assert_int_equal(count_rotations(), STORE_ROTATIONS_MAX);
}

static void a_closed_epoch_takes_no_more_until_a_second_rotation(void **state)
{
    struct sibling *second = &siblings[8];

    (void)state;
    fork_owner(6);
    say_rotation(OWNER, 7);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    offer_at(siblings[0].encoded, NODE_NOW_S + 5);
    assert_int_equal(node->result.reason, REASON_EPOCH_CLOSED);
    assert_false(node->result.fork_found);
    assert_false(is_held(&siblings[0]));
    assert_false(sides_of(0).cut);
    assert_int_equal(first_arrival(&siblings[0]), NODE_NOW_S + 5);
    node->logs[STRANGER].state = fork_log.state;
    say_rotation(STRANGER, 8);
    sign_sibling(second, &fork_log);
    offer_at(second->encoded, NODE_NOW_S + 6);
    assert_true(node->result.fork_found);
    offer_at(siblings[0].encoded, NODE_NOW_S + 7);
    assert_true(is_held(&siblings[0]));
    assert_int_equal(first_arrival(&siblings[0]), NODE_NOW_S + 5);
}

/* ---- every path by which a block comes, stays and goes ---- */

static void assert_followed(const struct sibling *sibling, uint64_t from_s, uint64_t until_s)
{
    uint64_t from = 0, until = 0;
    enum store_error error = store_followed(node->txn, owner(), fork_seq(), &sibling->hash, &from, &until);

    assert_int_equal(error, from_s > 0 ? STORE_OK : STORE_NOT_FOUND);
    if (from_s > 0) {
        assert_int_equal(from, from_s);
        assert_int_equal(until, until_s);
    }
}

static void every_path_tells_arrival_and_how_long_a_block_was_followed(void **state)
{
    const struct sibling *sorted[SIBLINGS];

    (void)state;
    fork_owner(4);
    sort_siblings(sorted, 4);
    /* From a peer, at the head. */
    offer_at(sorted[1]->encoded, NODE_NOW_S);
    assert_followed(sorted[1], NODE_NOW_S, 0);
    /* From a peer, beside the chain: it is never followed. */
    offer_at(sorted[2]->encoded, NODE_NOW_S + 10);
    assert_int_equal(node->result.outcome, INGEST_ASIDE);
    assert_int_equal(first_arrival(sorted[2]), NODE_NOW_S + 10);
    assert_followed(sorted[2], 0, 0);
    /* A switch ends what was followed, and begins what is. */
    offer_at(sorted[0]->encoded, NODE_NOW_S + DAY_S);
    assert_int_equal(node->result.outcome, INGEST_SWITCHED);
    assert_followed(sorted[1], NODE_NOW_S, NODE_NOW_S + DAY_S);
    assert_followed(sorted[0], NODE_NOW_S + DAY_S, 0);
    assert_int_equal(first_arrival(sorted[1]), NODE_NOW_S);
    /* Going back to where it was: the longest time counts, whatever came after. */
    assert_int_equal(
        store_unwind_to(node->txn, &node->network, owner(), fork_log.state.seq, NODE_NOW_S + DAY_S + 5),
        STORE_OK);
    assert_followed(sorted[0], NODE_NOW_S + DAY_S, NODE_NOW_S + DAY_S + 5);
    assert_int_equal(follow_note(node->txn, owner(), SWITCH_NONE), STORE_OK);
    assert_int_equal(follow_go_on(&node->ingest, node->txn, owner(), NODE_NOW_S + 2 * DAY_S), STORE_OK);
    assert_followed(sorted[0], NODE_NOW_S + 2 * DAY_S, 0);
    assert_int_equal(first_arrival(sorted[0]), NODE_NOW_S + DAY_S);
    assert_int_equal(
        store_unwind_to(node->txn, &node->network, owner(), fork_log.state.seq, NODE_NOW_S + 2 * DAY_S + 1),
        STORE_OK);
    assert_followed(sorted[0], NODE_NOW_S + DAY_S, NODE_NOW_S + DAY_S + 5);
}

static void ones_own_block_is_followed_from_when_it_was_signed(void **state)
{
    (void)state;
    fork_owner(1);
    ingest_block(&node->ingest, node->txn, INGEST_LOCAL, siblings[0].encoded, NODE_NOW_S + 3, &node->result);
    assert_int_equal(node->result.outcome, INGEST_EXTENDED);
    assert_followed(&siblings[0], NODE_NOW_S + 3, 0);
    assert_int_equal(first_arrival(&siblings[0]), NODE_NOW_S + 3);
}

/* ---- proofs ---- */

static void offer_proof(const struct sibling *one, const struct sibling *other)
{
    uint8_t memory[16 * 1024];
    struct block a, b;
    struct fork_proof proof;
    struct bytes encoded;
    struct actor_id author;
    enum reason reason;
    enum store_error error;

    assert_int_equal(block_decode(&a, &node->network, one->encoded, &node->builder.arena), REASON_NONE);
    assert_int_equal(block_decode(&b, &node->network, other->encoded, &node->builder.arena), REASON_NONE);
    assert_true(fork_proof_of(&proof, &a, &b, &node->builder.arena));
    assert_true(schema_encode(&fork_proof_schema, &proof, memory, sizeof memory, &encoded));
    /* Kept, or as low as one that is. */
    reason = ingest_fork_proof(&node->ingest, node->txn, encoded, NODE_NOW_S + 9, &author, &error);
    assert_true(reason == REASON_NONE || reason == REASON_KNOWN);
    assert_int_equal(error, STORE_OK);
}

static void the_headers_of_a_proof_arrive_without_their_blocks(void **state)
{
    (void)state;
    fork_owner(2);
    offer_proof(&siblings[0], &siblings[1]);
    for (size_t i = 0; i < 2; i++) {
        assert_false(is_held(&siblings[i]));
        assert_int_equal(first_arrival(&siblings[i]), NODE_NOW_S + 9);
        offer_at(siblings[i].encoded, NODE_NOW_S + 20);
        assert_int_equal(first_arrival(&siblings[i]), NODE_NOW_S + 9);
    }
}

static void a_proof_of_a_status_that_is_not_held_leaves_the_log_incomplete(void **state)
{
    (void)state;
    fork_owner(2);
    say_revoked(45000);
    sign_sibling(&siblings[2], &fork_log);
    offer_at(siblings[0].encoded, NODE_NOW_S);
    offer_proof(&siblings[0], &siblings[1]);
    assert_false(log_in_dossier().body_missing); /* content against nobody */
    offer_proof(&siblings[0], &siblings[2]);
    assert_true(log_in_dossier().body_missing);
    offer_proof(&siblings[0], &siblings[2]);
    offer_at(siblings[2].encoded, NODE_NOW_S);
    assert_false(log_in_dossier().body_missing);
}

static void the_newest_proof_is_kept_beside_the_lowest(void **state)
{
    struct fork_proof proof;
    struct fork_point lowest, newest;
    struct bytes encoded;
    const struct sibling *sorted[SIBLINGS];
    struct arena *arena = &node->builder.arena;

    (void)state;
    fork_owner(3);
    sort_siblings(sorted, 3);
    offer_at(sorted[0]->encoded, NODE_NOW_S);
    offer_at(sorted[1]->encoded, NODE_NOW_S);
    assert_true(node->result.fork_found);
    assert_int_equal(memory_log_accept(&fork_log, sorted[0]->encoded), REASON_NONE);
    for (size_t i = 0; i < 2; i++) {
        say_content(NAMED, 1);
        sign_sibling(&siblings[10 + i], &fork_log);
        offer_at(siblings[10 + i].encoded, NODE_NOW_S);
    }
    assert_false(node->result.fork_found); /* others heard of the lowest already */
    assert_int_equal(store_fork_proof(node->txn, owner(), 0, FORK_PROOF_LOWEST, &encoded, arena), STORE_OK);
    assert_int_equal(schema_decode(&fork_proof_schema, &proof, encoded, arena), REASON_NONE);
    assert_int_equal(fork_proof_point(&lowest, &proof, arena), REASON_NONE);
    assert_int_equal(store_fork_proof(node->txn, owner(), 0, FORK_PROOF_NEWEST, &encoded, arena), STORE_OK);
    assert_int_equal(schema_decode(&fork_proof_schema, &proof, encoded, arena), REASON_NONE);
    assert_int_equal(fork_proof_point(&newest, &proof, arena), REASON_NONE);
    assert_int_equal(newest.seq, lowest.seq + 1);
}

/* ---- the budget ---- */

static bool is_on_its_way(void)
{
    struct branch_switch way;

    assert_int_equal(store_switch(node->txn, owner(), &way), STORE_OK);
    return way.active;
}

static void beyond_its_budget_a_branch_is_only_noted(void **state)
{
    const struct sibling *sorted[SIBLINGS];
    struct branch_switch way = {.unwind_to = SWITCH_NONE};

    (void)state;
    fork_owner(3);
    sort_siblings(sorted, 3);
    offer_at(sorted[2]->encoded, NODE_NOW_S);
    way.paid_ms = (NODE_NOW_S + 1) * UINT64_C(1000) + FOLLOW_BUDGET_MS;
    assert_int_equal(store_set_switch(node->txn, owner(), &way), STORE_OK);
    offer_at(sorted[0]->encoded, NODE_NOW_S);
    assert_int_equal(node->result.outcome, INGEST_ASIDE);
    assert_true(is_on_its_way());
    assert_true(log_in_dossier().switching);
    assert_head(&sorted[2]->hash);
    assert_int_equal(node_offer_from(INGEST_LOCAL, sorted[1]->encoded), REASON_SWITCHING);
    assert_int_equal(store_switch(node->txn, owner(), &way), STORE_OK);
    assert_int_equal(follow_due_s(&way, NODE_NOW_S), NODE_NOW_S + 2);
    assert_int_equal(follow_go_on(&node->ingest, node->txn, owner(), NODE_NOW_S + 2), STORE_OK);
    assert_false(is_on_its_way());
    assert_false(log_in_dossier().switching);
    assert_head(&sorted[0]->hash);
}

static void a_switch_without_time_leaves_a_valid_chain_and_goes_on(void **state)
{
    const struct sibling *sorted[SIBLINGS];

    (void)state;
    fork_owner(2);
    sort_siblings(sorted, 2);
    offer_at(sorted[1]->encoded, NODE_NOW_S);
    node->ingest.turn_ms = INGEST_TURN_MS;
    node->ingest.turn_left_ms = 0;
    offer_at(sorted[0]->encoded, NODE_NOW_S);
    assert_int_equal(node->result.outcome, INGEST_ASIDE);
    assert_true(node->ingest.on_the_way);
    assert_true(is_on_its_way());
    /* A turn is real time: a machine that is busy needs several. */
    for (size_t turns = 0; turns < TURNS_MAX && is_on_its_way(); turns++) {
        ingest_begin_turn(&node->ingest);
        assert_int_equal(follow_go_on(&node->ingest, node->txn, owner(), NODE_NOW_S), STORE_OK);
    }
    assert_head(&sorted[0]->hash);
    assert_false(is_on_its_way());
}

/* ---- two nodes ---- */

/* The side blocks that this node tells others of, in order. */
static size_t chosen(struct hash *hashes, size_t max)
{
    struct locator_point *points = NULL;
    size_t count = 0, mark = arena_mark(&node->builder.arena);

    assert_int_equal(side_push_choose(node->txn, owner(), &points, &count, &node->builder.arena), STORE_OK);
    assert_true(count <= max);
    for (size_t i = 0; i < count; i++) {
        hashes[i] = points[i].hash;
    }
    arena_rewind(&node->builder.arena, mark);
    return count;
}

static bool is_chosen(const struct hash *hashes, size_t count, const struct hash *hash)
{
    for (size_t i = 0; i < count; i++) {
        if (hash_equal(&hashes[i], hash)) {
            return true;
        }
    }
    return false;
}

static void others_hear_of_the_four_lowest_branches_and_of_what_speaks_against(void **state)
{
    const struct sibling *sorted[SIBLINGS];
    struct sibling *status = &siblings[20];
    struct hash hashes[SIBLINGS];
    size_t count = 0;

    (void)state;
    fork_owner(9);
    sort_siblings(sorted, 9);
    for (size_t i = 0; i < 9; i++) {
        offer_at(sorted[i]->encoded, NODE_NOW_S);
    }
    count = chosen(hashes, SIBLINGS);
    assert_int_equal(count, 4);
    for (size_t i = 1; i < 5; i++) {
        assert_true(is_chosen(hashes, count, &sorted[i]->hash));
    }
    assert_int_equal(memory_log_accept(&fork_log, sorted[8]->encoded), REASON_NONE);
    fork_log.state.seq--; /* so that it speaks of the block below the fork */
    say_revoked(45000);
    fork_log.state.seq++;
    sign_sibling(status, &fork_log);
    offer_at(status->encoded, NODE_NOW_S);
    assert_int_equal(node->result.outcome, INGEST_ASIDE);
    assert_true(node->result.speaks);
    count = chosen(hashes, SIBLINGS);
    assert_int_equal(count, 6);
    assert_memory_equal(&hashes[0], &sorted[8]->hash, sizeof status->hash);
    assert_memory_equal(&hashes[1], &status->hash, sizeof status->hash);
}

/* A thief signs cheap blocks by the thousand below what somebody else said. */
static void what_speaks_against_is_told_however_much_stands_below(void **state)
{
    enum { CHEAP = 1100, SIDES = 6 };
    static struct hash hashes[CHEAP + SIDES + 1];
    const struct sibling *sorted[SIBLINGS];
    struct sibling *next = &siblings[20];
    size_t count = 0;

    (void)state;
    fork_owner(SIDES + 1);
    sort_siblings(sorted, SIDES + 1);
    for (size_t i = 0; i <= SIDES; i++) {
        offer_at(sorted[i]->encoded, NODE_NOW_S);
    }
    assert_int_equal(memory_log_accept(&fork_log, sorted[SIDES]->encoded), REASON_NONE);
    for (size_t i = 0; i <= CHEAP; i++) {
        if (i < CHEAP) {
            say_content(NAMED, 1);
        } else {
            say_revoked(45000);
        }
        sign_sibling(next, &fork_log);
        offer_at(next->encoded, NODE_NOW_S);
        assert_int_equal(node->result.outcome, INGEST_ASIDE);
        assert_int_equal(memory_log_accept(&fork_log, next->encoded), REASON_NONE);
    }
    count = chosen(hashes, sizeof hashes / sizeof hashes[0]);
    assert_int_equal(count, 1 + CHEAP + 1 + SIDE_PUSH_BRANCHES);
    assert_memory_equal(&hashes[0], &sorted[SIDES]->hash, sizeof hashes[0]);
    assert_memory_equal(&hashes[CHEAP + 1], &next->hash, sizeof hashes[0]);
    for (size_t i = 1; i <= SIDE_PUSH_BRANCHES; i++) {
        assert_true(is_chosen(hashes, count, &sorted[i]->hash));
    }
}

static void what_two_rotations_opened_again_is_told_with_what_it_stands_on(void **state)
{
    static struct hash hashes[SIBLINGS];
    const struct sibling *rotations[SIBLINGS];
    struct sibling *dropped = &siblings[30];
    size_t count = 0;

    (void)state;
    fork_owner(1);
    sign_rotations(rotations, 2);
    for (size_t i = 0; i < 2; i++) {
        say_content(NAMED, 1);
        sign_sibling(&dropped[i], &fork_log);
        offer_at(dropped[i].encoded, NODE_NOW_S);
        assert_int_equal(memory_log_accept(&fork_log, dropped[i].encoded), REASON_NONE);
    }
    offer_at(rotations[1]->encoded, NODE_NOW_S);
    assert_head(&rotations[1]->hash);
    assert_int_equal(chosen(hashes, SIBLINGS), 0); /* a rotation has closed it */
    offer_at(rotations[0]->encoded, NODE_NOW_S);
    assert_head(&rotations[0]->hash);
    count = chosen(hashes, SIBLINGS);
    assert_int_equal(count, 3);
    assert_true(is_chosen(hashes, count, &rotations[1]->hash));
    assert_true(is_chosen(hashes, count, &dropped[0].hash));
    assert_memory_equal(&hashes[2], &dropped[1].hash, sizeof hashes[2]);
}

static void branches_that_a_rotation_closed_take_no_place_of_open_ones(void **state)
{
    enum { CLOSED = 8, OPEN = 1 + SIDE_PUSH_BRANCHES };
    static struct hash hashes[SIBLINGS];
    struct sibling *open = &siblings[CLOSED];
    size_t count = 0, found = 0;

    (void)state;
    fork_owner(CLOSED);
    for (size_t i = 0; i < CLOSED; i++) {
        offer_at(siblings[i].encoded, NODE_NOW_S);
    }
    say_rotation(OWNER, 7);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    memory_log_copy(&fork_log, &node->logs[OWNER]);
    for (size_t i = 0; i < OPEN; i++) {
        say_content(NAMED, 1);
        sign_sibling(&open[i], &fork_log);
        offer_at(open[i].encoded, NODE_NOW_S);
    }
    count = chosen(hashes, SIBLINGS);
    assert_int_equal(count, SIDE_PUSH_BRANCHES);
    for (size_t i = 0; i < OPEN; i++) {
        found += is_chosen(hashes, count, &open[i].hash);
    }
    assert_int_equal(found, SIDE_PUSH_BRANCHES);
}

/* Blocks as they go from one node to the other. */
enum { TOLD_MAX = 16 };

struct told {
    size_t count;
    struct bytes blocks[TOLD_MAX];
};

static void add_told(struct told *told, struct hash *hash, uint64_t seq)
{
    struct bytes encoded;

    assert_true(told->count < TOLD_MAX);
    assert_int_equal(store_block_by_hash(node->txn, owner(), seq, hash, &encoded, &node->builder.arena),
                     STORE_OK);
    told->blocks[told->count++] = encoded;
}

/* What a node tells: its chain above the fork, and its choice of what stands beside it. */
static void tell(struct told *out)
{
    struct locator_point *points = NULL;
    struct log_state state;
    size_t count = 0;

    out->count = 0;
    assert_int_equal(store_log_state(node->txn, owner(), &state), STORE_OK);
    for (uint64_t seq = fork_seq(); seq <= state.seq; seq++) {
        struct block_record record;
        uint64_t arrived_s = 0;

        assert_int_equal(store_block_record(node->txn, owner(), seq, &record, &arrived_s), STORE_OK);
        add_told(out, &record.hash, seq);
    }
    assert_int_equal(side_push_choose(node->txn, owner(), &points, &count, &node->builder.arena), STORE_OK);
    for (size_t i = 0; i < count; i++) {
        add_told(out, &points[i].hash, points[i].seq);
    }
}

/* A node that holds nothing but the owner's log up to the fork. */
static void begin_node(void)
{
    store_end(node->txn);
    assert_int_equal(store_write_begin(&node->txn, node->store), STORE_OK);
    for (uint64_t seq = 0; seq < fork_seq(); seq++) {
        offer_at(memory_log_block(&node->logs[OWNER], seq), NODE_NOW_S);
    }
}

static void hear(const struct told *told)
{
    for (size_t i = 0; i < told->count; i++) {
        offer_at(told->blocks[i], NODE_NOW_S + 100);
    }
}

static void two_nodes_that_follow_different_branches_come_to_know_the_same(void **state)
{
    static struct memory_log branch;
    static struct told first, second, both[2];
    const struct sibling *sorted[SIBLINGS];
    struct sibling *status = &siblings[20];

    (void)state;
    fork_owner(6);
    sort_siblings(sorted, 6);
    memory_log_copy(&branch, &fork_log);
    assert_int_equal(memory_log_accept(&branch, sorted[4]->encoded), REASON_NONE);
    say_revoked(45000);
    sign_sibling(status, &branch);
    memory_log_deinit(&branch);
    for (size_t round = 0; round < 2; round++) {
        begin_node();
        for (size_t i = round == 0 ? 0 : 1; i < 6; i += 2) {
            offer_at(sorted[i]->encoded, NODE_NOW_S);
        }
        if (round == 0) {
            offer_at(status->encoded, NODE_NOW_S);
        }
        tell(round == 0 ? &first : &second);
    }
    hear(&first); /* at the second node */
    tell(&both[1]);
    begin_node();
    for (size_t i = 0; i < 6; i += 2) {
        offer_at(sorted[i]->encoded, NODE_NOW_S);
    }
    offer_at(status->encoded, NODE_NOW_S);
    hear(&second);
    tell(&both[0]);
    assert_head(&sorted[0]->hash);
    assert_int_equal(both[0].count, both[1].count);
    assert_true(both[0].count >= 6);
    for (size_t i = 0; i < both[0].count; i++) {
        assert_true(bytes_equal(both[0].blocks[i], both[1].blocks[i]));
    }
}

static int drop_all(void **state)
{
    memory_log_deinit(&fork_log);
    fork_log = (struct memory_log){0};
    return node_drop(state);
}

#define WITH_FORK(test) cmocka_unit_test_setup_teardown(test, node_make, drop_all)

/* Two siblings on top of who's log, of so many entries each: the one of the higher hash is taken in, the
 * budget is used up until NODE_NOW_S + 1, and the other one comes. */
static struct hash put_on_its_way(enum who who, size_t entries, struct sibling *two)
{
    const struct branch_switch way = {.unwind_to = SWITCH_NONE,
                                      .paid_ms = (NODE_NOW_S + 1) * UINT64_C(1000) + FOLLOW_BUDGET_MS};
    bool first_is_lower;

    for (size_t i = 0; i < 2; i++) {
        say_content(NAMED, entries);
        sign_sibling(&two[i], &node->logs[who]);
    }
    first_is_lower = hash_compare(&two[0].hash, &two[1].hash) < 0;
    offer_at(two[first_is_lower].encoded, NODE_NOW_S);
    assert_int_equal(node->result.outcome, INGEST_EXTENDED);
    assert_int_equal(store_set_switch(node->txn, &node->actors[who].id, &way), STORE_OK);
    offer_at(two[!first_is_lower].encoded, NODE_NOW_S);
    assert_int_equal(node->result.outcome, INGEST_ASIDE);
    return two[!first_is_lower].hash;
}

static void one_that_cannot_be_gone_on_with_stops_no_other(void **state)
{
    const size_t whole = node->ingest.arena.capacity;
    struct ingest_progress progress = {0};
    struct hash heads[2];

    (void)state;
    node_take_in_owner();
    assert_int_equal(node_offer_seq(DELEGATE, 0), REASON_NONE);
    heads[0] = put_on_its_way(OWNER, 300, &siblings[0]);
    heads[1] = put_on_its_way(DELEGATE, 1, &siblings[2]);
    assert_int_equal(store_commit(node->txn), STORE_OK);
    node->ingest.arena.capacity = 0;
    while (progress.count == 0) {
        node->ingest.arena.capacity += 4096;
        assert_int_equal(ingest_go_on(&node->ingest, NODE_NOW_S + 2, &progress), STORE_OK);
        assert_int_equal(progress.failed, STORE_NO_MEMORY);
    }
    assert_true(actor_id_equal(&progress.failed_author, owner()));
    assert_true(hash_equal(&progress.heads[0].hash, &heads[1]));
    node->ingest.arena.capacity = whole;
    assert_int_equal(ingest_go_on(&node->ingest, NODE_NOW_S + 2, &progress), STORE_OK);
    assert_int_equal(progress.failed, STORE_OK);
    assert_true(hash_equal(&progress.heads[0].hash, &heads[0]));
    assert_int_equal(progress.resume_s, UINT64_MAX);
    assert_int_equal(store_write_begin(&node->txn, node->store), STORE_OK);
}

/* Offer a sibling with so much memory for looking at it, in a transaction of its own. Returns: how it went.
 */
static struct ingest_result offer_with(const struct sibling *sibling, size_t capacity)
{
    const size_t whole = node->ingest.arena.capacity;

    assert_int_equal(store_write_begin(&node->txn, node->store), STORE_OK);
    node->ingest.arena.capacity = capacity;
    ingest_block(&node->ingest, node->txn, INGEST_PEER, sibling->encoded, NODE_NOW_S, &node->result);
    node->ingest.arena.capacity = whole;
    return node->result;
}

static void what_does_not_fit_is_no_fault_of_a_block(void **state)
{
    const struct sibling *sorted[SIBLINGS];
    size_t in_vain = 0, taken_in = 0;

    (void)state;
    fork_owner(2);
    sort_siblings(sorted, 2);
    assert_int_equal(node_offer(sorted[1]->encoded), REASON_NONE);
    assert_int_equal(store_commit(node->txn), STORE_OK);
    for (size_t capacity = 0; taken_in < 20; capacity += capacity < 32768 ? 512 : 65536) {
        const struct ingest_result result = offer_with(sorted[0], capacity);

        if (result.outcome == INGEST_FAILED) {
            assert_int_equal(result.error, STORE_NO_MEMORY);
            in_vain++;
        } else {
            assert_int_not_equal(result.outcome, INGEST_REFUSED);
            assert_int_equal(follow_go_on(&node->ingest, node->txn, owner(), NODE_NOW_S), STORE_OK);
            assert_head(&sorted[0]->hash);
            taken_in++;
        }
        store_end(node->txn);
    }
    assert_true(in_vain > 20);
    assert_int_equal(store_write_begin(&node->txn, node->store), STORE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FORK(branches_of_an_epoch_are_bounded_and_statuses_have_a_reserve),
        WITH_FORK(a_block_that_was_refused_takes_room_as_others_do),
        WITH_FORK(the_reserve_has_no_more_than_its_bytes),
        WITH_FORK(a_block_that_extends_the_chain_takes_no_room),
        WITH_FORK(a_closed_epoch_takes_no_more_until_a_second_rotation),
        WITH_FORK(of_many_rotations_the_lowest_stay_known),
        WITH_FORK(every_path_tells_arrival_and_how_long_a_block_was_followed),
        WITH_FORK(ones_own_block_is_followed_from_when_it_was_signed),
        WITH_FORK(the_headers_of_a_proof_arrive_without_their_blocks),
        WITH_FORK(a_proof_of_a_status_that_is_not_held_leaves_the_log_incomplete),
        WITH_FORK(the_newest_proof_is_kept_beside_the_lowest),
        WITH_FORK(beyond_its_budget_a_branch_is_only_noted),
        WITH_FORK(a_switch_without_time_leaves_a_valid_chain_and_goes_on),
        WITH_FORK(one_that_cannot_be_gone_on_with_stops_no_other),
        WITH_FORK(what_does_not_fit_is_no_fault_of_a_block),
        WITH_FORK(two_nodes_that_follow_different_branches_come_to_know_the_same),
        WITH_FORK(others_hear_of_the_four_lowest_branches_and_of_what_speaks_against),
        WITH_FORK(what_speaks_against_is_told_however_much_stands_below),
        WITH_FORK(what_two_rotations_opened_again_is_told_with_what_it_stands_on),
        WITH_FORK(branches_that_a_rotation_closed_take_no_place_of_open_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
