#ifndef PROTOCOL_RULES_REPLACED_H
#define PROTOCOL_RULES_REPLACED_H

/* What an entry took over from one that it replaced: the day on which that one was in time, where it says the
 * same in every field. It does so only where the old one stood until then, and nothing that was said against
 * it is lifted by the new one: revoked, suspended, replaced by another or held by another leave it nothing,
 * whether that was ended again, in doubt, or taken back by a void. */

#include "protocol/rules/dossier.h"

/* Whether they do, in every field. */
bool attestations_say_the_same(const struct attestation *a, const struct attestation *b);

/* The entry of the same log that this one replaced and may be as old as, or NULL. */
const struct dossier_credential *replaced_by(const struct dossier *dossier,
                                             const struct dossier_credential *credential);

#endif
