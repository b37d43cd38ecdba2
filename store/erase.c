#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/content.h"

/* Dropping the bytes of erased entries: the block is rewritten with their leaf hashes in their place. */

struct erasing {
    struct store_txn *txn;
    const struct network *network;
    uint32_t number;
    uint64_t seq;
    bool covered[BLOCK_ENTRIES_MAX]; /* entries of that block to erase, those erased before included */
    struct index_range ranges[BLOCK_ENTRIES_MAX / 2]; /* the same */
    size_t range_count;
    uint64_t bytes; /* dropped so far */
};

/* ---- what the log said to erase ---- */

/* Returns: how many entries that are. */
static size_t cover(bool covered[BLOCK_ENTRIES_MAX], size_t first, size_t last)
{
    assert(first <= last);
    assert(last < BLOCK_ENTRIES_MAX);
    memset(covered + first, true, last - first + 1);
    return last - first + 1;
}

enum store_error erased_read(struct store_txn *txn, uint32_t number, uint64_t seq,
                             bool covered[BLOCK_ENTRIES_MAX], size_t *count)
{
    struct key key = author_seq_key(number, seq);
    struct disk_range range;
    struct bytes row;
    enum store_error error = table_get(txn, TABLE_ERASED, &key, &row);

    *count = 0;
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    if (row.size % sizeof range != 0) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    for (size_t at = 0; at < row.size; at += sizeof range) {
        memcpy(&range, row.data + at, sizeof range);
        if (range.first > range.last || range.last >= BLOCK_ENTRIES_MAX) {
            return txn_fail(txn, STORE_DAMAGED);
        }
        *count += cover(covered, range.first, range.last);
    }
    return STORE_OK;
}

static enum store_error erased_write(struct erasing *erasing)
{
    struct key key = author_seq_key(erasing->number, erasing->seq);
    struct disk_range rows[BLOCK_ENTRIES_MAX / 2];

    for (size_t i = 0; i < erasing->range_count; i++) {
        rows[i] = (struct disk_range){(uint16_t)erasing->ranges[i].first, (uint16_t)erasing->ranges[i].last};
    }
    return table_put(erasing->txn, TABLE_ERASED, &key, rows, erasing->range_count * sizeof rows[0]);
}

static int order_erased(const void *a, const void *b)
{
    const struct reach_entries *left = a;
    const struct reach_entries *right = b;

    if (left->seq != right->seq) {
        return left->seq < right->seq ? -1 : 1;
    }
    return (left->first > right->first) - (left->first < right->first);
}

/* Ascending, disjoint ranges of what is covered, as block_erase wants them. */
static void set_ranges(struct erasing *erasing)
{
    erasing->range_count = 0;
    for (size_t i = 0; i < BLOCK_ENTRIES_MAX; i++) {
        if (!erasing->covered[i]) {
            continue;
        }
        if (i == 0 || !erasing->covered[i - 1]) {
            erasing->ranges[erasing->range_count++].first = i;
        }
        erasing->ranges[erasing->range_count - 1].last = i;
    }
}

/* Statements may overlap, and repeat earlier ones. Writes: *used, how many of erased are about the block of
 * the first. */
static enum store_error unite(struct erasing *erasing, const struct reach_entries *erased, size_t count,
                              size_t *used)
{
    size_t known = 0;
    enum store_error error;

    erasing->seq = erased[0].seq;
    memset(erasing->covered, 0, sizeof erasing->covered);
    error = erased_read(erasing->txn, erasing->number, erasing->seq, erasing->covered, &known);
    for (*used = 0; *used < count && erased[*used].seq == erasing->seq; (*used)++) {
        cover(erasing->covered, erased[*used].first, erased[*used].last);
    }
    set_ranges(erasing);
    return error;
}

/* ---- dropping the bytes ---- */

static enum store_error forget_erased(const struct erasing *erasing, const struct block *before)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < before->entry_count && error == STORE_OK; i++) {
        if (erasing->covered[i]) {
            const struct entry_at at = {erasing->number, erasing->seq, i};
            error = content_forget(erasing->txn, &at, &before->entries[i]);
        }
    }
    return error;
}

static enum store_error rewrite(struct erasing *erasing, const struct block *before, uint64_t arrived_s,
                                struct arena *arena)
{
    size_t capacity = before->encoded.size + before->entry_count * (2 + HASH_SIZE);
    uint8_t *memory = arena_take(arena, capacity);
    struct writer writer;
    struct block after;
    struct bytes encoded;
    enum store_error error;

    if (!memory) {
        return STORE_NO_MEMORY;
    }
    writer_init(&writer, memory, capacity);
    if (!block_erase(&writer, erasing->network, before, erasing->ranges, erasing->range_count) ||
        !writer_end(&writer, &encoded) ||
        block_decode(&after, erasing->network, encoded, arena) != REASON_NONE) {
        return STORE_DAMAGED;
    }
    assert(hash_equal(&after.hash, &before->hash));
    erasing->bytes += before->encoded.size - after.encoded.size;
    error = forget_erased(erasing, before);
    if (error != STORE_OK) {
        return error;
    }
    return stored_block_write(erasing->txn, erasing->number, &after, arrived_s);
}

static enum store_error erase_block(struct erasing *erasing, struct arena *arena)
{
    struct disk_record record;
    struct stored_block stored;
    struct block before;
    struct bytes encoded;
    enum store_error error = record_read(erasing->txn, erasing->number, erasing->seq, &record);

    if (error == STORE_OK) {
        error = stored_block_read(erasing->txn, erasing->number, erasing->seq, &record.hash, &stored);
    }
    if (error != STORE_OK) {
        return error;
    }
    if (!arena_copy(arena, stored.encoded, &encoded)) {
        return STORE_NO_MEMORY;
    }
    if (block_decode(&before, erasing->network, encoded, arena) != REASON_NONE) {
        return STORE_DAMAGED;
    }
    return rewrite(erasing, &before, stored.arrived_s, arena);
}

static enum store_error erase_in(struct erasing *erasing, const struct reach_entries *erased, size_t count,
                                 struct arena *arena)
{
    struct reach_entries *sorted = arena_take(arena, count * sizeof *sorted);
    enum store_error error = STORE_OK;
    size_t done = 0;

    if (!sorted) {
        return STORE_NO_MEMORY;
    }
    memcpy(sorted, erased, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, order_erased);
    while (done < count && error == STORE_OK) {
        size_t mark = arena_mark(arena);
        size_t used = 0;

        error = unite(erasing, sorted + done, count - done, &used);
        if (error == STORE_OK) {
            error = erased_write(erasing);
        }
        if (error == STORE_OK) {
            error = erase_block(erasing, arena);
        }
        done += used;
        arena_rewind(arena, mark);
    }
    return error;
}

enum store_error blocks_erase(struct store_txn *txn, const struct network *network, uint32_t number,
                              const struct reach_entries *erased, size_t count, uint64_t *dropped)
{
    enum {
        BLOCKS_SIZE = 2 * BLOCK_ARENA_SIZE + 2 * BLOCK_SIZE_MAX + BLOCK_ENTRIES_MAX * 64,
    };
    size_t capacity = BLOCKS_SIZE + sizeof(struct erasing) + count * sizeof(struct reach_entries);
    struct erasing *erasing;
    struct arena arena;
    void *memory;
    enum store_error error;

    *dropped = 0;
    if (count == 0) {
        return STORE_OK;
    }
    memory = malloc(capacity);
    if (!memory) {
        return STORE_NO_MEMORY;
    }
    arena_init(&arena, memory, capacity);
    erasing = arena_take(&arena, sizeof *erasing);
    assert(erasing);
    *erasing = (struct erasing){.txn = txn, .network = network, .number = number};
    error = erase_in(erasing, erased, count, &arena);
    *dropped = erasing->bytes;
    free(memory);
    return error;
}
