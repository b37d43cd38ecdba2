#include "protocol/base/text.h"
#include "tests/support/naive_career.h"

/* A code that is tested by an attestation is certified by it once, on some day up to then and not before it
 * was earned, all was there that the pack of that day asks beforehand and as experience, while the
 * attestation held; and if the experience that this pack asks for is there still. What was recertified or
 * renewed has also begun where anything earned earlier has. */

void naive_find_changes(struct naive_career *career)
{
    uint32_t day = career->first_day;
    career->changes[career->change_count++] = day;
    for (; day < career->last_day; day++) {
        for (size_t i = 0; i < career->pack_count; i++) {
            if (career->packs[i].pack->pack.in_force_from == day + 1) {
                career->changes[career->change_count++] = day + 1;
                break;
            }
        }
    }
}

static bool is_in_stretch(const struct naive_career *career, size_t stretch, uint32_t day)
{
    return day >= career->changes[stretch] &&
           (stretch + 1 == career->change_count || day < career->changes[stretch + 1]);
}

/* By the pack of a stretch, on any day. attestation: to which the rule is applied, or SIZE_MAX. */
static enum answer asked_in(struct naive_career *career, size_t stretch, enum pack_rule_kind kind,
                            size_t code, uint32_t day, size_t attestation)
{
    struct bytes name = career->codes[code];
    const struct naive_pack *pack = naive_pack_on(career, code_namespace(name), career->changes[stretch]);
    if (pack == NULL) {
        return ANSWER_YES;
    }
    if (naive_pack_is_disputed(career, pack)) {
        return ANSWER_UNKNOWN;
    }
    const struct naive_rule *rule = naive_rule_for(pack, kind, name);
    return rule == NULL ? ANSWER_YES : naive_expression_on(career, &rule->expression, day, attestation);
}

static enum answer begins_on(struct naive_career *career, size_t credential, size_t stretch, uint32_t day)
{
    size_t code = career->code_of[credential];
    if (!is_in_stretch(career, stretch, day) ||
        day < career->dossier->credentials[credential].attestation.earned_on) {
        return ANSWER_NO;
    }
    enum answer answer = naive_holds(career, credential, day);
    if (answer != ANSWER_NO) {
        answer = naive_and(answer, asked_in(career, stretch, PACK_RULE_EXPERIENCE, code, day, SIZE_MAX));
    }
    return answer == ANSWER_NO
               ? ANSWER_NO
               : naive_and(answer, asked_in(career, stretch, PACK_RULE_PREREQUISITE, code, day, credential));
}

static enum answer has_begun(struct naive_career *career, size_t credential, size_t stretch, uint32_t day)
{
    uint8_t *found = career->begun[credential][stretch];
    size_t *count = &career->begun_count[credential][stretch];
    while (*count <= naive_rank(career, day)) {
        enum answer before = *count == 0 ? ANSWER_NO : (enum answer)found[*count - 1];
        enum answer now = before == ANSWER_YES
                              ? ANSWER_NO
                              : begins_on(career, credential, stretch, career->first_day + (uint32_t)*count);
        found[(*count)++] = (uint8_t)naive_or(before, now);
    }
    return (enum answer)found[naive_rank(career, day)];
}

static enum answer has_begun_at_all(struct naive_career *career, size_t credential, size_t stretch,
                                    uint32_t day)
{
    const struct attestation *said = &career->dossier->credentials[credential].attestation;
    enum answer answer = has_begun(career, credential, stretch, day);
    bool goes_on = said->basis == BASIS_RENEWAL || said->basis == BASIS_RECERTIFICATION;
    for (size_t i = 0; i < career->dossier->credential_count && goes_on; i++) {
        const struct attestation *earlier = &career->dossier->credentials[i].attestation;
        if (career->code_of[i] == career->code_of[credential] && earlier->earned_on < said->earned_on &&
            naive_is_test(earlier)) {
            answer = naive_or(answer, has_begun_at_all(career, i, stretch, day));
        }
    }
    return answer;
}

static enum answer certified_by(struct naive_career *career, size_t credential, size_t stretch, uint32_t day)
{
    enum answer answer = naive_holds(career, credential, day);
    if (answer != ANSWER_NO) {
        answer = naive_and(answer, has_begun_at_all(career, credential, stretch, day));
    }
    return answer == ANSWER_NO ? ANSWER_NO
                               : naive_and(answer, asked_in(career, stretch, PACK_RULE_EXPERIENCE,
                                                            career->code_of[credential], day, SIZE_MAX));
}

enum answer naive_find_certified(struct naive_career *career, size_t code, uint32_t day)
{
    enum answer answer = ANSWER_NO;
    for (size_t i = 0; i < career->dossier->credential_count; i++) {
        if (career->code_of[i] != code || !naive_is_test(&career->dossier->credentials[i].attestation)) {
            continue;
        }
        for (size_t k = 0; k < career->change_count && career->changes[k] <= day; k++) {
            answer = naive_or(answer, certified_by(career, i, k, day));
        }
    }
    return answer;
}
