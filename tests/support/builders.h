#ifndef TESTS_SUPPORT_BUILDERS_H
#define TESTS_SUPPORT_BUILDERS_H

/* Actors, records and blocks for tests: valid by construction, a function of their seed, the same in every
 * run. What can't be built aborts. */

#include "protocol/wire/block.h"

enum { BUILT_KEYS_PER_ROLE_MAX = KEYS_MAX / ROLE_COUNT };

/* A key and its secret. */
struct built_key {
    struct signing_key key;
    struct sign_secret_key secret;
};

/* An actor whose lists of keys point into itself: don't copy it. */
struct built_actor {
    struct actor_id id;
    struct keys keys;         /* its inception */
    struct bytes keys_record; /* the same, encoded */
    size_t key_count;
    struct built_key built[KEYS_MAX]; /* in the order of keys.signing_keys, so an index here is a key index */
    size_t next_count;
    struct built_key next[BUILT_KEYS_PER_ROLE_MAX]; /* the governing keys of the next epoch, sorted by key */
    struct seal_secret_key seal_secret;             /* of seal key number 1 */
    struct signing_key signing_keys[KEYS_MAX];
    struct next_key next_keys[BUILT_KEYS_PER_ROLE_MAX];
    struct seal_key seal_keys[1];
    uint8_t keys_memory[KEYS_SIZE_MAX];
};

/* The key pair of (seed, number) in role. */
void build_key(struct built_key *out, enum role role, uint64_t seed, uint64_t number);

/* An actor with per_role keys in each role, threshold of them needed, and per_role keys committed for the
 * next epoch with the same threshold. Requires: 1 <= threshold <= per_role <= BUILT_KEYS_PER_ROLE_MAX. */
void build_actor(struct built_actor *actor, const struct network *network, uint64_t seed, size_t per_role,
                 uint64_t threshold);

/* Sign hash with the first threshold keys of role. Returns: how many signatures out now has. */
size_t build_signatures(struct indexed_signature out[SIGNATURES_MAX], const struct built_actor *actor,
                        enum role role, const struct hash *hash);

/* The record encoded in memory of arena. */
struct bytes build_record(const struct schema *schema, const void *record, struct arena *arena);

/* An exam passed by subject, good from earned_on to last_day (DAY_NONE: for life). */
struct attestation build_attestation(const struct actor_id *subject, const char *code, uint32_t earned_on,
                                     uint32_t last_day);

/* A block in the making; large, so keep it static or on the heap. What block_builder_begin does not set of
 * the header (seq 1 on a zero previous, epoch 0, zero state root) is the test's to set before the end. */
struct block_builder {
    const struct network *network;
    struct header header;
    struct writer entries;
    struct hash leaves[BLOCK_ENTRIES_MAX];
    uint8_t memory[BLOCK_BODY_SIZE_MAX];
};

void block_builder_begin(struct block_builder *builder, const struct network *network,
                         const struct actor_id *author, enum block_class block_class);
/* Add one entry, salted after its index when content. record is the struct of kind. */
void block_builder_add(struct block_builder *builder, enum entry_kind kind, const void *record);
/* The same with any payload: an unknown kind, or one that does not decode. */
void block_builder_add_payload(struct block_builder *builder, uint64_t kind, bool critical,
                               struct bytes payload);
/* Fill in count and entries root, sign as the class asks and append the block to out. signer NULL: no
 * signatures. */
struct bytes block_builder_end(struct block_builder *builder, const struct built_actor *signer,
                               struct writer *out);

#endif
