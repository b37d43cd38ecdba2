#include "protocol/log/author.h"

#include <assert.h>
#include <string.h>

enum {
    ARRAY_HEAD_SIZE_MAX = 5,
    ENTRY_OVERHEAD_MAX = 32, /* array and bin heads, kind, critical bit, salt */
};

void draft_init(struct draft *draft, enum block_class block_class, void *memory, size_t capacity)
{
    /* The body's own array head is written last, when the count is known. */
    size_t room = capacity < BLOCK_BODY_SIZE_MAX ? capacity : BLOCK_BODY_SIZE_MAX;

    assert(room > ARRAY_HEAD_SIZE_MAX);
    *draft = (struct draft){.block_class = block_class};
    writer_init(&draft->body, memory, room - ARRAY_HEAD_SIZE_MAX);
}

bool draft_add(struct draft *draft, enum entry_kind kind, const void *record, const uint8_t *salt)
{
    uint8_t memory[RULE_PACK_SIZE_MAX];
    struct bytes payload;
    bool fits = schema_encode(entry_schema(kind), record, memory, sizeof memory, &payload);

    assert(entry_class(kind) == draft->block_class);
    assert((salt != NULL) == (draft->block_class == CLASS_CONTENT));
    if (!fits || draft->entry_count == BLOCK_ENTRIES_MAX ||
        payload.size + ENTRY_OVERHEAD_MAX > draft->body.capacity - draft->body.size) {
        return false;
    }
    entry_write(&draft->body, kind, false, payload, bytes_of(salt, salt != NULL ? ENTRY_SALT_SIZE : 0));
    draft->entry_count++;
    return true;
}

/* The body with its array head, and its entries root. */
static bool close_body(struct bytes *body, struct hash *root, const struct draft *draft,
                       const struct network *network, struct arena *arena)
{
    const size_t capacity = draft->body.size + ARRAY_HEAD_SIZE_MAX;
    struct merkle_frontier frontier;
    struct writer writer;
    struct reader reader;
    void *memory = arena_take(arena, capacity);

    if (memory == NULL) {
        return false;
    }
    writer_init(&writer, memory, capacity);
    writer_array(&writer, (uint32_t)draft->entry_count);
    writer_raw(&writer, draft->body.data, draft->body.size);
    merkle_frontier_init(&frontier);
    reader_init(&reader, bytes_of(draft->body.data, draft->body.size));
    for (uint64_t i = 0; i < draft->entry_count; i++) {
        struct hash leaf;

        /* What is no entry is refused when the block is decoded. */
        entry_leaf(&leaf, network, reader_skip(&reader, 1));
        merkle_frontier_append(&frontier, label_domain(network, LABEL_ENTRY_NODE), &leaf);
    }
    merkle_frontier_root(root, &frontier, label_domain(network, LABEL_ENTRY_NODE));
    return writer_end(&writer, body);
}

static bool opens_epoch(const struct draft *draft)
{
    struct entry entry = {0};

    return draft->block_class == CLASS_KEYS &&
           entry_decode(&entry, bytes_of(draft->body.data, draft->body.size)) == REASON_NONE &&
           entry.kind == ENTRY_KEYS;
}

/* Encode header, signatures and body as a block in the arena and decode it as any receiver would. */
static enum reason assemble(struct block *out, const struct header *header,
                            const struct indexed_signature *signatures, size_t signature_count,
                            struct bytes body, const struct network *network, struct arena *arena)
{
    uint8_t header_memory[HEADER_SIZE_MAX];
    struct bytes header_bytes, encoded;
    struct writer writer;
    void *memory = arena_take(arena, BLOCK_SIZE_MAX);

    if (memory == NULL) {
        return REASON_TOO_LARGE;
    }
    writer_init(&writer, memory, BLOCK_SIZE_MAX);
    if (!schema_encode(&header_schema, header, header_memory, sizeof header_memory, &header_bytes) ||
        !block_encode(&writer, header_bytes, signatures, signature_count, body) ||
        !writer_end(&writer, &encoded)) {
        return REASON_TOO_LARGE;
    }
    return block_decode(out, network, encoded, arena);
}

enum reason draft_preview(struct block *out, const struct draft *draft, const struct log_state *state,
                          const struct network *network, uint64_t time_s, struct arena *arena)
{
    /* A block is never unsigned on the wire, so the preview carries a signature of zeros. */
    const struct indexed_signature unsigned_yet = {0};
    struct header header = {.version = 1,
                            .author = state->author,
                            .epoch = state->epoch + (opens_epoch(draft) ? 1 : 0),
                            .seq = state->seq + 1,
                            .previous = state->head,
                            .time_s = time_s,
                            .block_class = draft->block_class,
                            .entry_count = draft->entry_count};
    struct bytes body;

    assert(draft->entry_count > 0);
    if (!close_body(&body, &header.entries_root, draft, network, arena)) {
        return REASON_TOO_LARGE;
    }
    return assemble(out, &header, &unsigned_yet, 1, body, network, arena);
}

enum reason draft_sign(struct writer *writer, const struct block *preview, const struct log_state *state,
                       const struct network *network, struct log_past *past,
                       const struct block_signer *signers, size_t signer_count, struct arena *arena)
{
    uint8_t header_memory[HEADER_SIZE_MAX];
    struct block block = *preview;
    struct log_change change;
    enum reason reason = log_apply(&change, state, network, preview, past, arena);

    assert(signer_count <= SIGNATURES_MAX);
    if (reason != REASON_NONE) {
        return reason;
    }
    block.header.state_root = change.state_root;
    if (!schema_encode(&header_schema, &block.header, header_memory, sizeof header_memory,
                       &block.header_bytes)) {
        return REASON_TOO_LARGE;
    }
    header_hash(&block.hash, network, block.header_bytes);
    block.signature_count = signer_count;
    for (size_t i = 0; i < signer_count; i++) {
        block.signatures[i].key_index = signers[i].key_index;
        sign_hash(&block.signatures[i].signature, signers[i].secret, &block.hash);
    }
    reason = log_check(state, network, &block, arena);
    if (reason != REASON_NONE) {
        return reason;
    }
    return block_encode(writer, block.header_bytes, block.signatures, block.signature_count, block.body)
               ? REASON_NONE
               : REASON_TOO_LARGE;
}
