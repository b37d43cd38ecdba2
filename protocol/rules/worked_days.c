#include "protocol/rules/worked_days.h"

#include "protocol/rules/covered_days.h"
#include "protocol/rules/day_keys.h"
#include "protocol/rules/day_set_writer.h"

/* Whether so much is documented at all, if every day and every statement counted. */
static bool is_within_reach(const struct work_statement *statements, size_t count, uint32_t wanted)
{
    uint64_t documented = 0;
    for (size_t i = 0; i < count && documented < wanted; i++) {
        documented += statements[i].last - statements[i].first + 1;
    }
    return documented >= wanted;
}

static bool each_stands_always_or_never(const struct work_statement *statements, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (statements[i].stands.count != 0 && !day_set_equal(statements[i].stands, day_set_all)) {
            return false;
        }
    }
    return true;
}

/* Write to keys, in order, first and last day of the statements that stand on day. keys: room for two times
 * count. Returns: how many they are. */
static size_t list_standing(uint64_t *keys, const struct work_statement *statements, size_t count,
                            uint32_t day)
{
    size_t standing = 0;
    for (size_t i = 0; i < count; i++) {
        assert(statements[i].first <= statements[i].last && statements[i].last <= DAY_MAX);
        if (day_set_has(statements[i].stands, day)) {
            keys[standing++] = day_key_of(statements[i].first, statements[i].last);
        }
    }
    day_keys_sort(keys, keys + count, standing);
    return standing;
}

/* The wanted-th day that is documented, DAY_NONE when there are fewer. */
static uint32_t day_reached(const uint64_t *standing, size_t count, uint32_t wanted)
{
    uint32_t free_from = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t first = day_key_day(standing[i]), end = day_key_beside(standing[i]) + 1;
        first = first > free_from ? first : free_from;
        if (end <= first) {
            continue;
        }
        if (end - first >= wanted) {
            return first + wanted - 1;
        }
        wanted -= end - first;
        free_from = end;
    }
    return DAY_NONE;
}

static bool reach_of_standing(struct day_set *out, const struct work_statement *statements, size_t count,
                              uint32_t wanted, struct arena *arena)
{
    size_t mark = arena_mark(arena);
    uint64_t *standing = arena_take(arena, 2 * count * sizeof *standing);
    if (standing == NULL) {
        return false;
    }
    size_t standing_count = list_standing(standing, statements, count, 0);
    uint32_t reached = day_reached(standing, standing_count, wanted);
    arena_rewind(arena, mark);
    return day_set_of(out, reached, DAY_NONE, arena);
}

/* The days on which statements begin to stand or cease to, in order: day keys; beside: twice the index of the
 * statement, and one more where it ceases. */
struct changes {
    size_t count;
    uint64_t *keys;
};

static bool list_changes(struct changes *out, const struct work_statement *statements, size_t count,
                         size_t count_max, struct arena *arena)
{
    *out = (struct changes){.keys = arena_take(arena, 2 * count_max * sizeof out->keys[0])};
    if (out->keys == NULL) {
        return false;
    }
    assert(count <= UINT32_MAX / 2);
    for (uint32_t i = 0; i < count; i++) {
        for (size_t k = 0; k < statements[i].stands.count; k++) {
            const struct day_interval *interval = &statements[i].stands.intervals[k];
            out->keys[out->count++] = day_key_of(interval->first, 2 * i);
            if (interval->last != DAY_NONE) {
                out->keys[out->count++] = day_key_of(interval->last + 1, 2 * i + 1);
            }
        }
    }
    day_keys_sort(out->keys, out->keys + count_max, out->count);
    return true;
}

/* Nothing covered of what the statements document. Returns: NULL when the arena is full. */
static struct covered_days *begin_covering(const struct work_statement *statements, size_t count,
                                           struct arena *arena)
{
    uint64_t *keys = arena_take(arena, 4 * count * sizeof *keys);
    uint32_t *bounds = arena_take(arena, 2 * count * sizeof *bounds);
    size_t bound_count = 0;
    if (keys == NULL || bounds == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        assert(statements[i].first <= statements[i].last && statements[i].last <= DAY_MAX);
        keys[2 * i] = day_key_of(statements[i].first, 0);
        keys[2 * i + 1] = day_key_of(statements[i].last + 1, 0);
    }
    day_keys_sort(keys, keys + 2 * count, 2 * count);
    for (size_t i = 0; i < 2 * count; i++) {
        if (i == 0 || keys[i - 1] != keys[i]) {
            bounds[bound_count++] = day_key_day(keys[i]);
        }
    }
    return covered_days_begin(bounds, bound_count, arena);
}

static void apply_change(struct covered_days *days, const struct work_statement *statements, uint64_t change)
{
    const struct work_statement *statement = &statements[day_key_beside(change) / 2];
    if (day_key_beside(change) % 2 == 0) {
        covered_days_add(days, statement->first, statement->last + 1);
    } else {
        covered_days_remove(days, statement->first, statement->last + 1);
    }
}

/* Between two changes the same statements stand, so that the days on which wanted is reached are the last
 * ones before the next change. */
static void write_reach(struct day_set_writer *writer, const struct work_statement *statements,
                        const struct changes *changes, struct covered_days *covered, uint32_t wanted)
{
    for (size_t i = 0; i < changes->count;) {
        uint32_t day = day_key_day(changes->keys[i]);
        for (; i < changes->count && day_key_day(changes->keys[i]) == day; i++) {
            apply_change(covered, statements, changes->keys[i]);
        }
        uint32_t last = i < changes->count ? day_key_day(changes->keys[i]) - 1 : DAY_NONE;
        uint32_t reached = covered_days_nth(covered, wanted);
        if (reached != DAY_NONE && reached <= last) {
            day_set_writer_add(writer, reached > day ? reached : day, last);
        }
    }
}

bool worked_days_reach(struct day_set *out, const struct work_statement *statements, size_t count,
                       uint32_t wanted, struct arena *arena)
{
    struct day_set_writer writer;
    struct changes changes;
    size_t change_count_max = 0;
    *out = DAY_SET_NONE;
    if (wanted == 0) {
        *out = day_set_all;
        return true;
    }
    if (!is_within_reach(statements, count, wanted)) {
        return true;
    }
    if (each_stands_always_or_never(statements, count)) {
        return reach_of_standing(out, statements, count, wanted, arena);
    }
    for (size_t i = 0; i < count; i++) {
        change_count_max += 2 * statements[i].stands.count;
    }
    size_t mark = arena_mark(arena);
    struct covered_days *covered = NULL;
    if (!day_set_writer_begin(&writer, change_count_max, arena) ||
        !list_changes(&changes, statements, count, change_count_max, arena) ||
        (covered = begin_covering(statements, count, arena)) == NULL) {
        arena_rewind(arena, mark);
        return false;
    }
    write_reach(&writer, statements, &changes, covered, wanted);
    *out = day_set_writer_end(&writer, arena);
    return true;
}

uint32_t worked_days_by(const struct work_statement *statements, size_t count, uint32_t day,
                        struct arena *arena)
{
    uint32_t worked = 0, free_from = 0;
    size_t mark = arena_mark(arena);
    if (count == 0) {
        return 0;
    }
    uint64_t *standing = arena_take(arena, 2 * count * sizeof *standing);
    if (standing == NULL) {
        return UINT32_MAX;
    }
    size_t standing_count = list_standing(standing, statements, count, day);
    for (size_t i = 0; i < standing_count && day_key_day(standing[i]) <= day; i++) {
        uint32_t first = day_key_day(standing[i]), last = day_key_beside(standing[i]);
        first = first > free_from ? first : free_from;
        last = last < day ? last : day;
        if (first <= last) {
            worked += last - first + 1;
            free_from = last + 1;
        }
    }
    arena_rewind(arena, mark);
    return worked;
}
