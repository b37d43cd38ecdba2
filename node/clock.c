#include "node/clock.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "protocol/base/days.h"
#include "protocol/base/limits.h"

#define NOW_VARIABLE "TRADEPROOF_NOW"
#define SPEED_VARIABLE "TRADEPROOF_TEST_SPEED"

/* How the wall clock of a test goes; the process's, like the environment that it comes from. */
static struct {
    bool set, stands;
    uint64_t start_s;  /* shown at start_ms */
    uint64_t start_ms; /* monotonic */
    uint64_t speed;
} test_clock = {.speed = 1};

uint64_t clock_monotonic_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t clock_monotonic_ms(void)
{
    return clock_monotonic_ns() / 1000000;
}

static uint64_t machine_wall_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec > 0 ? (uint64_t)now.tv_sec : 0;
}

/* ---- the clock of tests ---- */

/* Digits only, no more than max. */
static bool read_number(uint64_t *number, const char *text, uint64_t max)
{
    uint64_t read = 0;

    if (*text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') {
            return false;
        }
        read = read * 10 + (uint64_t)(*text - '0');
        if (read > max) {
            return false;
        }
    }
    *number = read;
    return true;
}

enum clock_result clock_configure(const struct network *network, bool runs_on)
{
    const char *now = getenv(NOW_VARIABLE), *speed = getenv(SPEED_VARIABLE);
    uint64_t start_s = machine_wall_s(), times = 1;

    test_clock.set = test_clock.stands = false;
    test_clock.speed = 1;
    if (now == NULL && speed == NULL) {
        return CLOCK_OK;
    }
    if (strcmp(network->tag, "main") == 0) {
        return CLOCK_REFUSED_ON_MAIN;
    }
    if (now != NULL && !read_number(&start_s, now, TIME_S_MAX)) {
        return CLOCK_BAD_NOW;
    }
    if (speed != NULL && (!read_number(&times, speed, CLOCK_SPEED_MAX) || times == 0)) {
        return CLOCK_BAD_SPEED;
    }
    test_clock.set = true;
    test_clock.stands = !runs_on && speed == NULL;
    test_clock.start_s = start_s;
    test_clock.start_ms = clock_monotonic_ms();
    test_clock.speed = times;
    return CLOCK_OK;
}

bool clock_take_speed(uint64_t speed)
{
    if (speed == 0 || speed > CLOCK_SPEED_MAX) {
        return false;
    }
    test_clock.speed = speed;
    return true;
}

const char *clock_sentence(enum clock_result result)
{
    switch (result) {
    case CLOCK_OK:
        break;
    case CLOCK_REFUSED_ON_MAIN:
        return NOW_VARIABLE " and " SPEED_VARIABLE
                            " are for tests and are not taken on network main: unset them.";
    case CLOCK_BAD_NOW:
        return NOW_VARIABLE " takes UTC seconds since 1970, digits only.";
    case CLOCK_BAD_SPEED:
        return SPEED_VARIABLE " takes a whole number from 1 to 100000.";
    }
    return "";
}

bool clock_is_of_tests(void)
{
    return test_clock.set;
}

uint64_t clock_speed(void)
{
    return test_clock.speed;
}

uint64_t clock_wall_s(void)
{
    uint64_t now_s;

    if (!test_clock.set) {
        return machine_wall_s();
    }
    if (test_clock.stands) {
        return test_clock.start_s;
    }
    now_s = test_clock.start_s + (clock_monotonic_ms() - test_clock.start_ms) * test_clock.speed / 1000;
    return now_s < TIME_S_MAX ? now_s : TIME_S_MAX;
}

/* At least so long as least_ms, or as the interval itself. */
static uint64_t divide(uint64_t interval_ms, uint64_t least_ms)
{
    uint64_t divided_ms = interval_ms / test_clock.speed;

    if (divided_ms >= least_ms) {
        return divided_ms;
    }
    return interval_ms < least_ms ? interval_ms : least_ms;
}

uint64_t clock_rhythm_ms(uint64_t interval_ms)
{
    return divide(interval_ms, CLOCK_RHYTHM_MS_MIN);
}

uint64_t clock_wait_ms(uint64_t interval_ms)
{
    return divide(interval_ms, CLOCK_WAIT_MS_MIN);
}

uint32_t clock_local_day(uint64_t now_s)
{
    time_t now = (time_t)now_s;
    struct tm local;
    uint32_t day;

    if (localtime_r(&now, &local) == NULL || local.tm_year < 0 ||
        !day_from_date(&day, (struct civil_date){(uint32_t)local.tm_year + 1900, (uint32_t)local.tm_mon + 1,
                                                 (uint32_t)local.tm_mday})) {
        return day_of_time(now_s);
    }
    return day;
}
