#include "node/ingest_shop.h"

#include <sodium.h>

#include "protocol/rules/introduction.h"
#include "store/shop_admission.h"

enum { ROSTERS_LOOKED_AT_MAX = 16 };

/* ---- admission ---- */

/* What this node's owner reviewed or follows; a review is no secret. */
static enum store_error is_owners_own(struct ingest *ingest, struct store_txn *txn,
                                      const struct actor_id *shop, enum admission *out)
{
    bool reviewed = false;
    enum store_error error =
        ingest->has_self ? store_has_reviewed(txn, &ingest->self, shop, &reviewed) : STORE_OK;

    *out = reviewed                               ? ADMISSION_SHOP
           : followed_has(ingest->followed, shop) ? ADMISSION_FOLLOWED
                                                  : ADMISSION_NONE;
    return error;
}

static enum store_error admission_of_shop(struct ingest *ingest, struct store_txn *txn,
                                          const struct actor_id *shop, enum admission *out)
{
    bool introduced = false;
    enum store_error error = store_is_introduced(txn, ingest->trust, shop, &introduced);

    *out = ADMISSION_SHOP;
    return error == STORE_OK && !introduced ? is_owners_own(ingest, txn, shop, out) : error;
}

static enum store_error rosters_naming(struct store_txn *txn, const struct actor_id *author,
                                       struct actor_id shops[ROSTERS_LOOKED_AT_MAX], size_t *count)
{
    return store_rosters_naming(txn, author, randombytes_random(), shops, ROSTERS_LOOKED_AT_MAX, count);
}

/* Whether a shop with author on its roster is admitted as one. */
static enum store_error is_on_a_roster(struct ingest *ingest, struct store_txn *txn,
                                       const struct actor_id *author, bool *out)
{
    struct actor_id shops[ROSTERS_LOOKED_AT_MAX];
    size_t count = 0;
    enum store_error error = rosters_naming(txn, author, shops, &count);

    *out = false;
    for (size_t i = 0; error == STORE_OK && i < count && !*out; i++) {
        enum admission admission = ADMISSION_NONE;

        error = admission_of_shop(ingest, txn, &shops[i], &admission);
        *out = error == STORE_OK && admission != ADMISSION_NONE;
    }
    return error;
}

enum store_error ingest_shop_admission(struct ingest *ingest, struct store_txn *txn,
                                       const struct actor_id *author, bool dialled, enum admission *out)
{
    bool named = false;
    enum store_error error = admission_of_shop(ingest, txn, author, out);

    if (error != STORE_OK || *out == ADMISSION_SHOP || (*out == ADMISSION_FOLLOWED && dialled)) {
        return error;
    }
    error = is_on_a_roster(ingest, txn, author, &named);
    *out = named ? ADMISSION_NAMED : ADMISSION_NONE;
    return error;
}

/* ---- what it may take ---- */

/* Whether a shop is admitted, and on whose account: what this node's owner reviewed or follows is nobody
 * else's. */
static enum store_error find_payer(struct ingest *ingest, struct store_txn *txn, const struct actor_id *shop,
                                   uint64_t now_s, bool *due, struct shop_payer *payer)
{
    enum admission own = ADMISSION_NONE;
    enum store_error error = is_owners_own(ingest, txn, shop, &own);

    *due = own != ADMISSION_NONE;
    *payer = (struct shop_payer){.is_owner = true};
    if (error != STORE_OK || *due) {
        return error;
    }
    error = store_shop_payer(txn, ingest->trust, shop, now_s, payer);
    *due = error == STORE_OK;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Of all shops with author on their rosters the account of the one with the most room: none of them keeps her
 * from saying that she left another. */
static enum store_error find_roster_account(struct ingest *ingest, struct store_txn *txn,
                                            const struct actor_id *author, uint64_t now_s,
                                            struct shop_toll *toll)
{
    struct actor_id shops[ROSTERS_LOOKED_AT_MAX];
    uint64_t most = 0;
    size_t count = 0;
    enum store_error error = rosters_naming(txn, author, shops, &count);

    for (size_t i = 0; error == STORE_OK && i < count; i++) {
        struct shop_payer payer;
        uint64_t room = 0;
        bool due = false;

        error = find_payer(ingest, txn, &shops[i], now_s, &due, &payer);
        if (error == STORE_OK && due) {
            error = store_shop_room(txn, &shops[i], &payer, now_s, &room);
        }
        if (error == STORE_OK && due && (!toll->due || room > most)) {
            *toll = (struct shop_toll){.due = true, .shop = shops[i], .payer = payer};
            most = room;
        }
    }
    return error;
}

/* A technician whom somebody accredited names takes nothing from a shop's account: what a shop sends must not
 * keep her from saying that she left. */
static enum store_error find_account(struct ingest *ingest, struct store_txn *txn,
                                     const struct actor_id *author, uint64_t now_s, struct shop_toll *toll)
{
    const struct actor_id *self = ingest->has_self ? &ingest->self : NULL;
    bool named = false;
    enum store_error error = STORE_OK;

    *toll = (struct shop_toll){.shop = *author};
    error = find_payer(ingest, txn, author, now_s, &toll->due, &toll->payer);
    if (error != STORE_OK || toll->due) {
        return error;
    }
    error = store_is_named(txn, ingest->trust, self, author, &named);
    return error == STORE_OK && !named ? find_roster_account(ingest, txn, author, now_s, toll) : error;
}

enum store_error ingest_shop_enter(struct ingest *ingest, struct store_txn *txn, const struct block *block,
                                   uint64_t now_s, struct shop_toll *toll, uint64_t *room)
{
    uint64_t blocks = 0;
    enum store_error error = find_account(ingest, txn, &block->header.author, now_s, toll);

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
    bool due = false;
    enum store_error error = STORE_OK;

    *may = true;
    if (admission != ADMISSION_SHOP && admission != ADMISSION_FOLLOWED) {
        return STORE_OK;
    }
    error = find_payer(ingest, txn, author, now_s, &due, &payer);
    return error == STORE_OK && due ? store_shop_has_room(txn, author, &payer, now_s, may) : error;
}

/* ---- introductions ---- */

/* Her keys as they are held here: what leads to them can't be told where she said other things before. */
static enum store_error look_among_held(struct store_txn *txn, const struct signed_consent *introduction,
                                        const struct hash *id, struct sign_public_key *key,
                                        enum reason *reason)
{
    enum store_error error = store_consent_key(txn, introduction, id, key);

    if (error == STORE_OK) {
        *reason = REASON_NONE;
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum reason ingest_introduction(struct ingest *ingest, struct store_txn *txn, struct bytes encoded,
                                struct actor_id *shop, enum store_error *error)
{
    struct signed_consent introduction;
    struct sign_public_key key;
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
    reason = introduction_check(&id, &key, &introduction, shop, ingest->network, &ingest->arena);
    if (reason == REASON_HOLDER_KEY || reason == REASON_BAD_SIGNATURE) {
        *error = look_among_held(txn, &introduction, &id, &key, &reason);
    }
    if (*error == STORE_OK && reason == REASON_NONE) {
        *error = store_introduce(txn, ingest->trust, &introduction.consent, &id, &key, &reason);
    }
    return reason;
}
