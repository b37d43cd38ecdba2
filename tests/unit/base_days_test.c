#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "protocol/base/days.h"
#include "protocol/base/limits.h"

/* The calendar told day by day, for comparison: what follows date. */
static struct civil_date day_after(struct civil_date date)
{
    static const uint32_t sizes[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = date.year % 400 == 0 || (date.year % 4 == 0 && date.year % 100 != 0);
    uint32_t size = date.month == 2 && is_leap ? 29 : sizes[date.month];
    if (date.day < size) {
        return (struct civil_date){date.year, date.month, date.day + 1};
    }
    if (date.month < 12) {
        return (struct civil_date){date.year, date.month + 1, 1};
    }
    return (struct civil_date){date.year + 1, 1, 1};
}

static bool date_is(struct civil_date a, struct civil_date b)
{
    return a.year == b.year && a.month == b.month && a.day == b.day;
}

static void every_day_agrees_with_the_calendar(void **state)
{
    (void)state;
    struct civil_date date = {1900, 1, 1};
    for (uint32_t expected = 0; expected <= DAY_MAX; expected++) {
        uint32_t day = DAY_NONE;
        if (!day_from_date(&day, date) || day != expected || !date_is(day_to_date(expected), date)) {
            fail_msg("%u-%u-%u is not day %u", date.year, date.month, date.day, expected);
        }
        date = day_after(date);
    }
    assert_int_equal(date.year, 10000);
}

static void every_day_reads_as_it_is_written(void **state)
{
    (void)state;
    for (uint32_t day = 0; day <= DAY_MAX; day++) {
        char text[DAY_TEXT_SIZE];
        uint32_t read = DAY_NONE;
        day_to_text(text, day);
        if (!day_from_text(&read, bytes_of_string(text)) || read != day) {
            fail_msg("day %u reads as %u from %s", day, read, text);
        }
    }
}

static void dates_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    static const struct {
        struct civil_date date;
        bool exists;
        const char *why;
    } rows[] = {
        {{1900, 1, 1}, true, "the first day"},
        {{1899, 12, 31}, false, "the day before it"},
        {{9999, 12, 31}, true, "the last day"},
        {{10000, 1, 1}, false, "the day after it"},
        {{1900, 2, 29}, false, "1900 is divisible by 100 and not by 400"},
        {{2000, 2, 29}, true, "2000 is divisible by 400"},
        {{2100, 2, 29}, false, "2100 is divisible by 100 and not by 400"},
        {{2024, 2, 29}, true, "2024 is divisible by 4"},
        {{2023, 2, 29}, false, "2023 is not divisible by 4"},
        {{2024, 2, 30}, false, "no February has 30 days"},
        {{2024, 4, 31}, false, "April has 30 days"},
        {{2024, 12, 31}, true, "December has 31 days"},
        {{2024, 12, 32}, false, "no month has 32 days"},
        {{2024, 0, 1}, false, "months begin with 1"},
        {{2024, 13, 1}, false, "there are 12 months"},
        {{2024, 1, 0}, false, "days begin with 1"},
        {{UINT32_MAX, UINT32_MAX, UINT32_MAX}, false, "numbers out of all bounds"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t day = DAY_NONE;
        if (day_from_date(&day, rows[i].date) != rows[i].exists || (day != DAY_NONE) != rows[i].exists) {
            fail_msg("%s", rows[i].why);
        }
    }
}

static void anniversaries(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        uint32_t months;
        const char *expected;
        const char *why;
    } rows[] = {
        {"2024-06-30", 0, "2024-06-30", "nothing added"},
        {"2024-06-30", 60, "2029-06-30", "five years"},
        {"2024-02-29", 12, "2025-02-28", "no 29 February a year later"},
        {"2024-02-29", 48, "2028-02-29", "four years later there is one"},
        {"2096-02-29", 48, "2100-02-28", "2100 is no leap year"},
        {"2025-02-28", 36, "2028-02-28", "the last of a month does not stick to the last"},
        {"2024-01-31", 1, "2024-02-29", "the last day of a leap February"},
        {"2023-01-31", 1, "2023-02-28", "the last day of a February"},
        {"2024-03-31", 1, "2024-04-30", "31 of March to April"},
        {"2024-12-31", 2, "2025-02-28", "over the turn of the year"},
        {"2024-12-15", 1, "2025-01-15", "December to January"},
        {"2024-11-30", 1, "2024-12-30", "November to December"},
        {"1900-01-01", 97199, "9999-12-01", "all months there are"},
        {"1900-01-01", 97200, "9999-12-31", "one more ends on the last day"},
        {"9999-12-31", 0, "9999-12-31", "the last day itself"},
        {"9999-12-31", 1, "9999-12-31", "nothing follows it"},
        {"1900-01-01", UINT32_MAX, "9999-12-31", "no number of months overflows"},
        {"9999-12-31", UINT32_MAX, "9999-12-31", "nor at the end"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t from;
        char text[DAY_TEXT_SIZE];
        assert_true(day_from_text(&from, bytes_of_string(rows[i].from)));
        day_to_text(text, day_add_months(from, rows[i].months));
        if (strcmp(text, rows[i].expected) != 0) {
            fail_msg("%s: got %s", rows[i].why, text);
        }
    }
}

static void only_whole_dates_are_read(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "",           "2029-06-3",   "2029-06-300", "2029-6-30",   "2029/06/30",          "2029-06/30",
        "2029x06-30", " 029-06-30",  "+029-06-30",  "2029-+6-30",  "2029-06-3 ",          "2029-06-30 ",
        "-029-06-30", "20290630",    "2029-02-29",  "2029-00-10",  "2029-10-00",          "0000-01-01",
        "1899-12-31", "2029-06-30T", "30-06-2029",  "2029-06-3\n", "\357\273\2772029-06",
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        uint32_t day;
        if (day_from_text(&day, bytes_of_string(refused[i]))) {
            fail_msg("\"%s\" is no date", refused[i]);
        }
    }
    uint32_t day;
    assert_false(day_from_text(&day, bytes_of(NULL, 0)));
    assert_false(day_from_text(&day, bytes_of("2029-06-3\0", 10)));
}

static void times_are_read_and_written(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_read;
        uint64_t time_s;
        const char *why;
    } rows[] = {
        {"1970-01-01T00:00:00Z", true, 0, "the first second"},
        {"1970-01-02T00:00:01Z", true, 86401, "a day and a second"},
        {"2001-09-09T01:46:40Z", true, 1000000000, "a well-known one"},
        {"2038-01-19T03:14:08Z", true, UINT64_C(2147483648), "beyond 31 bits"},
        {"9999-12-31T23:59:59Z", true, TIME_S_MAX, "the last second"},
        {"9999-12-31", true, TIME_S_MAX, "the last day ends with it"},
        {"1970-01-01", true, 86399, "a date is its last second"},
        {"1969-12-31", false, 0, "before 1970"},
        {"1969-12-31T23:59:59Z", false, 0, "the second before 1970"},
        {"2029-06-30T24:00:00Z", false, 0, "no hour 24"},
        {"2029-06-30T14:60:00Z", false, 0, "no minute 60"},
        {"2016-12-31T23:59:60Z", false, 0, "leap seconds are none of ours"},
        {"2029-06-30T14:05:09", false, 0, "no zone"},
        {"2029-06-30T14:05:09z", false, 0, "a small z"},
        {"2029-06-30t14:05:09Z", false, 0, "a small t"},
        {"2029-06-30 14:05:09Z", false, 0, "a blank for the T"},
        {"2029-06-30T14:05Z", false, 0, "no seconds"},
        {"2029-06-30T14.05.09Z", false, 0, "dots"},
        {"2029-06-30T14:05:0xZ", false, 0, "no digit"},
        {"2029-06-30T14:05:09+0", false, 0, "another zone"},
        {"2029-02-30T14:05:09Z", false, 0, "no such day"},
        {"", false, 0, "nothing"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t time_s = 0;
        char text[TIME_TEXT_SIZE];
        if (time_from_text(&time_s, bytes_of_string(rows[i].text)) != rows[i].is_read ||
            time_s != rows[i].time_s) {
            fail_msg("%s: read %llu", rows[i].why, (unsigned long long)time_s);
        }
        if (!rows[i].is_read || strlen(rows[i].text) == DAY_TEXT_SIZE - 1) {
            continue;
        }
        time_to_text(text, time_s);
        assert_string_equal(text, rows[i].text);
    }
}

static void days_and_times_agree(void **state)
{
    (void)state;
    uint32_t day_of_1970;
    assert_true(day_from_date(&day_of_1970, (struct civil_date){1970, 1, 1}));
    for (uint32_t day = day_of_1970; day <= DAY_MAX; day++) {
        uint64_t midnight_s = time_of_day(day);
        if (midnight_s % 86400 != 0 || day_of_time(midnight_s) != day ||
            day_of_time(midnight_s + 86399) != day) {
            fail_msg("day %u", day);
        }
    }
    assert_int_equal(time_of_day(day_of_1970), 0);
    assert_int_equal(time_of_day(day_of_1970 - 1), 0);
    assert_int_equal(time_of_day(0), 0);
    assert_int_equal(time_of_day(DAY_NONE), time_of_day(DAY_MAX));
    assert_int_equal(day_of_time(TIME_S_MAX), DAY_MAX);
    assert_int_equal(day_of_time(TIME_S_MAX + 1), DAY_MAX);
    assert_int_equal(day_of_time(UINT64_MAX), DAY_MAX);
    assert_int_equal(day_begun_by(UINT64_MAX), DAY_MAX);
    assert_int_equal(day_begun_by(10 * 3600 - 1), day_of_time(0));
    assert_int_equal(day_begun_by(10 * 3600), day_of_time(0) + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_agrees_with_the_calendar),
        cmocka_unit_test(every_day_reads_as_it_is_written),
        cmocka_unit_test(dates_that_do_not_exist_are_refused),
        cmocka_unit_test(anniversaries),
        cmocka_unit_test(only_whole_dates_are_read),
        cmocka_unit_test(times_are_read_and_written),
        cmocka_unit_test(days_and_times_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
