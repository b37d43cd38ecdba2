#ifndef STORE_SIDE_H
#define STORE_SIDE_H

/* Index of what side blocks say: signed blocks that are held and are not on the chain. Written when such a
 * block arrives or the chain leaves it, so that a question looks up what stands about it instead of searching
 * all side blocks. A row points to one entry; the block's bytes are the blocks table's. An author without
 * side blocks has no rows, and side_any says so at the cost of one look-up. */

#include "store/grants.h"

/* Index block, or take it out of the index. number is its author's. Requires: block decoded with its body and
 * held, as are its ancestors down to the chain. Malformed entries and such as say nothing about anybody have
 * no rows. Putting twice and deleting what is not there change nothing. */
enum store_error side_put(struct store_txn *txn, const struct network *network, uint32_t number,
                          const struct block *block);
enum store_error side_delete(struct store_txn *txn, const struct network *network, uint32_t number,
                             const struct block *block);

/* Whether anything is indexed of the author. */
enum store_error side_any(struct store_txn *txn, uint32_t number, bool *any);

/* One row. */
struct side_at {
    uint32_t author;
    bool followed; /* this node had followed its block for FOLLOWED_MIN_S at least before it left it */
    uint64_t epoch;
    uint64_t seq;
    uint64_t index;
    struct hash hash; /* header hash of its block */
    /* Of a status or an `erase`: the block among its ancestors that it is about. Of a void of a range: the
     * last block of it. Zero: too far down to be looked for when it was put. */
    struct hash target;
    uint64_t first, last; /* entries that a status or an `erase` is about; blocks that a void is about */
};

/* Which rows are walked. Those that are not cost nothing, however many they are: keys that were rotated away
 * fill no room. */
enum side_closed {
    SIDE_CLOSED_NONE,
    SIDE_CLOSED_FOLLOWED,
    SIDE_CLOSED_ALL,
};

struct side_reach {
    uint64_t open_epoch;     /* this one and all later ones are open: what is of them is always walked */
    enum side_closed closed; /* of the epochs before: which rows */
};

/* Call visit for the rows under key, which is a grant's narrowed to an author (statuses and what erases are
 * found by the block that they are about): first those that were not followed, then those that were, each the
 * newest first by (epoch, seq, hash, index). visit returns STORE_NOT_FOUND to stop, which is STORE_OK here.
 */
enum store_error side_each(struct store_txn *txn, const struct key *key, const struct side_reach *reach,
                           enum store_error (*visit)(void *context, const struct side_at *row),
                           void *context);

/* Whether there is a row under key, which may be narrowed or not. */
enum store_error side_has(struct store_txn *txn, const struct key *key, bool *has);

/* Narrow a key of one author to what was followed long, or was not; there epochs ascend. */
void side_key_add_followed(struct key *key, bool followed);
/* Narrow that to one block. */
void side_key_add_block(struct key *key, uint64_t epoch, uint64_t seq, const struct hash *hash);

/* All rows under any prefix of keys, at most max, in the order of the table; array in arena. *cut: there are
 * more. */
enum store_error side_find(struct store_txn *txn, const struct key *key, size_t max, struct side_at **out,
                           size_t *count, bool *cut, struct arena *arena);

/* Where a side block leaves the chain, and whether it descends from any of some blocks (itself counted). */
enum { SIDE_DEPTH_MAX = 4096 };

struct side_line {
    bool known;          /* false: deeper than SIDE_DEPTH_MAX, or an ancestor is missing; all else zero */
    uint64_t base_seq;   /* the last block of the chain that it descends from */
    size_t size;         /* side blocks from it down to, without, that one: it included */
    struct hash *hashes; /* theirs, from it downward; in arena */
};

enum store_error side_line_of(struct store_txn *txn, const struct network *network, uint32_t number,
                              uint64_t seq, const struct hash *hash, struct side_line *out,
                              struct arena *arena);
/* Hash of the line's block at seq, which lies above base_seq; NULL: it lies elsewhere. */
const struct hash *side_line_at(const struct side_line *line, uint64_t seq);

/* One step of such a line. */
enum store_error side_is_on_chain(struct store_txn *txn, uint32_t number, uint64_t seq,
                                  const struct hash *hash, bool *out);
/* The header hash of the block below (seq, hash), into *previous, and its own epoch. STORE_NOT_FOUND: it is
 * not held. */
enum store_error side_previous(struct store_txn *txn, const struct network *network, uint32_t number,
                               uint64_t seq, const struct hash *hash, struct hash *previous, uint64_t *epoch,
                               struct arena *arena);

#endif
