#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "crypto/keyfile.h"

/* Files that Argon2id opens in microseconds are built here by hand from the layout in keyfile.h, which also
 * checks that layout; keyfile_write itself, at a second a call, is left to one test. */

enum { SECRET_SIZE = 100, FILE_SIZE = SECRET_SIZE + KEYFILE_OVERHEAD, AT_SEALED = 64 };
enum { KDF_AT = 8, PASSES_AT = 12, MEMORY_AT = 16, SALT_AT = 20, NONCE_AT = 36, SIZE_AT = 60 };

static const char passphrase[] = "correct horse battery staple";
enum { PASSPHRASE_SIZE = sizeof passphrase - 1 };

static const uint8_t salt[16] = {1, 2, 3, 4, 5, 6, 7, 8};
static const uint8_t nonce[24] = {9, 8, 7, 6, 5, 4, 3, 2};
static uint8_t secret[KEYFILE_SECRET_SIZE_MAX];

static int secret_fill(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof secret; i++) {
        secret[i] = (uint8_t)(i * 3 + 1);
    }
    return 0;
}

struct opened {
    uint8_t secret[KEYFILE_SECRET_SIZE_MAX];
    size_t size;
};

/* Also that a refusal writes nothing. */
static enum keyfile_result read_file(const uint8_t *bytes, size_t size, const char *phrase)
{
    static struct opened opened;
    static struct opened before;
    memset(&before, 0x5a, sizeof before);
    memcpy(&opened, &before, sizeof before);
    enum keyfile_result result =
        keyfile_read(opened.secret, &opened.size, bytes, size, phrase, phrase ? strlen(phrase) : 0);
    if (result != KEYFILE_OK) {
        assert_memory_equal(&opened, &before, sizeof before);
        return result;
    }
    assert_memory_equal(opened.secret, secret, opened.size);
    assert_memory_equal(opened.secret + opened.size, before.secret, sizeof before.secret - opened.size);
    assert_int_equal(opened.size, size - KEYFILE_OVERHEAD);
    return result;
}

static void put_u32(uint8_t *at, uint32_t value)
{
    for (size_t i = 0; i < 4; i++) {
        at[i] = (uint8_t)(value >> (24 - 8 * i));
    }
}

/* The layout of keyfile.h, once more and independently: SECRET_SIZE secrets at the least work that is
 * allowed. */
static void cheap_file_build(uint8_t file[FILE_SIZE])
{
    uint8_t stretched[32];
    uint8_t key[32];
    static const uint8_t label[16] = "tradeproof key";
    memcpy(file, "TPKEY\0\0\1", 8);
    put_u32(file + KDF_AT, 1);
    put_u32(file + PASSES_AT, 1);
    put_u32(file + MEMORY_AT, 8);
    memcpy(file + SALT_AT, salt, sizeof salt);
    memcpy(file + NONCE_AT, nonce, sizeof nonce);
    put_u32(file + SIZE_AT, SECRET_SIZE);
    assert_int_equal(crypto_pwhash(stretched, 32, passphrase, PASSPHRASE_SIZE, salt, 1, 8192,
                                   crypto_pwhash_ALG_ARGON2ID13),
                     0);
    assert_int_equal(
        crypto_generichash_blake2b_salt_personal(key, 32, file, AT_SEALED, stretched, 32, NULL, label), 0);
    assert_int_equal(
        crypto_secretbox_xchacha20poly1305_easy(file + AT_SEALED, secret, SECRET_SIZE, nonce, key), 0);
}

static void clear_file_build(uint8_t file[FILE_SIZE])
{
    size_t size = 0;
    assert_int_equal(keyfile_write(file, &size, secret, SECRET_SIZE, NULL, 0, salt, nonce), KEYFILE_OK);
    assert_int_equal(size, FILE_SIZE);
}

static void files_without_passphrase_come_back(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 32, 1000, KEYFILE_SECRET_SIZE_MAX};
    static uint8_t file[KEYFILE_SIZE_MAX];
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t size = 0;
        assert_int_equal(keyfile_write(file, &size, secret, sizes[i], NULL, 0, salt, nonce), KEYFILE_OK);
        assert_int_equal(size, sizes[i] + KEYFILE_OVERHEAD);
        assert_false(keyfile_needs_passphrase(file, size));
        assert_int_equal(read_file(file, size, NULL), KEYFILE_OK);
        assert_int_equal(read_file(file, size, "ignored"), KEYFILE_OK);
    }
}

/* The only test at full cost. */
static void file_under_a_passphrase_comes_back(void **state)
{
    (void)state;
    uint8_t file[FILE_SIZE];
    size_t size = 0;
    assert_int_equal(
        keyfile_write(file, &size, secret, SECRET_SIZE, passphrase, PASSPHRASE_SIZE, salt, nonce),
        KEYFILE_OK);
    assert_int_equal(size, FILE_SIZE);
    assert_true(keyfile_needs_passphrase(file, size));
    assert_int_equal(read_file(file, size, passphrase), KEYFILE_OK);
    assert_int_equal(read_file(file, size, "correct horse battery stapler"), KEYFILE_WRONG_PASSPHRASE);
    uint8_t parameters[12] = {0, 0, 0, 1, 0, 0, 0, 3, 0, 4, 0, 0}; /* Argon2id, 3 passes, 256 MiB */
    assert_memory_equal(file + KDF_AT, parameters, sizeof parameters);
}

static void layout_is_as_the_header_says(void **state)
{
    (void)state;
    uint8_t file[FILE_SIZE];
    cheap_file_build(file);
    assert_true(keyfile_needs_passphrase(file, FILE_SIZE));
    assert_int_equal(read_file(file, FILE_SIZE, passphrase), KEYFILE_OK);
}

static void wrong_passphrases_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "correct horse battery stapl", "correct horse battery staplf",
                                        "Correct horse battery staple", "correct horse battery staple "};
    uint8_t file[FILE_SIZE];
    cheap_file_build(file);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(read_file(file, FILE_SIZE, wrong[i]), KEYFILE_WRONG_PASSPHRASE);
    }
    assert_int_equal(read_file(file, FILE_SIZE, NULL), KEYFILE_WRONG_PASSPHRASE);
}

/* The header's and the sealed part's; passes and memory change to cheap, absurd or refused ones, never to
 * dear. */
static void expect_each_byte_bound(uint8_t file[FILE_SIZE], const char *phrase)
{
    static const uint8_t flips[] = {0x01, 0x80};
    for (size_t at = 0; at < FILE_SIZE; at++) {
        for (size_t i = 0; i < sizeof flips; i++) {
            file[at] ^= flips[i];
            if (read_file(file, FILE_SIZE, phrase) == KEYFILE_OK) {
                fail_msg("byte %zu flipped by %x", at, flips[i]);
            }
            file[at] ^= flips[i];
        }
    }
    assert_int_equal(read_file(file, FILE_SIZE, phrase), KEYFILE_OK);
}

static void each_flipped_byte_is_refused(void **state)
{
    (void)state;
    uint8_t file[FILE_SIZE];
    cheap_file_build(file);
    expect_each_byte_bound(file, passphrase);
    clear_file_build(file);
    expect_each_byte_bound(file, passphrase);
    expect_each_byte_bound(file, NULL);
}

static void cut_and_extended_files_are_refused(void **state)
{
    (void)state;
    uint8_t files[2][FILE_SIZE + 1] = {0};
    cheap_file_build(files[0]);
    clear_file_build(files[1]);
    for (size_t i = 0; i < 2; i++) {
        for (size_t size = 0; size <= FILE_SIZE + 1; size++) {
            if (size == FILE_SIZE) {
                continue;
            }
            assert_int_equal(read_file(files[i], size, passphrase), KEYFILE_NOT_A_KEYFILE);
            assert_false(keyfile_needs_passphrase(files[i], size));
        }
    }
}

/* A cut file whose size field agrees reaches the seal, and stops there. */
static void cut_file_with_a_matching_size_is_refused(void **state)
{
    (void)state;
    uint8_t file[FILE_SIZE];
    for (uint32_t size = 0; size < SECRET_SIZE; size++) {
        cheap_file_build(file);
        put_u32(file + SIZE_AT, size);
        assert_int_equal(read_file(file, KEYFILE_OVERHEAD + size, passphrase), KEYFILE_WRONG_PASSPHRASE);
    }
}

static void altered_headers_are_refused(void **state)
{
    (void)state;
    static const struct {
        uint32_t kdf;
        uint32_t passes;
        uint32_t memory_kib;
        uint32_t secret_size;
        enum keyfile_result expected;
        const char *why;
    } rows[] = {
        {1, 0, 8, 100, KEYFILE_ABSURD_PARAMETERS, "no pass"},
        {1, 13, 8, 100, KEYFILE_ABSURD_PARAMETERS, "a pass over the cap"},
        {1, UINT32_MAX, 8, 100, KEYFILE_ABSURD_PARAMETERS, "all the passes there are"},
        {1, 1, 0, 100, KEYFILE_ABSURD_PARAMETERS, "no memory"},
        {1, 1, 7, 100, KEYFILE_ABSURD_PARAMETERS, "less memory than Argon2 takes"},
        {1, 12, 1048577, 100, KEYFILE_ABSURD_PARAMETERS, "1 KiB over the cap"},
        {1, 1, UINT32_MAX, 100, KEYFILE_ABSURD_PARAMETERS, "4 TiB"},
        {0, 1, 0, 100, KEYFILE_ABSURD_PARAMETERS, "passes without a passphrase"},
        {0, 0, 8, 100, KEYFILE_ABSURD_PARAMETERS, "memory without a passphrase"},
        {0, 0, 0, 100, KEYFILE_WRONG_PASSPHRASE, "the passphrase struck out"},
        {2, 1, 8, 100, KEYFILE_NOT_A_KEYFILE, "an unknown kdf"},
        {0x01000000, 1, 8, 100, KEYFILE_NOT_A_KEYFILE, "the kdf in the wrong byte order"},
        {1, 1, 8, 99, KEYFILE_NOT_A_KEYFILE, "a size one short"},
        {1, 1, 8, 101, KEYFILE_NOT_A_KEYFILE, "a size one over"},
        {1, 1, 8, UINT32_MAX, KEYFILE_NOT_A_KEYFILE, "a size that wraps"},
        {1, 1, 8, UINT32_MAX - KEYFILE_OVERHEAD + 1, KEYFILE_NOT_A_KEYFILE,
         "a size that wraps with the overhead"},
    };
    uint8_t file[FILE_SIZE];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cheap_file_build(file);
        put_u32(file + KDF_AT, rows[i].kdf);
        put_u32(file + PASSES_AT, rows[i].passes);
        put_u32(file + MEMORY_AT, rows[i].memory_kib);
        put_u32(file + SIZE_AT, rows[i].secret_size);
        if (read_file(file, FILE_SIZE, passphrase) != rows[i].expected) {
            fail_msg("%s", rows[i].why);
        }
        assert_false(keyfile_needs_passphrase(file, FILE_SIZE));
    }
}

static void secrets_over_the_limit_are_refused(void **state)
{
    (void)state;
    static uint8_t file[KEYFILE_SIZE_MAX + 1];
    size_t size = 0;
    assert_int_equal(keyfile_write(file, &size, secret, KEYFILE_SECRET_SIZE_MAX, NULL, 0, salt, nonce),
                     KEYFILE_OK);
    put_u32(file + SIZE_AT, KEYFILE_SECRET_SIZE_MAX + 1);
    assert_int_equal(read_file(file, sizeof file, NULL), KEYFILE_NOT_A_KEYFILE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_without_passphrase_come_back),
        cmocka_unit_test(file_under_a_passphrase_comes_back),
        cmocka_unit_test(layout_is_as_the_header_says),
        cmocka_unit_test(wrong_passphrases_are_refused),
        cmocka_unit_test(each_flipped_byte_is_refused),
        cmocka_unit_test(cut_and_extended_files_are_refused),
        cmocka_unit_test(cut_file_with_a_matching_size_is_refused),
        cmocka_unit_test(altered_headers_are_refused),
        cmocka_unit_test(secrets_over_the_limit_are_refused),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, secret_fill, NULL);
}
