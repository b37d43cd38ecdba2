/* The dialling body: one DEALER a peer, so that peers share no queue. The library retries refused TCP
 * connections by itself; after a handshake that failed it may stop for good, so that, and every lost
 * connection, ends the socket and opens another after a backoff. */

#include <stdlib.h>
#include <string.h>

#include "node/clock.h"
#include "node/net_outbox.h"
#include "node/net_socket.h"

enum {
    BACKOFF_MS_MIN = 500,
    BACKOFF_MS_MAX = 60 * 1000,
    LIFE_MS_GOOD = 10 * 1000, /* up for so long: the next redial comes soon */
    LOOK_MS = 50,
    LOOK_SOON_MS = 10,
};

struct dial {
    uint32_t peer;
    uint8_t key[NET_KEY_SIZE];
    char endpoint[NET_ENDPOINT_MAX];
    void *socket; /* NULL: waits for redial_at_ms */
    void *monitor;
    bool connected; /* TCP; connection is then known */
    bool up;
    uint64_t up_since_ms;
    uint64_t keepalive_at_ms;
    uint64_t redial_at_ms;
    uint64_t backoff_ms;
    enum netlink_drop why; /* it is dropped */
    struct net_connection connection;
    struct net_outbox outbox;
};

struct dialler {
    struct net *net;
    struct dial *dials[NET_DIALS_MAX]; /* by peer number */
    size_t count;
    size_t outboxes_size;
    uint64_t look_at_ms;
};

static struct net_route route_of(struct dialler *dialler, struct dial *dial)
{
    return (struct net_route){.socket = dial->socket,
                              .connection = &dial->connection,
                              .outboxes_size = &dialler->outboxes_size,
                              .now_ms = dialler->net->now_ms};
}

static size_t dial_position(const struct dialler *dialler, uint32_t peer)
{
    size_t at = 0;
    while (at < dialler->count && dialler->dials[at]->peer < peer) {
        at++;
    }
    return at;
}

static struct dial *find_dial(const struct dialler *dialler, uint32_t peer)
{
    size_t at = dial_position(dialler, peer);
    return at < dialler->count && dialler->dials[at]->peer == peer ? dialler->dials[at] : NULL;
}

static void dial_close(struct dialler *dialler, struct dial *dial, int linger_ms)
{
    net_outbox_clear(&dial->outbox, &dialler->outboxes_size);
    net_socket_close(dial->socket, linger_ms);
    if (dial->monitor) {
        zmq_close(dial->monitor);
    }
    dial->socket = NULL;
    dial->monitor = NULL;
    dial->connected = false;
    if (!dial->up) {
        return;
    }
    dial->up = false;
    net_tell_down(dialler->net, dial->peer, dial->why);
    dial->why = NETLINK_DROP_NONE;
}

static void redial_later(struct dialler *dialler, struct dial *dial)
{
    uint64_t now_ms = dialler->net->now_ms;
    if (dial->up && now_ms - dial->up_since_ms >= clock_wait_ms(LIFE_MS_GOOD)) {
        dial->backoff_ms = BACKOFF_MS_MIN;
    }
    dial_close(dialler, dial, 0);
    dial->redial_at_ms = now_ms + dial->backoff_ms;
    dial->backoff_ms *= 2;
    if (dial->backoff_ms > clock_wait_ms(BACKOFF_MS_MAX)) {
        dial->backoff_ms = clock_wait_ms(BACKOFF_MS_MAX);
    }
}

/* PROBE_ROUTER sends an empty message first: the listener then knows its peer before there is a frame to
 * send. */
static bool dial_open(struct dialler *dialler, struct dial *dial)
{
    dial->socket = net_socket_open(dialler->net, ZMQ_DEALER, dial->endpoint);
    if (!dial->socket) {
        return false;
    }
    dial->monitor = net_monitor_open(dialler->net, dial->socket);
    return dial->monitor && zmq_setsockopt(dial->socket, ZMQ_CURVE_SERVERKEY, dial->key, NET_KEY_SIZE) == 0 &&
           net_socket_set(dial->socket, ZMQ_IMMEDIATE, 1) &&
           net_socket_set(dial->socket, ZMQ_PROBE_ROUTER, 1) &&
           zmq_connect(dial->socket, dial->endpoint) == 0;
}

static void on_up(struct dialler *dialler, struct dial *dial)
{
    if (!dial->connected) {
        redial_later(dialler, dial);
        return;
    }
    dial->up = true;
    dial->up_since_ms = dialler->net->now_ms;
    dial->keepalive_at_ms = dialler->net->now_ms + clock_wait_ms(NET_KEEPALIVE_MS);
    dialler->look_at_ms = dialler->net->now_ms;
    net_tell(dialler->net, NETLINK_UP, dial->peer, bytes_of(dial->key, NET_KEY_SIZE));
}

static void on_monitor(struct dialler *dialler, struct dial *dial)
{
    struct net_event event;
    while (dial->monitor && net_monitor_next(dial->monitor, &event)) {
        switch (event.number) {
        case ZMQ_EVENT_CONNECTED:
            dial->connected = net_connection_open(&dial->connection, event.fd, dialler->net->now_ms);
            break;
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
            on_up(dialler, dial);
            break;
        case ZMQ_EVENT_DISCONNECTED:
        case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
        case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
            redial_later(dialler, dial);
            break;
        default:
            break;
        }
    }
}

/* Returns: false when no message waits, or the peer broke the rules and was dropped. */
static bool receive_one(struct dialler *dialler, struct dial *dial)
{
    zmq_msg_t message;
    zmq_msg_init(&message);
    bool got = zmq_msg_recv(&message, dial->socket, ZMQ_DONTWAIT) >= 0;
    if (got) {
        size_t size = zmq_msg_size(&message);
        net_connection_on_message(&dial->connection, size, dialler->net->now_ms);
        if (zmq_msg_more(&message) || size > LANE_MESSAGE_MAX) {
            redial_later(dialler, dial);
            got = false;
        } else if (size > 0) {
            net_tell(dialler->net, NETLINK_FRAME, dial->peer, bytes_of(zmq_msg_data(&message), size));
        }
    }
    zmq_msg_close(&message);
    return got;
}

/* Frames count only between NETLINK_UP and NETLINK_DOWN. */
static void receive(struct dialler *dialler, struct dial *dial)
{
    for (size_t i = 0; i < NET_BATCH && dial->up && net_reads_peers(dialler->net); i++) {
        if (!receive_one(dialler, dial)) {
            return;
        }
    }
}

static void on_outbox(struct dialler *dialler, struct dial *dial, enum net_outbox_result result)
{
    if (result == NET_OUTBOX_DONE || result == NET_OUTBOX_WAITING) {
        net_tell_sent(dialler->net, dial->peer, net_outbox_report(&dial->outbox));
        return;
    }
    dial->why = result == NET_OUTBOX_STUCK ? NETLINK_DROP_TAKES_NOTHING : NETLINK_DROP_NONE;
    redial_later(dialler, dial);
}

/* Returns: whether it wants to be looked at again soon. */
static bool look_at(struct dialler *dialler, struct dial *dial)
{
    switch (net_connection_look(&dial->connection, dialler->net->now_ms)) {
    case NET_CONNECTION_HOARDING:
        redial_later(dialler, dial);
        return false;
    case NET_CONNECTION_BUSY:
        return true;
    case NET_CONNECTION_GONE: /* its monitor says so too, behind the last message */
    case NET_CONNECTION_FINE:
        return false;
    }
    return false;
}

static void look(struct dialler *dialler)
{
    bool soon = false;
    for (size_t i = 0; i < dialler->count; i++) {
        if (dialler->dials[i]->connected) {
            soon |= look_at(dialler, dialler->dials[i]);
        }
    }
    dialler->look_at_ms = dialler->net->now_ms + (soon ? LOOK_SOON_MS : LOOK_MS);
}

static void on_time(struct dialler *dialler, struct dial *dial)
{
    uint64_t now_ms = dialler->net->now_ms;
    if (!dial->socket && now_ms >= dial->redial_at_ms && !dial_open(dialler, dial)) {
        redial_later(dialler, dial);
    }
    if (!net_outbox_is_empty(&dial->outbox)) {
        struct net_route route = route_of(dialler, dial);
        on_outbox(dialler, dial, net_outbox_step(&dial->outbox, &route));
    }
    if (!dial->up || now_ms < dial->keepalive_at_ms) {
        return;
    }
    zmq_send(dial->socket, "", 0, ZMQ_DONTWAIT);
    dial->keepalive_at_ms = now_ms + clock_wait_ms(NET_KEEPALIVE_MS);
}

static size_t dialler_items(void *self, zmq_pollitem_t *items)
{
    struct dialler *dialler = self;
    bool reads = net_reads_peers(dialler->net);
    size_t count = 0;
    for (size_t i = 0; i < dialler->count; i++) {
        const struct dial *dial = dialler->dials[i];
        if (!dial->socket) {
            continue;
        }
        short events = reads && dial->up ? ZMQ_POLLIN : 0;
        items[count++] = (zmq_pollitem_t){.socket = dial->socket, .events = events};
        items[count++] = (zmq_pollitem_t){.socket = dial->monitor, .events = ZMQ_POLLIN};
    }
    return count;
}

static void dialler_step(void *self, const zmq_pollitem_t *items)
{
    struct dialler *dialler = self;
    for (size_t i = 0; i < dialler->count; i++) {
        struct dial *dial = dialler->dials[i];
        if (!dial->socket) {
            continue;
        }
        if (items[0].revents) {
            receive(dialler, dial);
        }
        if (items[1].revents) {
            on_monitor(dialler, dial);
        }
        items += 2;
    }
    for (size_t i = 0; i < dialler->count; i++) {
        on_time(dialler, dialler->dials[i]);
    }
    if (dialler->net->now_ms >= dialler->look_at_ms) {
        look(dialler);
    }
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t dialler_deadline_ms(const void *self)
{
    const struct dialler *dialler = self;
    uint64_t deadline_ms = UINT64_MAX;
    for (size_t i = 0; i < dialler->count; i++) {
        const struct dial *dial = dialler->dials[i];
        if (!dial->socket) {
            deadline_ms = earlier(deadline_ms, dial->redial_at_ms);
        }
        deadline_ms = earlier(deadline_ms, net_outbox_deadline_ms(&dial->outbox, dialler->net->now_ms));
        if (dial->up) {
            deadline_ms = earlier(deadline_ms, dial->keepalive_at_ms);
        }
        if (dial->connected) {
            deadline_ms = earlier(deadline_ms, dialler->look_at_ms);
        }
    }
    return deadline_ms;
}

static void forget(struct dialler *dialler, struct dial *dial, int linger_ms)
{
    size_t at = dial_position(dialler, dial->peer);
    memmove(&dialler->dials[at], &dialler->dials[at + 1], (dialler->count - at - 1) * sizeof(struct dial *));
    dialler->count--;
    dial_close(dialler, dial, linger_ms);
    free(dial);
}

/* Returns: NULL when there are too many already, or memory is out. */
static struct dial *dial_add(struct dialler *dialler, uint32_t peer)
{
    struct dial *dial = dialler->count < NET_DIALS_MAX ? calloc(1, sizeof *dial) : NULL;
    if (!dial) {
        return NULL;
    }
    size_t at = dial_position(dialler, peer);
    memmove(&dialler->dials[at + 1], &dialler->dials[at], (dialler->count - at) * sizeof(struct dial *));
    dialler->dials[at] = dial;
    dialler->count++;
    return dial;
}

static bool dialler_on_dial(void *self, uint32_t peer, struct bytes payload)
{
    struct dialler *dialler = self;
    if (payload.size < NET_KEY_SIZE) {
        return false;
    }
    struct dial *old = find_dial(dialler, peer);
    if (old) {
        forget(dialler, old, 0);
    }
    char endpoint[NET_ENDPOINT_MAX];
    bool readable =
        net_endpoint_read(endpoint, bytes_of(payload.data + NET_KEY_SIZE, payload.size - NET_KEY_SIZE));
    struct dial *dial = readable ? dial_add(dialler, peer) : NULL;
    if (!dial) {
        net_tell(dialler->net, NETLINK_DOWN, peer, bytes_of(NULL, 0));
        return true;
    }
    dial->peer = peer;
    dial->backoff_ms = BACKOFF_MS_MIN;
    dial->redial_at_ms = dialler->net->now_ms;
    memcpy(dial->key, payload.data, NET_KEY_SIZE);
    memcpy(dial->endpoint, endpoint, sizeof endpoint);
    return true;
}

/* Where all outboxes together are full, who has most waiting has to go, be it who is sent more now. */
static void make_room(struct dialler *dialler, struct dial *to, size_t size)
{
    while (to->up && dialler->outboxes_size + size > NET_OUTBOXES_SIZE_MAX) {
        struct dial *largest = to;
        size_t most = to->outbox.size + size;
        for (size_t i = 0; i < dialler->count; i++) {
            if (dialler->dials[i]->outbox.size > most) {
                largest = dialler->dials[i];
                most = largest->outbox.size;
            }
        }
        redial_later(dialler, largest);
    }
}

static bool dialler_on_send(void *self, uint32_t peer, enum lane lane, struct bytes frame)
{
    struct dialler *dialler = self;
    struct dial *dial = find_dial(dialler, peer);
    if (!dial) {
        return true;
    }
    make_room(dialler, dial, frame.size);
    if (!dial->up) {
        return true;
    }
    struct net_route route = route_of(dialler, dial);
    on_outbox(dialler, dial, net_outbox_send(&dial->outbox, &route, lane, frame));
    return true;
}

static void dialler_on_kick(void *self, uint32_t peer)
{
    struct dialler *dialler = self;
    struct dial *dial = find_dial(dialler, peer);
    if (dial) {
        forget(dialler, dial, 0);
    }
}

static void *dialler_create(struct net *net, struct bytes settings, const char **failure)
{
    if (settings.size > 0) {
        *failure = "a dialler has no settings";
        return NULL;
    }
    struct dialler *dialler = calloc(1, sizeof *dialler);
    if (!dialler) {
        *failure = "out of memory";
        return NULL;
    }
    dialler->net = net;
    net_tell(net, NETLINK_READY, 0, bytes_of(NULL, 0));
    return dialler;
}

static void dialler_destroy(void *self)
{
    struct dialler *dialler = self;
    while (dialler->count > 0) {
        forget(dialler, dialler->dials[dialler->count - 1], 200);
    }
    free(dialler);
}

const struct net_body net_dial_body = {
    .create = dialler_create,
    .destroy = dialler_destroy,
    .items = dialler_items,
    .step = dialler_step,
    .deadline_ms = dialler_deadline_ms,
    .on_dial = dialler_on_dial,
    .on_send = dialler_on_send,
    .on_kick = dialler_on_kick,
};
