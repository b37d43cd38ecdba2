#include "protocol/rules/day_truth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/support/naive_days.h"

enum { ROUNDS = 10000, TRUTHS_MAX = 9, MEMORY_SIZE = 1 << 16 };

static uint8_t memory[MEMORY_SIZE];

static struct arena whole_arena(void)
{
    struct arena arena;
    arena_init(&arena, memory, sizeof memory);
    return arena;
}

/* ---- the truth tables: one day, all answers ---- */

static const struct day_truth *const constants[] = {
    [ANSWER_YES] = &day_truth_yes, [ANSWER_NO] = &day_truth_no, [ANSWER_UNKNOWN] = &day_truth_unknown};

static const struct {
    const char *why;
    enum answer a, b, both, either;
} pairs[] = {
    {"yes and yes", ANSWER_YES, ANSWER_YES, ANSWER_YES, ANSWER_YES},
    {"a no decides the and, a yes the or", ANSWER_YES, ANSWER_NO, ANSWER_NO, ANSWER_YES},
    {"with a yes the unknown decides the and", ANSWER_YES, ANSWER_UNKNOWN, ANSWER_UNKNOWN, ANSWER_YES},
    {"no and no", ANSWER_NO, ANSWER_NO, ANSWER_NO, ANSWER_NO},
    {"with a no the unknown decides the or", ANSWER_NO, ANSWER_UNKNOWN, ANSWER_NO, ANSWER_UNKNOWN},
    {"two unknowns", ANSWER_UNKNOWN, ANSWER_UNKNOWN, ANSWER_UNKNOWN, ANSWER_UNKNOWN},
};

static void answers_combine(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        const struct day_truth *a = constants[pairs[i].a], *b = constants[pairs[i].b];
        struct arena arena = whole_arena();
        struct day_truth both, either, both_turned, either_turned;
        assert_true(day_truth_and(&both, a, b, &arena) && day_truth_and(&both_turned, b, a, &arena));
        assert_true(day_truth_or(&either, a, b, &arena) && day_truth_or(&either_turned, b, a, &arena));
        if (!day_truth_equal(&both, constants[pairs[i].both]) || !day_truth_equal(&both, &both_turned) ||
            !day_truth_equal(&either, constants[pairs[i].either]) ||
            !day_truth_equal(&either, &either_turned)) {
            fail_msg("%s", pairs[i].why);
        }
    }
}

static void answers_turn_round(void **state)
{
    (void)state;
    static const enum answer turned[] = {
        [ANSWER_YES] = ANSWER_NO, [ANSWER_NO] = ANSWER_YES, [ANSWER_UNKNOWN] = ANSWER_UNKNOWN};
    for (size_t i = 0; i < sizeof turned / sizeof turned[0]; i++) {
        struct arena arena = whole_arena();
        struct day_truth out;
        assert_true(day_truth_not(&out, constants[i], &arena));
        assert_true(day_truth_equal(&out, constants[turned[i]]));
    }
}

static const struct {
    const char *why;
    enum answer truths[4];
    size_t count, n;
    enum answer expected;
} counts[] = {
    {"none of nothing", {0}, 0, 0, ANSWER_YES},
    {"one of nothing", {0}, 0, 1, ANSWER_NO},
    {"none of an unknown", {ANSWER_UNKNOWN}, 1, 0, ANSWER_YES},
    {"one of an unknown", {ANSWER_UNKNOWN}, 1, 1, ANSWER_UNKNOWN},
    {"two of an unknown", {ANSWER_UNKNOWN}, 1, 2, ANSWER_NO},
    {"yeses enough", {ANSWER_YES, ANSWER_UNKNOWN, ANSWER_YES, ANSWER_NO}, 4, 2, ANSWER_YES},
    {"the unknown would do", {ANSWER_YES, ANSWER_UNKNOWN, ANSWER_YES, ANSWER_NO}, 4, 3, ANSWER_UNKNOWN},
    {"even the unknown would not do", {ANSWER_YES, ANSWER_UNKNOWN, ANSWER_YES, ANSWER_NO}, 4, 4, ANSWER_NO},
    {"nothing but noes", {ANSWER_NO, ANSWER_NO}, 2, 1, ANSWER_NO},
    {"nothing but yeses", {ANSWER_YES, ANSWER_YES}, 2, 2, ANSWER_YES},
    {"nothing but unknowns", {ANSWER_UNKNOWN, ANSWER_UNKNOWN}, 2, 2, ANSWER_UNKNOWN},
};

static void answers_are_counted(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct arena arena = whole_arena();
        struct day_truth truths[4], out;
        for (size_t k = 0; k < counts[i].count; k++) {
            truths[k] = *constants[counts[i].truths[k]];
        }
        assert_true(day_truth_at_least(&out, truths, counts[i].count, counts[i].n, &arena));
        if (!day_truth_equal(&out, constants[counts[i].expected])) {
            fail_msg("%s", counts[i].why);
        }
    }
}

static const struct {
    const char *why;
    enum answer answer;
    uint32_t first, last, day;
    enum answer expected;
} runs[] = {
    {"yes on the first day", ANSWER_YES, 5, 9, 5, ANSWER_YES},
    {"no on the day before", ANSWER_YES, 5, 9, 4, ANSWER_NO},
    {"yes on the last day", ANSWER_YES, 5, 9, 9, ANSWER_YES},
    {"no on the day after", ANSWER_YES, 5, 9, 10, ANSWER_NO},
    {"yes for ever", ANSWER_YES, 5, DAY_NONE, DAY_MAX, ANSWER_YES},
    {"yes to the end of the calendar", ANSWER_YES, 5, DAY_MAX, DAY_MAX, ANSWER_YES},
    {"unknown on the first day", ANSWER_UNKNOWN, 5, 9, 5, ANSWER_UNKNOWN},
    {"a certain no on the day before", ANSWER_UNKNOWN, 5, 9, 4, ANSWER_NO},
    {"unknown on the last day", ANSWER_UNKNOWN, 5, 9, 9, ANSWER_UNKNOWN},
    {"a certain no on the day after", ANSWER_UNKNOWN, 5, 9, 10, ANSWER_NO},
    {"no within the run", ANSWER_NO, 5, 9, 7, ANSWER_NO},
    {"no run at all", ANSWER_YES, 9, 5, 7, ANSWER_NO},
};

static void runs_become_truths(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        struct arena arena = whole_arena();
        struct day_truth out;
        assert_true(day_truth_of_run(&out, runs[i].answer, runs[i].first, runs[i].last, &arena));
        if (day_truth_on(&out, runs[i].day) != runs[i].expected) {
            fail_msg("%s", runs[i].why);
        }
    }
}

/* Until when, from when, and how the days between and around are answered. */
static const struct {
    const char *why;
    enum answer first_answer, second_answer;
    uint32_t day;
    enum answer both, either, first_for_life, first_within_second_run;
} overlaps[] = {
    /* the first runs from 10 to 20, the second from 15 to 25 */
    {"before both", ANSWER_YES, ANSWER_UNKNOWN, 9, ANSWER_NO, ANSWER_NO, ANSWER_NO, ANSWER_NO},
    {"the first day of one", ANSWER_YES, ANSWER_UNKNOWN, 10, ANSWER_NO, ANSWER_YES, ANSWER_YES, ANSWER_NO},
    {"the day before they meet", ANSWER_YES, ANSWER_UNKNOWN, 14, ANSWER_NO, ANSWER_YES, ANSWER_YES,
     ANSWER_NO},
    {"the day they meet", ANSWER_YES, ANSWER_UNKNOWN, 15, ANSWER_UNKNOWN, ANSWER_YES, ANSWER_YES, ANSWER_YES},
    {"the last common day", ANSWER_YES, ANSWER_UNKNOWN, 20, ANSWER_UNKNOWN, ANSWER_YES, ANSWER_YES,
     ANSWER_YES},
    {"the day after it", ANSWER_YES, ANSWER_UNKNOWN, 21, ANSWER_NO, ANSWER_UNKNOWN, ANSWER_YES, ANSWER_NO},
    {"the last day of all", ANSWER_YES, ANSWER_UNKNOWN, 25, ANSWER_NO, ANSWER_UNKNOWN, ANSWER_YES, ANSWER_NO},
    {"after both", ANSWER_YES, ANSWER_UNKNOWN, 26, ANSWER_NO, ANSWER_NO, ANSWER_YES, ANSWER_NO},
    {"long after", ANSWER_UNKNOWN, ANSWER_YES, DAY_MAX, ANSWER_NO, ANSWER_NO, ANSWER_UNKNOWN, ANSWER_NO},
    {"an unknown alone", ANSWER_UNKNOWN, ANSWER_YES, 14, ANSWER_NO, ANSWER_UNKNOWN, ANSWER_UNKNOWN,
     ANSWER_NO},
    {"an unknown beside a yes", ANSWER_UNKNOWN, ANSWER_YES, 15, ANSWER_UNKNOWN, ANSWER_YES, ANSWER_UNKNOWN,
     ANSWER_UNKNOWN},
    {"two unknowns", ANSWER_UNKNOWN, ANSWER_UNKNOWN, 15, ANSWER_UNKNOWN, ANSWER_UNKNOWN, ANSWER_UNKNOWN,
     ANSWER_UNKNOWN},
};

static void runs_overlap(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof overlaps / sizeof overlaps[0]; i++) {
        struct arena arena = whole_arena();
        struct day_truth a, b, both, either, for_life, within;
        struct day_set second_run;
        uint32_t day = overlaps[i].day;
        assert_true(day_truth_of_run(&a, overlaps[i].first_answer, 10, 20, &arena));
        assert_true(day_truth_of_run(&b, overlaps[i].second_answer, 15, 25, &arena));
        assert_true(day_set_of(&second_run, 15, 25, &arena));
        assert_true(day_truth_and(&both, &a, &b, &arena) && day_truth_or(&either, &a, &b, &arena));
        assert_true(day_truth_for_life(&for_life, &a, &arena));
        assert_true(day_truth_within(&within, &a, second_run, &arena));
        if (day_truth_on(&both, day) != overlaps[i].both ||
            day_truth_on(&either, day) != overlaps[i].either ||
            day_truth_on(&for_life, day) != overlaps[i].first_for_life ||
            day_truth_on(&within, day) != overlaps[i].first_within_second_run) {
            fail_msg("%s", overlaps[i].why);
        }
    }
}

/* ---- against one answer a day ---- */

struct naive_truth {
    struct naive_days surely, possibly;
};

/* Often without an unknown day. */
static struct naive_truth draw(struct dice *dice)
{
    struct naive_truth truth = {.surely = naive_days_draw(dice)};
    struct naive_days doubt = dice_roll(dice, 2) == 0 ? (struct naive_days){0} : naive_days_draw(dice);
    for (size_t day = 0; day <= NAIVE_DAYS; day++) {
        truth.possibly.on[day] = truth.surely.on[day] || doubt.on[day];
    }
    return truth;
}

/* Certain ones as one set in memory or as two. */
static struct day_truth intervals_of(const struct naive_truth *truth, struct dice *dice, struct arena *arena)
{
    struct day_truth out = {.surely = naive_days_set(&truth->surely, arena),
                            .possibly = naive_days_set(&truth->possibly, arena)};
    if (day_set_equal(out.surely, out.possibly) && dice_roll(dice, 2) == 0) {
        out.possibly = out.surely;
    }
    return out;
}

static bool agree(const struct naive_truth *expected, const struct day_truth *truth)
{
    return naive_days_are(&expected->surely, truth->surely) &&
           naive_days_are(&expected->possibly, truth->possibly);
}

static enum answer answer_on(const struct naive_truth *truth, size_t day)
{
    if (truth->surely.on[day]) {
        return ANSWER_YES;
    }
    return truth->possibly.on[day] ? ANSWER_UNKNOWN : ANSWER_NO;
}

static void set_answer(struct naive_truth *truth, size_t day, enum answer answer)
{
    truth->surely.on[day] = answer == ANSWER_YES;
    truth->possibly.on[day] = answer != ANSWER_NO;
}

static enum answer least(enum answer a, enum answer b)
{
    if (a == ANSWER_NO || b == ANSWER_NO) {
        return ANSWER_NO;
    }
    return a == ANSWER_YES ? b : a;
}

static enum answer opposite(enum answer a)
{
    if (a == ANSWER_UNKNOWN) {
        return a;
    }
    return a == ANSWER_YES ? ANSWER_NO : ANSWER_YES;
}

static enum answer most(enum answer a, enum answer b)
{
    return opposite(least(opposite(a), opposite(b)));
}

static void operations_agree_with_single_days(void **state)
{
    (void)state;
    struct dice dice = {.state = 1};
    for (int round = 0; round < ROUNDS; round++) {
        struct arena arena = whole_arena();
        struct naive_truth a = draw(&dice), b = draw(&dice), both, either, turned, for_life, within;
        struct naive_days inside = naive_days_draw(&dice);
        enum answer reached = ANSWER_NO;
        for (size_t day = 0; day <= NAIVE_DAYS; day++) {
            enum answer x = answer_on(&a, day), y = answer_on(&b, day);
            set_answer(&both, day, least(x, y));
            set_answer(&either, day, most(x, y));
            set_answer(&turned, day, opposite(x));
            set_answer(&for_life, day, reached = most(reached, x));
            set_answer(&within, day, inside.on[day] ? x : ANSWER_NO);
        }
        const struct day_truth x = intervals_of(&a, &dice, &arena), y = intervals_of(&b, &dice, &arena);
        struct day_truth out;
        assert_true(day_truth_and(&out, &x, &y, &arena) && agree(&both, &out));
        assert_true(day_truth_or(&out, &x, &y, &arena) && agree(&either, &out));
        assert_true(day_truth_not(&out, &x, &arena) && agree(&turned, &out));
        assert_true(day_truth_for_life(&out, &x, &arena) && agree(&for_life, &out));
        assert_true(day_truth_within(&out, &x, naive_days_set(&inside, &arena), &arena));
        assert_true(agree(&within, &out));
        for (uint32_t day = 0; day <= NAIVE_DAYS; day++) {
            assert_int_equal(day_truth_on(&x, day), answer_on(&a, day));
        }
    }
}

static void counting_agrees_with_single_days(void **state)
{
    (void)state;
    struct dice dice = {.state = 2};
    for (int round = 0; round < ROUNDS; round++) {
        struct arena arena = whole_arena();
        struct naive_truth drawn[TRUTHS_MAX], expected;
        struct day_truth truths[TRUTHS_MAX], out;
        size_t count = dice_roll(&dice, TRUTHS_MAX + 1), n = dice_roll(&dice, count + 2);
        for (size_t i = 0; i < count; i++) {
            drawn[i] = draw(&dice);
            truths[i] = intervals_of(&drawn[i], &dice, &arena);
        }
        for (size_t day = 0; day <= NAIVE_DAYS; day++) {
            size_t yes = 0, no = 0;
            for (size_t i = 0; i < count; i++) {
                yes += answer_on(&drawn[i], day) == ANSWER_YES;
                no += answer_on(&drawn[i], day) == ANSWER_NO;
            }
            enum answer unless_yes = no + n > count ? ANSWER_NO : ANSWER_UNKNOWN;
            set_answer(&expected, day, yes >= n ? ANSWER_YES : unless_yes);
        }
        assert_true(day_truth_at_least(&out, truths, count, n, &arena));
        assert_true(agree(&expected, &out));
    }
}

/* De Morgan's laws hold with unknowns too; a or not a is not always a yes. */
static void laws_hold(void **state)
{
    (void)state;
    struct dice dice = {.state = 3};
    for (int round = 0; round < ROUNDS; round++) {
        struct arena arena = whole_arena();
        struct naive_truth a = draw(&dice), b = draw(&dice);
        const struct day_truth x = intervals_of(&a, &dice, &arena), y = intervals_of(&b, &dice, &arena);
        struct day_truth not_x, not_y, both, left, right, again;
        assert_true(day_truth_not(&not_x, &x, &arena) && day_truth_not(&not_y, &y, &arena));
        assert_true(day_truth_and(&both, &x, &y, &arena) && day_truth_not(&left, &both, &arena));
        assert_true(day_truth_or(&right, &not_x, &not_y, &arena));
        assert_true(day_truth_equal(&left, &right));
        assert_true(day_truth_not(&again, &not_x, &arena) && day_truth_equal(&again, &x));
        assert_true(day_truth_or(&again, &x, &both, &arena) && day_truth_equal(&again, &x));
        assert_int_equal(day_truth_equal(&x, &y),
                         day_set_equal(x.surely, y.surely) && day_set_equal(x.possibly, y.possibly));
    }
}

/* What goes in may be what comes out. */
static void results_may_go_where_they_came_from(void **state)
{
    (void)state;
    struct arena arena = whole_arena();
    struct day_truth truth, other, expected;
    assert_true(day_truth_of_run(&truth, ANSWER_UNKNOWN, 10, 20, &arena));
    assert_true(day_truth_of_run(&other, ANSWER_YES, 15, 25, &arena));
    assert_true(day_truth_of_run(&expected, ANSWER_UNKNOWN, 15, 20, &arena));
    assert_true(day_truth_and(&truth, &truth, &other, &arena));
    assert_true(day_truth_equal(&truth, &expected));
    assert_true(day_truth_not(&truth, &truth, &arena) && day_truth_not(&truth, &truth, &arena));
    assert_true(day_truth_equal(&truth, &expected));
    assert_true(day_truth_or(&other, &truth, &other, &arena));
    assert_int_equal(day_truth_on(&other, 25), ANSWER_YES);
}

/* ---- the arena ---- */

static const struct day_interval sure[] = {{1, 2}, {5, 9}, {20, 30}};
static const struct day_interval possible[] = {{1, 3}, {5, 12}, {20, 34}};
static const struct day_interval sure_too[] = {{2, 6}, {8, 25}};
static const struct day_interval possible_too[] = {{2, 25}, {40, 50}};
static const struct day_truth one = {{3, sure}, {3, possible}};
static const struct day_truth two = {{2, sure_too}, {2, possible_too}};

static bool try_operation(int operation, struct day_truth *out, struct arena *arena)
{
    const struct day_truth truths[] = {one, two, day_truth_unknown};
    switch (operation) {
    case 0:
        return day_truth_of_run(out, ANSWER_YES, 5, 9, arena);
    case 1:
        return day_truth_of_run(out, ANSWER_UNKNOWN, 5, 9, arena);
    case 2:
        return day_truth_and(out, &one, &two, arena);
    case 3:
        return day_truth_or(out, &one, &two, arena);
    case 4:
        return day_truth_not(out, &one, arena);
    case 5:
        return day_truth_at_least(out, truths, 3, 2, arena);
    case 6:
        return day_truth_for_life(out, &two, arena);
    default:
        return day_truth_within(out, &one, two.surely, arena);
    }
}

enum { OPERATIONS = 8 };

/* Nobody is to build such a truth. Where somebody does, no look-up is to end by it, nor to be sure. */
static void a_contradiction_is_unknown(void **state)
{
    static const struct day_interval surely = {100, 300}, possibly = {200, 400};
    const struct day_truth torn = {.surely = {1, &surely}, .possibly = {1, &possibly}};
    const uint32_t days[] = {99, 100, 199, 200, 300, 301, 400, 401};
    const enum answer held[] = {ANSWER_NO,  ANSWER_UNKNOWN, ANSWER_UNKNOWN, ANSWER_YES,
                                ANSWER_YES, ANSWER_UNKNOWN, ANSWER_UNKNOWN, ANSWER_NO};
    struct arena arena = whole_arena();
    struct day_truth both, either, within;
    (void)state;
    assert_true(day_truth_and(&both, &torn, &day_truth_yes, &arena));
    assert_true(day_truth_or(&either, &day_truth_no, &torn, &arena));
    assert_true(day_truth_within(&within, &torn, day_set_all, &arena));
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        assert_int_equal(day_truth_on(&both, days[i]), held[i]);
        assert_int_equal(day_truth_on(&either, days[i]), held[i]);
        assert_int_equal(day_truth_on(&within, days[i]), held[i]);
    }
}

static void a_full_arena_gives_nothing(void **state)
{
    (void)state;
    for (int operation = 0; operation < OPERATIONS; operation++) {
        struct arena arena = whole_arena();
        struct day_truth expected;
        assert_true(try_operation(operation, &expected, &arena));
        bool done = false;
        for (size_t capacity = 0; !done; capacity++) {
            uint8_t small[1024];
            struct day_truth out = one;
            assert_true(capacity <= sizeof small);
            arena_init(&arena, small, capacity);
            done = try_operation(operation, &out, &arena);
            assert_true(day_truth_equal(&out, done ? &expected : &day_truth_no));
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_combine),
        cmocka_unit_test(answers_turn_round),
        cmocka_unit_test(answers_are_counted),
        cmocka_unit_test(runs_become_truths),
        cmocka_unit_test(runs_overlap),
        cmocka_unit_test(operations_agree_with_single_days),
        cmocka_unit_test(counting_agrees_with_single_days),
        cmocka_unit_test(laws_hold),
        cmocka_unit_test(results_may_go_where_they_came_from),
        cmocka_unit_test(a_contradiction_is_unknown),
        cmocka_unit_test(a_full_arena_gives_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
