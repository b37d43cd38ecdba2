#ifndef CMD_OWN_VOID_H
#define CMD_OWN_VOID_H

/* What a void of this actor takes the effect from, before it is signed: whoever mistypes a number must see
 * whose certificates it costs. */

#include "cmd/own_sayings.h"

/* Read what the blocks say that record names. Refuses ranges that the log does not have, with block 0, with
 * keys, or with what only a later epoch may void. Of a branch nothing may be held: *out is empty then.
 * Returns: EXIT_YES, or the exit code after it said why not. */
int own_void_read(struct own_sayings *out, struct session *session, const struct void_record *record);

/* For people, to standard error: what is declared void, and how much it is. */
void own_void_print(const struct session *session, const struct void_record *record,
                    const struct own_sayings *sayings);

#endif
