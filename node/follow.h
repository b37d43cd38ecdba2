#ifndef NODE_FOLLOW_H
#define NODE_FOLLOW_H

/* Which of an author's known blocks are its log, when there is more than one candidate: the same answer for
 * the same set of blocks, in whatever order they came (DESIGN section 4, forks).
 *
 * From the head of the chain so far: if a rotation of the head's epoch is known that descends from the head,
 * the chain goes towards the rotation with the lowest hash; otherwise to the child with the lowest hash. Two
 * rotations of one epoch freeze the author: the chain ends at the one that is chosen. A block that acceptance
 * refuses is struck from the set and the choice is made anew; whether a block is refused depends on its
 * ancestors alone. tests/unit/node_ingest_order_test.c has the same as a plain model.
 *
 * Following the chosen branch: un-apply the chain down to where the two part, apply the other's blocks. It
 * goes in slices: each leaves a valid chain of the author, a shorter or a longer one, and a mark in the store
 * that the author is on its way. What following costs is paid for by the author's budget: beyond it the
 * branch is only noted. Part of ingest. */

#include "node/ingest.h"

enum {
    /* A leaking bucket: what un-applying a block, and beginning to, takes from it. An hour of debt is the
     * most there is, so that 16 000 blocks an hour are un-applied for long, whoever signs what. */
    FOLLOW_BLOCK_COST_MS = 220,
    FOLLOW_SWITCH_COST_MS = 16 * FOLLOW_BLOCK_COST_MS,
    FOLLOW_BUDGET_MS = 3600 * 1000,
};

/* The chain may have to leave block unwind_to (SWITCH_NONE: only to go on from its head): note it. */
enum store_error follow_note(struct store_txn *txn, const struct actor_id *author, uint64_t unwind_to);

/* A rotation into an epoch became known while the author may be on its way: choose anew among them. */
enum store_error follow_choose_rotation_anew(struct store_txn *txn, const struct actor_id *author);

/* Go on towards the chosen branch until the chain is there, this turn's time is used up, or the budget is. */
enum store_error follow_go_on(struct ingest *ingest, struct store_txn *txn, const struct actor_id *author,
                              uint64_t now_s);

/* When to go on with an author on its way: at once, unless the budget is used up. */
uint64_t follow_due_s(const struct branch_switch *way, uint64_t now_s);

/* How many rotations into epoch are held, the lowest two of them at most. */
enum store_error follow_count_rotations(struct store_txn *txn, const struct actor_id *author, uint64_t epoch,
                                        size_t *count);

#endif
