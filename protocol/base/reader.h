#ifndef PROTOCOL_BASE_READER_H
#define PROTOCOL_BASE_READER_H

/* The one way in for untrusted msgpack: bounded, canonical only, and its first error sticks, so callers read
 * a whole record and check once at the end. Shortest integers, shortest lengths, no maps, floats, extension
 * types or negative numbers; a count is checked against its limit and the bytes left before it is returned.
 * After an error every read returns zero or empty and consumes nothing.
 * Below a minimum is REASON_OUT_OF_RANGE; above a maximum too, but REASON_TOO_LARGE for sizes and
 * REASON_TOO_MANY for counts. What no record may hold (maps, floats, extensions, signed forms) is
 * REASON_WRONG_TYPE. */

#include "protocol/base/bytes.h"
#include "protocol/base/reason.h"

struct reader {
    const uint8_t *at;
    const uint8_t *end;
    enum reason error; /* REASON_NONE so far, else the first one */
    bool known;        /* the bytes were read before: only that they stay within bounds is checked again */
};

/* Borrows: data for as long as the reader and what it returned are used. */
void reader_init(struct reader *reader, struct bytes data);
/* Make reason stick, unless one has already. Cold: the way to it is kept apart from what is read well. */
__attribute__((cold)) void reader_fail(struct reader *reader, enum reason reason);

uint64_t reader_uint(struct reader *reader, uint64_t min, uint64_t max);
bool reader_bool(struct reader *reader);
/* A bin of size_min..size_max bytes, as a view into the input. */
struct bytes reader_bin(struct reader *reader, size_t size_min, size_t size_max);
/* Copy a bin of exactly size bytes; zeroes out on failure. */
void reader_bin_exact(struct reader *reader, void *out, size_t size);
/* A str of size_min..size_max bytes that text_is_clean accepts; of known bytes any. */
struct bytes reader_text(struct reader *reader, size_t size_min, size_t size_max);
/* The header of an array of count_min..count_max elements. */
uint32_t reader_array(struct reader *reader, uint32_t count_min, uint32_t count_max);
/* Consume a nil if one is next. */
bool reader_nil(struct reader *reader);
/* Step over one element of any canonical kind, nested at most depth arrays deep, and return its bytes. */
struct bytes reader_skip(struct reader *reader, uint32_t depth);
size_t reader_left(const struct reader *reader);
/* REASON_NONE when all was read without error and nothing trails. */
enum reason reader_end(struct reader *reader);

#endif
