#include <assert.h>
#include <string.h>

#include "store/pages.h"

enum { PAGE_BITS = 6 };
static_assert(1 << PAGE_BITS == MERKLE_PAGE_SIZE, "a page's share of an index");

static struct key page_key(uint32_t number, const struct merkle_page *page)
{
    struct key key = author_key(number);

    key_add_number(&key, page->level, 1);
    key_add_number(&key, page->index, 8);
    return key;
}

enum store_error state_page_read(struct store_txn *txn, uint32_t number, struct merkle_page *page)
{
    struct key key = page_key(number, page);
    struct bytes value;
    enum store_error error = table_get(txn, TABLE_STATE_PAGES, &key, &value);

    memset(page->nodes, 0, sizeof page->nodes);
    if (error == STORE_NOT_FOUND) {
        return STORE_OK;
    }
    if (error != STORE_OK) {
        return error;
    }
    if (value.size > sizeof page->nodes || value.size % HASH_SIZE != 0) {
        return txn_fail(txn, STORE_NOT_A_STORE);
    }
    memcpy(page->nodes, value.data, value.size);
    return STORE_OK;
}

/* Nodes of a level of a tree of count leaves. */
static uint64_t nodes_of_level(uint64_t count, uint32_t level)
{
    for (uint32_t i = 0; i < level; i++) {
        count = (count + MERKLE_PAGE_SIZE - 1) / MERKLE_PAGE_SIZE;
    }
    return count;
}

enum store_error state_page_write(struct store_txn *txn, uint32_t number, uint64_t count,
                                  const struct merkle_page *page)
{
    struct key key = page_key(number, page);
    uint64_t nodes = nodes_of_level(count, page->level);
    uint64_t first = page->index * MERKLE_PAGE_SIZE;
    uint64_t used = nodes - first < MERKLE_PAGE_SIZE ? nodes - first : MERKLE_PAGE_SIZE;

    assert(first < nodes);
    if (used == 1) {
        return table_append(txn, TABLE_STATE_PAGES, &key, page->nodes, HASH_SIZE);
    }
    return table_put(txn, TABLE_STATE_PAGES, &key, page->nodes, used * HASH_SIZE);
}

enum store_error state_pages_shrink(struct store_txn *txn, uint32_t number, uint64_t count)
{
    uint64_t nodes = count;
    uint32_t levels = merkle_page_levels(count);
    enum store_error error = STORE_OK;

    /* One leaf fewer leaves at most one page of each level without nodes, and one level without pages. */
    for (uint32_t level = 0; level <= levels && error == STORE_OK; level++) {
        struct merkle_page page = {.level = level};
        struct key key;

        page.index = level < levels ? (nodes + MERKLE_PAGE_SIZE - 1) / MERKLE_PAGE_SIZE : 0;
        key = page_key(number, &page);
        error = table_delete(txn, TABLE_STATE_PAGES, &key);
        nodes = (nodes + MERKLE_PAGE_SIZE - 1) / MERKLE_PAGE_SIZE;
    }
    return error;
}

/* ---- gathering ---- */

/* Pages chosen so far, ascending by (level, index). With pages NULL they are only counted. */
struct choice {
    size_t count;
    struct merkle_page *pages;
    uint32_t last_level;
    uint64_t last_index;
};

static void choose(struct choice *choice, uint32_t level, uint64_t index)
{
    if (choice->count > 0 && choice->last_level == level && choice->last_index >= index) {
        return;
    }
    if (choice->pages) {
        choice->pages[choice->count] = (struct merkle_page){.level = level, .index = index};
    }
    choice->count++;
    choice->last_level = level;
    choice->last_index = index;
}

static void choose_level(struct choice *choice, uint32_t level, uint64_t count,
                         const struct seq_range *ranges, size_t range_count)
{
    unsigned shift = PAGE_BITS * (level + 1);

    for (size_t i = 0; i < range_count; i++) {
        for (uint64_t index = ranges[i].first >> shift; index <= ranges[i].last >> shift; index++) {
            choose(choice, level, index);
        }
    }
    choose(choice, level, (count - 1) >> shift);
}

/* Page 0 of every level is there too: a tree that grows by a level carries its former top page up. */
static void choose_all(struct choice *choice, uint64_t count, const struct seq_range *ranges,
                       size_t range_count)
{
    uint32_t levels = merkle_page_levels(count);

    for (uint32_t level = 0; level < levels; level++) {
        choose(choice, level, 0);
        choose_level(choice, level, count, ranges, range_count);
    }
}

enum store_error state_pages_gather(struct store_txn *txn, uint32_t number, uint64_t count,
                                    const struct seq_range *ranges, size_t range_count,
                                    struct merkle_pages *out, struct arena *arena)
{
    struct choice counted = {0};
    struct choice choice = {0};
    enum store_error error = STORE_OK;

    choose_all(&counted, count, ranges, range_count);
    choice.pages = arena_take(arena, counted.count * sizeof *choice.pages);
    if (!choice.pages) {
        return STORE_NO_MEMORY;
    }
    choose_all(&choice, count, ranges, range_count);
    for (size_t i = 0; i < choice.count && error == STORE_OK; i++) {
        error = state_page_read(txn, number, &choice.pages[i]);
    }
    *out = (struct merkle_pages){.count = choice.count, .pages = choice.pages};
    return error;
}
