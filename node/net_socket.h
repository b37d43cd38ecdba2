#ifndef NODE_NET_SOCKET_H
#define NODE_NET_SOCKET_H

/* ZeroMQ sockets with every option that LIBRARIES and the limits ask for, and their monitors. */

#include "node/net.h"

enum {
    NET_ENDPOINT_MAX = 128,
    NET_RECEIVE_HWM = 32,
    NET_ZAP_ENFORCE_DOMAIN = 93, /* packaged headers hide its name among the drafts; the library has it */
};

struct net_event {
    unsigned number; /* ZMQ_EVENT_… */
    int fd;
};

/* Copy an endpoint, NUL-terminated. Only numeric TCP passes: no name is ever looked up and no other transport
 * is ever reached, whatever a peer's advertisement says. */
bool net_endpoint_read(char out[NET_ENDPOINT_MAX], struct bytes text);

/* A socket with all common options and this node's key. Returns: NULL when the library says no. */
void *net_socket_open(struct net *net, int type, const char *endpoint);
bool net_socket_set(void *socket, int option, int value);
/* Turn its monitor off and close it. */
void net_socket_close(void *socket, int linger_ms);

/* Returns: the receiving end of a monitor of socket; NULL when the library says no. */
void *net_monitor_open(struct net *net, void *socket);
bool net_monitor_next(void *monitor, struct net_event *event);

/* Receive what is left of a multi-part message, and drop it. */
void net_socket_skip(void *socket, zmq_msg_t *last);

#endif
