#ifndef CMD_REQUIREMENT_H
#define CMD_REQUIREMENT_H

/* A requirement as somebody typed it, or as a challenge carries it: its text and what that means
 * (protocol/rules/expression_text.h). */

#include "cmd/requirement_titles.h"
#include "protocol/rules/expression_text.h"

struct requirement {
    struct bytes text; /* empty: nothing is required */
    struct expression expression;
};

/* Read a text. Borrows: text, for as long as *out is used. names: as expression_parse_requirement has them;
 * where a bare title was given its namespace by them, out->text says so too. Returns: whether it makes sense;
 * else *error says where it does not. An empty text requires nothing. */
bool requirement_parse(struct requirement *out, struct expression_error *error, struct bytes text,
                       struct title_names *names, struct arena *arena);

/* Read the value of --require, its titles by what the session's trust file and store give; NULL requires
 * nothing. Returns: EXIT_YES, or EXIT_USAGE after it said what is wrong and where. */
int requirement_read(struct requirement *out, struct session *session, const char *typed);
/* The same for what a challenge asks for: EXIT_BAD_INPUT. */
int requirement_read_asked(struct requirement *out, struct session *session, struct bytes text);

/* What it requires, or NULL. */
const struct expression *requirement_expression(const struct requirement *requirement);

/* Whether a certificate for code can bear on it: the code is referred to, or a title is, which rests on who
 * knows which codes. Everything bears on a requirement of nothing. */
bool requirement_refers(const struct requirement *requirement, struct bytes code);
/* The same for any code of a namespace. */
bool requirement_refers_to_namespace(const struct requirement *requirement, struct bytes name_space);

#endif
