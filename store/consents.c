#include "store/consents.h"

#include <assert.h>

#include "protocol/rules/affiliation.h"
#include "store/erased.h"
#include "store/grants.h"
#include "store/own.h"

/* ---- who signed ---- */

static enum consent_verdict check(const struct affiliation *affiliation, size_t *checked)
{
    const struct keyed_signature *signature = &affiliation->signature;

    if (*checked >= CONSENTS_CHECKED_MAX) {
        return CONSENT_UNSETTLED;
    }
    ++*checked;
    return sign_verify(&signature->signature, &signature->key, &affiliation->id) ? CONSENT_SIGNED
                                                                                 : CONSENT_FORGED;
}

enum consent_verdict consent_check_signature(const struct affiliation *affiliation,
                                             const struct network *network, const struct actor_id *author,
                                             uint64_t time_s, size_t *checked)
{
    return affiliation_check(affiliation, network, author, time_s) != REASON_NONE
               ? CONSENT_IDLE
               : check(affiliation, checked);
}

/* What was found of the consent at that place. */
static enum store_error keep(struct store_txn *txn, const struct entry_at *at,
                             const struct affiliation *affiliation, enum consent_verdict verdict)
{
    const struct disk_consent consent = {.verdict = (uint8_t)verdict};
    const struct key signer = grant_key_of_signer(&affiliation->signature.key);
    enum store_error error = own_put(txn, OWN_JOINED, at, &consent);

    return error == STORE_OK && verdict == CONSENT_SIGNED ? grant_put(txn, &signer, at) : error;
}

enum store_error consent_put(struct store_txn *txn, const struct network *network,
                             const struct actor_id *author, uint64_t time_s,
                             const struct affiliation *affiliation, const struct entry_at *at)
{
    const enum consent_verdict verdict =
        consent_check_signature(affiliation, network, author, time_s, &txn->consents_checked);
    enum store_error error = keep(txn, at, affiliation, verdict);

    return error == STORE_OK && verdict == CONSENT_UNSETTLED ? own_put(txn, OWN_UNSETTLED, at, NULL) : error;
}

enum store_error consent_leave(struct store_txn *txn, const struct entry_at *at,
                               const struct sign_public_key *key)
{
    const struct key signer = grant_key_of_signer(key);
    enum store_error error = own_delete(txn, OWN_UNSETTLED, at);

    return error == STORE_OK ? grant_delete(txn, &signer, at) : error;
}

/* ---- whose key it is ---- */

/* A chain settles by its block 0 that a key is not among those that it set so far, by a later one that it is.
 */
static enum store_error is_known_by(struct store_txn *txn, uint32_t number, uint64_t seq, uint64_t known_by_s,
                                    bool *known)
{
    struct disk_record record;
    enum store_error error = record_read(txn, number, seq, &record);

    *known = error == STORE_OK && record.settled_s <= known_by_s;
    return error;
}

static enum store_error weigh_key(struct store_txn *txn, const struct actor_id *technician,
                                  const struct sign_public_key *key, uint64_t known_by_s, enum reason *reason)
{
    struct disk_author author;
    uint64_t seq = 0;
    bool hers, known = false;
    enum store_error error = author_read_log(txn, technician, &author);

    if (error != STORE_OK) {
        return error == STORE_NOT_FOUND ? STORE_OK : error;
    }
    error = own_key(txn, author.number, key, &seq);
    hers = error == STORE_OK;
    if (error == STORE_OK || error == STORE_NOT_FOUND) {
        error = is_known_by(txn, author.number, seq, known_by_s, &known);
    }
    if (known) {
        *reason = hers ? REASON_NONE : REASON_CONSENT_KEY;
    }
    return error;
}

enum store_error consent_weigh(struct store_txn *txn, const struct affiliation *affiliation,
                               enum consent_verdict verdict, uint64_t known_by_s, enum reason *reason)
{
    *reason = REASON_UNKNOWN_ISSUER;
    switch (verdict) {
    case CONSENT_FORGED:
        *reason = REASON_BAD_SIGNATURE;
        return STORE_OK;
    case CONSENT_UNSETTLED:
    case CONSENT_IDLE:
        return STORE_OK;
    case CONSENT_SIGNED:
        break;
    }
    return weigh_key(txn, &affiliation->consent.technician, &affiliation->signature.key, known_by_s, reason);
}

/* ---- what was left ---- */

static enum store_error first_due(struct store_txn *txn, struct entry_at *at)
{
    uint32_t author = 0;
    enum store_error error = own_next_author(txn, OWN_UNSETTLED, 0, &author);

    return error == STORE_OK ? own_next(txn, OWN_UNSETTLED, author, 0, at) : error;
}

enum store_error store_consents_left(struct store_txn *txn, bool *left)
{
    struct entry_at at;
    enum store_error error = first_due(txn, &at);

    *left = error == STORE_OK;
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error work_off(struct store_txn *txn, const struct entry_at *at)
{
    struct affiliation affiliation;
    enum store_error error = affiliation_read_sealed(txn, at, &affiliation);

    if (error == STORE_OK) {
        error = keep(txn, at, &affiliation, check(&affiliation, &txn->consents_checked));
    }
    if (error == STORE_NOT_FOUND) {
        return txn_fail(txn, STORE_DAMAGED);
    }
    return error == STORE_OK ? own_delete(txn, OWN_UNSETTLED, at) : error;
}

enum store_error store_check_consents(struct store_txn *txn, size_t max)
{
    struct entry_at at;
    enum store_error error = STORE_OK;

    assert(max <= CONSENTS_CHECKED_MAX);
    while (error == STORE_OK && txn->consents_checked < max) {
        error = first_due(txn, &at);
        if (error == STORE_OK) {
            error = work_off(txn, &at);
        }
    }
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

/* ---- keys ---- */

enum store_error consents_on_keys(struct store_txn *txn, uint32_t number, uint64_t seq,
                                  const struct key_set *keys)
{
    uint64_t first;
    enum store_error error = STORE_OK;

    for (size_t i = 0; i < keys->key_count && error == STORE_OK; i++) {
        const struct signing_key *key = &keys->keys[i];

        if (key->role != ROLE_PRESENT) {
            continue;
        }
        error = own_key(txn, number, &key->key, &first);
        if (error == STORE_NOT_FOUND) {
            error = own_key_put(txn, number, &key->key, seq);
        }
    }
    return error;
}

/* Those that it was the first to set. */
enum store_error consents_drop_keys(struct store_txn *txn, uint32_t number, uint64_t seq)
{
    struct key_set keys;
    uint64_t epoch, first;
    enum store_error error = keys_read(txn, number, seq, &keys, &epoch);

    for (size_t i = 0; i < keys.key_count && error == STORE_OK; i++) {
        const struct signing_key *key = &keys.keys[i];

        if (key->role != ROLE_PRESENT) {
            continue;
        }
        error = own_key(txn, number, &key->key, &first);
        if (error == STORE_OK && first == seq) {
            error = own_key_delete(txn, number, &key->key);
        }
    }
    return error == STORE_OK ? keys_delete(txn, number, seq) : error;
}
