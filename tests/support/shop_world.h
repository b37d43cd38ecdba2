#ifndef TESTS_SUPPORT_SHOP_WORLD_H
#define TESTS_SUPPORT_SHOP_WORLD_H

/* What shops and technicians say, in the logs of a store_world. */

#include "node/shop_roster.h"
#include "protocol/rules/affiliation.h"
#include "tests/support/store_world.h"

/* One key a role, in order of the roles. */
enum { WORLD_PRESENT_KEY = 3, WORLD_CONSENT_EXPIRES_S = 1000000, WORLD_JOINED_DAY = 40000 };

/* The nth affiliation of a technician with a shop, its consent signed by the pair that built is. */
struct affiliation world_joined(const struct store_world *world, const struct actor_id *technician,
                                const struct actor_id *shop, uint64_t n, const struct built_key *signer);
struct affiliation world_left(const struct affiliation *joined, uint32_t day);

/* An attestation of basis membership, for subject. */
struct attestation world_membership(const struct actor_id *subject, const char *code);
struct shop world_profile(const char *name);
/* What author says of the entry at place of about's log. Requires: the entry is held. */
struct statement world_statement(struct store_world *world, struct store_txn *txn,
                                 const struct actor_id *about, uint64_t seq, uint64_t index);

/* A block of one record by author. */
void world_publish_one(struct store_world *world, struct store_txn *txn, struct world_author *author,
                       enum block_class block_class, enum entry_kind kind, const void *record,
                       uint64_t arrived_s);
/* The same, signed and encoded into the world's arena without being applied. */
struct bytes world_sign_one(struct store_world *world, struct store_txn *txn,
                            const struct world_author *author, enum block_class block_class,
                            enum entry_kind kind, const void *record, uint64_t time_s);

/* Check the signatures of all consents that were left. */
void world_check_consents(struct store_world *world);

/* author's checkpoint of what is held of its log, at a time. */
void world_check_point(struct store_world *world, struct store_txn *txn, const struct world_author *author,
                       uint64_t time_s);

/* A keys_update to a present key made of seed, the other keys as they are; the new key in *out. */
struct keys_update world_new_present_key(const struct built_actor *actor, uint64_t seed,
                                         struct built_key *out, struct signing_key signing_keys[3]);

/* Gather a dossier in a transaction of its own. */
void world_dossier(struct store_world *world, const struct trust *trust, const struct actor_id *actor,
                   uint64_t known_by_s, struct dossier *out);

/* What is said on a day, now_s being the time, of the only certificate of a subject. */
struct credential_verdict world_decide(struct store_world *world, const struct trust *trust,
                                       const struct subject *subject, uint32_t day, uint64_t now_s);

/* How a shop stands by what the store tells, as a node works it out. *out and what it points to are in arena.
 */
enum store_error world_roster(const struct store_world *world, const struct actor_id *shop,
                              const struct trust *trust, const struct question *question,
                              struct roster_verdict *out, struct arena *arena);

#endif
