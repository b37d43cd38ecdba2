#ifndef PROTOCOL_RULES_COVERED_DAYS_H
#define PROTOCOL_RULES_COVERED_DAYS_H

/* How many days lie under at least one of several intervals that come and go, and which of them is the n-th:
 * a segment tree over the days on which any of them begins or is over. Everything costs the logarithm of
 * how many these are. */

#include "protocol/base/days.h"

struct covered_days;

/* Nothing is covered yet. bounds: the days on which intervals may begin or be over, at least two, ascending,
 * each once. Borrows: bounds, for as long as the result is used. Returns: NULL when the arena is full. */
struct covered_days *covered_days_begin(const uint32_t *bounds, size_t count, struct arena *arena);

/* Cover the days from first up to the one before end, or take away what was covered so.
 * Requires: both are bounds, first < end. */
void covered_days_add(struct covered_days *days, uint32_t first, uint32_t end);
void covered_days_remove(struct covered_days *days, uint32_t first, uint32_t end);

/* The n-th covered day, DAY_NONE when fewer are covered. Requires: n >= 1. */
uint32_t covered_days_nth(const struct covered_days *days, uint32_t n);

#endif
