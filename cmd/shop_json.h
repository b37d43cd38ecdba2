#ifndef CMD_SHOP_JSON_H
#define CMD_SHOP_JSON_H

/* A shop's profile as its owner writes it: JSON in, a record out that publishes as it is.
 *
 *     {"name": "Lone Star Garage", "place": "Austin", "state": "TX", "technicians": 8,
 *      "areas": ["brakes", "electrical"], "from": "2026-11-22"}
 *
 * from may be left out: the profile holds from today on. */

#include "cmd/json_input.h"
#include "protocol/wire/records.h"

enum { SHOP_JSON_SIZE_MAX = 64 * 1024 };

/* Read a profile. Its texts and its list are in the arena, not in text. Returns: false, with *error, when
 * anything is wrong. */
bool shop_json_parse(struct shop *shop, struct json_input_error *error, struct bytes text, uint32_t today,
                     struct arena *arena);

#endif
