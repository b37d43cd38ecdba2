#include "crypto/keyfile.h"

#include <assert.h>
#include <string.h>

enum kdf { KDF_NONE = 0, KDF_ARGON2ID = 1 };

/* Where each field of the header starts. */
enum {
    AT_MAGIC = 0,
    AT_KDF = 8,
    AT_PASSES = 12,
    AT_MEMORY = 16,
    AT_SALT = 20,
    AT_NONCE = 36,
    AT_SIZE = 60,
    HEADER_SIZE = 64,
    KEY_SIZE = crypto_secretbox_xchacha20poly1305_KEYBYTES
};

static_assert(KEYFILE_OVERHEAD == HEADER_SIZE + crypto_secretbox_xchacha20poly1305_MACBYTES, "layout");
static_assert(AT_NONCE - AT_SALT == crypto_pwhash_argon2id_SALTBYTES, "layout");
static_assert(AT_SIZE - AT_NONCE == crypto_secretbox_xchacha20poly1305_NONCEBYTES, "layout");
static_assert(KEYFILE_MEMORY_KIB_MAX <= SIZE_MAX / 1024, "the memory cap is a size_t in bytes");

static const uint8_t magic[AT_KDF] = {'T', 'P', 'K', 'E', 'Y', 0, 0, 1};
static const uint8_t key_label[crypto_generichash_blake2b_PERSONALBYTES] = "tradeproof key";

struct header {
    uint32_t kdf;
    uint32_t passes;
    uint32_t memory_kib;
    uint32_t secret_size;
};

static void put_u32(uint8_t *at, uint32_t value)
{
    for (int i = 3; i >= 0; i--, value >>= 8) {
        at[i] = (uint8_t)value;
    }
}

static uint32_t take_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* A file without a passphrase has no work to ask for, so that there is one way to write it. */
static bool parameters_are_sane(const struct header *header)
{
    if (header->kdf == KDF_NONE) {
        return header->passes == 0 && header->memory_kib == 0;
    }
    return header->passes >= crypto_pwhash_argon2id_OPSLIMIT_MIN && header->passes <= KEYFILE_PASSES_MAX &&
           header->memory_kib >= crypto_pwhash_argon2id_MEMLIMIT_MIN / 1024 &&
           header->memory_kib <= KEYFILE_MEMORY_KIB_MAX;
}

static enum keyfile_result header_parse(struct header *header, const uint8_t *bytes, size_t size)
{
    if (size < KEYFILE_OVERHEAD || memcmp(bytes + AT_MAGIC, magic, sizeof magic) != 0) {
        return KEYFILE_NOT_A_KEYFILE;
    }
    header->kdf = take_u32(bytes + AT_KDF);
    header->passes = take_u32(bytes + AT_PASSES);
    header->memory_kib = take_u32(bytes + AT_MEMORY);
    header->secret_size = take_u32(bytes + AT_SIZE);
    if (header->kdf != KDF_NONE && header->kdf != KDF_ARGON2ID) {
        return KEYFILE_NOT_A_KEYFILE;
    }
    if (header->secret_size > KEYFILE_SECRET_SIZE_MAX || header->secret_size != size - KEYFILE_OVERHEAD) {
        return KEYFILE_NOT_A_KEYFILE;
    }
    return parameters_are_sane(header) ? KEYFILE_OK : KEYFILE_ABSURD_PARAMETERS;
}

/* Write to key what opens the sealed part of the file that starts with bytes: the header, hashed under the
 * stretched passphrase, so that no field can be altered without losing the key. */
static enum keyfile_result key_derive(uint8_t key[KEY_SIZE], const struct header *header,
                                      const uint8_t *bytes, const char *passphrase, size_t passphrase_size)
{
    uint8_t stretched[KEY_SIZE] = {0};
    if (header->kdf == KDF_ARGON2ID &&
        crypto_pwhash_argon2id(stretched, sizeof stretched, passphrase, passphrase_size, bytes + AT_SALT,
                               header->passes, (size_t)header->memory_kib * 1024,
                               crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0) {
        return KEYFILE_NO_MEMORY;
    }
    int failed = crypto_generichash_blake2b_salt_personal(key, KEY_SIZE, bytes, HEADER_SIZE, stretched,
                                                          sizeof stretched, NULL, key_label);
    assert(!failed);
    sodium_memzero(stretched, sizeof stretched);
    return KEYFILE_OK;
}

bool keyfile_needs_passphrase(const uint8_t *bytes, size_t size)
{
    struct header header;
    return header_parse(&header, bytes, size) == KEYFILE_OK && header.kdf == KDF_ARGON2ID;
}

static void header_write(uint8_t *out, const struct header *header, const uint8_t *salt, const uint8_t *nonce)
{
    memcpy(out + AT_MAGIC, magic, sizeof magic);
    put_u32(out + AT_KDF, header->kdf);
    put_u32(out + AT_PASSES, header->passes);
    put_u32(out + AT_MEMORY, header->memory_kib);
    memcpy(out + AT_SALT, salt, AT_NONCE - AT_SALT);
    memcpy(out + AT_NONCE, nonce, AT_SIZE - AT_NONCE);
    put_u32(out + AT_SIZE, header->secret_size);
}

enum keyfile_result keyfile_write(uint8_t *out, size_t *out_size, const uint8_t *secret, size_t secret_size,
                                  const char *passphrase, size_t passphrase_size, const uint8_t salt[16],
                                  const uint8_t nonce[24])
{
    assert(secret_size <= KEYFILE_SECRET_SIZE_MAX);
    struct header header = {.kdf = KDF_NONE, .secret_size = (uint32_t)secret_size};
    if (passphrase) {
        header.kdf = KDF_ARGON2ID;
        header.passes = crypto_pwhash_argon2id_OPSLIMIT_MODERATE;
        header.memory_kib = crypto_pwhash_argon2id_MEMLIMIT_MODERATE / 1024;
    }
    header_write(out, &header, salt, nonce);
    uint8_t key[KEY_SIZE];
    enum keyfile_result result = key_derive(key, &header, out, passphrase, passphrase_size);
    if (result != KEYFILE_OK) {
        return result;
    }
    int failed =
        crypto_secretbox_xchacha20poly1305_easy(out + HEADER_SIZE, secret, secret_size, out + AT_NONCE, key);
    assert(!failed);
    sodium_memzero(key, sizeof key);
    *out_size = KEYFILE_OVERHEAD + secret_size;
    return KEYFILE_OK;
}

enum keyfile_result keyfile_read(uint8_t *secret, size_t *secret_size, const uint8_t *bytes, size_t size,
                                 const char *passphrase, size_t passphrase_size)
{
    struct header header;
    enum keyfile_result result = header_parse(&header, bytes, size);
    if (result != KEYFILE_OK) {
        return result;
    }
    if (header.kdf == KDF_ARGON2ID && !passphrase) {
        return KEYFILE_WRONG_PASSPHRASE;
    }
    uint8_t key[KEY_SIZE];
    result = key_derive(key, &header, bytes, passphrase, passphrase_size);
    if (result != KEYFILE_OK) {
        return result;
    }
    /* libsodium checks the tag over the whole sealed part before it writes the first byte. */
    int refused = crypto_secretbox_xchacha20poly1305_open_easy(secret, bytes + HEADER_SIZE,
                                                               size - HEADER_SIZE, bytes + AT_NONCE, key);
    sodium_memzero(key, sizeof key);
    if (refused) {
        return KEYFILE_WRONG_PASSPHRASE;
    }
    *secret_size = header.secret_size;
    return KEYFILE_OK;
}
