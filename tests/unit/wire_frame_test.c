#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/wire/frame.h"

static struct network network;

static int make_network(void **state)
{
    (void)state;
    return network_init(&network, "test") ? 0 : -1;
}

static void test_a_frame_is_envelope_and_payload(void **state)
{
    static const uint8_t expected[] = {'t', 'e', 's', 't', 0, 0, 0, 0, 0, 0,   0,   0,  0,
                                       0,   0,   0,   1,   4, 0, 0, 0, 3, 'a', 'b', 'c'};
    uint8_t memory[64];
    struct writer writer;
    struct frame frame;

    (void)state;
    writer_init(&writer, memory, sizeof memory);
    assert_true(frame_encode(&writer, &network, FRAME_BLOCK, bytes_of_string("abc")));
    assert_int_equal(writer.size, sizeof expected);
    assert_memory_equal(memory, expected, sizeof expected);
    assert_int_equal(frame_decode(&frame, &network, bytes_of(memory, writer.size)), REASON_NONE);
    assert_int_equal(frame.kind, FRAME_BLOCK);
    assert_true(bytes_equal_string(frame.payload, "abc"));
}

static void test_one_thing_wrong(void **state)
{
    static const struct {
        const char *sentence;
        size_t at;     /* which byte of a frame with three bytes of payload… */
        uint8_t value; /* …becomes what */
        size_t size;   /* and how many bytes arrive */
        enum reason expected;
    } rows[] = {
        {"as it was", 17, 4, 25, REASON_NONE},
        {"an unknown kind is the receiver's to ignore", 17, 255, 25, REASON_NONE},
        {"another network", 3, 's', 25, REASON_WRONG_NETWORK},
        {"a network that starts like ours", 4, 'x', 25, REASON_WRONG_NETWORK},
        {"a later version", 16, 2, 25, REASON_WRONG_VERSION},
        {"no version", 16, 0, 25, REASON_WRONG_VERSION},
        {"nothing", 17, 4, 0, REASON_TRUNCATED},
        {"part of an envelope", 17, 4, 21, REASON_TRUNCATED},
        {"an envelope alone", 17, 4, 22, REASON_TRUNCATED},
        {"part of a payload", 17, 4, 24, REASON_TRUNCATED},
        {"a byte behind the payload", 17, 4, 26, REASON_TRAILING},
        {"a length shorter than what came", 21, 2, 25, REASON_TRAILING},
        {"a length longer than what came", 21, 4, 25, REASON_TRUNCATED},
        {"a length that no frame has", 18, 0x80, 25, REASON_TOO_LARGE},
        {"a length just above the most", 19, 0x09, 25, REASON_TOO_LARGE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t memory[64] = {0}, *exact = NULL;
        enum reason reason = REASON_NONE;
        struct writer writer;
        struct frame frame;

        writer_init(&writer, memory, sizeof memory);
        assert_true(frame_encode(&writer, &network, FRAME_BLOCK, bytes_of_string("abc")));
        memory[rows[i].at] = rows[i].value;
        exact = malloc(rows[i].size + 1);
        assert_non_null(exact);
        memcpy(exact, memory, rows[i].size);
        reason = frame_decode(&frame, &network, bytes_of(exact, rows[i].size));
        free(exact);
        if (reason != rows[i].expected) {
            fail_msg("%s: %s instead of %s", rows[i].sentence, reason_word(reason),
                     reason_word(rows[i].expected));
        }
    }
}

static void test_the_largest_frame(void **state)
{
    size_t payload_size = FRAME_SIZE_MAX - FRAME_ENVELOPE_SIZE;
    uint8_t *payload = calloc(1, payload_size), *memory = malloc(FRAME_SIZE_MAX + 1);
    struct writer writer;
    struct frame frame;

    (void)state;
    assert_non_null(payload);
    assert_non_null(memory);
    writer_init(&writer, memory, FRAME_SIZE_MAX);
    assert_true(frame_encode(&writer, &network, FRAME_BLOCK, bytes_of(payload, payload_size)));
    assert_int_equal(frame_decode(&frame, &network, bytes_of(memory, writer.size)), REASON_NONE);
    assert_int_equal(frame.payload.size, payload_size);
    assert_true(payload_size >= BLOCK_SIZE_MAX);
    memory[FRAME_ENVELOPE_SIZE - 1]++;
    assert_int_equal(frame_decode(&frame, &network, bytes_of(memory, writer.size + 1)), REASON_TOO_LARGE);
    free(payload);
    free(memory);
}

static void test_a_frame_that_does_not_fit_is_told(void **state)
{
    uint8_t memory[FRAME_ENVELOPE_SIZE + 2];
    struct writer writer;

    (void)state;
    writer_init(&writer, memory, sizeof memory);
    assert_false(frame_encode(&writer, &network, FRAME_BLOCK, bytes_of_string("abc")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_frame_is_envelope_and_payload),
        cmocka_unit_test(test_one_thing_wrong),
        cmocka_unit_test(test_the_largest_frame),
        cmocka_unit_test(test_a_frame_that_does_not_fit_is_told),
    };

    return cmocka_run_group_tests(tests, make_network, NULL);
}
