#ifndef NODE_INGEST_SHOP_H
#define NODE_INGEST_SHOP_H

/* The part of ingest.h that deals with shops: whether a log is taken in because a technician introduced it,
 * or this node's owner reviewed or follows it, and how much of it (store/shop_admission.h,
 * store/shop_quota.h). */

#include "node/ingest.h"
#include "store/shop_quota.h"

/* ADMISSION_SHOP, ADMISSION_FOLLOWED (dialled alone, as in ingest_admission), ADMISSION_NAMED where the
 * roster of such a shop names author, or ADMISSION_NONE. */
enum store_error ingest_shop_admission(struct ingest *ingest, struct store_txn *txn,
                                       const struct actor_id *author, bool dialled, enum admission *out);

/* On whose account one block comes in. */
struct shop_toll {
    bool due; /* it is a shop's, or of a technician whom a roster alone names: the rest is set */
    struct actor_id shop;
    struct shop_payer payer;
    uint64_t held; /* bytes of its author, before */
};

/* Find out. Writes: *toll, and *room, how many bytes of the block may be kept; a rotation always fits. */
enum store_error ingest_shop_enter(struct ingest *ingest, struct store_txn *txn, const struct block *block,
                                   uint64_t now_s, struct shop_toll *toll, uint64_t *room);
/* Charge what is held more of author than before. */
enum store_error ingest_shop_pay(struct store_txn *txn, const struct actor_id *author,
                                 const struct shop_toll *toll, uint64_t now_s);

/* Whether it is worth asking for a log so admitted: not while a shop's block that found no room last would
 * find none. */
enum store_error ingest_may_grow(struct ingest *ingest, struct store_txn *txn, const struct actor_id *author,
                                 enum admission admission, uint64_t now_s, bool *may);

/* Decide about an introduction (an encoded signed_consent) of shop, and keep it. Returns: REASON_NONE, the
 * shop is admitted; REASON_NOT_ADMITTED: nothing held lets its technician introduce anybody; or as
 * introduction_check and store_introduce. */
enum reason ingest_introduction(struct ingest *ingest, struct store_txn *txn, struct bytes encoded,
                                struct actor_id *shop, enum store_error *error);

#endif
