#ifndef PROTOCOL_LOG_ACCEPT_H
#define PROTOCOL_LOG_ACCEPT_H

/* Block acceptance: (state, block, what it reaches back to) -> change, or a refusal. Pure: it never reads a
 * clock, header times, or anything but its arguments, and the same set of blocks gives every node the same
 * state (DESIGN section 4, acceptance).
 *
 * One decision in three steps: log_reach_of says which earlier blocks the block speaks about; the caller
 * gathers those into a log_past; log_accept decides and returns a log_change, which the caller applies in one
 * write transaction or drops whole. */

#include "crypto/merkle.h"
#include "protocol/log/keys_state.h"

/* One author's log up to its head. Plain data without pointers. */
struct log_state {
    struct actor_id author;
    uint64_t epoch;
    uint64_t epoch_first_seq; /* the block that opened the epoch */
    uint64_t seq;             /* of the head */
    struct hash head;         /* header hash of the head */
    struct key_set keys;
    uint64_t upgrade_blocks; /* that hold an unknown critical kind and are not void */
};

/* What a log remembers of each of its blocks besides the bytes. Plain data without pointers. */
struct block_record {
    struct hash hash; /* header hash */
    struct hash live_root;
    uint64_t epoch;
    uint64_t entry_count;
    enum block_class block_class;
    enum standing standing;
    bool unknown_critical;         /* it holds an unknown critical kind, readable or erased */
    uint64_t void_seq, void_index; /* which entry voided it, when void: the first that did */
    uint64_t void_reason;
};

/* Runs of earlier blocks and of entries in them that a block speaks about; ascending and disjoint. */
struct reach_entries {
    uint64_t seq;
    uint64_t first, last; /* entry indexes */
};

struct log_reach {
    struct seq_range *blocks;      /* in the arena: every earlier block touched, entries' blocks included */
    size_t block_count;            /* ranges, not blocks */
    struct reach_entries *entries; /* in the arena; indexes may lie beyond the block's count */
    size_t entry_count;
};

/* One earlier entry as it stands. */
struct past_entry {
    uint64_t seq;
    uint64_t index;
    struct hash leaf;    /* the entry's own leaf hash */
    struct hash history; /* zero while nothing was said about it */
    uint64_t event_count;
    uint64_t epoch_events; /* those of them that blocks of the state's epoch say */
};

/* One earlier block as it stands. */
struct past_block {
    uint64_t seq;
    struct hash previous; /* header hash of the block before it */
    struct block_record record;
    struct merkle_pages live; /* pages of the live tree on the way from the touched entries to its root; none
                                 for a block that is only voided */
};

/* Gathered for one block. All arrays are the caller's memory and sorted; log_accept writes into the pages. */
struct log_past {
    size_t block_count;
    struct past_block *blocks; /* sorted by seq: every block of reach.blocks that exists */
    size_t entry_count;
    struct past_entry *entries; /* sorted by (seq, index): every entry of reach.entries that exists */
    /* State tree: pages on the way from every touched seq and from the new one to the root of a tree of
     * state.seq + 2 leaves (a page that does not exist yet is there, zeroed), and page 0 of every level,
     * because a tree that grows by a level carries its former top page up. For block 0: page (0, 0) alone. */
    struct merkle_pages state;
};

struct entry_event {
    uint64_t seq;
    uint64_t index;
    struct history_event event;
    struct hash history; /* after the event */
};

/* What accepting the block changes. Lists are in the arena. */
struct log_change {
    struct log_state state;     /* the new one */
    struct block_record record; /* of the accepted block */
    struct hash state_root;     /* as computed */
    bool keys_changed;          /* state.keys differ from what they were */
    size_t event_count;
    struct entry_event *events; /* in the order said */
    /* Beside these: past->blocks whose record changed (standing, live root) and pages marked changed. */
};

enum {
    /* Arena for log_reach_of and log_accept: events of 256 whole blocks do not come in one block of 512 KiB
     * whose entries reach at most 128 ranges each, but ranges may be wide. */
    ACCEPT_ARENA_SIZE = 4 * 1024 * 1024,
    /* Entries that one status block may speak about. */
    STATUS_ENTRIES_MAX = 16384
};

/* Decode block's status, erase and void entries for what they touch. A block that touches nothing gives empty
 * lists. Returns: REASON_NONE, or why the block is refused whatever the past holds. */
enum reason log_reach_of(struct log_reach *out, const struct block *block, struct arena *arena);

/* State of a log that holds block 0 alone. block must be what block_of_inception builds, else
 * REASON_BAD_INCEPTION. past holds the one page of a state tree of one leaf. Writes: *change whole, on
 * REASON_NONE. */
enum reason log_begin(struct log_change *change, const struct network *network, const struct block *block,
                      struct log_past *past, struct arena *arena);

/* Whether the header may follow state and is signed as its class asks: author, epoch, seq, previous,
 * signatures. A rotation is checked with its body. Needs no past. */
enum reason log_check(const struct log_state *state, const struct network *network, const struct block *block,
                      struct arena *arena);

/* log_check's signature part for a block whose parent is not the head: keys are those in force at the parent
 * in parent_epoch. What a fork proof rests on. */
enum reason log_check_signatures(const struct key_set *keys, uint64_t parent_epoch,
                                 const struct network *network, const struct block *block,
                                 struct arena *arena);

/* Advance keys and *epoch over an accepted block of any class (unchanged unless class `keys`). */
enum reason log_advance_keys(struct key_set *keys, uint64_t *epoch, const struct block *block,
                             struct arena *arena);

/* Decide. Requires: past gathered for log_reach_of(block). Writes: *change whole on REASON_NONE; past's
 * records and pages in any case (the caller drops them on refusal). A signer uses log_apply to learn the
 * state root. */
enum reason log_accept(struct log_change *change, const struct log_state *state,
                       const struct network *network, const struct block *block, struct log_past *past,
                       struct arena *arena);

/* log_accept for a block that log_check has passed: whoever gathers the past checks first, so that nothing is
 * gathered for a block that nobody signed. */
enum reason log_accept_checked(struct log_change *change, const struct log_state *state,
                               const struct network *network, const struct block *block,
                               struct log_past *past, struct arena *arena);

/* log_accept without log_check and without comparing the state root: what a signer runs on its draft. */
enum reason log_apply(struct log_change *change, const struct log_state *state, const struct network *network,
                      const struct block *block, struct log_past *past, struct arena *arena);

#endif
