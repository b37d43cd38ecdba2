#include "store/consents.h"

#include <string.h>

#include "protocol/rules/affiliation.h"
#include "store/erased.h"
#include "store/grants.h"
#include "store/own.h"

/* ---- one signature ---- */

/* The present key that the signature names in a key set, or NULL. */
static const struct sign_public_key *named_key(const struct key_set *keys,
                                               const struct indexed_signature *signature)
{
    const struct signing_key *key;

    if (signature->key_index >= keys->key_count) {
        return NULL;
    }
    key = &keys->keys[signature->key_index];
    return key->role == ROLE_PRESENT ? &key->key : NULL;
}

bool consent_is_signed(const struct affiliation *affiliation, const struct key_set *keys)
{
    const struct sign_public_key *key = named_key(keys, &affiliation->signature);

    return key != NULL && sign_verify(&affiliation->signature.signature, key, &affiliation->id);
}

/* Whether keys say that the signature is good. before: the key set that they follow, whose keys were tried;
 * NULL: none. */
static bool is_good(const struct affiliation *affiliation, const struct key_set *keys,
                    const struct key_set *before)
{
    const struct indexed_signature *signature = &affiliation->signature;
    const struct sign_public_key *key = named_key(keys, signature);
    const struct sign_public_key *tried = before ? named_key(before, signature) : NULL;

    if (!key || (tried && memcmp(tried->bytes, key->bytes, sizeof key->bytes) == 0)) {
        return false;
    }
    return sign_verify(&signature->signature, key, &affiliation->id);
}

/* ---- a consent against the keys held ---- */

/* Key sets of an author's chain, oldest first. */
struct key_walk {
    struct store_txn *txn;
    uint32_t number;
    size_t count;        /* read so far */
    uint64_t seq;        /* of the block that set keys */
    struct key_set keys; /* of the last one read */
};

/* STORE_NOT_FOUND behind the last one, and behind as many as are tried. */
static enum store_error next_keys(struct key_walk *walk)
{
    uint64_t epoch;
    enum store_error error = STORE_OK;

    if (walk->count == CONSENT_KEY_SETS_MAX) {
        return STORE_NOT_FOUND;
    }
    if (walk->count > 0) {
        error = keys_next_seq(walk->txn, walk->number, walk->seq, &walk->seq);
    }
    if (error == STORE_OK) {
        error = keys_read(walk->txn, walk->number, walk->seq, &walk->keys, &epoch);
    }
    walk->count += error == STORE_OK;
    return error;
}

enum store_error consent_find_key(struct store_txn *txn, uint32_t number,
                                  const struct affiliation *affiliation, struct sign_public_key *key)
{
    struct key_walk walk = {.txn = txn, .number = number};
    struct key_set before;
    enum store_error error = next_keys(&walk);

    while (error == STORE_OK) {
        if (is_good(affiliation, &walk.keys, walk.count > 1 ? &before : NULL)) {
            *key = walk.keys.keys[affiliation->signature.key_index].key;
            return STORE_OK;
        }
        before = walk.keys;
        error = next_keys(&walk);
    }
    return error;
}

static enum store_error settled_at(struct store_txn *txn, uint32_t number, uint64_t seq, uint64_t *settled_s)
{
    struct disk_record record;
    enum store_error error = record_read(txn, number, seq, &record);

    if (error == STORE_OK) {
        *settled_s = record.settled_s;
    }
    return error;
}

/* Try the technician's key sets in turn. */
static enum store_error try_keys(struct store_txn *txn, uint32_t number,
                                 const struct affiliation *affiliation, struct disk_consent *out)
{
    struct key_walk walk = {.txn = txn, .number = number};
    struct key_set before;
    bool good = false;
    enum store_error error = next_keys(&walk);

    while (error == STORE_OK && !good) {
        good = is_good(affiliation, &walk.keys, walk.count > 1 ? &before : NULL);
        before = walk.keys;
        if (!good) {
            error = next_keys(&walk);
        }
    }
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return error;
    }
    out->verdict = good ? CONSENT_GOOD : CONSENT_BAD;
    return settled_at(txn, number, good ? walk.seq : 0, &out->settled_s);
}

enum store_error consent_settle(struct store_txn *txn, const struct network *network,
                                const struct actor_id *author, uint64_t time_s,
                                const struct affiliation *affiliation, struct disk_consent *out)
{
    struct disk_author technician;
    enum store_error error;

    *out = (struct disk_consent){.verdict = CONSENT_UNSETTLED};
    if (affiliation_check(affiliation, network, author, time_s) != REASON_NONE) {
        out->verdict = CONSENT_IDLE;
        return STORE_OK;
    }
    error = author_read_log(txn, &affiliation->consent.technician, &technician);
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    return try_keys(txn, technician.number, affiliation, out);
}

/* ---- keys against the consents held ---- */

/* A key set that a technician's chain has come to. */
struct arrival {
    struct store_txn *txn;
    uint32_t number; /* the technician's */
    uint64_t settled_s;
    bool first; /* the inception */
    struct key_set keys, before;
};

static enum store_error settle_one(const struct arrival *arrival, const struct entry_at *at)
{
    struct affiliation affiliation;
    struct disk_consent consent;
    enum store_error error = own_consent(arrival->txn, at, &consent);

    if (error != STORE_OK || consent.verdict == CONSENT_GOOD || consent.verdict == CONSENT_IDLE) {
        return error;
    }
    error = affiliation_read_sealed(arrival->txn, at, &affiliation);
    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    if (is_good(&affiliation, &arrival->keys, arrival->first ? NULL : &arrival->before)) {
        consent.verdict = CONSENT_GOOD;
        consent.settled_s = arrival->settled_s;
    } else if (arrival->first) {
        consent.verdict = CONSENT_BAD;
        consent.settled_s = arrival->settled_s;
    } else {
        return STORE_OK;
    }
    return own_put(arrival->txn, OWN_JOINED, at, &consent);
}

/* Whether the key set of block seq is among those that are tried. */
static enum store_error is_tried(struct store_txn *txn, uint32_t number, uint64_t seq, bool *tried)
{
    uint64_t at = 0;
    enum store_error error = STORE_OK;

    for (size_t i = 1; i < CONSENT_KEY_SETS_MAX && at < seq && error == STORE_OK; i++) {
        error = keys_next_seq(txn, number, at, &at);
    }
    *tried = at == seq;
    return error;
}

static enum store_error read_arrival(struct arrival *arrival, uint32_t number, uint64_t seq)
{
    uint64_t epoch;
    enum store_error error = keys_read(arrival->txn, number, seq, &arrival->keys, &epoch);

    arrival->first = seq == 0;
    if (error == STORE_OK && seq > 0) {
        error = keys_read(arrival->txn, number, seq - 1, &arrival->before, &epoch);
    }
    return error == STORE_OK ? settled_at(arrival->txn, number, seq, &arrival->settled_s) : error;
}

/* Call act for each `joined` that names the technician. */
static enum store_error each_joined(struct store_txn *txn, const struct actor_id *technician,
                                    enum store_error (*act)(const struct arrival *arrival,
                                                            const struct entry_at *at),
                                    const struct arrival *arrival)
{
    const struct key key = grant_key_of_actor(GRANT_JOINED, technician);
    struct entry_at at;
    enum store_error error = grant_next(txn, &key, NULL, &at);

    while (error == STORE_OK) {
        const struct entry_at behind = at;

        error = act(arrival, &at);
        if (error == STORE_NOT_FOUND) {
            return txn_fail(txn, STORE_DAMAGED);
        }
        if (error == STORE_OK) {
            error = grant_next(txn, &key, &behind, &at);
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

enum store_error consents_on_keys(struct store_txn *txn, const struct actor_id *technician, uint32_t number,
                                  uint64_t seq)
{
    const struct key key = grant_key_of_actor(GRANT_JOINED, technician);
    struct arrival arrival = {.txn = txn};
    struct entry_at any;
    bool tried = false;
    enum store_error error = grant_next(txn, &key, NULL, &any);

    if (error == STORE_OK) {
        error = is_tried(txn, number, seq, &tried);
    }
    if (error != STORE_OK || !tried) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    error = read_arrival(&arrival, number, seq);
    return error == STORE_OK ? each_joined(txn, technician, settle_one, &arrival) : error;
}

/* A consent that the dropped keys made good is tried against those that are left. */
static enum store_error resettle_one(const struct arrival *arrival, const struct entry_at *at)
{
    struct affiliation affiliation;
    struct disk_consent consent;
    enum store_error error = own_consent(arrival->txn, at, &consent);

    if (error != STORE_OK || consent.verdict != CONSENT_GOOD) {
        return error;
    }
    error = affiliation_read_sealed(arrival->txn, at, &affiliation);
    if (error == STORE_NOT_FOUND) {
        return STORE_OK;
    }
    if (error != STORE_OK || !is_good(&affiliation, &arrival->keys, &arrival->before)) {
        return error;
    }
    error = try_keys(arrival->txn, arrival->number, &affiliation, &consent);
    return error == STORE_OK ? own_put(arrival->txn, OWN_JOINED, at, &consent) : error;
}

enum store_error consents_drop_keys(struct store_txn *txn, const struct actor_id *technician, uint32_t number,
                                    uint64_t seq)
{
    struct arrival arrival = {.txn = txn, .number = number};
    enum store_error error = read_arrival(&arrival, number, seq);

    if (error == STORE_OK) {
        error = keys_delete(txn, number, seq);
    }
    return error == STORE_OK ? each_joined(txn, technician, resettle_one, &arrival) : error;
}
