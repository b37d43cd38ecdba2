#ifndef TESTS_SUPPORT_LOG_BENCH_H
#define TESTS_SUPPORT_LOG_BENCH_H

/* A log of one block of each sort to try blocks on, for the tests of acceptance. One at a time. */

#include "tests/support/log_random.h"

enum { BENCH_KEYS_PER_ROLE = 3, BENCH_THRESHOLD = 2, BENCH_ARENA_SIZE = 8 * 1024 * 1024 };

/* Blocks of the log that rows speak about. */
enum {
    AT_INCEPTION,
    AT_CONTENT, /* three entries, of which the second was revoked */
    AT_GOVERN,
    AT_WIDE, /* 70 entries, so two pages */
    AT_STATUS,
    AT_VOIDED, /* content, voided by the next */
    AT_VOID,
    AT_ERASED, /* content whose only entry is erased by the next */
    AT_ERASE,
    AT_NEXT, /* where the row's block goes */
};

struct log_bench {
    struct network network;
    struct built_actor actor;
    struct log_builder builder;
    struct arena scratch;
    struct memory_log log;
    uint8_t arena_memory[BENCH_ARENA_SIZE];
    uint8_t *scratch_memory;
};

extern struct log_bench *bench;

/* Set-ups and the tear-down of a cmocka test: an empty log, the one above. */
int bench_make_empty(void **state);
int bench_make(void **state);
int bench_drop(void **state);
/* Start the log anew with the inception of (seed, one key a role). */
void bench_begin(uint64_t seed);

/* Drafts, into the bench's builder. */
void draft_void(uint64_t first, uint64_t last);
void draft_status(uint64_t seq, uint64_t first, uint64_t last);
void draft_erase(uint64_t seq, uint64_t first, uint64_t last);
void draft_accreditation(void);
void draft_content(void);
/* The draft, which must be acceptable, becomes the log's next block. */
void bench_append(void);
/* The draft as a block, changed by tamper before it is signed. */
struct bytes bench_forge(void (*tamper)(struct forgery *forgery));

/* Assert that the root that log's head says is the one that its blocks give. */
void assert_naive_root(const struct memory_log *log);
/* Offer encoded to a copy of the log, and assert that a refusal changes nothing and what is accepted has its
 * naive root. Returns: what the copy says; on REASON_NONE it is left in *after unless that is NULL. */
enum reason bench_offer(struct memory_log *after, struct bytes encoded);
/* Assert what it says; why tells the row when it does not. */
void bench_check(const char *why, struct bytes encoded, enum reason expected);

#endif
