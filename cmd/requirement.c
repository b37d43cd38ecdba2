#include "cmd/requirement.h"

#include <stdio.h>

#include "cmd/expression_words.h"
#include "protocol/base/text.h"

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

/* What is looked for: a code, or any code of a namespace. */
struct sought {
    struct bytes code, name_space; /* the other one is empty */
};

static bool is_sought(const struct sought *sought, struct bytes pattern)
{
    return sought->code.size > 0 ? code_matches(sought->code, pattern)
                                 : bytes_equal(code_namespace(pattern), sought->name_space);
}

static bool refers_elsewhere(void *context, const struct expression *node)
{
    switch (node->op) {
    case EXPRESSION_CERTIFIED:
    case EXPRESSION_TESTED:
    case EXPRESSION_TRAINED:
    case EXPRESSION_EXPERIENCE:
        return !is_sought(context, node->pattern);
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

static bool refers_to(const struct requirement *requirement, struct sought sought)
{
    const struct expression *expression = requirement_expression(requirement);
    return expression == NULL || !expression_each(expression, refers_elsewhere, &sought);
}

bool requirement_refers(const struct requirement *requirement, struct bytes code)
{
    return refers_to(requirement, (struct sought){.code = code});
}

bool requirement_refers_to_namespace(const struct requirement *requirement, struct bytes name_space)
{
    return refers_to(requirement, (struct sought){.name_space = name_space});
}
