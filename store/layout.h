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
    uint64_t bytes; /* of blocks held, side blocks included */
    struct hash head;
    uint32_t number;
    uint32_t blocks;
    uint32_t seq;
    uint32_t epoch;
    uint32_t epoch_first_seq;
    uint32_t upgrade_seq;
    uint8_t has_log; /* else blocks beside a chain that has not been replayed */
    uint8_t upgrade_needed;
    uint8_t frozen;
    uint8_t zero[5];
};
static_assert(sizeof(struct disk_author) == 72, "no padding");

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
    uint8_t zero;
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

/* The longest time for which the chain led through a block that it no longer does. */
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

/* Entries of one block that its log said to erase: a row is these, ascending, none touching the next. */
struct disk_range {
    uint16_t first;
    uint16_t last;
};
static_assert(sizeof(struct disk_range) == 4, "no padding");

/* What the last checkpoint of a day says. Signatures and extensions are not kept for every day: an author
 * could fill the disk with them. */
struct disk_checkpoint {
    struct hash head;
    uint64_t time_s;
    uint64_t seq;
};
static_assert(sizeof(struct disk_checkpoint) == 48, "no padding");

/* Of the consent in a `joined` of a shop's own log, whether a present key of the technician signed it. */
enum consent_verdict {
    CONSENT_UNSETTLED = 0, /* the technician's keys are not held */
    CONSENT_GOOD = 1,
    CONSENT_BAD = 2,
    CONSENT_IDLE = 3, /* counts for nothing, whoever signed */
};

struct disk_consent {
    uint64_t settled_s; /* arrival of the technician's keys that settled it, and of all blocks before */
    uint8_t verdict;
    uint8_t zero[7];
};
static_assert(sizeof(struct disk_consent) == 16, "no padding");

#endif
