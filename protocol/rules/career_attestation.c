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
        const struct day_truth *days = career_counted(career, applied->code, i);
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

/* What never held is as if it had not been earned, and so is what this one replaces. */
static enum answer apart(struct career *career, const struct expression *expression,
                         const struct applied *applied)
{
    enum answer answer = ANSWER_YES;
    uint32_t earned_on = attestation_of(career, applied)->earned_on;
    size_t before = earned_before(career, applied);
    for (size_t i = 0; i < before; i++) {
        const struct attestation *earlier = attestation_at(career, applied->code, i);
        const struct day_truth *days = career_counted(career, applied->code, i);
        if (!has_basis(earlier, expression) ||
            day_after(earlier->earned_on, expression->count, expression->days) <= earned_on ||
            days->possibly.count == 0) {
            continue;
        }
        enum answer replaced = career_is_replaced(career, applied->code, i, applied->rank);
        if (days->surely.count > 0 && replaced == ANSWER_NO) {
            return ANSWER_NO;
        }
        answer = replaced != ANSWER_YES ? ANSWER_UNKNOWN : answer;
    }
    return answer;
}

/* Whether one that was erased, and may be given back, was earned before it, and for `apart` too soon. */
static bool hangs_on_erased(struct career *career, const struct expression *expression,
                            const struct applied *applied)
{
    const struct dossier *dossier = career->dossier;
    const struct lacking *lacking = applied->code->space->lacking;
    uint32_t earned_on = attestation_of(career, applied)->earned_on;
    bool hangs = false;
    for (size_t i = 0; i < dossier->sealed_count && lacking != NULL && !hangs; i++) {
        const struct dossier_sealed *sealed = &dossier->sealed[i];
        bool far = expression->op == EXPRESSION_APART &&
                   ((expression->bases & UINT32_C(1) << sealed->basis) == 0 ||
                    day_after(sealed->earned_on, expression->count, expression->days) <= earned_on);
        hangs = lacking->given_back[i] && bytes_equal(sealed->code, applied->code->code) &&
                sealed->earned_on < earned_on && !far;
    }
    return hangs;
}

static bool adds_to(uint32_t held_to, const struct attestation *attestation, uint64_t months)
{
    return held_to == DAY_NONE || (held_to != 0 && attestation->has_last_day &&
                                   attestation->last_day <= day_after(held_to, months, 0));
}

/* Later held days allow for more, so that one credential that allows it is enough. */
static enum answer adds(struct career *career, const struct expression *expression,
                        const struct applied *applied)
{
    enum answer answer = ANSWER_NO;
    const struct attestation *attestation = attestation_of(career, applied);
    size_t before = earned_before(career, applied);
    for (size_t i = 0; i < before; i++) {
        uint32_t surely = career_held_to(career, applied->code, i, attestation->earned_on, true);
        uint32_t possibly = career_held_to(career, applied->code, i, attestation->earned_on, false);
        if (adds_to(surely, attestation, expression->count)) {
            return ANSWER_YES;
        }
        answer = adds_to(possibly, attestation, expression->count) ? ANSWER_UNKNOWN : answer;
    }
    return answer;
}

/* Others of its code may not be here: one that it follows in time or adds to, or comes too soon after. Of
 * those that are here `answer` was found, which one more might turn where it is `turned`. */
static enum answer beside_others(enum answer answer, enum answer turned, struct career *career,
                                 const struct expression *expression, const struct applied *applied)
{
    if (answer != turned) {
        return answer;
    }
    if (career_is_cut(career, applied->code->code, LACKING_AT_ALL)) {
        return ANSWER_UNKNOWN;
    }
    bool hangs = hangs_on_erased(career, expression, applied);
    career->hangs_on_erased = career->hangs_on_erased || hangs;
    return hangs ? ANSWER_UNKNOWN : answer;
}

enum answer career_attestation_answer(struct career *career, const struct expression *expression,
                                      const struct applied *applied)
{
    if (expression->op == EXPRESSION_BASIS) {
        return has_basis(attestation_of(career, applied), expression) ? ANSWER_YES : ANSWER_NO;
    }
    if (expression->op == EXPRESSION_IN_TIME) {
        return beside_others(in_time(career, expression, applied), ANSWER_NO, career, expression, applied);
    }
    return expression->op == EXPRESSION_APART
               ? beside_others(apart(career, expression, applied), ANSWER_YES, career, expression, applied)
               : beside_others(adds(career, expression, applied), ANSWER_NO, career, expression, applied);
}

/* ---- of the attestation alone ---- */

static bool is_of_attestation(enum expression_op op)
{
    return op == EXPRESSION_BASIS || op == EXPRESSION_IN_TIME || op == EXPRESSION_APART ||
           op == EXPRESSION_ADDS;
}

bool career_asks_of_holder(const struct expression *expression)
{
    for (size_t i = 0; i < expression->child_count; i++) {
        if (career_asks_of_holder(&expression->children[i])) {
            return true;
        }
    }
    return expression->child_count == 0 && !is_of_attestation(expression->op);
}

static enum answer opposite(enum answer answer)
{
    if (answer == ANSWER_UNKNOWN) {
        return ANSWER_UNKNOWN;
    }
    return answer == ANSWER_YES ? ANSWER_NO : ANSWER_YES;
}

static enum answer may(struct career *career, const struct expression *expression,
                       const struct applied *applied, bool wanted);

/* Whether `least` of the children may hold. */
static enum answer may_hold_of(struct career *career, const struct expression *expression, size_t least,
                               const struct applied *applied, bool wanted)
{
    size_t yes = 0;
    size_t possible = 0;
    for (size_t i = 0; i < expression->child_count; i++) {
        enum answer answer = may(career, &expression->children[i], applied, wanted);
        yes += answer == ANSWER_YES ? 1 : 0;
        possible += answer != ANSWER_NO ? 1 : 0;
    }
    if (yes >= least) {
        return ANSWER_YES;
    }
    return possible >= least ? ANSWER_UNKNOWN : ANSWER_NO;
}

/* wanted: what holders are taken to come to, so that the whole holds. Below a `not` that is the contrary. */
static enum answer may(struct career *career, const struct expression *expression,
                       const struct applied *applied, bool wanted)
{
    switch (expression->op) {
    case EXPRESSION_ALL:
        return may_hold_of(career, expression, expression->child_count, applied, wanted);
    case EXPRESSION_ANY:
        return may_hold_of(career, expression, 1, applied, wanted);
    case EXPRESSION_AT_LEAST:
        return may_hold_of(career, expression, (size_t)expression->count, applied, wanted);
    case EXPRESSION_NOT:
        return opposite(may(career, expression->children, applied, !wanted));
    case EXPRESSION_FOR_LIFE:
        return may(career, expression->children, applied, wanted);
    case EXPRESSION_BASIS:
    case EXPRESSION_IN_TIME:
    case EXPRESSION_APART:
    case EXPRESSION_ADDS:
        return career_attestation_answer(career, expression, applied);
    case EXPRESSION_CERTIFIED:
    case EXPRESSION_TESTED:
    case EXPRESSION_TRAINED:
    case EXPRESSION_TITLE:
    case EXPRESSION_EXPERIENCE:
    case EXPRESSION_IN_NETWORK:
    case EXPRESSION_IN_STATE:
        return wanted ? ANSWER_YES : ANSWER_NO;
    case EXPRESSION_SHARE:
    case EXPRESSION_TECHNICIANS:
    case EXPRESSION_COVERED:
    case EXPRESSION_UNKNOWN:
        break;
    }
    return ANSWER_UNKNOWN;
}

enum answer career_attestation_may(struct career *career, const struct expression *expression,
                                   const struct applied *applied)
{
    return may(career, expression, applied, true);
}
