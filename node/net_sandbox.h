#ifndef NODE_NET_SANDBOX_H
#define NODE_NET_SANDBOX_H

/* What a net process gives up before it meets a peer: files, new privileges, being debugged, most memory;
 * and, once the library is started, most system calls (net_filter.h). */

#include <stdbool.h>

#include "node/net_process.h"

/* Sanitizers need most of what is given up. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define NET_SANDBOX_OFF 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define NET_SANDBOX_OFF 1
#endif
#endif
#ifndef NET_SANDBOX_OFF
#define NET_SANDBOX_OFF 0
#endif

/* Whether the kernel can take files away from a process as such. */
bool net_sandbox_has_landlock(void);
/* Before any thread starts. Returns: false when the system refuses a limit; what the kernel doesn't know of
 * Landlock is left out. */
bool net_sandbox_enter(enum net_role role);

#endif
