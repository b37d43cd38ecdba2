#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cmd/arguments.h"

/* ---- codes ---- */

static void codes_are_split_at_commas(void **state)
{
    (void)state;
    static const struct {
        const char *sentence, *text;
        size_t count; /* 0: refused */
    } rows[] = {
        {"one code", "ase/A5", 1},
        {"three codes", "ase/A5,ase/A6,epa/609", 3},
        {"nothing", "", 0},
        {"a comma alone", ",", 0},
        {"a comma at the end", "ase/A5,", 0},
        {"a comma at the start", ",ase/A5", 0},
        {"a space behind the comma", "ase/A5, ase/A6", 0},
        {"no namespace", "A5", 0},
        {"a pattern", "ase/A*", 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct codes codes;
        bool good = codes_from_text(&codes, bytes_of_string(rows[i].text));
        if (good != (rows[i].count > 0) || (good && codes.count != rows[i].count)) {
            fail_msg("%s", rows[i].sentence);
        }
    }
}

static void codes_have_a_limit(void **state)
{
    (void)state;
    char text[(CODES_MAX + 1) * 4] = "";
    struct codes codes;
    for (size_t i = 0; i < CODES_MAX; i++) {
        strcat(text, i == 0 ? "a/b" : ",a/b");
    }
    assert_true(codes_from_text(&codes, bytes_of_string(text)));
    assert_int_equal(codes.count, CODES_MAX);
    strcat(text, ",a/b");
    assert_false(codes_from_text(&codes, bytes_of_string(text)));
}

static void every_code_is_among_none(void **state)
{
    (void)state;
    struct codes codes = {0};
    assert_true(codes_want(&codes, bytes_of_string("ase/A5")));
    assert_true(codes_from_text(&codes, bytes_of_string("ase/A5,ase/A6")));
    assert_true(codes_want(&codes, bytes_of_string("ase/A6")));
    assert_false(codes_want(&codes, bytes_of_string("ase/A")));
}

/* ---- command lines ---- */

struct values {
    bool flag;
    const char *text;
    uint32_t day;
    uint64_t time_s;
    uint64_t minutes;
    uint64_t number;
    struct codes codes;
    struct texts texts;
    const char *state;
};

enum { WORDS_MAX = 8 };

static const struct line_row {
    const char *sentence;
    const char *words[WORDS_MAX]; /* ends with NULL */
    int code;
} line_rows[] = {
    {"an argument alone", {"x"}, EXIT_YES},
    {"every kind of option", {"x", "--flag", "--text", "t", "--codes", "a/b", "--json"}, EXIT_YES},
    {"options before the argument", {"--day", "2029-06-30", "--minutes", "10080", "x"}, EXIT_YES},
    {"a time", {"x", "--time", "2029-06-30T14:05:09Z"}, EXIT_YES},
    {"a day as a time", {"x", "--time=2029-06-30"}, EXIT_YES},
    {"no argument", {NULL}, EXIT_USAGE},
    {"two arguments", {"x", "y"}, EXIT_USAGE},
    {"an unknown option", {"x", "--colour"}, EXIT_USAGE},
    {"an option without its value", {"x", "--text"}, EXIT_USAGE},
    {"a flag with a value", {"x", "--flag=yes"}, EXIT_USAGE},
    {"a day that does not exist", {"x", "--day", "2029-02-29"}, EXIT_USAGE},
    {"a day in another form", {"x", "--day", "30.6.2029"}, EXIT_USAGE},
    {"a time without its zone", {"x", "--time", "2029-06-30T14:05:09"}, EXIT_USAGE},
    {"no minute", {"x", "--minutes", "0"}, EXIT_USAGE},
    {"more minutes than a week has", {"x", "--minutes", "10081"}, EXIT_USAGE},
    {"minutes before now", {"x", "--minutes", "-5"}, EXIT_USAGE},
    {"minutes with a unit", {"x", "--minutes", "5m"}, EXIT_USAGE},
    {"a number", {"x", "--number", "1000000"}, EXIT_YES},
    {"no number is a number too", {"x", "--number", "0"}, EXIT_YES},
    {"a number too large", {"x", "--number", "1000001"}, EXIT_USAGE},
    {"a number below nothing", {"x", "--number", "-1"}, EXIT_USAGE},
    {"a number with something behind it", {"x", "--number", "8 or so"}, EXIT_USAGE},
    {"one option several times", {"x", "--texts", "a", "--texts", "b"}, EXIT_YES},
    {"an option that is short for another one", {"x", "--short"}, EXIT_YES},
    {"which takes no value", {"x", "--short=y"}, EXIT_USAGE},
    {"a state", {"x", "--state", "TX"}, EXIT_YES},
    {"a state in small letters", {"x", "--state", "tx"}, EXIT_USAGE},
    {"codes that are none", {"x", "--codes", "brakes"}, EXIT_USAGE},
};

static int read_line(const struct line_row *row, struct values *values, struct arguments *arguments)
{
    struct option_short in_short = {&values->text, "what it is short for"};
    const struct command_option options[] = {
        {"texts", OPTION_TEXTS, &values->texts},
        {"state", OPTION_STATE, &values->state},
        {"short", OPTION_SHORT, &in_short},
        {"flag", OPTION_FLAG, &values->flag},
        {"text", OPTION_TEXT, &values->text},
        {"day", OPTION_DAY, &values->day},
        {"time", OPTION_TIME, &values->time_s},
        {"codes", OPTION_CODES, &values->codes},
        {"minutes", OPTION_MINUTES, &values->minutes},
        {"number", OPTION_NUMBER, &values->number},
    };
    char memory[WORDS_MAX + 1][32] = {"lookup"};
    char *argv[WORDS_MAX + 2] = {memory[0]};
    int argc = 1;
    for (size_t i = 0; i < WORDS_MAX && row->words[i] != NULL; i++) {
        snprintf(memory[argc], sizeof(memory[0]), "%s", row->words[i]);
        argv[argc] = memory[argc];
        argc++;
    }
    optind = 0;
    opterr = 0;
    return arguments_read(arguments, "lookup", argc, argv, options, sizeof(options) / sizeof(options[0]), 1,
                          1);
}

static void command_lines_are_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(line_rows) / sizeof(line_rows[0]); i++) {
        struct values values = {0};
        struct arguments arguments;
        int code = read_line(&line_rows[i], &values, &arguments);
        if (code != line_rows[i].code || (code == EXIT_YES && arguments.count != 1)) {
            fail_msg("%s: %d", line_rows[i].sentence, code);
        }
    }
}

static void values_go_where_the_table_says(void **state)
{
    (void)state;
    struct values values = {0};
    struct arguments arguments;
    assert_int_equal(read_line(&line_rows[1], &values, &arguments), EXIT_YES);
    assert_true(values.flag);
    assert_int_equal(values.codes.count, 1);
    assert_true(arguments.session.json);
    assert_int_equal(read_line(&line_rows[2], &values, &arguments), EXIT_YES);
    assert_int_equal(values.minutes, 10080);
    assert_int_equal(read_line(&line_rows[3], &values, &arguments), EXIT_YES);
    assert_int_equal(values.time_s, 1877522709);
    assert_false(arguments.session.json);
}

static const struct line_row *row_of(const char *sentence)
{
    size_t i = 0;
    while (strcmp(line_rows[i].sentence, sentence) != 0) {
        i++;
        assert_true(i < sizeof(line_rows) / sizeof(line_rows[0]));
    }
    return &line_rows[i];
}

static void some_may_be_given_again_or_are_short(void **state)
{
    (void)state;
    struct values values = {0};
    struct arguments arguments;
    assert_int_equal(read_line(row_of("one option several times"), &values, &arguments), EXIT_YES);
    assert_int_equal(values.texts.count, 2);
    assert_int_equal(read_line(row_of("an option that is short for another one"), &values, &arguments),
                     EXIT_YES);
    assert_string_equal(values.text, "what it is short for");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_split_at_commas),
        cmocka_unit_test(codes_have_a_limit),
        cmocka_unit_test(every_code_is_among_none),
        cmocka_unit_test(command_lines_are_checked),
        cmocka_unit_test(values_go_where_the_table_says),
        cmocka_unit_test(some_may_be_given_again_or_are_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
