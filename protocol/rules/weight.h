#ifndef PROTOCOL_RULES_WEIGHT_H
#define PROTOCOL_RULES_WEIGHT_H

/* How a statement counts by where its block stands, whatever it says and whoever may say so. One rule for
 * all records: what is for somebody counts only where it is sure in every way, what is against somebody is
 * never silent (bearing.h has which is which; what is neither is weighed like what is for somebody).
 *
 *                                     for somebody            against somebody
 *   on the chain                      counts                  counts
 *   in a disputed block               disputed                disputed
 *   in a void block                   nothing (voided)        unknown (voided)
 *   void by a disputed block,
 *   or by a side block                disputed                disputed
 *   on a side branch, the epoch open  disputed                disputed
 *   erased there, or but for a
 *   disputed void                     disputed                disputed
 *   on a branch that was dropped      nothing (dropped)       unknown (voided) where a void names the branch;
 *                                                             unknown (rewound) where this node had followed
 *                                                             the block for a day before the rotation came;
 *                                                             else nothing (dropped), but shown
 *   there, under a cut                unknown (rewound)       unknown (rewound)
 *   there, and a cut may cover it     unknown (cut-not-held,  the same
 *                                     too-many)
 *
 * What a cut that counts keeps there is in no doubt: of certificates, statuses and voids credential.c says
 * so, of accreditations and withdrawals authority_withdrawals.c, who know whether it counts.
 *
 * In a closed epoch a void on a dropped branch makes what it voids, and is for somebody, as unknown as what
 * is against somebody there: a void is against those whom it takes something from. What its author says in a
 * later epoch about such an entry ends that. */

#include "protocol/rules/bearing.h"
#include "protocol/rules/dossier.h"

/* For how long a node has to have followed a block that is against somebody for its loss to be noticed:
 * keys that were rotated away long ago must not become a weapon. */
enum { FOLLOWED_MIN_S = 86400 };

enum weight {
    WEIGHT_FULL,
    WEIGHT_DOUBTFUL, /* neither yes nor no; reason says why */
    WEIGHT_NOTHING,
};

struct weighed {
    enum weight weight;
    /* REASON_NONE with WEIGHT_FULL. Doubtful: REASON_DISPUTED, REASON_VOIDED, REASON_REWOUND,
     * REASON_CUT_NOT_HELD, REASON_TOO_MANY. Nothing: REASON_VOIDED, REASON_DROPPED. */
    enum reason reason;
};

/* What is known of a statement by who said it, where it stands on a side branch. */
enum spoken {
    SPOKEN,       /* any cut that covers it, or may, leaves it in doubt though it was dropped */
    SPOKEN_UNCUT, /* no cut of those who let its author speak covers it, nor may: others' cuts say nothing */
    SPOKEN_NOT,   /* beyond a closed cut: it says nothing */
};

/* The same of all that an entry's weight hangs on; a NULL in it: SPOKEN. What voids a block of the chain says
 * nothing where it is SPOKEN_NOT. */
struct spoken_of {
    enum spoken entry;                /* the entry itself */
    const enum spoken *events;        /* each of the place's */
    const enum spoken *voids;         /* each of the dossier's */
    enum spoken voider;               /* what voids the block of the place */
    const enum spoken *event_voiders; /* what voids that of each event */
};

/* Of an entry, not erased, that had arrived. Of cuts those of its author's successions count here alone. */
struct weighed place_weigh(const struct dossier *dossier, const struct dossier_place *place,
                           enum stance stance);

/* Whether an entry is not for nothing, were it against somebody: whatever it says, and whoever voids it. */
bool place_may_speak(const struct dossier *dossier, const struct dossier_place *place);

/* Of an entry on a branch that was dropped, whatever cut names it. */
struct weighed dropped_weigh(const struct dossier *dossier, const struct dossier_place *place,
                             enum stance stance);

/* place_weigh of an entry that its author may say more about, but for what voids on dropped branches leave of
 * it in doubt: of that what is said later decides (status_days_leave). None of those is against somebody
 * alone. */
struct weighed entry_weigh(const struct dossier *dossier, const struct dossier_place *place,
                           enum stance stance, struct spoken_of spoken);
struct status_left entry_left(const struct dossier *dossier, const struct dossier_place *place,
                              struct spoken_of spoken);

/* Of an entry of a side block that the cut of a withdrawal covers and keeps: it counts, unless a void under a
 * cut may be about it, or more is said about it than was looked at. */
struct weighed kept_weigh(const struct dossier *dossier, const struct dossier_place *place,
                          struct spoken_of spoken);

/* The block that voids that of an event; 0: none does, or it is not known. */
uint64_t event_void_seq(const struct dossier_place *place, size_t event);

/* Of one of the events about an entry, by its action. Whether it had arrived is event_had_arrived's. */
struct weighed event_weigh(const struct dossier *dossier, const struct dossier_place *place, size_t event,
                           struct spoken_of spoken);
bool event_had_arrived(const struct dossier *dossier, const struct dossier_place *place, size_t event);
/* Where it stands. */
struct dossier_place event_place(const struct dossier_place *place, size_t event);

/* Whether one of the events, on a side branch, was said beside an earlier one of the same epoch: not on top
 * of it, so that it takes nothing of that back. */
bool event_is_beside(const struct dossier *dossier, const struct dossier_place *place, size_t event,
                     size_t earlier);

/* Whether a was said before b, of one log: the chain's word of an epoch before that of its side branches, for
 * what is said on a branch was at least not known to be taken back where the branch began. */
bool place_precedes(const struct dossier_place *a, const struct dossier_place *b);

#endif
