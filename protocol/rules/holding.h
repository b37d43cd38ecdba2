#ifndef PROTOCOL_RULES_HOLDING_H
#define PROTOCOL_RULES_HOLDING_H

/* Whether the one asked about holds a credential, which a `held by` re-binds to somebody else: against whom
 * held it, for whom it names. For the new holder it counts when it is certain; against the old one it is
 * never silent. */

#include "protocol/rules/verdict.h"
#include "protocol/rules/weight.h"

/* How one of the events counts, by its block and by who said it (setters.h). */
struct held_word {
    struct weighed against;   /* whoever held it */
    struct weighed in_favour; /* of whom it names: nothing beyond a cut, in doubt where it came too late */
};

struct holding {
    enum answer answer; /* unknown: a `held by` in doubt takes it away, or gives it */
    enum reason doubt;  /* why it cannot be said on any day; REASON_NONE where its days say so */
};

/* Who that is: the subject that is asked about; of what is about a shop the last one to whom it was given for
 * certain, else the first. Lives as long as the dossier. */
const struct subject *holding_party(const struct dossier *dossier,
                                    const struct dossier_credential *credential,
                                    const struct held_word *words);

/* Requires: words, one for each of the credential's events; without meaning for all but `held by`. */
struct holding holding_of(const struct dossier *dossier, const struct dossier_credential *credential,
                          const struct held_word *words);

/* Whether one of the credential's events, a `held by`, speaks against the one asked about: not where it names
 * that one, nor where that one holds the credential after all. */
bool holding_speaks(struct holding holding, const struct dossier *dossier,
                    const struct dossier_credential *credential, const struct held_word *words, size_t event);

#endif
