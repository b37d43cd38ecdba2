#ifndef STORE_SHOP_ADMISSION_H
#define STORE_SHOP_ADMISSION_H

/* Shops whose logs are taken in though nobody accredited them. A technician who is attested near the trust
 * file (store/introducer.h) introduces the shop that she consented to work for; what its log may take is
 * charged to whoever attested her (store/shop_quota.h). She introduces four shops at a time, those of her
 * lowest consent ids, whichever came first, and of those that her present keys signed before others; her
 * `left` ends it, and so does the end of what attested her. What is held stays. */

#include "store/shop_quota.h"

enum {
    INTRODUCED_SHOPS_MAX = 4,
    INTRODUCTIONS_EACH_MAX = 16, /* that are remembered of one technician, to take the place of others */
    INTRODUCTIONS_OF_SHOP_MAX = 8,
};

/* Whether technician may introduce shops: what can be asked before a signature is looked at. */
enum store_error store_may_introduce(struct store_txn *txn, const struct trust *trust,
                                     const struct actor_id *technician, bool *may);

/* Remember that the technician of the consent introduces its shop. Requires: id is the consent's, and key, a
 * present key that she has or had, signed it. Of many introductions of a shop those stay that leave each
 * payer one. Writes: *reason: REASON_NONE, the shop is admitted by it, or without it by as many others as are
 * remembered; REASON_NOT_ADMITTED: she may not introduce; REASON_LEFT:
 * she left; REASON_QUOTA: she introduces four other shops before it. */
enum store_error store_introduce(struct store_txn *txn, const struct trust *trust,
                                 const struct consent *consent, const struct hash *id,
                                 const struct sign_public_key *key, enum reason *reason);

/* Whether an introduction of the shop holds. */
enum store_error store_is_introduced(struct store_txn *txn, const struct trust *trust,
                                     const struct actor_id *shop, bool *introduced);

/* The present key, which its technician has or had as far as her log is held, that signed the consent with
 * that id. STORE_NOT_FOUND: none did. */
enum store_error store_consent_key(struct store_txn *txn, const struct signed_consent *consent,
                                   const struct hash *id, struct sign_public_key *key);

/* Who pays for the log of an introduced shop: of all who may the one with the most room for it, an owner of
 * several before a delegate. STORE_NOT_FOUND when no introduction of it holds. */
enum store_error store_shop_payer(struct store_txn *txn, const struct trust *trust,
                                  const struct actor_id *shop, uint64_t now_s, struct shop_payer *payer);

/* Whose logs hold a `joined` that names technician, unless it surely isn't by her consent: at most max, each
 * once, first those to which she surely consented, by the keys that she has now before earlier ones. Nobody
 * else's words crowd those out, however many; of what nobody can check those from the place on that draw,
 * another number each time, falls on. */
enum store_error store_rosters_naming(struct store_txn *txn, const struct actor_id *technician, uint64_t draw,
                                      struct actor_id *out, size_t max, size_t *count);

/* Whether reviewer's log holds a review of shop. */
enum store_error store_has_reviewed(struct store_txn *txn, const struct actor_id *reviewer,
                                    const struct actor_id *shop, bool *reviewed);

/* A consent by which a technician joined shop and that her keys signed, with those keys: what a peer that
 * asks is told. Where she said other things than keys before them they are left out: whoever can use the
 * introduction holds her log. */
struct introduction {
    struct signed_consent consent; /* lists and bytes in the arena */
};

/* Such consents that the shop's log holds, at most max: those that this node itself would take before others.
 * On a roster of TECHNICIANS_ASKED_MAX (store/shop_admission.c) every technician is asked about; of a longer
 * one those around the place that draw falls on. In arena. */
enum store_error store_introductions(struct store_txn *txn, const struct trust *trust,
                                     const struct actor_id *shop, uint64_t draw, struct introduction *out,
                                     size_t max, size_t *count, struct arena *arena);

#endif
