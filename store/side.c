#include "store/side.h"

enum store_error side_put(struct store_txn *txn, const struct network *network, uint32_t number,
                          const struct block *block)
{
    (void)txn;
    (void)network;
    (void)number;
    (void)block;
    return STORE_OK;
}

enum store_error side_delete(struct store_txn *txn, const struct network *network, uint32_t number,
                             const struct block *block)
{
    (void)txn;
    (void)network;
    (void)number;
    (void)block;
    return STORE_OK;
}
