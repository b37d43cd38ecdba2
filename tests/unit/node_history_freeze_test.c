#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/log/fork.h"
#include "tests/support/history_node.h"

/* What two rotations of one epoch leave in doubt while one of them lacks the blocks before it, whenever which
 * of them comes. Told as histories (naive_history.h). */

enum { OWNER, SCHOOL, NONE = -1, ORDER_MAX = 7 };

static struct history_world world;
static struct history_node node;
static int begun;               /* the school's block 0, which every case begins with */
static int certificate, beside; /* of the epoch that is closed twice, on two branches… */
static int closing, rival;      /* …that these close */
static uint64_t now_s;          /* each checkpoint is newer than the last one */

static int tell(enum told_kind kind, int parent, int about)
{
    const struct told told = {.kind = kind, .author = SCHOOL, .parent = parent, .about = about};
    int block = history_world_tell(&world, &told);
    assert_true(block >= 0);
    return block;
}

/* The certificate is not below the rival, or both rotations are above it. */
static void tell_rivals(bool below_both)
{
    certificate = tell(TOLD_ATTEST, begun, NONE);
    closing = tell(TOLD_ROTATE, certificate, NONE);
    beside = tell(TOLD_ATTEST, below_both ? certificate : begun, NONE);
    rival = tell(TOLD_ROTATE, beside, NONE);
}

static void offer(int block)
{
    history_node_offer(&node, block, false, now_s);
    assert_null(node.fault);
}

/* A node that holds what every case begins with. */
static void begin_node(bool durable)
{
    history_node_begin(&node, &world, durable);
    for (int i = 0; i <= begun; i++) {
        offer(i);
    }
}

static enum overall answer(int about)
{
    static struct history_answer answers[TOLD_MAX];
    memset(answers, 0, sizeof answers);
    now_s += 60;
    history_node_answer(answers, &node, now_s);
    assert_null(node.fault);
    return answers[about].overall;
}

static enum overall answer_after(const int *order, size_t count, int about)
{
    begin_node(false);
    for (size_t i = 0; i < 2 * count; i++) { /* what came too early comes again */
        offer(order[i % count]);
    }
    enum overall overall = answer(about);
    history_node_end(&node);
    return overall;
}

/* Swap two of the places after `at` in turn, and so on: every order. */
static void assert_unknown_in_every_order(int *order, size_t at, size_t count, int about)
{
    if (at == count) {
        assert_int_equal(answer_after(order, count, about), OVERALL_UNDETERMINED);
        return;
    }
    for (size_t i = at; i < count; i++) {
        int taken = order[i];
        order[i] = order[at];
        order[at] = taken;
        assert_unknown_in_every_order(order, at + 1, count, about);
        order[at] = order[i];
        order[i] = taken;
    }
}

static void what_a_rival_may_not_extend_is_unknown_whatever_comes_first(void **state)
{
    int order[ORDER_MAX];
    (void)state;
    for (int below_both = 0; below_both < 2; below_both++) {
        size_t count = world.history.count;
        tell_rivals(below_both == 1);
        int revoked = tell(TOLD_REVOKE, closing, certificate);
        memcpy(order, (int[]){certificate, closing, rival}, 3 * sizeof order[0]);
        assert_unknown_in_every_order(order, 0, 3, certificate);
        order[3] = revoked; /* said behind one of the two, it is none for certain */
        assert_unknown_in_every_order(order, 0, 4, certificate);
        history_world_forget(&world, count);
    }
}

static void what_follows_one_of_two_is_unknown_whatever_follows(void **state)
{
    int order[ORDER_MAX];
    (void)state;
    tell_rivals(false);
    int after = tell(TOLD_ATTEST, closing, NONE);
    int later = tell(TOLD_ROTATE, after, NONE);
    int last = tell(TOLD_ATTEST, later, NONE);
    int aside = tell(TOLD_ATTEST, begun, NONE); /* the one has dropped it, the other may not have */
    memcpy(order, (int[]){aside, certificate, closing, rival, after, later}, 6 * sizeof order[0]);
    assert_int_equal(answer_after(order, 6, aside), OVERALL_UNDETERMINED);
    memcpy(order, (int[]){certificate, closing, rival, after, later, last}, 6 * sizeof order[0]);
    assert_unknown_in_every_order(order, 0, 5, after);
    assert_int_equal(answer_after(order, 6, last), OVERALL_UNDETERMINED);
    assert_int_equal(answer_after(order, 6, certificate), OVERALL_UNDETERMINED);
}

static void a_void_of_the_rivals_branch_ends_nothing(void **state)
{
    int order[ORDER_MAX];
    (void)state;
    tell_rivals(false);
    const struct told told = {.kind = TOLD_NAME,
                              .author = SCHOOL,
                              .parent = closing,
                              .about = NONE,
                              .named_count = 1,
                              .named = {beside}};
    int named = history_world_tell(&world, &told);
    memcpy(order, (int[]){certificate, closing, rival, named}, 4 * sizeof order[0]);
    assert_unknown_in_every_order(order, 0, 4, certificate);
    order[4] = beside;
    assert_int_equal(answer_after(order, 5, certificate), OVERALL_UNDETERMINED);
}

/* Also where the missing block comes last. */
static void what_both_extend_stands_once_that_is_seen(void **state)
{
    int order[ORDER_MAX];
    (void)state;
    tell_rivals(true);
    int after = tell(TOLD_ATTEST, closing, NONE);
    memcpy(order, (int[]){certificate, closing, after, rival, beside}, 5 * sizeof order[0]);
    assert_int_equal(answer_after(order, 4, certificate), OVERALL_UNDETERMINED);
    assert_int_equal(answer_after(order, 5, certificate), OVERALL_VALID);
    assert_int_equal(answer_after(order, 5, beside), OVERALL_UNDETERMINED);
    assert_int_equal(answer_after(order, 5, after), OVERALL_UNDETERMINED);
}

static void a_rotation_that_waits_without_a_rival_disputes_nothing(void **state)
{
    (void)state;
    tell_rivals(false);
    assert_int_equal(answer_after((int[]){certificate, rival}, 2, certificate), OVERALL_VALID);
    assert_int_equal(answer_after((int[]){certificate, closing}, 2, certificate), OVERALL_VALID);
}

/* Nobody but who holds the keys that the chain committed to makes a rival of its rotation. */
static void a_rotation_with_other_keys_disputes_nothing(void **state)
{
    int order[ORDER_MAX];
    (void)state;
    tell_rivals(false);
    int later = tell(TOLD_ROTATE, closing, NONE);
    int elsewhere = tell(TOLD_ROTATE, rival, NONE);
    memcpy(order, (int[]){certificate, closing, later, elsewhere}, 4 * sizeof order[0]);
    assert_int_equal(answer_after(order, 4, certificate), OVERALL_VALID);
}

/* Whatever became of that one afterwards. */
static void what_a_closed_epoch_said_before_stands_unless_the_disputed_one_speaks_against_it(void **state)
{
    (void)state;
    certificate = tell(TOLD_ATTEST, begun, NONE);
    int first = tell(TOLD_ROTATE, certificate, NONE);
    int kept = tell(TOLD_ATTEST, first, NONE);
    closing = tell(TOLD_ROTATE, kept, NONE);
    beside = tell(TOLD_ATTEST, first, NONE);
    rival = tell(TOLD_ROTATE, beside, NONE);
    int later = tell(TOLD_ROTATE, closing, NONE);
    int revoked = tell(TOLD_REVOKE, first, certificate);
    const int order[ORDER_MAX] = {certificate, first, kept, closing, rival, later, revoked};
    assert_int_equal(answer_after(order, 6, certificate), OVERALL_VALID);
    assert_int_equal(answer_after(order, 7, certificate), OVERALL_UNDETERMINED);
}

static void two_that_wait_leave_all_of_their_epoch_unknown(void **state)
{
    int order[ORDER_MAX];
    (void)state;
    tell_rivals(false);
    int second = tell(TOLD_ATTEST, begun, NONE);
    int last = tell(TOLD_ROTATE, second, NONE);
    memcpy(order, (int[]){certificate, rival, last}, 3 * sizeof order[0]);
    assert_unknown_in_every_order(order, 0, 3, certificate);
}

static void a_rival_is_remembered_over_a_restart(void **state)
{
    (void)state;
    tell_rivals(false);
    for (int first = 0; first < 2; first++) {
        begin_node(true);
        offer(certificate);
        offer(first == 0 ? rival : closing);
        history_node_restart(&node);
        assert_int_equal(answer(certificate), OVERALL_VALID);
        offer(first == 0 ? closing : rival);
        assert_int_equal(answer(certificate), OVERALL_UNDETERMINED);
        history_node_restart(&node);
        assert_int_equal(answer(certificate), OVERALL_UNDETERMINED);
        history_node_end(&node);
    }
}

/* The headers alone, as a proof has them, tell no more of what lies below than a block does that waits. */
static void a_proof_of_two_leaves_unknown_what_it_does_not_show(void **state)
{
    struct arena *arena = &world.builder.arena;
    uint8_t *memory = arena_take(arena, 8192);
    struct block blocks[2];
    struct fork_proof proof;
    struct bytes encoded = {0};
    struct actor_id author;
    enum store_error error = STORE_OK;
    (void)state;
    tell_rivals(true);
    assert_int_equal(block_decode(&blocks[0], &world.network, world.blocks[closing].encoded, arena),
                     REASON_NONE);
    assert_int_equal(block_decode(&blocks[1], &world.network, world.blocks[rival].encoded, arena),
                     REASON_NONE);
    assert_true(fork_proof_of(&proof, &blocks[0], &blocks[1], arena));
    assert_true(schema_encode(&fork_proof_schema, &proof, memory, 8192, &encoded));
    for (int held = 0; held < 2; held++) { /* one of the two, or none */
        begin_node(false);
        offer(certificate);
        if (held == 1) {
            offer(closing);
        }
        assert_int_equal(answer(certificate), OVERALL_VALID);
        assert_int_equal(ingest_fork_proof(&node.ingest, node.txn, encoded, now_s, &author, &error),
                         REASON_NONE);
        assert_int_equal(error, STORE_OK);
        assert_int_equal(answer(certificate), OVERALL_UNDETERMINED);
        offer(closing);
        assert_int_equal(answer(certificate), OVERALL_UNDETERMINED);
        offer(beside);
        offer(rival);
        assert_int_equal(answer(certificate), OVERALL_VALID); /* both extend it */
        assert_int_equal(ingest_fork_proof(&node.ingest, node.txn, encoded, now_s, &author, &error),
                         REASON_KNOWN);
        assert_int_equal(answer(certificate), OVERALL_VALID);
        history_node_end(&node);
    }
}

/* Of many that are held the lowest stay: one that would give way to them when it is placed doesn't count
 * before either. */
static void a_rival_above_those_that_stay_known_disputes_nothing(void **state)
{
    int lower = 0;
    (void)state;
    tell_rivals(false);
    begin_node(false);
    offer(certificate);
    offer(rival);
    while (lower < STORE_ROTATIONS_MAX) {
        int block = tell(TOLD_ROTATE, certificate, NONE);
        if (hash_compare(&world.blocks[block].hash, &world.blocks[rival].hash) < 0) {
            offer(block);
            assert_int_equal(answer(certificate),
                             ++lower < STORE_ROTATIONS_MAX ? OVERALL_UNDETERMINED : OVERALL_VALID);
        }
    }
    history_node_end(&node);
}

static int begin(void **state)
{
    (void)state;
    now_s = time_of_day(HISTORY_DAY) + 43200;
    history_world_init(&world);
    history_node_init(&node);
    const struct told told[] = {
        {.kind = TOLD_INCEPTION, .author = OWNER, .parent = NONE, .about = NONE},
        {.kind = TOLD_RULES, .author = OWNER, .parent = 0, .about = NONE},
        {.kind = TOLD_ACCREDIT, .author = OWNER, .parent = 1, .about = NONE, .whom = SCHOOL},
        {.kind = TOLD_INCEPTION, .author = SCHOOL, .parent = NONE, .about = NONE},
    };
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        begun = history_world_tell(&world, &told[i]);
    }
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
        cmocka_unit_test_setup_teardown(what_a_rival_may_not_extend_is_unknown_whatever_comes_first, begin,
                                        end),
        cmocka_unit_test_setup_teardown(what_follows_one_of_two_is_unknown_whatever_follows, begin, end),
        cmocka_unit_test_setup_teardown(a_void_of_the_rivals_branch_ends_nothing, begin, end),
        cmocka_unit_test_setup_teardown(what_both_extend_stands_once_that_is_seen, begin, end),
        cmocka_unit_test_setup_teardown(a_rotation_that_waits_without_a_rival_disputes_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_rotation_with_other_keys_disputes_nothing, begin, end),
        cmocka_unit_test_setup_teardown(
            what_a_closed_epoch_said_before_stands_unless_the_disputed_one_speaks_against_it, begin, end),
        cmocka_unit_test_setup_teardown(two_that_wait_leave_all_of_their_epoch_unknown, begin, end),
        cmocka_unit_test_setup_teardown(a_rival_is_remembered_over_a_restart, begin, end),
        cmocka_unit_test_setup_teardown(a_proof_of_two_leaves_unknown_what_it_does_not_show, begin, end),
        cmocka_unit_test_setup_teardown(a_rival_above_those_that_stay_known_disputes_nothing, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
