#ifndef PROTOCOL_BASE_BYTES_H
#define PROTOCOL_BASE_BYTES_H

/* A borrowed run of bytes (or of UTF-8 text), and the caller's memory that decoded lists are placed in. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
    const uint8_t *data;
    size_t size;
};

static inline struct bytes bytes_of(const void *data, size_t size)
{
    return (struct bytes){.data = data, .size = size};
}

/* The bytes of a C string without its NUL. */
struct bytes bytes_of_string(const char *text);
/* The first byte tells most of them apart. */
static inline bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.size == b.size &&
           (a.size == 0 || (a.data[0] == b.data[0] && memcmp(a.data, b.data, a.size) == 0));
}
int bytes_compare(struct bytes a, struct bytes b);
bool bytes_equal_string(struct bytes a, const char *text);

/* A bump allocator over memory of the caller. Nothing is freed singly; arena_mark and arena_rewind drop all
 * that came after. */
struct arena {
    uint8_t *memory;
    size_t capacity;
    size_t used;
    bool refused; /* the last request did not fit */
};

void arena_init(struct arena *arena, void *memory, size_t capacity);
/* size zeroed bytes aligned for any type. Returns: NULL when the arena is full. */
void *arena_take(struct arena *arena, size_t size);
/* Write to *out a copy of data in the arena. Returns: false, *out empty, when it is full; an empty run always
 * fits. */
bool arena_copy(struct arena *arena, struct bytes data, struct bytes *out);
size_t arena_mark(const struct arena *arena);
void arena_rewind(struct arena *arena, size_t mark);

#endif
