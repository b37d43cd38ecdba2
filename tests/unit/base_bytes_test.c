#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdalign.h>
#include <string.h>

#include "protocol/base/bytes.h"

static void runs_are_ordered_by_bytes_then_size(void **state)
{
    (void)state;
    static const struct {
        const char *a;
        const char *b;
        int order;
        const char *why;
    } rows[] = {
        {"", "", 0, "two empty runs"},       {"", "a", -1, "empty first"},
        {"a", "a", 0, "the same"},           {"a", "b", -1, "by byte"},
        {"a", "aa", -1, "the prefix first"}, {"b", "aa", 1, "bytes before size"},
        {"\x7f", "\x80", -1, "unsigned"},    {"ab", "aa", 1, "the second byte"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes a = bytes_of_string(rows[i].a);
        struct bytes b = bytes_of_string(rows[i].b);
        int forth = bytes_compare(a, b);
        int back = bytes_compare(b, a);
        if ((forth > 0) - (forth < 0) != rows[i].order || (back > 0) - (back < 0) != -rows[i].order ||
            bytes_equal(a, b) != (rows[i].order == 0) ||
            bytes_equal_string(a, rows[i].b) != (rows[i].order == 0)) {
            fail_msg("%s", rows[i].why);
        }
    }
    assert_true(bytes_equal(bytes_of(NULL, 0), bytes_of("", 0)));
    assert_int_equal(bytes_compare(bytes_of(NULL, 0), bytes_of(NULL, 0)), 0);
}

static void an_arena_gives_aligned_zeroed_memory_until_full(void **state)
{
    (void)state;
    uint8_t memory[256];
    struct arena arena;
    for (size_t shift = 0; shift < 16; shift++) {
        memset(memory, 0xff, sizeof memory);
        arena_init(&arena, memory + shift, sizeof memory - shift);
        uint8_t *last = memory + shift;
        for (size_t size = 1; size < 12; size++) {
            uint8_t *taken = arena_take(&arena, size);
            assert_non_null(taken);
            assert_int_equal((uintptr_t)taken % alignof(max_align_t), 0);
            assert_true(taken >= last);
            for (size_t i = 0; i < size; i++) {
                assert_int_equal(taken[i], 0);
            }
            last = taken + size;
        }
        size_t used = arena_mark(&arena);
        assert_null(arena_take(&arena, sizeof memory));
        assert_null(arena_take(&arena, SIZE_MAX));
        assert_int_equal(arena_mark(&arena), used);
    }
}

static void an_arena_can_be_used_to_its_last_byte(void **state)
{
    (void)state;
    alignas(max_align_t) uint8_t memory[64];
    struct arena arena;
    arena_init(&arena, memory, sizeof memory);
    assert_ptr_equal(arena_take(&arena, sizeof memory), memory);
    assert_null(arena_take(&arena, 1));
    arena_init(&arena, memory + 1, 31);
    assert_null(arena_take(&arena, 17));
    assert_ptr_equal(arena_take(&arena, 16), memory + 16);
    arena_init(&arena, NULL, 0);
    assert_null(arena_take(&arena, 1));
}

static void rewinding_drops_what_came_after(void **state)
{
    (void)state;
    alignas(max_align_t) uint8_t memory[64];
    struct arena arena;
    arena_init(&arena, memory, sizeof memory);
    assert_non_null(arena_take(&arena, 16));
    size_t mark = arena_mark(&arena);
    uint8_t *first = arena_take(&arena, 32);
    memset(first, 0xee, 32);
    arena_rewind(&arena, mark);
    uint8_t *second = arena_take(&arena, 32);
    assert_ptr_equal(first, second);
    assert_int_equal(second[31], 0);
}

static void copies_stay_when_the_original_goes(void **state)
{
    (void)state;
    uint8_t memory[8];
    char original[] = "abcde";
    struct arena arena;
    struct bytes copy;
    arena_init(&arena, memory, sizeof memory);
    assert_true(arena_copy(&arena, bytes_of_string(original), &copy));
    memset(original, 'x', 5);
    assert_true(bytes_equal_string(copy, "abcde"));
    assert_false(arena_copy(&arena, bytes_of("1234", 4), &copy));
    assert_null(copy.data);
    assert_int_equal(copy.size, 0);
    assert_true(arena_copy(&arena, bytes_of("123", 3), &copy));
    assert_true(bytes_equal_string(copy, "123"));
    assert_true(arena_copy(&arena, bytes_of("", 0), &copy));
    assert_int_equal(copy.size, 0);
    assert_false(arena_copy(&arena, bytes_of("1", 1), &copy));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_are_ordered_by_bytes_then_size),
        cmocka_unit_test(an_arena_gives_aligned_zeroed_memory_until_full),
        cmocka_unit_test(an_arena_can_be_used_to_its_last_byte),
        cmocka_unit_test(rewinding_drops_what_came_after),
        cmocka_unit_test(copies_stay_when_the_original_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
