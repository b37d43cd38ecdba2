#ifndef PROTOCOL_SYNC_FILLS_H
#define PROTOCOL_SYNC_FILLS_H

/* The table of authors of whom something is lacking here that no want brings: who may have it, and who has
 * been asked. A peer that may have it is asked in its turn; one that then brings nothing is asked again later
 * and later, and never stands in the way of another. Bounded. Part of protocol/sync. */

#include "protocol/sync/sync.h"

enum {
    FILLS_MAX = 256, /* what finds no place, or loses it, comes back when the node says again what it lacks */
    FILL_SOURCES_MAX = 16,
    FILL_AGAIN_TIMES_MAX = 120 /* an hour of them, at SYNC_HEADS_INTERVAL_MS */
};

enum fill_kind {
    FILL_GAPS, /* entries of blocks */
    FILL_CUTS, /* what cuts keep of a log whose author dropped it */
};

struct fill_source {
    uint32_t peer;
    uint32_t failures;   /* in a row */
    uint64_t from_ms;    /* not asked before */
    struct head reached; /* FILL_CUTS: the highest block that it sent since it last failed; zero hash: none */
    bool lacks;          /* FILL_GAPS: it says that it lacks entries itself */
    uint64_t from_seq;   /* FILL_GAPS: where the next question to it begins: what it has not hides nothing */
};

struct fill_entry {
    enum fill_kind kind;
    struct actor_id author;
    size_t source_count;
    struct fill_source sources[FILL_SOURCES_MAX]; /* the next one to ask first */
    bool in_flight;
    uint32_t asked;       /* when in flight */
    uint64_t deadline_ms; /* when in flight */
    bool progressed;      /* something came since it was asked */
    uint64_t sent_to_seq; /* FILL_GAPS, when in flight: behind the highest block that the asked one sent */
};

struct fills {
    uint64_t stall_ms; /* for how long nothing may come from whom is asked */
    uint64_t again_ms; /* until a source that brought nothing is asked again; doubling, up to
                          FILL_AGAIN_TIMES_MAX of them */
    size_t count;
    struct fill_entry entries[FILLS_MAX];
};

void fills_init(struct fills *fills, uint64_t again_ms, uint64_t stall_ms);
/* The entry of author, or NULL. */
struct fill_entry *fills_find(struct fills *fills, enum fill_kind kind, const struct actor_id *author);
/* The entry of author, new when there was none. In a full table the one makes room that has no source left,
 * or whose sources all brought nothing, those with the most failures first: authors whose entries nobody has
 * must not keep others from being asked for. Returns: NULL when each is still to be tried. */
struct fill_entry *fills_add(struct fills *fills, enum fill_kind kind, const struct actor_id *author);
void fills_remove(struct fills *fills, struct fill_entry *entry);

/* The peer may have what is lacking; lacks: it says that it lacks something itself, and is asked after those
 * that lack nothing. Once it lacks nothing any more its turn has come, whatever it brought before. */
void fill_add_source(struct fill_entry *entry, uint32_t peer, bool lacks);
bool fill_has_source(const struct fill_entry *entry, uint32_t peer);
/* It says otherwise, or is gone; if it was asked, nobody is now. */
void fill_drop_source(struct fill_entry *entry, uint32_t peer);
/* The asked one is done: it brought something, or is put off, and the next question to it begins at
 * elsewhere_seq. Nobody is asked now. */
void fill_end(const struct fills *fills, struct fill_entry *entry, uint64_t elsewhere_seq, uint64_t now_ms);
/* Whether the peer said that it lacks entries, and had nothing to bring when it was asked last: then what
 * comes from elsewhere is news to it. */
bool fill_is_poorer(const struct fill_entry *entry, uint32_t peer);
/* Something came from the peer. */
void fill_progress(const struct fills *fills, struct fill_entry *entry, uint32_t peer, uint64_t now_ms);
/* A block came from the peer that is held now. It is progress where the peer was asked and it is the highest
 * yet, so that nobody is asked for ever by sending the same ones again. */
void fill_reach(const struct fills *fills, struct fill_entry *entry, uint32_t peer, const struct head *head,
                uint64_t now_ms);
/* A copy of block seq came from the peer: once it brought something, the next question begins above. */
void fill_sent(struct fill_entry *entry, uint32_t peer, uint64_t seq);
/* What the asked peer has reached, and where the question to it begins. Requires: in flight. */
const struct head *fill_reached(const struct fill_entry *entry);
uint64_t fill_from_seq(const struct fill_entry *entry);

/* Choose whom to ask for the entry: a source whose time has come and that nothing else is asked of, one that
 * lacks nothing first. Returns: false when there is none, or it is in flight already. */
bool fills_start(const struct fills *fills, struct fill_entry *entry, uint64_t now_ms);
/* When fills_start or fill_end is due next, UINT64_MAX when there is nothing to wait for. */
uint64_t fills_deadline_ms(const struct fills *fills);

#endif
