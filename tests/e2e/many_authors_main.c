/* Fills a home whose actor owns a namespace, while no daemon runs, with the logs of authors: each an
 * inception and, unless ATTESTATIONS is 0, a block of so many. They stand in chains of CHAIN (1: each alone):
 * the owner accredits the first one of a chain, and each accredits the next.
 *
 *   many_authors HOME PASSPHRASE_FILE NAMESPACE COUNT ATTESTATIONS CHAIN */

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/publish.h"
#include "tests/support/log_builder.h"

enum { ACCREDITATIONS_A_BLOCK = 1024, AUTHORS_A_TRANSACTION = 256, FIRST_DAY = 15000 };

struct filling {
    struct session *session;
    char pattern[NAMESPACE_SIZE_MAX + 3], code[CODE_SIZE_MAX + 1];
    uint64_t count, attestations, chain;
    struct log_builder builder;
    struct arena scratch;
    uint8_t memory[4 * 1024 * 1024];
};

/* ---- accreditations ---- */

/* Of the author of that number, by whoever stands before it. */
static bool add_accreditation(struct draft *draft, const struct filling *filling, uint64_t number)
{
    const struct bytes pattern = bytes_of_string(filling->pattern);
    static struct built_actor actor;

    build_actor(&actor, &filling->session->home.network, number, 1, 1);
    const struct accreditation record = {.delegate = actor.id,
                                         .patterns = {.items = &pattern, .count = 1},
                                         .depth = filling->chain - 1 - number % filling->chain,
                                         .from = FIRST_DAY};

    return draft_add(draft, ENTRY_ACCREDITATION, &record, NULL);
}

static int accredit_all(struct filling *filling)
{
    struct keyring *keyring = NULL;
    struct publisher publisher;
    int code = keyring_open(&keyring, filling->session);

    if (code == EXIT_YES) {
        code = publisher_open(&publisher, filling->session, keyring);
    }
    if (code != EXIT_YES) {
        return code;
    }
    for (uint64_t i = 0; code == EXIT_YES && i < filling->count;) {
        struct published published;
        struct draft draft;

        publisher_draft(&publisher, &draft, CLASS_GOVERN);
        for (size_t k = 0; code == EXIT_YES && k < ACCREDITATIONS_A_BLOCK && i < filling->count; k++) {
            code = add_accreditation(&draft, filling, i) ? EXIT_YES : EXIT_SYSTEM;
            i += filling->chain;
        }
        code = code == EXIT_YES ? publisher_publish(&publisher, &draft, &published) : code;
    }
    publisher_close(&publisher);
    keyring_wipe(keyring);
    return code;
}

/* ---- logs ---- */

static void write_log(struct memory_log *log, struct filling *filling, uint64_t number)
{
    static struct built_actor actor;

    build_actor(&actor, log->network, number, 1, 1);
    log_builder_init(&filling->builder, filling->memory, sizeof filling->memory);
    log_builder_inception(&filling->builder, log, &actor);
    if ((number + 1) % filling->chain != 0) {
        log_builder_begin(&filling->builder, CLASS_GOVERN);
        (void)add_accreditation(&filling->builder.draft, filling, number + 1);
        log_builder_append(&filling->builder, log);
    }
    if (filling->attestations == 0) {
        return;
    }
    log_builder_begin(&filling->builder, CLASS_CONTENT);
    for (uint64_t i = 0; i < filling->attestations; i++) {
        struct attestation attestation = {.subject = {.kind = SUBJECT_CLAIM},
                                          .code = bytes_of_string(filling->code),
                                          .basis = BASIS_EXAM,
                                          .earned_on = FIRST_DAY,
                                          .valid_from = FIRST_DAY};

        randombytes_buf(attestation.subject.id.bytes, HASH_SIZE);
        log_builder_add(&filling->builder, ENTRY_ATTESTATION, &attestation);
    }
    log_builder_append(&filling->builder, log);
}

static bool take_in(struct filling *filling, struct store_txn *txn, uint64_t number)
{
    struct ingest *ingest = &filling->session->ingest;
    struct memory_log log;
    bool all = true;

    memory_log_init(&log, &filling->session->home.network, &filling->scratch);
    write_log(&log, filling, number);
    for (size_t seq = 0; seq < log.block_count && all; seq++) {
        struct ingest_result result;

        ingest_block(ingest, txn, INGEST_PEER, memory_log_block(&log, seq), session_now_s(), &result);
        all = result.outcome == INGEST_EXTENDED;
    }
    memory_log_deinit(&log);
    return all;
}

static int take_all_in(struct filling *filling)
{
    for (uint64_t i = 0; i < filling->count;) {
        struct store_txn *txn = NULL;
        bool all = store_write_begin(&txn, filling->session->store) == STORE_OK;

        for (size_t k = 0; all && k < AUTHORS_A_TRANSACTION && i < filling->count; k++) {
            all = take_in(filling, txn, i++);
        }
        if (!all || store_commit(txn) != STORE_OK) {
            return EXIT_SYSTEM;
        }
    }
    return EXIT_YES;
}

int main(int argc, char **argv)
{
    static struct filling filling;
    static uint8_t scratch[MEMORY_LOG_SCRATCH_SIZE];
    struct session_options options;
    struct session session;
    int code = EXIT_USAGE;

    session_options_init(&options);
    if (argc != 7 || sodium_init() < 0) {
        (void)fprintf(stderr, "usage: see tests/e2e/many_authors_main.c\n");
        return code;
    }
    options.home = argv[1];
    options.passphrase_file = argv[2];
    code = session_open(&session, &options, SESSION_WRITE);
    if (code != EXIT_YES) {
        return code;
    }
    filling.session = &session;
    (void)snprintf(filling.pattern, sizeof filling.pattern, "%s/*", argv[3]);
    (void)snprintf(filling.code, sizeof filling.code, "%s/a", argv[3]);
    filling.count = strtoull(argv[4], NULL, 10);
    filling.attestations = strtoull(argv[5], NULL, 10);
    filling.chain = strtoull(argv[6], NULL, 10);
    arena_init(&filling.scratch, scratch, sizeof scratch);
    code = accredit_all(&filling);
    code = code == EXIT_YES ? take_all_in(&filling) : code;
    session_close(&session);
    return code;
}
