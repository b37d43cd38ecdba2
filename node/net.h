#ifndef NODE_NET_H
#define NODE_NET_H

/* What the parts of a net process share; private to it. One loop (net_process.c) serves both roles, each a
 * body. */

#include <zmq.h>

#include "node/lane.h"
#include "node/net_process.h"
#include "node/netlink.h"

enum {
    NET_KEY_SIZE = 32,
    NET_SPEED_SIZE = 4,
    NET_DESCRIPTORS_MAX = 1024, /* far above the connections let in: accept never runs out of them */
    NET_DIALS_MAX = 256,
    NET_ITEMS_MAX = 2 * NET_DIALS_MAX, /* poll items of a body */
    NET_LINK_WAITING_MAX =
        512 * 1024,                 /* nothing is read from peers while more than this waits for the core */
    NET_BATCH = 256,                /* messages from one socket before the others have their turn */
    NET_SILENCE_MS_MAX = 90 * 1000, /* a listener's connection without a whole message */
    NET_KEEPALIVE_MS = 30 * 1000,   /* a dialler's empty message, which is no frame */
};

struct net {
    struct netlink link;
    void *context;
    uint64_t now_ms;
    uint8_t secret_key[NET_KEY_SIZE];
    uint8_t public_key[NET_KEY_SIZE];
    bool core_lags; /* the core did not take a message in time: end */
};

struct net_body {
    /* Set up from the part of NETLINK_CONFIG that is the role's own. Returns: NULL with *failure said for
     * people. */
    void *(*create)(struct net *net, struct bytes settings, const char **failure);
    void (*destroy)(void *self);
    /* Returns: how many of items, at most NET_ITEMS_MAX, it wants polled. */
    size_t (*items)(void *self, zmq_pollitem_t *items);
    /* After a poll of those items. */
    void (*step)(void *self, const zmq_pollitem_t *items);
    uint64_t (*deadline_ms)(const void *self);
    /* Returns: false when the core breaks the protocol. */
    bool (*on_dial)(void *self, uint32_t peer, struct bytes payload);
    bool (*on_send)(void *self, uint32_t peer, enum lane lane, struct bytes frame);
    void (*on_kick)(void *self, uint32_t peer);
};

extern const struct net_body net_listen_body;
extern const struct net_body net_dial_body;

/* Queue a message to the core; a full queue ends the process. */
void net_tell(struct net *net, enum netlink_type type, uint32_t peer, struct bytes payload);
void net_tell_down(struct net *net, uint32_t peer, enum netlink_drop why);
bool net_reads_peers(const struct net *net);
/* Tell the core how much of what it sent a peer has gone, unless that is 0. */
void net_tell_sent(struct net *net, uint32_t peer, size_t size);

#endif
