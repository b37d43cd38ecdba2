/* The awards of the packs in force: their days, and how they stand on the day asked about. */

#include "protocol/rules/roster_state.h"

/* ---- days ---- */

static bool days_of(struct day_truth *out, struct roster *roster, const struct expression *expression,
                    bool wanted);

static bool days_of_children(struct day_truth *out, struct roster *roster,
                             const struct expression *expression, bool wanted)
{
    size_t count = expression->child_count;
    size_t needed = expression->op == EXPRESSION_ALL ? count : 1;
    struct day_truth *children = arena_take(roster->arena, count * sizeof children[0]);
    if (children == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!days_of(&children[i], roster, &expression->children[i], wanted)) {
            return false;
        }
    }
    needed = expression->op == EXPRESSION_AT_LEAST ? (size_t)expression->count : needed;
    return day_truth_at_least(out, children, count, needed, roster->arena);
}

/* What is said of the shop itself. */
static bool days_of_shop(struct day_truth *out, struct roster *roster, const struct expression *expression,
                         bool wanted)
{
    return wanted ? career_days(out, roster->career, expression)
                  : career_denied_days(out, roster->career, expression);
}

/* A code of the shop's own. What is asked for, and not what must not be there, counts as if recognised. */
static bool days_of_code(struct day_truth *out, struct roster *roster, const struct expression *expression,
                         bool wanted)
{
    struct day_truth from;
    if (!days_of_shop(out, roster, expression, wanted)) {
        return false;
    }
    if (!wanted || !roster->change->as_if_recognised) {
        return true;
    }
    return day_truth_of_run(&from, ANSWER_YES, roster->question->at_day, DAY_NONE, roster->arena) &&
           day_truth_or(out, out, &from, roster->arena);
}

/* What that takes grows with the shop, and is nobody's share. */
static bool count_technicians(struct day_truth *out, struct roster *roster, const struct expression *node,
                              bool wanted)
{
    struct career_space *before = career_spend(roster->career, NULL);
    bool counted = roster_count_days(out, roster, node, !wanted);
    return career_spent(roster->career, before, counted) == SPENT_WITHIN;
}

/* wanted: it is asked for, not the contrary of it. */
static bool days_of(struct day_truth *out, struct roster *roster, const struct expression *expression,
                    bool wanted)
{
    *out = day_truth_unknown;
    switch (expression->op) {
    case EXPRESSION_ALL:
    case EXPRESSION_ANY:
    case EXPRESSION_AT_LEAST:
        return days_of_children(out, roster, expression, wanted);
    case EXPRESSION_NOT:
        return days_of(out, roster, &expression->children[0], !wanted) &&
               day_truth_not(out, out, roster->arena);
    case EXPRESSION_FOR_LIFE:
        return days_of(out, roster, &expression->children[0], wanted) &&
               day_truth_for_life(out, out, roster->arena);
    case EXPRESSION_CERTIFIED:
    case EXPRESSION_TESTED:
    case EXPRESSION_TRAINED:
        return days_of_code(out, roster, expression, wanted);
    case EXPRESSION_TITLE:
    case EXPRESSION_EXPERIENCE:
    case EXPRESSION_IN_NETWORK:
    case EXPRESSION_IN_STATE:
        return days_of_shop(out, roster, expression, wanted);
    case EXPRESSION_SHARE:
    case EXPRESSION_TECHNICIANS:
    case EXPRESSION_COVERED:
        return count_technicians(out, roster, expression, wanted);
    case EXPRESSION_UNKNOWN:
    case EXPRESSION_BASIS:
    case EXPRESSION_IN_TIME:
    case EXPRESSION_APART:
    case EXPRESSION_ADDS:
        break;
    }
    return true;
}

bool roster_days(struct day_truth *out, struct roster *roster, const struct expression *expression)
{
    return days_of(out, roster, expression, true);
}

/* By its own rule, on the days of its segment. held: by the segments before. */
static bool days_of_segment(struct day_truth *out, struct roster *roster, const struct roster_award *award,
                            const struct award_segment *segment)
{
    const struct day_truth *held = &award->days;
    struct arena *arena = roster->arena;
    struct day_set within;
    *out = day_truth_yes;
    for (size_t i = 0; i < segment->conjunct_count; i++) {
        struct award_conjunct *conjunct = &segment->conjuncts[i];
        if (!roster_days(&conjunct->days, roster, conjunct->expression) ||
            !day_truth_and(out, out, &conjunct->days, arena)) {
            return false;
        }
    }
    if (pack_segment_disputes(segment->segment, PACK_RULE_RECOGNITION, award->rule->name)) {
        *out = day_truth_unknown;
    }
    if (segment->expression->op == EXPRESSION_FOR_LIFE) {
        struct day_truth since;
        if (!day_truth_for_life(&since, held, arena) || !day_truth_or(out, out, &since, arena)) {
            return false;
        }
    }
    return day_set_of(&within, segment->segment->first_day, segment->segment->last_day, arena) &&
           day_truth_within(out, out, within, arena);
}

static bool days_of_award(struct roster_award *award, struct roster *roster)
{
    award->days = day_truth_no;
    for (size_t i = 0; i < award->segment_count; i++) {
        struct day_truth days;
        if (!days_of_segment(&days, roster, award, &award->segments[i]) ||
            !day_truth_or(&award->days, &award->days, &days, roster->arena)) {
            return false;
        }
    }
    return true;
}

/* ---- verdicts ---- */

static void write_share(struct award_verdict *out, const struct roster *roster,
                        const struct expression *expression)
{
    const struct expression *share = roster_share_of(expression);
    uint32_t at_day = roster->question->at_day;
    if (share == NULL) {
        return;
    }
    size_t ask = roster_ask_of(roster, &share->children[0], false);
    uint64_t floor = roster_run_technicians(roster_run_on(roster, at_day));
    out->has_share = true;
    out->percent_wanted = share->count;
    for (size_t i = 0; i < roster->member_count; i++) {
        out->certified += day_set_has(roster->parts[i].asked[ask].surely, at_day);
        out->technicians += day_set_has(roster->parts[i].counts.possibly, at_day);
    }
    out->technicians = out->technicians > floor ? out->technicians : floor;
}

/* The first of the shop's own codes that is asked for, or NULL. */
static const struct expression *own_code_of(const struct expression *expression)
{
    bool of_shop = expression->op == EXPRESSION_ALL || expression->op == EXPRESSION_ANY ||
                   expression->op == EXPRESSION_AT_LEAST || expression->op == EXPRESSION_FOR_LIFE;
    if (expression->op == EXPRESSION_CERTIFIED || expression->op == EXPRESSION_TESTED ||
        expression->op == EXPRESSION_TRAINED) {
        return expression;
    }
    for (size_t i = 0; of_shop && i < expression->child_count; i++) {
        const struct expression *found = own_code_of(&expression->children[i]);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

static bool write_code(struct award_verdict *out, struct roster *roster, const struct expression *expression)
{
    const struct expression *code = own_code_of(expression);
    struct day_truth days;
    if (code == NULL) {
        return true;
    }
    if (!career_days(&days, roster->career, code)) {
        return false;
    }
    const struct day_interval *run = day_set_run(days.surely, roster->question->at_day);
    out->has_code = true;
    out->code = code->pattern;
    out->recognised = day_truth_on(&days, roster->question->at_day);
    out->recognised_until = run != NULL ? run->last : DAY_NONE;
    return true;
}

static bool write_verdict(struct award_verdict *out, struct roster *roster, struct roster_award *award)
{
    if (!days_of_award(award, roster)) {
        return false;
    }
    if (out->freshness.answer.answer != ANSWER_YES) {
        award->days.surely = DAY_SET_NONE;
    }
    const struct day_interval *run = day_set_run(award->days.surely, roster->question->at_day);
    out->answer = day_truth_on(&award->days, roster->question->at_day);
    out->since_day = run != NULL ? run->first : DAY_NONE;
    out->until_day = run != NULL ? run->last : DAY_NONE;
    write_share(out, roster, &award->rule->expression);
    return write_code(out, roster, &award->rule->expression) &&
           (run != NULL ? roster_explain_break(out, roster, award)
                        : roster_explain_lacks(out, roster, award));
}

static struct award_verdict unknown_award(const struct roster *roster, const struct roster_award *award,
                                          const struct freshness *freshness)
{
    return (struct award_verdict){
        .pack = award->pack,
        .name = award->rule->name,
        .freshness = *freshness,
        .answer = ANSWER_UNKNOWN,
        .since_day = DAY_NONE,
        .until_day = DAY_NONE,
        .breaks = {.day = DAY_NONE},
        .members_cut = roster->members_cut,
        .recognised = ANSWER_NO,
        .recognised_until = DAY_NONE,
    };
}

static bool conclude_award(struct award_verdict *out, struct roster *roster, struct roster_award *award)
{
    enum spent spent = SPENT_SHARE;
    const struct freshness *freshness = career_freshness(roster->career, award->space);
    if (freshness == NULL) {
        return false;
    }
    *out = unknown_award(roster, award, freshness);
    if (!award->is_too_large) {
        struct career_space *before = career_spend(roster->career, award->space);
        spent = career_spent(roster->career, before, write_verdict(out, roster, award));
    }
    if (spent != SPENT_SHARE) {
        return spent == SPENT_WITHIN;
    }
    *out = unknown_award(roster, award, freshness);
    award->segment_count = 0;
    return roster_explain_lacks(out, roster, award);
}

/* ---- areas ---- */

/* What the first award that names the area asks for it, of those that can be read; SIZE_MAX: none does. */
static size_t ask_of_area(const struct roster *roster, struct bytes area)
{
    for (size_t i = 0; i < roster->award_count; i++) {
        const struct roster_award *award = &roster->awards[i];
        const struct expression *asked =
            award->is_too_large ? NULL : roster_child_of_area(&award->rule->expression, area);
        if (asked != NULL) {
            return roster_ask_of(roster, asked, false);
        }
    }
    return SIZE_MAX;
}

/* Who covers an area on at_day, for certain. */
static bool write_coverers(struct roster_area *out, const struct roster *roster, size_t ask)
{
    uint32_t at_day = roster->question->at_day;
    size_t count = 0;
    for (size_t i = 0; i < roster->member_count; i++) {
        count += day_set_has(roster->parts[i].asked[ask].surely, at_day);
    }
    struct actor_id *by = arena_take(roster->arena, count * sizeof by[0]);
    if (by == NULL) {
        return false;
    }
    for (size_t i = 0; i < roster->member_count; i++) {
        if (day_set_has(roster->parts[i].asked[ask].surely, at_day)) {
            by[out->by_count++] = roster->ids[i];
        }
    }
    out->by = by;
    return true;
}

/* The last day of the days around at_day on which somebody covers it. */
static bool write_covered_until(struct roster_area *out, const struct roster *roster, size_t ask)
{
    struct arena *arena = roster->arena;
    struct day_set days;
    size_t mark = arena_mark(arena);
    struct day_set *sets = arena_take(arena, roster->member_count * sizeof sets[0]);
    if (sets == NULL) {
        return false;
    }
    for (size_t i = 0; i < roster->member_count; i++) {
        sets[i] = roster->parts[i].asked[ask].surely;
    }
    if (!day_set_at_least(&days, sets, roster->member_count, 1, arena)) {
        return false;
    }
    const struct day_interval *run = day_set_run(days, roster->question->at_day);
    out->until_day = run != NULL ? run->last : DAY_NONE;
    arena_rewind(arena, mark);
    return true;
}

static bool conclude_area(struct roster_area *out, const struct roster *roster,
                          const struct roster_need *need)
{
    bool fresh;
    size_t ask = ask_of_area(roster, need->name);
    *out = (struct roster_area){
        .name = need->name,
        .declared = need->declared,
        .at_review = need->at_review,
        .covered = ANSWER_UNKNOWN,
        .until_day = DAY_NONE,
    };
    if (ask == SIZE_MAX) {
        return true;
    }
    out->covered = roster->members_cut ? ANSWER_UNKNOWN : ANSWER_NO;
    for (size_t i = 0; i < roster->member_count && out->covered == ANSWER_NO; i++) {
        const struct day_truth *days = &roster->parts[i].asked[ask];
        out->covered = day_set_has(days->possibly, roster->question->at_day) ? ANSWER_UNKNOWN : ANSWER_NO;
    }
    if (!write_coverers(out, roster, ask) || !write_covered_until(out, roster, ask) ||
        !roster_ask_is_fresh(&fresh, roster, ask)) {
        return false;
    }
    if (out->by_count > 0) {
        out->covered = fresh ? ANSWER_YES : ANSWER_UNKNOWN;
    }
    return true;
}

static bool conclude_areas(struct roster_verdict *out, const struct roster *roster)
{
    struct roster_need needs[ROSTER_NEEDS_MAX];
    size_t count = roster_run_needs(needs, roster_run_on(roster, roster->question->at_day));
    struct roster_area *areas = arena_take(roster->arena, count * sizeof areas[0]);
    if (areas == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!conclude_area(&areas[i], roster, &needs[i])) {
            return false;
        }
    }
    out->area_count = count;
    out->areas = areas;
    return true;
}

bool roster_conclude_awards(struct roster_verdict *out, struct roster *roster)
{
    struct award_verdict *awards = arena_take(roster->arena, roster->award_count * sizeof awards[0]);
    if (awards == NULL || !conclude_areas(out, roster)) {
        return false;
    }
    for (size_t i = 0; i < roster->award_count; i++) {
        if (!conclude_award(&awards[i], roster, &roster->awards[i])) {
            return false;
        }
    }
    out->award_count = roster->award_count;
    out->awards = awards;
    return true;
}
