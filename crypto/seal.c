#include "crypto/seal.h"

#include <assert.h>

void seal_key_pair(struct seal_public_key *public_key, struct seal_secret_key *secret, const uint8_t seed[32])
{
    static_assert(crypto_box_SEEDBYTES == 32, "the seed's size is part of the contract");
    int failed = crypto_box_seed_keypair(public_key->bytes, secret->bytes, seed);
    assert(!failed);
}

bool seal_bytes(uint8_t *out, const struct seal_public_key *key, const void *data, size_t size)
{
    return crypto_box_seal(out, data, size, key->bytes) == 0;
}

bool seal_open(uint8_t *out, const struct seal_public_key *key, const struct seal_secret_key *secret,
               const uint8_t *sealed, size_t sealed_size)
{
    return crypto_box_seal_open(out, sealed, sealed_size, key->bytes, secret->bytes) == 0;
}
