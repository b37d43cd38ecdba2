#include "node/node_keys.h"

#include <assert.h>
#include <string.h>

#include "crypto/keyfile.h"

enum {
    CURVE_KEY_SIZE = crypto_scalarmult_SCALARBYTES,
    SECRET_SIZE = crypto_sign_SEEDBYTES + CURVE_KEY_SIZE,
    SECRET_SIZE_MAX = 256,
    PROTOCOL_VERSION = 1
};
_Static_assert(CURVE_KEY_SIZE == sizeof(struct hash), "transport keys are kept like ids");

void node_id_of(struct node_id *out, const struct network *network, const struct sign_public_key *key)
{
    hash_bytes(&out->hash, label_domain(network, LABEL_NODE), key->bytes, sizeof key->bytes);
}

/* Everything else follows from the two secrets. */
static void derive(struct node_keys *keys, const struct network *network)
{
    int result = crypto_scalarmult_base(keys->transport.key.bytes, keys->curve_secret);

    assert(result == 0);
    sign_key_pair(&keys->key, &keys->secret, &keys->seed);
    node_id_of(&keys->id, network, &keys->key);
}

void node_keys_create(struct node_keys *keys, const struct network *network)
{
    randombytes_buf(keys->seed.bytes, sizeof keys->seed.bytes);
    randombytes_buf(keys->curve_secret, sizeof keys->curve_secret);
    derive(keys, network);
}

enum home_error node_secret_write(const struct home *home, const char *name, const uint8_t *secret,
                                  size_t size)
{
    uint8_t file[SECRET_SIZE_MAX + KEYFILE_OVERHEAD], salt[16], nonce[24];
    size_t file_size = 0;
    enum keyfile_result result = KEYFILE_OK;
    enum home_error error = HOME_OK;

    assert(size <= SECRET_SIZE_MAX);
    randombytes_buf(salt, sizeof salt);
    randombytes_buf(nonce, sizeof nonce);
    result = keyfile_write(file, &file_size, secret, size, NULL, 0, salt, nonce);
    assert(result == KEYFILE_OK);
    error = home_write(home, name, file, file_size, 0600);
    sodium_memzero(file, sizeof file);
    return error;
}

enum home_error node_secret_read(const struct home *home, const char *name, uint8_t *secret, size_t size)
{
    uint8_t file[KEYFILE_SIZE_MAX], plain[KEYFILE_SECRET_SIZE_MAX];
    size_t file_size = 0, plain_size = 0;
    enum home_error error = home_read(home, name, file, sizeof file, &file_size);

    if (error == HOME_OK &&
        (keyfile_needs_passphrase(file, file_size) ||
         keyfile_read(plain, &plain_size, file, file_size, NULL, 0) != KEYFILE_OK || plain_size != size)) {
        error = HOME_IO;
    }
    if (error == HOME_OK) {
        memcpy(secret, plain, size);
    }
    sodium_memzero(file, sizeof file);
    sodium_memzero(plain, sizeof plain);
    return error;
}

enum home_error node_keys_write(const struct node_keys *keys, const struct home *home)
{
    uint8_t secret[SECRET_SIZE];
    enum home_error error = HOME_OK;

    memcpy(secret, keys->seed.bytes, sizeof keys->seed.bytes);
    memcpy(secret + sizeof keys->seed.bytes, keys->curve_secret, CURVE_KEY_SIZE);
    error = node_secret_write(home, NODE_KEYS_FILE, secret, sizeof secret);
    sodium_memzero(secret, sizeof secret);
    return error;
}

enum home_error node_keys_read(struct node_keys *keys, const struct home *home)
{
    uint8_t secret[SECRET_SIZE];
    enum home_error error = node_secret_read(home, NODE_KEYS_FILE, secret, sizeof secret);

    if (error == HOME_OK) {
        memcpy(keys->seed.bytes, secret, sizeof keys->seed.bytes);
        memcpy(keys->curve_secret, secret + sizeof keys->seed.bytes, CURVE_KEY_SIZE);
        derive(keys, &home->network);
    }
    sodium_memzero(secret, sizeof secret);
    return error;
}

/* What the node key signs about its transport key. */
static void transport_hash(struct hash *out, const struct network *network,
                           const struct transport_key *transport)
{
    hash_bytes(out, label_domain(network, LABEL_NODE_TRANSPORT), transport->key.bytes, HASH_SIZE);
}

void node_hello(struct hello *out, const struct node_keys *keys, const struct network *network)
{
    struct hash hash;

    memset(out, 0, sizeof *out);
    out->node_key = keys->key;
    out->transport_key = keys->transport;
    out->protocol_version = PROTOCOL_VERSION;
    transport_hash(&hash, network, &keys->transport);
    sign_hash(&out->signature, &keys->secret, &hash);
}

enum reason node_hello_check(const struct hello *hello, const struct network *network,
                             const struct transport_key *authenticated)
{
    struct hash hash;

    if (!hash_equal(&hello->transport_key.key, &authenticated->key)) {
        return REASON_BAD_KEY;
    }
    transport_hash(&hash, network, authenticated);
    return sign_verify(&hello->signature, &hello->node_key, &hash) ? REASON_NONE : REASON_BAD_SIGNATURE;
}
