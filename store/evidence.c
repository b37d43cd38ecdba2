#include <assert.h>
#include <string.h>

#include "store/changes.h"
#include "store/generation.h"
#include "store/rows.h"

/* ---- fork proofs ---- */

static struct key fork_key(const struct actor_id *author, uint64_t epoch, enum fork_proof_rank rank)
{
    struct key key = key_of(author->hash.bytes, HASH_SIZE);

    key_add_number(&key, epoch, 8);
    key_add_number(&key, rank, 1);
    return key;
}

enum store_error store_put_fork_proof(struct store_txn *txn, const struct actor_id *author, uint64_t epoch,
                                      enum fork_proof_rank rank, struct bytes encoded)
{
    struct key key = fork_key(author, epoch, rank);
    struct disk_author row;
    enum store_error error = author_read(txn, author, &row);

    if (error == STORE_OK) {
        error = changes_touch(txn, row.number, CHANGE_PROOFS);
    }
    if (error == STORE_OK || error == STORE_NOT_FOUND) {
        error = generation_raise(txn);
    }
    return error == STORE_OK ? table_put(txn, TABLE_FORKS, &key, encoded.data, encoded.size) : error;
}

enum store_error store_fork_proof(struct store_txn *txn, const struct actor_id *author, uint64_t epoch,
                                  enum fork_proof_rank rank, struct bytes *out, struct arena *arena)
{
    struct key key = fork_key(author, epoch, rank);
    struct kept_rows none = {.count = 0};
    struct bytes view;
    bool empty;
    enum store_error error = table_is_empty(txn, TABLE_FORKS, &empty);

    if (error != STORE_OK || empty) {
        return empty ? STORE_NOT_FOUND : error;
    }
    if (kept_rows_find(txn, KEPT_FORKS, &key, &none)) {
        return STORE_NOT_FOUND;
    }
    error = table_get(txn, TABLE_FORKS, &key, &view);
    if (error == STORE_NOT_FOUND) {
        kept_rows_add(txn, KEPT_FORKS, &key, &none);
    }
    if (error != STORE_OK) {
        return error;
    }
    return arena_copy(arena, view, out) ? STORE_OK : STORE_NO_MEMORY;
}

static enum store_error each_under(struct store_txn *txn, const struct key *prefix,
                                   bool (*visit)(void *context, const struct actor_id *author, uint64_t epoch,
                                                 struct bytes encoded),
                                   void *context)
{
    struct key first = *prefix;
    struct walk walk;
    struct bytes lowest = {0};
    enum store_error error = walk_open(&walk, txn, TABLE_FORKS);

    if (error != STORE_OK) {
        return error;
    }
    key_add_number(&first, 0, 1);
    for (error = walk_seek(&walk, &first); error == STORE_OK && walk_under(&walk, prefix);
         error = walk_next(&walk)) {
        struct actor_id author;

        if (walk.key.size != HASH_SIZE + 8 + 1) {
            error = txn_fail(txn, STORE_DAMAGED);
            break;
        }
        memcpy(&author, walk.key.data, HASH_SIZE);
        if (walk.key.data[HASH_SIZE + 8] == FORK_PROOF_NEWEST && bytes_equal(walk.value, lowest)) {
            continue;
        }
        lowest = walk.value;
        if (!visit(context, &author, number_at(walk.key.data, HASH_SIZE, 8), walk.value)) {
            break;
        }
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error store_each_fork_proof(struct store_txn *txn,
                                       bool (*visit)(void *context, const struct actor_id *author,
                                                     uint64_t epoch, struct bytes encoded),
                                       void *context)
{
    return each_under(txn, &(struct key){0}, visit, context);
}

enum store_error store_each_fork_proof_of(struct store_txn *txn, const struct actor_id *author,
                                          bool (*visit)(void *context, const struct actor_id *author,
                                                        uint64_t epoch, struct bytes encoded),
                                          void *context)
{
    const struct key prefix = key_of(author->hash.bytes, HASH_SIZE);

    return each_under(txn, &prefix, visit, context);
}

/* ---- nonces ---- */

/* The store has no clock. A nonce is used before its challenge expires, so the one used now tells roughly
 * what time it is, and those that expired well before it are of no more use. */
enum { CHALLENGE_LIFE_S_MAX = 30 * 24 * 3600, DROPPED_AT_ONCE = 16, NONCE_SIZE = 32 };

/* Forget the nonce of an expiry row, unless it was used again since, for longer. */
static enum store_error drop_nonce(struct store_txn *txn, const struct key *expiry)
{
    struct key nonce = key_of(expiry->bytes + 8, NONCE_SIZE);
    uint64_t expires_s = 0;
    enum store_error error = table_get_exact(txn, TABLE_NONCES, &nonce, &expires_s, sizeof expires_s);

    if (error == STORE_OK && expires_s == number_at(expiry->bytes, 0, 8)) {
        error = table_delete(txn, TABLE_NONCES, &nonce);
    }
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return error;
    }
    return table_delete(txn, TABLE_EXPIRIES, expiry);
}

/* STORE_NOT_FOUND when there is none. */
static enum store_error first_expiry(struct store_txn *txn, struct key *expiry)
{
    struct key first = {0};
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_EXPIRIES);

    if (error != STORE_OK) {
        return error;
    }
    key_add_number(&first, 0, 1);
    error = walk_seek(&walk, &first);
    if (error == STORE_OK && walk.key.size != 8 + NONCE_SIZE) {
        error = txn_fail(txn, STORE_DAMAGED);
    }
    if (error == STORE_OK) {
        *expiry = key_of(walk.key.data, walk.key.size);
    }
    walk_close(&walk);
    return error;
}

static enum store_error drop_expired(struct store_txn *txn, uint64_t before_s)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < DROPPED_AT_ONCE && error == STORE_OK; i++) {
        struct key expiry;

        error = first_expiry(txn, &expiry);
        if (error == STORE_OK && number_at(expiry.bytes, 0, 8) >= before_s) {
            return STORE_OK;
        }
        if (error == STORE_OK) {
            error = drop_nonce(txn, &expiry);
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error store_use_nonce(struct store_txn *txn, const uint8_t nonce[32], uint64_t expires_s)
{
    struct key key = key_of(nonce, NONCE_SIZE);
    struct key expiry = {0};
    enum store_error error;

    assert(txn->writes);
    key_add_number(&expiry, expires_s, 8);
    key_add(&expiry, nonce, NONCE_SIZE);
    error = table_put(txn, TABLE_NONCES, &key, &expires_s, sizeof expires_s);
    if (error == STORE_OK) {
        error = table_put(txn, TABLE_EXPIRIES, &expiry, NULL, 0);
    }
    if (error == STORE_OK && expires_s > CHALLENGE_LIFE_S_MAX) {
        error = drop_expired(txn, expires_s - CHALLENGE_LIFE_S_MAX);
    }
    return error;
}

enum store_error store_nonce_used(struct store_txn *txn, const uint8_t nonce[32])
{
    struct key key = key_of(nonce, NONCE_SIZE);
    struct bytes row;

    return table_get(txn, TABLE_NONCES, &key, &row);
}
