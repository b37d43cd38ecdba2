#ifndef TESTS_SUPPORT_SHIPPED_PACK_H
#define TESTS_SUPPORT_SHIPPED_PACK_H

/* The rule packs of cmd/rules, as a command that publishes them reads them. */

#include "protocol/wire/records.h"

/* Read cmd/rules/FILE; its texts and lists are in the arena. What cannot be read aborts. */
void shipped_pack(struct rule_pack *out, const char *file, struct arena *arena);
/* The same for the text of a pack. */
void shipped_pack_of_text(struct rule_pack *out, const char *json, struct arena *arena);

#endif
