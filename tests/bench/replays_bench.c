/* What a node spends on a block of 4 096 entries that it holds already, and on one of an author whom nobody
 * admits, beside decoding one and beside bare libsodium signature checks in the same run. Prints rows that
 * bench/compare reads: microseconds as min / median / max.
 *
 *     replays_bench [ROUNDS] */

#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tests/support/node_bench.h"

enum { ROUNDS_MAX = 1000, CHECKS = 20 };

static uint8_t copy_memory[BLOCK_SIZE_MAX], arena_memory[2 * BLOCK_ARENA_SIZE];

static double now_us(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static double time_offer(struct bytes encoded, enum reason expected)
{
    double began_us = now_us();

    if (node_offer(encoded) != expected) {
        abort();
    }
    return now_us() - began_us;
}

static double time_decode(struct bytes encoded)
{
    struct arena arena;
    struct block block;
    double began_us = now_us();

    arena_init(&arena, arena_memory, sizeof arena_memory);
    if (block_decode(&block, &node->network, encoded, &arena) != REASON_NONE) {
        abort();
    }
    return now_us() - began_us;
}

static double time_check(void)
{
    struct sign_public_key key;
    struct sign_secret_key secret;
    struct signature signature;
    const struct sign_seed seed = {{1}};
    const struct hash hash = {{2}};
    double began_us;
    int refused = 0;

    sign_key_pair(&key, &secret, &seed);
    sign_hash(&signature, &secret, &hash);
    began_us = now_us();
    for (int i = 0; i < CHECKS; i++) {
        refused |= crypto_sign_verify_detached(signature.bytes, hash.bytes, HASH_SIZE, key.bytes);
    }
    if (refused) {
        abort();
    }
    return (now_us() - began_us) / CHECKS;
}

static int order_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static void print_row(const char *what, double *values, size_t count)
{
    qsort(values, count, sizeof values[0], order_doubles);
    printf("%-44s %9.2f / %9.2f / %9.2f\n", what, values[0], values[count / 2], values[count - 1]);
}

int main(int argc, char **argv)
{
    enum { DECODED, HELD, UNWANTED, CHECK, ROWS };
    static const char *const names[ROWS] = {[DECODED] = "to decode it",
                                            [HELD] = "it is held",
                                            [UNWANTED] = "its author is admitted by nobody",
                                            [CHECK] = "a bare signature check"};
    static double times[ROWS][ROUNDS_MAX];
    const size_t rounds = argc > 1 ? strtoull(argv[1], NULL, 10) : 200;
    struct bytes held, unwanted;

    if (rounds < 1 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: replays_bench [ROUNDS 1..1000]\n");
        return 2;
    }
    if (sodium_init() < 0 || node_make(NULL) != 0) {
        return 1;
    }
    node_take_in_owner();
    say_content(NAMED, BLOCK_ENTRIES_MAX);
    held = memory_log_block(&node->logs[OWNER], log_builder_append(&node->builder, &node->logs[OWNER]));
    assert(held.size <= sizeof copy_memory);
    memcpy(copy_memory, held.data, held.size);
    held = bytes_of(copy_memory, held.size);
    (void)time_offer(held, REASON_NONE);
    say_content(NAMED, BLOCK_ENTRIES_MAX);
    unwanted =
        memory_log_block(&node->logs[STRANGER], log_builder_append(&node->builder, &node->logs[STRANGER]));
    for (size_t i = 0; i < rounds; i++) {
        times[DECODED][i] = time_decode(held);
        times[HELD][i] = time_offer(held, REASON_KNOWN);
        times[UNWANTED][i] = time_offer(unwanted, REASON_NOT_ADMITTED);
        times[CHECK][i] = time_check();
    }
    printf("a block of %d entries, %zu bytes, microseconds\n", (int)BLOCK_ENTRIES_MAX, held.size);
    for (size_t row = 0; row < ROWS; row++) {
        print_row(names[row], times[row], rounds);
    }
    return node_drop(NULL);
}
