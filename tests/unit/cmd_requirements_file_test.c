#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/requirements_file.h"
#include "protocol/base/text.h"
#include "tests/support/dossier_builder.h"

enum { ARENA_SIZE = 32 * 1024 * 1024 };

static uint8_t memory[ARENA_SIZE];

static bool parse(struct requirements_file *file, struct requirements_error *error, const char *text)
{
    struct arena arena;
    arena_init(&arena, memory, sizeof(memory));
    return requirements_file_parse(file, error, bytes_of_string(text), NULL, &arena);
}

static void names_and_requirements_are_read(void **state)
{
    (void)state;
    struct requirements_file file;
    struct requirements_error error;
    assert_true(parse(&file, &error,
                      "\xef\xbb\xbf# what we pay\r\n"
                      "\r\n"
                      "Grade 3:\r\n"
                      "    # on a line of its own\r\n"
                      "    \"Master: Automobile\"\r\n"
                      "# still going on\r\n"
                      "    and epa/609  # and this\r\n"
                      "Grade 2 : ase/A5, ase/A6\n"
                      "Grade 1:any 2 of (ase/A1, ase/A2, ase/A3)"));
    assert_int_equal(file.count, 3);
    assert_true(bytes_equal_string(file.items[0].name, "Grade 3"));
    assert_int_equal(file.items[0].line, 3);
    assert_int_equal(file.items[0].requirement.expression.op, EXPRESSION_ALL);
    assert_int_equal(file.items[0].requirement.expression.child_count, 2);
    assert_true(bytes_equal_string(file.items[1].name, "Grade 2"));
    assert_int_equal(file.items[1].line, 8);
    assert_true(bytes_equal_string(file.items[2].name, "Grade 1"));
    assert_int_equal(file.items[2].requirement.expression.op, EXPRESSION_AT_LEAST);
}

/* Two namespaces give Master, one World Class. */
static void begin_titles(struct dossier_builder *built)
{
    static const struct pack_rule master = {.kind = PACK_RULE_TITLE, .name = {(const uint8_t *)"Master", 6}};
    static const struct pack_rule world = {.kind = PACK_RULE_TITLE,
                                           .name = {(const uint8_t *)"World Class", 11}};
    dossier_builder_init(built, 2);
    build_owner(built, "ase", 0);
    build_owner(built, "junk", 1);
    static const struct pack_code code = {.code = {(const uint8_t *)"A5", 2}};
    struct rule_pack *ase = &build_pack(built, 0, 1, "ase", 1, 0)->pack;
    ase->rules = (struct list){.items = &master, .count = 1};
    ase->codes = (struct list){.items = &code, .count = 1};
    build_pack(built, 1, 1, "junk", 1, 0)->pack.rules = (struct list){.items = &master, .count = 1};
    build_pack(built, 1, 2, "junk", 2, 0)->pack.rules = (struct list){.items = &world, .count = 1};
}

/* What is kept, and what a challenge carries, says whose title is meant. */
static void titles_are_given_their_namespace(void **state)
{
    (void)state;
    static struct dossier_builder built;
    struct requirements_file file;
    struct requirements_error error;
    struct arena arena;
    char hint[REQUIREMENT_HINT_SIZE];
    begin_titles(&built);
    struct title_names names = {.dossier = &built.dossier, .trust = &built.trust};
    arena_init(&arena, memory, sizeof(memory));
    assert_true(requirements_file_parse(
        &file, &error, bytes_of_string("a: \"World Class\", ase/A5\nb: ase:\"Master\""), &names, &arena));
    assert_true(bytes_equal_string(file.items[0].requirement.text, "junk:\"World Class\" and ase/A5"));
    assert_true(bytes_equal_string(text_trim(file.items[1].requirement.text, " "), "ase:\"Master\""));
    assert_false(
        requirements_file_parse(&file, &error, bytes_of_string("a: ase/A5\nb: \"Master\""), &names, &arena));
    assert_int_equal(error.expression, EXPRESSION_TITLE_AMBIGUOUS);
    assert_int_equal(error.line, 2);
    assert_int_equal(error.offset, 3);
    requirement_hint(hint, &names, error.expression, error.name);
    assert_string_equal(hint, ", ase:\"Master\" or junk:\"Master\".");
    assert_false(requirements_file_parse(
        &file, &error, bytes_of_string("a: ase/A5\nb: gm/A5 and\n  tested ase/A55"), &names, &arena));
    assert_int_equal(error.expression, EXPRESSION_CODE_UNKNOWN);
    assert_int_equal(error.line, 3);
    assert_int_equal(error.offset, 9);
    requirement_hint(hint, &names, error.expression, error.name);
    assert_string_equal(hint, "; did you mean ase/A5?");
    requirement_hint(hint, &names, error.expression, bytes_of_string("ase/Z99"));
    assert_string_equal(hint, ".");
}

static void mistakes_are_shown_where_they_are(void **state)
{
    (void)state;
    static const struct {
        const char *sentence, *text;
        enum requirements_fault fault;
        size_t line, offset;
        const char *shown;
    } rows[] = {
        {"nothing at all", "", REQUIREMENTS_NONE, 0, 0, ""},
        {"comments alone", "# a: ase/A5\n\n", REQUIREMENTS_NONE, 0, 0, ""},
        {"a first line that goes on with nothing", "# x\n  ase/A5\n", REQUIREMENTS_NO_START, 2, 0,
         "  ase/A5"},
        {"no colon", "a ase/A5\n", REQUIREMENTS_NO_COLON, 1, 8, "a ase/A5"},
        {"no name", ": ase/A5\n", REQUIREMENTS_BAD_NAME, 1, 0, ": ase/A5"},
        {"a name that can't be shown", "a\x07: ase/A5\n", REQUIREMENTS_BAD_NAME, 1, 0, "a\x07: ase/A5"},
        {"a name twice", "a: ase/A5\nb: ase/A5\na: ase/A6\n", REQUIREMENTS_NAME_TWICE, 3, 0, "a: ase/A6"},
        {"nothing behind the colon", "a:\nb: ase/A5\n", REQUIREMENTS_NO_EXPRESSION, 1, 2, "a:"},
        {"a comment alone behind the colon", "a: # later\n", REQUIREMENTS_NO_EXPRESSION, 1, 10, "a: # later"},
        {"a mistake in the first line", "a: ase/A5 ase/A6\n", REQUIREMENTS_BAD_EXPRESSION, 1, 10,
         "a: ase/A5 ase/A6"},
        {"a mistake further down, line ends of another kind", "a: ase/A5\r\n  and\r\n  ase/\r\n",
         REQUIREMENTS_BAD_EXPRESSION, 3, 2, "  ase/"},
        {"something missing at the end, comments behind it", "a: ase/A5\n  and\n# more\n\nb: ase/A6\n",
         REQUIREMENTS_BAD_EXPRESSION, 2, 5, "  and"},
        {"what only rules may use", "a: basis exam\n", REQUIREMENTS_BAD_EXPRESSION, 1, 3, "a: basis exam"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct requirements_file file;
        struct requirements_error error;
        if (parse(&file, &error, rows[i].text) || error.fault != rows[i].fault ||
            error.line != rows[i].line || error.offset != rows[i].offset ||
            !bytes_equal_string(error.text, rows[i].shown)) {
            fail_msg("%s: fault %d, line %zu, offset %zu", rows[i].sentence, (int)error.fault, error.line,
                     error.offset);
        }
    }
}

static void there_is_a_limit_on_everything(void **state)
{
    (void)state;
    static char text[REQUIREMENTS_FILE_SIZE_MAX + 2];
    struct requirements_file file;
    struct requirements_error error;
    size_t size = 0;
    for (int i = 0; i < REQUIREMENTS_MAX; i++) {
        size += (size_t)snprintf(text + size, sizeof(text) - size, "grade %d: ase/A%d\n", i, i);
    }
    assert_true(parse(&file, &error, text));
    assert_int_equal(file.count, REQUIREMENTS_MAX);
    snprintf(text + size, sizeof(text) - size, "one more: ase/A1\n");
    assert_false(parse(&file, &error, text));
    assert_int_equal(error.fault, REQUIREMENTS_TOO_MANY);
    assert_int_equal(error.line, REQUIREMENTS_MAX + 1);
    memset(text, '#', sizeof(text) - 1);
    assert_false(parse(&file, &error, text));
    assert_int_equal(error.fault, REQUIREMENTS_TOO_LARGE);
    memset(text, 0, sizeof(text));
    memset(text, 'n', NAME_SIZE_MAX + 1);
    strcat(text, ": ase/A5");
    assert_false(parse(&file, &error, text));
    assert_int_equal(error.fault, REQUIREMENTS_BAD_NAME);
    assert_true(parse(&file, &error, text + 1));
}

static void every_fault_has_its_words(void **state)
{
    (void)state;
    for (int i = REQUIREMENTS_FINE; i <= REQUIREMENTS_NO_MEMORY; i++) {
        assert_non_null(requirements_fault_words((enum requirements_fault)i));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_requirements_are_read),
        cmocka_unit_test(titles_are_given_their_namespace),
        cmocka_unit_test(mistakes_are_shown_where_they_are),
        cmocka_unit_test(there_is_a_limit_on_everything),
        cmocka_unit_test(every_fault_has_its_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
