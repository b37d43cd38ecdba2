#include "node/locator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/store_world.h"

struct seqs_row {
    const char *sentence;
    uint64_t head_seq;
    size_t count;
    uint64_t seqs[LOCATOR_MAX];
};

static const struct seqs_row seqs_rows[] = {
    {"Block 0 alone.", 0, 1, {0}},
    {"Two blocks.", 1, 2, {1, 0}},
    {"Three.", 2, 3, {2, 1, 0}},
    {"Four.", 3, 4, {3, 2, 1, 0}},
    {"Steps double.", 10, 6, {10, 9, 8, 6, 2, 0}},
    {"A step that would end at block 0 is block 0.", 8, 5, {8, 7, 6, 4, 0}},
};

static void points_thin_out_towards_the_beginning(void **state)
{
    uint64_t seqs[LOCATOR_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof seqs_rows / sizeof *seqs_rows; i++) {
        const struct seqs_row *row = &seqs_rows[i];

        if (locator_seqs(row->head_seq, seqs) != row->count ||
            memcmp(seqs, row->seqs, row->count * sizeof *seqs) != 0) {
            fail_msg("%s", row->sentence);
        }
    }
    assert_in_range(locator_seqs(BLOCK_SEQ_MAX, seqs), 3, LOCATOR_MAX - 1);
}

/* The points' seqs as the locator of a log of 11 blocks gives them with one more at extra_seq. */
static void check_points(struct store_world *world, const struct actor_id *author, uint64_t extra_seq,
                         const uint64_t *seqs, size_t count)
{
    struct store_txn *txn = world_read(world);
    struct locator_point points[LOCATOR_MAX];
    struct head extra = {.author = *author, .seq = extra_seq};
    size_t got = 0;

    extra.hash.bytes[0] = 0xaa;
    assert_int_equal(locator_of(txn, author, &extra, points, &got), STORE_OK);
    assert_int_equal(got, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(points[i].seq, seqs[i]);
        assert_true((points[i].seq == extra_seq) == hash_equal(&points[i].hash, &extra.hash));
    }
    store_end(txn);
}

static void a_block_beside_the_chain_takes_its_place(void **state)
{
    static struct store_world world;
    static struct world_author author;
    const struct head none = {.seq = 0};
    struct locator_point points[LOCATOR_MAX];
    const struct subject subject = world_subject(1);
    struct store_txn *txn = NULL;
    size_t count = 7;

    (void)state;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &author, 3, 1000);
    for (size_t i = 0; i < 10; i++) {
        world_attest(&world, txn, &author, &subject, 1, "ase/A5", 1000);
    }
    world_commit(txn);
    check_points(&world, &author.actor.id, 15, (const uint64_t[]){15, 10, 9, 8, 6, 2, 0}, 7);
    check_points(&world, &author.actor.id, 7, (const uint64_t[]){10, 9, 8, 7, 6, 2, 0}, 7);
    check_points(&world, &author.actor.id, 8, (const uint64_t[]){10, 9, 8, 6, 2, 0}, 6);
    txn = world_read(&world);
    assert_int_equal(locator_of(txn, &author.actor.id, &none, points, &count), STORE_OK);
    assert_int_equal(count, 6);
    assert_true(hash_equal(&points[0].hash, &author.state.head));
    /* A log that is not held has no points. */
    assert_int_equal(locator_of(txn, &(struct actor_id){.hash = author.state.head}, &none, points, &count),
                     STORE_OK);
    assert_int_equal(count, 0);
    store_end(txn);
    world_deinit(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_thin_out_towards_the_beginning),
        cmocka_unit_test(a_block_beside_the_chain_takes_its_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
