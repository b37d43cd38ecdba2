#include "node/intake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/log_builder.h"
#include "tests/support/store_world.h"

enum { NOW_S = 1800000000, SCRATCH_SIZE = MEMORY_LOG_SCRATCH_SIZE, BUILDER_SIZE = 4 * 1024 * 1024 };

/* A store that trusts one issuer, and that issuer's log of 20 content blocks, none of which the store has. */
struct fixture {
    struct store_world world;
    struct trust trust;
    struct ingest ingest;
    struct intake intake;
    struct built_actor issuer;
    struct log_builder builder;
    struct memory_log log;
    struct arena scratch;
    void *memory, *builder_memory;
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    if (fixture == NULL) {
        return -1;
    }
    *state = fixture;
    world_init(&fixture->world);
    fixture->memory = malloc(SCRATCH_SIZE);
    fixture->builder_memory = malloc(BUILDER_SIZE);
    if (fixture->memory == NULL || fixture->builder_memory == NULL || !intake_init(&fixture->intake)) {
        return -1;
    }
    arena_init(&fixture->scratch, fixture->memory, SCRATCH_SIZE);
    build_actor(&fixture->issuer, &fixture->world.network, 7, 1, 1);
    memory_log_init(&fixture->log, &fixture->world.network, &fixture->scratch);
    log_builder_init(&fixture->builder, fixture->builder_memory, BUILDER_SIZE);
    log_builder_inception(&fixture->builder, &fixture->log, &fixture->issuer);
    for (size_t i = 0; i < 20; i++) {
        (void)log_builder_content(&fixture->builder, &fixture->log, 2);
    }
    fixture->trust.owner_count = 1;
    (void)strcpy(fixture->trust.owners[0].name_space, "ase");
    fixture->trust.owners[0].actor = fixture->issuer.id;
    return ingest_init(&fixture->ingest, fixture->world.store, &fixture->world.network, &fixture->trust, NULL)
               ? 0
               : -1;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    ingest_deinit(&fixture->ingest);
    intake_deinit(&fixture->intake);
    memory_log_deinit(&fixture->log);
    world_deinit(&fixture->world);
    free(fixture->memory);
    free(fixture->builder_memory);
    free(fixture);
    return 0;
}

static void put(struct fixture *fixture, enum intake_kind kind, struct bytes bytes)
{
    const struct intake_item item = {
        .kind = kind, .source = INTAKE_FROM_PEER, .from = 1, .origin = INGEST_PEER, .bytes = bytes};

    assert_true(intake_has_room(&fixture->intake));
    intake_add(&fixture->intake, &item);
}

static void put_block(struct fixture *fixture, uint64_t seq)
{
    put(fixture, INTAKE_BLOCK, memory_log_block(&fixture->log, seq));
}

/* How many blocks of the issuer the store has. */
static uint64_t stored_count(struct fixture *fixture)
{
    struct store_txn *txn = world_read(&fixture->world);
    struct log_state state;
    enum store_error error = store_log_state(txn, &fixture->issuer.id, &state);

    store_end(txn);
    return error == STORE_OK ? state.seq + 1 : 0;
}

static void blocks_in_order_are_one_transaction(void **state)
{
    struct fixture *fixture = *state;

    for (uint64_t seq = 0; seq <= 20; seq++) {
        put_block(fixture, seq);
    }
    intake_apply(&fixture->intake, &fixture->ingest, NOW_S);
    for (size_t i = 0; i <= 20; i++) {
        assert_int_equal(fixture->intake.items[i].error, STORE_OK);
        assert_int_equal(fixture->intake.items[i].result.outcome, INGEST_EXTENDED);
        assert_int_equal(fixture->intake.items[i].result.seq, i);
    }
    assert_int_equal(stored_count(fixture), 21);
}

static void each_item_is_decided_on_its_own(void **state)
{
    struct fixture *fixture = *state;

    put_block(fixture, 0);
    put_block(fixture, 2);
    put(fixture, INTAKE_BLOCK, bytes_of("nonsense", 8));
    put_block(fixture, 1);
    put_block(fixture, 1);
    put_block(fixture, 2);
    put(fixture, INTAKE_CHECKPOINT, bytes_of("nonsense", 8));
    put(fixture, INTAKE_FORK_PROOF, bytes_of("", 0));
    intake_apply(&fixture->intake, &fixture->ingest, NOW_S);
    assert_int_equal(fixture->intake.items[0].result.outcome, INGEST_EXTENDED);
    assert_int_equal(fixture->intake.items[1].result.reason, REASON_ORPHAN);
    assert_int_equal(fixture->intake.items[2].result.outcome, INGEST_REFUSED);
    assert_true(hash_is_zero(&fixture->intake.items[2].result.hash));
    assert_int_equal(fixture->intake.items[3].result.outcome, INGEST_EXTENDED);
    assert_int_equal(fixture->intake.items[4].result.reason, REASON_KNOWN);
    assert_int_equal(fixture->intake.items[5].result.outcome, INGEST_EXTENDED);
    assert_int_not_equal(fixture->intake.items[6].reason, REASON_NONE);
    assert_int_not_equal(fixture->intake.items[7].reason, REASON_NONE);
    assert_int_equal(stored_count(fixture), 3);
}

static void a_nonce_is_used_once(void **state)
{
    struct fixture *fixture = *state;
    uint8_t nonce[40] = {1, 2, 3, [39] = 200};

    put(fixture, INTAKE_NONCE, bytes_of(nonce, sizeof nonce));
    put(fixture, INTAKE_NONCE, bytes_of(nonce, sizeof nonce));
    nonce[31] = 1;
    put(fixture, INTAKE_NONCE, bytes_of(nonce, sizeof nonce));
    put(fixture, INTAKE_NONCE, bytes_of(nonce, 39));
    intake_apply(&fixture->intake, &fixture->ingest, 100);
    assert_int_equal(fixture->intake.items[0].reason, REASON_NONE);
    assert_int_equal(fixture->intake.items[1].reason, REASON_REPLAYED);
    assert_int_equal(fixture->intake.items[2].reason, REASON_NONE);
    assert_int_equal(fixture->intake.items[3].reason, REASON_TRUNCATED);
}

static void the_intake_is_bounded(void **state)
{
    struct fixture *fixture = *state;
    static uint8_t large[FRAME_SIZE_MAX];
    size_t count = 0;

    for (; intake_has_room(&fixture->intake); count++) {
        put(fixture, INTAKE_HEADS, bytes_of(large, sizeof large));
    }
    assert_in_range(count, INTAKE_BYTES_MAX / FRAME_SIZE_MAX - 1, INTAKE_BYTES_MAX / FRAME_SIZE_MAX);
    intake_clear(&fixture->intake);
    for (count = 0; intake_has_room(&fixture->intake); count++) {
        put(fixture, INTAKE_WANT, bytes_of(large, 10));
    }
    assert_int_equal(count, INTAKE_ITEMS_MAX);
    intake_apply(&fixture->intake, &fixture->ingest, NOW_S);
    intake_clear(&fixture->intake);
    assert_true(intake_has_room(&fixture->intake));
}

/* What takes long is spread over several transactions: each item is decided once, in its order. */
static void what_takes_long_is_decided_in_turns(void **state)
{
    enum { WIDE = 6, ENTRIES = 3000 };
    struct fixture *fixture = *state;
    struct intake *intake = &fixture->intake;
    size_t turns = 0, decided = 0;

    for (size_t i = 0; i < WIDE; i++) {
        (void)log_builder_content(&fixture->builder, &fixture->log, ENTRIES);
    }
    for (uint64_t seq = 0; seq <= 20 + WIDE; seq++) {
        put_block(fixture, seq);
    }
    intake->turn_ms = 1;
    for (; intake_waits(intake); turns++) {
        intake_apply(intake, &fixture->ingest, NOW_S);
        assert_int_equal(intake->first, decided);
        assert_true(intake->end > decided);
        decided = intake->end;
        assert_int_equal(stored_count(fixture), decided);
    }
    assert_true(turns >= WIDE);
    for (size_t i = 0; i <= 20 + WIDE; i++) {
        assert_int_equal(intake->items[i].result.outcome, INGEST_EXTENDED);
    }
    /* What comes while others wait comes behind them. */
    put_block(fixture, 3);
    assert_true(intake_waits(intake));
    intake_apply(intake, &fixture->ingest, NOW_S);
    assert_int_equal(intake->items[intake->first].result.reason, REASON_KNOWN);
    assert_false(intake_waits(intake));
}

static void heads_and_wants_alone_need_no_transaction(void **state)
{
    struct fixture *fixture = *state;
    struct store_txn *txn = world_write(&fixture->world);

    /* The one writer is taken: applying would wait for ever. */
    put(fixture, INTAKE_HEADS, bytes_of("x", 1));
    put(fixture, INTAKE_WANT, bytes_of("y", 1));
    intake_apply(&fixture->intake, &fixture->ingest, NOW_S);
    store_end(txn);
    assert_int_equal(fixture->intake.count, 2);
}

/* ---- from peers ---- */

static void send_block(struct fixture *fixture, struct inbox *inbox, uint64_t seq)
{
    assert_true(inbox_put(inbox, INBOX_BULK, FRAME_BLOCK, memory_log_block(&fixture->log, seq)));
}

static void what_peers_sent_comes_behind_what_this_machine_added(void **state)
{
    struct fixture *fixture = *state;
    struct inboxes inboxes = {0};
    struct inbox *inbound = inbox_create(&inboxes, INBOX_STRANGER, 7),
                 *dialled = inbox_create(&inboxes, INBOX_DIALLED, 8);
    struct intake *intake = &fixture->intake;

    intake->inboxes = &inboxes;
    send_block(fixture, dialled, 2);
    assert_true(inbox_put(inbound, INBOX_BULK, FRAME_HEADS, bytes_of("heads", 5)));
    put_block(fixture, 0);
    put_block(fixture, 1);
    assert_true(intake_waits(intake));
    intake_apply(intake, &fixture->ingest, NOW_S);
    assert_false(intake_waits(intake));
    assert_int_equal(intake->count, 4);
    assert_int_equal(stored_count(fixture), 3);
    for (size_t i = 2; i < 4; i++) {
        const struct intake_item *item = &intake->items[i];
        const bool is_block = item->kind == INTAKE_BLOCK;

        assert_int_equal(item->source, INTAKE_FROM_PEER);
        assert_int_equal(item->from, is_block ? 8 : 7);
        assert_int_equal(item->origin, is_block ? INGEST_PEER : INGEST_INBOUND);
        assert_int_equal(item->kind, is_block ? INTAKE_BLOCK : INTAKE_HEADS);
        assert_int_equal(item->bytes.size, is_block ? memory_log_block(&fixture->log, 2).size : 5);
    }
    intake_clear(intake);
    intake->inboxes = NULL;
    inbox_destroy(inbound);
    inbox_destroy(dialled);
}

/* Twenty peers whose heads take a turn each to look at, and one block. */
static void no_turn_is_longer_for_many_peers(void **state)
{
    enum { MANY = 20 };
    static uint8_t heads[256 * 80];
    struct fixture *fixture = *state;
    struct inboxes inboxes = {0};
    struct inbox *floods[MANY], *honest = NULL;
    struct intake *intake = &fixture->intake;
    size_t turns = 0;

    intake->inboxes = &inboxes;
    intake->turn_ms = INTAKE_TURN_MS;
    for (uint32_t i = 0; i < MANY; i++) {
        floods[i] = inbox_create(&inboxes, INBOX_STRANGER, i);
        for (size_t j = 0; j < 20; j++) {
            assert_true(inbox_put(floods[i], INBOX_BULK, FRAME_HEADS, bytes_of(heads, sizeof heads)));
        }
    }
    honest = inbox_create(&inboxes, INBOX_STRANGER, MANY);
    send_block(fixture, honest, 0);
    for (; stored_count(fixture) == 0; turns++) {
        intake_apply(intake, &fixture->ingest, NOW_S);
        assert_in_range(intake->end - intake->first, 1, INTAKE_TURN_MS / 2 + 2);
        intake_clear(intake);
    }
    assert_in_range(turns, 1, MANY / (INTAKE_TURN_MS / 2) + 1);
    intake->inboxes = NULL;
    for (size_t i = 0; i < MANY; i++) {
        inbox_destroy(floods[i]);
    }
    inbox_destroy(honest);
}

static void deciding_costs_its_peer(void **state)
{
    struct fixture *fixture = *state;
    struct inboxes inboxes = {0};
    struct inbox *inbox = inbox_create(&inboxes, INBOX_STRANGER, 1);

    fixture->intake.inboxes = &inboxes;
    send_block(fixture, inbox, 0);
    intake_apply(&fixture->intake, &fixture->ingest, NOW_S);
    assert_true(inboxes.used_ns[INBOX_STRANGER] > 0);
    intake_clear(&fixture->intake);
    fixture->intake.inboxes = NULL;
    inbox_destroy(inbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(blocks_in_order_are_one_transaction, setup, teardown),
        cmocka_unit_test_setup_teardown(each_item_is_decided_on_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(a_nonce_is_used_once, setup, teardown),
        cmocka_unit_test_setup_teardown(the_intake_is_bounded, setup, teardown),
        cmocka_unit_test_setup_teardown(what_takes_long_is_decided_in_turns, setup, teardown),
        cmocka_unit_test_setup_teardown(heads_and_wants_alone_need_no_transaction, setup, teardown),
        cmocka_unit_test_setup_teardown(what_peers_sent_comes_behind_what_this_machine_added, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(no_turn_is_longer_for_many_peers, setup, teardown),
        cmocka_unit_test_setup_teardown(deciding_costs_its_peer, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
