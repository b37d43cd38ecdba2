#include <string.h>

#include "store/changes.h"
#include "store/generation.h"

static struct key actor_key(const struct actor_id *actor)
{
    return key_of(actor->hash.bytes, HASH_SIZE);
}

enum store_error author_read(struct store_txn *txn, const struct actor_id *author, struct disk_author *row)
{
    struct key key = actor_key(author);

    return table_get_exact(txn, TABLE_AUTHORS, &key, row, sizeof *row);
}

static enum store_error next_number(struct store_txn *txn, uint32_t *number)
{
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_NAMES);

    if (error != STORE_OK) {
        return error;
    }
    *number = 0;
    error = walk_last(&walk);
    if (error == STORE_OK && walk.key.size == 4) {
        *number = (uint32_t)number_at(walk.key.data, 0, 4) + 1;
    }
    walk_close(&walk);
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return error;
    }
    return *number <= AUTHOR_NUMBER_MAX ? STORE_OK : txn_fail(txn, STORE_NO_ROOM);
}

enum store_error author_intern(struct store_txn *txn, const struct actor_id *author, struct disk_author *row)
{
    enum store_error error = author_read(txn, author, row);
    struct key key;

    if (error != STORE_NOT_FOUND) {
        return error;
    }
    *row = (struct disk_author){0};
    error = next_number(txn, &row->number);
    if (error != STORE_OK) {
        return error;
    }
    key = author_key(row->number);
    return table_append(txn, TABLE_NAMES, &key, author, sizeof *author);
}

enum store_error author_write(struct store_txn *txn, const struct actor_id *author,
                              const struct disk_author *row)
{
    struct key key = actor_key(author);
    enum store_error error = changes_touch(txn, row->number, CHANGE_HEAD);

    return error == STORE_OK ? table_put(txn, TABLE_AUTHORS, &key, row, sizeof *row) : error;
}

enum store_error author_read_log(struct store_txn *txn, const struct actor_id *author,
                                 struct disk_author *row)
{
    enum store_error error = author_read(txn, author, row);

    return error == STORE_OK && !row->has_log ? STORE_NOT_FOUND : error;
}

enum store_error author_name(struct store_txn *txn, uint32_t number, struct actor_id *author)
{
    struct key key = author_key(number);

    return table_get_exact(txn, TABLE_NAMES, &key, author, sizeof *author);
}

enum store_error store_author_number(struct store_txn *txn, const struct actor_id *author, uint32_t *number)
{
    struct disk_author row;
    enum store_error error = author_read(txn, author, &row);

    if (error == STORE_OK) {
        *number = row.number;
    }
    return error;
}

enum store_error store_log_size(struct store_txn *txn, const struct actor_id *author, uint64_t *blocks,
                                uint64_t *bytes)
{
    struct disk_author row;
    enum store_error error = author_read(txn, author, &row);

    if (error == STORE_OK) {
        *blocks = row.blocks;
        *bytes = row.bytes;
    }
    return error;
}

enum store_error author_freeze(struct store_txn *txn, struct disk_author *row, uint64_t epoch)
{
    assert(epoch > 0);
    if (row->frozen_from != 0 && row->frozen_from <= epoch) {
        return STORE_OK;
    }
    row->frozen_from = (uint32_t)epoch;
    return generation_raise(txn);
}

enum store_error store_freeze(struct store_txn *txn, const struct actor_id *author, uint64_t epoch)
{
    struct disk_author row;
    enum store_error error = author_read(txn, author, &row);

    if (error == STORE_OK) {
        error = author_freeze(txn, &row, epoch);
    }
    return error == STORE_OK ? author_write(txn, author, &row) : error;
}

enum store_error store_is_frozen(struct store_txn *txn, const struct actor_id *author, bool *frozen)
{
    struct disk_author row;
    enum store_error error = author_read(txn, author, &row);

    if (error == STORE_OK) {
        *frozen = row.frozen_from != 0;
    }
    return error;
}
