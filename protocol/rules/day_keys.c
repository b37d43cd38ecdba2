#include "protocol/rules/day_keys.h"

#include <string.h>

/* Where the ascending run that begins at from ends. */
static size_t run_end(const uint64_t *keys, size_t from, size_t count)
{
    size_t end = from < count ? from + 1 : count;
    while (end < count && keys[end - 1] <= keys[end]) {
        end++;
    }
    return end;
}

static void merge(uint64_t *out, const uint64_t *keys, size_t left, size_t middle, size_t right)
{
    size_t a = left, b = middle;
    for (size_t i = left; i < right; i++) {
        bool from_a = b == right || (a < middle && keys[a] <= keys[b]);
        out[i] = from_a ? keys[a++] : keys[b++];
    }
}

/* Merge each run with the next. Returns: how many runs are left. */
static size_t merge_pairs(uint64_t *out, const uint64_t *keys, size_t count)
{
    size_t runs = 0;
    for (size_t left = 0; left < count; runs++) {
        size_t middle = run_end(keys, left, count);
        size_t right = run_end(keys, middle, count);
        merge(out, keys, left, middle, right);
        left = right;
    }
    return runs;
}

void day_keys_sort(uint64_t *keys, uint64_t *spare, size_t count)
{
    uint64_t *from = keys, *to = spare;
    if (run_end(keys, 0, count) == count) {
        return;
    }
    for (size_t runs = 2; runs > 1;) {
        runs = merge_pairs(to, from, count);
        uint64_t *merged = to;
        to = from;
        from = merged;
    }
    if (from != keys) {
        memcpy(keys, from, count * sizeof keys[0]);
    }
}
