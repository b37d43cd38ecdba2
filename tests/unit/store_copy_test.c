#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/store_world.h"

/* A data file that was copied while it was written to: its pages are of two states, as far as the copy had
 * come. Whatever is read is what was written, as far
 * as it had come. */

enum { PAGE = 4096, STATES = 6, ROUNDS = 9, BIG = 300, BLOCKS_MAX = 64 };

struct copied {
    uint8_t *bytes;
    size_t size;
    uint64_t block_count;
};

static struct store_world world;
static struct world_author author;
static struct copied states[STATES];
static const struct copied *const before = &states[0], *const after = &states[STATES - 1];
static struct hash written[BLOCKS_MAX]; /* by number */
static uint8_t *mixed;

/* ---- files ---- */

static void path_of_data(char path[96])
{
    snprintf(path, 96, "%s/data.mdb", world.folder);
}

static void read_pages(struct copied *out)
{
    struct stat figures;
    char path[96];
    int file;

    path_of_data(path);
    file = open(path, O_RDONLY);
    assert_true(file >= 0 && fstat(file, &figures) == 0);
    out->size = (size_t)figures.st_size;
    out->bytes = malloc(out->size);
    assert_true(out->bytes && read(file, out->bytes, out->size) == (ssize_t)out->size);
    close(file);
}

/* As a new file, as a copy is. */
static void write_pages(const uint8_t *bytes, size_t size)
{
    char path[96], other[sizeof path + 4];
    int file;

    path_of_data(path);
    snprintf(other, sizeof other, "%s.new", path);
    file = open(other, O_CREAT | O_RDWR | O_TRUNC, 0600);
    assert_true(file >= 0 && write(file, bytes, size) == (ssize_t)size);
    close(file);
    assert_int_equal(rename(other, path), 0);
}

static void write_page_of(const uint8_t *bytes, size_t from, size_t page)
{
    char path[96];
    int file;

    path_of_data(path);
    file = open(path, O_RDWR);
    assert_true(file >= 0 && pwrite(file, bytes + from * PAGE, PAGE, (off_t)(page * PAGE)) == PAGE);
    close(file);
}

static void write_page(const uint8_t *bytes, size_t page)
{
    write_page_of(bytes, page, page);
}

static enum store_error try_open(bool read_only)
{
    const struct store_options options = {
        .folder = world.folder, .network_tag = "test", .map_size = 1 << 24, .read_only = read_only};
    struct store *store = NULL;
    enum store_error error = store_open(&store, &options);

    if (error == STORE_OK) {
        store_close(store);
    }
    return error;
}

/* Whatever is read is what was written. */
static enum store_error read_log(uint64_t *block_count)
{
    const struct store_options options = {
        .folder = world.folder, .network_tag = "test", .map_size = 1 << 24, .read_only = true};
    struct store *store = NULL;
    struct store_txn *txn = NULL;
    struct log_state state = {0};
    enum store_error error = store_open(&store, &options);

    if (error == STORE_OK) {
        error = store_read_begin(&txn, store);
    }
    if (error == STORE_OK) {
        error = store_log_state(txn, &author.actor.id, &state);
    }
    for (uint64_t seq = 0; error == STORE_OK && seq <= state.seq; seq++) {
        struct block block;
        struct bytes bytes;

        arena_rewind(&world.arena, 0);
        error = store_block_bytes(txn, &author.actor.id, seq, &bytes, &world.arena);
        if (error == STORE_OK && block_decode(&block, &world.network, bytes, &world.arena) != REASON_NONE) {
            error = STORE_DAMAGED; /* that blocks are whole is seen by whoever reads them */
        } else if (error == STORE_OK) {
            assert_true(hash_equal(&block.hash, &written[seq]));
        }
    }
    *block_count = state.seq + 1;
    store_end(txn);
    store_close(store);
    return error;
}

/* ---- states of one store ---- */

static void attest_rounds(uint64_t first, uint64_t count)
{
    static struct subject subjects[BIG];

    for (uint64_t round = first; round < first + count; round++) {
        const size_t entries = round % 8 == 7 ? BIG : 3; /* of which some lie on pages of their own */
        struct store_txn *txn = world_write(&world);

        for (size_t i = 0; i < entries; i++) {
            subjects[i] = world_subject(1000 * round + i);
        }
        world_attest(&world, txn, &author, subjects, entries, "ase/A5", 1000);
        world_commit(txn);
        written[author.state.seq] = author.state.head;
    }
}

static void keep(struct copied *out)
{
    world_close(&world);
    read_pages(out);
    out->block_count = author.state.seq + 1;
    world_open(&world);
}

static int setup(void **state)
{
    struct store_txn *txn;

    (void)state;
    world_init(&world);
    txn = world_write(&world);
    world_begin_log(&world, txn, &author, 1, 1000);
    world_commit(txn);
    written[0] = author.state.head;
    for (size_t i = 0; i < STATES; i++) {
        attest_rounds(ROUNDS * i, ROUNDS + i % 2);
        keep(&states[i]);
    }
    world_close(&world);
    mixed = malloc(after->size);
    assert_non_null(mixed);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    write_pages(after->bytes, after->size);
    world_open(&world);
    world_deinit(&world);
    for (size_t i = 0; i < STATES; i++) {
        free(states[i].bytes);
    }
    free(mixed);
    return 0;
}

/* ---- copies ---- */

static void a_copy_that_is_whole_is_opened(void **state)
{
    (void)state;
    for (size_t i = 0; i < STATES; i++) {
        uint64_t found;

        write_pages(states[i].bytes, states[i].size);
        assert_int_equal(try_open(true), STORE_OK);
        assert_int_equal(try_open(false), STORE_OK);
        assert_int_equal(try_open(true), STORE_OK);
        assert_int_equal(read_log(&found), STORE_OK);
        assert_int_equal(found, states[i].block_count);
    }
}

/* Returns: whether what lies there is refused. What is not is the log, as far as it had come. */
static bool is_damaged(const char *what, size_t page)
{
    uint64_t block_count;
    const enum store_error error = read_log(&block_count);

    if (error != STORE_DAMAGED && error != STORE_OK) {
        fail_msg("%s page %zu: error %d", what, page, (int)error);
    }
    return error == STORE_DAMAGED;
}

/* Its first page is of the earlier state, as a copy begins. */
static void a_copy_of_which_the_rest_is_of_a_later_state_is_damaged(void **state)
{
    size_t damaged = 0;

    (void)state;
    for (size_t page = 2; page < before->size / PAGE; page++) {
        memcpy(mixed, before->bytes, page * PAGE);
        memcpy(mixed + page * PAGE, after->bytes + page * PAGE, after->size - page * PAGE);
        write_pages(mixed, after->size);
        damaged += is_damaged("later from", page);
    }
    assert_true(damaged > before->size / PAGE / 2);
}

static void a_copy_of_which_the_rest_is_of_an_earlier_state_is_damaged(void **state)
{
    size_t damaged = 0;

    (void)state;
    for (size_t page = 2; page < before->size / PAGE; page++) {
        memcpy(mixed, after->bytes, after->size);
        memcpy(mixed + page * PAGE, before->bytes + page * PAGE, before->size - page * PAGE);
        write_pages(mixed, after->size);
        damaged += is_damaged("earlier from", page);
    }
    assert_true(damaged > before->size / PAGE / 2);
}

/* Returns: how many of those pages are damage, one at a time. */
static size_t mix_page_by_page(const struct copied *state, const struct copied *other)
{
    const size_t size = state->size < other->size ? state->size : other->size;
    size_t damaged = 0;

    write_pages(state->bytes, state->size);
    for (size_t page = 2; page < size / PAGE; page++) {
        if (memcmp(state->bytes + page * PAGE, other->bytes + page * PAGE, PAGE) != 0) {
            write_page(other->bytes, page);
            damaged += is_damaged("another state's", page);
            write_page(state->bytes, page);
        }
    }
    return damaged;
}

static void a_copy_with_one_page_of_another_state_is_damaged(void **state)
{
    (void)state;
    for (size_t i = 0; i < STATES; i++) {
        for (size_t j = 0; j < STATES; j++) {
            assert_true(i == j || mix_page_by_page(&states[i], &states[j]) > 0);
        }
    }
}

static void a_copy_with_a_page_from_elsewhere_in_it_is_damaged(void **state)
{
    static const uint8_t nothing[PAGE];
    size_t damaged = 0;

    (void)state;
    write_pages(after->bytes, after->size);
    for (size_t page = 2; page < after->size / PAGE - 1; page++) {
        for (size_t from = 2; from < 12; from += 3) {
            write_page_of(after->bytes, from, page);
            damaged += from != page && is_damaged("from elsewhere:", page);
        }
        write_page_of(nothing, 0, page);
        damaged += is_damaged("empty", page);
        write_page(after->bytes, page);
    }
    assert_true(damaged > 0);
}

/* As LMDB lays out a page: its number, what it is, the end of its list of nodes or for how many pages it goes
 * on, and the list; a node begins with the number of the page below it. */
enum { FLAGS_AT = 10, COUNT_AT = 12, NODES_AT = 16, BRANCH = 1, LEAF = 2, OVERFLOW = 4 };

static uint16_t number_in(const uint8_t *page, size_t at)
{
    uint16_t number;

    memcpy(&number, page + at, sizeof number);
    return number;
}

static bool change_flags(uint8_t *page, uint16_t kind)
{
    (void)kind;
    page[FLAGS_AT] ^= 0x20;
    return true;
}

static bool change_count(uint8_t *page, uint16_t kind)
{
    page[COUNT_AT] = (uint8_t)(page[COUNT_AT] + (kind == OVERFLOW ? 1 : 2));
    return true;
}

static bool double_child(uint8_t *page, uint16_t kind)
{
    if (kind == BRANCH) {
        memcpy(page + number_in(page, NODES_AT + 2), page + number_in(page, NODES_AT), 4);
    }
    return kind == BRANCH;
}

static void a_page_that_is_not_what_it_is_taken_for_is_damage(void **state)
{
    static bool (*const changes[])(uint8_t * page, uint16_t kind) = {change_flags, change_count,
                                                                     double_child};
    static const uint16_t kinds[] = {BRANCH, LEAF, OVERFLOW};
    uint8_t page[PAGE];

    (void)state;
    write_pages(after->bytes, after->size);
    for (size_t row = 0; row < 9; row++) {
        size_t damaged = 0, changed = 0;

        for (size_t i = 2; i < after->size / PAGE; i++) {
            memcpy(page, after->bytes + i * PAGE, PAGE);
            if (number_in(page, 0) == i && number_in(page, FLAGS_AT) == kinds[row / 3] &&
                changes[row % 3](page, kinds[row / 3])) {
                changed++;
                write_page_of(page, 0, i);
                damaged += try_open(true) == STORE_DAMAGED;
                write_page(after->bytes, i);
            }
        }
        if (damaged == 0 && changed > 0) {
            fail_msg("change %zu of pages of kind %u: not noticed", row % 3, (unsigned)kinds[row / 3]);
        }
    }
}

static void a_copy_that_ends_too_soon_is_damaged(void **state)
{
    (void)state;
    for (size_t pages = 3; pages < after->size / PAGE; pages += 7) {
        write_pages(after->bytes, pages * PAGE);
        assert_int_equal(try_open(true), STORE_DAMAGED);
        assert_int_equal(try_open(false), STORE_DAMAGED);
    }
}

/* ---- which file it is ---- */

/* A page of that state that the tree of that state uses. */
static size_t page_in_use(void)
{
    for (size_t page = 2;; page++) {
        assert_true(page < before->size / PAGE);
        if (memcmp(before->bytes + page * PAGE, after->bytes + page * PAGE, PAGE) != 0) {
            write_page(before->bytes, page);
            if (try_open(true) == STORE_DAMAGED) {
                write_page(after->bytes, page);
                return page;
            }
            write_page(after->bytes, page);
        }
    }
}

static void the_pages_of_a_file_that_a_writer_opened_are_looked_at_no_more(void **state)
{
    size_t page;

    (void)state;
    write_pages(after->bytes, after->size);
    page = page_in_use();
    assert_int_equal(try_open(true), STORE_OK);
    write_page(before->bytes, page);
    assert_int_equal(try_open(true), STORE_DAMAGED);
    write_page(after->bytes, page);
    assert_int_equal(try_open(false), STORE_OK);
    write_page(before->bytes, page);
    assert_int_not_equal(try_open(true), STORE_DAMAGED);
}

/* The mark is of the file that was copied. */
static void a_copy_over_the_file_that_was_there_is_looked_at(void **state)
{
    size_t page;

    (void)state;
    write_pages(after->bytes, after->size);
    page = page_in_use();
    assert_int_equal(try_open(false), STORE_OK);
    write_page(after->bytes, 0);
    write_page(before->bytes, page);
    assert_int_equal(try_open(true), STORE_DAMAGED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_that_is_whole_is_opened),
        cmocka_unit_test(a_copy_of_which_the_rest_is_of_a_later_state_is_damaged),
        cmocka_unit_test(a_copy_of_which_the_rest_is_of_an_earlier_state_is_damaged),
        cmocka_unit_test(a_copy_with_one_page_of_another_state_is_damaged),
        cmocka_unit_test(a_copy_with_a_page_from_elsewhere_in_it_is_damaged),
        cmocka_unit_test(a_page_that_is_not_what_it_is_taken_for_is_damage),
        cmocka_unit_test(a_copy_that_ends_too_soon_is_damaged),
        cmocka_unit_test(the_pages_of_a_file_that_a_writer_opened_are_looked_at_no_more),
        cmocka_unit_test(a_copy_over_the_file_that_was_there_is_looked_at),
    };

    return cmocka_run_group_tests_name("store copy", tests, setup, teardown);
}
