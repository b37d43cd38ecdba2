#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "cmd/daemon_answer.h"
#include "cmd/publish.h"
#include "node/control_wire.h"
#include "protocol/wire/block.h"
#include "tests/support/set_now.h"

/* Publishing without a daemon, on a store of its own. Keyrings stay in memory: key files are
 * cmd_keyring_test's. */

static char folder[64];
static struct keyring *keyring;
static struct session session;

static void open_session(void)
{
    struct session_options options;

    session_options_init(&options);
    options.home = folder;
    assert_int_equal(session_open(&session, &options, SESSION_WRITE), EXIT_YES);
}

static int set_up(void **state)
{
    uint8_t memory[KEYS_SIZE_MAX];
    struct writer writer;
    struct bytes record;
    struct home home;

    (void)state;
    assert_true(sodium_init() >= 0);
    strcpy(folder, "/tmp/tradeproof-publish.XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(home_create(&home, folder, "test"), HOME_OK);
    writer_init(&writer, memory, sizeof memory);
    keyring = keyring_create(&home.network, &writer);
    assert_non_null(keyring);
    assert_true(writer_end(&writer, &record));
    assert_int_equal(home_write(&home, "actor.public", record.data, record.size, 0644), HOME_OK);
    assert_int_equal(
        home_write(&home, CONTROL_TOKEN_FILE, (uint8_t[CONTROL_TOKEN_SIZE]){1}, CONTROL_TOKEN_SIZE, 0600),
        HOME_OK);
    set_now(1000000);
    open_session();
    return 0;
}

static int tear_down(void **state)
{
    static const char *const files[] = {"actor.public",   "network",   CONTROL_TOKEN_FILE,
                                        "lock",           "sign.lock", "store/data.mdb",
                                        "store/lock.mdb", "store",     "challenges"};
    char path[128];

    (void)state;
    session_close(&session);
    keyring_wipe(keyring);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        remove(path);
    }
    return rmdir(folder);
}

/* ---- what the store says ---- */

static struct log_state state_now(void)
{
    struct log_state state;
    struct store_txn *txn;

    assert_int_equal(store_read_begin(&txn, session.store), STORE_OK);
    assert_int_equal(store_log_state(txn, &session.actor, &state), STORE_OK);
    store_end(txn);
    return state;
}

static struct checkpoint checkpoint_now(void)
{
    struct signed_checkpoint checkpoint;
    struct store_txn *txn;
    struct bytes encoded;

    assert_int_equal(store_read_begin(&txn, session.store), STORE_OK);
    assert_int_equal(store_checkpoint(txn, &session.actor, &encoded, &session.arena), STORE_OK);
    store_end(txn);
    assert_int_equal(schema_decode(&signed_checkpoint_schema, &checkpoint, encoded, &session.arena),
                     REASON_NONE);
    return checkpoint.checkpoint;
}

/* ---- what is published ---- */

static struct publisher open_publisher(const struct keyring *with)
{
    struct publisher publisher;

    assert_int_equal(publisher_open(&publisher, &session, with), EXIT_YES);
    return publisher;
}

static int try_attestations(struct publisher *publisher, size_t count, struct published *out)
{
    struct draft draft;

    publisher_draft(publisher, &draft, CLASS_CONTENT);
    for (size_t i = 0; i < count; i++) {
        const struct attestation attestation = {
            .subject = subject_of_actor(&session.actor),
            .code = bytes_of_string("x/1"),
            .basis = BASIS_EXAM,
            .earned_on = 45000,
            .valid_from = 45000,
        };
        uint8_t salt[ENTRY_SALT_SIZE];

        publisher_salt(salt);
        assert_true(draft_add(&draft, ENTRY_ATTESTATION, &attestation, salt));
    }
    return publisher_publish(publisher, &draft, out);
}

static void publish_attestations(struct publisher *publisher, size_t count, uint64_t seq)
{
    struct published published;

    assert_int_equal(try_attestations(publisher, count, &published), EXIT_YES);
    assert_int_equal(published.seq, seq);
}

static struct keyring *next_of(const struct keyring *from)
{
    uint8_t memory[KEYS_SIZE_MAX];
    struct keyring *next;
    struct writer writer;

    writer_init(&writer, memory, sizeof memory);
    next = keyring_rotate(from, &session.home.network, &writer);
    assert_non_null(next);
    return next;
}

static void draft_rotation(struct publisher *publisher, struct draft *draft, const struct keyring *next)
{
    uint8_t memory[KEYS_SIZE_MAX];
    struct writer writer;
    struct bytes record;
    struct keys keys;

    writer_init(&writer, memory, sizeof memory);
    keyring_record(next, &session.home.network, &writer);
    assert_true(writer_end(&writer, &record));
    assert_int_equal(schema_decode(&keys_schema, &keys, record, &session.arena), REASON_NONE);
    publisher_draft(publisher, draft, CLASS_KEYS);
    assert_true(draft_add(draft, ENTRY_KEYS, &keys, NULL));
}

/* ---- tests ---- */

static void the_first_block_brings_the_inception_along(void **state)
{
    struct publisher publisher = open_publisher(keyring);

    (void)state;
    assert_int_equal(state_now().seq, 0);
    publish_attestations(&publisher, 1, 1);
    publisher_close(&publisher);
    assert_int_equal(state_now().seq, 1);
}

static void closing_leaves_a_checkpoint_of_the_head(void **state)
{
    struct publisher publisher = open_publisher(keyring);
    struct checkpoint checkpoint;
    struct log_state now;

    (void)state;
    publish_attestations(&publisher, 3, 1);
    publish_attestations(&publisher, 2, 2);
    publisher_close(&publisher);
    checkpoint = checkpoint_now();
    now = state_now();
    assert_int_equal(checkpoint.seq, 2);
    assert_int_equal(checkpoint.time_s, 1000000);
    assert_true(hash_equal(&checkpoint.head, &now.head));
}

static void every_class_can_be_published(void **state)
{
    struct publisher publisher = open_publisher(keyring);
    const struct index_range range = {0, 1};
    const struct status status = {
        .seq = 1, .entries = {&range, 1}, .action = STATUS_REVOKED, .effective_day = 45000};
    const struct erase erase = {.seq = 1, .entries = {&range, 1}};
    struct published published;
    struct draft draft;

    (void)state;
    publish_attestations(&publisher, 3, 1);
    publisher_draft(&publisher, &draft, CLASS_STATUS);
    assert_true(draft_add(&draft, ENTRY_STATUS, &status, NULL));
    assert_true(draft_add(&draft, ENTRY_ERASE, &erase, NULL));
    assert_int_equal(publisher_publish(&publisher, &draft, &published), EXIT_YES);
    assert_int_equal(published.seq, 2);
    publish_attestations(&publisher, 1, 3);
    publisher_close(&publisher);
}

static void what_the_log_refuses_changes_nothing(void **state)
{
    struct publisher publisher = open_publisher(keyring);
    const struct void_record too_soon = {.has_range = true, .range = {7, 9}};
    struct published published;
    struct draft draft;

    (void)state;
    publish_attestations(&publisher, 1, 1);
    publisher_draft(&publisher, &draft, CLASS_GOVERN);
    assert_true(draft_add(&draft, ENTRY_VOID, &too_soon, NULL));
    assert_int_equal(publisher_publish(&publisher, &draft, &published), EXIT_BAD_INPUT);
    assert_int_equal(state_now().seq, 1);
    publish_attestations(&publisher, 1, 2);
    publisher_close(&publisher);
}

enum { DAY_S = 86400 };

static uint64_t head_time_now(void)
{
    struct log_state state = state_now();
    struct store_txn *txn;
    struct bytes encoded;
    struct block block;

    assert_int_equal(store_read_begin(&txn, session.store), STORE_OK);
    assert_int_equal(store_block_bytes(txn, &session.actor, state.seq, &encoded, &session.arena), STORE_OK);
    assert_int_equal(block_decode_header(&block, &session.home.network, encoded, &session.arena),
                     REASON_NONE);
    store_end(txn);
    return block.header.time_s;
}

static int try_entry(struct publisher *publisher, enum entry_kind kind, const void *record)
{
    struct published published;
    struct draft draft;
    uint8_t salt[ENTRY_SALT_SIZE];

    publisher_salt(salt);
    publisher_draft(publisher, &draft, entry_class(kind));
    assert_true(draft_add(&draft, kind, record, entry_class(kind) == CLASS_CONTENT ? salt : NULL));
    return publisher_publish(publisher, &draft, &published);
}

static const struct index_range first_entry = {0, 0};
static const struct status revoked = {
    .seq = 1, .entries = {&first_entry, 1}, .action = STATUS_REVOKED, .effective_day = 45000};
static const struct status reinstated = {
    .seq = 1, .entries = {&first_entry, 1}, .action = STATUS_REINSTATED, .effective_day = 45000};
static const struct void_record voided = {.has_range = true, .range = {1, 1}};
static const struct withdrawal withdrawn = {.delegate.hash.bytes = {1}, .has_cut = true};
static const struct rhythm rhythm = {.days = 7};

/* By the clock: a date of what is against somebody is shown, and one that is ahead would stay so. */
static void a_block_dated_ahead_stops_nobody_and_dates_nothing(void **state)
{
    const uint64_t right_s = 1000000 - 5 * DAY_S;
    struct publisher publisher = open_publisher(keyring);
    struct keyring *next = next_of(keyring);
    struct published published;
    struct draft draft;

    (void)state;
    publish_attestations(&publisher, 1, 1);
    publisher_close(&publisher);
    set_now(right_s);
    publisher = open_publisher(keyring);
    assert_int_equal(try_entry(&publisher, ENTRY_STATUS, &revoked), EXIT_YES);
    assert_int_equal(head_time_now(), right_s);
    publisher_close(&publisher);
    publisher = open_publisher(keyring);
    assert_int_equal(try_entry(&publisher, ENTRY_VOID, &voided), EXIT_YES);
    publish_attestations(&publisher, 1, 4);
    draft_rotation(&publisher, &draft, next);
    assert_int_equal(publisher_rotate(&publisher, &draft, next, &published), EXIT_YES);
    publisher_close(&publisher);
    assert_int_equal(head_time_now(), right_s);
    keyring_wipe(next);
}

/* An owner whose block 0 is held is trusted from now on. */
static struct actor_id trust_owner(void)
{
    static uint8_t memory[BLOCK_SIZE_MAX];
    struct ingest_result result;
    struct actor_id owner;
    struct store_txn *txn;
    struct writer writer;
    struct bytes keys, encoded;
    struct keyring *owners;

    writer_init(&writer, memory, sizeof memory);
    owners = keyring_create(&session.home.network, &writer);
    assert_true(writer_end(&writer, &keys));
    keyring_wipe(owners);
    actor_id_of_inception(&owner, &session.home.network, keys);
    session.trust->owner_count = 1;
    session.trust->owners[0].actor = owner;
    writer_init(&writer, memory + keys.size, sizeof memory - keys.size);
    assert_int_equal(block_of_inception(&writer, &session.home.network, keys, &session.arena), REASON_NONE);
    assert_true(writer_end(&writer, &encoded));
    assert_int_equal(store_write_begin(&txn, session.store), STORE_OK);
    ingest_block(&session.ingest, txn, INGEST_PEER, encoded, session_now_s(), &result);
    assert_int_equal(result.outcome, INGEST_EXTENDED);
    assert_int_equal(store_commit(txn), STORE_OK);
    return owner;
}

static void let_say(const struct actor_id *author, uint64_t time_s)
{
    const struct signed_checkpoint said = {.checkpoint = {.author = *author, .time_s = time_s}};
    uint8_t memory[1024];
    struct store_txn *txn;
    struct bytes encoded;

    assert_true(schema_encode(&signed_checkpoint_schema, &said, memory, sizeof memory, &encoded));
    assert_int_equal(store_write_begin(&txn, session.store), STORE_OK);
    assert_int_equal(store_put_checkpoint(txn, author, encoded), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
}

static void a_clock_behind_the_owners_stops_nothing_against_somebody(void **state)
{
    static const struct affiliation left = {.event = AFFILIATION_LEFT, .day = 45000};
    static const struct erase erased = {.seq = 1, .entries = {&first_entry, 1}};
    static const struct review review = {
        .code = {(const uint8_t *)"ase/seal", 8}, .day = 45000, .technicians = 1};
    static const struct {
        const char *sentence;
        uint64_t behind_s;
        enum entry_kind kind;
        const void *record;
        int code;
    } rows[] = {
        {"a revocation is signed", DAY_S, ENTRY_STATUS, &revoked, EXIT_YES},
        {"a void is", DAY_S, ENTRY_VOID, &voided, EXIT_YES},
        {"a withdrawal is", DAY_S, ENTRY_WITHDRAWAL, &withdrawn, EXIT_YES},
        {"who left is", DAY_S, ENTRY_AFFILIATION, &left, EXIT_YES},
        {"an erasure is", DAY_S, ENTRY_ERASE, &erased, EXIT_YES},
        {"a review is", DAY_S, ENTRY_REVIEW, &review, EXIT_YES},
        {"a reinstatement waits", DAY_S, ENTRY_STATUS, &reinstated, EXIT_CLOCK},
        {"what is neither waits", DAY_S, ENTRY_RHYTHM, &rhythm, EXIT_CLOCK},
        {"a minute is within what clocks do", 60, ENTRY_RHYTHM, &rhythm, EXIT_YES},
        {"more than that is not", 61, ENTRY_RHYTHM, &rhythm, EXIT_CLOCK},
    };
    const struct actor_id owner = trust_owner();
    struct publisher publisher = open_publisher(keyring);

    (void)state;
    publish_attestations(&publisher, 1, 1);
    publisher_close(&publisher);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t seq = state_now().seq;
        int code;

        let_say(&owner, 1000000 + rows[i].behind_s);
        publisher = open_publisher(keyring);
        code = try_entry(&publisher, rows[i].kind, rows[i].record);
        publisher_close(&publisher);
        if (code != rows[i].code || state_now().seq != seq + (code == EXIT_YES)) {
            fail_msg("%s: %d", rows[i].sentence, code);
        }
    }
}

static void a_clock_behind_the_owners_stops_no_rotation(void **state)
{
    const struct actor_id owner = trust_owner();
    struct publisher publisher;
    struct keyring *next = next_of(keyring);
    struct published published;
    struct draft draft;

    (void)state;
    let_say(&owner, 1000000 + DAY_S);
    publisher = open_publisher(keyring);
    assert_int_equal(try_attestations(&publisher, 1, &published), EXIT_CLOCK);
    draft_rotation(&publisher, &draft, next);
    assert_int_equal(publisher_rotate(&publisher, &draft, next, &published), EXIT_YES);
    publisher_close(&publisher);
    keyring_wipe(next);
}

static void other_keys_are_not_used(void **state)
{
    uint8_t memory[KEYS_SIZE_MAX];
    struct publisher publisher;
    struct published published;
    struct keyring *other;
    struct writer writer;

    (void)state;
    writer_init(&writer, memory, sizeof memory);
    other = keyring_create(&session.home.network, &writer);
    publisher = open_publisher(other);
    assert_int_equal(try_attestations(&publisher, 1, &published), EXIT_BAD_INPUT);
    publisher_close(&publisher);
    assert_int_equal(state_now().seq, 0);
    keyring_wipe(other);
}

static void after_a_rotation_only_the_new_keys_sign(void **state)
{
    struct publisher publisher = open_publisher(keyring);
    struct keyring *next = next_of(keyring);
    struct published published;
    struct draft draft;

    (void)state;
    publish_attestations(&publisher, 1, 1);
    draft_rotation(&publisher, &draft, next);
    assert_int_equal(publisher_rotate(&publisher, &draft, next, &published), EXIT_YES);
    publish_attestations(&publisher, 1, 3);
    publisher_close(&publisher);
    assert_int_equal(state_now().epoch, 1);
    assert_int_equal(checkpoint_now().epoch, 1);
    publisher = open_publisher(keyring);
    assert_int_equal(try_attestations(&publisher, 1, &published), EXIT_BAD_INPUT);
    publisher_close(&publisher);
    keyring_wipe(next);
}

/* Blocks 1 to 3 with a status about 1 in 2; rotate behind 1, so that neither 2 nor 3 nor the status remain.
 */
static void a_rotation_behind_an_earlier_block_drops_the_rest(void **state)
{
    struct publisher publisher = open_publisher(keyring);
    const struct index_range range = {0, 0};
    const struct status status = {
        .seq = 1, .entries = {&range, 1}, .action = STATUS_REVOKED, .effective_day = 45000};
    struct keyring *next = next_of(keyring);
    struct published published;
    struct draft draft;
    struct block_place behind = {.seq = 1};
    struct hash first;
    char left[128];

    (void)state;
    publish_attestations(&publisher, 1, 1);
    behind.hash = state_now().head;
    publisher_draft(&publisher, &draft, CLASS_STATUS);
    assert_true(draft_add(&draft, ENTRY_STATUS, &status, NULL));
    assert_int_equal(publisher_publish(&publisher, &draft, &published), EXIT_YES);
    publish_attestations(&publisher, 1, 3);
    draft_rotation(&publisher, &draft, next);
    assert_int_equal(publisher_rotate_at(&publisher, &draft, next, &behind, 999999, &published), EXIT_YES);
    first = published.hash;
    assert_int_equal(published.seq, 2);
    assert_int_equal(state_now().seq, 2);
    assert_int_equal(state_now().epoch, 1);
    snprintf(left, sizeof left, "%s/rewind", folder);
    assert_int_not_equal(access(left, F_OK), 0);
    /* A second time, as after a lost answer: the same block, which is known. */
    draft_rotation(&publisher, &draft, next);
    assert_int_equal(publisher_rotate_at(&publisher, &draft, next, &behind, 999999, &published), EXIT_YES);
    assert_true(hash_equal(&published.hash, &first));
    publish_attestations(&publisher, 1, 3);
    publisher_close(&publisher);
    keyring_wipe(next);
}

/* ---- a daemon that does not answer ---- */

struct mute_daemon {
    const char *sentence;
    bool takes; /* the block, before it… */
    bool stays; /* …hangs, and does not go away */
    int code;
    uint64_t log_ends; /* afterwards */
    int fd;
};

static void take_block(struct bytes encoded)
{
    struct ingest_result result;
    struct store_txn *txn;

    if (store_write_begin(&txn, session.store) != STORE_OK) {
        return;
    }
    ingest_block(&session.ingest, txn, INGEST_LOCAL, encoded, session_now_s(), &result);
    if (store_commit(txn) != STORE_OK) {
        return;
    }
}

static void *be_mute(void *context)
{
    static uint8_t request[CONTROL_SIZE_MAX];
    const struct mute_daemon *mute = context;
    enum { HEADER_SIZE = CONTROL_LENGTH_SIZE + CONTROL_HEAD_SIZE };
    size_t size = HEADER_SIZE, read = 0;

    while (read < size) {
        ssize_t count = recv(mute->fd, request + read, size - read, 0);

        if (count <= 0) {
            return NULL;
        }
        read += (size_t)count;
        size = read < HEADER_SIZE ? HEADER_SIZE : CONTROL_LENGTH_SIZE + control_get_length(request);
    }
    if (mute->takes) {
        take_block(bytes_of(request + HEADER_SIZE, size - HEADER_SIZE));
    }
    if (!mute->stays) {
        shutdown(mute->fd, SHUT_RDWR);
    }
    return NULL;
}

static int publish_by(struct mute_daemon *mute)
{
    const struct timeval soon = {.tv_usec = mute->stays ? 20000 : 0};
    struct publisher publisher;
    struct published published;
    pthread_t thread;
    int ends[2], code;

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_int_equal(setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon), 0);
    publisher = open_publisher(keyring);
    session.control_fd = ends[0];
    mute->fd = ends[1];
    assert_int_equal(pthread_create(&thread, NULL, be_mute, mute), 0);
    code = try_attestations(&publisher, 1, &published);
    assert_int_equal(pthread_join(thread, NULL), 0);
    publisher_close(&publisher);
    close(ends[0]);
    close(ends[1]);
    session.control_fd = -1;
    return code;
}

static void whether_a_block_stands_is_looked_for_where_the_daemon_does_not_answer(void **state)
{
    static struct mute_daemon rows[] = {
        {"it went away without it", false, false, EXIT_SYSTEM, 0, -1},
        {"it went away and had taken it", true, false, EXIT_YES, 1, -1},
        {"it hangs and did not take it", false, true, EXIT_BUSY, 1, -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (publish_by(&rows[i]) != rows[i].code || state_now().seq != rows[i].log_ends) {
            fail_msg("%s", rows[i].sentence);
        }
    }
}

static void a_question_to_a_daemon_that_hangs_ends(void **state)
{
    const struct timeval soon = {.tv_usec = 20000};
    char asked[128];
    json_t *answer;
    int ends[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_int_equal(setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon), 0);
    session.control_fd = ends[0];
    assert_int_equal(daemon_answer(&answer, &session, CONTROL_STATUS), EXIT_BUSY);
    assert_int_equal(session_reload_daemon(&session, "trust"), EXIT_BUSY);
    ssize_t size = read(ends[1], asked, sizeof asked);
    assert_true(size > 5);
    assert_memory_equal(asked + size - 5, "trust", 5); /* which file was changed */
    close(ends[0]);
    close(ends[1]);
    session.control_fd = -1;
}

static int publish_claim(struct publisher *publisher)
{
    const struct attestation attestation = {.subject = {.kind = SUBJECT_CLAIM, .id.bytes = {7}},
                                            .code = bytes_of_string("ase/A5"),
                                            .basis = BASIS_EXAM,
                                            .earned_on = 1};
    uint8_t salt[ENTRY_SALT_SIZE];
    struct published published;
    struct draft draft;

    publisher_salt(salt);
    publisher_draft(publisher, &draft, CLASS_CONTENT);
    assert_true(draft_add(&draft, ENTRY_ATTESTATION, &attestation, salt));
    return publisher_publish(publisher, &draft, &published);
}

/* What was looked up in the log up to its head is not so behind another one. */
static void what_was_decided_by_the_head_is_not_signed_behind_another(void **state)
{
    struct publisher publisher;
    struct hash head;

    (void)state;
    assert_int_equal(publisher_open(&publisher, &session, keyring), EXIT_YES);
    publisher_bind(&publisher); /* a new log's too */
    assert_int_equal(publish_claim(&publisher), EXIT_YES);
    assert_int_equal(publish_claim(&publisher), EXIT_YES);
    head = publisher.bound_head;
    publisher.is_bound = false;
    assert_int_equal(publish_claim(&publisher), EXIT_YES); /* as by a command that was killed */
    publisher.is_bound = true;
    publisher.bound_head = head;
    assert_int_equal(publish_claim(&publisher), EXIT_BUSY);
    assert_int_equal(publish_claim(&publisher), EXIT_BUSY);
    publisher_bind(&publisher);
    assert_int_equal(publish_claim(&publisher), EXIT_YES);
    publisher_close(&publisher);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_decided_by_the_head_is_not_signed_behind_another, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_first_block_brings_the_inception_along, set_up, tear_down),
        cmocka_unit_test_setup_teardown(closing_leaves_a_checkpoint_of_the_head, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_class_can_be_published, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_the_log_refuses_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_block_dated_ahead_stops_nobody_and_dates_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_clock_behind_the_owners_stops_nothing_against_somebody, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_clock_behind_the_owners_stops_no_rotation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_keys_are_not_used, set_up, tear_down),
        cmocka_unit_test_setup_teardown(after_a_rotation_only_the_new_keys_sign, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_rotation_behind_an_earlier_block_drops_the_rest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whether_a_block_stands_is_looked_for_where_the_daemon_does_not_answer,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_question_to_a_daemon_that_hangs_ends, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
