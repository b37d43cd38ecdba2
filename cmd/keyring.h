#ifndef CMD_KEYRING_H
#define CMD_KEYRING_H

/* An actor's secrets: the seeds of its signing and seal keys in one key file under a passphrase
 * (home/actor.keys), those of the next governing keys in another (home/next.keys), which is best kept apart
 * from the computer: whoever steals the first cannot rotate. The decrypted bytes live in one sodium_malloc
 * arena until keyring_wipe. */

#include "cmd/passphrase.h"
#include "cmd/session.h"
#include "protocol/log/author.h"

enum keyring_use { KEYRING_CURRENT = 1, KEYRING_NEXT = 2, KEYRING_SEAL = 3 };

struct keyring_seed {
    enum keyring_use use;
    enum role role;  /* current: any; next: govern; seal: 0 */
    uint32_t number; /* of a seal key; 0 for the others */
    struct sign_seed seed;
};

enum { KEYRING_SEEDS_MAX = 3 * KEYS_MAX };

/* In sodium_malloc'ed memory. */
struct keyring {
    struct passphrase passphrase; /* that the file was opened with; empty while it was never written */
    size_t count;
    struct keyring_seed seeds[KEYRING_SEEDS_MAX];
};

/* Make the keys of a new actor: one key a role (checkpoint's too: its seed is also what checkpoint.keys
 * holds), one next key, one seal key. Writes the inception record to writer. */
struct keyring *keyring_create(const struct network *network, struct writer *inception);
/* The keys record that this keyring's public keys make: inception of a new one, rotation of one that
 * keyring_rotate made. The same keyring gives the same record. */
void keyring_record(const struct keyring *keyring, const struct network *network, struct writer *record);
/* Ask for the passphrase (prompt without echo, file or descriptor as the options say), read and open
 * home/actor.keys. Returns: EXIT_YES, or the exit code after it said why not. */
int keyring_open(struct keyring **out, const struct session *session);
/* Add the next keys from path (NULL: home/next.keys), which has the same passphrase. Returns as keyring_open.
 */
int keyring_add_next(struct keyring *keyring, const struct session *session, const char *path);
bool keyring_holds_next(const struct keyring *keyring);
/* Write home/actor.keys under the passphrase given at keyring_open, or asked for twice when new; before it
 * checkpoint.keys and, if the keyring holds them, next.keys. Returns as keyring_open. */
int keyring_save(const struct keyring *keyring, const struct session *session);
void keyring_wipe(struct keyring *keyring);

/* The secret of role's key that stands in keys, and its index there. Returns: false when this keyring has
 * none of them. The caller wipes *secret. */
bool keyring_signer(const struct keyring *keyring, const struct key_set *keys, enum role role,
                    struct sign_secret_key *secret, uint64_t *key_index);

/* A rotation in the making survives a kill at any moment: the keys that it will set lie in
 * home/actor.keys.next before it is published. keyring_open takes them over once the log says that they
 * govern; until then a rotation that is tried again uses the same keys. */
/* Read actor.keys.next. Returns: as keyring_open; *out is NULL with EXIT_YES when there is none. */
int keyring_pending(struct keyring **out, const struct keyring *keyring, const struct session *session);
/* Write actor.keys.next. */
int keyring_save_pending(const struct keyring *keyring, const struct session *session);
/* Write it as home/actor.keys and drop actor.keys.next. */
int keyring_adopt(const struct keyring *keyring, const struct session *session);
/* Whether all current keys of this keyring are among keys. */
bool keyring_is_in_force(const struct keyring *keyring, const struct key_set *keys);
/* Whether next is what keyring_rotate made of keyring. */
bool keyring_follows(const struct keyring *next, const struct keyring *keyring);

/* The next generation: next keys become the governing ones, all other keys and the next ones are made anew.
 * Writes the rotation's keys record. The result replaces the keyring once the rotation is in the log. */
struct keyring *keyring_rotate(const struct keyring *keyring, const struct network *network,
                               struct writer *record);

#endif
