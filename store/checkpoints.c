#include <assert.h>
#include <string.h>

#include "protocol/base/days.h"
#include "store/changes.h"
#include "store/rows.h"

/* An author's newest checkpoint as it came, for those who ask for it, and some of each day as rows, which
 * show what is late and answer questions about the past. What is there is taken back by nothing that comes
 * later: only where a day has no more room does one go, and of each key the first and the last stay as long
 * as two keys sign on a day.
 */

enum { DAY_ROWS_MAX = 4 };

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
    *row = (struct disk_checkpoint){.head = record.checkpoint.head,
                                    .time_s = record.checkpoint.time_s,
                                    .seq = record.checkpoint.seq,
                                    .lower_seq = UINT64_MAX};
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
    struct stored_block stored;
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
        error = stored_block_read(txn, number, last, &record.hash, &stored);
    }
    if (error == STORE_OK) {
        *until_s = record.time_s < stored.arrived_s ? record.time_s : stored.arrived_s;
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

/* Forget the author's first day but that of its newest checkpoint when there are more than days. */
static enum store_error drop_first_day(struct store_txn *txn, uint32_t number, const struct key *newest,
                                       size_t days)
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
    return count > days ? table_delete(txn, TABLE_CHECKPOINT_DAYS, &first) : STORE_OK;
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

static uint32_t day_of_rows(const struct day_rows *day)
{
    return day_of_time(day->rows[0].time_s);
}

static bool is_same_key(const struct disk_checkpoint *a, const struct disk_checkpoint *b)
{
    return memcmp(&a->key, &b->key, sizeof a->key) == 0;
}

static bool is_same_row(const struct disk_checkpoint *a, const struct disk_checkpoint *b)
{
    return a->time_s == b->time_s && a->seq == b->seq && is_same_key(a, b) && hash_equal(&a->head, &b->head);
}

static bool has_row(const struct day_rows *day, const struct disk_checkpoint *row)
{
    for (size_t i = 0; i < day->count; i++) {
        if (is_same_row(&day->rows[i], row)) {
            return true;
        }
    }
    return false;
}

static bool is_first_by_its_key(const struct day_rows *day, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (is_same_key(&day->rows[i], &day->rows[at])) {
            return false;
        }
    }
    return true;
}

static bool is_last_by_its_key(const struct day_rows *day, size_t at)
{
    for (size_t i = at + 1; i < day->count; i++) {
        if (is_same_key(&day->rows[i], &day->rows[at])) {
            return false;
        }
    }
    return true;
}

/* Of those between two of their key's the new one, or the one that it takes the place of, which is beside it.
 * Where there are none, too many keys sign, and it is one that names the highest block: that shows least to
 * be late. */
static size_t one_too_many(const struct day_rows *day, size_t added)
{
    size_t found = 1;

    for (size_t i = 0; i < day->count; i++) {
        const size_t at = added == 0 ? i : (added + day->count - i) % day->count;

        if (!is_first_by_its_key(day, at) && !is_last_by_its_key(day, at)) {
            return at;
        }
    }
    for (size_t at = 2; at + 1 < day->count; at++) {
        found = day->rows[at].seq > day->rows[found].seq ? at : found;
    }
    return found;
}

/* Add a row in its time's order. Returns: false when it is there, or there is no room for it. */
static bool add_row(struct day_rows *day, const struct disk_checkpoint *row)
{
    size_t at = day->count, gone;

    if (has_row(day, row)) {
        return false;
    }
    for (day->count++; at > 0 && day->rows[at - 1].time_s > row->time_s; at--) {
        day->rows[at] = day->rows[at - 1];
    }
    day->rows[at] = *row;
    if (day->count <= DAY_ROWS_MAX) {
        return true;
    }
    gone = one_too_many(day, at);
    day->count--;
    memmove(&day->rows[gone], &day->rows[gone + 1], (day->count - gone) * sizeof day->rows[0]);
    return gone != at;
}

/* A checkpoint that is dated back behind others. */
static enum store_error note_lower(struct store_txn *txn, uint32_t number, struct disk_checkpoint *row)
{
    const struct key author = author_key(number);
    struct key key = day_key(number, row->time_s);
    struct day_rows day;
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_CHECKPOINT_DAYS);

    if (error != STORE_OK) {
        return error;
    }
    for (error = walk_seek(&walk, &key); error == STORE_OK && walk_under(&walk, &author);
         error = walk_next(&walk)) {
        error = unpack_day(txn, walk.value, &day);
        if (error != STORE_OK) {
            break;
        }
        for (size_t i = 0; i < day.count; i++) {
            if (day.rows[i].time_s > row->time_s && day.rows[i].seq < row->lower_seq) {
                row->lower_seq = day.rows[i].seq;
            }
        }
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error put_day(struct store_txn *txn, uint32_t number, struct disk_checkpoint *row,
                                bool *kept)
{
    struct key key = day_key(number, row->time_s);
    struct day_rows day = {.count = 0};
    enum store_error known = read_day_rows(txn, &key, &day);
    enum store_error error = known == STORE_NOT_FOUND ? STORE_OK : known;

    if (error == STORE_OK) {
        error = note_lower(txn, number, row);
    }
    *kept = error == STORE_OK && add_row(&day, row);
    if (*kept) {
        error = write_day_rows(txn, &key, &day);
    }
    return error == STORE_OK && known == STORE_NOT_FOUND
               ? drop_first_day(txn, number, &key, CHECKPOINT_DAYS_MAX)
               : error;
}

/* What is dated after time_s and names a block below seq. */
static bool is_gainsaid(const struct disk_checkpoint *row, uint64_t time_s, uint64_t seq)
{
    return row->time_s > time_s && row->seq < seq;
}

static enum store_error drop_of_day(struct store_txn *txn, const struct key *key, struct day_rows *day,
                                    uint64_t time_s, uint64_t seq)
{
    size_t count = 0;

    for (size_t i = 0; i < day->count; i++) {
        if (!is_gainsaid(&day->rows[i], time_s, seq)) {
            day->rows[count++] = day->rows[i];
        }
    }
    if (count == day->count) {
        return STORE_OK;
    }
    day->count = count;
    return count > 0 ? write_day_rows(txn, key, day) : table_delete(txn, TABLE_CHECKPOINT_DAYS, key);
}

/* The first of the author's days not before *key. */
static enum store_error next_day(struct store_txn *txn, uint32_t number, struct key *key,
                                 struct day_rows *day)
{
    const struct key author = author_key(number);
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_CHECKPOINT_DAYS);

    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, key);
    if (error == STORE_OK) {
        error = walk_under(&walk, &author) ? unpack_day(txn, walk.value, day) : STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        *key = key_of(walk.key.data, walk.key.size);
    }
    walk_close(&walk);
    return error;
}

/* ---- asking and telling ---- */

/* Rows that count for nothing as their keys were listed no longer, of each key the last that was looked at.
 */
struct ended_keys {
    size_t count;
    struct ended_key {
        struct sign_public_key key;
        uint64_t seq, until_s;
    } items[KEYS_MAX];
};

static struct ended_key *ended_key_of(struct ended_keys *ended, const struct sign_public_key *key)
{
    for (size_t i = 0; i < ended->count; i++) {
        if (memcmp(&ended->items[i].key, key, sizeof *key) == 0) {
            return &ended->items[i];
        }
    }
    return NULL;
}

/* What a key signed of a lower block it was listed for no longer. */
static bool has_ended(struct ended_keys *ended, const struct disk_checkpoint *row)
{
    const struct ended_key *known = ended_key_of(ended, &row->key);

    return known != NULL && row->seq <= known->seq && row->time_s > known->until_s;
}

static void note_end(struct ended_keys *ended, const struct disk_checkpoint *row, uint64_t until_s)
{
    struct ended_key *place = ended_key_of(ended, &row->key);

    if (place == NULL && ended->count < KEYS_MAX) {
        place = &ended->items[ended->count++];
    }
    if (place != NULL) {
        *place = (struct ended_key){row->key, row->seq, until_s};
    }
}

/* Whoever has a key that is listed no longer says nothing of the days since: that counts for nothing where it
 * came before the block that lists it no longer, as it is refused after it. What it said before still does,
 * but of that block's day only the first: what was said between may have been displaced by what was said
 * after, and which came when must not matter. */
static enum store_error row_counts(struct store_txn *txn, uint32_t number, uint64_t head_seq,
                                   const struct day_rows *day, size_t at, struct ended_keys *ended,
                                   bool *counts)
{
    const struct disk_checkpoint *row = &day->rows[at];
    uint64_t until_s = UINT64_MAX, end;
    enum store_error error = STORE_OK;

    *counts = false;
    if (has_ended(ended, row)) {
        return STORE_OK;
    }
    error = checkpoint_key_until(txn, number, head_seq, row->seq, &row->key, &until_s, &end);
    if (error == STORE_OK && row->time_s > until_s) {
        note_end(ended, row, until_s);
    }
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
    struct ended_keys ended;
    struct day_rows day;
    enum store_error error;

    ended.count = 0;
    for (error = walk_seek_back(walk, &key); error == STORE_OK && walk_under(walk, &author);
         error = walk_previous(walk)) {
        error = unpack_day(walk->txn, walk->value, &day);
        for (size_t at = day.count; error == STORE_OK && at-- > 0;) {
            bool counts = false;

            if (day.rows[at].time_s <= by_s) {
                error = row_counts(walk->txn, number, head_seq, &day, at, &ended, &counts);
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
    /* What is dated after the newest was ahead of time. */
    error = read_day_by(&walk, number, head_seq, out->time_s < by_s ? out->time_s : by_s, out);
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

/* By which key it was signed its day's row says: another branch may list others there. */
static const struct disk_checkpoint *row_of_newest(const struct day_rows *day,
                                                   const struct disk_checkpoint *newest)
{
    for (size_t i = 0; i < day->count; i++) {
        const struct disk_checkpoint *row = &day->rows[i];

        if (row->time_s == newest->time_s && hash_equal(&row->head, &newest->head)) {
            return row;
        }
    }
    return NULL;
}

enum store_error store_checkpoint_stands(struct store_txn *txn, const struct actor_id *author, bool *stands)
{
    uint64_t until_s = 0, end;
    struct disk_checkpoint newest = {.time_s = 0};
    const struct disk_checkpoint *row = NULL;
    struct day_rows day = {.count = 0};
    struct disk_author log;
    enum store_error error = author_read_log(txn, author, &log);

    if (error == STORE_OK) {
        error = read_newest(txn, author, &newest);
    }
    if (error == STORE_OK) {
        const struct key key = day_key(log.number, newest.time_s);

        error = read_day_rows(txn, &key, &day);
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
        row = row_of_newest(&day, &newest);
    }
    if (error == STORE_OK && row != NULL) {
        error = checkpoint_key_until(txn, log.number, log.seq, row->seq, &row->key, &until_s, &end);
    }
    *stands = error == STORE_OK && row != NULL && newest.time_s <= until_s;
    return error;
}

/* ---- without a block ---- */

/* The last day up to `day`. STORE_NOT_FOUND: there is none. */
static enum store_error read_day(struct walk *walk, uint32_t number, uint32_t day, struct day_rows *rows)
{
    struct key author = author_key(number);
    struct key key = author_key(number);
    enum store_error error;

    key_add_number(&key, day, 4);
    error = walk_seek_back(walk, &key);
    if (error != STORE_OK) {
        return error;
    }
    return walk_under(walk, &author) ? unpack_day(walk->txn, walk->value, rows) : STORE_NOT_FOUND;
}

enum store_error checkpoint_read_from(struct store_txn *txn, uint32_t number, uint64_t day,
                                      struct disk_checkpoint *out)
{
    struct key key = author_key(number);
    struct day_rows rows = {.count = 0};
    enum store_error error;

    key_add_number(&key, day < UINT32_MAX ? day : UINT32_MAX, 4);
    error = next_day(txn, number, &key, &rows);
    if (error == STORE_OK) {
        *out = rows.rows[rows.count - 1];
    }
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

/* Whether what is looked for may be on a later day. A row of the day may be one that stood with the block and
 * was dated back behind one without it, or that says nothing: the last that stood without it shows that.
 * Where all name heads that are not held, the last only shows the way, by its number. */
static enum store_error look_at(struct looking *looking, const struct day_rows *day, bool *later)
{
    enum stood stood = STOOD_UNKNOWN;
    enum store_error error = STORE_OK;
    bool with = false, behind = false;

    *later = false;
    for (size_t at = day->count; at-- > 0 && error == STORE_OK && stood != STOOD_WITHOUT;) {
        const struct disk_checkpoint *row = &day->rows[at];

        stood = STOOD_WITH;
        if (row->time_s <= looking->by_s) {
            error = looking->read(looking->context, row, &stood);
            behind = behind || row->lower_seq < looking->seq;
        }
        if (error == STORE_OK && stood == STOOD_WITHOUT) {
            *looking->out = *row;
            looking->found = true;
        }
        with = with || stood == STOOD_WITH;
    }
    *later = stood == STOOD_WITHOUT || behind || (!with && day->rows[day->count - 1].seq < looking->seq);
    return error;
}

/* A log without the block comes before one with it, so the last day is found by halving. *reached: the
 * first day; becomes the last one that seemed to be without it. */
static enum store_error halve(struct looking *looking, uint32_t *reached)
{
    uint32_t low = *reached, high = UINT32_MAX;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2 + (high - low) % 2;
        struct day_rows rows;
        bool later = false;
        enum store_error error = read_day(&looking->walk, looking->number, middle, &rows);

        if (error == STORE_OK) {
            error = look_at(looking, &rows, &later);
        }
        if (error != STORE_OK) {
            return error;
        }
        if (later) {
            low = middle;
        } else {
            high = day_of_rows(&rows) > low ? day_of_rows(&rows) - 1 : low;
        }
    }
    *reached = low;
    return STORE_OK;
}

/* The days that only showed the way may have led past one that shows something. */
static enum store_error look_back(struct looking *looking, uint32_t day)
{
    struct day_rows rows;
    bool later = false;
    enum store_error error = STORE_OK;

    while (error == STORE_OK && !(looking->found && day_of_time(looking->out->time_s) >= day)) {
        error = read_day(&looking->walk, looking->number, day, &rows);
        if (error == STORE_OK) {
            day = day_of_rows(&rows);
            error = look_at(looking, &rows, &later);
        }
        if (error == STORE_OK && day-- == 0) {
            break;
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error look(struct looking *looking)
{
    struct key author = author_key(looking->number);
    struct day_rows first;
    bool later = false;
    enum store_error error = walk_seek(&looking->walk, &author);

    if (error == STORE_OK) {
        error = walk_under(&looking->walk, &author)
                    ? unpack_day(looking->walk.txn, looking->walk.value, &first)
                    : STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        error = look_at(looking, &first, &later);
    }
    if (error == STORE_OK && later) {
        uint32_t reached = day_of_rows(&first);

        error = halve(looking, &reached);
        error = error == STORE_OK ? look_back(looking, reached) : error;
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
    struct disk_checkpoint row, before = {.time_s = 0};
    bool kept = false;
    uint32_t number;
    enum store_error error = read_signed_row(txn, author, encoded, &number, &row);

    if (error == STORE_OK) {
        error = put_day(txn, number, &row, &kept);
    }
    if (error == STORE_OK && !kept) {
        error = read_newest(txn, author, &before);
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    /* What was ahead of time once, and is remembered, may be the newest again. */
    if (error != STORE_OK || (!kept && row.time_s <= before.time_s)) {
        return error;
    }
    error = changes_touch(txn, number, CHANGE_CHECKPOINT);
    return error == STORE_OK ? table_put(txn, TABLE_CHECKPOINTS, &key, encoded.data, encoded.size) : error;
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
    if (later == day.count || day.rows[later].seq < row.seq || !add_row(&day, &row)) {
        return STORE_OK;
    }
    return write_day_rows(txn, &key, &day);
}

enum store_error store_bound_checkpoints(struct store_txn *txn, const struct actor_id *author, size_t days)
{
    struct disk_checkpoint newest;
    struct key key;
    uint32_t number;
    enum store_error error = store_author_number(txn, author, &number);

    if (error == STORE_OK) {
        error = read_newest(txn, author, &newest);
    }
    if (error != STORE_OK) {
        return error;
    }
    key = day_key(number, newest.time_s);
    return drop_first_day(txn, number, &key, days);
}

enum store_error store_drop_later_checkpoints(struct store_txn *txn, const struct actor_id *author,
                                              uint64_t time_s, uint64_t seq)
{
    struct day_rows day;
    uint32_t number;
    enum store_error error = store_author_number(txn, author, &number);

    for (uint64_t at = day_of_time(time_s); error == STORE_OK && at <= UINT32_MAX;
         at = (uint64_t)day_of_rows(&day) + 1) {
        struct key key = author_key(number);

        key_add_number(&key, at, 4);
        error = next_day(txn, number, &key, &day);
        if (error == STORE_NOT_FOUND) {
            return STORE_OK;
        }
        if (error == STORE_OK) {
            error = drop_of_day(txn, &key, &day, time_s, seq);
        }
    }
    return error;
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
