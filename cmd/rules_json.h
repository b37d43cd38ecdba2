#ifndef CMD_RULES_JSON_H
#define CMD_RULES_JSON_H

/* Rule packs as people write them: JSON in, a record out that publishes as it is.
 *
 *     {"namespace": "ase", "version": 1, "in_force_from": "1972-06-12",
 *      "codes": [{"code": "A5", "title": "…", "lifetime_months": 60, "first_day": "…", "last_day": "…"}],
 *      "rules": [{"kind": "title", "name": "Master Automobile", "when": "A1 and A2 and …"},
 *                {"kind": "prerequisite", "name": "L*", "when": ["tested A8", "and …"]}]}
 *
 * lifetime_months 0 is for life. first_day and last_day may be left out; every other member is required and
 * no other is allowed. Kinds are title, prerequisite, experience, renewal, recognition and condition
 * (protocol/rules/pack_rules.h says what they mean), the name is that of the title or recognition, else the
 * code or pattern that the rule is for, and when is an expression (protocol/rules/expression_text.h) in which
 * the pack's namespace is understood; a long one may be a list of texts, which are read as lines. Codes and
 * rules stand in any order, each once.
 *
 * Whoever writes a pack is told where it is wrong, because what was signed can't be taken back. */

#include "cmd/json_input.h"
#include "protocol/wire/records.h"

enum { RULES_JSON_SIZE_MAX = 1024 * 1024 };

/* Read a pack. Its texts and its sorted lists are in the arena, not in text. The pack encodes into
 * RULE_PACK_SIZE_MAX bytes, and pack_rules_check finds no fault in it. Returns: false, with *error, when
 * anything is wrong. */
bool rules_json_parse(struct rule_pack *pack, struct json_input_error *error, struct bytes text,
                      struct arena *arena);

#endif
