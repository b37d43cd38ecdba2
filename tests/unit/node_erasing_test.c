#include "node/erasing.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "tests/support/log_builder.h"
#include "tests/support/store_world.h"

/* Dropping in steps: some blocks at a time, and no write where nothing is due. */

enum { BLOCKS = 20, NOW_S = 1000000, WEEK_S = 7 * 86400 };

static struct store_world world;
static struct world_author author;

static void erase_all(struct store_txn *txn)
{
    const struct subject subject = world_subject(1);

    for (uint64_t i = 0; i < BLOCKS; i++) {
        struct index_range range;
        const struct erase erase = build_erase(2 * i + 1, &range, 0, 0);
        struct draft draft;

        world_attest(&world, txn, &author, &subject, 1, "ase/A5", NOW_S);
        world_draft(&world, &draft, CLASS_STATUS);
        world_add(&draft, ENTRY_ERASE, &erase);
        world_publish(&world, txn, &author, &draft, NOW_S);
    }
}

static uint64_t bytes_held(void)
{
    struct store_txn *txn = world_read(&world);
    uint64_t blocks = 0, bytes = 0;

    assert_int_equal(store_log_size(txn, &author.actor.id, &blocks, &bytes), STORE_OK);
    store_end(txn);
    return bytes;
}

static void what_is_due_is_dropped_in_steps(void **state)
{
    struct store_txn *txn;
    uint64_t before = 0, between = 0;
    bool more = true;

    (void)state;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &author, 1, NOW_S);
    erase_all(txn);
    world_commit(txn);
    before = bytes_held();
    assert_int_equal(erasing_step(world.store, NULL, NOW_S + WEEK_S - 1, &more), STORE_OK);
    assert_false(more);
    assert_int_equal(bytes_held(), before);
    assert_int_equal(erasing_step(world.store, &author.actor.id, NOW_S + WEEK_S, &more), STORE_OK);
    assert_true(more);
    assert_int_equal(bytes_held(), before); /* the own ones are sealed, and looked at again another day */
    assert_int_equal(erasing_step(world.store, NULL, NOW_S + WEEK_S, &more), STORE_OK);
    assert_false(more);
    between = bytes_held();
    assert_true(between < before);
    assert_int_equal(erasing_step(world.store, NULL, NOW_S + 2 * WEEK_S, &more), STORE_OK);
    assert_false(more);
    assert_true(bytes_held() < between);
    world_deinit(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_due_is_dropped_in_steps)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
