#include "protocol/base/text.h"
#include "protocol/rules/accreditation_end.h"
#include "tests/support/naive_career.h"

/* Where the dossier has nothing, there may be something: whoever may speak for the code may have said it
 * since it was last heard, or have erased it and give it back. */

/* What an accredited author says later than that comes too late; UINT64_MAX: it was accredited for good. */
static uint64_t end_of(const struct accreditation *accreditation)
{
    return accreditation->has_until ? time_of_day(accreditation->until + 1 + ACCREDITATION_GRACE_DAYS)
                                    : UINT64_MAX;
}

static bool was_heard(const struct naive_career *career, const struct dossier_log *log, uint64_t end_s,
                      uint64_t budget_s)
{
    enum answer fresh = naive_log_freshness(career, log, budget_s);
    bool to_the_end =
        fresh == ANSWER_NO && log->checkpoint_time_s >= end_s && naive_log_reaches(log, log->checkpoint_seq);
    bool is_read = !log->nothing_by_then && !naive_log_needs_upgrade(log);
    return budget_s == UINT64_MAX || (is_read && (fresh == ANSWER_YES || to_the_end));
}

/* Whether what an author erased was earned before one that is there, and too soon where that is asked. */
static bool bears_on(const struct dossier_sealed *sealed, const struct expression *expression,
                     const struct attestation *attestation)
{
    uint32_t allowed_from = day_add_months(sealed->earned_on, (uint32_t)expression->count) + expression->days;
    bool is_soon = attestation->earned_on < allowed_from;
    return sealed->earned_on < attestation->earned_on &&
           (expression->op != EXPRESSION_APART ||
            (is_soon && (expression->bases & UINT32_C(1) << sealed->basis) != 0));
}

/* Whether an author erased something of such codes that is about her, and may give it back. expression: only
 * what bears on attestation by it; NULL: anything. */
static bool may_give_back(const struct naive_career *career, const struct dossier_log *log,
                          struct bytes pattern, struct bytes spoken_of, const struct expression *expression,
                          const struct attestation *attestation)
{
    bool may = false;
    for (size_t i = 0; i < career->dossier->sealed_count; i++) {
        const struct dossier_sealed *sealed = &career->dossier->sealed[i];
        may = may || (log == &career->dossier->logs[sealed->place.log] &&
                      naive_log_reaches(log, sealed->place.seq) && code_matches(sealed->code, pattern) &&
                      code_matches(sealed->code, spoken_of) &&
                      (expression == NULL || bears_on(sealed, expression, attestation)));
    }
    return may;
}

static bool delegates_were_heard(const struct naive_career *career, const struct actor_id *owner,
                                 struct bytes pattern, uint64_t budget_s)
{
    struct bytes common;
    bool heard = true;
    for (size_t i = 0; i < career->dossier->accreditation_count; i++) {
        const struct dossier_accreditation *said = &career->dossier->accreditations[i];
        const struct accreditation *accreditation = &said->accreditation;
        const struct bytes *codes = accreditation->patterns.items;
        const struct dossier_log *by = &career->dossier->logs[said->place.log];
        const struct dossier_log *log = dossier_log_of(career->dossier, &accreditation->delegate);
        bool is_asked = actor_id_equal(&by->author, owner) && naive_log_reaches(by, said->place.seq) &&
                        (career->denied || !log->for_denials);
        for (size_t k = 0; k < accreditation->patterns.count && is_asked; k++) {
            heard = heard && (!code_patterns_meet(codes[k], pattern, &common) ||
                              was_heard(career, log, end_of(accreditation), budget_s));
        }
    }
    return heard;
}

bool naive_given_back(const struct naive_career *career, struct bytes pattern,
                      const struct expression *expression, const struct attestation *attestation)
{
    const struct trust_owner *owner = trust_owner_of(career->trust, code_namespace(pattern));
    if (owner == NULL) {
        return false;
    }
    bool may = may_give_back(career, dossier_log_of(career->dossier, &owner->actor), pattern, pattern,
                             expression, attestation);
    for (size_t i = 0; i < career->dossier->accreditation_count; i++) {
        const struct dossier_accreditation *said = &career->dossier->accreditations[i];
        const struct bytes *codes = said->accreditation.patterns.items;
        const struct dossier_log *by = &career->dossier->logs[said->place.log];
        const struct dossier_log *log = dossier_log_of(career->dossier, &said->accreditation.delegate);
        bool is_asked = actor_id_equal(&by->author, &owner->actor) &&
                        naive_log_reaches(by, said->place.seq) && (career->denied || !log->for_denials);
        for (size_t k = 0; k < said->accreditation.patterns.count && is_asked; k++) {
            may = may || may_give_back(career, log, pattern, codes[k], expression, attestation);
        }
    }
    return may;
}

enum answer naive_absence(const struct naive_career *career, struct bytes pattern, uint64_t budget_s)
{
    const struct trust_owner *owner = trust_owner_of(career->trust, code_namespace(pattern));
    const struct dossier_log *log = owner != NULL ? dossier_log_of(career->dossier, &owner->actor) : NULL;
    bool heard = owner != NULL && was_heard(career, log, UINT64_MAX, budget_s) &&
                 (budget_s == UINT64_MAX || !naive_given_back(career, pattern, NULL, NULL)) &&
                 delegates_were_heard(career, &owner->actor, pattern, budget_s);
    return heard ? ANSWER_NO : ANSWER_UNKNOWN;
}

enum answer naive_absence_of_rules(const struct naive_career *career, struct bytes name_space)
{
    const struct trust_owner *owner = trust_owner_of(career->trust, name_space);
    const struct dossier_log *log = owner != NULL ? dossier_log_of(career->dossier, &owner->actor) : NULL;
    bool lacks = log != NULL && (log->nothing_by_then || naive_log_needs_upgrade(log));
    return lacks ? ANSWER_UNKNOWN : ANSWER_NO;
}
