/* Publishes small blocks one after the other, as commands do, but opening the keys once: the tests end
 * daemons and this program at random moments and then ask what became of each block that was acknowledged.
 *
 *   many_blocks publish HOME PASSPHRASE_FILE COUNT [daemon]   "daemon": only through one, waiting until it is
 * back many_blocks killed HOME PASSPHRASE_FILE COUNT SEED        COUNT children that publish, each killed
 * after a while many_blocks check HOME FILE                               every line of FILE is in HOME's own
 * log, and no fork many_blocks check-of HOME FILE ACTOR                      the same of ACTOR's log
 *
 * An acknowledgement is one line: the block's number and its hash. */

#include <assert.h>
#include <inttypes.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmd/publish.h"

enum { BLOCKS_A_SESSION = 16, PAUSE_MS = 2, LIFE_MS_MAX = 50, LINE_SIZE = 2 * HASH_SIZE + 32 };

static void pause_ms(long ms)
{
    const struct timespec pause = {.tv_nsec = ms * 1000000};

    nanosleep(&pause, NULL);
}

static bool daemon_runs(const struct session_options *options)
{
    struct session session;
    bool runs = false;

    if (session_open(&session, options, SESSION_READ) != EXIT_YES) {
        return false;
    }
    runs = session.control_fd >= 0;
    session_close(&session);
    return runs;
}

/* Whole or not at all, so that being killed leaves no half line behind. */
static void acknowledge(const struct published *published)
{
    char hash[2 * HASH_SIZE + 1], line[LINE_SIZE];
    int size = 0;

    sodium_bin2hex(hash, sizeof hash, published->hash.bytes, HASH_SIZE);
    size = snprintf(line, sizeof line, "%" PRIu64 " %s\n", published->seq, hash);
    assert(size > 0 && (size_t)size < sizeof line);
    if (write(STDOUT_FILENO, line, (size_t)size) != size) {
        exit(EXIT_SYSTEM);
    }
}

static int publish_attestation(struct publisher *publisher)
{
    struct attestation attestation = {.subject = {.kind = SUBJECT_CLAIM},
                                      .code = bytes_of_string("shop/a"),
                                      .basis = BASIS_EXAM,
                                      .earned_on = session_today(),
                                      .valid_from = session_today()};
    uint8_t salt[ENTRY_SALT_SIZE];
    struct draft draft;
    struct published published;
    int code = EXIT_YES;

    randombytes_buf(attestation.subject.id.bytes, HASH_SIZE);
    publisher_salt(salt);
    publisher_draft(publisher, &draft, CLASS_CONTENT);
    if (!draft_add(&draft, ENTRY_ATTESTATION, &attestation, salt)) {
        return EXIT_SYSTEM;
    }
    code = publisher_publish(publisher, &draft, &published);
    if (code == EXIT_YES) {
        acknowledge(&published);
    }
    return code;
}

/* Up to BLOCKS_A_SESSION blocks; *left counts down. */
static int publish_some(const struct session_options *options, const struct keyring *keyring, uint64_t *left)
{
    struct session session;
    struct publisher publisher;
    int code = session_open(&session, options, SESSION_WRITE);

    if (code != EXIT_YES) {
        return code;
    }
    code = publisher_open(&publisher, &session, keyring);
    for (int i = 0; i < BLOCKS_A_SESSION && *left != 0 && code == EXIT_YES; i++) {
        code = publish_attestation(&publisher);
        if (code == EXIT_YES) {
            --*left;
        }
    }
    if (publisher.session != NULL) {
        publisher_close(&publisher);
    }
    session_close(&session);
    return code;
}

static int open_keyring(struct keyring **keyring, const struct session_options *options)
{
    struct session session;
    int code = session_open(&session, options, SESSION_READ);

    if (code != EXIT_YES) {
        return code;
    }
    code = keyring_open(keyring, &session);
    session_close(&session);
    return code;
}

static int publish(const struct session_options *options, uint64_t count, bool only_daemon)
{
    struct keyring *keyring = NULL;
    uint64_t left = count;
    int code = open_keyring(&keyring, options);

    while (code == EXIT_YES && left > 0) {
        if (only_daemon && !daemon_runs(options)) {
            pause_ms(PAUSE_MS);
            continue;
        }
        code = publish_some(options, keyring, &left);
        /* The daemon ended in the middle, or is just starting: the next session sees what became of the
         * block. */
        if (only_daemon && (code == EXIT_SYSTEM || code == EXIT_BUSY)) {
            code = EXIT_YES;
        }
    }
    keyring_wipe(keyring);
    return code;
}

/* Publishes until it is killed. Returns: false when it ended by itself, or could not be started. */
static bool publish_and_kill(const struct session_options *options, const struct keyring *keyring,
                             long life_ms)
{
    uint64_t left = UINT64_MAX;
    int status = 0;
    pid_t child = fork();

    if (child < 0) {
        return false;
    }
    if (child == 0) {
        while (publish_some(options, keyring, &left) == EXIT_YES) {
            ;
        }
        _exit(EXIT_SYSTEM);
    }
    pause_ms(life_ms);
    (void)kill(child, SIGKILL);
    return waitpid(child, &status, 0) == child && WIFSIGNALED(status);
}

static int publish_killed(const struct session_options *options, uint64_t count, unsigned int seed)
{
    struct keyring *keyring = NULL;
    int code = open_keyring(&keyring, options);

    for (uint64_t i = 0; code == EXIT_YES && i < count; i++) {
        if (!publish_and_kill(options, keyring, rand_r(&seed) % LIFE_MS_MAX)) {
            code = EXIT_NO;
        }
    }
    keyring_wipe(keyring);
    return code;
}

static int check_line(const struct actor_id *author, struct store_txn *txn, const char *line)
{
    struct block_record record;
    char *end = NULL;
    uint64_t seq = strtoull(line, &end, 10), arrived_s = 0;
    char hash[2 * HASH_SIZE + 1];

    if (store_block_record(txn, author, seq, &record, &arrived_s) != STORE_OK) {
        printf("block %" PRIu64 " was acknowledged and is gone\n", seq);
        return EXIT_NO;
    }
    sodium_bin2hex(hash, sizeof hash, record.hash.bytes, HASH_SIZE);
    if (*end != ' ' || strncmp(end + 1, hash, 2 * HASH_SIZE) != 0) {
        printf("block %" PRIu64 " is not the one that was acknowledged\n", seq);
        return EXIT_NO;
    }
    return EXIT_YES;
}

static bool on_fork_proof(void *context, const struct actor_id *author, uint64_t epoch, struct bytes encoded)
{
    (void)author;
    (void)epoch;
    (void)encoded;
    ++*(unsigned int *)context;
    return true;
}

static int check_lines(const struct actor_id *author, struct store_txn *txn, FILE *file)
{
    char line[LINE_SIZE];
    unsigned int forks = 0;
    int code = EXIT_YES;

    while (fgets(line, sizeof line, file) != NULL) {
        if (check_line(author, txn, line) != EXIT_YES) {
            code = EXIT_NO;
        }
    }
    if (store_each_fork_proof(txn, on_fork_proof, &forks) != STORE_OK || forks > 0) {
        printf("%u fork proofs\n", forks);
        return EXIT_NO;
    }
    return code;
}

static int check(const struct session_options *options, const char *path, const char *author_text)
{
    struct session session;
    struct store_txn *txn = NULL;
    struct actor_id author;
    FILE *file = fopen(path, "re");
    int code = file == NULL ? EXIT_BAD_INPUT : session_open(&session, options, SESSION_READ);

    if (code != EXIT_YES) {
        return code;
    }
    code = session_actor(&session, author_text, &author);
    if (code == EXIT_YES && store_read_begin(&txn, session.store) != STORE_OK) {
        code = EXIT_SYSTEM;
    }
    if (code == EXIT_YES) {
        code = check_lines(&author, txn, file);
        store_end(txn);
    }
    session_close(&session);
    (void)fclose(file);
    return code;
}

static bool is(const char *text, const char *word)
{
    return strcmp(text, word) == 0;
}

int main(int argc, char **argv)
{
    struct session_options options;

    session_options_init(&options);
    options.home = argc > 2 ? argv[2] : NULL;
    options.passphrase_file = argc > 3 ? argv[3] : NULL;
    if (sodium_init() < 0) {
        return EXIT_SYSTEM;
    }
    if (argc == 5 && is(argv[1], "publish")) {
        return publish(&options, strtoull(argv[4], NULL, 10), false);
    }
    if (argc == 6 && is(argv[1], "publish") && is(argv[5], "daemon")) {
        return publish(&options, strtoull(argv[4], NULL, 10), true);
    }
    if (argc == 6 && is(argv[1], "killed")) {
        return publish_killed(&options, strtoull(argv[4], NULL, 10),
                              (unsigned int)strtoul(argv[5], NULL, 10));
    }
    if (argc == 4 && is(argv[1], "check")) {
        return check(&options, argv[3], "me");
    }
    if (argc == 5 && is(argv[1], "check-of")) {
        return check(&options, argv[3], argv[4]);
    }
    (void)fprintf(stderr, "usage: see tests/e2e/many_blocks_main.c\n");
    return EXIT_USAGE;
}
