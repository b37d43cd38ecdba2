#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "protocol/base/reader.h"
#include "protocol/base/writer.h"
#include "tests/support/msgpack_alike.h"

/* A literal with its size, which may hold NULs. */
#define BYTES(literal) (literal), sizeof(literal) - 1

struct row {
    const char *input;
    size_t size;
    enum reason expected;
    uint64_t value; /* of an integer, a size or a count */
    const char *why;
};

#define CHECK_ROWS(rows, read) check_rows(rows, sizeof rows / sizeof rows[0], read)

/* Read one element of each row with read and compare what comes out. */
static void check_rows(const struct row *rows, size_t count, uint64_t (*read)(struct reader *reader))
{
    for (size_t i = 0; i < count; i++) {
        struct reader reader;
        reader_init(&reader, bytes_of(rows[i].input, rows[i].size));
        uint64_t value = read(&reader);
        enum reason reason = reader_end(&reader);
        if (reason != rows[i].expected || (value != rows[i].value && reason != REASON_TRAILING)) {
            fail_msg("%s: %s, %llu", rows[i].why, reason_word(reason), (unsigned long long)value);
        }
    }
}

static uint64_t read_uint(struct reader *reader)
{
    return reader_uint(reader, 0, UINT64_MAX);
}

static uint64_t read_small_uint(struct reader *reader)
{
    return reader_uint(reader, 5, 300);
}

static uint64_t read_bool(struct reader *reader)
{
    return reader_bool(reader);
}

static uint64_t read_bin(struct reader *reader)
{
    return reader_bin(reader, 1, 3).size;
}

static uint64_t read_text(struct reader *reader)
{
    return reader_text(reader, 1, 4).size;
}

static uint64_t read_array(struct reader *reader)
{
    uint32_t count = reader_array(reader, 1, 20);
    for (uint32_t i = 0; i < count; i++) {
        reader_skip(reader, 0);
    }
    return count;
}

static uint64_t read_any_array(struct reader *reader)
{
    return reader_array(reader, 0, UINT32_MAX);
}

static uint64_t skip_any(struct reader *reader)
{
    return reader_skip(reader, 3).size;
}

static void integers(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {BYTES("\x00"), REASON_NONE, 0, "zero"},
        {BYTES("\x7f"), REASON_NONE, 0x7f, "the largest in one byte"},
        {BYTES("\xcc\x80"), REASON_NONE, 0x80, "the first in two"},
        {BYTES("\xcc\x7f"), REASON_NOT_CANONICAL, 0, "two bytes where one would do"},
        {BYTES("\xcc\x00"), REASON_NOT_CANONICAL, 0, "zero in two"},
        {BYTES("\xcc\xff"), REASON_NONE, 0xff, "the last in two"},
        {BYTES("\xcd\x01\x00"), REASON_NONE, 0x100, "the first in three"},
        {BYTES("\xcd\x00\xff"), REASON_NOT_CANONICAL, 0, "three bytes where two would do"},
        {BYTES("\xcd\xff\xff"), REASON_NONE, 0xffff, "the last in three"},
        {BYTES("\xce\x00\x01\x00\x00"), REASON_NONE, 0x10000, "the first in five"},
        {BYTES("\xce\x00\x00\xff\xff"), REASON_NOT_CANONICAL, 0, "five bytes where three would do"},
        {BYTES("\xce\xff\xff\xff\xff"), REASON_NONE, 0xffffffff, "the last in five"},
        {BYTES("\xcf\x00\x00\x00\x01\x00\x00\x00\x00"), REASON_NONE, UINT64_C(0x100000000),
         "the first in nine"},
        {BYTES("\xcf\x00\x00\x00\x00\xff\xff\xff\xff"), REASON_NOT_CANONICAL, 0, "nine where five would do"},
        {BYTES("\xcf\xff\xff\xff\xff\xff\xff\xff\xff"), REASON_NONE, UINT64_MAX, "the last of all"},
        {BYTES("\xcf\x01\x02\x03\x04\x05\x06\x07\x08"), REASON_NONE, UINT64_C(0x0102030405060708),
         "byte order"},
        {BYTES(""), REASON_TRUNCATED, 0, "nothing"},
        {BYTES("\xcc"), REASON_TRUNCATED, 0, "a first byte alone"},
        {BYTES("\xcd\x01"), REASON_TRUNCATED, 0, "half of 16 bits"},
        {BYTES("\xce\x01\x01\x01"), REASON_TRUNCATED, 0, "three quarters of 32 bits"},
        {BYTES("\xcf\x01\x01\x01\x01\x01\x01\x01"), REASON_TRUNCATED, 0, "seven eighths of 64 bits"},
        {BYTES("\x01\x01"), REASON_TRAILING, 1, "one byte too many"},
        {BYTES("\xff"), REASON_WRONG_TYPE, 0, "minus one"},
        {BYTES("\xe0"), REASON_WRONG_TYPE, 0, "minus 32"},
        {BYTES("\xd0\x01"), REASON_WRONG_TYPE, 0, "a signed 8-bit one, positive"},
        {BYTES("\xd1\xff\x00"), REASON_WRONG_TYPE, 0, "a signed 16-bit one"},
        {BYTES("\xd2\xff\x00\x00\x00"), REASON_WRONG_TYPE, 0, "a signed 32-bit one"},
        {BYTES("\xd3\xff\x00\x00\x00\x00\x00\x00\x00"), REASON_WRONG_TYPE, 0, "a signed 64-bit one"},
        {BYTES("\xca\x3f\x80\x00\x00"), REASON_WRONG_TYPE, 0, "a float"},
        {BYTES("\xcb\x3f\xf0\x00\x00\x00\x00\x00\x00"), REASON_WRONG_TYPE, 0, "a double"},
        {BYTES("\xc0"), REASON_WRONG_TYPE, 0, "nil"},
        {BYTES("\xc3"), REASON_WRONG_TYPE, 0, "true"},
        {BYTES("\xa1"
               "1"),
         REASON_WRONG_TYPE, 0, "a text"},
        {BYTES("\x91\x01"), REASON_WRONG_TYPE, 0, "an array of one"},
    };
    CHECK_ROWS(rows, read_uint);
}

static void integers_between_bounds(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {BYTES("\x04"), REASON_OUT_OF_RANGE, 0, "below the lower bound"},
        {BYTES("\x05"), REASON_NONE, 5, "the lower bound"},
        {BYTES("\xcd\x01\x2c"), REASON_NONE, 300, "the upper bound"},
        {BYTES("\xcd\x01\x2d"), REASON_OUT_OF_RANGE, 0, "above the upper bound"},
        {BYTES("\xcf\xff\xff\xff\xff\xff\xff\xff\xff"), REASON_OUT_OF_RANGE, 0, "far above it"},
        {BYTES("\xcd\x00\x20"), REASON_NOT_CANONICAL, 0, "within bounds in a longer form"},
    };
    CHECK_ROWS(rows, read_small_uint);
}

static void booleans(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {BYTES("\xc2"), REASON_NONE, 0, "false"},
        {BYTES("\xc3"), REASON_NONE, 1, "true"},
        {BYTES("\xc0"), REASON_WRONG_TYPE, 0, "nil"},
        {BYTES("\xc1"), REASON_WRONG_TYPE, 0, "the byte that msgpack never uses"},
        {BYTES("\x01"), REASON_WRONG_TYPE, 0, "one"},
        {BYTES(""), REASON_TRUNCATED, 0, "nothing"},
        {BYTES("\xc3\xc3"), REASON_TRAILING, 1, "two"},
    };
    CHECK_ROWS(rows, read_bool);
}

static void bins(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {BYTES("\xc4\x01\xff"), REASON_NONE, 1, "the smallest"},
        {BYTES("\xc4\x03"
               "abc"),
         REASON_NONE, 3, "the largest"},
        {BYTES("\xc4\x00"), REASON_OUT_OF_RANGE, 0, "below the smallest"},
        {BYTES("\xc4\x04"
               "abcd"),
         REASON_TOO_LARGE, 0, "above the largest"},
        {BYTES("\xc5\x00\x03"
               "abc"),
         REASON_NOT_CANONICAL, 0, "a 16-bit size where 8 bits would do"},
        {BYTES("\xc6\x00\x00\x00\x03"
               "abc"),
         REASON_NOT_CANONICAL, 0, "a 32-bit size where 8 would do"},
        {BYTES("\xc6\x00\x00\xff\xff"
               "abc"),
         REASON_NOT_CANONICAL, 0, "a 32-bit size where 16 would do"},
        {BYTES("\xc6\xff\xff\xff\xff"), REASON_TOO_LARGE, 0, "four gigabytes claimed"},
        {BYTES("\xc4\x03"
               "ab"),
         REASON_TRUNCATED, 0, "a byte is missing"},
        {BYTES("\xc4"), REASON_TRUNCATED, 0, "the size is missing"},
        {BYTES("\xc5\x01"), REASON_TRUNCATED, 0, "half a size"},
        {BYTES("\xc6\x00\x01\x00"), REASON_TRUNCATED, 0, "three quarters of a size"},
        {BYTES("\xa3"
               "abc"),
         REASON_WRONG_TYPE, 0, "a text"},
        {BYTES("\xd4\x01\x01"), REASON_WRONG_TYPE, 0, "an extension"},
    };
    CHECK_ROWS(rows, read_bin);
}

static void texts(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {BYTES("\xa1"
               "a"),
         REASON_NONE, 1, "the smallest"},
        {BYTES("\xa4"
               "abcd"),
         REASON_NONE, 4, "the largest"},
        {BYTES("\xa0"), REASON_OUT_OF_RANGE, 0, "below the smallest"},
        {BYTES("\xa5"
               "abcde"),
         REASON_TOO_LARGE, 0, "above the largest"},
        {BYTES("\xd9\x02"
               "ab"),
         REASON_NOT_CANONICAL, 0, "an 8-bit size where 5 bits would do"},
        {BYTES("\xda\x00\x02"
               "ab"),
         REASON_NOT_CANONICAL, 0, "a 16-bit size where 5 bits would do"},
        {BYTES("\xdb\x00\x00\x00\x02"
               "ab"),
         REASON_NOT_CANONICAL, 0, "a 32-bit size where 5 bits would do"},
        {BYTES("\xdb\xff\xff\xff\xff"), REASON_TOO_LARGE, 0, "four gigabytes claimed"},
        {BYTES("\xd9"), REASON_TRUNCATED, 0, "the size is missing"},
        {BYTES("\xa2"
               "a"),
         REASON_TRUNCATED, 0, "a byte is missing"},
        {BYTES("\xa2\xc3\xa9"), REASON_NONE, 2, "a composed letter"},
        {BYTES("\xa3"
               "e\xcc\x81"),
         REASON_BAD_TEXT, 0, "a letter taken apart"},
        {BYTES("\xa2\xc0\x80"), REASON_BAD_TEXT, 0, "an overlong NUL"},
        {BYTES("\xa1\xff"), REASON_BAD_TEXT, 0, "no UTF-8"},
        {BYTES("\xa1\x00"), REASON_BAD_TEXT, 0, "a NUL"},
        {BYTES("\xa3\xe2\x80\xae"), REASON_BAD_TEXT, 0, "a bidi override"},
        {BYTES("\xc4\x01"
               "a"),
         REASON_WRONG_TYPE, 0, "a bin"},
        {BYTES("\x01"), REASON_WRONG_TYPE, 0, "an integer"},
    };
    CHECK_ROWS(rows, read_text);
}

static void arrays(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {BYTES("\x91\x00"), REASON_NONE, 1, "the shortest"},
        {BYTES("\x90"), REASON_OUT_OF_RANGE, 0, "below the shortest"},
        {BYTES("\xdc\x00\x10"
               "0123456789012345"),
         REASON_NONE, 16, "the first with a 16-bit count"},
        {BYTES("\xdc\x00\x0f"
               "012345678901234"),
         REASON_NOT_CANONICAL, 0, "a 16-bit count where 4 bits would do"},
        {BYTES("\xdd\x00\x00\x00\x01\x00"), REASON_NOT_CANONICAL, 0, "a 32-bit count where 4 bits would do"},
        {BYTES("\xdd\x00\x00\xff\xff\x00"), REASON_NOT_CANONICAL, 0, "a 32-bit count where 16 would do"},
        {BYTES("\xdc\x00\x15"
               "012345678901234567890"),
         REASON_TOO_MANY, 0, "above the longest"},
        {BYTES("\xdd\xff\xff\xff\xff"), REASON_TOO_MANY, 0, "four thousand million claimed"},
        {BYTES("\x92\x00"), REASON_TRUNCATED, 0, "more elements than bytes"},
        {BYTES("\xdc\x00"), REASON_TRUNCATED, 0, "half a count"},
        {BYTES(""), REASON_TRUNCATED, 0, "nothing"},
        {BYTES("\x81\x01\x01"), REASON_WRONG_TYPE, 0, "a map"},
        {BYTES("\xde\x00\x10"), REASON_WRONG_TYPE, 0, "a map with a 16-bit count"},
        {BYTES("\x01"), REASON_WRONG_TYPE, 0, "an integer"},
    };
    static const struct row unlimited[] = {
        {BYTES("\x90"), REASON_NONE, 0, "an empty array"},
        {BYTES("\xdd\xff\xff\xff\xff"), REASON_TRUNCATED, 0, "four thousand million elements in no bytes"},
        {BYTES("\xdd\x00\x01\x00\x00"
               "abc"),
         REASON_TRUNCATED, 0, "65536 elements in three"},
        {BYTES("\x9f"
               "01234567890123"),
         REASON_TRUNCATED, 0, "15 elements in 14"},
    };
    CHECK_ROWS(rows, read_array);
    CHECK_ROWS(unlimited, read_any_array);
}

static void skipping(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {BYTES("\x07"), REASON_NONE, 1, "an integer"},
        {BYTES("\xc0"), REASON_NONE, 1, "nil"},
        {BYTES("\xc2"), REASON_NONE, 1, "false"},
        {BYTES("\xc3"), REASON_NONE, 1, "true"},
        {BYTES("\xcd\x01\x00"), REASON_NONE, 3, "a longer integer"},
        {BYTES("\xcd\x00\x01"), REASON_NOT_CANONICAL, 0, "one that is too long"},
        {BYTES("\xa0"), REASON_NONE, 1, "an empty text"},
        {BYTES("\xa1\x01"), REASON_BAD_TEXT, 0, "a text with a control character"},
        {BYTES("\xc4\x00"), REASON_NONE, 2, "an empty bin"},
        {BYTES("\xc4\x02\x01\x02"), REASON_NONE, 4, "a bin"},
        {BYTES("\xc6\xff\xff\xff\xff"), REASON_TRUNCATED, 0, "a bin of four gigabytes in no bytes"},
        {BYTES("\xdd\xff\xff\xff\xff\x01"), REASON_TRUNCATED, 0, "an endless array in one byte"},
        {BYTES("\x90"), REASON_NONE, 1, "an empty array"},
        {BYTES("\x91\x91\x91\x00"), REASON_NONE, 4, "three arrays deep"},
        {BYTES("\x91\x91\x90"), REASON_NONE, 3, "three deep, the last empty"},
        {BYTES("\x91\x91\x91\x90"), REASON_TOO_DEEP, 0, "four arrays deep"},
        {BYTES("\x93\x01\x92\x02\xa1"
               "x\xc3"),
         REASON_NONE, 7, "a mix"},
        {BYTES("\x92\x01"), REASON_TRUNCATED, 0, "an element is missing"},
        {BYTES("\x92\x91\x01"), REASON_TRUNCATED, 0, "an outer element is missing"},
        {BYTES("\x80"), REASON_WRONG_TYPE, 0, "an empty map"},
        {BYTES("\x91\x80"), REASON_WRONG_TYPE, 0, "an empty map within"},
        {BYTES("\xde\x00\x00"), REASON_WRONG_TYPE, 0, "a map with a 16-bit count"},
        {BYTES("\xdf\x00\x00\x00\x00"), REASON_WRONG_TYPE, 0, "a map with a 32-bit count"},
        {BYTES("\xc1"), REASON_WRONG_TYPE, 0, "the byte that msgpack never uses"},
        {BYTES("\xff"), REASON_WRONG_TYPE, 0, "minus one"},
        {BYTES("\xd0\x01"), REASON_WRONG_TYPE, 0, "a signed form"},
        {BYTES("\xca\x00\x00\x00\x00"), REASON_WRONG_TYPE, 0, "a float"},
        {BYTES("\xc7\x00\x01"), REASON_WRONG_TYPE, 0, "an extension of no bytes"},
        {BYTES("\xd4\x01\x00"), REASON_WRONG_TYPE, 0, "an extension of one byte"},
        {BYTES("\xd8\x01"
               "0123456789012345"),
         REASON_WRONG_TYPE, 0, "an extension of 16 bytes"},
        {BYTES(""), REASON_TRUNCATED, 0, "nothing"},
        {BYTES("\x01\x01"), REASON_TRAILING, 1, "a byte too many"},
    };
    CHECK_ROWS(rows, skip_any);
}

static void nil_is_taken_only_where_it_is(void **state)
{
    (void)state;
    struct reader reader;
    reader_init(&reader, bytes_of("\xc0\x01", 2));
    assert_true(reader_nil(&reader));
    assert_false(reader_nil(&reader));
    assert_int_equal(reader_uint(&reader, 0, 9), 1);
    assert_false(reader_nil(&reader));
    assert_int_equal(reader_end(&reader), REASON_NONE);
}

static void exact_bins_are_copied_or_zeroed(void **state)
{
    (void)state;
    uint8_t out[4] = {9, 9, 9, 9};
    struct reader reader;
    reader_init(&reader, bytes_of("\xc4\x04"
                                  "abcd\xc4\x03"
                                  "abc",
                                  11));
    reader_bin_exact(&reader, out, 4);
    assert_memory_equal(out, "abcd", 4);
    reader_bin_exact(&reader, out, 4);
    assert_memory_equal(out, "\0\0\0\0", 4);
    assert_int_equal(reader.error, REASON_OUT_OF_RANGE);
}

static void views_point_into_the_input(void **state)
{
    (void)state;
    static const char input[] = "\xc4\x02"
                                "ab\xa2"
                                "cd\x91\x05";
    struct reader reader;
    reader_init(&reader, bytes_of(input, 9));
    assert_ptr_equal(reader_bin(&reader, 0, 9).data, input + 2);
    assert_ptr_equal(reader_text(&reader, 0, 9).data, input + 5);
    assert_int_equal(reader_left(&reader), 2);
    assert_ptr_equal(reader_skip(&reader, 1).data, input + 7);
    assert_int_equal(reader_end(&reader), REASON_NONE);
}

/* After an error each read must say nothing, whatever bytes come next. */
static void the_first_error_sticks(void **state)
{
    (void)state;
    static const char *const follows[] = {"\x01",
                                          "\xc3",
                                          "\xc4\x01"
                                          "a",
                                          "\xa1"
                                          "a",
                                          "\x91\x01",
                                          "\xc0"};
    for (size_t i = 0; i < sizeof follows / sizeof follows[0]; i++) {
        struct reader reader;
        uint8_t out[1] = {9};
        reader_init(&reader, bytes_of_string(follows[i]));
        reader_fail(&reader, REASON_NOT_SORTED);
        assert_int_equal(reader_uint(&reader, 1, 1), 0);
        assert_false(reader_bool(&reader));
        assert_int_equal(reader_bin(&reader, 1, 1).size, 0);
        reader_bin_exact(&reader, out, 1);
        assert_int_equal(out[0], 0);
        assert_int_equal(reader_text(&reader, 1, 1).size, 0);
        assert_int_equal(reader_array(&reader, 1, 1), 0);
        assert_false(reader_nil(&reader));
        assert_int_equal(reader_skip(&reader, 9).size, 0);
        assert_int_equal(reader_left(&reader), 0);
        reader_fail(&reader, REASON_TOO_DEEP);
        assert_int_equal(reader_end(&reader), REASON_NOT_SORTED);
        assert_ptr_equal(reader.at, follows[i]);
    }
}

static void no_bytes_at_all(void **state)
{
    (void)state;
    struct reader reader;
    reader_init(&reader, bytes_of(NULL, 0));
    assert_int_equal(reader_left(&reader), 0);
    assert_int_equal(reader_end(&reader), REASON_NONE);
    assert_int_equal(reader_skip(&reader, 1).size, 0);
    assert_int_equal(reader_end(&reader), REASON_TRUNCATED);
}

/* Whether all of document is one element that reader_skip takes. */
static bool is_taken(struct bytes document)
{
    struct reader reader;
    reader_init(&reader, document);
    reader_skip(&reader, MSGPACK_DEPTH_MAX);
    return reader_end(&reader) == REASON_NONE;
}

static void all_of_three_bytes_read_alike_when_taken(void **state)
{
    (void)state;
    size_t taken = 0;
    for (uint32_t n = 0; n < UINT32_C(1) << 24; n++) {
        uint8_t input[3] = {(uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};
        if (!is_taken(bytes_of(input, sizeof input))) {
            continue;
        }
        taken++;
        if (!msgpack_reads_alike(bytes_of(input, sizeof input))) {
            fail_msg("%02x %02x %02x", input[0], input[1], input[2]);
        }
    }
    /* 65280 in three-byte integers, 256 bins, 95^2 ASCII and 1818 two-byte texts, arrays of what is shorter.
     */
    assert_in_range(taken, 65280 + 256 + 95 * 95, 150000);
}

static uint64_t random_next(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 33;
}

static void write_random_text(struct writer *writer, uint64_t *seed)
{
    static const char *const texts[] = {"", "ase/A5", "Jos\xc3\xa9", "\xea\xb0\x80", "\xf0\x9f\x94\xa7"};
    static const char filler[] = "a text that is long enough for every form of a length up to sixteen bits, "
                                 "and so it goes on and on and on for a while, until there are more than two "
                                 "hundred and fifty-five characters in it, which takes a little longer than "
                                 "one would think when writing it, but here it ends at last.";
    if (random_next(seed) % 2 == 0) {
        writer_text(writer, bytes_of_string(texts[random_next(seed) % (sizeof texts / sizeof texts[0])]));
        return;
    }
    writer_text(writer, bytes_of(filler, random_next(seed) % sizeof filler));
}

static void write_random(struct writer *writer, uint64_t *seed, uint32_t depth)
{
    static const uint8_t bytes[300] = {1, 2, 3};
    uint32_t count;
    switch (random_next(seed) % (depth > 0 ? 7 : 5)) {
    case 0:
        writer_uint(writer, (random_next(seed) << 33 | random_next(seed)) >> random_next(seed) % 64);
        break;
    case 1:
        writer_bool(writer, random_next(seed) % 2 == 0);
        break;
    case 2:
        writer_nil(writer);
        break;
    case 3:
        writer_bin(writer, bytes, random_next(seed) % 10 == 0 ? random_next(seed) % sizeof bytes : 5);
        break;
    case 4:
        write_random_text(writer, seed);
        break;
    default:
        count = (uint32_t)(random_next(seed) % 10 == 0 ? 14 + random_next(seed) % 6 : random_next(seed) % 5);
        writer_array(writer, count);
        for (uint32_t i = 0; i < count; i++) {
            write_random(writer, seed, depth - 1);
        }
        break;
    }
}

enum { DOCUMENT_MAX = 8192 };

/* Write a document that begins with an array. Returns: {NULL, 0} when it came out too large. */
static struct bytes random_document(uint8_t memory[DOCUMENT_MAX], uint64_t *seed)
{
    struct writer writer;
    struct bytes document;
    writer_init(&writer, memory, DOCUMENT_MAX);
    writer_array(&writer, 3);
    write_random(&writer, seed, 4);
    write_random(&writer, seed, 4);
    write_random(&writer, seed, 4);
    writer_end(&writer, &document);
    return document;
}

static void random_documents_read_alike(void **state)
{
    (void)state;
    static uint8_t memory[DOCUMENT_MAX];
    uint64_t seed = 20260101;
    size_t taken_damaged = 0;
    for (size_t round = 0; round < 20000; round++) {
        uint64_t round_seed = seed;
        struct bytes document = random_document(memory, &seed);
        if (document.size == 0) {
            continue;
        }
        if (!is_taken(document) || !msgpack_reads_alike(document)) {
            fail_msg("seed %llu", (unsigned long long)round_seed);
        }
        for (size_t damage = 0; damage < 8; damage++) {
            uint8_t *byte = &memory[random_next(&seed) % document.size];
            uint8_t right = *byte;
            *byte = (uint8_t)random_next(&seed);
            bool is_still_taken = is_taken(document);
            taken_damaged += is_still_taken;
            if (is_still_taken && !msgpack_reads_alike(document)) {
                fail_msg("seed %llu, damaged", (unsigned long long)round_seed);
            }
            *byte = right;
        }
    }
    assert_in_range(taken_damaged, 1000, 159000);
}

static void every_prefix_of_a_document_is_refused(void **state)
{
    (void)state;
    static uint8_t memory[DOCUMENT_MAX];
    uint64_t seed = 4;
    for (size_t round = 0; round < 300; round++) {
        struct bytes document = random_document(memory, &seed);
        for (size_t size = 0; size < document.size; size++) {
            struct reader reader;
            reader_init(&reader, bytes_of(document.data, size));
            reader_skip(&reader, MSGPACK_DEPTH_MAX);
            assert_int_equal(reader_end(&reader), REASON_TRUNCATED);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers),
        cmocka_unit_test(integers_between_bounds),
        cmocka_unit_test(booleans),
        cmocka_unit_test(bins),
        cmocka_unit_test(texts),
        cmocka_unit_test(arrays),
        cmocka_unit_test(skipping),
        cmocka_unit_test(nil_is_taken_only_where_it_is),
        cmocka_unit_test(exact_bins_are_copied_or_zeroed),
        cmocka_unit_test(views_point_into_the_input),
        cmocka_unit_test(the_first_error_sticks),
        cmocka_unit_test(no_bytes_at_all),
        cmocka_unit_test(all_of_three_bytes_read_alike_when_taken),
        cmocka_unit_test(random_documents_read_alike),
        cmocka_unit_test(every_prefix_of_a_document_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
