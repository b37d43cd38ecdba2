#include "node/requests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/support/temp_folder.h"

/* Of what was changed, what the daemon took up: the other files are as they are. */

static struct daemon node;
static char *folder;

static int set_up(void **state)
{
    (void)state;
    memset(&node, 0, sizeof node);
    bool good = temp_folder_make(&folder) == 0 && home_create(&node.home, folder, "test") == HOME_OK &&
                watch_init(&node.watch, &node.home, &node.ingest, NULL, NULL, NULL, 0);
    return good ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    watch_deinit(&node.watch);
    temp_folder_remove(folder);
    return 0;
}

enum fault { NO_FAULT, FOLDER, NONSENSE };

static void spoil(const char *file, enum fault fault)
{
    char path[HOME_PATH_MAX + 64];

    home_file(&node.home, file, path);
    (void)remove(path);
    if (fault == FOLDER) {
        assert_int_equal(mkdir(path, 0700), 0);
    } else if (fault == NONSENSE) {
        assert_int_equal(home_write(&node.home, file, "nonsense\n", strlen("nonsense\n"), 0600), HOME_OK);
    }
}

static void what_was_changed_is_taken_up_whatever_the_follow_lists_are(void **state)
{
    static const struct {
        const char *sentence;
        const char *spoilt;
        enum fault fault;
        const char *changed;
        bool taken_up;
    } rows[] = {
        {"all can be read", FOLLOW_FILE, NO_FAULT, FOLLOW_FILE, true},
        {"trust while the follow-list can't be read", FOLLOW_FILE, FOLDER, "trust", true},
        {"trust while it is refused", FOLLOW_FILE, NONSENSE, "trust", true},
        {"the watch-list while the follow-list can't be read", FOLLOW_FILE, FOLDER, WATCH_FILE, true},
        {"the follow-list that can't be read", FOLLOW_FILE, FOLDER, FOLLOW_FILE, false},
        {"the follow-list that is refused", FOLLOW_FILE, NONSENSE, FOLLOW_FILE, false},
        {"the watch-list that can't be read", WATCH_FILE, FOLDER, WATCH_FILE, false},
        {"the follow-list while the watch-list can't be read", WATCH_FILE, FOLDER, FOLLOW_FILE, true},
        {"trust that is refused", "trust", NONSENSE, "trust", false},
        {"nothing that is named", FOLLOW_FILE, FOLDER, "", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        spoil(rows[i].spoilt, rows[i].fault);
        if (requests_reload(&node, bytes_of_string(rows[i].changed)) != rows[i].taken_up) {
            fail_msg("%s", rows[i].sentence);
        }
        spoil(rows[i].spoilt, NO_FAULT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_changed_is_taken_up_whatever_the_follow_lists_are, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
