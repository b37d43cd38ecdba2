#ifndef STORE_CONSENTS_H
#define STORE_CONSENTS_H

/* Whether a present key of the technician signed the consent in a `joined`. Settled once, when the later of
 * the two is applied: the entry, or the technician's keys. */

#include "store/rows.h"

/* Key sets of a technician's chain that are tried, the first ones: whoever changes keys more often than in
 * many working lives can't make others check signatures without end. */
enum { CONSENT_KEY_SETS_MAX = 64 };

/* What the keys held say of a `joined` that author's block says at time_s. Its signature is looked at only
 * where the affiliation can count at all. */
enum store_error consent_settle(struct store_txn *txn, const struct network *network,
                                const struct actor_id *author, uint64_t time_s,
                                const struct affiliation *affiliation, struct disk_consent *out);

/* The technician's chain has come to the key set that its block seq sets: settle what waited for it.
 * Requires: the block's record and keys are written. */
enum store_error consents_on_keys(struct store_txn *txn, const struct actor_id *technician, uint32_t number,
                                  uint64_t seq);

/* The technician's chain goes back behind the key set that its head, block seq > 0, sets: drop it, and settle
 * anew what it made good. */
enum store_error consents_drop_keys(struct store_txn *txn, const struct actor_id *technician, uint32_t number,
                                    uint64_t seq);

/* The present key of the technician's chain, numbered so, that made the signature of the affiliation's id.
 * STORE_NOT_FOUND: none did. */
enum store_error consent_find_key(struct store_txn *txn, uint32_t number,
                                  const struct affiliation *affiliation, struct sign_public_key *key);

/* Whether the present key that the consent's signature names in keys made it. */
bool consent_is_signed(const struct affiliation *affiliation, const struct key_set *keys);

#endif
