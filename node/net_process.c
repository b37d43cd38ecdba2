#include "node/net_process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "node/clock.h"
#include "node/net.h"
#include "node/net_filter.h"
#include "node/net_sandbox.h"

enum {
    EXIT_ASKED_TO = 0,
    EXIT_BROKEN = 1, /* the core breaks the protocol or lags, or the library or system says no */
    SOCKETS_MAX = 8192,
    FAREWELL_MS = 500,
    ITEM_CORE = 0,
    ITEM_SIGNAL = 1,
    ITEM_BODY = 2,
};

enum progress { GO_ON, END_WELL, END_BADLY };

struct process {
    struct net net;
    const struct net_body *body;
    void *self; /* the body's; NULL before NETLINK_CONFIG */
    int signal_fd;
};

static uint64_t clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void net_tell(struct net *net, enum netlink_type type, uint32_t peer, struct bytes payload)
{
    if (!netlink_send(&net->link, type, peer, payload)) {
        net->core_lags = true;
    }
}

void net_tell_down(struct net *net, uint32_t peer, enum netlink_drop why)
{
    const uint8_t byte = (uint8_t)why;
    net_tell(net, NETLINK_DOWN, peer, bytes_of(&byte, why == NETLINK_DROP_NONE ? 0 : 1));
}

void net_tell_sent(struct net *net, uint32_t peer, size_t size)
{
    const uint8_t bytes[] = {(uint8_t)(size >> 24), (uint8_t)(size >> 16), (uint8_t)(size >> 8),
                             (uint8_t)size};
    if (size > 0) {
        net_tell(net, NETLINK_SENT, peer, bytes_of(bytes, sizeof bytes));
    }
}

bool net_reads_peers(const struct net *net)
{
    return netlink_waiting(&net->link) <= NET_LINK_WAITING_MAX;
}

/* Leave the core time to read why. */
static void say_failed(struct net *net, const char *failure)
{
    net_tell(net, NETLINK_FAILED, 0, bytes_of_string(failure));
    netlink_flush(&net->link);
    struct pollfd core = {.fd = net->link.fd, .events = POLLRDHUP};
    poll(&core, 1, FAREWELL_MS);
}

/* The library's routing ids count up from rand(): a peer that could guess the next one could abort this
 * process, so the seed comes from the system's generator, before the first socket. */
static bool start_library(struct net *net)
{
    srand(randombytes_random());
    net->context = zmq_ctx_new();
    return net->context && zmq_ctx_set(net->context, ZMQ_IO_THREADS, 1) == 0 &&
           zmq_ctx_set(net->context, ZMQ_MAX_SOCKETS, SOCKETS_MAX) == 0;
}

static bool take_speed(const uint8_t speed[NET_SPEED_SIZE])
{
    return clock_take_speed((uint64_t)speed[0] << 24 | (uint64_t)speed[1] << 16 | (uint64_t)speed[2] << 8 |
                            speed[3]);
}

static enum progress on_config(struct process *process, struct bytes payload)
{
    enum { SPEED_AT = 2 * NET_KEY_SIZE, HEADER_SIZE = SPEED_AT + NET_SPEED_SIZE };
    struct net *net = &process->net;
    if (process->self || payload.size < HEADER_SIZE || !take_speed(payload.data + SPEED_AT)) {
        return END_BADLY;
    }
    memcpy(net->secret_key, payload.data, NET_KEY_SIZE);
    memcpy(net->public_key, payload.data + NET_KEY_SIZE, NET_KEY_SIZE);
    uint8_t derived[NET_KEY_SIZE];
    const char *failure = "the CURVE keys do not belong together";
    if (crypto_scalarmult_base(derived, net->secret_key) == 0 &&
        memcmp(derived, net->public_key, NET_KEY_SIZE) == 0) {
        process->self = process->body->create(
            net, bytes_of(payload.data + HEADER_SIZE, payload.size - HEADER_SIZE), &failure);
    }
    if (process->self) {
        return GO_ON;
    }
    say_failed(net, failure);
    return END_BADLY;
}

static bool on_send(struct process *process, const struct netlink_message *message)
{
    const struct bytes *payload = &message->payload;
    if (payload->size < 2 || payload->size > 1 + FRAME_SIZE_MAX || payload->data[0] > LANE_BULK) {
        return false;
    }
    return process->body->on_send(process->self, message->peer, (enum lane)payload->data[0],
                                  bytes_of(payload->data + 1, payload->size - 1));
}

static enum progress on_core_message(struct process *process, const struct netlink_message *message)
{
    const struct net_body *body = process->body;
    if (message->type == NETLINK_CONFIG) {
        return on_config(process, message->payload);
    }
    if (!process->self) {
        return END_BADLY;
    }
    switch (message->type) {
    case NETLINK_DIAL:
        return body->on_dial(process->self, message->peer, message->payload) ? GO_ON : END_BADLY;
    case NETLINK_SEND:
        return on_send(process, message) ? GO_ON : END_BADLY;
    case NETLINK_KICK:
        body->on_kick(process->self, message->peer);
        return GO_ON;
    case NETLINK_CONFIG:
    case NETLINK_READY:
    case NETLINK_UP:
    case NETLINK_DOWN:
    case NETLINK_FRAME:
    case NETLINK_FAILED:
    case NETLINK_SENT:
        break;
    }
    return END_BADLY;
}

static enum progress on_core(struct process *process)
{
    if (netlink_fill(&process->net.link) == NETLINK_CLOSED) {
        return END_WELL;
    }
    struct netlink_message message;
    enum netlink_result result;
    while ((result = netlink_next(&process->net.link, &message)) == NETLINK_MESSAGE) {
        enum progress progress = on_core_message(process, &message);
        if (progress != GO_ON) {
            return progress;
        }
    }
    return result == NETLINK_BROKEN ? END_BADLY : GO_ON;
}

static long timeout_ms(const struct process *process)
{
    uint64_t deadline_ms = process->self ? process->body->deadline_ms(process->self) : UINT64_MAX;
    if (deadline_ms == UINT64_MAX) {
        return -1;
    }
    return deadline_ms > process->net.now_ms ? (long)(deadline_ms - process->net.now_ms) : 0;
}

static enum progress turn(struct process *process)
{
    struct net *net = &process->net;
    zmq_pollitem_t items[ITEM_BODY + NET_ITEMS_MAX];
    short core_events = netlink_wants_write(&net->link) ? ZMQ_POLLIN | ZMQ_POLLOUT : ZMQ_POLLIN;
    items[ITEM_CORE] = (zmq_pollitem_t){.fd = net->link.fd, .events = core_events};
    items[ITEM_SIGNAL] = (zmq_pollitem_t){.fd = process->signal_fd, .events = ZMQ_POLLIN};
    size_t count = ITEM_BODY;
    if (process->self) {
        count += process->body->items(process->self, items + ITEM_BODY);
    }
    int ready = zmq_poll(items, (int)count, timeout_ms(process));
    net->now_ms = clock_ms();
    if (ready < 0) {
        return zmq_errno() == EINTR ? GO_ON : END_BADLY;
    }
    if (items[ITEM_SIGNAL].revents) {
        return END_WELL;
    }
    if (process->self) {
        process->body->step(process->self, items + ITEM_BODY);
    }
    enum progress progress = items[ITEM_CORE].revents & ~ZMQ_POLLOUT ? on_core(process) : GO_ON;
    if (progress != GO_ON) {
        return progress;
    }
    if (net->core_lags) {
        return END_BADLY;
    }
    return netlink_flush(&net->link) == NETLINK_CLOSED ? END_WELL : GO_ON;
}

/* An interrupt from the terminal reaches the core as well, which then ends this process in order. */
static int open_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    if (signal(SIGINT, SIG_IGN) == SIG_ERR || signal(SIGPIPE, SIG_IGN) == SIG_ERR ||
        sigprocmask(SIG_BLOCK, &signals, NULL) != 0) {
        return -1;
    }
    return signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
}

static bool process_init(struct process *process, enum net_role role, int fd)
{
    *process =
        (struct process){.body = role == NET_LISTEN ? &net_listen_body : &net_dial_body, .signal_fd = -1};
    if (!netlink_init(&process->net.link, fd)) {
        return false;
    }
    process->net.now_ms = clock_ms();
    process->signal_fd = open_signals();
    if (process->signal_fd < 0 || sodium_init() < 0 || !net_sandbox_enter(role) ||
        !start_library(&process->net)) {
        return false;
    }
    /* The library looks for files when it is started, and starts its threads with the first socket. */
    if (net_filter_load(role)) {
        return true;
    }
    say_failed(&process->net,
               "this system filters no system calls (seccomp), and no net process runs without");
    return false;
}

/* Closing waits for the sockets' linger, 200 ms, and for nothing else. */
static void process_deinit(struct process *process)
{
    if (process->self) {
        process->body->destroy(process->self);
    }
    if (process->net.context) {
        zmq_ctx_term(process->net.context);
    }
    if (process->signal_fd >= 0) {
        close(process->signal_fd);
    }
    sodium_memzero(process->net.secret_key, sizeof process->net.secret_key);
    netlink_deinit(&process->net.link);
}

int net_process_run(enum net_role role, int fd)
{
    struct process process;
    enum progress progress = END_BADLY;
    if (process_init(&process, role, fd)) {
        do {
            progress = turn(&process);
        } while (progress == GO_ON);
    }
    process_deinit(&process);
    return progress == END_WELL ? EXIT_ASKED_TO : EXIT_BROKEN;
}
