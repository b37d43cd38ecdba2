#include "node/supervisor.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "node/clock.h"

enum {
    BACKOFF_MS_MIN = 100,
    BACKOFF_MS_MAX = 10 * 1000,
    LIFE_MS_GOOD = 10 * 1000,
    STOP_MS_MAX = 1000,
    STOP_POLL_MS = 5,
    NET_FD = 3,
    NET_FD_SPARE = 10, /* out of the way of the numbers that are about to be overwritten */
    EXIT_NOT_STARTED = 127,
};

static char *const net_arguments[][4] = {
    [NET_LISTEN] = {"tradeproofd", "--net", "listen", NULL},
    [NET_DIAL] = {"tradeproofd", "--net", "dial", NULL},
};

void supervisor_init(struct supervised *process, enum net_role role, uint64_t now_ms)
{
    *process = (struct supervised){
        .role = role, .restart_at_ms = now_ms, .backoff_ms = BACKOFF_MS_MIN, .link = {.fd = -1}};
}

/* It ended, or could not be started: decide when to try again. */
static void plan_restart(struct supervised *process, uint64_t now_ms, bool lived_well)
{
    if (lived_well) {
        process->backoff_ms = BACKOFF_MS_MIN;
    }
    process->restart_at_ms = now_ms + process->backoff_ms;
    process->backoff_ms *= 2;
    if (process->backoff_ms > clock_wait_ms(BACKOFF_MS_MAX)) {
        process->backoff_ms = clock_wait_ms(BACKOFF_MS_MAX);
    }
}

static void on_end(struct supervised *process, uint64_t now_ms)
{
    netlink_deinit(&process->link);
    process->pid = 0;
    process->ready = false;
    plan_restart(process, now_ms, now_ms - process->started_ms >= clock_wait_ms(LIFE_MS_GOOD));
}

/* Between fork and exec: only what is safe in the child of a program with threads. */
static _Noreturn void become_net_process(enum net_role role, int fd, pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent ||
        sigprocmask(SIG_SETMASK, &none, NULL) != 0) {
        _exit(EXIT_NOT_STARTED);
    }
    int spare = fcntl(fd, F_DUPFD, NET_FD_SPARE);
    int nothing = open("/dev/null", O_RDWR);
    if (spare < 0 || nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0 ||
        dup2(spare, NET_FD) < 0 || close_range(NET_FD + 1, ~0U, 0) != 0) {
        _exit(EXIT_NOT_STARTED);
    }
    execv("/proc/self/exe", net_arguments[role]);
    _exit(EXIT_NOT_STARTED);
}

/* Returns: false when the system has no process or socket to give. */
static bool spawn(struct supervised *process)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return false;
    }
    if (!netlink_init(&process->link, ends[0])) {
        close(ends[1]);
        return false;
    }
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) {
        become_net_process(process->role, ends[1], parent);
    }
    close(ends[1]);
    if (child < 0) {
        netlink_deinit(&process->link);
        return false;
    }
    process->pid = child;
    return true;
}

bool supervisor_start(struct supervised *process, uint64_t now_ms)
{
    if (process->pid != 0 || now_ms < process->restart_at_ms) {
        return false;
    }
    if (!spawn(process)) {
        plan_restart(process, now_ms, false);
        return false;
    }
    if (process->started_ms != 0) {
        process->restarts++;
    }
    process->started_ms = now_ms;
    process->ready = false;
    return true;
}

static bool ended(pid_t pid)
{
    pid_t got = waitpid(pid, NULL, WNOHANG);
    return got == pid || (got < 0 && errno == ECHILD);
}

bool supervisor_reap(struct supervised *process, uint64_t now_ms)
{
    if (process->pid == 0 || !ended(process->pid)) {
        return false;
    }
    on_end(process, now_ms);
    return true;
}

void supervisor_stop(struct supervised *process)
{
    if (process->pid == 0) {
        return;
    }
    static const struct timespec pause = {.tv_nsec = STOP_POLL_MS * 1000L * 1000};
    kill(process->pid, SIGTERM);
    bool gone = ended(process->pid);
    for (int waited_ms = 0; !gone && waited_ms < STOP_MS_MAX; waited_ms += STOP_POLL_MS) {
        nanosleep(&pause, NULL);
        gone = ended(process->pid);
    }
    if (!gone) {
        kill(process->pid, SIGKILL);
        waitpid(process->pid, NULL, 0);
    }
    on_end(process, process->started_ms);
}

uint64_t supervisor_deadline_ms(const struct supervised *process)
{
    return process->pid == 0 ? process->restart_at_ms : UINT64_MAX;
}
