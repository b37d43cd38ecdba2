#ifndef PROTOCOL_RULES_LACKING_H
#define PROTOCOL_RULES_LACKING_H

/* What an author said whose content is not all here may be anything, about anybody; so may what it said about
 * the subject beyond what there is room for. Of the codes for which it may speak nobody can say that they
 * were never passed. Whoever may not speak for a code, or was withdrawn before it said what is not here,
 * leaves no doubt about it. */

#include "protocol/rules/dossier.h"

enum { LACKING_PATTERNS_MAX = 64 };

/* Of one namespace: the patterns of codes about which something may have been said that is not here. */
struct lacking {
    bool all;   /* of any code */
    bool rules; /* its owners may have stated rules that are not here */
    size_t count;
    struct bytes patterns[LACKING_PATTERNS_MAX];
};

/* Ask for an owner that the trust file names: of all codes where it, or its heir, was never heard of; else of
 * those for which its namespace's owners, and whom these accredited at any time, as far as gathered, might
 * speak where they said what is not here, were never heard of, or their logs are not the chosen ones yet.
 * Views into the dossier and the arena. Writes: *out; NULL: nothing is lacking. Returns: false when the arena
 * is full. */
bool lacking_of(const struct lacking **out, const struct dossier *dossier, const struct trust *trust,
                const struct trust_owner *owner, struct arena *arena);

/* Whether something may be lacking about any code under pattern, which is whole and of that namespace. */
bool lacking_meets(const struct lacking *lacking, struct bytes pattern);

#endif
