#include "store/postings.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

uint64_t place_of(uint32_t author, uint64_t seq, uint64_t index)
{
    assert(author <= AUTHOR_NUMBER_MAX);
    assert(seq <= BLOCK_SEQ_MAX);
    assert(index < BLOCK_ENTRIES_MAX);
    return (uint64_t)author << (PLACE_SEQ_BITS + PLACE_INDEX_BITS) | seq << PLACE_INDEX_BITS | index;
}

uint32_t place_author(uint64_t place)
{
    return (uint32_t)(place >> (PLACE_SEQ_BITS + PLACE_INDEX_BITS));
}

uint64_t place_seq(uint64_t place)
{
    return place >> PLACE_INDEX_BITS & BLOCK_SEQ_MAX;
}

uint64_t place_index(uint64_t place)
{
    return place & (BLOCK_ENTRIES_MAX - 1);
}

uint64_t subject_prefix(const struct subject *subject)
{
    uint64_t first;

    memcpy(&first, subject->id.bytes, sizeof first);
    return be64toh(first) ^ (uint64_t)subject->kind;
}

int posting_compare(const struct posting *a, const struct posting *b)
{
    if (a->prefix != b->prefix) {
        return a->prefix < b->prefix ? -1 : 1;
    }
    return (a->place > b->place) - (a->place < b->place);
}

void posting_batch_deinit(struct posting_batch *batch)
{
    free(batch->items);
    *batch = (struct posting_batch){0};
}

bool posting_batch_add(struct posting_batch *batch, struct posting posting)
{
    if (batch->count == batch->capacity) {
        size_t capacity = batch->capacity > 0 ? 2 * batch->capacity : 1024;
        struct posting *items = realloc(batch->items, capacity * sizeof *items);

        if (!items) {
            return false;
        }
        batch->items = items;
        batch->capacity = capacity;
    }
    batch->items[batch->count++] = posting;
    return true;
}

static int compare_places(const void *a, const void *b)
{
    return posting_compare(a, b);
}

/* Equal prefixes are left in the order they came by the radix passes. */
static void sort_places(struct posting *items, size_t count)
{
    size_t first = 0;

    for (size_t i = 1; i <= count; i++) {
        if (i < count && items[i].prefix == items[first].prefix) {
            continue;
        }
        if (i - first > 1) {
            qsort(items + first, i - first, sizeof *items, compare_places);
        }
        first = i;
    }
}

static size_t drop_duplicates(struct posting *items, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || posting_compare(&items[kept - 1], &items[i]) != 0) {
            items[kept++] = items[i];
        }
    }
    return kept;
}

/* Radix sort from the lowest digit: its time does not depend on the prefixes, which strangers may choose. */
static void sort_prefixes(struct posting *items, struct posting *spare, size_t count)
{
    enum { DIGIT_BITS = 11, DIGITS = 6, VALUES = 1 << DIGIT_BITS };
    struct posting *from = items;
    struct posting *to = spare;

    for (unsigned digit = 0; digit < DIGITS; digit++) {
        unsigned shift = digit * DIGIT_BITS;
        size_t starts[VALUES] = {0};
        size_t sum = 0;

        for (size_t i = 0; i < count; i++) {
            starts[from[i].prefix >> shift & (VALUES - 1)]++;
        }
        for (size_t value = 0; value < VALUES; value++) {
            size_t here = starts[value];
            starts[value] = sum;
            sum += here;
        }
        for (size_t i = 0; i < count; i++) {
            to[starts[from[i].prefix >> shift & (VALUES - 1)]++] = from[i];
        }
        struct posting *swap = from;
        from = to;
        to = swap;
    }
    static_assert(DIGITS % 2 == 0, "the result is back where it started");
}

bool posting_batch_sort(struct posting_batch *batch)
{
    enum { RADIX_MIN = 4096 };

    if (batch->count < 2) {
        return true;
    }
    if (batch->count < RADIX_MIN) {
        qsort(batch->items, batch->count, sizeof *batch->items, compare_places);
    } else {
        struct posting *spare = malloc(batch->count * sizeof *spare);

        if (!spare) {
            return false;
        }
        sort_prefixes(batch->items, spare, batch->count);
        free(spare);
        sort_places(batch->items, batch->count);
    }
    batch->count = drop_duplicates(batch->items, batch->count);
    return true;
}
