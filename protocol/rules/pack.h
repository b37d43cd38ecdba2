#ifndef PROTOCOL_RULES_PACK_H
#define PROTOCOL_RULES_PACK_H

/* Which version of a namespace's rule pack is in force on a day: packs live side by side and each day is
 * judged by the one in force on it, the highest version among those whose in_force_from is not after it (of
 * two with one version the one said last) and that did not come too late for it (pack_history.h has that
 * rule, and which others may speak of the day). Only the owner of a namespace publishes packs for it, or its
 * successor, whose packs precede those of the owner that it succeeded whatever their versions; a voided pack
 * is none, unless the voiding is disputed. Where it is in doubt whether an owner handed its namespace on,
 * what it published since is disputed, and the heir publishes
 * nothing here: who asks what its packs would change asks for the owners supposing that it is one
 * (namespace_owners_supposing), and what comes out differently is unknown. */

#include "protocol/rules/owner.h"

/* Returns: NULL when none is in force. Each log is read as far as it had arrived by the question's
 * known_by_s. The pack may be disputed: ask pack_is_disputed. */
const struct dossier_pack *pack_on_day(const struct dossier *dossier, const struct trust *trust,
                                       struct bytes name_space, uint32_t day);

/* The same where the owners of name_space are known. */
const struct dossier_pack *pack_under(const struct dossier *dossier, const struct namespace_owners *owners,
                                      struct bytes name_space, uint32_t day);

/* Where a pack stands among those of its namespace; a later one speaks rather than those before it. */
struct pack_standing {
    const struct dossier_pack *pack; /* NULL: it says nothing of the day, whenever it came */
    size_t tenure;                   /* of its author, in which it was published */
};
struct pack_standing pack_standing_of(const struct dossier *dossier, const struct namespace_owners *owners,
                                      const struct dossier_pack *pack, uint32_t day);
/* Whether a speaks rather than b. Requires: both stand. */
bool pack_precedes(const struct pack_standing *a, const struct pack_standing *b);

/* Whether what the pack says is not certain: it stands in a disputed block, or is void by the word of one, or
 * its author may have handed the namespace on before, or have had it back by then where that makes a
 * difference beside another's text, or there are owners that were not heard. What its author dropped is
 * certain under the cut of a certain succession. Requires: it stands. */
bool pack_is_disputed(const struct dossier *dossier, const struct namespace_owners *owners,
                      const struct dossier_pack *pack);

/* The code's row in a pack, or NULL. code is whole: "ase/A5". */
const struct pack_code *pack_code_of(const struct rule_pack *pack, struct bytes code);

/* Whether something earned on a day could be earned by a pack row. */
bool pack_code_is_offered(const struct pack_code *code, uint32_t day);

/* Last valid day of something valid from a day under a pack row. DAY_NONE: for life. */
uint32_t pack_last_day(const struct pack_code *code, uint32_t valid_from);

#endif
