/* Why an award does not hold on a day: which part of its rule, and whose leaving or lapse is behind that. */

#include <assert.h>

#include "protocol/rules/roster_state.h"

static struct award_event event_of(enum award_cause cause, uint32_t day)
{
    return (struct award_event){.cause = cause, .day = day};
}

/* Name the first technician whose days for an ask end on the day before. */
static void blame(struct award_event *event, const struct roster *roster, size_t ask)
{
    if (event->day == 0 || event->day == DAY_NONE || ask == SIZE_MAX) {
        return;
    }
    for (size_t i = 0; i < roster->member_count && !event->has_technician; i++) {
        const struct day_interval *run = day_set_run(roster->parts[i].asked[ask].surely, event->day - 1);
        if (run != NULL && run->last == event->day - 1) {
            event->has_technician = true;
            event->technician = roster->ids[i];
        }
    }
}

static void explain_count(struct award_event *out, const struct roster *roster, const struct expression *node,
                          enum award_cause cause)
{
    out->cause = cause;
    blame(out, roster, roster_ask_of(roster, &node->children[0], false));
}

static bool is_covered(const struct roster *roster, size_t ask, uint32_t day)
{
    for (size_t i = 0; i < roster->member_count; i++) {
        if (day_set_has(roster->parts[i].asked[ask].surely, day)) {
            return true;
        }
    }
    return false;
}

/* The first area that nobody covers on day. */
static void explain_areas(struct award_event *out, const struct roster *roster, const struct expression *node,
                          uint32_t day)
{
    struct roster_need needs[ROSTER_NEEDS_MAX];
    size_t count = roster_run_needs(needs, roster_run_on(roster, day));
    out->cause = AWARD_AREA;
    for (size_t i = 0; i < count; i++) {
        size_t child = roster_area_child(node, needs[i].name);
        size_t ask = child != SIZE_MAX ? roster_ask_of(roster, &node->children[child], false) : SIZE_MAX;
        if (ask == SIZE_MAX || !is_covered(roster, ask, day)) {
            out->area = needs[i].name;
            blame(out, roster, ask);
            return;
        }
    }
}

static void explain_technicians(struct award_event *out, const struct roster *roster,
                                const struct expression *node, uint32_t day)
{
    if (roster_run_on(roster, day)->profile == NULL) {
        out->cause = AWARD_NO_PROFILE;
    } else if (node->op == EXPRESSION_SHARE) {
        explain_count(out, roster, node, AWARD_SHARE);
    } else if (node->op == EXPRESSION_TECHNICIANS) {
        explain_count(out, roster, node, AWARD_TECHNICIANS);
    } else {
        explain_areas(out, roster, node, day);
    }
}

/* Of the children that do not hold on day the first that did on the day before, else the first. */
static bool failing_child(const struct expression **out, struct roster *roster, const struct expression *node,
                          uint32_t day)
{
    *out = NULL;
    for (size_t i = 0; i < node->child_count; i++) {
        struct day_truth days;
        if (!roster_days(&days, roster, &node->children[i])) {
            return false;
        }
        if (day_truth_on(&days, day) == ANSWER_YES) {
            continue;
        }
        if (day > 0 && day_truth_on(&days, day - 1) == ANSWER_YES) {
            *out = &node->children[i];
            return true;
        }
        *out = *out == NULL ? &node->children[i] : *out;
    }
    return true;
}

/* Why node does not hold on day; out->day: from which on it does not. Returns: false when the arena is full.
 */
static bool explain(struct award_event *out, struct roster *roster, const struct expression *node,
                    uint32_t day)
{
    const struct expression *child = node->child_count > 0 ? &node->children[0] : NULL;
    switch (node->op) {
    case EXPRESSION_ALL:
    case EXPRESSION_ANY:
    case EXPRESSION_AT_LEAST:
        return failing_child(&child, roster, node, day) &&
               (child == NULL || explain(out, roster, child, day));
    case EXPRESSION_NOT:
    case EXPRESSION_FOR_LIFE:
        return explain(out, roster, child, day);
    case EXPRESSION_CERTIFIED:
    case EXPRESSION_TESTED:
    case EXPRESSION_TRAINED:
    case EXPRESSION_EXPERIENCE:
    case EXPRESSION_IN_NETWORK:
        out->cause = AWARD_RECOGNITION;
        out->code = node->pattern;
        break;
    case EXPRESSION_TITLE:
        out->cause = AWARD_RECOGNITION;
        out->code = node->name;
        break;
    case EXPRESSION_SHARE:
    case EXPRESSION_TECHNICIANS:
    case EXPRESSION_COVERED:
        explain_technicians(out, roster, node, day);
        break;
    case EXPRESSION_IN_STATE:
        out->cause = AWARD_NOTHING;
        break;
    case EXPRESSION_UNKNOWN:
    case EXPRESSION_BASIS:
    case EXPRESSION_IN_TIME:
    case EXPRESSION_APART:
    case EXPRESSION_ADDS:
        out->cause = AWARD_RULE;
        break;
    }
    return true;
}

bool roster_explain_break(struct award_verdict *out, struct roster *roster, const struct roster_award *award)
{
    if (out->until_day == DAY_NONE) {
        return true;
    }
    uint32_t day = out->until_day + 1;
    const struct award_segment *segment = award_segment_on(award, day);
    out->breaks = event_of(AWARD_RULE, day);
    for (size_t i = 0; segment != NULL && i < segment->conjunct_count; i++) {
        const struct award_conjunct *conjunct = &segment->conjuncts[i];
        if (day_truth_on(&conjunct->days, day) != ANSWER_YES) {
            return explain(&out->breaks, roster, conjunct->expression, day);
        }
    }
    return true;
}

/* Why a conjunct does not hold on at_day, from the day on which it last ceased to. */
static bool explain_lack(struct award_event *out, struct roster *roster,
                         const struct award_conjunct *conjunct)
{
    uint32_t at_day = roster->question->at_day;
    const struct day_interval *before = day_set_before(conjunct->days.surely, at_day);
    *out = event_of(AWARD_NOTHING, before != NULL ? before->last + 1 : DAY_NONE);
    return explain(out, roster, conjunct->expression, at_day);
}

bool roster_explain_lacks(struct award_verdict *out, struct roster *roster, const struct roster_award *award)
{
    const struct award_segment *segment = award_segment_on(award, roster->question->at_day);
    struct award_event *lacks =
        arena_take(roster->arena, (1 + (segment != NULL ? segment->conjunct_count : 0)) * sizeof lacks[0]);
    if (lacks == NULL) {
        return false;
    }
    out->lacks = lacks;
    if (segment == NULL) {
        lacks[out->lack_count++] = event_of(AWARD_RULE, DAY_NONE);
        return true;
    }
    for (size_t i = 0; i < segment->conjunct_count; i++) {
        const struct award_conjunct *conjunct = &segment->conjuncts[i];
        struct award_event lack;
        if (day_truth_on(&conjunct->days, roster->question->at_day) == ANSWER_YES) {
            continue;
        }
        if (!explain_lack(&lack, roster, conjunct)) {
            return false;
        }
        bool again = lack.cause == AWARD_NO_PROFILE && out->lack_count > 0 &&
                     lacks[out->lack_count - 1].cause == AWARD_NO_PROFILE;
        if (!again) {
            lacks[out->lack_count++] = lack;
        }
    }
    if (out->answer == ANSWER_UNKNOWN && out->freshness.answer.answer != ANSWER_YES) {
        lacks[out->lack_count++] = event_of(AWARD_NEWER_RULES, DAY_NONE);
    }
    return true;
}
