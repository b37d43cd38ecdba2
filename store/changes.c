#include "store/changes.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/sort.h"
#include "store/rows.h"

static const char id_word[] = "store id";

/* The newest row of an author is this, and then a disk_part of each part that ever changed; an earlier one,
 * in which a part still stands, this alone; one in which none does any more, its digest. The highest
 * STORE_CHANGES_LEFT_MAX numbers are there, each in one of these forms. */
struct disk_change {
    uint8_t digest[CHANGE_DIGEST_SIZE];
    uint32_t author;
    uint16_t parts;  /* bits of those that follow */
    uint16_t stands; /* bits of those that changed last with this number */
};
static_assert(sizeof(struct disk_change) == 24, "no padding");

struct disk_part {
    uint64_t number; /* of its last change */
    uint8_t state[CHANGE_DIGEST_SIZE];
};
static_assert(sizeof(struct disk_part) == 24, "no padding");

/* The newest row of an author, with all parts; number 0: it never changed. */
struct change_row {
    struct disk_change change;
    struct disk_part parts[CHANGE_PARTS];
};

static struct key change_key(uint64_t number)
{
    struct key key = {0};

    key_add_number(&key, number, 8);
    return key;
}

enum store_error changes_create(struct store_txn *txn)
{
    const struct key word = key_of(id_word, sizeof id_word);
    uint8_t id[STORE_ID_SIZE];

    randombytes_buf(id, sizeof id);
    return table_put(txn, TABLE_META, &word, id, sizeof id);
}

/* ---- rows ---- */

static enum store_error unpack(struct store_txn *txn, struct bytes value, struct change_row *out)
{
    size_t at = sizeof out->change;

    memset(out, 0, sizeof *out);
    if (value.size < at) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    memcpy(&out->change, value.data, at);
    for (size_t part = 0; part < CHANGE_PARTS; part++) {
        if ((out->change.parts >> part & 1) == 0) {
            continue;
        }
        if (value.size - at < sizeof out->parts[part]) {
            return txn_fail(txn, STORE_DAMAGED);
        }
        memcpy(&out->parts[part], value.data + at, sizeof out->parts[part]);
        at += sizeof out->parts[part];
    }
    return value.size == at && out->change.parts >> CHANGE_PARTS == 0 ? STORE_OK
                                                                      : txn_fail(txn, STORE_DAMAGED);
}

static enum store_error append(struct store_txn *txn, uint64_t number, const struct change_row *row)
{
    const struct key key = change_key(number);
    uint8_t packed[sizeof *row];
    size_t size = sizeof row->change;

    memcpy(packed, &row->change, size);
    for (size_t part = 0; part < CHANGE_PARTS; part++) {
        if ((row->change.parts >> part & 1) != 0) {
            memcpy(packed + size, &row->parts[part], sizeof row->parts[part]);
            size += sizeof row->parts[part];
        }
    }
    return table_append(txn, TABLE_CHANGES, &key, packed, size);
}

/* ---- touching ---- */

static int order_touched(const void *a, const void *b)
{
    const struct touched_author *left = a, *right = b;

    return (left->number > right->number) - (left->number < right->number);
}

/* Each author once, in the order of their numbers. */
static void sort_touched(struct touched_authors *touched)
{
    size_t kept = 0;

    sort_items(touched->items, touched->count, sizeof *touched->items, order_touched);
    for (size_t i = 0; i < touched->count; i++) {
        if (kept > 0 && touched->items[kept - 1].number == touched->items[i].number) {
            touched->items[kept - 1].parts |= touched->items[i].parts;
        } else {
            touched->items[kept++] = touched->items[i];
        }
    }
    touched->count = kept;
}

static bool make_room(struct touched_authors *touched)
{
    const size_t capacity = touched->capacity > 0 ? 2 * touched->capacity : 64;
    struct touched_author *items;

    if (touched->count < touched->capacity) {
        return true;
    }
    sort_touched(touched);
    if (touched->count < touched->capacity / 2) {
        return true;
    }
    items = realloc(touched->items, capacity * sizeof *items);
    if (items) {
        touched->items = items;
        touched->capacity = capacity;
    }
    return items != NULL;
}

enum store_error changes_touch(struct store_txn *txn, uint32_t number, enum change_part part)
{
    struct touched_authors *touched = &txn->touched;
    struct touched_author *last = touched->count > 0 ? &touched->items[touched->count - 1] : NULL;

    if (!last || last->number != number) {
        if (!make_room(touched)) {
            return txn_fail(txn, STORE_NO_MEMORY);
        }
        last = &touched->items[touched->count++];
        *last = (struct touched_author){.number = number};
    }
    last->parts |= (uint8_t)(1U << part);
    return STORE_OK;
}

/* ---- what there is to tell ---- */

static void end_digest(struct hash_stream *stream, uint8_t out[CHANGE_DIGEST_SIZE])
{
    struct hash hash;

    hash_stream_end(stream, &hash);
    memcpy(out, hash.bytes, CHANGE_DIGEST_SIZE);
}

static void add_number(struct hash_stream *stream, uint64_t number)
{
    struct key bytes = {0};

    key_add_number(&bytes, number, 8);
    hash_stream_add(stream, bytes.bytes, bytes.size);
}

static enum store_error add_head(struct hash_stream *stream, struct store_txn *txn,
                                 const struct actor_id *author, const struct disk_author *row)
{
    struct locator_point gap;
    size_t gaps = 0;
    enum store_error error = row->has_log ? store_gaps(txn, author, 0, &gap, 1, &gaps) : STORE_OK;

    add_number(stream, row->has_log);
    add_number(stream, row->epoch);
    add_number(stream, row->seq);
    hash_stream_add(stream, row->head.bytes, HASH_SIZE);
    add_number(stream, row->blocks);
    add_number(stream, row->bytes);
    add_number(stream, gaps);
    return error;
}

static enum store_error add_checkpoint(struct hash_stream *stream, struct store_txn *txn,
                                       const struct actor_id *author)
{
    const struct key key = key_of(author->hash.bytes, HASH_SIZE);
    struct bytes newest;
    enum store_error error = table_get(txn, TABLE_CHECKPOINTS, &key, &newest);

    if (error == STORE_OK) {
        hash_stream_add(stream, newest.data, newest.size);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error add_proofs(struct hash_stream *stream, struct store_txn *txn,
                                   const struct actor_id *author)
{
    const struct key key = key_of(author->hash.bytes, HASH_SIZE);
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_FORKS);

    if (error != STORE_OK) {
        return error;
    }
    for (error = walk_seek(&walk, &key); error == STORE_OK && walk_under(&walk, &key);
         error = walk_next(&walk)) {
        add_number(stream, walk.value.size);
        hash_stream_add(stream, walk.value.data, walk.value.size);
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error state_of(struct store_txn *txn, const struct actor_id *author,
                                 const struct disk_author *row, enum change_part part,
                                 uint8_t out[CHANGE_DIGEST_SIZE])
{
    struct hash_stream stream;
    enum store_error error = STORE_OK;

    hash_stream_init(&stream, label_domain(&txn->store->network, LABEL_CHANGE));
    add_number(&stream, part);
    switch (part) {
    case CHANGE_HEAD:
        error = add_head(&stream, txn, author, row);
        break;
    case CHANGE_CHECKPOINT:
        error = add_checkpoint(&stream, txn, author);
        break;
    case CHANGE_PROOFS:
        error = add_proofs(&stream, txn, author);
        break;
    case CHANGE_PARTS:
        break;
    }
    end_digest(&stream, out);
    return error;
}

/* ---- numbers ---- */

/* Where the numbers stand. */
struct counting {
    struct store_txn *txn;
    uint64_t number;
    uint8_t digest[CHANGE_DIGEST_SIZE];
};

static enum store_error read_now(struct store_txn *txn, struct counting *counting)
{
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_CHANGES);

    *counting = (struct counting){.txn = txn};
    if (error != STORE_OK) {
        return error;
    }
    error = walk_last(&walk);
    if (error == STORE_OK && (walk.key.size != 8 || walk.value.size < CHANGE_DIGEST_SIZE)) {
        error = txn_fail(txn, STORE_DAMAGED);
    }
    if (error == STORE_OK) {
        counting->number = number_at(walk.key.data, 0, 8);
        memcpy(counting->digest, walk.value.data, CHANGE_DIGEST_SIZE);
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error read_row(struct store_txn *txn, const struct disk_author *author,
                                 struct change_row *out)
{
    const struct key key = change_key(author->change);
    struct bytes value;
    enum store_error error;

    *out = (struct change_row){.change = {.author = author->number}};
    if (author->change == 0) {
        return STORE_OK;
    }
    error = table_get(txn, TABLE_CHANGES, &key, &value);
    if (error == STORE_OK) {
        error = unpack(txn, value, out);
    }
    return error == STORE_NOT_FOUND ? txn_fail(txn, STORE_DAMAGED) : error;
}

/* Of a row that some parts left, keep what still stands in it; or its digest, as long as somebody may have
 * heard of nothing newer. */
static enum store_error leave(const struct counting *counting, uint64_t number, uint16_t stands)
{
    const struct key key = change_key(number);
    struct disk_change row;
    struct bytes before;
    enum store_error error = table_get(counting->txn, TABLE_CHANGES, &key, &before);

    if (error != STORE_OK || before.size < sizeof row) {
        return error == STORE_OK || error == STORE_NOT_FOUND ? txn_fail(counting->txn, STORE_DAMAGED) : error;
    }
    memcpy(&row, before.data, sizeof row);
    row.parts = 0;
    row.stands = stands;
    if (stands != 0) {
        return table_put(counting->txn, TABLE_CHANGES, &key, &row, sizeof row);
    }
    return counting->number - number < STORE_CHANGES_LEFT_MAX
               ? table_put(counting->txn, TABLE_CHANGES, &key, row.digest, sizeof row.digest)
               : table_delete(counting->txn, TABLE_CHANGES, &key);
}

/* The author goes on from the rows in which its parts stood. */
static enum store_error leave_rows(const struct counting *counting, uint64_t newest,
                                   const struct change_row *before, uint16_t changed)
{
    enum store_error error = STORE_OK;
    bool newest_left = newest == 0;

    for (unsigned part = 0; part < CHANGE_PARTS && error == STORE_OK; part++) {
        const uint64_t number = before->parts[part].number;
        bool first = number != 0 && (changed >> part & 1) != 0;
        uint16_t stands = 0;

        for (unsigned other = 0; other < CHANGE_PARTS; other++) {
            if (before->parts[other].number == number && (changed >> other & 1) == 0) {
                stands |= (uint16_t)(1U << other);
            } else if (before->parts[other].number == number && other < part) {
                first = false; /* that one left the same row */
            }
        }
        if (first) {
            newest_left |= number == newest;
            error = leave(counting, number, stands);
        }
    }
    if (error == STORE_OK && !newest_left) {
        error = leave(counting, newest, before->change.stands);
    }
    return error;
}

static enum store_error forget_left(const struct counting *counting)
{
    struct key key;
    struct bytes row;
    enum store_error error;

    if (counting->number <= STORE_CHANGES_LEFT_MAX) {
        return STORE_OK;
    }
    key = change_key(counting->number - STORE_CHANGES_LEFT_MAX);
    error = table_get(counting->txn, TABLE_CHANGES, &key, &row);
    if (error == STORE_OK && row.size == CHANGE_DIGEST_SIZE) {
        error = table_delete(counting->txn, TABLE_CHANGES, &key);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static void go_on(struct counting *counting, const struct actor_id *author, struct change_row *row)
{
    struct hash_stream stream;

    counting->number++;
    hash_stream_init(&stream, label_domain(&counting->txn->store->network, LABEL_CHANGE));
    hash_stream_add(&stream, counting->digest, CHANGE_DIGEST_SIZE);
    add_number(&stream, counting->number);
    hash_stream_add(&stream, author->hash.bytes, HASH_SIZE);
    for (size_t part = 0; part < CHANGE_PARTS; part++) {
        hash_stream_add(&stream, row->parts[part].state, CHANGE_DIGEST_SIZE);
    }
    end_digest(&stream, counting->digest);
    memcpy(row->change.digest, counting->digest, CHANGE_DIGEST_SIZE);
}

/* Bring the touched parts of a row up to date: those that were not stand in it. */
static enum store_error renew(struct counting *counting, const struct touched_author *touched,
                              const struct actor_id *author, const struct disk_author *of,
                              struct change_row *row)
{
    enum store_error error = STORE_OK;

    row->change.stands = 0;
    for (unsigned part = 0; part < CHANGE_PARTS && error == STORE_OK; part++) {
        struct disk_part now = {.number = counting->number + 1};

        if ((touched->parts >> part & 1) == 0) {
            continue;
        }
        error = state_of(counting->txn, author, of, (enum change_part)part, now.state);
        if (error == STORE_OK && memcmp(now.state, row->parts[part].state, sizeof now.state) != 0) {
            row->parts[part] = now;
            row->change.parts |= (uint16_t)(1U << part);
            row->change.stands |= (uint16_t)(1U << part);
        }
    }
    return error;
}

static enum store_error put_change(struct counting *counting, const struct actor_id *author,
                                   struct disk_author *of, const struct change_row *before,
                                   struct change_row *row)
{
    const struct key key = key_of(author->hash.bytes, HASH_SIZE);
    enum store_error error;

    go_on(counting, author, row);
    error = leave_rows(counting, of->change, before, row->change.stands);
    if (error == STORE_OK) {
        error = append(counting->txn, counting->number, row);
    }
    if (error == STORE_OK) {
        error = forget_left(counting);
    }
    of->change = counting->number;
    return error == STORE_OK ? table_put(counting->txn, TABLE_AUTHORS, &key, of, sizeof *of) : error;
}

static enum store_error flush_author(struct counting *counting, const struct touched_author *touched)
{
    struct change_row before = {0}, row;
    struct actor_id author;
    struct disk_author of;
    enum store_error error = author_name(counting->txn, touched->number, &author);

    if (error == STORE_OK) {
        error = author_read(counting->txn, &author, &of);
    }
    if (error == STORE_OK) {
        error = read_row(counting->txn, &of, &before);
    }
    row = before;
    if (error == STORE_OK) {
        error = renew(counting, touched, &author, &of, &row);
    }
    return error == STORE_OK && row.change.stands != 0 ? put_change(counting, &author, &of, &before, &row)
                                                       : error;
}

enum store_error changes_flush(struct store_txn *txn)
{
    struct touched_authors *touched = &txn->touched;
    struct counting counting;
    enum store_error error;

    if (touched->count == 0) {
        return STORE_OK;
    }
    sort_touched(touched);
    error = read_now(txn, &counting);
    for (size_t i = 0; i < touched->count && error == STORE_OK; i++) {
        error = flush_author(&counting, &touched->items[i]);
    }
    touched->count = 0;
    return error == STORE_NOT_FOUND ? txn_fail(txn, STORE_DAMAGED) : error;
}

/* ---- reading ---- */

enum store_error store_changes_now(struct store_txn *txn, struct store_point *out)
{
    const struct key word = key_of(id_word, sizeof id_word);
    struct counting counting;
    enum store_error error = table_get_exact(txn, TABLE_META, &word, out->store, sizeof out->store);

    if (error == STORE_OK) {
        error = read_now(txn, &counting);
    }
    if (error == STORE_OK) {
        out->number = counting.number;
        memcpy(out->digest, counting.digest, sizeof out->digest);
    }
    return error == STORE_NOT_FOUND ? txn_fail(txn, STORE_DAMAGED) : error;
}

enum store_error store_change_digest(struct store_txn *txn, uint64_t number, uint8_t out[CHANGE_DIGEST_SIZE])
{
    const struct key key = change_key(number);
    struct bytes row;
    enum store_error error = STORE_OK;

    memset(out, 0, CHANGE_DIGEST_SIZE);
    if (number == 0) {
        return STORE_OK;
    }
    error = table_get(txn, TABLE_CHANGES, &key, &row);
    if (error == STORE_OK && row.size < CHANGE_DIGEST_SIZE) {
        error = txn_fail(txn, STORE_DAMAGED);
    }
    if (error == STORE_OK) {
        memcpy(out, row.data, CHANGE_DIGEST_SIZE);
    }
    return error;
}

static enum store_error read_stored(struct walk *walk, struct stored_change *out)
{
    struct disk_change row;
    enum store_error error;

    if (walk->value.size < sizeof row) {
        return txn_fail(walk->txn, STORE_DAMAGED);
    }
    memcpy(&row, walk->value.data, sizeof row);
    out->number = number_at(walk->key.data, 0, 8);
    out->head = (row.stands >> CHANGE_HEAD & 1) != 0;
    out->checkpoint = (row.stands >> CHANGE_CHECKPOINT & 1) != 0;
    out->proofs = (row.stands >> CHANGE_PROOFS & 1) != 0;
    memcpy(out->digest, row.digest, sizeof out->digest);
    error = author_name(walk->txn, row.author, &out->author);
    return error == STORE_NOT_FOUND ? txn_fail(walk->txn, STORE_DAMAGED) : error;
}

/* Whether a row may follow the one of a lower number: of the highest none is missing. */
static enum store_error check_follows(struct walk *walk, uint64_t before, uint64_t last)
{
    if (walk->key.size != 8) {
        return txn_fail(walk->txn, STORE_DAMAGED);
    }
    return number_at(walk->key.data, 0, 8) != before + 1 && before + 1 + STORE_CHANGES_LEFT_MAX > last
               ? txn_fail(walk->txn, STORE_DAMAGED)
               : STORE_OK;
}

static enum store_error visit_rows(struct walk *walk, uint64_t after, uint64_t last,
                                   bool (*visit)(void *context, const struct stored_change *change),
                                   void *context)
{
    const struct key first = change_key(after + 1);
    struct stored_change change;
    enum store_error error = walk_seek(walk, &first);

    for (; error == STORE_OK; error = walk_next(walk)) {
        error = check_follows(walk, after, last);
        if (error != STORE_OK) {
            return error;
        }
        after = number_at(walk->key.data, 0, 8);
        if (walk->value.size == CHANGE_DIGEST_SIZE) {
            continue;
        }
        error = read_stored(walk, &change);
        if (error != STORE_OK || !visit(context, &change)) {
            return error;
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error store_each_change(struct store_txn *txn, uint64_t after,
                                   bool (*visit)(void *context, const struct stored_change *change),
                                   void *context)
{
    struct counting now;
    struct walk walk;
    enum store_error error = read_now(txn, &now);

    if (error != STORE_OK || after >= now.number) {
        return error;
    }
    error = walk_open(&walk, txn, TABLE_CHANGES);
    if (error != STORE_OK) {
        return error;
    }
    error = visit_rows(&walk, after, now.number, visit, context);
    walk_close(&walk);
    return error;
}
