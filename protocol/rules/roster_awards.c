/* The awards of the packs in force: their days, and how they stand on the day asked about. */

#include <assert.h>

#include "protocol/rules/roster_state.h"

/* ---- rules ---- */

static size_t count_conjuncts(const struct expression *expression)
{
    size_t count = 0;
    if (expression->op != EXPRESSION_ALL) {
        return 1;
    }
    for (size_t i = 0; i < expression->child_count; i++) {
        count += count_conjuncts(&expression->children[i]);
    }
    return count;
}

/* Returns: how many conjuncts there are now. */
static size_t write_conjuncts(struct award_conjunct *conjuncts, size_t count,
                              const struct expression *expression)
{
    if (expression->op != EXPRESSION_ALL) {
        conjuncts[count] = (struct award_conjunct){.expression = expression};
        return count + 1;
    }
    for (size_t i = 0; i < expression->child_count; i++) {
        count = write_conjuncts(conjuncts, count, &expression->children[i]);
    }
    return count;
}

static bool write_segment(struct award_segment *out, const struct pack_segment *segment,
                          const struct compiled_rule *rule, struct arena *arena)
{
    *out = (struct award_segment){
        .segment = segment,
        .expression = &rule->expression,
        .conjunct_count = count_conjuncts(&rule->expression),
    };
    out->conjuncts = arena_take(arena, out->conjunct_count * sizeof out->conjuncts[0]);
    if (out->conjuncts == NULL) {
        return false;
    }
    write_conjuncts(out->conjuncts, 0, &rule->expression);
    return true;
}

static bool write_segments(struct roster_award *out, struct roster *roster)
{
    const struct pack_segment *segments;
    size_t count;
    if (!career_packs(&segments, &count, roster->career, out->space, PACK_RULE_RECOGNITION)) {
        return false;
    }
    out->segments = arena_take(roster->arena, count * sizeof out->segments[0]);
    if (out->segments == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct compiled_rule *named =
            pack_rules_find(&segments[i].rules, PACK_RULE_RECOGNITION, out->rule->name);
        if (named == NULL) {
            continue;
        }
        if (!write_segment(&out->segments[out->segment_count++], &segments[i], named, roster->arena)) {
            return false;
        }
    }
    return true;
}

static bool write_award(struct roster_award *out, struct roster *roster)
{
    struct career_space *before = career_spend(roster->career, out->space);
    enum spent spent = career_spent(roster->career, before, write_segments(out, roster));
    if (spent == SPENT_SHARE) {
        out->is_too_large = true;
        out->segment_count = 0;
    }
    return spent != SPENT_ALL;
}

/* The rules on at_day of a namespace of the trust file. *out NULL: there are none that could be read. */
static bool rules_today(const struct pack_segment **out, struct roster *roster, struct career_space **space,
                        size_t owner)
{
    *space = career_space(roster->career, bytes_of_string(roster->trust->owners[owner].name_space));
    return career_pack_on(out, roster->career, *space, PACK_RULE_RECOGNITION, roster->question->at_day);
}

static bool count_awards(size_t *count, struct roster *roster)
{
    *count = 0;
    for (size_t i = 0; i < roster->trust->owner_count; i++) {
        const struct pack_segment *today;
        struct career_space *space;
        if (!rules_today(&today, roster, &space, i)) {
            return false;
        }
        for (size_t k = 0; today != NULL && k < today->rules.count; k++) {
            *count += today->rules.rules[k].kind == PACK_RULE_RECOGNITION;
        }
    }
    return true;
}

static bool write_awards(struct roster *roster)
{
    size_t room;
    if (!count_awards(&room, roster)) {
        return false;
    }
    roster->awards = arena_take(roster->arena, room * sizeof roster->awards[0]);
    if (roster->awards == NULL) {
        return false;
    }
    for (size_t i = 0; i < roster->trust->owner_count; i++) {
        const struct pack_segment *today;
        struct career_space *space;
        if (!rules_today(&today, roster, &space, i)) {
            return false;
        }
        for (size_t k = 0; today != NULL && k < today->rules.count && roster->award_count < room; k++) {
            const struct compiled_rule *rule = &today->rules.rules[k];
            if (rule->kind != PACK_RULE_RECOGNITION) {
                continue;
            }
            struct roster_award *award = &roster->awards[roster->award_count++];
            *award = (struct roster_award){.rule = rule, .pack = today->pack, .space = space};
            if (!write_award(award, roster)) {
                return false;
            }
        }
    }
    return true;
}

const struct award_segment *award_segment_on(const struct roster_award *award, uint32_t day)
{
    for (size_t i = 0; i < award->segment_count; i++) {
        const struct pack_segment *segment = award->segments[i].segment;
        if (segment->first_day <= day && day <= segment->last_day) {
            return segment->disputed ? NULL : &award->segments[i];
        }
    }
    return NULL;
}

/* ---- what is asked of technicians ---- */

/* What the awards of one namespace may still ask. */
struct allowance {
    struct roster *roster;
    struct bytes name_space;
    size_t asks, counts;
};

/* Returns: false when nothing more may be asked. */
static bool add_ask(struct allowance *allowance, const struct expression *asked)
{
    struct roster *roster = allowance->roster;
    if (roster_ask_of(roster, asked) != SIZE_MAX) {
        return true;
    }
    if (allowance->asks == 0) {
        return false;
    }
    allowance->asks--;
    roster->asks[roster->ask_count++] =
        (struct roster_ask){.expression = asked, .name_space = allowance->name_space};
    return true;
}

static bool is_of_technicians(const struct expression *node)
{
    return node->op == EXPRESSION_SHARE || node->op == EXPRESSION_TECHNICIANS ||
           node->op == EXPRESSION_COVERED;
}

static bool visit_asks(void *context, const struct expression *node)
{
    struct allowance *allowance = context;
    const struct bytes *areas = node->areas.items;
    if (!is_of_technicians(node)) {
        return true;
    }
    if (allowance->counts == 0) {
        return false;
    }
    allowance->counts--;
    for (size_t i = 0; i < node->child_count; i++) {
        bool asked = node->op != EXPRESSION_COVERED || roster_performs(allowance->roster, areas[i]);
        if (asked && !add_ask(allowance, &node->children[i])) {
            return false;
        }
    }
    return true;
}

/* What an award asks of technicians, unless it is more than is left. */
static void add_asks(struct allowance *allowance, struct roster_award *award)
{
    struct roster *roster = allowance->roster;
    const struct allowance before = *allowance;
    size_t ask_count = roster->ask_count;
    for (size_t i = 0; i < award->segment_count; i++) {
        if (!expression_each(award->segments[i].expression, visit_asks, allowance)) {
            award->is_too_large = true;
            award->segment_count = 0;
            roster->ask_count = ask_count;
            *allowance = before;
        }
    }
}

/* The first node with an operator. */
struct wanted {
    enum expression_op op;
    struct bytes area; /* of COVERED: that it names */
    const struct expression *found;
    size_t child;
};

static bool visit_wanted(void *context, const struct expression *node)
{
    struct wanted *wanted = context;
    if (node->op != wanted->op) {
        return true;
    }
    wanted->child = node->op == EXPRESSION_COVERED ? roster_area_child(node, wanted->area) : 0;
    wanted->found = wanted->child != SIZE_MAX ? node : NULL;
    return wanted->found == NULL;
}

static const struct expression *share_of(const struct expression *expression)
{
    struct wanted wanted = {.op = EXPRESSION_SHARE};
    (void)expression_each(expression, visit_wanted, &wanted);
    return wanted.found;
}

static void write_share_ask(struct roster *roster)
{
    for (size_t i = 0; i < roster->award_count && roster->share_ask == SIZE_MAX; i++) {
        const struct expression *share = share_of(&roster->awards[i].rule->expression);
        if (share != NULL) {
            roster->share_ask = roster_ask_of(roster, &share->children[0]);
        }
    }
}

bool roster_read_awards(struct roster *roster)
{
    struct allowance allowance = {.roster = roster};
    if (!write_awards(roster)) {
        return false;
    }
    size_t space_count = 0;
    for (size_t i = 0; i < roster->award_count; i++) {
        space_count += i == 0 || roster->awards[i].space != roster->awards[i - 1].space;
    }
    roster->asks = arena_take(roster->arena, space_count * ROSTER_ASKS_MAX * sizeof roster->asks[0]);
    if (roster->asks == NULL) {
        return false;
    }
    for (size_t i = 0; i < roster->award_count; i++) {
        struct roster_award *award = &roster->awards[i];
        if (i == 0 || award->space != roster->awards[i - 1].space) {
            allowance.name_space = award->pack->pack.name_space;
            allowance.asks = ROSTER_ASKS_MAX;
            allowance.counts = ROSTER_COUNTS_MAX;
        }
        add_asks(&allowance, award);
    }
    write_share_ask(roster);
    return true;
}

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

/* A code of the shop's own. What is asked for, and not what must not be there, counts as if recognised. */
static bool days_of_code(struct day_truth *out, struct roster *roster, const struct expression *expression,
                         bool wanted)
{
    struct day_truth from;
    if (!career_days(out, roster->career, expression)) {
        return false;
    }
    if (!wanted || !roster->change->as_if_recognised) {
        return true;
    }
    return day_truth_of_run(&from, ANSWER_YES, roster->question->at_day, DAY_NONE, roster->arena) &&
           day_truth_or(out, out, &from, roster->arena);
}

/* What that takes grows with the shop, and is nobody's share. */
static bool count_technicians(struct day_truth *out, struct roster *roster, const struct expression *node)
{
    struct career_space *before = career_spend(roster->career, NULL);
    return career_spent(roster->career, before, roster_count_days(out, roster, node)) == SPENT_WITHIN;
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
        return career_days(out, roster->career, expression);
    case EXPRESSION_SHARE:
    case EXPRESSION_TECHNICIANS:
    case EXPRESSION_COVERED:
        return count_technicians(out, roster, expression);
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
static bool days_of_segment(struct day_truth *out, struct roster *roster, struct award_segment *segment,
                            const struct day_truth *held)
{
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
    if (segment->segment->disputed) {
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
        if (!days_of_segment(&days, roster, &award->segments[i], &award->days) ||
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
    const struct expression *share = share_of(expression);
    uint32_t at_day = roster->question->at_day;
    if (share == NULL) {
        return;
    }
    size_t ask = roster_ask_of(roster, &share->children[0]);
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
    const struct day_interval *run = day_set_run(award->days.surely, roster->question->at_day);
    out->answer = day_truth_on(&award->days, roster->question->at_day);
    out->since_day = run != NULL ? run->first : DAY_NONE;
    out->until_day = run != NULL ? run->last : DAY_NONE;
    write_share(out, roster, &award->rule->expression);
    return write_code(out, roster, &award->rule->expression) &&
           (run != NULL ? roster_explain_break(out, roster, award)
                        : roster_explain_lacks(out, roster, award));
}

static struct award_verdict unknown_award(const struct roster_award *award)
{
    return (struct award_verdict){
        .pack = award->pack,
        .name = award->rule->name,
        .answer = ANSWER_UNKNOWN,
        .since_day = DAY_NONE,
        .until_day = DAY_NONE,
        .breaks = {.day = DAY_NONE},
        .recognised = ANSWER_NO,
        .recognised_until = DAY_NONE,
    };
}

static bool conclude_award(struct award_verdict *out, struct roster *roster, struct roster_award *award)
{
    enum spent spent = SPENT_SHARE;
    *out = unknown_award(award);
    if (!award->is_too_large) {
        struct career_space *before = career_spend(roster->career, award->space);
        spent = career_spent(roster->career, before, write_verdict(out, roster, award));
    }
    if (spent != SPENT_SHARE) {
        return spent == SPENT_WITHIN;
    }
    *out = unknown_award(award);
    award->segment_count = 0;
    return roster_explain_lacks(out, roster, award);
}

/* ---- areas ---- */

/* What the first award that names the area asks for it, of those that can be read; SIZE_MAX: none does. */
static size_t ask_of_area(const struct roster *roster, struct bytes area)
{
    for (size_t i = 0; i < roster->award_count; i++) {
        struct wanted wanted = {.op = EXPRESSION_COVERED, .area = area};
        if (roster->awards[i].is_too_large) {
            continue;
        }
        (void)expression_each(&roster->awards[i].rule->expression, visit_wanted, &wanted);
        if (wanted.found != NULL) {
            return roster_ask_of(roster, &wanted.found->children[wanted.child]);
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
    out->covered = ANSWER_NO;
    for (size_t i = 0; i < roster->member_count && out->covered == ANSWER_NO; i++) {
        const struct day_truth *days = &roster->parts[i].asked[ask];
        out->covered = day_set_has(days->possibly, roster->question->at_day) ? ANSWER_UNKNOWN : ANSWER_NO;
    }
    if (!write_coverers(out, roster, ask) || !write_covered_until(out, roster, ask)) {
        return false;
    }
    out->covered = out->by_count > 0 ? ANSWER_YES : out->covered;
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
