#include "tests/support/side_branch.h"

#include <assert.h>

void branch_sign(struct block *out, struct store_world *world, struct store_txn *txn,
                 const struct world_author *author, const struct draft *draft, uint64_t time_s)
{
    const struct bytes encoded = world_sign(world, txn, author, draft, time_s);
    const enum reason reason = block_decode(out, &world->network, encoded, &world->arena);

    assert(reason == REASON_NONE);
}

/* The same block in another place. */
static void move(struct block *out, struct store_world *world, const struct block *block, uint64_t seq,
                 const struct hash *previous)
{
    const size_t size = block->encoded.size + HEADER_SIZE_MAX;
    uint8_t *memory = arena_take(&world->arena, size);
    struct header header = block->header;
    uint8_t header_memory[HEADER_SIZE_MAX];
    struct bytes header_bytes, signatures, encoded;
    struct reader reader;
    struct writer writer;
    enum reason reason;
    bool good;

    header.seq = seq;
    header.previous = *previous;
    good = schema_encode(&header_schema, &header, header_memory, sizeof header_memory, &header_bytes);
    assert(good);
    reader_init(&reader, block->encoded);
    reader_array(&reader, 3, 3);
    reader_skip(&reader, 1);
    signatures = reader_skip(&reader, 2);
    writer_init(&writer, memory, size);
    writer_array(&writer, 3);
    writer_bin(&writer, header_bytes.data, header_bytes.size);
    writer_raw(&writer, signatures.data, signatures.size);
    writer_bin(&writer, block->body.data, block->body.size);
    good = writer_end(&writer, &encoded);
    assert(good);
    reason = block_decode(out, &world->network, encoded, &world->arena);
    assert(reason == REASON_NONE);
}

void branch_put(struct store_world *world, struct store_txn *txn, const struct branch *branch,
                struct hash hashes[])
{
    struct hash previous = branch->previous;

    for (size_t i = 0; i < branch->count; i++) {
        const size_t mark = arena_mark(&world->arena);
        struct block block;
        enum store_error error;

        move(&block, world, branch->like, branch->first + i, &previous);
        error = store_put_side_block(txn, &world->network, &block, branch->arrived_s);
        assert(error == STORE_OK);
        hashes[i] = previous = block.hash;
        arena_rewind(&world->arena, mark);
    }
}
