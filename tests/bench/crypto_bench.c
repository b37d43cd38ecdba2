/* What this folder costs beside bare libsodium, in one run: both sides of a ratio are timed in turn, a few
 * milliseconds each, so that a busy machine slows both. Prints nanoseconds a call and ratios as min / median
 * / max over the repeats. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crypto/merkle.h"
#include "crypto/sign.h"

enum {
    REPEATS = 5,
    LEAVES = 4096,
    DATA_SIZE_MAX = 200,
    SIGNATURES = 16384 /* in turns: each is forgotten by the time that it comes again */
};

/* All that the timed calls read and write. */
struct bench {
    struct hash_domain domain;
    uint8_t data[DATA_SIZE_MAX];
    struct hash out;
    struct hash leaves[LEAVES];
    struct hash scratch[LEAVES];
    struct sign_public_key key;
    struct signature signatures[SIGNATURES];
    struct hash messages[SIGNATURES];
    size_t next; /* of these */
    uint64_t refused;
};

static void hash_80(struct bench *bench)
{
    hash_bytes(&bench->out, &bench->domain, bench->data, 80);
}

static void bare_hash_80(struct bench *bench)
{
    crypto_generichash_blake2b(bench->out.bytes, HASH_SIZE, bench->data, 80, NULL, 0);
}

static void hash_200(struct bench *bench)
{
    hash_bytes(&bench->out, &bench->domain, bench->data, 200);
}

static void bare_hash_200(struct bench *bench)
{
    crypto_generichash_blake2b(bench->out.bytes, HASH_SIZE, bench->data, 200, NULL, 0);
}

static void pair(struct bench *bench)
{
    hash_pair(&bench->out, &bench->domain, &bench->leaves[0], &bench->leaves[1]);
}

static void bare_hash_64(struct bench *bench)
{
    crypto_generichash_blake2b(bench->out.bytes, HASH_SIZE, bench->leaves[0].bytes, 2 * HASH_SIZE, NULL, 0);
}

static void tree(struct bench *bench)
{
    memcpy(bench->scratch, bench->leaves, sizeof bench->leaves);
    merkle_root_in_place(&bench->out, &bench->domain, bench->scratch, LEAVES);
}

static void verify(struct bench *bench)
{
    const size_t i = bench->next++ % SIGNATURES;

    bench->refused += !sign_verify(&bench->signatures[i], &bench->key, &bench->messages[i]);
}

static void verify_again(struct bench *bench)
{
    bench->refused += !sign_verify(&bench->signatures[0], &bench->key, &bench->messages[0]);
}

static void bare_verify(struct bench *bench)
{
    const size_t i = bench->next++ % SIGNATURES;

    bench->refused += crypto_sign_verify_detached(bench->signatures[i].bytes, bench->messages[i].bytes,
                                                  HASH_SIZE, bench->key.bytes) != 0;
}

struct comparison {
    const char *name;
    const char *bare_name;
    void (*ours)(struct bench *);
    void (*bare)(struct bench *);
    unsigned calls; /* a timed slice */
    unsigned units; /* of ours in one call, each compared with one call of bare */
};

static const struct comparison comparisons[] = {
    {"hash_bytes, 80 bytes", "blake2b, 80 bytes", hash_80, bare_hash_80, 100000, 1},
    {"hash_bytes, 200 bytes", "blake2b, 200 bytes", hash_200, bare_hash_200, 100000, 1},
    {"hash_pair", "blake2b, 64 bytes", pair, bare_hash_64, 100000, 1},
    {"merkle_root, 4096 leaves, per leaf", "blake2b, 64 bytes", tree, bare_hash_64, 25, LEAVES},
    {"sign_verify", "crypto_sign_verify_detached", verify, bare_verify, 500, 1},
    {"sign_verify, the same again", "crypto_sign_verify_detached", verify_again, bare_verify, 500, 1},
};

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Nanoseconds a call. */
static double time_calls(struct bench *bench, void (*call)(struct bench *), unsigned calls)
{
    uint64_t start_ns = now_ns();
    for (unsigned i = 0; i < calls; i++) {
        call(bench);
    }
    return (double)(now_ns() - start_ns) / calls;
}

static int double_compare(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return (left > right) - (left < right);
}

static void spread_print(const char *label, const char *unit, double values[REPEATS])
{
    qsort(values, REPEATS, sizeof values[0], double_compare);
    printf("  %-28s %9.2f %9.2f %9.2f %s\n", label, values[0], values[REPEATS / 2], values[REPEATS - 1],
           unit);
}

static void comparison_run(struct bench *bench, const struct comparison *comparison)
{
    double ours_ns[REPEATS];
    double bare_ns[REPEATS];
    double ratios[REPEATS];
    for (int i = 0; i < REPEATS; i++) {
        ours_ns[i] = time_calls(bench, comparison->ours, comparison->calls) / comparison->units;
        bare_ns[i] = time_calls(bench, comparison->bare, comparison->calls * comparison->units);
        ratios[i] = ours_ns[i] / bare_ns[i];
    }
    printf("%s\n", comparison->name);
    spread_print("ours", "ns", ours_ns);
    spread_print(comparison->bare_name, "ns", bare_ns);
    spread_print("ratio", "x", ratios);
}

static void bench_init(struct bench *bench)
{
    memset(bench, 0, sizeof *bench);
    bench->domain = hash_domain_of("test", "bench");
    for (size_t i = 0; i < LEAVES; i++) {
        hash_bytes(&bench->leaves[i], &bench->domain, &i, sizeof i);
    }
    struct sign_seed seed = {{1}};
    struct sign_secret_key secret;
    sign_key_pair(&bench->key, &secret, &seed);
    for (size_t i = 0; i < SIGNATURES; i++) {
        hash_bytes(&bench->messages[i], &bench->domain, &i, sizeof i);
        sign_hash(&bench->signatures[i], &secret, &bench->messages[i]);
    }
}

int main(void)
{
    static struct bench bench;
    if (sodium_init() < 0) {
        return 1;
    }
    bench_init(&bench);
    printf("%-30s %9s %9s %9s\n", "", "min", "median", "max");
    for (size_t i = 0; i < sizeof comparisons / sizeof comparisons[0]; i++) {
        comparison_run(&bench, &comparisons[i]);
    }
    return bench.refused != 0;
}
