#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/log_builder.h"
#include "tests/support/shop_world.h"

/* The numbers that authors have on a node come from the order in which their logs arrived. No verdict hangs
 * on it: two schools, both accredited by ase, accredited a branch and took that back. */

enum { ASE, FIRST, SECOND, BRANCH, AUTHORS, START = 1000000 };

static struct store_world world;
static struct world_author authors[AUTHORS];
static struct trust trust;

static void accredit(struct store_txn *txn, size_t by, size_t delegate)
{
    struct bytes pattern = bytes_of_string("ase/*");
    const struct accreditation record = {
        .delegate = authors[delegate].actor.id, .patterns = {.items = &pattern, .count = 1}, .depth = 1};
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_ACCREDITATION, &record);
    world_publish(&world, txn, &authors[by], &draft, START);
}

static void withdraw(struct store_txn *txn, size_t by, size_t delegate)
{
    const struct withdrawal record = {.delegate = authors[delegate].actor.id,
                                      .has_accreditation = true,
                                      .accreditation = {.seq = 1, .index = 0}};
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_WITHDRAWAL, &record);
    world_publish(&world, txn, &authors[by], &draft, START);
}

/* The logs arrive in such an order. */
static void begin(const size_t order[AUTHORS])
{
    const struct subject subject = world_subject(1);
    struct trust_owner owner = {.name_space = "ase"};
    struct store_txn *txn;

    world_init(&world);
    txn = world_write(&world);
    for (size_t i = 0; i < AUTHORS; i++) {
        world_begin_log(&world, txn, &authors[order[i]], (uint8_t)(1 + order[i]), START);
    }
    for (size_t school = FIRST; school <= SECOND; school++) {
        accredit(txn, ASE, school);
        accredit(txn, school, BRANCH);
        withdraw(txn, school, BRANCH);
    }
    world_attest(&world, txn, &authors[BRANCH], &subject, 1, "ase/A5", START);
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
    owner.actor = authors[ASE].actor.id;
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
}

static struct dossier gather(void)
{
    const struct subject subject = world_subject(1);
    struct store_txn *txn = world_read(&world);
    struct dossier dossier;

    assert_int_equal(
        store_dossier(txn, &world.network, &trust, &subject, DOSSIER_REACH_ALL, &dossier, &world.arena),
        STORE_OK);
    store_end(txn);
    return dossier;
}

static bool precedes(const struct dossier_place *a, const struct dossier_place *b)
{
    return a->log != b->log ? a->log < b->log : a->seq < b->seq;
}

static void accreditations_and_withdrawals_are_sorted_on_every_node(void **state)
{
    static const size_t orders[][AUTHORS] = {{ASE, FIRST, SECOND, BRANCH},
                                             {ASE, SECOND, FIRST, BRANCH},
                                             {BRANCH, SECOND, FIRST, ASE},
                                             {FIRST, BRANCH, ASE, SECOND}};

    (void)state;
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        begin(orders[i]);
        const struct dossier dossier = gather();

        assert_int_equal(dossier.accreditation_count, 4);
        for (size_t k = 1; k < dossier.accreditation_count; k++) {
            assert_true(precedes(&dossier.accreditations[k - 1].place, &dossier.accreditations[k].place));
        }
        assert_int_equal(dossier.withdrawal_count, 2);
        assert_true(precedes(&dossier.withdrawals[0].place, &dossier.withdrawals[1].place));
        world_deinit(&world);
    }
}

static void attest_and_erase(size_t by, const char *code)
{
    const struct subject subject = world_subject(1);
    struct store_txn *txn = world_write(&world);
    struct index_range range;
    struct erase erase;

    world_attest(&world, txn, &authors[by], &subject, 1, code, START);
    erase = build_erase(authors[by].state.seq, &range, 0, 0);
    world_publish_one(&world, txn, &authors[by], CLASS_STATUS, ENTRY_ERASE, &erase, START);
    world_commit(txn);
}

/* What each attested and erased stays its own, whichever numbers their logs have. */
static void what_was_erased_is_of_its_author_on_every_node(void **state)
{
    static const size_t orders[][AUTHORS] = {{ASE, FIRST, SECOND, BRANCH}, {BRANCH, SECOND, FIRST, ASE}};

    (void)state;
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        begin(orders[i]);
        attest_and_erase(FIRST, "ase/A6");
        attest_and_erase(SECOND, "ase/A7");
        const struct dossier dossier = gather();

        assert_int_equal(dossier.sealed_count, 2);
        for (size_t k = 0; k < dossier.sealed_count; k++) {
            const struct dossier_sealed *sealed = &dossier.sealed[k];
            bool by_first = bytes_equal(sealed->code, bytes_of_string("ase/A6"));

            assert_true(actor_id_equal(&dossier_log_at(&dossier, &sealed->place)->author,
                                       &authors[by_first ? FIRST : SECOND].actor.id));
        }
        world_deinit(&world);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(accreditations_and_withdrawals_are_sorted_on_every_node),
        cmocka_unit_test(what_was_erased_is_of_its_author_on_every_node),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
