#include "protocol/base/days.h"

#include <assert.h>

#include "protocol/base/limits.h"

enum {
    YEAR_MIN = 1900,
    YEAR_MAX = 9999,
    DAYS_PER_YEAR = 365,
    DAYS_PER_4_YEARS = 1461,
    DAYS_PER_CENTURY = 36524,
    DAYS_PER_ERA = 146097,     /* 400 years, after which the calendar repeats */
    DAYS_FROM_YEAR_0 = 693901, /* 0000-03-01 to 1900-01-01 */
    DAY_OF_1970 = 25567,
    SECONDS_PER_DAY = 86400,
    DATE_SIZE = DAY_TEXT_SIZE - 1,
    TIME_SIZE = TIME_TEXT_SIZE - 1
};

static bool is_leap(uint32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static uint32_t month_size(uint32_t year, uint32_t month)
{
    static const uint8_t sizes[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return sizes[month - 1] + (month == 2 && is_leap(year) ? 1U : 0U);
}

/* Years here begin on 1 March, so that a leap day is the last of its year and months before it never shift.
 */
static uint32_t day_of_valid_date(struct civil_date date)
{
    uint32_t year = date.month > 2 ? date.year : date.year - 1;
    uint32_t month = date.month > 2 ? date.month - 3 : date.month + 9;
    uint32_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    return year * DAYS_PER_YEAR + year / 4 - year / 100 + year / 400 + day_of_year - DAYS_FROM_YEAR_0;
}

bool day_from_date(uint32_t *day, struct civil_date date)
{
    if (date.year < YEAR_MIN || date.year > YEAR_MAX || date.month < 1 || date.month > 12 || date.day < 1 ||
        date.day > month_size(date.year, date.month)) {
        return false;
    }
    *day = day_of_valid_date(date);
    return true;
}

struct civil_date day_to_date(uint32_t day)
{
    assert(day <= DAY_MAX);
    uint32_t days = day + DAYS_FROM_YEAR_0;
    uint32_t era = days / DAYS_PER_ERA;
    uint32_t day_of_era = days % DAYS_PER_ERA;
    /* Take the leap days out, and every year has 365 days. */
    uint32_t leap_days =
        day_of_era / (DAYS_PER_4_YEARS - 1) - day_of_era / DAYS_PER_CENTURY + day_of_era / (DAYS_PER_ERA - 1);
    uint32_t year_of_era = (day_of_era - leap_days) / DAYS_PER_YEAR;
    uint32_t day_of_year = day_of_era - (DAYS_PER_YEAR * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint32_t month = (5 * day_of_year + 2) / 153;
    struct civil_date date = {
        .year = era * 400 + year_of_era + (month >= 10 ? 1 : 0),
        .month = month < 10 ? month + 3 : month - 9,
        .day = day_of_year - (153 * month + 2) / 5 + 1,
    };
    return date;
}

uint32_t day_add_months(uint32_t day, uint32_t months)
{
    struct civil_date date = day_to_date(day);
    uint64_t month = (uint64_t)date.year * 12 + date.month - 1 + months;
    if (month / 12 > YEAR_MAX) {
        return DAY_MAX;
    }
    date.year = (uint32_t)(month / 12);
    date.month = (uint32_t)(month % 12) + 1;
    uint32_t last = month_size(date.year, date.month);
    date.day = date.day < last ? date.day : last;
    return day_of_valid_date(date);
}

/* Read count decimal digits. Returns: false on any other character. */
static bool digits_from_text(uint32_t *number, const uint8_t *text, size_t count)
{
    *number = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        *number = *number * 10 + (uint32_t)(text[i] - '0');
    }
    return true;
}

static void digits_to_text(char *text, uint32_t number, size_t count)
{
    for (size_t i = count; i > 0; i--) {
        text[i - 1] = (char)('0' + number % 10);
        number /= 10;
    }
}

bool day_from_text(uint32_t *day, struct bytes text)
{
    struct civil_date date;
    return text.size == DATE_SIZE && text.data[4] == '-' && text.data[7] == '-' &&
           digits_from_text(&date.year, text.data, 4) && digits_from_text(&date.month, text.data + 5, 2) &&
           digits_from_text(&date.day, text.data + 8, 2) && day_from_date(day, date);
}

void day_to_text(char text[DAY_TEXT_SIZE], uint32_t day)
{
    struct civil_date date = day_to_date(day);
    digits_to_text(text, date.year, 4);
    text[4] = '-';
    digits_to_text(text + 5, date.month, 2);
    text[7] = '-';
    digits_to_text(text + 8, date.day, 2);
    text[DATE_SIZE] = '\0';
}

uint32_t day_of_time(uint64_t time_s)
{
    return time_s > TIME_S_MAX ? DAY_MAX : (uint32_t)(time_s / SECONDS_PER_DAY) + DAY_OF_1970;
}

uint32_t day_begun_by(uint64_t time_s)
{
    enum { FURTHEST_AHEAD_S = 14 * 3600 };
    return day_of_time(time_s > TIME_S_MAX ? time_s : time_s + FURTHEST_AHEAD_S);
}

uint64_t time_of_day(uint32_t day)
{
    uint32_t in_range = day < DAY_MAX ? day : DAY_MAX;
    return in_range < DAY_OF_1970 ? 0 : (uint64_t)(in_range - DAY_OF_1970) * SECONDS_PER_DAY;
}

/* Read "T14:05:09Z" as seconds since midnight. A leap second (":60") is no time here. */
static bool seconds_from_text(uint32_t *seconds, const uint8_t *text)
{
    uint32_t hour;
    uint32_t minute;
    uint32_t second;
    if (text[0] != 'T' || text[3] != ':' || text[6] != ':' || text[9] != 'Z' ||
        !digits_from_text(&hour, text + 1, 2) || !digits_from_text(&minute, text + 4, 2) ||
        !digits_from_text(&second, text + 7, 2) || hour > 23 || minute > 59 || second > 59) {
        return false;
    }
    *seconds = hour * 3600 + minute * 60 + second;
    return true;
}

bool time_from_text(uint64_t *time_s, struct bytes text)
{
    uint32_t day;
    uint32_t seconds = SECONDS_PER_DAY - 1;
    if (text.size != DATE_SIZE && text.size != TIME_SIZE) {
        return false;
    }
    if (!day_from_text(&day, bytes_of(text.data, DATE_SIZE)) || day < DAY_OF_1970) {
        return false;
    }
    if (text.size == TIME_SIZE && !seconds_from_text(&seconds, text.data + DATE_SIZE)) {
        return false;
    }
    *time_s = time_of_day(day) + seconds;
    return true;
}

void time_to_text(char text[TIME_TEXT_SIZE], uint64_t time_s)
{
    assert(time_s <= TIME_S_MAX);
    uint32_t seconds = (uint32_t)(time_s % SECONDS_PER_DAY);
    day_to_text(text, day_of_time(time_s));
    text[10] = 'T';
    digits_to_text(text + 11, seconds / 3600, 2);
    text[13] = ':';
    digits_to_text(text + 14, seconds / 60 % 60, 2);
    text[16] = ':';
    digits_to_text(text + 17, seconds % 60, 2);
    text[19] = 'Z';
    text[TIME_SIZE] = '\0';
}
