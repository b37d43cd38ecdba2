#ifndef NODE_FOLLOWED_H
#define NODE_FOLLOWED_H

/* Whose logs this node's owner follows: home/follow, a file like home/watch (node/watch_file.h), and whoever
 * is on the watch-list. Contacts alone are not followed: nobody learns of them. */

#include "node/watch_file.h"

#define FOLLOW_FILE "follow"

enum { FOLLOWED_MAX = 2 * WATCH_MAX };

struct followed {
    size_t count;
    struct actor_id actors[FOLLOWED_MAX]; /* sorted, each once */
};

/* Read both files. A file that is refused is as if it were empty, and *refused names it (else NULL). Returns:
 * HOME_OK, or why a file could not be read; *out is empty then. */
enum home_error followed_read(struct followed *out, const char **refused, const struct home *home);

/* NULL: nobody is followed. */
bool followed_has(const struct followed *followed, const struct actor_id *actor);

#endif
