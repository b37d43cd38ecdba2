#include "node/consent_checks.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "node/clock.h"
#include "store/consents.h"
#include "store/own.h"
#include "tests/support/shop_world.h"

/* Checking in slices what was left of a roster. */

enum { ARRIVED_S = 1000, GARAGE_SEED = 2, SLICES = 3, NOW_MS = 5000 };

static struct store_world world;
static struct world_author garage;
static struct built_actor maria;

static int setup(void **state)
{
    (void)state;
    world_init(&world);
    build_actor(&maria, &world.network, 1, 1, 1);
    build_actor(&garage.actor, &world.network, GARAGE_SEED, 1, 1);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

/* A roster of which its block's own transaction leaves so many slices. */
static void publish_roster(size_t slices)
{
    static struct draft draft;
    struct store_txn *txn = world_write(&world);

    world_begin_log(&world, txn, &garage, GARAGE_SEED, ARRIVED_S);
    world_draft(&world, &draft, CLASS_CONTENT);
    for (uint64_t n = 0; n < CONSENTS_CHECKED_MAX + slices * CONSENTS_EACH_TURN; n++) {
        const struct affiliation joined =
            world_joined(&world, &maria.id, &garage.actor.id, n, &maria.built[WORLD_PRESENT_KEY]);

        world_add(&draft, ENTRY_AFFILIATION, &joined);
    }
    world_publish(&world, txn, &garage, &draft, ARRIVED_S);
    world_commit(txn);
}

static bool is_any_left(void)
{
    struct store_txn *txn = world_read(&world);
    bool left = false;

    assert_int_equal(store_consents_left(txn, &left), STORE_OK);
    store_end(txn);
    return left;
}

static void a_slice_follows_at_once_while_any_is_left(void **state)
{
    struct consent_checks checks = {.left = false};

    (void)state;
    publish_roster(SLICES);
    for (size_t i = 0; i < SLICES; i++) {
        assert_true(is_any_left());
        assert_int_equal(consent_checks_step(&checks, world.store, NOW_MS), STORE_OK);
        assert_int_equal(consent_checks_deadline_ms(&checks) <= NOW_MS, i + 1 < SLICES);
    }
    assert_false(is_any_left());
    assert_int_equal(consent_checks_deadline_ms(&checks), UINT64_MAX);
}

static void what_was_left_when_the_store_was_closed_is_checked(void **state)
{
    (void)state;
    publish_roster(SLICES);
    for (size_t i = 0; i < SLICES; i++) {
        struct consent_checks checks = {.left = false};

        world_close(&world);
        world_open(&world);
        assert_true(is_any_left());
        assert_int_equal(consent_checks_step(&checks, world.store, NOW_MS), STORE_OK);
    }
    assert_false(is_any_left());
}

/* The one writer is taken: beginning a write would wait for ever. */
static void nothing_is_written_where_none_is_left(void **state)
{
    struct consent_checks checks = {.left = false};
    struct store_txn *txn;

    (void)state;
    publish_roster(0);
    txn = world_write(&world);
    assert_int_equal(consent_checks_step(&checks, world.store, NOW_MS), STORE_OK);
    store_end(txn);
    assert_int_equal(consent_checks_deadline_ms(&checks), UINT64_MAX);
}

static void what_fails_is_not_tried_again_in_each_turn(void **state)
{
    const struct entry_at nowhere = {0, 7, 0};
    struct consent_checks checks = {.left = false};
    struct store_txn *txn;
    uint64_t again_ms;

    (void)state;
    publish_roster(0);
    txn = world_write(&world);
    assert_int_equal(own_put(txn, OWN_UNSETTLED, &nowhere, NULL), STORE_OK);
    world_commit(txn);
    assert_int_equal(consent_checks_step(&checks, world.store, NOW_MS), STORE_DAMAGED);
    again_ms = consent_checks_deadline_ms(&checks);
    assert_true(again_ms > NOW_MS);
    assert_int_equal(consent_checks_step(&checks, world.store, again_ms - 1), STORE_OK);
    assert_int_equal(consent_checks_step(&checks, world.store, again_ms), STORE_DAMAGED);
}

static void at_a_tests_speed_it_is_tried_again_sooner(void **state)
{
    const struct entry_at nowhere = {0, 7, 0};
    struct consent_checks usual = {.left = false}, fast = usual;
    struct store_txn *txn;

    (void)state;
    publish_roster(0);
    txn = world_write(&world);
    assert_int_equal(own_put(txn, OWN_UNSETTLED, &nowhere, NULL), STORE_OK);
    world_commit(txn);
    assert_int_equal(consent_checks_step(&usual, world.store, NOW_MS), STORE_DAMAGED);
    assert_true(clock_take_speed(10));
    assert_int_equal(consent_checks_step(&fast, world.store, NOW_MS), STORE_DAMAGED);
    assert_true(clock_take_speed(1));
    assert_int_equal(usual.from_ms - NOW_MS, 10 * (fast.from_ms - NOW_MS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_slice_follows_at_once_while_any_is_left, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_left_when_the_store_was_closed_is_checked, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_is_written_where_none_is_left, setup, teardown),
        cmocka_unit_test_setup_teardown(what_fails_is_not_tried_again_in_each_turn, setup, teardown),
        cmocka_unit_test_setup_teardown(at_a_tests_speed_it_is_tried_again_sooner, setup, teardown),
    };

    return cmocka_run_group_tests_name("consent checks", tests, NULL, NULL);
}
