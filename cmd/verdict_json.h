#ifndef CMD_VERDICT_JSON_H
#define CMD_VERDICT_JSON_H

/* A verdict for programs: the same page as cmd/verdict_text.h, every reason by its word. */

#include <jansson.h>

#include "cmd/verdict_text.h"

/* Returns: a new object that the caller releases, or NULL when out of memory. */
json_t *verdict_json(const struct verdict_page *page);

/* The requirement's parts alone, as its member "required". */
json_t *verdict_json_parts(const struct verdict_page *page);
/* "yes", "no", "unknown". */
const char *answer_word(enum answer answer);

/* What is missing, as code, titles and parts of a requirement have it. */
json_t *verdict_json_missing(const struct missing_part *missing, size_t count);

/* How old what is known of rules is, and whose log that speaks of. author: a new object, which this takes. */
json_t *verdict_json_freshness(const struct freshness *freshness, json_t *author);

#endif
