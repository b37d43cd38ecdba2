#ifndef PROTOCOL_RULES_TITLE_NAMES_H
#define PROTOCOL_RULES_TITLE_NAMES_H

/* What the rules that are held here know of what is asked for by name. Names of titles are free, so that
 * every namespace may give one that another one has: a name alone means something only while one namespace
 * gives it. A code that its namespace's rules don't know is mistyped, or newer than they are. */

#include "protocol/rules/dossier.h"

struct title_names {
    const struct dossier *dossier; /* its packs; of every namespace in the trust file */
    const struct trust *trust;
    size_t resolved; /* bare names that were given their namespace */
};

/* Write the namespaces of the trust file that give a title of that name by any pack that stands, whatever day
 * it comes into force (pack_standing_of: its owner's, known by then, neither void nor on a dropped branch;
 * one that is disputed may stand), in its order, each once, as many as fit. Returns: how many there are. */
size_t title_names_find(const struct title_names *names, struct bytes title, struct bytes *out,
                        size_t capacity);

/* Whether a code, or any under a pattern, stands in a pack of its namespace that stands; true too where no
 * such pack is held, or not all are, or the trust file doesn't name the namespace: nobody can tell then. */
bool title_names_may_know(const struct title_names *names, struct bytes pattern);

#endif
