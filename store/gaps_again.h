#ifndef STORE_GAPS_AGAIN_H
#define STORE_GAPS_AGAIN_H

/* Looking again at what blocks lack, after erasers of them came, went or became void (TABLE_GAPS_DUE). One
 * void may change what thousands of blocks are accounted for, so a transaction looks at so many and notes the
 * rest as due. An author of whom something is due is incomplete until store_drop_erased has looked at it. */

#include "store/rows.h"

struct reach_entries;

enum { GAP_SETTERS_MAX = 64, GAP_TARGETS_MAX = 1024 };

/* Status blocks of a chain that stand otherwise than before. */
struct gap_setters {
    size_t count;
    uint64_t seqs[GAP_SETTERS_MAX];
    uint64_t rest; /* the highest one that found no room here; 0: none */
};
void gap_setters_add(struct gap_setters *setters, uint64_t seq);

/* Blocks that erasers speak of otherwise than before, each once, ascending. */
struct gap_targets {
    size_t count;
    uint64_t seqs[GAP_TARGETS_MAX];
    uint64_t rest; /* the highest one that found no room here; 0: none */
};
/* said is by one block, sorted by seq. */
void gap_targets_add(struct gap_targets *targets, const struct reach_entries *said, size_t count);

/* Look again at what they lack, or note it as due. Writes to *author. */
enum store_error gaps_look_again(struct store_txn *txn, struct disk_author *author,
                                 const struct gap_targets *targets);
/* The same for all that the setters say to erase something of. */
enum store_error gaps_on_setters(struct store_txn *txn, struct disk_author *author,
                                 const struct gap_setters *setters);
/* The same for one status block, on the chain or beside it. */
enum store_error gaps_on_block(struct store_txn *txn, struct disk_author *author, uint64_t seq,
                               const struct hash *hash);

/* Look at what is due first, as much of it as a transaction may. */
enum store_error gaps_work_off(struct store_txn *txn);
/* Whether anything is due. */
enum store_error gaps_any_due(struct store_txn *txn, bool *due);

#endif
