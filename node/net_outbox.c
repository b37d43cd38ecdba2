#include "node/net_outbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "node/clock.h"

struct net_outbox_item {
    struct net_outbox_item *next;
    size_t size;
    uint8_t bytes[];
};

/* With ROUTER_MANDATORY the first part is refused when the peer is unknown or its queue full, and then
 * nothing was sent; the second part never is. */
static enum net_outbox_result send_message(const struct net_route *route, zmq_msg_t *message)
{
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

static enum net_outbox_result hand_over(const struct net_route *route, enum lane_mark mark,
                                        struct bytes piece)
{
    enum lane lane = mark == LANE_MARK_EXPRESS ? LANE_EXPRESS : LANE_BULK;
    zmq_msg_t message;
    if (!net_connection_takes(route->connection, lane, route->now_ms) ||
        zmq_msg_init_size(&message, 1 + piece.size) != 0) {
        return NET_OUTBOX_WAITING;
    }
    uint8_t *bytes = zmq_msg_data(&message);
    bytes[0] = (uint8_t)mark;
    memcpy(bytes + 1, piece.data, piece.size);
    enum net_outbox_result result = send_message(route, &message);
    zmq_msg_close(&message);
    return result;
}

static void drop_first(struct net_outbox *outbox, enum lane lane, size_t *outboxes_size)
{
    struct net_outbox_item *item = outbox->first[lane];
    outbox->first[lane] = item->next;
    if (!item->next) {
        outbox->last[lane] = NULL;
    }
    outbox->size -= item->size;
    *outboxes_size -= item->size;
    free(item);
}

static bool append(struct net_outbox *outbox, enum lane lane, struct bytes frame, size_t *outboxes_size)
{
    struct net_outbox_item *item = malloc(sizeof *item + frame.size);
    if (!item) {
        return false;
    }
    item->next = NULL;
    item->size = frame.size;
    memcpy(item->bytes, frame.data, frame.size);
    if (outbox->last[lane]) {
        outbox->last[lane]->next = item;
    } else {
        outbox->first[lane] = item;
    }
    outbox->last[lane] = item;
    outbox->size += frame.size;
    *outboxes_size += frame.size;
    return true;
}

enum net_outbox_result net_outbox_send(struct net_outbox *outbox, const struct net_route *route,
                                       enum lane lane, struct bytes frame)
{
    enum lane fits = frame.size > LANE_PIECE_MAX ? LANE_BULK : lane;
    if (net_outbox_is_empty(outbox)) {
        outbox->went_ms = route->now_ms;
    }
    if (outbox->size + frame.size > NET_OUTBOX_SIZE_MAX ||
        *route->outboxes_size + frame.size > NET_OUTBOXES_SIZE_MAX ||
        !append(outbox, fits, frame, route->outboxes_size)) {
        return NET_OUTBOX_FULL;
    }
    return net_outbox_flush(outbox, route);
}

static enum net_outbox_result flush_express(struct net_outbox *outbox, const struct net_route *route)
{
    enum net_outbox_result result = NET_OUTBOX_DONE;
    while (outbox->first[LANE_EXPRESS] && result == NET_OUTBOX_DONE) {
        const struct net_outbox_item *item = outbox->first[LANE_EXPRESS];
        size_t size = item->size;
        result = hand_over(route, LANE_MARK_EXPRESS, bytes_of(item->bytes, size));
        if (result == NET_OUTBOX_DONE) {
            outbox->gone += size;
            drop_first(outbox, LANE_EXPRESS, route->outboxes_size);
        }
    }
    return result;
}

/* The next piece of the first frame. */
static enum net_outbox_result flush_piece(struct net_outbox *outbox, const struct net_route *route)
{
    const struct net_outbox_item *item = outbox->first[LANE_BULK];
    size_t left = item->size - outbox->cut_at;
    size_t size = left < LANE_PIECE_MAX ? left : LANE_PIECE_MAX;
    enum lane_mark mark = size == left ? LANE_MARK_LAST : LANE_MARK_MORE;
    enum net_outbox_result result = hand_over(route, mark, bytes_of(item->bytes + outbox->cut_at, size));
    if (result != NET_OUTBOX_DONE) {
        return result;
    }
    outbox->gone += size;
    outbox->cut_at += size;
    if (mark == LANE_MARK_LAST) {
        outbox->cut_at = 0;
        drop_first(outbox, LANE_BULK, route->outboxes_size);
    }
    return NET_OUTBOX_DONE;
}

static enum net_outbox_result flush_lanes(struct net_outbox *outbox, const struct net_route *route)
{
    enum net_outbox_result result = flush_express(outbox, route);
    while (outbox->first[LANE_BULK] && result == NET_OUTBOX_DONE) {
        result = flush_piece(outbox, route);
    }
    return result;
}

enum net_outbox_result net_outbox_flush(struct net_outbox *outbox, const struct net_route *route)
{
    enum { PART_OF_WAIT = 8 };
    const size_t gone = outbox->gone;
    const uint64_t now_ms = route->now_ms;
    enum net_outbox_result result = flush_lanes(outbox, route);
    if (outbox->gone > gone) {
        outbox->went_ms = now_ms;
    }
    uint64_t waited_ms = now_ms - outbox->went_ms;
    uint64_t pause_ms = waited_ms / PART_OF_WAIT;
    outbox->look_ms = now_ms + (pause_ms < NET_OUTBOX_RETRY_MS_MAX ? pause_ms : NET_OUTBOX_RETRY_MS_MAX);
    return result == NET_OUTBOX_WAITING && waited_ms >= clock_wait_ms(NET_OUTBOX_STALL_MS) ? NET_OUTBOX_STUCK
                                                                                           : result;
}

enum net_outbox_result net_outbox_step(struct net_outbox *outbox, const struct net_route *route)
{
    if (net_outbox_is_empty(outbox)) {
        return NET_OUTBOX_DONE;
    }
    return route->now_ms < outbox->look_ms ? NET_OUTBOX_WAITING : net_outbox_flush(outbox, route);
}

uint64_t net_outbox_deadline_ms(const struct net_outbox *outbox, uint64_t now_ms)
{
    if (net_outbox_is_empty(outbox)) {
        return UINT64_MAX;
    }
    return outbox->look_ms > now_ms ? outbox->look_ms : now_ms + NET_OUTBOX_RETRY_MS_MIN;
}

bool net_outbox_is_empty(const struct net_outbox *outbox)
{
    return !outbox->first[LANE_EXPRESS] && !outbox->first[LANE_BULK];
}

size_t net_outbox_report(struct net_outbox *outbox)
{
    size_t gone = outbox->gone;
    if (gone < NET_OUTBOX_REPORT_SIZE && !net_outbox_is_empty(outbox)) {
        return 0;
    }
    outbox->gone = 0;
    return gone;
}

void net_outbox_clear(struct net_outbox *outbox, size_t *outboxes_size)
{
    for (size_t lane = 0; lane < NET_OUTBOX_LANES; lane++) {
        while (outbox->first[lane]) {
            drop_first(outbox, (enum lane)lane, outboxes_size);
        }
    }
    outbox->cut_at = outbox->gone = 0;
}
