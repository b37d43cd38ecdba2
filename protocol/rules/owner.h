#ifndef PROTOCOL_RULES_OWNER_H
#define PROTOCOL_RULES_OWNER_H

/* Who speaks for a namespace: the owner that the trust file names, and after it those to whom a succession
 * hands the namespace. Somebody may have it more than once: its tenures follow each other, the first ends
 * with the first of its own successions, the next, which begins when the namespace comes back to it, with the
 * next one, and so on. Of its log counts what the cut of any of them covers, and all of it where the last
 * tenure has no end.
 *
 * No log orders an owner's successions and those by which the namespace comes back to it: one that it says
 * while another has it ends its next tenure, as whoever hands on what comes to him later has handed it on. An
 * owner that doesn't mean that voids the succession and says that it keeps the namespace.
 *
 * A succession is for the successor and against the owner that it replaces. One that is voided, disputed or
 * rewound therefore leaves both in doubt: whether the successor is an owner, and whether the owner still is
 * one beyond the cut; one that a void on a dropped branch may be about, the successor alone. The doubt ends
 * when the owner later states again what holds: by a succession that is certain, to whomever; one to itself
 * says that it keeps the namespace, and ends no tenure. */

#include "protocol/rules/cut.h"

enum {
    NAMESPACE_OWNERS_MAX = CHAIN_DEPTH_MAX + 1,
    NAMESPACE_TENURES_MAX = 2 * NAMESPACE_OWNERS_MAX,
    NAMESPACE_HANDINGS_MAX = 2 * NAMESPACE_OWNERS_MAX,
};

struct namespace_owner {
    struct actor_id actor;
    /* REASON_NONE; or why it cannot be said that it ever was an owner: REASON_VOIDED, REASON_REWOUND,
     * REASON_DISPUTED. */
    enum reason doubt;
};

/* That an owner has the namespace, once. */
struct namespace_tenure {
    size_t owner;
    size_t from;       /* index of the tenure that it has the namespace from; of the first one its own */
    enum reason doubt; /* as of owners: why it cannot be said that it began */
};

/* A succession that ends a tenure: of its owner's log counts for that what the cut covers, if there is no
 * doubt about it. */
struct namespace_handing {
    size_t tenure;
    const struct dossier_cut *cut;
    enum reason doubt;
};

struct namespace_owners {
    size_t count;                                        /* 0: the trust file does not name the namespace */
    struct namespace_owner owners[NAMESPACE_OWNERS_MAX]; /* in the order of their first tenures */
    size_t tenure_count;
    struct namespace_tenure tenures[NAMESPACE_TENURES_MAX]; /* none before the one that it is from */
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

/* The owners as they are supposing that a tenure began: those that it leads to for certain. Its own end is as
 * certain as before. Of a tenure that is in doubt this is one of the ways in which the doubt may end. */
void namespace_owners_supposing(struct namespace_owners *out, const struct namespace_owners *owners,
                                size_t tenure);

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

/* In which of its tenures owner `at` said something in a place of its log: from the first to the last that it
 * may have been. Beyond all of them: in its last one. */
struct tenure_range {
    size_t first, last;
};
struct tenure_range namespace_tenures_at(const struct namespace_owners *owners, size_t at,
                                         const struct dossier_place *place);

/* Whether what owner `at` said in place was said by one that had come after an owner that said something in
 * earlier, another one's log. */
enum answer namespace_owner_came_after(const struct namespace_owners *owners, size_t at,
                                       const struct dossier_place *place, size_t former,
                                       const struct dossier_place *earlier);

/* Index of actor among owners, NAMESPACE_OWNERS_MAX when it is none. */
size_t namespace_owner_index(const struct namespace_owners *owners, const struct actor_id *actor);

#endif
