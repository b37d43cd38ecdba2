#include "tests/support/log_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/naive_log.h"

struct log_bench *bench;

void draft_void(uint64_t first, uint64_t last)
{
    const struct void_record voids = build_void(first, last, STATUS_REASON_KEY_COMPROMISE);

    log_builder_begin(&bench->builder, CLASS_GOVERN);
    log_builder_add(&bench->builder, ENTRY_VOID, &voids);
}

void draft_status(uint64_t seq, uint64_t first, uint64_t last)
{
    struct index_range range;
    const struct status status = build_status(seq, &range, first, last, STATUS_REVOKED, 45100);

    log_builder_begin(&bench->builder, CLASS_STATUS);
    log_builder_add(&bench->builder, ENTRY_STATUS, &status);
}

void draft_erase(uint64_t seq, uint64_t first, uint64_t last)
{
    struct index_range range;
    const struct erase erase = build_erase(seq, &range, first, last);

    log_builder_begin(&bench->builder, CLASS_STATUS);
    log_builder_add(&bench->builder, ENTRY_ERASE, &erase);
}

void draft_accreditation(void)
{
    const struct bytes patterns[] = {bytes_of_string("ase/*")};
    const struct accreditation accreditation = {
        .delegate = bench->actor.id, .patterns = {patterns, 1}, .from = 45000};

    log_builder_begin(&bench->builder, CLASS_GOVERN);
    log_builder_add(&bench->builder, ENTRY_ACCREDITATION, &accreditation);
}

void draft_content(void)
{
    const struct attestation attestation = build_attestation(&bench->actor.id, "ase/A6", 45000, 46000);

    log_builder_begin(&bench->builder, CLASS_CONTENT);
    log_builder_add(&bench->builder, ENTRY_ATTESTATION, &attestation);
}

void bench_append(void)
{
    log_builder_append(&bench->builder, &bench->log);
}

struct bytes bench_forge(void (*tamper)(struct forgery *forgery))
{
    return log_builder_forge(&bench->builder, &bench->log, tamper);
}

static void build_log(void)
{
    log_builder_inception(&bench->builder, &bench->log, &bench->actor);
    log_builder_content(&bench->builder, &bench->log, 3);
    draft_accreditation();
    bench_append();
    log_builder_content(&bench->builder, &bench->log, 70);
    draft_status(AT_CONTENT, 1, 1);
    bench_append();
    log_builder_content(&bench->builder, &bench->log, 1);
    draft_void(AT_VOIDED, AT_VOIDED);
    bench_append();
    log_builder_content(&bench->builder, &bench->log, 1);
    draft_erase(AT_ERASED, 0, 0);
    bench_append();
    assert_int_equal(bench->log.block_count, AT_NEXT);
}

int bench_make_empty(void **state)
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
    build_actor(&bench->actor, &bench->network, 1, BENCH_KEYS_PER_ROLE, BENCH_THRESHOLD);
    log_builder_init(&bench->builder, bench->arena_memory, sizeof bench->arena_memory);
    memory_log_init(&bench->log, &bench->network, &bench->scratch);
    return 0;
}

int bench_make(void **state)
{
    int failed = bench_make_empty(state);

    if (failed == 0) {
        build_log();
    }
    return failed;
}

void bench_begin(uint64_t seed)
{
    memory_log_deinit(&bench->log);
    bench->builder.ring.count = 0;
    build_actor(&bench->actor, &bench->network, seed, 1, 1);
    log_builder_inception(&bench->builder, &bench->log, &bench->actor);
}

int bench_drop(void **state)
{
    (void)state;
    memory_log_deinit(&bench->log);
    free(bench->scratch_memory);
    free(bench);
    return 0;
}

void assert_naive_root(const struct memory_log *log)
{
    struct bytes *blocks = malloc(log->block_count * sizeof *blocks);
    size_t mark = arena_mark(log->scratch);
    struct hash root;
    struct block head;

    assert_non_null(blocks);
    for (size_t i = 0; i < log->block_count; i++) {
        blocks[i] = memory_log_block(log, i);
    }
    assert_int_equal(block_decode(&head, log->network, blocks[log->block_count - 1], log->scratch),
                     REASON_NONE);
    naive_state_root(&root, log->network, blocks, log->block_count);
    assert_memory_equal(&root, &head.header.state_root, sizeof root);
    arena_rewind(log->scratch, mark);
    free(blocks);
}

enum reason bench_offer(struct memory_log *after, struct bytes encoded)
{
    struct memory_log copy;
    enum reason reason = REASON_NONE;

    memory_log_copy(&copy, &bench->log);
    reason = memory_log_accept(&copy, encoded);
    if (reason == REASON_NONE) {
        assert_int_equal(copy.block_count, bench->log.block_count + 1);
        assert_int_equal(copy.state.seq, bench->log.state.seq + 1);
        assert_naive_root(&copy);
    } else {
        assert_int_equal(copy.block_count, bench->log.block_count);
        assert_memory_equal(&copy.state, &bench->log.state, sizeof copy.state);
    }
    if (reason == REASON_NONE && after != NULL) {
        *after = copy;
    } else {
        memory_log_deinit(&copy);
    }
    return reason;
}

void bench_check(const char *why, struct bytes encoded, enum reason expected)
{
    enum reason reason = bench_offer(NULL, encoded);

    if (reason != expected) {
        print_error("%s: %s, not %s\n", why, reason_word(reason), reason_word(expected));
    }
    assert_int_equal(reason, expected);
}
