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

struct branch_step {
    int64_t next;          /* index of the block that follows, or BRANCH_END */
    bool frozen;           /* the chain ends because two rotations opened the head's epoch */
    bool towards_rotation; /* next was chosen for a rotation above it: if any block on the way is refused, the
                              choice begins anew below */
};

/* What follows head, which lies in head_epoch, among an author's blocks. Requires: blocks sorted by (seq,
 * hash), none twice; head_seq is the head's. */
struct branch_step branch_next(const struct branch_block *blocks, size_t count, const struct hash *head,
                               uint64_t head_seq, uint64_t head_epoch);

#endif
