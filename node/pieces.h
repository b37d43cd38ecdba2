#ifndef NODE_PIECES_H
#define NODE_PIECES_H

/* Messages of peers (lane.h) made frames again. Memory is taken as bytes come, so that nobody reserves any by
 * a promise, and is given back with the frame.
 *
 * Bounded for each peer by what a frame may have, and in all. Where there is no room in all, one of those
 * frames goes of which more than PIECES_LITTLE came: an inbound peer's before a dialled one's, and of them
 * the one that did not go on for the longest time, so that whoever holds room has to keep sending. Every peer
 * has a little at any time. A frame that does not go on by a whole piece in PIECES_STALL_MS goes as well.
 *
 * A frame that went is lost as one that finds no room in an inbox, and its peer stays: what is still to come
 * of it is passed over to its last piece, and the next frame of the lane begins behind that. */

#include "node/lane.h"
#include "node/net_process.h"
#include "protocol/base/bytes.h"
#include "protocol/base/limits.h"

enum {
    PIECES_SIZE_MAX = 8 * 1024 * 1024, /* of all peers */
    PIECES_LITTLE = 2 * LANE_PIECE_MAX,
    PIECES_STALL_MS = 30 * 1000,
};

enum pieces_result {
    PIECES_FRAME,
    PIECES_MORE, /* a piece, and not the last one; or one of a frame that went */
    PIECES_BAD,  /* an unknown mark, nothing behind it, or more than a frame may have */
};

struct all_pieces;

/* What came of the frame on the bulk lane of one peer. */
struct pieces {
    struct pieces *next, *previous; /* in the ring of its role */
    struct all_pieces *all;
    enum net_role role;
    uint8_t *bytes; /* owned */
    size_t size, capacity;
    bool whole;       /* the frame was given out */
    bool passing;     /* the frame went, and its last piece is still to come */
    size_t on_size;   /* how much had come when it went on by a whole piece last… */
    uint64_t on_ms;   /* …and when that was */
    uint64_t dropped; /* frames that went */
};

/* Zeroed: no peers. */
struct all_pieces {
    size_t size; /* memory of all */
    struct pieces *ring[NET_ROLE_COUNT];
};

/* Returns: NULL when out of memory. */
struct pieces *pieces_create(struct all_pieces *all, enum net_role role);
/* NULL is none. */
void pieces_destroy(struct pieces *pieces);

/* Take one message. Writes, for PIECES_FRAME: *lane and *frame, a view of message or of *pieces. */
enum pieces_result pieces_take(struct pieces *pieces, struct bytes message, uint64_t now_ms, enum lane *lane,
                               struct bytes *frame);
/* Give the memory of the frame back that was taken; the next message is taken behind that. */
void pieces_done(struct pieces *pieces);
/* Forget what came of a frame: nothing more of this peer is taken. */
void pieces_clear(struct pieces *pieces);

/* Let frames go that did not go on. */
void pieces_check(struct all_pieces *all, uint64_t now_ms);
/* When that has to be done next, UINT64_MAX: nothing waits. */
uint64_t pieces_deadline_ms(const struct all_pieces *all);

#endif
