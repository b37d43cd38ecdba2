#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "node/clock.h"
#include "node/net_outbox.h"
#include "node/net_socket.h"

#define ANY_PORT "tcp://127.0.0.1:*"
#define NO_PORT "tcp://127.0.0.1" /* the library refuses it */

/* A dialler without its process: the clock is the test's. */

enum { PEER = 7, FAST = 6, WAIT_MS = 20, TURNS_MAX = 500, GOOD_LIFE_MS = 10000 };

static struct net net;
static void *dialler;
static void *listener;
static uint8_t listener_key[NET_KEY_SIZE], listener_secret[NET_KEY_SIZE];
static char endpoint[NET_ENDPOINT_MAX];

/* On any port, or again on the one that was taken first; little is kept for whoever doesn't read. */
static void listen_on_loopback(void)
{
    const int on = 1, linger_ms = 0, kept = 2, buffer = 64 * 1024;
    size_t size = sizeof endpoint;

    listener = zmq_socket(net.context, ZMQ_ROUTER);
    assert_non_null(listener);
    assert_int_equal(zmq_setsockopt(listener, ZMQ_CURVE_SERVER, &on, sizeof on), 0);
    assert_int_equal(zmq_setsockopt(listener, ZMQ_CURVE_SECRETKEY, listener_secret, NET_KEY_SIZE), 0);
    assert_int_equal(zmq_setsockopt(listener, ZMQ_LINGER, &linger_ms, sizeof linger_ms), 0);
    assert_int_equal(zmq_setsockopt(listener, ZMQ_RCVHWM, &kept, sizeof kept), 0);
    assert_int_equal(zmq_setsockopt(listener, ZMQ_RCVBUF, &buffer, sizeof buffer), 0);
    /* The library lets go of a port a while after its socket was closed. */
    for (int i = 0; i < TURNS_MAX && zmq_bind(listener, endpoint) != 0; i++) {
        (void)zmq_poll(NULL, 0, WAIT_MS);
    }
    assert_int_equal(zmq_getsockopt(listener, ZMQ_LAST_ENDPOINT, endpoint, &size), 0);
}

static int setup(void **state)
{
    const char *failure = NULL;
    int ends[2];

    (void)state;
    memset(&net, 0, sizeof net);
    net.now_ms = 1000;
    net.context = zmq_ctx_new();
    if (net.context == NULL || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0 ||
        !netlink_init(&net.link, ends[0])) {
        return -1;
    }
    (void)close(ends[1]); /* what it tells stays in its queue */
    crypto_box_keypair(net.public_key, net.secret_key);
    crypto_box_keypair(listener_key, listener_secret);
    (void)strcpy(endpoint, ANY_PORT);
    dialler = net_dial_body.create(&net, bytes_of(NULL, 0), &failure);
    return dialler != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    (void)clock_take_speed(1);
    net_dial_body.destroy(dialler);
    if (listener != NULL) {
        (void)zmq_close(listener);
        listener = NULL;
    }
    netlink_deinit(&net.link);
    return zmq_ctx_term(net.context);
}

static void dial(const char *text)
{
    uint8_t payload[NET_KEY_SIZE + NET_ENDPOINT_MAX];

    memcpy(payload, listener_key, NET_KEY_SIZE);
    memcpy(payload + NET_KEY_SIZE, text, strlen(text));
    assert_true(net_dial_body.on_dial(dialler, PEER, bytes_of(payload, NET_KEY_SIZE + strlen(text))));
}

static void step(void)
{
    zmq_pollitem_t items[NET_ITEMS_MAX];
    size_t count = net_dial_body.items(dialler, items);

    assert_true(zmq_poll(items, (int)count, WAIT_MS) >= 0);
    net_dial_body.step(dialler, items);
}

/* How long it waits before it dials again. Requires: it was told to dial, and can't. */
static uint64_t backoff(void)
{
    net.now_ms = net_dial_body.deadline_ms(dialler);
    step();
    return net_dial_body.deadline_ms(dialler) - net.now_ms;
}

static void what_cannot_be_dialled_is_tried_ever_more_seldom(void **state)
{
    static const uint64_t usual_ms[] = {500, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
    static const uint64_t fast_ms[] = {500, 1000, 2000, 4000, 8000, 10000, 10000};

    (void)state;
    dial(NO_PORT);
    for (size_t i = 0; i < sizeof usual_ms / sizeof usual_ms[0]; i++) {
        assert_int_equal(backoff(), usual_ms[i]);
    }
    assert_true(clock_take_speed(FAST));
    dial(NO_PORT);
    for (size_t i = 0; i < sizeof fast_ms / sizeof fast_ms[0]; i++) {
        assert_int_equal(backoff(), fast_ms[i]);
    }
}

/* Returns: the size of the next message from the dialler that comes within the turns; -1: none does. */
static int next_size(void)
{
    for (int i = 0; i < TURNS_MAX; i++) {
        uint8_t route[256], message[256];

        if (zmq_recv(listener, route, sizeof route, ZMQ_DONTWAIT) >= 0) {
            return zmq_recv(listener, message, sizeof message, 0);
        }
        step();
    }
    return -1;
}

/* The connection is up when the core was told so. */
static void come_up(void)
{
    const size_t told = netlink_waiting(&net.link) + NETLINK_HEADER_SIZE + NET_KEY_SIZE;

    bool dialled = strcmp(endpoint, ANY_PORT) != 0;

    listen_on_loopback();
    if (!dialled) {
        dial(endpoint);
    }
    for (int i = 0; i < TURNS_MAX && netlink_waiting(&net.link) < told; i++) {
        step();
    }
    assert_int_equal(netlink_waiting(&net.link), told);
}

/* The listener goes away. Returns: how long the dialler waits before it dials again. */
static uint64_t go_down(void)
{
    zmq_pollitem_t items[NET_ITEMS_MAX];

    assert_int_equal(zmq_close(listener), 0);
    listener = NULL;
    for (int i = 0; i < TURNS_MAX && net_dial_body.items(dialler, items) > 0; i++) {
        step();
    }
    assert_int_equal(net_dial_body.items(dialler, items), 0);
    return net_dial_body.deadline_ms(dialler) - net.now_ms;
}

/* A keep-alive is an empty message, and so is the first one. A frame tells that none came before it. */
static void a_keep_alive_comes_after(uint64_t interval_ms)
{
    come_up();
    assert_int_equal(next_size(), 0);
    net.now_ms += interval_ms - 1;
    step();
    assert_true(net_dial_body.on_send(dialler, PEER, LANE_EXPRESS, bytes_of("frame", 5)));
    net.now_ms += 1;
    step();
    assert_int_equal(next_size(), 1 + 5);
    assert_int_equal(next_size(), 0);
}

static void a_silent_dialler_says_every_half_minute_that_it_is_there(void **state)
{
    (void)state;
    a_keep_alive_comes_after(NET_KEEPALIVE_MS);
}

static void at_a_tests_speed_it_says_so_more_often(void **state)
{
    (void)state;
    assert_true(clock_take_speed(FAST));
    a_keep_alive_comes_after(NET_KEEPALIVE_MS / FAST);
}

static void live_and_die(uint64_t life_ms, uint64_t backoff_ms)
{
    come_up();
    net.now_ms += life_ms;
    assert_int_equal(go_down(), backoff_ms);
    net.now_ms += backoff_ms;
}

static void after_a_good_life_the_next_dial_comes_soon(void **state)
{
    (void)state;
    live_and_die(0, 500);
    live_and_die(GOOD_LIFE_MS - 1, 1000);
    live_and_die(GOOD_LIFE_MS, 500);
    assert_true(clock_take_speed(4));
    live_and_die(GOOD_LIFE_MS / 4 - 1, 1000);
    live_and_die(GOOD_LIFE_MS / 4, 500);
}

/* Its heartbeats are the library's: they go on. */
static void who_takes_nothing_is_dropped_in_the_end_and_dialled_again(void **state)
{
    enum { FRAMES = 7, SIZE = 500 * 1000, STEP_MS = 500, BACKOFF_MS = 500 };
    static const uint8_t frame[SIZE];
    const uint8_t *last;
    uint64_t began_ms;

    (void)state;
    come_up();
    for (size_t i = 0; i < FRAMES; i++) {
        assert_true(net_dial_body.on_send(dialler, PEER, LANE_BULK, bytes_of(frame, sizeof frame)));
    }
    for (int i = 0; i < TURNS_MAX / 10; i++) { /* what the machines take of it */
        step();
    }
    began_ms = net.now_ms;
    while (net_dial_body.deadline_ms(dialler) <= net.now_ms + NET_OUTBOX_RETRY_MS_MAX) {
        assert_true(net.now_ms < began_ms + NET_OUTBOX_STALL_MS + STEP_MS);
        net.now_ms += STEP_MS;
        step();
    }
    assert_in_range(net.now_ms - began_ms, NET_OUTBOX_STALL_MS - STEP_MS, NET_OUTBOX_STALL_MS + STEP_MS);
    assert_int_equal(net_dial_body.deadline_ms(dialler) - net.now_ms, BACKOFF_MS);
    last = net.link.out + net.link.out_size - (NETLINK_HEADER_SIZE + 1);
    assert_int_equal(last[4], NETLINK_DOWN);
    assert_int_equal(last[NETLINK_HEADER_SIZE], NETLINK_DROP_TAKES_NOTHING);
    assert_int_equal(zmq_close(listener), 0);
    net.now_ms += BACKOFF_MS;
    come_up();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_cannot_be_dialled_is_tried_ever_more_seldom, setup, teardown),
        cmocka_unit_test_setup_teardown(a_silent_dialler_says_every_half_minute_that_it_is_there, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(after_a_good_life_the_next_dial_comes_soon, setup, teardown),
        cmocka_unit_test_setup_teardown(at_a_tests_speed_it_says_so_more_often, setup, teardown),
        cmocka_unit_test_setup_teardown(who_takes_nothing_is_dropped_in_the_end_and_dialled_again, setup,
                                        teardown),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
