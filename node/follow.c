#include "node/follow.h"

#include <string.h>

#include "node/clock.h"
#include "node/ingest_branch.h"

/* An author on its way. */
struct following {
    struct ingest *ingest;
    struct store_txn *txn;
    struct actor_id author;
    struct branch_switch way;
    struct log_state state;
    uint64_t now_s;
    uint64_t stop_ms; /* monotonic; UINT64_MAX: never */
    bool paid;        /* this un-applying was begun, and paid for, already */
    bool over_budget;
};

/* What a side block is marked by that leads to a rotation. Zero marks none. */
static uint64_t mark_of(const struct hash *rotation)
{
    uint64_t mark = 0;

    memcpy(&mark, rotation->bytes, sizeof mark);
    return mark | 1;
}

/* ---- noting ---- */

enum store_error follow_note(struct store_txn *txn, const struct actor_id *author, uint64_t unwind_to)
{
    struct branch_switch way;
    enum store_error error = store_switch(txn, author, &way);

    if (error != STORE_OK) {
        return error;
    }
    if (!way.active) {
        way = (struct branch_switch){.active = 1, .paid_ms = way.paid_ms, .unwind_to = SWITCH_NONE};
    }
    if (unwind_to < way.unwind_to) {
        way.unwind_to = (uint32_t)unwind_to;
        way.rotation = way.mark = (struct hash){0};
    }
    return store_set_switch(txn, author, &way);
}

enum store_error follow_choose_rotation_anew(struct store_txn *txn, const struct actor_id *author)
{
    struct branch_switch way;
    enum store_error error = store_switch(txn, author, &way);

    if (error != STORE_OK || !way.active) {
        return error;
    }
    way.rotation = way.mark = (struct hash){0};
    return store_set_switch(txn, author, &way);
}

enum store_error follow_count_rotations(struct store_txn *txn, const struct actor_id *author, uint64_t epoch,
                                        size_t *count)
{
    struct known_rotation rotation;
    enum store_error error = store_next_rotation(txn, author, epoch, NULL, &rotation);

    for (*count = 0; error == STORE_OK && *count < 2;) {
        const struct hash last = rotation.hash;

        *count += rotation.held;
        error = store_next_rotation(txn, author, epoch, &last, &rotation);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

uint64_t follow_due_s(const struct branch_switch *way, uint64_t now_s)
{
    uint64_t now_ms = now_s * 1000;

    if (way->begun || way->paid_ms <= now_ms + FOLLOW_BUDGET_MS) {
        return now_s;
    }
    return (way->paid_ms - FOLLOW_BUDGET_MS) / 1000 + 1;
}

/* ---- the way to a rotation ---- */

/* The lowest rotation out of the chain's epoch that may be reached: the chain goes towards it. */
static enum store_error choose_rotation(struct following *following)
{
    struct branch_switch *way = &following->way;
    uint64_t epoch = following->state.epoch;
    struct known_rotation rotation;
    enum store_error error =
        store_next_rotation(following->txn, &following->author, epoch + 1, NULL, &rotation);

    while (error == STORE_OK && (!rotation.held || rotation.unreachable)) {
        const struct hash last = rotation.hash;

        error = store_next_rotation(following->txn, &following->author, epoch + 1, &last, &rotation);
    }
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    way->rotation = way->mark = rotation.hash;
    way->mark_seq = (uint32_t)rotation.seq;
    way->epoch = (uint32_t)epoch;
    return STORE_OK;
}

static enum store_error give_up_rotation(struct following *following)
{
    struct branch_switch *way = &following->way;
    struct known_rotation rotation = {.hash = way->rotation};
    enum store_error error = STORE_NOT_FOUND;

    do {
        const struct hash last = rotation.hash;

        error = store_next_rotation(following->txn, &following->author, way->epoch + UINT64_C(1),
                                    error == STORE_NOT_FOUND ? NULL : &last, &rotation);
    } while (error == STORE_OK && !hash_equal(&rotation.hash, &way->rotation));
    if (error == STORE_OK) {
        rotation.unreachable = true;
        error = store_put_rotation(following->txn, &following->author, way->epoch + UINT64_C(1), &rotation,
                                   following->now_s);
    }
    way->rotation = way->mark = (struct hash){0};
    return error;
}

/* Mark one block more on the way down from the rotation to the chain. */
static enum store_error mark_one(struct following *following)
{
    struct branch_switch *way = &following->way;
    struct store_txn *txn = following->txn;
    struct side_block side;
    struct block_record record;
    uint64_t arrived_s = 0;
    enum store_error error = store_block_record(txn, &following->author, way->mark_seq, &record, &arrived_s);

    if (error == STORE_OK && hash_equal(&record.hash, &way->mark)) {
        way->mark = (struct hash){0};
        way->base_seq = way->mark_seq;
        if (way->base_seq < following->state.seq) {
            way->unwind_to = way->base_seq;
        }
        return STORE_OK;
    }
    if (error == STORE_OK || error == STORE_NOT_FOUND) {
        error = store_side_block(txn, following->ingest->network, &following->author, way->mark_seq,
                                 &way->mark, &side);
    }
    if (error != STORE_OK) {
        return error;
    }
    /* Another rotation opened the epoch that this one closes, or acceptance refuses what lies between. */
    if (side.refused || (side.rotation && !hash_equal(&side.hash, &way->rotation))) {
        return give_up_rotation(following);
    }
    error = store_mark_way(txn, &following->author, &side, mark_of(&way->rotation));
    way->mark = side.previous;
    way->mark_seq--;
    return error;
}

/* ---- one step back ---- */

/* Whether the budget lets the chain be un-applied; what follows is paid for afterwards. */
static bool may_unwind(struct following *following)
{
    struct branch_switch *way = &following->way;
    uint64_t now_ms = following->now_s * 1000;

    if (following->paid) {
        return true;
    }
    /* A clock that was set back must not stop the author for longer than the budget is. */
    if (way->paid_ms > now_ms + 2 * (uint64_t)FOLLOW_BUDGET_MS) {
        way->paid_ms = now_ms + 2 * (uint64_t)FOLLOW_BUDGET_MS;
    }
    if (way->paid_ms > now_ms + FOLLOW_BUDGET_MS) {
        following->over_budget = true;
        return false;
    }
    if (way->paid_ms < now_ms) {
        way->paid_ms = now_ms;
    }
    way->paid_ms += FOLLOW_SWITCH_COST_MS;
    following->paid = true;
    return true;
}

static enum store_error step_back(struct following *following)
{
    struct branch_switch *way = &following->way;
    enum store_error error = STORE_OK;

    if (following->state.seq <= way->unwind_to) {
        way->unwind_to = SWITCH_NONE;
        return STORE_OK;
    }
    if (!may_unwind(following)) {
        return STORE_OK;
    }
    way->paid_ms += FOLLOW_BLOCK_COST_MS;
    error = store_unwind_to(following->txn, following->ingest->network, &following->author,
                            following->state.seq - 1, following->now_s);
    return error == STORE_OK ? store_log_state(following->txn, &following->author, &following->state) : error;
}

/* ---- one step on ---- */

/* The block that follows the head. STORE_NOT_FOUND: the chain ends here. */
static enum store_error choose_child(struct following *following, struct side_block *child)
{
    const struct log_state *state = &following->state;
    bool towards = !hash_is_zero(&following->way.rotation);
    uint64_t mark = mark_of(&following->way.rotation);
    enum store_error error =
        store_next_child(following->txn, &state->author, state->seq, &state->head, NULL, child);

    while (error == STORE_OK && (child->refused || (towards ? child->way != mark : child->rotation))) {
        const struct hash last = child->hash;

        error = store_next_child(following->txn, &state->author, state->seq, &state->head, &last, child);
    }
    return error;
}

/* Acceptance refuses the child: where it led to a rotation, the choice begins anew below. */
static enum store_error strike(struct following *following, const struct side_block *child)
{
    struct branch_switch *way = &following->way;
    enum store_error error = store_refuse_side(following->txn, &following->author, child);

    if (error != STORE_OK || hash_is_zero(&way->rotation)) {
        return error;
    }
    if (way->base_seq < following->state.seq) {
        way->unwind_to = way->base_seq;
    }
    return give_up_rotation(following);
}

static enum store_error apply_child(struct following *following, const struct side_block *child)
{
    struct ingest *ingest = following->ingest;
    size_t mark = arena_mark(&ingest->arena);
    struct bytes encoded;
    struct block block;
    enum reason reason = REASON_NONE;
    enum store_error error = store_block_by_hash(following->txn, &following->author, child->seq, &child->hash,
                                                 &encoded, &ingest->arena);

    if (error == STORE_OK) {
        reason = ingest_decode(&block, ingest, encoded, &error);
        if (error == STORE_OK && reason == REASON_NONE) {
            reason =
                ingest_extend(ingest, following->txn, &following->state, &block, following->now_s, &error);
        }
    }
    arena_rewind(&ingest->arena, mark);
    if (error == STORE_OK && reason != REASON_NONE) {
        return strike(following, child);
    }
    return error == STORE_OK ? store_log_state(following->txn, &following->author, &following->state) : error;
}

static enum store_error step_on(struct following *following)
{
    struct branch_switch *way = &following->way;
    struct side_block child;
    size_t rotations = 0;
    enum store_error error =
        follow_count_rotations(following->txn, &following->author, following->state.epoch, &rotations);

    if (error != STORE_OK) {
        return error;
    }
    if (rotations > 1) {
        way->active = 0;
        return STORE_OK;
    }
    if (way->epoch != following->state.epoch) {
        way->rotation = (struct hash){0};
    }
    if (hash_is_zero(&way->rotation)) {
        error = choose_rotation(following);
        if (error != STORE_OK || !hash_is_zero(&way->rotation)) {
            return error;
        }
    }
    error = choose_child(following, &child);
    if (error == STORE_NOT_FOUND) {
        way->active = 0;
        return STORE_OK;
    }
    return error == STORE_OK ? apply_child(following, &child) : error;
}

/* ---- all of it ---- */

static enum store_error step(struct following *following)
{
    if (!hash_is_zero(&following->way.mark)) {
        return mark_one(following);
    }
    return following->way.unwind_to != SWITCH_NONE ? step_back(following) : step_on(following);
}

enum store_error follow_go_on(struct ingest *ingest, struct store_txn *txn, const struct actor_id *author,
                              uint64_t now_s)
{
    struct following following = {
        .ingest = ingest, .txn = txn, .author = *author, .now_s = now_s, .stop_ms = UINT64_MAX};
    uint64_t began_ms = clock_monotonic_ms();
    enum store_error error = store_switch(txn, author, &following.way);

    if (error == STORE_OK) {
        error = store_log_state(txn, author, &following.state);
    }
    if (ingest->turn_ms != 0) {
        following.stop_ms = began_ms + ingest->turn_left_ms;
    }
    /* What a slice before this one began was paid for then. */
    following.paid = following.way.begun;
    while (error == STORE_OK && following.way.active && !following.over_budget &&
           clock_monotonic_ms() < following.stop_ms) {
        error = step(&following);
    }
    if (error != STORE_OK) {
        return error;
    }
    following.way.begun = following.way.active && following.paid;
    if (ingest->turn_ms != 0) {
        uint64_t used_ms = clock_monotonic_ms() - began_ms;

        ingest->turn_left_ms -= used_ms < ingest->turn_left_ms ? used_ms : ingest->turn_left_ms;
    }
    ingest->on_the_way |= following.way.active;
    return store_set_switch(txn, author, &following.way);
}
