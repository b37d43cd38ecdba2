#include "protocol/rules/day_truth.h"

#include "protocol/rules/day_sweep.h"

static const struct day_interval every_day = {.first = 0, .last = DAY_NONE};
const struct day_truth day_truth_yes = {.surely = {.count = 1, .intervals = &every_day},
                                        .possibly = {.count = 1, .intervals = &every_day}};
const struct day_truth day_truth_no = {.surely = {0}, .possibly = {0}};
const struct day_truth day_truth_unknown = {.surely = {0}, .possibly = {.count = 1, .intervals = &every_day}};

/* Whether both sets are one in memory: no day is unknown, and the work needs doing only once. What is
 * computed here without an unknown day is kept so by conclude. */
static bool is_certain(const struct day_truth *truth)
{
    return truth->surely.count == truth->possibly.count &&
           (truth->surely.count == 0 || truth->surely.intervals == truth->possibly.intervals);
}

/* Make unknown the days that are said to be both surely so and surely not so: days are worked out from what
 * others have signed, and nothing of that may stop whoever looks it up. */
static bool doubt_contradiction(struct day_truth *truth, struct arena *arena)
{
    struct day_set said = truth->surely;
    return day_set_intersect(&truth->surely, said, truth->possibly, arena) &&
           day_set_unite(&truth->possibly, said, truth->possibly, arena);
}

/* Write what was computed, its possibly behind mark, unless the arena was full before it was done. */
static bool conclude(struct day_truth *out, struct day_truth computed, bool done, struct arena *arena,
                     size_t mark)
{
    if (done && !day_set_is_subset(computed.surely, computed.possibly)) {
        done = doubt_contradiction(&computed, arena);
    }
    if (!done) {
        *out = day_truth_no;
        return false;
    }
    if (day_set_equal(computed.surely, computed.possibly)) {
        computed.possibly = computed.surely;
        arena_rewind(arena, mark);
    }
    *out = computed;
    return true;
}

enum answer day_truth_on(const struct day_truth *truth, uint32_t day)
{
    if (day_set_has(truth->surely, day)) {
        return ANSWER_YES;
    }
    return is_certain(truth) || !day_set_has(truth->possibly, day) ? ANSWER_NO : ANSWER_UNKNOWN;
}

bool day_truth_equal(const struct day_truth *a, const struct day_truth *b)
{
    return day_set_equal(a->surely, b->surely) && day_set_equal(a->possibly, b->possibly);
}

bool day_truth_of_run(struct day_truth *out, enum answer answer, uint32_t first, uint32_t last,
                      struct arena *arena)
{
    *out = day_truth_no;
    if (answer == ANSWER_NO) {
        return true;
    }
    bool done = day_set_of(&out->possibly, first, last, arena);
    if (answer == ANSWER_YES) {
        out->surely = out->possibly;
    }
    return done;
}

/* Do to the sets of a and b what is done to those of their days that are certain. */
static bool combine(struct day_truth *out,
                    bool (*combine_sets)(struct day_set *out, struct day_set a, struct day_set b,
                                         struct arena *arena),
                    const struct day_truth *a, const struct day_truth *b, struct arena *arena)
{
    struct day_truth computed = {0};
    bool done = combine_sets(&computed.surely, a->surely, b->surely, arena);
    size_t mark = arena_mark(arena);
    if (is_certain(a) && is_certain(b)) {
        computed.possibly = computed.surely;
    } else {
        done = done && combine_sets(&computed.possibly, a->possibly, b->possibly, arena);
    }
    return conclude(out, computed, done, arena, mark);
}

bool day_truth_and(struct day_truth *out, const struct day_truth *a, const struct day_truth *b,
                   struct arena *arena)
{
    return combine(out, day_set_intersect, a, b, arena);
}

bool day_truth_or(struct day_truth *out, const struct day_truth *a, const struct day_truth *b,
                  struct arena *arena)
{
    return combine(out, day_set_unite, a, b, arena);
}

bool day_truth_within(struct day_truth *out, const struct day_truth *a, struct day_set within,
                      struct arena *arena)
{
    const struct day_truth certain = {.surely = within, .possibly = within};
    return combine(out, day_set_intersect, a, &certain, arena);
}

/* Do to one set after the other what makes surely and possibly of them. */
static bool transform(struct day_truth *out,
                      bool (*transform_set)(struct day_set *out, struct day_set a, struct arena *arena),
                      struct day_set to_surely, struct day_set to_possibly, bool certain, struct arena *arena)
{
    struct day_truth computed = {0};
    bool done = transform_set(&computed.surely, to_surely, arena);
    size_t mark = arena_mark(arena);
    if (certain) {
        computed.possibly = computed.surely;
    } else {
        done = done && transform_set(&computed.possibly, to_possibly, arena);
    }
    return conclude(out, computed, done, arena, mark);
}

/* What is surely not so is what is not possibly so. */
bool day_truth_not(struct day_truth *out, const struct day_truth *a, struct arena *arena)
{
    return transform(out, day_set_complement, a->possibly, a->surely, is_certain(a), arena);
}

bool day_truth_for_life(struct day_truth *out, const struct day_truth *a, struct arena *arena)
{
    return transform(out, day_set_for_life, a->surely, a->possibly, is_certain(a), arena);
}

/* Days on which at least n of truths hold surely, or possibly. */
static bool sweep(struct day_set *out, const struct day_truth *truths, size_t count, size_t n, bool surely,
                  struct arena *arena)
{
    struct day_sweep sweep;
    size_t interval_count = 0;
    *out = DAY_SET_NONE;
    for (size_t i = 0; i < count; i++) {
        interval_count += surely ? truths[i].surely.count : truths[i].possibly.count;
    }
    if (!day_sweep_begin(&sweep, interval_count, arena)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        day_sweep_add(&sweep, surely ? truths[i].surely : truths[i].possibly);
    }
    *out = day_sweep_end(&sweep, n, arena);
    return true;
}

bool day_truth_at_least(struct day_truth *out, const struct day_truth *truths, size_t count, size_t n,
                        struct arena *arena)
{
    struct day_truth computed = {0};
    bool all_certain = true;
    for (size_t i = 0; i < count; i++) {
        all_certain = all_certain && is_certain(&truths[i]);
    }
    bool done = sweep(&computed.surely, truths, count, n, true, arena);
    size_t mark = arena_mark(arena);
    if (all_certain) {
        computed.possibly = computed.surely;
    } else {
        done = done && sweep(&computed.possibly, truths, count, n, false, arena);
    }
    return conclude(out, computed, done, arena, mark);
}
