#include "cmd/log_freshness.h"

struct reading {
    struct session *session;
    const struct dossier *dossier;
    struct question question;
};

static struct log_freshness freshness_in(const struct reading *reading, const struct actor_id *author,
                                         enum evidence_role role)
{
    const struct dossier_log *log = dossier_log_of(reading->dossier, author);
    struct log_freshness out = {.age_s = UINT64_MAX, .answer = {ANSWER_UNKNOWN, REASON_NO_CHECKPOINT}};
    if (log == NULL) {
        return out;
    }
    out.budget_s = freshness_budget_s(&reading->question, reading->session->trust, log, role);
    if (log->known) {
        out.held = true;
        out.epoch = log->epoch;
        out.seq = log->head_seq;
        out.head = log->head;
        out.answer = freshness_of(&out.age_s, log, &reading->question, out.budget_s);
    }
    return out;
}

static enum store_error read_own_role(enum evidence_role *out, const struct reading *reading,
                                      struct store_txn *txn)
{
    bool is_accredited = false;
    enum store_error error = STORE_OK;
    *out = EVIDENCE_ISSUER;
    if (reading->dossier->profile_count > 0) {
        error = store_is_accredited(txn, reading->session->trust, &reading->session->actor, &is_accredited);
        *out = is_accredited ? EVIDENCE_ISSUER : EVIDENCE_SHOP;
    }
    return error;
}

static enum store_error read_all(struct log_freshness *own, struct log_freshness *owners,
                                 const struct reading *reading, struct store_txn *txn)
{
    const struct session *session = reading->session;
    enum evidence_role role;
    enum store_error error = read_own_role(&role, reading, txn);
    if (error != STORE_OK) {
        return error;
    }
    *own = freshness_in(reading, &session->actor, role);
    for (size_t i = 0; i < session->trust->owner_count; i++) {
        owners[i] = freshness_in(reading, &session->trust->owners[i].actor, EVIDENCE_OWNER);
    }
    return STORE_OK;
}

enum store_error log_freshness_read(struct log_freshness *own, struct log_freshness *owners,
                                    struct session *session, struct store_txn *txn)
{
    const struct subject self = subject_of_actor(&session->actor);
    size_t mark = arena_mark(&session->arena);
    struct dossier dossier;
    const struct reading reading = {
        .session = session,
        .dossier = &dossier,
        .question = {.now_s = session_now_s(), .known_by_s = UINT64_MAX, .budget = FRESHNESS_DEFAULT},
    };
    enum store_error error = store_dossier(txn, &session->home.network, session->trust, &self,
                                           DOSSIER_REACH_ALL, &dossier, &session->arena);
    if (error == STORE_OK) {
        error = read_all(own, owners, &reading, txn);
    }
    arena_rewind(&session->arena, mark);
    return error;
}

const char *log_freshness_word(const struct log_freshness *log)
{
    switch (log->answer.answer) {
    case ANSWER_YES:
        return "fresh";
    case ANSWER_NO:
        return "stale";
    case ANSWER_UNKNOWN:
        break;
    }
    return log->age_s == UINT64_MAX ? "unknown" : "incomplete";
}
