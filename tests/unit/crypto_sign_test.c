#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "crypto/sign.h"
#include "tests/support/vectors.h"

enum { MESSAGE_MAX = 2048 };

/* The eight points whose order divides 8, as multiples of one of order 8. */
static const char *const torsion_points[8] = {
    "0100000000000000000000000000000000000000000000000000000000000000",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
};

static struct sign_public_key key_of_hex(const char *hex)
{
    struct sign_public_key key;
    assert_int_equal(sodium_hex2bin(key.bytes, sizeof key.bytes, hex, strlen(hex), NULL, NULL, NULL), 0);
    return key;
}

static void key_pair_of(struct sign_public_key *public_key, struct sign_secret_key *secret, uint8_t fill)
{
    struct sign_seed seed;
    memset(seed.bytes, fill, sizeof seed.bytes);
    sign_key_pair(public_key, secret, &seed);
}

/* The vectors sign messages, this module hashes: key pairs are compared as they are, signatures through the
 * same libsodium call that sign_hash makes. */
static void vectors_agree(void **state)
{
    (void)state;
    struct vectors vectors;
    size_t count = 0;
    vectors_open(&vectors, "rfc8032.txt");
    while (vectors_next(&vectors, 5)) {
        struct sign_seed seed;
        struct sign_public_key expected_key;
        struct signature expected;
        uint8_t message[MESSAGE_MAX];
        assert_int_equal(vectors_hex(&vectors, 1, seed.bytes, sizeof seed.bytes), sizeof seed.bytes);
        assert_int_equal(vectors_hex(&vectors, 2, expected_key.bytes, sizeof expected_key.bytes), 32);
        size_t size = vectors_hex(&vectors, 3, message, sizeof message);
        assert_int_equal(vectors_hex(&vectors, 4, expected.bytes, sizeof expected.bytes), 64);

        struct sign_public_key key;
        struct sign_secret_key secret;
        struct signature signature;
        sign_key_pair(&key, &secret, &seed);
        assert_memory_equal(key.bytes, expected_key.bytes, sizeof key.bytes);
        assert_int_equal(crypto_sign_detached(signature.bytes, NULL, message, size, secret.bytes), 0);
        assert_memory_equal(signature.bytes, expected.bytes, sizeof expected.bytes);
        count++;
    }
    assert_int_equal(count, 4);
}

static void hash_is_signed_as_a_plain_message(void **state)
{
    (void)state;
    struct sign_public_key key;
    struct sign_secret_key secret;
    struct signature signature;
    struct signature expected;
    struct hash hash;
    key_pair_of(&key, &secret, 1);
    memset(hash.bytes, 2, HASH_SIZE);
    sign_hash(&signature, &secret, &hash);
    assert_int_equal(crypto_sign_detached(expected.bytes, NULL, hash.bytes, HASH_SIZE, secret.bytes), 0);
    assert_memory_equal(signature.bytes, expected.bytes, sizeof expected.bytes);
    assert_true(sign_verify(&signature, &key, &hash));
}

/* The linker lets every call come here (tests/CMakeLists.txt). */
int __real_crypto_core_ed25519_is_valid_point(const unsigned char *point);
int __wrap_crypto_core_ed25519_is_valid_point(const unsigned char *point);
int __real_crypto_sign_verify_detached(const unsigned char *signature, const unsigned char *message,
                                       unsigned long long size, const unsigned char *key);
int __wrap_crypto_sign_verify_detached(const unsigned char *signature, const unsigned char *message,
                                       unsigned long long size, const unsigned char *key);

static size_t points_checked, signatures_checked;

int __wrap_crypto_core_ed25519_is_valid_point(const unsigned char *point)
{
    points_checked++;
    return __real_crypto_core_ed25519_is_valid_point(point);
}

int __wrap_crypto_sign_verify_detached(const unsigned char *signature, const unsigned char *message,
                                       unsigned long long size, const unsigned char *key)
{
    signatures_checked++;
    return __real_crypto_sign_verify_detached(signature, message, size, key);
}

static void every_flipped_bit_is_refused(void **state)
{
    (void)state;
    struct signed_hash {
        struct signature signature;
        struct sign_public_key key;
        struct hash hash;
    } whole;
    struct sign_secret_key secret;
    key_pair_of(&whole.key, &secret, 3);
    memset(whole.hash.bytes, 4, HASH_SIZE);
    sign_hash(&whole.signature, &secret, &whole.hash);
    assert_true(sign_verify(&whole.signature, &whole.key, &whole.hash));
    assert_true(sign_verify(&whole.signature, &whole.key, &whole.hash)); /* as it is remembered */
    for (size_t bit = 0; bit < sizeof whole * 8; bit++) {
        struct signed_hash altered;
        memcpy(&altered, &whole, sizeof whole);
        ((uint8_t *)&altered)[bit / 8] ^= (uint8_t)(1U << bit % 8);
        if (sign_verify(&altered.signature, &altered.key, &altered.hash)) {
            fail_msg("bit %zu flipped and still valid", bit);
        }
    }
}

/* S + L verifies the same equation; a strict verifier takes only S below L (RFC 8032 section 5.1.7). */
static void second_form_of_a_signature_is_refused(void **state)
{
    (void)state;
    static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,       0xd6,
                                      0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
    struct sign_public_key key;
    struct sign_secret_key secret;
    struct signature signature;
    struct hash hash = {0};
    key_pair_of(&key, &secret, 5);
    sign_hash(&signature, &secret, &hash);
    assert_true(sign_verify(&signature, &key, &hash));
    sodium_add(signature.bytes + 32, order, sizeof order);
    assert_false(sign_verify(&signature, &key, &hash));
}

/* ---- keys that are no points of the main subgroup ---- */

/* R = sB satisfies the equation for a key A wherever hA is the identity, which a key of order 8 reaches for
 * one hash in eight. */
static void forge(struct signature *out)
{
    uint8_t *r = out->bytes, *s = out->bytes + 32;
    memset(s, 0, 32);
    s[0] = 7;
    assert_int_equal(crypto_scalarmult_ed25519_base_noclamp(r, s), 0);
}

static void assert_never_signs(const struct sign_public_key *key, const char *why)
{
    struct signature signature;
    forge(&signature);
    for (size_t i = 0; i < 32; i++) {
        struct hash hash = {{(uint8_t)i}};
        if (sign_verify(&signature, key, &hash)) {
            fail_msg("%s", why);
        }
    }
}

static void points_of_small_order_never_sign(void **state)
{
    (void)state;
    for (size_t i = 0; i < 8; i++) {
        struct sign_public_key key = key_of_hex(torsion_points[i]);
        assert_never_signs(&key, torsion_points[i]);
    }
}

/* Who holds the good key's secret signs for the mixed one too, wherever the hash takes the torsion away, and
 * libsodium alone lets it pass. */
static void points_off_the_main_subgroup_never_sign(void **state)
{
    (void)state;
    struct sign_public_key good;
    struct sign_secret_key secret;
    key_pair_of(&good, &secret, 6);
    for (size_t i = 1; i < 8; i++) {
        struct sign_public_key torsion = key_of_hex(torsion_points[i]);
        struct sign_public_key mixed;
        size_t passed = 0;
        assert_int_equal(crypto_core_ed25519_add(mixed.bytes, good.bytes, torsion.bytes), 0);
        memcpy(secret.bytes + 32, mixed.bytes, sizeof mixed.bytes);
        for (size_t j = 0; j < 64; j++) {
            struct hash hash = {{(uint8_t)j}};
            struct signature signature;
            sign_hash(&signature, &secret, &hash);
            passed += crypto_sign_verify_detached(signature.bytes, hash.bytes, HASH_SIZE, mixed.bytes) == 0;
            if (sign_verify(&signature, &mixed, &hash)) {
                fail_msg("a good key plus %zu times a point of order 8", i);
            }
        }
        assert_int_not_equal(passed, 0);
    }
}

/* Encodings of y from p to 2^255 - 1 say a second time what y - p says. */
static void non_canonical_encodings_never_sign(void **state)
{
    (void)state;
    for (unsigned low = 0xed; low <= 0xff; low++) {
        for (unsigned sign = 0; sign <= 0x80; sign += 0x80) {
            struct sign_public_key key;
            memset(key.bytes, 0xff, sizeof key.bytes);
            key.bytes[0] = (uint8_t)low;
            key.bytes[31] = (uint8_t)(0x7f | sign);
            assert_never_signs(&key, "y is not below p");
        }
    }
}

static void malformed_points_never_sign(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        const char *why;
    } rows[] = {
        {"0200000000000000000000000000000000000000000000000000000000000000", "y = 2 is not on the curve"},
        {"0700000000000000000000000000000000000000000000000000000000000000", "y = 7 is not on the curve"},
        {"0100000000000000000000000000000000000000000000000000000000000080", "the identity with x = -0"},
        {"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "(0, -1) with x = -0"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sign_public_key key = key_of_hex(rows[i].hex);
        assert_never_signs(&key, rows[i].why);
    }
}

static void a_key_is_checked_once(void **state)
{
    (void)state;
    struct sign_public_key key;
    struct sign_secret_key secret;
    struct signature signature;
    key_pair_of(&key, &secret, 8);
    points_checked = 0;
    for (size_t i = 0; i < 8; i++) {
        struct hash hash = {{(uint8_t)i}};
        sign_hash(&signature, &secret, &hash);
        assert_true(sign_verify(&signature, &key, &hash));
    }
    assert_int_equal(points_checked, 1);
}

/* ---- a second time ---- */

static void sign_nth(struct signature *signature, struct hash *hash, const struct sign_secret_key *secret,
                     uint32_t n)
{
    *hash = (struct hash){{9}};
    memcpy(hash->bytes + 8, &n, sizeof n);
    sign_hash(signature, secret, hash);
}

static void what_was_valid_is_not_checked_again(void **state)
{
    (void)state;
    struct sign_public_key key;
    struct sign_secret_key secret;
    struct signature signature;
    struct hash hash;
    key_pair_of(&key, &secret, 9);
    sign_nth(&signature, &hash, &secret, 0);
    signatures_checked = 0;
    assert_true(sign_verify(&signature, &key, &hash));
    points_checked = 0;
    for (size_t i = 0; i < 8; i++) {
        assert_true(sign_verify(&signature, &key, &hash));
    }
    assert_int_equal(signatures_checked, 1);
    assert_int_equal(points_checked, 0);
}

static void what_was_false_is_checked_again(void **state)
{
    (void)state;
    struct sign_public_key key;
    struct sign_secret_key secret;
    struct signature signature;
    struct hash hash;
    key_pair_of(&key, &secret, 9);
    sign_nth(&signature, &hash, &secret, 1);
    signature.bytes[40] ^= 1;
    signatures_checked = 0;
    for (size_t i = 0; i < 8; i++) {
        assert_false(sign_verify(&signature, &key, &hash));
    }
    assert_int_equal(signatures_checked, 8);
    signature.bytes[40] ^= 1;
    assert_true(sign_verify(&signature, &key, &hash));
}

/* Of more than there is room for some are checked again, whatever shares a place, and all are found what they
 * are. */
static void what_is_forgotten_is_checked_again(void **state)
{
    (void)state;
    enum { COUNT = 6000, ROOM = 4096 };
    struct sign_public_key key;
    struct sign_secret_key secret;
    struct signature signature;
    struct hash hash;
    key_pair_of(&key, &secret, 10);
    for (size_t round = 0; round < 2; round++) {
        signatures_checked = 0;
        for (uint32_t i = 0; i < COUNT; i++) {
            sign_nth(&signature, &hash, &secret, i);
            assert_true(sign_verify(&signature, &key, &hash));
        }
    }
    assert_in_range(signatures_checked, COUNT - ROOM, COUNT - 1);
    for (uint32_t i = COUNT - 100; i < COUNT; i++) {
        sign_nth(&signature, &hash, &secret, i);
        signature.bytes[i % sizeof signature.bytes] ^= 1;
        assert_false(sign_verify(&signature, &key, &hash));
    }
}

/* Two that share a place both stay. Of 512 some 64 pairs do, and 5 times three. */
static void few_forget_each_other(void **state)
{
    (void)state;
    enum { COUNT = 512, FORGOTTEN_MAX = 64 };
    struct sign_public_key key;
    struct sign_secret_key secret;
    struct signature signature;
    struct hash hash;
    key_pair_of(&key, &secret, 11);
    for (size_t round = 0; round < 2; round++) {
        signatures_checked = 0;
        for (uint32_t i = 0; i < COUNT; i++) {
            sign_nth(&signature, &hash, &secret, i);
            assert_true(sign_verify(&signature, &key, &hash));
        }
    }
    assert_in_range(signatures_checked, 0, FORGOTTEN_MAX);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_agree),
        cmocka_unit_test(hash_is_signed_as_a_plain_message),
        cmocka_unit_test(every_flipped_bit_is_refused),
        cmocka_unit_test(second_form_of_a_signature_is_refused),
        cmocka_unit_test(points_of_small_order_never_sign),
        cmocka_unit_test(points_off_the_main_subgroup_never_sign),
        cmocka_unit_test(non_canonical_encodings_never_sign),
        cmocka_unit_test(malformed_points_never_sign),
        cmocka_unit_test(a_key_is_checked_once),
        cmocka_unit_test(what_was_valid_is_not_checked_again),
        cmocka_unit_test(what_was_false_is_checked_again),
        cmocka_unit_test(few_forget_each_other),
        cmocka_unit_test(what_is_forgotten_is_checked_again),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
