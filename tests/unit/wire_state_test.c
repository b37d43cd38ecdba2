#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/merkle.h"
#include "protocol/base/days.h"
#include "tests/support/builders.h"

/* Erasing, inception, and the hashes of state and live trees. */

struct bench {
    struct network network;
    struct built_actor actor;
    struct block_builder builder;
    struct block block;
    struct block erased;
    struct arena arena;
    uint8_t encoded[BLOCK_SIZE_MAX];
    uint8_t rewritten[BLOCK_SIZE_MAX];
    uint8_t arena_memory[2 * BLOCK_ARENA_SIZE];
};

static struct bench *bench;

static int make_bench(void **state)
{
    (void)state;
    bench = malloc(sizeof *bench);
    if (!bench || !network_init(&bench->network, "test")) {
        return -1;
    }
    build_actor(&bench->actor, &bench->network, 7, 1, 1);
    return 0;
}

static int drop_bench(void **state)
{
    (void)state;
    free(bench);
    return 0;
}

/* Decode a content block of count entries into bench->block. */
static void take_content_block(size_t count)
{
    struct attestation attestation = build_attestation(&bench->actor.id, "ase/A5", 45000, DAY_NONE);
    struct writer writer;
    struct bytes encoded;

    block_builder_begin(&bench->builder, &bench->network, &bench->actor.id, CLASS_CONTENT);
    for (size_t i = 0; i < count; i++) {
        block_builder_add(&bench->builder, ENTRY_ATTESTATION, &attestation);
    }
    writer_init(&writer, bench->encoded, sizeof bench->encoded);
    encoded = block_builder_end(&bench->builder, &bench->actor, &writer);
    arena_init(&bench->arena, bench->arena_memory, sizeof bench->arena_memory);
    assert_int_equal(block_decode(&bench->block, &bench->network, encoded, &bench->arena), REASON_NONE);
}

/* Rewrite bench->block without the entries of ranges, and decode that into bench->erased. */
static void erase(const struct index_range *ranges, size_t count)
{
    struct writer writer;
    struct bytes encoded;

    writer_init(&writer, bench->rewritten, sizeof bench->rewritten);
    assert_true(block_erase(&writer, &bench->network, &bench->block, ranges, count));
    assert_true(writer_end(&writer, &encoded));
    assert_int_equal(block_decode(&bench->erased, &bench->network, encoded, &bench->arena), REASON_NONE);
}

static void test_erasing_keeps_what_was_signed(void **state)
{
    static const struct index_range ranges[] = {{0, 0}, {3, 6}, {19, 30}};
    const struct block *before = NULL, *after = NULL;

    (void)state;
    take_content_block(20);
    erase(ranges, 3);
    before = &bench->block;
    after = &bench->erased;
    assert_true(hash_equal(&after->hash, &before->hash));
    assert_true(bytes_equal(after->header_bytes, before->header_bytes));
    assert_int_equal(after->signature_count, before->signature_count);
    assert_memory_equal(after->leaves, before->leaves, 20 * sizeof(struct hash));
    for (size_t i = 0; i < 20; i++) {
        bool expected = i == 0 || (i >= 3 && i <= 6) || i == 19;

        assert_int_equal(after->entries[i].erased, expected);
        if (!expected) {
            assert_true(bytes_equal(after->entries[i].encoded, before->entries[i].encoded));
        }
    }
    assert_true(after->encoded.size < before->encoded.size);
}

static void test_erasing_goes_on_where_it_stopped(void **state)
{
    static const struct index_range first = {1, 2}, second = {2, 3}, all = {0, 4095};
    static uint8_t memory[8192];
    struct hash hash;

    (void)state;
    take_content_block(5);
    hash = bench->block.hash;
    erase(&first, 1);
    memcpy(memory, bench->rewritten, bench->erased.encoded.size);
    assert_int_equal(block_decode(&bench->block, &bench->network,
                                  bytes_of(memory, bench->erased.encoded.size), &bench->arena),
                     REASON_NONE);
    erase(&second, 1);
    assert_false(bench->erased.entries[0].erased);
    assert_true(bench->erased.entries[1].erased);
    assert_true(bench->erased.entries[2].erased);
    assert_true(bench->erased.entries[3].erased);
    assert_false(bench->erased.entries[4].erased);
    erase(&all, 1);
    assert_true(bench->erased.entries[4].erased);
    assert_true(hash_equal(&bench->erased.hash, &hash));
}

static void test_erasing_nothing_gives_the_same_bytes(void **state)
{
    static const size_t counts[] = {1, 2, 15, 16, 1000};

    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        take_content_block(counts[i]);
        erase(NULL, 0);
        assert_true(bytes_equal(bench->erased.encoded, bench->block.encoded));
    }
}

static void test_an_erased_block_that_does_not_fit_is_told(void **state)
{
    static const struct index_range range = {0, 0};
    struct writer writer;

    (void)state;
    take_content_block(3);
    writer_init(&writer, bench->rewritten, 100);
    assert_false(block_erase(&writer, &bench->network, &bench->block, &range, 1));
}

/* Fill a content block with large entries and then short ones of 23 bytes, which grow by 14 when erased,
 * until size, with that growth, is above limit. */
static struct bytes full_block(size_t limit)
{
    static const uint8_t zeros[2000];
    size_t counted = 3;
    struct writer writer;

    block_builder_begin(&bench->builder, &bench->network, &bench->actor.id, CLASS_CONTENT);
    for (; counted + 2030 <= limit - 37 * 100; counted += 2000 + 26) {
        block_builder_add_payload(&bench->builder, ENTRY_KIND_MAX, false, bytes_of(zeros, sizeof zeros));
    }
    for (; counted <= limit; counted += 37) {
        block_builder_add_payload(&bench->builder, 99, false, bytes_of(NULL, 0));
    }
    writer_init(&writer, bench->encoded, sizeof bench->encoded);
    return block_builder_end(&bench->builder, &bench->actor, &writer);
}

static void test_a_full_block_stays_within_its_limit_when_erased(void **state)
{
    struct index_range short_ones = {0, BLOCK_ENTRIES_MAX - 1};
    struct bytes encoded;

    (void)state;
    encoded = full_block(BLOCK_BODY_SIZE_MAX);
    assert_true(encoded.size < BLOCK_BODY_SIZE_MAX);
    arena_init(&bench->arena, bench->arena_memory, sizeof bench->arena_memory);
    assert_int_equal(block_decode(&bench->block, &bench->network, encoded, &bench->arena), REASON_TOO_LARGE);

    encoded = full_block(BLOCK_BODY_SIZE_MAX - 37);
    arena_init(&bench->arena, bench->arena_memory, sizeof bench->arena_memory);
    assert_int_equal(block_decode(&bench->block, &bench->network, encoded, &bench->arena), REASON_NONE);
    while (bench->block.entries[short_ones.first].payload.size > 0) {
        short_ones.first++;
    }
    erase(&short_ones, 1);
    assert_true(bench->erased.body.size > bench->block.body.size);
}

static void test_payloads_decode_by_their_kind(void **state)
{
    static const struct index_range range = {0, 0};
    struct attestation attestation;
    struct entry entry;

    (void)state;
    take_content_block(1);
    entry = bench->block.entries[0];
    assert_int_equal(entry_payload_decode(&attestation, &entry, &bench->arena), REASON_NONE);
    entry.payload.size--;
    assert_int_equal(entry_payload_decode(&attestation, &entry, &bench->arena), REASON_TRUNCATED);
    entry.kind = 99;
    assert_int_equal(entry_payload_decode(&attestation, &entry, &bench->arena), REASON_WRONG_KIND);
    erase(&range, 1);
    assert_int_equal(entry_payload_decode(&attestation, &bench->erased.entries[0], &bench->arena),
                     REASON_ERASED);
}

static void test_an_entry_decodes_alone(void **state)
{
    struct bytes encoded;
    struct entry entry;

    (void)state;
    take_content_block(1);
    encoded = bench->block.entries[0].encoded;
    assert_int_equal(entry_decode(&entry, encoded), REASON_NONE);
    assert_true(bytes_equal(entry.payload, bench->block.entries[0].payload));
    assert_int_equal(entry_decode(&entry, bytes_of(encoded.data, encoded.size + 1)), REASON_TRAILING);
    for (size_t size = 0; size < encoded.size; size++) {
        assert_int_not_equal(entry_decode(&entry, bytes_of(encoded.data, size)), REASON_NONE);
    }
}

/* ---- inception ---- */

static void test_block_0_follows_from_the_keys_record(void **state)
{
    struct writer writer;
    struct bytes encoded;
    struct block_state expected = {.entry_count = 1, .standing = STANDING_GOOD};
    struct hash state_leaf;

    (void)state;
    arena_init(&bench->arena, bench->arena_memory, sizeof bench->arena_memory);
    writer_init(&writer, bench->encoded, sizeof bench->encoded);
    assert_int_equal(block_of_inception(&writer, &bench->network, bench->actor.keys_record, &bench->arena),
                     REASON_NONE);
    assert_true(writer_end(&writer, &encoded));
    assert_int_equal(block_decode(&bench->block, &bench->network, encoded, &bench->arena), REASON_NONE);
    assert_true(actor_id_equal(&bench->block.header.author, &bench->actor.id));
    assert_int_equal(bench->block.header.seq, 0);
    assert_int_equal(bench->block.header.epoch, 0);
    assert_int_equal(bench->block.header.time_s, 0);
    assert_int_equal(bench->block.header.block_class, CLASS_KEYS);
    assert_true(hash_is_zero(&bench->block.header.previous));
    assert_int_equal(bench->block.signature_count, 0);
    assert_int_equal(bench->block.entries[0].kind, ENTRY_KEYS);
    assert_true(bytes_equal(bench->block.entries[0].payload, bench->actor.keys_record));

    expected.live_root = bench->block.leaves[0];
    block_state_leaf(&state_leaf, &bench->network, &expected);
    assert_true(hash_equal(&state_leaf, &bench->block.header.state_root));
}

static void test_what_is_no_keys_record_has_no_block_0(void **state)
{
    static const uint8_t nothing[] = {0x90};
    struct bytes keys_record = bench->actor.keys_record;
    struct writer writer;

    (void)state;
    arena_init(&bench->arena, bench->arena_memory, sizeof bench->arena_memory);
    writer_init(&writer, bench->encoded, sizeof bench->encoded);
    assert_int_equal(block_of_inception(&writer, &bench->network, bytes_of(nothing, 1), &bench->arena),
                     REASON_OUT_OF_RANGE);
    keys_record.size--;
    assert_int_equal(block_of_inception(&writer, &bench->network, keys_record, &bench->arena),
                     REASON_TRUNCATED);
    assert_int_equal(writer.size, 0);
}

/* ---- hashes ---- */

/* Each against the definition, put together by hand. */
static void test_state_and_history_hashes_are_as_defined(void **state)
{
    const struct block_state block_state = {2, 300, {{8}}, 7, STANDING_VOID, {{9}}};
    const struct history_event event = {.action = STATUS_SUSPENDED,
                                        .effective_day = 45000,
                                        .stated_day = 44999,
                                        .setter_seq = 12,
                                        .setter_index = 3};
    uint8_t state_bytes[75] = {0x96, 2, 0xcd, 1, 44, 0xc4, 32, 8, [39] = 7, 1, 0xc4, 32, 9};
    uint8_t history_bytes[32 + 12] = {[32] = 0x97, 2,           0xcd, 45000 >> 8, 45000 & 255, 0xcd,
                                      44999 >> 8,  44999 & 255, 12,   3,          0xc0,        0xc0};
    uint8_t live_bytes[64] = {1, [32] = 2};
    const struct hash leaf = {{1}}, history = {{2}}, zero = {{0}};
    struct hash expected, hash;

    (void)state;
    hash_bytes(&expected, label_domain(&bench->network, LABEL_STATE), state_bytes, sizeof state_bytes);
    block_state_leaf(&hash, &bench->network, &block_state);
    assert_memory_equal(&hash, &expected, sizeof hash);

    hash_bytes(&expected, label_domain(&bench->network, LABEL_HISTORY), history_bytes, sizeof history_bytes);
    history_extend(&hash, &bench->network, &zero, &event);
    assert_memory_equal(&hash, &expected, sizeof hash);
    history_extend(&hash, &bench->network, &expected, &event);
    assert_memory_not_equal(&hash, &expected, sizeof hash);

    hash_bytes(&expected, label_domain(&bench->network, LABEL_LIVE), live_bytes, sizeof live_bytes);
    live_leaf(&hash, &bench->network, &leaf, &history);
    assert_memory_equal(&hash, &expected, sizeof hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_erasing_keeps_what_was_signed),
        cmocka_unit_test(test_erasing_goes_on_where_it_stopped),
        cmocka_unit_test(test_erasing_nothing_gives_the_same_bytes),
        cmocka_unit_test(test_an_erased_block_that_does_not_fit_is_told),
        cmocka_unit_test(test_a_full_block_stays_within_its_limit_when_erased),
        cmocka_unit_test(test_payloads_decode_by_their_kind),
        cmocka_unit_test(test_an_entry_decodes_alone),
        cmocka_unit_test(test_block_0_follows_from_the_keys_record),
        cmocka_unit_test(test_what_is_no_keys_record_has_no_block_0),
        cmocka_unit_test(test_state_and_history_hashes_are_as_defined),
    };

    return cmocka_run_group_tests(tests, make_bench, drop_bench);
}
