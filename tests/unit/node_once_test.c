#include "node/ingest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "node/follow.h"
#include "protocol/log/fork.h"
#include "tests/support/node_bench.h"
#include "tests/support/presentation_builder.h"

/* What a node works out once. However it comes by something that was signed a second time, no Ed25519 is
 * worked out again (crypto/sign.h). An inception is decoded once. Of a block that is held whole, or of an
 * author whom nobody admits, no more than the header is looked at. */

enum { SIBLINGS = 8, ENCODED_SIZE = 16 * 1024 };

struct sibling {
    struct bytes encoded;
    struct hash hash;
    uint8_t memory[ENCODED_SIZE];
};

static struct sibling siblings[SIBLINGS];

/* The linker lets every call come here (tests/CMakeLists.txt). */
int __real_crypto_sign_verify_detached(const unsigned char *signature, const unsigned char *message,
                                       unsigned long long size, const unsigned char *key);
int __wrap_crypto_sign_verify_detached(const unsigned char *signature, const unsigned char *message,
                                       unsigned long long size, const unsigned char *key);

enum reason __real_block_decode_body(struct block *block, const struct network *network, struct arena *arena);
enum reason __wrap_block_decode_body(struct block *block, const struct network *network, struct arena *arena);
enum reason __real_schema_decode(const struct schema *schema, void *record, struct bytes input,
                                 struct arena *arena);
enum reason __wrap_schema_decode(const struct schema *schema, void *record, struct bytes input,
                                 struct arena *arena);
enum reason __real_schema_decode_known(const struct schema *schema, void *record, struct bytes input,
                                       struct arena *arena);
enum reason __wrap_schema_decode_known(const struct schema *schema, void *record, struct bytes input,
                                       struct arena *arena);

static size_t checked, bodies, inceptions;

int __wrap_crypto_sign_verify_detached(const unsigned char *signature, const unsigned char *message,
                                       unsigned long long size, const unsigned char *key)
{
    checked++;
    return __real_crypto_sign_verify_detached(signature, message, size, key);
}

enum reason __wrap_block_decode_body(struct block *block, const struct network *network, struct arena *arena)
{
    bodies++;
    return __real_block_decode_body(block, network, arena);
}

enum reason __wrap_schema_decode(const struct schema *schema, void *record, struct bytes input,
                                 struct arena *arena)
{
    inceptions += schema == &keys_schema;
    return __real_schema_decode(schema, record, input, arena);
}

enum reason __wrap_schema_decode_known(const struct schema *schema, void *record, struct bytes input,
                                       struct arena *arena)
{
    inceptions += schema == &keys_schema;
    return __real_schema_decode_known(schema, record, input, arena);
}

/* ---- writing ---- */

/* What log_builder_sign makes was checked as it was made: only what is forged is new to the node. */
static void keep(struct sibling *out, struct bytes encoded)
{
    struct block block;

    assert_true(encoded.size <= sizeof out->memory);
    memcpy(out->memory, encoded.data, encoded.size);
    out->encoded = bytes_of(out->memory, encoded.size);
    assert_int_equal(block_decode(&block, &node->network, out->encoded, &node->builder.arena), REASON_NONE);
    out->hash = block.hash;
}

static int order_siblings(const void *a, const void *b)
{
    return hash_compare(&((const struct sibling *)a)->hash, &((const struct sibling *)b)->hash);
}

/* Blocks of content that follow the owner's log, each instead of the others, by their hashes. No test before
 * this one had the same. */
static void make_siblings(size_t count)
{
    static struct sibling sorted[SIBLINGS];
    static uint64_t tests;

    node_take_in_owner();
    node->builder.salt = ++tests << 32;
    for (size_t i = 0; i < count; i++) {
        say_content(NAMED, 1);
        keep(&sorted[i], log_builder_forge(&node->builder, &node->logs[OWNER], NULL));
    }
    qsort(sorted, count, sizeof sorted[0], order_siblings);
    for (size_t i = 0; i < count; i++) {
        keep(&siblings[i], bytes_of(sorted[i].memory, sorted[i].encoded.size));
    }
    checked = 0;
}

/* ---- blocks ---- */

static void a_block_that_acceptance_refuses(void **state)
{
    (void)state;
    make_siblings(0);
    say_content(NAMED, 1);
    keep(&siblings[0], log_builder_forge(&node->builder, &node->logs[OWNER], change_state_root));
    assert_int_equal(node_offer(siblings[0].encoded), REASON_STATE_ROOT);
    assert_int_equal(checked, 1);
}

/* Each is of a lower hash than the one before, and so takes its place on the chain. */
static void branches_that_are_left_and_followed(void **state)
{
    const struct actor_id *owner = NULL;
    struct log_state log;

    (void)state;
    make_siblings(SIBLINGS);
    owner = &node->actors[OWNER].id;
    for (size_t i = SIBLINGS; i-- > 0;) {
        assert_int_equal(node_offer(siblings[i].encoded), REASON_NONE);
        assert_int_equal(checked, SIBLINGS - i);
    }
    assert_int_equal(node->result.outcome, INGEST_SWITCHED);
    assert_int_equal(
        store_unwind_to(node->txn, &node->network, owner, node->logs[OWNER].state.seq, NODE_NOW_S), STORE_OK);
    assert_int_equal(follow_note(node->txn, owner, SWITCH_NONE), STORE_OK);
    assert_int_equal(follow_go_on(&node->ingest, node->txn, owner, NODE_NOW_S), STORE_OK);
    assert_int_equal(store_log_state(node->txn, owner, &log), STORE_OK);
    assert_memory_equal(&log.head, &siblings[0].hash, sizeof log.head);
    assert_int_equal(checked, SIBLINGS);
}

static void a_fork_proof_of_blocks_that_came(void **state)
{
    uint8_t memory[ENCODED_SIZE];
    struct block blocks[3];
    struct actor_id author;
    enum store_error error = STORE_OK;

    (void)state;
    make_siblings(3);
    for (size_t i = 0; i < 3; i++) {
        (void)node_offer(siblings[i].encoded);
        assert_int_equal(block_decode(&blocks[i], &node->network, siblings[i].encoded, &node->builder.arena),
                         REASON_NONE);
    }
    assert_int_equal(checked, 3);
    for (size_t i = 0; i < 3; i++) {
        struct fork_proof proof;
        struct bytes encoded;
        enum reason reason = REASON_NONE;

        assert_true(fork_proof_of(&proof, &blocks[i], &blocks[(i + 1) % 3], &node->builder.arena));
        assert_true(schema_encode(&fork_proof_schema, &proof, memory, sizeof memory, &encoded));
        reason = ingest_fork_proof(&node->ingest, node->txn, encoded, NODE_NOW_S, &author, &error);
        assert_true(reason == REASON_NONE || reason == REASON_KNOWN);
        assert_int_equal(error, STORE_OK);
    }
    assert_int_equal(checked, 3);
}

/* ---- what stands free ---- */

/* One dated back is checked before it is kept aside, however often it comes. */
static void a_checkpoint(void **state)
{
    struct bytes newest, earlier;
    struct actor_id author;
    enum store_error error = STORE_OK;

    (void)state;
    make_siblings(0);
    newest = sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, node->logs[OWNER].state.seq, NODE_NOW_S);
    earlier = sign_checkpoint(OWNER, &node->logs[OWNER].state.keys, 0, NODE_NOW_S - 10);
    assert_int_equal(ingest_checkpoint(&node->ingest, node->txn, newest, NODE_NOW_S, &author, &error),
                     REASON_NONE);
    assert_int_equal(checked, 1);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(ingest_checkpoint(&node->ingest, node->txn, earlier, NODE_NOW_S, &author, &error),
                         REASON_STALE_CHECKPOINT);
        assert_int_equal(error, STORE_OK);
    }
    assert_int_equal(checked, 2);
}

static void a_presentation(void **state)
{
    static struct presentation_world world;
    static uint8_t scratch[PRESENTATION_SIZE_MAX];
    struct presentation presentation;
    struct signed_presentation out;
    struct presentation_terms terms = {.nonce = world.nonce, .now_s = WORLD_NOW_S, .skew_s = 120};

    (void)state;
    presentation_world_build(&world);
    presentation = world_presentation(&world, 0);
    out = world_sign_presentation(&world, &presentation, 0);
    terms.audience = &world.audience.id;
    checked = 0;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(presentation_check(&out, &world.network, &terms, scratch, &world.arena),
                         REASON_NONE);
    }
    assert_int_equal(checked, 1);
    out.signature.signature.bytes[0] ^= 1;
    assert_int_equal(presentation_check(&out, &world.network, &terms, scratch, &world.arena),
                     REASON_BAD_SIGNATURE);
    assert_int_equal(checked, 2);
}

/* ---- inceptions ---- */

static void an_inception(void **state)
{
    (void)state;
    inceptions = 0;
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_NONE);
    assert_int_equal(inceptions, 1);
    assert_int_equal(store_commit(node->txn), STORE_OK);
    assert_int_equal(inceptions, 1);
    assert_int_equal(store_write_begin(&node->txn, node->store), STORE_OK);
    assert_int_equal(node_offer_seq(OWNER, 0), REASON_KNOWN);
    assert_int_equal(inceptions, 1);
}

/* ---- what is not looked at ---- */

enum { ENTRIES = 5 };

/* A copy of encoded in which byte at, counted from the end, is another. */
static struct bytes spoil(struct bytes encoded, size_t at)
{
    static uint8_t memory[ENCODED_SIZE];

    assert_true(encoded.size <= sizeof memory);
    memcpy(memory, encoded.data, encoded.size);
    memory[encoded.size - at] ^= 1;
    return bytes_of(memory, encoded.size);
}

/* Entries first..last of a block left out. */
static void strip(struct sibling *out, const struct sibling *from, uint64_t first, uint64_t last)
{
    const struct index_range range = {first, last};
    struct block block;
    struct writer writer;

    assert_int_equal(block_decode(&block, &node->network, from->encoded, &node->builder.arena), REASON_NONE);
    writer_init(&writer, out->memory, sizeof out->memory);
    assert_true(block_erase(&writer, &node->network, &block, &range, 1));
    assert_true(writer_end(&writer, &out->encoded));
    out->hash = from->hash;
}

static void make_content(struct sibling *out)
{
    make_siblings(0);
    say_content(NAMED, ENTRIES);
    keep(out, log_builder_forge(&node->builder, &node->logs[OWNER], NULL));
}

static void assert_named(const struct sibling *sibling)
{
    assert_int_equal(node->result.outcome, INGEST_REFUSED);
    assert_memory_equal(&node->result.hash, &sibling->hash, sizeof sibling->hash);
}

static void a_block_that_is_held(void **state)
{
    struct sibling *content = &siblings[0];

    (void)state;
    make_content(content);
    assert_int_equal(node_offer(content->encoded), REASON_NONE);
    bodies = 0;
    for (enum ingest_origin origin = INGEST_LOCAL; origin <= INGEST_INBOUND; origin++) {
        assert_int_equal(node_offer_from(origin, content->encoded), REASON_KNOWN);
        assert_named(content);
        assert_true(actor_id_equal(&node->result.author, &node->actors[OWNER].id));
        assert_int_equal(node->result.seq, node->logs[OWNER].state.seq + 1);
    }
    assert_int_equal(node_offer(spoil(content->encoded, 1)), REASON_KNOWN);
    assert_int_equal(bodies, 0);
    assert_int_equal(checked, 1);
}

static void a_block_that_is_held_beside_the_chain(void **state)
{
    (void)state;
    make_siblings(2);
    assert_int_equal(node_offer(siblings[0].encoded), REASON_NONE);
    assert_int_equal(node_offer(siblings[1].encoded), REASON_NONE);
    assert_int_equal(node->result.outcome, INGEST_ASIDE);
    bodies = 0;
    assert_int_equal(node_offer(siblings[1].encoded), REASON_KNOWN);
    assert_named(&siblings[1]);
    assert_int_equal(bodies, 0);
}

/* The copy held is looked into as long as it lacks something, and no longer. */
static void a_block_of_which_entries_are_missing(void **state)
{
    struct sibling *whole = &siblings[0], *left = &siblings[1], *right = &siblings[2];

    (void)state;
    make_content(whole);
    strip(left, whole, 2, ENTRIES - 1);
    strip(right, whole, 0, 2);
    assert_int_equal(node_offer(left->encoded), REASON_NONE);
    bodies = 0;
    assert_int_equal(node_offer(left->encoded), REASON_KNOWN);
    assert_false(node->result.filled);
    assert_int_equal(node_offer(right->encoded), REASON_KNOWN);
    assert_true(node->result.filled);
    assert_int_equal(node_offer(spoil(whole->encoded, 1)), REASON_ENTRIES_ROOT);
    assert_int_equal(node_offer(whole->encoded), REASON_KNOWN);
    assert_true(node->result.filled);
    assert_int_equal(bodies, 4);
    assert_int_equal(node_offer(whole->encoded), REASON_KNOWN);
    assert_false(node->result.filled);
    assert_int_equal(node_offer(left->encoded), REASON_KNOWN);
    assert_int_equal(bodies, 4);
}

/* What its author erased is not missing. */
static void a_block_of_which_entries_were_erased(void **state)
{
    struct sibling *whole = &siblings[0], *rest = &siblings[1];
    struct index_range range;
    struct erase erase;
    uint64_t seq = 0;

    (void)state;
    make_siblings(0);
    say_content(NAMED, ENTRIES);
    seq = log_builder_append(&node->builder, &node->logs[OWNER]);
    keep(whole, memory_log_block(&node->logs[OWNER], seq));
    strip(rest, whole, 1, 2);
    erase = build_erase(seq, &range, 1, 2);
    log_builder_begin(&node->builder, CLASS_STATUS);
    log_builder_add(&node->builder, ENTRY_ERASE, &erase);
    assert_int_equal(node_offer(rest->encoded), REASON_NONE);
    assert_int_equal(node_write(OWNER), REASON_NONE);
    bodies = 0;
    assert_int_equal(node_offer(rest->encoded), REASON_KNOWN);
    assert_int_equal(node_offer(whole->encoded), REASON_KNOWN);
    assert_false(node->result.filled);
    assert_int_equal(bodies, 0);
}

static void a_block_of_an_author_whom_nobody_admits(void **state)
{
    struct sibling *content = &siblings[0];

    (void)state;
    make_siblings(0);
    keep(content, memory_log_block(&node->logs[STRANGER], 0));
    bodies = 0;
    assert_int_equal(node_offer(content->encoded), REASON_NOT_ADMITTED);
    assert_named(content);
    assert_true(actor_id_equal(&node->result.author, &node->actors[STRANGER].id));
    assert_int_equal(node_offer(spoil(content->encoded, 1)), REASON_NOT_ADMITTED);
    assert_int_equal(bodies, 0);
}

/* Nothing that its header promises was sent: it names no block. */
static void a_body_that_contradicts_its_header_is_found(void **state)
{
    struct sibling *content = &siblings[0];

    (void)state;
    make_content(content);
    assert_int_equal(node_offer(spoil(content->encoded, 1)), REASON_ENTRIES_ROOT);
    assert_true(hash_is_zero(&node->result.hash));
    assert_int_equal(checked, 0);
    assert_int_equal(node_offer(content->encoded), REASON_NONE);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WITH_NODE(a_block_that_acceptance_refuses),
        WITH_NODE(branches_that_are_left_and_followed),
        WITH_NODE(a_fork_proof_of_blocks_that_came),
        WITH_NODE(a_checkpoint),
        cmocka_unit_test(a_presentation),
        WITH_NODE(an_inception),
        WITH_NODE(a_block_that_is_held),
        WITH_NODE(a_block_that_is_held_beside_the_chain),
        WITH_NODE(a_block_of_which_entries_are_missing),
        WITH_NODE(a_block_of_which_entries_were_erased),
        WITH_NODE(a_block_of_an_author_whom_nobody_admits),
        WITH_NODE(a_body_that_contradicts_its_header_is_found),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
