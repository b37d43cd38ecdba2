#include "tests/fuzz/target.h"

#include <stdlib.h>

#include "cmd/shop_json.h"

enum { ARENA_SIZE = 1024 * 1024, TODAY = 46346 };

static void check_taken(const struct shop *shop, struct arena *arena)
{
    static uint8_t encoded_memory[ENTRY_SIZE_MAX * 2];
    struct shop again;
    struct bytes encoded;

    if (!schema_encode(&shop_schema, shop, encoded_memory, sizeof encoded_memory, &encoded) ||
        schema_decode(&shop_schema, &again, encoded, arena) != REASON_NONE || shop->areas.count == 0) {
        abort();
    }
}

/* What is taken is a record that every node takes; what is refused is refused with a place and a reason. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t memory[ARENA_SIZE];
    struct json_input_error error;
    struct shop shop;
    struct arena arena;

    arena_init(&arena, memory, sizeof memory);
    if (shop_json_parse(&shop, &error, bytes_of(data, size), TODAY, &arena)) {
        check_taken(&shop, &arena);
    } else if (error.where[0] == '\0' || error.what[0] == '\0') {
        abort();
    }
    return 0;
}
