#ifndef CRYPTO_SEAL_H
#define CRYPTO_SEAL_H

/* Sealing bytes to an X25519 seal key, which is apart from all signing keys (DESIGN section 4, keys):
 * anonymous sender, so neither the issuer nor a node that keeps the sealed bytes can open them. libsodium's
 * sealed box. */

#include "crypto/hash.h"

enum { SEAL_OVERHEAD = crypto_box_SEALBYTES };

struct seal_public_key {
    uint8_t bytes[crypto_box_PUBLICKEYBYTES];
};

struct seal_secret_key {
    uint8_t bytes[crypto_box_SECRETKEYBYTES];
};

/* Derive the key pair of a 32-byte seed. The caller wipes *secret when done. */
void seal_key_pair(struct seal_public_key *public_key, struct seal_secret_key *secret,
                   const uint8_t seed[32]);

/* Write size + SEAL_OVERHEAD bytes to out. Returns: false when key is a weak point. */
bool seal_bytes(uint8_t *out, const struct seal_public_key *key, const void *data, size_t size);

/* Write sealed_size - SEAL_OVERHEAD bytes to out. Returns: false, out unspecified, when sealed is too short,
 * altered, or meant for another key. */
bool seal_open(uint8_t *out, const struct seal_public_key *key, const struct seal_secret_key *secret,
               const uint8_t *sealed, size_t sealed_size);

#endif
