#include "protocol/rules/holding.h"

#include "protocol/base/sort.h"

/* Whose holding of what is asked, on which day. */
struct asked {
    const struct dossier *dossier;
    const struct dossier_place *place;
    const struct held_word *words;
    uint32_t day;
    const struct subject *party;
};

/* Whether an event is a `held by` that had come, and counts on that day. */
static bool speaks_then(const struct asked *asked, size_t at)
{
    const struct history_event *event = &asked->place->events[at];
    return event->action == STATUS_HELD_BY && event->effective_day <= asked->day &&
           event_had_arrived(asked->dossier, asked->place, at);
}

static const struct subject *party_of(const struct asked *asked, const struct dossier_credential *credential)
{
    if (credential->about != ABOUT_SHOP) {
        return &asked->dossier->subject;
    }
    for (size_t i = asked->place->event_count; i > 0; i--) {
        if (speaks_then(asked, i - 1) && asked->words[i - 1].against.weight == WEIGHT_FULL) {
            return &asked->place->events[i - 1].holder;
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

/* Returns: whether it lets the one asked about hold it, for certain. */
static bool let_event_hold(struct holding *holding, const struct asked *asked, size_t at)
{
    bool speaks = speaks_then(asked, at);
    bool is_own = speaks && names(&asked->place->events[at], asked->party);
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
        if (!speaks_then(asked, i)) {
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

static bool is_ever_given(const struct asked *asked)
{
    bool is = false;
    for (size_t i = 0; i < asked->place->event_count && !is; i++) {
        is = names(&asked->place->events[i], asked->party);
    }
    return is;
}

/* By the attestation alone. Whoever comes with one whose subject is blinded has shown whose it is, unless
 * it was given to that one: then nobody has. */
static struct holding first_holding(const struct asked *asked, const struct dossier_credential *credential)
{
    const struct subject *first = &credential->attestation.subject;
    if (asked->place->erased || subject_equal(first, asked->party)) {
        return (struct holding){ANSWER_YES, REASON_NONE};
    }
    if (first->kind != SUBJECT_BLINDED) {
        return (struct holding){ANSWER_NO, REASON_NONE};
    }
    return is_ever_given(asked) ? (struct holding){ANSWER_UNKNOWN, REASON_NOT_THE_HOLDER}
                                : (struct holding){ANSWER_YES, REASON_NONE};
}

static struct holding holding_of(const struct asked *asked, const struct dossier_credential *credential)
{
    struct holding holding = first_holding(asked, credential);
    for (size_t i = 0; i < asked->place->event_count; i++) {
        if (let_event_hold(&holding, asked, i)) {
            let_hold_beside(&holding, asked, i);
        }
    }
    enum reason why = holding.answer == ANSWER_NO ? why_not_come(asked) : REASON_NONE;
    return why == REASON_NONE ? holding : (struct holding){ANSWER_UNKNOWN, why};
}

static int order_days(const void *a, const void *b)
{
    const struct held_days *left = a;
    const struct held_days *right = b;
    return (left->first_day > right->first_day) - (left->first_day < right->first_day);
}

/* Let a run begin on day 0, and on each day from which on a `held by` counts. */
static size_t begin_runs(struct held_days out[HELD_DAYS_MAX], const struct asked *asked)
{
    size_t count = 1;
    size_t kept = 1;
    out[0].first_day = 0;
    for (size_t i = 0; i < asked->place->event_count; i++) {
        if (speaks_then(asked, i)) {
            out[count++].first_day = asked->place->events[i].effective_day;
        }
    }
    sort_items(out, count, sizeof out[0], order_days);
    for (size_t i = 1; i < count; i++) {
        if (out[i].first_day != out[kept - 1].first_day) {
            out[kept++].first_day = out[i].first_day;
        }
    }
    return kept;
}

size_t holding_days(struct held_days out[HELD_DAYS_MAX], const struct dossier *dossier,
                    const struct dossier_credential *credential, const struct held_word *words)
{
    struct asked asked = {.dossier = dossier, .place = &credential->place, .words = words, .day = DAY_NONE};
    size_t count = begin_runs(out, &asked);
    for (size_t i = 0; i < count; i++) {
        asked.day = out[i].first_day;
        asked.party = party_of(&asked, credential);
        out[i].party = asked.party;
        out[i].holding = holding_of(&asked, credential);
    }
    return count;
}

bool holding_speaks(const struct held_days *held, const struct dossier_credential *credential,
                    const struct held_word *words, size_t event)
{
    bool is_own = names(&credential->place.events[event], held->party);
    bool certain = words[event].against.weight == WEIGHT_FULL;
    switch (held->holding.answer) {
    case ANSWER_YES:
        return false;
    case ANSWER_NO:
        return !is_own;
    case ANSWER_UNKNOWN:
        break;
    }
    return !is_own && !certain;
}

enum reason holding_lacks(const struct holding *holding)
{
    return holding->answer == ANSWER_NO ? REASON_REBOUND : holding->doubt;
}
