#include "protocol/wire/block.h"

#include <assert.h>
#include <string.h>

#include "crypto/merkle.h"
#include "protocol/wire/tables.h"

enum { MSGPACK_BIN8 = 0xc4, MSGPACK_BIN16 = 0xc5, MSGPACK_BIN32 = 0xc6 };
enum {
    MSGPACK_ARRAY3 = 0x93,
    PAYLOAD_HASH_SIZE = 2 + HASH_SIZE, /* as a bin */
    ENTRY_HEAD_SIZE_MAX = 5,           /* array, kind, critical */
};

/* ---- entries ---- */

static size_t entry_size_max(uint64_t kind)
{
    if (kind == ENTRY_RULE_PACK) {
        return RULE_PACK_SIZE_MAX;
    }
    return entry_class(kind) == CLASS_KEYS ? KEYS_SIZE_MAX : ENTRY_SIZE_MAX;
}

static size_t entry_salt_size(uint64_t kind)
{
    return entry_class(kind) == CLASS_CONTENT ? ENTRY_SALT_SIZE : 0;
}

void entry_write(struct writer *writer, uint64_t kind, bool critical, struct bytes payload, struct bytes salt)
{
    assert(kind >= 1 && kind <= ENTRY_KIND_MAX);
    assert(salt.size == entry_salt_size(kind));
    writer_array(writer, 4);
    writer_uint(writer, kind);
    writer_bool(writer, critical);
    writer_bin(writer, payload.data, payload.size);
    writer_bin(writer, salt.data, salt.size);
}

/* Read the next element. */
static void entry_read(struct entry *entry, struct reader *reader)
{
    const uint8_t *start = reader->at, *tail = NULL;

    *entry = (struct entry){.erased = reader_array(reader, 3, 4) == 3};
    entry->kind = reader_uint(reader, 1, ENTRY_KIND_MAX);
    entry->critical = reader_bool(reader);
    tail = reader->at;
    if (entry->erased) {
        entry->payload = reader_bin(reader, HASH_SIZE, HASH_SIZE);
    } else {
        entry->payload = reader_bin(reader, 0, RULE_PACK_SIZE_MAX);
        entry->salt = reader_bin(reader, 0, ENTRY_SALT_SIZE);
    }
    if (reader->error != REASON_NONE) {
        return;
    }
    entry->encoded = bytes_of(start, (size_t)(reader->at - start));
    if (entry->erased) {
        return;
    }
    entry->tail = bytes_of(tail, (size_t)(reader->at - tail));
    if (entry->encoded.size > entry_size_max(entry->kind)) {
        reader_fail(reader, REASON_TOO_LARGE);
    } else if (entry->salt.size != entry_salt_size(entry->kind)) {
        reader_fail(reader, REASON_INCONSISTENT);
    }
}

enum reason entry_decode(struct entry *entry, struct bytes input)
{
    struct reader reader;

    reader_init(&reader, input);
    entry_read(entry, &reader);
    return reader_end(&reader);
}

bool entry_is_erased(struct bytes encoded)
{
    return encoded.size > 0 && encoded.data[0] == MSGPACK_ARRAY3;
}

/* From the bytes of kind and critical bit that both forms have. */
void entry_write_erased(struct writer *writer, const struct network *network, const struct entry *entry)
{
    const uint8_t head = MSGPACK_ARRAY3;
    struct hash payload_hash;

    if (entry->erased) {
        writer_raw(writer, entry->encoded.data, entry->encoded.size);
        return;
    }
    hash_bytes(&payload_hash, label_domain(network, LABEL_PAYLOAD), entry->tail.data, entry->tail.size);
    writer_raw(writer, &head, 1);
    writer_raw(writer, entry->encoded.data + 1, entry->encoded.size - entry->tail.size - 1);
    writer_bin(writer, payload_hash.bytes, HASH_SIZE);
}

void entry_leaf_of(struct hash *out, const struct network *network, const struct entry *entry)
{
    uint8_t memory[ENTRY_HEAD_SIZE_MAX + PAYLOAD_HASH_SIZE];
    struct writer writer;

    writer_init(&writer, memory, sizeof memory);
    entry_write_erased(&writer, network, entry);
    assert(!writer.overflow);
    hash_bytes(out, label_domain(network, LABEL_ENTRY), memory, writer.size);
}

bool entry_leaf(struct hash *out, const struct network *network, struct bytes encoded)
{
    struct entry entry;

    if (entry_decode(&entry, encoded) != REASON_NONE) {
        *out = (struct hash){0};
        return false;
    }
    entry_leaf_of(out, network, &entry);
    return true;
}

enum reason entry_payload_decode(void *record, const struct entry *entry, struct arena *arena)
{
    const struct schema *schema = entry_schema(entry->kind);

    if (entry->erased) {
        return REASON_ERASED;
    }
    if (!schema) {
        return REASON_WRONG_KIND;
    }
    return schema_decode(schema, record, entry->payload, arena);
}

/* ---- header and signatures ---- */

void header_hash(struct hash *out, const struct network *network, struct bytes header_bytes)
{
    hash_bytes(out, label_domain(network, LABEL_HEADER), header_bytes.data, header_bytes.size);
}

/* A later version may have other fields, so its number is looked at before anything else. */
static bool is_other_version(struct bytes input)
{
    struct reader reader;
    uint64_t version = 0;

    reader_init(&reader, input);
    reader_array(&reader, 1, UINT32_MAX);
    version = reader_uint(&reader, 0, UINT64_MAX);
    return reader.error == REASON_NONE && version != 1;
}

enum reason header_decode(struct header *header, struct bytes input, struct arena *arena)
{
    if (is_other_version(input)) {
        return REASON_WRONG_VERSION;
    }
    return schema_decode(&header_schema, header, input, arena);
}

static void read_signatures(struct block *block, struct reader *reader, struct arena *arena)
{
    block->signature_count = reader_array(reader, 0, SIGNATURES_MAX);
    for (size_t i = 0; i < block->signature_count && reader->error == REASON_NONE; i++) {
        struct indexed_signature *signature = &block->signatures[i];

        schema_read(&indexed_signature_schema, signature, reader, arena);
        if (reader->error == REASON_NONE && i > 0 && order_signatures(signature - 1, signature) >= 0) {
            reader_fail(reader, REASON_NOT_SORTED);
        }
    }
}

enum reason block_decode_header(struct block *block, const struct network *network, struct bytes input,
                                struct arena *arena)
{
    struct reader reader;
    enum reason reason = REASON_NONE;

    memset(block, 0, sizeof *block);
    block->encoded = input;
    reader_init(&reader, input);
    reader_array(&reader, 3, 3);
    block->header_bytes = reader_bin(&reader, 1, HEADER_SIZE_MAX);
    read_signatures(block, &reader, arena);
    block->body = reader_bin(&reader, 0, BLOCK_BODY_SIZE_MAX);
    reason = reader_end(&reader);
    if (reason != REASON_NONE) {
        return reason;
    }
    reason = header_decode(&block->header, block->header_bytes, arena);
    if (reason != REASON_NONE) {
        return reason;
    }
    if ((block->header.seq == 0) != (block->signature_count == 0)) {
        return REASON_SIGNATURE_COUNT;
    }
    header_hash(&block->hash, network, block->header_bytes);
    return REASON_NONE;
}

/* ---- body ---- */

static enum reason check_entry_class(const struct entry *entry, enum block_class block_class)
{
    if (entry_class(entry->kind) != block_class) {
        return REASON_ENTRY_CLASS;
    }
    return entry->erased && block_class != CLASS_CONTENT ? REASON_BAD_ERASED_BODY : REASON_NONE;
}

static size_t erased_size(const struct entry *entry)
{
    return entry->erased ? entry->encoded.size : entry->encoded.size - entry->tail.size + PAYLOAD_HASH_SIZE;
}

/* How much longer the body gets when this entry is erased. */
static size_t growth_of(const struct entry *entry)
{
    return entry->encoded.size < erased_size(entry) ? erased_size(entry) - entry->encoded.size : 0;
}

static enum reason read_entries(struct entry *entries, struct hash *leaves, const struct network *network,
                                const struct header *header, struct bytes body)
{
    struct reader reader;
    size_t growth = 0;

    reader_init(&reader, body);
    if (reader_array(&reader, 0, BLOCK_ENTRIES_MAX) != header->entry_count) {
        reader_fail(&reader, REASON_INCONSISTENT);
    }
    for (size_t i = 0; i < header->entry_count && reader.error == REASON_NONE; i++) {
        enum reason reason = REASON_NONE;

        entry_read(&entries[i], &reader);
        if (reader.error != REASON_NONE) {
            break;
        }
        reason = check_entry_class(&entries[i], header->block_class);
        if (reason != REASON_NONE) {
            return reason;
        }
        entry_leaf_of(&leaves[i], network, &entries[i]);
        growth += growth_of(&entries[i]);
    }
    if (reader.error == REASON_NONE && body.size + growth > BLOCK_BODY_SIZE_MAX) {
        return REASON_TOO_LARGE;
    }
    return reader_end(&reader);
}

static enum reason check_entries_root(const struct hash *leaves, const struct network *network,
                                      const struct header *header, struct arena *arena)
{
    size_t mark = arena_mark(arena);
    struct hash *scratch = arena_take(arena, header->entry_count * sizeof *scratch);
    struct hash root;

    if (!scratch) {
        return REASON_TOO_LARGE;
    }
    memcpy(scratch, leaves, header->entry_count * sizeof *scratch);
    merkle_root_in_place(&root, label_domain(network, LABEL_ENTRY_NODE), scratch, header->entry_count);
    arena_rewind(arena, mark);
    return hash_equal(&root, &header->entries_root) ? REASON_NONE : REASON_ENTRIES_ROOT;
}

enum reason block_decode_body(struct block *block, const struct network *network, struct arena *arena)
{
    size_t count = block->header.entry_count;
    struct entry *entries = arena_take(arena, count * sizeof *entries);
    struct hash *leaves = arena_take(arena, count * sizeof *leaves);
    enum reason reason = REASON_NONE;

    if (!entries || !leaves) {
        return REASON_TOO_LARGE;
    }
    reason = read_entries(entries, leaves, network, &block->header, block->body);
    if (reason != REASON_NONE) {
        return reason;
    }
    block->entry_count = count;
    block->entries = entries;
    block->leaves = leaves;
    return check_entries_root(leaves, network, &block->header, arena);
}

enum reason block_decode(struct block *block, const struct network *network, struct bytes input,
                         struct arena *arena)
{
    enum reason reason = block_decode_header(block, network, input, arena);

    if (reason != REASON_NONE) {
        return reason;
    }
    return block_decode_body(block, network, arena);
}

bool block_is_rotation(const struct block *block)
{
    return block->header.block_class == CLASS_KEYS && block->header.seq > 0 &&
           block->entries[0].kind == ENTRY_KEYS;
}

/* ---- write ---- */

static void write_outer(struct writer *writer, struct bytes header_bytes,
                        const struct indexed_signature *signatures, size_t signature_count)
{
    assert(header_bytes.size <= HEADER_SIZE_MAX);
    assert(signature_count <= SIGNATURES_MAX);
    writer_array(writer, 3);
    writer_bin(writer, header_bytes.data, header_bytes.size);
    writer_array(writer, (uint32_t)signature_count);
    for (size_t i = 0; i < signature_count; i++) {
        schema_write(&indexed_signature_schema, &signatures[i], writer);
    }
}

bool block_encode(struct writer *writer, struct bytes header_bytes,
                  const struct indexed_signature *signatures, size_t signature_count, struct bytes body)
{
    assert(body.size <= BLOCK_BODY_SIZE_MAX);
    write_outer(writer, header_bytes, signatures, signature_count);
    writer_bin(writer, body.data, body.size);
    return !writer->overflow;
}

/* The head of a bin whose bytes are written piece by piece. */
static void write_bin_head(struct writer *writer, size_t size)
{
    const uint8_t wide[] = {MSGPACK_BIN32, (uint8_t)(size >> 24), (uint8_t)(size >> 16), (uint8_t)(size >> 8),
                            (uint8_t)size};
    const uint8_t middle[] = {MSGPACK_BIN16, (uint8_t)(size >> 8), (uint8_t)size};
    const uint8_t narrow[] = {MSGPACK_BIN8, (uint8_t)size};

    if (size > UINT16_MAX) {
        writer_raw(writer, wide, sizeof wide);
    } else if (size > UINT8_MAX) {
        writer_raw(writer, middle, sizeof middle);
    } else {
        writer_raw(writer, narrow, sizeof narrow);
    }
}

/* Whether index lies in one of ranges, given that *next is the first that does not end below it. */
static bool ranges_contain(const struct index_range *ranges, size_t count, size_t *next, size_t index)
{
    while (*next < count && ranges[*next].last < index) {
        (*next)++;
    }
    return *next < count && ranges[*next].first <= index;
}

static size_t array_head_size(size_t count)
{
    return count < 16 ? 1 : 3;
}

bool block_erase(struct writer *writer, const struct network *network, const struct block *block,
                 const struct index_range *ranges, size_t count)
{
    size_t body_size = array_head_size(block->entry_count);
    size_t next = 0;

    for (size_t i = 0; i < block->entry_count; i++) {
        const struct entry *entry = &block->entries[i];

        body_size += ranges_contain(ranges, count, &next, i) ? erased_size(entry) : entry->encoded.size;
    }
    write_outer(writer, block->header_bytes, block->signatures, block->signature_count);
    write_bin_head(writer, body_size);
    writer_array(writer, (uint32_t)block->entry_count);
    next = 0;
    for (size_t i = 0; i < block->entry_count; i++) {
        const struct entry *entry = &block->entries[i];

        if (ranges_contain(ranges, count, &next, i)) {
            entry_write_erased(writer, network, entry);
        } else {
            writer_raw(writer, entry->encoded.data, entry->encoded.size);
        }
    }
    return !writer->overflow;
}
