#ifndef NODE_DAEMON_H
#define NODE_DAEMON_H

/* tradeproofd's loop: poll -> event -> core -> perform actions. */

#include "node/home.h"
#include "node/peer_address.h"

enum { DAEMON_PEERS_MAX = 64 };

struct daemon_peer {
    struct peer_address address; /* as peer_address_read leaves it */
    struct transport_key key;
};

struct daemon_options {
    const char *home;
    const char *listen; /* endpoint, NULL: do not listen. Port 0 or "*": any free one */
    bool only_known;    /* let in only the peers given */
    size_t peer_count;
    struct daemon_peer peers[DAEMON_PEERS_MAX];
    int log_level;         /* enum log_level of node/logline.h */
    const char *watch_log; /* where news of the watched are appended, NULL: the home's watch.log */
    const char *on_change; /* program that is run for each news, NULL: none */
};

/* How it ended; cmd/ makes the exit code. All but the first: it did not start, and standard error says why in
 * one sentence. */
enum daemon_end {
    DAEMON_STOPPED,
    DAEMON_NOT_SET_UP,
    DAEMON_BUSY, /* another process writes this home */
    DAEMON_BAD_INPUT,
    DAEMON_BAD_ENVIRONMENT, /* a variable of node/clock.h is refused */
    DAEMON_NO_ROOM,
    DAEMON_WRONG_VERSION,
    DAEMON_SYSTEM,
};

/* Run until SIGTERM or SIGINT. Requires: sodium_init was called. Borrows: options. */
enum daemon_end daemon_run(const struct daemon_options *options);

#endif
