#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/rules/weight.h"
#include "tests/support/history_node.h"

/* What the cut of a withdrawal keeps when its delegate rotates behind it, whenever the blocks come: a closing
 * school can neither delete its graduates nor its revocations. Told as histories (naive_history.h). */

enum { OWNER, SCHOOL, COLLEGE, NONE = -1, BLOCKS_MAX = 12 };

static struct history_world world;
static struct history_node node;
static int rules, accredited, begun; /* blocks that every case begins with */

static int tell_all(struct told told)
{
    int block = history_world_tell(&world, &told);
    assert_true(block >= 0);
    return block;
}

static int tell(enum told_kind kind, int author, int parent, int about)
{
    return tell_all((struct told){.kind = kind, .author = author, .parent = parent, .about = about});
}

static int withdraw(int cut, bool closed)
{
    return tell_all((struct told){.kind = TOLD_WITHDRAW,
                                  .author = OWNER,
                                  .parent = accredited,
                                  .about = cut,
                                  .whom = SCHOOL,
                                  .closed = closed});
}

static int name_branch(int parent, int first)
{
    return tell_all((struct told){.kind = TOLD_NAME,
                                  .author = SCHOOL,
                                  .parent = parent,
                                  .about = NONE,
                                  .named_count = 1,
                                  .named = {first}});
}

/* What a node answers about certificate that gets all blocks in order, but the one at last (NONE: none),
 * which comes behind the others; the one at blank without the bytes of its content. */
static struct history_answer answer_of(int certificate, int last, int blank)
{
    const uint64_t now_s = time_of_day(HISTORY_DAY) + 43200;
    static struct history_answer answers[TOLD_MAX];
    memset(answers, 0, sizeof answers);
    history_node_begin(&node, &world, false);
    for (int i = 0; i < (int)world.history.count; i++) {
        if (i != last) {
            assert_true(history_node_offer(&node, i, i == blank, now_s - 60 * (uint64_t)(BLOCKS_MAX - i)));
        }
    }
    if (last != NONE) {
        assert_true(history_node_offer(&node, last, last == blank, now_s));
    }
    history_node_answer(answers, &node, now_s);
    assert_null(node.fault);
    history_node_end(&node);
    return answers[certificate];
}

static enum overall answer(int certificate, int last)
{
    const struct history_answer found = answer_of(certificate, last, NONE);
    assert_true(found.listed);
    return found.overall;
}

static void a_graduate_stays_whenever_her_block_comes(void **state)
{
    int certificate = tell(TOLD_ATTEST, SCHOOL, begun, NONE);
    (void)state;
    withdraw(certificate, true);
    tell(TOLD_ROTATE, SCHOOL, begun, NONE);
    assert_int_equal(answer(certificate, NONE), OVERALL_VALID);
    assert_int_equal(answer(certificate, certificate), OVERALL_VALID);
}

static void a_revocation_stays_whenever_its_block_comes(void **state)
{
    int certificate = tell(TOLD_ATTEST, SCHOOL, begun, NONE);
    int revoked = tell(TOLD_REVOKE, SCHOOL, certificate, certificate);
    (void)state;
    withdraw(revoked, true);
    tell(TOLD_ROTATE, SCHOOL, certificate, NONE);
    assert_int_equal(answer(certificate, NONE), OVERALL_INVALID);
    assert_int_equal(answer(certificate, revoked), OVERALL_INVALID);
}

static void a_reinstatement_stays_unless_a_void_names_its_branch(void **state)
{
    int certificate = tell(TOLD_ATTEST, SCHOOL, begun, NONE);
    int revoked = tell(TOLD_REVOKE, SCHOOL, certificate, certificate);
    int reinstated = tell(TOLD_REINSTATE, SCHOOL, revoked, certificate);
    (void)state;
    withdraw(reinstated, false);
    int rotated = tell(TOLD_ROTATE, SCHOOL, revoked, NONE);
    assert_int_equal(answer(certificate, NONE), OVERALL_VALID);
    assert_int_equal(answer(certificate, reinstated), OVERALL_VALID);
    name_branch(rotated, reinstated);
    assert_int_not_equal(answer(certificate, NONE), OVERALL_VALID);
}

/* Said beyond the cut, a void is a doubt, and nothing where the cut is closed. */
static void a_void_that_names_a_graduates_branch_takes_nothing_for_certain(void **state)
{
    (void)state;
    for (int closed = 0; closed < 2; closed++) {
        size_t count = world.history.count;
        int certificate = tell(TOLD_ATTEST, SCHOOL, begun, NONE);
        withdraw(certificate, closed == 1);
        name_branch(tell(TOLD_ROTATE, SCHOOL, begun, NONE), certificate);
        assert_int_equal(answer(certificate, NONE), closed == 1 ? OVERALL_VALID : OVERALL_UNDETERMINED);
        history_world_forget(&world, count);
    }
}

/* Whether or not the certificate was dropped with it; unless it is in doubt whether the cut was recorded. */
static void a_void_stays_with_the_certificate_that_it_took(void **state)
{
    (void)state;
    for (int behind_both = 0; behind_both < 2; behind_both++) {
        size_t count = world.history.count;
        int certificate = tell(TOLD_ATTEST, SCHOOL, begun, NONE);
        int voided = tell(TOLD_VOID, SCHOOL, certificate, certificate);
        withdraw(voided, true);
        assert_int_equal(answer(certificate, NONE), OVERALL_INVALID);
        tell(TOLD_ROTATE, SCHOOL, behind_both == 1 ? begun : certificate, NONE);
        assert_int_equal(answer(certificate, NONE), OVERALL_INVALID);
        assert_int_equal(answer(certificate, voided), OVERALL_INVALID);
        tell(TOLD_ATTEST, OWNER, accredited, NONE);
        assert_int_equal(answer(certificate, NONE), OVERALL_UNDETERMINED);
        history_world_forget(&world, count);
    }
}

/* What it took was against somebody: whether that holds nobody says. */
static void a_void_stays_with_the_revocation_that_it_took(void **state)
{
    int certificate = tell(TOLD_ATTEST, SCHOOL, begun, NONE);
    int revoked = tell(TOLD_REVOKE, SCHOOL, certificate, certificate);
    int voided = tell(TOLD_VOID, SCHOOL, revoked, revoked);
    (void)state;
    withdraw(voided, true);
    assert_int_equal(answer(certificate, NONE), OVERALL_UNDETERMINED);
    tell(TOLD_ROTATE, SCHOOL, revoked, NONE);
    assert_int_equal(answer(certificate, NONE), OVERALL_UNDETERMINED);
    assert_int_equal(answer(certificate, voided), OVERALL_UNDETERMINED);
}

/* Certificates of a college whose accreditation, or the end of that, the school drops. */
static void what_a_school_gave_to_others_or_took_from_them_stays(void **state)
{
    (void)state;
    for (int withdrawn = 0; withdrawn < 2; withdrawn++) {
        const enum overall stays = withdrawn == 1 ? OVERALL_INVALID : OVERALL_VALID;
        size_t count = world.history.count;
        int given = tell_all((struct told){
            .kind = TOLD_ACCREDIT, .author = SCHOOL, .parent = begun, .about = NONE, .whom = COLLEGE});
        int college = tell(TOLD_INCEPTION, COLLEGE, NONE, NONE);
        int certificate = tell(TOLD_ATTEST, COLLEGE, college, NONE);
        int last = given;
        if (withdrawn == 1) {
            last = tell_all((struct told){.kind = TOLD_WITHDRAW,
                                          .author = SCHOOL,
                                          .parent = given,
                                          .about = college,
                                          .whom = COLLEGE,
                                          .closed = true});
        }
        withdraw(last, true);
        assert_int_equal(answer(certificate, NONE), stays);
        tell(TOLD_ROTATE, SCHOOL, world.history.blocks[last].parent, NONE);
        assert_int_equal(answer(certificate, NONE), stays);
        if (withdrawn == 1) { /* nobody takes the blocks of a college that is not accredited yet */
            assert_int_equal(answer(certificate, last), stays);
        }
        tell(TOLD_ATTEST, OWNER, accredited, NONE);
        assert_int_equal(answer(certificate, NONE), OVERALL_UNDETERMINED);
        history_world_forget(&world, count);
    }
}

static void the_same_bytes_said_again_hide_nobody(void **state)
{
    const uint64_t salt = world.builder.salt; /* of the certificate */
    int certificate = tell(TOLD_ATTEST, SCHOOL, tell(TOLD_ROTATE, SCHOOL, begun, NONE), NONE);
    (void)state;
    withdraw(certificate, true);
    int rotated = tell(TOLD_ROTATE, SCHOOL, world.history.blocks[certificate].parent, NONE);
    assert_int_equal(answer(certificate, NONE), OVERALL_VALID);
    world.builder.salt = salt;
    int again = tell(TOLD_ATTEST, SCHOOL, rotated, NONE);
    assert_int_equal(answer(certificate, NONE), OVERALL_VALID);
    assert_int_equal(answer(again, NONE), OVERALL_INVALID);
}

/* What a withdrawn school says on the branch that the cut names takes nothing back of what it says on
 * another: that is beyond the cut, and in doubt, or counts since the school is accredited again. */
static void a_kept_branch_takes_nothing_back_of_another(void **state)
{
    static const enum told_kind taken[] = {TOLD_REVOKE, TOLD_SUSPEND};
    (void)state;
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        size_t count = world.history.count;
        int certificate = tell(TOLD_ATTEST, SCHOOL, begun, NONE);
        tell(taken[i], SCHOOL, certificate, certificate);
        int reinstated = tell(TOLD_REINSTATE, SCHOOL, certificate, certificate);
        int withdrawn = withdraw(reinstated, false);
        assert_int_equal(answer(certificate, NONE), OVERALL_UNDETERMINED);
        assert_int_equal(answer(certificate, reinstated), OVERALL_UNDETERMINED);
        tell_all((struct told){
            .kind = TOLD_ACCREDIT, .author = OWNER, .parent = withdrawn, .about = NONE, .whom = SCHOOL});
        assert_int_equal(answer(certificate, NONE), OVERALL_UNDETERMINED);
        history_world_forget(&world, count);
    }
}

/* Keys that were rotated away sign it below the revocation, and a cut that the owner was made to record names
 * it: the revocation stands. */
static void old_keys_under_a_cut_take_nothing_back(void **state)
{
    int certificate = tell(TOLD_ATTEST, SCHOOL, begun, NONE);
    tell(TOLD_ROTATE, SCHOOL, tell(TOLD_REVOKE, SCHOOL, certificate, certificate), NONE);
    int reinstated = tell(TOLD_REINSTATE, SCHOOL, certificate, certificate);
    (void)state;
    int withdrawn = withdraw(reinstated, false);
    assert_int_equal(answer(certificate, reinstated), OVERALL_UNDETERMINED);
    tell_all((struct told){
        .kind = TOLD_ACCREDIT, .author = OWNER, .parent = withdrawn, .about = NONE, .whom = SCHOOL});
    assert_int_equal(answer(certificate, reinstated), OVERALL_INVALID);
}

/* ---- whose blocks are taken in ---- */

static uint64_t between_s = 60; /* one block and the next */

/* What a node answers about certificate that gets blocks one after the other, each of which it takes. */
static struct history_answer answer_in_order(int certificate, const int *order, size_t count)
{
    const uint64_t now_s = time_of_day(HISTORY_DAY) + 43200;
    static struct history_answer answers[TOLD_MAX];
    memset(answers, 0, sizeof answers);
    history_node_begin(&node, &world, false);
    for (size_t i = 0; i < count; i++) {
        if (!node.known[order[i]].held &&
            !history_node_offer(&node, order[i], false, now_s - between_s * (uint64_t)(count - i))) {
            print_message("block %d is not taken\n", order[i]);
            fail();
        }
    }
    history_node_answer(answers, &node, now_s);
    assert_null(node.fault);
    history_node_end(&node);
    return answers[certificate];
}

#define ANSWER_IN_ORDER(certificate, ...)                                                                    \
    answer_in_order(certificate, (const int[]){__VA_ARGS__}, sizeof((int[]){__VA_ARGS__}) / sizeof(int))
#define ASSERT_OVERALL(wanted, certificate, ...)                                                             \
    assert_int_equal(ANSWER_IN_ORDER(certificate, __VA_ARGS__).overall, wanted)

static int accredit(int author, int parent, int whom)
{
    return tell_all((struct told){
        .kind = TOLD_ACCREDIT, .author = author, .parent = parent, .about = NONE, .whom = whom});
}

static int withdraw_by(int author, int parent, int whom, int cut)
{
    return tell_all(
        (struct told){.kind = TOLD_WITHDRAW, .author = author, .parent = parent, .about = cut, .whom = whom});
}

/* The cut of the school's withdrawal keeps the accreditation, and the school rotates behind it. */
static void a_delegate_of_a_kept_branch_still_revokes(void **state)
{
    int given = accredit(SCHOOL, begun, COLLEGE);
    int college = tell(TOLD_INCEPTION, COLLEGE, NONE, NONE);
    int certificate = tell(TOLD_ATTEST, COLLEGE, college, NONE);
    int revoked = tell(TOLD_REVOKE, COLLEGE, certificate, certificate);
    int withdrawn = withdraw_by(OWNER, accredited, SCHOOL, given);
    int rotated = tell(TOLD_ROTATE, SCHOOL, begun, NONE);
    (void)state;
    ASSERT_OVERALL(OVERALL_INVALID, certificate, 0, rules, accredited, begun, given, college, certificate,
                   withdrawn, revoked, rotated);
    ASSERT_OVERALL(OVERALL_INVALID, certificate, 0, rules, accredited, begun, given, college, certificate,
                   withdrawn, rotated, revoked);
    between_s = 3 * FOLLOWED_MIN_S; /* the branch is followed for long before the school leaves it */
    ASSERT_OVERALL(OVERALL_INVALID, certificate, 0, rules, accredited, begun, given, college, certificate,
                   withdrawn, rotated, revoked);
    between_s = 60;
    /* A fresh node, which never followed that branch. */
    ASSERT_OVERALL(OVERALL_INVALID, certificate, 0, rules, accredited, begun, rotated, withdrawn, given,
                   college, certificate, revoked);
    ASSERT_OVERALL(OVERALL_INVALID, certificate, 0, rules, accredited, withdrawn, begun, rotated, given,
                   college, certificate, revoked);
}

/* The owner's cut keeps a branch of the school's, and on that the school's cut keeps one of the college's. */
static void what_a_kept_cut_keeps_stays(void **state)
{
    int given = accredit(SCHOOL, begun, COLLEGE);
    int college = tell(TOLD_INCEPTION, COLLEGE, NONE, NONE);
    int certificate = tell(TOLD_ATTEST, COLLEGE, college, NONE);
    (void)state;
    for (int revoked = 0; revoked < 2; revoked++) {
        const enum overall wanted = revoked == 1 ? OVERALL_INVALID : OVERALL_VALID;
        size_t count = world.history.count;
        int last = revoked == 1 ? tell(TOLD_REVOKE, COLLEGE, certificate, certificate) : certificate;
        int by_school = withdraw_by(SCHOOL, given, COLLEGE, last);
        int by_owner = withdraw_by(OWNER, accredited, SCHOOL, by_school);
        int rotated = tell(TOLD_ROTATE, COLLEGE, revoked == 1 ? certificate : college, NONE);
        int school_rotated = tell(TOLD_ROTATE, SCHOOL, begun, NONE);
        /* Below the rotation first, and then what the college dropped. */
        int below = revoked == 1 ? certificate : rotated;
        int behind = revoked == 1 ? rotated : certificate;
        const struct history_answer first =
            ANSWER_IN_ORDER(certificate, 0, rules, accredited, begun, given, college, certificate, last,
                            by_school, by_owner, rotated, school_rotated);
        const struct history_answer other =
            ANSWER_IN_ORDER(certificate, 0, rules, accredited, by_owner, begun, school_rotated, given,
                            by_school, college, below, behind, last);
        assert_int_equal(first.overall, wanted);
        assert_int_equal(other.overall, wanted);
        assert_true(first.listed && other.listed);
        assert_int_equal(first.not_tested, revoked == 1 ? OVERALL_VALID : OVERALL_INVALID);
        assert_int_equal(other.not_tested, first.not_tested);
        history_world_forget(&world, count);
    }
}

/* The same where the owner's cut leaves out the school's: that one was taken back with its branch. */
static void what_a_dropped_cut_keeps_does_not_stay(void **state)
{
    int given = accredit(SCHOOL, begun, COLLEGE);
    int college = tell(TOLD_INCEPTION, COLLEGE, NONE, NONE);
    int certificate = tell(TOLD_ATTEST, COLLEGE, college, NONE);
    int by_school = withdraw_by(SCHOOL, given, COLLEGE, certificate);
    int by_owner = withdraw_by(OWNER, accredited, SCHOOL, given);
    int rotated = tell(TOLD_ROTATE, COLLEGE, college, NONE);
    int school_rotated = tell(TOLD_ROTATE, SCHOOL, begun, NONE);
    (void)state;
    const struct history_answer answer =
        ANSWER_IN_ORDER(certificate, 0, rules, accredited, begun, given, college, certificate, by_school,
                        by_owner, rotated, school_rotated);
    assert_false(answer.listed && answer.overall == OVERALL_VALID);
}

/* The head that the cut names may be of any kind, and come last of all. */
static void a_delegate_is_admitted_once_the_head_of_the_cut_is_here(void **state)
{
    int given = accredit(SCHOOL, begun, COLLEGE);
    int head = tell(TOLD_ATTEST, SCHOOL, given, NONE);
    int college = tell(TOLD_INCEPTION, COLLEGE, NONE, NONE);
    int certificate = tell(TOLD_ATTEST, COLLEGE, college, NONE);
    int withdrawn = withdraw_by(OWNER, accredited, SCHOOL, head);
    int rotated = tell(TOLD_ROTATE, SCHOOL, begun, NONE);
    const int before[] = {0, rules, accredited, begun, rotated, withdrawn, given};
    const uint64_t now_s = time_of_day(HISTORY_DAY) + 43200;
    (void)state;
    history_node_begin(&node, &world, true);
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
        assert_true(history_node_offer(&node, before[i], false, now_s));
    }
    while (node.since_commit > 0) { /* a new transaction keeps that the college is a stranger */
        int more = tell(TOLD_ATTEST, OWNER, withdrawn, NONE);
        assert_true(history_node_offer(&node, more, false, now_s));
        withdrawn = more;
    }
    assert_false(history_node_offer(&node, college, false, now_s));
    assert_true(history_node_offer(&node, head, false, now_s));
    assert_true(history_node_offer(&node, college, false, now_s));
    assert_true(history_node_offer(&node, certificate, false, now_s));
    history_node_end(&node);
}

/* What it said without the bytes may be the certificate that is asked about. */
static void a_delegate_of_a_kept_branch_leaves_open_what_came_blanked(void **state)
{
    int given = accredit(SCHOOL, begun, COLLEGE);
    int college = tell(TOLD_INCEPTION, COLLEGE, NONE, NONE);
    int certificate = tell(TOLD_ATTEST, COLLEGE, college, NONE);
    int withdrawn = withdraw_by(OWNER, accredited, SCHOOL, given);
    int rotated = tell(TOLD_ROTATE, SCHOOL, begun, NONE);
    const int order[] = {0, rules, accredited, begun, given, college, certificate, withdrawn, rotated};
    const uint64_t now_s = time_of_day(HISTORY_DAY) + 43200;
    static struct history_answer answers[TOLD_MAX];
    (void)state;
    memset(answers, 0, sizeof answers);
    history_node_begin(&node, &world, false);
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        assert_true(history_node_offer(&node, order[i], order[i] == certificate, now_s));
    }
    history_node_answer(answers, &node, now_s);
    assert_null(node.fault);
    history_node_end(&node);
    assert_int_equal(answers[certificate].not_tested, OVERALL_UNDETERMINED);
}

/* Nothing covers it: whoever has the school's old keys lets nobody in with them. */
static void a_delegate_of_a_dropped_branch_is_a_stranger(void **state)
{
    int given = accredit(SCHOOL, begun, COLLEGE);
    int college = tell(TOLD_INCEPTION, COLLEGE, NONE, NONE);
    int rotated = tell(TOLD_ROTATE, SCHOOL, begun, NONE);
    const int before[] = {0, rules, accredited, begun, given, rotated};
    const uint64_t now_s = time_of_day(HISTORY_DAY) + 43200;
    (void)state;
    withdraw_by(OWNER, accredited, SCHOOL, begun); /* what it names is on the chain */
    for (int withdrawn = 0; withdrawn < 2; withdrawn++) {
        history_node_begin(&node, &world, false);
        for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
            assert_true(history_node_offer(&node, before[i], false, now_s));
        }
        if (withdrawn == 1) {
            assert_true(history_node_offer(&node, rotated + 1, false, now_s));
        }
        assert_false(history_node_offer(&node, college, false, now_s));
        history_node_end(&node);
    }
}

/* Whichever of two siblings, or of two rotations, is followed: the lower hash says. */
static bool is_lower(int block, int other)
{
    return hash_compare(&world.blocks[block].hash, &world.blocks[other].hash) < 0;
}

enum { TRIES = 12 };

/* A thief of an issuing key signs a sibling of the accreditation, and it may be the one that is followed. */
static void a_fork_keeps_no_delegate_out(void **state)
{
    int given = accredit(OWNER, rules, COLLEGE);
    int college = tell(TOLD_INCEPTION, COLLEGE, NONE, NONE);
    int certificate = tell(TOLD_ATTEST, COLLEGE, college, NONE);
    int revoked = tell(TOLD_REVOKE, COLLEGE, certificate, certificate);
    size_t left = 0;
    (void)state;
    for (int i = 0; i < TRIES; i++) {
        size_t count = world.history.count;
        int sibling = tell(TOLD_ATTEST, OWNER, rules, NONE);
        left += is_lower(sibling, given);
        ASSERT_OVERALL(OVERALL_INVALID, certificate, 0, rules, given, college, certificate, sibling, revoked);
        ASSERT_OVERALL(OVERALL_INVALID, certificate, 0, rules, sibling, given, college, certificate, revoked);
        int rotated = tell(TOLD_ROTATE, OWNER, given, NONE);
        ASSERT_OVERALL(OVERALL_INVALID, certificate, 0, rules, sibling, given, college, certificate, revoked,
                       rotated);
        history_world_forget(&world, count);
    }
    assert_in_range(left, 1, TRIES - 1);
}

/* Two rotations of the school's: the accreditation stands on one side. */
static void a_freeze_keeps_no_delegate_out(void **state)
{
    int given = accredit(SCHOOL, begun, COLLEGE);
    int college = tell(TOLD_INCEPTION, COLLEGE, NONE, NONE);
    int certificate = tell(TOLD_ATTEST, COLLEGE, college, NONE);
    int revoked = tell(TOLD_REVOKE, COLLEGE, certificate, certificate);
    size_t left = 0;
    (void)state;
    for (int i = 0; i < TRIES; i++) {
        size_t count = world.history.count;
        int other = tell(TOLD_ATTEST, SCHOOL, begun, NONE);
        int rival = tell(TOLD_ROTATE, SCHOOL, other, NONE);
        int last = tell(TOLD_ATTEST, SCHOOL, given, NONE);
        int rotated = tell(TOLD_ROTATE, SCHOOL, last, NONE);
        left += is_lower(rival, rotated);
        ASSERT_OVERALL(OVERALL_INVALID, certificate, 0, rules, accredited, begun, other, given, last, rotated,
                       college, certificate, revoked, rival);
        ASSERT_OVERALL(OVERALL_INVALID, certificate, 0, rules, accredited, begun, other, given, last, rotated,
                       college, certificate, rival, revoked);
        ASSERT_OVERALL(OVERALL_INVALID, certificate, 0, rules, accredited, begun, other, given, last, rotated,
                       rival, college, certificate, revoked);
        history_world_forget(&world, count);
    }
    assert_in_range(left, 1, TRIES - 1);
}

/* Whichever of the two branches is followed: each salt makes other hashes. */
static void a_void_beside_a_closed_cut_takes_nothing(void **state)
{
    (void)state;
    for (uint64_t salt = 100; salt < 108; salt++) {
        size_t count = world.history.count;
        world.builder.salt = salt;
        int certificate = tell(TOLD_ATTEST, SCHOOL, begun, NONE);
        int last = tell(TOLD_ATTEST, SCHOOL, certificate, NONE);
        int voided = tell(TOLD_VOID, SCHOOL, certificate, certificate);
        withdraw(last, true);
        assert_int_equal(answer(certificate, NONE), OVERALL_VALID);
        assert_int_equal(answer(certificate, last), OVERALL_VALID);
        assert_int_equal(answer(certificate, voided), OVERALL_VALID);
        history_world_forget(&world, count);
    }
}

/* What the void takes of what is said about a certificate. */
static void a_void_beyond_a_cut_takes_no_word_for_certain(void **state)
{
    (void)state;
    for (int closed = 0; closed < 2; closed++) {
        size_t count = world.history.count;
        int certificate = tell(TOLD_ATTEST, SCHOOL, begun, NONE);
        int revoked = tell(TOLD_REVOKE, SCHOOL, certificate, certificate);
        int reinstated = tell(TOLD_REINSTATE, SCHOOL, revoked, certificate);
        withdraw(reinstated, closed == 1);
        assert_int_equal(answer(certificate, NONE), OVERALL_VALID);
        tell(TOLD_VOID, SCHOOL, reinstated, reinstated);
        assert_int_equal(answer(certificate, NONE), closed == 1 ? OVERALL_VALID : OVERALL_UNDETERMINED);
        history_world_forget(&world, count);
        certificate = tell(TOLD_ATTEST, SCHOOL, begun, NONE);
        revoked = tell(TOLD_REVOKE, SCHOOL, certificate, certificate);
        withdraw(revoked, closed == 1);
        tell(TOLD_VOID, SCHOOL, revoked, revoked);
        assert_int_equal(answer(certificate, NONE), OVERALL_INVALID);
        history_world_forget(&world, count);
    }
}

/* Whether others are asked for what the school's blocks lack, some one having come blank. */
static bool asks_for(int blank)
{
    const uint64_t now_s = time_of_day(HISTORY_DAY) + 43200;
    struct locator_point gap;
    size_t gaps = 0;
    history_node_begin(&node, &world, false);
    for (int i = 0; i < (int)world.history.count; i++) {
        assert_true(history_node_offer(&node, i, i == blank, now_s - 60 * (uint64_t)(BLOCKS_MAX - i)));
    }
    assert_int_equal(store_gaps(node.txn, &world.actors[SCHOOL].id, 0, &gap, 1, &gaps), STORE_OK);
    history_node_end(&node);
    return gaps == 1 && hash_equal(&gap.hash, &world.blocks[blank].hash);
}

/* Nobody can say what it said: neither that no test was passed by it, nor that no word was in it. */
static void a_gap_stays_one_where_a_void_beyond_the_cut_seems_to_explain_it(void **state)
{
    (void)state;
    for (int closed = 0; closed < 2; closed++) {
        size_t count = world.history.count;
        int blank = tell(TOLD_ATTEST, SCHOOL, begun, NONE);
        int certificate = tell(TOLD_ATTEST, SCHOOL, blank, NONE);
        int voided = tell(TOLD_VOID, SCHOOL, certificate, blank);
        assert_int_equal(answer_of(certificate, NONE, blank).overall, OVERALL_VALID);
        assert_int_equal(answer_of(blank, NONE, blank).not_tested, OVERALL_VALID);
        assert_false(asks_for(blank));
        withdraw(voided, closed == 1);
        assert_int_equal(answer_of(certificate, NONE, blank).overall, OVERALL_VALID);
        assert_int_equal(answer_of(blank, NONE, blank).not_tested, OVERALL_VALID);
        history_world_forget(&world, (size_t)voided + 1);
        withdraw(certificate, closed == 1);
        assert_int_equal(answer_of(certificate, NONE, blank).overall, OVERALL_UNDETERMINED);
        assert_int_equal(answer_of(blank, NONE, blank).not_tested, OVERALL_UNDETERMINED);
        assert_true(asks_for(blank));
        history_world_forget(&world, count);
    }
}

static int begin(void **state)
{
    (void)state;
    history_world_init(&world);
    history_node_init(&node);
    int inception = tell(TOLD_INCEPTION, OWNER, NONE, NONE);
    rules = tell(TOLD_RULES, OWNER, inception, NONE);
    accredited = tell_all((struct told){
        .kind = TOLD_ACCREDIT, .author = OWNER, .parent = rules, .about = NONE, .whom = SCHOOL});
    begun = tell(TOLD_INCEPTION, SCHOOL, NONE, NONE);
    return 0;
}

static int end(void **state)
{
    (void)state;
    history_node_deinit(&node);
    history_world_deinit(&world);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_graduate_stays_whenever_her_block_comes, begin, end),
        cmocka_unit_test_setup_teardown(a_revocation_stays_whenever_its_block_comes, begin, end),
        cmocka_unit_test_setup_teardown(a_reinstatement_stays_unless_a_void_names_its_branch, begin, end),
        cmocka_unit_test_setup_teardown(a_void_that_names_a_graduates_branch_takes_nothing_for_certain, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_void_stays_with_the_certificate_that_it_took, begin, end),
        cmocka_unit_test_setup_teardown(a_void_stays_with_the_revocation_that_it_took, begin, end),
        cmocka_unit_test_setup_teardown(what_a_school_gave_to_others_or_took_from_them_stays, begin, end),
        cmocka_unit_test_setup_teardown(a_kept_branch_takes_nothing_back_of_another, begin, end),
        cmocka_unit_test_setup_teardown(old_keys_under_a_cut_take_nothing_back, begin, end),
        cmocka_unit_test_setup_teardown(a_void_beside_a_closed_cut_takes_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_void_beyond_a_cut_takes_no_word_for_certain, begin, end),
        cmocka_unit_test_setup_teardown(a_gap_stays_one_where_a_void_beyond_the_cut_seems_to_explain_it,
                                        begin, end),
        cmocka_unit_test_setup_teardown(the_same_bytes_said_again_hide_nobody, begin, end),
        cmocka_unit_test_setup_teardown(a_delegate_of_a_kept_branch_still_revokes, begin, end),
        cmocka_unit_test_setup_teardown(what_a_kept_cut_keeps_stays, begin, end),
        cmocka_unit_test_setup_teardown(what_a_dropped_cut_keeps_does_not_stay, begin, end),
        cmocka_unit_test_setup_teardown(a_delegate_is_admitted_once_the_head_of_the_cut_is_here, begin, end),
        cmocka_unit_test_setup_teardown(a_delegate_of_a_kept_branch_leaves_open_what_came_blanked, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_delegate_of_a_dropped_branch_is_a_stranger, begin, end),
        cmocka_unit_test_setup_teardown(a_fork_keeps_no_delegate_out, begin, end),
        cmocka_unit_test_setup_teardown(a_freeze_keeps_no_delegate_out, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
