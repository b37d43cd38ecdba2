#include "protocol/rules/dossier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/support/dossier_builder.h"

static struct dossier_builder built;

static void a_log_is_found_by_its_author(void **state)
{
    (void)state;
    for (size_t count = 0; count < BUILT_ACTORS_MAX; count++) {
        dossier_builder_init(&built, count);
        for (size_t i = 0; i < BUILT_ACTORS_MAX; i++) {
            const struct actor_id author = built_actor_of(i);
            assert_ptr_equal(dossier_log_of(&built.dossier, &author), i < count ? &built.logs[i] : NULL);
        }
    }
}

static void a_log_reaches_as_far_as_it_had_arrived(void **state)
{
    (void)state;
    struct dossier_log log = {.head_seq = 9, .known_by_seq = 5};
    assert_true(dossier_log_reaches(&log, 0));
    assert_true(dossier_log_reaches(&log, 5));
    assert_false(dossier_log_reaches(&log, 6));
    log = (struct dossier_log){.head_seq = 9, .nothing_by_then = true};
    assert_false(dossier_log_reaches(&log, 0));
}

static void a_fork_disputes_from_its_block_on(void **state)
{
    (void)state;
    struct dossier_log log = {.head_seq = 9, .fork_seq = 5};
    assert_false(dossier_log_disputes(&log, 9));
    log.forked = true;
    assert_false(dossier_log_disputes(&log, 4));
    assert_true(dossier_log_disputes(&log, 5));
    log.forked = false;
    log.frozen = true;
    assert_false(dossier_log_disputes(&log, 4));
    assert_true(dossier_log_disputes(&log, 5));
}

static void a_block_is_void_once_that_is_known(void **state)
{
    (void)state;
    dossier_builder_init(&built, 1);
    struct dossier_place place = {.log = 0, .seq = 3, .void_seq = 8};
    assert_false(dossier_place_is_void(&built.dossier, &place));
    place.voided = true;
    assert_true(dossier_place_is_void(&built.dossier, &place));
    built.logs[0].known_by_seq = 7;
    assert_false(dossier_place_is_void(&built.dossier, &place));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_is_found_by_its_author),
        cmocka_unit_test(a_log_reaches_as_far_as_it_had_arrived),
        cmocka_unit_test(a_fork_disputes_from_its_block_on),
        cmocka_unit_test(a_block_is_void_once_that_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
