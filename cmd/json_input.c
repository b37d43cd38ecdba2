#include "cmd/json_input.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "protocol/base/text.h"

bool json_input_fail(const struct json_input *input, const char *member, const char *format, ...)
{
    struct json_input_error *error = input->error;
    bool has_both = input->at[0] != '\0' && member[0] != '\0';
    va_list arguments;
    snprintf(error->where, sizeof(error->where), "%.32s%s%.48s", input->at, has_both ? "." : "", member);
    if (error->where[0] == '\0') {
        snprintf(error->where, sizeof(error->where), "the file");
    }
    va_start(arguments, format);
    vsnprintf(error->what, sizeof(error->what), format, arguments);
    va_end(arguments);
    return false;
}

/* The parser's own words may quote the file; only printable ones are passed on. */
static void fail_syntax(struct json_input_error *error, const json_error_t *syntax)
{
    snprintf(error->where, sizeof(error->where), "line %d, column %d", syntax->line, syntax->column);
    snprintf(error->what, sizeof(error->what), "is where the JSON stops making sense: %.*s",
             (int)(sizeof(error->what) - 48), syntax->text);
    for (char *letter = error->what; *letter != '\0'; letter++) {
        if ((unsigned char)*letter < 0x20 || (unsigned char)*letter >= 0x7f) {
            *letter = '?';
        }
    }
}

json_t *json_input_parse(const struct json_input *input, struct bytes text, size_t size_max)
{
    json_error_t syntax;
    *input->error = (struct json_input_error){0};
    if (text.size > size_max) {
        json_input_fail(input, "", "has more than %zu bytes", size_max);
        return NULL;
    }
    json_t *value = json_loadb((const char *)text.data, text.size, JSON_REJECT_DUPLICATES, &syntax);
    if (value == NULL) {
        fail_syntax(input->error, &syntax);
    }
    return value;
}

/* ---- members ---- */

static bool is_among(const char *name, const char *const *names)
{
    while (*names != NULL && strcmp(*names, name) != 0) {
        names++;
    }
    return *names != NULL;
}

bool json_input_members(const struct json_input *input, json_t *object, const char *const *names)
{
    const char *name;
    json_t *value;
    if (!json_is_object(object)) {
        return json_input_fail(input, "", "is not an object in braces");
    }
    json_object_foreach(object, name, value)
    {
        if (!is_among(name, names)) {
            return json_input_fail(input, text_is_clean(bytes_of_string(name)) ? name : "?",
                                   "is not a member that there is here");
        }
    }
    return true;
}

static bool find(const struct json_input *input, json_t *object, const char *name, json_t **out)
{
    *out = json_object_get(object, name);
    return *out != NULL || json_input_fail(input, name, "is missing");
}

bool json_input_text_value(const struct json_input *input, json_t *value, const char *name, size_t size_max,
                           struct bytes *out)
{
    if (!json_is_string(value)) {
        return json_input_fail(input, name, "is not a text in quotes");
    }
    struct bytes text = bytes_of(json_string_value(value), json_string_length(value));
    if (text.size == 0 || text.size > size_max) {
        return json_input_fail(input, name, "has %zu bytes; 1 to %zu are allowed", text.size, size_max);
    }
    if (!text_is_clean(text)) {
        return json_input_fail(input, name,
                               "holds characters that cannot be shown or are not in Unicode's composed form");
    }
    return arena_copy(input->arena, text, out) || json_input_fail(input, name, "does not fit in memory");
}

bool json_input_text(const struct json_input *input, json_t *object, const char *name, size_t size_max,
                     struct bytes *out)
{
    json_t *value;
    return find(input, object, name, &value) && json_input_text_value(input, value, name, size_max, out);
}

bool json_input_number(const struct json_input *input, json_t *object, const char *name, uint64_t min,
                       uint64_t max, uint64_t *out)
{
    json_t *value;
    if (!find(input, object, name, &value)) {
        return false;
    }
    json_int_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < 0 || (uint64_t)number < min || (uint64_t)number > max) {
        return json_input_fail(input, name, "is not a whole number from %llu to %llu",
                               (unsigned long long)min, (unsigned long long)max);
    }
    *out = (uint64_t)number;
    return true;
}

bool json_input_day(const struct json_input *input, json_t *object, const char *name, uint32_t *out)
{
    json_t *value;
    if (!find(input, object, name, &value)) {
        return false;
    }
    return (json_is_string(value) &&
            day_from_text(out, bytes_of(json_string_value(value), json_string_length(value)))) ||
           json_input_fail(input, name, "is not a day of the calendar, written like \"2029-06-30\"");
}

bool json_input_optional_day(const struct json_input *input, json_t *object, const char *name, bool *present,
                             uint32_t *out)
{
    *present = json_object_get(object, name) != NULL;
    return !*present || json_input_day(input, object, name, out);
}

bool json_input_array(const struct json_input *input, json_t *object, const char *name, size_t count_max,
                      json_t **out)
{
    if (!find(input, object, name, out)) {
        return false;
    }
    if (!json_is_array(*out)) {
        return json_input_fail(input, name, "is not a list in brackets");
    }
    return json_array_size(*out) <= count_max ||
           json_input_fail(input, name, "has %zu elements; at most %zu are allowed", json_array_size(*out),
                           count_max);
}
