#include "node/followed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/short_descriptors.h"
#include "tests/support/temp_folder.h"

static struct home home;
static struct followed followed;
static char *folder;
static char ids[4][ID_TEXT_MAX + 1], claim[ID_TEXT_MAX + 1];

static int set_up(void **state)
{
    struct hash id = {{0}};

    (void)state;
    memset(&followed, 0, sizeof followed);
    if (temp_folder_make(&folder) != 0 || home_create(&home, folder, "test") != HOME_OK) {
        return -1;
    }
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        id.bytes[0] = (uint8_t)(9 - i);
        id_to_text(ids[i], ID_ACTOR, &home.network, &id);
    }
    id_to_text(claim, ID_CLAIM, &home.network, &id);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    temp_folder_remove(folder);
    return 0;
}

static void write_lines(const char *file, const char *const lines[], size_t count)
{
    char text[1024] = "";

    for (size_t i = 0; i < count; i++) {
        strcat(strcat(text, lines[i]), "\n");
    }
    assert_int_equal(home_write(&home, file, text, strlen(text), 0600), HOME_OK);
}

static bool has(uint8_t first)
{
    const struct actor_id actor = {{{first}}};

    return followed_has(&followed, &actor);
}

static void both_lists_are_followed_and_contacts_are_not(void **state)
{
    const char *const follow[] = {ids[0], ids[2]}, *const watch[] = {ids[2], ids[1], claim};
    const char *const contacts[] = {ids[3]};
    const char *refused = "x";

    (void)state;
    assert_int_equal(followed_read(&followed, &refused, &home), HOME_OK);
    assert_null(refused);
    assert_int_equal(followed.count, 0);
    assert_false(has(9));
    assert_false(followed_has(NULL, &(struct actor_id){0}));
    write_lines(FOLLOW_FILE, follow, 2);
    write_lines(WATCH_FILE, watch, 3);
    write_lines("contacts", contacts, 1);
    assert_int_equal(followed_read(&followed, &refused, &home), HOME_OK);
    assert_null(refused);
    assert_int_equal(followed.count, 3);
    assert_true(has(9) && has(8) && has(7));
    assert_false(has(6));
    assert_false(has(10));
}

static void a_bad_file_is_named_and_the_other_counts(void **state)
{
    const char *const nonsense[] = {"my shop"}, *const watch[] = {ids[1]};
    const char *refused = NULL;

    (void)state;
    write_lines(FOLLOW_FILE, nonsense, 1);
    write_lines(WATCH_FILE, watch, 1);
    assert_int_equal(followed_read(&followed, &refused, &home), HOME_OK);
    assert_string_equal(refused, FOLLOW_FILE);
    assert_int_equal(followed.count, 1);
    assert_true(has(8));
}

static void who_stood_in_a_file_that_is_refused_now_goes_on_being_followed(void **state)
{
    const char *const follow[] = {ids[0]}, *const nonsense[] = {"my shop"}, *const watch[] = {ids[1]};
    const char *refused = NULL;

    (void)state;
    write_lines(FOLLOW_FILE, follow, 1);
    assert_int_equal(followed_read(&followed, &refused, &home), HOME_OK);
    write_lines(FOLLOW_FILE, nonsense, 1);
    write_lines(WATCH_FILE, watch, 1);
    assert_int_equal(followed_read(&followed, &refused, &home), HOME_OK);
    assert_string_equal(refused, FOLLOW_FILE);
    assert_int_equal(followed.count, 2);
    assert_true(has(9) && has(8));
}

static void files_that_cannot_be_read_now_leave_who_is_followed(void **state)
{
    const char *const follow[] = {ids[0]}, *const watch[] = {ids[1]};
    const char *refused = NULL;

    (void)state;
    write_lines(FOLLOW_FILE, follow, 1);
    write_lines(WATCH_FILE, watch, 1);
    assert_int_equal(followed_read(&followed, &refused, &home), HOME_OK);
    let_descriptors_be_short(true);
    enum home_error error = followed_read(&followed, &refused, &home);
    let_descriptors_be_short(false);
    assert_int_equal(error, HOME_NO_DESCRIPTOR);
    assert_string_equal(refused, FOLLOW_FILE);
    assert_int_equal(followed.count, 2);
    assert_true(has(9) && has(8));
    write_lines(FOLLOW_FILE, NULL, 0);
    assert_int_equal(followed_read(&followed, &refused, &home), HOME_OK);
    assert_int_equal(followed.count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(both_lists_are_followed_and_contacts_are_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bad_file_is_named_and_the_other_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_stood_in_a_file_that_is_refused_now_goes_on_being_followed,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(files_that_cannot_be_read_now_leave_who_is_followed, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
