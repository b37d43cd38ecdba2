#ifndef NODE_STARTER_PROCESS_H
#define NODE_STARTER_PROCESS_H

/* The starter's own end (node/starter.h), and what both say to each other, a packet each. */

#include "node/starter.h"

struct starter_request {
    enum starter_op { STARTER_START, STARTER_KILL } op;
    enum starter_kind kind; /* STARTER_START: the texts follow, each with its NUL; a descriptor comes along */
    pid_t pid;              /* STARTER_KILL */
    int signal;
};

struct starter_report {
    enum starter_report_kind { STARTER_STARTED, STARTER_FAILED, STARTER_ENDED } kind;
    pid_t pid;
    int status; /* STARTER_FAILED: errno; STARTER_ENDED: as of waitpid */
};

/* Serve the daemon at fd until it goes. Requires: all signals are blocked. */
_Noreturn void starter_process_run(int fd);

#endif
