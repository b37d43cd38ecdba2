#ifndef PROTOCOL_BASE_WRITER_H
#define PROTOCOL_BASE_WRITER_H

/* Canonical msgpack into memory of the caller, packed by msgpack-c (which writes the shortest form). Running
 * out of room sticks; check writer_end once. */

#include "protocol/base/bytes.h"

struct writer {
    uint8_t *data;
    size_t capacity;
    size_t size;
    bool overflow;
};

void writer_init(struct writer *writer, void *data, size_t capacity);
void writer_uint(struct writer *writer, uint64_t value);
void writer_bool(struct writer *writer, bool value);
void writer_bin(struct writer *writer, const void *data, size_t size);
void writer_text(struct writer *writer, struct bytes text);
void writer_array(struct writer *writer, uint32_t count);
void writer_nil(struct writer *writer);
/* Bytes that are canonical msgpack already. */
void writer_raw(struct writer *writer, const void *data, size_t size);
/* Returns: false when anything did not fit; *out is then empty. The result is a view of the caller's memory.
 */
bool writer_end(const struct writer *writer, struct bytes *out);

#endif
