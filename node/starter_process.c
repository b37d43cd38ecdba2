#include "node/starter_process.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    CORE_FD = 3, /* and a child's */
    EXIT_NOT_STARTED = 127,
};

struct child {
    pid_t pid;
    enum starter_kind kind;
};

struct starting {
    int signals;
    struct child children[STARTER_CHILDREN_MAX];
    size_t count;
};

/* Standard input, output and errors are /dev/null but for last words; fd takes the place of the core's. */
static bool keep_only(int fd)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

    return dup2(fd, CORE_FD) >= 0 && nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0 &&
           dup2(nothing, STDOUT_FILENO) >= 0;
}

/* ---- net processes ---- */

static _Noreturn void become_net_process(const char *role, int fd, pid_t parent)
{
    char *const arguments[] = {"tradeproofd", "--net", (char *)(uintptr_t)role, NULL};
    sigset_t none;

    (void)sigemptyset(&none);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent &&
        sigprocmask(SIG_SETMASK, &none, NULL) == 0 && keep_only(fd)) {
        (void)execv("/proc/self/exe", arguments);
    }
    _exit(EXIT_NOT_STARTED);
}

static pid_t start_net(const char *role, int fd)
{
    pid_t parent = getpid(), child = fork();

    if (child == 0) {
        become_net_process(role, fd, parent);
    }
    return child < 0 ? 0 : child;
}

/* ---- names ---- */

/* Whatever the system's look-ups of names do and read, it is done here. */
static _Noreturn void look_up(const char *host, int fd, pid_t parent)
{
    const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char number[INET_ADDRSTRLEN];

    if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent && keep_only(fd) &&
        getaddrinfo(host, NULL, &hints, &found) == 0 &&
        getnameinfo(found->ai_addr, found->ai_addrlen, number, sizeof number, NULL, 0, NI_NUMERICHOST) == 0) {
        (void)!write(CORE_FD, number, strlen(number));
    }
    _exit(0);
}

static pid_t start_look_up(const char *host, int fd)
{
    pid_t parent = getpid(), child = fork();

    if (child == 0) {
        look_up(host, fd, parent);
    }
    return child < 0 ? 0 : child;
}

/* ---- programs ---- */

static bool sets(const char *text, const char *variable)
{
    size_t size = strcspn(text, "=");

    return strncmp(text, variable, size) == 0 && variable[size] == '=';
}

static bool is_set_anew(const char *variable, char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (sets(texts[i], variable)) {
            return true;
        }
    }
    return false;
}

/* This process's own environment and the variables; NULL when out of memory. The caller frees it. */
static char **environment_with(char *const *variables, size_t count)
{
    size_t size = 0, own = 0;

    while (environ[own] != NULL) {
        own++;
    }
    char **out = calloc(own + count + 1, sizeof *out);
    if (out == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < own; i++) {
        if (!is_set_anew(environ[i], variables, count)) {
            out[size++] = environ[i];
        }
    }
    for (size_t i = 0; i < count; i++) {
        out[size++] = variables[i];
    }
    return out;
}

static int set_files(posix_spawn_file_actions_t *files)
{
    int error = posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (error == 0) {
        error = posix_spawn_file_actions_addopen(files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    }
    return error != 0 ? error
                      : posix_spawn_file_actions_addopen(files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
}

/* The starter blocks signals; the program starts as from a shell, alone in its process group. */
static int set_signals(posix_spawnattr_t *attributes)
{
    sigset_t none;
    (void)sigemptyset(&none);
    int error = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    if (error == 0) {
        error = posix_spawnattr_setpgroup(attributes, 0);
    }
    return error != 0 ? error : posix_spawnattr_setsigmask(attributes, &none);
}

static int spawn(pid_t *pid, char *path, char **environment)
{
    char *arguments[] = {path, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&files);
    if (error != 0) {
        return error;
    }
    error = posix_spawnattr_init(&attributes);
    if (error == 0) {
        error = set_files(&files);
        if (error == 0) {
            error = set_signals(&attributes);
        }
        if (error == 0) {
            error = posix_spawn(pid, path, &files, &attributes, arguments, environment);
        }
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&files);
    return error;
}

static pid_t start_program(char **texts, size_t count)
{
    char **environment = count > 0 ? environment_with(texts + 1, count - 1) : NULL;
    pid_t pid = 0;

    errno = environment != NULL ? spawn(&pid, texts[0], environment) : ENOMEM;
    if (errno != 0) {
        pid = 0;
    }
    free(environment);
    return pid;
}

/* ---- the daemon ---- */

/* Returns: 0 with errno when it could not be started. */
static pid_t start(enum starter_kind kind, char **texts, size_t count, int fd)
{
    switch (kind) {
    case STARTER_LISTEN:
        return start_net("listen", fd);
    case STARTER_DIAL:
        return start_net("dial", fd);
    case STARTER_LOOK_UP:
        return start_look_up(count > 0 ? texts[0] : "", fd);
    case STARTER_PROGRAM:
        return start_program(texts, count);
    }
    errno = EINVAL;
    return 0;
}

static void report(enum starter_report_kind kind, pid_t pid, int status)
{
    const struct starter_report report = {.kind = kind, .pid = pid, .status = status};

    (void)send(CORE_FD, &report, sizeof report, MSG_NOSIGNAL);
}

static size_t split(char *joined, size_t size, char *texts[STARTER_TEXTS_MAX])
{
    size_t count = 0;

    for (size_t at = 0; at < size && count < STARTER_TEXTS_MAX; at += strlen(joined + at) + 1) {
        texts[count++] = joined + at;
    }
    return count;
}

static void on_start(struct starting *starting, enum starter_kind kind, char *joined, size_t size, int fd)
{
    char *texts[STARTER_TEXTS_MAX];
    size_t count = split(joined, size, texts);
    pid_t pid = 0;

    errno = EAGAIN;
    if (starting->count < STARTER_CHILDREN_MAX) {
        pid = start(kind, texts, count, fd);
    }
    if (pid == 0) {
        report(STARTER_FAILED, 0, errno);
        return;
    }
    starting->children[starting->count++] = (struct child){.pid = pid, .kind = kind};
    report(STARTER_STARTED, pid, 0);
}

static void kill_child(const struct child *child, int signal)
{
    (void)kill(child->kind == STARTER_PROGRAM ? -child->pid : child->pid, signal);
}

/* Of one that has ended meanwhile the number may be another's. */
static void on_kill(const struct starting *starting, pid_t pid, int signal)
{
    for (size_t i = 0; i < starting->count; i++) {
        if (starting->children[i].pid == pid) {
            kill_child(&starting->children[i], signal);
        }
    }
}

static int descriptor_in(struct msghdr *message)
{
    const struct cmsghdr *header = CMSG_FIRSTHDR(message);
    int fd = -1;

    if (header != NULL && header->cmsg_type == SCM_RIGHTS && header->cmsg_len == CMSG_LEN(sizeof fd)) {
        memcpy(&fd, CMSG_DATA(header), sizeof fd);
    }
    return fd;
}

/* Returns: the size of request and texts; less than the request's when the daemon has gone. */
static ssize_t receive(struct starter_request *request, char texts[STARTER_TEXTS_SIZE_MAX], int *fd)
{
    union {
        struct cmsghdr header;
        char memory[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec parts[] = {{.iov_base = request, .iov_len = sizeof *request},
                            {.iov_base = texts, .iov_len = STARTER_TEXTS_SIZE_MAX}};
    struct msghdr message = {.msg_iov = parts,
                             .msg_iovlen = 2,
                             .msg_control = control.memory,
                             .msg_controllen = sizeof control.memory};
    ssize_t size = recvmsg(CORE_FD, &message, MSG_CMSG_CLOEXEC);

    *fd = size > 0 ? descriptor_in(&message) : -1;
    return size;
}

/* Returns: false when the daemon has gone. */
static bool take_request(struct starting *starting)
{
    static char texts[STARTER_TEXTS_SIZE_MAX + 1];
    struct starter_request request;
    int fd = -1;
    ssize_t size = receive(&request, texts, &fd);

    if (size < (ssize_t)sizeof request) {
        return false;
    }
    texts[(size_t)size - sizeof request] = '\0';
    switch (request.op) {
    case STARTER_START:
        on_start(starting, request.kind, texts, (size_t)size - sizeof request, fd);
        break;
    case STARTER_KILL:
        on_kill(starting, request.pid, request.signal);
        break;
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return true;
}

static void reap(struct starting *starting)
{
    struct signalfd_siginfo info;
    pid_t pid = 0;
    int status = 0;

    while (read(starting->signals, &info, sizeof info) > 0) {
        continue;
    }
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (size_t i = 0; i < starting->count; i++) {
            if (starting->children[i].pid == pid) {
                starting->children[i] = starting->children[--starting->count];
                report(STARTER_ENDED, pid, status);
                break;
            }
        }
    }
}

/* What the daemon was started with is not for others; what is opened from here on closes with exec. */
static bool prepare(struct starting *starting, int fd)
{
    sigset_t ends;

    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGCHLD);
    if (dup2(fd, CORE_FD) < 0 || close_range(CORE_FD + 1, ~0U, 0) != 0) {
        return false;
    }
    (void)fcntl(CORE_FD, F_SETFD, FD_CLOEXEC);
    starting->signals = signalfd(-1, &ends, SFD_NONBLOCK | SFD_CLOEXEC);
    return starting->signals >= 0;
}

_Noreturn void starter_process_run(int fd)
{
    static struct starting starting;
    bool goes_on = prepare(&starting, fd);

    while (goes_on) {
        struct pollfd fds[] = {{.fd = CORE_FD, .events = POLLIN}, {.fd = starting.signals, .events = POLLIN}};

        (void)poll(fds, 2, -1);
        if (fds[1].revents != 0) {
            reap(&starting);
        }
        if (fds[0].revents != 0) {
            goes_on = take_request(&starting);
        }
    }
    for (size_t i = 0; i < starting.count; i++) {
        kill_child(&starting.children[i], SIGKILL);
    }
    _exit(0);
}
