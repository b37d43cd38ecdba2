#include "protocol/rules/lateness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { DEADLINE = 40000, DAYS = 90, LAST = DEADLINE + DAYS, NEVER = 0 };

static uint64_t morning_of(uint32_t day)
{
    return day == NEVER ? 0 : time_of_day(day);
}

static uint64_t evening_of(uint32_t day)
{
    return day == NEVER ? 0 : time_of_day(day) + 86399;
}

static const struct {
    const char *why;
    uint32_t arrived, above, below;
    enum lateness wanted;
} rows[] = {
    {"it came on the last day", LAST, NEVER, NEVER, LATE_NO},
    {"it came the day after, and its author says nothing", LAST + 1, NEVER, NEVER, LATE_NOT_KNOWN},
    {"to a fresh node it came years later", LAST + 2000, NEVER, NEVER, LATE_NOT_KNOWN},
    {"its author's log stood below it the day after the last one", LAST + 2000, NEVER, LAST + 1, LATE_YES},
    {"its author's log stood below it on the last day", LAST + 2000, NEVER, LAST, LATE_NOT_KNOWN},
    {"its author's log stood below it before the deadline", LAST + 2000, NEVER, DEADLINE - 1, LATE_NOT_KNOWN},
    {"it was here in time, whatever its author says later", LAST, NEVER, LAST + 500, LATE_NO},
    {"it was here before the deadline", DEADLINE - 10, NEVER, LAST + 500, LATE_NO},
    {"a statement above it came on the last day", LAST + 2000, LAST, NEVER, LATE_NO},
    {"one did, whatever its author says later", LAST + 2000, LAST, LAST + 500, LATE_NO},
    {"one came the day after", LAST + 2000, LAST + 1, NEVER, LATE_NOT_KNOWN},
    {"one did, and its author's log stood below it that day", LAST + 2000, LAST + 1, LAST + 1, LATE_YES},
    {"it was here in time, before any statement above it", LAST, LAST + 9, LAST + 500, LATE_NO},
};

static void late_is_what_is_shown_to_be(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct dossier_place place = {.arrived_s = evening_of(rows[i].arrived),
                                            .above_s = evening_of(rows[i].above),
                                            .below_s = morning_of(rows[i].below)};
        enum lateness found = lateness_of(&place, DEADLINE, DAYS);
        if (found != rows[i].wanted) {
            fail_msg("%s: %d, not %d", rows[i].why, (int)found, (int)rows[i].wanted);
        }
    }
}

/* Of a day it is the evening that still counts, also of the day of the statement. */
static void the_evening_belongs_to_the_day(void **state)
{
    (void)state;
    const struct dossier_place on_the_last = {.arrived_s = evening_of(LAST + 9), .below_s = evening_of(LAST)};
    assert_int_equal(lateness_of(&on_the_last, DEADLINE, DAYS), LATE_NOT_KNOWN);
}

static void lateness_ends_where_it_is_no_longer_shown(void **state)
{
    (void)state;
    static const uint32_t days[] = {NEVER, 30, DAYS, DAYS + 1, DEADLINE, LAST, LAST + 1, LAST + 2000};
    enum { COUNT = sizeof days / sizeof days[0] };
    for (size_t i = 0; i < (size_t)COUNT * COUNT * COUNT; i++) {
        const struct dossier_place place = {.arrived_s = morning_of(days[i / COUNT / COUNT]),
                                            .above_s = morning_of(days[i / COUNT % COUNT]),
                                            .below_s = morning_of(days[i % COUNT])};
        uint32_t ends = lateness_ends(&place, DAYS);
        assert_int_not_equal(lateness_of(&place, ends, DAYS), LATE_YES);
        assert_true(ends == 0 || lateness_of(&place, ends - 1, DAYS) == LATE_YES);
        assert_true(ends == 0 || lateness_of(&place, 0, DAYS) == LATE_YES);
    }
}

static void the_last_days_there_are_do_not_overflow(void **state)
{
    (void)state;
    const struct dossier_place place = {.arrived_s = UINT64_MAX, .below_s = UINT64_MAX};
    assert_int_not_equal(lateness_of(&place, UINT32_MAX, UINT32_MAX), LATE_YES);
    assert_int_equal(lateness_ends(&place, 0), DAY_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(late_is_what_is_shown_to_be),
        cmocka_unit_test(the_evening_belongs_to_the_day),
        cmocka_unit_test(lateness_ends_where_it_is_no_longer_shown),
        cmocka_unit_test(the_last_days_there_are_do_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
