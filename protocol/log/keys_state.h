#ifndef PROTOCOL_LOG_KEYS_STATE_H
#define PROTOCOL_LOG_KEYS_STATE_H

/* The keys of one author that are in force at one block: what an inception or a rotation sets and a
 * keys_update changes within the epoch (DESIGN section 4, keys and epochs). */

#include "protocol/wire/block.h"

/* Plain data without pointers: the store keeps it as it is. */
struct key_set {
    size_t key_count;
    struct signing_key keys[KEYS_MAX]; /* sorted by (role, key): a signature's key index points here */
    struct thresholds thresholds;
    size_t next_count;
    struct hash next[KEYS_MAX];
    uint64_t next_threshold;
    size_t seal_key_count;
    struct seal_key seal_keys[SEAL_KEYS_MAX];
};

/* The key set that an inception or rotation record sets. Requires: keys decoded (its checks passed). */
void key_set_open(struct key_set *set, const struct keys *keys);

/* Replace the non-governing keys. Returns: REASON_TOO_MANY when they do not fit beside the governing ones,
 * REASON_NOT_SORTED when one of them governs already, *set untouched, else REASON_NONE. */
enum reason key_set_update(struct key_set *set, const struct keys_update *update);

/* Pre-commitment of a governing key. */
void next_key_hash(struct hash *out, const struct network *network, const struct signing_key *key);

/* Whether key has the role. */
bool key_set_has(const struct key_set *set, enum role role, const struct sign_public_key *key);

/* Whether hash carries exactly threshold many valid signatures of role's keys, ascending by key index.
 * Returns: REASON_NONE, REASON_SIGNATURE_COUNT, REASON_SIGNER_ROLE or REASON_BAD_SIGNATURE. */
enum reason key_set_check(const struct key_set *set, enum role role, const struct hash *hash,
                          const struct indexed_signature *signatures, size_t count);

/* Whether a rotation to next is complete: its signatures are by keys that govern in next and that set
 * pre-committed, as many as the greater of the committed and the new threshold. Returns also:
 * REASON_NOT_PRECOMMITTED. */
enum reason key_set_check_rotation(const struct key_set *set, const struct key_set *next,
                                   const struct network *network, const struct hash *hash,
                                   const struct indexed_signature *signatures, size_t count);

/* The role whose keys sign a class of blocks (a rotation is checked by key_set_check_rotation instead). */
enum role class_role(enum block_class block_class);

#endif
