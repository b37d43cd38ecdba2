#ifndef PROTOCOL_RULES_DENIALS_H
#define PROTOCOL_RULES_DENIALS_H

/* Of which codes it may be denied that anything was said: those that a requirement or a rule names under
 * `not`, and all that the rules of these codes and titles name in turn, or certificates as their networks:
 * what lets one of them hold is denied with it. lacking.h asks everybody of them; more are named here than
 * need be, where that is simpler. */

#include "protocol/rules/dossier.h"
#include "protocol/rules/expression.h"

enum { DENIALS_MAX = 64 };

struct denials {
    bool all; /* of all codes */
    size_t count;
    struct bytes patterns[DENIALS_MAX]; /* whole ones */
};

/* Whether a pack's rules deny anything. *out. Returns: false when the arena is full, which is left as it was.
 */
bool denials_in_pack(bool *out, const struct rule_pack *pack, struct arena *arena);

/* What is denied by a requirement (NULL: none) or by the dossier's packs. Writes: *out, views into both.
 * Returns: false when the arena is full, which is left as it was. */
bool denials_of(struct denials *out, const struct expression *requirement, const struct dossier *dossier,
                struct arena *arena);

#endif
