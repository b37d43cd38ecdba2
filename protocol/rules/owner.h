#ifndef PROTOCOL_RULES_OWNER_H
#define PROTOCOL_RULES_OWNER_H

/* Who speaks for a namespace: the owner that the trust file names, and after it those to whom a succession
 * hands the namespace, of each log what the cut of the succession said first in it covers. One that is
 * voided, disputed or rewound hands nothing on, but leaves the successor in doubt. A namespace that comes
 * back to an earlier owner is read to the end of that owner's log again. */

#include "protocol/rules/cut.h"

enum { NAMESPACE_OWNERS_MAX = CHAIN_DEPTH_MAX + 1 };

struct namespace_owner {
    struct actor_id actor;
    const struct dossier_cut *cut; /* what of its log speaks for the namespace; NULL: all of it */
    /* REASON_NONE; or why it cannot be said that it is an owner: REASON_VOIDED, REASON_REWOUND,
     * REASON_DISPUTED. */
    enum reason doubt;
};

struct namespace_owners {
    size_t count;                                        /* 0: the trust file does not name the namespace */
    struct namespace_owner owners[NAMESPACE_OWNERS_MAX]; /* oldest first */
};

void namespace_owners_of(struct namespace_owners *out, const struct dossier *dossier,
                         const struct trust *trust, struct bytes name_space);

/* Whether an owner spoke for the namespace at a place of its log, as far as its cut says. */
enum answer namespace_owner_spoke(const struct namespace_owner *owner, const struct dossier_place *place);

/* Index of actor among owners, NAMESPACE_OWNERS_MAX when it is none. */
size_t namespace_owner_index(const struct namespace_owners *owners, const struct actor_id *actor);

#endif
