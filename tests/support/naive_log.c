#include "tests/support/naive_log.h"

#include <assert.h>
#include <stdlib.h>

struct naive_block {
    uint64_t epoch;
    uint64_t time_s;
    struct hash previous;
    uint64_t entry_count;
    enum standing standing;
    struct hash *leaves;
    struct hash *histories;
};

static void tree_root(struct hash *out, const struct hash_domain *node, const struct hash *leaves,
                      size_t count)
{
    struct hash left, right;
    size_t split = 1;

    if (count == 1) {
        *out = leaves[0];
        return;
    }
    while (2 * split < count) {
        split *= 2;
    }
    tree_root(&left, node, leaves, split);
    tree_root(&right, node, leaves + split, count - split);
    hash_pair(out, node, &left, &right);
}

static void *take_zeroed(size_t count, size_t size)
{
    void *memory = calloc(count, size);

    assert(memory != NULL);
    return memory;
}

static void say(struct naive_block *blocks, const struct network *network, const struct status *status,
                uint64_t setter_seq, uint64_t setter_index)
{
    const struct history_event event = {
        .action = status->action,
        .effective_day = status->effective_day,
        .stated_day = day_of_time(blocks[setter_seq].time_s),
        .setter_seq = setter_seq,
        .setter_index = setter_index,
        .has_replacement = status->has_replacement,
        .has_holder = status->has_holder,
        .replacement = status->replacement,
        .holder = status->holder,
    };
    const struct index_range *ranges = status->entries.items;

    for (size_t i = 0; i < status->entries.count; i++) {
        for (uint64_t j = ranges[i].first; j <= ranges[i].last; j++) {
            struct hash *history = &blocks[status->seq].histories[j];
            struct hash before = *history;

            history_extend(history, network, &before, &event);
        }
    }
}

static void read_entry(struct naive_block *blocks, const struct network *network, const struct entry *entry,
                       uint64_t seq, uint64_t index, struct arena *arena)
{
    struct status status;
    struct void_record voids;

    if (!entry->erased && entry->kind == ENTRY_STATUS &&
        entry_payload_decode(&status, entry, arena) == REASON_NONE) {
        say(blocks, network, &status, seq, index);
    }
    if (!entry->erased && entry->kind == ENTRY_VOID &&
        entry_payload_decode(&voids, entry, arena) == REASON_NONE && voids.has_range) {
        for (uint64_t i = voids.range.first; i <= voids.range.last; i++) {
            blocks[i].standing = STANDING_VOID;
        }
    }
}

static void read_block(struct naive_block *blocks, const struct network *network, struct bytes encoded,
                       uint64_t seq, struct arena *arena)
{
    struct naive_block *out = &blocks[seq];
    struct block block;
    enum reason reason = block_decode(&block, network, encoded, arena);

    assert(reason == REASON_NONE);
    out->epoch = block.header.epoch;
    out->time_s = block.header.time_s;
    out->previous = block.header.previous;
    out->entry_count = block.entry_count;
    out->leaves = take_zeroed(block.entry_count, sizeof *out->leaves);
    out->histories = take_zeroed(block.entry_count, sizeof *out->histories);
    for (size_t i = 0; i < block.entry_count; i++) {
        size_t mark = arena_mark(arena);

        out->leaves[i] = block.leaves[i];
        read_entry(blocks, network, &block.entries[i], seq, i, arena);
        arena_rewind(arena, mark);
    }
}

static void state_leaf(struct hash *out, const struct network *network, struct naive_block *block,
                       uint64_t seq)
{
    struct block_state state = {.epoch = block->epoch,
                                .seq = seq,
                                .previous = block->previous,
                                .entry_count = block->entry_count,
                                .standing = block->standing};

    for (uint64_t i = 0; i < block->entry_count; i++) {
        struct hash leaf = block->leaves[i];

        if (!hash_is_zero(&block->histories[i])) {
            live_leaf(&block->leaves[i], network, &leaf, &block->histories[i]);
        }
    }
    tree_root(&state.live_root, label_domain(network, LABEL_ENTRY_NODE), block->leaves, block->entry_count);
    block_state_leaf(out, network, &state);
}

void naive_state_root(struct hash *out, const struct network *network, const struct bytes *blocks,
                      size_t count)
{
    struct naive_block *naive = take_zeroed(count, sizeof *naive);
    struct hash *leaves = take_zeroed(count, sizeof *leaves);
    void *memory = take_zeroed(1, BLOCK_ARENA_SIZE);
    struct arena arena;

    for (size_t i = 0; i < count; i++) {
        arena_init(&arena, memory, BLOCK_ARENA_SIZE);
        read_block(naive, network, blocks[i], i, &arena);
    }
    for (size_t i = 0; i < count; i++) {
        state_leaf(&leaves[i], network, &naive[i], i);
        free(naive[i].leaves);
        free(naive[i].histories);
    }
    tree_root(out, label_domain(network, LABEL_STATE_NODE), leaves, count);
    free(memory);
    free(leaves);
    free(naive);
}
