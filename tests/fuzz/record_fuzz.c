#include "tests/fuzz/target.h"

#include <stdlib.h>

#include "protocol/wire/records.h"

/* The first byte picks a schema. What it accepts re-encodes to the same bytes, and prints. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t arena_memory[RECORD_ARENA_SIZE], again_memory[1024 * 1024];
    _Alignas(max_align_t) static uint8_t record[4096];
    const struct schema *schema = NULL;
    struct bytes input, again;
    struct arena arena;
    char text[4096];

    if (size == 0) {
        return 0;
    }
    schema = schemas[data[0] % SCHEMA_COUNT];
    input = bytes_of(data + 1, size - 1);
    if (schema->size > sizeof record) {
        abort();
    }
    arena_init(&arena, arena_memory, sizeof arena_memory);
    if (schema_decode(schema, record, input, &arena) != REASON_NONE) {
        return 0;
    }
    if (!schema_encode(schema, record, again_memory, sizeof again_memory, &again) ||
        !bytes_equal(input, again)) {
        abort();
    }
    schema_print(schema, record, text, sizeof text);
    return 0;
}
