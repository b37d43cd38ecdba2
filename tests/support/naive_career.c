#include "tests/support/naive_career.h"

#include <assert.h>
#include <string.h>

#include "protocol/base/text.h"

size_t naive_rank(const struct naive_career *career, uint32_t day)
{
    if (day < career->first_day) {
        return 0;
    }
    return (day > career->last_day ? career->last_day : day) - career->first_day;
}

bool naive_is_of_subject(const struct naive_career *career, size_t credential)
{
    return career->code_of[credential] != SIZE_MAX;
}

static size_t code_of(struct naive_career *career, struct bytes code)
{
    for (size_t i = 0; i < career->code_count; i++) {
        if (bytes_equal(career->codes[i], code)) {
            return i;
        }
    }
    assert(career->code_count < NAIVE_CODES_MAX);
    career->codes[career->code_count] = code;
    return career->code_count++;
}

static size_t title_of(const struct naive_career *career, struct bytes name_space, struct bytes name)
{
    for (size_t i = 0; i < career->title_count; i++) {
        if (bytes_equal(career->titles[i].name_space, name_space) &&
            bytes_equal(career->titles[i].name, name)) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* ---- what there is ---- */

static void read_rule(struct naive_career *career, struct naive_rule *out, const struct pack_rule *rule)
{
    *out = (struct naive_rule){.kind = rule->kind, .name = rule->name};
    enum reason reason = expression_decode(&out->expression, expression_scope_of(rule->kind),
                                           rule->expression, &career->arena);
    assert(reason != REASON_TOO_LARGE);
    if (reason != REASON_NONE) {
        out->expression = (struct expression){.op = EXPRESSION_UNKNOWN};
    }
}

static void read_pack(struct naive_career *career, const struct dossier_pack *said)
{
    struct naive_pack *pack = &career->packs[career->pack_count++];
    const struct pack_rule *rules = said->pack.rules.items;
    assert(said->pack.rules.count <= NAIVE_RULES_MAX);
    pack->pack = said;
    pack->speaks = naive_pack_speaks(career, said);
    pack->rule_count = said->pack.rules.count;
    for (size_t i = 0; i < pack->rule_count; i++) {
        read_rule(career, &pack->rules[i], &rules[i]);
        if (rules[i].kind == PACK_RULE_TITLE &&
            title_of(career, said->pack.name_space, rules[i].name) == SIZE_MAX) {
            assert(career->title_count < NAIVE_TITLES_MAX);
            career->titles[career->title_count++] =
                (struct naive_title){.name_space = said->pack.name_space, .name = rules[i].name};
        }
    }
}

static void read_credential(struct naive_career *career, size_t credential)
{
    const struct dossier_credential *said = &career->dossier->credentials[credential];
    career->code_of[credential] = SIZE_MAX;
    if (said->place.erased) {
        return;
    }
    const struct authority_question question = {
        .issuer = career->dossier->logs[said->place.log].author,
        .code = said->attestation.code,
        .place = &said->place,
        .day = said->attestation.earned_on,
        .state = career->question->state,
    };
    authority_of(&career->authorities[credential], career->dossier, career->trust, &question);
    if (said->about != ABOUT_SHOP) {
        career->code_of[credential] = code_of(career, said->attestation.code);
    }
}

/* ---- what packs ask for ---- */

static enum answer counts_by(struct naive_career *career, const struct naive_pack *pack, size_t credential)
{
    const struct attestation *attestation = &career->dossier->credentials[credential].attestation;
    bool is_renewed = attestation->basis == BASIS_RECERTIFICATION || attestation->basis == BASIS_RENEWAL;
    if (naive_pack_is_disputed(career, pack)) {
        return ANSWER_UNKNOWN;
    }
    const struct naive_rule *rule =
        naive_rule_for(pack, is_renewed ? PACK_RULE_RENEWAL : PACK_RULE_PREREQUISITE, attestation->code);
    if (rule == NULL) {
        return attestation->basis == BASIS_RENEWAL ? ANSWER_NO : ANSWER_YES;
    }
    return is_renewed ? naive_expression_on(career, &rule->expression, attestation->earned_on, credential)
                      : naive_may_hold(career, &rule->expression, credential);
}

static enum answer by_rule_of_day_earned(struct naive_career *career, size_t credential)
{
    const struct attestation *attestation = &career->dossier->credentials[credential].attestation;
    const struct naive_pack *voices[NAIVE_PACKS_MAX];
    size_t count = naive_voices(career, code_namespace(attestation->code), attestation->code,
                                attestation->earned_on, voices);
    enum answer answer = count == 0 ? ANSWER_UNKNOWN : ANSWER_NO;
    for (size_t i = 0; i < count; i++) {
        if (count == 1 || naive_offers(career, voices[i], attestation)) {
            answer = naive_or(answer, counts_by(career, voices[i], credential));
        }
    }
    return answer;
}

enum answer naive_counts(struct naive_career *career, size_t credential)
{
    uint8_t *found = &career->counts[career->denied][credential];
    if (*found == 0) {
        *found = (uint8_t)(1 + by_rule_of_day_earned(career, credential));
    }
    return (enum answer)(*found - 1);
}

/* What a rule of all days asks for. Without one: nothing. */
static enum answer by_rule_of_day(struct naive_career *career, enum pack_rule_kind kind, size_t code,
                                  uint32_t day)
{
    struct bytes name = career->codes[code];
    const struct naive_pack *voices[NAIVE_PACKS_MAX];
    size_t count = naive_voices(career, code_namespace(name), name, day, voices);
    enum answer answer = count == 0 ? ANSWER_YES : ANSWER_NO;
    for (size_t i = 0; i < count; i++) {
        const struct naive_rule *rule = naive_rule_for(voices[i], kind, name);
        enum answer by_it = rule == NULL ? ANSWER_YES : ANSWER_UNKNOWN;
        if (naive_pack_is_disputed(career, voices[i])) {
            by_it = ANSWER_UNKNOWN;
        } else if (rule != NULL) {
            by_it = naive_expression_on(career, &rule->expression, day, SIZE_MAX);
        }
        answer = naive_or(answer, by_it);
    }
    return answer;
}

enum answer naive_condition(struct naive_career *career, size_t code, uint32_t day)
{
    uint8_t *found = &career->conditions[career->denied][code][naive_rank(career, day)];
    if (*found == 0) {
        *found = (uint8_t)(1 + by_rule_of_day(career, PACK_RULE_CONDITION, code, day));
    }
    return (enum answer)(*found - 1);
}

/* ---- codes ---- */

enum answer naive_holds(struct naive_career *career, size_t credential, uint32_t day)
{
    enum answer answer = naive_own(career, credential, day);
    if (answer == ANSWER_NO) {
        return ANSWER_NO;
    }
    answer = naive_and(answer, naive_counts(career, credential));
    return naive_and(answer, naive_condition(career, career->code_of[credential], day));
}

bool naive_is_test(const struct attestation *attestation)
{
    return attestation->basis != BASIS_EXPERIENCE && attestation->basis != BASIS_IDENTITY &&
           attestation->basis != BASIS_MEMBERSHIP;
}

static enum answer find_tested(struct naive_career *career, size_t code, uint32_t day)
{
    enum answer answer = ANSWER_NO;
    for (size_t i = 0; i < career->dossier->credential_count; i++) {
        if (career->code_of[i] == code && naive_is_test(&career->dossier->credentials[i].attestation)) {
            answer = naive_or(answer, naive_holds(career, i, day));
        }
    }
    return answer;
}

enum answer naive_tested(struct naive_career *career, size_t code, uint32_t day)
{
    uint8_t *found = &career->nodes[career->denied][naive_tested_node(code)][naive_rank(career, day)];
    if (*found == 0) {
        *found = (uint8_t)(1 + find_tested(career, code, day));
    }
    return (enum answer)(*found - 1);
}

enum answer naive_certified(struct naive_career *career, size_t code, uint32_t day)
{
    uint8_t *found = &career->nodes[career->denied][naive_certified_node(code)][naive_rank(career, day)];
    if (*found == 0) {
        *found = (uint8_t)(1 + naive_find_certified(career, code, day));
    }
    return (enum answer)(*found - 1);
}

/* ---- titles ---- */

static enum answer title_on(struct naive_career *career, size_t title, uint32_t day);

static enum answer held_before(struct naive_career *career, size_t title, uint32_t day)
{
    enum answer answer = ANSWER_NO;
    for (uint32_t d = career->first_day; d < day && d <= career->last_day && answer != ANSWER_YES; d++) {
        answer = naive_or(answer, title_on(career, title, d));
    }
    return answer;
}

/* Whether a pack gives a title that no pack is known to give: one that is disputed may. */
static enum answer without_rule(const struct naive_career *career, struct bytes name_space, uint32_t day)
{
    const struct naive_pack *voices[NAIVE_PACKS_MAX];
    size_t count = naive_voices(career, name_space, bytes_of(NULL, 0), day, voices);
    enum answer answer = naive_absence_of_rules(career, name_space);
    for (size_t i = 0; i < count; i++) {
        answer = naive_pack_is_disputed(career, voices[i]) ? ANSWER_UNKNOWN : answer;
    }
    return answer;
}

static enum answer title_by(struct naive_career *career, const struct naive_pack *pack, size_t title,
                            uint32_t day)
{
    const struct naive_rule *rule = naive_title_rule(pack, career->titles[title].name);
    if (naive_pack_is_disputed(career, pack)) {
        return ANSWER_UNKNOWN;
    }
    if (rule == NULL) {
        return ANSWER_NO;
    }
    enum answer answer = naive_expression_on(career, &rule->expression, day, SIZE_MAX);
    if (rule->expression.op == EXPRESSION_FOR_LIFE) {
        answer = naive_or(answer, held_before(career, title, day));
    }
    return answer;
}

static enum answer find_title(struct naive_career *career, size_t title, uint32_t day)
{
    const struct naive_pack *voices[NAIVE_PACKS_MAX];
    size_t count = naive_voices(career, career->titles[title].name_space, bytes_of(NULL, 0), day, voices);
    enum answer answer = naive_absence_of_rules(career, career->titles[title].name_space);
    for (size_t i = 0; i < count; i++) {
        answer = naive_or(answer, title_by(career, voices[i], title, day));
    }
    return answer;
}

static enum answer title_on(struct naive_career *career, size_t title, uint32_t day)
{
    uint8_t *found = &career->nodes[career->denied][naive_title_node(career, title)][naive_rank(career, day)];
    if (*found == 0) {
        *found = (uint8_t)(1 + find_title(career, title, day));
    }
    return (enum answer)(*found - 1);
}

enum answer naive_title(struct naive_career *career, struct bytes name_space, struct bytes name, uint32_t day)
{
    size_t title = title_of(career, name_space, name);
    enum answer answer =
        title == SIZE_MAX ? without_rule(career, name_space, day) : title_on(career, title, day);
    bool is_fresh = naive_rules_freshness(career, name_space) == ANSWER_YES;
    return naive_and(answer, is_fresh ? ANSWER_YES : ANSWER_UNKNOWN);
}

/* ---- what rests on itself ---- */

static bool improve(uint8_t *found, enum answer answer)
{
    bool is_new = *found != 1 + answer;
    *found = (uint8_t)(1 + answer);
    return is_new;
}

static bool improve_day(struct naive_career *career, uint32_t day)
{
    size_t rank = naive_rank(career, day);
    bool any = false;
    for (size_t i = 0; i < career->code_count; i++) {
        any |= improve(&career->conditions[career->denied][i][rank],
                       by_rule_of_day(career, PACK_RULE_CONDITION, i, day));
        any |=
            improve(&career->nodes[career->denied][naive_tested_node(i)][rank], find_tested(career, i, day));
        any |= improve(&career->nodes[career->denied][naive_certified_node(i)][rank],
                       naive_find_certified(career, i, day));
    }
    for (size_t i = 0; i < career->title_count; i++) {
        any |= improve(&career->nodes[career->denied][naive_title_node(career, i)][rank],
                       find_title(career, i, day));
    }
    return any;
}

static bool improve_all(struct naive_career *career)
{
    bool any = false;
    for (size_t i = 0; i < career->dossier->credential_count; i++) {
        if (naive_is_of_subject(career, i)) {
            any |= improve(&career->counts[career->denied][i], by_rule_of_day_earned(career, i));
        }
    }
    for (uint32_t day = career->first_day; day <= career->last_day; day++) {
        any |= improve_day(career, day);
    }
    return any;
}

/* Answer everything, where some of it rests on itself. */
static void resolve(struct naive_career *career)
{
    bool any = true;
    memset(career->nodes, 1 + ANSWER_UNKNOWN, sizeof career->nodes);
    memset(career->conditions, 1 + ANSWER_UNKNOWN, sizeof career->conditions);
    memset(career->counts, 1 + ANSWER_UNKNOWN, sizeof career->counts);
    while (any) {
        any = false;
        career->memo_count = 0; /* what was found rests on what was known then */
        memset(career->begun_count, 0, sizeof career->begun_count);
        memset(career->last_is_found, 0, sizeof career->last_is_found);
        memset(career->own, 0, sizeof career->own);
        for (int way = 0; way < 2; way++) {
            any |= improve_all(career);
            career->denied = !career->denied;
        }
    }
}

/* ---- begin ---- */

void naive_career_begin(struct naive_career *career, const struct dossier *dossier, const struct trust *trust,
                        const struct question *question, uint32_t first_day, uint32_t last_day)
{
    memset(career, 0, offsetof(struct naive_career, memos));
    assert(first_day <= last_day && last_day - first_day < NAIVE_SPAN_MAX);
    assert(dossier->pack_count <= NAIVE_PACKS_MAX && dossier->credential_count <= NAIVE_CREDENTIALS_MAX);
    arena_init(&career->arena, career->memory, sizeof career->memory);
    career->dossier = dossier;
    career->trust = trust;
    career->question = question;
    career->first_day = first_day;
    career->last_day = last_day;
    for (size_t i = 0; i < dossier->pack_count; i++) {
        read_pack(career, &dossier->packs[i]);
    }
    for (size_t i = 0; i < dossier->credential_count; i++) {
        read_credential(career, i);
    }
    naive_read_affiliations(career);
    career->height = naive_find_height(career);
    if (career->height == SIZE_MAX) {
        resolve(career);
    }
}
