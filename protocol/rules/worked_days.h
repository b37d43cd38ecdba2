#ifndef PROTOCOL_RULES_WORKED_DAYS_H
#define PROTOCOL_RULES_WORKED_DAYS_H

/* Experience: on which days the documented time up to that day has reached so much (DESIGN section 5). Time
 * documented twice counts once. What a statement documents counts on the days on which the statement itself
 * stands: one revoked from day D on documents nothing from D on, and everything before. */

#include "protocol/rules/day_set.h"

/* A year of experience is so many documented days, leap years or not. */
enum { EXPERIENCE_YEAR_DAYS = 365 };

struct work_statement {
    uint32_t first, last;  /* the time it documents, both days counted; last at most DAY_MAX, first <= last */
    struct day_set stands; /* the days on which it counts */
};

/* Days X on which at least wanted days <= X are documented by statements that stand on X. wanted 0: all days.
 * Cost: (n + changes of standing) log n. Borrows: statements. Returns: false when the arena is full. */
bool worked_days_reach(struct day_set *out, const struct work_statement *statements, size_t count,
                       uint32_t wanted, struct arena *arena);

/* How many days <= day are documented by statements that stand on day. UINT32_MAX: the arena is full. */
uint32_t worked_days_by(const struct work_statement *statements, size_t count, uint32_t day,
                        struct arena *arena);

#endif
