#include <assert.h>
#include <string.h>

#include "protocol/base/text.h"
#include "tests/support/naive_career.h"

enum answer naive_and(enum answer a, enum answer b)
{
    if (a == ANSWER_NO || b == ANSWER_NO) {
        return ANSWER_NO;
    }
    return a == ANSWER_YES && b == ANSWER_YES ? ANSWER_YES : ANSWER_UNKNOWN;
}

enum answer naive_or(enum answer a, enum answer b)
{
    if (a == ANSWER_YES || b == ANSWER_YES) {
        return ANSWER_YES;
    }
    return a == ANSWER_NO && b == ANSWER_NO ? ANSWER_NO : ANSWER_UNKNOWN;
}

enum answer naive_not(enum answer a)
{
    if (a == ANSWER_UNKNOWN) {
        return ANSWER_UNKNOWN;
    }
    return a == ANSWER_YES ? ANSWER_NO : ANSWER_YES;
}

/* More than `wanted` is enough too: certainly `yes` of them, and as many more perhaps. */
static enum answer is_enough(size_t yes, size_t perhaps, uint64_t wanted)
{
    if (yes >= wanted) {
        return ANSWER_YES;
    }
    return yes + perhaps >= wanted ? ANSWER_UNKNOWN : ANSWER_NO;
}

/* ---- what is denied ---- */

static enum answer denied_on(struct naive_career *career, const struct expression *expression, uint32_t day,
                             size_t attestation)
{
    career->denied = !career->denied;
    enum answer answer = naive_not(naive_expression_on(career, expression, day, attestation));
    career->denied = !career->denied;
    return answer;
}

/* ---- of several children ---- */

static enum answer at_least_on(struct naive_career *career, const struct expression *expression,
                               uint64_t wanted, uint32_t day, size_t attestation)
{
    size_t yes = 0;
    size_t perhaps = 0;
    for (size_t i = 0; i < expression->child_count; i++) {
        enum answer answer = naive_expression_on(career, &expression->children[i], day, attestation);
        yes += answer == ANSWER_YES ? 1 : 0;
        perhaps += answer == ANSWER_UNKNOWN ? 1 : 0;
    }
    return is_enough(yes, perhaps, wanted);
}

static struct naive_memo *memo_of(struct naive_career *career, const struct expression *expression,
                                  size_t attestation)
{
    for (size_t i = 0; i < career->memo_count; i++) {
        if (career->memos[i].expression == expression && career->memos[i].attestation == attestation &&
            career->memos[i].denied == career->denied) {
            return &career->memos[i];
        }
    }
    assert(career->memo_count < NAIVE_MEMOS_MAX);
    struct naive_memo *memo = &career->memos[career->memo_count++];
    memset(memo, 0, sizeof *memo);
    memo->expression = expression;
    memo->attestation = attestation;
    memo->denied = career->denied;
    return memo;
}

static enum answer for_life_on(struct naive_career *career, const struct expression *expression, uint32_t day,
                               size_t attestation)
{
    struct naive_memo *memo = memo_of(career, expression, attestation);
    while (memo->count <= naive_rank(career, day)) {
        enum answer before = memo->count == 0 ? ANSWER_NO : (enum answer)memo->found[memo->count - 1];
        enum answer now = naive_expression_on(career, &expression->children[0],
                                              career->first_day + (uint32_t)memo->count, attestation);
        memo->found[memo->count++] = (uint8_t)naive_or(before, now);
    }
    return (enum answer)memo->found[naive_rank(career, day)];
}

/* ---- codes and titles ---- */

static enum answer codes_on(struct naive_career *career, const struct expression *expression, uint32_t day)
{
    enum answer answer = ANSWER_NO;
    for (size_t i = 0; i < career->code_count; i++) {
        if (naive_matches(expression->pattern, career->codes[i])) {
            answer = naive_or(answer, expression->op == EXPRESSION_CERTIFIED ? naive_certified(career, i, day)
                                                                             : naive_tested(career, i, day));
        }
    }
    return answer;
}

static bool is_under(const struct naive_career *career, size_t credential, struct bytes pattern,
                     enum basis basis)
{
    const struct attestation *attestation = &career->dossier->credentials[credential].attestation;
    return naive_is_of_subject(career, credential) && attestation->basis == basis &&
           naive_matches(pattern, attestation->code);
}

static enum answer trained_on(struct naive_career *career, struct bytes pattern, uint32_t day)
{
    enum answer answer = ANSWER_NO;
    for (size_t i = 0; i < career->dossier->credential_count; i++) {
        if (is_under(career, i, pattern, BASIS_TRAINING)) {
            answer = naive_or(answer, naive_holds(career, i, day));
        }
    }
    return answer;
}

static enum answer title_on(struct naive_career *career, const struct expression *expression, uint32_t day)
{
    if (expression->name_space.size > 0) {
        return naive_title(career, expression->name_space, expression->name, day);
    }
    enum answer answer = ANSWER_NO;
    for (size_t i = 0; i < career->trust->owner_count; i++) {
        struct bytes name_space = bytes_of_string(career->trust->owners[i].name_space);
        answer = naive_or(answer, naive_title(career, name_space, expression->name, day));
    }
    return answer;
}

/* ---- experience ---- */

/* Days up to day that statements document which stand on it, for sure or at least perhaps. */
static uint64_t documented_days(struct naive_career *career, struct bytes pattern, uint32_t day,
                                bool for_sure)
{
    bool documented[NAIVE_SPAN_MAX] = {false}; /* of this call alone: whether one stands may ask for others */
    uint64_t count = 0;
    for (size_t i = 0; i < career->dossier->credential_count; i++) {
        const struct attestation *attestation = &career->dossier->credentials[i].attestation;
        if (!is_under(career, i, pattern, BASIS_EXPERIENCE)) {
            continue;
        }
        enum answer stands = naive_holds(career, i, day);
        if (stands == ANSWER_NO || (for_sure && stands == ANSWER_UNKNOWN)) {
            continue;
        }
        uint32_t last = attestation->has_last_day ? attestation->last_day : career->question->at_day;
        for (uint32_t d = attestation->valid_from; d <= day && d <= career->last_day && d <= last; d++) {
            documented[d - career->first_day] = true;
        }
    }
    for (size_t i = 0; i <= naive_rank(career, day); i++) {
        count += documented[i] ? 1 : 0;
    }
    return count;
}

static enum answer experience_on(struct naive_career *career, const struct expression *expression,
                                 uint32_t day)
{
    if (documented_days(career, expression->pattern, day, false) < expression->count) {
        return ANSWER_NO;
    }
    bool is_sure = documented_days(career, expression->pattern, day, true) >= expression->count;
    return is_sure ? ANSWER_YES : ANSWER_UNKNOWN;
}

/* What takes a while and rests on nothing but the day. */
static enum answer remembered_on(struct naive_career *career, const struct expression *expression,
                                 uint32_t day)
{
    uint8_t *found = &memo_of(career, expression, SIZE_MAX)->found[naive_rank(career, day)];
    if (*found == 0) {
        enum answer answer = expression->op == EXPRESSION_EXPERIENCE
                                 ? experience_on(career, expression, day)
                                 : naive_in_network(career, expression->pattern, day);
        *found = (uint8_t)(1 + answer);
    }
    return (enum answer)(*found - 1);
}

/* ---- the question ---- */

static enum answer in_state(const struct naive_career *career, const struct expression *expression)
{
    const struct bytes *states = expression->states.items;
    if (career->question->state.size == 0) {
        return ANSWER_UNKNOWN; /* nobody says where */
    }
    for (size_t i = 0; i < expression->states.count; i++) {
        if (bytes_equal(states[i], career->question->state)) {
            return ANSWER_YES;
        }
    }
    return ANSWER_NO;
}

/* ---- about an attestation ---- */

/* Whether credential `before` is for the same code as `at` and was earned on an earlier day. */
static bool was_earned_before(const struct naive_career *career, size_t before, size_t at)
{
    const struct attestation *a = &career->dossier->credentials[before].attestation;
    const struct attestation *b = &career->dossier->credentials[at].attestation;
    return career->code_of[before] == career->code_of[at] && a->earned_on < b->earned_on;
}

/* Whether on day the code of `at` is held by what was earned before it, whatever the code's condition says: a
 * renewal does not come too late because it is asked about in another state. */
static enum answer was_held_on(struct naive_career *career, size_t at, uint32_t day)
{
    enum answer answer = ANSWER_NO;
    for (size_t i = 0; i < career->dossier->credential_count; i++) {
        if (was_earned_before(career, i, at)) {
            answer = naive_or(answer, naive_and(naive_own(career, i, day), naive_counts(career, i)));
        }
    }
    return answer;
}

static enum answer in_time(struct naive_career *career, const struct expression *expression, size_t at)
{
    uint32_t earned = career->dossier->credentials[at].attestation.earned_on;
    enum answer answer = ANSWER_NO;
    for (uint32_t ago = 0; ago <= expression->count && earned - ago >= career->first_day; ago++) {
        answer = naive_or(answer, was_held_on(career, at, earned - ago));
    }
    return answer;
}

/* Whether it ever held at all. */
static enum answer was_earned(struct naive_career *career, size_t credential)
{
    enum answer answer = ANSWER_NO;
    for (uint32_t day = career->first_day; day <= career->last_day && answer != ANSWER_YES; day++) {
        answer = naive_or(answer, naive_own(career, credential, day));
    }
    return naive_and(answer, naive_counts(career, credential));
}

enum { REPLACEMENTS_MAX = 8 };

static size_t find_named(const struct naive_career *career, const struct entry_name *name)
{
    size_t at = 0;
    while (at < career->dossier->credential_count) {
        const struct dossier_place *place = &career->dossier->credentials[at].place;
        if (hash_equal(&career->dossier->logs[place->log].author.hash, &name->author.hash) &&
            place->seq == name->seq && place->index == name->index) {
            return at;
        }
        at++;
    }
    return SIZE_MAX;
}

/* Whether a credential was replaced, and by which: SIZE_MAX where that is not there. */
static enum answer was_replaced(const struct naive_career *career, size_t credential, size_t *by)
{
    const struct dossier_place *place = &career->dossier->credentials[credential].place;
    const struct dossier_log *log = &career->dossier->logs[place->log];
    enum answer answer = ANSWER_NO;
    for (size_t i = 0; i < place->event_count; i++) {
        const struct history_event *event = &place->events[i];
        size_t named = find_named(career, &event->replacement);
        if (event->action != STATUS_REPLACED || place->event_voided[i] ||
            !naive_log_reaches(log, event->setter_seq)) {
            continue;
        }
        if (!naive_log_disputes(log, event->setter_seq)) {
            answer = ANSWER_YES; /* whatever was said before */
            *by = named;
        } else {
            *by = answer == ANSWER_NO || *by == named ? named : SIZE_MAX;
            answer = ANSWER_UNKNOWN;
        }
    }
    return answer;
}

/* Whether credential `at` took the place of `before`, at once or one after the other. */
static enum answer corrects(const struct naive_career *career, size_t at, size_t before)
{
    enum answer answer = ANSWER_YES;
    for (size_t i = 0; i < REPLACEMENTS_MAX && before != SIZE_MAX; i++) {
        size_t by = SIZE_MAX;
        answer = naive_and(answer, was_replaced(career, before, &by));
        if (by == at || answer == ANSWER_NO) {
            return answer;
        }
        before = by;
    }
    return ANSWER_UNKNOWN;
}

static enum answer is_apart(struct naive_career *career, const struct expression *expression, size_t at)
{
    enum answer answer = ANSWER_YES;
    for (size_t i = 0; i < career->dossier->credential_count; i++) {
        const struct attestation *before = &career->dossier->credentials[i].attestation;
        if (!was_earned_before(career, i, at) || (expression->bases & UINT32_C(1) << before->basis) == 0) {
            continue;
        }
        uint32_t allowed_from =
            day_add_months(before->earned_on, (uint32_t)expression->count) + expression->days;
        if (career->dossier->credentials[at].attestation.earned_on < allowed_from) {
            career->denied = !career->denied;
            answer = naive_and(answer, naive_or(naive_not(was_earned(career, i)), corrects(career, at, i)));
            career->denied = !career->denied;
        }
    }
    return answer;
}

/* Whether a last day is at most `months` after the last day to which the code was held by one that was earned
 * before it, taking what is perhaps so as held or not. Of one that was held on the day on which `at` was
 * earned that is its own end, whatever was said against it from a later day on, unless it was corrected. */
static bool adds_to(struct naive_career *career, uint64_t months, size_t before, size_t at, bool for_sure)
{
    const struct attestation *attestation = &career->dossier->credentials[at].attestation;
    size_t by;
    uint32_t end = 0;
    for (uint32_t day = career->first_day; day <= career->last_day; day++) {
        enum answer held = naive_and(naive_own(career, before, day), naive_counts(career, before));
        if (held == ANSWER_YES || (!for_sure && held == ANSWER_UNKNOWN)) {
            end = day < career->last_day ? day : DAY_NONE;
            if (day == attestation->earned_on && was_replaced(career, before, &by) == ANSWER_NO) {
                end = naive_last_day(career, before, for_sure);
                break;
            }
        }
    }
    return end == DAY_NONE || (end != 0 && attestation->has_last_day &&
                               attestation->last_day <= day_add_months(end, (uint32_t)months));
}

static bool adds_little(struct naive_career *career, uint64_t months, size_t at, bool for_sure)
{
    bool little = false;
    for (size_t i = 0; i < career->dossier->credential_count; i++) {
        little = little || (was_earned_before(career, i, at) && adds_to(career, months, i, at, for_sure));
    }
    return little;
}

static enum answer adds(struct naive_career *career, const struct expression *expression, size_t at)
{
    if (adds_little(career, expression->count, at, true)) {
        return ANSWER_YES;
    }
    return adds_little(career, expression->count, at, false) ? ANSWER_UNKNOWN : ANSWER_NO;
}

static enum answer attestation_on(struct naive_career *career, const struct expression *expression, size_t at)
{
    assert(at != SIZE_MAX);
    const struct attestation *attestation = &career->dossier->credentials[at].attestation;
    enum answer more = naive_given_back(career, attestation->code, expression, attestation)
                           ? ANSWER_UNKNOWN
                           : naive_absence(career, attestation->code, UINT64_MAX);
    switch ((int)expression->op) {
    case EXPRESSION_BASIS: {
        uint32_t basis = UINT32_C(1) << attestation->basis;
        return (expression->bases & basis) != 0 ? ANSWER_YES : ANSWER_NO;
    }
    case EXPRESSION_IN_TIME:
        return naive_or(in_time(career, expression, at), more);
    case EXPRESSION_APART:
        return naive_and(is_apart(career, expression, at), naive_not(more));
    default:
        return naive_or(adds(career, expression, at), more);
    }
}

static enum answer absence(const struct naive_career *career, const struct expression *expression)
{
    const struct freshness_budget *budget = &career->question->budget;
    bool experience = expression->op == EXPRESSION_EXPERIENCE;
    return naive_absence(career, expression->pattern, experience ? budget->shop_s : budget->issuer_s);
}

enum answer naive_expression_on(struct naive_career *career, const struct expression *expression,
                                uint32_t day, size_t attestation)
{
    switch (expression->op) {
    case EXPRESSION_ALL:
        return at_least_on(career, expression, expression->child_count, day, attestation);
    case EXPRESSION_ANY:
        return at_least_on(career, expression, 1, day, attestation);
    case EXPRESSION_AT_LEAST:
        return at_least_on(career, expression, expression->count, day, attestation);
    case EXPRESSION_NOT:
        return denied_on(career, &expression->children[0], day, attestation);
    case EXPRESSION_FOR_LIFE:
        return for_life_on(career, expression, day, attestation);
    case EXPRESSION_CERTIFIED:
    case EXPRESSION_TESTED:
        return naive_or(codes_on(career, expression, day), absence(career, expression));
    case EXPRESSION_TRAINED:
        return naive_or(trained_on(career, expression->pattern, day), absence(career, expression));
    case EXPRESSION_TITLE:
        return title_on(career, expression, day);
    case EXPRESSION_EXPERIENCE:
        return naive_or(remembered_on(career, expression, day), absence(career, expression));
    case EXPRESSION_IN_NETWORK:
        return remembered_on(career, expression, day);
    case EXPRESSION_IN_STATE:
        return in_state(career, expression);
    case EXPRESSION_BASIS:
    case EXPRESSION_IN_TIME:
    case EXPRESSION_APART:
    case EXPRESSION_ADDS:
        return attestation_on(career, expression, attestation);
    case EXPRESSION_UNKNOWN:
    case EXPRESSION_SHARE:
    case EXPRESSION_TECHNICIANS:
    case EXPRESSION_COVERED:
        return ANSWER_UNKNOWN;
    }
    return ANSWER_UNKNOWN;
}

/* ---- what may come about ---- */

static bool is_about_attestation(enum expression_op op)
{
    return op == EXPRESSION_BASIS || op == EXPRESSION_IN_TIME || op == EXPRESSION_APART ||
           op == EXPRESSION_ADDS;
}

static bool is_about_holder(enum expression_op op)
{
    return op == EXPRESSION_CERTIFIED || op == EXPRESSION_TESTED || op == EXPRESSION_TRAINED ||
           op == EXPRESSION_TITLE || op == EXPRESSION_EXPERIENCE || op == EXPRESSION_IN_NETWORK ||
           op == EXPRESSION_IN_STATE;
}

/* With all about the holder being as it suits best: for what must not hold that is the contrary. */
static enum answer at_best(struct naive_career *career, const struct expression *expression, size_t at,
                           enum answer best)
{
    size_t yes = 0;
    size_t perhaps = 0;
    uint64_t wanted = expression->op == EXPRESSION_ALL ? expression->child_count : 1;
    wanted = expression->op == EXPRESSION_AT_LEAST ? expression->count : wanted;
    if (is_about_attestation(expression->op)) {
        return attestation_on(career, expression, at);
    }
    if (is_about_holder(expression->op)) {
        return best;
    }
    if (expression->op == EXPRESSION_NOT) {
        career->denied = !career->denied;
        enum answer child = naive_not(at_best(career, &expression->children[0], at, naive_not(best)));
        career->denied = !career->denied;
        return child;
    }
    if (expression->op != EXPRESSION_FOR_LIFE && expression->op != EXPRESSION_ALL &&
        expression->op != EXPRESSION_ANY && expression->op != EXPRESSION_AT_LEAST) {
        return ANSWER_UNKNOWN;
    }
    for (size_t i = 0; i < expression->child_count; i++) {
        enum answer child = at_best(career, &expression->children[i], at, best);
        yes += child == ANSWER_YES ? 1 : 0;
        perhaps += child == ANSWER_UNKNOWN ? 1 : 0;
    }
    return is_enough(yes, perhaps, wanted);
}

enum answer naive_may_hold(struct naive_career *career, const struct expression *expression,
                           size_t attestation)
{
    return at_best(career, expression, attestation, ANSWER_YES);
}
