#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cmd/log_forks.h"
#include "tests/support/own_home.h"
#include "tests/support/set_now.h"

/* Which logs contradict themselves. Two homes with the same keys; the second signs another block 2. */

enum { NOW_S = 1000000, HEARD_S = 1000700 };

static struct keyring *keyring, *next;
static struct own_home own, copy;
static struct log_forks forks;

static int set_up(void **state)
{
    uint8_t memory[KEYS_SIZE_MAX];
    struct bytes record;
    (void)state;
    set_now(NOW_S);
    keyring = own_home_keys(memory, &record);
    own_home_open(&own, keyring, record);
    own_home_open(&copy, keyring, record);
    own_home_issue(&own, 1, 1, "ase/A5");
    assert_int_equal(publisher_import(&copy.publisher, own.last.encoded), EXIT_YES);
    own_home_issue(&own, 1, 1, "ase/A6");
    own_home_issue(&own, 1, 1, "ase/A7");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    own_home_close(&own);
    own_home_close(&copy);
    keyring_wipe(keyring);
    keyring_wipe(next);
    next = NULL;
    return 0;
}

static void read_forks(void)
{
    struct store_txn *txn;
    assert_int_equal(store_read_begin(&txn, own.session.store), STORE_OK);
    assert_int_equal(log_forks_read(&forks, &own.session, txn), STORE_OK);
    store_end(txn);
}

static void hear_of_the_copy(void)
{
    own_home_issue(&copy, 9, 1, "ase/A1");
    set_now(HEARD_S);
    assert_int_equal(publisher_import(&own.publisher, copy.last.encoded), EXIT_YES);
}

static void a_log_of_one_branch_is_not_forked(void **state)
{
    (void)state;
    read_forks();
    assert_int_equal(forks.count, 0);
    assert_null(log_forks_of(&forks, &own.session.actor));
}

static void a_fork_says_from_which_block_and_since_when(void **state)
{
    const struct log_fork *fork;
    (void)state;
    hear_of_the_copy();
    read_forks();
    assert_int_equal(forks.count, 1);
    fork = log_forks_of(&forks, &own.session.actor);
    assert_non_null(fork);
    assert_int_equal(fork->seq, 2);
    assert_int_equal(fork->since_s, HEARD_S);
    assert_false(fork->frozen);
}

static void a_rotation_ends_it(void **state)
{
    struct block_place behind = {.seq = own.last.seq, .hash = own.last.hash};
    (void)state;
    hear_of_the_copy();
    next = own_home_rotate(&own, &behind);
    read_forks();
    assert_int_equal(forks.count, 0);
}

static void two_rotations_end_the_log(void **state)
{
    struct keyring *other = own_home_rotate(&copy, NULL);
    (void)state;
    next = own_home_rotate(&own, NULL);
    publisher_import(&own.publisher, copy.last.encoded);
    read_forks();
    assert_int_equal(forks.count, 1);
    assert_true(forks.items[0].frozen);
    assert_int_equal(forks.items[0].seq, 2);
    publisher_close(&copy.publisher);
    assert_int_equal(publisher_open(&copy.publisher, &copy.session, keyring), EXIT_YES);
    keyring_wipe(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_log_of_one_branch_is_not_forked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_fork_says_from_which_block_and_since_when, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_rotation_ends_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_rotations_end_the_log, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
