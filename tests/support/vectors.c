#include "tests/support/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sodium.h>
#include <string.h>

void vectors_open(struct vectors *vectors, const char *name)
{
    char path[4096];
    int size = snprintf(path, sizeof path, "%s/%s", TEST_VECTORS, name);
    assert_in_range(size, 1, sizeof path - 1);
    vectors->name = name;
    vectors->line_number = 0;
    vectors->file = fopen(path, "re");
    if (!vectors->file) {
        fail_msg("cannot open %s", path);
    }
}

bool vectors_next(struct vectors *vectors, size_t field_count)
{
    do {
        if (!fgets(vectors->line, sizeof vectors->line, vectors->file)) {
            assert_false(ferror(vectors->file));
            fclose(vectors->file);
            vectors->file = NULL;
            return false;
        }
        vectors->line_number++;
    } while (vectors->line[0] == '#' || vectors->line[0] == '\n');
    vectors->field_count = 0;
    char *rest = NULL;
    for (char *field = strtok_r(vectors->line, " \n", &rest); field; field = strtok_r(NULL, " \n", &rest)) {
        assert_in_range(vectors->field_count, 0, VECTOR_FIELDS_MAX - 1);
        vectors->fields[vectors->field_count++] = field;
    }
    if (vectors->field_count != field_count) {
        fail_msg("%s:%zu: %zu fields, not %zu", vectors->name, vectors->line_number, vectors->field_count,
                 field_count);
    }
    return true;
}

size_t vectors_hex(const struct vectors *vectors, size_t field, uint8_t *out, size_t out_size)
{
    assert_in_range(field, 0, vectors->field_count - 1);
    const char *hex = vectors->fields[field];
    if (strcmp(hex, "-") == 0) {
        return 0;
    }
    size_t size = 0;
    const char *end = NULL;
    if (sodium_hex2bin(out, out_size, hex, strlen(hex), NULL, &size, &end) != 0 || *end != '\0') {
        fail_msg("%s:%zu: field %zu is not hex", vectors->name, vectors->line_number, field);
    }
    return size;
}
