#include "tests/support/node_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "protocol/log/checkpoint.h"
#include "protocol/rules/affiliation.h"

struct node_bench *node;

static bool open_store(void)
{
    snprintf(node->folder, sizeof node->folder, "/tmp/tradeproof-ingest-XXXXXX");
    const struct store_options options = {.folder = mkdtemp(node->folder), .network_tag = "test"};
    return options.folder != NULL && store_open(&node->store, &options) == STORE_OK &&
           store_write_begin(&node->txn, node->store) == STORE_OK;
}

int node_make(void **state)
{
    (void)state;
    node = calloc(1, sizeof *node);
    if (node == NULL || !network_init(&node->network, "test")) {
        return -1;
    }
    node->scratch_memory = malloc(MEMORY_LOG_SCRATCH_SIZE);
    if (node->scratch_memory == NULL || !open_store()) {
        return -1;
    }
    arena_init(&node->scratch, node->scratch_memory, MEMORY_LOG_SCRATCH_SIZE);
    log_builder_init(&node->builder, node->arena_memory, sizeof node->arena_memory);
    for (enum who who = OWNER; who <= STRANGER; who++) {
        build_actor(&node->actors[who], &node->network, 50 + who, 1, 1);
        memory_log_init(&node->logs[who], &node->network, &node->scratch);
        log_builder_inception(&node->builder, &node->logs[who], &node->actors[who]);
    }
    struct trust_owner owner = {.name_space = "ase", .actor = node->actors[OWNER].id};
    if (trust_add_owner(&node->trust, &owner) != TRUST_OK) {
        return -1;
    }
    return ingest_init(&node->ingest, node->store, &node->network, &node->trust, NULL) ? 0 : -1;
}

int node_drop(void **state)
{
    static const char *const names[] = {"data.mdb", "lock.mdb"};
    char path[128];

    (void)state;
    ingest_deinit(&node->ingest);
    store_end(node->txn);
    store_close(node->store);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", node->folder, names[i]);
        unlink(path);
    }
    rmdir(node->folder);
    for (size_t i = 0; i < WHO_COUNT; i++) {
        memory_log_deinit(&node->logs[i]);
    }
    free(node->scratch_memory);
    free(node);
    return 0;
}

enum reason node_offer_from(enum ingest_origin origin, struct bytes encoded)
{
    ingest_block(&node->ingest, node->txn, origin, encoded, NODE_NOW_S, &node->result);
    assert_int_not_equal(node->result.outcome, INGEST_FAILED);
    return node->result.outcome == INGEST_REFUSED ? node->result.reason : REASON_NONE;
}

enum reason node_offer(struct bytes encoded)
{
    return node_offer_from(INGEST_PEER, encoded);
}

enum reason node_offer_seq(enum who who, uint64_t seq)
{
    return node_offer(memory_log_block(&node->logs[who], seq));
}

enum reason node_write(enum who who)
{
    return node_offer_seq(who, log_builder_append(&node->builder, &node->logs[who]));
}

void say_content(enum who about, size_t count)
{
    const struct attestation attestation = build_attestation(&node->actors[about].id, "ase/A5", 45000, 46000);

    log_builder_begin(&node->builder, CLASS_CONTENT);
    for (size_t i = 0; i < count; i++) {
        log_builder_add(&node->builder, ENTRY_ATTESTATION, &attestation);
    }
}

void say_accreditation(enum who delegate, uint64_t depth)
{
    const struct bytes patterns[] = {bytes_of_string("ase/*")};
    const struct accreditation accreditation = {
        .delegate = node->actors[delegate].id, .patterns = {patterns, 1}, .depth = depth};

    log_builder_begin(&node->builder, CLASS_GOVERN);
    log_builder_add(&node->builder, ENTRY_ACCREDITATION, &accreditation);
}

void say_joined(enum who shop, enum who technician)
{
    struct affiliation joined = {.event = AFFILIATION_JOINED,
                                 .day = 45000,
                                 .has_consent = true,
                                 .consent = {.technician = node->actors[technician].id,
                                             .shop = node->actors[shop].id,
                                             .expires_s = NODE_NOW_S}};

    consent_id(&joined.id, &node->network, &joined.consent);
    log_builder_begin(&node->builder, CLASS_CONTENT);
    log_builder_add(&node->builder, ENTRY_AFFILIATION, &joined);
}

void say_statement(enum who about, size_t size)
{
    char letters[STATEMENT_SIZE_MAX];
    const struct statement statement = {.about = {.author = node->actors[about].id},
                                        .text = bytes_of(letters, size)};

    memset(letters, 'x', sizeof letters);
    log_builder_begin(&node->builder, CLASS_CONTENT);
    log_builder_add(&node->builder, ENTRY_STATEMENT, &statement);
}

void say_update(uint64_t seed)
{
    struct dice dice = {.state = seed};

    log_random_update(&node->builder, &dice);
}

void say_rotation(enum who who, uint64_t seed)
{
    struct dice dice = {.state = seed};

    log_random_rotation(&node->builder, &node->logs[who], &dice);
}

void node_take_in_owner(void)
{
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_NONE);
    say_accreditation(DELEGATE, 1);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    say_content(NAMED, 1);
    assert_int_equal(node_write(OWNER), REASON_NONE);
}

void change_state_root(struct forgery *forgery)
{
    forgery->header.state_root.bytes[0] ^= 1;
}

void break_signature(struct forgery *forgery)
{
    forgery->break_signature = true;
}

struct bytes sign_checkpoint(enum who who, const struct key_set *keys, uint64_t seq, uint64_t time_s)
{
    const struct memory_log *log = &node->logs[who];
    const struct checkpoint checkpoint = {.author = log->state.author,
                                          .epoch = log->blocks[seq].record.epoch,
                                          .seq = seq,
                                          .head = log->blocks[seq].record.hash,
                                          .time_s = time_s};
    struct block_signer signer[SIGNATURES_MAX];
    struct signed_checkpoint out;

    assert_int_equal(key_ring_signers(&node->builder.ring, keys, ROLE_CHECKPOINT, 1, signer), 1);
    checkpoint_sign(&out, &checkpoint, &node->network, signer[0].key_index, signer[0].secret);
    return build_record(&signed_checkpoint_schema, &out, &node->builder.arena);
}
