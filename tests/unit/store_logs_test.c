#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/rules/presentation.h"
#include "tests/support/store_world.h"

/* Logs written, accepted, applied, read back and proven. */

static struct store_world world;
static struct world_author ase, other;

enum { NOON = 1000000 };

static int setup(void **state)
{
    struct store_txn *txn;

    (void)state;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, NOON);
    world_commit(txn);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

static void attest(uint64_t first, size_t count, uint64_t arrived_s)
{
    static struct subject subjects[BLOCK_ENTRIES_MAX];
    struct store_txn *txn = world_write(&world);

    for (size_t i = 0; i < count; i++) {
        subjects[i] = world_subject(first + i);
    }
    world_attest(&world, txn, &ase, subjects, count, "ase/A5", arrived_s);
    world_commit(txn);
}

static void say(enum status_action action, uint64_t seq, uint64_t first, uint64_t last)
{
    const struct status status = {.seq = seq, .action = action, .effective_day = 41000};
    struct store_txn *txn = world_write(&world);

    world_say(&world, txn, &ase, &status, first, last, NOON);
    world_commit(txn);
}

/* The name of an entry that exists. */
static struct entry_name name_of(struct store_txn *txn, uint64_t seq, uint64_t index)
{
    struct entry_name name = {.author = ase.actor.id, .seq = seq, .index = index};
    struct block block;
    struct bytes encoded;

    assert_int_equal(store_block_bytes(txn, &ase.actor.id, seq, &encoded, &world.arena), STORE_OK);
    assert_int_equal(block_decode(&block, &world.network, encoded, &world.arena), REASON_NONE);
    memcpy(name.prefix, block.leaves[index].bytes, sizeof name.prefix);
    return name;
}

/* Prove the entry and follow the proof; its events go to *out. */
static void prove(uint64_t seq, uint64_t index, struct proven_entry *out)
{
    struct store_txn *txn = world_read(&world);
    struct entry_name name = name_of(txn, seq, index);
    struct entry_proof proof;
    struct proof_head head;
    const struct list heads = {.items = &head, .count = 1};

    assert_int_equal(store_entry_proof(txn, &world.network, &name, &proof, &head, &world.arena), STORE_OK);
    store_end(txn);
    assert_int_equal(proof_check(out, &proof, &heads, &world.network, &world.arena), REASON_NONE);
    assert_true(hash_equal(&out->head, &ase.state.head));
    assert_true(entry_name_equal(&out->name, &name));
}

static void a_state_comes_back_as_it_was_applied(void **context)
{
    struct store_txn *txn;
    struct log_state state;

    (void)context;
    attest(0, 3, NOON);
    txn = world_read(&world);
    assert_int_equal(store_log_state(txn, &ase.actor.id, &state), STORE_OK);
    assert_memory_equal(&state, &ase.state, sizeof state);
    assert_int_equal(store_log_state(txn, &(struct actor_id){0}, &state), STORE_NOT_FOUND);
    store_end(txn);
}

/* Only its keys record is stored. */
static void block_0_comes_back_byte_for_byte(void **context)
{
    uint8_t memory[2 * KEYS_SIZE_MAX];
    struct writer writer;
    struct bytes wanted, found;
    struct block block;
    struct store_txn *txn = world_read(&world);

    (void)context;
    writer_init(&writer, memory, sizeof memory);
    assert_int_equal(block_of_inception(&writer, &world.network, ase.actor.keys_record, &world.arena),
                     REASON_NONE);
    assert_true(writer_end(&writer, &wanted));
    assert_int_equal(store_block_bytes(txn, &ase.actor.id, 0, &found, &world.arena), STORE_OK);
    assert_true(bytes_equal(found, wanted));
    assert_int_equal(block_decode(&block, &world.network, found, &world.arena), REASON_NONE);
    assert_int_equal(store_block_by_hash(txn, &ase.actor.id, 0, &block.hash, &found, &world.arena), STORE_OK);
    assert_true(bytes_equal(found, wanted));
    store_end(txn);
}

static void nothing_of_a_dropped_transaction_is_kept(void **context)
{
    struct subject subject = world_subject(1);
    struct log_state before = ase.state;
    struct log_state state;
    struct store_txn *txn = world_write(&world);

    (void)context;
    world_attest(&world, txn, &ase, &subject, 1, "ase/A5", NOON);
    store_end(txn);
    ase.state = before;
    txn = world_read(&world);
    assert_int_equal(store_log_state(txn, &ase.actor.id, &state), STORE_OK);
    assert_int_equal(state.seq, 0);
    store_end(txn);
}

static void an_entry_is_proven_before_and_after_a_status(void **context)
{
    struct proven_entry proven;

    (void)context;
    attest(0, 200, NOON);
    prove(1, 70, &proven);
    assert_int_equal(proven.event_count, 0);
    say(STATUS_SUSPENDED, 1, 60, 130);
    say(STATUS_REVOKED, 1, 70, 70);
    prove(1, 70, &proven);
    assert_int_equal(proven.event_count, 2);
    assert_int_equal(proven.events[0].action, STATUS_SUSPENDED);
    assert_int_equal(proven.events[1].action, STATUS_REVOKED);
    assert_int_equal(proven.events[1].setter_seq, 3);
    prove(1, 199, &proven);
    assert_int_equal(proven.event_count, 0);
    prove(1, 130, &proven);
    assert_int_equal(proven.event_count, 1);
}

static void every_shape_of_block_takes_a_status(void **context)
{
    static const size_t counts[] = {1, 2, 63, 64, 65, 128, 129, 4095, 4096};
    struct proven_entry proven;

    (void)context;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        uint64_t seq = ase.state.seq + 1;

        attest(i * BLOCK_ENTRIES_MAX, counts[i], NOON);
        say(STATUS_REVOKED, seq, counts[i] - 1, counts[i] - 1);
        say(STATUS_REINSTATED, seq, 0, counts[i] - 1);
        prove(seq, counts[i] - 1, &proven);
        assert_int_equal(proven.event_count, 2);
        prove(seq, counts[i] / 2, &proven);
        assert_int_equal(proven.event_count, counts[i] == 1 ? 2 : counts[i] == 2 ? 2 : 1);
        arena_rewind(&world.arena, 0);
    }
}

static void a_long_log_grows_through_page_levels(void **context)
{
    struct proven_entry proven;

    (void)context;
    for (uint64_t i = 1; i <= 4200; i++) {
        struct store_txn *txn = world_write(&world);
        struct subject subject = world_subject(i);

        for (; i % 300 != 0; i++, subject = world_subject(i)) {
            world_attest(&world, txn, &ase, &subject, 1, "ase/A5", NOON);
        }
        world_attest(&world, txn, &ase, &subject, 1, "ase/A5", NOON);
        world_commit(txn);
    }
    for (uint64_t seq = 1; seq <= 4200; seq += 61) {
        prove(seq, 0, &proven);
    }
    say(STATUS_REVOKED, 77, 0, 0);
    prove(77, 0, &proven);
    assert_int_equal(proven.event_count, 1);
    prove(4200, 0, &proven);
    assert_int_equal(proven.event_count, 0);
}

static void a_void_marks_its_range_alone(void **context)
{
    const struct void_record record = {
        .has_range = true, .range = {.first = 2, .last = 3}, .reason = STATUS_REASON_KEY_COMPROMISE};
    struct proven_entry proven;
    struct store_txn *txn;
    struct draft draft;

    (void)context;
    for (uint64_t i = 0; i < 4; i++) {
        attest(100 * i, 2, NOON);
    }
    txn = world_write(&world);
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_VOID, &record);
    world_publish(&world, txn, &ase, &draft, NOON);
    world_commit(txn);
    for (uint64_t seq = 1; seq <= 4; seq++) {
        struct block_record found;
        uint64_t arrived_s;

        prove(seq, 0, &proven);
        assert_int_equal(proven.state.standing, seq == 2 || seq == 3 ? STANDING_VOID : STANDING_GOOD);
        txn = world_read(&world);
        assert_int_equal(store_block_record(txn, &ase.actor.id, seq, &found, &arrived_s), STORE_OK);
        assert_int_equal(found.standing, proven.state.standing);
        assert_int_equal(found.void_seq, seq == 2 || seq == 3 ? 5 : 0);
        store_end(txn);
    }
}

static void erased_bytes_are_gone_and_their_neighbours_still_proven(void **context)
{
    const struct index_range ranges[] = {{1, 1}, {3, 70}};
    const struct erase erase = {.seq = 1, .entries = {.items = ranges, .count = 2}};
    struct subject subject = world_subject(3);
    struct proven_entry proven;
    struct block block;
    struct bytes before, after;
    uint64_t blocks, bytes_before, bytes_after;
    struct store_txn *txn;
    struct draft draft;

    (void)context;
    attest(0, 100, NOON);
    txn = world_write(&world);
    assert_int_equal(store_block_bytes(txn, &ase.actor.id, 1, &before, &world.arena), STORE_OK);
    assert_int_equal(store_log_size(txn, &ase.actor.id, &blocks, &bytes_before), STORE_OK);
    world_draft(&world, &draft, CLASS_STATUS);
    world_add(&draft, ENTRY_ERASE, &erase);
    world_publish(&world, txn, &ase, &draft, NOON);
    world_commit(txn);
    txn = world_read(&world);
    assert_int_equal(store_block_bytes(txn, &ase.actor.id, 1, &after, &world.arena), STORE_OK);
    assert_int_equal(store_log_size(txn, &ase.actor.id, &blocks, &bytes_after), STORE_OK);
    store_end(txn);
    assert_int_equal(blocks, 3);
    assert_true(after.size < before.size);
    assert_true(bytes_after < bytes_before + 1000);
    assert_null(memmem(after.data, after.size, subject.id.bytes, HASH_SIZE));
    assert_int_equal(block_decode(&block, &world.network, after, &world.arena), REASON_NONE);
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(block.entries[i].erased, i == 1 || (i >= 3 && i <= 70));
    }
    prove(1, 2, &proven);
    prove(1, 71, &proven);
    say(STATUS_REVOKED, 1, 0, 99);
    prove(1, 99, &proven);
    assert_int_equal(proven.event_count, 1);
}

static void keys_are_those_of_the_last_block_that_set_them(void **context)
{
    const struct keys_update update = {.signing_keys = {.items = ase.actor.signing_keys + 1, .count = 2},
                                       .thresholds = {.issue = 1, .checkpoint = 1}};
    const struct log_state before = ase.state;
    struct store_txn *txn;
    struct draft draft;
    struct key_set keys;
    uint64_t epoch;

    (void)context;
    attest(0, 1, NOON);
    txn = world_write(&world);
    world_draft(&world, &draft, CLASS_KEYS);
    world_add(&draft, ENTRY_KEYS_UPDATE, &update);
    world_publish(&world, txn, &ase, &draft, NOON);
    world_commit(txn);
    attest(10, 1, NOON);
    txn = world_read(&world);
    for (uint64_t seq = 0; seq <= 3; seq++) {
        const struct key_set *wanted = seq < 2 ? &before.keys : &ase.state.keys;

        assert_int_equal(store_keys_at(txn, &ase.actor.id, seq, &keys, &epoch), STORE_OK);
        assert_memory_equal(&keys, wanted, sizeof keys);
        assert_int_equal(epoch, 0);
    }
    assert_int_equal(keys.key_count, 3);
    assert_int_equal(keys.seal_key_count, 0);
    assert_int_equal(store_keys_at(txn, &ase.actor.id, 4, &keys, &epoch), STORE_NOT_FOUND);
    store_end(txn);
}

static void a_rotation_opens_an_epoch_of_its_own(void **context)
{
    struct log_state state;
    struct branch_block *branch;
    struct store_txn *txn;
    struct key_set keys;
    uint64_t epoch;
    size_t count;

    (void)context;
    attest(0, 1, NOON);
    txn = world_write(&world);
    world_rotate(&world, txn, &ase, NOON);
    world_commit(txn);
    attest(10, 1, NOON);
    txn = world_read(&world);
    assert_int_equal(store_log_state(txn, &ase.actor.id, &state), STORE_OK);
    assert_memory_equal(&state, &ase.state, sizeof state);
    assert_int_equal(state.epoch, 1);
    assert_int_equal(state.epoch_first_seq, 2);
    for (uint64_t seq = 0; seq <= 3; seq++) {
        assert_int_equal(store_keys_at(txn, &ase.actor.id, seq, &keys, &epoch), STORE_OK);
        assert_int_equal(epoch, seq < 2 ? 0 : 1);
        assert_int_equal(memcmp(&keys, &state.keys, sizeof keys) == 0, seq >= 2);
    }
    assert_int_equal(
        store_branch_blocks(txn, &world.network, &ase.actor.id, 0, &branch, &count, &world.arena), STORE_OK);
    assert_int_equal(count, 4);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(branch[i].epoch, i >= 2);
    }
    store_end(txn);
}

static bool count_log(void *context, const struct log_state *state)
{
    struct actor_id *last = context;

    assert_true(memcmp(last, &state->author, sizeof *last) < 0);
    *last = state->author;
    return true;
}

static void logs_are_visited_in_order_of_their_actors(void **context)
{
    struct actor_id last = {0};
    struct store_txn *txn = world_write(&world);
    struct store_figures figures;

    (void)context;
    for (uint64_t seed = 10; seed < 30; seed++) {
        world_begin_log(&world, txn, &other, seed, NOON);
    }
    world_commit(txn);
    txn = world_read(&world);
    assert_int_equal(store_each_log(txn, NULL, count_log, &last), STORE_OK);
    assert_int_equal(store_figures(txn, &figures), STORE_OK);
    assert_int_equal(figures.logs, 21);
    assert_int_equal(figures.blocks, 21);
    store_end(txn);
}

static void an_unwound_log_can_be_replayed_to_the_same_state(void **context)
{
    const struct log_state wanted = (attest(0, 70, NOON), say(STATUS_REVOKED, 1, 5, 69), ase.state);
    struct bytes blocks[3];
    struct branch_block *branch;
    struct store_figures figures;
    struct store_txn *txn;
    size_t count;

    (void)context;
    txn = world_write(&world);
    for (uint64_t seq = 0; seq < 3; seq++) {
        assert_int_equal(store_block_bytes(txn, &ase.actor.id, seq, &blocks[seq], &world.arena), STORE_OK);
    }
    assert_int_equal(store_unwind_to(txn, &world.network, &ase.actor.id, 0, NOON + 50), STORE_OK);
    assert_int_equal(store_log_state(txn, &ase.actor.id, &ase.state), STORE_OK);
    assert_int_equal(ase.state.seq, 0);
    assert_int_equal(store_figures(txn, &figures), STORE_OK);
    assert_int_equal(figures.attestations, 0);
    assert_int_equal(
        store_branch_blocks(txn, &world.network, &ase.actor.id, 0, &branch, &count, &world.arena), STORE_OK);
    assert_int_equal(count, 3);
    assert_true(hash_equal(&branch[2].previous, &branch[1].hash));
    assert_int_equal(world_accept(&world, txn, &ase, blocks[1], NOON + 100), REASON_NONE);
    assert_int_equal(world_accept(&world, txn, &ase, blocks[2], NOON + 100), REASON_NONE);
    world_commit(txn);
    assert_memory_equal(&ase.state, &wanted, sizeof wanted);
    txn = world_read(&world);
    for (uint64_t seq = 0; seq < 3; seq++) {
        struct block_record record;
        uint64_t arrived_s;

        assert_int_equal(store_block_record(txn, &ase.actor.id, seq, &record, &arrived_s), STORE_OK);
        assert_int_equal(arrived_s, NOON);
    }
    assert_int_equal(store_figures(txn, &figures), STORE_OK);
    assert_int_equal(figures.attestations, 70);
    assert_int_equal(figures.blocks, 3);
    store_end(txn);
}

static void a_side_block_is_found_by_its_hash_and_can_be_dropped(void **context)
{
    struct subject subject = world_subject(9);
    struct attestation attestation = build_attestation(&ase.actor.id, "ase/A6", 40000, 41000);
    struct store_txn *txn = world_write(&world);
    struct log_state head = ase.state;
    struct branch_block *branch;
    struct bytes side, found;
    struct block block;
    struct draft draft;
    uint64_t blocks, size;
    size_t count;

    (void)context;
    world_draft(&world, &draft, CLASS_CONTENT);
    world_add(&draft, ENTRY_ATTESTATION, &attestation);
    side = world_sign(&world, txn, &ase, &draft, NOON);
    ase.state = head;
    world_attest(&world, txn, &ase, &subject, 1, "ase/A5", NOON);
    assert_int_equal(block_decode(&block, &world.network, side, &world.arena), REASON_NONE);
    assert_int_equal(store_put_side_block(txn, &world.network, &block, NOON), STORE_OK);
    assert_int_equal(store_put_side_block(txn, &world.network, &block, NOON + 1), STORE_OK);
    assert_int_equal(
        store_branch_blocks(txn, &world.network, &ase.actor.id, 1, &branch, &count, &world.arena), STORE_OK);
    assert_int_equal(count, 2);
    assert_true(hash_compare(&branch[0].hash, &branch[1].hash) < 0);
    assert_int_equal(store_block_by_hash(txn, &ase.actor.id, 1, &block.hash, &found, &world.arena), STORE_OK);
    assert_true(bytes_equal(found, side));
    assert_int_equal(store_log_size(txn, &ase.actor.id, &blocks, &size), STORE_OK);
    assert_int_equal(blocks, 3);
    world_commit(txn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_state_comes_back_as_it_was_applied, setup, teardown),
        cmocka_unit_test_setup_teardown(block_0_comes_back_byte_for_byte, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_of_a_dropped_transaction_is_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(an_entry_is_proven_before_and_after_a_status, setup, teardown),
        cmocka_unit_test_setup_teardown(every_shape_of_block_takes_a_status, setup, teardown),
        cmocka_unit_test_setup_teardown(a_long_log_grows_through_page_levels, setup, teardown),
        cmocka_unit_test_setup_teardown(a_void_marks_its_range_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(erased_bytes_are_gone_and_their_neighbours_still_proven, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(keys_are_those_of_the_last_block_that_set_them, setup, teardown),
        cmocka_unit_test_setup_teardown(a_rotation_opens_an_epoch_of_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(logs_are_visited_in_order_of_their_actors, setup, teardown),
        cmocka_unit_test_setup_teardown(an_unwound_log_can_be_replayed_to_the_same_state, setup, teardown),
        cmocka_unit_test_setup_teardown(a_side_block_is_found_by_its_hash_and_can_be_dropped, setup,
                                        teardown),
    };

    return cmocka_run_group_tests_name("store logs", tests, NULL, NULL);
}
