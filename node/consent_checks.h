#ifndef NODE_CONSENT_CHECKS_H
#define NODE_CONSENT_CHECKS_H

/* Checking the signatures of consents that were left when their blocks came (store_check_consents), so that
 * nothing stays unknown for longer than the work takes: a slice in each turn of a daemon's loop, which waits
 * for nothing while any is left; all of them whenever a command that writes begins and ends. */

#include "store/store.h"

/* Of a daemon's loop: with what else a turn does it stays under 50 ms. */
enum { CONSENTS_EACH_TURN = 64 };

struct consent_checks {
    bool left;
    uint64_t from_ms; /* before then nothing is tried again, after it failed */
};

/* Check one slice in a write transaction of its own; none is begun when nothing is left. */
enum store_error consent_checks_step(struct consent_checks *checks, struct store *store, uint64_t now_ms);

/* When the next slice follows: at once while any is left; UINT64_MAX: none is. */
uint64_t consent_checks_deadline_ms(const struct consent_checks *checks);

#endif
