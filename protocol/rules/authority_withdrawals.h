#ifndef PROTOCOL_RULES_AUTHORITY_WITHDRAWALS_H
#define PROTOCOL_RULES_AUTHORITY_WITHDRAWALS_H

/* What withdrawals take back from what a delegate says somewhere, and what their cuts keep of it, also where
 * its author dropped that later. A withdrawal is against its delegate: how much a search has to overlook for
 * it not to count depends on its block, and on where its own author stood when it said so. */

#include "protocol/rules/authority_search.h"
#include "protocol/rules/weight.h"

/* Whether a withdrawal, which has arrived, is about an accreditation. */
bool authority_concerns(const struct authority_search *search, const struct dossier_withdrawal *found,
                        const struct dossier_accreditation *accreditation);

/* Whether a withdrawal that is about accreditation leaves what its delegate said in place. */
enum answer authority_leaves(const struct authority_search *search, const struct dossier_withdrawal *found,
                             const struct dossier_accreditation *accreditation,
                             const struct dossier_place *place);

/* place_weigh, of an accreditation of which a void beyond a closed cut takes nothing. */
struct weighed authority_weigh_accreditation(struct authority_search *search,
                                             const struct dossier_accreditation *found);

/* Whether a withdrawal in place counts in doubt alone, or for nothing. */
bool authority_is_in_doubt(const struct authority_search *search, const struct dossier_place *place);

/* Whether place is on a branch that was dropped, and only what lets its author speak can say that it counts:
 * a cut covers it, or may. */
bool authority_hangs_on_cut(const struct authority_search *search, const struct dossier_place *place);

/* Whether the cut of a withdrawal that is about accreditation, and that counts (for certain), covers what its
 * delegate said in place: it was there when that was recorded. */
bool authority_is_recorded(struct authority_search *search, const struct dossier_accreditation *accreditation,
                           const struct dossier_place *place, bool for_certain);

/* Whether the succession of an owner has a cut that covers what it said in place. */
bool authority_is_handed_on(const struct authority_search *search, const struct dossier_place *place);
/* Whether some succession of its author, be it in doubt, may have a cut that does. */
bool authority_may_be_handed_on(const struct authority_search *search, const struct dossier_place *place);

/* Whether what is said in place stays (for certain) although its author dropped it, the accreditation `above`
 * (NO_LINK: it is an owner) letting that author speak. Where something says that place is void it does not.
 */
bool authority_keeps(struct authority_search *search, size_t above, const struct dossier_place *place,
                     bool for_certain);

/* Whether a withdrawal that is about accreditation, and that may count, may have a cut between the place that
 * is asked about and the one that is to be parted from it. */
bool authority_is_parted(struct authority_search *search, const struct dossier_accreditation *accreditation);

/* The withdrawal that takes accreditation back from what its delegate says as speaker, or NULL. */
const struct dossier_withdrawal *authority_withdrawal_of(struct authority_search *search,
                                                         const struct dossier_accreditation *accreditation,
                                                         const struct authority_speaker *speaker);

#endif
