/* What it costs a node to take in the logs of technicians that are an inception each: CPU of this process
 * from the encoded blocks in an intake, as a daemon's loop gives it to the ingest, to the last commit, beside
 * as many bare libsodium signature checks in the same run. An issuer's attestation names each of them before.
 * Prints rows that bench/compare reads, as min / median / max over the rounds.
 *
 *     inceptions_bench [LOGS] [ROUNDS] */

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "node/intake.h"
#include "tests/support/store_world.h"

enum { ROUNDS_MAX = 100, ISSUER_SEED = 1, FIRST_SEED = 1000, ARRIVED_S = 1000, CHECKS = 1000 };

static struct store_world world;
static struct world_author issuer;
static struct trust trust;
static struct ingest ingest;
static struct intake intake;

struct made {
    size_t count;
    struct subject *subjects;
    struct bytes *blocks;
};

/* Of all threads. */
static double cpu_s(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* ---- what is taken in ---- */

static void make_log(struct made *made, size_t i)
{
    static struct built_actor technician;
    const size_t capacity = KEYS_SIZE_MAX + 2 * HEADER_SIZE_MAX;
    struct writer writer;
    uint8_t *memory = malloc(capacity);

    assert(memory);
    build_actor(&technician, &world.network, FIRST_SEED + i, 1, 1);
    writer_init(&writer, memory, capacity);
    if (block_of_inception(&writer, &world.network, technician.keys_record, &world.arena) != REASON_NONE ||
        !writer_end(&writer, &made->blocks[i])) {
        abort();
    }
    made->subjects[i] = subject_of_actor(&technician.id);
    arena_rewind(&world.arena, 0);
}

static void make_logs(struct made *made)
{
    made->subjects = calloc(made->count, sizeof *made->subjects);
    made->blocks = calloc(made->count, sizeof *made->blocks);
    assert(made->subjects && made->blocks);
    for (size_t i = 0; i < made->count; i++) {
        make_log(made, i);
    }
}

static void name_all(const struct made *made)
{
    struct store_txn *txn = world_write(&world);

    world_begin_log(&world, txn, &issuer, ISSUER_SEED, ARRIVED_S);
    for (size_t i = 0; i < made->count; i += BLOCK_ENTRIES_MAX) {
        const size_t left = made->count - i;

        world_attest(&world, txn, &issuer, &made->subjects[i],
                     left < BLOCK_ENTRIES_MAX ? left : BLOCK_ENTRIES_MAX, "ase/A5", ARRIVED_S);
    }
    world_commit(txn);
}

/* ---- taking in ---- */

static void apply_all(void)
{
    intake_apply(&intake, &ingest, ARRIVED_S);
    for (size_t i = 0; i < intake.count; i++) {
        if (intake.items[i].error != STORE_OK || intake.items[i].result.outcome != INGEST_EXTENDED) {
            fprintf(stderr, "inceptions_bench: an inception was not taken in\n");
            abort();
        }
    }
    intake_clear(&intake);
}

/* Returns: seconds of CPU for all. */
static double take_in(const struct made *made)
{
    const double began_s = cpu_s();

    for (size_t i = 0; i < made->count; i++) {
        intake_add(&intake, &(struct intake_item){
                                .kind = INTAKE_BLOCK, .origin = INGEST_PEER, .bytes = made->blocks[i]});
        if (i + 1 == made->count || !intake_has_room(&intake)) {
            apply_all();
        }
    }
    return cpu_s() - began_s;
}

static double time_round(const struct made *made)
{
    double taken_s;

    world_empty(&world);
    name_all(made);
    if (!ingest_init(&ingest, world.store, &world.network, &trust, NULL)) {
        abort();
    }
    taken_s = take_in(made);
    ingest_deinit(&ingest);
    return taken_s;
}

/* ---- beside it ---- */

/* Returns: seconds of CPU for one. */
static double time_check(void)
{
    struct sign_public_key key;
    struct sign_secret_key secret;
    struct signature signature;
    const struct sign_seed seed = {{1}};
    const struct hash hash = {{2}};
    double began_s;
    int refused = 0;

    sign_key_pair(&key, &secret, &seed);
    sign_hash(&signature, &secret, &hash);
    began_s = cpu_s();
    for (int i = 0; i < CHECKS; i++) {
        refused |= crypto_sign_verify_detached(signature.bytes, hash.bytes, HASH_SIZE, key.bytes);
    }
    if (refused) {
        abort();
    }
    return (cpu_s() - began_s) / CHECKS;
}

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;

    return (left > right) - (left < right);
}

static void print_row(const char *name, double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare_doubles);
    printf("%-44s %8.3f / %8.3f / %8.3f\n", name, values[0], values[count / 2], values[count - 1]);
}

int main(int argc, char **argv)
{
    static double taken_s[ROUNDS_MAX], each_us[ROUNDS_MAX], check_us[ROUNDS_MAX], ratios[ROUNDS_MAX];
    struct made made = {.count = argc > 1 ? strtoull(argv[1], NULL, 10) : 5000};
    const size_t rounds = argc > 2 ? strtoull(argv[2], NULL, 10) : 7;
    struct trust_owner owner = {.name_space = "ase"};

    if (made.count < 1 || rounds < 1 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: inceptions_bench [LOGS] [ROUNDS 1..100]\n");
        return 2;
    }
    if (sodium_init() < 0 || !intake_init(&intake)) {
        return 1;
    }
    world_init(&world);
    build_actor(&issuer.actor, &world.network, ISSUER_SEED, 1, 1);
    owner.actor = issuer.actor.id;
    if (trust_add_owner(&trust, &owner) != TRUST_OK) {
        abort();
    }
    make_logs(&made);
    for (size_t i = 0; i < rounds; i++) {
        taken_s[i] = time_round(&made);
        each_us[i] = 1e6 * taken_s[i] / (double)made.count;
        check_us[i] = 1e6 * time_check();
        ratios[i] = each_us[i] / check_us[i];
    }
    printf("%zu logs of one inception of %zu bytes\n", made.count, made.blocks[0].size);
    print_row("all of them, seconds", taken_s, rounds);
    print_row("each, microseconds", each_us, rounds);
    print_row("a bare signature check, microseconds", check_us, rounds);
    print_row("an inception in bare checks", ratios, rounds);
    intake_deinit(&intake);
    world_deinit(&world);
    return 0;
}
