#ifndef STORE_STATED_H
#define STORE_STATED_H

/* Entries that still say something. Private to store/. */

#include "store/rows.h"

/* The record of the entry at that place, with its lists in arena. STORE_NOT_FOUND when it is of another kind
 * or version, erased, gone, or its block is void. */
enum store_error stated_read(struct store_txn *txn, const struct entry_at *at, enum entry_kind kind,
                             void *record, struct arena *arena);

#endif
