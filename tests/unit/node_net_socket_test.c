#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sodium.h>

#include "node/clock.h"
#include "node/net_socket.h"

static int option_of(void *socket, int option)
{
    int value = -1;
    size_t size = sizeof value;
    assert_int_equal(zmq_getsockopt(socket, option, &value, &size), 0);
    return value;
}

static void what_waits_for_another_machine_is_shorter_at_a_tests_speed(void **state)
{
    (void)state;
    static const struct {
        const char *sentence;
        int option;
        int usual, at_10, at_1000;
    } rows[] = {
        {"a handshake", ZMQ_HANDSHAKE_IVL, 5000, 2000, 2000},
        {"the time between two heartbeats", ZMQ_HEARTBEAT_IVL, 15000, 2000, 2000},
        {"the answer to one", ZMQ_HEARTBEAT_TIMEOUT, 30000, 3000, 2000},
        {"how long the other is to wait for one, at its own speed", ZMQ_HEARTBEAT_TTL, 60000, 60000, 60000},
        {"the first reconnection comes soon anyway", ZMQ_RECONNECT_IVL, 500, 500, 500},
        {"the last ones", ZMQ_RECONNECT_IVL_MAX, 60000, 6000, 2000},
        {"what is not acknowledged", ZMQ_TCP_MAXRT, 30000, 3000, 2000},
        {"a connection", ZMQ_CONNECT_TIMEOUT, 10000, 2000, 2000},
        {"what is no time at all", ZMQ_SNDHWM, 512, 512, 512},
    };
    static const uint64_t speeds[] = {1, 10, 1000};
    struct net net = {.context = zmq_ctx_new()};
    assert_non_null(net.context);
    assert_int_equal(crypto_box_keypair(net.public_key, net.secret_key), 0);
    for (size_t i = 0; i < sizeof speeds / sizeof speeds[0]; i++) {
        assert_true(clock_take_speed(speeds[i]));
        void *socket = net_socket_open(&net, ZMQ_DEALER, "tcp://127.0.0.1:1");
        assert_non_null(socket);
        for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
            const int expected[] = {rows[k].usual, rows[k].at_10, rows[k].at_1000};
            if (option_of(socket, rows[k].option) != expected[i]) {
                fail_msg("%s at speed %u", rows[k].sentence, (unsigned)speeds[i]);
            }
        }
        net_socket_close(socket, 0);
    }
    assert_true(clock_take_speed(1));
    assert_int_equal(zmq_ctx_term(net.context), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_waits_for_another_machine_is_shorter_at_a_tests_speed),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
