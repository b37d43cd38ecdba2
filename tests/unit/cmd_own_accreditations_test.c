#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/own_accreditations.h"
#include "cmd/publish.h"
#include "tests/support/set_now.h"

/* What this actor accredited and took back, read from its own log. */

static char folder[64];
static struct keyring *keyring;
static struct session session;

static void open_session(void)
{
    struct session_options options;

    session_options_init(&options);
    options.home = folder;
    assert_int_equal(session_open(&session, &options, SESSION_WRITE), EXIT_YES);
}

static int set_up(void **state)
{
    uint8_t memory[KEYS_SIZE_MAX];
    struct writer writer;
    struct bytes record;
    struct home home;

    (void)state;
    assert_true(sodium_init() >= 0);
    strcpy(folder, "/tmp/tradeproof-publish.XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(home_create(&home, folder, "test"), HOME_OK);
    writer_init(&writer, memory, sizeof memory);
    keyring = keyring_create(&home.network, &writer);
    assert_non_null(keyring);
    assert_true(writer_end(&writer, &record));
    assert_int_equal(home_write(&home, "actor.public", record.data, record.size, 0644), HOME_OK);
    set_now(1000000);
    open_session();
    return 0;
}

static int tear_down(void **state)
{
    static const char *const files[] = {"actor.public",   "network",        "lock",  "sign.lock",
                                        "store/data.mdb", "store/lock.mdb", "store", "challenges"};
    char path[128];

    (void)state;
    session_close(&session);
    keyring_wipe(keyring);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        remove(path);
    }
    return rmdir(folder);
}

static struct publisher publisher;

enum { TODAY = 50000 };

static struct actor_id actor_of(uint8_t number)
{
    return (struct actor_id){.hash = {.bytes = {number}}};
}

static void publish(enum entry_kind kind, const void *record)
{
    struct published published;
    struct draft draft;

    publisher_draft(&publisher, &draft, CLASS_GOVERN);
    assert_true(draft_add(&draft, kind, record, NULL));
    assert_int_equal(publisher_publish(&publisher, &draft, &published), EXIT_YES);
}

static void accredit(uint8_t delegate, uint32_t until)
{
    struct bytes pattern = bytes_of_string("x/*");
    const struct accreditation record = {.delegate = actor_of(delegate),
                                         .patterns = {.items = &pattern, .count = 1},
                                         .from = 1000,
                                         .has_until = until != DAY_NONE,
                                         .until = until == DAY_NONE ? 0 : until};

    publish(ENTRY_ACCREDITATION, &record);
}

static void withdraw_with_a_cut(uint8_t delegate)
{
    const struct withdrawal record = {.delegate = actor_of(delegate), .has_cut = true, .cut_seq = 3};

    publish(ENTRY_WITHDRAWAL, &record);
}

static void end_accreditation(uint8_t delegate, uint64_t seq)
{
    const struct withdrawal record = {
        .delegate = actor_of(delegate), .has_accreditation = true, .accreditation = {.seq = seq}};

    publish(ENTRY_WITHDRAWAL, &record);
}

static struct own_accreditations read_which(enum own_accreditations_which which)
{
    struct own_accreditations all;
    struct store_txn *txn;

    assert_int_equal(store_read_begin(&txn, session.store), STORE_OK);
    assert_int_equal(own_accreditations_read(&all, &session, txn, which), STORE_OK);
    store_end(txn);
    return all;
}

static struct own_accreditations read_all(void)
{
    return read_which(OWN_ACCREDITATIONS_GOOD);
}

/* A void of what govern keys signed takes new ones. */
static struct keyring *rotate(void)
{
    uint8_t memory[KEYS_SIZE_MAX], scratch[KEYS_SIZE_MAX];
    struct published published;
    struct keyring *next;
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
    publisher_close(&publisher);
    assert_int_equal(publisher_open(&publisher, &session, next), EXIT_YES);
    return next;
}

/* Of a void one nobody knows whether it let anybody speak, until it is withdrawn as any other. */
static void a_void_one_is_found_where_it_is_to_be_withdrawn(void **state)
{
    const struct void_record record = {.has_range = true, .range = {1, 1}};
    struct own_accreditations all;
    struct keyring *next;

    (void)state;
    assert_int_equal(publisher_open(&publisher, &session, keyring), EXIT_YES);
    accredit(1, DAY_NONE);
    accredit(2, DAY_NONE);
    next = rotate();
    publish(ENTRY_VOID, &record);
    all = read_all();
    assert_int_equal(all.count, 1);
    all = read_which(OWN_ACCREDITATIONS_VOID_TOO);
    assert_int_equal(all.count, 2);
    assert_true(all.items[0].voided);
    assert_false(all.items[1].voided);
    end_accreditation(1, 1);
    all = read_which(OWN_ACCREDITATIONS_VOID_TOO);
    assert_true(all.items[0].withdrawn);
    publisher_close(&publisher);
    keyring_wipe(next);
}

static void what_else_a_cut_ends_is_known(void **state)
{
    struct own_accreditations all;

    (void)state;
    assert_int_equal(publisher_open(&publisher, &session, keyring), EXIT_YES);
    accredit(1, TODAY - 10);
    accredit(2, DAY_NONE);
    accredit(1, TODAY - 5);
    all = read_all();
    assert_false(own_accreditation_has_others(&all, 0, TODAY));
    accredit(1, TODAY);
    all = read_all();
    assert_true(own_accreditation_has_others(&all, 0, TODAY));
    publisher_close(&publisher);
}

static void each_is_found_at_its_place(void **state)
{
    struct own_accreditations all;

    (void)state;
    assert_int_equal(publisher_open(&publisher, &session, keyring), EXIT_YES);
    accredit(1, DAY_NONE);
    accredit(2, DAY_NONE);
    accredit(1, TODAY);
    withdraw_with_a_cut(2);
    end_accreditation(1, 1);
    end_accreditation(1, 2); /* not its */
    publisher_close(&publisher);
    all = read_all();
    assert_int_equal(all.count, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct actor_id delegate = actor_of(i == 1 ? 2 : 1);

        assert_int_equal(all.items[i].place.seq, i + 1);
        assert_int_equal(all.items[i].place.index, 0);
        assert_true(actor_id_equal(&all.items[i].record.delegate, &delegate));
        assert_int_equal(all.items[i].withdrawn, i < 2);
        assert_int_equal(all.items[i].ended_whole, i == 0);
        assert_int_equal(all.items[i].cut_seq, i == 1 ? 3 : 0);
        assert_int_equal(all.items[i].closed, false);
    }
}

static void what_withdrew_somebody_is_found(void **state)
{
    struct bytes patterns[] = {bytes_of_string("x/1"), bytes_of_string("y/1")};
    struct accreditation again = {.delegate = actor_of(2), .patterns = {.items = patterns, .count = 1}};
    const struct withdrawal closing = {
        .delegate = actor_of(2), .has_cut = true, .cut_seq = 2, .closed = true};
    struct own_accreditations all;
    struct own_withdrawn found;

    (void)state;
    assert_int_equal(publisher_open(&publisher, &session, keyring), EXIT_YES);
    accredit(2, DAY_NONE);
    all = read_all();
    assert_false(own_accreditations_withdrawn(&all, &again).any);
    withdraw_with_a_cut(2);
    all = read_all();
    found = own_accreditations_withdrawn(&all, &again);
    assert_true(found.any && !found.whole && !found.closed);
    assert_int_equal(found.cut_seq, 3);
    accredit(2, DAY_NONE);
    all = read_all();
    assert_true(own_accreditations_withdrawn(&all, &again).any); /* what the first let be issued */
    publish(ENTRY_WITHDRAWAL, &closing);
    end_accreditation(2, 1);
    all = read_all();
    publisher_close(&publisher);
    found = own_accreditations_withdrawn(&all, &again);
    assert_true(found.any && found.whole && found.closed);
    assert_int_equal(all.items[0].cut_seq, 2); /* the lowest of two */
    assert_int_equal(found.cut_seq, 2);
    again.patterns = (struct list){.items = &patterns[1], .count = 1};
    assert_false(own_accreditations_withdrawn(&all, &again).any);
    again = (struct accreditation){.delegate = actor_of(3), .patterns = {.items = patterns, .count = 1}};
    assert_false(own_accreditations_withdrawn(&all, &again).any);
}

static void nothing_is_found_before_anything_was_published(void **state)
{
    (void)state;
    assert_int_equal(read_all().count, 0);
}

/* ---- many ---- */

static void accredit_many(size_t count)
{
    struct bytes pattern = bytes_of_string("x/*");
    struct published published;
    struct draft draft;

    publisher_draft(&publisher, &draft, CLASS_GOVERN);
    for (size_t i = 0; i < count; i++) {
        const struct accreditation record = {
            .delegate = actor_of(1), .patterns = {.items = &pattern, .count = 1}, .from = 1000};

        assert_true(draft_add(&draft, ENTRY_ACCREDITATION, &record, NULL));
    }
    assert_int_equal(publisher_publish(&publisher, &draft, &published), EXIT_YES);
}

static size_t memory_taken(void)
{
    size_t mark = arena_mark(&session.arena), taken;

    assert_int_equal(read_all().count, OWN_ACCREDITATIONS_MAX);
    taken = arena_mark(&session.arena) - mark;
    arena_rewind(&session.arena, mark);
    return taken;
}

/* The oldest are passed by; blocks in which nothing is found take no memory. */
static void the_newest_are_kept(void **state)
{
    enum { EACH = 1024 };
    struct own_accreditations all;
    size_t taken;

    (void)state;
    assert_int_equal(publisher_open(&publisher, &session, keyring), EXIT_YES);
    for (size_t i = 0; i < OWN_ACCREDITATIONS_MAX; i += EACH) {
        accredit_many(EACH);
    }
    accredit(2, DAY_NONE);
    all = read_all();
    assert_int_equal(all.count, OWN_ACCREDITATIONS_MAX);
    assert_int_equal(all.items[0].place.seq, 1);
    assert_int_equal(all.items[0].place.index, 1);
    assert_int_equal(all.items[all.count - 1].record.delegate.hash.bytes[0], 2);
    taken = memory_taken();
    for (size_t i = 0; i < 8; i++) {
        withdraw_with_a_cut(3);
    }
    assert_int_equal(memory_taken(), taken);
    publisher_close(&publisher);
}

/* A block of another network is none of this log. */
static void a_block_that_cannot_be_read_is_damage(void **state)
{
    struct own_accreditations all;
    const struct network network = session.home.network;
    struct store_txn *txn;

    (void)state;
    assert_int_equal(publisher_open(&publisher, &session, keyring), EXIT_YES);
    accredit(1, DAY_NONE);
    publisher_close(&publisher);
    assert_true(network_init(&session.home.network, "main"));
    assert_int_equal(store_read_begin(&txn, session.store), STORE_OK);
    assert_int_equal(own_accreditations_read(&all, &session, txn, OWN_ACCREDITATIONS_GOOD), STORE_DAMAGED);
    store_end(txn);
    session.home.network = network;
}

/* ---- how far a log reached ---- */

/* Block 1 is of day 11, blocks 2 and 3 of day 21. */
static void a_cut_is_the_last_block_dated_by_then(void **state)
{
    const struct {
        const char *sentence;
        struct actor_id delegate;
        uint32_t until;
        struct own_accreditation_reach reach;
    } reaches[] = {
        {"the first days", session.actor, day_of_time(1000000) + 9, {true, true, 1}},
        {"all of them", session.actor, day_of_time(1000000) + 10, {true, true, 3}},
        {"only its keys", session.actor, day_of_time(1000000) - 1, {true, true, 0}},
        {"a log that is not held", actor_of(9), TODAY, {false, false, 0}},
    };
    struct store_txn *txn;

    (void)state;
    assert_int_equal(publisher_open(&publisher, &session, keyring), EXIT_YES);
    accredit(1, DAY_NONE);
    set_now(1000000 + 10 * 86400);
    accredit(1, DAY_NONE);
    accredit(1, DAY_NONE);
    publisher_close(&publisher);
    assert_int_equal(store_read_begin(&txn, session.store), STORE_OK);
    for (size_t i = 0; i < sizeof reaches / sizeof reaches[0]; i++) {
        const struct accreditation ended = {
            .delegate = reaches[i].delegate, .has_until = true, .until = reaches[i].until};
        struct own_accreditation_reach reach;

        assert_int_equal(own_accreditation_find_reach(&reach, &session, txn, &ended), STORE_OK);
        if (reach.held != reaches[i].reach.held || reach.known != reaches[i].reach.known ||
            reach.seq != reaches[i].reach.seq) {
            fail_msg("%s: %d %d %d", reaches[i].sentence, reach.held, reach.known, (int)reach.seq);
        }
    }
    store_end(txn);
}

/* ---- what is missing ---- */

static const struct {
    const char *sentence;
    bool lacks;
    uint32_t until, other_until; /* of two accreditations of one delegate; 0: there is no second */
    bool withdrawn, other_withdrawn;
    uint8_t other; /* delegate of the second */
} rows[] = {
    {"one that goes on needs no cut", false, DAY_NONE, 0, false, false, 1},
    {"nor on its last day", false, TODAY, 0, false, false, 1},
    {"the day after it does", true, TODAY - 1, 0, false, false, 1},
    {"unless one was recorded", false, TODAY - 1, 0, true, false, 1},
    {"or another goes on", false, TODAY - 1, DAY_NONE, false, false, 1},
    {"not one that was withdrawn", true, TODAY - 1, DAY_NONE, false, true, 1},
    {"nor somebody else's", true, TODAY - 1, DAY_NONE, false, false, 2},
    {"of two that ended the last one says so", false, TODAY - 9, TODAY - 1, false, false, 1},
};

static void another_that_goes_on_must_be_for_the_same_codes(void **state)
{
    static const struct {
        const char *ended, *other;
        bool lacks;
    } codes[] = {{"x/a", "x/a", false}, {"x/a", "x/*", false}, {"x/*", "x/a", true}, {"x/a", "x/b", true}};

    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        struct bytes ended = bytes_of_string(codes[i].ended), other = bytes_of_string(codes[i].other);
        struct own_accreditation items[2] = {
            {.record = {.patterns = {&ended, 1}, .has_until = true, .until = TODAY - 1}},
            {.record = {.patterns = {&other, 1}}},
        };
        const struct own_accreditations all = {.count = 2, .items = items};

        assert_int_equal(own_accreditation_lacks_cut(&all, 0, TODAY), codes[i].lacks);
    }
}

static void a_cut_is_missing_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct own_accreditation items[2] = {
            {.record = {.delegate = actor_of(1),
                        .has_until = rows[i].until != DAY_NONE,
                        .until = rows[i].until},
             .withdrawn = rows[i].withdrawn},
            {.record = {.delegate = actor_of(rows[i].other),
                        .has_until = rows[i].other_until != DAY_NONE,
                        .until = rows[i].other_until},
             .withdrawn = rows[i].other_withdrawn},
        };
        const struct own_accreditations all = {.count = rows[i].other_until == 0 ? 1 : 2, .items = items};

        if (own_accreditation_lacks_cut(&all, 0, TODAY) != rows[i].lacks) {
            fail_msg("%s", rows[i].sentence);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_is_found_at_its_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_void_one_is_found_where_it_is_to_be_withdrawn, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_else_a_cut_ends_is_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_withdrew_somebody_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_found_before_anything_was_published, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_newest_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_block_that_cannot_be_read_is_damage, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cut_is_the_last_block_dated_by_then, set_up, tear_down),
        cmocka_unit_test(a_cut_is_missing_or_not),
        cmocka_unit_test(another_that_goes_on_must_be_for_the_same_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
