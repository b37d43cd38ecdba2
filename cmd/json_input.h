#ifndef CMD_JSON_INPUT_H
#define CMD_JSON_INPUT_H

/* Reading JSON that people write: members by name, each of one type and range. What is signed can't be taken
 * back, so whoever wrote the file is told where it is wrong and what should stand there. */

#include <jansson.h>

#include "protocol/base/bytes.h"
#include "protocol/base/days.h"

enum { JSON_WHERE_SIZE = 96, JSON_WHAT_SIZE = 224 };

struct json_input_error {
    char where[JSON_WHERE_SIZE]; /* "areas[3]", "line 7, column 12" */
    char what[JSON_WHAT_SIZE];   /* the rest of the sentence: "is not a whole number from 0 to 1200" */
};

struct json_input {
    struct json_input_error *error;
    struct arena *arena;      /* for texts */
    char at[JSON_WHERE_SIZE]; /* the object that is being read: "codes[3]"; empty for the outermost */
};

/* Parse text of at most size_max bytes; a member twice in one object is refused. Returns: a value to be
 * dropped with json_decref, or NULL with *input->error filled. */
json_t *json_input_parse(const struct json_input *input, struct bytes text, size_t size_max);

/* Fill *input->error about a member of the object that is being read; "" is the object itself. Returns:
 * false, as all that follow do after they have filled it. */
bool json_input_fail(const struct json_input *input, const char *member, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Whether object is one and has no members but those of names, which ends with NULL. */
bool json_input_members(const struct json_input *input, json_t *object, const char *const *names);

/* 1..size_max bytes of clean text, copied to the arena. */
bool json_input_text(const struct json_input *input, json_t *object, const char *name, size_t size_max,
                     struct bytes *out);
/* The same for a value that is no member, called name in what is said of it. */
bool json_input_text_value(const struct json_input *input, json_t *value, const char *name, size_t size_max,
                           struct bytes *out);
bool json_input_number(const struct json_input *input, json_t *object, const char *name, uint64_t min,
                       uint64_t max, uint64_t *out);
bool json_input_day(const struct json_input *input, json_t *object, const char *name, uint32_t *out);
/* Leaves *out alone when there is no such member. */
bool json_input_optional_day(const struct json_input *input, json_t *object, const char *name, bool *present,
                             uint32_t *out);
bool json_input_array(const struct json_input *input, json_t *object, const char *name, size_t count_max,
                      json_t **out);

#endif
