#include <assert.h>
#include <string.h>

#include "protocol/base/days.h"
#include "store/rows.h"

/* An author's newest checkpoint as it came, for those who ask for it, and the last one of each day as a row,
 * for questions about the past. */

static struct key newest_key(const struct actor_id *author)
{
    return key_of(author->hash.bytes, HASH_SIZE);
}

/* Returns: false when encoded is no checkpoint. */
static bool row_of_encoded(struct disk_checkpoint *row, struct bytes encoded)
{
    enum { ALIGNMENT = 16 };
    uint8_t memory[EXTENSIONS_MAX * sizeof(struct extension) + ALIGNMENT];
    struct signed_checkpoint record;
    struct arena arena;

    arena_init(&arena, memory, sizeof memory);
    if (schema_decode_known(&signed_checkpoint_schema, &record, encoded, &arena) != REASON_NONE) {
        return false;
    }
    *row = (struct disk_checkpoint){
        .head = record.checkpoint.head, .time_s = record.checkpoint.time_s, .seq = record.checkpoint.seq};
    return true;
}

/* ---- days ---- */

static struct key day_key(uint32_t number, uint64_t time_s)
{
    struct key key = author_key(number);

    key_add_number(&key, day_of_time(time_s), 4);
    return key;
}

/* Forget the author's first day when there is one more than are kept. */
static enum store_error drop_first_day(struct store_txn *txn, uint32_t number)
{
    struct key author = author_key(number);
    struct key first = {0};
    size_t count = 0;
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_CHECKPOINT_DAYS);

    if (error != STORE_OK) {
        return error;
    }
    for (error = walk_seek(&walk, &author); error == STORE_OK && walk_under(&walk, &author);
         error = walk_next(&walk)) {
        if (count++ == 0) {
            first = key_of(walk.key.data, walk.key.size);
        }
    }
    walk_close(&walk);
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return error;
    }
    return count > CHECKPOINT_DAYS_MAX ? table_delete(txn, TABLE_CHECKPOINT_DAYS, &first) : STORE_OK;
}

static enum store_error put_day(struct store_txn *txn, uint32_t number, const struct disk_checkpoint *row)
{
    struct key key = day_key(number, row->time_s);
    struct bytes before;
    enum store_error known = table_get(txn, TABLE_CHECKPOINT_DAYS, &key, &before);
    enum store_error error;

    if (known != STORE_OK && known != STORE_NOT_FOUND) {
        return known;
    }
    error = table_put(txn, TABLE_CHECKPOINT_DAYS, &key, row, sizeof *row);
    return error == STORE_OK && known == STORE_NOT_FOUND ? drop_first_day(txn, number) : error;
}

/* The row of the last day whose time is not after by_s: that of by_s's own day may be, an earlier one is
 * not. */
static enum store_error read_day_by(struct walk *walk, uint32_t number, uint64_t by_s,
                                    struct disk_checkpoint *out)
{
    struct key author = author_key(number);
    struct key day = day_key(number, by_s);
    enum store_error error;

    for (error = walk_seek_back(walk, &day); error == STORE_OK && walk_under(walk, &author);
         error = walk_previous(walk)) {
        if (walk->value.size != sizeof *out) {
            return txn_fail(walk->txn, STORE_DAMAGED);
        }
        memcpy(out, walk->value.data, sizeof *out);
        if (out->time_s <= by_s) {
            return STORE_OK;
        }
    }
    return error == STORE_OK ? STORE_NOT_FOUND : error;
}

/* ---- asking and telling ---- */

enum store_error checkpoint_read_by(struct store_txn *txn, const struct actor_id *author, uint32_t number,
                                    uint64_t by_s, struct disk_checkpoint *out)
{
    struct key key = newest_key(author);
    struct bytes newest;
    struct walk walk;
    enum store_error error = table_get(txn, TABLE_CHECKPOINTS, &key, &newest);

    if (error != STORE_OK) {
        return error;
    }
    if (!row_of_encoded(out, newest)) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    if (out->time_s <= by_s) {
        return STORE_OK;
    }
    error = walk_open(&walk, txn, TABLE_CHECKPOINT_DAYS);
    if (error != STORE_OK) {
        return error;
    }
    error = read_day_by(&walk, number, by_s, out);
    walk_close(&walk);
    return error;
}

enum store_error store_put_checkpoint(struct store_txn *txn, const struct actor_id *author,
                                      struct bytes encoded)
{
    struct key key = newest_key(author);
    struct disk_checkpoint row;
    bool is_checkpoint = row_of_encoded(&row, encoded);
    uint32_t number;
    enum store_error error;

    assert(is_checkpoint);
    error = store_author_number(txn, author, &number);
    if (error == STORE_OK) {
        error = table_put(txn, TABLE_CHECKPOINTS, &key, encoded.data, encoded.size);
    }
    return error == STORE_OK ? put_day(txn, number, &row) : error;
}

enum store_error store_checkpoint(struct store_txn *txn, const struct actor_id *author, struct bytes *out,
                                  struct arena *arena)
{
    struct key key = newest_key(author);
    struct bytes view;
    enum store_error error = table_get(txn, TABLE_CHECKPOINTS, &key, &view);

    if (error != STORE_OK) {
        return error;
    }
    return arena_copy(arena, view, out) ? STORE_OK : STORE_NO_MEMORY;
}
