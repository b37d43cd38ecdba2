#ifndef CMD_OWN_BLOCK_H
#define CMD_OWN_BLOCK_H

/* A block of this actor's own log, read. */

#include "cmd/session.h"
#include "protocol/wire/block.h"

/* Writes: *out, borrowing from the session's arena, which the caller rewinds. Returns: STORE_NOT_FOUND where
 * the log doesn't reach so far; STORE_DAMAGED for bytes that are no block. */
enum store_error own_block_read(struct block *out, struct session *session, struct store_txn *txn,
                                uint64_t seq);

#endif
