#ifndef NODE_SIDE_PUSH_H
#define NODE_SIDE_PUSH_H

/* Which blocks beside an author's chain other nodes have to hear of, so that all who follow it know the same
 * branches under dispute: whatever status or govern block stands on any branch of its open epoch, with what
 * it stands on, then the four lowest branches by their first block. What a rotation has closed is taken in by
 * nobody who knows of the rotation; two of them leave the epoch open. */

#include "store/store.h"

enum {
    SIDE_PUSH_BRANCHES = 4,
    SIDE_PUSH_WIDTH_MAX = 1024, /* blocks of one seq beside the chain: more than a node keeps */
    /* Of an author, those that speak first; of each kind the lowest in the log first. Whoever takes them in
     * keeps no more of an epoch than about as many, small as they are. */
    SIDE_PUSH_BLOCKS_MAX = 32768,
};

/* Choose. Writes: the blocks, at most SIDE_PUSH_BLOCKS_MAX, a parent before its children; array in arena,
 * which costs as much as is held beside the chain. Returns: STORE_NOT_FOUND where the author has no log. */
enum store_error side_push_choose(struct store_txn *txn, const struct actor_id *author,
                                  struct locator_point **out, size_t *count, struct arena *arena);

#endif
