#include "protocol/base/text.h"
#include "tests/support/naive_career.h"

/* A code that is tested by an attestation is certified by it once, on some day up to then and not before it
 * was earned, all was there that a pack which speaks of that day asks beforehand and as experience, while the
 * attestation held; and if the experience that this pack asks for is there still. What was recertified or
 * renewed has also begun where anything earned earlier has. */

enum { NO_PACK = NAIVE_PACKS_MAX };

/* Whether it speaks of the code on day. */
static bool is_voice(const struct naive_career *career, size_t pack, size_t code, uint32_t day)
{
    const struct naive_pack *voices[NAIVE_PACKS_MAX];
    struct bytes name = career->codes[code];
    size_t count = naive_voices(career, code_namespace(name), name, day, voices);
    for (size_t i = 0; i < count; i++) {
        if (pack != NO_PACK && voices[i] == &career->packs[pack]) {
            return true;
        }
    }
    return count == 0 && pack == NO_PACK;
}

/* By a pack, on any day. attestation: to which the rule is applied, or SIZE_MAX. */
static enum answer asked_by(struct naive_career *career, size_t at, enum pack_rule_kind kind, size_t code,
                            uint32_t day, size_t attestation)
{
    if (at == NO_PACK) {
        return ANSWER_YES;
    }
    const struct naive_pack *pack = &career->packs[at];
    if (naive_pack_is_disputed(career, pack)) {
        return ANSWER_UNKNOWN;
    }
    const struct naive_rule *rule = naive_rule_for(pack, kind, career->codes[code]);
    return rule == NULL ? ANSWER_YES : naive_expression_on(career, &rule->expression, day, attestation);
}

enum answer naive_asked(struct naive_career *career, size_t credential, uint32_t day)
{
    const struct attestation *said = &career->dossier->credentials[credential].attestation;
    const struct naive_pack *voices[NAIVE_PACKS_MAX];
    size_t code = career->code_of[credential];
    size_t count = naive_voices(career, code_namespace(said->code), said->code, day, voices);
    enum answer answer = count == 0 ? ANSWER_YES : ANSWER_NO;
    for (size_t i = 0; i < count; i++) {
        size_t pack = (size_t)(voices[i] - career->packs);
        if (naive_offers(career, voices[i], said)) {
            enum answer by_it = asked_by(career, pack, PACK_RULE_EXPERIENCE, code, day, SIZE_MAX);
            by_it = naive_and(by_it, asked_by(career, pack, PACK_RULE_PREREQUISITE, code, day, credential));
            answer = naive_or(answer, by_it);
        }
    }
    return answer;
}

static enum answer begins_on(struct naive_career *career, size_t credential, size_t pack, uint32_t day)
{
    size_t code = career->code_of[credential];
    if (day < career->dossier->credentials[credential].attestation.earned_on) {
        return ANSWER_NO;
    }
    enum answer answer = naive_holds(career, credential, day);
    if (answer == ANSWER_NO || !is_voice(career, pack, code, day) ||
        (pack != NO_PACK && !naive_offers(career, &career->packs[pack],
                                          &career->dossier->credentials[credential].attestation))) {
        return ANSWER_NO;
    }
    answer = naive_and(answer, asked_by(career, pack, PACK_RULE_EXPERIENCE, code, day, SIZE_MAX));
    return answer == ANSWER_NO
               ? ANSWER_NO
               : naive_and(answer, asked_by(career, pack, PACK_RULE_PREREQUISITE, code, day, credential));
}

static enum answer has_begun(struct naive_career *career, size_t credential, size_t pack, uint32_t day)
{
    uint8_t *found = career->begun[career->denied][credential][pack];
    size_t *count = &career->begun_count[career->denied][credential][pack];
    while (*count <= naive_rank(career, day)) {
        enum answer before = *count == 0 ? ANSWER_NO : (enum answer)found[*count - 1];
        enum answer now = before == ANSWER_YES
                              ? ANSWER_NO
                              : begins_on(career, credential, pack, career->first_day + (uint32_t)*count);
        found[(*count)++] = (uint8_t)naive_or(before, now);
    }
    return (enum answer)found[naive_rank(career, day)];
}

static enum answer has_begun_at_all(struct naive_career *career, size_t credential, size_t pack, uint32_t day)
{
    const struct attestation *said = &career->dossier->credentials[credential].attestation;
    enum answer answer = has_begun(career, credential, pack, day);
    bool goes_on = said->basis == BASIS_RENEWAL || said->basis == BASIS_RECERTIFICATION;
    for (size_t i = 0; i < career->dossier->credential_count && goes_on; i++) {
        const struct attestation *earlier = &career->dossier->credentials[i].attestation;
        if (career->code_of[i] == career->code_of[credential] && earlier->earned_on < said->earned_on &&
            naive_is_test(earlier)) {
            answer = naive_or(answer, has_begun_at_all(career, i, pack, day));
        }
    }
    return answer;
}

static enum answer certified_by(struct naive_career *career, size_t credential, size_t pack, uint32_t day)
{
    enum answer answer = naive_holds(career, credential, day);
    if (answer != ANSWER_NO) {
        answer = naive_and(answer, has_begun_at_all(career, credential, pack, day));
    }
    return answer == ANSWER_NO ? ANSWER_NO
                               : naive_and(answer, asked_by(career, pack, PACK_RULE_EXPERIENCE,
                                                            career->code_of[credential], day, SIZE_MAX));
}

static bool is_of(const struct naive_career *career, size_t pack, size_t code)
{
    return pack < career->pack_count && career->packs[pack].speaks &&
           bytes_equal(career->packs[pack].pack->pack.name_space, code_namespace(career->codes[code]));
}

enum answer naive_find_certified(struct naive_career *career, size_t code, uint32_t day)
{
    enum answer answer = ANSWER_NO;
    for (size_t i = 0; i < career->dossier->credential_count; i++) {
        if (career->code_of[i] != code || !naive_is_test(&career->dossier->credentials[i].attestation)) {
            continue;
        }
        for (size_t k = 0; k <= NO_PACK; k++) {
            if (k == NO_PACK || is_of(career, k, code)) {
                answer = naive_or(answer, certified_by(career, i, k, day));
            }
        }
    }
    return answer;
}
