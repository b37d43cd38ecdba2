#ifndef PROTOCOL_SYNC_WANTS_H
#define PROTOCOL_SYNC_WANTS_H

/* The table of authors whose blocks are missing: from whom they are to be had, who has been asked, and how
 * far it got. Bounded; sorted by author, so that order never depends on when something came. Part of
 * protocol/sync. */

#include "protocol/sync/sync.h"

enum {
    WANTS_KEPT_MAX = 8192, /* asked for or waiting; what finds no place comes back with the next heads */
    WANT_SOURCES_MAX = 4,
    WANT_ATTEMPTS_MAX = 6,
    WANT_NO_SLOT = UINT16_MAX
};

struct want_entry {
    struct actor_id author;
    size_t source_count;
    uint32_t sources[WANT_SOURCES_MAX]; /* peers that announced it, the next one to ask first */
    bool in_flight;
    uint32_t asked;  /* when in flight */
    uint32_t blocks; /* how many the answer is reckoned to bring; when in flight, part of asked's load */
    uint64_t turn;   /* who has waited longest goes first */
    bool progressed; /* a higher block came since it was asked */
    bool has_target, has_news;
    struct head target;  /* the highest head announced */
    struct head reached; /* the highest block that came; zero hash: none */
    struct head news;    /* the newest head that peers have not been told of */
    uint32_t attempts;   /* without progress */
    uint64_t stall_ms;
    uint64_t deadline_ms; /* when in flight */
};

/* What is in flight at one peer. */
struct want_load {
    uint32_t peer;
    uint32_t wants;
    uint32_t blocks;
};

struct wants {
    size_t count;
    uint16_t order[WANTS_KEPT_MAX]; /* slots, sorted by author */
    uint16_t first_free;            /* slots not in use, chained through next_free */
    uint16_t next_free[WANTS_KEPT_MAX];
    struct want_entry slots[WANTS_KEPT_MAX];
    uint64_t next_turn;
    size_t in_flight_count;
    size_t load_count;
    struct want_load loads[SYNC_PEERS_MAX]; /* sorted by peer, none of 0 wants */
    bool freed;                             /* something may be started that could not be before */
};

void wants_init(struct wants *wants);
/* The entry at place i of the order. */
struct want_entry *wants_at(struct wants *wants, size_t i);
/* The entry of author, or NULL. */
struct want_entry *wants_find(struct wants *wants, const struct actor_id *author);
/* A new entry for author, who has none yet. Returns: NULL when the table is full. */
struct want_entry *wants_add(struct wants *wants, const struct actor_id *author);
void wants_remove(struct wants *wants, struct want_entry *want);

void want_add_source(struct want_entry *want, uint32_t peer);
/* Forget a source; if it was asked, nobody is now. */
void wants_drop_source(struct wants *wants, struct want_entry *want, uint32_t peer);
/* The asked one has not answered: it goes to the end of the line, and nobody is asked now. */
void wants_stop(struct wants *wants, struct want_entry *want);

/* The asked one has answered and has more: let the others have their turn. */
void wants_yield(struct wants *wants, struct want_entry *want);

/* Choose a source with room for it. Returns: false when it is in flight already or none has room. */
bool wants_start(struct wants *wants, struct want_entry *want);
/* Start the entry that waits longest of those that can be. Returns: NULL when there is none. */
struct want_entry *wants_start_next(struct wants *wants);
/* The earliest deadline of those in flight, UINT64_MAX when there is none. */
uint64_t wants_deadline_ms(const struct wants *wants);

#endif
