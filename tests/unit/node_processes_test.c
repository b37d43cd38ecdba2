#include "node/processes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "node/clock.h"
#include "tests/support/net_ends.h"

enum { NOW_MS = 5000, PEER = 1, WAIT_MS = 5000, KEYS_SIZE = 64, SPEED_SIZE = 4, CORE = 3 };

static struct node_keys keys;
static struct daemon_options options = {.peer_count = PEER + 1};
static struct processes processes;

static int setup(void **state)
{
    (void)state;
    for (size_t i = 0; i < options.peer_count; i++) {
        (void)peer_address_read(&options.peers[i].address, bytes_of_string("127.0.0.1:1"));
    }
    processes_init(&processes, &options, &keys, net_end_starter(), NOW_MS);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)clock_take_speed(1);
    processes_stop(&processes);
    return 0;
}

static void who_was_kicked_is_dialled_again_after_a_minute_or_sooner_at_a_tests_speed(void **state)
{
    static const struct {
        uint64_t speed, after_ms;
    } rows[] = {{1, REDIAL_MS}, {4, REDIAL_MS / 4}, {1000, CLOCK_WAIT_MS_MIN}};

    (void)state;
    processes_start(&processes, NOW_MS);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(clock_take_speed(rows[i].speed));
        processes_redial_later(&processes, PEER, NOW_MS);
        assert_int_equal(processes_deadline_ms(&processes), NOW_MS + rows[i].after_ms);
        processes_start(&processes, NOW_MS + rows[i].after_ms);
        assert_true(processes_deadline_ms(&processes) == UINT64_MAX);
    }
}

/* Returns: the first message from the process. */
static struct netlink_message first_message(struct netlink *link)
{
    struct netlink_message message = {0};

    while (netlink_next(link, &message) == NETLINK_AGAIN) {
        struct pollfd end = {.fd = link->fd, .events = POLLIN};

        assert_int_equal(poll(&end, 1, WAIT_MS), 1);
        assert_int_equal(netlink_fill(link), NETLINK_MESSAGE);
    }
    return message;
}

static void each_is_told_the_speed_of_the_clock(void **state)
{
    static const struct {
        uint64_t speed;
        uint8_t told[SPEED_SIZE];
    } rows[] = {{1, {0, 0, 0, 1}}, {500, {0, 0, 1, 0xf4}}, {CLOCK_SPEED_MAX, {0, 1, 0x86, 0xa0}}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct netlink_message said;

        processes_init(&processes, &options, &keys, net_end_starter(), NOW_MS);
        assert_true(clock_take_speed(rows[i].speed));
        processes_start(&processes, NOW_MS);
        processes_flush(&processes);
        said = first_message(&processes.net[NET_DIAL].link);
        assert_int_equal(said.type, NETLINK_READY);
        assert_int_equal(said.payload.size, KEYS_SIZE + SPEED_SIZE);
        assert_memory_equal(said.payload.data + KEYS_SIZE, rows[i].told, SPEED_SIZE);
        processes_stop(&processes);
    }
}

/* In place of a net process: it says what it was told. */
static int say_again(void)
{
    struct netlink link;
    struct netlink_message told;

    if (!netlink_init(&link, CORE)) {
        return 1;
    }
    while (netlink_next(&link, &told) == NETLINK_AGAIN) {
        struct pollfd core = {.fd = CORE, .events = POLLIN};

        if (poll(&core, 1, WAIT_MS) != 1 || netlink_fill(&link) != NETLINK_MESSAGE) {
            return 1;
        }
    }
    (void)netlink_send(&link, NETLINK_READY, 0, told.payload);
    (void)netlink_flush(&link);
    (void)pause();
    return 0;
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            who_was_kicked_is_dialled_again_after_a_minute_or_sooner_at_a_tests_speed, setup, teardown),
        cmocka_unit_test_setup_teardown(each_is_told_the_speed_of_the_clock, setup, teardown),
    };

    if (argc == 3 && strcmp(argv[1], "--net") == 0) {
        return say_again();
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
