#include "protocol/rules/day_sweep.h"

#include "protocol/rules/day_keys.h"

enum { BEGINS = 0, ENDED = 1 };

bool day_sweep_begin(struct day_sweep *sweep, size_t interval_count, struct arena *arena)
{
    size_t mark = arena_mark(arena);
    *sweep = (struct day_sweep){0};
    if (!day_set_writer_begin(&sweep->writer, interval_count, arena)) {
        return false;
    }
    if (interval_count == 0) {
        return true;
    }
    sweep->bounds = arena_take(arena, 4 * interval_count * sizeof sweep->bounds[0]);
    if (sweep->bounds == NULL) {
        arena_rewind(arena, mark);
        return false;
    }
    sweep->spare = sweep->bounds + 2 * interval_count;
    return true;
}

void day_sweep_add(struct day_sweep *sweep, struct day_set set)
{
    if (set.count == 0) {
        return;
    }
    if (day_set_equal(set, day_set_all)) {
        sweep->always++;
        return;
    }
    sweep->sometimes++;
    sweep->last = set;
    for (size_t i = 0; i < set.count; i++) {
        sweep->bounds[sweep->bound_count++] = day_key_of(set.intervals[i].first, BEGINS);
        if (set.intervals[i].last != DAY_NONE) {
            sweep->bounds[sweep->bound_count++] = day_key_of(set.intervals[i].last + 1, ENDED);
        }
    }
}

/* Write the days on which at least needed of the sets have begun and not ended. */
static void write_days(struct day_sweep *sweep, size_t needed)
{
    size_t level = 0;
    uint32_t open_since = DAY_NONE;
    day_keys_sort(sweep->bounds, sweep->spare, sweep->bound_count);
    for (size_t i = 0; i < sweep->bound_count;) {
        uint32_t day = day_key_day(sweep->bounds[i]);
        bool was_open = level >= needed;
        /* Those that begin on the day come before those that ended: the level never falls below zero. */
        for (; i < sweep->bound_count && day_key_day(sweep->bounds[i]) == day; i++) {
            if (day_key_beside(sweep->bounds[i]) == BEGINS) {
                level++;
            } else {
                level--;
            }
        }
        if (!was_open && level >= needed) {
            open_since = day;
        } else if (was_open && level < needed) {
            day_set_writer_add(&sweep->writer, open_since, day - 1);
        }
    }
    if (level >= needed) {
        day_set_writer_add(&sweep->writer, open_since, DAY_NONE);
    }
}

struct day_set day_sweep_end(struct day_sweep *sweep, size_t n, struct arena *arena)
{
    size_t needed = n > sweep->always ? n - sweep->always : 0;
    bool is_the_last = needed == 1 && sweep->sometimes == 1;
    if (needed > 0 && needed <= sweep->sometimes && !is_the_last) {
        write_days(sweep, needed);
    }
    struct day_set written = day_set_writer_end(&sweep->writer, arena);
    if (needed == 0) {
        return day_set_all;
    }
    return is_the_last ? sweep->last : written;
}
