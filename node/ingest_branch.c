#include "node/ingest_branch.h"

#include <string.h>

#include "node/follow.h"

enum {
    FORK_PROOF_SIZE_MAX = 16 * 1024,
    UNPLACED_ROTATIONS_MAX = STORE_ROTATIONS_MAX, /* of an (author, epoch) that wait for their ancestors */
    /* Of an (author, epoch), beside the chain, by arrival; then what is kept for status and govern blocks. */
    BRANCHES_MAX = 64,
    BRANCH_BYTES_MAX = 8 * 1024 * 1024,
    RESERVE_BRANCHES_MAX = 16,
    RESERVE_BYTES_MAX = 2 * 1024 * 1024,
    UNHELD_MAX = 4096, /* blocks that are not held whose first arrival is remembered */
};

/* ---- fork proofs ---- */

/* Whether it shows one rotation, which nothing else may show. */
static bool shows_rotation(const struct fork_proof *proof, const struct fork_point *point)
{
    return !point->rotations && (proof->entry_a.size > 0 || proof->entry_b.size > 0);
}

/* How a proof compares with the one held in its place. Returns: false when none is. */
static bool compare_held(struct ingest *ingest, struct store_txn *txn, const struct fork_point *point,
                         const struct fork_proof *proof, enum fork_proof_rank rank, int *order,
                         enum store_error *error)
{
    size_t mark = arena_mark(&ingest->arena);
    struct bytes held;
    struct fork_proof held_proof;
    struct fork_point held_point;
    bool found = false;

    *error = store_fork_proof(txn, &point->author, point->epoch, rank, &held, &ingest->arena);
    if (*error == STORE_OK &&
        schema_decode(&fork_proof_schema, &held_proof, held, &ingest->arena) == REASON_NONE &&
        fork_proof_point(&held_point, &held_proof, &ingest->arena) == REASON_NONE) {
        *order = fork_proof_compare(proof, point, &held_proof, &held_point);
        if (rank == FORK_PROOF_NEWEST &&
            shows_rotation(proof, point) != shows_rotation(&held_proof, &held_point)) {
            *order = shows_rotation(proof, point) ? 1 : -1;
        }
        found = true;
    }
    if (*error == STORE_NOT_FOUND) {
        *error = STORE_OK;
    }
    arena_rewind(&ingest->arena, mark);
    return found;
}

static enum reason keep_as(struct ingest *ingest, struct store_txn *txn, const struct fork_point *point,
                           const struct fork_proof *proof, enum fork_proof_rank rank, enum store_error *error)
{
    size_t mark = arena_mark(&ingest->arena);
    uint8_t *memory = arena_take(&ingest->arena, FORK_PROOF_SIZE_MAX);
    struct bytes encoded;
    enum reason reason = REASON_NONE;

    if (memory == NULL) {
        *error = STORE_NO_MEMORY;
    } else if (!schema_encode(&fork_proof_schema, proof, memory, FORK_PROOF_SIZE_MAX, &encoded)) {
        reason = REASON_TOO_LARGE;
    } else {
        *error = store_put_fork_proof(txn, &point->author, point->epoch, rank, encoded);
    }
    arena_rewind(&ingest->arena, mark);
    return reason;
}

/* The newest is the highest: that of the latest blocks, and the same one on every node that knows as much.
 * One that shows a rotation is newer than others: whatever else is met, a rival of that rotation is proved,
 * and others hear of it.
 */
static enum reason keep_fork_proof(struct ingest *ingest, struct store_txn *txn,
                                   const struct fork_point *point, const struct fork_proof *proof,
                                   enum store_error *error)
{
    int lowest = 0, newest = 0;
    bool has_lowest = compare_held(ingest, txn, point, proof, FORK_PROOF_LOWEST, &lowest, error);
    bool has_newest =
        *error == STORE_OK && compare_held(ingest, txn, point, proof, FORK_PROOF_NEWEST, &newest, error);
    enum reason reason = REASON_KNOWN;

    if (*error != STORE_OK) {
        return REASON_NONE;
    }
    if (!has_newest || newest > 0) {
        reason = keep_as(ingest, txn, point, proof, FORK_PROOF_NEWEST, error);
        reason = reason == REASON_NONE ? REASON_KNOWN : reason;
    }
    if (*error == STORE_OK && (!has_lowest || lowest < 0)) {
        reason = keep_as(ingest, txn, point, proof, FORK_PROOF_LOWEST, error);
        if (*error == STORE_OK && point->rotations) {
            *error = store_freeze(txn, &point->author, point->epoch + 1);
        }
    }
    return reason;
}

/* The proof that two signed headers make, if they contradict each other. */
static enum store_error prove(struct ingest *ingest, struct store_txn *txn, const struct block *block,
                              const struct block *other, bool *found)
{
    struct arena *arena = &ingest->arena;
    struct fork_proof proof;
    struct fork_point point;
    enum store_error error = STORE_OK;

    if (!fork_proof_of(&proof, block, other, arena) ||
        fork_proof_point(&point, &proof, arena) != REASON_NONE) {
        return STORE_OK;
    }
    *found |= keep_fork_proof(ingest, txn, &point, &proof, &error) == REASON_NONE && error == STORE_OK;
    return error;
}

static enum store_error prove_against(struct ingest *ingest, struct store_txn *txn, const struct block *block,
                                      uint64_t seq, const struct hash *hash, bool *found)
{
    size_t mark = arena_mark(&ingest->arena);
    struct block other;
    struct bytes encoded;
    enum store_error error =
        hash_equal(hash, &block->hash)
            ? STORE_NOT_FOUND
            : store_block_by_hash(txn, &block->header.author, seq, hash, &encoded, &ingest->arena);

    if (error == STORE_OK && ingest_decode(&other, ingest, encoded, &error) == REASON_NONE &&
        error == STORE_OK) {
        error = prove(ingest, txn, block, &other, found);
    }
    arena_rewind(&ingest->arena, mark);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error prove_against_proof(struct ingest *ingest, struct store_txn *txn,
                                            const struct block *block, enum fork_proof_rank rank, bool *found)
{
    uint64_t epoch = block->header.epoch - block_is_rotation(block); /* that a fork here disputes */
    struct arena *arena = &ingest->arena;
    size_t mark = arena_mark(arena);
    struct fork_proof held;
    struct block sides[2];
    struct bytes encoded;
    enum store_error error = store_fork_proof(txn, &block->header.author, epoch, rank, &encoded, arena);

    if (error == STORE_OK && schema_decode(&fork_proof_schema, &held, encoded, arena) == REASON_NONE &&
        fork_proof_blocks(sides, &held, ingest->network, arena)) {
        for (size_t i = 0; i < 2 && error == STORE_OK; i++) {
            error = prove(ingest, txn, block, &sides[i], found);
        }
    }
    arena_rewind(arena, mark);
    return error;
}

/* The two headers of the lowest proof held are the lowest siblings that were met; a third one is held against
 * both, which need not be held as blocks. The newest may show a rotation that the lowest doesn't. */
enum store_error ingest_prove_against_held(struct ingest *ingest, struct store_txn *txn,
                                           const struct block *block, bool *found)
{
    enum store_error error = prove_against_proof(ingest, txn, block, FORK_PROOF_LOWEST, found);

    if (error == STORE_OK) {
        error = prove_against_proof(ingest, txn, block, FORK_PROOF_NEWEST, found);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Siblings: the chain's, and the lowest beside it. Whatever other ones there are, the lowest two headers are
 * in the proof held. */
static enum store_error prove_against_siblings(struct ingest *ingest, struct store_txn *txn,
                                               const struct block *block, bool *found)
{
    const struct header *header = &block->header;
    struct block_record record;
    struct side_block side;
    uint64_t arrived_s = 0;
    enum store_error error = store_block_record(txn, &header->author, header->seq - 1, &record, &arrived_s);

    if (error == STORE_OK && hash_equal(&record.hash, &header->previous)) {
        error = store_block_record(txn, &header->author, header->seq, &record, &arrived_s);
        if (error == STORE_OK) {
            error = prove_against(ingest, txn, block, header->seq, &record.hash, found);
        }
    }
    if (error == STORE_OK || error == STORE_NOT_FOUND) {
        error = store_next_child(txn, &header->author, header->seq - 1, &header->previous, NULL, &side);
    }
    if (error == STORE_OK && hash_equal(&side.hash, &block->hash)) {
        error =
            store_next_child(txn, &header->author, header->seq - 1, &header->previous, &block->hash, &side);
    }
    if (error == STORE_OK) {
        error = prove_against(ingest, txn, block, header->seq, &side.hash, found);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error prove_against_rotations(struct ingest *ingest, struct store_txn *txn,
                                                const struct block *block, bool *found)
{
    struct known_rotation rotation;
    enum store_error error =
        store_next_rotation(txn, &block->header.author, block->header.epoch, NULL, &rotation);

    while (error == STORE_OK) {
        const struct hash last = rotation.hash;

        error = prove_against(ingest, txn, block, rotation.seq, &rotation.hash, found);
        if (error == STORE_OK) {
            error = store_next_rotation(txn, &block->header.author, block->header.epoch, &last, &rotation);
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error prove_forks(struct ingest *ingest, struct store_txn *txn, const struct block *block,
                                    bool *found)
{
    /* Before what is held gives way to a pair that is lower, but not the lowest. */
    enum store_error error = ingest_prove_against_held(ingest, txn, block, found);

    if (error == STORE_OK) {
        error = prove_against_siblings(ingest, txn, block, found);
    }
    if (error == STORE_OK && block_is_rotation(block)) {
        error = prove_against_rotations(ingest, txn, block, found);
    }
    return error;
}

/* ---- whether the chosen branch is another one ---- */

static enum store_error chain_hash(struct store_txn *txn, const struct actor_id *author, uint64_t seq,
                                   struct hash *out)
{
    struct block_record record;
    uint64_t arrived_s = 0;
    enum store_error error = store_block_record(txn, author, seq, &record, &arrived_s);

    *out = record.hash;
    return error;
}

/* A rotation draws the chain to itself, or ends it at the lower one of two. */
static enum store_error note_rotation(struct store_txn *txn, const struct log_state *state,
                                      const struct block *block, bool *changed)
{
    const struct header *header = &block->header;
    struct known_rotation rotation;
    struct hash hash;
    enum store_error error = store_next_rotation(txn, &header->author, header->epoch, NULL, &rotation);

    if (state->epoch + 1 == header->epoch) {
        *changed = true;
        error = follow_note(txn, &header->author, SWITCH_NONE);
        return error == STORE_OK ? follow_choose_rotation_anew(txn, &header->author) : error;
    }
    for (; error == STORE_OK;
         error = store_next_rotation(txn, &header->author, header->epoch, &hash, &rotation)) {
        error = chain_hash(txn, &header->author, rotation.seq, &hash);
        if (error == STORE_OK && hash_equal(&hash, &rotation.hash)) {
            bool lower = hash_compare(&block->hash, &rotation.hash) < 0;

            *changed = true;
            return follow_note(txn, &header->author, rotation.seq - lower);
        }
        if (error != STORE_OK && error != STORE_NOT_FOUND) {
            return error;
        }
        hash = rotation.hash;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* The lowest child is followed, unless the chain goes towards a rotation. Blocks that acceptance refused are
 * no candidates, and the others were weighed before, so that only block itself is weighed. */
static enum store_error note_choice(struct store_txn *txn, const struct log_state *state,
                                    const struct block *block, bool *changed)
{
    const struct header *header = &block->header;
    struct hash base, next;
    enum store_error error;

    *changed = false;
    if (block_is_rotation(block)) {
        return note_rotation(txn, state, block, changed);
    }
    if (header->seq > state->seq || header->epoch != state->epoch) {
        return STORE_OK;
    }
    error = chain_hash(txn, &header->author, header->seq - 1, &base);
    if (error == STORE_OK) {
        error = chain_hash(txn, &header->author, header->seq, &next);
    }
    if (error == STORE_OK && hash_equal(&base, &header->previous) && hash_compare(&block->hash, &next) < 0) {
        *changed = true;
        error = follow_note(txn, &header->author, header->seq - 1);
    }
    return error;
}

/* ---- room ---- */

static enum store_error has_child(struct store_txn *txn, const struct block *block, bool *out)
{
    const struct header *header = &block->header;
    struct side_block side;
    struct hash hash;
    enum store_error error =
        store_next_child(txn, &header->author, header->seq - 1, &header->previous, NULL, &side);

    *out = error == STORE_OK;
    if (error == STORE_NOT_FOUND) {
        error = chain_hash(txn, &header->author, header->seq - 1, &hash);
        if (error == STORE_OK && hash_equal(&hash, &header->previous)) {
            error = chain_hash(txn, &header->author, header->seq, &hash);
            *out = error == STORE_OK;
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Remember when a signed block of epoch came that is not kept, or its header alone. */
static enum store_error remember_arrival(struct store_txn *txn, const struct block *block, uint64_t epoch,
                                         uint64_t now_s, bool missed, struct epoch_sides *sides)
{
    bool added = false;
    enum store_error error = STORE_OK;

    if (sides->unheld == UNHELD_MAX) {
        sides->cut |= missed;
        return STORE_OK;
    }
    error = store_note_arrival(txn, &block->header.author, &block->hash, epoch, now_s, missed, &added);
    sides->unheld += added;
    sides->missed += added && missed;
    return error;
}

/* How the rotations out of an epoch stand: how many are known, and how many of them wait for their ancestors,
 * which are always taken. */
static enum store_error count_rotations(struct store_txn *txn, const struct actor_id *author, uint64_t epoch,
                                        size_t *known, size_t *unplaced)
{
    struct known_rotation rotation;
    enum store_error error = store_next_rotation(txn, author, epoch + 1, NULL, &rotation);

    *known = *unplaced = 0;
    while (error == STORE_OK) {
        const struct hash last = rotation.hash;

        ++*known;
        *unplaced += !rotation.held;
        error = store_next_rotation(txn, author, epoch + 1, &last, &rotation);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error is_rotation_known(struct store_txn *txn, const struct block *block, bool *out)
{
    const struct header *header = &block->header;
    struct known_rotation rotation;
    enum store_error error = store_next_rotation(txn, &header->author, header->epoch, NULL, &rotation);

    while (error == STORE_OK && !hash_equal(&rotation.hash, &block->hash)) {
        const struct hash last = rotation.hash;

        error = store_next_rotation(txn, &header->author, header->epoch, &last, &rotation);
    }
    *out = error == STORE_OK;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* A checked rotation, of which more than its header and keys may never come, counts from now on. *added: it
 * didn't before. */
static enum store_error note_unplaced(struct store_txn *txn, const struct block *block, uint64_t now_s,
                                      bool *added)
{
    const struct header *header = &block->header;
    const struct known_rotation rotation = {.seq = header->seq, .hash = block->hash};
    size_t count = 0, unplaced = 0;
    bool held = false, known = false;
    enum store_error error = store_is_block_held(txn, &header->author, header->seq, &block->hash, &held);

    if (error == STORE_OK) {
        error = count_rotations(txn, &header->author, header->epoch - 1, &count, &unplaced);
    }
    if (error == STORE_OK) {
        error = is_rotation_known(txn, block, &known);
    }
    if (error != STORE_OK || held || known || unplaced >= UNPLACED_ROTATIONS_MAX) {
        return error;
    }
    *added = true;
    return store_put_rotation(txn, &header->author, header->epoch, &rotation, now_s);
}

/* Remember when the headers of a proof came, whose blocks may never do. */
static enum store_error note_headers(struct store_txn *txn, const struct fork_point *point,
                                     const struct block blocks[2], uint64_t now_s)
{
    struct epoch_sides sides;
    enum store_error error = store_epoch_sides(txn, &point->author, point->epoch, &sides);

    for (size_t i = 0; i < 2 && error == STORE_OK; i++) {
        uint64_t first_s = 0;

        error = store_first_arrival(txn, &point->author, blocks[i].header.seq, &blocks[i].hash, &first_s);
        if (error == STORE_NOT_FOUND) {
            error = remember_arrival(txn, &blocks[i], point->epoch, now_s,
                                     block_class_speaks(blocks[i].header.block_class), &sides);
        }
    }
    return error == STORE_OK ? store_set_epoch_sides(txn, &point->author, point->epoch, &sides) : error;
}

enum reason ingest_take_fork_proof(struct ingest *ingest, struct store_txn *txn,
                                   const struct fork_point *point, const struct fork_proof *proof,
                                   uint64_t now_s, enum store_error *error)
{
    size_t mark = arena_mark(&ingest->arena);
    struct block blocks[2];
    enum reason reason = REASON_KNOWN;
    bool tell = false;

    if (!fork_proof_blocks(blocks, proof, ingest->network, &ingest->arena)) {
        *error = STORE_NO_MEMORY;
        return REASON_NONE;
    }
    *error = note_headers(txn, point, blocks, now_s);
    for (size_t i = 0; i < 2 && *error == STORE_OK; i++) {
        if (block_is_rotation(&blocks[i])) {
            *error = note_unplaced(txn, &blocks[i], now_s, &tell);
        }
        if (*error == STORE_OK) {
            *error = prove_forks(ingest, txn, &blocks[i], &tell);
        }
    }
    if (*error == STORE_OK) {
        reason = keep_fork_proof(ingest, txn, point, proof, error);
    }
    arena_rewind(&ingest->arena, mark);
    return reason == REASON_KNOWN && tell ? REASON_NONE : reason;
}

/* The epoch whose room a block takes: a rotation is one more end of the epoch that it closes. */
static uint64_t epoch_of_sides(const struct block *block)
{
    return block->header.epoch - block_is_rotation(block);
}

static void sides_add(struct epoch_sides *sides, const struct epoch_sides *taken)
{
    sides->bytes += taken->bytes;
    sides->branches += taken->branches;
    sides->reserve_bytes += taken->reserve_bytes;
    sides->reserve_branches += taken->reserve_branches;
}

/* What the block takes of an epoch's room: *out is added to what is held. Returns: whether there is room. */
static bool take_room(const struct epoch_sides *sides, const struct block *block, bool opens_branch,
                      bool awaited, struct epoch_sides *out)
{
    uint64_t size = block->encoded.size;
    uint64_t branches_max = awaited ? 2 * BRANCHES_MAX : BRANCHES_MAX;

    if (block_is_rotation(block) || ((awaited || sides->bytes + size <= BRANCH_BYTES_MAX) &&
                                     sides->branches + opens_branch <= branches_max)) {
        *out = (struct epoch_sides){.bytes = size, .branches = opens_branch};
        return true;
    }
    if (block_class_speaks(block->header.block_class) && sides->reserve_bytes + size <= RESERVE_BYTES_MAX &&
        sides->reserve_branches + opens_branch <= RESERVE_BRANCHES_MAX) {
        *out = (struct epoch_sides){.reserve_bytes = size, .reserve_branches = opens_branch};
        return true;
    }
    return false;
}

/* Whether a rotation is one of the lowest that are held into its epoch. Two freeze the author, at the lowest
 * one: more change nothing. */
static enum store_error is_among_lowest(struct store_txn *txn, const struct block *block, bool *out)
{
    const struct header *header = &block->header;
    struct known_rotation rotation;
    size_t lower = 0;
    enum store_error error = store_next_rotation(txn, &header->author, header->epoch, NULL, &rotation);

    while (error == STORE_OK && hash_compare(&rotation.hash, &block->hash) < 0) {
        const struct hash last = rotation.hash;

        lower += rotation.held;
        error = store_next_rotation(txn, &header->author, header->epoch, &last, &rotation);
    }
    *out = lower < STORE_ROTATIONS_MAX;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Why a block is not kept whatever room there is. Keys that were rotated away must not become a weapon: of an
 * epoch that one rotation has closed only what was there before is known, and what that rotation extends; a
 * second rotation opens the question again, and so does a cut head of its author that is missed there. */
static enum store_error is_closed(struct ingest *ingest, struct store_txn *txn, const struct log_state *state,
                                  const struct block *block, size_t rotations, enum reason *reason)
{
    bool kept = true;
    enum store_error error = STORE_OK;

    if (block_is_rotation(block)) {
        error = is_among_lowest(txn, block, &kept);
        *reason = kept ? REASON_NONE : REASON_BRANCHES_FULL;
    } else if (block->header.epoch < state->epoch && rotations < 2) {
        error = store_misses_cut_head(txn, ingest->trust, &block->header.author, block->header.seq, &kept);
        *reason = kept ? REASON_NONE : REASON_EPOCH_CLOSED;
    }
    return error;
}

/* What the block takes of the room, which what a cut keeps does not need. Returns: whether there is any. */
static bool take_any_room(struct ingest *ingest, const struct epoch_sides *sides, const struct block *block,
                          bool opens_branch, bool awaited, struct epoch_sides *out)
{
    if (cut_ways_has(ingest->ways, &block->hash) || take_room(sides, block, opens_branch, awaited, out)) {
        return true;
    }
    cut_ways_note_full(ingest->ways, &block->header.author);
    return false;
}

/* Whether a block beside the chain is kept, and what it takes of the room then. */
static enum store_error find_room(struct ingest *ingest, struct store_txn *txn, const struct log_state *state,
                                  const struct block *block, uint64_t now_s, struct epoch_sides *taken,
                                  enum reason *reason)
{
    const struct header *header = &block->header;
    const uint64_t epoch = epoch_of_sides(block);
    bool opens_branch = false;
    size_t rotations = 0, unplaced = 0;
    struct epoch_sides sides;
    enum store_error error = store_epoch_sides(txn, &header->author, epoch, &sides);

    *taken = (struct epoch_sides){0};
    if (error == STORE_OK) {
        error = count_rotations(txn, &header->author, epoch, &rotations, &unplaced);
    }
    if (error == STORE_OK) {
        error = is_closed(ingest, txn, state, block, rotations, reason);
    }
    if (error == STORE_OK && *reason == REASON_NONE) {
        error = has_child(txn, block, &opens_branch);
        if (error == STORE_OK && !take_any_room(ingest, &sides, block, opens_branch, unplaced > 0, taken)) {
            *reason = REASON_BRANCHES_FULL;
            sides.cut = 1;
        }
    }
    sides_add(&sides, taken);
    if (error == STORE_OK && *reason != REASON_NONE) {
        error = remember_arrival(txn, block, epoch, now_s, false, &sides);
    }
    return error == STORE_OK ? store_set_epoch_sides(txn, &header->author, epoch, &sides) : error;
}

/* The block stands on the chain after all. */
static enum store_error give_back(struct store_txn *txn, const struct block *block,
                                  const struct epoch_sides *taken)
{
    struct epoch_sides sides;
    enum store_error error = store_epoch_sides(txn, &block->header.author, epoch_of_sides(block), &sides);

    sides.bytes -= taken->bytes;
    sides.branches -= taken->branches;
    sides.reserve_bytes -= taken->reserve_bytes;
    sides.reserve_branches -= taken->reserve_branches;
    return error == STORE_OK
               ? store_set_epoch_sides(txn, &block->header.author, epoch_of_sides(block), &sides)
               : error;
}

/* ---- a rotation whose ancestors are missing ---- */

/* A rotation that keys of the chain in the epoch that it closes have signed. */
static enum store_error note_rival(struct ingest *ingest, struct store_txn *txn, const struct block *block,
                                   uint64_t now_s, bool *tell)
{
    bool added = false;
    enum store_error error = note_unplaced(txn, block, now_s, &added);

    return error == STORE_OK ? prove_forks(ingest, txn, block, tell) : error;
}

/* All blocks of an epoch have the same pre-commitments, so that a rotation shows without its parent whether
 * it is one. */
static enum store_error note_orphan_rotation(struct ingest *ingest, struct store_txn *txn,
                                             const struct log_state *state, const struct block *block,
                                             uint64_t now_s, bool *found)
{
    struct key_set keys;
    uint64_t epoch = 0;
    enum store_error error = ingest_keys_in_epoch(txn, state, block->header.epoch - 1, &keys, &epoch);

    if (error == STORE_OK &&
        log_check_signatures(&keys, epoch, ingest->network, block, &ingest->arena) == REASON_NONE) {
        error = note_rival(ingest, txn, block, now_s, found);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error ingest_note_orphan_proof(struct ingest *ingest, struct store_txn *txn,
                                          const struct log_state *state, const struct fork_point *point,
                                          const struct fork_proof *proof, uint64_t now_s, bool *tell)
{
    size_t mark = arena_mark(&ingest->arena);
    struct block blocks[2];
    struct key_set keys;
    uint64_t epoch = 0;
    enum store_error error = ingest_keys_in_epoch(txn, state, point->epoch, &keys, &epoch);

    if (error == STORE_OK && !fork_proof_blocks(blocks, proof, ingest->network, &ingest->arena)) {
        error = STORE_NO_MEMORY;
    }
    for (size_t i = 0; i < 2 && error == STORE_OK; i++) {
        if (block_is_rotation(&blocks[i]) &&
            fork_proof_check_header(proof, i, ingest->network, &keys, epoch, &ingest->arena) == REASON_NONE) {
            error = note_rival(ingest, txn, &blocks[i], now_s, tell);
        }
    }
    arena_rewind(&ingest->arena, mark);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* ---- a block that does not simply extend the head ---- */

/* Whether block is signed by keys in force at its parent. Returns: false with *result filled. */
static bool check_beside(struct ingest *ingest, struct store_txn *txn, const struct log_state *state,
                         const struct block *block, uint64_t now_s, struct ingest_result *result)
{
    const struct header *header = &block->header;
    struct key_set keys;
    uint64_t epoch = 0;
    enum store_error error = store_keys_after(txn, ingest->network, &header->author, header->seq - 1,
                                              &header->previous, &keys, &epoch);

    if (error == STORE_NOT_FOUND) {
        result->reason = REASON_ORPHAN;
        error = block_is_rotation(block)
                    ? note_orphan_rotation(ingest, txn, state, block, now_s, &result->fork_found)
                    : STORE_OK;
        if (error == STORE_OK) {
            return false;
        }
    }
    if (error != STORE_OK) {
        result->outcome = INGEST_FAILED;
        result->error = error;
        return false;
    }
    result->reason = log_check_signatures(&keys, epoch, ingest->network, block, &ingest->arena);
    return result->reason == REASON_NONE;
}

/* The head's other children were refused, or the head would not be it: block is next if it is accepted. */
static enum store_error try_to_extend(struct ingest *ingest, struct store_txn *txn,
                                      const struct log_state *state, const struct block *block,
                                      uint64_t now_s, struct ingest_result *result)
{
    const struct side_block side = {
        .seq = block->header.seq, .previous = block->header.previous, .hash = block->hash};
    size_t rotations = 0;
    enum store_error error = follow_count_rotations(txn, &state->author, state->epoch, &rotations);

    /* At the lower one of two rotations the chain ends for good. */
    if (error != STORE_OK || rotations > 1) {
        return error;
    }
    result->reason = ingest_extend(ingest, txn, state, block, now_s, &error);
    result->outcome = result->reason == REASON_NONE ? INGEST_EXTENDED : INGEST_REFUSED;
    return error == STORE_OK && result->reason != REASON_NONE ? store_refuse_side(txn, &state->author, &side)
                                                              : error;
}

static enum store_error choose_anew(struct ingest *ingest, struct store_txn *txn,
                                    const struct log_state *state, uint64_t now_s,
                                    struct ingest_result *result)
{
    struct log_state after;
    enum store_error error = follow_go_on(ingest, txn, &state->author, now_s);

    if (error == STORE_OK) {
        error = store_log_state(txn, &state->author, &after);
    }
    if (error == STORE_OK && !hash_equal(&after.head, &state->head)) {
        result->outcome = INGEST_SWITCHED;
    }
    return error;
}

static enum store_error place_beside(struct ingest *ingest, struct store_txn *txn,
                                     const struct log_state *state, const struct block *block, uint64_t now_s,
                                     struct ingest_result *result)
{
    struct branch_switch way;
    bool changed = false;
    enum store_error error = store_put_side_block(txn, ingest->network, block, now_s);

    if (error == STORE_OK) {
        error = prove_forks(ingest, txn, block, &result->fork_found);
    }
    if (error == STORE_OK) {
        error = store_switch(txn, &state->author, &way);
    }
    if (error == STORE_OK && !way.active && hash_equal(&block->header.previous, &state->head)) {
        return try_to_extend(ingest, txn, state, block, now_s, result);
    }
    if (error == STORE_OK) {
        error = note_choice(txn, state, block, &changed);
    }
    return error == STORE_OK && (changed || way.active) ? choose_anew(ingest, txn, state, now_s, result)
                                                        : error;
}

/* A block that can't be held yet may show what lies below a cut head. Looked for where there is no room: else
 * it is asked for with what it stands on. */
static enum store_error note_way(struct ingest *ingest, struct store_txn *txn, const struct block *block,
                                 struct ingest_result *result)
{
    const struct header *header = &block->header;
    const struct locator_point point = {.seq = header->seq, .hash = block->hash};
    bool on_way = cut_ways_has(ingest->ways, &block->hash);
    enum store_error error = STORE_OK;

    if (!cut_ways_is_full(ingest->ways, &header->author) || header->seq == 0) {
        return STORE_OK;
    }
    if (!on_way) {
        error = store_is_missed_cut_head(txn, ingest->trust, &header->author, &point, &on_way);
    }
    if (error == STORE_OK && on_way) {
        result->on_way = cut_ways_meet(ingest->ways, &block->hash, &header->previous);
    }
    return error;
}

static void beside(struct ingest *ingest, struct store_txn *txn, const struct log_state *state,
                   const struct block *block, uint64_t now_s, struct ingest_result *result)
{
    struct epoch_sides taken;
    enum store_error error = STORE_OK;

    result->outcome = INGEST_REFUSED;
    if (!check_beside(ingest, txn, state, block, now_s, result)) {
        return;
    }
    error = find_room(ingest, txn, state, block, now_s, &taken, &result->reason);
    if (error == STORE_OK && result->reason == REASON_NONE) {
        result->outcome = INGEST_ASIDE;
        error = place_beside(ingest, txn, state, block, now_s, result);
    }
    if (error == STORE_OK && result->outcome == INGEST_EXTENDED) {
        error = give_back(txn, block, &taken);
    }
    if (error != STORE_OK) {
        result->outcome = INGEST_FAILED;
        result->error = error;
    }
}

void ingest_beside(struct ingest *ingest, struct store_txn *txn, const struct log_state *state,
                   const struct block *block, uint64_t now_s, struct ingest_result *result)
{
    enum store_error error = STORE_OK;

    beside(ingest, txn, state, block, now_s, result);
    if (result->outcome == INGEST_REFUSED &&
        (result->reason == REASON_ORPHAN || result->reason == REASON_BRANCHES_FULL)) {
        error = note_way(ingest, txn, block, result);
    }
    if (error != STORE_OK) {
        result->outcome = INGEST_FAILED;
        result->error = error;
    }
}

enum store_error ingest_keep_refused(struct ingest *ingest, struct store_txn *txn,
                                     const struct log_state *state, const struct block *block, uint64_t now_s,
                                     bool *found)
{
    const struct side_block side = {
        .seq = block->header.seq, .previous = block->header.previous, .hash = block->hash};
    struct epoch_sides taken;
    enum reason reason = REASON_NONE;
    enum store_error error = find_room(ingest, txn, state, block, now_s, &taken, &reason);

    if (error != STORE_OK || reason != REASON_NONE) {
        return error;
    }
    error = store_put_side_block(txn, ingest->network, block, now_s);
    if (error == STORE_OK) {
        error = ingest_prove_against_held(ingest, txn, block, found);
    }
    return error == STORE_OK ? store_refuse_side(txn, &block->header.author, &side) : error;
}
