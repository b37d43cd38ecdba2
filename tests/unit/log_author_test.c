#include "protocol/log/author.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/log_random.h"

/* Signing is the counterpart of acceptance: what is signed is accepted, and what would be refused is not
 * signed. */

enum { ARENA_SIZE = 16 * 1024 * 1024, PER_ROLE = 2 };

struct bench {
    struct network network;
    struct built_actor actor;
    struct log_builder builder;
    struct arena scratch;
    struct memory_log log;
    uint8_t arena_memory[ARENA_SIZE];
    uint8_t *scratch_memory;
};

static struct bench *bench;

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
    memory_log_init(&bench->log, &bench->network, &bench->scratch);
    log_builder_inception(&bench->builder, &bench->log, &bench->actor);
    return 0;
}

static int drop_bench(void **state)
{
    (void)state;
    memory_log_deinit(&bench->log);
    free(bench->scratch_memory);
    free(bench);
    return 0;
}

static void begin_content(void)
{
    const struct attestation attestation = build_attestation(&bench->actor.id, "ase/A5", 45000, 46000);

    log_builder_begin(&bench->builder, CLASS_CONTENT);
    log_builder_add(&bench->builder, ENTRY_ATTESTATION, &attestation);
}

static void test_a_preview_is_the_block_but_for_root_and_signatures(void **state)
{
    struct block preview, block;
    struct bytes encoded = {0};
    struct header header;

    (void)state;
    begin_content();
    assert_int_equal(draft_preview(&preview, &bench->builder.draft, &bench->log.state, &bench->network,
                                   bench->builder.draft.entry_count, &bench->builder.arena),
                     REASON_NONE);
    assert_true(hash_is_zero(&preview.header.state_root));
    assert_int_equal(log_builder_sign(&encoded, &bench->builder, &bench->log), REASON_NONE);
    assert_int_equal(block_decode(&block, &bench->network, encoded, &bench->builder.arena), REASON_NONE);
    header = block.header;
    assert_false(hash_is_zero(&header.state_root));
    header.state_root = preview.header.state_root;
    assert_memory_equal(&header.entries_root, &preview.header.entries_root, sizeof header.entries_root);
    assert_memory_equal(&header.previous, &bench->log.state.head, sizeof header.previous);
    assert_int_equal(header.seq, 1);
    assert_int_equal(header.epoch, 0);
    assert_int_equal(block.signature_count, PER_ROLE);
    assert_true(bytes_equal(block.body, preview.body));
}

/* Whatever the dice say, a draft is either signed and accepted, or refused on both sides for one reason. */
static void test_what_is_signed_is_accepted(void **state)
{
    size_t refused = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 3; seed++) {
        struct dice dice = {.state = seed};

        for (size_t i = 0; i < 150; i++) {
            struct bytes encoded = {0};
            struct memory_log copy;
            enum reason reason = REASON_NONE;

            log_random_draft(&bench->builder, &bench->log, &dice);
            reason = log_builder_sign(&encoded, &bench->builder, &bench->log);
            if (reason == REASON_NONE) {
                assert_int_equal(memory_log_accept(&bench->log, encoded), REASON_NONE);
            } else {
                memory_log_copy(&copy, &bench->log);
                encoded = log_builder_forge(&bench->builder, &copy, NULL);
                assert_int_equal(memory_log_accept(&copy, encoded), reason);
                memory_log_deinit(&copy);
                refused++;
            }
            arena_rewind(&bench->builder.arena, 0);
        }
    }
    assert_true(refused > 0);
}

/* ---- who signs ---- */

static enum reason sign_with(const struct block_signer *signers, size_t count)
{
    struct bytes encoded = {0};

    return memory_log_sign(&encoded, &bench->log, &bench->builder.draft, signers, count,
                           &bench->builder.arena);
}

static void test_wrong_signers_are_told_before_anyone_else_sees(void **state)
{
    const struct built_key *keys = bench->actor.built;
    const struct block_signer right[] = {{PER_ROLE, &keys[PER_ROLE].secret},
                                         {PER_ROLE + 1, &keys[PER_ROLE + 1].secret}};
    const struct block_signer governing[] = {{0, &keys[0].secret}, {1, &keys[1].secret}};
    const struct block_signer mixed_up[] = {{PER_ROLE, &keys[PER_ROLE + 1].secret},
                                            {PER_ROLE + 1, &keys[PER_ROLE].secret}};
    const struct block_signer unordered[] = {right[1], right[0]};

    (void)state;
    begin_content();
    assert_int_equal(sign_with(right, 2), REASON_NONE);
    assert_int_equal(sign_with(right, 1), REASON_SIGNATURE_COUNT);
    assert_int_equal(sign_with(right, 0), REASON_SIGNATURE_COUNT);
    assert_int_equal(sign_with(governing, 2), REASON_SIGNER_ROLE);
    assert_int_equal(sign_with(mixed_up, 2), REASON_BAD_SIGNATURE);
    assert_int_equal(sign_with(unordered, 2), REASON_NOT_SORTED);
}

/* ---- how much fits ---- */

static void test_a_draft_is_full_at_4096_entries(void **state)
{
    const struct attestation attestation = build_attestation(&bench->actor.id, "ase/A5", 45000, 46000);
    const uint8_t salt[ENTRY_SALT_SIZE] = {1};
    struct draft *draft = &bench->builder.draft;

    (void)state;
    log_builder_begin(&bench->builder, CLASS_CONTENT);
    for (size_t i = 0; i < BLOCK_ENTRIES_MAX; i++) {
        assert_true(draft_add(draft, ENTRY_ATTESTATION, &attestation, salt));
    }
    assert_false(draft_add(draft, ENTRY_ATTESTATION, &attestation, salt));
    assert_int_equal(draft->entry_count, BLOCK_ENTRIES_MAX);
    log_builder_append(&bench->builder, &bench->log);
    assert_int_equal(bench->log.blocks[1].record.entry_count, BLOCK_ENTRIES_MAX);
}

static void test_a_draft_is_full_at_512_kib(void **state)
{
    char text[STATEMENT_SIZE_MAX];
    const struct statement statement = {.about = {.author = bench->actor.id},
                                        .text = bytes_of(text, sizeof text)};
    const uint8_t salt[ENTRY_SALT_SIZE] = {1};
    struct draft *draft = &bench->builder.draft;
    uint64_t count = 0;
    size_t size = 0;

    (void)state;
    memset(text, 'x', sizeof text);
    log_builder_begin(&bench->builder, CLASS_CONTENT);
    do {
        count = draft->entry_count;
        size = draft->body.size;
    } while (draft_add(draft, ENTRY_STATEMENT, &statement, salt));
    /* The one that did not fit left no trace. */
    assert_int_equal(draft->entry_count, count);
    assert_int_equal(draft->body.size, size);
    assert_true(size > BLOCK_BODY_SIZE_MAX - 2 * sizeof text);
    log_builder_append(&bench->builder, &bench->log);
    assert_int_equal(bench->log.blocks[1].record.entry_count, count);
}

static void test_an_entry_beyond_2_kib_is_not_previewed(void **state)
{
    uint8_t payload[ENTRY_SIZE_MAX] = {0};
    struct block preview;

    (void)state;
    log_builder_begin(&bench->builder, CLASS_CONTENT);
    log_builder_add_payload(&bench->builder, 500, false, bytes_of(payload, sizeof payload));
    assert_int_equal(draft_preview(&preview, &bench->builder.draft, &bench->log.state, &bench->network, 0,
                                   &bench->builder.arena),
                     REASON_TOO_LARGE);
}

/* Memory that runs out is a refusal, not a crash, wherever it runs out. */
static void test_any_arena_may_be_too_small(void **state)
{
    static const size_t sizes[] = {
        0, 100, 1000, 10 * 1024, 300 * 1024, BLOCK_SIZE_MAX, BLOCK_SIZE_MAX + 2000};

    (void)state;
    begin_content();
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct block preview;
        struct arena small;

        arena_init(&small, bench->scratch_memory, sizes[i]);
        assert_int_equal(
            draft_preview(&preview, &bench->builder.draft, &bench->log.state, &bench->network, 0, &small),
            i + 1 < sizeof sizes / sizeof sizes[0] ? REASON_TOO_LARGE : REASON_NONE);
    }
}

/* ---- rotations ---- */

static void test_a_rotation_draft_opens_the_next_epoch(void **state)
{
    struct built_keys keys;

    (void)state;
    build_rotation(&keys, &bench->builder.ring, &bench->log.state.keys, &bench->network, 5, PER_ROLE);
    log_builder_begin(&bench->builder, CLASS_KEYS);
    log_builder_add(&bench->builder, ENTRY_KEYS, &keys.keys);
    log_builder_append(&bench->builder, &bench->log);
    assert_int_equal(bench->log.state.epoch, 1);
    build_rotation(&keys, &bench->builder.ring, &bench->log.state.keys, &bench->network, 6, PER_ROLE);
    log_builder_begin(&bench->builder, CLASS_KEYS);
    log_builder_add(&bench->builder, ENTRY_KEYS, &keys.keys);
    log_builder_append(&bench->builder, &bench->log);
    assert_int_equal(bench->log.state.epoch, 2);
    assert_int_equal(bench->log.state.epoch_first_seq, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_preview_is_the_block_but_for_root_and_signatures, make_bench,
                                        drop_bench),
        cmocka_unit_test_setup_teardown(test_what_is_signed_is_accepted, make_bench, drop_bench),
        cmocka_unit_test_setup_teardown(test_wrong_signers_are_told_before_anyone_else_sees, make_bench,
                                        drop_bench),
        cmocka_unit_test_setup_teardown(test_a_draft_is_full_at_4096_entries, make_bench, drop_bench),
        cmocka_unit_test_setup_teardown(test_a_draft_is_full_at_512_kib, make_bench, drop_bench),
        cmocka_unit_test_setup_teardown(test_an_entry_beyond_2_kib_is_not_previewed, make_bench, drop_bench),
        cmocka_unit_test_setup_teardown(test_any_arena_may_be_too_small, make_bench, drop_bench),
        cmocka_unit_test_setup_teardown(test_a_rotation_draft_opens_the_next_epoch, make_bench, drop_bench),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
