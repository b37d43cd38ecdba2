#include "protocol/rules/expression_parser.h"

#include <string.h>

#include "protocol/base/text.h"
#include "protocol/rules/expression_table.h"

/* Of parentheses and "not" within one another; what is printed needs one for each level of the tree. */
enum { NESTING_MAX = 2 * EXPRESSION_DEPTH_MAX, NUMBER_DIGITS_MAX = 9 };

/* ---- errors and tokens ---- */

bool parser_fail_at(struct parser *parser, enum expression_fault fault, size_t offset)
{
    *parser->error = (struct expression_error){.fault = fault, .offset = offset};
    return false;
}

bool parser_fail(struct parser *parser, enum expression_fault fault)
{
    bool is_bad = parser->token.kind == TOKEN_BAD;
    return parser_fail_at(parser, is_bad ? parser->token.fault : fault, parser->token.offset);
}

void parser_advance(struct parser *parser)
{
    parser->token = scanner_next(&parser->scanner);
}

struct token parser_peek(const struct parser *parser)
{
    struct scanner ahead = parser->scanner;
    return scanner_next(&ahead);
}

bool parser_is_next(const struct parser *parser, const char *word)
{
    return parser->token.kind == TOKEN_WORD && bytes_equal_string(parser->token.text, word);
}

bool parser_skip_word(struct parser *parser, const char *word)
{
    bool is_there = parser_is_next(parser, word);
    if (is_there) {
        parser_advance(parser);
    }
    return is_there;
}

bool parser_expect_word(struct parser *parser, const char *word)
{
    return parser_skip_word(parser, word) || parser_fail(parser, EXPRESSION_EXPECTED_WORD);
}

bool parser_skip_unit(struct parser *parser, const char *one, const char *many)
{
    return parser_skip_word(parser, one) || parser_skip_word(parser, many);
}

bool parser_expect_sign(struct parser *parser, enum token_kind kind, enum expression_fault fault)
{
    if (parser->token.kind != kind) {
        return parser_fail(parser, fault);
    }
    parser_advance(parser);
    return true;
}

bool parser_open(struct parser *parser)
{
    return parser_expect_sign(parser, TOKEN_OPEN, EXPRESSION_EXPECTED_OPEN);
}

bool parser_close(struct parser *parser)
{
    return parser_expect_sign(parser, TOKEN_CLOSE, EXPRESSION_EXPECTED_CLOSE);
}

bool token_is_number(const struct token *token)
{
    if (token->kind != TOKEN_WORD || token->text.size > NUMBER_DIGITS_MAX) {
        return false;
    }
    for (size_t i = 0; i < token->text.size; i++) {
        if (token->text.data[i] < '0' || token->text.data[i] > '9') {
            return false;
        }
    }
    return true;
}

bool parser_number(struct parser *parser, uint64_t *out)
{
    *out = 0;
    if (!token_is_number(&parser->token)) {
        return parser_fail(parser, EXPRESSION_EXPECTED_NUMBER);
    }
    for (size_t i = 0; i < parser->token.text.size; i++) {
        *out = *out * 10 + (uint64_t)(parser->token.text.data[i] - '0');
    }
    parser_advance(parser);
    return true;
}

bool parser_count(struct parser *parser, struct expression *out)
{
    const struct expression_operator *row = expression_operator_of(out->op);
    size_t offset = parser->token.offset;
    if (!parser_number(parser, &out->count)) {
        return false;
    }
    return (out->count >= row->count_min && out->count <= row->count_max) ||
           parser_fail_at(parser, EXPRESSION_EXPECTED_NUMBER, offset);
}

/* ---- trees ---- */

void *parser_take(struct parser *parser, size_t size)
{
    void *memory = arena_take(parser->arena, size);
    if (memory == NULL) {
        parser_fail_at(parser, EXPRESSION_TOO_LONG, parser->token.offset);
    }
    return memory;
}

bool parser_copy(struct parser *parser, struct bytes text, struct bytes *out)
{
    return arena_copy(parser->arena, text, out) ||
           parser_fail_at(parser, EXPRESSION_TOO_LONG, parser->token.offset);
}

bool tree_begin(struct parser *parser, struct tree *out, enum expression_op op, size_t offset)
{
    *out = (struct tree){.root.op = op, .height = 1};
    return ++parser->node_count <= EXPRESSION_NODES_MAX ||
           parser_fail_at(parser, EXPRESSION_TOO_LONG, offset);
}

bool operands_add(struct parser *parser, struct operands *operands, const struct operand *operand,
                  size_t offset)
{
    if (operands->count == EXPRESSION_CHILDREN_MAX) {
        return parser_fail_at(parser, EXPRESSION_TOO_LONG, offset);
    }
    struct operand *kept = parser_take(parser, sizeof *kept);
    if (kept == NULL) {
        return false;
    }
    *kept = *operand;
    kept->next = NULL;
    if (operands->last == NULL) {
        operands->first = kept;
    } else {
        operands->last->next = kept;
    }
    operands->last = kept;
    operands->count++;
    return true;
}

bool tree_adopt(struct parser *parser, struct tree *out, const struct operands *operands, size_t offset)
{
    struct expression *children = parser_take(parser, operands->count * sizeof *children);
    if (children == NULL) {
        return false;
    }
    out->root.children = children;
    out->root.child_count = operands->count;
    for (const struct operand *operand = operands->first; operand != NULL; operand = operand->next) {
        *children++ = operand->tree.root;
        out->height = operand->tree.height >= out->height ? operand->tree.height + 1 : out->height;
    }
    return out->height <= EXPRESSION_DEPTH_MAX || parser_fail_at(parser, EXPRESSION_TOO_DEEP, offset);
}

bool tree_adopt_one(struct parser *parser, struct tree *out, const struct tree *child, size_t offset)
{
    struct operands operands = {0};
    struct operand operand = {.tree = *child};
    return operands_add(parser, &operands, &operand, offset) && tree_adopt(parser, out, &operands, offset);
}

bool parser_enter(struct parser *parser, size_t offset)
{
    return ++parser->nesting <= NESTING_MAX || parser_fail_at(parser, EXPRESSION_TOO_DEEP, offset);
}

void parser_leave(struct parser *parser)
{
    parser->nesting--;
}

/* ---- codes and titles ---- */

/* Write to code what word says with its namespace. Returns: its size, 0 when it has none or too much. */
static size_t whole_code(char code[CODE_SIZE_MAX], struct bytes name_space, struct bytes word)
{
    bool is_whole = word.size > 0 && memchr(word.data, '/', word.size) != NULL;
    size_t before = is_whole ? 0 : name_space.size + 1;
    if (word.size > CODE_SIZE_MAX || before + word.size > CODE_SIZE_MAX) {
        return 0;
    }
    if (!is_whole) {
        memcpy(code, name_space.data, name_space.size);
        code[name_space.size] = '/';
    }
    memcpy(code + before, word.data, word.size);
    return before + word.size;
}

static enum expression_fault fault_of_code(struct bytes name_space, struct bytes word,
                                           bool (*is)(struct bytes text))
{
    struct bytes understood = name_space.size > 0 ? name_space : bytes_of_string("a");
    char code[CODE_SIZE_MAX];
    if (!is(bytes_of(code, whole_code(code, understood, word)))) {
        return EXPRESSION_BAD_CODE;
    }
    bool has_slash = memchr(word.data, '/', word.size) != NULL;
    return has_slash || name_space.size > 0 ? EXPRESSION_FINE : EXPRESSION_BAD_NAMESPACE;
}

/* name: what is at fault, in the arena. */
static bool fail_name(struct parser *parser, enum expression_fault fault, struct bytes name, size_t offset)
{
    parser_fail_at(parser, fault, offset);
    parser->error->name = name;
    return false;
}

bool parser_code(struct parser *parser, struct bytes *out, bool (*is)(struct bytes text))
{
    struct bytes word = parser->token.text;
    char code[CODE_SIZE_MAX];
    if (parser->token.kind != TOKEN_WORD) {
        return parser_fail(parser, EXPRESSION_BAD_CODE);
    }
    enum expression_fault fault = fault_of_code(parser->name_space, word, is);
    if (fault != EXPRESSION_FINE) {
        return parser_fail(parser, fault);
    }
    if (!parser_copy(parser, bytes_of(code, whole_code(code, parser->name_space, word)), out)) {
        return false;
    }
    if (parser->titles != NULL && !title_names_may_know(parser->titles, *out)) {
        return fail_name(parser, EXPRESSION_CODE_UNKNOWN, *out, parser->token.offset);
    }
    parser_advance(parser);
    return true;
}

bool text_unquote(char *text, size_t size_max, struct bytes quoted, struct bytes *out)
{
    size_t size = 0;
    for (size_t i = 0; i < quoted.size; i++) {
        uint8_t c = quoted.data[i];
        if (c == '\\') {
            c = quoted.data[++i];
            if (c != '\\' && c != '"' && c != '\'') {
                return false;
            }
        }
        if (size == size_max) {
            return false;
        }
        text[size++] = (char)c;
    }
    *out = bytes_of(text, size);
    return size > 0;
}

static bool parse_title_name(struct parser *parser, struct tree *out)
{
    char text[NAME_SIZE_MAX];
    struct bytes name;
    if (parser->token.kind != TOKEN_QUOTED || !text_unquote(text, sizeof text, parser->token.text, &name)) {
        return parser_fail(parser, EXPRESSION_BAD_TITLE);
    }
    if (!parser_copy(parser, name, &out->root.name)) {
        return false;
    }
    parser_advance(parser);
    return true;
}

/* Give the bare name at offset its namespace. */
static bool resolve_title(struct parser *parser, struct tree *out, size_t offset)
{
    struct bytes name_space;
    size_t count = title_names_find(parser->titles, out->root.name, &name_space, 1);
    if (count != 1) {
        return fail_name(parser, count == 0 ? EXPRESSION_TITLE_UNKNOWN : EXPRESSION_TITLE_AMBIGUOUS,
                         out->root.name, offset);
    }
    parser->titles->resolved++;
    return parser_copy(parser, name_space, &out->root.name_space);
}

bool parser_title(struct parser *parser, struct tree *out)
{
    size_t offset = parser->token.offset;
    return tree_begin(parser, out, EXPRESSION_TITLE, offset) &&
           parser_copy(parser, parser->name_space, &out->root.name_space) && parse_title_name(parser, out) &&
           (parser->titles == NULL || resolve_title(parser, out, offset));
}

bool parser_title_of(struct parser *parser, struct tree *out)
{
    struct bytes name_space = parser->token.text;
    bool is_any = parser->titles == NULL && bytes_equal_string(name_space, "*");
    if (!is_any && !text_is_namespace(name_space)) {
        return parser_fail(parser, EXPRESSION_BAD_TITLE);
    }
    if (!tree_begin(parser, out, EXPRESSION_TITLE, parser->token.offset) ||
        (!is_any && !parser_copy(parser, name_space, &out->root.name_space))) {
        return false;
    }
    parser_advance(parser);
    return parser_expect_sign(parser, TOKEN_COLON, EXPRESSION_BAD_TITLE) && parse_title_name(parser, out);
}
