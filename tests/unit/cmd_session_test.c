#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/session.h"
#include "store/consents.h"
#include "tests/support/own_home.h"
#include "tests/support/set_now.h"
#include "tests/support/shop_world.h"
#include "tests/support/temp_folder.h"

static char folder[64];
static struct home home;
static struct session_options options;

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/tradeproof-session.XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(home_create(&home, folder, "test"), HOME_OK);
    session_options_init(&options);
    options.home = folder;
    return 0;
}

static int tear_down(void **state)
{
    static const char *const files[] = {"network",        "lock",           "trust", "contacts",
                                        "store/data.mdb", "store/lock.mdb", "store", "challenges"};
    char path[128];

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        remove(path);
    }
    return rmdir(folder);
}

static int open_and_close(enum session_access access)
{
    struct session session;
    int code = session_open(&session, &options, access);

    if (code == EXIT_YES) {
        session_close(&session);
    }
    return code;
}

static void write_file(const char *name, const char *text)
{
    assert_int_equal(home_write(&home, name, text, strlen(text), 0644), HOME_OK);
}

static void a_fresh_home_opens_both_ways(void **state)
{
    struct session session;

    (void)state;
    assert_int_equal(session_open(&session, &options, SESSION_READ), EXIT_YES);
    assert_int_equal(session.lock_fd, -1);
    assert_false(session.has_actor);
    assert_int_equal(session_need_actor(&session), EXIT_NOT_SET_UP);
    session_close(&session);
    assert_int_equal(session_open(&session, &options, SESSION_WRITE), EXIT_YES);
    assert_true(session.lock_fd >= 0);
    /* While one writes, another reads. */
    assert_int_equal(open_and_close(SESSION_READ), EXIT_YES);
    session_close(&session);
}

static void broken_files_are_named(void **state)
{
    static const struct {
        const char *sentence, *file, *text;
    } rows[] = {
        {"a trust file of nonsense", "trust", "everybody\n"},
        {"a trust file with a mistyped id", "trust", "owner ase ttpa1qqqq Name\n"},
        {"contacts of nonsense", "contacts", "Maria\n"},
        {"contacts with a node's id and no name", "contacts", "ttpn1qqqqqqqqqq\n"},
        {"a network of nonsense", "network", "Main Street\n"},
        {"an empty network file", "network", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char path[128];

        write_file(rows[i].file, rows[i].text);
        if (open_and_close(SESSION_READ) != EXIT_BAD_INPUT) {
            fail_msg("%s", rows[i].sentence);
        }
        snprintf(path, sizeof path, "%s/%s", folder, rows[i].file);
        remove(path);
    }
    assert_int_equal(open_and_close(SESSION_READ), EXIT_NOT_SET_UP);
}

static void a_store_of_another_network_is_refused(void **state)
{
    (void)state;
    assert_int_equal(open_and_close(SESSION_READ), EXIT_YES);
    write_file("network", "main\n");
    assert_int_equal(open_and_close(SESSION_READ), EXIT_BAD_INPUT);
}

static void ids_and_names_are_understood(void **state)
{
    const struct hash id = {{5}}, other_id = {{6}}, nobodys = {{7}}, garages = {{8}}, of_both = {{9}};
    char named_badly[ID_TEXT_MAX + 1], nobody[ID_TEXT_MAX + 1], garage[ID_TEXT_MAX + 1],
        both[ID_TEXT_MAX + 1];
    char actor[ID_TEXT_MAX + 1], node[ID_TEXT_MAX + 1], claim[ID_TEXT_MAX + 1], other[ID_TEXT_MAX + 1];
    char contacts[512], trust[2048];
    const struct {
        const char *sentence, *text;
        int as_subject, as_actor;
    } rows[] = {
        {"an actor's id", actor, EXIT_YES, EXIT_YES},
        {"a contact's name", "maria lopez", EXIT_YES, EXIT_YES},
        {"the id of someone without keys", claim, EXIT_YES, EXIT_BAD_INPUT},
        {"a computer's id", node, EXIT_BAD_INPUT, EXIT_BAD_INPUT},
        {"an id of another network", other, EXIT_BAD_INPUT, EXIT_BAD_INPUT},
        {"an unknown name", "Nobody", EXIT_BAD_INPUT, EXIT_BAD_INPUT},
        {"oneself, where there is no self", "me", EXIT_BAD_INPUT, EXIT_BAD_INPUT},
        {"nothing", "", EXIT_BAD_INPUT, EXIT_BAD_INPUT},
        {"a name of the trust file, of who owns two namespaces", "ASE", EXIT_YES, EXIT_YES},
        {"the same in other letters", "ase", EXIT_YES, EXIT_YES},
        {"a name that two owners have", "State Board", EXIT_BAD_INPUT, EXIT_BAD_INPUT},
        {"an owner's name that is another one's among the contacts", "Garage", EXIT_BAD_INPUT,
         EXIT_BAD_INPUT},
        {"a name that the same one has in both", "Both", EXIT_YES, EXIT_YES},
    };
    struct network main_network;
    struct session session;
    struct actor_id called_by_an_id;

    (void)state;
    assert_true(network_init(&main_network, "main"));
    id_to_text(actor, ID_ACTOR, &home.network, &id);
    id_to_text(node, ID_NODE, &home.network, &id);
    id_to_text(claim, ID_CLAIM, &home.network, &id);
    id_to_text(other, ID_ACTOR, &main_network, &id);
    id_to_text(named_badly, ID_ACTOR, &home.network, &other_id);
    id_to_text(nobody, ID_ACTOR, &home.network, &nobodys);
    id_to_text(garage, ID_ACTOR, &home.network, &garages);
    id_to_text(both, ID_ACTOR, &home.network, &of_both);
    snprintf(contacts, sizeof contacts, "%s Maria Lopez\n%s Bob's $HOME\n%s Garage\n%s Both\n", actor,
             named_badly, garage, both);
    write_file("contacts", contacts);
    snprintf(trust, sizeof trust,
             "owner ase %s ASE\nowner asf %s ASE\nowner oh %s State Board\nowner tx %s State Board\n"
             "owner gm %s Garage\nowner ford %s Both\nowner me %s Me\nowner id %s %s\nowner bare %s\n",
             nobody, nobody, nobody, actor, nobody, both, nobody, actor, nobody, nobody);
    write_file("trust", trust);
    assert_int_equal(session_open(&session, &options, SESSION_READ), EXIT_YES);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct subject subject;
        struct actor_id found;

        if (session_subject(&session, rows[i].text, &subject) != rows[i].as_subject ||
            session_actor(&session, rows[i].text, &found) != rows[i].as_actor) {
            fail_msg("%s", rows[i].sentence);
        }
    }
    assert_int_equal(session_actor(&session, nobody, &called_by_an_id), EXIT_YES);
    assert_memory_equal(&called_by_an_id.hash, &nobodys, sizeof nobodys);
    assert_string_equal(session_argument_of(&session, &garages), garage);
    assert_string_equal(session_name_of(&session, &id), "Maria Lopez");
    assert_string_equal(session_argument_of(&session, &id), "\"Maria Lopez\"");
    assert_string_equal(session_argument_of(&session, &other_id), named_badly);
    id_to_text(actor, ID_ACTOR, &home.network, &nobodys);
    assert_string_equal(session_argument_of(&session, &nobodys), actor);
    session.has_actor = true;
    session.actor.hash = id;
    assert_string_equal(session_argument_of(&session, &id), "me");
    session_close(&session);
}

static void a_name_that_nobody_gave_is_the_id_cut_short(void **state)
{
    struct session session;
    struct hash first = {{1}}, second = {{2}};
    const char *one, *two;
    char id[ID_TEXT_MAX + 1];

    (void)state;
    assert_int_equal(session_open(&session, &options, SESSION_READ), EXIT_YES);
    one = session_name_of(&session, &first);
    two = session_name_of(&session, &second);
    id_to_text(id, ID_ACTOR, &home.network, &first);
    assert_memory_equal(one, id, 9);
    assert_string_equal(one + strlen(one) - 5, id + strlen(id) - 5);
    assert_string_not_equal(one, two);
    session.has_actor = true;
    session.actor.hash = first;
    assert_string_equal(session_name_of(&session, &first), "you");
    assert_string_equal(session_name_of(&session, &second), two);
    session_close(&session);
}

static void the_clock_of_tests_is_taken_or_refused(void **state)
{
    (void)state;
    assert_int_equal(setenv("TRADEPROOF_NOW", "86400", 1), 0);
    assert_int_equal(open_and_close(SESSION_READ), EXIT_YES);
    assert_int_equal(session_now_s(), 86400);
    assert_int_equal(setenv("TRADEPROOF_NOW", "tomorrow", 1), 0);
    assert_int_equal(open_and_close(SESSION_READ), EXIT_USAGE);
    assert_int_equal(setenv("TRADEPROOF_NOW", "86400", 1), 0);
    write_file("network", "main\n");
    assert_int_equal(open_and_close(SESSION_READ), EXIT_USAGE);
    assert_int_equal(unsetenv("TRADEPROOF_NOW"), 0);
    write_file("network", "test\n");
    assert_int_equal(open_and_close(SESSION_READ), EXIT_YES);
    assert_true(session_now_s() > UINT64_C(1700000000));
}

/* ---- consents ---- */

enum { ROSTER = CONSENTS_CHECKED_MAX + 100 };

static void publish_roster(struct own_home *own)
{
    static struct affiliation joined[ROSTER];
    static struct store_world elsewhere;
    static struct built_actor maria;
    const void *records[ROSTER];

    elsewhere.network = own->session.home.network;
    build_actor(&maria, &elsewhere.network, 1, 1, 1);
    for (size_t n = 0; n < ROSTER; n++) {
        joined[n] =
            world_joined(&elsewhere, &maria.id, &own->session.actor, n, &maria.built[WORLD_PRESENT_KEY]);
        records[n] = &joined[n];
    }
    own_home_publish(own, ENTRY_AFFILIATION, records, ROSTER);
}

static bool is_any_left(const struct session *session)
{
    struct store_txn *txn;
    bool left = false;

    assert_int_equal(store_read_begin(&txn, session->store), STORE_OK);
    assert_int_equal(store_consents_left(txn, &left), STORE_OK);
    store_end(txn);
    return left;
}

static void no_consent_is_left_to_check_where_a_command_wrote(void **state)
{
    static const struct {
        const char *sentence;
        bool killed;
    } rows[] = {{"when it ended", false}, {"when the next one begins, where it was killed", true}};
    uint8_t memory[KEYS_SIZE_MAX];
    struct bytes record;
    struct keyring *keyring = own_home_keys(memory, &record);

    (void)state;
    set_now(WORLD_CONSENT_EXPIRES_S - 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct session_options next_options;
        struct session next;
        struct own_home own;

        own_home_open(&own, keyring, record);
        publish_roster(&own);
        assert_true(is_any_left(&own.session));
        publisher_close(&own.publisher);
        if (rows[i].killed) {
            close(own.session.lock_fd);
            own.session.lock_fd = -1;
        }
        session_close(&own.session);
        session_options_init(&next_options);
        next_options.home = own.folder;
        assert_int_equal(session_open(&next, &next_options, rows[i].killed ? SESSION_WRITE : SESSION_READ),
                         EXIT_YES);
        if (is_any_left(&next)) {
            fail_msg("%s", rows[i].sentence);
        }
        session_close(&next);
        temp_folder_remove(own.folder);
    }
    keyring_wipe(keyring);
    assert_int_equal(unsetenv("TRADEPROOF_NOW"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_fresh_home_opens_both_ways, set_up, tear_down),
        cmocka_unit_test_setup_teardown(broken_files_are_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_store_of_another_network_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ids_and_names_are_understood, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_name_that_nobody_gave_is_the_id_cut_short, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_clock_of_tests_is_taken_or_refused, set_up, tear_down),
        cmocka_unit_test(no_consent_is_left_to_check_where_a_command_wrote),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
