#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/rows.h"

/* Dropping the bytes of erased entries: the block is rewritten with their leaf hashes in their place. */

struct erasing {
    struct store_txn *txn;
    const struct network *network;
    uint32_t number;
    uint64_t seq;
    struct index_range *ranges;
    size_t range_count;
    uint64_t bytes; /* dropped so far */
};

static int order_erased(const void *a, const void *b)
{
    const struct reach_entries *left = a;
    const struct reach_entries *right = b;

    if (left->seq != right->seq)
        return left->seq < right->seq ? -1 : 1;
    return (left->first > right->first) - (left->first < right->first);
}

/* Statements may overlap; block_erase wants ascending, disjoint ranges. Returns: how many of erased are about
 * the block of the first. */
static size_t unite_ranges(struct erasing *erasing, const struct reach_entries *erased, size_t count)
{
    struct index_range *ranges = erasing->ranges;
    size_t kept = 0;
    size_t i = 0;

    for (; i < count && erased[i].seq == erased[0].seq; i++) {
        if (kept == 0 || erased[i].first > ranges[kept - 1].last)
            ranges[kept++] = (struct index_range){erased[i].first, erased[i].last};
        else if (erased[i].last > ranges[kept - 1].last)
            ranges[kept - 1].last = erased[i].last;
    }
    erasing->seq = erased[0].seq;
    erasing->range_count = kept;
    return i;
}

static int64_t count_attestations(const struct block *block)
{
    int64_t count = 0;

    for (size_t i = 0; i < block->entry_count; i++)
        count += !block->entries[i].erased && block->entries[i].kind == ENTRY_ATTESTATION;
    return count;
}

static enum store_error rewrite(struct erasing *erasing, const struct block *before, uint64_t arrived_s,
                                struct arena *arena)
{
    size_t capacity = before->encoded.size + before->entry_count * (2 + HASH_SIZE);
    uint8_t *memory = arena_take(arena, capacity);
    struct writer writer;
    struct block after;
    struct bytes encoded;

    if (!memory)
        return STORE_NO_MEMORY;
    writer_init(&writer, memory, capacity);
    if (!block_erase(&writer, before, erasing->ranges, erasing->range_count) ||
        !writer_end(&writer, &encoded) ||
        block_decode(&after, erasing->network, encoded, arena) != REASON_NONE)
        return STORE_NOT_A_STORE;
    assert(hash_equal(&after.hash, &before->hash));
    erasing->txn->attestations -= count_attestations(before) - count_attestations(&after);
    erasing->bytes += before->encoded.size - after.encoded.size;
    return stored_block_write(erasing->txn, erasing->number, &after, arrived_s);
}

static enum store_error erase_block(struct erasing *erasing, struct arena *arena)
{
    struct disk_record record;
    struct stored_block stored;
    struct block before;
    struct bytes encoded;
    enum store_error error = record_read(erasing->txn, erasing->number, erasing->seq, &record);

    if (error == STORE_OK)
        error = stored_block_read(erasing->txn, erasing->number, erasing->seq, &record.hash, &stored);
    if (error != STORE_OK)
        return error;
    if (!arena_copy(arena, stored.encoded, &encoded))
        return STORE_NO_MEMORY;
    if (block_decode(&before, erasing->network, encoded, arena) != REASON_NONE)
        return STORE_NOT_A_STORE;
    return rewrite(erasing, &before, stored.arrived_s, arena);
}

static enum store_error erase_in(struct erasing *erasing, const struct reach_entries *erased, size_t count,
                                 struct arena *arena)
{
    struct reach_entries *sorted = arena_take(arena, count * sizeof *sorted);
    enum store_error error = STORE_OK;
    size_t done = 0;

    erasing->ranges = arena_take(arena, count * sizeof *erasing->ranges);
    if (!sorted || !erasing->ranges)
        return STORE_NO_MEMORY;
    memcpy(sorted, erased, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, order_erased);
    while (done < count && error == STORE_OK) {
        size_t mark = arena_mark(arena);

        done += unite_ranges(erasing, sorted + done, count - done);
        error = erase_block(erasing, arena);
        arena_rewind(arena, mark);
    }
    return error;
}

enum store_error blocks_erase(struct store_txn *txn, const struct network *network, uint32_t number,
                              const struct reach_entries *erased, size_t count, uint64_t *dropped)
{
    enum {
        BLOCKS_SIZE = 2 * BLOCK_ARENA_SIZE + 2 * BLOCK_SIZE_MAX + BLOCK_ENTRIES_MAX * 64,
        ROW_SIZE = sizeof(struct reach_entries) + sizeof(struct index_range),
    };
    size_t capacity = BLOCKS_SIZE + count * ROW_SIZE;
    struct erasing erasing = {.txn = txn, .network = network, .number = number};
    struct arena arena;
    void *memory;
    enum store_error error;

    *dropped = 0;
    if (count == 0)
        return STORE_OK;
    memory = malloc(capacity);
    if (!memory)
        return STORE_NO_MEMORY;
    arena_init(&arena, memory, capacity);
    error = erase_in(&erasing, erased, count, &arena);
    free(memory);
    *dropped = erasing.bytes;
    return error;
}
