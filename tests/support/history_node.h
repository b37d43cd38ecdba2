#ifndef TESTS_SUPPORT_HISTORY_NODE_H
#define TESTS_SUPPORT_HISTORY_NODE_H

/* A node that takes in a told history in some order, and what it answers. Everything happens in one write
 * transaction that is dropped at the end; a durable one commits after each few blocks instead, as a daemon
 * does. */

#include "node/ingest.h"
#include "protocol/rules/verdict.h"
#include "tests/support/history_world.h"

/* Large, so keep it static or on the heap. */
struct history_node {
    const struct history_world *world;
    bool durable;
    size_t since_commit;
    struct store *store;
    struct store_txn *txn;
    struct ingest ingest;
    struct known known[TOLD_MAX];
    bool followed[TOLD_MAX], was_followed[TOLD_MAX];
    uint64_t followed_from_s[TOLD_MAX];
    uint64_t met_s[TOLD_MAX]; /* rotations; 0: never */
    const char *fault;        /* NULL, or what it did that no node may do */
    uint8_t *memory;
    char *folder;
};

enum { HISTORY_NODE_ARENA_SIZE = 32 * 1024 * 1024 };

void history_node_init(struct history_node *node);
void history_node_deinit(struct history_node *node);

/* Begin with an empty store. */
void history_node_begin(struct history_node *node, const struct history_world *world, bool durable);
void history_node_end(struct history_node *node);

/* End the node and begin it again with the store that it had. Requires: it is durable. */
void history_node_restart(struct history_node *node);

/* Offer a block, whole or blanked, at a time. Returns: whether it is held now. */
bool history_node_offer(struct history_node *node, int block, bool blanked, uint64_t now_s);

/* Offer the proof that two blocks make. Requires: they contradict each other. Returns: whether it is taken.
 */
bool history_node_offer_proof(struct history_node *node, int a, int b, uint64_t now_s);

/* What it answers about a certificate, with fresh checkpoints of all heads that it follows. */
struct history_answer {
    bool heard;  /* its author and the owner have said by now that their heads are theirs */
    bool listed; /* the certificate is in the answer; overall is undetermined where not */
    enum overall overall;
    enum overall not_tested; /* of the requirement that its code was never passed */
};
void history_node_answer(struct history_answer answers[TOLD_MAX], struct history_node *node, uint64_t now_s);

#endif
