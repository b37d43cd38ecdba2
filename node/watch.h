#ifndef NODE_WATCH_H
#define NODE_WATCH_H

/* The daemon's watching: those on the list are checked at start, when something was accepted, when the local
 * day changes, and now and then because evidence grows old; what changed since they were last seen is
 * appended to the log and handed to the command. A little at a time, so that it is never in the way of what
 * comes in. News are told once, however the daemon ends, unless the command runs at that very moment: then it
 * is run again. */

#include "node/ingest.h"
#include "node/watch_check.h"
#include "node/watch_command.h"
#include "node/watch_log.h"

enum {
    WATCH_PASS_MS_MIN = 1000,          /* from the beginning of one pass over the list to the next */
    WATCH_RECHECK_MS = 10 * 60 * 1000, /* without any cause */
    WATCH_GRACE_MS = 60 * 1000,        /* after a start evidence may still be on its way: what could be
                                          determined before and can't be now is not told yet */
    WATCH_RETRY_MS = 10 * 1000,        /* after a file could not be read or written */
    WATCH_TURN_MS = 2,                 /* of work in one turn of the loop */
    WATCH_UNSAVED_MS_MAX = 500,        /* until news are told though the pass has not ended */
};

struct watch {
    const struct home *home;
    const struct ingest *ingest;
    char log_path[HOME_PATH_MAX + 64];
    struct watch_list *list; /* owned */
    struct watch_seen seen;
    struct watch_command command;

    bool is_seen_read, is_unread; /* what was last seen; something still is to be read */
    uint64_t read_retry_ms;

    bool due; /* something may have changed since the last pass began */
    uint64_t started_ms, not_before_ms, recheck_ms;
    uint32_t day; /* of the last pass */

    bool in_pass, in_subject;
    size_t next; /* of the list */
    struct watch_check check;
    uint64_t pass_ms, work_ms; /* when the pass began, how long it has worked */

    bool unsaved;
    uint64_t unsaved_ms, save_retry_ms, log_retry_ms;
    bool is_end_checked;                        /* of the log: once is enough */
    bool save_failed, log_failed, check_failed; /* has been logged */
};

/* Read the list and what was last seen; a file that is refused is logged, one that can't be read now is read
 * later. Borrows: all, for as long as *watch is used. log: where to append news, NULL: the home's; command:
 * NULL for none, else starter runs it. Returns: false when out of memory. */
bool watch_init(struct watch *watch, const struct home *home, const struct ingest *ingest, const char *log,
                const char *command, struct starter *starter, uint64_t now_ms);
/* Kill a command that runs, save. */
void watch_deinit(struct watch *watch);

/* The list, the trust file or the own actor may have changed. */
void watch_reload(struct watch *watch, uint64_t now_ms);
/* A block, a checkpoint or a fork proof was accepted. */
void watch_on_accepted(struct watch *watch);
/* Do what is due. now_s: this machine's clock. */
void watch_step(struct watch *watch, uint64_t now_ms, uint64_t now_s);
uint64_t watch_deadline_ms(const struct watch *watch, uint64_t now_ms);

#endif
