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

#define TABLE_LIST(X)                                                                                        \
    X(TABLE_META, "meta")               /* word -> what it says: version, run directory, recent postings */  \
    X(TABLE_AUTHORS, "authors")         /* actor -> struct disk_author */                                    \
    X(TABLE_NAMES, "names")             /* author number -> actor */                                         \
    X(TABLE_BLOCKS, "blocks")           /* author number, seq, header hash -> arrival, marks, bytes */       \
    X(TABLE_SIDES, "sides")             /* author number, seq, previous hash, hash -> struct disk_side */    \
    X(TABLE_ROTATIONS, "rotations")     /* author number, epoch, hash -> struct disk_rotation */             \
    X(TABLE_EPOCHS, "epochs")           /* author number, epoch -> struct epoch_sides */                     \
    X(TABLE_SWITCHES, "switches")       /* author number -> struct branch_switch */                          \
    X(TABLE_ARRIVALS, "arrivals")       /* author number, header hash -> struct disk_arrival */              \
    X(TABLE_FOLLOWED, "followed")       /* author number, header hash -> struct disk_followed */             \
    X(TABLE_RECORDS, "records")         /* author number, seq -> struct disk_record; the chain alone */      \
    X(TABLE_KEYS, "keys")               /* author number, seq > 0 -> epoch and key set that the block set */ \
    X(TABLE_STANDINGS, "standings")     /* author number, seq, index -> history and events */                \
    X(TABLE_ERASED, "erased")           /* author number, seq -> entries that the chain said to erase */     \
    X(TABLE_LIVE_PAGES, "live")         /* author number, seq -> level 1 page of a touched block */          \
    X(TABLE_STATE_PAGES, "state")       /* author number, level, page -> hashes */                           \
    X(TABLE_UNDO, "undo")               /* author number, seq -> what rows were before the block */          \
    X(TABLE_GRANTS, "grants")           /* grant kind, whom or what about, author number, seq, index */      \
    X(TABLE_SIDE_ENTRIES, "side")       /* grant kind, about, author number, seq, header hash, index */      \
    X(TABLE_OWN, "own")                 /* own kind, author number, seq, index -> struct disk_consent */     \
    X(TABLE_RUNS, "runs")               /* run, first posting of the chunk -> postings */                    \
    X(TABLE_CHECKPOINTS, "checkpoints") /* actor -> the newest record */                                     \
    X(TABLE_CHECKPOINT_DAYS, "days")    /* author number, UTC day -> struct disk_checkpoint */               \
    X(TABLE_FORKS, "forks")             /* actor, epoch -> record */                                         \
    X(TABLE_NONCES, "nonces")           /* nonce -> when it expires */                                       \
    X(TABLE_EXPIRIES, "expiries")       /* when, nonce -> nothing */

#define TABLE_AS_ENUM(name, text) name,
enum table { TABLE_LIST(TABLE_AS_ENUM) TABLE_COUNT };
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
    uint32_t mark;
    uint8_t bytes[INCEPTION_SIZE_MAX];
};

/* What every dossier begins with (store/gather_base.c), as it was gathered last. */
struct base_cache {
    pthread_mutex_t lock;
    struct cached_base *base; /* NULL: none */
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
};

struct undo;

struct store_txn {
    struct store *store;
    MDB_txn *mdb;
    bool writes;
    enum store_error failure; /* first failed write: the transaction can only be dropped */
    int64_t attestations;     /* accepted less forgotten */
    struct inception *inception;
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
/* Make error stick in a write transaction, unless it is STORE_OK. Returns: error. */
enum store_error txn_fail(struct store_txn *txn, enum store_error error);

enum store_error table_get(struct store_txn *txn, enum table table, const struct key *key, struct bytes *out);
enum store_error table_put(struct store_txn *txn, enum table table, const struct key *key, const void *data,
                           size_t size);
/* Like table_put, for keys that are mostly above all others in the table. */
enum store_error table_append(struct store_txn *txn, enum table table, const struct key *key,
                              const void *data, size_t size);
/* Like table_append; the caller fills *out before it calls anything else here. */
enum store_error table_reserve(struct store_txn *txn, enum table table, const struct key *key, size_t size,
                               uint8_t **out);
/* STORE_OK also when there is no such row. */
enum store_error table_delete(struct store_txn *txn, enum table table, const struct key *key);
enum store_error table_delete_prefix(struct store_txn *txn, enum table table, const struct key *prefix);
/* Read a row of exactly size bytes into out; another size is STORE_NOT_A_STORE. */
enum store_error table_get_exact(struct store_txn *txn, enum table table, const struct key *key, void *out,
                                 size_t size);

/* ---- walks ---- */

struct walk {
    struct store_txn *txn;
    MDB_cursor *cursor;
    struct bytes key;
    struct bytes value;
};

enum store_error walk_open(struct walk *walk, struct store_txn *txn, enum table table);
void walk_close(struct walk *walk);
/* First row at or after key. */
enum store_error walk_seek(struct walk *walk, const struct key *key);
/* Last row at or before key. */
enum store_error walk_seek_back(struct walk *walk, const struct key *key);
enum store_error walk_next(struct walk *walk);
enum store_error walk_previous(struct walk *walk);
enum store_error walk_last(struct walk *walk);
bool walk_under(const struct walk *walk, const struct key *prefix);

#endif
