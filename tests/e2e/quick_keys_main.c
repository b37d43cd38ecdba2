/* Rewrites key files so that their passphrase costs next to nothing: what a command takes to open one is most
 * of its time otherwise. The programs read them as any, because a key file says what work it asks for
 * (keyfile.h).
 *
 *   quick_keys PASSPHRASE_FILE KEY_FILE... */

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "crypto/keyfile.h"

enum { PASSES_AT = 12, MEMORY_AT = 16, SALT_AT = 20, NONCE_AT = 36, HEADER_SIZE = 64 };

static const uint8_t key_label[crypto_generichash_blake2b_PERSONALBYTES] = "tradeproof key";

static size_t read_file(const char *path, uint8_t *out, size_t size_max)
{
    FILE *file = fopen(path, "rb");
    size_t size = file != NULL ? fread(out, 1, size_max, file) : 0;

    if (file != NULL) {
        (void)fclose(file);
    }
    return size;
}

static bool write_file(const char *path, const uint8_t *bytes, size_t size)
{
    FILE *file = fopen(path, "r+b");
    bool written = file != NULL && fwrite(bytes, 1, size, file) == size;

    return file != NULL && fclose(file) == 0 && written;
}

/* The least work that there is: one pass over 8 KiB. */
static bool seal_anew(uint8_t *file, const uint8_t *secret, size_t size, const char *passphrase)
{
    uint8_t stretched[crypto_secretbox_xchacha20poly1305_KEYBYTES], key[sizeof stretched];

    memset(file + PASSES_AT, 0, SALT_AT - PASSES_AT);
    file[PASSES_AT + 3] = crypto_pwhash_argon2id_OPSLIMIT_MIN;
    file[MEMORY_AT + 3] = crypto_pwhash_argon2id_MEMLIMIT_MIN / 1024;
    return crypto_pwhash_argon2id(stretched, sizeof stretched, passphrase, strlen(passphrase), file + SALT_AT,
                                  crypto_pwhash_argon2id_OPSLIMIT_MIN, crypto_pwhash_argon2id_MEMLIMIT_MIN,
                                  crypto_pwhash_argon2id_ALG_ARGON2ID13) == 0 &&
           crypto_generichash_blake2b_salt_personal(key, sizeof key, file, HEADER_SIZE, stretched,
                                                    sizeof stretched, NULL, key_label) == 0 &&
           crypto_secretbox_xchacha20poly1305_easy(file + HEADER_SIZE, secret, size, file + NONCE_AT, key) ==
               0;
}

static bool rewrite(const char *path, const char *passphrase)
{
    static uint8_t file[KEYFILE_SIZE_MAX], secret[KEYFILE_SECRET_SIZE_MAX];
    const size_t size = read_file(path, file, sizeof file);
    size_t secret_size = 0;

    return keyfile_read(secret, &secret_size, file, size, passphrase, strlen(passphrase)) == KEYFILE_OK &&
           seal_anew(file, secret, secret_size, passphrase) && write_file(path, file, size);
}

int main(int argc, char **argv)
{
    char passphrase[256] = "";

    if (argc < 3 || sodium_init() < 0 ||
        read_file(argv[1], (uint8_t *)passphrase, sizeof passphrase - 1) == 0) {
        (void)fprintf(stderr, "usage: quick_keys PASSPHRASE_FILE KEY_FILE...\n");
        return 1;
    }
    passphrase[strcspn(passphrase, "\n")] = '\0';
    for (int i = 2; i < argc; i++) {
        if (!rewrite(argv[i], passphrase)) {
            (void)fprintf(stderr, "quick_keys: %s can't be rewritten\n", argv[i]);
            return 1;
        }
    }
    return 0;
}
