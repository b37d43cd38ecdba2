#include "protocol/log/fork.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/log_builder.h"

/* What two blocks prove about their author, and what proves nothing. */

enum { ARENA_SIZE = 16 * 1024 * 1024, PER_ROLE = 2, BLOCKS = 12 };

/* Blocks of one author. Letters after m, the inception: a and b follow it with content, c follows a; u
 * updates keys after m and v follows u under them; r and s are rotations after m, t one after a; x follows r.
 */
enum name { M, A, B, C, U, V, R, S, T, X };

struct bench {
    struct network network;
    struct built_actor actor, other;
    struct log_builder builder;
    struct arena scratch;
    struct memory_log logs[BLOCKS]; /* after each */
    struct block blocks[BLOCKS];
    struct block other_block; /* another actor's */
    uint8_t arena_memory[ARENA_SIZE];
    uint8_t *scratch_memory;
};

static struct bench *bench;

static void decode(struct block *out, struct bytes encoded)
{
    struct bytes copy;

    assert_true(arena_copy(&bench->builder.arena, encoded, &copy));
    assert_int_equal(block_decode(out, &bench->network, copy, &bench->builder.arena), REASON_NONE);
}

/* The draft becomes block name after parent. */
static void follow(enum name name, enum name parent)
{
    struct bytes encoded = {0};

    assert_int_equal(log_builder_sign(&encoded, &bench->builder, &bench->logs[parent]), REASON_NONE);
    memory_log_copy(&bench->logs[name], &bench->logs[parent]);
    assert_int_equal(memory_log_accept(&bench->logs[name], encoded), REASON_NONE);
    decode(&bench->blocks[name], encoded);
}

static void follow_with_content(enum name name, enum name parent)
{
    const struct attestation attestation = build_attestation(&bench->actor.id, "ase/A5", 45000, 46000);

    log_builder_begin(&bench->builder, CLASS_CONTENT);
    log_builder_add(&bench->builder, ENTRY_ATTESTATION, &attestation);
    follow(name, parent);
}

static void follow_with_rotation(enum name name, enum name parent, uint64_t seed)
{
    struct built_keys keys;

    build_rotation(&keys, &bench->builder.ring, &bench->logs[parent].state.keys, &bench->network, seed,
                   PER_ROLE);
    log_builder_begin(&bench->builder, CLASS_KEYS);
    log_builder_add(&bench->builder, ENTRY_KEYS, &keys.keys);
    follow(name, parent);
}

static void follow_with_update(enum name name, enum name parent)
{
    struct built_keys keys;

    build_update(&keys, &bench->builder.ring, 7);
    log_builder_begin(&bench->builder, CLASS_KEYS);
    log_builder_add(&bench->builder, ENTRY_KEYS_UPDATE, &keys.update);
    follow(name, parent);
}

static void build_other(void)
{
    const struct attestation attestation = build_attestation(&bench->actor.id, "ase/A5", 45000, 46000);
    struct memory_log log;
    struct bytes encoded = {0};

    build_actor(&bench->other, &bench->network, 2, PER_ROLE, PER_ROLE);
    memory_log_init(&log, &bench->network, &bench->scratch);
    log_builder_inception(&bench->builder, &log, &bench->other);
    log_builder_begin(&bench->builder, CLASS_CONTENT);
    log_builder_add(&bench->builder, ENTRY_ATTESTATION, &attestation);
    assert_int_equal(log_builder_sign(&encoded, &bench->builder, &log), REASON_NONE);
    decode(&bench->other_block, encoded);
    memory_log_deinit(&log);
}

static int make_bench(void **state)
{
    (void)state;
    bench = calloc(1, sizeof *bench);
    if (bench == NULL || !network_init(&bench->network, "test")) {
        return -1;
    }
    bench->scratch_memory = malloc(MEMORY_LOG_SCRATCH_SIZE);
    if (bench->scratch_memory == NULL) {
        return -1;
    }
    arena_init(&bench->scratch, bench->scratch_memory, MEMORY_LOG_SCRATCH_SIZE);
    build_actor(&bench->actor, &bench->network, 1, PER_ROLE, PER_ROLE);
    log_builder_init(&bench->builder, bench->arena_memory, sizeof bench->arena_memory);
    memory_log_init(&bench->logs[M], &bench->network, &bench->scratch);
    log_builder_inception(&bench->builder, &bench->logs[M], &bench->actor);
    decode(&bench->blocks[M], memory_log_block(&bench->logs[M], 0));
    follow_with_content(A, M);
    follow_with_content(B, M);
    follow_with_content(C, A);
    follow_with_update(U, M);
    follow_with_content(V, U);
    follow_with_rotation(R, M, 11);
    follow_with_rotation(S, M, 12);
    follow_with_rotation(T, A, 13);
    follow_with_content(X, R);
    build_other();
    return 0;
}

static int drop_bench(void **state)
{
    (void)state;
    for (size_t i = 0; i < BLOCKS; i++) {
        memory_log_deinit(&bench->logs[i]);
    }
    free(bench->scratch_memory);
    free(bench);
    return 0;
}

static const struct {
    const char *why;
    enum name a, b;
    bool proves;
    enum name keys; /* the block after which keys are taken */
    uint64_t epoch, seq;
    bool rotations, has_parent;
} pairs[] = {
    {"two blocks after one are a fork", A, B, true, M, 0, 1, false, true},
    {"whatever their class", A, U, true, M, 0, 1, false, true},
    {"also a rotation beside a block", A, R, true, M, 0, 1, false, true},
    {"two rotations after one freeze their epoch", R, S, true, M, 0, 1, true, true},
    {"also from different parents", R, T, true, M, 0, 1, true, false},
    {"by keys of any block of the epoch", S, T, true, C, 0, 1, true, false},
    {"even after an update of other keys", R, T, true, V, 0, 1, true, false},
    {"a block and its parent are no fork", A, C, false, M, 0, 0, false, false},
    {"nor blocks of two branches", B, C, false, M, 0, 0, false, false},
    {"nor a rotation and a block elsewhere", C, R, false, M, 0, 0, false, false},
    {"nor a block and itself", A, A, false, M, 0, 0, false, false},
};

static void test_what_contradicts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        const struct log_state *at = &bench->logs[pairs[i].keys].state;
        struct fork_proof proof, mirrored;
        struct fork_point point;
        struct arena *arena = &bench->builder.arena;

        assert_int_equal(fork_proof_of(&proof, &bench->blocks[pairs[i].a], &bench->blocks[pairs[i].b], arena),
                         pairs[i].proves);
        if (!pairs[i].proves) {
            continue;
        }
        assert_true(fork_proof_of(&mirrored, &bench->blocks[pairs[i].b], &bench->blocks[pairs[i].a], arena));
        assert_true(bytes_equal(proof.header_a, mirrored.header_a));
        assert_true(bytes_equal(proof.entry_a, mirrored.entry_a));
        assert_true(bytes_compare(proof.header_a, proof.header_b) < 0);
        assert_int_equal(fork_proof_check(&point, &proof, &bench->network, &at->keys, at->epoch, arena),
                         REASON_NONE);
        assert_true(actor_id_equal(&point.author, &bench->actor.id));
        assert_int_equal(point.epoch, pairs[i].epoch);
        assert_int_equal(point.seq, pairs[i].seq);
        assert_int_equal(point.rotations, pairs[i].rotations);
        assert_int_equal(!hash_is_zero(&point.parent), pairs[i].has_parent);
    }
}

static void test_blocks_of_two_authors_prove_nothing(void **state)
{
    struct fork_proof proof;
    struct block alike = bench->other_block;

    (void)state;
    alike.header.previous = bench->blocks[A].header.previous;
    assert_false(fork_proof_of(&proof, &bench->blocks[A], &alike, &bench->builder.arena));
}

static void test_a_proof_is_a_record(void **state)
{
    struct fork_proof proof, read;
    struct bytes encoded;

    (void)state;
    assert_true(fork_proof_of(&proof, &bench->blocks[R], &bench->blocks[T], &bench->builder.arena));
    encoded = build_record(&fork_proof_schema, &proof, &bench->builder.arena);
    assert_int_equal(schema_decode(&fork_proof_schema, &read, encoded, &bench->builder.arena), REASON_NONE);
    assert_true(bytes_equal(read.header_a, proof.header_a));
    assert_true(bytes_equal(read.entry_b, proof.entry_b));
}

/* ---- tampered proofs ---- */

static struct fork_proof proof;
static uint8_t changed[HEADER_SIZE_MAX];

static void take_signature(void)
{
    proof.signatures_a.count--;
}
static void take_all_signatures(void)
{
    proof.signatures_b.count = 0;
}
static void swap_signatures(void)
{
    struct list a = proof.signatures_a;

    proof.signatures_a = proof.signatures_b;
    proof.signatures_b = a;
}
static void repeat_header(void)
{
    proof.header_b = proof.header_a;
    proof.signatures_b = proof.signatures_a;
    proof.entry_b = proof.entry_a;
}
static void change_header(void)
{
    memcpy(changed, proof.header_b.data, proof.header_b.size);
    changed[proof.header_b.size - 2] ^= 1; /* in the state root, before the empty extensions */
    proof.header_b.data = changed;
}
static void truncate_header(void)
{
    proof.header_b.size--;
}
static void drop_entries(void)
{
    proof.entry_a = bytes_of(NULL, 0);
    proof.entry_b = bytes_of(NULL, 0);
}
static void swap_entries(void)
{
    struct bytes a = proof.entry_a;

    proof.entry_a = proof.entry_b;
    proof.entry_b = a;
}
static void add_rotations_entry(void)
{
    proof.entry_a = bench->blocks[R].entries[0].encoded;
}
static void add_rotations_entries(void)
{
    proof.entry_a = bench->blocks[R].entries[0].encoded;
    proof.entry_b = bench->blocks[S].entries[0].encoded;
}
static void truncate_entry(void)
{
    proof.entry_a.size--;
}

static const struct {
    const char *why;
    enum name a, b;
    void (*tamper)(void);
    enum name keys;
    enum reason reason;
} tampered[] = {
    {"a signature is missing", A, B, take_signature, M, REASON_SIGNATURE_COUNT},
    {"all are missing", A, B, take_all_signatures, M, REASON_SIGNATURE_COUNT},
    {"each header has its own signatures", A, B, swap_signatures, M, REASON_BAD_SIGNATURE},
    {"one header twice", A, B, repeat_header, M, REASON_INCONSISTENT},
    {"a header that nobody signed", A, B, change_header, M, REASON_BAD_SIGNATURE},
    {"a header that is cut off", A, B, truncate_header, M, REASON_TRUNCATED},
    {"keys that another update set", A, B, NULL, V, REASON_SIGNATURE_COUNT},
    {"keys of another epoch", A, B, NULL, X, REASON_WRONG_EPOCH},
    {"content with a rotation's entry", A, B, add_rotations_entry, M, REASON_WRONG_EPOCH},
    {"content with two rotations' entries", A, B, add_rotations_entries, M, REASON_INCONSISTENT},
    {"a rotation without its entry", R, S, drop_entries, M, REASON_WRONG_EPOCH},
    {"rotations of different parents without entries", R, T, drop_entries, M, REASON_INCONSISTENT},
    {"rotations with each other's entries", R, S, swap_entries, M, REASON_ENTRIES_ROOT},
    {"a rotation whose entry is cut off", R, S, truncate_entry, M, REASON_TRUNCATED},
    {"rotations out of another epoch", R, S, NULL, X, REASON_WRONG_EPOCH},
    {"a rotation without a signature", R, T, take_signature, M, REASON_SIGNATURE_COUNT},
    {"rotations with each other's signatures", R, T, swap_signatures, M, REASON_BAD_SIGNATURE},
};

static void test_what_proves_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof tampered / sizeof tampered[0]; i++) {
        const struct log_state *at = &bench->logs[tampered[i].keys].state;
        struct fork_point point;
        enum reason reason = REASON_NONE;

        assert_true(fork_proof_of(&proof, &bench->blocks[tampered[i].a], &bench->blocks[tampered[i].b],
                                  &bench->builder.arena));
        if (tampered[i].tamper != NULL) {
            tampered[i].tamper();
        }
        reason =
            fork_proof_check(&point, &proof, &bench->network, &at->keys, at->epoch, &bench->builder.arena);
        if (reason != tampered[i].reason) {
            fail_msg("%s: %s, not %s", tampered[i].why, reason_word(reason), reason_word(tampered[i].reason));
        }
    }
}

/* No one can accuse an author of what it did not sign. */
static void test_inceptions_and_others_blocks_accuse_nobody(void **state)
{
    const struct log_state *at = &bench->logs[M].state;
    struct fork_point point;

    (void)state;
    assert_true(fork_proof_of(&proof, &bench->blocks[A], &bench->blocks[B], &bench->builder.arena));
    proof.header_b = bench->other_block.header_bytes;
    assert_int_equal(
        fork_proof_check(&point, &proof, &bench->network, &at->keys, at->epoch, &bench->builder.arena),
        REASON_INCONSISTENT);
    proof.header_a = bench->blocks[M].header_bytes;
    proof.header_b = bench->blocks[M].header_bytes;
    assert_int_equal(
        fork_proof_check(&point, &proof, &bench->network, &at->keys, at->epoch, &bench->builder.arena),
        REASON_INCONSISTENT);
}

/* ---- which one is kept ---- */

static void test_the_lowest_is_kept(void **state)
{
    static const enum name order[][2] = {{R, S}, {R, T}, {S, T}, {A, B}, {A, U}, {A, R}};
    enum { COUNT = sizeof order / sizeof order[0] };
    struct fork_proof proofs[COUNT];
    struct fork_point points[COUNT];

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(fork_proof_of(&proofs[i], &bench->blocks[order[i][0]], &bench->blocks[order[i][1]],
                                  &bench->builder.arena));
        assert_int_equal(fork_proof_point(&points[i], &proofs[i], &bench->builder.arena), REASON_NONE);
    }
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t j = 0; j < COUNT; j++) {
            int way = fork_proof_compare(&proofs[i], &points[i], &proofs[j], &points[j]);
            int back = fork_proof_compare(&proofs[j], &points[j], &proofs[i], &points[i]);

            assert_int_equal(way == 0, i == j);
            assert_int_equal(way<0, back> 0);
            if (points[i].rotations && !points[j].rotations) {
                assert_true(way < 0);
            }
        }
    }
    /* Of siblings, those lower in the log come first, whatever their bytes. */
    points[3].seq = 2;
    assert_true(fork_proof_compare(&proofs[3], &points[3], &proofs[4], &points[4]) > 0);
    assert_true(fork_proof_compare(&proofs[3], &points[3], &proofs[5], &points[5]) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_contradicts),
        cmocka_unit_test(test_blocks_of_two_authors_prove_nothing),
        cmocka_unit_test(test_a_proof_is_a_record),
        cmocka_unit_test(test_what_proves_nothing),
        cmocka_unit_test(test_inceptions_and_others_blocks_accuse_nobody),
        cmocka_unit_test(test_the_lowest_is_kept),
    };

    return cmocka_run_group_tests(tests, make_bench, drop_bench);
}
