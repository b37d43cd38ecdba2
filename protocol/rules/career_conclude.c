#include "protocol/rules/career_state.h"

#include <assert.h>

#include "protocol/rules/pack.h"

static void write_run(uint32_t *since_day, uint32_t *until_day, const struct day_truth *days, uint32_t day)
{
    const struct day_interval *run = day_set_run(days->surely, day);
    *since_day = run == NULL ? DAY_NONE : run->first;
    *until_day = run == NULL ? DAY_NONE : run->last;
}

/* ---- codes ---- */

static bool is_listed_basis(enum basis basis)
{
    return basis != BASIS_EXPERIENCE && basis != BASIS_IDENTITY && basis != BASIS_MEMBERSHIP;
}

static bool is_listed(const struct career *career, const struct career_code *code)
{
    for (size_t i = 0; i < code->count; i++) {
        if (is_listed_basis(career_credential(career, code, i)->attestation.basis)) {
            return true;
        }
    }
    return false;
}

/* The one that speaks for the code: of those alike the first in the dossier. With another career: by what
 * both amount to. */
static size_t best_credential(const struct career *career, const struct career_code *code)
{
    const struct credentials *credentials = career->joined != NULL ? career->joined : career->credentials;
    const struct credential_verdict *best = NULL;
    for (size_t i = 0; i < code->count; i++) {
        const struct credential_verdict *verdict = &credentials->verdicts[career->order[code->first + i]];
        if (career_credential(career, code, i)->about != ABOUT_SUBJECT) {
            continue;
        }
        if (best == NULL || credential_goes_before(verdict, best) ||
            (verdict->credential < best->credential && !credential_goes_before(best, verdict))) {
            best = verdict;
        }
    }
    return best == NULL ? SIZE_MAX : best->credential;
}

static const struct pack_code *pack_code_on(const struct career_code *code, uint32_t day)
{
    const struct pack_segment *segment = code->space == NULL ? NULL : career_segment_on(code->space, day);
    return segment == NULL ? NULL : pack_code_of(&segment->pack->pack, code->code);
}

/* Whose rules let it begin: those of the day on which the run begins, or where none were in force, none. */
static const struct dossier_pack *pack_begun_by(const struct career_code *code, uint32_t since_day)
{
    const struct pack_segment *segment =
        code->space == NULL || since_day == DAY_NONE ? NULL : career_segment_on(code->space, since_day);
    return segment == NULL ? NULL : segment->pack;
}

static bool conclude_code(struct code_verdict *out, struct career *career, struct career_code *code)
{
    uint32_t day = career->question->at_day;
    const struct expression certified = {.op = EXPRESSION_CERTIFIED, .pattern = code->code};
    const struct day_truth *held = career_certified(career, code);
    struct day_truth tested, days;
    size_t part_count;
    if (held == NULL) {
        return false;
    }
    tested = code->tested.days;
    days = *held;
    bool is_cut = career_is_cut(career, code->code, LACKING_FOR_TESTS);
    if (!career_widen(&tested, career, is_cut) || !career_widen(&days, career, is_cut)) {
        return false;
    }
    *out = (struct code_verdict){
        .code = code->code,
        .pack_code = pack_code_on(code, day),
        .tested = day_truth_on(&tested, day),
        .certified = day_truth_on(&days, day),
        .credential = best_credential(career, code),
    };
    write_run(&out->since_day, &out->until_day, &days, day);
    out->begun_by = pack_begun_by(code, out->since_day);
    return out->tested != ANSWER_YES || out->certified == ANSWER_YES ||
           career_missing(&out->missing, &out->missing_count, &part_count, career, &certified, day);
}

static bool conclude_codes(struct verdict *out, struct career *career)
{
    out->codes = arena_take(career->arena, career->code_count * sizeof out->codes[0]);
    out->code_count = 0;
    out->next_lapse_day = DAY_NONE;
    out->next_lapse = bytes_of(NULL, 0);
    if (out->codes == NULL) {
        return false;
    }
    for (size_t i = 0; i < career->code_count; i++) {
        if (!is_listed(career, &career->codes[i])) {
            continue;
        }
        struct code_verdict *code = &out->codes[out->code_count++];
        if (!conclude_code(code, career, &career->codes[i])) {
            return false;
        }
        if (code->until_day < out->next_lapse_day) {
            out->next_lapse_day = code->until_day;
            out->next_lapse = code->code;
        }
    }
    return true;
}

/* ---- what ends a title ---- */

/* Looks for a code whose days end: the one that ends on `day` of days, or the earliest that holds on at_day.
 */
struct lapse_search {
    struct career *career;
    uint32_t at_day;
    uint32_t ends_on; /* DAY_NONE: the earliest */
    uint32_t day;     /* what was found; DAY_NONE */
    struct bytes code;
    size_t depth;  /* of titles within titles */
    size_t number; /* of this search: titles that it came by need no second look */
};

static bool is_found(const struct lapse_search *search)
{
    return search->ends_on != DAY_NONE && search->day != DAY_NONE;
}

static void look_at_code(struct lapse_search *search, struct bytes code, const struct day_truth *days)
{
    const struct day_interval *run =
        day_set_run(days->surely, search->ends_on == DAY_NONE ? search->at_day : search->ends_on);
    if (run == NULL || run->last == DAY_NONE) {
        return;
    }
    bool fits = search->ends_on == DAY_NONE ? run->last < search->day : run->last == search->ends_on;
    if (fits) {
        search->day = run->last;
        search->code = code;
    }
}

static bool look_at_codes(struct lapse_search *search, const struct expression *expression)
{
    size_t count;
    struct career_code *codes = career_codes_of(search->career, expression->pattern, &count);
    for (size_t i = 0; i < count && !is_found(search); i++) {
        const struct day_truth *days = expression->op == EXPRESSION_CERTIFIED
                                           ? career_certified(search->career, &codes[i])
                                           : career_tested(search->career, &codes[i]);
        if (days == NULL) {
            return false;
        }
        look_at_code(search, codes[i].code, days);
    }
    return true;
}

static bool look_at(struct lapse_search *search, const struct expression *expression);

static bool look_at_title(struct lapse_search *search, const struct expression *expression)
{
    struct career *career = search->career;
    for (size_t i = 0; i < career->trust->owner_count && search->depth < EXPRESSION_DEPTH_MAX; i++) {
        struct career_space *space = &career->spaces[i];
        if (expression->name_space.size > 0 && !bytes_equal(space->name, expression->name_space)) {
            continue;
        }
        const struct pack_segment *segment = career_segment_on(space, search->at_day);
        struct known_rule *rule = NULL;
        if (segment != NULL && !segment->disputed &&
            !career_rule(&rule, career, space, segment, PACK_RULE_TITLE, expression->name)) {
            return false;
        }
        if (rule == NULL || rule->searched == search->number) {
            continue;
        }
        rule->searched = search->number;
        search->depth++;
        if (!look_at(search, &rule->expression)) {
            return false;
        }
        search->depth--;
    }
    return true;
}

/* What is asked to be absent ends nothing by ending. */
static bool look_at(struct lapse_search *search, const struct expression *expression)
{
    if (is_found(search) || expression->op == EXPRESSION_NOT) {
        return true;
    }
    if (expression->op == EXPRESSION_CERTIFIED || expression->op == EXPRESSION_TESTED ||
        expression->op == EXPRESSION_TRAINED) {
        return look_at_codes(search, expression);
    }
    if (expression->op == EXPRESSION_TITLE) {
        return look_at_title(search, expression);
    }
    for (size_t i = 0; i < expression->child_count; i++) {
        if (!look_at(search, &expression->children[i])) {
            return false;
        }
    }
    return true;
}

static bool write_lapse(struct title_verdict *out, struct career *career, const struct expression *expression)
{
    bool is_held = out->answer == ANSWER_YES;
    struct lapse_search search = {
        .career = career,
        .at_day = career->question->at_day,
        .ends_on = is_held ? out->until_day : DAY_NONE,
        .day = DAY_NONE,
        .number = ++career->search_count,
    };
    out->lapse_day = DAY_NONE;
    if (is_held && out->until_day == DAY_NONE) {
        return true;
    }
    if (!look_at(&search, expression)) {
        return false;
    }
    out->lapse_day = is_held ? out->until_day : search.day;
    out->lapse_code = search.code;
    return true;
}

/* ---- titles ---- */

/* Nothing can be said of what is missing. */
static bool doubt_missing(struct title_verdict *out, struct career *career)
{
    const struct expression unknown = {.op = EXPRESSION_UNKNOWN};
    out->lapse_day = DAY_NONE;
    return career_missing(&out->missing, &out->missing_count, &out->part_count, career, &unknown,
                          career->question->at_day);
}

/* Nothing can be said of it: its pack is disputed, so that not even this is sure that there is such a title,
 * and no late one of the same days gives it; or the rules of its namespace take too much. */
static bool doubt_title(struct title_verdict *out, struct career *career)
{
    out->answer = ANSWER_UNKNOWN;
    out->since_day = DAY_NONE;
    out->until_day = DAY_NONE;
    return doubt_missing(out, career);
}

/* The rule of a title that is told of, and whose it is: that of the pack in force, or where that is disputed
 * and the title is held nevertheless, that of a late one of the same days, by which it is if there is one.
 * NULL: the arena is full. */
static const struct known_rule *find_told(struct title_verdict *title, struct career *career,
                                          struct career_space *space, const struct pack_segment *segment,
                                          size_t at)
{
    const struct known_rule *told = NULL;
    bool gives = false;
    if (!pack_segment_disputes(segment, PACK_RULE_TITLE, title->name)) {
        return career_rule_at(career, space, segment, at);
    }
    for (size_t i = career_late_after(space, segment); i > 0 && !gives; i--) {
        const struct pack_segment *late = &segment[i];
        struct known_rule *rule = NULL;
        struct day_truth days;
        if ((!late->disputed && !career_rule(&rule, career, space, late, PACK_RULE_TITLE, title->name)) ||
            !career_title_by(&days, career, space, late, title->name, &day_truth_no)) {
            return NULL;
        }
        gives = day_truth_on(&days, career->question->at_day) == ANSWER_YES;
        if (rule != NULL && (gives || told == NULL)) {
            told = rule;
            title->pack = late->pack;
        }
    }
    return told;
}

/* What is missing, and what lapses. */
static bool explain_title(struct title_verdict *out, struct career *career, struct career_space *space,
                          const struct pack_segment *segment, size_t at)
{
    const struct known_rule *rule = find_told(out, career, space, segment, at);
    if (rule == NULL || !career_missing(&out->missing, &out->missing_count, &out->part_count, career,
                                        &rule->expression, career->question->at_day)) {
        return false;
    }
    if (out->answer == ANSWER_YES) { /* once reached for life by an earlier pack */
        out->missing_count = 0;
    } else if (out->missing_count == 0 && !career_is_fresh(space)) {
        const struct expression title = {
            .op = EXPRESSION_TITLE, .name_space = space->name, .name = out->name};
        size_t part_count;
        return career_missing(&out->missing, &out->missing_count, &part_count, career, &title,
                              career->question->at_day);
    } else if (out->missing_count == 0) { /* it rests on itself */
        return doubt_missing(out, career);
    }
    return write_lapse(out, career, &rule->expression);
}

/* Note a late pack by which the title would not be held on the day. */
static bool note_later(struct title_verdict *out, struct career *career, struct career_space *space,
                       const struct pack_segment *segment)
{
    size_t count = career_late_after(space, segment);
    for (size_t i = 1; i <= count && out->answer == ANSWER_YES; i++) {
        struct day_truth days;
        if (!career_title_by(&days, career, space, &segment[i], out->name, &day_truth_no)) {
            return false;
        }
        if (day_truth_on(&days, career->question->at_day) == ANSWER_NO) {
            out->later_rules = segment[i].pack;
        }
    }
    return true;
}

static bool conclude_title(struct title_verdict *out, struct career *career, struct career_space *space,
                           const struct pack_segment *segment, size_t at)
{
    uint32_t day = career->question->at_day;
    const struct pack_rule *rules = segment->pack->pack.rules.items;
    const struct day_truth *days = career_title(career, space, rules[at].name);
    if (days == NULL) {
        return false;
    }
    *out = (struct title_verdict){
        .pack = segment->pack,
        .name = rules[at].name,
        .answer = day_truth_on(days, day),
    };
    write_run(&out->since_day, &out->until_day, days, day);
    if (pack_segment_disputes(segment, PACK_RULE_TITLE, out->name) && out->answer != ANSWER_YES) {
        return doubt_title(out, career);
    }
    struct career_space *before = career_spend(career, space);
    bool explained =
        note_later(out, career, space, segment) && explain_title(out, career, space, segment, at);
    enum spent spent = career_spent(career, before, explained);
    return spent == SPENT_WITHIN || (spent == SPENT_SHARE && doubt_title(out, career));
}

/* How many titles a pack has: titles stand first among the rules. */
static size_t title_count_of(const struct rule_pack *pack)
{
    const struct pack_rule *rules = pack->rules.items;
    size_t count = 0;
    while (count < pack->rules.count && rules[count].kind == PACK_RULE_TITLE) {
        count++;
    }
    return count;
}

/* Count the titles in force on the day. Returns: false when the arena is full. */
static bool count_titles(size_t *count, struct career *career)
{
    *count = 0;
    for (size_t i = 0; i < career->trust->owner_count; i++) {
        if (!career_divide(career, &career->spaces[i])) {
            return false;
        }
        const struct pack_segment *segment = career_segment_on(&career->spaces[i], career->question->at_day);
        *count += segment == NULL ? 0 : title_count_of(&segment->pack->pack);
    }
    return true;
}

static bool conclude_titles(struct verdict *out, struct career *career)
{
    out->title_count = 0;
    size_t room;
    if (!count_titles(&room, career)) {
        return false;
    }
    out->titles = arena_take(career->arena, room * sizeof out->titles[0]);
    if (out->titles == NULL) {
        return false;
    }
    for (size_t i = 0; i < career->trust->owner_count; i++) {
        struct career_space *space = &career->spaces[i];
        const struct pack_segment *segment = career_segment_on(space, career->question->at_day);
        size_t count = segment == NULL ? 0 : title_count_of(&segment->pack->pack);
        for (size_t k = 0; k < count; k++) {
            assert(out->title_count < room);
            struct title_verdict *title = &out->titles[out->title_count++];
            if (!conclude_title(title, career, space, segment, k)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- how old the rules are ---- */

/* Requires: all that asks for titles was evaluated. */
static bool conclude_rules(struct verdict *out, struct career *career)
{
    size_t count = career->trust->owner_count;
    out->rules_count = 0;
    out->rules = arena_take(career->arena, count * sizeof out->rules[0]);
    for (size_t i = 0; out->rules != NULL && i < count; i++) {
        const struct freshness *freshness = career_freshness(career, &career->spaces[i]);
        if (freshness == NULL) {
            return false;
        }
        out->rules[out->rules_count++] = (struct rules_verdict){
            .name_space = career->spaces[i].name,
            .freshness = *freshness,
            .leaves_doubt = career->spaces[i].leaves_doubt,
            .lacking = career->spaces[i].lacking,
            .denied_lacking = career->spaces[i].lacking,
        };
    }
    return out->rules != NULL;
}

/* ---- the requirement ---- */

static bool names_one_code(const struct expression *expression)
{
    struct bytes pattern = expression->pattern;
    return (expression->op == EXPRESSION_CERTIFIED || expression->op == EXPRESSION_TESTED ||
            expression->op == EXPRESSION_TRAINED) &&
           pattern.data[pattern.size - 1] != '*';
}

static size_t credential_for(struct career *career, const struct expression *expression)
{
    size_t count;
    if (!names_one_code(expression)) {
        return SIZE_MAX;
    }
    const struct career_code *code = career_codes_of(career, expression->pattern, &count);
    return count == 0 ? SIZE_MAX : best_credential(career, code);
}

static bool conclude_part(struct requirement_part *out, struct career *career,
                          const struct expression *expression)
{
    uint32_t day = career->question->at_day;
    struct day_truth days;
    size_t part_count;
    if (!career_days(&days, career, expression)) {
        return false;
    }
    *out = (struct requirement_part){
        .expression = expression,
        .answer = day_truth_on(&days, day),
        .credential = credential_for(career, expression),
    };
    write_run(&out->since_day, &out->until_day, &days, day);
    return career_missing(&out->missing, &out->missing_count, &part_count, career, expression, day);
}

static bool conclude_requirement(struct verdict *out, struct career *career)
{
    const struct expression *required = career->question->requirement;
    struct day_truth days;
    out->requirement = ANSWER_YES;
    out->requirement_since = DAY_NONE;
    out->requirement_until = DAY_NONE;
    out->part_count = 0;
    out->parts = NULL;
    if (required == NULL) {
        return true;
    }
    bool is_all = required->op == EXPRESSION_ALL;
    size_t count = is_all ? required->child_count : 1;
    out->parts = arena_take(career->arena, count * sizeof out->parts[0]);
    if (out->parts == NULL || !career_days(&days, career, required)) {
        return false;
    }
    out->requirement = day_truth_on(&days, career->question->at_day);
    write_run(&out->requirement_since, &out->requirement_until, &days, career->question->at_day);
    for (size_t i = 0; i < count; i++) {
        if (!conclude_part(&out->parts[i], career, is_all ? &required->children[i] : required)) {
            return false;
        }
        out->part_count++;
    }
    return true;
}

static bool conclude(struct verdict *out, struct career *career)
{
    return conclude_codes(out, career) && conclude_titles(out, career) && conclude_requirement(out, career) &&
           conclude_rules(out, career);
}

bool career_conclude(struct verdict *out, struct career *career)
{
    struct verdict denied = {.requirement = ANSWER_YES};
    if (!conclude(out, career)) {
        return false;
    }
    if (career->other == NULL) {
        return true;
    }
    if (!conclude(&denied, career->other)) {
        return false;
    }
    career_join_credentials(career);
    career_join_verdicts(out, &denied);
    return true;
}
