#ifndef PROTOCOL_RULES_EXPRESSION_PARSER_H
#define PROTOCOL_RULES_EXPRESSION_PARSER_H

/* The parser's state and smallest steps: tokens, numbers, codes, and trees that grow from their leaves. What
 * returns false has written the error, unless said otherwise. */

#include "protocol/rules/expression_scan.h"

struct parser {
    struct scanner scanner;
    struct token token; /* the next one, not yet used */
    struct expression_error *error;
    struct bytes name_space;
    struct title_names *titles; /* NULL: a title without a namespace is taken as it is */
    struct arena *arena;
    size_t node_count;
    uint32_t nesting;
};

/* A node and how many levels it has. */
struct tree {
    struct expression root;
    uint32_t height;
};

/* Operands as they are found, until their number is known. */
struct operand {
    struct operand *next;
    struct tree tree;
    struct bytes area;
};

struct operands {
    struct operand *first, *last;
    size_t count;
};

/* ---- errors and tokens ---- */

bool parser_fail_at(struct parser *parser, enum expression_fault fault, size_t offset);
/* Something else was expected where the next token stands; one that is no token at all says so itself. */
bool parser_fail(struct parser *parser, enum expression_fault fault);

void parser_advance(struct parser *parser);
/* The token behind the next one. */
struct token parser_peek(const struct parser *parser);
bool parser_is_next(const struct parser *parser, const char *word);
/* Consume a word, a unit ("day" or "days") if it is next. Returns: whether it was; writes no error. */
bool parser_skip_word(struct parser *parser, const char *word);
bool parser_skip_unit(struct parser *parser, const char *one, const char *many);
bool parser_expect_word(struct parser *parser, const char *word);
bool parser_expect_sign(struct parser *parser, enum token_kind kind, enum expression_fault fault);
bool parser_open(struct parser *parser);
bool parser_close(struct parser *parser);

bool token_is_number(const struct token *token);
bool parser_number(struct parser *parser, uint64_t *out);
/* A number within the range of the operator's count. */
bool parser_count(struct parser *parser, struct expression *out);

/* ---- codes and titles ---- */

/* A code or pattern for which is holds, with its namespace. */
bool parser_code(struct parser *parser, struct bytes *out, bool (*is)(struct bytes text));
/* "Title" */
bool parser_title(struct parser *parser, struct tree *out);
/* namespace:"Title", or *:"Title" for that of any. */
bool parser_title_of(struct parser *parser, struct tree *out);
/* Write to text what stands in quotes, without its backslashes. Returns: false for a backslash before
 * anything but a quote or a backslash, for an empty text and for one of more than size_max bytes; writes no
 * error. */
bool text_unquote(char *text, size_t size_max, struct bytes quoted, struct bytes *out);

/* ---- trees ---- */

/* Memory of the arena, or NULL. */
void *parser_take(struct parser *parser, size_t size);
bool parser_copy(struct parser *parser, struct bytes text, struct bytes *out);

/* Begin a node without children. offset: where it stands, here and below. */
bool tree_begin(struct parser *parser, struct tree *out, enum expression_op op, size_t offset);
bool operands_add(struct parser *parser, struct operands *operands, const struct operand *operand,
                  size_t offset);
/* Make operands the children of a node. */
bool tree_adopt(struct parser *parser, struct tree *out, const struct operands *operands, size_t offset);
bool tree_adopt_one(struct parser *parser, struct tree *out, const struct tree *child, size_t offset);

/* Count one more level of parentheses or "not" around what comes; leave lets it go. */
bool parser_enter(struct parser *parser, size_t offset);
void parser_leave(struct parser *parser);

#endif
