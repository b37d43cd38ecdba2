#include <string.h>

#include "protocol/base/sort.h"
#include "protocol/base/text.h"
#include "protocol/rules/expression_parser.h"
#include "protocol/rules/expression_table.h"
#include "protocol/wire/words.h"

/* How loosely an operator binds; behind them stand terms. */
enum binding { BINDING_COMMA, BINDING_OR, BINDING_AND, BINDING_TERM };

static bool parse_binding(struct parser *parser, struct tree *out, enum binding binding,
                          enum expression_scope scope);

/* ---- groups ---- */

static bool parse_group(struct parser *parser, struct tree *out, enum expression_scope scope)
{
    if (!parser_enter(parser, parser->token.offset) || !parser_open(parser) ||
        !parse_binding(parser, out, BINDING_COMMA, scope) || !parser_close(parser)) {
        return false;
    }
    parser_leave(parser);
    return true;
}

/* The operator's one child, in parentheses. */
static bool parse_child(struct parser *parser, struct tree *out, enum expression_scope scope, size_t offset)
{
    struct tree child;
    return parse_group(parser, &child, expression_scope_within(out->root.op, scope)) &&
           tree_adopt_one(parser, out, &child, offset);
}

/* ---- lists ---- */

/* Read one element, or several in parentheses, into found. parse_one takes the next token. */
static bool parse_one_or_list(struct parser *parser, void *found,
                              bool (*parse_one)(struct parser *parser, void *found))
{
    if (parser->token.kind != TOKEN_OPEN) {
        return parse_one(parser, found);
    }
    do {
        parser_advance(parser);
        if (!parse_one(parser, found)) {
            return false;
        }
    } while (parser->token.kind == TOKEN_COMMA);
    return parser_close(parser);
}

static bool parse_basis(struct parser *parser, void *found)
{
    uint32_t *bases = found;
    enum basis basis;
    if (parser->token.kind != TOKEN_WORD || !basis_of_word(&basis, parser->token.text) ||
        (*bases & UINT32_C(1) << basis) != 0) {
        return parser_fail(parser, EXPRESSION_BAD_BASIS);
    }
    *bases |= UINT32_C(1) << basis;
    parser_advance(parser);
    return true;
}

static bool parse_bases(struct parser *parser, struct tree *out)
{
    return parse_one_or_list(parser, &out->root.bases, parse_basis);
}

struct states {
    struct bytes items[STATES_MAX];
    size_t count;
};

static bool parse_state(struct parser *parser, void *found)
{
    struct states *states = found;
    if (parser->token.kind != TOKEN_WORD || !text_is_state(parser->token.text)) {
        return parser_fail(parser, EXPRESSION_BAD_STATE);
    }
    for (size_t i = 0; i < states->count; i++) {
        if (bytes_equal(states->items[i], parser->token.text)) {
            return parser_fail(parser, EXPRESSION_BAD_STATE);
        }
    }
    if (states->count == STATES_MAX) {
        return parser_fail(parser, EXPRESSION_TOO_LONG);
    }
    if (!parser_copy(parser, parser->token.text, &states->items[states->count])) {
        return false;
    }
    states->count++;
    parser_advance(parser);
    return true;
}

static int order_states(const void *a, const void *b)
{
    const struct bytes *left = a;
    const struct bytes *right = b;
    return bytes_compare(*left, *right);
}

static bool parse_states(struct parser *parser, struct tree *out)
{
    struct states states = {.count = 0};
    if (!parse_one_or_list(parser, &states, parse_state)) {
        return false;
    }
    sort_items(states.items, states.count, sizeof states.items[0], order_states);
    struct bytes *kept = parser_take(parser, states.count * sizeof *kept);
    if (kept == NULL) {
        return false;
    }
    memcpy(kept, states.items, states.count * sizeof *kept);
    out->root.states = (struct list){kept, states.count};
    return true;
}

/* Elements of a list that each stand for a child: (a, b or c, d). */
static bool parse_children(struct parser *parser, struct tree *out, enum expression_scope scope,
                           size_t offset)
{
    struct operands operands = {0};
    if (!parser_enter(parser, parser->token.offset) || !parser_open(parser)) {
        return false;
    }
    for (;;) {
        struct operand operand = {0};
        size_t at = parser->token.offset;
        if (!parse_binding(parser, &operand.tree, BINDING_OR, scope) ||
            !operands_add(parser, &operands, &operand, at)) {
            return false;
        }
        if (parser->token.kind != TOKEN_COMMA) {
            break;
        }
        parser_advance(parser);
    }
    parser_leave(parser);
    return parser_close(parser) && tree_adopt(parser, out, &operands, offset);
}

/* ---- areas ---- */

static bool parse_area_name(struct parser *parser, struct bytes *out)
{
    char text[AREA_SIZE_MAX];
    struct bytes name = parser->token.text;
    bool is_name = parser->token.kind == TOKEN_WORD
                       ? name.size <= sizeof text
                       : parser->token.kind == TOKEN_QUOTED && text_unquote(text, sizeof text, name, &name);
    if (!is_name) {
        return parser_fail(parser, EXPRESSION_BAD_AREA);
    }
    if (!parser_copy(parser, name, out)) {
        return false;
    }
    parser_advance(parser);
    return parser_expect_sign(parser, TOKEN_COLON, EXPRESSION_BAD_AREA);
}

static bool has_area(const struct operands *operands, struct bytes area)
{
    const struct operand *operand = operands->first;
    while (operand != NULL && !bytes_equal(operand->area, area)) {
        operand = operand->next;
    }
    return operand != NULL;
}

/* Areas are few: each goes where it belongs as it comes. */
static void sort_in(struct operands *sorted, struct operand *operand)
{
    struct operand **place = &sorted->first;
    while (*place != NULL && bytes_compare((*place)->area, operand->area) < 0) {
        place = &(*place)->next;
    }
    operand->next = *place;
    *place = operand;
    sorted->count++;
}

static bool parse_area(struct parser *parser, struct operands *areas)
{
    size_t offset = parser->token.offset;
    struct operand *area = parser_take(parser, sizeof *area);
    if (area == NULL || !parse_area_name(parser, &area->area)) {
        return false;
    }
    if (has_area(areas, area->area)) {
        return parser_fail_at(parser, EXPRESSION_BAD_AREA, offset);
    }
    if (areas->count == AREAS_MAX) {
        return parser_fail_at(parser, EXPRESSION_TOO_LONG, offset);
    }
    if (!parse_binding(parser, &area->tree, BINDING_OR, SCOPE_SUBJECT)) {
        return false;
    }
    sort_in(areas, area);
    return true;
}

static bool keep_area_names(struct parser *parser, struct tree *out, const struct operands *areas)
{
    struct bytes *names = parser_take(parser, areas->count * sizeof *names);
    if (names == NULL) {
        return false;
    }
    out->root.areas = (struct list){names, areas->count};
    for (const struct operand *area = areas->first; area != NULL; area = area->next) {
        *names++ = area->area;
    }
    return true;
}

static bool parse_areas(struct parser *parser, struct tree *out, size_t offset)
{
    struct operands areas = {0};
    if (!parser_enter(parser, parser->token.offset) || !parser_open(parser) || !parse_area(parser, &areas)) {
        return false;
    }
    while (parser->token.kind == TOKEN_COMMA) {
        parser_advance(parser);
        if (!parse_area(parser, &areas)) {
            return false;
        }
    }
    parser_leave(parser);
    return parser_close(parser) && keep_area_names(parser, out, &areas) &&
           tree_adopt(parser, out, &areas, offset);
}

/* ---- terms ---- */

/* Begin the node of an operator whose word was read. Fails: where it is out of scope. */
static bool begin_scoped(struct parser *parser, struct tree *out, enum expression_op op,
                         enum expression_scope scope, size_t offset)
{
    if (!expression_op_in_scope(op, scope)) {
        return parser_fail_at(parser, EXPRESSION_OUT_OF_SCOPE, offset);
    }
    return tree_begin(parser, out, op, offset);
}

/* any of (…), any 2 of (…) */
static bool parse_any(struct parser *parser, struct tree *out, enum expression_scope scope, size_t offset)
{
    size_t number_offset = parser->token.offset;
    bool is_counted = !parser_is_next(parser, "of");
    if (!tree_begin(parser, out, is_counted ? EXPRESSION_AT_LEAST : EXPRESSION_ANY, offset) ||
        (is_counted && !parser_count(parser, &out->root)) || !parser_expect_word(parser, "of") ||
        !parse_children(parser, out, scope, offset)) {
        return false;
    }
    return out->root.count <= out->root.child_count ||
           parser_fail_at(parser, EXPRESSION_EXPECTED_NUMBER, number_offset);
}

static bool parse_all(struct parser *parser, struct tree *out, enum expression_scope scope, size_t offset)
{
    return tree_begin(parser, out, EXPRESSION_ALL, offset) && parser_expect_word(parser, "of") &&
           parse_children(parser, out, scope, offset);
}

static bool parse_tested(struct parser *parser, struct tree *out, enum expression_scope scope, size_t offset)
{
    (void)scope;
    return tree_begin(parser, out, EXPRESSION_TESTED, offset) &&
           parser_code(parser, &out->root.pattern, text_is_code_pattern);
}

static bool parse_trained(struct parser *parser, struct tree *out, enum expression_scope scope, size_t offset)
{
    (void)scope;
    return tree_begin(parser, out, EXPRESSION_TRAINED, offset) &&
           parser_code(parser, &out->root.pattern, text_is_code_pattern);
}

/* experience 2 years in ase/experience* */
static bool parse_experience(struct parser *parser, struct tree *out, enum expression_scope scope,
                             size_t offset)
{
    size_t number_offset = parser->token.offset;
    (void)scope;
    if (!tree_begin(parser, out, EXPRESSION_EXPERIENCE, offset) || !parser_count(parser, &out->root)) {
        return false;
    }
    if (parser_skip_unit(parser, "year", "years")) {
        out->root.count *= EXPRESSION_YEAR_DAYS;
    } else if (!parser_skip_unit(parser, "day", "days")) {
        return parser_fail(parser, EXPRESSION_EXPECTED_WORD);
    }
    if (out->root.count > EXPERIENCE_DAYS_MAX) {
        return parser_fail_at(parser, EXPRESSION_EXPECTED_NUMBER, number_offset);
    }
    return parser_expect_word(parser, "in") && parser_code(parser, &out->root.pattern, text_is_code_pattern);
}

static bool parse_for_life(struct parser *parser, struct tree *out, enum expression_scope scope,
                           size_t offset)
{
    return tree_begin(parser, out, EXPRESSION_FOR_LIFE, offset) && parser_expect_word(parser, "life") &&
           parse_child(parser, out, scope, offset);
}

/* in time, in time within 30 days */
static bool parse_in_time(struct parser *parser, struct tree *out, enum expression_scope scope, size_t offset)
{
    if (!begin_scoped(parser, out, EXPRESSION_IN_TIME, scope, offset)) {
        return false;
    }
    if (!parser_skip_word(parser, "within")) {
        return true;
    }
    return parser_count(parser, &out->root) &&
           (parser_skip_unit(parser, "day", "days") || parser_fail(parser, EXPRESSION_EXPECTED_WORD));
}

static bool parse_in(struct parser *parser, struct tree *out, enum expression_scope scope, size_t offset)
{
    if (parser_skip_word(parser, "network")) {
        return tree_begin(parser, out, EXPRESSION_IN_NETWORK, offset) &&
               parser_code(parser, &out->root.pattern, text_is_code);
    }
    if (parser_skip_word(parser, "state")) {
        return tree_begin(parser, out, EXPRESSION_IN_STATE, offset) && parse_states(parser, out);
    }
    if (parser_skip_word(parser, "time")) {
        return parse_in_time(parser, out, scope, offset);
    }
    return parser_fail(parser, EXPRESSION_EXPECTED_WORD);
}

static bool parse_on_basis(struct parser *parser, struct tree *out, enum expression_scope scope,
                           size_t offset)
{
    return begin_scoped(parser, out, EXPRESSION_BASIS, scope, offset) && parse_bases(parser, out);
}

static bool parse_adds(struct parser *parser, struct tree *out, enum expression_scope scope, size_t offset)
{
    return begin_scoped(parser, out, EXPRESSION_ADDS, scope, offset) && parser_expect_word(parser, "at") &&
           parser_expect_word(parser, "most") && parser_count(parser, &out->root) &&
           (parser_skip_unit(parser, "month", "months") || parser_fail(parser, EXPRESSION_EXPECTED_WORD));
}

static bool parse_share(struct parser *parser, struct tree *out, enum expression_scope scope, size_t offset)
{
    return begin_scoped(parser, out, EXPRESSION_SHARE, scope, offset) && parser_count(parser, &out->root) &&
           parser_expect_sign(parser, TOKEN_PERCENT, EXPRESSION_EXPECTED_WORD) &&
           parse_child(parser, out, scope, offset);
}

static bool parse_technicians(struct parser *parser, struct tree *out, enum expression_scope scope,
                              size_t offset)
{
    return begin_scoped(parser, out, EXPRESSION_TECHNICIANS, scope, offset) &&
           parser_count(parser, &out->root) && parse_child(parser, out, scope, offset);
}

static bool parse_covered(struct parser *parser, struct tree *out, enum expression_scope scope, size_t offset)
{
    return begin_scoped(parser, out, EXPRESSION_COVERED, scope, offset) && parse_areas(parser, out, offset);
}

static const struct {
    const char *word;
    bool (*parse)(struct parser *parser, struct tree *out, enum expression_scope scope, size_t offset);
} worded_terms[] = {
    {"any", parse_any},
    {"all", parse_all},
    {"tested", parse_tested},
    {"trained", parse_trained},
    {"experience", parse_experience},
    {"for", parse_for_life},
    {"in", parse_in},
    {"basis", parse_on_basis},
    {"adds", parse_adds},
    {"share", parse_share},
    {"technicians", parse_technicians},
    {"areas", parse_covered},
};

/* Whether the next token is a number and a unit of time behind it. */
static bool is_time_next(const struct parser *parser)
{
    struct token unit = parser_peek(parser);
    return token_is_number(&parser->token) && unit.kind == TOKEN_WORD &&
           (bytes_equal_string(unit.text, "month") || bytes_equal_string(unit.text, "months") ||
            bytes_equal_string(unit.text, "day") || bytes_equal_string(unit.text, "days"));
}

static bool parse_days(struct parser *parser, struct expression *out)
{
    size_t offset = parser->token.offset;
    uint64_t days;
    if (!parser_number(parser, &days)) {
        return false;
    }
    if (days > GRACE_DAYS_MAX) {
        return parser_fail_at(parser, EXPRESSION_EXPECTED_NUMBER, offset);
    }
    out->days = (uint32_t)days;
    return parser_skip_unit(parser, "day", "days") || parser_fail(parser, EXPRESSION_EXPECTED_WORD);
}

/* 12 months apart from renewal, 30 days apart from …, 12 months 30 days apart from … */
static bool parse_apart(struct parser *parser, struct tree *out, enum expression_scope scope)
{
    size_t offset = parser->token.offset;
    struct token unit = parser_peek(parser);
    bool has_months = unit.text.data[0] == 'm';
    if (!begin_scoped(parser, out, EXPRESSION_APART, scope, offset) ||
        (has_months && !parser_count(parser, &out->root))) {
        return false;
    }
    bool has_days =
        !has_months || (parser_skip_unit(parser, "month", "months") && token_is_number(&parser->token));
    if (has_days && !parse_days(parser, &out->root)) {
        return false;
    }
    if (!expression_is_consistent(&out->root)) {
        return parser_fail_at(parser, EXPRESSION_EXPECTED_NUMBER, offset);
    }
    return parser_expect_word(parser, "apart") && parser_expect_word(parser, "from") &&
           parse_bases(parser, out);
}

static bool parse_worded(struct parser *parser, struct tree *out, enum expression_scope scope)
{
    size_t offset = parser->token.offset;
    for (size_t i = 0; i < sizeof worded_terms / sizeof worded_terms[0]; i++) {
        if (parser_skip_word(parser, worded_terms[i].word)) {
            return worded_terms[i].parse(parser, out, scope, offset);
        }
    }
    if (word_is_reserved(parser->token.text)) {
        return parser_fail(parser, EXPRESSION_EXPECTED_TERM);
    }
    return tree_begin(parser, out, EXPRESSION_CERTIFIED, offset) &&
           parser_code(parser, &out->root.pattern, text_is_code_pattern);
}

static bool parse_not(struct parser *parser, struct tree *out, enum expression_scope scope)
{
    size_t offset = parser->token.offset;
    struct tree child;
    parser_advance(parser);
    if (!parser_enter(parser, offset) || !tree_begin(parser, out, EXPRESSION_NOT, offset) ||
        !parse_binding(parser, &child, BINDING_TERM, scope)) {
        return false;
    }
    parser_leave(parser);
    return tree_adopt_one(parser, out, &child, offset);
}

static bool parse_term(struct parser *parser, struct tree *out, enum expression_scope scope)
{
    if (parser->token.kind == TOKEN_OPEN) {
        return parse_group(parser, out, scope);
    }
    if (parser->token.kind == TOKEN_QUOTED) {
        return parser_title(parser, out);
    }
    if (parser->token.kind != TOKEN_WORD) {
        return parser_fail(parser, EXPRESSION_EXPECTED_TERM);
    }
    if (parser_peek(parser).kind == TOKEN_COLON) {
        return parser_title_of(parser, out);
    }
    if (parser_is_next(parser, "not")) {
        return parse_not(parser, out, scope);
    }
    return is_time_next(parser) ? parse_apart(parser, out, scope) : parse_worded(parser, out, scope);
}

/* ---- operators between terms ---- */

/* Consume what stands between two operands that bind as given. */
static bool skip_between(struct parser *parser, enum binding binding)
{
    switch (binding) {
    case BINDING_COMMA:
        if (parser->token.kind != TOKEN_COMMA) {
            return false;
        }
        parser_advance(parser);
        return true;
    case BINDING_OR:
        return parser_skip_word(parser, "or");
    case BINDING_AND:
        return parser_skip_word(parser, "and");
    case BINDING_TERM:
        break;
    }
    return false;
}

static bool parse_binding(struct parser *parser, struct tree *out, enum binding binding,
                          enum expression_scope scope)
{
    struct operands operands = {0};
    struct operand operand = {0};
    size_t offset = parser->token.offset;
    size_t at = offset;
    if (binding == BINDING_TERM) {
        return parse_term(parser, out, scope);
    }
    if (!parse_binding(parser, &operand.tree, binding + 1, scope)) {
        return false;
    }
    if (!skip_between(parser, binding)) {
        *out = operand.tree;
        return true;
    }
    do {
        if (!operands_add(parser, &operands, &operand, at)) {
            return false;
        }
        at = parser->token.offset;
        if (!parse_binding(parser, &operand.tree, binding + 1, scope)) {
            return false;
        }
    } while (skip_between(parser, binding));
    return operands_add(parser, &operands, &operand, at) &&
           tree_begin(parser, out, binding == BINDING_OR ? EXPRESSION_ANY : EXPRESSION_ALL, offset) &&
           tree_adopt(parser, out, &operands, offset);
}

/* ---- the whole ---- */

static bool check_size(struct parser *parser, const struct expression *expression)
{
    uint8_t memory[RULE_EXPRESSION_SIZE_MAX];
    struct bytes encoded;
    return expression_encode(expression, memory, sizeof memory, &encoded) ||
           parser_fail(parser, EXPRESSION_TOO_LONG);
}

static bool parse(struct expression *out, struct parser *parser, enum expression_scope scope)
{
    struct tree tree;
    *out = (struct expression){0};
    *parser->error = (struct expression_error){0};
    parser_advance(parser);
    if (!parse_binding(parser, &tree, BINDING_COMMA, scope)) {
        return false;
    }
    if (parser->token.kind != TOKEN_END) {
        return parser_fail(parser, EXPRESSION_EXPECTED_END);
    }
    if (!check_size(parser, &tree.root)) {
        return false;
    }
    *out = tree.root;
    return true;
}

bool expression_parse(struct expression *out, struct expression_error *error, enum expression_scope scope,
                      struct bytes text, struct bytes name_space, struct arena *arena)
{
    struct parser parser = {
        .scanner = {.text = text}, .error = error, .name_space = name_space, .arena = arena};
    return parse(out, &parser, scope);
}

bool expression_parse_requirement(struct expression *out, struct expression_error *error, struct bytes text,
                                  struct title_names *names, struct arena *arena)
{
    struct parser parser = {.scanner = {.text = text}, .error = error, .titles = names, .arena = arena};
    return parse(out, &parser, SCOPE_REQUIREMENT);
}
