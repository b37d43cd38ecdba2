#ifndef CMD_OWN_DROPPED_H
#define CMD_OWN_DROPPED_H

/* What a rotation drops: the question before it, since it can't be undone, and what is to be done after. */

#include "cmd/own_branches.h"

struct own_dropped_branches {
    const struct own_branches *all;
    size_t count;
    const struct own_dropped *items;
    struct own_sayings *says; /* of each; what two have in common is said of the first */
};

/* What a rotation behind all->blocks[kept] drops. Uses the session's arena, and keeps all. */
enum store_error own_dropped_read(struct own_dropped_branches *out, struct session *session,
                                  struct store_txn *txn, const struct own_branches *all, size_t kept);

/* Say what the branches hold and ask whether to drop them, if there are any. Returns as confirm. */
int own_dropped_confirm(const struct own_dropped_branches *dropped, const struct session *session, bool yes);

/* Whether both drop the same, of which the same is held: what was agreed to stands. */
bool own_dropped_is_same(const struct own_dropped_branches *a, const struct own_dropped_branches *b);

/* After the rotation: how to declare them void, and what to state again. */
void own_dropped_print(FILE *out, const struct own_dropped_branches *dropped, const struct session *session);
json_t *json_of_dropped(const struct own_dropped_branches *dropped, const struct session *session);

#endif
