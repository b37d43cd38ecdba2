#ifndef CMD_OWN_KEYS_H
#define CMD_OWN_KEYS_H

/* This actor's present keys: what it signs challenges and presentations with, and the key history that
 * travels with a presentation so that someone who never saw its log can check it. */

#include "cmd/keyring.h"
#include "protocol/rules/presentation.h"

struct own_keys {
    struct log_state state; /* at the head of this actor's log; of its inception when it never published */
    struct list blocks; /* struct key_block: those that follow the inception without anything in between */
    struct log_state carried; /* behind those */
};

/* Read them; lists go to the session's arena. Requires: the session has an actor. Returns: EXIT_YES, or the
 * exit code after it said why not. */
int own_keys_read(struct own_keys *out, struct session *session);

/* What is signed. A challenge is checked against the log's keys, a presentation against the history that it
 * carries first: a signature's key index counts in that set. */
enum own_keys_use { OWN_KEYS_CHALLENGE, OWN_KEYS_PRESENTATION };

/* Sign hash with a present key that is in force now. Asks for the passphrase. Returns as own_keys_read. */
int own_keys_sign(struct indexed_signature *out, const struct own_keys *keys, enum own_keys_use use,
                  const struct session *session, const struct hash *hash);
/* The same where the signature says its key, whichever set that stands in. */
int own_keys_sign_by_key(struct keyed_signature *out, const struct own_keys *keys,
                         const struct session *session, const struct hash *hash);

#endif
