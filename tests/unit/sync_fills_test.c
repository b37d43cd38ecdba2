#include "protocol/sync/fills.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* Who finds a place in the table of those of whom something is lacking here. */

enum { PEER = 1, NOW_MS = 1000, AGAIN_MS = 250, STALL_MS = 400 };

static struct fills fills;

static struct actor_id author(size_t i)
{
    return (struct actor_id){.hash = {.bytes = {(uint8_t)i, (uint8_t)(i >> 8), 1}}};
}

static struct fill_entry *add(size_t i)
{
    const struct actor_id actor = author(i);

    return fills_add(&fills, FILL_GAPS, &actor);
}

/* All places are taken, by authors who each have one source that was not asked yet. */
static int fill_table(void **state)
{
    (void)state;
    fills_init(&fills, AGAIN_MS, STALL_MS);
    for (size_t i = 0; i < FILLS_MAX; i++) {
        fill_add_source(add(i), PEER, false);
    }
    return 0;
}

static void ask_in_vain(size_t i)
{
    struct fill_entry *entry = add(i);

    assert_true(fills_start(&fills, entry, UINT64_MAX / 2));
    fill_end(&fills, entry, 0, NOW_MS);
}

/* In the rhythm that the table was given, which a test may make faster. */
static void a_source_that_brought_nothing_is_asked_later_and_later(void **state)
{
    static const uint64_t waits_ms[] = {AGAIN_MS,      2 * AGAIN_MS,   4 * AGAIN_MS,
                                        8 * AGAIN_MS,  16 * AGAIN_MS,  32 * AGAIN_MS,
                                        64 * AGAIN_MS, 120 * AGAIN_MS, 120 * AGAIN_MS};

    (void)state;
    for (size_t i = 0; i < sizeof waits_ms / sizeof waits_ms[0]; i++) {
        ask_in_vain(3);
        assert_int_equal(add(3)->sources[0].from_ms, NOW_MS + waits_ms[i]);
    }
}

static void none_that_is_still_to_be_asked_for_makes_room(void **state)
{
    (void)state;
    assert_null(add(FILLS_MAX));
    assert_non_null(add(0)); /* it has its place */
    assert_int_equal(fills.count, FILLS_MAX);
}

static void one_whose_source_brought_nothing_makes_room(void **state)
{
    const struct actor_id gone = author(7);

    (void)state;
    ask_in_vain(7);
    assert_non_null(add(FILLS_MAX));
    assert_null(fills_find(&fills, FILL_GAPS, &gone));
    fill_add_source(add(FILLS_MAX), PEER, false);
    assert_null(add(FILLS_MAX + 1));
}

static void the_one_that_failed_most_goes_first(void **state)
{
    const struct actor_id kept = author(3), gone = author(9);

    (void)state;
    ask_in_vain(3);
    ask_in_vain(9);
    ask_in_vain(9);
    assert_non_null(add(FILLS_MAX));
    assert_non_null(fills_find(&fills, FILL_GAPS, &kept));
    assert_null(fills_find(&fills, FILL_GAPS, &gone));
}

static void one_without_a_source_makes_room_and_one_with_an_untried_one_does_not(void **state)
{
    const struct actor_id gone = author(5);

    (void)state;
    ask_in_vain(4);
    fill_add_source(add(4), PEER + 1, false);
    assert_null(add(FILLS_MAX));
    fill_drop_source(add(5), PEER);
    assert_non_null(add(FILLS_MAX));
    assert_null(fills_find(&fills, FILL_GAPS, &gone));
}

/* One author may lack both, and each is asked for by itself. */
static void gaps_and_cuts_of_one_author_are_two_things(void **state)
{
    const struct actor_id both = author(2);

    (void)state;
    fills_init(&fills, AGAIN_MS, STALL_MS);
    fill_add_source(fills_add(&fills, FILL_GAPS, &both), PEER, false);
    assert_null(fills_find(&fills, FILL_CUTS, &both));
    fill_add_source(fills_add(&fills, FILL_CUTS, &both), PEER, false);
    assert_int_equal(fills.count, 2);
    ask_in_vain(2);
    assert_int_equal(fills_find(&fills, FILL_CUTS, &both)->sources[0].failures, 0);
}

/* ---- sources that lack something themselves ---- */

static struct fill_entry *one_entry(void)
{
    fills_init(&fills, AGAIN_MS, STALL_MS);
    return add(0);
}

static void one_that_lacks_nothing_is_asked_first(void **state)
{
    struct fill_entry *entry = one_entry();

    (void)state;
    fill_add_source(entry, PEER, true);
    fill_add_source(entry, PEER + 1, false);
    assert_true(fills_start(&fills, entry, NOW_MS));
    assert_int_equal(entry->asked, PEER + 1);
    fill_end(&fills, entry, 0, NOW_MS);
    assert_true(fills_start(&fills, entry, NOW_MS));
    assert_int_equal(entry->asked, PEER);
    fill_end(&fills, entry, 0, NOW_MS);
    assert_false(fills_start(&fills, entry, NOW_MS));
}

static void one_that_lacks_nothing_any_more_is_asked_at_once(void **state)
{
    struct fill_entry *entry = one_entry();

    (void)state;
    fill_add_source(entry, PEER, true);
    ask_in_vain(0);
    fill_add_source(entry, PEER, true);
    assert_false(fills_start(&fills, entry, NOW_MS));
    assert_true(fill_is_poorer(entry, PEER));
    fill_add_source(entry, PEER, false);
    assert_false(fill_is_poorer(entry, PEER));
    assert_true(fills_start(&fills, entry, NOW_MS));
}

static void one_that_lacks_nothing_finds_a_place_among_those_that_lack_some(void **state)
{
    struct fill_entry *entry = one_entry();

    (void)state;
    for (uint32_t i = 0; i < FILL_SOURCES_MAX; i++) {
        fill_add_source(entry, PEER + i, i != 0);
    }
    fill_add_source(entry, PEER + FILL_SOURCES_MAX, true);
    fill_add_source(entry, PEER + FILL_SOURCES_MAX + 1, false);
    fill_drop_source(entry, PEER);
    assert_true(fills_start(&fills, entry, NOW_MS));
    assert_int_equal(entry->asked, PEER + FILL_SOURCES_MAX + 1);
}

/* What one does not have must not hide what it has, nor what another one has. */
static void a_question_begins_above_what_came_or_elsewhere(void **state)
{
    struct fill_entry *entry = one_entry();

    (void)state;
    fill_add_source(entry, PEER, true);
    assert_true(fills_start(&fills, entry, NOW_MS));
    assert_int_equal(fill_from_seq(entry), 0);
    fill_sent(entry, PEER, 7);
    fill_sent(entry, PEER, 5);
    fill_sent(entry, PEER + 1, 30);
    fill_progress(&fills, entry, PEER, NOW_MS);
    fill_end(&fills, entry, 3, NOW_MS);
    fill_sent(entry, PEER, 20);
    assert_true(fills_start(&fills, entry, NOW_MS));
    assert_int_equal(fill_from_seq(entry), 8);
    fill_sent(entry, PEER, 9);
    fill_end(&fills, entry, 3, NOW_MS);
    fill_add_source(entry, PEER + 1, true);
    assert_true(fills_start(&fills, entry, NOW_MS));
    assert_int_equal(fill_from_seq(entry), 0);
    fill_end(&fills, entry, 4, NOW_MS);
    assert_true(fills_start(&fills, entry, UINT64_MAX / 2));
    assert_int_equal(entry->asked, PEER);
    assert_int_equal(fill_from_seq(entry), 3);
}

int main(void)
{
#define FULL(test) cmocka_unit_test_setup(test, fill_table)
    static const struct CMUnitTest tests[] = {
        FULL(a_source_that_brought_nothing_is_asked_later_and_later),
        FULL(none_that_is_still_to_be_asked_for_makes_room),
        FULL(one_whose_source_brought_nothing_makes_room),
        FULL(the_one_that_failed_most_goes_first),
        FULL(one_without_a_source_makes_room_and_one_with_an_untried_one_does_not),
        cmocka_unit_test(gaps_and_cuts_of_one_author_are_two_things),
        cmocka_unit_test(one_that_lacks_nothing_is_asked_first),
        cmocka_unit_test(one_that_lacks_nothing_any_more_is_asked_at_once),
        cmocka_unit_test(one_that_lacks_nothing_finds_a_place_among_those_that_lack_some),
        cmocka_unit_test(a_question_begins_above_what_came_or_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
