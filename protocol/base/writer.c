#include "protocol/base/writer.h"

#include <assert.h>
#include <msgpack.h>
#include <string.h>

static int write_bounded(void *data, const char *bytes, size_t size)
{
    struct writer *writer = data;
    if (size > writer->capacity - writer->size) {
        writer->overflow = true;
        return -1;
    }
    if (size > 0) {
        memcpy(writer->data + writer->size, bytes, size);
        writer->size += size;
    }
    return 0;
}

static inline msgpack_packer packer_of(struct writer *writer)
{
    return (msgpack_packer){.data = writer, .callback = write_bounded};
}

void writer_init(struct writer *writer, void *data, size_t capacity)
{
    *writer = (struct writer){.data = data, .capacity = capacity};
}

void writer_uint(struct writer *writer, uint64_t value)
{
    msgpack_packer packer = packer_of(writer);
    msgpack_pack_uint64(&packer, value);
}

void writer_bool(struct writer *writer, bool value)
{
    msgpack_packer packer = packer_of(writer);
    if (value) {
        msgpack_pack_true(&packer);
    } else {
        msgpack_pack_false(&packer);
    }
}

void writer_bin(struct writer *writer, const void *data, size_t size)
{
    assert(size <= UINT32_MAX);
    msgpack_packer packer = packer_of(writer);
    msgpack_pack_bin(&packer, size);
    msgpack_pack_bin_body(&packer, data, size);
}

void writer_text(struct writer *writer, struct bytes text)
{
    assert(text.size <= UINT32_MAX);
    msgpack_packer packer = packer_of(writer);
    msgpack_pack_str(&packer, text.size);
    msgpack_pack_str_body(&packer, text.data, text.size);
}

void writer_array(struct writer *writer, uint32_t count)
{
    msgpack_packer packer = packer_of(writer);
    msgpack_pack_array(&packer, count);
}

void writer_nil(struct writer *writer)
{
    msgpack_packer packer = packer_of(writer);
    msgpack_pack_nil(&packer);
}

void writer_raw(struct writer *writer, const void *data, size_t size)
{
    write_bounded(writer, data, size);
}

bool writer_end(const struct writer *writer, struct bytes *out)
{
    *out = writer->overflow ? bytes_of(NULL, 0) : bytes_of(writer->data, writer->size);
    return !writer->overflow;
}
