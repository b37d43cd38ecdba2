#ifndef NODE_ERASING_H
#define NODE_ERASING_H

/* Dropping the bytes of erased entries when their time has come (store_drop_erased): each minute in a daemon,
 * and whenever a command writes. */

#include "store/store.h"

/* Take up some of what is due, in a write transaction of its own; none is begun when nothing is. self: the
 * own actor, NULL when there is none. Writes: *more, whether more is due. */
enum store_error erasing_step(struct store *store, const struct actor_id *self, uint64_t now_s, bool *more);

#endif
