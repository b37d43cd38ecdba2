#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/base/sort.h"

enum { ITEMS_MAX = 600 };

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 33;
}

static int order(const void *a, const void *b)
{
    uint32_t left = 0, right = 0;

    memcpy(&left, a, sizeof left);
    memcpy(&right, b, sizeof right);
    return (left > right) - (left < right);
}

/* Same items in the same order as the C library's, for every small count and for sorted, reversed and equal
 * input. */
static void sorts_as_qsort_does(void **state)
{
    static const uint32_t ranges[] = {1, 3, 1000, UINT32_MAX};
    uint64_t seed = 7;

    (void)state;
    for (size_t count = 0; count < ITEMS_MAX; count++) {
        uint32_t items[ITEMS_MAX], expected[ITEMS_MAX];

        for (size_t i = 0; i < count; i++) {
            items[i] = (uint32_t)(next_random(&seed) % ranges[count % 4]);
        }
        memcpy(expected, items, count * sizeof items[0]);
        qsort(expected, count, sizeof expected[0], order);
        sort_items(items, count, sizeof items[0], order);
        assert_memory_equal(items, expected, count * sizeof items[0]);
        sort_items(items, count, sizeof items[0], order);
        assert_memory_equal(items, expected, count * sizeof items[0]);
    }
}

static void moves_whole_items(void **state)
{
    struct item {
        uint32_t key;
        uint8_t rest[93];
    } items[50];

    (void)state;
    for (uint32_t i = 0; i < 50; i++) {
        items[i].key = 49 - i;
        memset(items[i].rest, (int)(49 - i), sizeof items[i].rest);
    }
    sort_items(items, 50, sizeof items[0], order);
    for (uint32_t i = 0; i < 50; i++) {
        assert_int_equal(items[i].key, i);
        assert_int_equal(items[i].rest[0], i);
        assert_int_equal(items[i].rest[92], i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorts_as_qsort_does),
        cmocka_unit_test(moves_whole_items),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
