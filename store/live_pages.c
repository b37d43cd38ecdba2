#include <string.h>

#include "store/pages.h"

/* A block has at most 4096 entries, so its live tree has one page or one level of pages under a top. */

static uint64_t page_count_of(uint64_t entry_count)
{
    return (entry_count + MERKLE_PAGE_SIZE - 1) / MERKLE_PAGE_SIZE;
}

static uint64_t page_size_of(uint64_t entry_count, uint64_t index)
{
    uint64_t left = entry_count - index * MERKLE_PAGE_SIZE;

    return left < MERKLE_PAGE_SIZE ? left : MERKLE_PAGE_SIZE;
}

static enum store_error damaged(const struct live_tree *tree)
{
    return txn_fail(tree->txn, STORE_DAMAGED);
}

/* Put the live leaves of entries that something was said about in place of their own. */
static enum store_error apply_standings(const struct live_tree *tree, struct merkle_page *page)
{
    struct key first = author_seq_key(tree->number, tree->seq);
    const struct key prefix = first;
    uint64_t from = page->index * MERKLE_PAGE_SIZE;
    struct walk walk;
    enum store_error error = walk_open(&walk, tree->txn, TABLE_STANDINGS);

    if (error != STORE_OK) {
        return error;
    }
    key_add_number(&first, from, 2);
    error = walk_seek(&walk, &first);
    for (; error == STORE_OK && walk_under(&walk, &prefix); error = walk_next(&walk)) {
        uint64_t index =
            walk.key.size == prefix.size + 2 ? number_at(walk.key.data, prefix.size, 2) : UINT64_MAX;
        struct hash leaf, history;

        if (index >= from + MERKLE_PAGE_SIZE) {
            break;
        }
        if (index >= tree->entry_count || walk.value.size < HASH_SIZE) {
            error = damaged(tree);
            break;
        }
        leaf = page->nodes[index - from];
        memcpy(&history, walk.value.data, HASH_SIZE);
        live_leaf(&page->nodes[index - from], tree->network, &leaf, &history);
    }
    walk_close(&walk);
    return error == STORE_NOT_FOUND ? STORE_OK : error;
}

static enum store_error fill_bottom(const struct live_tree *tree, struct merkle_page *page)
{
    uint64_t size = page_size_of(tree->entry_count, page->index);
    struct bytes element;
    struct reader reader;

    if (!stored_block_entry(&tree->stored, page->index * MERKLE_PAGE_SIZE, &element)) {
        return damaged(tree);
    }
    reader_init(&reader, bytes_of(element.data, (size_t)(tree->stored.encoded.data +
                                                         tree->stored.encoded.size - element.data)));
    for (uint64_t i = 0; i < size; i++) {
        element = reader_skip(&reader, 1);
        if (!stored_block_has(&tree->stored, page->index * MERKLE_PAGE_SIZE + i, element) ||
            !entry_leaf(&page->nodes[i], tree->network, element)) {
            return damaged(tree);
        }
    }
    return apply_standings(tree, page);
}

static enum store_error make_top(const struct live_tree *tree, struct merkle_page *top, struct arena *arena)
{
    size_t mark = arena_mark(arena);
    struct merkle_page *page = arena_take(arena, sizeof *page);
    enum store_error error = STORE_OK;

    if (!page) {
        return STORE_NO_MEMORY;
    }
    for (uint64_t i = 0; i < page_count_of(tree->entry_count) && error == STORE_OK; i++) {
        page->index = i;
        error = fill_bottom(tree, page);
        if (error == STORE_OK) {
            merkle_root_in_place(&top->nodes[i], label_domain(tree->network, LABEL_ENTRY_NODE), page->nodes,
                                 page_size_of(tree->entry_count, i));
        }
    }
    arena_rewind(arena, mark);
    return error;
}

static bool recall_top(const struct live_tree *tree, struct merkle_page *top)
{
    struct live_top *last = &tree->txn->store->live_top;
    bool same;

    pthread_mutex_lock(&last->lock);
    same = hash_equal(&last->block, &tree->block);
    if (same) {
        memcpy(top->nodes, last->nodes, sizeof top->nodes);
    }
    pthread_mutex_unlock(&last->lock);
    return same;
}

static void remember_top(const struct live_tree *tree, const struct merkle_page *top)
{
    struct live_top *last = &tree->txn->store->live_top;

    pthread_mutex_lock(&last->lock);
    last->block = tree->block;
    memcpy(last->nodes, top->nodes, sizeof last->nodes);
    pthread_mutex_unlock(&last->lock);
}

/* The upper page of a block that nothing was said about. */
static enum store_error first_top(const struct live_tree *tree, struct merkle_page *top, struct arena *arena)
{
    enum store_error error;

    if (recall_top(tree, top)) {
        return STORE_OK;
    }
    error = make_top(tree, top, arena);
    if (error == STORE_OK) {
        remember_top(tree, top);
    }
    return error;
}

static enum store_error fill_top(const struct live_tree *tree, struct merkle_page *top, struct arena *arena)
{
    struct key key = author_seq_key(tree->number, tree->seq);
    struct bytes value;
    enum store_error error = table_get(tree->txn, TABLE_LIVE_PAGES, &key, &value);

    if (error == STORE_NOT_FOUND) {
        return first_top(tree, top, arena);
    }
    if (error != STORE_OK) {
        return error;
    }
    if (value.size != page_count_of(tree->entry_count) * HASH_SIZE) {
        return damaged(tree);
    }
    memcpy(top->nodes, value.data, value.size);
    return STORE_OK;
}

/* Count of bottom pages that ranges touch; their indexes go to pages unless it is NULL. */
static size_t bottom_pages(const struct reach_entries *ranges, size_t range_count, struct merkle_page *pages)
{
    size_t count = 0;
    uint64_t next = 0;

    for (size_t i = 0; i < range_count; i++) {
        uint64_t index = ranges[i].first / MERKLE_PAGE_SIZE;

        for (index = index > next ? index : next; index <= ranges[i].last / MERKLE_PAGE_SIZE; index++) {
            if (pages) {
                pages[count].index = index;
            }
            count++;
            next = index + 1;
        }
    }
    return count;
}

enum store_error live_pages_gather(const struct live_tree *tree, const struct reach_entries *ranges,
                                   size_t range_count, struct merkle_pages *out, struct arena *arena)
{
    bool has_top = tree->entry_count > MERKLE_PAGE_SIZE;
    size_t count = bottom_pages(ranges, range_count, NULL);
    struct merkle_page *pages = arena_take(arena, (count + has_top) * sizeof *pages);
    enum store_error error = STORE_OK;

    if (!pages) {
        return STORE_NO_MEMORY;
    }
    bottom_pages(ranges, range_count, pages);
    for (size_t i = 0; i < count && error == STORE_OK; i++) {
        error = fill_bottom(tree, &pages[i]);
    }
    if (error == STORE_OK && has_top) {
        pages[count].level = 1;
        error = fill_top(tree, &pages[count], arena);
    }
    *out = (struct merkle_pages){.count = count + has_top, .pages = pages};
    return error;
}

enum store_error live_pages_write(struct store_txn *txn, uint32_t number, uint64_t seq, uint64_t entry_count,
                                  const struct merkle_pages *pages)
{
    struct key key = author_seq_key(number, seq);

    for (size_t i = 0; i < pages->count; i++) {
        if (pages->pages[i].level == 1 && pages->pages[i].changed) {
            return table_put(txn, TABLE_LIVE_PAGES, &key, pages->pages[i].nodes,
                             page_count_of(entry_count) * HASH_SIZE);
        }
    }
    return STORE_OK;
}
