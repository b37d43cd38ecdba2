#include "node/netlink.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    LENGTH_SIZE = 4,
    TYPE_AND_PEER_SIZE = NETLINK_HEADER_SIZE - LENGTH_SIZE,
    IN_CAPACITY = 2 * (NETLINK_HEADER_SIZE + NETLINK_PAYLOAD_MAX),
    OUT_CAPACITY_MIN = 64 * 1024, /* and what an empty link keeps */
};

static uint32_t read_u32(const uint8_t *data)
{
    return (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
}

static void write_u32(uint8_t *data, uint32_t value)
{
    data[0] = (uint8_t)(value >> 24);
    data[1] = (uint8_t)(value >> 16);
    data[2] = (uint8_t)(value >> 8);
    data[3] = (uint8_t)value;
}

static bool type_is_known(uint8_t type)
{
    return (type >= NETLINK_CONFIG && type <= NETLINK_KICK) ||
           (type >= NETLINK_READY && type <= NETLINK_SENT);
}

bool netlink_init(struct netlink *link, int fd)
{
    *link = (struct netlink){.fd = fd, .in = malloc(IN_CAPACITY)};
    if (link->in) {
        return true;
    }
    netlink_deinit(link);
    return false;
}

void netlink_deinit(struct netlink *link)
{
    if (link->fd >= 0) {
        close(link->fd);
    }
    free(link->in);
    free(link->out);
    *link = (struct netlink){.fd = -1};
}

enum netlink_result netlink_fill(struct netlink *link)
{
    if (link->in_at > 0) {
        memmove(link->in, link->in + link->in_at, link->in_size - link->in_at);
        link->in_size -= link->in_at;
        link->in_at = 0;
    }
    if (link->in_size == IN_CAPACITY) {
        return NETLINK_MESSAGE;
    }
    ssize_t got = recv(link->fd, link->in + link->in_size, IN_CAPACITY - link->in_size, MSG_DONTWAIT);
    if (got > 0) {
        link->in_size += (size_t)got;
        return NETLINK_MESSAGE;
    }
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return NETLINK_AGAIN;
    }
    return NETLINK_CLOSED;
}

enum netlink_result netlink_next(struct netlink *link, struct netlink_message *message)
{
    const uint8_t *data = link->in + link->in_at;
    size_t there = link->in_size - link->in_at;
    if (there < LENGTH_SIZE) {
        return NETLINK_AGAIN;
    }
    size_t length = read_u32(data);
    if (length < TYPE_AND_PEER_SIZE || length > TYPE_AND_PEER_SIZE + NETLINK_PAYLOAD_MAX) {
        return NETLINK_BROKEN;
    }
    if (there > LENGTH_SIZE && !type_is_known(data[LENGTH_SIZE])) {
        return NETLINK_BROKEN;
    }
    if (there < LENGTH_SIZE + length) {
        return NETLINK_AGAIN;
    }
    *message = (struct netlink_message){
        .type = (enum netlink_type)data[LENGTH_SIZE],
        .peer = read_u32(data + LENGTH_SIZE + 1),
        .payload = bytes_of(data + NETLINK_HEADER_SIZE, length - TYPE_AND_PEER_SIZE),
    };
    link->in_at += LENGTH_SIZE + length;
    return NETLINK_MESSAGE;
}

/* Make room for size more bytes behind those that wait. */
static bool make_room(struct netlink *link, size_t size)
{
    if (link->out_capacity - link->out_size >= size) {
        return true;
    }
    size_t waiting = netlink_waiting(link);
    if (link->out_at >= waiting && link->out_capacity - waiting >= size) {
        memcpy(link->out, link->out + link->out_at, waiting);
        link->out_size = waiting;
        link->out_at = 0;
        return true;
    }
    size_t capacity = OUT_CAPACITY_MIN;
    while (capacity < link->out_size + size) {
        capacity *= 2;
    }
    uint8_t *grown = realloc(link->out, capacity);
    if (!grown) {
        return false;
    }
    link->out = grown;
    link->out_capacity = capacity;
    return true;
}

bool netlink_send(struct netlink *link, enum netlink_type type, uint32_t peer, struct bytes payload)
{
    assert(type_is_known((uint8_t)type));
    assert(payload.size <= NETLINK_PAYLOAD_MAX);
    size_t size = NETLINK_HEADER_SIZE + payload.size;
    if (netlink_waiting(link) + size > NETLINK_QUEUE_MAX || !make_room(link, size)) {
        return false;
    }
    uint8_t *data = link->out + link->out_size;
    write_u32(data, (uint32_t)(TYPE_AND_PEER_SIZE + payload.size));
    data[LENGTH_SIZE] = (uint8_t)type;
    write_u32(data + LENGTH_SIZE + 1, peer);
    if (payload.size > 0) {
        memcpy(data + NETLINK_HEADER_SIZE, payload.data, payload.size);
    }
    link->out_size += size;
    return true;
}

/* An empty queue starts over; one that had to grow gives its memory back. */
static void rewind_out(struct netlink *link)
{
    link->out_size = 0;
    link->out_at = 0;
    if (link->out_capacity <= OUT_CAPACITY_MIN) {
        return;
    }
    free(link->out);
    link->out = NULL;
    link->out_capacity = 0;
}

enum netlink_result netlink_flush(struct netlink *link)
{
    while (netlink_wants_write(link)) {
        ssize_t sent =
            send(link->fd, link->out + link->out_at, netlink_waiting(link), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent < 0) {
            return errno == EAGAIN ? NETLINK_AGAIN : NETLINK_CLOSED;
        }
        link->out_at += (size_t)sent;
    }
    rewind_out(link);
    return NETLINK_MESSAGE;
}

bool netlink_wants_write(const struct netlink *link)
{
    return netlink_waiting(link) > 0;
}

size_t netlink_waiting(const struct netlink *link)
{
    return link->out_size - link->out_at;
}
