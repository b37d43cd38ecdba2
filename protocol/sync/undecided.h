#ifndef PROTOCOL_SYNC_UNDECIDED_H
#define PROTOCOL_SYNC_UNDECIDED_H

/* Heads that one peer announced and that can't be asked for yet: nothing held admits their authors, or the
 * peer's list of claims is full (wants.h). Something accepted later may admit them, and then they are asked
 * for at once, so that chains of accreditation resolve in round
 * trips.
 *
 * A list belongs to one peer and is bounded: what is beyond takes the place of another head of that peer,
 * drawn by lot, so that nobody who makes up heads or ids chooses whose head goes, and nothing that one peer
 * says takes a place from another. In all there are bounds as well: once the lists of all peers are large
 * together, a list beyond its share grows no further (undecided_bound).
 *
 * Each head stands in one line. Those to be looked at, first named first; those of which the peer is to be
 * asked who introduces the author, by how often it was asked: at once, after 1, 2 and 4 s; the others. Part
 * of protocol/sync. */

#include "protocol/wire/records.h"

enum {
    UNDECIDED_MAX = 16384,        /* of one peer */
    UNDECIDED_SHARE = 2048,       /* that every peer may have, whatever the others have */
    UNDECIDED_MAX_IN_ALL = 65536, /* beyond which none grows over its share */
    UNDECIDED_BUCKETS = 16384,
    UNDECIDED_ASKS_SOON_MAX = 4, /* so often it is asked without anything having changed */
    UNDECIDED_ASK_MS = 1000,     /* between the first two questions; then twice as long each time… */
    UNDECIDED_DOUBLINGS_MAX = 5, /* …up to half a minute */
};

enum undecided_line {
    UNDECIDED_ASK, /* … and one line for each time more that the peer was asked */
    UNDECIDED_REST = UNDECIDED_ASK + UNDECIDED_ASKS_SOON_MAX,
    UNDECIDED_DUE,
    UNDECIDED_LINE_COUNT
};

struct undecided_head {
    struct actor_id author;
    struct hash hash;
    uint64_t bytes;
    uint64_t ask_ms; /* not to ask again who introduces the author before */
    uint32_t seq;
    uint16_t epoch;
    uint16_t earlier, later; /* in its line */
    uint16_t next_of_bucket; /* place + 1; 0: none */
    uint8_t asked;           /* how often */
    bool gaps, held;
};

/* Only what is in use of it is ever touched: places are given out in order. */
struct undecided {
    uint8_t secret[PLACE_SECRET_SIZE];
    uint64_t random;
    uint64_t wait_ms; /* between the first two questions about an author */
    bool forgot;      /* a head went to make room for another, since its owner last looked */
    uint16_t held, most;
    uint16_t ever, free; /* places that were ever used, and of those the first one that is free again: + 1 */
    uint16_t buckets[UNDECIDED_BUCKETS];
    struct undecided_head heads[UNDECIDED_MAX + UNDECIDED_LINE_COUNT]; /* the last ones are the lines' ends */
};

/* secret: nobody can choose authors that share a bucket, or foresee a lot. wait_ms: UNDECIDED_ASK_MS unless a
 * test's clock runs faster. Requires: *undecided is zero. */
void undecided_init(struct undecided *undecided, const uint8_t secret[PLACE_SECRET_SIZE], uint64_t wait_ms);

/* Let it hold no more than before from now on, or than its share, where all lists hold in_all together and
 * that is too much; else as much as a list may. */
void undecided_bound(struct undecided *undecided, size_t in_all);

/* What is remembered of author, or NULL. */
struct undecided_head *undecided_find(struct undecided *undecided, const struct actor_id *author);
/* Remember head, in place of an earlier one of its author, whose place in its line it keeps. A new one stands
 * where its author is to be asked about. */
struct undecided_head *undecided_put(struct undecided *undecided, const struct head *head);
void undecided_remove(struct undecided *undecided, struct undecided_head *at);
/* The head as it was announced. */
struct head undecided_head_of(const struct undecided_head *at);

/* The first of a line, or NULL. */
struct undecided_head *undecided_first(struct undecided *undecided, enum undecided_line line);
/* It is to be looked at before all others. */
void undecided_hurry(struct undecided *undecided, struct undecided_head *at);
/* All are to be looked at, behind those that are already. */
void undecided_hurry_all(struct undecided *undecided);
/* It was looked at, and nothing is known yet: it goes to the line that it belongs to. */
void undecided_rest(struct undecided *undecided, struct undecided_head *at);
/* The peer was asked who introduces its author: each time the next question waits twice as long. */
void undecided_asked(struct undecided *undecided, struct undecided_head *at, uint64_t now_ms);
/* One of which the peer is to be asked now, or NULL, and *next_ms, unless it is earlier already, is when to
 * come again. */
struct undecided_head *undecided_to_ask(struct undecided *undecided, uint64_t now_ms, uint64_t *next_ms);

#endif
