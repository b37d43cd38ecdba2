#ifndef NODE_SIDE_PUSH_H
#define NODE_SIDE_PUSH_H

/* Which blocks beside an author's chain other nodes have to hear of, so that all who follow it know the same
 * branches under dispute: of its open epoch the four lowest branches by their first block, and whatever
 * status or govern block stands on any other, with what it stands on. */

#include "store/store.h"

enum {
    SIDE_PUSH_BRANCHES = 4,
    SIDE_PUSH_BLOCKS_MAX = 1024, /* of an author that are looked at, the lowest in the log first */
};

/* Choose. Writes: heads of the blocks, a parent before its children; array in arena. Returns: STORE_NOT_FOUND
 * where the author has no log. */
enum store_error side_push_choose(struct store_txn *txn, const struct actor_id *author, struct head **out,
                                  size_t *count, struct arena *arena);

#endif
