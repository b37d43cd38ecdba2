#include "node/net_outbox.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* An outbox that leads into a socket of this process, beside a real TCP connection: how much of what went in
 * has not left this machine is what the test says. */

enum { NOW_MS = 1000, NEVER_LEFT = 1 << 30, BULK = 100 * 1000 };

static uint8_t bytes[FRAME_SIZE_MAX];

struct fixture {
    void *context, *from, *to;
    int listening, fd;
    struct net_connection connection;
    struct net_outbox outbox;
    size_t outboxes_size;
    uint64_t now_ms;
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;

    *state = fixture;
    fixture->now_ms = NOW_MS;
    fixture->context = zmq_ctx_new();
    fixture->to = zmq_socket(fixture->context, ZMQ_DEALER);
    fixture->from = zmq_socket(fixture->context, ZMQ_DEALER);
    fixture->listening = socket(AF_INET, SOCK_STREAM, 0);
    fixture->fd = socket(AF_INET, SOCK_STREAM, 0);
    return zmq_bind(fixture->to, "inproc://to") == 0 && zmq_connect(fixture->from, "inproc://to") == 0 &&
                   bind(fixture->listening, (struct sockaddr *)&address, size) == 0 &&
                   listen(fixture->listening, 1) == 0 &&
                   getsockname(fixture->listening, (struct sockaddr *)&address, &size) == 0 &&
                   connect(fixture->fd, (struct sockaddr *)&address, size) == 0 &&
                   net_connection_open(&fixture->connection, fixture->fd, NOW_MS)
               ? 0
               : -1;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    const int linger = 0;

    net_outbox_clear(&fixture->outbox, &fixture->outboxes_size);
    assert_int_equal(fixture->outboxes_size, 0);
    (void)zmq_setsockopt(fixture->from, ZMQ_LINGER, &linger, sizeof linger);
    (void)zmq_close(fixture->from);
    (void)zmq_close(fixture->to);
    (void)zmq_ctx_term(fixture->context);
    (void)close(fixture->fd);
    (void)close(fixture->listening);
    free(fixture);
    return 0;
}

static struct net_route route_of(struct fixture *fixture)
{
    return (struct net_route){.socket = fixture->from,
                              .connection = &fixture->connection,
                              .outboxes_size = &fixture->outboxes_size,
                              .now_ms = fixture->now_ms};
}

static enum net_outbox_result send_bulk(struct fixture *fixture, size_t size)
{
    const struct net_route route = route_of(fixture);

    return net_outbox_send(&fixture->outbox, &route, LANE_BULK, bytes_of(bytes, size));
}

static enum net_outbox_result step(struct fixture *fixture)
{
    const struct net_route route = route_of(fixture);

    return net_outbox_step(&fixture->outbox, &route);
}

/* Look whenever it is time, for so long or until the peer is to be dropped. Returns: how often. */
static size_t look_for(struct fixture *fixture, uint64_t duration_ms, enum net_outbox_result *last)
{
    const uint64_t end_ms = fixture->now_ms + duration_ms;
    size_t count = 0;

    *last = NET_OUTBOX_WAITING;
    while (fixture->now_ms < end_ms && *last == NET_OUTBOX_WAITING) {
        const uint64_t next_ms = net_outbox_deadline_ms(&fixture->outbox, fixture->now_ms);

        assert_in_range(next_ms - fixture->now_ms, NET_OUTBOX_RETRY_MS_MIN, NET_OUTBOX_RETRY_MS_MAX);
        fixture->now_ms = next_ms;
        *last = step(fixture);
        count++;
    }
    return count;
}

static void who_takes_nothing_is_looked_at_less_and_less_and_then_dropped(void **state)
{
    struct fixture *fixture = *state;
    enum net_outbox_result last;

    fixture->connection.sent = NEVER_LEFT;
    assert_int_equal(send_bulk(fixture, BULK), NET_OUTBOX_WAITING);
    assert_in_range(look_for(fixture, 8, &last), 7, 8); /* a fast one is not kept waiting */
    assert_in_range(look_for(fixture, 1000, &last), 20, 80);
    assert_in_range(look_for(fixture, 10 * 1000, &last), 200, 210);
    assert_int_equal(last, NET_OUTBOX_WAITING);
    (void)look_for(fixture, NET_OUTBOX_STALL_MS, &last);
    assert_int_equal(last, NET_OUTBOX_STUCK);
    assert_in_range(fixture->now_ms, NOW_MS + NET_OUTBOX_STALL_MS,
                    NOW_MS + NET_OUTBOX_STALL_MS + NET_OUTBOX_RETRY_MS_MAX);
}

/* However much more is put in: that is no sign of it. */
static void what_is_sent_to_it_gives_it_no_more_time(void **state)
{
    struct fixture *fixture = *state;

    fixture->connection.sent = NEVER_LEFT;
    for (size_t i = 0; i < NET_OUTBOX_STALL_MS / 1000; i++) {
        assert_int_equal(send_bulk(fixture, 100), NET_OUTBOX_WAITING);
        fixture->now_ms += 1000;
    }
    assert_int_equal(send_bulk(fixture, 100), NET_OUTBOX_STUCK);
}

static void whoever_takes_something_now_and_then_stays(void **state)
{
    struct fixture *fixture = *state;
    enum net_outbox_result last;

    for (size_t i = 0; i < 5; i++) {
        const size_t waiting = fixture->outbox.size;

        fixture->connection.sent = 0;
        assert_int_equal(send_bulk(fixture, BULK), NET_OUTBOX_WAITING);
        assert_true(fixture->outbox.size <= waiting + BULK);
        fixture->connection.sent = NEVER_LEFT;
        (void)look_for(fixture, NET_OUTBOX_STALL_MS - 2 * NET_OUTBOX_RETRY_MS_MAX, &last);
        assert_int_equal(last, NET_OUTBOX_WAITING);
    }
}

static void as_long_as_nothing_waits_nothing_is_due(void **state)
{
    struct fixture *fixture = *state;

    assert_true(net_outbox_deadline_ms(&fixture->outbox, fixture->now_ms) == UINT64_MAX);
    assert_int_equal(send_bulk(fixture, 100), NET_OUTBOX_DONE);
    assert_true(net_outbox_deadline_ms(&fixture->outbox, fixture->now_ms) == UINT64_MAX);
    /* And what begins to wait then has all of its time. */
    fixture->now_ms += 10 * NET_OUTBOX_STALL_MS;
    fixture->connection.sent = NEVER_LEFT;
    assert_int_equal(send_bulk(fixture, 100), NET_OUTBOX_WAITING);
    fixture->now_ms += NET_OUTBOX_STALL_MS - 1;
    assert_int_equal(step(fixture), NET_OUTBOX_WAITING);
    fixture->now_ms++;
    assert_int_equal(step(fixture), NET_OUTBOX_WAITING); /* it was looked at just now */
    fixture->now_ms += NET_OUTBOX_RETRY_MS_MAX;
    assert_int_equal(step(fixture), NET_OUTBOX_STUCK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_takes_nothing_is_looked_at_less_and_less_and_then_dropped),
        TEST(what_is_sent_to_it_gives_it_no_more_time),
        TEST(whoever_takes_something_now_and_then_stays),
        TEST(as_long_as_nothing_waits_nothing_is_due),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
