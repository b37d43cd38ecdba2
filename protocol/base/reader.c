#include "protocol/base/reader.h"

#include <string.h>

#include "protocol/base/text.h"

/* First bytes of the msgpack forms that a record may hold. */
enum {
    POSITIVE_FIXINT_MAX = 0x7f,
    FIXARRAY = 0x90,
    FIXARRAY_COUNT_MAX = 15,
    FIXSTR = 0xa0,
    FIXSTR_SIZE_MAX = 31,
    NIL = 0xc0,
    FALSE = 0xc2,
    TRUE = 0xc3,
    BIN_8 = 0xc4,
    BIN_16 = 0xc5,
    BIN_32 = 0xc6,
    UINT_8 = 0xcc,
    UINT_16 = 0xcd,
    UINT_32 = 0xce,
    UINT_64 = 0xcf,
    STR_8 = 0xd9,
    STR_16 = 0xda,
    STR_32 = 0xdb,
    ARRAY_16 = 0xdc,
    ARRAY_32 = 0xdd
};

/* The first value that needs each form: anything below it has a shorter one. */
#define UINT_8_MIN UINT64_C(0x80)
#define STR_8_MIN UINT64_C(32)
#define ARRAY_16_MIN UINT64_C(16)
#define WIDTH_2_MIN UINT64_C(0x100)
#define WIDTH_4_MIN UINT64_C(0x10000)
#define WIDTH_8_MIN UINT64_C(0x100000000)

void reader_init(struct reader *reader, struct bytes data)
{
    reader->at = data.data;
    reader->end = data.size > 0 ? data.data + data.size : data.data;
    reader->error = REASON_NONE;
    reader->known = false;
}

/* With no bytes left every later read ends as truncated, so reads need no test for an earlier error. */
void reader_fail(struct reader *reader, enum reason reason)
{
    if (reader->error == REASON_NONE) {
        reader->error = reason;
    }
    reader->end = reader->at;
}

size_t reader_left(const struct reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

static inline size_t left_of(const struct reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

static inline uint64_t big_endian(const uint8_t *at, size_t width)
{
    uint64_t value = 0;
    for (size_t i = 0; i < width; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

/* Read the integer of width bytes behind a first byte. Fails: when it is cut short, or below min, which a
 * shorter form could hold; returns 0 then. */
static inline uint64_t wide(struct reader *reader, size_t width, uint64_t min)
{
    if (left_of(reader) <= width) {
        reader_fail(reader, REASON_TRUNCATED);
        return 0;
    }
    uint64_t value = big_endian(reader->at + 1, width);
    if (value < min) {
        reader_fail(reader, REASON_NOT_CANONICAL);
        return 0;
    }
    reader->at += 1 + width;
    return value;
}

static inline uint64_t short_form(struct reader *reader, uint64_t value)
{
    reader->at++;
    return value;
}

static uint64_t refuse(struct reader *reader, enum reason reason)
{
    reader_fail(reader, reason);
    return 0;
}

/* Returns: the first byte of the next element, or -1 when there is none. */
static inline int first_byte(struct reader *reader)
{
    if (reader->at == reader->end) {
        reader_fail(reader, REASON_TRUNCATED);
        return -1;
    }
    return *reader->at;
}

static inline bool fits(struct reader *reader, uint64_t value, uint64_t min, uint64_t max, enum reason above)
{
    if (value >= min && value <= max) {
        return reader->error == REASON_NONE;
    }
    reader_fail(reader, value < min ? REASON_OUT_OF_RANGE : above);
    return false;
}

/* Step over size bytes. Fails: when fewer are left. */
static inline struct bytes take(struct reader *reader, uint64_t size)
{
    if (size > left_of(reader)) {
        reader_fail(reader, REASON_TRUNCATED);
        return bytes_of(NULL, 0);
    }
    struct bytes taken = bytes_of(reader->at, (size_t)size);
    reader->at += size;
    return taken;
}

static inline uint64_t any_uint(struct reader *reader)
{
    int first = first_byte(reader);
    if (first >= 0 && first <= POSITIVE_FIXINT_MAX) {
        return short_form(reader, (uint64_t)first);
    }
    switch (first) {
    case UINT_8:
        return wide(reader, 1, UINT_8_MIN);
    case UINT_16:
        return wide(reader, 2, WIDTH_2_MIN);
    case UINT_32:
        return wide(reader, 4, WIDTH_4_MIN);
    case UINT_64:
        return wide(reader, 8, WIDTH_8_MIN);
    default:
        return refuse(reader, REASON_WRONG_TYPE);
    }
}

static inline uint64_t bin_size(struct reader *reader)
{
    switch (first_byte(reader)) {
    case BIN_8:
        return wide(reader, 1, 0);
    case BIN_16:
        return wide(reader, 2, WIDTH_2_MIN);
    case BIN_32:
        return wide(reader, 4, WIDTH_4_MIN);
    default:
        return refuse(reader, REASON_WRONG_TYPE);
    }
}

static inline uint64_t text_size(struct reader *reader)
{
    int first = first_byte(reader);
    if (first >= FIXSTR && first <= FIXSTR + FIXSTR_SIZE_MAX) {
        return short_form(reader, (uint64_t)(first - FIXSTR));
    }
    switch (first) {
    case STR_8:
        return wide(reader, 1, STR_8_MIN);
    case STR_16:
        return wide(reader, 2, WIDTH_2_MIN);
    case STR_32:
        return wide(reader, 4, WIDTH_4_MIN);
    default:
        return refuse(reader, REASON_WRONG_TYPE);
    }
}

static inline uint64_t array_count(struct reader *reader)
{
    int first = first_byte(reader);
    if (first >= FIXARRAY && first <= FIXARRAY + FIXARRAY_COUNT_MAX) {
        return short_form(reader, (uint64_t)(first - FIXARRAY));
    }
    switch (first) {
    case ARRAY_16:
        return wide(reader, 2, ARRAY_16_MIN);
    case ARRAY_32:
        return wide(reader, 4, WIDTH_4_MIN);
    default:
        return refuse(reader, REASON_WRONG_TYPE);
    }
}

uint64_t reader_uint(struct reader *reader, uint64_t min, uint64_t max)
{
    uint64_t value = any_uint(reader);
    return fits(reader, value, min, max, REASON_OUT_OF_RANGE) ? value : 0;
}

bool reader_bool(struct reader *reader)
{
    int first = first_byte(reader);
    if (first == TRUE || first == FALSE) {
        reader->at++;
        return first == TRUE;
    }
    reader_fail(reader, REASON_WRONG_TYPE);
    return false;
}

struct bytes reader_bin(struct reader *reader, size_t size_min, size_t size_max)
{
    uint64_t size = bin_size(reader);
    if (!fits(reader, size, size_min, size_max, REASON_TOO_LARGE)) {
        return bytes_of(NULL, 0);
    }
    return take(reader, size);
}

void reader_bin_exact(struct reader *reader, void *out, size_t size)
{
    struct bytes bin = reader_bin(reader, size, size);
    if (bin.data == NULL) {
        memset(out, 0, size);
        return;
    }
    memcpy(out, bin.data, size);
}

struct bytes reader_text(struct reader *reader, size_t size_min, size_t size_max)
{
    uint64_t size = text_size(reader);
    if (!fits(reader, size, size_min, size_max, REASON_TOO_LARGE)) {
        return bytes_of(NULL, 0);
    }
    struct bytes text = take(reader, size);
    if (!reader->known && !text_is_clean(text)) {
        reader_fail(reader, REASON_BAD_TEXT);
        return bytes_of(NULL, 0);
    }
    return text;
}

/* Each element takes at least one byte, so a count above the bytes left can't be true. */
uint32_t reader_array(struct reader *reader, uint32_t count_min, uint32_t count_max)
{
    uint64_t count = array_count(reader);
    if (!fits(reader, count, count_min, count_max, REASON_TOO_MANY)) {
        return 0;
    }
    if (count > left_of(reader)) {
        reader_fail(reader, REASON_TRUNCATED);
        return 0;
    }
    return (uint32_t)count;
}

bool reader_nil(struct reader *reader)
{
    if (reader->at == reader->end || *reader->at != NIL) {
        return false;
    }
    reader->at++;
    return true;
}

enum kind { KIND_UINT, KIND_ARRAY, KIND_TEXT, KIND_BIN, KIND_NIL, KIND_BOOL, KIND_REFUSED };

static enum kind kind_of(uint8_t first)
{
    if (first <= POSITIVE_FIXINT_MAX || (first >= UINT_8 && first <= UINT_64)) {
        return KIND_UINT;
    }
    if ((first >= FIXARRAY && first < FIXSTR) || first == ARRAY_16 || first == ARRAY_32) {
        return KIND_ARRAY;
    }
    if ((first >= FIXSTR && first < NIL) || (first >= STR_8 && first <= STR_32)) {
        return KIND_TEXT;
    }
    if (first >= BIN_8 && first <= BIN_32) {
        return KIND_BIN;
    }
    if (first == TRUE || first == FALSE) {
        return KIND_BOOL;
    }
    return first == NIL ? KIND_NIL : KIND_REFUSED;
}

static void skip_one(struct reader *reader, uint32_t depth);

static void skip_array(struct reader *reader, uint32_t depth)
{
    if (depth == 0) {
        reader_fail(reader, REASON_TOO_DEEP);
        return;
    }
    uint32_t count = reader_array(reader, 0, UINT32_MAX);
    for (uint32_t i = 0; i < count && reader->error == REASON_NONE; i++) {
        skip_one(reader, depth - 1);
    }
}

static void skip_one(struct reader *reader, uint32_t depth)
{
    int first = first_byte(reader);
    if (first < 0) {
        return;
    }
    switch (kind_of((uint8_t)first)) {
    case KIND_UINT:
        any_uint(reader);
        break;
    case KIND_ARRAY:
        skip_array(reader, depth);
        break;
    case KIND_TEXT:
        reader_text(reader, 0, SIZE_MAX);
        break;
    case KIND_BIN:
        reader_bin(reader, 0, SIZE_MAX);
        break;
    case KIND_NIL:
    case KIND_BOOL:
        reader->at++;
        break;
    case KIND_REFUSED:
        reader_fail(reader, REASON_WRONG_TYPE);
        break;
    }
}

struct bytes reader_skip(struct reader *reader, uint32_t depth)
{
    const uint8_t *start = reader->at;
    skip_one(reader, depth);
    if (reader->error != REASON_NONE) {
        return bytes_of(NULL, 0);
    }
    return bytes_of(start, (size_t)(reader->at - start));
}

enum reason reader_end(struct reader *reader)
{
    if (reader->at != reader->end) {
        reader_fail(reader, REASON_TRAILING);
    }
    return reader->error;
}
