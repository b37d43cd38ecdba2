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
static bool row_of_encoded(struct disk_checkpoint *row, uint64_t *key_index, struct bytes encoded)
{
    enum { ALIGNMENT = 16 };
    uint8_t memory[EXTENSIONS_MAX * sizeof(struct extension) + ALIGNMENT];
    struct signed_checkpoint record;
    struct arena arena;

    arena_init(&arena, memory, sizeof memory);
    if (schema_decode_known(&signed_checkpoint_schema, &record, encoded, &arena) != REASON_NONE) {
        return false;
    }
    *key_index = record.signature.key_index;
    *row = (struct disk_checkpoint){
        .head = record.checkpoint.head, .time_s = record.checkpoint.time_s, .seq = record.checkpoint.seq};
    return true;
}

/* ---- whose keys ---- */

static enum store_error is_listed(struct store_txn *txn, uint32_t number, uint64_t seq,
                                  const struct sign_public_key *key, bool *listed)
{
    struct key_set keys;
    uint64_t epoch;
    enum store_error error = keys_read(txn, number, seq, &keys, &epoch);

    *listed = error == STORE_OK && key_set_has(&keys, ROLE_CHECKPOINT, key);
    return error;
}

/* A block between, of those that set keys, with which the key is listed no longer: at low it is, at high it
 * is not. */
static enum store_error find_end(struct store_txn *txn, uint32_t number, uint64_t low, uint64_t high,
                                 const struct sign_public_key *key, uint64_t *end)
{
    enum store_error error = STORE_OK;

    while (high - low > 1 && error == STORE_OK) {
        const uint64_t middle = low + (high - low) / 2;
        bool listed = false;

        error = is_listed(txn, number, middle, key, &listed);
        low = listed ? middle : low;
        high = listed ? high : middle;
    }
    *end = high;
    return error;
}

enum store_error checkpoint_key_until(struct store_txn *txn, uint32_t number, uint64_t head_seq, uint64_t seq,
                                      const struct sign_public_key *key, uint64_t *until_s, uint64_t *end)
{
    struct disk_record record;
    uint64_t last = 0;
    bool listed = true;
    enum store_error error = STORE_OK;

    *until_s = UINT64_MAX;
    if (seq < head_seq) {
        error = keys_last_seq(txn, number, head_seq, &last);
    }
    if (error == STORE_OK && last > seq) {
        error = is_listed(txn, number, last, key, &listed);
    }
    if (error != STORE_OK || listed) {
        return error;
    }
    error = find_end(txn, number, seq, last, key, &last);
    if (error == STORE_OK) {
        error = record_read(txn, number, last, &record);
    }
    if (error == STORE_OK) {
        *until_s = record.time_s;
        *end = last;
    }
    return error;
}

enum store_error store_checkpoint_key_until(struct store_txn *txn, const struct actor_id *author,
                                            uint64_t seq, const struct sign_public_key *key,
                                            uint64_t *until_s)
{
    struct disk_author row;
    uint64_t end;
    enum store_error error = author_read_log(txn, author, &row);

    return error == STORE_OK ? checkpoint_key_until(txn, row.number, row.seq, seq, key, until_s, &end)
                             : error;
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

/* Forget what was dated after a checkpoint that follows it nevertheless: it was ahead of time. */
static enum store_error drop_later_days(struct store_txn *txn, uint32_t number, uint64_t time_s)
{
    struct key author = author_key(number);
    struct key day = day_key(number, time_s);
    enum store_error error;
    struct key later;
    struct walk walk;

    for (;;) {
        error = walk_open(&walk, txn, TABLE_CHECKPOINT_DAYS);
        if (error != STORE_OK) {
            return error;
        }
        error = walk_seek(&walk, &day);
        if (error == STORE_OK && walk_under(&walk, &day)) {
            error = walk_next(&walk);
        }
        bool any = error == STORE_OK && walk_under(&walk, &author);
        if (any) {
            later = key_of(walk.key.data, walk.key.size);
        }
        walk_close(&walk);
        if (!any) {
            return error == STORE_OK || error == STORE_NOT_FOUND ? STORE_OK : error;
        }
        error = table_delete(txn, TABLE_CHECKPOINT_DAYS, &later);
        if (error != STORE_OK) {
            return error;
        }
    }
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

static enum store_error read_last_day_by(struct store_txn *txn, uint32_t number, uint64_t by_s,
                                         struct disk_checkpoint *out)
{
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_CHECKPOINT_DAYS);

    if (error != STORE_OK) {
        return error;
    }
    error = read_day_by(&walk, number, by_s, out);
    walk_close(&walk);
    return error;
}

/* ---- asking and telling ---- */

static enum store_error read_by(struct store_txn *txn, const struct actor_id *author, uint32_t number,
                                uint64_t by_s, struct disk_checkpoint *out)
{
    struct key key = newest_key(author);
    uint64_t key_index;
    struct bytes newest;
    enum store_error error = table_get(txn, TABLE_CHECKPOINTS, &key, &newest);

    if (error != STORE_OK) {
        return error;
    }
    if (!row_of_encoded(out, &key_index, newest)) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    return out->time_s <= by_s ? STORE_OK : read_last_day_by(txn, number, by_s, out);
}

enum store_error store_checkpoint_time_by(struct store_txn *txn, const struct actor_id *author, uint64_t by_s,
                                          uint64_t *time_s)
{
    struct disk_checkpoint found = {.time_s = 0};
    uint32_t number = 0;
    enum store_error error = store_author_number(txn, author, &number);

    if (error == STORE_OK) {
        error = read_by(txn, author, number, by_s, &found);
    }
    *time_s = error == STORE_OK ? found.time_s : 0;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error read_until(struct store_txn *txn, uint32_t number, uint64_t head_seq,
                                   const struct disk_checkpoint *checkpoint, uint64_t *until_s)
{
    const struct key day = day_key(number, checkpoint->time_s);
    struct disk_checkpoint row;
    struct bytes value;
    uint64_t end;
    enum store_error error = table_get(txn, TABLE_CHECKPOINT_DAYS, &day, &value);

    if (error != STORE_OK || value.size != sizeof row) {
        return error == STORE_OK || error == STORE_NOT_FOUND ? txn_fail(txn, STORE_DAMAGED) : error;
    }
    memcpy(&row, value.data, sizeof row);
    return checkpoint_key_until(txn, number, head_seq, checkpoint->seq, &row.key, until_s, &end);
}

/* Whoever has a key that is listed no longer says nothing of the days since: that counts for nothing where it
 * came before the block that lists it no longer, as it is refused after it. What it said before still does.
 */
enum store_error checkpoint_read_by(struct store_txn *txn, const struct actor_id *author, uint32_t number,
                                    uint64_t head_seq, uint64_t by_s, struct disk_checkpoint *out)
{
    enum store_error error = read_by(txn, author, number, by_s, out);

    while (error == STORE_OK && out->seq < head_seq) {
        uint64_t until_s = UINT64_MAX;

        error = read_until(txn, number, head_seq, out, &until_s);
        if (error != STORE_OK || out->time_s <= until_s) {
            return error;
        }
        error = read_last_day_by(txn, number, until_s, out);
    }
    return error;
}

/* ---- without a block ---- */

static enum store_error read_row(const struct walk *walk, struct disk_checkpoint *row, uint32_t *day)
{
    if (walk->value.size != sizeof *row) {
        return txn_fail(walk->txn, STORE_DAMAGED);
    }
    memcpy(row, walk->value.data, sizeof *row);
    *day = day_of_time(row->time_s);
    return STORE_OK;
}

/* The row of the last day up to `day`. STORE_NOT_FOUND: there is none. */
static enum store_error read_day(struct walk *walk, uint32_t number, uint32_t day,
                                 struct disk_checkpoint *row, uint32_t *found_day)
{
    struct key author = author_key(number);
    struct key key = author_key(number);
    enum store_error error;

    key_add_number(&key, day, 4);
    error = walk_seek_back(walk, &key);
    if (error != STORE_OK) {
        return error;
    }
    return walk_under(walk, &author) ? read_row(walk, row, found_day) : STORE_NOT_FOUND;
}

enum store_error checkpoint_read_from(struct store_txn *txn, uint32_t number, uint64_t day,
                                      struct disk_checkpoint *out)
{
    const struct key author = author_key(number);
    struct key key = author;
    struct walk walk;
    uint32_t found_day;
    enum store_error error = walk_open(&walk, txn, TABLE_CHECKPOINT_DAYS);

    if (error != STORE_OK) {
        return error;
    }
    key_add_number(&key, day < UINT32_MAX ? day : UINT32_MAX, 4);
    error = walk_seek(&walk, &key);
    if (error == STORE_OK) {
        error = walk_under(&walk, &author) ? read_row(&walk, out, &found_day) : STORE_NOT_FOUND;
    }
    walk_close(&walk);
    return error;
}

struct looking {
    struct walk walk;
    uint32_t number;
    uint64_t seq, by_s;
    enum store_error (*read)(void *context, const struct disk_checkpoint *row, enum stood *out);
    void *context;
    bool found;
    struct disk_checkpoint *out;
};

/* Whether what is looked for may be on a later day. One whose head is not held only shows the way, by its
 * number. */
static enum store_error look_at(struct looking *looking, const struct disk_checkpoint *row, bool *later)
{
    enum stood stood = STOOD_WITH;
    enum store_error error = STORE_OK;

    if (row->time_s <= looking->by_s) {
        error = looking->read(looking->context, row, &stood);
    }
    if (error == STORE_OK && stood == STOOD_WITHOUT) {
        *looking->out = *row;
        looking->found = true;
    }
    *later = stood == STOOD_WITHOUT || (stood == STOOD_UNKNOWN && row->seq < looking->seq);
    return error;
}

/* A log without the block comes before one with it, so the last day is found by halving. Where a log went
 * back and forth an earlier one may be found, which shows less. */
static enum store_error halve(struct looking *looking, uint32_t low)
{
    uint32_t high = UINT32_MAX;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2 + (high - low) % 2;
        struct disk_checkpoint row = {0};
        uint32_t day = 0;
        bool later = false;
        enum store_error error = read_day(&looking->walk, looking->number, middle, &row, &day);

        if (error == STORE_OK) {
            error = look_at(looking, &row, &later);
        }
        if (error != STORE_OK) {
            return error;
        }
        if (later) {
            low = middle;
        } else {
            high = day > low ? day - 1 : low;
        }
    }
    return STORE_OK;
}

static enum store_error look(struct looking *looking)
{
    struct key author = author_key(looking->number);
    struct disk_checkpoint first = {0};
    uint32_t day = 0;
    bool later = false;
    enum store_error error = walk_seek(&looking->walk, &author);

    if (error == STORE_OK) {
        error =
            walk_under(&looking->walk, &author) ? read_row(&looking->walk, &first, &day) : STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        error = look_at(looking, &first, &later);
    }
    if (error == STORE_OK && later) {
        error = halve(looking, day);
    }
    return error == STORE_OK && !looking->found ? STORE_NOT_FOUND : error;
}

enum store_error checkpoint_read_without(struct store_txn *txn, uint32_t number, uint64_t seq, uint64_t by_s,
                                         enum store_error (*read)(void *context,
                                                                  const struct disk_checkpoint *row,
                                                                  enum stood *out),
                                         void *context, struct disk_checkpoint *out)
{
    struct looking looking = {
        .number = number, .seq = seq, .by_s = by_s, .read = read, .context = context, .out = out};
    enum store_error error = walk_open(&looking.walk, txn, TABLE_CHECKPOINT_DAYS);

    if (error != STORE_OK) {
        return error;
    }
    error = look(&looking);
    walk_close(&looking.walk);
    return error;
}

/* The key is kept, and not its place: another branch may list others there. */
static enum store_error read_signer(struct store_txn *txn, uint32_t number, uint64_t key_index,
                                    struct disk_checkpoint *row)
{
    struct key_set keys;
    uint64_t epoch;
    enum store_error error = keys_read(txn, number, row->seq, &keys, &epoch);

    if (error == STORE_OK && key_index < keys.key_count) {
        row->key = keys.keys[key_index].key;
    }
    return error;
}

enum store_error store_put_checkpoint(struct store_txn *txn, const struct actor_id *author,
                                      struct bytes encoded)
{
    struct key key = newest_key(author);
    struct disk_checkpoint row;
    uint64_t key_index = 0;
    bool is_checkpoint = row_of_encoded(&row, &key_index, encoded);
    uint32_t number;
    enum store_error error;

    assert(is_checkpoint);
    error = store_author_number(txn, author, &number);
    if (error == STORE_OK) {
        error = read_signer(txn, number, key_index, &row);
    }
    if (error == STORE_OK) {
        error = drop_later_days(txn, number, row.time_s);
    }
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
