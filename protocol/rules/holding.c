#include "protocol/rules/holding.h"

#include "protocol/rules/weight.h"

/* What a dossier has about a shop is about the one that holds it for certain. */
static const struct subject *party_of(const struct dossier *dossier,
                                      const struct dossier_credential *credential)
{
    if (credential->about != ABOUT_SHOP) {
        return &dossier->subject;
    }
    return credential->has_holder ? &credential->holder : &credential->attestation.subject;
}

static bool is_first_holder(const struct dossier *dossier, const struct dossier_credential *credential)
{
    return credential->place.erased ||
           subject_equal(&credential->attestation.subject, party_of(dossier, credential));
}

static bool names_holder(const struct dossier *dossier, const struct dossier_credential *credential,
                         const struct history_event *event)
{
    return event->has_holder && subject_equal(&event->holder, party_of(dossier, credential));
}

/* Let the next `held by` speak. */
static void let_hold(struct holding *holding, bool names, struct weighed weighed)
{
    switch (weighed.weight) {
    case WEIGHT_FULL:
        *holding = (struct holding){names ? ANSWER_YES : ANSWER_NO, REASON_NONE};
        break;
    case WEIGHT_DOUBTFUL:
        if (names && holding->answer == ANSWER_NO) {
            *holding = (struct holding){ANSWER_UNKNOWN, weighed.reason};
        } else if (!names && holding->answer == ANSWER_YES) {
            *holding = (struct holding){ANSWER_UNKNOWN, REASON_NONE};
        }
        break;
    case WEIGHT_NOTHING:
        break;
    }
}

struct holding holding_of(const struct dossier *dossier, const struct dossier_credential *credential)
{
    const struct dossier_place *place = &credential->place;
    struct holding holding = {is_first_holder(dossier, credential) ? ANSWER_YES : ANSWER_NO, REASON_NONE};
    for (size_t i = 0; i < place->event_count; i++) {
        const struct history_event *event = &place->events[i];
        if (event->action == STATUS_HELD_BY && event_had_arrived(dossier, place, i)) {
            let_hold(&holding, names_holder(dossier, credential, event), event_weigh(dossier, place, i));
        }
    }
    return holding;
}

bool holding_speaks(struct holding holding, const struct dossier *dossier,
                    const struct dossier_credential *credential, size_t event)
{
    bool names = names_holder(dossier, credential, &credential->place.events[event]);
    bool certain = event_weigh(dossier, &credential->place, event).weight == WEIGHT_FULL;
    switch (holding.answer) {
    case ANSWER_YES:
        return false;
    case ANSWER_NO:
        return !names;
    case ANSWER_UNKNOWN:
        break;
    }
    return !names && !certain;
}
