#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "cmd/status_rows.h"
#include "tests/support/own_home.h"
#include "tests/support/set_now.h"

/* A file's rows against one's own log. Block 1 issues ase/A5 to technicians 1, 2 and 3, block 2 issues it to
 * technician 1 again, block 3 revokes the second one of block 1. In rows "{1/0}" is the name of entry 0 of
 * block 1, "{*1/0}" the same of another author, "<2>" technician 2. */

enum { NOW_S = 1700000000, TODAY = 45242 };

static struct keyring *keyring;
static struct own_home own;
static char csv_path[256], report_path[256], report_text[4096];

static int set_up(void **state)
{
    uint8_t memory[KEYS_SIZE_MAX];
    struct bytes record;
    (void)state;
    set_now(NOW_S);
    keyring = own_home_keys(memory, &record);
    own_home_open(&own, keyring, record);
    own_home_issue(&own, 1, 3, "ase/A5");
    own_home_issue(&own, 1, 1, "ase/A5");
    own_home_revoke(&own, 1, 1);
    snprintf(csv_path, sizeof csv_path, "%s/rows.csv", own.folder);
    snprintf(report_path, sizeof report_path, "%s/refused.csv", own.folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    own_home_close(&own);
    keyring_wipe(keyring);
    return 0;
}

static void print_entry(FILE *file, bool of_another, uint64_t seq, uint64_t index)
{
    struct store_txn *txn;
    struct bytes encoded;
    struct block block;
    char text[ENTRY_NAME_TEXT_MAX + 1];
    struct entry_name name = {.author = own.session.actor, .seq = seq, .index = index};
    assert_int_equal(store_read_begin(&txn, own.session.store), STORE_OK);
    if (store_block_bytes(txn, &own.session.actor, seq, &encoded, &own.session.arena) == STORE_OK) {
        assert_int_equal(block_decode(&block, &own.session.home.network, encoded, &own.session.arena),
                         REASON_NONE);
        memcpy(name.prefix, block.leaves[index < block.entry_count ? index : 0].bytes, sizeof name.prefix);
    }
    store_end(txn);
    name.author.hash.bytes[0] ^= of_another ? 1 : 0;
    entry_name_to_text(text, &own.session.home.network, &name);
    fputs(text, file);
}

static void write_file(const char *text)
{
    FILE *file = fopen(csv_path, "w");
    assert_non_null(file);
    while (*text != '\0') {
        unsigned long long seq, index;
        char id[ID_TEXT_MAX + 1];
        if (sscanf(text, "{%llu/%llu}", &seq, &index) == 2 ||
            sscanf(text, "{*%llu/%llu}", &seq, &index) == 2) {
            print_entry(file, text[1] == '*', seq, index);
            text = strchr(text, '}') + 1;
        } else if (*text == '<') {
            const struct hash subject = {.bytes = {(uint8_t)(text[1] - '0')}};
            id_to_text(id, ID_ACTOR, &own.session.home.network, &subject);
            fputs(id, file);
            text += 3;
        } else {
            fputc(*text++, file);
        }
    }
    assert_int_equal(fclose(file), 0);
}

static void read_report(void)
{
    FILE *file = fopen(report_path, "r");
    assert_non_null(file);
    size_t size = fread(report_text, 1, sizeof report_text - 1, file);
    report_text[size] = '\0';
    fclose(file);
}

/* Writes: what is to be written, what would change nothing, which rows were refused, as
 * "1/0@45242 | 1/1 | 3:duplicate". */
static void render(char *out, size_t capacity, const struct status_rows_request *request)
{
    struct own_entries entries, unchanged;
    struct csv_report report;
    FILE *stream = fmemopen(out, capacity, "w");
    size_t mark = arena_mark(&own.session.arena);
    assert_non_null(stream);
    assert_int_equal(csv_report_open(&report, &own.session.options, report_path, bytes_of(NULL, 0)),
                     EXIT_YES);
    assert_int_equal(status_rows_read(&entries, &unchanged, &report, &own.session, request), EXIT_YES);
    assert_int_equal(csv_report_close(&report), EXIT_YES);
    for (size_t i = 0; i < entries.count; i++) {
        const struct own_entry *entry = &entries.items[i];
        fprintf(stream, "%d/%d@%d ", (int)entry->name.seq, (int)entry->name.index, (int)entry->day);
    }
    fputs("|", stream);
    for (size_t i = 0; i < unchanged.count; i++) {
        fprintf(stream, " %d/%d", (int)unchanged.items[i].name.seq, (int)unchanged.items[i].name.index);
    }
    fputs(" |", stream);
    read_report();
    for (char *line = strchr(report_text, '\n'); line != NULL && line[1] != '\0'; line = strchr(line, '\n')) {
        line++;
        char *comma = strchr(line, ',');
        fprintf(stream, " %.*s:%.*s", (int)(comma - line), line, (int)strcspn(comma + 1, ","), comma + 1);
    }
    assert_int_equal(fclose(stream), 0);
    arena_rewind(&own.session.arena, mark);
}

static const struct row {
    const char *sentence;
    enum status_action action;
    bool revoked;
    const char *file;
    const char *expected;
} rows[] = {
    {"entries in any order, each from its day", STATUS_SUSPENDED, false,
     "entry,from\n{2/0},2023-01-01\n{1/2},\n{1/0},\n", "1/0@45242 1/2@45242 2/0@44925 | |"},
    {"all that was issued to a technician for a code", STATUS_SUSPENDED, false,
     "technician,code\n<1>,ase/A5\n<3>,ase/A5\n", "1/0@45242 1/2@45242 2/0@45242 | |"},
    {"nothing of that code", STATUS_REVOKED, false, "technician,code\n<1>,ase/A6\n<9>,ase/A5\n",
     "| | 2:not-found 3:not-found"},
    {"what stands so already", STATUS_REVOKED, false, "entry\n{1/1}\n{1/0}\n", "1/0@45242 | 1/1 |"},
    {"an entry twice", STATUS_REVOKED, false, "entry\n{1/0}\n{1/2}\n{1/0}\n",
     "1/0@45242 1/2@45242 | | 4:duplicate"},
    {"an entry, and then all that its holder has: that row is refused whole", STATUS_REVOKED, false,
     "entry,technician,code\n{1/0},,\n,<1>,ase/A5\n", "1/0@45242 | | 3:duplicate"},
    {"an entry of another", STATUS_REVOKED, false, "entry\n{*1/0}\n{1/0}\n",
     "1/0@45242 | | 2:entry-of-another"},
    {"an index after the last, a block after the head", STATUS_REVOKED, false, "entry\n{1/7}\n{9/0}\n{1/0}\n",
     "1/0@45242 | | 2:no-such-entry 3:no-such-entry"},
    {"an entry that is no certificate", STATUS_REVOKED, false, "entry\n{0/0}\n{3/0}\n",
     "| | 2:no-such-entry 3:no-such-entry"},
    {"refused for its form and for what the log says, in the order of the file", STATUS_REVOKED, false,
     "entry,reason\n{9/0},\n12,\n{1/0},luck\n{1/0},scoring\n",
     "1/0@45242 | | 2:no-such-entry 3:entry-name 4:bad-reason"},
    {"what is revoked is not reinstated by the way", STATUS_REINSTATED, false, "entry\n{1/1}\n",
     "| | 2:stands-revoked"},
    {"but where that is said", STATUS_REINSTATED, true, "entry\n{1/1}\n", "1/1@45242 | |"},
    {"though not from before it was revoked", STATUS_REINSTATED, true, "entry,from\n{1/1},2023-11-13\n",
     "| | 2:before-the-revocation"},
    {"what was never against it is nothing to reinstate", STATUS_REINSTATED, false, "entry\n{1/0}\n",
     "| 1/0 |"},
};

static void rows_are_checked_against_the_log(void **state)
{
    char given[1024];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct status_rows_request request = {
            .path = csv_path, .action = rows[i].action, .revoked = rows[i].revoked, .from = TODAY};
        write_file(rows[i].file);
        render(given, sizeof given, &request);
        if (strcmp(given, rows[i].expected) != 0) {
            fail_msg("%s: %s", rows[i].sentence, given);
        }
    }
}

/* One row more than there is room for: what stands before it is done, nothing after it is read. */
static void a_long_file_ends_at_the_limit(void **state)
{
    const struct status_rows_request request = {.path = csv_path, .action = STATUS_SUSPENDED, .from = TODAY};
    (void)state;
    write_file("entry\n{1/0}\n");
    FILE *file = fopen(csv_path, "a");
    assert_non_null(file);
    for (size_t i = 1; i < OWN_ENTRIES_MAX; i++) {
        fputs("x\n", file);
    }
    fputs("y\nz\n", file);
    assert_int_equal(fclose(file), 0);
    struct own_entries entries, unchanged;
    struct csv_report report;
    size_t mark = arena_mark(&own.session.arena);
    assert_int_equal(csv_report_open(&report, &own.session.options, NULL, bytes_of(NULL, 0)), EXIT_YES);
    assert_int_equal(status_rows_read(&entries, &unchanged, &report, &own.session, &request), EXIT_YES);
    assert_int_equal(csv_report_close(&report), EXIT_YES);
    assert_int_equal(entries.count, 1);
    assert_int_equal(report.refused, OWN_ENTRIES_MAX);
    arena_rewind(&own.session.arena, mark);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_checked_against_the_log),
        cmocka_unit_test(a_long_file_ends_at_the_limit),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
