#include "protocol/sync/hearing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Whose pages move which number, and what is asked for again. */

static struct store_point at(uint8_t store, uint64_t number)
{
    return (struct store_point){.store = {store}, .number = number, .digest = {(uint8_t)number, store}};
}

static void page(struct hearing *hearing, uint8_t store, uint64_t since, uint64_t upto, bool more)
{
    const struct heads_page page = {.since = since, .upto = at(store, upto), .more = more};

    hearing_on_page(hearing, &page, false);
}

static uint64_t ask(struct hearing *hearing)
{
    return hearing_ask(hearing, false, false).number;
}

static void pages_follow_each_other(void **state)
{
    struct hearing hearing = {.more = false};
    const struct store_point second = at(1, 20);
    struct store_point now;

    (void)state;
    assert_int_equal(ask(&hearing), 0);
    page(&hearing, 1, 0, 10, true);
    page(&hearing, 1, 10, 20, true);
    page(&hearing, 1, 30, 40, false); /* one was lost */
    page(&hearing, 1, 20, 15, true);
    page(&hearing, 2, 20, 25, true); /* of another store, in the middle */
    now = hearing_ask(&hearing, false, false);
    assert_memory_equal(&now, &second, sizeof now);
    page(&hearing, 1, 15, 30, false); /* some of it was told */
    assert_int_equal(ask(&hearing), 30);
}

/* It was restored, it is another one, or it forgot where it was. */
static void another_history_begins_anew(void **state)
{
    (void)state;
    for (uint8_t store = 1; store <= 2; store++) {
        struct hearing hearing = {.more = false};

        hearing_begin(&hearing, &(struct store_point){.store = {1}, .number = 50});
        assert_int_equal(ask(&hearing), 50);
        page(&hearing, store, 0, 10, true);
        assert_int_equal(hearing.stored.number, 0);
        page(&hearing, store, 10, 20, false);
        assert_int_equal(ask(&hearing), 20);
        assert_int_equal(hearing.stored.number, 20);
        assert_int_equal(hearing.stored.store[0], store);
    }
}

/* What is claimed, or undecided, was told, but is not stored. */
static void only_what_is_stored_counts_as_stored(void **state)
{
    struct hearing hearing = {.more = false};

    (void)state;
    page(&hearing, 1, 0, 10, false);
    assert_int_equal(hearing_ask(&hearing, true, false).number, 10);
    assert_int_equal(hearing.stored.number, 0);
    assert_int_equal(hearing_ask(&hearing, false, true).number, 10);
    assert_int_equal(hearing.stored.number, 0);
    assert_int_equal(hearing_ask(&hearing, false, false).number, 10);
    assert_int_equal(hearing.stored.number, 10);
}

static void what_was_forgotten_is_asked_for_again_from_what_is_stored(void **state)
{
    struct hearing hearing = {.more = false};

    (void)state;
    page(&hearing, 1, 0, 10, false);
    assert_int_equal(ask(&hearing), 10);
    page(&hearing, 1, 10, 20, true);
    hearing_on_forgotten(&hearing);
    assert_int_equal(ask(&hearing), 20); /* there is more first */
    page(&hearing, 1, 20, 30, false);
    assert_int_equal(hearing_ask(&hearing, true, false).number, 30); /* and claims */
    assert_int_equal(hearing.stored.number, 10);
    assert_int_equal(ask(&hearing), 10);
    page(&hearing, 1, 10, 30, false);
    assert_int_equal(ask(&hearing), 30);
    assert_int_equal(hearing.stored.number, 30);
}

/* A checkpoint of a block that is not here yet says nothing: it is to come again. */
static void evidence_of_what_is_missing_is_asked_for_again(void **state)
{
    const struct heads_page page_of_10 = {.since = 0, .upto = at(1, 10)};
    struct hearing hearing = {.more = false};

    (void)state;
    hearing_on_refused(&hearing);
    hearing_on_page(&hearing, &page_of_10, false); /* of an author that is not taken in at all */
    assert_int_equal(ask(&hearing), 10);
    hearing = (struct hearing){.more = false};
    hearing_on_refused(&hearing);
    hearing_on_page(&hearing, &page_of_10, true);
    assert_int_equal(hearing_ask(&hearing, true, false).number, 10);
    assert_int_equal(ask(&hearing), 0);
    hearing_on_page(&hearing, &page_of_10, false);
    assert_int_equal(ask(&hearing), 10);
}

/* More for ever, numbers beyond all: that one's own. */
static void a_hostile_peer_only_says_what_it_is_asked(void **state)
{
    struct hearing hearing = {.more = false};

    (void)state;
    page(&hearing, 1, 0, UINT64_MAX, true);
    hearing_on_forgotten(&hearing);
    for (size_t i = 0; i < 10; i++) {
        page(&hearing, 1, UINT64_MAX, UINT64_MAX, true);
        assert_true(ask(&hearing) == UINT64_MAX);
        page(&hearing, 1, UINT64_MAX, 0, true);
    }
    page(&hearing, 1, 0, 5, false);
    assert_int_equal(hearing.told.number, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_follow_each_other),
        cmocka_unit_test(another_history_begins_anew),
        cmocka_unit_test(only_what_is_stored_counts_as_stored),
        cmocka_unit_test(what_was_forgotten_is_asked_for_again_from_what_is_stored),
        cmocka_unit_test(evidence_of_what_is_missing_is_asked_for_again),
        cmocka_unit_test(a_hostile_peer_only_says_what_it_is_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
