/* What a block speaks about: which earlier blocks, and which entries in them. */

#include <string.h>

#include "protocol/base/sort.h"
#include "protocol/log/accept.h"

/* Collected as said, then sorted and united. */
struct collector {
    struct log_reach *reach;
    uint64_t own_seq;
    size_t block_capacity, entry_capacity;
};

static enum reason add_block_range(struct collector *collector, uint64_t first, uint64_t last,
                                   enum reason not_earlier)
{
    struct log_reach *reach = collector->reach;

    if (first > last || last >= collector->own_seq) {
        return not_earlier;
    }
    if (reach->block_count == collector->block_capacity) {
        return REASON_TOUCHES_TOO_MANY;
    }
    reach->blocks[reach->block_count++] = (struct seq_range){first, last};
    return REASON_NONE;
}

static enum reason add_entry_ranges(struct collector *collector, uint64_t seq, const struct list *ranges)
{
    const struct index_range *items = ranges->items;
    struct log_reach *reach = collector->reach;

    for (size_t i = 0; i < ranges->count; i++) {
        if (reach->entry_count == collector->entry_capacity) {
            return REASON_TOUCHES_TOO_MANY;
        }
        reach->entries[reach->entry_count++] = (struct reach_entries){seq, items[i].first, items[i].last};
    }
    return REASON_NONE;
}

static enum reason collect_entry(struct collector *collector, const struct entry *entry, struct arena *arena)
{
    union {
        struct status status;
        struct erase erase;
        struct void_record voids;
    } record;
    size_t mark = arena_mark(arena);
    enum reason reason = entry_payload_decode(&record, entry, arena);

    if (reason != REASON_NONE) {
        return reason;
    }
    if (entry->kind == ENTRY_STATUS) {
        reason = add_block_range(collector, record.status.seq, record.status.seq, REASON_NO_SUCH_ENTRY);
        if (reason == REASON_NONE) {
            reason = add_entry_ranges(collector, record.status.seq, &record.status.entries);
        }
    } else if (entry->kind == ENTRY_ERASE) {
        reason = add_block_range(collector, record.erase.seq, record.erase.seq, REASON_NO_SUCH_ENTRY);
    } else if (record.voids.has_range) {
        reason =
            add_block_range(collector, record.voids.range.first, record.voids.range.last, REASON_VOID_RANGE);
    }
    arena_rewind(arena, mark);
    return reason;
}

static int order_blocks(const void *a, const void *b)
{
    const struct seq_range *left = a, *right = b;

    return (left->first > right->first) - (left->first < right->first);
}

static int order_entries(const void *a, const void *b)
{
    const struct reach_entries *left = a, *right = b;

    if (left->seq != right->seq) {
        return left->seq < right->seq ? -1 : 1;
    }
    return (left->first > right->first) - (left->first < right->first);
}

static void unite_blocks(struct log_reach *reach)
{
    size_t kept = 0;

    sort_items(reach->blocks, reach->block_count, sizeof reach->blocks[0], order_blocks);
    for (size_t i = 0; i < reach->block_count; i++) {
        struct seq_range range = reach->blocks[i];

        if (kept > 0 && range.first <= reach->blocks[kept - 1].last + 1) {
            if (range.last > reach->blocks[kept - 1].last) {
                reach->blocks[kept - 1].last = range.last;
            }
        } else {
            reach->blocks[kept++] = range;
        }
    }
    reach->block_count = kept;
}

static void unite_entries(struct log_reach *reach)
{
    size_t kept = 0;

    sort_items(reach->entries, reach->entry_count, sizeof reach->entries[0], order_entries);
    for (size_t i = 0; i < reach->entry_count; i++) {
        struct reach_entries range = reach->entries[i];
        struct reach_entries *before = kept > 0 ? &reach->entries[kept - 1] : NULL;

        if (before != NULL && before->seq == range.seq && range.first <= before->last + 1) {
            if (range.last > before->last) {
                before->last = range.last;
            }
        } else {
            reach->entries[kept++] = range;
        }
    }
    reach->entry_count = kept;
}

/* By what the block says alone, so that every node refuses the same blocks, whatever it holds. */
static enum reason check_counts(const struct log_reach *reach, enum block_class block_class)
{
    uint64_t blocks = 0, entries = 0;

    for (size_t i = 0; i < reach->block_count; i++) {
        blocks += reach->blocks[i].last - reach->blocks[i].first + 1;
    }
    for (size_t i = 0; i < reach->entry_count; i++) {
        entries += reach->entries[i].last - reach->entries[i].first + 1;
    }
    if (block_class != CLASS_STATUS) {
        return blocks > VOID_BLOCKS_MAX ? REASON_VOIDS_TOO_MANY : REASON_NONE;
    }
    return blocks > STATUS_BLOCKS_MAX || entries > STATUS_ENTRIES_MAX ? REASON_TOUCHES_TOO_MANY : REASON_NONE;
}

static bool reaches_back(uint64_t kind)
{
    return kind == ENTRY_STATUS || kind == ENTRY_ERASE || kind == ENTRY_VOID;
}

enum reason log_reach_of(struct log_reach *out, const struct block *block, struct arena *arena)
{
    struct collector collector = {.reach = out, .own_seq = block->header.seq};

    *out = (struct log_reach){.block_count = 0};
    for (size_t i = 0; i < block->entry_count; i++) {
        collector.block_capacity += !block->entries[i].erased && reaches_back(block->entries[i].kind);
        collector.entry_capacity += block->entries[i].kind == ENTRY_STATUS ? STATUS_SPANS_MAX : 0;
    }
    if (collector.entry_capacity > STATUS_ENTRIES_MAX) {
        collector.entry_capacity = STATUS_ENTRIES_MAX;
    }
    if (collector.block_capacity == 0) {
        return REASON_NONE;
    }
    out->blocks = arena_take(arena, collector.block_capacity * sizeof *out->blocks);
    out->entries = arena_take(arena, collector.entry_capacity * sizeof *out->entries);
    if (out->blocks == NULL || out->entries == NULL) {
        return REASON_TOO_LARGE;
    }
    for (size_t i = 0; i < block->entry_count; i++) {
        const struct entry *entry = &block->entries[i];

        if (!entry->erased && reaches_back(entry->kind)) {
            enum reason reason = collect_entry(&collector, entry, arena);

            if (reason != REASON_NONE) {
                return reason;
            }
        }
    }
    unite_blocks(out);
    unite_entries(out);
    return check_counts(out, block->header.block_class);
}
