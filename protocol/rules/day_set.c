#include "protocol/rules/day_set.h"

#include "protocol/rules/day_keys.h"
#include "protocol/rules/day_set_writer.h"
#include "protocol/rules/day_sweep.h"

static const struct day_interval every_day = {.first = 0, .last = DAY_NONE};
const struct day_set day_set_all = {.count = 1, .intervals = &every_day};

static uint32_t first_day(struct day_set a)
{
    return a.intervals[0].first;
}

static uint32_t last_day(struct day_set a)
{
    return a.intervals[a.count - 1].last;
}

/* Whether a is one interval that all of b lies in. Requires: neither is empty. */
static bool spans(struct day_set a, struct day_set b)
{
    return a.count == 1 && first_day(a) <= first_day(b) && last_day(b) <= last_day(a);
}

static bool is_same(struct day_set a, struct day_set b)
{
    return a.count == b.count && a.intervals == b.intervals;
}

bool day_set_of(struct day_set *out, uint32_t first, uint32_t last, struct arena *arena)
{
    *out = DAY_SET_NONE;
    if (first > last || first == DAY_NONE) {
        return true;
    }
    if (first == 0 && last == DAY_NONE) {
        *out = day_set_all;
        return true;
    }
    struct day_interval *interval = arena_take(arena, sizeof *interval);
    if (interval == NULL) {
        return false;
    }
    *interval = (struct day_interval){.first = first, .last = last};
    *out = (struct day_set){.count = 1, .intervals = interval};
    return true;
}

static bool is_ascending(const struct day_interval *intervals, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (intervals[i - 1].first > intervals[i].first) {
            return false;
        }
    }
    return true;
}

/* Returns: false when the arena is full; it is as before either way. */
static bool sort_intervals(struct day_interval *intervals, size_t count, struct arena *arena)
{
    if (is_ascending(intervals, count)) {
        return true;
    }
    size_t mark = arena_mark(arena);
    uint64_t *keys = arena_take(arena, 2 * count * sizeof *keys);
    if (keys == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        keys[i] = day_key_of(intervals[i].first, intervals[i].last);
    }
    day_keys_sort(keys, keys + count, count);
    for (size_t i = 0; i < count; i++) {
        intervals[i] = (struct day_interval){.first = day_key_day(keys[i]), .last = day_key_beside(keys[i])};
    }
    arena_rewind(arena, mark);
    return true;
}

bool day_set_of_intervals(struct day_set *out, struct day_interval *intervals, size_t count,
                          struct arena *arena)
{
    struct day_set_writer writer;
    *out = DAY_SET_NONE;
    if (!sort_intervals(intervals, count, arena) || !day_set_writer_begin(&writer, count, arena)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (intervals[i].first <= intervals[i].last && intervals[i].first != DAY_NONE) {
            day_set_writer_add(&writer, intervals[i].first, intervals[i].last);
        }
    }
    *out = day_set_writer_end(&writer, arena);
    return true;
}

bool day_set_unite(struct day_set *out, struct day_set a, struct day_set b, struct arena *arena)
{
    struct day_set_writer writer;
    if (b.count == 0 || is_same(a, b)) {
        *out = a;
        return true;
    }
    if (a.count == 0) {
        *out = b;
        return true;
    }
    if (spans(a, b) || spans(b, a)) {
        *out = spans(a, b) ? a : b;
        return true;
    }
    *out = DAY_SET_NONE;
    if (!day_set_writer_begin(&writer, a.count + b.count, arena)) {
        return false;
    }
    for (size_t i = 0, k = 0; i < a.count || k < b.count;) {
        bool from_a = k == b.count || (i < a.count && a.intervals[i].first <= b.intervals[k].first);
        const struct day_interval *next = from_a ? &a.intervals[i++] : &b.intervals[k++];
        day_set_writer_add(&writer, next->first, next->last);
    }
    *out = day_set_writer_end(&writer, arena);
    return true;
}

bool day_set_intersect(struct day_set *out, struct day_set a, struct day_set b, struct arena *arena)
{
    struct day_set_writer writer;
    *out = DAY_SET_NONE;
    if (a.count == 0 || b.count == 0 || last_day(a) < first_day(b) || last_day(b) < first_day(a)) {
        return true;
    }
    if (is_same(a, b) || spans(b, a)) {
        *out = a;
        return true;
    }
    if (spans(a, b)) {
        *out = b;
        return true;
    }
    if (!day_set_writer_begin(&writer, a.count + b.count, arena)) {
        return false;
    }
    for (size_t i = 0, k = 0; i < a.count && k < b.count;) {
        const struct day_interval *x = &a.intervals[i], *y = &b.intervals[k];
        uint32_t first = x->first > y->first ? x->first : y->first;
        uint32_t last = x->last < y->last ? x->last : y->last;
        if (first <= last) {
            day_set_writer_add(&writer, first, last);
        }
        if (x->last <= y->last) {
            i++;
        } else {
            k++;
        }
    }
    *out = day_set_writer_end(&writer, arena);
    return true;
}

bool day_set_complement(struct day_set *out, struct day_set a, struct arena *arena)
{
    struct day_set_writer writer;
    uint32_t free_from = 0;
    *out = DAY_SET_NONE;
    if (a.count == 0) {
        *out = day_set_all;
        return true;
    }
    if (day_set_equal(a, day_set_all)) {
        return true;
    }
    if (!day_set_writer_begin(&writer, a.count + 1, arena)) {
        return false;
    }
    for (size_t i = 0; i < a.count; i++) {
        if (a.intervals[i].first > free_from) {
            day_set_writer_add(&writer, free_from, a.intervals[i].first - 1);
        }
        free_from = a.intervals[i].last == DAY_NONE ? DAY_NONE : a.intervals[i].last + 1;
    }
    if (free_from != DAY_NONE) {
        day_set_writer_add(&writer, free_from, DAY_NONE);
    }
    *out = day_set_writer_end(&writer, arena);
    return true;
}

bool day_set_at_least(struct day_set *out, const struct day_set *sets, size_t count, size_t n,
                      struct arena *arena)
{
    struct day_sweep sweep;
    size_t interval_count = 0;
    *out = DAY_SET_NONE;
    for (size_t i = 0; i < count; i++) {
        interval_count += sets[i].count;
    }
    if (!day_sweep_begin(&sweep, interval_count, arena)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        day_sweep_add(&sweep, sets[i]);
    }
    *out = day_sweep_end(&sweep, n, arena);
    return true;
}

bool day_set_for_life(struct day_set *out, struct day_set a, struct arena *arena)
{
    if (a.count == 0 || (a.count == 1 && last_day(a) == DAY_NONE)) {
        *out = a;
        return true;
    }
    return day_set_of(out, first_day(a), DAY_NONE, arena);
}

bool day_set_equal(struct day_set a, struct day_set b)
{
    if (a.count != b.count) {
        return false;
    }
    for (size_t i = 0; i < a.count && a.intervals != b.intervals; i++) {
        if (a.intervals[i].first != b.intervals[i].first || a.intervals[i].last != b.intervals[i].last) {
            return false;
        }
    }
    return true;
}

bool day_set_is_subset(struct day_set a, struct day_set b)
{
    size_t k = 0;
    if (is_same(a, b)) {
        return true;
    }
    for (size_t i = 0; i < a.count; i++) {
        while (k < b.count && b.intervals[k].last < a.intervals[i].first) {
            k++;
        }
        if (k == b.count || a.intervals[i].first < b.intervals[k].first ||
            b.intervals[k].last < a.intervals[i].last) {
            return false;
        }
    }
    return true;
}

/* How many intervals begin on day or before. */
static size_t begun_by(struct day_set a, uint32_t day)
{
    size_t low = 0, high = a.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (a.intervals[middle].first <= day) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool day_set_has(struct day_set a, uint32_t day)
{
    return day_set_run(a, day) != NULL;
}

const struct day_interval *day_set_run(struct day_set a, uint32_t day)
{
    size_t begun = begun_by(a, day);
    return begun > 0 && a.intervals[begun - 1].last >= day ? &a.intervals[begun - 1] : NULL;
}

const struct day_interval *day_set_before(struct day_set a, uint32_t day)
{
    size_t ended = begun_by(a, day);
    if (ended > 0 && a.intervals[ended - 1].last >= day) {
        ended--;
    }
    return ended > 0 ? &a.intervals[ended - 1] : NULL;
}

const struct day_interval *day_set_after(struct day_set a, uint32_t day)
{
    size_t begun = begun_by(a, day);
    return begun < a.count ? &a.intervals[begun] : NULL;
}
