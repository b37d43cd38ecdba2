#include "cmd/own_branches.h"

#include <string.h>
#include <strings.h>

#include "protocol/base/sort.h"
#include "protocol/log/fork.h"

/* ---- whether there is a fork ---- */

enum store_error own_log_is_contested(struct store_txn *txn, const struct actor_id *author, uint64_t epoch,
                                      struct arena *arena, bool *contested)
{
    size_t mark = arena_mark(arena);
    struct bytes encoded;
    bool frozen = false;
    enum store_error error = store_fork_proof(txn, author, epoch, FORK_PROOF_LOWEST, &encoded, arena);

    *contested = false;
    arena_rewind(arena, mark);
    if (error == STORE_NOT_FOUND) {
        return STORE_OK;
    }
    if (error == STORE_OK) {
        error = store_is_frozen(txn, author, &frozen);
    }
    *contested = error == STORE_OK && !frozen;
    return error;
}

/* ---- what the proofs show ---- */

/* A node passes on the branch that it follows and two proofs, the lowest and the newest, so other branches
 * may be known by no more than a header. */
enum { PROVEN_MAX = 4 };

struct proven_block {
    struct branch_block block;
    uint64_t time_s;
    enum block_class block_class;
};

struct proven {
    size_t count;
    struct proven_block blocks[PROVEN_MAX];
    uint64_t fork_seq;
};

static bool is_proven(const struct proven *proven, const struct hash *hash)
{
    for (size_t i = 0; i < proven->count; i++) {
        if (hash_equal(&proven->blocks[i].block.hash, hash)) {
            return true;
        }
    }
    return false;
}

static void add_proven(struct proven *proven, const struct network *network, struct bytes header_bytes,
                       struct arena *arena)
{
    struct header header;
    struct hash hash;

    header_hash(&hash, network, header_bytes);
    if (is_proven(proven, &hash) || header_decode(&header, header_bytes, arena) != REASON_NONE) {
        return;
    }
    proven->blocks[proven->count++] = (struct proven_block){
        .block = {.hash = hash, .previous = header.previous, .seq = header.seq, .epoch = header.epoch},
        .time_s = header.time_s,
        .block_class = header.block_class,
    };
}

/* What stands above the chain's head may follow it, too: no more is known of either. */
static enum store_error read_proof(struct proven *out, struct session *session, struct store_txn *txn,
                                   const struct log_state *state, enum fork_proof_rank rank)
{
    struct arena *arena = &session->arena;
    size_t mark = arena_mark(arena);
    struct bytes encoded;
    struct fork_proof proof;
    struct fork_point point;
    enum store_error error = store_fork_proof(txn, &state->author, state->epoch, rank, &encoded, arena);

    if (error == STORE_OK && schema_decode(&fork_proof_schema, &proof, encoded, arena) == REASON_NONE &&
        fork_proof_point(&point, &proof, arena) == REASON_NONE && !point.rotations &&
        point.seq > state->epoch_first_seq) {
        out->fork_seq = point.seq - 1 < out->fork_seq ? point.seq - 1 : out->fork_seq;
        add_proven(out, &session->home.network, proof.header_a, arena);
        add_proven(out, &session->home.network, proof.header_b, arena);
    }
    arena_rewind(arena, mark);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error read_proven(struct proven *out, struct session *session, struct store_txn *txn,
                                    const struct log_state *state)
{
    enum store_error error;

    *out = (struct proven){.fork_seq = state->seq};
    error = read_proof(out, session, txn, state, FORK_PROOF_LOWEST);
    return error == STORE_OK ? read_proof(out, session, txn, state, FORK_PROOF_NEWEST) : error;
}

/* ---- the tree ---- */

/* The block of that seq and hash among the first count, which are sorted. */
static int64_t find_block(const struct own_branches *branches, uint64_t seq, const struct hash *hash)
{
    size_t low = 0, high = branches->block_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct own_block *block = &branches->blocks[middle];
        int order = block->seq < seq ? -1 : block->seq > seq ? 1 : hash_compare(&block->hash, hash);

        if (order == 0) {
            return (int64_t)middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return OWN_BLOCK_NONE;
}

/* Take the blocks over that descend from the one which opened the epoch. */
static void plant(struct own_branches *branches, const struct branch_block *all, size_t count,
                  const struct hash *first, uint64_t first_seq)
{
    for (size_t i = 0; i < count; i++) {
        int64_t parent = OWN_BLOCK_NONE;

        if (all[i].epoch != branches->epoch) {
            continue;
        }
        if (all[i].seq > first_seq) {
            parent = find_block(branches, all[i].seq - 1, &all[i].previous);
        }
        if (parent == OWN_BLOCK_NONE && !hash_equal(&all[i].hash, first)) {
            continue;
        }
        if (parent != OWN_BLOCK_NONE) {
            branches->blocks[parent].child_count++;
        }
        branches->blocks[branches->block_count++] =
            (struct own_block){.hash = all[i].hash, .seq = all[i].seq, .parent = parent, .held = true};
    }
}

static void mark_followed(struct own_branches *branches, const struct log_state *state)
{
    for (int64_t i = find_block(branches, state->seq, &state->head); i != OWN_BLOCK_NONE;
         i = branches->blocks[i].parent) {
        branches->blocks[i].followed = true;
    }
}

static void survey(struct own_branches *branches, uint64_t proven_fork_seq)
{
    bool forked = false;

    branches->fork_seq = proven_fork_seq;
    for (size_t i = 0; i < branches->block_count; i++) {
        branches->tip_count += branches->blocks[i].child_count == 0;
        if (branches->blocks[i].child_count > 1 && !forked) {
            branches->fork_seq = branches->blocks[i].seq;
            forked = true;
        }
    }
}

static int order_blocks(const void *a, const void *b)
{
    const struct branch_block *left = a, *right = b;

    if (left->seq != right->seq) {
        return left->seq < right->seq ? -1 : 1;
    }
    return hash_compare(&left->hash, &right->hash);
}

static bool is_among(const struct branch_block *block, const struct branch_block *blocks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (hash_equal(&blocks[i].hash, &block->hash)) {
            return true;
        }
    }
    return false;
}

/* Add to all[0..*count) what only the proofs show, and drop from *proven what is there. */
static void add_missing(struct branch_block *all, size_t *count, struct proven *proven)
{
    size_t missing = 0;

    for (size_t i = 0; i < proven->count; i++) {
        if (is_among(&proven->blocks[i].block, all, *count)) {
            continue;
        }
        proven->blocks[missing] = proven->blocks[i];
        all[*count] = proven->blocks[i].block;
        missing++;
        ++*count;
    }
    proven->count = missing;
    sort_items(all, *count, sizeof *all, order_blocks);
}

static void mark_missing(struct own_branches *branches, const struct proven *proven)
{
    for (size_t i = 0; i < proven->count; i++) {
        const struct proven_block *missing = &proven->blocks[i];
        int64_t at = find_block(branches, missing->block.seq, &missing->block.hash);

        if (at == OWN_BLOCK_NONE) {
            continue;
        }
        branches->blocks[at].held = false;
        branches->blocks[at].proven_time_s = missing->time_s;
        branches->blocks[at].speaks = block_class_speaks(missing->block_class);
    }
}

enum store_error own_branches_read(struct own_branches *out, struct session *session, struct store_txn *txn,
                                   const struct log_state *state)
{
    struct branch_block *held = NULL, *all;
    struct block_record first;
    struct proven proven;
    uint64_t arrived_s = 0;
    size_t count = 0;
    enum store_error error =
        store_block_record(txn, &state->author, state->epoch_first_seq, &first, &arrived_s);

    *out = (struct own_branches){.epoch = state->epoch};
    if (error == STORE_OK) {
        error = read_proven(&proven, session, txn, state);
    }
    if (error == STORE_OK) {
        error = store_branch_blocks(txn, &session->home.network, &state->author, state->epoch_first_seq,
                                    &held, &count, &session->arena);
    }
    if (error != STORE_OK) {
        return error;
    }
    all = arena_take(&session->arena, (count + proven.count) * sizeof *all);
    out->blocks = arena_take(&session->arena, (count + proven.count) * sizeof *out->blocks);
    if (!all || !out->blocks) {
        return STORE_NO_MEMORY;
    }
    memcpy(all, held, count * sizeof *all);
    add_missing(all, &count, &proven);
    plant(out, all, count, &first.hash, state->epoch_first_seq);
    mark_followed(out, state);
    mark_missing(out, &proven);
    survey(out, proven.fork_seq);
    return STORE_OK;
}

/* ---- finding ---- */

int64_t own_branches_find(const struct own_branches *branches, const char *text)
{
    size_t digits = strlen(text);
    int64_t found = OWN_BLOCK_NONE;

    if (digits < OWN_BLOCK_DIGITS_MIN || digits > (size_t)2 * HASH_SIZE) {
        return OWN_BLOCK_NONE;
    }
    for (size_t i = 0; i < branches->block_count; i++) {
        char hex[2 * HASH_SIZE + 1];

        sodium_bin2hex(hex, sizeof hex, branches->blocks[i].hash.bytes, HASH_SIZE);
        if (strncasecmp(hex, text, digits) != 0) {
            continue;
        }
        if (found != OWN_BLOCK_NONE) {
            return OWN_BLOCK_NONE;
        }
        found = (int64_t)i;
    }
    return found;
}

int64_t own_branches_at(const struct own_branches *branches, uint64_t seq)
{
    for (size_t i = 0; i < branches->block_count; i++) {
        if (branches->blocks[i].followed && branches->blocks[i].seq == seq) {
            return (int64_t)i;
        }
    }
    return OWN_BLOCK_NONE;
}

/* ---- leaving out ---- */

enum store_error own_branches_dropped(struct own_dropped **out, size_t *count, struct session *session,
                                      const struct own_branches *branches, size_t kept)
{
    bool *is_kept = arena_take(&session->arena, branches->block_count);

    *count = 0;
    *out = arena_take(&session->arena, branches->tip_count * sizeof **out);
    if (!is_kept || !*out) {
        return STORE_NO_MEMORY;
    }
    for (int64_t i = (int64_t)kept; i != OWN_BLOCK_NONE; i = branches->blocks[i].parent) {
        is_kept[i] = true;
    }
    for (size_t i = 0; i < branches->block_count; i++) {
        int64_t parent = (int64_t)i, first = parent;

        if (branches->blocks[i].child_count > 0 || is_kept[i]) {
            continue;
        }
        /* All descend from the block that opened the epoch, and so does what is kept. */
        while (!is_kept[parent]) {
            first = parent;
            parent = branches->blocks[parent].parent;
        }
        (*out)[(*count)++] = (struct own_dropped){.parent = (size_t)parent, .first = (size_t)first, .tip = i};
    }
    return STORE_OK;
}
