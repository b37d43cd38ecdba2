#include "protocol/rules/expression_scan.h"

#include <string.h>

#include "protocol/base/text.h"

static bool is_word_character(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '/' || c == '*' || c == '-';
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct token token_of(const struct scanner *scanner, enum token_kind kind, size_t offset)
{
    return (struct token){
        .kind = kind,
        .offset = offset,
        .text = bytes_of(scanner->text.data + offset, scanner->at - offset),
    };
}

/* What is behind a bad token is not looked at. */
static struct token bad_token(struct scanner *scanner, enum expression_fault fault, size_t offset)
{
    scanner->at = offset;
    return (struct token){.kind = TOKEN_BAD, .fault = fault, .offset = offset};
}

/* Step over a comment. Returns: false when it holds what cannot be shown, which could hide a part of the rule
 * from a reader. */
static bool skip_comment(struct scanner *scanner)
{
    size_t start = scanner->at;
    while (scanner->at < scanner->text.size && scanner->text.data[scanner->at] != '\n') {
        uint8_t c = scanner->text.data[scanner->at++];
        if (is_space(c)) {
            if (!text_is_clean(bytes_of(scanner->text.data + start, scanner->at - 1 - start))) {
                return false;
            }
            start = scanner->at;
        }
    }
    return text_is_clean(bytes_of(scanner->text.data + start, scanner->at - start));
}

/* Step over white space and comments. Returns: false, at the comment's '#', when one is bad. */
static bool skip_space(struct scanner *scanner)
{
    while (scanner->at < scanner->text.size) {
        size_t start = scanner->at;
        if (scanner->text.data[start] == '#') {
            if (!skip_comment(scanner)) {
                scanner->at = start;
                return false;
            }
        } else if (is_space(scanner->text.data[start])) {
            scanner->at++;
        } else {
            return true;
        }
    }
    return true;
}

static struct token scan_quoted(struct scanner *scanner)
{
    size_t start = scanner->at;
    uint8_t quote = scanner->text.data[scanner->at++];
    while (scanner->at < scanner->text.size && scanner->text.data[scanner->at] != quote) {
        scanner->at += scanner->text.data[scanner->at] == '\\' ? 2 : 1;
    }
    if (scanner->at >= scanner->text.size) {
        return bad_token(scanner, EXPRESSION_BAD_TITLE, start);
    }
    struct token token = token_of(scanner, TOKEN_QUOTED, start);
    token.text = bytes_of(scanner->text.data + start + 1, scanner->at - start - 1);
    scanner->at++;
    return text_is_clean(token.text) ? token : bad_token(scanner, EXPRESSION_BAD_TEXT, start);
}

static struct token scan_word(struct scanner *scanner)
{
    size_t start = scanner->at;
    while (scanner->at < scanner->text.size && is_word_character(scanner->text.data[scanner->at])) {
        scanner->at++;
    }
    return token_of(scanner, TOKEN_WORD, start);
}

static struct token scan_sign(struct scanner *scanner, enum token_kind kind)
{
    scanner->at++;
    return token_of(scanner, kind, scanner->at - 1);
}

struct token scanner_next(struct scanner *scanner)
{
    if (!skip_space(scanner)) {
        return bad_token(scanner, EXPRESSION_BAD_TEXT, scanner->at);
    }
    if (scanner->at == scanner->text.size) {
        return token_of(scanner, TOKEN_END, scanner->at);
    }
    uint8_t c = scanner->text.data[scanner->at];
    switch (c) {
    case '(':
        return scan_sign(scanner, TOKEN_OPEN);
    case ')':
        return scan_sign(scanner, TOKEN_CLOSE);
    case ',':
        return scan_sign(scanner, TOKEN_COMMA);
    case ':':
        return scan_sign(scanner, TOKEN_COLON);
    case '%':
        return scan_sign(scanner, TOKEN_PERCENT);
    case '"':
    case '\'':
        return scan_quoted(scanner);
    default:
        return is_word_character(c) ? scan_word(scanner)
                                    : bad_token(scanner, EXPRESSION_BAD_TEXT, scanner->at);
    }
}

bool word_is_reserved(struct bytes word)
{
    static const char *const words[] = {
        "adds",        "all",    "and",        "any",     "apart",   "areas",  "at",    "basis",
        "day",         "days",   "experience", "for",     "from",    "in",     "life",  "month",
        "months",      "most",   "network",    "not",     "of",      "or",     "share", "state",
        "technicians", "tested", "time",       "trained", "unknown", "within", "year",  "years",
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (bytes_equal_string(word, words[i])) {
            return true;
        }
    }
    return false;
}

bool text_is_word(struct bytes text)
{
    size_t size = 0;
    while (size < text.size && is_word_character(text.data[size])) {
        size++;
    }
    return size == text.size && size > 0;
}
