#ifndef PROTOCOL_RULES_AUTHORITY_H
#define PROTOCOL_RULES_AUTHORITY_H

/* Whether an issuer may attest a code: a chain of accreditations from the namespace's owner in the trust file (DESIGN
 * sections 4 and 5). Every link holds the code's pattern, the state where one is asked for, the day, and a depth
 * that leaves room for the links below it; a withdrawal cuts the accreditations said before it at the head that it
 * names (of several withdrawals the lowest cut and all exceptions count); a voided accreditation gives nothing; a
 * succession hands the owner's namespace on, the old log read up to its cut. */

#include "protocol/rules/dossier.h"

struct authority_question {
    struct actor_id issuer;
    struct bytes code;
    uint64_t seq;   /* of the block that speaks, in the issuer's log */
    uint64_t index; /* of the entry */
    uint32_t day;   /* on which the issuer must have been authorised: the day the credential was earned */
    uint64_t known_by_s;
};

struct authority_answer {
    enum reason reason; /* REASON_NONE: authorised. REASON_VOIDED, REASON_DISPUTED: could not be said */
    size_t chain_size;  /* links from owner to issuer: 0 when the issuer is the owner */
    struct actor_id chain[CHAIN_DEPTH_MAX + 1]; /* owner first, issuer last */
    bool withdrawn;     /* with REASON_WITHDRAWN */
    struct actor_id withdrawn_by;
};

void authority_of(struct authority_answer *out, const struct dossier *dossier, const struct trust *trust,
                  const struct authority_question *question);

#endif
