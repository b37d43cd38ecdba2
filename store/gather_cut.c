#include "store/gather.h"

/* Where the block lies that a withdrawal or a succession names as the last one that counts. */

enum { DESCENDED_MAX = 8 * CUT_SIDE_MAX }; /* for all cuts of a question */

/* Blocks of a branch from a cut down. */
struct descent {
    struct gather *gather;
    size_t log;
    size_t count;
    struct hash hashes[CUT_SIDE_MAX]; /* from the cut down */
};

/* STORE_NOT_FOUND: no block with that hash is on the chain, as far as it had arrived by then. */
static enum store_error find_on_chain(const struct descent *descent, uint64_t seq, const struct hash *hash)
{
    struct gather *gather = descent->gather;
    const struct dossier_log *log = &gather->out->logs[descent->log];
    struct disk_record record;
    enum store_error error;

    if (!log->known || seq > log->head_seq || !dossier_log_reaches(log, seq)) {
        return STORE_NOT_FOUND;
    }
    error = record_find(gather->txn, gather->rows[descent->log].number, seq, &record);
    if (error != STORE_OK) {
        return error;
    }
    return hash_equal(&record.hash, hash) ? STORE_OK : STORE_NOT_FOUND;
}

/* Read which block comes before one of a branch. STORE_NOT_FOUND: it is not held, or was not by then. */
static enum store_error read_previous(const struct descent *descent, uint64_t seq, const struct hash *hash,
                                      struct hash *previous)
{
    struct gather *gather = descent->gather;
    struct arena *arena = gather->arena;
    size_t mark = arena_mark(arena);
    struct stored_block stored;
    struct block_parts parts;
    struct header header;
    enum reason reason;
    enum store_error error =
        stored_block_read(gather->txn, gather->rows[descent->log].number, seq, hash, &stored);

    if (error != STORE_OK) {
        return error;
    }
    if (stored.arrived_s > gather->known_by_s) {
        return STORE_NOT_FOUND;
    }
    if (!stored_block_parts(&stored, &parts)) {
        return txn_fail(gather->txn, STORE_DAMAGED);
    }
    reason = schema_decode_known(&header_schema, &header, parts.header, arena);
    if (reason != REASON_NONE) {
        return txn_fail_decode(gather->txn, reason, arena);
    }
    *previous = header.previous;
    arena_rewind(arena, mark);
    return STORE_OK;
}

/* Keep the branch's hashes, the lowest first. */
static enum store_error keep_side(const struct descent *descent, struct dossier_cut *cut)
{
    struct hash *side = arena_take(descent->gather->arena, descent->count * sizeof *side);

    if (!side) {
        return STORE_NO_MEMORY;
    }
    for (size_t i = 0; i < descent->count; i++) {
        side[i] = descent->hashes[descent->count - 1 - i];
    }
    cut->found = descent->count > 0 ? CUT_ON_SIDE : CUT_ON_CHAIN;
    cut->chain_seq = cut->seq - descent->count;
    cut->side_count = descent->count;
    cut->side = side;
    return STORE_OK;
}

static enum store_error descend(struct descent *descent, struct dossier_cut *cut)
{
    struct hash hash = cut->head;

    for (uint64_t seq = cut->seq;; seq--) {
        enum store_error error = find_on_chain(descent, seq, &hash);

        if (error != STORE_NOT_FOUND) {
            return error == STORE_OK ? keep_side(descent, cut) : error;
        }
        if (seq == 0) {
            return STORE_NOT_FOUND;
        }
        if (descent->count == CUT_SIDE_MAX || descent->gather->descended == DESCENDED_MAX) {
            cut->found = CUT_TOO_LONG;
            return STORE_OK;
        }
        descent->gather->descended++;
        descent->hashes[descent->count++] = hash;
        error = read_previous(descent, seq, &descent->hashes[descent->count - 1], &hash);
        if (error != STORE_OK) {
            return error;
        }
    }
}

enum store_error gather_cut(struct gather *gather, size_t log, uint64_t seq, const struct hash *head,
                            struct dossier_cut *cut)
{
    struct descent descent;
    enum store_error error = STORE_NOT_FOUND;

    *cut = (struct dossier_cut){.found = CUT_NOT_HELD, .seq = seq, .head = *head};
    descent.gather = gather;
    descent.log = log;
    descent.count = 0;
    if (gather->rows[log].number != NUMBER_NONE) {
        error = descend(&descent, cut);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}
