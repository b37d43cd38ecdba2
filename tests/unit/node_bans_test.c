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

    return bans_add(bans, &node, &transport, false, now_ms);
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
    assert_true(is_banned(bans, 1, BAN_MS));
    assert_false(is_banned(bans, 1, 1000 + BAN_MS));
    free(bans);
}

/* However many forge something: there is room again as bans end. */
static void a_ban_lasts_to_its_end_beside_any_number(void **state)
{
    enum { STRANGERS_MAX = BANS_MAX - BANS_GIVEN_MAX };
    struct bans *bans = calloc(1, sizeof *bans);

    (void)state;
    for (uint32_t i = 0; i < STRANGERS_MAX; i++) {
        assert_int_equal(ban(bans, i, i == 7 ? 1 : 1000), (i == 7 ? 1 : 1000) + BAN_MS);
    }
    for (uint32_t i = STRANGERS_MAX; i < 3 * STRANGERS_MAX; i++) {
        assert_int_equal(ban(bans, i, 2000), 2000);
        assert_false(is_banned(bans, i, 2000));
    }
    for (uint32_t i = 0; i < STRANGERS_MAX; i++) {
        assert_true(is_banned(bans, i, BAN_MS));
    }
    assert_int_equal(ban(bans, 5000, BAN_MS + 1), 2 * BAN_MS + 1);
    assert_false(is_banned(bans, 7, BAN_MS + 1));
    assert_true(is_banned(bans, 5000, BAN_MS + 1));
    free(bans);
}

static void for_given_nodes_there_is_always_room(void **state)
{
    struct bans *bans = calloc(1, sizeof *bans);

    (void)state;
    for (uint32_t i = 0; i < 2 * BANS_MAX; i++) {
        (void)ban(bans, i, 1000);
    }
    for (uint32_t i = 0; i < BANS_GIVEN_MAX; i++) {
        const struct node_id node = node_of(10000 + i);
        const struct transport_key transport = transport_of(10000 + i);

        assert_int_equal(bans_add(bans, &node, &transport, true, 1000), 1000 + BAN_MS);
    }
    for (uint32_t i = 0; i < BANS_GIVEN_MAX; i++) {
        assert_true(is_banned(bans, 10000 + i, 1000));
    }
    for (uint32_t i = 0; i < BANS_MAX - BANS_GIVEN_MAX; i++) {
        assert_true(is_banned(bans, i, 1000));
    }
    free(bans);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ban_is_of_one_node_and_has_an_end),
        cmocka_unit_test(once_more_makes_it_longer),
        cmocka_unit_test(a_ban_lasts_to_its_end_beside_any_number),
        cmocka_unit_test(for_given_nodes_there_is_always_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
