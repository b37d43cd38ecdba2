#include "tests/support/net_ends.h"

#include <assert.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* libzmq, and libsodium within it, are not instrumented: what their threads hand over looks unsynchronised.
 */
#ifdef __SANITIZE_THREAD__
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
    return "called_from_lib:libzmq.so.5\ncalled_from_lib:libsodium.so.23\nrace:libzmq.so.5\n";
}
#endif

int net_end_main(int argc, char **argv)
{
    if (argc != 3 || strcmp(argv[1], "--net") != 0) {
        return -1;
    }
    return net_process_run(strcmp(argv[2], "listen") == 0 ? NET_LISTEN : NET_DIAL, 3);
}

uint64_t net_end_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

struct starter *net_end_starter(void)
{
    static struct starter starter = {.fd = -1};
    if (starter.fd < 0) {
        bool begun = starter_begin(&starter);
        assert(begun);
    }
    return &starter;
}

static void net_end_init(struct net_end *end, enum net_role role)
{
    *end = (struct net_end){0};
    randombytes_buf(end->secret_key, sizeof end->secret_key);
    int derived = crypto_scalarmult_base(end->public_key, end->secret_key);
    assert(derived == 0);
    supervisor_init(&end->process, net_end_starter(), role, net_end_now_ms());
}

static void write_listener_settings(struct net_end *end, bool only_known, const uint8_t (*known)[32],
                                    size_t count)
{
    uint8_t *at = end->settings;
    *at++ = only_known;
    *at++ = (uint8_t)(count >> 8);
    *at++ = (uint8_t)count;
    if (count > 0) {
        memcpy(at, known, count * 32);
    }
    at += count * 32;
    at += sprintf((char *)at, "tcp://127.0.0.1:%u", end->port);
    end->settings_size = (size_t)(at - end->settings);
}

void net_end_listener(struct net_end *end, bool only_known, const uint8_t (*known)[32], size_t known_count)
{
    net_end_init(end, NET_LISTEN);
    write_listener_settings(end, only_known, known, known_count);
}

void net_end_dialler(struct net_end *end, uint32_t peer, const uint8_t server_key[32], uint16_t port)
{
    net_end_init(end, NET_DIAL);
    end->dial.set = true;
    end->dial.peer = peer;
    memcpy(end->dial.payload, server_key, 32);
    int size =
        snprintf((char *)end->dial.payload + 32, sizeof end->dial.payload - 32, "tcp://127.0.0.1:%u", port);
    end->dial.size = 32 + (size_t)size;
}

void net_end_stop(struct net_end *end)
{
    supervisor_stop(&end->process);
    for (size_t i = 0; i < NET_END_PEERS_MAX; i++) {
        pieces_destroy(end->joins[i].pieces);
        end->joins[i].pieces = NULL;
    }
}

void net_end_send_on(struct net_end *end, uint32_t peer, enum lane lane, uint8_t byte, size_t size)
{
    uint8_t *frame = malloc(1 + size);
    assert(frame);
    frame[0] = (uint8_t)lane;
    memset(frame + 1, byte, size);
    bool queued = netlink_send(&end->process.link, NETLINK_SEND, peer, bytes_of(frame, 1 + size));
    assert(queued);
    free(frame);
}

void net_end_send(struct net_end *end, uint32_t peer, uint8_t byte, size_t size)
{
    net_end_send_on(end, peer, LANE_BULK, byte, size);
}

void net_end_kick(struct net_end *end, uint32_t peer)
{
    bool queued = netlink_send(&end->process.link, NETLINK_KICK, peer, bytes_of(NULL, 0));
    assert(queued);
}

static void start(struct net_end *end)
{
    if (!supervisor_start(&end->process, net_end_now_ms())) {
        return;
    }
    const uint8_t speed[4] = {0, 0, 0, end->speed > 0 ? end->speed : 1};
    uint8_t config[68 + sizeof end->settings];
    memcpy(config, end->secret_key, 32);
    memcpy(config + 32, end->public_key, 32);
    memcpy(config + 64, speed, sizeof speed);
    memcpy(config + 68, end->settings, end->settings_size);
    bool queued =
        netlink_send(&end->process.link, NETLINK_CONFIG, 0, bytes_of(config, 68 + end->settings_size));
    if (end->dial.set) {
        queued &= netlink_send(&end->process.link, NETLINK_DIAL, end->dial.peer,
                               bytes_of(end->dial.payload, end->dial.size));
    }
    assert(queued);
}

/* The next start listens on the same port: the peers know no other. */
static void on_ready(struct net_end *end, struct bytes endpoint)
{
    end->process.ready = true;
    if (end->process.role == NET_DIAL) {
        return;
    }
    char text[64] = "";
    assert(endpoint.size < sizeof text);
    memcpy(text, endpoint.data, endpoint.size);
    end->port = (uint16_t)strtoul(strrchr(text, ':') + 1, NULL, 10);
    size_t used = 3 + ((size_t)end->settings[1] << 8 | end->settings[2]) * 32;
    end->settings_size = used + (size_t)sprintf((char *)end->settings + used, "%s", text);
}

static struct pieces *pieces_of(struct net_end *end, uint32_t peer)
{
    size_t i = 0;
    while (end->joins[i].peer != peer && end->joins[i].peer != 0) {
        i++;
        assert(i < NET_END_PEERS_MAX);
    }
    end->joins[i].peer = peer;
    if (!end->joins[i].pieces) {
        end->joins[i].pieces = pieces_create(&end->all_pieces, end->process.role);
        assert(end->joins[i].pieces);
    }
    return end->joins[i].pieces;
}

static void on_frame(struct net_end *end, uint32_t peer, struct bytes frame)
{
    memcpy(end->last_frame, frame.data, frame.size);
    end->last_frame_size = frame.size;
    end->last_from = peer;
    end->frame_bytes += frame.size;
    end->frame_count++;
}

/* What no node would send is noted as it came. */
static void on_piece(struct net_end *end, uint32_t peer, struct bytes message)
{
    struct bytes frame = message;
    enum lane lane = LANE_BULK;
    struct pieces *pieces = pieces_of(end, peer);
    switch (pieces_take(pieces, message, net_end_now_ms(), &lane, &frame)) {
    case PIECES_FRAME:
    case PIECES_BAD:
        on_frame(end, peer, frame);
        pieces_done(pieces);
        break;
    case PIECES_MORE:
        end->piece_count++;
        break;
    }
}

static void on_message(struct net_end *end, const struct netlink_message *message)
{
    switch (message->type) {
    case NETLINK_READY:
        on_ready(end, message->payload);
        return;
    case NETLINK_UP:
        assert(message->payload.size == sizeof end->last_key);
        memcpy(end->last_key, message->payload.data, sizeof end->last_key);
        end->last_up = message->peer;
        end->ups[end->up_count % NET_END_UPS_MAX].peer = message->peer;
        memcpy(end->ups[end->up_count % NET_END_UPS_MAX].key, end->last_key, sizeof end->last_key);
        end->up_count++;
        return;
    case NETLINK_DOWN:
        end->last_drop = message->payload.size > 0 ? message->payload.data[0] : 0;
        end->last_down = message->peer;
        end->down_count++;
        return;
    case NETLINK_FRAME:
        on_piece(end, message->peer, message->payload);
        return;
    case NETLINK_SENT:
        assert(message->payload.size == 4);
        for (size_t i = 0, size = 0; i < 4; i++) {
            size = size << 8 | message->payload.data[i];
            end->sent_bytes += i == 3 ? size : 0;
        }
        return;
    case NETLINK_FAILED:
        end->failed = true;
        return;
    case NETLINK_CONFIG:
    case NETLINK_DIAL:
    case NETLINK_SEND:
    case NETLINK_KICK:
        break;
    }
    assert(false);
}

static void serve(struct net_end *end)
{
    start(end);
    if (end->process.pid == 0) {
        return;
    }
    struct netlink *link = &end->process.link;
    netlink_flush(link);
    struct netlink_message message;
    while (!end->deaf && netlink_fill(link) == NETLINK_MESSAGE) {
        while (netlink_next(link, &message) == NETLINK_MESSAGE) {
            on_message(end, &message);
        }
    }
    supervisor_reap(&end->process, net_end_now_ms());
}

void net_end_turn(struct net_end *const *ends, size_t count, int timeout_ms)
{
    struct pollfd fds[NET_END_PEERS_MAX];
    assert(count <= NET_END_PEERS_MAX);
    for (size_t i = 0; i < count; i++) {
        const struct netlink *link = &ends[i]->process.link;
        short events = ends[i]->deaf ? 0 : POLLIN;
        if (netlink_wants_write(link)) {
            events |= POLLOUT;
        }
        fds[i] = (struct pollfd){.fd = link->fd, .events = events};
    }
    poll(fds, count, timeout_ms);
    for (size_t i = 0; i < count; i++) {
        serve(ends[i]);
    }
}

uint32_t net_end_number_of(const struct net_end *end, const uint8_t key[32])
{
    size_t oldest = end->up_count > NET_END_UPS_MAX ? end->up_count - NET_END_UPS_MAX : 0;
    for (size_t i = end->up_count; i-- > oldest;) {
        if (memcmp(end->ups[i % NET_END_UPS_MAX].key, key, 32) == 0) {
            return end->ups[i % NET_END_UPS_MAX].peer;
        }
    }
    return 0;
}

void net_end_go_on(struct net_end *const *ends, size_t count, uint64_t duration_ms)
{
    uint64_t until_ms = net_end_now_ms() + duration_ms;
    while (net_end_now_ms() < until_ms) {
        net_end_turn(ends, count, 20);
    }
}

static size_t rss_peak_kb(const struct net_end *end)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/status", (int)end->process.pid);
    FILE *file = fopen(path, "r");
    assert(file);
    char line[256];
    size_t kilobytes = 0;
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "VmHWM:", 6) == 0) {
            kilobytes = strtoul(line + 6, NULL, 10);
        }
    }
    fclose(file);
    return kilobytes;
}

bool net_end_stayed_under(const struct net_end *end, size_t kilobytes)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    kilobytes = SIZE_MAX;
#endif
    return rss_peak_kb(end) < kilobytes;
}
