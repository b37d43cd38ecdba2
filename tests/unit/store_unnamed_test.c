#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/node_bench.h"

/* Which branches its author still owes a word about: the owner attests in block 1, two branches go on from
 * there, and one of them rotates. */

enum { BEGIN_S = 1750000000, FOUND_MAX = 4 };

static struct memory_log kept, left; /* branches of the owner's log */
static struct dropped_branch found[FOUND_MAX];

static void write(struct memory_log *log)
{
    log_builder_append(&node->builder, log);
}

static void attest(struct memory_log *log)
{
    struct attestation attestation = build_attestation(&node->actors[NAMED].id, "ase/A5", 39000, 42000);
    log_builder_begin(&node->builder, CLASS_CONTENT);
    log_builder_add(&node->builder, ENTRY_ATTESTATION, &attestation);
    write(log);
}

static void revoke(struct memory_log *log)
{
    struct index_range range;
    struct status status = build_status(1, &range, 0, 0, STATUS_REVOKED, 40000);
    log_builder_begin(&node->builder, CLASS_STATUS);
    log_builder_add(&node->builder, ENTRY_STATUS, &status);
    write(log);
}

static void void_1(struct memory_log *log)
{
    struct void_record record = build_void(1, 1, STATUS_REASON_KEY_COMPROMISE);
    log_builder_begin(&node->builder, CLASS_GOVERN);
    log_builder_add(&node->builder, ENTRY_VOID, &record);
    write(log);
}

static void rotate(struct memory_log *log)
{
    struct built_keys built;
    build_rotation(&built, &node->builder.ring, &log->state.keys, &node->network, 77, 1);
    log_builder_begin(&node->builder, CLASS_KEYS);
    log_builder_add(&node->builder, ENTRY_KEYS, &built.keys);
    write(log);
}

/* On kept, of the branch that begins with block seq of left. */
static void name(uint64_t seq)
{
    const struct void_record record = {
        .has_branch = true,
        .branch = {.fork_parent = left.blocks[seq - 1].record.hash, .first = left.blocks[seq].record.hash}};
    log_builder_begin(&node->builder, CLASS_GOVERN);
    log_builder_add(&node->builder, ENTRY_VOID, &record);
    write(&kept);
}

static void offer(const struct memory_log *log, uint64_t from, uint64_t now_s)
{
    for (uint64_t seq = from; seq < log->block_count; seq++) {
        const struct memory_block *block = &log->blocks[seq];
        ingest_block(&node->ingest, node->txn, INGEST_PEER, bytes_of(block->encoded, block->encoded_size),
                     now_s, &node->result);
    }
}

static int setup(void **state)
{
    int made = node_make(state);
    memory_log_init(&kept, &node->network, &node->scratch);
    memory_log_init(&left, &node->network, &node->scratch);
    log_builder_inception(&node->builder, &kept, &node->actors[OWNER]);
    attest(&kept);
    memory_log_copy(&left, &kept);
    return made;
}

static int teardown(void **state)
{
    memory_log_deinit(&kept);
    memory_log_deinit(&left);
    return node_drop(state);
}

static size_t count_unnamed_at(enum who who, size_t max, uint64_t now_s)
{
    size_t count;
    assert_int_equal(store_unnamed_branches(node->txn, &node->network, &node->actors[who].id, now_s, found,
                                            max, &count, &node->scratch),
                     STORE_OK);
    return count;
}

static size_t count_unnamed(enum who who, size_t max)
{
    return count_unnamed_at(who, max, BEGIN_S + 100);
}

static void is_found(size_t at, uint64_t seq)
{
    assert_int_equal(found[at].epoch, 0);
    assert_true(hash_equal(&found[at].fork_parent, &left.blocks[seq - 1].record.hash));
    assert_true(hash_equal(&found[at].first, &left.blocks[seq].record.hash));
}

static void what_a_rotation_dropped_is_found_until_a_void_names_it(void **state)
{
    (void)state;
    revoke(&left);
    attest(&left);
    rotate(&kept);
    offer(&left, 0, BEGIN_S);
    assert_int_equal(count_unnamed(OWNER, FOUND_MAX), 0);
    offer(&kept, 2, BEGIN_S + 10);
    assert_int_equal(count_unnamed(OWNER, FOUND_MAX), 1);
    is_found(0, 2);
    name(2);
    offer(&kept, 3, BEGIN_S + 20);
    assert_int_equal(count_unnamed(OWNER, FOUND_MAX), 0);
}

/* A branch that was never followed here came at left_s, and then the rotation at kept_s, by what the clock
 * showed. */
static void stays_before_it(uint64_t left_s, uint64_t kept_s)
{
    struct memory_log followed;
    memory_log_init(&followed, &node->network, &node->scratch);
    revoke(&left);
    do {
        memory_log_copy(&followed, &kept);
        node->builder.salt += 100;
        attest(&followed);
    } while (hash_compare(&followed.state.head, &left.state.head) > 0);
    rotate(&kept);
    offer(&followed, 0, BEGIN_S);
    offer(&left, 2, left_s);
    offer(&kept, 2, kept_s);
    for (uint64_t asked_s = BEGIN_S + 10; asked_s < BEGIN_S + 2000; asked_s += 10) {
        assert_int_equal(count_unnamed_at(OWNER, FOUND_MAX, asked_s), 2);
    }
    memory_log_deinit(&followed);
}

static void what_came_before_a_clock_was_set_back_came_before_the_rotation(void **state)
{
    (void)state;
    stays_before_it(BEGIN_S + 1000, BEGIN_S + 10);
}

static void so_it_did_where_the_clock_was_still_ahead(void **state)
{
    (void)state;
    stays_before_it(BEGIN_S + 1001, BEGIN_S + 1000);
}

/* A void that the rotation dropped takes certificates from their holders. */
static void so_is_a_branch_with_a_void_alone(void **state)
{
    (void)state;
    void_1(&left);
    rotate(&kept);
    offer(&left, 0, BEGIN_S);
    offer(&kept, 2, BEGIN_S + 10);
    assert_int_equal(count_unnamed(OWNER, FOUND_MAX), 1);
    is_found(0, 2);
}

static void naming_a_block_above_its_first_names_it_not(void **state)
{
    (void)state;
    revoke(&left);
    revoke(&left);
    rotate(&kept);
    name(3);
    offer(&left, 0, BEGIN_S);
    offer(&kept, 2, BEGIN_S + 10);
    assert_int_equal(count_unnamed(OWNER, FOUND_MAX), 1);
    is_found(0, 2);
}

static void while_the_epoch_is_open_nothing_was_dropped(void **state)
{
    (void)state;
    revoke(&left);
    attest(&kept);
    offer(&left, 0, BEGIN_S);
    offer(&kept, 2, BEGIN_S + 10);
    assert_int_equal(count_unnamed(OWNER, FOUND_MAX), 0);
}

static void what_came_after_the_rotation_needs_no_word(void **state)
{
    (void)state;
    revoke(&left);
    rotate(&kept);
    offer(&kept, 0, BEGIN_S);
    offer(&left, 2, BEGIN_S + 10);
    assert_int_equal(count_unnamed(OWNER, FOUND_MAX), 0);
}

/* That a cut names it makes a node keep it. */
static void what_a_cut_keeps_and_came_late_does_not_either(void **state)
{
    (void)state;
    struct memory_log owner;
    struct withdrawal cut = {.delegate = node->actors[DELEGATE].id, .has_cut = true, .cut_seq = 2};
    memory_log_init(&owner, &node->network, &node->scratch);
    log_builder_inception(&node->builder, &owner, &node->actors[OWNER]);
    say_accreditation(DELEGATE, 0);
    write(&owner);
    memory_log_deinit(&kept);
    memory_log_init(&kept, &node->network, &node->scratch);
    log_builder_inception(&node->builder, &kept, &node->actors[DELEGATE]);
    attest(&kept);
    memory_log_deinit(&left);
    memory_log_copy(&left, &kept);
    revoke(&left);
    rotate(&kept);
    cut.cut_head = left.blocks[2].record.hash;
    log_builder_begin(&node->builder, CLASS_GOVERN);
    log_builder_add(&node->builder, ENTRY_WITHDRAWAL, &cut);
    write(&owner);
    offer(&owner, 0, BEGIN_S);
    offer(&kept, 0, BEGIN_S);
    offer(&left, 2, BEGIN_S + 1000); /* by a clock that is ahead */
    assert_int_equal(node->result.outcome, INGEST_ASIDE);
    assert_int_equal(count_unnamed(DELEGATE, FOUND_MAX), 0);
    memory_log_deinit(&owner);
}

static void each_of_several_is_found_as_far_as_there_is_room(void **state)
{
    (void)state;
    struct memory_log third;
    memory_log_init(&third, &node->network, &node->scratch);
    memory_log_copy(&third, &left);
    revoke(&left);
    void_1(&third);
    rotate(&kept);
    offer(&left, 0, BEGIN_S);
    offer(&third, 2, BEGIN_S);
    offer(&kept, 2, BEGIN_S + 10);
    assert_int_equal(count_unnamed(OWNER, FOUND_MAX), 2);
    assert_int_equal(count_unnamed(OWNER, 1), 1);
    name(2);
    offer(&kept, 3, BEGIN_S + 20);
    assert_int_equal(count_unnamed(OWNER, FOUND_MAX), 1);
    assert_true(hash_equal(&found[0].first, &third.blocks[2].record.hash));
    memory_log_deinit(&third);
}

static void an_author_without_branches_has_none(void **state)
{
    (void)state;
    offer(&kept, 0, BEGIN_S);
    assert_int_equal(count_unnamed(OWNER, FOUND_MAX), 0);
    assert_int_equal(count_unnamed(STRANGER, FOUND_MAX), 0);
}

#define WITH_LOGS(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_LOGS(what_a_rotation_dropped_is_found_until_a_void_names_it),
        WITH_LOGS(what_came_before_a_clock_was_set_back_came_before_the_rotation),
        WITH_LOGS(so_it_did_where_the_clock_was_still_ahead),
        WITH_LOGS(so_is_a_branch_with_a_void_alone),
        WITH_LOGS(naming_a_block_above_its_first_names_it_not),
        WITH_LOGS(while_the_epoch_is_open_nothing_was_dropped),
        WITH_LOGS(what_came_after_the_rotation_needs_no_word),
        WITH_LOGS(what_a_cut_keeps_and_came_late_does_not_either),
        WITH_LOGS(each_of_several_is_found_as_far_as_there_is_room),
        WITH_LOGS(an_author_without_branches_has_none),
    };
    return cmocka_run_group_tests_name("store unnamed", tests, NULL, NULL);
}
