#include "protocol/rules/holding.h"

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
static void let_hold(struct holding *holding, bool names, const struct held_word *word)
{
    struct weighed weighed = names ? word->in_favour : word->against;
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

/* Returns: whether it lets the one asked about hold it, for certain. */
static bool let_event_hold(struct holding *holding, const struct dossier *dossier,
                           const struct dossier_credential *credential, const struct held_word *words,
                           size_t at)
{
    const struct history_event *event = &credential->place.events[at];
    bool speaks = event->action == STATUS_HELD_BY && event_had_arrived(dossier, &credential->place, at);
    bool names = speaks && names_holder(dossier, credential, event);
    if (speaks) {
        let_hold(holding, names, &words[at]);
    }
    return names && words[at].in_favour.weight == WEIGHT_FULL;
}

/* What a kept branch gives back is what was taken below on it: what was said beside it comes before it in the
 * order, and is said again. */
static void let_hold_beside(struct holding *holding, const struct dossier *dossier,
                            const struct dossier_credential *credential, const struct held_word *words,
                            size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (event_is_beside(dossier, &credential->place, at, i)) {
            let_event_hold(holding, dossier, credential, words, i);
        }
    }
}

/* Why an entry that is about somebody else, and came to the one asked about by nothing that counts, is not
 * that one's to show; REASON_NONE: it came to nobody. */
static enum reason why_not_come(const struct dossier *dossier, const struct dossier_credential *credential,
                                const struct held_word *words)
{
    enum reason why = REASON_NONE;
    for (size_t i = 0; i < credential->place.event_count; i++) {
        const struct history_event *event = &credential->place.events[i];
        if (event->action != STATUS_HELD_BY || !event_had_arrived(dossier, &credential->place, i)) {
            continue;
        }
        if (names_holder(dossier, credential, event)) {
            why = words[i].in_favour.reason == REASON_DROPPED ? REASON_REWOUND : words[i].in_favour.reason;
        } else if (words[i].against.weight != WEIGHT_NOTHING) {
            return REASON_NONE; /* that says it */
        }
    }
    return why;
}

struct holding holding_of(const struct dossier *dossier, const struct dossier_credential *credential,
                          const struct held_word *words)
{
    const struct dossier_place *place = &credential->place;
    struct holding holding = {is_first_holder(dossier, credential) ? ANSWER_YES : ANSWER_NO, REASON_NONE};
    for (size_t i = 0; i < place->event_count; i++) {
        if (let_event_hold(&holding, dossier, credential, words, i)) {
            let_hold_beside(&holding, dossier, credential, words, i);
        }
    }
    enum reason why = holding.answer == ANSWER_NO ? why_not_come(dossier, credential, words) : REASON_NONE;
    return why == REASON_NONE ? holding : (struct holding){ANSWER_UNKNOWN, why};
}

bool holding_speaks(struct holding holding, const struct dossier *dossier,
                    const struct dossier_credential *credential, const struct held_word *words, size_t event)
{
    bool names = names_holder(dossier, credential, &credential->place.events[event]);
    bool certain = words[event].against.weight == WEIGHT_FULL;
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
