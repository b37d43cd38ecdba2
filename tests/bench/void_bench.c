/* Voids that overlap: as many ranges as a block has entries, each over as many blocks as it may void. What a
 * writer pays for the decision, without the trees. Usage: void_bench [blocks] */

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "protocol/log/accept.h"
#include "tests/support/builders.h"

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

int main(int argc, char **argv)
{
    enum { ARENA_SIZE = 64 * 1024 * 1024 };
    const uint64_t blocks = argc > 1 ? strtoull(argv[1], NULL, 10) : VOID_BLOCKS_MAX;
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
    return 0;
}
