#ifndef STORE_FIGURES_H
#define STORE_FIGURES_H

#include "store/tables.h"

/* Begin at zero; when a store is made. */
enum store_error figures_create(struct store_txn *txn);
/* Add what the transaction counted to what is stored; called by store_commit. */
enum store_error figures_flush(struct store_txn *txn);

#endif
