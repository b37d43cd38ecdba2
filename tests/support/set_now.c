#include "tests/support/set_now.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "node/clock.h"

void set_now(uint64_t now_s)
{
    struct network network;
    char text[24];

    snprintf(text, sizeof text, "%llu", (unsigned long long)now_s);
    assert_int_equal(setenv("TRADEPROOF_NOW", text, 1), 0);
    assert_true(network_init(&network, "test"));
    assert_int_equal(clock_configure(&network, false), CLOCK_OK);
}
