#include "store/checksum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { SIZE_MAX_TESTED = 100 };

static void every_flipped_bit_changes_the_sum(void **state)
{
    uint8_t bytes[SIZE_MAX_TESTED];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(37 * i);
    }
    for (size_t size = 0; size <= sizeof bytes; size++) {
        const uint32_t right = checksum_of(1, bytes, size);

        for (size_t bit = 0; bit < 8 * size; bit++) {
            bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_int_not_equal(checksum_of(1, bytes, size), right);
            bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        assert_int_equal(checksum_of(1, bytes, size), right);
        assert_int_not_equal(checksum_of(2, bytes, size), right);
    }
}

/* Zeros at the end count, and so does where one part ends and the next begins. */
static void sizes_count(void **state)
{
    static const uint8_t zeros[SIZE_MAX_TESTED];
    struct checksum one, two;

    (void)state;
    for (size_t size = 1; size <= sizeof zeros; size++) {
        assert_int_not_equal(checksum_of(1, zeros, size), checksum_of(1, zeros, size - 1));
    }
    checksum_begin(&one, 1);
    checksum_add(&one, zeros, 8);
    checksum_add(&one, zeros, 16);
    checksum_begin(&two, 1);
    checksum_add(&two, zeros, 16);
    checksum_add(&two, zeros, 8);
    assert_int_not_equal(checksum_end(&one), checksum_end(&two));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_flipped_bit_changes_the_sum),
        cmocka_unit_test(sizes_count),
    };

    return cmocka_run_group_tests_name("store checksum", tests, NULL, NULL);
}
