#include "node/watch_command.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "node/clock.h"
#include "node/watch_log.h"
#include "node/watch_words.h"

enum { FACT_COUNT = 6, FACT_SIZE = 24 + WATCH_WORDS_SIZE };
static_assert((int)NAME_SIZE_MAX + (int)ID_TEXT_MAX <= (int)WATCH_WORDS_SIZE,
              "a fact holds whom it is about");

struct facts {
    char texts[FACT_COUNT][FACT_SIZE];
};

static void set_facts(struct facts *facts, const struct watch_news *news, const struct network *network)
{
    static const char *const names[FACT_COUNT] = {
        "TRADEPROOF_WHO",    "TRADEPROOF_WHO_ID", "TRADEPROOF_WHAT",
        "TRADEPROOF_CHANGE", "TRADEPROOF_WAS",    "TRADEPROOF_IS",
    };
    char values[FACT_COUNT][WATCH_WORDS_SIZE];
    watch_news_who(values[0], news, network);
    subject_to_text(values[1], network, &news->subject);
    watch_what_words(values[2], &news->change.is);
    (void)snprintf(values[3], WATCH_WORDS_SIZE, "%s", watch_change_word(news->change.kind));
    watch_fact_words(values[4], &news->change.was);
    watch_fact_words(values[5], &news->change.is);
    for (size_t i = 0; i < FACT_COUNT; i++) {
        (void)snprintf(facts->texts[i], FACT_SIZE, "%s=%.*s", names[i], WATCH_WORDS_SIZE - 1, values[i]);
    }
}

static bool is_fact(const char *variable)
{
    return strncmp(variable, "TRADEPROOF_W", 12) == 0 || strncmp(variable, "TRADEPROOF_IS=", 14) == 0 ||
           strncmp(variable, "TRADEPROOF_CHANGE=", 18) == 0;
}

/* This process's own environment and the facts; NULL when out of memory. The caller frees it. */
static char **environment_with(struct facts *facts)
{
    size_t count = 0;
    while (environ[count] != NULL) {
        count++;
    }
    char **out = calloc(count + FACT_COUNT + 1, sizeof(*out));
    if (out == NULL) {
        return NULL;
    }
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_fact(environ[i])) {
            out[size++] = environ[i];
        }
    }
    for (size_t i = 0; i < FACT_COUNT; i++) {
        out[size++] = facts->texts[i];
    }
    return out;
}

static int set_files(posix_spawn_file_actions_t *files)
{
    int error = posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (error == 0) {
        error = posix_spawn_file_actions_addopen(files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    }
    if (error == 0) {
        error = posix_spawn_file_actions_addopen(files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    }
    return error != 0 ? error : posix_spawn_file_actions_addclosefrom_np(files, STDERR_FILENO + 1);
}

/* The daemon blocks signals and ignores one; the program starts as from a shell. */
static int set_signals(posix_spawnattr_t *attributes)
{
    sigset_t none, ignored;
    (void)sigemptyset(&none);
    (void)sigemptyset(&ignored);
    (void)sigaddset(&ignored, SIGPIPE);
    int error = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                         POSIX_SPAWN_SETSIGDEF);
    if (error == 0) {
        error = posix_spawnattr_setpgroup(attributes, 0);
    }
    if (error == 0) {
        error = posix_spawnattr_setsigmask(attributes, &none);
    }
    return error != 0 ? error : posix_spawnattr_setsigdefault(attributes, &ignored);
}

static int spawn(pid_t *pid, const char *path, char **environment)
{
    char *arguments[] = {(char *)(uintptr_t)path, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&files);
    if (error != 0) {
        return error;
    }
    error = posix_spawnattr_init(&attributes);
    if (error == 0) {
        error = set_files(&files);
        if (error == 0) {
            error = set_signals(&attributes);
        }
        if (error == 0) {
            error = posix_spawn(pid, path, &files, &attributes, arguments, environment);
        }
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&files);
    return error;
}

bool watch_command_start(struct watch_command *command, const struct watch_news *news,
                         const struct network *network, uint64_t now_ms)
{
    assert(command->path != NULL);
    assert(command->pid == 0);
    struct facts facts;
    set_facts(&facts, news, network);
    char **environment = environment_with(&facts);
    pid_t pid = 0;
    int error = environment != NULL ? spawn(&pid, command->path, environment) : ENOMEM;
    free(environment);
    if (error != 0) {
        errno = error;
        return false;
    }
    command->pid = pid;
    command->until_ms = now_ms + clock_wait_ms(WATCH_COMMAND_MS_MAX);
    return true;
}

enum watch_command_end watch_command_step(struct watch_command *command, uint64_t now_ms)
{
    int status = 0;
    assert(command->pid > 0);
    pid_t ended = waitpid(command->pid, &status, WNOHANG);
    if (ended == 0 && now_ms >= command->until_ms) {
        watch_command_stop(command);
        return WATCH_COMMAND_KILLED;
    }
    if (ended == 0) {
        return WATCH_COMMAND_RUNS;
    }
    bool good = ended == command->pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    command->pid = 0;
    return good ? WATCH_COMMAND_DONE : WATCH_COMMAND_FAILED;
}

void watch_command_stop(struct watch_command *command)
{
    if (command->pid == 0) {
        return;
    }
    /* With what it started: its process group is its own. */
    (void)kill(-command->pid, SIGKILL);
    (void)waitpid(command->pid, NULL, 0);
    command->pid = 0;
}
