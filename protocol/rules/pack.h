#ifndef PROTOCOL_RULES_PACK_H
#define PROTOCOL_RULES_PACK_H

/* Which version of a namespace's rule pack speaks on a day: packs live side by side and each day is judged by
 * the pack in force on it (the highest version among those whose in_force_from is not after it; of two with
 * one version the one said last). Only the owner of a namespace publishes packs for it, or its successor,
 * whose packs go before those of the owner that it succeeded whatever their versions; a voided pack is none,
 * unless the voiding is disputed. */

#include "protocol/rules/owner.h"

/* Returns: NULL when none is in force. Each log is read as far as it had arrived by the question's
 * known_by_s. The pack may be disputed: ask pack_is_disputed. */
const struct dossier_pack *pack_on_day(const struct dossier *dossier, const struct trust *trust,
                                       struct bytes name_space, uint32_t day);

/* The same where the owners of name_space are known. */
const struct dossier_pack *pack_under(const struct dossier *dossier, const struct namespace_owners *owners,
                                      struct bytes name_space, uint32_t day);

/* Whether the pack stands in a disputed block, or is void by the word of one: what it says is not certain. */
bool pack_is_disputed(const struct dossier *dossier, const struct dossier_pack *pack);

/* The code's row in a pack, or NULL. code is whole: "ase/A5". */
const struct pack_code *pack_code_of(const struct rule_pack *pack, struct bytes code);

/* Last valid day of something valid from a day under a pack row. DAY_NONE: for life. */
uint32_t pack_last_day(const struct pack_code *code, uint32_t valid_from);

#endif
