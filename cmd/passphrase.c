#include "cmd/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum read_result { READ_LINE, READ_EMPTY, READ_TOO_LONG, READ_FAILED, READ_INTERRUPTED };

static volatile sig_atomic_t interrupted_by;

static void on_interrupt(int number)
{
    interrupted_by = number;
}

/* Byte by byte: what follows the line in a descriptor belongs to somebody else. */
static enum read_result read_line(struct passphrase *out, int fd)
{
    out->size = 0;
    for (;;) {
        char letter;
        ssize_t got = read(fd, &letter, 1);

        if (got < 0 && errno == EINTR && interrupted_by == 0) {
            continue;
        }
        if (got < 0) {
            return interrupted_by != 0 ? READ_INTERRUPTED : READ_FAILED;
        }
        if (got == 0 || letter == '\n') {
            break;
        }
        if (out->size == PASSPHRASE_SIZE_MAX) {
            return READ_TOO_LONG;
        }
        out->text[out->size++] = letter;
    }
    if (out->size > 0 && out->text[out->size - 1] == '\r') {
        out->size--;
    }
    out->text[out->size] = '\0';
    return out->size > 0 ? READ_LINE : READ_EMPTY;
}

static void say(int fd, const char *text)
{
    size_t size = strlen(text);

    while (size > 0) {
        ssize_t put = write(fd, text, size);

        if (put <= 0) {
            return;
        }
        text += put;
        size -= (size_t)put;
    }
}

static const int ending_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
enum { ENDING_SIGNALS = sizeof ending_signals / sizeof ending_signals[0] };

/* The terminal gets its echo back before an interrupt ends the program. */
static enum read_result prompt(struct passphrase *out, int tty, const char *question)
{
    struct sigaction handler = {.sa_handler = on_interrupt}, before[ENDING_SIGNALS];
    struct termios shown, hidden;
    enum read_result result;

    if (tcgetattr(tty, &shown) != 0) {
        return READ_FAILED;
    }
    interrupted_by = 0;
    for (size_t i = 0; i < ENDING_SIGNALS; i++) {
        sigaction(ending_signals[i], &handler, &before[i]);
    }
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    hidden.c_cc[VSUSP] = _POSIX_VDISABLE;
    if (tcsetattr(tty, TCSAFLUSH, &hidden) == 0) {
        say(tty, question);
        result = read_line(out, tty);
        say(tty, "\n");
        tcsetattr(tty, TCSAFLUSH, &shown);
    } else {
        result = READ_FAILED;
    }
    for (size_t i = 0; i < ENDING_SIGNALS; i++) {
        sigaction(ending_signals[i], &before[i], NULL);
    }
    if (interrupted_by != 0) {
        raise(interrupted_by);
    }
    return result;
}

static int fail_read(const struct session_options *options, enum read_result result, const char *where)
{
    switch (result) {
    case READ_LINE:
        break;
    case READ_EMPTY:
        return session_fail(options, EXIT_PASSPHRASE, "passphrase-empty", "The passphrase from %s is empty.",
                            where);
    case READ_TOO_LONG:
        return session_fail(options, EXIT_PASSPHRASE, "passphrase-too-long",
                            "The passphrase from %s is longer than %d bytes.", where, PASSPHRASE_SIZE_MAX);
    case READ_FAILED:
        return session_fail(options, EXIT_PASSPHRASE, "passphrase-unreadable",
                            "The passphrase could not be read from %s: %s.", where, strerror(errno));
    case READ_INTERRUPTED:
        return session_fail(options, EXIT_PASSPHRASE, "interrupted", "No passphrase was given.");
    }
    return EXIT_YES;
}

static int check_new(const struct passphrase *passphrase, const struct session_options *options)
{
    if (passphrase->size >= PASSPHRASE_SIZE_MIN) {
        return EXIT_YES;
    }
    return session_fail(options, EXIT_PASSPHRASE, "passphrase-too-short",
                        "A passphrase needs at least %d characters: four ordinary words make a good one.",
                        PASSPHRASE_SIZE_MIN);
}

static int ask_again(const struct passphrase *first, const struct session_options *options, int tty)
{
    struct passphrase *second = sodium_malloc(sizeof *second);
    enum read_result result;
    bool same;

    if (!second) {
        return session_fail(options, EXIT_SYSTEM, "no-memory", "There is not enough memory.");
    }
    result = prompt(second, tty, "The same passphrase again: ");
    same = result == READ_LINE && second->size == first->size &&
           memcmp(second->text, first->text, first->size) == 0;
    sodium_free(second);
    if (result != READ_LINE && result != READ_EMPTY) {
        return fail_read(options, result, "the terminal");
    }
    if (!same) {
        return session_fail(options, EXIT_PASSPHRASE, "passphrases-differ",
                            "The two passphrases are not the same: nothing was changed. Try again.");
    }
    return EXIT_YES;
}

static int ask_terminal(struct passphrase *out, const struct session_options *options, bool is_new)
{
    char new_prompt[80];
    int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    enum read_result result;
    int code;

    if (tty < 0) {
        return session_fail(options, EXIT_PASSPHRASE, "no-passphrase",
                            "A passphrase is needed and there is no terminal to ask for it: give "
                            "--passphrase-file FILE or --passphrase-fd N.");
    }
    snprintf(new_prompt, sizeof new_prompt,
             "New passphrase for this actor's keys, at least %d characters: ", PASSPHRASE_SIZE_MIN);
    result = prompt(out, tty, is_new ? new_prompt : "Passphrase: ");
    code = fail_read(options, result, "the terminal");
    if (code == EXIT_YES && is_new) {
        code = check_new(out, options);
    }
    if (code == EXIT_YES && is_new) {
        code = ask_again(out, options, tty);
    }
    close(tty);
    return code;
}

static int ask_file(struct passphrase *out, const struct session_options *options)
{
    int fd = open(options->passphrase_file, O_RDONLY | O_CLOEXEC);
    int code = fail_read(options, fd < 0 ? READ_FAILED : read_line(out, fd), options->passphrase_file);

    if (fd >= 0) {
        close(fd);
    }
    return code;
}

int passphrase_ask(struct passphrase *out, const struct session_options *options, bool is_new)
{
    int code;

    out->size = 0;
    interrupted_by = 0;
    if (options->passphrase_fd == PASSPHRASE_FD_BAD) {
        return session_fail(options, EXIT_PASSPHRASE, "passphrase-fd",
                            "--passphrase-fd takes a number, such as 3.");
    }
    if (options->passphrase_fd == PASSPHRASE_FD_NONE && !options->passphrase_file) {
        return ask_terminal(out, options, is_new);
    }
    if (options->passphrase_fd != PASSPHRASE_FD_NONE) {
        code = fail_read(options, read_line(out, options->passphrase_fd), "the descriptor given");
    } else {
        code = ask_file(out, options);
    }
    return code == EXIT_YES && is_new ? check_new(out, options) : code;
}
