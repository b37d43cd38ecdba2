#include "node/net_outbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct net_outbox_item {
    struct net_outbox_item *next;
    zmq_msg_t message;
};

/* With ROUTER_MANDATORY the first part is refused when the peer is unknown or its queue full, and then
 * nothing was sent; the second part never is. */
static enum net_outbox_result hand_over(const struct net_route *route, zmq_msg_t *message)
{
    if (!net_connection_takes(route->connection)) {
        return NET_OUTBOX_WAITING;
    }
    size_t size = zmq_msg_size(message);
    const struct bytes *name = &route->route;
    if (name->size > 0 && zmq_send(route->socket, name->data, name->size, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0) {
        return errno == EAGAIN ? NET_OUTBOX_WAITING : NET_OUTBOX_GONE;
    }
    if (zmq_msg_send(message, route->socket, ZMQ_DONTWAIT) < 0) {
        return errno == EAGAIN ? NET_OUTBOX_WAITING : NET_OUTBOX_GONE;
    }
    net_connection_on_sent(route->connection, size);
    return NET_OUTBOX_DONE;
}

static void drop_first(struct net_outbox *outbox, size_t size, size_t *outboxes_size)
{
    struct net_outbox_item *item = outbox->first;
    outbox->first = item->next;
    if (!outbox->first) {
        outbox->last = NULL;
    }
    outbox->size -= size;
    *outboxes_size -= size;
    zmq_msg_close(&item->message);
    free(item);
}

static bool append(struct net_outbox *outbox, struct bytes frame, size_t *outboxes_size)
{
    struct net_outbox_item *item = malloc(sizeof *item);
    if (!item) {
        return false;
    }
    if (zmq_msg_init_size(&item->message, frame.size) != 0) {
        free(item);
        return false;
    }
    memcpy(zmq_msg_data(&item->message), frame.data, frame.size);
    item->next = NULL;
    if (outbox->last) {
        outbox->last->next = item;
    } else {
        outbox->first = item;
    }
    outbox->last = item;
    outbox->size += frame.size;
    *outboxes_size += frame.size;
    return true;
}

enum net_outbox_result net_outbox_send(struct net_outbox *outbox, const struct net_route *route,
                                       struct bytes frame)
{
    if (outbox->size + frame.size > NET_OUTBOX_SIZE_MAX ||
        *route->outboxes_size + frame.size > NET_OUTBOXES_SIZE_MAX ||
        !append(outbox, frame, route->outboxes_size)) {
        return NET_OUTBOX_FULL;
    }
    return net_outbox_flush(outbox, route);
}

enum net_outbox_result net_outbox_flush(struct net_outbox *outbox, const struct net_route *route)
{
    while (outbox->first) {
        size_t size = zmq_msg_size(&outbox->first->message);
        enum net_outbox_result result = hand_over(route, &outbox->first->message);
        if (result != NET_OUTBOX_DONE) {
            return result;
        }
        drop_first(outbox, size, route->outboxes_size);
    }
    return NET_OUTBOX_DONE;
}

void net_outbox_clear(struct net_outbox *outbox, size_t *outboxes_size)
{
    while (outbox->first) {
        drop_first(outbox, zmq_msg_size(&outbox->first->message), outboxes_size);
    }
}
