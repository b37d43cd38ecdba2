#include "cmd/keyring.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/keyfile.h"

/* A keyring's files. Their secrets: 1 version | 1 count | count times (1 use | 1 role | 4 number, big-endian
 * | 32 seed).
 */

enum {
    LAYOUT_VERSION = 1,
    LAYOUT_HEAD = 2,
    LAYOUT_SEED = 1 + 1 + 4 + 32,
    SECRET_SIZE_MAX = LAYOUT_HEAD + KEYRING_SEEDS_MAX * LAYOUT_SEED,
    FILE_SIZE_MAX = SECRET_SIZE_MAX + KEYFILE_OVERHEAD,
};

_Static_assert((size_t)KEYRING_SEEDS_MAX <= UINT8_MAX, "the count is one byte");
_Static_assert((size_t)SECRET_SIZE_MAX <= (size_t)KEYFILE_SECRET_SIZE_MAX, "a keyring fits a key file");

static const char keys_file[] = "actor.keys", next_file[] = "next.keys", pending_file[] = "actor.keys.next",
                  checkpoint_file[] = "checkpoint.keys";

/* Which uses a file holds. */
enum {
    HOLDS_TODAY = 1 << KEYRING_CURRENT | 1 << KEYRING_SEAL,
    HOLDS_NEXT = 1 << KEYRING_NEXT,
};

static size_t layout_write(uint8_t *out, const struct keyring *keyring, unsigned holds)
{
    uint8_t *at = out + LAYOUT_HEAD;

    out[0] = LAYOUT_VERSION;
    out[1] = 0;
    for (size_t i = 0; i < keyring->count; i++) {
        const struct keyring_seed *seed = &keyring->seeds[i];

        if (!(holds & 1U << seed->use)) {
            continue;
        }
        out[1]++;
        at[0] = (uint8_t)seed->use;
        at[1] = (uint8_t)seed->role;
        at[2] = (uint8_t)(seed->number >> 24);
        at[3] = (uint8_t)(seed->number >> 16);
        at[4] = (uint8_t)(seed->number >> 8);
        at[5] = (uint8_t)seed->number;
        memcpy(at + 6, seed->seed.bytes, sizeof seed->seed.bytes);
        at += LAYOUT_SEED;
    }
    return (size_t)(at - out);
}

static bool seed_read(struct keyring_seed *seed, const uint8_t *at)
{
    seed->use = at[0];
    seed->role = at[1];
    seed->number = (uint32_t)at[2] << 24 | (uint32_t)at[3] << 16 | (uint32_t)at[4] << 8 | at[5];
    memcpy(seed->seed.bytes, at + 6, sizeof seed->seed.bytes);
    if (seed->use == KEYRING_SEAL) {
        return at[1] == 0;
    }
    if (seed->use == KEYRING_NEXT) {
        return at[1] == ROLE_GOVERN;
    }
    return seed->use == KEYRING_CURRENT && at[1] >= ROLE_GOVERN && at[1] <= ROLE_PRESENT;
}

/* Add the seeds of a file to keyring. How many there are of each use is bounded like the keys record that
 * they make. */
static bool layout_read(struct keyring *keyring, const uint8_t *bytes, size_t size, unsigned holds)
{
    size_t uses[KEYRING_SEAL + 1] = {0};

    if (size < LAYOUT_HEAD || bytes[0] != LAYOUT_VERSION || bytes[1] > KEYRING_SEEDS_MAX ||
        size != LAYOUT_HEAD + (size_t)bytes[1] * LAYOUT_SEED) {
        return false;
    }
    for (size_t i = 0; i < bytes[1]; i++) {
        struct keyring_seed *seed = &keyring->seeds[keyring->count];

        if (keyring->count == KEYRING_SEEDS_MAX || !seed_read(seed, bytes + LAYOUT_HEAD + i * LAYOUT_SEED) ||
            !(holds & 1U << seed->use) || ++uses[seed->use] > KEYS_MAX) {
            return false;
        }
        keyring->count++;
    }
    return (!(holds & 1U << KEYRING_CURRENT) || uses[KEYRING_CURRENT] > 0) &&
           (!(holds & HOLDS_NEXT) || uses[KEYRING_NEXT] > 0);
}

/* ---- writing ---- */

static int write_secret(const struct session *session, const char *name, const uint8_t *secret, size_t size,
                        const struct passphrase *passphrase)
{
    uint8_t file[FILE_SIZE_MAX], salt[16], nonce[24];
    size_t file_size = 0;
    enum home_error error;

    randombytes_buf(salt, sizeof salt);
    randombytes_buf(nonce, sizeof nonce);
    if (keyfile_write(file, &file_size, secret, size, passphrase ? passphrase->text : NULL,
                      passphrase ? passphrase->size : 0, salt, nonce) != KEYFILE_OK) {
        return session_fail(
            &session->options, EXIT_SYSTEM, "no-memory",
            "Protecting the keys with a passphrase takes 256 MiB of memory, which is not there.");
    }
    error = home_write(&session->home, name, file, file_size, 0600);
    return error == HOME_OK ? EXIT_YES : session_fail_home(&session->options, error);
}

static int write_keyring(const struct session *session, const char *name, const struct keyring *keyring,
                         unsigned holds, const struct passphrase *passphrase)
{
    uint8_t *secret = sodium_malloc(SECRET_SIZE_MAX);
    int code;

    if (!secret) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    code = write_secret(session, name, secret, layout_write(secret, keyring, holds), passphrase);
    sodium_free(secret);
    return code;
}

static int write_checkpoint_key(const struct session *session, const struct keyring *keyring)
{
    for (size_t i = 0; i < keyring->count; i++) {
        const struct keyring_seed *seed = &keyring->seeds[i];

        if (seed->use == KEYRING_CURRENT && seed->role == ROLE_CHECKPOINT) {
            return write_secret(session, checkpoint_file, seed->seed.bytes, sizeof seed->seed.bytes, NULL);
        }
    }
    return EXIT_YES;
}

/* actor.keys comes last: whoever finds it finds a checkpoint key and next keys that fit it. A keyring that
 * does not hold the next keys leaves their file alone, wherever it is. */
static int write_files(const struct session *session, const struct keyring *keyring,
                       const struct passphrase *passphrase)
{
    int code = write_checkpoint_key(session, keyring);

    if (code == EXIT_YES && keyring_holds_next(keyring)) {
        code = write_keyring(session, next_file, keyring, HOLDS_NEXT, passphrase);
    }
    return code == EXIT_YES ? write_keyring(session, keys_file, keyring, HOLDS_TODAY, passphrase) : code;
}

static int save_new(const struct keyring *keyring, const struct session *session)
{
    struct passphrase *passphrase = sodium_malloc(sizeof *passphrase);
    int code;

    if (!passphrase) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    code = passphrase_ask(passphrase, &session->options, true);
    if (code == EXIT_YES) {
        code = write_files(session, keyring, passphrase);
    }
    sodium_free(passphrase);
    return code;
}

int keyring_save(const struct keyring *keyring, const struct session *session)
{
    return keyring->passphrase.size == 0 ? save_new(keyring, session)
                                         : write_files(session, keyring, &keyring->passphrase);
}

int keyring_save_pending(const struct keyring *keyring, const struct session *session)
{
    return write_keyring(session, pending_file, keyring, HOLDS_TODAY | HOLDS_NEXT, &keyring->passphrase);
}

int keyring_adopt(const struct keyring *keyring, const struct session *session)
{
    char path[HOME_PATH_MAX + 64];
    int code = keyring_save(keyring, session);

    if (code != EXIT_YES) {
        return code;
    }
    home_file(&session->home, pending_file, path);
    if (unlink(path) != 0 && errno != ENOENT) {
        return session_fail_home(&session->options, HOME_IO);
    }
    return EXIT_YES;
}

/* ---- reading ---- */

static int fail_keyfile(const struct session *session, enum keyfile_result result, const char *name)
{
    switch (result) {
    case KEYFILE_OK:
        break;
    case KEYFILE_WRONG_PASSPHRASE:
        return session_fail(&session->options, EXIT_PASSPHRASE, "wrong-passphrase",
                            "That is not the passphrase of this actor's keys.");
    case KEYFILE_ABSURD_PARAMETERS:
    case KEYFILE_NOT_A_KEYFILE:
        return session_fail(&session->options, EXIT_BAD_INPUT, "bad-keyfile",
                            "%s is not a key file, or it is damaged: restore it from a backup.", name);
    case KEYFILE_NO_MEMORY:
        return session_fail(&session->options, EXIT_SYSTEM, "no-memory",
                            "Opening the keys takes 256 MiB of memory, which is not there.");
    }
    return EXIT_YES;
}

static int parse_file(struct keyring *keyring, const struct session *session, const char *name,
                      const uint8_t *file, size_t size, unsigned holds)
{
    uint8_t *secret = sodium_malloc(KEYFILE_SECRET_SIZE_MAX);
    size_t secret_size = 0;
    enum keyfile_result result;
    int code;

    if (!secret) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    result =
        keyfile_read(secret, &secret_size, file, size, keyring->passphrase.text, keyring->passphrase.size);
    code = fail_keyfile(session, result, name);
    if (code == EXIT_YES && !layout_read(keyring, secret, secret_size, holds)) {
        code = fail_keyfile(session, KEYFILE_NOT_A_KEYFILE, name);
    }
    sodium_free(secret);
    return code;
}

/* passphrase NULL: ask for it. *out is NULL when the file is not there. */
static int read_keyring(struct keyring **out, const struct session *session, const char *name, unsigned holds,
                        const struct passphrase *passphrase)
{
    uint8_t file[KEYFILE_SIZE_MAX];
    size_t size = 0;
    enum home_error error = home_read(&session->home, name, file, sizeof file, &size);
    struct keyring *keyring;
    int code = EXIT_YES;

    *out = NULL;
    if (error == HOME_NOT_FOUND) {
        return EXIT_YES;
    }
    if (error != HOME_OK) {
        return session_fail_home(&session->options, error);
    }
    keyring = sodium_malloc(sizeof *keyring);
    if (!keyring) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    keyring->count = 0;
    if (passphrase) {
        keyring->passphrase = *passphrase;
    } else {
        code = passphrase_ask(&keyring->passphrase, &session->options, false);
    }
    if (code == EXIT_YES) {
        code = parse_file(keyring, session, name, file, size, holds);
    }
    if (code == EXIT_YES) {
        *out = keyring;
    } else {
        keyring_wipe(keyring);
    }
    return code;
}

int keyring_pending(struct keyring **out, const struct keyring *keyring, const struct session *session)
{
    return read_keyring(out, session, pending_file, HOLDS_TODAY | HOLDS_NEXT, &keyring->passphrase);
}

/* Read a file anywhere, of at most capacity bytes. Returns: 0 when it is not to be had. */
static size_t read_anywhere(const char *path, uint8_t *out, size_t capacity)
{
    FILE *file = fopen(path, "rb");
    size_t size = 0;

    if (!file) {
        return 0;
    }
    size = fread(out, 1, capacity, file);
    if (ferror(file) || !feof(file)) {
        size = 0;
    }
    fclose(file);
    return size;
}

int keyring_add_next(struct keyring *keyring, const struct session *session, const char *path)
{
    char own_path[HOME_PATH_MAX + 64];
    uint8_t file[KEYFILE_SIZE_MAX + 1];
    size_t size = 0;

    if (keyring_holds_next(keyring)) { /* just taken over from a rotation that was stopped */
        return EXIT_YES;
    }
    home_file(&session->home, next_file, own_path);
    path = path ? path : own_path;
    size = read_anywhere(path, file, sizeof file);
    if (size == 0) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "no-next-keys",
                            "Cannot read the next keys from %s: bring the copy of next.keys that you keep "
                            "apart from this computer, and say --next FILE.",
                            path);
    }
    return parse_file(keyring, session, path, file, size, HOLDS_NEXT);
}

/* Whether the log that this node holds says that next governs. */
static int is_in_log(bool *in_log, const struct keyring *next, const struct session *session)
{
    struct store_txn *txn;
    struct log_state state;
    enum store_error error = store_read_begin(&txn, session->store);

    *in_log = false;
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    error = store_log_state(txn, &session->actor, &state);
    store_end(txn);
    if (error == STORE_OK) {
        *in_log = keyring_is_in_force(next, &state.keys);
    }
    if (error != STORE_OK && error != STORE_NOT_FOUND) {
        return session_fail_store(&session->options, error);
    }
    return EXIT_YES;
}

/* Finish a rotation that was published when the command that made it was stopped. */
static int take_over_pending(struct keyring **keyring, const struct session *session)
{
    struct keyring *next;
    bool in_log = false;
    int code = keyring_pending(&next, *keyring, session);

    if (code != EXIT_YES || !next) {
        return code;
    }
    code = is_in_log(&in_log, next, session);
    if (code == EXIT_YES && in_log) {
        code = keyring_adopt(next, session);
    }
    if (code == EXIT_YES && in_log) {
        code = session_reload_daemon(session, checkpoint_file);
    }
    if (code != EXIT_YES || !in_log) {
        keyring_wipe(next);
        return code;
    }
    keyring_wipe(*keyring);
    *keyring = next;
    return EXIT_YES;
}

int keyring_open(struct keyring **out, const struct session *session)
{
    int code = session_need_actor(session);

    *out = NULL;
    if (code == EXIT_YES) {
        code = read_keyring(out, session, keys_file, HOLDS_TODAY, NULL);
    }
    if (code == EXIT_YES && !*out) {
        code = session_fail(&session->options, EXIT_NOT_SET_UP, "no-keys",
                            "%s/%s is missing: restore it from a backup.", session->home.path, keys_file);
    }
    if (code == EXIT_YES) {
        code = take_over_pending(out, session);
    }
    if (code != EXIT_YES && *out) {
        keyring_wipe(*out);
        *out = NULL;
    }
    return code;
}
