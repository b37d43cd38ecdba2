#ifndef TESTS_SUPPORT_STORE_WORLD_H
#define TESTS_SUPPORT_STORE_WORLD_H

/* A store in a temporary folder, and authors whose logs are signed, accepted and applied to it the way a node
 * does. What goes wrong while a world is being built aborts. */

#include "protocol/log/author.h"
#include "store/store.h"
#include "tests/support/builders.h"

struct store_world {
    char folder[64];
    struct network network;
    struct store *store;
    size_t map_size; /* 0: the default */
    struct arena arena;
    uint8_t *memory;
    uint8_t *body;          /* of a draft */
    struct list extensions; /* of the headers that are signed; none at first */
};

/* An author of the world. Large, and its actor points into itself: keep it static and don't copy it. */
struct world_author {
    struct built_actor actor;
    struct log_state state;
};

void world_init(struct store_world *world);
/* Close the store and remove its folder. */
void world_deinit(struct store_world *world);
void world_open(struct store_world *world);
void world_close(struct store_world *world);
/* A store that holds nothing in its place. */
void world_empty(struct store_world *world);

struct store_txn *world_read(struct store_world *world);
struct store_txn *world_write(struct store_world *world);
void world_commit(struct store_txn *txn);

/* Make the author's keys from seed and apply block 0. */
void world_begin_log(struct store_world *world, struct store_txn *txn, struct world_author *author,
                     uint64_t seed, uint64_t arrived_s);

/* Start a draft in the world's memory: one at a time. */
void world_draft(struct store_world *world, struct draft *draft, enum block_class block_class);
/* Add an entry; content is salted after its index. */
void world_add(struct draft *draft, enum entry_kind kind, const void *record);
/* Sign the draft on top of the author's state, without applying it; encoded into the world's arena. */
struct bytes world_sign(struct store_world *world, struct store_txn *txn, const struct world_author *author,
                        const struct draft *draft, uint64_t time_s);
/* Open the next epoch with the keys committed for it. Once an author: its next commitment is the same again.
 */
void world_rotate(struct store_world *world, struct store_txn *txn, struct world_author *author,
                  uint64_t arrived_s);
/* Decide about an encoded block as a node does: reach, gather, accept, apply. The author's state moves on. */
enum reason world_accept(struct store_world *world, struct store_txn *txn, struct world_author *author,
                         struct bytes encoded, uint64_t arrived_s);
/* Sign and accept. */
void world_publish(struct store_world *world, struct store_txn *txn, struct world_author *author,
                   const struct draft *draft, uint64_t arrived_s);
/* A content block of one attestation for each subject. */
void world_attest(struct store_world *world, struct store_txn *txn, struct world_author *author,
                  const struct subject *subjects, size_t count, const char *code, uint64_t arrived_s);
/* A status block with one statement about entries first..last of block seq. */
void world_say(struct store_world *world, struct store_txn *txn, struct world_author *author,
               const struct status *status, uint64_t first, uint64_t last, uint64_t arrived_s);

/* The nth subject of a test: an actor that has no log. */
struct subject world_subject(uint64_t n);

#endif
