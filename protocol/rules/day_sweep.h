#ifndef PROTOCOL_RULES_DAY_SWEEP_H
#define PROTOCOL_RULES_DAY_SWEEP_H

/* The days that lie in at least so many of several sets, which are handed in one after the other. */

#include "protocol/rules/day_set_writer.h"

struct day_sweep {
    struct day_set_writer writer;
    uint64_t *bounds; /* day keys; beside: 0 an interval begins, 1 one ended on the day before */
    uint64_t *spare;
    size_t bound_count;
    size_t always;       /* sets of all days */
    size_t sometimes;    /* other sets that are not empty */
    struct day_set last; /* the newest of these */
};

/* interval_count: of all the sets together. Returns: false when the arena is full. */
bool day_sweep_begin(struct day_sweep *sweep, size_t interval_count, struct arena *arena);
void day_sweep_add(struct day_sweep *sweep, struct day_set set);
/* Requires: nothing else was taken from the arena since day_sweep_begin. Borrows: the sets that were added.
 */
struct day_set day_sweep_end(struct day_sweep *sweep, size_t n, struct arena *arena);

#endif
