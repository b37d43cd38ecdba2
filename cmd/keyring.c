#include "cmd/keyring.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/seal.h"

/* What the seeds mean: their keys, the record that the keys make, who may sign. Files are keyring_file.c's.
 */

static struct keyring *keyring_new(void)
{
    struct keyring *keyring = sodium_malloc(sizeof *keyring);

    if (keyring) {
        sodium_memzero(keyring, sizeof *keyring);
    }
    return keyring;
}

static struct keyring_seed *seed_append(struct keyring *keyring, enum keyring_use use, enum role role,
                                        uint32_t number)
{
    struct keyring_seed *seed = &keyring->seeds[keyring->count];

    assert(keyring->count < KEYRING_SEEDS_MAX);
    keyring->count++;
    *seed = (struct keyring_seed){.use = use, .role = role, .number = number};
    return seed;
}

static void seed_make(struct keyring *keyring, enum keyring_use use, enum role role, uint32_t number)
{
    struct keyring_seed *seed = seed_append(keyring, use, role, number);

    randombytes_buf(seed->seed.bytes, sizeof seed->seed.bytes);
}

static struct sign_public_key public_key_of(const struct keyring_seed *seed)
{
    struct sign_public_key key;
    struct sign_secret_key secret;

    sign_key_pair(&key, &secret, &seed->seed);
    sodium_memzero(&secret, sizeof secret);
    return key;
}

static struct signing_key signing_key_of(const struct keyring_seed *seed)
{
    return (struct signing_key){.algorithm = KEY_ED25519, .role = seed->role, .key = public_key_of(seed)};
}

/* ---- record ---- */

struct public_keys {
    struct signing_key signing[KEYS_MAX];
    struct next_key next[KEYS_MAX];
    struct seal_key seal[SEAL_KEYS_MAX];
};

static int order_signing(const void *a, const void *b)
{
    const struct signing_key *left = a, *right = b;

    if (left->role != right->role) {
        return left->role < right->role ? -1 : 1;
    }
    return memcmp(&left->key, &right->key, sizeof left->key);
}

static int order_next(const void *a, const void *b)
{
    const struct next_key *left = a, *right = b;

    return hash_compare(&left->hash, &right->hash);
}

static int order_seal(const void *a, const void *b)
{
    const struct seal_key *left = a, *right = b;

    return left->number < right->number ? -1 : left->number > right->number;
}

static struct seal_key seal_key_of(const struct keyring_seed *seed)
{
    struct seal_key key = {.number = seed->number, .algorithm = SEAL_X25519};
    struct seal_secret_key secret;

    seal_key_pair(&key.key, &secret, seed->seed.bytes);
    sodium_memzero(&secret, sizeof secret);
    return key;
}

static void public_keys_of(struct public_keys *out, struct keys *keys, const struct keyring *keyring,
                           const struct network *network)
{
    size_t signing = 0, next = 0, seal = 0;

    for (size_t i = 0; i < keyring->count; i++) {
        const struct keyring_seed *seed = &keyring->seeds[i];
        struct signing_key key = signing_key_of(seed);

        if (seed->use == KEYRING_CURRENT) {
            out->signing[signing++] = key;
        } else if (seed->use == KEYRING_NEXT) {
            next_key_hash(&out->next[next++].hash, network, &key);
        } else {
            out->seal[seal++] = seal_key_of(seed);
        }
    }
    qsort(out->signing, signing, sizeof out->signing[0], order_signing);
    qsort(out->next, next, sizeof out->next[0], order_next);
    qsort(out->seal, seal, sizeof out->seal[0], order_seal);
    keys->signing_keys = (struct list){out->signing, signing};
    keys->next_keys = (struct list){out->next, next};
    keys->seal_keys = (struct list){out->seal, seal};
}

/* One signature a role: a keyring is one person's. */
void keyring_record(const struct keyring *keyring, const struct network *network, struct writer *record)
{
    struct public_keys public_keys = {0};
    struct keys keys = {.thresholds = {1, 1, 1, 1}, .next_threshold = 1};

    public_keys_of(&public_keys, &keys, keyring, network);
    schema_write(&keys_schema, &keys, record);
}

/* ---- generations ---- */

static void make_other_keys(struct keyring *keyring)
{
    seed_make(keyring, KEYRING_CURRENT, ROLE_ISSUE, 0);
    seed_make(keyring, KEYRING_CURRENT, ROLE_CHECKPOINT, 0);
    seed_make(keyring, KEYRING_CURRENT, ROLE_PRESENT, 0);
    seed_make(keyring, KEYRING_NEXT, ROLE_GOVERN, 0);
}

struct keyring *keyring_create(const struct network *network, struct writer *inception)
{
    struct keyring *keyring = keyring_new();

    if (!keyring) {
        return NULL;
    }
    seed_make(keyring, KEYRING_CURRENT, ROLE_GOVERN, 0);
    make_other_keys(keyring);
    seed_make(keyring, KEYRING_SEAL, 0, 1);
    keyring_record(keyring, network, inception);
    return keyring;
}

/* The newest seal keys stay, so that what was sealed to them can still be opened. */
static void carry_seal_keys(struct keyring *next, const struct keyring *keyring)
{
    uint32_t newest = 0;

    for (size_t i = 0; i < keyring->count; i++) {
        if (keyring->seeds[i].use == KEYRING_SEAL && keyring->seeds[i].number > newest) {
            newest = keyring->seeds[i].number;
        }
    }
    for (size_t i = 0; i < keyring->count; i++) {
        const struct keyring_seed *seed = &keyring->seeds[i];

        if (seed->use == KEYRING_SEAL && seed->number + SEAL_KEYS_MAX > newest + 1) {
            seed_append(next, KEYRING_SEAL, 0, seed->number)->seed = seed->seed;
        }
    }
    seed_make(next, KEYRING_SEAL, 0, newest + 1);
}

struct keyring *keyring_rotate(const struct keyring *keyring, const struct network *network,
                               struct writer *record)
{
    struct keyring *next = keyring_new();

    if (!next) {
        return NULL;
    }
    for (size_t i = 0; i < keyring->count; i++) {
        if (keyring->seeds[i].use == KEYRING_NEXT) {
            seed_append(next, KEYRING_CURRENT, ROLE_GOVERN, 0)->seed = keyring->seeds[i].seed;
        }
    }
    make_other_keys(next);
    carry_seal_keys(next, keyring);
    next->passphrase = keyring->passphrase;
    keyring_record(next, network, record);
    return next;
}

bool keyring_holds_next(const struct keyring *keyring)
{
    for (size_t i = 0; i < keyring->count; i++) {
        if (keyring->seeds[i].use == KEYRING_NEXT) {
            return true;
        }
    }
    return false;
}

void keyring_wipe(struct keyring *keyring)
{
    sodium_free(keyring);
}

/* ---- questions ---- */

static bool key_index_of(uint64_t *index, const struct key_set *keys, const struct signing_key *key)
{
    for (size_t i = 0; i < keys->key_count; i++) {
        if (keys->keys[i].role == key->role && memcmp(&keys->keys[i].key, &key->key, sizeof key->key) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

bool keyring_signer(const struct keyring *keyring, const struct key_set *keys, enum role role,
                    struct sign_secret_key *secret, uint64_t *key_index)
{
    for (size_t i = 0; i < keyring->count; i++) {
        const struct keyring_seed *seed = &keyring->seeds[i];
        struct signing_key key;

        if (seed->use != KEYRING_CURRENT || seed->role != role) {
            continue;
        }
        key = (struct signing_key){.algorithm = KEY_ED25519, .role = role};
        sign_key_pair(&key.key, secret, &seed->seed);
        if (key_index_of(key_index, keys, &key)) {
            return true;
        }
    }
    sodium_memzero(secret, sizeof *secret);
    return false;
}

bool keyring_is_in_force(const struct keyring *keyring, const struct key_set *keys)
{
    for (size_t i = 0; i < keyring->count; i++) {
        struct signing_key key = signing_key_of(&keyring->seeds[i]);
        uint64_t index;

        if (keyring->seeds[i].use == KEYRING_CURRENT && !key_index_of(&index, keys, &key)) {
            return false;
        }
    }
    return true;
}

static bool holds_seed(const struct keyring *keyring, enum keyring_use use, const struct keyring_seed *wanted)
{
    for (size_t i = 0; i < keyring->count; i++) {
        const struct keyring_seed *seed = &keyring->seeds[i];

        if (seed->use == use && seed->role == wanted->role &&
            sodium_memcmp(&seed->seed, &wanted->seed, sizeof seed->seed) == 0) {
            return true;
        }
    }
    return false;
}

bool keyring_follows(const struct keyring *next, const struct keyring *keyring)
{
    for (size_t i = 0; i < keyring->count; i++) {
        if (keyring->seeds[i].use == KEYRING_NEXT && !holds_seed(next, KEYRING_CURRENT, &keyring->seeds[i])) {
            return false;
        }
    }
    return true;
}
