#ifndef CMD_REQUIREMENTS_FILE_H
#define CMD_REQUIREMENTS_FILE_H

/* Requirements that an employer keeps, such as pay grades: text, one below the other, the first that is
 * reached counting.
 *
 *     # what a brake technician earns
 *     Grade 2: "Master Automobile"
 *         and epa/609
 *     Grade 1: ase/A5
 *
 * Lines that begin with white space go on with the one above. "#" begins a comment. The language is that of
 * protocol/rules/expression_text.h. */

#include "cmd/requirement.h"

enum { REQUIREMENTS_MAX = 64, REQUIREMENTS_FILE_SIZE_MAX = 64 * 1024 };

struct stored_requirement {
    struct bytes name;
    size_t line; /* from 1 */
    struct requirement requirement;
};

struct requirements_file {
    size_t count; /* at least 1 */
    struct stored_requirement *items;
};

enum requirements_fault {
    REQUIREMENTS_FINE,
    REQUIREMENTS_TOO_LARGE,
    REQUIREMENTS_TOO_MANY,
    REQUIREMENTS_NONE,
    REQUIREMENTS_NO_START, /* goes on with a line above that is not there */
    REQUIREMENTS_NO_COLON,
    REQUIREMENTS_BAD_NAME, /* empty, too long, or not to be shown */
    REQUIREMENTS_NAME_TWICE,
    REQUIREMENTS_NO_EXPRESSION,
    REQUIREMENTS_BAD_EXPRESSION, /* expression says why */
    REQUIREMENTS_NO_MEMORY,
};

struct requirements_error {
    enum requirements_fault fault;
    size_t line;       /* from 1; 0: it is about the whole file */
    struct bytes text; /* that line, without its end */
    size_t offset;     /* into text, where it goes wrong */
    enum expression_fault expression;
    struct bytes name; /* as in expression_error */
};

/* Read a file's text. Borrows: text, for as long as *out is used. names: as requirement_parse has them.
 * Returns: false with *error filled. */
bool requirements_file_parse(struct requirements_file *out, struct requirements_error *error,
                             struct bytes text, struct title_names *names, struct arena *arena);

/* What is wrong, for all faults but that of an expression: "has no name in front of its colon". */
const char *requirements_fault_words(enum requirements_fault fault);

#endif
