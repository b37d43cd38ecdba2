#include <string.h>

#include "store/rows.h"

/* Heads that checkpoints named before they were held. One row an author, bounded: whoever has a checkpoint
 * key may invent heads, and those that the chain never comes to hold show nothing. */

enum store_error named_heads_read(struct store_txn *txn, uint32_t number, struct disk_named_heads *out)
{
    const struct key key = author_key(number);

    return table_get_exact(txn, TABLE_ARRIVALS, &key, out, sizeof *out);
}

/* Where the head is, else a new one at the end. */
static struct disk_named_head *place_for(struct disk_named_heads *row, const struct disk_named_head *named)
{
    enum { LAST = STORE_NAMED_HEADS_MAX - 1 };

    for (size_t i = 0; i <= LAST; i++) {
        if (row->heads[i].seq == named->seq && hash_equal(&row->heads[i].head, &named->head)) {
            return &row->heads[i];
        }
    }
    memmove(&row->heads[0], &row->heads[1], LAST * sizeof row->heads[0]);
    row->heads[LAST] = (struct disk_named_head){.arrived_s = UINT64_MAX};
    return &row->heads[LAST];
}

enum store_error store_note_named_head(struct store_txn *txn, const struct actor_id *author, uint64_t seq,
                                       const struct hash *head, uint64_t arrived_s)
{
    const struct disk_named_head named = {*head, seq, arrived_s};
    struct disk_named_heads row = {0};
    struct disk_named_head *place;
    uint32_t number = 0;
    struct key key;
    enum store_error error = store_author_number(txn, author, &number);

    if (error != STORE_OK) {
        return error;
    }
    error = named_heads_read(txn, number, &row);
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return error;
    }
    place = place_for(&row, &named);
    if (place->arrived_s <= arrived_s) {
        return STORE_OK;
    }
    *place = named; /* where it is known, the clock was ahead then */
    key = author_key(number);
    return table_put(txn, TABLE_ARRIVALS, &key, &row, sizeof row);
}
