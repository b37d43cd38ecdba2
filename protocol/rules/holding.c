#include "protocol/rules/holding.h"

const struct subject *holding_party(const struct dossier *dossier,
                                    const struct dossier_credential *credential,
                                    const struct held_word *words)
{
    const struct dossier_place *place = &credential->place;
    if (credential->about != ABOUT_SHOP) {
        return &dossier->subject;
    }
    for (size_t i = place->event_count; i > 0; i--) {
        const struct history_event *event = &place->events[i - 1];
        if (event->action == STATUS_HELD_BY && event_had_arrived(dossier, place, i - 1) &&
            words[i - 1].against.weight == WEIGHT_FULL) {
            return &event->holder;
        }
    }
    return &credential->attestation.subject;
}

static bool names(const struct history_event *event, const struct subject *party)
{
    return event->has_holder && subject_equal(&event->holder, party);
}

/* Let the next `held by` speak. */
static void let_hold(struct holding *holding, bool is_own, const struct held_word *word)
{
    struct weighed weighed = is_own ? word->in_favour : word->against;
    switch (weighed.weight) {
    case WEIGHT_FULL:
        *holding = (struct holding){is_own ? ANSWER_YES : ANSWER_NO, REASON_NONE};
        break;
    case WEIGHT_DOUBTFUL:
        if (is_own && holding->answer == ANSWER_NO) {
            *holding = (struct holding){ANSWER_UNKNOWN, weighed.reason};
        } else if (!is_own && holding->answer == ANSWER_YES) {
            *holding = (struct holding){ANSWER_UNKNOWN, REASON_NONE};
        }
        break;
    case WEIGHT_NOTHING:
        break;
    }
}

/* Whose holding of what is asked. */
struct asked {
    const struct dossier *dossier;
    const struct dossier_place *place;
    const struct held_word *words;
    const struct subject *party;
};

/* Returns: whether it lets the one asked about hold it, for certain. */
static bool let_event_hold(struct holding *holding, const struct asked *asked, size_t at)
{
    const struct history_event *event = &asked->place->events[at];
    bool speaks = event->action == STATUS_HELD_BY && event_had_arrived(asked->dossier, asked->place, at);
    bool is_own = speaks && names(event, asked->party);
    if (speaks) {
        let_hold(holding, is_own, &asked->words[at]);
    }
    return is_own && asked->words[at].in_favour.weight == WEIGHT_FULL;
}

/* What a kept branch gives back is what was taken below on it: what was said beside it comes before it in the
 * order, and is said again. */
static void let_hold_beside(struct holding *holding, const struct asked *asked, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (event_is_beside(asked->dossier, asked->place, at, i)) {
            let_event_hold(holding, asked, i);
        }
    }
}

/* Why an entry that is about somebody else, and came to the one asked about by nothing that counts, is not
 * that one's to show; REASON_NONE: it came to nobody. */
static enum reason why_not_come(const struct asked *asked)
{
    enum reason why = REASON_NONE;
    for (size_t i = 0; i < asked->place->event_count; i++) {
        const struct history_event *event = &asked->place->events[i];
        const struct held_word *word = &asked->words[i];
        if (event->action != STATUS_HELD_BY || !event_had_arrived(asked->dossier, asked->place, i)) {
            continue;
        }
        if (names(event, asked->party)) {
            why = word->in_favour.reason == REASON_DROPPED ? REASON_REWOUND : word->in_favour.reason;
        } else if (word->against.weight != WEIGHT_NOTHING) {
            return REASON_NONE; /* that says it */
        }
    }
    return why;
}

struct holding holding_of(const struct dossier *dossier, const struct dossier_credential *credential,
                          const struct held_word *words)
{
    const struct dossier_place *place = &credential->place;
    const struct asked asked = {dossier, place, words, holding_party(dossier, credential, words)};
    bool is_first = place->erased || subject_equal(&credential->attestation.subject, asked.party);
    struct holding holding = {is_first ? ANSWER_YES : ANSWER_NO, REASON_NONE};
    for (size_t i = 0; i < place->event_count; i++) {
        if (let_event_hold(&holding, &asked, i)) {
            let_hold_beside(&holding, &asked, i);
        }
    }
    enum reason why = holding.answer == ANSWER_NO ? why_not_come(&asked) : REASON_NONE;
    return why == REASON_NONE ? holding : (struct holding){ANSWER_UNKNOWN, why};
}

bool holding_speaks(struct holding holding, const struct dossier *dossier,
                    const struct dossier_credential *credential, const struct held_word *words, size_t event)
{
    bool is_own = names(&credential->place.events[event], holding_party(dossier, credential, words));
    bool certain = words[event].against.weight == WEIGHT_FULL;
    switch (holding.answer) {
    case ANSWER_YES:
        return false;
    case ANSWER_NO:
        return !is_own;
    case ANSWER_UNKNOWN:
        break;
    }
    return !is_own && !certain;
}
