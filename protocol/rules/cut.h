#ifndef PROTOCOL_RULES_CUT_H
#define PROTOCOL_RULES_CUT_H

/* Cuts: a withdrawal or a succession names a block of a log by its hash, and what stands in that block or in
 * an ancestor of it counts, whatever the log's author rotates later, and nothing else does. Block numbers say
 * nothing here: an author that rewinds its log can write other blocks below the number of the cut. */

#include "protocol/rules/day_truth.h"
#include "protocol/rules/dossier.h"

/* Whether the block of place, of the log that is cut, is the named one or an ancestor of it. Where the named
 * one is not held that may not be known: unknown, see cut_doubt. A place whose block_hash is zero and that is
 * not on a side branch is read as one on the followed chain. */
enum answer cut_covers(const struct dossier_cut *cut, const struct dossier_place *place);

/* The same of a withdrawal from the author of place, exceptions from its cut aside: whether it leaves what
 * was said there. Requires: it names no single accreditation. */
enum answer withdrawal_leaves(const struct dossier_withdrawal *found, const struct dossier_place *place);

/* Whether a withdrawal from the author of place may leave that and not what its author said later about it:
 * that its cut lies between the two, or an exception is made of the one in `later`. */
bool withdrawal_may_part(const struct dossier_withdrawal *found, const struct dossier_place *place,
                         const struct dossier_place *later);
/* The same of a cut alone. Nothing lies between what is said in one block. */
bool cut_may_part(const struct dossier_cut *cut, const struct dossier_place *place,
                  const struct dossier_place *later);

/* Whether some withdrawal from author, whoever's, names a cut. */
bool any_cut_of(const struct dossier *dossier, const struct actor_id *author);

/* Why the answer is unknown, where it is: REASON_CUT_NOT_HELD, REASON_TOO_MANY. */
enum reason cut_doubt(const struct dossier_cut *cut);

/* Whether some withdrawal from author, or a succession by it that stands on its chain, names a cut that
 * covers a place of its log for certain. Who may say so, and whether that is in doubt, is for the caller to
 * ask. */
bool any_cut_covers(const struct dossier *dossier, const struct actor_id *author,
                    const struct dossier_place *place);

/* Why what stands in a place that its author dropped may count all the same: REASON_REWOUND where such a cut
 * covers it, as cut_doubt where one may; REASON_NONE: none does. only_own: withdrawals aside. */
enum reason doubt_by_cuts(const struct dossier *dossier, const struct actor_id *author,
                          const struct dossier_place *place, bool only_own);

/* Whether what stands at `above`, on a side branch, was said on top of what stands at `below`, of the same
 * log, for certain: in the same block, or in one that descends from that of `below`. */
bool place_is_above(const struct dossier *dossier, const struct dossier_place *above,
                    const struct dossier_place *below);

#endif
