#ifndef PROTOCOL_RULES_LACKING_H
#define PROTOCOL_RULES_LACKING_H

/* What is not here may have been said all the same, and then nobody can say of a code that it was never
 * passed: by an author of whose content not all is here, or who said more about the subject than there is
 * room for, or says what this version can't read, or erased some of it and may give that back, and by one who
 * has been silent for longer than its budget. Who may speak in doubt may, and what is kept in doubt is; only
 * what is sure ends what somebody may say. What is absent is as old as what is there: an author is asked by
 * the budget that a certificate of its own would be asked by (freshness.h), and for experience by the shops'.
 * Whoever may not speak for a code, or was withdrawn before it said what is not here, leaves no doubt about
 * it; nor does one that spoke 90 days after its accreditation had ended, when nothing in time can come any
 * more.
 *
 * What is to be shown has not been by whoever never spoke of the subject: there the owners are asked, those
 * who did speak, and who let these. What is denied anybody may have said who may speak of it: that asks
 * everybody who was not heard, or never heard of. */

#include "protocol/rules/freshness.h"

enum { LACKING_PATTERNS_MAX = 64 };

/* For what an author's silence is too long: each is asked for what those before it are. */
enum lacking_for {
    LACKING_AT_ALL,         /* of no silence: for what else may be said of what is there */
    LACKING_ERASED,         /* nor of that, but something was erased that may be given back */
    LACKING_FOR_EXPERIENCE, /* beyond the budget of shops */
    LACKING_FOR_TESTS,      /* beyond that of issuers */
};
enum { LACKING_FOR_COUNT = 4 };

struct lacking_codes {
    bool all;
    size_t count;
    struct bytes patterns[LACKING_PATTERNS_MAX];
};

/* Of one namespace: the codes about which something may have been said that is not here. */
struct lacking {
    struct lacking_codes codes[LACKING_FOR_COUNT];
    const bool *given_back; /* for each entry that the dossier has sealed, whether it may be, by its voice */
    bool rules;             /* its owners may have stated rules that are not here */
    /* Of those who may have said something the one of whom the worst is known (freshness_is_worse), and of
     * which codes it may speak; empty: there are more than are looked at. */
    struct freshness worst;
    struct bytes worst_of;
};

/* What is asked, and of what. */
struct lacking_question {
    const struct dossier *dossier;
    const struct trust *trust;
    const struct question *question;
    bool denied; /* it stands under an odd number of `not`: everybody is asked */
};

/* Whether nothing is lacking about any code of any namespace that the trust file names: mostly nobody need be
 * asked further. */
bool lacking_nothing(const struct lacking_question *asked);

/* Ask of the codes for which the owners of a namespace that the trust file names, and whom these accredited
 * at any time, as far as gathered, might speak. Views into the dossier and the arena. Writes: *out; NULL:
 * nothing is lacking. Returns: false when the arena is full. */
bool lacking_of(const struct lacking **out, const struct lacking_question *asked,
                const struct trust_owner *owner, struct arena *arena);

/* Whether anybody is in the dossier, or was left out of it, who is asked for what is denied alone. Without
 * such it is nothing to an answer what is denied. */
bool lacking_has_denials(const struct dossier *dossier);

/* How far the dossier of a question has to reach. */
struct dossier_reach lacking_reach(const struct question *question);

/* Whether something may be lacking about any code under pattern, which is whole and of that namespace. */
bool lacking_meets(const struct lacking *lacking, struct bytes pattern, enum lacking_for what);

#endif
