#include "node/processes.h"

#include <assert.h>
#include <signal.h>
#include <string.h>

#include "node/clock.h"
#include "node/logline.h"

enum {
    CURVE_KEYS_SIZE = 64,
    SPEED_SIZE = 4,
    CONFIG_SIZE_MAX = CURVE_KEYS_SIZE + SPEED_SIZE + 1 + 2 + DAEMON_PEERS_MAX * HASH_SIZE + ENDPOINT_SIZE_MAX,
    DIAL_SIZE_MAX = HASH_SIZE + ENDPOINT_SIZE_MAX
};
_Static_assert(sizeof((struct peer_address){0}.endpoint) <= ENDPOINT_SIZE_MAX,
               "endpoints fit a dial message");

const char *net_role_name(enum net_role role)
{
    switch (role) {
    case NET_LISTEN:
        return "listen";
    case NET_DIAL:
        return "dial";
    }
    return "";
}

void processes_init(struct processes *processes, const struct daemon_options *options,
                    const struct node_keys *keys, struct starter *starter, uint64_t now_ms)
{
    *processes = (struct processes){.options = options, .keys = keys, .starter = starter};
    for (size_t i = 0; i < options->peer_count; i++) {
        processes->addresses[i] = options->peers[i].address;
    }
    processes->wanted[NET_LISTEN] = options->listen != NULL;
    processes->wanted[NET_DIAL] = options->peer_count > 0;
    supervisor_init(&processes->net[NET_LISTEN], starter, NET_LISTEN, now_ms);
    supervisor_init(&processes->net[NET_DIAL], starter, NET_DIAL, now_ms);
}

bool processes_set_bound(struct processes *processes, struct bytes endpoint)
{
    if (endpoint.size == 0 || endpoint.size > ENDPOINT_SIZE_MAX) {
        return false;
    }
    memcpy(processes->bound, endpoint.data, endpoint.size);
    processes->bound[endpoint.size] = '\0';
    return true;
}

/* ---- what each is told ---- */

static size_t append(uint8_t *out, size_t at, const void *data, size_t size)
{
    memcpy(out + at, data, size);
    return at + size;
}

static void send_config(struct processes *processes, enum net_role role)
{
    const struct daemon_options *options = processes->options;
    const char *endpoint = processes->bound[0] != '\0' ? processes->bound : options->listen;
    const uint8_t known[3] = {options->only_known, (uint8_t)(options->peer_count >> 8),
                              (uint8_t)options->peer_count};
    const uint64_t times = clock_speed();
    const uint8_t speed[SPEED_SIZE] = {0, (uint8_t)(times >> 16), (uint8_t)(times >> 8), (uint8_t)times};
    uint8_t config[CONFIG_SIZE_MAX];
    size_t size = append(config, 0, processes->keys->curve_secret, sizeof processes->keys->curve_secret);

    size = append(config, size, processes->keys->transport.key.bytes, HASH_SIZE);
    size = append(config, size, speed, sizeof speed);
    if (role == NET_LISTEN) {
        assert(strlen(endpoint) <= ENDPOINT_SIZE_MAX);
        size = append(config, size, known, sizeof known);
        for (size_t i = 0; i < options->peer_count; i++) {
            size = append(config, size, options->peers[i].key.key.bytes, HASH_SIZE);
        }
        size = append(config, size, endpoint, strlen(endpoint));
    }
    (void)netlink_send(&processes->net[role].link, NETLINK_CONFIG, 0, bytes_of(config, size));
    sodium_memzero(config, sizeof config);
}

static void dial(struct processes *processes, size_t number)
{
    const char *endpoint = processes->addresses[number].endpoint;
    uint8_t message[DIAL_SIZE_MAX];
    size_t size = append(message, 0, processes->options->peers[number].key.key.bytes, HASH_SIZE);

    processes->redial_ms[number] = 0;
    if (endpoint[0] == '\0') {
        return;
    }
    size = append(message, size, endpoint, strlen(endpoint));
    (void)netlink_send(&processes->net[NET_DIAL].link, NETLINK_DIAL, (uint32_t)number,
                       bytes_of(message, size));
}

static void on_start(struct processes *processes, enum net_role role)
{
    LOG(LOG_INFO, "net-started", LOG_T("role", net_role_name(role)), LOG_N("pid", processes->net[role].pid),
        LOG_N("restarts", processes->net[role].restarts));
    send_config(processes, role);
    for (size_t i = 0; role == NET_DIAL && i < processes->options->peer_count; i++) {
        dial(processes, i);
    }
}

void processes_start(struct processes *processes, uint64_t now_ms)
{
    struct supervised *dialler = &processes->net[NET_DIAL];

    for (size_t role = 0; role < NET_ROLE_COUNT; role++) {
        if (processes->wanted[role] && supervisor_start(&processes->net[role], now_ms)) {
            on_start(processes, (enum net_role)role);
        }
    }
    for (size_t i = 0; i < processes->options->peer_count; i++) {
        bool moved = peer_address_step(&processes->addresses[i], processes->starter, now_ms);
        bool due = processes->redial_ms[i] != 0 && now_ms >= processes->redial_ms[i];

        if (dialler->pid != 0 && (moved || due)) {
            dial(processes, i);
        }
    }
}

void processes_on_up(struct processes *processes, uint32_t number)
{
    peer_address_on_up(&processes->addresses[number]);
}

void processes_on_down(struct processes *processes, uint32_t number, uint64_t now_ms)
{
    peer_address_on_down(&processes->addresses[number], now_ms);
}

void processes_redial_later(struct processes *processes, uint32_t number, uint64_t now_ms)
{
    assert(number < DAEMON_PEERS_MAX);
    processes->redial_ms[number] = now_ms + clock_wait_ms(REDIAL_MS);
}

/* ---- sockets ---- */

size_t processes_polls(const struct processes *processes, struct pollfd *fds)
{
    size_t count = 0;

    for (size_t role = 0; role < NET_ROLE_COUNT; role++) {
        const struct supervised *net = &processes->net[role];

        if (net->pid == 0) {
            continue;
        }
        fds[count++] =
            (struct pollfd){.fd = net->link.fd,
                            .events = (short)(netlink_wants_write(&net->link) ? POLLIN | POLLOUT : POLLIN)};
    }
    return count;
}

void processes_flush(struct processes *processes)
{
    for (size_t role = 0; role < NET_ROLE_COUNT; role++) {
        if (processes->net[role].pid != 0) {
            (void)netlink_flush(&processes->net[role].link);
        }
    }
}

void processes_stop(struct processes *processes)
{
    /* Both begin to end at once, so that together they take no longer than one. */
    for (size_t role = 0; role < NET_ROLE_COUNT; role++) {
        supervisor_kill(&processes->net[role], SIGTERM);
    }
    for (size_t role = 0; role < NET_ROLE_COUNT; role++) {
        supervisor_stop(&processes->net[role]);
    }
    for (size_t i = 0; processes->options != NULL && i < processes->options->peer_count; i++) {
        peer_address_stop(&processes->addresses[i]);
    }
}

uint64_t processes_deadline_ms(const struct processes *processes)
{
    uint64_t deadline_ms = UINT64_MAX;

    for (size_t role = 0; role < NET_ROLE_COUNT; role++) {
        uint64_t restart_ms = supervisor_deadline_ms(&processes->net[role]);

        if (processes->wanted[role] && restart_ms < deadline_ms) {
            deadline_ms = restart_ms;
        }
    }
    for (size_t i = 0; i < processes->options->peer_count; i++) {
        uint64_t look_up_ms = peer_address_deadline_ms(&processes->addresses[i]);

        if (look_up_ms < deadline_ms) {
            deadline_ms = look_up_ms;
        }
        if (processes->net[NET_DIAL].pid != 0 && processes->redial_ms[i] != 0 &&
            processes->redial_ms[i] < deadline_ms) {
            deadline_ms = processes->redial_ms[i];
        }
    }
    return deadline_ms;
}

uint64_t processes_restarts(const struct processes *processes)
{
    uint64_t restarts = 0;

    for (size_t role = 0; role < NET_ROLE_COUNT; role++) {
        restarts += processes->net[role].restarts;
    }
    return restarts;
}
