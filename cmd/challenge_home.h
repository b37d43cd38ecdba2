#ifndef CMD_CHALLENGE_HOME_H
#define CMD_CHALLENGE_HOME_H

/* Challenges that this node sent and that may still be answered: home/challenges, one file each, named by its
 * nonce. An answer counts once: which nonces were answered, the store remembers. */

#include "cmd/session.h"
#include "protocol/rules/presentation.h"

enum { CHALLENGE_SKEW_S = 120, CHALLENGES_MAX = 10000 };

/* Keep a challenge's frame; drops those that expired. Returns: EXIT_YES, or the exit code after it said why
 * not. */
int challenge_home_put(struct session *session, const struct challenge *challenge, struct bytes frame,
                       uint64_t now_s);

/* The challenge with that nonce. Returns: false when none is kept, or the file is not one. */
bool challenge_home_get(struct session *session, const uint8_t nonce[32], struct signed_challenge *out);

/* Remember that the challenge was answered. Writes: *reason REASON_NONE, or REASON_REPLAYED when it was
 * before. Requires: a session open for writing. Returns as challenge_home_put. */
int challenge_use(struct session *session, const struct challenge *challenge, enum reason *reason);

#endif
