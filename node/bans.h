#ifndef NODE_BANS_H
#define NODE_BANS_H

/* Nodes that are not spoken with for a while, because they sent what no honest node sends: a signature that
 * is false under the keys held for its epoch, or a body that contradicts its header (DESIGN section 6).
 * Whoever passes a block on has checked both. Anything less costs a peer its own turns only: promises not
 * kept may be a slow line, unknown authors another trust file, early frames another order of arrival.
 *
 * A ban has an end, so that a fault that was mended is forgiven, and it is of a node's key and its transport
 * key, never of an address, behind which others may stand. */

#include "node/node_keys.h"

enum {
    BANS_MAX = 1024, /* one more takes the place of the one that ends first */
    BAN_MS = 10 * 60 * 1000,
};

struct ban {
    struct node_id node;
    struct transport_key transport;
    uint64_t until_ms;
};

struct bans {
    size_t count;
    struct ban entries[BANS_MAX];
};

/* Until BAN_MS from now, or what is left of that at a test's speed. Returns: when it ends. */
uint64_t bans_add(struct bans *bans, const struct node_id *node, const struct transport_key *transport,
                  uint64_t now_ms);
bool bans_has_node(const struct bans *bans, const struct node_id *node, uint64_t now_ms);
bool bans_has_transport(const struct bans *bans, const struct transport_key *transport, uint64_t now_ms);

#endif
