#ifndef NODE_JSON_TEXT_H
#define NODE_JSON_TEXT_H

/* JSON out, into memory of the caller: log lines and the control socket's answers. Escapes whatever is not
 * printable ASCII or clean UTF-8, so that no value breaks a line or a terminal. Running out of room sticks.
 */

#include "protocol/base/bytes.h"

struct json_text {
    char *data;
    size_t capacity;
    size_t size;
    bool overflow;
    bool comma; /* an element stands before the next one */
};

void json_text_init(struct json_text *json, char *data, size_t capacity);
/* name NULL: an element of an array, or the whole. bracket: '{' or '['. */
void json_text_open(struct json_text *json, const char *name, char bracket);
void json_text_close(struct json_text *json, char bracket);
void json_text_string(struct json_text *json, const char *name, struct bytes value);
void json_text_number(struct json_text *json, const char *name, uint64_t value);
/* Returns: false when anything did not fit; *out is then empty. */
bool json_text_end(const struct json_text *json, struct bytes *out);

#endif
