#include "protocol/log/branch.h"

/* Index of the block with hash at seq, or BRANCH_END. */
static int64_t find_block(const struct branch_block *blocks, size_t count, uint64_t seq,
                          const struct hash *hash)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct branch_block *block = &blocks[middle];

        if (block->seq < seq || (block->seq == seq && hash_compare(&block->hash, hash) < 0)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && blocks[low].seq == seq && hash_equal(&blocks[low].hash, hash) ? (int64_t)low
                                                                                        : BRANCH_END;
}

/* The child of head on the way up to blocks[top], or BRANCH_END when it does not descend from head or a block
 * on the way is refused. */
static int64_t step_towards(const struct branch_block *blocks, size_t count, const struct hash *head,
                            uint64_t head_seq, size_t top)
{
    int64_t at = (int64_t)top;

    while (at != BRANCH_END && !blocks[at].refused && blocks[at].seq > head_seq) {
        if (blocks[at].seq == head_seq + 1) {
            return hash_equal(&blocks[at].previous, head) ? at : BRANCH_END;
        }
        at = find_block(blocks, count, blocks[at].seq - 1, &blocks[at].previous);
    }
    return BRANCH_END;
}

static size_t count_rotations_into(const struct branch_block *blocks, size_t count, uint64_t epoch)
{
    size_t rotations = 0;

    for (size_t i = 0; i < count; i++) {
        rotations += blocks[i].rotation && blocks[i].epoch == epoch;
    }
    return rotations;
}

struct branch_step branch_next(const struct branch_block *blocks, size_t count, const struct hash *head,
                               uint64_t head_seq, uint64_t head_epoch)
{
    struct branch_step step = {.next = BRANCH_END};
    const struct hash *lowest = NULL;

    if (count_rotations_into(blocks, count, head_epoch) > 1) {
        step.frozen = true;
        return step;
    }
    for (size_t i = 0; i < count; i++) {
        const struct branch_block *block = &blocks[i];
        int64_t towards = BRANCH_END;

        if (!block->rotation || block->epoch != head_epoch + 1) {
            continue;
        }
        towards = step_towards(blocks, count, head, head_seq, i);
        if (towards != BRANCH_END && (lowest == NULL || hash_compare(&block->hash, lowest) < 0)) {
            lowest = &block->hash;
            step.next = towards;
            step.towards_rotation = true;
        }
    }
    /* Blocks are sorted by hash within a seq, so the first child is the lowest. */
    for (size_t i = 0; i < count && step.next == BRANCH_END; i++) {
        const struct branch_block *block = &blocks[i];

        if (!block->refused && !block->rotation && block->seq == head_seq + 1 &&
            hash_equal(&block->previous, head)) {
            step.next = (int64_t)i;
        }
    }
    return step;
}
