#ifndef CRYPTO_SIGN_H
#define CRYPTO_SIGN_H

/* Ed25519 detached signatures over labelled hashes (RFC 8032; DESIGN section 4). libsodium alone decides
 * whether a signature is valid; on top of it the key must be a canonical point on the main subgroup, of
 * which libsodium asks only a part. A record may list any 32 bytes as a key: ones that are no such point
 * never sign. */

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

void sign_hash(struct signature *out, const struct sign_secret_key *secret, const struct hash *hash);
/* Whether signature is valid and key such a point. What is found of a key is remembered, per thread: most
 * keys that are listed never sign here, and those that do sign often. So is, of the last few thousand, that a
 * signature is valid, by a keyed hash of signature, key and hash together: a block is verified as it comes,
 * in a fork proof, and when its author's chain is left and followed again. That one is not valid is never
 * remembered. */
bool sign_verify(const struct signature *signature, const struct sign_public_key *key,
                 const struct hash *hash);

#endif
