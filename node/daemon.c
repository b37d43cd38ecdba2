#include "node/daemon.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "node/arrivals.h"
#include "node/clock.h"
#include "node/erasing.h"
#include "node/heads.h"
#include "node/logline.h"
#include "node/net_sandbox.h"
#include "node/requests.h"
#include "node/settle.h"

enum {
    LARGE_MEMORY_SIZE = 1024 * 1024,
    KEPT_MEMORY_SIZE =
        8 * 1024 * 1024, /* what is taken and given back at each question isn't asked of the system */
    POLLS_MAX = 2 + NET_ROLE_COUNT + CONTROL_POLLS_MAX,
    POLL_MS_MAX = 60000,
    READERS_INTERVAL_MS = 60000,
    ERASING_INTERVAL_MS = 60000,
    ERASING_AGAIN_MS = 1000, /* while more is due */
    FILE_PATH_SIZE = HOME_PATH_MAX + 64
};

static void say(const char *sentence)
{
    (void)fprintf(stderr, "tradeproofd: %s\n", sentence);
}

/* ---- start ---- */

static void remove_file(const struct daemon *daemon, const char *name)
{
    char path[FILE_PATH_SIZE];

    home_file(&daemon->home, name, path);
    (void)unlink(path);
}

static enum daemon_end end_of_home(enum home_error error)
{
    say(home_error_sentence(error));
    switch (error) {
    case HOME_NOT_INITIALISED:
    case HOME_NO_FOLDER:
    case HOME_NOT_FOUND:
        return DAEMON_NOT_SET_UP;
    case HOME_BAD_NETWORK:
    case HOME_TOO_LARGE:
        return DAEMON_BAD_INPUT;
    case HOME_LOCKED:
        return DAEMON_BUSY;
    case HOME_NO_ROOM:
        return DAEMON_NO_ROOM;
    case HOME_OK:
    case HOME_PERMISSION:
    case HOME_EXISTS:
    case HOME_NO_DESCRIPTOR:
    case HOME_IO:
        break;
    }
    return DAEMON_SYSTEM;
}

static enum daemon_end end_of_store(enum store_error error)
{
    switch (error) {
    case STORE_NO_ROOM:
        say("The disk is full: make room and start again.");
        return DAEMON_NO_ROOM;
    case STORE_WRONG_VERSION:
        say("The store was made by another version of tradeproof: use that version, or export and import.");
        return DAEMON_WRONG_VERSION;
    case STORE_WRONG_NETWORK:
        say("The store belongs to another network than the file `network` says: choose another --home.");
        return DAEMON_BAD_INPUT;
    case STORE_NOT_A_STORE:
        say("The files in the folder `store` are no store of tradeproof: choose another --home, or move them "
            "away.");
        return DAEMON_BAD_INPUT;
    case STORE_DAMAGED:
        say("The file `store/data.mdb` is damaged, as a copy is that was made while a daemon ran: copy the "
            "folder "
            "again while that one is stopped, restore it from a backup, or move it away to sync anew. Before "
            "you sign anything, have your own log here again: a head that others hold and you "
            "don't becomes a fork.");
        return DAEMON_SYSTEM;
    case STORE_NO_DESCRIPTOR:
        return end_of_home(HOME_NO_DESCRIPTOR);
    case STORE_OK:
    case STORE_NOT_FOUND:
    case STORE_MAP_FULL:
    case STORE_PERMISSION:
    case STORE_BUSY:
    case STORE_IO:
    case STORE_NO_MEMORY:
        break;
    }
    (void)fprintf(stderr, "tradeproofd: The store could not be opened (%s): check the folder `store`.\n",
                  store_error_word(error));
    return DAEMON_SYSTEM;
}

static enum daemon_end end_of_key_file(const struct daemon *daemon, const char *name, enum home_error error)
{
    if (error == HOME_NO_DESCRIPTOR) {
        return end_of_home(error);
    }
    (void)fprintf(
        stderr,
        "tradeproofd: The key file %s/%s is missing, damaged or unreadable: restore it from a backup, or run "
        "`tradeproof init` in another folder.\n",
        daemon->home.path, name);
    return DAEMON_BAD_INPUT;
}

static enum daemon_end end_of_memory(void)
{
    say("There is not enough memory to start.");
    return DAEMON_SYSTEM;
}

static enum daemon_end read_trust(struct daemon *daemon)
{
    enum trust_result result = TRUST_OK;
    enum id_result id = ID_OK;
    size_t line = 0;
    enum home_error error = home_trust(&daemon->home, &daemon->trust, &result, &line, &id);

    if (error != HOME_OK) {
        return end_of_home(error);
    }
    if (result == TRUST_OK) {
        return DAEMON_STOPPED;
    }
    if (result == TRUST_TOO_LARGE) {
        say("The trust file is larger than 64 KiB: shorten it.");
    } else {
        (void)fprintf(stderr, "tradeproofd: The trust file %s/trust has a mistake in line %zu: correct it.\n",
                      daemon->home.path, line);
    }
    return DAEMON_BAD_INPUT;
}

/* Its first step: what comes after asks for the time. */
static enum daemon_end set_clock(struct daemon *daemon)
{
    enum clock_result result = clock_configure(&daemon->home.network, true);

    if (result != CLOCK_OK) {
        say(clock_sentence(result));
        return DAEMON_BAD_ENVIRONMENT;
    }
    if (clock_is_of_tests()) {
        char now[TIME_TEXT_SIZE];

        time_to_text(now, clock_wall_s());
        (void)fprintf(stderr,
                      "tradeproofd: The clock is a test's: it starts at %s, at speed %llu, which "
                      "divides every wait and budget.\n",
                      now, (unsigned long long)clock_speed());
    }
    return DAEMON_STOPPED;
}

/* Everything that lies in the home's files. */
static enum daemon_end read_home(struct daemon *daemon)
{
    enum daemon_end end = DAEMON_STOPPED;
    enum home_error error = home_open(&daemon->home, daemon->options->home);

    if (error == HOME_OK) {
        error = home_lock(&daemon->home, "lock", false, &daemon->lock);
    }
    if (error != HOME_OK) {
        return end_of_home(error);
    }
    end = set_clock(daemon);
    if (end == DAEMON_STOPPED) {
        end = read_trust(daemon);
    }
    if (end != DAEMON_STOPPED) {
        return end;
    }
    error = node_keys_read(&daemon->keys, &daemon->home);
    if (error != HOME_OK) {
        return end_of_key_file(daemon, NODE_KEYS_FILE, error);
    }
    error = checkpoints_init(&daemon->checkpoints, &daemon->home, daemon->now_ms);
    if (error != HOME_OK) {
        return end_of_key_file(daemon, CHECKPOINT_KEYS_FILE, error);
    }
    return DAEMON_STOPPED;
}

static enum daemon_end open_store(struct daemon *daemon)
{
    char folder[FILE_PATH_SIZE];
    struct store_options options = {.folder = folder, .network_tag = daemon->home.network.tag};
    struct actor_id self;
    enum home_error self_error = requests_read_self(&daemon->home, &self);
    enum store_error error = STORE_OK;

    if (self_error != HOME_OK && self_error != HOME_NOT_FOUND) {
        return end_of_key_file(daemon, "actor.public", self_error);
    }
    home_file(&daemon->home, "store", folder);
    error = store_open(&daemon->store, &options);
    if (error != STORE_OK) {
        return end_of_store(error);
    }
    if (!ingest_init(&daemon->ingest, daemon->store, &daemon->home.network, &daemon->trust,
                     self_error == HOME_OK ? &self : NULL)) {
        return end_of_memory();
    }
    requests_read_followed(daemon);
    daemon->ingest.followed = &daemon->followed;
    daemon->ingest.turn_ms = INGEST_TURN_MS;
    daemon->intake.turn_ms = INTAKE_TURN_MS;
    daemon->intake.inboxes = &daemon->peers.inboxes;
    return DAEMON_STOPPED;
}

static enum daemon_end make_parts(struct daemon *daemon)
{
    uint64_t seed = 0;
    enum home_error error = HOME_OK;

    processes_init(&daemon->processes, daemon->options, &daemon->keys, &daemon->starter, daemon->now_ms);
    daemon->sync = malloc(sync_size());
    daemon->record_memory = malloc(RECORD_ARENA_SIZE);
    if (daemon->sync == NULL || daemon->record_memory == NULL || !intake_init(&daemon->intake) ||
        !peers_init(&daemon->peers, &daemon->home.network, &daemon->keys, daemon->options,
                    daemon->processes.net) ||
        !relay_init(&daemon->relay, &daemon->ingest, &daemon->peers)) {
        return end_of_memory();
    }
    randombytes_buf(&seed, sizeof seed);
    sync_init(daemon->sync, seed, settle_sync_waits());
    /* A daemon that was killed leaves one behind, and nobody listens there now. */
    remove_file(daemon, ENDPOINT_FILE);
    error = control_server_init(&daemon->control, &daemon->home);
    if (error != HOME_OK) {
        return end_of_home(error);
    }
    /* Whoever changed a file before clients could say so found nobody to tell. */
    (void)requests_reread(daemon);
    return watch_init(&daemon->watch, &daemon->home, &daemon->ingest, daemon->options->watch_log,
                      daemon->options->on_change, &daemon->starter, daemon->now_ms)
               ? DAEMON_STOPPED
               : end_of_memory();
}

static enum daemon_end take_signals(struct daemon *daemon)
{
    sigset_t signals;

    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGHUP);
    (void)signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &signals, NULL) == 0) {
        daemon->signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    }
    if (daemon->signals >= 0) {
        return DAEMON_STOPPED;
    }
    say("The system gives no signal descriptor: raise its limit of open files.");
    return DAEMON_SYSTEM;
}

static enum daemon_end start(struct daemon *daemon)
{
    enum daemon_end end = DAEMON_STOPPED;

    if (!starter_begin(&daemon->starter)) {
        say("The system gives no process: raise its limits of processes and open files.");
        return DAEMON_SYSTEM;
    }
    end = take_signals(daemon);

    if (end == DAEMON_STOPPED) {
        end = read_home(daemon);
    }
    if (end == DAEMON_STOPPED) {
        end = open_store(daemon);
    }
    if (end == DAEMON_STOPPED) {
        end = make_parts(daemon);
    }
    return end;
}

static void log_start(const struct daemon *daemon)
{
    char node[ID_TEXT_MAX + 1], actor[ID_TEXT_MAX + 1] = "";

    id_to_text(node, ID_NODE, &daemon->home.network, &daemon->keys.id.hash);
    if (daemon->ingest.has_self) {
        id_to_text(actor, ID_ACTOR, &daemon->home.network, &daemon->ingest.self.hash);
    }
    LOG(LOG_INFO, "started", LOG_T("home", daemon->home.path), LOG_T("network", daemon->home.network.tag),
        LOG_T("node", node), LOG_T("actor", actor), LOG_N("pid", getpid()));
    if (!net_sandbox_has_landlock()) {
        LOG(LOG_WARN, "landlock-missing",
            LOG_T("why",
                  "This kernel has no Landlock: that net processes open no file rests on seccomp alone."));
    }
}

/* ---- the loop ---- */

static void read_signals(struct daemon *daemon)
{
    struct signalfd_siginfo info;

    while (read(daemon->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT) {
            LOG(LOG_INFO, "stopping", LOG_N("signal", info.ssi_signo));
            daemon->stopping = true;
        } else if (info.ssi_signo == SIGHUP) {
            (void)requests_reload(daemon, bytes_of(NULL, 0));
        }
    }
}

static int timeout_ms(const struct daemon *daemon)
{
    const uint64_t deadlines[] = {
        settle_deadline_ms(daemon),
        processes_deadline_ms(&daemon->processes),
        peers_deadline_ms(&daemon->peers),
        control_server_deadline_ms(&daemon->control),
        daemon->endpoint_ms,
        daemon->readers_ms,
        daemon->erasing_ms,
        consent_checks_deadline_ms(&daemon->consent_checks),
        watch_deadline_ms(&daemon->watch, daemon->now_ms),
    };
    uint64_t soonest_ms = daemon->now_ms + clock_rhythm_ms(POLL_MS_MAX);

    if (daemon->unread || intake_waits(&daemon->intake)) {
        return 0;
    }
    for (size_t i = 0; i < sizeof deadlines / sizeof *deadlines; i++) {
        if (deadlines[i] < soonest_ms) {
            soonest_ms = deadlines[i];
        }
    }
    return soonest_ms > daemon->now_ms ? (int)(soonest_ms - daemon->now_ms) : 0;
}

static void wait_for_something(struct daemon *daemon)
{
    struct pollfd fds[POLLS_MAX] = {{.fd = daemon->signals, .events = POLLIN},
                                    {.fd = daemon->starter.fd, .events = POLLIN}};
    size_t count = 2;

    count += processes_polls(&daemon->processes, fds + count);
    count += control_server_polls(&daemon->control, fds + count);
    if (poll(fds, (nfds_t)count, timeout_ms(daemon)) < 0 && errno != EINTR) {
        LOG(LOG_ERROR, "poll-failed", LOG_T("why", strerror(errno)));
    }
}

static void drop_erased(struct daemon *daemon)
{
    const struct actor_id *self = daemon->ingest.has_self ? &daemon->ingest.self : NULL;
    bool more = false;
    enum store_error error = erasing_step(daemon->store, self, clock_wall_s(), &more);

    if (error != STORE_OK) {
        settle_store_error(daemon, "erased-not-dropped", error);
    }
    daemon->erasing_ms =
        daemon->now_ms + clock_rhythm_ms(more && error == STORE_OK ? ERASING_AGAIN_MS : ERASING_INTERVAL_MS);
}

static void check_consents(struct daemon *daemon)
{
    enum store_error error = consent_checks_step(&daemon->consent_checks, daemon->store, daemon->now_ms);

    if (error != STORE_OK) {
        settle_store_error(daemon, "consents-not-checked", error);
    }
}

static void run_timers(struct daemon *daemon)
{
    processes_start(&daemon->processes, daemon->now_ms);
    arrivals_timers(daemon);
    settle_timers(daemon);
    watch_step(&daemon->watch, daemon->now_ms, clock_wall_s());
    check_consents(daemon);
    if (daemon->now_ms >= daemon->erasing_ms) {
        drop_erased(daemon);
    }
    if (daemon->now_ms >= daemon->readers_ms) {
        store_clear_stale_readers(daemon->store);
        daemon->readers_ms = daemon->now_ms + clock_rhythm_ms(READERS_INTERVAL_MS);
    }
}

static void turn(struct daemon *daemon)
{
    wait_for_something(daemon);
    daemon->now_ms = clock_monotonic_ms();
    read_signals(daemon);
    control_server_serve(&daemon->control, daemon->now_ms);
    requests_take(daemon);
    arrivals_take(daemon);
    /* A process is reaped after its last words were read. */
    arrivals_reap(daemon);
    if (daemon->starter.fd < 0) {
        say("The process that starts the others has ended: start tradeproofd again.");
        daemon->stopping = true;
    }
    settle_intake(daemon);
    run_timers(daemon);
    processes_flush(&daemon->processes);
}

/* ---- stop ---- */

static void stop(struct daemon *daemon)
{
    heads_note_now(daemon);
    processes_stop(&daemon->processes);
    if (daemon->processes.bound[0] != '\0') {
        remove_file(daemon, ENDPOINT_FILE);
    }
    control_server_deinit(&daemon->control);
    watch_deinit(&daemon->watch);
    relay_deinit(&daemon->relay);
    peers_deinit(&daemon->peers);
    intake_deinit(&daemon->intake);
    ingest_deinit(&daemon->ingest);
    if (daemon->store != NULL) {
        store_close(daemon->store);
    }
    checkpoints_deinit(&daemon->checkpoints);
    sodium_memzero(&daemon->keys, sizeof daemon->keys);
    free(daemon->sync);
    free(daemon->record_memory);
    if (daemon->lock >= 0) {
        (void)close(daemon->lock);
    }
    if (daemon->signals >= 0) {
        (void)close(daemon->signals);
    }
    starter_stop(&daemon->starter);
}

/* Large tables are given whole to a peer and used as far as it fills them. The allocator maps them as pages
 * that cost nothing before they are touched, and would stop doing so once the first one was given back. */
static void keep_large_memory_lazy(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, LARGE_MEMORY_SIZE);
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_MEMORY_SIZE);
}

enum daemon_end daemon_run(const struct daemon_options *options)
{
    struct daemon *daemon = NULL;
    enum daemon_end end = DAEMON_SYSTEM;

    keep_large_memory_lazy();
    daemon = calloc(1, sizeof *daemon);
    if (daemon == NULL) {
        return end_of_memory();
    }
    log_set_level((enum log_level)options->log_level);
    daemon->options = options;
    daemon->lock = daemon->signals = daemon->control.fd = daemon->starter.fd = -1;
    daemon->started_ms = daemon->now_ms = clock_monotonic_ms();
    daemon->tell_ms = daemon->endpoint_ms = UINT64_MAX;
    daemon->follow_ms = daemon->now_ms; /* some may have been on their way when it stopped */
    daemon->readers_ms = daemon->now_ms + clock_rhythm_ms(READERS_INTERVAL_MS);
    end = start(daemon);
    if (end == DAEMON_STOPPED) {
        log_start(daemon);
        run_timers(daemon);
        processes_flush(&daemon->processes);
        while (!daemon->stopping) {
            turn(daemon);
        }
        end = daemon->listen_failed || daemon->starter.fd < 0 ? DAEMON_SYSTEM : DAEMON_STOPPED;
    }
    stop(daemon);
    if (end == DAEMON_STOPPED) {
        LOG(LOG_INFO, "stopped");
    }
    free(daemon);
    return end;
}
