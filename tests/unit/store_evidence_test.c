#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "protocol/log/checkpoint.h"
#include "tests/support/store_world.h"

/* Checkpoints, of today and of days past, and fork proofs. */

static struct store_world world;
static struct world_author ase,
    prog; /* prog's number is the higher one: ase's rows lie right before its own */
static const struct trust nobody;

enum { HOUR_S = 3600, DAY_S = 24 * HOUR_S, ARRIVED_S = 1000, BLOCKS = 4 };

#define DAY_0 (UINT64_C(20000) * DAY_S)

static void attest(struct store_txn *txn, struct world_author *by)
{
    const struct subject subject = world_subject(7);

    world_attest(&world, txn, by, &subject, 1, "ase/A5", ARRIVED_S);
}

static int setup(void **state)
{
    struct store_txn *txn;

    (void)state;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &ase, 1, ARRIVED_S);
    world_begin_log(&world, txn, &prog, 2, ARRIVED_S);
    attest(txn, &ase);
    for (size_t i = 1; i < BLOCKS; i++) {
        attest(txn, &prog);
    }
    world_commit(txn);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

/* ---- checkpoints ---- */

/* Put a checkpoint of by that names a block. */
static void say_of(struct store_txn *txn, const struct world_author *by, uint64_t seq,
                   const struct hash *head, uint64_t time_s)
{
    const struct checkpoint record = {.author = by->actor.id, .seq = seq, .head = *head, .time_s = time_s};
    const size_t key = 2; /* one key a role, in order of the roles */
    struct signed_checkpoint signed_record;
    uint8_t memory[1024];
    struct bytes encoded, out;

    checkpoint_sign(&signed_record, &record, &world.network, key, &by->actor.built[key].secret);
    assert_true(schema_encode(&signed_checkpoint_schema, &signed_record, memory, sizeof memory, &encoded));
    assert_int_equal(store_put_checkpoint(txn, &by->actor.id, encoded), STORE_OK);
    assert_int_equal(store_checkpoint(txn, &by->actor.id, &out, &world.arena), STORE_OK);
    assert_true(bytes_equal(out, encoded));
}

static void say(struct store_txn *txn, const struct world_author *by, uint64_t seq, uint64_t time_s)
{
    struct block_record record;
    uint64_t arrived_s;

    assert_int_equal(store_block_record(txn, &by->actor.id, seq, &record, &arrived_s), STORE_OK);
    say_of(txn, by, seq, &record.hash, time_s);
}

/* How by's log stands in a dossier gathered for known_by_s. */
static struct dossier_log log_by(const struct world_author *by, uint64_t known_by_s)
{
    const struct subject subject = world_subject(7);
    const size_t mark = arena_mark(&world.arena);
    struct store_txn *txn = world_read(&world);
    const struct dossier_log *found;
    struct dossier dossier;
    struct dossier_log log;

    assert_int_equal(store_dossier(txn, &world.network, &nobody, &subject,
                                   (struct dossier_reach){.known_by_s = known_by_s}, &dossier, &world.arena),
                     STORE_OK);
    store_end(txn);
    found = dossier_log_of(&dossier, &by->actor.id);
    assert_non_null(found);
    log = *found;
    arena_rewind(&world.arena, mark);
    return log;
}

static void the_last_word_by_then_is_found(void **context)
{
    static const struct {
        uint64_t seq, time_s;
    } said[] = {
        {1, DAY_0 + 10 * HOUR_S},
        {1, DAY_0 + 20 * HOUR_S},
        {2, DAY_0 + 23 * HOUR_S},
        {2, DAY_0 + 5 * DAY_S + HOUR_S},
        {3, DAY_0 + 5 * DAY_S + 22 * HOUR_S},
        {3, DAY_0 + 9 * DAY_S + 12 * HOUR_S},
    };
    static const struct {
        const char *sentence;
        uint64_t known_by_s;
        uint64_t time_s; /* of the checkpoint found; 0: none is */
        uint64_t seq;
    } rows[] = {
        {"long before the first word there is none", DAY_0 - DAY_S, 0, 0},
        {"in the second of the first there is that", DAY_0 + 10 * HOUR_S, DAY_0 + 10 * HOUR_S, 1},
        {"and in that of one after it that one", DAY_0 + 20 * HOUR_S, DAY_0 + 20 * HOUR_S, 1},
        {"a second before a day's last word it is not there", DAY_0 + 23 * HOUR_S - 1, DAY_0 + 20 * HOUR_S,
         1},
        {"in its second it is", DAY_0 + 23 * HOUR_S, DAY_0 + 23 * HOUR_S, 2},
        {"it is there on days without a word", DAY_0 + 3 * DAY_S, DAY_0 + 23 * HOUR_S, 2},
        {"and on another day before its first word", DAY_0 + 5 * DAY_S + HOUR_S - 1, DAY_0 + 23 * HOUR_S, 2},
        {"which is there until its last", DAY_0 + 5 * DAY_S + 22 * HOUR_S - 1, DAY_0 + 5 * DAY_S + HOUR_S, 2},
        {"then that one is", DAY_0 + 5 * DAY_S + 22 * HOUR_S, DAY_0 + 5 * DAY_S + 22 * HOUR_S, 3},
        {"until the newest", DAY_0 + 9 * DAY_S + 12 * HOUR_S - 1, DAY_0 + 5 * DAY_S + 22 * HOUR_S, 3},
        {"which is there from its second", DAY_0 + 9 * DAY_S + 12 * HOUR_S, DAY_0 + 9 * DAY_S + 12 * HOUR_S,
         3},
        {"and years later", DAY_0 + 2000 * DAY_S, DAY_0 + 9 * DAY_S + 12 * HOUR_S, 3},
        {"and now", UINT64_MAX, DAY_0 + 9 * DAY_S + 12 * HOUR_S, 3},
    };
    struct store_txn *txn = world_write(&world);

    (void)context;
    say(txn, &ase, 1, DAY_0 - 9 * DAY_S);
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        say(txn, &prog, said[i].seq, said[i].time_s);
    }
    world_commit(txn);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct dossier_log log = log_by(&prog, rows[i].known_by_s);

        if (log.has_checkpoint != (rows[i].time_s > 0) || log.checkpoint_time_s != rows[i].time_s ||
            log.checkpoint_seq != rows[i].seq) {
            fail_msg("%s: block %d at %d", rows[i].sentence, (int)log.checkpoint_seq,
                     (int)log.checkpoint_time_s);
        }
    }
    assert_int_equal(log_by(&ase, UINT64_MAX).checkpoint_time_s, DAY_0 - 9 * DAY_S);
}

static void a_word_about_a_block_off_the_chain_leaves_its_time_open(void **context)
{
    const struct hash elsewhere = {{1}};
    struct store_txn *txn = world_write(&world);

    (void)context;
    say(txn, &prog, 1, DAY_0);
    say_of(txn, &prog, 2, &elsewhere, DAY_0 + DAY_S);
    say_of(txn, &prog, BLOCKS, &elsewhere, DAY_0 + 2 * DAY_S);
    say(txn, &prog, 2, DAY_0 + 3 * DAY_S);
    world_commit(txn);
    assert_true(log_by(&prog, DAY_0).has_checkpoint);
    assert_false(log_by(&prog, DAY_0 + DAY_S).has_checkpoint);
    assert_false(log_by(&prog, DAY_0 + 2 * DAY_S).has_checkpoint);
    assert_true(log_by(&prog, DAY_0 + 3 * DAY_S).has_checkpoint);
}

static void what_was_ahead_of_time_is_forgotten(void **context)
{
    struct store_txn *txn = world_write(&world);

    (void)context;
    say(txn, &prog, 1, DAY_0);
    say(txn, &prog, 2, DAY_0 + 90 * DAY_S);
    assert_int_equal(store_drop_later_checkpoints(txn, &prog.actor.id, DAY_0 + 2 * DAY_S, 3), STORE_OK);
    say(txn, &prog, 3, DAY_0 + 2 * DAY_S);
    world_commit(txn);
    assert_int_equal(log_by(&prog, DAY_0 + DAY_S).checkpoint_seq, 1);
    assert_int_equal(log_by(&prog, DAY_0 + 99 * DAY_S).checkpoint_seq, 3);
    assert_int_equal(log_by(&prog, UINT64_MAX).checkpoint_seq, 3);
}

static void the_first_days_are_forgotten(void **context)
{
    struct store_txn *txn = world_write(&world);

    (void)context;
    say(txn, &ase, 1, DAY_0);
    say(txn, &ase, 1, DAY_0 + DAY_S);
    for (uint64_t day = 0; day < CHECKPOINT_DAYS_MAX; day++) {
        say(txn, &prog, 1, DAY_0 + day * DAY_S);
    }
    world_commit(txn);
    assert_int_equal(log_by(&prog, DAY_0).checkpoint_time_s, DAY_0);
    txn = world_write(&world);
    say(txn, &prog, 1, DAY_0 + (CHECKPOINT_DAYS_MAX - 1) * DAY_S + HOUR_S);
    world_commit(txn);
    assert_int_equal(log_by(&prog, DAY_0).checkpoint_time_s, DAY_0);
    txn = world_write(&world);
    say(txn, &prog, 1, DAY_0 + CHECKPOINT_DAYS_MAX * DAY_S);
    world_commit(txn);
    assert_false(log_by(&prog, DAY_0 + DAY_S - 1).has_checkpoint);
    assert_int_equal(log_by(&prog, DAY_0 + DAY_S).checkpoint_time_s, DAY_0 + DAY_S);
    assert_int_equal(log_by(&ase, DAY_0).checkpoint_time_s, DAY_0);
}

static void nobodys_word_is_not_kept(void **context)
{
    const struct checkpoint record = {.author = {{{9}}}, .time_s = DAY_0};
    const struct signed_checkpoint signed_record = {.checkpoint = record};
    struct store_txn *txn = world_write(&world);
    uint8_t memory[1024];
    struct bytes encoded, out;

    (void)context;
    assert_true(schema_encode(&signed_checkpoint_schema, &signed_record, memory, sizeof memory, &encoded));
    assert_int_equal(store_put_checkpoint(txn, &record.author, encoded), STORE_NOT_FOUND);
    assert_int_equal(store_checkpoint(txn, &record.author, &out, &world.arena), STORE_NOT_FOUND);
    world_commit(txn);
}

static void a_word_with_all_its_extensions_is_kept(void **context)
{
    static const uint8_t content[EXTENSION_SIZE_MAX];
    struct extension extensions[EXTENSIONS_MAX];
    struct signed_checkpoint record = {.checkpoint = {.author = prog.actor.id, .time_s = DAY_0}};
    uint8_t memory[EXTENSIONS_MAX * EXTENSION_SIZE_MAX + 1024];
    struct store_txn *txn = world_write(&world);
    struct bytes encoded;

    (void)context;
    for (size_t i = 0; i < EXTENSIONS_MAX; i++) {
        extensions[i] = (struct extension){.number = i, .value = bytes_of(content, sizeof content)};
    }
    record.checkpoint.extensions = (struct list){.items = extensions, .count = EXTENSIONS_MAX};
    assert_true(schema_encode(&signed_checkpoint_schema, &record, memory, sizeof memory, &encoded));
    assert_int_equal(store_put_checkpoint(txn, &prog.actor.id, encoded), STORE_OK);
    world_commit(txn);
}

/* ---- fork proofs ---- */

static bool count_proof(void *context, const struct actor_id *author, uint64_t epoch, struct bytes encoded)
{
    size_t *count = context;

    assert_memory_equal(author, &ase.actor.id, sizeof *author);
    assert_int_equal(epoch, *count == 0 ? 1 : 300);
    assert_true(bytes_equal_string(encoded, *count == 0 ? "one" : "three hundred"));
    (*count)++;
    return true;
}

static void fork_proofs_are_kept_by_author_and_epoch(void **context)
{
    struct store_txn *txn = world_write(&world);
    struct bytes out;
    size_t count = 0;

    (void)context;
    assert_int_equal(
        store_put_fork_proof(txn, &ase.actor.id, 300, FORK_PROOF_LOWEST, bytes_of_string("three hundred")),
        STORE_OK);
    assert_int_equal(store_put_fork_proof(txn, &ase.actor.id, 1, FORK_PROOF_LOWEST, bytes_of_string("one")),
                     STORE_OK);
    assert_int_equal(store_fork_proof(txn, &ase.actor.id, 2, FORK_PROOF_LOWEST, &out, &world.arena),
                     STORE_NOT_FOUND);
    assert_int_equal(store_fork_proof(txn, &ase.actor.id, 300, FORK_PROOF_LOWEST, &out, &world.arena),
                     STORE_OK);
    assert_int_equal(store_each_fork_proof(txn, count_proof, &count), STORE_OK);
    assert_int_equal(count, 2);
    world_commit(txn);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(the_last_word_by_then_is_found),
        IN_WORLD(a_word_about_a_block_off_the_chain_leaves_its_time_open),
        IN_WORLD(what_was_ahead_of_time_is_forgotten),
        IN_WORLD(the_first_days_are_forgotten),
        IN_WORLD(nobodys_word_is_not_kept),
        IN_WORLD(a_word_with_all_its_extensions_is_kept),
        IN_WORLD(fork_proofs_are_kept_by_author_and_epoch),
    };

    return cmocka_run_group_tests_name("store evidence", tests, NULL, NULL);
}
