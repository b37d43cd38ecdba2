#include "protocol/rules/career_state.h"

#include "protocol/base/text.h"
#include "protocol/rules/worked_days.h"

/* ---- many at once ---- */

static bool is_certain(const struct day_truth *truth)
{
    return truth->surely.count == truth->possibly.count &&
           (truth->surely.count == 0 || truth->surely.intervals == truth->possibly.intervals);
}

static struct day_set set_of(const struct day_truth *truth, bool surely)
{
    return surely ? truth->surely : truth->possibly;
}

static bool unite_sets(struct day_set *out, const struct day_truth *const *truths, size_t count, bool surely,
                       struct arena *arena)
{
    size_t interval_count = 0;
    for (size_t i = 0; i < count; i++) {
        interval_count += set_of(truths[i], surely).count;
    }
    struct day_interval *intervals = arena_take(arena, interval_count * sizeof intervals[0]);
    *out = DAY_SET_NONE;
    if (intervals == NULL) {
        return false;
    }
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        struct day_set set = set_of(truths[i], surely);
        for (size_t k = 0; k < set.count; k++) {
            intervals[at++] = set.intervals[k];
        }
    }
    return day_set_of_intervals(out, intervals, interval_count, arena);
}

bool career_unite(struct day_truth *out, const struct day_truth *const *truths, size_t count,
                  struct arena *arena)
{
    const struct day_truth *only = &day_truth_no;
    size_t held_count = 0;
    bool certain = true;
    for (size_t i = 0; i < count; i++) {
        if (truths[i]->possibly.count > 0) {
            only = truths[i];
            held_count++;
            certain = certain && is_certain(only);
        }
    }
    if (held_count <= 1) {
        *out = *only;
        return true;
    }
    if (!unite_sets(&out->surely, truths, count, true, arena)) {
        return false;
    }
    out->possibly = out->surely;
    return certain || unite_sets(&out->possibly, truths, count, false, arena);
}

/* ---- references ---- */

/* The days of each code that pattern matches, by what is asked of it. */
static bool evaluate_codes(struct day_truth *out, struct career *career, struct bytes pattern,
                           const struct day_truth *(*days_of)(struct career *career,
                                                              struct career_code *code))
{
    size_t count;
    struct career_code *codes = career_codes_of(career, pattern, &count);
    *out = day_truth_no;
    if (count == 0) {
        return true;
    }
    if (count == 1) {
        const struct day_truth *days = days_of(career, codes);
        *out = days == NULL ? day_truth_no : *days;
        return days != NULL;
    }
    const struct day_truth **truths = arena_take(career->arena, count * sizeof truths[0]);
    if (truths == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        truths[i] = days_of(career, &codes[i]);
        if (truths[i] == NULL) {
            return false;
        }
    }
    return career_unite(out, truths, count, career->arena);
}

static const struct day_truth *trained(struct career *career, struct career_code *code)
{
    const struct day_truth *tested = career_tested(career, code);
    if (tested == NULL || code->tested.memo != MEMO_DONE || tested->possibly.count == 0) {
        return tested;
    }
    struct day_truth *days = arena_take(career->arena, sizeof *days);
    return days != NULL && career_held_by(days, career, code, UINT32_C(1) << BASIS_TRAINING) ? days : NULL;
}

/* An empty namespace: any that the trust file names. Of one that it does not name nobody knows the titles. */
static bool evaluate_title(struct day_truth *out, struct career *career, const struct expression *expression)
{
    bool owned = expression->name_space.size == 0 || career_space(career, expression->name_space) != NULL;
    *out = owned ? day_truth_no : day_truth_unknown;
    for (size_t i = 0; i < career->trust->owner_count; i++) {
        struct career_space *space = &career->spaces[i];
        if (expression->name_space.size > 0 && !bytes_equal(space->name, expression->name_space)) {
            continue;
        }
        const struct day_truth *held = career_title(career, space, expression->name);
        if (held == NULL || !day_truth_or(out, out, held, career->arena)) {
            return false;
        }
        bool old = !career_is_fresh(space) && held->possibly.count > 0;
        space->leaves_doubt = space->leaves_doubt || (old && career->spender != space);
    }
    return true;
}

/* ---- experience ---- */

struct documented {
    size_t count;
    struct work_statement *statements;
};

/* A statement that stands from the time it documents on, for good, counts as one that always stands: of what
 * it documents nothing lies before. */
static struct day_set standing(struct day_set days, uint32_t from)
{
    const struct day_interval *run = day_set_run(days, from);
    return run != NULL && run->last == DAY_NONE ? day_set_all : days;
}

static void add_statement(struct documented *documented, const struct career *career,
                          const struct attestation *attestation, struct day_set days)
{
    uint32_t last = attestation->has_last_day ? attestation->last_day : career->question->at_day;
    if (attestation->valid_from > last || days.count == 0) {
        return;
    }
    documented->statements[documented->count++] = (struct work_statement){
        .first = attestation->valid_from,
        .last = last < DAY_MAX ? last : DAY_MAX,
        .stands = standing(days, attestation->valid_from),
    };
}

/* *settled: whether the days of all codes that pattern matches are known by now. */
static bool settle_codes(bool *settled, struct career *career, struct bytes pattern)
{
    size_t count;
    struct career_code *codes = career_codes_of(career, pattern, &count);
    *settled = true;
    for (size_t i = 0; i < count; i++) {
        if (career_tested(career, &codes[i]) == NULL) {
            return false;
        }
        *settled = *settled && codes[i].tested.memo == MEMO_DONE;
    }
    return true;
}

/* What is documented under the codes of a pattern, as far as it surely or possibly stands. *certain: whether
 * that is the same. */
static bool list_documented(struct documented *out, bool *certain, struct career *career,
                            struct bytes pattern, bool surely)
{
    size_t code_count;
    size_t count = 0;
    const struct career_code *codes = career_codes_of(career, pattern, &code_count);
    for (size_t i = 0; i < code_count; i++) {
        count += codes[i].count;
    }
    *certain = true;
    *out = (struct documented){.statements = arena_take(career->arena, count * sizeof out->statements[0])};
    if (out->statements == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) { /* they follow each other */
        const struct attestation *attestation = &career_credential(career, codes, i)->attestation;
        if (attestation->basis == BASIS_EXPERIENCE) {
            const struct day_truth *days = &career_verdict(career, codes, i)->days;
            *certain = *certain && is_certain(days);
            add_statement(out, career, attestation, set_of(days, surely));
        }
    }
    return true;
}

static bool work_out_experience(struct day_truth *out, struct career *career, struct bytes pattern,
                                uint32_t wanted)
{
    struct documented documented;
    bool certain;
    if (!list_documented(&documented, &certain, career, pattern, true) ||
        !worked_days_reach(&out->surely, documented.statements, documented.count, wanted, career->arena)) {
        return false;
    }
    out->possibly = out->surely;
    return certain || (list_documented(&documented, &certain, career, pattern, false) &&
                       worked_days_reach(&out->possibly, documented.statements, documented.count, wanted,
                                         career->arena));
}

/* What is remembered for whose rules are at work. */
static struct worked_memos **worked_memos_of(struct career *career)
{
    return career->spender == NULL ? &career->worked : &career->spender->worked;
}

static const struct worked_memo *find_worked(const struct worked_memos *worked, struct bytes pattern,
                                             uint64_t wanted)
{
    for (size_t i = 0; worked != NULL && i < worked->count; i++) {
        const struct worked_memo *memo = &worked->memos[i];
        if (memo->wanted == wanted && bytes_equal(memo->pattern, pattern)) {
            return memo;
        }
    }
    return NULL;
}

static bool keep_worked(struct career *career, const struct worked_memo *memo)
{
    struct worked_memos **worked = worked_memos_of(career);
    if (*worked == NULL) {
        *worked = arena_take(career->arena, sizeof **worked);
    }
    if (*worked == NULL) {
        return false;
    }
    if ((*worked)->count < CAREER_WORKED_MAX) {
        (*worked)->memos[(*worked)->count++] = *memo;
    }
    return true;
}

static bool evaluate_experience(struct day_truth *out, struct career *career, struct bytes pattern,
                                uint64_t wanted)
{
    bool settled;
    const struct worked_memo *known = find_worked(*worked_memos_of(career), pattern, wanted);
    if (known != NULL) {
        *out = known->days;
        return true;
    }
    *out = day_truth_unknown;
    if (!settle_codes(&settled, career, pattern) ||
        (settled && !work_out_experience(out, career, pattern, (uint32_t)wanted))) {
        return false;
    }
    const struct worked_memo found = {.pattern = pattern, .wanted = wanted, .days = *out};
    return !settled || keep_worked(career, &found);
}

uint32_t career_worked_by(struct career *career, struct bytes pattern, uint32_t day)
{
    struct documented documented;
    bool certain;
    if (!list_documented(&documented, &certain, career, pattern, true)) {
        return UINT32_MAX;
    }
    return worked_days_by(documented.statements, documented.count, day, career->arena);
}

/* ---- operators ---- */

static bool evaluate_all(struct day_truth *out, struct career *career, const struct expression *expression,
                         const struct applied *applied)
{
    *out = day_truth_yes;
    for (size_t i = 0; i < expression->child_count && out->possibly.count > 0; i++) {
        struct day_truth child;
        if (!career_evaluate(&child, career, &expression->children[i], applied) ||
            !day_truth_and(out, out, &child, career->arena)) {
            return false;
        }
    }
    return true;
}

static bool evaluate_any(struct day_truth *out, struct career *career, const struct expression *expression,
                         const struct applied *applied)
{
    *out = day_truth_no;
    for (size_t i = 0; i < expression->child_count && !day_set_equal(out->surely, day_set_all); i++) {
        struct day_truth child;
        if (!career_evaluate(&child, career, &expression->children[i], applied) ||
            !day_truth_or(out, out, &child, career->arena)) {
            return false;
        }
    }
    return true;
}

static bool evaluate_at_least(struct day_truth *out, struct career *career,
                              const struct expression *expression, const struct applied *applied)
{
    struct day_truth *truths = arena_take(career->arena, expression->child_count * sizeof truths[0]);
    if (truths == NULL) {
        return false;
    }
    for (size_t i = 0; i < expression->child_count; i++) {
        if (!career_evaluate(&truths[i], career, &expression->children[i], applied)) {
            return false;
        }
    }
    return day_truth_at_least(out, truths, expression->child_count, (size_t)expression->count, career->arena);
}

static struct day_truth in_state(const struct career *career, const struct expression *expression)
{
    const struct bytes *states = expression->states.items;
    struct bytes asked_in = career->question->state;
    if (asked_in.size == 0) {
        return day_truth_unknown;
    }
    for (size_t i = 0; i < expression->states.count; i++) {
        if (bytes_equal(states[i], asked_in)) {
            return day_truth_yes;
        }
    }
    return day_truth_no;
}

static struct day_truth of_attestation(struct career *career, const struct expression *expression,
                                       const struct applied *applied)
{
    enum answer answer =
        applied == NULL ? ANSWER_UNKNOWN : career_attestation_answer(career, expression, applied);
    switch (answer) {
    case ANSWER_YES:
        return day_truth_yes;
    case ANSWER_NO:
        return day_truth_no;
    case ANSWER_UNKNOWN:
        break;
    }
    return day_truth_unknown;
}

static bool in_network(struct day_truth *out, struct career *career, const struct expression *expression)
{
    const struct lacking_question asked = {.dossier = career->dossier,
                                           .trust = career->trust,
                                           .question = career->question,
                                           .denied = career->denied};
    return network_days(out, &asked, career->credentials, expression->pattern, career->arena);
}

bool career_is_cut(struct career *career, struct bytes pattern, enum lacking_for what)
{
    const struct dossier_cuts *cuts = &career->dossier->cuts;
    if (cuts->credentials || cuts->unasked || (career->denied && cuts->silent && what != LACKING_AT_ALL)) {
        return true;
    }
    const struct career_space *space = career_space(career, code_namespace(pattern));
    return space == NULL || (space->lacking != NULL && lacking_meets(space->lacking, pattern, what));
}

bool career_widen(struct day_truth *days, struct career *career, bool is_cut)
{
    return !is_cut || day_truth_or(days, days, &day_truth_unknown, career->arena);
}

bool career_evaluate(struct day_truth *out, struct career *career, const struct expression *expression,
                     const struct applied *applied)
{
    const struct dossier_cuts *cuts = &career->dossier->cuts;
    switch (expression->op) {
    case EXPRESSION_ALL:
        return evaluate_all(out, career, expression, applied);
    case EXPRESSION_ANY:
        return evaluate_any(out, career, expression, applied);
    case EXPRESSION_AT_LEAST:
        return evaluate_at_least(out, career, expression, applied);
    case EXPRESSION_NOT:
        return career_evaluate(out, career, expression->children, applied) &&
               day_truth_not(out, out, career->arena);
    case EXPRESSION_FOR_LIFE:
        return career_evaluate(out, career, expression->children, applied) &&
               day_truth_for_life(out, out, career->arena);
    case EXPRESSION_CERTIFIED:
        return evaluate_codes(out, career, expression->pattern, career_certified) &&
               career_widen(out, career, career_is_cut(career, expression->pattern, LACKING_FOR_TESTS));
    case EXPRESSION_TESTED:
        return evaluate_codes(out, career, expression->pattern, career_tested) &&
               career_widen(out, career, career_is_cut(career, expression->pattern, LACKING_FOR_TESTS));
    case EXPRESSION_TRAINED:
        return evaluate_codes(out, career, expression->pattern, trained) &&
               career_widen(out, career, career_is_cut(career, expression->pattern, LACKING_FOR_TESTS));
    case EXPRESSION_TITLE:
        return evaluate_title(out, career, expression) && career_widen(out, career, cuts->packs);
    case EXPRESSION_EXPERIENCE:
        return evaluate_experience(out, career, expression->pattern, expression->count) &&
               career_widen(out, career, career_is_cut(career, expression->pattern, LACKING_FOR_EXPERIENCE));
    case EXPRESSION_IN_NETWORK:
        return in_network(out, career, expression);
    case EXPRESSION_IN_STATE:
        *out = in_state(career, expression);
        return true;
    case EXPRESSION_BASIS:
    case EXPRESSION_IN_TIME:
    case EXPRESSION_APART:
    case EXPRESSION_ADDS:
        *out = of_attestation(career, expression, applied);
        return true;
    case EXPRESSION_SHARE:
    case EXPRESSION_TECHNICIANS:
    case EXPRESSION_COVERED:
    case EXPRESSION_UNKNOWN:
        break;
    }
    *out = day_truth_unknown;
    return true;
}

/* ---- what is asked for, and what is denied ---- */

/* In the other career, at the cost of the same rules there. */
static bool evaluate_denied(struct day_truth *out, struct career *career, const struct expression *expression)
{
    struct career *other = career->other;
    struct career_space *asking = career->spender;
    (void)career_spend(career, NULL);
    struct career_space *before = career_spend(other, NULL);
    struct career_space *of_other = asking == NULL ? NULL : &other->spaces[asking - career->spaces];
    (void)career_spend(other, of_other);
    enum spent spent = career_spent(other, before, career_evaluate(out, other, expression, NULL));
    (void)career_spend(career, asking);
    if (spent == SPENT_SHARE) {
        *out = day_truth_unknown;
    }
    return spent != SPENT_ALL;
}

/* The same where both are. */
static struct day_truth between(struct day_set surely, struct day_set possibly)
{
    return (struct day_truth){.surely = surely,
                              .possibly = day_set_equal(surely, possibly) ? surely : possibly};
}

struct day_truth career_joined(const struct day_truth *asked, const struct day_truth *denied)
{
    return between(denied->surely, asked->possibly);
}

bool career_days(struct day_truth *out, struct career *career, const struct expression *expression)
{
    struct day_truth denied;
    if (!career_evaluate(out, career, expression, NULL)) {
        return false;
    }
    if (career->other == NULL) {
        return true;
    }
    if (!evaluate_denied(&denied, career, expression)) {
        return false;
    }
    *out = career_joined(out, &denied);
    return true;
}

bool career_denied_days(struct day_truth *out, struct career *career, const struct expression *expression)
{
    struct day_truth denied;
    if (!career_evaluate(out, career, expression, NULL)) {
        return false;
    }
    if (career->other == NULL) {
        return true;
    }
    if (!evaluate_denied(&denied, career, expression)) {
        return false;
    }
    *out = between(out->surely, denied.possibly);
    return true;
}
