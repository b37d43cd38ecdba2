#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/own_void.h"
#include "tests/support/own_home.h"
#include "tests/support/set_now.h"

/* What is shown before blocks are declared void, and what is refused. Block 1 issues three certificates,
 * block 2 revokes one of them, block 3 accredits somebody, block 4 issues one more. */

enum { NOW_S = 1000000, DAY = 45000 };

static struct keyring *keyring, *next; /* before and after a rotation */
static struct own_home own;

static void accredit(void)
{
    struct bytes pattern = bytes_of_string("ase/A*");
    const struct accreditation accreditation = {
        .delegate = {.hash.bytes = {3}}, .patterns = {.items = &pattern, .count = 1}, .from = DAY};
    own_home_publish(&own, ENTRY_ACCREDITATION, (const void *const[]){&accreditation}, 1);
}

static int set_up(void **state)
{
    uint8_t memory[KEYS_SIZE_MAX];
    struct bytes record;
    (void)state;
    set_now(NOW_S);
    keyring = own_home_keys(memory, &record);
    own_home_open(&own, keyring, record);
    own_home_issue(&own, 1, 3, "ase/A5");
    own_home_revoke(&own, 1, 1);
    accredit();
    own_home_issue(&own, 1, 1, "ase/A5");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    own_home_close(&own);
    keyring_wipe(keyring);
    keyring_wipe(next);
    next = NULL;
    return 0;
}

static int read_range(struct own_sayings *out, uint64_t first, uint64_t last)
{
    const struct void_record record = {.has_range = true, .range = {.first = first, .last = last}};
    return own_void_read(out, &own.session, &record);
}

static void what_a_range_says_is_read(void **state)
{
    struct own_sayings sayings;
    (void)state;
    assert_int_equal(read_range(&sayings, 1, 2), EXIT_YES);
    assert_int_equal(sayings.block_count, 2);
    assert_int_equal(sayings.certificate_count, 3);
    assert_int_equal(sayings.sample_count, 3);
    assert_string_equal(sayings.samples[0].code, "ase/A5");
    assert_int_equal(sayings.samples[1].subject.bytes[0], 2);
    assert_int_equal(sayings.against_count, 1);
    assert_non_null(strstr(sayings.sayings[0].words, "revokes ase/A5 of "));
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

static void keys_are_left_out_and_a_later_epoch_may_void_more(void **state)
{
    struct own_sayings sayings;
    (void)state;
    next = own_home_rotate(&own, NULL);
    assert_int_equal(own.last.seq, 5);
    assert_int_equal(read_range(&sayings, 5, 5), EXIT_BAD_INPUT);
    assert_int_equal(read_range(&sayings, 1, 5), EXIT_BAD_INPUT);
    assert_int_equal(read_range(&sayings, 1, 4), EXIT_YES);
    assert_int_equal(sayings.certificate_count, 4);
    assert_int_equal(sayings.samples[0].count, 2);
    assert_non_null(strstr(sayings.sayings[1].words, "accredits "));
    assert_non_null(strstr(sayings.sayings[1].words, " for ase/A*"));
}

static void what_a_dropped_branch_says_is_read(void **state)
{
    struct void_record record = {.has_branch = true};
    struct block_place behind = {.seq = own.last.seq, .hash = own.last.hash};
    struct own_sayings sayings;
    (void)state;
    own_home_issue(&own, 7, 2, "ase/A1");
    record.branch = (struct dropped_branch){.fork_parent = behind.hash, .first = own.last.hash};
    own_home_revoke(&own, 5, 1);
    next = own_home_rotate(&own, &behind);
    assert_int_equal(own_void_read(&sayings, &own.session, &record), EXIT_YES);
    assert_int_equal(sayings.block_count, 2);
    assert_int_equal(sayings.certificate_count, 2);
    assert_string_equal(sayings.samples[0].code, "ase/A1");
    assert_int_equal(sayings.against_count, 1);
}

static bool names_branch(const struct void_record *record)
{
    bool named;

    assert_int_equal(own_void_names_branch(&named, &own.session, record), EXIT_YES);
    return named;
}

static void a_branch_is_void_once_a_void_that_stands_names_it(void **state)
{
    struct void_record record = {.has_branch = true, .reason = STATUS_REASON_KEY_COMPROMISE};
    struct void_record other;
    const struct void_record of_void = {.has_range = true, .range = {6, 6}};
    struct block_place behind = {.seq = own.last.seq, .hash = own.last.hash};
    struct keyring *last;
    (void)state;
    own_home_issue(&own, 7, 2, "ase/A1");
    record.branch = (struct dropped_branch){.fork_parent = behind.hash, .first = own.last.hash};
    next = own_home_rotate(&own, &behind);
    assert_false(names_branch(&record));
    own_home_publish(&own, ENTRY_VOID, (const void *const[]){&record}, 1);
    assert_int_equal(own.last.seq, 6);
    assert_true(names_branch(&record));
    other = record;
    other.branch.epoch = 1;
    assert_false(names_branch(&other));
    other = record;
    other.branch.first.bytes[0] ^= 1;
    assert_false(names_branch(&other));
    own.keyring = next;
    last = own_home_rotate(&own, NULL);
    own_home_publish(&own, ENTRY_VOID, (const void *const[]){&of_void}, 1);
    assert_false(names_branch(&record));
    own.publisher.keyring = next;
    keyring_wipe(last);
}

static const char *printed(const struct void_record *record, const struct own_sayings *sayings)
{
    static char text[4096];
    FILE *file = tmpfile();
    int saved = dup(STDERR_FILENO);
    assert_non_null(file);
    fflush(stderr);
    dup2(fileno(file), STDERR_FILENO);
    own_void_print(&own.session, record, sayings);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

/* Others may hold it, so that it can be declared void; who mistyped it is told. */
static void a_branch_that_is_not_held_says_nothing(void **state)
{
    const struct void_record record = {.has_branch = true, .branch = {.first.bytes = {9}}};
    struct own_sayings sayings;
    (void)state;
    assert_int_equal(own_void_read(&sayings, &own.session, &record), EXIT_YES);
    assert_int_equal(sayings.block_count, 0);
    assert_non_null(strstr(printed(&record, &sayings), "Nothing of that branch is held here"));
    assert_non_null(strstr(printed(&record, &sayings), "a mistyped hash voids nothing"));
}

/* What was told of the blocks signed, by the block that each reaches. */
struct told {
    size_t count;
    uint64_t through[8];
    size_t stop_after; /* so many, the keys are gone: the next one can't be signed */
};

static void note(void *context, const struct own_voided *voided)
{
    struct told *told = context;

    told->through[told->count++] = voided->through;
    if (told->count == told->stop_after) {
        own.publisher.keyring = next;
    }
}

static bool is_void(uint64_t seq)
{
    struct block_record record;
    struct store_txn *txn;
    uint64_t arrived_s;

    assert_int_equal(store_read_begin(&txn, own.session.store), STORE_OK);
    assert_int_equal(store_block_record(txn, &own.session.actor, seq, &record, &arrived_s), STORE_OK);
    store_end(txn);
    return record.standing == STANDING_VOID;
}

static int void_in_parts(struct told *told, struct own_voided *voided, uint64_t first, uint64_t last)
{
    const struct void_record record = {
        .has_range = true, .range = {.first = first, .last = last}, .reason = STATUS_REASON_KEY_COMPROMISE};

    return own_void_publish(voided, &own.publisher, &record, 3, note, told);
}

static void make_blocks(uint64_t up_to)
{
    while (own.last.seq < up_to) {
        own_home_issue(&own, 1, 1, "ase/A5");
    }
}

/* Blocks 4 to 11, three by each block, without 6, which is void. */
static void many_are_void_by_several_blocks(void **state)
{
    struct own_sayings sayings;
    struct own_voided voided;
    struct told told = {0};
    (void)state;
    make_blocks(11);
    assert_int_equal(void_in_parts(&told, &voided, 6, 6), EXIT_YES);
    assert_int_equal(voided.last.seq, 12);
    assert_int_equal(read_range(&sayings, 4, 11), EXIT_YES);
    assert_int_equal(sayings.block_count, 7);
    told = (struct told){0};
    assert_int_equal(void_in_parts(&told, &voided, 4, 11), EXIT_YES);
    assert_int_equal(told.count, 3);
    assert_int_equal(told.through[0], 7);
    assert_int_equal(told.through[1], 10);
    assert_int_equal(told.through[2], 11);
    assert_int_equal(voided.block_count, 7);
    assert_int_equal(voided.last.seq, 15);
    for (uint64_t seq = 4; seq <= 11; seq++) {
        assert_true(is_void(seq));
    }
}

static void what_was_interrupted_goes_on_with_the_rest(void **state)
{
    struct own_sayings sayings;
    struct own_voided voided;
    uint8_t memory[KEYS_SIZE_MAX];
    struct bytes unused;
    struct told told = {.stop_after = 1};
    (void)state;
    make_blocks(11);
    next = own_home_keys(memory, &unused);
    assert_int_not_equal(void_in_parts(&told, &voided, 4, 11), EXIT_YES);
    assert_int_equal(voided.part_count, 1);
    assert_int_equal(voided.through, 6);
    assert_false(is_void(7));
    own.publisher.keyring = keyring;
    told = (struct told){0};
    assert_int_equal(void_in_parts(&told, &voided, 4, 11), EXIT_YES);
    assert_int_equal(voided.block_count, 5);
    assert_int_equal(told.through[0], 9);
    assert_int_equal(read_range(&sayings, 4, 11), EXIT_YES);
    assert_int_equal(sayings.block_count, 0);
    told = (struct told){0};
    assert_int_equal(void_in_parts(&told, &voided, 4, 11), EXIT_YES);
    assert_int_equal(told.count, 0);
}

static void how_many_blocks_it_takes_is_told(void **state)
{
    const struct void_record record = {.has_range = true, .range = {.first = 1, .last = 9000}};
    struct own_sayings sayings = {.block_count = VOID_BLOCKS_MAX};
    (void)state;
    assert_null(strstr(printed(&record, &sayings), "so that takes"));
    assert_non_null(strstr(printed(&record, &sayings), "(4904 of them void already, which stay so)"));
    sayings.block_count++;
    assert_non_null(strstr(printed(&record, &sayings), "so that takes 2 blocks of your log"));
}

/* ---- what stays lost ---- */

static const char *printed_lost(const struct own_sayings *lost)
{
    static char text[4096];
    FILE *file = tmpfile();
    int saved = dup(STDERR_FILENO);
    assert_non_null(file);
    fflush(stderr);
    dup2(fileno(file), STDERR_FILENO);
    own_void_print_lost(lost);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void what_reinstating_does_not_bring_back_is_told(void **state)
{
    const struct void_record record = {.has_range = true, .range = {1, 4}};
    struct own_sayings lost;
    (void)state;
    next = own_home_rotate(&own, NULL);
    assert_int_equal(own_void_read_lost(&lost, &own.session, own.last.seq), EXIT_YES);
    assert_int_equal(lost.saying_count, 0); /* no void */
    own_home_publish(&own, ENTRY_VOID, (const void *const[]){&record}, 1);
    assert_int_equal(own_void_read_lost(&lost, &own.session, own.last.seq), EXIT_YES);
    assert_int_equal(lost.saying_count, 1);
    assert_int_equal(lost.certificate_count, 0);
    assert_non_null(strstr(printed_lost(&lost), "accredits "));
    assert_non_null(strstr(printed_lost(&lost), "say again: tradeproof accredit"));
    assert_int_equal(own_void_read_lost(&lost, &own.session, own.last.seq + 1), EXIT_YES);
    assert_string_equal(printed_lost(&lost), "");
}

static void so_is_what_a_dropped_branch_said(void **state)
{
    struct void_record record = {.has_branch = true}, inner = {.has_range = true, .range = {1, 1}};
    const struct withdrawal withdrawal = {.delegate = {.hash.bytes = {3}}, .has_cut = true, .cut_seq = 7};
    struct block_place behind = {.seq = own.last.seq, .hash = own.last.hash};
    struct own_sayings lost;
    (void)state;
    own_home_publish(&own, ENTRY_VOID, (const void *const[]){&inner}, 1);
    record.branch = (struct dropped_branch){.fork_parent = behind.hash, .first = own.last.hash};
    own_home_revoke(&own, 4, 0);
    own_home_publish(&own, ENTRY_WITHDRAWAL, (const void *const[]){&withdrawal}, 1);
    next = own_home_rotate(&own, &behind);
    own_home_publish(&own, ENTRY_VOID, (const void *const[]){&record}, 1);
    assert_int_equal(own_void_read_lost(&lost, &own.session, own.last.seq), EXIT_YES);
    assert_int_equal(lost.saying_count, 1);
    assert_non_null(strstr(lost.sayings[0].words, "withdraws from "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_a_range_says_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_can_not_be_void_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_are_left_out_and_a_later_epoch_may_void_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_a_dropped_branch_says_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_branch_is_void_once_a_void_that_stands_names_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_branch_that_is_not_held_says_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_are_void_by_several_blocks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_interrupted_goes_on_with_the_rest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_reinstating_does_not_bring_back_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(so_is_what_a_dropped_branch_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(how_many_blocks_it_takes_is_told, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
