#include "node/bans.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct node_id node_of(uint32_t number)
{
    struct node_id node = {0};

    memcpy(node.hash.bytes, &number, sizeof number);
    return node;
}

static struct transport_key transport_of(uint32_t number)
{
    struct transport_key transport = {0};

    memcpy(transport.key.bytes, &number, sizeof number);
    return transport;
}

static uint64_t ban(struct bans *bans, uint32_t number, uint64_t now_ms)
{
    const struct node_id node = node_of(number);
    const struct transport_key transport = transport_of(number);

    return bans_add(bans, &node, &transport, now_ms);
}

static bool is_banned(const struct bans *bans, uint32_t number, uint64_t now_ms)
{
    const struct node_id node = node_of(number);
    const struct transport_key transport = transport_of(number);
    const bool banned = bans_has_node(bans, &node, now_ms);

    assert_int_equal(bans_has_transport(bans, &transport, now_ms), banned);
    return banned;
}

static void a_ban_is_of_one_node_and_has_an_end(void **state)
{
    struct bans *bans = calloc(1, sizeof *bans);

    (void)state;
    assert_false(is_banned(bans, 1, 0));
    assert_int_equal(ban(bans, 1, 100), 100 + BAN_MS);
    assert_true(is_banned(bans, 1, 100 + BAN_MS - 1));
    assert_false(is_banned(bans, 2, 100));
    assert_false(is_banned(bans, 1, 100 + BAN_MS));
    free(bans);
}

static void once_more_makes_it_longer(void **state)
{
    struct bans *bans = calloc(1, sizeof *bans);

    (void)state;
    (void)ban(bans, 1, 0);
    (void)ban(bans, 1, 1000);
    assert_int_equal(bans->count, 1);
    assert_true(is_banned(bans, 1, BAN_MS));
    assert_false(is_banned(bans, 1, 1000 + BAN_MS));
    free(bans);
}

static void one_too_many_takes_the_place_of_the_one_that_ends_first(void **state)
{
    struct bans *bans = calloc(1, sizeof *bans);

    (void)state;
    for (uint32_t i = 0; i <= BANS_MAX; i++) {
        (void)ban(bans, i, i == 7 ? 1 : 1000 + i);
    }
    assert_int_equal(bans->count, BANS_MAX);
    for (uint32_t i = 0; i <= BANS_MAX; i++) {
        assert_int_equal(is_banned(bans, i, 3000), i != 7);
    }
    free(bans);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ban_is_of_one_node_and_has_an_end),
        cmocka_unit_test(once_more_makes_it_longer),
        cmocka_unit_test(one_too_many_takes_the_place_of_the_one_that_ends_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
