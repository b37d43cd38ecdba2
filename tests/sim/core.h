#ifndef TESTS_SIM_CORE_H
#define TESTS_SIM_CORE_H

/* One honest node: protocol/sync with its undecided heads, the budget of what is sent unasked and the table
 * of peers are the node's own; what stands around them follows node/settle.c, node/heads.c and node/relay.c
 * over logs that are numbers instead of a store (holdings.h). What costs processor time costs none here. */

#include "node/peers.h"
#include "tests/sim/authors.h"
#include "tests/sim/holdings.h"
#include "tests/sim/world.h"

struct invariants;

struct core {
    uint32_t node; /* of the world; a peer's number is the node at its other end */
    struct world *world;
    const struct authors *authors;
    struct invariants *invariants;
    struct sync *sync; /* borrowed: sync_size() bytes */
    uint64_t random, heads_interval_ms;
    /* What is looked at after whatever happens stands together. */
    uint64_t recheck_ms, deadline_ms, tell_ms, note_ms;
    size_t full;       /* peers that are kicked, since their queues were full */
    size_t behind;     /* authors of whom it lacks what was published before the beginning */
    size_t recheck_at; /* the peer whose undecided heads were looked at last */
    uint64_t whole_us; /* when it was behind in none any more */
    struct peers peers;
    struct holdings held;
    struct sync_actions actions;
};

/* Borrows everything for as long as *core is used. memory: sync_size() bytes, of any content.
 * heads_interval_ms: how often it asks what changed, SYNC_HEADS_INTERVAL_MS by itself. */
void core_init(struct core *core, uint32_t node, struct world *world, const struct authors *authors,
               struct invariants *invariants, void *memory, uint64_t heads_interval_ms, uint64_t seed);
void core_deinit(struct core *core);
/* It ends, and begins again with what its store holds: nothing else of it is left. Requires: no peers. */
void core_begin_again(struct core *core, uint64_t seed);
/* The same with what *copy holds, and with all that its own authors published: who publishes from an older
 * copy forks, which is another matter. */
void core_put_back(struct core *core, const struct holdings *copy, uint64_t seed);
/* Hold the first length blocks, from before it starts. */
void core_hold(struct core *core, size_t author, uint32_t length);
/* Take up the block that its own author just published. */
void core_publish(struct core *core, size_t author);

void core_on_up(struct core *core, uint32_t node, bool dialled);
void core_on_down(struct core *core, uint32_t node);
void core_on_frame(struct core *core, const struct sim_frame *frame);
/* What its timers ask for, and when. */
void core_on_time(struct core *core);
uint64_t core_wake_us(const struct core *core);

bool core_admits(const struct core *core, size_t author);
/* The peer at node's end, NULL: none. */
struct peer *core_peer(struct core *core, uint32_t node);

#endif
