#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/merkle.h"

/* What the pages must equal is merkle_root_in_place and merkle_path_in_place, which crypto_merkle_test
 * compares with the RFC's definition. */

enum { COUNT_LARGEST = 262145, PATH_PAGES_MAX = 8 }; /* 64^3 + 1: four levels */

static struct hash *leaves;
static struct hash *scratch;
static struct hash_domain node_domain;

static int leaves_create(void **state)
{
    (void)state;
    leaves = calloc(COUNT_LARGEST, sizeof leaves[0]);
    scratch = calloc(COUNT_LARGEST, sizeof leaves[0]);
    if (!leaves || !scratch) {
        return -1;
    }
    node_domain = hash_domain_of("test", "node");
    struct hash_domain leaf_domain = hash_domain_of("test", "leaf");
    for (size_t i = 0; i < COUNT_LARGEST; i++) {
        hash_bytes(&leaves[i], &leaf_domain, &i, sizeof i);
    }
    return 0;
}

static int leaves_destroy(void **state)
{
    (void)state;
    free(leaves);
    free(scratch);
    return 0;
}

static struct hash fresh_root(size_t count)
{
    struct hash root;
    memcpy(scratch, leaves, count * sizeof leaves[0]);
    merkle_root_in_place(&root, &node_domain, scratch, count);
    return root;
}

static size_t pages_in(size_t nodes)
{
    return (nodes + MERKLE_PAGE_SIZE - 1) / MERKLE_PAGE_SIZE;
}

static void page_add(struct merkle_pages *set, uint32_t level, uint64_t index)
{
    set->pages[set->count++] = (struct merkle_page){.level = level, .index = index};
}

/* All pages of a tree of count leaves, all empty. */
static void tree_create(struct merkle_pages *tree, size_t count)
{
    size_t total = 0;
    uint32_t levels = merkle_page_levels(count);
    size_t nodes = count;
    for (uint32_t level = 0; level < levels; level++, nodes = pages_in(nodes)) {
        total += pages_in(nodes);
    }
    assert_int_equal(nodes, 1);
    tree->count = 0;
    tree->pages = calloc(total, sizeof tree->pages[0]);
    assert_non_null(tree->pages);
    nodes = count;
    for (uint32_t level = 0; level < levels; level++, nodes = pages_in(nodes)) {
        for (size_t i = 0; i < pages_in(nodes); i++) {
            page_add(tree, level, i);
        }
    }
}

static void tree_fill(struct merkle_pages *tree, size_t count)
{
    tree_create(tree, count);
    for (size_t i = 0; i < count; i++) {
        assert_true(merkle_pages_set(tree, i, &leaves[i]));
    }
    struct hash root;
    struct hash expected = fresh_root(count);
    assert_true(merkle_pages_root(&root, tree, &node_domain, count));
    if (!hash_equal(&root, &expected)) {
        fail_msg("all pages of %zu leaves", count);
    }
    for (size_t i = 0; i < tree->count; i++) {
        tree->pages[i].changed = false;
    }
}

static struct merkle_page *tree_page(const struct merkle_pages *tree, uint32_t level, uint64_t index)
{
    for (size_t i = 0; i < tree->count; i++) {
        if (tree->pages[i].level == level && tree->pages[i].index == index) {
            return &tree->pages[i];
        }
    }
    return NULL;
}

/* Only what a change of one leaf needs, as a store would gather it. */
static void gather(struct merkle_pages *set, const struct merkle_pages *tree, size_t count, size_t index)
{
    set->count = 0;
    for (uint32_t level = 0; level < merkle_page_levels(count); level++) {
        index /= MERKLE_PAGE_SIZE;
        const struct merkle_page *page = tree_page(tree, level, index);
        assert_non_null(page);
        set->pages[set->count++] = *page;
    }
}

static void put_back(struct merkle_pages *tree, const struct merkle_pages *set)
{
    for (size_t i = 0; i < set->count; i++) {
        if (!set->pages[i].changed) {
            continue;
        }
        struct merkle_page *page = tree_page(tree, set->pages[i].level, set->pages[i].index);
        *page = set->pages[i];
        page->changed = false;
    }
}

static void expect_path(const struct merkle_pages *set, size_t count, size_t index, const struct hash *root)
{
    struct merkle_path path;
    struct merkle_path expected;
    memcpy(scratch, leaves, count * sizeof leaves[0]);
    merkle_path_in_place(&expected, &node_domain, scratch, count, index);
    assert_true(merkle_pages_path(&path, set, &node_domain, index, count));
    assert_int_equal(path.size, expected.size);
    assert_memory_equal(path.nodes, expected.nodes, path.size * sizeof path.nodes[0]);
    struct hash led_to;
    assert_true(merkle_path_root(&led_to, &node_domain, &leaves[index], index, count, &path));
    assert_true(hash_equal(&led_to, root));
}

/* Change one leaf for good, in leaves and in tree. */
static void expect_change(struct merkle_pages *tree, size_t count, size_t index)
{
    struct merkle_page pages[PATH_PAGES_MAX];
    struct merkle_pages set = {.pages = pages};
    gather(&set, tree, count, index);
    leaves[index].bytes[0] ^= 0xff;
    struct hash expected = fresh_root(count);
    struct hash root;
    assert_true(merkle_pages_set(&set, index, &leaves[index]));
    assert_true(merkle_pages_root(&root, &set, &node_domain, count));
    if (!hash_equal(&root, &expected)) {
        fail_msg("leaf %zu of %zu changed", index, count);
    }
    for (size_t i = 0; i < set.count; i++) {
        assert_true(set.pages[i].changed);
    }
    expect_path(&set, count, index, &root);
    put_back(tree, &set);
}

static void changed_leaves_give_the_fresh_root(void **state)
{
    (void)state;
    for (size_t count = 1; count <= 300; count++) {
        struct merkle_pages tree;
        tree_fill(&tree, count);
        for (size_t index = 0; index < count; index += count <= 70 ? 1 : 29) {
            expect_change(&tree, count, index);
        }
        expect_change(&tree, count, count - 1);
        free(tree.pages);
    }
}

static void changed_leaves_of_large_trees(void **state)
{
    (void)state;
    static const size_t counts[] = {4095, 4096, 4097, 5000, COUNT_LARGEST};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        size_t count = counts[i];
        const size_t indexes[] = {0, 63, 64, count / 2, count - 2, count - 1};
        struct merkle_pages tree;
        tree_fill(&tree, count);
        for (size_t j = 0; j < sizeof indexes / sizeof indexes[0]; j++) {
            expect_change(&tree, count, indexes[j]);
        }
        free(tree.pages);
    }
}

static void several_changes_share_one_pass(void **state)
{
    (void)state;
    enum { COUNT = 5000 };
    static const size_t indexes[] = {0, 1, 64, 130, 4095, 4096, 4999};
    struct merkle_pages tree;
    tree_fill(&tree, COUNT);
    for (size_t i = 0; i < sizeof indexes / sizeof indexes[0]; i++) {
        leaves[indexes[i]].bytes[1] ^= 0xff;
        assert_true(merkle_pages_set(&tree, indexes[i], &leaves[indexes[i]]));
    }
    struct hash root;
    struct hash expected = fresh_root(COUNT);
    assert_true(merkle_pages_root(&root, &tree, &node_domain, COUNT));
    assert_true(hash_equal(&root, &expected));
    size_t changed = 0;
    for (size_t i = 0; i < tree.count; i++) {
        changed += tree.pages[i].changed;
    }
    assert_int_equal(changed, 6 + 2 + 1); /* 0 and 1 share a page; both middle pages; the top */
    free(tree.pages);
}

static void root_without_a_change_is_the_stored_one(void **state)
{
    (void)state;
    enum { COUNT = 4097 };
    struct merkle_pages tree;
    tree_fill(&tree, COUNT);
    struct merkle_pages top = {.count = 1, .pages = tree_page(&tree, 2, 0)};
    struct hash root;
    struct hash expected = fresh_root(COUNT);
    assert_true(merkle_pages_root(&root, &top, &node_domain, COUNT));
    assert_true(hash_equal(&root, &expected));
    assert_false(top.pages->changed);
    free(tree.pages);
}

/* Append leaf after leaf, each time with nothing but the pages that the contract asks for. */
static void tree_grows_leaf_by_leaf(void **state)
{
    (void)state;
    enum { COUNT = 4200 };
    struct merkle_pages tree;
    tree_create(&tree, COUNT);
    struct merkle_frontier frontier;
    merkle_frontier_init(&frontier);
    for (size_t index = 0; index < COUNT; index++) {
        struct merkle_page pages[PATH_PAGES_MAX];
        struct merkle_pages set = {.pages = pages};
        size_t count = index + 1;
        uint32_t levels = merkle_page_levels(count);
        bool grows = index > 0 && levels > merkle_page_levels(index);
        for (uint32_t level = 0, at = (uint32_t)index; level < levels; level++) {
            at /= MERKLE_PAGE_SIZE;
            if (grows && level == levels - 2) {
                pages[set.count] = *tree_page(&tree, level, 0);
                pages[set.count++].changed = true;
            }
            pages[set.count++] = *tree_page(&tree, level, at);
        }
        struct hash root;
        struct hash expected;
        assert_true(merkle_pages_set(&set, index, &leaves[index]));
        assert_true(merkle_pages_root(&root, &set, &node_domain, count));
        merkle_frontier_append(&frontier, &node_domain, &leaves[index]);
        merkle_frontier_root(&expected, &frontier, &node_domain);
        if (!hash_equal(&root, &expected)) {
            fail_msg("grown to %zu leaves", count);
        }
        put_back(&tree, &set);
    }
    free(tree.pages);
}

static void a_missing_page_is_refused(void **state)
{
    (void)state;
    enum { COUNT = 5000, INDEX = 4242 };
    struct merkle_pages tree;
    tree_fill(&tree, COUNT);
    for (size_t missing = 0; missing < 3; missing++) {
        struct merkle_page pages[PATH_PAGES_MAX];
        struct merkle_pages set = {.pages = pages};
        gather(&set, &tree, COUNT, INDEX);
        assert_int_equal(set.count, 3);
        assert_true(merkle_pages_set(&set, INDEX, &leaves[INDEX]));
        memmove(&pages[missing], &pages[missing + 1], (2 - missing) * sizeof pages[0]);
        set.count = 2;
        struct hash root;
        struct merkle_path path;
        assert_int_equal(merkle_pages_set(&set, INDEX, &leaves[INDEX]), missing != 0);
        assert_false(merkle_pages_path(&path, &set, &node_domain, INDEX, COUNT));
        /* Without its leaf page nothing was changed, and the top page alone tells the root. */
        assert_int_equal(merkle_pages_root(&root, &set, &node_domain, COUNT), missing == 0);
    }
    struct merkle_pages none = {0};
    struct hash root;
    assert_false(merkle_pages_set(&none, 0, &leaves[0]));
    assert_false(merkle_pages_root(&root, &none, &node_domain, 1));
    free(tree.pages);
}

static void levels_by_count(void **state)
{
    (void)state;
    static const struct {
        uint64_t count;
        uint32_t levels;
    } rows[] = {{1, 1},    {64, 1},     {65, 2},     {4096, 2},
                {4097, 3}, {262144, 3}, {262145, 4}, {MERKLE_COUNT_MAX, MERKLE_PAGE_LEVELS_MAX}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(merkle_page_levels(rows[i].count), rows[i].levels);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(changed_leaves_give_the_fresh_root),
        cmocka_unit_test(changed_leaves_of_large_trees),
        cmocka_unit_test(several_changes_share_one_pass),
        cmocka_unit_test(root_without_a_change_is_the_stored_one),
        cmocka_unit_test(tree_grows_leaf_by_leaf),
        cmocka_unit_test(a_missing_page_is_refused),
        cmocka_unit_test(levels_by_count),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, leaves_create, leaves_destroy);
}
