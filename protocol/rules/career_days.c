#include "protocol/rules/career.h"

bool career_days(struct day_truth *out, struct career *career, const struct expression *expression)
{
    (void)career;
    (void)expression;
    *out = day_truth_unknown;
    return true;
}
