#include "protocol/rules/career_state.h"

/* Rules about one attestation look at its code alone, and at what was earned of it before. */

static const struct attestation *attestation_at(const struct career *career, const struct career_code *code,
                                                size_t rank)
{
    return &career_credential(career, code, rank)->attestation;
}

static const struct attestation *attestation_of(const struct career *career, const struct applied *applied)
{
    return attestation_at(career, applied->code, applied->rank);
}

static bool has_basis(const struct attestation *attestation, const struct expression *expression)
{
    return (expression->bases & UINT32_C(1) << attestation->basis) != 0;
}

/* Whether any day from first to last is in days. */
static bool meets(struct day_set days, uint32_t first, uint32_t last)
{
    const struct day_interval *after = day_set_after(days, first);
    return day_set_has(days, first) || (after != NULL && after->first <= last);
}

/* How many of its code were earned before it: on an earlier day. */
static size_t earned_before(const struct career *career, const struct applied *applied)
{
    uint32_t earned_on = attestation_of(career, applied)->earned_on;
    size_t count = applied->rank;
    while (count > 0 && attestation_at(career, applied->code, count - 1)->earned_on == earned_on) {
        count--;
    }
    return count;
}

static enum answer in_time(struct career *career, const struct expression *expression,
                           const struct applied *applied)
{
    enum answer answer = ANSWER_NO;
    uint32_t earned_on = attestation_of(career, applied)->earned_on;
    uint32_t from = earned_on > expression->count ? earned_on - (uint32_t)expression->count : 0;
    size_t before = earned_before(career, applied);
    for (size_t i = 0; i < before; i++) {
        const struct day_truth *days = &career_verdict(career, applied->code, i)->days;
        if (meets(days->surely, from, earned_on)) {
            return ANSWER_YES;
        }
        answer = meets(days->possibly, from, earned_on) ? ANSWER_UNKNOWN : answer;
    }
    return answer;
}

static uint32_t day_after(uint32_t day, uint64_t months, uint32_t days)
{
    uint32_t later = day_add_months(day < DAY_MAX ? day : DAY_MAX, (uint32_t)months);
    return days < DAY_MAX - later ? later + days : DAY_MAX;
}

/* What never held is as if it had not been earned. */
static enum answer apart(struct career *career, const struct expression *expression,
                         const struct applied *applied)
{
    enum answer answer = ANSWER_YES;
    uint32_t earned_on = attestation_of(career, applied)->earned_on;
    size_t before = earned_before(career, applied);
    for (size_t i = 0; i < before; i++) {
        const struct attestation *earlier = attestation_at(career, applied->code, i);
        const struct day_truth *days = &career_verdict(career, applied->code, i)->days;
        if (!has_basis(earlier, expression) ||
            day_after(earlier->earned_on, expression->count, expression->days) <= earned_on) {
            continue;
        }
        if (days->surely.count > 0) {
            return ANSWER_NO;
        }
        answer = days->possibly.count > 0 ? ANSWER_UNKNOWN : answer;
    }
    return answer;
}

static bool ends_within(uint32_t last_day, struct day_set days, uint64_t months)
{
    if (days.count == 0) {
        return false;
    }
    uint32_t held_to = days.intervals[days.count - 1].last;
    return held_to == DAY_NONE || (last_day != DAY_NONE && last_day <= day_after(held_to, months, 0));
}

/* Later held days allow for more, so that one credential that allows it is enough. */
static enum answer adds(struct career *career, const struct expression *expression,
                        const struct applied *applied)
{
    enum answer answer = ANSWER_NO;
    const struct attestation *attestation = attestation_of(career, applied);
    uint32_t last_day = attestation->has_last_day ? attestation->last_day : DAY_NONE;
    size_t before = earned_before(career, applied);
    for (size_t i = 0; i < before; i++) {
        const struct day_truth *days = &career_verdict(career, applied->code, i)->days;
        if (ends_within(last_day, days->surely, expression->count)) {
            return ANSWER_YES;
        }
        answer = ends_within(last_day, days->possibly, expression->count) ? ANSWER_UNKNOWN : answer;
    }
    return answer;
}

enum answer career_attestation_answer(struct career *career, const struct expression *expression,
                                      const struct applied *applied)
{
    if (expression->op == EXPRESSION_BASIS) {
        return has_basis(attestation_of(career, applied), expression) ? ANSWER_YES : ANSWER_NO;
    }
    if (expression->op == EXPRESSION_IN_TIME) {
        return in_time(career, expression, applied);
    }
    return expression->op == EXPRESSION_APART ? apart(career, expression, applied)
                                              : adds(career, expression, applied);
}
