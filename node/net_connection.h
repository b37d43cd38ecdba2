#ifndef NODE_NET_CONNECTION_H
#define NODE_NET_CONNECTION_H

/* What the kernel knows about one TCP connection inside libzmq. The library shows only whole messages and
 * bounds them by count: a message whose parts never end is neither shown nor bounded. The kernel's byte
 * counters, set against the bytes of the messages that came out, tell what the library holds in between, both
 * ways. */

#include <netinet/in.h>

#include "node/lane.h"
#include "protocol/base/bytes.h"
#include "protocol/base/limits.h"

enum net_connection_state {
    NET_CONNECTION_FINE,
    NET_CONNECTION_BUSY,     /* much came in since the last look: look again soon */
    NET_CONNECTION_GONE,     /* closed; the descriptor may be another connection's by now */
    NET_CONNECTION_HOARDING, /* more is held than whole, well-sized messages can account for */
};

struct net_connection {
    int fd; /* libzmq's: for questions and shutdown(), never to close; -1: none */
    uint64_t cookie;
    struct in6_addr address;
    uint64_t opened_ms;
    uint64_t heard_ms;        /* when the last whole message came out */
    uint64_t delivered;       /* bytes on the wire of the messages that came out */
    uint64_t received;        /* at the last look */
    uint64_t sent;            /* bytes on the wire of the messages that went in */
    uint64_t left;            /* of them, what had left this machine at the last look */
    uint64_t begun, begun_ms; /* the same in the millisecond before, and when that was */
    uint64_t per_ms;          /* about how many leave in a millisecond, as long as some wait */
};

/* Returns: false when fd is no open TCP connection any more. */
bool net_connection_open(struct net_connection *connection, int fd, uint64_t now_ms);
bool net_connection_is(const struct net_connection *connection, int fd);
enum net_connection_state net_connection_look(struct net_connection *connection, uint64_t now_ms);
void net_connection_on_message(struct net_connection *connection, size_t size, uint64_t now_ms);
/* Whether another message may be handed to the library now: what has not left this machine yet, in the
 * library and in the kernel, is what an express message would wait behind. In bulk two pieces may wait, or
 * what the connection takes in two milliseconds, so that a fast one is kept busy; express messages may wait
 * behind twice as much. */
bool net_connection_takes(struct net_connection *connection, enum lane lane, uint64_t now_ms);
void net_connection_on_sent(struct net_connection *connection, size_t size);
/* Cut it; libzmq then closes it. Does nothing to any other connection. */
void net_connection_cut(const struct net_connection *connection);

#endif
