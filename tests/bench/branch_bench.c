/* What following other branches costs: siblings of a log's newest block, each of lower hash than the one
 * before, then each of higher; and a switch from the whole log to a sibling of its first block and back to a
 * longer branch, in slices as a daemon takes them. Exits with 1 where one holds a daemon's loop for too long.
 * Usage: branch_bench [blocks] [siblings] */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "node/follow.h"
#include "tests/support/held.h"
#include "tests/support/node_bench.h"

enum { SIBLINGS_MAX = 4096, SLICES_MAX = 100000 };

struct sibling {
    struct bytes encoded;
    struct hash hash;
};

static struct sibling siblings[SIBLINGS_MAX];

static double now_ms(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec * 1e-6;
}

static int order_siblings(const void *a, const void *b)
{
    const struct sibling *left = a, *right = b;

    return hash_compare(&left->hash, &right->hash);
}

static void sign(struct sibling *out, const struct memory_log *log)
{
    size_t mark = arena_mark(&node->builder.arena);
    struct bytes encoded;
    struct block block;
    uint8_t *memory = NULL;

    assert_int_equal(log_builder_sign(&encoded, &node->builder, log), REASON_NONE);
    memory = malloc(encoded.size);
    assert_non_null(memory);
    memcpy(memory, encoded.data, encoded.size);
    out->encoded = bytes_of(memory, encoded.size);
    assert_int_equal(block_decode(&block, &node->network, out->encoded, &node->builder.arena), REASON_NONE);
    out->hash = block.hash;
    arena_rewind(&node->builder.arena, mark);
}

static void make_siblings(const struct memory_log *log, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        say_content(NAMED, 1);
        sign(&siblings[i], log);
    }
    qsort(siblings, count, sizeof siblings[0], order_siblings);
}

static void offer(const struct sibling *sibling)
{
    ingest_block(&node->ingest, node->txn, INGEST_PEER, sibling->encoded, NODE_NOW_S, &node->result);
    assert_int_not_equal(node->result.outcome, INGEST_FAILED);
}

static void grow(struct memory_log *log, uint64_t blocks)
{
    while (log->state.seq < blocks) {
        size_t mark = arena_mark(&node->builder.arena);
        uint64_t seq = 0;

        say_content(NAMED, 1);
        seq = log_builder_append(&node->builder, log);
        ingest_block(&node->ingest, node->txn, INGEST_PEER, memory_log_block(log, seq), NODE_NOW_S,
                     &node->result);
        assert_int_not_equal(node->result.outcome, INGEST_FAILED);
        arena_rewind(&node->builder.arena, mark);
    }
}

/* Offer them all. */
static void run_siblings(struct held *held, size_t count, bool descending)
{
    double began = now_ms(), worst = 0;

    for (size_t i = 0; i < count; i++) {
        double one = now_ms();

        offer(&siblings[descending ? count - 1 - i : i]);
        one = now_ms() - one;
        worst = one > worst ? one : worst;
    }
    printf("%zu siblings, %s: %.1f ms in all, %.2f ms the slowest\n", count, held->what, now_ms() - began,
           worst);
    held_note(held, worst);
}

static void go_on_in_slices(struct held *held)
{
    struct branch_switch way = {.active = 1};
    double longest = 0, all = now_ms();
    size_t slices = 0;

    node->ingest.turn_ms = INGEST_TURN_MS;
    while (way.active && slices < SLICES_MAX) {
        double one = now_ms();

        ingest_begin_turn(&node->ingest);
        assert_int_equal(follow_go_on(&node->ingest, node->txn, &node->actors[OWNER].id, NODE_NOW_S),
                         STORE_OK);
        one = now_ms() - one;
        longest = one > longest ? one : longest;
        slices++;
        assert_int_equal(store_switch(node->txn, &node->actors[OWNER].id, &way), STORE_OK);
    }
    node->ingest.turn_ms = 0;
    printf("%s: %zu slices, %.1f ms in all, the longest %.1f ms\n", held->what, slices, now_ms() - all,
           longest);
    held_note(held, longest);
}

/* The owner's log of so many blocks. Writes: *early, the log at its beginning; *late, without its newest
 * block.
 */
static void begin(uint64_t blocks, struct memory_log *early, struct memory_log *late)
{
    assert_int_equal(node_make(NULL), 0);
    node_take_in_owner();
    memory_log_copy(early, &node->logs[OWNER]);
    grow(&node->logs[OWNER], blocks - 1);
    memory_log_copy(late, &node->logs[OWNER]);
    grow(&node->logs[OWNER], blocks);
}

static void end(struct memory_log *early, struct memory_log *late)
{
    memory_log_deinit(early);
    memory_log_deinit(late);
    (void)node_drop(NULL);
}

static void print_head(void)
{
    struct log_state state;

    assert_int_equal(store_log_state(node->txn, &node->actors[OWNER].id, &state), STORE_OK);
    printf("the head is now block %llu\n", (unsigned long long)state.seq);
}

static void bench_siblings(struct held *held, uint64_t blocks, size_t count, bool descending)
{
    struct memory_log early, late;

    begin(blocks, &early, &late);
    make_siblings(&late, count);
    run_siblings(held, count, descending);
    end(&early, &late);
}

static void bench_slices(struct held *there, struct held *back, uint64_t blocks)
{
    struct memory_log early, late;
    struct branch_switch way = {.active = 0};

    begin(blocks, &early, &late);
    /* Offered without time to follow it. */
    node->ingest.turn_ms = 1;
    node->ingest.turn_left_ms = 0;
    while (!way.active) {
        make_siblings(&early, 1);
        offer(&siblings[0]);
        assert_int_equal(store_switch(node->txn, &node->actors[OWNER].id, &way), STORE_OK);
    }
    go_on_in_slices(there);
    print_head();
    node->ingest.turn_ms = 1;
    node->ingest.turn_left_ms = 0;
    say_rotation(OWNER, 99);
    sign(&siblings[0], &node->logs[OWNER]);
    offer(&siblings[0]);
    go_on_in_slices(back);
    print_head();
    end(&early, &late);
}

int main(int argc, char **argv)
{
    enum { LOWER, HIGHER, THERE, BACK, HELD_COUNT };
    struct held held[HELD_COUNT] = {
        [LOWER] = {.what = "each of lower hash"},
        [HIGHER] = {.what = "each of higher hash"},
        [THERE] = {.what = "from the whole log to a sibling near its beginning"},
        [BACK] = {.what = "back along the whole log to a rotation"},
    };
    bool all_short = true;
    uint64_t blocks = argc > 1 ? strtoull(argv[1], NULL, 10) : 1924;
    size_t count = argc > 2 ? (size_t)strtoull(argv[2], NULL, 10) : 60;

    if (count > SIBLINGS_MAX || count < 1 || blocks < 8) {
        return 2;
    }
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 0; i < HELD_ROUNDS; i++) {
        bench_siblings(&held[LOWER], blocks, count, true);
        bench_siblings(&held[HIGHER], blocks, count, false);
        bench_slices(&held[THERE], &held[BACK], blocks);
    }
    for (int i = 0; i < HELD_COUNT; i++) {
        all_short &= held_is_short(&held[i]);
    }
    return all_short ? 0 : 1;
}
