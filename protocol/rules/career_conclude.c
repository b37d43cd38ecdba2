#include "protocol/rules/career.h"

bool career_conclude(struct verdict *out, struct career *career)
{
    (void)career;
    out->requirement = ANSWER_UNKNOWN;
    out->requirement_since = DAY_NONE;
    out->requirement_until = DAY_NONE;
    out->next_lapse_day = DAY_NONE;
    return true;
}
