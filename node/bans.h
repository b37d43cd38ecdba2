#ifndef NODE_BANS_H
#define NODE_BANS_H

/* Nodes that are not spoken with for a while, because they sent what no honest node sends: a signature that
 * is false under the keys held for its epoch, or a body that contradicts its header (DESIGN section 6).
 * Whoever passes a block on has checked both. Anything less costs a peer its own turns only: promises not
 * kept may be a slow line, unknown authors another trust file, early frames another order of arrival.
 *
 * A ban has an end, so that a fault that was mended is forgiven, and it is of a node's key and its transport
 * key, never of an address, behind which others may stand.
 *
 * A ban that was made lasts to its end, however many are made: where the table is full, another node is not
 * banned. That gives it nothing that it has not anyway, as a new key costs nothing: what a ban keeps out for
 * sure is a node whose key is worth something, one that this node was given to dial, and for those there is
 * always room. */

#include "node/daemon.h"
#include "node/node_keys.h"

enum {
    BANS_MAX = 1024,
    BANS_GIVEN_MAX = DAEMON_PEERS_MAX, /* of that, for nodes that this one was given */
    BAN_MS = 10 * 60 * 1000,
};

struct ban {
    struct node_id node;
    struct transport_key transport;
    uint64_t until_ms;
};

/* Zeroed: none. */
struct bans {
    struct ban entries[BANS_MAX];
};

/* Until BAN_MS from now, or what is left of that at a test's speed. Returns: when it ends; now: there was no
 * room. */
uint64_t bans_add(struct bans *bans, const struct node_id *node, const struct transport_key *transport,
                  bool given, uint64_t now_ms);
bool bans_has_node(const struct bans *bans, const struct node_id *node, uint64_t now_ms);
bool bans_has_transport(const struct bans *bans, const struct transport_key *transport, uint64_t now_ms);

#endif
