#ifndef TESTS_SUPPORT_LOG_BUILDER_H
#define TESTS_SUPPORT_LOG_BUILDER_H

/* Blocks of logs for tests: signed as they should be, or with any field of the header changed and signed all
 * the same. What can't be built aborts. */

#include "tests/support/builders.h"
#include "tests/support/memory_log.h"

/* ---- keys ---- */

/* Every key whose secret a test holds. */
enum { KEY_RING_MAX = 1024 };
struct key_ring {
    size_t count;
    struct built_key keys[KEY_RING_MAX];
};

/* Make the key pair of (seed, number) in role and add it. Returns: its public side. */
struct signing_key key_ring_make(struct key_ring *ring, enum role role, uint64_t seed, uint64_t number);
/* Add all keys of actor, those committed for the next epoch too. */
void key_ring_add_actor(struct key_ring *ring, const struct built_actor *actor);
/* The first wanted keys of role in set whose secrets the ring holds, ascending. Returns: how many. */
size_t key_ring_signers(const struct key_ring *ring, const struct key_set *set, enum role role, size_t wanted,
                        struct block_signer out[SIGNATURES_MAX]);

/* A keys or keys_update record whose lists point into itself: don't copy it. */
struct built_keys {
    struct keys keys;
    struct keys_update update;
    struct signing_key signing_keys[KEYS_MAX];
    struct next_key next_keys[BUILT_KEYS_PER_ROLE_MAX];
    struct seal_key seal_keys[1];
};

/* A rotation of set: its governing keys are all pre-committed ones that the ring holds, the others, one a
 * role, and per_role new commitments are made of seed and added to the ring. */
void build_rotation(struct built_keys *out, struct key_ring *ring, const struct key_set *set,
                    const struct network *network, uint64_t seed, size_t per_role);
/* An update to one key in each role that does not govern, made of seed and added to the ring. */
void build_update(struct built_keys *out, struct key_ring *ring, uint64_t seed);

/* ---- blocks ---- */

/* Large, so keep it static or on the heap. */
struct log_builder {
    struct key_ring ring;
    uint64_t salt; /* the next entry's; counts up */
    struct draft draft;
    struct arena arena; /* where blocks are put; the test rewinds it */
    uint8_t body[BLOCK_BODY_SIZE_MAX];
};

void log_builder_init(struct log_builder *builder, void *memory, size_t capacity);

void log_builder_begin(struct log_builder *builder, enum block_class block_class);
void log_builder_add(struct log_builder *builder, enum entry_kind kind, const void *record);
/* The same with any payload. */
void log_builder_add_payload(struct log_builder *builder, uint64_t kind, bool critical, struct bytes payload);

/* The draft on top of log, signed by exactly the keys that are asked for. Writes: *out. Returns: what
 * author.h refuses it for. */
enum reason log_builder_sign(struct bytes *out, struct log_builder *builder, const struct memory_log *log);
/* The same, which must succeed, appended to log. Returns: the block's seq. */
uint64_t log_builder_append(struct log_builder *builder, struct memory_log *log);

/* A block as it is about to be signed. */
struct forgery {
    struct header header; /* with the right state root, or a zero one where the block has none */
    size_t signer_count;
    struct block_signer signers[SIGNATURES_MAX];
    bool break_signature; /* flip a bit of the last one */
};

/* What log_builder_sign would make, after tamper (NULL: none) had its way, whatever acceptance says to it. */
struct bytes log_builder_forge(struct log_builder *builder, const struct memory_log *log,
                               void (*tamper)(struct forgery *forgery));

/* ---- chains ---- */

/* Start log with actor's inception. */
void log_builder_inception(struct log_builder *builder, struct memory_log *log,
                           const struct built_actor *actor);
/* Append a block of count attestations. Returns: its seq. */
uint64_t log_builder_content(struct log_builder *builder, struct memory_log *log, size_t count);

/* Records about entries first..last of block seq; range is the caller's and must live as long. */
struct status build_status(uint64_t seq, struct index_range *range, uint64_t first, uint64_t last,
                           enum status_action action, uint32_t day);
struct erase build_erase(uint64_t seq, struct index_range *range, uint64_t first, uint64_t last);
struct void_record build_void(uint64_t first, uint64_t last, uint64_t reason);

#endif
