#include "tests/support/wire_page_examples.h"

#include <assert.h>

#include "protocol/base/days.h"
#include "tests/support/builders.h"
#include "tests/support/wire_dump.h"

enum { SEEDS = 64, MEMORY_SIZE = 64 * 1024 };

static struct network network_of_examples(void)
{
    struct network network;
    bool is_tag = network_init(&network, "test");

    assert(is_tag);
    return network;
}

/* of: what was hashed, where the example does not make it plain. */
static void write_hash(FILE *out, enum label label, const char *of, const struct hash *hash)
{
    fprintf(out, "\n`%s`%s: `", label_text(label), of);
    for (size_t i = 0; i < HASH_SIZE; i++) {
        fprintf(out, "%02x", (unsigned)hash->bytes[i]);
    }
    fputs("`\n", out);
}

/* ---- records ---- */

/* How much of what a record may have this one has. */
static size_t fields_shown(const struct schema *schema, const void *record)
{
    size_t shown = 0;

    for (size_t i = 0; i < schema->field_count; i++) {
        const struct field *field = &schema->fields[i];
        const uint8_t *base = record;

        if (field->type == FIELD_TYPE_LIST) {
            shown += ((const struct list *)(base + field->offset))->count > 0;
        }
        if (field->present_offset != FIELD_REQUIRED) {
            shown += base[field->present_offset];
        }
    }
    return shown;
}

static struct bytes encode_seed(const struct schema *schema, void *record, uint64_t seed, uint8_t memory[],
                                uint8_t encoded_memory[])
{
    struct bytes encoded;
    struct arena arena;
    bool fits = false;

    arena_init(&arena, memory, MEMORY_SIZE);
    schema_random(schema, record, &seed, &arena);
    fits = schema_encode(schema, record, encoded_memory, MEMORY_SIZE, &encoded);
    assert(fits);
    return encoded;
}

/* The seed whose record shows most, the shortest of those. */
static uint64_t best_seed(const struct schema *schema, void *record, uint8_t memory[],
                          uint8_t encoded_memory[])
{
    size_t best_shown = 0, best_size = SIZE_MAX;
    uint64_t best = 0;

    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        size_t size = encode_seed(schema, record, seed, memory, encoded_memory).size;
        size_t shown = fields_shown(schema, record);

        if (shown > best_shown || (shown == best_shown && size < best_size)) {
            best_shown = shown;
            best_size = size;
            best = seed;
        }
    }
    return best;
}

/* Which label a whole record is hashed under. */
static const struct {
    const struct schema *schema;
    enum label label;
} hashed[] = {
    {&keys_schema, LABEL_ACTOR},
    {&consent_schema, LABEL_CONSENT},
    {&header_schema, LABEL_HEADER},
    {&block_state_schema, LABEL_STATE},
    {&checkpoint_schema, LABEL_CHECKPOINT},
    {&witness_root_schema, LABEL_WITNESS_ROOT},
    {&cosignature_schema, LABEL_COSIGNATURE},
    {&challenge_schema, LABEL_CHALLENGE},
    {&presentation_schema, LABEL_PRESENTATION},
};

static void write_record_hash(FILE *out, const struct schema *schema, const void *record,
                              struct bytes encoded)
{
    struct network network = network_of_examples();
    struct hash hash, zero = {{0}};

    for (size_t i = 0; i < sizeof hashed / sizeof hashed[0]; i++) {
        if (hashed[i].schema != schema) {
            continue;
        }
        hash_bytes(&hash, label_domain(&network, hashed[i].label), encoded.data, encoded.size);
        write_hash(out, hashed[i].label, "", &hash);
    }
    if (schema == &history_event_schema) {
        history_extend(&hash, &network, &zero, record);
        write_hash(out, LABEL_HISTORY, " as the first event", &hash);
    }
}

/* What the successor signs: the record without signatures. */
static void write_succession_hash(FILE *out, struct succession succession)
{
    struct network network = network_of_examples();
    uint8_t memory[4096];
    struct bytes encoded;
    struct hash hash;
    bool fits = false;

    succession.signatures = (struct list){NULL, 0};
    fits = schema_encode(&succession_schema, &succession, memory, sizeof memory, &encoded);
    assert(fits);
    hash_bytes(&hash, label_domain(&network, LABEL_SUCCESSION), encoded.data, encoded.size);
    write_hash(out, LABEL_SUCCESSION, " without the signatures", &hash);
}

static void dump(FILE *out, const struct schema *schema, struct bytes encoded)
{
    struct reader reader;

    reader_init(&reader, encoded);
    fputs("\n```\n", out);
    wire_dump_record(out, 0, schema->name, schema, &reader);
    fputs("```\n", out);
}

void wire_page_example(FILE *out, const struct schema *schema)
{
    static uint8_t memory[MEMORY_SIZE], encoded_memory[MEMORY_SIZE];
    _Alignas(max_align_t) static uint8_t record[4096];
    uint64_t seed = best_seed(schema, record, memory, encoded_memory);
    struct bytes encoded = encode_seed(schema, record, seed, memory, encoded_memory);

    dump(out, schema, encoded);
    write_record_hash(out, schema, record, encoded);
    if (schema == &succession_schema) {
        write_succession_hash(out, *(const struct succession *)(const void *)record);
    }
}

/* ---- blocks ---- */

static size_t bin_head_size(struct bytes content)
{
    if (content.size > UINT16_MAX) {
        return 5;
    }
    return content.size > UINT8_MAX ? 3 : 2;
}

static void dump_entry(FILE *out, const struct entry *entry, struct reader *reader)
{
    struct reader payload;

    wire_dump_head(out, 2, entry->erased ? "erased entry" : "entry", reader, 1);
    wire_dump_bytes(out, 3, "kind", reader_skip(reader, 1));
    wire_dump_bytes(out, 3, "critical", reader_skip(reader, 1));
    if (entry->erased) {
        wire_dump_bytes(out, 3, "payload hash", reader_skip(reader, 1));
        return;
    }
    wire_dump_head(out, 3, "payload", reader, bin_head_size(entry->payload));
    reader_init(&payload, entry->payload);
    wire_dump_record(out, 4, entry_schema(entry->kind)->name, entry_schema(entry->kind), &payload);
    reader->at += entry->payload.size;
    wire_dump_bytes(out, 3, "salt", reader_skip(reader, 1));
}

static void dump_block(FILE *out, const struct block *block)
{
    const struct schema *signature = signed_checkpoint_schema.fields[1].nested;
    struct reader reader, header;

    reader_init(&reader, block->encoded);
    fputs("\n```\n", out);
    wire_dump_head(out, 0, "block", &reader, 1);
    wire_dump_head(out, 1, "header", &reader, bin_head_size(block->header_bytes));
    reader_init(&header, block->header_bytes);
    wire_dump_record(out, 2, "header", &header_schema, &header);
    reader.at += block->header_bytes.size;
    wire_dump_head(out, 1, "signatures", &reader, 1);
    for (size_t i = 0; i < block->signature_count; i++) {
        wire_dump_record(out, 2, "indexed_signature", signature, &reader);
    }
    wire_dump_head(out, 1, "body", &reader, bin_head_size(block->body));
    wire_dump_head(out, 2, "entries", &reader, 1);
    for (size_t i = 0; i < block->entry_count; i++) {
        dump_entry(out, &block->entries[i], &reader);
    }
    fputs("```\n", out);
}

static void write_block(FILE *out, const struct network *network, struct bytes encoded)
{
    static uint8_t memory[64 * 1024];
    struct arena arena;
    struct block block;
    enum reason reason = REASON_NONE;

    arena_init(&arena, memory, sizeof memory);
    reason = block_decode(&block, network, encoded, &arena);
    assert(reason == REASON_NONE);
    dump_block(out, &block);
    write_hash(out, LABEL_HEADER, "", &block.hash);
}

static void write_inception(FILE *out, const struct network *network, const struct built_actor *actor)
{
    static uint8_t memory[8192], arena_memory[8192];
    char text[ID_TEXT_MAX + 1];
    struct writer writer;
    struct arena arena;
    struct bytes encoded;
    enum reason reason = REASON_NONE;

    writer_init(&writer, memory, sizeof memory);
    arena_init(&arena, arena_memory, sizeof arena_memory);
    reason = block_of_inception(&writer, network, actor->keys_record, &arena);
    assert(reason == REASON_NONE && writer_end(&writer, &encoded));
    id_to_text(text, ID_ACTOR, network, &actor->id.hash);
    fprintf(out, "\n### Example: block 0\n\nOf the actor `%s`.\n", text);
    write_block(out, network, encoded);
    write_hash(out, LABEL_ACTOR, " of the keys record", &actor->id.hash);
}

static void write_content(FILE *out, const struct network *network, const struct built_actor *actor)
{
    static const struct index_range second = {1, 1};
    static struct block_builder builder;
    static uint8_t memory[8192], erased_memory[8192], arena_memory[64 * 1024];
    struct attestation attestation = build_attestation(&actor->id, "ase/A5", 45000, 46826);
    struct writer writer;
    struct arena arena;
    struct block block;
    struct bytes encoded;
    enum reason reason = REASON_NONE;
    bool fits = false;

    block_builder_begin(&builder, network, &actor->id, CLASS_CONTENT);
    block_builder_add(&builder, ENTRY_ATTESTATION, &attestation);
    block_builder_add(&builder, ENTRY_ATTESTATION, &attestation);
    writer_init(&writer, memory, sizeof memory);
    encoded = block_builder_end(&builder, actor, &writer);
    arena_init(&arena, arena_memory, sizeof arena_memory);
    reason = block_decode(&block, network, encoded, &arena);
    assert(reason == REASON_NONE);
    writer_init(&writer, erased_memory, sizeof erased_memory);
    fits = block_erase(&writer, network, &block, &second, 1) && writer_end(&writer, &encoded);
    assert(fits);
    fputs("\n### Example: a content block with an erased entry\n\nPrevious and state root are zero here; in "
          "a log they "
          "never are.\n",
          out);
    write_block(out, network, encoded);
    write_hash(out, LABEL_ENTRY, " of the first entry", &block.leaves[0]);
}

void wire_page_block_examples(FILE *out)
{
    static struct built_actor actor;
    struct network network = network_of_examples();

    build_actor(&actor, &network, 1, 1, 1);
    write_inception(out, &network, &actor);
    write_content(out, &network, &actor);
}
