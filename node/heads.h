#ifndef NODE_HEADS_H
#define NODE_HEADS_H

/* Heads that peers announce: compared with the store and told to the sync core; those of authors that nothing
 * admits yet, or for which the peer's claims have no room, are remembered (protocol/sync/undecided.h) and
 * looked at again as soon as something may have changed. */

#include "node/daemon_state.h"

enum {
    RECHECK_HEADS_MAX = 256,     /* looked at again in one turn of the loop… */
    RECHECK_TURN_MS = 1,         /* …and for how long */
    HEADS_TURN_NS = 1000 * 1000, /* for what a peer tells */
    HEADS_AT_ONCE = 8,           /* compared with the same state of the store */
    TELL_MS = 20,
    NOTE_MS = 10000,
};

/* How far a list of heads was looked at. */
struct heads_progress {
    size_t done;
    bool missing; /* something of them is not held */
};

/* What a peer announced, or told of its store's changes: from progress on, for HEADS_TURN_NS or to its end.
 * Returns: whether it is at its end. */
bool heads_settle(struct daemon *daemon, struct peer *peer, const struct heads *told,
                  struct heads_progress *progress);
/* Remember a head of an author that is not admitted, and ask the peer who introduces it. */
void heads_pass_over(struct daemon *daemon, struct peer *peer, const struct head *head);

/* An encoded block was accepted: whom its entries name is looked at next, and then all others, unless the
 * block is of a sort that admits nobody but those. */
void heads_on_accepted(struct daemon *daemon, struct bytes encoded);
/* Anything else changed that may admit somebody. */
void heads_recheck_all(struct daemon *daemon);

/* Look again at what is to be looked at, as far as this turn has time; peers have their turns. */
void heads_recheck(struct daemon *daemon);
uint64_t heads_recheck_ms(const struct daemon *daemon);

/* A peer was greeted: what was heard of its store is known. */
void heads_meet(struct daemon *daemon, struct peer *peer);
/* It says what it heard of this one. */
void heads_on_heard(struct daemon *daemon, struct peer *peer, const struct heard *heard);
/* Tell peers what changed since, as far as they take it now. */
void heads_tell(struct daemon *daemon);
/* Note from time to time in the store up to where everything that peers told is stored, and who delivers. */
void heads_note(struct daemon *daemon);
/* The same now, before the node ends. */
void heads_note_now(struct daemon *daemon);

#endif
