#ifndef CRYPTO_KEYFILE_H
#define CRYPTO_KEYFILE_H

/* The bytes of a key file: secrets under a passphrase, as Argon2id and an XChaCha20-Poly1305 secretbox, or,
 * for the keys that a daemon holds unattended, in the clear with a checksum (their protection is the file
 * mode 0600). Bytes in, bytes out: cmd and node read and write the file itself.
 *
 * Layout, all integers big-endian:
 *   8 magic "TPKEY\0\0\1" | 4 kdf (0 none, 1 Argon2id v1.3) | 4 passes | 4 memory KiB | 16 salt | 24 nonce |
 *   4 size of plain secrets | sealed secrets (size + 16)
 * The secretbox key is the BLAKE2b hash of the 64 bytes before the sealed part, keyed with Argon2id's output,
 * so altering any of them loses the key. With kdf 0 passes and memory are 0 and that output is taken as all
 * zero: the seal then only detects damage. */

#include "crypto/hash.h"

enum {
    KEYFILE_SECRET_SIZE_MAX = 16384,
    KEYFILE_OVERHEAD = 8 + 4 + 4 + 4 + 16 + 24 + 4 + 16,
    KEYFILE_SIZE_MAX = KEYFILE_SECRET_SIZE_MAX + KEYFILE_OVERHEAD,
    /* A file may ask for at most this much work: four times what we write, of each. */
    KEYFILE_PASSES_MAX = 12,
    KEYFILE_MEMORY_KIB_MAX = 1048576
};

enum keyfile_result {
    KEYFILE_OK,
    KEYFILE_NOT_A_KEYFILE,     /* magic, lengths or kdf number are wrong */
    KEYFILE_ABSURD_PARAMETERS, /* asks for more than the caps above, or less than libsodium's minimum */
    KEYFILE_WRONG_PASSPHRASE,  /* or altered: the two look alike on purpose */
    KEYFILE_NO_MEMORY
};

/* Whether bytes hold a key file that needs a passphrase. False too when they hold none at all. */
bool keyfile_needs_passphrase(const uint8_t *bytes, size_t size);

/* Write the key file of secret to out and its size to *out_size. passphrase NULL: kept in the clear. salt and
 * nonce are the caller's fresh random bytes (this module has no random source of its own).
 * Requires: secret_size <= KEYFILE_SECRET_SIZE_MAX; passphrase_size < 2^32; out has KEYFILE_OVERHEAD +
 * secret_size bytes. Cost with a passphrase: MODERATE, about 1 s and 256 MiB. Fails: KEYFILE_NO_MEMORY. */
enum keyfile_result keyfile_write(uint8_t *out, size_t *out_size, const uint8_t *secret, size_t secret_size,
                                  const char *passphrase, size_t passphrase_size, const uint8_t salt[16],
                                  const uint8_t nonce[24]);

/* Write the secrets of a key file to secret (KEYFILE_SECRET_SIZE_MAX bytes, best sodium_malloc'ed) and their
 * size to *secret_size; both untouched unless KEYFILE_OK. passphrase is ignored when none is needed. */
enum keyfile_result keyfile_read(uint8_t *secret, size_t *secret_size, const uint8_t *bytes, size_t size,
                                 const char *passphrase, size_t passphrase_size);

#endif
