#include "store/shop_quota.h"

#include "store/layout.h"
#include "store/tables.h"

/* ACCOUNT_NODE is no account: it holds when the first of them was charged. */
enum account_kind { ACCOUNT_SHOP = 1, ACCOUNT_PAYER = 2, ACCOUNT_NODE = 3 };
enum { DAY_S = 86400, IDLE_S_MAX = 365 * DAY_S, FRESH_S = 7 * DAY_S };

/* How an account fills: first when it is new, then so much a day while it holds less than most. */
struct account_terms {
    enum account_kind kind;
    const struct actor_id *actor;
    uint64_t first, a_day, most;
};

static struct account_terms terms_of_shop(const struct actor_id *shop)
{
    return (struct account_terms){ACCOUNT_SHOP, shop, SHOP_BYTES_FIRST, SHOP_BYTES_A_DAY, SHOP_BYTES_A_DAY};
}

static struct key node_key(void)
{
    struct key key = {0};

    key_add_number(&key, ACCOUNT_NODE, 1);
    return key;
}

/* Whether all history still arrives at this node. */
static enum store_error is_fresh(struct store_txn *txn, uint64_t now_s, bool *fresh)
{
    const struct key key = node_key();
    struct disk_account began;
    enum store_error error = table_get_exact(txn, TABLE_ACCOUNTS, &key, &began, sizeof began);

    *fresh = error == STORE_NOT_FOUND || (error == STORE_OK && now_s < began.at_s + FRESH_S);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* A clock that was ahead then makes nobody fresh for longer. */
static enum store_error note_beginning(struct store_txn *txn, uint64_t now_s)
{
    const struct key key = node_key();
    struct disk_account began;
    enum store_error error = table_get_exact(txn, TABLE_ACCOUNTS, &key, &began, sizeof began);

    if (error == STORE_OK && began.at_s <= now_s) {
        return STORE_OK;
    }
    began = (struct disk_account){.at_s = now_s};
    return error == STORE_OK || error == STORE_NOT_FOUND
               ? table_put(txn, TABLE_ACCOUNTS, &key, &began, sizeof began)
               : error;
}

/* Whoever is met later begins with a day: else each delegate's delegate would bring as much as a fresh node
 * takes in at once. */
static enum store_error terms_of_payer(struct store_txn *txn, const struct shop_payer *payer, uint64_t now_s,
                                       struct account_terms *out)
{
    const uint64_t a_day = payer->is_owner ? OWNER_BYTES_A_DAY : DELEGATE_BYTES_A_DAY;
    bool fresh = false;
    enum store_error error = is_fresh(txn, now_s, &fresh);

    *out = (struct account_terms){ACCOUNT_PAYER, &payer->actor, fresh ? PAYER_BYTES_MAX : a_day, a_day,
                                  PAYER_BYTES_MAX};
    return error;
}

static struct key account_key(const struct account_terms *terms)
{
    struct key key = {0};

    key_add_number(&key, terms->kind, 1);
    key_add(&key, terms->actor->hash.bytes, HASH_SIZE);
    return key;
}

/* The account as of now_s. What is dated later, by a clock that was ahead, counts as of now. */
static enum store_error read_account(struct store_txn *txn, const struct account_terms *terms, uint64_t now_s,
                                     struct disk_account *out)
{
    const struct key key = account_key(terms);
    uint64_t idle_s = 0, filled = 0;
    enum store_error error = table_get_exact(txn, TABLE_ACCOUNTS, &key, out, sizeof *out);

    if (error == STORE_NOT_FOUND) {
        *out = (struct disk_account){.bytes = terms->first, .at_s = now_s};
        return STORE_OK;
    }
    if (error != STORE_OK) {
        return error;
    }
    if (now_s < out->at_s) {
        out->at_s = now_s;
    }
    idle_s = now_s - out->at_s < IDLE_S_MAX ? now_s - out->at_s : IDLE_S_MAX;
    filled = out->bytes + idle_s * terms->a_day / DAY_S;
    if (out->bytes < terms->most) {
        out->bytes = filled < terms->most ? filled : terms->most;
    }
    out->at_s = now_s;
    return STORE_OK;
}

static enum store_error write_account(struct store_txn *txn, const struct account_terms *terms,
                                      const struct disk_account *account)
{
    const struct key key = account_key(terms);

    return table_put(txn, TABLE_ACCOUNTS, &key, account, sizeof *account);
}

static enum store_error charge(struct store_txn *txn, const struct account_terms *terms, uint64_t bytes,
                               uint64_t now_s)
{
    struct disk_account account;
    enum store_error error = read_account(txn, terms, now_s, &account);

    if (error != STORE_OK) {
        return error;
    }
    account.bytes = account.bytes > bytes ? account.bytes - bytes : 0;
    account.refused = 0;
    return write_account(txn, terms, &account);
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

enum store_error store_shop_room(struct store_txn *txn, const struct actor_id *shop,
                                 const struct shop_payer *payer, uint64_t now_s, uint64_t *room)
{
    const struct account_terms of_shop = terms_of_shop(shop);
    struct account_terms of_payer;
    struct disk_account own, shared;
    enum store_error error = read_account(txn, &of_shop, now_s, &own);

    *room = 0;
    if (error == STORE_OK) {
        error = terms_of_payer(txn, payer, now_s, &of_payer);
    }
    if (error == STORE_OK) {
        error = read_account(txn, &of_payer, now_s, &shared);
    }
    if (error == STORE_OK) {
        *room = least(own.bytes, shared.bytes);
    }
    return error;
}

enum store_error store_charge_shop(struct store_txn *txn, const struct actor_id *shop,
                                   const struct shop_payer *payer, uint64_t bytes, uint64_t now_s)
{
    const struct account_terms of_shop = terms_of_shop(shop);
    struct account_terms of_payer;
    enum store_error error = note_beginning(txn, now_s);

    if (error == STORE_OK) {
        error = charge(txn, &of_shop, bytes, now_s);
    }
    if (error == STORE_OK) {
        error = terms_of_payer(txn, payer, now_s, &of_payer);
    }
    return error == STORE_OK ? charge(txn, &of_payer, bytes, now_s) : error;
}

enum store_error store_refuse_shop(struct store_txn *txn, const struct actor_id *shop, uint64_t size,
                                   uint64_t now_s)
{
    const struct account_terms terms = terms_of_shop(shop);
    struct disk_account account;
    enum store_error error = read_account(txn, &terms, now_s, &account);

    if (error != STORE_OK || account.refused == size) {
        return error;
    }
    account.refused = size;
    return write_account(txn, &terms, &account);
}

enum store_error store_shop_has_room(struct store_txn *txn, const struct actor_id *shop,
                                     const struct shop_payer *payer, uint64_t now_s, bool *has_room)
{
    const struct account_terms terms = terms_of_shop(shop);
    struct disk_account account;
    uint64_t room = 0;
    enum store_error error = store_shop_room(txn, shop, payer, now_s, &room);

    *has_room = false;
    if (error == STORE_OK) {
        error = read_account(txn, &terms, now_s, &account);
    }
    if (error == STORE_OK) {
        *has_room = room > 0 && room >= account.refused;
    }
    return error;
}
