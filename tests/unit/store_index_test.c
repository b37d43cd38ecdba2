#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/index.h"
#include "tests/support/store_world.h"

/* The subject index against a plain array of everything that was ever added. */

static struct store_world world;

enum { MODEL_MAX = 1024 * 1024 };

struct model {
    size_t count;
    bool cut;
    struct posting items[MODEL_MAX];
};
static struct model model;

static int setup(void **state)
{
    (void)state;
    world_init(&world);
    model.count = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    world_deinit(&world);
    return 0;
}

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void add(struct store_txn *txn, const struct subject *subject, uint64_t place)
{
    assert_true(model.count < MODEL_MAX);
    assert_int_equal(index_add(txn, subject, place), STORE_OK);
    model.items[model.count++] = (struct posting){.prefix = subject_prefix(subject), .place = place};
}

static int compare_postings(const void *a, const void *b)
{
    return posting_compare(a, b);
}

/* Sorted, once per check: after that model.items is a set. */
static void sort_model(void)
{
    size_t kept = 0;

    qsort(model.items, model.count, sizeof model.items[0], compare_postings);
    for (size_t i = 0; i < model.count; i++) {
        if (kept == 0 || posting_compare(&model.items[kept - 1], &model.items[i]) != 0) {
            model.items[kept++] = model.items[i];
        }
    }
    model.count = kept;
}

/* What the model has of a prefix: places ascending. */
static size_t first_of(uint64_t prefix)
{
    size_t low = 0;
    size_t high = model.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (model.items[middle].prefix < prefix) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void check(struct store_txn *txn, const struct subject *subject)
{
    uint64_t prefix = subject_prefix(subject);
    size_t first = first_of(prefix);
    size_t count, wanted = 0;
    uint64_t *places;
    bool cut;

    arena_rewind(&world.arena, 0);
    assert_int_equal(index_find(txn, subject, NULL, &places, &count, &cut, &world.arena), STORE_OK);
    while (first + wanted < model.count && model.items[first + wanted].prefix == prefix) {
        wanted++;
    }
    if (wanted > POSTINGS_FOUND_MAX) {
        wanted = POSTINGS_FOUND_MAX;
    }
    assert_int_equal(count, wanted);
    for (size_t i = 0; i < count; i++) {
        assert_true(places[i] == model.items[first + i].place);
    }
}

/* What one of two authors says of it, whatever the other one does. */
static void check_of(struct store_txn *txn, const struct subject *subject, uint32_t author)
{
    uint64_t prefix = subject_prefix(subject);
    size_t count, wanted = 0;
    uint64_t *places;
    bool cut;

    arena_rewind(&world.arena, 0);
    assert_int_equal(index_find_of(txn, subject, author, &places, &count, &cut, &world.arena), STORE_OK);
    for (size_t i = first_of(prefix); i < model.count && model.items[i].prefix == prefix; i++) {
        if (place_author(model.items[i].place) == author) {
            assert_true(wanted < count && places[wanted] == model.items[i].place);
            wanted++;
        }
    }
    assert_int_equal(count, wanted);
    assert_int_equal(cut, count == POSTINGS_FOUND_MAX);
}

static void check_some(struct store_txn *txn, uint64_t subjects, uint64_t *seed, size_t times)
{
    sort_model();
    for (size_t i = 0; i < times; i++) {
        struct subject subject = world_subject(next_random(seed) % (subjects + subjects / 8 + 1));
        check(txn, &subject);
        for (uint32_t author = 0; author < 4; author++) {
            check_of(txn, &subject, author);
        }
    }
}

static uint32_t run_count(struct store_txn *txn)
{
    struct run_directory directory;

    assert_int_equal(run_directory_read(txn, &directory), STORE_OK);
    return directory.run_count;
}

/* Commits of every size, searched in between by a reader and by the writer itself. */
static void agrees_with_a_plain_array(void **context)
{
    static const size_t sizes[] = {1, 3, 100, 1023, 1024, 5000, 20000, 140000};
    uint64_t seed = 88172645463325252u;
    uint64_t place = 0;

    (void)context;
    print_message("seed %llu\n", (unsigned long long)seed);
    for (size_t round = 0; round < 120; round++) {
        size_t size = sizes[next_random(&seed) % (round % 20 == 0 ? 8 : 6)];
        struct store_txn *txn = world_write(&world);

        for (size_t i = 0; i < size; i++) {
            struct subject subject = world_subject(next_random(&seed) % 50000);
            add(txn, &subject, place_of((uint32_t)(place >> 20), place >> 12 & 0xff, place & 0xfff));
            place++;
        }
        check_some(txn, 50000, &seed, 20);
        world_commit(txn);
        txn = world_read(&world);
        check_some(txn, 50000, &seed, 50);
        assert_true(run_count(txn) < 32);
        store_end(txn);
    }
}

static void tiny_commits_make_few_runs(void **context)
{
    uint64_t seed = 1;

    (void)context;
    for (uint64_t i = 0; i < 5000; i++) {
        struct store_txn *txn = world_write(&world);
        struct subject subject = world_subject(i);

        add(txn, &subject, place_of(1, i, 0));
        world_commit(txn);
        if (i % 500 != 0) {
            continue;
        }
        txn = world_read(&world);
        check_some(txn, i + 1, &seed, 30);
        store_end(txn);
    }
    struct store_txn *txn = world_read(&world);
    assert_true(run_count(txn) <= 4);
    store_end(txn);
}

static void what_was_dropped_is_not_found(void **context)
{
    struct subject subject = world_subject(1);
    struct store_txn *txn = world_write(&world);

    (void)context;
    for (uint64_t i = 0; i < BATCH_MAX + 10; i++) {
        assert_int_equal(index_add(txn, &subject, place_of(1, i, 0)), STORE_OK);
    }
    store_end(txn);
    txn = world_write(&world);
    check(txn, &subject);
    world_commit(txn);
}

/* Prefixes that strangers chose to lie close together, and one subject with more postings than a chunk holds.
 */
static void ground_prefixes_only_cost_time(void **context)
{
    struct subject crowd = {.kind = SUBJECT_CLAIM};
    struct subject neighbour = {.kind = SUBJECT_CLAIM};
    struct store_txn *txn;

    (void)context;
    crowd.id.bytes[0] = 0x80;
    for (uint64_t round = 0; round < 6; round++) {
        txn = world_write(&world);
        for (uint64_t i = 0; i < 2 * CHUNK_POSTINGS; i++) {
            add(txn, &crowd, place_of(2, round, i % BLOCK_ENTRIES_MAX));
            add(txn, &crowd, place_of(3, 100 * round + i / BLOCK_ENTRIES_MAX, i % BLOCK_ENTRIES_MAX));
            neighbour.id.bytes[5] = (uint8_t)(i >> 16);
            neighbour.id.bytes[6] = (uint8_t)(i >> 8);
            neighbour.id.bytes[7] = (uint8_t)i;
            add(txn, &neighbour, place_of(4, round, i % BLOCK_ENTRIES_MAX));
        }
        world_commit(txn);
    }
    sort_model();
    txn = world_read(&world);
    for (uint64_t i = 0; i < 2 * CHUNK_POSTINGS; i += 97) {
        neighbour.id.bytes[6] = (uint8_t)(i >> 8);
        neighbour.id.bytes[7] = (uint8_t)i;
        neighbour.id.bytes[5] = (uint8_t)(i >> 16);
        check(txn, &neighbour);
    }
    store_end(txn);
}

static size_t count_of(const uint64_t *places, size_t count, uint32_t author)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        found += place_author(places[i]) == author;
    }
    return found;
}

/* Author 1 says very much of a subject, in several runs; what authors 0 and 2 say must still be found. */
static void an_author_that_floods_hides_nobody(void **context)
{
    struct subject subject = world_subject(1);
    uint64_t *places;
    size_t count;
    bool cut;
    struct store_txn *txn;

    (void)context;
    for (uint64_t round = 0; round < 3; round++) {
        txn = world_write(&world);
        for (uint64_t i = 0; i < 40000; i++) {
            assert_int_equal(index_add(txn, &subject, place_of(1, 40000 * round + i, 0)), STORE_OK);
        }
        assert_int_equal(index_add(txn, &subject, place_of(0, round, 0)), STORE_OK);
        assert_int_equal(index_add(txn, &subject, place_of(2, round, 0)), STORE_OK);
        assert_int_equal(index_add(txn, &subject, place_of(AUTHOR_NUMBER_MAX, round, 0)), STORE_OK);
        world_commit(txn);
    }
    txn = world_read(&world);
    assert_int_equal(index_find(txn, &subject, NULL, &places, &count, &cut, &world.arena), STORE_OK);
    assert_int_equal(count_of(places, count, 0), 3);
    assert_int_equal(count_of(places, count, 2), 3);
    assert_int_equal(count_of(places, count, AUTHOR_NUMBER_MAX), 3);
    assert_true(count_of(places, count, 1) >= POSTINGS_EACH_MAX);
    assert_true(count_of(places, count, 1) <= 3 * POSTINGS_EACH_MAX);
    assert_int_equal(index_find_of(txn, &subject, 2, &places, &count, &cut, &world.arena), STORE_OK);
    assert_true(count == 3 && count_of(places, count, 2) == 3 && !cut);
    assert_int_equal(index_find_of(txn, &subject, 1, &places, &count, &cut, &world.arena), STORE_OK);
    assert_true(count == POSTINGS_FOUND_MAX && count_of(places, count, 1) == count && cut);
    assert_int_equal(index_find_of(txn, &subject, 3, &places, &count, &cut, &world.arena), STORE_OK);
    assert_true(count == 0 && !cut);
    store_end(txn);
}

struct judging {
    uint64_t idle_below, gone_below; /* block numbers of author 1 */
    size_t idle, gone;
};

static enum store_error judge(void *context, uint64_t place, enum posting_worth *out)
{
    struct judging *judging = context;
    bool mine = place_author(place) == 1;
    bool gone = mine && place_seq(place) < judging->gone_below;
    bool idle = mine && !gone && place_seq(place) < judging->idle_below;

    *out = gone ? POSTING_GONE : idle ? POSTING_IDLE : POSTING_COUNTS;
    judging->gone += gone;
    judging->idle += idle;
    return STORE_OK;
}

/* Of an author of whom most can't count what may is found behind it, as long as a walk past it is short. */
static void what_cannot_count_is_passed_by(void **context)
{
    static const struct {
        uint64_t gone_below, idle_below;
        size_t least, most, judged;
    } rows[] = {
        {0, 5000, 10, 10 + POSTINGS_IDLE_EACH_MAX, 5000},
        {5000, 0, 10, 10, 5000},
        {5000, 5005, 10, 10, 5005},
        {0, 5010, POSTINGS_IDLE_EACH_MAX, POSTINGS_IDLE_EACH_MAX, 5010},
        {0, 100000, POSTINGS_EACH_MAX, POSTINGS_IDLE_EACH_MAX + POSTINGS_EACH_MAX, POSTINGS_PASSED_BY_MAX},
    };
    const struct subject subjects[] = {world_subject(1), world_subject(2)};
    struct store_txn *txn = world_write(&world);

    (void)context;
    for (uint64_t i = 0; i < 100000; i++) {
        assert_int_equal(index_add(txn, &subjects[1], place_of(1, i, 0)), STORE_OK);
    }
    world_commit(txn);
    txn = world_write(&world);
    for (uint64_t i = 0; i < 5010; i++) {
        assert_int_equal(index_add(txn, &subjects[0], place_of(1, i, 0)), STORE_OK);
    }
    world_commit(txn);
    txn = world_read(&world);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct judging judging = {.idle_below = rows[i].idle_below, .gone_below = rows[i].gone_below};
        const struct posting_judge judge_them = {.judge = judge, .context = &judging};
        uint64_t *places;
        size_t count;
        bool cut;

        assert_int_equal(index_find(txn, &subjects[rows[i].idle_below == 100000], &judge_them, &places,
                                    &count, &cut, &world.arena),
                         STORE_OK);
        assert_in_range(count, rows[i].least, rows[i].most);
        assert_int_equal(judging.gone + judging.idle, rows[i].judged);
    }
    store_end(txn);
}

/* Of a subject of whom very many authors speak, some are found. */
static void a_search_is_bounded(void **context)
{
    struct subject subject = world_subject(1);
    struct store_txn *txn = world_write(&world);
    uint64_t *places;
    size_t count;
    bool cut;

    (void)context;
    for (uint32_t i = 0; i < 3 * POSTINGS_FOUND_MAX; i++) {
        assert_int_equal(index_add(txn, &subject, place_of(i, 0, 0)), STORE_OK);
    }
    world_commit(txn);
    txn = world_read(&world);
    assert_int_equal(index_find(txn, &subject, NULL, &places, &count, &cut, &world.arena), STORE_OK);
    assert_int_equal(count, POSTINGS_FOUND_MAX);
    assert_true(cut);
    store_end(txn);
}

/* Flip a bit of the first row of a run, so many bytes before its end; 0: the first one. */
static void flip_run(struct store_txn *txn, size_t from_end)
{
    static uint8_t bytes[256 * 1024];
    struct key first = {0}, key;
    struct walk walk;
    uint8_t *row;
    size_t size;

    key_add_number(&first, 0, 4);
    assert_int_equal(walk_open(&walk, txn, TABLE_RUNS), STORE_OK);
    assert_int_equal(walk_seek(&walk, &first), STORE_OK);
    key = key_of(walk.key.data, walk.key.size);
    size = walk.value.size;
    assert_true(size <= sizeof bytes);
    memcpy(bytes, walk.value.data, size);
    walk_close(&walk);
    bytes[from_end > 0 ? size - from_end : 0] ^= 1;
    assert_int_equal(table_reserve(txn, TABLE_RUNS, &key, size, &row), STORE_OK);
    memcpy(row, bytes, size);
}

/* Else what was issued to one would be somebody else's, and a revoked one be gone without a word. */
static void a_flipped_bit_in_a_run_is_damage(void **context)
{
    enum { MANY = 20000 };
    static const size_t from_end[] = {0, 1, 8}; /* a posting, the last check, the chunk before */
    const uint64_t lowest = UINT64_C(1) << 40;

    (void)context;
    for (size_t i = 0; i < sizeof from_end / sizeof from_end[0]; i++) {
        struct subject her = world_subject(0);
        struct store_txn *txn = world_write(&world);
        uint64_t *places;
        size_t count;
        bool cut;

        for (uint64_t k = 0; k < MANY; k++) {
            const struct subject subject = world_subject(k);

            her = subject_prefix(&subject) < subject_prefix(&her) ? subject : her;
            add(txn, &subject, lowest + k);
        }
        world_commit(txn);
        txn = world_write(&world);
        assert_true(run_count(txn) > 0);
        sort_model();
        check(txn, &her);
        flip_run(txn, from_end[i]);
        arena_rewind(&world.arena, 0);
        assert_int_equal(index_find(txn, &her, NULL, &places, &count, &cut, &world.arena), STORE_DAMAGED);
        store_end(txn);
        teardown(context);
        setup(context);
    }
}

static void a_batch_is_sorted_and_has_no_duplicates(void **context)
{
    static const size_t counts[] = {0, 1, 2, 3, 4095, 4096, 4097, 100000};
    uint64_t seed = 7;

    (void)context;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct posting_batch batch = {0};

        for (size_t j = 0; j < counts[i]; j++) {
            uint64_t random = next_random(&seed);
            struct posting posting = {.prefix = j % 3 == 0 ? random : random % 1000, .place = random % 7};

            assert_true(posting_batch_add(&batch, posting));
            if (j % 5 == 0) {
                assert_true(posting_batch_add(&batch, posting));
            }
        }
        assert_true(posting_batch_sort(&batch));
        assert_true(batch.count <= 2 * counts[i]);
        for (size_t j = 1; j < batch.count; j++) {
            assert_true(posting_compare(&batch.items[j - 1], &batch.items[j]) < 0);
        }
        posting_batch_deinit(&batch);
    }
}

static void a_place_keeps_its_parts(void **context)
{
    uint64_t place = place_of(AUTHOR_NUMBER_MAX, BLOCK_SEQ_MAX, BLOCK_ENTRIES_MAX - 1);

    (void)context;
    assert_true(place == UINT64_MAX);
    assert_int_equal(place_author(place), AUTHOR_NUMBER_MAX);
    assert_int_equal(place_seq(place), BLOCK_SEQ_MAX);
    assert_int_equal(place_index(place), BLOCK_ENTRIES_MAX - 1);
    place = place_of(3, 2, 1);
    assert_int_equal(place_author(place), 3);
    assert_int_equal(place_seq(place), 2);
    assert_int_equal(place_index(place), 1);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(agrees_with_a_plain_array),
        IN_WORLD(tiny_commits_make_few_runs),
        IN_WORLD(what_was_dropped_is_not_found),
        IN_WORLD(ground_prefixes_only_cost_time),
        IN_WORLD(an_author_that_floods_hides_nobody),
        IN_WORLD(what_cannot_count_is_passed_by),
        IN_WORLD(a_search_is_bounded),
        IN_WORLD(a_flipped_bit_in_a_run_is_damage),
        cmocka_unit_test(a_batch_is_sorted_and_has_no_duplicates),
        cmocka_unit_test(a_place_keeps_its_parts),
    };

    return cmocka_run_group_tests_name("store index", tests, NULL, NULL);
}
