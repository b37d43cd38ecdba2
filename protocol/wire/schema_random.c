#include <assert.h>

#include "protocol/base/text.h"
#include "protocol/wire/schema.h"
#include "protocol/wire/schema_fields.h"

enum {
    DRAWS_MAX = 256,      /* a check that random fields fail so often needs an arrange */
    LIST_EXTRA_MAX = 3,   /* lists are short: their fewest elements and up to so many more */
    BIN_EXTRA_MAX = 24,   /* so are most byte strings, */
    BIN_LONG_EXTRA = 280, /* and some just long enough for the two-byte size */
};

/* What text is pieced together from: one of each UTF-8 length, all in normal form C. */
static const char *const letters[] = {"a", "Z", "5", " ", "-", "ß", "é", "中", "\"", "\\", "𝄞"};
static const char *const words[] = {
    "ase", "epa", "ford",     "x-1", "ase/A5", "ase/A6", "epa/609", "ford/F*", "ase/A*",   "ase/*",
    "OH",  "TX",  "NM",       "A5",  "A1.b",   "609",    "ase/A-1", "n9/Z.z",  "oem-2/Q7", "mil/M1",
    "WY",  "CA",  "609-2028", "B2",  "C1",     "ase/L*", "state/*", "P"};

/* splitmix64 (public domain, Sebastiano Vigna). */
static uint64_t draw(uint64_t *seed)
{
    uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t draw_below(uint64_t *seed, uint64_t limit)
{
    return draw(seed) % limit;
}

/* Ends of the range come up as often as everything between them, and so do its small numbers. */
static uint64_t draw_number(uint64_t *seed, uint64_t min, uint64_t max)
{
    uint64_t span = max - min;

    switch (draw_below(seed, 6)) {
    case 0:
        return min;
    case 1:
        return max;
    case 2:
    case 3:
        return min + draw_below(seed, span < 300 ? span + 1 : 300);
    default:
        return span == UINT64_MAX ? draw(seed) : min + draw_below(seed, span + 1);
    }
}

static size_t draw_size(uint64_t *seed, uint64_t min, uint64_t max)
{
    uint64_t extra = draw_below(seed, 32) == 0 ? BIN_LONG_EXTRA : draw_below(seed, BIN_EXTRA_MAX);

    return min + extra < max ? min + extra : max;
}

static void *take(struct arena *arena, size_t size)
{
    void *memory = arena_take(arena, size);

    assert(memory);
    return memory;
}

static void draw_bytes(uint64_t *seed, uint8_t *out, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        out[i] = (uint8_t)draw(seed);
    }
}

static struct bytes draw_bin(uint64_t *seed, uint64_t min, uint64_t max, struct arena *arena)
{
    size_t size = draw_size(seed, min, max);
    uint8_t *data = take(arena, size);

    draw_bytes(seed, data, size);
    return bytes_of(data, size);
}

static bool text_fits(struct bytes text, uint64_t min, uint64_t max, bool (*is)(struct bytes text))
{
    return text.size >= min && text.size <= max && text_is_clean(text) && (!is || is(text));
}

static struct bytes draw_free_text(uint64_t *seed, uint64_t min, uint64_t max, struct arena *arena)
{
    size_t size = draw_size(seed, min, max), used = 0;
    uint8_t *data = take(arena, size);

    while (used < size) {
        struct bytes letter = bytes_of_string(letters[draw_below(seed, sizeof letters / sizeof letters[0])]);

        if (used + letter.size > size) {
            letter = bytes_of_string("a");
        }
        memcpy(data + used, letter.data, letter.size);
        used += letter.size;
    }
    return bytes_of(data, size);
}

/* Text with a grammar of its own is one of the words that satisfy it; each grammar has some. */
static struct bytes draw_text(uint64_t *seed, uint64_t min, uint64_t max, bool (*is)(struct bytes text),
                              struct arena *arena)
{
    struct bytes text;
    size_t draws = 0;

    if (!is) {
        return draw_free_text(seed, min, max, arena);
    }
    do {
        text = bytes_of_string(words[draw_below(seed, sizeof words / sizeof words[0])]);
    } while (!text_fits(text, min, max, is) && ++draws < DRAWS_MAX);
    assert(draws < DRAWS_MAX);
    return text;
}

/* Put the new item behind count sorted ones to its place. Returns: false, the item dropped, when it equals
 * one. */
static bool place_item(const struct field *field, uint8_t *items, size_t count, uint8_t *spare)
{
    size_t size = field_item_size(field), at = count;
    const uint8_t *item = items + count * size;

    if (!field->order) {
        return true;
    }
    while (at > 0 && field->order(item, items + (at - 1) * size) < 0) {
        at--;
    }
    if (at > 0 && field->order(items + (at - 1) * size, item) >= 0) {
        return false;
    }
    memcpy(spare, item, size);
    memmove(items + (at + 1) * size, items + at * size, (count - at) * size);
    memcpy(items + at * size, spare, size);
    return true;
}

static void draw_list(const struct field *field, void *record, uint64_t *seed, struct arena *arena)
{
    size_t wanted = field->min + draw_below(seed, LIST_EXTRA_MAX + 1), count = 0;
    size_t size = field_item_size(field);
    uint8_t *items = NULL, *spare = NULL;

    if (wanted > field->max) {
        wanted = field->max;
    }
    if (wanted == 0) {
        return;
    }
    items = take(arena, wanted * size);
    spare = take(arena, size);
    for (size_t draws = 0; draws < DRAWS_MAX && count < wanted; draws++) {
        uint8_t *item = items + count * size;

        if (field->nested) {
            schema_random(field->nested, item, seed, arena);
        } else {
            *(struct bytes *)item = draw_text(seed, field->text_min, field->text_max, field->text_is, arena);
        }
        count += place_item(field, items, count, spare);
    }
    assert(count >= field->min);
    *(struct list *)field_place(field, record) = (struct list){.items = items, .count = count};
}

static void draw_value(const struct field *field, void *record, uint64_t *seed, struct arena *arena)
{
    void *place = field_place(field, record);

    switch (field->type) {
    case FIELD_TYPE_UINT:
    case FIELD_TYPE_ENUM:
    case FIELD_TYPE_BOOL:
    case FIELD_TYPE_DAY:
        field_set_number(field, record, draw_number(seed, field->min, field->max));
        break;
    case FIELD_TYPE_FIXED:
        draw_bytes(seed, place, field->min);
        break;
    case FIELD_TYPE_BIN:
        *(struct bytes *)place = draw_bin(seed, field->min, field->max, arena);
        break;
    case FIELD_TYPE_TEXT:
        *(struct bytes *)place = draw_text(seed, field->min, field->max, field->text_is, arena);
        break;
    case FIELD_TYPE_RECORD:
        schema_random(field->nested, place, seed, arena);
        break;
    case FIELD_TYPE_LIST:
        draw_list(field, record, seed, arena);
        break;
    }
}

static void draw_record(const struct schema *schema, void *record, uint64_t *seed, struct arena *arena)
{
    memset(record, 0, schema->size);
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct field *field = &schema->fields[i];

        if (field_is_optional(field) && !field_is_paired(schema, field)) {
            field_set_present(field, record, draw_below(seed, 2) == 0);
        }
        if (field_is_present(field, record)) {
            draw_value(field, record, seed, arena);
        }
    }
    if (schema->extensible && draw_below(seed, 4) == 0) {
        struct field extensions = extensions_field(schema);

        draw_list(&extensions, record, seed, arena);
    }
    if (schema->arrange) {
        schema->arrange(record);
    }
}

void schema_random(const struct schema *schema, void *record, uint64_t *seed, struct arena *arena)
{
    size_t mark = arena_mark(arena), draws = 0;

    do {
        arena_rewind(arena, mark);
        draw_record(schema, record, seed, arena);
    } while (schema->check && schema->check(record) != REASON_NONE && ++draws < DRAWS_MAX);
    assert(draws < DRAWS_MAX);
}
