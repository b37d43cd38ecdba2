#include "protocol/base/sort.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

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

void sort_items(void *items, size_t count, size_t size, int (*compare)(const void *a, const void *b))
{
    uint8_t *bytes = items;

    assert(size <= SORT_ITEM_SIZE_MAX);
    for (size_t root = count / 2; root > 0; root--) {
        sink(bytes, root - 1, count, size, compare);
    }
    for (size_t end = count; end > 1; end--) {
        swap(bytes, bytes + (end - 1) * size, size);
        sink(bytes, 0, end - 1, size, compare);
    }
}
