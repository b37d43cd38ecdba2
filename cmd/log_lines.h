#ifndef CMD_LOG_LINES_H
#define CMD_LOG_LINES_H

/* A log by block, for people who need a block's number: what each says and how it stands. One block at a time
 * in memory, however long the log is. */

#include "cmd/own_sayings.h"

enum { LOG_SIDES_MAX = 4 };

/* The first block of a branch that leaves the log after a block. */
struct log_side {
    uint64_t epoch;
    struct hash first;
    bool dropped;               /* its epoch is over */
    struct own_sayings sayings; /* of that block alone */
};

struct log_line {
    uint64_t seq;
    struct block_record record;
    bool disputed; /* the same keys signed another block in its place, or in that of one below it */
    struct own_sayings sayings;
    const struct block *block; /* itself */
    size_t side_count;
    struct log_side sides[LOG_SIDES_MAX];
    bool more_sides;
};

/* The last block of author's log. Returns: EXIT_YES, or the exit code after it said why not (EXIT_UNKNOWN:
 * nothing of it is held). */
int log_lines_end(uint64_t *last, struct session *session, const struct actor_id *author);

/* Call visit for each block of author's log from first to last, the oldest first; the line is good for the
 * call alone, which a read transaction waits for. Returns: EXIT_YES, or the exit code after it said why not.
 */
int log_lines_each(struct session *session, const struct actor_id *author, uint64_t first, uint64_t last,
                   void (*visit)(void *context, const struct log_line *line), void *context);

#endif
