#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/history_node.h"

/* What is sent to whoever asks for a block that it can't place: what that stands on, the lowest first. The
 * owner's log is 0, 1 and then 2 to 4 behind a rotation; beside it stand A to E, from 2 on. */

enum { DROPPED = 5, CHAIN = 5, MANY = 1000, NONE = -1, POINTS_MAX = 4, FOUND_MAX = 16 };

static struct history_world world;
static struct history_node node;
static int chain[CHAIN], dropped[DROPPED];

static int tell(enum told_kind kind, int parent)
{
    int block = history_world_tell(
        &world, &(struct told){.kind = kind, .author = 0, .parent = parent, .about = NONE});

    assert_true(block >= 0);
    assert_true(history_node_offer(&node, block, false, 1000));
    return block;
}

static int begin(void **state)
{
    (void)state;
    history_world_init(&world);
    history_node_init(&node);
    history_node_begin(&node, &world, false);
    chain[0] = tell(TOLD_INCEPTION, NONE);
    chain[1] = tell(TOLD_RULES, chain[0]);
    for (size_t i = 0; i < DROPPED; i++) {
        dropped[i] = tell(TOLD_ATTEST, i == 0 ? chain[1] : dropped[i - 1]);
    }
    chain[2] = tell(TOLD_ROTATE, chain[1]);
    chain[3] = tell(TOLD_ATTEST, chain[2]);
    chain[4] = tell(TOLD_ATTEST, chain[3]);
    return 0;
}

static int end(void **state)
{
    (void)state;
    history_node_end(&node);
    history_node_deinit(&node);
    history_world_deinit(&world);
    return 0;
}

/* '3' or 'C'; '?': one that is not held. */
static struct locator_point point_of(char name)
{
    const struct history_block *block = NULL;

    if (name == '?') {
        return (struct locator_point){.seq = 4, .hash = {{5}}};
    }
    block = &world.blocks[name < 'A' ? chain[name - '0'] : dropped[name - 'A']];
    return (struct locator_point){.seq = block->seq, .hash = block->hash};
}

static char name_of(const struct locator_point *point)
{
    for (const char *name = "01234ABCDE"; *name != '\0'; name++) {
        const struct locator_point other = point_of(*name);

        if (other.seq == point->seq && hash_equal(&other.hash, &point->hash)) {
            return *name;
        }
    }
    return '?';
}

static void all_that_is_not_shown_to_be_held_is_sent(void **state)
{
    static const struct {
        const char *sentence;
        char block;
        const char *held;
        size_t max, steps;
        const char *sent;
    } rows[] = {
        {"Whoever has nothing gets all.", 'E', "", FOUND_MAX, MANY, "01ABCDE"},
        {"Whoever has the chain gets what stands beside it.", 'E', "4310", FOUND_MAX, MANY, "ABCDE"},
        {"… up to the block that it asks for.", 'B', "4310", FOUND_MAX, MANY, "AB"},
        {"Whoever has less of the chain gets that too.", 'C', "0", FOUND_MAX, MANY, "1ABC"},
        {"Whoever has some of the branch gets the rest.", 'E', "430B", FOUND_MAX, MANY, "CDE"},
        {"… also where it shows no more.", 'E', "D", FOUND_MAX, MANY, "E"},
        {"Whoever has what it asks for gets nothing.", 'C', "4C", FOUND_MAX, MANY, ""},
        {"What lies on another branch shows nothing.", 'A', "0?", FOUND_MAX, MANY, "1A"},
        {"Of many the lowest are sent.", 'E', "430", 2, MANY, "AB"},
        {"… those of the chain first.", 'E', "", 3, MANY, "01A"},
        {"A block of the chain stands on the chain.", '3', "0", FOUND_MAX, MANY, "123"},
        {"… which is not looked through.", '3', "0", FOUND_MAX, 0, "123"},
        {"A branch is looked through as far as is allowed.", 'E', "4", FOUND_MAX, 5, "ABCDE"},
        {"… or nothing of it is sent.", 'E', "4", FOUND_MAX, 4, ""},
        {"What is not held is not sent.", '?', "4", FOUND_MAX, MANY, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct locator_point held[POINTS_MAX], found[FOUND_MAX];
        const struct locator_point block = point_of(rows[i].block);
        size_t held_count = strlen(rows[i].held), steps = rows[i].steps, count = 0;
        char sent[FOUND_MAX + 1] = "";

        for (size_t j = 0; j < held_count; j++) {
            held[j] = point_of(rows[i].held[j]);
        }
        assert_int_equal(store_ancestors(node.txn, &world.actors[0].id, &block, held, held_count, &steps,
                                         found, rows[i].max, &count, &node.ingest.arena),
                         STORE_OK);
        for (size_t j = 0; j < count; j++) {
            sent[j] = name_of(&found[j]);
        }
        if (strcmp(sent, rows[i].sent) != 0) {
            fail_msg("%s: \"%s\" instead of \"%s\"", rows[i].sentence, sent, rows[i].sent);
        }
    }
}

/* Of a question that names many. */
static void steps_are_counted_over_all(void **state)
{
    struct locator_point held[] = {point_of('4')}, found[FOUND_MAX];
    size_t steps = 7, count = 0;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const struct locator_point block = point_of('E');

        assert_int_equal(store_ancestors(node.txn, &world.actors[0].id, &block, held, 1, &steps, found,
                                         FOUND_MAX, &count, &node.ingest.arena),
                         STORE_OK);
        assert_int_equal(count, i == 0 ? DROPPED : 0);
    }
    assert_int_equal(steps, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_that_is_not_shown_to_be_held_is_sent, begin, end),
        cmocka_unit_test_setup_teardown(steps_are_counted_over_all, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
