#ifndef CMD_KEYRING_H
#define CMD_KEYRING_H

/* An actor's secrets: the seeds of its signing, next and seal keys, in one key file under a passphrase
 * (home/actor.keys). The decrypted bytes live in one sodium_malloc arena until keyring_wipe. */

#include "cmd/session.h"
#include "protocol/log/author.h"

enum keyring_use { KEYRING_CURRENT = 1, KEYRING_NEXT = 2, KEYRING_SEAL = 3 };

struct keyring_seed {
    enum keyring_use use;
    enum role role; /* current: any; next: govern; seal: 0 */
    struct sign_seed seed;
};

enum { KEYRING_SEEDS_MAX = 3 * KEYS_MAX };

/* In sodium_malloc'ed memory. */
struct keyring {
    size_t count;
    struct keyring_seed seeds[KEYRING_SEEDS_MAX];
};

/* Make the keys of a new actor: one key a role (checkpoint's too: its seed is also what checkpoint.keys holds), one
 * next key, one seal key. Writes the inception record to writer. */
struct keyring *keyring_create(const struct network *network, struct writer *inception);
/* Ask for the passphrase (prompt without echo, file or descriptor as the options say), read and open
 * home/actor.keys. Returns: EXIT_YES, or the exit code after it said why not. */
int keyring_open(struct keyring **out, const struct session *session);
/* Write it under the passphrase given at keyring_open or asked for twice when new. */
int keyring_save(const struct keyring *keyring, const struct session *session);
void keyring_wipe(struct keyring *keyring);

/* The secret of role's key that stands in keys, and its index there. Returns: false when this keyring has none of
 * them. The caller wipes *secret. */
bool keyring_signer(const struct keyring *keyring, const struct key_set *keys, enum role role,
                    struct sign_secret_key *secret, uint64_t *key_index);

/* The next generation: next keys become the governing ones, all other keys and the next ones are made anew. Writes
 * the rotation's keys record. The result replaces the keyring once the rotation is in the log. */
struct keyring *keyring_rotate(const struct keyring *keyring, const struct network *network, struct writer *record);

#endif
