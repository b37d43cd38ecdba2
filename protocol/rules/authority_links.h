#ifndef PROTOCOL_RULES_AUTHORITY_LINKS_H
#define PROTOCOL_RULES_AUTHORITY_LINKS_H

/* Which links of a chain hold: an accreditation by itself, by the code, the day, the states and the block in
 * which it was said, and for what its delegate says somewhere, by depth and by what was taken back. */

#include "protocol/rules/authority_search.h"

/* Whether what is above a speaker lets it speak, although its author may have dropped that: where a cut keeps
 * it, and where none keeps that it was withdrawn. Of either a doubt can be overlooked. */
bool authority_lets_speak(struct authority_search *search, size_t above,
                          const struct authority_speaker *speaker);

/* Whether an accreditation stands, whatever is said by whom on the strength of it. */
bool authority_stands(struct authority_search *search, const struct dossier_accreditation *found);

/* Whether link authorises what its delegate, the speaker, says there, with so many links below it. */
bool authority_holds(struct authority_search *search, size_t link, const struct authority_speaker *speaker,
                     size_t links_below);

#endif
