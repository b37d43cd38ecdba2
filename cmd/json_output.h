#ifndef CMD_JSON_OUTPUT_H
#define CMD_JSON_OUTPUT_H

/* What --json prints: one object or array a command, keys in the order in which they were set. Ids, days and
 * times are the same text that people see. */

#include <jansson.h>

#include "protocol/base/days.h"
#include "protocol/base/ids.h"

/* Print value and drop it. Returns: EXIT_YES, or EXIT_SYSTEM after it said that memory ran out. */
int json_output_take(json_t *value);

json_t *json_of_id(enum id_kind kind, const struct network *network, const struct hash *id);
/* 64 hexadecimal digits. */
json_t *json_of_hash(const struct hash *hash);
/* "2029-06-30", null for DAY_NONE. */
json_t *json_of_day(uint32_t day);
/* "2029-06-30T14:05:09Z" */
json_t *json_of_time(uint64_t time_s);
json_t *json_of_number(uint64_t number);
json_t *json_of_text(struct bytes text);

#endif
