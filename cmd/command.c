#include "cmd/command.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/arguments.h"

static const struct {
    enum exit_code code;
    const char *meaning;
} exit_meanings[] = {
    {EXIT_YES, "done; or: the verdict is valid"},
    {EXIT_NO, "the verdict is invalid, or a requirement is not met"},
    {EXIT_UNKNOWN, "could not be determined"},
    {EXIT_USAGE, "the command line is wrong"},
    {EXIT_BAD_INPUT, "a file, id, date or record was refused"},
    {EXIT_PARTLY, "done, except for rows that were refused, or came after Ctrl-C"},
    {EXIT_PASSPHRASE, "the passphrase is wrong, or there is none"},
    {EXIT_BUSY, "the data folder is in use by another process, or the daemon does not answer"},
    {EXIT_NO_ROOM, "the disk is full"},
    {EXIT_VERSION, "the data was made by another version"},
    {EXIT_CLOCK, "this machine's clock disagrees with the evidence"},
    {EXIT_NOT_SET_UP, "no data folder yet: run tradeproof init"},
    {EXIT_SYSTEM, "the operating system said no, memory ran out, or the store on disk is damaged"},
};

static void print_overview(FILE *out)
{
    fprintf(out, "Usage: tradeproof COMMAND [ARGUMENTS] [OPTIONS]\n\n"
                 "Certificates of the automotive trades, checked on your own machine.\n\nCommands:\n");
    for (const struct command *command = commands; command->name; command++) {
        fprintf(out, "  %-14s  %s\n", command->name, command->summary);
    }
    fprintf(out, "\nOptions that every command takes:\n"
                 "  --home FOLDER           the data folder, instead of $TRADEPROOF_HOME or the usual place\n"
                 "  --json                  answer as JSON\n"
                 "  --passphrase-file FILE  read the passphrase from FILE's first line\n"
                 "  --passphrase-fd N       read the passphrase from descriptor N\n"
                 "  --help                  about one command: tradeproof COMMAND --help\n\nExit codes:\n");
    for (size_t i = 0; i < sizeof exit_meanings / sizeof exit_meanings[0]; i++) {
        fprintf(out, "  %2d  %s\n", (int)exit_meanings[i].code, exit_meanings[i].meaning);
    }
    fprintf(out, "\nFirst steps: tradeproof init\n");
}

static void print_help(const struct command *command)
{
    printf("Usage: tradeproof %s%s%s\n\n%s\n", command->name, command->usage[0] != '\0' ? " " : "",
           command->usage, command->help);
}

/* ---- the command line ---- */

/* Words of command's name that argv starts with: all of them, or 0. */
static int words_matched(const struct command *command, int argc, char **argv)
{
    const char *space = strchr(command->name, ' ');
    size_t first = space ? (size_t)(space - command->name) : strlen(command->name);

    if (argc < 1 || strlen(argv[0]) != first || strncmp(argv[0], command->name, first) != 0) {
        return 0;
    }
    if (!space) {
        return 1;
    }
    return argc >= 2 && strcmp(argv[1], space + 1) == 0 ? 2 : 0;
}

static const struct command *find_command(int argc, char **argv, int *words)
{
    for (const struct command *command = commands; command->name; command++) {
        *words = words_matched(command, argc, argv);
        if (*words > 0) {
            return command;
        }
    }
    return NULL;
}

static bool is_help(const char *argument)
{
    return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0;
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (is_help(argv[i])) {
            return true;
        }
    }
    return false;
}

static int fail_unknown(int argc, char **argv)
{
    size_t size = strlen(argv[0]);
    bool group = false;

    for (const struct command *command = commands; command->name; command++) {
        group = group || (strncmp(command->name, argv[0], size) == 0 && command->name[size] == ' ');
    }
    if (!group) {
        fprintf(stderr, "tradeproof: there is no command \"%s\". All there are: tradeproof --help\n",
                argv[0]);
        return EXIT_USAGE;
    }
    if (argc > 1 && !is_help(argv[1])) {
        fprintf(stderr, "tradeproof: there is no command \"%s %s\".\n", argv[0], argv[1]);
    }
    fprintf(stderr, "The \"%s\" commands:\n", argv[0]);
    for (const struct command *command = commands; command->name; command++) {
        if (strncmp(command->name, argv[0], size) == 0 && command->name[size] == ' ') {
            fprintf(stderr, "  tradeproof %s %s\n", command->name, command->usage);
        }
    }
    return EXIT_USAGE;
}

/* Whether whoever read standard output through a pipe has stopped. */
static bool is_reader_gone(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

    return poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP)) != 0;
}

/* An answer that did not reach its file was not given. */
static int close_output(int code)
{
    int number;

    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) {
        return code;
    }
    number = errno;
    if (is_reader_gone()) {
        fprintf(stderr, "tradeproof: the answer was not read to its end.\n");
    } else {
        fprintf(stderr, "tradeproof: the answer could not be written: %s.\n",
                number == ENOSPC || number == EDQUOT ? "the disk is full"
                : number != 0                        ? strerror(number)
                                                     : "not all of it reached its file");
    }
    if (code != EXIT_YES) {
        return code;
    }
    return number == ENOSPC || number == EDQUOT ? EXIT_NO_ROOM : EXIT_SYSTEM;
}

int command_main(int argc, char **argv)
{
    const struct command *command;
    int words = 0;

    setlocale(LC_CTYPE, "");
    signal(SIGPIPE, SIG_IGN);
    if (sodium_init() < 0) {
        fprintf(stderr, "tradeproof: this system gives no random numbers.\n");
        return EXIT_SYSTEM;
    }
    if (argc < 2) {
        print_overview(stderr);
        return EXIT_USAGE;
    }
    if (is_help(argv[1]) || strcmp(argv[1], "help") == 0) {
        print_overview(stdout);
        return close_output(EXIT_YES);
    }
    command = find_command(argc - 1, argv + 1, &words);
    if (!command) {
        return fail_unknown(argc - 1, argv + 1);
    }
    if (asks_for_help(argc - words, argv + words)) {
        print_help(command);
        return close_output(EXIT_YES);
    }
    optind = 0;
    opterr = 0;
    return close_output(command->run(argc - words, argv + words));
}

/* ---- for commands ---- */

const struct command *command_named(const char *name)
{
    const struct command *command = commands;

    while (command->name && strcmp(command->name, name) != 0) {
        command++;
    }
    assert(command->name);
    return command;
}

int command_usage_error(const struct command *command, const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "tradeproof %s: ", command->name);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\nUsage: tradeproof %s %s\nMore: tradeproof %s --help\n", command->name, command->usage,
            command->name);
    return EXIT_USAGE;
}

int command_option_error(const struct command *command, char **argv)
{
    return command_usage_error(command, "%s is no option here, or its value is missing or not wanted.",
                               argv[optind - 1]);
}

int command_arguments(const struct command *command, int argc, int min, int max)
{
    int count = argc - optind;

    if (count < min) {
        return command_usage_error(command, "something is missing.");
    }
    if (count > max) {
        return command_usage_error(command, "that is more than this command takes.");
    }
    return EXIT_YES;
}

int command_in_session(const struct command *command, int argc, char **argv, int min, int max, int access,
                       int (*body)(struct session *session, char **arguments))
{
    struct arguments arguments;
    struct session session;
    int code = arguments_read(&arguments, command->name, argc, argv, NULL, 0, min, max);

    if (code != EXIT_YES) {
        return code;
    }
    code = session_open(&session, &arguments.session, (enum session_access)access);
    if (code != EXIT_YES) {
        return code;
    }
    code = body(&session, arguments.values);
    session_close(&session);
    return code;
}
