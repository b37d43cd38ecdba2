#include <string.h>

#include "store/branches.h"
#include "store/gather.h"

/* Branches that an author's rotations dropped and that no void of its log names. */

struct unnaming {
    struct gather gather;
    size_t log;
    struct dropped_branch *out;
    size_t max, count;
};

/* STORE_NOT_FOUND: the block is not the first one of a branch that was dropped. */
static enum store_error read_branch(struct unnaming *unnaming, const struct walk *walk,
                                    struct dropped_branch *out)
{
    struct gather *gather = &unnaming->gather;
    const uint32_t number = gather->rows[unnaming->log].number;
    const uint8_t *key = walk->key.data;
    struct disk_record parent;
    struct stored_block stored;
    struct disk_side side;
    uint64_t seq, dropped_s;
    bool late = false;
    enum store_error error;

    if (walk->key.size != SIDES_KEY_SIZE || walk->value.size != sizeof side) {
        return txn_fail(gather->txn, STORE_DAMAGED);
    }
    seq = number_at(key, 4, 8);
    memcpy(out->fork_parent.bytes, key + 4 + 8, HASH_SIZE);
    memcpy(out->first.bytes, key + 4 + 8 + HASH_SIZE, HASH_SIZE);
    memcpy(&side, walk->value.data, sizeof side);
    out->epoch = side.epoch;
    error = record_find(gather->txn, number, seq - 1, &parent);
    if (error != STORE_OK || !hash_equal(&parent.hash, &out->fork_parent)) {
        return error == STORE_OK ? STORE_NOT_FOUND : error;
    }
    error = gather_dropped(gather, unnaming->log, out->epoch, &dropped_s);
    if (error == STORE_OK) {
        error = stored_block_read(gather->txn, number, seq, &out->first, &stored);
    }
    if (error == STORE_OK) {
        error = gather_is_late(gather, number, &out->first, stored.arrived_s, dropped_s, &late);
    }
    return error == STORE_OK && (dropped_s == 0 || late) ? STORE_NOT_FOUND : error;
}

static enum store_error walk_branches(struct unnaming *unnaming)
{
    const struct key prefix = author_key(unnaming->gather.rows[unnaming->log].number);
    struct walk walk;
    enum store_error error = walk_open(&walk, unnaming->gather.txn, TABLE_SIDES);

    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, &prefix);
    while (error == STORE_OK && walk_under(&walk, &prefix) && unnaming->count < unnaming->max) {
        struct dropped_branch branch;
        bool named = false;

        error = read_branch(unnaming, &walk, &branch);
        if (error == STORE_OK) {
            error =
                gather_names_branch(&unnaming->gather, unnaming->log, &branch.first, branch.epoch, &named);
        }
        if (error == STORE_OK && !named) {
            unnaming->out[unnaming->count++] = branch;
        }
        if (error == STORE_OK || error == STORE_NOT_FOUND) {
            error = walk_next(&walk);
        }
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error store_unnamed_branches(struct store_txn *txn, const struct network *network,
                                        const struct actor_id *author, uint64_t now_s,
                                        struct dropped_branch *out, size_t max, size_t *count,
                                        struct arena *arena)
{
    size_t mark = arena_mark(arena);
    struct dossier dossier = {0};
    struct unnaming unnaming = {
        .gather = {.txn = txn,
                   .network = network,
                   .known_by_s = UINT64_MAX,
                   .now_s = now_s,
                   .out = &dossier,
                   .arena = arena},
        .out = out,
        .max = max,
    };
    enum store_error error = gather_log(&unnaming.gather, author, &unnaming.log);

    if (error == STORE_OK && unnaming.gather.rows[unnaming.log].sides) {
        error = walk_branches(&unnaming);
    }
    *count = unnaming.count;
    arena_rewind(arena, mark);
    return error;
}
