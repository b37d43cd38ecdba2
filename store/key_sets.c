#include <assert.h>
#include <string.h>

#include "store/rows.h"

/* Key sets on disk: only the keys there are, since most authors have two and a struct key_set has room
 * for 48. */

struct disk_keys {
    uint32_t epoch;
    uint8_t key_count, next_count, seal_key_count, next_threshold;
    uint8_t govern, issue, checkpoint, present;
};
static_assert(sizeof(struct disk_keys) == 12, "no padding");

struct disk_signing_key {
    uint8_t algorithm, role;
    struct sign_public_key key;
};
static_assert(sizeof(struct disk_signing_key) == 34, "no padding");

struct disk_seal_key {
    uint8_t number[8];
    uint8_t algorithm;
    struct seal_public_key key;
};
static_assert(sizeof(struct disk_seal_key) == 41, "no padding");

enum { DISK_KEYS_SIZE_MAX = 12 + KEYS_MAX * (34 + HASH_SIZE) + SEAL_KEYS_MAX * 41 };

static size_t pack(uint8_t *out, const struct key_set *keys, uint64_t epoch)
{
    struct disk_keys head = {
        .epoch = (uint32_t)epoch,
        .key_count = (uint8_t)keys->key_count,
        .next_count = (uint8_t)keys->next_count,
        .seal_key_count = (uint8_t)keys->seal_key_count,
        .next_threshold = (uint8_t)keys->next_threshold,
        .govern = (uint8_t)keys->thresholds.govern,
        .issue = (uint8_t)keys->thresholds.issue,
        .checkpoint = (uint8_t)keys->thresholds.checkpoint,
        .present = (uint8_t)keys->thresholds.present,
    };
    uint8_t *at = out;

    memcpy(at, &head, sizeof head);
    at += sizeof head;
    for (size_t i = 0; i < keys->key_count; i++, at += sizeof(struct disk_signing_key)) {
        const struct signing_key *key = &keys->keys[i];
        struct disk_signing_key row = {(uint8_t)key->algorithm, (uint8_t)key->role, key->key};
        memcpy(at, &row, sizeof row);
    }
    for (size_t i = 0; i < keys->next_count; i++, at += HASH_SIZE) {
        memcpy(at, &keys->next[i], HASH_SIZE);
    }
    for (size_t i = 0; i < keys->seal_key_count; i++, at += sizeof(struct disk_seal_key)) {
        const struct seal_key *key = &keys->seal_keys[i];
        struct disk_seal_key row = {.algorithm = (uint8_t)key->algorithm, .key = key->key};
        memcpy(row.number, &key->number, sizeof row.number);
        memcpy(at, &row, sizeof row);
    }
    return (size_t)(at - out);
}

static bool counts_fit(const struct disk_keys *head, size_t size)
{
    return head->key_count <= KEYS_MAX && head->next_count <= KEYS_MAX &&
           head->seal_key_count <= SEAL_KEYS_MAX &&
           size == sizeof *head + head->key_count * sizeof(struct disk_signing_key) +
                       (size_t)head->next_count * HASH_SIZE +
                       head->seal_key_count * sizeof(struct disk_seal_key);
}

/* Returns: false when the row is damaged. */
static bool unpack(struct key_set *keys, uint64_t *epoch, struct bytes row)
{
    struct disk_keys head;
    const uint8_t *at = row.data + sizeof head;

    if (row.size < sizeof head) {
        return false;
    }
    memcpy(&head, row.data, sizeof head);
    if (!counts_fit(&head, row.size)) {
        return false;
    }
    memset(keys, 0, sizeof *keys);
    *epoch = head.epoch;
    keys->key_count = head.key_count;
    keys->next_count = head.next_count;
    keys->seal_key_count = head.seal_key_count;
    keys->next_threshold = head.next_threshold;
    keys->thresholds = (struct thresholds){head.govern, head.issue, head.checkpoint, head.present};
    for (size_t i = 0; i < head.key_count; i++, at += sizeof(struct disk_signing_key)) {
        struct disk_signing_key key;
        memcpy(&key, at, sizeof key);
        keys->keys[i].algorithm = (enum key_algorithm)key.algorithm;
        keys->keys[i].role = (enum role)key.role;
        keys->keys[i].key = key.key;
    }
    for (size_t i = 0; i < head.next_count; i++, at += HASH_SIZE) {
        memcpy(&keys->next[i], at, HASH_SIZE);
    }
    for (size_t i = 0; i < head.seal_key_count; i++, at += sizeof(struct disk_seal_key)) {
        struct disk_seal_key key;
        memcpy(&key, at, sizeof key);
        memcpy(&keys->seal_keys[i].number, key.number, sizeof key.number);
        keys->seal_keys[i].algorithm = (enum seal_algorithm)key.algorithm;
        keys->seal_keys[i].key = key.key;
    }
    return true;
}

enum store_error keys_write(struct store_txn *txn, uint32_t number, uint64_t seq, const struct key_set *keys,
                            uint64_t epoch)
{
    uint8_t row[DISK_KEYS_SIZE_MAX];
    struct key key = author_seq_key(number, seq);

    assert(keys->key_count <= KEYS_MAX && keys->next_count <= KEYS_MAX);
    assert(keys->seal_key_count <= SEAL_KEYS_MAX);
    return table_append(txn, TABLE_KEYS, &key, row, pack(row, keys, epoch));
}

static enum store_error keys_of_inception(struct store_txn *txn, uint32_t number, struct key_set *keys,
                                          uint64_t *epoch)
{
    enum { KEYS_ARENA_SIZE = 16 * 1024 };
    uint8_t memory[KEYS_ARENA_SIZE];
    struct arena arena;
    struct keys record;
    struct bytes encoded;
    enum store_error error = inception_read(txn, number, &encoded);

    if (error != STORE_OK) {
        return error;
    }
    arena_init(&arena, memory, sizeof memory);
    if (schema_decode_known(&keys_schema, &record, encoded, &arena) != REASON_NONE) {
        return txn_fail(txn, STORE_NOT_A_STORE);
    }
    key_set_open(keys, &record);
    *epoch = 0;
    return STORE_OK;
}

enum store_error keys_read(struct store_txn *txn, uint32_t number, uint64_t seq, struct key_set *keys,
                           uint64_t *epoch)
{
    struct key key = author_seq_key(number, seq);
    struct key prefix = author_key(number);
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_KEYS);

    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek_back(&walk, &key);
    if (error == STORE_OK && !walk_under(&walk, &prefix)) {
        error = STORE_NOT_FOUND;
    }
    if (error == STORE_OK && !unpack(keys, epoch, walk.value)) {
        error = txn_fail(txn, STORE_NOT_A_STORE);
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? keys_of_inception(txn, number, keys, epoch) : error;
}

enum store_error keys_last_seq(struct store_txn *txn, uint32_t number, uint64_t seq, uint64_t *last)
{
    struct key key = author_seq_key(number, seq);
    struct key prefix = author_key(number);
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_KEYS);

    *last = 0;
    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek_back(&walk, &key);
    if (error == STORE_OK && walk_under(&walk, &prefix) && walk.key.size == key.size) {
        *last = number_at(walk.key.data, prefix.size, 8);
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error keys_delete(struct store_txn *txn, uint32_t number, uint64_t seq)
{
    struct key key = author_seq_key(number, seq);

    return table_delete(txn, TABLE_KEYS, &key);
}

enum store_error keys_next_seq(struct store_txn *txn, uint32_t number, uint64_t seq, uint64_t *next)
{
    struct key key = author_seq_key(number, seq + 1);
    struct key prefix = author_key(number);
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_KEYS);

    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, &key);
    if (error == STORE_OK && (!walk_under(&walk, &prefix) || walk.key.size != key.size)) {
        error = STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        *next = number_at(walk.key.data, prefix.size, 8);
    }
    walk_close(&walk);
    return error;
}

enum store_error store_keys_at(struct store_txn *txn, const struct actor_id *author, uint64_t seq,
                               struct key_set *keys, uint64_t *epoch)
{
    struct disk_author row;
    enum store_error error = author_read_log(txn, author, &row);

    if (error != STORE_OK) {
        return error;
    }
    return seq <= row.seq ? keys_read(txn, row.number, seq, keys, epoch) : STORE_NOT_FOUND;
}
