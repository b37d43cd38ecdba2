#ifndef CMD_OWN_VOID_H
#define CMD_OWN_VOID_H

/* What a void of this actor takes the effect from, before it is signed: whoever mistypes a number must see
 * whose certificates it costs. */

#include "cmd/own_sayings.h"
#include "cmd/publish.h"

/* Read what the blocks say that record names and that are not void already. Refuses ranges that the log does
 * not have, with block 0, with keys, or with what only a later epoch may void. Of a branch nothing may be
 * held: *out is empty then. Returns: EXIT_YES, or the exit code after it said why not. */
int own_void_read(struct own_sayings *out, struct session *session, const struct void_record *record);

/* Whether a void that stands in this actor's log names record's branch. Returns as own_void_read. */
int own_void_names_branch(bool *named, struct session *session, const struct void_record *record);

/* For people, to standard error: what is declared void, and how much it is. */
void own_void_print(const struct session *session, const struct void_record *record,
                    const struct own_sayings *sayings);

/* What the void in block void_seq of this actor's log took that reinstating certificates does not bring back:
 * accreditations, withdrawals, rules and the like. A block without a void took nothing. Returns: EXIT_YES, or
 * the exit code after it said why not. */
int own_void_read_lost(struct own_sayings *out, struct session *session, uint64_t void_seq);
/* For people, to standard error: that, and how to say it again; nothing where there is none. */
void own_void_print_lost(const struct own_sayings *lost);

/* How many blocks of the log it takes to declare so many void. */
uint64_t own_void_parts(uint64_t block_count);

/* What one block declares void: the ranges of blocks that are not void yet. */
struct own_void_part {
    uint64_t next; /* where the part after it begins */
    uint64_t block_count;
    size_t range_count;
    struct seq_range ranges[VOID_BLOCKS_MAX];
};

/* Fill *part from part->next on with at most blocks_max blocks up to last; none are left when it has none.
 * Returns: EXIT_YES, or the exit code after it said why not. */
int own_void_next(struct own_void_part *part, struct session *session, uint64_t last, uint64_t blocks_max);

/* What is done so far, also when the rest failed. */
struct own_voided {
    uint64_t part_count, block_count;
    uint64_t through; /* the last block that is void by it */
    struct published last;
};

/* Declare what is not void of record's range void, blocks_max blocks (at most VOID_BLOCKS_MAX) by each block
 * signed, the lowest first, so that whoever is interrupted begins again with the rest. tell hears of each one
 * as soon as it is durable. Returns: EXIT_YES, or the exit code after it said why not. */
int own_void_publish(struct own_voided *out, struct publisher *publisher, const struct void_record *record,
                     uint64_t blocks_max, void (*tell)(void *context, const struct own_voided *voided),
                     void *context);

#endif
