#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/merkle.h"
#include "protocol/base/days.h"
#include "tests/support/builders.h"

/* Blocks as they are built, then as someone else might send them. */

struct bench {
    struct network network;
    struct built_actor actor;
    struct block_builder builder;
    struct block block;
    struct arena arena;
    uint8_t encoded[BLOCK_SIZE_MAX];
    uint8_t erased[BLOCK_SIZE_MAX];
    uint8_t arena_memory[BLOCK_ARENA_SIZE];
};

static struct bench *bench;

static int make_bench(void **state)
{
    (void)state;
    bench = malloc(sizeof *bench);
    if (!bench || !network_init(&bench->network, "test")) {
        return -1;
    }
    build_actor(&bench->actor, &bench->network, 7, 2, 2);
    return 0;
}

static int drop_bench(void **state)
{
    (void)state;
    free(bench);
    return 0;
}

static enum reason decode(struct bytes input)
{
    arena_init(&bench->arena, bench->arena_memory, sizeof bench->arena_memory);
    return block_decode(&bench->block, &bench->network, input, &bench->arena);
}

static void begin(enum block_class block_class)
{
    block_builder_begin(&bench->builder, &bench->network, &bench->actor.id, block_class);
}

static struct bytes end(void)
{
    struct writer writer;

    writer_init(&writer, bench->encoded, sizeof bench->encoded);
    return block_builder_end(&bench->builder, &bench->actor, &writer);
}

static struct bytes content_block(size_t count)
{
    struct attestation attestation = build_attestation(&bench->actor.id, "ase/A5", 45000, 46000);

    begin(CLASS_CONTENT);
    for (size_t i = 0; i < count; i++) {
        attestation.earned_on = 45000 - (uint32_t)i;
        block_builder_add(&bench->builder, ENTRY_ATTESTATION, &attestation);
    }
    return end();
}

/* Counts are read without trusting them, so any sensible count must work. */
static void test_blocks_of_every_size_decode(void **state)
{
    static const size_t counts[] = {1, 2, 3, 15, 16, 17, 100, BLOCK_ENTRIES_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct bytes encoded = content_block(counts[i]);

        assert_int_equal(decode(encoded), REASON_NONE);
        assert_int_equal(bench->block.entry_count, counts[i]);
        assert_int_equal(bench->block.header.entry_count, counts[i]);
        assert_int_equal(bench->block.signature_count, 2);
        assert_true(bytes_equal(bench->block.encoded, encoded));
    }
}

static void test_a_block_says_what_was_put_in(void **state)
{
    const struct built_key *signer = NULL;
    struct attestation attestation;
    uint8_t memory[256];
    struct arena arena;
    struct hash leaf, hash;

    (void)state;
    assert_int_equal(decode(content_block(3)), REASON_NONE);
    assert_true(actor_id_equal(&bench->block.header.author, &bench->actor.id));
    header_hash(&hash, &bench->network, bench->block.header_bytes);
    assert_true(hash_equal(&hash, &bench->block.hash));
    signer = &bench->actor.built[bench->block.signatures[1].key_index];
    assert_int_equal(signer->key.role, ROLE_ISSUE);
    assert_true(sign_verify(&bench->block.signatures[1].signature, &signer->key.key, &hash));

    arena_init(&arena, memory, sizeof memory);
    assert_int_equal(bench->block.entries[2].kind, ENTRY_ATTESTATION);
    assert_int_equal(bench->block.entries[2].salt.size, ENTRY_SALT_SIZE);
    assert_int_equal(entry_payload_decode(&attestation, &bench->block.entries[2], &arena), REASON_NONE);
    assert_int_equal(attestation.earned_on, 44998);
    entry_leaf(&leaf, &bench->network, bench->block.entries[2].encoded);
    assert_true(hash_equal(&leaf, &bench->block.leaves[2]));
}

static void test_a_header_decodes_without_its_body(void **state)
{
    struct bytes encoded = content_block(3), header_bytes;
    struct block whole;
    struct writer writer;

    (void)state;
    assert_int_equal(decode(encoded), REASON_NONE);
    whole = bench->block;
    header_bytes = whole.header_bytes;
    arena_init(&bench->arena, bench->arena_memory, sizeof bench->arena_memory);
    assert_int_equal(block_decode_header(&bench->block, &bench->network, encoded, &bench->arena),
                     REASON_NONE);
    assert_true(hash_equal(&bench->block.hash, &whole.hash));
    assert_int_equal(bench->block.entry_count, 0);

    writer_init(&writer, bench->erased, sizeof bench->erased);
    assert_true(
        block_encode(&writer, header_bytes, whole.signatures, whole.signature_count, bytes_of(NULL, 0)));
    arena_init(&bench->arena, bench->arena_memory, sizeof bench->arena_memory);
    encoded = bytes_of(bench->erased, writer.size);
    assert_int_equal(block_decode_header(&bench->block, &bench->network, encoded, &bench->arena),
                     REASON_NONE);
    assert_int_equal(decode(encoded), REASON_TRUNCATED);
}

/* ---- tampering ---- */

static void test_every_flipped_bit_of_a_small_block_is_noticed(void **state)
{
    struct bytes encoded = content_block(2);
    struct hash hash;

    (void)state;
    assert_int_equal(decode(encoded), REASON_NONE);
    hash = bench->block.hash;
    for (size_t bit = 0; bit < encoded.size * 8; bit++) {
        bench->encoded[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (decode(encoded) == REASON_NONE && hash_equal(&hash, &bench->block.hash)) {
            /* Neither header nor body: the signatures, which are checked later. */
            const uint8_t *signatures = bench->block.header_bytes.data + bench->block.header_bytes.size;
            const uint8_t *entry = bench->block.entries[0].encoded.data;

            assert_true(bench->encoded + bit / 8 > signatures && bench->encoded + bit / 8 < entry);
        }
        bench->encoded[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void test_every_prefix_of_a_block_is_refused(void **state)
{
    struct bytes encoded = content_block(2);

    (void)state;
    for (size_t size = 0; size < encoded.size; size++) {
        assert_int_not_equal(decode(bytes_of(encoded.data, size)), REASON_NONE);
    }
    bench->encoded[encoded.size] = 0;
    assert_int_equal(decode(bytes_of(encoded.data, encoded.size + 1)), REASON_TRAILING);
}

static void test_another_network_has_other_hashes(void **state)
{
    struct bytes encoded = content_block(2);
    struct network main_network;

    (void)state;
    assert_true(network_init(&main_network, "main"));
    arena_init(&bench->arena, bench->arena_memory, sizeof bench->arena_memory);
    assert_int_equal(block_decode(&bench->block, &main_network, encoded, &bench->arena), REASON_ENTRIES_ROOT);
}

static void test_an_arena_too_small_refuses(void **state)
{
    struct bytes encoded = content_block(100);

    (void)state;
    arena_init(&bench->arena, bench->arena_memory, 4096);
    assert_int_equal(block_decode(&bench->block, &bench->network, encoded, &bench->arena), REASON_TOO_LARGE);
}

/* ---- one thing wrong ---- */

/* A block whose pieces are written by hand, correct except for what a row breaks. */
struct crooked {
    struct header header;
    struct bytes header_bytes; /* when not empty, instead of header */
    size_t signature_count;
    struct indexed_signature signatures[SIGNATURES_MAX + 1];
    uint32_t claimed_count; /* of the body's array */
    struct writer entries;
    struct hash leaves[4];
    size_t leaf_count;
    uint8_t entry_memory[80 * 1024];
};

static void crooked_element(struct crooked *crooked, uint64_t kind, size_t payload_size, size_t salt_size)
{
    static const uint8_t zeros[RULE_PACK_SIZE_MAX];
    size_t start = crooked->entries.size;

    writer_array(&crooked->entries, 4);
    writer_uint(&crooked->entries, kind);
    writer_bool(&crooked->entries, false);
    writer_bin(&crooked->entries, zeros, payload_size);
    writer_bin(&crooked->entries, zeros, salt_size);
    entry_leaf(&crooked->leaves[crooked->leaf_count++], &bench->network,
               bytes_of(crooked->entry_memory + start, crooked->entries.size - start));
}

/* In its erased form. */
static void crooked_erased(struct crooked *crooked, uint64_t kind, size_t size)
{
    static const uint8_t payload_hash[HASH_SIZE + 1] = {1};
    size_t start = crooked->entries.size;

    writer_array(&crooked->entries, 3);
    writer_uint(&crooked->entries, kind);
    writer_bool(&crooked->entries, false);
    writer_bin(&crooked->entries, payload_hash, size);
    entry_leaf(&crooked->leaves[crooked->leaf_count++], &bench->network,
               bytes_of(crooked->entry_memory + start, crooked->entries.size - start));
}

static void two_content(struct crooked *crooked)
{
    crooked_element(crooked, ENTRY_ATTESTATION, 10, 16);
    crooked_element(crooked, ENTRY_KIND_MAX, 0, 16);
}

static void one_erased(struct crooked *crooked)
{
    crooked_element(crooked, ENTRY_ATTESTATION, 10, 16);
    crooked_erased(crooked, ENTRY_ATTESTATION, HASH_SIZE);
}

static void all_erased(struct crooked *crooked)
{
    crooked_erased(crooked, ENTRY_ATTESTATION, HASH_SIZE);
}

static void unknown_erased(struct crooked *crooked)
{
    crooked_erased(crooked, ENTRY_KIND_MAX, HASH_SIZE);
}

static void erased_of_another_class(struct crooked *crooked)
{
    crooked_erased(crooked, ENTRY_STATUS, HASH_SIZE);
}

static void payload_hash_too_long(struct crooked *crooked)
{
    crooked_erased(crooked, ENTRY_ATTESTATION, HASH_SIZE + 1);
}

static void of_class(struct crooked *crooked, enum block_class block_class, uint64_t kind, size_t size)
{
    crooked->header.block_class = block_class;
    crooked_element(crooked, kind, size, 0);
}

static void one_keys(struct crooked *crooked)
{
    of_class(crooked, CLASS_KEYS, ENTRY_KEYS, 100);
}

static void two_keys(struct crooked *crooked)
{
    one_keys(crooked);
    crooked_element(crooked, ENTRY_KEYS_UPDATE, 100, 0);
}

static void erased_keys(struct crooked *crooked)
{
    crooked->header.block_class = CLASS_KEYS;
    crooked_erased(crooked, ENTRY_KEYS, HASH_SIZE);
}

static void erased_govern(struct crooked *crooked)
{
    of_class(crooked, CLASS_GOVERN, ENTRY_VOID, 10);
    crooked_erased(crooked, ENTRY_VOID, HASH_SIZE);
}

static void erased_status(struct crooked *crooked)
{
    of_class(crooked, CLASS_STATUS, ENTRY_STATUS, 10);
    crooked_erased(crooked, ENTRY_STATUS, HASH_SIZE);
}

static void status_in_govern(struct crooked *crooked)
{
    of_class(crooked, CLASS_GOVERN, ENTRY_STATUS, 10);
}

static void unknown_in_status(struct crooked *crooked)
{
    crooked->header.block_class = CLASS_STATUS;
    crooked_element(crooked, 99, 10, 16);
}

static void keys_in_content(struct crooked *crooked)
{
    crooked_element(crooked, ENTRY_KEYS, 10, 0);
}

static void content_without_salt(struct crooked *crooked)
{
    crooked_element(crooked, ENTRY_ATTESTATION, 10, 0);
}

static void content_with_short_salt(struct crooked *crooked)
{
    crooked_element(crooked, ENTRY_ATTESTATION, 10, 15);
}

static void status_with_salt(struct crooked *crooked)
{
    crooked->header.block_class = CLASS_STATUS;
    crooked_element(crooked, ENTRY_STATUS, 10, 16);
}

static void kind_zero(struct crooked *crooked)
{
    crooked_element(crooked, 0, 10, 16);
}

static void kind_too_high(struct crooked *crooked)
{
    crooked_element(crooked, ENTRY_KIND_MAX + 1, 10, 16);
}

enum { ENTRY_OVERHEAD = 1 + 1 + 1 + 3 + 2 }; /* array, kind, critical, heads of payload and salt */

static void largest_content(struct crooked *crooked)
{
    crooked_element(crooked, ENTRY_ATTESTATION, ENTRY_SIZE_MAX - ENTRY_OVERHEAD - 16, 16);
}

static void too_large_content(struct crooked *crooked)
{
    crooked_element(crooked, ENTRY_ATTESTATION, ENTRY_SIZE_MAX - ENTRY_OVERHEAD - 15, 16);
}

static void largest_status(struct crooked *crooked)
{
    of_class(crooked, CLASS_STATUS, ENTRY_STATUS, ENTRY_SIZE_MAX - ENTRY_OVERHEAD);
}

static void too_large_status(struct crooked *crooked)
{
    of_class(crooked, CLASS_STATUS, ENTRY_STATUS, ENTRY_SIZE_MAX - ENTRY_OVERHEAD + 1);
}

static void largest_keys(struct crooked *crooked)
{
    of_class(crooked, CLASS_KEYS, ENTRY_KEYS, KEYS_SIZE_MAX - ENTRY_OVERHEAD);
}

static void too_large_keys(struct crooked *crooked)
{
    of_class(crooked, CLASS_KEYS, ENTRY_KEYS, KEYS_SIZE_MAX - ENTRY_OVERHEAD + 1);
}

static void largest_rule_pack(struct crooked *crooked)
{
    of_class(crooked, CLASS_GOVERN, ENTRY_RULE_PACK, RULE_PACK_SIZE_MAX - ENTRY_OVERHEAD);
}

static void too_large_rule_pack(struct crooked *crooked)
{
    of_class(crooked, CLASS_GOVERN, ENTRY_RULE_PACK, RULE_PACK_SIZE_MAX - ENTRY_OVERHEAD + 1);
}

static void no_signature(struct crooked *crooked)
{
    two_content(crooked);
    crooked->signature_count = 0;
}

static void signatures(struct crooked *crooked, size_t count)
{
    two_content(crooked);
    crooked->signature_count = count;
    for (size_t i = 0; i < count; i++) {
        crooked->signatures[i].key_index = i < KEYS_MAX ? i : 0;
    }
}

static void most_signatures(struct crooked *crooked)
{
    signatures(crooked, SIGNATURES_MAX);
}

static void too_many_signatures(struct crooked *crooked)
{
    signatures(crooked, SIGNATURES_MAX + 1);
}

static void one_signer_twice(struct crooked *crooked)
{
    signatures(crooked, 2);
    crooked->signatures[1].key_index = 0;
}

static void signers_descending(struct crooked *crooked)
{
    signatures(crooked, 2);
    crooked->signatures[0].key_index = 2;
}

static void signed_inception(struct crooked *crooked)
{
    one_keys(crooked);
    crooked->header.seq = 0;
}

static void unsigned_inception(struct crooked *crooked)
{
    signed_inception(crooked);
    crooked->signature_count = 0;
}

static void one_claimed_too_many(struct crooked *crooked)
{
    two_content(crooked);
    crooked->header.entry_count = 3;
}

static void one_claimed_too_few(struct crooked *crooked)
{
    two_content(crooked);
    crooked->header.entry_count = 1;
}

static void array_claims_more(struct crooked *crooked)
{
    two_content(crooked);
    crooked->header.entry_count = crooked->claimed_count = 3;
}

static void array_claims_fewer(struct crooked *crooked)
{
    two_content(crooked);
    crooked->header.entry_count = crooked->claimed_count = 1;
}

static void version_two(struct crooked *crooked)
{
    static const uint8_t header[] = {0x92, 2, 0xc0};

    two_content(crooked);
    crooked->header_bytes = bytes_of(header, sizeof header);
}

static void header_is_no_record(struct crooked *crooked)
{
    static const uint8_t header[] = {0x92, 1, 0xc0};

    two_content(crooked);
    crooked->header_bytes = bytes_of(header, sizeof header);
}

static void header_too_large(struct crooked *crooked)
{
    static const uint8_t header[HEADER_SIZE_MAX + 1];

    two_content(crooked);
    crooked->header_bytes = bytes_of(header, sizeof header);
}

static const struct {
    const char *sentence;
    void (*make)(struct crooked *crooked);
    enum reason expected;
} crooked_rows[] = {
    {"two entries, one of an unknown kind", two_content, REASON_NONE},
    {"an erased entry among others", one_erased, REASON_NONE},
    {"nothing left but an erased entry", all_erased, REASON_NONE},
    {"an erased entry of a kind unknown", unknown_erased, REASON_NONE},
    {"an erased entry shows its kind", erased_of_another_class, REASON_ENTRY_CLASS},
    {"a payload hash is 32 bytes", payload_hash_too_long, REASON_TOO_LARGE},
    {"one entry of class keys", one_keys, REASON_NONE},
    {"two entries of class keys", two_keys, REASON_INCONSISTENT},
    {"keys are never erased", erased_keys, REASON_BAD_ERASED_BODY},
    {"govern is never erased", erased_govern, REASON_BAD_ERASED_BODY},
    {"status is never erased", erased_status, REASON_BAD_ERASED_BODY},
    {"a status is not said in govern", status_in_govern, REASON_ENTRY_CLASS},
    {"unknown kinds are content", unknown_in_status, REASON_ENTRY_CLASS},
    {"keys are not content", keys_in_content, REASON_ENTRY_CLASS},
    {"content has a salt", content_without_salt, REASON_INCONSISTENT},
    {"a salt has 16 bytes", content_with_short_salt, REASON_INCONSISTENT},
    {"a status has no salt", status_with_salt, REASON_INCONSISTENT},
    {"there is no kind 0", kind_zero, REASON_OUT_OF_RANGE},
    {"there is no kind 65536", kind_too_high, REASON_OUT_OF_RANGE},
    {"content of 2048 bytes", largest_content, REASON_NONE},
    {"content of 2049 bytes", too_large_content, REASON_TOO_LARGE},
    {"a status of 2048 bytes", largest_status, REASON_NONE},
    {"a status of 2049 bytes", too_large_status, REASON_TOO_LARGE},
    {"keys of 4096 bytes", largest_keys, REASON_NONE},
    {"keys of 4097 bytes", too_large_keys, REASON_TOO_LARGE},
    {"a rule pack of 64 KiB", largest_rule_pack, REASON_NONE},
    {"a rule pack of one byte more", too_large_rule_pack, REASON_TOO_LARGE},
    {"an unsigned block", no_signature, REASON_SIGNATURE_COUNT},
    {"16 signatures", most_signatures, REASON_NONE},
    {"17 signatures", too_many_signatures, REASON_TOO_MANY},
    {"a signer counts once", one_signer_twice, REASON_NOT_SORTED},
    {"signers go by key index", signers_descending, REASON_NOT_SORTED},
    {"block 0 is not signed", signed_inception, REASON_SIGNATURE_COUNT},
    {"block 0", unsigned_inception, REASON_NONE},
    {"header counts more than the body has", one_claimed_too_many, REASON_INCONSISTENT},
    {"header counts fewer than the body has", one_claimed_too_few, REASON_INCONSISTENT},
    {"header and array count more than there is", array_claims_more, REASON_TRUNCATED},
    {"header and array count fewer than there is", array_claims_fewer, REASON_TRAILING},
    {"a later version, whatever it looks like", version_two, REASON_WRONG_VERSION},
    {"a header that is no header", header_is_no_record, REASON_OUT_OF_RANGE},
    {"a header above its size", header_too_large, REASON_TOO_LARGE},
};

/* What the row says nothing about is right: counts, root, one signature. */
static void crooked_defaults(struct crooked *crooked, void (*make)(struct crooked *crooked))
{
    memset(crooked, 0, sizeof *crooked);
    crooked->header =
        (struct header){.version = 1, .author = bench->actor.id, .seq = 1, .block_class = CLASS_CONTENT};
    crooked->signature_count = 1;
    writer_init(&crooked->entries, crooked->entry_memory, sizeof crooked->entry_memory);
    make(crooked);
    if (crooked->claimed_count == 0) {
        crooked->claimed_count = (uint32_t)crooked->leaf_count;
    }
    if (crooked->header.entry_count == 0) {
        crooked->header.entry_count = crooked->leaf_count;
    }
    merkle_root_in_place(&crooked->header.entries_root, label_domain(&bench->network, LABEL_ENTRY_NODE),
                         crooked->leaves, crooked->leaf_count);
}

/* The header is written field by field, since the engine refuses to write a wrong one. */
static void write_header(struct writer *writer, const struct header *header)
{
    writer_array(writer, 11);
    writer_uint(writer, header->version);
    writer_bin(writer, header->author.hash.bytes, HASH_SIZE);
    writer_uint(writer, header->epoch);
    writer_uint(writer, header->seq);
    writer_bin(writer, header->previous.bytes, HASH_SIZE);
    writer_uint(writer, header->time_s);
    writer_uint(writer, header->block_class);
    writer_uint(writer, header->entry_count);
    writer_bin(writer, header->entries_root.bytes, HASH_SIZE);
    writer_bin(writer, header->state_root.bytes, HASH_SIZE);
    writer_array(writer, 0);
}

static struct bytes crooked_encode(struct crooked *crooked)
{
    uint8_t header_memory[HEADER_SIZE_MAX];
    struct bytes header = crooked->header_bytes;
    struct writer writer, body;

    writer_init(&writer, header_memory, sizeof header_memory);
    write_header(&writer, &crooked->header);
    if (header.size == 0) {
        header = bytes_of(header_memory, writer.size);
    }
    writer_init(&body, bench->erased, sizeof bench->erased);
    writer_array(&body, crooked->claimed_count);
    writer_raw(&body, crooked->entry_memory, crooked->entries.size);

    writer_init(&writer, bench->encoded, sizeof bench->encoded);
    writer_array(&writer, 3);
    writer_bin(&writer, header.data, header.size);
    writer_array(&writer, (uint32_t)crooked->signature_count);
    for (size_t i = 0; i < crooked->signature_count; i++) {
        schema_write(succession_schema.fields[4].nested, &crooked->signatures[i], &writer);
    }
    writer_bin(&writer, bench->erased, body.size);
    return bytes_of(bench->encoded, writer.size);
}

static void test_one_thing_wrong(void **state)
{
    struct crooked *crooked = malloc(sizeof *crooked);

    (void)state;
    assert_non_null(crooked);
    for (size_t i = 0; i < sizeof crooked_rows / sizeof crooked_rows[0]; i++) {
        enum reason reason = REASON_NONE;

        crooked_defaults(crooked, crooked_rows[i].make);
        reason = decode(crooked_encode(crooked));
        if (reason != crooked_rows[i].expected) {
            fail_msg("%s: %s instead of %s", crooked_rows[i].sentence, reason_word(reason),
                     reason_word(crooked_rows[i].expected));
        }
    }
    free(crooked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_of_every_size_decode),
        cmocka_unit_test(test_a_block_says_what_was_put_in),
        cmocka_unit_test(test_a_header_decodes_without_its_body),
        cmocka_unit_test(test_every_flipped_bit_of_a_small_block_is_noticed),
        cmocka_unit_test(test_every_prefix_of_a_block_is_refused),
        cmocka_unit_test(test_another_network_has_other_hashes),
        cmocka_unit_test(test_an_arena_too_small_refuses),
        cmocka_unit_test(test_one_thing_wrong),
    };

    return cmocka_run_group_tests(tests, make_bench, drop_bench);
}
