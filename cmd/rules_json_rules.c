#include "cmd/rules_json_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/expression_words.h"
#include "protocol/rules/pack_rules.h"

enum { WHEN_SIZE_MAX = 16 * 1024, WHEN_LINES_MAX = 512 };

static void enter_rule(struct json_input *input, size_t place)
{
    snprintf(input->at, sizeof(input->at), "rules[%zu]", place);
}

/* ---- kinds ---- */

static bool read_kind(const struct json_input *input, json_t *object, enum pack_rule_kind *out)
{
    static const char *const words[] = {
        [PACK_RULE_TITLE] = "title",
        [PACK_RULE_PREREQUISITE] = "prerequisite",
        [PACK_RULE_EXPERIENCE] = "experience",
        [PACK_RULE_RENEWAL] = "renewal",
        [PACK_RULE_RECOGNITION] = "recognition",
        [PACK_RULE_CONDITION] = "condition",
    };
    struct bytes word;
    if (!json_input_text(input, object, "kind", NAME_SIZE_MAX, &word)) {
        return false;
    }
    for (enum pack_rule_kind kind = PACK_RULE_TITLE; kind <= PACK_RULE_CONDITION; kind++) {
        if (bytes_equal_string(word, words[kind])) {
            *out = kind;
            return true;
        }
    }
    return json_input_fail(input, "kind",
                           "is none of title, prerequisite, experience, renewal, recognition, "
                           "condition");
}

/* ---- expressions ---- */

/* The lines of an expression, and what they are joined to. */
struct when {
    json_t *lines; /* a list; NULL: the text is one */
    struct bytes text;
};

static bool check_line(const struct json_input *input, const struct when *when, size_t at, json_t *line)
{
    char member[32];
    if (json_is_string(line)) {
        return true;
    }
    snprintf(member, sizeof(member), "when[%zu]", at);
    return json_input_fail(input, when->lines != NULL ? member : "when",
                           when->lines != NULL ? "is not a text in quotes"
                                               : "is not a text in quotes, nor a list of them");
}

static size_t line_count(const struct when *when)
{
    return when->lines == NULL ? 1 : json_array_size(when->lines);
}

static json_t *line_at(const struct when *when, json_t *value, size_t at)
{
    return when->lines == NULL ? value : json_array_get(when->lines, at);
}

/* Join the lines, so that a comment ends with its own. */
static bool join_lines(const struct json_input *input, json_t *value, struct when *when)
{
    uint8_t *text = arena_take(input->arena, WHEN_SIZE_MAX);
    size_t size = 0;
    if (text == NULL) {
        return json_input_fail(input, "when", "does not fit in memory");
    }
    for (size_t i = 0; i < line_count(when); i++) {
        json_t *line = line_at(when, value, i);
        if (!check_line(input, when, i, line)) {
            return false;
        }
        if (json_string_length(line) + 1 > WHEN_SIZE_MAX - size) {
            return json_input_fail(input, "when", "has more than %d bytes", WHEN_SIZE_MAX - 1);
        }
        memcpy(text + size, json_string_value(line), json_string_length(line));
        size += json_string_length(line);
        text[size++] = '\n';
    }
    when->text = bytes_of(text, size - 1);
    return true;
}

static bool read_when(const struct json_input *input, json_t *object, struct when *out)
{
    json_t *value = json_object_get(object, "when");
    if (value == NULL) {
        return json_input_fail(input, "when", "is missing");
    }
    *out = (struct when){.lines = json_is_array(value) ? value : NULL};
    if (out->lines != NULL && (json_array_size(value) == 0 || json_array_size(value) > WHEN_LINES_MAX)) {
        return json_input_fail(input, "when", "has %zu lines; 1 to %d are allowed", json_array_size(value),
                               WHEN_LINES_MAX);
    }
    return join_lines(input, value, out);
}

static bool fail_expression(const struct json_input *input, const struct when *when,
                            const struct expression_error *error)
{
    const char *sentence = expression_fault_sentence(error->fault);
    char place[EXPRESSION_PLACE_SIZE], member[32];
    struct bytes line = when->text;
    size_t offset = error->offset, at = 0;
    if (when->lines == NULL) {
        expression_place(place, line, offset);
        return json_input_fail(input, "when", "%s: %s", place, sentence);
    }
    while (offset > json_string_length(json_array_get(when->lines, at))) {
        offset -= json_string_length(json_array_get(when->lines, at)) + 1;
        at++;
    }
    line = bytes_of(json_string_value(json_array_get(when->lines, at)),
                    json_string_length(json_array_get(when->lines, at)));
    expression_place(place, line, offset);
    snprintf(member, sizeof(member), "when[%zu]", at);
    return json_input_fail(input, member, "%s: %s", place, sentence);
}

/* Read the expression and write it as on the wire to encoded. What it takes of the arena is free again. */
static bool encode_when(const struct json_input *input, json_t *object, struct bytes name_space,
                        enum pack_rule_kind kind, uint8_t encoded_memory[RULE_EXPRESSION_SIZE_MAX],
                        struct bytes *encoded)
{
    size_t mark = arena_mark(input->arena);
    struct expression_error error;
    struct expression expression;
    struct when when = {0};
    bool good = read_when(input, object, &when);
    if (good && !expression_parse(&expression, &error, expression_scope_of(kind), when.text, name_space,
                                  input->arena)) {
        good = fail_expression(input, &when, &error);
    }
    good = good && expression_encode(&expression, encoded_memory, RULE_EXPRESSION_SIZE_MAX, encoded);
    arena_rewind(input->arena, mark);
    return good;
}

/* ---- rules ---- */

/* A rule and where it stands in the file. */
struct placed_rule {
    struct pack_rule rule;
    size_t place;
};

static bool read_rule(const struct json_input *input, json_t *object, struct bytes name_space,
                      struct pack_rule *out)
{
    static const char *const names[] = {"kind", "name", "when", NULL};
    uint8_t memory[RULE_EXPRESSION_SIZE_MAX];
    struct bytes encoded;
    if (!json_input_members(input, object, names) || !read_kind(input, object, &out->kind) ||
        !json_input_text(input, object, "name", NAME_SIZE_MAX, &out->name) ||
        !encode_when(input, object, name_space, out->kind, memory, &encoded)) {
        return false;
    }
    return arena_copy(input->arena, encoded, &out->expression) ||
           json_input_fail(input, "when", "does not fit in memory");
}

static int order_rules(const void *a, const void *b)
{
    const struct placed_rule *left = a;
    const struct placed_rule *right = b;
    if (left->rule.kind != right->rule.kind) {
        return left->rule.kind < right->rule.kind ? -1 : 1;
    }
    return bytes_compare(left->rule.name, right->rule.name);
}

static bool sort_rules(struct json_input *input, struct placed_rule *rules, size_t count)
{
    qsort(rules, count, sizeof(*rules), order_rules);
    for (size_t i = 1; i < count; i++) {
        const struct placed_rule *a = &rules[i - 1];
        const struct placed_rule *b = &rules[i];
        if (order_rules(a, b) == 0) {
            enter_rule(input, a->place > b->place ? a->place : b->place);
            return json_input_fail(input, "",
                                   "is of the kind and name of rules[%zu]; join the two with \"and\" "
                                   "or \"or\"",
                                   a->place < b->place ? a->place : b->place);
        }
    }
    return true;
}

static bool keep_rules(struct json_input *input, const struct placed_rule *rules, size_t count,
                       struct rule_pack *pack, const size_t **places)
{
    struct pack_rule *kept = arena_take(input->arena, count * sizeof(*kept));
    size_t *kept_places = arena_take(input->arena, count * sizeof(*kept_places));
    if (kept == NULL || kept_places == NULL) {
        return json_input_fail(input, "rules", "does not fit in memory");
    }
    for (size_t i = 0; i < count; i++) {
        kept[i] = rules[i].rule;
        kept_places[i] = rules[i].place;
    }
    pack->rules = (struct list){kept, count};
    *places = kept_places;
    return true;
}

bool rules_json_read_rules(struct json_input *input, json_t *object, struct rule_pack *pack,
                           const size_t **places)
{
    struct placed_rule rules[PACK_RULES_MAX];
    json_t *array;
    if (!json_input_array(input, object, "rules", PACK_RULES_MAX, &array)) {
        return false;
    }
    size_t count = json_array_size(array);
    for (size_t i = 0; i < count; i++) {
        rules[i].place = i;
        enter_rule(input, i);
        if (!read_rule(input, json_array_get(array, i), pack->name_space, &rules[i].rule)) {
            return false;
        }
    }
    if (!sort_rules(input, rules, count)) {
        return false;
    }
    input->at[0] = '\0';
    return keep_rules(input, rules, count, pack, places);
}

/* ---- what the rules say together ---- */

static bool fail_pack(const struct json_input *input, enum pack_fault fault, struct bytes what)
{
    int size = (int)what.size;
    const char *text = (const char *)what.data;
    switch (fault) {
    case PACK_FINE:
        break;
    case PACK_BAD_EXPRESSION:
        return json_input_fail(input, "when", "can't be read back once it is encoded");
    case PACK_BAD_RULE_NAME:
        return json_input_fail(input, "name",
                               "\"%.*s\" is neither a code nor a pattern; write it without its namespace",
                               size, text);
    case PACK_UNKNOWN_CODE:
        return json_input_fail(
            input, "when", "refers to %.*s, which is no code of this pack; add the code or correct the rule",
            size, text);
    case PACK_UNKNOWN_TITLE:
        return json_input_fail(
            input, "when", "refers to the title \"%.*s\", which no rule gives; add one or correct the name",
            size, text);
    case PACK_TITLE_CYCLE:
        return json_input_fail(input, "when", "leads back to its own title \"%.*s\"; take that reference out",
                               size, text);
    case PACK_CODE_CYCLE:
        return json_input_fail(
            input, "when",
            "leads back to %.*s, which the rule is for; take that reference out, or give %.*s "
            "a rule of its own",
            size, text, size, text);
    case PACK_UNKNOWN_CODE_RULE:
        return json_input_fail(input, "name",
                               "\"%.*s\" matches no code of this pack; add the code or correct the name",
                               size, text);
    case PACK_TOO_LARGE:
        return json_input_fail(input, "when", "does not fit in memory with the other rules");
    }
    return true;
}

bool rules_json_check_rules(struct json_input *input, const struct rule_pack *pack, const size_t *places)
{
    struct bytes what;
    size_t at;
    enum pack_fault fault = pack_rules_check(pack, &at, &what, input->arena);
    if (fault == PACK_FINE) {
        return true;
    }
    enter_rule(input, pack->rules.count > 0 ? places[at] : 0);
    return fail_pack(input, fault, what);
}
