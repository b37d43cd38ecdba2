#include "node/ingest.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "tests/support/node_bench.h"

/* Whose blocks are taken in, which and how many. */

static enum admission admission_of(enum who who)
{
    enum admission admission = ADMISSION_NONE;

    assert_int_equal(ingest_admission(&node->ingest, node->txn, &node->actors[who].id, true, &admission),
                     STORE_OK);
    return admission;
}

static void test_who_is_admitted(void **state)
{
    (void)state;
    assert_int_equal(admission_of(OWNER), ADMISSION_FULL);
    assert_int_equal(admission_of(DELEGATE), ADMISSION_NONE);
    assert_int_equal(admission_of(NAMED), ADMISSION_NONE);
    node_take_in_owner();
    assert_int_equal(admission_of(DELEGATE), ADMISSION_FULL);
    assert_int_equal(admission_of(NAMED), ADMISSION_NAMED);
    assert_int_equal(admission_of(STRANGER), ADMISSION_NONE);
    /* The node's own actor needs nobody. */
    node->ingest.self = node->actors[STRANGER].id;
    node->ingest.has_self = true;
    assert_int_equal(admission_of(STRANGER), ADMISSION_FULL);
}

static void test_strangers_cost_nothing(void **state)
{
    struct log_state held;
    uint64_t blocks = 0, bytes = 0;

    (void)state;
    node_take_in_owner();
    assert_int_equal(node_offer_seq(STRANGER, 0), REASON_NOT_ADMITTED);
    say_content(STRANGER, 1);
    assert_int_equal(node_write(STRANGER), REASON_NOT_ADMITTED);
    assert_int_equal(store_log_state(node->txn, &node->actors[STRANGER].id, &held), STORE_NOT_FOUND);
    assert_int_equal(store_log_size(node->txn, &node->actors[STRANGER].id, &blocks, &bytes), STORE_NOT_FOUND);
}

static void test_delegates_name_and_accredit_in_turn(void **state)
{
    (void)state;
    node_take_in_owner();
    assert_int_equal(node_offer_seq(DELEGATE, 0), REASON_NONE);
    say_content(STRANGER, 1);
    assert_int_equal(node_write(DELEGATE), REASON_NONE);
    assert_int_equal(admission_of(STRANGER), ADMISSION_NAMED);
    say_accreditation(STRANGER, 0);
    assert_int_equal(node_write(DELEGATE), REASON_NONE);
    assert_int_equal(admission_of(STRANGER), ADMISSION_FULL);
}

/* Whoever was accredited without leave to accredit admits nobody. */
static void test_a_delegate_of_depth_0_admits_nobody(void **state)
{
    (void)state;
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_NONE);
    say_accreditation(DELEGATE, 0);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    assert_int_equal(node_offer_seq(DELEGATE, 0), REASON_NONE);
    say_accreditation(STRANGER, 8);
    assert_int_equal(node_write(DELEGATE), REASON_NONE);
    assert_int_equal(admission_of(STRANGER), ADMISSION_NONE);
    say_content(STRANGER, 1);
    assert_int_equal(node_write(DELEGATE), REASON_NONE);
    assert_int_equal(admission_of(STRANGER), ADMISSION_NAMED); /* it may still attest */
}

/* A named actor's log is held like any other, and what stands in it names nobody. */
static void test_a_named_actor_names_nobody(void **state)
{
    (void)state;
    node_take_in_owner();
    assert_int_equal(node_offer_seq(NAMED, 0), REASON_NONE);
    say_joined(NAMED, STRANGER);
    assert_int_equal(node_write(NAMED), REASON_NONE);
    assert_int_equal(admission_of(STRANGER), ADMISSION_NONE);
    assert_int_equal(node_offer_seq(STRANGER, 0), REASON_NOT_ADMITTED);
    /* The same words of somebody accredited do. */
    assert_int_equal(node_offer_seq(DELEGATE, 0), REASON_NONE);
    say_joined(NAMED, STRANGER); /* a copy of what another log said says nothing */
    assert_int_equal(node_write(DELEGATE), REASON_NONE);
    assert_int_equal(admission_of(STRANGER), ADMISSION_NONE);
    say_joined(DELEGATE, STRANGER);
    assert_int_equal(node_write(DELEGATE), REASON_NONE);
    assert_int_equal(admission_of(STRANGER), ADMISSION_NAMED);
}

/* The entry that named it goes, its log stays: new keys of its owner's may come yet. */
static void test_what_is_held_stays_admitted(void **state)
{
    struct index_range range = {0, 0};
    const struct erase erase = {.seq = 2, .entries = {.items = &range, .count = 1}};

    (void)state;
    node_take_in_owner();
    assert_int_equal(node_offer_seq(NAMED, 0), REASON_NONE);
    log_builder_begin(&node->builder, CLASS_STATUS);
    log_builder_add(&node->builder, ENTRY_ERASE, &erase);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    assert_int_equal(admission_of(NAMED), ADMISSION_NAMED);
    say_rotation(NAMED, 2);
    assert_int_equal(node_write(NAMED), REASON_NONE);
}

static void test_what_stands_in_a_void_block_names_nobody(void **state)
{
    const struct void_record voids = build_void(2, 2, STATUS_REASON_KEY_COMPROMISE);

    (void)state;
    node_take_in_owner();
    assert_int_equal(admission_of(NAMED), ADMISSION_NAMED);
    log_builder_begin(&node->builder, CLASS_GOVERN);
    log_builder_add(&node->builder, ENTRY_VOID, &voids);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    assert_int_equal(admission_of(NAMED), ADMISSION_NONE);
}

/* ---- the quota of an actor that was only named ---- */

static void test_what_a_named_actor_may_say(void **state)
{
    struct index_range range;
    const struct status status = build_status(1, &range, 0, 0, STATUS_REVOKED, 45000);

    (void)state;
    node_take_in_owner();
    assert_int_equal(node_offer_seq(NAMED, 0), REASON_NONE);
    say_statement(OWNER, 10);
    assert_int_equal(node_write(NAMED), REASON_NONE);
    say_update(1);
    assert_int_equal(node_write(NAMED), REASON_NONE);
    say_rotation(NAMED, 2);
    assert_int_equal(node_write(NAMED), REASON_NONE);

    say_content(STRANGER, 1);
    assert_int_equal(node_offer(log_builder_forge(&node->builder, &node->logs[NAMED], NULL)),
                     REASON_NOT_ADMITTED);
    say_accreditation(STRANGER, 0);
    assert_int_equal(node_offer(log_builder_forge(&node->builder, &node->logs[NAMED], NULL)),
                     REASON_NOT_ADMITTED);
    log_builder_begin(&node->builder, CLASS_STATUS);
    log_builder_add(&node->builder, ENTRY_STATUS, &status);
    assert_int_equal(node_offer(log_builder_forge(&node->builder, &node->logs[NAMED], NULL)),
                     REASON_NOT_ADMITTED);
    log_builder_begin(&node->builder, CLASS_CONTENT);
    log_builder_add_payload(&node->builder, 500, false, bytes_of("x", 1));
    assert_int_equal(node_offer(log_builder_forge(&node->builder, &node->logs[NAMED], NULL)),
                     REASON_NOT_ADMITTED);
    /* One entry that it may not say spoils the block. */
    say_statement(OWNER, 10);
    log_builder_add_payload(&node->builder, 500, false, bytes_of("x", 1));
    assert_int_equal(node_offer(log_builder_forge(&node->builder, &node->logs[NAMED], NULL)),
                     REASON_NOT_ADMITTED);
}

static void test_a_named_actor_has_16_kib(void **state)
{
    uint64_t blocks = 0, bytes = 0;
    enum reason reason = REASON_NONE;

    (void)state;
    node_take_in_owner();
    assert_int_equal(node_offer_seq(NAMED, 0), REASON_NONE);
    while (reason == REASON_NONE) {
        say_statement(OWNER, STATEMENT_SIZE_MAX);
        reason = node_write(NAMED);
    }
    assert_int_equal(reason, REASON_QUOTA);
    assert_int_equal(store_log_size(node->txn, &node->actors[NAMED].id, &blocks, &bytes), STORE_OK);
    assert_in_range(bytes, 16 * 1024 - 2 * STATEMENT_SIZE_MAX, 16 * 1024);
    assert_int_equal(node->logs[NAMED].block_count, blocks + 1);
    /* Copies of known blocks are not counted again. */
    assert_int_equal(node_offer_seq(NAMED, 1), REASON_KNOWN);
}

static void test_a_full_quota_stops_no_rotation(void **state)
{
    struct memory_log *log = &node->logs[NAMED];
    enum reason reason = REASON_NONE;

    (void)state;
    node_take_in_owner();
    assert_int_equal(node_offer_seq(NAMED, 0), REASON_NONE);
    while (reason == REASON_NONE) {
        struct bytes encoded = {0};

        say_statement(OWNER, STATEMENT_SIZE_MAX);
        encoded = log_builder_forge(&node->builder, log, NULL);
        reason = node_offer(encoded);
        if (reason == REASON_NONE) {
            assert_int_equal(memory_log_accept(log, encoded), REASON_NONE);
        }
    }
    assert_int_equal(reason, REASON_QUOTA);
    for (uint64_t i = 0; i < 70; i++) {
        say_rotation(NAMED, i);
        assert_int_equal(node_write(NAMED), REASON_NONE);
        say_update(i);
        assert_int_equal(node_offer(log_builder_forge(&node->builder, log, NULL)), REASON_QUOTA);
        say_statement(OWNER, 1);
        assert_int_equal(node_offer(log_builder_forge(&node->builder, log, NULL)), REASON_QUOTA);
    }
}

/* What keeps everybody able to take new keys does not let anybody fill the disk with them. */
static void test_rotations_are_bounded_too(void **state)
{
    uint64_t blocks = 0, bytes = 0;
    enum reason reason = REASON_NONE;

    (void)state;
    node_take_in_owner();
    assert_int_equal(node_offer_seq(NAMED, 0), REASON_NONE);
    for (uint64_t i = 0; i < 1000 && reason == REASON_NONE; i++) {
        say_rotation(NAMED, i);
        reason = node_write(NAMED);
    }
    assert_int_equal(reason, REASON_QUOTA);
    assert_int_equal(store_log_size(node->txn, &node->actors[NAMED].id, &blocks, &bytes), STORE_OK);
    assert_int_equal(blocks, 128);
}

/* One pre-commitment lets its owner sign any number of rotations of one epoch: those that are lower than all
 * but a few are ever fewer. */
static void test_rival_rotations_are_bounded_too(void **state)
{
    enum { RIVALS = 100 };
    uint64_t blocks = 0, bytes = 0;
    size_t kept = 0;

    (void)state;
    node_take_in_owner();
    assert_int_equal(node_offer_seq(NAMED, 0), REASON_NONE);
    for (uint64_t i = 0; i < RIVALS; i++) {
        say_rotation(NAMED, i);
        if (node_offer(log_builder_forge(&node->builder, &node->logs[NAMED], NULL)) == REASON_NONE) {
            kept++;
        } else {
            assert_int_equal(node->result.reason, REASON_BRANCHES_FULL);
        }
    }
    assert_int_equal(store_log_size(node->txn, &node->actors[NAMED].id, &blocks, &bytes), STORE_OK);
    assert_int_equal(blocks, 1 + kept);
    assert_in_range(kept, STORE_ROTATIONS_MAX, 64);
}

/* An accreditor rotates behind the block that accredited, under no cut. What is held stays, new keys come,
 * and more does once it accredits again: until then nothing that the delegate says counts. */
static void test_a_delegate_that_is_dropped_keeps_what_is_held_and_its_rotations(void **state)
{
    enum { BLOCKS = 64 + 64 };
    const struct actor_id *delegate = &node->actors[DELEGATE].id;
    struct memory_log owner = {0}; /* without the accreditation */
    struct index_range range = {0, 0};
    const struct status revoked = build_status(1, &range, 0, 0, STATUS_REVOKED, 45000);
    struct bytes rotation;
    uint64_t blocks = 0, after = 0, bytes = 0;

    (void)state;
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_NONE);
    memory_log_copy(&owner, &node->logs[OWNER]);
    say_accreditation(DELEGATE, 1);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    assert_int_equal(node_offer_seq(DELEGATE, 0), REASON_NONE);
    for (size_t i = 0; i < BLOCKS; i++) {
        say_content(STRANGER, 1);
        assert_int_equal(node_write(DELEGATE), REASON_NONE);
    }
    assert_int_equal(store_log_size(node->txn, delegate, &blocks, &bytes), STORE_OK);
    say_rotation(OWNER, 7);
    rotation = log_builder_forge(&node->builder, &owner, NULL);
    assert_int_equal(node_offer(rotation), REASON_NONE);
    assert_int_equal(memory_log_accept(&owner, rotation), REASON_NONE);

    assert_int_equal(admission_of(DELEGATE), ADMISSION_NAMED);
    assert_int_equal(store_log_size(node->txn, delegate, &after, &bytes), STORE_OK);
    assert_int_equal(after, blocks);
    say_content(STRANGER, 1);
    assert_int_equal(node_offer(log_builder_forge(&node->builder, &node->logs[DELEGATE], NULL)),
                     REASON_NOT_ADMITTED);
    say_rotation(DELEGATE, 8);
    assert_int_equal(node_write(DELEGATE), REASON_NONE);
    say_rotation(DELEGATE, 9);
    assert_int_equal(node_write(DELEGATE), REASON_NONE);

    say_accreditation(DELEGATE, 1);
    assert_int_equal(node_offer(log_builder_forge(&node->builder, &owner, NULL)), REASON_NONE);
    assert_int_equal(admission_of(DELEGATE), ADMISSION_FULL);
    log_builder_begin(&node->builder, CLASS_STATUS);
    log_builder_add(&node->builder, ENTRY_STATUS, &revoked);
    assert_int_equal(node_write(DELEGATE), REASON_NONE);
    memory_log_deinit(&owner);
}

static void test_side_blocks_count_too(void **state)
{
    uint64_t blocks = 0, bytes = 0;
    enum reason reason = REASON_NONE;

    (void)state;
    node_take_in_owner();
    assert_int_equal(node_offer_seq(NAMED, 0), REASON_NONE);
    while (reason == REASON_NONE) {
        say_statement(OWNER, 1);
        reason = node_offer(log_builder_forge(&node->builder, &node->logs[NAMED], NULL));
    }
    assert_int_equal(reason, REASON_QUOTA);
    assert_int_equal(store_log_size(node->txn, &node->actors[NAMED].id, &blocks, &bytes), STORE_OK);
    assert_in_range(bytes, 15 * 1024, 16 * 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_NODE(test_who_is_admitted),
        WITH_NODE(test_strangers_cost_nothing),
        WITH_NODE(test_delegates_name_and_accredit_in_turn),
        WITH_NODE(test_a_delegate_of_depth_0_admits_nobody),
        WITH_NODE(test_a_named_actor_names_nobody),
        WITH_NODE(test_what_is_held_stays_admitted),
        WITH_NODE(test_what_stands_in_a_void_block_names_nobody),
        WITH_NODE(test_what_a_named_actor_may_say),
        WITH_NODE(test_a_named_actor_has_16_kib),
        WITH_NODE(test_a_full_quota_stops_no_rotation),
        WITH_NODE(test_rotations_are_bounded_too),
        WITH_NODE(test_rival_rotations_are_bounded_too),
        WITH_NODE(test_a_delegate_that_is_dropped_keeps_what_is_held_and_its_rotations),
        WITH_NODE(test_side_blocks_count_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
