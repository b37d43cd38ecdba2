#ifndef NODE_INGEST_BRANCH_H
#define NODE_INGEST_BRANCH_H

/* The part of ingest.h that deals with forks: blocks that do not simply extend the head, and the replay of
 * another branch where one is chosen (follow.h). Not for use outside ingest. */

#include "node/ingest.h"
#include "protocol/log/fork.h"

/* block_decode into the arena of ingest. What does not fit there was not looked at, and is no fault of the
 * block: *error is STORE_NO_MEMORY, here and in ingest_extend. */
enum reason ingest_decode(struct block *block, struct ingest *ingest, struct bytes encoded,
                          enum store_error *error);

/* Gather, decide and apply a block on top of state (NULL: it is block 0). Returns: why it is refused, or
 * REASON_NONE with *error telling whether the store did its part. */
enum reason ingest_extend(struct ingest *ingest, struct store_txn *txn, const struct log_state *state,
                          const struct block *block, uint64_t now_s, enum store_error *error);

/* Decide about a block whose author has a log that it does not simply extend. */
void ingest_beside(struct ingest *ingest, struct store_txn *txn, const struct log_state *state,
                   const struct block *block, uint64_t now_s, struct ingest_result *result);

/* Hold a signed block against the headers of the proofs held, whose blocks need not be. *found: a lower proof
 * is kept than before. */
enum store_error ingest_prove_against_held(struct ingest *ingest, struct store_txn *txn,
                                           const struct block *block, bool *found);

/* Keep a signed block that acceptance refused on top of state beside the chain, where there is room for it:
 * beside a sibling it is a fork. *found: as above. */
enum store_error ingest_keep_refused(struct ingest *ingest, struct store_txn *txn,
                                     const struct log_state *state, const struct block *block, uint64_t now_s,
                                     bool *found);

/* Keys of the last block of the chain in epoch. STORE_NOT_FOUND when the chain has not come to it. */
enum store_error ingest_keys_in_epoch(struct store_txn *txn, const struct log_state *state, uint64_t wanted,
                                      struct key_set *keys, uint64_t *epoch);

/* Take in what a checked proof shows: when its headers came, whose blocks may never do, the rotations among
 * them, which are rivals of every other one out of their epoch from now on, and what contradicts either. It
 * is kept if it is the lowest of its author and epoch, or the newest. Returns: REASON_NONE when others should
 * hear of it at once, else REASON_KNOWN. */
enum reason ingest_take_fork_proof(struct ingest *ingest, struct store_txn *txn,
                                   const struct fork_point *point, const struct fork_proof *proof,
                                   uint64_t now_s, enum store_error *error);

/* Of a proof whose parent is not held: a rotation among its headers shows by its own keys that it is one.
 * *tell: a lower proof is kept than before. */
enum store_error ingest_note_orphan_proof(struct ingest *ingest, struct store_txn *txn,
                                          const struct log_state *state, const struct fork_point *point,
                                          const struct fork_proof *proof, uint64_t now_s, bool *tell);

#endif
