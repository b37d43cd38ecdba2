#include "tests/fuzz/target.h"

#include <stdlib.h>

#include "cmd/rules_json.h"
#include "protocol/rules/pack_rules.h"

enum { ARENA_SIZE = 2 * PACK_CHECK_ARENA_SIZE };

static void check_taken(const struct rule_pack *pack, struct arena *arena)
{
    static uint8_t first[RULE_PACK_SIZE_MAX];
    struct rule_pack again;
    struct bytes encoded, what;
    size_t at;

    if (!schema_encode(&rule_pack_schema, pack, first, sizeof first, &encoded) ||
        schema_decode(&rule_pack_schema, &again, encoded, arena) != REASON_NONE ||
        pack_rules_check(&again, &at, &what, arena) != PACK_FINE) {
        abort();
    }
}

/* What is taken is a record that every node takes, with rules that it understands; what is refused is refused
 * with a place and a reason. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t memory[ARENA_SIZE];
    struct json_input_error error;
    struct rule_pack pack;
    struct arena arena;

    arena_init(&arena, memory, sizeof memory);
    if (rules_json_parse(&pack, &error, bytes_of(data, size), &arena)) {
        check_taken(&pack, &arena);
    } else if (error.where[0] == '\0' || error.what[0] == '\0') {
        abort();
    }
    return 0;
}
