#include <assert.h>
#include <string.h>

#include "store/tables.h"

/* What peers told, as far as all of it is stored here: of each node that was met up to which of its store's
 * changes, and under which trust; and whether it delivered what it promised. The one not met for the longest
 * time makes room: first of those that did not, which cost nothing to make up. */

struct disk_heard {
    uint8_t store[STORE_ID_SIZE];
    uint8_t digest[CHANGE_DIGEST_SIZE];
    struct hash trust; /* of what decides whom this node takes in */
    uint64_t number;
    uint64_t noted_s;
    uint64_t delivers; /* 0 or 1 */
};
static_assert(sizeof(struct disk_heard) == 88, "no padding");

static struct key heard_key(const struct node_id *node)
{
    return key_of(node->hash.bytes, HASH_SIZE);
}

enum store_error store_heard(struct store_txn *txn, const struct node_id *node, const struct hash *trust,
                             struct store_point *out, bool *delivers)
{
    const struct key key = heard_key(node);
    struct disk_heard row;
    enum store_error error = table_get_exact(txn, TABLE_HEARD, &key, &row, sizeof row);

    *out = (struct store_point){.number = 0};
    *delivers = error == STORE_OK && row.delivers != 0;
    if (error == STORE_OK && hash_equal(&row.trust, trust)) {
        out->number = row.number;
        memcpy(out->store, row.store, sizeof out->store);
        memcpy(out->digest, row.digest, sizeof out->digest);
    }
    return error;
}

/* Whether row a makes room before row b. */
static bool goes_before(const struct disk_heard *a, const struct disk_heard *b)
{
    return a->delivers != b->delivers ? a->delivers < b->delivers : a->noted_s < b->noted_s;
}

/* Of a full table the row that makes room, *key; else its size is 0. */
static enum store_error find_first_to_go(struct store_txn *txn, struct key *key)
{
    const struct key first = {.size = 1};
    struct disk_heard found = {.noted_s = UINT64_MAX, .delivers = 1};
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
        if (goes_before(&row, &found)) {
            found = row;
            *key = key_of(walk.key.data, walk.key.size);
        }
    }
    walk_close(&walk);
    key->size = count < STORE_HEARD_MAX ? 0 : key->size;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error store_put_heard(struct store_txn *txn, const struct node_id *node, const struct hash *trust,
                                 const struct store_point *point, bool delivers, uint64_t now_s)
{
    const struct key key = heard_key(node);
    struct disk_heard row = {
        .trust = *trust, .number = point->number, .noted_s = now_s, .delivers = delivers};
    struct key first;
    struct bytes before;
    enum store_error error;

    assert(txn->writes);
    memcpy(row.store, point->store, sizeof row.store);
    memcpy(row.digest, point->digest, sizeof row.digest);
    error = table_get(txn, TABLE_HEARD, &key, &before);
    if (error == STORE_NOT_FOUND) {
        error = find_first_to_go(txn, &first);
        if (error == STORE_OK && first.size > 0) {
            error = table_delete(txn, TABLE_HEARD, &first);
        }
    }
    return error == STORE_OK ? table_put(txn, TABLE_HEARD, &key, &row, sizeof row) : error;
}
