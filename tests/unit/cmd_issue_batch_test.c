#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/issue_batch.h"
#include "tests/support/own_home.h"
#include "tests/support/set_now.h"

/* What is told when a file's rows can't be issued to the end: that what stands is skipped when it is run
 * again. Row n stands in line 2n. */

enum { NOW_S = 1000000, DAY = 45000 };

static struct keyring *keyring, *other;
static struct own_home own;
static struct issue_batch *batch;

static int set_up(void **state)
{
    uint8_t memory[KEYS_SIZE_MAX], unused[KEYS_SIZE_MAX];
    struct bytes record, other_record;
    (void)state;
    set_now(NOW_S);
    keyring = own_home_keys(memory, &record);
    other = own_home_keys(unused, &other_record);
    own_home_open(&own, keyring, record);
    batch = calloc(1, sizeof(*batch));
    assert_non_null(batch);
    issue_batch_init(batch, &own.publisher);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(batch);
    own_home_close(&own);
    keyring_wipe(keyring);
    keyring_wipe(other);
    return 0;
}

static int add_row(uint64_t row)
{
    const struct attestation attestation = {.subject = subject_of_actor(&own.session.actor),
                                            .code = bytes_of_string("ase/A5"),
                                            .basis = BASIS_EXAM,
                                            .earned_on = DAY,
                                            .valid_from = DAY};
    return issue_batch_add(batch, &attestation, 2 * row);
}

static void add_rows(uint64_t first, uint64_t last)
{
    for (uint64_t row = first; row <= last; row++) {
        assert_int_equal(add_row(row), EXIT_YES);
    }
}

/* What is printed to a descriptor when the disk is full. */
static char *failed(int descriptor)
{
    static char text[4096];
    FILE *file = tmpfile();
    int saved = dup(descriptor);
    assert_non_null(file);
    fflush(NULL);
    dup2(fileno(file), descriptor);
    assert_int_equal(session_fail_store(&own.session.options, STORE_NO_ROOM), EXIT_NO_ROOM);
    fflush(NULL);
    dup2(saved, descriptor);
    close(saved);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void before_the_first_block_nothing_was_changed(void **state)
{
    (void)state;
    add_rows(1, 3);
    assert_non_null(strstr(failed(STDERR_FILENO), "nothing was changed"));
}

static void what_is_durable_and_where_the_rest_begins_is_told(void **state)
{
    const char *text;
    (void)state;
    add_rows(1, BLOCK_ENTRIES_MAX);
    add_rows(BLOCK_ENTRIES_MAX + 1, BLOCK_ENTRIES_MAX + 5);
    own.publisher.keyring = other; /* so that no more can be signed */
    assert_int_not_equal(issue_batch_flush(batch), EXIT_YES);
    text = failed(STDERR_FILENO);
    assert_null(strstr(text, "nothing was changed"));
    assert_null(strstr(text, "run the command again"));
    assert_non_null(strstr(text, "in 1 block from block 1 on: 4096 certificates are issued"));
    assert_non_null(strstr(text, "the rest, which begins with line 8194: what stands is skipped"));
}

static void programs_are_told_the_same(void **state)
{
    json_t *object;
    (void)state;
    add_rows(1, BLOCK_ENTRIES_MAX + 1);
    own.session.options.json = true;
    object = json_loads(failed(STDOUT_FILENO), 0, NULL);
    assert_non_null(object);
    assert_string_equal(json_string_value(json_object_get(object, "error")), "disk-full");
    assert_int_equal(json_integer_value(json_object_get(object, "durable_blocks")), 1);
    assert_int_equal(json_integer_value(json_object_get(object, "first_block")), 1);
    assert_int_equal(json_integer_value(json_object_get(object, "issued")), BLOCK_ENTRIES_MAX);
    assert_int_equal(json_integer_value(json_object_get(object, "rest_line")), 2 * (BLOCK_ENTRIES_MAX + 1));
    json_decref(object);
}

static void where_all_is_durable_no_rest_is_told_of(void **state)
{
    const char *text;
    (void)state;
    add_rows(1, 3);
    assert_int_equal(issue_batch_flush(batch), EXIT_YES);
    text = failed(STDERR_FILENO);
    assert_non_null(strstr(text, "in 1 block from block 1 on."));
    assert_null(strstr(text, "line"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(before_the_first_block_nothing_was_changed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_durable_and_where_the_rest_begins_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(programs_are_told_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(where_all_is_durable_no_rest_is_told_of, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
