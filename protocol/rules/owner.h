#ifndef PROTOCOL_RULES_OWNER_H
#define PROTOCOL_RULES_OWNER_H

/* Who speaks for a namespace: the owner that the trust file names, and after it those to whom a succession
 * hands the namespace. Of the log of one that handed it on counts what the cut of the succession covers. A
 * namespace that comes back to an earlier owner is read to the end of that owner's log again.
 *
 * A succession is for the successor and against the owner that it replaces. One that is voided, disputed or
 * rewound therefore leaves both in doubt: whether the successor is an owner, and whether the owner still is
 * one beyond the cut. The doubt ends when the owner states again what holds: by a succession that is certain,
 * to whomever; one to itself says that it keeps the namespace. */

#include "protocol/rules/cut.h"

enum {
    NAMESPACE_OWNERS_MAX = CHAIN_DEPTH_MAX + 1,
    NAMESPACE_HANDINGS_MAX = 2 * NAMESPACE_OWNERS_MAX,
};

struct namespace_owner {
    struct actor_id actor;
    size_t from; /* index of the owner that it has the namespace from; of the first one its own */
    /* REASON_NONE; or why it cannot be said that it is an owner: REASON_VOIDED, REASON_REWOUND,
     * REASON_DISPUTED. */
    enum reason doubt;
    bool came_back; /* the namespace came back to it, as surely as the next says: as doubt */
    enum reason came_back_doubt;
};

/* A succession by owner `from`: its log is read up to the cut, if there is no doubt about it. */
struct namespace_handing {
    size_t from;
    const struct dossier_cut *cut;
    enum reason doubt;
};

struct namespace_owners {
    size_t count;                                        /* 0: the trust file does not name the namespace */
    struct namespace_owner owners[NAMESPACE_OWNERS_MAX]; /* none before the one that it is from */
    size_t handing_count;
    struct namespace_handing handings[NAMESPACE_HANDINGS_MAX];
    bool left_out; /* there are more than that: what they change is not known */
};

/* Whether an owner speaks for the namespace. */
struct owner_standing {
    enum answer answer;
    enum reason doubt; /* of unknown: as of owners, or as cut_doubt */
};

void namespace_owners_of(struct namespace_owners *out, const struct dossier *dossier,
                         const struct trust *trust, struct bytes name_space);

/* The same where it is known whom the trust file names. */
void namespace_owners_from(struct namespace_owners *out, const struct dossier *dossier,
                           const struct trust_owner *named, struct bytes name_space);

/* How owner `at` stood where it said something in a place of its log. No: it had handed the namespace on. */
struct owner_standing namespace_owner_stood(const struct namespace_owners *owners, size_t at,
                                            const struct dossier_place *place);

/* Whether anything takes the namespace from owner `at`, surely or in doubt. */
bool namespace_owner_is_cut(const struct namespace_owners *owners, size_t at);

/* Whether it certainly handed the namespace on: no later word of its own speaks for it. */
bool namespace_owner_is_former(const struct namespace_owners *owners, size_t at);

/* Whether a succession of owner `at` that is certain has a cut that covers what it said in a place of its
 * log.
 */
bool namespace_owner_recorded(const struct namespace_owners *owners, size_t at,
                              const struct dossier_place *place);

/* Whether owner `at` has the namespace from owner `from`, or from one that has it from there. */
bool namespace_owner_succeeds(const struct namespace_owners *owners, size_t at, size_t from);

/* Index of actor among owners, NAMESPACE_OWNERS_MAX when it is none. */
size_t namespace_owner_index(const struct namespace_owners *owners, const struct actor_id *actor);

#endif
