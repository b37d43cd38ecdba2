#ifndef PROTOCOL_RULES_HOLDING_H
#define PROTOCOL_RULES_HOLDING_H

/* Whether the one asked about holds a credential, which a `held by` re-binds to somebody else from its
 * effective day on: against whom held it, for whom it names. For the new holder it counts when it is certain;
 * against the old one it is never silent. */

#include "protocol/rules/status_days.h"
#include "protocol/rules/verdict.h"
#include "protocol/rules/weight.h"

/* How one of the events counts, by its block and by who said it (setters.h). */
struct held_word {
    struct weighed against;   /* whoever held it */
    struct weighed in_favour; /* of whom it names: nothing beyond a cut, in doubt where it came too late */
};

struct holding {
    enum answer answer; /* unknown: a `held by` in doubt takes it away, or gives it */
    enum reason doubt;  /* why it cannot be said; REASON_NONE where a `held by` in doubt says so */
};

/* Runs of days between which a `held by` begins to count. */
struct held_days {
    uint32_t first_day; /* the last is the one before the next run's; the first run begins on day 0 */
    /* Who that is: the subject that is asked about; of what is about a shop the last one to whom it was given
     * for certain by then, else the first. Lives as long as the dossier. */
    const struct subject *party;
    struct holding holding;
};

enum { HELD_DAYS_MAX = STATUS_EVENTS_MAX + 1 };

/* Requires: words, one for each of the credential's events; without meaning for all but `held by`. Returns:
 * how many runs. */
size_t holding_days(struct held_days out[HELD_DAYS_MAX], const struct dossier *dossier,
                    const struct dossier_credential *credential, const struct held_word *words);

/* Whether one of the credential's events, a `held by`, speaks against the one asked about on these days: not
 * where it names that one, nor where that one holds the credential after all. */
bool holding_speaks(const struct held_days *held, const struct dossier_credential *credential,
                    const struct held_word *words, size_t event);

/* Why it is not that one's on these days, or may not be, where no `held by` says so: REASON_REBOUND, or what
 * leaves it in doubt; REASON_NONE: it is. */
enum reason holding_lacks(const struct holding *holding);

#endif
