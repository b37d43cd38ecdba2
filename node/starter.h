#ifndef NODE_STARTER_H
#define NODE_STARTER_H

/* A small process that starts all others for the daemon: net processes, the program of --on-change, what
 * looks names up. It is forked before the daemon opens anything, so that what it forks holds no store and no
 * key, and the daemon with its large address space never forks. It ends with the daemon, and with it
 * whatever still runs. */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum starter_kind {
    STARTER_LISTEN, /* this program again, as a net process; fd is the core's socket, text nothing */
    STARTER_DIAL,
    STARTER_LOOK_UP, /* writes the IPv4 address of the host that is its text to fd; nothing: there is none */
    STARTER_PROGRAM, /* texts: its path, then variables "NAME=value" of its environment; fd -1 */
};

enum { STARTER_CHILDREN_MAX = 128, STARTER_TEXTS_MAX = 8, STARTER_TEXTS_SIZE_MAX = 16 * 1024 };

struct starter {
    pid_t pid;
    int fd; /* readable when something ended; -1: it is gone */
    struct starter_end {
        pid_t pid;
        int status;               /* as of waitpid */
    } ends[STARTER_CHILDREN_MAX]; /* not asked for yet */
    size_t end_count;
};

/* Fork it. Requires: no threads run, nothing is open that others must not have. Returns: false when the
 * system gives no process. */
bool starter_begin(struct starter *starter);
/* End it and what it started. Does nothing when it was never begun. */
void starter_stop(struct starter *starter);

/* Start a process of that kind. Borrows: texts, count of them, at most STARTER_TEXTS_MAX with
 * STARTER_TEXTS_SIZE_MAX bytes in all; fd. Returns: its id, whose end is to be asked for; 0, with errno, when
 * it could not be started. */
pid_t starter_start(struct starter *starter, enum starter_kind kind, const char *const *texts, size_t count,
                    int fd);
/* Whether that process has ended, by now or within wait_ms (-1: however long it takes); it is forgotten then.
 * Where the starter is gone all have. status may be NULL. */
bool starter_reap(struct starter *starter, pid_t pid, int wait_ms, int *status);
/* Signal a process that was started and not reaped; a program with all of its process group. */
void starter_kill(struct starter *starter, pid_t pid, int signal);

#endif
