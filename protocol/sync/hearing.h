#ifndef PROTOCOL_SYNC_HEARING_H
#define PROTOCOL_SYNC_HEARING_H

/* What one peer's store told so far: up to which of its changes. Two numbers: up to where it was told, which
 * passes over what is claimed of the peer, or remembered as undecided (undecided.h); and up to where all of
 * it is stored here, which may be noted for when the peer is met again.
 *
 * What was forgotten instead, as its list was full or the peer did not deliver, is told once more, from what
 * is stored on: the same as a peer just met would be told, and no more often than peers are asked. So what a
 * peer makes up costs its own part of the exchange. Part of protocol/sync; pure. */

#include "protocol/wire/records.h"

struct hearing {
    struct store_point told, stored;
    uint64_t asked; /* the number that it was asked from last */
    bool more;      /* its last page said that there is more: what was forgotten waits for the end */
    bool refused;   /* evidence, since its last page */
    bool forgot;    /* something that was told, and is to be told again */
};

/* The peer was met before, and everything up to point is stored. Requires: *hearing is zero. */
void hearing_begin(struct hearing *hearing, const struct store_point *point);
/* A page was read, and what it lists taken up: claimed, remembered, or held already. missing: something of it
 * is not held. Evidence about that, if any came, could not be judged yet. One that doesn't follow what was
 * told, and isn't the first of another history, changes nothing. */
void hearing_on_page(struct hearing *hearing, const struct heads_page *page, bool missing);
/* A checkpoint or fork proof of it was refused for the time being. */
void hearing_on_refused(struct hearing *hearing);
/* Something that was told is neither stored nor remembered any more. */
void hearing_on_forgotten(struct hearing *hearing);

/* From where to ask it now. claims: something is still asked of it, or waits to be. undecided: heads of it
 * are remembered. Where neither is, and nothing was forgotten, all that was told is stored. */
struct store_point hearing_ask(struct hearing *hearing, bool claims, bool undecided);

#endif
