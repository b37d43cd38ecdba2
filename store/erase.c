#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/sort.h"
#include "store/erase_rows.h"
#include "store/erased.h"
#include "store/gaps_again.h"

/* What logs say to erase, as rows. */

enum {
    ERASERS_EACH_MAX = 1024,       /* rows about one block, of few ranges: a reader looks at each */
    ERASER_RANGES_FEW = 32,        /* a row of more ranges counts as so many more rows */
    ERASERS_SEARCHED_MAX = 4096,   /* rows that one block may have looked at, for one to give way */
    ERASE_ENTRIES_DAY_MAX = 65536, /* of one author, by arrival */
};

/* ---- one row ---- */

struct key eraser_key(uint32_t number, uint64_t seq, uint64_t setter_seq, const struct hash *setter)
{
    struct key key = author_seq_key(number, seq);

    key_add_number(&key, setter_seq, 8);
    key_add(&key, setter->bytes, HASH_SIZE);
    return key;
}

/* What a row says but for its ranges. */
static enum store_error eraser_head_of(struct store_txn *txn, struct bytes key, struct bytes value,
                                       struct eraser *out)
{
    size_t count = value.size < sizeof out->row ? 0 : (value.size - sizeof out->row) / sizeof *out->ranges;

    if (key.size != ERASER_KEY_SIZE || count == 0 || count > BLOCK_ENTRIES_MAX / 2 ||
        value.size != sizeof out->row + count * sizeof *out->ranges) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    out->seq = number_at(key.data, 4, 8);
    out->setter_seq = number_at(key.data, 12, 8);
    memcpy(out->setter.bytes, key.data + 20, HASH_SIZE);
    memcpy(&out->row, value.data, sizeof out->row);
    out->range_count = count;
    return STORE_OK;
}

enum store_error eraser_of(struct store_txn *txn, struct bytes key, struct bytes value, struct eraser *out)
{
    enum store_error error = eraser_head_of(txn, key, value, out);

    if (error != STORE_OK) {
        return error;
    }
    memcpy(out->ranges, value.data + sizeof out->row, out->range_count * sizeof *out->ranges);
    for (size_t i = 0; i < out->range_count; i++) {
        if (out->ranges[i].first > out->ranges[i].last || out->ranges[i].last >= BLOCK_ENTRIES_MAX) {
            return txn_fail(txn, STORE_DAMAGED);
        }
    }
    return STORE_OK;
}

enum store_error eraser_write(struct store_txn *txn, uint32_t number, const struct eraser *eraser)
{
    struct key key = eraser_key(number, eraser->seq, eraser->setter_seq, &eraser->setter);
    size_t ranges_size = eraser->range_count * sizeof *eraser->ranges;
    uint8_t value[sizeof eraser->row + sizeof eraser->ranges];

    memcpy(value, &eraser->row, sizeof eraser->row);
    memcpy(value + sizeof eraser->row, eraser->ranges, ranges_size);
    return table_put(txn, TABLE_ERASERS, &key, value, sizeof eraser->row + ranges_size);
}

enum store_error eraser_place(struct store_txn *txn, uint32_t number, const struct eraser *eraser,
                              enum eraser_place *out)
{
    struct disk_record record;
    enum store_error error = record_find(txn, number, eraser->setter_seq, &record);

    *out = ERASER_BESIDE;
    if (error == STORE_OK && hash_equal(&record.hash, &eraser->setter)) {
        *out = record.standing == STANDING_VOID ? ERASER_VOID : ERASER_STANDS;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* ---- all rows about one block ---- */

/* One that a block from disputed_from on voids counts as well. */
static enum store_error counts(struct store_txn *txn, uint32_t number, const struct eraser *eraser,
                               enum erasing_scope scope, uint64_t disputed_from, bool *out)
{
    enum eraser_place place = ERASER_BESIDE;
    struct disk_record record;
    enum store_error error = STORE_OK;

    *out = false;
    if (scope == ERASING_STANDS && eraser->row.waits) {
        return STORE_OK;
    }
    error = eraser_place(txn, number, eraser, &place);
    *out = place == ERASER_STANDS;
    if (error == STORE_OK && place == ERASER_VOID && disputed_from != ERASING_UNDISPUTED) {
        error = record_read(txn, number, eraser->setter_seq, &record);
        *out = error == STORE_OK && record.void_seq >= disputed_from;
    }
    return error;
}

static void cover(const struct eraser *eraser, bool covered[BLOCK_ENTRIES_MAX])
{
    for (size_t i = 0; i < eraser->range_count; i++) {
        const struct disk_range *range = &eraser->ranges[i];

        memset(covered + range->first, true, (size_t)(range->last - range->first) + 1);
    }
}

enum store_error erasers_read(struct store_txn *txn, uint32_t number, uint64_t seq, enum erasing_scope scope,
                              bool covered[BLOCK_ENTRIES_MAX], uint64_t *last_setter)
{
    struct key prefix = author_seq_key(number, seq);
    struct eraser eraser;
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_ERASERS);

    *last_setter = 0;
    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, &prefix);
    for (; error == STORE_OK && walk_under(&walk, &prefix); error = walk_next(&walk)) {
        bool counted = false;

        error = eraser_of(txn, walk.key, walk.value, &eraser);
        if (error == STORE_OK) {
            error = counts(txn, number, &eraser, scope, ERASING_UNDISPUTED, &counted);
        }
        if (error != STORE_OK) {
            break;
        }
        if (counted) {
            cover(&eraser, covered);
            *last_setter = eraser.setter_seq;
        }
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Whether a row names the entry: its ranges ascend, and each row is one look-up. */
static bool names_entry(const struct eraser *eraser, struct bytes value, uint64_t index)
{
    const uint8_t *ranges = value.data + sizeof eraser->row;
    size_t low = 0, high = eraser->range_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct disk_range range;

        memcpy(&range, ranges + middle * sizeof range, sizeof range);
        if (index >= range.first && index <= range.last) {
            return true;
        }
        if (index < range.first) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return false;
}

enum store_error erasers_cover(struct store_txn *txn, const struct entry_at *at, uint64_t disputed_from,
                               bool *covered)
{
    struct key prefix = author_seq_key(at->author, at->seq);
    struct eraser eraser;
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_ERASERS);

    *covered = false;
    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, &prefix);
    while (error == STORE_OK && !*covered && walk_under(&walk, &prefix)) {
        error = eraser_head_of(txn, walk.key, walk.value, &eraser);
        if (error == STORE_OK && names_entry(&eraser, walk.value, at->index)) {
            error = counts(txn, at->author, &eraser, ERASING_STANDS, disputed_from, covered);
        }
        if (error == STORE_OK && !*covered) {
            error = walk_next(&walk);
        }
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error erasers_read_beside(struct store_txn *txn, uint32_t number, uint64_t seq,
                                     bool covered[BLOCK_ENTRIES_MAX], uint64_t *epoch, uint64_t *last_setter)
{
    struct key prefix = author_seq_key(number, seq);
    struct eraser eraser;
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_ERASERS);

    *epoch = 0;
    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, &prefix);
    for (; error == STORE_OK && walk_under(&walk, &prefix); error = walk_next(&walk)) {
        enum eraser_place place = ERASER_STANDS;

        error = eraser_of(txn, walk.key, walk.value, &eraser);
        if (error == STORE_OK) {
            error = eraser_place(txn, number, &eraser, &place);
        }
        if (error != STORE_OK) {
            break;
        }
        if (place != ERASER_BESIDE || eraser.row.epoch < *epoch) {
            continue;
        }
        if (eraser.row.epoch > *epoch) {
            memset(covered, false, BLOCK_ENTRIES_MAX * sizeof covered[0]);
            *epoch = eraser.row.epoch;
        }
        cover(&eraser, covered);
        *last_setter = eraser.setter_seq > *last_setter ? eraser.setter_seq : *last_setter;
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error erasers_exist(struct store_txn *txn, const struct disk_author *author, uint64_t seq,
                               bool *exist)
{
    struct key prefix = author_seq_key(author->number, seq);
    struct walk walk;
    enum store_error error;

    *exist = false;
    if (!author->erases) {
        return STORE_OK;
    }
    error = walk_open(&walk, txn, TABLE_ERASERS);
    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, &prefix);
    *exist = error == STORE_OK && walk_under(&walk, &prefix);
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* ---- what one block says ---- */

static int order_said(const void *a, const void *b)
{
    const struct reach_entries *left = a;
    const struct reach_entries *right = b;

    if (left->seq != right->seq) {
        return left->seq < right->seq ? -1 : 1;
    }
    return (left->first > right->first) - (left->first < right->first);
}

static size_t collect_erase(const struct block *block, const struct erase *erase, struct reach_entries *said,
                            size_t count, uint64_t *entries)
{
    const struct index_range *ranges = erase->entries.items;

    for (size_t i = 0; i < erase->entries.count && erase->seq < block->header.seq; i++) {
        *entries += ranges[i].last - ranges[i].first + 1;
        if (*entries > ERASE_ENTRIES_MAX) {
            break;
        }
        said[count++] = (struct reach_entries){erase->seq, ranges[i].first, ranges[i].last};
    }
    return count;
}

size_t erase_collect(const struct block *block, struct reach_entries said[ERASE_ENTRIES_MAX],
                     struct arena *arena)
{
    uint64_t entries = 0;
    size_t count = 0;

    for (size_t i = 0; i < block->entry_count && entries <= ERASE_ENTRIES_MAX; i++) {
        size_t mark = arena_mark(arena);
        struct erase erase;

        if (block->entries[i].kind == ENTRY_ERASE &&
            entry_payload_decode(&erase, &block->entries[i], arena) == REASON_NONE) {
            count = collect_erase(block, &erase, said, count, &entries);
        }
        arena_rewind(arena, mark);
    }
    sort_items(said, count, sizeof *said, order_said);
    return count;
}

size_t erase_count_blocks(const struct reach_entries *said, size_t count)
{
    size_t blocks = 0;

    for (size_t i = 0; i < count; i++) {
        blocks += i == 0 || said[i].seq != said[i - 1].seq;
    }
    return blocks;
}

/* ---- the day's turn ---- */

static uint32_t entries_of(const struct eraser *eraser)
{
    uint32_t entries = 0;

    for (size_t i = 0; i < eraser->range_count; i++) {
        entries += (uint32_t)(eraser->ranges[i].last - eraser->ranges[i].first) + 1;
    }
    return entries;
}

static void count_entries(struct disk_author *author, struct eraser *eraser)
{
    author->erase_count += entries_of(eraser);
    eraser->row.counted_day = author->erase_day;
}

/* Another day than the last one, even an earlier one where the clock was ahead, begins anew. */
bool eraser_take_turn(struct disk_author *author, struct eraser *eraser, uint64_t now_s)
{
    uint32_t today = (uint32_t)(now_s / SECONDS_A_DAY);

    if (author->erase_day != today) {
        author->erase_day = today;
        author->erase_count = 0;
    }
    eraser->row.waits = author->erase_count + entries_of(eraser) > ERASE_ENTRIES_DAY_MAX;
    if (!eraser->row.waits) {
        count_entries(author, eraser);
    }
    return !eraser->row.waits;
}

/* What takes nothing from its author's day any more is given back, and what does again is counted again. */
static enum store_error count_again(struct store_txn *txn, struct disk_author *author, struct eraser *eraser)
{
    enum eraser_place place = ERASER_BESIDE;
    uint32_t counted_day = eraser->row.counted_day;
    enum store_error error = eraser_place(txn, author->number, eraser, &place);

    if (error != STORE_OK || eraser->row.waits || (place == ERASER_STANDS) == (counted_day != 0)) {
        return error;
    }
    if (place == ERASER_STANDS) {
        count_entries(author, eraser);
    } else {
        author->erase_count -= counted_day == author->erase_day ? entries_of(eraser) : 0;
        eraser->row.counted_day = 0;
    }
    return eraser_write(txn, author->number, eraser);
}

enum store_error erasers_count_again(struct store_txn *txn, struct disk_author *author, uint64_t setter_seq,
                                     const struct hash *setter, const struct reach_entries *said,
                                     size_t count)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        const struct key key = eraser_key(author->number, said[i].seq, setter_seq, setter);
        struct eraser eraser;
        struct bytes value;

        if (i > 0 && said[i].seq == said[i - 1].seq) {
            continue;
        }
        error = table_get(txn, TABLE_ERASERS, &key, &value);
        if (error == STORE_OK) {
            error = eraser_of(txn, bytes_of(key.bytes, key.size), value, &eraser);
        }
        if (error == STORE_OK) {
            error = count_again(txn, author, &eraser);
        }
        error = error == STORE_NOT_FOUND ? STORE_OK : error; /* of too many it was left out */
    }
    return error;
}

enum store_error store_erase_room(struct store_txn *txn, const struct actor_id *author, uint64_t now_s,
                                  uint64_t *room)
{
    struct disk_author row;
    enum store_error error = author_read(txn, author, &row);

    *room = ERASE_ENTRIES_DAY_MAX;
    if (error == STORE_OK && row.erase_day == now_s / SECONDS_A_DAY) {
        *room -= row.erase_count < *room ? row.erase_count : *room;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* ---- noting it ---- */

/* What one block says to erase, as it is noted. */
struct noting {
    struct store_txn *txn;
    struct disk_author *author;
    size_t searches_left; /* rows */
    uint64_t arrived_s;
};

static enum store_error read_count(struct noting *noting, uint64_t seq, uint32_t *count)
{
    const struct key key = author_seq_key(noting->author->number, seq);
    enum store_error error = table_get_exact(noting->txn, TABLE_ERASER_COUNTS, &key, count, sizeof *count);

    if (error == STORE_NOT_FOUND) {
        *count = 0;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Whether it never counts again as things stand: it is void, or on a branch that was dropped. */
static enum store_error is_over(struct noting *noting, const struct eraser *eraser, bool *over)
{
    enum eraser_place place = ERASER_STANDS;
    enum store_error error = eraser_place(noting->txn, noting->author->number, eraser, &place);

    *over = place == ERASER_VOID || (place == ERASER_BESIDE && eraser->row.epoch < noting->author->epoch);
    return error;
}

/* Find a row about block seq that is over. STORE_NOT_FOUND: none, as far as may be searched. */
static enum store_error find_over(struct noting *noting, uint64_t seq, struct eraser *out)
{
    const struct key prefix = author_seq_key(noting->author->number, seq);
    struct walk walk;
    bool over = false;
    enum store_error error = walk_open(&walk, noting->txn, TABLE_ERASERS);

    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, &prefix);
    while (error == STORE_OK && !over) {
        if (!walk_under(&walk, &prefix) || noting->searches_left == 0) {
            error = STORE_NOT_FOUND;
            break;
        }
        noting->searches_left--;
        error = eraser_of(noting->txn, walk.key, walk.value, out);
        if (error == STORE_OK) {
            error = is_over(noting, out, &over);
        }
        if (error == STORE_OK && !over) {
            error = walk_next(&walk);
        }
    }
    walk_close(&walk);
    return error;
}

/* As how many rows one counts, so that what all of them say of one block is bounded. */
static uint32_t rows_of(const struct eraser *eraser)
{
    return 1 + (uint32_t)eraser->range_count / ERASER_RANGES_FEW;
}

/* Count one more row about a block; of too many, those that are over give way. Writes: *room, whether there
 * is any for it. */
static enum store_error make_room(struct noting *noting, const struct eraser *eraser, bool *room)
{
    const struct key key = author_seq_key(noting->author->number, eraser->seq);
    struct eraser over;
    uint32_t count = 0;
    enum store_error error = read_count(noting, eraser->seq, &count);

    while (error == STORE_OK && count + rows_of(eraser) > ERASERS_EACH_MAX) {
        error = find_over(noting, eraser->seq, &over);
        if (error == STORE_OK) {
            error = eraser_delete(noting->txn, noting->author->number, &over);
            count -= rows_of(&over);
        }
    }
    *room = error == STORE_OK;
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return error;
    }
    count += *room ? rows_of(eraser) : 0;
    return table_put(noting->txn, TABLE_ERASER_COUNTS, &key, &count, sizeof count);
}

static enum store_error mark_record(struct store_txn *txn, uint32_t number, uint64_t seq)
{
    struct disk_record record;
    enum store_error error = record_find(txn, number, seq, &record);

    if (error != STORE_OK || (record.flags & RECORD_HAS_ERASERS) != 0) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    record.flags |= RECORD_HAS_ERASERS;
    return record_write(txn, number, seq, &record);
}

enum store_error erasers_mark(struct store_txn *txn, const struct disk_author *author, uint64_t seq)
{
    bool exist = false;
    enum store_error error = erasers_exist(txn, author, seq, &exist);

    return error == STORE_OK && exist ? mark_record(txn, author->number, seq) : error;
}

/* said is about one earlier block. Overlapping runs are united. */
static void set_ranges(const struct reach_entries *said, size_t count, struct eraser *eraser)
{
    eraser->range_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct disk_range *last = &eraser->ranges[eraser->range_count > 0 ? eraser->range_count - 1 : 0];

        if (eraser->range_count > 0 && said[i].first <= (uint64_t)last->last + 1) {
            last->last = said[i].last > last->last ? (uint16_t)said[i].last : last->last;
        } else {
            eraser->ranges[eraser->range_count++] =
                (struct disk_range){(uint16_t)said[i].first, (uint16_t)said[i].last};
        }
    }
}

/* Look at it seven days after it took effect, or on the next day. */
static uint64_t first_due_s(const struct eraser *eraser, uint64_t now_s)
{
    return eraser->row.waits ? eraser_next_day_s(now_s) : now_s + ERASED_KEPT_S;
}

/* What stands on the chain takes its turn when it comes there. */
static enum store_error take_turn(struct noting *noting, struct eraser *eraser, bool *changed)
{
    enum eraser_place place = ERASER_BESIDE;
    enum store_error error = eraser_place(noting->txn, noting->author->number, eraser, &place);

    *changed = place == ERASER_STANDS && eraser->row.counted_day == 0 && !eraser->row.waits;
    if (error == STORE_OK && *changed) {
        eraser_take_turn(noting->author, eraser, noting->arrived_s);
    }
    return error;
}

static enum store_error put_held(struct noting *noting, struct eraser *eraser, struct bytes key,
                                 struct bytes value)
{
    bool changed = false;
    enum store_error error = eraser_of(noting->txn, key, value, eraser);

    if (error == STORE_OK) {
        error = take_turn(noting, eraser, &changed);
    }
    return error == STORE_OK && changed ? drop_move(noting->txn, first_due_s(eraser, noting->arrived_s),
                                                    noting->author->number, eraser)
                                        : error;
}

static enum store_error put_one(struct noting *noting, struct eraser *eraser)
{
    struct disk_author *author = noting->author;
    struct key key = eraser_key(author->number, eraser->seq, eraser->setter_seq, &eraser->setter);
    struct bytes held;
    bool room = false, changed;
    enum store_error error = table_get(noting->txn, TABLE_ERASERS, &key, &held);

    if (error == STORE_OK) {
        return put_held(noting, eraser, bytes_of(key.bytes, key.size), held);
    }
    if (error == STORE_NOT_FOUND) {
        error = make_room(noting, eraser, &room);
    }
    if (error != STORE_OK || !room) {
        return error;
    }
    author->erases = true;
    eraser->row = (struct disk_eraser){.epoch = eraser->row.epoch};
    error = take_turn(noting, eraser, &changed);
    if (error == STORE_OK) {
        error = drop_move(noting->txn, first_due_s(eraser, noting->arrived_s), author->number, eraser);
    }
    return error == STORE_OK ? mark_record(noting->txn, author->number, eraser->seq) : error;
}

static enum store_error put_said(struct store_txn *txn, struct disk_author *author, const struct block *block,
                                 const struct reach_entries *said, size_t count, uint64_t arrived_s)
{
    struct noting noting = {txn, author, ERASERS_SEARCHED_MAX, arrived_s};
    struct eraser eraser = {.setter_seq = block->header.seq,
                            .setter = block->hash,
                            .row = {.epoch = (uint32_t)block->header.epoch}};
    struct gap_targets targets = {.count = 0};
    enum store_error error = STORE_OK;

    /* What says so of more blocks than it may never stands on a chain. */
    if (erase_count_blocks(said, count) > STATUS_BLOCKS_MAX) {
        return STORE_OK;
    }
    for (size_t first = 0, end = 0; first < count && error == STORE_OK; first = end) {
        while (end < count && said[end].seq == said[first].seq) {
            end++;
        }
        eraser.seq = said[first].seq;
        set_ranges(said + first, end - first, &eraser);
        error = put_one(&noting, &eraser);
    }
    gap_targets_add(&targets, said, count);
    return error == STORE_OK ? gaps_look_again(txn, author, &targets) : error;
}

static bool says_to_erase(const struct block *block)
{
    for (size_t i = 0; i < block->entry_count && block->header.block_class == CLASS_STATUS; i++) {
        if (block->entries[i].kind == ENTRY_ERASE) {
            return true;
        }
    }
    return false;
}

/* A block beside the chain counts in the open epoch alone: keys that were rotated away account for nothing.
 */
static enum store_error may_count(struct store_txn *txn, const struct disk_author *author,
                                  const struct block *block, bool *out)
{
    struct disk_record record;
    enum store_error error = record_find(txn, author->number, block->header.seq, &record);

    *out = (error == STORE_OK && hash_equal(&record.hash, &block->hash)) ||
           (author->has_log && block->header.epoch == author->epoch);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error erasers_put(struct store_txn *txn, struct disk_author *author, const struct block *block,
                             uint64_t arrived_s)
{
    enum { SAID_SIZE = ERASE_ENTRIES_MAX * sizeof(struct reach_entries) + RECORD_ARENA_SIZE };
    struct reach_entries *said;
    struct arena arena;
    void *memory;
    bool counted = false;
    enum store_error error;

    if (!says_to_erase(block)) {
        return STORE_OK;
    }
    error = may_count(txn, author, block, &counted);
    if (error != STORE_OK || !counted) {
        return error;
    }
    memory = malloc(SAID_SIZE);
    if (!memory) {
        return STORE_NO_MEMORY;
    }
    arena_init(&arena, memory, SAID_SIZE);
    said = arena_take(&arena, ERASE_ENTRIES_MAX * sizeof *said);
    assert(said);
    error = put_said(txn, author, block, said, erase_collect(block, said, &arena), arrived_s);
    free(memory);
    return error;
}
