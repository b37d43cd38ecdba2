#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/publish.h"
#include "protocol/wire/block.h"

/* Everything with a file costs an Argon2id, so each test of files tells a whole story. */

enum { ARENA_SIZE = 256 * 1024 };

static struct network network;
static uint8_t arena_memory[ARENA_SIZE];
static struct arena arena;
static char folder[64], passphrase_path[96];

static void write_passphrase(const char *text)
{
    FILE *file = fopen(passphrase_path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int set_up(void **state)
{
    (void)state;
    assert_true(sodium_init() >= 0);
    assert_true(network_init(&network, "test"));
    arena_init(&arena, arena_memory, sizeof arena_memory);
    strcpy(folder, "/tmp/tradeproof-keyring.XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(passphrase_path, sizeof passphrase_path, "%s/passphrase", folder);
    write_passphrase("correct horse battery staple\n");
    return 0;
}

static int tear_down(void **state)
{
    static const char *const files[] = {
        "passphrase",     "actor.keys",      "next.keys", "apart.keys", "actor.keys.next",
        "actor.public",   "checkpoint.keys", "network",   "lock",       "sign.lock",
        "store/data.mdb", "store/lock.mdb",  "store",     "challenges"};
    char path[128];

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        remove(path);
    }
    return rmdir(folder);
}

/* ---- keys ---- */

static struct bytes record_of(const struct keyring *keyring, uint8_t memory[KEYS_SIZE_MAX])
{
    struct writer writer;
    struct bytes record;

    writer_init(&writer, memory, KEYS_SIZE_MAX);
    keyring_record(keyring, &network, &writer);
    assert_true(writer_end(&writer, &record));
    return record;
}

static void key_set_of(struct key_set *set, const struct keyring *keyring)
{
    uint8_t memory[KEYS_SIZE_MAX];
    struct keys keys;

    assert_int_equal(schema_decode(&keys_schema, &keys, record_of(keyring, memory), &arena), REASON_NONE);
    key_set_open(set, &keys);
}

static struct keyring *make_keyring(void)
{
    uint8_t memory[KEYS_SIZE_MAX];
    struct writer writer;
    struct keyring *keyring;

    writer_init(&writer, memory, sizeof memory);
    keyring = keyring_create(&network, &writer);
    assert_non_null(keyring);
    return keyring;
}

static struct keyring *rotated(const struct keyring *keyring)
{
    uint8_t memory[KEYS_SIZE_MAX];
    struct writer writer;
    struct keyring *next;

    writer_init(&writer, memory, sizeof memory);
    next = keyring_rotate(keyring, &network, &writer);
    assert_non_null(next);
    return next;
}

static void a_new_keyring_signs_for_every_role(void **state)
{
    struct keyring *keyring = make_keyring();
    struct hash message = {{1, 2, 3}};
    struct key_set set;

    (void)state;
    key_set_of(&set, keyring);
    for (enum role role = ROLE_GOVERN; role <= ROLE_PRESENT; role++) {
        struct indexed_signature signature;
        struct sign_secret_key secret;

        assert_true(keyring_signer(keyring, &set, role, &secret, &signature.key_index));
        sign_hash(&signature.signature, &secret, &message);
        assert_int_equal(key_set_check(&set, role, &message, &signature, 1), REASON_NONE);
    }
    assert_int_equal(set.seal_key_count, 1);
    assert_int_equal(set.next_count, 1);
    keyring_wipe(keyring);
}

static void another_keyring_signs_for_none(void **state)
{
    struct keyring *keyring = make_keyring(), *other = make_keyring();
    struct sign_secret_key secret, zero = {{0}};
    struct key_set set;
    uint64_t index;

    (void)state;
    key_set_of(&set, keyring);
    assert_true(keyring_is_in_force(keyring, &set));
    assert_false(keyring_is_in_force(other, &set));
    assert_false(keyring_signer(other, &set, ROLE_ISSUE, &secret, &index));
    assert_memory_equal(&secret, &zero, sizeof secret);
    keyring_wipe(keyring);
    keyring_wipe(other);
}

static void a_record_is_the_same_each_time(void **state)
{
    uint8_t first[KEYS_SIZE_MAX], second[KEYS_SIZE_MAX];
    struct keyring *keyring = make_keyring();

    (void)state;
    assert_true(bytes_equal(record_of(keyring, first), record_of(keyring, second)));
    keyring_wipe(keyring);
}

static void a_rotation_is_what_was_committed_to(void **state)
{
    struct keyring *keyring = make_keyring(), *other = make_keyring(), *next = rotated(keyring);
    struct indexed_signature signature;
    struct sign_secret_key secret;
    struct hash message = {{7}};
    struct key_set before, after;

    (void)state;
    key_set_of(&before, keyring);
    key_set_of(&after, next);
    assert_true(keyring_signer(next, &after, ROLE_GOVERN, &secret, &signature.key_index));
    sign_hash(&signature.signature, &secret, &message);
    assert_int_equal(key_set_check_rotation(&before, &after, &network, &message, &signature, 1), REASON_NONE);
    assert_true(keyring_follows(next, keyring));
    assert_false(keyring_follows(next, other));
    assert_false(keyring_follows(keyring, next));
    assert_false(keyring_is_in_force(keyring, &after));
    assert_false(keyring_is_in_force(next, &before));
    keyring_wipe(keyring);
    keyring_wipe(other);
    keyring_wipe(next);
}

/* Two tries make different other keys, so the governing key alone must not pass for the whole keyring. */
static void a_second_try_is_not_taken_for_the_first(void **state)
{
    struct keyring *keyring = make_keyring(), *first = rotated(keyring), *second = rotated(keyring);
    struct key_set set;

    (void)state;
    key_set_of(&set, first);
    assert_true(keyring_follows(second, keyring));
    assert_false(keyring_is_in_force(second, &set));
    keyring_wipe(keyring);
    keyring_wipe(first);
    keyring_wipe(second);
}

static void seal_keys_are_kept_up_to_the_limit(void **state)
{
    struct keyring *keyring = make_keyring();
    struct key_set set;

    (void)state;
    for (size_t i = 0; i < 2 * SEAL_KEYS_MAX; i++) {
        struct keyring *next = rotated(keyring);

        keyring_wipe(keyring);
        keyring = next;
        arena_rewind(&arena, 0);
        key_set_of(&set, keyring);
    }
    assert_int_equal(set.seal_key_count, SEAL_KEYS_MAX);
    assert_int_equal(set.seal_keys[0].number, SEAL_KEYS_MAX + 2);
    assert_int_equal(set.seal_keys[SEAL_KEYS_MAX - 1].number, 2 * SEAL_KEYS_MAX + 1);
    keyring_wipe(keyring);
}

/* ---- files ---- */

static struct session_options options_here(void)
{
    struct session_options options;

    session_options_init(&options);
    options.home = folder;
    options.passphrase_file = passphrase_path;
    return options;
}

/* Only what key files need: no store. */
static struct session bare_session(void)
{
    struct session session = {.options = options_here(), .has_actor = true, .lock_fd = -1, .control_fd = -1};

    assert_int_equal(home_find(&session.home, folder), HOME_OK);
    session.home.network = network;
    return session;
}

static bool has_seed(const struct keyring *keyring, const struct keyring_seed *wanted)
{
    for (size_t i = 0; i < keyring->count; i++) {
        const struct keyring_seed *seed = &keyring->seeds[i];

        if (seed->use == wanted->use && seed->role == wanted->role && seed->number == wanted->number &&
            memcmp(&seed->seed, &wanted->seed, sizeof seed->seed) == 0) {
            return true;
        }
    }
    return false;
}

/* In whatever order. */
static void assert_same_seeds(const struct keyring *a, const struct keyring *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        assert_true(has_seed(b, &a->seeds[i]));
    }
}

static void open_whole(struct keyring **out, const struct session *session)
{
    assert_int_equal(keyring_open(out, session), EXIT_YES);
    assert_false(keyring_holds_next(*out));
    assert_int_equal(keyring_add_next(*out, session, NULL), EXIT_YES);
}

static void a_keyring_opens_with_its_passphrase_only(void **state)
{
    struct session session = bare_session();
    struct keyring *keyring = make_keyring(), *opened;

    (void)state;
    assert_int_equal(keyring_open(&opened, &session), EXIT_NOT_SET_UP);
    write_passphrase("short\n");
    assert_int_equal(keyring_save(keyring, &session), EXIT_PASSPHRASE);
    write_passphrase("correct horse battery staple\r\nthe second line is no part of it\n");
    assert_int_equal(keyring_save(keyring, &session), EXIT_YES);
    write_passphrase("correct horse battery staple");
    open_whole(&opened, &session);
    assert_same_seeds(keyring, opened);
    keyring_wipe(opened);
    write_passphrase("incorrect horse");
    assert_int_equal(keyring_open(&opened, &session), EXIT_PASSPHRASE);
    assert_null(opened);
    write_passphrase("");
    assert_int_equal(keyring_open(&opened, &session), EXIT_PASSPHRASE);
    session.has_actor = false;
    assert_int_equal(keyring_open(&opened, &session), EXIT_NOT_SET_UP);
    keyring_wipe(keyring);
}

static void a_damaged_file_is_said_to_be_damaged(void **state)
{
    struct session session = bare_session();
    struct keyring *opened;

    (void)state;
    assert_int_equal(home_write(&session.home, "actor.keys", "not a key file", 14, 0600), HOME_OK);
    assert_int_equal(keyring_open(&opened, &session), EXIT_BAD_INPUT);
    assert_null(opened);
}

static void next_keys_are_kept_apart(void **state)
{
    struct session session = bare_session();
    struct keyring *keyring = make_keyring(), *opened;
    char path[HOME_PATH_MAX + 64], apart[HOME_PATH_MAX + 64];

    (void)state;
    home_file(&session.home, "next.keys", path);
    home_file(&session.home, "apart.keys", apart);
    assert_int_equal(keyring_save(keyring, &session), EXIT_YES);
    assert_int_equal(rename(path, apart), 0);
    assert_int_equal(keyring_open(&opened, &session), EXIT_YES);
    assert_int_equal(keyring_add_next(opened, &session, NULL), EXIT_BAD_INPUT);
    home_file(&session.home, "actor.keys", path);
    assert_int_equal(keyring_add_next(opened, &session, path), EXIT_BAD_INPUT);
    assert_false(keyring_holds_next(opened));
    assert_int_equal(keyring_add_next(opened, &session, apart), EXIT_YES);
    assert_same_seeds(keyring, opened);
    keyring_wipe(opened);
    keyring_wipe(keyring);
}

/* ---- a rotation that was killed ---- */

static void make_home(void)
{
    struct session session = bare_session();
    struct keyring *keyring = make_keyring();
    uint8_t memory[KEYS_SIZE_MAX];
    struct bytes record = record_of(keyring, memory);

    assert_int_equal(keyring_save(keyring, &session), EXIT_YES);
    assert_int_equal(home_write(&session.home, "actor.public", record.data, record.size, 0644), HOME_OK);
    assert_int_equal(home_create(&session.home, folder, "test"), HOME_OK);
    keyring_wipe(keyring);
}

static void open_session(struct session *session)
{
    struct session_options options = options_here();

    assert_int_equal(session_open(session, &options, SESSION_WRITE), EXIT_YES);
}

static bool is_pending(const struct session *session)
{
    char path[HOME_PATH_MAX + 64];

    home_file(&session->home, "actor.keys.next", path);
    return access(path, F_OK) == 0;
}

/* Up to the moment before the new keys replace the old ones. */
static void publish_rotation(struct session *session, const struct keyring *keyring,
                             const struct keyring *next)
{
    struct publisher publisher;
    struct published published;
    uint8_t memory[KEYS_SIZE_MAX];
    struct draft draft;
    struct keys keys;

    assert_int_equal(publisher_open(&publisher, session, keyring), EXIT_YES);
    assert_int_equal(schema_decode(&keys_schema, &keys, record_of(next, memory), &arena), REASON_NONE);
    publisher_draft(&publisher, &draft, CLASS_KEYS);
    assert_true(draft_add(&draft, ENTRY_KEYS, &keys, NULL));
    assert_int_equal(publisher_rotate(&publisher, &draft, next, &published), EXIT_YES);
    assert_int_equal(published.seq, 1);
    publisher_close(&publisher);
}

static void a_killed_rotation_is_finished_by_the_next_command(void **state)
{
    struct session session;
    struct keyring *keyring, *next, *opened;

    (void)state;
    make_home();
    open_session(&session);
    open_whole(&keyring, &session);
    next = rotated(keyring);
    assert_int_equal(keyring_save_pending(next, &session), EXIT_YES);
    open_whole(&opened, &session);
    assert_same_seeds(opened, keyring); /* killed before it was published: the old keys still hold */
    assert_true(is_pending(&session));
    keyring_wipe(opened);
    publish_rotation(&session, keyring, next);
    session_close(&session);

    open_session(&session);
    assert_int_equal(keyring_open(&opened, &session), EXIT_YES);
    assert_same_seeds(opened, next);
    assert_false(is_pending(&session));
    session_close(&session);
    keyring_wipe(keyring);
    keyring_wipe(next);
    keyring_wipe(opened);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_new_keyring_signs_for_every_role, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_keyring_signs_for_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_record_is_the_same_each_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_rotation_is_what_was_committed_to, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_second_try_is_not_taken_for_the_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(seal_keys_are_kept_up_to_the_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_keyring_opens_with_its_passphrase_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(next_keys_are_kept_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_file_is_said_to_be_damaged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_killed_rotation_is_finished_by_the_next_command, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
