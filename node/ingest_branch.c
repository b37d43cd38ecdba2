#include "node/ingest_branch.h"

#include <string.h>

enum {
    SIDE_DEPTH_MAX = 4096, /* blocks of one branch beside the chain */
    FORK_PROOF_SIZE_MAX = 16 * 1024,
};

/* Whether another rotation of block's epoch is held. */
static bool has_rival_rotation(const struct block *block, const struct branch_block *blocks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (blocks[i].rotation && blocks[i].epoch == block->header.epoch &&
            !hash_equal(&blocks[i].hash, &block->hash)) {
            return true;
        }
    }
    return false;
}

/* ---- fork proofs ---- */

enum reason ingest_keep_fork_proof(struct ingest *ingest, struct store_txn *txn,
                                   const struct fork_point *point, const struct fork_proof *proof,
                                   enum store_error *error)
{
    uint8_t *memory = arena_take(&ingest->arena, FORK_PROOF_SIZE_MAX);
    struct bytes held, encoded;
    struct fork_proof held_proof;
    struct fork_point held_point;

    *error = memory != NULL ? store_fork_proof(txn, &point->author, point->epoch, &held, &ingest->arena)
                            : STORE_NO_MEMORY;
    if (*error == STORE_OK &&
        schema_decode(&fork_proof_schema, &held_proof, held, &ingest->arena) == REASON_NONE &&
        fork_proof_point(&held_point, &held_proof, &ingest->arena) == REASON_NONE &&
        fork_proof_compare(&held_proof, &held_point, proof, point) <= 0) {
        return REASON_KNOWN;
    }
    if (*error != STORE_OK && *error != STORE_NOT_FOUND) {
        return REASON_NONE;
    }
    if (!schema_encode(&fork_proof_schema, proof, memory, FORK_PROOF_SIZE_MAX, &encoded)) {
        *error = STORE_OK;
        return REASON_TOO_LARGE;
    }
    *error = store_put_fork_proof(txn, &point->author, point->epoch, encoded);
    if (*error == STORE_OK && point->rotations) {
        *error = store_set_frozen(txn, &point->author, true);
    }
    return REASON_NONE;
}

/* The proof that block and another one that is held make, if they contradict each other. */
static enum store_error prove_against(struct ingest *ingest, struct store_txn *txn, const struct block *block,
                                      const struct branch_block *other, bool *found)
{
    struct arena *arena = &ingest->arena;
    struct fork_proof proof;
    struct fork_point point;
    struct block other_block;
    struct bytes encoded;
    enum store_error error =
        store_block_by_hash(txn, &block->header.author, other->seq, &other->hash, &encoded, arena);

    if (error != STORE_OK) {
        return error;
    }
    if (block_decode(&other_block, ingest->network, encoded, arena) != REASON_NONE ||
        !fork_proof_of(&proof, block, &other_block, arena) ||
        fork_proof_point(&point, &proof, arena) != REASON_NONE) {
        return STORE_OK;
    }
    *found |= ingest_keep_fork_proof(ingest, txn, &point, &proof, &error) == REASON_NONE && error == STORE_OK;
    return error;
}

static enum store_error prove_forks(struct ingest *ingest, struct store_txn *txn, const struct block *block,
                                    const struct branch_block *blocks, size_t count, bool *found)
{
    for (size_t i = 0; i < count; i++) {
        const struct branch_block *other = &blocks[i];
        bool sibling =
            other->seq == block->header.seq && hash_equal(&other->previous, &block->header.previous);
        bool rival_rotation =
            block_is_rotation(block) && other->rotation && other->epoch == block->header.epoch;
        size_t mark = arena_mark(&ingest->arena);
        enum store_error error = STORE_OK;

        if ((sibling || rival_rotation) && !hash_equal(&other->hash, &block->hash)) {
            error = prove_against(ingest, txn, block, other, found);
        }
        arena_rewind(&ingest->arena, mark);
        if (error != STORE_OK) {
            return error;
        }
    }
    return STORE_OK;
}

/* ---- the keys in force at a parent beside the chain ---- */

struct side_path {
    size_t count;
    struct hash *hashes; /* from the parent down to, and without, the block on the chain */
    uint64_t base_seq;   /* of that block on the chain */
};

/* Follow parents from (seq, hash) down to the chain. Returns: STORE_NOT_FOUND when one is missing. */
static enum store_error trace_to_chain(struct ingest *ingest, struct store_txn *txn,
                                       const struct actor_id *author, uint64_t seq, struct hash hash,
                                       struct side_path *path)
{
    struct arena *arena = &ingest->arena;

    *path = (struct side_path){.hashes = arena_take(arena, SIDE_DEPTH_MAX * sizeof *path->hashes)};
    if (path->hashes == NULL) {
        return STORE_NO_MEMORY;
    }
    for (;; seq--) {
        size_t mark = arena_mark(arena);
        struct block_record record;
        uint64_t arrived_s = 0;
        struct bytes encoded;
        struct block block;
        enum store_error error = store_block_record(txn, author, seq, &record, &arrived_s);

        if (error == STORE_OK && hash_equal(&record.hash, &hash)) {
            path->base_seq = seq;
            return STORE_OK;
        }
        if (error != STORE_OK && error != STORE_NOT_FOUND) {
            return error;
        }
        if (seq == 0 || path->count == SIDE_DEPTH_MAX) {
            return STORE_NOT_FOUND;
        }
        error = store_block_by_hash(txn, author, seq, &hash, &encoded, arena);
        if (error != STORE_OK) {
            return error;
        }
        if (block_decode_header(&block, ingest->network, encoded, arena) != REASON_NONE) {
            return STORE_NOT_A_STORE;
        }
        path->hashes[path->count++] = hash;
        hash = block.header.previous;
        arena_rewind(arena, mark);
    }
}

/* Advance keys over a block beside the chain. Bodies are looked into only where they change keys: a branch
 * may be long, and whoever sends a block for its end has shown no signature yet. */
static enum reason advance_over(struct ingest *ingest, struct bytes encoded, struct key_set *keys,
                                uint64_t *epoch)
{
    struct block block;
    enum reason reason = block_decode_header(&block, ingest->network, encoded, &ingest->arena);

    if (reason != REASON_NONE || block.header.block_class != CLASS_KEYS) {
        return reason;
    }
    reason = block_decode(&block, ingest->network, encoded, &ingest->arena);
    return reason == REASON_NONE ? log_advance_keys(keys, epoch, &block, &ingest->arena) : reason;
}

static enum store_error keys_at_parent(struct ingest *ingest, struct store_txn *txn,
                                       const struct actor_id *author, const struct side_path *path,
                                       struct key_set *keys, uint64_t *epoch)
{
    struct arena *arena = &ingest->arena;
    enum store_error error = store_keys_at(txn, author, path->base_seq, keys, epoch);

    for (size_t i = path->count; error == STORE_OK && i > 0; i--) {
        uint64_t seq = path->base_seq + (path->count - i) + 1;
        size_t mark = arena_mark(arena);
        struct bytes encoded;

        error = store_block_by_hash(txn, author, seq, &path->hashes[i - 1], &encoded, arena);
        if (error == STORE_OK && advance_over(ingest, encoded, keys, epoch) != REASON_NONE) {
            /* After a block whose keys do not fit, nothing can be valid: look at it as if it were not here.
             */
            error = STORE_NOT_FOUND;
        }
        arena_rewind(arena, mark);
    }
    return error;
}

/* ---- replaying the chosen branch ---- */

enum replay { REPLAY_DONE, REPLAY_AGAIN, REPLAY_FAILED };

static enum reason replay_block(struct ingest *ingest, struct store_txn *txn, const struct actor_id *author,
                                const struct branch_block *next, const struct log_state *state,
                                uint64_t now_s, enum store_error *error)
{
    struct bytes encoded;
    struct block block;
    enum reason reason = REASON_NONE;

    *error = store_block_by_hash(txn, author, next->seq, &next->hash, &encoded, &ingest->arena);
    if (*error != STORE_OK) {
        return REASON_NONE;
    }
    reason = block_decode(&block, ingest->network, encoded, &ingest->arena);
    return reason == REASON_NONE ? ingest_extend(ingest, txn, state, &block, now_s, error) : reason;
}

/* Replay from block 0, the only one of its seq, along the chosen branch. Strikes blocks that acceptance
 * refuses. */
static enum replay replay_once(struct ingest *ingest, struct store_txn *txn, const struct actor_id *author,
                               struct branch_set *set, uint64_t now_s, bool *frozen, enum store_error *error)
{
    struct branch_step step = {.next = 0};
    struct log_state state;
    size_t head = 0;
    bool begun = false;

    *error = store_unwind_to(txn, ingest->network, author, 0, now_s);
    while (*error == STORE_OK && step.next != BRANCH_END) {
        size_t mark = arena_mark(&ingest->arena), next = (size_t)step.next;
        enum reason reason =
            replay_block(ingest, txn, author, &set->blocks[next], begun ? &state : NULL, now_s, error);

        arena_rewind(&ingest->arena, mark);
        if (*error != STORE_OK) {
            break;
        }
        if (reason != REASON_NONE) {
            branch_set_refuse(set, next);
            if (step.towards_rotation || !begun) {
                return begun ? REPLAY_AGAIN : REPLAY_FAILED;
            }
        } else {
            *error = store_log_state(txn, author, &state);
            head = next;
            begun = true;
        }
        step = branch_next(set, head);
    }
    *frozen = step.frozen;
    return *error == STORE_OK ? REPLAY_DONE : REPLAY_FAILED;
}

static enum store_error replay_chosen(struct ingest *ingest, struct store_txn *txn,
                                      const struct actor_id *author, uint64_t now_s)
{
    struct branch_block *blocks = NULL;
    struct branch_set set;
    size_t count = 0;
    bool frozen = false;
    enum replay replay = REPLAY_AGAIN;
    enum store_error error =
        store_branch_blocks(txn, ingest->network, author, 0, &blocks, &count, &ingest->arena);

    if (error == STORE_OK && !branch_set_init(&set, blocks, count, &ingest->arena)) {
        error = STORE_NO_MEMORY;
    }
    while (error == STORE_OK && replay == REPLAY_AGAIN) {
        replay = replay_once(ingest, txn, author, &set, now_s, &frozen, &error);
    }
    if (error == STORE_OK && replay == REPLAY_FAILED) {
        return STORE_NOT_A_STORE;
    }
    /* What froze an author once, perhaps a proof without its blocks, is never taken back. */
    return error == STORE_OK && frozen ? store_set_frozen(txn, author, true) : error;
}

/* Whether the chain, which goes on above base, may have to leave it for the branch of block. Blocks that
 * acceptance refused are held unmarked, so only block itself is weighed: the others were before. */
static enum store_error is_choice_changed(struct store_txn *txn, const struct log_state *state,
                                          const struct block *block, const struct branch_block *blocks,
                                          size_t count, uint64_t base_seq, bool *out)
{
    const struct actor_id *author = &block->header.author;
    struct block_record base, next;
    uint64_t arrived_s = 0;
    enum store_error error = store_block_record(txn, author, base_seq, &base, &arrived_s);

    *out = false;
    if (error != STORE_OK || base_seq == state->seq) {
        return error; /* what follows the head but does not extend it stands on refused blocks */
    }
    if (block_is_rotation(block)) {
        *out = block->header.epoch == base.epoch + 1 || has_rival_rotation(block, blocks, count);
        return STORE_OK;
    }
    error = store_block_record(txn, author, base_seq + 1, &next, &arrived_s);
    /* The lowest child is followed unless the way leads to a rotation. */
    *out = error == STORE_OK && hash_equal(&block->header.previous, &base.hash) &&
           state->epoch == base.epoch && hash_compare(&block->hash, &next.hash) < 0;
    return error;
}

/* ---- a block that does not simply extend the head ---- */

/* Whether block is signed by keys in force at its parent. Writes where its branch leaves the chain. Returns:
 * false with *result filled. */
static bool check_beside(struct ingest *ingest, struct store_txn *txn, const struct block *block,
                         uint64_t *base_seq, struct ingest_result *result)
{
    const struct header *header = &block->header;
    struct side_path path;
    struct key_set keys;
    uint64_t epoch = 0;
    enum store_error error =
        trace_to_chain(ingest, txn, &header->author, header->seq - 1, header->previous, &path);

    if (error == STORE_OK) {
        *base_seq = path.base_seq;
        error = keys_at_parent(ingest, txn, &header->author, &path, &keys, &epoch);
    }
    if (error == STORE_NOT_FOUND) {
        result->reason = REASON_ORPHAN;
        return false;
    }
    if (error != STORE_OK) {
        result->outcome = INGEST_FAILED;
        result->error = error;
        return false;
    }
    result->reason = log_check_signatures(&keys, epoch, ingest->network, block, &ingest->arena);
    return result->reason == REASON_NONE;
}

/* Put block beside the chain and prove what it contradicts. */
static enum store_error keep_beside(struct ingest *ingest, struct store_txn *txn, const struct block *block,
                                    uint64_t now_s, struct branch_block **blocks, size_t *count,
                                    struct ingest_result *result)
{
    /* A rotation competes with every other one of its epoch, on whatever branch; other blocks only with their
     * siblings. */
    uint64_t from = block_is_rotation(block) ? 0 : block->header.seq;
    enum store_error error = store_put_side_block(txn, ingest->network, block, now_s);

    if (error == STORE_OK) {
        error = store_branch_blocks(txn, ingest->network, &block->header.author, from, blocks, count,
                                    &ingest->arena);
    }
    return error == STORE_OK ? prove_forks(ingest, txn, block, *blocks, *count, &result->fork_found) : error;
}

/* Whether the chain ends at its head for good, because two rotations opened the head's epoch. An author can
 * be frozen before its chain has come that far. */
static enum store_error is_at_end(struct ingest *ingest, struct store_txn *txn, const struct log_state *state,
                                  bool *out)
{
    size_t mark = arena_mark(&ingest->arena), rotations = 0, count = 0;
    struct branch_block *blocks = NULL;
    enum store_error error = store_is_frozen(txn, &state->author, out);

    if (error != STORE_OK || !*out) {
        return error;
    }
    error = store_branch_blocks(txn, ingest->network, &state->author, 0, &blocks, &count, &ingest->arena);
    for (size_t i = 0; error == STORE_OK && i < count; i++) {
        rotations += blocks[i].rotation && blocks[i].epoch == state->epoch;
    }
    arena_rewind(&ingest->arena, mark);
    *out = rotations > 1;
    return error;
}

/* The head's other children were refused, or the head would not be it: block is next if it is accepted. */
static enum store_error try_to_extend(struct ingest *ingest, struct store_txn *txn,
                                      const struct log_state *state, const struct block *block,
                                      uint64_t now_s, struct ingest_result *result)
{
    bool at_end = false;
    enum store_error error = is_at_end(ingest, txn, state, &at_end);

    result->outcome = INGEST_ASIDE;
    if (error != STORE_OK || at_end) {
        return error;
    }
    result->reason = ingest_extend(ingest, txn, state, block, now_s, &error);
    result->outcome = result->reason == REASON_NONE ? INGEST_EXTENDED : INGEST_REFUSED;
    return error;
}

static enum store_error choose_anew(struct ingest *ingest, struct store_txn *txn,
                                    const struct log_state *state, const struct block *block, uint64_t now_s,
                                    struct ingest_result *result)
{
    struct log_state after;
    enum store_error error = replay_chosen(ingest, txn, &block->header.author, now_s);

    if (error == STORE_OK) {
        error = store_log_state(txn, &block->header.author, &after);
    }
    if (error == STORE_OK) {
        result->outcome = hash_equal(&after.head, &state->head) ? INGEST_ASIDE : INGEST_SWITCHED;
    }
    return error;
}

static enum store_error place_beside(struct ingest *ingest, struct store_txn *txn,
                                     const struct log_state *state, const struct block *block,
                                     uint64_t base_seq, uint64_t now_s, struct ingest_result *result)
{
    struct branch_block *blocks = NULL;
    size_t count = 0;
    bool changed = false;
    enum store_error error = keep_beside(ingest, txn, block, now_s, &blocks, &count, result);

    if (error == STORE_OK && hash_equal(&block->header.previous, &state->head)) {
        return try_to_extend(ingest, txn, state, block, now_s, result);
    }
    if (error == STORE_OK) {
        error = is_choice_changed(txn, state, block, blocks, count, base_seq, &changed);
    }
    result->outcome = INGEST_ASIDE;
    return error == STORE_OK && changed ? choose_anew(ingest, txn, state, block, now_s, result) : error;
}

void ingest_beside(struct ingest *ingest, struct store_txn *txn, const struct log_state *state,
                   const struct block *block, uint64_t now_s, struct ingest_result *result)
{
    uint64_t base_seq = 0;
    enum store_error error = STORE_OK;

    result->outcome = INGEST_REFUSED;
    if (!check_beside(ingest, txn, block, &base_seq, result)) {
        return;
    }
    error = place_beside(ingest, txn, state, block, base_seq, now_s, result);
    if (error != STORE_OK) {
        result->outcome = INGEST_FAILED;
        result->error = error;
    }
}
