#ifndef PROTOCOL_WIRE_SCHEMA_FIELDS_H
#define PROTOCOL_WIRE_SCHEMA_FIELDS_H

/* Access to a record's C members through its table, for the engine alone. */

#include <string.h>

#include "protocol/wire/schema.h"

extern const struct schema extension_schema;

/* The row of an extensible schema's extension list. */
struct field extensions_field(const struct schema *schema);

static inline const void *field_at(const struct field *field, const void *record)
{
    return (const uint8_t *)record + field->offset;
}

static inline void *field_place(const struct field *field, void *record)
{
    return (uint8_t *)record + field->offset;
}

static inline bool field_is_optional(const struct field *field)
{
    return field->present_offset != FIELD_REQUIRED;
}

static inline bool field_is_present(const struct field *field, const void *record)
{
    bool present = true;

    if (field_is_optional(field)) {
        memcpy(&present, (const uint8_t *)record + field->present_offset, sizeof present);
    }
    return present;
}

static inline void field_set_present(const struct field *field, void *record, bool present)
{
    if (field_is_optional(field)) {
        memcpy((uint8_t *)record + field->present_offset, &present, sizeof present);
    }
}

/* Whether the field is there exactly when the row before it is. */
static inline bool field_is_paired(const struct schema *schema, const struct field *field)
{
    return field_is_optional(field) && field > schema->fields &&
           field->present_offset == field[-1].present_offset;
}

/* The value of a UINT, ENUM, BOOL or DAY. */
static inline uint64_t field_number(const struct field *field, const void *record)
{
    uint64_t number = 0;
    uint32_t small = 0;

    if (field->type == FIELD_TYPE_UINT) {
        memcpy(&number, field_at(field, record), sizeof number);
        return number;
    }
    if (field->type == FIELD_TYPE_BOOL) {
        return *(const bool *)field_at(field, record) ? 1 : 0;
    }
    memcpy(&small, field_at(field, record), sizeof small);
    return small;
}

static inline void field_set_number(const struct field *field, void *record, uint64_t number)
{
    uint32_t small = (uint32_t)number;
    bool yes = number != 0;

    if (field->type == FIELD_TYPE_UINT) {
        memcpy(field_place(field, record), &number, sizeof number);
    } else if (field->type == FIELD_TYPE_BOOL) {
        memcpy(field_place(field, record), &yes, sizeof yes);
    } else {
        memcpy(field_place(field, record), &small, sizeof small);
    }
}

/* The size in C of one element of a LIST. */
static inline size_t field_item_size(const struct field *field)
{
    return field->nested ? field->nested->size : sizeof(struct bytes);
}

#endif
