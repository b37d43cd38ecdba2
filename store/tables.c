#include "store/tables.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>

#include "store/undo.h"

/* ---- keys ---- */

struct key key_of(const void *data, size_t size)
{
    struct key key = {0};

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
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INCOMPATIBLE:
        return STORE_NOT_A_STORE;
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

enum store_error table_get(struct store_txn *txn, enum table table, const struct key *key, struct bytes *out)
{
    MDB_val name = key_value(key);
    MDB_val value = {0};
    int code = mdb_get(txn->mdb, txn->store->tables[table], &name, &value);

    *out = bytes_of(value.mv_data, value.mv_size);
    return table_error(txn, code);
}

/* A key above all others goes onto a page of its own kind: LMDB splits a full page in half otherwise, and
 * numbers only rise, so that the lower halves would stay half empty for ever. */
static int put(struct store_txn *txn, enum table table, const struct key *key, MDB_val *value, unsigned flags)
{
    MDB_dbi dbi = txn->store->tables[table];
    MDB_val name = key_value(key);
    int code = mdb_put(txn->mdb, dbi, &name, value, flags);

    if (code != MDB_KEYEXIST || (flags & MDB_APPEND) == 0) {
        return code;
    }
    return mdb_put(txn->mdb, dbi, &name, value, flags & ~(unsigned)MDB_APPEND);
}

static enum store_error note(struct store_txn *txn, enum table table, const struct key *key)
{
    return txn->undo ? undo_note(txn, table, key) : STORE_OK;
}

enum store_error table_put(struct store_txn *txn, enum table table, const struct key *key, const void *data,
                           size_t size)
{
    MDB_val value = value_of(data, size);
    enum store_error error = note(txn, table, key);

    return error == STORE_OK ? table_error(txn, put(txn, table, key, &value, 0)) : error;
}

enum store_error table_append(struct store_txn *txn, enum table table, const struct key *key,
                              const void *data, size_t size)
{
    MDB_val value = value_of(data, size);
    enum store_error error = note(txn, table, key);

    return error == STORE_OK ? table_error(txn, put(txn, table, key, &value, MDB_APPEND)) : error;
}

enum store_error table_reserve(struct store_txn *txn, enum table table, const struct key *key, size_t size,
                               uint8_t **out)
{
    MDB_val value = {.mv_size = size};
    int code = put(txn, table, key, &value, MDB_RESERVE | MDB_APPEND);

    *out = value.mv_data;
    return table_error(txn, code);
}

enum store_error table_delete(struct store_txn *txn, enum table table, const struct key *key)
{
    MDB_val name = key_value(key);
    enum store_error error = note(txn, table, key);
    int code = error == STORE_OK ? mdb_del(txn->mdb, txn->store->tables[table], &name, NULL) : MDB_SUCCESS;

    if (error != STORE_OK) {
        return error;
    }
    return code == MDB_NOTFOUND ? STORE_OK : table_error(txn, code);
}

enum store_error table_delete_prefix(struct store_txn *txn, enum table table, const struct key *prefix)
{
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, table);

    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, prefix);
    while (error == STORE_OK && walk_under(&walk, prefix)) {
        error = table_error(txn, mdb_cursor_del(walk.cursor, 0));
        if (error == STORE_OK) {
            error = walk_seek(&walk, prefix);
        }
    }
    walk_close(&walk);
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
        return txn_fail(txn, STORE_NOT_A_STORE);
    }
    memcpy(out, value.data, size);
    return STORE_OK;
}

/* ---- walks ---- */

enum store_error walk_open(struct walk *walk, struct store_txn *txn, enum table table)
{
    *walk = (struct walk){.txn = txn};
    return table_error(txn, mdb_cursor_open(txn->mdb, txn->store->tables[table], &walk->cursor));
}

void walk_close(struct walk *walk)
{
    mdb_cursor_close(walk->cursor);
    walk->cursor = NULL;
}

static enum store_error walk_step(struct walk *walk, const struct key *key, MDB_cursor_op step)
{
    MDB_val name = key ? key_value(key) : (MDB_val){0};
    MDB_val value = {0};
    int code = mdb_cursor_get(walk->cursor, &name, &value, step);

    if (code != MDB_SUCCESS) {
        return table_error(walk->txn, code);
    }
    walk->key = bytes_of(name.mv_data, name.mv_size);
    walk->value = bytes_of(value.mv_data, value.mv_size);
    return STORE_OK;
}

enum store_error walk_seek(struct walk *walk, const struct key *key)
{
    return walk_step(walk, key, MDB_SET_RANGE);
}

enum store_error walk_seek_back(struct walk *walk, const struct key *key)
{
    enum store_error error = walk_step(walk, key, MDB_SET_RANGE);

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
    return walk_step(walk, NULL, MDB_NEXT);
}

enum store_error walk_previous(struct walk *walk)
{
    return walk_step(walk, NULL, MDB_PREV);
}

enum store_error walk_last(struct walk *walk)
{
    return walk_step(walk, NULL, MDB_LAST);
}

bool walk_under(const struct walk *walk, const struct key *prefix)
{
    return walk->key.size >= prefix->size && memcmp(walk->key.data, prefix->bytes, prefix->size) == 0;
}
