#ifndef NODE_SUPERVISOR_H
#define NODE_SUPERVISOR_H

/* Starts a net process, watches it and starts it again with backoff when it dies (100 ms, doubling to 10 s,
 * back to 100 ms after 10 s of life); the core goes on meanwhile. */

#include <sys/types.h>

#include "node/net_process.h"
#include "node/netlink.h"
#include "node/starter.h"

struct supervised {
    struct starter *starter;
    enum net_role role;
    pid_t pid;           /* 0: not running */
    int signal;          /* which ended it last; 0: it ended by itself */
    bool ready;          /* it said NETLINK_READY */
    struct netlink link; /* while it runs */
    uint64_t started_ms;
    uint64_t restart_at_ms; /* when not running */
    uint64_t backoff_ms;
    uint64_t restarts;
};

/* Prepare; nothing runs yet. Borrows: starter, for as long as *process is used. */
void supervisor_init(struct supervised *process, struct starter *starter, enum net_role role,
                     uint64_t now_ms);
/* Have it started if it is not running and due: this program with its hidden net role, the socket as a
 * numbered descriptor, dying with the starter. Returns: true when it was started now (the caller then sends
 * NETLINK_CONFIG and NETLINK_DIAL again). */
bool supervisor_start(struct supervised *process, uint64_t now_ms);
/* Reap it if it ended; the link ends with it. Returns: true when it did. */
bool supervisor_reap(struct supervised *process, uint64_t now_ms);
/* Signal it, if it runs. */
void supervisor_kill(struct supervised *process, int signal);
/* End it: SIGTERM, then SIGKILL after 1 s. supervisor_start may start it again after the backoff. */
void supervisor_stop(struct supervised *process);
/* When supervisor_start has something to do; UINT64_MAX while it runs. */
uint64_t supervisor_deadline_ms(const struct supervised *process);

#endif
