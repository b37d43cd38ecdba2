#include "cmd/expression_words.h"

#include <string.h>
#include <utf8proc.h>

#include "protocol/base/text.h"
#include "protocol/wire/words.h"

/* A line shows so many columns, so many of them before the place; of the place itself so many characters. */
enum { COLUMNS_MAX = 72, COLUMNS_BEFORE_MAX = 40, PLACE_CHARACTERS_MAX = 16, MARKS_MAX = 2 };

#define INDENT "    "
#define CUT "…"

const char *expression_fault_sentence(enum expression_fault fault)
{
    static const char *const sentences[EXPRESSION_FAULT_COUNT] = {
        [EXPRESSION_FINE] = "makes sense",
        [EXPRESSION_EXPECTED_TERM] = "expected a code, a title in quotes or \"(\"",
        [EXPRESSION_EXPECTED_CLOSE] = "expected \")\"",
        [EXPRESSION_EXPECTED_OPEN] = "expected \"(\"",
        [EXPRESSION_EXPECTED_END] = "expected \"and\", \"or\", a comma, or nothing more",
        [EXPRESSION_EXPECTED_NUMBER] = "expected a whole number that is possible here",
        [EXPRESSION_EXPECTED_WORD] = "expected another word, as in \"any 2 of\", \"for life\", \"in state\"",
        [EXPRESSION_BAD_CODE] = "expected a code such as ase/A5, or a pattern such as ase/A*",
        [EXPRESSION_CODE_UNKNOWN] = "no rules of its namespace that are held here know such a code",
        [EXPRESSION_BAD_NAMESPACE] = "a code needs its namespace, as in ase/A5, and a title its quotes",
        [EXPRESSION_BAD_TITLE] = "expected a title in quotes of 1 to 128 bytes, with both of the quotes",
        [EXPRESSION_TITLE_UNKNOWN] =
            ("no rules that are held here give a title of that name; one whose rules are "
             "elsewhere needs its namespace, as in ase:\"Master Automobile\""),
        [EXPRESSION_TITLE_AMBIGUOUS] = "several namespaces give a title of that name: say which is meant",
        [EXPRESSION_BAD_STATE] = "expected a state in two capitals such as TX, and each only once",
        [EXPRESSION_BAD_BASIS] = ("expected one of " BASIS_WORDS ", and each only once"),
        [EXPRESSION_BAD_AREA] = "expected the name of an area and a colon, and each only once",
        [EXPRESSION_BAD_TEXT] = "that character may not stand here",
        [EXPRESSION_OUT_OF_SCOPE] =
            ("this can only be asked about attestations (in prerequisites and renewals) "
             "or about shops (in recognitions)"),
        [EXPRESSION_TOO_DEEP] = "nests too deep; give a name to a part of it, as a title",
        [EXPRESSION_TOO_LONG] = "is too long from here on; give a name to a part of it, as a title",
    };
    return sentences[fault];
}

/* ---- characters ---- */

struct character {
    struct bytes text; /* to be shown */
    size_t size;       /* in the text that it is of */
    size_t columns;
};

/* The character at offset, or what is shown instead of one that can't be. */
static struct character character_at(struct bytes text, size_t offset)
{
    utf8proc_int32_t code;
    utf8proc_ssize_t size =
        utf8proc_iterate(text.data + offset, (utf8proc_ssize_t)(text.size - offset), &code);
    struct bytes shown = bytes_of(text.data + offset, size > 0 ? (size_t)size : 1);
    if (code == '\t' || code == '\r') {
        return (struct character){.text = bytes_of(" ", 1), .size = 1, .columns = 1};
    }
    if (size <= 0 || !text_is_clean(shown)) {
        return (struct character){.text = bytes_of("?", 1), .size = shown.size, .columns = 1};
    }
    int columns = utf8proc_charwidth(code);
    return (struct character){
        .text = shown, .size = shown.size, .columns = columns > 0 ? (size_t)columns : 0};
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Where the text stops making sense at its end, that is behind its last word. */
static size_t place_of(struct bytes text, size_t offset)
{
    if (offset < text.size) {
        return offset;
    }
    size_t place = text.size;
    while (place > 0 && is_space(text.data[place - 1])) {
        place--;
    }
    return place;
}

/* ---- the line and its caret ---- */

/* Text that is cut at the end of its memory. */
struct page {
    char *text;
    size_t capacity, size;
};

static void put(struct page *page, struct bytes text)
{
    if (page->size + text.size < page->capacity) {
        memcpy(page->text + page->size, text.data, text.size);
        page->size += text.size;
        page->text[page->size] = '\0';
    }
}

static void put_string(struct page *page, const char *text)
{
    put(page, bytes_of_string(text));
}

static struct bytes line_around(struct bytes text, size_t place, size_t *begins)
{
    size_t end = place;
    *begins = place;
    while (*begins > 0 && text.data[*begins - 1] != '\n') {
        --*begins;
    }
    while (end < text.size && text.data[end] != '\n') {
        end++;
    }
    return bytes_of(text.data + *begins, end - *begins);
}

static size_t columns_of(struct bytes line)
{
    size_t columns = 0;
    for (size_t at = 0; at < line.size;) {
        struct character character = character_at(line, at);
        columns += character.columns;
        at += character.size;
    }
    return columns;
}

/* The first character of line that is shown, so that the place, with so many columns before it, is too. */
static size_t first_shown(struct bytes line, size_t columns_before)
{
    size_t at = 0;
    while (columns_before > COLUMNS_BEFORE_MAX) {
        struct character character = character_at(line, at);
        columns_before -= character.columns;
        at += character.size;
    }
    return at;
}

/* Put what fits of line. Of a pile of marks on one letter the first ones are shown. */
static void put_line(struct page *page, struct bytes line)
{
    size_t columns = 0, marks = 0, at = 0;
    while (at < line.size) {
        struct character character = character_at(line, at);
        if (columns + character.columns > COLUMNS_MAX) {
            put_string(page, CUT);
            return;
        }
        marks = character.columns == 0 ? marks + 1 : 0;
        if (marks <= MARKS_MAX) {
            put(page, character.text);
        }
        columns += character.columns;
        at += character.size;
    }
}

void expression_caret(char out[EXPRESSION_CARET_SIZE], struct bytes text, size_t offset)
{
    struct page page = {.text = out, .capacity = EXPRESSION_CARET_SIZE};
    size_t begins;
    size_t place = place_of(text, offset);
    struct bytes line = line_around(text, place, &begins);
    struct bytes before = bytes_of(line.data, place - begins);
    size_t first = first_shown(before, columns_of(before));
    before = bytes_of(before.data + first, before.size - first);
    line = bytes_of(line.data + first, line.size - first);
    put_string(&page, INDENT);
    put_string(&page, first > 0 ? CUT : "");
    put_line(&page, line);
    put_string(&page, "\n" INDENT);
    for (size_t columns = columns_of(before) + (first > 0 ? 1 : 0); columns > 0; columns--) {
        put_string(&page, " ");
    }
    put_string(&page, "^\n");
}

void expression_print_caret(FILE *out, struct bytes text, size_t offset)
{
    char lines[EXPRESSION_CARET_SIZE];
    expression_caret(lines, text, offset);
    fputs(lines, out);
}

/* ---- the place in one line ---- */

static size_t characters_before(struct bytes text, size_t offset)
{
    size_t count = 0;
    for (size_t at = 0; at < offset; count++) {
        at += character_at(text, at).size;
    }
    return count;
}

void expression_place(char out[EXPRESSION_PLACE_SIZE], struct bytes text, size_t offset)
{
    struct page page = {.text = out, .capacity = EXPRESSION_PLACE_SIZE};
    char number[32];
    size_t at = offset;
    if (offset >= text.size) {
        put_string(&page, "at its end");
        return;
    }
    put_string(&page, "at \"");
    for (size_t count = 0; count < PLACE_CHARACTERS_MAX && at < text.size && text.data[at] != '\n'; count++) {
        struct character character = character_at(text, at);
        put(&page, character.text);
        at += character.size;
    }
    put_string(&page, at < text.size ? CUT "\"" : "\"");
    snprintf(number, sizeof number, " (character %zu)", characters_before(text, offset) + 1);
    put_string(&page, number);
}
