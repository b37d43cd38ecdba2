#include "node/watch_command.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "node/clock.h"
#include "node/watch_log.h"
#include "node/watch_words.h"

enum { FACT_COUNT = 6, FACT_SIZE = 24 + WATCH_WORDS_SIZE };
static_assert(1 + FACT_COUNT <= STARTER_TEXTS_MAX &&
                  HOME_PATH_MAX + FACT_COUNT * FACT_SIZE < STARTER_TEXTS_SIZE_MAX,
              "the starter takes path and facts");
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

bool watch_command_start(struct watch_command *command, const struct watch_news *news,
                         const struct network *network, uint64_t now_ms)
{
    assert(command->path != NULL);
    assert(command->pid == 0);
    struct facts facts;
    set_facts(&facts, news, network);
    const char *texts[1 + FACT_COUNT] = {command->path};
    for (size_t i = 0; i < FACT_COUNT; i++) {
        texts[1 + i] = facts.texts[i];
    }
    pid_t pid = starter_start(command->starter, STARTER_PROGRAM, texts, 1 + FACT_COUNT, -1);
    if (pid == 0) {
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
    if (!starter_reap(command->starter, command->pid, 0, &status)) {
        if (now_ms < command->until_ms) {
            return WATCH_COMMAND_RUNS;
        }
        watch_command_stop(command);
        return WATCH_COMMAND_KILLED;
    }
    command->pid = 0;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? WATCH_COMMAND_DONE : WATCH_COMMAND_FAILED;
}

void watch_command_stop(struct watch_command *command)
{
    if (command->pid == 0) {
        return;
    }
    /* With what it started: its process group is its own. */
    starter_kill(command->starter, command->pid, SIGKILL);
    (void)starter_reap(command->starter, command->pid, -1, NULL);
    command->pid = 0;
}
