#ifndef NODE_NET_OUTBOX_H
#define NODE_NET_OUTBOX_H

/* What waits to go to one peer: two lanes (lane.h), each in order, express first, bulk in pieces. Bounded in
 * bytes; the core sends no more in bulk before most of it has gone (NETLINK_SENT).
 *
 * Bounded in time as well: a peer that takes nothing is looked at less and less often, each time after an
 * eighth of the time for which it has taken nothing, and in the end it is dropped. */

#include <zmq.h>

#include "node/lane.h"
#include "node/net_connection.h"

enum {
    NET_OUTBOX_LANES = 2,
    NET_OUTBOX_SIZE_MAX = 4 * 1024 * 1024,    /* of one peer */
    NET_OUTBOXES_SIZE_MAX = 32 * 1024 * 1024, /* of all peers of a process */
    NET_OUTBOX_RETRY_MS_MIN = 1,
    NET_OUTBOX_RETRY_MS_MAX = 50,
    NET_OUTBOX_STALL_MS = 30 * 1000,    /* whoever takes nothing for so long is dropped */
    NET_OUTBOX_REPORT_SIZE = 32 * 1024, /* so much has gone before the core is told, unless all has */
};

enum net_outbox_result {
    NET_OUTBOX_DONE,    /* all is with the library */
    NET_OUTBOX_WAITING, /* some waits here */
    NET_OUTBOX_FULL,    /* the peer does not keep up: drop it. Nothing was queued */
    NET_OUTBOX_STUCK,   /* the peer takes nothing: drop it. Its heartbeats show that it is there */
    NET_OUTBOX_GONE,    /* the library knows no such peer any more */
};

struct net_outbox_item;

struct net_outbox {
    struct net_outbox_item *first[NET_OUTBOX_LANES], *last[NET_OUTBOX_LANES];
    size_t size;      /* of the frames */
    size_t cut_at;    /* how much of the first frame on the bulk lane has gone in pieces */
    size_t gone;      /* bytes of frames that have gone since the core was told */
    uint64_t went_ms; /* when something went last, or began to wait */
    uint64_t look_ms; /* when it is worth a look whether more may go */
};

/* Where an outbox leads. route is the ROUTER's name for the peer, empty for a DEALER. */
struct net_route {
    void *socket;
    struct bytes route;
    struct net_connection *connection;
    size_t *outboxes_size; /* of all outboxes of the body */
    uint64_t now_ms;
};

/* Queue a frame, and hand over what may go. Where all outboxes together are full the caller makes room first:
 * who has most waiting goes, with the frame counted where it is to go. */
enum net_outbox_result net_outbox_send(struct net_outbox *outbox, const struct net_route *route,
                                       enum lane lane, struct bytes frame);
/* Hand over what waits, as far as the connection takes it. */
enum net_outbox_result net_outbox_flush(struct net_outbox *outbox, const struct net_route *route);
/* The same if it is time to look. */
enum net_outbox_result net_outbox_step(struct net_outbox *outbox, const struct net_route *route);
/* When net_outbox_step has something to do, later than now; UINT64_MAX: nothing waits. */
uint64_t net_outbox_deadline_ms(const struct net_outbox *outbox, uint64_t now_ms);
bool net_outbox_is_empty(const struct net_outbox *outbox);
/* How many bytes of frames the core is to be told have gone now, 0: none yet. Then they count as told. */
size_t net_outbox_report(struct net_outbox *outbox);
void net_outbox_clear(struct net_outbox *outbox, size_t *outboxes_size);

#endif
