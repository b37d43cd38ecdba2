#ifndef STORE_INTRODUCER_H
#define STORE_INTRODUCER_H

/* Whether a technician's word lets a shop's log in: somebody near the trust file attested her. Private to
 * store/. */

#include "store/rows.h"
#include "store/shop_quota.h"

enum { PAYERS_MAX = 4 };

/* On whose accounts her shops may go: owners of namespaces, then their delegates, each by id; the last ones
 * give way. */
struct payers {
    size_t count;
    struct shop_payer items[PAYERS_MAX];
};

void payers_add(struct payers *payers, const struct shop_payer *payer);

/* Who pays for the shops that technician introduces; none: she may not. Whoever attested her: by what is
 * held, not void, erased or revoked, held by her as of its last word, of another basis than experience, and
 * signed by the owner of its code's namespace or by a delegate at most two steps below, whose accreditations
 * let it pass on so far, hold the code and are not withdrawn from it. A delegate's delegate is the
 * delegate's, who pays. Days are not looked at: a log stays admitted after its periods end. Bounded: of what
 * is said at each distance from the owners much may be passed by, the same at every node, but nothing for
 * what is said further away. Asked once for a technician while the transaction changes nothing. */
enum store_error introducer_find(struct store_txn *txn, const struct trust *trust,
                                 const struct actor_id *technician, struct payers *out);

#endif
