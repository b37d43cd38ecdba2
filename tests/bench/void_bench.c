/* Voids that overlap: as many ranges as a block has entries, each over as many blocks as it may void. What a
 * writer pays for the decision, without the trees; then the whole way in of one void of as many blocks of a
 * log, with so many entries each, into a store. Then status blocks that
 * each erase something of as many blocks as they may, and a void of them all. Exits with 1 where one holds a
 * daemon's loop for too long. Usage: void_bench [blocks] [entries of a block] [erasers] */

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "node/intake.h"
#include "tests/support/held.h"
#include "tests/support/shop_world.h"

static double now_s(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* A block of so many voids, from the first block that may be voided on. */
static struct block make_block(const struct network *network, uint64_t blocks, struct arena *arena)
{
    struct entry *entries = arena_take(arena, BLOCK_ENTRIES_MAX * sizeof *entries);
    struct block block = {
        .header = {.seq = blocks + 1, .block_class = CLASS_GOVERN, .entry_count = BLOCK_ENTRIES_MAX},
        .entry_count = BLOCK_ENTRIES_MAX,
        .entries = entries};

    (void)network;
    assert(entries);
    for (size_t i = 0; i < BLOCK_ENTRIES_MAX; i++) {
        const struct void_record record = {.has_range = true, .range = {1 + i % 7, blocks - i % 11}};
        uint8_t *memory = arena_take(arena, 64);
        bool encoded = memory && schema_encode(&void_record_schema, &record, memory, 64, &entries[i].payload);

        assert(encoded);
        entries[i].kind = ENTRY_VOID;
    }
    return block;
}

/* The decision alone. */
static void bench_overlap(uint64_t blocks)
{
    enum { ARENA_SIZE = 64 * 1024 * 1024 };
    void *memory = malloc(ARENA_SIZE);
    struct log_past past = {.block_count = blocks};
    struct log_state state = {.seq = blocks};
    struct log_change change;
    struct log_reach reach;
    struct network network;
    struct arena arena;
    struct block block;
    bool good = network_init(&network, "test");
    double start;

    assert(good && memory);
    arena_init(&arena, memory, ARENA_SIZE);
    past.blocks = arena_take(&arena, blocks * sizeof *past.blocks);
    assert(past.blocks);
    for (uint64_t i = 0; i < blocks; i++) {
        past.blocks[i] = (struct past_block){
            .seq = i + 1,
            .record = {.block_class = CLASS_CONTENT, .entry_count = 1, .standing = STANDING_GOOD}};
    }
    block = make_block(&network, blocks, &arena);
    start = now_s();
    if (log_reach_of(&reach, &block, &arena) != REASON_NONE) {
        abort();
    }
    printf("%d overlapping voids of %llu blocks: what they reach %.2f ms, ", BLOCK_ENTRIES_MAX,
           (unsigned long long)blocks, (now_s() - start) * 1e3);
    start = now_s();
    /* Without pages the trees are missed at once, behind all voids. */
    if (log_apply(&change, &state, &network, &block, &past, &arena) != REASON_STATE_ROOT) {
        abort();
    }
    printf("the decision %.2f ms\n", (now_s() - start) * 1e3);
    free(memory);
}

/* ---- the whole way in ---- */

static struct store_world world;
static struct world_author owner;

static void grow(uint64_t blocks, size_t entries)
{
    static struct subject subjects[BLOCK_ENTRIES_MAX];
    enum { A_COMMIT = 256 };
    struct store_txn *txn = world_write(&world);

    world_begin_log(&world, txn, &owner, 1, 1000);
    for (size_t i = 0; i < entries; i++) {
        subjects[i] = world_subject(i);
    }
    for (uint64_t i = 0; i < blocks; i++) {
        world_attest(&world, txn, &owner, subjects, entries, "ase/A5", 1000);
        arena_rewind(&world.arena, 0);
        if (i % A_COMMIT == A_COMMIT - 1) {
            world_commit(txn);
            txn = world_write(&world);
        }
    }
    world_commit(txn);
}

static double take_in(struct ingest *ingest, struct bytes encoded, uint64_t blocks)
{
    static struct ingest_result result;
    struct store_txn *txn = world_write(&world);
    double start = now_s(), taken, durable;

    ingest_begin_turn(ingest);
    ingest_block(ingest, txn, INGEST_PEER, encoded, 1000, &result);
    taken = now_s();
    world_commit(txn);
    durable = now_s();
    assert(result.outcome == INGEST_EXTENDED);
    printf("one void of %llu blocks: taken in %.2f ms, and made durable %.2f ms\n",
           (unsigned long long)blocks, (taken - start) * 1e3, (durable - taken) * 1e3);
    return (durable - start) * 1e3;
}

static void bench_wide(struct held *held, uint64_t blocks, size_t entries)
{
    static struct trust trust;
    static struct ingest ingest;
    const struct void_record record = {.has_range = true, .range = {1, blocks}};
    struct trust_owner name = {.name_space = "ase"};
    struct store_txn *txn;
    struct bytes encoded;

    world_init(&world);
    grow(blocks, entries);
    name.actor = owner.actor.id;
    if (trust_add_owner(&trust, &name) != TRUST_OK ||
        !ingest_init(&ingest, world.store, &world.network, &trust, NULL)) {
        abort();
    }
    txn = world_read(&world);
    encoded = world_sign_one(&world, txn, &owner, CLASS_GOVERN, ENTRY_VOID, &record, 1000);
    store_end(txn);
    held_note(held, take_in(&ingest, encoded, blocks));
    ingest_deinit(&ingest);
    world_deinit(&world);
}

/* ---- several at once ---- */

enum { WIDE_AT_ONCE = 8 };

/* Sign them in a transaction that is then given up: the store has none of them yet. */
static void sign_wide(struct intake *intake)
{
    struct store_txn *txn = world_write(&world);

    for (uint64_t i = 0; i < WIDE_AT_ONCE; i++) {
        const struct void_record record = {.has_range = true,
                                           .range = {1 + i * VOID_BLOCKS_MAX, (i + 1) * VOID_BLOCKS_MAX}};
        const struct intake_item item = {
            .kind = INTAKE_BLOCK,
            .source = INTAKE_FROM_PEER,
            .origin = INGEST_PEER,
            .bytes = world_sign_one(&world, txn, &owner, CLASS_GOVERN, ENTRY_VOID, &record, 1000)};

        intake_add(intake, &item);
        if (world_accept(&world, txn, &owner, item.bytes, 1000) != REASON_NONE) {
            abort();
        }
    }
    store_end(txn);
}

/* What a peer sends in one go: as many wide voids one after the other. How long a turn holds the writer at
 * most, with its commit. */
static void bench_batch(struct held *held)
{
    static struct trust trust;
    static struct ingest ingest;
    static struct intake intake;
    struct trust_owner name = {.name_space = "ase"};
    double slowest = 0;
    size_t turns = 0;

    world_init(&world);
    grow((uint64_t)WIDE_AT_ONCE * VOID_BLOCKS_MAX, 4);
    name.actor = owner.actor.id;
    if (trust_add_owner(&trust, &name) != TRUST_OK || !intake_init(&intake) ||
        !ingest_init(&ingest, world.store, &world.network, &trust, NULL)) {
        abort();
    }
    sign_wide(&intake);
    intake.turn_ms = INTAKE_TURN_MS;
    for (; intake_waits(&intake); turns++) {
        double start = now_s(), took;

        intake_apply(&intake, &ingest, 1000);
        took = now_s() - start;
        slowest = took > slowest ? took : slowest;
    }
    for (size_t i = 0; i < intake.count; i++) {
        assert(intake.items[i].result.outcome == INGEST_EXTENDED);
    }
    printf("%d voids of %d blocks at once: %zu turns, the slowest %.2f ms\n", WIDE_AT_ONCE, VOID_BLOCKS_MAX,
           turns, slowest * 1e3);
    held_note(held, slowest * 1e3);
    ingest_deinit(&ingest);
    intake_deinit(&intake);
    world_deinit(&world);
}

/* ---- many erasers ---- */

enum { ERASED_BLOCKS = STATUS_BLOCKS_MAX };

/* A status block that erases the entry at index of each of the first blocks. */
static struct bytes sign_erase(struct store_txn *txn, uint64_t index)
{
    const struct index_range range = {index, index};
    static struct draft draft;

    world_draft(&world, &draft, CLASS_STATUS);
    for (uint64_t seq = 1; seq <= ERASED_BLOCKS; seq++) {
        const struct erase record = {.seq = seq, .entries = {.items = &range, .count = 1}};

        world_add(&draft, ENTRY_ERASE, &record);
    }
    return world_sign(&world, txn, &owner, &draft, 1000);
}

/* Without its entries: what it lacks is looked up whenever an `erase` of it comes or goes. */
static void blank(void)
{
    enum { DROPS = 4096 };
    struct store_txn *txn = world_write(&world);

    if (store_drop_erased(txn, NULL, 1000 + 7 * 86400, DROPS) != STORE_OK) {
        abort();
    }
    world_commit(txn);
}

static void say_erases(size_t count, size_t entries, double *slowest)
{
    for (size_t i = 0; i < count; i++) {
        struct store_txn *txn = world_write(&world);
        struct bytes encoded = sign_erase(txn, i % entries);
        double start = now_s(), took;

        if (world_accept(&world, txn, &owner, encoded, 1000) != REASON_NONE) {
            abort();
        }
        took = now_s() - start;
        *slowest = took > *slowest ? took : *slowest;
        world_commit(txn);
        arena_rewind(&world.arena, 0);
    }
}

/* As many status blocks as given, each about as many blocks as it may be; then all of them void at once. */
static void bench_erasers(struct held *slowest_eraser, struct held *voiding, size_t count)
{
    enum { ENTRIES = 31, SEQ_FIRST = ERASED_BLOCKS + 1 };
    const struct void_record record = {.has_range = true, .range = {SEQ_FIRST, ERASED_BLOCKS + count}};
    double slowest = 0, start, took;
    struct store_txn *txn;
    struct bytes encoded;

    world_init(&world);
    grow(ERASED_BLOCKS, ENTRIES);
    say_erases(count, ENTRIES, &slowest);
    blank();
    printf("%zu erasers of %d blocks each: the slowest taken in %.2f ms, ", count, ERASED_BLOCKS,
           slowest * 1e3);
    txn = world_write(&world);
    encoded = world_sign_one(&world, txn, &owner, CLASS_GOVERN, ENTRY_VOID, &record, 1000);
    start = now_s();
    if (world_accept(&world, txn, &owner, encoded, 1000) != REASON_NONE) {
        abort();
    }
    took = now_s() - start;
    printf("a void of all of them in %.2f ms\n", took * 1e3);
    held_note(slowest_eraser, slowest * 1e3);
    held_note(voiding, took * 1e3);
    world_commit(txn);
    world_deinit(&world);
}

int main(int argc, char **argv)
{
    enum { WIDE, BATCH, ERASER, VOIDING, HELD_COUNT };
    struct held held[HELD_COUNT] = {
        [WIDE] = {.what = "one void, taken in and made durable"},
        [BATCH] = {.what = "many voids at once, a turn"},
        [ERASER] = {.what = "an eraser"},
        [VOIDING] = {.what = "a void of all erasers"},
    };
    bool all_short = true;
    const uint64_t blocks = argc > 1 ? strtoull(argv[1], NULL, 10) : VOID_BLOCKS_MAX;
    const size_t entries = argc > 2 ? (size_t)strtoull(argv[2], NULL, 10) : 31;

    if (blocks < 16 || blocks > VOID_BLOCKS_MAX || entries < 1 || entries > BLOCK_ENTRIES_MAX) {
        fprintf(stderr, "usage: void_bench [blocks 16..%d] [entries of a block 1..%d]\n", VOID_BLOCKS_MAX,
                BLOCK_ENTRIES_MAX);
        return 2;
    }
    bench_overlap(blocks);
    for (int i = 0; i < HELD_ROUNDS; i++) {
        bench_wide(&held[WIDE], blocks, entries);
        bench_batch(&held[BATCH]);
        bench_erasers(&held[ERASER], &held[VOIDING], argc > 3 ? (size_t)strtoull(argv[3], NULL, 10) : 256);
    }
    for (int i = 0; i < HELD_COUNT; i++) {
        all_short &= held_is_short(&held[i]);
    }
    return all_short ? 0 : 1;
}
