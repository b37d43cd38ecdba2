#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/grants.h"
#include "tests/support/shop_world.h"

/* Rosters as large as a shop may have, and floods by those who have nothing to say about it. */

static struct store_world world;
static struct world_author garage, stranger, maria;
static struct trust trust;
static uint8_t *memory;

enum { EARLY = 1000, LATE = 2000, GARAGE_SEED = 2, STRANGER_SEED = 3, MARIA_SEED = 4 };

static int setup(void **state)
{
    struct store_txn *txn;

    (void)state;
    world_init(&world);
    memory = malloc(DOSSIER_ARENA_SIZE);
    assert_non_null(memory);
    txn = world_write(&world);
    world_begin_log(&world, txn, &garage, GARAGE_SEED, EARLY);
    world_begin_log(&world, txn, &stranger, STRANGER_SEED, EARLY);
    world_begin_log(&world, txn, &maria, MARIA_SEED, EARLY);
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(memory);
    world_deinit(&world);
    return 0;
}

/* In no more memory than callers are told to have. */
static void gather(struct dossier *dossier, const struct actor_id *actor)
{
    const struct subject subject = subject_of_actor(actor);
    struct store_txn *txn = world_read(&world);
    struct arena arena;

    arena_init(&arena, memory, DOSSIER_ARENA_SIZE);
    assert_int_equal(store_dossier(txn, &world.network, &trust, &subject, DOSSIER_REACH_ALL, dossier, &arena),
                     STORE_OK);
    store_end(txn);
}

/* The nth technician's affiliation with garage; her signature is somebody's. */
static struct affiliation joined_by(uint64_t n)
{
    struct actor_id technician = {world_subject(n).id};

    return world_joined(&world, &technician, &garage.actor.id, 0, &garage.actor.built[WORLD_PRESENT_KEY]);
}

/* Say something about count affiliations, in as few blocks as hold them. */
static void say_many(struct world_author *author, size_t count, struct affiliation (*said)(uint64_t n))
{
    enum { A_BLOCK = 1000 };

    for (size_t first = 0; first < count; first += A_BLOCK) {
        struct store_txn *txn = world_write(&world);
        size_t mark = arena_mark(&world.arena);
        struct draft draft;

        world_draft(&world, &draft, CLASS_CONTENT);
        for (size_t i = first; i < first + A_BLOCK && i < count; i++) {
            const struct affiliation affiliation = said(i);
            world_add(&draft, ENTRY_AFFILIATION, &affiliation);
        }
        world_publish(&world, txn, author, &draft, LATE);
        world_commit(txn);
        arena_rewind(&world.arena, mark);
    }
}

static struct affiliation left_by(uint64_t n)
{
    const struct affiliation joined = joined_by(n);

    return world_left(&joined, 40500 + (uint32_t)n);
}

static struct affiliation left_as_a_stranger_says(uint64_t n)
{
    const struct affiliation joined = joined_by(n);

    return world_left(&joined, 39000);
}

static void a_roster_of_ten_thousand_is_gathered_whole(void **context)
{
    bool *there = calloc(TECHNICIANS_MAX, sizeof *there);
    struct dossier dossier;

    (void)context;
    assert_non_null(there);
    say_many(&garage, TECHNICIANS_MAX, joined_by);
    say_many(&garage, TECHNICIANS_MAX, left_by);
    say_many(&stranger, TECHNICIANS_MAX, left_as_a_stranger_says);
    gather(&dossier, &garage.actor.id);
    assert_int_equal(dossier.affiliation_count, TECHNICIANS_MAX);
    for (size_t i = 0; i < TECHNICIANS_MAX; i++) {
        const struct affiliation wanted = joined_by(i);
        const struct dossier_affiliation *found = &dossier.affiliations[i];

        assert_true(hash_equal(&found->affiliation.id, &wanted.id));
        assert_int_equal(found->signature, REASON_UNKNOWN_ISSUER);
    }
    assert_int_equal(dossier.leave_count, TECHNICIANS_MAX);
    for (size_t i = 0; i < TECHNICIANS_MAX; i++) {
        size_t n = dossier.leaves[i].day - 40500;

        assert_true(n < TECHNICIANS_MAX && !there[n]);
        there[n] = true;
    }
    free(there);
}

/* A shop whose log has more than a dossier holds: the newest are told. */
static void the_newest_are_told_where_there_are_too_many(void **context)
{
    struct affiliation last;
    struct dossier dossier;

    (void)context;
    say_many(&garage, DOSSIER_AFFILIATIONS_MAX + 100, joined_by);
    gather(&dossier, &garage.actor.id);
    assert_int_equal(dossier.affiliation_count, DOSSIER_AFFILIATIONS_MAX);
    last = joined_by(DOSSIER_AFFILIATIONS_MAX + 99);
    assert_true(hash_equal(&dossier.affiliations[DOSSIER_AFFILIATIONS_MAX - 1].affiliation.id, &last.id));
    last = joined_by(100);
    assert_true(hash_equal(&dossier.affiliations[0].affiliation.id, &last.id));
}

/* More logs than anybody else's dossier has. */
static void every_technician_may_say_herself_that_she_left(void **context)
{
    enum { TECHNICIANS = 1200 };
    static struct world_author technician;
    struct dossier dossier;

    (void)context;
    for (uint64_t i = 0; i < TECHNICIANS; i++) {
        struct store_txn *txn = world_write(&world);
        struct affiliation joined, left;

        world_begin_log(&world, txn, &technician, 100 + i, EARLY);
        joined = world_joined(&world, &technician.actor.id, &garage.actor.id, 0,
                              &technician.actor.built[WORLD_PRESENT_KEY]);
        left = world_left(&joined, 40500);
        world_publish_one(&world, txn, &garage, CLASS_CONTENT, ENTRY_AFFILIATION, &joined, LATE);
        world_publish_one(&world, txn, &technician, CLASS_CONTENT, ENTRY_AFFILIATION, &left, LATE);
        world_commit(txn);
    }
    gather(&dossier, &garage.actor.id);
    assert_int_equal(dossier.affiliation_count, TECHNICIANS);
    assert_int_equal(dossier.leave_count, TECHNICIANS);
    assert_int_equal(dossier.log_count, TECHNICIANS + 1);
    for (size_t i = 0; i < TECHNICIANS; i++) {
        assert_int_equal(dossier.affiliations[i].signature, REASON_NONE);
    }
}

/* ---- floods ---- */

static void flood(void)
{
    static struct subject subjects[BLOCK_ENTRIES_MAX];
    struct store_txn *txn = world_write(&world);

    for (size_t i = 0; i < BLOCK_ENTRIES_MAX; i++) {
        subjects[i] = subject_of_actor(i % 2 == 0 ? &garage.actor.id : &maria.actor.id);
    }
    world_attest(&world, txn, &stranger, subjects, BLOCK_ENTRIES_MAX, "x/y", LATE);
    world_commit(txn);
}

static struct affiliation forged_for_maria(uint64_t n)
{
    return world_joined(&world, &maria.actor.id, &stranger.actor.id, n,
                        &garage.actor.built[WORLD_PRESENT_KEY]);
}

static void a_strangers_flood_hides_no_affiliation(void **context)
{
    const struct affiliation joined =
        world_joined(&world, &maria.actor.id, &garage.actor.id, 0, &maria.actor.built[WORLD_PRESENT_KEY]);
    const struct attestation member = world_membership(&garage.actor.id, "ford/network-shop");
    size_t proven = 0, memberships = 0;
    struct dossier dossier;
    struct store_txn *txn;

    (void)context;
    flood();
    say_many(&stranger, 2000, forged_for_maria);
    txn = world_write(&world);
    world_publish_one(&world, txn, &garage, CLASS_CONTENT, ENTRY_AFFILIATION, &joined, LATE);
    world_publish_one(&world, txn, &maria, CLASS_CONTENT, ENTRY_ATTESTATION, &member, LATE);
    world_commit(txn);
    gather(&dossier, &maria.actor.id);
    for (size_t i = 0; i < dossier.affiliation_count; i++) {
        proven += dossier.affiliations[i].signature == REASON_NONE;
    }
    assert_int_equal(proven, 1);
    assert_int_equal(dossier.affiliation_count, 1 + GRANTS_EACH_MAX);
    for (size_t i = 0; i < dossier.credential_count; i++) {
        memberships += dossier.credentials[i].about == ABOUT_SHOP;
    }
    assert_int_equal(memberships, 1);
    gather(&dossier, &garage.actor.id);
    assert_int_equal(dossier.affiliation_count, 1);
}

/* ---- alone ---- */

static void a_shop_of_one_is_on_its_own_roster_once(void **context)
{
    const struct affiliation joined =
        world_joined(&world, &garage.actor.id, &garage.actor.id, 0, &garage.actor.built[WORLD_PRESENT_KEY]);
    const struct affiliation left = world_left(&joined, 40500);
    struct dossier dossier;
    struct store_txn *txn = world_write(&world);

    (void)context;
    world_publish_one(&world, txn, &garage, CLASS_CONTENT, ENTRY_AFFILIATION, &joined, LATE);
    world_publish_one(&world, txn, &garage, CLASS_CONTENT, ENTRY_AFFILIATION, &left, LATE);
    world_commit(txn);
    gather(&dossier, &garage.actor.id);
    assert_int_equal(dossier.affiliation_count, 1);
    assert_int_equal(dossier.affiliations[0].signature, REASON_NONE);
    assert_int_equal(dossier.leave_count, 1);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(a_roster_of_ten_thousand_is_gathered_whole),
        IN_WORLD(the_newest_are_told_where_there_are_too_many),
        IN_WORLD(every_technician_may_say_herself_that_she_left),
        IN_WORLD(a_strangers_flood_hides_no_affiliation),
        IN_WORLD(a_shop_of_one_is_on_its_own_roster_once),
    };

    return cmocka_run_group_tests_name("store roster", tests, NULL, NULL);
}
