#include "protocol/rules/career_state.h"

#include <assert.h>

/* The day asked about. code: whose rules for certification are looked into, empty outside of them; applied:
 * the attestation of it that is to begin. */
struct quest {
    struct career *career;
    uint32_t day;
    struct bytes code;
    const struct applied *applied;
};

struct found_part {
    struct missing_part part;
    struct found_part *next;
};

/* A way to make an expression hold: the parts that are missing on it, and what they cost. */
struct way {
    enum answer answer; /* whether it holds */
    size_t missing;
    size_t earned; /* those of them that must be earned, or come about: more work alone does not help */
    uint64_t days; /* of experience */
    size_t parts;  /* that it needs, missing or not */
    struct found_part *first, *last;
};

/* What a code that is tested misses to be certified on a day: several titles ask for the same ones. */
struct begin {
    uint32_t day;
    struct way way;
};

static bool find_way(struct way *out, const struct quest *quest, const struct expression *expression);

/* Negative: a costs less than b. */
static int compare_ways(const struct way *a, const struct way *b)
{
    if (a->missing != b->missing) {
        return a->missing < b->missing ? -1 : 1;
    }
    if (a->earned != b->earned) {
        return a->earned < b->earned ? -1 : 1;
    }
    return (a->days > b->days) - (a->days < b->days);
}

/* Of two that cost the same the one that may hold already. */
static bool is_cheaper(const struct way *a, const struct way *b)
{
    int order = compare_ways(a, b);
    return order != 0 ? order < 0 : a->answer == ANSWER_UNKNOWN && b->answer == ANSWER_NO;
}

/* Go way as well. answer is the caller's. */
static void join_way(struct way *out, const struct way *way)
{
    out->missing += way->missing;
    out->earned += way->earned;
    out->days += way->days;
    out->parts += way->parts;
    if (way->first == NULL) {
        return;
    }
    if (out->last == NULL) {
        out->first = way->first;
    } else {
        out->last->next = way->first;
    }
    out->last = way->last;
}

/* With parts of its own. Returns: false when the arena is full. */
static bool copy_way(struct way *out, const struct quest *quest, const struct way *way)
{
    struct found_part **end = &out->first;
    *out = *way;
    for (const struct found_part *part = way->first; part != NULL; part = part->next) {
        struct found_part *copy = arena_take(quest->career->arena, sizeof *copy);
        if (copy == NULL) {
            return false;
        }
        *copy = *part;
        *end = copy;
        end = &copy->next;
        out->last = copy;
    }
    return true;
}

static struct missing_part *add_part(struct way *out, const struct quest *quest, enum missing_kind kind)
{
    struct found_part *found = arena_take(quest->career->arena, sizeof *found);
    if (found == NULL) {
        return NULL;
    }
    found->part.kind = kind;
    found->part.answer = out->answer;
    const struct way way = {.missing = 1, .earned = 1, .first = found, .last = found};
    join_way(out, &way);
    return &found->part;
}

static bool answer_on(enum answer *out, const struct quest *quest, const struct expression *expression)
{
    struct day_truth days;
    if (!career_evaluate(&days, quest->career, expression, quest->applied)) {
        return false;
    }
    *out = day_truth_on(&days, quest->day);
    return true;
}

/* ---- codes ---- */

/* The first of count codes that is tested on the day and not certified, or NULL. */
static struct career_code *tested_alone(const struct quest *quest, struct career_code *codes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (codes[i].tested.memo == MEMO_DONE && codes[i].certified.memo == MEMO_DONE &&
            day_truth_on(&codes[i].tested.days, quest->day) == ANSWER_YES &&
            day_truth_on(&codes[i].certified.days, quest->day) != ANSWER_YES) {
            return &codes[i];
        }
    }
    return NULL;
}

/* The attestation that is tested on the day: of several the one earned last. */
static struct applied tested_by(const struct quest *quest, const struct career_code *code)
{
    struct applied applied = {.code = code};
    for (size_t i = 0; i < code->count; i++) {
        bool is_tested = career_is_test(quest->career, code, i) &&
                         day_set_has(career_verdict(quest->career, code, i)->days.surely, quest->day);
        applied.rank = is_tested ? i : applied.rank;
    }
    return applied;
}

static bool join_rule(struct way *out, const struct quest *quest, const struct career_code *code,
                      const struct pack_segment *segment, enum pack_rule_kind kind)
{
    struct known_rule *rule;
    struct way way;
    if (!career_rule(&rule, quest->career, code->space, segment, kind, career_local(code))) {
        return false;
    }
    if (rule == NULL) {
        return true;
    }
    if (!find_way(&way, quest, &rule->expression)) {
        return false;
    }
    join_way(out, &way);
    return true;
}

/* Nothing, too, where the rules cannot be looked into. */
static bool look_into_rules(struct way *out, const struct quest *quest, const struct career_code *code)
{
    const struct applied applied = tested_by(quest, code);
    const struct quest within = {
        .career = quest->career, .day = quest->day, .code = code->code, .applied = &applied};
    const struct pack_segment *segment =
        code->space == NULL ? NULL : career_segment_on(code->space, quest->day);
    *out = (struct way){.answer = ANSWER_UNKNOWN};
    if (segment == NULL || pack_segment_disputes(segment, PACK_RULE_PREREQUISITE, career_local(code)) ||
        pack_segment_disputes(segment, PACK_RULE_EXPERIENCE, career_local(code))) {
        return true;
    }
    struct career_space *before = career_spend(quest->career, code->space);
    bool found = join_rule(out, &within, code, segment, PACK_RULE_PREREQUISITE) &&
                 join_rule(out, &within, code, segment, PACK_RULE_EXPERIENCE);
    enum spent spent = career_spent(quest->career, before, found);
    if (spent == SPENT_SHARE) {
        *out = (struct way){.answer = ANSWER_UNKNOWN};
    }
    return spent != SPENT_ALL;
}

/* What a tested code misses to be certified. */
static bool find_begin(struct way *out, const struct quest *quest, struct career_code *code)
{
    if (code->begin == NULL || code->begin->day != quest->day) {
        struct begin *begin = arena_take(quest->career->arena, sizeof *begin);
        if (begin == NULL || !look_into_rules(&begin->way, quest, code)) {
            return false;
        }
        begin->day = quest->day;
        code->begin = begin;
    }
    return copy_way(out, quest, &code->begin->way);
}

/* The rules of a code are not looked into from another's. */
static bool find_uncertified(struct way *out, const struct quest *quest, const struct expression *expression,
                             struct career_code *tested, bool absent)
{
    if (tested != NULL && quest->code.size == 0) {
        struct way begin;
        if (!find_begin(&begin, quest, tested)) {
            return false;
        }
        if (begin.missing > 0) {
            begin.parts = 0;
            join_way(out, &begin);
            return true;
        }
    }
    struct missing_part *part = add_part(out, quest, MISSING_CODE);
    if (part != NULL) {
        part->pattern = expression->pattern;
        part->absent = absent;
    }
    return part != NULL;
}

static bool answer_of_codes(enum answer *out, const struct quest *quest, const struct expression *expression,
                            struct career_code *codes, size_t count)
{
    if (count > 1 || career_is_cut(quest->career, expression->pattern, LACKING_FOR_TESTS)) {
        return answer_on(out, quest, expression);
    }
    const struct day_truth *days = count == 0 ? &day_truth_no : career_certified(quest->career, codes);
    if (days == NULL) {
        return false;
    }
    *out = day_truth_on(days, quest->day);
    return true;
}

static bool find_certified(struct way *out, const struct quest *quest, const struct expression *expression)
{
    size_t count;
    struct career_code *codes = career_codes_of(quest->career, expression->pattern, &count);
    *out = (struct way){.parts = 1};
    if (!answer_of_codes(&out->answer, quest, expression, codes, count)) {
        return false;
    }
    return out->answer == ANSWER_YES ||
           find_uncertified(out, quest, expression, tested_alone(quest, codes, count), count == 0);
}

/* ---- other parts ---- */

static bool find_worked(struct way *out, const struct quest *quest, const struct expression *expression)
{
    uint32_t worked = career_worked_by(quest->career, expression->pattern, quest->day);
    struct missing_part *part = add_part(out, quest, MISSING_EXPERIENCE);
    if (worked == UINT32_MAX || part == NULL) {
        return false;
    }
    part->pattern = quest->code.size > 0 ? quest->code : expression->pattern;
    part->days = worked < expression->count ? (uint32_t)expression->count - worked : 0;
    out->earned = 0;
    out->days = part->days;
    return true;
}

/* Write the first part of expression that is held, or may be: what "not" asks to be without. */
static bool find_excluded(const struct expression **out, const struct quest *quest,
                          const struct expression *expression)
{
    enum answer answer;
    *out = NULL;
    if (!answer_on(&answer, quest, expression)) {
        return false;
    }
    if (answer != ANSWER_NO && expression->child_count == 0) {
        *out = expression;
    }
    for (size_t i = 0; i < expression->child_count && *out == NULL; i++) {
        if (!find_excluded(out, quest, &expression->children[i])) {
            return false;
        }
    }
    return true;
}

static bool find_named(struct way *out, const struct quest *quest, enum missing_kind kind,
                       const struct expression *named)
{
    struct missing_part *part = add_part(out, quest, kind);
    if (part != NULL && named != NULL) {
        part->pattern = named->pattern;
        part->name_space = named->name_space;
        part->name = named->name;
    }
    return part != NULL;
}

/* A namespace that would give the title on the day, if what is known of its rules was not so old; NULL. */
static struct career_space *find_old_rules(const struct quest *quest, const struct expression *title)
{
    struct career *career = quest->career;
    for (size_t i = 0; i < career->trust->owner_count; i++) {
        struct career_space *space = &career->spaces[i];
        if ((title->name_space.size > 0 && !bytes_equal(space->name, title->name_space)) ||
            !space->is_divided || career_is_fresh(space)) {
            continue;
        }
        const struct day_truth *held = career_title(career, space, title->name);
        if (held != NULL && day_set_has(held->possibly, quest->day)) {
            return space;
        }
    }
    return NULL;
}

static bool find_title(struct way *out, const struct quest *quest, const struct expression *title)
{
    struct expression named = *title;
    const struct career_space *old = out->answer == ANSWER_UNKNOWN ? find_old_rules(quest, title) : NULL;
    if (old == NULL) {
        return find_named(out, quest, MISSING_TITLE, title);
    }
    named.name_space = old->name;
    return find_named(out, quest, MISSING_NEWER_RULES, &named);
}

/* What the attestation itself is can't come about: what is missing is another one. */
static bool find_another(struct way *out, const struct quest *quest)
{
    const struct expression code = {.pattern = quest->code};
    bool is_sure = out->answer == ANSWER_NO && quest->applied != NULL;
    return find_named(out, quest, is_sure ? MISSING_CODE : MISSING_RULE, is_sure ? &code : NULL);
}

/* Of an expression that is one part other than a code to be certified in, and not held. */
static bool find_part(struct way *out, const struct quest *quest, const struct expression *expression)
{
    const struct expression *excluded;
    switch (expression->op) {
    case EXPRESSION_TESTED:
        return find_named(out, quest, MISSING_CODE, expression);
    case EXPRESSION_TRAINED:
        return find_named(out, quest, MISSING_TRAINING, expression);
    case EXPRESSION_TITLE:
        return find_title(out, quest, expression);
    case EXPRESSION_EXPERIENCE:
        return find_worked(out, quest, expression);
    case EXPRESSION_IN_NETWORK:
        return find_named(out, quest, MISSING_NETWORK, expression);
    case EXPRESSION_IN_STATE:
        return find_named(out, quest, MISSING_STATE, expression);
    case EXPRESSION_NOT:
        return find_excluded(&excluded, quest, expression->children) &&
               find_named(out, quest, MISSING_EXCLUDED, excluded);
    case EXPRESSION_BASIS:
    case EXPRESSION_IN_TIME:
    case EXPRESSION_APART:
    case EXPRESSION_ADDS:
        return find_another(out, quest);
    case EXPRESSION_UNKNOWN:
    case EXPRESSION_CERTIFIED:
    case EXPRESSION_ALL:
    case EXPRESSION_ANY:
    case EXPRESSION_AT_LEAST:
    case EXPRESSION_FOR_LIFE:
    case EXPRESSION_SHARE:
    case EXPRESSION_TECHNICIANS:
    case EXPRESSION_COVERED:
        break;
    }
    return find_named(out, quest, MISSING_RULE, NULL);
}

static bool find_single(struct way *out, const struct quest *quest, const struct expression *expression)
{
    *out = (struct way){.parts = 1};
    return answer_on(&out->answer, quest, expression) &&
           (out->answer == ANSWER_YES || find_part(out, quest, expression));
}

/* ---- several parts ---- */

static bool find_all(struct way *out, const struct quest *quest, const struct expression *expression)
{
    *out = (struct way){.answer = ANSWER_YES};
    for (size_t i = 0; i < expression->child_count; i++) {
        struct way child;
        if (!find_way(&child, quest, &expression->children[i])) {
            return false;
        }
        join_way(out, &child);
        if (child.answer != ANSWER_YES && out->answer != ANSWER_NO) {
            out->answer = child.answer;
        }
    }
    return true;
}

static bool find_for_life(struct way *out, const struct quest *quest, const struct expression *expression)
{
    enum answer answer;
    if (!find_way(out, quest, expression->children) || !answer_on(&answer, quest, expression)) {
        return false;
    }
    if (answer == ANSWER_YES) {
        *out = (struct way){.answer = ANSWER_YES, .parts = out->parts};
    }
    return true;
}

/* The children of `any` and `at least`. */
struct fork {
    size_t count;
    struct way *ways;
    bool *is_taken;
};

static bool find_fork(struct fork *out, const struct quest *quest, const struct expression *expression)
{
    struct arena *arena = quest->career->arena;
    *out = (struct fork){.count = expression->child_count};
    out->ways = arena_take(arena, out->count * sizeof out->ways[0]);
    out->is_taken = arena_take(arena, out->count * sizeof out->is_taken[0]);
    if (out->ways == NULL || out->is_taken == NULL) {
        return false;
    }
    for (size_t i = 0; i < out->count; i++) {
        if (!find_way(&out->ways[i], quest, &expression->children[i])) {
            return false;
        }
    }
    return true;
}

static void take_cheapest(struct fork *fork)
{
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < fork->count; i++) {
        if (!fork->is_taken[i] && (best == SIZE_MAX || is_cheaper(&fork->ways[i], &fork->ways[best]))) {
            best = i;
        }
    }
    if (best != SIZE_MAX) {
        fork->is_taken[best] = true;
    }
}

/* How many ways not taken cost what a taken one does. */
static size_t count_alike(const struct fork *fork, const struct way *taken)
{
    size_t count = 0;
    for (size_t i = 0; i < fork->count; i++) {
        count += !fork->is_taken[i] && compare_ways(&fork->ways[i], taken) == 0 ? 1 : 0;
    }
    return count;
}

static enum answer answer_of_fork(const struct fork *fork, size_t wanted)
{
    size_t yes = 0;
    size_t possible = 0;
    for (size_t i = 0; i < fork->count; i++) {
        yes += fork->ways[i].answer == ANSWER_YES ? 1 : 0;
        possible += fork->ways[i].answer != ANSWER_NO ? 1 : 0;
    }
    if (yes >= wanted) {
        return ANSWER_YES;
    }
    return possible >= wanted ? ANSWER_UNKNOWN : ANSWER_NO;
}

static bool find_cheapest(struct way *out, const struct quest *quest, const struct expression *expression,
                          size_t wanted)
{
    struct fork fork;
    if (!find_fork(&fork, quest, expression)) {
        return false;
    }
    for (size_t i = 0; i < wanted; i++) {
        take_cheapest(&fork);
    }
    *out = (struct way){.answer = answer_of_fork(&fork, wanted)};
    for (size_t i = 0; i < fork.count; i++) {
        const struct way *way = &fork.ways[i];
        if (!fork.is_taken[i]) {
            continue;
        }
        if (way->missing == 1) {
            way->first->part.more += count_alike(&fork, way);
        }
        join_way(out, way);
    }
    return true;
}

static bool find_way(struct way *out, const struct quest *quest, const struct expression *expression)
{
    if (expression->op == EXPRESSION_ALL) {
        return find_all(out, quest, expression);
    }
    if (expression->op == EXPRESSION_FOR_LIFE) {
        return find_for_life(out, quest, expression);
    }
    if (expression->op == EXPRESSION_ANY) {
        return find_cheapest(out, quest, expression, 1);
    }
    if (expression->op == EXPRESSION_AT_LEAST) {
        return find_cheapest(out, quest, expression, (size_t)expression->count);
    }
    return expression->op == EXPRESSION_CERTIFIED ? find_certified(out, quest, expression)
                                                  : find_single(out, quest, expression);
}

bool career_missing(const struct missing_part **out, size_t *count, size_t *part_count, struct career *career,
                    const struct expression *expression, uint32_t day)
{
    const struct quest quest = {.career = career, .day = day};
    struct way way;
    *out = NULL;
    *count = 0;
    *part_count = 0;
    if (!find_way(&way, &quest, expression)) {
        return false;
    }
    *part_count = way.parts;
    if (way.missing == 0) {
        return true;
    }
    struct missing_part *parts = arena_take(career->arena, way.missing * sizeof parts[0]);
    if (parts == NULL) {
        return false;
    }
    for (const struct found_part *found = way.first; found != NULL; found = found->next) {
        assert(*count < way.missing);
        parts[(*count)++] = found->part;
    }
    *out = parts;
    return true;
}
