#ifndef STORE_ROWS_H
#define STORE_ROWS_H

/* Single rows of the tables as the structs that the rest of the store works with. */

#include "store/layout.h"
#include "store/tables.h"

/* Where an entry stands, by its author's number. */
struct entry_at {
    uint32_t author;
    uint64_t seq;
    uint64_t index;
};

/* ---- authors ---- */

enum store_error author_read(struct store_txn *txn, const struct actor_id *author, struct disk_author *row);
/* Read the author's row, or make one with the next number (not written yet). */
enum store_error author_intern(struct store_txn *txn, const struct actor_id *author, struct disk_author *row);
enum store_error author_write(struct store_txn *txn, const struct actor_id *author,
                              const struct disk_author *row);
/* Two rotations into epoch are known. The row is not written yet. */
enum store_error author_freeze(struct store_txn *txn, struct disk_author *row, uint64_t epoch);
/* STORE_NOT_FOUND also when blocks are held but no chain. */
enum store_error author_read_log(struct store_txn *txn, const struct actor_id *author,
                                 struct disk_author *row);
enum store_error author_name(struct store_txn *txn, uint32_t number, struct actor_id *author);

/* ---- the chain ---- */

/* Of a block up to the head: without its record the store is damaged. */
enum store_error record_read(struct store_txn *txn, uint32_t number, uint64_t seq, struct disk_record *row);
/* The same of a block that the chain may not reach: then STORE_NOT_FOUND. */
enum store_error record_find(struct store_txn *txn, uint32_t number, uint64_t seq, struct disk_record *row);
enum store_error record_write(struct store_txn *txn, uint32_t number, uint64_t seq,
                              const struct disk_record *row);
/* The same for a new record. */
enum store_error record_add(struct store_txn *txn, uint32_t number, uint64_t seq,
                            const struct disk_record *row);
struct block_record record_of(const struct disk_record *row);
/* Header hash of the block before block seq of the chain; zero for block 0. */
enum store_error previous_hash_read(struct store_txn *txn, uint32_t number, uint64_t seq, struct hash *out);
/* The row of a record; the times that it lacks are zero. */
struct disk_record disk_record_of(const struct block_record *record);

/* Key set and epoch that block seq of the chain set. Those of block 0 need no row: they follow from its
 * bytes. */
enum store_error keys_write(struct store_txn *txn, uint32_t number, uint64_t seq, const struct key_set *keys,
                            uint64_t epoch);
/* Those of the last block up to seq that set any. */
enum store_error keys_read(struct store_txn *txn, uint32_t number, uint64_t seq, struct key_set *keys,
                           uint64_t *epoch);
/* The last block up to seq of the chain that set any; 0: block 0. */
enum store_error keys_last_seq(struct store_txn *txn, uint32_t number, uint64_t seq, uint64_t *last);
enum store_error keys_delete(struct store_txn *txn, uint32_t number, uint64_t seq);
/* The next block behind seq of the chain that set any. STORE_NOT_FOUND when there is none. */
enum store_error keys_next_seq(struct store_txn *txn, uint32_t number, uint64_t seq, uint64_t *next);
/* The log's state, from its row and its last key set. */
enum store_error state_read(struct store_txn *txn, const struct actor_id *author,
                            const struct disk_author *row, struct log_state *state);

/* ---- standings ---- */

/* What was said about one entry, without replacements and holders (event_complete reads those). */
struct standing_row {
    struct hash history; /* zero while nothing was */
    size_t event_count;
    struct history_event events[HISTORY_EVENTS_MAX];
};

/* An entry about which nothing was said gives an empty row and STORE_OK. */
enum store_error standing_read(struct store_txn *txn, uint32_t number, uint64_t seq, uint64_t index,
                               struct standing_row *row);
/* Read whom an event re-bound its entry to, or what replaced it, from the setter's status. */
enum store_error event_complete(struct store_txn *txn, uint32_t number, struct history_event *event,
                                struct arena *arena);
enum store_error standing_write(struct store_txn *txn, uint32_t number, uint64_t seq, uint64_t index,
                                const struct standing_row *row);

/* ---- checkpoints ---- */

/* What the latest of the author's checkpoints says, its time not after by_s, of the newest and those
 * remembered of each day; left aside are those dated after the newest, or after the block, of the chain up to
 * head_seq, that lists their key no longer, and on its day all but the first. STORE_NOT_FOUND when there is
 * none. */
enum store_error checkpoint_read_by(struct store_txn *txn, const struct actor_id *author, uint32_t number,
                                    uint64_t head_seq, uint64_t by_s, struct disk_checkpoint *out);

/* Until when the key that signed a checkpoint of the chain's block seq was listed for that: UINT64_MAX as
 * long as it is at head_seq, else the time of a block that lists it no longer, *end, or when that came here
 * where it is dated later: a header's time alone leaves nobody a say. */
enum store_error checkpoint_key_until(struct store_txn *txn, uint32_t number, uint64_t head_seq, uint64_t seq,
                                      const struct sign_public_key *key, uint64_t *until_s, uint64_t *end);

/* How a log stood, as a checkpoint of it says, for one of its blocks. */
enum stood {
    STOOD_WITHOUT, /* the block was not in it */
    STOOD_WITH,
    STOOD_UNKNOWN, /* the head that it names is not held: nothing shows anything */
};

/* Of the author's checkpoints the last one of the first day that has any, from that day on.
 * STORE_NOT_FOUND when there is none. */
enum store_error checkpoint_read_from(struct store_txn *txn, uint32_t number, uint64_t day,
                                      struct disk_checkpoint *out);

/* The last of the author's checkpoints remembered of each day that stood without block seq, its time
 * not after by_s; read says how each stood. STORE_NOT_FOUND when there is none. */
enum store_error checkpoint_read_without(struct store_txn *txn, uint32_t number, uint64_t seq, uint64_t by_s,
                                         enum store_error (*read)(void *context,
                                                                  const struct disk_checkpoint *row,
                                                                  enum stood *out),
                                         void *context, struct disk_checkpoint *out);

/* What store_note_named_head kept. STORE_NOT_FOUND when that is nothing. */
enum store_error named_heads_read(struct store_txn *txn, uint32_t number, struct disk_named_heads *out);

/* ---- blocks ---- */

/* A block as it came: a view. That of a block 0 lives only until the next one is read in the same
 * transaction. */
struct stored_block {
    uint64_t arrived_s;
    size_t erased_count;
    size_t mark_count;
    const uint8_t *marks; /* offsets in encoded of the entries 0, 8, 16, …, with checks of the entries */
    struct bytes encoded;
};

/* Whether block came without some of its entries. Requires: decoded with its body. */
bool block_has_erased(const struct block *block);

/* A block's parts, without looking into its entries. */
struct block_parts {
    struct bytes header;
    struct bytes body;
};

struct key block_key(uint32_t number, uint64_t seq, const struct hash *hash);
enum store_error stored_block_read(struct store_txn *txn, uint32_t number, uint64_t seq,
                                   const struct hash *hash, struct stored_block *stored);
enum store_error stored_block_of(struct store_txn *txn, struct bytes value, struct stored_block *stored);
/* The keys record of block 0 of the chain: a view. */
enum store_error inception_read(struct store_txn *txn, uint32_t number, struct bytes *keys_record);
/* Write block with its marks. Requires: block decoded with its body. */
enum store_error stored_block_write(struct store_txn *txn, uint32_t number, const struct block *block,
                                    uint64_t arrived_s);
/* A block that is held came by_s at the latest. */
enum store_error stored_block_arrived_by(struct store_txn *txn, uint32_t number, uint64_t seq,
                                         const struct hash *hash, uint64_t by_s);
/* Returns: false when the bytes are damaged. */
bool stored_block_parts(const struct stored_block *stored, struct block_parts *parts);
/* The bytes of entry index, unchecked. Returns: false when there is no such entry. */
bool stored_block_entry(const struct stored_block *stored, uint64_t index, struct bytes *element);
/* Whether element is what was stored as entry index. */
bool stored_block_has(const struct stored_block *stored, uint64_t index, struct bytes element);
/* The bytes of entry index, which are what was stored. STORE_DAMAGED when they are not. */
enum store_error stored_block_element(struct store_txn *txn, const struct stored_block *stored,
                                      uint64_t index, struct bytes *element);
/* The same with its leaf hash. */
enum store_error stored_block_leaf(struct store_txn *txn, const struct stored_block *stored, uint64_t index,
                                   struct bytes *element, struct hash *leaf);

/* The bytes of an entry of the chain, those of its erased form where its `erase` stands: a view.
 * STORE_NOT_FOUND when there is no such entry. */
enum store_error element_read(struct store_txn *txn, const struct entry_at *at, struct bytes *element);

/* All entries of a block, as views; the array in arena. Returns: false when the bytes are damaged or the
 * arena is full (BLOCK_ARENA_SIZE is enough). */
bool stored_block_entries(const struct stored_block *stored, struct entry **entries, size_t *count,
                          struct arena *arena);

#endif
