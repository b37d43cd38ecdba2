#ifndef NODE_NET_OUTBOX_H
#define NODE_NET_OUTBOX_H

/* What waits to go to one peer: bounded in bytes, in order. */

#include <zmq.h>

#include "node/net_connection.h"

enum { NET_OUTBOX_SIZE_MAX = 4 * 1024 * 1024, NET_OUTBOX_RETRY_MS = 2 };

enum net_outbox_result {
    NET_OUTBOX_DONE,    /* all is with the library */
    NET_OUTBOX_WAITING, /* some waits here */
    NET_OUTBOX_FULL,    /* the peer does not keep up: drop it */
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
};

enum net_outbox_result net_outbox_send(struct net_outbox *outbox, const struct net_route *route,
                                       struct bytes frame);
/* Hand over what waits, as far as the library takes it. */
enum net_outbox_result net_outbox_flush(struct net_outbox *outbox, const struct net_route *route);
void net_outbox_clear(struct net_outbox *outbox);

#endif
