#include "crypto/hash.h"

#include <assert.h>
#include <string.h>

static_assert(HASH_TAG_SIZE == crypto_generichash_blake2b_SALTBYTES, "the network tag fills the salt field");
static_assert(HASH_TAG_SIZE == crypto_generichash_blake2b_PERSONALBYTES,
              "the label fills the personal field");
static_assert(HASH_SIZE == crypto_generichash_blake2b_BYTES, "BLAKE2b-256");

static void tag_fill(uint8_t tag[HASH_TAG_SIZE], const char *text)
{
    size_t size = strnlen(text, HASH_TAG_SIZE + 1);
    assert(size >= 1);
    assert(size <= HASH_TAG_SIZE);
    memcpy(tag, text, size);
}

struct hash_domain hash_domain_of(const char *network, const char *label)
{
    struct hash_domain domain = {0};
    tag_fill(domain.network, network);
    tag_fill(domain.label, label);
    return domain;
}

void hash_bytes(struct hash *out, const struct hash_domain *domain, const void *data, size_t size)
{
    int failed = crypto_generichash_blake2b_salt_personal(out->bytes, HASH_SIZE, data, size, NULL, 0,
                                                          domain->network, domain->label);
    assert(!failed);
}

void hash_pair(struct hash *out, const struct hash_domain *domain, const struct hash *left,
               const struct hash *right)
{
    /* The copy lets out be left or right, and costs nothing beside the compression. */
    struct hash pair[2] = {*left, *right};
    hash_bytes(out, domain, pair, sizeof pair);
}

void hash_stream_init(struct hash_stream *stream, const struct hash_domain *domain)
{
    int failed = crypto_generichash_blake2b_init_salt_personal(&stream->state, NULL, 0, HASH_SIZE,
                                                               domain->network, domain->label);
    assert(!failed);
}

void hash_stream_add(struct hash_stream *stream, const void *data, size_t size)
{
    int failed = crypto_generichash_blake2b_update(&stream->state, data, size);
    assert(!failed);
}

void hash_stream_end(struct hash_stream *stream, struct hash *out)
{
    int failed = crypto_generichash_blake2b_final(&stream->state, out->bytes, HASH_SIZE);
    assert(!failed);
}

bool hash_is_zero(const struct hash *hash)
{
    return sodium_is_zero(hash->bytes, HASH_SIZE) == 1;
}

uint64_t place_of_bytes(const uint8_t bytes[HASH_SIZE], const uint8_t secret[PLACE_SECRET_SIZE])
{
    uint64_t place;
    static_assert(crypto_shorthash_BYTES == sizeof place, "a place is what SipHash makes");
    static_assert(crypto_shorthash_KEYBYTES == PLACE_SECRET_SIZE, "the secret is SipHash's key");
    crypto_shorthash((uint8_t *)&place, bytes, HASH_SIZE, secret);
    return place;
}
