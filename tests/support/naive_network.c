#include <assert.h>

#include "protocol/rules/affiliation.h"
#include "tests/support/naive_career.h"

/* Whether what is said in place is in doubt, or so is that it is void. */
static bool is_doubtful(const struct naive_career *career, const struct dossier_place *place)
{
    const struct dossier_log *log = &career->dossier->logs[place->log];
    return naive_log_needs_upgrade(log) || naive_log_disputes(log, place->seq) ||
           (naive_is_void(career, place) && naive_log_disputes(log, place->void_seq));
}

static bool is_void_for_certain(const struct naive_career *career, const struct dossier_place *place)
{
    return naive_is_void(career, place) &&
           !naive_log_disputes(&career->dossier->logs[place->log], place->void_seq);
}

/* Whether a `joined` is what it must be. */
static enum answer is_good(const struct naive_career *career, const struct dossier_affiliation *joined)
{
    const struct affiliation *said = &joined->affiliation;
    const struct dossier_log *log = &career->dossier->logs[joined->place.log];
    struct hash id;
    consent_id(&id, career->question->network, &said->consent);
    bool is_right = hash_equal(&id, &said->id) && actor_id_equal(&said->consent.shop, &log->author) &&
                    said->day >= said->consent.start_day && joined->place.time_s <= said->consent.expires_s &&
                    joined->signature != REASON_BAD_SIGNATURE;
    if (!is_right || !naive_log_reaches(log, joined->place.seq) ||
        is_void_for_certain(career, &joined->place)) {
        return ANSWER_NO;
    }
    bool is_sure = joined->signature == REASON_NONE && !is_doubtful(career, &joined->place);
    return is_sure ? ANSWER_YES : ANSWER_UNKNOWN;
}

/* Whether another `joined` of the same consent speaks instead: the first that is sure, else the first. */
static bool is_repeated(const struct naive_career *career, size_t at)
{
    const struct dossier_affiliation *rows = career->dossier->affiliations;
    enum answer own = is_good(career, &rows[at]);
    for (size_t i = 0; i < career->dossier->affiliation_count; i++) {
        enum answer other = is_good(career, &rows[i]);
        bool is_surer = other == ANSWER_YES && own == ANSWER_UNKNOWN;
        if (hash_equal(&rows[i].affiliation.id, &rows[at].affiliation.id) &&
            (is_surer || (other == own && i < at))) {
            return true;
        }
    }
    return false;
}

void naive_read_affiliations(struct naive_career *career)
{
    assert(career->dossier->affiliation_count <= NAIVE_AFFILIATIONS_MAX);
    for (size_t i = 0; i < career->dossier->affiliation_count; i++) {
        career->joined[i] =
            is_repeated(career, i) ? ANSWER_NO : is_good(career, &career->dossier->affiliations[i]);
    }
}

/* That she has not left, as far as the leaves that speak of day say. */
static enum answer has_not_left(const struct naive_career *career, const struct affiliation *joined,
                                uint32_t day)
{
    enum answer answer = ANSWER_YES;
    for (size_t i = 0; i < career->dossier->leave_count; i++) {
        const struct dossier_leave *leave = &career->dossier->leaves[i];
        const struct dossier_log *log = &career->dossier->logs[leave->place.log];
        bool is_of_a_side = actor_id_equal(&log->author, &joined->consent.shop) ||
                            actor_id_equal(&log->author, &joined->consent.technician);
        if (!hash_equal(&leave->id, &joined->id) || !is_of_a_side || day < leave->day ||
            !naive_log_reaches(log, leave->place.seq)) {
            continue;
        }
        bool is_sure = !naive_is_void(career, &leave->place) && !is_doubtful(career, &leave->place);
        answer = naive_and(answer, is_sure ? ANSWER_NO : ANSWER_UNKNOWN);
    }
    return answer;
}

static enum answer is_member_on(const struct naive_career *career, size_t at, uint32_t day)
{
    const struct dossier_affiliation *joined = &career->dossier->affiliations[at];
    const struct dossier_log *log = &career->dossier->logs[joined->place.log];
    enum answer good = career->joined[at];
    if (good == ANSWER_NO || day < joined->affiliation.day) {
        return ANSWER_NO;
    }
    bool is_fresh = naive_log_freshness(career, log, career->question->budget.shop_s) == ANSWER_YES;
    good = naive_and(good, is_fresh ? ANSWER_YES : ANSWER_UNKNOWN);
    return naive_and(good, has_not_left(career, &joined->affiliation, day));
}

static enum answer shop_holds(struct naive_career *career, const struct actor_id *shop, struct bytes code,
                              uint32_t day)
{
    const struct subject subject = subject_of_actor(shop);
    enum answer answer = ANSWER_NO;
    for (size_t i = 0; i < career->dossier->credential_count; i++) {
        const struct dossier_credential *credential = &career->dossier->credentials[i];
        const struct subject *held_by = naive_holder(credential, day);
        if (credential->about == ABOUT_SHOP && !credential->place.erased &&
            credential->attestation.basis != BASIS_EXPERIENCE && subject_equal(held_by, &subject) &&
            bytes_equal(credential->attestation.code, code)) {
            answer = naive_or(answer, naive_own(career, i, day));
        }
    }
    return answer;
}

/* Whether a shop that had her, or may have, may have said since that she is back, or said it before. */
static enum answer may_be_there(const struct naive_career *career, size_t at)
{
    const struct dossier_affiliation *joined = &career->dossier->affiliations[at];
    const struct dossier_log *log = &career->dossier->logs[joined->place.log];
    bool is_whole = naive_log_freshness(career, log, career->question->budget.shop_s) == ANSWER_YES &&
                    !naive_log_needs_upgrade(log);
    bool was_there = is_member_on(career, at, joined->affiliation.day) != ANSWER_NO;
    return was_there && !is_whole ? ANSWER_UNKNOWN : ANSWER_NO;
}

enum answer naive_in_network(struct naive_career *career, struct bytes code, uint32_t day)
{
    enum answer answer = naive_absence(career, code, career->question->budget.issuer_s);
    bool knows_a_shop = false;
    for (size_t i = 0; i < career->dossier->affiliation_count; i++) {
        const struct consent *consent = &career->dossier->affiliations[i].affiliation.consent;
        const struct subject technician = subject_of_actor(&consent->technician);
        if (subject_equal(&technician, &career->dossier->subject)) {
            const struct affiliation *joined = &career->dossier->affiliations[i].affiliation;
            enum answer worked = naive_and(career->joined[i], has_not_left(career, joined, joined->day));
            knows_a_shop = knows_a_shop || worked == ANSWER_YES;
            enum answer there = naive_or(is_member_on(career, i, day), may_be_there(career, i));
            answer = naive_or(answer, naive_and(there, shop_holds(career, &consent->shop, code, day)));
        }
    }
    return knows_a_shop ? answer : ANSWER_UNKNOWN;
}
