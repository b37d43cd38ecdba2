#include "store/tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/support/store_world.h"

/* Rows of a linked table that got lost. */

enum { ROWS = 4 };

static struct store_world world;

static struct key nth_key(uint64_t n)
{
    struct key key = {0};

    key_add_number(&key, n, 8);
    return key;
}

/* As a page that is damaged loses one: nothing else changes. */
static void lose(struct store_txn *txn, uint64_t n)
{
    struct key key = nth_key(n);
    MDB_val name = {.mv_size = key.size, .mv_data = key.bytes};

    assert_int_equal(mdb_del(txn->mdb, txn->store->tables[TABLE_NONCES], &name, NULL), MDB_SUCCESS);
}

/* Walk from the last row to the first. Returns: how it ends; *rows: how many were read. */
static enum store_error walk_back(struct store_txn *txn, size_t *rows)
{
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_NONCES);

    assert_int_equal(error, STORE_OK);
    *rows = 0;
    for (error = walk_last(&walk); error == STORE_OK; error = walk_previous(&walk)) {
        assert_int_equal(number_at(walk.key.data, 0, 8), ROWS - *rows);
        ++*rows;
    }
    walk_close(&walk);
    return error;
}

static void a_walk_back_comes_by_no_lost_row_unseen(void **state)
{
    static const struct {
        const char *sentence;
        uint64_t lost; /* counted from 1; 0: none */
        size_t rows;
        enum store_error error;
    } lines[] = {
        {"none is lost", 0, ROWS, STORE_NOT_FOUND},
        {"the last is missed at once", ROWS, 0, STORE_DAMAGED},
        {"the one before it at the next step", ROWS - 1, 1, STORE_DAMAGED},
        {"one further down where the walk gets there", ROWS - 2, 2, STORE_DAMAGED},
        {"the first, below which nothing lies", 1, ROWS - 1, STORE_DAMAGED},
    };

    (void)state;
    world_init(&world);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct store_txn *txn = world_write(&world);
        enum store_error error;
        size_t rows;

        for (uint64_t n = 1; n <= ROWS; n++) {
            const struct key key = nth_key(n);

            assert_int_equal(table_put(txn, TABLE_NONCES, &key, NULL, 0), STORE_OK);
        }
        if (lines[i].lost != 0) {
            lose(txn, lines[i].lost);
        }
        error = walk_back(txn, &rows);
        if (error != lines[i].error || rows != lines[i].rows) {
            fail_msg("%s: %zu rows", lines[i].sentence, rows);
        }
        store_end(txn);
    }
    world_deinit(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_walk_back_comes_by_no_lost_row_unseen),
    };

    return cmocka_run_group_tests_name("store tables", tests, NULL, NULL);
}
