/* Signs certificates as a version did that did not look whether they were issued before: a file's rows, one
 * for one, whatever stands already.
 *
 *   twins HOME PASSPHRASE_FILE TECHNICIAN CODE EARNED LAST_DAY [COUNT]    each in a block of its own */

#include <stdio.h>
#include <stdlib.h>

#include "cmd/publish.h"
#include "protocol/base/days.h"

static int publish(struct publisher *publisher, const struct attestation *attestation)
{
    uint8_t salt[ENTRY_SALT_SIZE];
    struct published published;
    struct draft draft;

    publisher_salt(salt);
    publisher_draft(publisher, &draft, CLASS_CONTENT);
    return draft_add(&draft, ENTRY_ATTESTATION, attestation, salt)
               ? publisher_publish(publisher, &draft, &published)
               : EXIT_SYSTEM;
}

static int publish_all(struct session *session, const struct attestation *attestation, unsigned long count)
{
    struct keyring *keyring = NULL;
    struct publisher publisher;
    int code = keyring_open(&keyring, session);

    if (code != EXIT_YES) {
        return code;
    }
    code = publisher_open(&publisher, session, keyring);
    if (code == EXIT_YES) {
        for (unsigned long i = 0; i < count && code == EXIT_YES; i++) {
            code = publish(&publisher, attestation);
        }
        publisher_close(&publisher);
    }
    keyring_wipe(keyring);
    return code;
}

int main(int argc, char **argv)
{
    struct attestation attestation = {.basis = BASIS_EXAM, .has_last_day = true};
    struct session_options options;
    struct session session;
    int code = EXIT_USAGE;

    if (argc < 7 || argc > 8 || !day_from_text(&attestation.earned_on, bytes_of_string(argv[5])) ||
        !day_from_text(&attestation.last_day, bytes_of_string(argv[6]))) {
        (void)fprintf(stderr, "usage: twins HOME PASSPHRASE_FILE TECHNICIAN CODE EARNED LAST_DAY [COUNT]\n");
        return EXIT_USAGE;
    }
    session_options_init(&options);
    options.home = argv[1];
    options.passphrase_file = argv[2];
    code = session_open(&session, &options, SESSION_WRITE);
    if (code != EXIT_YES) {
        return code;
    }
    attestation.valid_from = attestation.earned_on;
    attestation.code = bytes_of_string(argv[4]);
    code = session_subject(&session, argv[3], &attestation.subject);
    if (code == EXIT_YES) {
        code = publish_all(&session, &attestation, argc == 8 ? strtoul(argv[7], NULL, 10) : 1);
    }
    session_close(&session);
    return code;
}
