#ifndef PROTOCOL_RULES_EXPRESSION_SCAN_H
#define PROTOCOL_RULES_EXPRESSION_SCAN_H

/* The text of an expression cut into its smallest parts, for the parser alone. */

#include "protocol/rules/expression_text.h"

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,   /* letters, digits and any of ".*-/": words, codes, numbers */
    TOKEN_QUOTED, /* text: between the quotes, backslashes and all */
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_COMMA,
    TOKEN_COLON,
    TOKEN_PERCENT,
    TOKEN_BAD, /* fault says why */
};

struct token {
    enum token_kind kind;
    enum expression_fault fault;
    size_t offset; /* where it begins */
    struct bytes text;
};

struct scanner {
    struct bytes text;
    size_t at;
};

/* The next token; TOKEN_END and TOKEN_BAD for ever once reached. */
struct token scanner_next(struct scanner *scanner);

/* Whether a word belongs to the language, so that no code that stands alone is written like it without its
 * namespace. */
bool word_is_reserved(struct bytes word);

/* Whether all of a text is characters of words. */
bool text_is_word(struct bytes text);

#endif
