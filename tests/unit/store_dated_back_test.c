#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/base/days.h"
#include "protocol/rules/verdict.h"
#include "tests/support/shop_world.h"

/* A school that ase withdrew, and closed, says more of what it issued, and dates it into an accreditation of
 * other's that was over long before. */

enum { DAY = 40500, ISSUED = 40000, OVER = 35000 };

static struct store_world world;
static struct world_author ase, school, other;
static struct trust trust;

static void publish(struct world_author *by, enum entry_kind kind, const void *record, uint32_t day)
{
    struct store_txn *txn = world_write(&world);
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, kind, record);
    world_publish(&world, txn, by, &draft, time_of_day(day));
    world_commit(txn);
}

static void accredit(struct world_author *by, const struct world_author *of, uint64_t depth, uint32_t until)
{
    const struct bytes pattern = bytes_of_string("ase/*");
    const struct accreditation record = {.delegate = of->actor.id,
                                         .patterns = {.items = &pattern, .count = 1},
                                         .from = 30000,
                                         .has_until = until != 0,
                                         .until = until,
                                         .depth = depth};

    publish(by, ENTRY_ACCREDITATION, &record, 30000);
}

/* Signed with that day in its header, and arrived today. */
static void say(enum status_action action, uint32_t signed_on)
{
    const struct index_range range = {0, 0};
    const struct status status = {
        .seq = 1, .entries = {.items = &range, .count = 1}, .action = action, .effective_day = ISSUED + 10};
    struct store_txn *txn = world_write(&world);
    struct bytes encoded;
    struct draft draft;

    world_draft(&world, &draft, CLASS_STATUS);
    world_add(&draft, ENTRY_STATUS, &status);
    encoded = world_sign(&world, txn, &school, &draft, time_of_day(signed_on));
    assert_int_equal(world_accept(&world, txn, &school, encoded, time_of_day(DAY)), REASON_NONE);
    world_commit(txn);
}

static struct axis_answer status(void)
{
    const struct subject subject = world_subject(7);
    const struct credential_verdict found = world_decide(&world, &trust, &subject, DAY, time_of_day(DAY));

    assert_int_equal(found.axes[AXIS_AUTHORITY].answer, ANSWER_YES);
    return found.axes[AXIS_STATUS];
}

static void attest(void)
{
    const struct subject subject = world_subject(7);
    struct store_txn *txn = world_write(&world);

    world_attest(&world, txn, &school, &subject, 1, "ase/A5", time_of_day(ISSUED));
    world_commit(txn);
}

static void close_school(void)
{
    const struct withdrawal record = {.delegate = school.actor.id,
                                      .has_cut = true,
                                      .cut_seq = school.state.seq,
                                      .cut_head = school.state.head,
                                      .closed = true};
    publish(&ase, ENTRY_WITHDRAWAL, &record, DAY - 1);
}

static int setup(void **state)
{
    static const struct pack_code codes[] = {
        {.code = {(const uint8_t *)"A5", 2}, .title = {(const uint8_t *)"A5", 2}}};
    const struct rule_pack pack = {.name_space = bytes_of_string("ase"),
                                   .version = 1,
                                   .in_force_from = 30000,
                                   .codes = {.items = codes, .count = 1}};
    struct trust_owner owner = {.name_space = "ase"};
    struct store_txn *txn;

    (void)state;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, 1000);
    world_begin_log(&world, txn, &school, 2, 1000);
    world_begin_log(&world, txn, &other, 3, 1000);
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
    owner.actor = ase.actor.id;
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
    publish(&ase, ENTRY_RULE_PACK, &pack, 30000);
    accredit(&ase, &school, 0, 0);
    accredit(&ase, &other, 1, 0);
    accredit(&other, &school, 0, OVER);
    attest();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

static void a_closed_school_reinstates_nothing_by_a_day_of_its_own_word(void **state)
{
    (void)state;
    say(STATUS_REVOKED, ISSUED + 10);
    assert_int_equal(status().answer, ANSWER_NO);
    close_school();
    say(STATUS_REINSTATED, DAY);
    assert_int_equal(status().answer, ANSWER_NO);
    say(STATUS_REINSTATED, OVER - 10);
    assert_int_not_equal(status().answer, ANSWER_YES);
}

static void a_closed_school_revokes_nothing_by_a_day_of_its_own_word(void **state)
{
    (void)state;
    close_school();
    say(STATUS_REVOKED, DAY);
    assert_int_equal(status().answer, ANSWER_YES);
    say(STATUS_REVOKED, OVER - 10);
    assert_int_not_equal(status().answer, ANSWER_NO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_closed_school_reinstates_nothing_by_a_day_of_its_own_word, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_closed_school_revokes_nothing_by_a_day_of_its_own_word, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
