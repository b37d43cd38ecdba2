#include "store/shop_admission.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/rules/affiliation.h"
#include "store/consents.h"
#include "store/erased.h"
#include "store/grants.h"
#include "store/index.h"
#include "store/introducer.h"
#include "store/own.h"
#include "store/stated.h"

/* ---- rows ---- */

/* By technician each row is a struct disk_introduction; by shop a struct disk_introducer. A consent's id is
 * told apart from others by its first bytes, as an entry is. */
enum introduction_kind { BY_TECHNICIAN = 1, BY_SHOP = 2 };
enum { ID_PREFIX_SIZE = 16, ROW_KEY_SIZE = 1 + HASH_SIZE + ID_PREFIX_SIZE };

static struct key kind_key(enum introduction_kind kind, const struct actor_id *actor)
{
    struct key key = {0};

    key_add_number(&key, kind, 1);
    key_add(&key, actor->hash.bytes, HASH_SIZE);
    return key;
}

static struct key row_key(enum introduction_kind kind, const struct actor_id *actor, const struct hash *id)
{
    struct key key = kind_key(kind, actor);

    key_add(&key, id->bytes, ID_PREFIX_SIZE);
    return key;
}

struct introductions {
    size_t count;
    struct disk_introduction
        rows[INTRODUCTIONS_EACH_MAX + 1]; /* first those that her present keys signed, by id */
};

/* Every row under prefix, at most max, of size bytes each, in out. */
static enum store_error read_rows(struct store_txn *txn, const struct key *prefix, void *out, size_t size,
                                  size_t max, size_t *count)
{
    struct walk walk;
    enum store_error error = walk_open(&walk, txn, TABLE_INTRODUCTIONS);

    *count = 0;
    if (error != STORE_OK) {
        return error;
    }
    error = walk_seek(&walk, prefix);
    while (error == STORE_OK && *count < max && walk_under(&walk, prefix)) {
        if (walk.value.size != size || walk.key.size != ROW_KEY_SIZE) {
            error = txn_fail(txn, STORE_DAMAGED);
            break;
        }
        memcpy((uint8_t *)out + size * *count, walk.value.data, size);
        ++*count;
        error = walk_next(&walk);
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* The keys that the technician has now. *held: whether that is known. */
static enum store_error present_keys(struct store_txn *txn, const struct actor_id *technician,
                                     struct key_set *keys, bool *held)
{
    struct disk_author row;
    uint64_t epoch;
    enum store_error error = author_read_log(txn, technician, &row);

    *held = error == STORE_OK;
    if (error == STORE_OK) {
        error = keys_read(txn, row.number, row.seq, keys, &epoch);
    }
    return error == STORE_NOT_FOUND && !*held ? STORE_OK : error;
}

/* Rows that come by id: whoever has a key that she replaced takes no place of what she signed since. */
static enum store_error sort_by_keys(struct store_txn *txn, const struct actor_id *technician,
                                     struct introductions *introductions)
{
    struct disk_introduction later[INTRODUCTIONS_EACH_MAX + 1];
    size_t count = 0, later_count = 0;
    struct key_set keys;
    bool held = false;
    enum store_error error = present_keys(txn, technician, &keys, &held);

    if (error != STORE_OK || !held) {
        return error;
    }
    for (size_t i = 0; i < introductions->count; i++) {
        if (key_set_has(&keys, ROLE_PRESENT, &introductions->rows[i].key)) {
            introductions->rows[count++] = introductions->rows[i];
        } else {
            later[later_count++] = introductions->rows[i];
        }
    }
    memcpy(introductions->rows + count, later, later_count * sizeof later[0]);
    return STORE_OK;
}

static enum store_error introductions_by(struct store_txn *txn, const struct actor_id *technician,
                                         struct introductions *out)
{
    const struct key prefix = kind_key(BY_TECHNICIAN, technician);
    enum store_error error =
        read_rows(txn, &prefix, out->rows, sizeof out->rows[0], INTRODUCTIONS_EACH_MAX + 1, &out->count);

    return error == STORE_OK && out->count > 0 ? sort_by_keys(txn, technician, out) : error;
}

static enum store_error write_row(struct store_txn *txn, const struct actor_id *technician,
                                  const struct disk_introduction *row)
{
    const struct disk_introducer introducer = {.id = row->id, .technician = *technician};
    const struct actor_id shop = {row->shop};
    struct key key = row_key(BY_TECHNICIAN, technician, &row->id);
    enum store_error error = table_put(txn, TABLE_INTRODUCTIONS, &key, row, sizeof *row);

    if (error != STORE_OK) {
        return error;
    }
    key = row_key(BY_SHOP, &shop, &row->id);
    return table_put(txn, TABLE_INTRODUCTIONS, &key, &introducer, sizeof introducer);
}

static enum store_error drop_row(struct store_txn *txn, const struct actor_id *technician,
                                 const struct disk_introduction *row)
{
    const struct actor_id shop = {row->shop};
    struct key key = row_key(BY_TECHNICIAN, technician, &row->id);
    enum store_error error = table_delete(txn, TABLE_INTRODUCTIONS, &key);

    if (error != STORE_OK) {
        return error;
    }
    key = row_key(BY_SHOP, &shop, &row->id);
    return table_delete(txn, TABLE_INTRODUCTIONS, &key);
}

/* ---- what holds ---- */

/* Whether the technician's own log says that she left. */
static enum store_error has_left(struct store_txn *txn, const struct actor_id *technician,
                                 const struct hash *id, bool *left)
{
    const struct key key = grant_key_of_affiliation(GRANT_LEFT, id);
    struct disk_record record;
    struct entry_at at;
    uint32_t number = 0;
    enum store_error error = store_author_number(txn, technician, &number);

    *left = false;
    if (error == STORE_OK) {
        error = grant_next_by(txn, &key, number, NULL, &at);
    }
    while (error == STORE_OK && !*left) {
        const struct entry_at behind = at;

        error = record_find(txn, at.author, at.seq, &record);
        *left = error == STORE_OK && record.standing != STANDING_VOID;
        if (error == STORE_OK) {
            error = grant_next_by(txn, &key, number, &behind, &at);
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Whether a row for that shop stands before row i. */
static bool is_met_before(const struct introductions *introductions, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (hash_equal(&introductions->rows[j].shop, &introductions->rows[i].shop)) {
            return true;
        }
    }
    return false;
}

/* Drop from *introductions what the technician left. */
static enum store_error leave_out_left(struct store_txn *txn, const struct actor_id *technician,
                                       struct introductions *introductions)
{
    size_t kept = 0;

    for (size_t i = 0; i < introductions->count; i++) {
        bool left = false;
        enum store_error error = has_left(txn, technician, &introductions->rows[i].id, &left);

        if (error != STORE_OK) {
            return error;
        }
        if (!left) {
            introductions->rows[kept++] = introductions->rows[i];
        }
    }
    introductions->count = kept;
    return STORE_OK;
}

/* The technician's introduction with that id if it is of one of the shops that she introduces now, else
 * NULL. */
static const struct disk_introduction *among_first(const struct introductions *introductions,
                                                   const struct hash *id)
{
    size_t shops = 0;

    for (size_t i = 0; i < introductions->count && shops < INTRODUCED_SHOPS_MAX; i++) {
        shops += is_met_before(introductions, i) ? 0 : 1;
        if (hash_equal(&introductions->rows[i].id, id)) {
            return &introductions->rows[i];
        }
    }
    return NULL;
}

/* Whether one of the technician's introductions is of shop and holds, and add who pays then. */
static enum store_error add_payers(struct store_txn *txn, const struct trust *trust,
                                   const struct actor_id *shop, const struct actor_id *technician,
                                   struct payers *payers, bool *holds)
{
    struct introductions introductions;
    struct payers hers;
    bool any = false;
    enum store_error error = introductions_by(txn, technician, &introductions);

    *holds = false;
    if (error == STORE_OK) {
        error = leave_out_left(txn, technician, &introductions);
    }
    for (size_t i = 0; error == STORE_OK && i < introductions.count && !any; i++) {
        any = hash_equal(&introductions.rows[i].shop, &shop->hash) &&
              among_first(&introductions, &introductions.rows[i].id) != NULL;
    }
    if (error != STORE_OK || !any) {
        return error;
    }
    error = introducer_find(txn, trust, technician, &hers);
    *holds = error == STORE_OK && hers.count > 0;
    for (size_t i = 0; *holds && i < hers.count; i++) {
        payers_add(payers, &hers.items[i]);
    }
    return error;
}

/* Introductions of a shop, by id; while a new one is looked at, one more. */
struct introducers {
    size_t count;
    struct disk_introducer items[INTRODUCTIONS_OF_SHOP_MAX + 1];
};

static enum store_error introducers_of(struct store_txn *txn, const struct actor_id *shop,
                                       struct introducers *out)
{
    const struct key prefix = kind_key(BY_SHOP, shop);

    return read_rows(txn, &prefix, out->items, sizeof out->items[0], INTRODUCTIONS_OF_SHOP_MAX + 1,
                     &out->count);
}

/* A technician may introduce the shop by more than one consent. */
static bool is_met(const struct introducers *introducers, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (actor_id_equal(&introducers->items[i].technician, &introducers->items[at].technician)) {
            return true;
        }
    }
    return false;
}

/* The one with the most room, and of several the first. */
static enum store_error choose_payer(struct store_txn *txn, const struct actor_id *shop,
                                     const struct payers *payers, uint64_t now_s, struct shop_payer *out)
{
    uint64_t most = 0;
    enum store_error error = STORE_OK;

    *out = payers->items[0];
    for (size_t i = 0; error == STORE_OK && i < payers->count; i++) {
        uint64_t room = 0;

        error = store_shop_room(txn, shop, &payers->items[i], now_s, &room);
        if (room > most) {
            most = room;
            *out = payers->items[i];
        }
    }
    return error;
}

/* Of all its introductions, whoever may pay; one is enough for whether any holds. */
static enum store_error find_payers(struct store_txn *txn, const struct trust *trust,
                                    const struct actor_id *shop, bool one, struct payers *payers)
{
    struct introducers introducers;
    enum store_error error = introducers_of(txn, shop, &introducers);

    payers->count = 0;
    for (size_t i = 0; error == STORE_OK && i < introducers.count && (!one || payers->count == 0); i++) {
        bool holds = false;

        if (!is_met(&introducers, i)) {
            error = add_payers(txn, trust, shop, &introducers.items[i].technician, payers, &holds);
        }
    }
    return error;
}

enum store_error store_is_introduced(struct store_txn *txn, const struct trust *trust,
                                     const struct actor_id *shop, bool *introduced)
{
    struct payers payers;
    enum store_error error = find_payers(txn, trust, shop, true, &payers);

    *introduced = error == STORE_OK && payers.count > 0;
    return error;
}

enum store_error store_shop_payer(struct store_txn *txn, const struct trust *trust,
                                  const struct actor_id *shop, uint64_t now_s, struct shop_payer *payer)
{
    struct payers payers;
    enum store_error error = find_payers(txn, trust, shop, false, &payers);

    if (error != STORE_OK || payers.count == 0) {
        return error == STORE_OK ? STORE_NOT_FOUND : error;
    }
    return choose_payer(txn, shop, &payers, now_s, payer);
}

enum store_error store_consent_key(struct store_txn *txn, const struct signed_consent *consent,
                                   const struct hash *id, struct sign_public_key *key)
{
    const struct keyed_signature *signature = &consent->signature;
    struct disk_author row;
    uint64_t seq;
    enum store_error error = author_read_log(txn, &consent->consent.technician, &row);

    if (error == STORE_OK) {
        error = own_key(txn, row.number, &signature->key, &seq);
    }
    *key = signature->key;
    return error == STORE_OK && !sign_verify(&signature->signature, key, id) ? STORE_NOT_FOUND : error;
}

/* ---- introducing ---- */

enum store_error store_may_introduce(struct store_txn *txn, const struct trust *trust,
                                     const struct actor_id *technician, bool *may)
{
    struct payers payers;
    enum store_error error = introducer_find(txn, trust, technician, &payers);

    *may = error == STORE_OK && payers.count > 0;
    return error;
}

/* Forget what the technician left. */
static enum store_error drop_left(struct store_txn *txn, const struct actor_id *technician)
{
    struct introductions introductions;
    enum store_error error = introductions_by(txn, technician, &introductions);

    for (size_t i = 0; error == STORE_OK && i < introductions.count; i++) {
        bool left = false;

        error = has_left(txn, technician, &introductions.rows[i].id, &left);
        if (error == STORE_OK && left) {
            error = drop_row(txn, technician, &introductions.rows[i]);
        }
    }
    return error;
}

/* Forget the last of the technician's introductions where there are too many. *fits: false when it was that
 * one. */
static enum store_error drop_last(struct store_txn *txn, const struct actor_id *technician,
                                  const struct hash *id, bool *fits)
{
    struct introductions introductions;
    enum store_error error = introductions_by(txn, technician, &introductions);
    const struct disk_introduction *last = &introductions.rows[INTRODUCTIONS_EACH_MAX];

    *fits = error == STORE_OK;
    if (error != STORE_OK || introductions.count <= INTRODUCTIONS_EACH_MAX) {
        return error;
    }
    *fits = !hash_equal(&last->id, id);
    return drop_row(txn, technician, last);
}

/* How the introductions of a shop stand beside each other. */
struct ranking {
    struct shop_payer payer; /* the first of those who would pay */
    bool holds;
    size_t before; /* of the same payer's, that hold */
};

/* Whether a gives way before b, which has a lower id: what doesn't hold, then what its payer has more of,
 * then a delegate's. */
static bool gives_way_before(const struct ranking *a, const struct ranking *b)
{
    if (a->holds != b->holds) {
        return b->holds;
    }
    if (a->before != b->before) {
        return a->before > b->before;
    }
    return b->payer.is_owner ? true : !a->payer.is_owner;
}

static enum store_error rank(struct store_txn *txn, const struct trust *trust, const struct actor_id *shop,
                             const struct introducers *introducers, struct ranking *rankings)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; error == STORE_OK && i < introducers->count; i++) {
        struct payers payers = {.count = 0};

        rankings[i] = (struct ranking){.before = 0};
        error = add_payers(txn, trust, shop, &introducers->items[i].technician, &payers, &rankings[i].holds);
        if (error == STORE_OK && rankings[i].holds) {
            rankings[i].payer = payers.items[0];
        }
        for (size_t j = 0; j < i; j++) {
            rankings[i].before += rankings[j].holds && rankings[i].holds &&
                                  actor_id_equal(&rankings[j].payer.actor, &rankings[i].payer.actor);
        }
    }
    return error;
}

/* Of more introductions of a shop than are remembered one gives way, so that each payer keeps one before any
 * keeps two, and an owner before a delegate. */
static enum store_error give_way(struct store_txn *txn, const struct trust *trust,
                                 const struct actor_id *shop)
{
    struct ranking rankings[INTRODUCTIONS_OF_SHOP_MAX + 1];
    struct introducers introducers;
    size_t worst = 0;
    enum store_error error = introducers_of(txn, shop, &introducers);

    if (error != STORE_OK || introducers.count <= INTRODUCTIONS_OF_SHOP_MAX) {
        return error;
    }
    error = rank(txn, trust, shop, &introducers, rankings);
    for (size_t i = 1; error == STORE_OK && i < introducers.count; i++) {
        worst = gives_way_before(&rankings[i], &rankings[worst]) ? i : worst;
    }
    return error == STORE_OK
               ? drop_row(txn, &introducers.items[worst].technician,
                          &(struct disk_introduction){.id = introducers.items[worst].id, .shop = shop->hash})
               : error;
}

static enum store_error keep(struct store_txn *txn, const struct trust *trust, const struct consent *consent,
                             const struct hash *id, const struct sign_public_key *key, enum reason *reason)
{
    const struct disk_introduction row = {.id = *id, .shop = consent->shop.hash, .key = *key};
    struct introductions introductions;
    bool fits = false;
    enum store_error error = write_row(txn, &consent->technician, &row);

    *reason = REASON_QUOTA;
    if (error == STORE_OK) {
        error = drop_last(txn, &consent->technician, id, &fits);
    }
    if (error != STORE_OK || !fits) {
        return error;
    }
    error = introductions_by(txn, &consent->technician, &introductions);
    if (error == STORE_OK && among_first(&introductions, id) != NULL) {
        *reason = REASON_NONE;
    }
    return error == STORE_OK ? give_way(txn, trust, &consent->shop) : error;
}

enum store_error store_introduce(struct store_txn *txn, const struct trust *trust,
                                 const struct consent *consent, const struct hash *id,
                                 const struct sign_public_key *key, enum reason *reason)
{
    bool may = false, left = false;
    enum store_error error = store_may_introduce(txn, trust, &consent->technician, &may);

    *reason = REASON_NOT_ADMITTED;
    if (error != STORE_OK || !may) {
        return error;
    }
    error = drop_left(txn, &consent->technician);
    if (error == STORE_OK) {
        error = has_left(txn, &consent->technician, id, &left);
    }
    if (error != STORE_OK || left) {
        *reason = REASON_LEFT;
        return error;
    }
    return keep(txn, trust, consent, id, key, reason);
}

/* ---- rosters ---- */

/* Rosters that name a technician, those of them, and on each what is said of her, that are looked at for
 * whether she consented; keys that she had. */
enum { NAMING_SHOPS_MAX = 4096, NAMING_LOOKED_AT_MAX = 256, NAMING_EACH_MAX = 4, EARLIER_KEYS_MAX = 64 };

/* Whether the consent of the `joined` at that place is hers: REASON_NONE, REASON_BAD_SIGNATURE when it is
 * not, else nobody knows. */
static enum store_error whose_consent(struct store_txn *txn, const struct entry_at *at, enum reason *reason)
{
    struct affiliation joined;
    struct disk_consent consent;
    enum store_error error = own_consent(txn, at, &consent);

    *reason = REASON_UNKNOWN_ISSUER;
    if (error == STORE_OK) {
        error = affiliation_read_sealed(txn, at, &joined);
    }
    if (error == STORE_OK) {
        error = consent_weigh(txn, &joined, (enum consent_verdict)consent.verdict, UINT64_MAX, reason);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Whether one of the first that the shop has of the technician may be hers. */
static enum store_error may_be_hers(struct store_txn *txn, const struct key *technician, uint32_t shop,
                                    bool *may)
{
    struct entry_at at;
    size_t count = 0;
    enum store_error error = grant_next_by(txn, technician, shop, NULL, &at);

    *may = false;
    while (error == STORE_OK && !*may && count++ < NAMING_EACH_MAX) {
        const struct entry_at behind = at;
        enum reason reason;

        error = whose_consent(txn, &at, &reason);
        *may = error == STORE_OK && reason != REASON_BAD_SIGNATURE;
        if (error == STORE_OK) {
            error = grant_next_by(txn, technician, shop, &behind, &at);
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Shops whose rosters are named, each once. */
struct naming {
    struct store_txn *txn;
    const struct actor_id *technician;
    size_t count, max, looked_at;
    uint32_t *shops;
};

static bool is_named(const struct naming *naming, uint32_t shop)
{
    for (size_t i = 0; i < naming->count; i++) {
        if (naming->shops[i] == shop) {
            return true;
        }
    }
    return false;
}

/* Shops to whom she consented by that key. What is found by it, only its owner signed. */
static enum store_error add_signed(struct naming *naming, const struct sign_public_key *signer)
{
    const struct key key = grant_key_of_signer(signer);
    struct entry_at at = {0};
    enum store_error error = grant_next(naming->txn, &key, NULL, &at);

    while (error == STORE_OK && naming->count < naming->max && naming->looked_at++ < NAMING_LOOKED_AT_MAX) {
        const struct entry_at behind = {at.author, BLOCK_SEQ_MAX, BLOCK_ENTRIES_MAX};
        struct affiliation joined;

        error = affiliation_read_sealed(naming->txn, &at, &joined);
        if (error == STORE_OK && actor_id_equal(&joined.consent.technician, naming->technician) &&
            !is_named(naming, at.author)) {
            naming->shops[naming->count++] = at.author;
        }
        if (error == STORE_OK) {
            error = grant_next(naming->txn, &key, &behind, &at);
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* To whom she surely consented, by the keys that she has before those that she had: whoever has one of
 * these takes no place. */
static enum store_error add_sure(struct naming *naming)
{
    struct sign_public_key earlier[EARLIER_KEYS_MAX];
    struct key_set keys = {0};
    struct disk_author row;
    uint64_t epoch;
    size_t count = 0;
    enum store_error error = author_read_log(naming->txn, naming->technician, &row);

    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    error = keys_read(naming->txn, row.number, row.seq, &keys, &epoch);
    for (size_t i = 0; error == STORE_OK && i < keys.key_count; i++) {
        if (keys.keys[i].role == ROLE_PRESENT) {
            error = add_signed(naming, &keys.keys[i].key);
        }
    }
    if (error == STORE_OK) {
        error = own_keys(naming->txn, row.number, earlier, EARLIER_KEYS_MAX, &count);
    }
    for (size_t i = 0; error == STORE_OK && i < count; i++) {
        error = add_signed(naming, &earlier[i]);
    }
    return error;
}

/* Authors whose logs hold a `joined` that names her. */
static enum store_error find_naming(struct store_txn *txn, const struct key *technician,
                                    uint32_t shops[NAMING_SHOPS_MAX], size_t *count)
{
    struct entry_at at;
    enum store_error error = grant_next(txn, technician, NULL, &at);

    for (*count = 0; error == STORE_OK && *count < NAMING_SHOPS_MAX;) {
        /* The first one of the next author. */
        const struct entry_at behind = {at.author, BLOCK_SEQ_MAX, BLOCK_ENTRIES_MAX};

        shops[(*count)++] = at.author;
        error = grant_next(txn, technician, &behind, &at);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* Of the others those that may be hers, from the place that draw falls on: while nobody can check them, no
 * number of them, and nobody who came first, keeps one out for ever. */
static enum store_error add_unsure(struct naming *naming, uint64_t draw)
{
    const struct key key = grant_key_of_actor(GRANT_JOINED, naming->technician);
    uint32_t shops[NAMING_SHOPS_MAX];
    size_t count = 0;
    enum store_error error = find_naming(naming->txn, &key, shops, &count);

    for (size_t i = 0;
         error == STORE_OK && i < count && i < NAMING_LOOKED_AT_MAX && naming->count < naming->max; i++) {
        const uint32_t shop = shops[(draw + i) % count];
        bool may = false;

        if (is_named(naming, shop)) {
            continue;
        }
        error = may_be_hers(naming->txn, &key, shop, &may);
        if (error == STORE_OK && may) {
            naming->shops[naming->count++] = shop;
        }
    }
    return error;
}

enum store_error store_rosters_naming(struct store_txn *txn, const struct actor_id *technician, uint64_t draw,
                                      struct actor_id *out, size_t max, size_t *count)
{
    uint32_t shops[NAMING_LOOKED_AT_MAX];
    struct naming naming = {.txn = txn,
                            .technician = technician,
                            .max = max < NAMING_LOOKED_AT_MAX ? max : NAMING_LOOKED_AT_MAX,
                            .shops = shops};
    enum store_error error = add_sure(&naming);

    if (error == STORE_OK) {
        error = add_unsure(&naming, draw);
    }
    *count = 0;
    for (size_t i = 0; error == STORE_OK && i < naming.count; i++) {
        error = author_name(txn, shops[i], &out[i]);
        *count += error == STORE_OK;
    }
    return error;
}

/* ---- reviews ---- */

enum store_error store_has_reviewed(struct store_txn *txn, const struct actor_id *reviewer,
                                    const struct actor_id *shop, bool *reviewed)
{
    enum { REVIEWS_ARENA_SIZE = 2 * POSTINGS_FOUND_MAX * 8 + 64 * 1024 };
    const struct subject subject = subject_of_actor(shop);
    void *memory = malloc(REVIEWS_ARENA_SIZE);
    struct arena arena;
    struct review review;
    uint64_t *places;
    uint32_t number = 0;
    size_t count = 0;
    bool cut = false;
    enum store_error error = memory != NULL ? store_author_number(txn, reviewer, &number) : STORE_NO_MEMORY;

    *reviewed = false;
    arena_init(&arena, memory, memory != NULL ? REVIEWS_ARENA_SIZE : 0);
    if (error == STORE_OK) {
        error = index_find(txn, &subject, NULL, &places, &count, &cut, &arena);
    }
    for (size_t i = 0; error == STORE_OK && i < count && !*reviewed; i++) {
        const struct entry_at at = {place_author(places[i]), place_seq(places[i]), place_index(places[i])};
        size_t mark = arena_mark(&arena);

        if (at.author != number) {
            continue;
        }
        error = stated_read(txn, &at, ENTRY_REVIEW, &review, &arena);
        *reviewed = error == STORE_OK && actor_id_equal(&review.shop, shop);
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
        arena_rewind(&arena, mark);
    }
    free(memory);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* ---- telling others ---- */

/* Of a roster, and of the technicians on it: what is asked of them costs. */
enum { ROSTER_LOOKED_AT_MAX = 1024, TECHNICIANS_ASKED_MAX = 256 };

/* Copy block seq of the technician's chain when it is of class keys. STORE_NOT_FOUND when it is not. */
static enum store_error copy_key_block(struct store_txn *txn, uint32_t number, uint64_t seq,
                                       struct key_block *out, struct arena *arena)
{
    struct disk_record record;
    struct stored_block stored;
    enum store_error error = record_find(txn, number, seq, &record);

    if (error == STORE_OK && record.block_class != CLASS_KEYS) {
        return STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        error = stored_block_read(txn, number, seq, &record.hash, &stored);
    }
    if (error != STORE_OK) {
        return error;
    }
    return arena_copy(arena, stored.encoded, &out->block) ? STORE_OK : STORE_NO_MEMORY;
}

/* The keys record of the technician and what followed, up to the key set that signed: none of that where it
 * is too much, or other blocks stand between. STORE_NOT_FOUND when her log is not held. */
static enum store_error carry_keys(struct store_txn *txn, const struct affiliation *joined,
                                   struct signed_consent *out, struct arena *arena)
{
    struct key_block *blocks = arena_take(arena, PRESENTATION_KEY_BLOCKS_MAX * sizeof *blocks);
    struct disk_author technician;
    struct bytes inception;
    uint64_t seq = 0;
    enum store_error error = author_read_log(txn, &joined->consent.technician, &technician);

    if (error == STORE_OK) {
        error = blocks != NULL ? inception_read(txn, technician.number, &inception) : STORE_NO_MEMORY;
    }
    if (error == STORE_OK && !arena_copy(arena, inception, &out->technician_keys)) {
        error = STORE_NO_MEMORY;
    }
    if (error == STORE_OK) {
        error = own_key(txn, technician.number, &joined->signature.key, &seq);
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    for (size_t i = 0; error == STORE_OK && i < seq; i++) {
        error = i < PRESENTATION_KEY_BLOCKS_MAX
                    ? copy_key_block(txn, technician.number, i + 1, &blocks[i], arena)
                    : STORE_NOT_FOUND;
        if (error == STORE_NOT_FOUND) {
            return STORE_OK;
        }
    }
    out->technician_blocks = (struct list){.items = blocks, .count = (size_t)seq};
    return error;
}

/* What a roster says of those who may introduce the shop, and of some of the others. */
struct telling {
    struct store_txn *txn;
    const struct trust *trust;
    const struct actor_id *shop;
    struct arena *arena;
    size_t max;
    struct affiliation *taken, *others; /* max of each */
    size_t taken_count, other_count;
    struct actor_id *met; /* technicians who were asked about */
    size_t met_count;
};

/* The `joined` at that place, when its technician signed and has not left. STORE_NOT_FOUND: it is none. */
static enum store_error joined_at(struct telling *telling, const struct entry_at *at,
                                  struct affiliation *joined)
{
    const size_t mark = arena_mark(telling->arena);
    struct disk_consent consent;
    enum reason signature = REASON_UNKNOWN_ISSUER;
    bool left = false;
    enum store_error error = own_consent(telling->txn, at, &consent);

    if (error == STORE_OK && consent.verdict != CONSENT_SIGNED) {
        return STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        error = stated_read(telling->txn, at, ENTRY_AFFILIATION, joined, telling->arena);
    }
    arena_rewind(telling->arena, mark);
    joined->extensions = (struct list){0};
    if (error == STORE_OK && !actor_id_equal(&joined->consent.shop, telling->shop)) {
        return STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        error = consent_weigh(telling->txn, joined, CONSENT_SIGNED, UINT64_MAX, &signature);
    }
    if (error == STORE_OK && signature != REASON_NONE) {
        return STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        error = has_left(telling->txn, &joined->consent.technician, &joined->id, &left);
    }
    return error == STORE_OK && left ? STORE_NOT_FOUND : error;
}

static bool is_asked(const struct telling *telling, const struct actor_id *technician)
{
    for (size_t i = 0; i < telling->met_count; i++) {
        if (actor_id_equal(&telling->met[i], technician)) {
            return true;
        }
    }
    return false;
}

/* Each technician is asked about once. */
static enum store_error look_at_joined(struct telling *telling, const struct entry_at *at)
{
    struct affiliation joined;
    bool may = false;
    enum store_error error = joined_at(telling, at, &joined);

    if (error != STORE_OK || is_asked(telling, &joined.consent.technician)) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    telling->met[telling->met_count++] = joined.consent.technician;
    error = store_may_introduce(telling->txn, telling->trust, &joined.consent.technician, &may);
    if (error != STORE_OK) {
        return error;
    }
    if (may) {
        telling->taken[telling->taken_count++] = joined;
    } else if (telling->other_count < telling->max) {
        telling->others[telling->other_count++] = joined;
    }
    return STORE_OK;
}

/* Around the place of a long roster that draw falls on. */
static enum store_error look_at_roster(struct telling *telling, uint32_t number, uint64_t draw)
{
    struct entry_at *roster;
    size_t count = 0;
    enum store_error error =
        own_find(telling->txn, OWN_JOINED, number, DOSSIER_AFFILIATIONS_MAX, &roster, &count, telling->arena);

    for (size_t i = 0; error == STORE_OK && i < count && i < ROSTER_LOOKED_AT_MAX &&
                       telling->taken_count < telling->max && telling->met_count < TECHNICIANS_ASKED_MAX;
         i++) {
        error = look_at_joined(telling, &roster[(draw + i) % count]);
    }
    return error;
}

/* Those by which this node itself let the shop in. */
static enum store_error look_at_introductions(struct telling *telling, uint32_t number)
{
    struct introducers introducers;
    enum store_error error = introducers_of(telling->txn, telling->shop, &introducers);

    for (size_t i = 0; error == STORE_OK && i < introducers.count && telling->taken_count < telling->max;
         i++) {
        const struct key key = grant_key_of_affiliation(GRANT_AFFILIATION, &introducers.items[i].id);
        struct entry_at at;

        error = grant_next_by(telling->txn, &key, number, NULL, &at);
        if (error == STORE_OK) {
            error = look_at_joined(telling, &at);
        }
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    return error;
}

static enum store_error tell(struct telling *telling, const struct affiliation *joined, size_t joined_count,
                             struct introduction *out, size_t *count)
{
    enum store_error error = STORE_OK;

    for (size_t i = 0; error == STORE_OK && i < joined_count && *count < telling->max; i++) {
        struct introduction one = {
            .consent = {.consent = joined[i].consent, .signature = joined[i].signature}};

        error = carry_keys(telling->txn, &joined[i], &one.consent, telling->arena);
        if (error == STORE_OK) {
            out[(*count)++] = one;
        }
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    return error;
}

enum store_error store_introductions(struct store_txn *txn, const struct trust *trust,
                                     const struct actor_id *shop, uint64_t draw, struct introduction *out,
                                     size_t max, size_t *count, struct arena *arena)
{
    struct telling telling = {.txn = txn, .trust = trust, .shop = shop, .arena = arena, .max = max};
    struct disk_author row;
    enum store_error error = author_read_log(txn, shop, &row);

    *count = 0;
    telling.taken = arena_take(arena, max * sizeof *telling.taken);
    telling.others = arena_take(arena, max * sizeof *telling.others);
    telling.met =
        arena_take(arena, (TECHNICIANS_ASKED_MAX + INTRODUCTIONS_OF_SHOP_MAX + 1) * sizeof *telling.met);
    if (telling.taken == NULL || telling.others == NULL || telling.met == NULL) {
        return STORE_NO_MEMORY;
    }
    if (error == STORE_OK) {
        error = look_at_introductions(&telling, row.number);
    }
    if (error == STORE_OK) {
        error = look_at_roster(&telling, row.number, draw);
    }
    if (error == STORE_OK) {
        error = tell(&telling, telling.taken, telling.taken_count, out, count);
    }
    if (error == STORE_OK) {
        error = tell(&telling, telling.others, telling.other_count, out, count);
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}
