#ifndef NODE_REPORT_H
#define NODE_REPORT_H

/* What the daemon says about itself over the control socket, as JSON. */

#include "node/daemon_state.h"

/* Write to memory; *out is empty when it does not fit. */
void report_status(struct daemon *daemon, char *memory, size_t capacity, struct bytes *out);
void report_peers(const struct daemon *daemon, char *memory, size_t capacity, struct bytes *out);

#endif
