#include "tests/support/wire_dump.h"

#include <assert.h>

enum { NAME_WIDTH = 26, BYTES_A_LINE = 34, DEPTH_MAX = 16 };

void wire_dump_bytes(FILE *out, unsigned depth, const char *name, struct bytes bytes)
{
    fprintf(out, "%*s%-*s", (int)(2 * depth), "", NAME_WIDTH - (int)(2 * depth), name);
    for (size_t i = 0; i < bytes.size; i++) {
        if (i > 0 && i % BYTES_A_LINE == 0) {
            fprintf(out, "\n%*s", NAME_WIDTH, "");
        }
        fprintf(out, "%02x", (unsigned)bytes.data[i]);
    }
    fputc('\n', out);
}

void wire_dump_head(FILE *out, unsigned depth, const char *name, struct reader *reader, size_t head_size)
{
    assert(head_size <= reader_left(reader));
    wire_dump_bytes(out, depth, name, bytes_of(reader->at, head_size));
    reader->at += head_size;
}

/* The bytes of an array's head: 0x90..0x9f, or three bytes. */
static size_t array_head_size(const struct reader *reader)
{
    return *reader->at == 0xdc ? 3 : 1;
}

static void dump_list(FILE *out, unsigned depth, const struct field *field, struct reader *reader)
{
    struct reader ahead = *reader;
    uint32_t count = reader_array(&ahead, 0, UINT32_MAX);
    char name[16];

    wire_dump_head(out, depth, field->name, reader, array_head_size(reader));
    for (uint32_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "[%u]", (unsigned)i);
        if (field->nested) {
            wire_dump_record(out, depth + 1, name, field->nested, reader);
        } else {
            wire_dump_bytes(out, depth + 1, name, reader_skip(reader, DEPTH_MAX));
        }
    }
}

static void dump_field(FILE *out, unsigned depth, const struct field *field, struct reader *reader)
{
    struct reader ahead = *reader;

    if (reader_nil(&ahead)) {
        wire_dump_bytes(out, depth, field->name, reader_skip(reader, DEPTH_MAX));
    } else if (field->type == FIELD_TYPE_RECORD) {
        wire_dump_record(out, depth, field->name, field->nested, reader);
    } else if (field->type == FIELD_TYPE_LIST) {
        dump_list(out, depth, field, reader);
    } else {
        wire_dump_bytes(out, depth, field->name, reader_skip(reader, DEPTH_MAX));
    }
}

void wire_dump_record(FILE *out, unsigned depth, const char *name, const struct schema *schema,
                      struct reader *reader)
{
    wire_dump_head(out, depth, name, reader, array_head_size(reader));
    for (size_t i = 0; i < schema->field_count; i++) {
        dump_field(out, depth + 1, &schema->fields[i], reader);
    }
    if (schema->extensible) {
        wire_dump_bytes(out, depth + 1, "extensions", reader_skip(reader, DEPTH_MAX));
    }
    assert(reader->error == REASON_NONE);
}
