#ifndef CMD_PASSPHRASE_H
#define CMD_PASSPHRASE_H

/* Where a passphrase comes from: a descriptor, a file, or a prompt without echo on the terminal. It is one
 * line; the line end is no part of it. */

#include "cmd/session.h"

enum { PASSPHRASE_SIZE_MAX = 1024, PASSPHRASE_SIZE_MIN = 8 };

/* Lives in sodium_malloc'ed memory; whoever holds one wipes it. */
struct passphrase {
    size_t size;
    char text[PASSPHRASE_SIZE_MAX + 1];
};

/* Ask for the passphrase of this actor's keys. is_new: it must have PASSPHRASE_SIZE_MIN bytes, and a prompt
 * asks twice. Returns: EXIT_YES, or the exit code after it said why there is none. */
int passphrase_ask(struct passphrase *out, const struct session_options *options, bool is_new);

#endif
