#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/reader.h"
#include "protocol/base/text.h"
#include "protocol/base/writer.h"

static void check_written(const struct writer *writer, const void *expected, size_t size)
{
    struct bytes written;
    assert_true(writer_end(writer, &written));
    assert_int_equal(written.size, size);
    assert_memory_equal(written.data, expected, size);
}

static void integers_take_their_shortest_form(void **state)
{
    (void)state;
    static const struct {
        uint64_t value;
        size_t size;
        const char *expected;
    } rows[] = {
        {0, 1, "\x00"},
        {0x7f, 1, "\x7f"},
        {0x80, 2, "\xcc\x80"},
        {0xff, 2, "\xcc\xff"},
        {0x100, 3, "\xcd\x01\x00"},
        {0xffff, 3, "\xcd\xff\xff"},
        {0x10000, 5, "\xce\x00\x01\x00\x00"},
        {0xffffffff, 5, "\xce\xff\xff\xff\xff"},
        {UINT64_C(0x100000000), 9, "\xcf\x00\x00\x00\x01\x00\x00\x00\x00"},
        {UINT64_MAX, 9, "\xcf\xff\xff\xff\xff\xff\xff\xff\xff"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t memory[16];
        struct writer writer;
        struct reader reader;
        writer_init(&writer, memory, sizeof memory);
        writer_uint(&writer, rows[i].value);
        check_written(&writer, rows[i].expected, rows[i].size);
        reader_init(&reader, bytes_of(memory, writer.size));
        assert_int_equal(reader_uint(&reader, 0, UINT64_MAX), rows[i].value);
        assert_int_equal(reader_end(&reader), REASON_NONE);
    }
}

enum { RUN_MAX = 70000 };

/* Sizes on both sides of each length form, and the size of the header that each takes. */
static const struct {
    size_t size;
    size_t bin_header;
    size_t text_header;
    size_t array_header;
} run_sizes[] = {
    {0, 2, 1, 1},   {15, 2, 1, 1},  {16, 2, 1, 3},   {31, 2, 1, 3},    {32, 2, 2, 3},
    {255, 2, 2, 3}, {256, 3, 3, 3}, {4096, 3, 3, 3}, {65535, 3, 3, 3}, {65536, 5, 5, 5},
};

static uint8_t run[RUN_MAX];
static uint8_t memory[RUN_MAX + 16];

static void runs_and_arrays_take_their_shortest_header(void **state)
{
    (void)state;
    memset(run, 'a', sizeof run);
    for (size_t i = 0; i < sizeof run_sizes / sizeof run_sizes[0]; i++) {
        size_t size = run_sizes[i].size;
        struct writer writer;
        struct reader reader;

        writer_init(&writer, memory, sizeof memory);
        writer_bin(&writer, run, size);
        assert_int_equal(writer.size, run_sizes[i].bin_header + size);
        reader_init(&reader, bytes_of(memory, writer.size));
        assert_true(bytes_equal(reader_bin(&reader, size, size), bytes_of(run, size)));
        assert_int_equal(reader_end(&reader), REASON_NONE);

        writer_init(&writer, memory, sizeof memory);
        writer_text(&writer, bytes_of(run, size));
        assert_int_equal(writer.size, run_sizes[i].text_header + size);
        reader_init(&reader, bytes_of(memory, writer.size));
        size_t clean_size = size <= TEXT_SIZE_MAX ? size : 0;
        assert_int_equal(reader_text(&reader, size, size).size, clean_size);
        assert_int_equal(reader_end(&reader), size <= TEXT_SIZE_MAX ? REASON_NONE : REASON_BAD_TEXT);

        writer_init(&writer, memory, sizeof memory);
        writer_array(&writer, (uint32_t)size);
        assert_int_equal(writer.size, run_sizes[i].array_header);
        for (size_t j = 0; j < size; j++) {
            writer_nil(&writer);
        }
        reader_init(&reader, bytes_of(memory, writer.size));
        assert_int_equal(reader_array(&reader, (uint32_t)size, (uint32_t)size), size);
        assert_int_equal(reader_left(&reader), size);
    }
}

static void the_rest_is_one_byte_or_raw(void **state)
{
    (void)state;
    uint8_t small[16];
    struct writer writer;
    writer_init(&writer, small, sizeof small);
    writer_nil(&writer);
    writer_bool(&writer, false);
    writer_bool(&writer, true);
    writer_raw(&writer, "\x91\x01", 2);
    writer_raw(&writer, NULL, 0);
    writer_bin(&writer, NULL, 0);
    writer_text(&writer, bytes_of(NULL, 0));
    check_written(&writer, "\xc0\xc2\xc3\x91\x01\xc4\x00\xa0", 8);
}

static void write_one_of_each(struct writer *writer)
{
    writer_array(writer, 300);
    writer_uint(writer, 70000);
    writer_bin(writer, "0123456789", 10);
    writer_text(writer, bytes_of("text", 4));
    writer_bool(writer, true);
    writer_nil(writer);
    writer_raw(writer, "\x01\x02", 2);
}

static void overflow_sticks_at_every_capacity(void **state)
{
    (void)state;
    struct writer writer;
    struct bytes written;
    writer_init(&writer, memory, sizeof memory);
    write_one_of_each(&writer);
    size_t needed = writer.size;
    for (size_t capacity = 0; capacity < needed; capacity++) {
        uint8_t *exact = malloc(capacity + 1);
        assert_non_null(exact);
        exact[capacity] = 0x5a;
        writer_init(&writer, exact, capacity);
        write_one_of_each(&writer);
        assert_int_equal(exact[capacity], 0x5a);
        assert_false(writer_end(&writer, &written));
        assert_null(written.data);
        assert_int_equal(written.size, 0);
        writer_raw(&writer, NULL, 0);
        assert_false(writer_end(&writer, &written));
        free(exact);
    }
    writer_init(&writer, memory, needed);
    write_one_of_each(&writer);
    assert_true(writer_end(&writer, &written));
    assert_int_equal(written.size, needed);
}

static void an_empty_writer_ends_empty(void **state)
{
    (void)state;
    struct writer writer;
    struct bytes written;
    writer_init(&writer, NULL, 0);
    assert_true(writer_end(&writer, &written));
    assert_int_equal(written.size, 0);
    writer_nil(&writer);
    assert_false(writer_end(&writer, &written));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_take_their_shortest_form),
        cmocka_unit_test(runs_and_arrays_take_their_shortest_header),
        cmocka_unit_test(the_rest_is_one_byte_or_raw),
        cmocka_unit_test(overflow_sticks_at_every_capacity),
        cmocka_unit_test(an_empty_writer_ends_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
