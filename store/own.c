#include "store/own.h"

#include <string.h>

enum { OWN_KEY_SIZE = 1 + 4 + 8 + 2 };

static struct key kind_key(enum own_kind kind, uint32_t author)
{
    struct key key = {0};

    key_add_number(&key, kind, 1);
    key_add_number(&key, author, 4);
    return key;
}

static struct key row_key(enum own_kind kind, const struct entry_at *own)
{
    struct key key = kind_key(kind, own->author);

    key_add_number(&key, own->seq, 8);
    key_add_number(&key, own->index, 2);
    return key;
}

/* ---- writing ---- */

enum store_error own_put(struct store_txn *txn, enum own_kind kind, const struct entry_at *own,
                         const struct disk_consent *consent)
{
    struct key key = row_key(kind, own);

    return table_put(txn, TABLE_OWN, &key, consent, consent ? sizeof *consent : 0);
}

static struct key gone_key(uint32_t author, const struct hash *leaf)
{
    struct key key = kind_key(OWN_GONE, author);

    key_add(&key, leaf->bytes, HASH_SIZE);
    return key;
}

enum store_error own_gone_put(struct store_txn *txn, uint32_t author, const struct hash *leaf,
                              const struct disk_gone *gone)
{
    struct key key = gone_key(author, leaf);

    return table_put(txn, TABLE_OWN, &key, gone, sizeof *gone);
}

static struct key present_key(uint32_t author, const struct sign_public_key *present)
{
    struct key key = kind_key(OWN_KEY, author);

    key_add(&key, present->bytes, sizeof present->bytes);
    return key;
}

enum store_error own_key_put(struct store_txn *txn, uint32_t author, const struct sign_public_key *present,
                             uint64_t seq)
{
    struct key key = present_key(author, present);

    return table_put(txn, TABLE_OWN, &key, &seq, sizeof seq);
}

enum store_error own_key_delete(struct store_txn *txn, uint32_t author, const struct sign_public_key *present)
{
    struct key key = present_key(author, present);

    return table_delete(txn, TABLE_OWN, &key);
}

enum store_error own_delete(struct store_txn *txn, enum own_kind kind, const struct entry_at *own)
{
    struct key key = row_key(kind, own);

    return table_delete(txn, TABLE_OWN, &key);
}

/* ---- reading ---- */

enum store_error own_consent(struct store_txn *txn, const struct entry_at *own, struct disk_consent *consent)
{
    struct key key = row_key(OWN_JOINED, own);

    return table_get_exact(txn, TABLE_OWN, &key, consent, sizeof *consent);
}

enum store_error own_key(struct store_txn *txn, uint32_t author, const struct sign_public_key *present,
                         uint64_t *seq)
{
    struct key key = present_key(author, present);

    return table_get_exact(txn, TABLE_OWN, &key, seq, sizeof *seq);
}

enum store_error own_keys(struct store_txn *txn, uint32_t author, struct sign_public_key *out, size_t max,
                          size_t *count)
{
    const struct key prefix = kind_key(OWN_KEY, author);
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_OWN);

    *count = 0;
    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, &prefix);
    while (error == STORE_OK && *count < max && walk_under(&walk, &prefix)) {
        if (walk.key.size != prefix.size + sizeof out->bytes) {
            error = txn_fail(txn, STORE_DAMAGED);
            break;
        }
        memcpy(out[(*count)++].bytes, walk.key.data + prefix.size, sizeof out->bytes);
        error = walk_next(&walk);
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error own_gone(struct store_txn *txn, uint32_t author, const struct hash *leaf,
                          struct disk_gone *gone)
{
    struct key key = gone_key(author, leaf);

    return table_get_exact(txn, TABLE_OWN, &key, gone, sizeof *gone);
}

static enum store_error read_row(const struct walk *walk, struct entry_at *own)
{
    if (walk->key.size != OWN_KEY_SIZE) {
        return txn_fail(walk->txn, STORE_DAMAGED);
    }
    *own = (struct entry_at){
        .author = (uint32_t)number_at(walk->key.data, 1, 4),
        .seq = number_at(walk->key.data, 5, 8),
        .index = number_at(walk->key.data, 13, 2),
    };
    return STORE_OK;
}

/* Stand on the author's last row at or before key. */
static enum store_error seek_newest(struct walk *walk, const struct key *prefix, const struct key *key)
{
    enum store_error error = walk_seek_back(walk, key);

    return error == STORE_OK && !walk_under(walk, prefix) ? STORE_NOT_FOUND : error;
}

/* How many rows there are under prefix, at most max. Leaves the walk on the first of those. */
static enum store_error count_newest(struct walk *walk, const struct key *prefix, size_t max, size_t *count)
{
    struct key last = *prefix;
    enum store_error error;

    key_add_number(&last, UINT64_MAX, 8);
    error = seek_newest(walk, prefix, &last);
    for (*count = 0; error == STORE_OK && *count < max && walk_under(walk, prefix);) {
        ++*count;
        if (*count < max) {
            error = walk_previous(walk);
        }
    }
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return error;
    }
    if (*count == 0 || *count == max) {
        return STORE_OK;
    }
    return walk_seek(walk, prefix);
}

static enum store_error read_newest(struct walk *walk, const struct key *prefix, size_t max,
                                    struct entry_at **out, size_t *count, struct arena *arena)
{
    enum store_error error = count_newest(walk, prefix, max, count);

    *out = NULL;
    if (error != STORE_OK || *count == 0) {
        return error;
    }
    *out = arena_take(arena, *count * sizeof **out);
    if (!*out) {
        return STORE_NO_MEMORY;
    }
    for (size_t i = 0; i < *count && error == STORE_OK; i++) {
        error = i > 0 ? walk_next(walk) : STORE_OK;
        if (error == STORE_OK) {
            error = read_row(walk, &(*out)[i]);
        }
    }
    return error;
}

enum store_error own_find(struct store_txn *txn, enum own_kind kind, uint32_t author, size_t max,
                          struct entry_at **out, size_t *count, struct arena *arena)
{
    struct key prefix = kind_key(kind, author);
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_OWN);

    *count = 0;
    if (error != STORE_OK) {
        return error;
    }
    error = read_newest(&walk, &prefix, max, out, count, arena);
    walk_close(&walk);
    return error;
}

/* The first row at or after key that is under prefix. */
static enum store_error first_row(struct store_txn *txn, const struct key *key, const struct key *prefix,
                                  struct entry_at *out)
{
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_OWN);

    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, key);
    if (error == STORE_OK) {
        error = walk_under(&walk, prefix) ? read_row(&walk, out) : STORE_NOT_FOUND;
    }
    walk_close(&walk);
    return error;
}

enum store_error own_next(struct store_txn *txn, enum own_kind kind, uint32_t author, uint64_t from,
                          struct entry_at *out)
{
    struct key prefix = kind_key(kind, author);
    struct key key = prefix;

    key_add_number(&key, from, 8);
    return first_row(txn, &key, &prefix, out);
}

enum store_error own_next_author(struct store_txn *txn, enum own_kind kind, uint32_t from, uint32_t *author)
{
    struct key key = kind_key(kind, from);
    struct key any = {0};
    struct entry_at row = {0};
    enum store_error error;

    key_add_number(&any, kind, 1);
    error = first_row(txn, &key, &any, &row);
    if (error == STORE_OK) {
        *author = row.author;
    }
    return error;
}
