#include <assert.h>
#include <string.h>

#include "protocol/base/days.h"
#include "store/rows.h"

/* An author's newest checkpoint as it came, for those who ask for it, and as rows the first and the last one
 * of each day by each key: the last for questions about the past, and the first as no later one displaces it.
 */

enum { DAY_ROWS_MAX = 2 * KEYS_MAX };

/* In order of their times: what the day ended with is the last. */
struct day_rows {
    size_t count;
    struct disk_checkpoint rows[DAY_ROWS_MAX + 1];
};

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

/* Forget the author's first day but that of its newest checkpoint when there is one more than are kept. */
static enum store_error drop_first_day(struct store_txn *txn, uint32_t number, const struct key *newest)
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
        count++;
        if (first.size == 0 && memcmp(walk.key.data, newest->bytes, newest->size) != 0) {
            first = key_of(walk.key.data, walk.key.size);
        }
    }
    walk_close(&walk);
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return error;
    }
    return count > CHECKPOINT_DAYS_MAX ? table_delete(txn, TABLE_CHECKPOINT_DAYS, &first) : STORE_OK;
}

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

static enum store_error unpack_day(struct store_txn *txn, struct bytes value, struct day_rows *out)
{
    const size_t row_size = sizeof out->rows[0];

    if (value.size == 0 || value.size % row_size != 0 || value.size > DAY_ROWS_MAX * row_size) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    out->count = value.size / row_size;
    memcpy(out->rows, value.data, value.size);
    return STORE_OK;
}

static enum store_error read_day_rows(struct store_txn *txn, const struct key *key, struct day_rows *out)
{
    struct bytes value;
    enum store_error error = table_get(txn, TABLE_CHECKPOINT_DAYS, key, &value);

    return error == STORE_OK ? unpack_day(txn, value, out) : error;
}

static enum store_error write_day_rows(struct store_txn *txn, const struct key *key,
                                       const struct day_rows *rows)
{
    return table_put(txn, TABLE_CHECKPOINT_DAYS, key, rows->rows, rows->count * sizeof rows->rows[0]);
}

static bool is_same_key(const struct disk_checkpoint *a, const struct disk_checkpoint *b)
{
    return memcmp(&a->key, &b->key, sizeof a->key) == 0;
}

static void remove_row(struct day_rows *day, size_t at)
{
    day->count--;
    memmove(&day->rows[at], &day->rows[at + 1], (day->count - at) * sizeof day->rows[0]);
}

/* Of three by one key the second goes, and the first of all where a day has too many. */
static void add_row(struct day_rows *day, const struct disk_checkpoint *row)
{
    size_t at = day->count++, by_key = 0, second = 0;

    for (; at > 0 && day->rows[at - 1].time_s > row->time_s; at--) {
        day->rows[at] = day->rows[at - 1];
    }
    day->rows[at] = *row;
    for (size_t i = 0; i < day->count; i++) {
        if (is_same_key(&day->rows[i], row) && ++by_key == 2) {
            second = i;
        }
    }
    if (by_key > 2) {
        remove_row(day, second);
    } else if (day->count > DAY_ROWS_MAX) {
        remove_row(day, 0);
    }
}

/* What the day had of later is displaced: it was by a key that is listed no longer, or ahead of time. */
static enum store_error put_day(struct store_txn *txn, uint32_t number, const struct disk_checkpoint *row)
{
    struct key key = day_key(number, row->time_s);
    struct day_rows day = {.count = 0};
    enum store_error known = read_day_rows(txn, &key, &day);
    enum store_error error;

    if (known != STORE_OK && known != STORE_NOT_FOUND) {
        return known;
    }
    while (day.count > 0 && day.rows[day.count - 1].time_s > row->time_s) {
        day.count--;
    }
    add_row(&day, row);
    error = write_day_rows(txn, &key, &day);
    return error == STORE_OK && known == STORE_NOT_FOUND ? drop_first_day(txn, number, &key) : error;
}

/* ---- asking and telling ---- */

static bool is_first_by_its_key(const struct day_rows *day, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (is_same_key(&day->rows[i], &day->rows[at])) {
            return false;
        }
    }
    return true;
}

/* Whoever has a key that is listed no longer says nothing of the days since: that counts for nothing where it
 * came before the block that lists it no longer, as it is refused after it. What it said before still does,
 * but of that block's day only the first: what was said between may have been displaced by what was said
 * after, and which came when must not matter. */
static enum store_error row_counts(struct store_txn *txn, uint32_t number, uint64_t head_seq,
                                   const struct day_rows *day, size_t at, bool *counts)
{
    const struct disk_checkpoint *row = &day->rows[at];
    uint64_t until_s = UINT64_MAX, end;
    enum store_error error = checkpoint_key_until(txn, number, head_seq, row->seq, &row->key, &until_s, &end);

    *counts = row->time_s <= until_s &&
              (day_of_time(row->time_s) != day_of_time(until_s) || is_first_by_its_key(day, at));
    return error;
}

/* The last row, its time not after by_s, that counts. */
static enum store_error read_day_by(struct walk *walk, uint32_t number, uint64_t head_seq, uint64_t by_s,
                                    struct disk_checkpoint *out)
{
    struct key author = author_key(number);
    struct key key = day_key(number, by_s);
    struct day_rows day;
    enum store_error error;

    for (error = walk_seek_back(walk, &key); error == STORE_OK && walk_under(walk, &author);
         error = walk_previous(walk)) {
        error = unpack_day(walk->txn, walk->value, &day);
        for (size_t at = day.count; error == STORE_OK && at-- > 0;) {
            bool counts = false;

            if (day.rows[at].time_s <= by_s) {
                error = row_counts(walk->txn, number, head_seq, &day, at, &counts);
            }
            if (error == STORE_OK && counts) {
                *out = day.rows[at];
                return STORE_OK;
            }
        }
        if (error != STORE_OK) {
            return error;
        }
    }
    return error == STORE_OK ? STORE_NOT_FOUND : error;
}

static enum store_error read_newest(struct store_txn *txn, const struct actor_id *author,
                                    struct disk_checkpoint *out)
{
    struct key key = newest_key(author);
    uint64_t key_index;
    struct bytes newest;
    enum store_error error = table_get(txn, TABLE_CHECKPOINTS, &key, &newest);

    if (error != STORE_OK) {
        return error;
    }
    return row_of_encoded(out, &key_index, newest) ? STORE_OK : txn_fail(txn, STORE_DAMAGED);
}

enum store_error checkpoint_read_by(struct store_txn *txn, const struct actor_id *author, uint32_t number,
                                    uint64_t head_seq, uint64_t by_s, struct disk_checkpoint *out)
{
    enum store_error error = read_newest(txn, author, out);
    struct walk walk;

    if (error != STORE_OK || (out->time_s <= by_s && out->seq >= head_seq)) {
        return error;
    }
    error = walk_open(&walk, txn, TABLE_CHECKPOINT_DAYS);
    if (error != STORE_OK) {
        return error;
    }
    error = read_day_by(&walk, number, head_seq, by_s, out);
    walk_close(&walk);
    return error;
}

static enum store_error fill_checkpoint(struct store_txn *txn, uint32_t number, const struct actor_id *author,
                                        const struct disk_checkpoint *row, struct checkpoint *out)
{
    struct key_set keys;

    *out = (struct checkpoint){.author = *author, .seq = row->seq, .head = row->head, .time_s = row->time_s};
    return keys_read(txn, number, row->seq, &keys, &out->epoch);
}

enum store_error store_checkpoint_by(struct store_txn *txn, const struct actor_id *author, uint64_t by_s,
                                     struct checkpoint *out)
{
    struct disk_checkpoint row;
    struct disk_author log;
    enum store_error error = author_read_log(txn, author, &log);

    if (error == STORE_OK) {
        error = checkpoint_read_by(txn, author, log.number, log.seq, by_s, &row);
    }
    return error == STORE_OK ? fill_checkpoint(txn, log.number, author, &row, out) : error;
}

enum store_error store_checkpoint_stands(struct store_txn *txn, const struct actor_id *author, bool *stands)
{
    uint64_t until_s = UINT64_MAX, end;
    struct disk_checkpoint newest = {.time_s = 0};
    struct day_rows day;
    struct disk_author log;
    enum store_error error = author_read_log(txn, author, &log);

    if (error == STORE_OK) {
        error = read_newest(txn, author, &newest);
    }
    if (error == STORE_OK) {
        const struct key key = day_key(log.number, newest.time_s);

        error = read_day_rows(txn, &key, &day);
        error = error == STORE_NOT_FOUND ? txn_fail(txn, STORE_DAMAGED) : error;
    }
    if (error == STORE_OK) {
        error = checkpoint_key_until(txn, log.number, log.seq, newest.seq, &day.rows[day.count - 1].key,
                                     &until_s, &end);
    }
    *stands = error == STORE_OK && newest.time_s <= until_s;
    return error;
}

/* ---- without a block ---- */

/* What the day ended with. */
static enum store_error read_row(const struct walk *walk, struct disk_checkpoint *row, uint32_t *day)
{
    struct day_rows rows = {.count = 0};
    enum store_error error = unpack_day(walk->txn, walk->value, &rows);

    if (error == STORE_OK) {
        *row = rows.rows[rows.count - 1];
        *day = day_of_time(row->time_s);
    }
    return error;
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
static enum store_error read_signed_row(struct store_txn *txn, const struct actor_id *author,
                                        struct bytes encoded, uint32_t *number, struct disk_checkpoint *row)
{
    struct key_set keys;
    uint64_t epoch, key_index = 0;
    bool is_checkpoint = row_of_encoded(row, &key_index, encoded);
    enum store_error error;

    assert(is_checkpoint);
    error = store_author_number(txn, author, number);
    if (error == STORE_OK) {
        error = keys_read(txn, *number, row->seq, &keys, &epoch);
    }
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
    uint32_t number;
    enum store_error error = read_signed_row(txn, author, encoded, &number, &row);

    if (error == STORE_OK) {
        error = table_put(txn, TABLE_CHECKPOINTS, &key, encoded.data, encoded.size);
    }
    return error == STORE_OK ? put_day(txn, number, &row) : error;
}

enum store_error store_put_earlier_checkpoint(struct store_txn *txn, const struct actor_id *author,
                                              struct bytes encoded)
{
    struct disk_checkpoint row;
    struct day_rows day;
    size_t later = 0;
    struct key key;
    uint32_t number;
    enum store_error error = read_signed_row(txn, author, encoded, &number, &row);

    if (error == STORE_OK) {
        key = day_key(number, row.time_s);
        error = read_day_rows(txn, &key, &day);
    }
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    while (later < day.count && day.rows[later].time_s <= row.time_s) {
        later++;
    }
    if (later == day.count || day.rows[later].seq < row.seq) {
        return STORE_OK;
    }
    add_row(&day, &row);
    return write_day_rows(txn, &key, &day);
}

enum store_error store_drop_later_checkpoints(struct store_txn *txn, const struct actor_id *author,
                                              uint64_t time_s)
{
    uint32_t number;
    enum store_error error = store_author_number(txn, author, &number);

    return error == STORE_OK ? drop_later_days(txn, number, time_s) : error;
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
