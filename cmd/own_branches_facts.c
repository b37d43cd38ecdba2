#include "cmd/own_branches.h"

#include <assert.h>

/* What stands in a branch. */

static enum store_error read_block(struct own_sayings *sayings, struct session *session,
                                   struct store_txn *txn, const struct own_block *place)
{
    size_t mark = arena_mark(&session->arena);
    struct bytes encoded;
    struct block block;
    enum store_error error =
        store_block_by_hash(txn, &session->actor, place->seq, &place->hash, &encoded, &session->arena);

    if (error == STORE_OK) {
        enum reason reason = block_decode(&block, &session->home.network, encoded, &session->arena);

        error = reason == REASON_NONE ? STORE_OK : store_error_of_decode(reason, &session->arena);
    }
    if (error == STORE_OK) {
        own_sayings_add(sayings, &block, session, txn);
    }
    arena_rewind(&session->arena, mark);
    return error;
}

enum store_error own_branches_facts(struct own_sayings *out, struct session *session, struct store_txn *txn,
                                    const struct own_branches *branches, size_t tip, uint64_t base_seq)
{
    uint64_t count = branches->blocks[tip].seq - base_seq;
    int64_t at = (int64_t)tip;
    int64_t *path = arena_take(&session->arena, count * sizeof *path);
    enum store_error error = path ? STORE_OK : STORE_NO_MEMORY;

    assert(branches->blocks[tip].child_count == 0);
    *out = (struct own_sayings){0};
    for (uint64_t i = count; error == STORE_OK && i > 0; i--) {
        path[i - 1] = at;
        at = branches->blocks[at].parent;
    }
    for (uint64_t i = 0; error == STORE_OK && i < count; i++) {
        const struct own_block *block = &branches->blocks[path[i]];

        if (block->held) {
            error = read_block(out, session, txn, block);
        } else {
            out->time_s = block->proven_time_s;
            out->unread_speaks |= block->speaks;
        }
    }
    return error;
}
