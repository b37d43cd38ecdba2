#include "cmd/session.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/number.h"
#include "node/clock.h"
#include "node/consent_checks.h"
#include "node/control.h"
#include "node/erasing.h"
#include "protocol/wire/block.h"

enum {
    LOCK_TRIES_MAX = 100, /* other commands hold the lock for moments; a daemon for good */
    LOCK_PAUSE_MS = 100,
    DESCRIPTOR_MAX = 65535,
};

void session_options_init(struct session_options *options)
{
    *options = (struct session_options){.passphrase_fd = PASSPHRASE_FD_NONE};
}

static int descriptor_of(const char *text)
{
    uint64_t number;
    const char *end;

    return number_read(&number, text, &end, DESCRIPTOR_MAX) && *end == '\0' ? (int)number : PASSPHRASE_FD_BAD;
}

bool session_option(struct session_options *options, int option, const char *value)
{
    switch (option) {
    case SESSION_OPTION_HOME:
        options->home = value;
        return true;
    case SESSION_OPTION_JSON:
        options->json = true;
        return true;
    case SESSION_OPTION_PASSPHRASE_FILE:
        options->passphrase_file = value;
        return true;
    case SESSION_OPTION_PASSPHRASE_FD:
        options->passphrase_fd = descriptor_of(value);
        return true;
    default:
        return false;
    }
}

/* ---- clock ---- */

int session_set_clock(const struct session *session)
{
    enum clock_result result = clock_configure(&session->home.network, false);

    return result == CLOCK_OK
               ? EXIT_YES
               : session_fail(&session->options, EXIT_USAGE, "test-clock", "%s", clock_sentence(result));
}

uint64_t session_now_s(void)
{
    return clock_wall_s();
}

uint32_t session_today(void)
{
    return clock_local_day(session_now_s());
}

struct question session_question(const struct session *session, uint32_t at_day)
{
    uint64_t now_s = session_now_s();
    uint32_t today = clock_local_day(now_s);
    bool is_today = at_day == DAY_NONE || at_day == today;
    return (struct question){
        .network = &session->home.network,
        .at_day = is_today ? today : at_day,
        .begun_day = is_today ? day_begun_by(now_s) : 0,
        .now_s = now_s,
        .known_by_s = UINT64_MAX,
        .budget = FRESHNESS_DEFAULT,
    };
}

/* ---- opening ---- */

static int open_trust(struct session *session)
{
    enum trust_result result = TRUST_OK;
    enum id_result id = ID_OK;
    enum home_error error;
    size_t line = 0;

    session->trust = calloc(1, sizeof *session->trust);
    if (!session->trust) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    error = home_trust(&session->home, session->trust, &result, &line, &id);
    if (result != TRUST_OK) {
        return session_fail_trust(&session->options, result, line, id);
    }
    return error == HOME_OK ? EXIT_YES : session_fail_home(&session->options, error);
}

static int open_contacts(struct session *session)
{
    uint8_t *text = malloc(CONTACTS_FILE_SIZE_MAX);
    enum home_error error = HOME_IO;
    size_t size = 0, line = 0;
    int code = EXIT_YES;

    session->contacts = calloc(1, sizeof *session->contacts);
    if (text && session->contacts) {
        error = home_read(&session->home, "contacts", text, CONTACTS_FILE_SIZE_MAX, &size);
    }
    if (!text || !session->contacts) {
        code = session_fail_store(&session->options, STORE_NO_MEMORY);
    } else if (error == HOME_OK && contacts_parse(session->contacts, &line, &session->home.network,
                                                  bytes_of(text, size)) != CONTACTS_OK) {
        code = session_fail(&session->options, EXIT_BAD_INPUT, "bad-contacts",
                            "Line %zu of %s/contacts is not an id and a name: correct or remove it.", line,
                            session->home.path);
    } else if (error != HOME_OK && error != HOME_NOT_FOUND) {
        code = session_fail_home(&session->options, error);
    }
    free(text);
    return code;
}

static int open_actor(struct session *session)
{
    uint8_t *inception = malloc(KEYS_SIZE_MAX);
    size_t size = 0;
    enum home_error error;

    if (!inception) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    session->inception = bytes_of(inception, 0);
    error = home_read(&session->home, "actor.public", inception, KEYS_SIZE_MAX, &size);
    if (error == HOME_NOT_FOUND) {
        return EXIT_YES;
    }
    if (error != HOME_OK) {
        return session_fail_home(&session->options, error);
    }
    session->inception.size = size;
    session->has_actor = true;
    actor_id_of_inception(&session->actor, &session->home.network, session->inception);
    return EXIT_YES;
}

static void pause_ms(long ms)
{
    struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    nanosleep(&pause, NULL);
}

/* A daemon that starts or a command that ends in between is why both are tried in turn. */
static int find_writer(struct session *session, enum session_access access)
{
    for (int i = 0; i < LOCK_TRIES_MAX; i++) {
        enum home_error error;

        enum control_error connected = control_connect(&session->home, &session->control_fd);

        if (connected == CONTROL_OK) {
            return EXIT_YES;
        }
        session->control_fd = -1;
        if (access == SESSION_READ) {
            return EXIT_YES;
        }
        if (connected == CONTROL_SILENT) {
            return session_fail_silent(&session->options, "Nothing was changed: let it go on, or end it.");
        }
        error = home_lock(&session->home, "lock", false, &session->lock_fd);
        if (error == HOME_OK) {
            return EXIT_YES;
        }
        session->lock_fd = -1;
        if (error != HOME_LOCKED) {
            return session_fail_home(&session->options, error);
        }
        pause_ms(LOCK_PAUSE_MS);
    }
    return session_fail_home(&session->options, HOME_LOCKED);
}

static int open_store(struct session *session)
{
    char folder[HOME_PATH_MAX + 64];
    struct store_options options = {.folder = folder, .network_tag = session->home.network.tag};
    enum store_error error;

    home_file(&session->home, "store", folder);
    options.read_only = session->lock_fd < 0;
    error = store_open(&session->store, &options);
    if (error == STORE_NOT_FOUND && options.read_only) {
        options.read_only = false;
        error = store_open(&session->store, &options);
    }
    return error == STORE_OK ? EXIT_YES : session_fail_store(&session->options, error);
}

static int open_ingest(struct session *session)
{
    void *memory = malloc(SESSION_ARENA_SIZE);

    if (!memory) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    arena_init(&session->arena, memory, SESSION_ARENA_SIZE);
    if (session->lock_fd >= 0 && !ingest_init(&session->ingest, session->store, &session->home.network,
                                              session->trust, session->has_actor ? &session->actor : NULL)) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    return EXIT_YES;
}

/* Whoever writes finds every author on the chosen branch, as far as its budget goes. */
static int finish_switches(struct session *session)
{
    struct ingest_progress progress;
    enum store_error error = STORE_OK;

    if (session->lock_fd >= 0) {
        error = ingest_go_on(&session->ingest, session_now_s(), &progress);
        /* Another's log that can't be gone on with is no reason to sign nothing in the own one. */
        if (error == STORE_OK && session->has_actor &&
            actor_id_equal(&progress.failed_author, &session->actor)) {
            error = progress.failed;
        }
    }
    return error == STORE_OK ? EXIT_YES : session_fail_store(&session->options, error);
}

static int open_parts(struct session *session, enum session_access access)
{
    enum home_error error;
    int code;

    if (sodium_init() < 0) {
        return session_fail(&session->options, EXIT_SYSTEM, "no-random",
                            "This system gives no random numbers.");
    }
    error = home_open(&session->home, session->options.home);
    if (error != HOME_OK) {
        return session_fail_home(&session->options, error);
    }
    if ((code = session_set_clock(session)) != EXIT_YES || (code = open_trust(session)) != EXIT_YES ||
        (code = open_contacts(session)) != EXIT_YES || (code = open_actor(session)) != EXIT_YES ||
        (code = find_writer(session, access)) != EXIT_YES || (code = open_store(session)) != EXIT_YES) {
        return code;
    }
    code = open_ingest(session);
    return code == EXIT_YES ? finish_switches(session) : code;
}

/* Where no daemon does it: all of it, where it isn't out of measure. What is left is with the next command.
 */
static void drop_erased(const struct session *session)
{
    enum { STEPS_MAX = 64 };
    const struct actor_id *self = session->has_actor ? &session->actor : NULL;
    bool more = session->lock_fd >= 0;

    for (size_t i = 0; more && i < STEPS_MAX; i++) {
        if (erasing_step(session->store, self, session_now_s(), &more) != STORE_OK) {
            return;
        }
    }
}

/* What a command brought in, or one that was killed before it. */
static void check_consents(const struct session *session)
{
    enum { SLICES_MAX = 1024 };
    struct consent_checks checks = {.left = session->lock_fd >= 0};

    for (size_t i = 0; checks.left && i < SLICES_MAX; i++) {
        if (consent_checks_step(&checks, session->store, 0) != STORE_OK) {
            return;
        }
    }
}

int session_open(struct session *session, const struct session_options *options, enum session_access access)
{
    int code;

    *session = (struct session){.options = *options, .lock_fd = -1, .control_fd = -1};
    code = open_parts(session, access);
    if (code != EXIT_YES) {
        session_close(session);
        return code;
    }
    drop_erased(session);
    check_consents(session);
    return EXIT_YES;
}

void session_close(struct session *session)
{
    if (session->ingest.memory) {
        ingest_deinit(&session->ingest);
    }
    if (session->store) {
        check_consents(session);
        store_close(session->store);
    }
    if (session->control_fd >= 0) {
        close(session->control_fd);
    }
    if (session->lock_fd >= 0) {
        close(session->lock_fd);
    }
    free(session->arena.memory);
    free((void *)(uintptr_t)session->inception.data);
    free(session->contacts);
    free(session->trust);
    *session = (struct session){.lock_fd = -1, .control_fd = -1};
}

int session_run(const struct session_options *options, enum session_access access,
                int (*body)(struct session *session, void *request), void *request)
{
    struct session session;
    int code = session_open(&session, options, access);

    if (code != EXIT_YES) {
        return code;
    }
    code = body(&session, request);
    session_close(&session);
    return code;
}

int session_need_actor(const struct session *session)
{
    if (session->has_actor) {
        return EXIT_YES;
    }
    return session_fail(
        &session->options, EXIT_NOT_SET_UP, "no-actor",
        "This home was made without keys (init --no-actor), so it can check but not sign. Make "
        "another one: tradeproof init --home FOLDER");
}

/* A daemon that started since the session was opened may have read the file before it was changed: it reads
 * once more when clients can reach it. */
int session_reload_daemon(const struct session *session, const char *file)
{
    enum control_result result = CONTROL_DONE;
    int fd = session->control_fd;
    uint8_t *reply;
    size_t size = 0;
    enum control_error error;

    if (fd < 0 && control_connect(&session->home, &fd) != CONTROL_OK) {
        return EXIT_YES;
    }
    reply = malloc(CONTROL_REPLY_MAX);
    error = reply == NULL ? CONTROL_OK
                          : control_call(&session->home, fd, CONTROL_RELOAD, bytes_of_string(file), &result,
                                         reply, &size);
    if (fd != session->control_fd) {
        close(fd);
    }
    if (!reply) {
        return session_fail_store(&session->options, STORE_NO_MEMORY);
    }
    free(reply);
    if (error == CONTROL_OK && result == CONTROL_DONE) {
        return EXIT_YES;
    }
    if (error == CONTROL_SILENT) {
        return session_fail_silent(&session->options,
                                   "The change is saved, and is taken up when the daemon goes on.");
    }
    return session_fail(
        &session->options, EXIT_SYSTEM, "daemon-reload",
        "The change is saved, but the running daemon did not take it up: restart tradeproofd.");
}
