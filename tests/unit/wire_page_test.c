#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/wire_page.h"

#define PAGE SOURCE_ROOT "/protocol/wire/WIRE.md"

static char *whole_file(const char *path, size_t capacity)
{
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, capacity + 1);

    assert_non_null(file);
    assert_non_null(text);
    assert_true(fread(text, 1, capacity, file) < capacity);
    fclose(file);
    return text;
}

static void test_the_page_says_what_the_tables_say(void **state)
{
    char *generated = NULL, *committed = whole_file(PAGE, 1024 * 1024);
    size_t size = 0;
    FILE *stream = open_memstream(&generated, &size);

    (void)state;
    assert_non_null(stream);
    wire_page_write(stream);
    assert_int_equal(fclose(stream), 0);
    if (strcmp(generated, committed) != 0) {
        fail_msg("protocol/wire/WIRE.md is not what the tables say; make it anew:\n"
                 "    cmake --build --preset release --target wire_page\n"
                 "    .build/release/tests/wire_page > protocol/wire/WIRE.md");
    }
    free(generated);
    free(committed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_page_says_what_the_tables_say),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
