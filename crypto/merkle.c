#include "crypto/merkle.h"

#include <assert.h>

/* Replace count nodes of one level by the level above and return its size. */
static size_t level_up(const struct hash_domain *node, struct hash *nodes, size_t count)
{
    size_t pairs = count / 2;
    for (size_t i = 0; i < pairs; i++) {
        hash_pair(&nodes[i], node, &nodes[2 * i], &nodes[2 * i + 1]);
    }
    if (count % 2 == 1) {
        nodes[pairs] = nodes[count - 1];
    }
    return count - pairs;
}

void merkle_root_in_place(struct hash *out, const struct hash_domain *node, struct hash *leaves, size_t count)
{
    assert(count >= 1);
    while (count > 1) {
        count = level_up(node, leaves, count);
    }
    *out = leaves[0];
}

size_t merkle_path_size(uint64_t index, uint64_t count)
{
    assert(index < count);
    assert(count <= MERKLE_COUNT_MAX);
    size_t size = 0;
    for (; count > 1; count -= count / 2) {
        size += (index ^ 1) < count;
        index /= 2;
    }
    return size;
}

void merkle_path_in_place(struct merkle_path *out, const struct hash_domain *node, struct hash *leaves,
                          size_t count, size_t index)
{
    assert(index < count);
    assert(count <= MERKLE_COUNT_MAX);
    out->size = 0;
    while (count > 1) {
        size_t sibling = index ^ 1;
        if (sibling < count) {
            out->nodes[out->size++] = leaves[sibling];
        }
        count = level_up(node, leaves, count);
        index /= 2;
    }
}

bool merkle_path_root(struct hash *out, const struct hash_domain *node, const struct hash *leaf,
                      uint64_t index, uint64_t count, const struct merkle_path *path)
{
    if (index >= count || count > MERKLE_COUNT_MAX) {
        return false;
    }
    if (path->size != merkle_path_size(index, count)) {
        return false;
    }
    struct hash root = *leaf;
    const struct hash *sibling = path->nodes;
    for (; count > 1; count -= count / 2) {
        if (index % 2 == 1) {
            hash_pair(&root, node, sibling++, &root);
        } else if (index + 1 < count) {
            hash_pair(&root, node, &root, sibling++);
        }
        index /= 2;
    }
    *out = root;
    return true;
}

void merkle_frontier_init(struct merkle_frontier *frontier)
{
    *frontier = (struct merkle_frontier){0};
}

static size_t peak_count(const struct merkle_frontier *frontier)
{
    return (size_t)__builtin_popcountll(frontier->count);
}

void merkle_frontier_append(struct merkle_frontier *frontier, const struct hash_domain *node,
                            const struct hash *leaf)
{
    assert(frontier->count < MERKLE_COUNT_MAX);
    size_t peaks = peak_count(frontier);
    struct hash peak = *leaf;
    /* Like a carry in binary addition: each trailing one of the count is a peak as tall as the new one. */
    for (uint64_t rest = frontier->count; rest % 2 == 1; rest /= 2) {
        hash_pair(&peak, node, &frontier->peaks[--peaks], &peak);
    }
    frontier->peaks[peaks] = peak;
    frontier->count++;
}

void merkle_frontier_root(struct hash *out, const struct merkle_frontier *frontier,
                          const struct hash_domain *node)
{
    assert(frontier->count >= 1);
    assert(frontier->count <= MERKLE_COUNT_MAX);
    size_t peaks = peak_count(frontier) - 1;
    struct hash root = frontier->peaks[peaks];
    while (peaks > 0) {
        hash_pair(&root, node, &frontier->peaks[--peaks], &root);
    }
    *out = root;
}
