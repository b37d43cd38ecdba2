#include "crypto/sign.h"

#include <assert.h>

static_assert(crypto_sign_SEEDBYTES == 32, "RFC 8032 seeds");

void sign_key_pair(struct sign_public_key *public_key, struct sign_secret_key *secret,
                   const struct sign_seed *seed)
{
    int failed = crypto_sign_seed_keypair(public_key->bytes, secret->bytes, seed->bytes);
    assert(!failed);
}

bool sign_key_is_valid(const struct sign_public_key *key)
{
    return crypto_core_ed25519_is_valid_point(key->bytes) == 1;
}

void sign_hash(struct signature *out, const struct sign_secret_key *secret, const struct hash *hash)
{
    int failed = crypto_sign_detached(out->bytes, NULL, hash->bytes, HASH_SIZE, secret->bytes);
    assert(!failed);
}

bool sign_verify(const struct signature *signature, const struct sign_public_key *key,
                 const struct hash *hash)
{
    return crypto_sign_verify_detached(signature->bytes, hash->bytes, HASH_SIZE, key->bytes) == 0;
}
