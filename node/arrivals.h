#ifndef NODE_ARRIVALS_H
#define NODE_ARRIVALS_H

/* What the net processes say: connections that come and go, and frames, which are greeted, dropped or put
 * into the intake. Decides nothing about their contents. */

#include "node/daemon_state.h"

/* In the home while the listener listens. */
#define ENDPOINT_FILE "endpoint"

/* Take messages of all net processes until none waits or the intake is full. */
void arrivals_take(struct daemon *daemon);
/* Reap net processes that ended: all their peers are gone. */
void arrivals_reap(struct daemon *daemon);
/* Kick peers that owe their hello. */
void arrivals_timers(struct daemon *daemon);

/* The listener's endpoint and transport key, as another node's --peer takes it. Returns: false while there is
 * none. */
bool arrivals_endpoint(const struct daemon *daemon, char *out, size_t capacity);

#endif
