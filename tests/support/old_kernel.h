#ifndef TESTS_SUPPORT_OLD_KERNEL_H
#define TESTS_SUPPORT_OLD_KERNEL_H

#include <stdbool.h>

/* From now on this process, and what it executes, finds a kernel without that. Returns: false when this
 * kernel has no seccomp itself. */
bool old_kernel_has_no_seccomp(void);
bool old_kernel_has_no_landlock(void);

#endif
