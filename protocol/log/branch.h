#ifndef PROTOCOL_LOG_BRANCH_H
#define PROTOCOL_LOG_BRANCH_H

/* Which of an author's known blocks are its log, when there is more than one candidate: the same answer for
 * the same set of blocks, in whatever order they came (DESIGN section 4, forks).
 *
 * From the head of the chain so far: if a rotation of the head's epoch is known that descends from the head,
 * the chain goes towards the rotation with the lowest hash; otherwise to the child with the lowest hash. Two
 * rotations of one epoch freeze the author: the chain ends at the chosen rotation. A block that acceptance
 * refuses is struck from the set and the choice is made anew; whether a block is refused depends on its
 * ancestors alone. */

#include "protocol/wire/block.h"

struct branch_block {
    struct hash hash;
    struct hash previous;
    uint64_t seq;
    uint64_t epoch;
    bool rotation; /* class `keys` with a keys record, seq > 0 */
    bool refused;  /* acceptance refused its body; its signed header still counts against its author */
};

enum { BRANCH_END = -1 };

struct branch_rotation {
    struct hash hash;
    size_t index; /* of its block */
};

/* All of an author's blocks. Arrays but blocks are in the arena. */
struct branch_set {
    size_t count;
    struct branch_block *blocks;
    size_t rotation_count;
    struct branch_rotation *rotations; /* sorted by hash */
    int64_t *towards; /* for each block the child on the way to the rotation that ends its epoch, BRANCH_END
                         where no rotation descends from it */
};

struct branch_step {
    int64_t next;          /* index of the block that follows, or BRANCH_END */
    bool frozen;           /* the chain ends because two rotations opened the head's epoch */
    bool towards_rotation; /* next was chosen for a rotation above it: if any block on the way is refused, the
                              choice begins anew below */
};

/* Requires: blocks sorted by (seq, hash), none twice. Borrows: blocks, as long as *set is used. Returns:
 * false when arena is full. Cost: n log n. */
bool branch_set_init(struct branch_set *set, struct branch_block *blocks, size_t count, struct arena *arena);

/* Strike a block that acceptance refused. */
void branch_set_refuse(struct branch_set *set, size_t index);

/* What follows blocks[head] on the chain. */
struct branch_step branch_next(const struct branch_set *set, size_t head);

#endif
