#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "node/netlink.h"

struct ends {
    struct netlink near;
    struct netlink far;
};

static int ends_create(void **state)
{
    static struct ends ends;
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    assert_true(netlink_init(&ends.near, fds[0]));
    assert_true(netlink_init(&ends.far, fds[1]));
    *state = &ends;
    return 0;
}

static int ends_destroy(void **state)
{
    struct ends *ends = *state;
    netlink_deinit(&ends->near);
    netlink_deinit(&ends->far);
    return 0;
}

/* The raw bytes of a message, as the other end might send them without netlink. */
static void write_raw(struct ends *ends, const void *data, size_t size)
{
    assert_int_equal(send(ends->near.fd, data, size, 0), (ssize_t)size);
}

static void a_message_arrives_as_it_was_sent(void **state)
{
    struct ends *ends = *state;
    struct netlink_message message;
    assert_true(netlink_send(&ends->near, NETLINK_SEND, 0x01020304, bytes_of("frame", 5)));
    assert_true(netlink_send(&ends->near, NETLINK_KICK, UINT32_MAX, bytes_of(NULL, 0)));
    assert_true(netlink_wants_write(&ends->near));
    assert_int_equal(netlink_flush(&ends->near), NETLINK_MESSAGE);
    assert_false(netlink_wants_write(&ends->near));

    assert_int_equal(netlink_fill(&ends->far), NETLINK_MESSAGE);
    assert_int_equal(netlink_next(&ends->far, &message), NETLINK_MESSAGE);
    assert_int_equal(message.type, NETLINK_SEND);
    assert_int_equal(message.peer, 0x01020304);
    assert_true(bytes_equal_string(message.payload, "frame"));
    assert_int_equal(netlink_next(&ends->far, &message), NETLINK_MESSAGE);
    assert_int_equal(message.type, NETLINK_KICK);
    assert_int_equal(message.peer, UINT32_MAX);
    assert_int_equal(message.payload.size, 0);
    assert_int_equal(netlink_next(&ends->far, &message), NETLINK_AGAIN);
    assert_int_equal(netlink_fill(&ends->far), NETLINK_AGAIN);
}

static void a_message_byte_by_byte_is_taken_at_its_last_byte(void **state)
{
    struct ends *ends = *state;
    static const uint8_t raw[] = {0, 0, 0, 7, NETLINK_UP, 0, 0, 0, 9, 'o', 'k'};
    struct netlink_message message;
    for (size_t i = 0; i < sizeof raw; i++) {
        assert_int_equal(netlink_next(&ends->far, &message), NETLINK_AGAIN);
        write_raw(ends, &raw[i], 1);
        assert_int_equal(netlink_fill(&ends->far), NETLINK_MESSAGE);
    }
    assert_int_equal(netlink_next(&ends->far, &message), NETLINK_MESSAGE);
    assert_int_equal(message.peer, 9);
    assert_true(bytes_equal_string(message.payload, "ok"));
}

static void what_breaks_the_protocol_is_told(void **state)
{
    static const struct {
        const char *why;
        uint8_t raw[NETLINK_HEADER_SIZE];
        size_t size;
    } rows[] = {
        {"a length that does not cover type and peer", {0, 0, 0, 4}, 4},
        {"no length", {0, 0, 0, 0}, 4},
        {"a length one over the limit",
         {0, (5 + NETLINK_PAYLOAD_MAX + 1) >> 16, ((5 + NETLINK_PAYLOAD_MAX + 1) >> 8) & 255,
          (5 + NETLINK_PAYLOAD_MAX + 1) & 255},
         4},
        {"the greatest length", {255, 255, 255, 255}, 4},
        {"type 0", {0, 0, 0, 5, 0}, 5},
        {"a type between the two directions", {0, 0, 0, 5, NETLINK_KICK + 1}, 5},
        {"a type before the first of the net process", {0, 0, 0, 5, NETLINK_READY - 1}, 5},
        {"a type after the last, before the rest is there", {0, 0, 0, 9, NETLINK_SENT + 1}, 5},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ends_destroy(state);
        ends_create(state);
        struct ends *ends = *state;
        struct netlink_message message;
        write_raw(ends, rows[i].raw, rows[i].size);
        assert_int_equal(netlink_fill(&ends->far), NETLINK_MESSAGE);
        if (netlink_next(&ends->far, &message) != NETLINK_BROKEN) {
            fail_msg("%s", rows[i].why);
        }
    }
}

/* Both ends turn by turn, as two loops would. Returns: the messages that arrived whole and in order. */
static size_t pass_on(struct ends *ends, size_t size)
{
    size_t count = 0;
    while (netlink_flush(&ends->near) == NETLINK_AGAIN || count == 0) {
        struct netlink_message message;
        if (netlink_fill(&ends->far) != NETLINK_MESSAGE) {
            continue;
        }
        while (netlink_next(&ends->far, &message) == NETLINK_MESSAGE) {
            assert_int_equal(message.peer, count);
            assert_int_equal(message.payload.size, size);
            assert_int_equal(message.payload.data[0], (uint8_t)count);
            assert_int_equal(message.payload.data[size - 1], (uint8_t)count);
            count++;
        }
    }
    struct netlink_message message;
    while (netlink_fill(&ends->far) == NETLINK_MESSAGE) {
        while (netlink_next(&ends->far, &message) == NETLINK_MESSAGE) {
            assert_int_equal(message.peer, count++);
        }
    }
    return count;
}

static void messages_larger_than_the_socket_pass_in_parts(void **state)
{
    struct ends *ends = *state;
    enum { COUNT = 20 };
    uint8_t *payload = malloc(NETLINK_PAYLOAD_MAX);
    assert_non_null(payload);
    for (uint32_t i = 0; i < COUNT; i++) {
        memset(payload, (int)i, NETLINK_PAYLOAD_MAX);
        assert_true(netlink_send(&ends->near, NETLINK_FRAME, i, bytes_of(payload, NETLINK_PAYLOAD_MAX)));
    }
    free(payload);
    assert_int_equal(pass_on(ends, NETLINK_PAYLOAD_MAX), COUNT);
}

static void a_full_queue_takes_no_more_and_loses_nothing(void **state)
{
    struct ends *ends = *state;
    enum { SIZE = 100000 };
    uint8_t *payload = malloc(SIZE);
    assert_non_null(payload);
    uint32_t count = 0;
    for (;; count++) {
        memset(payload, (int)count, SIZE);
        if (!netlink_send(&ends->near, NETLINK_FRAME, count, bytes_of(payload, SIZE))) {
            break;
        }
    }
    free(payload);
    assert_true(netlink_waiting(&ends->near) <= NETLINK_QUEUE_MAX);
    assert_int_equal(count, NETLINK_QUEUE_MAX / (SIZE + NETLINK_HEADER_SIZE));
    assert_int_equal(pass_on(ends, SIZE), count);
    assert_true(netlink_send(&ends->near, NETLINK_KICK, 1, bytes_of(NULL, 0)));
}

static void the_end_comes_after_the_last_message(void **state)
{
    struct ends *ends = *state;
    struct netlink_message message;
    assert_true(netlink_send(&ends->near, NETLINK_READY, 0, bytes_of("x", 1)));
    assert_int_equal(netlink_flush(&ends->near), NETLINK_MESSAGE);
    assert_int_equal(shutdown(ends->near.fd, SHUT_RDWR), 0);
    assert_int_equal(netlink_fill(&ends->far), NETLINK_MESSAGE);
    assert_int_equal(netlink_next(&ends->far, &message), NETLINK_MESSAGE);
    assert_int_equal(netlink_fill(&ends->far), NETLINK_CLOSED);
    assert_true(netlink_send(&ends->far, NETLINK_KICK, 0, bytes_of(NULL, 0)));
    assert_int_equal(netlink_flush(&ends->far), NETLINK_CLOSED);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_message_arrives_as_it_was_sent, ends_create, ends_destroy),
        cmocka_unit_test_setup_teardown(a_message_byte_by_byte_is_taken_at_its_last_byte, ends_create,
                                        ends_destroy),
        cmocka_unit_test_setup_teardown(what_breaks_the_protocol_is_told, ends_create, ends_destroy),
        cmocka_unit_test_setup_teardown(messages_larger_than_the_socket_pass_in_parts, ends_create,
                                        ends_destroy),
        cmocka_unit_test_setup_teardown(a_full_queue_takes_no_more_and_loses_nothing, ends_create,
                                        ends_destroy),
        cmocka_unit_test_setup_teardown(the_end_comes_after_the_last_message, ends_create, ends_destroy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
