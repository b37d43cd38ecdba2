#include "protocol/rules/freshness.h"

#include <assert.h>
#include <string.h>

enum { DAY_S = 86400 };

static uint64_t usual_budget_s(const struct freshness_budget *budget, enum evidence_role role)
{
    switch (role) {
    case EVIDENCE_ISSUER:
        return budget->issuer_s;
    case EVIDENCE_SHOP:
        return budget->shop_s;
    case EVIDENCE_ACCREDITOR:
    case EVIDENCE_OWNER:
        break;
    }
    return budget->owner_s;
}

uint64_t freshness_budget_s(const struct question *question, const struct trust *trust,
                            const struct dossier_log *log, enum evidence_role role)
{
    uint32_t days = trust_fresh_days(trust, &log->author);
    if (days == 0) {
        days = log->rhythm_days;
    }
    return days == 0 ? usual_budget_s(&question->budget, role) : (uint64_t)days * DAY_S;
}

struct axis_answer freshness_of(uint64_t *age_s, const struct dossier_log *log,
                                const struct question *question, uint64_t budget_s)
{
    uint64_t by_s = question->known_by_s < question->now_s ? question->known_by_s : question->now_s;
    *age_s = UINT64_MAX;
    if (!log->has_checkpoint || log->checkpoint_time_s > question->known_by_s) {
        return (struct axis_answer){ANSWER_UNKNOWN, REASON_NO_CHECKPOINT};
    }
    if (log->checkpoint_time_s > by_s && log->checkpoint_time_s - by_s > CHECKPOINT_AHEAD_S) {
        return (struct axis_answer){ANSWER_UNKNOWN, REASON_CLOCK};
    }
    *age_s = log->checkpoint_time_s < by_s ? by_s - log->checkpoint_time_s : 0;
    if (*age_s > budget_s) {
        return (struct axis_answer){ANSWER_NO, REASON_STALE};
    }
    if (log->branches_cut) {
        return (struct axis_answer){ANSWER_UNKNOWN, REASON_LIMIT};
    }
    return !log->switching && !log->body_missing && !log->incomplete &&
                   dossier_log_reaches(log, log->checkpoint_seq)
               ? (struct axis_answer){ANSWER_YES, REASON_NONE}
               : (struct axis_answer){ANSWER_UNKNOWN, REASON_INCOMPLETE};
}

/* ---- of a credential ---- */

struct asking {
    const struct dossier *dossier;
    const struct trust *trust;
    const struct question *question;
    struct freshness *worst;
};

static int badness_of(struct axis_answer answer)
{
    switch ((int)answer.reason) {
    case REASON_STALE:
        return 4;
    case REASON_NO_CHECKPOINT:
        return 3;
    case REASON_CLOCK:
        return 2;
    case REASON_INCOMPLETE:
    case REASON_LIMIT:
        return 1;
    default:
        return 0;
    }
}

bool freshness_is_worse(const struct freshness *a, const struct freshness *b)
{
    int badness = badness_of(a->answer);
    if (badness != badness_of(b->answer)) {
        return badness > badness_of(b->answer);
    }
    return a->answer.answer == ANSWER_NO && a->age_s > b->age_s;
}

static struct freshness ask(const struct asking *asking, const struct dossier_log *log,
                            enum evidence_role role)
{
    struct freshness found = {
        .role = role, .author = log->author, .log = (size_t)(log - asking->dossier->logs)};
    uint64_t budget_s = freshness_budget_s(asking->question, asking->trust, log, role);
    found.answer = freshness_of(&found.age_s, log, asking->question, budget_s);
    return found;
}

struct freshness freshness_of_accreditor(const struct dossier *dossier, const struct trust *trust,
                                         const struct question *question, size_t log)
{
    const struct asking asking = {.dossier = dossier, .trust = trust, .question = question};
    return ask(&asking, &dossier->logs[log], EVIDENCE_ACCREDITOR);
}

static struct freshness ask_actor(const struct asking *asking, const struct actor_id *actor,
                                  enum evidence_role role)
{
    const struct dossier_log *log = dossier_log_of(asking->dossier, actor);
    if (log != NULL) {
        return ask(asking, log, role);
    }
    return (struct freshness){.answer = {ANSWER_UNKNOWN, REASON_NO_CHECKPOINT},
                              .age_s = UINT64_MAX,
                              .author = *actor,
                              .log = SIZE_MAX,
                              .role = role};
}

static void add_actor(const struct asking *asking, const struct actor_id *actor, enum evidence_role role)
{
    struct freshness found = ask_actor(asking, actor, role);
    if (freshness_is_worse(&found, asking->worst)) {
        *asking->worst = found;
    }
}

/* Whoever may be heir is asked, for it may have withdrawn somebody, unless a void of the owner's own disowns
 * it: that one need never be heard of. */
static bool speaks_on(const struct namespace_owners *owners, size_t at)
{
    return !namespace_owner_is_former(owners, at) && owners->owners[at].doubt != REASON_VOIDED;
}

/* From the issuer upward: whoever accredits and owns no namespace, then who owns this one. */
static void add_chain(const struct asking *asking, const struct namespace_owners *owners,
                      const struct authority_answer *authority)
{
    for (size_t i = authority->chain_size; i > 1; i--) {
        add_actor(asking, &authority->chain[i - 1], EVIDENCE_ACCREDITOR);
    }
    for (size_t i = owners->count; i > 0; i--) {
        const struct namespace_owner *owner = &owners->owners[i - 1];
        if (speaks_on(owners, i - 1) &&
            !actor_id_equal(&owner->actor, &authority->chain[authority->chain_size])) {
            add_actor(asking, &owner->actor, EVIDENCE_OWNER);
        }
    }
}

static bool is_known(const struct chain_freshness *above, const struct authority_answer *authority)
{
    return above->chain_size == authority->chain_size &&
           memcmp(above->chain, authority->chain, above->chain_size * sizeof above->chain[0]) == 0;
}

/* The same where the issuer is no owner: it does not matter then which one it is. */
static void add_above(const struct asking *asking, const struct namespace_owners *owners,
                      const struct authority_answer *authority, struct chain_freshness *above)
{
    struct asking of_above = *asking;
    if (!is_known(above, authority)) {
        *above = (struct chain_freshness){.chain_size = authority->chain_size,
                                          .worst = {.answer = {ANSWER_YES, REASON_NONE}}};
        memcpy(above->chain, authority->chain, above->chain_size * sizeof above->chain[0]);
        of_above.worst = &above->worst;
        add_chain(&of_above, owners, authority);
    }
    if (freshness_is_worse(&above->worst, asking->worst)) {
        *asking->worst = above->worst;
    }
}

void freshness_of_credential(struct freshness *out, const struct dossier *dossier, const struct trust *trust,
                             const struct question *question, const struct namespace_owners *owners,
                             const struct dossier_credential *credential,
                             const struct authority_answer *authority, struct chain_freshness *above)
{
    const struct asking asking = {.dossier = dossier, .trust = trust, .question = question, .worst = out};
    bool by_shop = !credential->place.erased && credential->attestation.basis == BASIS_EXPERIENCE;
    *out =
        ask(&asking, dossier_log_at(dossier, &credential->place), by_shop ? EVIDENCE_SHOP : EVIDENCE_ISSUER);
    bool may_count = authority != NULL && authority->has_chain &&
                     (authority->reason == REASON_NONE || authority_is_unknown(authority->reason));
    if (!may_count) {
        return;
    }
    if (authority->chain_size == 0 || namespace_owner_index(owners, &out->author) < NAMESPACE_OWNERS_MAX) {
        add_chain(&asking, owners, authority);
    } else {
        add_above(&asking, owners, authority, above);
    }
}

/* ---- of rules ---- */

void freshness_of_rules(struct freshness *out, const struct dossier *dossier, const struct trust *trust,
                        const struct question *question, const struct namespace_owners *owners)
{
    const struct asking asking = {.dossier = dossier, .trust = trust, .question = question, .worst = out};
    size_t newest = owners->count - 1;
    assert(owners->count > 0);
    while (newest > 0 && !speaks_on(owners, newest)) {
        newest--;
    }
    *out = ask_actor(&asking, &owners->owners[newest].actor, EVIDENCE_OWNER);
    for (size_t i = newest; i > 0; i--) {
        if (speaks_on(owners, i - 1)) {
            add_actor(&asking, &owners->owners[i - 1].actor, EVIDENCE_OWNER);
        }
    }
}
