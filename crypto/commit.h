#ifndef CRYPTO_COMMIT_H
#define CRYPTO_COMMIT_H

/* Salted commitment to one labelled value: the leaf of a claims tree (DESIGN section 4, claims). The 32-byte
 * salt keeps a short value, such as a birth date, from being found by trying them all. */

#include "crypto/hash.h"

struct commit_salt {
    uint8_t bytes[32];
};

/* Write to *out the hash of (label size, label, value size, value, salt); sizes as 4 bytes big-endian, so no
 * two pairs share an input. Requires: sizes below 2^32. Borrows: label, value. */
void commit_value(struct hash *out, const struct hash_domain *domain, const void *label, size_t label_size,
                  const void *value, size_t value_size, const struct commit_salt *salt);

#endif
