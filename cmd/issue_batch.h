#ifndef CMD_ISSUE_BATCH_H
#define CMD_ISSUE_BATCH_H

/* Attestations in, durable blocks out: as many entries under one signature as fit. */

#include "cmd/publish.h"

struct issue_batch {
    struct publisher *publisher; /* NULL: a dry run, which counts and signs nothing */
    struct draft draft;
    uint64_t issued; /* durable */
    uint64_t block_count;
    uint64_t first_seq; /* of the first block; the others follow it */
    struct published last;
    /* Called when a block is durable, before the next one begins; may publish others. Returns: EXIT_YES, or
     * the exit code after it said why not. NULL: nobody asks. */
    int (*published)(void *caller, const struct published *block);
    void *caller;
    uint8_t salts[BLOCK_ENTRIES_MAX][ENTRY_SALT_SIZE]; /* random, for the draft's entries */
};

void issue_batch_init(struct issue_batch *batch, struct publisher *publisher);
/* Add one, of line of a file (0: there is none); publishes what was gathered when it is full. The session's
 * options tell which is the first line that is not durable. Returns: EXIT_YES, or the exit code after it said
 * why not. */
int issue_batch_add(struct issue_batch *batch, const struct attestation *attestation, uint64_t line);
/* Where in the block at hand the one added last stands; 0 in a dry run. */
uint64_t issue_batch_index(const struct issue_batch *batch);
/* Publish what was gathered. Returns as issue_batch_add. */
int issue_batch_flush(struct issue_batch *batch);

#endif
