#include "node/inbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MANY = 20, LARGE = 400 * 1024 };

static uint8_t large[LARGE];

/* Peers of this node: inbound ones by number, and one that it dialled. */
struct fixture {
    struct inboxes all;
    struct inbox *inbound[MANY];
    struct inbox *dialled;
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    *state = fixture;
    for (uint32_t i = 0; i < MANY; i++) {
        fixture->inbound[i] = inbox_create(&fixture->all, NET_LISTEN, i);
    }
    fixture->dialled = inbox_create(&fixture->all, NET_DIAL, MANY);
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 0; i < MANY; i++) {
        inbox_destroy(fixture->inbound[i]);
    }
    inbox_destroy(fixture->dialled);
    assert_int_equal(fixture->all.size, 0);
    assert_int_equal(fixture->all.inbound_size, 0);
    assert_null(fixture->all.ring[NET_LISTEN]);
    assert_null(fixture->all.ring[NET_DIAL]);
    free(fixture);
    return 0;
}

static bool put(struct inbox *inbox, enum inbox_queue queue, size_t size)
{
    return inbox_put(inbox, queue, FRAME_BLOCK, bytes_of(large, size));
}

/* Take the next frame at a cost. Returns: whose it was, NULL when there was none. */
static struct inbox *take(struct fixture *fixture, uint64_t cost_ns)
{
    struct inbox *from = NULL;
    struct inbox_frame *frame = inboxes_take(&fixture->all, &from);

    if (frame == NULL) {
        return NULL;
    }
    free(frame);
    inbox_charge(from, cost_ns);
    return from;
}

/* How many frames are taken until one of inbox is, each at a cost. */
static size_t taken_until(struct fixture *fixture, const struct inbox *inbox, uint64_t cost_ns)
{
    size_t count = 1;

    while (take(fixture, cost_ns) != inbox) {
        count++;
    }
    return count;
}

static void frames_of_a_lane_come_in_order_and_whole(void **state)
{
    struct fixture *fixture = *state;

    for (uint8_t i = 0; i < 5; i++) {
        assert_true(inbox_put(fixture->inbound[0], INBOX_BULK, FRAME_HEADS, bytes_of(&i, 1)));
    }
    for (uint8_t i = 0; i < 5; i++) {
        struct inbox *from = NULL;
        struct inbox_frame *frame = inboxes_take(&fixture->all, &from);

        assert_ptr_equal(from, fixture->inbound[0]);
        assert_int_equal(frame->kind, FRAME_HEADS);
        assert_int_equal(frame->size, 1);
        assert_int_equal(frame->payload[0], i);
        free(frame);
    }
    assert_null(take(fixture, 0));
    assert_false(inboxes_wait(&fixture->all));
}

static void express_overtakes_and_questions_alternate_with_bulk(void **state)
{
    static const enum frame_kind expected[] = {FRAME_FORK_PROOF, FRAME_WANT,  FRAME_BLOCK,
                                               FRAME_WANT,       FRAME_BLOCK, FRAME_BLOCK};
    struct fixture *fixture = *state;
    struct inbox *inbox = fixture->inbound[3];

    for (size_t i = 0; i < 3; i++) {
        assert_true(inbox_put(inbox, INBOX_BULK, FRAME_BLOCK, bytes_of("b", 1)));
    }
    for (size_t i = 0; i < 2; i++) {
        assert_true(inbox_put(inbox, INBOX_QUESTIONS, FRAME_WANT, bytes_of("q", 1)));
    }
    assert_true(inbox_put(inbox, INBOX_EXPRESS, FRAME_FORK_PROOF, bytes_of("e", 1)));
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        struct inbox *from = NULL;
        struct inbox_frame *frame = inboxes_take(&fixture->all, &from);

        assert_int_equal(frame->kind, expected[i]);
        free(frame);
    }
}

/* Who does not read its answers gets no more of them, and is heard otherwise. */
static void questions_wait_for_room_to_answer_and_nothing_else_does(void **state)
{
    struct fixture *fixture = *state;
    struct inbox *inbox = fixture->inbound[0];

    inbox->held_up = true;
    assert_true(put(inbox, INBOX_QUESTIONS, 1));
    assert_false(inboxes_wait(&fixture->all));
    assert_null(take(fixture, 0));
    assert_true(put(inbox, INBOX_BULK, 1));
    assert_ptr_equal(take(fixture, 0), inbox);
    assert_null(take(fixture, 0));
    inbox->held_up = false;
    assert_true(inboxes_wait(&fixture->all));
    assert_ptr_equal(take(fixture, 0), inbox);
}

static void a_flood_of_many_lets_one_frame_through_after_a_turn_of_each(void **state)
{
    struct fixture *fixture = *state;

    for (size_t i = 1; i < MANY; i++) {
        for (size_t j = 0; j < 100; j++) {
            assert_true(put(fixture->inbound[i], INBOX_BULK, 100));
        }
    }
    (void)take(fixture, 0);
    assert_true(put(fixture->inbound[0], INBOX_BULK, 100));
    /* A quarter of a turn each: four frames of each of the others at most. */
    assert_in_range(taken_until(fixture, fixture->inbound[0], INBOX_TURN_NS / 4), 1, 4 * (MANY - 1) + 1);
}

static void who_used_more_than_a_turn_waits_for_as_many(void **state)
{
    struct fixture *fixture = *state;
    size_t of_dear = 0, of_cheap = 0;

    for (size_t i = 0; i < 300; i++) {
        assert_true(put(fixture->inbound[0], INBOX_BULK, 1));
        assert_true(put(fixture->inbound[1], INBOX_BULK, 1));
    }
    for (size_t i = 0; i < 220; i++) {
        struct inbox *from = NULL;
        struct inbox_frame *frame = inboxes_take(&fixture->all, &from);

        free(frame);
        inbox_charge(from, from == fixture->inbound[0] ? 10 * INBOX_TURN_NS : INBOX_TURN_NS);
        of_dear += from == fixture->inbound[0];
        of_cheap += from == fixture->inbound[1];
    }
    assert_in_range(of_dear, 18, 22);
    assert_in_range(of_cheap, 198, 202);
}

static void a_debt_has_an_end(void **state)
{
    struct fixture *fixture = *state;

    assert_true(put(fixture->inbound[0], INBOX_BULK, 1));
    (void)take(fixture, UINT64_MAX);
    for (size_t i = 0; i < 1000; i++) {
        assert_true(put(fixture->inbound[0], INBOX_BULK, 1));
        assert_true(put(fixture->inbound[1], INBOX_BULK, 1));
    }
    assert_in_range(taken_until(fixture, fixture->inbound[0], INBOX_TURN_NS), 2,
                    INBOX_DEBT_NS_MAX / INBOX_TURN_NS + 2);
}

static void dialled_and_inbound_peers_have_half_each(void **state)
{
    struct fixture *fixture = *state;
    size_t dialled = 0;

    /* What one had alone before gives the others no claim to more. */
    for (size_t i = 0; i < 50; i++) {
        assert_true(put(fixture->dialled, INBOX_BULK, 1));
        assert_ptr_equal(take(fixture, INBOX_TURN_NS), fixture->dialled);
    }
    for (size_t i = 0; i < 100; i++) {
        for (size_t j = 0; j < MANY; j++) {
            assert_true(put(fixture->inbound[j], INBOX_BULK, 1));
        }
        assert_true(put(fixture->dialled, INBOX_BULK, 1));
    }
    for (size_t i = 0; i < 100; i++) {
        dialled += take(fixture, INBOX_TURN_NS) == fixture->dialled;
    }
    assert_in_range(dialled, 49, 51);
}

static void each_peer_is_bounded(void **state)
{
    struct fixture *fixture = *state;
    struct inbox *inbox = fixture->dialled;
    size_t count = 0;

    while (put(inbox, INBOX_BULK, LARGE)) {
        count++;
    }
    assert_in_range(count, INBOX_SIZE_MAX / LARGE - 1, INBOX_SIZE_MAX / LARGE);
    assert_int_equal(inbox->dropped, 1);
    inbox_clear(inbox);
    for (count = 0; put(inbox, INBOX_BULK, 0); count++) {
    }
    assert_int_equal(count, INBOX_FRAMES_MAX);
}

static size_t held_by_all(const struct fixture *fixture)
{
    size_t size = fixture->dialled->size;

    for (size_t i = 0; i < MANY; i++) {
        size += fixture->inbound[i]->size;
    }
    return size;
}

static void fill_all(struct fixture *fixture)
{
    for (size_t round = 0; round < 2 * INBOX_SIZE_MAX / LARGE; round++) {
        for (size_t i = 1; i < MANY; i++) {
            (void)put(fixture->inbound[i], INBOX_BULK, LARGE);
        }
    }
}

static void in_all_who_holds_most_makes_room(void **state)
{
    struct fixture *fixture = *state;

    fill_all(fixture);
    assert_int_equal(fixture->all.size, held_by_all(fixture));
    assert_in_range(fixture->all.size, INBOXES_SIZE_MAX - 2 * LARGE, INBOXES_SIZE_MAX);
    /* Who holds little loses nothing. */
    assert_true(put(fixture->inbound[0], INBOX_EXPRESS, 100));
    assert_true(put(fixture->inbound[0], INBOX_BULK, LARGE));
    fill_all(fixture);
    assert_int_equal(fixture->inbound[0]->dropped, 0);
    assert_int_equal(fixture->inbound[0]->count, 2);
    assert_in_range(fixture->all.size, 0, INBOXES_SIZE_MAX);
    /* Whom this node dialled has all of its own room. */
    for (size_t size = 0; size + 2 * LARGE < INBOX_SIZE_MAX; size += LARGE) {
        assert_true(put(fixture->dialled, INBOX_BULK, LARGE));
    }
    assert_int_equal(fixture->inbound[0]->dropped, 0);
    fill_all(fixture);
    assert_int_equal(fixture->dialled->dropped, 0);
    assert_int_equal(fixture->all.size, held_by_all(fixture));
    assert_in_range(fixture->all.size, 0, INBOXES_SIZE_MAX);
}

/* However much those send that this node dialled, and whoever holds most of the share makes room in it. */
static void inbound_peers_have_a_share(void **state)
{
    struct fixture *fixture = *state;
    struct inbox *others[2] = {inbox_create(&fixture->all, NET_DIAL, MANY + 1),
                               inbox_create(&fixture->all, NET_DIAL, MANY + 2)};

    for (size_t i = 0; i < 2 * INBOX_SIZE_MAX / LARGE; i++) {
        (void)put(others[0], INBOX_BULK, LARGE);
        (void)put(others[1], INBOX_BULK, LARGE);
    }
    assert_in_range(fixture->all.size, INBOXES_SIZE_MAX - 2 * LARGE, INBOXES_SIZE_MAX);
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < MANY - 1; i++) {
            assert_true(put(fixture->inbound[i], INBOX_EXPRESS, INBOXES_INBOUND_SIZE / MANY / 4));
        }
        for (size_t i = 0; i < 20; i++) {
            (void)put(fixture->inbound[MANY - 1], INBOX_BULK, LARGE);
            (void)put(others[0], INBOX_BULK, LARGE);
            (void)put(others[1], INBOX_BULK, LARGE);
        }
    }
    for (size_t i = 0; i < MANY - 1; i++) {
        assert_int_equal(fixture->inbound[i]->dropped, 0);
        assert_int_equal(fixture->inbound[i]->count, 3);
    }
    assert_in_range(fixture->all.inbound_size, INBOXES_INBOUND_SIZE / 2, INBOXES_INBOUND_SIZE);
    assert_true(others[0]->size + others[1]->size >=
                (size_t)INBOXES_SIZE_MAX - INBOXES_INBOUND_SIZE - 2 * (size_t)LARGE);
    assert_int_equal(fixture->all.size, held_by_all(fixture) + others[0]->size + others[1]->size);
    /* Of what is left of the share the others keep nothing back. */
    inbox_destroy(others[0]);
    inbox_destroy(others[1]);
    assert_int_equal(fixture->all.size, fixture->all.inbound_size);
    fill_all(fixture);
    assert_in_range(fixture->all.inbound_size, INBOXES_SIZE_MAX - 2 * LARGE, INBOXES_SIZE_MAX);
}

static void what_makes_room_goes_from_its_end(void **state)
{
    struct fixture *fixture = *state;
    uint8_t number = 0;

    for (; number < 200; number++) {
        large[0] = number;
        (void)put(fixture->inbound[1], INBOX_BULK, LARGE);
        (void)put(fixture->inbound[2], INBOX_BULK, LARGE);
        (void)put(fixture->inbound[3], INBOX_BULK, LARGE);
    }
    for (uint8_t i = 0; fixture->inbound[1]->count > 0;) {
        struct inbox *from = NULL;
        struct inbox_frame *frame = inboxes_take(&fixture->all, &from);

        if (from == fixture->inbound[1]) {
            assert_int_equal(frame->payload[0], i);
            i++;
        }
        inbox_charge(from, INBOX_TURN_NS);
        free(frame);
    }
}

static void a_peer_that_goes_takes_its_frames_along(void **state)
{
    struct fixture *fixture = *state;

    assert_true(put(fixture->inbound[5], INBOX_BULK, 10));
    assert_true(put(fixture->inbound[5], INBOX_EXPRESS, 10));
    assert_true(put(fixture->inbound[6], INBOX_BULK, 10));
    inbox_destroy(fixture->inbound[5]);
    assert_int_equal(fixture->all.size, fixture->inbound[6]->size);
    assert_ptr_equal(take(fixture, 0), fixture->inbound[6]);
    assert_null(take(fixture, 0));
    fixture->inbound[5] = inbox_create(&fixture->all, NET_LISTEN, 5);
}

/* What is not done with is next in its lane, and while it is looked at nothing else of its peer is taken. */
static void what_is_put_back_is_taken_next(void **state)
{
    struct fixture *fixture = *state;
    struct inbox *inbox = fixture->inbound[0], *from = NULL;
    struct inbox_frame *frame = NULL;

    assert_true(inbox_put(inbox, INBOX_BULK, FRAME_HEADS, bytes_of("first", 5)));
    assert_true(inbox_put(inbox, INBOX_BULK, FRAME_BLOCK, bytes_of("second", 6)));
    frame = inboxes_take(&fixture->all, &from);
    inbox->resting = true;
    assert_false(inboxes_wait(&fixture->all));
    frame->done = 3;
    inbox_put_back(inbox, frame);
    inbox->resting = false;
    assert_int_equal(inbox->count, 2);
    frame = inboxes_take(&fixture->all, &from);
    assert_int_equal(frame->kind, FRAME_HEADS);
    assert_int_equal(frame->done, 3);
    free(frame);
    assert_ptr_equal(take(fixture, 0), inbox);
    frame = NULL;
    assert_int_equal(inbox->size, 0);
    assert_null(take(fixture, 0));
}

static void peers_contend_when_more_than_one_has_frames(void **state)
{
    struct fixture *fixture = *state;

    assert_false(inboxes_contend(&fixture->all));
    assert_true(put(fixture->inbound[0], INBOX_BULK, 1));
    assert_true(put(fixture->inbound[0], INBOX_BULK, 1));
    assert_false(inboxes_contend(&fixture->all));
    assert_true(put(fixture->dialled, INBOX_BULK, 1));
    assert_true(inboxes_contend(&fixture->all));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(frames_of_a_lane_come_in_order_and_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(express_overtakes_and_questions_alternate_with_bulk, setup, teardown),
        cmocka_unit_test_setup_teardown(questions_wait_for_room_to_answer_and_nothing_else_does, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_flood_of_many_lets_one_frame_through_after_a_turn_of_each, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(who_used_more_than_a_turn_waits_for_as_many, setup, teardown),
        cmocka_unit_test_setup_teardown(a_debt_has_an_end, setup, teardown),
        cmocka_unit_test_setup_teardown(dialled_and_inbound_peers_have_half_each, setup, teardown),
        cmocka_unit_test_setup_teardown(each_peer_is_bounded, setup, teardown),
        cmocka_unit_test_setup_teardown(in_all_who_holds_most_makes_room, setup, teardown),
        cmocka_unit_test_setup_teardown(inbound_peers_have_a_share, setup, teardown),
        cmocka_unit_test_setup_teardown(what_makes_room_goes_from_its_end, setup, teardown),
        cmocka_unit_test_setup_teardown(a_peer_that_goes_takes_its_frames_along, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_put_back_is_taken_next, setup, teardown),
        cmocka_unit_test_setup_teardown(peers_contend_when_more_than_one_has_frames, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
