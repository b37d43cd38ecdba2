#include "node/waiting_checkpoints.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct waiting_checkpoints waiting;

enum { NOW = 1000000 };

static struct dated_author dated(uint8_t author, uint64_t time_s)
{
    return (struct dated_author){.author = {.hash = {.bytes = {author}}}, .time_s = time_s};
}

static void put(uint8_t author, uint64_t time_s, bool trusted)
{
    const struct dated_author one = dated(author, time_s);
    uint8_t bytes[2] = {author, (uint8_t)(time_s - NOW)};

    waiting_put(&waiting, &one, trusted, bytes_of(bytes, sizeof bytes));
}

static bool is_ahead(uint8_t author, uint64_t time_s)
{
    const struct dated_author one = dated(author, time_s);

    return waiting_is_ahead(&waiting, &one, NOW);
}

static int begin(void **state)
{
    (void)state;
    memset(&waiting, 0, sizeof waiting);
    return 0;
}

/* Returns: whose was due, 0: nobody's. */
static uint8_t take(uint64_t now_s)
{
    uint8_t memory[WAITING_SIZE_MAX];
    struct bytes encoded;

    return waiting_take_due(&waiting, now_s, memory, &encoded) ? encoded.data[0] : 0;
}

static void a_minute_ahead_is_not_ahead(void **state)
{
    (void)state;
    assert_false(is_ahead(1, NOW - 1));
    assert_false(is_ahead(1, NOW + 60));
    assert_true(is_ahead(1, NOW + 61));
}

static void what_waits_is_taken_when_its_time_has_come(void **state)
{
    (void)state;
    put(1, NOW + 100, false);
    put(2, NOW + 90, false);
    assert_int_equal(take(NOW + 29), 0);
    assert_int_equal(take(NOW + 30), 2);
    assert_int_equal(take(NOW + 30), 0);
    assert_int_equal(take(NOW + 40), 1);
    assert_int_equal(waiting.count, 0);
}

static void of_one_author_the_earliest_waits(void **state)
{
    (void)state;
    put(1, NOW + 100, false);
    put(1, NOW + 90, false);
    put(1, NOW + 200, false);
    assert_int_equal(waiting.count, 1);
    assert_int_equal(waiting.items[0].dated.time_s, NOW + 90);
}

static void of_too_many_the_earliest_wait(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAITING_CHECKPOINTS_MAX; i++) {
        struct dated_author one = dated((uint8_t)i, NOW + 1000 + i);
        one.author.hash.bytes[1] = (uint8_t)(i >> 8);
        waiting_put(&waiting, &one, false, bytes_of("x", 1));
    }
    struct dated_author late = dated(1, NOW + 5000), early = dated(2, NOW + 100);
    late.author.hash.bytes[2] = early.author.hash.bytes[2] = 1;
    waiting_put(&waiting, &late, false, bytes_of("l", 1));
    waiting_put(&waiting, &early, false, bytes_of("e", 1));
    assert_int_equal(waiting.count, WAITING_CHECKPOINTS_MAX);
    assert_int_equal(take(NOW + 40), 'e');
    for (size_t i = 0; i < waiting.count; i++) {
        assert_true(waiting.items[i].dated.time_s < NOW + 1000 + WAITING_CHECKPOINTS_MAX - 1);
    }
}

static void what_is_too_large_does_not_wait(void **state)
{
    static const uint8_t large[WAITING_SIZE_MAX + 1];
    const struct dated_author one = dated(1, NOW + 100);

    (void)state;
    waiting_put(&waiting, &one, true, bytes_of(large, sizeof large));
    assert_int_equal(waiting.count, 0);
}

static void one_trusted_author_does_not_set_the_time(void **state)
{
    (void)state;
    put(1, NOW + 9000, true);
    assert_int_equal(waiting_evidence_time_s(&waiting, NOW), NOW);
    waiting_reach(&waiting, &(struct dated_author){.author = {.hash = {.bytes = {1}}}, .time_s = NOW + 50});
    assert_int_equal(waiting_evidence_time_s(&waiting, NOW), NOW);
}

static void what_two_trusted_authors_reach_is_the_time(void **state)
{
    (void)state;
    put(1, NOW + 9000, true);
    put(2, NOW + 8000, true);
    assert_int_equal(waiting_evidence_time_s(&waiting, NOW), NOW + 8000);
    assert_int_equal(take(NOW), 2);
    assert_false(is_ahead(1, NOW + 8000)); /* nor is it once it was taken out */
    assert_int_equal(waiting_evidence_time_s(&waiting, NOW + 8500), NOW + 8500);
}

static void strangers_set_no_time(void **state)
{
    (void)state;
    put(1, NOW + 9000, true);
    put(2, NOW + 8000, false);
    assert_int_equal(waiting_evidence_time_s(&waiting, NOW), NOW);
}

static void what_was_kept_counts_with_what_waits(void **state)
{
    const struct dated_author kept = dated(3, NOW + 7000);

    (void)state;
    put(1, NOW + 9000, true);
    waiting_reach(&waiting, &kept);
    assert_int_equal(waiting_evidence_time_s(&waiting, NOW), NOW + 7000);
}

/* ---- two dates of one author ---- */

static void disown(uint8_t author, uint64_t time_s)
{
    const struct dated_author one = dated(author, time_s);

    waiting_disown(&waiting, &one, bytes_of(&author, 1));
}

static void reach_far(void)
{
    put(8, NOW + 9000, true);
    put(9, NOW + 9000, true);
    assert_int_equal(waiting_evidence_time_s(&waiting, NOW), NOW + 9000);
}

static void what_its_author_disowned_waits_for_this_clock(void **state)
{
    (void)state;
    reach_far();
    assert_false(is_ahead(1, NOW + 9000));
    disown(1, NOW + 9000);
    assert_true(is_ahead(1, NOW + 9000));
    assert_true(is_ahead(1, NOW + 61));
    assert_false(is_ahead(1, NOW + 60));
    assert_false(is_ahead(2, NOW + 9000));
    (void)take(NOW);
    (void)take(NOW);
    assert_int_equal(take(NOW + 8939), 0);
    assert_int_equal(take(NOW + 8940), 1);
    assert_false(is_ahead(1, NOW + 9000));
}

static void what_was_disowned_sets_no_time(void **state)
{
    (void)state;
    put(1, NOW + 9000, true);
    put(2, NOW + 9000, true);
    disown(2, NOW + 9000);
    assert_int_equal(waiting_evidence_time_s(&waiting, NOW), NOW);
    put(2, NOW + 8000, true);
    assert_int_equal(waiting_evidence_time_s(&waiting, NOW), NOW);
}

static void what_was_disowned_finds_a_place_among_many(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAITING_CHECKPOINTS_MAX; i++) {
        struct dated_author one = dated((uint8_t)i, NOW + 1000 + i);

        one.author.hash.bytes[1] = (uint8_t)(1 + (i >> 8));
        waiting_put(&waiting, &one, false, bytes_of("x", 1));
    }
    disown(3, NOW + 90000);
    assert_int_equal(waiting.count, WAITING_CHECKPOINTS_MAX);
    waiting_reach(&waiting, &(struct dated_author){.author = {.hash = {.bytes = {8}}}, .time_s = NOW + 9000});
    waiting_reach(&waiting, &(struct dated_author){.author = {.hash = {.bytes = {9}}}, .time_s = NOW + 9000});
    assert_false(is_ahead(2, NOW + 5000));
    assert_true(is_ahead(3, NOW + 5000));
}

static void a_clock_may_be_behind_what_trusted_authors_date(void **state)
{
    const struct dated_author soon = dated(1, NOW + 60), ahead = dated(2, NOW + 61);

    (void)state;
    put(3, NOW + 90, false);
    waiting_reach(&waiting, &soon);
    assert_false(waiting_clock_may_be_behind(&waiting, NOW));
    put(4, NOW + 90, true);
    assert_true(waiting_clock_may_be_behind(&waiting, NOW));
    assert_false(waiting_clock_may_be_behind(&waiting, NOW + 30));
    memset(&waiting, 0, sizeof waiting);
    waiting_reach(&waiting, &ahead);
    assert_true(waiting_clock_may_be_behind(&waiting, NOW));
}

int main(void)
{
#define FRESHLY(test) cmocka_unit_test_setup(test, begin)
    static const struct CMUnitTest tests[] = {
        FRESHLY(a_clock_may_be_behind_what_trusted_authors_date),
        FRESHLY(a_minute_ahead_is_not_ahead),
        FRESHLY(what_waits_is_taken_when_its_time_has_come),
        FRESHLY(of_one_author_the_earliest_waits),
        FRESHLY(of_too_many_the_earliest_wait),
        FRESHLY(what_is_too_large_does_not_wait),
        FRESHLY(one_trusted_author_does_not_set_the_time),
        FRESHLY(what_two_trusted_authors_reach_is_the_time),
        FRESHLY(strangers_set_no_time),
        FRESHLY(what_was_kept_counts_with_what_waits),
        FRESHLY(what_its_author_disowned_waits_for_this_clock),
        FRESHLY(what_was_disowned_sets_no_time),
        FRESHLY(what_was_disowned_finds_a_place_among_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
