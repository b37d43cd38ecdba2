#include "tests/support/short_descriptors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include <cmocka.h>

void let_descriptors_be_short(bool is_short)
{
    static struct rlimit before;

    if (is_short) {
        assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    }
    const struct rlimit none = {.rlim_cur = 0, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, is_short ? &none : &before), 0);
}
