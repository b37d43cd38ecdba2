#ifndef TESTS_SIM_HOLDINGS_H
#define TESTS_SIM_HOLDINGS_H

/* What a core's store holds, and what is left of it when the core ends: of each author how many blocks, which
 * change was the last of each, the running digest behind every change, and what other nodes' stores told
 * (store/changes and store/heard over numbers). */

#include "tests/sim/authors.h"
#include "tests/sim/world.h"

struct holdings {
    uint64_t id;     /* of the store; a copy has the same */
    uint64_t change; /* the last one */
    size_t capacity;
    uint64_t *digests; /* owned: behind changes 1 to change */
    uint32_t lengths[AUTHORS_MAX];
    uint64_t changes[AUTHORS_MAX]; /* the last one of each, 0: none */
    struct store_point heard[WORLD_NODES_MAX];
};

/* Nothing is held. Requires: id > 0, another one for each store. */
void holdings_init(struct holdings *holdings, uint64_t id);
void holdings_deinit(struct holdings *holdings);
/* Make *copy, which was initialised, what *of is. */
void holdings_copy(struct holdings *copy, const struct holdings *of);

/* A change: the first length blocks of author are held. */
void holdings_extend(struct holdings *holdings, size_t author, uint32_t length);
/* The store's state behind a change. Requires: number <= change. */
struct store_point holdings_point(const struct holdings *holdings, uint64_t number);
/* Whether it ever was in that state, and has not been put back to before. */
bool holdings_were_at(const struct holdings *holdings, const struct store_point *point);

#endif
