#include "protocol/rules/setters.h"

#include "protocol/rules/accreditation_end.h"
#include "protocol/rules/bearing.h"
#include "protocol/rules/cut.h"

static bool is_handed_on(const struct namespace_owners *owners, const struct actor_id *actor)
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
    return may_count && (answer->reason == REASON_LIMIT || any_cut_of(dossier, &entry->issuer) ||
                         is_handed_on(owners, &entry->issuer));
}

static const struct setting within = {.setter = SETTER_WITHIN};

/* What the same question, asked of a later place, is answered. What is unknown of both alike is no doubt of
 * the later one: what is `between` them is. */
static struct setting setting_of(const struct authority_answer *answer, bool between,
                                 const struct dossier_block *block)
{
    bool uncut = block->side && answer->recorded == ANSWER_NO;
    if (answer->reason == REASON_WITHDRAWN) {
        return (struct setting){.setter = answer->closed ? SETTER_CLOSED : SETTER_BEYOND, .uncut = true};
    }
    if (between && authority_is_unknown(answer->reason)) {
        return (struct setting){.setter = SETTER_IN_DOUBT, .doubt = answer->reason};
    }
    bool kept = block->dropped_s != 0 && answer->reason == REASON_NONE && answer->recorded == ANSWER_YES;
    return (struct setting){.setter = kept ? SETTER_KEPT : SETTER_WITHIN, .uncut = uncut};
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

/* What is asked, and of what. */
struct asked {
    const struct dossier *dossier;
    const struct trust *trust;
    const struct namespace_owners *owners;
    const struct authority_question *entry;
    uint32_t today; /* by the verifier's clock; 0: nothing is asked by its day */
};

/* Whether the last link of a chain was given after a withdrawal from the issuer by whoever gives it: it is
 * accredited again, whatever day it writes on what it says. */
static bool is_given_again(const struct asked *asked, const struct authority_answer *answer)
{
    const struct dossier *dossier = asked->dossier;
    if (!answer->has_chain || answer->chain_size == 0) {
        return false;
    }
    const struct dossier_place *given = &dossier->accreditations[answer->links[answer->chain_size - 1]].place;
    for (size_t i = 0; i < dossier->withdrawal_count; i++) {
        const struct dossier_withdrawal *found = &dossier->withdrawals[i];
        if (actor_id_equal(&found->withdrawal.delegate, &asked->entry->issuer) &&
            found->place.log == given->log && place_precedes(&found->place, given)) {
            return true;
        }
    }
    return false;
}

/* Who was accredited again speaks, on a day of that accreditation, of what an earlier one let it issue too.
 * That day is its own word, so that under an accreditation which nothing shows to have come since it is in
 * doubt where it is against somebody, and nothing where it is for somebody; so it is until that day has come.
 * Of a void that day is not known: it may have been one. */
static struct setting under_another(const struct asked *asked, const struct dossier_place *place,
                                    uint32_t day, struct setting found)
{
    struct authority_question question = *asked->entry;
    struct authority_answer answer;
    question.place = place;
    question.day = day != DAY_NONE ? day : question.day;
    question.days_after = day != DAY_NONE ? 0 : DAY_NONE - question.day;
    authority_under(&answer, asked->dossier, asked->trust, asked->owners, &question);
    bool speaks = answer.reason == REASON_NONE || authority_is_unknown(answer.reason);
    if (answer.reason == REASON_WITHDRAWN && !answer.closed && found.setter == SETTER_CLOSED) {
        return (struct setting){.setter = SETTER_BEYOND, .again = true, .uncut = true};
    }
    bool comes_after = answer.reason == REASON_NONE && day <= asked->today && is_given_again(asked, &answer);
    if (speaks && (day == DAY_NONE || (answer.reason == REASON_NONE && !comes_after))) {
        answer.reason = REASON_BEYOND_CUT;
    }
    if (!speaks || (found.setter == SETTER_IN_DOUBT && answer.reason != REASON_NONE)) {
        return found;
    }
    struct setting again = setting_of(&answer, true, &place->block);
    again.again = true;
    return again;
}

/* day: DAY_NONE where it is not known. */
static struct setting ask(const struct asked *asked, uint64_t seq, uint64_t index,
                          const struct dossier_block *block, uint32_t day)
{
    struct authority_answer answer;
    const struct dossier_place place = {.log = asked->entry->place->log,
                                        .seq = seq,
                                        .index = index,
                                        .block_hash = block->hash,
                                        .block = {.side = block->side, .dropped_s = block->dropped_s}};
    struct authority_question question = *asked->entry;
    question.place = &place;
    authority_under(&answer, asked->dossier, asked->trust, asked->owners, &question);
    bool between = authority_is_unknown(answer.reason) &&
                   authority_may_part(asked->dossier, asked->trust, asked->owners, asked->entry, &place);
    const struct setting found = setting_of(&answer, between, block);
    bool speaks = found.setter == SETTER_WITHIN || found.setter == SETTER_KEPT;
    return speaks ? found : under_another(asked, &place, day, found);
}

struct setting setter_of(const struct dossier *dossier, const struct trust *trust,
                         const struct namespace_owners *owners, const struct authority_question *entry,
                         const struct authority_answer *answer, uint64_t seq, uint64_t index)
{
    const struct dossier_block on_chain = {.side = false};
    const struct asked asked = {dossier, trust, owners, entry, 0};
    return cuts_matter(dossier, owners, entry, answer) ? ask(&asked, seq, index, &on_chain, DAY_NONE)
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
    const struct asked asked = {dossier, trust, owners, entry, 0};
    bool each = cuts_matter(dossier, owners, entry, answer);
    for (size_t i = 0; i < dossier->void_count; i++) {
        const struct dossier_place *said = &dossier->voids[i].place;
        settings[i] = each && is_about(&dossier->voids[i], entry->place)
                          ? ask(&asked, said->seq, said->index, &said->block, DAY_NONE)
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

/* day: by which it counts. */
static struct accreditation_end end_of_event(const struct dossier *dossier, const struct trust *trust,
                                             const struct namespace_owners *owners,
                                             const struct authority_question *entry, size_t event,
                                             uint32_t day)
{
    const struct dossier_signing *signing = &entry->place->event_signings[event];
    struct dossier_place place = event_place(entry->place, event);
    struct authority_question question = *entry;
    struct authority_answer answer;
    place.time_s = signing->time_s;
    place.arrived_s = signing->arrived_s;
    place.above_s = signing->above_s;
    place.below_s = signing->below_s;
    question.place = &place;
    question.day = day;
    authority_under(&answer, dossier, trust, owners, &question);
    return answer.reason == REASON_NONE
               ? accreditation_end_of_place(dossier, trust, owners, &question, &answer)
               : (struct accreditation_end){.lateness = LATE_NOT_KNOWN};
}

/* Whether it stays only under a cut that was recorded too late. */
static bool is_kept_late(const struct dossier *dossier, const struct trust *trust,
                         const struct namespace_owners *owners, const struct authority_question *entry,
                         size_t event, uint32_t day)
{
    struct dossier_place place = event_place(entry->place, event);
    struct authority_question question = *entry;
    struct authority_answer answer;
    question.place = &place;
    question.day = day;
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
        uint32_t day = settings[i].again ? place->events[i].stated_day : entry->day;
        if (settings[i].setter == SETTER_KEPT && is_kept_late(dossier, trust, owners, entry, i, day)) {
            settings[i].setter = SETTER_WITHIN;
        }
        if (settings[i].setter != SETTER_WITHIN || place->event_signings == NULL) {
            continue;
        }
        const struct accreditation_end end = end_of_event(dossier, trust, owners, entry, i, day);
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
                const struct authority_question *entry, const struct authority_answer *answer, uint64_t now_s)
{
    const struct dossier_place *place = entry->place;
    const struct dossier_block on_chain = {.side = false};
    const struct asked asked = {dossier, trust, owners, entry, day_of_time(now_s + CHECKPOINT_AHEAD_S)};
    bool each = cuts_matter(dossier, owners, entry, answer);
    for (size_t i = place->event_count; i > 0; i--) {
        const struct history_event *event = &place->events[i - 1];
        const struct dossier_block *block =
            place->event_blocks != NULL ? &place->event_blocks[i - 1] : &on_chain;
        settings[i - 1] =
            each ? ask(&asked, event->setter_seq, event->setter_index, block, event->stated_day) : within;
        each = each && (settings[i - 1].setter != SETTER_WITHIN || settings[i - 1].again ||
                        place->event_blocks != NULL || has_exceptions(dossier));
    }
    if (answer->reason == REASON_NONE) {
        find_late(settings, dossier, trust, owners, entry);
    }
}
