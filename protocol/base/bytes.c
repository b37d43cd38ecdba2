#include "protocol/base/bytes.h"

#include <assert.h>
#include <stdalign.h>
#include <string.h>

struct bytes bytes_of_string(const char *text)
{
    return bytes_of(text, strlen(text));
}

int bytes_compare(struct bytes a, struct bytes b)
{
    size_t shorter = a.size < b.size ? a.size : b.size;
    int order = shorter > 0 ? memcmp(a.data, b.data, shorter) : 0;
    if (order != 0) {
        return order;
    }
    return (a.size > b.size) - (a.size < b.size);
}

bool bytes_equal_string(struct bytes a, const char *text)
{
    return bytes_equal(a, bytes_of_string(text));
}

void arena_init(struct arena *arena, void *memory, size_t capacity)
{
    *arena = (struct arena){.memory = memory, .capacity = capacity};
}

void *arena_take(struct arena *arena, size_t size)
{
    uintptr_t next = (uintptr_t)arena->memory + arena->used;
    size_t padding = (size_t)(-next & (alignof(max_align_t) - 1));
    size_t left = arena->capacity - arena->used;
    arena->refused = padding > left || size > left - padding;
    if (arena->refused) {
        return NULL;
    }
    uint8_t *taken = arena->memory + arena->used + padding;
    arena->used += padding + size;
    memset(taken, 0, size);
    return taken;
}

bool arena_copy(struct arena *arena, struct bytes data, struct bytes *out)
{
    *out = bytes_of(NULL, 0);
    if (data.size == 0) {
        return true;
    }
    arena->refused = data.size > arena->capacity - arena->used;
    if (arena->refused) {
        return false;
    }
    uint8_t *copy = arena->memory + arena->used;
    memcpy(copy, data.data, data.size);
    arena->used += data.size;
    *out = bytes_of(copy, data.size);
    return true;
}

size_t arena_mark(const struct arena *arena)
{
    return arena->used;
}

void arena_rewind(struct arena *arena, size_t mark)
{
    assert(mark <= arena->used);
    arena->used = mark;
}
