#include "node/cut_ways.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* What is remembered of the blocks below cut heads that are missed. */

static struct cut_ways ways;

static struct hash block(uint64_t number)
{
    struct hash hash = {{0}};

    memcpy(hash.bytes, &number, sizeof number);
    hash.bytes[31] = 1;
    return hash;
}

static bool meet(uint64_t above, uint64_t below)
{
    const struct hash hash = block(above), previous = block(below);

    return cut_ways_meet(&ways, &hash, &previous);
}

static bool has(uint64_t number)
{
    const struct hash hash = block(number);

    return cut_ways_has(&ways, &hash);
}

static int begin(void **state)
{
    (void)state;
    cut_ways_init(&ways);
    return 0;
}

static void a_block_names_the_one_below_it(void **state)
{
    const struct hash above = block(2), middle = block(1);
    struct hash below;

    (void)state;
    assert_false(has(2));
    assert_true(meet(2, 1));
    assert_true(has(2));
    assert_true(has(1));
    assert_false(has(0));
    assert_true(cut_ways_previous(&ways, &above, &below));
    assert_true(hash_equal(&below, &middle));
    assert_false(cut_ways_previous(&ways, &middle, &below));
    assert_false(meet(2, 1)); /* no news */
    assert_true(meet(1, 0));
    assert_true(cut_ways_previous(&ways, &middle, &below));
}

static void those_that_came_last_are_remembered(void **state)
{
    size_t kept = 0;

    (void)state;
    for (uint64_t i = 4 * CUT_WAY_BLOCKS_MAX; i > 0; i--) {
        assert_true(meet(i, i - 1));
        assert_true(has(i) && has(i - 1));
    }
    for (uint64_t i = 0; i < CUT_WAY_BLOCKS_MAX / 8; i++) {
        kept += has(i);
    }
    assert_in_range(kept, CUT_WAY_BLOCKS_MAX / 8 * 9 / 10, CUT_WAY_BLOCKS_MAX / 8);
}

static void logs_without_room_are_remembered_as_far_as_there_are_places(void **state)
{
    (void)state;
    for (uint64_t i = 0; i <= CUT_WAY_LOGS_MAX; i++) {
        const struct actor_id author = {block(i)};

        assert_false(cut_ways_is_full(&ways, &author));
        cut_ways_note_full(&ways, &author);
        cut_ways_note_full(&ways, &author); /* takes one place */
        assert_true(cut_ways_is_full(&ways, &author));
    }
    for (uint64_t i = 0; i <= CUT_WAY_LOGS_MAX; i++) {
        const struct actor_id author = {block(i)};

        assert_int_equal(cut_ways_is_full(&ways, &author), i > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_block_names_the_one_below_it, begin),
        cmocka_unit_test_setup(those_that_came_last_are_remembered, begin),
        cmocka_unit_test_setup(logs_without_room_are_remembered_as_far_as_there_are_places, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
