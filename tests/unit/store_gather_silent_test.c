#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/shop_world.h"

/* Whose logs a dossier has of those who never spoke of its subject: where a question denies something, of all
 * who may have spoken and were not heard for long. ase owns a namespace; the institute may accredit schools.
 */

enum { ARRIVED = 1000, NOW = 9000, HEARD_SINCE = 8000, SCHOOLS_MANY = 1030 };

static struct store_world world;
static struct world_author ase, institute, school, stranger;
static struct trust trust;

static struct accreditation accreditation_of(const struct actor_id *delegate, uint64_t depth)
{
    static struct bytes pattern;

    pattern = bytes_of_string("ase/*");
    return (struct accreditation){
        .delegate = *delegate, .patterns = {.items = &pattern, .count = 1}, .from = 30000, .depth = depth};
}

static void accredit(struct world_author *by, const struct world_author *delegate, uint64_t depth)
{
    const struct accreditation record = accreditation_of(&delegate->actor.id, depth);
    struct store_txn *txn = world_write(&world);

    world_publish_one(&world, txn, by, CLASS_GOVERN, ENTRY_ACCREDITATION, &record, ARRIVED);
    world_commit(txn);
}

static void is_heard(const struct world_author *author, uint64_t time_s)
{
    struct store_txn *txn = world_write(&world);

    world_check_point(&world, txn, author, time_s);
    world_commit(txn);
}

static int setup(void **state)
{
    struct trust_owner owner = {.name_space = "ase"};
    struct store_txn *txn;

    (void)state;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, ARRIVED);
    world_begin_log(&world, txn, &institute, 2, ARRIVED);
    world_begin_log(&world, txn, &school, 3, ARRIVED);
    world_begin_log(&world, txn, &stranger, 4, ARRIVED);
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

static void gather(struct dossier *out, struct dossier_reach reach)
{
    const struct subject her = world_subject(7);
    struct store_txn *txn = world_read(&world);

    assert_int_equal(store_dossier(txn, &world.network, &trust, &her, reach, out, &world.arena), STORE_OK);
    store_end(txn);
}

static bool has_log_by(const struct world_author *author, uint64_t known_by_s)
{
    struct dossier dossier;

    gather(&dossier, (struct dossier_reach){.known_by_s = known_by_s, .heard_since_s = HEARD_SINCE});
    return dossier_log_of(&dossier, &author->actor.id) != NULL;
}

static bool has_log(const struct world_author *author)
{
    return has_log_by(author, UINT64_MAX);
}

/* ---- cases ---- */

static void who_was_heard_need_not_be_asked(void **state)
{
    (void)state;
    accredit(&ase, &school, 0);
    is_heard(&school, HEARD_SINCE);
    assert_false(has_log(&school));
}

static void who_was_not_is_in_the_dossier_with_its_accreditation(void **state)
{
    struct dossier dossier;

    (void)state;
    accredit(&ase, &school, 0);
    assert_true(has_log(&school));
    is_heard(&school, HEARD_SINCE - 1);
    assert_true(has_log(&school));
    gather(&dossier, (struct dossier_reach){.known_by_s = UINT64_MAX, .heard_since_s = HEARD_SINCE});
    assert_int_equal(dossier.accreditation_count, 1);
    assert_false(dossier.cuts.credentials);
}

static void only_where_something_is_denied(void **state)
{
    struct dossier dossier;

    (void)state;
    accredit(&ase, &school, 0);
    gather(&dossier, DOSSIER_REACH_ALL);
    assert_null(dossier_log_of(&dossier, &school.actor.id));
}

static void nor_who_says_that_more_is_to_come(void **state)
{
    struct store_txn *txn;
    const struct subject her = world_subject(8);
    struct world_author before;

    (void)state;
    accredit(&ase, &school, 0);
    before = school;
    txn = world_write(&world);
    world_attest(&world, txn, &school, &her, 1, "ase/A1", ARRIVED);
    store_end(txn); /* the block is lost, its checkpoint is not */
    is_heard(&school, NOW);
    school = before;
    assert_true(has_log(&school));
}

static void nor_who_had_not_been_heard_by_then(void **state)
{
    (void)state;
    accredit(&ase, &school, 0);
    is_heard(&school, NOW);
    assert_false(has_log_by(&school, NOW));
    assert_true(has_log_by(&school, NOW - 1));
}

static void whom_a_delegate_accredited_is_found_too(void **state)
{
    (void)state;
    accredit(&ase, &institute, 1);
    accredit(&institute, &school, 0);
    is_heard(&institute, NOW);
    assert_true(has_log(&school));
}

static void whom_one_accredited_that_may_not_is_none(void **state)
{
    (void)state;
    accredit(&ase, &institute, 0);
    accredit(&institute, &school, 0);
    is_heard(&institute, NOW);
    assert_false(has_log(&school));
}

static void strangers_take_no_room(void **state)
{
    (void)state;
    accredit(&stranger, &school, 1);
    assert_false(has_log(&school));
}

static void whoever_was_never_heard_of_is_in_the_dossier(void **state)
{
    static struct world_author nobody;

    (void)state;
    nobody = school;
    nobody.actor.id.hash.bytes[0] ^= 1;
    accredit(&ase, &nobody, 0);
    assert_true(has_log(&nobody));
}

/* Its checkpoint is of a branch that is not the chain. */
static void nor_who_says_that_its_log_is_another(void **state)
{
    struct log_state held;

    (void)state;
    accredit(&ase, &school, 0);
    held = school.state;
    school.state.head.bytes[0] ^= 1;
    is_heard(&school, NOW);
    school.state = held;
    assert_true(has_log(&school));
}

static void nor_what_a_block_said_that_came_later(void **state)
{
    const struct subject her = world_subject(8);
    struct store_txn *txn;

    (void)state;
    accredit(&ase, &school, 0);
    txn = world_write(&world);
    world_attest(&world, txn, &school, &her, 1, "ase/A1", NOW);
    world_commit(txn);
    is_heard(&school, HEARD_SINCE);
    assert_false(has_log_by(&school, NOW));
    assert_true(has_log_by(&school, NOW - 1));
}

static void who_has_blocks_beside_its_chain_is_looked_at(void **state)
{
    const struct subject her = world_subject(8);
    struct store_txn *txn;
    struct draft draft;
    struct block block;
    const struct accreditation beside = accreditation_of(&stranger.actor.id, 0);

    (void)state;
    accredit(&ase, &school, 0);
    txn = world_write(&world);
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_ACCREDITATION, &beside);
    assert_int_equal(
        block_decode(&block, &world.network, world_sign(&world, txn, &school, &draft, ARRIVED), &world.arena),
        REASON_NONE);
    world_attest(&world, txn, &school, &her, 1, "ase/A1", ARRIVED);
    world_commit(txn);
    is_heard(&school, NOW);
    assert_false(has_log(&school));
    txn = world_write(&world);
    assert_int_equal(store_put_side_block(txn, &world.network, &block, NOW), STORE_OK);
    world_commit(txn);
    assert_true(has_log(&school));
}

static void whom_an_heir_accredited_is_found_too(void **state)
{
    const struct indexed_signature signature = {.key_index = 0};
    const struct succession record = {.name_space = bytes_of_string("ase"),
                                      .successor = institute.actor.id,
                                      .signatures = {.items = &signature, .count = 1}};
    struct store_txn *txn = world_write(&world);

    (void)state;
    world_publish_one(&world, txn, &ase, CLASS_GOVERN, ENTRY_SUCCESSION, &record, ARRIVED);
    world_commit(txn);
    accredit(&institute, &school, 0);
    assert_true(has_log(&school));
}

static void one_school_takes_the_room_of_one(void **state)
{
    static struct accreditation records[SCHOOLS_MANY];
    struct store_txn *txn;
    struct dossier dossier;
    struct draft draft;

    (void)state;
    txn = world_write(&world);
    world_draft(&world, &draft, CLASS_GOVERN);
    for (size_t i = 0; i < SCHOOLS_MANY; i++) {
        records[i] = accreditation_of(&school.actor.id, 0);
        world_add(&draft, ENTRY_ACCREDITATION, &records[i]);
    }
    world_publish(&world, txn, &ase, &draft, ARRIVED);
    world_commit(txn);
    gather(&dossier, (struct dossier_reach){.known_by_s = UINT64_MAX, .heard_since_s = HEARD_SINCE});
    assert_false(dossier.cuts.credentials);
}

/* The limit is named: no answer rests on those that were left out. */
static void more_than_fit_leave_all_unknown(void **state)
{
    static struct accreditation records[SCHOOLS_MANY];
    struct store_txn *txn;
    struct dossier dossier;
    struct draft draft;

    (void)state;
    txn = world_write(&world);
    world_draft(&world, &draft, CLASS_GOVERN);
    for (size_t i = 0; i < SCHOOLS_MANY; i++) {
        const struct actor_id nobody = {world_subject(100 + i).id};

        records[i] = accreditation_of(&nobody, 0);
        world_add(&draft, ENTRY_ACCREDITATION, &records[i]);
    }
    world_publish(&world, txn, &ase, &draft, ARRIVED);
    world_commit(txn);
    gather(&dossier, (struct dossier_reach){.known_by_s = UINT64_MAX, .heard_since_s = HEARD_SINCE});
    assert_true(dossier.cuts.credentials);
    gather(&dossier, DOSSIER_REACH_ALL);
    assert_false(dossier.cuts.credentials);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_was_heard_need_not_be_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(who_was_not_is_in_the_dossier_with_its_accreditation, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(only_where_something_is_denied, setup, teardown),
        cmocka_unit_test_setup_teardown(nor_who_says_that_more_is_to_come, setup, teardown),
        cmocka_unit_test_setup_teardown(nor_who_had_not_been_heard_by_then, setup, teardown),
        cmocka_unit_test_setup_teardown(whom_a_delegate_accredited_is_found_too, setup, teardown),
        cmocka_unit_test_setup_teardown(whom_one_accredited_that_may_not_is_none, setup, teardown),
        cmocka_unit_test_setup_teardown(strangers_take_no_room, setup, teardown),
        cmocka_unit_test_setup_teardown(whoever_was_never_heard_of_is_in_the_dossier, setup, teardown),
        cmocka_unit_test_setup_teardown(nor_who_says_that_its_log_is_another, setup, teardown),
        cmocka_unit_test_setup_teardown(nor_what_a_block_said_that_came_later, setup, teardown),
        cmocka_unit_test_setup_teardown(who_has_blocks_beside_its_chain_is_looked_at, setup, teardown),
        cmocka_unit_test_setup_teardown(whom_an_heir_accredited_is_found_too, setup, teardown),
        cmocka_unit_test_setup_teardown(one_school_takes_the_room_of_one, setup, teardown),
        cmocka_unit_test_setup_teardown(more_than_fit_leave_all_unknown, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
