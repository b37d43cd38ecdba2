#ifndef CRYPTO_HASH_H
#define CRYPTO_HASH_H

/* Labelled BLAKE2b-256 (DESIGN section 4, hashing). The label sits in BLAKE2b's personal field and the
 * network tag in its salt field (RFC 7693 section 2.5), so that a hash made for one purpose or network never
 * equals one made for another and the hashed input holds the message alone. This module knows bytes, not
 * credentials: which labels exist is protocol/base/labels.h's business. */

#include <sodium.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { HASH_SIZE = 32, HASH_TAG_SIZE = 16 };

struct hash {
    uint8_t bytes[HASH_SIZE];
};

/* What a hash is for: a network and a label, each zero-padded to 16 bytes. */
struct hash_domain {
    uint8_t network[HASH_TAG_SIZE];
    uint8_t label[HASH_TAG_SIZE];
};

/* A hash over parts given one after the other; the same result as hash_bytes over their concatenation. */
struct hash_stream {
    crypto_generichash_blake2b_state state;
};

/* The domain of label on network. Requires: label and network of 1..16 bytes before their NUL. Fails: never.
 */
struct hash_domain hash_domain_of(const char *network, const char *label);

/* Write to *out the hash of data. Borrows: domain, data (NULL only when size is 0). Fails: never. */
void hash_bytes(struct hash *out, const struct hash_domain *domain, const void *data, size_t size);

/* Write to *out the hash of left's bytes followed by right's: exactly 64 bytes, one inner tree node. */
void hash_pair(struct hash *out, const struct hash_domain *domain, const struct hash *left,
               const struct hash *right);

void hash_stream_init(struct hash_stream *stream, const struct hash_domain *domain);
void hash_stream_add(struct hash_stream *stream, const void *data, size_t size);
void hash_stream_end(struct hash_stream *stream, struct hash *out);

/* Order by bytes, as memcmp. Not constant time: hashes here are public. */
static inline int hash_compare(const struct hash *a, const struct hash *b)
{
    return memcmp(a->bytes, b->bytes, HASH_SIZE);
}
static inline bool hash_equal(const struct hash *a, const struct hash *b)
{
    return hash_compare(a, b) == 0;
}
bool hash_is_zero(const struct hash *hash);

/* Place of 32 bytes in a table (SipHash-2-4). Who doesn't know the secret can't choose bytes that share one.
 */
enum { PLACE_SECRET_SIZE = 16 };
uint64_t place_of_bytes(const uint8_t bytes[HASH_SIZE], const uint8_t secret[PLACE_SECRET_SIZE]);

#endif
