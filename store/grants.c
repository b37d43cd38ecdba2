#include "store/grants.h"

#include <assert.h>
#include <string.h>

enum { SUBJECT_SIZE = 32, GRANT_KEY_SIZE = 1 + SUBJECT_SIZE + 4 + 8 + 2 };

struct key grant_key_of_actor(enum grant_kind kind, const struct actor_id *actor)
{
    struct key key = {0};

    key_add_number(&key, kind, 1);
    key_add(&key, actor->hash.bytes, HASH_SIZE);
    return key;
}

/* Padded, so that one namespace is not found under another that begins with it. */
struct key grant_key_of_namespace(enum grant_kind kind, struct bytes name_space)
{
    uint8_t padded[SUBJECT_SIZE] = {0};
    struct key key = {0};

    assert(name_space.size <= NAMESPACE_SIZE_MAX);
    memcpy(padded, name_space.data, name_space.size);
    key_add_number(&key, kind, 1);
    key_add(&key, padded, sizeof padded);
    return key;
}

void grant_key_add_author(struct key *key, uint32_t author)
{
    key_add_number(key, author, 4);
}

/* ---- writing ---- */

struct indexing {
    struct store_txn *txn;
    uint32_t number;
    uint64_t seq;
    bool remove;
};

static enum store_error change_row(const struct indexing *indexing, struct key key, uint64_t index)
{
    grant_key_add_author(&key, indexing->number);
    key_add_number(&key, indexing->seq, 8);
    key_add_number(&key, index, 2);
    if (indexing->remove)
        return table_delete(indexing->txn, TABLE_GRANTS, &key);
    return table_put(indexing->txn, TABLE_GRANTS, &key, NULL, 0);
}

static enum store_error change_succession(const struct indexing *indexing,
                                          const struct succession *succession, uint64_t index)
{
    enum store_error error =
        change_row(indexing, grant_key_of_namespace(GRANT_SUCCESSION, succession->name_space), index);

    if (error != STORE_OK)
        return error;
    return change_row(indexing, grant_key_of_actor(GRANT_SUCCESSOR, &succession->successor), index);
}

static enum store_error change_entry(const struct indexing *indexing, const struct entry *entry,
                                     uint64_t index, struct arena *arena)
{
    union {
        struct rule_pack pack;
        struct accreditation accreditation;
        struct withdrawal withdrawal;
        struct succession succession;
        struct void_record voids;
    } record;

    if (entry_payload_decode(&record, entry, arena) != REASON_NONE)
        return STORE_OK;
    if (entry->kind == ENTRY_ACCREDITATION)
        return change_row(indexing, grant_key_of_actor(GRANT_ACCREDITATION, &record.accreditation.delegate),
                          index);
    if (entry->kind == ENTRY_WITHDRAWAL)
        return change_row(indexing, grant_key_of_actor(GRANT_WITHDRAWAL, &record.withdrawal.delegate), index);
    if (entry->kind == ENTRY_RULE_PACK)
        return change_row(indexing, grant_key_of_namespace(GRANT_PACK, record.pack.name_space), index);
    if (entry->kind == ENTRY_SUCCESSION)
        return change_succession(indexing, &record.succession, index);
    return STORE_OK;
}

static enum store_error change_entries(const struct indexing *indexing, const struct entry *entries,
                                       size_t count, struct arena *arena)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        size_t mark = arena_mark(arena);
        error = change_entry(indexing, &entries[i], i, arena);
        arena_rewind(arena, mark);
    }
    return error;
}

enum store_error grants_put(struct store_txn *txn, uint32_t number, uint64_t seq, const struct entry *entries,
                            size_t count, struct arena *arena)
{
    const struct indexing indexing = {.txn = txn, .number = number, .seq = seq};

    return change_entries(&indexing, entries, count, arena);
}

enum store_error grants_delete(struct store_txn *txn, uint32_t number, uint64_t seq,
                               const struct entry *entries, size_t count, struct arena *arena)
{
    const struct indexing indexing = {.txn = txn, .number = number, .seq = seq, .remove = true};

    return change_entries(&indexing, entries, count, arena);
}

/* ---- reading ---- */

static size_t count_under(struct walk *walk, const struct key *key, size_t max, enum store_error *error)
{
    size_t count = 0;

    *error = walk_seek(walk, key);
    for (; *error == STORE_OK && walk_under(walk, key) && count < max; *error = walk_next(walk))
        count++;
    if (*error == STORE_NOT_FOUND)
        *error = STORE_OK;
    return count;
}

static enum store_error read_under(struct walk *walk, const struct key *key, struct grant *grants,
                                   size_t count)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = i == 0 ? walk_seek(walk, key) : walk_next(walk);
        if (error == STORE_OK && walk->key.size != GRANT_KEY_SIZE)
            error = txn_fail(walk->txn, STORE_NOT_A_STORE);
        if (error == STORE_OK)
            grants[i] = (struct grant){
                .author = (uint32_t)number_at(walk->key.data, 1 + SUBJECT_SIZE, 4),
                .seq = number_at(walk->key.data, 1 + SUBJECT_SIZE + 4, 8),
                .index = number_at(walk->key.data, 1 + SUBJECT_SIZE + 12, 2),
            };
    }
    return error;
}

enum store_error grants_find(struct store_txn *txn, const struct key *key, size_t max, struct grant **out,
                             size_t *count, struct arena *arena)
{
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_GRANTS);

    if (error != STORE_OK)
        return error;
    *out = NULL;
    *count = count_under(&walk, key, max, &error);
    if (error == STORE_OK && *count > 0) {
        *out = arena_take(arena, *count * sizeof **out);
        error = *out ? read_under(&walk, key, *out, *count) : STORE_NO_MEMORY;
    }
    walk_close(&walk);
    return error;
}
