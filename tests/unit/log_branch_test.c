#include "protocol/log/branch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "protocol/base/sort.h"

/* Families of blocks in words, one a block, parents first: "b<a" is block b after a; a block that is the
 * first has no parent. '!' marks a rotation, '-' a block that acceptance refuses. A block's letter is its
 * hash, so a is the lowest. */

enum { BLOCKS_MAX = 32, ARENA_SIZE = 8192, TEXT_MAX = 64 };

struct family {
    size_t count;
    struct branch_block blocks[BLOCKS_MAX];
    struct branch_set set;
    uint8_t memory[ARENA_SIZE];
};

static struct hash hash_of(char letter)
{
    struct hash hash;

    memset(&hash, letter, sizeof hash);
    return hash;
}

static struct branch_block *block_of(struct family *family, char letter)
{
    size_t at = 0;

    while (at < family->count && family->blocks[at].hash.bytes[0] != (uint8_t)letter) {
        at++;
    }
    assert_true(at < family->count);
    return &family->blocks[at];
}

static void add_word(struct family *family, const char *word, size_t size)
{
    struct branch_block block = {.hash = hash_of(word[0])};

    block.rotation = memchr(word, '!', size) != NULL;
    block.refused = memchr(word, '-', size) != NULL;
    if (size >= 3 && word[1] == '<') {
        const struct branch_block *parent = block_of(family, word[2]);

        block.previous = parent->hash;
        block.seq = parent->seq + 1;
        block.epoch = parent->epoch + block.rotation;
    }
    family->blocks[family->count++] = block;
}

static int order_blocks(const void *a, const void *b)
{
    const struct branch_block *left = a, *right = b;

    if (left->seq != right->seq) {
        return left->seq < right->seq ? -1 : 1;
    }
    return hash_compare(&left->hash, &right->hash);
}

/* Sort what was said and make a set of it. */
static void settle(struct family *family)
{
    struct arena arena;

    sort_items(family->blocks, family->count, sizeof family->blocks[0], order_blocks);
    arena_init(&arena, family->memory, sizeof family->memory);
    assert_true(branch_set_init(&family->set, family->blocks, family->count, &arena));
}

static void read_family(struct family *family, const char *text)
{
    family->count = 0;
    while (*text != '\0') {
        size_t size = strcspn(text, " ");

        add_word(family, text, size);
        text += size;
        text += *text == ' ';
    }
    settle(family);
}

static size_t index_of(struct family *family, char letter)
{
    return (size_t)(block_of(family, letter) - family->blocks);
}

static const struct {
    const char *why;
    const char *blocks;
    char head;
    char next; /* '.' where the chain ends */
    bool frozen;
    bool towards_rotation;
} steps[] = {
    {"a block alone is its end", "m", 'm', '.', false, false},
    {"the only child follows", "m n<m", 'm', 'n', false, false},
    {"the lowest child follows", "m p<m n<m o<m", 'm', 'n', false, false},
    {"a low block elsewhere is no child", "m p<m a<p", 'm', 'p', false, false},
    {"a refused child does not", "m a<m- n<m", 'm', 'n', false, false},
    {"when all are refused the chain ends", "m a<m- n<m-", 'm', '.', false, false},
    {"a rotation follows", "m n<m!", 'm', 'n', false, true},
    {"also above a lower child", "m n<m! a<m", 'm', 'n', false, true},
    {"the chain goes towards a rotation", "m a<m n<m o<n p<o!", 'm', 'n', false, true},
    {"all the way", "m a<m n<m o<n p<o!", 'n', 'o', false, true},
    {"up to it", "m a<m n<m o<n p<o!", 'o', 'p', false, true},
    {"and then to its lowest child", "m n<m! p<n o<n", 'n', 'o', false, false},
    {"a branch without it is not looked at again", "m a<m n<m o<n! b<a", 'a', 'b', false, false},
    {"a refused rotation draws nobody", "m a<m n<m o<n!-", 'm', 'a', false, false},
    {"nor one above a refused block", "m a<m n<m- o<n!", 'm', 'a', false, false},
    {"however far below it", "m a<m n<m- o<n p<o q<p!", 'm', 'a', false, false},
    {"of two rotations the lower draws", "m n<m p<m a<p! z<n!", 'm', 'p', false, true},
    {"whatever the way to it is like", "m n<m p<m z<p! a<n!", 'm', 'n', false, true},
    {"two from one parent", "m b<m! a<m!", 'm', 'a', false, true},
    {"if the lower can't be reached, the other", "m n<m p<m- a<p! z<n!", 'm', 'n', false, true},
    {"at the chosen one of two the chain ends", "m n<m p<m a<p! z<n! q<a", 'a', '.', true, false},
    {"at the other one too", "m n<m p<m a<p! z<n! q<z", 'z', '.', true, false},
    {"also where a later rotation waits", "m a<m! z<m! q<a!", 'a', '.', true, false},
    {"a refused rotation counts as one", "m a<m! z<m!- q<a", 'a', '.', true, false},
    {"also one that no one gets to", "m a<m! n<m- z<n! q<a", 'a', '.', true, false},
    {"anywhere above the rotation", "m a<m! z<m! q<a r<q", 'q', '.', true, false},
    {"two rotations of a later epoch don't freeze this one", "m n<m! o<n! p<n!", 'n', 'o', false, true},
    {"rotations of different epochs are no two", "m n<m! o<n! p<o", 'o', 'p', false, false},
    {"a rotation straight after one", "m n<m! o<n! p<n", 'n', 'o', false, true},
    {"a rotation of another epoch's end does not draw", "m a<m b<m! c<b d<c!", 'a', '.', false, false},
};

static void test_one_step(void **state)
{
    static struct family family;

    (void)state;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct branch_step step;
        char next = '.';

        read_family(&family, steps[i].blocks);
        step = branch_next(&family.set, index_of(&family, steps[i].head));
        if (step.next != BRANCH_END) {
            next = (char)family.blocks[step.next].hash.bytes[0];
        }
        if (next != steps[i].next || step.frozen != steps[i].frozen ||
            step.towards_rotation != steps[i].towards_rotation) {
            fail_msg("%s: %c, not %c", steps[i].why, next, steps[i].next);
        }
    }
}

/* The letters of the chain from the first block. */
static void walk(char text[TEXT_MAX], struct family *family)
{
    struct branch_step step = {.next = 0};
    size_t size = 0;

    while (step.next != BRANCH_END) {
        assert_true(size + 1 < TEXT_MAX);
        text[size++] = (char)family->blocks[step.next].hash.bytes[0];
        step = branch_next(&family->set, (size_t)step.next);
    }
    text[size] = '\0';
}

static const struct {
    const char *why;
    const char *blocks;
    char struck; /* refused while the chain is replayed */
    const char *before, *after;
} refusals[] = {
    {"a refused block gives way to its sibling", "m a<m n<m o<n", 'a', "ma", "mno"},
    {"a refused rotation gives way to the lowest child", "m a<m n<m! b<a", 'n', "mn", "mab"},
    {"a block on the way to one as well", "m a<m n<m o<n p<o! b<a", 'o', "mnop", "mab"},
    {"the lower rotation gives way to the other", "m n<m p<m a<p! z<n!", 'a', "mpa", "mnz"},
    {"a refused block beside the way changes nothing", "m a<m n<m o<n! b<a", 'b', "mno", "mno"},
    {"what stood on a refused block falls with it", "m a<m b<a c<b n<m", 'a', "mabc", "mn"},
};

static void test_what_is_refused_is_struck(void **state)
{
    static struct family family;

    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        char text[TEXT_MAX];

        read_family(&family, refusals[i].blocks);
        walk(text, &family);
        assert_string_equal(text, refusals[i].before);
        branch_set_refuse(&family.set, index_of(&family, refusals[i].struck));
        walk(text, &family);
        if (strcmp(text, refusals[i].after) != 0) {
            fail_msg("%s: %s, not %s", refusals[i].why, text, refusals[i].after);
        }
    }
}

/* ---- any family ---- */

static uint64_t roll(uint64_t *seed, uint64_t sides)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*seed >> 33) % sides;
}

static void draw_family(struct family *family, uint64_t seed)
{
    size_t count = 2 + roll(&seed, BLOCKS_MAX - 2);

    family->count = 1;
    family->blocks[0] = (struct branch_block){.hash = hash_of('!')};
    for (size_t i = 1; i < count; i++) {
        const struct branch_block *parent = &family->blocks[roll(&seed, i)];
        /* A letter of its own, in an order that has nothing to do with the order of making. */
        struct branch_block block = {
            .hash = hash_of((char)('"' + i * 37 % 89)), .previous = parent->hash, .seq = parent->seq + 1};

        block.rotation = roll(&seed, 6) == 0;
        block.refused = roll(&seed, 6) == 0;
        block.epoch = parent->epoch + block.rotation;
        family->blocks[family->count++] = block;
    }
}

static void shuffle(struct family *family, uint64_t seed)
{
    for (size_t i = family->count; i > 1; i--) {
        size_t other = roll(&seed, i);
        struct branch_block block = family->blocks[i - 1];

        family->blocks[i - 1] = family->blocks[other];
        family->blocks[other] = block;
    }
}

static void test_the_set_decides_not_its_order(void **state)
{
    static struct family family;

    (void)state;
    for (uint64_t seed = 0; seed < 2000; seed++) {
        char first[TEXT_MAX], again[TEXT_MAX];

        draw_family(&family, seed);
        settle(&family);
        walk(first, &family);
        for (uint64_t order = 0; order < 3; order++) {
            draw_family(&family, seed);
            shuffle(&family, order);
            settle(&family);
            walk(again, &family);
            assert_string_equal(again, first);
        }
    }
}

/* Refusing blocks one by one as the chain comes to them gives the chain of a family where they were refused
 * from the beginning. */
static void test_refusing_late_is_refusing_early(void **state)
{
    static struct family early, late;

    (void)state;
    for (uint64_t seed = 0; seed < 2000; seed++) {
        char expected[TEXT_MAX], text[TEXT_MAX];
        bool struck = true;

        draw_family(&early, seed);
        settle(&early);
        walk(expected, &early);
        draw_family(&late, seed);
        for (size_t i = 0; i < late.count; i++) {
            late.blocks[i].refused = false;
        }
        settle(&late);
        while (struck) {
            struck = false;
            walk(text, &late);
            for (const char *letter = text; *letter != '\0' && !struck; letter++) {
                if (block_of(&early, *letter)->refused) {
                    branch_set_refuse(&late.set, index_of(&late, *letter));
                    struck = true;
                }
            }
        }
        assert_string_equal(text, expected);
    }
}

static void test_an_arena_may_be_full(void **state)
{
    static struct family family;
    uint8_t memory[16];
    struct arena arena;

    (void)state;
    read_family(&family, "m n<m! o<n p<o");
    arena_init(&arena, memory, sizeof memory);
    assert_false(branch_set_init(&family.set, family.blocks, family.count, &arena));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_step),
        cmocka_unit_test(test_what_is_refused_is_struck),
        cmocka_unit_test(test_the_set_decides_not_its_order),
        cmocka_unit_test(test_refusing_late_is_refusing_early),
        cmocka_unit_test(test_an_arena_may_be_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
