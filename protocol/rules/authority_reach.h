#ifndef PROTOCOL_RULES_AUTHORITY_REACH_H
#define PROTOCOL_RULES_AUTHORITY_REACH_H

/* Whom owners reach, marked before a search climbs: what a crowd says whom nobody lets accredit anybody takes
 * none of its steps. With it, which branches a cut keeps that are not here, on which anything may stand. */

#include "protocol/rules/authority_search.h"

/* Find out of which accreditations a cut keeps what is not here. Requires: lists are written. */
void authority_mark_missing(struct authority_search *search);

/* Whether there are so few statements that all can be climbed without that any step is left wanting: to mark
 * those of use takes longer then. */
bool authority_is_small(const struct dossier *dossier);

/* Whether the question asks for chains without that link. */
bool authority_is_avoided(const struct authority_search *search, size_t link);

/* List by whom it is about what may lead on: what is about other codes and days, or by those whom nobody lets
 * accredit anybody, takes none of the steps of those whom it is about. Requires: authors are marked. */
void authority_list_links(struct authority_search *search);

/* Begin the notes of each author anew for the lenience of the search, and list the links of use; of a small
 * dossier none is marked. */
void authority_mark_authors(struct authority_search *search, size_t links_max);

#endif
