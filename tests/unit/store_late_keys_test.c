#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/base/days.h"
#include "protocol/rules/verdict.h"
#include "tests/support/shop_world.h"

/* A school whose accreditation ended issues years later, dated back. This node held its checkpoint of a day
 * in between, at a head below that, since the day after: it syncs once a day. */

enum { OVER = 35000, SEEN = 38000, DAY = 40500 };

static struct store_world world;
static struct world_author ase, school;
static struct trust trust;

static void publish(struct world_author *by, enum block_class block_class, enum entry_kind kind,
                    const void *record, uint32_t signed_on, uint32_t arrived_on)
{
    struct store_txn *txn = world_write(&world);
    const struct bytes encoded =
        world_sign_one(&world, txn, by, block_class, kind, record, time_of_day(signed_on));

    assert_int_equal(world_accept(&world, txn, by, encoded, time_of_day(arrived_on)), REASON_NONE);
    world_commit(txn);
}

static void attest(uint64_t subject, uint32_t signed_on, uint32_t arrived_on)
{
    const struct subject of = world_subject(subject);
    struct attestation record = build_attestation(&(struct actor_id){of.id}, "ase/A5", OVER - 10, 42000);

    publish(&school, CLASS_CONTENT, ENTRY_ATTESTATION, &record, signed_on, arrived_on);
}

static struct axis_answer authority(void)
{
    const struct subject subject = world_subject(7);

    return world_decide(&world, &trust, &subject, DAY, time_of_day(DAY)).axes[AXIS_AUTHORITY];
}

static int setup(void **state)
{
    static const struct pack_code codes[] = {
        {.code = {(const uint8_t *)"A5", 2}, .title = {(const uint8_t *)"A5", 2}}};
    const struct rule_pack pack = {.name_space = bytes_of_string("ase"),
                                   .version = 1,
                                   .in_force_from = 30000,
                                   .codes = {.items = codes, .count = 1}};
    const struct bytes pattern = bytes_of_string("ase/*");
    struct trust_owner owner = {.name_space = "ase"};
    struct store_txn *txn;

    (void)state;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, time_of_day(30000));
    world_begin_log(&world, txn, &school, 2, time_of_day(30000));
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
    owner.actor = ase.actor.id;
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
    publish(&ase, CLASS_GOVERN, ENTRY_RULE_PACK, &pack, 30000, 30000);
    const struct accreditation accreditation = {.delegate = school.actor.id,
                                                .patterns = {.items = &pattern, .count = 1},
                                                .from = 30000,
                                                .has_until = true,
                                                .until = OVER};
    publish(&ase, CLASS_GOVERN, ENTRY_ACCREDITATION, &accreditation, 30000, 30000);
    attest(8, OVER - 20, SEEN + 1);
    txn = world_write(&world);
    world_check_point(&world, txn, &school, time_of_day(SEEN));
    world_commit(txn);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

static void what_came_after_a_checkpoint_years_after_the_end_is_late(void **state)
{
    (void)state;
    attest(7, OVER - 5, DAY);
    assert_int_equal(authority().reason, REASON_SIGNED_AFTER_END);
}

/* It lists another key for its checkpoints first, dated back too. */
static void also_where_the_school_says_that_its_keys_had_been_others(void **state)
{
    struct signing_key signing_keys[3];
    struct built_key present, checkpoint;
    struct keys_update update;

    (void)state;
    update = world_new_present_key(&school.actor, 50, &present, signing_keys);
    build_key(&checkpoint, ROLE_CHECKPOINT, 60, 0);
    signing_keys[1] = checkpoint.key;
    signing_keys[2] = school.actor.signing_keys[3];
    publish(&school, CLASS_KEYS, ENTRY_KEYS_UPDATE, &update, OVER - 6, DAY);
    attest(7, OVER - 5, DAY);
    assert_int_equal(authority().reason, REASON_SIGNED_AFTER_END);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_came_after_a_checkpoint_years_after_the_end_is_late, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(also_where_the_school_says_that_its_keys_had_been_others, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
