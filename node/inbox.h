#ifndef NODE_INBOX_H
#define NODE_INBOX_H

/* What peers sent and nobody has looked at yet, and whose turn it is: a queue for each peer, so that a flood
 * of one waits behind nothing but itself (DESIGN section 6, priority and fairness).
 *
 * Bounded for each peer and in all. A frame that finds no room of its own peer's is dropped; one that finds
 * none in all takes the room of whoever holds most, of the inbound peers as long as these have more than
 * their share together, else of the dialled ones: whoever holds little never loses anything, whom this node
 * chose comes before those that chose it, and neither can keep the others out.
 *
 * Dialled and inbound peers have half of the work each, as long as both have frames, and among each peers
 * take turns of INBOX_TURN_NS. What a frame cost is charged once it is known; who used more than a turn waits
 * for as many. Work is this node's time, most of it goes into verifying. */

#include "node/net_process.h"
#include "protocol/wire/frame.h"

enum {
    /* 8 MiB that a peer was asked for may come at once, and what it sends unasked beside it. */
    INBOX_SIZE_MAX = 10 * 1024 * 1024,
    INBOXES_SIZE_MAX = 20 * 1024 * 1024,
    INBOXES_INBOUND_SIZE = 4 * 1024 * 1024, /* of that, inbound peers' as soon as they need it */
    INBOX_FRAMES_MAX = 32 * 1024,           /* of one peer: answers of a few frames each to 4 096 questions */
    INBOX_TURN_NS = 1000 * 1000,
    INBOX_DEBT_NS_MAX = 50 * 1000 * 1000,
};

/* Express frames are taken first, then those of bulk and questions in turns: to answer takes room to send,
 * which the asker makes by reading. */
enum inbox_queue { INBOX_EXPRESS, INBOX_BULK, INBOX_QUESTIONS, INBOX_QUEUE_COUNT };

struct inbox_frame {
    struct inbox_frame *earlier, *later;
    enum inbox_queue queue;
    enum frame_kind kind;
    size_t done;  /* of a list of heads, how many were looked at… */
    bool missing; /* …and whether something of them is not held */
    size_t size;
    uint8_t payload[];
};

struct inbox {
    struct inbox *next, *previous; /* in the ring of its role */
    struct inboxes *all;
    enum net_role role;
    uint32_t peer;
    struct inbox_frame *first[INBOX_QUEUE_COUNT], *last[INBOX_QUEUE_COUNT];
    size_t size; /* of its frames, with what holds them */
    size_t count;
    uint64_t dropped; /* frames that found no room */
    int64_t left_ns;  /* of its turn; less than 0: what it has used beyond */
    bool questioned;  /* the last frame taken was a question */
    bool resting;     /* nothing is taken before what it sent last was looked at */
    bool held_up;     /* its questions wait: there is no room to answer */
};

struct inboxes {
    size_t size, inbound_size;          /* of all frames, and of those of inbound peers */
    struct inbox *ring[NET_ROLE_COUNT]; /* whose turn it is, NULL: no peer */
    uint64_t used_ns[NET_ROLE_COUNT];   /* work for each role's peers */
};

/* Returns: NULL when out of memory. */
struct inbox *inbox_create(struct inboxes *all, enum net_role role, uint32_t peer);
/* NULL is none. */
void inbox_destroy(struct inbox *inbox);
/* Drop all of its frames. */
void inbox_clear(struct inbox *inbox);

/* Append a copy of payload. Returns: false when it was dropped. */
bool inbox_put(struct inbox *inbox, enum inbox_queue queue, enum frame_kind kind, struct bytes payload);

/* Give back a frame of inbox that was taken and is not done with: it is taken next. Takes: frame. */
void inbox_put_back(struct inbox *inbox, struct inbox_frame *frame);

/* Whether some peer has a frame that may be taken. */
bool inboxes_wait(const struct inboxes *all);
/* Whether more than one peer has. */
bool inboxes_contend(const struct inboxes *all);
/* Take the frame whose turn it is, NULL when there is none. Writes: *from, whose it was. The caller frees it,
 * and charges what it cost. */
struct inbox_frame *inboxes_take(struct inboxes *all, struct inbox **from);
/* The last frame of inbox took cost_ns of work. */
void inbox_charge(struct inbox *inbox, uint64_t cost_ns);

#endif
