#ifndef STORE_ERASE_ROWS_H
#define STORE_ERASE_ROWS_H

/* Rows of TABLE_ERASERS and TABLE_DROPS, for those who keep them (erased.h says what they mean). */

#include "store/rows.h"

enum {
    SECONDS_A_DAY = 86400,
    ERASED_KEPT_S = 7 * SECONDS_A_DAY, /* bytes of an erased entry */
    ERASER_KEY_SIZE = 4 + 8 + 8 + HASH_SIZE,
};

/* What one status block says to erase of one earlier block. */
struct eraser {
    uint64_t seq;        /* of the earlier block */
    uint64_t setter_seq; /* of the status block… */
    struct hash setter;  /* …and its header hash */
    struct disk_eraser row;
    size_t range_count;
    struct disk_range ranges[BLOCK_ENTRIES_MAX / 2];
};

struct key eraser_key(uint32_t number, uint64_t seq, uint64_t setter_seq, const struct hash *setter);
enum store_error eraser_of(struct store_txn *txn, struct bytes key, struct bytes value, struct eraser *out);
enum store_error eraser_write(struct store_txn *txn, uint32_t number, const struct eraser *eraser);

/* Where the block stands that holds it. */
enum eraser_place {
    ERASER_BESIDE, /* the chain */
    ERASER_STANDS, /* on the chain */
    ERASER_VOID,   /* on the chain, and void */
};
enum store_error eraser_place(struct store_txn *txn, uint32_t number, const struct eraser *eraser,
                              enum eraser_place *out);

/* The entries that block says to erase of earlier ones, sorted by (seq, first); of more than
 * ERASE_ENTRIES_MAX, as many. */
size_t erase_collect(const struct block *block, struct reach_entries said[ERASE_ENTRIES_MAX],
                     struct arena *arena);
/* Of how many blocks those are. */
size_t erase_count_blocks(const struct reach_entries *said, size_t count);

/* Take so many entries of its author's day. Returns: whether there was room; else it waits. Writes to both.
 */
bool eraser_take_turn(struct disk_author *author, struct eraser *eraser, uint64_t now_s);
static inline uint64_t eraser_next_day_s(uint64_t now_s)
{
    return (now_s / SECONDS_A_DAY + 1) * SECONDS_A_DAY;
}

/* Give back to the author's day, or take from it again, what a block says to erase that stands elsewhere now:
 * on the chain or no longer, void or good again. said is sorted by seq. Writes to *author. */
enum store_error erasers_count_again(struct store_txn *txn, struct disk_author *author, uint64_t setter_seq,
                                     const struct hash *setter, const struct reach_entries *said,
                                     size_t count);

/* Write the eraser, and have store_drop_erased look at it at due_s instead of when it would have; 0: never.
 * Writes: eraser->row.due_s. */
enum store_error drop_move(struct store_txn *txn, uint64_t due_s, uint32_t number, struct eraser *eraser);
/* The same for all erasers of a block whose bytes came back, unless they are looked at later still. One that
 * waits for its day gives the bytes seven days from then. */
enum store_error drops_delay(struct store_txn *txn, uint64_t due_s, uint32_t number, uint64_t seq);
/* Delete the eraser, and what would have it looked at. */
enum store_error eraser_delete(struct store_txn *txn, uint32_t number, const struct eraser *eraser);

/* Whether an `erase` of the entry has no effect, since it is against somebody (protocol/rules/bearing.h); a
 * `left` until its `joined` are erased. Requires: entry is whole, of a content block. */
enum store_error is_kept(struct store_txn *txn, const struct entry *entry, bool *kept);

#endif
