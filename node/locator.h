#ifndef NODE_LOCATOR_H
#define NODE_LOCATOR_H

/* A locator tells a peer where this node's chain of an author may meet the peer's: points that thin out
 * towards the beginning, so that a common one is near whatever the fork. */

#include "store/store.h"

/* Points of author's chain at head, head - 1, - 2, - 4, … 0, and beside, where its hash is not zero, the
 * block that extra names, which may lie on another branch. points has LOCATOR_MAX places. A log that is not
 * held gives extra or nothing. */
enum store_error locator_of(struct store_txn *txn, const struct actor_id *author, const struct head *extra,
                            struct locator_point *points, size_t *count);

/* The seqs of a locator for a chain whose head is head_seq, descending. Returns: how many. */
size_t locator_seqs(uint64_t head_seq, uint64_t seqs[LOCATOR_MAX]);

#endif
