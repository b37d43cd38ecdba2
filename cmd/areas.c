#include "cmd/areas.h"

#include "protocol/base/sort.h"
#include "protocol/base/text.h"

static int order_areas(const void *a, const void *b)
{
    return bytes_compare(*(const struct bytes *)a, *(const struct bytes *)b);
}

static bool is_area(struct bytes name)
{
    return name.size > 0 && name.size <= AREA_SIZE_MAX && text_is_clean(name);
}

enum areas_fault areas_settle(struct bytes *items, size_t count, struct bytes *at)
{
    *at = bytes_of(NULL, 0);
    if (count == 0 || count > AREAS_MAX) {
        return count == 0 ? AREAS_NONE : AREAS_TOO_MANY;
    }
    sort_items(items, count, sizeof(*items), order_areas);
    for (size_t i = 0; i < count; i++) {
        *at = items[i];
        if (!is_area(items[i])) {
            return AREAS_BAD_NAME;
        }
        if (i > 0 && bytes_equal(items[i - 1], items[i])) {
            return AREAS_TWICE;
        }
    }
    return AREAS_FINE;
}

enum areas_fault areas_from_text(struct list *out, struct bytes *at, struct bytes text, struct arena *arena)
{
    struct bytes *items = arena_take(arena, AREAS_MAX * sizeof(*items));
    size_t count = 0;
    *at = bytes_of(NULL, 0);
    for (size_t begin = 0; begin <= text.size;) {
        size_t end = begin;
        while (end < text.size && text.data[end] != ',') {
            end++;
        }
        if (items == NULL || count == AREAS_MAX) {
            return AREAS_TOO_MANY;
        }
        items[count++] = text_trim(bytes_of(text.data + begin, end - begin), " ");
        begin = end + 1;
    }
    *out = (struct list){.items = items, .count = count};
    return areas_settle(items, count, at);
}

const char *areas_fault_words(enum areas_fault fault)
{
    switch (fault) {
    case AREAS_FINE:
        break;
    case AREAS_NONE:
        return "names no service area; at least one is needed";
    case AREAS_TOO_MANY:
        return "names more service areas than the 32 that are allowed";
    case AREAS_BAD_NAME:
        return "is no name of a service area: 1 to 32 letters that can be shown";
    case AREAS_TWICE:
        return "is there twice";
    }
    return "is fine";
}
