#include "cmd/requirements_file.h"

#include <string.h>

#include "protocol/base/text.h"

/* Where the reading stands: a line, and what is left behind it. */
struct lines {
    struct bytes text;
    size_t at;     /* where the next line begins */
    size_t number; /* of the present line */
    struct bytes line;
};

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool next_line(struct lines *lines)
{
    size_t end = lines->at;
    if (lines->at >= lines->text.size) {
        return false;
    }
    while (end < lines->text.size && lines->text.data[end] != '\n') {
        end++;
    }
    lines->line = bytes_of(lines->text.data + lines->at, end - lines->at);
    if (lines->line.size > 0 && lines->line.data[lines->line.size - 1] == '\r') {
        lines->line.size--;
    }
    lines->at = end + 1;
    lines->number++;
    return true;
}

/* Whether there is nothing but white space and a comment. */
static bool says_nothing(struct bytes line)
{
    struct bytes rest = text_trim(line, " \t\r");
    return rest.size == 0 || rest.data[0] == '#';
}

static bool fail(struct requirements_error *error, enum requirements_fault fault, const struct lines *lines,
                 size_t offset)
{
    *error = (struct requirements_error){
        .fault = fault, .line = lines->number, .text = lines->line, .offset = offset};
    return false;
}

/* Say where in the file an offset into an expression lies that began in the line that lines stands at. */
static bool fail_expression(struct requirements_error *error, struct lines at, struct bytes expression,
                            const struct expression_error *reason)
{
    const uint8_t *place = expression.data + reason->offset;
    while (place > at.line.data + at.line.size && next_line(&at)) {
    }
    size_t offset = place > at.line.data ? (size_t)(place - at.line.data) : 0;
    fail(error, REQUIREMENTS_BAD_EXPRESSION, &at, offset < at.line.size ? offset : at.line.size);
    error->expression = reason->fault;
    error->name = reason->name;
    return false;
}

/* ---- one requirement ---- */

static bool is_taken(const struct requirements_file *file, struct bytes name)
{
    for (size_t i = 0; i < file->count; i++) {
        if (bytes_equal(file->items[i].name, name)) {
            return true;
        }
    }
    return false;
}

static enum requirements_fault name_fault(const struct requirements_file *file, struct bytes name)
{
    if (name.size == 0 || name.size > NAME_SIZE_MAX || !text_is_clean(name)) {
        return REQUIREMENTS_BAD_NAME;
    }
    return is_taken(file, name) ? REQUIREMENTS_NAME_TWICE : REQUIREMENTS_FINE;
}

/* The expression that begins at start in the present line, up to the last line that goes on with it and says
 * something; lines is left there. */
static struct bytes take_expression(struct lines *lines, size_t start)
{
    struct lines ahead = *lines;
    const uint8_t *first = lines->line.data + start;
    while (next_line(&ahead) && (says_nothing(ahead.line) || is_blank(ahead.line.data[0]))) {
        if (!says_nothing(ahead.line)) {
            *lines = ahead;
        }
    }
    return bytes_of(first, (size_t)(lines->line.data + lines->line.size - first));
}

static bool read_one(struct requirements_file *out, struct requirements_error *error, struct lines *lines,
                     struct title_names *names, struct arena *arena)
{
    const uint8_t *colon = memchr(lines->line.data, ':', lines->line.size);
    struct lines begun = *lines;
    struct stored_requirement *item = &out->items[out->count];
    struct expression_error reason;
    if (is_blank(lines->line.data[0])) {
        return fail(error, REQUIREMENTS_NO_START, lines, 0);
    }
    if (colon == NULL) {
        return fail(error, REQUIREMENTS_NO_COLON, lines, lines->line.size);
    }
    size_t name_size = (size_t)(colon - lines->line.data);
    struct bytes name = text_trim(bytes_of(lines->line.data, name_size), " \t\r");
    enum requirements_fault fault = name_fault(out, name);
    if (fault == REQUIREMENTS_FINE && out->count == REQUIREMENTS_MAX) {
        fault = REQUIREMENTS_TOO_MANY;
    }
    if (fault != REQUIREMENTS_FINE) {
        return fail(error, fault, lines, 0);
    }
    struct bytes text = take_expression(lines, name_size + 1);
    if (begun.number == lines->number && says_nothing(text)) {
        return fail(error, REQUIREMENTS_NO_EXPRESSION, &begun, begun.line.size);
    }
    if (!requirement_parse(&item->requirement, &reason, text, names, arena)) {
        return fail_expression(error, begun, text, &reason);
    }
    item->name = name;
    item->line = begun.number;
    out->count++;
    return true;
}

bool requirements_file_parse(struct requirements_file *out, struct requirements_error *error,
                             struct bytes text, struct title_names *names, struct arena *arena)
{
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf}; /* of UTF-8, as some editors write it */
    struct lines lines = {.text = text};
    *out = (struct requirements_file){0};
    *error = (struct requirements_error){0};
    if (text.size > REQUIREMENTS_FILE_SIZE_MAX) {
        error->fault = REQUIREMENTS_TOO_LARGE;
        return false;
    }
    if (text.size >= sizeof(mark) && memcmp(text.data, mark, sizeof(mark)) == 0) {
        lines.at = sizeof(mark);
    }
    out->items = arena_take(arena, REQUIREMENTS_MAX * sizeof(*out->items));
    if (out->items == NULL) {
        error->fault = REQUIREMENTS_NO_MEMORY;
        return false;
    }
    while (next_line(&lines)) {
        if (!says_nothing(lines.line) && !read_one(out, error, &lines, names, arena)) {
            return false;
        }
    }
    error->fault = out->count == 0 ? REQUIREMENTS_NONE : REQUIREMENTS_FINE;
    return out->count > 0;
}

const char *requirements_fault_words(enum requirements_fault fault)
{
    static const char *const words[] = {
        [REQUIREMENTS_FINE] = "is fine",
        [REQUIREMENTS_TOO_LARGE] = "is larger than 64 KiB",
        [REQUIREMENTS_TOO_MANY] = "is one requirement more than the 64 that fit",
        [REQUIREMENTS_NONE] = "holds no requirement",
        [REQUIREMENTS_NO_START] = "begins with white space, but there is no requirement that it goes on with",
        [REQUIREMENTS_NO_COLON] = "has no colon between a name and what it requires",
        [REQUIREMENTS_BAD_NAME] = "has no name of 1 to 128 plain characters in front of its colon",
        [REQUIREMENTS_NAME_TWICE] = "has a name that stands further up already",
        [REQUIREMENTS_NO_EXPRESSION] = "says nothing behind its colon",
        [REQUIREMENTS_BAD_EXPRESSION] = "makes no sense",
        [REQUIREMENTS_NO_MEMORY] = "does not fit into memory",
    };
    return words[fault];
}
