#ifndef STORE_TABLES_H
#define STORE_TABLES_H

/* The LMDB environment as tables with composite big-endian keys; private to store/. Views that come out of
 * here live until the transaction writes or ends, and none leaves this folder. No table is DUPSORT: cursor
 * deletes there are faulty in LMDB 0.9.24. */

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>

#include "store/postings.h"
#include "store/store.h"

/* How a table's rows are checked when they are read. A row that is not what was written, or that is missing
 * where one was, is STORE_DAMAGED: its absence would be an answer too. */
enum table_form {
    FORM_PLAIN,   /* not here: whoever reads the row looks into it */
    FORM_CHECKED, /* a row ends with a check of its key and value */
    FORM_LINKED, /* …and, before that, with a sum of the key of the row before: no row can be lost unseen */
};

#define TABLE_LIST(X)                                                                                        \
    X(TABLE_META, "meta", FORM_CHECKED)      /* word -> what it says: version, run directory, … */         \
    X(TABLE_AUTHORS, "authors", FORM_LINKED) /* actor -> struct disk_author */                               \
    X(TABLE_NAMES, "names", FORM_CHECKED)    /* author number -> actor; none is left out */                  \
    X(TABLE_BLOCKS, "blocks", FORM_PLAIN)    /* author number, seq, header hash -> arrival, marks, bytes */  \
    X(TABLE_RECORDS, "records",                                                                              \
      FORM_CHECKED)                    /* author number, seq -> struct disk_record; the chain, whole */      \
    X(TABLE_KEYS, "keys", FORM_LINKED) /* author number, seq > 0 -> epoch and key set it set */              \
    X(TABLE_STANDINGS, "standings", FORM_LINKED) /* author number, seq, index -> history and events */       \
    X(TABLE_ERASERS, "erasers", FORM_LINKED) /* author number, seq, setter's seq and hash -> disk_eraser */  \
    X(TABLE_ERASER_COUNTS, "eraser-counts", FORM_LINKED) /* author number, seq -> rows of TABLE_ERASERS */   \
    X(TABLE_DROPS, "drops", FORM_LINKED)                 /* when, key of an eraser -> nothing */             \
    X(TABLE_GAPS, "gaps",                                                                                    \
      FORM_LINKED) /* author number, place, epoch, seq, header hash -> struct disk_gap */                    \
    X(TABLE_GAPS_DUE, "gaps-due", FORM_LINKED) /* author number, first seq -> last: to be looked at again */ \
    X(TABLE_LIVE_PAGES, "live", FORM_CHECKED)  /* author number, seq -> level 1 page of a touched block */   \
    X(TABLE_STATE_PAGES, "state", FORM_CHECKED) /* author number, level, page -> hashes */                   \
    X(TABLE_GRANTS, "grants", FORM_LINKED) /* grant kind, about whom or what, author number, seq, index */   \
    X(TABLE_SIDE_ENTRIES, "side",                                                                            \
      FORM_LINKED) /* grant kind, about, author number, followed, epoch, seq, hash, index */                 \
    X(TABLE_OWN, "own", FORM_LINKED)  /* own kind, author number, seq, index -> disk_consent */              \
    X(TABLE_RUNS, "runs", FORM_PLAIN) /* run, first posting of the chunk -> postings */                      \
    X(TABLE_CHECKPOINTS, "checkpoints", FORM_LINKED) /* actor -> the newest record */                        \
    X(TABLE_CHECKPOINT_DAYS, "days", FORM_LINKED) /* author number, UTC day -> disk_checkpoint, several */   \
    X(TABLE_FORKS, "forks", FORM_LINKED)          /* actor, epoch -> record */                               \
    X(TABLE_SIDES, "sides", FORM_LINKED) /* author number, seq, previous hash, hash -> struct disk_side */   \
    X(TABLE_ROTATIONS, "rotations", FORM_LINKED) /* author number, epoch, hash -> struct disk_rotation */    \
    X(TABLE_EPOCHS, "epochs", FORM_LINKED)       /* author number, epoch -> struct epoch_sides */            \
    X(TABLE_SWITCHES, "switches", FORM_LINKED)   /* author number -> struct branch_switch */                 \
    X(TABLE_ARRIVALS, "arrivals",                                                                            \
      FORM_LINKED) /* author number, header hash -> disk_arrival; author number -> disk_named_heads */       \
    X(TABLE_FOLLOWED, "followed", FORM_LINKED) /* author number, header hash -> struct disk_followed */      \
    X(TABLE_UNDO, "undo", FORM_LINKED)         /* author number, seq -> what rows were before the block */   \
    X(TABLE_INTRODUCTIONS, "introductions",                                                                  \
      FORM_LINKED)                             /* kind, technician or shop, consent id -> the rest */        \
    X(TABLE_ACCOUNTS, "accounts", FORM_LINKED) /* account kind, actor -> struct disk_account */              \
    X(TABLE_CHANGES, "changes", FORM_CHECKED) /* change number -> struct disk_change and parts, or digest */ \
    X(TABLE_HEARD, "heard", FORM_LINKED)      /* node id -> struct disk_heard */                             \
    X(TABLE_NONCES, "nonces", FORM_LINKED)    /* nonce -> when it expires */                                 \
    X(TABLE_EXPIRIES, "expiries", FORM_CHECKED) /* when, nonce -> nothing */

#define TABLE_AS_ENUM(name, text, form) name,
enum table { TABLE_LIST(TABLE_AS_ENUM) TABLE_COUNT };
_Static_assert(TABLE_COUNT <= 64, "each has a bit");
#undef TABLE_AS_ENUM

/* The upper live page of the block that was last touched for the first time: whoever signs a statement about
 * it will have it accepted next. It follows from the block's leaf hashes alone, which never change, so it
 * never grows old. */
struct live_top {
    pthread_mutex_t lock;
    struct hash block; /* header hash; zero: none */
    struct hash nodes[MERKLE_PAGE_SIZE];
};

/* Block 0 rebuilt from its keys record, which is all of it that is stored; for the view that was asked for
 * last. */
enum { INCEPTION_SIZE_MAX = KEYS_SIZE_MAX + 2 * HEADER_SIZE_MAX };

struct inception {
    uint8_t mark[8]; /* as in a block row, of one entry */
    uint8_t bytes[INCEPTION_SIZE_MAX];
};

/* What every dossier begins with (store/gather_base.c), as it was gathered last. */
struct base_cache {
    pthread_mutex_t lock;
    struct cached_base *base; /* NULL: none */
    uint64_t gathered;        /* how often; tests look at it */
};

/* Which authors the trust file reaches (store/generation.c), as far as it was asked. */
struct chain_cache {
    pthread_mutex_t lock;
    struct kept_chains *chains; /* NULL: none */
};

/* What look-ups of few rows found (store/generation.c). */
struct lookup_cache {
    pthread_mutex_t lock;
    struct kept_lookups *lookups; /* NULL: none */
};

struct store {
    MDB_env *env;
    MDB_dbi tables[TABLE_COUNT];
    struct network network;
    char *folder;
    bool read_only;
    bool map_full;              /* the last write transaction ran out of map */
    atomic_int open_count;      /* transactions open in this process: the map may move only at 0 */
    struct posting_batch batch; /* postings of the one write transaction */
    struct live_top live_top;
    struct base_cache base_cache;
    struct chain_cache chain_cache;
    struct lookup_cache lookup_cache;
};

struct undo;

/* Authors of whom the transaction may have changed what peers are told (store/changes.h). */
struct touched_authors {
    size_t count, capacity;
    struct touched_author {
        uint32_t number;
        uint8_t parts; /* bits of enum change_part */
    } * items;         /* owned */
};

struct store_txn {
    struct store *store;
    MDB_txn *mdb;
    bool writes;
    enum store_error failure; /* first failed write: the transaction can only be dropped */
    int64_t attestations;     /* accepted less forgotten */
    uint64_t generation;      /* zero: not read yet */
    bool raised;              /* the generation, by this transaction */
    uint64_t empty, asked;    /* bits of tables that are, and were asked whether they are, without a row */
    struct bytes recent;      /* of one that only reads: the newest postings, checked once; nothing before */
    struct inception *inception;
    uint64_t changes;        /* rows put and deleted so far */
    size_t consents_checked; /* signatures of them (store/consents.h) */
    struct kept_introducers *introducers;
    uint8_t erased_form[ENTRY_ERASED_SIZE_MAX]; /* of the entry that was hidden last */
    struct touched_authors touched;
    struct undo *undo; /* what notes rows before they change; NULL: nothing does */
};

/* ---- keys ---- */

enum { KEY_SIZE_MAX = 80 };

struct key {
    size_t size;
    uint8_t bytes[KEY_SIZE_MAX];
};

struct key key_of(const void *data, size_t size);
void key_add(struct key *key, const void *data, size_t size);
/* Append the low size bytes of number, most significant first. */
void key_add_number(struct key *key, uint64_t number, size_t size);
/* Requires: at least at + size bytes. */
uint64_t number_at(const uint8_t *bytes, size_t at, size_t size);

struct key author_key(uint32_t number);
struct key author_seq_key(uint32_t number, uint64_t seq);

/* ---- rows ---- */

/* What an LMDB or system error means. In a write transaction anything but STORE_NOT_FOUND sticks. */
enum store_error table_error(struct store_txn *txn, int code);
enum store_error store_error_of(const struct store *store, int code);
/* Make error stick in a write transaction, unless it is STORE_OK. Returns: error. Cold: what leads to it is
 * kept out of the way of what every question runs through. */
__attribute__((cold)) enum store_error txn_fail(struct store_txn *txn, enum store_error error);

/* The same for store_error_of_decode. */
__attribute__((cold)) enum store_error txn_fail_decode(struct store_txn *txn, enum reason reason,
                                                       const struct arena *arena);

enum store_error table_get(struct store_txn *txn, enum table table, const struct key *key, struct bytes *out);
enum store_error table_put(struct store_txn *txn, enum table table, const struct key *key, const void *data,
                           size_t size);
/* Like table_put, for keys that are mostly above all others in the table. */
enum store_error table_append(struct store_txn *txn, enum table table, const struct key *key,
                              const void *data, size_t size);
/* Like table_append; the caller fills *out before it calls anything else here. */
enum store_error table_reserve(struct store_txn *txn, enum table table, const struct key *key, size_t size,
                               uint8_t **out);
/* Write what linked tables end with; when a store is made. */
enum store_error tables_create(struct store_txn *txn);
/* STORE_OK also when there is no such row. */
enum store_error table_delete(struct store_txn *txn, enum table table, const struct key *key);
enum store_error table_delete_prefix(struct store_txn *txn, enum table table, const struct key *prefix);
/* Whether a linked table surely has no row at all, so that no look-up there finds any. Looked at once in a
 * transaction that only reads; one that writes is told no. */
enum store_error table_is_empty(struct store_txn *txn, enum table table, bool *empty);
/* Read a row of exactly size bytes into out; another size is STORE_DAMAGED. */
enum store_error table_get_exact(struct store_txn *txn, enum table table, const struct key *key, void *out,
                                 size_t size);

/* ---- walks ---- */

struct walk {
    struct store_txn *txn;
    MDB_cursor *cursor;
    enum table table;
    struct bytes key;
    struct bytes value;
    uint32_t sum;  /* of the key */
    uint32_t link; /* of a linked table's row: sum of the key before it */
};

enum store_error walk_open(struct walk *walk, struct store_txn *txn, enum table table);
void walk_close(struct walk *walk);
/* First row at or after key. */
enum store_error walk_seek(struct walk *walk, const struct key *key);
/* Open a walk on the first row under prefix at or after *from, or after it where it is a row's key. The walk
 * is the caller's to close where it has a cursor, whatever is returned. */
enum store_error walk_open_after(struct walk *walk, struct store_txn *txn, enum table table,
                                 const struct key *prefix, const struct key *from);
/* Last row at or before key. */
enum store_error walk_seek_back(struct walk *walk, const struct key *key);
enum store_error walk_next(struct walk *walk);
enum store_error walk_previous(struct walk *walk);
enum store_error walk_last(struct walk *walk);
bool walk_under(const struct walk *walk, const struct key *prefix);

#endif
