#include "node/relay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/node_bench.h"

/* Two nodes with stores, relays and sync cores of their own, whose net processes are this test: what one
 * sends the other receives, until nothing moves. Whatever they hold, that must come to an end. */

enum {
    NOW_MS = 5000,
    MESSAGES_MAX = 400,
    BLOCKS_MAX = 64,
    BLOCK_BYTES_MAX = 4096,
    RECORD_MEMORY_SIZE = 1024 * 1024,
};

enum side { ALICE, BOB, SIDE_COUNT };

struct end {
    struct store *store;
    struct ingest ingest;
    struct relay relay;
    struct sync *sync;
    struct peers peers;
    struct node_keys keys;
    struct daemon_options options;
    struct supervised processes[NET_ROLE_COUNT];
    struct netlink wire; /* the other end of what its net process holds */
    struct peer *peer;
    char folder[64];
};

static struct end ends[SIDE_COUNT];
static struct sync_actions actions;
static uint8_t record_memory[RECORD_MEMORY_SIZE];
static size_t messages; /* that went, hellos apart */
static size_t blocks_sent;

static uint8_t block_memory[BLOCKS_MAX][BLOCK_BYTES_MAX];
static size_t block_count;

static const struct actor_id *owner(void)
{
    return &node->actors[OWNER].id;
}

/* ---- the two nodes ---- */

static bool link_net(struct end *end)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) != 0) {
        return false;
    }
    end->processes[NET_LISTEN].role = NET_LISTEN;
    end->processes[NET_LISTEN].pid = 1;
    return netlink_init(&end->processes[NET_LISTEN].link, pair[0]) && netlink_init(&end->wire, pair[1]);
}

static bool open_end(struct end *end)
{
    memset(end, 0, sizeof *end);
    snprintf(end->folder, sizeof end->folder, "/tmp/tradeproof-exchange-XXXXXX");
    const struct store_options options = {.folder = mkdtemp(end->folder), .network_tag = "test"};

    if (options.folder == NULL || store_open(&end->store, &options) != STORE_OK || !link_net(end)) {
        return false;
    }
    end->sync = malloc(sync_size());
    if (end->sync == NULL) {
        return false;
    }
    sync_init(end->sync, 1, SYNC_HEADS_INTERVAL_MS);
    node_keys_create(&end->keys, &node->network);
    return ingest_init(&end->ingest, end->store, &node->network, &node->trust, NULL) &&
           peers_init(&end->peers, &node->network, &end->keys, &end->options, end->processes) &&
           relay_init(&end->relay, &end->ingest, &end->peers);
}

static void close_end(struct end *end)
{
    static const char *const names[] = {"data.mdb", "lock.mdb"};
    char path[128];

    relay_deinit(&end->relay);
    peers_deinit(&end->peers);
    ingest_deinit(&end->ingest);
    free(end->sync);
    netlink_deinit(&end->processes[NET_LISTEN].link);
    netlink_deinit(&end->wire);
    store_close(end->store);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", end->folder, names[i]);
        unlink(path);
    }
    rmdir(end->folder);
}

static int make(void **state)
{
    if (node_make(state) != 0 || !open_end(&ends[ALICE]) || !open_end(&ends[BOB])) {
        return -1;
    }
    node_take_in_owner();
    messages = blocks_sent = block_count = 0;
    return 0;
}

static int drop(void **state)
{
    close_end(&ends[ALICE]);
    close_end(&ends[BOB]);
    return node_drop(state);
}

static enum reason take_in(struct end *end, struct bytes encoded, struct ingest_result *result)
{
    struct store_txn *txn = NULL;

    assert_int_equal(store_write_begin(&txn, end->store), STORE_OK);
    ingest_block(&end->ingest, txn, INGEST_PEER, encoded, NODE_NOW_S, result);
    assert_int_not_equal(result->outcome, INGEST_FAILED);
    assert_int_equal(store_commit(txn), STORE_OK);
    return result->outcome == INGEST_REFUSED ? result->reason : REASON_NONE;
}

static void give(enum side side, struct bytes encoded)
{
    struct ingest_result result;

    assert_int_equal(take_in(&ends[side], encoded, &result), REASON_NONE);
}

static void give_log(enum side side, uint64_t count)
{
    for (uint64_t seq = 0; seq < count; seq++) {
        give(side, memory_log_block(&node->logs[OWNER], seq));
    }
}

/* Sign the draft on top of log, which then has it. */
static struct bytes sign_on(struct memory_log *log)
{
    struct bytes encoded, kept;

    assert_true(block_count < BLOCKS_MAX);
    assert_int_equal(log_builder_sign(&encoded, &node->builder, log), REASON_NONE);
    assert_true(encoded.size <= BLOCK_BYTES_MAX);
    memcpy(block_memory[block_count], encoded.data, encoded.size);
    kept = bytes_of(block_memory[block_count++], encoded.size);
    assert_int_equal(memory_log_accept(log, kept), REASON_NONE);
    return kept;
}

/* ---- messages ---- */

static void step(struct end *end, const struct sync_event *event, const struct want *want)
{
    sync_step(end->sync, event, NOW_MS, &actions);
    assert_int_equal(relay_perform(&end->relay, &actions, want, NOW_MS), STORE_OK);
}

static void on_head(struct end *end, const struct head *head)
{
    struct sync_event event = {.kind = SYNC_PEER_HEAD, .peer = end->peer->id, .head = *head};
    struct store_txn *txn = NULL;

    assert_int_equal(store_read_begin(&txn, end->store), STORE_OK);
    assert_int_equal(relay_compare(&end->relay, txn, head, false, &event.ours, &event.ours_next), STORE_OK);
    assert_int_equal(relay_has_gaps(txn, &head->author, &event.ours_gaps), STORE_OK);
    store_end(txn);
    step(end, &event, NULL);
}

static void on_block(struct end *end, struct bytes encoded)
{
    struct ingest_result result;
    struct sync_event event = {.peer = end->peer->id};
    enum reason reason = take_in(end, encoded, &result);

    blocks_sent++;
    event.head =
        (struct head){.author = result.author, .epoch = result.epoch, .seq = result.seq, .hash = result.hash};
    if (reason == REASON_NONE && (result.outcome != INGEST_ASIDE || result.speaks)) {
        event.kind = SYNC_BLOCK_NEW;
        step(end, &event, NULL);
    }
    if (reason == REASON_NONE || reason == REASON_KNOWN) {
        event.kind = SYNC_BLOCK_IN;
        step(end, &event, NULL);
    } else if (reason == REASON_ORPHAN) {
        event.kind = SYNC_BLOCK_ORPHAN;
        step(end, &event, NULL);
    }
}

static void on_proof(struct end *end, struct bytes encoded)
{
    struct sync_event event = {.kind = SYNC_EVIDENCE_NEW, .peer = end->peer->id, .fork_proof = true};
    struct store_txn *txn = NULL;
    enum store_error error = STORE_OK;
    enum reason reason = REASON_NONE;

    assert_int_equal(store_write_begin(&txn, end->store), STORE_OK);
    reason = ingest_fork_proof(&end->ingest, txn, encoded, NODE_NOW_S, &event.author, &error);
    assert_int_equal(error, STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    if (reason == REASON_NONE) {
        step(end, &event, NULL);
    }
}

static void on_message(struct end *end, struct bytes payload)
{
    struct sync_event event = {.kind = SYNC_PEER_WANT, .peer = end->peer->id};
    struct frame frame;
    struct arena arena;
    struct heads heads;
    struct want want;
    const struct head *items = NULL;

    arena_init(&arena, record_memory, sizeof record_memory);
    assert_int_equal(frame_decode(&frame, &node->network, payload), REASON_NONE);
    messages += frame.kind != FRAME_HELLO;
    switch (frame.kind) {
    case FRAME_HEADS:
        assert_int_equal(schema_decode(&heads_schema, &heads, frame.payload, &arena), REASON_NONE);
        items = heads.heads.items;
        for (size_t i = 0; i < heads.heads.count; i++) {
            on_head(end, &items[i]);
        }
        break;
    case FRAME_WANT:
        assert_int_equal(schema_decode(&want_schema, &want, frame.payload, &arena), REASON_NONE);
        event.author = want.author;
        step(end, &event, &want);
        break;
    case FRAME_BLOCK:
        on_block(end, frame.payload);
        break;
    case FRAME_FORK_PROOF:
        on_proof(end, frame.payload);
        break;
    case FRAME_HELLO:
    case FRAME_CHECKPOINT:
    case FRAME_INTRODUCTION:
    case FRAME_INTRODUCTION_WANT:
        break;
    }
}

/* Carry what from has sent. Returns: whether there was anything. */
static bool carry(struct end *from, struct end *to)
{
    struct netlink_message message;
    bool carried = false;

    assert_int_equal(netlink_flush(&from->processes[NET_LISTEN].link), NETLINK_MESSAGE);
    (void)netlink_fill(&from->wire);
    while (messages < MESSAGES_MAX && netlink_next(&from->wire, &message) == NETLINK_MESSAGE) {
        on_message(to, message.payload);
        carried = true;
    }
    return carried;
}

/* Until nothing moves. */
static void settle(void)
{
    bool moved = true;

    while (moved && messages < MESSAGES_MAX) {
        moved = carry(&ends[ALICE], &ends[BOB]);
        moved |= carry(&ends[BOB], &ends[ALICE]);
    }
    assert_true(messages < MESSAGES_MAX);
}

static void meet(void)
{
    for (enum side side = ALICE; side <= BOB; side++) {
        struct end *end = &ends[side];

        end->peer = peers_add(&end->peers, NET_LISTEN, 1, &ends[1 - side].keys.transport, NOW_MS);
        assert_non_null(end->peer);
        step(end, &(struct sync_event){.kind = SYNC_PEER_UP, .peer = end->peer->id}, NULL);
    }
    settle();
}

/* ---- what they hold ---- */

static struct hash head_of(enum side side)
{
    struct store_txn *txn = NULL;
    struct log_state state;

    assert_int_equal(store_read_begin(&txn, ends[side].store), STORE_OK);
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
    assert_int_equal(store_read_begin(&txn, ends[side].store), STORE_OK);
    error = store_block_by_hash(txn, owner(), block.header.seq, &block.hash, &held, &node->builder.arena);
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
        assert_int_equal(blocks_sent, 3 + rows[i].kept + 1);
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
    assert_int_equal(store_write_begin(&txn, ends[BOB].store), STORE_OK);
    assert_int_equal(store_set_epoch_sides(txn, owner(), 0, &full), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    meet();
    assert_heads_equal();
    assert_true(is_held(ALICE, blocks[!followed][1]));
    assert_false(is_held(BOB, blocks[!followed][0]));
    assert_int_equal(blocks_sent, 2);
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
    assert_int_equal(store_write_begin(&txn, ends[BOB].store), STORE_OK);
    assert_int_equal(store_set_epoch_sides(txn, owner(), 0, &full), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    meet();
    assert_true(is_followed(ALICE, firsts[0]));
    assert_true(is_followed(BOB, firsts[2]));
    assert_true(messages < 40);
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
    assert_true(blocks_sent <= 12);
}

#define WITH_ENDS(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fresh_node_and_one_that_dropped_blocks_come_to_rest),
        WITH_ENDS(a_branch_that_finds_no_room_comes_to_rest),
        WITH_ENDS(a_chain_that_finds_no_room_comes_to_rest),
        WITH_ENDS(what_stands_beside_the_chain_goes_over_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
