#ifndef PROTOCOL_RULES_EXPRESSION_TABLE_H
#define PROTOCOL_RULES_EXPRESSION_TABLE_H

/* The operators of expressions, a row each: what they take, where they may stand and what they mean. Reading,
 * writing and the wire page all go by this table. */

#include "protocol/rules/expression.h"

enum expression_argument {
    ARGUMENT_COUNT,
    ARGUMENT_DAYS,
    ARGUMENT_PATTERN,
    ARGUMENT_CODE, /* kept as the pattern */
    ARGUMENT_NAMESPACE,
    ARGUMENT_NAME,
    ARGUMENT_BASES,
    ARGUMENT_STATES,
    ARGUMENT_AREAS,
    ARGUMENT_CHILD,
    ARGUMENT_CHILDREN,
};
enum { ARGUMENTS_MAX = 3 };

struct expression_operator {
    const char *name;
    const char *meaning;
    uint32_t scopes; /* bit (1 << enum expression_scope) each */
    uint32_t argument_count;
    enum expression_argument arguments[ARGUMENTS_MAX]; /* wire order */
    const char *count_name;                            /* what is counted, where it takes a count: */
    uint64_t count_min, count_max;
};

/* The row of an operator by its number; NULL where this version has none. */
const struct expression_operator *expression_operator_of(uint64_t number);

/* Whether an operator may stand in a scope. */
bool expression_op_in_scope(enum expression_op op, enum expression_scope scope);

/* The scope of the children of an operator that stands in scope. */
enum expression_scope expression_scope_within(enum expression_op op, enum expression_scope scope);

/* The bits of all bases. */
uint32_t expression_bases_all(void);

/* Whether what the arguments say together is possible: at least so many of no more, some time apart. */
bool expression_is_consistent(const struct expression *expression);

#endif
