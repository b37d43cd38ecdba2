#include "protocol/rules/covered_days.h"

#include <assert.h>

/* Node 1 is the root, nodes 2n and 2n + 1 are the halves of node n, the leaves are the stretches between
 * bounds, filled up with empty ones to a power of two. */
struct stretch {
    uint32_t length;   /* in days */
    uint32_t cover;    /* intervals that cover all of it and not all of its parent */
    uint32_t measured; /* days of it that are covered, by those or within it */
};

struct covered_days {
    const uint32_t *bounds;
    size_t bound_count;
    size_t leaf_count;
    struct stretch *stretches;
};

struct covered_days *covered_days_begin(const uint32_t *bounds, size_t count, struct arena *arena)
{
    assert(count >= 2);
    size_t leaf_count = 1;
    while (leaf_count < count - 1) {
        leaf_count *= 2;
    }
    struct covered_days *days = arena_take(arena, sizeof *days);
    struct stretch *stretches = arena_take(arena, 2 * leaf_count * sizeof *stretches);
    if (days == NULL || stretches == NULL) {
        return NULL;
    }
    for (size_t i = 0; i + 1 < count; i++) {
        assert(bounds[i] < bounds[i + 1]);
        stretches[leaf_count + i].length = bounds[i + 1] - bounds[i];
    }
    for (size_t node = leaf_count - 1; node >= 1; node--) {
        stretches[node].length = stretches[2 * node].length + stretches[2 * node + 1].length;
    }
    *days = (struct covered_days){
        .bounds = bounds, .bound_count = count, .leaf_count = leaf_count, .stretches = stretches};
    return days;
}

static void measure(struct covered_days *days, size_t node)
{
    struct stretch *stretch = &days->stretches[node];
    if (stretch->cover > 0) {
        stretch->measured = stretch->length;
    } else if (node >= days->leaf_count) {
        stretch->measured = 0;
    } else {
        stretch->measured = days->stretches[2 * node].measured + days->stretches[2 * node + 1].measured;
    }
}

static void measure_parents(struct covered_days *days, size_t leaf)
{
    for (size_t node = leaf / 2; node >= 1; node /= 2) {
        measure(days, node);
    }
}

static void cover(struct covered_days *days, size_t node, bool add)
{
    struct stretch *stretch = &days->stretches[node];
    assert(add || stretch->cover > 0);
    if (add) {
        stretch->cover++;
    } else {
        stretch->cover--;
    }
    measure(days, node);
}

static size_t leaf_at(const struct covered_days *days, uint32_t bound)
{
    size_t low = 0, high = days->bound_count - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (days->bounds[middle] < bound) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    assert(days->bounds[low] == bound);
    return days->leaf_count + low;
}

/* From the leaves up, the stretches that make up the whole from first to end. */
static void change(struct covered_days *days, uint32_t first, uint32_t end, bool add)
{
    assert(first < end);
    size_t first_leaf = leaf_at(days, first), end_leaf = leaf_at(days, end);
    for (size_t low = first_leaf, high = end_leaf; low < high; low /= 2, high /= 2) {
        if (low % 2 == 1) {
            cover(days, low++, add);
        }
        if (high % 2 == 1) {
            cover(days, --high, add);
        }
    }
    measure_parents(days, first_leaf);
    measure_parents(days, end_leaf - 1);
}

void covered_days_add(struct covered_days *days, uint32_t first, uint32_t end)
{
    change(days, first, end, true);
}

void covered_days_remove(struct covered_days *days, uint32_t first, uint32_t end)
{
    change(days, first, end, false);
}

uint32_t covered_days_nth(const struct covered_days *days, uint32_t n)
{
    const struct stretch *stretches = days->stretches;
    uint32_t first = days->bounds[0];
    size_t node = 1;
    assert(n >= 1);
    if (stretches[node].measured < n) {
        return DAY_NONE;
    }
    while (stretches[node].cover == 0) {
        node *= 2;
        if (stretches[node].measured < n) {
            n -= stretches[node].measured;
            first += stretches[node].length;
            node++;
        }
    }
    return first + n - 1;
}
