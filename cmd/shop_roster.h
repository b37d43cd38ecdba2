#ifndef CMD_SHOP_ROSTER_H
#define CMD_SHOP_ROSTER_H

/* A shop's awards by what this node's store tells (node/shop_roster.h), for commands. */

#include "cmd/session.h"
#include "protocol/rules/roster.h"

/* Gather and decide. *out and what it points to are in the session's arena. Borrows: question and change
 * (NULL: none) for as long as *out is used. Returns: EXIT_YES, or the exit code after it said why not. */
int shop_roster_decide(struct session *session, const struct actor_id *shop, const struct question *question,
                       const struct roster_change *change, struct roster_verdict *out);

#endif
