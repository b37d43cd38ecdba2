#ifndef PROTOCOL_RULES_AFFILIATION_H
#define PROTOCOL_RULES_AFFILIATION_H

/* Who belongs to which shop on which days (DESIGN section 4, affiliation). The consent is the affiliation:
 * its hash is the id, a repeated `joined` is the same one, and either side's `left` ends it, in whatever
 * order they come. */

#include "protocol/rules/day_truth.h"
#include "protocol/rules/dossier.h"

/* Whether a `joined` in author's log, signed by its claim at time_s, can count at all; a signature is not
 * looked at. The first that applies: REASON_NO_CONSENT (a `left`), REASON_INCONSISTENT (id is not the
 * consent's hash), REASON_CONSENT_OTHER_SHOP (author is not the shop that it is for),
 * REASON_CONSENT_NOT_YET (joined on a day before the consent's first), REASON_CONSENT_EXPIRED (said after
 * it). Else REASON_NONE. */
enum reason affiliation_check(const struct affiliation *affiliation, const struct network *network,
                              const struct actor_id *author, uint64_t time_s);

/* For how long after its expiry a consent may have been used and nothing be made of it: clocks differ. */
enum { CONSENT_LATE_DAYS = 1 };

/* Whether a `joined` in author's log is a statement about anybody: it stands in the log of the shop that its
 * consent names, under that consent's id. What another log has of it says nothing. */
bool affiliation_is_stated(const struct affiliation *joined, const struct network *network,
                           const struct actor_id *author);

/* What a consent is signed over, and an affiliation's id. */
void consent_id(struct hash *out, const struct network *network, const struct consent *consent);

/* One technician's time in one shop. */
struct membership {
    struct hash id;
    struct actor_id technician;
    struct actor_id shop;
    bool performs_repairs; /* also where that is erased */
    struct day_truth days; /* unknown where the consent's signature could not be checked, or its key is not
                              known for the technician's, or the block that speaks, or voids it, is disputed,
                              or its log holds what this version does not understand, or a `joined` is erased,
                              or a `left` may be among what was erased before it was read, or the consent had
                              expired when it was used, as is shown (REASON_CONSENT_EXPIRED) */
    bool own_word;     /* that the consent was used in time is the shop's own word: nothing here shows it */
    bool erased;       /* every `joined` of it is: whether she is there is not said any more */
    enum reason doubt; /* behind what is not sure, or why it never counts; REASON_NONE */
    bool has_left;
    uint32_t left_day;
    size_t affiliation; /* index into the dossier: of the first `joined` that surely counts, else the first
                           that may, else the first; its day is when the days begin */
};

/* Whether it takes the technician off other rosters: not by what its shop erased, nor by a consent used when
 * that had expired, nor by one that a key signed which nobody knows for hers. */
bool membership_takes(const struct membership *membership);

/* All memberships that the dossier tells of, one for each id, sorted by (technician, shop, first day). Blocks
 * that are void, or had not arrived by the question's known_by_s, say nothing, and nor does a `joined` that
 * is not stated (affiliation_is_stated), erased or not; a void `left` makes the days after it unknown.
 * Returns: false when the arena is full. */
bool memberships_of(struct membership **out, size_t *count, const struct dossier *dossier,
                    const struct network *network, struct arena *arena);

#endif
