#include "tests/support/naive_days.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct naive_days naive_days_draw(struct dice *dice)
{
    static const uint64_t longest_runs[] = {1, 2, 5, 30, 150, 1000};
    struct naive_days days = {0};
    uint64_t longest = longest_runs[dice_roll(dice, sizeof longest_runs / sizeof longest_runs[0])];
    bool on = dice_roll(dice, 2) == 0;
    for (size_t day = 0; day <= NAIVE_DAYS; on = !on) {
        for (uint64_t left = 1 + dice_roll(dice, longest); left > 0 && day <= NAIVE_DAYS; left--) {
            days.on[day++] = on;
        }
    }
    return days;
}

struct day_set naive_days_set(const struct naive_days *days, struct arena *arena)
{
    struct day_interval *intervals = arena_take(arena, (NAIVE_DAYS + 1) * sizeof *intervals);
    size_t count = 0;
    assert_non_null(intervals);
    for (uint32_t day = 0; day <= NAIVE_DAYS; day++) {
        if (days->on[day] && (day == 0 || !days->on[day - 1])) {
            intervals[count++].first = day;
        }
        if (days->on[day]) {
            intervals[count - 1].last = day == NAIVE_DAYS ? DAY_NONE : day;
        }
    }
    return (struct day_set){.count = count, .intervals = intervals};
}

/* By the intervals alone, without day_set_has. */
static bool has(struct day_set set, uint32_t day)
{
    for (size_t i = 0; i < set.count; i++) {
        if (set.intervals[i].first <= day && day <= set.intervals[i].last) {
            return true;
        }
    }
    return false;
}

bool naive_days_are(const struct naive_days *days, struct day_set set)
{
    for (size_t i = 0; i < set.count; i++) {
        bool apart = i == 0 || (set.intervals[i - 1].last != DAY_NONE &&
                                set.intervals[i - 1].last + 1 < set.intervals[i].first);
        if (!apart || set.intervals[i].first > set.intervals[i].last) {
            return false;
        }
    }
    for (uint32_t day = 0; day < NAIVE_DAYS; day++) {
        if (has(set, day) != days->on[day]) {
            return false;
        }
    }
    bool for_ever = days->on[NAIVE_DAYS];
    return has(set, NAIVE_DAYS) == for_ever && has(set, NAIVE_DAYS + 1) == for_ever &&
           has(set, DAY_MAX) == for_ever && has(set, DAY_NONE) == for_ever;
}
