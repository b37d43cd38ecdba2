#include "protocol/wire/schema.h"

#include <assert.h>

#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/wire/schema_fields.h"
#include "protocol/wire/tables.h"

static const struct field extension_fields[] = {
    {REQUIRED(extension, number), UINT(0, UINT64_MAX), MEANS("which extension")},
    {REQUIRED(extension, value), BIN(0, EXTENSION_SIZE_MAX), MEANS("its content")},
};

const struct schema extension_schema = {
    SCHEMA(extension),
    .meaning = "One extension of a record.",
};

static int order_extensions(const void *a, const void *b)
{
    const struct extension *left = a, *right = b;

    return order_numbers(left->number, right->number);
}

struct field extensions_field(const struct schema *schema)
{
    return (struct field){
        .name = "extensions",
        .offset = schema->extensions_offset,
        .size = sizeof(struct list),
        .present_offset = FIELD_REQUIRED,
        LIST(extension, 0, EXTENSIONS_MAX),
        SORTED(order_extensions),
        MEANS("empty today; unknown ones are kept and mean nothing"),
    };
}

static uint32_t arity(const struct schema *schema)
{
    return (uint32_t)schema->field_count + (schema->extensible ? 1 : 0);
}

/* ---- read ---- */

static struct bytes read_text(struct reader *reader, uint64_t min, uint64_t max,
                              bool (*is)(struct bytes text))
{
    struct bytes text = reader_text(reader, min, max);

    if (is && !reader->known && reader->error == REASON_NONE && !is(text)) {
        reader_fail(reader, REASON_BAD_TEXT);
    }
    return text;
}

static void read_list(const struct field *field, void *record, struct reader *reader, struct arena *arena)
{
    uint32_t count = reader_array(reader, (uint32_t)field->min, (uint32_t)field->max);
    size_t item_size = field_item_size(field);
    uint8_t *items = NULL;

    if (reader->error != REASON_NONE || count == 0) {
        return;
    }
    items = arena_take(arena, count * item_size);
    if (!items) {
        reader_fail(reader, REASON_TOO_LARGE);
        return;
    }
    for (uint32_t i = 0; i < count && reader->error == REASON_NONE; i++) {
        uint8_t *item = items + i * item_size;

        if (field->nested) {
            schema_read(field->nested, item, reader, arena);
        } else {
            *(struct bytes *)item = read_text(reader, field->text_min, field->text_max, field->text_is);
        }
        if (i > 0 && field->order && !reader->known && reader->error == REASON_NONE &&
            field->order(item - item_size, item) >= 0) {
            reader_fail(reader, REASON_NOT_SORTED);
        }
    }
    *(struct list *)field_place(field, record) = (struct list){.items = items, .count = count};
}

static void read_value(const struct field *field, void *record, struct reader *reader, struct arena *arena)
{
    void *place = field_place(field, record);

    switch (field->type) {
    case FIELD_TYPE_UINT:
    case FIELD_TYPE_ENUM:
    case FIELD_TYPE_DAY:
        field_set_number(field, record, reader_uint(reader, field->min, field->max));
        break;
    case FIELD_TYPE_BOOL:
        *(bool *)place = reader_bool(reader);
        break;
    case FIELD_TYPE_FIXED:
        reader_bin_exact(reader, place, field->min);
        break;
    case FIELD_TYPE_BIN:
        *(struct bytes *)place = reader_bin(reader, field->min, field->max);
        break;
    case FIELD_TYPE_TEXT:
        *(struct bytes *)place = read_text(reader, field->min, field->max, field->text_is);
        break;
    case FIELD_TYPE_RECORD:
        schema_read(field->nested, place, reader, arena);
        break;
    case FIELD_TYPE_LIST:
        read_list(field, record, reader, arena);
        break;
    }
}

static void read_field(const struct schema *schema, const struct field *field, void *record,
                       struct reader *reader, struct arena *arena)
{
    if (field_is_optional(field)) {
        bool present = !reader_nil(reader);

        if (field_is_paired(schema, field) && present != field_is_present(field, record)) {
            reader_fail(reader, REASON_INCONSISTENT);
        }
        field_set_present(field, record, present);
        if (!present) {
            return;
        }
    }
    read_value(field, record, reader, arena);
}

static void check_whole(const struct schema *schema, const void *record, size_t encoded_size,
                        struct reader *reader)
{
    enum reason reason = REASON_NONE;

    if (schema->encoded_size_max > 0 && encoded_size > schema->encoded_size_max) {
        reason = REASON_TOO_LARGE;
    } else if (schema->check && !reader->known) {
        reason = schema->check(record);
    }
    if (reason != REASON_NONE) {
        reader_fail(reader, reason);
    }
}

void schema_read(const struct schema *schema, void *record, struct reader *reader, struct arena *arena)
{
    const uint8_t *start = reader->at;

    memset(record, 0, schema->size);
    reader_array(reader, arity(schema), arity(schema));
    for (size_t i = 0; i < schema->field_count && reader->error == REASON_NONE; i++) {
        read_field(schema, &schema->fields[i], record, reader, arena);
    }
    if (schema->extensible && reader->error == REASON_NONE) {
        struct field extensions = extensions_field(schema);

        read_list(&extensions, record, reader, arena);
    }
    if (reader->error == REASON_NONE) {
        check_whole(schema, record, (size_t)(reader->at - start), reader);
    }
}

enum reason schema_decode(const struct schema *schema, void *record, struct bytes input, struct arena *arena)
{
    struct reader reader;

    reader_init(&reader, input);
    schema_read(schema, record, &reader, arena);
    return reader_end(&reader);
}

enum reason schema_decode_known(const struct schema *schema, void *record, struct bytes input,
                                struct arena *arena)
{
    struct reader reader;

    reader_init(&reader, input);
    reader.known = true;
    schema_read(schema, record, &reader, arena);
    return reader_end(&reader);
}

/* ---- write ---- */

static void write_text(struct writer *writer, struct bytes text, uint64_t min, uint64_t max,
                       bool (*is)(struct bytes text))
{
    assert(text.size >= min && text.size <= max);
    assert(text_is_clean(text));
    assert(!is || is(text));
    writer_text(writer, text);
}

static void write_list(const struct field *field, const void *record, struct writer *writer)
{
    const struct list *list = field_at(field, record);
    size_t item_size = field_item_size(field);

    assert(list->count >= field->min && list->count <= field->max);
    writer_array(writer, (uint32_t)list->count);
    for (size_t i = 0; i < list->count; i++) {
        const uint8_t *item = (const uint8_t *)list->items + i * item_size;

        assert(i == 0 || !field->order || field->order(item - item_size, item) < 0);
        if (field->nested) {
            schema_write(field->nested, item, writer);
        } else {
            write_text(writer, *(const struct bytes *)item, field->text_min, field->text_max, field->text_is);
        }
    }
}

static void write_value(const struct field *field, const void *record, struct writer *writer)
{
    const struct bytes *bytes = field_at(field, record);
    uint64_t number = 0;

    switch (field->type) {
    case FIELD_TYPE_UINT:
    case FIELD_TYPE_ENUM:
    case FIELD_TYPE_DAY:
        number = field_number(field, record);
        assert(number >= field->min && number <= field->max);
        writer_uint(writer, number);
        break;
    case FIELD_TYPE_BOOL:
        writer_bool(writer, field_number(field, record) != 0);
        break;
    case FIELD_TYPE_FIXED:
        writer_bin(writer, bytes, field->min);
        break;
    case FIELD_TYPE_BIN:
        assert(bytes->size >= field->min && bytes->size <= field->max);
        writer_bin(writer, bytes->data, bytes->size);
        break;
    case FIELD_TYPE_TEXT:
        write_text(writer, *bytes, field->min, field->max, field->text_is);
        break;
    case FIELD_TYPE_RECORD:
        schema_write(field->nested, bytes, writer);
        break;
    case FIELD_TYPE_LIST:
        write_list(field, record, writer);
        break;
    }
}

void schema_write(const struct schema *schema, const void *record, struct writer *writer)
{
    assert(!schema->check || schema->check(record) == REASON_NONE);
    writer_array(writer, arity(schema));
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct field *field = &schema->fields[i];

        if (field_is_present(field, record)) {
            write_value(field, record, writer);
        } else {
            writer_nil(writer);
        }
    }
    if (schema->extensible) {
        struct field extensions = extensions_field(schema);

        write_list(&extensions, record, writer);
    }
}

bool schema_encode(const struct schema *schema, const void *record, void *memory, size_t capacity,
                   struct bytes *out)
{
    struct writer writer;

    writer_init(&writer, memory, capacity);
    schema_write(schema, record, &writer);
    return writer_end(&writer, out);
}
