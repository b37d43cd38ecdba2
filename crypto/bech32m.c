#include "crypto/bech32m.h"

#include <assert.h>
#include <string.h>

enum {
    CHECKSUM_SIZE = 6, /* in characters, as are both below */
    CODE_SIZE_MAX = (BECH32M_DATA_MAX * 8 + 4) / 5,
    CODE_NONE = 32
};

static_assert(BECH32M_PREFIX_MAX + 1 + CODE_SIZE_MAX + CHECKSUM_SIZE <= BECH32M_TEXT_MAX,
              "every result fits");

static const uint32_t checksum_constant = 0x2bc830a3; /* BIP-350; the older bech32 has 1 */
static const char alphabet[33] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/* One step of the BCH code over GF(32) of BIP-173. */
static uint32_t checksum_step(uint32_t checksum, uint8_t code)
{
    static const uint32_t generator[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    uint32_t top = checksum >> 25;
    checksum = (checksum & 0x1ffffff) << 5 ^ code;
    for (int i = 0; i < 5; i++) {
        if (top >> i & 1) {
            checksum ^= generator[i];
        }
    }
    return checksum;
}

/* The checksum covers the high bits of all of the prefix's characters, a zero, then their low bits. */
static uint32_t checksum_of_prefix(const char *prefix, size_t prefix_size)
{
    uint32_t checksum = 1;
    for (size_t i = 0; i < prefix_size; i++) {
        checksum = checksum_step(checksum, (uint8_t)prefix[i] >> 5);
    }
    checksum = checksum_step(checksum, 0);
    for (size_t i = 0; i < prefix_size; i++) {
        checksum = checksum_step(checksum, (uint8_t)prefix[i] & 31);
    }
    return checksum;
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static size_t prefix_size_checked(const char *prefix)
{
    size_t size = strnlen(prefix, BECH32M_PREFIX_MAX + 1);
    assert(size >= 1);
    assert(size <= BECH32M_PREFIX_MAX);
    for (size_t i = 0; i < size; i++) {
        assert(prefix[i] >= 33 && prefix[i] <= 126);
        assert(!is_upper(prefix[i]));
    }
    return size;
}

void bech32m_encode(char *text, const char *prefix, const uint8_t *data, size_t size)
{
    assert(size <= BECH32M_DATA_MAX);
    size_t prefix_size = prefix_size_checked(prefix);
    uint32_t checksum = checksum_of_prefix(prefix, prefix_size);
    memcpy(text, prefix, prefix_size);
    char *next = text + prefix_size;
    *next++ = '1';
    for (size_t bit = 0; bit < size * 8; bit += 5) {
        size_t byte = bit / 8;
        unsigned pair = (unsigned)data[byte] << 8 | (byte + 1 < size ? data[byte + 1] : 0U);
        uint8_t code = pair >> (11 - bit % 8) & 31;
        checksum = checksum_step(checksum, code);
        *next++ = alphabet[code];
    }
    for (int i = 0; i < CHECKSUM_SIZE; i++) {
        checksum = checksum_step(checksum, 0);
    }
    checksum ^= checksum_constant;
    for (int i = CHECKSUM_SIZE - 1; i >= 0; i--) {
        *next++ = alphabet[checksum >> (5 * i) & 31];
    }
    *next = '\0';
}

static char lower_of(char c)
{
    if (!is_upper(c)) {
        return c;
    }
    return (char)(c - 'A' + 'a');
}

/* Copy text to lower, in lower case. Returns: false at a character that no text may hold, or at mixed case.
 */
static bool to_lower(char *lower, const char *text, size_t size)
{
    bool upper_seen = false;
    bool lower_seen = false;
    for (size_t i = 0; i < size; i++) {
        if (text[i] < 33 || text[i] > 126) {
            return false;
        }
        upper_seen |= is_upper(text[i]);
        lower_seen |= is_lower(text[i]);
        lower[i] = lower_of(text[i]);
    }
    return !(upper_seen && lower_seen);
}

static uint8_t code_of(char c)
{
    const char *at = memchr(alphabet, c, CODE_NONE);
    return at ? (uint8_t)(at - alphabet) : CODE_NONE;
}

/* Turn the characters of text into codes. */
static enum bech32m_result codes_read(uint8_t *codes, const char *text, size_t size, uint32_t checksum)
{
    for (size_t i = 0; i < size; i++) {
        codes[i] = code_of(text[i]);
        if (codes[i] == CODE_NONE) {
            return BECH32M_BAD_CHARACTER;
        }
        checksum = checksum_step(checksum, codes[i]);
    }
    return checksum == checksum_constant ? BECH32M_OK : BECH32M_BAD_CHECKSUM;
}

/* Whether the bits that fill no whole byte are fewer than a code's and all zero, so that no two texts are
 * alike. */
static bool padding_is_zero(const uint8_t *codes, size_t count)
{
    size_t left_over = count * 5 % 8;
    if (left_over == 0) {
        return true;
    }
    return left_over < 5 && (codes[count - 1] & ((1U << left_over) - 1)) == 0;
}

static void codes_unpack(uint8_t *data, const uint8_t *codes, size_t count)
{
    uint32_t bits = 0;
    size_t bit_count = 0;
    for (size_t i = 0; i < count; i++) {
        bits = bits << 5 | codes[i];
        bit_count += 5;
        if (bit_count >= 8) {
            bit_count -= 8;
            *data++ = (uint8_t)(bits >> bit_count);
        }
    }
}

enum bech32m_result bech32m_decode(char *prefix, uint8_t *data, size_t *size, const char *text,
                                   size_t text_size)
{
    if (text_size > BECH32M_TEXT_MAX) {
        return BECH32M_TOO_LONG;
    }
    char lower[BECH32M_TEXT_MAX] = {0};
    if (!to_lower(lower, text, text_size)) {
        return BECH32M_BAD_CHARACTER;
    }
    const char *separator = memrchr(lower, '1', text_size);
    if (!separator || separator == lower) {
        return BECH32M_NO_SEPARATOR;
    }

    size_t prefix_size = (size_t)(separator - lower);
    size_t code_count = text_size - prefix_size - 1;
    uint8_t codes[BECH32M_TEXT_MAX];
    enum bech32m_result result =
        codes_read(codes, separator + 1, code_count, checksum_of_prefix(lower, prefix_size));
    if (result != BECH32M_OK) {
        return result;
    }
    if (code_count < CHECKSUM_SIZE) {
        return BECH32M_BAD_CHECKSUM;
    }
    code_count -= CHECKSUM_SIZE;
    if (prefix_size > BECH32M_PREFIX_MAX || code_count > CODE_SIZE_MAX) {
        return BECH32M_TOO_LONG;
    }
    if (!padding_is_zero(codes, code_count)) {
        return BECH32M_BAD_PADDING;
    }

    memcpy(prefix, lower, prefix_size);
    prefix[prefix_size] = '\0';
    codes_unpack(data, codes, code_count);
    *size = code_count * 5 / 8;
    return BECH32M_OK;
}
