#include "protocol/rules/verdict.h"

#include <assert.h>

#include "protocol/base/text.h"
#include "protocol/rules/pack.h"

static struct axis_answer yes(enum reason reason)
{
    return (struct axis_answer){ANSWER_YES, reason};
}

static struct axis_answer no(enum reason reason)
{
    return (struct axis_answer){ANSWER_NO, reason};
}

static struct axis_answer unknown(enum reason reason)
{
    return (struct axis_answer){ANSWER_UNKNOWN, reason};
}

/* ---- integrity ---- */

static struct axis_answer integrity_of(const struct dossier *dossier, const struct question *question,
                                       const struct dossier_credential *credential)
{
    const struct dossier_place *place = &credential->place;
    const struct dossier_log *log = dossier_log_at(dossier, place);
    bool arrived = place->arrived_s <= question->known_by_s;
    switch (credential->source) {
    case SOURCE_MISMATCH:
        return no(REASON_PATH_MISMATCH);
    case SOURCE_UNKNOWN_ISSUER:
        return unknown(REASON_UNKNOWN_ISSUER);
    case SOURCE_UNWITNESSED:
        return unknown(REASON_UNWITNESSED);
    case SOURCE_REPLAYED:
        arrived = dossier_log_reaches(log, place->seq);
        break;
    case SOURCE_PATH:
        break;
    }
    if (!arrived) {
        return unknown(REASON_NOT_FOUND);
    }
    if (place->erased) {
        return unknown(REASON_ERASED);
    }
    if (log->upgrade_needed && dossier_log_reaches(log, log->upgrade_seq)) {
        return unknown(REASON_UPGRADE);
    }
    return yes(REASON_NONE);
}

/* ---- authority ---- */

static bool is_offered(const struct pack_code *code, uint32_t day)
{
    return (!code->has_first_day || code->first_day <= day) && (!code->has_last_day || day <= code->last_day);
}

static struct axis_answer code_answer(struct credential_verdict *out, const struct dossier *dossier,
                                      const struct trust *trust, const struct attestation *attestation)
{
    struct bytes name_space = code_namespace(attestation->code);
    const struct dossier_pack *pack = pack_on_day(dossier, trust, name_space, attestation->earned_on);
    if (pack == NULL) {
        return unknown(REASON_NO_RULE_PACK);
    }
    out->pack_code = pack_code_of(&pack->pack, attestation->code);
    if (dossier_log_disputes(dossier_log_at(dossier, &pack->place), pack->place.seq)) {
        return unknown(REASON_DISPUTED);
    }
    if (out->pack_code == NULL) {
        return no(REASON_UNKNOWN_CODE);
    }
    if (!is_offered(out->pack_code, attestation->earned_on)) {
        return no(REASON_CODE_NOT_OFFERED);
    }
    return yes(REASON_NONE);
}

static bool could_not_be_said(enum reason reason)
{
    return reason == REASON_DISPUTED || reason == REASON_UPGRADE || reason == REASON_VOIDED ||
           reason == REASON_TOO_MANY;
}

/* Fills out->authority, which is there unless the entry was erased. */
static struct axis_answer authority_answer_of(struct credential_verdict *out, const struct dossier *dossier,
                                              const struct trust *trust,
                                              const struct dossier_credential *credential)
{
    const struct attestation *attestation = &credential->attestation;
    if (out->authority == NULL) {
        return unknown(REASON_ERASED);
    }
    const struct authority_question question = {
        .issuer = dossier_log_at(dossier, &credential->place)->author,
        .code = attestation->code,
        .seq = credential->place.seq,
        .index = credential->place.index,
        .day = attestation->earned_on,
    };
    authority_of(out->authority, dossier, trust, &question);
    struct axis_answer of_code = code_answer(out, dossier, trust, attestation);
    if (out->authority->reason == REASON_NONE ||
        (could_not_be_said(out->authority->reason) && of_code.answer == ANSWER_NO)) {
        return of_code;
    }
    return could_not_be_said(out->authority->reason) ? unknown(out->authority->reason)
                                                     : no(out->authority->reason);
}

/* ---- status ---- */

/* Whether an event had arrived by then. What lies above the head that this node has replayed comes with a
 * path. */
static bool had_arrived(const struct dossier_log *log, const struct history_event *event)
{
    return dossier_log_reaches(log, event->setter_seq) || event->setter_seq > log->head_seq;
}

/* Whether the subject asked about holds the entry now, whatever its attestation names. */
static bool is_held_by_subject(const struct dossier *dossier, const struct dossier_credential *credential)
{
    return credential->has_holder && subject_equal(&credential->holder, &dossier->subject);
}

static void status_days_of(struct status_days *days, const struct dossier *dossier,
                           const struct dossier_credential *credential)
{
    const struct dossier_place *place = &credential->place;
    const struct dossier_log *log = dossier_log_at(dossier, place);
    bool stays_with_subject = is_held_by_subject(dossier, credential);
    assert(place->event_count <= HISTORY_EVENTS_MAX);
    status_days_init(days);
    for (size_t i = 0; i < place->event_count; i++) {
        const struct history_event *event = &place->events[i];
        if (!had_arrived(log, event) || (event->action == STATUS_HELD_BY && stays_with_subject)) {
            continue;
        }
        const struct status_event said = {
            .event = event,
            .index = i,
            .voided = place->event_voided[i],
            .disputed = dossier_log_disputes(log, event->setter_seq),
        };
        status_days_add(days, &said);
    }
}

/* Widen to the run of days around run at on which nothing stands against the entry and it is in its validity.
 */
static void write_extent(struct credential_verdict *out, const struct status_days *days, size_t at,
                         const struct attestation *attestation)
{
    size_t first = at;
    size_t next = at + 1;
    while (first > 0 && days->runs[first - 1].reason == REASON_NONE) {
        first--;
    }
    while (next < days->count && days->runs[next].reason == REASON_NONE) {
        next++;
    }
    uint32_t since = days->runs[first].first_day;
    uint32_t until = attestation->has_last_day ? attestation->last_day : DAY_NONE;
    out->since_day = since > attestation->valid_from ? since : attestation->valid_from;
    if (next < days->count && days->runs[next].first_day - 1 < until) {
        until = days->runs[next].first_day - 1;
    }
    out->until_day = until;
}

/* What the entry's days say of at_day, the entry's block being good. */
static struct axis_answer day_answer(struct credential_verdict *out, const struct dossier *dossier,
                                     const struct question *question,
                                     const struct dossier_credential *credential,
                                     const struct status_run *run)
{
    const struct dossier_place *place = &credential->place;
    const struct attestation *attestation = &credential->attestation;
    out->effective_day = run->effective_day;
    out->overruled = run->overruled;
    if (run->reason == REASON_REVOKED || run->reason == REASON_REPLACED || run->reason == REASON_REBOUND) {
        return no(run->reason);
    }
    if (!place->erased && question->at_day < attestation->valid_from) {
        out->effective_day = attestation->valid_from;
        return no(REASON_NOT_YET_VALID);
    }
    if (!place->erased && attestation->has_last_day && question->at_day > attestation->last_day) {
        out->effective_day = attestation->last_day;
        return no(REASON_EXPIRED);
    }
    if (run->reason == REASON_SUSPENDED) {
        return no(REASON_SUSPENDED);
    }
    if (place->erased) {
        return unknown(REASON_ERASED);
    }
    if (dossier_log_disputes(dossier_log_at(dossier, place), place->seq)) {
        return unknown(REASON_DISPUTED);
    }
    if (run->reason != REASON_NONE) {
        return unknown(run->reason);
    }
    if (attestation->has_network) {
        return unknown(REASON_CONDITION);
    }
    return yes(run->under_appeal ? REASON_UNDER_APPEAL : REASON_NONE);
}

static struct axis_answer status_of(struct credential_verdict *out, const struct dossier *dossier,
                                    const struct question *question,
                                    const struct dossier_credential *credential)
{
    const struct dossier_place *place = &credential->place;
    struct status_days days;
    if (dossier_place_is_void(dossier, place)) {
        bool disputed = dossier_log_disputes(dossier_log_at(dossier, place), place->void_seq);
        return disputed ? unknown(REASON_DISPUTED) : no(REASON_VOIDED);
    }
    status_days_of(&days, dossier, credential);
    size_t at = status_days_at(&days, question->at_day);
    struct axis_answer answer = day_answer(out, dossier, question, credential, &days.runs[at]);
    if (answer.answer == ANSWER_YES) {
        write_extent(out, &days, at, &credential->attestation);
    }
    return answer;
}

/* ---- freshness ---- */

static uint64_t budget_of(const struct question *question, const struct dossier_credential *credential)
{
    bool by_shop = !credential->place.erased && credential->attestation.basis == BASIS_EXPERIENCE;
    return by_shop ? question->budget.shop_s : question->budget.issuer_s;
}

static struct axis_answer freshness_of(struct credential_verdict *out, const struct dossier *dossier,
                                       const struct question *question,
                                       const struct dossier_credential *credential)
{
    const struct dossier_log *log = dossier_log_at(dossier, &credential->place);
    uint64_t by_s = question->known_by_s < question->now_s ? question->known_by_s : question->now_s;
    if (!log->has_checkpoint || log->checkpoint_time_s > question->known_by_s) {
        return unknown(REASON_NO_CHECKPOINT);
    }
    if (log->checkpoint_time_s > by_s && log->checkpoint_time_s - by_s > CHECKPOINT_AHEAD_S) {
        return unknown(REASON_CLOCK);
    }
    out->evidence_age_s = log->checkpoint_time_s < by_s ? by_s - log->checkpoint_time_s : 0;
    if (!dossier_log_reaches(log, log->checkpoint_seq)) {
        return unknown(REASON_INCOMPLETE);
    }
    return out->evidence_age_s <= budget_of(question, credential) ? yes(REASON_NONE) : no(REASON_STALE);
}

/* ---- together ---- */

static enum overall overall_of_axes(const struct axis_answer axes[AXIS_COUNT])
{
    if (axes[AXIS_INTEGRITY].answer == ANSWER_NO || axes[AXIS_AUTHORITY].answer == ANSWER_NO ||
        axes[AXIS_STATUS].answer == ANSWER_NO) {
        return OVERALL_INVALID;
    }
    for (int i = 0; i < AXIS_COUNT; i++) {
        if (axes[i].answer != ANSWER_YES) {
            return OVERALL_UNDETERMINED;
        }
    }
    return OVERALL_VALID;
}

static bool credential_verdict_of(struct credential_verdict *out, const struct dossier *dossier, size_t index,
                                  const struct trust *trust, const struct question *question,
                                  struct arena *arena)
{
    const struct dossier_credential *credential = &dossier->credentials[index];
    *out = (struct credential_verdict){
        .credential = index,
        .since_day = DAY_NONE,
        .until_day = DAY_NONE,
        .effective_day = DAY_NONE,
        .overruled = SIZE_MAX,
        .evidence_age_s = UINT64_MAX,
    };
    if (!credential->place.erased) {
        out->authority = arena_take(arena, sizeof *out->authority);
        if (out->authority == NULL) {
            return false;
        }
    }
    out->axes[AXIS_INTEGRITY] = integrity_of(dossier, question, credential);
    out->axes[AXIS_AUTHORITY] = authority_answer_of(out, dossier, trust, credential);
    out->axes[AXIS_STATUS] = status_of(out, dossier, question, credential);
    out->axes[AXIS_FRESHNESS] = freshness_of(out, dossier, question, credential);
    out->overall = overall_of_axes(out->axes);
    return true;
}

/* Whether a decides a required code rather than b. DAY_NONE, for life, is the latest day. */
static bool decides_before(const struct credential_verdict *a, const struct credential_verdict *b)
{
    if (a->overall == OVERALL_VALID && b->overall == OVERALL_VALID) {
        return a->until_day > b->until_day;
    }
    static const int rank[] = {[OVERALL_VALID] = 0, [OVERALL_UNDETERMINED] = 1, [OVERALL_INVALID] = 2};
    return rank[a->overall] < rank[b->overall];
}

static struct required_verdict required_of(const struct verdict *verdict, const struct dossier *dossier,
                                           struct bytes code)
{
    struct required_verdict out = {.code = code, .answer = REQUIRED_NOT_HELD, .credential = SIZE_MAX};
    for (size_t i = 0; i < verdict->credential_count; i++) {
        const struct dossier_credential *credential = &dossier->credentials[i];
        if (credential->place.erased || !bytes_equal(credential->attestation.code, code)) {
            continue;
        }
        if (out.credential == SIZE_MAX ||
            decides_before(&verdict->credentials[i], &verdict->credentials[out.credential])) {
            out.credential = i;
        }
    }
    if (out.credential == SIZE_MAX) {
        return out;
    }
    switch (verdict->credentials[out.credential].overall) {
    case OVERALL_VALID:
        out.answer = REQUIRED_HELD;
        break;
    case OVERALL_UNDETERMINED:
        out.answer = REQUIRED_UNKNOWN;
        break;
    case OVERALL_INVALID:
        out.answer = REQUIRED_NOT_HELD;
        break;
    }
    return out;
}

static void write_requirement(struct verdict *out)
{
    out->requirement = ANSWER_YES;
    for (size_t i = 0; i < out->required_count; i++) {
        if (out->required[i].answer == REQUIRED_NOT_HELD) {
            out->requirement = ANSWER_NO;
            return;
        }
        if (out->required[i].answer == REQUIRED_UNKNOWN) {
            out->requirement = ANSWER_UNKNOWN;
        }
    }
}

static enum overall overall_of_credentials(const struct verdict *verdict)
{
    enum overall overall = verdict->credential_count > 0 ? OVERALL_VALID : OVERALL_UNDETERMINED;
    for (size_t i = 0; i < verdict->credential_count; i++) {
        if (verdict->credentials[i].overall == OVERALL_INVALID) {
            return OVERALL_INVALID;
        }
        if (verdict->credentials[i].overall == OVERALL_UNDETERMINED) {
            overall = OVERALL_UNDETERMINED;
        }
    }
    return overall;
}

static enum overall overall_of_requirement(enum answer requirement)
{
    switch (requirement) {
    case ANSWER_YES:
        return OVERALL_VALID;
    case ANSWER_NO:
        return OVERALL_INVALID;
    case ANSWER_UNKNOWN:
        break;
    }
    return OVERALL_UNDETERMINED;
}

static void write_next_lapse(struct verdict *out)
{
    out->next_lapse_day = DAY_NONE;
    out->next_lapse = SIZE_MAX;
    for (size_t i = 0; i < out->credential_count; i++) {
        const struct credential_verdict *credential = &out->credentials[i];
        if (credential->overall == OVERALL_VALID && credential->until_day < out->next_lapse_day) {
            out->next_lapse_day = credential->until_day;
            out->next_lapse = i;
        }
    }
}

bool verdict_of(struct verdict *out, const struct dossier *dossier, const struct trust *trust,
                const struct question *question, struct arena *arena)
{
    *out = (struct verdict){.credential_count = dossier->credential_count,
                            .required_count = question->required_count};
    out->credentials = arena_take(arena, out->credential_count * sizeof out->credentials[0]);
    out->required = arena_take(arena, out->required_count * sizeof out->required[0]);
    if (out->credentials == NULL || out->required == NULL) {
        return false;
    }
    for (size_t i = 0; i < out->credential_count; i++) {
        if (!credential_verdict_of(&out->credentials[i], dossier, i, trust, question, arena)) {
            return false;
        }
    }
    for (size_t i = 0; i < out->required_count; i++) {
        out->required[i] = required_of(out, dossier, question->required[i]);
    }
    write_requirement(out);
    write_next_lapse(out);
    out->overall =
        question->required_count > 0 ? overall_of_requirement(out->requirement) : overall_of_credentials(out);
    return true;
}
