#ifndef NODE_NET_PROCESS_H
#define NODE_NET_PROCESS_H

/* The body of a net process: ZeroMQ on one side, the core's socket on the other. One process listens (a
 * ROUTER), one dials (a DEALER for each peer). Called by tradeproofd when it is started as one; returns its
 * exit code when the core goes away or asks for SIGTERM. Every trap of LIBRARIES.md on libzmq is answered
 * here. */

enum net_role { NET_LISTEN, NET_DIAL };
enum { NET_ROLE_COUNT = 2 };

/* Requires: fd is the core's socket. */
int net_process_run(enum net_role role, int fd);

#endif
