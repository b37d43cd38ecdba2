#ifndef NODE_DAEMON_H
#define NODE_DAEMON_H

/* tradeproofd's loop: poll -> event -> core -> perform actions. */

#include "node/home.h"

enum { DAEMON_PEERS_MAX = 64 };

struct daemon_peer {
    char endpoint[128]; /* tcp://127.0.0.1:7001, numeric */
    struct transport_key key;
};

struct daemon_options {
    const char *home;
    const char *listen; /* endpoint, NULL: do not listen. Port 0 or "*": any free one */
    bool only_known;    /* let in only the peers given */
    size_t peer_count;
    struct daemon_peer peers[DAEMON_PEERS_MAX];
    int log_level;      /* enum log_level of node/logline.h */
};

/* Run until SIGTERM or SIGINT. Returns: the exit code (cmd/exit_codes.h) after a clean stop or a failed start. */
int daemon_run(const struct daemon_options *options);

#endif
