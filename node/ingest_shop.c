#include "node/ingest_shop.h"

#include "protocol/rules/introduction.h"
#include "store/shop_admission.h"

enum { ROSTERS_LOOKED_AT_MAX = 16 };

/* ---- admission ---- */

/* A shop itself, and who pays. What this node's owner reviewed or follows, the owner pays for; a review is no
 * secret. */
static enum store_error admission_of_shop(struct ingest *ingest, struct store_txn *txn,
                                          const struct actor_id *shop, enum admission *out,
                                          struct shop_payer *payer)
{
    bool reviewed = false;
    enum store_error error = store_shop_payer(txn, ingest->trust, shop, payer);

    *out = ADMISSION_SHOP;
    if (error != STORE_NOT_FOUND) {
        return error;
    }
    *payer = (struct shop_payer){.is_owner = true};
    error = ingest->has_self ? store_has_reviewed(txn, &ingest->self, shop, &reviewed) : STORE_OK;
    if (error != STORE_OK || reviewed) {
        return error;
    }
    *out = followed_has(ingest->followed, shop) ? ADMISSION_FOLLOWED : ADMISSION_NONE;
    return STORE_OK;
}

/* The first shop with author on its roster that is admitted as one. STORE_NOT_FOUND: none is. */
static enum store_error shop_naming(struct ingest *ingest, struct store_txn *txn,
                                    const struct actor_id *author, struct actor_id *shop,
                                    struct shop_payer *payer)
{
    struct actor_id shops[ROSTERS_LOOKED_AT_MAX];
    size_t count = 0;
    enum store_error error = store_rosters_naming(txn, author, shops, ROSTERS_LOOKED_AT_MAX, &count);

    for (size_t i = 0; error == STORE_OK && i < count; i++) {
        enum admission admission = ADMISSION_NONE;

        error = admission_of_shop(ingest, txn, &shops[i], &admission, payer);
        if (error == STORE_OK && admission != ADMISSION_NONE) {
            *shop = shops[i];
            return STORE_OK;
        }
    }
    return error == STORE_OK ? STORE_NOT_FOUND : error;
}

enum store_error ingest_shop_admission(struct ingest *ingest, struct store_txn *txn,
                                       const struct actor_id *author, bool dialled, enum admission *out)
{
    struct shop_payer payer;
    struct actor_id shop;
    enum store_error error = admission_of_shop(ingest, txn, author, out, &payer);

    if (error != STORE_OK || *out == ADMISSION_SHOP || (*out == ADMISSION_FOLLOWED && dialled)) {
        return error;
    }
    error = shop_naming(ingest, txn, author, &shop, &payer);
    *out = error == STORE_OK ? ADMISSION_NAMED : ADMISSION_NONE;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* ---- what it may take ---- */

/* A technician whom somebody accredited names takes nothing from a shop's account: what a shop sends must not
 * keep her from saying that she left. */
static enum store_error find_account(struct ingest *ingest, struct store_txn *txn,
                                     const struct actor_id *author, struct shop_toll *toll)
{
    const struct actor_id *self = ingest->has_self ? &ingest->self : NULL;
    enum admission admission = ADMISSION_NONE;
    bool named = false;
    enum store_error error = admission_of_shop(ingest, txn, author, &admission, &toll->payer);

    toll->shop = *author;
    toll->due = admission != ADMISSION_NONE;
    if (error != STORE_OK || toll->due) {
        return error;
    }
    error = store_is_named(txn, ingest->trust, self, author, &named);
    if (error != STORE_OK || named) {
        return error;
    }
    error = shop_naming(ingest, txn, author, &toll->shop, &toll->payer);
    toll->due = error == STORE_OK;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error ingest_shop_enter(struct ingest *ingest, struct store_txn *txn, const struct block *block,
                                   uint64_t now_s, struct shop_toll *toll, uint64_t *room)
{
    uint64_t blocks = 0;
    enum store_error error = find_account(ingest, txn, &block->header.author, toll);

    *room = UINT64_MAX;
    if (error != STORE_OK || !toll->due) {
        return error;
    }
    error = store_log_size(txn, &block->header.author, &blocks, &toll->held);
    if (error == STORE_NOT_FOUND) {
        error = STORE_OK;
    }
    if (error != STORE_OK || block_is_rotation(block)) {
        return error;
    }
    return store_shop_room(txn, &toll->shop, &toll->payer, now_s, room);
}

enum store_error ingest_shop_pay(struct store_txn *txn, const struct actor_id *author,
                                 const struct shop_toll *toll, uint64_t now_s)
{
    uint64_t blocks = 0, held = 0;
    enum store_error error = store_log_size(txn, author, &blocks, &held);

    if (error != STORE_OK || held <= toll->held) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    return store_charge_shop(txn, &toll->shop, &toll->payer, held - toll->held, now_s);
}

enum store_error ingest_may_grow(struct ingest *ingest, struct store_txn *txn, const struct actor_id *author,
                                 enum admission admission, uint64_t now_s, bool *may)
{
    struct shop_payer payer;
    enum store_error error = STORE_OK;

    *may = true;
    if (admission != ADMISSION_SHOP && admission != ADMISSION_FOLLOWED) {
        return STORE_OK;
    }
    error = admission_of_shop(ingest, txn, author, &admission, &payer);
    return error == STORE_OK ? store_shop_has_room(txn, author, &payer, now_s, may) : error;
}

/* ---- introductions ---- */

enum reason ingest_introduction(struct ingest *ingest, struct store_txn *txn, struct bytes encoded,
                                struct actor_id *shop, enum store_error *error)
{
    struct signed_consent introduction;
    struct hash id;
    bool may = false;
    enum reason reason;

    arena_rewind(&ingest->arena, 0);
    *error = STORE_OK;
    reason = schema_decode(&signed_consent_schema, &introduction, encoded, &ingest->arena);
    if (reason != REASON_NONE) {
        return reason;
    }
    *shop = introduction.consent.shop;
    /* Before a signature is looked at: strangers cost nothing. */
    *error = store_may_introduce(txn, ingest->trust, &introduction.consent.technician, &may);
    if (*error != STORE_OK || !may) {
        return REASON_NOT_ADMITTED;
    }
    reason = introduction_check(&id, &introduction, shop, ingest->network, &ingest->arena);
    if (reason == REASON_NONE) {
        *error = store_introduce(txn, ingest->trust, &introduction.consent, &id, &reason);
    }
    return reason;
}
