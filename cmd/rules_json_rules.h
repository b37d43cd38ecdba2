#ifndef CMD_RULES_JSON_RULES_H
#define CMD_RULES_JSON_RULES_H

/* The rules of a pack as people write them, for rules_json.c alone. */

#include "cmd/json_input.h"
#include "protocol/wire/records.h"

/* Read the member "rules" into pack->rules, sorted as on the wire, none twice. *places: in the arena, where
 * each stands in the file. Requires: the pack's namespace. */
bool rules_json_read_rules(struct json_input *input, json_t *object, struct rule_pack *pack,
                           const size_t **places);

/* Whether pack_rules_check finds no fault; else say which rule to change, and how. */
bool rules_json_check_rules(struct json_input *input, const struct rule_pack *pack, const size_t *places);

#endif
