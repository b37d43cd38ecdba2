#ifndef NODE_WAITING_CHECKPOINTS_H
#define NODE_WAITING_CHECKPOINTS_H

/* Checkpoints dated ahead of time: a clock that was wrong once, or a thief, must not block an author's
 * freshness until that date. They wait here, outside of the store, one for each author, and hinder no other;
 * they are considered again when their time has come. Time is what the evidence says: the later of this
 * machine's clock and the newest that checkpoints of two trusted authors reach, waiting ones included, so
 * that a node whose clock has stopped still follows.
 *
 * In memory alone: who is asked again sends again. Never decides whether a block is accepted. */

#include "protocol/base/ids.h"

enum { WAITING_CHECKPOINTS_MAX = 1024, WAITING_SIZE_MAX = 512 };

/* One author's word on a time. */
struct dated_author {
    struct actor_id author;
    uint64_t time_s;
};

struct waiting_checkpoint {
    struct dated_author dated;
    bool trusted; /* its author owns a namespace, or is accredited */
    uint16_t size;
    uint8_t bytes[WAITING_SIZE_MAX];
};

struct waiting_checkpoints {
    size_t count;
    struct waiting_checkpoint items[WAITING_CHECKPOINTS_MAX]; /* in no order */
    struct dated_author reached[2]; /* of trusted authors' checkpoints that were kept, the two newest */
};

/* What the evidence says the time is. */
uint64_t waiting_evidence_time_s(const struct waiting_checkpoints *waiting, uint64_t now_s);

/* Whether something of that time has to wait. */
bool waiting_is_ahead(const struct waiting_checkpoints *waiting, uint64_t time_s, uint64_t now_s);

/* Let one wait. Of one author the earliest dated stays, of all the earliest WAITING_CHECKPOINTS_MAX; one that
 * is too large is dropped. */
void waiting_put(struct waiting_checkpoints *waiting, const struct dated_author *dated, bool trusted,
                 struct bytes encoded);

/* Note that a trusted author's checkpoint was kept. */
void waiting_reach(struct waiting_checkpoints *waiting, const struct dated_author *dated);

/* Take out one whose time has come. Writes: its bytes to memory (WAITING_SIZE_MAX bytes). Returns: false when
 * there is none. */
bool waiting_take_due(struct waiting_checkpoints *waiting, uint64_t now_s, uint8_t *memory,
                      struct bytes *encoded);

#endif
