#ifndef TESTS_SUPPORT_NODE_BENCH_H
#define TESTS_SUPPORT_NODE_BENCH_H

/* Four actors whose blocks are offered to a node with an empty store, all in one write transaction that is
 * dropped at the end. One at a time. */

#include "node/ingest.h"
#include "tests/support/log_random.h"

enum { NODE_ARENA_SIZE = 16 * 1024 * 1024, NODE_NOW_S = 1000 };

/* Owner is in the trust file; what it says makes delegate accredited and named attested; stranger is unknown.
 */
enum who { OWNER, DELEGATE, NAMED, STRANGER, WHO_COUNT };

struct node_bench {
    struct network network;
    struct trust trust;
    struct built_actor actors[WHO_COUNT];
    struct log_builder builder;
    struct arena scratch;
    struct memory_log logs[WHO_COUNT]; /* what each has written, whether or not the store has it */
    struct store *store;
    struct store_txn *txn;
    struct ingest ingest;
    struct ingest_result result; /* of the last offer */
    char folder[64];
    uint8_t arena_memory[NODE_ARENA_SIZE];
    uint8_t *scratch_memory;
};

extern struct node_bench *node;

/* Set-up and tear-down of a cmocka test. */
int node_make(void **state);
int node_drop(void **state);
#define WITH_NODE(test) cmocka_unit_test_setup_teardown(test, node_make, node_drop)

/* Offer one encoded block, as from a peer unless origin says otherwise. Returns: the reason of a refusal,
 * else REASON_NONE. */
enum reason node_offer_from(enum ingest_origin origin, struct bytes encoded);
enum reason node_offer(struct bytes encoded);
enum reason node_offer_seq(enum who who, uint64_t seq);
/* The draft follows who's log and is offered. */
enum reason node_write(enum who who);
/* Offer the owner's log, with an accreditation of the delegate and an attestation about the named actor. */
void node_take_in_owner(void);

/* Drafts, into the bench's builder. */
void say_content(enum who about, size_t count);
void say_accreditation(enum who delegate, uint64_t depth);
/* That technician joined shop, with a consent that nobody signed. */
void say_joined(enum who shop, enum who technician);
void say_statement(enum who about, size_t size);
void say_update(uint64_t seed);
void say_rotation(enum who who, uint64_t seed);

/* A checkpoint that names block seq of who's log, by the first checkpoint key of keys. */
struct bytes sign_checkpoint(enum who who, const struct key_set *keys, uint64_t seq, uint64_t time_s);

/* Ways to forge a block. */
void change_state_root(struct forgery *forgery);
void break_signature(struct forgery *forgery);

#endif
