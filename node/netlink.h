#ifndef NODE_NETLINK_H
#define NODE_NETLINK_H

/* What the core and its net processes say to each other over a local stream socket: 4 length, big-endian (of
 * what follows) | 1 type | 4 peer, big-endian | payload. A net process holds the CURVE key, no store and no
 * signing key; losing it loses connections, nothing else (LIBRARIES on libzmq; DESIGN section 6). */

#include "protocol/base/bytes.h"
#include "protocol/base/limits.h"

/* The configuration comes first and once: 32 CURVE secret key | 32 public key |
 * 4 speed of the clock, big-endian (node/clock.h). The listener's goes on: 1
 * only_known | 2 count, big-endian | count * 32 transport keys, the ones let in when only_known is 1 |
 * endpoint as text. A dialler redials on its own, with backoff. A listener numbers its peers itself, from 1.
 * Endpoints are numeric. */
enum netlink_type {
    /* core -> net */
    NETLINK_CONFIG = 1, /* see above */
    NETLINK_DIAL = 2,   /* peer; 32 server key | endpoint as text */
    NETLINK_SEND = 3,   /* peer; 1 lane | one frame; dropped when the peer is not up */
    NETLINK_KICK = 4,   /* peer; a dialler also forgets it until it is dialled again */
    /* net -> core */
    NETLINK_READY = 16, /* payload: the bound endpoint as text, empty for diallers */
    NETLINK_UP = 17,    /* peer; 32 authenticated transport key */
    NETLINK_DOWN = 18, /* peer; it was up, or it cannot be dialled at all; 1 why it was dropped, or nothing */
    NETLINK_FRAME = 19,  /* peer; one message as received: a frame or a piece of one (node/lane.h) */
    NETLINK_FAILED = 20, /* text: why it cannot work, for instance an address in use; it then exits */
    NETLINK_SENT = 21, /* peer; 4 bytes, big-endian: so many bytes of frames have gone since the last time */
};

/* Why a net process dropped a peer of its own accord. */
enum netlink_drop {
    NETLINK_DROP_NONE, /* it did not */
    NETLINK_DROP_TAKES_NOTHING,
};

enum {
    NETLINK_HEADER_SIZE = 9,
    NETLINK_PAYLOAD_MAX = FRAME_SIZE_MAX + 256,
    NETLINK_QUEUE_MAX = 32 * 1024 * 1024
};

struct netlink_message {
    enum netlink_type type;
    uint32_t peer;
    struct bytes payload; /* view into the link's buffer, until the next call on it */
};

/* One end of the link, non-blocking, buffered both ways. */
struct netlink {
    int fd;
    uint8_t *in;
    size_t in_size, in_at;
    uint8_t *out;
    size_t out_size, out_at, out_capacity;
};

enum netlink_result { NETLINK_MESSAGE, NETLINK_AGAIN, NETLINK_CLOSED, NETLINK_BROKEN };

/* Takes fd, also on failure. Returns: false when out of memory. */
bool netlink_init(struct netlink *link, int fd);
void netlink_deinit(struct netlink *link);
/* Read what is there: NETLINK_MESSAGE when bytes came, else NETLINK_AGAIN or, at the end, NETLINK_CLOSED.
 * Then take messages one by one with netlink_next until NETLINK_AGAIN. */
enum netlink_result netlink_fill(struct netlink *link);
/* NETLINK_BROKEN: the other end breaks the protocol (a length over the limit, an unknown type). */
enum netlink_result netlink_next(struct netlink *link, struct netlink_message *message);
/* Queue a message. Requires: payload.size <= NETLINK_PAYLOAD_MAX. Borrows: payload. Returns: false, nothing
 * queued, when NETLINK_QUEUE_MAX bytes wait already or memory is out. */
bool netlink_send(struct netlink *link, enum netlink_type type, uint32_t peer, struct bytes payload);
/* Write what the socket takes: NETLINK_MESSAGE when all is written, else NETLINK_AGAIN or NETLINK_CLOSED. */
enum netlink_result netlink_flush(struct netlink *link);
bool netlink_wants_write(const struct netlink *link);
/* How many bytes are queued and not yet written. */
size_t netlink_waiting(const struct netlink *link);

#endif
