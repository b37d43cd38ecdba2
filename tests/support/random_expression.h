#ifndef TESTS_SUPPORT_RANDOM_EXPRESSION_H
#define TESTS_SUPPORT_RANDOM_EXPRESSION_H

/* Random expressions: valid, of every operator that their scope has, the same for a seed in every run. */

#include "protocol/rules/expression.h"

/* A tree of at most depth levels and about node_max nodes in arena. *seed moves on. Aborts when the arena is
 * full. */
void random_expression(struct expression *out, enum expression_scope scope, uint32_t depth, size_t node_max,
                       uint64_t *seed, struct arena *arena);

/* The next number below limit of a seed. */
uint64_t random_below(uint64_t *seed, uint64_t limit);

#endif
