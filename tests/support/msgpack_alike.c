#include "tests/support/msgpack_alike.h"

#include <msgpack.h>
#include <stdlib.h>

#include "protocol/base/reader.h"
#include "protocol/base/writer.h"

static bool same_bytes(struct bytes read, const char *data, uint32_t size)
{
    return bytes_equal(read, bytes_of(data, size));
}

/* Read with reader what object holds, and write it to writer. Returns: false when the two differ. */
static bool object_is_alike(struct reader *reader, struct writer *writer, const msgpack_object *object)
{
    switch (object->type) {
    case MSGPACK_OBJECT_POSITIVE_INTEGER:
        writer_uint(writer, object->via.u64);
        return reader_uint(reader, 0, UINT64_MAX) == object->via.u64;
    case MSGPACK_OBJECT_BOOLEAN:
        writer_bool(writer, object->via.boolean);
        return reader_bool(reader) == object->via.boolean;
    case MSGPACK_OBJECT_NIL:
        writer_nil(writer);
        return reader_nil(reader);
    case MSGPACK_OBJECT_STR:
        writer_text(writer, bytes_of(object->via.str.ptr, object->via.str.size));
        return same_bytes(reader_text(reader, 0, SIZE_MAX), object->via.str.ptr, object->via.str.size);
    case MSGPACK_OBJECT_BIN:
        writer_bin(writer, object->via.bin.ptr, object->via.bin.size);
        return same_bytes(reader_bin(reader, 0, SIZE_MAX), object->via.bin.ptr, object->via.bin.size);
    case MSGPACK_OBJECT_ARRAY:
        writer_array(writer, object->via.array.size);
        if (reader_array(reader, 0, UINT32_MAX) != object->via.array.size) {
            return false;
        }
        for (uint32_t i = 0; i < object->via.array.size; i++) {
            if (!object_is_alike(reader, writer, &object->via.array.ptr[i])) {
                return false;
            }
        }
        return true;
    case MSGPACK_OBJECT_NEGATIVE_INTEGER:
    case MSGPACK_OBJECT_FLOAT32:
    case MSGPACK_OBJECT_FLOAT64:
    case MSGPACK_OBJECT_MAP:
    case MSGPACK_OBJECT_EXT:
        return false;
    }
    return false;
}

static bool unpacked_is_alike(struct bytes document, const msgpack_object *object)
{
    void *memory = malloc(document.size);
    if (memory == NULL) {
        return false;
    }
    struct reader reader;
    struct writer writer;
    struct bytes written;
    reader_init(&reader, document);
    writer_init(&writer, memory, document.size);
    bool alike = object_is_alike(&reader, &writer, object) && reader_end(&reader) == REASON_NONE &&
                 writer_end(&writer, &written) && bytes_equal(written, document);
    free(memory);
    return alike;
}

bool msgpack_reads_alike(struct bytes document)
{
    size_t offset = 0;
    msgpack_unpacked unpacked;
    msgpack_unpacked_init(&unpacked);
    bool alike = msgpack_unpack_next(&unpacked, (const char *)document.data, document.size, &offset) ==
                     MSGPACK_UNPACK_SUCCESS &&
                 offset == document.size && unpacked_is_alike(document, &unpacked.data);
    msgpack_unpacked_destroy(&unpacked);
    return alike;
}
