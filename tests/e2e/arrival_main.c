/* How long revocations take from one home to another: publishes them one after the other through HOME's
 * daemon, which holds a namespace `shop` and a certificate for each, and watches OTHER's store until each is
 * there, as a question would find it.
 *
 *   arrival HOME PASSPHRASE_FILE OTHER COUNT
 *
 * Prints the median and the longest in microseconds. */

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/publish.h"

enum { COUNT_MAX = 256, LOOK_US = 300, WAIT_US_MAX = 60 * 1000 * 1000, BETWEEN_US = 50 * 1000 };

static uint64_t now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void pause_us(long us)
{
    const struct timespec pause = {.tv_nsec = us * 1000};

    (void)nanosleep(&pause, NULL);
}

static void give_up(const char *why)
{
    (void)fprintf(stderr, "arrival: %s\n", why);
    exit(1);
}

static int order_times(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

/* The certificates, one block of them. */
static uint64_t publish_certificates(struct publisher *publisher, size_t count)
{
    struct draft draft;
    struct published published;

    publisher_draft(publisher, &draft, CLASS_CONTENT);
    for (size_t i = 0; i < count; i++) {
        struct attestation attestation = {.subject = {.kind = SUBJECT_CLAIM},
                                          .code = bytes_of_string("shop/a"),
                                          .basis = BASIS_EXAM,
                                          .earned_on = session_today(),
                                          .valid_from = session_today()};
        uint8_t salt[ENTRY_SALT_SIZE];

        randombytes_buf(attestation.subject.id.bytes, HASH_SIZE);
        publisher_salt(salt);
        if (!draft_add(&draft, ENTRY_ATTESTATION, &attestation, salt)) {
            give_up("the certificates don't fit into a block");
        }
    }
    if (publisher_publish(publisher, &draft, &published) != EXIT_YES) {
        give_up("the certificates could not be published");
    }
    return published.seq;
}

static void await_block(struct store *store, const struct actor_id *author, uint64_t seq)
{
    const uint64_t began_us = now_us();

    for (;;) {
        struct store_txn *txn = NULL;
        struct log_state state = {.seq = 0};

        if (store_read_begin(&txn, store) != STORE_OK) {
            give_up("the other store can't be read");
        }
        bool held = store_log_state(txn, author, &state) == STORE_OK && state.seq >= seq;
        store_end(txn);
        if (held) {
            return;
        }
        if (now_us() - began_us > WAIT_US_MAX) {
            give_up("a block was waited for in vain");
        }
        pause_us(LOOK_US);
    }
}

/* Returns: how long it took, from its signing on. */
static uint64_t revoke(struct publisher *publisher, struct store *other, uint64_t seq, size_t index)
{
    struct index_range range = {.first = index, .last = index};
    const struct status status = {.seq = seq,
                                  .entries = {.items = &range, .count = 1},
                                  .action = STATUS_REVOKED,
                                  .effective_day = session_today()};
    const uint64_t began_us = now_us();
    struct published published;
    struct draft draft;

    publisher_draft(publisher, &draft, CLASS_STATUS);
    if (!draft_add(&draft, ENTRY_STATUS, &status, NULL) ||
        publisher_publish(publisher, &draft, &published) != EXIT_YES) {
        give_up("a revocation could not be published");
    }
    await_block(other, &publisher->state.author, published.seq);
    return now_us() - began_us;
}

int main(int argc, char **argv)
{
    const size_t count = argc == 5 ? strtoul(argv[4], NULL, 10) : 0;
    struct session_options options;
    uint64_t times_us[COUNT_MAX];
    struct session session;
    struct publisher publisher;
    struct keyring *keyring = NULL;
    struct store *other = NULL;
    struct home home;
    char folder[512];
    uint64_t seq = 0;

    session_options_init(&options);
    options.home = argc == 5 ? argv[1] : NULL;
    options.passphrase_file = argc == 5 ? argv[2] : NULL;
    if (count == 0 || count > COUNT_MAX || sodium_init() < 0 || home_open(&home, argv[3]) != HOME_OK ||
        session_open(&session, &options, SESSION_WRITE) != EXIT_YES ||
        keyring_open(&keyring, &session) != EXIT_YES ||
        publisher_open(&publisher, &session, keyring) != EXIT_YES) {
        give_up("usage: arrival HOME PASSPHRASE_FILE OTHER COUNT");
    }
    home_file(&home, "store", folder);
    if (store_open(&other, &(struct store_options){.folder = folder, .network_tag = home.network.tag}) !=
        STORE_OK) {
        give_up("the other store can't be opened");
    }
    seq = publish_certificates(&publisher, count);
    await_block(other, &publisher.state.author, seq);
    for (size_t i = 0; i < count; i++) {
        pause_us(BETWEEN_US);
        times_us[i] = revoke(&publisher, other, seq, i);
    }
    qsort(times_us, count, sizeof *times_us, order_times);
    printf("%llu %llu\n", (unsigned long long)times_us[count / 2], (unsigned long long)times_us[count - 1]);
    store_close(other);
    publisher_close(&publisher);
    keyring_wipe(keyring);
    session_close(&session);
    return 0;
}
