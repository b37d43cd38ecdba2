#include "crypto/commit.h"

#include <assert.h>

static void add_sized(struct hash_stream *stream, const void *data, size_t size)
{
    assert(size <= UINT32_MAX);
    const uint8_t prefix[4] = {(uint8_t)(size >> 24), (uint8_t)(size >> 16), (uint8_t)(size >> 8),
                               (uint8_t)size};
    hash_stream_add(stream, prefix, sizeof prefix);
    hash_stream_add(stream, data, size);
}

void commit_value(struct hash *out, const struct hash_domain *domain, const void *label, size_t label_size,
                  const void *value, size_t value_size, const struct commit_salt *salt)
{
    struct hash_stream stream;
    hash_stream_init(&stream, domain);
    add_sized(&stream, label, label_size);
    add_sized(&stream, value, value_size);
    hash_stream_add(&stream, salt->bytes, sizeof salt->bytes);
    hash_stream_end(&stream, out);
    sodium_memzero(&stream, sizeof stream);
}
