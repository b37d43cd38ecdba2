#ifndef NODE_CUT_WAYS_H
#define NODE_CUT_WAYS_H

/* Which blocks lie on the way from a cut head that is missed down to what is held. They are taken in whatever
 * room there is beside the chain: a cut keeps more than that, and whoever has keys that were rotated away may
 * have filled it. That a block is one of them shows from the head down alone, by the hashes; so where there
 * is no room they are asked for one by one from there, before they are asked for from below.
 *
 * Hashes, in memory alone: a node that begins anew asks anew. Only what a cut that counts names takes a place
 * here, or a block below it. */

#include <stdint.h>

#include "protocol/base/ids.h"

enum {
    CUT_WAY_BLOCKS_MAX = 16 * 1024, /* of all logs; forgetting one costs a question */
    CUT_WAY_BUCKET = 8,
    CUT_WAY_LOGS_MAX = 64, /* without room; forgetting one costs the answer to a question */
};

struct way_block {
    struct hash hash; /* zero: none */
    bool met;         /* what it stands on is known */
    struct hash previous;
};

struct cut_ways {
    uint64_t secret; /* nobody knows beforehand what shares a place */
    size_t next, next_log;
    struct actor_id full[CUT_WAY_LOGS_MAX];
    struct way_block blocks[CUT_WAY_BLOCKS_MAX];
};

void cut_ways_init(struct cut_ways *ways);

/* A block of the author found no room. */
void cut_ways_note_full(struct cut_ways *ways, const struct actor_id *author);
bool cut_ways_is_full(const struct cut_ways *ways, const struct actor_id *author);

/* The block is on a way, and stands on previous, which then is too. Returns: whether that is news. */
bool cut_ways_meet(struct cut_ways *ways, const struct hash *block, const struct hash *previous);
bool cut_ways_has(const struct cut_ways *ways, const struct hash *block);
/* Returns: false when it is not known. */
bool cut_ways_previous(const struct cut_ways *ways, const struct hash *block, struct hash *previous);

#endif
