#ifndef TESTS_SUPPORT_VERDICT_ALIKE_H
#define TESTS_SUPPORT_VERDICT_ALIKE_H

/* Whether two verdicts say the same. */

#include "protocol/rules/verdict.h"

/* Of every code and title of a namespace; credentials by their index. */
bool verdicts_alike_in(const struct verdict *a, const struct verdict *b, struct bytes name_space);
/* Of all codes and titles, and as a whole. */
bool verdicts_alike(const struct verdict *a, const struct verdict *b);

#endif
