#ifndef STORE_CHANGES_H
#define STORE_CHANGES_H

/* What changed in this store of what peers are told, under numbers that only rise: of each author its head
 * (and how much is held of its log, and whether that has gaps), its newest checkpoint and its fork proofs. A
 * transaction gives each author whose state it changed one number, whatever came between. With each number
 * goes a digest of it and of all before it, so that another store, or another history of this one, is told
 * apart. Each part of an author stands where it changed last; a number where none stands any more keeps its
 * digest for a while. */

#include "store/tables.h"

/* What of an author peers are told. */
enum change_part { CHANGE_HEAD, CHANGE_CHECKPOINT, CHANGE_PROOFS, CHANGE_PARTS };

/* Give the store its id; when it is made. */
enum store_error changes_create(struct store_txn *txn);
/* The transaction may have changed the part of author number. */
enum store_error changes_touch(struct store_txn *txn, uint32_t number, enum change_part part);
/* Give numbers to what did change; called by store_commit. */
enum store_error changes_flush(struct store_txn *txn);

#endif
