/* The rules of the awards: by the packs of every day, and what they ask of technicians. */

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
            return pack_segment_disputes(segment, PACK_RULE_RECOGNITION, award->rule->name)
                       ? NULL
                       : &award->segments[i];
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
static bool add_ask(struct allowance *allowance, const struct expression *asked, bool denied)
{
    struct roster *roster = allowance->roster;
    if (roster_ask_of(roster, asked, denied) != SIZE_MAX) {
        return true;
    }
    if (allowance->asks == 0) {
        return false;
    }
    allowance->asks--;
    roster->asks[roster->ask_count++] =
        (struct roster_ask){.expression = asked, .denied = denied, .name_space = allowance->name_space};
    return true;
}

bool roster_ask_is_fresh(bool *out, const struct roster *roster, size_t ask)
{
    struct career_space *space = career_space(roster->career, roster->asks[ask].name_space);
    const struct freshness *freshness = career_freshness(roster->career, space);
    *out = freshness != NULL && freshness->answer.answer == ANSWER_YES;
    return freshness != NULL;
}

static bool is_of_technicians(const struct expression *node)
{
    return node->op == EXPRESSION_SHARE || node->op == EXPRESSION_TECHNICIANS ||
           node->op == EXPRESSION_COVERED;
}

/* Of what is denied it is asked, too, what is said of it where it does not hold. */
static bool add_asks_of(struct allowance *allowance, const struct expression *node, bool denied)
{
    const struct bytes *areas = node->areas.items;
    if (allowance->counts == 0) {
        return false;
    }
    allowance->counts--;
    for (size_t i = 0; i < node->child_count; i++) {
        const struct expression *asked = &node->children[i];
        if (node->op == EXPRESSION_COVERED && !roster_performs(allowance->roster, areas[i])) {
            continue;
        }
        if (!add_ask(allowance, asked, false) || (denied && !add_ask(allowance, asked, true))) {
            return false;
        }
    }
    return true;
}

/* denied: under any `not`. */
static bool visit_asks(struct allowance *allowance, const struct expression *node, bool denied)
{
    if (is_of_technicians(node)) {
        return add_asks_of(allowance, node, denied);
    }
    for (size_t i = 0; i < node->child_count; i++) {
        if (!visit_asks(allowance, &node->children[i], denied || node->op == EXPRESSION_NOT)) {
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
        if (!visit_asks(allowance, award->segments[i].expression, false)) {
            award->is_too_large = true;
            award->segment_count = 0;
            roster->ask_count = ask_count;
            *allowance = before;
        }
    }
}

struct search {
    enum expression_op op;
    struct bytes area; /* of COVERED: that it names */
    const struct expression *found;
    size_t child;
};

static bool visit_searched(void *context, const struct expression *node)
{
    struct search *search = context;
    if (node->op != search->op) {
        return true;
    }
    search->child = node->op == EXPRESSION_COVERED ? roster_area_child(node, search->area) : 0;
    search->found = search->child != SIZE_MAX ? node : NULL;
    return search->found == NULL;
}

const struct expression *roster_share_of(const struct expression *expression)
{
    struct search search = {.op = EXPRESSION_SHARE};
    (void)expression_each(expression, visit_searched, &search);
    return search.found;
}

const struct expression *roster_child_of_area(const struct expression *expression, struct bytes area)
{
    struct search search = {.op = EXPRESSION_COVERED, .area = area};
    (void)expression_each(expression, visit_searched, &search);
    return search.found == NULL ? NULL : &search.found->children[search.child];
}

static void write_share_ask(struct roster *roster)
{
    for (size_t i = 0; i < roster->award_count && roster->share_ask == SIZE_MAX; i++) {
        const struct expression *share = roster_share_of(&roster->awards[i].rule->expression);
        if (share != NULL) {
            roster->share_ask = roster_ask_of(roster, &share->children[0], false);
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
