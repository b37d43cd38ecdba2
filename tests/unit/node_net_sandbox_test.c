#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "node/net_filter.h"
#include "node/net_sandbox.h"
#include "node/netlink.h"
#include "tests/support/curve_client.h"
#include "tests/support/old_kernel.h"

enum { LANDLOCK_VERSION_FLAG = 1, LANDLOCK_VERSION_WITH_TCP = 4, PAGE = 4096, NOT_KILLED = 77 };

static int wait_for(pid_t child)
{
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

/* ---- what the limits and Landlock take ---- */

static bool landlock_has(long version)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION_FLAG) >= version;
}

static bool may_gain_no_privileges(void)
{
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

static bool leaves_no_core(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max == 0;
}

static bool has_few_descriptors(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max <= 1024;
}

static bool cannot_be_traced(void)
{
    return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
}

static bool has_little_memory(void)
{
    return mmap(NULL, (size_t)1 << 30, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
}

static bool cannot_read_files(void)
{
    return !landlock_has(1) || (open("/proc/self/exe", O_RDONLY) < 0 && errno == EACCES);
}

static bool cannot_write_files(void)
{
    return !landlock_has(1) || (open("/tmp", O_TMPFILE | O_WRONLY, 0600) < 0 && errno == EACCES);
}

static bool a_listener_cannot_connect(void)
{
    return !landlock_has(LANDLOCK_VERSION_WITH_TCP) || (loopback_connect(1) < 0 && errno == EACCES);
}

static void a_net_process_gives_up_what_it_does_not_need(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        bool (*holds)(void);
        bool always;
    } rows[] = {
        {"no new privileges", may_gain_no_privileges, true},
        {"no core file", leaves_no_core, true},
        {"few descriptors", has_few_descriptors, true},
        {"no debugger", cannot_be_traced, false},
        {"a gigabyte is refused", has_little_memory, false},
        {"no file is read", cannot_read_files, false},
        {"no file is written", cannot_write_files, false},
        {"a listener connects to nobody", a_listener_cannot_connect, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!rows[i].always && NET_SANDBOX_OFF) {
            continue;
        }
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            _exit(net_sandbox_enter(NET_LISTEN) && rows[i].holds() ? 0 : 1);
        }
        if (wait_for(child) != 0) {
            fail_msg("%s", rows[i].what);
        }
    }
}

/* ---- system calls that kill ---- */

static void *page; /* of ordinary memory, mapped before the sandbox */
static int tcp;    /* a socket opened before */

static void open_unix_socket(void)
{
    (void)socket(AF_UNIX, SOCK_STREAM, 0);
}

static void pair_unix_sockets(void)
{
    int ends[2];
    (void)socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
}

static void open_udp_socket(void)
{
    (void)socket(AF_INET, SOCK_DGRAM, 0);
}

static void open_udp_socket_6(void)
{
    (void)socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP);
}

static void open_raw_socket(void)
{
    (void)socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
}

static void open_other_stream(void)
{
    (void)socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP);
}

static void open_netlink_socket(void)
{
    (void)socket(AF_NETLINK, SOCK_RAW, 0);
}

static void open_packet_socket(void)
{
    (void)socket(AF_PACKET, SOCK_RAW, 0);
}

static void call_connect(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(1)};
    (void)connect(tcp, (struct sockaddr *)&address, sizeof address);
}

static void call_bind(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    (void)bind(tcp, (struct sockaddr *)&address, sizeof address);
}

static void call_listen(void)
{
    (void)listen(tcp, 1);
}

static void send_to_an_address(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(1)};
    (void)sendto(tcp, "", 0, MSG_FASTOPEN, (struct sockaddr *)&address, sizeof address);
}

static void send_a_descriptor(void)
{
    struct msghdr message = {0};
    (void)sendmsg(tcp, &message, 0);
}

static void receive_a_descriptor(void)
{
    struct msghdr message = {0};
    (void)recvmsg(tcp, &message, MSG_DONTWAIT);
}

static void attach_a_filter(void)
{
    struct sock_fprog program = {0};
    (void)setsockopt(tcp, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

static void ask_for_signals(void)
{
    (void)fcntl(tcp, F_SETOWN, getpid());
}

static void ask_for_interfaces(void)
{
    (void)ioctl(tcp, SIOCGIFCONF, page);
}

static void call_fork(void)
{
    if (fork() == 0) {
        _exit(NOT_KILLED);
    }
}

static void call_vfork(void)
{
    (void)syscall(SYS_clone, (long)(CLONE_VFORK | SIGCHLD), NULL, NULL, NULL, NULL);
}

static void make_a_namespace(void)
{
    (void)unshare(CLONE_NEWUSER);
}

static void call_exec(void)
{
    static char *const arguments[] = {"true", NULL};
    (void)execv("/bin/true", arguments);
}

static void call_execveat(void)
{
    (void)syscall(SYS_execveat, -1, "/bin/true", NULL, NULL, 0);
}

static void map_code(void)
{
    (void)mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void make_code(void)
{
    (void)mprotect(page, PAGE, PROT_READ | PROT_EXEC);
}

static void make_code_with_a_key(void)
{
    (void)syscall(SYS_pkey_mprotect, page, (size_t)PAGE, PROT_READ | PROT_EXEC, -1);
}

static void make_a_file_of_memory(void)
{
    (void)memfd_create("code", 0);
}

static void read_as_code(void)
{
    (void)syscall(SYS_personality, 0x0400000UL);
}

static void read_a_file(void)
{
    (void)open("/proc/self/exe", O_RDONLY);
}

static void unlink_a_file(void)
{
    (void)unlink("/nowhere");
}

static void trace(void)
{
    (void)syscall(SYS_ptrace, 0L, 0L, NULL, NULL);
}

static void read_a_process(void)
{
    (void)syscall(SYS_process_vm_readv, getppid(), NULL, 0UL, NULL, 0UL, 0UL);
}

static void signal_its_parent(void)
{
    (void)kill(getppid(), 0);
}

static void signal_its_parent_s_thread(void)
{
    (void)syscall(SYS_tgkill, getppid(), getppid(), 0);
}

static void make_a_ring(void)
{
    (void)syscall(SYS_io_uring_setup, 1U, page);
}

static void load_bpf(void)
{
    (void)syscall(SYS_bpf, 0L, NULL, 0L);
}

static void look_for_keys(void)
{
    (void)syscall(SYS_keyctl, 0L, 0L, 0L);
}

static void take_page_faults(void)
{
    (void)syscall(SYS_userfaultfd, 0L);
}

static void be_traced(void)
{
    (void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static void attach_memory(void)
{
    (void)syscall(SYS_shmget, IPC_PRIVATE, (size_t)PAGE, 0600);
}

static void be_first(void)
{
    struct sched_param first = {.sched_priority = 1};
    (void)syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &first);
}

#ifdef __x86_64__
enum { GETPID_OF_I386 = 20, CALL_OF_X32 = 0x40000000 };

static void call_as_i386(void)
{
    long number = GETPID_OF_I386;
    __asm__ volatile("int $0x80" : "+a"(number) : : "memory");
}

static void call_as_x32(void)
{
    (void)syscall(CALL_OF_X32 | SYS_getpid);
}
#endif

static const struct {
    const char *what;
    void (*call)(void);
    bool roles[2]; /* listener, dialler */
} deadly[] = {
#ifdef __x86_64__
    {"a call by the numbers of i386", call_as_i386, {true, true}},
    {"a call by the numbers of x32", call_as_x32, {true, true}},
#endif
    {"a unix socket", open_unix_socket, {true, true}},
    {"a pair of unix sockets", pair_unix_sockets, {true, true}},
    {"a UDP socket", open_udp_socket, {true, true}},
    {"a UDP socket of version 6", open_udp_socket_6, {true, true}},
    {"a raw socket", open_raw_socket, {true, true}},
    {"a stream that is not TCP", open_other_stream, {true, true}},
    {"a netlink socket", open_netlink_socket, {true, true}},
    {"a packet socket", open_packet_socket, {true, true}},
    {"a listener connects", call_connect, {true, false}},
    {"a dialler binds", call_bind, {false, true}},
    {"a dialler listens", call_listen, {false, true}},
    {"sending to an address", send_to_an_address, {true, true}},
    {"passing a descriptor", send_a_descriptor, {true, true}},
    {"taking a descriptor", receive_a_descriptor, {true, true}},
    {"a filter on a socket", attach_a_filter, {true, true}},
    {"signals from a socket", ask_for_signals, {true, true}},
    {"the list of interfaces", ask_for_interfaces, {true, true}},
    {"fork", call_fork, {true, true}},
    {"vfork", call_vfork, {true, true}},
    {"a namespace", make_a_namespace, {true, true}},
    {"exec", call_exec, {true, true}},
    {"exec by a descriptor", call_execveat, {true, true}},
    {"mapping executable memory", map_code, {true, true}},
    {"making memory executable", make_code, {true, true}},
    {"making memory executable with a key", make_code_with_a_key, {true, true}},
    {"a file of memory", make_a_file_of_memory, {true, true}},
    {"memory that is executable when read", read_as_code, {true, true}},
    {"reading a file", read_a_file, {true, true}},
    {"removing a file", unlink_a_file, {true, true}},
    {"ptrace", trace, {true, true}},
    {"reading another process", read_a_process, {true, true}},
    {"a signal to another process", signal_its_parent, {true, true}},
    {"a signal to another process's thread", signal_its_parent_s_thread, {true, true}},
    {"io_uring", make_a_ring, {true, true}},
    {"bpf", load_bpf, {true, true}},
    {"keyctl", look_for_keys, {true, true}},
    {"userfaultfd", take_page_faults, {true, true}},
    {"allowing a debugger", be_traced, {true, true}},
    {"shared memory", attach_memory, {true, true}},
    {"precedence over other processes", be_first, {true, true}},
};

struct calling {
    pthread_mutex_t filtered;
    void (*call)(void);
};

static void *call_when_filtered(void *context)
{
    struct calling *calling = context;
    (void)pthread_mutex_lock(&calling->filtered);
    calling->call();
    return NULL;
}

/* A process of that role, as after its set-up, of which a thread that was there before makes the call.
 * Returns: its status. */
static int in_sandbox(enum net_role role, void (*call)(void))
{
    struct calling calling = {.filtered = PTHREAD_MUTEX_INITIALIZER, .call = call};
    pthread_t thread;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (pthread_mutex_lock(&calling.filtered) != 0 || !net_sandbox_enter(role) ||
            pthread_create(&thread, NULL, call_when_filtered, &calling) != 0 || !net_filter_load(role)) {
            _exit(1);
        }
        (void)pthread_mutex_unlock(&calling.filtered);
        (void)pthread_join(thread, NULL);
        _exit(NOT_KILLED);
    }
    return wait_for(child);
}

static void a_forbidden_call_kills_a_net_process(void **state)
{
    (void)state;
    if (NET_SANDBOX_OFF) {
        skip();
    }
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) {
        for (size_t role = 0; role < 2; role++) {
            int status = deadly[i].roles[role] ? in_sandbox((enum net_role)role, deadly[i].call) : SIGSYS;
            if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS) {
                fail_msg("%s, role %zu: status %x", deadly[i].what, role, (unsigned)status);
            }
        }
    }
}

/* ---- what goes on working ---- */

static void *nothing(void *context)
{
    return context;
}

static void check(bool holds)
{
    if (!holds) {
        _exit(1);
    }
}

static void start_a_thread(void)
{
    pthread_t thread;
    check(pthread_create(&thread, NULL, nothing, NULL) == 0 && pthread_join(thread, NULL) == 0);
}

static void use_memory(void)
{
    for (size_t size = 16; size < 64 * 1024 * 1024; size *= 4) {
        uint8_t *memory = malloc(size);
        check(memory != NULL);
        memset(memory, 1, size);
        memory = realloc(memory, 2 * size);
        check(memory != NULL);
        free(memory);
    }
}

static void open_tcp(void)
{
    check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP) >= 0);
}

static void open_tcp_6(void)
{
    check(socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP) >= 0 || errno == EAFNOSUPPORT);
}

static void use_randomness(void)
{
    uint8_t bytes[64];
    randombytes_buf(bytes, sizeof bytes);
}

/* Needs what poll is restarted with. */
static void be_stopped(void)
{
    check(poll(NULL, 0, 300) == 0);
}

static const struct {
    const char *what;
    void (*call)(void);
    bool roles[2];
} allowed[] = {
    {"a thread", start_a_thread, {true, true}},
    {"memory", use_memory, {true, true}},
    {"a TCP socket", open_tcp, {true, true}},
    {"a TCP socket of version 6", open_tcp_6, {false, true}},
    {"a listener binds", call_bind, {true, false}},
    {"a listener listens", call_listen, {true, false}},
    {"a dialler connects", call_connect, {false, true}},
    {"randomness", use_randomness, {true, true}},
};

static void what_a_net_process_needs_goes_on_working(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
        for (size_t role = 0; role < 2; role++) {
            int status =
                allowed[i].roles[role] ? in_sandbox((enum net_role)role, allowed[i].call) : NOT_KILLED << 8;
            if (!WIFEXITED(status) || WEXITSTATUS(status) != NOT_KILLED) {
                fail_msg("%s, role %zu: status %x", allowed[i].what, role, (unsigned)status);
            }
        }
    }
}

static void an_assertion_of_the_library_ends_as_one(void **state)
{
    (void)state;
    int status = in_sandbox(NET_DIAL, abort);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

static void one_that_was_stopped_goes_on(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        check(net_sandbox_enter(NET_DIAL) && net_filter_load(NET_DIAL));
        be_stopped();
        _exit(NOT_KILLED);
    }
    poll(NULL, 0, 100);
    assert_int_equal(kill(child, SIGSTOP), 0);
    poll(NULL, 0, 20);
    assert_int_equal(kill(child, SIGCONT), 0);
    assert_int_equal(wait_for(child), NOT_KILLED << 8);
}

/* ---- a system without filters ---- */

static void where_the_system_has_no_filters_no_net_process_runs(void **state)
{
    (void)state;
    int ends[2];
    struct netlink link;
    struct netlink_message message;
    if (NET_SANDBOX_OFF) {
        skip();
    }
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)close(ends[0]);
        _exit(old_kernel_has_no_seccomp() ? net_process_run(NET_LISTEN, ends[1]) : NOT_KILLED);
    }
    (void)close(ends[1]);
    assert_true(netlink_init(&link, ends[0]));
    struct pollfd core = {.fd = link.fd, .events = POLLIN};
    assert_int_equal(poll(&core, 1, 5000), 1);
    assert_int_equal(netlink_fill(&link), NETLINK_MESSAGE);
    assert_int_equal(netlink_next(&link, &message), NETLINK_MESSAGE);
    assert_int_equal(message.type, NETLINK_FAILED);
    assert_non_null(memmem(message.payload.data, message.payload.size, "seccomp", strlen("seccomp")));
    netlink_deinit(&link);
    assert_int_equal(wait_for(child), 1 << 8);
}

static int open_before(void **state)
{
    (void)state;
    page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    tcp = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    return page != MAP_FAILED && tcp >= 0 && sodium_init() >= 0 ? 0 : -1;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_net_process_gives_up_what_it_does_not_need),
        cmocka_unit_test(a_forbidden_call_kills_a_net_process),
        cmocka_unit_test(what_a_net_process_needs_goes_on_working),
        cmocka_unit_test(an_assertion_of_the_library_ends_as_one),
        cmocka_unit_test(one_that_was_stopped_goes_on),
        cmocka_unit_test(where_the_system_has_no_filters_no_net_process_runs),
    };
    return cmocka_run_group_tests(tests, open_before, NULL);
}
