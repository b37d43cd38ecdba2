#include "protocol/rules/day_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/naive_days.h"

enum { ROUNDS = 20000, SETS_MAX = 9, MEMORY_SIZE = 1 << 16 };

static uint8_t memory[MEMORY_SIZE];

static struct arena whole_arena(void)
{
    struct arena arena;
    arena_init(&arena, memory, sizeof memory);
    return arena;
}

#define SET(...)                                                                                             \
    {                                                                                                        \
        sizeof((struct day_interval[]){__VA_ARGS__}) / sizeof(struct day_interval), (struct day_interval[])  \
        {                                                                                                    \
            __VA_ARGS__                                                                                      \
        }                                                                                                    \
    }
#define NONE                                                                                                 \
    {                                                                                                        \
        0, NULL                                                                                              \
    }
#define ALL SET({0, DAY_NONE})

static void expect(const char *why, struct day_set set, struct day_set expected)
{
    if (!day_set_equal(set, expected)) {
        for (size_t i = 0; i < set.count; i++) {
            print_error("%u..%u\n", set.intervals[i].first, set.intervals[i].last);
        }
        fail_msg("%s", why);
    }
}

static const struct {
    const char *why;
    struct day_set a, b, united, common;
} pairs[] = {
    {"nothing and nothing", NONE, NONE, NONE, NONE},
    {"nothing and something", NONE, SET({5, 9}), SET({5, 9}), NONE},
    {"always and something", ALL, SET({5, 9}, {11, 12}), ALL, SET({5, 9}, {11, 12})},
    {"always and always", ALL, ALL, ALL, ALL},
    {"the same twice", SET({5, 9}, {20, 30}), SET({5, 9}, {20, 30}), SET({5, 9}, {20, 30}),
     SET({5, 9}, {20, 30})},
    {"a day between", SET({5, 9}), SET({11, 20}), SET({5, 9}, {11, 20}), NONE},
    {"the next begins on the day after", SET({5, 9}), SET({10, 20}), SET({5, 20}), NONE},
    {"the next begins on the last day", SET({5, 9}), SET({9, 20}), SET({5, 20}), SET({9, 9})},
    {"the other way round", SET({9, 20}), SET({5, 9}), SET({5, 20}), SET({9, 9})},
    {"one within the other", SET({5, 20}), SET({7, 8}), SET({5, 20}), SET({7, 8})},
    {"from the same first day", SET({5, 20}), SET({5, 8}), SET({5, 20}), SET({5, 8})},
    {"to the same last day", SET({5, 20}), SET({8, 20}), SET({5, 20}), SET({8, 20})},
    {"one fills the other's gap", SET({5, 9}, {13, 20}), SET({10, 12}), SET({5, 20}), NONE},
    {"one covers the other's gap", SET({5, 9}, {13, 20}), SET({8, 14}), SET({5, 20}), SET({8, 9}, {13, 14})},
    {"a gap of one day stays", SET({5, 9}, {13, 20}), SET({11, 12}), SET({5, 9}, {11, 20}), NONE},
    {"a common gap stays a gap", SET({5, 9}, {11, 20}), SET({1, 9}, {11, 12}), SET({1, 9}, {11, 20}),
     SET({5, 9}, {11, 12})},
    {"one without end takes in what begins later", SET({5, DAY_NONE}), SET({7, 8}, {10, DAY_NONE}),
     SET({5, DAY_NONE}), SET({7, 8}, {10, DAY_NONE})},
    {"what ends before it stays", SET({5, DAY_NONE}), SET({2, 3}), SET({2, 3}, {5, DAY_NONE}), NONE},
    {"what ends on the day before joins it", SET({5, DAY_NONE}), SET({2, 4}), SET({2, DAY_NONE}), NONE},
    {"what ends on its first day joins it", SET({5, DAY_NONE}), SET({2, 5}), SET({2, DAY_NONE}), SET({5, 5})},
    {"an interval later than one without end", SET({1, 2}, {5, DAY_NONE}), SET({3, 3}, {90, 99}),
     SET({1, 3}, {5, DAY_NONE}), SET({90, 99})},
    {"day 0 alone", SET({0, 0}), SET({1, DAY_NONE}), ALL, NONE},
    {"the last day of the calendar is a day like others", SET({0, DAY_MAX}), SET({DAY_MAX, DAY_MAX}),
     SET({0, DAY_MAX}), SET({DAY_MAX, DAY_MAX})},
    {"to the last day of the calendar is not without end", SET({0, DAY_MAX}), SET({DAY_MAX, DAY_NONE}), ALL,
     SET({DAY_MAX, DAY_MAX})},
    {"the greatest last day that there is", SET({5, DAY_NONE - 1}), SET({3, 4}, {9, 9}),
     SET({3, DAY_NONE - 1}), SET({9, 9})},
};

static void pairs_unite_and_intersect(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct arena arena = whole_arena();
        struct day_set out;
        assert_true(day_set_unite(&out, pairs[i].a, pairs[i].b, &arena));
        expect(pairs[i].why, out, pairs[i].united);
        assert_true(day_set_unite(&out, pairs[i].b, pairs[i].a, &arena));
        expect(pairs[i].why, out, pairs[i].united);
        assert_true(day_set_intersect(&out, pairs[i].a, pairs[i].b, &arena));
        expect(pairs[i].why, out, pairs[i].common);
        assert_true(day_set_intersect(&out, pairs[i].b, pairs[i].a, &arena));
        expect(pairs[i].why, out, pairs[i].common);
    }
}

static const struct {
    const char *why;
    struct day_set a, complement, for_life;
} singles[] = {
    {"never", NONE, ALL, NONE},
    {"always", ALL, NONE, ALL},
    {"some days", SET({5, 9}), SET({0, 4}, {10, DAY_NONE}), SET({5, DAY_NONE})},
    {"from day 0", SET({0, 9}), SET({10, DAY_NONE}), ALL},
    {"from day 1", SET({1, 9}), SET({0, 0}, {10, DAY_NONE}), SET({1, DAY_NONE})},
    {"without end", SET({5, DAY_NONE}), SET({0, 4}), SET({5, DAY_NONE})},
    {"with a gap", SET({5, 9}, {11, 20}), SET({0, 4}, {10, 10}, {21, DAY_NONE}), SET({5, DAY_NONE})},
    {"with a gap and without end", SET({5, 9}, {20, DAY_NONE}), SET({0, 4}, {10, 19}), SET({5, DAY_NONE})},
    {"the last day of the calendar", SET({DAY_MAX, DAY_MAX}), SET({0, DAY_MAX - 1}, {DAY_MAX + 1, DAY_NONE}),
     SET({DAY_MAX, DAY_NONE})},
};

static void single_sets_turn_round_and_last(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof singles / sizeof singles[0]; i++) {
        struct arena arena = whole_arena();
        struct day_set out;
        assert_true(day_set_complement(&out, singles[i].a, &arena));
        expect(singles[i].why, out, singles[i].complement);
        assert_true(day_set_for_life(&out, singles[i].a, &arena));
        expect(singles[i].why, out, singles[i].for_life);
    }
}

static const struct {
    const char *why;
    uint32_t first, last;
    struct day_set expected;
} runs[] = {
    {"a run of days", 5, 9, SET({5, 9})},
    {"one day", 5, 5, SET({5, 5})},
    {"ends before it begins", 6, 5, NONE},
    {"without end", 5, DAY_NONE, SET({5, DAY_NONE})},
    {"always", 0, DAY_NONE, ALL},
    {"the whole calendar ends with it", 0, DAY_MAX, SET({0, DAY_MAX})},
    {"from a day that never comes", DAY_NONE, DAY_NONE, NONE},
};

static void runs_become_sets(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        struct arena arena = whole_arena();
        struct day_set out;
        struct day_interval interval = {.first = runs[i].first, .last = runs[i].last};
        assert_true(day_set_of(&out, runs[i].first, runs[i].last, &arena));
        expect(runs[i].why, out, runs[i].expected);
        assert_true(day_set_of_intervals(&out, &interval, 1, &arena));
        expect(runs[i].why, out, runs[i].expected);
    }
}

static const struct {
    const char *why;
    struct day_set sets[4];
    size_t count, n;
    struct day_set expected;
} counts[] = {
    {"none of no sets: always", {NONE}, 0, 0, ALL},
    {"one of no sets: never", {NONE}, 0, 1, NONE},
    {"none of some: always", {SET({5, 9})}, 1, 0, ALL},
    {"one of one", {SET({5, 9})}, 1, 1, SET({5, 9})},
    {"two of one: never", {SET({5, 9})}, 1, 2, NONE},
    {"one of several is their union",
     {SET({5, 9}), SET({10, 12}), SET({20, DAY_NONE})},
     3,
     1,
     SET({5, 12}, {20, DAY_NONE})},
    {"all of several is what is common", {SET({5, 9}), SET({8, 12}), SET({9, DAY_NONE})}, 3, 3, SET({9, 9})},
    {"two of three, who take turns",
     {SET({5, 9}), SET({8, 12}), SET({12, DAY_NONE})},
     3,
     2,
     SET({8, 9}, {12, 12})},
    {"one ends, another begins on the day after: no gap",
     {SET({5, 9}), SET({10, 12}), SET({7, 11})},
     3,
     2,
     SET({7, 11})},
    {"one ends, another begins a day later: a gap",
     {SET({5, 9}), SET({11, 12}), SET({7, 11})},
     3,
     2,
     SET({7, 9}, {11, 11})},
    {"what always holds counts as one", {ALL, SET({5, 9}), SET({8, 12})}, 3, 2, SET({5, 12})},
    {"what always holds may be enough", {ALL, SET({5, 9}), ALL}, 3, 2, ALL},
    {"what never holds counts for nothing", {NONE, SET({5, 9}), NONE}, 3, 2, NONE},
    {"what is left is one set", {ALL, SET({5, 9}, {11, 12}), NONE}, 3, 2, SET({5, 9}, {11, 12})},
    {"the same set twice is two", {SET({5, 9}), SET({5, 9}), SET({7, 20})}, 3, 3, SET({7, 9})},
    {"all without end", {SET({5, DAY_NONE}), SET({7, DAY_NONE})}, 2, 2, SET({7, DAY_NONE})},
};

static void days_in_at_least_so_many(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct arena arena = whole_arena();
        struct day_set out;
        assert_true(day_set_at_least(&out, counts[i].sets, counts[i].count, counts[i].n, &arena));
        expect(counts[i].why, out, counts[i].expected);
    }
}

/* What a credential until one date and a credential from another date amount to. */
static const struct {
    const char *why;
    const char *until, *from;
    size_t intervals;
} turns[] = {
    {"28 and 29 February of a leap year follow each other", "2024-02-28", "2024-02-29", 1},
    {"29 February lies between 28 February and 1 March", "2024-02-28", "2024-03-01", 2},
    {"29 February and 1 March follow each other", "2024-02-29", "2024-03-01", 1},
    {"in other years 28 February and 1 March do", "2023-02-28", "2023-03-01", 1},
    {"1900 was not a leap year", "1900-02-28", "1900-03-01", 1},
    {"2000 was one", "2000-02-28", "2000-03-01", 2},
    {"years follow each other", "2023-12-31", "2024-01-01", 1},
    {"a day is missing at the turn of the year", "2023-12-30", "2024-01-01", 2},
    {"the calendar's last two days follow each other", "9999-12-30", "9999-12-31", 1},
    {"the same day twice", "2024-02-29", "2024-02-29", 1},
};

static uint32_t day_of(const char *text)
{
    uint32_t day = 0;
    assert_true(day_from_text(&day, bytes_of_string(text)));
    return day;
}

static void days_follow_each_other_by_the_calendar(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++) {
        struct arena arena = whole_arena();
        struct day_set before, after, out;
        assert_true(day_set_of(&before, 0, day_of(turns[i].until), &arena));
        assert_true(day_set_of(&after, day_of(turns[i].from), DAY_NONE, &arena));
        assert_true(day_set_unite(&out, before, after, &arena));
        if (out.count != turns[i].intervals) {
            fail_msg("%s", turns[i].why);
        }
    }
}

enum { NO = -1 };
static const struct {
    const char *why;
    struct day_set set;
    uint32_t day;
    int run, before, after; /* indexes of intervals */
} places[] = {
    {"in no days", NONE, 5, NO, NO, NO},
    {"in all days", ALL, 5, 0, NO, NO},
    {"the day before the first", SET({5, 9}, {20, 30}), 4, NO, NO, 0},
    {"the first day", SET({5, 9}, {20, 30}), 5, 0, NO, 1},
    {"the last day", SET({5, 9}, {20, 30}), 9, 0, NO, 1},
    {"the day after the last", SET({5, 9}, {20, 30}), 10, NO, 0, 1},
    {"the day before the next", SET({5, 9}, {20, 30}), 19, NO, 0, 1},
    {"the next's first day", SET({5, 9}, {20, 30}), 20, 1, 0, NO},
    {"the day after all", SET({5, 9}, {20, 30}), 31, NO, 1, NO},
    {"the last day of the calendar", SET({5, 9}, {20, 30}), DAY_MAX, NO, 1, NO},
    {"in days without end", SET({5, 9}, {20, DAY_NONE}), DAY_MAX, 1, 0, NO},
    {"between two days", SET({5, 5}, {7, 7}), 6, NO, 0, 1},
};

static const struct day_interval *place(struct day_set set, int index)
{
    return index == NO ? NULL : &set.intervals[index];
}

static void days_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct day_set set = places[i].set;
        uint32_t day = places[i].day;
        if (day_set_run(set, day) != place(set, places[i].run) ||
            day_set_has(set, day) != (places[i].run != NO) ||
            day_set_before(set, day) != place(set, places[i].before) ||
            day_set_after(set, day) != place(set, places[i].after)) {
            fail_msg("%s", places[i].why);
        }
    }
}

/* ---- against one flag a day ---- */

static void operations_agree_with_single_days(void **state)
{
    (void)state;
    struct dice dice = {.state = 1};
    for (int round = 0; round < ROUNDS; round++) {
        struct arena arena = whole_arena();
        struct naive_days a = naive_days_draw(&dice), b = naive_days_draw(&dice);
        struct naive_days united, common, complement, for_life;
        bool is_subset = true, reached = false;
        for (size_t day = 0; day <= NAIVE_DAYS; day++) {
            united.on[day] = a.on[day] || b.on[day];
            common.on[day] = a.on[day] && b.on[day];
            complement.on[day] = !a.on[day];
            for_life.on[day] = reached = reached || a.on[day];
            is_subset = is_subset && (!a.on[day] || b.on[day]);
        }
        struct day_set x = naive_days_set(&a, &arena), y = naive_days_set(&b, &arena), out;
        assert_true(naive_days_are(&a, x));
        assert_true(day_set_unite(&out, x, y, &arena));
        assert_true(naive_days_are(&united, out));
        assert_true(day_set_intersect(&out, x, y, &arena));
        assert_true(naive_days_are(&common, out));
        assert_true(day_set_complement(&out, x, &arena));
        assert_true(naive_days_are(&complement, out));
        assert_true(day_set_for_life(&out, x, &arena));
        assert_true(naive_days_are(&for_life, out));
        assert_int_equal(day_set_is_subset(x, y), is_subset);
        assert_int_equal(day_set_equal(x, y), memcmp(&a, &b, sizeof a) == 0);
    }
}

static void places_agree_with_single_days(void **state)
{
    (void)state;
    struct dice dice = {.state = 2};
    for (int round = 0; round < ROUNDS / 10; round++) {
        struct arena arena = whole_arena();
        struct naive_days a = naive_days_draw(&dice);
        struct day_set x = naive_days_set(&a, &arena);
        size_t ended = 0, begun = 0; /* intervals, by the day that is looked at */
        for (uint32_t day = 0; day <= NAIVE_DAYS; day++) {
            begun += a.on[day] && (day == 0 || !a.on[day - 1]);
            ended += day > 0 && a.on[day - 1] && !a.on[day];
            assert_int_equal(day_set_has(x, day), a.on[day]);
            assert_ptr_equal(day_set_run(x, day), a.on[day] ? &x.intervals[begun - 1] : NULL);
            assert_ptr_equal(day_set_before(x, day), ended > 0 ? &x.intervals[ended - 1] : NULL);
            assert_ptr_equal(day_set_after(x, day), begun < x.count ? &x.intervals[begun] : NULL);
        }
    }
}

static void counting_agrees_with_single_days(void **state)
{
    (void)state;
    struct dice dice = {.state = 3};
    for (int round = 0; round < ROUNDS; round++) {
        struct arena arena = whole_arena();
        struct naive_days drawn[SETS_MAX], expected;
        struct day_set sets[SETS_MAX], out;
        size_t count = dice_roll(&dice, SETS_MAX + 1), n = dice_roll(&dice, count + 2);
        for (size_t i = 0; i < count; i++) {
            drawn[i] = naive_days_draw(&dice);
            sets[i] = naive_days_set(&drawn[i], &arena);
        }
        for (size_t day = 0; day <= NAIVE_DAYS; day++) {
            size_t level = 0;
            for (size_t i = 0; i < count; i++) {
                level += drawn[i].on[day];
            }
            expected.on[day] = level >= n;
        }
        size_t before = arena.used;
        assert_true(day_set_at_least(&out, sets, count, n, &arena));
        assert_true(naive_days_are(&expected, out));
        assert_true(arena.used <= before + (out.count + 1) * sizeof(struct day_interval));
    }
}

static void loose_intervals_become_sets(void **state)
{
    (void)state;
    enum { INTERVALS_MAX = 60 };
    struct dice dice = {.state = 4};
    for (int round = 0; round < ROUNDS; round++) {
        struct arena arena = whole_arena();
        struct day_interval intervals[INTERVALS_MAX];
        struct naive_days expected = {0};
        struct day_set out;
        size_t count = dice_roll(&dice, INTERVALS_MAX + 1);
        uint64_t longest = 1 + dice_roll(&dice, 20);
        for (size_t i = 0; i < count; i++) {
            uint32_t first = (uint32_t)dice_roll(&dice, NAIVE_DAYS - 20);
            uint32_t end = first + (uint32_t)dice_roll(&dice, longest);
            uint32_t last = end > 0 ? end - 1 : end; /* often before first */
            last = dice_roll(&dice, 50) == 0 ? DAY_NONE : last;
            intervals[i] = (struct day_interval){.first = first, .last = last};
            for (uint32_t day = first; day <= last && day <= NAIVE_DAYS; day++) {
                expected.on[day] = true;
            }
        }
        size_t before = arena.used;
        assert_true(day_set_of_intervals(&out, intervals, count, &arena));
        assert_true(naive_days_are(&expected, out));
        assert_true(arena.used <= before + (out.count + 1) * sizeof(struct day_interval));
        for (size_t i = 1; i < count; i++) {
            assert_true(intervals[i - 1].first <= intervals[i].first);
        }
    }
}

/* ---- laws ---- */

static struct day_set unite(struct day_set a, struct day_set b, struct arena *arena)
{
    struct day_set out;
    assert_true(day_set_unite(&out, a, b, arena));
    return out;
}

static struct day_set intersect(struct day_set a, struct day_set b, struct arena *arena)
{
    struct day_set out;
    assert_true(day_set_intersect(&out, a, b, arena));
    return out;
}

static struct day_set complement(struct day_set a, struct arena *arena)
{
    struct day_set out;
    assert_true(day_set_complement(&out, a, arena));
    return out;
}

static struct day_set at_least(const struct day_set *sets, size_t count, size_t n, struct arena *arena)
{
    struct day_set out;
    assert_true(day_set_at_least(&out, sets, count, n, arena));
    return out;
}

static void expect_laws(struct day_set a, struct day_set b, struct day_set c, struct arena *arena)
{
    struct day_set ab = unite(a, b, arena), both = intersect(a, b, arena);
    struct day_set not_a = complement(a, arena), not_b = complement(b, arena);
    const struct day_set three[] = {a, b, c};

    expect("not (a or b) is not a and not b", complement(ab, arena), intersect(not_a, not_b, arena));
    expect("not (a and b) is not a or not b", complement(both, arena), unite(not_a, not_b, arena));
    expect("not not a is a", complement(not_a, arena), a);
    expect("a or not a is always", unite(a, not_a, arena), day_set_all);
    expect("a and not a is never", intersect(a, not_a, arena), DAY_SET_NONE);
    expect("or is associative", unite(ab, c, arena), unite(a, unite(b, c, arena), arena));
    expect("and is associative", intersect(both, c, arena), intersect(a, intersect(b, c, arena), arena));
    expect("and distributes over or", intersect(ab, c, arena),
           unite(intersect(a, c, arena), intersect(b, c, arena), arena));
    expect("or distributes over and", unite(both, c, arena),
           intersect(unite(a, c, arena), unite(b, c, arena), arena));
    expect("absorption", unite(a, both, arena), a);
    expect("absorption, the other way", intersect(a, ab, arena), a);
    expect("one of three is any", at_least(three, 3, 1, arena), unite(ab, c, arena));
    expect("three of three is all", at_least(three, 3, 3, arena), intersect(both, c, arena));
    expect("two of three by pairs", at_least(three, 3, 2, arena),
           unite(both, unite(intersect(a, c, arena), intersect(b, c, arena), arena), arena));
    assert_true(day_set_is_subset(both, a) && day_set_is_subset(a, ab));
    assert_int_equal(day_set_is_subset(a, b), day_set_equal(both, a));
    assert_int_equal(day_set_is_subset(a, b), day_set_equal(ab, b));
    assert_int_equal(day_set_equal(a, b), day_set_is_subset(a, b) && day_set_is_subset(b, a));
}

static void laws_hold(void **state)
{
    (void)state;
    struct dice dice = {.state = 5};
    for (int round = 0; round < ROUNDS / 4; round++) {
        struct arena arena = whole_arena();
        struct naive_days a = naive_days_draw(&dice), b = naive_days_draw(&dice), c = naive_days_draw(&dice);
        expect_laws(naive_days_set(&a, &arena), naive_days_set(&b, &arena), naive_days_set(&c, &arena),
                    &arena);
    }
}

/* ---- the arena ---- */

static const struct day_set many = SET({1, 2}, {5, 9}, {20, 30}, {40, 50});
static const struct day_set others = SET({2, 6}, {8, 25}, {41, 44});

static bool try_operation(int operation, struct day_set *out, struct arena *arena)
{
    const struct day_set sets[] = {many, others, many};
    struct day_interval loose[] = {{9, 12}, {5, 6}, {1, 2}};
    switch (operation) {
    case 0:
        return day_set_of(out, 5, 9, arena);
    case 1:
        return day_set_of_intervals(out, loose, 3, arena);
    case 2:
        return day_set_unite(out, many, others, arena);
    case 3:
        return day_set_intersect(out, many, others, arena);
    case 4:
        return day_set_complement(out, many, arena);
    case 5:
        return day_set_at_least(out, sets, 3, 2, arena);
    default:
        return day_set_for_life(out, many, arena);
    }
}

enum { OPERATIONS = 7 };

static void a_full_arena_gives_nothing(void **state)
{
    (void)state;
    for (int operation = 0; operation < OPERATIONS; operation++) {
        struct arena arena = whole_arena();
        struct day_set expected;
        assert_true(try_operation(operation, &expected, &arena));
        bool done = false;
        for (size_t capacity = 0; !done; capacity++) {
            uint8_t small[1024];
            struct day_set out = many;
            assert_true(capacity <= sizeof small);
            arena_init(&arena, small, capacity);
            done = try_operation(operation, &out, &arena);
            assert_true(arena.used <= capacity);
            expect("all or nothing", out, done ? expected : DAY_SET_NONE);
            assert_true(done || out.count == 0);
        }
    }
}

static void no_memory_where_none_is_needed(void **state)
{
    (void)state;
    struct arena arena;
    struct day_set out;
    const struct day_set none[] = {NONE, NONE};
    arena_init(&arena, memory, 0);
    assert_true(day_set_of(&out, 6, 5, &arena));
    assert_true(day_set_of(&out, 0, DAY_NONE, &arena));
    assert_true(day_set_of_intervals(&out, NULL, 0, &arena));
    assert_true(day_set_unite(&out, many, DAY_SET_NONE, &arena));
    assert_true(day_set_unite(&out, day_set_all, many, &arena));
    assert_true(day_set_unite(&out, many, many, &arena));
    assert_true(day_set_intersect(&out, many, DAY_SET_NONE, &arena));
    assert_true(day_set_intersect(&out, day_set_all, many, &arena));
    assert_true(day_set_intersect(&out, many, many, &arena));
    assert_true(day_set_complement(&out, DAY_SET_NONE, &arena));
    assert_true(day_set_complement(&out, day_set_all, &arena));
    assert_true(day_set_for_life(&out, day_set_all, &arena));
    assert_true(day_set_at_least(&out, none, 2, 1, &arena));
    assert_int_equal(arena.used, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_unite_and_intersect),
        cmocka_unit_test(single_sets_turn_round_and_last),
        cmocka_unit_test(runs_become_sets),
        cmocka_unit_test(days_in_at_least_so_many),
        cmocka_unit_test(days_follow_each_other_by_the_calendar),
        cmocka_unit_test(days_are_found),
        cmocka_unit_test(operations_agree_with_single_days),
        cmocka_unit_test(places_agree_with_single_days),
        cmocka_unit_test(counting_agrees_with_single_days),
        cmocka_unit_test(loose_intervals_become_sets),
        cmocka_unit_test(laws_hold),
        cmocka_unit_test(a_full_arena_gives_nothing),
        cmocka_unit_test(no_memory_where_none_is_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
