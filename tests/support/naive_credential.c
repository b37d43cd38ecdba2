#include "protocol/base/text.h"
#include "tests/support/naive_career.h"

enum { CHECKPOINT_AHEAD_MAX_S = 60 };

bool naive_log_reaches(const struct dossier_log *log, uint64_t seq)
{
    return log->known && !log->nothing_by_then && seq <= log->known_by_seq;
}

bool naive_log_disputes(const struct dossier_log *log, uint64_t seq)
{
    return (log->frozen || log->forked) && seq >= log->fork_seq;
}

bool naive_is_void(const struct naive_career *career, const struct dossier_place *place)
{
    return place->voided && naive_log_reaches(&career->dossier->logs[place->log], place->void_seq);
}

enum answer naive_log_freshness(const struct naive_career *career, const struct dossier_log *log,
                                uint64_t budget_s)
{
    const struct question *question = career->question;
    uint64_t clock_s = question->now_s < question->known_by_s ? question->now_s : question->known_by_s;
    if (!log->has_checkpoint || log->checkpoint_time_s > clock_s + CHECKPOINT_AHEAD_MAX_S) {
        return ANSWER_UNKNOWN;
    }
    if (log->checkpoint_time_s + budget_s < clock_s) {
        return ANSWER_NO;
    }
    return naive_log_reaches(log, log->checkpoint_seq) ? ANSWER_YES : ANSWER_UNKNOWN;
}

bool naive_log_needs_upgrade(const struct dossier_log *log)
{
    return log->upgrade_needed && naive_log_reaches(log, log->upgrade_seq);
}

/* What comes with a path had arrived whether the log is held here or not. */
static bool has_arrived(const struct naive_career *career, const struct dossier_credential *said)
{
    return said->source == SOURCE_PATH
               ? said->place.arrived_s <= career->question->known_by_s
               : naive_log_reaches(&career->dossier->logs[said->place.log], said->place.seq);
}

enum answer naive_integrity(const struct naive_career *career, size_t credential)
{
    const struct dossier_credential *said = &career->dossier->credentials[credential];
    const struct dossier_log *log = &career->dossier->logs[said->place.log];
    if (said->source == SOURCE_MISMATCH) {
        return ANSWER_NO;
    }
    if (said->source == SOURCE_UNWITNESSED || said->source == SOURCE_UNKNOWN_ISSUER || said->place.erased ||
        naive_log_needs_upgrade(log) || !has_arrived(career, said)) {
        return ANSWER_UNKNOWN;
    }
    return ANSWER_YES;
}

/* ---- authority ---- */

static enum answer issuer_may(const struct naive_career *career, size_t credential)
{
    switch ((int)career->authorities[credential].reason) {
    case REASON_NONE:
        return ANSWER_YES;
    case REASON_DISPUTED:
    case REASON_UPGRADE:
    case REASON_VOIDED:
    case REASON_TOO_MANY:
        return ANSWER_UNKNOWN;
    default:
        return ANSWER_NO;
    }
}

static enum answer is_offered_by(const struct naive_career *career, const struct naive_pack *pack,
                                 const struct attestation *attestation)
{
    struct bytes name_space = code_namespace(attestation->code);
    struct bytes local =
        bytes_of(attestation->code.data + name_space.size + 1, attestation->code.size - name_space.size - 1);
    const struct pack_code *codes = pack->pack->pack.codes.items;
    if (naive_pack_is_disputed(career, pack)) {
        return ANSWER_UNKNOWN;
    }
    for (size_t i = 0; i < pack->pack->pack.codes.count; i++) {
        if (bytes_equal(codes[i].code, local)) {
            bool is_early = codes[i].has_first_day && attestation->earned_on < codes[i].first_day;
            bool is_late = codes[i].has_last_day && attestation->earned_on > codes[i].last_day;
            return is_early || is_late ? ANSWER_NO : ANSWER_YES;
        }
    }
    return ANSWER_NO;
}

bool naive_offers(const struct naive_career *career, const struct naive_pack *pack,
                  const struct attestation *attestation)
{
    const struct naive_pack *voices[NAIVE_PACKS_MAX];
    size_t count = naive_voices(career, code_namespace(attestation->code), attestation->code,
                                attestation->earned_on, voices);
    for (size_t i = 0; i < count; i++) {
        if (voices[i] == pack && naive_knows(pack, attestation->code) &&
            is_offered_by(career, pack, attestation) == ANSWER_NO) {
            return false;
        }
    }
    return true;
}

static enum answer is_offered(const struct naive_career *career, const struct attestation *attestation)
{
    const struct naive_pack *voices[NAIVE_PACKS_MAX];
    size_t count = naive_voices(career, code_namespace(attestation->code), attestation->code,
                                attestation->earned_on, voices);
    enum answer answer = count == 0 ? ANSWER_UNKNOWN : ANSWER_NO;
    for (size_t i = 0; i < count; i++) {
        answer = naive_or(answer, is_offered_by(career, voices[i], attestation));
    }
    return answer;
}

/* What accreditation_end_of says is tested on its own. */
static bool is_too_late(const struct naive_career *career, size_t credential)
{
    const struct dossier_credential *said = &career->dossier->credentials[credential];
    const struct authority_question question = {
        .issuer = career->dossier->logs[said->place.log].author,
        .code = said->attestation.code,
        .place = &said->place,
        .day = said->attestation.earned_on,
        .state = career->question->state,
    };
    struct namespace_owners owners;
    struct authority_answer answer = career->authorities[credential];
    namespace_owners_of(&owners, career->dossier, career->trust, code_namespace(said->attestation.code));
    struct accreditation_end end =
        accreditation_end_of(career->dossier, career->trust, &owners, said, &question, &answer);
    return end.limited || end.lateness == LATE_YES;
}

enum answer naive_authority(const struct naive_career *career, size_t credential)
{
    const struct dossier_credential *said = &career->dossier->credentials[credential];
    if (said->place.erased) {
        return ANSWER_UNKNOWN;
    }
    enum answer answer = naive_and(issuer_may(career, credential), is_offered(career, &said->attestation));
    return answer == ANSWER_YES && is_too_late(career, credential) ? ANSWER_UNKNOWN : answer;
}

bool naive_is_by_stranger(const struct naive_career *career, size_t credential)
{
    enum reason reason = career->authorities[credential].reason;
    return reason == REASON_UNTRUSTED || reason == REASON_NAMESPACE_UNOWNED ||
           reason == REASON_NOT_ACCREDITED || reason == REASON_CHAIN_TOO_DEEP;
}

static enum answer actor_freshness(const struct naive_career *career, const struct actor_id *actor)
{
    const struct dossier_log *log = dossier_log_of(career->dossier, actor);
    return log == NULL ? ANSWER_UNKNOWN : naive_log_freshness(career, log, career->question->budget.owner_s);
}

/* Of who speaks for a namespace now, less one of them. */
static enum answer owners_freshness(const struct naive_career *career, struct bytes name_space,
                                    const struct actor_id *less)
{
    struct namespace_owners owners;
    enum answer answer = ANSWER_YES;
    namespace_owners_of(&owners, career->dossier, career->trust, name_space);
    for (size_t i = 0; i < owners.count; i++) {
        bool speaks = !namespace_owner_is_former(&owners, i) && owners.owners[i].doubt != REASON_VOIDED;
        if (speaks && (less == NULL || !actor_id_equal(&owners.owners[i].actor, less))) {
            answer = naive_and(answer, actor_freshness(career, &owners.owners[i].actor));
        }
    }
    return answer;
}

enum answer naive_rules_freshness(const struct naive_career *career, struct bytes name_space)
{
    return owners_freshness(career, name_space, NULL);
}

/* Of those who let the issuer speak, and who speaks for the namespace now. */
static enum answer freshness_above(const struct naive_career *career, size_t credential)
{
    const struct dossier_credential *said = &career->dossier->credentials[credential];
    const struct authority_answer *authority = &career->authorities[credential];
    const struct actor_id *issuer = &career->dossier->logs[said->place.log].author;
    enum answer answer = ANSWER_YES;
    if (!authority->has_chain ||
        (authority->reason != REASON_NONE && !authority_is_unknown(authority->reason))) {
        return answer;
    }
    for (size_t i = 1; i < authority->chain_size; i++) {
        answer = naive_and(answer, actor_freshness(career, &authority->chain[i]));
    }
    return naive_and(answer, owners_freshness(career, code_namespace(said->attestation.code), issuer));
}

enum answer naive_freshness(const struct naive_career *career, size_t credential)
{
    const struct dossier_credential *said = &career->dossier->credentials[credential];
    const struct freshness_budget *budget = &career->question->budget;
    bool is_of_shop = !said->place.erased && said->attestation.basis == BASIS_EXPERIENCE;
    enum answer own = naive_log_freshness(career, &career->dossier->logs[said->place.log],
                                          is_of_shop ? budget->shop_s : budget->issuer_s);
    return said->place.erased ? own : naive_and(own, freshness_above(career, credential));
}

/* ---- status ---- */

enum { WORDS = STATUS_HELD_BY + 1 };

/* What stands against an entry on one day, for each negative word. */
struct standing_words {
    bool stands[WORDS];
    bool voided[WORDS]; /* said in a void block */
    bool disputed;      /* a word in a disputed block changes whether it holds */
    uint32_t stated;    /* the last day on which a revocation that stands was stated */
};

static bool is_negative(enum status_action action)
{
    return action == STATUS_REVOKED || action == STATUS_SUSPENDED || action == STATUS_REPLACED ||
           action == STATUS_HELD_BY;
}

static bool any_of(const bool words[WORDS])
{
    bool any = false;
    for (size_t i = 0; i < WORDS; i++) {
        any = any || words[i];
    }
    return any;
}

static void set(struct standing_words *words, enum status_action action, bool stands)
{
    words->stands[action] = stands;
    words->voided[action] = false;
}

/* No reinstatement speaks for days before the revocation was stated. It ends a revocation or suspension in a
 * void block as well, and nothing else there: when it was declared void isn't told here. */
static void hear(struct standing_words *words, const struct history_event *event, uint32_t day)
{
    if (is_negative(event->action)) {
        bool is_later = !words->stands[STATUS_REVOKED] || event->stated_day > words->stated;
        words->stated = event->action == STATUS_REVOKED && is_later ? event->stated_day : words->stated;
        set(words, event->action, true);
    } else if (event->action == STATUS_REINSTATED &&
               !(words->stands[STATUS_REVOKED] && day < words->stated)) {
        set(words, STATUS_REVOKED, false);
        set(words, STATUS_SUSPENDED, false);
    }
}

static void hear_event(struct standing_words *words, const struct dossier_log *log,
                       const struct history_event *event, bool is_void, uint32_t day)
{
    struct standing_words changed = *words;
    hear(&changed, event, day);
    if (is_void) {
        words->voided[event->action] = is_negative(event->action);
    } else if (naive_log_disputes(log, event->setter_seq)) {
        words->disputed = words->disputed || any_of(words->stands) != any_of(changed.stands);
    } else {
        *words = changed;
    }
}

/* By the one `held by` that there may be. */
const struct subject *naive_holder(const struct dossier_credential *said, uint32_t day)
{
    bool is_given = false;
    for (size_t i = 0; i < said->place.event_count; i++) {
        const struct history_event *event = &said->place.events[i];
        is_given = is_given || (event->action == STATUS_HELD_BY && event->effective_day <= day);
    }
    return is_given && said->has_holder ? &said->holder : &said->attestation.subject;
}

/* What a dossier has about a shop is about the one that holds it for certain. */
static const struct subject *naive_party(const struct naive_career *career,
                                         const struct dossier_credential *said, uint32_t day)
{
    return said->about == ABOUT_SHOP ? naive_holder(said, day) : &career->dossier->subject;
}

static enum answer by_events(const struct naive_career *career, const struct dossier_credential *said,
                             uint32_t day)
{
    const struct dossier_log *log = &career->dossier->logs[said->place.log];
    const struct subject *party = naive_party(career, said, day);
    struct standing_words words = {.disputed = false};
    for (size_t i = 0; i < said->place.event_count; i++) {
        const struct history_event *event = &said->place.events[i];
        bool is_own = event->action == STATUS_HELD_BY && subject_equal(&event->holder, party);
        if (event->effective_day <= day && naive_log_reaches(log, event->setter_seq) && !is_own) {
            hear_event(&words, log, event, said->place.event_voided[i], day);
        }
    }
    if (words.disputed) {
        return ANSWER_UNKNOWN;
    }
    if (any_of(words.stands)) {
        return ANSWER_NO;
    }
    return any_of(words.voided) ? ANSWER_UNKNOWN : ANSWER_YES;
}

static enum answer by_blocks(const struct naive_career *career, const struct dossier_place *place)
{
    const struct dossier_log *log = &career->dossier->logs[place->log];
    if (naive_is_void(career, place)) {
        return naive_log_disputes(log, place->void_seq) ? ANSWER_UNKNOWN : ANSWER_NO;
    }
    return naive_log_disputes(log, place->seq) ? ANSWER_UNKNOWN : ANSWER_YES;
}

static enum answer by_validity(struct naive_career *career, size_t credential, uint32_t day)
{
    if (day < career->dossier->credentials[credential].attestation.valid_from ||
        day > naive_last_day(career, credential, false)) {
        return ANSWER_NO;
    }
    return day <= naive_last_day(career, credential, true) ? ANSWER_YES : ANSWER_UNKNOWN;
}

static enum answer by_network(struct naive_career *career, const struct dossier_credential *said,
                              uint32_t day)
{
    if (!said->attestation.has_network) {
        return ANSWER_YES;
    }
    /* Who a shop is affiliated with, the dossier doesn't tell. */
    return said->about == ABOUT_SHOP ? ANSWER_UNKNOWN
                                     : naive_in_network(career, said->attestation.network_code, day);
}

enum answer naive_status(struct naive_career *career, size_t credential, uint32_t day)
{
    const struct dossier_credential *said = &career->dossier->credentials[credential];
    enum answer answer = naive_and(by_blocks(career, &said->place), by_events(career, said, day));
    if (said->place.erased) {
        return naive_and(answer, ANSWER_UNKNOWN);
    }
    answer = naive_and(answer, by_validity(career, credential, day));
    return naive_and(answer, by_network(career, said, day));
}

static enum answer own(struct naive_career *career, size_t credential, uint32_t day)
{
    enum answer integrity = naive_integrity(career, credential);
    enum answer authority = naive_authority(career, credential);
    enum answer answer = naive_and(naive_and(integrity, authority), naive_status(career, credential, day));
    /* Stale evidence never makes it invalid. */
    bool is_fresh = naive_freshness(career, credential) == ANSWER_YES;
    return naive_and(answer, is_fresh ? ANSWER_YES : ANSWER_UNKNOWN);
}

enum answer naive_own(struct naive_career *career, size_t credential, uint32_t day)
{
    uint8_t *found = &career->own[career->denied][credential][naive_rank(career, day)];
    if (*found == 0) {
        *found = (uint8_t)(1 + own(career, credential, day));
    }
    return (enum answer)(*found - 1);
}
