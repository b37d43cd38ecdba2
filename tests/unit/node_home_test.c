#include "node/home.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "node/node_keys.h"
#include "tests/support/short_descriptors.h"
#include "tests/support/temp_folder.h"

enum { PATH_SIZE = HOME_PATH_MAX + 64 };

static int setup(void **state)
{
    return temp_folder_make((char **)state);
}

static int teardown(void **state)
{
    temp_folder_remove(*state);
    return 0;
}

static void open_new_home(struct home *home, const char *folder)
{
    assert_int_equal(home_create(home, folder, "test"), HOME_OK);
    assert_int_equal(home_open(home, folder), HOME_OK);
}

/* ---- finding ---- */

struct find_row {
    const char *sentence;
    const char *option, *tradeproof_home, *xdg_data_home, *home;
    enum home_error error;
    const char *path;
};

static const struct find_row find_rows[] = {
    {"The option comes first.", "/a", "/b", "/c", "/d", HOME_OK, "/a"},
    {"Then TRADEPROOF_HOME.", NULL, "/b", "/c", "/d", HOME_OK, "/b"},
    {"Then the XDG data folder.", NULL, NULL, "/c", "/d", HOME_OK, "/c/tradeproof"},
    {"Then where XDG says that it is.", NULL, NULL, NULL, "/d", HOME_OK, "/d/.local/share/tradeproof"},
    {"An empty variable is none.", NULL, "", "", "/d", HOME_OK, "/d/.local/share/tradeproof"},
    {"Without any there is no folder.", NULL, NULL, NULL, NULL, HOME_NO_FOLDER, NULL},
};

static void set_variable(const char *name, const char *value)
{
    assert_int_equal(value == NULL ? unsetenv(name) : setenv(name, value, 1), 0);
}

static void the_folder_is_found_in_order(void **state)
{
    static struct home home;

    (void)state;
    for (size_t i = 0; i < sizeof find_rows / sizeof *find_rows; i++) {
        const struct find_row *row = &find_rows[i];

        set_variable("TRADEPROOF_HOME", row->tradeproof_home);
        set_variable("XDG_DATA_HOME", row->xdg_data_home);
        set_variable("HOME", row->home);
        if (home_find(&home, row->option) != row->error ||
            (row->path != NULL && strcmp(home.path, row->path) != 0)) {
            fail_msg("%s: %s", row->sentence, home.path);
        }
    }
}

static void a_path_that_is_too_long_is_refused(void **state)
{
    static struct home home;
    static char path[HOME_PATH_MAX + 2];

    (void)state;
    memset(path, 'a', sizeof path - 1);
    assert_int_equal(home_find(&home, path), HOME_NO_FOLDER);
    path[HOME_PATH_MAX] = '\0';
    assert_int_equal(home_find(&home, path), HOME_OK);
}

/* ---- making and opening ---- */

static void a_new_home_has_its_folders_to_itself(void **state)
{
    static struct home home;
    char path[PATH_SIZE];
    struct stat status;

    (void)snprintf(path, sizeof path, "%s/deep/er", (const char *)*state);
    open_new_home(&home, path);
    assert_string_equal(home.network.tag, "test");
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    home_file(&home, "store", path);
    assert_int_equal(stat(path, &status), 0);
    home_file(&home, "challenges", path);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(home_create(&home, home.path, "test"), HOME_EXISTS);
}

struct network_row {
    const char *sentence;
    const char *text; /* of the file */
    enum home_error error;
};

static const struct network_row network_rows[] = {
    {"A tag and a line end.", "main\n", HOME_OK},
    {"The line end may be missing.", "main", HOME_OK},
    {"Empty.", "", HOME_BAD_NETWORK},
    {"A capital.", "Main\n", HOME_BAD_NETWORK},
    {"Two lines.", "main\ntest\n", HOME_BAD_NETWORK},
    {"Sixteen characters are the most.", "abcdefghijklmnop\n", HOME_OK},
    {"Seventeen are too many.", "abcdefghijklmnopq\n", HOME_BAD_NETWORK},
    {"A whole story.", "a network with a long name that is none\n", HOME_BAD_NETWORK},
};

static void the_network_file_is_read_strictly(void **state)
{
    static struct home home;

    assert_int_equal(home_open(&home, *state), HOME_NOT_INITIALISED);
    for (size_t i = 0; i < sizeof network_rows / sizeof *network_rows; i++) {
        const struct network_row *row = &network_rows[i];

        assert_int_equal(home_write(&home, "network", row->text, strlen(row->text), 0644), HOME_OK);
        if (home_open(&home, *state) != row->error) {
            fail_msg("%s", row->sentence);
        }
    }
    assert_int_equal(home_create(&home, "/nowhere", "Bad"), HOME_BAD_NETWORK);
}

/* ---- files ---- */

static void a_file_is_replaced_whole(void **state)
{
    static struct home home;
    char path[PATH_SIZE], text[8];
    struct stat status;
    size_t size = 0;

    open_new_home(&home, *state);
    assert_int_equal(home_read(&home, "thing", text, sizeof text, &size), HOME_NOT_FOUND);
    assert_int_equal(home_write(&home, "thing", "first", 5, 0600), HOME_OK);
    assert_int_equal(home_write(&home, "thing", "2nd", 3, 0644), HOME_OK);
    assert_int_equal(home_read(&home, "thing", text, sizeof text, &size), HOME_OK);
    assert_int_equal(size, 3);
    assert_memory_equal(text, "2nd", 3);
    home_file(&home, "thing", path);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0644);
    /* Nothing temporary is left: network, store, challenges and the file itself. */
    assert_int_equal(temp_folder_count(*state), 4);
}

static void a_file_has_a_limit(void **state)
{
    static struct home home;
    char text[8];
    size_t size = 77;

    open_new_home(&home, *state);
    assert_int_equal(home_write(&home, "thing", "12345678", 8, 0600), HOME_OK);
    assert_int_equal(home_read(&home, "thing", text, 8, &size), HOME_OK);
    assert_int_equal(size, 8);
    assert_int_equal(home_read(&home, "thing", text, 7, &size), HOME_TOO_LARGE);
    assert_int_equal(size, 8);
    assert_int_equal(home_read(&home, "store", text, 8, &size), HOME_IO);
}

static void a_lock_is_held_once(void **state)
{
    static struct home home;
    int first = -1, second = -1;

    open_new_home(&home, *state);
    assert_int_equal(home_lock(&home, "lock", false, &first), HOME_OK);
    assert_int_equal(home_lock(&home, "lock", false, &second), HOME_LOCKED);
    assert_int_equal(second, -1);
    assert_int_equal(close(first), 0);
    assert_int_equal(home_lock(&home, "lock", true, &second), HOME_OK);
    assert_int_equal(close(second), 0);
}

static void a_trust_file_may_be_absent_but_not_wrong(void **state)
{
    static struct home home;
    static struct trust trust;
    static char large[TRUST_FILE_SIZE_MAX + 1];
    enum trust_result result = TRUST_BAD_LINE;
    enum id_result id = ID_OK;
    size_t line = 0;

    open_new_home(&home, *state);
    trust.owner_count = 5;
    assert_int_equal(home_trust(&home, &trust, &result, &line, &id), HOME_OK);
    assert_int_equal(result, TRUST_OK);
    assert_int_equal(trust.owner_count, 0);
    assert_int_equal(home_write(&home, "trust", "# fine\nnonsense\n", 16, 0644), HOME_OK);
    assert_int_equal(home_trust(&home, &trust, &result, &line, &id), HOME_OK);
    assert_int_equal(result, TRUST_BAD_LINE);
    assert_int_equal(line, 2);
    memset(large, '#', sizeof large);
    assert_int_equal(home_write(&home, "trust", large, sizeof large, 0644), HOME_OK);
    assert_int_equal(home_trust(&home, &trust, &result, &line, &id), HOME_OK);
    assert_int_equal(result, TRUST_TOO_LARGE);
}

static void too_few_descriptors_are_said_as_such(void **state)
{
    static struct home home;
    char byte;
    size_t size;
    int lock;

    open_new_home(&home, *state);
    let_descriptors_be_short(true);
    enum home_error locked = home_lock(&home, "lock", false, &lock);
    enum home_error found = home_read(&home, "network", &byte, sizeof byte, &size);
    enum home_error written = home_write(&home, "note", "", 0, 0600);
    let_descriptors_be_short(false);
    assert_int_equal(locked, HOME_NO_DESCRIPTOR);
    assert_int_equal(found, HOME_NO_DESCRIPTOR);
    assert_int_equal(written, HOME_NO_DESCRIPTOR);
}

/* ---- keys ---- */

static void node_keys_come_back(void **state)
{
    static struct home home;
    struct node_keys keys, again;
    uint8_t secret[64];

    open_new_home(&home, *state);
    assert_int_equal(node_keys_read(&keys, &home), HOME_NOT_FOUND);
    node_keys_create(&keys, &home.network);
    assert_int_equal(node_keys_write(&keys, &home), HOME_OK);
    assert_int_equal(node_keys_read(&again, &home), HOME_OK);
    assert_memory_equal(&keys, &again, sizeof keys);
    /* A key file of another size is not taken for one of these. */
    assert_int_equal(node_secret_read(&home, NODE_KEYS_FILE, secret, 32), HOME_IO);
    assert_int_equal(home_write(&home, NODE_KEYS_FILE, "nonsense", 8, 0600), HOME_OK);
    assert_int_equal(node_keys_read(&again, &home), HOME_IO);
}

static void a_hello_holds_for_its_transport_key_only(void **state)
{
    static struct home home;
    struct node_keys keys, other;
    struct hello hello;

    open_new_home(&home, *state);
    node_keys_create(&keys, &home.network);
    node_keys_create(&other, &home.network);
    node_hello(&hello, &keys, &home.network);
    assert_int_equal(node_hello_check(&hello, &home.network, &keys.transport), REASON_NONE);
    assert_int_equal(node_hello_check(&hello, &home.network, &other.transport), REASON_BAD_KEY);
    /* Another node's transport key, taken for one's own, lacks that node's signature. */
    hello.transport_key = other.transport;
    assert_int_equal(node_hello_check(&hello, &home.network, &other.transport), REASON_BAD_SIGNATURE);
    node_hello(&hello, &keys, &home.network);
    memset(&hello.node_key, 0, sizeof hello.node_key);
    assert_int_equal(node_hello_check(&hello, &home.network, &keys.transport), REASON_BAD_SIGNATURE);
    node_hello(&hello, &keys, &home.network);
    hello.signature.bytes[0] ^= 1;
    assert_int_equal(node_hello_check(&hello, &home.network, &keys.transport), REASON_BAD_SIGNATURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_folder_is_found_in_order),
        cmocka_unit_test(a_path_that_is_too_long_is_refused),
        cmocka_unit_test_setup_teardown(a_new_home_has_its_folders_to_itself, setup, teardown),
        cmocka_unit_test_setup_teardown(the_network_file_is_read_strictly, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_is_replaced_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_has_a_limit, setup, teardown),
        cmocka_unit_test_setup_teardown(a_lock_is_held_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_trust_file_may_be_absent_but_not_wrong, setup, teardown),
        cmocka_unit_test_setup_teardown(too_few_descriptors_are_said_as_such, setup, teardown),
        cmocka_unit_test_setup_teardown(node_keys_come_back, setup, teardown),
        cmocka_unit_test_setup_teardown(a_hello_holds_for_its_transport_key_only, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
