#include "protocol/log/accept.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "tests/support/log_bench.h"

/* What signed blocks may say, a sentence a row, and what accepting them changes. */

/* ---- entries ---- */

static void status_on_content(void)
{
    draft_status(AT_CONTENT, 0, 2);
}
static void status_on_wide(void)
{
    draft_status(AT_WIDE, 63, 64);
}
static void status_on_voided(void)
{
    draft_status(AT_VOIDED, 0, 0);
}
static void status_on_erased(void)
{
    draft_status(AT_ERASED, 0, 0);
}
static void status_on_inception(void)
{
    draft_status(AT_INCEPTION, 0, 0);
}
static void status_on_govern(void)
{
    draft_status(AT_GOVERN, 0, 0);
}
static void status_on_status(void)
{
    draft_status(AT_STATUS, 0, 0);
}
static void status_on_itself(void)
{
    draft_status(AT_NEXT, 0, 0);
}
static void status_on_later(void)
{
    draft_status(AT_NEXT + 1, 0, 0);
}
static void status_beyond_last(void)
{
    draft_status(AT_CONTENT, 3, 3);
}
static void status_partly_beyond_last(void)
{
    draft_status(AT_CONTENT, 0, 3);
}
static void status_beyond_last_of_inception(void)
{
    draft_status(AT_INCEPTION, 1, 1);
}
static void malformed_status(void)
{
    const uint8_t empty_array[] = {0x90};

    log_builder_begin(&bench->builder, CLASS_STATUS);
    log_builder_add_payload(&bench->builder, ENTRY_STATUS, false, bytes_of(empty_array, sizeof empty_array));
}
static void erase_content(void)
{
    draft_erase(AT_WIDE, 60, 69);
}
static void erase_once_more(void)
{
    draft_erase(AT_ERASED, 0, 0);
}
static void erase_keys(void)
{
    draft_erase(AT_INCEPTION, 0, 0);
}
static void erase_govern(void)
{
    draft_erase(AT_GOVERN, 0, 0);
}
static void erase_status(void)
{
    draft_erase(AT_STATUS, 0, 0);
}
static void erase_itself(void)
{
    draft_erase(AT_NEXT, 0, 0);
}
static void erase_beyond_last(void)
{
    draft_erase(AT_CONTENT, 2, 3);
}
static void erase_and_revoke_at_once(void)
{
    struct index_range range;
    const struct erase erase = build_erase(AT_WIDE, &range, 0, 63);

    draft_status(AT_WIDE, 0, 69);
    log_builder_add(&bench->builder, ENTRY_ERASE, &erase);
}
static void revoke_twice_at_once(void)
{
    struct index_range range;
    const struct status status = build_status(AT_WIDE, &range, 10, 69, STATUS_REINSTATED, 45200);

    draft_status(AT_WIDE, 0, 65);
    log_builder_add(&bench->builder, ENTRY_STATUS, &status);
}
static void void_content(void)
{
    draft_void(AT_CONTENT, AT_CONTENT);
}
static void void_status(void)
{
    draft_void(AT_STATUS, AT_STATUS);
}
static void void_inception(void)
{
    draft_void(AT_INCEPTION, AT_INCEPTION);
}
static void void_again(void)
{
    draft_void(AT_VOIDED, AT_VOIDED);
}
static void void_govern(void)
{
    draft_void(AT_GOVERN, AT_GOVERN);
}
static void void_range_with_govern(void)
{
    draft_void(AT_CONTENT, AT_WIDE);
}
static void void_void(void)
{
    draft_void(AT_VOID, AT_VOID);
}
static void void_itself(void)
{
    draft_void(AT_NEXT, AT_NEXT);
}
static void void_up_to_itself(void)
{
    draft_void(AT_ERASED, AT_NEXT);
}
static void void_later(void)
{
    draft_void(AT_NEXT + 5, BLOCK_SEQ_MAX);
}
static void void_branch(void)
{
    const struct void_record voids = {.has_branch = true, .reason = STATUS_REASON_KEY_COMPROMISE};

    log_builder_begin(&bench->builder, CLASS_GOVERN);
    log_builder_add(&bench->builder, ENTRY_VOID, &voids);
}
static void malformed_void(void)
{
    const uint8_t empty_array[] = {0x90};

    log_builder_begin(&bench->builder, CLASS_GOVERN);
    log_builder_add_payload(&bench->builder, ENTRY_VOID, false, bytes_of(empty_array, sizeof empty_array));
}
static void malformed_accreditation(void)
{
    const uint8_t never_used[] = {0xc1};

    draft_accreditation();
    log_builder_add_payload(&bench->builder, ENTRY_ACCREDITATION, false,
                            bytes_of(never_used, sizeof never_used));
}
static void malformed_content(void)
{
    const uint8_t never_used[] = {0xc1};

    draft_content();
    log_builder_add_payload(&bench->builder, ENTRY_ATTESTATION, true,
                            bytes_of(never_used, sizeof never_used));
}
static void unknown_content(void)
{
    draft_content();
    log_builder_add_payload(&bench->builder, 500, false, bytes_of("x", 1));
}

static const struct {
    const char *why;
    void (*draft)(void);
    enum reason reason;
} entry_rows[] = {
    {"a status speaks about content", status_on_content, REASON_NONE},
    {"across pages", status_on_wide, REASON_NONE},
    {"also void content: standing changes no acceptance", status_on_voided, REASON_NONE},
    {"also erased content", status_on_erased, REASON_NONE},
    {"not about keys", status_on_inception, REASON_NOT_CONTENT},
    {"nor govern entries", status_on_govern, REASON_NOT_CONTENT},
    {"nor statuses", status_on_status, REASON_NOT_CONTENT},
    {"nor its own block", status_on_itself, REASON_NO_SUCH_ENTRY},
    {"nor a later one", status_on_later, REASON_NO_SUCH_ENTRY},
    {"nor entries that a block does not have", status_beyond_last, REASON_NO_SUCH_ENTRY},
    {"not even partly", status_partly_beyond_last, REASON_NO_SUCH_ENTRY},
    {"which is said before what class it has", status_beyond_last_of_inception, REASON_NO_SUCH_ENTRY},
    {"a malformed status is refused", malformed_status, REASON_OUT_OF_RANGE},
    {"content may be erased", erase_content, REASON_NONE},
    {"also again", erase_once_more, REASON_NONE},
    {"keys may not", erase_keys, REASON_NOT_CONTENT},
    {"nor govern entries", erase_govern, REASON_NOT_CONTENT},
    {"nor statuses", erase_status, REASON_NOT_CONTENT},
    {"nor the own block", erase_itself, REASON_NO_SUCH_ENTRY},
    {"nor entries that a block does not have", erase_beyond_last, REASON_NO_SUCH_ENTRY},
    {"one block may erase and revoke the same entry", erase_and_revoke_at_once, REASON_NONE},
    {"and say two things of it", revoke_twice_at_once, REASON_NONE},
    {"content may be voided", void_content, REASON_NONE},
    {"and statuses", void_status, REASON_NONE},
    {"and keys, which changes none", void_inception, REASON_NONE},
    {"and what is void", void_again, REASON_NONE},
    {"govern entries only from a later epoch", void_govern, REASON_VOID_GOVERN},
    {"also in a range", void_range_with_govern, REASON_VOID_GOVERN},
    {"also a void", void_void, REASON_VOID_GOVERN},
    {"not the void's own block", void_itself, REASON_VOID_RANGE},
    {"not in a range either", void_up_to_itself, REASON_VOID_RANGE},
    {"nor what is not there yet", void_later, REASON_VOID_RANGE},
    {"naming a dropped branch voids no block", void_branch, REASON_NONE},
    {"a malformed void is refused", malformed_void, REASON_OUT_OF_RANGE},
    {"and any malformed govern entry", malformed_accreditation, REASON_WRONG_TYPE},
    {"malformed content is kept", malformed_content, REASON_NONE},
    {"and content of an unknown kind", unknown_content, REASON_NONE},
};

static void test_entries(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof entry_rows / sizeof entry_rows[0]; i++) {
        entry_rows[i].draft();
        bench_check(entry_rows[i].why, bench_forge(NULL), entry_rows[i].reason);
    }
}

static struct memory_log after_draft(void (*draft)(void))
{
    struct memory_log after;

    draft();
    assert_int_equal(bench_offer(&after, bench_forge(NULL)), REASON_NONE);
    return after;
}

static void test_what_a_void_changes(void **state)
{
    struct memory_log after = after_draft(void_again);
    const struct block_record *first = &bench->log.blocks[AT_VOIDED].record;
    const struct block_record *now = &after.blocks[AT_VOIDED].record;

    (void)state;
    assert_int_equal(first->standing, STANDING_VOID);
    assert_int_equal(first->void_seq, AT_VOID);
    assert_int_equal(first->void_reason, STATUS_REASON_KEY_COMPROMISE);
    assert_int_equal(now->void_seq, AT_VOID); /* the first void of a block counts */
    memory_log_deinit(&after);

    after = after_draft(void_status);
    assert_int_equal(after.blocks[AT_STATUS].record.standing, STANDING_VOID);
    /* The leaves that a voided block set stay. */
    assert_memory_equal(&after.blocks[AT_CONTENT].record.live_root,
                        &bench->log.blocks[AT_CONTENT].record.live_root, sizeof(struct hash));
    memory_log_deinit(&after);

    after = after_draft(void_inception);
    assert_int_equal(after.blocks[AT_INCEPTION].record.standing, STANDING_VOID);
    assert_memory_equal(&after.state.keys, &bench->log.state.keys, sizeof after.state.keys);
    memory_log_deinit(&after);
}

static void test_govern_entries_are_voided_from_a_later_epoch(void **state)
{
    static void (*const drafts[])(void) = {void_govern, void_void, void_range_with_govern};
    struct built_keys keys;
    size_t mark = 0;

    (void)state;
    build_rotation(&keys, &bench->builder.ring, &bench->log.state.keys, &bench->network, 5, 1);
    log_builder_begin(&bench->builder, CLASS_KEYS);
    log_builder_add(&bench->builder, ENTRY_KEYS, &keys.keys);
    bench_append();
    mark = arena_mark(&bench->builder.arena);
    for (size_t i = 0; i < sizeof drafts / sizeof drafts[0]; i++) {
        drafts[i]();
        bench_check("govern entries of a closed epoch can be voided", bench_forge(NULL), REASON_NONE);
        arena_rewind(&bench->builder.arena, mark);
    }
    draft_accreditation();
    bench_append();
    draft_void(bench->log.state.seq, bench->log.state.seq);
    bench_check("those of this epoch can't", bench_forge(NULL), REASON_VOID_GOVERN);
}

static void add_void(uint64_t first, uint64_t last)
{
    const struct void_record voids = {
        .has_range = true, .range = {first, last}, .reason = STATUS_REASON_KEY_COMPROMISE};

    log_builder_add(&bench->builder, ENTRY_VOID, &voids);
}

/* Ranges of one block may overlap in any way: each block is void by the first that names it. */
static void test_overlapping_voids_count_once(void **state)
{
    enum { COUNT = 40, RANGES = 200 };
    uint64_t by[COUNT];
    uint64_t seed = 5;

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        log_builder_content(&bench->builder, &bench->log, 1);
        by[i] = UINT64_MAX;
    }
    log_builder_begin(&bench->builder, CLASS_GOVERN);
    for (uint64_t i = 0; i < RANGES; i++) {
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
        const uint64_t first = (seed >> 33) % COUNT, last = first + (seed >> 45) % (COUNT - first);

        add_void(AT_NEXT + first, AT_NEXT + last);
        for (uint64_t j = first; j <= last; j++) {
            by[j] = by[j] == UINT64_MAX ? i : by[j];
        }
    }
    bench_append();
    for (size_t i = 0; i < COUNT; i++) {
        const struct block_record *record = &bench->log.blocks[AT_NEXT + i].record;

        assert_int_equal(record->standing == STANDING_VOID, by[i] != UINT64_MAX);
        assert_true(by[i] == UINT64_MAX || record->void_index == by[i]);
    }
    log_builder_begin(&bench->builder, CLASS_GOVERN);
    add_void(AT_NEXT, AT_NEXT + 3);
    add_void(AT_NEXT + 2, AT_NEXT + COUNT + 2);
    bench_check("a range that overlaps a good one and ends behind the log", bench_forge(NULL),
                REASON_VOID_RANGE);
}

static void test_unknown_critical_kinds_ask_for_an_upgrade(void **state)
{
    struct memory_log after = after_draft(unknown_content);

    (void)state;
    assert_int_equal(after.state.upgrade_blocks, 0);
    memory_log_deinit(&after);
    /* A known kind needs no upgrade, whatever its bit and its bytes. */
    after = after_draft(malformed_content);
    assert_int_equal(after.state.upgrade_blocks, 0);

    log_builder_begin(&bench->builder, CLASS_CONTENT);
    log_builder_add_payload(&bench->builder, 500, true, bytes_of("x", 1));
    log_builder_append(&bench->builder, &after);
    assert_int_equal(after.state.upgrade_blocks, 1);
    assert_true(after.blocks[AT_NEXT + 1].record.unknown_critical);
    log_builder_begin(&bench->builder, CLASS_CONTENT);
    log_builder_add_payload(&bench->builder, 501, true, bytes_of("x", 1));
    log_builder_add_payload(&bench->builder, 502, true, bytes_of("x", 1));
    log_builder_append(&bench->builder, &after);
    assert_int_equal(after.state.upgrade_blocks, 2); /* blocks are counted, not entries */
    assert_naive_root(&after);
    memory_log_deinit(&after);
}

/* Else a thief of an issuing key would leave its author undetermined for ever. */
static void test_the_need_of_an_upgrade_ends_with_the_block(void **state)
{
    struct memory_log after = after_draft(unknown_content);

    (void)state;
    for (uint64_t kind = 500; kind < 502; kind++) {
        log_builder_begin(&bench->builder, CLASS_CONTENT);
        log_builder_add_payload(&bench->builder, kind, true, bytes_of("x", 1));
        log_builder_append(&bench->builder, &after);
    }
    draft_void(AT_NEXT, AT_NEXT + 1);
    log_builder_append(&bench->builder, &after);
    assert_int_equal(after.state.upgrade_blocks, 1);
    draft_void(AT_NEXT + 1, AT_NEXT + 1);
    log_builder_append(&bench->builder, &after);
    assert_int_equal(after.state.upgrade_blocks, 1); /* what is void is voided once */
    draft_void(AT_NEXT + 2, AT_NEXT + 2);
    log_builder_append(&bench->builder, &after);
    assert_int_equal(after.state.upgrade_blocks, 0);
    memory_log_deinit(&after);
}

static void test_erasing_keeps_hash_and_standing(void **state)
{
    struct memory_log after = after_draft(erase_content);
    size_t mark = arena_mark(&bench->scratch);
    struct block block;

    (void)state;
    assert_memory_equal(&after.blocks[AT_WIDE].record, &bench->log.blocks[AT_WIDE].record,
                        sizeof(struct block_record));
    assert_int_equal(
        block_decode(&block, &bench->network, memory_log_block(&after, AT_WIDE), &bench->scratch),
        REASON_NONE);
    assert_false(block.entries[59].erased);
    assert_true(block.entries[60].erased);
    arena_rewind(&bench->scratch, mark);
    memory_log_deinit(&after);
}

/* ---- limits ---- */

static void draft_action(enum status_action action, uint64_t first, uint64_t last)
{
    struct index_range range;
    const struct status status = build_status(AT_WIDE, &range, first, last, action, 45200);

    log_builder_begin(&bench->builder, CLASS_STATUS);
    log_builder_add(&bench->builder, ENTRY_STATUS, &status);
}

static void test_a_history_keeps_room_to_revoke(void **state)
{
    static const struct {
        enum status_action action;
        const char *sentence;
    } refused[] = {
        {STATUS_SUSPENDED, "a 25th thing said is refused"},
        {STATUS_REINSTATED, "be it for the subject"},
        {STATUS_APPEALED, "or neither for nor against"},
    };

    (void)state;
    for (size_t i = 0; i < HISTORY_OPEN_MAX; i++) {
        draft_action(i % 2 == 0 ? STATUS_SUSPENDED : STATUS_REINSTATED, 69, 69);
        bench_append();
    }
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        draft_action(refused[i].action, 69, 69);
        bench_check(refused[i].sentence, bench_forge(NULL), REASON_HISTORY_FULL);
    }
    draft_action(STATUS_SUSPENDED, 0, 69);
    bench_check("also in a range", bench_forge(NULL), REASON_HISTORY_FULL);
    draft_action(STATUS_SUSPENDED, 0, 68);
    bench_check("its neighbours have room", bench_forge(NULL), REASON_NONE);
    for (size_t i = HISTORY_OPEN_MAX; i < HISTORY_REVOKED_MAX; i++) {
        draft_action(STATUS_REVOKED, 69, 69);
        bench_check("it can still be revoked", bench_forge(NULL), REASON_NONE);
        draft_action(STATUS_REVOKED, 69, 69);
        bench_append();
        draft_action(STATUS_REINSTATED, 69, 69);
        bench_check("and not reinstated any more", bench_forge(NULL), REASON_HISTORY_FULL);
    }
    draft_action(STATUS_REVOKED, 69, 69);
    bench_check("a 33rd is refused, whatever it says", bench_forge(NULL), REASON_HISTORY_FULL);
}

static void append_action(enum status_action action)
{
    draft_action(action, 69, 69);
    bench_append();
}

static void check_action(const char *why, enum status_action action, enum reason expected)
{
    draft_action(action, 69, 69);
    bench_check(why, bench_forge(NULL), expected);
}

/* The owner rotates, and declares void all that the former keys stated since a block. */
static void rotate_and_void(uint64_t first)
{
    struct built_keys keys;

    build_rotation(&keys, &bench->builder.ring, &bench->log.state.keys, &bench->network,
                   bench->log.state.epoch + 5, 1);
    log_builder_begin(&bench->builder, CLASS_KEYS);
    log_builder_add(&bench->builder, ENTRY_KEYS, &keys.keys);
    bench_append();
    draft_void(first, bench->log.state.seq - 1);
    bench_append();
}

static void test_a_full_history_is_repaired_after_a_rotation(void **state)
{
    (void)state;
    uint64_t stolen = bench->log.state.seq + 1;

    draft_action(STATUS_REVOKED, 69, 69);
    for (size_t i = 1; i < HISTORY_REVOKED_MAX; i++) {
        struct index_range range;
        const struct status status = build_status(AT_WIDE, &range, 69, 69, STATUS_REVOKED, 45200);

        log_builder_add(&bench->builder, ENTRY_STATUS, &status);
    }
    bench_append();
    check_action("a thief's epoch has no room left", STATUS_REINSTATED, REASON_HISTORY_FULL);
    check_action("of no kind", STATUS_REVOKED, REASON_HISTORY_FULL);
    for (size_t round = 0; round < 16; round++) {
        rotate_and_void(stolen);
        check_action("a later epoch takes no appeal", STATUS_APPEALED, REASON_HISTORY_FULL);
        check_action("it can revoke", STATUS_REVOKED, REASON_NONE);
        check_action("suspend", STATUS_SUSPENDED, REASON_NONE);
        check_action("and reinstate", STATUS_REINSTATED, REASON_NONE);
        append_action(STATUS_REINSTATED);
        check_action("once", STATUS_REINSTATED, REASON_HISTORY_FULL);
        stolen = bench->log.state.seq + 1;
        append_action(STATUS_SUSPENDED); /* as it stood before; or by the next thief */
        check_action("once, too", STATUS_SUSPENDED, REASON_HISTORY_FULL);
        append_action(STATUS_REVOKED);
        check_action("who may revoke once", STATUS_REVOKED, REASON_HISTORY_FULL);
        check_action("and not reinstate", STATUS_REINSTATED, REASON_HISTORY_FULL);
    }
}

static void test_the_places_for_later_epochs_are_counted(void **state)
{
    (void)state;
    for (size_t i = 0; i < HISTORY_REVOKED_MAX; i++) {
        append_action(STATUS_REVOKED);
    }
    for (size_t i = HISTORY_REVOKED_MAX; i < HISTORY_EVENTS_MAX; i++) {
        if ((i - HISTORY_REVOKED_MAX) % HISTORY_EPOCH_MAX == 0) {
            rotate_and_void(AT_NEXT);
        }
        append_action(STATUS_REVOKED);
    }
    rotate_and_void(AT_NEXT);
    check_action("the last place is taken", STATUS_REINSTATED, REASON_HISTORY_FULL);
    check_action("also to revoke", STATUS_REVOKED, REASON_HISTORY_FULL);
}

/* What an epoch states within the common places is no more than it may. */
static void test_an_epoch_that_stated_enough_has_no_place_of_its_own(void **state)
{
    (void)state;
    for (size_t i = 1; i < HISTORY_OPEN_MAX; i++) {
        append_action(STATUS_SUSPENDED);
    }
    rotate_and_void(AT_NEXT);
    append_action(STATUS_REINSTATED);
    check_action("it has stated what holds", STATUS_REINSTATED, REASON_HISTORY_FULL);
    check_action("and may revoke it", STATUS_REVOKED, REASON_NONE);
}

static void test_all_of_it_may_come_in_one_block(void **state)
{
    struct index_range suspended_at, revoked_at;
    const struct status suspended = build_status(AT_WIDE, &suspended_at, 5, 5, STATUS_SUSPENDED, 45200);
    const struct status revoked = build_status(AT_WIDE, &revoked_at, 5, 5, STATUS_REVOKED, 45200);

    (void)state;
    draft_action(STATUS_SUSPENDED, 5, 5);
    for (size_t i = 1; i < HISTORY_OPEN_MAX; i++) {
        log_builder_add(&bench->builder, ENTRY_STATUS, &suspended);
    }
    bench_check("24 fit", bench_forge(NULL), REASON_NONE);
    for (size_t i = HISTORY_OPEN_MAX; i < HISTORY_REVOKED_MAX; i++) {
        log_builder_add(&bench->builder, ENTRY_STATUS, &revoked);
    }
    bench_check("8 revocations more", bench_forge(NULL), REASON_NONE);
    log_builder_add(&bench->builder, ENTRY_STATUS, &revoked);
    bench_check("a 9th is too many", bench_forge(NULL), REASON_HISTORY_FULL);
}

static void add_statuses_on_blocks(uint64_t first, uint64_t count)
{
    draft_status(first, 0, 0);
    for (uint64_t i = 1; i < count; i++) {
        struct index_range range;
        const struct status status = build_status(first + i, &range, 0, 0, STATUS_REVOKED, 45100);

        log_builder_add(&bench->builder, ENTRY_STATUS, &status);
    }
}

static void test_a_status_block_touches_256_blocks(void **state)
{
    (void)state;
    for (size_t i = 0; i <= STATUS_BLOCKS_MAX; i++) {
        log_builder_content(&bench->builder, &bench->log, 1);
    }
    add_statuses_on_blocks(AT_NEXT, STATUS_BLOCKS_MAX);
    bench_check("256 blocks", bench_forge(NULL), REASON_NONE);
    add_statuses_on_blocks(AT_NEXT, STATUS_BLOCKS_MAX + 1);
    bench_check("a 257th", bench_forge(NULL), REASON_TOUCHES_TOO_MANY);
    draft_void(AT_NEXT, AT_NEXT + STATUS_BLOCKS_MAX);
    bench_check("a void touches more", bench_forge(NULL), REASON_NONE);
}

/* Ranges are united first, so that what is named twice counts once. */
static void test_a_govern_block_voids_4096_blocks(void **state)
{
    const struct void_record all_but_one =
        build_void(AT_NEXT + 1, AT_NEXT + VOID_BLOCKS_MAX - 1, STATUS_REASON_KEY_COMPROMISE);
    const struct void_record one_more = build_void(AT_CONTENT, AT_CONTENT, STATUS_REASON_KEY_COMPROMISE);

    (void)state;
    for (size_t i = 0; i <= VOID_BLOCKS_MAX; i++) {
        log_builder_content(&bench->builder, &bench->log, 1);
    }
    draft_void(AT_NEXT, AT_NEXT + VOID_BLOCKS_MAX - 1);
    bench_check("4096 blocks", bench_forge(NULL), REASON_NONE);
    draft_void(AT_NEXT, AT_NEXT + VOID_BLOCKS_MAX);
    bench_check("a 4097th", bench_forge(NULL), REASON_VOIDS_TOO_MANY);
    draft_void(AT_NEXT, AT_NEXT + VOID_BLOCKS_MAX - 1);
    log_builder_add(&bench->builder, ENTRY_VOID, &all_but_one);
    bench_check("what overlaps counts once", bench_forge(NULL), REASON_NONE);
    draft_void(AT_NEXT, AT_NEXT + VOID_BLOCKS_MAX - 1);
    log_builder_add(&bench->builder, ENTRY_VOID, &one_more);
    bench_check("one more in a range of its own", bench_forge(NULL), REASON_VOIDS_TOO_MANY);
    draft_void(AT_GOVERN, AT_GOVERN + VOID_BLOCKS_MAX);
    bench_check("the count is told before what the blocks are", bench_forge(NULL), REASON_VOIDS_TOO_MANY);
}

static void add_wide_statuses(uint64_t seq, size_t count)
{
    draft_status(seq, 0, BLOCK_ENTRIES_MAX - 1);
    for (size_t i = 1; i < count; i++) {
        struct index_range range;
        const struct status status =
            build_status(seq, &range, 0, BLOCK_ENTRIES_MAX - 1, STATUS_REINSTATED, 45100);

        log_builder_add(&bench->builder, ENTRY_STATUS, &status);
    }
}

static void test_a_status_block_says_16384_things(void **state)
{
    uint64_t seq = log_builder_content(&bench->builder, &bench->log, BLOCK_ENTRIES_MAX);
    struct index_range range;
    const struct status one_more = build_status(AT_CONTENT, &range, 0, 0, STATUS_REVOKED, 45100);

    (void)state;
    add_wide_statuses(seq, STATUS_ENTRIES_MAX / BLOCK_ENTRIES_MAX);
    bench_check("16384 things", bench_forge(NULL), REASON_NONE);
    log_builder_add(&bench->builder, ENTRY_STATUS, &one_more);
    bench_check("one more", bench_forge(NULL), REASON_TOUCHES_TOO_MANY);
}

/* In whatever order they are named: what is gathered for a block, and counted, is each of them once. */
static void test_entries_that_are_named_twice_are_reached_once(void **state)
{
    static const struct reach_entries said[] = {{AT_WIDE, 40, 50}, {AT_WIDE, 0, 9},   {AT_CONTENT, 1, 1},
                                                {AT_WIDE, 5, 20},  {AT_WIDE, 21, 22}, {AT_WIDE, 7, 8}};
    static const struct reach_entries reached[] = {{AT_CONTENT, 1, 1}, {AT_WIDE, 0, 22}, {AT_WIDE, 40, 50}};
    enum { SAID = sizeof said / sizeof said[0], REACHED = sizeof reached / sizeof reached[0] };
    struct log_reach reach;
    struct block block;

    (void)state;
    log_builder_begin(&bench->builder, CLASS_STATUS);
    for (size_t i = 0; i < SAID; i++) {
        struct index_range range;
        const struct status status =
            build_status(said[i].seq, &range, said[i].first, said[i].last, STATUS_REVOKED, 45100);

        log_builder_add(&bench->builder, ENTRY_STATUS, &status);
    }
    assert_int_equal(block_decode(&block, &bench->network, bench_forge(NULL), &bench->scratch), REASON_NONE);
    assert_int_equal(log_reach_of(&reach, &block, &bench->scratch), REASON_NONE);
    assert_int_equal(reach.entry_count, REACHED);
    assert_memory_equal(reach.entries, reached, sizeof reached);
}

static void test_a_status_block_erases_4096_entries(void **state)
{
    uint64_t seq = log_builder_content(&bench->builder, &bench->log, BLOCK_ENTRIES_MAX);
    struct index_range range;
    const struct erase one_more = build_erase(AT_CONTENT, &range, 0, 0);

    (void)state;
    draft_erase(seq, 0, BLOCK_ENTRIES_MAX - 1);
    bench_check("4096 entries in one range", bench_forge(NULL), REASON_NONE);
    log_builder_add(&bench->builder, ENTRY_ERASE, &one_more);
    bench_check("entries are counted, not ranges", bench_forge(NULL), REASON_ERASES_TOO_MANY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_entries, bench_make, bench_drop),
        cmocka_unit_test_setup_teardown(test_what_a_void_changes, bench_make, bench_drop),
        cmocka_unit_test_setup_teardown(test_govern_entries_are_voided_from_a_later_epoch, bench_make,
                                        bench_drop),
        cmocka_unit_test_setup_teardown(test_overlapping_voids_count_once, bench_make, bench_drop),
        cmocka_unit_test_setup_teardown(test_unknown_critical_kinds_ask_for_an_upgrade, bench_make,
                                        bench_drop),
        cmocka_unit_test_setup_teardown(test_the_need_of_an_upgrade_ends_with_the_block, bench_make,
                                        bench_drop),
        cmocka_unit_test_setup_teardown(test_a_status_block_erases_4096_entries, bench_make, bench_drop),
        cmocka_unit_test_setup_teardown(test_entries_that_are_named_twice_are_reached_once, bench_make,
                                        bench_drop),
        cmocka_unit_test_setup_teardown(test_erasing_keeps_hash_and_standing, bench_make, bench_drop),
        cmocka_unit_test_setup_teardown(test_a_history_keeps_room_to_revoke, bench_make, bench_drop),
        cmocka_unit_test_setup_teardown(test_a_full_history_is_repaired_after_a_rotation, bench_make,
                                        bench_drop),
        cmocka_unit_test_setup_teardown(test_the_places_for_later_epochs_are_counted, bench_make, bench_drop),
        cmocka_unit_test_setup_teardown(test_an_epoch_that_stated_enough_has_no_place_of_its_own, bench_make,
                                        bench_drop),
        cmocka_unit_test_setup_teardown(test_all_of_it_may_come_in_one_block, bench_make, bench_drop),
        cmocka_unit_test_setup_teardown(test_a_status_block_touches_256_blocks, bench_make, bench_drop),
        cmocka_unit_test_setup_teardown(test_a_govern_block_voids_4096_blocks, bench_make, bench_drop),
        cmocka_unit_test_setup_teardown(test_a_status_block_says_16384_things, bench_make, bench_drop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
