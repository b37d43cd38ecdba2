#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/layout.h"
#include "store/tables.h"
#include "tests/support/log_random.h"
#include "tests/support/store_world.h"

/* Un-applying blocks leaves what is derived byte for byte as it was when the block below was the head. Logs
 * are drawn at random: content of more than a page, statuses, erasures, voids, accreditations, changes of
 * keys; nothing of the undo records' make is known here. */

enum {
    SEEDS = 40,
    BLOCKS_MAX = 48,
    BLOCKS_MIN = 8,
    LONG_LOG = 140, /* three pages of the state tree's lowest level, and a level above */
    ARENA_SIZE = 64 * 1024 * 1024,
    NOON = 1000000,
};

static const enum table derived[] = {TABLE_AUTHORS,    TABLE_RECORDS,     TABLE_KEYS, TABLE_STANDINGS,
                                     TABLE_LIVE_PAGES, TABLE_STATE_PAGES, TABLE_UNDO};
/* What an erasure drops for good, with the bytes. */
static const enum table of_content[] = {TABLE_GRANTS, TABLE_OWN};
enum { DERIVED = sizeof derived / sizeof derived[0], OF_CONTENT = sizeof of_content / sizeof of_content[0] };

struct snapshot {
    struct hash tables[DERIVED + OF_CONTENT];
};

struct bench {
    struct store_world world;
    struct built_actor actor;
    struct log_builder builder;
    struct memory_log log;
    struct arena scratch;
    struct log_state state; /* of the store's chain */
    struct store_txn *txn;  /* open while a log is tried */
    size_t count;
    struct bytes blocks[LONG_LOG];
    struct snapshot snapshots[LONG_LOG]; /* with block i as the head */
    bool erased;
    uint8_t arena_memory[ARENA_SIZE];
    uint8_t *scratch_memory;
};

static struct bench *bench;

/* ---- snapshots ---- */

/* What is held stays held, and so does what blocks that are held say to erase. */
static void add_row(struct hash_stream *stream, enum table table, struct bytes value)
{
    struct disk_author author;
    struct disk_record record;

    if (table == TABLE_AUTHORS) {
        memcpy(&author, value.data, sizeof author);
        author.bytes = author.blocks = author.gap_blocks = 0;
        author.erases = author.upgrade_seen = author.has_rhythm = author.beside = 0;
        author.erase_day = author.erase_count = 0;
        hash_stream_add(stream, &author, sizeof author);
    } else if (table == TABLE_RECORDS) {
        memcpy(&record, value.data, sizeof record);
        record.flags &= (uint8_t)~RECORD_HAS_ERASERS;
        hash_stream_add(stream, &record, sizeof record);
    } else if (table != TABLE_UNDO) { /* where records have that flag before, it is noted */
        hash_stream_add(stream, value.data, value.size);
    }
}

static struct hash digest(struct store_txn *txn, enum table table)
{
    static const struct hash_domain domain = {.label = "test.snapshot"};
    struct key first = {0};
    struct hash_stream stream;
    struct hash out;
    struct walk walk;
    enum store_error error;

    hash_stream_init(&stream, &domain);
    assert_int_equal(walk_open(&walk, txn, table), STORE_OK);
    key_add_number(&first, 0, 1);
    for (error = walk_seek(&walk, &first); error == STORE_OK; error = walk_next(&walk)) {
        hash_stream_add(&stream, walk.key.data, walk.key.size);
        add_row(&stream, table, walk.value);
    }
    walk_close(&walk);
    hash_stream_end(&stream, &out);
    return out;
}

static void take_snapshot(struct store_txn *txn, struct snapshot *out)
{
    for (size_t i = 0; i < DERIVED; i++) {
        out->tables[i] = digest(txn, derived[i]);
    }
    for (size_t i = 0; i < OF_CONTENT; i++) {
        out->tables[DERIVED + i] = digest(txn, of_content[i]);
    }
}

static void assert_snapshot(struct store_txn *txn, uint64_t seed, size_t head)
{
    struct snapshot found;
    size_t compared = bench->erased ? DERIVED : DERIVED + OF_CONTENT;

    take_snapshot(txn, &found);
    for (size_t i = 0; i < compared; i++) {
        if (!hash_equal(&found.tables[i], &bench->snapshots[head].tables[i])) {
            fail_msg("seed %llu, back to block %zu: table %zu differs", (unsigned long long)seed, head, i);
        }
    }
}

/* ---- a log ---- */

static void draw_log(uint64_t seed, size_t count)
{
    struct dice dice = {.state = seed};

    log_builder_init(&bench->builder, bench->arena_memory, sizeof bench->arena_memory);
    memory_log_init(&bench->log, &bench->world.network, &bench->scratch);
    build_actor(&bench->actor, &bench->world.network, seed, 1, 1);
    log_builder_inception(&bench->builder, &bench->log, &bench->actor);
    bench->blocks[0] = memory_log_block(&bench->log, 0);
    for (bench->count = 1; bench->count < count;) {
        uint64_t roll = dice_roll(&dice, 100);
        size_t mark = arena_mark(&bench->builder.arena);

        if (roll < 6) {
            log_random_rotation(&bench->builder, &bench->log, &dice);
        } else {
            log_random_draft(&bench->builder, &bench->log, &dice);
        }
        if (log_builder_sign(&bench->blocks[bench->count], &bench->builder, &bench->log) != REASON_NONE ||
            memory_log_accept(&bench->log, bench->blocks[bench->count]) != REASON_NONE) {
            arena_rewind(&bench->builder.arena, mark);
        } else {
            bench->count++;
        }
    }
}

static void apply(struct store_txn *txn, size_t seq, uint64_t now_s)
{
    struct arena *arena = &bench->world.arena;
    size_t mark = arena_mark(arena);
    struct block block;
    struct log_reach reach;
    struct log_past past;
    struct log_change change;
    const struct log_state *state = seq > 0 ? &bench->state : NULL;

    assert_int_equal(block_decode(&block, &bench->world.network, bench->blocks[seq], arena), REASON_NONE);
    assert_int_equal(log_reach_of(&reach, &block, arena), REASON_NONE);
    assert_int_equal(store_gather_past(txn, &bench->world.network, state, &reach, &past, arena), STORE_OK);
    if (state == NULL) {
        assert_int_equal(log_begin(&change, &bench->world.network, &block, &past, arena), REASON_NONE);
    } else {
        assert_int_equal(log_accept(&change, state, &bench->world.network, &block, &past, arena),
                         REASON_NONE);
    }
    bench->erased |= change.erased_count > 0;
    assert_int_equal(store_apply(txn, &bench->world.network, &block, &change, &past, now_s), STORE_OK);
    bench->state = change.state;
    arena_rewind(arena, mark);
}

static void assert_state(struct store_txn *txn, size_t head)
{
    struct block block;
    size_t mark = arena_mark(&bench->world.arena);

    assert_int_equal(store_log_state(txn, &bench->actor.id, &bench->state), STORE_OK);
    assert_int_equal(bench->state.seq, head);
    assert_int_equal(block_decode(&block, &bench->world.network, bench->blocks[head], &bench->world.arena),
                     REASON_NONE);
    assert_memory_equal(&bench->state.head, &block.hash, sizeof block.hash);
    arena_rewind(&bench->world.arena, mark);
}

static void unwind_to(struct store_txn *txn, uint64_t seed, size_t head)
{
    assert_int_equal(store_unwind_to(txn, &bench->world.network, &bench->actor.id, head, NOON + 500),
                     STORE_OK);
    assert_snapshot(txn, seed, head);
    assert_state(txn, head);
}

static void try_seed(uint64_t seed, size_t count)
{
    struct dice dice = {.state = ~seed};
    struct store_txn *txn = bench->txn = world_write(&bench->world);

    bench->erased = false;
    draw_log(seed, count);
    for (size_t seq = 0; seq < count; seq++) {
        apply(txn, seq, NOON + seq);
        take_snapshot(txn, &bench->snapshots[seq]);
    }
    /* Down and up again, by a few blocks and by many. */
    for (size_t head = count - 1; head > 0;) {
        size_t down = 1 + dice_roll(&dice, dice_roll(&dice, 2) == 0 ? 2 : head);
        size_t to = down < head ? head - down : 0, up = to + dice_roll(&dice, 3);

        unwind_to(txn, seed, to);
        for (head = to; head < up && head + 1 < count; head++) {
            apply(txn, head + 1, NOON + head + 1);
        }
        assert_snapshot(txn, seed, head);
    }
    store_end(txn);
    bench->txn = NULL;
    memory_log_deinit(&bench->log);
}

static void what_is_derived_is_as_it_was(void **context)
{
    (void)context;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct dice dice = {.state = seed * 7 + 1};

        try_seed(seed, BLOCKS_MIN + dice_roll(&dice, BLOCKS_MAX - BLOCKS_MIN));
    }
}

static void a_tree_of_many_pages_shrinks(void **context)
{
    (void)context;
    try_seed(4711, LONG_LOG);
}

/* ---- setup ---- */

static int make_bench(void **state)
{
    (void)state;
    bench = calloc(1, sizeof *bench);
    if (bench == NULL) {
        return -1;
    }
    bench->scratch_memory = malloc(MEMORY_LOG_SCRATCH_SIZE);
    if (bench->scratch_memory == NULL) {
        return -1;
    }
    arena_init(&bench->scratch, bench->scratch_memory, MEMORY_LOG_SCRATCH_SIZE);
    world_init(&bench->world);
    return 0;
}

/* A test that failed leaves its transaction open. */
static int end_transaction(void **state)
{
    (void)state;
    store_end(bench->txn);
    bench->txn = NULL;
    return 0;
}

static int drop_bench(void **state)
{
    (void)state;
    world_deinit(&bench->world);
    free(bench->scratch_memory);
    free(bench);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(what_is_derived_is_as_it_was, end_transaction),
        cmocka_unit_test_teardown(a_tree_of_many_pages_shrinks, end_transaction),
    };

    return cmocka_run_group_tests(tests, make_bench, drop_bench);
}
