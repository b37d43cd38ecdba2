#ifndef TESTS_SUPPORT_NAIVE_DAYS_H
#define TESTS_SUPPORT_NAIVE_DAYS_H

/* Sets of days as one flag a day, to hold the interval algebra against. */

#include "protocol/rules/day_set.h"
#include "tests/support/log_random.h"

enum { NAIVE_DAYS = 200 };

/* The last flag speaks for all later days. */
struct naive_days {
    bool on[NAIVE_DAYS + 1];
};

/* Draw one at random: empty, full, of short runs or of long ones. */
struct naive_days naive_days_draw(struct dice *dice);

/* The same as intervals; fails the test when the arena is full. */
struct day_set naive_days_set(const struct naive_days *days, struct arena *arena);

/* Whether set is these days, and in the one form that these days have. */
bool naive_days_are(const struct naive_days *days, struct day_set set);

#endif
