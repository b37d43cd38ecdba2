#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/session.h"
#include "protocol/rules/expression_text.h"
#include "tests/support/shop_world.h"

/* The largest shop that there may be, from a store, in the memory that a command has: every technician has a
 * log of her own and has signed her consent, three quarters are certified, one of them for a short time. */

enum {
    TIME_S = 1000,
    CERTIFIED = TECHNICIANS_MAX / 4 * 3,
    FIRST = 40000,
    SHORT_LAST = 41000,
    LAST = 42000,
    FIRST_SEED = 100,
};

static struct store_world world;
static struct world_author ase, garage, technician;
static struct actor_id technicians[TECHNICIANS_MAX];
static struct trust trust;
static struct arena arena; /* of a command */

/* ---- what is said ---- */

static struct bytes encode(const char *text, uint8_t *memory)
{
    static uint8_t scratch[EXPRESSION_ARENA_SIZE];
    struct expression expression;
    struct expression_error error;
    struct bytes encoded;
    struct arena parsed;

    arena_init(&parsed, scratch, sizeof scratch);
    assert_true(expression_parse(&expression, &error, SCOPE_SHOP, bytes_of_string(text),
                                 bytes_of_string("ase"), &parsed));
    assert_true(expression_encode(&expression, memory, RULE_EXPRESSION_SIZE_MAX, &encoded));
    return encoded;
}

static void publish_pack(struct store_txn *txn)
{
    static uint8_t memory[RULE_EXPRESSION_SIZE_MAX];
    const struct pack_code codes[] = {
        {.code = bytes_of_string("A5"), .title = bytes_of_string("Brakes")},
        {.code = bytes_of_string("seal"), .title = bytes_of_string("Seal")},
    };
    const struct pack_rule rule = {
        .kind = PACK_RULE_RECOGNITION,
        .name = bytes_of_string("Seal"),
        .expression = encode("share 75 % (A*) and areas (brakes: A5) and seal", memory),
    };
    const struct rule_pack pack = {
        .name_space = bytes_of_string("ase"),
        .version = 1,
        .codes = {codes, sizeof codes / sizeof codes[0]},
        .rules = {&rule, 1},
    };

    world_publish_one(&world, txn, &ase, CLASS_GOVERN, ENTRY_RULE_PACK, &pack, TIME_S);
}

static void publish_shop(struct store_txn *txn)
{
    static struct bytes brakes;
    const struct subject subject = subject_of_actor(&garage.actor.id);
    struct shop profile = world_profile("Lone Star Garage");

    brakes = bytes_of_string("brakes");
    profile.areas = (struct list){&brakes, 1};
    profile.technicians = TECHNICIANS_MAX;
    world_publish_one(&world, txn, &garage, CLASS_CONTENT, ENTRY_SHOP, &profile, TIME_S);
    world_attest(&world, txn, &ase, &subject, 1, "ase/seal", TIME_S);
}

/* As many technicians as a block holds join, each with a log of her own. */
static void join(struct store_txn *txn, size_t from, size_t end)
{
    struct draft draft;
    size_t mark;

    world_draft(&world, &draft, CLASS_CONTENT);
    for (size_t i = from; i < end; i++) {
        struct affiliation joined;

        mark = arena_mark(&world.arena);
        world_begin_log(&world, txn, &technician, FIRST_SEED + i, TIME_S);
        world_check_point(&world, txn, &technician, TIME_S);
        arena_rewind(&world.arena, mark);
        technicians[i] = technician.actor.id;
        joined = world_joined(&world, &technicians[i], &garage.actor.id, i,
                              &technician.actor.built[WORLD_PRESENT_KEY]);
        world_add(&draft, ENTRY_AFFILIATION, &joined);
    }
    mark = arena_mark(&world.arena);
    world_publish(&world, txn, &garage, &draft, TIME_S);
    arena_rewind(&world.arena, mark);
}

static void certify(struct store_txn *txn, size_t from, size_t end)
{
    struct draft draft;
    size_t mark = arena_mark(&world.arena);

    world_draft(&world, &draft, CLASS_CONTENT);
    for (size_t i = from; i < end; i++) {
        struct attestation passed =
            build_attestation(&technicians[i], "ase/A5", FIRST, i == 0 ? SHORT_LAST : LAST);

        world_add(&draft, ENTRY_ATTESTATION, &passed);
    }
    world_publish(&world, txn, &ase, &draft, TIME_S);
    arena_rewind(&world.arena, mark);
}

static void trust_ase(void)
{
    struct trust_owner owner = {.actor = ase.actor.id, .name_space = "ase"};

    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
}

static int setup(void **state)
{
    enum { A_BLOCK = 1000 };
    uint8_t *memory = malloc(SESSION_ARENA_SIZE);
    struct store_txn *txn;

    (void)state;
    assert_non_null(memory);
    arena_init(&arena, memory, SESSION_ARENA_SIZE);
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, TIME_S);
    world_begin_log(&world, txn, &garage, 2, TIME_S);
    publish_pack(txn);
    publish_shop(txn);
    for (size_t i = 0; i < TECHNICIANS_MAX; i += A_BLOCK) {
        join(txn, i, i + A_BLOCK);
    }
    for (size_t i = 0; i < CERTIFIED; i += A_BLOCK / 2) {
        certify(txn, i, i + A_BLOCK / 2);
    }
    world_check_point(&world, txn, &ase, TIME_S);
    world_check_point(&world, txn, &garage, TIME_S);
    world_commit(txn);
    world_check_consents(&world);
    trust_ase();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(arena.memory);
    world_deinit(&world);
    return 0;
}

/* ---- how it stands ---- */

static struct roster_verdict decide_on(uint32_t day)
{
    struct question question = {
        .network = &world.network,
        .at_day = day,
        .now_s = TIME_S,
        .known_by_s = UINT64_MAX,
        .budget = FRESHNESS_DEFAULT,
    };
    struct roster_verdict verdict;

    arena_rewind(&arena, 0);
    assert_int_equal(world_roster(&world, &garage.actor.id, &trust, &question, &verdict, &arena), STORE_OK);
    return verdict;
}

static void a_shop_of_ten_thousand_is_decided_whole(void **state)
{
    const struct roster_verdict verdict = decide_on(SHORT_LAST);
    const struct award_verdict *seal = verdict.awards;

    (void)state;
    assert_int_equal(verdict.member_count, TECHNICIANS_MAX);
    assert_int_equal(verdict.counted_technicians, TECHNICIANS_MAX);
    assert_int_equal(verdict.award_count, 1);
    assert_int_equal(seal->answer, ANSWER_YES);
    assert_int_equal(seal->certified, CERTIFIED);
    assert_int_equal(seal->technicians, TECHNICIANS_MAX);
    assert_int_equal(seal->until_day, SHORT_LAST);
    assert_int_equal(seal->breaks.cause, AWARD_SHARE);
    assert_int_equal(seal->breaks.day, SHORT_LAST + 1);
    assert_true(seal->breaks.has_technician);
    assert_true(actor_id_equal(&seal->breaks.technician, &technicians[0]));
    assert_int_equal(verdict.area_count, 1);
    assert_int_equal(verdict.areas[0].by_count, CERTIFIED);
}

static void one_too_few_of_ten_thousand_is_too_few(void **state)
{
    const struct roster_verdict verdict = decide_on(SHORT_LAST + 1);

    (void)state;
    assert_int_equal(verdict.awards[0].answer, ANSWER_NO);
    assert_int_equal(verdict.awards[0].certified, CERTIFIED - 1);
    assert_int_equal(verdict.awards[0].lack_count, 1);
    assert_int_equal(verdict.awards[0].lacks[0].cause, AWARD_SHARE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shop_of_ten_thousand_is_decided_whole),
        cmocka_unit_test(one_too_few_of_ten_thousand_is_too_few),
    };

    return cmocka_run_group_tests_name("a shop's roster", tests, setup, teardown);
}
