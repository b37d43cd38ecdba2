#include "node/watch_changes.h"

#include <string.h>

/* Beside the kinds of change. */
enum { NO_NEWS = -1, COMPARE = -2 };

/* What a step from one state to another is. */
static const int steps[][WATCH_UNKNOWN + 1] = {
    [WATCH_HELD] = {[WATCH_HELD] = COMPARE,
                    [WATCH_TESTED] = WATCH_ENDED,
                    [WATCH_NOT_HELD] = WATCH_ENDED,
                    [WATCH_UNKNOWN] = WATCH_LOST},
    [WATCH_TESTED] = {[WATCH_HELD] = WATCH_BEGAN,
                      [WATCH_TESTED] = COMPARE,
                      [WATCH_NOT_HELD] = WATCH_ENDED,
                      [WATCH_UNKNOWN] = WATCH_LOST},
    [WATCH_NOT_HELD] = {[WATCH_HELD] = WATCH_BEGAN,
                        [WATCH_TESTED] = WATCH_BEGAN,
                        [WATCH_NOT_HELD] = COMPARE,
                        [WATCH_UNKNOWN] = WATCH_LOST},
    [WATCH_UNKNOWN] = {[WATCH_HELD] = WATCH_BACK,
                       [WATCH_TESTED] = WATCH_BACK,
                       [WATCH_NOT_HELD] = WATCH_BACK,
                       [WATCH_UNKNOWN] = COMPARE},
};

/* What is no longer spoken of is no news, and what a shop lacks for an award changes with every hire. */
static bool reason_is_news(const struct watch_fact *was, const struct watch_fact *is)
{
    if (is->state != WATCH_NOT_HELD) {
        return true;
    }
    return is->kind != WATCH_AWARD && was->why[0] != '\0' && is->why[0] != '\0';
}

/* DAY_NONE, for life, is the latest of all days. */
static int compare_same_state(const struct watch_fact *was, const struct watch_fact *is)
{
    if (is->until_day != was->until_day) {
        return is->until_day < was->until_day ? WATCH_SOONER : WATCH_LATER;
    }
    if (strcmp(was->why, is->why) != 0 && reason_is_news(was, is)) {
        return WATCH_OTHER_REASON;
    }
    return NO_NEWS;
}

/* One of both is NULL where it was not on its list. */
static bool compare(struct watch_change *out, const struct watch_fact *was, const struct watch_fact *is)
{
    struct watch_fact none = was != NULL ? *was : *is;
    none.state = WATCH_NOT_HELD;
    none.until_day = DAY_NONE;
    none.why[0] = '\0';
    out->was = was != NULL ? *was : none;
    out->is = is != NULL ? *is : none;
    int step = steps[out->was.state][out->is.state];
    if (step == COMPARE) {
        step = compare_same_state(&out->was, &out->is);
    }
    if (step == NO_NEWS) {
        return false;
    }
    out->kind = (enum watch_change_kind)step;
    return true;
}

bool watch_changes_of(struct watch_changes *out, const struct watch_facts *was, const struct watch_facts *is,
                      struct arena *arena)
{
    *out = (struct watch_changes){0};
    struct watch_change *items = arena_take(arena, (was->count + is->count) * sizeof(*items));
    if (items == NULL) {
        return was->count + is->count == 0;
    }
    for (size_t before = 0, now = 0; before < was->count || now < is->count;) {
        const struct watch_fact *old = before < was->count ? &was->items[before] : NULL;
        const struct watch_fact *new = now < is->count ? &is->items[now] : NULL;
        int order = old == NULL ? 1 : new == NULL ? -1 : watch_fact_order(old, new);
        before += order <= 0;
        now += order >= 0;
        if (compare(&items[out->count], order <= 0 ? old : NULL, order >= 0 ? new : NULL)) {
            out->count++;
        }
    }
    out->items = items;
    return true;
}
