#include "node/passed_over.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct passed_over passed;

static int clear(void **state)
{
    (void)state;
    memset(&passed, 0, sizeof passed);
    return 0;
}

static struct head head_of(uint32_t author, uint64_t seq)
{
    struct head head;

    memset(&head, 0, sizeof head);
    for (size_t k = 0; k < sizeof author; k++) {
        head.author.hash.bytes[k] = (uint8_t)(author >> (24 - 8 * k));
    }
    head.seq = seq;
    return head;
}

static void add(uint32_t peer, uint32_t author, uint64_t seq)
{
    const struct head head = head_of(author, seq);

    passed_over_add(&passed, peer, &head);
}

static bool is_sorted(void)
{
    for (size_t i = 1; i < passed.count; i++) {
        const struct passed_over_head *a = &passed.heads[i - 1], *b = &passed.heads[i];

        if (a->peer > b->peer ||
            (a->peer == b->peer && hash_compare(&a->head.author.hash, &b->head.author.hash) >= 0)) {
            return false;
        }
    }
    return true;
}

static void the_last_word_of_peer_and_author_counts(void **state)
{
    (void)state;
    add(2, 5, 1);
    add(1, 5, 1);
    add(2, 4, 1);
    add(2, 5, 9);
    assert_int_equal(passed.count, 3);
    assert_true(is_sorted());
    assert_int_equal(passed.heads[2].head.seq, 9);
    passed_over_remove(&passed, 1);
    assert_int_equal(passed.count, 2);
    assert_int_equal(passed.heads[0].peer, 1);
    assert_int_equal(passed.heads[1].head.seq, 9);
}

static void no_peer_takes_the_room_of_others(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 3 * PASSED_OVER_PER_PEER_MAX; i++) {
        add(7, i * 7919 % 100000, i);
    }
    assert_int_equal(passed.count, PASSED_OVER_PER_PEER_MAX);
    assert_true(is_sorted());
    for (uint32_t peer = 100; peer < 200; peer++) {
        for (uint32_t i = 0; i < 100; i++) {
            add(peer, i, i);
        }
    }
    assert_int_equal(passed.count, PASSED_OVER_MAX);
    assert_true(is_sorted());
}

static void a_peer_that_goes_is_forgotten(void **state)
{
    (void)state;
    for (uint32_t peer = 0; peer < 5; peer++) {
        for (uint32_t i = 0; i < 10; i++) {
            add(peer == 4 ? UINT32_MAX : peer, i, i);
        }
    }
    passed_over_forget(&passed, 2);
    assert_int_equal(passed.count, 40);
    passed_over_forget(&passed, 2);
    assert_int_equal(passed.count, 40);
    passed_over_forget(&passed, UINT32_MAX);
    assert_int_equal(passed.count, 30);
    passed_over_forget(&passed, 0);
    assert_int_equal(passed.count, 20);
    assert_int_equal(passed.heads[0].peer, 1);
    assert_int_equal(passed.heads[19].peer, 3);
}

static void introductions_are_asked_for_less_and_less_often(void **state)
{
    static const struct {
        const char *sentence;
        uint64_t at_ms;
        bool asks;
    } rows[] = {
        {"at once", 100, true},
        {"not again within a second", 1099, false},
        {"after a second", 1100, true},
        {"then after two", 3099, false},
        {"two have passed", 3100, true},
        {"four", 7100, true},
        {"eight", 15100, true},
        {"sixteen", 31100, true},
        {"then each half minute", 61099, false},
        {"half a minute", 61100, true},
        {"and another", 91100, true},
    };
    const struct head head = head_of(5, 1), next = head_of(5, 2);
    struct passed_over_head *at = passed_over_add(&passed, 2, &head);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (passed_over_ask(at, rows[i].at_ms) != rows[i].asks) {
            fail_msg("%s", rows[i].sentence);
        }
    }
    /* A new head of the same author begins nothing anew. */
    assert_ptr_equal(passed_over_add(&passed, 2, &next), at);
    assert_int_equal(at->head.seq, 2);
    assert_false(passed_over_ask(at, 91200));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_last_word_of_peer_and_author_counts, clear),
        cmocka_unit_test_setup(no_peer_takes_the_room_of_others, clear),
        cmocka_unit_test_setup(a_peer_that_goes_is_forgotten, clear),
        cmocka_unit_test_setup(introductions_are_asked_for_less_and_less_often, clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
