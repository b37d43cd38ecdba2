/* What hangs on a block's hashes: the inception block, and the leaves of state and live trees. */

#include <assert.h>

#include "protocol/wire/block.h"

enum { SMALL_RECORD_SIZE_MAX = 192 }; /* encoded block_state, history_event */

/* ---- state tree and live tree ---- */

void block_state_leaf(struct hash *out, const struct network *network, const struct block_state *state)
{
    uint8_t memory[SMALL_RECORD_SIZE_MAX];
    struct bytes encoded;
    bool fits = schema_encode(&block_state_schema, state, memory, sizeof memory, &encoded);

    assert(fits);
    hash_bytes(out, label_domain(network, LABEL_STATE), encoded.data, encoded.size);
}

void history_extend(struct hash *next, const struct network *network, const struct hash *previous,
                    const struct history_event *event)
{
    uint8_t memory[SMALL_RECORD_SIZE_MAX];
    struct hash_stream stream;
    struct bytes encoded;
    bool fits = schema_encode(&history_event_schema, event, memory, sizeof memory, &encoded);

    assert(fits);
    hash_stream_init(&stream, label_domain(network, LABEL_HISTORY));
    hash_stream_add(&stream, previous->bytes, HASH_SIZE);
    hash_stream_add(&stream, encoded.data, encoded.size);
    hash_stream_end(&stream, next);
}

void live_leaf(struct hash *out, const struct network *network, const struct hash *leaf,
               const struct hash *history)
{
    hash_pair(out, label_domain(network, LABEL_LIVE), leaf, history);
}

/* ---- inception ---- */

void actor_id_of_inception(struct actor_id *out, const struct network *network, struct bytes keys_record)
{
    hash_bytes(&out->hash, label_domain(network, LABEL_ACTOR), keys_record.data, keys_record.size);
}

/* The header of block 0, given its one entry's leaf. */
static struct header inception_header(const struct network *network, struct bytes keys_record,
                                      const struct hash *leaf)
{
    struct block_state state = {.entry_count = 1, .standing = STANDING_GOOD, .live_root = *leaf};
    struct header header = {
        .version = 1,
        .block_class = CLASS_KEYS,
        .entry_count = 1,
        .entries_root = *leaf,
    };

    actor_id_of_inception(&header.author, network, keys_record);
    block_state_leaf(&header.state_root, network, &state);
    return header;
}

bool block_of_known_inception(struct writer *writer, const struct network *network, struct bytes keys_record)
{
    uint8_t body_memory[1 + KEYS_SIZE_MAX], header_memory[HEADER_SIZE_MAX];
    struct bytes body, header_bytes;
    struct writer body_writer;
    struct header header;
    struct hash leaf;
    bool fits = false;

    writer_init(&body_writer, body_memory, sizeof body_memory);
    writer_array(&body_writer, 1);
    entry_write(&body_writer, ENTRY_KEYS, true, keys_record, bytes_of(NULL, 0));
    if (!writer_end(&body_writer, &body)) {
        return false;
    }
    entry_leaf(&leaf, network, bytes_of(body.data + 1, body.size - 1));
    header = inception_header(network, keys_record, &leaf);
    fits = schema_encode(&header_schema, &header, header_memory, sizeof header_memory, &header_bytes);
    assert(fits);
    return block_encode(writer, header_bytes, NULL, 0, body);
}

enum reason block_of_inception(struct writer *writer, const struct network *network, struct bytes keys_record,
                               struct arena *arena)
{
    size_t mark = arena_mark(arena);
    struct keys keys;
    enum reason reason = schema_decode(&keys_schema, &keys, keys_record, arena);

    arena_rewind(arena, mark);
    if (reason != REASON_NONE) {
        return reason;
    }
    return block_of_known_inception(writer, network, keys_record) ? REASON_NONE : REASON_TOO_LARGE;
}
