#include "protocol/rules/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/node_bench.h"

/* What branches of an issuer's log mean, as blocks come to a node: the owner attests for the named actor in
 * block 1; two branches go on from there. */

enum { BEGIN_S = 1750000000, DAY_S = 86400, SALTS = 8, VERDICT_ARENA_SIZE = 1024 * 1024 };
enum { EFFECTIVE_DAY = 40000 };

static struct memory_log one, other; /* branches of the owner's log */
static uint8_t verdict_memory[VERDICT_ARENA_SIZE];
static struct arena verdict_arena;
static struct dossier dossier;
static struct verdict verdict;

/* ---- writing ---- */

static const struct actor_id *id_of(enum who who)
{
    return &node->actors[who].id;
}

static void say_attested(enum who about)
{
    struct attestation attestation = build_attestation(id_of(about), "ase/A5", 39000, 42000);
    log_builder_begin(&node->builder, CLASS_CONTENT);
    log_builder_add(&node->builder, ENTRY_ATTESTATION, &attestation);
}

static void say_status(enum status_action action)
{
    struct index_range range;
    struct status status = build_status(1, &range, 0, 0, action, EFFECTIVE_DAY);
    status.has_holder = action == STATUS_HELD_BY;
    status.holder = subject_of_actor(id_of(STRANGER));
    status.has_replacement = action == STATUS_REPLACED;
    status.replacement = (struct entry_name){.author = *id_of(OWNER), .seq = 1};
    log_builder_begin(&node->builder, CLASS_STATUS);
    log_builder_add(&node->builder, ENTRY_STATUS, &status);
}

static void say_void_of_1(void)
{
    struct void_record voids = build_void(1, 1, STATUS_REASON_KEY_COMPROMISE);
    log_builder_begin(&node->builder, CLASS_GOVERN);
    log_builder_add(&node->builder, ENTRY_VOID, &voids);
}

static void say_withdrawn(enum who delegate)
{
    struct withdrawal record = {.delegate = *id_of(delegate), .has_cut = true};
    log_builder_begin(&node->builder, CLASS_GOVERN);
    record.cut_head.bytes[0] = 1;
    log_builder_add(&node->builder, ENTRY_WITHDRAWAL, &record);
}

/* Name the branch that `from` has and `on` has not. */
static void say_named(const struct memory_log *from, uint64_t epoch)
{
    struct void_record voids = {.has_branch = true, .reason = STATUS_REASON_KEY_COMPROMISE};
    voids.branch.epoch = epoch;
    voids.branch.fork_parent = from->blocks[1].record.hash;
    voids.branch.first = from->blocks[2].record.hash;
    log_builder_begin(&node->builder, CLASS_GOVERN);
    log_builder_add(&node->builder, ENTRY_VOID, &voids);
}

static void write(struct memory_log *log)
{
    log_builder_append(&node->builder, log);
}

static void rotate(struct memory_log *log)
{
    struct built_keys built;
    build_rotation(&built, &node->builder.ring, &log->state.keys, &node->network, 77, 1);
    log_builder_begin(&node->builder, CLASS_KEYS);
    log_builder_add(&node->builder, ENTRY_KEYS, &built.keys);
    write(log);
}

/* Two branches behind the attestation; salt makes their hashes fall in either order. */
static void begin(uint64_t salt)
{
    node->builder.salt += 100 * (salt + 1);
    log_builder_inception(&node->builder, &one, &node->actors[OWNER]);
    say_attested(NAMED);
    write(&one);
    memory_log_copy(&other, &one);
}

static int setup(void **state)
{
    int made = node_make(state);
    arena_init(&verdict_arena, verdict_memory, sizeof verdict_memory);
    memory_log_init(&one, &node->network, &node->scratch);
    memory_log_init(&other, &node->network, &node->scratch);
    return made;
}

static int teardown(void **state)
{
    memory_log_deinit(&one);
    memory_log_deinit(&other);
    return node_drop(state);
}
#define WITH_BRANCHES(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

/* ---- offering ---- */

static void offer(const struct memory_log *log, uint64_t from, uint64_t now_s)
{
    for (uint64_t seq = from; seq < log->block_count; seq++) {
        const struct memory_block *block = &log->blocks[seq];
        ingest_block(&node->ingest, node->txn, INGEST_PEER, bytes_of(block->encoded, block->encoded_size),
                     now_s, &node->result);
        assert_int_not_equal(node->result.outcome, INGEST_REFUSED);
        assert_int_not_equal(node->result.outcome, INGEST_FAILED);
    }
}

static bool follows(const struct memory_log *log)
{
    struct log_state state;
    assert_int_equal(store_log_state(node->txn, id_of(OWNER), &state), STORE_OK);
    return hash_equal(&state.head, &log->state.head);
}

/* ---- asking ---- */

static void ask_by(enum who about, uint64_t known_by_s)
{
    const struct subject subject = subject_of_actor(id_of(about));
    const struct question question = {.network = &node->network,
                                      .at_day = EFFECTIVE_DAY + 10,
                                      .now_s = BEGIN_S + 100 * (uint64_t)DAY_S,
                                      .known_by_s = known_by_s,
                                      .budget = FRESHNESS_DEFAULT};
    const struct dossier_reach reach = {.known_by_s = known_by_s, .now_s = question.now_s};
    arena_rewind(&verdict_arena, 0);
    arena_rewind(&node->scratch, 0);
    assert_int_equal(
        store_dossier(node->txn, &node->network, &node->trust, &subject, reach, &dossier, &node->scratch),
        STORE_OK);
    assert_true(verdict_of(&verdict, &dossier, &node->trust, &question, &verdict_arena));
}

static void is_status(const char *why, enum answer answer, enum reason reason)
{
    assert_int_equal(verdict.credential_count, 1);
    const struct axis_answer *found = &verdict.credentials[0].axes[AXIS_STATUS];
    if (found->answer != answer || found->reason != reason) {
        fail_msg("%s: %d %s", why, found->answer, reason_word(found->reason));
    }
}

/* ---- open epochs ---- */

/* Whichever is followed, and whichever came first. */
static void what_any_branch_says_against_is_disputed(void **state)
{
    static const enum status_action actions[] = {STATUS_REVOKED, STATUS_SUSPENDED, STATUS_REPLACED,
                                                 STATUS_HELD_BY};
    size_t followed[2] = {0, 0};
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        for (uint64_t salt = 0; salt < SALTS; salt++) {
            char why[64];
            snprintf(why, sizeof why, "action %d, salt %d", (int)actions[i], (int)salt);
            begin(salt);
            say_status(actions[i]);
            write(&one);
            say_attested(STRANGER);
            write(&other);
            offer(&one, 0, BEGIN_S);
            ask_by(NAMED, UINT64_MAX);
            assert_int_equal(verdict.credentials[0].axes[AXIS_STATUS].answer, ANSWER_NO);
            offer(&other, 2, BEGIN_S + 1);
            followed[follows(&one)]++;
            ask_by(NAMED, UINT64_MAX);
            is_status(why, ANSWER_UNKNOWN, REASON_DISPUTED);
            assert_int_equal(verdict.credentials[0].said[0], SAID_DISPUTED);
            teardown(state);
            setup(state);
        }
    }
    assert_true(followed[0] > 0);
    assert_true(followed[1] > 0);
}

static void a_certificate_on_either_branch_is_disputed(void **state)
{
    size_t followed[2] = {0, 0};
    for (uint64_t salt = 0; salt < SALTS; salt++) {
        begin(salt);
        say_attested(STRANGER);
        write(&one);
        say_attested(DELEGATE);
        write(&other);
        offer(&one, 0, BEGIN_S);
        offer(&other, 2, BEGIN_S);
        followed[follows(&one)]++;
        for (enum who who = DELEGATE; who <= STRANGER; who = who == DELEGATE ? STRANGER : WHO_COUNT) {
            ask_by(who, UINT64_MAX);
            is_status("issued on one branch", ANSWER_UNKNOWN, REASON_DISPUTED);
        }
        ask_by(NAMED, UINT64_MAX);
        is_status("issued below the fork", ANSWER_YES, REASON_NONE);
        teardown(state);
        setup(state);
    }
    assert_true(followed[0] > 0);
    assert_true(followed[1] > 0);
}

/* A rotation that came later decides, and what was known by then isn't what it decided. */
static void by_what_was_known_while_a_fork_was_open_it_is_disputed(void **state)
{
    for (uint64_t salt = 0; salt < SALTS; salt++) {
        begin(salt);
        say_attested(STRANGER);
        write(&one);
        say_attested(DELEGATE);
        write(&other);
        offer(&one, 0, BEGIN_S);
        offer(&other, 2, BEGIN_S);
        rotate(&one);
        offer(&one, 3, BEGIN_S + DAY_S);
        for (enum who who = DELEGATE; who <= STRANGER; who = who == DELEGATE ? STRANGER : WHO_COUNT) {
            ask_by(who, BEGIN_S + 60);
            is_status("the fork was open", ANSWER_UNKNOWN, REASON_DISPUTED);
        }
        ask_by(NAMED, BEGIN_S + 60);
        is_status("issued below the fork", ANSWER_YES, REASON_NONE);
        ask_by(STRANGER, BEGIN_S + DAY_S);
        is_status("it is closed", ANSWER_YES, REASON_NONE);
        teardown(state);
        setup(state);
    }
}

static void what_is_for_somebody_on_one_branch_is_disputed_for_that_one(void **state)
{
    (void)state;
    for (uint64_t salt = 0; salt < SALTS; salt++) {
        begin(salt);
        say_status(STATUS_HELD_BY);
        write(&one);
        say_attested(DELEGATE);
        write(&other);
        offer(&one, 0, BEGIN_S);
        offer(&other, 2, BEGIN_S);
        ask_by(STRANGER, UINT64_MAX);
        is_status("held by whom one branch names", ANSWER_UNKNOWN, REASON_DISPUTED);
        teardown(state);
        setup(state);
    }
}

static void a_void_on_either_branch_leaves_it_open(void **state)
{
    for (uint64_t salt = 0; salt < SALTS; salt++) {
        begin(salt);
        say_void_of_1();
        write(&one);
        say_attested(DELEGATE);
        write(&other);
        offer(&one, 0, BEGIN_S);
        offer(&other, 2, BEGIN_S);
        ask_by(NAMED, UINT64_MAX);
        is_status("void on one branch", ANSWER_UNKNOWN, REASON_DISPUTED);
        teardown(state);
        setup(state);
    }
}

/* What a delegate issued, while the owner's branches disagree about it. */
static void grants_on_either_branch_leave_authority_open(void **state)
{
    for (uint64_t salt = 0; salt < 2 * SALTS; salt++) {
        struct memory_log delegate;
        bool withdraws = salt % 2 == 0;
        memory_log_init(&delegate, &node->network, &node->scratch);
        node->builder.salt += 100 * (salt + 1);
        log_builder_inception(&node->builder, &one, &node->actors[OWNER]);
        if (withdraws) {
            say_accreditation(DELEGATE, 0);
            write(&one);
        }
        memory_log_copy(&other, &one);
        if (withdraws) {
            say_withdrawn(DELEGATE);
        } else {
            say_accreditation(DELEGATE, 0);
        }
        write(&one);
        say_attested(STRANGER);
        write(&other);
        log_builder_inception(&node->builder, &delegate, &node->actors[DELEGATE]);
        say_attested(NAMED);
        write(&delegate);
        offer(&one, 0, BEGIN_S);
        offer(&delegate, 0, BEGIN_S);
        offer(&other, withdraws ? 2 : 1, BEGIN_S);
        ask_by(NAMED, UINT64_MAX);
        assert_int_equal(verdict.credential_count, 1);
        assert_int_equal(verdict.credentials[0].axes[AXIS_AUTHORITY].answer, ANSWER_UNKNOWN);
        assert_int_equal(verdict.credentials[0].authority->reason, REASON_DISPUTED);
        memory_log_deinit(&delegate);
        teardown(state);
        setup(state);
    }
}

/* ---- closed epochs ---- */

/* The node follows the revocation for so long; then the issuer rotates behind the block before it. */
static void rotate_behind(uint64_t followed_s)
{
    begin(0);
    say_status(STATUS_REVOKED);
    write(&one);
    rotate(&other);
    offer(&one, 0, BEGIN_S);
    offer(&other, 2, BEGIN_S + followed_s);
    assert_true(follows(&other));
}

static void what_was_followed_for_a_day_is_rewound(void **state)
{
    (void)state;
    rotate_behind(DAY_S);
    ask_by(NAMED, UINT64_MAX);
    is_status("followed for a day", ANSWER_UNKNOWN, REASON_REWOUND);
    assert_int_equal(verdict.credentials[0].said[0], SAID_REWOUND);
    assert_int_equal(dossier.credentials[0].place.event_blocks[0].dropped_s, BEGIN_S + DAY_S);
}

static void what_was_followed_for_less_is_listed(void **state)
{
    (void)state;
    rotate_behind(DAY_S - 1);
    ask_by(NAMED, UINT64_MAX);
    is_status("followed for a second less", ANSWER_YES, REASON_NONE);
    assert_int_equal(verdict.credentials[0].said[0], SAID_DROPPED);
}

/* A clock that was a year ahead when the revocation came, and right from then on. */
static void a_clock_that_was_ahead_once_launders_nothing(void **state)
{
    (void)state;
    begin(0);
    say_status(STATUS_REVOKED);
    write(&one);
    rotate(&other);
    offer(&one, 0, BEGIN_S + 365 * (uint64_t)DAY_S);
    offer(&other, 2, BEGIN_S + 10 * (uint64_t)DAY_S);
    assert_true(follows(&other));
    ask_by(NAMED, UINT64_MAX);
    is_status("nobody knows for how long it was followed", ANSWER_UNKNOWN, REASON_REWOUND);
}

/* A clock that was half a day ahead when the revocation came, and right before the next block did, or was
 * ahead for that one too and right for the one after it; 18 hours after the first word, by these clocks, the
 * issuer rotates behind it. */
static void nor_does_one_that_was_right_again_before_the_chain_left(void **state)
{
    for (size_t ahead = 1; ahead <= 3; ahead++) {
        begin(0);
        say_status(STATUS_REVOKED);
        write(&one);
        for (size_t i = 0; i < 2; i++) {
            say_attested(STRANGER);
            write(&one);
        }
        rotate(&other);
        for (uint64_t seq = 0; seq < one.block_count; seq++) {
            const struct memory_block *block = &one.blocks[seq];
            uint64_t now_s = BEGIN_S + seq + (seq < 2 + ahead ? DAY_S / 2 : 0);
            ingest_block(&node->ingest, node->txn, INGEST_PEER, bytes_of(block->encoded, block->encoded_size),
                         now_s, &node->result);
            assert_int_not_equal(node->result.outcome, INGEST_REFUSED);
        }
        offer(&other, 2, BEGIN_S + 30 * 3600);
        assert_true(follows(&other));
        ask_by(NAMED, UINT64_MAX);
        if (ahead < 3) {
            is_status("nobody knows for how long it was followed", ANSWER_UNKNOWN, REASON_REWOUND);
        } else {
            is_status("that its clock was ahead nothing shows", ANSWER_YES, REASON_NONE);
        }
        teardown(state);
        setup(state);
    }
}

/* Which of two open branches this node follows, whose hashes fall in either order, changes no answer. */
static void an_erase_on_one_branch_says_the_same_whichever_is_followed(void **state)
{
    bool seen[2] = {false, false};
    for (uint64_t salt = 0; salt < SALTS; salt++) {
        struct index_range range;
        const struct erase erase = build_erase(1, &range, 0, 0);
        begin(salt);
        log_builder_begin(&node->builder, CLASS_STATUS);
        log_builder_add(&node->builder, ENTRY_ERASE, &erase);
        write(&one);
        say_attested(STRANGER);
        write(&other);
        offer(&one, 0, BEGIN_S);
        offer(&other, 2, BEGIN_S + 1);
        seen[follows(&one) ? 0 : 1] = true;
        ask_by(NAMED, UINT64_MAX);
        assert_int_equal(verdict.credential_count, 0);
        assert_int_equal(verdict.overall, OVERALL_UNDETERMINED);
        teardown(state);
        setup(state);
    }
    assert_true(seen[0] && seen[1]);
}

static void what_comes_after_the_rotation_changes_nothing(void **state)
{
    (void)state;
    begin(0);
    say_status(STATUS_REVOKED);
    write(&one);
    rotate(&other);
    offer(&other, 0, BEGIN_S);
    const struct memory_block *late = &one.blocks[2];
    ingest_block(&node->ingest, node->txn, INGEST_PEER, bytes_of(late->encoded, late->encoded_size),
                 BEGIN_S + 1, &node->result);
    ask_by(NAMED, UINT64_MAX);
    is_status("signed by old keys", ANSWER_YES, REASON_NONE);
    assert_int_equal(dossier.credentials[0].place.event_count, 0);
}

static void before_the_rotation_came_it_was_open(void **state)
{
    (void)state;
    rotate_behind(2 * DAY_S);
    ask_by(NAMED, BEGIN_S + DAY_S);
    assert_int_equal(verdict.credentials[0].axes[AXIS_STATUS].answer, ANSWER_UNKNOWN);
}

static void a_named_branch_is_void_until_its_author_states_what_holds(void **state)
{
    for (int again = 0; again < 3; again++) {
        rotate_behind(10);
        say_named(&one, 0);
        write(&other);
        offer(&other, 3, BEGIN_S + 20);
        ask_by(NAMED, UINT64_MAX);
        is_status("on a branch that a void names", ANSWER_UNKNOWN, REASON_VOIDED);
        assert_int_equal(verdict.credentials[0].said[0], SAID_VOIDED);
        assert_int_equal(dossier.credentials[0].place.event_blocks[0].void_reason,
                         STATUS_REASON_KEY_COMPROMISE);
        if (again > 0) {
            say_status(again == 1 ? STATUS_REINSTATED : STATUS_REVOKED);
            write(&other);
            offer(&other, 4, BEGIN_S + 30);
            ask_by(NAMED, UINT64_MAX);
            is_status("stated again", again == 1 ? ANSWER_YES : ANSWER_NO,
                      again == 1 ? REASON_NONE : REASON_REVOKED);
            assert_int_equal(verdict.credentials[0].said[0], SAID_VOIDED);
        }
        teardown(state);
        setup(state);
    }
}

/* The revocation was never followed here, and came before the rotation did: by a clock that was ahead, as the
 * one or the other, or both, or after it by a clock that is right. */
static void what_came_by_a_clock_that_was_ahead_came_before_the_rotation(void **state)
{
    static const uint64_t ahead_s = 300 * (uint64_t)DAY_S, later_s = 200 * (uint64_t)DAY_S;
    static const struct {
        const char *sentence;
        uint64_t revoked_s, rotated_s;
        enum answer answer;
    } rows[] = {
        {"before it", 10, 20, ANSWER_UNKNOWN},
        {"ahead", ahead_s, 20, ANSWER_UNKNOWN},
        {"before a rotation that came by a clock that was ahead", 10, ahead_s, ANSWER_UNKNOWN},
        {"both ahead", ahead_s, later_s, ANSWER_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct memory_log third;
        uint64_t salt = 0;
        memory_log_init(&third, &node->network, &node->scratch);
        do {
            begin(salt++);
            say_status(STATUS_REVOKED);
            write(&one);
            memory_log_copy(&third, &other);
            say_attested(STRANGER);
            write(&third);
        } while (hash_compare(&third.state.head, &one.state.head) > 0);
        rotate(&other);
        offer(&third, 0, BEGIN_S);
        offer(&one, 2, BEGIN_S + rows[i].revoked_s);
        assert_true(follows(&third));
        offer(&other, 2, BEGIN_S + rows[i].rotated_s);
        assert_true(follows(&other));
        say_named(&one, 0);
        write(&other);
        offer(&other, 3, BEGIN_S + 50);
        ask_by(NAMED, UINT64_MAX);
        is_status(rows[i].sentence, rows[i].answer,
                  rows[i].answer == ANSWER_UNKNOWN ? REASON_VOIDED : REASON_NONE);
        assert_int_equal(verdict.credentials[0].said[0], SAID_VOIDED);
        assert_true(dossier.credentials[0].place.event_blocks[0].dropped_s <= BEGIN_S + 100 * DAY_S);
        memory_log_deinit(&third);
        teardown(state);
        setup(state);
    }
}

static void what_a_dropped_branch_voided_is_unknown_until_its_author_states_what_holds(void **state)
{
    for (int again = 0; again < 3; again++) {
        begin(0);
        say_void_of_1();
        write(&one);
        rotate(&other);
        say_named(&one, 0);
        write(&other);
        offer(&one, 0, BEGIN_S);
        offer(&other, 2, BEGIN_S + 20);
        ask_by(NAMED, UINT64_MAX);
        is_status("void on a branch that a void names", ANSWER_UNKNOWN, REASON_VOIDED);
        if (again > 0) {
            say_status(again == 1 ? STATUS_REINSTATED : STATUS_REVOKED);
            write(&other);
            offer(&other, 4, BEGIN_S + 30);
            ask_by(NAMED, UINT64_MAX);
            is_status("stated again", again == 1 ? ANSWER_YES : ANSWER_NO,
                      again == 1 ? REASON_NONE : REASON_REVOKED);
            ask_by(NAMED, BEGIN_S + 25);
            is_status("not by then", ANSWER_UNKNOWN, REASON_VOIDED);
        }
        teardown(state);
        setup(state);
    }
}

static void a_void_names_all_that_descends_from_its_block(void **state)
{
    (void)state;
    begin(0);
    say_attested(STRANGER);
    write(&one);
    say_status(STATUS_REVOKED);
    write(&one);
    rotate(&other);
    say_named(&one, 0);
    write(&other);
    offer(&one, 0, BEGIN_S);
    offer(&other, 2, BEGIN_S + 10);
    ask_by(NAMED, UINT64_MAX);
    is_status("above the block that is named", ANSWER_UNKNOWN, REASON_VOIDED);
}

static void a_void_of_another_epoch_names_nothing(void **state)
{
    (void)state;
    rotate_behind(10);
    say_named(&one, 1);
    write(&other);
    offer(&other, 3, BEGIN_S + 20);
    ask_by(NAMED, UINT64_MAX);
    is_status("named under another epoch", ANSWER_YES, REASON_NONE);
}

static void what_is_for_somebody_on_a_dropped_branch_is_gone(void **state)
{
    (void)state;
    begin(0);
    say_attested(STRANGER);
    write(&one);
    rotate(&other);
    offer(&one, 0, BEGIN_S);
    offer(&other, 2, BEGIN_S + 9 * DAY_S);
    ask_by(STRANGER, UINT64_MAX);
    assert_int_equal(verdict.credential_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BRANCHES(what_any_branch_says_against_is_disputed),
        WITH_BRANCHES(a_certificate_on_either_branch_is_disputed),
        WITH_BRANCHES(by_what_was_known_while_a_fork_was_open_it_is_disputed),
        WITH_BRANCHES(what_is_for_somebody_on_one_branch_is_disputed_for_that_one),
        WITH_BRANCHES(a_void_on_either_branch_leaves_it_open),
        WITH_BRANCHES(grants_on_either_branch_leave_authority_open),
        WITH_BRANCHES(what_was_followed_for_a_day_is_rewound),
        WITH_BRANCHES(what_was_followed_for_less_is_listed),
        WITH_BRANCHES(a_clock_that_was_ahead_once_launders_nothing),
        WITH_BRANCHES(nor_does_one_that_was_right_again_before_the_chain_left),
        WITH_BRANCHES(an_erase_on_one_branch_says_the_same_whichever_is_followed),
        WITH_BRANCHES(what_comes_after_the_rotation_changes_nothing),
        WITH_BRANCHES(before_the_rotation_came_it_was_open),
        WITH_BRANCHES(a_named_branch_is_void_until_its_author_states_what_holds),
        WITH_BRANCHES(what_came_by_a_clock_that_was_ahead_came_before_the_rotation),
        WITH_BRANCHES(what_a_dropped_branch_voided_is_unknown_until_its_author_states_what_holds),
        WITH_BRANCHES(a_void_names_all_that_descends_from_its_block),
        WITH_BRANCHES(a_void_of_another_epoch_names_nothing),
        WITH_BRANCHES(what_is_for_somebody_on_a_dropped_branch_is_gone),
    };
    return cmocka_run_group_tests_name("node branch meaning", tests, NULL, NULL);
}
