#include <assert.h>
#include <string.h>

#include "store/tables.h"

/* The nodes that were met: up to which of its store's changes each told all, under which trust, and what it
 * is to this node. A key costs nothing, so a stranger under a new one pushes out such as itself alone. */

struct disk_heard {
    uint8_t store[STORE_ID_SIZE];
    uint8_t digest[CHANGE_DIGEST_SIZE];
    struct hash trust; /* of what decides whom this node takes in */
    uint64_t number;
    uint64_t noted_s;
    uint32_t dialled, delivers; /* 0 or 1 */
};
static_assert(sizeof(struct disk_heard) == 88, "no padding");

static struct key heard_key(const struct node_id *node)
{
    return key_of(node->hash.bytes, HASH_SIZE);
}

enum store_error store_node_met(struct store_txn *txn, const struct node_id *node, const struct hash *trust,
                                struct stored_node *out)
{
    const struct key key = heard_key(node);
    struct disk_heard row;
    enum store_error error = table_get_exact(txn, TABLE_HEARD, &key, &row, sizeof row);

    memset(out, 0, sizeof *out);
    if (error != STORE_OK) {
        return error;
    }
    out->dialled = row.dialled != 0;
    out->delivers = row.delivers != 0;
    if (hash_equal(&row.trust, trust)) {
        out->heard.number = row.number;
        memcpy(out->heard.store, row.store, sizeof out->heard.store);
        memcpy(out->heard.digest, row.digest, sizeof out->heard.digest);
    }
    return STORE_OK;
}

/* ---- room ---- */

static unsigned rank_of(const struct disk_heard *row)
{
    return row->dialled != 0 ? 2 : row->delivers != 0;
}

static bool goes_before(const struct disk_heard *a, const struct disk_heard *b)
{
    return rank_of(a) != rank_of(b) ? rank_of(a) < rank_of(b) : a->noted_s < b->noted_s;
}

/* Which row goes first where one has to; *count: of all. */
static enum store_error find_first_to_go(struct store_txn *txn, struct disk_heard *out, struct key *key,
                                         size_t *count)
{
    const struct key first = {.size = 1};
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_HEARD);

    *count = 0;
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
        if (*count == 0 || goes_before(&row, out)) {
            *out = row;
            *key = key_of(walk.key.data, walk.key.size);
        }
        (*count)++;
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Make room for one more. *has: there is. */
static enum store_error make_room(struct store_txn *txn, const struct disk_heard *row, bool *has)
{
    struct disk_heard first = {.number = 0};
    struct key key = {0};
    size_t count = 0;
    enum store_error error = find_first_to_go(txn, &first, &key, &count);

    *has = true;
    if (error != STORE_OK || count < STORE_NODES_MET_MAX) {
        return error;
    }
    *has = rank_of(&first) <= rank_of(row);
    return *has ? table_delete(txn, TABLE_HEARD, &key) : STORE_OK;
}

enum store_error store_put_node_met(struct store_txn *txn, const struct node_id *node,
                                    const struct hash *trust, const struct stored_node *met, uint64_t now_s)
{
    const struct key key = heard_key(node);
    struct disk_heard row = {.trust = *trust,
                             .number = met->heard.number,
                             .noted_s = now_s,
                             .dialled = met->dialled,
                             .delivers = met->delivers},
                      before;
    bool has = true;
    enum store_error error;

    assert(txn->writes);
    memcpy(row.store, met->heard.store, sizeof row.store);
    memcpy(row.digest, met->heard.digest, sizeof row.digest);
    error = table_get_exact(txn, TABLE_HEARD, &key, &before, sizeof before);
    if (error == STORE_OK) {
        row.dialled |= before.dialled;
    } else if (error == STORE_NOT_FOUND) {
        error = make_room(txn, &row, &has);
    }
    return error == STORE_OK && has ? table_put(txn, TABLE_HEARD, &key, &row, sizeof row) : error;
}
