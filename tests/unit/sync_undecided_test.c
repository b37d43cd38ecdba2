#include "protocol/sync/undecided.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct undecided *undecided;

static struct undecided *make_list(uint8_t seed)
{
    struct undecided *list = calloc(1, sizeof *list);
    uint8_t secret[PLACE_SECRET_SIZE];

    assert_non_null(list);
    memset(secret, seed, sizeof secret);
    undecided_init(list, secret, UNDECIDED_ASK_MS);
    return list;
}

static int make(void **state)
{
    (void)state;
    undecided = make_list(7);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    free(undecided);
    return 0;
}

static struct head head_of(uint32_t author, uint64_t seq)
{
    struct head head = {.seq = seq, .epoch = seq % 7, .bytes = 100 * seq, .gaps = seq % 2 == 1};

    for (size_t k = 0; k < sizeof author; k++) {
        head.author.hash.bytes[k] = (uint8_t)(author >> (24 - 8 * k));
        head.hash.bytes[k] = head.author.hash.bytes[k];
    }
    return head;
}

static struct undecided_head *put_in(struct undecided *list, uint32_t author, uint64_t seq)
{
    const struct head head = head_of(author, seq);

    return undecided_put(list, &head);
}

static struct undecided_head *put(uint32_t author, uint64_t seq)
{
    return put_in(undecided, author, seq);
}

static bool has(struct undecided *list, uint32_t author)
{
    const struct head head = head_of(author, 0);

    return undecided_find(list, &head.author) != NULL;
}

static void a_head_comes_back_as_it_was_announced(void **state)
{
    const struct head head = head_of(5, 9);
    struct head back;

    (void)state;
    put(4, 1);
    back = undecided_head_of(put(5, 9));
    assert_memory_equal(&back.author, &head.author, sizeof head.author);
    assert_memory_equal(&back.hash, &head.hash, sizeof head.hash);
    assert_int_equal(back.seq, head.seq);
    assert_int_equal(back.epoch, head.epoch);
    assert_int_equal(back.bytes, head.bytes);
    assert_int_equal(back.gaps, head.gaps);
}

static void the_last_head_of_an_author_counts_and_waits_no_longer_than_the_first(void **state)
{
    struct undecided_head *first = put(5, 1);

    (void)state;
    put(4, 1);
    assert_ptr_equal(put(5, 9), first);
    assert_int_equal(first->seq, 9);
    assert_int_equal(undecided->held, 2);
    assert_ptr_equal(undecided_first(undecided, UNDECIDED_ASK), first);
}

static void ten_thousand_authors_of_one_peer_find_room(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 10000; i++) {
        put(i, i);
    }
    for (uint32_t i = 0; i < 10000; i++) {
        assert_true(has(undecided, i));
    }
}

/* Whoever makes up heads pushes out as many of the peer's own made-up ones as of the others, whatever ids
 * they have and whichever came first. */
static void what_a_full_list_drops_is_drawn_by_lot(void **state)
{
    struct undecided *other = make_list(8);
    size_t by_quarter[4] = {0}, alike = 0, kept = 0;

    (void)state;
    for (uint32_t i = 0; i < UNDECIDED_MAX + UNDECIDED_MAX / 2; i++) {
        put(i, i);
        put_in(other, i, i);
        assert_true(has(undecided, i));
    }
    assert_int_equal(undecided->held, UNDECIDED_MAX);
    assert_true(undecided->forgot);
    for (uint32_t i = 0; i < UNDECIDED_MAX; i++) {
        by_quarter[i / (UNDECIDED_MAX / 4)] += has(undecided, i);
        kept += has(undecided, i);
        alike += has(undecided, i) == has(other, i);
    }
    for (size_t i = 0; i < 4; i++) { /* about e^-0.5 of them each */
        assert_in_range(by_quarter[i], UNDECIDED_MAX / 8, UNDECIDED_MAX * 3 / 16);
    }
    assert_in_range(kept, UNDECIDED_MAX / 2, UNDECIDED_MAX * 3 / 4);
    assert_true(alike < UNDECIDED_MAX * 3 / 4);
    free(other);
}

/* A list over its share stays as large as it is, one under it grows up to that, and all do again later. */
static void where_all_lists_are_full_none_grows_beyond_its_share(void **state)
{
    uint32_t next = 0;

    (void)state;
    while (next < UNDECIDED_SHARE + 500) {
        put(next, next);
        next++;
    }
    undecided_bound(undecided, UNDECIDED_MAX_IN_ALL - 1);
    put(next, next);
    next++;
    assert_int_equal(undecided->held, next);
    assert_false(undecided->forgot);
    for (size_t i = 0; i < 300; i++, next++) { /* with places that are free again among them */
        undecided_bound(undecided, UNDECIDED_MAX_IN_ALL);
        put(next, next);
        assert_true(has(undecided, next));
        assert_int_equal(undecided->held, UNDECIDED_SHARE + 501);
    }
    assert_true(undecided->forgot);
    for (uint32_t i = 0; i < next; i++) {
        const struct head head = head_of(i, 0);

        if (undecided->held > 10 && has(undecided, i)) {
            undecided_remove(undecided, undecided_find(undecided, &head.author));
        }
    }
    undecided_bound(undecided, UNDECIDED_MAX_IN_ALL);
    for (size_t i = 0; i < UNDECIDED_SHARE + 100; i++, next++) {
        put(next, next);
        assert_true(undecided->held <= UNDECIDED_SHARE);
    }
    assert_int_equal(undecided->held, UNDECIDED_SHARE);
}

static void take_first_due(uint32_t author)
{
    const struct head head = head_of(author, 0);
    struct undecided_head *at = undecided_first(undecided, UNDECIDED_DUE);

    assert_non_null(at);
    assert_memory_equal(&at->author, &head.author, sizeof head.author);
    undecided_remove(undecided, at);
}

static void the_named_are_looked_at_first_and_all_others_behind_them(void **state)
{
    struct undecided_head *four;

    (void)state;
    for (uint32_t i = 0; i < 6; i++) {
        put(i, i);
    }
    four = put(4, 4);
    undecided_asked(undecided, put(1, 1), 100);
    undecided_hurry(undecided, put(3, 3));
    undecided_hurry_all(undecided);
    undecided_hurry(undecided, four);
    take_first_due(4);
    take_first_due(3);
    take_first_due(0);
    take_first_due(2);
    take_first_due(5);
    take_first_due(1);
    assert_null(undecided_first(undecided, UNDECIDED_DUE));
    assert_int_equal(undecided->held, 0);
}

/* Ask where it is time to. */
static bool asks(uint64_t now_ms)
{
    uint64_t next_ms = UINT64_MAX;
    struct undecided_head *at = undecided_to_ask(undecided, now_ms, &next_ms);

    if (at != NULL) {
        undecided_asked(undecided, at, now_ms);
    }
    return at != NULL;
}

static void who_introduces_an_author_is_asked_less_and_less_often_and_then_no_more(void **state)
{
    static const struct {
        const char *sentence;
        uint64_t at_ms;
        bool asks;
        uint64_t next_ms;
    } rows[] = {
        {"at once", 100, true, 1100},
        {"not again within a second", 1099, false, 1100},
        {"after a second", 1100, true, 3100},
        {"then after two", 3099, false, 3100},
        {"two have passed", 3100, true, 7100},
        {"four", 7100, true, UINT64_MAX},
        {"not by itself after eight", 99999, false, UINT64_MAX},
    };

    (void)state;
    put(5, 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t next_ms = UINT64_MAX;

        if (asks(rows[i].at_ms) != rows[i].asks) {
            fail_msg("%s", rows[i].sentence);
        }
        (void)undecided_to_ask(undecided, 0, &next_ms);
        if (next_ms != rows[i].next_ms) {
            fail_msg("%s: next", rows[i].sentence);
        }
    }
    assert_ptr_equal(undecided_first(undecided, UNDECIDED_REST), put(5, 2));
}

static void the_pause_between_questions_ends_at_half_a_minute(void **state)
{
    struct undecided_head *at = put(5, 1);

    (void)state;
    for (size_t i = 0; i < 300; i++) {
        undecided_asked(undecided, at, 0);
    }
    assert_int_equal(at->ask_ms, 32000);
}

static void new_authors_wait_for_none_that_were_asked_about(void **state)
{
    (void)state;
    put(5, 1);
    assert_true(asks(100));
    put(6, 1);
    assert_true(asks(101));
    assert_false(asks(102));
    assert_true(asks(1100));
    assert_false(asks(1100));
    assert_true(asks(1101));
}

/* ---- any order of calls ---- */

enum { AUTHORS = 60, STEPS = 20000 };

struct model {
    bool held;
    uint64_t seq;
};

static size_t line_length(enum undecided_line line)
{
    size_t length = 0;

    for (const struct undecided_head *at = undecided_first(undecided, line);
         at != NULL && at->later < UNDECIDED_MAX; at = &undecided->heads[at->later]) {
        length++;
    }
    return length + (undecided_first(undecided, line) != NULL);
}

static void check_against(const struct model model[AUTHORS])
{
    size_t held = 0, in_lines = 0;

    for (uint32_t i = 0; i < AUTHORS; i++) {
        const struct head head = head_of(i, 0);
        const struct undecided_head *at = undecided_find(undecided, &head.author);

        assert_int_equal(at != NULL, model[i].held);
        assert_true(at == NULL || at->seq == model[i].seq);
        held += model[i].held;
    }
    for (enum undecided_line line = UNDECIDED_ASK; line < UNDECIDED_LINE_COUNT; line++) {
        in_lines += line_length(line);
    }
    assert_int_equal(undecided->held, held);
    assert_int_equal(in_lines, held);
}

static void each_head_stands_in_one_line_whatever_happens(void **state)
{
    struct model model[AUTHORS] = {{false, 0}};
    unsigned int seed = 1;

    (void)state;
    for (uint32_t i = 0; i < STEPS; i++) {
        const uint32_t author = (uint32_t)rand_r(&seed) % AUTHORS;
        const struct head head = head_of(author, i);
        struct undecided_head *at = undecided_find(undecided, &head.author);
        const int what = rand_r(&seed) % 6;

        if (what <= 1) {
            undecided_put(undecided, &head);
            model[author] = (struct model){true, i};
        } else if (what == 2 && at != NULL) {
            undecided_remove(undecided, at);
            model[author].held = false;
        } else if (what == 3 && at != NULL) {
            undecided_hurry(undecided, at);
        } else if (what == 4 && at != NULL) {
            undecided_asked(undecided, at, i);
        } else if (what == 5 && i % 50 == 0) {
            undecided_hurry_all(undecided);
        } else if (at != NULL) {
            undecided_rest(undecided, at);
        }
        if (i % 16 == 0) {
            check_against(model);
        }
    }
}

#define WITH_LIST(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_LIST(a_head_comes_back_as_it_was_announced),
        WITH_LIST(the_last_head_of_an_author_counts_and_waits_no_longer_than_the_first),
        WITH_LIST(ten_thousand_authors_of_one_peer_find_room),
        WITH_LIST(where_all_lists_are_full_none_grows_beyond_its_share),
        WITH_LIST(what_a_full_list_drops_is_drawn_by_lot),
        WITH_LIST(the_named_are_looked_at_first_and_all_others_behind_them),
        WITH_LIST(who_introduces_an_author_is_asked_less_and_less_often_and_then_no_more),
        WITH_LIST(the_pause_between_questions_ends_at_half_a_minute),
        WITH_LIST(new_authors_wait_for_none_that_were_asked_about),
        WITH_LIST(each_head_stands_in_one_line_whatever_happens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
