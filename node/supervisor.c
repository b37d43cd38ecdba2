#include "node/supervisor.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "node/clock.h"

enum {
    BACKOFF_MS_MIN = 100,
    BACKOFF_MS_MAX = 10 * 1000,
    LIFE_MS_GOOD = 10 * 1000,
    STOP_MS_MAX = 1000,
};

void supervisor_init(struct supervised *process, struct starter *starter, enum net_role role, uint64_t now_ms)
{
    *process = (struct supervised){.starter = starter,
                                   .role = role,
                                   .restart_at_ms = now_ms,
                                   .backoff_ms = BACKOFF_MS_MIN,
                                   .link = {.fd = -1}};
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
    process->pid = starter_start(
        process->starter, process->role == NET_LISTEN ? STARTER_LISTEN : STARTER_DIAL, NULL, 0, ends[1]);
    close(ends[1]);
    if (process->pid == 0) {
        netlink_deinit(&process->link);
    }
    return process->pid != 0;
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

/* Returns: whether it has, by now or within wait_ms (-1: however long it takes). */
static bool ended(struct supervised *process, int wait_ms)
{
    int status = 0;
    if (!starter_reap(process->starter, process->pid, wait_ms, &status)) {
        return false;
    }
    process->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return true;
}

bool supervisor_reap(struct supervised *process, uint64_t now_ms)
{
    if (process->pid == 0 || !ended(process, 0)) {
        return false;
    }
    on_end(process, now_ms);
    return true;
}

void supervisor_kill(struct supervised *process, int signal)
{
    if (process->pid != 0) {
        starter_kill(process->starter, process->pid, signal);
    }
}

void supervisor_stop(struct supervised *process)
{
    if (process->pid == 0) {
        return;
    }
    supervisor_kill(process, SIGTERM);
    if (!ended(process, STOP_MS_MAX)) {
        supervisor_kill(process, SIGKILL);
        (void)ended(process, -1);
    }
    on_end(process, process->started_ms);
}

uint64_t supervisor_deadline_ms(const struct supervised *process)
{
    return process->pid == 0 ? process->restart_at_ms : UINT64_MAX;
}
