#ifndef PROTOCOL_RULES_DAY_SET_H
#define PROTOCOL_RULES_DAY_SET_H

/* Sets of civil days as intervals, and the algebra over them that titles, requirements and shop awards are
 * made of (DESIGN section 5, interval algebra). Knows no rule. Every operation costs time linear in the
 * intervals that go in, at_least n log n; results lie in the caller's arena. */

#include "protocol/base/days.h"

/* first <= last; last DAY_NONE: never ends. */
struct day_interval {
    uint32_t first;
    uint32_t last;
};

/* Ascending, none overlapping or touching the next: equal sets are equal arrays. */
struct day_set {
    size_t count;
    const struct day_interval *intervals;
};

#define DAY_SET_NONE ((struct day_set){0})
extern const struct day_set day_set_all; /* from day 0 on, without end */

/* The operations below write *out whole and return true; false when the arena is full, *out empty then. *out
 * may share memory with what went in. */

/* From first to last; last DAY_NONE: without end. Empty when first > last, or when first is DAY_NONE: that
 * day never comes. */
bool day_set_of(struct day_set *out, uint32_t first, uint32_t last, struct arena *arena);
/* Of intervals in any order, overlapping or not; sorts them in place. Those that day_set_of calls empty are
 * nothing. */
bool day_set_of_intervals(struct day_set *out, struct day_interval *intervals, size_t count,
                          struct arena *arena);
bool day_set_unite(struct day_set *out, struct day_set a, struct day_set b, struct arena *arena);
bool day_set_intersect(struct day_set *out, struct day_set a, struct day_set b, struct arena *arena);
bool day_set_complement(struct day_set *out, struct day_set a, struct arena *arena);
/* Days in at least n of sets. n 0: all days. */
bool day_set_at_least(struct day_set *out, const struct day_set *sets, size_t count, size_t n,
                      struct arena *arena);
/* From the first day of a on, without end: once reached, for life. */
bool day_set_for_life(struct day_set *out, struct day_set a, struct arena *arena);

bool day_set_equal(struct day_set a, struct day_set b);
bool day_set_is_subset(struct day_set a, struct day_set b);
bool day_set_has(struct day_set a, uint32_t day);
/* The interval that day lies in, or NULL. */
const struct day_interval *day_set_run(struct day_set a, uint32_t day);
/* The last interval that ends before day, or NULL; the first one that begins after day, or NULL. */
const struct day_interval *day_set_before(struct day_set a, uint32_t day);
const struct day_interval *day_set_after(struct day_set a, uint32_t day);

#endif
