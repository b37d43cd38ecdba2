#include "protocol/rules/issued.h"

#include "protocol/rules/replaced.h"
#include "protocol/rules/weight.h"

/* ---- how it stands ---- */

/* What is on a dropped branch and changes nothing does not speak, nor what gives it to the one asked about.
 */
static bool speaks(const struct history_event *event, struct weighed weighed, const struct subject *subject)
{
    return weighed.reason != REASON_DROPPED &&
           (event->action != STATUS_HELD_BY || !subject_equal(&event->holder, subject));
}

static void add_events(struct status_days *days, const struct dossier *dossier,
                       const struct dossier_place *place, const struct subject *subject)
{
    const struct status_left left = entry_left(dossier, place, (struct spoken_of){.events = NULL});
    status_days_init(days);
    for (size_t i = 0; i < place->event_count; i++) {
        const struct history_event *event = &place->events[i];
        const struct weighed weighed = event_weigh(dossier, place, i, (struct spoken_of){.events = NULL});
        status_days_leave(days, left, i);
        if (speaks(event, weighed, subject)) {
            status_days_add(days, &(struct status_event){.event = event,
                                                         .index = i,
                                                         .doubt = weighed.reason,
                                                         .void_seq = event_void_seq(place, i)});
        }
    }
    status_days_leave(days, left, place->event_count);
}

static enum issued_standing standing_of(enum reason reason, enum subject_kind kind)
{
    switch ((int)reason) {
    case REASON_NONE:
    case REASON_SUSPENDED:
        return ISSUED_STANDS;
    case REASON_REVOKED:
        return ISSUED_REVOKED;
    case REASON_REPLACED:
        return ISSUED_REPLACED;
    case REASON_REBOUND:
        return kind == SUBJECT_CLAIM ? ISSUED_STANDS : ISSUED_GIVEN;
    default:
        return ISSUED_DOUBTFUL;
    }
}

static bool says_replaced(const struct status_run *run)
{
    for (size_t i = 0; i < STATUS_WORDS; i++) {
        if (run->words[i].reason == REASON_REPLACED) {
            return true;
        }
    }
    return false;
}

void issued_stand(struct issued_entry *out, const struct dossier *dossier, const struct dossier_place *place,
                  const struct subject *subject)
{
    const enum stance stance = stance_of_entry(ENTRY_ATTESTATION, NULL, PARTY_SUBJECT);
    struct status_days days;
    out->standing = ISSUED_GONE;
    out->is_replaced = false;
    if (place->erased || place_weigh(dossier, place, stance).weight == WEIGHT_NOTHING) {
        return;
    }
    add_events(&days, dossier, place, subject);
    const struct status_run *last = &days.runs[days.count - 1];
    out->standing = standing_of(last->reason, subject->kind);
    out->is_replaced = says_replaced(last);
}

/* ---- what it says ---- */

static uint32_t last_day_of(const struct attestation *attestation)
{
    return attestation->has_last_day ? attestation->last_day : DAY_NONE;
}

static bool times_meet(const struct attestation *a, const struct attestation *b)
{
    return a->valid_from <= last_day_of(b) && b->valid_from <= last_day_of(a);
}

bool issued_is_of_same_exam(const struct attestation *a, const struct attestation *b)
{
    return subject_equal(&a->subject, &b->subject) && bytes_equal(a->code, b->code) && a->basis == b->basis &&
           a->earned_on == b->earned_on && (a->basis != BASIS_EXPERIENCE || times_meet(a, b));
}

static enum issued_answer answer_of(const struct issued_entry *entry, const struct attestation *coming)
{
    if (entry->standing == ISSUED_GONE || !issued_is_of_same_exam(&entry->attestation, coming)) {
        return ISSUED_NEVER;
    }
    if (entry->standing != ISSUED_STANDS) {
        return ISSUED_TAKEN_BACK;
    }
    return attestations_say_the_same(&entry->attestation, coming) ? ISSUED_SAME : ISSUED_OTHERWISE;
}

enum issued_answer issued_answer_of(const struct attestation *coming, const struct issued_entry *entries,
                                    size_t count, const struct issued_entry **which)
{
    static const enum issued_answer first_to_last[] = {ISSUED_SAME, ISSUED_OTHERWISE, ISSUED_TAKEN_BACK};
    for (size_t k = 0; k < sizeof first_to_last / sizeof first_to_last[0]; k++) {
        for (size_t i = count; i > 0; i--) {
            if (answer_of(&entries[i - 1], coming) == first_to_last[k]) {
                *which = &entries[i - 1];
                return first_to_last[k];
            }
        }
    }
    *which = NULL;
    return ISSUED_NEVER;
}

bool issued_gives_way(const struct issued_entry *entry, const struct attestation *coming, bool replace,
                      bool again)
{
    switch (answer_of(entry, coming)) {
    case ISSUED_OTHERWISE:
        return replace;
    case ISSUED_TAKEN_BACK:
        return again && !entry->is_replaced && entry->standing != ISSUED_GIVEN;
    case ISSUED_NEVER:
    case ISSUED_SAME:
        break;
    }
    return false;
}
