#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "cmd/log_lines.h"
#include "tests/support/own_home.h"
#include "tests/support/set_now.h"

/* A log by block: what each says, and the marks beside it. Two homes with the same keys, so that the second
 * can sign what the first did not. */

enum { NOW_S = 1000000, LINES_MAX = 8 };

static struct keyring *keyring, *next;
static struct own_home own, copy;

static struct {
    size_t count;
    struct log_line lines[LINES_MAX];
} seen;

static int set_up(void **state)
{
    uint8_t memory[KEYS_SIZE_MAX];
    struct bytes record;
    (void)state;
    set_now(NOW_S);
    keyring = own_home_keys(memory, &record);
    own_home_open(&own, keyring, record);
    own_home_open(&copy, keyring, record);
    own_home_issue(&own, 1, 3, "ase/A5");
    assert_int_equal(publisher_import(&copy.publisher, own.last.encoded), EXIT_YES);
    set_now(NOW_S + 60);
    own_home_revoke(&own, 1, 0);
    own_home_issue(&own, 1, 1, "ase/A6");
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

static void see(void *context, const struct log_line *line)
{
    (void)context;
    assert_true(seen.count < LINES_MAX);
    seen.lines[seen.count++] = *line;
}

static void read_lines(uint64_t first, uint64_t last)
{
    seen.count = 0;
    assert_int_equal(log_lines_each(&own.session, &own.session.actor, first, last, see, NULL), EXIT_YES);
}

static void a_line_a_block_from_wherever_one_begins(void **state)
{
    uint64_t last = 0;
    (void)state;
    assert_int_equal(log_lines_end(&last, &own.session, &own.session.actor), EXIT_YES);
    assert_int_equal(last, 3);
    read_lines(0, last);
    assert_int_equal(seen.count, 4);
    assert_string_equal(seen.lines[0].sayings.sayings[0].words, "makes the id, with its first keys");
    assert_int_equal(seen.lines[1].sayings.certificate_count, 3);
    assert_int_equal(seen.lines[1].sayings.time_s, NOW_S);
    assert_non_null(strstr(seen.lines[2].sayings.sayings[0].words, "revokes ase/A5 of "));
    assert_int_equal(seen.lines[2].sayings.time_s, NOW_S + 60);
    for (size_t i = 0; i < seen.count; i++) {
        assert_int_equal(seen.lines[i].seq, i);
        assert_int_equal(seen.lines[i].record.standing, STANDING_GOOD);
        assert_false(seen.lines[i].disputed);
        assert_int_equal(seen.lines[i].side_count, 0);
    }
    read_lines(2, 2);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.lines[0].seq, 2);
}

static void what_is_void_and_what_is_erased_is_marked(void **state)
{
    const struct void_record voids = {.has_range = true, .range = {.first = 3, .last = 3}};
    struct index_range range = {.first = 1, .last = 2};
    const struct erase erase = {.seq = 1, .entries = {.items = &range, .count = 1}};
    (void)state;
    own_home_publish(&own, ENTRY_VOID, (const void *const[]){&voids}, 1);
    own_home_publish(&own, ENTRY_ERASE, (const void *const[]){&erase}, 1);
    read_lines(1, 5);
    assert_int_equal(seen.lines[0].sayings.certificate_count, 1);
    assert_int_equal(seen.lines[0].sayings.erased_count, 2);
    assert_int_equal(seen.lines[2].record.standing, STANDING_VOID);
    assert_int_equal(seen.lines[2].record.void_seq, 4);
    assert_string_equal(seen.lines[3].sayings.sayings[0].words, "declares void block 3");
    assert_string_equal(seen.lines[4].sayings.sayings[0].words, "erases 2 entries of block 1");
}

static void another_block_in_the_same_place_is_a_dispute(void **state)
{
    size_t sides = 0;
    (void)state;
    own_home_issue(&copy, 9, 1, "ase/A1");
    assert_int_equal(publisher_import(&own.publisher, copy.last.encoded), EXIT_YES);
    read_lines(0, 3);
    for (size_t i = 0; i < seen.count; i++) {
        if (seen.lines[i].disputed != (seen.lines[i].seq >= 2)) {
            fail_msg("block %d", (int)seen.lines[i].seq);
        }
        sides += seen.lines[i].side_count;
    }
    assert_int_equal(sides, 1);
    assert_int_equal(seen.lines[1].side_count, 1);
    assert_false(seen.lines[1].sides[0].dropped);
}

static void a_dropped_branch_is_named_where_it_left(void **state)
{
    struct block_place behind = {.seq = own.last.seq, .hash = own.last.hash};
    struct hash first;
    (void)state;
    own_home_issue(&own, 9, 2, "ase/A1");
    first = own.last.hash;
    next = own_home_rotate(&own, &behind);
    read_lines(3, 4);
    assert_int_equal(seen.lines[0].side_count, 1);
    assert_true(seen.lines[0].sides[0].dropped);
    assert_true(hash_equal(&seen.lines[0].sides[0].first, &first));
    assert_int_equal(seen.lines[0].sides[0].sayings.certificate_count, 2);
    assert_false(seen.lines[1].disputed);
    assert_string_equal(seen.lines[1].sayings.sayings[0].words, "replaces all keys");
}

static void a_log_that_is_not_held_is_unknown(void **state)
{
    const struct actor_id nobody = {.hash.bytes = {7}};
    uint64_t last;
    (void)state;
    assert_int_equal(log_lines_end(&last, &own.session, &nobody), EXIT_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_line_a_block_from_wherever_one_begins, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_void_and_what_is_erased_is_marked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_block_in_the_same_place_is_a_dispute, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_dropped_branch_is_named_where_it_left, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_log_that_is_not_held_is_unknown, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
