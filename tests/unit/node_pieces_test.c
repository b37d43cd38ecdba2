#include "node/pieces.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/random_expression.h"

enum { ROUNDS = 2000 };

static uint8_t frame_bytes[FRAME_SIZE_MAX + LANE_PIECE_MAX], message[LANE_MESSAGE_MAX + 1];

static enum pieces_result take(struct pieces *pieces, uint8_t mark, struct bytes piece, enum lane *lane,
                               struct bytes *frame)
{
    message[0] = mark;
    memcpy(message + 1, piece.data, piece.size);
    return pieces_take(pieces, bytes_of(message, 1 + piece.size), lane, frame);
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
    struct pieces pieces = {0};
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
                assert_int_equal(take(&pieces, LANE_MARK_EXPRESS, bytes_of("urgent", 6), &lane, &frame),
                                 PIECES_FRAME);
                assert_int_equal(lane, LANE_EXPRESS);
                assert_memory_equal(frame.data, "urgent", 6);
            }
            assert_int_equal(take(&pieces, expected == PIECES_FRAME ? LANE_MARK_LAST : LANE_MARK_MORE,
                                  bytes_of(frame_bytes + at, cut), &lane, &frame),
                             expected);
            at += cut;
        }
        assert_int_equal(lane, LANE_BULK);
        assert_int_equal(frame.size, size);
        assert_memory_equal(frame.data, frame_bytes, size);
    }
    pieces_deinit(&pieces);
}

static void what_is_no_message_is_bad(void **state)
{
    struct pieces pieces = {0};
    struct bytes frame;
    enum lane lane = LANE_BULK;

    (void)state;
    assert_int_equal(pieces_take(&pieces, bytes_of(NULL, 0), &lane, &frame), PIECES_BAD);
    for (size_t mark = 0; mark < 256; mark++) {
        assert_int_equal(take(&pieces, (uint8_t)mark, bytes_of("", 0), &lane, &frame), PIECES_BAD);
        assert_int_equal(
            take(&pieces, (uint8_t)mark, bytes_of(frame_bytes, LANE_PIECE_MAX + 1), &lane, &frame),
            PIECES_BAD);
        if (mark > LANE_MARK_LAST) {
            assert_int_equal(take(&pieces, (uint8_t)mark, bytes_of("x", 1), &lane, &frame), PIECES_BAD);
        }
    }
    pieces_deinit(&pieces);
}

static void no_frame_is_larger_than_frames_are(void **state)
{
    struct pieces pieces = {0};
    struct bytes frame;
    enum lane lane = LANE_BULK;
    size_t size = 0;

    (void)state;
    for (; size + LANE_PIECE_MAX <= FRAME_SIZE_MAX; size += LANE_PIECE_MAX) {
        assert_int_equal(take(&pieces, LANE_MARK_MORE, bytes_of(frame_bytes, LANE_PIECE_MAX), &lane, &frame),
                         PIECES_MORE);
    }
    assert_int_equal(
        take(&pieces, LANE_MARK_LAST, bytes_of(frame_bytes, FRAME_SIZE_MAX - size + 1), &lane, &frame),
        PIECES_BAD);
    assert_int_equal(
        take(&pieces, LANE_MARK_LAST, bytes_of(frame_bytes, FRAME_SIZE_MAX - size), &lane, &frame),
        PIECES_FRAME);
    assert_int_equal(frame.size, FRAME_SIZE_MAX);
    pieces_deinit(&pieces);
}

/* A first piece promises nothing. */
static void memory_is_taken_as_bytes_come(void **state)
{
    struct pieces pieces = {0};
    struct bytes frame;
    enum lane lane = LANE_BULK;

    (void)state;
    assert_int_equal(take(&pieces, LANE_MARK_MORE, bytes_of("x", 1), &lane, &frame), PIECES_MORE);
    assert_in_range(pieces.capacity, 1, LANE_PIECE_MAX);
    for (size_t i = 0; i < 20; i++) {
        assert_int_equal(take(&pieces, LANE_MARK_MORE, bytes_of(frame_bytes, LANE_PIECE_MAX), &lane, &frame),
                         PIECES_MORE);
        assert_in_range(pieces.capacity, pieces.size, 2 * pieces.size);
    }
    assert_int_equal(take(&pieces, LANE_MARK_LAST, bytes_of("x", 1), &lane, &frame), PIECES_FRAME);
    assert_int_equal(take(&pieces, LANE_MARK_EXPRESS, bytes_of("x", 1), &lane, &frame), PIECES_FRAME);
    assert_int_equal(pieces.capacity, 0);
    pieces_deinit(&pieces);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_come_out_as_they_went_in),
        cmocka_unit_test(what_is_no_message_is_bad),
        cmocka_unit_test(no_frame_is_larger_than_frames_are),
        cmocka_unit_test(memory_is_taken_as_bytes_come),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
