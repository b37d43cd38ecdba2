#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/issue_batch.h"
#include "cmd/own_entries.h"

/* Finding one's own entries and speaking about many of them, on a store of its own. The keyring stays in
 * memory. */

static char folder[64];
static struct keyring *keyring;
static struct session session;
static struct publisher publisher;
static struct issue_batch *batch;

enum { SUBJECT = 7, CROWD = 100, ENTRIES_PER_SUBJECT = 64, SUBJECTS_MAX = 10, DAY = 46000 };

static int set_up(void **state)
{
    uint8_t memory[KEYS_SIZE_MAX];
    struct session_options options;
    struct writer writer;
    struct bytes record;
    struct home home;
    (void)state;
    assert_true(sodium_init() >= 0);
    strcpy(folder, "/tmp/tradeproof-entries.XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(home_create(&home, folder, "test"), HOME_OK);
    writer_init(&writer, memory, sizeof(memory));
    keyring = keyring_create(&home.network, &writer);
    assert_true(writer_end(&writer, &record));
    assert_int_equal(home_write(&home, "actor.public", record.data, record.size, 0644), HOME_OK);
    session_options_init(&options);
    options.home = folder;
    assert_int_equal(session_open(&session, &options, SESSION_WRITE), EXIT_YES);
    assert_int_equal(publisher_open(&publisher, &session, keyring), EXIT_YES);
    batch = malloc(sizeof(*batch));
    return 0;
}

static int tear_down(void **state)
{
    static const char *const files[] = {"actor.public",   "network",        "lock",  "sign.lock",
                                        "store/data.mdb", "store/lock.mdb", "store", "challenges"};
    char path[128];
    (void)state;
    free(batch);
    publisher_close(&publisher);
    session_close(&session);
    keyring_wipe(keyring);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
        remove(path);
    }
    return rmdir(folder);
}

static struct subject subject_number(uint8_t number)
{
    return (struct subject){.kind = SUBJECT_ACTOR, .id.bytes = {number}};
}

static uint8_t first_subject = SUBJECT;

/* Issue count certificates, so many to each subject, in one block or one block each. Returns: the first
 * block. */
static uint64_t issue(size_t count, bool one_block_each, const char *code)
{
    struct attestation attestation = {
        .code = bytes_of_string(code), .basis = BASIS_EXAM, .earned_on = DAY, .valid_from = DAY};
    issue_batch_init(batch, &publisher);
    for (size_t i = 0; i < count; i++) {
        attestation.subject =
            subject_number((uint8_t)(first_subject + i / ENTRIES_PER_SUBJECT % SUBJECTS_MAX));
        assert_int_equal(issue_batch_add(batch, &attestation, 0), EXIT_YES);
        if (one_block_each) {
            assert_int_equal(issue_batch_flush(batch), EXIT_YES);
        }
    }
    assert_int_equal(issue_batch_flush(batch), EXIT_YES);
    assert_int_equal(batch->issued, count);
    return batch->first_seq;
}

static void name_of(struct entry_name *name, uint64_t seq, uint64_t index)
{
    struct store_txn *txn;
    struct bytes encoded;
    struct block block;
    assert_int_equal(store_read_begin(&txn, session.store), STORE_OK);
    assert_int_equal(store_block_bytes(txn, &session.actor, seq, &encoded, &session.arena), STORE_OK);
    store_end(txn);
    assert_int_equal(block_decode(&block, &session.home.network, encoded, &session.arena), REASON_NONE);
    *name = (struct entry_name){.author = session.actor, .seq = seq, .index = index};
    memcpy(name->prefix, block.leaves[index < block.entry_count ? index : 0].bytes, sizeof(name->prefix));
}

static void name_text(char *text, uint64_t seq, uint64_t index)
{
    struct entry_name name;
    name_of(&name, seq, index);
    entry_name_to_text(text, &session.home.network, &name);
}

/* ---- finding ---- */

static void names_are_sorted_and_said_once(void **state)
{
    (void)state;
    char texts[3][ENTRY_NAME_TEXT_MAX + 1];
    char *arguments[] = {texts[2], texts[0], texts[1], texts[0]};
    struct own_entries entries;
    uint64_t seq = issue(3, false, "ase/A5");
    for (uint64_t i = 0; i < 3; i++) {
        name_text(texts[i], seq, i);
    }
    assert_int_equal(own_entries_named(&entries, &session, arguments, 4), EXIT_YES);
    assert_int_equal(entries.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(entries.items[i].name.index, i);
        assert_true(entries.items[i].is_attestation);
        assert_string_equal(entries.items[i].code, "ase/A5");
        assert_int_equal(entries.items[i].subject.id.bytes[0], SUBJECT);
    }
}

static void what_is_not_there_is_refused(void **state)
{
    (void)state;
    uint64_t seq = issue(2, false, "ase/A5");
    char good[ENTRY_NAME_TEXT_MAX + 1];
    char beyond[ENTRY_NAME_TEXT_MAX + 1];
    char inception[ENTRY_NAME_TEXT_MAX + 1];
    char later[ENTRY_NAME_TEXT_MAX + 1];
    char mistyped[ENTRY_NAME_TEXT_MAX + 1];
    struct entry_name name = {.author = session.actor, .seq = seq + 1000};
    name_text(good, seq, 1);
    name_text(beyond, seq, 2);
    name_text(inception, 0, 0);
    entry_name_to_text(later, &session.home.network, &name);
    strcpy(mistyped, good);
    char *last = mistyped + strlen(mistyped) - 1;
    *last = *last == '0' ? '1' : '0';
    char nonsense[] = "12/0";
    const struct {
        const char *sentence;
        char *text;
    } rows[] = {
        {"an index behind the block's last", beyond},
        {"a block behind the head", later},
        {"another prefix", mistyped},
        {"an entry that is no content", inception},
        {"something that is no name", nonsense},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *arguments[] = {good, rows[i].text};
        struct own_entries entries;
        if (own_entries_named(&entries, &session, arguments, 2) != EXIT_BAD_INPUT) {
            fail_msg("%s", rows[i].sentence);
        }
    }
}

/* What a dossier leaves out would stay as it is without a word. */
static void more_than_can_be_looked_at_is_not_taken_in_part(void **state)
{
    const struct subject subject = subject_number(2 * CROWD);
    struct own_entries entries, none = {.count = 0};
    struct codes codes;
    size_t found = 0;
    (void)state;
    first_subject = 2 * CROWD;
    (void)issue(ENTRIES_PER_SUBJECT, false, "ase/A5");
    assert_true(codes_from_text(&codes, bytes_of_string("ase/A5")));
    assert_int_equal(own_entries_of(&entries, &session, &subject, &codes), EXIT_YES);
    for (size_t i = 0; i < DOSSIER_CREDENTIALS_MAX / ENTRIES_PER_SUBJECT; i++) {
        (void)issue(ENTRIES_PER_SUBJECT, false, "ase/A5");
    }
    first_subject = SUBJECT;
    assert_int_equal(own_entries_of(&entries, &session, &subject, &codes), EXIT_BAD_INPUT);
    assert_int_equal(own_entries_add_of(&none, 0, &found, &session, &subject, &codes), STORE_OK);
    assert_true(found == SIZE_MAX);
}

/* ---- speaking ---- */

static bool add_status(const void *context, struct draft *draft, const struct own_entry *first,
                       const struct list *entries)
{
    const enum status_action *action = context;
    const struct status status = {.seq = first->name.seq,
                                  .entries = *entries,
                                  .action = *action,
                                  .reason = first->reason,
                                  .effective_day = first->day != 0 ? first->day : DAY,
                                  .has_replacement = *action == STATUS_REPLACED,
                                  .replacement = {.author = session.actor, .seq = 1}};
    return draft_add(draft, ENTRY_STATUS, &status, NULL);
}

static bool add_statements(const void *context, struct draft *draft, const struct own_entry *first,
                           const struct list *entries)
{
    const enum status_action *action = context;
    const struct own_statements statements = own_entry_statements(first, *action);
    bool fits = true;
    for (size_t i = 0; i < statements.count && fits; i++) {
        fits = add_status(&statements.items[i].action, draft, first, entries);
    }
    return fits;
}

static struct own_entries_written say(const struct own_entries *entries, enum status_action action)
{
    const struct own_entries_record record = {
        .add = add_statements, .context = &action, .entries_max = STATUS_ENTRIES_MAX};
    struct own_entries_written written;
    assert_int_equal(own_entries_write(entries, &publisher, &record, &written), EXIT_YES);
    return written;
}

/* Entries first, first + step, … of count blocks from seq on, per_block of them each. */
static void list_entries(struct own_entries *out, uint64_t seq, size_t count, size_t per_block, uint64_t step)
{
    out->items = calloc(count * per_block, sizeof(*out->items));
    out->count = count * per_block;
    for (size_t i = 0; i < out->count; i++) {
        out->items[i].name = (struct entry_name){
            .author = session.actor, .seq = seq + i / per_block, .index = i % per_block * step};
    }
}

static void entries_of(struct own_entries *out, uint8_t number, const char *code)
{
    const struct subject subject = subject_number(number);
    struct codes codes;
    assert_true(codes_from_text(&codes, bytes_of_string(code)));
    assert_int_equal(own_entries_of(out, &session, &subject, &codes), EXIT_YES);
}

/* How many certificates for a code action from the day on would change nothing about. */
static size_t count_said(const char *code, enum status_action action)
{
    size_t count = 0;
    for (uint8_t i = 0; i < SUBJECTS_MAX; i++) {
        const struct subject subject = subject_number((uint8_t)(SUBJECT + i));
        struct own_entries entries;
        struct own_entries unchanged;
        struct codes codes;
        size_t mark = arena_mark(&session.arena);
        assert_true(codes_from_text(&codes, bytes_of_string(code)));
        if (own_entries_of(&entries, &session, &subject, &codes) == EXIT_YES) {
            assert_int_equal(own_entries_sift(&entries, &unchanged, &session,
                                              &(struct own_entries_coming){action, DAY, false}),
                             EXIT_YES);
            count += unchanged.count;
        }
        arena_rewind(&session.arena, mark);
    }
    return count;
}

static void scattered_entries_take_several_records_of_one_block(void **state)
{
    (void)state;
    struct own_entries entries;
    uint64_t seq = issue(600, false, "ase/A1");
    list_entries(&entries, seq, 1, 300, 2);
    struct own_entries_written written = say(&entries, STATUS_REVOKED);
    assert_int_equal(written.block_count, 1);
    assert_int_equal(written.first_seq, seq + 1);
    assert_int_equal(count_said("ase/A1", STATUS_REVOKED), 300);
    free(entries.items);
}

/* What a file states of each in its own way takes a record each, and still one block. */
static void different_days_and_reasons_take_several_records_of_one_block(void **state)
{
    (void)state;
    struct own_entries entries;
    uint64_t seq = issue(6, false, "ase/A7");
    list_entries(&entries, seq, 1, 6, 1);
    for (size_t i = 0; i < 6; i++) {
        entries.items[i].day = i < 2 ? DAY - 1 : DAY - 2;
        entries.items[i].reason = i < 4 ? STATUS_REASON_SCORING : STATUS_REASON_OTHER;
    }
    assert_int_equal(say(&entries, STATUS_REVOKED).block_count, 1);
    struct store_txn *txn;
    assert_int_equal(store_read_begin(&txn, session.store), STORE_OK);
    for (size_t i = 0; i < 6; i++) {
        struct store_events said;
        name_of(&entries.items[i].name, seq, i);
        assert_int_equal(
            store_entry_events(txn, &session.home.network, &entries.items[i].name, &said, &session.arena),
            STORE_OK);
        assert_int_equal(said.count, 1);
        assert_int_equal(said.events[0].effective_day, entries.items[i].day);
        assert_int_equal(said.events[0].setter_index, i / 2);
    }
    store_end(txn);
    free(entries.items);
}

static void say_suspended_again(const struct own_entries *entries)
{
    for (size_t i = 0; i < entries->count; i++) {
        entries->items[i].day = DAY;
        entries->items[i].suspended_again = DAY + 1;
    }
}

/* A block that is full after its third record. */
static bool add_two_until_three(const void *context, struct draft *draft, const struct own_entry *first,
                                const struct list *entries)
{
    const struct own_statements statements = own_entry_statements(first, STATUS_REINSTATED);
    assert_int_equal(statements.count, 2);
    return add_status(&statements.items[0].action, draft, first, entries) && draft->entry_count < 3 &&
           add_status(&statements.items[1].action, draft, first, entries) && context == NULL;
}

/* Reinstated in one block and suspended in the next it would hold for whoever has the first alone. */
static void what_is_suspended_again_is_so_in_the_block_that_reinstates_it(void **state)
{
    (void)state;
    const struct own_entries_record record = {.add = add_two_until_three, .entries_max = STATUS_ENTRIES_MAX};
    struct own_entries_written written;
    struct own_entries entries;
    struct store_txn *txn;
    uint64_t seq = issue(2, true, "ase/A8");
    list_entries(&entries, seq, 2, 1, 1);
    say_suspended_again(&entries);
    assert_int_equal(own_entries_write(&entries, &publisher, &record, &written), EXIT_YES);
    assert_int_equal(written.block_count, 2);
    assert_int_equal(store_read_begin(&txn, session.store), STORE_OK);
    for (size_t i = 0; i < 2; i++) {
        struct store_events said;
        name_of(&entries.items[i].name, seq + i, 0);
        assert_int_equal(
            store_entry_events(txn, &session.home.network, &entries.items[i].name, &said, &session.arena),
            STORE_OK);
        assert_int_equal(said.count, 2);
        assert_int_equal(said.events[0].action, STATUS_REINSTATED);
        assert_int_equal(said.events[1].action, STATUS_SUSPENDED);
        assert_int_equal(said.events[0].setter_seq, said.events[1].setter_seq);
    }
    store_end(txn);
    free(entries.items);
}

static void more_blocks_than_one_status_block_may_touch_take_two(void **state)
{
    (void)state;
    struct own_entries entries;
    uint64_t seq = issue(STATUS_BLOCKS_MAX + 1, true, "ase/A2");
    list_entries(&entries, seq, STATUS_BLOCKS_MAX, 1, 1);
    assert_int_equal(say(&entries, STATUS_SUSPENDED).block_count, 1);
    free(entries.items);
    list_entries(&entries, seq, STATUS_BLOCKS_MAX + 1, 1, 1);
    assert_int_equal(say(&entries, STATUS_REINSTATED).block_count, 2);
    free(entries.items);
    assert_int_equal(count_said("ase/A2", STATUS_REINSTATED), STATUS_BLOCKS_MAX + 1);
    assert_int_equal(count_said("ase/A2", STATUS_SUSPENDED), 0);
}

static void more_entries_than_one_status_block_may_touch_take_two(void **state)
{
    (void)state;
    enum { FULL_BLOCKS = STATUS_ENTRIES_MAX / BLOCK_ENTRIES_MAX };
    struct own_entries entries;
    first_subject = CROWD;
    uint64_t seq = issue((FULL_BLOCKS + 1) * (size_t)BLOCK_ENTRIES_MAX, false, "ase/A3");
    first_subject = SUBJECT;
    list_entries(&entries, seq, FULL_BLOCKS, BLOCK_ENTRIES_MAX, 1);
    assert_int_equal(say(&entries, STATUS_REVOKED).block_count, 1);
    free(entries.items);
    list_entries(&entries, seq, FULL_BLOCKS + 1, BLOCK_ENTRIES_MAX, 1);
    assert_int_equal(say(&entries, STATUS_REVOKED).block_count, 2);
    entries.count = STATUS_ENTRIES_MAX;
    say_suspended_again(&entries);
    assert_int_equal(say(&entries, STATUS_REINSTATED).block_count, 2); /* two things are stated of each */
    free(entries.items);
}

static void only_what_changes_something_is_left(void **state)
{
    (void)state;
    struct own_entries entries;
    struct own_entries unchanged;
    uint64_t seq = issue(2, false, "ase/A4");
    list_entries(&entries, seq, 1, 1, 1);
    say(&entries, STATUS_REVOKED);
    free(entries.items);
    static const struct {
        const char *sentence;
        enum status_action action;
        uint32_t day;
        size_t kept, unchanged; /* of the one that is revoked from DAY on and the one that is not */
    } rows[] = {
        {"revoked from the same day", STATUS_REVOKED, DAY, 1, 1},
        {"from a later one", STATUS_REVOKED, DAY + 1, 1, 1},
        {"from an earlier one is news", STATUS_REVOKED, DAY - 1, 2, 0},
        {"only what was revoked can be reinstated", STATUS_REINSTATED, DAY, 1, 1},
        {"a replacement is always news", STATUS_REPLACED, DAY, 2, 0},
        {"what is revoked can't be suspended", STATUS_SUSPENDED, DAY, 1, 1},
        {"nor from a later day", STATUS_SUSPENDED, DAY + 1, 1, 1},
        {"from an earlier one it can", STATUS_SUSPENDED, DAY - 1, 2, 0},
        {"an appeal is", STATUS_APPEALED, DAY, 2, 0},
        {"a decision without an appeal is none", STATUS_APPEAL_DECIDED, DAY, 0, 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t mark = arena_mark(&session.arena);
        entries_of(&entries, SUBJECT, "ase/A4");
        assert_int_equal(entries.count, 2);
        assert_int_equal(own_entries_sift(&entries, &unchanged, &session,
                                          &(struct own_entries_coming){rows[i].action, rows[i].day, false}),
                         EXIT_YES);
        if (entries.count != rows[i].kept || unchanged.count != rows[i].unchanged) {
            fail_msg("%s: %zu and %zu", rows[i].sentence, entries.count, unchanged.count);
        }
        arena_rewind(&session.arena, mark);
    }
    entries_of(&entries, SUBJECT, "ase/A4");
    assert_int_equal(own_entries_sift(&entries, &unchanged, &session,
                                      &(struct own_entries_coming){STATUS_REINSTATED, DAY - 5, false}),
                     EXIT_YES);
    assert_int_equal(entries.items[0].revoked_since, DAY);
    assert_int_equal(unchanged.items[0].revoked_since, DAY_NONE);
}

/* It names another entry than the first one did. */
static void a_second_replacement_is_news(void **state)
{
    (void)state;
    struct own_entries entries;
    struct own_entries unchanged;
    uint64_t seq = issue(1, false, "ase/A6");
    list_entries(&entries, seq, 1, 1, 1);
    say(&entries, STATUS_REPLACED);
    assert_int_equal(own_entries_sift(&entries, &unchanged, &session,
                                      &(struct own_entries_coming){STATUS_REPLACED, DAY, false}),
                     EXIT_YES);
    assert_int_equal(entries.count, 1);
    free(entries.items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_sorted_and_said_once),
        cmocka_unit_test(what_is_not_there_is_refused),
        cmocka_unit_test(scattered_entries_take_several_records_of_one_block),
        cmocka_unit_test(different_days_and_reasons_take_several_records_of_one_block),
        cmocka_unit_test(what_is_suspended_again_is_so_in_the_block_that_reinstates_it),
        cmocka_unit_test(more_blocks_than_one_status_block_may_touch_take_two),
        cmocka_unit_test(more_entries_than_one_status_block_may_touch_take_two),
        cmocka_unit_test(only_what_changes_something_is_left),
        cmocka_unit_test(a_second_replacement_is_news),
        cmocka_unit_test(more_than_can_be_looked_at_is_not_taken_in_part),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
