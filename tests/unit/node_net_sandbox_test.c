#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "node/net_sandbox.h"
#include "tests/support/curve_client.h"

enum { LANDLOCK_VERSION_FLAG = 1, LANDLOCK_VERSION_WITH_TCP = 4 };

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

/* Sanitizers need what a net process otherwise gives up. */
static bool everything_is_given_up(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return false;
#endif
    return true;
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
        if (!rows[i].always && !everything_is_given_up()) {
            continue;
        }
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            _exit(net_sandbox_enter(NET_LISTEN) && rows[i].holds() ? 0 : 1);
        }
        int status = -1;
        assert_int_equal(waitpid(child, &status, 0), child);
        if (status != 0) {
            fail_msg("%s", rows[i].what);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_net_process_gives_up_what_it_does_not_need),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
