#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sodium.h>
#include <string.h>

#include "crypto/bech32m.h"
#include "tests/support/vectors.h"

static const char *const result_names[] = {
    [BECH32M_OK] = "OK",
    [BECH32M_TOO_LONG] = "TOO_LONG",
    [BECH32M_NO_SEPARATOR] = "NO_SEPARATOR",
    [BECH32M_BAD_CHARACTER] = "BAD_CHARACTER",
    [BECH32M_BAD_CHECKSUM] = "BAD_CHECKSUM",
    [BECH32M_BAD_PADDING] = "BAD_PADDING",
};

struct decoded {
    char prefix[BECH32M_PREFIX_MAX + 1];
    uint8_t data[BECH32M_DATA_MAX];
    size_t size;
};

/* Also that a refusal writes nothing. */
static enum bech32m_result decode(struct decoded *out, const char *text, size_t size)
{
    struct decoded before;
    memset(&before, 0x5a, sizeof before);
    memcpy(out, &before, sizeof before);
    enum bech32m_result result = bech32m_decode(out->prefix, out->data, &out->size, text, size);
    if (result != BECH32M_OK) {
        assert_memory_equal(out, &before, sizeof before);
    }
    return result;
}

/* An id as users see it. Returns: its length. */
static size_t id_text(char text[BECH32M_TEXT_MAX + 1])
{
    uint8_t id[32];
    for (size_t i = 0; i < sizeof id; i++) {
        id[i] = (uint8_t)(i * 37 + 11);
    }
    bech32m_encode(text, "tpa", id, sizeof id);
    return strlen(text);
}

static void vectors_agree(void **state)
{
    (void)state;
    struct vectors vectors;
    size_t count = 0;
    vectors_open(&vectors, "bip350.txt");
    while (vectors_next(&vectors, 3)) {
        char text[BECH32M_TEXT_MAX + 10];
        size_t size = strlen(vectors.fields[2]);
        if (strncmp(vectors.fields[2], "hex:", 4) == 0) {
            vectors.fields[2] += 4;
            size = vectors_hex(&vectors, 2, (uint8_t *)text, sizeof text);
        } else {
            assert_in_range(size, 0, sizeof text);
            memcpy(text, vectors.fields[2], size);
        }
        struct decoded decoded;
        enum bech32m_result result = decode(&decoded, text, size);
        if (strcmp(result_names[result], vectors.fields[1]) != 0) {
            fail_msg("%s: %s, not %s", vectors.fields[2], result_names[result], vectors.fields[1]);
        }
        if (result == BECH32M_OK) {
            char again[BECH32M_TEXT_MAX + 1];
            assert_string_equal(vectors.fields[0], "valid");
            bech32m_encode(again, decoded.prefix, decoded.data, decoded.size);
            assert_int_equal(strlen(again), size);
            assert_int_equal(strncasecmp(again, text, size), 0);
        }
        count++;
    }
    assert_int_equal(count, 21);
}

static void data_of_every_size_comes_back(void **state)
{
    (void)state;
    static const char *const prefixes[] = {"a", "tpa", "ttpn", "1", "11", "0123456789abcdef", "~!x"};
    uint8_t data[BECH32M_DATA_MAX];
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(0xff - i * 29);
    }
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        for (size_t size = 0; size <= BECH32M_DATA_MAX; size++) {
            char text[BECH32M_TEXT_MAX + 1];
            struct decoded decoded;
            bech32m_encode(text, prefixes[i], data, size);
            assert_int_equal(strlen(text), strlen(prefixes[i]) + 1 + (size * 8 + 4) / 5 + 6);
            assert_int_equal(decode(&decoded, text, strlen(text)), BECH32M_OK);
            assert_string_equal(decoded.prefix, prefixes[i]);
            assert_int_equal(decoded.size, size);
            assert_memory_equal(decoded.data, data, size);
        }
    }
}

static void upper_case_reads_alike_and_mixed_case_is_refused(void **state)
{
    (void)state;
    char text[BECH32M_TEXT_MAX + 1];
    struct decoded lower;
    struct decoded upper;
    size_t size = id_text(text);
    assert_int_equal(decode(&lower, text, size), BECH32M_OK);
    for (size_t i = 0; i < size; i++) {
        if (text[i] >= 'a' && text[i] <= 'z') {
            text[i] = (char)(text[i] - 'a' + 'A');
        }
    }
    assert_int_equal(decode(&upper, text, size), BECH32M_OK);
    assert_string_equal(upper.prefix, "tpa");
    assert_memory_equal(upper.data, lower.data, sizeof lower.data);
    text[0] = 't';
    assert_int_equal(decode(&upper, text, size), BECH32M_BAD_CHARACTER);
}

static void every_substituted_character_is_refused(void **state)
{
    (void)state;
    char text[BECH32M_TEXT_MAX + 1];
    size_t size = id_text(text);
    for (size_t i = 0; i < size; i++) {
        char original = text[i];
        for (unsigned c = 0; c <= 0xff; c++) {
            struct decoded decoded;
            text[i] = (char)c;
            if (text[i] != original && decode(&decoded, text, size) == BECH32M_OK) {
                fail_msg("%s with %02x at %zu", text, c, i);
            }
        }
        text[i] = original;
    }
}

static void swapped_dropped_and_doubled_characters_are_refused(void **state)
{
    (void)state;
    char text[BECH32M_TEXT_MAX + 1];
    size_t size = id_text(text);
    struct decoded decoded;
    for (size_t i = 0; i < size; i++) {
        char altered[BECH32M_TEXT_MAX + 2];
        memcpy(altered, text, size);
        memmove(altered + i, altered + i + 1, size - i - 1);
        assert_int_not_equal(decode(&decoded, altered, size - 1), BECH32M_OK);
        memcpy(altered, text, i + 1);
        memcpy(altered + i + 1, text + i, size - i);
        assert_int_not_equal(decode(&decoded, altered, size + 1), BECH32M_OK);
        if (i + 1 < size && text[i] != text[i + 1]) {
            memcpy(altered, text, size);
            altered[i] = text[i + 1];
            altered[i + 1] = text[i];
            assert_int_not_equal(decode(&decoded, altered, size), BECH32M_OK);
        }
        assert_int_not_equal(decode(&decoded, text, i), BECH32M_OK);
    }
}

/* The code finds any four wrong characters of a text of up to 89 (BIP-173); a seeded sample of them. */
static void four_wrong_characters_are_refused(void **state)
{
    (void)state;
    static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    static const uint8_t seed[randombytes_SEEDBYTES] = {42};
    enum { SAMPLES = 20000 };
    static uint8_t random[SAMPLES * 8];
    randombytes_buf_deterministic(random, sizeof random, seed);
    char text[BECH32M_TEXT_MAX + 1];
    size_t size = id_text(text);
    for (size_t sample = 0; sample < SAMPLES; sample++) {
        char altered[BECH32M_TEXT_MAX + 1];
        memcpy(altered, text, size + 1);
        for (size_t i = 0; i < 4; i++) {
            const uint8_t *pair = &random[sample * 8 + i * 2];
            altered[4 + pair[0] % (size - 4)] = alphabet[pair[1] % 32];
        }
        struct decoded decoded;
        if (strcmp(altered, text) != 0) {
            assert_int_equal(decode(&decoded, altered, size), BECH32M_BAD_CHECKSUM);
        }
    }
}

/* The long rows have a right checksum, made by BIP-350's formula over codes that bech32m_encode never gives.
 */
static void limits_and_padding(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum bech32m_result expected;
        const char *why;
    } rows[] = {
        {"", BECH32M_NO_SEPARATOR, "nothing"},
        {"1", BECH32M_NO_SEPARATOR, "a separator alone"},
        {"tpa1", BECH32M_BAD_CHECKSUM, "nothing behind the separator"},
        {"tpa1qqqqq", BECH32M_BAD_CHECKSUM, "half a checksum"},
        {"a12uel5l", BECH32M_BAD_CHECKSUM, "the older bech32 checksum (BIP-173)"},
        {"tpa1q8nznqp", BECH32M_BAD_PADDING, "one code is less than a byte"},
        {"tpa1qppuj8u0", BECH32M_BAD_PADDING, "the left-over bits are not zero"},
        {"tpa1qz0083js", BECH32M_BAD_PADDING, "the higher of them is not zero"},
        {"tpa1qqu2xjpa", BECH32M_OK, "one zero byte"},
        {"tpa1qqqqg73cv", BECH32M_BAD_PADDING, "a whole code is left over"},
        {"tpa1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqpvxts4", BECH32M_OK,
         "40 bytes"},
        {"tpa1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqlpa8f2", BECH32M_TOO_LONG,
         "40 bytes and one code"},
        {"tpa1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq9q70pn", BECH32M_TOO_LONG,
         "41 bytes"},
        {"0123456789abcdef1qq5lmeey", BECH32M_OK, "the longest prefix"},
        {"0123456789abcdefg1qq65nt28", BECH32M_TOO_LONG, "a prefix one longer"},
        {"tpa1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq2klew8",
         BECH32M_TOO_LONG, "90 characters"},
        {"tpa1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq4l7rtg",
         BECH32M_TOO_LONG, "91 characters"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct decoded decoded;
        enum bech32m_result result = decode(&decoded, rows[i].text, strlen(rows[i].text));
        if (result != rows[i].expected) {
            fail_msg("%s: %s", rows[i].why, result_names[result]);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_agree),
        cmocka_unit_test(data_of_every_size_comes_back),
        cmocka_unit_test(upper_case_reads_alike_and_mixed_case_is_refused),
        cmocka_unit_test(every_substituted_character_is_refused),
        cmocka_unit_test(swapped_dropped_and_doubled_characters_are_refused),
        cmocka_unit_test(four_wrong_characters_are_refused),
        cmocka_unit_test(limits_and_padding),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
