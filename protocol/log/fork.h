#ifndef PROTOCOL_LOG_FORK_H
#define PROTOCOL_LOG_FORK_H

/* Fork proofs: two signed headers of one author that cannot both be its log (DESIGN section 4, forks). */

#include "protocol/log/keys_state.h"

/* What a proof says once its shape is known. */
struct fork_point {
    struct actor_id author;
    uint64_t epoch;     /* that is disputed: of the lower header; for rotations, the epoch that both close */
    bool rotations;     /* two rotations of one epoch: the author is frozen */
    uint64_t seq;       /* of the first disputed block */
    struct hash parent; /* of the fork; zero for rotations of different parents */
};

/* Write the proof that a and b make, the one with the lower header bytes first. Borrows both. Returns: false
 * when they do not contradict each other, or arena is full. */
bool fork_proof_of(struct fork_proof *proof, const struct block *a, const struct block *b,
                   struct arena *arena);

/* The two blocks of a proof, without bodies but for a rotation's one entry: enough for fork_proof_of.
 * Returns: false when it is none, or arena is full. */
bool fork_proof_blocks(struct block out[2], const struct fork_proof *proof, const struct network *network,
                       struct arena *arena);

/* Check shape and signatures. keys are those in force at the fork's parent, in parent_epoch (for rotations of
 * different parents: any block of the closed epoch, whose pre-commitments are one and the same).
 * Returns: REASON_NONE and *point, or why it proves nothing. */
enum reason fork_proof_check(struct fork_point *point, const struct fork_proof *proof,
                             const struct network *network, const struct key_set *keys, uint64_t parent_epoch,
                             struct arena *arena);

/* Check one of the two headers alone, 0 or 1: keys are those in force at its parent, and for a rotation those
 * of any block of the epoch that it closes. */
enum reason fork_proof_check_header(const struct fork_proof *proof, size_t which,
                                    const struct network *network, const struct key_set *keys,
                                    uint64_t parent_epoch, struct arena *arena);

/* Where the proof points, without checking signatures: what to look the keys up by. */
enum reason fork_proof_point(struct fork_point *point, const struct fork_proof *proof, struct arena *arena);

/* Order in which the lowest proof of an (author, epoch) is kept: two rotations before siblings, because they
 * freeze the author and forks in the epoch that they close dispute nothing any more; then by point's seq,
 * then by the two headers' bytes. */
int fork_proof_compare(const struct fork_proof *a, const struct fork_point *point_a,
                       const struct fork_proof *b, const struct fork_point *point_b);

#endif
