#ifndef NODE_NET_OUTBOX_H
#define NODE_NET_OUTBOX_H

/* What waits to go to one peer: bounded in bytes, in order. A peer may have asked for 8 MiB that come in one
 * go (DESIGN section 6), so an outbox holds as much; all of them together hold what the process can spare. */

#include <zmq.h>

#include "node/net_connection.h"

enum {
    NET_OUTBOX_SIZE_MAX = 8 * 1024 * 1024,
    NET_OUTBOXES_SIZE_MAX = 128 * 1024 * 1024,
    NET_OUTBOX_RETRY_MS = 1,
};

enum net_outbox_result {
    NET_OUTBOX_DONE,    /* all is with the library */
    NET_OUTBOX_WAITING, /* some waits here */
    NET_OUTBOX_FULL,    /* the peer does not keep up: drop it. Nothing was queued */
    NET_OUTBOX_GONE,    /* the library knows no such peer any more */
};

struct net_outbox_item;

struct net_outbox {
    struct net_outbox_item *first;
    struct net_outbox_item *last;
    size_t size;
};

/* Where an outbox leads. route is the ROUTER's name for the peer, empty for a DEALER. */
struct net_route {
    void *socket;
    struct bytes route;
    struct net_connection *connection;
    size_t *outboxes_size; /* of all outboxes of the body */
};

enum net_outbox_result net_outbox_send(struct net_outbox *outbox, const struct net_route *route,
                                       struct bytes frame);
/* Hand over what waits, as far as the library takes it. */
enum net_outbox_result net_outbox_flush(struct net_outbox *outbox, const struct net_route *route);
void net_outbox_clear(struct net_outbox *outbox, size_t *outboxes_size);

#endif
