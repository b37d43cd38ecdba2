#ifndef PROTOCOL_RULES_DAY_TRUTH_H
#define PROTOCOL_RULES_DAY_TRUTH_H

/* Yes, no or unknown for every day (DESIGN principle 5), as two sets of days: those of a certain yes, and
 * those without a certain no. Every operation is Kleene's, day by day. */

#include "protocol/rules/day_set.h"

enum answer { ANSWER_YES, ANSWER_NO, ANSWER_UNKNOWN };

struct day_truth {
    struct day_set surely; /* a subset of possibly */
    struct day_set possibly;
};

extern const struct day_truth day_truth_yes;     /* every day */
extern const struct day_truth day_truth_no;      /* no day */
extern const struct day_truth day_truth_unknown; /* could not be said of any day */

enum answer day_truth_on(const struct day_truth *truth, uint32_t day);
bool day_truth_equal(const struct day_truth *a, const struct day_truth *b);

/* As in day_set.h: true and *out whole, or false when the arena is full. Where what goes in contradicts
 * itself what comes out is unknown on the days on which it would. */
bool day_truth_of_run(struct day_truth *out, enum answer answer, uint32_t first, uint32_t last,
                      struct arena *arena); /* answer within the run, no outside of it */
bool day_truth_and(struct day_truth *out, const struct day_truth *a, const struct day_truth *b,
                   struct arena *arena);
bool day_truth_or(struct day_truth *out, const struct day_truth *a, const struct day_truth *b,
                  struct arena *arena);
bool day_truth_not(struct day_truth *out, const struct day_truth *a, struct arena *arena);
bool day_truth_at_least(struct day_truth *out, const struct day_truth *truths, size_t count, size_t n,
                        struct arena *arena);
bool day_truth_for_life(struct day_truth *out, const struct day_truth *a, struct arena *arena);
/* a on the days of within, no on all others. */
bool day_truth_within(struct day_truth *out, const struct day_truth *a, struct day_set within,
                      struct arena *arena);

#endif
