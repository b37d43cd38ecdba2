#include "protocol/rules/career_state.h"

#include "protocol/rules/pack.h"

/* ---- segments ---- */

/* Write the days on which a namespace's packs come into force, ascending, each once. days: room for one of
 * each pack. Returns: how many there are. */
static size_t list_changes(uint32_t *days, const struct dossier *dossier, struct bytes name_space)
{
    size_t count = 0;
    for (size_t i = 0; i < dossier->pack_count; i++) {
        const struct rule_pack *pack = &dossier->packs[i].pack;
        if (!bytes_equal(pack->name_space, name_space)) {
            continue;
        }
        size_t at = count;
        while (at > 0 && days[at - 1] > pack->in_force_from) {
            at--;
        }
        if (at > 0 && days[at - 1] == pack->in_force_from) {
            continue;
        }
        for (size_t k = count; k > at; k--) {
            days[k] = days[k - 1];
        }
        days[at] = pack->in_force_from;
        count++;
    }
    return count;
}

static uint32_t kinds_of(const struct rule_pack *pack)
{
    const struct pack_rule *rules = pack->rules.items;
    uint32_t kinds = 0;
    for (size_t i = 0; i < pack->rules.count; i++) {
        kinds |= UINT32_C(1) << rules[i].kind;
    }
    return kinds;
}

static void add_segment(struct career *career, struct career_space *space,
                        const struct namespace_owners *owners, uint32_t day)
{
    const struct dossier_pack *pack = pack_under(career->dossier, owners, space->name, day);
    struct pack_segment *newest =
        space->segment_count > 0 ? &space->segments[space->segment_count - 1] : NULL;
    if (pack == NULL || (newest != NULL && newest->pack == pack)) {
        return;
    }
    if (newest != NULL) {
        newest->last_day = day - 1;
    }
    bool disputed = pack_is_disputed(career->dossier, pack);
    space->kinds |= disputed ? UINT32_MAX : kinds_of(&pack->pack);
    space->segments[space->segment_count++] = (struct pack_segment){
        .first_day = day,
        .last_day = DAY_NONE,
        .pack = pack,
        .disputed = disputed,
    };
}

bool career_divide(struct career *career, struct career_space *space)
{
    if (space->is_divided) {
        return true;
    }
    struct namespace_owners owners;
    uint32_t *days = arena_take(career->arena, career->dossier->pack_count * sizeof days[0]);
    if (days == NULL) {
        return false;
    }
    size_t count = list_changes(days, career->dossier, space->name);
    space->segments = arena_take(career->arena, count * sizeof space->segments[0]);
    space->memos = arena_take(career->arena, count * sizeof space->memos[0]);
    if (space->segments == NULL || space->memos == NULL) {
        return false;
    }
    namespace_owners_of(&owners, career->dossier, career->trust, space->name);
    for (size_t i = 0; i < count; i++) {
        add_segment(career, space, &owners, days[i]);
    }
    space->is_divided = true;
    return true;
}

struct career_space *career_space(struct career *career, struct bytes name_space)
{
    const struct trust_owner *owner = trust_owner_of(career->trust, name_space);
    return owner == NULL ? NULL : &career->spaces[owner - career->trust->owners];
}

struct pack_segment *career_segment_on(struct career_space *space, uint32_t day)
{
    for (size_t i = space->segment_count; i > 0; i--) {
        if (space->segments[i - 1].first_day <= day) {
            return &space->segments[i - 1];
        }
    }
    return NULL;
}

/* ---- rules ---- */

static struct segment_memo *memo_of(struct career_space *space, const struct pack_segment *segment)
{
    return &space->memos[segment - space->segments];
}

/* Let the segment's rules be found by their names. */
static bool name_rules(struct career *career, struct career_space *space, const struct pack_segment *segment)
{
    struct segment_memo *memo = memo_of(space, segment);
    const struct list *said = &segment->pack->pack.rules;
    const struct pack_rule *rules = said->items;
    if (memo->rules != NULL) {
        return true;
    }
    memo->known = arena_take(career->arena, said->count * sizeof memo->known[0]);
    struct compiled_rule *named = arena_take(career->arena, said->count * sizeof named[0]);
    if (memo->known == NULL || named == NULL) {
        return false;
    }
    for (size_t i = 0; i < said->count; i++) {
        named[i].kind = rules[i].kind;
        named[i].name = rules[i].name;
    }
    memo->rules = named;
    space->segments[segment - space->segments].rules =
        (struct pack_rules){.pack = &segment->pack->pack, .count = said->count, .rules = named};
    return true;
}

static struct known_rule *find_recent(const struct career_space *space, struct bytes text,
                                      enum expression_scope scope)
{
    if (space->recent == NULL) {
        return NULL;
    }
    size_t count = space->recent->count;
    size_t kept = count < CAREER_RECENT_MAX ? count : CAREER_RECENT_MAX;
    for (size_t i = 0; i < kept; i++) {
        struct known_rule *known = space->recent->rules[i];
        if (known->text.size == text.size && known->scope == scope && bytes_equal(known->text, text)) {
            return known;
        }
    }
    return NULL;
}

/* What is no expression is one that nobody understands. */
static struct known_rule *read_rule(struct career *career, struct career_space *space, struct bytes text,
                                    enum expression_scope scope)
{
    struct known_rule *known = arena_take(career->arena, sizeof *known);
    if (space->recent == NULL) {
        space->recent = arena_take(career->arena, sizeof *space->recent);
    }
    if (known == NULL || space->recent == NULL) {
        return NULL;
    }
    known->text = text;
    known->scope = scope;
    enum reason reason = expression_decode(&known->expression, scope, text, career->arena);
    if (reason == REASON_TOO_LARGE) {
        return NULL;
    }
    if (reason != REASON_NONE) {
        known->expression = (struct expression){.op = EXPRESSION_UNKNOWN};
    }
    known->is_of_holder = career_asks_of_holder(&known->expression);
    known->adds_months = career_adds_months(&known->expression);
    space->recent->rules[space->recent->count++ % CAREER_RECENT_MAX] = known;
    return known;
}

static struct known_rule *know_rule(struct career *career, struct career_space *space,
                                    const struct pack_segment *segment, size_t at)
{
    const struct pack_rule *said = segment->pack->pack.rules.items;
    struct known_rule **known = &memo_of(space, segment)->known[at];
    enum expression_scope scope = expression_scope_of(said[at].kind);
    if (*known == NULL) {
        *known = find_recent(space, said[at].expression, scope);
    }
    if (*known == NULL) {
        *known = read_rule(career, space, said[at].expression, scope);
    }
    return *known;
}

bool career_rule(struct known_rule **out, struct career *career, struct career_space *space,
                 const struct pack_segment *segment, enum pack_rule_kind kind, struct bytes local)
{
    *out = NULL;
    if (!name_rules(career, space, segment)) {
        return false;
    }
    const struct compiled_rule *rule = pack_rules_find(&segment->rules, kind, local);
    if (rule == NULL) {
        return true;
    }
    *out = know_rule(career, space, segment, (size_t)(rule - segment->rules.rules));
    return *out != NULL;
}

struct known_rule *career_rule_at(struct career *career, struct career_space *space,
                                  const struct pack_segment *segment, size_t at)
{
    return name_rules(career, space, segment) ? know_rule(career, space, segment, at) : NULL;
}

/* Give the segment's rules of kind their expressions. */
static bool read_rules(struct career *career, struct career_space *space, const struct pack_segment *segment,
                       enum pack_rule_kind kind)
{
    struct segment_memo *memo = memo_of(space, segment);
    uint32_t bit = UINT32_C(1) << kind;
    if ((memo->read & bit) != 0) {
        return true;
    }
    if (!name_rules(career, space, segment)) {
        return false;
    }
    for (size_t i = 0; i < segment->rules.count; i++) {
        if (memo->rules[i].kind != kind) {
            continue;
        }
        const struct known_rule *known = know_rule(career, space, segment, i);
        if (known == NULL) {
            return false;
        }
        memo->rules[i].expression = known->expression;
    }
    memo->read |= bit;
    return true;
}

static bool read_segments(struct career *career, struct career_space *space, enum pack_rule_kind kind)
{
    for (size_t i = 0; i < space->segment_count; i++) {
        if (!read_rules(career, space, &space->segments[i], kind)) {
            return false;
        }
    }
    return true;
}

bool career_packs(const struct pack_segment **out, size_t *count, struct career *career,
                  struct career_space *space, enum pack_rule_kind kind)
{
    *count = 0;
    if (!career_divide(career, space)) {
        return false;
    }
    struct career_space *before = career_spend(career, space);
    enum spent spent = career_spent(career, before, read_segments(career, space, kind));
    if (spent == SPENT_WITHIN) {
        *out = space->segments;
        *count = space->segment_count;
    }
    return spent != SPENT_ALL;
}

bool career_pack_on(const struct pack_segment **out, struct career *career, struct career_space *space,
                    enum pack_rule_kind kind, uint32_t day)
{
    *out = NULL;
    if (!career_divide(career, space)) {
        return false;
    }
    const struct pack_segment *segment = career_segment_on(space, day);
    if (segment == NULL) {
        return true;
    }
    struct career_space *before = career_spend(career, space);
    enum spent spent = career_spent(career, before, read_rules(career, space, segment, kind));
    *out = spent == SPENT_WITHIN ? segment : NULL;
    return spent != SPENT_ALL;
}

/* ---- what rules ask ---- */

static const struct day_truth *days_of_rule(struct career *career, struct known_rule *rule)
{
    if (rule->held.memo == MEMO_DONE) {
        return &rule->held.days;
    }
    if (rule->held.memo == MEMO_BEGUN) {
        return &day_truth_unknown;
    }
    rule->held.memo = MEMO_BEGUN;
    bool fits = career_evaluate(&rule->held.days, career, &rule->expression, NULL);
    rule->held.memo = fits ? MEMO_DONE : MEMO_EMPTY; /* half worked out it is not worked out */
    return fits ? &rule->held.days : NULL;
}

/* What a segment asks of a code. */
static const struct day_truth *asked_in(struct career *career, struct career_space *space,
                                        const struct pack_segment *segment, enum pack_rule_kind kind,
                                        struct bytes local)
{
    struct known_rule *rule;
    if (segment->disputed) {
        return &day_truth_unknown;
    }
    if (!career_rule(&rule, career, space, segment, kind, local)) {
        return NULL;
    }
    return rule == NULL ? &day_truth_yes : days_of_rule(career, rule);
}

static bool add_piece(struct day_truth *out, const struct day_truth *days, uint32_t first, uint32_t last,
                      struct arena *arena)
{
    struct day_set within;
    struct day_truth piece;
    return day_set_of(&within, first, last, arena) && day_truth_within(&piece, days, within, arena) &&
           day_truth_or(out, out, &piece, arena);
}

/* Put together what each segment asks for its days. Before the first of them nothing is asked. */
static bool join_asked(struct day_truth *out, const struct career_space *space,
                       const struct day_truth *const *asked, struct arena *arena)
{
    const struct day_truth *days = &day_truth_yes;
    uint32_t first = 0;
    *out = day_truth_no;
    for (size_t i = 0; i < space->segment_count; i++) {
        uint32_t begins = space->segments[i].first_day;
        if (asked[i] == days) {
            continue;
        }
        if (begins > first && !add_piece(out, days, first, begins - 1, arena)) {
            return false;
        }
        days = asked[i];
        first = begins;
    }
    if (first == 0) {
        *out = *days;
        return true;
    }
    return add_piece(out, days, first, DAY_NONE, arena);
}

static bool is_asked_alike(const struct asked_by_day *kept, const struct day_truth *const *asked,
                           size_t count)
{
    if (kept->asked == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (kept->asked[i] != asked[i]) {
            return false;
        }
    }
    return true;
}

bool career_asked(const struct day_truth ***out, struct career *career, struct career_space *space,
                  enum pack_rule_kind kind, struct bytes local)
{
    bool any = (space->kinds & UINT32_C(1) << kind) != 0;
    *out = arena_take(career->arena, space->segment_count * sizeof **out);
    for (size_t i = 0; *out != NULL && i < space->segment_count; i++) {
        (*out)[i] = any ? asked_in(career, space, &space->segments[i], kind, local) : &day_truth_yes;
        if ((*out)[i] == NULL) {
            return false;
        }
    }
    return *out != NULL;
}

bool career_condition(struct day_truth *out, struct career *career, struct career_space *space,
                      struct bytes local)
{
    const struct day_truth **asked;
    struct asked_by_day *kept = &space->condition;
    if ((space->kinds & UINT32_C(1) << PACK_RULE_CONDITION) == 0) {
        *out = day_truth_yes;
        return true;
    }
    if (!career_asked(&asked, career, space, PACK_RULE_CONDITION, local)) {
        return false;
    }
    if (!is_asked_alike(kept, asked, space->segment_count)) {
        struct day_truth days;
        if (!join_asked(&days, space, asked, career->arena)) {
            return false;
        }
        *kept = (struct asked_by_day){.asked = asked, .days = days};
    }
    *out = kept->days;
    return true;
}

/* ---- titles ---- */

static struct title_memo *find_title_memo(const struct career_space *space, struct bytes name)
{
    for (struct title_memo *memo = space->titles; memo != NULL; memo = memo->next) {
        if (bytes_equal(memo->name, name)) {
            return memo;
        }
    }
    return NULL;
}

/* *given: whether any segment gives a title of that name. */
static bool find_title(bool *given, struct career *career, struct career_space *space, struct bytes name)
{
    *given = false;
    for (size_t i = 0; i < space->segment_count && !*given; i++) {
        const struct pack_segment *segment = &space->segments[i];
        if (segment->disputed) {
            continue;
        }
        if (!name_rules(career, space, segment)) {
            return false;
        }
        *given = pack_rules_find(&segment->rules, PACK_RULE_TITLE, name) != NULL;
    }
    return true;
}

/* Others may ask for as many titles that nobody gives as they like: those are one. */
static bool add_title_memo(struct title_memo **out, struct career *career, struct career_space *space,
                           struct bytes name)
{
    bool given;
    if (!career_divide(career, space) || !find_title(&given, career, space, name)) {
        return false;
    }
    *out = &space->nobody;
    if (!given) {
        return true;
    }
    *out = arena_take(career->arena, sizeof **out);
    if (*out == NULL) {
        return false;
    }
    **out = (struct title_memo){.name = name, .next = space->titles};
    space->titles = *out;
    return true;
}

/* The days on which a segment's rule gives the title that by earlier segments is held on the days of held. */
static bool title_days_by(struct day_truth *out, struct career *career, struct career_space *space,
                          const struct pack_segment *segment, struct bytes name, const struct day_truth *held)
{
    struct known_rule *rule;
    *out = day_truth_unknown;
    if (segment->disputed) {
        return true;
    }
    if (!career_rule(&rule, career, space, segment, PACK_RULE_TITLE, name)) {
        return false;
    }
    const struct day_truth *days = rule == NULL ? &day_truth_no : days_of_rule(career, rule);
    if (days == NULL) {
        return false;
    }
    *out = *days;
    if (rule == NULL || rule->expression.op != EXPRESSION_FOR_LIFE || held->possibly.count == 0) {
        return true;
    }
    struct day_truth reached;
    return day_truth_for_life(&reached, held, career->arena) &&
           day_truth_or(out, out, &reached, career->arena);
}

static bool write_title_days(struct title_memo *memo, struct career *career, struct career_space *space)
{
    struct day_truth *held = &memo->held.days;
    for (size_t i = 0; i < space->segment_count; i++) {
        const struct pack_segment *segment = &space->segments[i];
        struct day_truth days;
        if (!title_days_by(&days, career, space, segment, memo->name, held) ||
            (days.possibly.count > 0 &&
             !add_piece(held, &days, segment->first_day, segment->last_day, career->arena))) {
            return false;
        }
    }
    return true;
}

const struct day_truth *career_title(struct career *career, struct career_space *space, struct bytes name)
{
    struct title_memo *memo = find_title_memo(space, name);
    if (memo == NULL) {
        struct career_space *before = career_spend(career, space);
        bool added = add_title_memo(&memo, career, space, name);
        enum spent spent = career_spent(career, before, added);
        if (spent != SPENT_WITHIN) {
            return spent == SPENT_SHARE ? &day_truth_unknown : NULL;
        }
    }
    if (memo->held.memo == MEMO_DONE) {
        return &memo->held.days;
    }
    if (!career_may_work_out(space, &memo->held)) {
        return &day_truth_unknown;
    }
    struct career_space *before = career_begin_memo(career, space, &memo->held);
    bool written = write_title_days(memo, career, space);
    return career_end_memo(career, before, &memo->held, written) == SPENT_ALL ? NULL : &memo->held.days;
}
