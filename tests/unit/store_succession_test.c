#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/log/fork.h"
#include "protocol/rules/verdict.h"
#include "tests/support/shop_world.h"
#include "tests/support/side_branch.h"

/* Namespaces that are handed on, in real stores: ase owns one, heir has it from ase, school speaks for them.
 */

enum { EARLY = 1000, DAY = 40500 };

static struct store_world world;
static struct world_author ase, school, heir;
static struct trust trust;

static void publish(struct world_author *by, enum entry_kind kind, const void *record)
{
    struct store_txn *txn = world_write(&world);
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, kind, record);
    world_publish(&world, txn, by, &draft, EARLY);
    world_commit(txn);
}

static void publish_pack(struct world_author *by, uint64_t version, const char *code)
{
    const struct pack_code codes[] = {{.code = bytes_of_string(code), .title = bytes_of_string(code)}};
    const struct rule_pack pack = {.name_space = bytes_of_string("ase"),
                                   .version = version,
                                   .in_force_from = 30000,
                                   .codes = {.items = codes, .count = 1}};

    publish(by, ENTRY_RULE_PACK, &pack);
}

static void accredit_school(struct world_author *by)
{
    const struct bytes pattern = bytes_of_string("ase/*");
    const struct accreditation record = {
        .delegate = school.actor.id, .patterns = {.items = &pattern, .count = 1}, .from = 30000};

    publish(by, ENTRY_ACCREDITATION, &record);
}

static void hand_over(struct world_author *from, struct world_author *to)
{
    struct indexed_signature signature = {.key_index = 0};
    struct succession record = {.name_space = bytes_of_string("ase"),
                                .successor = to->actor.id,
                                .cut_seq = from->state.seq,
                                .cut_head = from->state.head};
    uint8_t memory[ENTRY_SIZE_MAX];
    struct bytes terms;
    struct hash hash;

    assert_true(schema_encode(&succession_schema, &record, memory, sizeof memory, &terms));
    hash_bytes(&hash, label_domain(&world.network, LABEL_SUCCESSION), terms.data, terms.size);
    sign_hash(&signature.signature, &to->actor.built[0].secret, &hash);
    record.signatures = (struct list){.items = &signature, .count = 1};
    publish(from, ENTRY_SUCCESSION, &record);
}

static void attest(struct world_author *by)
{
    const struct subject subject = world_subject(7);
    struct store_txn *txn = world_write(&world);

    world_attest(&world, txn, by, &subject, 1, "ase/A5", EARLY);
    world_commit(txn);
}

static struct axis_answer authority(void)
{
    const struct subject subject = world_subject(7);

    return world_decide(&world, &trust, &subject, DAY, EARLY).axes[AXIS_AUTHORITY];
}

static int setup(void **state)
{
    struct trust_owner owner = {.name_space = "ase"};
    struct store_txn *txn;

    (void)state;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, EARLY);
    world_begin_log(&world, txn, &school, 2, EARLY);
    world_begin_log(&world, txn, &heir, 3, EARLY);
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
    owner.actor = ase.actor.id;
    assert_int_equal(trust_add_owner(&trust, &owner), TRUST_OK);
    publish_pack(&ase, 1, "A5");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

static void whom_the_heir_named_the_owner_takes_back_that_has_the_namespace_again(void **state)
{
    (void)state;
    hand_over(&ase, &heir);
    accredit_school(&heir);
    hand_over(&heir, &ase);
    const struct withdrawal record = {
        .delegate = school.actor.id, .has_cut = true, .cut_seq = 0, .cut_head = school.state.head};
    attest(&school);
    assert_int_equal(authority().answer, ANSWER_YES);
    publish(&ase, ENTRY_WITHDRAWAL, &record);
    assert_int_equal(authority().answer, ANSWER_NO);
}

static void who_has_a_namespace_back_hands_it_on_again(void **state)
{
    (void)state;
    hand_over(&ase, &heir);
    hand_over(&heir, &ase);
    hand_over(&ase, &school);
    attest(&school);
    assert_int_equal(authority().answer, ANSWER_YES);
}

/* A second block beside the one in which ase handed on, signed by its keys. */
static void fork_former_owner(struct log_state before, struct bytes encoded)
{
    const struct rhythm rhythm = {.days = 30};
    static uint8_t memory[1 << 20], proof_memory[1 << 16];
    struct store_txn *txn = world_write(&world);
    struct log_state after = ase.state;
    struct block blocks[2];
    struct fork_proof proof;
    struct arena arena;
    struct bytes proven;
    struct draft draft;

    (void)before;
    arena_init(&arena, memory, sizeof memory);
    assert_int_equal(block_decode(&blocks[0], &world.network, encoded, &arena), REASON_NONE);
    ase.state = before;
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_RHYTHM, &rhythm);
    branch_sign(&blocks[1], &world, txn, &ase, &draft, EARLY);
    ase.state = after;
    assert_true(fork_proof_of(&proof, &blocks[0], &blocks[1], &arena));
    assert_true(schema_encode(&fork_proof_schema, &proof, proof_memory, sizeof proof_memory, &proven));
    assert_int_equal(store_put_side_block(txn, &world.network, &blocks[1], EARLY), STORE_OK);
    assert_int_equal(store_put_fork_proof(txn, &ase.actor.id, 0, FORK_PROOF_LOWEST, proven), STORE_OK);
    world_commit(txn);
}

static void a_fork_of_who_handed_on_makes_no_rules_of_the_heir_unsaid(void **state)
{
    struct log_state before;
    struct bytes encoded;
    struct store_txn *txn;

    (void)state;
    attest(&ase);
    before = ase.state;
    hand_over(&ase, &heir);
    publish_pack(&heir, 2, "A6");
    assert_int_equal(authority().answer, ANSWER_NO);
    txn = world_read(&world);
    assert_int_equal(store_block_bytes(txn, &ase.actor.id, ase.state.seq, &encoded, &world.arena), STORE_OK);
    store_end(txn);
    fork_former_owner(before, encoded);
    assert_int_not_equal(authority().answer, ANSWER_YES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(whom_the_heir_named_the_owner_takes_back_that_has_the_namespace_again,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(who_has_a_namespace_back_hands_it_on_again, setup, teardown),
        cmocka_unit_test_setup_teardown(a_fork_of_who_handed_on_makes_no_rules_of_the_heir_unsaid, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
