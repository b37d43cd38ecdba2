#ifndef PROTOCOL_SYNC_WANTS_H
#define PROTOCOL_SYNC_WANTS_H

/* Whose blocks are missing, and of which peers they are asked. What a peer says that it has is a claim, and
 * claims stand in a list of that peer's own, bounded: whatever one peer claims takes no place from another,
 * and an author has as many sources as there are peers that claim it (DESIGN section 6, "A claim is not a
 * source").
 *
 * A claim waits in its peer's line, is asked for, or stands aside while enough is asked for of its author:
 * that is one source that has kept a promise before, or two that have not (or many, where it is little, or
 * was asked for in vain), so that one which never did holds nothing alone; nor do two such keep out one that
 * has, or inbound ones a dialled one. Part of protocol/sync.
 */

#include "protocol/sync/sync.h"

enum {
    CLAIMS_PER_PEER_MAX = 8192, /* what finds no place waits among undecided heads (undecided.h) */
    CLAIM_ATTEMPTS_MAX = 6,
    WANTS_BUCKETS = 1 << 16,
    SOURCE_SLOW_MS = 1000, /* how long a source is listened to before it is called slow */
};

enum claim_state { CLAIM_WAITS, CLAIM_STANDS_ASIDE, CLAIM_IS_ASKED, CLAIM_STATE_COUNT };

struct claim {
    struct actor_id author;
    struct hash target;  /* the highest block announced; zero: how far it goes isn't known */
    struct hash reached; /* the highest block that came from the peer; zero: none */
    struct hash news;    /* the newest block of which peers have not been told; zero: none */
    uint64_t target_seq, reached_seq, news_seq, news_epoch;
    uint64_t deadline_ms;    /* asked: until when something has to come */
    uint32_t stall_ms;       /* asked: how long that is at a time; of this source alone */
    uint32_t bytes;          /* what the answer is reckoned to bring */
    uint32_t came_blocks;    /* of it… */
    uint32_t came_bytes;     /* …since it was asked */
    uint32_t earlier, later; /* in its line; WANTS_NONE at the ends */
    uint32_t next_of_bucket;
    uint16_t source;
    uint8_t state;    /* enum claim_state */
    uint8_t attempts; /* that brought nothing, or less than an answer has */
    bool progressed;  /* a higher block came since it was asked */
    bool let_go;      /* asked, and too slow, late or outrun: it holds nothing any more */
    bool late;        /* asked, and overdue once, while the source brought something else */
    bool outrun;      /* asked, and others brought it: all that is left is an answer on its way */
};

enum { WANTS_NONE = UINT32_MAX };

struct claim_line {
    uint32_t first, last;
};

/* A peer, as one that blocks come from. */
struct source {
    uint32_t peer;
    bool used, dialled;
    bool proven; /* the last of its promises was kept */
    bool slow;   /* when wants_check looked last, and it was busy since: what it is asked holds nothing */
    bool fresh;  /* something of its line may be started that could not be before */
    struct claim_line lines[CLAIM_STATE_COUNT];
    uint32_t ever, first_free; /* places that were ever used, and those of them that are free again */
    uint32_t asks;             /* in flight */
    uint64_t asked_bytes;      /* … and what they are reckoned to bring */
    uint64_t due_ms;           /* nothing in flight is overdue before */
    uint64_t busy_ms;          /* since when something is in flight */
    uint64_t went_on_ms;       /* when an answer ended behind which there is more */
    uint64_t came_bytes;       /* since then */
    uint64_t came_ms;          /* when the last of them did */
    uint64_t rate;             /* bytes a second, of the best of late while it was busy; 0: not known */
};

/* Only what is in use of it is ever touched. */
struct wants {
    uint8_t secret[PLACE_SECRET_SIZE];
    uint32_t stall_ms_max;
    uint64_t check_ms;     /* when wants_check is due, UINT64_MAX: nothing is in flight */
    uint16_t fresh_from;   /* no source before is fresh… */
    uint16_t overdue_from; /* …nor has any before, since wants_check looked at all, a claim that is overdue */
    struct source sources[SYNC_PEERS_MAX];
    uint32_t buckets[WANTS_BUCKETS]; /* claims by author: place + 1, 0: none */
    struct claim claims[SYNC_PEERS_MAX * CLAIMS_PER_PEER_MAX];
};

/* secret: nobody can choose authors that share a bucket. stall_ms_max: how long an answer is waited for at
 * the most, at least SYNC_STALL_MS_MIN. */
void wants_init(struct wants *wants, const uint8_t secret[PLACE_SECRET_SIZE], uint32_t stall_ms_max);

/* A peer came up; proven: it kept its promises when it was met before. Requires: fewer than SYNC_PEERS_MAX
 * are. Returns: its place among the sources. */
uint16_t wants_open(struct wants *wants, uint32_t peer, bool dialled, bool proven);
/* It is gone; it claims nothing any more (wants_remove). */
void wants_close(struct wants *wants, uint16_t source);

/* What source claims of author, or NULL. */
struct claim *wants_find(struct wants *wants, uint16_t source, const struct actor_id *author);
/* The same, new at the end of its line when there was none. Returns: NULL when the source's list is full. */
struct claim *wants_add(struct wants *wants, uint16_t source, const struct actor_id *author);
bool wants_has_room(const struct wants *wants, uint16_t source);
void wants_remove(struct wants *wants, struct claim *claim, uint64_t now_ms);
/* Any claim of source, NULL when it has none. */
struct claim *wants_any(struct wants *wants, uint16_t source);
/* The claims of one author, whoever's: the first one, and the one behind claim; NULL behind the last. */
struct claim *wants_first_of(struct wants *wants, const struct actor_id *author);
struct claim *wants_next_of(struct wants *wants, const struct claim *claim);

/* A claim that is to be asked for now, of the best of its author's sources that has room: dialled ones first,
 * then those that have kept their promises, then others; who has tried in vain less often before all that. It
 * counts as asked from then on. Returns: NULL when there is none. */
struct claim *wants_start(struct wants *wants, uint64_t now_ms);
/* Something has to come until then. */
void wants_expect(struct wants *wants, struct claim *claim, uint64_t deadline_ms);
/* How long what was asked for may pause after size bytes of it came. An answer comes in one piece, so this is
 * short: a source that sends a little of many answers in turns is fast in all, and would hold each of them;
 * nor does it hang on the rates of others, which may be as slow on purpose. */
uint64_t wants_pause_ms(const struct claim *claim, size_t size);
/* A block of size bytes came of what claim asked for. */
void wants_came(struct wants *wants, struct claim *claim, size_t size, uint64_t now_ms);
/* All that was promised came. */
void wants_kept(struct wants *wants, uint16_t source);
/* What was asked for came, as far as one answer goes, and there is more: others of its line have their turn.
 * Its source keeps its promises if that was as much as an answer brings, and it isn't slow. */
void wants_go_on(struct wants *wants, struct claim *claim, uint64_t now_ms);
/* What was asked for came from another source. */
void wants_outrun(struct wants *wants, struct claim *claim);
/* Whether an overdue claim is late for the first time, and its source brings something else meanwhile: then
 * the answer may stand in its queue, and to ask once more would make that longer. */
bool wants_is_queued(const struct wants *wants, const struct claim *claim, uint64_t now_ms);
/* It waits on, and others may be asked. */
void wants_late(struct wants *wants, struct claim *claim);
/* Nothing came: the source has kept no promise, and the claim goes to the end of its line. */
void wants_stall(struct wants *wants, struct claim *claim, uint64_t now_ms);

/* Let go of what is asked of slow sources, where others claim it too: slow is, after a while, who brings less
 * than a quarter of what the median of the others did that keep their promises, or has none to be compared
 * with, or keeps none itself. Then the claims whose deadline is
 * over, one a call; NULL when there is none, and wants->check_ms is when to ask again. */
struct claim *wants_check(struct wants *wants, uint64_t now_ms);

#endif
