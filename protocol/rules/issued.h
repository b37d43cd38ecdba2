#ifndef PROTOCOL_RULES_ISSUED_H
#define PROTOCOL_RULES_ISSUED_H

/* What an issuer's own log holds already of what it is about to attest, so that nothing is issued twice by
 * mistake, and nothing that was taken back returns with an old file.
 *
 *   the coming one, beside those of the same exam
 *     one that stands says the same in every field   the same: there is nothing to issue
 *     else one that stands says it otherwise         otherwise: one of the two is wrong
 *     else one was taken back, or that is in doubt   taken back
 *     else                                           new
 *
 * Suspended stands: issued anew it would be lifted in silence. Void, dropped or erased is as if it was never
 * issued. Replaced is taken back: what took its place may be of another code or day. What another holder was
 * given is taken back from this one; but a claim code is there to be given away. */

#include "protocol/rules/dossier.h"

enum issued_standing {
    ISSUED_STANDS,
    ISSUED_REVOKED,
    ISSUED_REPLACED,
    ISSUED_GIVEN,    /* to another holder */
    ISSUED_DOUBTFUL, /* what was stated against it is in doubt: void, or on a branch that was left */
    ISSUED_GONE,     /* void, dropped or erased */
};

/* One that the log holds. */
struct issued_entry {
    struct entry_name name;
    struct attestation attestation; /* of who holds it now, where a `held by` joined it to the one asked about
                                     */
    enum issued_standing standing;
    bool is_replaced; /* it is stated that another takes its place, whatever else stands against it */
};

enum issued_answer { ISSUED_NEVER, ISSUED_SAME, ISSUED_OTHERWISE, ISSUED_TAKEN_BACK };

/* How an attestation's entry stands in the end, after the last day for which anything is stated. subject:
 * whoever is asked about, so that what was given to it stands. Writes: standing and is_replaced of *out. */
void issued_stand(struct issued_entry *out, const struct dossier *dossier, const struct dossier_place *place,
                  const struct subject *subject);

/* Whether both are about the same exam: subject, code, basis and day earned. Of experience, whose times
 * differ that are worked one after the other, also whether the times meet. */
bool issued_is_of_same_exam(const struct attestation *a, const struct attestation *b);

/* What entries, the newest last, say of the coming one. Writes: *which, the newest one that the answer rests
 * on; NULL with ISSUED_NEVER. */
enum issued_answer issued_answer_of(const struct attestation *coming, const struct issued_entry *entries,
                                    size_t count, const struct issued_entry **which);

/* Whether a coming one, or the same that stands, is to take an entry's place: it is of the same exam and says
 * it otherwise (replace), or was taken back (again). What is replaced already, gone or another's is left. */
bool issued_gives_way(const struct issued_entry *entry, const struct attestation *coming, bool replace,
                      bool again);

#endif
