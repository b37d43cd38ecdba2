#ifndef PROTOCOL_RULES_EXPRESSION_TEXT_H
#define PROTOCOL_RULES_EXPRESSION_TEXT_H

/* Expressions as people write them: what --require, stored requirements, challenges and the rules of a pack's
 * JSON file have in common.
 *
 *     ase/A5 and ase/A6 and epa/609
 *     ase/A5, ase/A6, epa/609                     a comma is a loose "and": a, b or c is a and (b or c)
 *     any 2 of (ase/A5, ase/A6, ase/A8)           also: any of (…), all of (…)
 *     "Master Automobile" or ase:"World Class"    a title; a bare name means that of the one namespace that
 * has it not ase/L1 tested ase/A5                               the test alone trained ase/school experience
 * 2 years in ase/experience*       or: 730 days for life (ase/A1 and ase/T1) in network ford/network-shop in
 * state (TX, OH)                           in state TX basis (exam, recertification)               basis
 * renewal in time                                     in time within 30 days 12 months apart from renewal 30
 * days apart from (exam, recertification) adds at most 12 months share 75 % (ase/A* or ase/T*) of a shop's
 * technicians technicians 1 (ase/A*)                      at least so many areas (brakes: ase/A5 or ase/T4,
 * engine: ase/A1)
 *
 * "not" binds tightest, then "and", then "or", then the comma. Words are lower case; a year has
 * EXPRESSION_YEAR_DAYS days. White space and line ends separate; "#" begins a comment up to the end of its
 * line. Quotes are double or single; in them a backslash stands before a quote or a backslash.
 *
 * Inside a pack a code may leave its namespace away ("A5") where the parser is told which it is, unless it
 * stands alone and would be read as a word of the language. A title that does is then the pack's own, and
 * *:"World Class" is that of any namespace. */

#include "protocol/rules/expression.h"
#include "protocol/rules/title_names.h"

enum { EXPRESSION_YEAR_DAYS = 365 };

enum expression_fault {
    EXPRESSION_FINE,
    EXPRESSION_EXPECTED_TERM,   /* a code, a title in quotes, or "(" */
    EXPRESSION_EXPECTED_CLOSE,  /* ")" */
    EXPRESSION_EXPECTED_OPEN,   /* "(" */
    EXPRESSION_EXPECTED_END,    /* "and", "or", a comma, or nothing more */
    EXPRESSION_EXPECTED_NUMBER, /* a number within what the operator takes */
    EXPRESSION_EXPECTED_WORD,   /* another word here: "years", "of", "network", … */
    EXPRESSION_BAD_CODE,        /* neither a code nor a pattern */
    EXPRESSION_CODE_UNKNOWN,    /* its namespace's rules are held, and none of them knows it */
    EXPRESSION_BAD_NAMESPACE,   /* a code without one, where none is understood */
    EXPRESSION_BAD_TITLE,       /* empty, too long, or without its closing quote */
    EXPRESSION_TITLE_UNKNOWN,   /* a bare name that no namespace gives */
    EXPRESSION_TITLE_AMBIGUOUS, /* a bare name that several give */
    EXPRESSION_BAD_STATE,
    EXPRESSION_BAD_BASIS,
    EXPRESSION_BAD_AREA,     /* empty, too long, or twice */
    EXPRESSION_BAD_TEXT,     /* a byte that may not stand here, or no Unicode text */
    EXPRESSION_OUT_OF_SCOPE, /* an operator that this kind of rule has no use for */
    EXPRESSION_TOO_DEEP,
    EXPRESSION_TOO_LONG, /* too many parts, or too many in a list, or more bytes than fit */
};
enum { EXPRESSION_FAULT_COUNT = EXPRESSION_TOO_LONG + 1 };

struct expression_error {
    enum expression_fault fault;
    size_t offset;     /* into the text, where it stops making sense; at most its size */
    struct bytes name; /* in the arena: of a title or code that is unknown, or a title that several have */
};

/* Parse. name_space: of codes and titles that leave it away; empty: such codes are refused, and such titles
 * are of any namespace. Names are copied to arena, which EXPRESSION_ARENA_SIZE bytes suffice for. Returns:
 * whether *out is there; else *error says where and why. An accepted expression encodes within
 * RULE_EXPRESSION_SIZE_MAX bytes. */
bool expression_parse(struct expression *out, struct expression_error *error, enum expression_scope scope,
                      struct bytes text, struct bytes name_space, struct arena *arena);

/* Parse a requirement: scope requirement, nothing is left away but the namespace of a title that only one
 * namespace gives; *names counts those. So the expression never means a title that somebody else gives by the
 * same name later. A title of any namespace can't be required, nor a code that its namespace's rules don't
 * know. names NULL: bare titles stay bare, and codes are taken as they are, for who only looks at codes. */
bool expression_parse_requirement(struct expression *out, struct expression_error *error, struct bytes text,
                                  struct title_names *names, struct arena *arena);

/* Room for the text of any one expression. */
enum { EXPRESSION_TEXT_SIZE_MAX = 96 * 1024 };

/* Write as text that parses to an equal expression (NUL-terminated), with as few parentheses as are needed;
 * an unknown operator is written as "unknown", which does not parse. Codes and titles of name_space are
 * written without it when that is not empty. Returns: false when it does not fit. */
bool expression_print(char *out, size_t capacity, const struct expression *expression,
                      struct bytes name_space);

#endif
