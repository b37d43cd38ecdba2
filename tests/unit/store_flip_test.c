#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "protocol/log/checkpoint.h"
#include "protocol/rules/expression_text.h"
#include "protocol/rules/verdict.h"
#include "tests/support/store_world.h"

/* A bit that flips on the disk changes no answer: what comes out is what came out before, or that the store
 * is damaged. LMDB itself refuses some files, and ends the process over some others. */

enum { FLIPS = 2000, NOW_S = 1000, DAY = 40500, OTHERS = 200 };

static struct store_world world;
static struct world_author owner, issuer, successor;
static struct trust trust;
static char copy_folder[] = "/tmp/store-flip-XXXXXX";

/* ---- the store ---- */

static void accredit(struct store_txn *txn)
{
    const struct bytes pattern = bytes_of_string("ase/*");
    const struct accreditation record = {
        .delegate = issuer.actor.id, .patterns = {.items = &pattern, .count = 1}, .from = 30000};
    const struct pack_code codes[] = {{.code = bytes_of_string("A5"), .title = bytes_of_string("Brakes")},
                                      {.code = bytes_of_string("A6"), .title = bytes_of_string("Wires")}};
    const struct rule_pack pack = {.name_space = bytes_of_string("ase"),
                                   .version = 1,
                                   .in_force_from = 30000,
                                   .codes = {.items = codes, .count = 2}};
    struct draft draft;

    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_ACCREDITATION, &record);
    world_publish(&world, txn, &owner, &draft, NOW_S);
    world_draft(&world, &draft, CLASS_GOVERN);
    world_add(&draft, ENTRY_RULE_PACK, &pack);
    world_publish(&world, txn, &owner, &draft, NOW_S);
}

static void sign_checkpoint(struct store_txn *txn, const struct world_author *author)
{
    enum { CHECKPOINT_KEY = 2 };
    const struct checkpoint record = {
        .author = author->actor.id, .seq = author->state.seq, .head = author->state.head, .time_s = NOW_S};
    struct signed_checkpoint signed_record;
    uint8_t memory[1024];
    struct bytes encoded;

    checkpoint_sign(&signed_record, &record, &world.network, CHECKPOINT_KEY,
                    &author->actor.built[CHECKPOINT_KEY].secret);
    assert_true(schema_encode(&signed_checkpoint_schema, &signed_record, memory, sizeof memory, &encoded));
    assert_int_equal(store_put_checkpoint(txn, &author->actor.id, encoded), STORE_OK);
}

/* Four subjects: one holds a certificate, one had hers revoked, one's is suspended and not more, one has
 * none; and others around them. */
static void fill_store(void)
{
    const struct status revoked = {.seq = 1, .action = STATUS_REVOKED, .effective_day = 40100};
    const struct status suspended = {.seq = 1, .action = STATUS_SUSPENDED, .effective_day = 40100};
    struct subject subjects[OTHERS];
    struct trust_owner row = {.name_space = "ase"};
    struct store_txn *txn = world_write(&world);

    for (uint64_t i = 0; i < OTHERS; i++) {
        subjects[i] = world_subject(i);
    }
    world_begin_log(&world, txn, &owner, 1, NOW_S);
    world_begin_log(&world, txn, &issuer, 2, NOW_S);
    world_begin_log(&world, txn, &successor, 3, NOW_S);
    accredit(txn);
    world_attest(&world, txn, &issuer, subjects, OTHERS, "ase/A5", NOW_S);
    world_say(&world, txn, &issuer, &revoked, 1, 1, NOW_S);
    world_say(&world, txn, &issuer, &suspended, 2, 2, NOW_S);
    for (uint64_t i = 10; i < 60; i++) {
        world_say(&world, txn, &issuer, &suspended, i, i, NOW_S);
    }
    sign_checkpoint(txn, &owner);
    sign_checkpoint(txn, &issuer);
    world_commit(txn);
    memset(&trust, 0, sizeof trust);
    row.actor = owner.actor.id;
    assert_int_equal(trust_add_owner(&trust, &row), TRUST_OK);
}

/* ---- the answer ---- */

static void add(struct hash_stream *stream, uint64_t number)
{
    hash_stream_add(stream, &number, sizeof number);
}

static void add_verdict(struct hash_stream *stream, const struct verdict *verdict)
{
    add(stream, verdict->overall);
    add(stream, verdict->requirement);
    add(stream, verdict->credential_count);
    for (size_t i = 0; i < verdict->credential_count; i++) {
        const struct credential_verdict *credential = &verdict->credentials[i];

        for (size_t j = 0; j < AXIS_COUNT; j++) {
            add(stream, credential->axes[j].answer);
            add(stream, credential->axes[j].reason);
        }
        add(stream, credential->overall);
        add(stream, credential->since_day);
        add(stream, credential->until_day);
        add(stream, credential->effective_day);
        add(stream, credential->evidence_age_s);
    }
}

static enum store_error ask(struct store *store, uint64_t who, struct hash_stream *stream)
{
    const struct subject subject = world_subject(who);
    struct expression expression;
    struct expression_error where;
    struct question question = {.network = &world.network,
                                .at_day = DAY,
                                .now_s = NOW_S + 5,
                                .known_by_s = UINT64_MAX,
                                .budget = FRESHNESS_DEFAULT,
                                .requirement = &expression};
    struct store_txn *txn;
    struct dossier dossier;
    struct verdict verdict;
    enum store_error error = store_read_begin(&txn, store);

    arena_rewind(&world.arena, 0);
    assert_true(expression_parse(&expression, &where, SCOPE_REQUIREMENT,
                                 bytes_of_string("ase/A5 and not tested ase/A6"), (struct bytes){0},
                                 &world.arena));
    if (error != STORE_OK) {
        return error;
    }
    error = store_dossier(txn, &world.network, &trust, &subject, DOSSIER_REACH_ALL, &dossier, &world.arena);
    store_end(txn);
    if (error == STORE_OK) {
        assert_true(verdict_of(&verdict, &dossier, &trust, &question, &world.arena));
        add_verdict(stream, &verdict);
    }
    return error;
}

/* The answers to all questions, as one hash. */
static enum store_error ask_all(const char *folder, struct hash *answer)
{
    static const struct hash_domain domain = {.label = "test.answer"};
    static const uint64_t questions[] = {0, 1, 2, OTHERS - 1, OTHERS + 5};
    const struct store_options options = {
        .folder = folder, .network_tag = "test", .map_size = 1 << 24, .read_only = true};
    struct hash_stream stream;
    struct store *store = NULL;
    enum store_error error = store_open(&store, &options);

    hash_stream_init(&stream, &domain);
    for (size_t i = 0; error == STORE_OK && i < sizeof questions / sizeof questions[0]; i++) {
        error = ask(store, questions[i], &stream);
    }
    hash_stream_end(&stream, answer);
    store_close(store);
    return error;
}

/* ---- flips ---- */

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return *seed >> 16;
}

static uint8_t *read_file(const char *folder, size_t *size)
{
    char path[96];
    struct stat figures;
    uint8_t *bytes;
    int file;

    snprintf(path, sizeof path, "%s/data.mdb", folder);
    file = open(path, O_RDONLY);
    assert_true(file >= 0 && fstat(file, &figures) == 0);
    *size = (size_t)figures.st_size;
    bytes = malloc(*size);
    assert_true(bytes && read(file, bytes, *size) == (ssize_t)*size);
    close(file);
    return bytes;
}

static void flip(uint64_t bit)
{
    char path[96];
    uint8_t byte = 0;
    int file;

    snprintf(path, sizeof path, "%s/data.mdb", copy_folder);
    file = open(path, O_RDWR);
    assert_true(file >= 0 && pread(file, &byte, 1, (off_t)(bit / 8)) == 1);
    byte ^= (uint8_t)(1 << bit % 8);
    assert_true(pwrite(file, &byte, 1, (off_t)(bit / 8)) == 1);
    close(file);
}

enum outcome { OUTCOME_SAME, OUTCOME_DAMAGED, OUTCOME_OTHER_ERROR, OUTCOME_CHANGED, OUTCOME_ENDED, OUTCOMES };

/* In a process of its own. */
static enum outcome outcome_of(const struct hash *right)
{
    int status = 0;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        struct hash answer;
        enum store_error error;

        close(STDERR_FILENO);
        error = ask_all(copy_folder, &answer);
        if (error != STORE_OK) {
            _exit(error == STORE_DAMAGED ? OUTCOME_DAMAGED : OUTCOME_OTHER_ERROR);
        }
        _exit(hash_equal(&answer, right) ? OUTCOME_SAME : OUTCOME_CHANGED);
    }
    assert_true(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? (enum outcome)WEXITSTATUS(status) : OUTCOME_ENDED;
}

static void write_copy(const uint8_t *bytes, size_t size)
{
    char path[96];
    int file;

    snprintf(path, sizeof path, "%s/data.mdb", copy_folder);
    file = open(path, O_CREAT | O_RDWR | O_TRUNC, 0600);
    assert_true(file >= 0 && write(file, bytes, size) == (ssize_t)size);
    close(file);
}

static void drop_copy(void)
{
    static const char *const names[] = {"data.mdb", "lock.mdb"};
    char path[96];

    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", copy_folder, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(copy_folder);
}

/* Of a file that a writer has opened not every page is looked at before. */
static void open_for_writing(void)
{
    const struct store_options options = {.folder = copy_folder, .network_tag = "test", .map_size = 1 << 24};
    struct store *store = NULL;

    assert_int_equal(store_open(&store, &options), STORE_OK);
    store_close(store);
}

static void no_flipped_bit_changes_an_answer(void **state)
{
    size_t outcomes[OUTCOMES] = {0};
    uint64_t seed = 20261129;
    struct hash right;
    uint8_t *bytes;
    size_t size;

    (void)state;
    world_init(&world);
    fill_store();
    world_close(&world);
    bytes = read_file(world.folder, &size);
    assert_non_null(mkdtemp(copy_folder));
    write_copy(bytes, size);
    open_for_writing();
    assert_int_equal(ask_all(copy_folder, &right), STORE_OK);
    assert_int_equal(outcome_of(&right), OUTCOME_SAME);
    for (size_t i = 0; i < FLIPS; i++) {
        const uint64_t bit = next_random(&seed) % (8 * size);
        enum outcome outcome;

        flip(bit);
        outcome = outcome_of(&right);
        flip(bit);
        outcomes[outcome]++;
        if (outcome == OUTCOME_CHANGED) {
            print_error("bit %llu, byte %llu of page %llu: another answer\n", (unsigned long long)bit,
                        (unsigned long long)(bit / 8 % 4096), (unsigned long long)(bit / 8 / 4096));
        }
    }
    print_message("%d bits of %zu pages: %zu without effect, %zu damage, %zu other errors, %zu ended it\n",
                  FLIPS, size / 4096, outcomes[OUTCOME_SAME], outcomes[OUTCOME_DAMAGED],
                  outcomes[OUTCOME_OTHER_ERROR], outcomes[OUTCOME_ENDED]);
    assert_int_equal(outcomes[OUTCOME_CHANGED], 0);
    assert_true(outcomes[OUTCOME_DAMAGED] > 0);
    free(bytes);
    drop_copy();
    world_open(&world);
    world_deinit(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_flipped_bit_changes_an_answer)};

    return cmocka_run_group_tests_name("store flip", tests, NULL, NULL);
}
