#ifndef TESTS_SUPPORT_SYNC_WORLD_H
#define TESTS_SUPPORT_SYNC_WORLD_H

/* Many sync cores on links that delay, lose and break, over logs that are nothing but numbers: the simulator
 * of protocol/sync. A function of its seed: the same seed gives the same trace. An author's log may have two
 * branches from fork_seq on; every node prefers branch 0 once it holds that branch's first block, as the
 * lowest hash does. */

#include "protocol/sync/sync.h"

enum {
    SYNC_WORLD_NODES_MAX = 50,
    SYNC_WORLD_AUTHORS_MAX = 16,
    SYNC_WORLD_BLOCKS_MAX = 512,
    SYNC_WORLD_NO_FORK = UINT32_MAX
};

/* What one node holds of one author. */
struct sync_world_log {
    bool admitted;
    uint32_t trunk;      /* blocks below the fork */
    uint32_t branch[2];  /* blocks from the fork on */
    uint32_t checkpoint; /* of a log this long; 0: none */
    uint32_t gaps;       /* blocks of which it lacks entries */
    bool denies_gaps;    /* and says that it lacks none */
};

struct sync_world_node {
    struct sync *sync;
    bool linked[SYNC_WORLD_NODES_MAX];
    struct sync_world_log logs[SYNC_WORLD_AUTHORS_MAX];
};

struct sync_world_counts {
    uint64_t messages;
    uint64_t wants;
    uint64_t wants_moved; /* … that were answered with a block */
    uint64_t pushes_max;  /* of any one block */
    uint64_t checkpoints;
    uint64_t gap_wants;
};

struct sync_world {
    uint64_t random;
    uint64_t now_ms;
    size_t node_count;
    size_t author_count;
    struct sync_world_node nodes[SYNC_WORLD_NODES_MAX];
    uint32_t fork_seq[SYNC_WORLD_AUTHORS_MAX];
    uint32_t loss_percent;
    uint64_t trace; /* hash over every action of every node */
    struct sync_world_counts counts;
    uint16_t pushes[SYNC_WORLD_AUTHORS_MAX][2][SYNC_WORLD_BLOCKS_MAX];
    struct sync_actions actions;
    /* Messages under way: a heap by (time, order). */
    size_t message_count, message_capacity;
    struct sync_world_message *messages;
    uint64_t order;
    uint64_t link_free_ms[SYNC_WORLD_NODES_MAX][SYNC_WORLD_NODES_MAX]; /* links keep order */
};

/* Nobody is linked, everybody admits every author and holds nothing. */
struct sync_world *sync_world_create(uint64_t seed, size_t node_count, size_t author_count);
void sync_world_destroy(struct sync_world *world);
uint64_t sync_world_draw(struct sync_world *world, uint64_t below);

void sync_world_link(struct sync_world *world, size_t a, size_t b);
void sync_world_unlink(struct sync_world *world, size_t a, size_t b);
/* A ring and node_count / 2 further links. */
void sync_world_link_at_random(struct sync_world *world);

/* The first count blocks of author's branch are on node's disk before it starts. */
void sync_world_hold(struct sync_world *world, size_t node, size_t author, size_t branch, uint32_t count);
/* Node's own machine appends the next block of its chain of author, with a checkpoint. */
void sync_world_publish(struct sync_world *world, size_t node, size_t author);
/* Let time pass. */
void sync_world_run(struct sync_world *world, uint64_t ms);

/* Blocks on node's chain of author. */
uint32_t sync_world_length(const struct sync_world *world, size_t node, size_t author);
/* Whether all nodes that admit author hold the same chain of it. */
bool sync_world_agrees(const struct sync_world *world, size_t author);
bool sync_world_agrees_on_all(const struct sync_world *world);

/* Head of the first length blocks of author's branch. Requires: length > 0. */
struct head sync_world_head(const struct sync_world *world, size_t author, size_t branch, uint32_t length);

#endif
