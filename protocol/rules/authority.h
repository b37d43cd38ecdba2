#ifndef PROTOCOL_RULES_AUTHORITY_H
#define PROTOCOL_RULES_AUTHORITY_H

/* Whether an issuer may attest a code: a chain of accreditations from the namespace's owner in the trust file
 * (DESIGN sections 4 and 5). Every link holds the code's pattern, the day, and a depth that leaves room for
 * the links below it, and nobody stands in it twice: nobody lets itself speak, by way of others neither. A
 * withdrawal takes back accreditations said before it by the same accreditor, or by an owner that it
 * succeeded: with a cut, all that the block which it names does not descend from (cut.h) and the exceptions,
 * else the whole of the one accreditation that it names. Of several every one counts, and what is said again
 * later stands. A voided accreditation gives nothing. A succession hands the owner's namespace on, of the old
 * log what its cut covers stays; where it is in doubt, so is what both say (owner.h), and a withdrawal by the
 * heir. A withdrawal is against its delegate: said beyond a cut by which its own author may no longer speak
 * for the code it leaves a doubt, and nothing where all that let it speak was closed. States bind codes whose
 * pack has a condition by state: for others an accreditation that names any can't be evaluated.
 *
 * When no chain holds, the reason is the least that would have to be otherwise for one to hold, in this
 * order:
 *
 *   disputed, upgrade,       unknown: a link, withdrawal or succession in a disputed block, in a log
 *   voided, rewound          that holds what this version does not understand, in a void block, or on
 *                            a branch that was dropped
 *   cut-not-held, too-many   unknown: it hangs on a cut whose block has not come here, or lies too
 *                            far away; or who let it speak for other codes may have let it for this one
 *                            on the branch that such a cut keeps
 *   beyond-cut               unknown: withdrawn by who was beyond a cut itself
 *   accredited-by-state-none-asked, states-of-accreditation-not-evaluated
 *                            unknown
 *   withdrawn                no: also when the owner has handed the namespace on; closed after not closed
 *   accreditation-not-in-force
 *                            no: on that day
 *   chain-too-deep           no
 *   not-accredited-in-this-state
 *                            no
 *   not-accredited-for-code  no: a chain from some owner in the trust file, but for other codes
 *   untrusted-issuer         no: nothing accredits it at all
 *
 * limit-reached, unknown, stands for all of them where not everything was looked at that counts. Where it is
 * no in any case, and only why was not looked at to the end, the reason is accreditation-not-in-force, or one
 * after it that is true whatever the rest says. */

#include "protocol/rules/owner.h"

/* What a chain is asked for without. */
struct authority_avoided {
    const bool *links;      /* of each of the dossier's accreditations, whether it is; NULL: none */
    const bool *logs;       /* of each of its logs, whether what its author accredits is; NULL: of none */
    const bool *recordings; /* of each of its withdrawals, whether its cut records nothing; NULL: of none */
    uint64_t number;        /* the same for the same within one verdict (answered.h); 0: it has none */
};

struct answered;

struct authority_question {
    struct actor_id issuer;
    struct bytes code;
    /* Of the entry that speaks, in the issuer's log: read are seq, index, block_hash and side. */
    const struct dossier_place *place;
    uint32_t day; /* on which the issuer must have been authorised: the day the credential was earned */
    uint32_t days_after; /* of each link it is enough to be in force on that day or one of so many after it;
                            0: all must be on that one */
    struct bytes state;  /* for which is asked; empty: none */
    const struct authority_avoided *avoided; /* NULL: nothing */
    const struct dossier_place *parted_from; /* only chains, be they in doubt, of which authority_may_part may
                                                say yes of this place: where there is none the answer is
                                                untrusted-issuer; NULL: any */
    bool recorded_only; /* only chains of which who accredited the issuer recorded, for certain, what speaks:
                           where there is none the answer is untrusted-issuer, and nothing else */
    bool only_whether;  /* it may: where it may not, and that is known, the reason may be any but none */
    struct answered *answered; /* what was asked already (answered.h); NULL: nothing is known or kept. Whoever
                                  asks this file does not look there */
};

struct authority_answer {
    /* REASON_NONE: authorised. What authority_is_unknown says yes to: could not be said. All else: not. */
    enum reason reason;
    /* The chain that holds, or that would but for reason: the shortest, of these the first by the places of
     * its accreditations. has_chain false: there is none, or it is too deep. */
    bool has_chain;
    size_t chain_size; /* links from owner to issuer: 0 when the issuer is the owner */
    struct actor_id chain[CHAIN_DEPTH_MAX + 1]; /* owner first, issuer last */
    size_t links[CHAIN_DEPTH_MAX]; /* indices into the dossier's accreditations: chain[i] says of chain[i + 1]
                                    */
    uint32_t until;                /* last day on which all its links are in force; DAY_NONE */
    enum answer recorded; /* with REASON_NONE: of some chain that holds who accredited the issuer recorded a
                      cut, or the issuer an owner whose succession has one, that covers what speaks: it was
                      there before that was said, and stays whatever its author drops */
    /* With REASON_WITHDRAWN: */
    bool closed; /* all chains were withdrawn by somebody who leaves nothing that is said beyond the cut */
    struct actor_id withdrawn_by;
};

/* Whether reason says that it could not be determined: disputed, upgrade, voided, rewound, cut-not-held,
 * too-many, beyond-cut, the two about states, limit-reached. */
bool authority_is_unknown(enum reason reason);

bool accreditation_names_code(const struct accreditation *accreditation, struct bytes code);

/* Decide. Which statements had arrived by the question's known_by_s, the dossier's logs say. Borrows all for
 * the call. Writes: *out whole. Fails: never. */
void authority_of(struct authority_answer *out, const struct dossier *dossier, const struct trust *trust,
                  const struct authority_question *question);

/* The same where the owners of the code's namespace are known. */
void authority_under(struct authority_answer *out, const struct dossier *dossier, const struct trust *trust,
                     const struct namespace_owners *owners, const struct authority_question *question);

/* Whether the issuer may be authorised where the question is about, and no longer so in `later`, a place of
 * its log above that: that a cut of one who may have accredited it, or of its own succession, may lie between
 * the two. What else is in doubt strikes both alike, and says nothing of that. */
bool authority_may_part(const struct dossier *dossier, const struct trust *trust,
                        const struct namespace_owners *owners, const struct authority_question *question,
                        const struct dossier_place *later);

#endif
