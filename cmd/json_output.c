#include "cmd/json_output.h"

#include <stdio.h>
#include <stdlib.h>

#include "cmd/exit_codes.h"

int json_output_take(json_t *value)
{
    char *text = value ? json_dumps(value, JSON_INDENT(2)) : NULL;

    json_decref(value);
    if (!text) {
        fprintf(stderr, "tradeproof: there is not enough memory for the answer.\n");
        return EXIT_SYSTEM;
    }
    printf("%s\n", text);
    free(text);
    return EXIT_YES;
}

json_t *json_of_id(enum id_kind kind, const struct network *network, const struct hash *id)
{
    char text[ID_TEXT_MAX + 1];

    id_to_text(text, kind, network, id);
    return json_string(text);
}

json_t *json_of_hash(const struct hash *hash)
{
    char text[2 * HASH_SIZE + 1];

    return json_string(sodium_bin2hex(text, sizeof text, hash->bytes, sizeof hash->bytes));
}

json_t *json_of_day(uint32_t day)
{
    char text[DAY_TEXT_SIZE];

    if (day == DAY_NONE) {
        return json_null();
    }
    day_to_text(text, day);
    return json_string(text);
}

json_t *json_of_time(uint64_t time_s)
{
    char text[TIME_TEXT_SIZE];

    time_to_text(text, time_s);
    return json_string(text);
}

json_t *json_of_number(uint64_t number)
{
    return json_integer((json_int_t)number);
}

json_t *json_of_text(struct bytes text)
{
    return json_stringn((const char *)text.data, text.size);
}
