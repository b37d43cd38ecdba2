#ifndef STORE_CHAINS_H
#define STORE_CHAINS_H

/* Chains of accreditations from the trust file down to an author, as far as they are held. Along a chain the
 * depths suffice, and all periods and patterns have a day and a code in common; no clock is asked, and no
 * withdrawal. What stands beside the chain of its author counts as well where it may yet (side_grants.h): a
 * branch that is left must not keep out what its delegates revoke. Whether a chain holds for one code on one
 * day, protocol/rules/authority.h says: none holds that is not found here. */

#include "store/rows.h"

enum chain {
    CHAIN_STANDS, /* in no block that is void */
    CHAIN_VOID,   /* only where blocks count that are void */
    CHAIN_NONE,
    CHAIN_UNKNOWN, /* those whom trust lets speak say too much to try all of it; what others say is not read
                      where that matters (given.h) */
};

/* What leads from trust to author. A namespace's owner needs no chain: it stands. */
enum store_error chain_find(struct store_txn *txn, const struct trust *trust, const struct actor_id *author,
                            enum chain *out);
/* The same where so many links are below author: 1 where it accredits whoever speaks; and where it is asked
 * of one code, or of those under a pattern. Empty: of any. */
enum store_error chain_find_above(struct store_txn *txn, const struct trust *trust,
                                  const struct actor_id *author, unsigned links, struct bytes code,
                                  enum chain *out);

#endif
