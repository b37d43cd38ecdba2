#ifndef STORE_SIDE_H
#define STORE_SIDE_H

/* What blocks beside the chain say. */

#include "store/tables.h"

/* A block that is held no longer stands on its author's chain, or never did. */
enum store_error side_put(struct store_txn *txn, const struct network *network, uint32_t number,
                          const struct block *block);
/* It joins the chain. */
enum store_error side_delete(struct store_txn *txn, const struct network *network, uint32_t number,
                             const struct block *block);

#endif
