#include "cmd/issue_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/code_guess.h"
#include "protocol/base/text.h"
#include "protocol/rules/accreditation_end.h"
#include "protocol/rules/pack.h"

struct issue_rules *issue_rules_create(struct session *session, bool unaccredited)
{
    struct issue_rules *rules = calloc(1, sizeof(*rules));
    if (rules != NULL) {
        rules->session = session;
        rules->unaccredited = unaccredited;
    }
    return rules;
}

/* ---- namespaces ---- */

/* The dossier of a credential that this actor is about to issue, of any code of a namespace, without the
 * credential: the block that will speak comes after every cut that a withdrawal has made. */
static enum store_error gather(struct issue_rules *rules, struct bytes name_space, struct dossier *out)
{
    struct session *session = rules->session;
    char pattern[NAMESPACE_SIZE_MAX + sizeof "/*"];
    snprintf(pattern, sizeof pattern, "%.*s/*", (int)name_space.size, (const char *)name_space.data);
    const struct dossier_credential coming = {.place = {.seq = BLOCK_SEQ_MAX},
                                              .source = SOURCE_REPLAYED,
                                              .attestation = {.code = bytes_of_string(pattern)}};
    struct store_txn *txn;
    enum store_error error = store_read_begin(&txn, session->store);
    if (error != STORE_OK) {
        return error;
    }
    error = store_dossier_around(txn, &session->home.network, session->trust, &coming, &session->actor, 1,
                                 NULL, DOSSIER_REACH_ALL, out, &session->arena);
    store_end(txn);
    out->credential_count = 0;
    return error;
}

static struct issue_namespace *namespace_of(struct issue_rules *rules, struct bytes code)
{
    struct bytes name = code_namespace(code);
    for (size_t i = 0; i < rules->namespace_count; i++) {
        if (bytes_equal_string(name, rules->namespaces[i].name)) {
            return &rules->namespaces[i];
        }
    }
    if (rules->namespace_count == ISSUE_NAMESPACES_MAX || rules->error != STORE_OK) {
        return NULL;
    }
    struct issue_namespace *out = &rules->namespaces[rules->namespace_count];
    rules->error = gather(rules, name, &out->dossier);
    if (rules->error != STORE_OK) {
        return NULL;
    }
    memcpy(out->name, name.data, name.size);
    out->name[name.size] = '\0';
    rules->namespace_count++;
    return out;
}

/* ---- answers ---- */

static bool is_offered(const struct pack_code *rule, uint32_t day)
{
    return (!rule->has_first_day || rule->first_day <= day) && (!rule->has_last_day || day <= rule->last_day);
}

static enum reason authority_reason(const struct issue_rules *rules, const struct issue_namespace *in,
                                    struct bytes code, uint32_t earned_on)
{
    const struct dossier_place coming = {.seq = BLOCK_SEQ_MAX};
    const struct authority_question question = {
        .issuer = rules->session->actor, .code = code, .place = &coming, .day = earned_on};
    struct authority_answer answer;
    if (trust_owner_of(rules->session->trust, bytes_of_string(in->name)) == NULL) {
        return REASON_NAMESPACE_UNOWNED;
    }
    authority_of(&answer, &in->dossier, rules->session->trust, &question);
    if (answer.reason == REASON_STATE_NOT_ASKED) {
        return REASON_NONE; /* it counts in the states that are named */
    }
    return answer.reason == REASON_UNTRUSTED ? REASON_NOT_ACCREDITED : answer.reason;
}

enum reason issue_authority_of(struct issue_rules *rules, struct bytes code, uint32_t earned_on)
{
    const struct issue_namespace *in = namespace_of(rules, code);
    return in == NULL ? REASON_NONE : authority_reason(rules, in, code, earned_on);
}

uint32_t issue_accreditation_ended(struct issue_rules *rules, struct bytes code, uint32_t earned_on,
                                   uint32_t today)
{
    const struct issue_namespace *in = namespace_of(rules, code);
    const struct dossier_place coming = {.seq = BLOCK_SEQ_MAX};
    const struct authority_question question = {
        .issuer = rules->session->actor, .code = code, .place = &coming, .day = earned_on};
    const struct trust *trust = rules->session->trust;
    struct namespace_owners owners;
    struct authority_answer answer;
    if (in == NULL) {
        return DAY_NONE;
    }
    namespace_owners_of(&owners, &in->dossier, trust, code_namespace(code));
    authority_under(&answer, &in->dossier, trust, &owners, &question);
    if (answer.reason != REASON_NONE) {
        return DAY_NONE;
    }
    uint32_t last = accreditation_last_day(&in->dossier, trust, &owners, &question, &answer);
    return last < today ? last : DAY_NONE;
}

static bool has_pattern(const struct accreditation *accreditation, struct bytes code)
{
    const struct bytes *patterns = accreditation->patterns.items;
    for (size_t i = 0; i < accreditation->patterns.count; i++) {
        if (code_matches(code, patterns[i])) {
            return true;
        }
    }
    return false;
}

const struct accreditation *issue_accredited_later(struct issue_rules *rules, struct bytes code,
                                                   uint32_t earned_on)
{
    const struct issue_namespace *in = namespace_of(rules, code);
    const struct accreditation *first = NULL;
    if (in == NULL || authority_reason(rules, in, code, earned_on) == REASON_NONE) {
        return NULL;
    }
    for (size_t i = 0; i < in->dossier.accreditation_count; i++) {
        const struct accreditation *accreditation = &in->dossier.accreditations[i].accreditation;
        if (actor_id_equal(&accreditation->delegate, &rules->session->actor) &&
            accreditation->from > earned_on && (first == NULL || accreditation->from < first->from) &&
            has_pattern(accreditation, code) &&
            authority_reason(rules, in, code, accreditation->from) == REASON_NONE) {
            first = accreditation;
        }
    }
    return first;
}

static enum reason decide(struct issue_rules *rules, struct bytes code, uint32_t earned_on,
                          const struct pack_code **rule)
{
    const struct issue_namespace *in = namespace_of(rules, code);
    if (in == NULL) {
        return rules->error == STORE_OK ? REASON_TOO_MANY : REASON_NO_RULE_PACK;
    }
    enum reason reason = rules->unaccredited ? REASON_NONE : authority_reason(rules, in, code, earned_on);
    if (reason != REASON_NONE) {
        return reason;
    }
    const struct dossier_pack *pack =
        pack_on_day(&in->dossier, rules->session->trust, bytes_of_string(in->name), earned_on);
    if (pack == NULL) {
        return rules->unaccredited ? REASON_NONE : REASON_NO_RULE_PACK;
    }
    *rule = pack_code_of(&pack->pack, code);
    if (*rule == NULL) {
        return REASON_UNKNOWN_CODE;
    }
    return is_offered(*rule, earned_on) ? REASON_NONE : REASON_CODE_NOT_OFFERED;
}

/* FNV-1a; a slot that another answer holds is taken over. */
static struct issue_answer *answer_slot(struct issue_rules *rules, struct bytes code, uint32_t earned_on)
{
    uint32_t sum = UINT32_C(2166136261) ^ earned_on;
    for (size_t i = 0; i < code.size; i++) {
        sum = (sum ^ code.data[i]) * UINT32_C(16777619);
    }
    return &rules->answers[(sum ^ sum >> 16) % ISSUE_ANSWERS_COUNT];
}

enum reason issue_rule_of(struct issue_rules *rules, struct bytes code, uint32_t earned_on,
                          const struct pack_code **rule)
{
    struct issue_answer *slot = answer_slot(rules, code, earned_on);
    if (slot->code_size != code.size || slot->earned_on != earned_on ||
        memcmp(slot->code, code.data, code.size) != 0) {
        slot->rule = NULL;
        slot->reason = decide(rules, code, earned_on, &slot->rule);
        slot->code_size = code.size;
        slot->earned_on = earned_on;
        memcpy(slot->code, code.data, code.size);
    }
    *rule = slot->rule;
    return slot->reason;
}

/* ---- suggestions ---- */

bool issue_rules_suggest(struct issue_rules *rules, struct bytes code, uint32_t earned_on, char *suggestion)
{
    const struct issue_namespace *in = namespace_of(rules, code);
    const struct dossier_pack *pack =
        in == NULL ? NULL
                   : pack_on_day(&in->dossier, rules->session->trust, bytes_of_string(in->name), earned_on);
    struct code_guess guess = {.code = code};
    if (pack != NULL) {
        code_guess_from(&guess, &pack->pack);
    }
    return code_guess_print(suggestion, &guess);
}
