#ifndef PROTOCOL_WIRE_SCHEMA_H
#define PROTOCOL_WIRE_SCHEMA_H

/* Records are tables, and one engine decodes, encodes, prints and generates them. A record is a msgpack array
 * of its fields in table order; an extensible one ends in its extension list: an array of [number, bin],
 * numbers ascending, empty today; unknown extensions are kept and mean nothing. Whether a record is
 * extensible is its own schema's property, also where it is nested in another. Decoding gives a valid record
 * or nothing, and what it accepts re-encodes to the same bytes. Decoded structs borrow the input bytes; their
 * lists live in the caller's arena. */

#include "protocol/base/bytes.h"
#include "protocol/base/reader.h"
#include "protocol/base/writer.h"

struct schema;

enum field_type {
    FIELD_TYPE_UINT,   /* C: uint64_t; min..max */
    FIELD_TYPE_ENUM,   /* C: an enum; min..max, all values in between valid */
    FIELD_TYPE_BOOL,   /* C: bool */
    FIELD_TYPE_DAY,    /* C: uint32_t day number, 0..DAY_MAX */
    FIELD_TYPE_FIXED,  /* C: uint8_t[min]; a bin of exactly that size */
    FIELD_TYPE_BIN,    /* C: struct bytes; a bin of min..max bytes */
    FIELD_TYPE_TEXT,   /* C: struct bytes; clean text of min..max bytes, and text_is(value) when given */
    FIELD_TYPE_RECORD, /* C: the nested struct; an array by its own schema */
    FIELD_TYPE_LIST,   /* C: struct list; an array of min..max nested records or texts */
};

/* A decoded list: count elements of the element schema's C struct (or of struct bytes for a list of texts).
 */
struct list {
    const void *items;
    size_t count;
};

struct field {
    const char *name;
    enum field_type type;
    size_t offset;
    size_t size; /* sizeof the C member */
    /* Of a bool beside the field; FIELD_REQUIRED when it may not be nil. Neighbours with the same bool are
     * there or absent together. */
    size_t present_offset;
    uint64_t min;
    uint64_t max;
    bool (*text_is)(struct bytes text); /* TEXT, and the elements of a LIST of texts */
    const struct schema *nested;        /* RECORD; LIST of records. NULL in a LIST of texts */
    uint64_t text_min, text_max;        /* sizes of a LIST's texts */
    /* LIST: below zero for each element and the next one, as memcmp. NULL when any order will do. */
    int (*order)(const void *a, const void *b);
    const char *meaning; /* for the wire page */
};

#define FIELD_REQUIRED SIZE_MAX

struct schema {
    const char *name;
    const char *meaning; /* for the wire page */
    size_t size;         /* sizeof the C struct */
    const struct field *fields;
    size_t field_count;
    bool extensible; /* ends in an extension list, decoded into `struct list extensions` at extensions_offset
                      */
    size_t extensions_offset;
    size_t encoded_size_max; /* 0: what its fields allow */
    /* Rules that span fields: distinctness, exactly one of two. NULL when there are none. */
    enum reason (*check)(const void *record);
    /* Change a random record, whose fields and lists are valid singly, so that check passes. NULL where
     * drawing again is enough. */
    void (*arrange)(void *record);
};

struct extension {
    uint64_t number;
    struct bytes value;
};

/* Read one record from reader into *record (schema->size bytes, zeroed first). Lists go to arena. On failure
 * the reader's error is set and *record must not be used. A full arena is REASON_TOO_LARGE. */
void schema_read(const struct schema *schema, void *record, struct reader *reader, struct arena *arena);

/* Decode all of input as one record. Returns: REASON_NONE, or why not. */
enum reason schema_decode(const struct schema *schema, void *record, struct bytes input, struct arena *arena);

/* The same for bytes that were decoded before, such as what the store checks by a sum: rules that span
 * fields, of what characters texts are and the order of lists are not checked again. What is bounded stays
 * within its bounds. */
enum reason schema_decode_known(const struct schema *schema, void *record, struct bytes input,
                                struct arena *arena);

/* Append *record. Asserts what decoding checks, encoded_size_max apart. */
void schema_write(const struct schema *schema, const void *record, struct writer *writer);

/* Encode *record into memory. Returns: false when it does not fit. */
bool schema_encode(const struct schema *schema, const void *record, void *memory, size_t capacity,
                   struct bytes *out);

/* Append the record as JSON-like text to text (NUL-terminated, cut at capacity): for the wire page, tests and
 * logs. Returns: the length that it would have had. */
size_t schema_print(const struct schema *schema, const void *record, char *text, size_t capacity);

/* Fill *record with a random valid value drawn from *seed (advanced); lists and bytes live in arena. The
 * result passes schema->check. Requires: an arena of 64 KiB or more. */
void schema_random(const struct schema *schema, void *record, uint64_t *seed, struct arena *arena);

#endif
