#ifndef CRYPTO_SIGN_H
#define CRYPTO_SIGN_H

/* Ed25519 detached signatures over labelled hashes (RFC 8032; DESIGN section 4). libsodium alone decides
 * whether a signature is valid; on top of it a key must be a valid point of prime order when it is
 * registered. */

#include "crypto/hash.h"

struct sign_public_key {
    uint8_t bytes[crypto_sign_PUBLICKEYBYTES];
};

struct sign_seed {
    uint8_t bytes[crypto_sign_SEEDBYTES];
};

struct sign_secret_key {
    uint8_t bytes[crypto_sign_SECRETKEYBYTES];
};

struct signature {
    uint8_t bytes[crypto_sign_BYTES];
};

/* Derive the key pair of seed (RFC 8032 section 5.1.5). The caller wipes *secret when done. Fails: never. */
void sign_key_pair(struct sign_public_key *public_key, struct sign_secret_key *secret,
                   const struct sign_seed *seed);

/* Whether key may be registered: a canonical point on the main subgroup, neither of small order nor the
 * identity. */
bool sign_key_is_valid(const struct sign_public_key *key);

void sign_hash(struct signature *out, const struct sign_secret_key *secret, const struct hash *hash);
bool sign_verify(const struct signature *signature, const struct sign_public_key *key,
                 const struct hash *hash);

#endif
