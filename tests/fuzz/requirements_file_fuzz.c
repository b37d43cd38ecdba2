#include "tests/fuzz/target.h"

#include <stdlib.h>

#include "cmd/requirements_file.h"
#include "protocol/base/text.h"

enum { ARENA_SIZE = 32 * 1024 * 1024 };

static bool is_within(struct bytes part, struct bytes whole)
{
    return part.data >= whole.data && part.size <= whole.size &&
           (size_t)(part.data - whole.data) <= whole.size - part.size;
}

/* What is taken can be shown; what is refused is refused at a place within the file. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t memory[ARENA_SIZE];
    struct bytes text = bytes_of(data, size);
    struct requirements_file file;
    struct requirements_error error;
    struct arena arena;

    arena_init(&arena, memory, sizeof memory);
    if (!requirements_file_parse(&file, &error, text, NULL, &arena)) {
        if (error.fault == REQUIREMENTS_FINE ||
            (error.line > 0 && (!is_within(error.text, text) || error.offset > error.text.size))) {
            abort();
        }
        return 0;
    }
    for (size_t i = 0; i < file.count; i++) {
        if (!is_within(file.items[i].name, text) || !text_is_clean(file.items[i].name) ||
            requirement_expression(&file.items[i].requirement) == NULL) {
            abort();
        }
    }
    return 0;
}
