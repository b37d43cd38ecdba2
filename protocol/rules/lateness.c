#include "protocol/rules/lateness.h"

static bool is_after(uint64_t time_s, uint32_t deadline_day, uint32_t days)
{
    return day_of_time(time_s) > (uint64_t)deadline_day + days;
}

uint64_t lateness_there_s(const struct dossier_place *place)
{
    return place->above_s != 0 && place->above_s < place->arrived_s ? place->above_s : place->arrived_s;
}

enum lateness lateness_of(const struct dossier_place *place, uint32_t deadline_day, uint32_t days)
{
    if (!is_after(lateness_there_s(place), deadline_day, days)) {
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
    uint32_t there = day_of_time(lateness_there_s(place));
    uint32_t shown = below < there ? below : there;
    return shown > days ? shown - days : 0;
}
