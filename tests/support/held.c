#include "tests/support/held.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "protocol/base/sort.h"

static int order_ms(const void *a, const void *b)
{
    const double *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

void held_note(struct held *held, double ms)
{
    assert(held->count < HELD_ROUNDS);
    held->ms[held->count++] = ms;
}

bool held_is_short(const struct held *held)
{
    double sorted[HELD_ROUNDS];
    const double *median = &sorted[HELD_ROUNDS / 2];

    assert(held->count == HELD_ROUNDS);
    memcpy(sorted, held->ms, sizeof sorted);
    sort_items(sorted, HELD_ROUNDS, sizeof sorted[0], order_ms);
    printf("%s: the loop is held for %.1f ms (median of %d rounds, %.1f to %.1f), at most %d%s\n", held->what,
           *median, HELD_ROUNDS, sorted[0], sorted[HELD_ROUNDS - 1], HELD_MS_MAX,
           *median > HELD_MS_MAX ? ": TOO LONG" : "");
    return *median <= HELD_MS_MAX;
}
