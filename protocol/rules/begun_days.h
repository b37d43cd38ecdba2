#ifndef PROTOCOL_RULES_BEGUN_DAYS_H
#define PROTOCOL_RULES_BEGUN_DAYS_H

/* What was said with effect from a day that has begun, though not at the asker's place. */

#include "protocol/rules/dossier.h"
#include "protocol/rules/verdict.h"

/* The dossier with such days of statements about entries and of leaves moved to at_day
 * (question_day_reached); asked again of the result it changes nothing. Returns: dossier itself where there
 * is none; else a copy in the arena, which refers to it for all that is the same; NULL when the arena is
 * full. */
const struct dossier *dossier_of_begun_days(const struct dossier *dossier, const struct question *question,
                                            struct arena *arena);

#endif
