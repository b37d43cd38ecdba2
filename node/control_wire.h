#ifndef NODE_CONTROL_WIRE_H
#define NODE_CONTROL_WIRE_H

/* What both ends of the control socket agree on beside node/control.h: where it lies, how a length looks, and
 * what shows that a request comes from whoever may read the home. The length counts what follows it:
 * operation and token, or result, and payload. */

#include <sys/un.h>

#include "node/control.h"

#define CONTROL_SOCKET_FILE "control.sock"

enum {
    CONTROL_LENGTH_SIZE = 4,
    CONTROL_TOKEN_SIZE = 32,
    CONTROL_HEAD_SIZE = 1 + CONTROL_TOKEN_SIZE, /* of a request, behind its length */
    CONTROL_STRANGER = 255,                     /* in place of a result: the token is another */
};

/* The socket's address by way of the open folder: a unix socket's path has room for 107 bytes, a home's for
 * more. The caller closes *folder after bind or connect. Returns: false when the folder cannot be opened. */
bool control_address(const struct home *home, struct sockaddr_un *address, int *folder);

static inline void control_put_length(uint8_t out[CONTROL_LENGTH_SIZE], size_t size)
{
    out[0] = (uint8_t)(size >> 24);
    out[1] = (uint8_t)(size >> 16);
    out[2] = (uint8_t)(size >> 8);
    out[3] = (uint8_t)size;
}

static inline size_t control_get_length(const uint8_t in[CONTROL_LENGTH_SIZE])
{
    return (size_t)in[0] << 24 | (size_t)in[1] << 16 | (size_t)in[2] << 8 | in[3];
}

#endif
