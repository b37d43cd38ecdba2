#include <string.h>

#include "store/rows.h"

/* What was said about one entry of a chain. */

static enum store_error read_voided(struct store_txn *txn, uint32_t number, const struct standing_row *row,
                                    bool *voided)
{
    enum store_error error = STORE_OK;
    for (size_t i = 0; i < row->event_count && error == STORE_OK; i++) {
        struct disk_record record;
        error = record_read(txn, number, row->events[i].setter_seq, &record);
        voided[i] = error == STORE_OK && record.standing == STANDING_VOID;
    }
    return error;
}

enum store_error store_entry_events(struct store_txn *txn, const struct entry_name *name,
                                    struct store_events *out)
{
    struct standing_row row;
    uint32_t number;
    enum store_error error = store_author_number(txn, &name->author, &number);
    if (error == STORE_OK) {
        error = standing_read(txn, number, name->seq, name->index, &row);
    }
    if (error != STORE_OK) {
        return error;
    }
    out->count = row.event_count;
    memcpy(out->events, row.events, sizeof out->events);
    return read_voided(txn, number, &row, out->voided);
}
