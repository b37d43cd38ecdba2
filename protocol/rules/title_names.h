#ifndef PROTOCOL_RULES_TITLE_NAMES_H
#define PROTOCOL_RULES_TITLE_NAMES_H

/* Whose a title is that is asked for by its bare name: names are free, so that every namespace may give a
 * title that another one has. A name alone means something only while one namespace gives it. */

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

#endif
