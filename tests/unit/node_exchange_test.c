#include "tests/support/exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/node_bench.h"

/* Two nodes whose net processes are this test. Whatever they hold, what they say to each other must come to
 * an end. */

enum { BLOCKS_MAX = 64, BLOCK_BYTES_MAX = 64 * 1024 };

enum side { ALICE, BOB, CAROL, SIDE_COUNT };

static uint8_t block_memory[BLOCKS_MAX][BLOCK_BYTES_MAX];
static size_t block_count;

static const struct actor_id *owner(void)
{
    return &node->actors[OWNER].id;
}

/* ---- the two nodes ---- */

static int make(void **state)
{
    if (node_make(state) != 0) {
        return -1;
    }
    exchange_begin(&node->network, &node->trust, SIDE_COUNT, NODE_NOW_S);
    node_take_in_owner();
    block_count = 0;
    return 0;
}

static int drop(void **state)
{
    exchange_close();
    return node_drop(state);
}

static void give(enum side side, struct bytes encoded)
{
    exchange_give(side, encoded);
}

static void give_log(enum side side, uint64_t count)
{
    for (uint64_t seq = 0; seq < count; seq++) {
        give(side, memory_log_block(&node->logs[OWNER], seq));
    }
}

static void meet(void)
{
    exchange_meet(ALICE, BOB);
}

/* Sign the draft on top of log, which then has it. */
static struct bytes sign_on(struct memory_log *log)
{
    const size_t mark = arena_mark(&node->builder.arena);
    struct bytes encoded, kept;

    assert_true(block_count < BLOCKS_MAX);
    assert_int_equal(log_builder_sign(&encoded, &node->builder, log), REASON_NONE);
    assert_true(encoded.size <= BLOCK_BYTES_MAX);
    memcpy(block_memory[block_count], encoded.data, encoded.size);
    kept = bytes_of(block_memory[block_count++], encoded.size);
    arena_rewind(&node->builder.arena, mark);
    assert_int_equal(memory_log_accept(log, kept), REASON_NONE);
    return kept;
}

/* ---- what they hold ---- */

static struct hash head_of(enum side side)
{
    struct store_txn *txn = NULL;
    struct log_state state;

    assert_int_equal(store_read_begin(&txn, exchange.ends[side].store), STORE_OK);
    assert_int_equal(store_log_state(txn, owner(), &state), STORE_OK);
    store_end(txn);
    return state.head;
}

static void assert_heads_equal(void)
{
    struct hash alice = head_of(ALICE), bob = head_of(BOB);

    assert_memory_equal(&alice, &bob, sizeof alice);
}

static bool is_held(enum side side, struct bytes encoded)
{
    size_t mark = arena_mark(&node->builder.arena);
    struct store_txn *txn = NULL;
    struct block block;
    struct bytes held;
    enum store_error error;

    assert_int_equal(block_decode(&block, &node->network, encoded, &node->builder.arena), REASON_NONE);
    assert_int_equal(store_read_begin(&txn, exchange.ends[side].store), STORE_OK);
    error = store_block_by_hash(txn, &block.header.author, block.header.seq, &block.hash, &held,
                                &node->builder.arena);
    store_end(txn);
    arena_rewind(&node->builder.arena, mark);
    return error == STORE_OK;
}

/* Whether the node's chain ends with the block. */
static bool is_followed(enum side side, struct bytes encoded)
{
    size_t mark = arena_mark(&node->builder.arena);
    const struct hash head = head_of(side);
    struct block block;

    assert_int_equal(block_decode(&block, &node->network, encoded, &node->builder.arena), REASON_NONE);
    arena_rewind(&node->builder.arena, mark);
    return hash_equal(&block.hash, &head);
}

/* ---- cases ---- */

/* A node that held `dropped` blocks above the fork, when a rotation came that stands on `kept` other ones. */
static void rotate_behind(size_t dropped, size_t kept)
{
    static struct memory_log left, chain;

    give_log(ALICE, 3);
    memory_log_copy(&left, &node->logs[OWNER]);
    memory_log_copy(&chain, &node->logs[OWNER]);
    for (size_t i = 0; i < dropped; i++) {
        say_content(NAMED, 1);
        give(ALICE, sign_on(&left));
    }
    for (size_t i = 0; i < kept; i++) {
        say_content(NAMED, 2);
        give(ALICE, sign_on(&chain));
    }
    struct dice dice = {.state = 7};
    log_random_rotation(&node->builder, &chain, &dice);
    give(ALICE, sign_on(&chain));
    memory_log_deinit(&left);
    memory_log_deinit(&chain);
}

static void a_fresh_node_and_one_that_dropped_blocks_come_to_rest(void **state)
{
    static const struct {
        size_t dropped, kept;
    } rows[] = {{1, 0}, {2, 0}, {2, 1}, {3, 1}, {4, 2}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(make(state), 0);
        rotate_behind(rows[i].dropped, rows[i].kept);
        meet();
        assert_heads_equal();
        /* What was dropped nobody takes who knows the rotation. */
        assert_int_equal(exchange.blocks, 3 + rows[i].kept + 1);
        assert_int_equal(drop(state), 0);
    }
}

/* A thief filled the room that the other node has for branches. */
static void a_branch_that_finds_no_room_comes_to_rest(void **state)
{
    static struct memory_log branches[2];
    const struct epoch_sides full = {
        .bytes = 8 * 1024 * 1024, .branches = 64, .reserve_bytes = 2 * 1024 * 1024, .reserve_branches = 16};
    struct store_txn *txn = NULL;
    struct bytes blocks[2][2];
    bool followed = false; /* which of them */

    (void)state;
    give_log(ALICE, 3);
    give_log(BOB, 3);
    for (size_t i = 0; i < 2; i++) {
        memory_log_copy(&branches[i], &node->logs[OWNER]);
        for (size_t j = 0; j < 2; j++) {
            say_content(NAMED, 1 + i);
            blocks[i][j] = sign_on(&branches[i]);
            give(ALICE, blocks[i][j]);
        }
        memory_log_deinit(&branches[i]);
    }
    followed = is_followed(ALICE, blocks[1][1]);
    give(BOB, blocks[followed][0]);
    give(BOB, blocks[followed][1]);
    assert_int_equal(store_write_begin(&txn, exchange.ends[BOB].store), STORE_OK);
    assert_int_equal(store_set_epoch_sides(txn, owner(), 0, &full), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    meet();
    assert_heads_equal();
    assert_true(is_held(ALICE, blocks[!followed][1]));
    assert_false(is_held(BOB, blocks[!followed][0]));
    assert_int_equal(exchange.blocks, 2);
}

/* The first blocks of three branches, by their hashes. */
static void sign_firsts(struct memory_log logs[3], struct bytes blocks[3])
{
    for (size_t i = 0; i < 3; i++) {
        struct memory_log log;
        size_t at = i;

        memory_log_copy(&log, &node->logs[OWNER]);
        say_content(NAMED, 1);
        const struct bytes encoded = sign_on(&log);
        while (at > 0 && hash_compare(&log.state.head, &logs[at - 1].state.head) < 0) {
            logs[at] = logs[at - 1];
            blocks[at] = blocks[at - 1];
            at--;
        }
        logs[at] = log;
        blocks[at] = encoded;
    }
}

/* The same where it has no room for the other's chain either, and is sent that each time it asks. */
static void a_chain_that_finds_no_room_comes_to_rest(void **state)
{
    static struct memory_log logs[3];
    const struct epoch_sides full = {
        .bytes = 8 * 1024 * 1024, .branches = 64, .reserve_bytes = 2 * 1024 * 1024, .reserve_branches = 16};
    struct store_txn *txn = NULL;
    struct bytes firsts[3];

    (void)state;
    give_log(ALICE, 3);
    give_log(BOB, 3);
    sign_firsts(logs, firsts);
    give(ALICE, firsts[0]);
    give(ALICE, firsts[1]);
    say_content(NAMED, 1);
    give(ALICE, sign_on(&logs[1]));
    give(BOB, firsts[2]);
    assert_int_equal(store_write_begin(&txn, exchange.ends[BOB].store), STORE_OK);
    assert_int_equal(store_set_epoch_sides(txn, owner(), 0, &full), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    meet();
    assert_true(is_followed(ALICE, firsts[0]));
    assert_true(is_followed(BOB, firsts[2]));
    assert_true(exchange.messages < 40);
    for (size_t i = 0; i < 3; i++) {
        memory_log_deinit(&logs[i]);
    }
}

/* Both come to know both branches, whichever they follow, and say nothing more then. */
static void what_stands_beside_the_chain_goes_over_once(void **state)
{
    static struct memory_log branches[2];
    struct bytes blocks[2][3];

    (void)state;
    give_log(ALICE, 3);
    give_log(BOB, 3);
    for (size_t i = 0; i < 2; i++) {
        memory_log_copy(&branches[i], &node->logs[OWNER]);
        for (size_t j = 0; j < 3; j++) {
            say_content(NAMED, 1 + i);
            blocks[i][j] = sign_on(&branches[i]);
            give(i == 0 ? ALICE : BOB, blocks[i][j]);
        }
        memory_log_deinit(&branches[i]);
    }
    meet();
    assert_heads_equal();
    for (size_t j = 0; j < 3; j++) {
        assert_true(is_held(ALICE, blocks[1][j]));
        assert_true(is_held(BOB, blocks[0][j]));
    }
    assert_true(exchange.blocks <= 12);
}

/* The cut of the owner's withdrawal names the last of many large blocks, which the delegate drops. */
static void give_long_branch(struct bytes *dropped, size_t count, size_t entries)
{
    static struct memory_log left, chain;
    struct withdrawal withdrawal = {.delegate = node->actors[DELEGATE].id, .has_cut = true};
    struct dice dice = {.state = 7};

    memory_log_copy(&left, &node->logs[DELEGATE]);
    memory_log_copy(&chain, &node->logs[DELEGATE]);
    give_log(ALICE, 3);
    give(ALICE, memory_log_block(&node->logs[DELEGATE], 0));
    for (size_t i = 0; i < count; i++) {
        say_content(NAMED, entries);
        dropped[i] = sign_on(&left);
        give(ALICE, dropped[i]);
    }
    withdrawal.cut_seq = left.state.seq;
    withdrawal.cut_head = left.state.head;
    log_builder_begin(&node->builder, CLASS_GOVERN);
    log_builder_add(&node->builder, ENTRY_WITHDRAWAL, &withdrawal);
    give(ALICE, sign_on(&node->logs[OWNER]));
    log_random_rotation(&node->builder, &chain, &dice);
    give(ALICE, sign_on(&chain));
    memory_log_deinit(&left);
    memory_log_deinit(&chain);
}

/* Each goes once. */
static void what_a_cut_keeps_comes_in_several_answers_where_it_is_long(void **state)
{
    enum { DROPPED = 20, ENTRIES = 400 };
    struct bytes dropped[DROPPED];

    (void)state;
    give_long_branch(dropped, DROPPED, ENTRIES);
    assert_true(DROPPED * dropped[0].size > SYNC_BATCH_SMALL_BYTES_MAX);
    meet();
    exchange_pass(2 * SYNC_HEADS_INTERVAL_MS); /* the withdrawal may come last */
    for (size_t i = 0; i < DROPPED; i++) {
        assert_true(is_held(BOB, dropped[i]));
    }
    assert_int_equal(exchange.cut_wants, 2);
    assert_int_equal(exchange.blocks, 4 + 2 + DROPPED);
}

/* There is room for the first half: the other half goes once to show itself, from the last one down, and once
 * to be held. */
static void a_branch_that_is_larger_than_the_room_comes_whole(void **state)
{
    enum { DROPPED = 20, ENTRIES = 400 };
    struct bytes dropped[DROPPED];
    struct epoch_sides sides = {.bytes = 8 * 1024 * 1024};
    struct store_txn *txn = NULL;

    (void)state;
    give_long_branch(dropped, DROPPED, ENTRIES);
    give(BOB, memory_log_block(&node->logs[OWNER], 0));
    give(BOB, memory_log_block(&node->logs[OWNER], 1));
    give(BOB, memory_log_block(&node->logs[DELEGATE], 0));
    sides.bytes -= DROPPED / 2 * dropped[0].size + dropped[0].size / 2;
    assert_int_equal(store_write_begin(&txn, exchange.ends[BOB].store), STORE_OK);
    assert_int_equal(store_set_epoch_sides(txn, &node->actors[DELEGATE].id, 0, &sides), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    meet();
    exchange_pass(3 * SYNC_HEADS_INTERVAL_MS);
    for (size_t i = 0; i < DROPPED; i++) {
        assert_true(is_held(BOB, dropped[i]));
    }
    assert_true(exchange.blocks < 2 + 1 + 2 * DROPPED + DROPPED / 2);
}

/* ---- what relays blanked ---- */

enum { BLANKED_MAX = 4, BLANKED_ENTRIES = 2 };

/* A copy of a block as a relay may pass it on: without the bytes of the entries first to last. */
static struct bytes blank(struct bytes encoded, uint64_t first, uint64_t last)
{
    const size_t mark = arena_mark(&node->builder.arena);
    struct writer writer;
    struct block block;
    struct bytes copy;

    assert_true(block_count < BLOCKS_MAX);
    assert_int_equal(block_decode(&block, &node->network, encoded, &node->builder.arena), REASON_NONE);
    writer_init(&writer, block_memory[block_count++], BLOCK_BYTES_MAX);
    assert_true(block_erase(&writer, &node->network, &block, &(struct index_range){first, last}, 1));
    assert_true(writer_end(&writer, &copy));
    arena_rewind(&node->builder.arena, mark);
    return copy;
}

static bool has_gaps(enum side end)
{
    struct store_txn *txn = NULL;
    bool gaps = true;

    assert_int_equal(store_read_begin(&txn, exchange.ends[end].store), STORE_OK);
    assert_int_equal(relay_has_gaps(txn, owner(), &gaps), STORE_OK);
    store_end(txn);
    return gaps;
}

/* Which entries of the blocks a node lacks, as letters: a, b: one of them; x: both. */
static void give_lacking(enum side end, const char *lacks, struct bytes blocks[BLANKED_MAX])
{
    for (size_t i = 0; lacks[i] != '\0'; i++) {
        const uint64_t first = lacks[i] == 'b', last = lacks[i] != 'a';

        give(end, lacks[i] == '-' ? blocks[i] : blank(blocks[i], first, last));
    }
}

/* Nodes that lack entries of blocks meet, each the one after it; ring: and the last one the first. */
struct blanked {
    const char *sentence;
    const char *lacks[SIDE_COUNT];
    bool ring;
    bool gaps[SIDE_COUNT]; /* left when nothing moves */
};

static const struct blanked blanked_rows[] = {
    {"What one lacks the other has.", {"-x", "--"}, false, {false, false}},
    {"What each lacks the other has.", {"x-", "-x"}, false, {false, false}},
    {"… also of one block.", {"a", "b"}, false, {false, false}},
    {"… and what both lack stays lacking.", {"x-x", "-xx"}, false, {true, true}},
    {"Of three in a ring each lacks two blocks.", {"xx-", "-xx", "x-x"}, true, {false, false, false}},
    {"… also in a line.", {"xx-", "-xx", "x-x"}, false, {false, false, false}},
    {"… also where the one between has neither.", {"x--", "x-x", "--x"}, false, {false, false, false}},
};

static void sign_blanked(struct bytes blocks[BLANKED_MAX], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        say_content(NAMED, BLANKED_ENTRIES);
        blocks[i] = sign_on(&node->logs[OWNER]);
    }
}

static void begin_blanked(const struct blanked *row)
{
    struct bytes blocks[BLANKED_MAX];

    sign_blanked(blocks, strlen(row->lacks[0]));
    for (enum side end = ALICE; end < SIDE_COUNT && row->lacks[end] != NULL; end++) {
        for (uint64_t seq = 0; seq < 3; seq++) {
            give(end, memory_log_block(&node->logs[OWNER], seq));
        }
        give_lacking(end, row->lacks[end], blocks);
    }
}

static void nodes_that_lack_different_entries_have_all_together(void **state)
{
    for (size_t i = 0; i < sizeof blanked_rows / sizeof *blanked_rows; i++) {
        const struct blanked *row = &blanked_rows[i];

        assert_int_equal(make(state), 0);
        begin_blanked(row);
        for (enum side end = BOB; end < SIDE_COUNT && row->lacks[end] != NULL; end++) {
            exchange_meet(end - 1, end);
        }
        if (row->ring) {
            exchange_meet(SIDE_COUNT - 1, 0);
        }
        for (enum side end = ALICE; end < SIDE_COUNT && row->lacks[end] != NULL; end++) {
            if (has_gaps(end) != row->gaps[end]) {
                fail_msg("%s: node %d", row->sentence, (int)end);
            }
        }
        assert_int_equal(drop(state), 0);
    }
}

/* Half a minute later, then a minute, and so on. */
static void what_two_lack_is_asked_for_ever_more_seldom(void **state)
{
    const struct blanked row = {.lacks = {"xx", "xx"}};
    size_t blocks = 0;

    (void)state;
    begin_blanked(&row);
    meet();
    blocks = exchange.blocks;
    assert_in_range(blocks, 1, 2 * 2);
    exchange_pass(20 * SYNC_HEADS_INTERVAL_MS);
    assert_in_range(exchange.blocks, blocks + 1, blocks + 2 * 2 * 5);
    assert_true(has_gaps(ALICE) && has_gaps(BOB));
}

static bool is_whole(enum side end, struct bytes encoded)
{
    const size_t mark = arena_mark(&node->builder.arena);
    struct store_txn *txn = NULL;
    struct block block;
    struct bytes held;

    assert_int_equal(block_decode(&block, &node->network, encoded, &node->builder.arena), REASON_NONE);
    assert_int_equal(store_read_begin(&txn, exchange.ends[end].store), STORE_OK);
    assert_int_equal(
        store_block_by_hash(txn, owner(), block.header.seq, &block.hash, &held, &node->builder.arena),
        STORE_OK);
    store_end(txn);
    arena_rewind(&node->builder.arena, mark);
    return held.size == encoded.size;
}

/* No head says so: the one that it came to lacks another one still. */
static void what_comes_to_one_goes_on_to_who_lacked_it_too(void **state)
{
    const struct blanked row = {.lacks = {"xx", "xx", "-x"}};
    const uint64_t seq = node->logs[OWNER].state.seq + 1;

    (void)state;
    begin_blanked(&row);
    exchange_meet(ALICE, BOB);
    assert_false(is_whole(ALICE, memory_log_block(&node->logs[OWNER], seq)));
    exchange_meet(BOB, CAROL);
    assert_true(is_whole(ALICE, memory_log_block(&node->logs[OWNER], seq)));
    assert_false(is_whole(ALICE, memory_log_block(&node->logs[OWNER], seq + 1)));
}

#define WITH_ENDS(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fresh_node_and_one_that_dropped_blocks_come_to_rest),
        WITH_ENDS(a_branch_that_finds_no_room_comes_to_rest),
        WITH_ENDS(a_chain_that_finds_no_room_comes_to_rest),
        WITH_ENDS(what_stands_beside_the_chain_goes_over_once),
        WITH_ENDS(what_a_cut_keeps_comes_in_several_answers_where_it_is_long),
        WITH_ENDS(a_branch_that_is_larger_than_the_room_comes_whole),
        cmocka_unit_test(nodes_that_lack_different_entries_have_all_together),
        WITH_ENDS(what_two_lack_is_asked_for_ever_more_seldom),
        WITH_ENDS(what_comes_to_one_goes_on_to_who_lacked_it_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
