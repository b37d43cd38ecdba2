#ifndef NODE_REQUESTS_H
#define NODE_REQUESTS_H

/* The daemon's side of the control socket: what changes the store goes into the intake and is answered after
 * its commit, everything else at once. */

#include "node/daemon_state.h"

/* Take requests while there are any and the intake has room. */
void requests_take(struct daemon *daemon);
/* Read the trust file and the own actor again. A bad trust file leaves the old one in force. Returns: whether
 * all was read. */
bool requests_reload(struct daemon *daemon);
/* Read again whom the owner follows. Returns: false when a file could not be read: who stood in it goes on
 * being followed. */
bool requests_read_followed(struct daemon *daemon);
/* Read home/actor.public into *self. Returns: HOME_NOT_FOUND when there is no own actor, HOME_IO when the
 * file is no inception. */
enum home_error requests_read_self(const struct home *home, struct actor_id *self);

#endif
