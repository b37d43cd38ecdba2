#include "store/tables.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "store/checksum.h"
#include "store/undo.h"

/* ---- keys ---- */

struct key key_of(const void *data, size_t size)
{
    struct key key;

    key.size = 0; /* what lies behind its bytes is nobody's, and the key of most look-ups is made here */
    key_add(&key, data, size);
    return key;
}

void key_add(struct key *key, const void *data, size_t size)
{
    assert(size <= KEY_SIZE_MAX - key->size);
    memcpy(key->bytes + key->size, data, size);
    key->size += size;
}

void key_add_number(struct key *key, uint64_t number, size_t size)
{
    assert(size <= KEY_SIZE_MAX - key->size);
    assert(size == 8 || number >> (8 * size) == 0);
    for (size_t i = 0; i < size; i++) {
        key->bytes[key->size + i] = (uint8_t)(number >> (8 * (size - 1 - i)));
    }
    key->size += size;
}

uint64_t number_at(const uint8_t *bytes, size_t at, size_t size)
{
    uint64_t number = 0;

    for (size_t i = 0; i < size; i++) {
        number = number << 8 | bytes[at + i];
    }
    return number;
}

struct key author_key(uint32_t number)
{
    struct key key = {0};

    key_add_number(&key, number, 4);
    return key;
}

struct key author_seq_key(uint32_t number, uint64_t seq)
{
    struct key key = author_key(number);

    key_add_number(&key, seq, 8);
    return key;
}

/* ---- errors ---- */

/* A short write by LMDB comes as EIO, and on a full disk that is what happens. */
static enum store_error input_output_error(const struct store *store)
{
    enum { LEFT_MIN = 1024 * 1024 };
    struct statvfs left;

    if (statvfs(store->folder, &left) == 0 && left.f_bavail * left.f_frsize < LEFT_MIN) {
        return STORE_NO_ROOM;
    }
    return STORE_IO;
}

enum store_error store_error_of(const struct store *store, int code)
{
    switch (code) {
    case MDB_SUCCESS:
        return STORE_OK;
    case MDB_NOTFOUND:
        return STORE_NOT_FOUND;
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
        return STORE_MAP_FULL;
    case MDB_READERS_FULL:
    case MDB_MAP_RESIZED:
    case EBUSY:
    case EAGAIN:
        return STORE_BUSY;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return STORE_NO_ROOM;
    case EACCES:
    case EPERM:
    case EROFS:
        return STORE_PERMISSION;
    case ENOMEM:
        return STORE_NO_MEMORY;
    case EMFILE:
    case ENFILE:
        return STORE_NO_DESCRIPTOR;
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
    case MDB_INCOMPATIBLE:
        return STORE_NOT_A_STORE;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
        return STORE_DAMAGED;
    default:
        return input_output_error(store);
    }
}

enum store_error txn_fail(struct store_txn *txn, enum store_error error)
{
    if (txn->writes && error != STORE_OK && txn->failure == STORE_OK) {
        txn->failure = error;
    }
    return error;
}

enum store_error store_error_of_decode(enum reason reason, const struct arena *arena)
{
    return reason == REASON_TOO_LARGE && arena->refused ? STORE_NO_MEMORY : STORE_DAMAGED;
}

enum store_error txn_fail_decode(struct store_txn *txn, enum reason reason, const struct arena *arena)
{
    return txn_fail(txn, store_error_of_decode(reason, arena));
}

enum store_error table_error(struct store_txn *txn, int code)
{
    if (code == MDB_SUCCESS) {
        return STORE_OK;
    }
    if (code == MDB_NOTFOUND) {
        return STORE_NOT_FOUND;
    }
    if (code == MDB_MAP_FULL) {
        txn->store->map_full = true;
    }
    return txn_fail(txn, store_error_of(txn->store, code));
}

/* ---- rows ---- */

static MDB_val value_of(const void *data, size_t size)
{
    return (MDB_val){.mv_size = size, .mv_data = (void *)(uintptr_t)data};
}

static MDB_val key_value(const struct key *key)
{
    return value_of(key->bytes, key->size);
}

static const enum table_form forms[TABLE_COUNT] = {
#define TABLE_AS_FORM(name, text, form) form,
    TABLE_LIST(TABLE_AS_FORM)
#undef TABLE_AS_FORM
};

enum { SUM_SIZE = sizeof(uint32_t), END_KEY_SIZE = KEY_SIZE_MAX };

/* Above every other key: what a linked table ends with, so that its last row can't be lost unseen. */
static struct key end_key(void)
{
    struct key key = {.size = END_KEY_SIZE};

    memset(key.bytes, 0xff, END_KEY_SIZE);
    return key;
}

static bool is_end(struct bytes key)
{
    const struct key end = end_key();

    return bytes_equal(key, bytes_of(end.bytes, end.size));
}

static size_t tail_size(enum table table)
{
    switch (forms[table]) {
    case FORM_PLAIN:
        break;
    case FORM_CHECKED:
        return SUM_SIZE;
    case FORM_LINKED:
        return (size_t)2 * SUM_SIZE;
    }
    return 0;
}

static uint32_t sum_of_key(struct bytes key)
{
    return checksum_of(TABLE_COUNT, key.data, key.size);
}

/* Of a row up to its last SUM_SIZE bytes, under the key with that sum. */
static uint32_t sum_of_row(enum table table, uint32_t key_sum, const uint8_t *row, size_t size)
{
    return checksum_of((uint64_t)key_sum << 32 | table, row, size);
}

static uint32_t sum_at(const uint8_t *bytes)
{
    uint32_t sum;

    memcpy(&sum, bytes, sizeof sum);
    return sum;
}

/* Take the tail off a row. *link: of a linked table, else zero. Returns: false when it is damaged. */
static bool open_row(enum table table, uint32_t key_sum, struct bytes row, struct bytes *value,
                     uint32_t *link)
{
    const size_t tail = tail_size(table);

    *link = 0;
    *value = row;
    if (tail == 0) {
        return true;
    }
    if (row.size < tail ||
        sum_of_row(table, key_sum, row.data, row.size - SUM_SIZE) != sum_at(row.data + row.size - SUM_SIZE)) {
        return false;
    }
    if (tail > SUM_SIZE) {
        *link = sum_at(row.data + row.size - tail);
    }
    *value = bytes_of(row.data, row.size - tail);
    return true;
}

/* Fill room for a row, of size bytes of value and its tail. */
static void fill_row(enum table table, struct bytes key, uint8_t *row, const void *value, size_t size,
                     uint32_t link)
{
    uint32_t sum;

    if (size > 0) {
        memcpy(row, value, size);
    }
    if (forms[table] == FORM_LINKED) {
        memcpy(row + size, &link, sizeof link);
        size += sizeof link;
    }
    sum = sum_of_row(table, sum_of_key(key), row, size);
    memcpy(row + size, &sum, sizeof sum);
}

/* Whether a row is surely missing: those on both sides of where it would be follow each other. */
static enum store_error check_absence(struct store_txn *txn, enum table table, const struct key *key)
{
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, table);

    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, key);
    walk_close(&walk);
    return error == STORE_OK ? STORE_NOT_FOUND : error;
}

static enum store_error get_row(struct store_txn *txn, enum table table, const struct key *key,
                                struct bytes *out, uint32_t *link)
{
    MDB_val name = key_value(key);
    MDB_val row = {0};
    int code = mdb_get(txn->mdb, txn->store->tables[table], &name, &row);

    *out = bytes_of(NULL, 0);
    if (code == MDB_NOTFOUND && forms[table] == FORM_LINKED) {
        return check_absence(txn, table, key);
    }
    if (code != MDB_SUCCESS) {
        return table_error(txn, code);
    }
    if (!open_row(table, sum_of_key(bytes_of(key->bytes, key->size)), bytes_of(row.mv_data, row.mv_size), out,
                  link)) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    return STORE_OK;
}

enum store_error table_get(struct store_txn *txn, enum table table, const struct key *key, struct bytes *out)
{
    uint32_t link;

    return get_row(txn, table, key, out, &link);
}

/* A key above all others goes onto a page of its own kind: LMDB splits a full page in half otherwise, and
 * numbers only rise, so that the lower halves would stay half empty for ever. */
static int put(struct store_txn *txn, enum table table, const struct key *key, MDB_val *value, unsigned flags)
{
    MDB_dbi dbi = txn->store->tables[table];
    MDB_val name = key_value(key);
    int code = mdb_put(txn->mdb, dbi, &name, value, flags);

    txn->changes++;
    if (code != MDB_KEYEXIST || (flags & MDB_APPEND) == 0) {
        return code;
    }
    return mdb_put(txn->mdb, dbi, &name, value, flags & ~(unsigned)MDB_APPEND);
}

static enum store_error put_row(struct store_txn *txn, enum table table, struct bytes key, const void *data,
                                size_t size, uint32_t link, unsigned flags)
{
    struct key name = key_of(key.data, key.size);
    MDB_val row = {.mv_size = size + tail_size(table)};
    enum store_error error;

    assert(forms[table] != FORM_PLAIN);
    error = table_error(txn, put(txn, table, &name, &row, flags | MDB_RESERVE));

    if (error == STORE_OK) {
        fill_row(table, bytes_of(name.bytes, name.size), row.mv_data, data, size, link);
    }
    return error;
}

enum store_error tables_create(struct store_txn *txn)
{
    const struct key end = end_key();
    enum store_error error = STORE_OK;

    for (enum table table = 0; table < TABLE_COUNT && error == STORE_OK; table++) {
        if (forms[table] == FORM_LINKED) {
            error = put_row(txn, table, bytes_of(end.bytes, end.size), NULL, 0, 0, 0);
        }
    }
    return error;
}

/* Make the row that the walk stands on, the table's end too, follow the key that link is the sum of. */
static enum store_error link_row(struct walk *walk, uint32_t link)
{
    const size_t size = walk->value.size;
    uint8_t *copy = malloc(size + 1);
    enum store_error error;

    if (!copy) {
        return txn_fail(walk->txn, STORE_NO_MEMORY);
    }
    if (size > 0) {
        memcpy(copy, walk->value.data, size);
    }
    error = put_row(walk->txn, walk->table, walk->key, copy, size, link, 0);
    free(copy);
    return error;
}

/* A new row comes between two. */
static enum store_error insert_row(struct store_txn *txn, enum table table, const struct key *key,
                                   const void *data, size_t size)
{
    const struct bytes name = bytes_of(key->bytes, key->size);
    struct walk walk;
    uint32_t link;
    enum store_error error = walk_open(&walk, txn, table);

    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, key);
    link = walk.link;
    if (error == STORE_OK || error == STORE_NOT_FOUND) { /* the end is no row to others */
        error = link_row(&walk, sum_of_key(name));
    }
    walk_close(&walk);
    return error == STORE_OK ? put_row(txn, table, name, data, size, link, 0) : error;
}

static enum store_error note(struct store_txn *txn, enum table table, const struct key *key)
{
    return txn->undo ? undo_note(txn, table, key) : STORE_OK;
}

static enum store_error put_linked(struct store_txn *txn, enum table table, const struct key *key,
                                   const void *data, size_t size)
{
    struct bytes before;
    uint32_t link = 0;
    enum store_error error = get_row(txn, table, key, &before, &link);

    if (error == STORE_NOT_FOUND) {
        return insert_row(txn, table, key, data, size);
    }
    return error == STORE_OK ? put_row(txn, table, bytes_of(key->bytes, key->size), data, size, link, 0)
                             : error;
}

enum store_error table_put(struct store_txn *txn, enum table table, const struct key *key, const void *data,
                           size_t size)
{
    enum store_error error = note(txn, table, key);

    if (error != STORE_OK) {
        return error;
    }
    if (forms[table] == FORM_LINKED) {
        return put_linked(txn, table, key, data, size);
    }
    return put_row(txn, table, bytes_of(key->bytes, key->size), data, size, 0, 0);
}

enum store_error table_append(struct store_txn *txn, enum table table, const struct key *key,
                              const void *data, size_t size)
{
    enum store_error error = note(txn, table, key);

    if (error != STORE_OK) {
        return error;
    }
    if (forms[table] == FORM_LINKED) {
        return put_linked(txn, table, key, data, size);
    }
    return put_row(txn, table, bytes_of(key->bytes, key->size), data, size, 0, MDB_APPEND);
}

enum store_error table_reserve(struct store_txn *txn, enum table table, const struct key *key, size_t size,
                               uint8_t **out)
{
    MDB_val value = {.mv_size = size};
    int code;

    assert(forms[table] == FORM_PLAIN);
    code = put(txn, table, key, &value, MDB_RESERVE | MDB_APPEND);
    *out = value.mv_data;
    return table_error(txn, code);
}

static enum store_error delete_row(struct store_txn *txn, enum table table, const struct key *key)
{
    MDB_val name = key_value(key);

    txn->changes++;
    return table_error(txn, mdb_del(txn->mdb, txn->store->tables[table], &name, NULL));
}

/* Make the row after the one with key follow the one before. */
static enum store_error unlink_row(struct store_txn *txn, enum table table, const struct key *key)
{
    struct walk walk;
    uint32_t link;
    enum store_error error = walk_open(&walk, txn, table);

    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, key);
    link = walk.link;
    if (error == STORE_OK) {
        error = walk_next(&walk);
    }
    if (error == STORE_OK || error == STORE_NOT_FOUND) {
        error = link_row(&walk, link);
    }
    walk_close(&walk);
    return error;
}

enum store_error table_delete(struct store_txn *txn, enum table table, const struct key *key)
{
    struct bytes before;
    enum store_error error = table_get(txn, table, key, &before);

    if (error == STORE_OK) {
        error = note(txn, table, key);
    }
    if (error == STORE_OK && forms[table] == FORM_LINKED) {
        error = unlink_row(txn, table, key);
    }
    if (error == STORE_OK) {
        error = delete_row(txn, table, key);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* The first row under prefix. */
static enum store_error first_key(struct store_txn *txn, enum table table, const struct key *prefix,
                                  struct key *first)
{
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, table);

    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, prefix);
    if (error == STORE_OK && !walk_under(&walk, prefix)) {
        error = STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        *first = key_of(walk.key.data, walk.key.size);
    }
    walk_close(&walk);
    return error;
}

enum store_error table_delete_prefix(struct store_txn *txn, enum table table, const struct key *prefix)
{
    struct key key;
    enum store_error error = first_key(txn, table, prefix, &key);

    while (error == STORE_OK) {
        error = forms[table] == FORM_LINKED ? unlink_row(txn, table, &key) : STORE_OK;
        if (error == STORE_OK) {
            error = delete_row(txn, table, &key);
        }
        if (error == STORE_OK) {
            error = first_key(txn, table, prefix, &key);
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error table_get_exact(struct store_txn *txn, enum table table, const struct key *key, void *out,
                                 size_t size)
{
    struct bytes value;
    enum store_error error = table_get(txn, table, key, &value);

    if (error != STORE_OK) {
        return error;
    }
    if (value.size != size) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    memcpy(out, value.data, size);
    return STORE_OK;
}

/* ---- walks ---- */

enum store_error walk_open(struct walk *walk, struct store_txn *txn, enum table table)
{
    *walk = (struct walk){.txn = txn, .table = table};
    return table_error(txn, mdb_cursor_open(txn->mdb, txn->store->tables[table], &walk->cursor));
}

void walk_close(struct walk *walk)
{
    mdb_cursor_close(walk->cursor);
    walk->cursor = NULL;
}

static bool is_linked(const struct walk *walk)
{
    return forms[walk->table] == FORM_LINKED;
}

/* What lies there, the table's end too. */
static enum store_error walk_raw(struct walk *walk, const struct key *key, MDB_cursor_op step)
{
    MDB_val name = key ? key_value(key) : (MDB_val){0};
    MDB_val row = {0};
    int code = mdb_cursor_get(walk->cursor, &name, &row, step);

    if (code != MDB_SUCCESS) {
        return table_error(walk->txn, code);
    }
    walk->key = bytes_of(name.mv_data, name.mv_size);
    walk->sum = tail_size(walk->table) > 0 ? sum_of_key(walk->key) : 0;
    if (!open_row(walk->table, walk->sum, bytes_of(row.mv_data, row.mv_size), &walk->value, &walk->link)) {
        return txn_fail(walk->txn, STORE_DAMAGED);
    }
    return STORE_OK;
}

/* Nothing lies behind a linked table's end, and something does where none was reached. */
static enum store_error walk_arrive(const struct walk *walk, enum store_error error)
{
    if (!is_linked(walk)) {
        return error;
    }
    if (error == STORE_NOT_FOUND) {
        return txn_fail(walk->txn, STORE_DAMAGED);
    }
    return error == STORE_OK && is_end(walk->key) ? STORE_NOT_FOUND : error;
}

/* Whether the row before the one that the walk stands on is the one that it says it follows, and key comes
 * between the two. Leaves the walk where it is. */
static enum store_error check_link(const struct walk *walk, const struct key *key)
{
    const struct bytes sought = bytes_of(key->bytes, key->size);
    MDB_val name = {0}, row = {0};
    int code = mdb_cursor_get(walk->cursor, &name, &row, MDB_PREV);
    bool first = code == MDB_NOTFOUND;
    bool between = true;
    uint32_t before = 0;

    if (code == MDB_SUCCESS) {
        before = sum_of_key(bytes_of(name.mv_data, name.mv_size));
        between = bytes_compare(bytes_of(name.mv_data, name.mv_size), sought) < 0;
    } else if (!first) {
        return table_error(walk->txn, code);
    }
    code = mdb_cursor_get(walk->cursor, &name, &row, first ? MDB_FIRST : MDB_NEXT);
    if (code != MDB_SUCCESS) {
        return table_error(walk->txn, code);
    }
    between = between && bytes_compare(sought, walk->key) <= 0;
    return between && before == walk->link ? STORE_OK : txn_fail(walk->txn, STORE_DAMAGED);
}

enum store_error walk_seek(struct walk *walk, const struct key *key)
{
    enum store_error error = walk_raw(walk, key, MDB_SET_RANGE);
    enum store_error linked = STORE_OK;

    if (error == STORE_OK && is_linked(walk)) {
        linked = check_link(walk, key);
    }
    return linked == STORE_OK ? walk_arrive(walk, error) : linked;
}

enum store_error walk_open_after(struct walk *walk, struct store_txn *txn, enum table table,
                                 const struct key *prefix, const struct key *from)
{
    enum store_error error = walk_open(walk, txn, table);

    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(walk, from);
    if (error == STORE_OK && from->size > prefix->size &&
        bytes_equal(walk->key, bytes_of(from->bytes, from->size))) {
        error = walk_next(walk);
    }
    return error == STORE_OK && !walk_under(walk, prefix) ? STORE_NOT_FOUND : error;
}

enum store_error walk_seek_back(struct walk *walk, const struct key *key)
{
    enum store_error error = walk_seek(walk, key);

    if (error == STORE_NOT_FOUND) {
        return walk_last(walk);
    }
    if (error != STORE_OK || bytes_equal(walk->key, bytes_of(key->bytes, key->size))) {
        return error;
    }
    return walk_previous(walk);
}

enum store_error walk_next(struct walk *walk)
{
    const uint32_t before = walk->sum;
    enum store_error error = walk_raw(walk, NULL, MDB_NEXT);

    if (error == STORE_OK && is_linked(walk) && walk->link != before) {
        return txn_fail(walk->txn, STORE_DAMAGED);
    }
    return walk_arrive(walk, error);
}

enum store_error walk_previous(struct walk *walk)
{
    const uint32_t before = walk->link;
    enum store_error error = walk_raw(walk, NULL, MDB_PREV);

    if (!is_linked(walk) || (error != STORE_OK && error != STORE_NOT_FOUND)) {
        return error;
    }
    if (before != (error == STORE_OK ? walk->sum : 0)) {
        return txn_fail(walk->txn, STORE_DAMAGED);
    }
    return error;
}

enum store_error walk_last(struct walk *walk)
{
    enum store_error error = walk_raw(walk, NULL, MDB_LAST);

    if (error != STORE_OK || !is_linked(walk)) {
        return error;
    }
    return is_end(walk->key) ? walk_previous(walk) : txn_fail(walk->txn, STORE_DAMAGED);
}

/* Nothing but its end, which follows no row. */
static enum store_error look_at_first(struct store_txn *txn, enum table table, bool *empty)
{
    struct key first = {0};
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, table);

    if (error != STORE_OK) {
        return error;
    }
    key_add_number(&first, 0, 1);
    error = walk_seek(&walk, &first);
    walk_close(&walk);
    *empty = error == STORE_NOT_FOUND;
    return *empty ? STORE_OK : error;
}

enum store_error table_is_empty(struct store_txn *txn, enum table table, bool *empty)
{
    const uint64_t bit = UINT64_C(1) << table;
    enum store_error error = STORE_OK;

    assert(forms[table] == FORM_LINKED);
    *empty = false;
    if (txn->writes) {
        return STORE_OK;
    }
    if ((txn->asked & bit) == 0) {
        error = look_at_first(txn, table, empty);
        txn->asked |= error == STORE_OK ? bit : 0;
        txn->empty |= *empty ? bit : 0;
    }
    *empty = (txn->empty & bit) != 0;
    return error;
}

bool walk_under(const struct walk *walk, const struct key *prefix)
{
    return walk->key.size >= prefix->size && memcmp(walk->key.data, prefix->bytes, prefix->size) == 0;
}
