#ifndef TESTS_SUPPORT_WIRE_DUMP_H
#define TESTS_SUPPORT_WIRE_DUMP_H

/* Encoded records as annotated hexadecimal: a line for each element, its name before its bytes. */

#include <stdio.h>

#include "protocol/wire/schema.h"

/* One line of name and bytes at depth; long bytes go on below. */
void wire_dump_bytes(FILE *out, unsigned depth, const char *name, struct bytes bytes);

/* The head of an array or bin that what follows in the dump belongs to. Consumes it from reader. */
void wire_dump_head(FILE *out, unsigned depth, const char *name, struct reader *reader, size_t head_size);

/* The next element of reader, one record of schema. Requires: it is one. */
void wire_dump_record(FILE *out, unsigned depth, const char *name, const struct schema *schema,
                      struct reader *reader);

#endif
