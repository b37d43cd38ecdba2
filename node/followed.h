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
    struct followed_file {
        const char *name;
        enum home_error error; /* why it can't be read now */
        bool refused;          /* it can, but not as such a file */
        size_t count;
        struct actor_id actors[WATCH_MAX];
    } files[FOLLOWED_FILES];
};

/* Read both files again, each whatever the other one is. Of one that is refused, or can't be read now,
 * whoever stood in it goes on being followed. Requires: *out is zero before the first time. */
void followed_read(struct followed *out, const struct home *home);

/* NULL: nobody is followed. */
bool followed_has(const struct followed *followed, const struct actor_id *actor);

#endif
