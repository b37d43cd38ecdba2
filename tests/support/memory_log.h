#ifndef TESTS_SUPPORT_MEMORY_LOG_H
#define TESTS_SUPPORT_MEMORY_LOG_H

/* One author's log in arrays: gathers and applies what protocol/log/accept.h asks of a store, so that
 * acceptance is tested and fuzzed without one. What does not fit aborts. */

#include "protocol/log/author.h"

/* One entry as it stands. */
struct memory_entry {
    struct hash leaf;
    struct hash history;
    uint64_t event_count;
    uint64_t epoch;        /* of the last of them */
    uint64_t epoch_events; /* those of that epoch */
};

struct memory_block {
    struct block_record record;
    uint8_t *encoded;
    size_t encoded_size;
    struct memory_entry *entries; /* record.entry_count of them */
};

struct memory_log {
    const struct network *network;
    struct arena *scratch;
    struct log_state state;
    uint64_t time_s; /* blocks are dated about then: so much later as they have entries */
    size_t block_count, block_capacity;
    struct memory_block *blocks;
    struct merkle_pages levels[MERKLE_PAGE_LEVELS_MAX]; /* of the state tree, each whole */
};

/* Scratch that suffices for any block on a log of tests' size. Untouched memory costs nothing. */
enum { MEMORY_LOG_SCRATCH_SIZE = 128 * 1024 * 1024 };

/* An empty log. Borrows: network and scratch, for as long as *log is used; nothing stays in scratch. */
void memory_log_init(struct memory_log *log, const struct network *network, struct arena *scratch);
void memory_log_deinit(struct memory_log *log);
/* Make *out, which holds nothing yet, the same log. */
void memory_log_copy(struct memory_log *out, const struct memory_log *log);

/* Block seq of the log as it lies there. */
struct bytes memory_log_block(const struct memory_log *log, uint64_t seq);

/* Gather what a block that follows the head and reaches back to reach asks for, and no page more. Lists in
 * arena. An empty log gives what log_begin asks for. */
void memory_log_gather(struct log_past *past, const struct memory_log *log, const struct log_reach *reach,
                       struct arena *arena);

/* Decide about block and apply what it changes. Returns: REASON_NONE, or why it is refused, the log then
 * unchanged. */
enum reason memory_log_accept_block(struct memory_log *log, const struct block *block);
/* The same from bytes. */
enum reason memory_log_accept(struct memory_log *log, struct bytes encoded);

/* What block the draft becomes when signers sign it on top of the log. Writes: *out, in arena. Returns: what
 * author.h refuses it for. */
enum reason memory_log_sign(struct bytes *out, const struct memory_log *log, const struct draft *draft,
                            const struct block_signer *signers, size_t signer_count, struct arena *arena);

#endif
