#ifndef PROTOCOL_RULES_DAY_SET_WRITER_H
#define PROTOCOL_RULES_DAY_SET_WRITER_H

/* Builds one canonical set from intervals that come in ascending order. Room for the most that may come is
 * taken first; what is left of it, and whatever was taken from the arena after it, goes back at the end. */

#include "protocol/rules/day_set.h"

#include <assert.h>

struct day_set_writer {
    struct day_interval *intervals;
    size_t count;
    size_t room;
    size_t room_end; /* mark of the arena behind the room */
};

/* Returns: false when the arena is full. */
static inline bool day_set_writer_begin(struct day_set_writer *writer, size_t room, struct arena *arena)
{
    *writer = (struct day_set_writer){.room = room};
    if (room > 0) {
        writer->intervals = arena_take(arena, room * sizeof(struct day_interval));
    }
    writer->room_end = arena_mark(arena);
    return room == 0 || writer->intervals != NULL;
}

/* Requires: first <= last, and no interval before this one begins later. */
static inline void day_set_writer_add(struct day_set_writer *writer, uint32_t first, uint32_t last)
{
    if (writer->count > 0) {
        struct day_interval *newest = &writer->intervals[writer->count - 1];
        if (newest->last == DAY_NONE || first <= newest->last + 1) {
            newest->last = last > newest->last ? last : newest->last;
            return;
        }
    }
    assert(writer->count < writer->room);
    writer->intervals[writer->count++] = (struct day_interval){.first = first, .last = last};
}

static inline struct day_set day_set_writer_end(const struct day_set_writer *writer, struct arena *arena)
{
    size_t unused = writer->room - writer->count;
    arena_rewind(arena, writer->room_end - unused * sizeof(struct day_interval));
    if (writer->count == 0) {
        return DAY_SET_NONE;
    }
    return (struct day_set){.count = writer->count, .intervals = writer->intervals};
}

#endif
