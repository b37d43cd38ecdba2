#ifndef NODE_NET_OUTBOX_H
#define NODE_NET_OUTBOX_H

/* What waits to go to one peer: two lanes (lane.h), each in order, express first, bulk in pieces. Bounded in
 * bytes; the core sends no more in bulk before most of it has gone (NETLINK_SENT). */

#include <zmq.h>

#include "node/lane.h"
#include "node/net_connection.h"

enum {
    NET_OUTBOX_LANES = 2,
    NET_OUTBOX_SIZE_MAX = 4 * 1024 * 1024,    /* of one peer */
    NET_OUTBOXES_SIZE_MAX = 32 * 1024 * 1024, /* of all peers of a process */
    NET_OUTBOX_RETRY_MS = 1,
    NET_OUTBOX_REPORT_SIZE = 32 * 1024, /* so much has gone before the core is told, unless all has */
};

enum net_outbox_result {
    NET_OUTBOX_DONE,    /* all is with the library */
    NET_OUTBOX_WAITING, /* some waits here */
    NET_OUTBOX_FULL,    /* the peer does not keep up: drop it. Nothing was queued */
    NET_OUTBOX_GONE,    /* the library knows no such peer any more */
};

struct net_outbox_item;

struct net_outbox {
    struct net_outbox_item *first[NET_OUTBOX_LANES], *last[NET_OUTBOX_LANES];
    size_t size;   /* of the frames */
    size_t cut_at; /* how much of the first frame on the bulk lane has gone in pieces */
    size_t gone;   /* bytes of frames that have gone since the core was told */
};

/* Where an outbox leads. route is the ROUTER's name for the peer, empty for a DEALER. */
struct net_route {
    void *socket;
    struct bytes route;
    struct net_connection *connection;
    size_t *outboxes_size; /* of all outboxes of the body */
    uint64_t now_ms;
};

/* Queue a frame, and hand over what may go. Where all outboxes together are full the caller makes room first.
 */
enum net_outbox_result net_outbox_send(struct net_outbox *outbox, const struct net_route *route,
                                       enum lane lane, struct bytes frame);
/* Hand over what waits, as far as the connection takes it. */
enum net_outbox_result net_outbox_flush(struct net_outbox *outbox, const struct net_route *route);
bool net_outbox_is_empty(const struct net_outbox *outbox);
/* How many bytes of frames the core is to be told have gone now, 0: none yet. Then they count as told. */
size_t net_outbox_report(struct net_outbox *outbox);
void net_outbox_clear(struct net_outbox *outbox, size_t *outboxes_size);

#endif
