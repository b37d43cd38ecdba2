#ifndef NODE_ZAP_H
#define NODE_ZAP_H

/* Who is let in (ZeroMQ RFC 27). Without a handler libzmq lets everyone in, so it is there before any
 * listener. It is served by the same loop as everything else: handshakes wait for it without holding up the
 * I/O thread. */

#include "node/net.h"

#define ZAP_DOMAIN "tradeproof"

struct zap {
    void *socket;
    bool only_known;
    uint8_t *known; /* only_known: count keys, sorted */
    size_t known_count;
};

/* keys: NET_KEY_SIZE bytes each. Returns: false when memory or the library says no. */
bool zap_init(struct zap *zap, void *context, bool only_known, struct bytes keys);
void zap_deinit(struct zap *zap);
/* Answer all requests that wait. */
void zap_step(struct zap *zap);

#endif
