#ifndef TESTS_SUPPORT_HELD_H
#define TESTS_SUPPORT_HELD_H

/* For how long something holds a daemon's loop. What is compared with the most that is allowed is the median
 * of some rounds: one that the machine had other things to do in decides nothing. */

#include <stdbool.h>
#include <stddef.h>

enum { HELD_ROUNDS = 5, HELD_MS_MAX = 50 };

struct held {
    const char *what;
    size_t count;
    double ms[HELD_ROUNDS]; /* the longest of each round */
};

/* Note a round's. */
void held_note(struct held *held, double ms);
/* Requires: all rounds are noted. Prints them. Returns: false where their median is over the most. */
bool held_is_short(const struct held *held);

#endif
