#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "crypto/merkle.h"

/* Every count up to here is tried, and every index of counts up to the second. */
enum { COUNT_ALL = 300, COUNT_ALL_INDEXES = 130, COUNT_LARGEST = 5000 };

static const size_t large_counts[] = {511, 512, 513, 4095, 4096, 4097, COUNT_LARGEST};
enum { LARGE_COUNTS = sizeof large_counts / sizeof large_counts[0] };

static struct hash leaves[COUNT_LARGEST];
static struct hash scratch[COUNT_LARGEST];
static struct hash_domain node_domain;

static int leaves_fill(void **state)
{
    (void)state;
    node_domain = hash_domain_of("test", "node");
    struct hash_domain leaf_domain = hash_domain_of("test", "leaf");
    for (size_t i = 0; i < COUNT_LARGEST; i++) {
        hash_bytes(&leaves[i], &leaf_domain, &i, sizeof i);
    }
    return 0;
}

/* The model: RFC 9162 section 2.1.1, word for word. */
static size_t model_split(size_t count)
{
    size_t split = 1;
    while (split * 2 < count) {
        split *= 2;
    }
    return split;
}

static struct hash model_root(const struct hash *of, size_t count)
{
    if (count == 1) {
        return of[0];
    }
    size_t split = model_split(count);
    struct hash left = model_root(of, split);
    struct hash right = model_root(of + split, count - split);
    struct hash root;
    hash_pair(&root, &node_domain, &left, &right);
    return root;
}

/* RFC 9162 section 2.1.3.1. */
static void model_path(struct merkle_path *path, const struct hash *of, size_t count, size_t index)
{
    if (count == 1) {
        path->size = 0;
        return;
    }
    size_t split = model_split(count);
    bool left = index < split;
    if (left) {
        model_path(path, of, split, index);
    } else {
        model_path(path, of + split, count - split, index - split);
    }
    path->nodes[path->size++] = left ? model_root(of + split, count - split) : model_root(of, split);
}

static void path_of(struct merkle_path *path, size_t count, size_t index)
{
    memcpy(scratch, leaves, count * sizeof leaves[0]);
    merkle_path_in_place(path, &node_domain, scratch, count, index);
}

static void expect_root(size_t count)
{
    struct hash root;
    struct hash expected = model_root(leaves, count);
    memcpy(scratch, leaves, count * sizeof leaves[0]);
    merkle_root_in_place(&root, &node_domain, scratch, count);
    if (!hash_equal(&root, &expected)) {
        fail_msg("root of %zu leaves", count);
    }
}

static void roots_equal_the_model(void **state)
{
    (void)state;
    for (size_t count = 1; count <= COUNT_ALL; count++) {
        expect_root(count);
    }
    for (size_t i = 0; i < LARGE_COUNTS; i++) {
        expect_root(large_counts[i]);
    }
}

static void expect_path(size_t count, size_t index, const struct hash *root)
{
    struct merkle_path path;
    struct merkle_path expected;
    path_of(&path, count, index);
    model_path(&expected, leaves, count, index);
    assert_int_equal(path.size, expected.size);
    assert_int_equal(path.size, merkle_path_size(index, count));
    assert_memory_equal(path.nodes, expected.nodes, path.size * sizeof path.nodes[0]);
    struct hash led_to;
    assert_true(merkle_path_root(&led_to, &node_domain, &leaves[index], index, count, &path));
    if (!hash_equal(&led_to, root)) {
        fail_msg("path of leaf %zu of %zu", index, count);
    }
}

static void paths_equal_the_model_and_lead_to_the_root(void **state)
{
    (void)state;
    for (size_t count = 1; count <= COUNT_ALL; count++) {
        struct hash root = model_root(leaves, count);
        size_t step = count <= COUNT_ALL_INDEXES ? 1 : 13;
        for (size_t index = 0; index < count; index += step) {
            expect_path(count, index, &root);
        }
        expect_path(count, count - 1, &root);
    }
    for (size_t i = 0; i < LARGE_COUNTS; i++) {
        size_t count = large_counts[i];
        const size_t indexes[] = {0, 1, 63, 64, 255, 256, count / 2, count - 2, count - 1};
        struct hash root = model_root(leaves, count);
        for (size_t j = 0; j < sizeof indexes / sizeof indexes[0]; j++) {
            expect_path(count, indexes[j], &root);
        }
    }
}

/* A path is refused when it does not lead to the root: the caller compares. */
static bool leads_to(const struct hash *root, const struct hash *leaf, uint64_t index, uint64_t count,
                     const struct merkle_path *path)
{
    struct hash led_to;
    return merkle_path_root(&led_to, &node_domain, leaf, index, count, path) && hash_equal(&led_to, root);
}

static void expect_wrong_paths_refused(size_t count, size_t index)
{
    struct hash root = model_root(leaves, count);
    struct merkle_path path;
    path_of(&path, count, index);
    assert_true(leads_to(&root, &leaves[index], index, count, &path));
    for (size_t other = 0; other < count + 3; other++) {
        if (other == index) {
            continue;
        }
        assert_false(leads_to(&root, &leaves[index], other, count, &path));
        if (other < count) {
            assert_false(leads_to(&root, &leaves[other], index, count, &path));
        }
    }
    size_t true_size = path.size;
    for (size_t size = 0; size <= MERKLE_DEPTH_MAX; size++) {
        path.size = size;
        assert_int_equal(leads_to(&root, &leaves[index], index, count, &path), size == true_size);
    }
    path.size = true_size;
    for (size_t i = 0; i < path.size; i++) {
        path.nodes[i].bytes[i % HASH_SIZE] ^= 1;
        assert_false(leads_to(&root, &leaves[index], index, count, &path));
        path.nodes[i].bytes[i % HASH_SIZE] ^= 1;
    }
}

static void wrong_index_size_or_node_is_refused(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, 3, 5, 7, 8, 9, 33, 64, 65};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        for (size_t index = 0; index < counts[i]; index++) {
            expect_wrong_paths_refused(counts[i], index);
        }
    }
}

/* A wrong count gives another shape, or (where the path has the same turns in both) the root stays and the
 * signed size beside it decides; only the RFC's own verifier is the judge of which. */
static bool model_leads_to(const struct hash *root, const struct hash *leaf, uint64_t index, uint64_t count,
                           const struct merkle_path *path)
{
    if (index >= count) {
        return false;
    }
    uint64_t fn = index;
    uint64_t sn = count - 1;
    struct hash r = *leaf;
    for (size_t i = 0; i < path->size; i++) {
        if (sn == 0) {
            return false;
        }
        if (fn % 2 == 1 || fn == sn) {
            hash_pair(&r, &node_domain, &path->nodes[i], &r);
            while (fn % 2 == 0 && fn != 0) {
                fn /= 2;
                sn /= 2;
            }
        } else {
            hash_pair(&r, &node_domain, &r, &path->nodes[i]);
        }
        fn /= 2;
        sn /= 2;
    }
    return sn == 0 && hash_equal(&r, root);
}

static void wrong_count_is_judged_as_by_the_rfc(void **state)
{
    (void)state;
    enum { COUNT = 21, COUNT_TRIED = 40 };
    struct hash root = model_root(leaves, COUNT);
    size_t refused = 0;
    for (size_t index = 0; index < COUNT; index++) {
        struct merkle_path path;
        path_of(&path, COUNT, index);
        for (size_t count = 0; count < COUNT_TRIED; count++) {
            bool expected = model_leads_to(&root, &leaves[index], index, count, &path);
            assert_int_equal(leads_to(&root, &leaves[index], index, count, &path), expected);
            refused += !expected;
        }
    }
    assert_true(refused > COUNT * COUNT_TRIED / 2);
}

static void absurd_claims_are_refused(void **state)
{
    (void)state;
    static const struct {
        uint64_t index;
        uint64_t count;
        size_t size;
        bool accepted;
        const char *why;
    } rows[] = {
        {0, 1, 0, true, "a lone leaf is its own root"},
        {0, 0, 0, false, "an empty tree has no leaf"},
        {1, 1, 0, false, "the index is the count"},
        {UINT64_MAX, UINT64_MAX, 40, false, "both at the end of their range"},
        {0, MERKLE_COUNT_MAX, 40, true, "the deepest tree"},
        {MERKLE_COUNT_MAX - 1, MERKLE_COUNT_MAX, 40, true, "its last leaf"},
        {MERKLE_COUNT_MAX, MERKLE_COUNT_MAX, 40, false, "one beyond its last leaf"},
        {0, MERKLE_COUNT_MAX + 1, 41, false, "one leaf too many, honest size"},
        {0, MERKLE_COUNT_MAX + 1, 40, false, "one leaf too many"},
        {0, UINT64_MAX, 64, false, "far too many"},
        {0, 2, SIZE_MAX, false, "a size beyond the array"},
    };
    struct merkle_path path = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct hash root;
        struct hash untouched;
        memset(root.bytes, 0xa5, HASH_SIZE);
        untouched = root;
        path.size = rows[i].size;
        bool accepted =
            merkle_path_root(&root, &node_domain, &leaves[0], rows[i].index, rows[i].count, &path);
        if (accepted != rows[i].accepted) {
            fail_msg("%s", rows[i].why);
        }
        if (!accepted) {
            assert_true(hash_equal(&root, &untouched));
        }
    }
}

static void frontier_equals_the_model_at_every_count(void **state)
{
    (void)state;
    struct merkle_frontier frontier;
    merkle_frontier_init(&frontier);
    size_t large = 0;
    for (size_t count = 1; count <= COUNT_LARGEST; count++) {
        merkle_frontier_append(&frontier, &node_domain, &leaves[count - 1]);
        assert_int_equal(frontier.count, count);
        if (count > COUNT_ALL && count != large_counts[large]) {
            continue;
        }
        large += count > COUNT_ALL;
        struct hash root;
        struct hash expected = model_root(leaves, count);
        merkle_frontier_root(&root, &frontier, &node_domain);
        assert_true(hash_equal(&root, &expected));
    }
    assert_int_equal(large, LARGE_COUNTS);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(roots_equal_the_model),
        cmocka_unit_test(paths_equal_the_model_and_lead_to_the_root),
        cmocka_unit_test(wrong_index_size_or_node_is_refused),
        cmocka_unit_test(wrong_count_is_judged_as_by_the_rfc),
        cmocka_unit_test(absurd_claims_are_refused),
        cmocka_unit_test(frontier_equals_the_model_at_every_count),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, leaves_fill, NULL);
}
