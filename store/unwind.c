#include <stdlib.h>
#include <string.h>

#include "store/consents.h"
#include "store/content.h"
#include "store/grants.h"
#include "store/own.h"
#include "store/side.h"

/* Forgetting what a chain led to, so that another one can be replayed. Blocks and arrivals stay, and are
 * indexed as side blocks. Postings stay too: they are hints. */

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

static enum store_error forget_entries(struct store_txn *txn, uint32_t number, const struct block *block,
                                       struct arena *arena)
{
    if (block->header.block_class == CLASS_GOVERN) {
        return grants_delete(txn, number, block->header.seq, block->entries, block->entry_count, arena);
    }
    return block->header.block_class == CLASS_CONTENT
               ? forget_content(txn, number, block->header.seq, block->entries, block->entry_count)
               : STORE_OK;
}

static enum store_error forget_block(struct store_txn *txn, uint32_t number, uint64_t seq,
                                     struct arena *arena)
{
    const struct network *network = &txn->store->network;
    struct disk_record record;
    struct stored_block stored;
    struct block block;
    struct bytes copy;
    enum store_error error = record_read(txn, number, seq, &record);

    if (error != STORE_OK || seq == 0) {
        return error;
    }
    error = stored_block_read(txn, number, seq, &record.hash, &stored);
    if (error != STORE_OK) {
        return error;
    }
    if (!arena_copy(arena, stored.encoded, &copy)) {
        return STORE_NO_MEMORY;
    }
    if (block_decode(&block, network, copy, arena) != REASON_NONE) {
        return STORE_NOT_A_STORE;
    }
    error = forget_entries(txn, number, &block, arena);
    return error == STORE_OK ? side_put(txn, network, number, &block) : error;
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
    static const enum table derived[] = {TABLE_RECORDS, TABLE_KEYS,       TABLE_STANDINGS,
                                         TABLE_ERASED,  TABLE_LIVE_PAGES, TABLE_STATE_PAGES};
    struct disk_author row;
    struct key key;
    enum store_error error = author_read_log(txn, author, &row);

    if (error == STORE_NOT_FOUND) {
        return STORE_OK;
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
    row = (struct disk_author){
        .bytes = row.bytes, .number = row.number, .blocks = row.blocks, .frozen = row.frozen};
    return author_write(txn, author, &row);
}

enum store_error store_unwind_log(struct store_txn *txn, const struct actor_id *author)
{
    return txn_fail(txn, unwind(txn, author));
}
