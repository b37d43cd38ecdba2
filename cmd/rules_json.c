#include "cmd/rules_json.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/text.h"

struct parse {
    struct rules_json_error *error;
    struct arena *arena;
    char at[RULES_JSON_WHERE_SIZE]; /* the object that is being read: "codes[3]", empty for the pack itself */
};

static bool fail(struct parse *parse, const char *member, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool fail(struct parse *parse, const char *member, const char *format, ...)
{
    struct rules_json_error *error = parse->error;
    va_list arguments;

    snprintf(error->where, sizeof error->where, "%.32s%s%.48s", parse->at,
             parse->at[0] != '\0' && member[0] != '\0' ? "." : "", member);
    if (error->where[0] == '\0') {
        snprintf(error->where, sizeof error->where, "the file");
    }
    va_start(arguments, format);
    vsnprintf(error->what, sizeof error->what, format, arguments);
    va_end(arguments);
    return false;
}

/* ---- members ---- */

static bool is_among(const char *name, const char *const *names)
{
    while (*names && strcmp(*names, name) != 0) {
        names++;
    }
    return *names != NULL;
}

/* Whether object is one and has no members but those of names. */
static bool check_members(struct parse *parse, json_t *object, const char *const *names)
{
    const char *name;
    json_t *value;

    if (!json_is_object(object)) {
        return fail(parse, "", "is not an object in braces");
    }
    json_object_foreach(object, name, value)
    {
        if (!is_among(name, names)) {
            return fail(parse, text_is_clean(bytes_of_string(name)) ? name : "?",
                        "is not a member that there is here");
        }
    }
    return true;
}

static bool read_text(struct parse *parse, json_t *object, const char *name, size_t size_max,
                      struct bytes *out)
{
    json_t *value = json_object_get(object, name);
    struct bytes text;

    if (!value) {
        return fail(parse, name, "is missing");
    }
    if (!json_is_string(value)) {
        return fail(parse, name, "is not a text in quotes");
    }
    text = bytes_of(json_string_value(value), json_string_length(value));
    if (text.size == 0 || text.size > size_max) {
        return fail(parse, name, "has %zu bytes; 1 to %zu are allowed", text.size, size_max);
    }
    if (!text_is_clean(text)) {
        return fail(parse, name,
                    "holds characters that cannot be shown or are not in Unicode's composed form");
    }
    return arena_copy(parse->arena, text, out) || fail(parse, name, "does not fit in memory");
}

static bool read_number(struct parse *parse, json_t *object, const char *name, uint64_t min, uint64_t max,
                        uint64_t *out)
{
    json_t *value = json_object_get(object, name);
    json_int_t number = json_integer_value(value);

    if (!value) {
        return fail(parse, name, "is missing");
    }
    if (!json_is_integer(value) || number < 0 || (uint64_t)number < min || (uint64_t)number > max) {
        return fail(parse, name, "is not a whole number from %llu to %llu", (unsigned long long)min,
                    (unsigned long long)max);
    }
    *out = (uint64_t)number;
    return true;
}

static bool read_day(struct parse *parse, json_t *object, const char *name, uint32_t *out)
{
    json_t *value = json_object_get(object, name);

    if (!value) {
        return fail(parse, name, "is missing");
    }
    if (!json_is_string(value) ||
        !day_from_text(out, bytes_of(json_string_value(value), json_string_length(value)))) {
        return fail(parse, name, "is not a day of the calendar, written like \"2029-06-30\"");
    }
    return true;
}

static bool read_optional_day(struct parse *parse, json_t *object, const char *name, bool *present,
                              uint32_t *out)
{
    *present = json_object_get(object, name) != NULL;
    return !*present || read_day(parse, object, name, out);
}

static bool read_array(struct parse *parse, json_t *object, const char *name, size_t count_max, json_t **out)
{
    *out = json_object_get(object, name);
    if (!*out) {
        return fail(parse, name, "is missing");
    }
    if (!json_is_array(*out)) {
        return fail(parse, name, "is not a list in brackets");
    }
    if (json_array_size(*out) > count_max) {
        return fail(parse, name, "has %zu elements; at most %zu are allowed", json_array_size(*out),
                    count_max);
    }
    return true;
}

/* ---- the pack ---- */

static bool check_code(struct parse *parse, struct bytes name_space, struct bytes code)
{
    char whole[NAMESPACE_SIZE_MAX + 1 + CODE_SIZE_MAX];
    size_t size = name_space.size + 1 + code.size;

    if (size > CODE_SIZE_MAX) {
        return fail(parse, "code", "is too long: with its namespace it has %zu bytes, at most %d are allowed",
                    size, CODE_SIZE_MAX);
    }
    memcpy(whole, name_space.data, name_space.size);
    whole[name_space.size] = '/';
    memcpy(whole + name_space.size + 1, code.data, code.size);
    return text_is_code(bytes_of(whole, size)) ||
           fail(parse, "code", "may only have letters, digits, '.' and '-'; the namespace is not part of it");
}

static bool read_code(struct parse *parse, json_t *object, struct bytes name_space, struct pack_code *code)
{
    static const char *const names[] = {"code", "title", "lifetime_months", "first_day", "last_day", NULL};

    if (!check_members(parse, object, names) ||
        !read_text(parse, object, "code", CODE_SIZE_MAX, &code->code) ||
        !check_code(parse, name_space, code->code) ||
        !read_text(parse, object, "title", NAME_SIZE_MAX, &code->title) ||
        !read_number(parse, object, "lifetime_months", 0, LIFETIME_MONTHS_MAX, &code->lifetime_months) ||
        !read_optional_day(parse, object, "first_day", &code->has_first_day, &code->first_day) ||
        !read_optional_day(parse, object, "last_day", &code->has_last_day, &code->last_day)) {
        return false;
    }
    if (code->has_first_day && code->has_last_day && code->first_day > code->last_day) {
        return fail(parse, "last_day", "is before first_day");
    }
    return true;
}

static int order_codes(const void *a, const void *b)
{
    const struct pack_code *left = a, *right = b;

    return bytes_compare(left->code, right->code);
}

static bool sort_codes(struct parse *parse, struct pack_code *codes, size_t count)
{
    qsort(codes, count, sizeof *codes, order_codes);
    for (size_t i = 1; i < count; i++) {
        if (order_codes(&codes[i - 1], &codes[i]) == 0) {
            return fail(parse, "codes", "has \"%.*s\" twice", (int)codes[i].code.size, codes[i].code.data);
        }
    }
    return true;
}

static bool read_codes(struct parse *parse, json_t *object, struct rule_pack *pack)
{
    struct pack_code *codes;
    json_t *array;
    size_t count;

    if (!read_array(parse, object, "codes", PACK_CODES_MAX, &array)) {
        return false;
    }
    count = json_array_size(array);
    if (count == 0) {
        return fail(parse, "codes", "is empty: a pack without codes says nothing");
    }
    codes = arena_take(parse->arena, count * sizeof *codes);
    if (!codes) {
        return fail(parse, "codes", "does not fit in memory");
    }
    for (size_t i = 0; i < count; i++) {
        snprintf(parse->at, sizeof parse->at, "codes[%zu]", i);
        if (!read_code(parse, json_array_get(array, i), pack->name_space, &codes[i])) {
            return false;
        }
    }
    parse->at[0] = '\0';
    pack->codes = (struct list){codes, count};
    return sort_codes(parse, codes, count);
}

/* A rule that was signed before its meaning is settled would bind everybody to whatever it turns out to mean.
 */
static bool read_rules(struct parse *parse, json_t *object)
{
    json_t *array;

    if (!read_array(parse, object, "rules", PACK_RULES_MAX, &array)) {
        return false;
    }
    return json_array_size(array) == 0 ||
           fail(parse, "rules", "is not empty: this version publishes codes and their lifetimes only");
}

static bool check_size(struct parse *parse, const struct rule_pack *pack)
{
    size_t mark = arena_mark(parse->arena);
    uint8_t *memory = arena_take(parse->arena, RULE_PACK_SIZE_MAX);
    struct bytes encoded;
    bool fits = memory && schema_encode(&rule_pack_schema, pack, memory, RULE_PACK_SIZE_MAX, &encoded);

    arena_rewind(parse->arena, mark);
    return fits ||
           fail(parse, "", "makes a pack of more than %d bytes: shorten the titles", RULE_PACK_SIZE_MAX);
}

static bool read_pack(struct parse *parse, json_t *object, struct rule_pack *pack)
{
    static const char *const names[] = {"namespace", "version", "in_force_from", "codes", "rules", NULL};

    if (!check_members(parse, object, names) ||
        !read_text(parse, object, "namespace", NAMESPACE_SIZE_MAX, &pack->name_space)) {
        return false;
    }
    if (!text_is_namespace(pack->name_space)) {
        return fail(parse, "namespace", "is not a letter, then letters, digits or '-', all in lower case");
    }
    return read_number(parse, object, "version", 1, UINT32_MAX, &pack->version) &&
           read_day(parse, object, "in_force_from", &pack->in_force_from) &&
           read_codes(parse, object, pack) && read_rules(parse, object) && check_size(parse, pack);
}

/* The parser's own words may quote the file; only printable ones are passed on. */
static bool fail_syntax(struct rules_json_error *error, const json_error_t *json_error)
{
    snprintf(error->where, sizeof error->where, "line %d, column %d", json_error->line, json_error->column);
    snprintf(error->what, sizeof error->what, "is where the JSON stops making sense: %.*s",
             (int)(sizeof error->what - 48), json_error->text);
    for (char *letter = error->what; *letter; letter++) {
        if ((unsigned char)*letter < 0x20 || (unsigned char)*letter >= 0x7f) {
            *letter = '?';
        }
    }
    return false;
}

bool rules_json_parse(struct rule_pack *pack, struct rules_json_error *error, struct bytes text,
                      struct arena *arena)
{
    struct parse parse = {.error = error, .arena = arena};
    json_error_t json_error;
    json_t *object;
    bool good;

    *pack = (struct rule_pack){0};
    *error = (struct rules_json_error){0};
    if (text.size > RULES_JSON_SIZE_MAX) {
        return fail(&parse, "", "has more than %d bytes", RULES_JSON_SIZE_MAX);
    }
    object = json_loadb((const char *)text.data, text.size, JSON_REJECT_DUPLICATES, &json_error);
    if (!object) {
        return fail_syntax(error, &json_error);
    }
    good = read_pack(&parse, object, pack);
    json_decref(object);
    return good;
}
