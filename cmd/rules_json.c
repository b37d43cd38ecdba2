#include "cmd/rules_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/rules_json_rules.h"
#include "protocol/base/text.h"

static bool check_code(const struct json_input *input, struct bytes name_space, struct bytes code)
{
    char whole[NAMESPACE_SIZE_MAX + 1 + CODE_SIZE_MAX];
    size_t size = name_space.size + 1 + code.size;

    if (size > CODE_SIZE_MAX) {
        return json_input_fail(input, "code",
                               "is too long: with its namespace it has %zu bytes, at most %d are allowed",
                               size, CODE_SIZE_MAX);
    }
    memcpy(whole, name_space.data, name_space.size);
    whole[name_space.size] = '/';
    memcpy(whole + name_space.size + 1, code.data, code.size);
    return text_is_code(bytes_of(whole, size)) ||
           json_input_fail(input, "code",
                           "may only have letters, digits, '.' and '-'; the namespace is not part of it");
}

static bool read_code(const struct json_input *input, json_t *object, struct bytes name_space,
                      struct pack_code *code)
{
    static const char *const names[] = {"code", "title", "lifetime_months", "first_day", "last_day", NULL};

    if (!json_input_members(input, object, names) ||
        !json_input_text(input, object, "code", CODE_SIZE_MAX, &code->code) ||
        !check_code(input, name_space, code->code) ||
        !json_input_text(input, object, "title", NAME_SIZE_MAX, &code->title) ||
        !json_input_number(input, object, "lifetime_months", 0, LIFETIME_MONTHS_MAX,
                           &code->lifetime_months) ||
        !json_input_optional_day(input, object, "first_day", &code->has_first_day, &code->first_day) ||
        !json_input_optional_day(input, object, "last_day", &code->has_last_day, &code->last_day)) {
        return false;
    }
    if (code->has_first_day && code->has_last_day && code->first_day > code->last_day) {
        return json_input_fail(input, "last_day", "is before first_day");
    }
    return true;
}

static int order_codes(const void *a, const void *b)
{
    const struct pack_code *left = a, *right = b;

    return bytes_compare(left->code, right->code);
}

static bool sort_codes(const struct json_input *input, struct pack_code *codes, size_t count)
{
    qsort(codes, count, sizeof *codes, order_codes);
    for (size_t i = 1; i < count; i++) {
        if (order_codes(&codes[i - 1], &codes[i]) == 0) {
            return json_input_fail(input, "codes", "has \"%.*s\" twice", (int)codes[i].code.size,
                                   codes[i].code.data);
        }
    }
    return true;
}

static bool read_codes(struct json_input *input, json_t *object, struct rule_pack *pack)
{
    struct pack_code *codes;
    json_t *array;
    size_t count;

    if (!json_input_array(input, object, "codes", PACK_CODES_MAX, &array)) {
        return false;
    }
    count = json_array_size(array);
    if (count == 0) {
        return json_input_fail(input, "codes", "is empty: a pack without codes says nothing");
    }
    codes = arena_take(input->arena, count * sizeof *codes);
    if (!codes) {
        return json_input_fail(input, "codes", "does not fit in memory");
    }
    for (size_t i = 0; i < count; i++) {
        snprintf(input->at, sizeof input->at, "codes[%zu]", i);
        if (!read_code(input, json_array_get(array, i), pack->name_space, &codes[i])) {
            return false;
        }
    }
    input->at[0] = '\0';
    pack->codes = (struct list){codes, count};
    return sort_codes(input, codes, count);
}

static bool check_size(const struct json_input *input, const struct rule_pack *pack)
{
    size_t mark = arena_mark(input->arena);
    uint8_t *memory = arena_take(input->arena, RULE_PACK_SIZE_MAX);
    struct bytes encoded;
    bool fits = memory && schema_encode(&rule_pack_schema, pack, memory, RULE_PACK_SIZE_MAX, &encoded);

    arena_rewind(input->arena, mark);
    return fits || json_input_fail(input, "", "makes a pack of more than %d bytes: shorten titles and rules",
                                   RULE_PACK_SIZE_MAX);
}

static bool read_pack(struct json_input *input, json_t *object, struct rule_pack *pack)
{
    static const char *const names[] = {"namespace", "version", "in_force_from", "codes", "rules", NULL};
    const size_t *places;

    if (!json_input_members(input, object, names) ||
        !json_input_text(input, object, "namespace", NAMESPACE_SIZE_MAX, &pack->name_space)) {
        return false;
    }
    if (!text_is_namespace(pack->name_space)) {
        return json_input_fail(input, "namespace",
                               "is not a letter, then letters, digits or '-', all in lower case");
    }
    return json_input_number(input, object, "version", 1, UINT32_MAX, &pack->version) &&
           json_input_day(input, object, "in_force_from", &pack->in_force_from) &&
           read_codes(input, object, pack) && rules_json_read_rules(input, object, pack, &places) &&
           check_size(input, pack) && rules_json_check_rules(input, pack, places);
}

bool rules_json_parse(struct rule_pack *pack, struct json_input_error *error, struct bytes text,
                      struct arena *arena)
{
    struct json_input input = {.error = error, .arena = arena};
    json_t *object = json_input_parse(&input, text, RULES_JSON_SIZE_MAX);
    bool good = false;

    *pack = (struct rule_pack){0};
    if (object) {
        good = read_pack(&input, object, pack);
        json_decref(object);
    }
    return good;
}
