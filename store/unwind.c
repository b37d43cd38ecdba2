#include <stdlib.h>
#include <string.h>

#include "store/consents.h"
#include "store/content.h"
#include "store/generation.h"
#include "store/grants.h"
#include "store/own.h"

/* Forgetting what a chain led to, so that another one can be replayed. Blocks and arrivals stay. Postings
 * stay too: they are hints. */

static enum store_error forget_content(struct store_txn *txn, uint32_t number, uint64_t seq,
                                       const struct entry *entries, size_t count)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        const struct entry_at at = {number, seq, i};
        error = content_forget(txn, &at, &entries[i]);
    }
    return error;
}

static enum store_error forget_block(struct store_txn *txn, uint32_t number, uint64_t seq,
                                     struct arena *arena)
{
    struct disk_record record;
    struct stored_block stored;
    struct entry *entries;
    struct bytes copy;
    size_t count;
    enum store_error error = record_read(txn, number, seq, &record);

    if (error != STORE_OK || (record.block_class != CLASS_GOVERN && record.block_class != CLASS_CONTENT)) {
        return error;
    }
    error = stored_block_read(txn, number, seq, &record.hash, &stored);
    if (error != STORE_OK) {
        return error;
    }
    if (!arena_copy(arena, stored.encoded, &copy)) {
        return STORE_NO_MEMORY;
    }
    stored.encoded = copy;
    if (!stored_block_entries(&stored, &entries, &count, arena)) {
        return STORE_DAMAGED;
    }
    if (record.block_class == CLASS_GOVERN) {
        return grants_delete(txn, number, seq, entries, count, arena);
    }
    return forget_content(txn, number, seq, entries, count);
}

static enum store_error forget_blocks(struct store_txn *txn, const struct disk_author *row)
{
    enum { FORGET_ARENA_SIZE = BLOCK_ARENA_SIZE + BLOCK_SIZE_MAX + RECORD_ARENA_SIZE };
    struct arena arena;
    void *memory = malloc(FORGET_ARENA_SIZE);
    enum store_error error = memory ? STORE_OK : STORE_NO_MEMORY;

    arena_init(&arena, memory, FORGET_ARENA_SIZE);
    for (uint64_t seq = 0; seq <= row->seq && error == STORE_OK; seq++) {
        error = forget_block(txn, row->number, seq, &arena);
        arena_rewind(&arena, 0);
    }
    free(memory);
    return error;
}

static enum store_error unwind(struct store_txn *txn, const struct actor_id *author)
{
    static const enum table derived[] = {TABLE_RECORDS, TABLE_KEYS, TABLE_STANDINGS, TABLE_LIVE_PAGES,
                                         TABLE_STATE_PAGES};
    struct disk_author row;
    struct key key;
    enum store_error error = author_read_log(txn, author, &row);

    if (error == STORE_NOT_FOUND) {
        return STORE_OK;
    }
    if (error == STORE_OK) {
        error = generation_raise(txn);
    }
    if (error == STORE_OK) {
        error = forget_blocks(txn, &row);
    }
    if (error == STORE_OK) {
        error = consents_unsettle(txn, author);
    }
    key = author_key(row.number);
    for (size_t i = 0; i < sizeof derived / sizeof derived[0] && error == STORE_OK; i++) {
        error = table_delete_prefix(txn, derived[i], &key);
    }
    if (error != STORE_OK) {
        return error;
    }
    row = (struct disk_author){.bytes = row.bytes,
                               .number = row.number,
                               .blocks = row.blocks,
                               .frozen = row.frozen,
                               .upgrade_seen = row.upgrade_seen,
                               .erases = row.erases,
                               .gap_blocks = row.gap_blocks,
                               .erase_day = row.erase_day,
                               .erase_count = row.erase_count};
    return author_write(txn, author, &row);
}

enum store_error store_unwind_log(struct store_txn *txn, const struct actor_id *author)
{
    return txn_fail(txn, unwind(txn, author));
}
