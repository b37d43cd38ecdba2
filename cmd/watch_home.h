#ifndef CMD_WATCH_HOME_H
#define CMD_WATCH_HOME_H

/* The watch-list and what the last report said, for the commands that change them: one command at a time. */

#include "cmd/session.h"
#include "node/watch_check.h"
#include "node/watch_seen.h"

struct watch_home {
    struct session *session;
    int lock_fd;
    char *text; /* of the list, WATCH_FILE_SIZE_MAX bytes */
    size_t size;
    struct watch_list *list;
    struct watch_seen reported;
    struct watch_check check; /* asked about today */
};

/* Returns: EXIT_YES, or the exit code after it said why not. Whatever is returned, close it. */
int watch_home_open(struct watch_home *home, struct session *session);
void watch_home_close(struct watch_home *home);

/* Write what was put into home->reported, or the list's new text. Returns: EXIT_YES, or the exit code after
 * it said why not. */
int watch_home_save_reported(const struct watch_home *home);
int watch_home_save_list(const struct watch_home *home, const char *text, size_t size);

/* What a watched subject is called: its name on the list, else in the contacts or the trust file, else its id
 * cut short. Returns: a view as session_name_of. */
const char *watched_name(const struct session *session, const struct watched *watched);

#endif
