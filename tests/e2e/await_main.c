/* Waits until the store of one node has all of the log that another node's actor has by now, and prints how
 * long that took, in microseconds. Exits with 1 after WAIT_S.
 *
 *   await HOME OTHER */

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd/session.h"
#include "node/clock.h"

enum { WAIT_S = 20, STEP_US = 500 };

static bool read_head(struct log_state *head, struct store *store, const struct actor_id *author)
{
    struct store_txn *txn = NULL;
    bool is = store_read_begin(&txn, store) == STORE_OK && store_log_state(txn, author, head) == STORE_OK;

    store_end(txn);
    return is;
}

static int await(struct store *store, const struct log_state *head)
{
    const uint64_t begun_ns = clock_monotonic_ns();
    struct log_state now = {.seq = 0};

    while (!read_head(&now, store, &head->author) || now.seq < head->seq) {
        if (clock_monotonic_ns() - begun_ns > UINT64_C(1000000000) * WAIT_S) {
            return EXIT_NO;
        }
        (void)usleep(STEP_US);
    }
    printf("%" PRIu64 "\n", (clock_monotonic_ns() - begun_ns) / 1000);
    return EXIT_YES;
}

int main(int argc, char **argv)
{
    struct session_options options;
    struct session session;
    struct home home;
    struct store *store = NULL;
    struct log_state head;
    char folder[HOME_PATH_MAX + 64];
    int code = EXIT_USAGE;

    session_options_init(&options);
    options.home = argc == 3 ? argv[1] : NULL;
    if (argc != 3 || sodium_init() < 0 || home_open(&home, argv[2]) != HOME_OK) {
        (void)fprintf(stderr, "usage: see tests/e2e/await_main.c\n");
        return code;
    }
    code = session_open(&session, &options, SESSION_READ);
    if (code != EXIT_YES) {
        return code;
    }
    home_file(&home, "store", folder);
    if (!read_head(&head, session.store, &session.actor) ||
        store_open(&store, &(struct store_options){.folder = folder, .network_tag = home.network.tag}) !=
            STORE_OK) {
        code = EXIT_SYSTEM;
    }
    session_close(&session);
    if (code == EXIT_YES) {
        code = await(store, &head);
        store_close(store);
    }
    return code;
}
