#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/exchange.h"
#include "tests/support/history_world.h"

/* What a cut keeps, and its author dropped, no push brings to a node that never held it: such a node asks for
 * it. Told as histories (naive_history.h). The holder had all before the school rotated; the fresh node met
 * nobody. */

enum { OWNER, SCHOOL, COLLEGE, NONE = -1 };

enum { HOLDER, FRESH, OTHER, NODES };

enum {
    HOUR_MS = 3600 * 1000,
    GRADUATES = 12,
    HOURS = 48,
};

static struct history_world world;
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

static int withdraw_by(int author, int parent, int cut)
{
    return tell_all((struct told){
        .kind = TOLD_WITHDRAW, .author = author, .parent = parent, .about = cut, .whom = SCHOOL});
}

static void give(size_t end, int block)
{
    exchange_give(end, world.blocks[block].encoded);
}

static void give_begun(size_t end)
{
    give(end, 0);
    give(end, rules);
    give(end, accredited);
    give(end, begun);
}

static bool is_held(size_t end, int block)
{
    const struct history_block *built = &world.blocks[block];
    struct store_txn *txn = NULL;
    bool held = false;

    assert_int_equal(store_read_begin(&txn, exchange.ends[end].store), STORE_OK);
    assert_int_equal(store_is_block_held(txn, &world.actors[world.history.blocks[block].author].id,
                                         built->seq, &built->hash, &held),
                     STORE_OK);
    store_end(txn);
    return held;
}

static bool lacks_cuts(size_t end)
{
    struct store_txn *txn = NULL;
    bool lacks = false;

    assert_int_equal(store_read_begin(&txn, exchange.ends[end].store), STORE_OK);
    assert_int_equal(relay_lacks_cuts(&exchange.ends[end].relay, txn, &world.actors[SCHOOL].id, &lacks),
                     STORE_OK);
    store_end(txn);
    return lacks;
}

/* ---- the school drops its graduates ---- */

static struct {
    int graduates[GRADUATES];
    int withdrawn, rotated;
} closing;

/* The holder has it all: graduates, a withdrawal whose cut keeps them, and the rotation behind them. */
static void close_school(size_t graduates)
{
    int last = begun;

    for (size_t i = 0; i < graduates; i++) {
        last = closing.graduates[i] = tell(TOLD_ATTEST, SCHOOL, last, NONE);
    }
    closing.withdrawn = withdraw_by(OWNER, accredited, last);
    closing.rotated = tell(TOLD_ROTATE, SCHOOL, begun, NONE);
    give_begun(HOLDER);
    for (size_t i = 0; i < graduates; i++) {
        give(HOLDER, closing.graduates[i]);
    }
    give(HOLDER, closing.withdrawn);
    give(HOLDER, closing.rotated);
}

static void assert_graduates_held(size_t end, size_t graduates, bool held)
{
    for (size_t i = 0; i < graduates; i++) {
        assert_int_equal(is_held(end, closing.graduates[i]), held);
    }
}

/* Whatever the fresh node has by then, and in whichever order it came. */
static void a_fresh_node_asks_for_what_a_cut_keeps(void **state)
{
    enum { ALL_MAX = 6 };
    static const struct {
        const char *sentence;
        int given[ALL_MAX]; /* of: 0 the owner's first three, 1 withdrawal, 2 the school's first, 3 rotation
                             */
        size_t count;
        size_t graduates;
    } rows[] = {
        {"Nothing is held.", {0}, 0, 1},
        {"Nothing is held, and the branch is long.", {0}, 0, GRADUATES},
        {"The owner's log is held without the withdrawal.", {0}, 1, 3},
        {"The school's log is held, and no withdrawal.", {0, 2, 3}, 3, 3},
        {"The withdrawal is held, and nothing of the school.", {0, 1}, 2, 3},
        {"The withdrawal is held, and of the school what comes before it rotated.", {0, 1, 2}, 3, 3},
        {"The withdrawal came first.", {0, 1, 2, 3}, 4, 3},
        {"The withdrawal came last.", {0, 2, 3, 1}, 4, 3},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t count = world.history.count;

        exchange_begin(&world.network, &world.trust, NODES, 1000);
        close_school(rows[i].graduates);
        for (size_t j = 0; j < rows[i].count; j++) {
            switch (rows[i].given[j]) {
            case 0:
                give(FRESH, 0);
                give(FRESH, rules);
                give(FRESH, accredited);
                break;
            case 1:
                give(FRESH, closing.withdrawn);
                break;
            case 2:
                give(FRESH, begun);
                break;
            default:
                give(FRESH, closing.rotated);
                break;
            }
        }
        exchange_meet(HOLDER, FRESH);
        exchange_pass(2 * SYNC_HEADS_INTERVAL_MS); /* heads again, where the withdrawal came last */
        if (!is_held(FRESH, closing.graduates[0])) {
            fail_msg("%s", rows[i].sentence);
        }
        assert_graduates_held(FRESH, rows[i].graduates, true);
        assert_true(is_held(FRESH, closing.rotated));
        assert_false(lacks_cuts(FRESH));
        exchange_close();
        history_world_forget(&world, count);
    }
    (void)state;
}

static void it_is_asked_for_after_a_restart_too(void **state)
{
    (void)state;
    close_school(3);
    give_begun(FRESH);
    give(FRESH, closing.rotated);
    give(FRESH, closing.withdrawn);
    assert_true(lacks_cuts(FRESH));
    exchange_restart(FRESH);
    assert_true(lacks_cuts(FRESH));
    exchange_meet(HOLDER, FRESH);
    assert_graduates_held(FRESH, 3, true);
}

/* A node that has no more than the chain is asked in vain, and stands in nobody's way; nor does a connection
 * that comes later. */
static void a_relay_that_has_the_chain_alone_prevents_nothing(void **state)
{
    (void)state;
    close_school(3);
    give_begun(OTHER);
    give(OTHER, closing.rotated);
    give(OTHER, closing.withdrawn);
    exchange_meet(OTHER, FRESH);
    exchange_pass(HOUR_MS);
    assert_graduates_held(FRESH, 3, false);
    assert_true(exchange.cut_wants > 0);
    exchange_meet(HOLDER, FRESH);
    assert_graduates_held(FRESH, 3, true);
    exchange_pass(HOUR_MS); /* the relay asks the fresh node in its turn */
    assert_graduates_held(OTHER, 3, true);
}

/* Nobody reads it here. */
static void a_strangers_withdrawal_causes_nothing(void **state)
{
    int graduate = tell(TOLD_ATTEST, SCHOOL, begun, NONE);
    int college = tell(TOLD_INCEPTION, COLLEGE, NONE, NONE);
    int accredited_college = tell_all((struct told){
        .kind = TOLD_ACCREDIT, .author = OWNER, .parent = accredited, .about = NONE, .whom = COLLEGE});
    int withdrawn = withdraw_by(COLLEGE, college, graduate); /* which did not accredit the school */
    int rotated = tell(TOLD_ROTATE, SCHOOL, begun, NONE);

    (void)state;
    give_begun(HOLDER);
    give(HOLDER, graduate);
    give(HOLDER, accredited_college);
    give(HOLDER, college);
    give(HOLDER, withdrawn);
    give(HOLDER, rotated);
    exchange_meet(HOLDER, FRESH);
    exchange_pass(HOUR_MS);
    assert_true(is_held(FRESH, withdrawn));
    assert_true(is_held(FRESH, rotated));
    assert_false(is_held(FRESH, graduate));
    assert_int_equal(exchange.cut_wants, 0);
}

/* Two days of two nodes that both lack it: an hour lies between two questions in the end. */
static void what_nobody_has_is_asked_for_ever_more_seldom(void **state)
{
    (void)state;
    close_school(1);
    for (size_t end = FRESH; end <= OTHER; end++) {
        give_begun(end);
        give(end, closing.rotated);
        give(end, closing.withdrawn);
    }
    exchange_meet(FRESH, OTHER);
    exchange_pass(HOURS * HOUR_MS);
    assert_in_range(exchange.cut_wants, 2, 2 * (8 + HOURS));
    assert_false(is_held(FRESH, closing.graduates[0]));
}

/* A later withdrawal lowers the cut. */
static void what_two_cuts_keep_goes_once(void **state)
{
    (void)state;
    close_school(GRADUATES);
    int lower = withdraw_by(OWNER, closing.withdrawn, closing.graduates[GRADUATES / 2]);
    give(HOLDER, lower);
    give_begun(FRESH);
    give(FRESH, closing.withdrawn);
    give(FRESH, lower);
    exchange_meet(HOLDER, FRESH);
    assert_graduates_held(FRESH, GRADUATES, true);
    assert_int_equal(exchange.cut_wants, 1);
    assert_int_equal(exchange.blocks, 1 + GRADUATES); /* and the rotation */
}

/* Whoever passed a block on left out what it says: it is asked for again, of others. */
static void what_came_blanked_is_asked_for_too(void **state)
{
    (void)state;
    close_school(3);
    give_begun(FRESH);
    give(FRESH, closing.withdrawn);
    give(FRESH, closing.rotated);
    give(FRESH, closing.graduates[0]);
    exchange_give(FRESH, world.blocks[closing.graduates[1]].blanked);
    give(FRESH, closing.graduates[2]);
    assert_true(lacks_cuts(FRESH));
    exchange_meet(HOLDER, FRESH);
    assert_false(lacks_cuts(FRESH));
    assert_int_equal(exchange.cut_wants, 1);
}

/* The fresh node has the chains, and whoever has the keys that were rotated away filled the room for
 * branches.
 */
static void give_full(void)
{
    const struct epoch_sides full = {
        .bytes = 8 * 1024 * 1024, .branches = 64, .reserve_bytes = 2 * 1024 * 1024, .reserve_branches = 16};
    struct store_txn *txn = NULL;

    give_begun(FRESH);
    give(FRESH, closing.rotated);
    give(FRESH, closing.withdrawn);
    assert_int_equal(store_write_begin(&txn, exchange.ends[FRESH].store), STORE_OK);
    assert_int_equal(store_set_epoch_sides(txn, &world.actors[SCHOOL].id, 0, &full), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
}

static void room_that_others_took_keeps_nothing_out(void **state)
{
    static const size_t graduates[] = {1, 2, GRADUATES};

    (void)state;
    for (size_t i = 0; i < sizeof graduates / sizeof graduates[0]; i++) {
        size_t count = world.history.count;
        struct ingest_result result;
        int junk = tell(TOLD_ATTEST, SCHOOL, begun, NONE);

        exchange_begin(&world.network, &world.trust, NODES, 1000);
        close_school(graduates[i]);
        give_full();
        exchange_meet(HOLDER, FRESH);
        exchange_pass(2 * SYNC_HEADS_INTERVAL_MS);
        assert_int_equal(exchange_take_in(FRESH, world.blocks[junk].encoded, &result), REASON_EPOCH_CLOSED);
        assert_graduates_held(FRESH, graduates[i], true);
        assert_false(lacks_cuts(FRESH));
        exchange_close();
        history_world_forget(&world, count);
    }
}

/* As long as there is room, an orphan is asked for with what lies before it. */
static void with_room_nothing_is_asked_for_from_above(void **state)
{
    struct ingest_result result;

    (void)state;
    close_school(2);
    give_begun(FRESH);
    give(FRESH, closing.rotated);
    give(FRESH, closing.withdrawn);
    assert_int_equal(exchange_take_in(FRESH, world.blocks[closing.graduates[1]].encoded, &result),
                     REASON_ORPHAN);
    assert_false(result.on_way);
}

static void nor_is_anything_else_let_in(void **state)
{
    struct ingest_result result;
    int junk = tell(TOLD_ATTEST, SCHOOL, begun, NONE);

    (void)state;
    close_school(2);
    give_full();
    assert_int_equal(exchange_take_in(FRESH, world.blocks[closing.graduates[0]].encoded, &result),
                     REASON_BRANCHES_FULL);
    assert_false(result.on_way); /* nobody knows yet */
    assert_int_equal(exchange_take_in(FRESH, world.blocks[closing.graduates[1]].encoded, &result),
                     REASON_ORPHAN);
    assert_true(result.on_way);
    assert_int_equal(exchange_take_in(FRESH, world.blocks[closing.graduates[1]].encoded, &result),
                     REASON_ORPHAN);
    assert_false(result.on_way); /* that is no news */
    assert_int_equal(exchange_take_in(FRESH, world.blocks[junk].encoded, &result), REASON_BRANCHES_FULL);
    assert_false(result.on_way);
    give(FRESH, closing.graduates[0]);
    give(FRESH, closing.graduates[1]);
}

/* What no cut keeps stays away. */
static void what_lies_beyond_the_cut_is_not_asked_for(void **state)
{
    int graduate = tell(TOLD_ATTEST, SCHOOL, begun, NONE);
    int beyond = tell(TOLD_ATTEST, SCHOOL, graduate, NONE);
    int withdrawn = withdraw_by(OWNER, accredited, graduate);
    int rotated = tell(TOLD_ROTATE, SCHOOL, begun, NONE);

    (void)state;
    give_begun(HOLDER);
    give(HOLDER, graduate);
    give(HOLDER, beyond);
    give(HOLDER, withdrawn);
    give(HOLDER, rotated);
    exchange_meet(HOLDER, FRESH);
    exchange_pass(2 * SYNC_HEADS_INTERVAL_MS);
    assert_true(is_held(FRESH, graduate));
    assert_false(is_held(FRESH, beyond));
}

static int begin_history(void **state)
{
    (void)state;
    history_world_init(&world);
    int inception = tell(TOLD_INCEPTION, OWNER, NONE, NONE);
    rules = tell(TOLD_RULES, OWNER, inception, NONE);
    accredited = tell_all((struct told){
        .kind = TOLD_ACCREDIT, .author = OWNER, .parent = rules, .about = NONE, .whom = SCHOOL});
    begun = tell(TOLD_INCEPTION, SCHOOL, NONE, NONE);
    return 0;
}

static int end_history(void **state)
{
    (void)state;
    history_world_deinit(&world);
    return 0;
}

static int begin(void **state)
{
    begin_history(state);
    exchange_begin(&world.network, &world.trust, NODES, 1000);
    return 0;
}

static int end(void **state)
{
    exchange_close();
    return end_history(state);
}

#define WITH_NODES(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_fresh_node_asks_for_what_a_cut_keeps, begin_history, end_history),
        WITH_NODES(it_is_asked_for_after_a_restart_too),
        WITH_NODES(a_relay_that_has_the_chain_alone_prevents_nothing),
        WITH_NODES(a_strangers_withdrawal_causes_nothing),
        WITH_NODES(what_nobody_has_is_asked_for_ever_more_seldom),
        WITH_NODES(what_two_cuts_keep_goes_once),
        WITH_NODES(what_came_blanked_is_asked_for_too),
        cmocka_unit_test_setup_teardown(room_that_others_took_keeps_nothing_out, begin_history, end_history),
        WITH_NODES(with_room_nothing_is_asked_for_from_above),
        WITH_NODES(nor_is_anything_else_let_in),
        WITH_NODES(what_lies_beyond_the_cut_is_not_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
