#include "protocol/rules/accreditation_end.h"

#include <string.h>

enum {
    SEARCHES_MAX = 64,    /* chains looked for, of one entry */
    REPLACEMENTS_MAX = 8, /* entries that replace each other */
    DAY_S = 86400,
    NO_LINK = DOSSIER_GRANTS_MAX,
};

struct asking {
    const struct dossier *dossier;
    const struct trust *trust;
    const struct namespace_owners *owners;
    size_t depth;          /* of accreditors above each other that are asked about */
    size_t *searches_left; /* once there are none, nothing that was found may be believed */
};

static struct asking above(const struct asking *asking)
{
    struct asking above = *asking;
    above.depth++;
    return above;
}

/* Returns: whether the issuer is authorised. */
static bool search(const struct asking *asking, const struct authority_question *question,
                   struct authority_answer *answer)
{
    if (*asking->searches_left == 0 || asking->depth > CHAIN_DEPTH_MAX) {
        *asking->searches_left = 0;
        return false;
    }
    (*asking->searches_left)--;
    authority_under(answer, asking->dossier, asking->trust, asking->owners, question);
    if (answer->reason == REASON_LIMIT) {
        *asking->searches_left = 0;
    }
    return answer->reason == REASON_NONE;
}

/* ---- who is authorised by chains that were signed in time ---- */

static bool is_late_in(const struct asking *asking, const struct authority_question *question,
                       const struct authority_answer *answer, size_t at, uint32_t *end);

/* The uppermost accreditation of a chain that its author signed too late, or NO_LINK. Writes: *end, the last
 * day of that author's own. */
static size_t late_link(const struct asking *asking, const struct authority_question *question,
                        const struct authority_answer *answer, uint32_t *end)
{
    for (size_t i = 1; i < answer->chain_size; i++) {
        if (is_late_in(asking, question, answer, i, end)) {
            return answer->links[i];
        }
    }
    return NO_LINK;
}

/* Look for another chain as long as the one found holds what was signed too late. Requires: *answer holds.
 * Writes: *answer where one is found; *end as late_link. Returns: false when there is none. */
static bool find_timely(const struct asking *asking, const struct authority_question *question,
                        struct authority_answer *answer, uint32_t *end)
{
    struct authority_avoided avoided = {.link_count = 0};
    struct authority_question without = *question;
    struct authority_answer other = *answer;
    if (question->avoided != NULL) {
        avoided = *question->avoided;
    }
    without.avoided = &avoided;
    for (;;) {
        size_t late = late_link(asking, &without, &other, end);
        if (late == NO_LINK) {
            *answer = other;
            return true;
        }
        if (avoided.link_count == AUTHORITY_AVOIDED_MAX) {
            *asking->searches_left = 0;
            return false;
        }
        avoided.links[avoided.link_count++] = late;
        if (!search(asking, &without, &other)) {
            return false;
        }
    }
}

static bool is_authorised_on(const struct asking *asking, const struct authority_question *entry,
                             uint32_t day, uint32_t *until)
{
    struct authority_question question = *entry;
    struct authority_answer answer;
    uint32_t end;
    question.day = day;
    if (!search(asking, &question, &answer) || !find_timely(asking, &question, &answer, &end)) {
        return false;
    }
    *until = answer.until;
    return true;
}

/* ---- when that ends ---- */

/* The first day after `day`, at most `last`, on which any accreditation begins by which the issuer may be
 * authorised; DAY_NONE: on none. Nobody authorises itself. */
static uint32_t next_beginning(const struct dossier *dossier, const struct actor_id *issuer, uint32_t day,
                               uint32_t last)
{
    uint32_t next = DAY_NONE;
    for (size_t i = 0; i < dossier->accreditation_count; i++) {
        const struct dossier_accreditation *found = &dossier->accreditations[i];
        uint32_t from = found->accreditation.from;
        if (from > day && from <= last && (next == DAY_NONE || from < next) &&
            !actor_id_equal(&dossier_log_at(dossier, &found->place)->author, issuer)) {
            next = from;
        }
    }
    return next;
}

/* Whether the issuer is authorised again within the days of grace after `end`. Writes: *until of what
 * follows. */
static bool carries_on(const struct asking *asking, const struct authority_question *entry, uint32_t end,
                       uint32_t *until)
{
    uint32_t last = end + ACCREDITATION_GRACE_DAYS;
    for (uint32_t day = end + 1; day != DAY_NONE && *asking->searches_left > 0;) {
        if (is_authorised_on(asking, entry, day, until)) {
            return true;
        }
        day = next_beginning(asking->dossier, &entry->issuer, day, last);
    }
    return false;
}

/* DAY_NONE: it does not end. With no searches left it ends on no earlier day than that. */
static uint32_t last_day(const struct asking *asking, const struct authority_question *entry, uint32_t until)
{
    while (until < DAY_MAX) {
        uint32_t next = DAY_NONE;
        if (!carries_on(asking, entry, until, &next)) {
            return until;
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
    size_t searches_left = SEARCHES_MAX;
    const struct asking asking = {
        .dossier = dossier, .trust = trust, .owners = owners, .searches_left = &searches_left};
    uint32_t last = answer->until == DAY_NONE ? DAY_NONE : last_day(&asking, question, answer->until);
    return searches_left > 0 ? last : DAY_NONE;
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

/* ---- accreditations ---- */

/* The last day of those above accreditation `at` of a chain. */
static uint32_t until_above(const struct dossier *dossier, const struct authority_answer *answer, size_t at)
{
    uint32_t until = DAY_NONE;
    for (size_t i = 0; i < at; i++) {
        const struct accreditation *link = &dossier->accreditations[answer->links[i]].accreditation;
        if (link->has_until && (until == DAY_NONE || link->until < until)) {
            until = link->until;
        }
    }
    return until;
}

/* Whether accreditation `at` of a chain was signed too late by an accreditor whose own ended, and who
 * accredited that one recorded no cut. */
static bool is_late_in(const struct asking *asking, const struct authority_question *question,
                       const struct authority_answer *answer, size_t at, uint32_t *end)
{
    const struct asking chain = above(asking);
    struct authority_question entry = *question;
    struct authority_answer its;
    uint32_t until = until_above(asking->dossier, answer, at);
    entry.issuer = answer->chain[at];
    entry.place = &asking->dossier->accreditations[answer->links[at]].place;
    if (until == DAY_NONE) {
        return false;
    }
    *end = last_day(&chain, &entry, until);
    if (*end == DAY_NONE || lateness_at(&chain, &entry, *end) != LATE_YES) {
        return false;
    }
    return !(search(&chain, &entry, &its) && its.recorded == ANSWER_YES);
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

/* What an entry that this one replaced and says the same as lets it be. */
static enum lateness lateness_by_replaced(const struct asking *asking,
                                          const struct dossier_credential *credential,
                                          const struct authority_question *question, uint32_t end,
                                          enum lateness lateness)
{
    struct authority_question entry = *question;
    for (size_t i = 0; i < REPLACEMENTS_MAX && lateness != LATE_NO; i++) {
        credential = replaced_by(asking->dossier, credential);
        if (credential == NULL) {
            break;
        }
        entry.place = &credential->place;
        enum lateness old = lateness_at(asking, &entry, end);
        lateness = old == LATE_YES ? lateness : old;
    }
    return lateness;
}

static const struct accreditation_end in_time = {.lateness = LATE_NO, .day = DAY_NONE};

/* credential: NULL where the entry is none, and so replaces none. */
static struct accreditation_end find_end(const struct asking *asking,
                                         const struct dossier_credential *credential,
                                         const struct authority_question *question,
                                         struct authority_answer *answer)
{
    struct accreditation_end out = {.lateness = LATE_YES};
    if (answer->until == DAY_NONE) { /* nor does that of anybody in the chain end */
        return in_time;
    }
    if (!find_timely(asking, question, answer, &out.day)) {
        return out;
    }
    if (answer->recorded == ANSWER_YES || answer->until == DAY_NONE) {
        return in_time;
    }
    out.day = last_day(asking, question, answer->until);
    if (out.day == DAY_NONE) {
        return in_time;
    }
    out.lateness = lateness_at(asking, question, out.day);
    if (credential != NULL) {
        out.lateness = lateness_by_replaced(asking, credential, question, out.day, out.lateness);
    }
    return out;
}

static struct accreditation_end end_of(const struct dossier *dossier, const struct trust *trust,
                                       const struct namespace_owners *owners,
                                       const struct dossier_credential *credential,
                                       const struct authority_question *question,
                                       struct authority_answer *answer)
{
    size_t searches_left = SEARCHES_MAX;
    const struct asking asking = {
        .dossier = dossier, .trust = trust, .owners = owners, .searches_left = &searches_left};
    struct accreditation_end out = find_end(&asking, credential, question, answer);
    if (searches_left > 0) {
        return out;
    }
    /* Who ends later than was found out is late for less. */
    struct accreditation_end later = in_time;
    later.limited = out.lateness == LATE_YES;
    return later;
}

struct accreditation_end accreditation_end_of(const struct dossier *dossier, const struct trust *trust,
                                              const struct namespace_owners *owners,
                                              const struct dossier_credential *credential,
                                              const struct authority_question *question,
                                              struct authority_answer *answer)
{
    return end_of(dossier, trust, owners, credential, question, answer);
}

struct accreditation_end accreditation_end_of_place(const struct dossier *dossier, const struct trust *trust,
                                                    const struct namespace_owners *owners,
                                                    const struct authority_question *question,
                                                    struct authority_answer *answer)
{
    return end_of(dossier, trust, owners, NULL, question, answer);
}
