#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "crypto/hash.h"
#include "tests/support/vectors.h"

enum { MESSAGE_MAX = 2048 };

static void vectors_agree(void **state)
{
    (void)state;
    struct vectors vectors;
    size_t count = 0;
    vectors_open(&vectors, "blake2b.txt");
    while (vectors_next(&vectors, 4)) {
        uint8_t message[MESSAGE_MAX];
        struct hash expected;
        size_t size = vectors_hex(&vectors, 2, message, sizeof message);
        assert_int_equal(vectors_hex(&vectors, 3, expected.bytes, HASH_SIZE), HASH_SIZE);
        struct hash_domain domain = hash_domain_of(vectors.fields[0], vectors.fields[1]);
        struct hash got;
        hash_bytes(&got, &domain, size ? message : NULL, size);
        assert_memory_equal(got.bytes, expected.bytes, HASH_SIZE);
        if (size == 2 * HASH_SIZE) {
            struct hash pair[2];
            memcpy(pair, message, sizeof pair);
            hash_pair(&got, &domain, &pair[0], &pair[1]);
            assert_memory_equal(got.bytes, expected.bytes, HASH_SIZE);
        }
        count++;
    }
    assert_int_equal(count, 18);
}

static void network_and_label_separate(void **state)
{
    (void)state;
    static const struct {
        const char *network;
        const char *label;
        const char *why;
    } rows[] = {
        {"main", "leaf", "the domain itself"},
        {"test", "leaf", "another network"},
        {"main", "node", "another label"},
        {"leaf", "main", "network and label change places"},
        {"main", "leaf2", "a label that begins alike"},
        {"mainleaf", "leaf", "a network that begins alike"},
    };
    enum { ROWS = sizeof rows / sizeof rows[0] };
    struct hash hashes[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        struct hash_domain domain = hash_domain_of(rows[i].network, rows[i].label);
        hash_bytes(&hashes[i], &domain, "same", 4);
        for (size_t j = 0; j < i; j++) {
            if (hash_equal(&hashes[i], &hashes[j])) {
                fail_msg("%s hashes like %s", rows[i].why, rows[j].why);
            }
        }
    }
}

static void stream_equals_bytes_at_every_cut(void **state)
{
    (void)state;
    uint8_t message[300];
    for (size_t i = 0; i < sizeof message; i++) {
        message[i] = (uint8_t)(i * 11);
    }
    struct hash_domain domain = hash_domain_of("main", "stream");
    struct hash whole;
    hash_bytes(&whole, &domain, message, sizeof message);
    for (size_t cut = 0; cut <= sizeof message; cut++) {
        struct hash_stream stream;
        struct hash parts;
        hash_stream_init(&stream, &domain);
        hash_stream_add(&stream, message, cut);
        hash_stream_add(&stream, message + cut, sizeof message - cut);
        hash_stream_end(&stream, &parts);
        assert_true(hash_equal(&parts, &whole));
    }
}

static void pair_may_overwrite_its_input(void **state)
{
    (void)state;
    struct hash_domain domain = hash_domain_of("main", "node");
    struct hash nodes[2];
    struct hash expected;
    memset(nodes[0].bytes, 1, HASH_SIZE);
    memset(nodes[1].bytes, 2, HASH_SIZE);
    hash_bytes(&expected, &domain, nodes, sizeof nodes);
    struct hash left = nodes[0];
    struct hash right = nodes[1];
    hash_pair(&left, &domain, &left, &nodes[1]);
    hash_pair(&right, &domain, &nodes[0], &right);
    assert_true(hash_equal(&left, &expected));
    assert_true(hash_equal(&right, &expected));
}

static void order_is_by_bytes(void **state)
{
    (void)state;
    struct hash zero = {0};
    for (size_t i = 0; i < HASH_SIZE; i++) {
        struct hash one = {0};
        one.bytes[i] = 0x80;
        assert_true(hash_compare(&zero, &one) < 0);
        assert_true(hash_compare(&one, &zero) > 0);
        assert_int_equal(hash_compare(&one, &one), 0);
        assert_false(hash_equal(&zero, &one));
        assert_true(hash_is_zero(&zero));
        assert_false(hash_is_zero(&one));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_agree),
        cmocka_unit_test(network_and_label_separate),
        cmocka_unit_test(stream_equals_bytes_at_every_cut),
        cmocka_unit_test(pair_may_overwrite_its_input),
        cmocka_unit_test(order_is_by_bytes),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
