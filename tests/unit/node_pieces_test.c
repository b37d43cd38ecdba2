#include "node/pieces.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/random_expression.h"

enum { ROUNDS = 2000 };

static uint8_t frame_bytes[FRAME_SIZE_MAX + LANE_PIECE_MAX], message[LANE_MESSAGE_MAX + 1];

enum { PEERS = 128, DIALLED = 4, NOW_MS = 1000 };

static struct all_pieces all;
static struct pieces *peers[PEERS]; /* the first ones are dialled */
static uint64_t now_ms;

static int setup(void **state)
{
    (void)state;
    now_ms = NOW_MS;
    for (size_t i = 0; i < PEERS; i++) {
        peers[i] = pieces_create(&all, i < DIALLED ? NET_DIAL : NET_LISTEN);
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (size_t i = 0; i < PEERS; i++) {
        pieces_destroy(peers[i]);
    }
    assert_int_equal(all.size, 0);
    assert_null(all.ring[NET_LISTEN]);
    assert_null(all.ring[NET_DIAL]);
    return 0;
}

static enum pieces_result take(struct pieces *pieces, uint8_t mark, struct bytes piece, enum lane *lane,
                               struct bytes *frame)
{
    message[0] = mark;
    memcpy(message + 1, piece.data, piece.size);
    return pieces_take(pieces, bytes_of(message, 1 + piece.size), now_ms, lane, frame);
}

/* Send count whole pieces that are not the last one. */
static void send_more(struct pieces *pieces, size_t count)
{
    struct bytes frame;
    enum lane lane = LANE_BULK;

    for (size_t i = 0; i < count; i++) {
        assert_int_equal(take(pieces, LANE_MARK_MORE, bytes_of(frame_bytes, LANE_PIECE_MAX), &lane, &frame),
                         PIECES_MORE);
    }
}

/* Send a last piece of one byte. Returns: the size of the frame that came out, 0 for none. */
static size_t send_last(struct pieces *pieces)
{
    struct bytes frame = {0};
    enum lane lane = LANE_BULK;
    const enum pieces_result result = take(pieces, LANE_MARK_LAST, bytes_of("x", 1), &lane, &frame);

    assert_in_range(result, PIECES_FRAME, PIECES_MORE);
    pieces_done(pieces);
    return result == PIECES_FRAME ? frame.size : 0;
}

static size_t held(void)
{
    size_t size = 0;

    for (size_t i = 0; i < PEERS; i++) {
        size += peers[i]->capacity;
    }
    return size;
}

static void fill(uint64_t *random)
{
    for (size_t i = 0; i < sizeof frame_bytes; i++) {
        frame_bytes[i] = (uint8_t)random_below(random, 256);
    }
}

/* Cut anywhere, with express frames between the pieces. */
static void frames_come_out_as_they_went_in(void **state)
{
    uint64_t random = 1;
    struct pieces *pieces = peers[DIALLED];
    struct bytes frame;
    enum lane lane = LANE_EXPRESS;

    (void)state;
    fill(&random);
    for (size_t round = 0; round < ROUNDS; round++) {
        const size_t size = 1 + random_below(&random, round % 10 == 0 ? FRAME_SIZE_MAX : 3 * LANE_PIECE_MAX);
        size_t at = 0;

        while (at < size) {
            size_t cut = 1 + random_below(&random, LANE_PIECE_MAX);
            enum pieces_result expected;

            cut = cut < size - at ? cut : size - at;
            expected = at + cut == size ? PIECES_FRAME : PIECES_MORE;
            if (random_below(&random, 4) == 0) {
                assert_int_equal(take(pieces, LANE_MARK_EXPRESS, bytes_of("urgent", 6), &lane, &frame),
                                 PIECES_FRAME);
                assert_int_equal(lane, LANE_EXPRESS);
                assert_memory_equal(frame.data, "urgent", 6);
            }
            assert_int_equal(take(pieces, expected == PIECES_FRAME ? LANE_MARK_LAST : LANE_MARK_MORE,
                                  bytes_of(frame_bytes + at, cut), &lane, &frame),
                             expected);
            at += cut;
        }
        assert_int_equal(lane, LANE_BULK);
        assert_int_equal(frame.size, size);
        assert_memory_equal(frame.data, frame_bytes, size);
        pieces_done(pieces);
    }
}

static void what_is_no_message_is_bad(void **state)
{
    struct pieces *pieces = peers[DIALLED];
    struct bytes frame;
    enum lane lane = LANE_BULK;

    (void)state;
    assert_int_equal(pieces_take(pieces, bytes_of(NULL, 0), now_ms, &lane, &frame), PIECES_BAD);
    for (size_t mark = 0; mark < 256; mark++) {
        assert_int_equal(take(pieces, (uint8_t)mark, bytes_of("", 0), &lane, &frame), PIECES_BAD);
        assert_int_equal(
            take(pieces, (uint8_t)mark, bytes_of(frame_bytes, LANE_PIECE_MAX + 1), &lane, &frame),
            PIECES_BAD);
        if (mark > LANE_MARK_LAST) {
            assert_int_equal(take(pieces, (uint8_t)mark, bytes_of("x", 1), &lane, &frame), PIECES_BAD);
        }
    }
}

static void no_frame_is_larger_than_frames_are(void **state)
{
    struct pieces *pieces = peers[DIALLED];
    struct bytes frame;
    enum lane lane = LANE_BULK;
    size_t size = 0;

    (void)state;
    for (; size + LANE_PIECE_MAX <= FRAME_SIZE_MAX; size += LANE_PIECE_MAX) {
        assert_int_equal(take(pieces, LANE_MARK_MORE, bytes_of(frame_bytes, LANE_PIECE_MAX), &lane, &frame),
                         PIECES_MORE);
    }
    assert_int_equal(
        take(pieces, LANE_MARK_LAST, bytes_of(frame_bytes, FRAME_SIZE_MAX - size + 1), &lane, &frame),
        PIECES_BAD);
    assert_int_equal(
        take(pieces, LANE_MARK_LAST, bytes_of(frame_bytes, FRAME_SIZE_MAX - size), &lane, &frame),
        PIECES_FRAME);
    assert_int_equal(frame.size, FRAME_SIZE_MAX);
}

/* A first piece promises nothing. */
static void memory_is_taken_as_bytes_come(void **state)
{
    struct pieces *pieces = peers[DIALLED];
    struct bytes frame;
    enum lane lane = LANE_BULK;

    (void)state;
    assert_int_equal(take(pieces, LANE_MARK_MORE, bytes_of("x", 1), &lane, &frame), PIECES_MORE);
    assert_in_range(pieces->capacity, 1, LANE_PIECE_MAX);
    for (size_t i = 0; i < 20; i++) {
        assert_int_equal(take(pieces, LANE_MARK_MORE, bytes_of(frame_bytes, LANE_PIECE_MAX), &lane, &frame),
                         PIECES_MORE);
        assert_in_range(pieces->capacity, pieces->size, 2 * pieces->size);
    }
    assert_int_equal(take(pieces, LANE_MARK_LAST, bytes_of("x", 1), &lane, &frame), PIECES_FRAME);
    pieces_done(pieces);
    assert_int_equal(pieces->capacity, 0);
    assert_int_equal(all.size, 0);
}

/* However many stop in the middle. */
static void in_all_no_more_is_held_than_there_is_room_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < FRAME_SIZE_MAX / LANE_PIECE_MAX; i++) {
        for (size_t j = 0; j < PEERS; j++) {
            send_more(peers[j], 1);
            assert_in_range(all.size, 0, PIECES_SIZE_MAX);
        }
        now_ms++;
    }
    assert_int_equal(all.size, held());
    assert_in_range(all.size, PIECES_SIZE_MAX / 2, PIECES_SIZE_MAX);
}

/* A little is there for everybody, whoever holds more. */
static void who_holds_little_loses_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < DIALLED; i++) {
        send_more(peers[i], FRAME_SIZE_MAX / LANE_PIECE_MAX);
    }
    for (size_t i = DIALLED; i < PEERS; i++) {
        send_more(peers[i], 2);
    }
    for (size_t i = 0; i < PEERS; i++) {
        assert_int_equal(peers[i]->dropped, 0);
    }
    now_ms++; /* and then they are who went on last */
    for (size_t i = DIALLED + 1; i < PEERS; i++) {
        send_more(peers[i], FRAME_SIZE_MAX / LANE_PIECE_MAX - 2);
    }
    assert_int_equal(peers[DIALLED]->dropped, 0);
    assert_int_equal(send_last(peers[DIALLED]), 2 * LANE_PIECE_MAX + 1);
}

/* Whoever keeps sending gets its frame through, beside any number that stop in the middle. */
static void who_stands_still_makes_room_for_who_goes_on(void **state)
{
    struct pieces *honest = peers[DIALLED];

    (void)state;
    for (size_t i = DIALLED + 1; i < PEERS; i++) {
        send_more(peers[i], 4);
    }
    for (size_t i = 0; i < FRAME_SIZE_MAX / LANE_PIECE_MAX; i++) {
        now_ms++;
        send_more(honest, 1);
    }
    assert_int_equal(honest->dropped, 0);
    assert_int_equal(send_last(honest), FRAME_SIZE_MAX / LANE_PIECE_MAX * LANE_PIECE_MAX + 1);
}

static void dialled_peers_make_room_last(void **state)
{
    (void)state;
    for (size_t i = 0; i < DIALLED; i++) {
        send_more(peers[i], FRAME_SIZE_MAX / LANE_PIECE_MAX);
    }
    now_ms++;
    for (size_t i = DIALLED; i < PEERS; i++) {
        send_more(peers[i], FRAME_SIZE_MAX / LANE_PIECE_MAX);
    }
    for (size_t i = 0; i < DIALLED; i++) {
        assert_int_equal(peers[i]->dropped, 0);
        assert_true(send_last(peers[i]) > 0);
    }
}

/* And what follows on the lane is whole. */
static void the_rest_of_a_frame_that_went_is_passed_over(void **state)
{
    struct pieces *pieces = peers[DIALLED];
    struct bytes frame;
    enum lane lane = LANE_BULK;

    (void)state;
    send_more(pieces, 4);
    now_ms++;
    for (size_t i = DIALLED + 1; pieces->dropped == 0; i++) {
        send_more(peers[i], FRAME_SIZE_MAX / LANE_PIECE_MAX);
    }
    assert_int_equal(pieces->capacity, 0);
    send_more(pieces, 2);
    assert_int_equal(pieces->capacity, 0);
    assert_int_equal(take(pieces, LANE_MARK_EXPRESS, bytes_of("urgent", 6), &lane, &frame), PIECES_FRAME);
    assert_memory_equal(frame.data, "urgent", 6);
    pieces_done(pieces);
    assert_int_equal(send_last(pieces), 0);
    send_more(pieces, 1);
    assert_int_equal(send_last(pieces), LANE_PIECE_MAX + 1);
    assert_int_equal(pieces->dropped, 1);
}

static void a_frame_that_went_has_an_end_too(void **state)
{
    struct pieces *pieces = peers[0];
    struct bytes frame;
    enum lane lane = LANE_BULK;

    (void)state;
    send_more(pieces, 1);
    pieces_check(&all, now_ms + PIECES_STALL_MS);
    assert_int_equal(pieces->dropped, 1);
    send_more(pieces, FRAME_SIZE_MAX / LANE_PIECE_MAX - 1);
    assert_int_equal(take(pieces, LANE_MARK_MORE, bytes_of(frame_bytes, LANE_PIECE_MAX), &lane, &frame),
                     PIECES_BAD);
}

static void a_frame_goes_on_or_goes(void **state)
{
    struct pieces *stopped = peers[0], *slow = peers[DIALLED];

    (void)state;
    assert_true(pieces_deadline_ms(&all) == UINT64_MAX);
    send_more(stopped, 1);
    send_more(slow, 1);
    assert_int_equal(pieces_deadline_ms(&all), NOW_MS + PIECES_STALL_MS);
    for (size_t i = 0; i < 10; i++) { /* as slow as may be */
        now_ms += PIECES_STALL_MS - 2;
        pieces_check(&all, now_ms);
        send_more(slow, 1);
        now_ms++;
        pieces_check(&all, now_ms);
        assert_int_equal(stopped->dropped, i > 0);
    }
    assert_int_equal(stopped->capacity, 0);
    assert_int_equal(slow->dropped, 0);
    assert_int_equal(send_last(slow), 11 * LANE_PIECE_MAX + 1);
    assert_int_equal(all.size, 0);
    assert_true(pieces_deadline_ms(&all) == UINT64_MAX);
    assert_int_equal(send_last(stopped), 0);
}

static void a_byte_now_and_then_is_not_going_on(void **state)
{
    struct pieces *pieces = peers[DIALLED];
    struct bytes frame;
    enum lane lane = LANE_BULK;

    (void)state;
    send_more(pieces, 1);
    for (size_t i = 0; i < 30; i++) {
        now_ms += PIECES_STALL_MS / 30;
        assert_int_equal(take(pieces, LANE_MARK_MORE, bytes_of("x", 1), &lane, &frame), PIECES_MORE);
    }
    pieces_check(&all, now_ms);
    assert_int_equal(pieces->dropped, 1);
    assert_int_equal(all.size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(frames_come_out_as_they_went_in, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_message_is_bad, setup, teardown),
        cmocka_unit_test_setup_teardown(no_frame_is_larger_than_frames_are, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_is_taken_as_bytes_come, setup, teardown),
        cmocka_unit_test_setup_teardown(in_all_no_more_is_held_than_there_is_room_for, setup, teardown),
        cmocka_unit_test_setup_teardown(who_holds_little_loses_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(who_stands_still_makes_room_for_who_goes_on, setup, teardown),
        cmocka_unit_test_setup_teardown(dialled_peers_make_room_last, setup, teardown),
        cmocka_unit_test_setup_teardown(the_rest_of_a_frame_that_went_is_passed_over, setup, teardown),
        cmocka_unit_test_setup_teardown(a_frame_that_went_has_an_end_too, setup, teardown),
        cmocka_unit_test_setup_teardown(a_frame_goes_on_or_goes, setup, teardown),
        cmocka_unit_test_setup_teardown(a_byte_now_and_then_is_not_going_on, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
