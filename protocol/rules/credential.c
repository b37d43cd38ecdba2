#include "protocol/rules/credential.h"

#include <assert.h>
#include <string.h>

#include "protocol/base/sort.h"
#include "protocol/base/text.h"
#include "protocol/rules/answered.h"
#include "protocol/rules/bearing.h"
#include "protocol/rules/freshness.h"
#include "protocol/rules/holding.h"
#include "protocol/rules/pack_history.h"
#include "protocol/rules/setters.h"
#include "protocol/rules/weight.h"

/* What one call works with. Credentials that follow each other are mostly of one namespace: its owners are
 * looked up once. */
struct decision {
    const struct dossier *dossier;
    const struct trust *trust;
    const struct question *question;
    bool denied; /* everything is */
    struct arena *arena;
    struct bytes name_space; /* of owners; empty at first */
    struct namespace_owners owners;
    struct chain_freshness above; /* under these owners */
    /* Under these owners: the pack in force on the day that was asked about last; DAY_NONE: none was. */
    uint32_t pack_day;
    const struct dossier_pack *pack;
    struct authority_answer *authorities; /* one for each credential */
    struct answered *answered;
    /* Of the one being decided: who stood how when saying each of its events, and when its block was voided.
     */
    struct setting setters[STATUS_EVENTS_MAX];
    struct setting voider;
    struct setting event_voiders[STATUS_EVENTS_MAX]; /* the same of the blocks of its events */
    enum spoken spoken_event_voiders[STATUS_EVENTS_MAX];
    enum spoken spoken_entry; /* itself */
    struct setting *voiders;  /* who stood how when saying each void of the dossier that matters here */
    enum spoken spoken_events[STATUS_EVENTS_MAX];
    enum spoken *spoken_voids; /* each of the dossier's */
    /* Whether a void that a cut keeps voids its block, or an event's. */
    bool kept_void;
    bool event_kept_void[STATUS_EVENTS_MAX];
    struct held_word words[STATUS_EVENTS_MAX]; /* how each of its `held by` counts */
    size_t held_count;
    struct held_days held[HELD_DAYS_MAX]; /* whose it is, by them */
    bool any_late;                        /* whether any pack may be late for a day */
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

static const struct namespace_owners *owners_of(struct decision *decision, struct bytes name_space)
{
    if (!bytes_equal(decision->name_space, name_space)) {
        namespace_owners_of(&decision->owners, decision->dossier, decision->trust, name_space);
        decision->name_space = name_space;
        decision->above.chain_size = 0;
        decision->pack_day = DAY_NONE;
    }
    return &decision->owners;
}

/* By one pack. */
static struct axis_answer code_answer_by(const struct dossier *dossier, const struct namespace_owners *owners,
                                         const struct dossier_pack *pack, const struct pack_code *row,
                                         uint32_t earned_on)
{
    if (pack_is_disputed(dossier, owners, pack)) {
        return unknown(REASON_DISPUTED);
    }
    if (row == NULL) {
        return no(REASON_UNKNOWN_CODE);
    }
    return pack_code_is_offered(row, earned_on) ? yes(REASON_NONE) : no(REASON_CODE_NOT_OFFERED);
}

/* A certain yes by a late pack goes before all else that is said, a doubt before a no. */
static bool is_better(struct axis_answer answer, struct axis_answer than)
{
    return than.answer != ANSWER_YES && answer.answer != ANSWER_NO && answer.answer != than.answer;
}

/* Note a late pack that has the code no more. */
static void note_gone(struct credential_verdict *out, const struct dossier *dossier,
                      const struct namespace_owners *owners, const struct attestation *attestation)
{
    struct pack_voices voices;
    pack_voices_on(&voices, dossier, owners, code_namespace(attestation->code), attestation->earned_on);
    for (size_t i = 1; i < voices.count; i++) {
        if (pack_code_of(&voices.packs[i]->pack, attestation->code) == NULL) {
            out->later_rules = voices.packs[i];
        }
    }
}

static struct axis_answer code_answer_by_late(struct credential_verdict *out, struct axis_answer answer,
                                              const struct dossier *dossier,
                                              const struct namespace_owners *owners,
                                              const struct attestation *attestation)
{
    struct pack_voices voices;
    note_gone(out, dossier, owners, attestation);
    pack_voices_for(&voices, dossier, owners, attestation->code, attestation->earned_on);
    for (size_t i = 0; i < voices.count; i++) {
        const struct pack_code *row = pack_code_of(&voices.packs[i]->pack, attestation->code);
        struct axis_answer by_it =
            code_answer_by(dossier, owners, voices.packs[i], row, attestation->earned_on);
        if (i == 0 || is_better(by_it, answer)) {
            answer = by_it;
            out->pack = voices.packs[i];
            out->pack_code = row;
        } else if (by_it.answer == ANSWER_NO && answer.answer != ANSWER_NO) {
            out->later_rules = voices.packs[i];
        }
    }
    return answer;
}

static bool any_is_late(const struct dossier *dossier)
{
    for (size_t i = 0; i < dossier->pack_count; i++) {
        if (dossier->packs[i].place.below_s != 0) {
            return true;
        }
    }
    return false;
}

/* What somebody earned follows each other, mostly earned on few days. Requires: name_space is that of
 * decision->owners. */
static const struct dossier_pack *pack_of_day(struct decision *decision, struct bytes name_space,
                                              uint32_t day)
{
    if (decision->pack_day != day) {
        decision->pack = pack_under(decision->dossier, &decision->owners, name_space, day);
        decision->pack_day = day;
    }
    return decision->pack;
}

static struct axis_answer code_answer_under(struct credential_verdict *out, const struct decision *decision,
                                            const struct namespace_owners *owners,
                                            const struct dossier_pack *pack,
                                            const struct attestation *attestation)
{
    const struct dossier *dossier = decision->dossier;
    if (pack == NULL) {
        return unknown(dossier->cuts.packs ? REASON_LIMIT : REASON_NO_RULE_PACK);
    }
    out->pack = pack;
    out->pack_code = pack_code_of(&pack->pack, attestation->code);
    struct axis_answer answer = code_answer_by(dossier, owners, pack, out->pack_code, attestation->earned_on);
    return decision->any_late ? code_answer_by_late(out, answer, dossier, owners, attestation) : answer;
}

/* Where it is in doubt who has the namespace, a code is as unknown as that if it would be another answer. */
static struct axis_answer code_answer(struct credential_verdict *out, struct decision *decision,
                                      const struct namespace_owners *owners,
                                      const struct attestation *attestation)
{
    struct bytes name_space = code_namespace(attestation->code);
    struct axis_answer answer = code_answer_under(
        out, decision, owners, pack_of_day(decision, name_space, attestation->earned_on), attestation);
    for (size_t i = 0; i < owners->tenure_count && answer.answer != ANSWER_UNKNOWN; i++) {
        struct credential_verdict otherwise = {.pack = NULL};
        struct namespace_owners supposed;
        if (owners->tenures[i].doubt == REASON_NONE) {
            continue;
        }
        namespace_owners_supposing(&supposed, owners, i);
        const struct dossier_pack *pack =
            pack_under(decision->dossier, &supposed, name_space, attestation->earned_on);
        if (code_answer_under(&otherwise, decision, &supposed, pack, attestation).answer != answer.answer) {
            answer = unknown(owners->tenures[i].doubt);
        }
    }
    return answer;
}

static struct authority_question question_of(const struct decision *decision,
                                             const struct dossier_credential *credential)
{
    return (struct authority_question){
        .issuer = dossier_log_at(decision->dossier, &credential->place)->author,
        .code = credential->attestation.code,
        .place = &credential->place,
        .day = credential->attestation.earned_on,
        .state = decision->question->state,
        .answered = decision->answered,
    };
}

static struct axis_answer of_code_in_time(struct axis_answer of_code, const struct accreditation_end *end)
{
    if (end->limited) {
        return unknown(REASON_LIMIT);
    }
    return end->lateness == LATE_YES ? unknown(REASON_SIGNED_AFTER_END) : of_code;
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
    const struct authority_question question = question_of(decision, credential);
    answered_authority(out->authority, dossier, decision->trust, owners, &question);
    struct axis_answer of_code = code_answer(out, decision, owners, attestation);
    if (out->authority->reason == REASON_NONE && of_code.answer == ANSWER_YES) {
        out->end =
            accreditation_end_of(dossier, decision->trust, owners, credential, &question, out->authority);
        return of_code_in_time(of_code, &out->end);
    }
    if (out->authority->reason == REASON_NONE ||
        (authority_is_unknown(out->authority->reason) && of_code.answer == ANSWER_NO)) {
        return of_code;
    }
    return authority_is_unknown(out->authority->reason) ? unknown(out->authority->reason)
                                                        : no(out->authority->reason);
}

/* ---- status ---- */

/* A void of what is not for somebody is against nobody: beyond a cut it is nothing. */
static enum spoken spoken_of_voider(const struct setting *voider, struct bearing voided)
{
    return voider->setter == SETTER_BEYOND && !bearing_is_for(voided) ? SPOKEN_NOT : setting_spoken(voider);
}

static struct spoken_of spoken_of(const struct decision *decision)
{
    const struct bearing attested = bearing_of_entry(ENTRY_ATTESTATION, NULL);
    return (struct spoken_of){.entry = decision->spoken_entry,
                              .events = decision->spoken_events,
                              .voids = decision->spoken_voids,
                              .voider = spoken_of_voider(&decision->voider, attested),
                              .event_voiders = decision->spoken_event_voiders};
}

/* What a void takes that is said beyond a cut, or perhaps, is in doubt. */
static struct weighed unless_taken_beyond(struct weighed weighed, const struct setting *voider)
{
    bool taken = weighed.weight == WEIGHT_NOTHING && weighed.reason == REASON_VOIDED;
    if (taken && voider->setter == SETTER_BEYOND) {
        return (struct weighed){WEIGHT_DOUBTFUL, REASON_BEYOND_CUT};
    }
    return taken && voider->setter == SETTER_IN_DOUBT ? (struct weighed){WEIGHT_DOUBTFUL, voider->doubt}
                                                      : weighed;
}

/* What the cut that ends an accreditation covers counts, whatever became of its branch. */
static struct weighed weigh_event(const struct decision *decision, const struct dossier_place *place,
                                  size_t at)
{
    if (decision->event_kept_void[at]) {
        return (struct weighed){WEIGHT_DOUBTFUL, REASON_VOIDED};
    }
    if (decision->setters[at].setter != SETTER_KEPT) {
        return unless_taken_beyond(event_weigh(decision->dossier, place, at, spoken_of(decision)),
                                   &decision->event_voiders[at]);
    }
    bool voided = place->event_voided[at] && decision->spoken_event_voiders[at] != SPOKEN_NOT;
    return voided ? (struct weighed){WEIGHT_DOUBTFUL, REASON_VOIDED}
                  : (struct weighed){WEIGHT_FULL, REASON_NONE};
}

static struct weighed weigh_place(const struct decision *decision, const struct credential_verdict *verdict,
                                  const struct dossier_place *place)
{
    bool kept = place->block.dropped_s != 0 && verdict->authority != NULL &&
                verdict->authority->reason == REASON_NONE && verdict->authority->recorded == ANSWER_YES;
    if (decision->kept_void) {
        return (struct weighed){WEIGHT_NOTHING, REASON_VOIDED};
    }
    if (!kept) {
        return entry_weigh(decision->dossier, place, stance_of_entry(ENTRY_ATTESTATION, NULL, PARTY_SUBJECT),
                           spoken_of(decision));
    }
    /* A void that names the branch was said on another one, which the cut does not cover. */
    return place->voided && decision->voider.setter != SETTER_CLOSED
               ? (struct weighed){WEIGHT_DOUBTFUL, REASON_BEYOND_CUT}
               : kept_weigh(decision->dossier, place, spoken_of(decision));
}

/* Why one of the events is in doubt: by where its block stands, else by who says it. */
static enum reason doubt_of_event(const struct decision *decision, const struct dossier_place *place,
                                  size_t at)
{
    enum reason doubt = weigh_event(decision, place, at).reason;
    return doubt != REASON_NONE ? doubt : setting_doubt(&decision->setters[at], place->events[at].action);
}

static struct held_word word_of(const struct decision *decision, const struct dossier_place *place, size_t at)
{
    const struct weighed nothing = {WEIGHT_NOTHING, REASON_BEYOND_CUT};
    struct weighed weighed = weigh_event(decision, place, at);
    const struct weighed doubtful = {WEIGHT_DOUBTFUL, doubt_of_event(decision, place, at)};
    switch (decision->setters[at].setter) {
    case SETTER_CLOSED:
        return (struct held_word){nothing, nothing};
    case SETTER_BEYOND:
        return (struct held_word){weighed.weight == WEIGHT_NOTHING ? weighed : doubtful, nothing};
    case SETTER_IN_DOUBT:
        weighed = weighed.weight == WEIGHT_FULL ? doubtful : weighed;
        break;
    case SETTER_LATE:
        if (weighed.weight == WEIGHT_FULL) {
            return (struct held_word){weighed, {WEIGHT_DOUBTFUL, decision->setters[at].doubt}};
        }
        break;
    case SETTER_WITHIN:
    case SETTER_KEPT:
        break;
    }
    return (struct held_word){weighed, weighed};
}

static void weigh_words(struct decision *decision, const struct dossier_place *place)
{
    for (size_t i = 0; i < place->event_count; i++) {
        if (place->events[i].action == STATUS_HELD_BY) {
            decision->words[i] = word_of(decision, place, i);
        }
    }
}

/* Whether an event in doubt may count in full. */
static bool may_stand(const struct decision *decision, const struct dossier_place *place, size_t at,
                      struct weighed weighed)
{
    bool side = place->event_blocks != NULL && place->event_blocks[at].side;
    if (weighed.weight == WEIGHT_FULL) {
        return decision->setters[at].setter == SETTER_IN_DOUBT;
    }
    return weighed.weight == WEIGHT_DOUBTFUL && !side && !decision->event_kept_void[at];
}

/* The first day that is not of a run of decision->held; 0: there is none. */
static uint32_t held_end(const struct decision *decision, size_t run)
{
    return run + 1 < decision->held_count ? decision->held[run + 1].first_day : 0;
}

/* Let a `held by` speak on the days on which it takes the credential from the one asked about. */
static void add_held_by(struct status_days *days, const struct decision *decision,
                        const struct dossier_credential *credential, struct status_event said)
{
    const uint32_t from_day = said.from_day;
    for (size_t i = 0; i < decision->held_count; i++) {
        const struct held_days *held = &decision->held[i];
        said.from_day = held->first_day > from_day ? held->first_day : from_day;
        said.end_day = held_end(decision, i);
        if (holding_speaks(held, credential, decision->words, said.index)) {
            status_days_add(days, &said);
        }
    }
}

/* Let one of the events speak of the days from from_day on, if it does. */
static void add_event(struct status_days *days, const struct decision *decision,
                      const struct dossier_credential *credential, size_t at, uint32_t from_day)
{
    const struct dossier_place *place = &credential->place;
    const struct history_event *event = &place->events[at];
    struct weighed weighed = weigh_event(decision, place, at);
    if (!event_had_arrived(decision->dossier, place, at) || decision->setters[at].setter == SETTER_CLOSED ||
        (weighed.weight == WEIGHT_NOTHING && weighed.reason == REASON_DROPPED)) {
        return;
    }
    const struct status_event said = {.event = event,
                                      .index = at,
                                      .doubt = doubt_of_event(decision, place, at),
                                      .may_stand = may_stand(decision, place, at, weighed),
                                      .from_day = from_day,
                                      .void_seq = event_void_seq(place, at)};
    if (event->action == STATUS_HELD_BY) {
        add_held_by(days, decision, credential, said);
        return;
    }
    status_days_add(days, &said);
}

static bool is_of_appeal(enum status_action action)
{
    return action == STATUS_APPEALED || action == STATUS_APPEAL_DECIDED;
}

/* What a kept branch takes back is what was said below on it, and in earlier epochs: what was said beside it
 * in its own comes before it in the order, and is said again on the days that it spoke of. */
static void say_again_beside(struct status_days *days, const struct decision *decision,
                             const struct dossier_credential *credential, size_t at)
{
    const struct dossier_place *place = &credential->place;
    const struct history_event *event = &place->events[at];
    bool takes_back = event->action == STATUS_REINSTATED || event->action == STATUS_APPEAL_DECIDED;
    if (!takes_back || doubt_of_event(decision, place, at) != REASON_NONE) {
        return;
    }
    for (size_t i = 0; i < at; i++) {
        if (is_of_appeal(place->events[i].action) == is_of_appeal(event->action) &&
            event_is_beside(decision->dossier, place, at, i)) {
            add_event(days, decision, credential, i, event->effective_day);
        }
    }
}

static void status_days_of(struct status_days *days, const struct decision *decision,
                           const struct dossier_credential *credential)
{
    const struct dossier_place *place = &credential->place;
    const struct status_left left = entry_left(decision->dossier, place, spoken_of(decision));
    assert(place->event_count <= STATUS_EVENTS_MAX);
    status_days_init(days);
    for (size_t i = 0; i < place->event_count; i++) {
        status_days_leave(days, left, i);
        add_event(days, decision, credential, i, 0);
        say_again_beside(days, decision, credential, i);
    }
    status_days_leave(days, left, place->event_count);
    for (size_t i = 0; i < decision->held_count; i++) {
        enum reason lacks = holding_lacks(&decision->held[i].holding);
        if (lacks != REASON_NONE) {
            status_days_lack(days, decision->held[i].first_day, held_end(decision, i), lacks);
        }
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

static enum said_standing standing_of(const struct decision *decision, const struct dossier_place *place,
                                      size_t at, const struct status_run *run)
{
    const struct history_event *event = &place->events[at];
    const enum setter setter = decision->setters[at].setter;
    struct weighed weighed = weigh_event(decision, place, at);
    if (!event_had_arrived(decision->dossier, place, at)) {
        return SAID_NOT_BY_THEN;
    }
    if (weighed.weight != WEIGHT_FULL) {
        return standing_of_weight(weighed);
    }
    switch (setter) {
    case SETTER_BEYOND:
    case SETTER_CLOSED:
        return SAID_BEYOND_CUT;
    case SETTER_IN_DOUBT:
        return SAID_CUT_UNKNOWN;
    case SETTER_LATE:
        return decision->setters[at].doubt == REASON_LIMIT ? SAID_CUT_UNKNOWN : SAID_AFTER_END;
    case SETTER_WITHIN:
    case SETTER_KEPT:
        break;
    }
    bool waits = event->action == STATUS_REINSTATED && run->fates[at] == FATE_NONE;
    if (event->effective_day > decision->question->at_day || waits) {
        return SAID_TO_COME;
    }
    return run->fates[at] == FATE_OVERRULED ? SAID_OVERRULED : SAID_STANDS;
}

/* Returns: false when the arena is full. */
static bool write_said(struct credential_verdict *out, const struct dossier_place *place,
                       const struct status_days *days, const struct decision *decision)
{
    const struct status_run *run = &days->runs[status_days_at(days, decision->question->at_day)];
    if (place->event_count == 0) {
        return true;
    }
    enum said_standing *said = arena_take(decision->arena, place->event_count * sizeof said[0]);
    if (said == NULL) {
        return false;
    }
    for (size_t i = 0; i < place->event_count; i++) {
        said[i] = standing_of(decision, place, i, run);
    }
    out->said = said;
    return true;
}

/* Returns: false when the arena is full. */
static bool write_held(struct credential_verdict *out, const struct decision *decision,
                       const struct dossier_credential *credential)
{
    if (credential->about != ABOUT_SHOP) {
        return true;
    }
    size_t size = decision->held_count * sizeof decision->held[0];
    struct held_days *held = arena_take(decision->arena, size);
    if (held == NULL) {
        return false;
    }
    memcpy(held, decision->held, size);
    out->held = held;
    out->held_count = decision->held_count;
    return true;
}

/* Why it is neither yes nor no on any day that nothing else stands against: its bytes are gone, or its block
 * is in doubt, or void by the word of somebody beyond a cut. */
static enum reason doubt_of(const struct decision *decision, const struct dossier_credential *credential,
                            struct weighed weighed)
{
    const struct dossier_place *place = &credential->place;
    if (place->erased) {
        return REASON_ERASED;
    }
    if (weighed.weight == WEIGHT_DOUBTFUL) {
        return weighed.reason;
    }
    if (weighed.weight == WEIGHT_NOTHING) {
        return decision->voider.setter == SETTER_IN_DOUBT ? decision->voider.doubt : REASON_BEYOND_CUT;
    }
    return REASON_NONE;
}

/* Whether the entry counts for nothing, for certain: what was voided beyond a cut does not. */
static bool is_for_nothing(const struct decision *decision, const struct dossier_place *place,
                           struct weighed weighed)
{
    return weighed.weight == WEIGHT_NOTHING &&
           (weighed.reason != REASON_VOIDED || place->block.side || decision->kept_void ||
            decision->voider.setter == SETTER_WITHIN);
}

/* Its validity. What documents experience does not expire; what was erased has none that anybody knows. */
static struct day_interval validity_of(const struct dossier_credential *credential,
                                       const struct question *question)
{
    const struct attestation *attestation = &credential->attestation;
    if (credential->place.erased) {
        return (struct day_interval){.first = 0, .last = DAY_NONE};
    }
    bool ends = attestation->has_last_day && attestation->basis != BASIS_EXPERIENCE;
    return (struct day_interval){.first = question_day_reached(question, attestation->valid_from),
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

static void ask_voids(struct decision *decision, const struct credential_verdict *verdict,
                      const struct authority_question *entry, const struct namespace_owners *owners)
{
    const struct dossier *dossier = decision->dossier;
    setters_of_voids(decision->voiders, dossier, decision->trust, owners, entry, verdict->authority);
    decision->kept_void = setters_void(decision->voiders, dossier, entry->place);
    for (size_t i = 0; i < dossier->void_count; i++) {
        decision->spoken_voids[i] = setting_spoken(&decision->voiders[i]);
    }
    for (size_t i = 0; i < entry->place->event_count; i++) {
        const struct dossier_place said = event_place(entry->place, i);
        decision->event_kept_void[i] = setters_void(decision->voiders, dossier, &said);
    }
}

static void ask_event_voiders(struct decision *decision, const struct credential_verdict *verdict,
                              const struct authority_question *entry, const struct namespace_owners *owners)
{
    const struct dossier_place *place = entry->place;
    for (size_t i = 0; i < place->event_count; i++) {
        if (place->event_voided[i] && place->event_blocks != NULL) {
            decision->event_voiders[i] = setter_of(decision->dossier, decision->trust, owners, entry,
                                                   verdict->authority, place->event_blocks[i].void_seq, 0);
            decision->spoken_event_voiders[i] =
                spoken_of_voider(&decision->event_voiders[i], bearing_of_action(place->events[i].action));
        }
    }
}

/* What is erased says no code: nobody can tell who might speak for it. */
static void ask_setters(struct decision *decision, const struct credential_verdict *verdict,
                        const struct dossier_credential *credential)
{
    const struct dossier *dossier = decision->dossier;
    const struct dossier_place *place = &credential->place;
    bool uncut = verdict->authority != NULL && verdict->authority->recorded == ANSWER_NO;
    decision->spoken_entry = uncut ? SPOKEN_UNCUT : SPOKEN;
    decision->voider = (struct setting){.setter = SETTER_WITHIN};
    decision->kept_void = false;
    for (size_t i = 0; i < dossier->void_count; i++) {
        decision->spoken_voids[i] = SPOKEN;
    }
    for (size_t i = 0; i < place->event_count; i++) {
        decision->setters[i] = (struct setting){.setter = SETTER_WITHIN};
        decision->spoken_events[i] = SPOKEN;
        decision->event_voiders[i] = (struct setting){.setter = SETTER_WITHIN};
        decision->spoken_event_voiders[i] = SPOKEN;
        decision->event_kept_void[i] = false;
    }
    if (verdict->authority == NULL ||
        (place->event_count == 0 && !place->voided && dossier->void_count == 0)) {
        return;
    }
    const struct authority_question entry = question_of(decision, credential);
    const struct namespace_owners *owners = owners_of(decision, code_namespace(entry.code));
    setters_of(decision->setters, dossier, decision->trust, owners, &entry, verdict->authority,
               decision->question->now_s);
    for (size_t i = 0; i < place->event_count; i++) {
        decision->spoken_events[i] = setting_spoken(&decision->setters[i]);
    }
    if (dossier->void_count > 0) {
        ask_voids(decision, verdict, &entry, owners);
    }
    ask_event_voiders(decision, verdict, &entry, owners);
    if (place->voided) {
        decision->voider =
            setter_of(dossier, decision->trust, owners, &entry, verdict->authority, place->void_seq, 0);
    }
}

/* Writes the status axis and days, those of the status alone. Returns: false when the arena is full. */
static bool write_status(struct credential_verdict *out, struct decision *decision,
                         const struct dossier_credential *credential)
{
    uint32_t at_day = decision->question->at_day;
    const struct dossier_place *place = &credential->place;
    struct status_days status;
    ask_setters(decision, out, credential);
    weigh_words(decision, place);
    decision->held_count = holding_days(decision->held, decision->dossier, credential, decision->words);
    struct weighed weighed = weigh_place(decision, out, place);
    status_days_of(&status, decision, credential);
    if (!write_held(out, decision, credential) || !write_said(out, place, &status, decision)) {
        return false;
    }
    if (is_for_nothing(decision, place, weighed)) {
        out->days = day_truth_no;
        out->axes[AXIS_STATUS] = no(weighed.reason);
        return true;
    }
    enum reason doubt = doubt_of(decision, credential, weighed);
    struct day_interval validity = validity_of(credential, decision->question);
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

/* What a credential rests on, by one chain. */
struct chain_evidence {
    struct authority_answer authority;
    struct accreditation_end end;
    struct freshness freshness;
};

/* Find a chain that does without some accreditors. Writes: *next. Returns: false when none holds. */
static bool next_chain(struct chain_evidence *next, struct decision *decision,
                       const struct dossier_credential *credential, const struct authority_avoided *avoided)
{
    const struct dossier *dossier = decision->dossier;
    const struct namespace_owners *owners = &decision->owners;
    struct authority_question question = question_of(decision, credential);
    question.avoided = avoided;
    question.only_whether = true;
    answered_authority(&next->authority, dossier, decision->trust, owners, &question);
    if (next->authority.reason != REASON_NONE) {
        return false;
    }
    next->end =
        accreditation_end_of(dossier, decision->trust, owners, credential, &question, &next->authority);
    freshness_of_credential(&next->freshness, dossier, decision->trust, decision->question, owners,
                            credential, &next->authority, &decision->above);
    return next->end.lateness != LATE_YES && !next->end.limited;
}

/* An accreditor of which what is known is not fresh. */
struct silent {
    struct freshness freshness;
    size_t log;
};

static int order_silent(const void *a, const void *b)
{
    const struct silent *left = a;
    const struct silent *right = b;
    if (freshness_is_worse(&left->freshness, &right->freshness)) {
        return -1;
    }
    return freshness_is_worse(&right->freshness, &left->freshness) ? 1 : 0;
}

/* Write all of them, the worst first. seen: of each log, all false. Returns: how many. */
static size_t find_silent(struct silent *out, bool *seen, const struct decision *decision)
{
    const struct dossier *dossier = decision->dossier;
    size_t count = 0;
    for (size_t i = 0; i < dossier->accreditation_count; i++) {
        size_t log = dossier->accreditations[i].place.log;
        const struct actor_id *author = &dossier->logs[log].author;
        if (seen[log] || namespace_owner_index(&decision->owners, author) < NAMESPACE_OWNERS_MAX) {
            continue;
        }
        seen[log] = true;
        out[count] = (struct silent){
            .freshness = freshness_of_accreditor(dossier, decision->trust, decision->question, log),
            .log = log};
        count += out[count].freshness.answer.answer != ANSWER_YES;
    }
    sort_items(out, count, sizeof *out, order_silent);
    return count;
}

/* Where several chains hold, that one speaks whose evidence is best: as long as what is known of an
 * accreditor is not fresh, look for a chain without all like it, and else without as many of the worst as may
 * be. However many nobody hears of, they are passed by at once. Requires: decision->owners are the
 * namespace's. */
static void choose_chain(struct credential_verdict *out, struct decision *decision,
                         const struct dossier_credential *credential, struct freshness *best)
{
    const struct dossier *dossier = decision->dossier;
    size_t mark = arena_mark(decision->arena);
    if (best->answer.answer == ANSWER_YES || best->role != EVIDENCE_ACCREDITOR) {
        return;
    }
    struct silent *silent = arena_take(decision->arena, dossier->accreditation_count * sizeof *silent);
    bool *avoided = arena_take(decision->arena, dossier->log_count * sizeof *avoided);
    if (silent == NULL || avoided == NULL) {
        return;
    }
    memset(avoided, 0, dossier->log_count * sizeof *avoided);
    size_t count = find_silent(silent, avoided, decision);
    size_t without = count, first = 1, last = count; /* so many of the worst; what is left to try */
    while (first <= last) {
        struct chain_evidence next = {.freshness = *best};
        memset(avoided, 0, dossier->log_count * sizeof *avoided);
        for (size_t i = 0; i < without; i++) {
            avoided[silent[i].log] = true;
        }
        bool holds = next_chain(&next, decision, credential,
                                &(struct authority_avoided){.logs = avoided, .number = without});
        if (holds && freshness_is_worse(best, &next.freshness)) {
            *best = next.freshness;
            *out->authority = next.authority;
            out->end = next.end;
        }
        first = holds ? without + 1 : first;
        last = holds ? last : without - 1;
        without = first + (last - first) / 2;
    }
    arena_rewind(decision->arena, mark);
}

static struct axis_answer freshness_answer_of(struct credential_verdict *out, struct decision *decision,
                                              const struct dossier_credential *credential)
{
    const struct namespace_owners *owners =
        out->authority == NULL ? NULL : owners_of(decision, code_namespace(credential->attestation.code));
    struct freshness found;
    freshness_of_credential(&found, decision->dossier, decision->trust, decision->question, owners,
                            credential, out->authority, &decision->above);
    if (out->axes[AXIS_AUTHORITY].answer == ANSWER_YES) {
        choose_chain(out, decision, credential, &found);
    }
    out->evidence_age_s = found.age_s;
    out->evidence_log = found.log;
    out->evidence_role = found.role;
    return found.answer;
}

/* Whether the subject surely worked anywhere, however old that is. Of somebody of whom it is in doubt nobody
 * knows where she works instead. */
static bool knows_a_shop(const struct credentials *credentials, const struct dossier *dossier)
{
    bool knows = false;
    for (size_t i = 0; i < credentials->membership_count && !knows; i++) {
        const struct membership *membership = &credentials->memberships[i];
        knows = hash_equal(&membership->technician.hash, &dossier->subject.id) &&
                membership->days.surely.count > 0;
    }
    return knows;
}

/* Whose word it is by which nobody can say where the subject works. */
static void note_workplace(struct credentials *out, const struct decision *decision,
                           const struct membership *membership, const struct freshness *found)
{
    bool works_there = hash_equal(&membership->technician.hash, &decision->dossier->subject.id) &&
                       day_truth_on(&membership->days, decision->question->at_day) == ANSWER_YES;
    if (works_there &&
        (out->workplace.answer.reason == REASON_NONE || freshness_is_worse(found, &out->workplace))) {
        out->workplace = *found;
    }
}

/* A shop that has not been heard of for long may have said meanwhile that she left. */
static void doubt_old_memberships(struct credentials *out, const struct decision *decision)
{
    for (size_t i = 0; i < out->membership_count; i++) {
        struct membership *membership = &out->memberships[i];
        const struct dossier_log *log = dossier_log_of(decision->dossier, &membership->shop);
        struct freshness found = {.author = membership->shop, .role = EVIDENCE_SHOP};
        found.answer =
            freshness_of(&found.age_s, log, decision->question,
                         freshness_budget_s(decision->question, decision->trust, log, EVIDENCE_SHOP));
        if (found.answer.answer != ANSWER_YES && membership->days.surely.count > 0) {
            note_workplace(out, decision, membership, &found);
            membership->days.surely = DAY_SET_NONE;
            membership->doubt = found.answer.reason;
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
    if (credential_is_by_stranger(verdict)) {
        return 4;
    }
    return credential_is_disowned(verdict) ? 3 : rank[verdict->overall];
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
    out->limited_to = DAY_NONE;
    out->end = (struct accreditation_end){.lateness = LATE_NO, .day = DAY_NONE};
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

/* Whether the status says no by something that no end of a validity goes before. */
static bool is_settled(struct axis_answer status)
{
    return status.answer == ANSWER_NO && status.reason != REASON_SUSPENDED &&
           status.reason != REASON_OUTSIDE_NETWORK && status.reason != REASON_CONDITION;
}

static void write_end(struct credential_verdict *verdict, enum answer answer, uint32_t last_day)
{
    verdict->axes[AXIS_STATUS] = answer == ANSWER_NO ? no(REASON_EXPIRED) : unknown(REASON_DISPUTED);
    verdict->effective_day = answer == ANSWER_NO ? last_day : DAY_NONE;
    verdict->since_day = DAY_NONE;
    verdict->until_day = DAY_NONE;
    verdict->overall = overall_of_axes(verdict->axes);
}

bool credential_end(struct credential_verdict *verdict, uint32_t last_day, uint32_t possible_day,
                    uint32_t at_day, struct arena *arena)
{
    struct axis_answer status = verdict->axes[AXIS_STATUS];
    struct day_truth until;
    if (at_day > possible_day && !is_settled(status)) {
        write_end(verdict, ANSWER_NO, possible_day);
    } else if (at_day > last_day && status.answer == ANSWER_YES) {
        write_end(verdict, ANSWER_UNKNOWN, last_day);
    } else if (status.answer == ANSWER_YES && verdict->until_day > last_day) {
        verdict->until_day = last_day;
    }
    return day_set_of(&until.surely, 0, last_day, arena) &&
           day_set_of(&until.possibly, 0, possible_day, arena) &&
           day_truth_and(&verdict->days, &verdict->days, &until, arena);
}

/* Narrow a credential by its own condition. What a shop holds may not hang on others' memberships: nobody's
 * network is followed further than that. Returns: false when the arena is full. */
static bool apply_condition(const struct credentials *credentials, struct credential_verdict *verdict,
                            const struct decision *decision)
{
    const struct dossier *dossier = decision->dossier;
    const struct dossier_credential *credential = &dossier->credentials[verdict->credential];
    uint32_t at_day = decision->question->at_day;
    const struct lacking_question asked = {
        .dossier = dossier,
        .trust = decision->trust,
        .question = decision->question,
        .denied = decision->denied,
    };
    struct day_truth days = day_truth_unknown;
    if (credential->about != ABOUT_SHOP &&
        !network_days(&days, &asked, credentials, credential->attestation.network_code, decision->arena)) {
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

static bool decide(struct credentials *out, const struct dossier *dossier, const struct trust *trust,
                   const struct question *question, bool denied, struct arena *arena)
{
    struct answered answered;
    struct decision decision = {.dossier = dossier,
                                .trust = trust,
                                .question = question,
                                .denied = denied,
                                .arena = arena,
                                .answered = &answered,
                                .pack_day = DAY_NONE,
                                .any_late = any_is_late(dossier)};
    answered_init(&answered);
    *out = (struct credentials){.count = dossier->credential_count};
    out->verdicts = arena_take(arena, out->count * sizeof out->verdicts[0]);
    decision.authorities = arena_take(arena, out->count * sizeof decision.authorities[0]);
    decision.voiders = arena_take(arena, dossier->void_count * sizeof decision.voiders[0]);
    decision.spoken_voids = arena_take(arena, dossier->void_count * sizeof decision.spoken_voids[0]);
    if (out->verdicts == NULL || decision.authorities == NULL || decision.voiders == NULL ||
        decision.spoken_voids == NULL ||
        !memberships_of(&out->memberships, &out->membership_count, dossier, question->network, arena)) {
        return false;
    }
    out->knows_a_shop = knows_a_shop(out, dossier);
    doubt_old_memberships(out, &decision);
    for (size_t i = 0; i < out->count; i++) {
        if (!decide_alone(&out->verdicts[i], &decision, i)) {
            return false;
        }
    }
    return apply_conditions(out, true, &decision) && apply_conditions(out, false, &decision);
}

bool credentials_decide(struct credentials *out, const struct dossier *dossier, const struct trust *trust,
                        const struct question *question, struct arena *arena)
{
    return decide(out, dossier, trust, question, false, arena);
}

bool credentials_decide_denied(struct credentials *out, const struct dossier *dossier,
                               const struct trust *trust, const struct question *question,
                               struct arena *arena)
{
    return decide(out, dossier, trust, question, true, arena);
}
