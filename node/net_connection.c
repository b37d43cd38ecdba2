#include "node/net_connection.h"

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "node/net_socket.h"

enum {
    CURVE_OVERHEAD = 33, /* "\x07MESSAGE", short nonce, authenticator, flags */
    SHORT_HEADER = 2,
    LONG_HEADER = 9,
    SHORT_SIZE_MAX = 255,
    MESSAGE_WIRE_MAX = LANE_MESSAGE_MAX + CURVE_OVERHEAD + LONG_HEADER,
    /* The queue, one message in the decoder, the decoder's batch and the handshake. */
    HELD_SIZE_MAX = (NET_RECEIVE_HWM + 1) * MESSAGE_WIRE_MAX + 64 * 1024,
    COMMAND_BYTES_PER_S = 64, /* heartbeats are never shown as messages */
    BUSY_SIZE = 256 * 1024,
    WAITING_SIZE_MIN = 2 * MESSAGE_WIRE_MAX, /* not left yet, at any speed */
    WAITING_SIZE_MAX = 1024 * 1024,
    WAITING_MS = 2,
};

static size_t wire_size(size_t message_size)
{
    size_t body = message_size + CURVE_OVERHEAD;
    return body + (body <= SHORT_SIZE_MAX ? SHORT_HEADER : LONG_HEADER);
}

/* Descriptors are reused, cookies are not. Returns: 0 when fd is no socket. */
static uint64_t cookie_of(int fd)
{
    uint64_t cookie = 0;
    socklen_t size = sizeof cookie;
    return fd >= 0 && getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0 ? cookie : 0;
}

static bool tcp_info(int fd, struct tcp_info *info)
{
    socklen_t size = sizeof *info;
    memset(info, 0, sizeof *info);
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &size) == 0;
}

static struct in6_addr address_of(int fd)
{
    struct sockaddr_storage peer = {0};
    socklen_t size = sizeof peer;
    struct in6_addr address = {0};
    if (getpeername(fd, (struct sockaddr *)&peer, &size) != 0) {
        return address;
    }
    if (peer.ss_family == AF_INET6) {
        memcpy(&address, &((struct sockaddr_in6 *)&peer)->sin6_addr, sizeof address);
    } else {
        memcpy(&address.s6_addr[12], &((struct sockaddr_in *)&peer)->sin_addr, sizeof(struct in_addr));
    }
    return address;
}

bool net_connection_open(struct net_connection *connection, int fd, uint64_t now_ms)
{
    uint64_t cookie = cookie_of(fd);
    struct tcp_info info;
    if (cookie == 0 || !tcp_info(fd, &info)) {
        return false;
    }
    *connection = (struct net_connection){
        .fd = fd, .cookie = cookie, .address = address_of(fd), .opened_ms = now_ms, .heard_ms = now_ms};
    return true;
}

bool net_connection_is(const struct net_connection *connection, int fd)
{
    return connection->fd == fd && cookie_of(fd) == connection->cookie;
}

enum net_connection_state net_connection_look(struct net_connection *connection, uint64_t now_ms)
{
    struct tcp_info info;
    int unread = 0;
    if (!tcp_info(connection->fd, &info) || ioctl(connection->fd, SIOCINQ, &unread) != 0 ||
        !net_connection_is(connection, connection->fd)) {
        return NET_CONNECTION_GONE;
    }
    uint64_t before = connection->received;
    connection->received = info.tcpi_bytes_received;
    uint64_t commands = (now_ms - connection->opened_ms) / 1000 * COMMAND_BYTES_PER_S;
    uint64_t explained = connection->delivered + commands + (uint64_t)unread;
    if (connection->received > explained + HELD_SIZE_MAX) {
        return NET_CONNECTION_HOARDING;
    }
    return connection->received > before + BUSY_SIZE ? NET_CONNECTION_BUSY : NET_CONNECTION_FINE;
}

void net_connection_on_message(struct net_connection *connection, size_t size, uint64_t now_ms)
{
    connection->delivered += wire_size(size);
    connection->heard_ms = now_ms;
}

/* What leaves includes handshake and heartbeats, so at rest it is ahead of what went in: the count starts
 * over there. */
static uint64_t waiting(struct net_connection *connection)
{
    if (connection->left > connection->sent) {
        connection->sent = connection->left;
    }
    return connection->sent - connection->left;
}

static void look_at_sent(struct net_connection *connection, uint64_t now_ms)
{
    struct tcp_info info;
    if (!tcp_info(connection->fd, &info) || !net_connection_is(connection, connection->fd)) {
        return;
    }
    connection->left = info.tcpi_bytes_sent - info.tcpi_bytes_retrans;
    if (now_ms > connection->begun_ms) {
        uint64_t per_ms = (connection->left - connection->begun) / (now_ms - connection->begun_ms);
        uint64_t slower = connection->per_ms - connection->per_ms / 4;
        connection->per_ms = per_ms > slower ? per_ms : slower;
        connection->begun = connection->left;
        connection->begun_ms = now_ms;
    }
}

static uint64_t waiting_max(const struct net_connection *connection)
{
    uint64_t most = WAITING_MS * connection->per_ms;
    if (most < WAITING_SIZE_MIN) {
        return WAITING_SIZE_MIN;
    }
    return most < WAITING_SIZE_MAX ? most : WAITING_SIZE_MAX;
}

bool net_connection_takes(struct net_connection *connection, enum lane lane, uint64_t now_ms)
{
    uint64_t lanes = lane == LANE_EXPRESS ? 2 : 1;
    if (waiting(connection) + MESSAGE_WIRE_MAX <= lanes * WAITING_SIZE_MIN) {
        return true;
    }
    look_at_sent(connection, now_ms);
    return waiting(connection) + MESSAGE_WIRE_MAX <= lanes * waiting_max(connection);
}

void net_connection_on_sent(struct net_connection *connection, size_t size)
{
    connection->sent += wire_size(size);
}

void net_connection_cut(const struct net_connection *connection)
{
    if (net_connection_is(connection, connection->fd)) {
        shutdown(connection->fd, SHUT_RDWR);
    }
}
