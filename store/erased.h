#ifndef STORE_ERASED_H
#define STORE_ERASED_H

/* What logs say to erase, and what is missing without that.
 *
 * Every `erase` of a block that is held, on the chain or beside it, is one row for each block that it speaks
 * about (TABLE_ERASERS). A row says nothing of where the chain goes: whether its `erase` stands on the chain
 * is asked when an entry is read, so that a void, an undone block and another branch need no upkeep here. A
 * record is marked when its block has such rows, and nobody else looks for them.
 *
 * As long as an epoch is open, an `erase` on any known branch is against those whom the entry is for, as is
 * one on the chain that a disputed block voids: gather_view says so of the entry
 * (dossier_place.erase_disputed).
 *
 * An entry whose `erase` stands reads as erased at once: element_hide and block_hide are the only way from
 * bytes to whoever answers or relays. The bytes go by store_drop_erased alone.
 *
 * What is against somebody can't be erased away. A `left` is against whoever left: its
 * `erase` has no effect until every `joined` of the same affiliation in the shop's log is erased too. A
 * review holds a shop to what it was seen to be, and nothing personal: its `erase` has no effect.
 *
 * A gap is a block held, of class content, that lacks entries which no `erase` accounts for, neither one that
 * stands on the chain nor, while its epoch is open, one beside it (TABLE_GAPS): who lacks what an `erase`
 * said on a branch that was dropped never might have let go of it. Lacking affiliations that an `erase`
 * accounts for but that this node never read are counted apart: a `left` may be among them. */

#include "store/rows.h"

/* ---- what logs say to erase ---- */

/* What of a block that holds an `erase` counts. */
enum erasing_scope {
    ERASING_STANDS,   /* on the chain, not void, and its day has come */
    ERASING_ACCOUNTS, /* that, or it still waits for its day */
};

/* Entries of block seq of the author that some `erase` within scope names. Writes: true in covered for each
 * of them, nothing else; *last_setter, the highest block that names any (0: none). */
enum store_error erasers_read(struct store_txn *txn, uint32_t number, uint64_t seq, enum erasing_scope scope,
                              bool covered[BLOCK_ENTRIES_MAX], uint64_t *last_setter);

/* Whether some `erase` that stands names the entry; also one that would stand, were it not void by block
 * disputed_from of the chain or a later one. Of each row about its block little is read. */
#define ERASING_UNDISPUTED UINT64_MAX
enum store_error erasers_cover(struct store_txn *txn, const struct entry_at *at, uint64_t disputed_from,
                               bool *covered);

/* The same as erasers_read for those held beside the chain, of the last epoch that has any: they count as
 * long as it is open. Writes *epoch too; *last_setter stays where none is higher. */
enum store_error erasers_read_beside(struct store_txn *txn, uint32_t number, uint64_t seq,
                                     bool covered[BLOCK_ENTRIES_MAX], uint64_t *epoch, uint64_t *last_setter);

/* Note what block, of class status and about to be held, says to erase; when it becomes part of the chain
 * after it was beside it, nothing is new. Writes to *author; the caller writes it to its table. */
enum store_error erasers_put(struct store_txn *txn, struct disk_author *author, const struct block *block,
                             uint64_t arrived_s);

/* Whether block seq has rows: what its record is marked with. */
enum store_error erasers_exist(struct store_txn *txn, const struct disk_author *author, uint64_t seq,
                               bool *exist);

/* Mark the record of a block of the chain that has rows: after the record was put back to what it was before
 * they came. */
enum store_error erasers_mark(struct store_txn *txn, const struct disk_author *author, uint64_t seq);

/* ---- reading ---- */

/* Replace *element, as stored in the block of the chain that record is of, by its erased form where its
 * `erase` stands. That form lives until the next one is made in the same transaction. */
enum store_error element_hide(struct store_txn *txn, const struct entry_at *at,
                              const struct disk_record *record, struct bytes *element);

/* The same of a whole block of the chain, copied to arena. Any other block, and one that has no erased
 * entries, is copied as it is. */
enum store_error block_hide(struct store_txn *txn, uint32_t number, uint64_t seq, const struct hash *hash,
                            const struct stored_block *stored, struct bytes *out, struct arena *arena);

/* The element as it is stored, also where its `erase` stands. Only for what an index needs to know of it. */
enum store_error element_read_sealed(struct store_txn *txn, const struct entry_at *at, struct bytes *element);

/* What the affiliation at that place says or said, whether or not it is erased; of one whose bytes are gone,
 * what was kept of it: event, id, and who joined which shop. STORE_NOT_FOUND when it is none, or never was
 * read here. */
enum store_error affiliation_read_sealed(struct store_txn *txn, const struct entry_at *at,
                                         struct affiliation *affiliation);

/* Whether a `left` of the affiliation keeps its effect although it is to be erased: unless there is a
 * `joined`, and each is erased. */
enum store_error is_joined_readable(struct store_txn *txn, const struct hash *id, bool *readable);

/* Write block without what is covered to arena. */
enum store_error block_cut(struct store_txn *txn, const struct block *block,
                           const bool covered[BLOCK_ENTRIES_MAX], struct bytes *out, struct arena *arena);

enum { AFFILIATION_ARENA_SIZE = 16 * 1024 };

/* ---- gaps ---- */

/* Look again at what every block held at seq lacks: after what accounts for it changed. Of more siblings than
 * can be looked at, those that matter go first. Writes to *author; *looked_at, how many blocks. */
enum store_error gaps_update(struct store_txn *txn, struct disk_author *author, uint64_t seq,
                             size_t *looked_at);

/* The same of one block, after its bytes changed. STORE_NOT_FOUND: it is not held. */
enum store_error gaps_update_block(struct store_txn *txn, struct disk_author *author, uint64_t seq,
                                   const struct hash *hash);

/* The block lacks what it did, and stands elsewhere: on the chain or no longer, void or good again. */
enum store_error gaps_moved(struct store_txn *txn, const struct disk_author *author, uint64_t seq,
                            uint64_t epoch, const struct hash *hash);

/* Whether the block has a row. */
enum store_error gaps_any(struct store_txn *txn, const struct disk_author *author, uint64_t seq,
                          uint64_t epoch, const struct hash *hash, bool *any);

/* Whether there are gaps beside the chain in epochs that a rotation closed; whether one of them, in a block
 * that counts, is to be asked for. */
enum store_error gaps_closed(struct store_txn *txn, const struct disk_author *author, bool *any);
enum store_error gaps_asks(struct store_txn *txn, const struct disk_author *author, uint64_t seq,
                           uint64_t epoch, const struct hash *hash, bool *asks);

/* What the chain lacks as far as reached by log. */
enum store_error gaps_fill_log(struct store_txn *txn, const struct disk_author *author,
                               struct dossier_log *log);
/* The same of what its void blocks lack, where those above voids_to void nothing for certain. */
enum store_error gaps_fill_void(struct store_txn *txn, const struct disk_author *author, uint64_t voids_to,
                                struct dossier_log *log);
/* The first author with gaps whose number is at least from. STORE_NOT_FOUND: there is none. */
enum store_error gaps_next_author(struct store_txn *txn, uint32_t from, uint32_t *number);

#endif
