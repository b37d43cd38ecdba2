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
#include "tests/support/set_now.h"

/* What a thief voided and revoked on a branch that the issuer then dropped and named, and how all of it is
 * reinstated. On a store of its own; keyrings stay in memory. */

static char folder[64];
static struct keyring *keyring, *next;
static struct session session;
static struct publisher publisher;
static struct issue_batch *batch;

enum { DAY = 46000, NOW_S = 1750000000 };
enum { A = 1, B, C, ROTATION, NAMING, D }; /* the blocks of the issuer's chain */

static int set_up(void **state)
{
    uint8_t memory[KEYS_SIZE_MAX];
    struct session_options options;
    struct writer writer;
    struct bytes record;
    struct home home;
    (void)state;
    assert_true(sodium_init() >= 0);
    strcpy(folder, "/tmp/tradeproof-left.XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(home_create(&home, folder, "test"), HOME_OK);
    writer_init(&writer, memory, sizeof memory);
    keyring = keyring_create(&home.network, &writer);
    assert_true(writer_end(&writer, &record));
    assert_int_equal(home_write(&home, "actor.public", record.data, record.size, 0644), HOME_OK);
    set_now(NOW_S);
    session_options_init(&options);
    options.home = folder;
    assert_int_equal(session_open(&session, &options, SESSION_WRITE), EXIT_YES);
    assert_int_equal(publisher_open(&publisher, &session, keyring), EXIT_YES);
    batch = malloc(sizeof *batch);
    assert_non_null(batch);
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
    keyring_wipe(next);
    next = NULL;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        remove(path);
    }
    return rmdir(folder);
}

/* ---- the log ---- */

/* One block of certificates, each valid from a day later than the one before. */
static void issue(size_t count, uint32_t first_day)
{
    struct attestation attestation = {.code = bytes_of_string("x/1"), .basis = BASIS_EXAM};
    attestation.subject = (struct subject){.kind = SUBJECT_ACTOR, .id.bytes = {7}};
    issue_batch_init(batch, &publisher);
    for (size_t i = 0; i < count; i++) {
        attestation.earned_on = attestation.valid_from = first_day + (uint32_t)i % 8;
        assert_int_equal(issue_batch_add(batch, &attestation, 0), EXIT_YES);
    }
    assert_int_equal(issue_batch_flush(batch), EXIT_YES);
}

static struct published publish(enum block_class block_class, enum entry_kind kind, const void *record)
{
    struct published published;
    struct draft draft;
    publisher_draft(&publisher, &draft, block_class);
    assert_true(draft_add(&draft, kind, record, NULL));
    assert_int_equal(publisher_publish(&publisher, &draft, &published), EXIT_YES);
    return published;
}

static struct published void_blocks(uint64_t first, uint64_t last)
{
    const struct void_record record = {.has_range = true, .range = {first, last}};
    return publish(CLASS_GOVERN, ENTRY_VOID, &record);
}

static void say(enum status_action action, uint64_t seq, uint64_t index, uint32_t day)
{
    const struct index_range range = {index, index};
    const struct status status = {.seq = seq, .entries = {&range, 1}, .action = action, .effective_day = day};
    publish(CLASS_STATUS, ENTRY_STATUS, &status);
}

static void rotate_behind(const struct block_place *behind)
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
    assert_int_equal(publisher_rotate_at(&publisher, &draft, next, behind, NOW_S, &published), EXIT_YES);
    publisher_close(&publisher);
    assert_int_equal(publisher_open(&publisher, &session, next), EXIT_YES);
}

/* Rotate behind the block, which drops the branch that begins with first, and name that branch. */
static void drop(const struct block_place *behind, const struct hash *first)
{
    const struct void_record named = {
        .has_branch = true,
        .branch = {.epoch = 0, .fork_parent = behind->hash, .first = *first},
        .reason = STATUS_REASON_KEY_COMPROMISE,
    };
    rotate_behind(behind);
    publish(CLASS_GOVERN, ENTRY_VOID, &named);
}

static struct block_place head(void)
{
    struct log_state state;
    struct store_txn *txn;
    assert_int_equal(store_read_begin(&txn, session.store), STORE_OK);
    assert_int_equal(store_log_state(txn, &session.actor, &state), STORE_OK);
    store_end(txn);
    return (struct block_place){.seq = state.seq, .hash = state.head};
}

/* The thief voids A and a block of its own branch, which has the number of D, and revokes B. */
static void begin(void)
{
    issue(3, DAY);
    issue(1, DAY - 9);
    issue(1, DAY - 9);
    const struct block_place behind = head();
    assert_int_equal(behind.seq, C);
    const struct hash first = void_blocks(A, A).hash;
    say(STATUS_REVOKED, B, 0, DAY + 5);
    issue(1, DAY - 9);
    void_blocks(D, D);
    drop(&behind, &first);
    issue(1, DAY - 9);
    assert_int_equal(head().seq, D);
}

/* ---- asking ---- */

static void check(const struct own_entries *found, const struct entry_position *wanted, size_t count)
{
    assert_int_equal(found->count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(found->items[i].name.seq, wanted[i].seq);
        assert_int_equal(found->items[i].name.index, wanted[i].index);
    }
}

static uint32_t find_left(struct own_entries *out, uint32_t from)
{
    bool more = true;
    assert_int_equal(own_entries_left(out, &session, NAMING, &from, &more), EXIT_YES);
    assert_false(more);
    return from;
}

static void sift(struct own_entries *entries, struct own_entries *unchanged, enum status_action action,
                 bool doubts_only)
{
    const struct own_entries_coming coming = {action, DAY, doubts_only};
    assert_int_equal(own_entries_sift(entries, unchanged, &session, &coming), EXIT_YES);
}

static bool add_reinstated(const void *context, struct draft *draft, const struct own_entry *first,
                           const struct list *entries)
{
    const uint32_t *day = context;
    const struct status status = {
        .seq = first->name.seq, .entries = *entries, .action = STATUS_REINSTATED, .effective_day = *day};
    return draft_add(draft, ENTRY_STATUS, &status, NULL);
}

static void reinstate(const struct own_entries *entries, uint32_t day)
{
    const struct own_entries_record record = {
        .add = add_reinstated, .context = &day, .entries_max = STATUS_ENTRIES_MAX};
    struct own_entries_written written;
    assert_int_equal(own_entries_write(entries, &publisher, &record, &written), EXIT_YES);
}

static const struct entry_position all[] = {{A, 0}, {A, 1}, {A, 2}, {B, 0}};

static void what_the_branch_voided_and_revoked_is_found(void **state)
{
    struct own_entries found;
    uint32_t no_day = DAY_NONE;
    bool more;
    (void)state;
    begin();
    assert_int_equal(find_left(&found, DAY_NONE), DAY);
    check(&found, all, 4);
    assert_int_equal(find_left(&found, DAY + 3), DAY + 3);
    assert_int_equal(own_entries_left(&found, &session, C, &no_day, &more), EXIT_BAD_INPUT);
    assert_int_equal(own_entries_left(&found, &session, D + 1, &no_day, &more), EXIT_BAD_INPUT);
}

static void what_is_void_on_the_chain_or_erased_is_not(void **state)
{
    const struct index_range range = {1, 1};
    const struct erase erase = {.seq = A, .entries = {&range, 1}};
    struct own_entries found;
    (void)state;
    begin();
    publish(CLASS_STATUS, ENTRY_ERASE, &erase);
    find_left(&found, DAY_NONE);
    assert_int_equal(found.count, 3);
    void_blocks(A, A);
    find_left(&found, DAY_NONE);
    check(&found, &all[3], 1);
}

static void reinstating_it_is_news_once(void **state)
{
    struct own_entries found, unchanged;
    (void)state;
    begin();
    find_left(&found, DAY_NONE);
    sift(&found, &unchanged, STATUS_REINSTATED, false);
    check(&found, all, 4);
    reinstate(&found, DAY);
    sift(&found, &unchanged, STATUS_REINSTATED, false);
    check(&found, NULL, 0);
    check(&unchanged, all, 4);
}

static void from_an_earlier_day_it_is_news_again(void **state)
{
    struct own_entries found, unchanged;
    (void)state;
    begin();
    find_left(&found, DAY_NONE);
    reinstate(&found, DAY + 1);
    sift(&found, &unchanged, STATUS_REINSTATED, true);
    check(&found, all, 3); /* nothing was said of B on the days before it was revoked */
}

/* In the epoch of the void: what was said on the chain is older. */
static void what_was_reinstated_before_is_news(void **state)
{
    struct own_entries found, unchanged;
    (void)state;
    issue(1, DAY);
    say(STATUS_SUSPENDED, A, 0, DAY);
    say(STATUS_REINSTATED, A, 0, DAY);
    const struct block_place behind = head();
    const struct hash first = void_blocks(A, A).hash;
    drop(&behind, &first);
    find_left(&found, DAY_NONE);
    sift(&found, &unchanged, STATUS_REINSTATED, true);
    check(&found, all, 1);
}

/* One by one, as well as what nobody voided. */
static void what_was_not_voided_is_no_news(void **state)
{
    struct own_entry named[] = {{.name = {.author = session.actor, .seq = A, .index = 2}},
                                {.name = {.author = session.actor, .seq = C}}};
    struct own_entries entries = {.count = 2, .items = named};
    struct own_entries unchanged;
    (void)state;
    begin();
    sift(&entries, &unchanged, STATUS_REINSTATED, false);
    check(&entries, &all[2], 1);
    assert_int_equal(unchanged.count, 1);
    assert_int_equal(unchanged.items[0].name.seq, C);
    reinstate(&entries, DAY);
    sift(&entries, &unchanged, STATUS_REINSTATED, false);
    assert_int_equal(entries.count, 0);
}

/* And is said again, so that no day before it stays unknown. */
static void what_stands_since_stays_so(void **state)
{
    struct own_entries found, unchanged;
    (void)state;
    begin();
    say(STATUS_SUSPENDED, A, 1, DAY + 2);
    say(STATUS_REVOKED, A, 2, DAY + 2);
    find_left(&found, DAY_NONE);
    sift(&found, &unchanged, STATUS_REINSTATED, true);
    check(&found, all, 4);
    assert_int_equal(found.items[1].day, DAY);
    assert_int_equal(found.items[1].suspended_again, DAY + 2);
    assert_int_equal(found.items[1].revoked_again, 0);
    assert_int_equal(found.items[2].day, DAY);
    assert_int_equal(found.items[2].suspended_again, 0);
    assert_int_equal(found.items[2].revoked_again, DAY + 2);
    find_left(&found, DAY_NONE);
    sift(&found, &unchanged, STATUS_REINSTATED, false);
    assert_int_equal(found.count, 4);
}

/* What stands for certain was said before the void: it is reinstated from where it is unknown, and then said
 * again as it stands. */
static void what_stood_before_is_said_again(void **state)
{
    static const struct {
        const char *why;
        enum status_action thief;
        enum status_action own[2]; /* before that, from DAY + 20 and DAY + 25 */
        uint32_t from, suspended_again, revoked_again;
    } rows[] = {
        {"revoked", STATUS_REVOKED, {STATUS_REVOKED}, DAY + 5, 0, DAY + 20},
        {"suspended", STATUS_SUSPENDED, {STATUS_SUSPENDED}, DAY + 5, DAY + 20, 0},
        {"suspended, and revoked by a thief", STATUS_REVOKED, {STATUS_SUSPENDED}, DAY + 5, DAY + 20, 0},
        {"suspended, and then revoked",
         STATUS_REVOKED,
         {STATUS_SUSPENDED, STATUS_REVOKED},
         DAY + 5,
         DAY + 20,
         DAY + 25},
        {"suspended, and then reinstated: from then on",
         STATUS_SUSPENDED,
         {STATUS_SUSPENDED, STATUS_REINSTATED},
         DAY + 25,
         0,
         0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const size_t mark = arena_mark(&session.arena);
        struct own_entries found, unchanged;
        uint32_t from = DAY_NONE;
        bool more;
        issue(1, DAY - 9);
        const uint64_t at = head().seq;
        for (size_t k = 0; k < 2 && rows[i].own[k] != 0; k++) {
            say(rows[i].own[k], at, 0, DAY + 20 + 5 * (uint32_t)k);
        }
        say(rows[i].thief, at, 0, DAY + 5);
        const uint64_t voiding = void_blocks(head().seq, head().seq).seq;
        assert_int_equal(own_entries_left(&found, &session, voiding, &from, &more), EXIT_YES);
        assert_int_equal(from, DAY + 5);
        sift(&found, &unchanged, STATUS_REINSTATED, true);
        assert_int_equal(found.count, 1);
        const struct own_entry *entry = &found.items[0];
        if (entry->day != rows[i].from || entry->suspended_again != rows[i].suspended_again ||
            entry->revoked_again != rows[i].revoked_again) {
            fail_msg("%s: from %u, %u, %u", rows[i].why, entry->day, entry->suspended_again,
                     entry->revoked_again);
        }
        const struct own_statements again = own_entry_statements(entry, STATUS_REINSTATED);
        for (size_t k = 0; k < again.count; k++) {
            say(again.items[k].action, at, 0, again.items[k].day);
        }
        sift(&found, &unchanged, STATUS_REINSTATED, true);
        assert_int_equal(found.count, 0);
        arena_rewind(&session.arena, mark);
    }
}

/* Where no day is named. */
static void what_nothing_else_stands_against_is_reinstated_for_all_days(void **state)
{
    const uint32_t today = session_today();
    const struct {
        const char *why;
        enum status_action thief; /* from `from` on, in a block that is void */
        uint32_t from;
        enum status_action own; /* before that, from yesterday on */
        uint32_t day;
    } rows[] = {
        {"revoked in a void block", STATUS_REVOKED, today - 50, 0, today - 50},
        {"suspended there", STATUS_SUSPENDED, today - 50, 0, today - 50},
        {"from a day to come", STATUS_REVOKED, today + 50, 0, today},
        {"suspended as well, for certain: that ends today", STATUS_REVOKED, today - 50, STATUS_SUSPENDED,
         today},
        {"revoked as well", STATUS_SUSPENDED, today - 50, STATUS_REVOKED, today},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct own_entries_coming coming = {.action = STATUS_REINSTATED, .day = DAY_NONE};
        struct own_entry named = {.name = {.author = session.actor}, .first_day = today - 90};
        struct own_entries unchanged, entries = {.count = 1, .items = &named};
        issue(1, DAY - 9);
        named.name.seq = head().seq;
        if (rows[i].own != 0) {
            say(rows[i].own, named.name.seq, 0, today - 1);
        }
        say(rows[i].thief, named.name.seq, 0, rows[i].from);
        void_blocks(head().seq, head().seq);
        assert_int_equal(own_entries_sift(&entries, &unchanged, &session, &coming), EXIT_YES);
        assert_int_equal(entries.count, 1);
        if (named.day != rows[i].day) {
            fail_msg("%s: from %u", rows[i].why, named.day);
        }
    }
}

static void what_a_dropped_branch_voided_is_reinstated_from_its_first_day(void **state)
{
    const struct own_entries_coming coming = {.action = STATUS_REINSTATED, .day = DAY_NONE};
    const struct own_entries_coming again = {.action = STATUS_SUSPENDED, .day = DAY_NONE};
    struct own_entries unchanged, entries;
    uint32_t from = DAY_NONE;
    bool more;
    (void)state;
    issue(2, session_today() - 100);
    const struct block_place behind = head();
    const struct hash first = void_blocks(A, A).hash;
    drop(&behind, &first);
    assert_int_equal(own_entries_left(&entries, &session, head().seq, &from, &more), EXIT_YES);
    assert_int_equal(own_entries_check(&entries, &session), STORE_OK);
    assert_int_equal(own_entries_sift(&entries, &unchanged, &session, &coming), EXIT_YES);
    assert_int_equal(entries.count, 2);
    assert_int_equal(entries.items[0].day, session_today() - 100);
    assert_int_equal(entries.items[1].day, session_today() - 99);
    assert_int_equal(own_entries_sift(&entries, &unchanged, &session, &again), EXIT_YES);
    assert_int_equal(entries.items[1].day, session_today());
}

/* More than one command may write are found in turns. */
static void the_rest_is_found_once_the_first_are_reinstated(void **state)
{
    struct own_entries found;
    uint32_t from = DAY_NONE;
    bool more;
    (void)state;
    issue(OWN_ENTRIES_MAX + 2, DAY);
    const struct block_place behind = head();
    const struct hash first = void_blocks(A, behind.seq).hash;
    drop(&behind, &first);
    uint64_t naming = head().seq;
    size_t mark = arena_mark(&session.arena);
    assert_int_equal(own_entries_left(&found, &session, naming, &from, &more), EXIT_YES);
    assert_true(more);
    assert_int_equal(found.count, OWN_ENTRIES_MAX);
    reinstate(&found, from);
    arena_rewind(&session.arena, mark);
    from = DAY_NONE;
    assert_int_equal(own_entries_left(&found, &session, naming, &from, &more), EXIT_YES);
    assert_false(more);
    assert_int_equal(found.count, 2);
    reinstate(&found, from);
    arena_rewind(&session.arena, mark);
    from = DAY_NONE;
    assert_int_equal(own_entries_left(&found, &session, naming, &from, &more), EXIT_YES);
    assert_int_equal(found.count, 0);
}

#define WITH_LOG(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_LOG(what_the_branch_voided_and_revoked_is_found),
        WITH_LOG(what_is_void_on_the_chain_or_erased_is_not),
        WITH_LOG(reinstating_it_is_news_once),
        WITH_LOG(from_an_earlier_day_it_is_news_again),
        WITH_LOG(what_was_reinstated_before_is_news),
        WITH_LOG(what_was_not_voided_is_no_news),
        WITH_LOG(what_stands_since_stays_so),
        WITH_LOG(what_stood_before_is_said_again),
        WITH_LOG(what_nothing_else_stands_against_is_reinstated_for_all_days),
        WITH_LOG(what_a_dropped_branch_voided_is_reinstated_from_its_first_day),
        WITH_LOG(the_rest_is_found_once_the_first_are_reinstated),
    };
    return cmocka_run_group_tests_name("cmd own entries left", tests, NULL, NULL);
}
