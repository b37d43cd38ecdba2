#include "node/net_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "node/net_sandbox.h"

enum { LISTENER = 1 << NET_LISTEN, DIALLER = 1 << NET_DIAL, BOTH = LISTENER | DIALLER, CONDITIONS_MAX = 3 };

#define ARGUMENT_IS(number, value)                                                                           \
    {                                                                                                        \
        number, SCMP_CMP_EQ, (scmp_datum_t)(value), 0                                                        \
    }
/* Of the bits in mask just those in value. */
#define ARGUMENT_BITS(number, mask, value)                                                                   \
    {                                                                                                        \
        number, SCMP_CMP_MASKED_EQ, (scmp_datum_t)(mask), (scmp_datum_t)(value)                              \
    }
#define NO_CODE ARGUMENT_BITS(2, PROT_EXEC, 0)
#define STREAM_OF_TCP                                                                                        \
    ARGUMENT_BITS(1, ~(uint64_t)(SOCK_CLOEXEC | SOCK_NONBLOCK), SOCK_STREAM), ARGUMENT_IS(2, IPPROTO_TCP)

#define CALL(name, roles)                                                                                    \
    {                                                                                                        \
        SCMP_SYS(name), roles, 0,                                                                            \
        {                                                                                                    \
            {                                                                                                \
                0                                                                                            \
            }                                                                                                \
        }                                                                                                    \
    }
#define CALL_IF(name, roles, ...)                                                                            \
    {                                                                                                        \
        SCMP_SYS(name), roles, sizeof((struct scmp_arg_cmp[]){__VA_ARGS__}) / sizeof(struct scmp_arg_cmp),   \
        {                                                                                                    \
            __VA_ARGS__                                                                                      \
        }                                                                                                    \
    }

/* What glibc asks for when it starts a thread; a process lacks CLONE_THREAD, a namespace is CLONE_NEW… */
#define THREAD_FLAGS                                                                                         \
    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM | CLONE_SIGHAND | CLONE_THREAD | CLONE_SETTLS |       \
     CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

static const struct permission {
    int call; /* one that this processor doesn't have is passed over */
    unsigned roles;
    size_t count;
    struct scmp_arg_cmp conditions[CONDITIONS_MAX];
} permissions[] = {
    /* sockets: TCP alone */
    CALL_IF(socket, BOTH, ARGUMENT_IS(0, AF_INET), STREAM_OF_TCP),
    CALL_IF(socket, DIALLER, ARGUMENT_IS(0, AF_INET6), STREAM_OF_TCP),
    CALL(connect, DIALLER),
    CALL(bind, LISTENER),
    CALL(listen, LISTENER),
    CALL(accept4, LISTENER),
    CALL(recvfrom, BOTH),                           /* the core and peers */
    CALL_IF(sendto, BOTH, ARGUMENT_IS(4, 0)),       /* the same; to no other address */
    CALL(shutdown, BOTH),                           /* kicks a peer */
    CALL(getsockopt, BOTH),                         /* who is it still, how much waits, errors */
    CALL(getsockname, BOTH),                        /* the library names connections */
    CALL(getpeername, BOTH),                        /* limits for each address */
    CALL_IF(ioctl, BOTH, ARGUMENT_IS(1, FIONREAD)), /* how much of a peer waits unread */
    CALL_IF(fcntl, BOTH, ARGUMENT_IS(1, F_GETFL)),
    CALL_IF(fcntl, BOTH, ARGUMENT_IS(1, F_SETFL)), /* non-blocking */
    CALL_IF(setsockopt, BOTH, ARGUMENT_IS(1, IPPROTO_TCP), ARGUMENT_IS(2, TCP_NODELAY)),
    CALL_IF(setsockopt, BOTH, ARGUMENT_IS(1, IPPROTO_TCP), ARGUMENT_IS(2, TCP_USER_TIMEOUT)),
    CALL_IF(setsockopt, DIALLER, ARGUMENT_IS(1, IPPROTO_IPV6), ARGUMENT_IS(2, IPV6_V6ONLY)),
    CALL_IF(setsockopt, LISTENER, ARGUMENT_IS(1, SOL_SOCKET), ARGUMENT_IS(2, SO_REUSEADDR)),
    /* waiting; arm64 has ppoll and epoll_pwait alone */
    CALL(poll, BOTH),
    CALL(ppoll, BOTH),
    CALL(epoll_wait, BOTH),
    CALL(epoll_pwait, BOTH),
    CALL(epoll_create1, BOTH),
    CALL(epoll_ctl, BOTH),
    CALL(eventfd2, BOTH),        /* the library's threads wake each other */
    CALL(restart_syscall, BOTH), /* a poll goes on after SIGCONT */
    CALL(clock_gettime, BOTH),   /* where the kernel gives no page with the time */
    CALL(read, BOTH),            /* of eventfd and signalfd */
    CALL(write, BOTH),           /* of eventfd; the last words of an assertion */
    CALL(close, BOTH),
    /* memory: never executable */
    CALL_IF(mmap, BOTH, NO_CODE),
    CALL_IF(mprotect, BOTH, NO_CODE), /* guard pages of stacks and keys */
    CALL(munmap, BOTH),
    CALL(mremap, BOTH),
    CALL(brk, BOTH),
    CALL(madvise, BOTH),
    CALL(mlock, BOTH), /* keys of connections are not swapped */
    CALL(munlock, BOTH),
    CALL(getrandom, BOTH), /* handshakes */
    /* the library's threads, no process */
    CALL_IF(clone, BOTH, ARGUMENT_IS(0, THREAD_FLAGS)),
    CALL(set_robust_list, BOTH),
    CALL(rseq, BOTH),
    CALL(futex, BOTH),
    CALL(rt_sigprocmask, BOTH),
    CALL(rt_sigaction, BOTH), /* glibc's, before the first thread */
    CALL(sched_getparam, BOTH),
    CALL(sched_getscheduler, BOTH),
    CALL_IF(sched_setscheduler, BOTH, ARGUMENT_IS(1, SCHED_OTHER)), /* as it is already */
    CALL_IF(prctl, BOTH, ARGUMENT_IS(0, PR_SET_NAME)),
    CALL(getpid, BOTH), /* the library asks whether it was forked */
    CALL(gettid, BOTH), /* abort */
    CALL(exit, BOTH),
    CALL(exit_group, BOTH),
};

static bool permit(scmp_filter_ctx filter, enum net_role role)
{
    for (size_t i = 0; i < sizeof permissions / sizeof *permissions; i++) {
        const struct permission *row = &permissions[i];

        if ((row->roles & (1U << role)) != 0 &&
            seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, row->call, (unsigned)row->count,
                                   row->conditions) != 0) {
            return false;
        }
    }
    return true;
}

/* abort signals the process itself. A filter can't look into the structure that clone3 takes: glibc uses
 * clone where there is no clone3. */
static bool permit_the_rest(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp itself = ARGUMENT_IS(0, getpid());

    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, &itself) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
}

bool net_filter_load(enum net_role role)
{
    scmp_filter_ctx filter = NULL;
    bool loaded = false;

    if (NET_SANDBOX_OFF) {
        return true;
    }
    filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    loaded = filter != NULL &&
             seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
             seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 && permit(filter, role) &&
             permit_the_rest(filter) && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return loaded;
}
