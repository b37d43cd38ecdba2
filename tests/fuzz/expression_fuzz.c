#include "tests/fuzz/target.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/rules/expression_text.h"

static bool is_known(void *context, const struct expression *node)
{
    (void)context;
    return node->op != EXPRESSION_UNKNOWN;
}

/* What is read is written as the same bytes, and the text printed of it is read as an equal tree. */
static void check_taken(const struct expression *tree, enum expression_scope scope, struct bytes input,
                        struct arena *arena)
{
    static char text[EXPRESSION_TEXT_SIZE_MAX];
    static uint8_t again_memory[RULE_EXPRESSION_SIZE_MAX];
    const struct bytes ase = bytes_of_string("ase");
    struct expression parsed;
    struct expression_error error;
    struct bytes again;

    if (!expression_encode(tree, again_memory, sizeof again_memory, &again) || !bytes_equal(input, again)) {
        abort();
    }
    if (!expression_print(text, sizeof text, tree, ase) ||
        !expression_parse(&parsed, &error, scope, bytes_of_string(text), ase, arena) ||
        !expression_equal(tree, &parsed)) {
        abort();
    }
}

/* The first byte picks a scope. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t memory[2 * EXPRESSION_ARENA_SIZE];
    static char text[EXPRESSION_TEXT_SIZE_MAX];
    struct expression tree;
    struct arena arena;

    if (size == 0) {
        return 0;
    }
    enum expression_scope scope = data[0] % (SCOPE_SHOP + 1);
    struct bytes input = bytes_of(data + 1, size - 1);
    arena_init(&arena, memory, sizeof memory);
    enum reason reason = expression_decode(&tree, scope, input, &arena);
    if (reason == REASON_TOO_LARGE) {
        abort();
    }
    if (reason != REASON_NONE) {
        return 0;
    }
    if (expression_each(&tree, is_known, NULL)) {
        check_taken(&tree, scope, input, &arena);
    } else if (!expression_print(text, sizeof text, &tree, bytes_of(NULL, 0))) {
        abort();
    }
    return 0;
}
