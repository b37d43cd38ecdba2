#include "cmd/requirement.h"

#include <stdio.h>

#include "cmd/expression_words.h"
#include "protocol/base/text.h"

/* Say the titles with the namespaces that they were given. Returns: false when the arena is full. */
static bool write_text(struct requirement *out, struct arena *arena)
{
    char *text = arena_take(arena, EXPRESSION_TEXT_SIZE_MAX);
    if (text == NULL ||
        !expression_print(text, EXPRESSION_TEXT_SIZE_MAX, &out->expression, (struct bytes){0})) {
        return false;
    }
    out->text = bytes_of_string(text);
    return true;
}

bool requirement_parse(struct requirement *out, struct expression_error *error, struct bytes text,
                       struct title_names *names, struct arena *arena)
{
    *out = (struct requirement){.text = text};
    if (text.size == 0) {
        return true;
    }
    if (names != NULL) {
        names->resolved = 0;
    }
    if (!expression_parse_requirement(&out->expression, error, text, names, arena)) {
        return false;
    }
    if (names != NULL && names->resolved > 0 && !write_text(out, arena)) {
        *error = (struct expression_error){.fault = EXPRESSION_TOO_LONG};
        return false;
    }
    return true;
}

static int fail_unreadable(const struct session *session, int code, struct bytes text,
                           const struct expression_error *error, const struct title_names *names)
{
    char place[EXPRESSION_PLACE_SIZE];
    char hint[REQUIREMENT_HINT_SIZE];
    expression_place(place, text, error->offset);
    requirement_hint(hint, names, error->fault, error->name);
    code = session_fail(&session->options, code, "requirement-unreadable", "--require, %s: %s%s", place,
                        expression_fault_sentence(error->fault), hint);
    expression_print_caret(stderr, text, error->offset);
    return code;
}

static int read_text(struct requirement *out, struct session *session, struct bytes text, int code)
{
    struct requirement_titles titles;
    struct expression_error error;
    int opened = requirement_titles_open(&titles, session);
    if (opened != EXIT_YES) {
        code = opened;
    } else if (requirement_parse(out, &error, text, &titles.names, &session->arena)) {
        code = EXIT_YES;
    } else {
        code = fail_unreadable(session, code, text, &error, &titles.names);
    }
    requirement_titles_close(&titles);
    return code;
}

int requirement_read(struct requirement *out, struct session *session, const char *typed)
{
    struct bytes text = typed != NULL ? bytes_of_string(typed) : (struct bytes){0};
    *out = (struct requirement){.text = text};
    if (typed != NULL && text.size == 0) { /* of a variable that was never set */
        return session_fail(
            &session->options, EXIT_USAGE, "requirement-unreadable",
            "--require is empty: say what is required, for instance ase/A5, or leave it out.");
    }
    return typed == NULL ? EXIT_YES : read_text(out, session, text, EXIT_USAGE);
}

int requirement_read_asked(struct requirement *out, struct session *session, struct bytes text)
{
    *out = (struct requirement){.text = text};
    return text.size == 0 ? EXIT_YES : read_text(out, session, text, EXIT_BAD_INPUT);
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
