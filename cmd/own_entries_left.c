#include <inttypes.h>
#include <string.h>

#include "cmd/own_entries.h"
#include "protocol/base/sort.h"

/* Entries that a void left without an answer. */

struct left {
    size_t count;
    bool full;
    struct entry_position *items;
    uint32_t first_day;
};

static void keep(void *context, const struct status *status)
{
    struct left *left = context;
    const struct index_range *ranges = status->entries.items;
    left->first_day = status->effective_day < left->first_day ? status->effective_day : left->first_day;
    for (size_t i = 0; i < status->entries.count; i++) {
        for (uint64_t index = ranges[i].first; index <= ranges[i].last; index++) {
            left->full = left->full || left->count == OWN_ENTRIES_MAX;
            if (left->full) {
                return;
            }
            left->items[left->count++] = (struct entry_position){status->seq, index};
        }
    }
}

static int order_positions(const void *a, const void *b)
{
    const struct entry_position *left = a;
    const struct entry_position *right = b;
    if (left->seq != right->seq) {
        return left->seq < right->seq ? -1 : 1;
    }
    return left->index < right->index ? -1 : left->index > right->index;
}

/* Several statuses may be about one entry; a range may reach beyond the block's last. */
static enum store_error name_all(struct own_entries *out, const struct left *left, struct session *session,
                                 struct store_txn *txn)
{
    size_t mark = arena_mark(&session->arena);
    uint64_t seq = UINT64_MAX;
    struct bytes encoded;
    struct block block;
    for (size_t i = 0; i < left->count; i++) {
        const struct entry_position *at = &left->items[i];
        if (at->seq != seq) {
            arena_rewind(&session->arena, mark);
            enum store_error error =
                store_block_bytes(txn, &session->actor, at->seq, &encoded, &session->arena);
            if (error != STORE_OK) {
                return error;
            }
            if (block_decode(&block, &session->home.network, encoded, &session->arena) != REASON_NONE) {
                return STORE_NOT_A_STORE;
            }
            seq = at->seq;
        }
        if (at->index >= block.entry_count || (i > 0 && order_positions(at, at - 1) == 0)) {
            continue;
        }
        struct own_entry *entry = &out->items[out->count++];
        *entry = (struct own_entry){.name = {.author = session->actor, .seq = at->seq, .index = at->index}};
        memcpy(entry->name.prefix, block.leaves[at->index].bytes, sizeof entry->name.prefix);
    }
    arena_rewind(&session->arena, mark);
    return STORE_OK;
}

static int fail_left(const struct session *session, const struct left *left, uint64_t void_seq)
{
    return session_fail(&session->options, EXIT_BAD_INPUT, "nothing-left",
                        left->full ? "The void in block %" PRIu64
                                     " is about more than can be reinstated at once."
                                   : "No void in block %" PRIu64 " of your log left any statement open.",
                        void_seq);
}

int own_entries_left(struct own_entries *out, struct session *session, uint64_t void_seq, uint32_t *first_day)
{
    struct left left = {.first_day = DAY_NONE};
    struct store_txn *txn;
    *out = (struct own_entries){.items = arena_take(&session->arena, OWN_ENTRIES_MAX * sizeof *out->items)};
    left.items = arena_take(&session->arena, OWN_ENTRIES_MAX * sizeof left.items[0]);
    if (out->items == NULL || left.items == NULL) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    enum store_error error = store_read_begin(&txn, session->store);
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    error =
        store_each_left(txn, &session->home.network, &session->actor, void_seq, keep, &left, &session->arena);
    sort_items(left.items, left.count, sizeof left.items[0], order_positions);
    if (error == STORE_OK && !left.full) {
        error = name_all(out, &left, session, txn);
    }
    store_end(txn);
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return session_fail_store(&session->options, error);
    }
    *first_day = left.first_day;
    return out->count > 0 ? EXIT_YES : fail_left(session, &left, void_seq);
}
