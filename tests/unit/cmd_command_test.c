#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/session.h"

enum { OUTPUT_SIZE = 64 * 1024, WORDS_MAX = 8 };

static char output[OUTPUT_SIZE];

/* Run a command line; what it prints to both streams ends up in output. */
static int run(const char *line)
{
    char words[256], *argv[WORDS_MAX + 1], *rest = NULL;
    FILE *file = tmpfile();
    int saved[2] = {dup(STDOUT_FILENO), dup(STDERR_FILENO)}, argc = 0, code;
    size_t size;

    assert_non_null(file);
    snprintf(words, sizeof words, "%s", line);
    for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        assert_true(argc < WORDS_MAX);
        argv[argc++] = word;
    }
    argv[argc] = NULL;
    fflush(stdout);
    dup2(fileno(file), STDOUT_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    code = command_main(argc, argv);
    fflush(stdout);
    dup2(saved[0], STDOUT_FILENO);
    dup2(saved[1], STDERR_FILENO);
    close(saved[0]);
    close(saved[1]);
    rewind(file);
    size = fread(output, 1, sizeof output - 1, file);
    output[size] = '\0';
    fclose(file);
    return code;
}

static void every_row_is_whole(void **state)
{
    (void)state;
    for (const struct command *command = commands; command->name; command++) {
        char example[64];

        snprintf(example, sizeof example, "Example:\n  tradeproof %s", command->name);
        if (!command->run || !command->usage || !command->summary || command->summary[0] == '\0') {
            fail_msg("%s: the row has a gap", command->name);
        }
        if (strlen(command->summary) > 60 || strchr(command->summary, '\n')) {
            fail_msg("%s: the summary is no short line", command->name);
        }
        if (!strstr(command->help, example)) {
            fail_msg("%s: the help has no example", command->name);
        }
        for (const struct command *other = commands; other != command; other++) {
            assert_string_not_equal(other->name, command->name);
        }
        assert_ptr_equal(command_named(command->name), command);
    }
}

static void every_command_helps(void **state)
{
    (void)state;
    for (const struct command *command = commands; command->name; command++) {
        char line[128];

        snprintf(line, sizeof line, "tradeproof %s --help", command->name);
        assert_int_equal(run(line), EXIT_YES);
        assert_non_null(strstr(output, command->usage));
        assert_non_null(strstr(output, "Example:"));
        for (const char *at = output; at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
            if (strcspn(at, "\n") > 120) {
                fail_msg("%s: a line of its help is too wide", command->name);
            }
        }
    }
}

static void the_overview_names_everything(void **state)
{
    char code[16];

    (void)state;
    assert_int_equal(run("tradeproof --help"), EXIT_YES);
    for (const struct command *command = commands; command->name; command++) {
        assert_non_null(strstr(output, command->name));
        assert_non_null(strstr(output, command->summary));
    }
    for (int i = EXIT_YES; i <= EXIT_SYSTEM; i++) {
        snprintf(code, sizeof code, "\n  %2d  ", i);
        assert_non_null(strstr(output, code));
    }
}

/* ---- JSON ---- */

static bool is_key_char(char c)
{
    return (c >= 'a' && c <= 'z') || c == '_';
}

static bool names_key(const char *help, const char *key, size_t size)
{
    for (const char *at = help; (at = strchr(at, key[0])) != NULL; at++) {
        if (strncmp(at, key, size) == 0 && !is_key_char(at[size]) && !is_key_char(at[-1])) {
            return true;
        }
    }
    return false;
}

/* What a file sets in objects, which its command prints with --json. */
static void the_help_names_every_member(void **state)
{
    static const struct {
        const char *file, *command;
        const char *other; /* printed for another command alone */
    } rows[] = {
        {"cmd/verdict_json.c", "lookup", ""},       {"cmd/command_status.c", "status", ""},
        {"cmd/command_issue.c", "issue", ""},       {"cmd/own_entries.c", "revoke", "kept"},
        {"cmd/own_entries.c", "reinstate", "kept"},
    };
    static char source[OUTPUT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char path[256];
        const char *help = strstr(command_named(rows[i].command)->help, "With --json");
        size_t count = 0;
        FILE *file;

        snprintf(path, sizeof path, "%s/%s", SOURCE_ROOT, rows[i].file);
        file = fopen(path, "r");
        assert_non_null(file);
        source[fread(source, 1, sizeof source - 1, file)] = '\0';
        fclose(file);
        assert_non_null(help);
        for (const char *at = source; (at = strstr(at, "json_object_set")) != NULL; at++) {
            const char *key = strchr(at, ',') + 1;
            size_t size;

            key += strspn(key, " \n");
            if (*key++ != '"') {
                continue; /* of a table in the file */
            }
            size = strcspn(key, "\"");
            if (strncmp(key, rows[i].other, size) == 0) {
                continue;
            }
            count++;
            if (!names_key(help, key, size)) {
                fail_msg("%s --help does not name %.*s", rows[i].command, (int)size, key);
            }
        }
        assert_true(count >= 9);
    }
}

static bool ends_word(char c)
{
    return strchr(" `\n,.;", c) != NULL;
}

/* Whether README has it as code: "tradeproof erase", or `erase`. */
static bool is_in(const char *readme, const char *before, const char *name)
{
    char wanted[64];

    snprintf(wanted, sizeof wanted, "%s%s", before, name);
    for (const char *at = strstr(readme, wanted); at; at = strstr(at + 1, wanted)) {
        if (ends_word(at[strlen(wanted)])) {
            return true;
        }
    }
    return false;
}

static void the_readme_names_everything(void **state)
{
    static char readme[OUTPUT_SIZE];
    FILE *file = fopen(SOURCE_ROOT "/README.md", "r");

    (void)state;
    assert_non_null(file);
    assert_true(fread(readme, 1, sizeof readme - 1, file) > 0);
    assert_true(feof(file) || fgetc(file) == EOF);
    fclose(file);
    for (const struct command *command = commands; command->name; command++) {
        if (!is_in(readme, "tradeproof ", command->name) && !is_in(readme, "`", command->name)) {
            fail_msg("README.md does not say what %s is for", command->name);
        }
    }
}

static void wrong_lines_are_explained(void **state)
{
    static const struct {
        const char *sentence, *line, *says;
    } rows[] = {
        {"nothing but the name", "tradeproof", "Commands:"},
        {"no such command", "tradeproof frobnicate", "no command \"frobnicate\""},
        {"half of a two-word command", "tradeproof trust", "tradeproof trust add"},
        {"no such second word", "tradeproof trust everybody", "trust list"},
        {"an option before the command", "tradeproof --json status", "no command \"--json\""},
        {"an option that there is none of", "tradeproof status --frob", "--frob"},
        {"an option without its value", "tradeproof status --home", "--home"},
        {"too few arguments", "tradeproof trust add ase", "missing"},
        {"too many arguments", "tradeproof trust add a b c d", "more than"},
        {"an accreditation of nothing", "tradeproof accredit x", "--codes"},
        {"a withdrawal in two ways", "tradeproof withdraw x --all --cut 3", "exclude"},
        {"a void and entries", "tradeproof reinstate --voided 3 x/1/0/y", "name none besides"},
        {"a void and a technician", "tradeproof reinstate --voided 3 --of x --code a/b", "name none besides"},
        {"a void that is no number", "tradeproof reinstate --voided three", "the number of the block"},
        {"a void with something after it", "tradeproof reinstate --voided 3x", "the number of the block"},
        {"a void and a reason of no kind", "tradeproof reinstate --voided 3 --reason luck", "--reason"},
        {"a void where nothing is reinstated", "tradeproof revoke --voided 3", "--voided"},
        {"a file and a void", "tradeproof reinstate --voided 3 --csv f", "rows of the file"},
        {"a report of no file", "tradeproof revoke x --report f", "goes with --csv"},
        {"a branch without its ends", "tradeproof void --branch 1", "three values"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int code = run(rows[i].line);

        if (code != EXIT_USAGE || !strstr(output, rows[i].says)) {
            fail_msg("%s: %d, %s", rows[i].sentence, code, output);
        }
    }
}

/* Whatever the command, without a home it says how to get one, or that its line is incomplete. */
static void without_a_home_nothing_breaks(void **state)
{
    (void)state;
    assert_int_equal(setenv("TRADEPROOF_HOME", "/nonexistent/tradeproof", 1), 0);
    assert_int_equal(run("tradeproof status"), EXIT_NOT_SET_UP);
    assert_non_null(strstr(output, "tradeproof init"));
    assert_int_equal(run("tradeproof status --json"), EXIT_NOT_SET_UP);
    assert_non_null(strstr(output, "\"error\": \"not-set-up\""));
    for (const struct command *command = commands; command->name; command++) {
        char line[128];
        int code;

        if (strcmp(command->name, "init") == 0) {
            continue;
        }
        snprintf(line, sizeof line, "tradeproof %s", command->name);
        code = run(line);
        if (code != EXIT_NOT_SET_UP && code != EXIT_USAGE) {
            fail_msg("%s: %d, %s", command->name, code, output);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(every_command_helps),
        cmocka_unit_test(the_overview_names_everything),
        cmocka_unit_test(the_help_names_every_member),
        cmocka_unit_test(the_readme_names_everything),
        cmocka_unit_test(wrong_lines_are_explained),
        cmocka_unit_test(without_a_home_nothing_breaks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
