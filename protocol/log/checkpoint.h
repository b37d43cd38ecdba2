#ifndef PROTOCOL_LOG_CHECKPOINT_H
#define PROTOCOL_LOG_CHECKPOINT_H

/* Checkpoints: an author's signed word on what its head is at a time. They speak of freshness, never of
 * forks, and never go back (DESIGN section 4, free-standing statements). */

#include "protocol/log/keys_state.h"

/* Sign checkpoint with key index of the author's key set. */
void checkpoint_sign(struct signed_checkpoint *out, const struct checkpoint *checkpoint,
                     const struct network *network, uint64_t key_index, const struct sign_secret_key *secret);

/* When an author's next checkpoint is to be dated, by its clock: not before its last one, as long as that is
 * at most CHECKPOINT_AHEAD_S ahead; what a clock once said that was further ahead is not waited for. last_s:
 * 0 when there is none. */
uint64_t checkpoint_next_time_s(uint64_t now_s, uint64_t last_s);

/* Whether a checkpoint key of keys (in force in the checkpoint's epoch) signed it, and it does not go back
 * behind previous (NULL when there is none): neither in epoch nor in time, and within one epoch not in seq.
 * Returns: REASON_NONE, REASON_STALE_CHECKPOINT, REASON_KNOWN when nothing moved, REASON_SIGNER_ROLE or
 * REASON_BAD_SIGNATURE. */
enum reason checkpoint_check(const struct signed_checkpoint *checkpoint, const struct network *network,
                             const struct key_set *keys, const struct signed_checkpoint *previous);

#endif
