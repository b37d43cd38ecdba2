#include "protocol/log/accept.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/log_bench.h"

/* Whatever an author says, the roots that acceptance finds page by page are those that the words of DESIGN
 * section 4 give, across every border between pages; and the block that all begins with. */

/* Refused drafts are drawn anew: what is refused has tests of its own. */
static void grow(struct dice *dice)
{
    struct bytes encoded;

    do {
        log_random_draft(&bench->builder, &bench->log, dice);
    } while (log_builder_sign(&encoded, &bench->builder, &bench->log) != REASON_NONE);
    assert_int_equal(memory_log_accept(&bench->log, encoded), REASON_NONE);
    arena_rewind(&bench->builder.arena, 0);
}

static void test_every_root_up_to_200_blocks(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 4; seed++) {
        struct dice dice = {.state = seed};

        bench_begin(100 + seed);
        assert_naive_root(&bench->log);
        while (bench->log.block_count < 200) {
            grow(&dice);
            assert_naive_root(&bench->log);
        }
    }
}

/* A third level of pages opens at 4097 blocks. */
static void test_roots_across_the_second_level(void **state)
{
    struct dice dice = {.state = 9};

    (void)state;
    bench_begin(9);
    while (bench->log.block_count < 4094) {
        log_builder_content(&bench->builder, &bench->log, 1);
    }
    while (bench->log.block_count < 4100) {
        grow(&dice);
        assert_naive_root(&bench->log);
    }
    draft_status(1, 0, 0);
    bench_append();
    assert_naive_root(&bench->log);
    draft_void(4030, 4093);
    bench_append();
    assert_naive_root(&bench->log);
    while (bench->log.block_count < 4163) {
        log_builder_content(&bench->builder, &bench->log, 1);
    }
    assert_naive_root(&bench->log);
}

/* ---- inception ---- */

static enum reason begin_with(struct bytes encoded)
{
    struct memory_log log;
    enum reason reason = REASON_NONE;

    memory_log_init(&log, &bench->network, &bench->scratch);
    reason = memory_log_accept(&log, encoded);
    memory_log_deinit(&log);
    return reason;
}

static void test_a_log_begins_with_its_inception_alone(void **state)
{
    struct bytes inception = memory_log_block(&bench->log, AT_INCEPTION);
    struct bytes second = memory_log_block(&bench->log, AT_CONTENT);
    uint8_t changed[KEYS_SIZE_MAX];

    (void)state;
    assert_int_equal(begin_with(inception), REASON_NONE);
    assert_int_equal(begin_with(second), REASON_BAD_INCEPTION);
    assert_int_equal(memory_log_accept(&bench->log, inception), REASON_WRONG_SEQ);
    /* No bit of it can be another. */
    for (size_t i = 0; i < inception.size; i++) {
        memcpy(changed, inception.data, inception.size);
        changed[i] ^= 1;
        assert_int_not_equal(begin_with(bytes_of(changed, inception.size)), REASON_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_root_up_to_200_blocks, bench_make_empty, bench_drop),
        cmocka_unit_test_setup_teardown(test_roots_across_the_second_level, bench_make_empty, bench_drop),
        cmocka_unit_test_setup_teardown(test_a_log_begins_with_its_inception_alone, bench_make, bench_drop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
