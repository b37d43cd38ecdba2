#include "crypto/sign.h"

#include <assert.h>
#include <string.h>

static_assert(crypto_sign_SEEDBYTES == 32, "RFC 8032 seeds");

void sign_key_pair(struct sign_public_key *public_key, struct sign_secret_key *secret,
                   const struct sign_seed *seed)
{
    int failed = crypto_sign_seed_keypair(public_key->bytes, secret->bytes, seed->bytes);
    assert(!failed);
}

/* ---- points ---- */

enum { POINTS_MAX = 4096 }; /* remembered; forgetting one costs half a verification */

struct point {
    bool checked, valid;
    struct sign_public_key key;
};

/* Nobody can choose keys that share a place with another's: the places are drawn for each thread. */
static struct point *place_of(const struct sign_public_key *key)
{
    static _Thread_local struct point points[POINTS_MAX];
    static _Thread_local uint8_t secret[crypto_shorthash_KEYBYTES];
    static _Thread_local bool drawn;
    uint64_t at;
    static_assert(sizeof at == crypto_shorthash_BYTES, "a place fits");

    if (!drawn) {
        crypto_shorthash_keygen(secret);
        drawn = true;
    }
    crypto_shorthash((uint8_t *)&at, key->bytes, sizeof key->bytes, secret);
    return &points[at % POINTS_MAX];
}

static bool is_point(const struct sign_public_key *key)
{
    struct point *point = place_of(key);

    if (!point->checked || memcmp(&point->key, key, sizeof *key) != 0) {
        point->valid = crypto_core_ed25519_is_valid_point(key->bytes) == 1;
        point->key = *key;
        point->checked = true;
    }
    return point->valid;
}

/* ---- signatures ---- */

void sign_hash(struct signature *out, const struct sign_secret_key *secret, const struct hash *hash)
{
    int failed = crypto_sign_detached(out->bytes, NULL, hash->bytes, HASH_SIZE, secret->bytes);
    assert(!failed);
}

bool sign_verify(const struct signature *signature, const struct sign_public_key *key,
                 const struct hash *hash)
{
    return is_point(key) &&
           crypto_sign_verify_detached(signature->bytes, hash->bytes, HASH_SIZE, key->bytes) == 0;
}
