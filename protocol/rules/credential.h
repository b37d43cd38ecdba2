#ifndef PROTOCOL_RULES_CREDENTIAL_H
#define PROTOCOL_RULES_CREDENTIAL_H

/* The first half of a verdict: how each credential of a dossier stands on the four axes and on which days it
 * holds, by itself, its status and its own condition. What the packs' rules make of it comes after
 * (career.h). verdict.h lists how the axes answer. */

#include "protocol/rules/affiliation.h"
#include "protocol/rules/verdict.h"

struct credentials {
    size_t count; /* as in the dossier, in its order */
    struct credential_verdict *verdicts;
    size_t membership_count;
    struct membership *memberships;
};

/* Decide all credentials of the dossier; those of shops first, as the others' conditions rest on them.
 * Writes: *out whole, but for what packs say beyond code and days on which it is offered. days: empty where
 * integrity or authority is no; surely empty where one of the constant axes is unknown or stale. Returns:
 * false when the arena is full. */
bool credentials_decide(struct credentials *out, const struct dossier *dossier, const struct trust *trust,
                        const struct question *question, struct arena *arena);

/* Days on which the dossier's subject is affiliated with a shop that holds membership code. Returns: false
 * when the arena is full. */
bool network_days(struct day_truth *out, const struct dossier *dossier, const struct credentials *credentials,
                  struct bytes code, struct arena *arena);

/* Write the status axis, since_day, until_day and effective_day of a credential as days answers for at_day,
 * with reason where that is not yes; an answer that stands against the credential already is left alone.
 * overall follows from the axes. Used by conditions. */
void credential_narrow(struct credential_verdict *verdict, const struct day_truth *days, enum reason reason,
                       uint32_t at_day);

#endif
