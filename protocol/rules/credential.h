#ifndef PROTOCOL_RULES_CREDENTIAL_H
#define PROTOCOL_RULES_CREDENTIAL_H

/* The first half of a verdict: how each credential of a dossier stands on the four axes and on which days it
 * holds, by itself, its status and its own condition. What the packs' rules make of it comes after
 * (career.h). verdict.h lists how the axes answer. */

#include "protocol/rules/affiliation.h"
#include "protocol/rules/lacking.h"
#include "protocol/rules/verdict.h"

struct credentials {
    size_t count; /* as in the dossier, in its order */
    struct credential_verdict *verdicts;
    size_t membership_count; /* as memberships_of has them, but none is sure whose shop's newest checkpoint is
                                older than its budget, or does not count: she may have left since */
    struct membership *memberships;
    struct freshness
        workplace;     /* of those of the subject on the day asked about that are too old the worst */
    bool knows_a_shop; /* some of the subject's is sure, or was before it was too old */
};

/* Decide all credentials of the dossier; those of shops first, as the others' conditions rest on them.
 * Writes: *out whole, but for what packs say beyond code and days on which it is offered. days: empty where
 * integrity or authority is no; surely empty where one of the constant axes is unknown or stale. Returns:
 * false when the arena is full. */
bool credentials_decide(struct credentials *out, const struct dossier *dossier, const struct trust *trust,
                        const struct question *question, struct arena *arena);

/* The same where everything is denied: the conditions of credentials ask everybody (lacking.h). */
bool credentials_decide_denied(struct credentials *out, const struct dossier *dossier,
                               const struct trust *trust, const struct question *question,
                               struct arena *arena);

/* Days on which the dossier's subject is affiliated with a shop that holds membership code. Where not one
 * affiliation of hers is known that counts for certain, all days are unknown: her shop's log may not have
 * come here. Nor is any day a no on which what is not here of what is said about the code might make it a
 * yes, or what is not here of a shop that holds it and had her on any day, or may have: it may have her back.
 * So the log of such a shop has to be whole, and as young as one where she works. Those that never had her
 * are not asked: else no answer could be no before all of a network had been heard lately. Returns: false
 * when the arena is full. */
bool network_days(struct day_truth *out, const struct lacking_question *asked,
                  const struct credentials *credentials, struct bytes code, struct arena *arena);

/* Narrow a credential by a condition that holds on days: write the status axis for at_day, since_day,
 * until_day and overall, with reason where the condition is not yes. effective_day of a no: the first day of
 * the condition's present silence, DAY_NONE when it never held before. A no that stands against the
 * credential already is left alone, and so is an unknown unless the condition is a certain no.
 * verdict->days is the caller's to narrow; days is the condition's own. */
void credential_narrow(struct credential_verdict *verdict, const struct day_truth *days, enum reason reason,
                       uint32_t at_day);

/* Let a credential end after last_day, or perhaps only after possible_day, which is no earlier: write days
 * and, for at_day, the status axis, until_day, effective_day and overall. What stands against it already in
 * earnest (void, revoked, replaced, held by another, not valid yet, expired) stays. Returns: false when the
 * arena is full. */
bool credential_end(struct credential_verdict *verdict, uint32_t last_day, uint32_t possible_day,
                    uint32_t at_day, struct arena *arena);

/* What the axes amount to, as verdict_of says. Whoever changes an axis writes overall anew. */
enum overall overall_of_axes(const struct axis_answer axes[AXIS_COUNT]);

/* Whether a speaks for a code rather than b: the one that is valid longest, else one that is undetermined,
 * and last what a stranger signed. Of two alike neither does. */
bool credential_goes_before(const struct credential_verdict *a, const struct credential_verdict *b);

#endif
