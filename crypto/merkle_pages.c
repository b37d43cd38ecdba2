#include "crypto/merkle.h"

#include <assert.h>
#include <string.h>

/* Pages of a level that holds count nodes; also the number of nodes of the level above. */
static uint64_t pages_of(uint64_t count)
{
    return count / MERKLE_PAGE_SIZE + (count % MERKLE_PAGE_SIZE != 0);
}

/* How many nodes page index holds in a level of count nodes. */
static size_t page_fill(uint64_t index, uint64_t count)
{
    assert(index < pages_of(count));
    uint64_t rest = count - index * MERKLE_PAGE_SIZE;
    return rest < MERKLE_PAGE_SIZE ? (size_t)rest : MERKLE_PAGE_SIZE;
}

uint32_t merkle_page_levels(uint64_t count)
{
    assert(count >= 1);
    assert(count <= MERKLE_COUNT_MAX);
    uint32_t levels = 1;
    for (; count > MERKLE_PAGE_SIZE; count = pages_of(count)) {
        levels++;
    }
    return levels;
}

/* Whether page comes before (level, index) in the set's order. */
static bool page_is_before(const struct merkle_page *page, uint32_t level, uint64_t index)
{
    return page->level != level ? page->level < level : page->index < index;
}

static struct merkle_page *page_find(const struct merkle_pages *set, uint32_t level, uint64_t index)
{
    size_t first = 0;
    size_t end = set->count;
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (page_is_before(&set->pages[middle], level, index)) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    if (first == set->count || set->pages[first].level != level || set->pages[first].index != index) {
        return NULL;
    }
    return &set->pages[first];
}

static void page_root(struct hash *out, const struct merkle_page *page, const struct hash_domain *node,
                      uint64_t count)
{
    size_t fill = page_fill(page->index, count);
    struct hash scratch[MERKLE_PAGE_SIZE];
    memcpy(scratch, page->nodes, fill * sizeof scratch[0]);
    merkle_root_in_place(out, node, scratch, fill);
}

static bool node_set(const struct merkle_pages *set, uint32_t level, uint64_t index, const struct hash *hash)
{
    struct merkle_page *page = page_find(set, level, index / MERKLE_PAGE_SIZE);
    if (!page) {
        return false;
    }
    page->nodes[index % MERKLE_PAGE_SIZE] = *hash;
    page->changed = true;
    return true;
}

bool merkle_pages_set(struct merkle_pages *set, uint64_t index, const struct hash *leaf)
{
    return node_set(set, 0, index, leaf);
}

bool merkle_pages_root(struct hash *out, struct merkle_pages *set, const struct hash_domain *node,
                       uint64_t count)
{
    uint32_t top = merkle_page_levels(count) - 1;
    uint32_t level = 0;
    uint64_t level_count = count;
    /* The set is sorted by level, so all below a page has been carried into it before its own turn comes. */
    for (size_t i = 0; i < set->count && set->pages[i].level < top; i++) {
        const struct merkle_page *page = &set->pages[i];
        if (!page->changed) {
            continue;
        }
        for (; level < page->level; level++) {
            level_count = pages_of(level_count);
        }
        struct hash root;
        page_root(&root, page, node, level_count);
        if (!node_set(set, level + 1, page->index, &root)) {
            return false;
        }
    }
    const struct merkle_page *top_page = page_find(set, top, 0);
    if (!top_page) {
        return false;
    }
    for (; level < top; level++) {
        level_count = pages_of(level_count);
    }
    page_root(out, top_page, node, level_count);
    return true;
}

bool merkle_pages_path(struct merkle_path *out, const struct merkle_pages *set,
                       const struct hash_domain *node, uint64_t index, uint64_t count)
{
    assert(index < count);
    uint32_t levels = merkle_page_levels(count);
    out->size = 0;
    for (uint32_t level = 0; level < levels; level++) {
        const struct merkle_page *page = page_find(set, level, index / MERKLE_PAGE_SIZE);
        if (!page) {
            return false;
        }
        struct merkle_path part;
        size_t fill = page_fill(page->index, count);
        struct hash scratch[MERKLE_PAGE_SIZE];
        memcpy(scratch, page->nodes, fill * sizeof scratch[0]);
        merkle_path_in_place(&part, node, scratch, fill, (size_t)(index % MERKLE_PAGE_SIZE));
        memcpy(&out->nodes[out->size], part.nodes, part.size * sizeof part.nodes[0]);
        out->size += part.size;
        index /= MERKLE_PAGE_SIZE;
        count = pages_of(count);
    }
    return true;
}
