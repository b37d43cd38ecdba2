#ifndef TESTS_SUPPORT_HISTORY_WORLD_H
#define TESTS_SUPPORT_HISTORY_WORLD_H

/* Told histories (tests/support/naive_history.h) as signed blocks. Author 0 owns the namespace "ase"; all
 * certificates are about one subject. What can't be built aborts. */

#include "protocol/rules/trust.h"
#include "tests/support/log_builder.h"
#include "tests/support/naive_history.h"

enum { HISTORY_DAY = 46000, HISTORY_CODE_SIZE = 12 };

/* One block as it is sent. */
struct history_block {
    struct bytes encoded;
    struct bytes blanked; /* without the bytes of its content; empty for other classes */
    struct hash hash;
    uint64_t seq;
    struct memory_log log; /* its author's log up to it */
    size_t arena_mark, ring_mark;
};

/* Large, so keep it static or on the heap. It points into itself: don't copy it. */
struct history_world {
    struct network network;
    struct trust trust;
    struct subject subject;
    struct built_actor actors[TOLD_AUTHORS_MAX];
    struct log_builder builder;
    struct arena scratch;
    struct history history;
    struct history_block blocks[TOLD_MAX];
    uint8_t *scratch_memory, *arena_memory;
};

void history_world_init(struct history_world *world);
void history_world_deinit(struct history_world *world);

/* Add a block. Requires: its parent is there, and what it is about. Returns: its index, or -1 when acceptance
 * would refuse it or the same block is told already. */
int history_world_tell(struct history_world *world, const struct told *told);
/* Take blocks back until count are left. */
void history_world_forget(struct history_world *world, size_t count);

/* "ase/B7" of the certificate that block 7 attests. */
void history_code(char code[HISTORY_CODE_SIZE], int certificate);

/* A checkpoint of the log up to a block, in memory. Returns: the encoded record. */
struct bytes history_checkpoint(const struct history_world *world, int block, uint64_t time_s,
                                uint8_t memory[512]);

#endif
