#ifndef NODE_NODE_KEYS_H
#define NODE_NODE_KEYS_H

/* A node's own keys: Ed25519 names the node, X25519 is its CURVE key, and the first signs the second. Neither
 * has anything to do with an actor's keys. They lie in home/node.keys without a passphrase, because a daemon
 * starts unattended: losing them lets somebody pose as this node, never as an actor. */

#include "node/home.h"
#include "protocol/wire/records.h"

#define NODE_KEYS_FILE "node.keys"

struct node_keys {
    struct sign_seed seed;
    struct sign_secret_key secret;
    struct sign_public_key key;
    uint8_t curve_secret[32];
    struct transport_key transport;
    struct node_id id;
};

/* Draw fresh keys. */
void node_keys_create(struct node_keys *keys, const struct network *network);
/* Write home/node.keys, mode 0600. */
enum home_error node_keys_write(const struct node_keys *keys, const struct home *home);
/* Read it back. Returns: HOME_NOT_FOUND, HOME_TOO_LARGE, or HOME_IO when it is damaged or no key file. The
 * caller wipes *keys when done. */
enum home_error node_keys_read(struct node_keys *keys, const struct home *home);

/* Id of the node that holds key. */
void node_id_of(struct node_id *out, const struct network *network, const struct sign_public_key *key);

/* What this node says first on every connection. */
void node_hello(struct hello *out, const struct node_keys *keys, const struct network *network);
/* Whether hello is by a node that holds the transport key that the connection was authenticated with.
 * Returns: REASON_NONE, REASON_BAD_KEY or REASON_BAD_SIGNATURE. Any version will do: both speak the lower
 * one's. */
enum reason node_hello_check(const struct hello *hello, const struct network *network,
                             const struct transport_key *authenticated);

/* Read a key file of home that needs no passphrase and holds exactly size secret bytes. */
enum home_error node_secret_read(const struct home *home, const char *name, uint8_t *secret, size_t size);
/* Write one, mode 0600. */
enum home_error node_secret_write(const struct home *home, const char *name, const uint8_t *secret,
                                  size_t size);

#endif
