#include "store/changes.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/base/sort.h"
#include "store/rows.h"

static const char id_word[] = "store id";

/* The row of an author; one that it left, as long as it is there, is its digest alone. */
struct disk_change {
    uint8_t digest[CHANGE_DIGEST_SIZE];
    uint8_t states[CHANGE_PARTS][CHANGE_DIGEST_SIZE];
    uint64_t numbers[CHANGE_PARTS]; /* of the last change of each; 0: there was none */
    uint32_t author;
    uint32_t zero;
};
static_assert(sizeof(struct disk_change) == 96, "no padding");

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

static enum store_error read_change(struct store_txn *txn, const struct disk_author *author,
                                    struct disk_change *out)
{
    const struct key key = change_key(author->change);

    *out = (struct disk_change){.author = author->number};
    if (author->change == 0) {
        return STORE_OK;
    }
    enum store_error error = table_get_exact(txn, TABLE_CHANGES, &key, out, sizeof *out);

    return error == STORE_NOT_FOUND ? txn_fail(txn, STORE_DAMAGED) : error;
}

/* Leave the digest of a row, as long as somebody may have heard of nothing newer. */
static enum store_error leave(const struct counting *counting, uint64_t number,
                              const struct disk_change *change)
{
    const struct key key = change_key(number);

    if (number == 0) {
        return STORE_OK;
    }
    return counting->number - number < STORE_CHANGES_LEFT_MAX
               ? table_put(counting->txn, TABLE_CHANGES, &key, change->digest, CHANGE_DIGEST_SIZE)
               : table_delete(counting->txn, TABLE_CHANGES, &key);
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

static void go_on(struct counting *counting, const struct actor_id *author, struct disk_change *change)
{
    struct hash_stream stream;

    counting->number++;
    hash_stream_init(&stream, label_domain(&counting->txn->store->network, LABEL_CHANGE));
    hash_stream_add(&stream, counting->digest, CHANGE_DIGEST_SIZE);
    add_number(&stream, counting->number);
    hash_stream_add(&stream, author->hash.bytes, HASH_SIZE);
    hash_stream_add(&stream, change->states, sizeof change->states);
    end_digest(&stream, counting->digest);
    memcpy(change->digest, counting->digest, CHANGE_DIGEST_SIZE);
}

static enum store_error put_change(struct counting *counting, const struct actor_id *author,
                                   struct disk_author *row, const struct disk_change *change)
{
    const struct key key = change_key(counting->number);
    const struct key author_at = key_of(author->hash.bytes, HASH_SIZE);
    enum store_error error =
        table_append(counting->txn, TABLE_CHANGES, &key, change, sizeof *change);

    if (error == STORE_OK) {
        error = forget_left(counting);
    }
    if (error != STORE_OK) {
        return error;
    }
    row->change = counting->number;
    return table_put(counting->txn, TABLE_AUTHORS, &author_at, row, sizeof *row);
}

static enum store_error flush_author(struct counting *counting, const struct touched_author *touched)
{
    uint8_t states[CHANGE_PARTS][CHANGE_DIGEST_SIZE];
    struct disk_change change;
    struct disk_change before;
    struct actor_id author;
    struct disk_author row;
    enum store_error error = author_name(counting->txn, touched->number, &author);

    if (error == STORE_OK) {
        error = author_read(counting->txn, &author, &row);
    }
    if (error == STORE_OK) {
        error = read_change(counting->txn, &row, &before);
    }
    change = before;
    for (unsigned part = 0; part < CHANGE_PARTS && error == STORE_OK; part++) {
        if ((touched->parts >> part & 1) == 0) {
            continue;
        }
        error = state_of(counting->txn, &author, &row, (enum change_part)part, states[part]);
        if (error == STORE_OK && memcmp(states[part], before.states[part], sizeof states[part]) != 0) {
            memcpy(change.states[part], states[part], sizeof states[part]);
            change.numbers[part] = counting->number + 1;
        }
    }
    if (error != STORE_OK || memcmp(change.states, before.states, sizeof change.states) == 0) {
        return error;
    }
    go_on(counting, &author, &change);
    error = leave(counting, row.change, &before);
    return error == STORE_OK ? put_change(counting, &author, &row, &change) : error;
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

    if (walk->key.size != 8 || walk->value.size != sizeof row) {
        return txn_fail(walk->txn, STORE_DAMAGED);
    }
    memcpy(&row, walk->value.data, sizeof row);
    out->number = number_at(walk->key.data, 0, 8);
    out->head = row.numbers[CHANGE_HEAD];
    out->checkpoint = row.numbers[CHANGE_CHECKPOINT];
    out->proofs = row.numbers[CHANGE_PROOFS];
    memcpy(out->digest, row.digest, sizeof out->digest);
    error = author_name(walk->txn, row.author, &out->author);
    return error == STORE_NOT_FOUND ? txn_fail(walk->txn, STORE_DAMAGED) : error;
}

enum store_error store_each_change(struct store_txn *txn, uint64_t after,
                                   bool (*visit)(void *context, const struct stored_change *change),
                                   void *context)
{
    const struct key first = change_key(after < UINT64_MAX ? after + 1 : after);
    struct walk walk;
    bool more = true;
    enum store_error error = walk_open(&walk, txn, TABLE_CHANGES);

    if (error != STORE_OK) {
        return error;
    }
    for (error = walk_seek(&walk, &first); error == STORE_OK && more;
         error = more ? walk_next(&walk) : STORE_OK) {
        struct stored_change change;

        if (walk.value.size == CHANGE_DIGEST_SIZE) {
            continue;
        }
        error = read_stored(&walk, &change);
        if (error != STORE_OK) {
            break;
        }
        more = visit(context, &change);
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}
