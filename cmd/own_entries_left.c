#include <inttypes.h>
#include <string.h>

#include "cmd/own_block.h"
#include "cmd/own_entries.h"
#include "protocol/base/sort.h"

/* Entries that a void left without an answer. */

struct left {
    struct session *session;
    struct store_txn *txn;
    enum store_error error; /* once it is not STORE_OK nothing more is kept */
    size_t count;
    bool full;
    bool open_only; /* those that were reinstated since are left out */
    struct entry_position *items;
    uint32_t from; /* from which day on they are to be reinstated; DAY_NONE: each from its own on */
    uint32_t first_day;
};

/* What was said to hold of it from `day` on. */
static bool is_open(struct left *left, uint64_t seq, uint64_t index, uint32_t day)
{
    const struct own_entries_coming coming = {.action = STATUS_REINSTATED, .day = day, .doubts_only = true};
    struct own_entry entry = {.name = {.author = left->session->actor, .seq = seq, .index = index}};
    bool open = false;
    if (left->open_only && left->error == STORE_OK) {
        left->error = own_entries_ask_news(&open, &entry, left->session, left->txn, &coming);
    }
    return open || !left->open_only;
}

static void keep(struct left *left, uint64_t seq, uint64_t index, uint32_t day)
{
    if (left->error != STORE_OK || left->full || !is_open(left, seq, index, day)) {
        return;
    }
    if (left->count == OWN_ENTRIES_MAX) {
        left->full = true;
        return;
    }
    left->first_day = day < left->first_day ? day : left->first_day;
    left->items[left->count++] = (struct entry_position){seq, index};
}

static void keep_status(void *context, const struct status *status)
{
    struct left *left = context;
    const struct index_range *ranges = status->entries.items;
    for (size_t i = 0; i < status->entries.count; i++) {
        uint64_t last = ranges[i].last < BLOCK_ENTRIES_MAX ? ranges[i].last : BLOCK_ENTRIES_MAX - 1;
        for (uint64_t index = ranges[i].first; index <= last; index++) {
            keep(left, status->seq, index, status->effective_day);
        }
    }
}

static void keep_block(void *context, uint64_t seq)
{
    struct left *left = context;
    struct arena *arena = &left->session->arena;
    size_t mark = arena_mark(arena);
    struct block block;
    if (left->error != STORE_OK || left->full) {
        return;
    }
    left->error = own_block_read(&block, left->session, left->txn, seq);
    for (uint64_t i = 0; left->error == STORE_OK && i < block.entry_count; i++) {
        size_t inner = arena_mark(arena);
        uint32_t day;
        bool any = own_entries_read_first_day(&day, &block.entries[i], arena);
        arena_rewind(arena, inner);
        if (any) {
            keep(left, seq, i, day);
        }
    }
    arena_rewind(arena, mark);
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
static enum store_error name_all(struct own_entries *out, const struct left *left)
{
    struct session *session = left->session;
    size_t mark = arena_mark(&session->arena);
    uint64_t seq = UINT64_MAX;
    struct block block;
    for (size_t i = 0; i < left->count; i++) {
        const struct entry_position *at = &left->items[i];
        if (at->seq != seq) {
            arena_rewind(&session->arena, mark);
            enum store_error error = own_block_read(&block, left->session, left->txn, at->seq);
            if (error != STORE_OK) {
                return error;
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

static int fail_left(const struct session *session, uint64_t void_seq)
{
    return session_fail(&session->options, EXIT_BAD_INPUT, "nothing-left",
                        "No void in block %" PRIu64 " of your log left anything open.", void_seq);
}

static enum store_error collect(struct left *left, uint64_t void_seq)
{
    struct session *session = left->session;
    const struct left_visit visit = {.status = keep_status, .block = keep_block, .context = left};
    left->count = 0;
    left->full = false;
    left->first_day = DAY_NONE;
    enum store_error error = store_each_left(left->txn, &session->home.network, &session->actor, void_seq,
                                             &visit, &session->arena);
    return error == STORE_OK ? left->error : error;
}

static enum store_error collect_and_name(struct own_entries *out, struct left *left, uint64_t void_seq)
{
    enum store_error error = collect(left, void_seq);
    if (error == STORE_OK && left->full) {
        left->open_only = true;
        error = collect(left, void_seq);
    }
    if (error != STORE_OK) {
        return error;
    }
    sort_items(left->items, left->count, sizeof left->items[0], order_positions);
    return name_all(out, left);
}

int own_entries_left(struct own_entries *out, struct session *session, uint64_t void_seq, uint32_t *from,
                     bool *more)
{
    struct left left = {.session = session, .from = *from};
    *out = (struct own_entries){.items = arena_take(&session->arena, OWN_ENTRIES_MAX * sizeof *out->items)};
    left.items = arena_take(&session->arena, OWN_ENTRIES_MAX * sizeof left.items[0]);
    if (out->items == NULL || left.items == NULL) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    enum store_error error = store_read_begin(&left.txn, session->store);
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    error = collect_and_name(out, &left, void_seq);
    store_end(left.txn);
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return session_fail_store(&session->options, error);
    }
    *from = *from == DAY_NONE ? left.first_day : *from;
    *more = left.full;
    return out->count > 0 || left.open_only ? EXIT_YES : fail_left(session, void_seq);
}
