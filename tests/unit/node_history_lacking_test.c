#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/history_node.h"

/* A certificate whose bytes a relay left out names nobody: nothing but the gap says that it may be hers. Told
 * as histories (naive_history.h). */

enum { OWNER, SCHOOL, NONE = -1 };

static struct history_world world;
static struct history_node node;
static int rules, accredited;

static int tell(enum told_kind kind, int author, int parent, int whom)
{
    int block = history_world_tell(
        &world,
        &(struct told){.kind = kind, .author = author, .parent = parent, .about = NONE, .whom = whom});
    assert_true(block >= 0);
    return block;
}

/* Whether "not tested" is met of a certificate's code, where one block comes blank (or NONE), nothing comes
 * of a silent author (or NONE), and all else whole. */
static enum overall ask_not_tested(int certificate, int blank, int silent)
{
    const uint64_t now_s = time_of_day(HISTORY_DAY) + 43200;
    static struct history_answer answers[TOLD_MAX];
    memset(answers, 0, sizeof answers);
    history_node_begin(&node, &world, false);
    for (int i = 0; i < (int)world.history.count; i++) {
        assert_true(world.history.blocks[i].author == silent ||
                    history_node_offer(&node, i, i == blank, now_s - 600 + 60 * (uint64_t)i));
    }
    history_node_answer(answers, &node, now_s);
    assert_null(node.fault);
    history_node_end(&node);
    return answers[certificate].not_tested;
}

static enum overall not_tested(int certificate, bool blank)
{
    return ask_not_tested(certificate, blank ? certificate : NONE, NONE);
}

static void an_owners_blank_certificate_may_be_hers(void **state)
{
    int certificate = tell(TOLD_ATTEST, OWNER, accredited, 0);
    (void)state;
    assert_int_equal(not_tested(certificate, true), OVERALL_UNDETERMINED);
    assert_int_equal(not_tested(certificate, false), OVERALL_INVALID);
}

/* Of which nothing else is about her. */
static void so_may_a_schools(void **state)
{
    int certificate = tell(TOLD_ATTEST, SCHOOL, tell(TOLD_INCEPTION, SCHOOL, NONE, 0), 0);
    (void)state;
    assert_int_equal(not_tested(certificate, true), OVERALL_UNDETERMINED);
    assert_int_equal(not_tested(certificate, false), OVERALL_INVALID);
}

static void also_where_it_was_accredited_again_on_another_branch(void **state)
{
    int certificate = tell(TOLD_ATTEST, SCHOOL, tell(TOLD_INCEPTION, SCHOOL, NONE, 0), 0);
    (void)state;
    tell(TOLD_ACCREDIT, OWNER, tell(TOLD_ROTATE, OWNER, rules, 0), SCHOOL);
    assert_int_equal(not_tested(certificate, true), OVERALL_UNDETERMINED);
}

/* Of a certificate by a school that was accredited on the branch that the node does not follow. Of two it
 * follows either: tried until it is the other one. */
static void ask_beside_the_chain(enum overall (*ask)(int certificate))
{
    int fork = rules;
    bool any_beside = false;
    history_world_forget(&world, (size_t)accredited);
    for (int i = 0; i < 5; i++) {
        fork = tell(TOLD_ATTEST, OWNER, fork, 0);
        size_t count = world.history.count;
        int beside = tell(TOLD_ACCREDIT, OWNER, fork, SCHOOL);
        int certificate = tell(TOLD_ATTEST, SCHOOL, tell(TOLD_INCEPTION, SCHOOL, NONE, 0), 0);
        tell(TOLD_ATTEST, OWNER, fork, 0);
        assert_int_equal(ask(certificate), OVERALL_UNDETERMINED);
        any_beside = any_beside || !node.followed[beside];
        history_world_forget(&world, count);
    }
    assert_true(any_beside);
}

static enum overall ask_of_blank(int certificate)
{
    return not_tested(certificate, true);
}

static void also_where_it_was_accredited_on_a_branch_alone(void **state)
{
    (void)state;
    ask_beside_the_chain(ask_of_blank);
}

static void not_where_it_was_withdrawn_before(void **state)
{
    int inception = tell(TOLD_INCEPTION, SCHOOL, NONE, 0);
    int certificate = tell(TOLD_ATTEST, SCHOOL, inception, 0);
    (void)state;
    int withdrawn = history_world_tell(&world, &(struct told){.kind = TOLD_WITHDRAW,
                                                              .author = OWNER,
                                                              .parent = accredited,
                                                              .about = inception,
                                                              .whom = SCHOOL});
    assert_true(withdrawn >= 0);
    assert_int_equal(not_tested(certificate, true), OVERALL_VALID);
}

static void but_where_it_was_withdrawn_afterwards(void **state)
{
    int certificate = tell(TOLD_ATTEST, SCHOOL, tell(TOLD_INCEPTION, SCHOOL, NONE, 0), 0);
    (void)state;
    int withdrawn = history_world_tell(&world, &(struct told){.kind = TOLD_WITHDRAW,
                                                              .author = OWNER,
                                                              .parent = accredited,
                                                              .about = certificate,
                                                              .whom = SCHOOL});
    assert_true(withdrawn >= 0);
    assert_int_equal(not_tested(certificate, true), OVERALL_UNDETERMINED);
}

/* ---- what never came at all ---- */

static void whom_nobody_heard_of_may_have_said_it(void **state)
{
    int certificate = tell(TOLD_ATTEST, SCHOOL, tell(TOLD_INCEPTION, SCHOOL, NONE, 0), 0);
    (void)state;
    assert_int_equal(ask_not_tested(certificate, NONE, SCHOOL), OVERALL_UNDETERMINED);
}

static void not_who_was_not_accredited(void **state)
{
    history_world_forget(&world, (size_t)accredited);
    int certificate = tell(TOLD_ATTEST, SCHOOL, tell(TOLD_INCEPTION, SCHOOL, NONE, 0), 0);
    (void)state;
    assert_int_equal(ask_not_tested(certificate, NONE, SCHOOL), OVERALL_VALID);
}

static enum overall ask_of_silent(int certificate)
{
    return ask_not_tested(certificate, NONE, SCHOOL);
}

static void also_where_it_was_accredited_beside_the_chain(void **state)
{
    (void)state;
    ask_beside_the_chain(ask_of_silent);
}

static int begin(void **state)
{
    (void)state;
    history_world_init(&world);
    history_node_init(&node);
    rules = tell(TOLD_RULES, OWNER, tell(TOLD_INCEPTION, OWNER, NONE, 0), 0);
    accredited = tell(TOLD_ACCREDIT, OWNER, rules, SCHOOL);
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
        cmocka_unit_test_setup_teardown(an_owners_blank_certificate_may_be_hers, begin, end),
        cmocka_unit_test_setup_teardown(so_may_a_schools, begin, end),
        cmocka_unit_test_setup_teardown(also_where_it_was_accredited_again_on_another_branch, begin, end),
        cmocka_unit_test_setup_teardown(also_where_it_was_accredited_on_a_branch_alone, begin, end),
        cmocka_unit_test_setup_teardown(not_where_it_was_withdrawn_before, begin, end),
        cmocka_unit_test_setup_teardown(but_where_it_was_withdrawn_afterwards, begin, end),
        cmocka_unit_test_setup_teardown(whom_nobody_heard_of_may_have_said_it, begin, end),
        cmocka_unit_test_setup_teardown(not_who_was_not_accredited, begin, end),
        cmocka_unit_test_setup_teardown(also_where_it_was_accredited_beside_the_chain, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
