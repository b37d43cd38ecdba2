#ifndef PROTOCOL_RULES_AUTHORITY_H
#define PROTOCOL_RULES_AUTHORITY_H

/* Whether an issuer may attest a code: a chain of accreditations from the namespace's owner in the trust file
 * (DESIGN sections 4 and 5). Every link holds the code's pattern, the day, and a depth that leaves room for
 * the links below it. A withdrawal cuts the accreditations said before it by the same accreditor, or by an
 * owner that it succeeded, at the head that it names: of several the lowest cut and all exceptions count, and
 * what is said again later stands. Cuts compare block numbers in the delegate's log. A voided accreditation
 * gives nothing. A succession hands the owner's namespace on, the old log read up to its cut.
 *
 * When no chain holds, the reason is the least that would have to be otherwise for one to hold, in this
 * order: disputed, upgrade, voided, rewound   unknown: a link, withdrawal or succession in a disputed block,
 * in a log that holds what this version does not understand, or in a void block withdrawn also when the owner
 * has handed the namespace on accreditation-not-in-force  on that day chain-too-deep not-accredited-for-code
 * a chain from some owner in the trust file, but for other codes untrusted-issuer            nothing
 * accredits it at all */

#include "protocol/rules/owner.h"

struct authority_question {
    struct actor_id issuer;
    struct bytes code;
    uint64_t seq;   /* of the block that speaks, in the issuer's log */
    uint64_t index; /* of the entry */
    uint32_t day;   /* on which the issuer must have been authorised: the day the credential was earned */
};

struct authority_answer {
    /* REASON_NONE: authorised. REASON_DISPUTED, REASON_UPGRADE, REASON_VOIDED, REASON_REWOUND,
     * REASON_TOO_MANY (the chains were too many to try): could not be said. All else: not. */
    enum reason reason;
    /* The chain that holds, or that would but for reason. has_chain false: there is none, or it is too deep.
     */
    bool has_chain;
    size_t chain_size; /* links from owner to issuer: 0 when the issuer is the owner */
    struct actor_id chain[CHAIN_DEPTH_MAX + 1]; /* owner first, issuer last */
    bool withdrawn;                             /* with REASON_WITHDRAWN */
    struct actor_id withdrawn_by;
};

/* Decide. Which statements had arrived by the question's known_by_s, the dossier's logs say. Borrows all for
 * the call. Writes: *out whole. Fails: never. */
void authority_of(struct authority_answer *out, const struct dossier *dossier, const struct trust *trust,
                  const struct authority_question *question);

/* The same where the owners of the code's namespace are known. */
void authority_under(struct authority_answer *out, const struct dossier *dossier, const struct trust *trust,
                     const struct namespace_owners *owners, const struct authority_question *question);

#endif
