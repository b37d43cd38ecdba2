#include "node/json_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "protocol/base/text.h"

void json_text_init(struct json_text *json, char *data, size_t capacity)
{
    *json = (struct json_text){.data = data, .capacity = capacity};
}

static void put(struct json_text *json, const char *text, size_t size)
{
    if (json->overflow || size > json->capacity - json->size) {
        json->overflow = true;
        return;
    }
    memcpy(json->data + json->size, text, size);
    json->size += size;
}

static void put_escaped(struct json_text *json, unsigned char byte, bool clean)
{
    char escape[8];

    if (byte == '"' || byte == '\\') {
        const char pair[2] = {'\\', (char)byte};
        put(json, pair, sizeof pair);
    } else if ((byte >= ' ' && byte < 0x7f) || (clean && byte >= 0x80)) {
        put(json, (const char *)&byte, 1);
    } else {
        (void)snprintf(escape, sizeof escape, "\\u%04x", (unsigned)byte);
        put(json, escape, 6);
    }
}

static void put_quoted(struct json_text *json, struct bytes value)
{
    bool clean = text_is_clean(value);

    put(json, "\"", 1);
    for (size_t i = 0; i < value.size; i++) {
        put_escaped(json, value.data[i], clean);
    }
    put(json, "\"", 1);
}

static void put_name(struct json_text *json, const char *name)
{
    if (json->comma) {
        put(json, ",", 1);
    }
    json->comma = true;
    if (name == NULL) {
        return;
    }
    put_quoted(json, bytes_of_string(name));
    put(json, ":", 1);
}

void json_text_open(struct json_text *json, const char *name, char bracket)
{
    put_name(json, name);
    put(json, &bracket, 1);
    json->comma = false;
}

void json_text_close(struct json_text *json, char bracket)
{
    put(json, &bracket, 1);
    json->comma = true;
}

void json_text_string(struct json_text *json, const char *name, struct bytes value)
{
    put_name(json, name);
    put_quoted(json, value);
}

void json_text_number(struct json_text *json, const char *name, uint64_t value)
{
    char digits[24];
    int size = snprintf(digits, sizeof digits, "%" PRIu64, value);

    put_name(json, name);
    put(json, digits, (size_t)size);
}

bool json_text_end(const struct json_text *json, struct bytes *out)
{
    *out = json->overflow ? bytes_of(NULL, 0) : bytes_of(json->data, json->size);
    return !json->overflow;
}
