#include "protocol/rules/accreditation_end.h"

#include <string.h>

enum {
    STEPS_MAX = 32,       /* accreditations that follow each other */
    REPLACEMENTS_MAX = 8, /* entries that replace each other */
    DAY_S = 86400,
};

struct asking {
    const struct dossier *dossier;
    const struct trust *trust;
    const struct namespace_owners *owners;
};

static bool is_authorised_on(const struct asking *asking, const struct authority_question *entry,
                             uint32_t day, uint32_t *until)
{
    struct authority_question question = *entry;
    struct authority_answer answer;
    question.day = day;
    authority_under(&answer, asking->dossier, asking->trust, asking->owners, &question);
    *until = answer.until;
    return answer.reason == REASON_NONE;
}

/* The first day behind `day`, at most `last`, on which any accreditation begins; DAY_NONE: on none. */
static uint32_t next_beginning(const struct dossier *dossier, uint32_t day, uint32_t last)
{
    uint32_t next = DAY_NONE;
    for (size_t i = 0; i < dossier->accreditation_count; i++) {
        uint32_t from = dossier->accreditations[i].accreditation.from;
        if (from > day && from <= last && (next == DAY_NONE || from < next)) {
            next = from;
        }
    }
    return next;
}

/* Whether the issuer is authorised again within the days of grace after `end`. Writes: *until of what
 * follows. *steps are what is left. */
static bool goes_on(const struct asking *asking, const struct authority_question *entry, uint32_t end,
                    uint32_t *until, size_t *steps)
{
    uint32_t last = end + ACCREDITATION_GRACE_DAYS;
    for (uint32_t day = end + 1; day != DAY_NONE && *steps > 0; (*steps)--) {
        if (is_authorised_on(asking, entry, day, until)) {
            return true;
        }
        day = next_beginning(asking->dossier, day, last);
    }
    return false;
}

static uint32_t last_day(const struct asking *asking, const struct authority_question *entry, uint32_t until)
{
    size_t steps = STEPS_MAX;
    while (until < DAY_MAX) {
        uint32_t next = DAY_NONE;
        if (!goes_on(asking, entry, until, &next, &steps)) {
            return steps > 0 ? until : DAY_NONE;
        }
        until = next;
    }
    return DAY_NONE;
}

uint32_t accreditation_last_day(const struct dossier *dossier, const struct trust *trust,
                                const struct namespace_owners *owners,
                                const struct authority_question *question,
                                const struct authority_answer *answer)
{
    const struct asking asking = {.dossier = dossier, .trust = trust, .owners = owners};
    return answer->until == DAY_NONE ? DAY_NONE : last_day(&asking, question, answer->until);
}

/* ---- one entry ---- */

/* Its header's time, as far as nothing shows it to be wrong; else when it may have been signed at the
 * earliest and at the latest. */
static bool was_signed_while_authorised(const struct asking *asking, const struct authority_question *entry)
{
    const struct dossier_place *place = entry->place;
    bool may_be = place->time_s >= place->below_s && place->time_s <= place->arrived_s + DAY_S;
    uint32_t until;
    if (may_be) {
        return is_authorised_on(asking, entry, day_of_time(place->time_s), &until);
    }
    return is_authorised_on(asking, entry, day_of_time(place->arrived_s), &until) ||
           (place->below_s != 0 && is_authorised_on(asking, entry, day_of_time(place->below_s), &until));
}

/* What a path proves comes without the time of its header. */
static bool says_so_itself(const struct dossier_place *place, uint32_t end)
{
    return place->time_s != 0 && day_of_time(place->time_s) > (uint64_t)end + ACCREDITATION_GRACE_DAYS;
}

static enum lateness lateness_at(const struct asking *asking, const struct authority_question *entry,
                                 uint32_t end)
{
    const struct dossier_place *place = entry->place;
    enum lateness late = lateness_of(place, end, ACCREDITATION_GRACE_DAYS);
    uint32_t until;
    if (late == LATE_NO) {
        return LATE_NO;
    }
    if (late == LATE_YES || says_so_itself(place, end)) {
        return was_signed_while_authorised(asking, entry) ? LATE_NO : LATE_YES;
    }
    return is_authorised_on(asking, entry, day_of_time(place->arrived_s), &until) ? LATE_NO : LATE_NOT_KNOWN;
}

/* ---- replacements ---- */

static bool is_named(const struct dossier *dossier, const struct entry_name *name,
                     const struct dossier_place *place)
{
    return actor_id_equal(&name->author, &dossier_log_at(dossier, place)->author) &&
           name->seq == place->seq && name->index == place->index &&
           memcmp(name->prefix, place->leaf.bytes, sizeof name->prefix) == 0;
}

/* Whether what the end of an accreditation bears on is the same in both. */
static bool says_the_same(const struct attestation *a, const struct attestation *b)
{
    bool same_end = a->has_last_day == b->has_last_day && (!a->has_last_day || a->last_day == b->last_day);
    bool same_network = a->has_network == b->has_network &&
                        (!a->has_network || bytes_equal(a->network_code, b->network_code));
    return subject_equal(&a->subject, &b->subject) && bytes_equal(a->code, b->code) && a->basis == b->basis &&
           a->earned_on == b->earned_on && a->valid_from == b->valid_from && same_end && same_network;
}

/* The entry of the same log that this one replaced and says the same as, or NULL. */
static const struct dossier_credential *replaced_by(const struct dossier *dossier,
                                                    const struct dossier_credential *credential)
{
    for (size_t i = 0; i < dossier->credential_count; i++) {
        const struct dossier_credential *old = &dossier->credentials[i];
        if (old != credential && old->has_replacement && !old->place.erased &&
            old->place.log == credential->place.log &&
            is_named(dossier, &old->replacement, &credential->place) &&
            says_the_same(&old->attestation, &credential->attestation)) {
            return old;
        }
    }
    return NULL;
}

struct accreditation_end accreditation_end_of(const struct dossier *dossier, const struct trust *trust,
                                              const struct namespace_owners *owners,
                                              const struct dossier_credential *credential,
                                              const struct authority_question *question,
                                              const struct authority_answer *answer)
{
    const struct asking asking = {.dossier = dossier, .trust = trust, .owners = owners};
    struct accreditation_end out = {.lateness = LATE_NO, .day = DAY_NONE};
    if (answer->recorded) {
        return out;
    }
    out.day = accreditation_last_day(dossier, trust, owners, question, answer);
    if (out.day == DAY_NONE) {
        return out;
    }
    struct authority_question entry = *question;
    out.lateness = lateness_at(&asking, &entry, out.day);
    for (size_t i = 0; i < REPLACEMENTS_MAX && out.lateness != LATE_NO; i++) {
        credential = replaced_by(dossier, credential);
        if (credential == NULL) {
            break;
        }
        entry.place = &credential->place;
        enum lateness old = lateness_at(&asking, &entry, out.day);
        out.lateness = old == LATE_YES ? out.lateness : old;
    }
    return out;
}
