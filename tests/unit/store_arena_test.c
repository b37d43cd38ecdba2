#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/side.h"
#include "store/stated.h"
#include "store/tables.h"
#include "tests/support/shop_world.h"

/* A full arena is said as such, whatever was read when it was full: it is no damage, and nothing that does
 * not fit is taken for something that is not there. ase owns a namespace, accredits a school, states a
 * rhythm, hands the namespace on to heir and withdraws the school at a block that the school has rewound
 * behind. */

enum { EARLY = 1000, LATE = 2000, LATER = 3000, STEP = 8, HOLDER = 8, SWEEP_MAX = 1024 * 1024 };

static struct store_world world;
static struct world_author ase, school, heir;
static struct trust trust;
static const struct subject *subject;
static struct entry_at dropped; /* of a block that the school has rewound behind */
static struct hash dropped_hash;
static struct store_txn *reading; /* a test that failed leaves it open */

static void publish(struct store_txn *txn, struct world_author *by, enum entry_kind kind, const void *record)
{
    world_publish_one(&world, txn, by, CLASS_GOVERN, kind, record, EARLY);
}

static void accredit(struct store_txn *txn)
{
    struct bytes pattern = bytes_of_string("ase/*");
    const struct accreditation record = {
        .delegate = school.actor.id, .patterns = {.items = &pattern, .count = 1}, .from = 30000};

    publish(txn, &ase, ENTRY_ACCREDITATION, &record);
}

static void hand_over(struct store_txn *txn)
{
    struct indexed_signature signature = {.key_index = 0};
    struct succession record = {
        .name_space = bytes_of_string("ase"), .successor = heir.actor.id, .cut_head = ase.state.head};
    uint8_t memory[ENTRY_SIZE_MAX];
    struct bytes terms;
    struct hash hash;

    record.cut_seq = ase.state.seq;
    assert_true(schema_encode(&succession_schema, &record, memory, sizeof memory, &terms));
    hash_bytes(&hash, label_domain(&world.network, LABEL_SUCCESSION), terms.data, terms.size);
    sign_hash(&signature.signature, &heir.actor.built[0].secret, &hash);
    record.signatures = (struct list){.items = &signature, .count = 1};
    publish(txn, &ase, ENTRY_SUCCESSION, &record);
}

static void say(struct store_txn *txn, struct status status)
{
    status.seq = 1;
    status.reason = STATUS_REASON_OTHER;
    status.effective_day = 100;
    world_say(&world, txn, &school, &status, 0, 0, EARLY);
}

static void withdraw(struct store_txn *txn, const struct hash *head, uint64_t seq)
{
    const struct withdrawal record = {
        .delegate = school.actor.id, .has_cut = true, .cut_seq = seq, .cut_head = *head};

    publish(txn, &ase, ENTRY_WITHDRAWAL, &record);
}

/* The school goes back behind its last block and rotates. */
static void rewind_school(struct store_txn *txn)
{
    struct actor_id id = school.actor.id;

    assert_int_equal(store_unwind_to(txn, &world.network, &id, school.state.seq - 1, LATER), STORE_OK);
    assert_int_equal(store_log_state(txn, &id, &school.state), STORE_OK);
    world_rotate(&world, txn, &school, LATER);
}

static int setup(void **state)
{
    static struct subject about;
    static const struct extension extension = {.number = 1};
    const struct list extensions = {.items = &extension, .count = 1};
    const struct rhythm rhythm = {.days = 90, .extensions = extensions};
    struct trust_owner owner = {.name_space = "ase"};
    struct store_txn *txn;

    (void)state;
    world_init(&world);
    about = world_subject(7);
    subject = &about;
    txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, EARLY);
    world_begin_log(&world, txn, &school, 2, EARLY);
    world_begin_log(&world, txn, &heir, 3, EARLY);
    accredit(txn);
    publish(txn, &ase, ENTRY_RHYTHM, &rhythm);
    world_attest(&world, txn, &school, subject, 1, "ase/A5", EARLY);
    say(txn, (struct status){.action = STATUS_SUSPENDED});
    say(txn, (struct status){.action = STATUS_HELD_BY, .has_holder = true, .holder = world_subject(HOLDER)});
    world.extensions = extensions;
    world_attest(&world, txn, &school, &(struct subject){SUBJECT_ACTOR, {{9}}}, 1, "ase/A1", LATE);
    world.extensions = (struct list){0};
    dropped_hash = school.state.head;
    dropped = (struct entry_at){.seq = school.state.seq};
    withdraw(txn, &dropped_hash, dropped.seq);
    rewind_school(txn);
    hand_over(txn);
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
    owner.actor = ase.actor.id;
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    store_end(reading);
    world_deinit(&world);
    return 0;
}

/* Nothing of an earlier question helps. */
static void forget_base(void)
{
    free(world.store->base_cache.base);
    world.store->base_cache.base = NULL;
}

static void assert_alike(const struct dossier *found, const struct dossier *whole)
{
    assert_int_equal(found->log_count, whole->log_count);
    assert_int_equal(found->credential_count, whole->credential_count);
    assert_int_equal(found->accreditation_count, whole->accreditation_count);
    assert_int_equal(found->withdrawal_count, whole->withdrawal_count);
    assert_int_equal(found->withdrawals[0].cut.found, whole->withdrawals[0].cut.found);
    assert_int_equal(found->succession_count, whole->succession_count);
    assert_int_equal(found->credentials[0].place.event_count, whole->credentials[0].place.event_count);
    assert_true(found->credentials[0].place.events[1].has_holder);
    assert_int_equal(dossier_log_of(found, &ase.actor.id)->rhythm_days, 90);
}

static void a_dossier_is_whole_or_asks_for_more_room(void **context)
{
    struct store_txn *txn = reading = world_read(&world);
    uint8_t *memory = arena_take(&world.arena, SWEEP_MAX);
    struct dossier whole, found;
    enum store_error error;
    struct arena arena;
    size_t refused = 0;

    (void)context;
    assert_non_null(memory);
    error = store_dossier(txn, &world.network, &trust, subject, DOSSIER_REACH_ALL, &whole, &world.arena);
    assert_int_equal(error, STORE_OK);
    assert_int_equal(whole.withdrawal_count, 1);
    assert_int_equal(whole.withdrawals[0].cut.found, CUT_ON_SIDE);
    assert_int_equal(whole.succession_count, 1);
    assert_int_equal(whole.credential_count, 1);
    for (size_t size = 0; error != STORE_OK || size == 0; size += STEP) {
        assert_true(size < SWEEP_MAX);
        arena_init(&arena, memory, size);
        forget_base();
        error = store_dossier(txn, &world.network, &trust, subject, DOSSIER_REACH_ALL, &found, &arena);
        if (error != STORE_OK) {
            assert_int_equal(error, STORE_NO_MEMORY);
            refused++;
        }
    }
    assert_alike(&found, &whole);
    assert_true(refused > 100);
}

/* An accreditation with its list. */
static void an_entry_that_still_stands_is_not_taken_for_none(void **context)
{
    struct store_txn *txn = reading = world_read(&world);
    uint8_t *memory = arena_take(&world.arena, SWEEP_MAX);
    enum store_error error = STORE_NO_MEMORY;
    struct accreditation accreditation;
    struct entry_at at = {.seq = 1};
    struct arena arena;

    (void)context;
    assert_int_equal(store_author_number(txn, &ase.actor.id, &at.author), STORE_OK);
    for (size_t size = 0; error != STORE_OK; size += STEP) {
        assert_true(size < SWEEP_MAX);
        arena_init(&arena, memory, size);
        error = stated_read(txn, &at, ENTRY_ACCREDITATION, &accreditation, &arena);
        assert_true(error == STORE_OK || error == STORE_NO_MEMORY);
        assert_true(error == STORE_OK || size < sizeof(struct bytes) + STEP);
    }
    assert_int_equal(accreditation.patterns.count, 1);
}

static void a_branch_that_is_held_is_not_damaged(void **context)
{
    struct store_txn *txn = reading = world_read(&world);
    uint8_t *memory = arena_take(&world.arena, SWEEP_MAX);
    enum store_error error = STORE_NO_MEMORY;
    struct side_line line;
    struct arena arena;

    (void)context;
    assert_int_equal(store_author_number(txn, &school.actor.id, &dropped.author), STORE_OK);
    for (size_t size = 0; error != STORE_OK; size += STEP) {
        assert_true(size < SWEEP_MAX);
        arena_init(&arena, memory, size);
        error = side_line_of(txn, &world.network, dropped.author, dropped.seq, &dropped_hash, &line, &arena);
        assert_true(error == STORE_OK || error == STORE_NO_MEMORY);
    }
    assert_int_equal(line.size, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_dossier_is_whole_or_asks_for_more_room, setup, teardown),
        cmocka_unit_test_setup_teardown(an_entry_that_still_stands_is_not_taken_for_none, setup, teardown),
        cmocka_unit_test_setup_teardown(a_branch_that_is_held_is_not_damaged, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
