#include "node/clock.h"

#include <time.h>

#include "protocol/base/days.h"

uint64_t clock_monotonic_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t clock_wall_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec > 0 ? (uint64_t)now.tv_sec : 0;
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
