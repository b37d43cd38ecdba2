#ifndef STORE_PAGES_H
#define STORE_PAGES_H

/* Pages of the two trees of a log (crypto/merkle.h). State pages are stored as they grow. Of a live tree only
 * the upper page is, and only once an entry of the block was touched: the page below is made of the block's
 * bytes and the standings of its 64 entries. */

#include "store/rows.h"

/* Fill page->nodes with what is stored of the state page (page->level, page->index); zeroes where nothing is.
 */
enum store_error state_page_read(struct store_txn *txn, uint32_t number, struct merkle_page *page);
/* Store page of a tree of count leaves. */
enum store_error state_page_write(struct store_txn *txn, uint32_t number, uint64_t count,
                                  const struct merkle_page *page);
/* Delete the pages that a tree of count leaves no longer has, which had one more. */
enum store_error state_pages_shrink(struct store_txn *txn, uint32_t number, uint64_t count);
/* Pages on the way from every leaf of ranges, and from the first and the last of count leaves, to the root of
 * the tree. ranges are ascending and disjoint and below count. In arena. */
enum store_error state_pages_gather(struct store_txn *txn, uint32_t number, uint64_t count,
                                    const struct seq_range *ranges, size_t range_count,
                                    struct merkle_pages *out, struct arena *arena);

/* A block whose live tree is gathered. */
struct live_tree {
    struct store_txn *txn;
    const struct network *network;
    uint32_t number;
    uint64_t seq;
    uint64_t entry_count;
    struct hash block; /* header hash */
    struct stored_block stored;
};

/* Pages on the way from entries of ranges (this block's, ascending, disjoint, below its count) to the root.
 */
enum store_error live_pages_gather(const struct live_tree *tree, const struct reach_entries *ranges,
                                   size_t range_count, struct merkle_pages *out, struct arena *arena);
/* Keep what was changed of them. */
enum store_error live_pages_write(struct store_txn *txn, uint32_t number, uint64_t seq, uint64_t entry_count,
                                  const struct merkle_pages *pages);

#endif
