#include "store/copy.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* LMDB 0.9's file, which its own header doesn't describe: pages, each with its number, the first two of them
 * meta pages, of which the one of the last transaction holds the roots of two trees: of what is free and of
 * what is there, where the leaves have the roots of the named tables. */
enum {
    PAGE_BRANCH = 1,
    PAGE_LEAF = 2,
    PAGE_OVERFLOW = 4,
    NODE_BIG = 1,   /* its value lies on overflow pages */
    NODE_TABLE = 2, /* its value is a tree_figures */
    DEPTH_MAX = 32,
    META_PAGES = 2,
    META_FREE_AT = 40,
    META_MAIN_AT = 88,
    META_LAST_AT = 136,
    META_NUMBER_AT = 144,
    MARK_AT = 256, /* in the first page, behind all that LMDB writes there */
};

struct page_head {
    uint64_t number;
    uint16_t pad;
    uint16_t flags;
    uint16_t lower; /* of an overflow page: these two are the count of its pages */
    uint16_t upper;
};
static_assert(sizeof(struct page_head) == 16, "no padding");

struct node_head {
    uint16_t low, high, flags; /* of a leaf: the value's size and flags; of a branch: a page number */
    uint16_t key_size;
};
static_assert(sizeof(struct node_head) == 8, "no padding");

struct tree_figures {
    uint32_t pad;
    uint16_t flags;
    uint16_t depth;
    uint64_t branches;
    uint64_t leaves;
    uint64_t overflows;
    uint64_t entries;
    uint64_t root;
};
static_assert(sizeof(struct tree_figures) == 48, "no padding");

/* Which file it is. A copy has another inode, or, where the inode is the same on another disk, was born
 * later. */
struct mark {
    uint64_t word;
    uint64_t inode;
    int64_t born_s;
    uint64_t born_ns;
};
static_assert(sizeof(struct mark) == 32, "no padding");

/* ---- the pages ---- */

struct walk {
    const uint8_t *file;
    size_t page_size;
    uint64_t page_count;
    uint8_t *met; /* a bit a page */
};

struct node {
    uint64_t page;      /* of a branch */
    struct bytes value; /* of a leaf, unless it lies on overflow pages: then their number */
    uint64_t size;      /* of a leaf's value, wherever it lies */
    uint16_t flags;
};

static bool meet(struct walk *walk, uint64_t page)
{
    uint8_t bit = (uint8_t)(1U << (page % 8));

    if (page < META_PAGES || page >= walk->page_count || (walk->met[page / 8] & bit) != 0) {
        return false;
    }
    walk->met[page / 8] |= bit;
    return true;
}

static bool meet_overflow(struct walk *walk, struct tree_figures *seen, uint64_t first, uint64_t size)
{
    uint64_t count = (sizeof(struct page_head) - 1 + size) / walk->page_size + 1;
    struct page_head head;
    uint32_t said;

    if (first >= walk->page_count || count > walk->page_count - first) {
        return false;
    }
    memcpy(&head, walk->file + first * walk->page_size, sizeof head);
    memcpy(&said, &head.lower, sizeof said);
    if (head.number != first || head.flags != PAGE_OVERFLOW || said != count) {
        return false;
    }
    for (uint64_t i = 0; i < count; i++) {
        if (!meet(walk, first + i)) {
            return false;
        }
    }
    seen->overflows += count;
    return true;
}

static bool read_node(struct node *out, const struct walk *walk, const uint8_t *page, bool leaf, size_t index)
{
    struct node_head head;
    uint16_t at;
    size_t rest;

    memcpy(&at, page + sizeof(struct page_head) + 2 * index, sizeof at);
    if (at < sizeof(struct page_head) || at > walk->page_size - sizeof head) {
        return false;
    }
    memcpy(&head, page + at, sizeof head);
    rest = walk->page_size - at - sizeof head;
    if (head.key_size > rest) {
        return false;
    }
    *out = (struct node){.page = head.low | (uint64_t)head.high << 16 | (uint64_t)head.flags << 32,
                         .size = head.low | (uint64_t)head.high << 16,
                         .flags = head.flags};
    rest -= head.key_size;
    out->value = bytes_of(page + at + sizeof head + head.key_size,
                          head.flags & NODE_BIG ? sizeof(uint64_t) : out->size);
    return !leaf || out->value.size <= rest;
}

static bool walk_tree(struct walk *walk, const struct tree_figures *tree, bool of_tables);

static bool walk_value(struct walk *walk, struct tree_figures *seen, const struct node *node, bool of_tables)
{
    struct tree_figures table;
    uint64_t first;

    if ((node->flags & ~(NODE_BIG | NODE_TABLE)) != 0) {
        return false;
    }
    if (node->flags & NODE_BIG) {
        memcpy(&first, node->value.data, sizeof first);
        return meet_overflow(walk, seen, first, node->size);
    }
    if ((node->flags & NODE_TABLE) == 0) {
        return true;
    }
    if (!of_tables || node->value.size != sizeof table) {
        return false;
    }
    memcpy(&table, node->value.data, sizeof table);
    return walk_tree(walk, &table, false);
}

static bool walk_page(struct walk *walk, const struct tree_figures *tree, struct tree_figures *seen,
                      uint64_t number, unsigned depth, bool of_tables)
{
    const bool leaf = depth == tree->depth;
    const uint8_t *page;
    struct page_head head;
    struct node node;
    size_t count;

    if (!meet(walk, number)) {
        return false;
    }
    page = walk->file + number * walk->page_size;
    memcpy(&head, page, sizeof head);
    if (head.number != number || head.flags != (leaf ? PAGE_LEAF : PAGE_BRANCH) || head.lower < sizeof head ||
        head.lower > head.upper || head.upper > walk->page_size) {
        return false;
    }
    count = (head.lower - sizeof head) / 2;
    seen->leaves += leaf;
    seen->branches += !leaf;
    seen->entries += leaf ? count : 0;
    for (size_t i = 0; i < count; i++) {
        if (!read_node(&node, walk, page, leaf, i) ||
            !(leaf ? walk_value(walk, seen, &node, of_tables)
                   : walk_page(walk, tree, seen, node.page, depth + 1, of_tables))) {
            return false;
        }
    }
    return true;
}

static bool walk_tree(struct walk *walk, const struct tree_figures *tree, bool of_tables)
{
    struct tree_figures seen = *tree;

    seen.branches = seen.leaves = seen.overflows = seen.entries = 0;
    if (tree->root == UINT64_MAX) {
        return tree->depth == 0 && tree->entries == 0;
    }
    return tree->depth >= 1 && tree->depth <= DEPTH_MAX &&
           walk_page(walk, tree, &seen, tree->root, 1, of_tables) && memcmp(&seen, tree, sizeof seen) == 0;
}

/* ---- the file ---- */

static enum store_error walk_state(struct walk *walk, uint64_t number)
{
    for (size_t i = 0; i < META_PAGES; i++) {
        const uint8_t *meta = walk->file + i * walk->page_size;
        struct tree_figures unused, tables;
        uint64_t found, last;

        memcpy(&found, meta + META_NUMBER_AT, sizeof found);
        memcpy(&last, meta + META_LAST_AT, sizeof last);
        if (found != number) {
            continue;
        }
        if (last >= walk->page_count) {
            return STORE_DAMAGED;
        }
        memcpy(&unused, meta + META_FREE_AT, sizeof unused);
        memcpy(&tables, meta + META_MAIN_AT, sizeof tables);
        return walk_tree(walk, &unused, false) && walk_tree(walk, &tables, true) ? STORE_OK : STORE_DAMAGED;
    }
    return STORE_BUSY;
}

/* As long as mdb stands nobody uses anew the pages of its state. */
static enum store_error look_at_pages(MDB_txn *mdb, int file, size_t page_size)
{
    struct walk walk = {.page_size = page_size};
    enum store_error error = STORE_NO_MEMORY;
    struct stat status;
    void *map;

    if (fstat(file, &status) != 0) {
        return STORE_IO;
    }
    walk.page_count = (uint64_t)status.st_size / page_size;
    map = mmap(NULL, walk.page_count * page_size, PROT_READ, MAP_SHARED, file, 0);
    if (map == MAP_FAILED) {
        return STORE_NO_MEMORY;
    }
    walk.file = map;
    walk.met = calloc(walk.page_count / 8 + 1, 1);
    if (walk.met) {
        error = walk_state(&walk, mdb_txn_id(mdb));
    }
    free(walk.met);
    munmap(map, walk.page_count * page_size);
    return error;
}

static bool mark_of(struct mark *mark, int file)
{
    const char word[sizeof mark->word] = "file";
    struct statx found;

    if (statx(file, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &found) != 0) {
        return false;
    }
    *mark = (struct mark){
        .inode = found.stx_ino, .born_s = found.stx_btime.tv_sec, .born_ns = found.stx_btime.tv_nsec};
    memcpy(&mark->word, word, sizeof word);
    return true;
}

enum store_error copy_check(MDB_env *env, bool read_only)
{
    struct mark wanted, found = {0};
    enum store_error error;
    mdb_filehandle_t file;
    MDB_txn *mdb = NULL;
    MDB_stat figures;

    if (mdb_env_get_fd(env, &file) != MDB_SUCCESS || mdb_env_stat(env, &figures) != MDB_SUCCESS ||
        !mark_of(&wanted, file)) {
        return STORE_IO;
    }
    if (pread(file, &found, sizeof found, MARK_AT) == sizeof found &&
        memcmp(&found, &wanted, sizeof found) == 0) {
        return STORE_OK;
    }
    if (mdb_txn_begin(env, NULL, MDB_RDONLY, &mdb) != MDB_SUCCESS) {
        return STORE_BUSY;
    }
    error = look_at_pages(mdb, file, figures.ms_psize);
    mdb_txn_abort(mdb);
    if (error == STORE_OK && !read_only) {
        /* Where it can't be written, the pages are looked at again. */
        (void)!pwrite(file, &wanted, sizeof wanted, MARK_AT);
    }
    return error;
}
