#ifndef PROTOCOL_RULES_BEARING_H
#define PROTOCOL_RULES_BEARING_H

/* For and against: what each kind of entry and each status action does to whom. Forks, voids, cuts, clocks
 * and erasures all read this one table, since they all follow one rule: what is for somebody has to be sure
 * in every way, what is against somebody is never silent. What does neither is neutral. A statement may do
 * both, to two parties or to one: the replacement of an entry is against that one and for the new one; a
 * review sets a shop's floors and ends those of the review before.
 *
 * Three questions are not of this table. Whether an entry may have said anything at all, to whomever, is one
 * of its block (place_may_speak in weight.h). Which blocks of a branch are kept and passed on first has to be
 * told by their headers (block_class_speaks). And a rule pack, which is for nobody, may come too late to
 * change what was said of a day: in whose favour that is lies in what comes of it (pack_history.h). */

#include "protocol/wire/records.h"

enum party {
    PARTY_NONE,
    PARTY_SUBJECT,    /* whom an attestation is about */
    PARTY_HOLDER,     /* who holds an entry by its attestation, or by the last `held by` before this one */
    PARTY_NEW_HOLDER, /* whom a `held by` names */
    PARTY_SUCCESSOR,  /* whose the namespace becomes */
    PARTY_OWNER,      /* whose it was: beyond the cut its log no longer speaks for it */
    PARTY_DELEGATE,   /* of an accreditation or a withdrawal */
    PARTY_MEMBERS,    /* the technician and the shop of an affiliation */
    PARTY_SHOP,       /* that was reviewed */
    PARTY_SAID,       /* whom the voided or erased entries are for: what is against somebody among them stays
                         (DESIGN section 5) */
};

struct bearing {
    enum party helps, harms; /* PARTY_NONE: nobody */
};

/* What a statement is to one party. */
enum stance { STANCE_NEUTRAL, STANCE_FOR, STANCE_AGAINST };

/* Of one status action about an entry. */
struct bearing bearing_of_action(enum status_action action);

/* Of an entry. Borrows: record, decoded by entry_schema(kind), of a status or an affiliation; unused, and may
 * be NULL, for all other kinds. A kind that this version does not know is neutral: if it is critical, it
 * makes the whole log unknown. */
struct bearing bearing_of_entry(uint64_t kind, const void *record);

/* What is both for and against the party that is asked about is weighed like what is for it. Requires: party
 * is somebody. */
enum stance stance_of_action(enum status_action action, enum party party);
enum stance stance_of_entry(uint64_t kind, const void *record, enum party party);
enum stance stance_of_affiliation(enum affiliation_event event);

static inline bool bearing_is_for(struct bearing bearing)
{
    return bearing.helps != PARTY_NONE;
}

static inline bool bearing_is_against(struct bearing bearing)
{
    return bearing.harms != PARTY_NONE;
}

/* What is for somebody has to come in time; what is against somebody may come on any day. */
static inline bool stance_has_deadline(enum stance stance)
{
    return stance == STANCE_FOR;
}

#endif
