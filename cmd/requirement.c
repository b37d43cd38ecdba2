#include "cmd/requirement.h"

#include <stdio.h>

#include "cmd/expression_words.h"

bool requirement_parse(struct requirement *out, struct expression_error *error, struct bytes text,
                       struct arena *arena)
{
    *out = (struct requirement){.text = text};
    return text.size == 0 ||
           expression_parse(&out->expression, error, SCOPE_REQUIREMENT, text, (struct bytes){0}, arena);
}

int requirement_read(struct requirement *out, struct session *session, const char *typed)
{
    struct expression_error error;
    struct bytes text = typed != NULL ? bytes_of_string(typed) : (struct bytes){0};
    if (requirement_parse(out, &error, text, &session->arena)) {
        return EXIT_YES;
    }
    char place[EXPRESSION_PLACE_SIZE];
    expression_place(place, text, error.offset);
    int code = session_fail(&session->options, EXIT_USAGE, "requirement-unreadable", "--require, %s: %s.",
                            place, expression_fault_sentence(error.fault));
    expression_print_caret(stderr, text, error.offset);
    return code;
}

const struct expression *requirement_expression(const struct requirement *requirement)
{
    return requirement->text.size > 0 ? &requirement->expression : NULL;
}

/* ---- what it refers to ---- */

static bool refers_elsewhere(void *context, const struct expression *node)
{
    const struct bytes *code = context;
    switch (node->op) {
    case EXPRESSION_CERTIFIED:
    case EXPRESSION_TESTED:
    case EXPRESSION_TRAINED:
    case EXPRESSION_EXPERIENCE:
        return !pattern_matches(node->pattern, *code);
    case EXPRESSION_TITLE:
    case EXPRESSION_UNKNOWN:
        return false;
    case EXPRESSION_ALL:
    case EXPRESSION_ANY:
    case EXPRESSION_AT_LEAST:
    case EXPRESSION_NOT:
    case EXPRESSION_FOR_LIFE:
    case EXPRESSION_IN_NETWORK:
    case EXPRESSION_IN_STATE:
    case EXPRESSION_BASIS:
    case EXPRESSION_IN_TIME:
    case EXPRESSION_APART:
    case EXPRESSION_ADDS:
    case EXPRESSION_SHARE:
    case EXPRESSION_TECHNICIANS:
    case EXPRESSION_COVERED:
        break;
    }
    return true;
}

bool requirement_refers(const struct requirement *requirement, struct bytes code)
{
    const struct expression *expression = requirement_expression(requirement);
    return expression == NULL || !expression_each(expression, refers_elsewhere, &code);
}
