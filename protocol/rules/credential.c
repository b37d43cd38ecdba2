#include "protocol/rules/credential.h"

#include <assert.h>
#include <string.h>

#include "protocol/base/text.h"
#include "protocol/rules/freshness.h"
#include "protocol/rules/holding.h"
#include "protocol/rules/pack.h"
#include "protocol/rules/weight.h"

/* What one call works with. Credentials that follow each other are mostly of one namespace: its owners are
 * looked up once. */
struct decision {
    const struct dossier *dossier;
    const struct trust *trust;
    const struct question *question;
    struct arena *arena;
    struct bytes name_space; /* of owners; empty at first */
    struct namespace_owners owners;
    struct authority_answer *authorities; /* one for each credential */
};

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

static struct axis_answer integrity_of(const struct decision *decision,
                                       const struct dossier_credential *credential)
{
    const struct dossier_place *place = &credential->place;
    const struct dossier_log *log = dossier_log_at(decision->dossier, place);
    bool arrived = place->arrived_s <= decision->question->known_by_s;
    switch (credential->source) {
    case SOURCE_MISMATCH:
        return no(REASON_PATH_MISMATCH);
    case SOURCE_UNKNOWN_ISSUER:
        return unknown(REASON_UNKNOWN_ISSUER);
    case SOURCE_UNWITNESSED:
        return unknown(REASON_UNWITNESSED);
    case SOURCE_REPLAYED:
        arrived = dossier_place_arrived(decision->dossier, place);
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

static const struct namespace_owners *owners_of(struct decision *decision, struct bytes name_space)
{
    if (!bytes_equal(decision->name_space, name_space)) {
        namespace_owners_of(&decision->owners, decision->dossier, decision->trust, name_space);
        decision->name_space = name_space;
    }
    return &decision->owners;
}

static struct axis_answer code_answer(struct credential_verdict *out, const struct dossier *dossier,
                                      const struct namespace_owners *owners,
                                      const struct attestation *attestation)
{
    const struct dossier_pack *pack =
        pack_under(dossier, owners, code_namespace(attestation->code), attestation->earned_on);
    if (pack == NULL) {
        return unknown(REASON_NO_RULE_PACK);
    }
    out->pack_code = pack_code_of(&pack->pack, attestation->code);
    if (pack_is_disputed(dossier, pack)) {
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

/* Fills out->authority, which is there unless the entry was erased. */
static struct axis_answer authority_answer_of(struct credential_verdict *out, struct decision *decision,
                                              const struct dossier_credential *credential)
{
    const struct dossier *dossier = decision->dossier;
    const struct attestation *attestation = &credential->attestation;
    if (out->authority == NULL) {
        return unknown(REASON_ERASED);
    }
    const struct namespace_owners *owners = owners_of(decision, code_namespace(attestation->code));
    const struct authority_question question = {
        .issuer = dossier_log_at(dossier, &credential->place)->author,
        .code = attestation->code,
        .place = &credential->place,
        .day = attestation->earned_on,
        .state = decision->question->state,
    };
    authority_under(out->authority, dossier, decision->trust, owners, &question);
    struct axis_answer of_code = code_answer(out, dossier, owners, attestation);
    if (out->authority->reason == REASON_NONE ||
        (authority_is_unknown(out->authority->reason) && of_code.answer == ANSWER_NO)) {
        return of_code;
    }
    return authority_is_unknown(out->authority->reason) ? unknown(out->authority->reason)
                                                        : no(out->authority->reason);
}

/* ---- status ---- */

static void status_days_of(struct status_days *days, const struct dossier *dossier,
                           const struct dossier_credential *credential, struct holding holding)
{
    const struct dossier_place *place = &credential->place;
    assert(place->event_count <= STATUS_EVENTS_MAX);
    status_days_init(days);
    for (size_t i = 0; i < place->event_count; i++) {
        const struct history_event *event = &place->events[i];
        struct weighed weighed = event_weigh(dossier, place, i);
        if (!event_had_arrived(dossier, place, i) ||
            (event->action == STATUS_HELD_BY && !holding_speaks(holding, dossier, credential, i)) ||
            (weighed.weight == WEIGHT_NOTHING && weighed.reason == REASON_DROPPED)) {
            continue;
        }
        const struct status_event said = {.event = event, .index = i, .doubt = weighed.reason};
        status_days_add(days, &said);
    }
}

static enum said_standing standing_of_weight(struct weighed weighed)
{
    switch ((int)weighed.reason) {
    case REASON_VOIDED:
        return SAID_VOIDED;
    case REASON_REWOUND:
        return SAID_REWOUND;
    case REASON_DROPPED:
        return SAID_DROPPED;
    default:
        return SAID_DISPUTED;
    }
}

static enum said_standing standing_of(const struct dossier *dossier, const struct dossier_place *place,
                                      size_t at, const struct status_run *run, uint32_t at_day)
{
    const struct history_event *event = &place->events[at];
    struct weighed weighed = event_weigh(dossier, place, at);
    if (!event_had_arrived(dossier, place, at)) {
        return SAID_NOT_BY_THEN;
    }
    if (weighed.weight != WEIGHT_FULL) {
        return standing_of_weight(weighed);
    }
    bool waits = event->action == STATUS_REINSTATED && run->fates[at] == FATE_NONE;
    if (event->effective_day > at_day || waits) {
        return SAID_TO_COME;
    }
    return run->fates[at] == FATE_OVERRULED ? SAID_OVERRULED : SAID_STANDS;
}

/* Returns: false when the arena is full. */
static bool write_said(struct credential_verdict *out, const struct dossier_place *place,
                       const struct status_days *days, const struct decision *decision)
{
    uint32_t at_day = decision->question->at_day;
    const struct status_run *run = &days->runs[status_days_at(days, at_day)];
    if (place->event_count == 0) {
        return true;
    }
    enum said_standing *said = arena_take(decision->arena, place->event_count * sizeof said[0]);
    if (said == NULL) {
        return false;
    }
    for (size_t i = 0; i < place->event_count; i++) {
        said[i] = standing_of(decision->dossier, place, i, run, at_day);
    }
    out->said = said;
    return true;
}

/* Why it is neither yes nor no on any day that nothing else stands against: its bytes are gone, or its block
 * is in doubt, or whether the one asked about holds it. */
static enum reason doubt_of(const struct dossier_place *place, struct weighed weighed, struct holding holding)
{
    if (place->erased) {
        return REASON_ERASED;
    }
    if (weighed.weight == WEIGHT_DOUBTFUL) {
        return weighed.reason;
    }
    return holding.doubt;
}

/* Its validity. What documents experience does not expire; what was erased has none that anybody knows. */
static struct day_interval validity_of(const struct dossier_credential *credential)
{
    const struct attestation *attestation = &credential->attestation;
    if (credential->place.erased) {
        return (struct day_interval){.first = 0, .last = DAY_NONE};
    }
    bool ends = attestation->has_last_day && attestation->basis != BASIS_EXPERIENCE;
    return (struct day_interval){.first = attestation->valid_from,
                                 .last = ends ? attestation->last_day : DAY_NONE};
}

static enum answer answer_of_run(const struct status_run *run, enum reason doubt)
{
    if (status_reason_is_doubt(run->reason)) {
        return ANSWER_UNKNOWN;
    }
    if (run->reason != REASON_NONE) {
        return ANSWER_NO;
    }
    return doubt == REASON_NONE ? ANSWER_YES : ANSWER_UNKNOWN;
}

/* Intervals that come in ascending order, at most one for each run. */
struct run_days {
    size_t count;
    struct day_interval intervals[STATUS_RUNS_MAX];
};

static void add_days(struct run_days *days, uint32_t first, uint32_t last)
{
    if (days->count > 0 && days->intervals[days->count - 1].last + 1 == first) {
        days->intervals[days->count - 1].last = last;
        return;
    }
    days->intervals[days->count++] = (struct day_interval){.first = first, .last = last};
}

static bool keep_days(struct day_set *out, const struct run_days *days, struct arena *arena)
{
    struct day_interval *kept = arena_take(arena, days->count * sizeof kept[0]);
    if (kept == NULL) {
        return false;
    }
    memcpy(kept, days->intervals, days->count * sizeof kept[0]);
    *out = days->count == 0 ? DAY_SET_NONE : (struct day_set){.count = days->count, .intervals = kept};
    return true;
}

/* The days of its validity on which what was said lets it hold. */
static bool days_of_status(struct day_truth *out, const struct status_days *status,
                           struct day_interval validity, enum reason doubt, struct arena *arena)
{
    struct run_days surely;
    struct run_days possibly;
    surely.count = 0;
    possibly.count = 0;
    for (size_t i = 0; i < status->count; i++) {
        uint32_t first = status->runs[i].first_day;
        uint32_t last = i + 1 < status->count ? status->runs[i + 1].first_day - 1 : DAY_NONE;
        enum answer answer = answer_of_run(&status->runs[i], doubt);
        first = first > validity.first ? first : validity.first;
        last = last < validity.last ? last : validity.last;
        if (answer == ANSWER_NO || first > last) {
            continue;
        }
        add_days(&possibly, first, last);
        if (answer == ANSWER_YES) {
            add_days(&surely, first, last);
        }
    }
    if (!keep_days(&out->surely, &surely, arena)) {
        return false;
    }
    out->possibly = out->surely;
    bool alike = surely.count == possibly.count && memcmp(surely.intervals, possibly.intervals,
                                                          surely.count * sizeof(struct day_interval)) == 0;
    return alike || keep_days(&out->possibly, &possibly, arena);
}

/* What the entry's days say of at_day, its block not being void for certain. */
static struct axis_answer day_answer(struct credential_verdict *out, uint32_t at_day,
                                     struct day_interval validity, enum reason doubt,
                                     const struct status_run *run)
{
    out->effective_day = run->effective_day;
    out->appeal_day = run->appeal_day;
    if (run->reason == REASON_REVOKED || run->reason == REASON_REPLACED || run->reason == REASON_REBOUND) {
        return no(run->reason);
    }
    if (at_day < validity.first) {
        out->effective_day = validity.first;
        return no(REASON_NOT_YET_VALID);
    }
    if (at_day > validity.last) {
        out->effective_day = validity.last;
        return no(REASON_EXPIRED);
    }
    if (run->reason == REASON_SUSPENDED) {
        return no(REASON_SUSPENDED);
    }
    if (doubt != REASON_NONE) {
        return unknown(doubt);
    }
    if (run->reason != REASON_NONE) {
        return unknown(run->reason);
    }
    return yes(run->under_appeal ? REASON_UNDER_APPEAL : REASON_NONE);
}

/* Writes the status axis and days, those of the status alone. Returns: false when the arena is full. */
static bool write_status(struct credential_verdict *out, const struct decision *decision,
                         const struct dossier_credential *credential)
{
    const struct dossier *dossier = decision->dossier;
    uint32_t at_day = decision->question->at_day;
    const struct dossier_place *place = &credential->place;
    struct weighed weighed = place_weigh(dossier, place, STANCE_FOR);
    struct holding holding = holding_of(dossier, credential);
    struct status_days status;
    status_days_of(&status, dossier, credential, holding);
    if (!write_said(out, place, &status, decision)) {
        return false;
    }
    if (weighed.weight == WEIGHT_NOTHING) {
        out->days = day_truth_no;
        out->axes[AXIS_STATUS] = no(weighed.reason);
        return true;
    }
    enum reason doubt = doubt_of(place, weighed, holding);
    struct day_interval validity = validity_of(credential);
    const struct status_run *run = &status.runs[status_days_at(&status, at_day)];
    out->axes[AXIS_STATUS] = day_answer(out, at_day, validity, doubt, run);
    if (!days_of_status(&out->days, &status, validity, doubt, decision->arena)) {
        return false;
    }
    if (out->axes[AXIS_STATUS].answer == ANSWER_YES) {
        const struct day_interval *held = day_set_run(out->days.surely, at_day);
        out->since_day = held->first;
        out->until_day = held->last;
    }
    return true;
}

/* ---- freshness ---- */

static uint64_t budget_of(const struct question *question, const struct dossier_credential *credential)
{
    bool by_shop = !credential->place.erased && credential->attestation.basis == BASIS_EXPERIENCE;
    return by_shop ? question->budget.shop_s : question->budget.issuer_s;
}

static struct axis_answer freshness_answer_of(struct credential_verdict *out, const struct decision *decision,
                                              const struct dossier_credential *credential)
{
    const struct dossier_log *log = dossier_log_at(decision->dossier, &credential->place);
    uint64_t budget_s = budget_of(decision->question, credential);
    return freshness_of(&out->evidence_age_s, log, decision->question, budget_s);
}

/* A shop that has not been heard of for long may have said meanwhile that she left. */
static void doubt_old_memberships(struct credentials *out, const struct decision *decision)
{
    for (size_t i = 0; i < out->membership_count; i++) {
        struct membership *membership = &out->memberships[i];
        const struct dossier_log *log = dossier_log_of(decision->dossier, &membership->shop);
        uint64_t age_s;
        struct axis_answer fresh =
            freshness_of(&age_s, log, decision->question, decision->question->budget.shop_s);
        if (fresh.answer != ANSWER_YES && membership->days.surely.count > 0) {
            membership->days.surely = DAY_SET_NONE;
            membership->doubt = fresh.reason;
        }
    }
}

/* ---- together ---- */

enum overall overall_of_axes(const struct axis_answer axes[AXIS_COUNT])
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

static int rank_of(const struct credential_verdict *verdict)
{
    static const int rank[] = {[OVERALL_VALID] = 0, [OVERALL_UNDETERMINED] = 1, [OVERALL_INVALID] = 2};
    return credential_is_by_stranger(verdict) ? 3 : rank[verdict->overall];
}

bool credential_goes_before(const struct credential_verdict *a, const struct credential_verdict *b)
{
    if (a->overall == OVERALL_VALID && b->overall == OVERALL_VALID) {
        return a->until_day > b->until_day; /* DAY_NONE, for life, is the latest day */
    }
    return rank_of(a) < rank_of(b);
}

/* The axes that are the same on all days leave nothing of days, or nothing sure. */
static void cut_days(struct credential_verdict *out)
{
    if (out->axes[AXIS_INTEGRITY].answer == ANSWER_NO || out->axes[AXIS_AUTHORITY].answer == ANSWER_NO) {
        out->days = day_truth_no;
        return;
    }
    if (out->axes[AXIS_INTEGRITY].answer != ANSWER_YES || out->axes[AXIS_AUTHORITY].answer != ANSWER_YES ||
        out->axes[AXIS_FRESHNESS].answer != ANSWER_YES) {
        out->days.surely = DAY_SET_NONE;
    }
}

/* All but its own condition. Requires: *out is zeroed. Returns: false when the arena is full. */
static bool decide_alone(struct credential_verdict *out, struct decision *decision, size_t index)
{
    const struct dossier_credential *credential = &decision->dossier->credentials[index];
    out->credential = index;
    out->since_day = DAY_NONE;
    out->until_day = DAY_NONE;
    out->effective_day = DAY_NONE;
    out->appeal_day = DAY_NONE;
    out->evidence_age_s = UINT64_MAX;
    out->authority = credential->place.erased ? NULL : &decision->authorities[index];
    out->axes[AXIS_INTEGRITY] = integrity_of(decision, credential);
    out->axes[AXIS_AUTHORITY] = authority_answer_of(out, decision, credential);
    out->axes[AXIS_FRESHNESS] = freshness_answer_of(out, decision, credential);
    if (!write_status(out, decision, credential)) {
        return false;
    }
    cut_days(out);
    out->overall = overall_of_axes(out->axes);
    return true;
}

/* ---- conditions ---- */

void credential_narrow(struct credential_verdict *verdict, const struct day_truth *days, enum reason reason,
                       uint32_t at_day)
{
    struct axis_answer *status = &verdict->axes[AXIS_STATUS];
    enum answer answer = day_truth_on(days, at_day);
    if (status->answer == ANSWER_YES && answer == ANSWER_YES) {
        const struct day_interval *run = day_set_run(days->surely, at_day);
        verdict->since_day = run->first > verdict->since_day ? run->first : verdict->since_day;
        verdict->until_day = run->last < verdict->until_day ? run->last : verdict->until_day;
        return;
    }
    if (answer == ANSWER_YES || status->answer == ANSWER_NO ||
        (status->answer == ANSWER_UNKNOWN && answer == ANSWER_UNKNOWN)) {
        return;
    }
    const struct day_interval *before = day_set_before(days->possibly, at_day);
    *status = (struct axis_answer){answer, reason};
    verdict->since_day = DAY_NONE;
    verdict->until_day = DAY_NONE;
    verdict->effective_day = answer == ANSWER_NO && before != NULL ? before->last + 1 : DAY_NONE;
    verdict->overall = overall_of_axes(verdict->axes);
}

/* Narrow a credential by its own condition. What a shop holds may not hang on others' memberships: nobody's
 * network is followed further than that. Returns: false when the arena is full. */
static bool apply_condition(const struct credentials *credentials, struct credential_verdict *verdict,
                            const struct decision *decision)
{
    const struct dossier *dossier = decision->dossier;
    const struct dossier_credential *credential = &dossier->credentials[verdict->credential];
    uint32_t at_day = decision->question->at_day;
    struct day_truth days = day_truth_unknown;
    if (credential->about != ABOUT_SHOP &&
        !network_days(&days, dossier, credentials, credential->attestation.network_code, decision->arena)) {
        return false;
    }
    bool outside = day_truth_on(&days, at_day) == ANSWER_NO;
    credential_narrow(verdict, &days, outside ? REASON_OUTSIDE_NETWORK : REASON_CONDITION, at_day);
    return day_truth_and(&verdict->days, &verdict->days, &days, decision->arena);
}

static bool apply_conditions(struct credentials *credentials, bool of_shops, const struct decision *decision)
{
    for (size_t i = 0; i < credentials->count; i++) {
        const struct dossier_credential *credential = &decision->dossier->credentials[i];
        bool applies = !credential->place.erased && credential->attestation.has_network &&
                       (credential->about == ABOUT_SHOP) == of_shops;
        if (applies && !apply_condition(credentials, &credentials->verdicts[i], decision)) {
            return false;
        }
    }
    return true;
}

bool credentials_decide(struct credentials *out, const struct dossier *dossier, const struct trust *trust,
                        const struct question *question, struct arena *arena)
{
    struct decision decision = {.dossier = dossier, .trust = trust, .question = question, .arena = arena};
    *out = (struct credentials){.count = dossier->credential_count};
    out->verdicts = arena_take(arena, out->count * sizeof out->verdicts[0]);
    decision.authorities = arena_take(arena, out->count * sizeof decision.authorities[0]);
    if (out->verdicts == NULL || decision.authorities == NULL ||
        !memberships_of(&out->memberships, &out->membership_count, dossier, question->network, arena)) {
        return false;
    }
    doubt_old_memberships(out, &decision);
    for (size_t i = 0; i < out->count; i++) {
        if (!decide_alone(&out->verdicts[i], &decision, i)) {
            return false;
        }
    }
    return apply_conditions(out, true, &decision) && apply_conditions(out, false, &decision);
}
