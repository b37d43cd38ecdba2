#include "store/stated.h"

enum store_error stated_read(struct store_txn *txn, const struct entry_at *at, enum entry_kind kind,
                             void *record, struct arena *arena)
{
    struct disk_record block;
    struct bytes view;
    struct entry entry;
    enum reason reason;
    enum store_error error = record_find(txn, at->author, at->seq, &block);

    if (error == STORE_OK && block.standing == STANDING_VOID) {
        return STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        error = element_read(txn, at, &view);
    }
    if (error != STORE_OK) {
        return error;
    }
    if (entry_decode(&entry, view) != REASON_NONE) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    if (entry.erased || entry.kind != kind) {
        return STORE_NOT_FOUND;
    }
    reason = entry_payload_decode(record, &entry, arena);
    if (reason == REASON_NONE) {
        return STORE_OK;
    }
    error = store_error_of_decode(reason, arena);
    return error == STORE_NO_MEMORY ? txn_fail(txn, error) : STORE_NOT_FOUND;
}
