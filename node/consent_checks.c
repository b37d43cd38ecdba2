#include "node/consent_checks.h"

#include "node/clock.h"

enum { RETRY_MS = 1000 };

static enum store_error find_left(struct store *store, bool *left)
{
    struct store_txn *txn = NULL;
    enum store_error error = store_read_begin(&txn, store);

    *left = false;
    if (error == STORE_OK) {
        error = store_consents_left(txn, left);
        store_end(txn);
    }
    return error;
}

static enum store_error check_slice(struct store *store)
{
    struct store_txn *txn = NULL;
    enum store_error error = store_write_begin(&txn, store);

    if (error != STORE_OK) {
        return error;
    }
    error = store_check_consents(txn, CONSENTS_EACH_TURN);
    if (error != STORE_OK) {
        store_end(txn);
        return error;
    }
    return store_commit(txn);
}

enum store_error consent_checks_step(struct consent_checks *checks, struct store *store, uint64_t now_ms)
{
    enum store_error error = STORE_OK;

    if (now_ms < checks->from_ms) {
        return STORE_OK;
    }
    error = find_left(store, &checks->left);
    if (error == STORE_OK && checks->left) {
        error = check_slice(store);
        if (error == STORE_OK) {
            error = find_left(store, &checks->left);
        }
    }
    checks->from_ms = error == STORE_OK ? 0 : now_ms + clock_rhythm_ms(RETRY_MS);
    return error;
}

uint64_t consent_checks_deadline_ms(const struct consent_checks *checks)
{
    return checks->left ? checks->from_ms : UINT64_MAX;
}
