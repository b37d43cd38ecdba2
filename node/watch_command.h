#ifndef NODE_WATCH_COMMAND_H
#define NODE_WATCH_COMMAND_H

/* The program that a daemon runs for each news, one at a time, without a shell. What it is about stands in
 * its environment, text without control characters:
 *
 *     TRADEPROOF_WHO     what the subject is called, else its id     TRADEPROOF_WHAT  "ase/A5"
 *     TRADEPROOF_WHO_ID  its id                                      TRADEPROOF_WAS   "held until 2029-06-30"
 *     TRADEPROOF_CHANGE  "ended", as in watch.seen                   TRADEPROOF_IS    "not held (revoked)"
 *
 * Its standard input, output and errors are /dev/null; it is alone in its process group. */

#include <sys/types.h>

#include "node/starter.h"
#include "node/watch_seen.h"

enum { WATCH_COMMAND_MS_MAX = 30000 };

struct watch_command {
    struct starter *starter;
    const char *path; /* NULL: there is none */
    pid_t pid;        /* 0: it does not run */
    uint64_t until_ms;
};

/* Start it. Requires: a path; it does not run. Returns: false when the system could not, with errno. */
bool watch_command_start(struct watch_command *command, const struct watch_news *news,
                         const struct network *network, uint64_t now_ms);

enum watch_command_end {
    WATCH_COMMAND_RUNS,
    WATCH_COMMAND_DONE,
    WATCH_COMMAND_FAILED, /* it ended with another code than 0, or by a signal */
    WATCH_COMMAND_KILLED, /* it ran for longer than it may */
};
/* How it goes; reaps it once it ended. Requires: it was started. */
enum watch_command_end watch_command_step(struct watch_command *command, uint64_t now_ms);
/* Kill it, if it runs. */
void watch_command_stop(struct watch_command *command);

#endif
