#ifndef NODE_NET_SANDBOX_H
#define NODE_NET_SANDBOX_H

/* What a net process gives up before it meets a peer: files, new privileges, being debugged, most memory. */

#include <stdbool.h>

#include "node/net_process.h"

/* Before any thread starts. Returns: false when the system refuses a limit; what the kernel doesn't know is
 * left out. */
bool net_sandbox_enter(enum net_role role);

#endif
