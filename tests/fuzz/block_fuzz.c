#include "tests/fuzz/target.h"

#include <stdlib.h>

#include "protocol/wire/block.h"

static uint8_t arena_memory[2 * BLOCK_ARENA_SIZE], payload_memory[RECORD_ARENA_SIZE],
    written_memory[BLOCK_SIZE_MAX];

/* Decoding the header alone and decoding all agree on the header. */
static void check_agreement(const struct block *block, enum reason whole, const struct block *head,
                            enum reason alone)
{
    if (alone != REASON_NONE && whole != alone) {
        abort();
    }
    if (whole == REASON_NONE && (alone != REASON_NONE || !hash_equal(&block->hash, &head->hash))) {
        abort();
    }
}

/* Rewritten without an erasure a block is itself; with everything erased it has the same hash. */
static void check_erase(const struct block *block, const struct network *network, struct arena *arena)
{
    static const struct index_range all = {0, BLOCK_ENTRIES_MAX - 1};
    struct writer writer;
    struct bytes written;
    struct block erased;

    writer_init(&writer, written_memory, sizeof written_memory);
    if (!block_erase(&writer, network, block, NULL, 0) || !writer_end(&writer, &written) ||
        !bytes_equal(written, block->encoded)) {
        abort();
    }
    if (block->header.block_class != CLASS_CONTENT) {
        return;
    }
    writer_init(&writer, written_memory, sizeof written_memory);
    if (!block_erase(&writer, network, block, &all, 1) || !writer_end(&writer, &written)) {
        abort();
    }
    if (block_decode(&erased, network, written, arena) != REASON_NONE ||
        !hash_equal(&erased.hash, &block->hash)) {
        abort();
    }
}

static void decode_payloads(const struct block *block)
{
    _Alignas(max_align_t) static uint8_t record[4096];

    for (size_t i = 0; i < block->entry_count; i++) {
        struct arena arena;

        arena_init(&arena, payload_memory, sizeof payload_memory);
        entry_payload_decode(record, &block->entries[i], &arena);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct block block, head;
    static struct network network;
    struct arena arena;
    enum reason whole = REASON_NONE, alone = REASON_NONE;

    if (network.tag[0] == '\0' && !network_init(&network, "test")) {
        abort();
    }
    arena_init(&arena, arena_memory, sizeof arena_memory);
    alone = block_decode_header(&head, &network, bytes_of(data, size), &arena);
    whole = block_decode(&block, &network, bytes_of(data, size), &arena);
    check_agreement(&block, whole, &head, alone);
    if (whole != REASON_NONE) {
        return 0;
    }
    check_erase(&block, &network, &arena);
    decode_payloads(&block);
    return 0;
}
