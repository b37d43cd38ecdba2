#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "crypto/seal.h"

enum { DATA_MAX = 2048 };

static struct seal_public_key key;
static struct seal_secret_key secret;
static uint8_t data[DATA_MAX];

static int key_create(void **state)
{
    (void)state;
    uint8_t seed[32];
    memset(seed, 1, sizeof seed);
    seal_key_pair(&key, &secret, seed);
    for (size_t i = 0; i < DATA_MAX; i++) {
        data[i] = (uint8_t)(i * 5);
    }
    return 0;
}

static void sealed_bytes_open_again(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 31, 100, DATA_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint8_t sealed[DATA_MAX + SEAL_OVERHEAD];
        uint8_t opened[DATA_MAX];
        assert_true(seal_bytes(sealed, &key, data, sizes[i]));
        assert_true(seal_open(opened, &key, &secret, sealed, sizes[i] + SEAL_OVERHEAD));
        assert_memory_equal(opened, data, sizes[i]);
    }
}

static void seed_decides_the_key(void **state)
{
    (void)state;
    uint8_t seed[32];
    struct seal_public_key same_key;
    struct seal_public_key other_key;
    struct seal_secret_key same_secret;
    struct seal_secret_key other_secret;
    memset(seed, 1, sizeof seed);
    seal_key_pair(&same_key, &same_secret, seed);
    seed[31] ^= 1;
    seal_key_pair(&other_key, &other_secret, seed);
    assert_memory_equal(same_key.bytes, key.bytes, sizeof key.bytes);
    assert_memory_equal(same_secret.bytes, secret.bytes, sizeof secret.bytes);
    assert_memory_not_equal(other_key.bytes, key.bytes, sizeof key.bytes);

    uint8_t sealed[SEAL_OVERHEAD + 4];
    uint8_t opened[4];
    assert_true(seal_bytes(sealed, &key, data, 4));
    assert_false(seal_open(opened, &other_key, &other_secret, sealed, sizeof sealed));
    assert_false(seal_open(opened, &key, &other_secret, sealed, sizeof sealed));
    assert_false(seal_open(opened, &other_key, &secret, sealed, sizeof sealed));
}

static void the_same_bytes_seal_differently(void **state)
{
    (void)state;
    uint8_t first[SEAL_OVERHEAD + 4];
    uint8_t second[SEAL_OVERHEAD + 4];
    assert_true(seal_bytes(first, &key, data, 4));
    assert_true(seal_bytes(second, &key, data, 4));
    assert_memory_not_equal(first, second, sizeof first);
}

static void altered_or_cut_bytes_are_refused(void **state)
{
    (void)state;
    enum { SIZE = 20 };
    uint8_t sealed[SIZE + SEAL_OVERHEAD];
    uint8_t opened[SIZE];
    assert_true(seal_bytes(sealed, &key, data, SIZE));
    for (size_t i = 0; i < sizeof sealed; i++) {
        /* X25519 ignores the top bit of the sender's point, but the nonce is a hash over all of it. */
        for (unsigned bit = 1; bit <= 0x80; bit <<= 1) {
            sealed[i] ^= (uint8_t)bit;
            if (seal_open(opened, &key, &secret, sealed, sizeof sealed)) {
                fail_msg("byte %zu altered by %x", i, bit);
            }
            sealed[i] ^= (uint8_t)bit;
        }
    }
    for (size_t size = 0; size < sizeof sealed; size++) {
        assert_false(seal_open(opened, &key, &secret, sealed, size));
    }
    assert_true(seal_open(opened, &key, &secret, sealed, sizeof sealed));
}

static void weak_points_are_refused(void **state)
{
    (void)state;
    static const struct seal_public_key weak[] = {
        {{0}},
        {{1}},
        {{0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
          0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}},
    };
    for (size_t i = 0; i < sizeof weak / sizeof weak[0]; i++) {
        uint8_t sealed[SEAL_OVERHEAD + 1];
        assert_false(seal_bytes(sealed, &weak[i], data, 1));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sealed_bytes_open_again),         cmocka_unit_test(seed_decides_the_key),
        cmocka_unit_test(the_same_bytes_seal_differently), cmocka_unit_test(altered_or_cut_bytes_are_refused),
        cmocka_unit_test(weak_points_are_refused),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, key_create, NULL);
}
