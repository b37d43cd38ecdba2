#include "node/peers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "node/clock.h"

/* A table whose net processes are this test: one link each, whose other end it reads. */
struct fixture {
    struct network network;
    struct node_keys keys, other, stranger;
    struct daemon_options options;
    struct supervised processes[NET_ROLE_COUNT];
    struct netlink ends[NET_ROLE_COUNT];
    struct peers peers;
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    if (fixture == NULL || !network_init(&fixture->network, "test")) {
        return -1;
    }
    *state = fixture;
    node_keys_create(&fixture->keys, &fixture->network);
    node_keys_create(&fixture->other, &fixture->network);
    node_keys_create(&fixture->stranger, &fixture->network);
    fixture->options.peer_count = 1;
    fixture->options.peers[0].key = fixture->other.transport;
    for (size_t i = 0; i < NET_ROLE_COUNT; i++) {
        int pair[2];

        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) != 0 ||
            !netlink_init(&fixture->processes[i].link, pair[0]) ||
            !netlink_init(&fixture->ends[i], pair[1])) {
            return -1;
        }
        fixture->processes[i].role = (enum net_role)i;
        fixture->processes[i].pid = 1;
    }
    return peers_init(&fixture->peers, &fixture->network, &fixture->keys, &fixture->options,
                      fixture->processes)
               ? 0
               : -1;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    peers_deinit(&fixture->peers);
    for (size_t i = 0; i < NET_ROLE_COUNT; i++) {
        netlink_deinit(&fixture->processes[i].link);
        netlink_deinit(&fixture->ends[i]);
    }
    free(fixture);
    return 0;
}

/* What the core told the net process of role next. */
static struct netlink_message told(struct fixture *fixture, enum net_role role)
{
    struct netlink_message message = {0};

    assert_int_equal(netlink_flush(&fixture->processes[role].link), NETLINK_MESSAGE);
    (void)netlink_fill(&fixture->ends[role]);
    assert_int_equal(netlink_next(&fixture->ends[role], &message), NETLINK_MESSAGE);
    return message;
}

/* ---- who is let in ---- */

enum who { THE_GIVEN_NODE, A_STRANGER };

struct entry_row {
    const char *sentence;
    enum net_role role;
    uint32_t number;
    enum who who;
    bool only_known;
    enum peers_door door;
};

static const struct entry_row entry_rows[] = {
    {"A given node may dial.", NET_LISTEN, 1, THE_GIVEN_NODE, false, PEERS_OPEN},
    {"So may a stranger.", NET_LISTEN, 1, A_STRANGER, false, PEERS_OPEN},
    {"A given node may dial when only known ones are let in.", NET_LISTEN, 1, THE_GIVEN_NODE, true,
     PEERS_OPEN},
    {"A stranger may not.", NET_LISTEN, 1, A_STRANGER, true, PEERS_NOT_GIVEN},
    {"The node that was dialled is the one that was meant.", NET_DIAL, 0, THE_GIVEN_NODE, false, PEERS_OPEN},
    {"Another one in its place is not.", NET_DIAL, 0, A_STRANGER, false, PEERS_OTHER_KEY},
    {"Nobody else was dialled.", NET_DIAL, 1, THE_GIVEN_NODE, false, PEERS_OTHER_KEY},
    {"Nor with a number beyond all bounds.", NET_DIAL, UINT32_MAX, THE_GIVEN_NODE, false, PEERS_OTHER_KEY},
};

static void only_who_may_is_let_in(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof entry_rows / sizeof *entry_rows; i++) {
        const struct entry_row *row = &entry_rows[i];
        const struct node_keys *keys = row->who == A_STRANGER ? &fixture->stranger : &fixture->other;
        struct netlink_message message;
        struct peer *peer = NULL;

        fixture->options.only_known = row->only_known;
        assert_int_equal(peers_door(&fixture->peers, row->role, row->number, &keys->transport, 0), row->door);
        peer = peers_add(&fixture->peers, row->role, row->number, &keys->transport, 0);
        message = told(fixture, row->role);
        if ((peer != NULL) != (row->door == PEERS_OPEN) || message.peer != row->number ||
            message.type != (row->door == PEERS_OPEN ? NETLINK_SEND : NETLINK_KICK)) {
            fail_msg("%s", row->sentence);
        }
        if (peer != NULL) {
            peers_remove(&fixture->peers, peer);
        }
    }
}

/* ---- greeting ---- */

static void the_first_frame_is_our_hello(void **state)
{
    struct fixture *fixture = *state;
    uint8_t memory[4096];
    struct netlink_message message;
    struct frame frame;
    struct hello hello;
    struct arena arena;

    assert_non_null(peers_add(&fixture->peers, NET_LISTEN, 9, &fixture->other.transport, 0));
    message = told(fixture, NET_LISTEN);
    assert_int_equal(
        frame_decode(&frame, &fixture->network, bytes_of(message.payload.data + 1, message.payload.size - 1)),
        REASON_NONE);
    assert_int_equal(frame.kind, FRAME_HELLO);
    arena_init(&arena, memory, sizeof memory);
    assert_int_equal(schema_decode(&hello_schema, &hello, frame.payload, &arena), REASON_NONE);
    assert_int_equal(node_hello_check(&hello, &fixture->network, &fixture->keys.transport), REASON_NONE);
}

static void a_hello_names_the_node(void **state)
{
    struct fixture *fixture = *state;
    struct peer *peer = peers_add(&fixture->peers, NET_LISTEN, 1, &fixture->other.transport, 0);
    struct hello hello;
    enum reason reason = REASON_NONE;

    assert_non_null(peer);
    node_hello(&hello, &fixture->stranger, &fixture->network);
    assert_int_equal(peers_greet(&fixture->peers, peer, &hello, 0, &reason), PEERS_BAD_HELLO);
    assert_int_equal(reason, REASON_BAD_KEY);
    assert_int_equal(peers_greeted_count(&fixture->peers), 0);
    node_hello(&hello, &fixture->other, &fixture->network);
    assert_int_equal(peers_greet(&fixture->peers, peer, &hello, 0, &reason), PEERS_WELCOME);
    assert_int_equal(peers_greeted_count(&fixture->peers), 1);
    assert_true(hash_equal(&peer->node.hash, &fixture->other.id.hash));
}

static void a_node_does_not_talk_to_itself(void **state)
{
    struct fixture *fixture = *state;
    struct peer *peer = peers_add(&fixture->peers, NET_LISTEN, 1, &fixture->keys.transport, 0);
    struct hello hello;
    enum reason reason = REASON_NONE;

    assert_non_null(peer);
    node_hello(&hello, &fixture->keys, &fixture->network);
    assert_int_equal(peers_greet(&fixture->peers, peer, &hello, 0, &reason), PEERS_MYSELF);
    assert_false(peer->greeted);
}

/* By its node key with any transport key, and before that by its transport key; then it is let in again. */
static void who_is_banned_is_not_let_in_until_the_ban_ends(void **state)
{
    struct fixture *fixture = *state;
    struct peer *peer = peers_add(&fixture->peers, NET_LISTEN, 1, &fixture->stranger.transport, 0);
    struct hello hello;
    enum reason reason = REASON_NONE;
    uint64_t until_ms = 0;

    assert_non_null(peer);
    node_hello(&hello, &fixture->stranger, &fixture->network);
    assert_int_equal(peers_greet(&fixture->peers, peer, &hello, 0, &reason), PEERS_WELCOME);
    until_ms = peers_ban(&fixture->peers, peer, 5);
    assert_true(peer->kicked);
    assert_int_equal(until_ms, 5 + BAN_MS);
    peers_remove(&fixture->peers, peer);
    assert_int_equal(peers_door(&fixture->peers, NET_LISTEN, 2, &fixture->stranger.transport, until_ms - 1),
                     PEERS_SHUT_OUT);
    assert_null(peers_add(&fixture->peers, NET_LISTEN, 2, &fixture->stranger.transport, until_ms - 1));
    /* What is wrong with it is the node's: it may have made itself a new transport key. */
    fixture->stranger.transport = fixture->other.transport;
    peer = peers_add(&fixture->peers, NET_LISTEN, 3, &fixture->stranger.transport, until_ms - 1);
    assert_non_null(peer);
    node_hello(&hello, &fixture->stranger, &fixture->network);
    assert_int_equal(peers_greet(&fixture->peers, peer, &hello, until_ms - 1, &reason), PEERS_BANNED);
    assert_false(peer->greeted);
    assert_int_equal(peers_greet(&fixture->peers, peer, &hello, until_ms, &reason), PEERS_WELCOME);
}

static void a_hello_is_owed_for_ten_seconds(void **state)
{
    struct fixture *fixture = *state;
    struct peer *peer = peers_add(&fixture->peers, NET_LISTEN, 1, &fixture->other.transport, 500);

    assert_int_equal(peers_deadline_ms(&fixture->peers), 500 + PEER_HELLO_TIMEOUT_MS);
    assert_null(peers_overdue(&fixture->peers, 499 + PEER_HELLO_TIMEOUT_MS));
    assert_ptr_equal(peers_overdue(&fixture->peers, 500 + PEER_HELLO_TIMEOUT_MS), peer);
    peers_kick(&fixture->peers, peer);
    assert_null(peers_overdue(&fixture->peers, UINT64_MAX));
    assert_true(peers_deadline_ms(&fixture->peers) == UINT64_MAX);
}

static void at_a_tests_speed_it_is_owed_for_a_shorter_time(void **state)
{
    struct fixture *fixture = *state;
    struct peer *peer = peers_add(&fixture->peers, NET_LISTEN, 1, &fixture->other.transport, 500);

    assert_true(clock_take_speed(4));
    assert_int_equal(peers_deadline_ms(&fixture->peers), 500 + PEER_HELLO_TIMEOUT_MS / 4);
    assert_null(peers_overdue(&fixture->peers, 499 + PEER_HELLO_TIMEOUT_MS / 4));
    assert_ptr_equal(peers_overdue(&fixture->peers, 500 + PEER_HELLO_TIMEOUT_MS / 4), peer);
    assert_true(clock_take_speed(1));
}

/* ---- sending ---- */

static void what_is_sent_unasked_is_bounded(void **state)
{
    struct fixture *fixture = *state;
    const struct peer *peer = peers_add(&fixture->peers, NET_LISTEN, 1, &fixture->other.transport, 1000);
    const size_t half = PEER_UNASKED_BYTES_MAX / 2;

    assert_true(peers_may_send_unasked(&fixture->peers, peer->id, half, 1000));
    assert_true(peers_may_send_unasked(&fixture->peers, peer->id, half, 1000));
    assert_false(peers_may_send_unasked(&fixture->peers, peer->id, 1, 1000));
    assert_false(peers_may_send_unasked(&fixture->peers, peer->id, half, 1499));
    assert_true(peers_may_send_unasked(&fixture->peers, peer->id, half, 1501));
    /* A long silence does not save up more. */
    assert_false(peers_may_send_unasked(&fixture->peers, peer->id, PEER_UNASKED_BYTES_MAX + 1, 1000000));
    assert_true(peers_may_send_unasked(&fixture->peers, peer->id, PEER_UNASKED_BYTES_MAX, 1000000));
    assert_false(peers_may_send_unasked(&fixture->peers, peer->id + 1, 1, 1000000));
}

static void introductions_have_their_turns(void **state)
{
    struct peer_turns turns = {0};

    (void)state;
    for (size_t i = 0; i < PEER_INTRODUCTIONS_PER_S; i++) {
        assert_true(peers_may_introduce(&turns, 5000 + i));
    }
    assert_false(peers_may_introduce(&turns, 5999));
    assert_true(peers_may_introduce(&turns, 6000));
    assert_int_equal(turns.count, 1);
}

static void nothing_is_sent_where_nobody_is(void **state)
{
    struct fixture *fixture = *state;
    const struct peer *peer = peers_add(&fixture->peers, NET_DIAL, 0, &fixture->other.transport, 0);

    assert_true(peers_send(&fixture->peers, peer->id, LANE_EXPRESS, FRAME_WANT, bytes_of("x", 1)));
    assert_false(peers_send(&fixture->peers, peer->id + 1, LANE_EXPRESS, FRAME_WANT, bytes_of("x", 1)));
    fixture->processes[NET_DIAL].pid = 0;
    assert_false(peers_send(&fixture->peers, peer->id, LANE_EXPRESS, FRAME_WANT, bytes_of("x", 1)));
    assert_int_equal(peer->frames_out, 2);
}

/* However many dial it, this node finds a place for those that it dials itself. */
static void inbound_peers_leave_room_for_dialled_ones(void **state)
{
    struct fixture *fixture = *state;
    uint32_t count = 0;

    while (peers_add(&fixture->peers, NET_LISTEN, count + 1, &fixture->stranger.transport, 0) != NULL) {
        count++;
    }
    assert_int_equal(count, PEERS_MAX - fixture->options.peer_count);
    assert_non_null(peers_add(&fixture->peers, NET_DIAL, 0, &fixture->other.transport, 0));
    assert_int_equal(peers_door(&fixture->peers, NET_LISTEN, 1000, &fixture->stranger.transport, 0),
                     PEERS_FULL);
    assert_null(peers_add(&fixture->peers, NET_LISTEN, 1000, &fixture->stranger.transport, 0));
    peers_remove(&fixture->peers, peers_find(&fixture->peers, NET_LISTEN, 6));
    assert_non_null(peers_add(&fixture->peers, NET_LISTEN, 1000, &fixture->stranger.transport, 0));
    /* Ids are never used again. */
    assert_null(peers_by_id(&fixture->peers, 5));
    assert_int_equal(peers_by_id(&fixture->peers, PEERS_MAX)->number, 1000);
}

/* What its net process has and has not passed on: as long as that is much, nothing goes in bulk. */
static void what_is_being_sent_is_counted(void **state)
{
    static uint8_t large[PEER_SENDING_BYTES_MAX];
    struct fixture *fixture = *state;
    struct peer *peer = peers_add(&fixture->peers, NET_DIAL, 0, &fixture->other.transport, 0);
    const uint64_t hello = peer->sending_bytes;

    assert_true(hello > 0);
    assert_true(peers_takes_bulk(peer));
    assert_true(peers_send(&fixture->peers, peer->id, LANE_BULK, FRAME_BLOCK, bytes_of(large, sizeof large)));
    assert_int_equal(peer->sending_bytes, hello + sizeof large + FRAME_ENVELOPE_SIZE);
    assert_false(peers_takes_bulk(peer));
    assert_false(peers_takes_unasked(&fixture->peers, peer->id, 0));
    peers_on_sent(peer, hello + FRAME_ENVELOPE_SIZE + 1);
    assert_true(peers_takes_bulk(peer));
    assert_true(peers_takes_unasked(&fixture->peers, peer->id, 0));
    peers_on_sent(peer, UINT64_MAX);
    assert_int_equal(peer->sending_bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_who_may_is_let_in, setup, teardown),
        cmocka_unit_test_setup_teardown(inbound_peers_leave_room_for_dialled_ones, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_being_sent_is_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(the_first_frame_is_our_hello, setup, teardown),
        cmocka_unit_test_setup_teardown(a_hello_names_the_node, setup, teardown),
        cmocka_unit_test_setup_teardown(a_node_does_not_talk_to_itself, setup, teardown),
        cmocka_unit_test_setup_teardown(who_is_banned_is_not_let_in_until_the_ban_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(a_hello_is_owed_for_ten_seconds, setup, teardown),
        cmocka_unit_test_setup_teardown(at_a_tests_speed_it_is_owed_for_a_shorter_time, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_sent_unasked_is_bounded, setup, teardown),
        cmocka_unit_test(introductions_have_their_turns),
        cmocka_unit_test_setup_teardown(nothing_is_sent_where_nobody_is, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
