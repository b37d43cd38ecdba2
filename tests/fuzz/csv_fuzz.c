#include "tests/fuzz/target.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/csv.h"

/* The input behind its first byte, in pieces whose size that byte tells. */
struct pieces {
    struct bytes left;
    size_t piece_size;
};

static bool read_piece(void *context, uint8_t *data, size_t capacity, size_t *size)
{
    struct pieces *pieces = context;
    *size = pieces->left.size < pieces->piece_size ? pieces->left.size : pieces->piece_size;
    *size = *size < capacity ? *size : capacity;
    if (*size > 0) {
        memcpy(data, pieces->left.data, *size);
        pieces->left = bytes_of(pieces->left.data + *size, pieces->left.size - *size);
    }
    return true;
}

/* What was read of a file, boiled down to a number that depends on every field and its place. */
static uint64_t digest(uint64_t so_far, uint64_t value)
{
    return (so_far ^ value) * UINT64_C(0x100000001b3);
}

static uint64_t digest_row(uint64_t so_far, const struct csv *csv)
{
    for (size_t i = 0; i < csv->field_count; i++) {
        so_far = digest(so_far, csv->fields[i].size);
        for (size_t j = 0; j < csv->fields[i].size; j++) {
            uint8_t byte = csv->fields[i].data[j];
            if (byte == '\0') {
                abort();
            }
            so_far = digest(so_far, byte);
        }
    }
    return so_far;
}

static uint64_t read_all(struct csv *csv, struct bytes input, size_t piece_size)
{
    struct pieces pieces = {.left = input, .piece_size = piece_size};
    csv_init(csv, &(struct csv_source){.read = read_piece, .context = &pieces});
    uint64_t sum = 0;
    uint64_t line = 0;
    for (size_t calls = 0; calls <= input.size + 1; calls++) {
        enum csv_result result = csv_next(csv);
        if (result == CSV_END) {
            return sum;
        }
        if (csv->line <= line || (result == CSV_ROW && csv->field_count == 0)) {
            abort();
        }
        line = csv->line;
        sum = digest(digest(sum, line), (uint64_t)result);
        sum = result == CSV_ROW ? digest_row(sum, csv) : sum;
    }
    abort(); /* more rows than bytes */
}

/* A file reads alike in whatever pieces it comes, and reading ends. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct csv csv;
    if (size == 0) {
        return 0;
    }
    struct bytes input = bytes_of(data + 1, size - 1);
    if (read_all(&csv, input, (size_t)data[0] + 1) != read_all(&csv, input, CSV_BUFFER_SIZE)) {
        abort();
    }
    return 0;
}
