#ifndef NODE_FOLLOWED_H
#define NODE_FOLLOWED_H

/* Whose logs this node's owner follows: home/follow, a file like home/watch (node/watch_file.h), and whoever
 * is on the watch-list. Contacts alone are not followed: nobody learns of them. */

#include "node/watch_file.h"

#define FOLLOW_FILE "follow"

enum { FOLLOWED_FILES = 2, FOLLOWED_MAX = FOLLOWED_FILES * WATCH_MAX };

struct followed {
    size_t count;
    struct actor_id actors[FOLLOWED_MAX]; /* sorted, each once */
    struct {
        size_t count;
        struct actor_id actors[WATCH_MAX];
    } files[FOLLOWED_FILES]; /* as they were when they were last read */
};

/* Read both files again. Of one that is refused, or can't be read now, whoever stood in it goes on being
 * followed, and *refused names it (else NULL). Requires: *out is zero before the first time. Returns:
 * HOME_OK, or why a file could not be read. */
enum home_error followed_read(struct followed *out, const char **refused, const struct home *home);

/* NULL: nobody is followed. */
bool followed_has(const struct followed *followed, const struct actor_id *actor);

#endif
