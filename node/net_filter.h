#ifndef NODE_NET_FILTER_H
#define NODE_NET_FILTER_H

/* The system calls that a net process may still make once it is set up: those of ZeroMQ, libsodium and the
 * loop, by role. Any other one kills the process, so that whoever takes it over gets no file, no other
 * process, no executable memory and no socket but TCP. */

#include <stdbool.h>

#include "node/net_process.h"

/* For all threads, for good. What follows opens no file: the library is started before. Returns: false,
 * nothing changed, when the system has no such filters. Under sanitizers, which do more than is allowed:
 * true, without a filter. */
bool net_filter_load(enum net_role role);

#endif
