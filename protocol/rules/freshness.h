#ifndef PROTOCOL_RULES_FRESHNESS_H
#define PROTOCOL_RULES_FRESHNESS_H

/* How old what is known of a log is, against a budget (DESIGN section 5, freshness). A certificate rests on
 * several: its issuer's, since that may have revoked it; each accreditor's in the chain, which may have
 * withdrawn the issuer; that of the namespace's owner, which may have handed it on or published other rules.
 * A title, a condition or an award rests on the rules of its own namespace beside that, whosever codes they
 * ask for. The worst of them decides. An owner that handed the namespace on is not asked any more: what its
 * log says up to the cut is all that counts of it. Where that is in doubt both it and the heir are asked, but
 * no heir whom a void disowns. */

#include "protocol/rules/verdict.h"

/* What an author may take before it counts as silent: the trust file's word about it, else its own stated
 * rhythm, else what is usual in its role. */
uint64_t freshness_budget_s(const struct question *question, const struct trust *trust,
                            const struct dossier_log *log, enum evidence_role role);

/* Of log by the question's times. Writes: *age_s, UINT64_MAX when no checkpoint counts. Returns: yes; no:
 * stale; unknown: no-checkpoint, clock-behind-evidence, log-incomplete. */
struct axis_answer freshness_of(uint64_t *age_s, const struct dossier_log *log,
                                const struct question *question, uint64_t budget_s);

/* Whether a is worse evidence than b. */
bool freshness_is_worse(const struct freshness *a, const struct freshness *b);

/* Of an accreditor's log that owns no namespace. */
struct freshness freshness_of_accreditor(const struct dossier *dossier, const struct trust *trust,
                                         const struct question *question, size_t log);

/* The worst of those above an issuer, as it was worked out last: credentials that follow each other mostly
 * rest on the same. Zeroed at first, and where the owners of the namespace are others. */
struct chain_freshness {
    size_t chain_size;                      /* 0: nothing was worked out */
    struct actor_id chain[CHAIN_DEPTH_MAX]; /* owner first, without the issuer */
    struct freshness worst;
};

/* Of a credential whose issuer is authorised as authority says (NULL: its code is not known, and so nobody
 * but its issuer). What is stale goes before what is unknown, the oldest of it first; of unknown ones
 * no-checkpoint before clock-behind-evidence before log-incomplete; of what is alike the one nearest to the
 * issuer. Where all are fresh it is the issuer's. above: of the credential before, and then of this one. */
void freshness_of_credential(struct freshness *out, const struct dossier *dossier, const struct trust *trust,
                             const struct question *question, const struct namespace_owners *owners,
                             const struct dossier_credential *credential,
                             const struct authority_answer *authority, struct chain_freshness *above);

/* Of the rules of a namespace, whatever they are asked about: of its owners who may still publish others, or
 * hand it on, the worst as above; where all are fresh the newest owner's. */
void freshness_of_rules(struct freshness *out, const struct dossier *dossier, const struct trust *trust,
                        const struct question *question, const struct namespace_owners *owners);

#endif
