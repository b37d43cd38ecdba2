#ifndef TESTS_SUPPORT_VECTORS_H
#define TESTS_SUPPORT_VECTORS_H

/* Published test vectors as data files: one vector a line, its fields apart by blanks; lines that are empty
 * or start with # are notes. A file that cannot be read fails the test. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { VECTOR_LINE_MAX = 8192, VECTOR_FIELDS_MAX = 8 };

struct vectors {
    FILE *file;
    const char *name;
    size_t line_number;
    size_t field_count;
    char *fields[VECTOR_FIELDS_MAX]; /* into line, each with a NUL */
    char line[VECTOR_LINE_MAX];
};

/* Open tests/vectors/<name>. */
void vectors_open(struct vectors *vectors, const char *name);

/* Read the next vector, which must have field_count fields. Returns: false at the end; the file is closed
 * then. */
bool vectors_next(struct vectors *vectors, size_t field_count);

/* Write to out the bytes that field says in hex, "-" for none, and return how many. */
size_t vectors_hex(const struct vectors *vectors, size_t field, uint8_t *out, size_t out_size);

#endif
