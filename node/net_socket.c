#include "node/net_socket.h"

#include <stdio.h>
#include <string.h>

#include "node/clock.h"
#include "node/lane.h"

enum { MESSAGE_SIZE_MAX = LANE_MESSAGE_MAX + 64 /* encrypted */, EVENT_SIZE = 6 };

/* A high-water mark counts messages, which are small (lane.h): it bounds what hostile peers can place in
 * memory while the core is busy, and TCP holds the rest back at no loss of speed. What is sent is bounded in
 * bytes (net_outbox.h, net_connection.h). The library's own reconnection serves refused TCP connections;
 * everything after the first byte is net_dial.c's to retry. */
static const struct {
    int option;
    int value;
    bool waits; /* longer than CLOCK_WAIT_MS_MIN, for another machine: shorter at a test's speed */
} common_options[] = {
    {ZMQ_RCVHWM, NET_RECEIVE_HWM, false},
    {ZMQ_SNDHWM, 512, false},
    {ZMQ_HANDSHAKE_IVL, 5 * 1000, true},
    {ZMQ_HEARTBEAT_IVL, 15 * 1000, true},
    {ZMQ_HEARTBEAT_TIMEOUT, 30 * 1000, true},
    {ZMQ_HEARTBEAT_TTL, 60 * 1000, false}, /* the exception in node/clock.h */
    {ZMQ_RECONNECT_IVL, 500, false},
    {ZMQ_RECONNECT_IVL_MAX, 60 * 1000, true},
    {ZMQ_TCP_MAXRT, 30 * 1000, true},
    {ZMQ_CONNECT_TIMEOUT, 10 * 1000, true},
    {ZMQ_LINGER, 200, false},
};

bool net_endpoint_read(char out[NET_ENDPOINT_MAX], struct bytes text)
{
    static const char scheme[] = "tcp://";
    size_t scheme_size = sizeof scheme - 1;
    if (text.size <= scheme_size || text.size >= NET_ENDPOINT_MAX ||
        memcmp(text.data, scheme, scheme_size) != 0) {
        return false;
    }
    memcpy(out, text.data, text.size);
    out[text.size] = '\0';
    return strspn(out + scheme_size, "0123456789abcdefABCDEF.:[]*") == text.size - scheme_size;
}

bool net_socket_set(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

static bool configure(struct net *net, void *socket, const char *endpoint)
{
    for (size_t i = 0; i < sizeof common_options / sizeof common_options[0]; i++) {
        int value = common_options[i].value;
        if (common_options[i].waits) {
            value = (int)clock_wait_ms((uint64_t)value);
        }
        if (!net_socket_set(socket, common_options[i].option, value)) {
            return false;
        }
    }
    int64_t message_size_max = MESSAGE_SIZE_MAX;
    return zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &message_size_max, sizeof message_size_max) == 0 &&
           net_socket_set(socket, ZMQ_IPV6, strchr(endpoint, '[') != NULL) &&
           zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, net->secret_key, NET_KEY_SIZE) == 0 &&
           zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, net->public_key, NET_KEY_SIZE) == 0;
}

void *net_socket_open(struct net *net, int type, const char *endpoint)
{
    void *socket = zmq_socket(net->context, type);
    if (!socket) {
        return NULL;
    }
    if (configure(net, socket, endpoint)) {
        return socket;
    }
    zmq_close(socket);
    return NULL;
}

void net_socket_close(void *socket, int linger_ms)
{
    if (!socket) {
        return;
    }
    zmq_socket_monitor(socket, NULL, 0);
    net_socket_set(socket, ZMQ_LINGER, linger_ms);
    zmq_close(socket);
}

/* The library's I/O thread waits for room in a monitor's queue, so that queue has no limit; it is emptied at
 * every turn of the loop, whatever else waits. */
void *net_monitor_open(struct net *net, void *socket)
{
    static unsigned count;
    char name[64];
    snprintf(name, sizeof name, "inproc://monitor-%u", count++);
    if (zmq_socket_monitor(socket, name, ZMQ_EVENT_ALL) != 0) {
        return NULL;
    }
    void *monitor = zmq_socket(net->context, ZMQ_PAIR);
    if (!monitor) {
        return NULL;
    }
    if (net_socket_set(monitor, ZMQ_RCVHWM, 0) && net_socket_set(monitor, ZMQ_LINGER, 0) &&
        zmq_connect(monitor, name) == 0) {
        return monitor;
    }
    zmq_close(monitor);
    return NULL;
}

bool net_monitor_next(void *monitor, struct net_event *event)
{
    zmq_msg_t part;
    zmq_msg_init(&part);
    bool got = zmq_msg_recv(&part, monitor, ZMQ_DONTWAIT) == EVENT_SIZE;
    if (got) {
        uint16_t number;
        int32_t value;
        const uint8_t *data = zmq_msg_data(&part);
        memcpy(&number, data, sizeof number);
        memcpy(&value, data + sizeof number, sizeof value);
        *event = (struct net_event){.number = number, .fd = value};
        net_socket_skip(monitor, &part);
    }
    zmq_msg_close(&part);
    return got;
}

void net_socket_skip(void *socket, zmq_msg_t *last)
{
    while (zmq_msg_more(last) && zmq_msg_recv(last, socket, ZMQ_DONTWAIT) >= 0) {
        continue;
    }
}
