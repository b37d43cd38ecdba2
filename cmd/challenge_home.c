#include "cmd/challenge_home.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/frame_file.h"
#include "node/control.h"

enum { NONCE_SIZE = 32, NONCE_TEXT_SIZE = 2 * NONCE_SIZE, CHALLENGE_FILE_SIZE_MAX = 16 * 1024 };

static const char folder[] = "challenges";

/* "challenges/<nonce>" */
struct challenge_name {
    char text[sizeof(folder) + 1 + NONCE_TEXT_SIZE];
};

static void name_of(struct challenge_name *name, const uint8_t nonce[NONCE_SIZE])
{
    memcpy(name->text, folder, sizeof(folder) - 1);
    name->text[sizeof(folder) - 1] = '/';
    sodium_bin2hex(name->text + sizeof(folder), NONCE_TEXT_SIZE + 1, nonce, NONCE_SIZE);
}

static bool read_challenge(struct session *session, const char *name, struct signed_challenge *out)
{
    uint8_t *bytes = arena_take(&session->arena, CHALLENGE_FILE_SIZE_MAX);
    size_t size = 0;
    return bytes != NULL &&
           home_read(&session->home, name, bytes, CHALLENGE_FILE_SIZE_MAX, &size) == HOME_OK &&
           frame_decode_record(session, bytes_of(bytes, size), FRAME_CHALLENGE, &signed_challenge_schema,
                               out) == REASON_NONE;
}

bool challenge_home_get(struct session *session, const uint8_t nonce[32], struct signed_challenge *out)
{
    struct challenge_name name;
    name_of(&name, nonce);
    return read_challenge(session, name.text, out) && memcmp(out->challenge.nonce, nonce, NONCE_SIZE) == 0;
}

/* ---- keeping ---- */

/* Whether file is a kept challenge that nobody can answer any more, or none at all. */
static bool is_over(struct session *session, const char *file, uint64_t now_s)
{
    struct signed_challenge challenge;
    size_t mark = arena_mark(&session->arena);
    char name[sizeof(folder) + NAME_MAX + 1];
    snprintf(name, sizeof(name), "%s/%s", folder, file);
    bool is_one = read_challenge(session, name, &challenge);
    arena_rewind(&session->arena, mark);
    return !is_one || challenge.challenge.expires_s + CHALLENGE_SKEW_S < now_s;
}

static bool is_nonce(const char *file)
{
    return strlen(file) == NONCE_TEXT_SIZE && strspn(file, "0123456789abcdef") == NONCE_TEXT_SIZE;
}

/* Drop what is over. Returns: how many are left. */
static size_t drop_expired(struct session *session, uint64_t now_s)
{
    char path[HOME_PATH_MAX + 64];
    size_t left = 0;
    home_file(&session->home, folder, path);
    DIR *directory = opendir(path);
    if (directory == NULL) {
        return 0;
    }
    for (struct dirent *file = readdir(directory); file != NULL; file = readdir(directory)) {
        if (!is_nonce(file->d_name)) {
            continue;
        }
        if (is_over(session, file->d_name, now_s)) {
            unlinkat(dirfd(directory), file->d_name, 0);
        } else {
            left++;
        }
    }
    closedir(directory);
    return left;
}

int challenge_home_put(struct session *session, const struct challenge *challenge, struct bytes frame,
                       uint64_t now_s)
{
    struct challenge_name name;
    if (drop_expired(session, now_s) >= CHALLENGES_MAX) {
        return session_fail(&session->options, EXIT_BAD_INPUT, "too-many-challenges",
                            "%d challenges wait for an answer already: wait until some expire.",
                            (int)CHALLENGES_MAX);
    }
    name_of(&name, challenge->nonce);
    enum home_error error = home_write(&session->home, name.text, frame.data, frame.size, 0600);
    return error == HOME_OK ? EXIT_YES : session_fail_home(&session->options, error);
}

/* ---- answering once ---- */

/* Until when the nonce has to be remembered: as long as the challenge's own file is taken for one. */
static uint64_t remembered_until_s(const struct challenge *challenge)
{
    uint64_t until_s = challenge->expires_s + 2 * (uint64_t)CHALLENGE_SKEW_S;
    return until_s < TIME_S_MAX ? until_s : TIME_S_MAX;
}

static int use_here(struct session *session, const struct challenge *challenge, enum reason *reason)
{
    struct store_txn *txn;
    enum store_error error = store_write_begin(&txn, session->store);
    if (error != STORE_OK) {
        return session_fail_store(&session->options, error);
    }
    error = store_nonce_used(txn, challenge->nonce);
    if (error == STORE_OK) {
        *reason = REASON_REPLAYED;
        store_end(txn);
        return EXIT_YES;
    }
    if (error == STORE_NOT_FOUND) {
        error = store_use_nonce(txn, challenge->nonce, remembered_until_s(challenge));
    }
    if (error != STORE_OK) {
        store_end(txn);
        return session_fail_store(&session->options, error);
    }
    error = store_commit(txn);
    return error == STORE_OK ? EXIT_YES : session_fail_store(&session->options, error);
}

static uint32_t number_from(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int answer_of_daemon(const struct session *session, enum control_result result, const uint8_t *reply,
                            size_t reply_size, enum reason *reason)
{
    if (result == CONTROL_DONE) {
        return EXIT_YES;
    }
    if (reply_size != sizeof(uint32_t)) {
        return session_fail_store(&session->options, STORE_IO);
    }
    if (result == CONTROL_FAILED) {
        return session_fail_store(&session->options, (enum store_error)number_from(reply));
    }
    *reason = (enum reason)number_from(reply);
    return EXIT_YES;
}

static int fail_unanswered(const struct session *session, enum control_error error)
{
    if (error == CONTROL_REFUSES) {
        return session_fail_refused(session);
    }
    return error == CONTROL_SILENT
               ? session_fail_silent(&session->options, "Let it go on, or end it, then try again.")
               : session_fail(&session->options, EXIT_SYSTEM, "daemon-gone",
                              "The running daemon did not answer: restart tradeproofd, then try again.");
}

static int use_by_daemon(struct session *session, const struct challenge *challenge, enum reason *reason)
{
    uint8_t request[NONCE_SIZE + sizeof(uint64_t)];
    uint8_t *reply = malloc(CONTROL_REPLY_MAX);
    size_t reply_size = 0;
    enum control_result result = CONTROL_FAILED;
    uint64_t until_s = remembered_until_s(challenge);
    if (reply == NULL) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    memcpy(request, challenge->nonce, NONCE_SIZE);
    for (size_t i = 0; i < sizeof(until_s); i++) {
        request[NONCE_SIZE + i] = (uint8_t)(until_s >> (56 - 8 * i));
    }
    enum control_error error = control_call(&session->home, session->control_fd, CONTROL_USE_NONCE,
                                            bytes_of(request, sizeof(request)), &result, reply, &reply_size);
    int code = error == CONTROL_OK ? answer_of_daemon(session, result, reply, reply_size, reason)
                                   : fail_unanswered(session, error);
    free(reply);
    return code;
}

int challenge_use(struct session *session, const struct challenge *challenge, enum reason *reason)
{
    *reason = REASON_NONE;
    return session->control_fd >= 0 ? use_by_daemon(session, challenge, reason)
                                    : use_here(session, challenge, reason);
}
