#ifndef STORE_UNDO_H
#define STORE_UNDO_H

/* What rows were before a block of a chain changed them, so that it can be un-applied at the cost of what it
 * changed. Only rows that stand for earlier blocks need it: those that a block brings go with it, and what
 * follows from rows put back is worked out again. */

#include "store/rows.h"

/* A row as it was. */
struct undo_row {
    enum table table;
    struct key key;
    size_t turn; /* of all notes */
    bool existed;
    struct bytes value; /* in the notes' memory */
};

/* Rows in the order in which they were first changed. While it is the transaction's, writes to its author's
 * rows are noted here. */
struct undo {
    uint32_t number;
    size_t count, capacity;
    struct undo_row *rows;
    size_t bytes_size, bytes_capacity;
    uint8_t *bytes;
};

/* Called by the tables before a row is changed. Returns: an error that sticks. */
enum store_error undo_note(struct store_txn *txn, enum table table, const struct key *key);

/* Note what the transaction changes of author number from here on. */
void undo_begin(struct store_txn *txn, struct undo *undo, uint32_t number);
/* Stop noting and keep what was noted as the undo record of block seq; nothing where nothing changed. */
enum store_error undo_keep(struct store_txn *txn, struct undo *undo, uint64_t seq);

/* Put back what block seq changed, and forget the record. Writes: *touched, the seqs of earlier blocks whose
 * records were put back, ascending, in arena. */
enum store_error undo_put_back(struct store_txn *txn, uint32_t number, uint64_t seq,
                               struct seq_range **touched, size_t *touched_count, struct arena *arena);

#endif
