#include "protocol/rules/lateness.h"

static bool is_after(uint64_t time_s, uint32_t deadline_day, uint32_t days)
{
    return day_of_time(time_s) > (uint64_t)deadline_day + days;
}

enum lateness lateness_of(const struct dossier_place *place, uint32_t deadline_day, uint32_t days)
{
    if (!is_after(place->arrived_s, deadline_day, days)) {
        return LATE_NO;
    }
    return place->below_s != 0 && is_after(place->below_s, deadline_day, days) ? LATE_YES : LATE_NOT_KNOWN;
}

uint32_t lateness_ends(const struct dossier_place *place, uint32_t days)
{
    if (place->below_s == 0) {
        return 0;
    }
    uint32_t below = day_of_time(place->below_s);
    uint32_t arrived = day_of_time(place->arrived_s);
    uint32_t shown = below < arrived ? below : arrived;
    return shown > days ? shown - days : 0;
}
