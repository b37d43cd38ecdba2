#include "node/net_sandbox.h"

#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "node/net.h"

enum {
    MEMORY_SIZE_MAX = 512 * 1024 * 1024, /* of address space: a net process that leaks or is bloated ends */
    ARENAS_MAX = 1,               /* another one reserves 64 MiB of it, and opens a file when it shrinks */
    MAPPED_SIZE_MIN = 256 * 1024, /* large frames go back to the system when they are freed */
    LANDLOCK_VERSION_FLAG = 1,
    LANDLOCK_FS_ALL_1 = (1 << 13) - 1,  /* from version 1 */
    LANDLOCK_FS_REFER = 1 << 13,        /* 2 */
    LANDLOCK_FS_TRUNCATE = 1 << 14,     /* 3 */
    LANDLOCK_FS_IOCTL_DEVICE = 1 << 15, /* 5 */
    LANDLOCK_NET_BIND_TCP = 1 << 0,     /* 4 */
    LANDLOCK_NET_CONNECT_TCP = 1 << 1,  /* 4 */
    LANDLOCK_SCOPE_ALL = (1 << 2) - 1,  /* 6: abstract sockets, signals */
};

/* The kernel's struct landlock_ruleset_attr as of version 6, which a build machine's headers may not have. */
struct ruleset {
    uint64_t fs;
    uint64_t net;
    uint64_t scoped;
};

static struct ruleset ruleset_of(enum net_role role, long version)
{
    struct ruleset ruleset = {.fs = LANDLOCK_FS_ALL_1};
    if (version >= 2) {
        ruleset.fs |= LANDLOCK_FS_REFER;
    }
    if (version >= 3) {
        ruleset.fs |= LANDLOCK_FS_TRUNCATE;
    }
    if (version >= 4) {
        ruleset.net = role == NET_LISTEN ? LANDLOCK_NET_CONNECT_TCP : LANDLOCK_NET_BIND_TCP;
    }
    if (version >= 5) {
        ruleset.fs |= LANDLOCK_FS_IOCTL_DEVICE;
    }
    if (version >= 6) {
        ruleset.scoped = LANDLOCK_SCOPE_ALL;
    }
    return ruleset;
}

static size_t ruleset_size(long version)
{
    if (version >= 6) {
        return sizeof(struct ruleset);
    }
    return version >= 4 ? offsetof(struct ruleset, scoped) : offsetof(struct ruleset, net);
}

/* Returns: below 1 where there is none. */
static long landlock_version(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION_FLAG);
}

bool net_sandbox_has_landlock(void)
{
    return landlock_version() >= 1;
}

/* Deny every file and the direction of TCP that the role does not need. A kernel without Landlock is no
 * failure. */
static void deny_files(enum net_role role)
{
    long version = landlock_version();
    if (version < 1) {
        return;
    }
    struct ruleset ruleset = ruleset_of(role, version);
    int fd = (int)syscall(SYS_landlock_create_ruleset, &ruleset, ruleset_size(version), 0);
    if (fd < 0) {
        return;
    }
    syscall(SYS_landlock_restrict_self, fd, 0);
    close(fd);
}

static bool limit(__rlimit_resource_t resource, rlim_t value)
{
    struct rlimit now;
    if (getrlimit(resource, &now) != 0) {
        return false;
    }
    if (value > now.rlim_max) {
        value = now.rlim_max;
    }
    return setrlimit(resource, &(struct rlimit){.rlim_cur = value, .rlim_max = value}) == 0;
}

bool net_sandbox_enter(enum net_role role)
{
    mallopt(M_ARENA_MAX, ARENAS_MAX);
    mallopt(M_MMAP_THRESHOLD, MAPPED_SIZE_MIN);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !limit(RLIMIT_CORE, 0) ||
        !limit(RLIMIT_NOFILE, NET_DESCRIPTORS_MAX)) {
        return false;
    }
    /* Sanitizers reserve terabytes of address space, read their own maps and trace their own threads. */
    if (NET_SANDBOX_OFF) {
        return true;
    }
    deny_files(role);
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && limit(RLIMIT_AS, MEMORY_SIZE_MAX);
}
