#ifndef STORE_BRANCHES_H
#define STORE_BRANCHES_H

/* Rows about blocks beside the chain, as the rest of the store uses them. */

#include "store/rows.h"

/* Of TABLE_SIDES: author number, seq, previous hash, hash. */
enum { SIDES_KEY_SIZE = 4 + 8 + 2 * HASH_SIZE };

/* block, which is held, stands beside the chain from now_s on, its parent being held. */
enum store_error side_row_put(struct store_txn *txn, const struct network *network, uint32_t number,
                              const struct block *block, uint64_t now_s);
/* It joins the chain. STORE_OK also when it never stood beside it. */
enum store_error side_row_delete(struct store_txn *txn, const struct network *network, uint32_t number,
                                 const struct block *block);

/* A block is held now that may have been known, and missed, by its header. */
enum store_error arrival_held(struct store_txn *txn, uint32_t number, const struct hash *hash);

/* When the block was first met, if it is met again at now_s: what is not held may be known by its header, or
 * may have been refused for want of room. */
enum store_error arrival_first(struct store_txn *txn, uint32_t number, const struct hash *hash,
                               uint64_t now_s, uint64_t *first_s);

/* The rows of the rotations into epoch stand under it. */
struct key rotation_key(uint32_t number, uint64_t epoch);
/* Note a rotation that is held from now_s on. */
enum store_error rotation_row_put(struct store_txn *txn, uint32_t number, const struct block *block,
                                  uint64_t now_s);
/* What is known of epoch had come by now_s, and was followed then, whatever was noted of it by a clock that
 * was ahead. */
enum store_error arrivals_set_back(struct store_txn *txn, uint32_t number, uint64_t epoch, uint64_t now_s);
/* Freeze its author, whose row is not written yet, if it is not the only one that is known into its epoch. */
enum store_error rotations_freeze(struct store_txn *txn, struct disk_author *author, uint64_t epoch);
/* Forget the highest rotation into epoch that is held, beyond STORE_ROTATIONS_MAX and beside the chain. */
enum store_error rotations_trim(struct store_txn *txn, uint32_t number, uint64_t epoch);

/* The chain led through the block of epoch from from_s until until_s. A later from_s was noted by a clock
 * that was ahead, and FOLLOWED_EVER stands for one that is known to have been. */
enum store_error followed_put(struct store_txn *txn, uint32_t number, uint64_t epoch, const struct hash *hash,
                              uint64_t from_s, uint64_t until_s);
/* The longest time for which it did, of a block that it leads through no longer. STORE_NOT_FOUND: none. */
enum store_error followed_time_read(struct store_txn *txn, uint32_t number, const struct hash *hash,
                                    uint64_t *from_s, uint64_t *until_s);

#endif
