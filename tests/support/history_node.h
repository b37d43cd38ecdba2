#ifndef TESTS_SUPPORT_HISTORY_NODE_H
#define TESTS_SUPPORT_HISTORY_NODE_H

/* A node that takes in a told history in some order, and what it answers. Everything happens in one write
 * transaction that is dropped at the end; a durable one commits after each few blocks instead, as a daemon
 * does. */

#include "node/ingest.h"
#include "protocol/rules/verdict.h"
#include "tests/support/history_world.h"

/* What a node's clock shows, and the time that it is. */
struct history_time {
    uint64_t shown_s, true_s;
};

/* Large, so keep it static or on the heap. */
struct history_node {
    const struct history_world *world;
    bool durable;
    size_t since_commit;
    struct store *store;
    struct store_txn *txn;
    struct ingest ingest;
    struct known known[TOLD_MAX];
    int64_t ahead_s; /* its clock… */
    bool set_back;   /* …which was set back */
    bool followed[TOLD_MAX], was_followed[TOLD_MAX];
    struct history_time followed_from[TOLD_MAX];
    struct history_time met[TOLD_MAX];  /* 0: never */
    size_t met_count, met_as[TOLD_MAX]; /* in which order, from 1 */
    bool heard[TOLD_AUTHORS_MAX];       /* its last checkpoint was taken, and is fresh */
    uint64_t first_said_s[TOLD_AUTHORS_MAX],
        last_said_s[TOLD_AUTHORS_MAX]; /* of those offered; 0: none was */
    const char *fault;                 /* NULL, or what it did that no node may do */
    uint8_t *memory;
    char *folder;
};

enum { HISTORY_NODE_ARENA_SIZE = 32 * 1024 * 1024, HISTORY_CHECKPOINT_SIZE = 512, HISTORY_DAYS_MAX = 2 };

void history_node_init(struct history_node *node);
void history_node_deinit(struct history_node *node);

/* Begin with an empty store. */
void history_node_begin(struct history_node *node, const struct history_world *world, bool durable);
void history_node_end(struct history_node *node);

/* End the node and begin it again with the store that it had. Requires: it is durable. */
void history_node_restart(struct history_node *node);

/* Set its clock, so much ahead of the true time. All times below are what it shows. */
void history_node_set_clock(struct history_node *node, int64_t ahead_s);

/* Offer a block, whole or blanked, at a time. Returns: whether it is held now. */
bool history_node_offer(struct history_node *node, int block, bool blanked, uint64_t now_s);

/* Offer the proof that two blocks make. Requires: they contradict each other. Returns: whether it is taken.
 */
bool history_node_offer_proof(struct history_node *node, int a, int b, uint64_t now_s);

/* Offer checkpoints of all heads that it follows, each dated by its author's clock. */
void history_node_hear(struct history_node *node, const uint64_t said_s[TOLD_AUTHORS_MAX], uint64_t now_s);

/* What it answers about a certificate. */
struct history_answer {
    bool heard;  /* its author and the owner have said lately that their heads are theirs */
    bool stale;  /* all that one of them ever said is too old by this clock, or ahead of it */
    bool listed; /* the certificate is in the answer; overall is undetermined where not */
    enum overall overall;
    const char *reason;      /* why it is not valid, NULL where it is; for messages */
    enum overall not_tested; /* of the requirement that its code was never passed */
};
/* Of every certificate on each of the days, at most HISTORY_DAYS_MAX. */
void history_node_ask(struct history_answer answers[][TOLD_MAX], struct history_node *node,
                      const uint32_t *days, size_t day_count, uint64_t now_s);
/* About HISTORY_DAY, with fresh checkpoints of all. */
void history_node_answer(struct history_answer answers[TOLD_MAX], struct history_node *node, uint64_t now_s);

/* What its answers may hang on, beside the trust file. */
struct history_evidence {
    struct known known[TOLD_MAX]; /* without for how long it was followed */
    uint64_t arrived_s[TOLD_MAX]; /* 0: never */
    bool followed_long[TOLD_MAX]; /* and left since */
    bool on_way[TOLD_AUTHORS_MAX];
    uint8_t checkpoints[TOLD_AUTHORS_MAX][HISTORY_CHECKPOINT_SIZE]; /* the newest */
};
void history_node_evidence(struct history_evidence *out, struct history_node *node);

#endif
