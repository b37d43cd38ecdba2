#ifndef NODE_WATCH_CHANGES_H
#define NODE_WATCH_CHANGES_H

/* What is news: how one list of facts differs from an earlier one. Pure. */

#include "node/watch_facts.h"

enum watch_change_kind {
    WATCH_BEGAN,        /* held, or tested, and was not before */
    WATCH_ENDED,        /* no longer held, or no longer certified but tested */
    WATCH_SOONER,       /* lapses sooner than it did */
    WATCH_LATER,        /* lapses later */
    WATCH_LOST,         /* could not be determined any more */
    WATCH_BACK,         /* could be determined again */
    WATCH_OTHER_REASON, /* as before, for another reason: revoked instead of expired, under appeal */
};
enum { WATCH_CHANGE_KINDS = WATCH_OTHER_REASON + 1 };

/* A side that was not on its list is not held, for no reason. */
struct watch_change {
    enum watch_change_kind kind;
    struct watch_fact was, is; /* of one kind and what */
};

struct watch_changes {
    size_t count;
    const struct watch_change *items; /* in the order of facts */
};

/* Writes: *out, in arena. Returns: false when the arena is full. */
bool watch_changes_of(struct watch_changes *out, const struct watch_facts *was, const struct watch_facts *is,
                      struct arena *arena);

#endif
