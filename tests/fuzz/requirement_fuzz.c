#include "tests/fuzz/target.h"

#include <stdlib.h>

#include "protocol/rules/expression_text.h"

/* What is parsed is within its limits, and the text printed of it is parsed as an equal tree. */
static void check_taken(const struct expression *tree, enum expression_scope scope, struct bytes name_space,
                        struct arena *arena)
{
    static char text[EXPRESSION_TEXT_SIZE_MAX];
    static uint8_t encoded_memory[RULE_EXPRESSION_SIZE_MAX];
    struct expression parsed, decoded;
    struct expression_error error;
    struct bytes encoded;

    if (!expression_encode(tree, encoded_memory, sizeof encoded_memory, &encoded) ||
        expression_decode(&decoded, scope, encoded, arena) != REASON_NONE ||
        !expression_equal(tree, &decoded)) {
        abort();
    }
    if (!expression_print(text, sizeof text, tree, name_space) ||
        !expression_parse(&parsed, &error, scope, bytes_of_string(text), name_space, arena) ||
        !expression_equal(tree, &parsed)) {
        abort();
    }
}

/* The first byte picks a scope and whether a namespace is understood. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t memory[3 * EXPRESSION_ARENA_SIZE];
    struct expression tree;
    struct expression_error error;
    struct arena arena;

    if (size == 0) {
        return 0;
    }
    enum expression_scope scope = data[0] % (SCOPE_SHOP + 1);
    struct bytes name_space = bytes_of("ase", (data[0] & 16) != 0 ? 3 : 0);
    struct bytes text = bytes_of(data + 1, size - 1);
    arena_init(&arena, memory, sizeof memory);
    if (expression_parse(&tree, &error, scope, text, name_space, &arena)) {
        check_taken(&tree, scope, name_space, &arena);
    } else if (error.fault == EXPRESSION_FINE || error.offset > text.size) {
        abort();
    }
    return 0;
}
