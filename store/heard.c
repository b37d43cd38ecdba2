#include <assert.h>
#include <string.h>

#include "store/tables.h"

/* What peers told, as far as all of it is stored here: of each node that was met up to which of its store's
 * changes, and under which trust. A key costs nothing, so whoever dialled this node under a new one pushes
 * out such as itself alone: the one not met for the longest time makes room. */

struct disk_heard {
    uint8_t store[STORE_ID_SIZE];
    uint8_t digest[CHANGE_DIGEST_SIZE];
    struct hash trust; /* of what decides whom this node takes in */
    uint64_t number;
    uint64_t noted; /* seconds, and DIALLED where this node dialled it once */
};
static_assert(sizeof(struct disk_heard) == 80, "no padding");

static const uint64_t DIALLED = UINT64_C(1) << 63;

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

/* Of a full table the rows that were noted first, by whether this node dialled them; size 0: none. */
struct oldest {
    size_t count;
    uint64_t noted[2];
    struct key keys[2];
};

static void note_oldest(struct oldest *oldest, const struct disk_heard *row, struct bytes key)
{
    const size_t rank = (row->noted & DIALLED) != 0;

    if (oldest->keys[rank].size == 0 || row->noted < oldest->noted[rank]) {
        oldest->noted[rank] = row->noted;
        oldest->keys[rank] = key_of(key.data, key.size);
    }
}

static enum store_error find_oldest(struct store_txn *txn, struct oldest *out)
{
    const struct key first = {.size = 1};
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_HEARD);

    *out = (struct oldest){0};
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
        note_oldest(out, &row, walk.key);
        out->count++;
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Make room for one more. *has: there is. */
static enum store_error make_room(struct store_txn *txn, bool dialled, bool *has)
{
    struct oldest oldest;
    enum store_error error = find_oldest(txn, &oldest);
    const struct key *key = &oldest.keys[oldest.keys[false].size == 0];

    *has = error == STORE_OK;
    if (error != STORE_OK || oldest.count < STORE_HEARD_MAX) {
        return error;
    }
    *has = dialled || key == &oldest.keys[false];
    return *has ? table_delete(txn, TABLE_HEARD, key) : STORE_OK;
}

enum store_error store_put_heard(struct store_txn *txn, const struct node_id *node, const struct hash *trust,
                                 const struct store_point *point, bool dialled, uint64_t now_s)
{
    const struct key key = heard_key(node);
    struct disk_heard row = {.trust = *trust,
                             .number = point->number,
                             .noted = now_s | (dialled ? DIALLED : 0)},
                      before;
    bool has = true;
    enum store_error error;

    assert(txn->writes);
    memcpy(row.store, point->store, sizeof row.store);
    memcpy(row.digest, point->digest, sizeof row.digest);
    error = table_get_exact(txn, TABLE_HEARD, &key, &before, sizeof before);
    row.noted |= error == STORE_OK ? before.noted & DIALLED : 0;
    if (error == STORE_NOT_FOUND) {
        error = make_room(txn, dialled, &has);
    }
    return error == STORE_OK && has ? table_put(txn, TABLE_HEARD, &key, &row, sizeof row) : error;
}
