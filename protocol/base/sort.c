#include "protocol/base/sort.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

enum { SORTED_BY_MOVES_MAX = 16 }; /* few large items move more rarely than they are swapped */

static void swap(uint8_t *a, uint8_t *b, size_t size)
{
    uint8_t held[SORT_ITEM_SIZE_MAX];

    memcpy(held, a, size);
    memcpy(a, b, size);
    memcpy(b, held, size);
}

/* Let the item at root sink until no child is greater. */
static void sink(uint8_t *items, size_t root, size_t count, size_t size,
                 int (*compare)(const void *a, const void *b))
{
    for (size_t child = 2 * root + 1; child < count; child = 2 * root + 1) {
        if (child + 1 < count && compare(items + child * size, items + (child + 1) * size) < 0) {
            child++;
        }
        if (compare(items + root * size, items + child * size) >= 0) {
            return;
        }
        swap(items + root * size, items + child * size, size);
        root = child;
    }
}

/* Where the item at count belongs among those before it, which are in order. */
static size_t place_of(const uint8_t *items, size_t count, size_t size,
                       int (*compare)(const void *a, const void *b))
{
    size_t at = count;

    while (at > 0 && compare(items + (at - 1) * size, items + count * size) > 0) {
        at--;
    }
    return at;
}

/* What stands in order already is not moved at all. */
static void sort_few(uint8_t *items, size_t count, size_t size, int (*compare)(const void *a, const void *b))
{
    uint8_t held[SORT_ITEM_SIZE_MAX];

    for (size_t i = 1; i < count; i++) {
        size_t at = place_of(items, i, size, compare);

        if (at == i) {
            continue;
        }
        memcpy(held, items + i * size, size);
        memmove(items + (at + 1) * size, items + at * size, (i - at) * size);
        memcpy(items + at * size, held, size);
    }
}

void sort_items(void *items, size_t count, size_t size, int (*compare)(const void *a, const void *b))
{
    uint8_t *bytes = items;

    assert(size <= SORT_ITEM_SIZE_MAX);
    if (count <= SORTED_BY_MOVES_MAX) {
        sort_few(bytes, count, size, compare);
        return;
    }
    for (size_t root = count / 2; root > 0; root--) {
        sink(bytes, root - 1, count, size, compare);
    }
    for (size_t end = count; end > 1; end--) {
        swap(bytes, bytes + (end - 1) * size, size);
        sink(bytes, 0, end - 1, size, compare);
    }
}
