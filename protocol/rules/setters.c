#include "protocol/rules/setters.h"

#include "protocol/rules/accreditation_end.h"
#include "protocol/rules/bearing.h"
#include "protocol/rules/cut.h"

static bool is_cut(const struct namespace_owners *owners, const struct actor_id *actor)
{
    size_t at = namespace_owner_index(owners, actor);
    return at < NAMESPACE_OWNERS_MAX && namespace_owner_is_cut(owners, at);
}

/* Whether a cut may lie between an entry and what its issuer says about it. Where nobody lets the issuer
 * speak there is nothing to be within. */
static bool cuts_matter(const struct dossier *dossier, const struct namespace_owners *owners,
                        const struct authority_question *entry, const struct authority_answer *answer)
{
    bool may_count = answer->reason == REASON_NONE || authority_is_unknown(answer->reason);
    return may_count && (dossier->withdrawal_count > 0 || is_cut(owners, &entry->issuer));
}

static const struct setting within = {.setter = SETTER_WITHIN};

/* What the same question, asked of a later place, is answered. Where it is as unknown as it was for the entry
 * itself nothing lies between them. */
static struct setting setting_of(const struct authority_answer *answer, enum reason of_entry, bool side)
{
    if (answer->reason == REASON_WITHDRAWN) {
        return (struct setting){.setter = answer->closed ? SETTER_CLOSED : SETTER_BEYOND, .uncut = true};
    }
    if (answer->reason != of_entry && authority_is_unknown(answer->reason)) {
        return (struct setting){.setter = SETTER_IN_DOUBT, .doubt = answer->reason};
    }
    bool certain = side && answer->reason == REASON_NONE;
    return (struct setting){.setter = certain && answer->recorded == ANSWER_YES ? SETTER_KEPT : SETTER_WITHIN,
                            .uncut = certain && answer->recorded == ANSWER_NO};
}

enum reason setting_doubt(const struct setting *setting, enum status_action action)
{
    switch (setting->setter) {
    case SETTER_BEYOND:
        return REASON_BEYOND_CUT;
    case SETTER_IN_DOUBT:
        return setting->doubt;
    case SETTER_LATE:
        return bearing_is_against(bearing_of_action(action)) ? REASON_NONE : setting->doubt;
    case SETTER_WITHIN:
    case SETTER_KEPT:
    case SETTER_CLOSED:
        break;
    }
    return REASON_NONE;
}

enum spoken setting_spoken(const struct setting *setting)
{
    if (setting->setter == SETTER_CLOSED) {
        return SPOKEN_NOT;
    }
    return setting->uncut ? SPOKEN_UNCUT : SPOKEN;
}

static struct setting ask(const struct dossier *dossier, const struct trust *trust,
                          const struct namespace_owners *owners, const struct authority_question *entry,
                          enum reason of_entry, uint64_t seq, uint64_t index,
                          const struct dossier_block *block)
{
    struct authority_answer answer;
    const struct dossier_place place = {.log = entry->place->log,
                                        .seq = seq,
                                        .index = index,
                                        .block_hash = block->hash,
                                        .block = {.side = block->side}};
    struct authority_question question = *entry;
    question.place = &place;
    authority_under(&answer, dossier, trust, owners, &question);
    return setting_of(&answer, of_entry, block->side);
}

struct setting setter_of(const struct dossier *dossier, const struct trust *trust,
                         const struct namespace_owners *owners, const struct authority_question *entry,
                         const struct authority_answer *answer, uint64_t seq, uint64_t index)
{
    const struct dossier_block on_chain = {.side = false};
    return cuts_matter(dossier, owners, entry, answer)
               ? ask(dossier, trust, owners, entry, answer->reason, seq, index, &on_chain)
               : within;
}

static bool is_about_block(const struct dossier_void *voids, uint64_t seq)
{
    return voids->range.first <= seq && seq <= voids->range.last;
}

static bool is_about(const struct dossier_void *voids, const struct dossier_place *place)
{
    bool about = is_about_block(voids, place->seq);
    for (size_t i = 0; i < place->event_count && !about; i++) {
        about = is_about_block(voids, place->events[i].setter_seq);
    }
    return about && voids->place.log == place->log;
}

void setters_of_voids(struct setting *settings, const struct dossier *dossier, const struct trust *trust,
                      const struct namespace_owners *owners, const struct authority_question *entry,
                      const struct authority_answer *answer)
{
    bool each = cuts_matter(dossier, owners, entry, answer);
    for (size_t i = 0; i < dossier->void_count; i++) {
        const struct dossier_place *said = &dossier->voids[i].place;
        settings[i] =
            each && is_about(&dossier->voids[i], entry->place)
                ? ask(dossier, trust, owners, entry, answer->reason, said->seq, said->index, &said->block)
                : within;
    }
}

bool setters_void(const struct setting *settings, const struct dossier *dossier,
                  const struct dossier_place *place)
{
    for (size_t i = 0; i < dossier->void_count; i++) {
        const struct dossier_void *voids = &dossier->voids[i];
        const struct dossier_place *said = &voids->place;
        if (settings[i].setter == SETTER_KEPT && said->log == place->log && said->block.dropped_s != 0 &&
            !dossier_place_is_void(dossier, said) && is_about_block(voids, place->seq) &&
            place_is_above(dossier, said, place)) {
            return true;
        }
    }
    return false;
}

static bool has_exceptions(const struct dossier *dossier)
{
    for (size_t i = 0; i < dossier->withdrawal_count; i++) {
        if (dossier->withdrawals[i].withdrawal.exceptions.count > 0) {
            return true;
        }
    }
    return false;
}

/* ---- what came too late ---- */

/* Whether it is for who holds the entry. What replaces it is an entry itself, with an issuer to be asked. */
static bool is_for_holder(enum status_action action)
{
    enum party helps = bearing_of_action(action).helps;
    return helps == PARTY_HOLDER || helps == PARTY_NEW_HOLDER;
}

static struct accreditation_end end_of_event(const struct dossier *dossier, const struct trust *trust,
                                             const struct namespace_owners *owners,
                                             const struct authority_question *entry, size_t event)
{
    const struct dossier_signing *signing = &entry->place->event_signings[event];
    struct dossier_place place = event_place(entry->place, event);
    struct authority_question question = *entry;
    struct authority_answer answer;
    place.time_s = signing->time_s;
    place.arrived_s = signing->arrived_s;
    place.below_s = signing->below_s;
    question.place = &place;
    authority_under(&answer, dossier, trust, owners, &question);
    return answer.reason == REASON_NONE
               ? accreditation_end_of_place(dossier, trust, owners, &question, &answer)
               : (struct accreditation_end){.lateness = LATE_NOT_KNOWN};
}

/* Whether it stays only under a cut that was recorded too late. */
static bool is_kept_late(const struct dossier *dossier, const struct trust *trust,
                         const struct namespace_owners *owners, const struct authority_question *entry,
                         size_t event)
{
    struct dossier_place place = event_place(entry->place, event);
    struct authority_question question = *entry;
    struct authority_answer answer;
    question.place = &place;
    authority_under(&answer, dossier, trust, owners, &question);
    accreditation_end_of_place(dossier, trust, owners, &question, &answer);
    return answer.recorded != ANSWER_YES;
}

/* Let be late what is within all cuts and came too long after the end. */
static void find_late(struct setting settings[STATUS_EVENTS_MAX], const struct dossier *dossier,
                      const struct trust *trust, const struct namespace_owners *owners,
                      const struct authority_question *entry)
{
    const struct dossier_place *place = entry->place;
    for (size_t i = 0; i < place->event_count; i++) {
        if (!is_for_holder(place->events[i].action)) {
            continue;
        }
        if (settings[i].setter == SETTER_KEPT && is_kept_late(dossier, trust, owners, entry, i)) {
            settings[i] = within;
        }
        if (settings[i].setter != SETTER_WITHIN || place->event_signings == NULL) {
            continue;
        }
        const struct accreditation_end end = end_of_event(dossier, trust, owners, entry, i);
        if (end.limited || end.lateness == LATE_YES) {
            settings[i] = (struct setting){.setter = SETTER_LATE,
                                           .doubt = end.limited ? REASON_LIMIT : REASON_SIGNED_AFTER_END,
                                           .uncut = settings[i].uncut};
        }
    }
}

/* Events on the chain ascend by their setters, and what comes before something within a cut is within it,
 * unless it is an exception: mostly one question answers for all of them. */
void setters_of(struct setting settings[STATUS_EVENTS_MAX], const struct dossier *dossier,
                const struct trust *trust, const struct namespace_owners *owners,
                const struct authority_question *entry, const struct authority_answer *answer)
{
    const struct dossier_place *place = entry->place;
    const struct dossier_block on_chain = {.side = false};
    bool each = cuts_matter(dossier, owners, entry, answer);
    for (size_t i = place->event_count; i > 0; i--) {
        const struct history_event *event = &place->events[i - 1];
        const struct dossier_block *block =
            place->event_blocks != NULL ? &place->event_blocks[i - 1] : &on_chain;
        settings[i - 1] = each ? ask(dossier, trust, owners, entry, answer->reason, event->setter_seq,
                                     event->setter_index, block)
                               : within;
        each = each && (settings[i - 1].setter != SETTER_WITHIN || place->event_blocks != NULL ||
                        has_exceptions(dossier));
    }
    if (answer->reason == REASON_NONE) {
        find_late(settings, dossier, trust, owners, entry);
    }
}
