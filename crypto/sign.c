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

/* ---- what a thread remembers ---- */

enum {
    POINTS_MAX = 4096, /* forgetting one costs half a verification */
    VALID_PLACES = 2048,
    VALID_WAYS = 2, /* signatures that share a place; the one that was asked for last stands first */
};

struct point {
    bool checked, valid;
    struct sign_public_key key;
};

/* A signature that is valid. One that is not leaves nothing. */
struct valid {
    bool known;
    struct hash what;
};

/* Nobody can choose what shares a place with another's: the secrets are drawn for each thread. */
struct memory {
    bool drawn;
    uint8_t point_secret[PLACE_SECRET_SIZE];
    uint8_t valid_secret[crypto_generichash_blake2b_KEYBYTES];
    struct point points[POINTS_MAX];
    struct valid valid[VALID_PLACES][VALID_WAYS];
};

static struct memory *memory_of_thread(void)
{
    static _Thread_local struct memory memory;

    if (!memory.drawn) {
        randombytes_buf(memory.point_secret, sizeof memory.point_secret);
        randombytes_buf(memory.valid_secret, sizeof memory.valid_secret);
        memory.drawn = true;
    }
    return &memory;
}

/* ---- points ---- */

static bool is_point(struct memory *memory, const struct sign_public_key *key)
{
    static_assert(sizeof key->bytes == HASH_SIZE, "a key is as long as a hash");
    const uint64_t place = place_of_bytes(key->bytes, memory->point_secret);
    struct point *point = &memory->points[place % POINTS_MAX];

    if (!point->checked || memcmp(&point->key, key, sizeof *key) != 0) {
        point->valid = crypto_core_ed25519_is_valid_point(key->bytes) == 1;
        point->key = *key;
        point->checked = true;
    }
    return point->valid;
}

/* ---- signatures that are valid ---- */

/* All that a verdict rests on, in one hash that nobody else can compute. */
static struct hash what_is_signed(const struct memory *memory, const struct signature *signature,
                                  const struct sign_public_key *key, const struct hash *hash)
{
    const struct {
        struct signature signature;
        struct sign_public_key key;
        struct hash hash;
    } all = {*signature, *key, *hash};
    struct hash what;
    int failed = crypto_generichash_blake2b(what.bytes, HASH_SIZE, (const unsigned char *)&all, sizeof all,
                                            memory->valid_secret, sizeof memory->valid_secret);

    static_assert(sizeof all == sizeof all.signature + sizeof all.key + sizeof all.hash, "no padding");
    assert(!failed);
    return what;
}

static struct valid *place_of(struct memory *memory, const struct hash *what)
{
    uint64_t place;

    memcpy(&place, what->bytes, sizeof place);
    return memory->valid[place % VALID_PLACES];
}

static bool is_known_valid(struct valid place[VALID_WAYS], const struct hash *what)
{
    for (size_t i = 0; i < VALID_WAYS; i++) {
        if (place[i].known && hash_equal(&place[i].what, what)) {
            const struct valid first = place[0];

            place[0] = place[i];
            place[i] = first;
            return true;
        }
    }
    return false;
}

static void remember_valid(struct valid place[VALID_WAYS], const struct hash *what)
{
    memmove(&place[1], &place[0], (VALID_WAYS - 1) * sizeof place[0]);
    place[0] = (struct valid){.known = true, .what = *what};
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
    struct memory *memory = memory_of_thread();
    const struct hash what = what_is_signed(memory, signature, key, hash);
    struct valid *place = place_of(memory, &what);

    if (is_known_valid(place, &what)) {
        return true;
    }
    if (!is_point(memory, key) ||
        crypto_sign_verify_detached(signature->bytes, hash->bytes, HASH_SIZE, key->bytes) != 0) {
        return false;
    }
    remember_valid(place, &what);
    return true;
}
