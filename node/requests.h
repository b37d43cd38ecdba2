#ifndef NODE_REQUESTS_H
#define NODE_REQUESTS_H

/* The daemon's side of the control socket: what changes the store goes into the intake and is answered after
 * its commit, everything else at once. */

#include "node/daemon_state.h"

/* Take requests while there are any and the intake has room. */
void requests_take(struct daemon *daemon);
/* Read the trust file, the own actor and whom the owner follows again. A bad trust file leaves the old one in
 * force. changed: the name of the file that was changed; empty: any. Returns: false when the trust file or
 * the checkpoint key was not read, or a list of whom the owner follows that was changed. */
bool requests_reload(struct daemon *daemon, struct bytes changed);
/* The same but for the watch-list. Returns: false when the trust file or the checkpoint key was not read. */
bool requests_reread(struct daemon *daemon);
/* Read again whom the owner follows, and log of which file that can't be done (followed_read). */
void requests_read_followed(struct daemon *daemon);
/* Read home/actor.public into *self. Returns: HOME_NOT_FOUND when there is no own actor, HOME_IO when the
 * file is no inception. */
enum home_error requests_read_self(const struct home *home, struct actor_id *self);

#endif
