#ifndef STORE_INDEX_H
#define STORE_INDEX_H

/* The subject index: postings in sorted runs (DESIGN section 7). A run is a row a chunk of whole pages; the
 * run directory and the newest few postings are rows of the meta table, so that readers in other processes
 * see all of it as of their transaction. Postings of the open write transaction wait in memory and go out at
 * commit. */

#include "store/tables.h"

enum {
    /* A chunk fills its pages with LMDB's 16-byte page header and its checks: 32 pages, and 4 for a full set
     * of recent ones. */
    CHUNK_GROUP = 16,
    CHUNK_POSTINGS = (32 * 4096 - 16 - 8) / (CHUNK_GROUP * 16 + 4) * CHUNK_GROUP,
    RECENT_MAX = (4 * 4096 - 16 - 4) / 16,
    BATCH_MAX = 128 * 1024,
    RUN_FAN_OUT = 4,
    RUNS_MAX = 64,
    MERGE_INPUTS_MAX = 8,
    /* Postings of one prefix that a search returns, and of one author in one run: an author that floods a
     * subject must not hide what others said of it. */
    POSTINGS_FOUND_MAX = 16384,
    POSTINGS_EACH_MAX = 256,
    /* Of one author in one run, of those that can't count; and so many of all are passed by. */
    POSTINGS_IDLE_EACH_MAX = 16,
    POSTINGS_PASSED_BY_MAX = 64 * 1024,
};

struct run {
    uint32_t number;
    uint32_t zero;
    uint64_t count;
    uint64_t prefix_min, prefix_max;
};

/* A merge under way; each commit carries it on by as much as it pays for. */
struct merge {
    uint32_t input_count; /* 0: none */
    uint32_t output;
    uint32_t inputs[MERGE_INPUTS_MAX];
    uint32_t previous; /* the output's last chunk so far, as chunk_write returns it */
    uint32_t zero;
    uint64_t written;
    uint64_t prefix_min;
    struct posting last; /* that went into the output, when any was written */
};

struct run_directory {
    uint32_t next_number;
    uint32_t run_count;
    struct merge merge;
    struct run runs[RUNS_MAX];
};

enum store_error run_directory_read(struct store_txn *txn, struct run_directory *directory);
enum store_error run_directory_write(struct store_txn *txn, const struct run_directory *directory);

/* The newest postings, in no order: a view. */
enum store_error recent_read(struct store_txn *txn, struct bytes *recent);

struct key run_key(uint32_t number);
struct key chunk_key(uint32_t number, const struct posting *first);
struct posting posting_at(const uint8_t *chunk, size_t i);

/* Postings of a run, in order: a view. They are too many to look at each, so that each CHUNK_GROUP of them
 * has a check of its own; and a chunk says which one of its run comes before it, so that none can be lost. */
struct chunk {
    size_t count;
    const uint8_t *postings;
    const uint8_t *checks;
    uint64_t first_prefix; /* as its key says */
    uint32_t sum;          /* of its key */
    uint32_t previous;     /* of that of the chunk before; zero in the first */
};

/* STORE_DAMAGED when it is none. */
enum store_error chunk_open(struct store_txn *txn, struct bytes key, struct bytes value, struct chunk *out);
/* Check the group that posting i is in. Requires: i < count. */
enum store_error chunk_check(struct store_txn *txn, const struct chunk *chunk, size_t i);
/* *previous: of the chunk before, zero for the first; afterwards of this one. */
enum store_error chunk_write(struct store_txn *txn, uint32_t run, const struct posting *postings,
                             size_t count, uint32_t *previous);

/* Begin with none; when a store is made. */
enum store_error index_create(struct store_txn *txn);

/* Note that the entry at place may be about subject. */
enum store_error index_add(struct store_txn *txn, const struct subject *subject, uint64_t place);
/* Write what waits in memory; called by store_commit. */
enum store_error index_flush(struct store_txn *txn);

/* What a posting may lead to. */
enum posting_worth {
    POSTING_COUNTS, /* something that may count */
    POSTING_IDLE,   /* nothing that can count: it uses up no room of those that may */
    POSTING_GONE,   /* nothing */
};

struct posting_judge {
    enum store_error (*judge)(void *context, uint64_t place, enum posting_worth *out);
    void *context;
};

/* Places of entries that may be about subject, ascending, none twice, at most POSTINGS_FOUND_MAX; in arena.
 * *cut: whether there may be more by authors that are not among them. Of an author with POSTINGS_EACH_MAX or
 * more there may be more as well. judge NULL: all count. Else those that are gone are left out, and of the
 * idle ones of an author all but POSTINGS_IDLE_EACH_MAX or more; what is beyond POSTINGS_PASSED_BY_MAX
 * counts. */
enum store_error index_find(struct store_txn *txn, const struct subject *subject,
                            const struct posting_judge *judge, uint64_t **places, size_t *count, bool *cut,
                            struct arena *arena);

/* The same of one author, by its number, and all that it says: at most POSTINGS_FOUND_MAX, with *cut where
 * there may be more. */
enum store_error index_find_of(struct store_txn *txn, const struct subject *subject, uint32_t author,
                               uint64_t **places, size_t *count, bool *cut, struct arena *arena);

/* Carry merges on by about budget postings. Changes *directory; the caller writes it. */
enum store_error merge_step(struct store_txn *txn, struct run_directory *directory, uint64_t budget);

#endif
