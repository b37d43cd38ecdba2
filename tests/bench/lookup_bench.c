/* What somebody who asks waits for, while ten checkpoints a second are stored by another process: a
 * technician looked up, by a node's own process and by one that has just begun, and how a shop of fifty
 * stands. The store has an owner, an accreditor, eight issuers, fifteen packs of fourteen namespaces, and so
 * many attestations, eight a subject. It is made in a folder where none is there, and asked again where one
 * is, so that two versions of this program can take turns (bench/compare). Prints rows that bench/compare
 * reads: microseconds as min / median / max.
 *
 *     lookup_bench FOLDER [ATTESTATIONS] [ROUNDS]
 *
 * ROUNDS: each asks 400 technicians and ten times how the shop stands. A question alone, without a writer, is
 * what an instruction counter wants:
 *
 *     lookup_bench FOLDER ATTESTATIONS TIMES QUESTION */

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "protocol/rules/verdict.h"
#include "tests/support/shipped_pack.h"
#include "tests/support/shop_world.h"

enum {
    PER_BLOCK = BLOCK_ENTRIES_MAX,
    SUBJECTS_EACH = 8,
    ISSUERS = 8,
    SPEAKERS = ISSUERS + 2, /* who is asked about, and so says ten checkpoints a second: each one */
    TECHNICIANS = 50,
    SHOP_SEED = 500,
    TECHNICIAN_SEED = 1000,
    ARRIVED_S = 1000,
    FIRST_DAY = 40000,
    AT_DAY = 41000,
    CHECKPOINT_MS = 100,
    BENCH_ARENA_SIZE = 256 * 1024 * 1024,
};
static const uint64_t now_s = (uint64_t)AT_DAY * 86400;

enum speaker { OWNER, ACCREDITOR, FIRST_ISSUER };

static struct store_world world;
static struct world_author speakers[SPEAKERS], shop, technician;
static struct actor_id technicians[TECHNICIANS];
static struct trust trust;
static size_t subject_count;

/* ---- the store ---- */

static void open_world(const char *folder)
{
    bool good = network_init(&world.network, "test") && strlen(folder) < sizeof world.folder;

    assert(good);
    strcpy(world.folder, folder);
    world.memory = malloc(BENCH_ARENA_SIZE);
    world.body = malloc(BLOCK_BODY_SIZE_MAX);
    assert(world.memory && world.body);
    arena_init(&world.arena, world.memory, BENCH_ARENA_SIZE);
    world_open(&world);
}

static void close_world(void)
{
    world_close(&world);
    free(world.memory);
    free(world.body);
}

static void begin(struct world_author *author, uint64_t seed)
{
    struct store_txn *txn = world_write(&world);

    world_begin_log(&world, txn, author, seed, ARRIVED_S);
    world_commit(txn);
}

static void publish(struct world_author *author, enum block_class block_class, enum entry_kind kind,
                    const void *record)
{
    struct store_txn *txn = world_write(&world);

    world_publish_one(&world, txn, author, block_class, kind, record, ARRIVED_S);
    world_commit(txn);
    arena_rewind(&world.arena, 0);
}

static void accredit(enum speaker by, const struct world_author *delegate, uint64_t depth)
{
    const struct bytes patterns[] = {bytes_of_string("ase/*")};
    const struct accreditation accreditation = {
        .delegate = delegate->actor.id, .patterns = {patterns, 1}, .from = FIRST_DAY - 2000, .depth = depth};

    publish(&speakers[by], CLASS_GOVERN, ENTRY_ACCREDITATION, &accreditation);
}

/* ---- packs ---- */

static const char *const shipped[] = {"ase.json",  "ase-2025.json", "epa.json",
                                      "ford.json", "ohio.json",     "tx.json"};
enum { SHIPPED = sizeof shipped / sizeof shipped[0], NAMESPACES = 14 };
static const char *const name_spaces[] = {"ase", "epa", "ford", "ohio", "tx"};
enum { SHIPPED_NAMESPACES = sizeof name_spaces / sizeof name_spaces[0] };

static void own_name_space(size_t i)
{
    struct trust_owner owner = {.actor = speakers[OWNER].actor.id};

    if (i < SHIPPED_NAMESPACES) {
        snprintf(owner.name_space, sizeof owner.name_space, "%s", name_spaces[i]);
    } else {
        snprintf(owner.name_space, sizeof owner.name_space, "brand%02u", (unsigned)(i % 100));
    }
    if (trust_add_owner(&trust, &owner) != TRUST_OK) {
        abort();
    }
}

static void publish_brand(size_t i)
{
    const struct pack_code codes[] = {
        {.code = bytes_of_string("A1"), .title = bytes_of_string("Engine"), .lifetime_months = 60},
        {.code = bytes_of_string("A2"), .title = bytes_of_string("Transmission"), .lifetime_months = 60}};
    const struct rule_pack pack = {.name_space = bytes_of_string(trust.owners[i].name_space),
                                   .version = 1,
                                   .in_force_from = FIRST_DAY - 1,
                                   .codes = {codes, 2}};

    publish(&speakers[OWNER], CLASS_GOVERN, ENTRY_RULE_PACK, &pack);
}

static void publish_packs(void)
{
    for (size_t i = 0; i < SHIPPED; i++) {
        struct rule_pack pack;

        shipped_pack(&pack, shipped[i], &world.arena);
        publish(&speakers[OWNER], CLASS_GOVERN, ENTRY_RULE_PACK, &pack);
    }
    for (size_t i = SHIPPED_NAMESPACES; i < NAMESPACES; i++) {
        publish_brand(i);
    }
}

/* ---- what is attested ---- */

static void check_point(const struct world_author *author, uint64_t time_s)
{
    struct store_txn *txn = world_write(&world);

    world_check_point(&world, txn, author, time_s);
    world_commit(txn);
}

/* It ends before the lifetime that the pack gives does. */
static void add_attestation(struct draft *draft, const struct subject *subject, const char *code)
{
    const struct actor_id nobody = {0};
    struct attestation attestation = build_attestation(&nobody, code, FIRST_DAY, FIRST_DAY + 1800);

    attestation.subject = *subject;
    world_add(draft, ENTRY_ATTESTATION, &attestation);
}

static void publish_draft(struct world_author *author, const struct draft *draft)
{
    struct store_txn *txn = world_write(&world);

    world_publish(&world, txn, author, draft, ARRIVED_S);
    world_commit(txn);
    arena_rewind(&world.arena, 0);
}

static void attest(size_t attestations)
{
    static const char *const codes[] = {"ase/A1", "ase/A2", "ase/A3", "ase/A4",
                                        "ase/A5", "ase/A6", "ase/A7", "ase/A8"};
    uint64_t next = 0;

    for (size_t block = 0; next < attestations; block++) {
        struct draft draft;

        world_draft(&world, &draft, CLASS_CONTENT);
        for (size_t j = 0; j < PER_BLOCK; j++, next++) {
            const struct subject subject = world_subject(next * UINT64_C(2654435761) % subject_count);

            add_attestation(&draft, &subject, codes[block / ISSUERS % 8]);
        }
        publish_draft(&speakers[FIRST_ISSUER + block % ISSUERS], &draft);
    }
}

/* The experience that certification asks for. */
static void attest_work(const struct subject *subject)
{
    const struct attestation work = {.subject = *subject,
                                     .code = bytes_of_string("ase/experience"),
                                     .basis = BASIS_EXPERIENCE,
                                     .earned_on = FIRST_DAY - 1500,
                                     .valid_from = FIRST_DAY - 1500,
                                     .has_last_day = true,
                                     .last_day = FIRST_DAY};

    publish(&speakers[FIRST_ISSUER], CLASS_CONTENT, ENTRY_ATTESTATION, &work);
}

static void join(size_t i)
{
    const struct subject subject = subject_of_actor(&technicians[i]);
    const struct affiliation joined =
        world_joined(&world, &technicians[i], &shop.actor.id, i, &technician.actor.built[WORLD_PRESENT_KEY]);

    publish(&shop, CLASS_CONTENT, ENTRY_AFFILIATION, &joined);
    for (size_t j = 0; j < SUBJECTS_EACH; j++) {
        struct draft draft;
        char code[8];

        snprintf(code, sizeof code, "ase/A%c", (char)('1' + j));
        world_draft(&world, &draft, CLASS_CONTENT);
        add_attestation(&draft, &subject, code);
        publish_draft(&speakers[FIRST_ISSUER + j], &draft);
    }
    attest_work(&subject);
}

static void make_shop(void)
{
    const struct bytes areas[] = {bytes_of_string("brakes"), bytes_of_string("electrical"),
                                  bytes_of_string("engine")};
    struct shop profile = world_profile("Main Street Garage");

    begin(&shop, SHOP_SEED);
    profile.areas = (struct list){areas, 3};
    profile.technicians = TECHNICIANS;
    publish(&shop, CLASS_CONTENT, ENTRY_SHOP, &profile);
    for (size_t i = 0; i < TECHNICIANS; i++) {
        begin(&technician, TECHNICIAN_SEED + i);
        technicians[i] = technician.actor.id;
        join(i);
        check_point(&technician, now_s);
    }
    check_point(&shop, now_s);
}

static void make_store(size_t attestations)
{
    for (size_t i = 0; i < SPEAKERS; i++) {
        begin(&speakers[i], 1 + i);
    }
    for (size_t i = 0; i < NAMESPACES; i++) {
        own_name_space(i);
    }
    publish_packs();
    accredit(OWNER, &speakers[ACCREDITOR], 1);
    for (size_t i = FIRST_ISSUER; i < SPEAKERS; i++) {
        accredit(ACCREDITOR, &speakers[i], 0);
    }
    attest(attestations);
    make_shop();
    for (size_t i = 0; i < SPEAKERS; i++) {
        check_point(&speakers[i], now_s);
    }
}

static void remember(struct world_author *author, uint64_t seed)
{
    struct store_txn *txn = world_read(&world);
    enum store_error error;

    build_actor(&author->actor, &world.network, seed, 1, 1);
    error = store_log_state(txn, &author->actor.id, &author->state);
    assert(error == STORE_OK);
    store_end(txn);
}

/* Of a store that was made before. */
static void remember_all(void)
{
    for (size_t i = 0; i < SPEAKERS; i++) {
        remember(&speakers[i], 1 + i);
    }
    for (size_t i = 0; i < NAMESPACES; i++) {
        own_name_space(i);
    }
    remember(&shop, SHOP_SEED);
}

/* ---- who writes meanwhile ---- */

/* Stores a checkpoint of each speaker in turn until the other end is closed. */
static void write_checkpoints(const char *folder, int until)
{
    struct pollfd closed = {.fd = until, .events = POLLIN};

    open_world(folder);
    for (uint64_t i = 1; poll(&closed, 1, CHECKPOINT_MS) == 0; i++) {
        check_point(&speakers[i % SPEAKERS], now_s + i);
    }
    close_world();
    _exit(0);
}

/* Returns: what is closed for it to end. */
static int begin_writer(const char *folder, pid_t *writer)
{
    int ends[2];
    int code = pipe(ends);

    assert(code == 0);
    *writer = fork();
    assert(*writer >= 0);
    if (*writer == 0) {
        close(ends[1]);
        write_checkpoints(folder, ends[0]);
    }
    close(ends[0]);
    return ends[1];
}

/* ---- questions ---- */

static struct question ask_of_now(void)
{
    return (struct question){.network = &world.network,
                             .at_day = AT_DAY,
                             .now_s = now_s + 3600,
                             .known_by_s = UINT64_MAX,
                             .budget = FRESHNESS_DEFAULT};
}

static void gather(const struct subject *subject, struct dossier *dossier)
{
    struct store_txn *txn = world_read(&world);

    if (store_dossier(txn, &world.network, &trust, subject, DOSSIER_REACH_ALL, dossier, &world.arena) !=
        STORE_OK) {
        abort();
    }
    store_end(txn);
}

static struct subject nth_subject(size_t i)
{
    return world_subject(i * 7919 % subject_count);
}

static void gather_technician(size_t i)
{
    const struct subject subject = nth_subject(i);
    struct dossier dossier;

    gather(&subject, &dossier);
    assert(dossier.credential_count > 0);
}

static void look_up(size_t i)
{
    const struct subject subject = nth_subject(i);
    const struct question question = ask_of_now();
    struct dossier dossier;
    struct verdict verdict;

    gather(&subject, &dossier);
    if (!verdict_of(&verdict, &dossier, &trust, &question, &world.arena) || verdict.credential_count == 0 ||
        verdict.credentials[0].overall != OVERALL_VALID) {
        abort();
    }
}

/* As a command does, which finds nothing at hand. */
static void look_up_anew(size_t i)
{
    world_close(&world);
    world_open(&world);
    look_up(i);
}

static void gather_shop(size_t i)
{
    const struct subject subject = subject_of_actor(&shop.actor.id);
    struct dossier dossier;

    (void)i;
    gather(&subject, &dossier);
    assert(dossier.affiliation_count == TECHNICIANS);
}

static void tell_shop(size_t i)
{
    const struct question question = ask_of_now();
    struct roster_verdict verdict;

    (void)i;
    if (world_roster(&world, &shop.actor.id, &trust, &question, &verdict, &world.arena) != STORE_OK ||
        verdict.counted_technicians != TECHNICIANS) {
        abort();
    }
}

enum { A_ROUND = 400, ROUNDS_MAX = 100 };

static const struct asked {
    const char *name, *what;
    void (*ask)(size_t i);
    size_t a_round;
} asked[] = {
    {"lookup", "a technician, dossier and verdict", look_up, A_ROUND},
    {"anew", "the same, the first of a process", look_up_anew, 40},
    {"dossier", "the dossier of a technician", gather_technician, A_ROUND},
    {"shop-dossier", "the dossier of a shop of 50", gather_shop, 100},
    {"shop", "the status of a shop of 50", tell_shop, 10},
};
enum { QUESTIONS = sizeof asked / sizeof asked[0] };

static double now_us(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static double time_one(const struct asked *question, size_t i)
{
    double begun = now_us();

    question->ask(i);
    begun = now_us() - begun;
    arena_rewind(&world.arena, 0);
    return begun;
}

static int order_doubles(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static void print_row(const struct asked *question, double *values, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        sum += values[i];
    }
    qsort(values, count, sizeof values[0], order_doubles);
    printf("%-44s %8.2f / %8.2f / %8.2f  %9.0f a second\n", question->what, values[0], values[count / 2],
           values[count - 1], 1e6 * (double)count / sum);
}

static void ask_all(size_t rounds)
{
    static double times[QUESTIONS][A_ROUND * ROUNDS_MAX];
    size_t counts[QUESTIONS] = {0};

    for (size_t round = 0; round < rounds; round++) {
        for (size_t q = 0; q < QUESTIONS; q++) {
            for (size_t i = 0; i < asked[q].a_round; i++) {
                times[q][counts[q]] = time_one(&asked[q], counts[q]);
                counts[q]++;
            }
        }
    }
    for (size_t q = 0; q < QUESTIONS; q++) {
        print_row(&asked[q], times[q], counts[q]);
    }
}

static int ask_one(const char *name, size_t times)
{
    for (size_t q = 0; q < QUESTIONS; q++) {
        if (strcmp(asked[q].name, name) == 0) {
            for (size_t i = 0; i < times; i++) {
                (void)time_one(&asked[q], i);
            }
            return 0;
        }
    }
    fprintf(stderr, "lookup_bench: no question is called %s\n", name);
    return 2;
}

static void ask_while_written(const char *folder, size_t rounds)
{
    pid_t writer;
    int end = begin_writer(folder, &writer);

    open_world(folder);
    ask_all(rounds);
    close_world();
    close(end);
    (void)waitpid(writer, NULL, 0);
}

int main(int argc, char **argv)
{
    const size_t attestations = argc > 2 ? strtoull(argv[2], NULL, 10) : 2000000;
    const size_t rounds = argc > 3 ? strtoull(argv[3], NULL, 10) : 5;
    char path[96];
    int code = 0;

    if (argc < 2 || argc > 5 || strlen(argv[1]) >= sizeof world.folder || attestations < PER_BLOCK ||
        rounds < 1 || (argc < 5 && rounds > ROUNDS_MAX)) {
        fprintf(stderr, "usage: lookup_bench FOLDER [ATTESTATIONS >= 4096] [ROUNDS 1..100] [QUESTION]\n");
        return 2;
    }
    subject_count = attestations / SUBJECTS_EACH + 1;
    snprintf(path, sizeof path, "%s/data.mdb", argv[1]);
    const bool is_made = access(path, F_OK) == 0;
    (void)mkdir(argv[1], 0700);
    open_world(argv[1]);
    if (is_made) {
        remember_all();
    } else {
        make_store(attestations);
    }
    if (argc > 4) {
        code = ask_one(argv[4], rounds);
        close_world();
        return code;
    }
    close_world();
    ask_while_written(argv[1], rounds);
    return 0;
}
