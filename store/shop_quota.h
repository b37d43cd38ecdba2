#ifndef STORE_SHOP_QUOTA_H
#define STORE_SHOP_QUOTA_H

/* How much of shops' logs is taken in, by arrival. Each shop has an account of its own: 4 MiB at first, then
 * 1 MiB a day, none saved up. The shops of one payer share another: whoever attested the technicians that
 * introduce them, 1 GiB a day for a namespace's owner and 64 MiB for a delegate, saved up to 4 GiB. A fresh
 * node begins with those 4 GiB for each payer that it meets in its first seven days, counted from the first
 * charge; one that it meets later begins with a day. The times are this node's own; what
 * is dated later than now, by a clock that was ahead once, counts as of now. */

#include "protocol/rules/trust.h"
#include "store/store.h"

#define SHOP_BYTES_FIRST (UINT64_C(4) << 20)
#define SHOP_BYTES_A_DAY (UINT64_C(1) << 20)
#define OWNER_BYTES_A_DAY (UINT64_C(1) << 30)
#define DELEGATE_BYTES_A_DAY (UINT64_C(64) << 20)
#define PAYER_BYTES_MAX (UINT64_C(4) << 30)

struct shop_payer {
    struct actor_id actor;
    bool is_owner;
};

/* Bytes that may be taken in of shop now. */
enum store_error store_shop_room(struct store_txn *txn, const struct actor_id *shop,
                                 const struct shop_payer *payer, uint64_t now_s, uint64_t *room);
/* Charge bytes that were taken in; what goes beyond the room is forgiven. */
enum store_error store_charge_shop(struct store_txn *txn, const struct actor_id *shop,
                                   const struct shop_payer *payer, uint64_t bytes, uint64_t now_s);
/* Note that a block of size bytes found no room. */
enum store_error store_refuse_shop(struct store_txn *txn, const struct actor_id *shop, uint64_t size,
                                   uint64_t now_s);
/* Whether there is room for the block that found none last: before, its log is not worth asking for. */
enum store_error store_shop_has_room(struct store_txn *txn, const struct actor_id *shop,
                                     const struct shop_payer *payer, uint64_t now_s, bool *has_room);

#endif
