#include <assert.h>
#include <string.h>

#include "store/pages.h"

/* Gathering what a block reaches back to (protocol/log/accept.h). */

struct gathering {
    struct store_txn *txn;
    const struct network *network;
    const struct log_state *state;
    const struct log_reach *reach;
    uint32_t number;
    struct log_past *out;
    struct arena *arena;
    size_t next_entry; /* of reach->entries: the first that is not below the present block */
    struct reach_entries *clipped;
};

static uint64_t last_existing(const struct gathering *gathering, const struct seq_range *range)
{
    return range->last < gathering->state->seq ? range->last : gathering->state->seq;
}

static size_t count_blocks(const struct gathering *gathering)
{
    size_t count = 0;

    for (size_t i = 0; i < gathering->reach->block_count; i++) {
        const struct seq_range *range = &gathering->reach->blocks[i];
        if (range->first <= gathering->state->seq) {
            count += (size_t)(last_existing(gathering, range) - range->first + 1);
        }
    }
    return count;
}

/* ---- entries ---- */

/* The touched ranges of block seq that lie below its entry count; in gathering->clipped. */
static size_t clip_entries(struct gathering *gathering, uint64_t seq, uint64_t entry_count)
{
    const struct log_reach *reach = gathering->reach;
    size_t count = 0;

    while (gathering->next_entry < reach->entry_count && reach->entries[gathering->next_entry].seq < seq) {
        gathering->next_entry++;
    }
    for (; gathering->next_entry < reach->entry_count && reach->entries[gathering->next_entry].seq == seq;
         gathering->next_entry++) {
        struct reach_entries range = reach->entries[gathering->next_entry];

        if (range.first >= entry_count) {
            continue;
        }
        if (range.last >= entry_count) {
            range.last = entry_count - 1;
        }
        gathering->clipped[count++] = range;
    }
    return count;
}

static uint64_t count_since(const struct standing_row *standing, uint64_t seq)
{
    uint64_t count = 0;

    for (size_t i = 0; i < standing->event_count; i++) {
        count += standing->events[i].setter_seq >= seq;
    }
    return count;
}

static enum store_error gather_entry(const struct gathering *gathering, const struct live_tree *tree,
                                     uint64_t index, struct past_entry *entry)
{
    struct standing_row standing;
    struct bytes element;
    enum store_error error = standing_read(tree->txn, tree->number, tree->seq, index, &standing);

    if (error == STORE_OK) {
        error = stored_block_leaf(tree->txn, &tree->stored, index, &element, &entry->leaf);
    }
    if (error != STORE_OK) {
        return error;
    }
    entry->seq = tree->seq;
    entry->index = index;
    entry->history = standing.history;
    entry->event_count = standing.event_count;
    entry->epoch_events = count_since(&standing, gathering->state->epoch_first_seq);
    return STORE_OK;
}

/* Entries go right behind those of earlier blocks: nothing else is taken from the arena in between. */
static enum store_error gather_entries(struct gathering *gathering, const struct live_tree *tree,
                                       size_t ranges)
{
    struct log_past *out = gathering->out;
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < ranges; i++) {
        for (uint64_t index = gathering->clipped[i].first;
             index <= gathering->clipped[i].last && error == STORE_OK; index++) {
            error = gather_entry(gathering, tree, index, &out->entries[out->entry_count++]);
        }
    }
    return error;
}

/* ---- blocks ---- */

static enum store_error gather_block(struct gathering *gathering, uint64_t seq, struct past_block *block)
{
    struct live_tree tree = {
        .txn = gathering->txn, .network = gathering->network, .number = gathering->number, .seq = seq};
    struct disk_record record;
    size_t ranges;
    enum store_error error = record_read(gathering->txn, gathering->number, seq, &record);

    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? txn_fail(gathering->txn, STORE_DAMAGED) : error;
    }
    *block = (struct past_block){.seq = seq, .record = record_of(&record)};
    error = previous_hash_read(gathering->txn, gathering->number, seq, &block->previous);
    if (error != STORE_OK) {
        return error;
    }
    ranges = clip_entries(gathering, seq, record.entry_count);
    if (ranges == 0) {
        return STORE_OK;
    }
    tree.entry_count = record.entry_count;
    tree.block = record.hash;
    error = stored_block_read(gathering->txn, gathering->number, seq, &record.hash, &tree.stored);
    if (error == STORE_OK) {
        error = gather_entries(gathering, &tree, ranges);
    }
    if (error == STORE_OK) {
        error = live_pages_gather(&tree, gathering->clipped, ranges, &block->live, gathering->arena);
    }
    return error;
}

static enum store_error gather_blocks(struct gathering *gathering)
{
    struct log_past *out = gathering->out;
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < gathering->reach->block_count; i++) {
        const struct seq_range *range = &gathering->reach->blocks[i];

        for (uint64_t seq = range->first; seq <= last_existing(gathering, range) && error == STORE_OK;
             seq++) {
            error = gather_block(gathering, seq, &out->blocks[out->block_count++]);
        }
    }
    return error;
}

/* The ranges of seqs that exist, and the pages from them and from the new block to the state root. */
static enum store_error gather_state(struct gathering *gathering)
{
    const struct log_reach *reach = gathering->reach;
    struct seq_range *ranges = arena_take(gathering->arena, reach->block_count * sizeof *ranges);
    size_t count = 0;

    if (!ranges) {
        return STORE_NO_MEMORY;
    }
    for (size_t i = 0; i < reach->block_count; i++) {
        if (reach->blocks[i].first <= gathering->state->seq) {
            ranges[count++] =
                (struct seq_range){reach->blocks[i].first, last_existing(gathering, &reach->blocks[i])};
        }
    }
    return state_pages_gather(gathering->txn, gathering->number, gathering->state->seq + 2, ranges, count,
                              &gathering->out->state, gathering->arena);
}

/* Entries of blocks that turn out shorter are counted too: an upper bound. */
static size_t count_entries(const struct log_reach *reach)
{
    size_t count = 0;

    for (size_t i = 0; i < reach->entry_count; i++) {
        uint64_t last = reach->entries[i].last;
        if (last >= BLOCK_ENTRIES_MAX) {
            last = BLOCK_ENTRIES_MAX - 1;
        }
        if (reach->entries[i].first <= last) {
            count += (size_t)(last - reach->entries[i].first + 1);
        }
    }
    return count;
}

/* The state tree of a log that begins has one empty page. */
static enum store_error empty_past(struct log_past *out, struct arena *arena)
{
    out->state.pages = arena_take(arena, sizeof *out->state.pages);
    out->state.count = 1;
    return out->state.pages ? STORE_OK : STORE_NO_MEMORY;
}

enum store_error store_gather_past(struct store_txn *txn, const struct network *network,
                                   const struct log_state *state, const struct log_reach *reach,
                                   struct log_past *out, struct arena *arena)
{
    struct gathering gathering = {
        .txn = txn, .network = network, .state = state, .reach = reach, .out = out, .arena = arena};
    enum store_error error;

    *out = (struct log_past){0};
    if (!state) {
        return empty_past(out, arena);
    }
    error = store_author_number(txn, &state->author, &gathering.number);
    if (error != STORE_OK) {
        return error;
    }
    out->blocks = arena_take(arena, count_blocks(&gathering) * sizeof *out->blocks);
    out->entries = arena_take(arena, count_entries(reach) * sizeof *out->entries);
    gathering.clipped = arena_take(arena, reach->entry_count * sizeof *gathering.clipped);
    if (!out->blocks || !out->entries || !gathering.clipped) {
        return STORE_NO_MEMORY;
    }
    error = gather_blocks(&gathering);
    return error == STORE_OK ? gather_state(&gathering) : error;
}
