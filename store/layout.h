#ifndef STORE_LAYOUT_H
#define STORE_LAYOUT_H

/* How rows lie on disk: plain structs without padding, copied in and out whole, in this machine's byte order
 * as all of an LMDB file is. The meta table holds STORE_VERSION and the sizes of authors, records and
 * events. */

#include <assert.h>

#include "store/store.h"

/* One author: its number, what is held of it, and its log at the head except for the key set, which is the
 * last row of the keys table. */
struct disk_author {
    uint64_t bytes;  /* of blocks held, side blocks included */
    uint64_t change; /* its row of TABLE_CHANGES; 0: it has none */
    struct hash head;
    uint32_t number;
    uint32_t blocks;
    uint32_t seq;
    uint32_t epoch;
    uint32_t epoch_first_seq;
    uint32_t upgrade_blocks; /* log_state's */
    uint32_t gap_blocks;     /* rows of TABLE_GAPS */
    uint32_t erase_day;      /* UTC day, by arrival, that its last `erase` was counted on… */
    uint32_t erase_count;    /* …and how many entries so far on that one, of what stands */
    uint32_t frozen_from;    /* the first epoch that two known rotations open; 0: none */
    uint8_t has_log;         /* else blocks beside a chain that has not been replayed */
    uint8_t upgrade_seen;    /* OWN_UPGRADE has rows of it */
    uint8_t erases;          /* TABLE_ERASERS has rows of it */
    uint8_t has_rhythm;      /* its chain states one somewhere */
    uint8_t beside;          /* TABLE_SIDE_ENTRIES, TABLE_EPOCHS or TABLE_SWITCHES may have rows of it */
    uint8_t gaps_due;        /* TABLE_GAPS_DUE has rows of it */
    uint8_t zero[2];
};
static_assert(sizeof(struct disk_author) == 96, "no padding");

enum record_flag {
    RECORD_UNKNOWN_CRITICAL = 1, /* block_record.unknown_critical */
    RECORD_HAS_ERASERS = 2,      /* TABLE_ERASERS has rows about its block; what they do, they say */
    RECORD_TOUCHED = 4,          /* something was said about an entry of it */
    RECORD_CLOCK_AHEAD = 8,      /* this clock showed less when a later block joined, or a rotation came that
                                    leaves      the block: followed_s is of that one, or of one after it */
};

/* One block of a chain. */
struct disk_record {
    struct hash hash;
    struct hash live_root;
    uint64_t time_s;     /* the header's claim */
    uint64_t settled_s;  /* latest arrival of this block and all before it */
    uint64_t followed_s; /* when it joined the chain */
    uint32_t epoch;
    uint32_t void_seq;
    uint16_t entry_count;
    uint16_t void_index;
    uint8_t block_class;
    uint8_t standing;
    uint8_t void_reason;
    uint8_t flags; /* of enum record_flag */
};
static_assert(sizeof(struct disk_record) == 104, "no padding");

/* A signed block that is held beside the chain. The last block at or below it on its branch that set keys
 * tells which keys are in force after it. */
struct disk_side {
    struct hash keys_hash;
    uint64_t way; /* of the rotation that it was last found to lead to: the first bytes of its hash */
    uint32_t keys_seq;
    uint32_t epoch;
    uint32_t bytes;
    uint8_t block_class;
    uint8_t rotation;
    uint8_t refused; /* acceptance refused its body */
    uint8_t zero;
};
static_assert(sizeof(struct disk_side) == 56, "no padding");

/* A rotation that opens the epoch of its key. */
struct disk_rotation {
    uint32_t seq;
    uint8_t held;        /* else its header and keys are known, and its ancestors are missing */
    uint8_t unreachable; /* acceptance refused it or a block on the way to it */
    uint8_t zero[2];
};
static_assert(sizeof(struct disk_rotation) == 8, "no padding");

/* When a block, or its header, was first met. */
struct disk_arrival {
    uint64_t arrived_s;
    uint32_t epoch;
    uint32_t missed; /* the header says that its body matters, and it is not held */
};
static_assert(sizeof(struct disk_arrival) == 16, "no padding");

/* Heads that an author's checkpoints named while they were not held, the one that came last in the end; zero
 * where there were fewer. */
struct disk_named_heads {
    struct disk_named_head {
        struct hash head;
        uint64_t seq;
        uint64_t arrived_s; /* the first that named it */
    } heads[STORE_NAMED_HEADS_MAX];
};
static_assert(sizeof(struct disk_named_heads) == (size_t)48 * STORE_NAMED_HEADS_MAX, "no padding");

/* The longest time for which the chain led through a block that it no longer does, before a rotation out of
 * its epoch came. From 0 until FOLLOWED_EVER: it is not known. */
#define FOLLOWED_EVER UINT64_MAX
struct disk_followed {
    uint64_t from_s;
    uint64_t until_s;
};
static_assert(sizeof(struct disk_followed) == 16, "no padding");

/* One thing said about an entry; a standing row is the history hash and these, oldest first. Whom an entry
 * was re-bound to, or what replaced it, stands in the setter alone. */
struct disk_event {
    uint32_t effective_day;
    uint32_t stated_day;
    uint32_t setter_seq;
    uint16_t setter_index;
    uint8_t action;
    uint8_t zero;
};
static_assert(sizeof(struct disk_event) == 16, "no padding");

/* What one status block says to erase of one earlier block: a row is this, and then runs of entries,
 * ascending, none touching the next. */
struct disk_eraser {
    uint64_t due_s; /* when store_drop_erased looks at it: its one row of TABLE_DROPS; 0: it has none */
    /* By when the rotation had come that lets an own entry go, where the clock that noted its arrival was
     * ahead; 0: that is not so. */
    uint64_t rotated_s;
    uint32_t epoch;       /* of the block that says so */
    uint32_t counted_day; /* disk_author.erase_day when its entries were counted there; 0: they are not */
    uint32_t waits;       /* its author had used up what it may erase in a day; each day it is asked again */
    uint8_t zero[4];
};
static_assert(sizeof(struct disk_eraser) == 32, "no padding");

struct disk_range {
    uint16_t first;
    uint16_t last;
};
static_assert(sizeof(struct disk_range) == 4, "no padding");

/* What a block held lacks. */
struct disk_gap {
    uint32_t last_eraser; /* the highest block that erases an affiliation which was never read here */
    uint16_t missing;     /* entries that no `erase` accounts for */
    uint16_t unread;      /* affiliations that one accounts for, but that were never read here */
    uint32_t beside;      /* entries that one accounts for only as long as this epoch is open: it stands… */
    uint32_t epoch;       /* …beside the chain */
};
static_assert(sizeof(struct disk_gap) == 16, "no padding");

/* What an affiliation said whose bytes are gone. */
struct disk_gone {
    struct hash id;
    struct actor_id technician; /* of a `joined`… */
    struct actor_id shop;       /* …and which one, by its consent */
    uint8_t event;              /* enum affiliation_event; 0: it said nothing */
    uint8_t zero[7];
};
static_assert(sizeof(struct disk_gone) == 104, "no padding");

/* What one of a day's checkpoints says. Signatures and extensions are not kept for
 * every day: an author could fill the disk with them. */
struct disk_checkpoint {
    struct hash head;
    struct sign_public_key key; /* that signed it */
    uint64_t time_s;
    uint64_t seq;
    uint64_t lower_seq; /* the lowest that one dated later named when it came, else UINT64_MAX */
};
static_assert(sizeof(struct disk_checkpoint) == 88, "no padding");

/* Of the consent in a `joined` of a shop's own log, whether the key that it names signed it, whosever that
 * is. */
enum consent_verdict {
    CONSENT_UNSETTLED = 0, /* nobody has looked */
    CONSENT_SIGNED = 1,
    CONSENT_FORGED = 2,
    CONSENT_IDLE = 3, /* counts for nothing, whoever signed */
};

struct disk_consent {
    uint8_t verdict;
    uint8_t zero[7];
};
static_assert(sizeof(struct disk_consent) == 8, "no padding");

/* A consent by which a technician introduces a shop. */
struct disk_introduction {
    struct hash id;
    struct hash shop;
    struct sign_public_key key; /* of hers, which signed it */
};
static_assert(sizeof(struct disk_introduction) == 96, "no padding");

/* The same by shop. */
struct disk_introducer {
    struct hash id;
    struct actor_id technician;
};
static_assert(sizeof(struct disk_introducer) == 64, "no padding");

/* What may still be taken in on one account, as of a time. */
struct disk_account {
    uint64_t bytes;
    uint64_t at_s;
    uint64_t refused; /* the size of the shop's last block when there was no room for it, else 0 */
};
static_assert(sizeof(struct disk_account) == 24, "no padding");

#endif
