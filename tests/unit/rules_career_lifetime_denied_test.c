#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/base/reason.h"
#include "protocol/rules/expression_text.h"
#include "protocol/rules/lacking.h"
#include "protocol/rules/verdict.h"
#include "tests/support/shop_world.h"

/* A5 lasts 24 months and asks for B1. She passed A5 long ago, B1 later, and A5 began with that. A
 * school of which nobody ever heard may speak of both. Nothing is denied in what is asked: an unrelated title
 * that denies B1 must not change the answer (lacking.h: what is to be shown has not been by whoever never
 * spoke of the subject). */

enum { EARNED = 39000, BEGAN = 39890, VALID_FROM = 39900, DAY = 40000, HER = 7 };
static const uint64_t now_s = (uint64_t)DAY * 86400;

static struct store_world world;
static struct world_author ase, school;
static struct trust trust;

static void add_rule(struct pack_rule *rule, enum pack_rule_kind kind, const char *name, const char *text,
                     uint8_t memory[512])
{
    struct expression expression;
    struct expression_error error;

    *rule = (struct pack_rule){.kind = kind, .name = bytes_of_string(name)};
    assert_true(expression_parse(&expression, &error, expression_scope_of(kind), bytes_of_string(text),
                                 bytes_of_string("ase"), &world.arena));
    assert_true(expression_encode(&expression, memory, 512, &rule->expression));
}

static void attest(struct store_txn *txn, const char *code, uint32_t earned_on, uint32_t valid_from)
{
    const struct actor_id nobody = {0};
    struct attestation attestation = build_attestation(&nobody, code, valid_from, 42000);

    attestation.subject = world_subject(HER);
    attestation.earned_on = earned_on;
    world_publish_one(&world, txn, &ase, CLASS_CONTENT, ENTRY_ATTESTATION, &attestation,
                      (uint64_t)(BEGAN + 1) * 86400);
}

static enum answer answer_where(const char *title, bool accredited)
{
    const struct pack_code codes[] = {
        {.code = bytes_of_string("A5"), .title = bytes_of_string("Brakes"), .lifetime_months = 24},
        {.code = bytes_of_string("B1"), .title = bytes_of_string("Paint")}};
    uint8_t memory[2][512];
    struct pack_rule rules[2];
    struct rule_pack pack = {.name_space = bytes_of_string("ase"),
                             .version = 1,
                             .in_force_from = 100,
                             .codes = {.items = codes, .count = 2},
                             .rules = {.items = rules, .count = title ? 2 : 1}};
    static const struct expression a5 = {.op = EXPRESSION_CERTIFIED,
                                         .pattern = {(const uint8_t *)"ase/A5", 6}};
    struct bytes pattern = bytes_of_string("ase/*");
    struct accreditation record = {.patterns = {.items = &pattern, .count = 1}, .from = 30000};
    const struct subject her = world_subject(HER);
    const struct question question = {.network = &world.network,
                                      .at_day = DAY,
                                      .now_s = now_s,
                                      .known_by_s = UINT64_MAX,
                                      .budget = FRESHNESS_DEFAULT,
                                      .requirement = &a5};
    struct trust_owner owner = {.name_space = "ase"};
    struct dossier dossier;
    struct verdict verdict;
    struct store_txn *txn;

    world_init(&world);
    if (title) {
        add_rule(&rules[0], PACK_RULE_TITLE, "Clean", title, memory[0]);
    }
    add_rule(&rules[title ? 1 : 0], PACK_RULE_PREREQUISITE, "A5", "B1", memory[1]);
    txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, 1000);
    world_begin_log(&world, txn, &school, 3, 1000);
    record.delegate = school.actor.id;
    world_publish_one(&world, txn, &ase, CLASS_GOVERN, ENTRY_RULE_PACK, &pack, 1000);
    if (accredited) {
        world_publish_one(&world, txn, &ase, CLASS_GOVERN, ENTRY_ACCREDITATION, &record, 1000);
    }
    attest(txn, "ase/A5", EARNED, VALID_FROM);
    attest(txn, "ase/B1", BEGAN, BEGAN);
    world_check_point(&world, txn, &ase, now_s - 10);
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
    owner.actor = ase.actor.id;
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
    txn = world_read(&world);
    assert_int_equal(
        store_dossier(txn, &world.network, &trust, &her, lacking_reach(&question), &dossier, &world.arena),
        STORE_OK);
    store_end(txn);
    assert_true(verdict_of(&verdict, &dossier, &trust, &question, &world.arena));
    world_deinit(&world);
    return verdict.requirement;
}

static void it_holds(void **state)
{
    (void)state;
    assert_int_equal(answer_where(NULL, true), ANSWER_YES);
    assert_int_equal(answer_where("not tested B1", false), ANSWER_YES);
    assert_int_equal(answer_where("tested B1", true), ANSWER_YES);
}

static void and_does_so_whatever_an_unrelated_title_denies(void **state)
{
    (void)state;
    assert_int_equal(answer_where("not tested B1", true), ANSWER_YES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_holds),
        cmocka_unit_test(and_does_so_whatever_an_unrelated_title_denies),
    };
    return cmocka_run_group_tests_name("rules career lifetime denied", tests, NULL, NULL);
}
