#ifndef STORE_INTRODUCER_H
#define STORE_INTRODUCER_H

/* Whether a technician's word lets a shop's log in: somebody near the trust file attested her. Private to
 * store/. */

#include "protocol/rules/trust.h"
#include "store/rows.h"

/* An attestation that makes its subject an introducer, and who pays for her shops. */
struct introducer {
    struct entry_at by;
    bool by_owner; /* of the code's namespace; else by one of its delegates */
};

/* The attestation of technician that is signed nearest to an owner, the first of several: held, not void,
 * erased or revoked, of another basis than experience, by the owner of its code's namespace or by a delegate
 * at most INTRODUCER_STEPS_MAX steps below, whose accreditations let it pass on so far, hold the code and are
 * not withdrawn from it. Days are not looked at: a log stays admitted after its periods end. Bounded: what
 * lies behind too many entries of others is not found. STORE_NOT_FOUND when there is none. */
enum { INTRODUCER_STEPS_MAX = 2 };
enum store_error introducer_find(struct store_txn *txn, const struct trust *trust,
                                 const struct actor_id *technician, struct introducer *out);

/* Whether the entry at by is still such a one. STORE_NOT_FOUND when it is not. */
enum store_error introducer_check(struct store_txn *txn, const struct trust *trust,
                                  const struct actor_id *technician, const struct entry_at *by,
                                  struct introducer *out);

#endif
