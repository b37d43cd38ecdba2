#ifndef CMD_RULES_JSON_H
#define CMD_RULES_JSON_H

/* Rule packs as people write them: JSON in, a record out that publishes as it is.
 *
 *     {"namespace": "epa", "version": 1, "in_force_from": "1992-08-13",
 *      "codes": [{"code": "609", "title": "…", "lifetime_months": 0, "first_day": "…", "last_day": "…"}],
 *      "rules": []}
 *
 * first_day and last_day may be left out; every other member is required and no other is allowed. Whoever
 * writes a pack is told where it is wrong, because what was signed can't be taken back. */

#include "protocol/wire/records.h"

enum { RULES_JSON_SIZE_MAX = 1024 * 1024, RULES_JSON_WHERE_SIZE = 96, RULES_JSON_WHAT_SIZE = 224 };

struct rules_json_error {
    char where[RULES_JSON_WHERE_SIZE]; /* "codes[3].lifetime_months", "line 7, column 12" */
    char what[RULES_JSON_WHAT_SIZE];   /* the rest of the sentence: "is not a whole number from 0 to 1200" */
};

/* Read a pack. Its texts and its list, sorted by code, are in the arena, not in text. The pack encodes into
 * RULE_PACK_SIZE_MAX bytes. Returns: false, with *error, when anything is wrong. */
bool rules_json_parse(struct rule_pack *pack, struct rules_json_error *error, struct bytes text,
                      struct arena *arena);

#endif
