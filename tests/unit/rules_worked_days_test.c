#include "protocol/rules/worked_days.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "protocol/rules/covered_days.h"
#include "tests/support/naive_days.h"

enum { ROUNDS = 20000, STATEMENTS_MAX = 12, MEMORY_SIZE = 1 << 20 };

static uint8_t memory[MEMORY_SIZE];

static struct arena whole_arena(void)
{
    struct arena arena;
    arena_init(&arena, memory, sizeof memory);
    return arena;
}

static uint32_t day_of(const char *text)
{
    uint32_t day = 0;
    assert_true(day_from_text(&day, bytes_of_string(text)));
    return day;
}

/* ---- reached on a day, by the calendar ---- */

struct job {
    const char *first, *last;
    const char *revoked;  /* NULL: it stands always */
    const char *restored; /* NULL: it does not stand again */
};

enum { JOBS_MAX = 4, TWO_YEARS = 2 * EXPERIENCE_YEAR_DAYS };

#define WORKED(first, last)                                                                                  \
    {                                                                                                        \
        first, last, NULL, NULL                                                                              \
    }
#define REVOKED(first, last, revoked)                                                                        \
    {                                                                                                        \
        first, last, revoked, NULL                                                                           \
    }
#define RESTORED(first, last, revoked, restored)                                                             \
    {                                                                                                        \
        first, last, revoked, restored                                                                       \
    }

static const struct {
    const char *why;
    uint32_t wanted;
    struct job jobs[JOBS_MAX];
    const char *since;        /* NULL: never */
    const char *until;        /* its last day; NULL: for ever */
    const char *since_second; /* of a second run; NULL: there is none */
} rows[] = {
    {"nothing wanted is had from the first day of the calendar", 0, {{0}}, "1900-01-01", NULL, NULL},
    {"without a job nothing is reached", 1, {{0}}, NULL, NULL, NULL},
    {"one day is reached on that day", 1, {WORKED("2020-03-01", "2020-03-01")}, "2020-03-01", NULL, NULL},
    {"a day is missing", 2, {WORKED("2020-03-01", "2020-03-01")}, NULL, NULL, NULL},
    {"two years are reached on the day before the second anniversary",
     TWO_YEARS,
     {WORKED("2021-01-01", "2023-06-30")},
     "2022-12-31",
     NULL,
     NULL},
    {"a leap day is a day worked: one day earlier",
     TWO_YEARS,
     {WORKED("2020-01-01", "2023-06-30")},
     "2021-12-30",
     NULL,
     NULL},
    {"two years to the day", TWO_YEARS, {WORKED("2021-01-01", "2022-12-31")}, "2022-12-31", NULL, NULL},
    {"two years but a day", TWO_YEARS, {WORKED("2021-01-01", "2022-12-30")}, NULL, NULL, NULL},
    {"two jobs one after the other, the later one named first",
     TWO_YEARS,
     {WORKED("2022-01-01", "2022-12-31"), WORKED("2021-01-01", "2021-12-31")},
     "2022-12-31",
     NULL,
     NULL},
    {"time between jobs does not count",
     TWO_YEARS,
     {WORKED("2010-01-01", "2010-12-31"), WORKED("2021-01-01", "2021-12-31")},
     "2021-12-31",
     NULL,
     NULL},
    {"two jobs at once count once",
     TWO_YEARS,
     {WORKED("2021-01-01", "2021-12-31"), WORKED("2021-01-01", "2021-12-31")},
     NULL,
     NULL,
     NULL},
    {"two jobs that overlap by a day miss a day",
     TWO_YEARS,
     {WORKED("2021-01-01", "2021-12-31"), WORKED("2021-12-31", "2022-12-30")},
     NULL,
     NULL,
     NULL},
    {"and have it a day later",
     TWO_YEARS,
     {WORKED("2021-01-01", "2021-12-31"), WORKED("2021-12-31", "2022-12-31")},
     "2022-12-31",
     NULL,
     NULL},
    {"a short job within a long one adds nothing",
     TWO_YEARS,
     {WORKED("2021-01-01", "2022-12-30"), WORKED("2021-03-01", "2021-04-01")},
     NULL,
     NULL,
     NULL},
    {"a revoked statement counts on the days before",
     365,
     {REVOKED("2021-01-01", "2021-12-31", "2024-05-01")},
     "2021-12-31",
     "2024-04-30",
     NULL},
    {"revoked on the day that it would be reached: never",
     365,
     {REVOKED("2021-01-01", "2021-12-31", "2021-12-31")},
     NULL,
     NULL,
     NULL},
    {"revoked on the day after: one day long",
     365,
     {REVOKED("2021-01-01", "2021-12-31", "2022-01-01")},
     "2021-12-31",
     "2021-12-31",
     NULL},
    {"restored, it counts again from that day",
     365,
     {RESTORED("2021-01-01", "2021-12-31", "2024-05-01", "2024-06-01")},
     "2021-12-31",
     "2024-04-30",
     "2024-06-01"},
    {"revoked before it is reached and restored after: from the day it is restored",
     365,
     {RESTORED("2021-01-01", "2021-12-31", "2021-06-01", "2022-02-01")},
     "2022-02-01",
     NULL,
     NULL},
    {"another shop documents the same time: nothing is lost",
     365,
     {REVOKED("2021-01-01", "2021-12-31", "2024-05-01"), WORKED("2021-01-01", "2021-12-31")},
     "2021-12-31",
     NULL,
     NULL},
    {"another shop documents all but a day of it",
     365,
     {REVOKED("2021-01-01", "2021-12-31", "2024-05-01"), WORKED("2021-01-01", "2021-12-30")},
     "2021-12-31",
     "2024-04-30",
     NULL},
    {"two revoked at different times: until the one that is needed goes",
     365,
     {REVOKED("2021-01-01", "2021-12-31", "2024-05-01"), REVOKED("2020-01-01", "2022-06-30", "2023-05-01")},
     "2020-12-30",
     "2024-04-30",
     NULL},
    {"one takes the place of another that is revoked on its day",
     100,
     {REVOKED("2021-01-01", "2021-12-31", "2022-05-01"), WORKED("2022-05-01", "2023-12-31")},
     "2021-04-10",
     "2022-04-30",
     "2022-08-08"},
    {"the calendar's last day can be worked",
     2,
     {WORKED("9999-12-30", "9999-12-31")},
     "9999-12-31",
     NULL,
     NULL},
    {"and its first", 1, {WORKED("1900-01-01", "1900-01-01")}, "1900-01-01", NULL, NULL},
    {"all of the calendar but one day is not all of it",
     DAY_MAX + 1,
     {WORKED("1900-01-01", "9999-12-30")},
     NULL,
     NULL,
     NULL},
    {"all of the calendar is reached at its end",
     DAY_MAX + 1,
     {WORKED("1900-01-01", "9999-12-31")},
     "9999-12-31",
     NULL,
     NULL},
    {"more than there are days",
     UINT32_MAX,
     {WORKED("1900-01-01", "9999-12-31"), WORKED("1900-01-01", "9999-12-31")},
     NULL,
     NULL,
     NULL},
};

static struct work_statement statement_of(const struct job *job, struct arena *arena)
{
    struct work_statement statement = {
        .first = day_of(job->first), .last = day_of(job->last), .stands = day_set_all};
    struct day_interval intervals[2] = {{0, DAY_NONE}, {DAY_NONE, 0}};
    if (job->revoked != NULL) {
        intervals[0].last = day_of(job->revoked) - 1;
    }
    if (job->restored != NULL) {
        intervals[1] = (struct day_interval){.first = day_of(job->restored), .last = DAY_NONE};
    }
    assert_true(day_set_of_intervals(&statement.stands, intervals, 2, arena));
    return statement;
}

static struct day_set expected_days(size_t row, struct arena *arena)
{
    struct day_interval intervals[2] = {{DAY_NONE, 0}, {DAY_NONE, 0}};
    struct day_set out;
    if (rows[row].since != NULL) {
        intervals[0].first = day_of(rows[row].since);
        intervals[0].last = rows[row].until != NULL ? day_of(rows[row].until) : DAY_NONE;
    }
    if (rows[row].since_second != NULL) {
        intervals[1] = (struct day_interval){.first = day_of(rows[row].since_second), .last = DAY_NONE};
    }
    assert_true(day_set_of_intervals(&out, intervals, 2, arena));
    return out;
}

static void experience_is_reached(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena arena = whole_arena();
        struct work_statement statements[JOBS_MAX];
        struct day_set out;
        size_t count = 0;
        while (count < JOBS_MAX && rows[i].jobs[count].first != NULL) {
            statements[count] = statement_of(&rows[i].jobs[count], &arena);
            count++;
        }
        assert_true(worked_days_reach(&out, statements, count, rows[i].wanted, &arena));
        if (!day_set_equal(out, expected_days(i, &arena))) {
            fail_msg("%s: %zu runs, from %u to %u", rows[i].why, out.count,
                     out.count > 0 ? out.intervals[0].first : 0, out.count > 0 ? out.intervals[0].last : 0);
        }
    }
}

/* ---- how many by a day ---- */

static const struct {
    const char *why;
    uint32_t day;
    uint32_t worked;
} sums[] = {
    /* days 10 to 19, 15 to 24 (revoked from 100 on), 40 */
    {"the day before the first", 9, 0},
    {"the first day", 10, 1},
    {"the last day of one alone", 14, 5},
    {"both at once", 15, 6},
    {"the day after the first ends", 20, 11},
    {"the last day of the second", 24, 15},
    {"between jobs", 39, 15},
    {"a job of one day", 40, 16},
    {"the day before one is revoked", 99, 16},
    {"the day it is revoked", 100, 11},
    {"the end of the calendar", DAY_MAX, 11},
    {"without end", DAY_NONE, 11},
};

static void days_are_summed(void **state)
{
    (void)state;
    static const struct day_interval until_revoked[] = {{0, 99}};
    const struct work_statement statements[] = {
        {15, 24, {1, until_revoked}}, {40, 40, day_set_all}, {10, 19, day_set_all}, {50, 60, DAY_SET_NONE}};
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        struct arena arena = whole_arena();
        uint32_t worked = worked_days_by(statements, 4, sums[i].day, &arena);
        if (worked != sums[i].worked) {
            fail_msg("%s: %u", sums[i].why, worked);
        }
        assert_int_equal(arena.used, 0);
    }
}

/* ---- against single days ---- */

struct naive_work {
    uint32_t first, last;
    struct naive_days stands;
};

static void draw_work(struct naive_work *work, bool always, struct dice *dice)
{
    static const uint64_t longest[] = {1, 5, 40, NAIVE_DAYS};
    work->first = (uint32_t)dice_roll(dice, NAIVE_DAYS);
    work->last = work->first + (uint32_t)dice_roll(dice, longest[dice_roll(dice, 4)]);
    work->last = work->last < NAIVE_DAYS ? work->last : NAIVE_DAYS - 1;
    work->stands = naive_days_draw(dice);
    if (always || dice_roll(dice, 3) == 0) {
        bool stands = dice_roll(dice, 8) != 0;
        for (size_t day = 0; day <= NAIVE_DAYS; day++) {
            work->stands.on[day] = stands;
        }
    }
}

static uint32_t naive_by(const struct naive_work *works, size_t count, uint32_t on_day)
{
    uint32_t worked = 0;
    for (uint32_t day = 0; day <= on_day; day++) {
        bool documented = false;
        for (size_t i = 0; i < count; i++) {
            documented =
                documented || (works[i].first <= day && day <= works[i].last && works[i].stands.on[on_day]);
        }
        worked += documented;
    }
    return worked;
}

static void work_agrees_with_single_days(void **state)
{
    (void)state;
    struct dice dice = {.state = 1};
    for (int round = 0; round < ROUNDS / 10; round++) {
        struct arena arena = whole_arena();
        struct naive_work works[STATEMENTS_MAX];
        struct work_statement statements[STATEMENTS_MAX];
        uint32_t by[NAIVE_DAYS + 1];
        size_t count = dice_roll(&dice, STATEMENTS_MAX + 1);
        bool always = dice_roll(&dice, 3) == 0;
        for (size_t i = 0; i < count; i++) {
            draw_work(&works[i], always, &dice);
            statements[i] = (struct work_statement){.first = works[i].first,
                                                    .last = works[i].last,
                                                    .stands = naive_days_set(&works[i].stands, &arena)};
        }
        for (uint32_t day = 0; day <= NAIVE_DAYS; day++) {
            by[day] = naive_by(works, count, day);
            assert_int_equal(worked_days_by(statements, count, day, &arena), by[day]);
        }
        for (int try = 0; try < 10; try++) {
            uint32_t wanted = (uint32_t)dice_roll(&dice, 1 + dice_roll(&dice, NAIVE_DAYS));
            struct naive_days expected;
            struct day_set out;
            for (size_t day = 0; day <= NAIVE_DAYS; day++) {
                expected.on[day] = by[day] >= wanted;
            }
            size_t before = arena.used;
            assert_true(worked_days_reach(&out, statements, count, wanted, &arena));
            assert_true(naive_days_are(&expected, out));
            assert_true(arena.used <= before + (out.count + 1) * sizeof(struct day_interval));
        }
    }
}

static void covered_days_agree_with_single_days(void **state)
{
    (void)state;
    enum { BOUNDS_MAX = 40, STEPS = 60 };
    struct dice dice = {.state = 2};
    for (int round = 0; round < ROUNDS / 100; round++) {
        struct arena arena = whole_arena();
        uint32_t bounds[BOUNDS_MAX], from[STEPS], to[STEPS], covers[BOUNDS_MAX * 4] = {0};
        size_t bound_count = 2 + dice_roll(&dice, BOUNDS_MAX - 1), held = 0;
        for (size_t i = 0; i < bound_count; i++) {
            bounds[i] = (i == 0 ? 0 : bounds[i - 1] + 1) + (uint32_t)dice_roll(&dice, 3);
        }
        struct covered_days *days = covered_days_begin(bounds, bound_count, &arena);
        assert_non_null(days);
        for (int step = 0; step < STEPS; step++) {
            bool add = held == 0 || dice_roll(&dice, 2) == 0;
            if (add) {
                size_t first = dice_roll(&dice, bound_count - 1);
                from[held] = bounds[first];
                to[held++] = bounds[first + 1 + dice_roll(&dice, bound_count - 1 - first)];
                covered_days_add(days, from[held - 1], to[held - 1]);
            }
            size_t changed = add ? held - 1 : dice_roll(&dice, held);
            for (uint32_t day = from[changed]; day < to[changed]; day++) {
                covers[day] += add ? 1 : UINT32_MAX;
            }
            if (!add) {
                covered_days_remove(days, from[changed], to[changed]);
                held--;
                from[changed] = from[held];
                to[changed] = to[held];
            }
            uint32_t n = 0;
            for (uint32_t day = 0; day < BOUNDS_MAX * 4; day++) {
                if (covers[day] > 0) {
                    assert_int_equal(covered_days_nth(days, ++n), day);
                }
            }
            assert_int_equal(covered_days_nth(days, n + 1), DAY_NONE);
        }
    }
}

/* As many statements as a hostile dossier may hold, each of which comes and goes: still in one breath. */
static void many_changes_are_bearable(void **state)
{
    (void)state;
    enum { STATEMENTS = 4096 };
    static struct work_statement statements[STATEMENTS];
    static struct day_interval stands[STATEMENTS];
    static uint8_t large[8 << 20];
    struct arena arena;
    struct day_set out;
    arena_init(&arena, large, sizeof large);
    for (uint32_t i = 0; i < STATEMENTS; i++) {
        stands[i] = (struct day_interval){.first = 20000 + i, .last = 20000 + 2 * i};
        statements[i] = (struct work_statement){
            .first = 2 * (STATEMENTS - i), .last = 2 * (STATEMENTS - i), .stands = {1, &stands[i]}};
    }
    /* On day 20000 + d those from d / 2 to d stand, as far as there are any. */
    assert_true(worked_days_reach(&out, statements, STATEMENTS, STATEMENTS / 2, &arena));
    assert_int_equal(out.count, 1);
    assert_int_equal(out.intervals[0].first, 20000 + STATEMENTS - 2);
    assert_int_equal(out.intervals[0].last, 20000 + STATEMENTS);
}

/* ---- the arena ---- */

static void a_full_arena_gives_nothing(void **state)
{
    (void)state;
    static const struct day_interval passing[] = {{0, 50}, {60, 70}};
    const struct work_statement changing[] = {{10, 19, {2, passing}}, {15, 24, day_set_all}};
    const struct work_statement lasting[] = {{15, 24, day_set_all}, {10, 19, day_set_all}};
    static const struct day_interval while_changing[] = {{21, 50}, {60, 70}};
    static const struct day_interval when_lasting[] = {{21, DAY_NONE}};
    for (int kind = 0; kind < 2; kind++) {
        const struct work_statement *statements = kind == 0 ? changing : lasting;
        struct day_set expected =
            kind == 0 ? (struct day_set){2, while_changing} : (struct day_set){1, when_lasting};
        bool reached = false, counted = false;
        for (size_t capacity = 0; !reached || !counted; capacity++) {
            uint8_t small[2048];
            struct arena arena;
            struct day_set out = day_set_all;
            assert_true(capacity <= sizeof small);
            arena_init(&arena, small, capacity);
            reached = worked_days_reach(&out, statements, 2, 12, &arena);
            assert_true(day_set_equal(out, reached ? expected : DAY_SET_NONE));
            arena_init(&arena, small, capacity);
            uint32_t worked = worked_days_by(statements, 2, 24, &arena);
            counted = worked != UINT32_MAX;
            assert_int_equal(worked, counted ? 15 : UINT32_MAX);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(experience_is_reached),        cmocka_unit_test(days_are_summed),
        cmocka_unit_test(work_agrees_with_single_days), cmocka_unit_test(covered_days_agree_with_single_days),
        cmocka_unit_test(many_changes_are_bearable),    cmocka_unit_test(a_full_arena_gives_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
