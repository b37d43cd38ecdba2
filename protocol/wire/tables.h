#ifndef PROTOCOL_WIRE_TABLES_H
#define PROTOCOL_WIRE_TABLES_H

/* What the record tables are written with, and the parts that records of several topics share. A row is which
 * member, what type and range, and what it means: {REQUIRED(attestation, code), TEXT(1, CODE_SIZE_MAX,
 * text_is_code), MEANS("what is certified")} */

#include <string.h>

#include "protocol/base/text.h"
#include "protocol/wire/records.h"

#define MEMBER_SIZE(record, member) sizeof(((struct record *)0)->member)
#define MEMBER(record, member)                                                                               \
    .name = #member, .offset = offsetof(struct record, member), .size = MEMBER_SIZE(record, member)
#define REQUIRED(record, member) MEMBER(record, member), .present_offset = FIELD_REQUIRED
#define OPTIONAL(record, member, flag) MEMBER(record, member), .present_offset = offsetof(struct record, flag)

#define UINT(lowest, highest) .type = FIELD_TYPE_UINT, .min = (lowest), .max = (highest)
#define ENUM(lowest, highest) .type = FIELD_TYPE_ENUM, .min = (lowest), .max = (highest)
#define BOOL .type = FIELD_TYPE_BOOL, .max = 1
#define DAY .type = FIELD_TYPE_DAY, .max = DAY_MAX
#define FIXED(bytes) .type = FIELD_TYPE_FIXED, .min = (bytes), .max = (bytes)
#define BIN(lowest, highest) .type = FIELD_TYPE_BIN, .min = (lowest), .max = (highest)
#define TEXT(lowest, highest, is) .type = FIELD_TYPE_TEXT, .min = (lowest), .max = (highest), .text_is = (is)
#define RECORD(schema) .type = FIELD_TYPE_RECORD, .nested = &schema##_schema
#define LIST(schema, lowest, highest)                                                                        \
    .type = FIELD_TYPE_LIST, .min = (lowest), .max = (highest), .nested = &schema##_schema
#define LIST_OF_TEXTS(lowest, highest, size_lowest, size_highest, is)                                        \
    .type = FIELD_TYPE_LIST, .min = (lowest), .max = (highest), .text_min = (size_lowest),                   \
    .text_max = (size_highest), .text_is = (is)
#define SORTED(compare) .order = (compare)
#define MEANS(text) .meaning = text

#define EPOCH UINT(0, EPOCH_MAX)
#define SEQ UINT(0, BLOCK_SEQ_MAX)
#define TIME UINT(0, TIME_S_MAX)
#define ENTRY_INDEX UINT(0, BLOCK_ENTRIES_MAX - 1)

#define FIELDS_OF(record)                                                                                    \
    .fields = record##_fields, .field_count = sizeof(record##_fields) / sizeof(record##_fields[0])
/* A schema whose name and table are those of struct record. */
#define SCHEMA(record) .name = #record, .size = sizeof(struct record), FIELDS_OF(record)
#define EXTENSIBLE(record) .extensible = true, .extensions_offset = offsetof(struct record, extensions)

extern const struct schema subject_schema;
extern const struct schema entry_name_schema;
extern const struct schema indexed_signature_schema;
extern const struct schema keyed_signature_schema;
extern const struct schema index_range_schema;

/* Order of a list of struct bytes. */
int order_texts(const void *a, const void *b);
/* Order of a list of struct indexed_signature: by key index. */
int order_signatures(const void *a, const void *b);
/* Order of a list of struct index_range: each wholly below the next. */
int order_index_ranges(const void *a, const void *b);
/* -1, 0 or 1. */
int order_numbers(uint64_t a, uint64_t b);

#endif
