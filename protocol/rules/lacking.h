#ifndef PROTOCOL_RULES_LACKING_H
#define PROTOCOL_RULES_LACKING_H

/* What an author said whose content is not all here may be anything, about anybody: of the codes for which it
 * may speak nobody can say that they were never passed. */

#include "protocol/rules/dossier.h"

/* Whether an owner that the trust file names was never heard of, or the log of anybody who may ever have
 * spoken for its namespace is known to have gaps: its owners, and whom these accredited for any of its codes
 * at any time, as far as gathered. Writes: *out. Returns:
 * false when the arena is full. */
bool lacking_of(bool *out, const struct dossier *dossier, const struct trust *trust,
                const struct trust_owner *owner, struct arena *arena);

#endif
