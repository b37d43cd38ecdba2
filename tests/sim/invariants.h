#ifndef TESTS_SIM_INVARIANTS_H
#define TESTS_SIM_INVARIANTS_H

/* What holds at every step of every core, whoever its peers are. The first thing that doesn't ends the run.
 *
 * Nodes below core_count are honest. What costs more than a step itself is looked at as often as it costs no
 * more than the steps between: of a fault that lasts, one look is enough. */

#include "protocol/sync/sync.h"
#include "tests/sim/authors.h"
#include "tests/sim/world.h"

struct core;

/* What an honest peer said that it has, and how often it was asked for it since something came. */
struct honest_claim {
    uint16_t length; /* 0: nothing */
    uint16_t asked;
    bool undecided; /* of an author whom nothing admitted there */
};

struct invariants {
    const struct world *world;
    const struct core *cores;
    size_t core_count;
    const char *broken; /* a sentence; NULL: all hold */
    uint32_t at_core;
    uint64_t at_us, steps, looks;
    uint64_t debt[WORLD_NODES_MAX]; /* steps until a core is looked at whole again */
    uint64_t before_count;          /* claims of others, before the step; UINT64_MAX: not counted */
    struct honest_claim claims[WORLD_NODES_MAX][WORLD_NODES_MAX][AUTHORS_MAX]; /* at a core, by a peer */
};

void invariants_init(struct invariants *invariants, const struct world *world, const struct core *cores,
                     size_t core_count);
void invariants_before(struct invariants *invariants, struct core *core, const struct sync_event *event);
/* With core->actions, of which nothing is performed yet. */
void invariants_after(struct invariants *invariants, struct core *core, const struct sync_event *event);
/* The queue to a peer has no room. */
void invariants_on_full(struct invariants *invariants, const struct core *core, uint32_t node);

#endif
