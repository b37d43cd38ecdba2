#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/store_world.h"

/* How often authors say that they speak, as it is gathered. */

static struct store_world world;
static struct world_author ase, school;
static struct trust trust;

enum { EARLY = 1000, LATE = 2000, LATER = 3000 };

static void accredit(struct store_txn *txn, struct world_author *by)
{
    struct bytes pattern = bytes_of_string("ase/*");
    const struct accreditation record = {
        .delegate = school.actor.id, .patterns = {.items = &pattern, .count = 1}, .from = 30000};
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_ACCREDITATION, &record);
    world_publish(&world, txn, by, &draft, EARLY);
}

static int setup(void **state)
{
    struct trust_owner owner = {.name_space = "ase"};
    struct subject subject = world_subject(7);
    struct store_txn *txn;

    (void)state;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, EARLY);
    world_begin_log(&world, txn, &school, 2, EARLY);
    accredit(txn, &ase);
    world_attest(&world, txn, &school, &subject, 1, "ase/A5", EARLY);
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
    owner.actor = ase.actor.id;
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

/* The author says how often it speaks, in the next block. */
static void state_rhythm(uint64_t days, uint64_t arrived_s)
{
    const struct rhythm record = {.days = days};
    struct store_txn *txn = world_write(&world);
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_RHYTHM, &record);
    world_publish(&world, txn, &school, &draft, arrived_s);
    world_commit(txn);
}

static uint32_t rhythm_by(uint64_t known_by_s)
{
    const struct subject subject = world_subject(7);
    struct store_txn *txn = world_read(&world);
    struct dossier dossier;
    const struct dossier_log *log;

    assert_int_equal(store_dossier(txn, &world.network, &trust, &subject,
                                   (struct dossier_reach){.known_by_s = known_by_s}, &dossier, &world.arena),
                     STORE_OK);
    store_end(txn);
    log = dossier_log_of(&dossier, &school.actor.id);
    assert_non_null(log);
    return log->rhythm_days;
}

static void who_states_none_has_none(void **state)
{
    (void)state;
    assert_int_equal(rhythm_by(UINT64_MAX), 0);
}

static void the_last_one_counts(void **state)
{
    (void)state;
    state_rhythm(100, EARLY);
    state_rhythm(7, LATER);
    assert_int_equal(rhythm_by(UINT64_MAX), 7);
    assert_int_equal(rhythm_by(LATE), 100);
}

static void one_in_a_void_block_is_none(void **state)
{
    const struct void_record record = {.has_range = true};
    struct void_record voids = record;
    struct store_txn *txn;
    struct draft draft;

    (void)state;
    state_rhythm(100, EARLY);
    state_rhythm(200, LATE);
    voids.range = (struct seq_range){school.state.seq, school.state.seq};
    txn = world_write(&world);
    world_rotate(&world, txn, &school, LATER);
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_VOID, &voids);
    world_publish(&world, txn, &school, &draft, LATER);
    world_commit(txn);
    assert_int_equal(rhythm_by(UINT64_MAX), 100);
    assert_int_equal(rhythm_by(LATE), 200);
}

static void one_that_was_rewound_is_none(void **state)
{
    struct store_txn *txn;

    (void)state;
    state_rhythm(100, EARLY);
    txn = world_write(&world);
    assert_int_equal(store_unwind_to(txn, &world.network, &school.actor.id, 0, EARLY), STORE_OK);
    assert_int_equal(store_log_state(txn, &school.actor.id, &school.state), STORE_OK);
    world_attest(&world, txn, &school, (struct subject[]){world_subject(7)}, 1, "ase/A5", EARLY);
    world_commit(txn);
    assert_int_equal(rhythm_by(UINT64_MAX), 0);
}

int main(void)
{
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    static const struct CMUnitTest tests[] = {
        IN_WORLD(who_states_none_has_none),
        IN_WORLD(the_last_one_counts),
        IN_WORLD(one_in_a_void_block_is_none),
        IN_WORLD(one_that_was_rewound_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
