#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include "tests/support/curve_client.h"
#include "tests/support/net_ends.h"

enum { DIAL_NUMBER = 700 };

static struct net_end listener;
static struct net_end dialler;
static struct net_end other;
static struct net_end *const ends[] = {&listener, &dialler, &other};

static int ends_clear(void **state)
{
    (void)state;
    static const uint8_t nobody[32] = {9};
    net_end_listener(&listener, false, NULL, 0);
    net_end_dialler(&dialler, DIAL_NUMBER, nobody, 1);
    net_end_dialler(&other, DIAL_NUMBER + 1, nobody, 1);
    return 0;
}

static int ends_stop(void **state)
{
    (void)state;
    net_end_stop(&listener);
    net_end_stop(&dialler);
    net_end_stop(&other);
    return 0;
}

static void start_listener(void)
{
    NET_END_UNTIL(ends, 1, listener.process.ready);
}

static void start_both(void)
{
    start_listener();
    net_end_dialler(&dialler, DIAL_NUMBER, listener.public_key, listener.port);
    NET_END_UNTIL(ends, 2, listener.up_count == 1 && dialler.up_count == 1);
}

static void assert_frame(const struct net_end *end, uint32_t from, uint8_t byte, size_t size)
{
    assert_int_equal(end->last_from, from);
    assert_int_equal(end->last_frame_size, size);
    for (size_t i = 0; i < size; i++) {
        assert_int_equal(end->last_frame[i], byte);
    }
}

/* What must go on working, whatever anyone else does. */
static void assert_both_still_talk(uint8_t byte)
{
    enum { SIZE = 1234 };
    uint32_t number = net_end_number_of(&listener, dialler.public_key);
    uint64_t bytes = listener.frame_bytes;
    size_t answers = dialler.frame_count;
    net_end_send(&dialler, DIAL_NUMBER, byte, SIZE);
    NET_END_UNTIL(ends, 2, listener.frame_bytes >= bytes + SIZE);
    net_end_send(&listener, number, byte, SIZE);
    NET_END_UNTIL(ends, 2, dialler.frame_count > answers);
    assert_frame(&dialler, DIAL_NUMBER, byte, SIZE);
}

static void each_end_learns_the_other_and_frames_pass_both_ways(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 100 * 1000, 500 * 1000, FRAME_SIZE_MAX};
    start_both();
    assert_memory_equal(listener.last_key, dialler.public_key, 32);
    assert_memory_equal(dialler.last_key, listener.public_key, 32);
    assert_int_equal(dialler.last_up, DIAL_NUMBER);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint8_t byte = (uint8_t)(i + 1);
        net_end_send(&dialler, DIAL_NUMBER, byte, sizes[i]);
        NET_END_UNTIL(ends, 2, listener.frame_count == i + 1);
        assert_frame(&listener, listener.last_up, byte, sizes[i]);
        net_end_send(&listener, listener.last_up, (uint8_t)(byte + 100), sizes[i]);
        NET_END_UNTIL(ends, 2, dialler.frame_count == i + 1);
        assert_frame(&dialler, DIAL_NUMBER, (uint8_t)(byte + 100), sizes[i]);
    }
}

static void many_frames_arrive_in_order(void **state)
{
    (void)state;
    enum { COUNT = 3000 };
    start_both();
    uint64_t bytes = 0;
    for (size_t i = 0; i < COUNT; i++) {
        size_t size = 1 + i % 977;
        net_end_send(&dialler, DIAL_NUMBER, (uint8_t)i, size);
        bytes += size;
    }
    NET_END_UNTIL(ends, 2, listener.frame_count == COUNT);
    assert_int_equal(listener.frame_bytes, bytes);
    assert_frame(&listener, listener.last_up, (uint8_t)(COUNT - 1), 1 + (COUNT - 1) % 977);
}

static void a_wrong_server_key_never_comes_up(void **state)
{
    (void)state;
    start_listener();
    net_end_dialler(&dialler, DIAL_NUMBER, dialler.public_key, listener.port);
    net_end_dialler(&other, DIAL_NUMBER, listener.public_key, listener.port);
    NET_END_UNTIL(ends, 3, other.up_count == 1);
    net_end_go_on(ends, 3, 1500); /* several redials */
    assert_int_equal(dialler.up_count, 0);
    assert_int_equal(listener.up_count, 1);
}

/* Its filter knows no system call for what the C library does with many. */
static void a_listener_takes_the_keys_of_as_many_as_may_be_given(void **state)
{
    (void)state;
    static uint8_t known[64][32];
    randombytes_buf(known, sizeof known);
    net_end_listener(&listener, true, known, 64);
    NET_END_UNTIL(ends, 1, listener.process.ready || listener.process.restart_at_ms > net_end_now_ms());
    assert_true(listener.process.ready);
    net_end_stop(&listener);
}

static void only_known_keys_are_let_in(void **state)
{
    (void)state;
    uint8_t known[2][32];
    net_end_dialler(&other, 5, listener.public_key, 1); /* for its key */
    memcpy(known[0], other.public_key, 32);
    randombytes_buf(known[1], 32);
    net_end_listener(&listener, true, known, 2);
    start_listener();
    struct net_end keep = other;
    net_end_dialler(&other, 5, listener.public_key, listener.port);
    memcpy(other.public_key, keep.public_key, 32);
    memcpy(other.secret_key, keep.secret_key, 32);
    net_end_dialler(&dialler, DIAL_NUMBER, listener.public_key, listener.port);
    NET_END_UNTIL(ends, 3, other.up_count == 1);
    net_end_go_on(ends, 3, 1500);
    assert_int_equal(dialler.up_count, 0);
    assert_int_equal(listener.up_count, 1);
    assert_memory_equal(listener.last_key, other.public_key, 32);
}

/* A libzmq socket of the test's own. */
struct stranger {
    void *context;
    void *socket;
};

/* buffer: of what the machine and the library keep for it, bytes; 0: as much as they like. */
static void stranger_connect(struct stranger *stranger, int type, bool curve, int buffer)
{
    char endpoint[64];
    stranger->context = zmq_ctx_new();
    stranger->socket = zmq_socket(stranger->context, type);
    int linger = 0;
    zmq_setsockopt(stranger->socket, ZMQ_LINGER, &linger, sizeof linger);
    if (buffer > 0) {
        int messages = 2;
        zmq_setsockopt(stranger->socket, ZMQ_RCVBUF, &buffer, sizeof buffer);
        zmq_setsockopt(stranger->socket, ZMQ_RCVHWM, &messages, sizeof messages);
    }
    if (curve) {
        uint8_t public_key[32];
        uint8_t secret_key[32];
        crypto_box_keypair(public_key, secret_key);
        zmq_setsockopt(stranger->socket, ZMQ_CURVE_SERVERKEY, listener.public_key, 32);
        zmq_setsockopt(stranger->socket, ZMQ_CURVE_PUBLICKEY, public_key, 32);
        zmq_setsockopt(stranger->socket, ZMQ_CURVE_SECRETKEY, secret_key, 32);
    }
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", listener.port);
    assert_int_equal(zmq_connect(stranger->socket, endpoint), 0);
}

static void stranger_close(struct stranger *stranger)
{
    zmq_close(stranger->socket);
    zmq_ctx_term(stranger->context);
}

static void a_client_without_curve_is_refused(void **state)
{
    (void)state;
    start_both();
    struct stranger stranger;
    stranger_connect(&stranger, ZMQ_DEALER, false, 0);
    zmq_send(stranger.socket, "let me in", 9, ZMQ_DONTWAIT);
    net_end_go_on(ends, 2, 700);
    assert_int_equal(listener.up_count, 1);
    assert_int_equal(listener.frame_count, 0);
    stranger_close(&stranger);
    assert_both_still_talk(1);
}

static void a_stranger_with_curve_is_let_in_under_its_own_key(void **state)
{
    (void)state;
    start_listener();
    struct curve_client client;
    assert_true(curve_client_open(&client, listener.port, listener.public_key, "", 0));
    assert_true(curve_client_send(&client, "hi", 2, false));
    NET_END_UNTIL(ends, 1, listener.frame_count == 1);
    assert_int_equal(listener.up_count, 1);
    assert_int_equal(listener.last_frame_size, 2);
    curve_client_close(&client);
    NET_END_UNTIL(ends, 1, listener.down_count == 1);
    assert_int_equal(listener.last_down, listener.last_up);
}

/* Whether the listener has let go of fd, within the deadline. */
static bool let_go(int fd)
{
    uint8_t drain[4096];
    uint64_t until_ms = net_end_now_ms() + NET_END_WAIT_MS;
    while (net_end_now_ms() < until_ms) {
        net_end_turn(ends, 2, 10);
        ssize_t got = recv(fd, drain, sizeof drain, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN)) {
            return true;
        }
    }
    return false;
}

#define TEXT(text) text, sizeof(text) - 1
#define ZEROS_8 "\0\0\0\0\0\0\0\0"
/* Signature, version 3.0, mechanism, as-server, filler: 64 bytes. */
#define GREETING                                                                                             \
    "\xff" ZEROS_8 "\x7f\x03\0CURVE" ZEROS_8 "\0\0\0\0\0\0\0\0" ZEROS_8 ZEROS_8 ZEROS_8 "\0\0\0\0\0\0\0"

static void garbage_costs_only_its_own_connection(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        const char *data;
        size_t size;
    } rows[] = {
        {"one that says nothing, until the handshake has taken too long", TEXT("")},
        {"a web browser", TEXT("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")},
        {"an old greeting with a size of 2^63", TEXT("\xff\x80\0\0\0\0\0\0\0\x01")},
        {"a frame where HELLO belongs", TEXT(GREETING "\x00\x05hello")},
        {"a frame over the limit where HELLO belongs", TEXT(GREETING "\x02\0\0\0\0\x7f\xff\xff\xff")},
        {"a HELLO without substance", TEXT(GREETING "\x04\x06\x05HELLO")},
        {"a greeting of the future with a mechanism nobody knows",
         TEXT("\xff" ZEROS_8 "\x7f\xff\0SECRET" ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 "\0\0\0\0\0\0")},
    };
    enum { ROW_COUNT = sizeof rows / sizeof rows[0] };
    int fds[ROW_COUNT];
    start_both();
    for (size_t i = 0; i < ROW_COUNT; i++) {
        fds[i] = loopback_connect(listener.port);
        assert_true(fds[i] >= 0);
        assert_int_equal(send(fds[i], rows[i].data, rows[i].size, MSG_NOSIGNAL), (ssize_t)rows[i].size);
        assert_both_still_talk((uint8_t)(i + 1));
    }
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (!let_go(fds[i])) {
            fail_msg("%s", rows[i].why);
        }
        close(fds[i]);
    }
    assert_both_still_talk(99);
    assert_int_equal(listener.up_count, 1);
    assert_int_equal(listener.process.restarts, 0);
}

static void a_message_of_several_parts_is_never_shown_and_ends_the_connection(void **state)
{
    (void)state;
    start_both();
    struct stranger stranger;
    stranger_connect(&stranger, ZMQ_DEALER, true, 0);
    assert_int_equal(zmq_send(stranger.socket, "whole", 5, 0), 5);
    NET_END_UNTIL(ends, 2, listener.up_count == 2 && listener.frame_count == 1);
    assert_int_equal(zmq_send(stranger.socket, "one", 3, ZMQ_SNDMORE), 3);
    assert_int_equal(zmq_send(stranger.socket, "two", 3, 0), 3);
    NET_END_UNTIL(ends, 2, listener.down_count == 1);
    assert_int_equal(listener.frame_count, 1);
    stranger_close(&stranger);
    assert_both_still_talk(1);
}

static void a_message_over_the_limit_ends_the_connection(void **state)
{
    (void)state;
    static const size_t sizes[] = {LANE_MESSAGE_MAX + 1, FRAME_SIZE_MAX + 1, 3 * 1024 * 1024};
    start_both();
    uint8_t *frame = calloc(1, 3 * 1024 * 1024);
    assert_non_null(frame);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct curve_client client;
        size_t downs = listener.down_count;
        size_t frames = listener.frame_count;
        assert_true(curve_client_open(&client, listener.port, listener.public_key, "", 0));
        assert_true(curve_client_send(&client, "whole", 5, false));
        NET_END_UNTIL(ends, 2, listener.frame_count == frames + 1);
        curve_client_send(&client, frame, sizes[i], false);
        NET_END_UNTIL(ends, 2, listener.down_count == downs + 1);
        assert_int_equal(listener.frame_count, frames + 1);
        curve_client_close(&client);
    }
    free(frame);
    assert_both_still_talk(1);
}

/* Returns: how many megabytes got through before the listener cut the connection. */
static size_t send_without_end(struct curve_client *client, size_t megabytes_max)
{
    static uint8_t part[256 * 1024];
    for (size_t i = 0; i < megabytes_max * 4; i++) {
        if (!curve_client_send(client, part, sizeof part, true)) {
            return i / 4;
        }
        net_end_turn(ends, 2, 0);
    }
    return megabytes_max;
}

static void a_message_that_never_ends_is_cut_before_memory_suffers(void **state)
{
    (void)state;
    enum { ROUNDS = 3, MEGABYTES_MAX = 2000, RSS_KB_MAX = 128 * 1024 };
    start_both();
    for (size_t i = 0; i < ROUNDS; i++) {
        struct curve_client client;
        assert_true(curve_client_open(&client, listener.port, listener.public_key, "", 0));
        if (i == 1) { /* whether or not it was a peer before */
            assert_true(curve_client_send(&client, "whole", 5, false));
        }
        assert_true(send_without_end(&client, MEGABYTES_MAX) < MEGABYTES_MAX);
        curve_client_close(&client);
    }
    assert_both_still_talk(1);
    assert_int_equal(listener.process.restarts, 0);
    assert_true(net_end_stayed_under(&listener, RSS_KB_MAX));
}

static void hostile_routing_ids_harm_nobody(void **state)
{
    (void)state;
    uint8_t long_id[255];
    memset(long_id, 7, sizeof long_id);
    static const uint8_t zero_id[5] = {0, 0, 0, 0, 1};
    const struct {
        const char *why;
        const void *id;
        size_t size;
    } rows[] = {
        {"the longest", long_id, sizeof long_id},
        {"the same again, while the first is there", long_id, sizeof long_id},
        {"one like those that the library counts", zero_id, sizeof zero_id},
    };
    struct curve_client clients[3];
    start_both();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!curve_client_open(&clients[i], listener.port, listener.public_key, rows[i].id, rows[i].size)) {
            fail_msg("%s", rows[i].why);
        }
        /* A taken name makes the library read the next message as another try: one of 1000 bytes. */
        static const uint8_t zeros[1000];
        curve_client_send(&clients[i], zeros, sizeof zeros, false);
        curve_client_send(&clients[i], "frame", 5, false);
        assert_both_still_talk((uint8_t)i);
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        curve_client_close(&clients[i]);
    }
    assert_both_still_talk(9);
    assert_int_equal(listener.process.restarts, 0);
}

static void the_same_key_again_is_a_new_peer(void **state)
{
    (void)state;
    start_both();
    uint32_t first = listener.last_up;
    net_end_dialler(&other, 1, listener.public_key, listener.port);
    memcpy(other.public_key, dialler.public_key, 32);
    memcpy(other.secret_key, dialler.secret_key, 32);
    NET_END_UNTIL(ends, 3, listener.up_count == 2 && listener.down_count == 1);
    assert_int_equal(listener.last_down, first);
    assert_true(listener.last_up > first);
}

static void a_kicked_peer_goes_down_and_comes_again_under_another_number(void **state)
{
    (void)state;
    start_both();
    uint32_t first = listener.last_up;
    net_end_kick(&listener, first);
    NET_END_UNTIL(ends, 2, listener.down_count == 1 && dialler.down_count == 1);
    NET_END_UNTIL(ends, 2, listener.up_count == 2 && dialler.up_count == 2);
    assert_true(listener.last_up > first);
    assert_both_still_talk(1);
    net_end_kick(&dialler, DIAL_NUMBER);
    NET_END_UNTIL(ends, 2, listener.down_count == 2 && dialler.down_count == 2);
    net_end_go_on(ends, 2, 1200); /* forgotten: not dialled again */
    assert_int_equal(dialler.up_count, 2);
}

static void killed_net_processes_come_back(void **state)
{
    (void)state;
    start_both();
    assert_int_equal(kill(dialler.process.pid, SIGKILL), 0);
    NET_END_UNTIL(ends, 2, dialler.process.restarts == 1 && dialler.up_count == 2 && listener.up_count == 2);
    assert_both_still_talk(1);
    assert_int_equal(kill(listener.process.pid, SIGKILL), 0);
    NET_END_UNTIL(ends, 2, listener.process.restarts == 1 && dialler.up_count == 3 && listener.up_count == 3);
    assert_both_still_talk(2);
}

static void a_peer_that_does_not_read_is_dropped(void **state)
{
    (void)state;
    start_both();
    struct curve_client client;
    assert_true(curve_client_open(&client, listener.port, listener.public_key, "", 0));
    assert_true(curve_client_send(&client, "whole", 5, false));
    NET_END_UNTIL(ends, 2, listener.frame_count == 1);
    uint32_t lazy = listener.last_from;
    for (size_t i = 0; i < 100 && listener.down_count == 0; i++) {
        net_end_send(&listener, lazy, 1, 500 * 1000);
        NET_END_UNTIL(ends, 2, !netlink_wants_write(&listener.process.link));
    }
    NET_END_UNTIL(ends, 2, listener.down_count == 1);
    assert_int_equal(listener.last_down, lazy);
    curve_client_close(&client);
    assert_both_still_talk(1);
}

/* Less than what an outbox holds, so that nothing but time tells. Whoever reads stays. */
static void a_peer_that_takes_nothing_is_dropped_in_the_end(void **state)
{
    (void)state;
    enum { COUNT = 7, SIZE = 500 * 1000 };
    struct curve_client client;
    listener.speed = 100;
    start_both();
    assert_true(curve_client_open(&client, listener.port, listener.public_key, "", 0));
    assert_true(curve_client_send(&client, "whole", 5, false));
    NET_END_UNTIL(ends, 2, listener.frame_count == 1);
    uint32_t lazy = listener.last_from;
    for (size_t i = 0; i < COUNT; i++) {
        net_end_send(&listener, lazy, 1, SIZE);
    }
    NET_END_UNTIL(ends, 2, listener.down_count == 1);
    assert_int_equal(listener.last_down, lazy);
    assert_int_equal(listener.last_drop, NETLINK_DROP_TAKES_NOTHING);
    curve_client_close(&client);
    assert_both_still_talk(1);
}

static void a_core_that_does_not_read_stops_the_flow_and_loses_nothing(void **state)
{
    (void)state;
    enum { COUNT = 8, SIZE = 500 * 1000, RSS_KB_MAX = 32 * 1024 };
    start_both();
    listener.deaf = true;
    /* More than the two links and all queues between them hold, less than what drops a peer. */
    for (size_t i = 0; i < COUNT; i++) {
        net_end_send(&dialler, DIAL_NUMBER, (uint8_t)i, SIZE);
    }
    net_end_go_on(ends, 2, 500);
    listener.deaf = false;
    NET_END_UNTIL(ends, 2, listener.frame_count == COUNT);
    assert_frame(&listener, listener.last_up, COUNT - 1, SIZE);
    assert_true(net_end_stayed_under(&listener, RSS_KB_MAX));
}

static void what_has_gone_is_told(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 100, 20 * 1000, FRAME_SIZE_MAX};
    uint64_t bytes = 0;
    start_both();
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        net_end_send_on(&dialler, DIAL_NUMBER, LANE_EXPRESS, 1, sizes[i]);
        net_end_send_on(&listener, listener.last_up, LANE_BULK, 1, sizes[i]);
        bytes += sizes[i];
    }
    NET_END_UNTIL(ends, 2, dialler.sent_bytes == bytes && listener.sent_bytes == bytes);
    net_end_go_on(ends, 2, 100);
    assert_int_equal(dialler.sent_bytes, bytes);
}

/* Bytes of bulk that came to a stranger before the express frame, which is the one that comes alone. */
static size_t bulk_before_express(struct stranger *stranger)
{
    static uint8_t message[1 + LANE_PIECE_MAX];
    uint64_t until_ms = net_end_now_ms() + NET_END_WAIT_MS;
    size_t bulk = 0;
    while (net_end_now_ms() < until_ms) {
        net_end_turn(ends, 2, 1);
        int size;
        while ((size = zmq_recv(stranger->socket, message, sizeof message, ZMQ_DONTWAIT)) > 0) {
            if (message[0] == LANE_MARK_EXPRESS) {
                return bulk;
            }
            bulk += (size_t)size - 1;
        }
    }
    fail_msg("no express frame came behind %zu bytes", bulk);
    return bulk;
}

/* Even where it was sent last, to a reader that has read nothing for a while, and whose machine takes little
 * for it meanwhile. */
static void express_frames_overtake_what_goes_in_bulk(void **state)
{
    (void)state;
    enum { COUNT = 7, SIZE = 500 * 1000, BUFFER = 64 * 1024 };
    struct stranger stranger;
    start_both();
    stranger_connect(&stranger, ZMQ_DEALER, true, BUFFER);
    assert_int_equal(zmq_send(stranger.socket, "whole", 5, 0), 5);
    NET_END_UNTIL(ends, 2, listener.frame_count == 1);
    uint32_t number = listener.last_from;
    for (size_t i = 0; i < COUNT; i++) {
        net_end_send(&listener, number, 1, SIZE);
    }
    net_end_go_on(ends, 2, 300);
    net_end_send_on(&listener, number, LANE_EXPRESS, 2, 100);
    net_end_go_on(ends, 2, 100);
    assert_in_range(bulk_before_express(&stranger), 1, COUNT * SIZE / 2);
    stranger_close(&stranger);
    assert_both_still_talk(1);
}

/* 20 that are sent what they asked for and read none of it. */
static void peers_that_do_not_read_take_little_memory(void **state)
{
    (void)state;
    enum { LAZY = 20, SIZE = 250 * 1000, RSS_KB_MAX = 36 * 1024 };
    static struct curve_client clients[LAZY];
    start_both();
    for (size_t i = 0; i < LAZY; i++) {
        assert_true(curve_client_open(&clients[i], listener.port, listener.public_key, "", 0));
        assert_true(curve_client_send(&clients[i], "whole", 5, false));
        NET_END_UNTIL(ends, 2, listener.frame_count == i + 1);
        /* As much as the core sends before it is told that some of it has gone, and one more. */
        net_end_send(&listener, listener.last_from, 1, SIZE);
        net_end_send(&listener, listener.last_from, 1, SIZE);
        assert_both_still_talk((uint8_t)i);
        listener.frame_count = i + 1;
    }
    assert_int_equal(listener.down_count, 0);
    assert_true(net_end_stayed_under(&listener, RSS_KB_MAX));
    for (size_t i = 0; i < LAZY; i++) {
        curve_client_close(&clients[i]);
    }
}

/* More than all outboxes hold together: who has most waiting goes, and nobody else. */
static void in_all_who_has_most_waiting_is_dropped(void **state)
{
    (void)state;
    enum { LAZY = 11, SIZE = 500 * 1000, EACH = 7 };
    static struct curve_client clients[LAZY];
    uint32_t numbers[LAZY];
    start_both();
    for (size_t i = 0; i < LAZY; i++) {
        assert_true(curve_client_open(&clients[i], listener.port, listener.public_key, "", 0));
        assert_true(curve_client_send(&clients[i], "whole", 5, false));
        NET_END_UNTIL(ends, 2, listener.frame_count == i + 1);
        numbers[i] = listener.last_from;
    }
    for (size_t k = 0; k < EACH; k++) {
        for (size_t i = 0; i < LAZY; i++) {
            net_end_send(&listener, numbers[i], 1, i == 0 ? SIZE / 2 : SIZE);
            net_end_turn(ends, 2, 0);
        }
    }
    NET_END_UNTIL(ends, 2, listener.down_count > 0);
    assert_int_not_equal(listener.last_down, numbers[0]);
    assert_true(listener.down_count < LAZY / 2);
    assert_both_still_talk(1);
    for (size_t i = 0; i < LAZY; i++) {
        curve_client_close(&clients[i]);
    }
}

static void a_port_in_use_is_reported(void **state)
{
    (void)state;
    start_listener();
    struct net_end second;
    struct net_end *const two[] = {&listener, &second};
    net_end_listener(&second, false, NULL, 0);
    memcpy(second.settings, listener.settings, listener.settings_size);
    second.settings_size = listener.settings_size;
    NET_END_UNTIL(two, 2, second.failed);
    net_end_stop(&second);
}

static void endpoints_that_are_not_numeric_tcp_are_refused(void **state)
{
    (void)state;
    static const char *const endpoints[] = {"",
                                            "tcp://",
                                            "ipc:///tmp/x",
                                            "inproc://zeromq.zap.01",
                                            "tcp://localhost:1",
                                            "tcp://eth0:1",
                                            "tcp://127.0.0.1:1;127.0.0.1:2",
                                            "tcp://127.0.0.1:1/x"};
    net_end_turn(ends + 1, 1, 0);
    NET_END_UNTIL(ends + 1, 1, dialler.process.ready);
    for (uint32_t i = 0; i < sizeof endpoints / sizeof endpoints[0]; i++) {
        uint8_t payload[128] = {1};
        size_t size = strlen(endpoints[i]);
        memcpy(payload + 32, endpoints[i], size);
        assert_true(netlink_send(&dialler.process.link, NETLINK_DIAL, 1 + i, bytes_of(payload, 32 + size)));
        NET_END_UNTIL(ends + 1, 1, dialler.down_count == i + 1);
        assert_int_equal(dialler.last_down, 1 + i);
    }
}

static void an_address_of_version_6_ends_no_process(void **state)
{
    (void)state;
    static const char endpoint[] = "tcp://[::1]:1";
    uint8_t payload[32 + sizeof endpoint - 1] = {1};
    memcpy(payload + 32, endpoint, sizeof endpoint - 1);
    start_both();
    assert_true(netlink_send(&dialler.process.link, NETLINK_DIAL, 9, bytes_of(payload, sizeof payload)));
    net_end_go_on(ends, 2, 100);
    assert_both_still_talk(1);
    assert_int_equal(dialler.process.restarts, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ends_clear, ends_stop)

int main(int argc, char **argv)
{
    int code = net_end_main(argc, argv);
    if (code >= 0) {
        return code;
    }
    if (sodium_init() < 0) {
        return 1;
    }
    static const struct CMUnitTest tests[] = {
        TEST(each_end_learns_the_other_and_frames_pass_both_ways),
        TEST(many_frames_arrive_in_order),
        TEST(a_wrong_server_key_never_comes_up),
        TEST(a_listener_takes_the_keys_of_as_many_as_may_be_given),
        TEST(only_known_keys_are_let_in),
        TEST(a_client_without_curve_is_refused),
        TEST(a_stranger_with_curve_is_let_in_under_its_own_key),
        TEST(garbage_costs_only_its_own_connection),
        TEST(a_message_of_several_parts_is_never_shown_and_ends_the_connection),
        TEST(a_message_over_the_limit_ends_the_connection),
        TEST(a_message_that_never_ends_is_cut_before_memory_suffers),
        TEST(hostile_routing_ids_harm_nobody),
        TEST(the_same_key_again_is_a_new_peer),
        TEST(a_kicked_peer_goes_down_and_comes_again_under_another_number),
        TEST(killed_net_processes_come_back),
        TEST(a_peer_that_does_not_read_is_dropped),
        TEST(a_peer_that_takes_nothing_is_dropped_in_the_end),
        TEST(a_core_that_does_not_read_stops_the_flow_and_loses_nothing),
        TEST(what_has_gone_is_told),
        TEST(express_frames_overtake_what_goes_in_bulk),
        TEST(peers_that_do_not_read_take_little_memory),
        TEST(in_all_who_has_most_waiting_is_dropped),
        TEST(a_port_in_use_is_reported),
        TEST(endpoints_that_are_not_numeric_tcp_are_refused),
        TEST(an_address_of_version_6_ends_no_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
