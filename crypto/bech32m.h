#ifndef CRYPTO_BECH32M_H
#define CRYPTO_BECH32M_H

/* bech32m (BIP-350) for ids that people copy: 32 bytes behind a human-readable prefix, with a checksum that
 * finds any four mistyped characters. The prefix tells kind and network; what prefixes exist is
 * protocol/base/ids.h's. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BECH32M_TEXT_MAX = 90, /* BIP-173 */
    BECH32M_PREFIX_MAX = 16,
    BECH32M_DATA_MAX = 40
};

enum bech32m_result {
    BECH32M_OK,
    BECH32M_TOO_LONG,
    BECH32M_NO_SEPARATOR,  /* or no prefix before it */
    BECH32M_BAD_CHARACTER, /* outside the alphabet, or upper and lower case mixed */
    BECH32M_BAD_CHECKSUM,  /* mistyped, cut short, or the older bech32 checksum */
    BECH32M_BAD_PADDING    /* left-over bits not zero */
};

/* Write to text prefix, "1", data and checksum in lower case, with a NUL. Requires: prefix of 1..16
 * characters 33..126 without upper case; size <= BECH32M_DATA_MAX; text has BECH32M_TEXT_MAX + 1 bytes and
 * the result fits. */
void bech32m_encode(char *text, const char *prefix, const uint8_t *data, size_t size);

/* Read text_size characters of text. Writes: prefix (NUL-terminated, BECH32M_PREFIX_MAX + 1 bytes) and data
 * (BECH32M_DATA_MAX bytes) with *size, unless it fails. A prefix longer than BECH32M_PREFIX_MAX or more data
 * than BECH32M_DATA_MAX is BECH32M_TOO_LONG. */
enum bech32m_result bech32m_decode(char *prefix, uint8_t *data, size_t *size, const char *text,
                                   size_t text_size);

#endif
