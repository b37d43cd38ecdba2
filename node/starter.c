#include "node/starter.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "node/starter_process.h"

enum { START_MS_MAX = 10 * 1000 };

bool starter_begin(struct starter *starter)
{
    sigset_t all, before;
    int ends[2];

    *starter = (struct starter){.fd = -1};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        return false;
    }
    /* What a terminal or a service manager sends to all processes reaches the daemon too, which then ends
     * this one. */
    (void)sigfillset(&all);
    (void)sigprocmask(SIG_SETMASK, &all, &before);
    starter->pid = fork();
    if (starter->pid == 0) {
        (void)close(ends[0]);
        starter_process_run(ends[1]);
    }
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    (void)close(ends[1]);
    starter->fd = ends[0];
    if (starter->pid > 0) {
        return true;
    }
    starter_stop(starter);
    return false;
}

static void lose(struct starter *starter)
{
    (void)close(starter->fd);
    starter->fd = -1;
}

void starter_stop(struct starter *starter)
{
    if (starter->fd >= 0) {
        lose(starter);
    }
    if (starter->pid > 0) {
        (void)waitpid(starter->pid, NULL, 0);
    }
    starter->pid = 0;
}

/* ---- what it says ---- */

/* Returns: false when nothing came within wait_ms, or never will. */
static bool receive(struct starter *starter, struct starter_report *report, int wait_ms)
{
    struct pollfd core = {.fd = starter->fd, .events = POLLIN};
    ssize_t size = 0;
    int ready = 0;

    if (starter->fd < 0) {
        return false;
    }
    do {
        ready = poll(&core, 1, wait_ms);
    } while (ready < 0 && errno == EINTR);
    if (ready == 0) {
        return false;
    }
    size = recv(starter->fd, report, sizeof *report, MSG_DONTWAIT);
    if (size != (ssize_t)sizeof *report) {
        lose(starter);
        return false;
    }
    return true;
}

static void note_end(struct starter *starter, const struct starter_report *report)
{
    assert(starter->end_count < STARTER_CHILDREN_MAX);
    starter->ends[starter->end_count++] = (struct starter_end){.pid = report->pid, .status = report->status};
}

/* ---- what it is told ---- */

static bool tell(struct starter *starter, const struct starter_request *request, const char *texts,
                 size_t size, int fd)
{
    union {
        struct cmsghdr header;
        char memory[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec parts[] = {{.iov_base = (void *)(uintptr_t)request, .iov_len = sizeof *request},
                            {.iov_base = (void *)(uintptr_t)texts, .iov_len = size}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

    if (fd >= 0) {
        message.msg_control = control.memory;
        message.msg_controllen = sizeof control.memory;
        control.header = (struct cmsghdr){
            .cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
    }
    return starter->fd >= 0 &&
           sendmsg(starter->fd, &message, MSG_NOSIGNAL) == (ssize_t)(sizeof *request + size);
}

static size_t join(char joined[STARTER_TEXTS_SIZE_MAX], const char *const *texts, size_t count)
{
    size_t size = 0;

    assert(count <= STARTER_TEXTS_MAX);
    for (size_t i = 0; i < count; i++) {
        size_t text_size = strlen(texts[i]) + 1;

        assert(text_size <= STARTER_TEXTS_SIZE_MAX - size);
        memcpy(joined + size, texts[i], text_size);
        size += text_size;
    }
    return size;
}

pid_t starter_start(struct starter *starter, enum starter_kind kind, const char *const *texts, size_t count,
                    int fd)
{
    const struct starter_request request = {.op = STARTER_START, .kind = kind};
    struct starter_report report;
    char joined[STARTER_TEXTS_SIZE_MAX];

    if (starter->end_count == STARTER_CHILDREN_MAX) {
        errno = EAGAIN;
        return 0;
    }
    if (tell(starter, &request, joined, join(joined, texts, count), fd)) {
        while (receive(starter, &report, START_MS_MAX)) {
            if (report.kind == STARTER_ENDED) {
                note_end(starter, &report);
                continue;
            }
            errno = report.status;
            return report.kind == STARTER_STARTED ? report.pid : 0;
        }
    }
    /* What it says later would be taken for another answer. */
    if (starter->fd >= 0) {
        lose(starter);
    }
    errno = ECHILD;
    return 0;
}

static bool take_end(struct starter *starter, pid_t pid, int *status)
{
    for (size_t i = 0; i < starter->end_count; i++) {
        if (starter->ends[i].pid == pid) {
            *status = starter->ends[i].status;
            starter->ends[i] = starter->ends[--starter->end_count];
            return true;
        }
    }
    return false;
}

bool starter_reap(struct starter *starter, pid_t pid, int wait_ms, int *status)
{
    struct starter_report report;
    int found = SIGKILL;

    while (!take_end(starter, pid, &found)) {
        if (receive(starter, &report, wait_ms)) {
            note_end(starter, &report);
        } else if (starter->fd >= 0) {
            return false;
        } else {
            break;
        }
    }
    if (status != NULL) {
        *status = found;
    }
    return true;
}

void starter_kill(struct starter *starter, pid_t pid, int signal)
{
    const struct starter_request request = {.op = STARTER_KILL, .pid = pid, .signal = signal};

    (void)tell(starter, &request, NULL, 0, -1);
}
