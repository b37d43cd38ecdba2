#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/session.h"
#include "tests/support/hostile_pack.h"
#include "tests/support/shipped_pack.h"
#include "tests/support/shop_world.h"
#include "tests/support/verdict_alike.h"

/* Rules that no command of ours would publish, in the log of somebody whom the trust file names: blocks take
 * them, as they must, and what they say of their own namespace is unknown. Of all others a lookup and a
 * shop's page say what they said before, in the memory that a command has. */

static struct store_world world;
static struct world_author ase, evil, garage, maria;
static struct trust trust;
static struct rule_pack shipped;
static struct verdict before;
static struct roster_verdict shop_before;
static uint8_t *memory, *memory_before;

enum { EARLY = 1000, AT_DAY = 41000, EARNED = 40000, LAST = 42000, VERSIONS = 60, HOSTILE_CODES_HELD = 8 };

static const struct question asked = {
    .network = &world.network,
    .at_day = AT_DAY,
    .now_s = EARLY,
    .known_by_s = UINT64_MAX,
    .budget = FRESHNESS_DEFAULT,
};

/* ---- a world that is in order ---- */

static void trust_in(const char *name_space, const struct world_author *author)
{
    struct trust_owner owner = {.actor = author->actor.id};
    strcpy(owner.name_space, name_space);
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
}

static void attest(struct store_txn *txn, struct world_author *author, const struct world_author *subject,
                   const char *code, enum basis basis, uint32_t first, uint32_t last)
{
    struct attestation attestation = build_attestation(&subject->actor.id, code, first, last);
    attestation.basis = basis;
    world_publish_one(&world, txn, author, CLASS_CONTENT, ENTRY_ATTESTATION, &attestation, EARLY);
}

static void publish_honest(void)
{
    static const char *const codes[] = {"ase/A1", "ase/A2", "ase/A3", "ase/A4",
                                        "ase/A5", "ase/A6", "ase/A7", "ase/A8"};
    static struct bytes areas[2];
    struct shop profile = world_profile("Lone Star Garage");
    struct affiliation joined =
        world_joined(&world, &maria.actor.id, &garage.actor.id, 0, &maria.actor.built[WORLD_PRESENT_KEY]);
    struct store_txn *txn = world_write(&world);
    areas[0] = bytes_of_string("brakes");
    areas[1] = bytes_of_string("engine");
    profile.areas = (struct list){areas, 2};
    profile.technicians = 1;
    world_publish_one(&world, txn, &ase, CLASS_GOVERN, ENTRY_RULE_PACK, &shipped, EARLY);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        attest(txn, &ase, &maria, codes[i], BASIS_EXAM, EARNED, LAST);
    }
    attest(txn, &ase, &maria, "ase/experience", BASIS_EXPERIENCE, EARNED - 1000, EARNED);
    attest(txn, &ase, &garage, "ase/blue-seal", BASIS_RECOGNITION, AT_DAY - 100, LAST);
    world_publish_one(&world, txn, &garage, CLASS_CONTENT, ENTRY_SHOP, &profile, EARLY);
    world_publish_one(&world, txn, &garage, CLASS_CONTENT, ENTRY_AFFILIATION, &joined, EARLY);
    for (size_t i = 0; i < HOSTILE_CODES_HELD; i++) {
        char code[CODE_SIZE_MAX];
        snprintf(code, sizeof code, "aaa/c%03zu", i);
        attest(txn, &evil, &maria, code, BASIS_EXAM, EARNED + (uint32_t)i, LAST);
    }
    world_check_point(&world, txn, &ase, EARLY);
    world_check_point(&world, txn, &evil, EARLY);
    world_check_point(&world, txn, &garage, EARLY);
    world_check_point(&world, txn, &maria, EARLY);
    world_commit(txn);
}

/* In as much memory as a command has. */
static struct verdict look_up(struct dossier *dossier, uint8_t *of_command)
{
    const struct subject subject = subject_of_actor(&maria.actor.id);
    struct verdict verdict;
    struct arena arena;
    arena_init(&arena, of_command, SESSION_ARENA_SIZE);
    assert_int_equal(dossier_of_store(dossier, world.store, &subject, &trust, &asked, &arena), STORE_OK);
    assert_true(verdict_of(&verdict, dossier, &trust, &asked, &arena));
    return verdict;
}

static struct roster_verdict look_at_shop(uint8_t *of_command)
{
    struct roster_verdict verdict;
    struct arena arena;
    arena_init(&arena, of_command, SESSION_ARENA_SIZE);
    assert_int_equal(world_roster(&world, &garage.actor.id, &trust, &asked, &verdict, &arena), STORE_OK);
    return verdict;
}

static const struct title_verdict *title_of(const struct verdict *verdict, const char *name)
{
    for (size_t i = 0; i < verdict->title_count; i++) {
        if (bytes_equal_string(verdict->titles[i].name, name)) {
            return &verdict->titles[i];
        }
    }
    fail();
    return NULL;
}

/* The award of ase: those of others may stand beside it. */
static const struct award_verdict *award_of(const struct roster_verdict *verdict, const char *name)
{
    for (size_t i = 0; i < verdict->award_count; i++) {
        if (bytes_equal_string(verdict->awards[i].name, name)) {
            return &verdict->awards[i];
        }
    }
    fail();
    return NULL;
}

static int setup(void **state)
{
    (void)state;
    world_init(&world);
    memory = malloc(SESSION_ARENA_SIZE);
    memory_before = malloc(2 * (size_t)SESSION_ARENA_SIZE);
    assert_true(memory != NULL && memory_before != NULL);
    struct store_txn *txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, EARLY);
    world_begin_log(&world, txn, &evil, 2, EARLY);
    world_begin_log(&world, txn, &garage, 3, EARLY);
    world_begin_log(&world, txn, &maria, 4, EARLY);
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
    trust_in("ase", &ase);
    trust_in("aaa", &evil);
    shipped_pack(&shipped, "ase.json", &world.arena);
    publish_honest();
    static struct dossier dossier;
    before = look_up(&dossier, memory_before);
    shop_before = look_at_shop(memory_before + SESSION_ARENA_SIZE);
    assert_int_equal(title_of(&before, "Master Automobile")->answer, ANSWER_YES);
    assert_int_equal(award_of(&shop_before, "Blue Seal of Excellence")->answer, ANSWER_YES);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(memory);
    free(memory_before);
    world_deinit(&world);
    return 0;
}

/* ---- what strangers to our commands publish ---- */

static void publish_hostile(enum hostile_rules kind)
{
    for (uint32_t i = 0; i < VERSIONS; i++) {
        size_t mark = arena_mark(&world.arena);
        struct store_txn *txn = world_write(&world);
        struct rule_pack pack;
        hostile_pack(&pack, kind, "aaa", 1 + i, 39000 + i, &shipped, &world.arena);
        world_publish_one(&world, txn, &evil, CLASS_GOVERN, ENTRY_RULE_PACK, &pack, EARLY);
        world_commit(txn);
        arena_rewind(&world.arena, mark);
    }
}

static void check_award(const struct roster_verdict *after, const char *name)
{
    const struct award_verdict *one = award_of(&shop_before, name);
    const struct award_verdict *other = award_of(after, name);
    assert_int_equal(one->answer, other->answer);
    assert_int_equal(one->since_day, other->since_day);
    assert_int_equal(one->until_day, other->until_day);
    assert_int_equal(one->certified, other->certified);
    assert_int_equal(one->technicians, other->technicians);
    assert_int_equal(one->lack_count, other->lack_count);
}

static void check_shop(void)
{
    struct roster_verdict after = look_at_shop(memory);
    check_award(&after, "Blue Seal of Excellence");
    check_award(&after, "At least one certified technician");
    assert_int_equal(after.member_count, 1);
    assert_int_equal(after.members[0].on_roster, shop_before.members[0].on_roster);
    assert_int_equal(after.area_count, shop_before.area_count);
    assert_true(verdicts_alike_in(&after.verdict, &shop_before.verdict, bytes_of_string("ase")));
}

/* Whether their namespace yields nothing for certain. */
static void check_nothing_sure(const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->title_count; i++) {
        if (bytes_equal_string(verdict->titles[i].pack->pack.name_space, "aaa")) {
            assert_int_not_equal(verdict->titles[i].answer, ANSWER_YES);
        }
    }
}

static void check(enum hostile_rules kind)
{
    static struct dossier dossier;
    publish_hostile(kind);
    struct verdict after = look_up(&dossier, memory);
    assert_true(verdicts_alike_in(&after, &before, bytes_of_string("ase")));
    assert_true(dossier.pack_count > VERSIONS / 2);
    if (kind != HOSTILE_CHAIN) {
        check_nothing_sure(&after);
    }
    check_shop();
}

#define HOSTILE_TEST(name, kind)                                                                             \
    static void name(void **state)                                                                           \
    {                                                                                                        \
        (void)state;                                                                                         \
        check(kind);                                                                                         \
    }

HOSTILE_TEST(expressions_that_are_none, HOSTILE_GARBAGE)
HOSTILE_TEST(operators_within_operators, HOSTILE_DEEP)
HOSTILE_TEST(operators_beside_operators, HOSTILE_NODES)
HOSTILE_TEST(all_codes_asked_hundreds_of_times, HOSTILE_CODES)
HOSTILE_TEST(titles_that_rest_on_themselves, HOSTILE_CYCLE)
HOSTILE_TEST(titles_that_rest_on_the_next_hundreds_of_times, HOSTILE_FAN)
HOSTILE_TEST(titles_of_others_that_nobody_gives, HOSTILE_NAMES)
HOSTILE_TEST(titles_of_others_at_the_end_of_a_chain, HOSTILE_CHAIN)
HOSTILE_TEST(awards_that_ask_hundreds_of_things, HOSTILE_AWARDS)
HOSTILE_TEST(awards_of_all_areas, HOSTILE_AREAS)

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(expressions_that_are_none),
        IN_WORLD(operators_within_operators),
        IN_WORLD(operators_beside_operators),
        IN_WORLD(all_codes_asked_hundreds_of_times),
        IN_WORLD(titles_that_rest_on_themselves),
        IN_WORLD(titles_that_rest_on_the_next_hundreds_of_times),
        IN_WORLD(titles_of_others_that_nobody_gives),
        IN_WORLD(titles_of_others_at_the_end_of_a_chain),
        IN_WORLD(awards_that_ask_hundreds_of_things),
        IN_WORLD(awards_of_all_areas),
    };

    return cmocka_run_group_tests_name("hostile rules", tests, NULL, NULL);
}
