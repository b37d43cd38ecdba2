#ifndef PROTOCOL_LOG_BRANCH_H
#define PROTOCOL_LOG_BRANCH_H

/* Which of an author's known blocks are its log, when there is more than one candidate: the same answer for the same
 * set of blocks, in whatever order they came (DESIGN section 4, forks).
 *
 * From the head of the chain so far: if a rotation of the head's epoch is known that descends from the head, the
 * chain goes towards the rotation with the lowest hash; otherwise to the child with the lowest hash. Two rotations
 * of one epoch freeze the author: the chain ends at the chosen rotation. A block that acceptance refuses is struck
 * from the set and the choice is made anew; whether a block is refused depends on its ancestors alone. */

#include "protocol/wire/block.h"

struct branch_block {
    struct hash hash;
    struct hash previous;
    uint64_t seq;
    uint64_t epoch;
    bool rotation; /* class `keys` with a keys record, seq > 0 */
    bool refused;
};

enum { BRANCH_END = -1 };

/* Index of the block that follows head (with its epoch) among blocks, or BRANCH_END. *frozen tells whether two
 * rotations of one epoch are known at or below the end. Requires: blocks sorted by (seq, hash), none twice. */
int64_t branch_next(const struct branch_block *blocks, size_t count, const struct hash *head, uint64_t head_epoch,
                    bool *frozen);

#endif
