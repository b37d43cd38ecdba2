#ifndef CRYPTO_MERKLE_H
#define CRYPTO_MERKLE_H

/* Merkle trees in the shape of RFC 9162 section 2.1 over leaves that the caller hashed: the left subtree of n
 * leaves holds the largest power of two below n, which is the same tree as pairing neighbours level by level
 * and carrying an odd last node up unchanged. Inner nodes are hash_pair under the domain given. Each tree has
 * its own leaf and node labels and a signed size beside its root (DESIGN section 4); neither is this module's
 * business. */

#include "crypto/hash.h"

enum { MERKLE_DEPTH_MAX = 40 }; /* path length bound */
#define MERKLE_COUNT_MAX (UINT64_C(1) << MERKLE_DEPTH_MAX)

/* Siblings from the leaf upward. */
struct merkle_path {
    size_t size;
    struct hash nodes[MERKLE_DEPTH_MAX];
};

/* Write to *out the root over leaves[0..count). Requires: count >= 1. Overwrites: leaves (scratch).
 * Cost: count - 1 hashes. */
void merkle_root_in_place(struct hash *out, const struct hash_domain *node, struct hash *leaves,
                          size_t count);

/* Length of the path of leaf index in a tree of count leaves. Requires: index < count <= 2^MERKLE_DEPTH_MAX.
 */
size_t merkle_path_size(uint64_t index, uint64_t count);

/* Write to *out the path of leaf index among leaves[0..count). Overwrites: leaves (scratch). */
void merkle_path_in_place(struct merkle_path *out, const struct hash_domain *node, struct hash *leaves,
                          size_t count, size_t index);

/* Write to *out the root that path leads to from leaf at index in a tree of count leaves (RFC 9162 section
 * 2.1.3.2). Returns: false, *out untouched, when index >= count, count exceeds 2^MERKLE_DEPTH_MAX, or the
 * path has the wrong length. path->size may be anything: it is a peer's. */
bool merkle_path_root(struct hash *out, const struct hash_domain *node, const struct hash *leaf,
                      uint64_t index, uint64_t count, const struct merkle_path *path);

/* Incremental append: the roots of the complete subtrees, left to right, of the leaves so far. */
struct merkle_frontier {
    uint64_t count;                      /* leaves appended */
    struct hash peaks[MERKLE_DEPTH_MAX]; /* one per set bit of count, most significant bit first */
};

void merkle_frontier_init(struct merkle_frontier *frontier);
/* Amortised two hashes. Requires: count < 2^MERKLE_DEPTH_MAX. */
void merkle_frontier_append(struct merkle_frontier *frontier, const struct hash_domain *node,
                            const struct hash *leaf);
/* Requires: at least one leaf. At most MERKLE_DEPTH_MAX hashes. */
void merkle_frontier_root(struct hash *out, const struct merkle_frontier *frontier,
                          const struct hash_domain *node);

/* The same tree in pages of 64, for one-leaf changes in log n without holding the tree in memory: page (0, i)
 * holds leaves 64i..64i+63, page (k, i) the roots of pages (k-1, 64i..64i+63). A short last page's root is
 * the odd node that RFC 9162 carries up, so the root of the only page of the top level is the root of the
 * whole. */
enum { MERKLE_PAGE_SIZE = 64, MERKLE_PAGE_LEVELS_MAX = 7 };

struct merkle_page {
    uint32_t level;
    bool changed;   /* differs from what the caller loaded; the caller stores it */
    uint64_t index; /* page number within its level */
    struct hash nodes[MERKLE_PAGE_SIZE];
};

/* A set of pages gathered by the caller for one decision. The caller owns the array of pages, sorted by
 * (level, index), none twice. */
struct merkle_pages {
    size_t count;
    struct merkle_page *pages;
};

/* How many levels a tree of count leaves has: 1 for 1..64, 2 for 65..4096. Requires: count >= 1. */
uint32_t merkle_page_levels(uint64_t count);

/* Set leaf index to *leaf in its page and mark it changed. Returns: false when that page was not gathered. */
bool merkle_pages_set(struct merkle_pages *set, uint64_t index, const struct hash *leaf);

/* Carry all changed pages up to the root of a tree of count leaves, changing the pages above them, and write
 * the root to *out. Requires: every page above a changed page was gathered, and at least the top page is
 * there; no changed page lies beyond count. A tree that grows by a level (from 64 to 65 leaves, from 4096 to
 * 4097) has an empty new top page: gather the former top page too and mark it changed, so that its root is
 * carried up. Returns: false, nothing promised about the set's upper pages, when one is missing. */
bool merkle_pages_root(struct hash *out, struct merkle_pages *set, const struct hash_domain *node,
                       uint64_t count);

/* Write to *out the path of leaf index from gathered pages (0, index/64), (1, index/4096), …
 * Returns: false when one is missing. */
bool merkle_pages_path(struct merkle_path *out, const struct merkle_pages *set,
                       const struct hash_domain *node, uint64_t index, uint64_t count);

#endif
