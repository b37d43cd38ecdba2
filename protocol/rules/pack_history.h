#ifndef PROTOCOL_RULES_PACK_HISTORY_H
#define PROTOCOL_RULES_PACK_HISTORY_H

/* Which of a namespace's versions judges what: the one place where that is decided. Rules may not change the
 * past of those who kept them, and may be published late.
 *
 *   What a certificate needs to count is asked by the version in force on the day it was earned, what it
 * needs to begin by the version in force on the day it begins, and how long it lasts is said by the version
 * of the day earned: a later one may lengthen that for what still holds, and shortens nothing
 * (career_certify.c, career_lifetime.c).
 *
 *   Titles, conditions, requirements and recognitions are judged each day by the version of that day.
 *
 *   The first version that knows a code, or gives a title, speaks of it for all days since its in_force_from,
 *   whenever it came: those who earned something before its rules were written down are judged by them.
 *
 *   A version that changes what an earlier one said of a day, and is late for that day by PACK_LATE_DAYS
 *   (lateness.h), may do so only in favour of holders. What is in favour is decided by the outcome: both are
 *   evaluated, and a code counts, is certified and meets its condition, and a title is held, on the days on
 *   which it would be by either of them; of two lifetimes the longer one stands. A late version that has the
 *   code no more takes nothing away. Where it would say no and the other one says yes, the verdict names it
 *   ("later rules say otherwise"). What asks that something be absent is judged by the same days: to hold a
 *   title is taken to be in its holder's favour, whoever asks.
 *
 *   Where it is in doubt who has the namespace, what the packs of whoever may have it would change of all
 * this is unknown, and what they would not change is certain: both are asked, and where they say the same of
 * a code or a title it is so. */

#include "protocol/rules/pack.h"

enum { PACK_LATE_DAYS = 90 };

/* Whether a pack was published too late to change what was said before it of a day. */
bool pack_is_late(const struct dossier_pack *pack, uint32_t day);
/* The first day for which it is not. 0: it is late for none. */
uint32_t pack_late_until(const struct dossier_pack *pack);

/* Those that speak of a day: first the one in force (pack_under), then, oldest first, those that are late for
 * it and may only add. */
struct pack_voices {
    size_t count;
    const struct dossier_pack *packs[DOSSIER_PACKS_MAX];
};
void pack_voices_on(struct pack_voices *out, const struct dossier *dossier,
                    const struct namespace_owners *owners, struct bytes name_space, uint32_t day);

/* Those of them that speak of a code: those that know it, and the one in force where none does. Where only
 * late ones do, the first of them is the first that knows the code, or brings it back. */
void pack_voices_for(struct pack_voices *out, const struct dossier *dossier,
                     const struct namespace_owners *owners, struct bytes code, uint32_t day);

#endif
