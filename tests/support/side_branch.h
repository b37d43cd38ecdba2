#ifndef TESTS_SUPPORT_SIDE_BRANCH_H
#define TESTS_SUPPORT_SIDE_BRANCH_H

/* Branches beside the chain of an author of a store_world. Nobody checks signatures of what is put there: one
 * block that is signed makes as many as are wanted. What goes wrong aborts. */

#include "tests/support/store_world.h"

/* Sign the draft on top of the author's state, without applying it. Bytes are in the world's arena. */
void branch_sign(struct block *out, struct store_world *world, struct store_txn *txn,
                 const struct world_author *author, const struct draft *draft, uint64_t time_s);

/* One that leaves the chain behind a block, with one block like another in each place. */
struct branch {
    const struct block *like;
    uint64_t first; /* the place of its first block, */
    struct hash previous;
    size_t count;
    uint64_t arrived_s;
};
/* Writes: hashes, of each block, the first one first. */
void branch_put(struct store_world *world, struct store_txn *txn, const struct branch *branch,
                struct hash hashes[]);

#endif
