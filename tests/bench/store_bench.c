/* Ingest of plain attestations in blocks of 4096, durable and subject-indexed, side by side with plain LMDB
 * appends of the same bytes; then lookups. Blocks are made beforehand and decoded within the measured time;
 * acceptance is left out but for the state tree, since its signature is one in 4096. Usage: store_bench
 * [attestations] [rounds] */

#include <assert.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/shop_world.h"

enum {
    PER_BLOCK = BLOCK_ENTRIES_MAX,
    BLOCKS_PER_COMMIT = 16,
    SUBJECTS_EACH = 8,
    LOOKUPS = 20000,
    ROUNDS_MAX = 9
};

static struct store_world world;
static struct world_author issuer;

struct made {
    size_t count;
    struct bytes *blocks;
    size_t bytes;
};

struct figures {
    double min, median, max;
};

static double now_s(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int compare_doubles(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;

    return (left > right) - (left < right);
}

static struct figures figures_of(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare_doubles);
    return (struct figures){values[0], values[count / 2], values[count - 1]};
}

/* Signed blocks of a throwaway world, each subject in SUBJECTS_EACH of the attestations. */
static struct made make_blocks(size_t attestations)
{
    static struct subject subjects[PER_BLOCK];
    struct made made = {.count = (attestations + PER_BLOCK - 1) / PER_BLOCK};
    uint64_t next = 0;
    struct store_txn *txn;

    world_init(&world);
    made.blocks = calloc(made.count, sizeof *made.blocks);
    assert(made.blocks);
    txn = world_write(&world);
    world_begin_log(&world, txn, &issuer, 1, 1000);
    world_commit(txn);
    for (size_t i = 0; i < made.count; i++) {
        struct bytes encoded;
        void *copy;

        for (size_t j = 0; j < PER_BLOCK; j++, next++) {
            subjects[j] = world_subject(next * UINT64_C(2654435761) % (attestations / SUBJECTS_EACH + 1));
        }
        txn = world_write(&world);
        world_attest(&world, txn, &issuer, subjects, PER_BLOCK, "ase/A5", 1000);
        if (store_block_bytes(txn, &issuer.actor.id, i + 1, &encoded, &world.arena) != STORE_OK) {
            abort();
        }
        copy = malloc(encoded.size);
        assert(copy);
        memcpy(copy, encoded.data, encoded.size);
        made.blocks[i] = bytes_of(copy, encoded.size);
        made.bytes += encoded.size;
        arena_rewind(&world.arena, 0);
        world_commit(txn);
    }
    world_deinit(&world);
    return made;
}

/* ---- ingest ---- */

struct ingest_times {
    double total_s;  /* per attestation: all, decoding included */
    double decode_s; /* of it: decoding and hashing */
    double commit_s; /* of it: commits */
    double worst_commit_s;
};

/* The change that log_accept would give for a block of content, without its checks. */
static void apply_block(struct store_txn *txn, struct bytes encoded, struct ingest_times *times)
{
    struct log_reach reach = {0};
    struct log_past past;
    struct log_change change;
    struct block block;
    size_t mark = arena_mark(&world.arena);
    double start = now_s();

    if (block_decode(&block, &world.network, encoded, &world.arena) != REASON_NONE) {
        abort();
    }
    times->decode_s += now_s() - start;
    if (store_gather_past(txn, &world.network, &issuer.state, &reach, &past, &world.arena) != STORE_OK ||
        log_apply(&change, &issuer.state, &world.network, &block, &past, &world.arena) != REASON_NONE ||
        store_apply(txn, &world.network, &block, &change, &past, 1000) != STORE_OK) {
        abort();
    }
    issuer.state = change.state;
    arena_rewind(&world.arena, mark);
}

static struct ingest_times ingest(const struct made *made)
{
    struct ingest_times times = {0};
    struct store_txn *txn = world_write(&world);
    double start;

    world_begin_log(&world, txn, &issuer, 1, 1000);
    world_commit(txn);
    start = now_s();
    for (size_t i = 0; i < made->count; i += BLOCKS_PER_COMMIT) {
        double before;

        txn = world_write(&world);
        for (size_t j = i; j < i + BLOCKS_PER_COMMIT && j < made->count; j++) {
            apply_block(txn, made->blocks[j], &times);
        }
        before = now_s();
        world_commit(txn);
        before = now_s() - before;
        times.commit_s += before;
        if (before > times.worst_commit_s) {
            times.worst_commit_s = before;
        }
    }
    times.total_s = now_s() - start;
    return times;
}

/* The same bytes put into a table by number, without decoding: what LMDB alone does. */
static double append_plainly(const struct made *made)
{
    char folder[] = "/tmp/store-bench-XXXXXX";
    char path[64];
    MDB_env *env = NULL;
    MDB_dbi table;
    double start;
    int code = mkdtemp(folder) ? 0 : -1;

    assert(code == 0);
    code = mdb_env_create(&env);
    assert(code == 0);
    mdb_env_set_mapsize(env, (size_t)64 << 30);
    code = mdb_env_open(env, folder, MDB_NOTLS | MDB_NORDAHEAD, 0600);
    assert(code == 0);
    start = now_s();
    for (size_t i = 0; i < made->count; i += BLOCKS_PER_COMMIT) {
        MDB_txn *txn = NULL;

        code = mdb_txn_begin(env, NULL, 0, &txn) | mdb_dbi_open(txn, NULL, MDB_INTEGERKEY, &table);
        for (size_t j = i; j < i + BLOCKS_PER_COMMIT && j < made->count; j++) {
            MDB_val key = {.mv_size = sizeof j, .mv_data = &j};
            MDB_val value = {.mv_size = made->blocks[j].size,
                             .mv_data = (void *)(uintptr_t)made->blocks[j].data};

            code |= mdb_put(txn, table, &key, &value, MDB_APPEND);
        }
        code |= mdb_txn_commit(txn);
        assert(code == 0);
    }
    start = now_s() - start;
    mdb_env_close(env);
    snprintf(path, sizeof path, "%s/data.mdb", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/lock.mdb", folder);
    unlink(path);
    rmdir(folder);
    return start;
}

/* ---- lookups ---- */

/* Namespaces of the trust file: one body's with three versions of a pack of its size, and manufacturers',
 * states' and agencies' small ones. */
enum { NAMESPACES = 14, VERSIONS = 3, CODES = 57, RULES = 24 };
static struct trust trust;

static void publish_pack(const char *name_space, uint64_t version, size_t code_count, size_t rule_count)
{
    static const uint8_t expression[96];
    static char codes[CODES][8], names[RULES][8];
    struct pack_code code_rows[CODES];
    struct pack_rule rule_rows[RULES];
    struct rule_pack pack = {.name_space = bytes_of_string(name_space),
                             .version = version,
                             .in_force_from = 30000,
                             .codes = {.items = code_rows, .count = code_count},
                             .rules = {.items = rule_rows, .count = rule_count}};
    struct store_txn *txn = world_write(&world);

    for (size_t i = 0; i < code_count; i++) {
        snprintf(codes[i], sizeof codes[i], "A%02u", (unsigned)(i % 100));
        code_rows[i] = (struct pack_code){.code = bytes_of_string(codes[i]),
                                          .title = bytes_of_string("Electrical/Electronic Systems"),
                                          .lifetime_months = 60};
    }
    for (size_t i = 0; i < rule_count; i++) {
        snprintf(names[i], sizeof names[i], "R%02u", (unsigned)(i % 100));
        rule_rows[i] = (struct pack_rule){.kind = PACK_RULE_TITLE,
                                          .name = bytes_of_string(names[i]),
                                          .expression = bytes_of(expression, sizeof expression)};
    }
    world_publish_one(&world, txn, &issuer, CLASS_GOVERN, ENTRY_RULE_PACK, &pack, 1000);
    world_commit(txn);
    arena_rewind(&world.arena, 0);
}

static void publish_packs(void)
{
    for (size_t i = 0; i < NAMESPACES; i++) {
        struct trust_owner owner = {.actor = issuer.actor.id};

        snprintf(owner.name_space, sizeof owner.name_space, i == 0 ? "ase" : "brand%02zu", i);
        if (trust_add_owner(&trust, &owner) != TRUST_OK) {
            abort();
        }
        for (uint64_t version = 1; version <= (i == 0 ? VERSIONS : 1); version++) {
            publish_pack(owner.name_space, version, i == 0 ? CODES : 8, i == 0 ? RULES : 1);
        }
    }
}

struct lookup {
    double seconds;
    size_t credentials;
};

static struct lookup look_up(const struct subject *subject, uint64_t known_by_s)
{
    struct dossier dossier;
    struct store_txn *txn;
    double start = now_s();

    txn = world_read(&world);
    if (store_dossier(txn, &world.network, &trust, subject, (struct dossier_reach){.known_by_s = known_by_s},
                      &dossier, &world.arena) != STORE_OK) {
        abort();
    }
    store_end(txn);
    arena_rewind(&world.arena, 0);
    return (struct lookup){now_s() - start, dossier.credential_count};
}

/* new_each: ask each time about another time, for which nothing is at hand that an earlier lookup left. */
static void look_up_many(const char *what, size_t attestations, bool new_each)
{
    static double times[LOOKUPS];
    size_t found = 0;

    for (size_t i = 0; i < LOOKUPS; i++) {
        const struct subject subject = world_subject(i * 7919 % (attestations / SUBJECTS_EACH + 1));
        const struct lookup one = look_up(&subject, new_each ? UINT64_MAX - 1 - i % 2 : UINT64_MAX);

        times[i] = one.seconds;
        found += one.credentials;
    }
    qsort(times, LOOKUPS, sizeof times[0], compare_doubles);
    printf("%s, %.1f credentials each: median %.1f us, p99 %.1f us, max %.1f us\n", what,
           (double)found / LOOKUPS, 1e6 * times[LOOKUPS / 2], 1e6 * times[LOOKUPS * 99 / 100],
           1e6 * times[LOOKUPS - 1]);
}

/* ---- rosters ---- */

/* A shop whose technicians have logs, and said yes; each has eight certificates. */
static void look_up_roster(size_t technicians)
{
    enum { TIMES = 51, FIRST_SEED = 1000000, CERTIFICATES = 8 };
    static struct world_author shop, technician;
    struct actor_id *members = calloc(technicians, sizeof *members);
    double shops[TIMES], all[TIMES];
    struct figures shop_figures, all_figures;

    assert(members);
    for (size_t i = 0; i < technicians; i++) {
        struct store_txn *txn = world_write(&world);
        struct subject subjects[CERTIFICATES];
        struct affiliation joined;

        if (i == 0) {
            world_begin_log(&world, txn, &shop, FIRST_SEED + technicians, 1000);
        }
        world_begin_log(&world, txn, &technician, FIRST_SEED + i, 1000);
        members[i] = technician.actor.id;
        joined =
            world_joined(&world, &members[i], &shop.actor.id, 0, &technician.actor.built[WORLD_PRESENT_KEY]);
        world_publish_one(&world, txn, &shop, CLASS_CONTENT, ENTRY_AFFILIATION, &joined, 1000);
        for (size_t j = 0; j < CERTIFICATES; j++) {
            subjects[j] = subject_of_actor(&members[i]);
        }
        world_attest(&world, txn, &issuer, subjects, CERTIFICATES, "ase/A5", 1000);
        world_commit(txn);
        arena_rewind(&world.arena, 0);
    }
    for (size_t i = 0; i < TIMES; i++) {
        struct subject subject = subject_of_actor(&shop.actor.id);

        shops[i] = all[i] = look_up(&subject, UINT64_MAX).seconds;
        for (size_t j = 0; j < technicians; j++) {
            subject = subject_of_actor(&members[j]);
            all[i] += look_up(&subject, UINT64_MAX).seconds;
        }
    }
    shop_figures = figures_of(shops, TIMES);
    all_figures = figures_of(all, TIMES);
    printf(
        "dossier of a shop of %zu: median %.1f us, max %.1f us; with those of all technicians: median %.2f "
        "ms\n",
        technicians, 1e6 * shop_figures.median, 1e6 * shop_figures.max, 1e3 * all_figures.median);
    free(members);
}

/* ---- one at a time ---- */

/* A revocation of one entry of a block that nothing was said about, signed, accepted and durable. */
static void revoke_some(size_t blocks)
{
    enum { TIMES = 20 };
    double times[TIMES];
    struct figures figures;
    size_t count = blocks < TIMES ? blocks : TIMES;

    for (size_t i = 0; i < count; i++) {
        const struct status status = {.seq = i + 1, .action = STATUS_REVOKED, .effective_day = 41000};
        double start = now_s();
        struct store_txn *txn = world_write(&world);

        world_say(&world, txn, &issuer, &status, 77, 77, 1000);
        world_commit(txn);
        times[i] = now_s() - start;
        arena_rewind(&world.arena, 0);
    }
    figures = figures_of(times, count);
    printf("a revocation signed, accepted, durable: min %.2f  median %.2f  max %.2f ms\n", 1e3 * figures.min,
           1e3 * figures.median, 1e3 * figures.max);
}

/* Logs of technicians, inception and one entry each, in the order of nothing. */
static void add_technicians(void)
{
    enum { TECHNICIANS = 5000, A_COMMIT = 250 };
    static struct world_author technician;
    struct store_figures before, after;
    struct store_txn *txn = world_read(&world);
    double seconds = 0;

    if (store_figures(txn, &before) != STORE_OK) {
        abort();
    }
    store_end(txn);
    for (uint64_t i = 0; i < TECHNICIANS; i += A_COMMIT) {
        double start;

        txn = world_write(&world);
        for (uint64_t j = i; j < i + A_COMMIT; j++) {
            world_begin_log(&world, txn, &technician, 100 + j, 1000);
        }
        start = now_s();
        world_commit(txn);
        seconds += now_s() - start;
    }
    txn = world_read(&world);
    if (store_figures(txn, &after) != STORE_OK) {
        abort();
    }
    store_end(txn);
    printf("%d technicians' logs: %.0f bytes on disk each, inceptions of %zu bytes, %.1f us of commit each\n",
           TECHNICIANS, (double)(after.bytes_on_disk - before.bytes_on_disk) / TECHNICIANS,
           technician.actor.keys_record.size, 1e6 * seconds / TECHNICIANS);
}

/* Blocks of one entry: what the store costs beside the signature. */
static void ingest_small(void)
{
    enum { BLOCKS = 4000, A_COMMIT = 500 };
    static struct bytes blocks[BLOCKS];
    static struct world_author author;
    struct log_state first;
    struct store_txn *txn = world_write(&world);
    double seconds = 0;

    world_begin_log(&world, txn, &author, 99, 1000);
    world_commit(txn);
    first = author.state;
    txn = world_write(&world);
    for (size_t i = 0; i < BLOCKS; i++) {
        const struct subject subject = world_subject(i);

        world_attest(&world, txn, &author, &subject, 1, "ase/A5", 1000);
        if (store_block_bytes(txn, &author.actor.id, i + 1, &blocks[i], &world.arena) != STORE_OK) {
            abort();
        }
    }
    store_end(txn);
    issuer.state = first;
    for (size_t i = 0; i < BLOCKS; i += A_COMMIT) {
        struct ingest_times times = {0};
        size_t mark = arena_mark(&world.arena);
        double start = now_s();

        txn = world_write(&world);
        for (size_t j = i; j < i + A_COMMIT; j++) {
            apply_block(txn, blocks[j], &times);
        }
        world_commit(txn);
        seconds += now_s() - start;
        arena_rewind(&world.arena, mark);
    }
    arena_rewind(&world.arena, 0);
    printf("blocks of one entry, %d a commit, signatures not checked: %.0f k blocks/s\n", A_COMMIT,
           BLOCKS / seconds / 1e3);
}

static uint64_t written_bytes(void)
{
    char line[128];
    unsigned long long bytes = 0;
    FILE *file = fopen("/proc/self/io", "r");

    while (file && fgets(line, sizeof line, file)) {
        if (sscanf(line, "wchar: %llu", &bytes) == 1) {
            break;
        }
    }
    if (file) {
        fclose(file);
    }
    return bytes;
}

static void print_rate(const char *what, double *seconds, size_t rounds, size_t attestations)
{
    struct figures figures = figures_of(seconds, rounds);

    printf("%-34s min %6.0f  median %6.0f  max %6.0f k attestations/s\n", what,
           (double)attestations / figures.max / 1e3, (double)attestations / figures.median / 1e3,
           (double)attestations / figures.min / 1e3);
}

int main(int argc, char **argv)
{
    size_t wanted = argc > 1 ? strtoull(argv[1], NULL, 10) : 500000;
    size_t rounds = argc > 2 ? strtoull(argv[2], NULL, 10) : 3;
    double all[ROUNDS_MAX], stored[ROUNDS_MAX], plain[ROUNDS_MAX];
    struct ingest_times times = {0};
    struct store_figures figures;
    struct store_txn *txn;
    struct made made;
    size_t count;

    if (wanted < PER_BLOCK || rounds < 1 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: store_bench [attestations >= 4096] [rounds 1..9]\n");
        return 2;
    }
    made = make_blocks(wanted);
    count = made.count * PER_BLOCK;
    printf("%zu attestations in blocks of %d, %.1f bytes each, %d blocks a commit\n", count, PER_BLOCK,
           (double)made.bytes / (double)count, BLOCKS_PER_COMMIT);
    for (size_t round = 0; round < rounds; round++) {
        uint64_t written;

        plain[round] = append_plainly(&made);
        world_init(&world);
        written = written_bytes();
        times = ingest(&made);
        written = written_bytes() - written;
        all[round] = times.total_s;
        stored[round] = times.total_s - times.decode_s;
        txn = world_read(&world);
        if (store_figures(txn, &figures) != STORE_OK || figures.attestations != count) {
            abort();
        }
        store_end(txn);
        printf(
            "round %zu: decode %.3f s, apply %.3f s, commit %.3f s (worst %.3f s), %.1f bytes written each\n",
            round, times.decode_s, times.total_s - times.decode_s - times.commit_s, times.commit_s,
            times.worst_commit_s, (double)written / (double)count);
        if (round + 1 < rounds) {
            world_deinit(&world);
        }
    }
    print_rate("plain LMDB appends, no decoding:", plain, rounds, count);
    print_rate("store without decoding:", stored, rounds, count);
    print_rate("store with decoding and hashing:", all, rounds, count);
    printf("on disk %.1f bytes each, %llu runs\n", (double)figures.bytes_on_disk / (double)count,
           (unsigned long long)figures.runs);
    look_up_many("lookup without packs", wanted, false);
    publish_packs();
    look_up_many("lookup with packs of 14 namespaces", wanted, false);
    look_up_many("the same, the first of its snapshot", wanted, true);
    look_up_roster(50);
    revoke_some(made.count);
    ingest_small();
    add_technicians();
    world_deinit(&world);
    return 0;
}
