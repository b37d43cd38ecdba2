#ifndef CMD_HELD_SHOP_H
#define CMD_HELD_SHOP_H

#include "cmd/session.h"

/* Whether this node holds what a shop, or it is this home's own, says of itself: without it nothing can be
 * said about the shop, least of all that there is none. Returns: EXIT_YES, or EXIT_UNKNOWN after it said "not
 * held here" and what to do. */
int held_shop_need(struct session *session, const struct actor_id *shop);

#endif
