#include "node/ingest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "protocol/log/checkpoint.h"
#include "protocol/log/fork.h"
#include "tests/support/log_random.h"

/* Whose blocks are taken in, how many, and what becomes of each; node_ingest_order_test asks what a whole
 * family of blocks comes to. */

enum { ARENA_SIZE = 16 * 1024 * 1024, ACTORS = 4, NOW_S = 1000 };

/* Owner is in the trust file, delegate accredited by it, named attested by it, stranger unknown. */
enum who { OWNER, DELEGATE, NAMED, STRANGER };

struct bench {
    struct network network;
    struct trust trust;
    struct built_actor actors[ACTORS];
    struct log_builder builder;
    struct arena scratch;
    struct memory_log logs[ACTORS]; /* what each has written, whether or not the store has it */
    struct store *store;
    struct store_txn *txn;
    struct ingest ingest;
    struct ingest_result result;
    char folder[64];
    uint8_t arena_memory[ARENA_SIZE];
    uint8_t *scratch_memory;
};

static struct bench *bench;

static bool open_store(void)
{
    snprintf(bench->folder, sizeof bench->folder, "/tmp/tradeproof-ingest-XXXXXX");
    const struct store_options options = {.folder = mkdtemp(bench->folder), .network_tag = "test"};
    return options.folder != NULL && store_open(&bench->store, &options) == STORE_OK &&
           store_write_begin(&bench->txn, bench->store) == STORE_OK;
}

static int make_bench(void **state)
{
    (void)state;
    bench = calloc(1, sizeof *bench);
    if (bench == NULL || !network_init(&bench->network, "test")) {
        return -1;
    }
    bench->scratch_memory = malloc(MEMORY_LOG_SCRATCH_SIZE);
    if (bench->scratch_memory == NULL || !open_store()) {
        return -1;
    }
    arena_init(&bench->scratch, bench->scratch_memory, MEMORY_LOG_SCRATCH_SIZE);
    log_builder_init(&bench->builder, bench->arena_memory, sizeof bench->arena_memory);
    for (enum who who = OWNER; who <= STRANGER; who++) {
        build_actor(&bench->actors[who], &bench->network, 50 + who, 1, 1);
        memory_log_init(&bench->logs[who], &bench->network, &bench->scratch);
        log_builder_inception(&bench->builder, &bench->logs[who], &bench->actors[who]);
    }
    struct trust_owner owner = {.name_space = "ase", .actor = bench->actors[OWNER].id};
    if (trust_add_owner(&bench->trust, &owner) != TRUST_OK) {
        return -1;
    }
    return ingest_init(&bench->ingest, bench->store, &bench->network, &bench->trust, NULL) ? 0 : -1;
}

static int drop_bench(void **state)
{
    static const char *const names[] = {"data.mdb", "lock.mdb"};
    char path[128];

    (void)state;
    ingest_deinit(&bench->ingest);
    store_end(bench->txn);
    store_close(bench->store);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", bench->folder, names[i]);
        unlink(path);
    }
    rmdir(bench->folder);
    for (size_t i = 0; i < ACTORS; i++) {
        memory_log_deinit(&bench->logs[i]);
    }
    free(bench->scratch_memory);
    free(bench);
    return 0;
}

/* ---- offering ---- */

/* Returns: the reason of a refusal, else REASON_NONE. */
static enum reason offer_from(enum ingest_origin origin, struct bytes encoded)
{
    ingest_block(&bench->ingest, bench->txn, origin, encoded, NOW_S, &bench->result);
    assert_int_not_equal(bench->result.outcome, INGEST_FAILED);
    return bench->result.outcome == INGEST_REFUSED ? bench->result.reason : REASON_NONE;
}

static enum reason offer(struct bytes encoded)
{
    return offer_from(INGEST_PEER, encoded);
}

static enum reason offer_seq(enum who who, uint64_t seq)
{
    return offer(memory_log_block(&bench->logs[who], seq));
}

/* The draft follows who's log and is offered. */
static enum reason write_and_offer(enum who who)
{
    return offer_seq(who, log_builder_append(&bench->builder, &bench->logs[who]));
}

static void draft_content(enum who about, size_t count)
{
    const struct attestation attestation =
        build_attestation(&bench->actors[about].id, "ase/A5", 45000, 46000);

    log_builder_begin(&bench->builder, CLASS_CONTENT);
    for (size_t i = 0; i < count; i++) {
        log_builder_add(&bench->builder, ENTRY_ATTESTATION, &attestation);
    }
}

static void draft_accreditation(enum who delegate)
{
    const struct bytes patterns[] = {bytes_of_string("ase/*")};
    const struct accreditation accreditation = {.delegate = bench->actors[delegate].id,
                                                .patterns = {patterns, 1}};

    log_builder_begin(&bench->builder, CLASS_GOVERN);
    log_builder_add(&bench->builder, ENTRY_ACCREDITATION, &accreditation);
}

static void draft_statement(enum who author, size_t size)
{
    static const char text[STATEMENT_SIZE_MAX] = {0};
    char letters[STATEMENT_SIZE_MAX];
    const struct statement statement = {.about = {.author = bench->actors[author].id},
                                        .text = bytes_of(letters, size)};

    memset(letters, 'x', sizeof text);
    log_builder_begin(&bench->builder, CLASS_CONTENT);
    log_builder_add(&bench->builder, ENTRY_STATEMENT, &statement);
}

static void draft_update(uint64_t seed)
{
    struct dice dice = {.state = seed};

    log_random_update(&bench->builder, &dice);
}

static void draft_rotation(enum who who, uint64_t seed)
{
    struct dice dice = {.state = seed};

    log_random_rotation(&bench->builder, &bench->logs[who], &dice);
}

/* Owner's log with an accreditation of the delegate and an attestation about the named actor. */
static void take_in_owner(void)
{
    assert_int_equal(offer_seq(OWNER, 0), REASON_NONE);
    draft_accreditation(DELEGATE);
    assert_int_equal(write_and_offer(OWNER), REASON_NONE);
    draft_content(NAMED, 1);
    assert_int_equal(write_and_offer(OWNER), REASON_NONE);
}

static enum admission admission_of(enum who who)
{
    enum admission admission = ADMISSION_NONE;

    assert_int_equal(ingest_admission(&bench->ingest, bench->txn, &bench->actors[who].id, &admission),
                     STORE_OK);
    return admission;
}

/* ---- admission ---- */

static void test_who_is_admitted(void **state)
{
    (void)state;
    assert_int_equal(admission_of(OWNER), ADMISSION_FULL);
    assert_int_equal(admission_of(DELEGATE), ADMISSION_NONE);
    assert_int_equal(admission_of(NAMED), ADMISSION_NONE);
    take_in_owner();
    assert_int_equal(admission_of(DELEGATE), ADMISSION_FULL);
    assert_int_equal(admission_of(NAMED), ADMISSION_NAMED);
    assert_int_equal(admission_of(STRANGER), ADMISSION_NONE);
    /* The node's own actor needs nobody. */
    bench->ingest.self = bench->actors[STRANGER].id;
    bench->ingest.has_self = true;
    assert_int_equal(admission_of(STRANGER), ADMISSION_FULL);
}

static void test_strangers_cost_nothing(void **state)
{
    struct log_state held;
    uint64_t blocks = 0, bytes = 0;

    (void)state;
    take_in_owner();
    assert_int_equal(offer_seq(STRANGER, 0), REASON_NOT_ADMITTED);
    draft_content(STRANGER, 1);
    assert_int_equal(write_and_offer(STRANGER), REASON_NOT_ADMITTED);
    assert_int_equal(store_log_state(bench->txn, &bench->actors[STRANGER].id, &held), STORE_NOT_FOUND);
    assert_int_equal(store_log_size(bench->txn, &bench->actors[STRANGER].id, &blocks, &bytes),
                     STORE_NOT_FOUND);
}

static void test_delegates_name_and_accredit_in_turn(void **state)
{
    (void)state;
    take_in_owner();
    assert_int_equal(offer_seq(DELEGATE, 0), REASON_NONE);
    draft_content(STRANGER, 1);
    assert_int_equal(write_and_offer(DELEGATE), REASON_NONE);
    assert_int_equal(admission_of(STRANGER), ADMISSION_NAMED);
    draft_accreditation(STRANGER);
    assert_int_equal(write_and_offer(DELEGATE), REASON_NONE);
    assert_int_equal(admission_of(STRANGER), ADMISSION_FULL);
}

/* ---- the quota of an actor that was only named ---- */

static void test_what_a_named_actor_may_say(void **state)
{
    struct index_range range;
    const struct status status = build_status(1, &range, 0, 0, STATUS_REVOKED, 45000);

    (void)state;
    take_in_owner();
    assert_int_equal(offer_seq(NAMED, 0), REASON_NONE);
    draft_statement(OWNER, 10);
    assert_int_equal(write_and_offer(NAMED), REASON_NONE);
    draft_update(1);
    assert_int_equal(write_and_offer(NAMED), REASON_NONE);
    draft_rotation(NAMED, 2);
    assert_int_equal(write_and_offer(NAMED), REASON_NONE);

    draft_content(STRANGER, 1);
    assert_int_equal(offer(log_builder_forge(&bench->builder, &bench->logs[NAMED], NULL)),
                     REASON_NOT_ADMITTED);
    draft_accreditation(STRANGER);
    assert_int_equal(offer(log_builder_forge(&bench->builder, &bench->logs[NAMED], NULL)),
                     REASON_NOT_ADMITTED);
    log_builder_begin(&bench->builder, CLASS_STATUS);
    log_builder_add(&bench->builder, ENTRY_STATUS, &status);
    assert_int_equal(offer(log_builder_forge(&bench->builder, &bench->logs[NAMED], NULL)),
                     REASON_NOT_ADMITTED);
    log_builder_begin(&bench->builder, CLASS_CONTENT);
    log_builder_add_payload(&bench->builder, 500, false, bytes_of("x", 1));
    assert_int_equal(offer(log_builder_forge(&bench->builder, &bench->logs[NAMED], NULL)),
                     REASON_NOT_ADMITTED);
    /* One entry that it may not say spoils the block. */
    draft_statement(OWNER, 10);
    log_builder_add_payload(&bench->builder, 500, false, bytes_of("x", 1));
    assert_int_equal(offer(log_builder_forge(&bench->builder, &bench->logs[NAMED], NULL)),
                     REASON_NOT_ADMITTED);
}

/* Blocks of the smallest size reach 16 KiB before there are 64 of them. */
static void test_a_named_actor_has_16_kib(void **state)
{
    uint64_t blocks = 0, bytes = 0;
    enum reason reason = REASON_NONE;

    (void)state;
    take_in_owner();
    assert_int_equal(offer_seq(NAMED, 0), REASON_NONE);
    while (reason == REASON_NONE) {
        draft_statement(OWNER, STATEMENT_SIZE_MAX);
        reason = write_and_offer(NAMED);
    }
    assert_int_equal(reason, REASON_QUOTA);
    assert_int_equal(store_log_size(bench->txn, &bench->actors[NAMED].id, &blocks, &bytes), STORE_OK);
    assert_in_range(bytes, 16 * 1024 - 2 * STATEMENT_SIZE_MAX, 16 * 1024);
    assert_int_equal(bench->logs[NAMED].block_count, blocks + 1);
    /* Copies of known blocks are not counted again. */
    assert_int_equal(offer_seq(NAMED, 1), REASON_KNOWN);
}

static void test_a_full_quota_stops_no_rotation(void **state)
{
    struct memory_log *log = &bench->logs[NAMED];
    enum reason reason = REASON_NONE;

    (void)state;
    take_in_owner();
    assert_int_equal(offer_seq(NAMED, 0), REASON_NONE);
    while (reason == REASON_NONE) {
        struct bytes encoded = {0};

        draft_statement(OWNER, STATEMENT_SIZE_MAX);
        encoded = log_builder_forge(&bench->builder, log, NULL);
        reason = offer(encoded);
        if (reason == REASON_NONE) {
            assert_int_equal(memory_log_accept(log, encoded), REASON_NONE);
        }
    }
    assert_int_equal(reason, REASON_QUOTA);
    for (uint64_t i = 0; i < 70; i++) {
        draft_rotation(NAMED, i);
        assert_int_equal(write_and_offer(NAMED), REASON_NONE);
        draft_update(i);
        assert_int_equal(offer(log_builder_forge(&bench->builder, log, NULL)), REASON_QUOTA);
        draft_statement(OWNER, 1);
        assert_int_equal(offer(log_builder_forge(&bench->builder, log, NULL)), REASON_QUOTA);
    }
}

static void test_side_blocks_count_too(void **state)
{
    uint64_t blocks = 0, bytes = 0;
    enum reason reason = REASON_NONE;

    (void)state;
    take_in_owner();
    assert_int_equal(offer_seq(NAMED, 0), REASON_NONE);
    while (reason == REASON_NONE) {
        draft_statement(OWNER, 1);
        reason = offer(log_builder_forge(&bench->builder, &bench->logs[NAMED], NULL));
    }
    assert_int_equal(reason, REASON_QUOTA);
    assert_int_equal(store_log_size(bench->txn, &bench->actors[NAMED].id, &blocks, &bytes), STORE_OK);
    assert_in_range(bytes, 15 * 1024, 16 * 1024);
}

/* ---- what becomes of a block ---- */

static void change_state_root(struct forgery *forgery)
{
    forgery->header.state_root.bytes[0] ^= 1;
}

static void break_signature(struct forgery *forgery)
{
    forgery->break_signature = true;
}

static void test_a_chain_grows(void **state)
{
    (void)state;
    assert_int_equal(offer_seq(OWNER, 0), REASON_NONE);
    assert_int_equal(bench->result.outcome, INGEST_EXTENDED);
    draft_content(OWNER, 2);
    assert_int_equal(write_and_offer(OWNER), REASON_NONE);
    assert_int_equal(bench->result.outcome, INGEST_EXTENDED);
    assert_int_equal(bench->result.seq, 1);
    assert_int_equal(bench->result.epoch, 0);
    assert_true(actor_id_equal(&bench->result.author, &bench->actors[OWNER].id));
    assert_memory_equal(&bench->result.hash, &bench->logs[OWNER].state.head, sizeof(struct hash));
    assert_false(bench->result.fork_found);
    assert_int_equal(offer_seq(OWNER, 1), REASON_KNOWN);
    assert_int_equal(offer_seq(OWNER, 0), REASON_KNOWN);
}

static void test_a_block_waits_for_the_one_before(void **state)
{
    (void)state;
    draft_content(OWNER, 1);
    assert_int_equal(write_and_offer(OWNER), REASON_ORPHAN);
    draft_content(OWNER, 1);
    assert_int_equal(write_and_offer(OWNER), REASON_ORPHAN);
    assert_int_equal(offer_seq(OWNER, 0), REASON_NONE);
    assert_int_equal(offer_seq(OWNER, 2), REASON_ORPHAN);
    assert_int_equal(offer_seq(OWNER, 1), REASON_NONE);
    assert_int_equal(offer_seq(OWNER, 2), REASON_NONE);
}

static void test_garbage_is_refused(void **state)
{
    struct dice dice = {.state = 5};
    struct bytes honest = {0};
    uint8_t bytes[2048];

    (void)state;
    assert_int_equal(offer_seq(OWNER, 0), REASON_NONE);
    draft_content(OWNER, 3);
    honest = log_builder_forge(&bench->builder, &bench->logs[OWNER], NULL);
    assert_true(honest.size <= sizeof bytes);
    for (size_t size = 0; size < honest.size; size++) {
        assert_int_not_equal(offer(bytes_of(honest.data, size)), REASON_NONE);
    }
    for (size_t i = 0; i < honest.size; i++) {
        memcpy(bytes, honest.data, honest.size);
        bytes[i] ^= (uint8_t)(1 + dice_roll(&dice, 255));
        assert_int_not_equal(offer(bytes_of(bytes, honest.size)), REASON_NONE);
    }
    for (size_t i = 0; i < 2000; i++) {
        size_t size = dice_roll(&dice, sizeof bytes);

        for (size_t j = 0; j < size; j++) {
            bytes[j] = (uint8_t)dice_roll(&dice, 256);
        }
        assert_int_not_equal(offer(bytes_of(bytes, size)), REASON_NONE);
    }
    assert_int_equal(offer(honest), REASON_NONE);
    assert_int_equal(bench->result.outcome, INGEST_EXTENDED);
}

static void test_an_unsigned_block_leaves_no_trace(void **state)
{
    uint64_t blocks = 0, bytes = 0;

    (void)state;
    assert_int_equal(offer_seq(OWNER, 0), REASON_NONE);
    draft_content(OWNER, 1);
    assert_int_equal(offer(log_builder_forge(&bench->builder, &bench->logs[OWNER], break_signature)),
                     REASON_BAD_SIGNATURE);
    assert_int_equal(store_log_size(bench->txn, &bench->actors[OWNER].id, &blocks, &bytes), STORE_OK);
    assert_int_equal(blocks, 1);
}

/* Its header is signed, so it contradicts what its author signs in its place. */
static void test_a_refused_block_counts_against_its_author(void **state)
{
    struct bytes proof;

    (void)state;
    assert_int_equal(offer_seq(OWNER, 0), REASON_NONE);
    draft_content(OWNER, 1);
    assert_int_equal(offer(log_builder_forge(&bench->builder, &bench->logs[OWNER], change_state_root)),
                     REASON_STATE_ROOT);
    assert_false(bench->result.fork_found);
    draft_content(OWNER, 1);
    assert_int_equal(write_and_offer(OWNER), REASON_NONE);
    assert_int_equal(bench->result.outcome, INGEST_EXTENDED);
    assert_true(bench->result.fork_found);
    assert_int_equal(store_fork_proof(bench->txn, &bench->actors[OWNER].id, 0, &proof, &bench->builder.arena),
                     STORE_OK);
    draft_content(OWNER, 1);
    assert_int_equal(write_and_offer(OWNER), REASON_NONE);
    assert_int_equal(bench->result.outcome, INGEST_EXTENDED);
    assert_false(bench->result.fork_found);
}

static void test_a_second_inception_is_none(void **state)
{
    struct bytes encoded = memory_log_block(&bench->logs[OWNER], 0);
    uint8_t bytes[KEYS_SIZE_MAX];

    (void)state;
    assert_int_equal(offer_seq(OWNER, 0), REASON_NONE);
    assert_true(encoded.size <= sizeof bytes);
    for (size_t i = 0; i < encoded.size; i++) {
        memcpy(bytes, encoded.data, encoded.size);
        bytes[i] ^= 1;
        assert_int_not_equal(offer(bytes_of(bytes, encoded.size)), REASON_NONE);
    }
}

/* ---- branches ---- */

/* Two blocks after the owner's head, the one with the lower hash first; nothing is appended. */
static void draw_pair(struct bytes pair[2])
{
    struct block blocks[2];

    for (size_t i = 0; i < 2; i++) {
        draft_content(OWNER, 1);
        pair[i] = log_builder_forge(&bench->builder, &bench->logs[OWNER], NULL);
        assert_int_equal(block_decode(&blocks[i], &bench->network, pair[i], &bench->builder.arena),
                         REASON_NONE);
    }
    if (hash_compare(&blocks[0].hash, &blocks[1].hash) > 0) {
        struct bytes higher = pair[0];

        pair[0] = pair[1];
        pair[1] = higher;
    }
}

static void test_the_lower_branch_is_followed(void **state)
{
    struct bytes pair[2];

    (void)state;
    assert_int_equal(offer_seq(OWNER, 0), REASON_NONE);
    draw_pair(pair);
    assert_int_equal(offer(pair[1]), REASON_NONE);
    assert_int_equal(bench->result.outcome, INGEST_EXTENDED);
    assert_int_equal(offer(pair[0]), REASON_NONE);
    assert_int_equal(bench->result.outcome, INGEST_SWITCHED);
    assert_true(bench->result.fork_found);
    assert_int_equal(offer(pair[1]), REASON_KNOWN);
}

static void test_the_higher_branch_is_kept_aside(void **state)
{
    struct bytes pair[2];

    (void)state;
    assert_int_equal(offer_seq(OWNER, 0), REASON_NONE);
    draw_pair(pair);
    assert_int_equal(offer(pair[0]), REASON_NONE);
    assert_int_equal(offer(pair[1]), REASON_NONE);
    assert_int_equal(bench->result.outcome, INGEST_ASIDE);
    assert_true(bench->result.fork_found);
    assert_int_equal(offer(pair[1]), REASON_KNOWN);
}

static void test_a_rotation_takes_the_log_to_its_branch(void **state)
{
    struct memory_log *log = &bench->logs[OWNER];
    struct bytes pair[2];

    (void)state;
    assert_int_equal(offer_seq(OWNER, 0), REASON_NONE);
    draw_pair(pair);
    assert_int_equal(offer(pair[0]), REASON_NONE);
    assert_int_equal(offer(pair[1]), REASON_NONE);
    assert_int_equal(memory_log_accept(log, pair[1]), REASON_NONE);
    draft_rotation(OWNER, 1);
    assert_int_equal(write_and_offer(OWNER), REASON_NONE);
    assert_int_equal(bench->result.outcome, INGEST_SWITCHED);
    draft_content(OWNER, 1);
    assert_int_equal(write_and_offer(OWNER), REASON_NONE);
    assert_int_equal(bench->result.outcome, INGEST_EXTENDED);
}

static void test_two_rotations_freeze(void **state)
{
    struct memory_log *log = &bench->logs[OWNER];
    struct bytes first, second;
    bool frozen = false;

    (void)state;
    assert_int_equal(offer_seq(OWNER, 0), REASON_NONE);
    draft_rotation(OWNER, 1);
    first = log_builder_forge(&bench->builder, log, NULL);
    draft_rotation(OWNER, 2);
    second = log_builder_forge(&bench->builder, log, NULL);
    assert_int_equal(offer(first), REASON_NONE);
    assert_int_equal(offer(second), REASON_NONE);
    assert_true(bench->result.fork_found);
    assert_int_equal(store_is_frozen(bench->txn, &bench->actors[OWNER].id, &frozen), STORE_OK);
    assert_true(frozen);
    /* What follows either is kept, and never followed. */
    assert_int_equal(memory_log_accept(log, first), REASON_NONE);
    draft_content(OWNER, 1);
    assert_int_equal(write_and_offer(OWNER), REASON_NONE);
    assert_int_equal(bench->result.outcome, INGEST_ASIDE);
}

/* ---- one's own blocks ---- */

static void own(enum who who)
{
    bench->ingest.self = bench->actors[who].id;
    bench->ingest.has_self = true;
}

static void test_own_blocks_extend_the_head(void **state)
{
    struct memory_log *log = &bench->logs[STRANGER];
    struct memory_log earlier;

    (void)state;
    own(STRANGER);
    memory_log_copy(&earlier, log);
    assert_int_equal(offer_from(INGEST_LOCAL, memory_log_block(log, 0)), REASON_NONE);
    draft_content(OWNER, 1);
    log_builder_append(&bench->builder, log);
    assert_int_equal(offer_from(INGEST_LOCAL, memory_log_block(log, 1)), REASON_NONE);
    draft_content(OWNER, 2);
    assert_int_equal(offer_from(INGEST_LOCAL, log_builder_forge(&bench->builder, &earlier, NULL)),
                     REASON_WRONG_PREVIOUS);
    memory_log_deinit(&earlier);
}

static void test_a_refused_own_block_is_not_kept(void **state)
{
    struct memory_log *log = &bench->logs[STRANGER];
    uint64_t blocks = 0, bytes = 0;

    (void)state;
    own(STRANGER);
    assert_int_equal(offer_from(INGEST_LOCAL, memory_log_block(log, 0)), REASON_NONE);
    draft_content(OWNER, 1);
    assert_int_equal(offer_from(INGEST_LOCAL, log_builder_forge(&bench->builder, log, change_state_root)),
                     REASON_STATE_ROOT);
    assert_int_equal(store_log_size(bench->txn, &bench->actors[STRANGER].id, &blocks, &bytes), STORE_OK);
    assert_int_equal(blocks, 1);
}

/* A thief's block came in from a peer: an own one beside it would be a fork, a rotation ends it. */
static void test_own_blocks_never_fork(void **state)
{
    struct memory_log *log = &bench->logs[STRANGER];

    (void)state;
    own(STRANGER);
    assert_int_equal(offer_from(INGEST_LOCAL, memory_log_block(log, 0)), REASON_NONE);
    draft_content(OWNER, 1);
    assert_int_equal(offer(log_builder_forge(&bench->builder, log, change_state_root)), REASON_STATE_ROOT);
    draft_content(OWNER, 1);
    assert_int_equal(offer_from(INGEST_LOCAL, log_builder_forge(&bench->builder, log, NULL)), REASON_FORK);
    draft_rotation(STRANGER, 1);
    log_builder_append(&bench->builder, log);
    assert_int_equal(offer_from(INGEST_LOCAL, memory_log_block(log, 1)), REASON_NONE);
    assert_int_equal(bench->result.outcome, INGEST_EXTENDED);
}

static void test_a_frozen_actor_writes_no_more(void **state)
{
    struct memory_log *log = &bench->logs[STRANGER];
    struct bytes rotations[2];

    (void)state;
    own(STRANGER);
    assert_int_equal(offer_from(INGEST_LOCAL, memory_log_block(log, 0)), REASON_NONE);
    for (uint64_t i = 0; i < 2; i++) {
        draft_rotation(STRANGER, i);
        rotations[i] = log_builder_forge(&bench->builder, log, NULL);
    }
    assert_int_equal(offer_from(INGEST_LOCAL, rotations[0]), REASON_NONE);
    assert_int_equal(offer_from(INGEST_LOCAL, rotations[1]), REASON_WRONG_PREVIOUS);
    assert_int_equal(offer(rotations[1]), REASON_NONE);
    for (size_t i = 0; i < 2; i++) {
        struct memory_log after;
        enum reason reason = REASON_NONE;

        memory_log_copy(&after, log);
        assert_int_equal(memory_log_accept(&after, rotations[i]), REASON_NONE);
        draft_content(OWNER, 1);
        reason = offer_from(INGEST_LOCAL, log_builder_forge(&bench->builder, &after, NULL));
        /* One of the two is the head. */
        assert_true(reason == REASON_FROZEN || reason == REASON_WRONG_PREVIOUS);
        memory_log_deinit(&after);
    }
}

/* ---- evidence ---- */

static struct bytes sign_checkpoint(enum who who, uint64_t seq, uint64_t time_s)
{
    const struct memory_log *log = &bench->logs[who];
    const struct key_set *keys = &log->state.keys;
    const struct checkpoint checkpoint = {.author = log->state.author,
                                          .epoch = log->blocks[seq].record.epoch,
                                          .seq = seq,
                                          .head = log->blocks[seq].record.hash,
                                          .time_s = time_s};
    struct block_signer signer[SIGNATURES_MAX];
    struct signed_checkpoint out;

    assert_int_equal(key_ring_signers(&bench->builder.ring, keys, ROLE_CHECKPOINT, 1, signer), 1);
    checkpoint_sign(&out, &checkpoint, &bench->network, signer[0].key_index, signer[0].secret);
    return build_record(&signed_checkpoint_schema, &out, &bench->builder.arena);
}

static enum reason offer_checkpoint(struct bytes encoded)
{
    struct actor_id author;
    enum store_error error = STORE_OK;
    enum reason reason = ingest_checkpoint(&bench->ingest, bench->txn, encoded, &author, &error);

    assert_int_equal(error, STORE_OK);
    return reason;
}

static void test_checkpoints_are_kept_when_their_block_is_held(void **state)
{
    struct bytes held, later;

    (void)state;
    take_in_owner();
    assert_int_equal(offer_checkpoint(sign_checkpoint(OWNER, 1, 500)), REASON_NONE);
    assert_int_equal(offer_checkpoint(sign_checkpoint(OWNER, 1, 500)), REASON_KNOWN);
    assert_int_equal(offer_checkpoint(sign_checkpoint(OWNER, 2, 501)), REASON_NONE);
    assert_int_equal(offer_checkpoint(sign_checkpoint(OWNER, 1, 502)), REASON_STALE_CHECKPOINT);
    assert_int_equal(offer_checkpoint(sign_checkpoint(STRANGER, 0, 502)), REASON_ORPHAN);
    assert_int_equal(offer_checkpoint(bytes_of("x", 1)), REASON_WRONG_TYPE);
    draft_content(OWNER, 1);
    log_builder_append(&bench->builder, &bench->logs[OWNER]);
    later = sign_checkpoint(OWNER, 3, 503);
    assert_int_equal(offer_checkpoint(later), REASON_ORPHAN);
    assert_int_equal(offer_seq(OWNER, 3), REASON_NONE);
    assert_int_equal(offer_checkpoint(later), REASON_NONE);
    assert_int_equal(store_checkpoint(bench->txn, &bench->actors[OWNER].id, &held, &bench->builder.arena),
                     STORE_OK);
    assert_true(bytes_equal(held, later));
}

static struct bytes prove(struct bytes a, struct bytes b)
{
    struct block blocks[2];
    struct fork_proof proof;

    assert_int_equal(block_decode(&blocks[0], &bench->network, a, &bench->builder.arena), REASON_NONE);
    assert_int_equal(block_decode(&blocks[1], &bench->network, b, &bench->builder.arena), REASON_NONE);
    assert_true(fork_proof_of(&proof, &blocks[0], &blocks[1], &bench->builder.arena));
    return build_record(&fork_proof_schema, &proof, &bench->builder.arena);
}

static enum reason offer_proof(struct bytes encoded)
{
    struct actor_id author;
    enum store_error error = STORE_OK;
    enum reason reason = ingest_fork_proof(&bench->ingest, bench->txn, encoded, &author, &error);

    assert_int_equal(error, STORE_OK);
    return reason;
}

static void test_a_fork_is_proved_without_its_blocks(void **state)
{
    struct bytes pair[2];
    struct bytes proof;

    (void)state;
    draw_pair(pair);
    proof = prove(pair[0], pair[1]);
    assert_int_equal(offer_proof(proof), REASON_ORPHAN);
    assert_int_equal(offer_seq(OWNER, 0), REASON_NONE);
    assert_int_equal(offer_proof(bytes_of("x", 1)), REASON_WRONG_TYPE);
    assert_int_equal(offer_proof(proof), REASON_NONE);
    assert_int_equal(offer_proof(proof), REASON_KNOWN);
    assert_int_equal(offer(pair[0]), REASON_NONE);
    assert_int_equal(offer(pair[1]), REASON_NONE);
    assert_false(bench->result.fork_found);
}

/* Whichever of three the chain follows: the closed epoch's keys are below each. */
static void test_rotations_are_proved_beside_a_third(void **state)
{
    struct memory_log *log = &bench->logs[OWNER];
    struct bytes rotations[3];
    bool frozen = false;

    (void)state;
    assert_int_equal(offer_seq(OWNER, 0), REASON_NONE);
    for (uint64_t i = 0; i < 3; i++) {
        draft_rotation(OWNER, i);
        rotations[i] = log_builder_forge(&bench->builder, log, NULL);
        draft_content(OWNER, 1);
        assert_int_equal(write_and_offer(OWNER), REASON_NONE);
    }
    draft_rotation(OWNER, 3);
    assert_int_equal(write_and_offer(OWNER), REASON_NONE);
    draft_content(OWNER, 1);
    assert_int_equal(write_and_offer(OWNER), REASON_NONE);
    assert_int_equal(offer_proof(prove(rotations[1], rotations[2])), REASON_NONE);
    assert_int_equal(store_is_frozen(bench->txn, &bench->actors[OWNER].id, &frozen), STORE_OK);
    assert_true(frozen);
    /* A proof alone names no branch to end at. */
    draft_content(OWNER, 1);
    assert_int_equal(write_and_offer(OWNER), REASON_NONE);
    assert_int_equal(bench->result.outcome, INGEST_EXTENDED);
}

/* A fork lower in the epoch that two rotations close does not hide that they froze it. */
static void test_two_rotations_are_told_before_an_older_fork(void **state)
{
    struct memory_log *log = &bench->logs[OWNER];
    struct bytes pair[2], rotations[2];
    bool frozen = false;

    (void)state;
    assert_int_equal(offer_seq(OWNER, 0), REASON_NONE);
    draw_pair(pair);
    assert_int_equal(memory_log_accept(log, pair[0]), REASON_NONE);
    for (uint64_t i = 0; i < 2; i++) {
        draft_rotation(OWNER, i);
        rotations[i] = log_builder_forge(&bench->builder, log, NULL);
    }
    assert_int_equal(offer_proof(prove(pair[0], pair[1])), REASON_NONE);
    assert_int_equal(offer_proof(prove(rotations[0], rotations[1])), REASON_NONE);
    assert_int_equal(store_is_frozen(bench->txn, &bench->actors[OWNER].id, &frozen), STORE_OK);
    assert_true(frozen);
    assert_int_equal(offer_proof(prove(pair[0], pair[1])), REASON_KNOWN);
}

int main(void)
{
#define IN_BENCH(test) cmocka_unit_test_setup_teardown(test, make_bench, drop_bench)
    const struct CMUnitTest tests[] = {
        IN_BENCH(test_who_is_admitted),
        IN_BENCH(test_strangers_cost_nothing),
        IN_BENCH(test_delegates_name_and_accredit_in_turn),
        IN_BENCH(test_what_a_named_actor_may_say),
        IN_BENCH(test_a_named_actor_has_16_kib),
        IN_BENCH(test_a_full_quota_stops_no_rotation),
        IN_BENCH(test_side_blocks_count_too),
        IN_BENCH(test_a_chain_grows),
        IN_BENCH(test_a_block_waits_for_the_one_before),
        IN_BENCH(test_garbage_is_refused),
        IN_BENCH(test_an_unsigned_block_leaves_no_trace),
        IN_BENCH(test_a_refused_block_counts_against_its_author),
        IN_BENCH(test_a_second_inception_is_none),
        IN_BENCH(test_the_lower_branch_is_followed),
        IN_BENCH(test_the_higher_branch_is_kept_aside),
        IN_BENCH(test_a_rotation_takes_the_log_to_its_branch),
        IN_BENCH(test_two_rotations_freeze),
        IN_BENCH(test_own_blocks_extend_the_head),
        IN_BENCH(test_a_refused_own_block_is_not_kept),
        IN_BENCH(test_own_blocks_never_fork),
        IN_BENCH(test_a_frozen_actor_writes_no_more),
        IN_BENCH(test_checkpoints_are_kept_when_their_block_is_held),
        IN_BENCH(test_a_fork_is_proved_without_its_blocks),
        IN_BENCH(test_rotations_are_proved_beside_a_third),
        IN_BENCH(test_two_rotations_are_told_before_an_older_fork),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
