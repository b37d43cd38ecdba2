#ifndef NODE_SETTLE_H
#define NODE_SETTLE_H

/* From what came in to what goes out: apply the intake, then tell the sync core and the control clients what
 * became of each item, in the order in which the items came. */

#include "node/daemon_state.h"

/* Commit of the intake what a turn has time for and act on it; behind the last of it goes the own checkpoint,
 * when that is due. */
void settle_intake(struct daemon *daemon);
/* Feed one event to the sync core and perform what it decides. want as relay_perform. */
void settle_event(struct daemon *daemon, const struct sync_event *event, const struct want *want);
/* How long the sync core waits at the speed of the clock. */
struct sync_waits settle_sync_waits(void);
/* What timers ask for: sync ticks, checkpoints, undecided heads. */
void settle_timers(struct daemon *daemon);
uint64_t settle_deadline_ms(const struct daemon *daemon);

/* Kick peer and log why. */
void settle_kick(struct daemon *daemon, struct peer *peer, const char *why);
/* Log that the store failed; a full disk once a minute. */
void settle_store_error(struct daemon *daemon, const char *event, enum store_error error);

/* A store_error in a word, for logs. */
const char *store_error_word(enum store_error error);

#endif
