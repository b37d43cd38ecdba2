#include "protocol/log/branch.h"

#include <assert.h>

#include "protocol/base/sort.h"

/* Index of the first block that is not below (seq, hash); hash NULL: of the first at seq. */
static size_t lower_bound(const struct branch_set *set, uint64_t seq, const struct hash *hash)
{
    size_t low = 0, high = set->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct branch_block *block = &set->blocks[middle];

        if (block->seq < seq || (block->seq == seq && hash != NULL && hash_compare(&block->hash, hash) < 0)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static int64_t find_parent(const struct branch_set *set, size_t index)
{
    const struct branch_block *block = &set->blocks[index];
    size_t at = 0;

    if (block->seq == 0) {
        return BRANCH_END;
    }
    at = lower_bound(set, block->seq - 1, &block->previous);
    return at < set->count && set->blocks[at].seq == block->seq - 1 &&
                   hash_equal(&set->blocks[at].hash, &block->previous)
               ? (int64_t)at
               : BRANCH_END;
}

static int order_rotations(const void *a, const void *b)
{
    const struct branch_rotation *left = a, *right = b;

    return hash_compare(&left->hash, &right->hash);
}

/* Mark the way up to a rotation from each block of the epoch that it closes. Lower rotations come first, and
 * where one has passed, all below is marked already. */
static void mark_way(struct branch_set *set, size_t rotation)
{
    size_t child = rotation;

    while (!set->blocks[child].refused) {
        int64_t parent = find_parent(set, child);

        if (parent == BRANCH_END || set->towards[parent] != BRANCH_END) {
            return;
        }
        set->towards[parent] = (int64_t)child;
        child = (size_t)parent;
        if (set->blocks[child].rotation) {
            return; /* it opened the epoch */
        }
    }
}

static void mark_ways(struct branch_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        set->towards[i] = BRANCH_END;
    }
    for (size_t i = 0; i < set->rotation_count; i++) {
        mark_way(set, set->rotations[i].index);
    }
}

bool branch_set_init(struct branch_set *set, struct branch_block *blocks, size_t count, struct arena *arena)
{
    size_t rotations = 0;

    for (size_t i = 0; i < count; i++) {
        rotations += blocks[i].rotation;
    }
    *set = (struct branch_set){.count = count, .blocks = blocks};
    set->rotations = arena_take(arena, rotations * sizeof *set->rotations);
    set->towards = arena_take(arena, count * sizeof *set->towards);
    if (set->rotations == NULL || set->towards == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (blocks[i].rotation) {
            set->rotations[set->rotation_count++] = (struct branch_rotation){blocks[i].hash, i};
        }
    }
    sort_items(set->rotations, set->rotation_count, sizeof set->rotations[0], order_rotations);
    mark_ways(set);
    return true;
}

void branch_set_refuse(struct branch_set *set, size_t index)
{
    assert(index < set->count);
    set->blocks[index].refused = true;
    if (set->towards[index] != BRANCH_END || set->blocks[index].rotation) {
        mark_ways(set);
    }
}

/* Refused ones count too: their headers are signed. */
static size_t count_rotations_into(const struct branch_set *set, uint64_t epoch)
{
    size_t count = 0;

    for (size_t i = 0; i < set->rotation_count; i++) {
        count += set->blocks[set->rotations[i].index].epoch == epoch;
    }
    return count;
}

/* Blocks are sorted by hash within a seq, so the first child is the lowest. */
static int64_t lowest_child(const struct branch_set *set, size_t head)
{
    uint64_t seq = set->blocks[head].seq + 1;

    for (size_t i = lower_bound(set, seq, NULL); i < set->count && set->blocks[i].seq == seq; i++) {
        const struct branch_block *block = &set->blocks[i];

        if (!block->refused && !block->rotation && hash_equal(&block->previous, &set->blocks[head].hash)) {
            return (int64_t)i;
        }
    }
    return BRANCH_END;
}

struct branch_step branch_next(const struct branch_set *set, size_t head)
{
    struct branch_step step = {.next = BRANCH_END};

    assert(head < set->count);
    if (count_rotations_into(set, set->blocks[head].epoch) > 1) {
        step.frozen = true;
    } else if (set->towards[head] != BRANCH_END) {
        step.next = set->towards[head];
        step.towards_rotation = true;
    } else {
        step.next = lowest_child(set, head);
    }
    return step;
}
