#ifndef PROTOCOL_BASE_SORT_H
#define PROTOCOL_BASE_SORT_H

/* Sorting in place with no memory of its own: the C library's qsort may allocate, and the core may not. */

#include <stddef.h>

/* Sort count items of size bytes by compare (as memcmp). Not stable: where equal items differ, compare must
 * order them. Requires: size <= SORT_ITEM_SIZE_MAX. Cost: n log n, whatever the input. */
enum { SORT_ITEM_SIZE_MAX = 1024 };
void sort_items(void *items, size_t count, size_t size, int (*compare)(const void *a, const void *b));

#endif
