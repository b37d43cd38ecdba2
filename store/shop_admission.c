#include "store/shop_admission.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/rules/affiliation.h"
#include "store/consents.h"
#include "store/grants.h"
#include "store/index.h"
#include "store/introducer.h"
#include "store/own.h"
#include "store/stated.h"

/* ---- rows ---- */

/* By technician each row is a struct disk_introduction; by shop it is the technician. A consent's id is told
 * apart from others by its first bytes, as an entry is. */
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
    struct disk_introduction rows[INTRODUCTIONS_EACH_MAX]; /* by id */
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

static enum store_error introductions_by(struct store_txn *txn, const struct actor_id *technician,
                                         struct introductions *out)
{
    const struct key prefix = kind_key(BY_TECHNICIAN, technician);

    return read_rows(txn, &prefix, out->rows, sizeof out->rows[0], INTRODUCTIONS_EACH_MAX, &out->count);
}

static enum store_error write_row(struct store_txn *txn, const struct actor_id *technician,
                                  const struct disk_introduction *row)
{
    const struct actor_id shop = {row->shop};
    struct key key = row_key(BY_TECHNICIAN, technician, &row->id);
    enum store_error error = table_put(txn, TABLE_INTRODUCTIONS, &key, row, sizeof *row);

    if (error != STORE_OK) {
        return error;
    }
    key = row_key(BY_SHOP, &shop, &row->id);
    return table_put(txn, TABLE_INTRODUCTIONS, &key, technician, sizeof *technician);
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

/* Who pays, when one of the technician's introductions is of shop and holds. STORE_NOT_FOUND: none is. */
static enum store_error payer_by(struct store_txn *txn, const struct trust *trust,
                                 const struct actor_id *shop, const struct actor_id *technician,
                                 struct shop_payer *payer)
{
    struct introductions introductions;
    enum store_error error = introductions_by(txn, technician, &introductions);

    if (error == STORE_OK) {
        error = leave_out_left(txn, technician, &introductions);
    }
    for (size_t i = 0; error == STORE_OK && i < introductions.count; i++) {
        const struct disk_introduction *row = &introductions.rows[i];
        const struct entry_at by = {row->author, row->seq, row->index};
        struct introducer introducer;

        if (!hash_equal(&row->shop, &shop->hash) || among_first(&introductions, &row->id) == NULL) {
            continue;
        }
        error = introducer_check(txn, trust, technician, &by, &introducer);
        if (error == STORE_OK) {
            payer->is_owner = introducer.by_owner;
            return author_name(txn, by.author, &payer->actor);
        }
        error = error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    return error == STORE_OK ? STORE_NOT_FOUND : error;
}

/* Whoever introduces the shop, or did; while a new introduction is looked at, one more. */
struct introducers {
    size_t count;
    struct actor_id technicians[INTRODUCTIONS_OF_SHOP_MAX + 1];
};

static enum store_error introducers_of(struct store_txn *txn, const struct actor_id *shop,
                                       struct introducers *out)
{
    const struct key prefix = kind_key(BY_SHOP, shop);

    return read_rows(txn, &prefix, out->technicians, sizeof out->technicians[0],
                     INTRODUCTIONS_OF_SHOP_MAX + 1, &out->count);
}

enum store_error store_shop_payer(struct store_txn *txn, const struct trust *trust,
                                  const struct actor_id *shop, struct shop_payer *payer)
{
    struct introducers introducers;
    enum store_error error = introducers_of(txn, shop, &introducers);

    for (size_t i = 0; error == STORE_OK && i < introducers.count; i++) {
        error = payer_by(txn, trust, shop, &introducers.technicians[i], payer);
        if (error != STORE_NOT_FOUND) {
            return error;
        }
        error = STORE_OK;
    }
    return error == STORE_OK ? STORE_NOT_FOUND : error;
}

/* ---- introducing ---- */

enum store_error store_may_introduce(struct store_txn *txn, const struct trust *trust,
                                     const struct actor_id *technician, bool *may)
{
    struct introducer introducer;
    enum store_error error = introducer_find(txn, trust, technician, &introducer);

    *may = error == STORE_OK;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
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

/* Make room for an introduction among the technician's, the highest id giving way to it. *fits: false when it
 * would be the highest. */
static enum store_error make_room_by(struct store_txn *txn, const struct actor_id *technician,
                                     const struct hash *id, bool *fits)
{
    struct introductions introductions;
    enum store_error error = introductions_by(txn, technician, &introductions);
    const struct disk_introduction *last = &introductions.rows[INTRODUCTIONS_EACH_MAX - 1];

    *fits = error == STORE_OK;
    if (error != STORE_OK || introductions.count < INTRODUCTIONS_EACH_MAX || hash_equal(&last->id, id)) {
        return error;
    }
    *fits = hash_compare(id, &last->id) < 0;
    return *fits ? drop_row(txn, technician, last) : STORE_OK;
}

/* Forget what the technician said of the shop. */
static enum store_error forget_introducer(struct store_txn *txn, const struct actor_id *shop,
                                          const struct actor_id *technician)
{
    struct introductions introductions;
    enum store_error error = introductions_by(txn, technician, &introductions);

    for (size_t i = 0; error == STORE_OK && i < introductions.count; i++) {
        if (hash_equal(&introductions.rows[i].shop, &shop->hash)) {
            error = drop_row(txn, technician, &introductions.rows[i]);
        }
    }
    return error;
}

/* Of more introductions of the newest's shop than are remembered, one technician's that don't hold give way;
 * where those of each hold, the newest does, and the shop is admitted without it. */
static enum store_error give_way(struct store_txn *txn, const struct trust *trust,
                                 const struct actor_id *technician, const struct disk_introduction *newest)
{
    const struct actor_id shop = {newest->shop};
    struct introducers introducers;
    enum store_error error = introducers_of(txn, &shop, &introducers);

    if (error != STORE_OK || introducers.count <= INTRODUCTIONS_OF_SHOP_MAX) {
        return error;
    }
    for (size_t i = 0; i < introducers.count; i++) {
        struct shop_payer payer;

        error = payer_by(txn, trust, &shop, &introducers.technicians[i], &payer);
        if (error != STORE_OK) {
            return error == STORE_NOT_FOUND ? forget_introducer(txn, &shop, &introducers.technicians[i])
                                            : error;
        }
    }
    return drop_row(txn, technician, newest);
}

static enum store_error keep(struct store_txn *txn, const struct trust *trust, const struct consent *consent,
                             const struct hash *id, const struct introducer *introducer, enum reason *reason)
{
    const struct disk_introduction row = {.id = *id,
                                          .shop = consent->shop.hash,
                                          .seq = introducer->by.seq,
                                          .author = introducer->by.author,
                                          .index = (uint16_t)introducer->by.index};
    struct introductions introductions;
    bool fits = false;
    enum store_error error = make_room_by(txn, &consent->technician, id, &fits);

    *reason = REASON_QUOTA;
    if (error != STORE_OK || !fits) {
        return error;
    }
    error = write_row(txn, &consent->technician, &row);
    if (error == STORE_OK) {
        error = introductions_by(txn, &consent->technician, &introductions);
    }
    if (error == STORE_OK && among_first(&introductions, id) != NULL) {
        *reason = REASON_NONE;
    }
    return error == STORE_OK ? give_way(txn, trust, &consent->technician, &row) : error;
}

enum store_error store_introduce(struct store_txn *txn, const struct trust *trust,
                                 const struct consent *consent, const struct hash *id, enum reason *reason)
{
    struct introducer introducer;
    bool left = false;
    enum store_error error = introducer_find(txn, trust, &consent->technician, &introducer);

    if (error == STORE_NOT_FOUND) {
        *reason = REASON_NOT_ADMITTED;
        return STORE_OK;
    }
    if (error == STORE_OK) {
        error = drop_left(txn, &consent->technician);
    }
    if (error == STORE_OK) {
        error = has_left(txn, &consent->technician, id, &left);
    }
    if (error != STORE_OK || left) {
        *reason = REASON_LEFT;
        return error;
    }
    return keep(txn, trust, consent, id, &introducer, reason);
}

/* ---- rosters ---- */

enum store_error store_rosters_naming(struct store_txn *txn, const struct actor_id *technician,
                                      struct actor_id *out, size_t max, size_t *count)
{
    const struct key key = grant_key_of_actor(GRANT_JOINED, technician);
    struct entry_at at;
    enum store_error error = grant_next(txn, &key, NULL, &at);

    *count = 0;
    while (error == STORE_OK && *count < max) {
        /* The first one of the next author. */
        const struct entry_at behind = {at.author, BLOCK_SEQ_MAX, BLOCK_ENTRIES_MAX};

        error = author_name(txn, at.author, &out[*count]);
        if (error == STORE_OK) {
            ++*count;
            error = grant_next(txn, &key, &behind, &at);
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
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

enum { ROSTER_LOOKED_AT_MAX = 256, CONSENTS_LOOKED_AT_MAX = 32 };

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

/* The keys record of the technician and what followed, up to the key set that signed. STORE_NOT_FOUND when
 * they are not held, or too many, or other blocks stand between. */
static enum store_error carry_keys(struct store_txn *txn, const struct affiliation *joined,
                                   struct signed_consent *out, struct arena *arena)
{
    struct key_block *blocks = arena_take(arena, PRESENTATION_KEY_BLOCKS_MAX * sizeof *blocks);
    struct disk_author technician;
    struct bytes inception;
    struct key_set keys;
    uint64_t epoch = 0;
    size_t count = 0;
    enum store_error error = author_read_log(txn, &joined->consent.technician, &technician);

    if (error == STORE_OK) {
        error = blocks != NULL ? inception_read(txn, technician.number, &inception) : STORE_NO_MEMORY;
    }
    if (error == STORE_OK && !arena_copy(arena, inception, &out->technician_keys)) {
        error = STORE_NO_MEMORY;
    }
    while (error == STORE_OK) {
        error = keys_read(txn, technician.number, count, &keys, &epoch);
        if (error == STORE_OK && consent_is_signed(joined, &keys)) {
            out->technician_blocks = (struct list){.items = blocks, .count = count};
            return STORE_OK;
        }
        if (error == STORE_OK && count == PRESENTATION_KEY_BLOCKS_MAX) {
            return STORE_NOT_FOUND;
        }
        if (error == STORE_OK) {
            error = copy_key_block(txn, technician.number, count + 1, &blocks[count], arena);
        }
        count++;
    }
    return error;
}

/* The consent in one `joined`, when it introduces. STORE_NOT_FOUND when it does not. */
static enum store_error introduction_at(struct store_txn *txn, const struct actor_id *shop,
                                        const struct entry_at *at, struct introduction *out,
                                        struct arena *arena)
{
    struct disk_consent consent;
    struct affiliation joined;
    bool left = false;
    enum store_error error = own_consent(txn, at, &consent);

    if (error == STORE_OK && consent.verdict != CONSENT_GOOD) {
        return STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        error = stated_read(txn, at, ENTRY_AFFILIATION, &joined, arena);
    }
    if (error == STORE_OK && !actor_id_equal(&joined.consent.shop, shop)) {
        return STORE_NOT_FOUND;
    }
    if (error == STORE_OK) {
        error = has_left(txn, &joined.consent.technician, &joined.id, &left);
    }
    if (error != STORE_OK || left) {
        return error == STORE_OK ? STORE_NOT_FOUND : error;
    }
    out->consent = (struct signed_consent){.consent = joined.consent, .signature = joined.signature};
    return carry_keys(txn, &joined, &out->consent, arena);
}

/* Add one to those found: before those that this node would not take itself, if it would. */
static enum store_error add_introduction(struct store_txn *txn, const struct trust *trust,
                                         const struct introduction *one, struct introduction *out,
                                         size_t *taken, size_t *count, size_t max)
{
    bool may = false;
    enum store_error error = store_may_introduce(txn, trust, &one->consent.consent.technician, &may);

    if (error != STORE_OK || (!may && *count == max)) {
        return error;
    }
    if (*count < max) {
        ++*count;
    }
    if (may) {
        memmove(out + *taken + 1, out + *taken, (*count - 1 - *taken) * sizeof *out);
        out[(*taken)++] = *one;
    } else {
        out[*count - 1] = *one;
    }
    return STORE_OK;
}

enum store_error store_introductions(struct store_txn *txn, const struct trust *trust,
                                     const struct actor_id *shop, uint64_t draw, struct introduction *out,
                                     size_t max, size_t *count, struct arena *arena)
{
    struct disk_author row;
    struct entry_at *roster = NULL;
    size_t roster_count = 0, taken = 0;
    enum store_error error = author_read_log(txn, shop, &row);

    *count = 0;
    if (error == STORE_OK) {
        error = own_find(txn, OWN_JOINED, row.number, ROSTER_LOOKED_AT_MAX, &roster, &roster_count, arena);
    }
    for (size_t i = 0; error == STORE_OK && i < roster_count && i < CONSENTS_LOOKED_AT_MAX && taken < max;
         i++) {
        struct introduction one;

        error = introduction_at(txn, shop, &roster[(draw + i) % roster_count], &one, arena);
        if (error == STORE_OK) {
            error = add_introduction(txn, trust, &one, out, &taken, count, max);
        } else if (error == STORE_NOT_FOUND) {
            error = STORE_OK;
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}
