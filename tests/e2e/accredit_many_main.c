/* Accredits the same actors over and over, in one block, as somebody does who means to crowd others out:
 * commands accredit once.
 *
 *   accredit_many HOME PASSPHRASE_FILE CODES DEPTH TIMES ACTOR...      each ACTOR, TIMES times, without an
 * end */

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/publish.h"

enum { FIRST_DAY = 15000 };

struct wish {
    struct session *session;
    struct bytes pattern;
    uint64_t depth, times;
    char **actors;
    int actor_count;
};

static int add_all(struct draft *draft, const struct wish *wish)
{
    for (int i = 0; i < wish->actor_count; i++) {
        struct accreditation record = {.patterns = {.items = &wish->pattern, .count = 1},
                                       .depth = wish->depth};
        int code = session_actor(wish->session, wish->actors[i], &record.delegate);

        if (code != EXIT_YES) {
            return code;
        }
        for (uint64_t k = 0; k < wish->times; k++) {
            record.from = FIRST_DAY + (uint32_t)k;
            if (!draft_add(draft, ENTRY_ACCREDITATION, &record, NULL)) {
                return EXIT_SYSTEM;
            }
        }
    }
    return EXIT_YES;
}

static int publish(const struct wish *wish)
{
    struct keyring *keyring = NULL;
    struct publisher publisher;
    struct published published;
    struct draft draft;
    int code = keyring_open(&keyring, wish->session);

    if (code != EXIT_YES) {
        return code;
    }
    code = publisher_open(&publisher, wish->session, keyring);
    if (code == EXIT_YES) {
        publisher_draft(&publisher, &draft, CLASS_GOVERN);
        code = add_all(&draft, wish);
        code = code == EXIT_YES ? publisher_publish(&publisher, &draft, &published) : code;
        publisher_close(&publisher);
    }
    keyring_wipe(keyring);
    return code;
}

int main(int argc, char **argv)
{
    struct session_options options;
    struct session session;
    int code = EXIT_USAGE;

    session_options_init(&options);
    if (argc < 7 || sodium_init() < 0) {
        (void)fprintf(stderr, "usage: see tests/e2e/accredit_many_main.c\n");
        return code;
    }
    options.home = argv[1];
    options.passphrase_file = argv[2];
    code = session_open(&session, &options, SESSION_WRITE);
    if (code != EXIT_YES) {
        return code;
    }
    const struct wish wish = {.session = &session,
                              .pattern = bytes_of_string(argv[3]),
                              .depth = strtoull(argv[4], NULL, 10),
                              .times = strtoull(argv[5], NULL, 10),
                              .actors = argv + 6,
                              .actor_count = argc - 6};
    code = publish(&wish);
    session_close(&session);
    return code;
}
