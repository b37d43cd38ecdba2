#ifndef PROTOCOL_LOG_CHECKPOINT_H
#define PROTOCOL_LOG_CHECKPOINT_H

/* Checkpoints: an author's signed word on what its head is at a time. They speak of freshness, never of
 * forks, and never go back (DESIGN section 4, free-standing statements). */

#include "protocol/log/keys_state.h"

/* Sign checkpoint with key index of the author's key set. */
void checkpoint_sign(struct signed_checkpoint *out, const struct checkpoint *checkpoint,
                     const struct network *network, uint64_t key_index, const struct sign_secret_key *secret);

/* Whether a checkpoint key of keys (in force in the checkpoint's epoch) signed it, and it does not go back
 * behind previous (NULL when there is none): not in epoch, and within one epoch neither in seq nor in time.
 * Returns: REASON_NONE, REASON_STALE_CHECKPOINT, REASON_KNOWN when nothing moved, REASON_SIGNER_ROLE or
 * REASON_BAD_SIGNATURE. */
enum reason checkpoint_check(const struct signed_checkpoint *checkpoint, const struct network *network,
                             const struct key_set *keys, const struct signed_checkpoint *previous);

#endif
