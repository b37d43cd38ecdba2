#ifndef TESTS_SUPPORT_SYNC_WORLD_H
#define TESTS_SUPPORT_SYNC_WORLD_H

/* Many sync cores on links that delay, lose and break, over logs that are nothing but numbers: the simulator
 * of protocol/sync. A function of its seed: the same seed gives the same trace. An author's log may have two
 * branches from fork_seq on; every node prefers branch 0 once it holds that branch's first block, as the
 * lowest hash does. */

#include "protocol/sync/sync.h"

enum { WORLD_NODES_MAX = 50, WORLD_AUTHORS_MAX = 16, WORLD_BLOCKS_MAX = 512, WORLD_NO_FORK = UINT32_MAX };

/* What one node holds of one author. */
struct world_log {
    bool admitted;
    uint32_t trunk;      /* blocks below the fork */
    uint32_t branch[2];  /* blocks from the fork on */
    uint32_t checkpoint; /* of a log this long; 0: none */
};

struct world_node {
    struct sync *sync;
    bool linked[WORLD_NODES_MAX];
    struct world_log logs[WORLD_AUTHORS_MAX];
};

struct world_counts {
    uint64_t messages;
    uint64_t wants;
    uint64_t wants_moved; /* … that were answered with a block */
    uint64_t pushes_max;  /* of any one block */
    uint64_t checkpoints;
};

struct world {
    uint64_t random;
    uint64_t now_ms;
    size_t node_count;
    size_t author_count;
    struct world_node nodes[WORLD_NODES_MAX];
    uint32_t fork_seq[WORLD_AUTHORS_MAX];
    uint32_t loss_percent;
    uint64_t trace; /* hash over every action of every node */
    struct world_counts counts;
    uint16_t pushes[WORLD_AUTHORS_MAX][2][WORLD_BLOCKS_MAX];
    struct sync_actions actions;
    /* Messages under way: a heap by (time, order). */
    size_t message_count, message_capacity;
    struct world_message *messages;
    uint64_t order;
    uint64_t link_free_ms[WORLD_NODES_MAX][WORLD_NODES_MAX]; /* links keep order */
};

/* Nobody is linked, everybody admits every author and holds nothing. */
struct world *sync_world_create(uint64_t seed, size_t node_count, size_t author_count);
void sync_world_destroy(struct world *world);
uint64_t sync_world_draw(struct world *world, uint64_t below);

void sync_world_link(struct world *world, size_t a, size_t b);
void sync_world_unlink(struct world *world, size_t a, size_t b);
/* A ring and node_count / 2 further links. */
void sync_world_link_at_random(struct world *world);

/* The first count blocks of author's branch are on node's disk before it starts. */
void sync_world_hold(struct world *world, size_t node, size_t author, size_t branch, uint32_t count);
/* Node's own machine appends the next block of its chain of author, with a checkpoint. */
void sync_world_publish(struct world *world, size_t node, size_t author);
/* Let time pass. */
void sync_world_run(struct world *world, uint64_t ms);

/* Blocks on node's chain of author. */
uint32_t sync_world_length(const struct world *world, size_t node, size_t author);
/* Whether all nodes that admit author hold the same chain of it. */
bool sync_world_agrees(const struct world *world, size_t author);
bool sync_world_agrees_on_all(const struct world *world);

/* Head of the first length blocks of author's branch. Requires: length > 0. */
struct head sync_world_head(const struct world *world, size_t author, size_t branch, uint32_t length);

#endif
