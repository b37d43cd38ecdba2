#include <assert.h>
#include <string.h>

#include "store/tables.h"

/* What peers told, as far as all of it is stored here: of each node that was met up to which of its store's
 * changes, and under which trust. The one not met for the longest time makes room. */

struct disk_heard {
    uint8_t store[STORE_ID_SIZE];
    uint8_t digest[CHANGE_DIGEST_SIZE];
    struct hash trust; /* of what decides whom this node takes in */
    uint64_t number;
    uint64_t noted_s;
};
static_assert(sizeof(struct disk_heard) == 80, "no padding");

static struct key heard_key(const struct node_id *node)
{
    return key_of(node->hash.bytes, HASH_SIZE);
}

enum store_error store_heard(struct store_txn *txn, const struct node_id *node, const struct hash *trust,
                             struct store_point *out)
{
    const struct key key = heard_key(node);
    struct disk_heard row;
    enum store_error error = table_get_exact(txn, TABLE_HEARD, &key, &row, sizeof row);

    *out = (struct store_point){.number = 0};
    if (error == STORE_OK && !hash_equal(&row.trust, trust)) {
        return STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        out->number = row.number;
        memcpy(out->store, row.store, sizeof out->store);
        memcpy(out->digest, row.digest, sizeof out->digest);
    }
    return error;
}

/* Of a full table the row that was noted first, *key; else its size is 0. */
static enum store_error find_oldest(struct store_txn *txn, struct key *key)
{
    const struct key first = {.size = 1};
    uint64_t oldest_s = UINT64_MAX;
    size_t count = 0;
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_HEARD);

    *key = (struct key){0};
    if (error != STORE_OK) {
        return error;
    }
    for (error = walk_seek(&walk, &first); error == STORE_OK; error = walk_next(&walk)) {
        struct disk_heard row;

        if (walk.value.size != sizeof row) {
            error = txn_fail(txn, STORE_DAMAGED);
            break;
        }
        memcpy(&row, walk.value.data, sizeof row);
        count++;
        if (row.noted_s < oldest_s) {
            oldest_s = row.noted_s;
            *key = key_of(walk.key.data, walk.key.size);
        }
    }
    walk_close(&walk);
    key->size = count < STORE_HEARD_MAX ? 0 : key->size;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error store_put_heard(struct store_txn *txn, const struct node_id *node, const struct hash *trust,
                                 const struct store_point *point, uint64_t now_s)
{
    const struct key key = heard_key(node);
    struct disk_heard row = {.trust = *trust, .number = point->number, .noted_s = now_s};
    struct key oldest;
    struct bytes before;
    enum store_error error;

    assert(txn->writes);
    memcpy(row.store, point->store, sizeof row.store);
    memcpy(row.digest, point->digest, sizeof row.digest);
    error = table_get(txn, TABLE_HEARD, &key, &before);
    if (error == STORE_NOT_FOUND) {
        error = find_oldest(txn, &oldest);
        if (error == STORE_OK && oldest.size > 0) {
            error = table_delete(txn, TABLE_HEARD, &oldest);
        }
    }
    return error == STORE_OK ? table_put(txn, TABLE_HEARD, &key, &row, sizeof row) : error;
}
