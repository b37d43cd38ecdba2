#include "node/erasing.h"

enum { BLOCKS_A_STEP = 16 }; /* each is rewritten whole, which must not hold the loop */

static enum store_error is_due(struct store *store, uint64_t now_s, bool *due)
{
    struct store_txn *txn = NULL;
    enum store_error error = store_read_begin(&txn, store);

    *due = false;
    if (error == STORE_OK) {
        error = store_erased_is_due(txn, now_s, due);
        store_end(txn);
    }
    return error;
}

enum store_error erasing_step(struct store *store, const struct actor_id *self, uint64_t now_s, bool *more)
{
    struct store_txn *txn = NULL;
    enum store_error error = is_due(store, now_s, more);

    if (error != STORE_OK || !*more) {
        return error;
    }
    error = store_write_begin(&txn, store);
    if (error != STORE_OK) {
        return error;
    }
    error = store_drop_erased(txn, self, now_s, BLOCKS_A_STEP);
    if (error != STORE_OK) {
        store_end(txn);
        return error;
    }
    error = store_commit(txn);
    return error == STORE_OK ? is_due(store, now_s, more) : error;
}
