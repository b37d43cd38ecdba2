/* The listening body: one ROUTER. Every TCP connection is followed from its acceptance, whether or not the
 * library ever shows a message of it; it becomes a peer with its first message. */

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "node/net_outbox.h"
#include "node/net_socket.h"
#include "node/zap.h"

enum {
    CONNECTIONS_MAX = 512,
    CONNECTIONS_PER_ADDRESS_MAX = 128,
    PEERS_MAX = 256,
    BACKLOG = 100,
    ROUTE_SIZE_MAX = 255, /* the library takes a hostile peer's longer ones; this listener does not */
    LOOK_MS = 50,
    LOOK_SOON_MS = 10,
    SETTINGS_HEADER_SIZE = 3,
    ITEM_ROUTER = 0,
    ITEM_MONITOR = 1,
    ITEM_ZAP = 2,
    ITEM_COUNT = 3,
};

struct inbound {
    bool open;
    bool cut;              /* its messages are no longer heard */
    enum netlink_drop why; /* it was cut */
    bool gone;             /* closed, but messages of it may still wait in the library */
    uint32_t peer;         /* 0: no message came yet */
    struct net_connection connection;
    uint8_t key[NET_KEY_SIZE];
    size_t route_size;
    uint8_t route[ROUTE_SIZE_MAX];
    struct net_outbox outbox;
};

struct peer {
    uint32_t number;
    int fd;
};

struct listener {
    struct net *net;
    struct zap zap;
    void *router;
    void *monitor;
    struct inbound by_fd[NET_DESCRIPTORS_MAX];
    size_t open_count;
    struct peer peers[PEERS_MAX]; /* numbers ascend */
    size_t peer_count;
    uint32_t peer_number_next;
    size_t outboxes_size;
    bool drained; /* nothing was left in the ROUTER when it was last asked */
    uint64_t look_at_ms;
};

static struct inbound *inbound_at(struct listener *listener, int fd)
{
    return fd >= 0 && fd < NET_DESCRIPTORS_MAX ? &listener->by_fd[fd] : NULL;
}

static struct net_route route_to(struct listener *listener, struct inbound *inbound)
{
    return (struct net_route){.socket = listener->router,
                              .route = bytes_of(inbound->route, inbound->route_size),
                              .connection = &inbound->connection,
                              .outboxes_size = &listener->outboxes_size,
                              .now_ms = listener->net->now_ms};
}

static size_t peer_position(const struct listener *listener, uint32_t number)
{
    size_t low = 0;
    size_t high = listener->peer_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (listener->peers[middle].number < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static struct inbound *find_peer(struct listener *listener, uint32_t number)
{
    size_t at = peer_position(listener, number);
    if (at == listener->peer_count || listener->peers[at].number != number) {
        return NULL;
    }
    return &listener->by_fd[listener->peers[at].fd];
}

static void peer_end(struct listener *listener, struct inbound *inbound)
{
    if (inbound->peer == 0) {
        return;
    }
    size_t at = peer_position(listener, inbound->peer);
    assert(at < listener->peer_count && listener->peers[at].number == inbound->peer);
    memmove(&listener->peers[at], &listener->peers[at + 1],
            (listener->peer_count - at - 1) * sizeof listener->peers[0]);
    listener->peer_count--;
    net_outbox_clear(&inbound->outbox, &listener->outboxes_size);
    net_tell_down(listener->net, inbound->peer, inbound->why);
    inbound->peer = 0;
}

static void inbound_end(struct listener *listener, struct inbound *inbound)
{
    peer_end(listener, inbound);
    inbound->open = false;
    listener->open_count--;
}

/* The connection stays in the table until the kernel says that it is gone. */
static void inbound_cut(struct listener *listener, struct inbound *inbound)
{
    peer_end(listener, inbound);
    inbound->cut = true;
    net_connection_cut(&inbound->connection);
    listener->look_at_ms = listener->net->now_ms + LOOK_SOON_MS;
}

static size_t count_from(const struct listener *listener, const struct in6_addr *address)
{
    size_t count = 0;
    for (size_t i = 0; i < NET_DESCRIPTORS_MAX; i++) {
        const struct inbound *inbound = &listener->by_fd[i];
        count += inbound->open && memcmp(&inbound->connection.address, address, sizeof *address) == 0;
    }
    return count;
}

/* Returns: the connection that has fd now, NULL when there is none any more or it is one too many. */
static struct inbound *inbound_open(struct listener *listener, int fd)
{
    struct inbound *inbound = inbound_at(listener, fd);
    if (!inbound) {
        return NULL;
    }
    if (inbound->open && net_connection_is(&inbound->connection, fd)) {
        return inbound;
    }
    if (inbound->open) {
        inbound_end(listener, inbound);
    }
    *inbound = (struct inbound){0};
    if (!net_connection_open(&inbound->connection, fd, listener->net->now_ms)) {
        return NULL;
    }
    if (listener->open_count >= CONNECTIONS_MAX ||
        count_from(listener, &inbound->connection.address) >= CONNECTIONS_PER_ADDRESS_MAX) {
        net_connection_cut(&inbound->connection);
        return NULL;
    }
    inbound->open = true;
    listener->open_count++;
    return inbound;
}

/* The key that the ZAP handler let in. Returns: false when there is none, which an unauthenticated message
 * has. */
static bool key_of(zmq_msg_t *payload, uint8_t key[NET_KEY_SIZE])
{
    const char *user_id = zmq_msg_gets(payload, "User-Id");
    size_t size = 0;
    return user_id && strlen(user_id) == (size_t)2 * NET_KEY_SIZE &&
           sodium_hex2bin(key, NET_KEY_SIZE, user_id, (size_t)2 * NET_KEY_SIZE, NULL, &size, NULL) == 0 &&
           size == NET_KEY_SIZE;
}

/* A node that connects anew has lost its old connection, whatever this end's kernel still believes. */
static void replace_same_key(struct listener *listener, const uint8_t key[NET_KEY_SIZE])
{
    for (size_t i = 0; i < listener->peer_count; i++) {
        struct inbound *old = &listener->by_fd[listener->peers[i].fd];
        if (memcmp(old->key, key, NET_KEY_SIZE) != 0) {
            continue;
        }
        inbound_cut(listener, old);
        return;
    }
}

/* Returns: false when it may not become a peer. */
static bool peer_start(struct listener *listener, struct inbound *inbound, zmq_msg_t *route,
                       zmq_msg_t *payload)
{
    size_t route_size = zmq_msg_size(route);
    if (route_size > ROUTE_SIZE_MAX || !key_of(payload, inbound->key)) {
        return false;
    }
    replace_same_key(listener, inbound->key);
    if (listener->peer_count == PEERS_MAX) {
        return false;
    }
    inbound->route_size = route_size;
    memcpy(inbound->route, zmq_msg_data(route), route_size);
    inbound->peer = listener->peer_number_next++;
    listener->peers[listener->peer_count++] =
        (struct peer){.number = inbound->peer, .fd = inbound->connection.fd};
    net_tell(listener->net, NETLINK_UP, inbound->peer, bytes_of(inbound->key, NET_KEY_SIZE));
    return true;
}

static bool route_is(const struct inbound *inbound, zmq_msg_t *route)
{
    return bytes_equal(bytes_of(inbound->route, inbound->route_size),
                       bytes_of(zmq_msg_data(route), zmq_msg_size(route)));
}

/* Returns: the peer that a message came from, a new one with its first message; NULL when it is not to be
 * heard. */
static struct inbound *sender_of(struct listener *listener, zmq_msg_t *route, zmq_msg_t *payload)
{
    int fd = zmq_msg_get(payload, ZMQ_SRCFD);
    struct inbound *inbound = inbound_at(listener, fd);
    if (inbound && inbound->open && inbound->peer != 0 && route_is(inbound, route)) {
        return inbound;
    }
    inbound = inbound_open(listener, fd);
    if (!inbound || inbound->cut) {
        return NULL;
    }
    peer_end(listener, inbound);
    if (peer_start(listener, inbound, route, payload)) {
        return inbound;
    }
    inbound_cut(listener, inbound);
    return NULL;
}

static void on_message(struct listener *listener, zmq_msg_t *route, zmq_msg_t *payload)
{
    bool many_parts = zmq_msg_more(payload);
    struct inbound *inbound = sender_of(listener, route, payload);
    if (inbound) {
        size_t size = zmq_msg_size(payload);
        net_connection_on_message(&inbound->connection, size, listener->net->now_ms);
        if (many_parts || size > LANE_MESSAGE_MAX) {
            inbound_cut(listener, inbound);
        } else if (size > 0) {
            net_tell(listener->net, NETLINK_FRAME, inbound->peer, bytes_of(zmq_msg_data(payload), size));
        }
    }
    net_socket_skip(listener->router, payload);
}

/* Returns: false when no message waits. */
static bool receive_one(struct listener *listener)
{
    zmq_msg_t route;
    zmq_msg_t payload;
    zmq_msg_init(&route);
    zmq_msg_init(&payload);
    bool got = zmq_msg_recv(&route, listener->router, ZMQ_DONTWAIT) >= 0;
    if (got && zmq_msg_more(&route) && zmq_msg_recv(&payload, listener->router, ZMQ_DONTWAIT) >= 0) {
        on_message(listener, &route, &payload);
    }
    zmq_msg_close(&route);
    zmq_msg_close(&payload);
    return got;
}

static void receive(struct listener *listener)
{
    for (size_t i = 0; i < NET_BATCH && net_reads_peers(listener->net); i++) {
        if (receive_one(listener)) {
            continue;
        }
        listener->drained = true;
        return;
    }
    listener->drained = false;
}

static void on_monitor(struct listener *listener)
{
    struct net_event event;
    while (net_monitor_next(listener->monitor, &event)) {
        if (event.number == ZMQ_EVENT_ACCEPTED) {
            inbound_open(listener, event.fd);
        } else if (event.number == ZMQ_EVENT_DISCONNECTED) {
            listener->look_at_ms = listener->net->now_ms + LOOK_SOON_MS;
        }
    }
}

static void look(struct listener *listener)
{
    uint64_t now_ms = listener->net->now_ms;
    uint64_t next_ms = now_ms + LOOK_MS;
    for (int fd = 0; fd < NET_DESCRIPTORS_MAX; fd++) {
        struct inbound *inbound = &listener->by_fd[fd];
        if (!inbound->open) {
            continue;
        }
        switch (net_connection_look(&inbound->connection, now_ms)) {
        case NET_CONNECTION_GONE:
            if (inbound->gone && listener->drained) {
                inbound_end(listener, inbound);
            }
            inbound->gone = true;
            next_ms = now_ms + LOOK_SOON_MS;
            continue;
        case NET_CONNECTION_HOARDING:
            inbound_cut(listener, inbound);
            continue;
        case NET_CONNECTION_BUSY:
            next_ms = now_ms + LOOK_SOON_MS;
            break;
        case NET_CONNECTION_FINE:
            break;
        }
        if (now_ms - inbound->connection.heard_ms > NET_SILENCE_MS_MAX) {
            inbound_cut(listener, inbound);
        }
    }
    listener->look_at_ms = next_ms;
}

static void on_outbox(struct listener *listener, struct inbound *inbound, enum net_outbox_result result)
{
    if (result == NET_OUTBOX_FULL || result == NET_OUTBOX_STUCK) {
        inbound->why = result == NET_OUTBOX_STUCK ? NETLINK_DROP_TAKES_NOTHING : NETLINK_DROP_NONE;
        inbound_cut(listener, inbound);
    } else if (result == NET_OUTBOX_GONE) {
        peer_end(listener, inbound);
    } else {
        net_tell_sent(listener->net, inbound->peer, net_outbox_report(&inbound->outbox));
    }
}

/* Where all outboxes together are full, who has most waiting has to go, be it who is sent more now. */
static void make_room(struct listener *listener, struct inbound *to, size_t size)
{
    while (to->peer != 0 && listener->outboxes_size + size > NET_OUTBOXES_SIZE_MAX) {
        struct inbound *largest = to;
        size_t most = to->outbox.size + size;
        for (size_t i = 0; i < listener->peer_count; i++) {
            struct inbound *other = &listener->by_fd[listener->peers[i].fd];
            if (other->outbox.size > most) {
                largest = other;
                most = other->outbox.size;
            }
        }
        inbound_cut(listener, largest);
    }
}

static void flush_outboxes(struct listener *listener)
{
    for (size_t i = listener->peer_count; i-- > 0 && listener->outboxes_size > 0;) {
        struct inbound *inbound = &listener->by_fd[listener->peers[i].fd];
        struct net_route route = route_to(listener, inbound);
        on_outbox(listener, inbound, net_outbox_step(&inbound->outbox, &route));
    }
}

static size_t listener_items(void *self, zmq_pollitem_t *items)
{
    struct listener *listener = self;
    short reads = net_reads_peers(listener->net) ? ZMQ_POLLIN : 0;
    items[ITEM_ROUTER] = (zmq_pollitem_t){.socket = listener->router, .events = reads};
    items[ITEM_MONITOR] = (zmq_pollitem_t){.socket = listener->monitor, .events = ZMQ_POLLIN};
    items[ITEM_ZAP] = (zmq_pollitem_t){.socket = listener->zap.socket, .events = ZMQ_POLLIN};
    return ITEM_COUNT;
}

static void listener_step(void *self, const zmq_pollitem_t *items)
{
    struct listener *listener = self;
    if (items[ITEM_ZAP].revents) {
        zap_step(&listener->zap);
    }
    if (items[ITEM_MONITOR].revents) {
        on_monitor(listener);
    }
    receive(listener);
    if (listener->outboxes_size > 0) {
        flush_outboxes(listener);
    }
    if (listener->net->now_ms >= listener->look_at_ms) {
        look(listener);
    }
}

static uint64_t listener_deadline_ms(const void *self)
{
    const struct listener *listener = self;
    uint64_t deadline_ms = listener->open_count > 0 ? listener->look_at_ms : UINT64_MAX;
    for (size_t i = 0; i < listener->peer_count && listener->outboxes_size > 0; i++) {
        const struct inbound *inbound = &listener->by_fd[listener->peers[i].fd];
        uint64_t outbox_ms = net_outbox_deadline_ms(&inbound->outbox, listener->net->now_ms);
        deadline_ms = outbox_ms < deadline_ms ? outbox_ms : deadline_ms;
    }
    return deadline_ms;
}

static bool listener_on_dial(void *self, uint32_t peer, struct bytes payload)
{
    (void)self;
    (void)peer;
    (void)payload;
    return false;
}

static bool listener_on_send(void *self, uint32_t peer, enum lane lane, struct bytes frame)
{
    struct listener *listener = self;
    struct inbound *inbound = find_peer(listener, peer);
    if (!inbound) {
        return true;
    }
    make_room(listener, inbound, frame.size);
    if (inbound->peer == 0) {
        return true;
    }
    struct net_route route = route_to(listener, inbound);
    on_outbox(listener, inbound, net_outbox_send(&inbound->outbox, &route, lane, frame));
    return true;
}

static void listener_on_kick(void *self, uint32_t peer)
{
    struct listener *listener = self;
    struct inbound *inbound = find_peer(listener, peer);
    if (inbound) {
        inbound_cut(listener, inbound);
    }
}

static void listener_destroy(void *self)
{
    struct listener *listener = self;
    for (int fd = 0; fd < NET_DESCRIPTORS_MAX; fd++) {
        net_outbox_clear(&listener->by_fd[fd].outbox, &listener->outboxes_size);
    }
    net_socket_close(listener->router, 200);
    if (listener->monitor) {
        zmq_close(listener->monitor);
    }
    zap_deinit(&listener->zap);
    free(listener);
}

struct settings {
    bool only_known;
    struct bytes keys;
    char endpoint[NET_ENDPOINT_MAX];
};

static bool read_settings(struct settings *settings, struct bytes input)
{
    if (input.size < SETTINGS_HEADER_SIZE || input.data[0] > 1) {
        return false;
    }
    size_t keys_size = ((size_t)input.data[1] << 8 | input.data[2]) * NET_KEY_SIZE;
    if (input.size - SETTINGS_HEADER_SIZE < keys_size) {
        return false;
    }
    settings->only_known = input.data[0] == 1;
    settings->keys = bytes_of(input.data + SETTINGS_HEADER_SIZE, keys_size);
    size_t used = SETTINGS_HEADER_SIZE + keys_size;
    return net_endpoint_read(settings->endpoint, bytes_of(input.data + used, input.size - used));
}

/* "tcp://127.0.0.1:7001" */
static bool read_address(struct sockaddr_in *address, const char *endpoint)
{
    char host[INET_ADDRSTRLEN];
    const char *text = endpoint + strlen("tcp://"), *colon = strrchr(text, ':');
    char *end = NULL;
    unsigned long port = colon ? strtoul(colon + 1, &end, 10) : 0;
    if (!colon || colon[1] == '\0' || *end != '\0' || port > UINT16_MAX ||
        (size_t)(colon - text) >= sizeof host) {
        return false;
    }
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = '\0';
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    return inet_pton(AF_INET, host, &address->sin_addr) == 1;
}

/* To bind by itself, the library would ask the kernel for the names of all interfaces, through a socket that
 * no net process may have. Returns: -1 with errno. */
static int open_bound(const char *endpoint)
{
    struct sockaddr_in address;
    const int on = 1;
    if (!read_address(&address, endpoint)) {
        errno = EINVAL;
        return -1;
    }
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
    if (fd < 0) {
        return -1;
    }
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 && listen(fd, BACKLOG) == 0) {
        return fd;
    }
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

/* The ZAP handler is bound before the listener. Returns: NULL or what failed. */
static const char *bind_all(struct listener *listener, const struct settings *settings)
{
    struct net *net = listener->net;
    if (!zap_init(&listener->zap, net->context, settings->only_known, settings->keys)) {
        return "no ZAP handler";
    }
    listener->router = net_socket_open(net, ZMQ_ROUTER, settings->endpoint);
    if (!listener->router || !net_socket_set(listener->router, ZMQ_CURVE_SERVER, 1) ||
        !net_socket_set(listener->router, ZMQ_ROUTER_MANDATORY, 1) ||
        !net_socket_set(listener->router, ZMQ_ROUTER_HANDOVER, 0) ||
        zmq_setsockopt(listener->router, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN, sizeof ZAP_DOMAIN - 1) != 0 ||
        !net_socket_set(listener->router, NET_ZAP_ENFORCE_DOMAIN, 1)) {
        return "no listening socket";
    }
    listener->monitor = net_monitor_open(net, listener->router);
    if (!listener->monitor) {
        return "no monitor";
    }
    int bound = open_bound(settings->endpoint);
    if (bound < 0) {
        return strerror(errno);
    }
    return net_socket_set(listener->router, ZMQ_USE_FD, bound) &&
                   zmq_bind(listener->router, settings->endpoint) == 0
               ? NULL
               : zmq_strerror(zmq_errno());
}

static void *listener_create(struct net *net, struct bytes input, const char **failure)
{
    struct settings settings;
    if (!read_settings(&settings, input)) {
        *failure = "the endpoint to listen on is not numeric TCP";
        return NULL;
    }
    struct listener *listener = calloc(1, sizeof *listener);
    if (!listener) {
        *failure = "out of memory";
        return NULL;
    }
    listener->net = net;
    listener->peer_number_next = 1;
    *failure = bind_all(listener, &settings);
    char bound[NET_ENDPOINT_MAX] = "";
    size_t size = sizeof bound;
    if (!*failure && zmq_getsockopt(listener->router, ZMQ_LAST_ENDPOINT, bound, &size) != 0) {
        *failure = "the bound endpoint is not known";
    }
    if (*failure) {
        listener_destroy(listener);
        return NULL;
    }
    net_tell(net, NETLINK_READY, 0, bytes_of_string(bound));
    return listener;
}

const struct net_body net_listen_body = {
    .create = listener_create,
    .destroy = listener_destroy,
    .items = listener_items,
    .step = listener_step,
    .deadline_ms = listener_deadline_ms,
    .on_dial = listener_on_dial,
    .on_send = listener_on_send,
    .on_kick = listener_on_kick,
};
