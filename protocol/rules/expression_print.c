#include <string.h>

#include "protocol/rules/expression_scan.h"
#include "protocol/rules/expression_table.h"
#include "protocol/wire/words.h"

struct page {
    char *text;
    size_t capacity, size;
    struct bytes name_space;
};

/* What binds less tightly than its place asks for goes into parentheses. */
enum binding { BINDING_OR, BINDING_AND, BINDING_TERM };

static void print_node(struct page *page, const struct expression *node, enum binding place);

static void print_bytes(struct page *page, struct bytes text)
{
    if (page->size + text.size < page->capacity) {
        memcpy(page->text + page->size, text.data, text.size);
    }
    page->size += text.size;
}

static void print(struct page *page, const char *text)
{
    print_bytes(page, bytes_of_string(text));
}

static void print_number(struct page *page, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    print_bytes(page, bytes_of(digits + at, sizeof digits - at));
}

/* "1 day", "2 days" */
static void print_time(struct page *page, uint64_t number, const char *unit)
{
    print_number(page, number);
    print(page, " ");
    print(page, unit);
    print(page, number == 1 ? "" : "s");
}

static void print_quoted(struct page *page, struct bytes text)
{
    print(page, "\"");
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"' || text.data[i] == '\\') {
            print(page, "\\");
        }
        print_bytes(page, bytes_of(text.data + i, 1));
    }
    print(page, "\"");
}

/* How many bytes of a code its namespace takes that can be left away. */
static size_t understood_of(const struct page *page, struct bytes code)
{
    size_t before = page->name_space.size + 1;
    bool is_local = before > 1 && code.size > before && code.data[before - 1] == '/' &&
                    memcmp(code.data, page->name_space.data, before - 1) == 0;
    return is_local ? before : 0;
}

/* A code where nothing else can stand. */
static void print_code(struct page *page, struct bytes code)
{
    size_t before = understood_of(page, code);
    print_bytes(page, bytes_of(code.data + before, code.size - before));
}

/* A code that would be read as a word of the language keeps its namespace. */
static void print_certified(struct page *page, struct bytes code)
{
    size_t before = understood_of(page, code);
    if (word_is_reserved(bytes_of(code.data + before, code.size - before))) {
        before = 0;
    }
    print_bytes(page, bytes_of(code.data + before, code.size - before));
}

static void print_title(struct page *page, const struct expression *node)
{
    if (!bytes_equal(node->name_space, page->name_space)) {
        if (node->name_space.size > 0) {
            print_bytes(page, node->name_space);
        } else {
            print(page, "*");
        }
        print(page, ":");
    }
    print_quoted(page, node->name);
}

static void print_bases(struct page *page, uint32_t bases)
{
    bool is_list = (bases & (bases - 1)) != 0;
    bool is_first = true;
    print(page, is_list ? "(" : "");
    for (enum basis basis = BASIS_EXAM; basis <= BASIS_LICENCE; basis++) {
        if ((bases & UINT32_C(1) << basis) != 0) {
            print(page, is_first ? "" : ", ");
            print(page, basis_word(basis));
            is_first = false;
        }
    }
    print(page, is_list ? ")" : "");
}

static void print_states(struct page *page, const struct list *list)
{
    const struct bytes *states = list->items;
    print(page, list->count > 1 ? "(" : "");
    for (size_t i = 0; i < list->count; i++) {
        print(page, i > 0 ? ", " : "");
        print_bytes(page, states[i]);
    }
    print(page, list->count > 1 ? ")" : "");
}

static void print_chain(struct page *page, const struct expression *node, enum binding binding,
                        enum binding place)
{
    print(page, binding < place ? "(" : "");
    for (size_t i = 0; i < node->child_count; i++) {
        if (i > 0) {
            print(page, binding == BINDING_OR ? " or " : " and ");
        }
        print_node(page, &node->children[i], binding + 1);
    }
    print(page, binding < place ? ")" : "");
}

static void print_children(struct page *page, const struct expression *node)
{
    print(page, "(");
    for (size_t i = 0; i < node->child_count; i++) {
        print(page, i > 0 ? ", " : "");
        print_node(page, &node->children[i], BINDING_OR);
    }
    print(page, ")");
}

static void print_areas(struct page *page, const struct expression *node)
{
    const struct bytes *areas = node->areas.items;
    print(page, "areas (");
    for (size_t i = 0; i < node->child_count; i++) {
        print(page, i > 0 ? ", " : "");
        if (text_is_word(areas[i])) {
            print_bytes(page, areas[i]);
        } else {
            print_quoted(page, areas[i]);
        }
        print(page, ": ");
        print_node(page, &node->children[i], BINDING_OR);
    }
    print(page, ")");
}

static void print_experience(struct page *page, const struct expression *node)
{
    bool is_years = node->count % EXPRESSION_YEAR_DAYS == 0;
    print(page, "experience ");
    print_time(page, is_years ? node->count / EXPRESSION_YEAR_DAYS : node->count, is_years ? "year" : "day");
    print(page, " in ");
    print_code(page, node->pattern);
}

static void print_apart(struct page *page, const struct expression *node)
{
    if (node->count > 0) {
        print_time(page, node->count, "month");
        print(page, " ");
    }
    if (node->days > 0) {
        print_time(page, node->days, "day");
        print(page, " ");
    }
    print(page, "apart from ");
    print_bases(page, node->bases);
}

/* Chains of one have no "and" or "or" to show. */
static void print_any(struct page *page, const struct expression *node, enum binding place)
{
    if (node->child_count > 1) {
        print_chain(page, node, BINDING_OR, place);
        return;
    }
    print(page, "any of ");
    print_children(page, node);
}

static void print_all(struct page *page, const struct expression *node, enum binding place)
{
    if (node->child_count > 1) {
        print_chain(page, node, BINDING_AND, place);
        return;
    }
    print(page, "all of ");
    print_children(page, node);
}

static void print_in_time(struct page *page, const struct expression *node)
{
    print(page, "in time");
    if (node->count > 0) {
        print(page, " within ");
        print_time(page, node->count, "day");
    }
}

static void print_node(struct page *page, const struct expression *node, enum binding place)
{
    switch (node->op) {
    case EXPRESSION_UNKNOWN:
        print(page, "unknown");
        break;
    case EXPRESSION_ALL:
        print_all(page, node, place);
        break;
    case EXPRESSION_ANY:
        print_any(page, node, place);
        break;
    case EXPRESSION_AT_LEAST:
        print(page, "any ");
        print_number(page, node->count);
        print(page, " of ");
        print_children(page, node);
        break;
    case EXPRESSION_NOT:
        print(page, "not ");
        print_node(page, &node->children[0], BINDING_TERM);
        break;
    case EXPRESSION_CERTIFIED:
        print_certified(page, node->pattern);
        break;
    case EXPRESSION_TESTED:
        print(page, "tested ");
        print_code(page, node->pattern);
        break;
    case EXPRESSION_TRAINED:
        print(page, "trained ");
        print_code(page, node->pattern);
        break;
    case EXPRESSION_TITLE:
        print_title(page, node);
        break;
    case EXPRESSION_EXPERIENCE:
        print_experience(page, node);
        break;
    case EXPRESSION_FOR_LIFE:
        print(page, "for life ");
        print_children(page, node);
        break;
    case EXPRESSION_IN_NETWORK:
        print(page, "in network ");
        print_code(page, node->pattern);
        break;
    case EXPRESSION_IN_STATE:
        print(page, "in state ");
        print_states(page, &node->states);
        break;
    case EXPRESSION_BASIS:
        print(page, "basis ");
        print_bases(page, node->bases);
        break;
    case EXPRESSION_IN_TIME:
        print_in_time(page, node);
        break;
    case EXPRESSION_APART:
        print_apart(page, node);
        break;
    case EXPRESSION_ADDS:
        print(page, "adds at most ");
        print_time(page, node->count, "month");
        break;
    case EXPRESSION_SHARE:
        print(page, "share ");
        print_number(page, node->count);
        print(page, " % ");
        print_children(page, node);
        break;
    case EXPRESSION_TECHNICIANS:
        print(page, "technicians ");
        print_number(page, node->count);
        print(page, " ");
        print_children(page, node);
        break;
    case EXPRESSION_COVERED:
        print_areas(page, node);
        break;
    }
}

bool expression_print(char *out, size_t capacity, const struct expression *expression,
                      struct bytes name_space)
{
    struct page page = {.text = out, .capacity = capacity, .name_space = name_space};
    print_node(&page, expression, BINDING_OR);
    if (page.size >= capacity) {
        if (capacity > 0) {
            out[0] = '\0';
        }
        return false;
    }
    out[page.size] = '\0';
    return true;
}
