#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/own_void.h"
#include "cmd/publish.h"
#include "tests/support/set_now.h"
#include "tests/support/temp_folder.h"

/* What is shown before blocks are declared void, and what is refused. Block 1 issues three certificates,
 * block 2 revokes one of them, block 3 accredits somebody, block 4 issues one more. */

enum { NOW_S = 1000000, DAY = 45000 };

static char *folder;
static struct keyring *keyring, *next; /* before and after a rotation */
static struct session session;
static struct publisher publisher;

static void publish(enum entry_kind kind, const void *const *records, size_t count)
{
    enum block_class block_class = entry_class(kind);
    struct published published;
    struct draft draft;
    publisher_draft(&publisher, &draft, block_class);
    for (size_t i = 0; i < count; i++) {
        uint8_t salt[ENTRY_SALT_SIZE];
        publisher_salt(salt);
        assert_true(draft_add(&draft, kind, records[i], block_class == CLASS_CONTENT ? salt : NULL));
    }
    assert_int_equal(publisher_publish(&publisher, &draft, &published), EXIT_YES);
}

static struct attestation attestation_of(uint8_t whom, const char *code)
{
    return (struct attestation){.subject = {.kind = SUBJECT_ACTOR, .id.bytes = {whom}},
                                .code = bytes_of_string(code),
                                .basis = BASIS_EXAM,
                                .earned_on = DAY,
                                .valid_from = DAY};
}

static void fill_log(void)
{
    struct attestation a5 = attestation_of(1, "ase/A5"), a6 = attestation_of(2, "ase/A6");
    struct index_range range = {.first = 1, .last = 1};
    struct bytes pattern = bytes_of_string("ase/A*");
    struct status revoked = {
        .seq = 1, .entries = {.items = &range, .count = 1}, .action = STATUS_REVOKED, .effective_day = DAY};
    struct accreditation accreditation = {
        .delegate = {.hash.bytes = {3}}, .patterns = {.items = &pattern, .count = 1}, .from = DAY};
    publish(ENTRY_ATTESTATION, (const void *const[]){&a5, &a6, &a5}, 3);
    publish(ENTRY_STATUS, (const void *const[]){&revoked}, 1);
    publish(ENTRY_ACCREDITATION, (const void *const[]){&accreditation}, 1);
    publish(ENTRY_ATTESTATION, (const void *const[]){&a5}, 1);
}

static int set_up(void **state)
{
    uint8_t memory[KEYS_SIZE_MAX];
    struct session_options options;
    struct writer writer;
    struct bytes record;
    struct home home;
    (void)state;
    assert_true(sodium_init() >= 0);
    assert_int_equal(temp_folder_make(&folder), 0);
    assert_int_equal(home_create(&home, folder, "test"), HOME_OK);
    writer_init(&writer, memory, sizeof memory);
    keyring = keyring_create(&home.network, &writer);
    assert_true(writer_end(&writer, &record));
    assert_int_equal(home_write(&home, "actor.public", record.data, record.size, 0644), HOME_OK);
    session_options_init(&options);
    options.home = folder;
    set_now(NOW_S);
    assert_int_equal(session_open(&session, &options, SESSION_WRITE), EXIT_YES);
    assert_int_equal(publisher_open(&publisher, &session, keyring), EXIT_YES);
    fill_log();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    publisher_close(&publisher);
    session_close(&session);
    keyring_wipe(keyring);
    keyring_wipe(next);
    next = NULL;
    temp_folder_remove(folder);
    return 0;
}

static int read_range(struct own_sayings *out, uint64_t first, uint64_t last)
{
    const struct void_record record = {.has_range = true, .range = {.first = first, .last = last}};
    return own_void_read(out, &session, &record);
}

static void what_a_range_says_is_read(void **state)
{
    struct own_sayings sayings;
    (void)state;
    assert_int_equal(read_range(&sayings, 1, 2), EXIT_YES);
    assert_int_equal(sayings.block_count, 2);
    assert_int_equal(sayings.certificate_count, 3);
    assert_int_equal(sayings.sample_count, 2);
    assert_string_equal(sayings.samples[0].code, "ase/A5");
    assert_int_equal(sayings.samples[0].count, 2);
    assert_int_equal(sayings.samples[1].subject.bytes[0], 2);
    assert_int_equal(sayings.against_count, 1);
    assert_non_null(strstr(sayings.sayings[0].words, "revokes ase/A6 of "));
}

static void what_can_not_be_void_is_refused(void **state)
{
    static const struct {
        const char *sentence;
        uint64_t first, last;
        int code;
    } rows[] = {
        {"block 0 is the id itself", 0, 0, EXIT_BAD_INPUT},
        {"also as the first of several", 0, 2, EXIT_BAD_INPUT},
        {"what was accredited with the keys in force", 3, 3, EXIT_BAD_INPUT},
        {"also among others", 1, 4, EXIT_BAD_INPUT},
        {"a block that the log does not have", 4, 5, EXIT_BAD_INPUT},
        {"certificates alone are not", 4, 4, EXIT_YES},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct own_sayings sayings;
        if (read_range(&sayings, rows[i].first, rows[i].last) != rows[i].code) {
            fail_msg("%s", rows[i].sentence);
        }
    }
}

static void rotate(void)
{
    uint8_t memory[KEYS_SIZE_MAX], scratch[KEYS_SIZE_MAX];
    struct published published;
    struct writer writer;
    struct bytes record;
    struct draft draft;
    struct keys keys;
    writer_init(&writer, scratch, sizeof scratch);
    next = keyring_rotate(keyring, &session.home.network, &writer);
    writer_init(&writer, memory, sizeof memory);
    keyring_record(next, &session.home.network, &writer);
    assert_true(writer_end(&writer, &record));
    assert_int_equal(schema_decode(&keys_schema, &keys, record, &session.arena), REASON_NONE);
    publisher_draft(&publisher, &draft, CLASS_KEYS);
    assert_true(draft_add(&draft, ENTRY_KEYS, &keys, NULL));
    assert_int_equal(publisher_rotate(&publisher, &draft, next, &published), EXIT_YES);
    assert_int_equal(published.seq, 5);
}

static void keys_are_left_out_and_a_later_epoch_may_void_more(void **state)
{
    struct own_sayings sayings;
    (void)state;
    rotate();
    assert_int_equal(read_range(&sayings, 5, 5), EXIT_BAD_INPUT);
    assert_int_equal(read_range(&sayings, 1, 5), EXIT_BAD_INPUT);
    assert_int_equal(read_range(&sayings, 1, 4), EXIT_YES);
    assert_int_equal(sayings.certificate_count, 4);
    assert_non_null(strstr(sayings.sayings[1].words, "accredits "));
    assert_non_null(strstr(sayings.sayings[1].words, " for ase/A*"));
}

static void a_branch_that_is_not_held_says_nothing(void **state)
{
    const struct void_record record = {.has_branch = true, .branch = {.first.bytes = {9}}};
    struct own_sayings sayings;
    (void)state;
    assert_int_equal(own_void_read(&sayings, &session, &record), EXIT_YES);
    assert_int_equal(sayings.block_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_a_range_says_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_can_not_be_void_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_are_left_out_and_a_later_epoch_may_void_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_branch_that_is_not_held_says_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
