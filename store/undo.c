#include "store/undo.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A record is items, each a head, the row's key without the author's number, and the bytes that differ: what
 * a row has in common with itself before, at its beginning and at its end, is left out. */
struct disk_undo {
    uint8_t table;
    uint8_t key_size;
    uint16_t existed;
    uint32_t size;   /* of the row as it was */
    uint32_t begin;  /* bytes in common at the beginning… */
    uint32_t middle; /* …and then so many that follow here; the rest are in common at the end */
};
static_assert(sizeof(struct disk_undo) == 16, "no padding");

enum { NUMBER_SIZE = 4 };

/* ---- noting ---- */

static bool is_noted(enum table table)
{
    return table == TABLE_RECORDS || table == TABLE_STANDINGS || table == TABLE_ERASED ||
           table == TABLE_LIVE_PAGES;
}

static void *grow(void *items, size_t *capacity, size_t wanted, size_t item_size)
{
    size_t larger = *capacity > 0 ? *capacity : 64;

    if (wanted <= *capacity) {
        return items;
    }
    while (larger < wanted) {
        larger *= 2;
    }
    items = realloc(items, larger * item_size);
    if (items) {
        *capacity = larger;
    }
    return items;
}

/* Values are told by where they begin until noting ends: the memory moves as it grows. */
static enum store_error note_value(struct undo *undo, const struct key *key, enum table table, bool existed,
                                   struct bytes value)
{
    struct undo_row *rows = grow(undo->rows, &undo->capacity, undo->count + 1, sizeof *rows);
    uint8_t *bytes;

    if (!rows) {
        return STORE_NO_MEMORY;
    }
    undo->rows = rows;
    bytes = grow(undo->bytes, &undo->bytes_capacity, undo->bytes_size + value.size + 1, 1);
    if (!bytes) {
        return STORE_NO_MEMORY;
    }
    undo->bytes = bytes;
    if (value.size > 0) {
        memcpy(bytes + undo->bytes_size, value.data, value.size);
    }
    rows[undo->count] = (struct undo_row){.table = table,
                                          .key = *key,
                                          .turn = undo->count,
                                          .existed = existed,
                                          .value = bytes_of(NULL, value.size)};
    undo->count++;
    undo->bytes_size += value.size;
    return STORE_OK;
}

enum store_error undo_note(struct store_txn *txn, enum table table, const struct key *key)
{
    struct undo *undo = txn->undo;
    struct bytes value;
    enum store_error error;

    if (!is_noted(table) || key->size < NUMBER_SIZE ||
        number_at(key->bytes, 0, NUMBER_SIZE) != undo->number) {
        return STORE_OK;
    }
    error = table_get(txn, table, key, &value);
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return error;
    }
    return txn_fail(txn, note_value(undo, key, table, error == STORE_OK, value));
}

void undo_begin(struct store_txn *txn, struct undo *undo, uint32_t number)
{
    assert(!txn->undo);
    *undo = (struct undo){.number = number};
    txn->undo = undo;
}

/* ---- keeping ---- */

static int order_rows(const void *a, const void *b)
{
    const struct undo_row *left = a;
    const struct undo_row *right = b;
    size_t size = left->key.size < right->key.size ? left->key.size : right->key.size;
    int order = memcmp(left->key.bytes, right->key.bytes, size);

    if (left->table != right->table) {
        return left->table < right->table ? -1 : 1;
    }
    if (order == 0 && left->key.size != right->key.size) {
        order = left->key.size < right->key.size ? -1 : 1;
    }
    return order != 0 ? order : (left->turn > right->turn) - (left->turn < right->turn);
}

static bool is_same_row(const struct undo_row *a, const struct undo_row *b)
{
    return a->table == b->table && a->key.size == b->key.size &&
           memcmp(a->key.bytes, b->key.bytes, a->key.size) == 0;
}

/* Sort, and keep of each row what it was first. */
static void sort_rows(struct undo *undo)
{
    size_t at = 0, kept = 0;

    for (size_t i = 0; i < undo->count; i++) {
        undo->rows[i].value.data = undo->bytes + at;
        at += undo->rows[i].value.size;
    }
    qsort(undo->rows, undo->count, sizeof *undo->rows, order_rows);
    for (size_t i = 0; i < undo->count; i++) {
        struct undo_row *last = kept > 0 ? &undo->rows[kept - 1] : NULL;

        if (!last || !is_same_row(last, &undo->rows[i])) {
            undo->rows[kept++] = undo->rows[i];
        }
    }
    undo->count = kept;
}

static struct disk_undo head_of(const struct undo_row *row, struct bytes now)
{
    size_t size = row->value.size < now.size ? row->value.size : now.size;
    size_t begin = 0, end = 0;

    while (begin < size && row->value.data[begin] == now.data[begin]) {
        begin++;
    }
    while (begin + end < size && row->value.data[row->value.size - end - 1] == now.data[now.size - end - 1]) {
        end++;
    }
    return (struct disk_undo){
        .table = (uint8_t)row->table,
        .key_size = (uint8_t)(row->key.size - NUMBER_SIZE),
        .existed = row->existed,
        .size = (uint32_t)row->value.size,
        .begin = (uint32_t)begin,
        .middle = (uint32_t)(row->value.size - begin - end),
    };
}

/* Append the row's item to *out, unless the row is as it was. */
static enum store_error write_item(struct store_txn *txn, const struct undo_row *row, uint8_t **out)
{
    struct bytes now;
    struct disk_undo head;
    enum store_error error = table_get(txn, row->table, &row->key, &now);

    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return error;
    }
    if ((error == STORE_OK) == row->existed && bytes_equal(now, row->value)) {
        return STORE_OK;
    }
    head = head_of(row, now);
    memcpy(*out, &head, sizeof head);
    memcpy(*out + sizeof head, row->key.bytes + NUMBER_SIZE, head.key_size);
    if (head.middle > 0) {
        memcpy(*out + sizeof head + head.key_size, row->value.data + head.begin, head.middle);
    }
    *out += sizeof head + head.key_size + head.middle;
    return STORE_OK;
}

static enum store_error write_record(struct store_txn *txn, struct undo *undo, uint64_t seq)
{
    struct key key = author_seq_key(undo->number, seq);
    size_t capacity = undo->bytes_size + undo->count * (sizeof(struct disk_undo) + KEY_SIZE_MAX);
    uint8_t *record = malloc(capacity);
    uint8_t *end = record;
    enum store_error error = record ? STORE_OK : STORE_NO_MEMORY;

    for (size_t i = 0; i < undo->count && error == STORE_OK; i++) {
        error = write_item(txn, &undo->rows[i], &end);
    }
    if (error == STORE_OK && end > record) {
        error = table_put(txn, TABLE_UNDO, &key, record, (size_t)(end - record));
    }
    free(record);
    return error;
}

enum store_error undo_keep(struct store_txn *txn, struct undo *undo, uint64_t seq)
{
    enum store_error error = STORE_OK;

    assert(txn->undo == undo);
    txn->undo = NULL;
    if (undo->count > 0) {
        sort_rows(undo);
        error = write_record(txn, undo, seq);
    }
    free(undo->rows);
    free(undo->bytes);
    *undo = (struct undo){0};
    return txn_fail(txn, error);
}

/* ---- putting back ---- */

/* The record of a block that is un-applied, read from its beginning. */
struct putting_back {
    struct store_txn *txn;
    uint32_t number;
    struct bytes left;
    struct seq_range *touched;
    size_t touched_count;
    struct arena *arena;
};

static enum store_error restore_row(struct putting_back *back, const struct disk_undo *head,
                                    const struct key *key, const uint8_t *middle)
{
    size_t mark = arena_mark(back->arena);
    uint32_t end = head->size - head->begin - head->middle;
    struct bytes now;
    uint8_t *row;
    enum store_error error;

    if (!head->existed) {
        return table_delete(back->txn, (enum table)head->table, key);
    }
    error = table_get(back->txn, (enum table)head->table, key, &now);
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return error;
    }
    if (now.size < head->begin || now.size < end) {
        return txn_fail(back->txn, STORE_NOT_A_STORE);
    }
    row = arena_take(back->arena, head->size + 1);
    if (!row) {
        return STORE_NO_MEMORY;
    }
    if (head->begin > 0) {
        memcpy(row, now.data, head->begin);
    }
    memcpy(row + head->begin, middle, head->middle);
    if (end > 0) {
        memcpy(row + head->begin + head->middle, now.data + now.size - end, end);
    }
    error = table_put(back->txn, (enum table)head->table, key, row, head->size);
    arena_rewind(back->arena, mark);
    return error;
}

static void touch(struct putting_back *back, uint64_t seq)
{
    struct seq_range *last = back->touched_count > 0 ? &back->touched[back->touched_count - 1] : NULL;

    if (last && last->last + 1 == seq) {
        last->last = seq;
    } else {
        back->touched[back->touched_count++] = (struct seq_range){seq, seq};
    }
}

static enum store_error put_back_item(struct putting_back *back)
{
    struct bytes *left = &back->left;
    struct key key = author_key(back->number);
    struct disk_undo head;
    size_t size;

    if (left->size < sizeof head) {
        return txn_fail(back->txn, STORE_NOT_A_STORE);
    }
    memcpy(&head, left->data, sizeof head);
    size = sizeof head + head.key_size + (size_t)head.middle;
    if (size > left->size || head.key_size > KEY_SIZE_MAX - NUMBER_SIZE ||
        !is_noted((enum table)head.table) || (size_t)head.begin + head.middle > head.size) {
        return txn_fail(back->txn, STORE_NOT_A_STORE);
    }
    key_add(&key, left->data + sizeof head, head.key_size);
    if (head.table == TABLE_RECORDS) {
        touch(back, number_at(key.bytes, NUMBER_SIZE, 8));
    }
    const uint8_t *middle = left->data + sizeof head + head.key_size;
    *left = bytes_of(left->data + size, left->size - size);
    return restore_row(back, &head, &key, middle);
}

enum store_error undo_put_back(struct store_txn *txn, uint32_t number, uint64_t seq,
                               struct seq_range **touched, size_t *touched_count, struct arena *arena)
{
    struct putting_back back = {.txn = txn, .number = number, .arena = arena};
    struct key key = author_seq_key(number, seq);
    struct bytes record;
    enum store_error error = table_get(txn, TABLE_UNDO, &key, &record);

    *touched = NULL;
    *touched_count = 0;
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    back.touched = arena_take(arena, (record.size / sizeof(struct disk_undo) + 1) * sizeof *back.touched);
    if (!back.touched || !arena_copy(arena, record, &back.left)) {
        return STORE_NO_MEMORY;
    }
    while (back.left.size > 0 && error == STORE_OK) {
        error = put_back_item(&back);
    }
    *touched = back.touched;
    *touched_count = back.touched_count;
    return error == STORE_OK ? table_delete(txn, TABLE_UNDO, &key) : error;
}
