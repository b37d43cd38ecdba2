#ifndef NODE_CONTROL_SERVER_H
#define NODE_CONTROL_SERVER_H

/* The daemon's end of the control socket: requests come whole and with the home's token or not at all,
 * replies go when the daemon has them. Non-blocking; a client has one request under way, bounded buffers,
 * 30 s to begin the next one and 30 s to finish it. */

#include <poll.h>

#include "node/control_wire.h"

enum {
    CONTROL_CLIENTS_MAX = 32,
    CONTROL_CLIENT_TIMEOUT_MS = 30000,
    CONTROL_POLLS_MAX = CONTROL_CLIENTS_MAX + 1
};

struct control_client {
    int fd;          /* -1: free */
    uint32_t number; /* never used again, so that a late reply meets nobody else */
    bool waiting;    /* its request was handed out; the reply is to come */
    bool leaving;    /* it was no request of ours: the reply is the last */
    uint64_t deadline_ms;
    uint8_t *in;
    size_t in_size, in_capacity;
    uint8_t *out;
    size_t out_size, out_at;
};

struct control_server {
    const struct home *home;
    int fd;
    uint8_t token[CONTROL_TOKEN_SIZE];
    uint32_t next_number;
    struct control_client clients[CONTROL_CLIENTS_MAX];
};

struct control_request {
    uint32_t client;
    uint8_t op;           /* any value */
    struct bytes payload; /* view, until the reply */
};

/* Make the socket, mode 0600, in place of one that a dead daemon left, and the home's token if it has none.
 * Borrows: home. Requires: the home's lock is held. Returns: HOME_OK, or what failed. */
enum home_error control_server_init(struct control_server *server, const struct home *home);
/* Close everything and remove the socket. Does nothing when fd is -1. */
void control_server_deinit(struct control_server *server);

/* What to poll. Requires: fds has CONTROL_POLLS_MAX places. Returns: how many were filled. */
size_t control_server_polls(const struct control_server *server, struct pollfd *fds);
/* Accept, read and write whatever does not block; drop clients that are late, gone, of another user, or ask
 * for more than CONTROL_SIZE_MAX. */
void control_server_serve(struct control_server *server, uint64_t now_ms);
/* The next whole request with the token; one without is refused here. Returns: false when there is none. Each
 * one is to be answered. */
bool control_server_next(struct control_server *server, struct control_request *request, uint64_t now_ms);
/* Answer. A client that has gone meanwhile is passed over. Requires: payload.size <= CONTROL_REPLY_MAX. */
void control_server_reply(struct control_server *server, uint32_t client, enum control_result result,
                          struct bytes payload, uint64_t now_ms);
/* CONTROL_REFUSED or CONTROL_FAILED with the number that tells why. */
void control_server_reply_number(struct control_server *server, uint32_t client, enum control_result result,
                                 uint32_t number, uint64_t now_ms);
/* When a client will be late; UINT64_MAX when none can be. */
uint64_t control_server_deadline_ms(const struct control_server *server);

#endif
