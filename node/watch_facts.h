#ifndef NODE_WATCH_FACTS_H
#define NODE_WATCH_FACTS_H

/* What is watched of a subject, as a list of facts: every code that it has or had, every title and award that
 * it holds or, as far as it has to do with it, may hold. A pure function of a verdict; the age of evidence is
 * no fact, that it is too old is. A fact owns its text, so that lists can be kept and compared later. */

#include "protocol/rules/roster.h"

enum {
    WATCH_FACTS_MAX = 256, /* of one subject: awards before titles before codes */
    WATCH_WHAT_SIZE = NAMESPACE_SIZE_MAX + 1 + NAME_SIZE_MAX + 1,
    WATCH_WHY_SIZE = 48,
};

enum watch_kind { WATCH_AWARD, WATCH_TITLE, WATCH_CODE };

enum watch_state {
    WATCH_HELD,
    WATCH_TESTED, /* the test alone, not certified */
    WATCH_NOT_HELD,
    WATCH_UNKNOWN, /* could not be determined */
};

struct watch_fact {
    enum watch_kind kind;
    enum watch_state state;
    uint32_t until_day;         /* last day, of what is held or tested; DAY_NONE: for life, or neither */
    char what[WATCH_WHAT_SIZE]; /* "ase/A5"; of titles and awards "ase:Master Automobile" */
    char why[WATCH_WHY_SIZE];   /* why it is so, in one word of a-z, 0-9 and '-': "revoked"; may be empty */
};

/* Sorted by kind and what, none twice. A title or an award that is not there is not held. */
struct watch_facts {
    size_t count;
    const struct watch_fact *items;
    bool cut; /* there are more than WATCH_FACTS_MAX */
};

/* Writes: *out, in arena. verdict is on dossier's subject. Returns: false when the arena is full. */
bool watch_facts_of_verdict(struct watch_facts *out, const struct verdict *verdict,
                            const struct dossier *dossier, struct arena *arena);
/* The same of a shop: its awards, and its own codes. dossier is the shop's. */
bool watch_facts_of_roster(struct watch_facts *out, const struct roster_verdict *roster,
                           const struct dossier *dossier, struct arena *arena);

/* Order of the list, by kind and what alone. */
int watch_fact_order(const struct watch_fact *a, const struct watch_fact *b);
bool watch_fact_equal(const struct watch_fact *a, const struct watch_fact *b);

#endif
