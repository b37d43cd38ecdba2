#ifndef STORE_CONSENTS_H
#define STORE_CONSENTS_H

/* Whether a present key of the technician signed the consent in a `joined`. A consent names the key, so that
 * two questions are left that don't wait for each other: whether that key signed it, which its bytes tell for
 * ever and costs a check of a signature; and whether the key is hers, which her chain tells at each question
 * by one look. */

#include "store/rows.h"

/* Signatures that one transaction, or one question, checks: any shop may be full of consents in anybody's
 * name. What is left over is unknown, until store_check_consents has come to it. */
enum { CONSENTS_CHECKED_MAX = 256 };

/* Whether the key that the consent names signed it, of a `joined` that author's block says at time_s: looked
 * at only where the affiliation can count at all, and while *checked, which it adds to, leaves room. */
enum consent_verdict consent_check_signature(const struct affiliation *affiliation,
                                             const struct network *network, const struct actor_id *author,
                                             uint64_t time_s, size_t *checked);

/* What is said of the signature by those who knew, at known_by_s, what is held of the technician:
 * REASON_NONE, REASON_BAD_SIGNATURE, REASON_CONSENT_KEY, or REASON_UNKNOWN_ISSUER. */
enum store_error consent_weigh(struct store_txn *txn, const struct affiliation *affiliation,
                               enum consent_verdict verdict, uint64_t known_by_s, enum reason *reason);

/* Keep what a `joined` that author's block says at time_s is found to be, by as many checks as the
 * transaction has left. */
enum store_error consent_put(struct store_txn *txn, const struct network *network,
                             const struct actor_id *author, uint64_t time_s,
                             const struct affiliation *affiliation, const struct entry_at *at);
/* Its bytes go, and the key that it names with them: what was not looked at never will be. */
enum store_error consent_leave(struct store_txn *txn, const struct entry_at *at,
                               const struct sign_public_key *key);

/* The chain numbered so has come to the key set that its block seq sets, or goes back behind that of its
 * head, block seq > 0: note, or forget, which present keys are its own. Requires: those to forget are still
 * written. */
enum store_error consents_on_keys(struct store_txn *txn, uint32_t number, uint64_t seq,
                                  const struct key_set *keys);
enum store_error consents_drop_keys(struct store_txn *txn, uint32_t number, uint64_t seq);

#endif
