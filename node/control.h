#ifndef NODE_CONTROL_H
#define NODE_CONTROL_H

/* The daemon's control socket (unix stream, home/control.sock, mode 0600): the CLI hands over what changes
 * the store, because only one process writes. A request is 4 length, big-endian | 1 operation | 32 token |
 * payload, a reply 4 length | 1 result | payload. The token is what home/control.token holds, mode 0600: a
 * program that reaches the socket without being able to read the home asks nothing. Questions are not asked
 * here: the CLI reads the store itself. */

#include "node/home.h"
#include "protocol/base/reason.h"

#define CONTROL_TOKEN_FILE "control.token"

enum control_op {
    CONTROL_SUBMIT =
        1, /* an encoded block of this node's own actor. Reply: CONTROL_DONE after it is durable */
    CONTROL_IMPORT = 2,     /* an encoded block of anyone */
    CONTROL_CHECKPOINT = 3, /* an encoded signed_checkpoint */
    CONTROL_USE_NONCE =
        4, /* 32 nonce, 8 expires_s big-endian. CONTROL_REFUSED REASON_REPLAYED when used before */
    CONTROL_PEERS = 5,  /* reply payload: JSON text, an array of peers */
    CONTROL_STATUS = 6, /* reply payload: JSON text */
    CONTROL_RELOAD = 7, /* the name of a file of the home that changed; empty: of any */
};

enum control_result {
    CONTROL_DONE = 0,
    CONTROL_REFUSED = 1, /* payload: 4 reason, big-endian */
    CONTROL_FAILED = 2,  /* payload: 4 store_error, big-endian */
};

enum { CONTROL_SIZE_MAX = BLOCK_SIZE_MAX + 64, CONTROL_REPLY_MAX = 1024 * 1024 };

/* The daemon answers within moments: one that doesn't is stopped, or hangs. */
enum { CONTROL_WAIT_MS_MAX = 10000 };

enum control_error {
    CONTROL_OK,
    CONTROL_NO_DAEMON, /* nobody listens */
    CONTROL_BROKEN,    /* the daemon went away before it answered */
    CONTROL_SILENT,    /* it did not answer for CONTROL_WAIT_MS_MAX; it may yet do what was asked */
    CONTROL_REFUSES,   /* the home's token can't be read, or isn't the daemon's; it did nothing */
};

/* Client side: one connection, which is of no more use after a call that failed. */
enum control_error control_connect(const struct home *home, int *fd);
/* Send one request and wait for its reply. reply has CONTROL_REPLY_MAX bytes. A connection that the daemon
 * closed because it was silent for long is made anew, under the same descriptor. */
enum control_error control_call(const struct home *home, int fd, enum control_op op, struct bytes request,
                                enum control_result *result, uint8_t *reply, size_t *reply_size);

#endif
